//! Work done behind the screens: imports, exports, housekeeping.
//!
//! A job is a line of the database. A worker takes it on a lease that it renews while it runs; when the worker
//! dies, the lease runs out and another takes the job up again. A handler must therefore bear being started twice:
//! it goes on from what it has already written. Several nodes may share the queue.

mod house;
mod worker;

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant as Monotonic};

use base::{Date, Id, Instant};
use db::{Ask, Db, Json, Sql, Tx, sql};
use facts::Tenant;
use jiff::SignedDuration;
use serde::de::DeserializeOwned;

pub use house::VERIFY_JOURNAL;
pub use worker::{Failure, Handlers, run};

use crate::gate::{Action, Operate, Permit};
use crate::{Account, Platform, Result};

/// How long a worker may be silent before its job is taken up by another.
pub const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// Runs of a job at most, those that were cut short included.
pub const ATTEMPTS: i64 = 5;

/// What is asked of whoever handles the job.
pub enum Task {}

db::record! {
    struct NewJob in "job" {
        id: Id<Task>,
        tenant: Id<Tenant>,
        kind: String,
        payload: Json<serde_json::Value>,
        asked_by: Option<Id<Account>>,
        created_at: Instant,
        run_at: Instant,
        attempts: i64,
        progress_done: i64,
        progress_total: i64,
        progress_text: String,
        recurring: bool,
    }
}

db::row! {
    struct Claimed {
        id: Id<Task>,
        tenant: Id<Tenant>,
        kind: String,
        payload: Json<serde_json::Value>,
        asked_by: Option<Id<Account>>,
        attempts: i64,
        recurring: bool,
    }
}

db::row! {
    /// A job as a page shows it.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct State {
        pub id: Id<Task>,
        pub tenant: Id<Tenant>,
        pub kind: String,
        pub asked_by: Option<Id<Account>>,
        pub created_at: Instant,
        /// Not before then: later than its creation after a failure that will be tried again.
        pub run_at: Instant,
        pub attempts: i64,
        /// A worker has it until then, unless it renews.
        pub leased_until: Option<Instant>,
        pub progress_done: i64,
        /// 0 while unknown.
        pub progress_total: i64,
        pub progress_text: String,
        pub finished_at: Option<Instant>,
        /// Why it failed, or failed the last time.
        pub failure: Option<String>,
        /// What was asked.
        pub payload: Json<serde_json::Value>,
    }
}

/// Where a job stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    Waiting,
    Running,
    /// Failed, and will be tried again.
    WillRetry,
    Done,
    Failed,
}

impl State {
    pub fn stage(&self, now: Instant) -> Stage {
        match (self.finished_at, &self.failure) {
            (Some(_), None) => Stage::Done,
            (Some(_), Some(_)) => Stage::Failed,
            (None, _) if self.leased_until.is_some_and(|until| now < until) => Stage::Running,
            (None, Some(_)) => Stage::WillRetry,
            (None, None) => Stage::Waiting,
        }
    }
}

sql! {
    DUE = "SELECT id FROM job
           WHERE finished_at IS NULL AND run_at <= $1 AND (leased_until IS NULL OR leased_until <= $1) LIMIT 1";
    RENEW = "UPDATE job SET leased_until = $1 WHERE id = $2 AND attempts = $3 AND finished_at IS NULL";
    PROGRESS = "UPDATE job SET progress_done = $1, progress_total = $2, progress_text = $3
                WHERE id = $4 AND attempts = $5 AND finished_at IS NULL";
    DONE = "UPDATE job SET finished_at = $1, failure = NULL WHERE id = $2 AND attempts = $3 AND finished_at IS NULL";
    FAILED = "UPDATE job SET finished_at = $1, failure = $2 WHERE id = $3 AND attempts = $4 AND finished_at IS NULL";
    POSTPONE = "UPDATE job SET run_at = $1, leased_until = NULL, failure = $2
                WHERE id = $3 AND attempts = $4 AND finished_at IS NULL";
    GIVE_BACK = "UPDATE job SET leased_until = NULL, attempts = attempts - 1
                 WHERE id = $1 AND attempts = $2 AND finished_at IS NULL AND leased_until IS NOT NULL";
    WAITING_RECURRING = "SELECT id FROM job WHERE tenant = $1 AND kind = $2 AND recurring AND finished_at IS NULL";
    RECENT = "SELECT id, tenant, kind, asked_by, created_at, run_at, attempts, leased_until, progress_done, progress_total,
                     progress_text, finished_at, failure, payload
              FROM job WHERE tenant = $1 ORDER BY created_at DESC, id DESC LIMIT $2";
    OF_KIND = "SELECT id, tenant, kind, asked_by, created_at, run_at, attempts, leased_until, progress_done, progress_total,
                      progress_text, finished_at, failure, payload
               FROM job WHERE tenant = $1 AND kind = $2 ORDER BY created_at DESC, id DESC LIMIT $3";
    ONE = "SELECT id, tenant, kind, asked_by, created_at, run_at, attempts, leased_until, progress_done, progress_total,
                  progress_text, finished_at, failure, payload
           FROM job WHERE tenant = $1 AND id = $2";
    PURGE = "DELETE FROM job WHERE tenant = $1 AND finished_at < $2";
}

static CLAIM: Sql = Sql::for_each_engine(
    "UPDATE job SET leased_until = ?2, attempts = attempts + 1 WHERE id =
        (SELECT id FROM job
         WHERE finished_at IS NULL AND run_at <= ?1 AND (leased_until IS NULL OR leased_until <= ?1)
         ORDER BY run_at, id LIMIT 1)
     RETURNING id, tenant, kind, payload, asked_by, attempts, recurring",
    "UPDATE job SET leased_until = $2, attempts = attempts + 1 WHERE id =
        (SELECT id FROM job
         WHERE finished_at IS NULL AND run_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)
         ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, tenant, kind, payload, asked_by, attempts, recurring",
);
db::inventory::submit! { db::Registered::One(&CLAIM) }

/// Asks for a job, in the transaction of what it follows from. `payload` names no person: jobs are listed.
pub async fn enqueue(
    tx: &Tx,
    tenant: Id<Tenant>,
    kind: &str,
    payload: serde_json::Value,
    asked_by: Option<Id<Account>>,
    now: Instant,
) -> Result<Id<Task>> {
    insert(tx, tenant, kind, payload, asked_by, now, now, false).await
}

/// Asks for a job that follows from nothing else, in the name of whoever holds the permit.
pub async fn ask<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    kind: &str,
    payload: serde_json::Value,
) -> Result<Id<Task>> {
    ask_for_day(platform, permit, kind, payload, platform.today()).await
}

/// The same, to be done from the start of a day on; at once when that day has begun.
pub async fn ask_for_day<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    kind: &str,
    payload: serde_json::Value,
    day: Date,
) -> Result<Id<Task>> {
    let now = platform.now();
    let run_at = now.max(Instant::start_of(day));
    let tx = platform.db.begin().await?;
    let id = insert(&tx, permit.tenant(), kind, payload, permit.account(), now, run_at, false).await?;
    tx.commit().await?;
    Ok(id)
}

#[expect(clippy::too_many_arguments, reason = "one line of the table, from two callers")]
async fn insert(
    tx: &Tx,
    tenant: Id<Tenant>,
    kind: &str,
    payload: serde_json::Value,
    asked_by: Option<Id<Account>>,
    now: Instant,
    run_at: Instant,
    recurring: bool,
) -> Result<Id<Task>> {
    let id = Id::new(tx.reserve_ids(1).await?[0]);
    let job = NewJob {
        id,
        tenant,
        kind: kind.to_owned(),
        payload: Json(payload),
        asked_by,
        created_at: now,
        run_at,
        attempts: 0,
        progress_done: 0,
        progress_total: 0,
        progress_text: String::new(),
        recurring,
    };
    tx.fill(&[job]).await?;
    Ok(id)
}

/// A tenant's last jobs, newest first.
pub async fn recent(platform: &Platform, permit: &Permit<Operate>, limit: i64) -> Result<Vec<State>> {
    Ok(platform.db.all(&RECENT, &[&permit.tenant(), &limit]).await?)
}

/// A tenant's last jobs of one kind, newest first, for whoever may see what they work on.
pub async fn of_kind<A: Action>(platform: &Platform, permit: &Permit<A>, kind: &str, limit: i64) -> Result<Vec<State>> {
    Ok(platform.db.all(&OF_KIND, &[&permit.tenant(), &kind, &limit]).await?)
}

/// One job of a tenant: the page of the import that it does shows it.
pub async fn find(platform: &Platform, tenant: Id<Tenant>, job: Id<Task>) -> Result<Option<State>> {
    Ok(platform.db.maybe(&ONE, &[&tenant, &job]).await?)
}

/// A job under way, as its handler sees it.
pub struct Job {
    pub id: Id<Task>,
    pub tenant: Id<Tenant>,
    pub kind: String,
    pub asked_by: Option<Id<Account>>,
    /// 1 the first time.
    pub attempt: i64,
    payload: serde_json::Value,
    db: Db,
    told: Mutex<Option<Monotonic>>,
}

/// Progress is written this often at most.
const TELL: Duration = Duration::from_millis(250);

impl Job {
    /// What the job was asked to do.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        T::deserialize(&self.payload).map_err(|problem| Failure::last(format!("demande illisible\u{a0}: {problem}")))
    }

    /// Says how far it is: `done` of `total` (0 while unknown), and in French what is being done. May be called as
    /// often as one likes: only some are written.
    pub async fn progress(&self, done: u64, total: u64, text: &str) -> Result<()> {
        let now = Monotonic::now();
        {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            if done != total && told.is_some_and(|told| now.duration_since(told) < TELL) {
                return Ok(());
            }
            *told = Some(now);
        }
        let (done, total) = (i64::try_from(done).unwrap_or(i64::MAX), i64::try_from(total).unwrap_or(i64::MAX));
        let tx = self.db.begin().await?;
        tx.execute(&PROGRESS, &[&done, &total, &text, &self.id, &self.attempt]).await?;
        Ok(tx.commit().await?)
    }
}
