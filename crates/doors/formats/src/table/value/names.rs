use base::{fold, words};

use super::super::Cell;
use super::{Read, free_text, said};

/// A name as compared: without case, accents, ligatures, hyphens and apostrophes.
pub fn name_key(name: &str) -> String {
    fold(name)
}

/// The first word of a first name as compared.
pub fn first_name_key(name: &str) -> String {
    words(&fold(name)).next().unwrap_or_default().to_owned()
}

/// Signs of a reading in the wrong encoding: a clean name is never replaced by such a one.
pub fn is_damaged(name: &str) -> bool {
    name.contains('\u{fffd}') || name.contains('?') || name.contains("Ã")
}

/// The family names of a cell.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Names {
    /// The name in use.
    pub usual: String,
    /// The name of birth, when the cell tells it apart.
    pub birth: Option<String>,
}

const TWO_NAMES: &str = "nom d’usage et nom de naissance dans une seule cellule";
const DAMAGED: &str = "nom abîmé (accents perdus) : vérifiez l’encodage du fichier";

/// « MARTIN », « DUPONT épouse MARTIN », « MARTIN née DUPONT ».
pub fn family_name(cell: &Cell) -> Read<Names> {
    let text = match free_text(cell) {
        Read::Value(text) | Read::Doubtful(text, _) => text,
        Read::Empty => return Read::Empty,
        Read::Refused(reason) => return Read::Refused(reason),
    };
    let parts: Vec<&str> = text.split_whitespace().collect();
    let split = |kinds: &[&str]| {
        let at = parts.iter().position(|word| kinds.contains(&word.to_lowercase().trim_end_matches('.')))?;
        let (before, after) = (parts[..at].join(" "), parts.get(at + 1..)?.join(" "));
        (!before.is_empty() && !after.is_empty()).then_some((before, after))
    };
    let names = if let Some((birth, usual)) = split(&["épouse", "epouse", "ép", "ep", "veuve", "vve"]) {
        Names { usual, birth: Some(birth) }
    } else if let Some((usual, birth)) = split(&["née", "nee", "né"]) {
        Names { usual, birth: Some(birth) }
    } else {
        Names { usual: text.clone(), birth: None }
    };
    if is_damaged(&text) {
        Read::Doubtful(names, DAMAGED)
    } else if names.birth.is_some() {
        Read::Doubtful(names, TWO_NAMES)
    } else {
        Read::Value(names)
    }
}

/// Yes, no, or no answer.
pub fn boolean(cell: &Cell) -> Read<bool> {
    match fold(&said!(cell)).as_str() {
        "oui" | "o" | "yes" | "y" | "true" | "vrai" | "1" | "x" => Read::Value(true),
        "non" | "n" | "no" | "false" | "faux" | "0" => Read::Value(false),
        _ => Read::Refused("réponse illisible : écrivez oui ou non"),
    }
}
