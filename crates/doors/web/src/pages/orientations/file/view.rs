//! What the page of an orientation says, from what was read.

use std::collections::{BTreeMap, BTreeSet};

use base::{Date, Instant};
use facts::Fact;
use law::orientation::{Answer, Conclusion, Fact as MissingFact, Finding, OrientationRule, Target, Unless};
use support::follow_up::Stage;
use support::orientation::{Decision, Explanation, OrientationFile};
use territory::Names;

use super::super::words;
use crate::components::{Badge, Column, EmptyState, Fragment, Notice, Row, Table, Tone};
use crate::fr;

pub(super) struct View<'a> {
    pub file: &'a OrientationFile,
    pub names: &'a Names,
    pub today: Date,
    pub now: Instant,
}

/// « remplie », « non remplie », « inconnue »: by the mark and the word.
fn answer_badge(answer: Answer) -> Badge {
    let tone = match answer {
        Answer::Met => Tone::Ok,
        Answer::NotMet => Tone::Neutral,
        Answer::Unknown => Tone::Unknown,
    };
    Badge::new(tone, answer.label())
}

impl View<'_> {
    pub fn lead(&self) -> String {
        match &self.file.line {
            None => "Cette personne n’est pas à orienter aujourd’hui.".to_owned(),
            Some(line) => format!("{}.", fr::capitalised(line.stage.label())),
        }
    }

    /// The clock, when it runs.
    pub fn notices(&self) -> Vec<Notice> {
        let Some(line) = self.file.line.as_ref().filter(|line| line.stage == Stage::ToOrient) else {
            return Vec::new();
        };
        let late = line.due_on < self.today;
        let tone = if late { Tone::Danger } else { Tone::Info };
        let due = fr::date_long(line.due_on);
        let title = if late {
            format!("Le délai d’orientation est passé depuis le {due}")
        } else {
            format!("À orienter au plus tard le {due} ({})", fr::relative(line.due_on, self.today))
        };
        let told = format!(
            "Le département a été informé de l’ouverture du droit le {}. Passé ce délai, France Travail oriente la personne.",
            fr::date_long(line.informed_on)
        );
        vec![Notice::new(tone, title, told)]
    }

    /// What is proposed today, in one paragraph.
    pub fn conclusion(&self) -> Fragment {
        let Some(Explanation { proposal, outcome, same_rules }) = self.file.explanations.first() else {
            return EmptyState::new(
                "Aucune proposition encore",
                "Les règles sont appliquées après chaque import\u{a0}; le bouton «\u{a0}Calculer les propositions\u{a0}» des personnes à orienter les applique maintenant.",
            )
            .into();
        };
        let value = &proposal.value;
        let where_to = words::structure(self.names, value.structure, value.structure_kind);
        let said = format!("{where_to}, {}", words::path_name(value.path));
        let mut pieces: Vec<Fragment> = vec![Fragment::with_detail(
            Fragment::join([said.into(), words::kind_badge(value.kind).into()]),
            words::kind_explained(value.kind),
        )];
        if let Conclusion::Conditional { unless, .. } = &outcome.conclusion {
            pieces.extend(otherwise(unless).into_iter().map(|told| Fragment::with_detail("", told)));
        }
        let same = if *same_rules {
            String::new()
        } else {
            " Les règles du programme ont changé depuis\u{a0}: les phrases ci-dessous sont celles d’aujourd’hui."
                .to_owned()
        };
        let told = format!(
            "Proposé le {} par la règle «\u{a0}{}\u{a0}» ({}, version {}).{same}",
            fr::date_long(proposal.recorded_at.date()),
            rule_name(&value.rule),
            outcome.rule_set.label(),
            value.rule_set_version
        );
        pieces.push(Fragment::with_detail("", told));
        Fragment::join(pieces)
    }

    /// Each rule in its order: what it says, and the facts it read.
    pub fn findings(&self) -> Option<Table> {
        let explained = self.file.explanations.first()?;
        let rows = explained.outcome.findings.iter().zip(1..).map(|(finding, number)| {
            Row::new([
                Fragment::with_detail(format!("{number}. {}", finding.rule.label()), finding.rule.rule().summary_fr),
                answer_badge(finding.answer).into(),
                Fragment::with_detail(finding.why.as_str(), contradictions(finding)),
                facts_used(finding),
            ])
        });
        let columns = [
            Column::text("Règle, dans l’ordre"),
            Column::text("Réponse"),
            Column::text("Pourquoi"),
            Column::text("D’après"),
        ];
        Some(Table::new("regles-lues", "Règles lues", columns, rows).caption_hidden())
    }

    pub fn decisions(&self) -> Table {
        let rows = self.file.decisions.iter().map(|fact| {
            let value = &fact.value;
            Row::new([
                Fragment::with_detail(fr::moment(fact.recorded_at), self.author(fact)),
                Fragment::with_detail(
                    words::structure(self.names, Some(value.structure), value.structure_kind),
                    words::path_name(value.path),
                ),
                Fragment::with_detail(fr::capitalised(value.origin.label()), value.reason.as_str()),
                self.standing(fact.replaced_at),
            ])
        });
        let columns =
            [Column::text("Décidée le"), Column::text("Orientation"), Column::text("Motif"), Column::text("État")];
        Table::new("decisions", "Décisions", columns, rows).caption_hidden().empty(EmptyState::new(
            "Aucune décision",
            "Quelqu’un décide à partir de la proposition, ou autrement en disant pourquoi.",
        ))
    }

    fn author(&self, fact: &Fact<Decision>) -> String {
        let name = fact.provenance.author.and_then(|author| self.file.authors.get(&author));
        name.map_or_else(|| "Jonction".to_owned(), |name| format!("par {name}"))
    }

    fn standing(&self, replaced_at: Option<Instant>) -> Fragment {
        match replaced_at {
            None => Badge::ok("en vigueur").into(),
            Some(when) => {
                Fragment::with_detail(Badge::neutral("remplacée ou annulée"), format!("le {}", fr::moment(when)))
            }
        }
    }

    pub fn orientations(&self) -> Table {
        let rows = self.file.orientations.iter().map(|fact| {
            let value = &fact.value;
            let begins = if value.with_interview { "commence par un entretien de diagnostic" } else { "" };
            let state = match (fact.replaced_at, fact.valid.contains(self.today), fact.valid.from > self.now.date()) {
                (None, true, _) => Badge::ok("en cours").into(),
                (None, _, true) => Badge::info("à venir").into(),
                (None, false, false) => Badge::neutral("terminée").into(),
                (replaced, ..) => self.standing(replaced),
            };
            Row::new([
                fr::period(fact.valid).into(),
                Fragment::with_detail(self.names.name(value.structure), begins),
                fr::capitalised(&words::path_name(value.path)).into(),
                state,
            ])
        });
        let columns =
            [Column::text("Période"), Column::text("Structure"), Column::text("Parcours"), Column::text("État")];
        Table::new("orientations", "Orientations", columns, rows)
            .caption_hidden()
            .empty(EmptyState::new("Aucune orientation", "Elle commence le jour choisi dans la décision."))
    }

    /// The proposals before the one explained.
    pub fn proposals(&self) -> Option<Table> {
        let earlier = self.file.explanations.get(1..).filter(|earlier| !earlier.is_empty())?;
        let rows = earlier.iter().map(|Explanation { proposal, .. }| {
            let value = &proposal.value;
            let rule = rule_name(&value.rule);
            Row::new([
                fr::period(proposal.valid).into(),
                Fragment::with_detail(
                    words::structure(self.names, value.structure, value.structure_kind),
                    words::path_name(value.path),
                ),
                Fragment::with_detail(rule, value.kind.label()),
            ])
        });
        let columns = [Column::text("Période"), Column::text("Proposition"), Column::text("Règle")];
        Some(Table::new("propositions", "Propositions précédentes", columns, rows).caption_hidden())
    }
}

/// The short name of a rule; its code, when the program has forgotten it.
fn rule_name(code: &str) -> &str {
    OrientationRule::from_code(code).map_or(code, |rule| rule.label())
}

/// Where each kind of missing fact could lead, one sentence a structure.
fn otherwise(unless: &[Unless]) -> Vec<String> {
    let mut by_target: BTreeMap<Option<Target>, BTreeSet<MissingFact>> = BTreeMap::new();
    for unless in unless {
        by_target.entry(unless.target).or_default().extend(&unless.missing);
    }
    let told = |(target, missing): (Option<Target>, BTreeSet<MissingFact>)| {
        let facts: Vec<&str> = missing.iter().map(|fact| fact.label()).collect();
        let then = match target {
            Some(target) => format!("la proposition peut devenir «\u{a0}{}\u{a0}»", target.label()),
            None => "la personne peut ne pas être à orienter".to_owned(),
        };
        format!("Il manque {}\u{a0}: selon la réponse, {then}.", fr::list(&facts))
    };
    by_target.into_iter().map(told).collect()
}

/// The facts a rule read, each with its source and its day; those it lacks.
fn facts_used(finding: &Finding) -> Fragment {
    let used = finding.facts.iter().map(|used| {
        let source = format!("{}, {}", used.source.label(), fr::date_short(used.on));
        Fragment::with_detail(format!("{}\u{a0}: {}", fr::capitalised(used.fact.label()), used.value), source)
    });
    let missing = finding
        .missing
        .iter()
        .map(|fact| Fragment::from(Badge::new(Tone::Unknown, format!("il manque {}", fact.label()))));
    let all: Vec<Fragment> = used.chain(missing).collect();
    if all.is_empty() { "—".into() } else { Fragment::join(all) }
}

fn contradictions(finding: &Finding) -> String {
    let told: Vec<&str> = finding.contradictions.iter().map(|contradiction| contradiction.why.as_str()).collect();
    told.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_once_a_structure() {
        let lacking = |rule, missing: &[MissingFact], target| Unless { rule, missing: missing.to_vec(), target };
        let told = otherwise(&[
            lacking(OrientationRule::LocalRegistered, &[MissingFact::Registrations], Some(Target::FranceTravailAgency)),
            lacking(OrientationRule::LocalPrecariousHousing, &[MissingFact::Housing], Some(Target::SocialServiceSite)),
            lacking(
                OrientationRule::LocalRecommendedEmployment,
                &[MissingFact::Recommendation],
                Some(Target::FranceTravailAgency),
            ),
            lacking(OrientationRule::Eligibility, &[MissingFact::Role], None),
        ]);
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told.iter().any(|line| {
            line.contains("les inscriptions à France Travail et la préconisation de France Travail\u{a0}: selon")
        }));
        assert!(told.iter().any(|line| line.ends_with("la personne peut ne pas être à orienter.")), "{told:?}");
    }
}
