//! Amounts and resources: the reader drops them, so they are drawn again each month from the seed, the claim number
//! and the month. Whole euros and cents are kept as cents.

use formats::caf::model::{ActivityCode, Household, Person};
use jiff::ToSpan;
use jiff::civil::Date;

use super::dice::{Dice, Rate};
use super::family;
use super::hypotheses as rates;

/// What a person had in each month of the reference quarter.
pub(super) struct Quarter {
    pub(super) first: Date,
    pub(super) months: Vec<Earned>,
}

/// What a person had in a month.
pub(super) struct Earned {
    pub(super) hours: Option<i64>,
    /// Kinds of resources (`NATRESS`) with their amounts in cents.
    pub(super) resources: Vec<(&'static str, i64)>,
}

impl Quarter {
    pub(super) fn of(dice: &mut Dice, person: &Person, reference: Date) -> Self {
        // The quarter declared is the one before the month before.
        let first = reference.first_of_month().saturating_sub(4.months());
        let working = |month: Date| {
            person.activities.iter().any(|activity| {
                let ActivityCode::Code(code) = &activity.code else { return false };
                rates::WORK.contains(&code.as_str())
                    && activity.since <= month.last_of_month()
                    && activity.until.is_none_or(|until| until >= month)
            })
        };
        let unemployed = person.activities.iter().any(|activity| {
            matches!(&activity.code, ActivityCode::Code(code) if matches!(code.as_str(), "ASS" | "ABA" | "CHO"))
        });
        let helped = dice.chance(Rate::percent(9));
        let month = |dice: &mut Dice, month: Date| {
            let mut resources = Vec::new();
            let mut hours = None;
            if working(month) {
                let worked = dice.between(12, 110);
                hours = Some(worked);
                resources.push(("001", worked * dice.between(880, 1_060)));
            }
            if unemployed && dice.below(3) == 0 {
                resources.push(("010", dice.between(12_000, 61_000)));
            }
            if helped {
                resources.push(("203", dice.between(20, 200) * 100));
            }
            if resources.is_empty() {
                resources.push(("000", 0));
            }
            Earned { hours, resources }
        };
        let months = (0..3).map(|index| month(dice, first.saturating_add(index.months()))).collect();
        Self { first, months }
    }

    pub(super) fn last(&self) -> Date {
        self.first.saturating_add(2.months()).last_of_month()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.monthly_mean() == 0
    }

    /// Cents.
    pub(super) fn monthly_mean(&self) -> i64 {
        self.months.iter().flat_map(|month| &month.resources).map(|(_, amount)| amount).sum::<i64>() / 3
    }
}

/// The last right calculated, in cents.
pub(super) struct Amounts {
    pub(super) since: Date,
    pub(super) guaranteed: i64,
    pub(super) housing: i64,
    pub(super) resources: i64,
    pub(super) reduction: i64,
    pub(super) total: i64,
}

impl Amounts {
    pub(super) fn of(dice: &mut Dice, household: &Household, resources: i64, reference: Date) -> Self {
        let flat = flat_amount(reference);
        let children = family::children(household).count() as i64;
        let couple = family::is_couple(household);
        let increased = household.right_details.iter().any(|detail| detail.nature == "RSI" && detail.until.is_none());
        // Hundredths of the flat amount (article R. 262-1 of the code de l'action sociale et des familles); the
        // increased right is 128.412 %, and 42.804 % by child.
        let guaranteed = if increased {
            flat * (128_412 + 42_804 * children) / 100_000
        } else {
            let persons = if couple { 150 } else { 100 };
            let from_third = (children - 2).max(0) * 40;
            let first_two = match (couple, children.min(2)) {
                (false, 1) => 50,
                (false, 2) => 80,
                (true, count) => count * 30,
                _ => 0,
            };
            flat * (persons + first_two + from_third) / 100
        };
        let housed = !household.without_fixed_home && dice.chance(Rate::percent(82));
        let housing = match (housed, 1 + children + i64::from(couple)) {
            (false, _) => 0,
            (true, 1) => flat * 12 / 100,
            (true, 2) => flat * 24 / 100,
            (true, _) => flat * 297 / 1_000,
        };
        let reduced = household.right.suspensions.iter().any(|suspension| suspension.reason == "CG");
        let due = (guaranteed - housing - resources).max(0);
        let reduction = if reduced { due * 3 / 10 } else { 0 };
        // A quarter is calculated at once.
        let since = reference.first_of_month().saturating_sub(dice.between(0, 2).months());
        Self { since, guaranteed, housing, resources, reduction, total: due - reduction }
    }
}

/// Flat amount of one person, in cents; the last known one goes on.
fn flat_amount(on: Date) -> i64 {
    let year = if on.month() >= 4 { on.year() } else { on.year() - 1 };
    let known = rates::FLAT_AMOUNTS.iter().rev().find(|(from, _)| *from <= year);
    known.unwrap_or(&rates::FLAT_AMOUNTS[0]).1
}
