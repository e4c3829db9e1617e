//! Lists decided at once: asked for, worked stretch by stretch by a job that survives a kill, told line by line, and
//! taken back within a time.

use std::collections::{BTreeSet, HashMap};

use base::{Id, Instant};
use db::{Ask, Json, Param, Tx, sql, sql_many};
use platform::gate::{DecideOrientations, Designate};
use platform::{Account, Actor, Permit, Platform, Reading, jobs, mandate};

use super::decide::{self, Order, Undone};
use super::model::{Batch, BatchKind, Choice, LineState, Origin};
use crate::caseload::{self, Assignment};
use crate::follow_up;
use crate::person::Person;
use crate::{Error, Result};

sql! {
    BATCH = ["SELECT ", Batch::COLUMNS, " FROM batch WHERE tenant = $1 AND id = $2"];
    BATCHES = ["SELECT ", Batch::COLUMNS, " FROM batch WHERE tenant = $1 AND kind = $2 ORDER BY asked_at DESC, id DESC LIMIT $3"];
    BATCHES_OF = ["SELECT ", Batch::COLUMNS, " FROM batch WHERE tenant = $1 AND kind = $2 AND asked_by = $3
        ORDER BY asked_at DESC, id DESC LIMIT $4"];
    WAITING = "SELECT person, chosen FROM batch_line WHERE batch = $1 AND state = 'waiting' ORDER BY person LIMIT $2";
    DONE = "SELECT person, chosen FROM batch_line WHERE batch = $1 AND state = 'done' AND person > $2 ORDER BY person LIMIT $3";
    SETTLE = "UPDATE batch_line SET state = $1, told = $2 WHERE batch = $3 AND person = $4";
    FINISH = "UPDATE batch SET finished_at = $1 WHERE id = $2 AND finished_at IS NULL";
    MARK_UNDONE = "UPDATE batch SET undone_at = $1 WHERE id = $2 AND undone_at IS NULL";
    LINES = "SELECT l.person, l.state, l.chosen, l.told, c.usual_name, c.first_name FROM batch_line l
        JOIN person_card c ON c.person = l.person WHERE l.batch = $1 AND l.state = $2 AND l.person > $3
        ORDER BY l.person LIMIT $4";
}

sql_many! {
    COUNTS (0) = "SELECT batch, state, count(*) FROM batch_line WHERE batch IN ({list}) GROUP BY batch, state";
}

/// Lines decided in one transaction.
const AT_ONCE: i64 = 200;

/// The job that works a list; its payload is the number of the list.
pub const WORK: &str = "support.batch";

/// One person of a list of orientations.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrderedLine {
    pub person: Id<Person>,
    pub choice: Choice,
}

db::record! {
    struct NewLine in "batch_line" {
        batch: Id<Batch>,
        person: Id<Person>,
        tenant: Id<facts::Tenant>,
        state: LineState,
        chosen: Json<serde_json::Value>,
        told: String,
    }
}

db::row! {
    /// A line with whom it is about.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct BatchLine {
        pub person: Id<Person>,
        pub state: LineState,
        /// A [`Choice`], or an [`Assignment`].
        pub chosen: Json<serde_json::Value>,
        /// Why it was refused.
        pub told: String,
        pub usual_name: String,
        pub first_name: String,
    }
}

/// A list and where it stands.
#[derive(Clone, Debug)]
pub struct BatchView {
    pub batch: Batch,
    /// The name of whoever asked for it.
    pub author: String,
    pub counts: Vec<(LineState, i64)>,
    /// Until when it may be taken back; `None` when that time has passed or it was.
    pub undo_until: Option<Instant>,
}

impl BatchView {
    pub fn count(&self, state: LineState) -> i64 {
        self.counts.iter().find(|(of, _)| *of == state).map_or(0, |(_, count)| *count)
    }
}

/// Who works a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Worker {
    /// A job, behind the screens.
    Job,
    /// Whoever asked, with [`continue_batch`].
    Caller,
}

/// Asks for a list of orientations, in force from today, to be worked line by line.
///
/// # Errors
/// [`Error::Invalid`] for an empty list.
pub async fn start_orientations(
    platform: &Platform,
    actor: &Actor,
    lines: &[OrderedLine],
    worker: Worker,
) -> Result<Id<Batch>> {
    let permit = platform::gate::permit::<DecideOrientations>(actor)?;
    let chosen = lines.iter().map(|line| (line.person, serde_json::json!(line.choice))).collect();
    start(platform, &permit, BatchKind::Orientation, serde_json::Value::Null, chosen, worker).await
}

/// Asks for a list of designations, with the reason they share.
pub async fn start_designations(
    platform: &Platform,
    actor: &Actor,
    assignments: &[Assignment],
    reason: &str,
    worker: Worker,
) -> Result<Id<Batch>> {
    let permit = platform::gate::permit::<Designate>(actor)?;
    let chosen = assignments.iter().map(|assignment| (assignment.person, serde_json::json!(assignment))).collect();
    start(platform, &permit, BatchKind::Designation, serde_json::json!({ "reason": reason.trim() }), chosen, worker)
        .await
}

async fn start<A: platform::gate::Action>(
    platform: &Platform,
    permit: &Permit<A>,
    kind: BatchKind,
    order_given: serde_json::Value,
    chosen: Vec<(Id<Person>, serde_json::Value)>,
    worker: Worker,
) -> Result<Id<Batch>> {
    let (Some(account), Some(mandate)) = (permit.account(), permit.mandate()) else {
        return Err(Error::Invalid("une liste se décide sous le mandat de quelqu’un".to_owned()));
    };
    if chosen.is_empty() {
        return Err(Error::Invalid("la liste est vide\u{a0}: choisissez au moins une personne".to_owned()));
    }
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    let id = Id::new(tx.reserve_ids(1).await?[0]);
    let batch = Batch {
        id,
        tenant,
        kind,
        asked_by: account,
        mandate: mandate.raw(),
        asked_at: now,
        order_given: Json(order_given),
        lines: i64::try_from(chosen.len()).unwrap_or(i64::MAX),
        finished_at: None,
        undone_at: None,
    };
    tx.fill(&[batch]).await?;
    let mut lines: Vec<NewLine> = chosen
        .into_iter()
        .map(|(person, chosen)| NewLine {
            batch: id,
            person,
            tenant,
            state: LineState::Waiting,
            chosen: Json(chosen),
            told: String::new(),
        })
        .collect();
    lines.sort_by_key(|line| line.person);
    lines.dedup_by_key(|line| line.person);
    tx.fill(&lines).await?;
    if worker == Worker::Job {
        jobs::enqueue(&tx, tenant, WORK, serde_json::json!({ "batch": id.raw() }), Some(account), now).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// Works what is left of a list, in the name of whoever asked for it. Done again after a kill, it goes on after the
/// last stretch that was committed. `progress` is told how many lines are settled.
///
/// # Errors
/// When whoever asked has no mandate for it any more: the lines left stay as they are.
pub async fn continue_batch(
    platform: &Platform,
    tenant: Id<facts::Tenant>,
    id: Id<Batch>,
    mut progress: impl AsyncFnMut(u64),
) -> Result<()> {
    let batch: Batch = platform.db.maybe(&BATCH, &[&tenant, &id]).await?.ok_or(Error::NotFound)?;
    let actor = mandate::actor(platform, batch.asked_by, Id::new(batch.mandate)).await?;
    let rules = follow_up::rules(platform, tenant).await?;
    let mut settled = 0;
    match batch.kind {
        BatchKind::Orientation => {
            let permit = platform::gate::permit::<DecideOrientations>(&actor)?;
            let order = Order { starts_on: batch.asked_at.date(), origin: Origin::Bulk, batch: Some(id) };
            loop {
                let tx = turn(platform, id).await?;
                let waiting: Vec<(Id<Person>, Json<Choice>)> = tx.all(&WAITING, &[&id, &AT_ONCE]).await?;
                if waiting.is_empty() {
                    break;
                }
                let lines: Vec<OrderedLine> =
                    waiting.into_iter().map(|(person, Json(choice))| OrderedLine { person, choice }).collect();
                let told = decide::decide(&tx, platform, &permit, &lines, &order, &rules).await?;
                let persons: Vec<Id<Person>> = lines.iter().map(|line| line.person).collect();
                settle(&tx, id, &persons, &told, LineState::Done).await?;
                tx.commit().await?;
                settled += persons.len() as u64;
                progress(settled).await;
            }
        }
        BatchKind::Designation => {
            let permit = platform::gate::permit::<Designate>(&actor)?;
            let counsellors = caseload::counsellors(platform, &actor, &permit).await?;
            let reason = batch.order_given.0["reason"].as_str().unwrap_or_default().to_owned();
            loop {
                let tx = turn(platform, id).await?;
                let waiting: Vec<(Id<Person>, Json<Assignment>)> = tx.all(&WAITING, &[&id, &AT_ONCE]).await?;
                if waiting.is_empty() {
                    break;
                }
                let assignments: Vec<Assignment> =
                    waiting.into_iter().map(|(_, Json(assignment))| assignment).collect();
                let told =
                    caseload::designate(&tx, platform, &permit, &counsellors, &assignments, &reason, &rules).await?;
                let persons: Vec<Id<Person>> = assignments.iter().map(|assignment| assignment.person).collect();
                settle(&tx, id, &persons, &told, LineState::Done).await?;
                tx.commit().await?;
                settled += persons.len() as u64;
                progress(settled).await;
            }
        }
    }
    let tx = platform.db.begin().await?;
    tx.execute(&FINISH, &[&platform.now(), &id]).await?;
    Ok(tx.commit().await?)
}

/// A transaction in which nobody else works the same list.
async fn turn(platform: &Platform, batch: Id<Batch>) -> db::Result<Tx> {
    let tx = platform.db.begin().await?;
    tx.hold(&[batch.raw() ^ 0x6c69_7374]).await?;
    Ok(tx)
}

/// Writes down how lines ended, in the transaction that decided them.
async fn settle(
    tx: &Tx,
    batch: Id<Batch>,
    persons: &[Id<Person>],
    told: &[std::result::Result<(), String>],
    done: LineState,
) -> db::Result<()> {
    let ended: Vec<(LineState, &str)> = told
        .iter()
        .map(|told| match (told, done) {
            (Ok(()), _) => (done, ""),
            // What could not be taken back stays decided.
            (Err(why), LineState::Undone) => (LineState::Done, why.as_str()),
            (Err(why), _) => (LineState::Refused, why.as_str()),
        })
        .collect();
    let sets: Vec<Vec<&dyn Param>> = persons
        .iter()
        .zip(&ended)
        .map(|(person, (state, why))| vec![state as &dyn Param, why, &batch, person])
        .collect();
    tx.execute_many(&SETTLE, &sets).await.map(|_| ())
}

/// Takes a list back, within the time for it: whoever has since been met, or given to somebody else, stays.
///
/// # Errors
/// [`Error::Invalid`] when the time has passed, or it was taken back already.
pub async fn undo_batch(platform: &Platform, actor: &Actor, id: Id<Batch>) -> Result<()> {
    let view = batch(platform, actor, id).await?;
    if view.undo_until.is_none() {
        return Err(Error::Invalid("cette liste ne peut plus être annulée".to_owned()));
    }
    let rules = follow_up::rules(platform, actor.tenant()).await?;
    let mut after = Id::new(0);
    loop {
        let tx = platform.db.begin().await?;
        let done: Vec<(Id<Person>, Json<serde_json::Value>)> = tx.all(&DONE, &[&id, &after, &AT_ONCE]).await?;
        let Some((last, _)) = done.last() else { break };
        after = *last;
        let persons: Vec<Id<Person>> = done.iter().map(|(person, _)| *person).collect();
        let told = match view.batch.kind {
            BatchKind::Orientation => {
                let permit = platform::gate::permit::<DecideOrientations>(actor)?;
                decide::take_back(&tx, platform, &permit, &persons, Undone::Batch(id), &rules).await?
            }
            BatchKind::Designation => {
                let permit = platform::gate::permit::<Designate>(actor)?;
                let assignments = done
                    .into_iter()
                    .map(|(_, Json(chosen))| serde_json::from_value(chosen))
                    .collect::<std::result::Result<Vec<Assignment>, _>>()
                    .map_err(|_| Error::Invalid("cette liste a été écrite par une autre version".to_owned()))?;
                caseload::give_back(&tx, platform, &permit, &assignments, &rules).await?
            }
        };
        settle(&tx, id, &persons, &told, LineState::Undone).await?;
        tx.commit().await?;
    }
    let tx = platform.db.begin().await?;
    tx.execute(&MARK_UNDONE, &[&platform.now(), &id]).await?;
    Ok(tx.commit().await?)
}

async fn view(platform: &Platform, tenant: Id<facts::Tenant>, id: Id<Batch>) -> Result<Option<BatchView>> {
    let found: Vec<Batch> = platform.db.all(&BATCH, &[&tenant, &id]).await?;
    Ok(views(platform, tenant, found).await?.pop())
}

/// Lists with where each stands, in the order given.
async fn views(platform: &Platform, tenant: Id<facts::Tenant>, batches: Vec<Batch>) -> Result<Vec<BatchView>> {
    let ids: Vec<Id<Batch>> = batches.iter().map(|batch| batch.id).collect();
    let mut counts: HashMap<Id<Batch>, Vec<(LineState, i64)>> = HashMap::new();
    for (id, state, lines) in COUNTS.all::<(Id<Batch>, LineState, i64), _>(&platform.db, &[], &ids).await? {
        counts.entry(id).or_default().push((state, lines));
    }
    let askers: BTreeSet<Id<Account>> = batches.iter().map(|batch| batch.asked_by).collect();
    let names = super::file::names(platform, &askers.into_iter().collect::<Vec<_>>()).await?;
    let delays = follow_up::rules(platform, tenant).await?.delays;
    let now = platform.now();
    let view = |batch: Batch| {
        let until = delays.decision_undo_ends(batch.asked_at);
        let open = batch.undone_at.is_none() && batch.finished_at.is_some() && now <= until;
        BatchView {
            undo_until: open.then_some(until),
            author: names.get(&batch.asked_by).cloned().unwrap_or_default(),
            counts: counts.remove(&batch.id).unwrap_or_default(),
            batch,
        }
    };
    Ok(batches.into_iter().map(view).collect())
}

/// Somebody who may see lists of a kind: all of them for orientations, one's own structure's for designations.
fn may_see(actor: &Actor, batch: &Batch) -> bool {
    match batch.kind {
        BatchKind::Orientation => platform::gate::may::<DecideOrientations>(actor),
        BatchKind::Designation => platform::gate::may::<Designate>(actor) && actor.account() == Some(batch.asked_by),
    }
}

/// One list.
pub async fn batch(platform: &Platform, actor: &Actor, id: Id<Batch>) -> Result<BatchView> {
    let found = view(platform, actor.tenant(), id).await?.ok_or(Error::NotFound)?;
    if may_see(actor, &found.batch) { Ok(found) } else { Err(Error::NotFound) }
}

/// The last lists of a kind that the actor may see, newest first.
pub async fn batches(platform: &Platform, actor: &Actor, kind: BatchKind, limit: i64) -> Result<Vec<Batch>> {
    match kind {
        BatchKind::Orientation => {
            let permit = platform::gate::permit::<DecideOrientations>(actor)?;
            Ok(platform.db.all(&BATCHES, &[&permit.tenant(), &kind, &limit]).await?)
        }
        BatchKind::Designation => {
            let permit = platform::gate::permit::<Designate>(actor)?;
            let own: Option<Id<Account>> = permit.account();
            Ok(platform.db.all(&BATCHES_OF, &[&permit.tenant(), &kind, &own, &limit]).await?)
        }
    }
}

/// The same with where each stands.
pub async fn batch_views(platform: &Platform, actor: &Actor, kind: BatchKind, limit: i64) -> Result<Vec<BatchView>> {
    let listed = batches(platform, actor, kind, limit).await?;
    views(platform, actor.tenant(), listed).await
}

/// Lines of a list in one state, by person. Logged as a reading of the people shown.
pub async fn lines(
    platform: &Platform,
    actor: &Actor,
    id: Id<Batch>,
    state: LineState,
    after: Id<Person>,
    limit: i64,
) -> Result<Vec<BatchLine>> {
    let view = batch(platform, actor, id).await?;
    let lines: Vec<BatchLine> = platform.db.all(&LINES, &[&id, &state, &after, &limit]).await?;
    let shown: Vec<i64> = lines.iter().map(|line| line.person.raw()).collect();
    let detail = serde_json::json!({ "shown": shown });
    let reading = match view.batch.kind {
        BatchKind::Orientation => {
            Reading::of(&platform::gate::permit::<DecideOrientations>(actor)?, "batch", Some(id.raw()), detail)
        }
        BatchKind::Designation => {
            Reading::of(&platform::gate::permit::<Designate>(actor)?, "batch", Some(id.raw()), detail)
        }
    };
    platform.readings.record(reading).await?;
    Ok(lines)
}
