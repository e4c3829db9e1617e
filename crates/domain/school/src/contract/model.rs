use base::{Date, Id, Instant};
use platform::{Account, Organisation, Structure, Tenant};

use crate::admission::Learner;
use crate::cohort::Cohort;

/// Label of the identifiers of contracts.
pub enum Contract {}
/// Label of the identifiers of tutors.
pub enum Tutor {}
/// Label of the numbers of invoices.
pub enum InvoiceNumber {}
/// Label of the identifiers of calendar feeds.
pub enum Feed {}

db::codes! {
    /// Under which law somebody learns; the same codes as `law::apprenticeship::Regime`.
    pub enum Regime {
        Apprenticeship = "apprenticeship",
        Professionalisation = "professionalisation",
        /// Trainee without contract of employment.
        Trainee = "trainee",
        /// Candidate to the validation of experience.
        Experience = "experience",
    }
}

impl Regime {
    pub const fn law(self) -> law::apprenticeship::Regime {
        match self {
            Self::Apprenticeship => law::apprenticeship::Regime::Apprenticeship,
            Self::Professionalisation => law::apprenticeship::Regime::Professionalisation,
            Self::Trainee => law::apprenticeship::Regime::Trainee,
            Self::Experience => law::apprenticeship::Regime::Experience,
        }
    }

    pub const fn label(self) -> &'static str {
        self.law().label()
    }
}

facts::kind! {
    /// Somebody is in a cohort, from their first day to the day they leave.
    pub struct Enrolment in "enrolment" about learner: Learner, slot (cohort) {
        pub cohort: Id<Cohort>,
        pub regime: Regime,
        /// Trains while looking for an employer (C. trav., art. L6222-12-1).
        pub awaiting_contract: bool,
    }
}

db::record! {
    /// Somebody who guides learners for an employer.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct TutorRecord in "tutor" {
        pub id: Id<Tutor>,
        pub tenant: Id<Tenant>,
        /// The employer.
        pub organisation: Id<Organisation>,
    }
}

facts::kind! {
    /// What is known of a tutor; unknown is not no.
    pub struct TutorProfile in "tutor_profile" about tutor: Tutor {
        pub name: String,
        pub account: Option<Id<Account>>,
        pub structure: Option<Id<Structure>>,
        pub is_employer: bool,
        pub employee: Option<bool>,
        pub volunteer: Option<bool>,
        pub adult: Option<bool>,
        pub same_field_diploma: Option<bool>,
        pub practice_months: Option<i64>,
        pub branch_agreement: bool,
    }
}

impl TutorProfile {
    pub fn law(&self) -> law::apprenticeship::Tutor {
        law::apprenticeship::Tutor {
            employee: self.employee.or(self.is_employer.then_some(true)),
            volunteer: self.volunteer,
            adult: self.adult,
            same_field_diploma: self.same_field_diploma,
            practice_months: self.practice_months.and_then(|months| u16::try_from(months).ok()),
            branch_agreement: self.branch_agreement,
        }
    }
}

db::record! {
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct ContractRecord in "contract" {
        pub id: Id<Contract>,
        pub tenant: Id<Tenant>,
        /// The school.
        pub organisation: Id<Organisation>,
        pub learner: Id<Learner>,
        pub cohort: Id<Cohort>,
    }
}

facts::kind! {
    /// What a contract says; an amendment says something else from a day on. Amounts are hundredths of a euro.
    pub struct Terms in "contract_terms" about contract: Contract {
        pub regime: Regime,
        pub employer: Id<Organisation>,
        pub structure: Id<Structure>,
        pub tutor: Option<Id<Tutor>>,
        pub first_day: Date,
        pub last_day: Date,
        pub monthly_pay: Option<i64>,
        /// What the OPCO pays a year (NPEC).
        pub annual_price: Option<i64>,
        pub training_hours: i64,
        pub contract_hours: i64,
        /// Extended after a failure (C. trav., art. L6222-11): the tutor may then guide one more.
        pub extended: bool,
        /// An agreement adapts the duration (C. trav., art. L6222-7-1).
        pub adapted_duration: bool,
        /// The administration opposes that this employer takes apprentices.
        pub opposed: Option<bool>,
    }
}

db::codes! {
    /// What happens to a contract.
    pub enum ContractEventKind {
        Signed = "signed",
        /// Sent to the OPCO.
        Deposited = "deposited",
        /// The OPCO pays.
        Agreed = "agreed",
        Broken = "broken",
        /// Noted before invoices were: still read, no longer written.
        LastInvoice = "last_invoice",
    }
}

impl ContractEventKind {
    /// Those that somebody may note.
    pub fn noted() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|kind| *kind != Self::LastInvoice)
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Signed => "Signature",
            Self::Deposited => "Transmission à l’opérateur de compétences",
            Self::Agreed => "Accord de prise en charge",
            Self::Broken => "Rupture",
            Self::LastInvoice => "Dernière facture",
        }
    }
}

facts::kind! {
    /// An event, on its day: the first of its valid time.
    pub struct ContractEvent in "contract_event" about contract: Contract, slot (kind) {
        pub kind: ContractEventKind,
        /// Who broke it, by the code of `law::apprenticeship::BrokenBy`; empty for other events.
        pub by_whom: String,
        pub comment: String,
    }
}

facts::kind! {
    /// A stay with another employer of the consortium, under the same contract.
    pub struct HostStay in "host_stay" about contract: Contract, slot (structure) {
        pub structure: Id<Structure>,
        pub host: Id<Organisation>,
        pub tutor: Option<Id<Tutor>>,
        /// Day on which the tripartite convention was signed.
        pub convention_on: Option<Date>,
        // What the convention says (C. trav., art. R6223-11), each empty while nobody has written it.
        /// What is entrusted to the apprentice.
        pub tasks: String,
        pub working_hours: String,
        pub place: String,
        /// Papers that show that the tutor of the host may be one.
        pub evidence: String,
        /// How the host tells the employer of the training.
        pub information: String,
        /// How the tutors and the school keep in touch.
        pub liaison: String,
        pub sharing_of_costs: String,
        pub travel_costs: String,
        pub insurance: String,
        /// Whoever keeps the contract: the OPCO.
        pub depositary: String,
    }
}

impl HostStay {
    /// A stay of whose convention nothing is written.
    pub fn at(host: Id<Organisation>, structure: Id<Structure>) -> Self {
        Self {
            structure,
            host,
            tutor: None,
            convention_on: None,
            tasks: String::new(),
            working_hours: String::new(),
            place: String::new(),
            evidence: String::new(),
            information: String::new(),
            liaison: String::new(),
            sharing_of_costs: String::new(),
            travel_costs: String::new(),
            insurance: String::new(),
            depositary: String::new(),
        }
    }
}

facts::kind! {
    /// What was invoiced to the OPCO, on its day; hundredths of a euro, below zero for a credit note.
    pub struct Invoice in "contract_invoice" about contract: Contract, slot (number) {
        pub number: Id<InvoiceNumber>,
        /// Code of `law::apprenticeship::InstalmentKind`.
        pub kind: String,
        pub reference: String,
        pub amount: i64,
    }
}

facts::kind! {
    /// What was received for an invoice, on its day; hundredths of a euro.
    pub struct InvoicePayment in "invoice_payment" about contract: Contract, slot (number) {
        pub number: Id<InvoiceNumber>,
        pub amount: i64,
    }
}

db::record! {
    /// A secret address at which somebody’s calendar can be read, until it is revoked. Only the digest is kept.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct FeedRecord in "calendar_feed" {
        pub id: Id<Feed>,
        pub tenant: Id<Tenant>,
        pub learner: Id<Learner>,
        pub token_digest: Vec<u8>,
        pub created_at: Instant,
        pub created_by: Option<Id<Account>>,
        pub revoked_at: Option<Instant>,
    }
}
