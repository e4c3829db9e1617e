use base::Id;
use db::Json;
use facts::Tenant;
use platform::{Account, Structure};
use territory::structures::StructureKind;

use crate::person::Person;

db::codes! {
    /// The three paths of the law (CASF, art. L.262-29).
    pub enum Path {
        Employment = "path_employment",
        SocioProfessional = "path_socio_professional",
        Social = "path_social",
    }
}

impl Path {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Employment => "Emploi",
            Self::SocioProfessional => "Socio-professionnel",
            Self::Social => "Social",
        }
    }
}

db::codes! {
    /// How far the rules went.
    pub enum ProposalKind {
        /// One rule decided, and nothing unknown could have decided before it.
        Proposed = "proposed",
        /// A rule decided, but an earlier one lacks a fact.
        Conditional = "conditional",
        /// No rule decides: an assessment interview will.
        Interview = "interview",
    }
}

impl ProposalKind {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Proposed => "proposée",
            Self::Conditional => "sous réserve",
            Self::Interview => "entretien de diagnostic",
        }
    }
}

facts::kind! {
    /// What the rules proposed, with the facts they had: said again by the same rules, these tell why.
    pub struct Proposal in "orientation_proposal" about person: Person {
        pub rule_set: String,
        /// Fingerprint of the rules and numbers that were in force.
        pub rule_set_version: String,
        /// Code of the rule that decided.
        pub rule: String,
        pub kind: ProposalKind,
        pub path: Path,
        pub structure_kind: StructureKind,
        /// `None` when no structure of that kind serves the person's commune.
        pub structure: Option<Id<Structure>>,
        pub facts: Json<law::orientation::Facts>,
    }
}

db::codes! {
    /// What led to a decision.
    pub enum Origin {
        /// Among others, from a list.
        Bulk = "bulk",
        Individual = "individual",
        AfterInterview = "assessment_interview",
        Reorientation = "reorientation",
        /// The person has moved to the sector of another structure.
        RelocationTransfer = "relocation_transfer",
    }
}

impl Origin {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Bulk => "décision en lot",
            Self::Individual => "décision individuelle",
            Self::AfterInterview => "entretien de diagnostic",
            Self::Reorientation => "réorientation",
            Self::RelocationTransfer => "transfert après déménagement",
        }
    }
}

facts::kind! {
    /// What somebody decided. The day it holds from is the day it was taken.
    pub struct Decision in "orientation_decision" about person: Person {
        pub path: Path,
        pub structure_kind: StructureKind,
        pub structure: Id<Structure>,
        /// The structure begins with an assessment interview.
        pub with_interview: bool,
        pub origin: Origin,
        /// The proposal that was on screen.
        pub proposal: Option<Id<Proposal>>,
        /// Why, in words; required where the decision differs from the proposal.
        pub reason: String,
        pub batch: Option<Id<Batch>>,
    }
}

facts::kind! {
    /// The orientation in force: from when the structure is in charge.
    pub struct Orientation in "orientation" about person: Person {
        pub path: Path,
        pub structure: Id<Structure>,
        pub with_interview: bool,
        pub decision: Option<Id<Decision>>,
    }
}

/// What is chosen for one person.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Choice {
    pub path: Path,
    pub structure_kind: StructureKind,
    pub structure: Id<Structure>,
    pub with_interview: bool,
    pub reason: String,
}

db::codes! {
    /// What a list decides.
    pub enum BatchKind {
        Orientation = "orientation",
        Designation = "designation",
    }
}

db::codes! {
    /// Where a line of a list stands.
    pub enum LineState {
        Waiting = "waiting",
        Done = "done",
        Refused = "refused",
        Undone = "undone",
    }
}

impl LineState {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "en attente",
            Self::Done => "décidée",
            Self::Refused => "non décidée",
            Self::Undone => "annulée",
        }
    }
}

db::record! {
    /// A list decided at once by somebody.
    #[derive(Clone, PartialEq, Debug)]
    pub struct Batch in "batch" {
        pub id: Id<Batch>,
        pub tenant: Id<Tenant>,
        pub kind: BatchKind,
        pub asked_by: Id<Account>,
        pub mandate: i64,
        pub asked_at: base::Instant,
        pub order_given: Json<serde_json::Value>,
        pub lines: i64,
        pub finished_at: Option<base::Instant>,
        pub undone_at: Option<base::Instant>,
    }
}
