use proptest::prelude::*;

use super::*;
use crate::typography::assert_typography;

#[test]
fn forty_five_days_of_practice_for_a_free_break() {
    let days = practice(START, 52);
    let events = [started(START, date(2027, 9, 6))];
    let last = days[44];
    for (on, counted, state) in [
        (START, 0, ClockState::Running),
        (days[0], 1, ClockState::Running),
        (date(2026, 11, 26), 43, ClockState::Running),
        (days[43], 44, ClockState::Pressing),
        (last, 45, ClockState::Pressing),
        (last.tomorrow().unwrap(), 45, ClockState::Over),
        (date(2027, 9, 6), 45, ClockState::Over),
    ] {
        let clock = clock(&events, &days, ClockKind::FreeBreak, on);
        assert_eq!((clock.counted, clock.state, clock.last_day), (counted, state, Some(last)), "{on}");
        assert_eq!((clock.citation, clock.counting), ("Code du travail, art. L.\u{a0}6222-18", Counting::Practice));
    }
    // Days at the CFA and days outside the contract do not count.
    let before = [START.yesterday().unwrap(), START];
    assert_eq!(clock(&events, &before, ClockKind::FreeBreak, date(2026, 12, 1)).counted, 1);
    // The calendar may not say when it ends.
    assert_eq!(clock(&events, &days[..10], ClockKind::FreeBreak, last).last_day, None);
    let broken = [events[0], event(days[44], What::Broken(BrokenBy::Employer))];
    assert!(clock(&broken, &days, ClockKind::FreeBreak, days[50]).why.ends_with("libre."));
    let late = [events[0], event(days[45], What::Broken(BrokenBy::Employer))];
    assert!(clock(&late, &days, ClockKind::FreeBreak, days[50]).why.ends_with("hors de ce délai."));
}

#[test]
fn three_months_without_a_contract() {
    let entered = [event(START, What::EnteredWithoutContract)];
    let last = date(2026, 12, 7);
    for (on, counted, state) in [
        (START, 0, ClockState::Running),
        (date(2026, 11, 26), 80, ClockState::Running),
        (date(2026, 11, 27), 81, ClockState::Pressing),
        (last, 91, ClockState::Pressing),
        (date(2026, 12, 8), 91, ClockState::Overdue),
    ] {
        let clock = clock(&entered, &[], ClockKind::WithoutContract, on);
        assert_eq!((clock.counted, clock.allowed, clock.state), (counted, 91, state), "{on}");
        assert_eq!((clock.last_day, clock.citation), (Some(last), "Code du travail, art. L.\u{a0}6222-12-1"));
    }
    for (contract, state) in [(last, ClockState::Met), (date(2026, 12, 8), ClockState::MetLate)] {
        let events = [entered[0], started(contract, date(2027, 9, 6))];
        assert_eq!(clock(&events, &[], ClockKind::WithoutContract, date(2027, 1, 4)).state, state);
    }
    let left = [entered[0], event(date(2026, 10, 1), What::Left)];
    assert_eq!(clock(&left, &[], ClockKind::WithoutContract, date(2027, 1, 4)).state, ClockState::Met);
}

#[test]
fn six_months_after_a_break() {
    let broken = date(2026, 11, 30);
    let events = [started(START, date(2027, 9, 6)), event(broken, What::Broken(BrokenBy::Apprentice))];
    for (on, state) in [
        (broken, ClockState::Running),
        (date(2027, 5, 20), ClockState::Pressing),
        (date(2027, 5, 30), ClockState::Pressing),
        (date(2027, 5, 31), ClockState::Overdue),
    ] {
        let clock = clock(&events, &[], ClockKind::AfterBreak, on);
        assert_eq!((clock.state, clock.last_day), (state, Some(date(2027, 5, 30))), "{on}");
        assert!(clock.citation.contains("6222-18-2"));
    }
    let again = [events[0], events[1], started(date(2027, 1, 4), date(2027, 9, 6))];
    assert_eq!(clock(&again, &[], ClockKind::AfterBreak, date(2027, 6, 30)).state, ClockState::Met);
}

#[test]
fn five_working_days_to_the_opco() {
    // Monday 9 November: Wednesday 11 is a holiday, Saturday counts.
    let from = date(2026, 11, 9);
    let contract = started(from, date(2027, 11, 8));
    for (deposited, on, counted, state) in [
        (None, from, 0, ClockState::Pressing),
        (None, date(2026, 11, 14), 4, ClockState::Pressing),
        (None, date(2026, 11, 16), 5, ClockState::Pressing),
        (None, date(2026, 11, 17), 5, ClockState::Overdue),
        (Some(date(2026, 11, 16)), date(2026, 11, 20), 5, ClockState::Met),
        (Some(date(2026, 11, 17)), date(2026, 11, 20), 5, ClockState::MetLate),
        (Some(date(2026, 11, 17)), date(2026, 11, 16), 5, ClockState::Pressing),
    ] {
        let events: Vec<Event> =
            [Some(contract), deposited.map(|on| event(on, What::Deposited(from)))].into_iter().flatten().collect();
        let clock = clock(&events, &[], ClockKind::Deposit, on);
        assert_eq!((clock.counted, clock.allowed, clock.state), (counted, 5, state), "{deposited:?} {on}");
        assert_eq!(clock.citation, "Code du travail, art. D.\u{a0}6224-1");
    }
    let what = What::Started { regime: Regime::Professionalisation, last_day: date(2027, 11, 8) };
    let events = [event(from, what), event(date(2026, 11, 12), What::Deposited(from))];
    assert_eq!(deposit_by(Regime::Apprenticeship, from, &Settings::default()), date(2026, 11, 16));
    let deposit = clock(&events, &[], ClockKind::Deposit, date(2026, 11, 12));
    assert_eq!((deposit.last_day, deposit.state), (Some(date(2026, 11, 14)), ClockState::Met));
    let answer = clock(&events, &[], ClockKind::OpcoAnswer, date(2026, 12, 3));
    assert_eq!((answer.last_day, answer.state), (Some(date(2026, 12, 2)), ClockState::Over));
}

#[test]
fn four_months_for_the_last_invoice() {
    let contract = started(START, date(2027, 9, 6));
    let course = Course { events: &[contract], practice: &[], classes: &[] };
    let before = clocks(&course, &Settings::default(), date(2027, 9, 5));
    assert!(before.iter().all(|clock| clock.kind != ClockKind::LastInvoice));
    for (invoiced, on, state) in [
        (None, date(2027, 9, 6), ClockState::Running),
        (None, date(2027, 12, 27), ClockState::Pressing),
        (None, date(2028, 1, 6), ClockState::Pressing),
        (None, date(2028, 1, 7), ClockState::Overdue),
        (Some(date(2028, 1, 6)), date(2028, 2, 1), ClockState::Met),
        (Some(date(2028, 1, 7)), date(2028, 2, 1), ClockState::MetLate),
    ] {
        let events: Vec<Event> =
            [Some(contract), invoiced.map(|on| event(on, What::LastInvoice(START)))].into_iter().flatten().collect();
        let clock = clock(&events, &[], ClockKind::LastInvoice, on);
        assert_eq!((clock.last_day, clock.state), (Some(date(2028, 1, 6)), state), "{on}");
        assert_eq!(clock.citation, "Code du travail, art. R.\u{a0}6332-25");
    }
    let broken = [contract, event(date(2026, 10, 31), What::Broken(BrokenBy::Both))];
    assert_eq!(clock(&broken, &[], ClockKind::LastInvoice, date(2026, 11, 22)).last_day, Some(date(2027, 2, 28)));
}

#[test]
fn practice_and_classes_begin_within_three_months() {
    let events = [started(START, date(2027, 9, 6))];
    for (first, state) in [
        (Some(date(2026, 12, 7)), ClockState::Met),
        (Some(date(2026, 12, 8)), ClockState::MetLate),
        (None, ClockState::Overdue),
    ] {
        let practice: Vec<Date> = first.into_iter().collect();
        let clock = clock(&events, &practice, ClockKind::PracticeStart, date(2026, 12, 10));
        assert_eq!((clock.state, clock.citation), (state, "Code du travail, art. L.\u{a0}6222-12"), "{first:?}");
    }
    // Classes followed before the contract count.
    let course = Course { events: &events, practice: &[], classes: &[date(2026, 8, 31)] };
    let clocks = clocks(&course, &Settings::default(), date(2026, 12, 10));
    assert!(clocks.iter().any(|clock| clock.kind == ClockKind::ClassStart && clock.state == ClockState::Met));
}

#[test]
fn events_out_of_order_are_told() {
    let (first, last) = (date(2026, 9, 7), date(2027, 9, 6));
    let good = [
        event(date(2026, 8, 31), What::EnteredWithoutContract),
        started(first, last),
        event(date(2026, 9, 9), What::Deposited(START)),
        event(date(2026, 11, 2), What::Broken(BrokenBy::Employer)),
        started(date(2026, 11, 3), last),
        event(date(2027, 9, 7), What::Left),
    ];
    assert_eq!(order_problems(&good), Vec::<String>::new());
    for (events, told) in [
        (vec![started(first, first)], "la fin suit le début"),
        (vec![started(first, last), started(date(2026, 10, 1), last)], "notez d’abord sa rupture"),
        (vec![event(first, What::Broken(BrokenBy::Both))], "aucun contrat en cours"),
        (vec![started(first, last), event(date(2027, 9, 7), What::Broken(BrokenBy::Both))], "aucun contrat en cours"),
        (vec![event(first, What::Deposited(first))], "précède tout contrat"),
        (vec![event(first, What::Left), started(date(2026, 10, 1), last)], "Rien ne peut suivre"),
        (
            vec![started(first, last), event(date(2026, 10, 1), What::EnteredWithoutContract)],
            "suit le début d’un contrat",
        ),
    ] {
        let problems = order_problems(&events);
        assert!(problems.len() == 1 && problems[0].contains(told), "{events:?}: {problems:?}");
        assert_typography(&problems[0]);
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    let day = |offset: i32| START.checked_add(offset.days()).unwrap();
    let what = prop_oneof![
        Just(What::EnteredWithoutContract),
        prop::sample::select(BrokenBy::ALL.to_vec()).prop_map(What::Broken),
        (prop::sample::select(Regime::ALL.to_vec()), 0..500_i32)
            .prop_map(move |(regime, length)| What::Started { regime, last_day: day(length) }),
        (0..400_i32).prop_map(move |offset| What::Deposited(day(offset))),
        (0..400_i32).prop_map(move |offset| What::Agreed(day(offset))),
        (0..400_i32).prop_map(move |offset| What::LastInvoice(day(offset))),
        Just(What::Left),
    ];
    (0..400_i32, what).prop_map(move |(offset, what)| Event { on: day(offset), what })
}

proptest! {
    #[test]
    fn the_order_in_which_events_are_told_changes_nothing(
        mut events in prop::collection::vec(any_event(), 0..8),
        rotation in 0..8_usize,
        offset in 0..700_i32,
    ) {
        let days = practice(START, 60);
        let on = START.checked_add(offset.days()).unwrap();
        let told = |events: &[Event]| {
            clocks(&Course { events, practice: &days, classes: &days }, &Settings::default(), on)
        };
        let once = told(&events);
        let problems = order_problems(&events);
        let shift = rotation % events.len().max(1);
        events.rotate_left(shift);
        events.reverse();
        prop_assert_eq!(&told(&events), &once);
        prop_assert_eq!(order_problems(&events), problems);
        for clock in &once {
            assert_typography(&clock.why);
            prop_assert!(clock.counted <= clock.allowed, "{:?}", clock);
        }
    }

    #[test]
    fn days_counted_never_go_back_and_a_time_that_is_over_stays_so(
        events in prop::collection::vec(any_event(), 1..8),
        offset in 0..700_i32,
        later in 1..200_i32,
    ) {
        let days = practice(START, 60);
        let told = |on: Date| {
            // What is known on the later day, looked at on both.
            clocks(&Course { events: &events, practice: &days, classes: &days }, &Settings::default(), on)
        };
        let on = START.checked_add(offset.days()).unwrap();
        let (before, after) = (told(on), told(on.checked_add(later.days()).unwrap()));
        for clock in &before {
            let same = after.iter().filter(|other| (other.kind, other.from) == (clock.kind, clock.from));
            let Some(same) = same.max_by_key(|other| other.counted) else { continue };
            // A contract that began twice on one day is told apart by nothing.
            if before.iter().filter(|other| (other.kind, other.from) == (clock.kind, clock.from)).count() == 1 {
                prop_assert!(same.counted >= clock.counted, "{:?} then {:?}", clock, same);
                if clock.state == ClockState::Overdue {
                    prop_assert!(matches!(same.state, ClockState::Overdue | ClockState::MetLate), "{:?}", same);
                }
            }
        }
    }

    #[test]
    fn more_days_allowed_never_make_a_clock_end_sooner(extra in 0..30_u16, offset in 0..300_i32) {
        let days = practice(START, 60);
        let events = [started(START, date(2027, 9, 6)), event(START, What::EnteredWithoutContract)];
        let course = Course { events: &events, practice: &days, classes: &days };
        let on = START.checked_add(offset.days()).unwrap();
        let usual = Settings::default();
        let longer = Settings {
            free_break_days: usual.free_break_days + extra,
            deposit_days: usual.deposit_days + extra,
            ..usual
        };
        for clock in clocks(&course, &usual, on) {
            let other = clocks(&course, &longer, on).into_iter().find(|other| other.kind == clock.kind).unwrap();
            prop_assert!(other.last_day.unwrap_or(Date::MAX) >= clock.last_day.unwrap_or(Date::MAX));
        }
    }
}
