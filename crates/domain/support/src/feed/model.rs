use base::{Date, Id, Instant, Nir};
use db::Json;
use facts::{Author, Import, Tenant};
use serde::{Deserialize, Serialize};

use crate::person::{Identity, Occupation};
use crate::rights::{Address, Claim, Family, RightState};

/// What a file says of one household on its reference date.
#[derive(Clone, Debug)]
pub struct HouseholdObservation {
    pub claim_number: String,
    /// Line where the household begins, counted from 1.
    pub line: i64,
    /// Equal for two observations that say the same.
    pub content_hash: i64,
    pub claim: Claim,
    pub right: RightState,
    pub family: Family,
    /// Absent when the file gives none of rank 1.
    pub address: Option<Address>,
    pub persons: Vec<PersonObservation>,
}

#[derive(Clone, Debug)]
pub struct PersonObservation {
    pub identity: Identity,
    pub nir: Option<Nir>,
    pub membership: SeenMembership,
    pub occupation: Occupation,
    pub parents: Vec<ParentLink>,
}

/// A membership before it is known which household and parents it points to.
#[derive(Clone, Debug)]
pub struct SeenMembership {
    pub role: String,
    pub dependant: bool,
    pub file_holder: bool,
    pub attached_since: Date,
    pub attached_until: Option<Date>,
    pub previous_claim_number: Option<String>,
    pub obligations: Option<bool>,
    pub entering_obligations: Option<bool>,
}

/// How a child's block names an adult: by civil status, not by reference.
#[derive(Clone, Debug)]
pub struct ParentLink {
    pub birth_name: String,
    pub first_name: String,
    pub birth_date: Date,
    pub nir: Option<Nir>,
}

/// What identifies a file: its header, and the digest of its bytes.
#[derive(Clone, Debug)]
pub struct FileHeader {
    pub application: String,
    pub application_version: String,
    /// `M` monthly, `I` between months.
    pub kind: String,
    pub nature: String,
    /// `YYYY-MM-DDTHH:MM:SS.ffff`: sorts as time does.
    pub created: String,
    pub reference_date: Date,
    pub file_name: String,
    pub sha256: String,
    /// Households announced by the footer.
    pub announced: i64,
    /// Households read.
    pub households: i64,
}

db::record! {
    /// A received file.
    #[derive(Clone, Debug)]
    pub struct FeedFile in "feed_file" {
        pub id: Id<Import>,
        pub tenant: Id<Tenant>,
        pub application: String,
        pub application_version: String,
        pub kind: String,
        pub nature: String,
        pub created: String,
        pub reference_date: Date,
        pub file_name: String,
        pub sha256: String,
        pub announced: i64,
        pub households: i64,
        /// Households of the file already dealt with, in its order: an interrupted import resumes after them.
        pub households_done: i64,
        pub author: Option<Id<Author>>,
        pub started_at: Instant,
        pub completed_at: Option<Instant>,
        pub report: Json<Report>,
    }
}

/// What an import did, for people and files.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Households whose block was applied.
    pub households_applied: u64,
    pub households_new: u64,
    pub households_changed: u64,
    pub households_unchanged: u64,
    /// Blocks refused, each with an issue.
    pub households_refused: u64,
    /// Blocks replaced by a later block of the same household in the same file.
    pub households_replaced: u64,
    pub persons_new: u64,
    pub facts_added: u64,
    pub doubts: u64,
    pub warnings: u64,
    /// Households of the previous monthly file, not closed there, that this one does not mention.
    pub not_seen: u64,
    pub not_seen_examples: Vec<String>,
}

impl Report {
    pub fn add(&mut self, outcome: &BatchOutcome) {
        self.households_applied += outcome.applied;
        self.households_new += outcome.new_households;
        self.households_changed += outcome.changed;
        self.households_unchanged += outcome.unchanged;
        self.persons_new += outcome.new_persons;
        self.facts_added += outcome.facts_added;
        self.doubts += outcome.doubts;
    }
}

/// What one batch did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct BatchOutcome {
    pub applied: u64,
    pub new_households: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub new_persons: u64,
    pub facts_added: u64,
    pub doubts: u64,
}

db::codes! {
    /// How serious an issue of an import is.
    pub enum Severity {
        /// The household was not applied.
        Error = "error",
        /// It was, and somebody should look.
        Warning = "warning",
    }
}

db::record! {
    /// Something an import had to say about one household.
    #[derive(Clone, PartialEq, Debug)]
    pub struct Issue in "feed_issue" {
        pub file: Id<Import>,
        pub number: i64,
        pub tenant: Id<Tenant>,
        pub severity: Severity,
        pub line: i64,
        /// Empty when the block was too broken to tell.
        pub claim_number: String,
        pub code: String,
        pub message: String,
    }
}

/// An issue before it is numbered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewIssue {
    pub severity: Severity,
    pub line: i64,
    pub claim_number: String,
    pub code: String,
    pub message: String,
}
