use base::Date;
use serde::{Deserialize, Serialize};

use super::facts::{Fact, Source};
use super::path::{Path, Target};
use super::rules::OrientationRule;
use crate::coded::coded;

coded! {
    /// One of the two lists of rules.
    pub enum RuleSet {
        /// The ordered list of the département.
        Local = "local",
        /// The national criteria since 2025.
        National = "national",
    }

    /// What a rule says.
    pub enum Answer {
        Met = "met",
        NotMet = "not_met",
        /// A fact is missing, named by the finding.
        Unknown = "unknown",
    }

    /// Why somebody is not to be oriented.
    pub enum NotConcerned {
        /// Neither applicant nor partner.
        NotAdult = "not_adult",
        RightNotPayable = "right_not_payable",
        WithoutObligations = "without_obligations",
    }
}

/// A path, a kind of structure, and whether an assessment interview comes first.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Proposal {
    pub path: Path,
    pub target: Target,
    /// The association, when the target is one.
    pub association: Option<String>,
    /// Whether the rules leave the choice of the path to an interview in that structure.
    pub assessment_interview: bool,
    /// The rule that proposes.
    pub rule: OrientationRule,
}

/// What a rule passed by for want of a fact would propose.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Unless {
    pub rule: OrientationRule,
    /// The facts that would decide.
    pub missing: Vec<Fact>,
    /// `None`: the person would not be oriented at all.
    pub target: Option<Target>,
}

/// What the rules conclude.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Conclusion {
    /// A rule is met and every rule before it is not.
    Proposed {
        proposal: Proposal,
    },
    /// The same, unless one of the rules before it turns out to be met once its missing facts are known.
    Conditional {
        proposal: Proposal,
        unless: Vec<Unless>,
    },
    /// Every fact asked for is known and no rule decides.
    AssessmentInterview {
        proposal: Proposal,
    },
    NotConcerned {
        reason: NotConcerned,
    },
}

/// A fact as a rule used it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FactUsed {
    pub fact: Fact,
    /// Its value in French: « 2 enfants ».
    pub value: String,
    pub source: Source,
    pub on: Date,
}

/// Two facts that cannot both hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Contradiction {
    pub kept: FactUsed,
    pub set_aside: FactUsed,
    /// What disagrees and which one is kept: one French sentence, addressed to the person.
    pub why: String,
}

/// What one rule says of the person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Finding {
    pub rule: OrientationRule,
    pub answer: Answer,
    /// One French sentence addressed to the person (« vous »).
    pub why: String,
    pub facts: Vec<FactUsed>,
    /// The facts that would decide; empty unless the answer is unknown.
    pub missing: Vec<Fact>,
    pub contradictions: Vec<Contradiction>,
}

/// What the rules of one day say of one person. It is whole: stored with a proposal, it still explains it when rules
/// and facts have changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Outcome {
    pub rule_set: RuleSet,
    /// Identifies the rules applied, their switches and their numbers: see [`Settings::version`](super::Settings).
    pub version: String,
    /// The day whose rules and facts were used.
    pub on: Date,
    pub conclusion: Conclusion,
    /// What each rule asked said, in order, down to the one that decided.
    pub findings: Vec<Finding>,
}

impl RuleSet {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Local => "Règles ordonnées du département",
            Self::National => "Critères nationaux",
        }
    }
}

impl Answer {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Met => "remplie",
            Self::NotMet => "non remplie",
            Self::Unknown => "inconnue",
        }
    }
}

impl NotConcerned {
    /// French sentence about the person.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NotAdult => "Seuls le demandeur et le conjoint sont orientés.",
            Self::RightNotPayable => "Le droit n’est pas ouvert et versable.",
            Self::WithoutObligations => "La personne n’est pas soumise aux droits et devoirs.",
        }
    }
}

impl Outcome {
    /// What is proposed; `None` when the person is not concerned.
    pub fn proposal(&self) -> Option<&Proposal> {
        match &self.conclusion {
            Conclusion::Proposed { proposal }
            | Conclusion::Conditional { proposal, .. }
            | Conclusion::AssessmentInterview { proposal } => Some(proposal),
            Conclusion::NotConcerned { .. } => None,
        }
    }
}
