//! Cohorts: weeks, programme, timetable proposed and decided, sessions that move.

use cohort::{Attendance, Change, Presence, SchoolHours};
use jiff::civil::time;

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
        assert!(proposal.conflicts.iter().all(|conflict| conflict.irreducible), "{:?}", proposal.conflicts);
        let causes = proposal.conflicts[0].causes.iter();
        assert_eq!(
            causes.map(|cause| (cause.told.as_str(), cause.mend)).collect::<Vec<_>>(),
            [
                (
                    "Aucune salle du site n’a 12\u{a0}places, que demande le module «\u{a0}Module M3\u{a0}».",
                    Mend::Rooms
                ),
                ("Le module «\u{a0}Module M3\u{a0}» demande 16\u{a0}demi-journées.", Mend::Programme),
            ]
        );

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
        assert_eq!(proposal.disturbed.iter().map(|one| one.number).collect::<Vec<_>>(), disturbed);
        assert!(proposal.disturbed.iter().all(|one| one.why.starts_with("Anne Fictive n’est pas libre du")));
        let moves = proposal.moves.unwrap();
        assert!(moves.least && moves.under_notice == 0, "{moves:?}");
        assert_eq!(moves.moved, proposal.changes.iter().filter(|change| change.is_move()).count());
        if !proposal.moves_others() {
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

#[tokio::test]
async fn who_was_there_is_noted_by_whoever_led_the_session_and_corrected() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (platform, head, school) = (&house.platform, &house.head, house.organisation("ecole-cip"));
        let cohort = house.cohort().await;
        house.weeks(cohort).await;
        cohort::set_modules(platform, head, cohort, vec![module("M1", 4, &[], &["C1"])]).await.unwrap();
        let (account, trainer) = house.somebody("ecole-cip", "Anne Fictive", Role::Trainer).await;
        let (_, colleague) = house.somebody("ecole-cip", "Luc Fictif", Role::Trainer).await;
        let profile = TrainerProfile {
            name: "Anne Fictive".to_owned(),
            account: Some(account),
            modules: Json(vec!["M1".to_owned()]),
            free: 0b11_1111_1111,
        };
        let known =
            cohort::add_trainer(platform, head, school, Period::since(date(2026, 9, 1)), profile).await.unwrap();
        let (alpha, bravo) = (house.admitted(cohort, "Alpha").await, house.admitted(cohort, "Bravo").await);
        for (learner, from) in [(alpha, date(2026, 9, 7)), (bravo, date(2026, 9, 8))] {
            let enrolment = NewEnrolment { learner, cohort, from, regime: Regime::Trainee, awaiting_contract: false };
            contract::enrol(platform, head, enrolment).await.unwrap();
        }
        let on = |day, half| NewSession { on: day, half, module: "M1".to_owned(), trainer: Some(known), room: None };
        let (monday, tuesday) = (date(2026, 9, 7), date(2026, 9, 8));
        let new = [on(monday, Half::Morning), on(tuesday, Half::Morning), on(tuesday, Half::Afternoon)];
        let numbers = cohort::plan_sessions(platform, head, cohort, &new).await.unwrap();

        refused(cohort::call(platform, &trainer, cohort, numbers[0]).await, "ce jour-là ou après");
        house.clock.set(Instant::start_of(date(2026, 9, 9)));
        let call = cohort::call(platform, &trainer, cohort, numbers[0]).await.unwrap();
        assert_eq!(call.lines.iter().map(|line| line.learner).collect::<Vec<_>>(), [alpha], "Bravo came a day later");
        assert!(matches!(cohort::call(platform, &colleague, cohort, numbers[0]).await, Err(Error::NotFound)));
        let note = async |by: &Actor, session: usize, presences: &[(Id<Learner>, Presence)]| {
            cohort::note_attendance(platform, by, cohort, numbers[session], presences).await
        };
        refused(note(&trainer, 0, &[(bravo, Presence::Present)]).await, "n’était pas en formation");
        assert!(matches!(note(&colleague, 0, &[(alpha, Presence::Present)]).await, Err(Error::NotFound)));
        note(&trainer, 0, &[(alpha, Presence::Present)]).await.unwrap();
        note(&trainer, 1, &[(alpha, Presence::Absent), (bravo, Presence::Present)]).await.unwrap();
        // Corrected by the head: what was noted before stays readable.
        note(head, 1, &[(alpha, Presence::Excused), (bravo, Presence::Present)]).await.unwrap();
        let history = facts::history::<Attendance>(&platform.db, house.tenant, alpha).await.unwrap();
        assert_eq!(history.len(), 3);
        assert!(history.iter().any(|fact| fact.replaced_at.is_some() && fact.value.presence == Presence::Absent));
        assert_eq!(house.entries(Chain::Writes, "attendance.noted").await, 3);

        let lines = cohort::attendance(platform, head, cohort, None).await.unwrap();
        let counts: Vec<_> =
            lines.iter().map(|line| (line.learner, line.present, line.excused, line.absent, line.unknown)).collect();
        assert_eq!(counts, [(alpha, 1, 1, 0, 1), (bravo, 1, 0, 0, 1)]);
        let none = cohort::attendance(platform, head, cohort, Some("C2")).await.unwrap();
        assert!(none.iter().all(|line| (line.present, line.unknown) == (0, 0)));
        let coverage = cohort::coverage(platform, head, cohort).await.unwrap();
        let line = coverage.competences.iter().find(|line| line.code == "C1").unwrap();
        assert_eq!((line.programmed, line.planned, line.done), (1_400, 1_050, 1_050));
        assert_eq!((line.attended.called, line.attended.people, line.attended.followed), (700, 2, 700));
        assert_eq!(cohort::called_sessions(platform, &colleague, cohort).await.unwrap().len(), 2);

        cohort::cancel_session(platform, head, cohort, numbers[2], "Grève", true).await.unwrap_err();
        let next =
            cohort::plan_sessions(platform, head, cohort, &[on(date(2026, 9, 10), Half::Morning)]).await.unwrap();
        cohort::cancel_session(platform, head, cohort, next[0], "Grève", true).await.unwrap();
        refused(cohort::call(platform, head, cohort, next[0]).await, "annulée");
    })
    .await;
}

#[tokio::test]
async fn the_hours_of_half_days_are_decided_by_the_school_over_a_period() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (platform, head, school) = (&house.platform, &house.head, house.organisation("ecole-cip"));
        let hours = cohort::hours(platform, head, school).await.unwrap();
        assert!(hours.on(date(2026, 9, 7), Half::Morning).unconfirmed);
        let decided = SchoolHours { morning_from: 555, morning_to: 735, afternoon_from: 795, afternoon_to: 975 };
        let valid = Period { from: date(2026, 9, 1), to: Some(date(2027, 1, 1)) };
        let backwards = SchoolHours { afternoon_from: 700, ..decided.clone() };
        refused(cohort::set_hours(platform, head, school, valid, backwards).await, "se suivent");
        cohort::set_hours(platform, head, school, valid, decided).await.unwrap();
        let hours = cohort::hours(platform, head, school).await.unwrap();
        let morning = hours.on(date(2026, 9, 7), Half::Morning);
        assert_eq!((morning.from, morning.to, morning.unconfirmed), (time(9, 15, 0, 0), time(12, 15, 0, 0), false));
        assert!(hours.on(date(2027, 1, 1), Half::Afternoon).unconfirmed);
        let (_, trainer) = house.somebody("ecole-cip", "Anne Fictive", Role::Trainer).await;
        let usual = SchoolHours { morning_from: 540, morning_to: 720, afternoon_from: 780, afternoon_to: 960 };
        assert!(matches!(cohort::set_hours(platform, &trainer, school, valid, usual).await, Err(Error::Refused(_))));
    })
    .await;
}

#[tokio::test]
async fn two_cohorts_share_their_trainer_and_their_room_and_a_lost_room_moves_as_little_as_possible() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (platform, head, school) = (&house.platform, &house.head, house.organisation("ecole-cip"));
        let first = house.cohort().await;
        let profile = cohort::show(platform, head, first).await.unwrap().profile.value;
        let second = NewCohort {
            organisation: school,
            code: "CIP-2026-B".to_owned(),
            name: "Promotion B".to_owned(),
            referential: profile.referential,
            site: profile.site,
            first_day: date(2026, 9, 7),
            last_day: date(2026, 10, 2),
            seats: 12,
            half_day_hours: 350,
        };
        let second = cohort::create(platform, head, second).await.unwrap();
        let week = Period { from: date(2026, 9, 7), to: Some(date(2026, 9, 21)) };
        for (cohort, code) in [(first, "M1"), (second, "N1")] {
            cohort::set_weeks(platform, head, cohort, &[(week, WeekKind::Class)]).await.unwrap();
            cohort::set_modules(platform, head, cohort, vec![module(code, 6, &[], &["C1"])]).await.unwrap();
        }
        let since = Period::since(date(2026, 9, 1));
        // Qualified for a module of each: neither programme knows the other's.
        let trainer = TrainerProfile {
            name: "Anne Fictive".to_owned(),
            account: None,
            modules: Json(vec!["M1".to_owned(), "N1".to_owned()]),
            free: 0b11_1111_1111,
        };
        cohort::add_trainer(platform, head, school, since, trainer).await.unwrap();
        let site = profile.site;
        let room = |name: &str| RoomProfile { name: name.to_owned(), site, seats: 14 };
        let small = cohort::add_room(platform, head, school, since, room("Salle 1")).await.unwrap();
        let propose = async |cohort| cohort::propose_timetable(platform, head, cohort).await.unwrap();
        let one = propose(first).await;
        let two = propose(second).await;
        assert_eq!((one.changes.len(), two.changes.len()), (6, 6), "{one:?} {two:?}");
        cohort::decide_timetable(platform, head, first, &one.changes, "", false).await.unwrap();
        // Both were asked before either was decided: the same trainer is asked for twice.
        refused(
            cohort::decide_timetable(platform, head, second, &two.changes, "", false).await,
            "tient une séance d’une autre promotion",
        );
        let two = propose(second).await;
        cohort::decide_timetable(platform, head, second, &two.changes, "", false).await.unwrap();
        let places = async |cohort| {
            let sessions = cohort::sessions(platform, head, cohort).await.unwrap();
            sessions.into_iter().map(|fact| (fact.valid.from, fact.value.half)).collect::<Vec<_>>()
        };
        let (before, other) = (places(first).await, places(second).await);
        assert!(before.iter().all(|place| !other.contains(place)));

        // The room is lost for good; another one is as good: nothing leaves its half-day.
        let lost = Period { from: date(2026, 9, 7), to: None };
        cohort::close_room(platform, head, small, lost, "Travaux").await.unwrap();
        assert_eq!(cohort::disturbed_sessions(platform, head, first).await.unwrap().len(), 6);
        let impossible = propose(first).await;
        let [conflict] = &impossible.conflicts[..] else { panic!("{impossible:?}") };
        assert!(
            conflict.irreducible
                && conflict.causes.iter().any(|cause| {
                    cause.told.starts_with("La salle Salle 1 n’est pas libre à partir du 7")
                        && cause.mend == Mend::Rooms
                }),
            "{conflict:?}"
        );
        cohort::add_room(platform, head, school, since, room("Salle 2")).await.unwrap();
        let moved = propose(first).await;
        let moves = moved.moves.unwrap();
        assert_eq!((moved.changes.len(), moves.moved, moves.under_notice, moves.least), (6, 0, 0, true));
        assert!(!moved.moves_others() && moved.changes.iter().all(|change| change.number.is_some()));
        cohort::decide_timetable(platform, head, first, &moved.changes, "Travaux en salle 1", false).await.unwrap();
        assert_eq!(places(first).await, before);
        refused(
            cohort::decide_timetable(
                platform,
                head,
                first,
                &[Change { from: None, ..moved.changes[0].clone() }],
                "x",
                false,
            )
            .await,
            "a changé entre-temps",
        );

        // A programme that asks for less: what is too much is proposed for cancellation.
        cohort::set_modules(platform, head, first, vec![module("M1", 5, &[], &["C1"])]).await.unwrap();
        let less = propose(first).await;
        assert_eq!(less.changes.iter().filter(|change| change.to.is_none()).count(), 1, "{less:?}");
        cohort::decide_timetable(platform, head, first, &less.changes, "Programme raccourci", false).await.unwrap();
        let state = propose(first).await;
        assert!(state.is_settled(), "{state:?}");
    })
    .await;
}

#[tokio::test]
async fn the_limit_of_a_week_counts_what_was_held_since_monday() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (platform, head) = (&house.platform, &house.head);
        let cohort = house.cohort().await;
        let school = house.organisation("ecole-cip");
        let first_week = Period { from: date(2026, 9, 7), to: Some(date(2026, 9, 14)) };
        cohort::set_weeks(platform, head, cohort, &[(first_week, WeekKind::Class)]).await.unwrap();
        let since = Period::since(date(2026, 9, 1));
        let modules = Json(vec!["M1".to_owned()]);
        let profile = TrainerProfile { name: "Anne Fictive".to_owned(), account: None, modules, free: 0b11_1111_1111 };
        cohort::add_trainer(platform, head, school, since, profile).await.unwrap();
        let site = house.structure("ecole-cip-pantin");
        let room = RoomProfile { name: "Salle 1".to_owned(), site, seats: 14 };
        cohort::add_room(platform, head, school, since, room).await.unwrap();
        let programme = async |half_days| {
            let module = Module { most_per_week: 2, ..module("M1", half_days, &[], &["C1"]) };
            cohort::set_modules(platform, head, cohort, vec![module]).await.unwrap();
        };
        programme(2).await;
        let monday =
            NewSession { on: first_week.from, half: Half::Morning, module: "M1".to_owned(), trainer: None, room: None };
        cohort::plan_sessions(platform, head, cohort, &[monday]).await.unwrap();

        // On Wednesday one was held: one more fits into the week, not two.
        house.clock.set(Instant::start_of(date(2026, 9, 9)));
        let proposal = cohort::propose_timetable(platform, head, cohort).await.unwrap();
        assert_eq!((proposal.changes.len(), proposal.conflicts.len()), (1, 0));
        programme(3).await;
        let proposal = cohort::propose_timetable(platform, head, cohort).await.unwrap();
        let causes = proposal.conflicts.iter().flat_map(|conflict| &conflict.causes);
        let told: Vec<&str> = causes.map(|cause| cause.told.as_str()).collect();
        assert!(told.iter().any(|told| told.contains("par semaine, 1\u{a0}déjà tenue cette semaine")), "{told:?}");
    })
    .await;
}
