//! Timetables against the independent judge and an exhaustive search.

mod common;

use common::{brute, instance};
use planning::timetable::{Fault, Instance, Options, Status, check, explain, solve};
use proptest::prelude::*;

fn options() -> Options {
    Options { steps: 20_000, ..Options::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    /// On instances small enough to try everything, the verdict is the true one and the timetable is valid.
    #[test]
    fn the_verdict_is_that_of_an_exhaustive_search(instance in instance()) {
        let found = solve(&instance, &options()).unwrap();
        let possible = brute::any(&instance);
        prop_assert_eq!(planning::timetable::possible(&instance, &options()), Ok(found.status));
        prop_assert_eq!(found.status, if possible { Status::Solved } else { Status::Infeasible });
        if possible {
            let (flaws, cost) = check(&instance, &found.sessions);
            prop_assert_eq!(flaws, vec![]);
            prop_assert_eq!(Some(cost), found.cost);
        }
    }

    /// Each conflict cannot be met, and can once any one of its bounds is given up: by solving again, and by trying
    /// everything.
    #[test]
    fn explanations_are_irreducible(instance in instance()) {
        let found = solve(&instance, &options()).unwrap();
        prop_assume!(found.status == Status::Infeasible);
        prop_assert!(!found.conflicts.is_empty());
        let all = planning::timetable::Reason::all(&instance);
        for conflict in &found.conflicts {
            prop_assert!(conflict.irreducible);
            let inside = |reason: &&planning::timetable::Reason| conflict.members.iter().any(|one| one.reason == **reason);
            let outside: Vec<_> = all.iter().filter(|reason| !inside(reason)).cloned().collect();
            prop_assert!(!brute::any(&instance.without(&outside)));
            for member in &conflict.members {
                let more: Vec<_> = outside.iter().cloned().chain([member.reason.clone()]).collect();
                prop_assert!(brute::any(&instance.without(&more)), "superfluous: {:?}", member.reason);
                let alone = brute::any(&instance.without(std::slice::from_ref(&member.reason)));
                prop_assert_eq!(member.suffices, Some(alone));
            }
        }
        let given_up: Vec<_> = found.conflicts.iter().flat_map(|one| one.members.iter().map(|one| one.reason.clone())).collect();
        prop_assert!(brute::any(&instance.without(&given_up)));
        prop_assert_eq!(explain(&instance, &options()).unwrap(), found.conflicts);
    }

    #[test]
    fn the_same_question_has_the_same_answer(instance in instance()) {
        prop_assert_eq!(solve(&instance, &options()).unwrap(), solve(&instance, &options()).unwrap());
    }

    #[test]
    fn instances_and_solutions_survive_their_files(instance in instance()) {
        let text = serde_json::to_string(&instance).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Instance>(&text).unwrap(), &instance);
        let found = solve(&instance, &options()).unwrap();
        let text = serde_json::to_string(&found).unwrap();
        prop_assert_eq!(serde_json::from_str::<planning::timetable::Solution>(&text).unwrap(), found);
    }
}

#[test]
fn a_faulty_instance_is_refused_with_the_place_of_the_fault() {
    let spoilt = |change: fn(&mut Instance)| {
        let mut instance = common::plain();
        change(&mut instance);
        solve(&instance, &options()).unwrap_err()
    };
    assert_eq!(spoilt(|instance| instance.format = 9), Fault::Format { found: 9 });
    let backwards = spoilt(|instance| instance.calendar.to = "2026-01-01".parse().unwrap());
    assert!(backwards.to_string().contains("précède"));
    assert!(matches!(spoilt(|instance| instance.calendar.to = "9026-01-01".parse().unwrap()), Fault::TooLong { .. }));
    assert!(
        matches!(spoilt(|instance| instance.modules[0].cohort = "?".into()), Fault::Unknown { id, .. } if id == "?")
    );
    assert!(matches!(spoilt(|instance| instance.modules[1].after = vec!["?".into()]), Fault::Unknown { .. }));
    assert!(matches!(spoilt(|instance| instance.modules[1].id = "m0".into()), Fault::Twice { .. }));
    assert!(matches!(spoilt(|instance| instance.modules[0].after = vec!["m0".into()]), Fault::AfterItself { .. }));
    assert!(matches!(spoilt(|instance| instance.calendar.weekdays = vec![8]), Fault::Weekday { day: 8, .. }));
    assert!(matches!(spoilt(|instance| instance.modules[0].half_days = 9_999), Fault::TooManyHalfDays { .. }));
    assert!(matches!(spoilt(|instance| instance.trainers[0].modules.push("?".into())), Fault::Unknown { .. }));
}
