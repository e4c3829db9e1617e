//! The little French the sentences of this crate need.

use base::Date;

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

/// « 22 novembre 2026 », « 1er janvier 2026 ».
pub(crate) fn date(date: Date) -> String {
    let month = MONTHS[usize::from(date.month().unsigned_abs()).clamp(1, 12) - 1];
    let ordinal = if date.day() == 1 { "er" } else { "" };
    format!("{}{ordinal}\u{a0}{month} {}", date.day(), date.year())
}

/// « 0 an », « 1 an », « 2 ans »: in French the plural begins at two.
pub(crate) fn count(n: u16, one: &str, many: &str) -> String {
    format!("{n}\u{a0}{}", if n < 2 { one } else { many })
}

/// The same with a capital: « Le nombre d’enfants ».
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// « la santé, le logement et la mobilité ».
pub(crate) fn list(items: &[&str]) -> String {
    match items {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} et {last}", first.join(", ")),
    }
}

/// Fixed spaces before double punctuation and inside « », curved apostrophes.
#[cfg(test)]
#[track_caller]
pub(crate) fn assert_typography(text: &str) {
    for wrong in [" :", " ;", " !", " ?", " »", "« ", "'", "  "] {
        assert!(!text.contains(wrong), "{wrong:?} in {text:?}");
    }
    assert!(!text.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil;

    #[test]
    fn dates_and_plurals() {
        assert_eq!(date(civil::date(2026, 11, 22)), "22\u{a0}novembre 2026");
        assert_eq!(date(civil::date(2025, 1, 1)), "1er\u{a0}janvier 2025");
        assert_eq!(count(1, "an", "ans"), "1\u{a0}an");
        assert_eq!(count(2, "an", "ans"), "2\u{a0}ans");
    }

    #[test]
    fn lists_and_capitals() {
        assert_eq!(list(&[]), "");
        assert_eq!(list(&["la santé"]), "la santé");
        assert_eq!(list(&["la santé", "le logement", "la mobilité"]), "la santé, le logement et la mobilité");
        assert_eq!(capitalised("état du dossier"), "État du dossier");
        assert_eq!(capitalised(""), "");
    }
}
