//! The dated-fact primitive against a naive model: for each moment something was recorded, a plain table of what
//! each day holds. And its promises: no overlap whoever comes at once, the same timeline in whatever order files arrive.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};

/// What a change asks for, the records in force given.
type Planning = dyn Fn(&[Fact<Note>]) -> Result<Plan<Note>, Conflict>;

/// Observations with the number of their file.
type Numbered = Vec<(i64, Observation<Note>)>;

use base::{Date, Id, Instant, Period};
use db::Db;
use facts::{Batch, Conflict, Fact, Observation, Plan, Provenance, Source, Tenant};
use jiff::Span;
use jiff::civil::date;
use jonction_tests::on_each_engine;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

facts::kind! {
    /// Something with a slot, kept in a table that has the columns.
    struct Note in "parameter" about of_tenant: Subject, slot (name) {
        name: String,
        value: db::Json<i64>,
        citation: String,
        certainty: String,
    }
}

/// What notes are about.
enum Subject {}

const FIRST_DAY: Date = date(2026, 1, 1);
const DAYS: i64 = 12;
/// Stands for all days after the last.
const LATER: i64 = 40;
const PROVENANCE: Provenance = Provenance { source: Source::Hand, import: None, line: None, author: None };

fn note(slot: u8, value: i64) -> Note {
    Note {
        name: format!("note {slot}"),
        value: db::Json(value),
        citation: String::new(),
        certainty: "confirmed".to_owned(),
    }
}

fn day(number: i64) -> Date {
    FIRST_DAY.checked_add(Span::new().days(number)).unwrap()
}

fn moment(step: usize) -> Instant {
    Instant::from_micros(Instant::start_of(date(2026, 3, 1)).micros() + i64::try_from(step).unwrap())
}

fn period((from, length): (i64, Option<i64>)) -> Period {
    Period { from: day(from), to: length.map(|length| day(from + length)) }
}

fn sampled_days() -> impl Iterator<Item = i64> {
    (0..DAYS * 2).chain([LATER])
}

fn days_of(period: Period) -> Vec<i64> {
    sampled_days().filter(|number| period.contains(day(*number))).collect()
}

type Span2 = (i64, Option<i64>);

#[derive(Clone, Debug)]
enum Change {
    Add(u8, Span2, i64),
    Close(usize, i64),
    Correct(usize, u8, Span2, i64),
    Withdraw(usize),
    Set(u8, Span2, i64),
}

fn any_change() -> impl Strategy<Value = Change> {
    let span = (0..DAYS, proptest::option::weighted(0.8, 1..DAYS));
    prop_oneof![
        3 => (0u8..2, span.clone(), 0i64..3).prop_map(|(slot, span, value)| Change::Add(slot, span, value)),
        2 => (any::<prop::sample::Index>(), 0..DAYS).prop_map(|(which, to)| Change::Close(which.index(100), to)),
        2 => (any::<prop::sample::Index>(), 0u8..2, span.clone(), 0i64..3)
            .prop_map(|(which, slot, span, value)| Change::Correct(which.index(100), slot, span, value)),
        1 => any::<prop::sample::Index>().prop_map(|which| Change::Withdraw(which.index(100))),
        3 => (0u8..2, span, 0i64..3).prop_map(|(slot, span, value)| Change::Set(slot, span, value)),
    ]
}

/// What each day holds, by slot.
type Table = BTreeMap<(String, i64), i64>;

fn clear(table: &mut Table, name: &str, days: &[i64]) {
    table.retain(|(slot, number), _| slot != name || !days.contains(number));
}

fn fill(table: &mut Table, note: &Note, days: &[i64]) {
    for number in days {
        table.insert((note.name.clone(), *number), note.value.0);
    }
}

fn is_free(table: &Table, note: &Note, days: &[i64]) -> bool {
    days.iter().all(|number| !table.contains_key(&(note.name.clone(), *number)))
}

/// The plan of the primitive for a change, and what the model makes of the same change (`None`: refuses).
fn both(change: &Change, in_force: &[Fact<Note>], table: &Table) -> (Result<Plan<Note>, Conflict>, Option<Table>) {
    let mut after = table.clone();
    let pick = |which: usize| (!in_force.is_empty()).then(|| &in_force[which % in_force.len()]);
    match change {
        Change::Add(slot, span, value) => {
            let (note, valid) = (note(*slot, *value), period(*span));
            let free = is_free(table, &note, &days_of(valid));
            fill(&mut after, &note, &days_of(valid));
            (Plan::add(in_force, valid, note), free.then_some(after))
        }
        Change::Close(which, to) => match pick(*which) {
            None => (Ok(Plan::nothing()), Some(after)),
            Some(known) => {
                let ended: Vec<i64> = days_of(known.valid).into_iter().filter(|number| number >= to).collect();
                clear(&mut after, &known.value.name, &ended);
                (Plan::close(in_force, known.id, day(*to)), Some(after))
            }
        },
        Change::Correct(which, slot, span, value) => match pick(*which) {
            None => (Ok(Plan::nothing()), Some(after)),
            Some(known) => {
                let (note, valid) = (note(*slot, *value), period(*span));
                clear(&mut after, &known.value.name, &days_of(known.valid));
                let free = is_free(&after, &note, &days_of(valid));
                fill(&mut after, &note, &days_of(valid));
                (Plan::correct(in_force, known.id, valid, note), free.then_some(after))
            }
        },
        Change::Withdraw(which) => match pick(*which) {
            None => (Ok(Plan::nothing()), Some(after)),
            Some(known) => {
                clear(&mut after, &known.value.name, &days_of(known.valid));
                (Plan::withdraw(in_force, known.id), Some(after))
            }
        },
        Change::Set(slot, span, value) => {
            let (note, valid) = (note(*slot, *value), period(*span));
            clear(&mut after, &note.name, &days_of(valid));
            fill(&mut after, &note, &days_of(valid));
            (Ok(Plan::set(in_force, valid, note)), Some(after))
        }
    }
}

async fn tenant(db: &Db) -> Id<Tenant> {
    db.batch("INSERT INTO tenant (id, code, name) VALUES (9000000, '93', 'Département d’essai')").await.unwrap();
    Id::new(9_000_000)
}

/// A subject that no other case has.
fn new_subject() -> Id<Subject> {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    Id::new(NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Runs asynchronous cases inside proptest's synchronous runner.
fn check<S: Strategy>(cases: u32, strategy: &S, case: impl AsyncFn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config { failure_persistence: None, ..Config::with_cases(cases) };
    let result = tokio::task::block_in_place(|| {
        TestRunner::new(config)
            .run(strategy, |value| tokio::runtime::Handle::current().block_on(case(value)))
            .map_err(|error| error.to_string())
    });
    result.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn says_what_the_naive_model_says_at_every_moment() {
    on_each_engine(async |scratch| {
        let (db, tenant) = (&scratch.db, tenant(&scratch.db).await);
        check(48, &prop::collection::vec(any_change(), 1..14), async |changes: Vec<Change>| {
            let subject = new_subject();
            let mut table = Table::new();
            let mut tables = Vec::new();
            for (step, change) in changes.iter().enumerate() {
                let tx = db.begin().await.unwrap();
                let mut wanted = None;
                let outcome: Result<_, Refused> =
                    facts::write::<Note, _>(&tx, tenant, subject, PROVENANCE, moment(step), |in_force| {
                        let (plan, after) = both(change, in_force, &table);
                        wanted = after;
                        Ok(plan?)
                    })
                    .await;
                prop_assert_eq!(outcome.is_ok(), wanted.is_some(), "{:?} on {:?}", change, table);
                if let Some(after) = wanted {
                    tx.commit().await.unwrap();
                    table = after;
                }
                tables.push(table.clone());
            }
            for (step, table) in tables.iter().enumerate() {
                for number in sampled_days() {
                    let said = facts::as_of::<Note>(db, tenant, subject, day(number), moment(step)).await.unwrap();
                    let count = said.len();
                    let said: Table =
                        said.into_iter().map(|fact| ((fact.value.name, number), fact.value.value.0)).collect();
                    prop_assert_eq!(count, said.len(), "two values in one slot on day {}", number);
                    let known: Table = table
                        .iter()
                        .filter(|((_, of), _)| *of == number)
                        .map(|(key, value)| (key.clone(), *value))
                        .collect();
                    prop_assert_eq!(said, known, "day {} as known at step {}", number, step);
                }
            }
            Ok(())
        });
    })
    .await;
}

/// The error of the changes under test.
#[derive(Debug)]
enum Refused {
    Conflict(Conflict),
    Database(db::Error),
}

impl From<Conflict> for Refused {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

impl From<db::Error> for Refused {
    fn from(error: db::Error) -> Self {
        Self::Database(error)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_come_at_once_one_gets_in() {
    on_each_engine(async |scratch| {
        let tenant = tenant(&scratch.db).await;
        for _ in 0..10 {
            let subject = new_subject();
            let attempts: Vec<_> = (0..8)
                .map(|number| {
                    let db = scratch.db.clone();
                    tokio::spawn(async move {
                        let tx = db.begin().await.unwrap();
                        let valid = period((number, Some(10)));
                        let outcome =
                            facts::write::<Note, Refused>(&tx, tenant, subject, PROVENANCE, moment(0), |in_force| {
                                Ok(Plan::add(in_force, valid, note(0, number))?)
                            })
                            .await;
                        match outcome {
                            Ok(_) => {
                                tx.commit().await.unwrap();
                                true
                            }
                            Err(Refused::Conflict(conflict)) => {
                                assert!(matches!(conflict, Conflict::Overlap { .. }), "{conflict:?}");
                                false
                            }
                            Err(Refused::Database(error)) => panic!("{error}"),
                        }
                    })
                })
                .collect();
            let mut got_in = 0;
            for attempt in attempts {
                got_in += usize::from(attempt.await.unwrap());
            }
            assert_eq!(got_in, 1);
            assert_eq!(facts::current::<Note>(&scratch.db, tenant, subject).await.unwrap().len(), 1);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_correction_may_not_overlap_either() {
    on_each_engine(async |scratch| {
        let (tenant, subject) = (tenant(&scratch.db).await, new_subject());
        let write = async |step: usize, plan: &Planning| {
            let tx = scratch.db.begin().await.unwrap();
            let mut outcome = Ok(());
            let in_force = facts::current::<Note>(&tx, tenant, subject).await.unwrap();
            match plan(&in_force) {
                Ok(plan) => {
                    let mut batch = Batch::new(tenant, moment(step));
                    batch.push(subject, plan, PROVENANCE);
                    batch.flush(&tx).await.unwrap();
                    tx.commit().await.unwrap();
                }
                Err(conflict) => outcome = Err(conflict),
            }
            outcome
        };
        write(0, &|known| Plan::add(known, period((0, Some(5))), note(0, 1))).await.unwrap();
        write(1, &|known| Plan::add(known, period((5, None)), note(0, 2))).await.unwrap();
        // Another slot is free; the same one is not, be it by one day.
        write(2, &|known| Plan::add(known, period((0, None)), note(1, 9))).await.unwrap();
        let late = write(3, &|known| Plan::correct(known, known[0].id, period((0, Some(6))), note(0, 1))).await;
        assert!(matches!(late, Err(Conflict::Overlap { .. })), "{late:?}");
        let empty = write(3, &|known| Plan::add(known, period((3, Some(0))), note(2, 1))).await;
        assert_eq!(empty, Err(Conflict::Empty));
        let outdated = write(3, &|known| Plan::close(known, Id::new(-1), day(2))).await;
        assert_eq!(outdated, Err(Conflict::Outdated));

        // Two plans made from the same reading: the second finds its record replaced.
        let in_force = facts::current::<Note>(&scratch.db, tenant, subject).await.unwrap();
        let plan = Plan::close(&in_force, in_force[0].id, day(3)).unwrap();
        for (step, expected) in [(4, true), (5, false)] {
            let tx = scratch.db.begin().await.unwrap();
            let mut batch = Batch::new(tenant, moment(step));
            batch.push(subject, plan.clone(), PROVENANCE);
            assert_eq!(batch.flush(&tx).await.is_ok(), expected);
            if expected {
                tx.commit().await.unwrap();
            }
        }
        let history = facts::history::<Note>(&scratch.db, tenant, subject).await.unwrap();
        let closed = history.iter().find(|fact| fact.corrects == Some(in_force[0].id)).unwrap();
        assert_eq!((closed.valid, closed.replaced_at), (period((0, Some(3))), None));
    })
    .await;
}

fn any_observations() -> impl Strategy<Value = Vec<(i64, Observation<Note>)>> {
    let one = (proptest::option::weighted(0.8, 0i64..3), proptest::option::of(0..DAYS));
    prop::collection::btree_map(0..DAYS, one, 1..8).prop_map(|days| {
        days.into_iter()
            .map(|(on, (value, since))| {
                let value = value.map(|value| note(0, value));
                (on, Observation { on: day(on), value, since: since.map(day) })
            })
            .collect()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn files_in_any_order_give_the_same_timeline() {
    on_each_engine(async |scratch| {
        let (db, tenant) = (&scratch.db, tenant(&scratch.db).await);
        let strategy = any_observations().prop_flat_map(|observations| {
            let shuffled = Just(observations.clone()).prop_shuffle();
            (Just(observations), shuffled)
        });
        check(48, &strategy, async |(sorted, arrivals): (Numbered, Numbered)| {
            let subject = new_subject();
            let mut had = BTreeMap::new();
            for (step, (on, observation)) in arrivals.into_iter().enumerate() {
                had.insert(on, observation);
                let wanted = facts::from_observations(&had.values().cloned().collect::<Vec<_>>());
                let tx = db.begin().await.unwrap();
                facts::write::<Note, Refused>(&tx, tenant, subject, PROVENANCE, moment(step), |in_force| {
                    Ok(Plan::align(&in_force.iter().collect::<Vec<_>>(), &wanted))
                })
                .await
                .unwrap();
                tx.commit().await.unwrap();
            }
            let in_order: Vec<Observation<Note>> = sorted.iter().map(|(_, observation)| observation.clone()).collect();
            let timeline: Vec<(Period, Note)> = facts::current::<Note>(db, tenant, subject)
                .await
                .unwrap()
                .into_iter()
                .map(|fact| (fact.valid, fact.value))
                .collect();
            prop_assert_eq!(&timeline, &facts::from_observations(&in_order));
            for pair in timeline.windows(2) {
                prop_assert!(!pair[0].0.overlaps(&pair[1].0), "{:?}", pair);
            }
            // On the very day a source spoke, the timeline says what it said.
            for observation in &in_order {
                let said = timeline.iter().find(|(period, _)| period.contains(observation.on)).map(|(_, note)| note);
                prop_assert_eq!(said, observation.value.as_ref());
            }
            Ok(())
        });
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rooms_tell_is_taken_once_and_in_order() {
    on_each_engine(async |scratch| {
        let tenant = tenant(&scratch.db).await;
        for number in 0..5 {
            let tx = scratch.db.begin().await.unwrap();
            facts::outbox::publish(&tx, tenant, "essai.compte", 1, serde_json::json!({ "n": number }), moment(0))
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
        let takers: Vec<_> = (0..4)
            .map(|_| {
                let db = scratch.db.clone();
                tokio::spawn(async move {
                    let tx = db.begin().await.unwrap();
                    let events = facts::outbox::take(&tx, tenant, "lecteur", 2).await.unwrap();
                    tx.commit().await.unwrap();
                    events.into_iter().map(|event| event.body.0["n"].as_i64().unwrap()).collect::<Vec<_>>()
                })
            })
            .collect();
        let mut taken = Vec::new();
        for taker in takers {
            taken.extend(taker.await.unwrap());
        }
        taken.sort_unstable();
        assert_eq!(taken, [0, 1, 2, 3, 4]);

        // A consumer that fails has taken nothing.
        let tx = scratch.db.begin().await.unwrap();
        assert_eq!(facts::outbox::take(&tx, tenant, "autre", 10).await.unwrap().len(), 5);
        drop(tx);
        let tx = scratch.db.begin().await.unwrap();
        assert_eq!(facts::outbox::take(&tx, tenant, "autre", 10).await.unwrap().len(), 5);
    })
    .await;
}
