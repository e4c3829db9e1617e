//! The letter that tells a candidate what was decided, and why.

use base::{Date, fr};
use print::{Block, Document, Signature, Text};

use super::{Issue, Reserves};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AdmissionDecision {
    Admitted,
    /// On the waiting list.
    Waiting,
    Refused,
}

/// A decision on an application.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AdmissionLetter {
    pub issue: Issue,
    pub candidate: String,
    pub address: Option<String>,
    /// The title, and the cohort that prepares to it.
    pub title: String,
    pub cohort: String,
    pub starts_on: Option<Date>,
    pub decided_on: Date,
    pub decision: AdmissionDecision,
    /// Each a sentence.
    pub reasons: Vec<String>,
    /// What the candidate does next, or whom to ask.
    pub next_steps: Vec<String>,
    /// Who decided; empty where the name is to be written by hand.
    pub signatory: String,
    pub to_verify: Vec<String>,
}

impl AdmissionLetter {
    pub fn document(&self) -> Document {
        let reserves = Reserves { to_verify: self.to_verify.clone(), to_complete: Vec::new() };
        let verdict = match self.decision {
            AdmissionDecision::Admitted => "votre candidature est retenue.",
            AdmissionDecision::Waiting => "votre candidature est inscrite sur la liste d’attente.",
            AdmissionDecision::Refused => "votre candidature n’est pas retenue.",
        };
        let mut to = Text::new().bold(self.candidate.as_str());
        if let Some(address) = &self.address {
            to = to.plain(format!("\n{address}"));
        }
        let mut course =
            vec![("Formation", Text::from(self.title.as_str())), ("Promotion", self.cohort.as_str().into())];
        if let Some(day) = self.starts_on {
            course.push(("Début", fr::date_long(day).into()));
        }
        let mut document = self
            .issue
            .document("Décision sur votre candidature", &reserves)
            .block(to)
            .block(Block::pairs(course))
            .block(
                Text::new()
                    .plain(format!("Après examen de votre candidature, le {}, ", fr::date_long(self.decided_on)))
                    .bold(verdict),
            );
        if !self.reasons.is_empty() {
            document = document.block(Block::section("Les raisons")).block(Block::list(self.reasons.iter().cloned()));
        }
        if !self.next_steps.is_empty() {
            document = document.block(Block::section("La suite")).block(Block::list(self.next_steps.iter().cloned()));
        }
        document.block(Block::Signatures(vec![Signature::new("Pour l’école", self.signatory.as_str())]))
    }
}
