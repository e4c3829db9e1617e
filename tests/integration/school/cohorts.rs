//! Cohorts: weeks, programme, timetable proposed and decided, sessions that move.

use super::*;

#[tokio::test]
async fn a_cohort_has_weeks_a_programme_and_a_timetable() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (platform, head, school) = (&house.platform, &house.head, house.organisation("ecole-cip"));
        let cohort = house.cohort().await;
        let known = cohort::show(platform, head, cohort).await.unwrap();
        let again = NewCohort {
            organisation: school,
            code: "CIP-2026".to_owned(),
            name: "Encore".to_owned(),
            referential: known.profile.value.referential,
            site: known.profile.value.site,
            first_day: date(2028, 4, 3),
            last_day: date(2028, 4, 3),
            seats: 0,
            half_day_hours: 350,
        };
        let Err(Error::Problems(problems)) = cohort::create(platform, head, again).await else { panic!() };
        assert_eq!(problems.len(), 4, "{problems:?}");

        let closed = Period { from: date(2026, 12, 21), to: Some(date(2027, 1, 4)) };
        cohort::set_closure(platform, head, school, closed, "Fermeture de fin d’année").await.unwrap();
        house.weeks(cohort).await;
        let half_week = Period { from: date(2026, 9, 8), to: Some(date(2026, 9, 14)) };
        refused(cohort::set_weeks(platform, head, cohort, &[(half_week, WeekKind::Class)]).await, "semaines entières");
        let calendar = cohort::calendar(platform, head, cohort).await.unwrap();
        assert_eq!(calendar.len(), 362);
        let class = calendar.iter().filter(|day| day.kind == cohort::DayKind::Class).count();
        assert!((55..=65).contains(&class), "{class}");

        refused(
            cohort::set_modules(platform, head, cohort, vec![module("M1", 4, &["M9"], &["C77"])]).await,
            "n’est pas dans le référentiel",
        );
        let programme = vec![
            module("M1", 20, &[], &["C1", "C2"]),
            module("M2", 24, &["M1"], &["C6"]),
            module("M3", 16, &["M2"], &["C12"]),
        ];
        cohort::set_modules(platform, head, cohort, programme).await.unwrap();
        let proposal = cohort::propose_timetable(platform, head, cohort).await.unwrap();
        assert!(proposal.changes.is_empty() && !proposal.conflicts.is_empty(), "nobody teaches yet: {proposal:?}");

        let codes = |codes: &[&str]| Json(codes.iter().map(|code| (*code).to_owned()).collect());
        let trainer = |name: &str, modules: &[&str]| TrainerProfile {
            name: name.to_owned(),
            account: None,
            modules: codes(modules),
            free: 0b11_1111_1111,
        };
        let since = Period::since(date(2026, 9, 1));
        let first =
            cohort::add_trainer(platform, head, school, since, trainer("Anne Fictive", &["M1", "M2"])).await.unwrap();
        let second =
            cohort::add_trainer(platform, head, school, since, trainer("Luc Fictif", &["M2", "M3"])).await.unwrap();
        let site = house.structure("ecole-cip-pantin");
        let room = RoomProfile { name: "Salle 1".to_owned(), site, seats: 14 };
        cohort::add_room(platform, head, school, since, room).await.unwrap();
        let proposal = cohort::propose_timetable(platform, head, cohort).await.unwrap();
        assert_eq!((proposal.changes.len(), proposal.conflicts.len()), (60, 0), "{:?}", proposal.conflicts);
        assert!(cohort::sessions(platform, head, cohort).await.unwrap().is_empty(), "nothing is decided yet");
        cohort::decide_timetable(platform, head, cohort, &proposal.changes, "", false).await.unwrap();
        refused(
            cohort::decide_timetable(platform, head, cohort, &proposal.changes, "", false).await,
            "Une séance est déjà prévue",
        );
        let planned = cohort::sessions(platform, head, cohort).await.unwrap();
        assert_eq!(planned.len(), 60);
        let days = |module: &str| -> Vec<Date> {
            planned.iter().filter(|fact| fact.value.module == module).map(|fact| fact.valid.from).collect()
        };
        assert!(
            days("M1").iter().max() <= days("M2").iter().min() && days("M2").iter().max() <= days("M3").iter().min()
        );
        let again = cohort::propose_timetable(platform, head, cohort).await.unwrap();
        assert!(again.changes.is_empty() && again.conflicts.is_empty(), "{again:?}");

        let coverage = cohort::coverage(platform, head, cohort).await.unwrap();
        assert_eq!((coverage.competences.len(), coverage.uncovered().count()), (15, 11));
        assert_eq!(
            (coverage.publics[0].programmed, coverage.publics[0].planned, coverage.publics[0].done),
            (21_000, 21_000, 0)
        );

        // A trainer is ill for two weeks: their sessions move or pass to another, the others stay where they are.
        let ill = planned
            .iter()
            .find(|fact| fact.value.trainer == Some(first) && fact.valid.from > date(2026, 10, 1))
            .unwrap();
        let monday =
            ill.valid.from.checked_sub(i32::from(ill.valid.from.weekday().to_monday_zero_offset()).days()).unwrap();
        let absent = Period { from: monday, to: monday.checked_add(2.weeks()).ok() };
        house.clock.set(Instant::start_of(date(2026, 9, 1)));
        cohort::set_trainer_absence(platform, head, first, absent, "").await.unwrap();
        let proposal = cohort::propose_timetable(platform, head, cohort).await.unwrap();
        assert!(proposal.conflicts.is_empty() && !proposal.changes.is_empty(), "{proposal:?}");
        let disturbed: Vec<_> = planned
            .iter()
            .filter(|fact| fact.value.trainer == Some(first) && absent.contains(fact.valid.from))
            .map(|fact| fact.value.number)
            .collect();
        if !proposal.moves_others {
            assert!(proposal.changes.iter().all(|change| disturbed.contains(&change.number.unwrap())));
        }
        refused(cohort::decide_timetable(platform, head, cohort, &proposal.changes, " ", false).await, "pourquoi");
        cohort::decide_timetable(platform, head, cohort, &proposal.changes, "Formatrice absente", false).await.unwrap();
        let after = cohort::sessions(platform, head, cohort).await.unwrap();
        let numbers = |facts: &[facts::Fact<cohort::Session>]| {
            let mut numbers: Vec<_> = facts.iter().map(|fact| fact.value.number).collect();
            numbers.sort_unstable();
            numbers
        };
        assert_eq!(numbers(&after), numbers(&planned), "a session that moves keeps its number");
        assert!(after.iter().all(|fact| fact.value.trainer != Some(first) || !absent.contains(fact.valid.from)));

        // One session by hand: notice, clash, cancellation.
        let session = after.iter().find(|fact| fact.value.trainer == Some(second)).unwrap().clone();
        let eve = session.valid.from.checked_sub(3.days()).unwrap();
        house.clock.set(Instant::start_of(eve));
        let number = session.value.number;
        refused(
            cohort::cancel_session(platform, head, cohort, number, "Grève", false).await,
            "à moins de 7\u{a0}jours",
        );
        cohort::cancel_session(platform, head, cohort, number, "Grève", true).await.unwrap();
        let other = after.iter().find(|fact| fact.valid.from > eve.checked_add(30.days()).unwrap()).unwrap();
        let to = NewSession {
            on: other.valid.from,
            half: other.value.half,
            module: session.value.module.clone(),
            trainer: None,
            room: None,
        };
        refused(
            cohort::move_session(platform, head, cohort, number, to.clone(), "Report", true).await,
            "a déjà une séance",
        );
        let sunday = NewSession { on: date(2027, 1, 3), half: Half::Morning, ..to };
        refused(cohort::plan_sessions(platform, head, cohort, &[sunday]).await, "n’est pas en cours");
        let cancelled = cohort::sessions(platform, head, cohort).await.unwrap();
        let cancelled = cancelled.iter().find(|fact| fact.value.number == number).unwrap();
        assert_eq!((cancelled.value.state, cancelled.value.reason.as_str()), (SessionState::Cancelled, "Grève"));
        refused(cohort::remove_module(platform, head, cohort, "M1").await, "annulez-les");
    })
    .await;
}
