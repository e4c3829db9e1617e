//! What the platform counts. Never a name, an address or an identifier of a person or an account.

use metrics::{Unit, describe_counter, describe_histogram};

pub(crate) const READINGS: &str = "jonction_readings_total";
pub(crate) const READING_GROUP: &str = "jonction_reading_group_size";
pub(crate) const READING_SECONDS: &str = "jonction_reading_commit_seconds";
pub(crate) const SIGN_INS: &str = "jonction_sign_ins_total";
pub(crate) const JOBS: &str = "jonction_jobs_total";
pub(crate) const JOB_SECONDS: &str = "jonction_job_seconds";
pub(crate) const SEALS: &str = "jonction_journal_seals_total";

/// Gives each measure its unit and meaning; called once the recorder is installed.
pub fn describe() {
    describe_counter!(READINGS, Unit::Count, "Readings written to the reading log, by outcome");
    describe_histogram!(READING_GROUP, Unit::Count, "Readings committed together");
    describe_histogram!(READING_SECONDS, Unit::Seconds, "Time to commit and seal a group of readings");
    describe_counter!(SIGN_INS, Unit::Count, "Attempts to sign in, by outcome");
    describe_counter!(JOBS, Unit::Count, "Runs of jobs, by kind and outcome");
    describe_histogram!(JOB_SECONDS, Unit::Seconds, "Duration of the runs of jobs, by kind");
    describe_counter!(SEALS, Unit::Count, "Seals set on the chain of writes");
}
