use proptest::prelude::*;

use super::*;
use crate::typography::assert_typography;

#[test]
fn the_pay_table() {
    let settings = Settings::default();
    for (age, shares) in [
        (17, [27, 39, 55]),
        (18, [43, 51, 67]),
        (20, [43, 51, 67]),
        (21, [53, 61, 78]),
        (25, [53, 61, 78]),
        (26, [100; 3]),
    ] {
        for (year, share) in (1..).zip(shares) {
            assert_eq!(minimum_pay(age, year, &settings), share, "{age} {year}");
        }
        assert_eq!(minimum_pay(age, 4, &settings), shares[2]);
    }
}

#[test]
fn pay_changes_with_the_year_and_the_month_after_a_birthday() {
    let settings = Settings::default();
    let steps = |birth, last_day| {
        pay_steps(birth, START, last_day, &settings).iter().map(|step| (step.from, step.percent)).collect::<Vec<_>>()
    };
    assert_eq!(steps(date(1995, 1, 1), date(2027, 9, 6)), [(START, 100)]);
    assert_eq!(steps(date(2000, 11, 15), date(2027, 9, 6)), [(START, 53), (date(2026, 12, 1), 100)]);
    assert_eq!(
        steps(date(2005, 11, 15), date(2028, 9, 6)),
        [(START, 43), (date(2026, 12, 1), 53), (date(2027, 9, 7), 61)]
    );
    // The birthday is known when the contract begins.
    assert_eq!(steps(date(2000, 9, 7), date(2027, 9, 6)), [(START, 100)]);
    let full = &pay_steps(date(1990, 1, 1), START, date(2027, 9, 6), &settings)[0];
    assert_eq!(full.monthly_cents, 182_307);
    assert_typography(&full.why);
    assert_eq!(steps(date(1990, 1, 1), START.yesterday().unwrap()), []);
}

fn lines(from: Date, planned: Date, end: Date, annual: u64) -> Vec<(InstalmentKind, Date, i64)> {
    schedule(from, planned, end, annual, &Settings::default())
        .into_iter()
        .map(|line| {
            assert_typography(&line.why);
            (line.kind, line.from, line.cents)
        })
        .collect()
}

#[test]
fn a_year_is_paid_in_four_times() {
    use InstalmentKind::{Balance, First, Second, ShortAdvance, Third};
    let end = date(2027, 9, 6);
    assert_eq!(
        lines(START, end, end, 800_000),
        [
            (First, START, 320_000),
            (Second, date(2027, 3, 7), 240_000),
            (Third, date(2027, 6, 7), 160_000),
            (Balance, end, 80_000)
        ]
    );
    // Broken after 91 days: what was advanced is more than what is due.
    let broken = date(2026, 12, 6);
    assert_eq!(lines(START, end, broken, 800_000), [(First, START, 320_000), (Balance, broken, 199_452 - 320_000)]);
    // Less than a year: one advance of half of what is foreseen.
    let short = date(2027, 5, 31);
    let due = 800_000 * 267 / 365;
    assert_eq!(lines(START, short, short, 800_000), [(ShortAdvance, START, 292_603), (Balance, short, due - 292_603)]);
    // Eighteen months: a whole year, and the rest with the balance.
    let long = date(2028, 3, 6);
    let kinds: Vec<_> = lines(START, long, long, 800_000).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, [First, Second, Third, Balance]);
    assert_eq!(lines(START, end, START.yesterday().unwrap(), 800_000), []);
    let balance = schedule(START, end, end, 800_000, &Settings::default()).pop().unwrap();
    assert_eq!(balance.until, Some(date(2028, 1, 6)));
    assert_eq!(crate::rule(balance.rule).unwrap().certainty, crate::Certainty::Confirmed);
    let old = schedule(date(2022, 9, 5), date(2023, 9, 4), date(2023, 9, 4), 800_000, &Settings::default());
    assert!(old.iter().all(|line| crate::rule(line.rule).unwrap().certainty == crate::Certainty::Uncertain));
}

#[test]
fn hours_of_professionalisation() {
    let settings = Settings::default();
    assert_eq!(price_by_the_hour(400, false, &settings).0, 366_000);
    assert_eq!(price_by_the_hour(400, true, &settings).0, 600_000);
    assert_typography(&price_by_the_hour(400, true, &settings).1);
}

proptest! {
    #[test]
    fn what_is_paid_sums_to_the_days_of_the_contract(
        length in 30..1_200_i32,
        held in 0..1_200_i32,
        annual in 0..2_000_000_u64,
    ) {
        let day = |days: i32| START.checked_add(days.days()).unwrap();
        let (planned, end) = (day(length), day(held.min(length)));
        let settings = Settings::default();
        let lines = schedule(START, planned, end, annual, &settings);
        let total: i64 = lines.iter().map(|line| line.cents).sum();
        let longer: i64 = schedule(START, planned, day((held + 1).min(length)), annual, &settings).iter().map(|line| line.cents).sum();
        prop_assert!(longer >= total, "a day more is never paid less");
        // By day, within what a leap day and roundings change.
        let days = f64::from(held.min(length) + 1);
        let expected = days * f64::from(u32::try_from(annual).unwrap()) / 365.0;
        prop_assert!((expected - total as f64).abs() <= f64::from(u32::try_from(annual).unwrap()) * 2.0 / 365.0 + 2.0);
        prop_assert!(lines.iter().all(|line| line.from <= end));
        prop_assert_eq!(lines.iter().filter(|line| line.kind == InstalmentKind::Balance).count(), 1);
    }
}
