//! Publics: the groups a person belongs to at a date, derived from facts, each answer with its reason.
//!
//! Three answers: what the facts do not show is [`Answer::Unknown`], never « no ». A finding says which facts decided,
//! which one is missing, and the first day on which time alone may change it.

mod facts;
mod judge;
mod public;
mod reason;
mod rules;
#[cfg(test)]
mod tests;

use base::Date;
use serde::Serialize;

pub use facts::{BirthPrecision, Fact, FactSet, FamilySituation, Nature, PublicsInput, RightNature, RsaRole, Source};
pub use public::Public;
pub use reason::Reason;
pub(crate) use rules::SOCIAL_SERVICE_FROM;
pub use rules::{PARAMETERS, RULES, Thresholds};

/// Whether a person belongs to a public.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Yes,
    No,
    /// The facts do not tell.
    Unknown,
}

impl Answer {
    /// « oui », « non », « inconnu ».
    pub const fn label(self) -> &'static str {
        match self {
            Self::Yes => "oui",
            Self::No => "non",
            Self::Unknown => "inconnu",
        }
    }
}

/// The answer for one public.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Finding {
    pub public: Public,
    pub answer: Answer,
    /// What [`Finding::why`] says, as data.
    pub reason: Reason,
    /// The facts the answer rests on.
    pub decided_by: FactSet,
    /// The facts that would decide; empty unless the answer is unknown.
    pub missing: FactSet,
    /// First day on which the answer may differ while the facts stay the same; `None` when time changes nothing.
    pub until: Option<Date>,
}

impl Finding {
    /// Code of the rule that decided.
    pub const fn rule(&self) -> &'static str {
        self.public.rule()
    }

    /// Why the person is counted, is not, or why nobody can tell: one French sentence.
    pub fn why(&self) -> String {
        self.reason.sentence(self)
    }
}

/// The answers for every public, at one date.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Findings {
    findings: [Finding; Public::ALL.len()],
}

impl Findings {
    /// Every finding, in the order of [`Public::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter()
    }

    pub fn get(&self, public: Public) -> &Finding {
        &self.findings[usize::from(public.bit())]
    }

    /// One bit for each public whose answer is yes.
    pub fn mask_yes(&self) -> u64 {
        self.mask(Answer::Yes)
    }

    /// One bit for each public whose answer is unknown.
    pub fn mask_unknown(&self) -> u64 {
        self.mask(Answer::Unknown)
    }

    /// First day on which one of the answers may change by itself.
    pub fn next_change(&self) -> Option<Date> {
        self.findings.iter().filter_map(|finding| finding.until).min()
    }

    fn mask(&self, answer: Answer) -> u64 {
        self.findings.iter().filter(|finding| finding.answer == answer).fold(0, |mask, f| mask | f.public.mask())
    }
}

/// What the facts known for the day `on` say of every public.
pub fn publics(input: &PublicsInput, thresholds: &Thresholds, on: Date) -> Findings {
    let judge = judge::Judge { input, thresholds, on };
    Findings { findings: Public::ALL.map(|public| judge.finding(public)) }
}
