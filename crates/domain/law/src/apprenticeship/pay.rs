use base::{Date, fr};
use serde::Serialize;

use super::clocks::plus_months;
use super::{Settings, rules};

/// The least pay over some months of a contract of apprenticeship.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PayStep {
    /// First day.
    pub from: Date,
    /// Of the SMIC, in percent.
    pub percent: u16,
    /// For a full time of 35 hours, before deductions, in hundredths of a euro.
    pub monthly_cents: u64,
    pub rules: [&'static str; 2],
    pub why: String,
}

/// Share of the SMIC at an age, in a year of the contract (1, 2, 3; later ones as the third).
pub fn minimum_pay(age: u16, year: u16, settings: &Settings) -> u16 {
    let s = settings;
    let [under_18, under_21, under_26] = [
        [s.pay_under_18_1, s.pay_under_18_2, s.pay_under_18_3],
        [s.pay_under_21_1, s.pay_under_21_2, s.pay_under_21_3],
        [s.pay_under_26_1, s.pay_under_26_2, s.pay_under_26_3],
    ];
    let year = usize::from(year.clamp(1, 3)) - 1;
    match age {
        0..18 => under_18[year],
        18..21 => under_21[year],
        21..26 => under_26[year],
        _ => s.pay_from_26,
    }
}

/// What the law asks to pay from the first to the last day of a contract, step by step: each year of the contract, and
/// each birthday that changes the share, from the first day of the month after it.
pub fn pay_steps(birth: Date, from: Date, last_day: Date, settings: &Settings) -> Vec<PayStep> {
    let mut days = vec![from];
    days.extend((1..4_u16).map(|year| plus_months(from, year * 12)));
    days.extend([18, 21, 26].map(|age| month_after(plus_months(birth, age * 12))));
    days.retain(|day| (from..=last_day).contains(day));
    days.sort_unstable();
    days.dedup();
    let mut steps: Vec<PayStep> = Vec::new();
    for day in days {
        let year = (1..4_u16).filter(|year| plus_months(from, year * 12) <= day).count();
        let year = u16::try_from(year).unwrap_or(0) + 1;
        let age = reckoned_age(birth, from, day);
        let percent = minimum_pay(age, year, settings);
        if steps.last().is_some_and(|last| last.percent == percent) {
            continue;
        }
        // 151.67 hours a month for 35 hours a week.
        let monthly = u64::from(settings.smic_hour) * 15_167 * u64::from(percent);
        let monthly_cents = (monthly + 5_000) / 10_000;
        let ordinal = if year == 1 { "1re".to_owned() } else { format!("{year}e") };
        let why = format!(
            "À partir du {}\u{a0}: {percent}\u{a0}% du SMIC ({}, {ordinal}\u{a0}année), soit {} par mois à temps plein.",
            fr::date_long(day),
            fr::count(age, "an", "ans"),
            super::precheck::euros(monthly_cents)
        );
        steps.push(PayStep { from: day, percent, monthly_cents, rules: [rules::PAY.code, rules::PAY_AGE.code], why });
    }
    steps
}

/// The age that counts for the pay on a day: that of the first day, then birthdays from the month after them.
fn reckoned_age(birth: Date, from: Date, day: Date) -> u16 {
    (1..120_u16)
        .take_while(|age| {
            let birthday = plus_months(birth, age * 12);
            birthday <= from || month_after(birthday) <= day
        })
        .last()
        .unwrap_or(0)
}

fn month_after(day: Date) -> Date {
    day.last_of_month().tomorrow().unwrap_or(Date::MAX)
}
