//! From a line of cells to a typed fact.

use base::{Id, Period};
use facts::Kind;

use crate::kind::Described;
use crate::line::Line;
use crate::names::{Named, Names, SubjectKind};
use crate::structures::StructureKind;
use crate::{CellProblem, Cells};

/// The code and kind of what a line newly describes; nothing when the code is known already, or when the
/// file does not describe things.
pub(crate) fn new_subject<K: Described>(
    names: &Names,
    cells: &Cells,
) -> Result<Option<(String, Option<StructureKind>)>, Vec<CellProblem>> {
    let layout = K::LAYOUT;
    if !layout.creates {
        return Ok(None);
    }
    let sort = <K::Subject as Named>::KIND;
    let mut line = Line::new(names, cells);
    let code = line.required_text(layout.subject);
    let kind = match sort {
        SubjectKind::Structure => line.choice("kind", StructureKind::from_code, &StructureKind::choices()),
        _ => Some(None),
    };
    let known: Option<Id<K::Subject>> = code.as_deref().and_then(|code| names.find(code));
    if let (None, Some(code)) = (known, &code) {
        if !well_formed(sort, code) {
            let reason = match sort {
                SubjectKind::Commune => {
                    "Un code Insee compte cinq caractères, par exemple 93066\u{a0}: corrigez-le (un tableur a pu effacer un zéro)."
                }
                _ => {
                    "Un code s’écrit en lettres minuscules sans accent, chiffres et traits d’union, 80 caractères au plus\u{a0}: corrigez-le."
                }
            };
            line.problem(layout.subject, reason);
        }
        if sort == SubjectKind::Structure && kind == Some(None) {
            line.problem("kind", "Une structure nouvelle a un type\u{a0}: choisissez-le.");
        }
    }
    if let (Some(known), Some(Some(kind))) = (known, kind) {
        let own = names.kind(Id::new(known.raw()));
        if own.is_some_and(|own| own != kind) {
            line.problem("kind", "Le type d’une structure ne change pas\u{a0}: gardez le sien, ou donnez un autre code à la nouvelle structure.");
        }
    }
    let problems = line.into_problems();
    match (code, kind) {
        (Some(code), Some(kind)) if problems.is_empty() => Ok(known.is_none().then_some((code, kind))),
        _ => Err(problems),
    }
}

fn well_formed(sort: SubjectKind, code: &str) -> bool {
    match sort {
        // Corsica has 2A and 2B.
        SubjectKind::Commune => {
            code.len() == 5
                && code
                    .bytes()
                    .enumerate()
                    .all(|(place, byte)| byte.is_ascii_digit() || (place == 1 && matches!(byte, b'A' | b'B')))
        }
        _ => {
            code.len() <= 80
                && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        }
    }
}

/// What a line says.
pub(crate) struct Read<K: Kind> {
    pub subject: Id<K::Subject>,
    pub valid: Period,
    pub value: K,
}

/// Reads a line whose subject is known.
pub(crate) fn read<K: Described>(names: &Names, cells: &Cells) -> Result<Read<K>, Vec<CellProblem>> {
    let mut line = Line::new(names, cells);
    let subject = line.required_find(K::LAYOUT.subject);
    let valid = line.period(&K::LAYOUT);
    let value = K::read_line(&mut line);
    let problems = line.into_problems();
    match (subject, valid, value) {
        (Some(subject), Some(valid), Some(value)) if problems.is_empty() => Ok(Read { subject, valid, value }),
        _ => Err(problems),
    }
}
