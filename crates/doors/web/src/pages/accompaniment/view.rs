//! What is shown of an accompaniment. Plain functions of what was read.

use std::collections::BTreeMap;

use super::{Accompaniment, Date, Fact, FollowUp, Fragment, Id, Meeting, MeetingStatus, NoteShown, Person, Step};
use crate::components::{
    ActionForm, Badge, Button, Column, Description, EmptyState, Link, Notice, Row, Table, Tone, Unknown,
};
use crate::fr;
use crate::pages::caseload::status_tone;
use crate::pages::follow_words as words;
use platform::{Account, Structure};
use support::follow_up::Phase;
use support::meeting::Secrecy;
use territory::Names;

pub(super) struct View<'a> {
    pub(super) person: Id<Person>,
    pub(super) line: Option<&'a FollowUp>,
    pub(super) known: &'a Accompaniment,
    pub(super) accounts: &'a BTreeMap<Id<Account>, String>,
    pub(super) names: &'a Names,
    pub(super) today: Date,
    pub(super) may_accompany: bool,
}

impl View<'_> {
    fn account(&self, account: Id<Account>) -> &str {
        self.accounts.get(&account).map_or("quelqu’un d’autre", String::as_str)
    }

    pub(super) fn badges(&self) -> Vec<Fragment> {
        let Some(line) = self.line else {
            return vec![Badge::neutral("ni à orienter, ni accompagnée").into()];
        };
        let phase = (line.phase != Phase::New).then(|| Badge::neutral(format!("phase\u{a0}: {}", line.phase.label())));
        [Badge::info(fr::capitalised(line.stage.label()))].into_iter().chain(phase).map(Fragment::from).collect()
    }

    pub(super) fn summary(&self) -> Description {
        let Some(line) = self.line else { return Description::new() };
        let structure = line.structure.map(|structure| self.names.name(structure));
        let counsellor = line.counsellor.map_or("personne", |account| self.account(account));
        Description::new()
            .line("Structure", Unknown::FEMININE.or(structure))
            .line("Référent unique", counsellor)
            .line("Parcours", line.path.map_or_else(|| "pas encore décidé".into(), |path| Fragment::from(path.label())))
            .line("Confiée le", line.started_on.map_or_else(|| "—".to_owned(), fr::date_long))
            .line(
                "Premier rendez-vous honoré",
                line.first_met_on.map_or_else(|| "pas encore".to_owned(), fr::date_long),
            )
            .line("Entretiens individuels honorés sur douze mois", fr::number(line.individual_meetings))
            .line("Prochain rendez-vous", words::next_meeting(line))
    }

    /// Somebody else's people may be read, and what one writes is then in one's own structure's name.
    pub(super) fn not_in_charge(&self, own: Option<Id<Structure>>) -> Option<Notice> {
        let (line, own) = (self.line?, own?);
        let structure = line.structure.filter(|structure| *structure != own)?;
        let told = format!(
            "La structure en charge est «\u{a0}{}\u{a0}». Ce que vous écrivez ici le sera au nom de la vôtre.",
            self.names.name(structure)
        );
        Some(Notice::new(Tone::Info, "Votre structure n’accompagne pas cette personne", told))
    }

    pub(super) fn meetings(&self) -> Table {
        let columns = [
            Column::text("Quand"),
            Column::text("Rendez-vous"),
            Column::text("Avec"),
            Column::text("Issue"),
            Column::actions("Noter ou corriger l’issue"),
        ];
        let rows = self.known.meetings.iter().map(|fact| {
            let meeting = &fact.value;
            let what = [meeting.purpose.as_str(), meeting.place.as_str()];
            let what: Vec<&str> = what.into_iter().filter(|text| !text.is_empty()).collect();
            let past = fact.valid.from <= self.today;
            let (status, tone) = match meeting.status {
                MeetingStatus::Planned if fact.valid.from < self.today => ("issue à noter", Tone::Warning),
                status => (status.label(), status_tone(status)),
            };
            Row::new([
                format!("{} à {}", fr::date_long(fact.valid.from), meeting.hour()).into(),
                Fragment::with_detail(meeting.kind.label(), what.join(", ")),
                self.account(meeting.counsellor).into(),
                Badge::new(tone, status).into(),
                self.may_accompany.then(|| self.outcome_link(fact, past)).into(),
            ])
        });
        let empty = EmptyState::new(
            "Aucun rendez-vous pour le moment",
            "Fixez le premier dans le formulaire «\u{a0}Après l’entretien\u{a0}», en bas\u{a0}: seule la date suffit.",
        );
        Table::new("rendez-vous-liste", "Rendez-vous", columns, rows).caption_hidden().empty(empty)
    }

    fn outcome_link(&self, fact: &Fact<Meeting>, past: bool) -> Link {
        let label = match (fact.value.status, past) {
            (MeetingStatus::Planned, true) => "Noter l’issue",
            (MeetingStatus::Planned, false) => "Annuler ou excuser",
            _ => "Corriger l’issue",
        };
        Link::new(format!("{}?rdv={}#apres", words::href(self.person), fact.value.number), label)
            .context(format!(" du rendez-vous du {}", fr::date_long(fact.valid.from)))
    }

    pub(super) fn steps(&self) -> Table {
        let columns =
            [Column::text("Action"), Column::text("Par qui"), Column::text("Échéance"), Column::actions("Faite")];
        let rows = self.known.steps.iter().map(|fact| self.step(fact));
        let empty = EmptyState::new(
            "Aucune action notée",
            "Une action dit ce qui se passe d’ici le prochain rendez-vous\u{a0}: qui fait quoi, et pour quand.",
        );
        Table::new("actions", "Actions", columns, rows).caption_hidden().empty(empty)
    }

    fn step(&self, fact: &Fact<Step>) -> Row {
        let step = &fact.value;
        let when: Fragment = match (step.done_on, step.due_on) {
            (Some(done), _) => Badge::ok(format!("faite le {}", fr::date_long(done))).into(),
            (None, Some(due)) if due < self.today => Badge::danger(format!("en retard, {}", fr::date_long(due))).into(),
            (None, Some(due)) => format!("{}, {}", fr::date_long(due), fr::relative(due, self.today)).into(),
            (None, None) => "sans date".into(),
        };
        let path = format!("{}/actions/{}", words::href(self.person), step.number);
        let button = match step.done_on {
            None => ActionForm::new(format!("{path}/faite"), Button::secondary("Faite")),
            Some(_) => ActionForm::new(format!("{path}/a-faire"), Button::quiet("Remettre à faire")),
        };
        Row::new([
            step.text.as_str().into(),
            fr::capitalised(step.by_whom.label()).into(),
            when,
            self.may_accompany.then_some(button).into(),
        ])
    }

    pub(super) fn notes(&self) -> Vec<NoteShown> {
        let notes = self.known.notes.iter().map(|fact| {
            let author = fact.provenance.author.map_or("quelqu’un", |author| self.account(author));
            NoteShown {
                about: format!("{}, {author}", fr::date_long(fact.valid.from)),
                secret: fact.value.secrecy == Secrecy::Social,
                text: fact.value.text.clone(),
            }
        });
        notes.collect()
    }
}

pub(super) fn no_note() -> EmptyState {
    EmptyState::new(
        "Aucune note à lire",
        "Une note s’écrit dans «\u{a0}Après l’entretien\u{a0}». La personne peut demander à la lire.",
    )
}

/// « 2 notes réservées au service social », when there are some.
pub(super) fn withheld(notes: usize) -> String {
    if notes == 0 {
        return String::new();
    }
    let count = fr::count(notes as u64, "note réservée", "notes réservées");
    format!(
        "{count} au service social (secret professionnel, CASF, art. L.411-3)\u{a0}: votre mandat ne permet pas de lire ce qui y est écrit."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_with_the_social_service_is_said() {
        assert_eq!(withheld(0), "");
        assert!(withheld(1).starts_with("1\u{a0}note réservée au service social"));
        assert!(withheld(2).starts_with("2\u{a0}notes réservées au service social"));
    }
}
