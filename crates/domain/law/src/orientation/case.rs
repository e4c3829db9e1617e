use base::{Date, fr};

use super::facts::{Fact, Facts, Known, Sourced};
use super::outcome::{Answer, Contradiction, FactUsed};
use super::settings::Settings;

/// The person, the numbers and the day a rule is read for.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub facts: &'a Facts,
    pub settings: &'a Settings,
    pub on: Date,
}

/// What a rule said, before it is tied to its place in the list.
pub(super) struct Verdict {
    pub answer: Answer,
    pub why: String,
    pub facts: Vec<FactUsed>,
    pub missing: Vec<Fact>,
    pub contradictions: Vec<Contradiction>,
}

impl Verdict {
    /// What applies when nothing else does.
    pub fn resort(why: String) -> Self {
        Case::default().answer(Some(true), why, String::new(), "")
    }
}

/// What a rule has asked for so far. `Option<bool>` is the three-valued answer: `None` is unknown.
#[derive(Default)]
pub(super) struct Case {
    facts: Vec<FactUsed>,
    missing: Vec<Fact>,
    contradictions: Vec<Contradiction>,
}

impl Case {
    /// The value kept of a fact. What is unknown is noted as missing, what disagrees as a contradiction.
    pub fn ask<'f, T: PartialEq>(
        &mut self,
        fact: Fact,
        known: &'f Known<T>,
        show: impl Fn(&T) -> String,
    ) -> Option<&'f T> {
        let Some(kept) = known.kept() else {
            self.missing.push(fact);
            return None;
        };
        let used = |sourced: &Sourced<T>| FactUsed {
            fact,
            value: show(&sourced.value),
            source: sourced.source,
            on: sourced.on,
        };
        self.facts.push(used(kept));
        for other in known.set_aside() {
            let (kept, set_aside) = (used(kept), used(other));
            let why = disagreement(&kept, &set_aside);
            self.contradictions.push(Contradiction { kept, set_aside, why });
        }
        Some(&kept.value)
    }

    /// A fact this rule does not read, which contradicts the one it reads (asked for last).
    pub fn contradicted_by<T>(&mut self, fact: Fact, known: &Known<T>, show: impl Fn(&T) -> String) {
        if let (Some(other), Some(kept)) = (known.kept(), self.facts.last()) {
            let set_aside = FactUsed { fact, value: show(&other.value), source: other.source, on: other.on };
            let why = format!(
                "{} et {} se contredisent\u{a0}: {} et {}. Cette règle lit {}.",
                fr::capitalised(kept.fact.label()),
                fact.label(),
                said(kept),
                said(&set_aside),
                kept.fact.label()
            );
            self.contradictions.push(Contradiction { kept: kept.clone(), set_aside, why });
        }
    }

    /// A fact asked for that cannot be read: its code is in no list, or it contradicts itself.
    pub fn unreadable(&mut self, fact: Fact) {
        self.missing.push(fact);
    }

    /// Closes the case. `question` follows « Nous ne savons pas ».
    pub fn answer(mut self, answer: Option<bool>, met: String, not_met: String, question: &str) -> Verdict {
        let (answer, why) = match answer {
            Some(true) => (Answer::Met, met),
            Some(false) => (Answer::NotMet, not_met),
            None => {
                let missing: Vec<&str> = self.missing.iter().map(|fact| fact.label()).collect();
                let why = format!(
                    "Nous ne savons pas {question}\u{a0}: pour le dire, il faudrait connaître {}.",
                    fr::list(&missing)
                );
                (Answer::Unknown, why)
            }
        };
        if answer != Answer::Unknown {
            self.missing.clear();
        }
        Verdict { answer, why, facts: self.facts, missing: self.missing, contradictions: self.contradictions }
    }
}

/// Both, in three-valued logic: one « no » is enough.
pub(super) fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// « oui », « non ».
pub(super) fn yes_no(value: &bool) -> String {
    if *value { "oui".to_owned() } else { "non".to_owned() }
}

fn said(fact: &FactUsed) -> String {
    format!("«\u{a0}{}\u{a0}» le {} d’après {}", fact.value, fr::date_long(fact.on), fact.source.label_with_article())
}

fn disagreement(kept: &FactUsed, set_aside: &FactUsed) -> String {
    let because = if kept.on == set_aside.on { "de la première source" } else { "la plus récente" };
    format!(
        "Deux sources ne disent pas la même chose sur {}\u{a0}: {}, et {}. L’information {because} est retenue.",
        kept.fact.label(),
        said(kept),
        said(set_aside)
    )
}
