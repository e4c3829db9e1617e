//! French as it is written, for whoever makes a sentence: dates, periods, numbers, plurals, lists.
//!
//! Spaces that must not break are U+00A0; those inside numbers are U+202F, narrower, as the
//! Imprimerie nationale asks.

use std::fmt::Display;

use jiff::civil::{Date, Weekday};

use crate::Period;

/// Space that does not break a line, before « : » and inside « 22 novembre ».
pub const NBSP: char = '\u{a0}';
/// Narrow space that does not break, between groups of three digits.
pub const THIN: char = '\u{202f}';

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// « janvier » for 1 to « décembre » for 12.
pub fn month_name(month: i8) -> &'static str {
    MONTHS[usize::from(month.unsigned_abs()).clamp(1, 12) - 1]
}

/// « 1er », « 2 » … « 31 ».
pub fn day_number(day: i8) -> String {
    if day == 1 { "1er".to_owned() } else { day.to_string() }
}

/// « lundi » to « dimanche ».
pub fn weekday_name(date: Date) -> &'static str {
    match date.weekday() {
        Weekday::Monday => "lundi",
        Weekday::Tuesday => "mardi",
        Weekday::Wednesday => "mercredi",
        Weekday::Thursday => "jeudi",
        Weekday::Friday => "vendredi",
        Weekday::Saturday => "samedi",
        Weekday::Sunday => "dimanche",
    }
}

/// « 22 novembre 2026 », « 1er janvier 2026 ».
pub fn date_long(date: Date) -> String {
    format!("{}{NBSP}{} {}", day_number(date.day()), month_name(date.month()), date.year())
}

/// « novembre 2026 ».
pub fn month(date: Date) -> String {
    format!("{} {}", month_name(date.month()), date.year())
}

/// « du 3 mars 2025 au 4 novembre 2026 » (last day included), « depuis le 3 mars 2025 », « le 3 mars 2025 ».
pub fn period(period: Period) -> String {
    match period.last_day() {
        None => format!("depuis le {}", date_long(period.from)),
        Some(last) if last <= period.from => format!("le {}", date_long(period.from)),
        Some(last) => format!("du {} au {}", date_long(period.from), date_long(last)),
    }
}

/// « 85 000 », « −12 »: any whole number.
pub fn number(value: impl Display) -> String {
    let text = value.to_string();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("−", digits),
        None => ("", text.as_str()),
    };
    let mut out = String::with_capacity(text.len() + text.len());
    out.push_str(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(THIN);
        }
        out.push(digit);
    }
    out
}

/// « 1 personne », « 2 personnes »; in French zero is singular: « 0 personne ».
pub fn count(n: impl Into<u64>, one: &str, many: &str) -> String {
    let n = n.into();
    format!("{}{NBSP}{}", number(n), plural(n, one, many))
}

/// The word alone that agrees with `n`.
pub fn plural<'a>(n: impl Into<u64>, one: &'a str, many: &'a str) -> &'a str {
    if n.into() < 2 { one } else { many }
}

/// « Stains », « Stains et Sevran », « Stains, Sevran et Bondy ».
pub fn list<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [head @ .., last] => {
            let head: Vec<&str> = head.iter().map(AsRef::as_ref).collect();
            format!("{} et {}", head.join(", "), last.as_ref())
        }
    }
}

/// The same text with a capital at its start.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Fixed spaces are written `_` (U+00A0) and `~` (U+202F) in the expected texts.
    #[track_caller]
    fn reads(actual: impl AsRef<str>, expected: &str) {
        assert_eq!(actual.as_ref().replace(NBSP, "_").replace(THIN, "~"), expected);
    }

    #[test]
    fn dates() {
        reads(date_long(date(2026, 11, 22)), "22_novembre 2026");
        reads(date_long(date(2026, 1, 1)), "1er_janvier 2026");
        reads(month(date(2026, 12, 31)), "décembre 2026");
    }

    #[test]
    fn periods_show_their_last_day() {
        let from = date(2025, 3, 3);
        reads(period(Period::since(from)), "depuis le 3_mars 2025");
        reads(period(Period { from, to: Some(date(2026, 11, 5)) }), "du 3_mars 2025 au 4_novembre 2026");
        reads(period(Period { from, to: Some(date(2025, 3, 4)) }), "le 3_mars 2025");
    }

    #[test]
    fn numbers() {
        for (value, expected) in [
            (0_i64, "0"),
            (999, "999"),
            (1_000, "1~000"),
            (85_000, "85~000"),
            (1_234_567, "1~234~567"),
            (-1_200, "−1~200"),
        ] {
            reads(number(value), expected);
        }
    }

    #[test]
    fn plurals_begin_at_two() {
        reads(count(0_u64, "personne", "personnes"), "0_personne");
        reads(count(1_u64, "personne", "personnes"), "1_personne");
        reads(count(2_u64, "personne", "personnes"), "2_personnes");
        reads(count(6_012_u64, "personne", "personnes"), "6~012_personnes");
    }

    #[test]
    fn lists() {
        reads(list::<&str>(&[]), "");
        reads(list(&["Stains"]), "Stains");
        reads(list(&["Stains", "Sevran"]), "Stains et Sevran");
        reads(list(&["Stains", "Sevran", "Bondy"]), "Stains, Sevran et Bondy");
    }

    #[test]
    fn capitals() {
        reads(capitalised("écart"), "Écart");
        reads(capitalised(""), "");
    }
}
