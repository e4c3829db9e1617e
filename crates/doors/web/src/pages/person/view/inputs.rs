//! What the feed does not say: the registration at France Travail, the questionnaire of the claim, the recommendation.
//! Each as it held on the day looked at, with the file and the day it comes from.

use exchange::inputs::Field;
use formats::recommendation as wire;
use law::orientation::{Employment, ProjectAbility, WirePath};
use law::questionnaire::Question;
use support::inputs::{Difficulties, JobseekerRegistration, SocioProfessional, impact_of};

use super::{View, lines_of};
use crate::components::{Column, Description, Fragment, Help, Row, Source, Table, Unknown};
use crate::fr;

impl View<'_> {
    /// « Fichier mensuel de France Travail du 20 octobre 2026, ligne 12 ».
    pub(super) fn source_of_table(&self, provenance: facts::Provenance) -> Option<Source> {
        let table = self.file.tables.get(&provenance.import?)?;
        let line = provenance.line.map(|line| format!(", ligne {}", fr::number(line))).unwrap_or_default();
        let (kind, day) = (fr::capitalised(table.kind.label()), fr::date_long(table.reference_date));
        let source = Source::new(format!("{kind}, fichier du {day}{line}"));
        Some(if self.opens_imports { source.href(format!("/imports/tableaux/{}", table.id)) } else { source })
    }

    /// The registration at France Travail that holds, or the last one.
    pub(in super::super) fn registration(&self) -> Description {
        let on = self.on();
        let Some(fact) = self.file.registrations.latest(on) else {
            return nothing("État", "aucun fichier de France Travail ne parle de cette personne");
        };
        let registration = &fact.value;
        let since = fr::date_long(registration.registered_on);
        let state = match fact.valid.to.filter(|to| *to <= on) {
            None => format!("inscription en cours depuis le {since}"),
            Some(to) => format!("inscription du {since}, absente du fichier depuis le {}", fr::date_long(to)),
        };
        let mut lines = Description::new().line("État", state);
        let reason = [registration.reason_label.as_str(), registration.reason.as_str()];
        let texts = [
            ("Identifiant", registration.identifier.as_str()),
            ("Catégorie", registration.category.as_str()),
            ("Motif d’inscription", reason.into_iter().find(|text| !text.is_empty()).unwrap_or_default()),
            ("Structure principale", registration.structure.as_str()),
            ("Modalité d’accompagnement", registration.support_kind.as_str()),
            ("Conseil à France Travail", registration.referent_name.as_str()),
        ];
        for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            lines = lines.line(name, text);
        }
        let difficulties = difficulties(registration.difficulties.0);
        if !difficulties.is_empty() {
            lines = lines.line("Difficultés signalées", difficulties.join(", "));
        }
        lines.line("Source", self.source_of(fact))
    }

    /// The registrations before it.
    pub(in super::super) fn earlier_registrations(&self) -> Option<Help> {
        let shown = self.file.registrations.latest(self.on()).map(|fact| fact.id);
        let earlier = self.file.registrations.0.iter().rev().filter(|fact| Some(fact.id) != shown);
        let rows: Vec<Row> = earlier
            .map(|fact| {
                let JobseekerRegistration { registered_on, category, .. } = &fact.value;
                let what = format!("inscription du {}", fr::date_long(*registered_on));
                let detail = if category.is_empty() { String::new() } else { format!("catégorie {category}") };
                Row::new([
                    Fragment::with_detail(what, detail),
                    fr::period(fact.valid).into(),
                    self.source_of(fact).into(),
                ])
            })
            .collect();
        let n = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        (n > 0).then(|| {
            let columns = [Column::text("Inscription"), Column::text("Constatée"), Column::text("Source")];
            let table = Table::new("inscriptions", "Autres inscriptions", columns, rows).caption_hidden();
            Help::new(fr::count(n, "autre inscription", "autres inscriptions"), table)
        })
    }

    /// The last answer to each question, with its day; « sans réponse » is not « non ».
    pub(in super::super) fn questionnaire(&self) -> Description {
        let on = self.on();
        let answered: Vec<&facts::Fact<SocioProfessional>> =
            self.file.questionnaires.0.iter().rev().filter(|fact| fact.valid.from <= on).collect();
        if answered.is_empty() {
            return nothing("Réponses", "aucun questionnaire n’a été reçu");
        }
        let said = |answer: &dyn Fn(&SocioProfessional) -> Option<String>| -> Fragment {
            let found = answered.iter().find_map(|fact| Some((answer(&fact.value)?, fact.valid.from)));
            match found {
                Some((words, day)) => {
                    Fragment::with_detail(fr::capitalised(&words), format!("répondu le {}", fr::date_long(day)))
                }
                None => Unknown::FEMININE.into(),
            }
        };
        let mut lines = Description::new();
        for question in Question::ALL {
            lines = lines.line(fr::capitalised(question.label()), said(&|answers| answers.said(question)));
        }
        let quick = |answers: &SocioProfessional| answers.quick_return.map(|quick| fr::yes_no(Some(quick)).to_owned());
        lines = lines.line("Retour rapide à l’emploi", said(&quick));
        let sources = answered.iter().map(|fact| Fragment::from(self.source_of(fact)));
        lines.line("Source", lines_of(sources))
    }

    /// What France Travail recommends, as its codes read.
    pub(in super::super) fn recommendation(&self) -> Description {
        let Some(fact) = self.file.recommendations.latest(self.on()) else {
            return nothing("Parcours", "aucune préconisation n’a été reçue");
        };
        let recommendation = &fact.value;
        let path = match WirePath::from_code(&recommendation.path) {
            Some(path) => format!("{} (code\u{a0}{})", path.label(), path.code()),
            None => format!("code\u{a0}{} (non répertorié)", recommendation.path),
        };
        let made = format!("préconisé le {}", fr::date_long(fact.valid.from));
        let mut lines = Description::new().line("Parcours", Fragment::with_detail(fr::capitalised(&path), made));
        let listed = |list: &[wire::Code], code: &str| wire::label(list, code).unwrap_or(code).to_owned();
        let texts = [
            ("Organisme", listed(&wire::ORGANS, &recommendation.organ)),
            ("Statut", listed(&wire::STATUSES, &recommendation.status)),
            ("État", readable(&recommendation.state)),
            ("Origine", readable(&recommendation.origin)),
            ("Motif de refus", readable(&recommendation.refusal_reason)),
            ("Projet professionnel", recommendation.project.clone()),
        ];
        for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            lines = lines.line(name, text);
        }
        let named = |prefix: &str, code: &str| {
            let label = Field::find(&format!("{prefix}.{code}")).map(|field| field.label);
            label.unwrap_or(code).to_owned()
        };
        for (code, text) in &recommendation.constraints.0 {
            let impact = impact_of(text).map(|impact| format!("impact\u{a0}: {}", impact.label()));
            lines = lines.line(named("constraint", code), impact.unwrap_or_else(|| readable(text)));
        }
        for (code, text) in &recommendation.criteria.0 {
            let known = Employment::from_code(text)
                .map(Employment::label)
                .or_else(|| ProjectAbility::from_code(text).map(ProjectAbility::label));
            lines = lines.line(named("criterion", code), known.map_or_else(|| readable(text), str::to_owned));
        }
        lines.line("Source", self.source_of(fact))
    }
}

/// A part of which nothing is known, and why.
fn nothing(name: &str, why: &str) -> Description {
    Description::new().line(name, Fragment::with_detail(Unknown::MASCULINE, why))
}

fn difficulties(flags: Difficulties) -> Vec<&'static str> {
    let Difficulties { financial, administrative, health, housing, transport, communication, family } = flags;
    [
        (financial, "finances"),
        (administrative, "démarches administratives"),
        (health, "santé"),
        (housing, "logement"),
        (transport, "transport"),
        (communication, "communication"),
        (family, "famille"),
    ]
    .into_iter()
    .filter(|(flag, _)| *flag == Some(true))
    .map(|(_, label)| label)
    .collect()
}

/// « en attente » of `EN_ATTENTE`: codes of no list, as words.
fn readable(code: &str) -> String {
    code.replace('_', " ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_without_list_is_read_as_words() {
        assert_eq!(readable("EN_ATTENTE"), "en attente");
        let flags = Difficulties { health: Some(true), housing: Some(false), ..Difficulties::default() };
        assert_eq!(difficulties(flags), ["santé"]);
    }
}
