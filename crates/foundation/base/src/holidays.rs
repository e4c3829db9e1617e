//! Public holidays of metropolitan France (Code du travail, art. L. 3133-1) and the days counted around them.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// The name of the public holiday that falls on a day; `None` on any other day.
pub fn holiday(day: Date) -> Option<&'static str> {
    let fixed = match (day.month(), day.day()) {
        (1, 1) => "Jour de l’An",
        (5, 1) => "Fête du Travail",
        (5, 8) => "Victoire de 1945",
        (7, 14) => "Fête nationale",
        (8, 15) => "Assomption",
        (11, 1) => "Toussaint",
        (11, 11) => "Armistice de 1918",
        (12, 25) => "Noël",
        _ => "",
    };
    if !fixed.is_empty() {
        return Some(fixed);
    }
    let easter = easter(day.year())?;
    let after = |days: i32| easter.checked_add(days.days()).ok() == Some(day);
    [(1, "Lundi de Pâques"), (39, "Ascension"), (50, "Lundi de Pentecôte")]
        .into_iter()
        .find(|(days, _)| after(*days))
        .map(|(_, name)| name)
}

/// Whether a day is worked by law (« jour ouvrable »): Monday to Saturday, no public holiday.
pub fn is_working_day(day: Date) -> bool {
    day.weekday() != Weekday::Sunday && holiday(day).is_none()
}

/// Whether offices and classes are open (« jour ouvré »): Monday to Friday, no public holiday.
pub fn is_open_day(day: Date) -> bool {
    day.weekday() != Weekday::Saturday && is_working_day(day)
}

/// The `count`-th working day after `day`, which is not counted; `day` itself for zero.
pub fn plus_working_days(day: Date, count: u16) -> Date {
    let mut reached = day;
    for _ in 0..count {
        loop {
            match reached.tomorrow() {
                Ok(next) => reached = next,
                Err(_) => return Date::MAX,
            }
            if is_working_day(reached) {
                break;
            }
        }
    }
    reached
}

/// Easter Sunday in the Gregorian calendar (the anonymous computation of 1876); `None` before the year 1.
fn easter(year: i16) -> Option<Date> {
    let year = i32::from(year);
    if year < 1 {
        return None;
    }
    let (golden, century, rest) = (year % 19, year / 100, year % 100);
    let correction = (century + 8) / 25;
    let epact = (19 * golden + century - century / 4 - (century - correction + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let position = epact + weekday - 7 * late + 114;
    let part = |value: i32| i8::try_from(value).ok();
    Date::new(i16::try_from(year).ok()?, part(position / 31)?, part(position % 31 + 1)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn holidays_of_three_years() {
        for (day, name) in [
            (date(2022, 4, 18), "Lundi de Pâques"),
            (date(2022, 5, 26), "Ascension"),
            (date(2022, 6, 6), "Lundi de Pentecôte"),
            (date(2026, 4, 6), "Lundi de Pâques"),
            (date(2026, 5, 14), "Ascension"),
            (date(2026, 5, 25), "Lundi de Pentecôte"),
            (date(2026, 11, 11), "Armistice de 1918"),
            (date(2027, 3, 29), "Lundi de Pâques"),
        ] {
            assert_eq!(holiday(day), Some(name), "{day}");
        }
        for year in 2000..2100 {
            let mut day = date(year, 1, 1);
            let mut count = 0;
            while day.year() == year {
                count += usize::from(holiday(day).is_some());
                day = day.tomorrow().unwrap();
            }
            // Ascension may fall on 1 or 8 May.
            assert!((10..=11).contains(&count), "{year}: {count}");
        }
        assert_eq!(holiday(date(-1, 4, 6)), None);
    }

    #[test]
    fn working_days() {
        // Friday 30 October 2026; 1 November is a Sunday.
        assert_eq!(plus_working_days(date(2026, 10, 30), 5), date(2026, 11, 5));
        // Wednesday 11 November is a holiday.
        assert_eq!(plus_working_days(date(2026, 11, 9), 5), date(2026, 11, 16));
        assert_eq!(plus_working_days(date(2026, 11, 9), 0), date(2026, 11, 9));
        assert_eq!(plus_working_days(Date::MAX, 3), Date::MAX);
        assert!(is_working_day(date(2026, 11, 21)) && !is_open_day(date(2026, 11, 21)));
        assert!(!is_working_day(date(2026, 11, 22)) && is_open_day(date(2026, 11, 23)));
    }
}
