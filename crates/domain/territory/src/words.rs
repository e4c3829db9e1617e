//! Days in the sentences of this crate.

use base::{Date, Period};

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

/// « 1er février 2023 ».
pub(crate) fn day(day: Date) -> String {
    let number = if day.day() == 1 { "1er".to_owned() } else { day.day().to_string() };
    let month = MONTHS[usize::from(day.month().unsigned_abs()) - 1];
    format!("{number}\u{a0}{month} {}", day.year())
}

/// « depuis le 1er février 2023 », « du 1er février 2023 au 31 janvier 2027 » (last day included).
pub(crate) fn period(period: Period) -> String {
    match period.to.and_then(|to| to.yesterday().ok()) {
        None => format!("depuis le {}", day(period.from)),
        Some(last) => format!("du {} au {}", day(period.from), day(last)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn periods_end_on_their_last_day() {
        let span = Period { from: date(2023, 2, 1), to: Some(date(2027, 2, 1)) };
        assert_eq!(period(span), "du 1er\u{a0}février 2023 au 31\u{a0}janvier 2027");
    }
}
