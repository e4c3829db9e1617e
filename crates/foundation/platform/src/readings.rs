//! The reading log: who opened whose file, when, under which mandate.
//!
//! A reading is written *before* what was read is shown: the caller awaits the commit. On SQLite, when nobody
//! writes, it commits where it is. Readings that arrive while somebody does, and all those of PostgreSQL, are handed to
//! a writer that commits and seals them together (one commit for the group), so that they do not queue one by one.
//! Several processes may share a database: each seals what it finds committed, one at a time.

use std::collections::BTreeMap;
use std::time::Instant as Monotonic;

use base::{Clock, Id};
use db::{Db, Tx};
use facts::Tenant;
use facts::journal::{self, Chain, NewEntry};
use tokio::sync::{mpsc, oneshot};

use crate::gate::{Action, Permit};
use crate::mandate::Mandate;
use crate::{Account, Error, Result, measures};

/// One reading to write down.
#[derive(Clone, Debug)]
pub struct Reading {
    tenant: Id<Tenant>,
    account: Option<Id<Account>>,
    mandate: Option<Id<Mandate>>,
    action: &'static str,
    subject_kind: &'static str,
    subject: Option<i64>,
    detail: serde_json::Value,
}

impl Reading {
    /// A reading done under `permit` of the `subject` of that kind (`person`, `household`…; none for a
    /// list or a search, whose `detail` then says what was asked and found).
    pub fn of<A: Action>(
        permit: &Permit<A>,
        subject_kind: &'static str,
        subject: Option<i64>,
        detail: serde_json::Value,
    ) -> Self {
        Self {
            tenant: permit.tenant(),
            account: permit.account(),
            mandate: permit.mandate(),
            action: A::KIND.as_code(),
            subject_kind,
            subject,
            detail,
        }
    }

    /// What an account does with its own session: it needs no permit.
    pub(crate) fn of_session(
        tenant: Id<Tenant>,
        account: Id<Account>,
        mandate: Option<Id<Mandate>>,
        action: &'static str,
    ) -> Self {
        Self {
            tenant,
            account: Some(account),
            mandate,
            action,
            subject_kind: "account",
            subject: Some(account.raw()),
            detail: serde_json::Value::Null,
        }
    }

    fn entry(&self) -> NewEntry<'_> {
        NewEntry {
            author: self.account,
            mandate: self.mandate.map(Id::raw),
            action: self.action,
            subject_kind: self.subject_kind,
            subject: self.subject,
            payload: self.detail.clone(),
        }
    }
}

/// What a caller hands in, and where it waits.
struct Submission {
    readings: Vec<Reading>,
    written: oneshot::Sender<Result<(), String>>,
}

enum Message {
    Write(Submission),
    Close(oneshot::Sender<()>),
}

/// Callers that may wait before the next one waits to be let in.
const WAITING: usize = 1_024;

/// Submissions committed together at most.
const GROUP: usize = 512;

/// The way into the log. Cheap to clone.
#[derive(Clone)]
pub struct ReadingLog {
    db: Db,
    clock: Clock,
    to_writer: mpsc::Sender<Message>,
}

impl ReadingLog {
    /// Starts the writer on the current Tokio runtime. It ends with [`close`](Self::close), or when
    /// the last handle is gone.
    pub fn start(db: Db, clock: Clock) -> Self {
        let (to_writer, from_callers) = mpsc::channel(WAITING);
        tokio::spawn(write_groups(db.clone(), clock.clone(), from_callers));
        Self { db, clock, to_writer }
    }

    /// Writes a reading down. Show nothing before this has succeeded.
    ///
    /// # Errors
    /// [`Error::NotLogged`]: the reading is not in the log, what was to be read must not be shown.
    pub async fn record(&self, reading: Reading) -> Result<()> {
        self.record_all(vec![reading]).await
    }

    /// Writes several readings down, together.
    ///
    /// # Errors
    /// [`Error::NotLogged`], for all of them.
    pub async fn record_all(&self, readings: Vec<Reading>) -> Result<()> {
        if self.to_writer.is_closed() {
            return Err(stopped());
        }
        let began = Monotonic::now();
        // When nobody else writes, waking the writer would take longer than the commit.
        if let Some(tx) = self.db.begin_if_idle().map_err(|problem| Error::NotLogged(problem.to_string()))? {
            let outcome = commit(tx, &self.clock, &readings).await.map_err(|problem| problem.to_string());
            measure(&outcome, readings.len());
            measure_group(1, began);
            return outcome.map_err(Error::NotLogged);
        }
        let (written, answer) = oneshot::channel();
        let message = Message::Write(Submission { readings, written });
        self.to_writer.send(message).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?.map_err(Error::NotLogged)
    }

    /// Writes all that was handed in before, then ends the writer.
    pub async fn close(&self) {
        let (done, answer) = oneshot::channel();
        if self.to_writer.send(Message::Close(done)).await.is_ok() {
            // An error says that the writer has ended: that is what was asked.
            let _ = answer.await;
        }
    }
}

fn stopped() -> Error {
    Error::NotLogged("l’application s’arrête, recommencez dans un instant".to_owned())
}

async fn write_groups(db: Db, clock: Clock, mut from_callers: mpsc::Receiver<Message>) {
    let mut messages = Vec::new();
    while from_callers.recv_many(&mut messages, GROUP).await > 0 {
        let mut group = Vec::with_capacity(messages.len());
        let mut closing = Vec::new();
        for message in messages.drain(..) {
            match message {
                Message::Write(submission) => group.push(submission),
                Message::Close(done) => closing.push(done),
            }
        }
        write_group(&db, &clock, group).await;
        if !closing.is_empty() {
            // What slipped in behind the request to close is answered by the channel's end.
            for done in closing {
                let _ = done.send(());
            }
            return;
        }
    }
}

/// Commits a group, or failing that each submission by itself, so that one bad reading fails alone.
async fn write_group(db: &Db, clock: &Clock, group: Vec<Submission>) {
    if group.is_empty() {
        return;
    }
    let began = Monotonic::now();
    let together = begin_and_commit(db, clock, group.iter().flat_map(|submission| &submission.readings)).await;
    let size = group.len();
    for submission in group {
        let outcome = match &together {
            Err(problem) if size == 1 => Err(problem.to_string()),
            Err(_) => begin_and_commit(db, clock, &submission.readings).await.map_err(|problem| problem.to_string()),
            Ok(()) => Ok(()),
        };
        measure(&outcome, submission.readings.len());
        // A caller that no longer waits (its connection broke) has still read nothing.
        let _ = submission.written.send(outcome);
    }
    measure_group(size, began);
}

fn measure(outcome: &Result<(), String>, readings: usize) {
    let label = if outcome.is_ok() { "written" } else { "failed" };
    metrics::counter!(measures::READINGS, "outcome" => label).increment(readings as u64);
    if let Err(problem) = outcome {
        tracing::error!(%problem, "readings not written");
    }
}

fn measure_group(submissions: usize, began: Monotonic) {
    metrics::histogram!(measures::READING_GROUP).record(submissions as f64);
    metrics::histogram!(measures::READING_SECONDS).record(began.elapsed().as_secs_f64());
}

async fn begin_and_commit(db: &Db, clock: &Clock, readings: impl IntoIterator<Item = &Reading>) -> db::Result<()> {
    commit(db.begin().await?, clock, readings).await
}

async fn commit(tx: Tx, clock: &Clock, readings: impl IntoIterator<Item = &Reading>) -> db::Result<()> {
    // By tenant and always in the same order: two processes cannot wait for each other's seals.
    let mut by_tenant: BTreeMap<Id<Tenant>, Vec<NewEntry<'_>>> = BTreeMap::new();
    for reading in readings {
        by_tenant.entry(reading.tenant).or_default().push(reading.entry());
    }
    let now = clock.now();
    for (tenant, entries) in by_tenant {
        journal::append_sealed(&tx, Chain::Reads, tenant, now, entries).await?;
    }
    tx.commit().await
}
