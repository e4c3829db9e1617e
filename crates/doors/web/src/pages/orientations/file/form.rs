//! The form of a decision by hand: path, structure, first day, and why when it is not what was proposed.

use base::{Date, Id, fold};
use law::orientation::OrientationRule;
use platform::Structure;
use support::orientation::{Choice, OrientationFile, Origin, Path, ProposalKind};
use territory::structures::StructureKind;
use territory::{Names, SubjectKind};

use super::super::{kinds, words};
use crate::components::{Button, Choice as Answer, Field, Form};
use crate::fr;

/// The answer that leads to the text beside.
const OTHER: &str = "autre";

/// Why somebody is oriented again.
const AGAIN: [Origin; 3] = [Origin::AfterInterview, Origin::Reorientation, Origin::RelocationTransfer];

/// A structure of the person's sector.
pub(super) struct Destination {
    pub id: String,
    pub name: String,
    pub hint: String,
}

/// What was typed, with what is to be mended.
#[derive(Clone, Default)]
pub(super) struct Sent {
    path: String,
    structure: String,
    other: String,
    starts_on: String,
    with_interview: bool,
    reason: String,
    origin: String,
    path_error: Option<String>,
    structure_error: Option<String>,
    other_error: Option<String>,
    date_error: Option<String>,
    origin_error: Option<String>,
    /// What is wrong with the whole: the answer of the service.
    pub problem: Option<String>,
}

impl Sent {
    /// The form as the proposal fills it.
    pub fn proposed(file: &OrientationFile, today: Date) -> Self {
        let mut sent = Self { starts_on: today.to_string(), ..Self::default() };
        if let Some(explained) = file.explanations.first() {
            let proposal = &explained.proposal.value;
            proposal.path.as_code().clone_into(&mut sent.path);
            let rule = OrientationRule::from_code(&proposal.rule);
            sent.with_interview = proposal.kind == ProposalKind::Interview || words::left_to_interview(rule);
            sent.structure = proposal.structure.map(|structure| structure.to_string()).unwrap_or_default();
        }
        sent
    }

    pub fn read(body: &[u8]) -> Self {
        let mut sent = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let value = value.trim().to_owned();
            match &*name {
                "parcours" => sent.path = value,
                "structure" => sent.structure = value,
                "autre" => sent.other = value,
                "debut" => sent.starts_on = value,
                "entretien" => sent.with_interview = value == "oui",
                "motif" => sent.reason = value,
                "origine" => sent.origin = value,
                _ => {}
            }
        }
        sent
    }

    /// The choice, its first day and where it comes from; `None` with the errors noted.
    pub fn check(&mut self, names: &Names, today: Date, first: bool) -> Option<(Choice, Date, Origin)> {
        let path = Path::from_code(&self.path);
        if path.is_none() {
            self.path_error = Some("Choisissez un parcours.".to_owned());
        }
        let structure = self.destination(names);
        let starts_on: Option<Date> = self.starts_on.parse().ok();
        match starts_on {
            None => self.date_error = Some("Indiquez le premier jour, par exemple 01/12/2026.".to_owned()),
            Some(day) if day < today => {
                self.date_error = Some("Une décision prend effet le jour où elle est prise, ou plus tard.".to_owned());
            }
            Some(_) => {}
        }
        let origin = match first {
            true => Some(Origin::Individual),
            false => Origin::from_code(&self.origin).filter(|origin| AGAIN.contains(origin)),
        };
        if origin.is_none() {
            self.origin_error = Some("Dites ce qui amène cette nouvelle décision.".to_owned());
        }
        let (structure, structure_kind) = structure?;
        let starts_on = starts_on.filter(|_| self.date_error.is_none())?;
        let choice = Choice {
            path: path?,
            structure_kind,
            structure,
            with_interview: self.with_interview,
            reason: self.reason.clone(),
        };
        Some((choice, starts_on, origin?))
    }

    fn destination(&mut self, names: &Names) -> Option<(Id<Structure>, StructureKind)> {
        let typed = self.structure == OTHER;
        let found = match typed {
            true => named(names, &self.other),
            false => self.structure.parse().ok(),
        };
        let kind = found.and_then(|structure| names.kind(structure)).filter(|kind| kinds().any(|own| own == *kind));
        match (typed, kind) {
            (true, None) if self.other.is_empty() => {
                self.other_error = Some("Écrivez le nom de la structure.".to_owned());
            }
            (true, None) => {
                self.other_error = Some(format!(
                    "Aucune structure qui reçoit des orientations ne s’appelle «\u{a0}{}\u{a0}»\u{a0}: choisissez-la dans la liste proposée.",
                    self.other
                ));
            }
            (false, None) => self.structure_error = Some("Choisissez une structure.".to_owned()),
            (_, Some(_)) => {}
        }
        Some((found?, kind?))
    }
}

/// A structure by its name as the list of suggestions writes it, or by its code.
fn named(names: &Names, text: &str) -> Option<Id<Structure>> {
    if let Some(structure) = names.find(text) {
        return Some(structure);
    }
    let wanted = fold(text);
    let (code, _) = names.offered(SubjectKind::Structure).into_iter().find(|(_, name)| fold(name) == wanted)?;
    names.find(code)
}

/// What the form needs of the person.
pub(super) struct DecisionForm<'a> {
    pub action: String,
    /// Nothing has been decided about the person yet.
    pub first: bool,
    pub destinations: &'a [Destination],
}

impl DecisionForm<'_> {
    pub fn form(&self, sent: &Sent) -> Form {
        let paths = Path::ALL.iter().map(|path| Answer::new(path.as_code(), path.label()));
        let offered = self
            .destinations
            .iter()
            .map(|destination| Answer::new(&*destination.id, &*destination.name).hint(&*destination.hint));
        let other = Answer::new(OTHER, "Une autre structure").hint("Écrivez son nom ci-dessous.");
        let mut form = Form::post(&*self.action)
            .without_focus()
            .problem(sent.problem.clone())
            .field(
                Field::radios("parcours", "Parcours", paths)
                    .value(&*sent.path)
                    .required()
                    .error(sent.path_error.clone()),
            )
            .field(
                Field::radios("structure", "Structure", offered.chain([other]))
                    .hint("Celles qui desservent la commune de la personne.")
                    .value(&*sent.structure)
                    .required()
                    .error(sent.structure_error.clone()),
            )
            .field(
                Field::typeahead("autre", "Autre structure", "/fragments/orientations/structures")
                    .value(&*sent.other)
                    .error(sent.other_error.clone()),
            )
            .field(
                Field::date("debut", "À partir du").value(&*sent.starts_on).required().error(sent.date_error.clone()),
            )
            .field(Field::checkbox("entretien", "Commence par un entretien de diagnostic", sent.with_interview));
        if !self.first {
            let again = AGAIN.map(|origin| Answer::new(origin.as_code(), fr::capitalised(origin.label())));
            form = form.field(
                Field::radios("origine", "Ce qui amène cette nouvelle décision", again)
                    .value(&*sent.origin)
                    .required()
                    .error(sent.origin_error.clone()),
            );
        }
        form.field(
            Field::textarea("motif", "Motif", 3)
                .hint("Nécessaire quand la décision diffère de la proposition. La personne peut lire ce que vous écrivez.")
                .value(&*sent.reason),
        )
        .button(Button::primary("Décider"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn every_fault_is_told_beside_its_field() {
        let mut sent = Sent::read(b"parcours=x&structure=autre&autre=Nulle+part&debut=2026-02-30");
        assert!(sent.check(&Names::default(), date(2026, 11, 22), false).is_none());
        assert!(sent.path_error.is_some() && sent.date_error.is_some() && sent.origin_error.is_some());
        assert!(sent.other_error.is_some_and(|error| error.contains("Nulle part")));
    }

    #[test]
    fn nothing_begins_before_it_is_decided() {
        let mut sent = Sent::read(b"parcours=path_social&debut=2026-11-21");
        assert!(sent.check(&Names::default(), date(2026, 11, 22), true).is_none());
        assert!(sent.date_error.is_some() && sent.structure_error.is_some() && sent.origin_error.is_none());
    }
}
