//! What the pages about people say alike: names, birth dates, states of the right.

use base::{Date, Id, fold};
use support::labels::{self, Sex};
use support::person::{Card, Identity, Person, Precision};

use crate::components::{Badge, Fragment, Link, Tone, Unknown};
use crate::fr;

/// Address of a person's page.
pub fn href(person: Id<Person>) -> String {
    format!("/personnes/{person}")
}

/// « DIALLO Awa »: the files write everything in capitals.
pub fn name(usual_name: &str, first_name: &str) -> String {
    format!("{} {}", usual_name.to_uppercase(), capitalised(first_name)).trim().to_owned()
}

/// « Marie-Anne », « Lou d’Arc » of « MARIE-ANNE », « LOU D’ARC ».
pub fn capitalised(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut begins = true;
    for letter in name.chars() {
        if begins {
            out.extend(letter.to_uppercase());
        } else {
            out.extend(letter.to_lowercase());
        }
        begins = !letter.is_alphanumeric();
    }
    out
}

/// « née DURAND », « né DURAND » (« né·e » when the sex is unknown); nothing when the birth name is the usual one.
pub fn born(usual_name: &str, birth_name: &str, sex: &str) -> Option<String> {
    let differs = !birth_name.is_empty() && fold(usual_name) != fold(birth_name);
    differs.then(|| format!("{} {}", Sex::of(sex).agree("né[/e]"), birth_name.to_uppercase()))
}

pub fn identity_name(identity: &Identity) -> String {
    name(&identity.usual_name, &identity.first_name)
}

pub fn card_name(card: &Card) -> String {
    name(&card.usual_name, &card.first_name)
}

/// « 14 mars 1985 », or what is true of it.
pub fn birth_date(date: Date, precision: Precision) -> String {
    match precision {
        Precision::Full => fr::birth_date(date.year(), Some(date.month()), Some(date.day())),
        Precision::DayUnknown => fr::birth_date(date.year(), Some(date.month()), None),
        Precision::DayAndMonthUnknown => fr::birth_date(date.year(), None, None),
    }
}

/// « 34 ans »; « 34 ans environ » when the day or month was invented by the sender.
pub fn age(date: Date, precision: Precision, today: Date) -> String {
    let age = fr::age(date, today);
    if precision == Precision::Full { age } else { format!("{age} environ") }
}

/// What a state of the right means at a glance.
pub fn right_tone(status: &str) -> Tone {
    match status {
        "2" => Tone::Ok,
        "3" | "4" => Tone::Warning,
        "0" => Tone::Info,
        "1" | "5" | "6" => Tone::Neutral,
        _ => Tone::Unknown,
    }
}

/// The state of the right in two words; « inconnu » without one.
pub fn right_badge(status: &str) -> Fragment {
    if status.is_empty() {
        return Unknown::MASCULINE.into();
    }
    Badge::new(right_tone(status), labels::right_status(status).short.into_owned()).into()
}

/// « demandeur », « conjointe »…; « hors du foyer » for somebody who is not in it now.
pub fn role(role: &str, sex: Sex) -> String {
    if role.is_empty() { "hors du foyer".to_owned() } else { labels::role(role, sex).short.into_owned() }
}

/// « oui », « non », or « inconnu » with its mark.
pub fn known(value: Option<bool>) -> Fragment {
    Unknown::MASCULINE.or(value.map(|value| fr::yes_no(Some(value))))
}

/// The person, as a link; the birth name and the file number under it.
pub fn link(card: &Card) -> Fragment {
    let number = (!card.public_number.is_empty()).then(|| format!("n°\u{a0}{}", card.public_number));
    let detail: Vec<String> = born(&card.usual_name, &card.birth_name, &card.sex).into_iter().chain(number).collect();
    Fragment::with_detail(Link::new(href(card.person), card_name(card)), detail.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn names_are_read_as_people_write_them() {
        assert_eq!(name("Diallo", "AWA"), "DIALLO Awa");
        assert_eq!(capitalised("MARIE-ANNE"), "Marie-Anne");
        assert_eq!(capitalised("ÉLODIE"), "Élodie");
        assert_eq!(born("DIALLO", "TRAORÉ", "2").as_deref(), Some("née TRAORÉ"));
        assert_eq!(born("DIALLO", "TRAORÉ", "").as_deref(), Some("né·e TRAORÉ"));
        assert_eq!(born("DIALLO", "Diallo", "2"), None);
    }

    #[test]
    fn what_is_not_known_of_a_birth_is_not_invented() {
        let day = date(1985, 1, 1);
        let today = date(2026, 11, 22);
        assert_eq!(birth_date(day, Precision::DayAndMonthUnknown), "1985 (jour et mois inconnus)");
        assert_eq!(age(day, Precision::DayAndMonthUnknown, today), "41\u{a0}ans environ");
        assert_eq!(age(day, Precision::Full, today), "41\u{a0}ans");
        assert!(right_badge("").as_str().contains("inconnu"));
        assert!(known(None).as_str().contains("inconnu"));
        assert_eq!(known(Some(false)).as_str(), "non");
    }
}
