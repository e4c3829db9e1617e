//! Which person a line is about. Pure: the keys of a line and those of the persons it may be about go in, a ruling
//! comes out. Nothing is ever guessed: what is not certain is told.

use std::collections::BTreeSet;

use base::{Date, Email, Id, Nir, Phone, fold, words};

use crate::person::Person;

db::codes! {
    /// What becomes of a line.
    pub enum Ruling {
        /// A strong key matches, nothing contradicts.
        Certain = "M1",
        /// Names and birth date match, nothing contradicts: written once somebody accepts the group.
        Probable = "M2",
        /// Only an address or a telephone matches: never written by itself.
        Possible = "M3",
        /// The keys of the line are those of several persons.
        SeveralPersons = "C1",
        /// One strong key matches, another differs.
        OtherKeyDiffers = "C2",
        /// A strong key matches, and first name, family name and birth date all differ.
        NothingElseAgrees = "C3",
        /// Names and birth date match, a strong key differs.
        Namesake = "C4",
        /// The same line came before in the file.
        Repeated = "F1",
        /// Lines of the file share a strong key and say different things.
        Clashing = "F2",
        /// Nobody known.
        Unknown = "N",
    }
}

impl Ruling {
    /// What whoever reads a report is told.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Certain => "identifiant reconnu",
            Self::Probable => "mêmes nom, prénom et date de naissance",
            Self::Possible => "seul un moyen de contact est commun",
            Self::SeveralPersons => "les clés de la ligne désignent plusieurs personnes",
            Self::OtherKeyDiffers => "un identifiant correspond, un autre est différent",
            Self::NothingElseAgrees => {
                "l’identifiant est celui d’une personne dont le nom, le prénom et la date de naissance sont tous différents"
            }
            Self::Namesake => "mêmes nom, prénom et date de naissance, mais un identifiant différent",
            Self::Repeated => "ligne identique à une ligne précédente",
            Self::Clashing => "plusieurs lignes du fichier portent le même identifiant avec des valeurs différentes",
            Self::Unknown => "personne inconnue du département",
        }
    }

    /// Whether somebody may say on screen whom the line is about. A repeated line is in already, clashing ones are
    /// mended in the file, an unknown person has no file.
    pub const fn may_be_decided(self) -> bool {
        !matches!(self, Self::Certain | Self::Repeated | Self::Clashing | Self::Unknown)
    }

    /// Whether the line may be written; a probable one once its group is accepted.
    pub const fn may_be_written(self) -> bool {
        matches!(self, Self::Certain | Self::Probable)
    }
}

/// What a line tells about who it is about.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    pub nir: Option<Nir>,
    /// The identifier of France Travail; empty when not given.
    pub identifier: String,
    /// Name in use and name of birth, whichever are given.
    pub family_names: Vec<String>,
    pub first_names: String,
    pub birth_date: Option<Date>,
    pub phones: Vec<Phone>,
    pub email: Option<Email>,
}

impl Keys {
    /// Whether there is anything to look somebody up by.
    pub fn is_enough(&self) -> bool {
        self.nir.is_some()
            || !self.identifier.is_empty()
            || self.has_identity()
            || !self.phones.is_empty()
            || self.email.is_some()
    }

    pub(super) fn has_identity(&self) -> bool {
        self.birth_date.is_some() && !self.family_names.is_empty() && !self.first_names.is_empty()
    }
}

/// A person a line may be about. The number is compared by its keyed digest.
#[derive(Clone, PartialEq, Debug)]
pub struct Candidate {
    pub person: Id<Person>,
    /// An adult of an open household: preferred among records of one identity.
    pub listed: bool,
    pub blind_index: Option<Vec<u8>>,
    pub identifier: Option<String>,
    pub family_names: Vec<String>,
    pub first_name: String,
    pub other_first_names: String,
    pub birth_date: Date,
    pub phones: Vec<Phone>,
    pub emails: Vec<Email>,
}

/// A ruling, with the person it is about or may be about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verdict {
    pub ruling: Ruling,
    pub person: Option<Id<Person>>,
}

/// The first word of a first name as compared.
fn first_word(name: &str) -> String {
    words(&fold(name)).next().unwrap_or_default().to_owned()
}

struct Compared<'a> {
    keys: &'a Keys,
    family_names: BTreeSet<String>,
    first_names: String,
    blind_index: Option<&'a [u8]>,
}

impl<'a> Compared<'a> {
    fn of(keys: &'a Keys, blind_index: Option<&'a [u8]>) -> Self {
        Self {
            keys,
            family_names: keys.family_names.iter().map(|name| fold(name)).filter(|name| !name.is_empty()).collect(),
            first_names: fold(&keys.first_names),
            blind_index,
        }
    }

    fn same_number(&self, candidate: &Candidate) -> bool {
        self.blind_index.is_some() && self.blind_index == candidate.blind_index.as_deref()
    }

    fn other_number(&self, candidate: &Candidate) -> bool {
        self.blind_index.is_some() && candidate.blind_index.is_some() && !self.same_number(candidate)
    }

    fn same_identifier(&self, candidate: &Candidate) -> bool {
        !self.keys.identifier.is_empty() && candidate.identifier.as_ref() == Some(&self.keys.identifier)
    }

    fn other_identifier(&self, candidate: &Candidate) -> bool {
        !self.keys.identifier.is_empty()
            && candidate.identifier.as_ref().is_some_and(|identifier| *identifier != self.keys.identifier)
    }

    fn same_strong(&self, candidate: &Candidate) -> bool {
        self.same_number(candidate) || self.same_identifier(candidate)
    }

    fn other_strong(&self, candidate: &Candidate) -> bool {
        self.other_number(candidate) || self.other_identifier(candidate)
    }

    fn same_family_name(&self, candidate: &Candidate) -> bool {
        candidate.family_names.iter().any(|name| self.family_names.contains(&fold(name)))
    }

    fn same_first_word(&self, candidate: &Candidate) -> bool {
        let given = words(&self.first_names).next().unwrap_or_default();
        !given.is_empty() && given == first_word(&candidate.first_name)
    }

    /// The first name, alone or followed by the others.
    fn same_first_names(&self, candidate: &Candidate) -> bool {
        let first = fold(&candidate.first_name);
        if first.is_empty() {
            return false;
        }
        let all = fold(&format!("{} {}", candidate.first_name, candidate.other_first_names));
        self.first_names == first || self.first_names == all
    }

    fn same_identity(&self, candidate: &Candidate) -> bool {
        self.keys.birth_date == Some(candidate.birth_date)
            && self.same_family_name(candidate)
            && self.same_first_names(candidate)
    }

    fn same_contact(&self, candidate: &Candidate) -> bool {
        let phone = self.keys.phones.iter().any(|phone| candidate.phones.contains(phone));
        let email = self.keys.email.as_ref().is_some_and(|email| candidate.emails.contains(email));
        (phone || email) && self.same_first_word(candidate)
    }

    fn nothing_agrees(&self, candidate: &Candidate) -> bool {
        let told = !self.family_names.is_empty() && !self.first_names.is_empty() && self.keys.birth_date.is_some();
        told && !self.same_family_name(candidate)
            && !self.same_first_word(candidate)
            && self.keys.birth_date != Some(candidate.birth_date)
    }
}

/// Those whom a line may be about, for whoever decides: they share a strong key with it, the identity, a contact, or
/// family name and birth date.
pub fn concerned(keys: &Keys, blind_index: Option<&[u8]>, candidates: &[Candidate]) -> Vec<Id<Person>> {
    let line = Compared::of(keys, blind_index);
    let shares = |candidate: &&Candidate| {
        line.same_strong(candidate)
            || line.same_contact(candidate)
            || (keys.birth_date == Some(candidate.birth_date) && line.same_family_name(candidate))
    };
    candidates.iter().filter(shares).map(|candidate| candidate.person).collect()
}

/// Rules on one line. `blind_index` is the digest of its number.
pub fn rule(keys: &Keys, blind_index: Option<&[u8]>, candidates: &[Candidate]) -> Verdict {
    let line = Compared::of(keys, blind_index);
    let about = |ruling, candidate: &Candidate| Verdict { ruling, person: Some(candidate.person) };
    let strong: Vec<&Candidate> = candidates.iter().filter(|candidate| line.same_strong(candidate)).collect();
    let alike: Vec<&Candidate> = candidates.iter().filter(|candidate| line.same_identity(candidate)).collect();
    // Records of one human being share a number: the one still in a household is meant.
    let chosen = |found: &[&Candidate]| -> Option<Candidate> {
        let listed: Vec<&&Candidate> = found.iter().filter(|candidate| candidate.listed).collect();
        match (found, listed.as_slice()) {
            ([only], _) => Some((*only).clone()),
            (_, [only]) => Some((**only).clone()),
            _ => None,
        }
    };
    if !strong.is_empty() {
        let Some(candidate) = chosen(&strong) else { return about(Ruling::SeveralPersons, strong[0]) };
        let candidate = &candidate;
        // The identity of somebody else, whom the same key does not name.
        let others = alike.iter().any(|other| other.person != candidate.person && !line.same_strong(other));
        return if others && !line.same_identity(candidate) {
            about(Ruling::SeveralPersons, candidate)
        } else if line.other_strong(candidate) {
            about(Ruling::OtherKeyDiffers, candidate)
        } else if line.nothing_agrees(candidate) {
            about(Ruling::NothingElseAgrees, candidate)
        } else {
            about(Ruling::Certain, candidate)
        };
    }
    if !alike.is_empty() {
        let compatible: Vec<&Candidate> =
            alike.iter().copied().filter(|candidate| !line.other_strong(candidate)).collect();
        return match (compatible.is_empty(), chosen(&compatible)) {
            (true, _) => about(Ruling::Namesake, alike[0]),
            (false, Some(candidate)) => about(Ruling::Probable, &candidate),
            (false, None) => about(Ruling::SeveralPersons, compatible[0]),
        };
    }
    match candidates.iter().find(|candidate| line.same_contact(candidate)) {
        Some(candidate) => about(Ruling::Possible, candidate),
        None => Verdict { ruling: Ruling::Unknown, person: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn candidate(id: i64, name: &str, first: &str, born: Date) -> Candidate {
        Candidate {
            person: Id::new(id),
            listed: true,
            blind_index: None,
            identifier: None,
            family_names: vec![name.to_owned()],
            first_name: first.to_owned(),
            other_first_names: String::new(),
            birth_date: born,
            phones: Vec::new(),
            emails: Vec::new(),
        }
    }

    fn number(nir: &str) -> Vec<u8> {
        nir.as_bytes()[..13].to_vec()
    }

    fn phone(text: &str) -> Phone {
        Phone::parse(text).unwrap()
    }

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    /// The fictitious base of the published cases.
    fn base_of_cases() -> Vec<Candidate> {
        let family = email("famille.modele@exemple.test");
        vec![
            Candidate {
                blind_index: Some(number("2900393999001")),
                identifier: Some("D-1001".to_owned()),
                phones: vec![phone("0639980101")],
                emails: vec![email("nadia.exemple@exemple.test")],
                ..candidate(1, "EXEMPLE", "Nadia", date(1990, 3, 12))
            },
            Candidate {
                blind_index: Some(number("1851099350999")),
                phones: vec![phone("0639980102")],
                emails: vec![family.clone()],
                ..candidate(2, "MODELE", "Karim", date(1985, 10, 17))
            },
            Candidate {
                blind_index: Some(number("2881293999777")),
                identifier: Some("D-1003".to_owned()),
                phones: vec![phone("0639980102")],
                emails: vec![family],
                ..candidate(3, "MODELE", "Karima", date(1988, 12, 5))
            },
            Candidate {
                blind_index: Some(number("1791199999002")),
                identifier: Some("D-1004".to_owned()),
                phones: vec![phone("0639980104")],
                ..candidate(4, "FACTICE", "Jean-Luc", date(1979, 11, 20))
            },
            Candidate {
                identifier: Some("D-1005".to_owned()),
                emails: vec![email("lea.essai@exemple.test")],
                ..candidate(5, "ESSAI", "Léa", date(2001, 1, 3))
            },
        ]
    }

    fn keys(name: &str, first: &str, born: Option<Date>) -> Keys {
        Keys { family_names: vec![name.to_owned()], first_names: first.to_owned(), birth_date: born, ..Keys::default() }
    }

    #[track_caller]
    fn expect(keys: &Keys, ruling: Ruling, person: Option<i64>) {
        let index = keys.nir.as_ref().map(|nir| number(nir.as_str()));
        let verdict = rule(keys, index.as_deref(), &base_of_cases());
        assert_eq!((verdict.ruling, verdict.person), (ruling, person.map(Id::new)), "{keys:?}");
    }

    #[test]
    fn the_published_cases() {
        let nir = |text: &str| Some(Nir::parse(text).unwrap());
        let nadia = Some(date(1990, 3, 12));
        // R1: the number, with blanks.
        let line = Keys { nir: nir("2 90 03 93 999 001"), ..keys("Exemple", "Nadia", nadia) };
        expect(&line, Ruling::Certain, Some(1));
        // R2: a number with a wrong key is not used.
        expect(&keys("EXEMPLE", "NADIA", nadia), Ruling::Probable, Some(1));
        // R3: the identifier of one, the identity of another.
        let line = Keys { identifier: "D-1003".to_owned(), ..keys("MODELE", "Karim", Some(date(1985, 10, 17))) };
        expect(&line, Ruling::SeveralPersons, Some(3));
        // R4: an address shared by two; the first name tells which.
        let line = Keys { email: Some(email("famille.modele@exemple.test")), ..keys("MODELE", "karima", None) };
        expect(&line, Ruling::Possible, Some(3));
        // R5: accents and case do not count.
        let line =
            Keys { email: Some(email("LEA.ESSAI@exemple.test")), ..keys("ESSAI", "Lea", Some(date(2001, 1, 3))) };
        expect(&line, Ruling::Probable, Some(5));
        // R6: hyphens do not count either.
        let line = Keys { phones: vec![phone("06 39 98 01 04")], ..keys("FACTICE", "Jean Luc", None) };
        expect(&line, Ruling::Possible, Some(4));
        // R7: the number of somebody with whom nothing else agrees.
        let line = Keys { nir: nir("290039399900113"), ..keys("INVENTE", "Paul", Some(date(1975, 8, 30))) };
        expect(&line, Ruling::NothingElseAgrees, Some(1));
        // R8: the number of one, the identifier of another.
        let line = Keys {
            nir: nir("288129399977761"),
            identifier: "D-1001".to_owned(),
            ..keys("MODELE", "Karima", Some(date(1988, 12, 5)))
        };
        let index = number("2881293999777");
        assert_eq!(rule(&line, Some(&index), &base_of_cases()).ruling, Ruling::SeveralPersons);
        // R9: identity alone.
        expect(&keys("EXEMPLE", "Nadia", nadia), Ruling::Probable, Some(1));
        // R10: same identity, another number.
        let line = Keys { nir: nir("290039399900212"), ..keys("EXEMPLE", "Nadia", nadia) };
        expect(&line, Ruling::Namesake, Some(1));
        // R11: the identifier, and everything agrees.
        let line = Keys { identifier: "D-1004".to_owned(), ..keys("FACTICE", "Jean-Luc", Some(date(1979, 11, 20))) };
        expect(&line, Ruling::Certain, Some(4));
        // R12: nobody.
        let line = Keys {
            identifier: "D-1012".to_owned(),
            email: Some(email("ines.nouvelle@exemple.test")),
            ..keys("NOUVELLE", "Inès", Some(date(1999, 6, 15)))
        };
        expect(&line, Ruling::Unknown, None);
    }

    #[test]
    fn two_strong_keys_must_agree() {
        let line = Keys {
            nir: Some(Nir::parse("2900393999001").unwrap()),
            identifier: "D-9999".to_owned(),
            ..keys("EXEMPLE", "Nadia", Some(date(1990, 3, 12)))
        };
        expect(&line, Ruling::OtherKeyDiffers, Some(1));
    }

    #[test]
    fn of_two_records_of_one_identity_the_one_in_a_household_is_meant() {
        let here = candidate(7, "DOUBLE", "Ana", date(1980, 1, 1));
        let gone = Candidate { listed: false, ..candidate(8, "DOUBLE", "Ana", date(1980, 1, 1)) };
        let line = keys("Double", "ANA", Some(date(1980, 1, 1)));
        let verdict = rule(&line, None, &[gone.clone(), here.clone()]);
        assert_eq!(verdict, Verdict { ruling: Ruling::Probable, person: Some(Id::new(7)) });
        let both = rule(&line, None, &[here.clone(), Candidate { person: Id::new(9), ..here }]);
        assert_eq!(both.ruling, Ruling::SeveralPersons);
    }

    #[test]
    fn several_first_names_are_read_with_the_others_or_without() {
        let somebody =
            Candidate { other_first_names: "Rose Marie".to_owned(), ..candidate(1, "NDIAYE", "Awa", date(1990, 1, 1)) };
        let born = Some(date(1990, 1, 1));
        for (given, ruling) in [
            ("Awa", Ruling::Probable),
            ("AWA ROSE-MARIE", Ruling::Probable),
            ("Awa Lucie", Ruling::Unknown),
            ("", Ruling::Unknown),
        ] {
            assert_eq!(
                rule(&keys("Ndiaye", given, born), None, std::slice::from_ref(&somebody)).ruling,
                ruling,
                "{given}"
            );
        }
    }
}
