//! Changed timetables against all timetables there are.

mod common;

use std::collections::BTreeSet;

use common::{brute, instance};
use planning::timetable::{Flaw, Half, Instance, Notice, Options, Session, Status, Window, check, replan, solve};
use proptest::prelude::*;

fn options() -> Options {
    Options { steps: 50_000, ..Options::default() }
}

fn date(day: i8) -> jiff::civil::Date {
    jiff::civil::date(2026, 11, day)
}

/// An instance with its timetable, and the same after a mishap from today on.
fn mishap() -> impl Strategy<Value = (Instance, Instance, Notice)> {
    (instance(), 0..4_usize, 0..4_u32, 0..2_usize, any::<bool>(), 0..2_usize).prop_map(
        |(instance, today, days, who, room, long)| {
            let today = date([19, 20, 23, 24][today]);
            let mut changed = instance.clone();
            let lost = Window::days(
                today,
                date(24).min(today.checked_add(jiff::ToSpan::days(i64::from(long as u32))).unwrap()),
            );
            let (rooms, trainers) = (changed.rooms.len(), changed.trainers.len());
            if room {
                changed.rooms[who % rooms].unavailable.push(lost);
            } else {
                changed.trainers[who % trainers].unavailable.push(lost);
            }
            (instance, changed, Notice { today, days })
        },
    )
}

/// Half-days touched within the notice, then sessions moved: what must be least.
fn loss(former: &[Session], now: &[Session], notice: &Notice) -> (usize, usize) {
    let key = |sessions: &[Session]| -> BTreeSet<(jiff::civil::Date, Half, String)> {
        sessions.iter().map(|one| (one.date, one.half, one.module.clone())).collect()
    };
    let (before, after) = (key(former), key(now));
    let ends = notice.today.checked_add(jiff::ToSpan::days(i64::from(notice.days))).unwrap();
    let touched = before.symmetric_difference(&after).filter(|(date, _, _)| *date < ends).count();
    (touched, before.difference(&after).count())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn as_little_changes_as_possible((instance, changed, notice) in mishap()) {
        let former = solve(&instance, &options()).unwrap();
        prop_assume!(former.status == Status::Solved);
        let former = former.sessions;
        let found = replan(&changed, &former, &notice, &options()).unwrap();
        let past = |sessions: &[Session]| -> Vec<Session> {
            sessions.iter().filter(|session| session.date < notice.today).cloned().collect()
        };
        let mut least: Option<(usize, usize)> = None;
        brute::each(&changed, &mut |sessions| {
            let mut sorted = sessions.to_vec();
            sorted.sort();
            if past(&sorted) == past(&former) {
                let loss = loss(&former, &sorted, &notice);
                least = Some(least.map_or(loss, |least| least.min(loss)));
            }
            true
        });
        match least {
            None => {
                prop_assert_eq!(found.status, Status::Infeasible);
                prop_assert!(!found.conflicts.is_empty());
                prop_assert!(!brute::any(&changed) || !past(&former).is_empty());
            }
            Some(least) => {
                prop_assert_eq!(found.status, Status::Solved);
                prop_assert_eq!(check(&changed, &found.sessions).0, Vec::<Flaw>::new());
                prop_assert_eq!(past(&found.sessions), past(&former));
                prop_assert_eq!(loss(&former, &found.sessions, &notice), least);
                prop_assert_eq!((found.under_notice, found.moved), least);
                prop_assert!(found.least);
                let told = found.changes.iter().filter(|change| change.from != change.to).count();
                prop_assert_eq!(told, least.1);
            }
        }
    }

    /// Nothing has happened: nothing changes.
    #[test]
    fn without_a_mishap_nothing_changes(instance in instance()) {
        let former = solve(&instance, &options()).unwrap();
        prop_assume!(former.status == Status::Solved);
        let found = replan(&instance, &former.sessions, &Notice { today: date(20), days: 2 }, &options()).unwrap();
        prop_assert_eq!(found.sessions, former.sessions);
        prop_assert_eq!(found.changes, vec![]);
    }
}

/// A module with two trainers keeps its half-days when one is ill: the other comes instead, and both are told.
#[test]
fn a_substitute_comes_before_a_move() {
    let instance = common::plain();
    let former = solve(&instance, &options()).unwrap().sessions;
    let trainer = former[0].trainer.clone().unwrap();
    let mut changed = instance.clone();
    let ill = changed.trainers.iter_mut().find(|one| one.id == trainer).unwrap();
    ill.unavailable.push(Window::default());
    let notice = Notice { today: date(19), days: 7 };
    // Both cohorts may need the one who is left, at the same time.
    changed.cohorts.remove(1);
    changed.modules.remove(1);
    changed.trainers.iter_mut().for_each(|one| one.modules.retain(|id| id == "m0"));
    let former: Vec<Session> = former.into_iter().filter(|session| session.module == "m0").collect();
    let found = replan(&changed, &former, &notice, &options()).unwrap();
    assert_eq!((found.status, found.moved, found.under_notice), (Status::Solved, 0, 0));
    for change in &found.changes {
        assert_eq!(change.from, change.to);
        assert!(change.under_notice);
        assert!(change.trainer.as_ref().is_some_and(|(before, after)| before != after));
    }
}
