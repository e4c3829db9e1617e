use base::{fold, words};
use jiff::ToSpan;
use jiff::civil::Date;

use super::super::Cell;
use super::{Read, said};

/// A day, or the only part of it that is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Day {
    Full(Date),
    Year(i16),
}

impl Day {
    pub fn full(self) -> Option<Date> {
        match self {
            Self::Full(date) => Some(date),
            Self::Year(_) => None,
        }
    }
}

const NO_DATE: &str = "date illisible : écrivez-la comme 01/02/1990";
const SERIAL_TOO_SMALL: &str = "nombre trop petit pour une date";
const SHORT_YEAR: &str = "année sur deux chiffres";
const YEAR_ONLY: &str = "jour et mois inconnus : seule l’année est gardée";
const SERIAL_AS_TEXT: &str = "date écrite comme un numéro de jour";

const MONTHS: [(&str, &[&str]); 12] = [
    ("janvier", &["janv", "jan"]),
    ("fevrier", &["fevr", "fev"]),
    ("mars", &["mar"]),
    ("avril", &["avr"]),
    ("mai", &[]),
    ("juin", &[]),
    ("juillet", &["juil"]),
    ("aout", &[]),
    ("septembre", &["sept", "sep"]),
    ("octobre", &["oct"]),
    ("novembre", &["nov"]),
    ("decembre", &["dec"]),
];

/// A cell of a column that holds dates. Never in the American order. `today` decides the century of a year of two
/// digits: the last one that is not in the future.
pub fn date(cell: &Cell, since_1904: bool, today: Date) -> Read<Day> {
    match cell {
        Cell::Date(date) => return Read::Value(Day::Full(*date)),
        Cell::Number(number) if number.abs() < 10_000_000.0 => return serial(number.trunc(), since_1904),
        _ => {}
    }
    let text = said!(cell);
    // A time glued to the day says nothing of the day.
    let head = text.split([' ', '\u{a0}', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = head.split(['/', '-', '.']).collect();
    let numbers: Vec<i16> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    match (parts.as_slice(), numbers.as_slice()) {
        ([year, ..], [y, m, d]) if year.len() == 4 => day(*y, *m, *d),
        ([.., year], [d, m, y]) if year.len() == 4 => day(*y, *m, *d),
        ([.., year], [d, m, y]) if year.len() == 2 => {
            let century = today.year() / 100 * 100;
            let full = |year: i16| day(year, *m, *d);
            let this = full(century + y);
            let dated = if matches!(this, Read::Value(Day::Full(date)) if date > today) {
                full(century - 100 + y)
            } else {
                this
            };
            match dated {
                Read::Value(value) => Read::Doubtful(value, SHORT_YEAR),
                other => other,
            }
        }
        ([digits], [..]) if digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            let number = |from, to| digits.get(from..to).and_then(|part: &str| part.parse().ok()).unwrap_or(0);
            day(number(0, 4), number(4, 6), number(6, 8))
        }
        // Five digits may be more than what the numbers of a date hold.
        ([digits], _) if digits.len() == 5 && head == text && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            match serial(digits.parse().unwrap_or(0.0), since_1904) {
                Read::Value(value) => Read::Doubtful(value, SERIAL_AS_TEXT),
                other => other,
            }
        }
        _ => in_words(&text),
    }
}

/// « 1er février 1990 », « 12 sept. 2001 ».
fn in_words(text: &str) -> Read<Day> {
    let folded = fold(text);
    let mut parts = words(&folded);
    let read = (|| {
        let day = parts.next()?;
        let month = parts.next()?;
        let year: i16 = parts.next()?.parse().ok().filter(|year| (1000..=9999).contains(year))?;
        let day: i16 = day.strip_suffix("er").unwrap_or(day).parse().ok()?;
        let month = MONTHS.iter().position(|(name, short)| month == *name || short.contains(&month))?;
        Some((year, i16::try_from(month).ok()? + 1, day))
    })();
    read.map_or(Read::Refused(NO_DATE), |(year, month, number)| day(year, month, number))
}

fn day(year: i16, month: i16, day: i16) -> Read<Day> {
    if year > 0 && (day == 0 || month == 0) {
        return Read::Doubtful(Day::Year(year), YEAR_ONLY);
    }
    let date =
        i8::try_from(month).ok().zip(i8::try_from(day).ok()).and_then(|(month, day)| Date::new(year, month, day).ok());
    date.map_or(Read::Refused(NO_DATE), |date| Read::Value(Day::Full(date)))
}

/// Days since 30 December 1899, as spreadsheets count them from 1 March 1900 on; before, they are a day wrong.
fn serial(number: f64, since_1904: bool) -> Read<Day> {
    const FIRST_RIGHT: f64 = 61.0;
    const BETWEEN_SYSTEMS: f64 = 1462.0;
    const LAST: f64 = 2_958_465.0;
    let number = if since_1904 { number + BETWEEN_SYSTEMS } else { number };
    if number < FIRST_RIGHT {
        return Read::Refused(SERIAL_TOO_SMALL);
    }
    if number > LAST {
        return Read::Refused(NO_DATE);
    }
    Read::Value(Day::Full(Date::constant(1899, 12, 30).saturating_add((number as i64).days())))
}
