//! The one way ages are counted.

use base::Date;
use jiff::Span;
use jiff::civil::date;

use crate::{Certainty, Rule};

pub const RULES: &[Rule] = &[Rule {
    code: "age",
    since: date(2009, 6, 1),
    until: None,
    citation: "Décompte de date à date, par analogie avec l’article 641 du code de procédure civile",
    certainty: Certainty::Uncertain,
    summary_fr: "Un âge est atteint le jour de l’anniversaire. Une personne née un 29\u{a0}février l’atteint le \
                 28\u{a0}février des années qui n’ont pas de 29. Quand le jour ou le mois de naissance sont inconnus, \
                 la date transmise est utilisée telle quelle, et l’écran le dit.",
}];

/// The day an age is reached: the same day of the month, or the last day of February for a birth on the 29th.
/// `None` beyond the calendar (year 9999).
pub fn birthday(birth: Date, years: u16) -> Option<Date> {
    birth.checked_add(Span::new().try_years(years).ok()?).ok()
}

/// Whether an age is reached on a day.
pub fn reached(birth: Date, years: u16, on: Date) -> bool {
    birthday(birth, years).is_some_and(|day| day <= on)
}

/// Age in whole years; `None` before birth.
pub fn age(birth: Date, on: Date) -> Option<u16> {
    if on < birth {
        return None;
    }
    let years = u16::try_from(on.year() - birth.year()).ok()?;
    // In the year of the birthday itself, it may not have come yet.
    Some(if reached(birth, years, on) { years } else { years.saturating_sub(1) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use proptest::prelude::*;

    #[test]
    fn ages() {
        let leap = date(2000, 2, 29);
        for (birth, on, expected) in [
            (date(1990, 3, 15), date(2026, 3, 14), Some(35)),
            (date(1990, 3, 15), date(2026, 3, 15), Some(36)),
            (leap, date(2026, 2, 27), Some(25)),
            (leap, date(2026, 2, 28), Some(26)),
            (leap, date(2028, 2, 28), Some(27)),
            (leap, date(2028, 2, 29), Some(28)),
            (date(2026, 11, 22), date(2026, 11, 22), Some(0)),
            (date(2026, 11, 23), date(2026, 11, 22), None),
            (Date::MIN, Date::MAX, Some(19_998)),
        ] {
            assert_eq!(age(birth, on), expected, "{birth} on {on}");
        }
        assert_eq!(birthday(Date::MAX, 1), None);
        assert_eq!(birthday(Date::MIN, u16::MAX), None);
    }

    proptest! {
        #[test]
        fn an_age_is_the_last_birthday_reached(days in 0..30_000_i32, later in 0..40_000_i32) {
            let birth = date(1920, 1, 1).checked_add(days.days()).unwrap();
            let on = birth.checked_add(later.days()).unwrap();
            let age = age(birth, on).unwrap();
            prop_assert!(reached(birth, age, on));
            prop_assert!(!reached(birth, age + 1, on));
        }
    }
}
