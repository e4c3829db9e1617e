//! French on screen: what every crate shares (`base::fr`: dates, periods, numbers, plurals, lists), and telephone
//! numbers, ages, sizes, durations.
//!
//! Plain functions for Rust code, and the same under [`filters`] for templates
//! (`use crate::fr::filters;` beside the page struct, then `{{ day|date_long }}`).

use std::fmt::Display;

use base::fr::{NBSP, day_number, month_name, weekday_name};
pub use base::fr::{capitalised, count, date_long, list, month, number, period, plural};
use base::{Date, Instant};
use jiff::civil::{DateTime, Time};

const SHORT_MONTHS: [&str; 12] =
    ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];

/// « 22/11/2026 »: for dense columns.
pub fn date_short(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

/// « dim. 22 nov. »: for agendas, where the year is plain.
pub fn date_day(date: Date) -> String {
    let weekday = &weekday_name(date)[..3];
    let month = SHORT_MONTHS[usize::from(date.month().unsigned_abs()).clamp(1, 12) - 1];
    format!("{weekday}. {}{NBSP}{month}", day_number(date.day()))
}

/// « dimanche 22 novembre 2026 ».
pub fn date_full(date: Date) -> String {
    format!("{} {}", weekday_name(date), date_long(date))
}

/// « de 9 h à 12 h 30 ».
pub fn hours(from: Time, to: Time) -> String {
    let hour = |time: Time| match time.minute() {
        0 => format!("{}{NBSP}h", time.hour()),
        minute => format!("{}{NBSP}h{NBSP}{minute:02}", time.hour()),
    };
    format!("de {} à {}", hour(from), hour(to))
}

/// « 9 h 05 »: time of day, as agendas write it.
pub fn time(at: DateTime) -> String {
    format!("{}{NBSP}h{NBSP}{:02}", at.hour(), at.minute())
}

/// « 22 novembre 2026 à 9 h 05 », in Paris.
pub fn moment(at: Instant) -> String {
    let local = at.in_paris();
    format!("{} à {}", date_long(local.date()), time(local))
}

/// « aujourd’hui », « hier », « il y a 3 jours », « dans 2 semaines », « il y a 5 mois ».
pub fn relative(date: Date, today: Date) -> String {
    let days = (date - today).get_days();
    match days {
        0 => return "aujourd’hui".to_owned(),
        -1 => return "hier".to_owned(),
        1 => return "demain".to_owned(),
        -2 => return "avant-hier".to_owned(),
        2 => return "après-demain".to_owned(),
        _ => {}
    }
    let (earlier, later) = if date < today { (date, today) } else { (today, date) };
    let span = days.unsigned_abs();
    let months = whole_months(earlier, later);
    let distance = if span < 14 {
        count(span, "jour", "jours")
    } else if months < 2 {
        count(span / 7, "semaine", "semaines")
    } else if months < 24 {
        format!("{}{NBSP}mois", number(months))
    } else {
        count(months / 12, "an", "ans")
    };
    if days < 0 { format!("il y a {distance}") } else { format!("dans {distance}") }
}

/// Number of whole months from `earlier` to `later`.
fn whole_months(earlier: Date, later: Date) -> u32 {
    let months = (i32::from(later.year()) - i32::from(earlier.year())) * 12 + i32::from(later.month())
        - i32::from(earlier.month())
        - i32::from(later.day() < earlier.day());
    u32::try_from(months).unwrap_or(0)
}

/// « 1 234,5 »: a number with a fixed count of decimals.
pub fn decimal(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.split_once('.') {
        Some((whole, fraction)) => format!("{},{fraction}", number(whole)),
        None => number(text),
    }
}

/// « 12,5 % » of a share between 0 and 1.
pub fn percent(share: f64, decimals: usize) -> String {
    format!("{}{NBSP}%", decimal(share * 100.0, decimals))
}

/// « 1er », « 2e »; with `feminine`, « 1re ».
pub fn ordinal(n: u32, feminine: bool) -> String {
    match (n, feminine) {
        (1, false) => "1er".to_owned(),
        (1, true) => "1re".to_owned(),
        _ => format!("{}e", number(n)),
    }
}

/// « 06 12 34 56 78 » from `+33612345678` or `0612345678`; a foreign number keeps its prefix as it is.
pub fn phone(digits: &str) -> String {
    let national = match digits.strip_prefix("+33") {
        Some(rest) => format!("0{rest}"),
        None => digits.to_owned(),
    };
    if national.len() != 10 || !national.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits.to_owned();
    }
    let mut out = String::with_capacity(18);
    for (index, digit) in national.chars().enumerate() {
        if index > 0 && index % 2 == 0 {
            out.push(NBSP);
        }
        out.push(digit);
    }
    out
}

/// « 34 ans », « 8 mois » under two years, « 12 jours » under two months.
pub fn age(birth: Date, today: Date) -> String {
    if birth > today {
        return format!("naissance prévue le {}", date_long(birth));
    }
    match whole_months(birth, today) {
        0..=1 => count((today - birth).get_days().unsigned_abs(), "jour", "jours"),
        months @ 2..=23 => format!("{months}{NBSP}mois"),
        months => count(months / 12, "an", "ans"),
    }
}

/// A birth date of which parts may be unknown: « 14 mars 1985 », « mars 1985 (jour inconnu) »,
/// « 1985 (jour et mois inconnus) ».
pub fn birth_date(year: i16, month: Option<i8>, day: Option<i8>) -> String {
    match (month, day) {
        (Some(month), Some(day)) => format!("{}{NBSP}{} {year}", day_number(day), month_name(month)),
        (Some(month), None) => format!("{} {year} (jour inconnu)", month_name(month)),
        (None, _) => format!("{year} (jour et mois inconnus)"),
    }
}

/// « 820 octets », « 12 ko », « 1,4 Mo », « 2 Go » (powers of a thousand).
pub fn file_size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "Go"), (1_000_000, "Mo"), (1_000, "ko")];
    for (size, unit) in UNITS {
        // One decimal while it says something: « 1,4 Mo », « 194 Mo ».
        if bytes >= size {
            let tenths = (bytes * 10 + size / 2) / size;
            let text = match (tenths / 10, tenths % 10) {
                (whole, 0) => number(whole),
                (whole, _) if whole >= 10 => number((bytes + size / 2) / size),
                (whole, tenth) => format!("{whole},{tenth}"),
            };
            return format!("{text}{NBSP}{unit}");
        }
    }
    count(bytes, "octet", "octets")
}

/// « moins d’une seconde », « 45 s », « 3 min 20 s », « 1 h 05 min », « 2 j 3 h ».
pub fn duration(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes, seconds % 60) {
        (0, 0, 0, 0) => "moins d’une seconde".to_owned(),
        (0, 0, 0, s) => format!("{s}{NBSP}s"),
        (0, 0, m, 0) => format!("{m}{NBSP}min"),
        (0, 0, m, s) => format!("{m}{NBSP}min {s}{NBSP}s"),
        (0, h, 0, _) => format!("{h}{NBSP}h"),
        (0, h, m, _) => format!("{h}{NBSP}h {m:02}{NBSP}min"),
        (d, 0, _, _) => format!("{d}{NBSP}j"),
        (d, h, _, _) => format!("{d}{NBSP}j {h}{NBSP}h"),
    }
}

/// The same text with the spaces that must not break: services, which write to logs and terminals too, use plain ones.
pub fn typeset(text: &str) -> String {
    let spaced = [
        (" :", "\u{a0}:"),
        (" ;", "\u{202f};"),
        (" !", "\u{202f}!"),
        (" ?", "\u{202f}?"),
        ("« ", "«\u{a0}"),
        (" »", "\u{a0}»"),
    ];
    spaced.iter().fold(text.to_owned(), |text, (plain, fixed)| text.replace(plain, fixed))
}

/// « oui », « non » or « inconnu »: what is not known is never shown as « non ».
pub fn yes_no(value: Option<bool>) -> &'static str {
    match value {
        Some(true) => "oui",
        Some(false) => "non",
        None => "inconnu",
    }
}

/// The functions of this module under the form templates call: `{{ day|date_long }}`,
/// `{{ day|relative(layout.today) }}`, `{{ total|count("personne", "personnes") }}`.
pub mod filters {
    use askama::{Result, Values};
    use base::{Date, Instant, Period};

    use super::Display;

    /// A small value, however many times the template borrowed it.
    pub trait Plain<T> {
        fn plain(&self) -> T;
    }

    impl<T, P: Plain<T> + ?Sized> Plain<T> for &P {
        fn plain(&self) -> T {
            (**self).plain()
        }
    }

    macro_rules! plain {
        ($($from:ty => $to:ty),+) => { $(
            impl Plain<$to> for $from {
                fn plain(&self) -> $to {
                    <$to>::try_from(*self).unwrap_or_default()
                }
            }
        )+ };
    }
    plain!(u8 => u64, u16 => u64, u32 => u64, u64 => u64, usize => u64, i64 => u64);

    macro_rules! plain_copy {
        ($($name:ty),+) => { $(
            impl Plain<$name> for $name {
                fn plain(&self) -> $name {
                    *self
                }
            }
        )+ };
    }
    plain_copy!(Date, Instant, Period);

    macro_rules! date_filters {
        ($($name:ident),+) => { $(
            #[askama::filter_fn]
            pub fn $name(date: impl Plain<Date>, _: &dyn Values) -> Result<String> {
                Ok(super::$name(date.plain()))
            }
        )+ };
    }
    date_filters!(date_long, date_short, date_day, date_full, month);

    #[askama::filter_fn]
    pub fn moment(at: impl Plain<Instant>, _: &dyn Values) -> Result<String> {
        Ok(super::moment(at.plain()))
    }

    #[askama::filter_fn]
    pub fn period(period: impl Plain<Period>, _: &dyn Values) -> Result<String> {
        Ok(super::period(period.plain()))
    }

    #[askama::filter_fn]
    pub fn relative<T: Plain<Date>>(date: impl Plain<Date>, _: &dyn Values, today: T) -> Result<String> {
        Ok(super::relative(date.plain(), today.plain()))
    }

    #[askama::filter_fn]
    pub fn age<T: Plain<Date>>(birth: impl Plain<Date>, _: &dyn Values, today: T) -> Result<String> {
        Ok(super::age(birth.plain(), today.plain()))
    }

    #[askama::filter_fn]
    pub fn number(value: impl Display, _: &dyn Values) -> Result<String> {
        Ok(super::number(value))
    }

    #[askama::filter_fn]
    pub fn count(n: impl Plain<u64>, _: &dyn Values, one: &str, many: &str) -> Result<String> {
        Ok(super::count(n.plain(), one, many))
    }

    #[askama::filter_fn]
    pub fn phone(digits: impl AsRef<str>, _: &dyn Values) -> Result<String> {
        Ok(super::phone(digits.as_ref()))
    }

    #[askama::filter_fn]
    pub fn file_size(bytes: impl Plain<u64>, _: &dyn Values) -> Result<String> {
        Ok(super::file_size(bytes.plain()))
    }

    #[askama::filter_fn]
    pub fn duration(seconds: impl Plain<u64>, _: &dyn Values) -> Result<String> {
        Ok(super::duration(seconds.plain()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::fr::THIN;
    use jiff::civil::date;

    /// Fixed spaces are written `_` (U+00A0) and `~` (U+202F) in the expected texts.
    #[track_caller]
    fn reads(actual: impl AsRef<str>, expected: &str) {
        assert_eq!(actual.as_ref().replace(NBSP, "_").replace(THIN, "~"), expected);
    }

    #[test]
    fn dates() {
        let sunday = date(2026, 11, 22);
        reads(date_short(date(2026, 3, 5)), "05/03/2026");
        reads(date_day(sunday), "dim. 22_nov.");
        reads(date_full(sunday), "dimanche 22_novembre 2026");
        reads(time(sunday.at(9, 5, 0, 0)), "9_h_05");
        reads(hours(Time::constant(9, 0, 0, 0), Time::constant(12, 30, 0, 0)), "de 9_h à 12_h_30");
        reads(moment(Instant::start_of(sunday)), "22_novembre 2026 à 0_h_00");
    }

    #[test]
    fn relative_days() {
        let today = date(2026, 11, 22);
        for (other, expected) in [
            (today, "aujourd’hui"),
            (date(2026, 11, 21), "hier"),
            (date(2026, 11, 23), "demain"),
            (date(2026, 11, 20), "avant-hier"),
            (date(2026, 11, 24), "après-demain"),
            (date(2026, 11, 19), "il y a 3_jours"),
            (date(2026, 12, 5), "dans 13_jours"),
            (date(2026, 12, 6), "dans 2_semaines"),
            (date(2026, 10, 1), "il y a 7_semaines"),
            (date(2026, 9, 22), "il y a 2_mois"),
            (date(2025, 11, 23), "il y a 11_mois"),
            (date(2024, 11, 23), "il y a 23_mois"),
            (date(2024, 11, 22), "il y a 2_ans"),
            (date(2029, 1, 1), "dans 2_ans"),
        ] {
            reads(relative(other, today), expected);
        }
    }

    #[test]
    fn numbers() {
        reads(decimal(1_234.56, 1), "1~234,6");
        reads(decimal(3.0, 0), "3");
        reads(percent(0.125, 1), "12,5_%");
        reads(ordinal(1, true), "1re");
        reads(ordinal(1, false), "1er");
        reads(ordinal(23, true), "23e");
    }

    #[test]
    fn plain_spaces_are_fixed() {
        reads(typeset(&"refusé_: «_a_»_; vu_!".replace('_', " ")), "refusé_: «_a_»~; vu~!");
    }

    #[test]
    fn phones() {
        reads(phone("+33612345678"), "06_12_34_56_78");
        reads(phone("0148959595"), "01_48_95_95_95");
        reads(phone("+3225551234"), "+3225551234");
    }

    #[test]
    fn ages_and_birth_dates() {
        let today = date(2026, 11, 22);
        for (birth, expected) in [
            (date(1992, 11, 22), "34_ans"),
            (date(1992, 11, 23), "33_ans"),
            (date(2025, 1, 10), "22_mois"),
            (date(2024, 11, 22), "2_ans"),
            (date(2026, 11, 10), "12_jours"),
            (date(2026, 11, 22), "0_jour"),
            (date(2027, 2, 1), "naissance prévue le 1er_février 2027"),
        ] {
            reads(age(birth, today), expected);
        }
        reads(birth_date(1985, Some(3), Some(14)), "14_mars 1985");
        reads(birth_date(1985, Some(3), None), "mars 1985 (jour inconnu)");
        reads(birth_date(1985, None, None), "1985 (jour et mois inconnus)");
    }

    #[test]
    fn sizes_and_durations() {
        for (bytes, expected) in [
            (0, "0_octet"),
            (820, "820_octets"),
            (1_000, "1_ko"),
            (1_440_000, "1,4_Mo"),
            (9_960_000, "10_Mo"),
            (194_300_000, "194_Mo"),
            (2_000_000_000, "2_Go"),
        ] {
            reads(file_size(bytes), expected);
        }
        for (seconds, expected) in [
            (0, "moins d’une seconde"),
            (45, "45_s"),
            (180, "3_min"),
            (200, "3_min 20_s"),
            (3_600, "1_h"),
            (3_900, "1_h 05_min"),
            (172_800, "2_j"),
            (183_600, "2_j 3_h"),
        ] {
            reads(duration(seconds), expected);
        }
        assert_eq!(yes_no(None), "inconnu");
    }
}
