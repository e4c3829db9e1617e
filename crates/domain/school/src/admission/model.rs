use base::{Date, Email, Id, Phone};
use db::Json;
use platform::{Account, Organisation, Structure, Tenant};
use territory::posts::Post;

use crate::cohort::Cohort;
use crate::contract::Tutor;

/// Label of the identifiers of candidates and people in training.
pub enum Learner {}
/// Label of the identifiers of places.
pub enum Place {}

db::record! {
    /// Somebody who applied to a school, and may train there.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct LearnerRecord in "learner" {
        pub id: Id<Learner>,
        pub tenant: Id<Tenant>,
        pub organisation: Id<Organisation>,
        /// Number in the file they came from; empty when typed in.
        pub reference: String,
    }
}

facts::kind! {
    /// Who somebody is. Nothing is asked that has no direct and necessary link with the training (C. trav., art. L6353-9).
    pub struct LearnerIdentity in "learner_identity" about learner: Learner {
        pub last_name: String,
        pub first_name: String,
        pub birth_date: Date,
        pub email: Option<Email>,
        pub phone: Option<Phone>,
        /// Recognised as a disabled worker; nobody is asked why.
        pub disabled: Option<bool>,
        /// To sign in as a learner.
        pub account: Option<Id<Account>>,
    }
}

impl LearnerIdentity {
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

facts::kind! {
    /// Somebody asks to enter a cohort.
    pub struct Application in "application" about learner: Learner, slot (cohort) {
        pub cohort: Id<Cohort>,
        /// Highest level of diploma, 0 when none; `None` when not said.
        pub diploma_level: Option<i64>,
        /// Months of work so far.
        pub experience_months: Option<i64>,
        pub jobseeker: Option<bool>,
        /// Receives the RSA, the ASS or the AAH.
        pub minimum_income: Option<bool>,
        /// In the candidate’s words.
        pub motivation: String,
    }
}

db::codes! {
    /// Steps of an admission, in their order.
    pub enum Step {
        /// What somebody already knows, before training.
        Positioning = "positioning",
        Interview = "interview",
        Decision = "decision",
        /// Gave up.
        Withdrawal = "withdrawal",
    }
}

impl Step {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Positioning => "Positionnement",
            Self::Interview => "Entretien",
            Self::Decision => "Décision",
            Self::Withdrawal => "Désistement",
        }
    }
}

db::codes! {
    /// What came of a step.
    pub enum StepOutcome {
        Favourable = "favourable",
        Unfavourable = "unfavourable",
        /// To wait, or to be seen again.
        Reserved = "reserved",
    }
}

impl StepOutcome {
    /// What it is called after a step.
    pub const fn label(self, step: Step) -> &'static str {
        match (step, self) {
            (Step::Decision, Self::Favourable) => "admission",
            (Step::Decision, Self::Unfavourable) => "refus",
            (Step::Decision, Self::Reserved) => "liste d’attente",
            (_, Self::Favourable) => "favorable",
            (_, Self::Unfavourable) => "défavorable",
            (_, Self::Reserved) => "réservé",
        }
    }
}

facts::kind! {
    /// A step of an admission, on its day.
    pub struct AdmissionStep in "admission_step" about learner: Learner, slot (cohort, step) {
        pub cohort: Id<Cohort>,
        pub step: Step,
        pub outcome: StepOutcome,
        /// What it rests on: of use to the candidate, who may read it.
        pub reasons: String,
        /// What is adapted after the positioning: hours less, help; empty otherwise.
        pub adjustment: String,
    }
}

db::codes! {
    /// Where an application stands, from its steps.
    pub enum Stage {
        Applied = "applied",
        Positioned = "positioned",
        Interviewed = "interviewed",
        WaitingList = "waiting_list",
        Admitted = "admitted",
        Refused = "refused",
        Withdrawn = "withdrawn",
    }
}

impl Stage {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Applied => "Candidature reçue",
            Self::Positioned => "Positionnement fait",
            Self::Interviewed => "Entretien fait",
            Self::WaitingList => "Liste d’attente",
            Self::Admitted => "Admission",
            Self::Refused => "Refus",
            Self::Withdrawn => "Désistement",
        }
    }

    /// Where the steps of one application lead.
    pub fn of<'a>(steps: impl IntoIterator<Item = &'a AdmissionStep>) -> Self {
        let mut stage = Self::Applied;
        let mut steps: Vec<&AdmissionStep> = steps.into_iter().collect();
        steps.sort_by_key(|step| step.step);
        for step in steps {
            stage = match (step.step, step.outcome) {
                (Step::Positioning, _) => Self::Positioned,
                (Step::Interview, _) => Self::Interviewed,
                (Step::Decision, StepOutcome::Favourable) => Self::Admitted,
                (Step::Decision, StepOutcome::Unfavourable) => Self::Refused,
                (Step::Decision, StepOutcome::Reserved) => Self::WaitingList,
                (Step::Withdrawal, _) => Self::Withdrawn,
            };
        }
        stage
    }
}

db::record! {
    /// Places offered together by a host.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct PlaceRecord in "place" {
        pub id: Id<Place>,
        pub tenant: Id<Tenant>,
        /// The school it is offered to.
        pub organisation: Id<Organisation>,
        /// The employer who offers it.
        pub host: Id<Organisation>,
    }
}

facts::kind! {
    /// What is offered, while it is.
    pub struct PlaceProfile in "place_profile" about place: Place {
        pub cohort: Id<Cohort>,
        pub structure: Id<Structure>,
        /// The vacancy that the apprentice may fill later.
        pub post: Option<Id<Post>>,
        pub tutor: Option<Id<Tutor>>,
        pub seats: i64,
        pub starts_on: Date,
        pub description: String,
    }
}

facts::kind! {
    /// Places in the order a candidate prefers them; those of one tier equally. A place left out is refused.
    pub struct LearnerRanking in "learner_ranking" about learner: Learner, slot (cohort) {
        pub cohort: Id<Cohort>,
        pub tiers: Json<Vec<Vec<Id<Place>>>>,
    }
}

facts::kind! {
    /// Candidates in the order a host prefers them for a place; those left out are refused.
    pub struct PlaceRanking in "place_ranking" about place: Place {
        pub tiers: Json<Vec<Vec<Id<Learner>>>>,
    }
}

facts::kind! {
    /// A human placed somebody; what the program had proposed, and why, is kept beside.
    pub struct Placement in "placement" about learner: Learner, slot (cohort) {
        pub cohort: Id<Cohort>,
        pub place: Id<Place>,
        pub proposed: Option<Id<Place>>,
        /// The explanation shown when it was decided.
        pub explanation: String,
        /// Why another place than the one proposed; empty when it is the same.
        pub reason: String,
    }
}
