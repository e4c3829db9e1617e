//! What is valid for the schema and yet deserves an eye: the household goes in, the report says so.

use std::fmt;

use base::{Nir, NirError};
use serde::Serialize;

use super::codes;
use super::model::{
    Activity, ActivityCode, Address, BirthDatePrecision, FileNumber, Household, Person, RightStatus, Role,
    SuspensionKind,
};

/// A remark about one household. `person` is an index in [`Household::persons`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    pub person: Option<usize>,
    pub remark: Remark,
}

/// A block that explains a state of the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StateBlock {
    Refusal,
    RightSuspension,
    PaymentSuspension,
    Closure,
    EarlierClosure,
}

impl StateBlock {
    /// The state this block goes with.
    fn status(self) -> RightStatus {
        match self {
            Self::Refusal => RightStatus::Refused,
            Self::RightSuspension => RightStatus::RightSuspended,
            Self::PaymentSuspension => RightStatus::PaymentSuspended,
            Self::Closure => RightStatus::Closed,
            Self::EarlierClosure => RightStatus::ClosedInEarlierMonth,
        }
    }

    /// Whether the sender, who takes the first state that applies in the order 0, 1, 5, 3, 4, 2, 6, may choose
    /// `status` while this block is there.
    fn may_come_with(self, status: &RightStatus) -> bool {
        let rank = |status: &RightStatus| match status {
            RightStatus::Pending => Some(0),
            RightStatus::Refused => Some(1),
            RightStatus::Closed => Some(2),
            RightStatus::RightSuspended => Some(3),
            RightStatus::PaymentSuspended => Some(4),
            RightStatus::OpenPayable => Some(5),
            RightStatus::ClosedInEarlierMonth => Some(6),
            RightStatus::Other(_) => None,
        };
        match (rank(status), rank(&self.status())) {
            (Some(chosen), Some(own)) => chosen <= own && (self != Self::EarlierClosure || chosen == own),
            _ => true,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Refusal => "Refus",
            Self::RightSuspension => "SuspensionDroit",
            Self::PaymentSuspension => "SuspensionVersement",
            Self::Closure => "FinDroit",
            Self::EarlierClosure => "FinDroitMoisAnterieur",
        }
    }
}

/// The kinds of remarks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Remark {
    /// No person has the role DEM in RSA.
    NoApplicant,
    /// The file number is neither seven digits nor these followed by eight zeros.
    FileNumberForm { number: String },
    /// The file number came with fewer digits than its length: its zeros were put back.
    FileNumberRestored { number: String },
    /// The NIR cannot be read: it is left out.
    NirLeftOut { reason: String },
    /// The key given with the NIR is not the one computed: the 13 characters are kept.
    NirKey,
    /// Day, or day and month, of the birth date are invented.
    PartialBirthDate { precision: BirthDatePrecision },
    /// A code that is not in the published list.
    UnknownCode { element: &'static str, code: String },
    /// The zeros of a postcode were put back.
    PostcodeRestored { postcode: String },
    /// A number out of the range that makes sense: it is left out.
    NumberLeftOut { element: &'static str, number: String },
    /// An address with a French and a foreign form.
    TwoAddressForms { rank: u8 },
    /// An address with neither.
    NoAddressForm { rank: u8 },
    /// No address of rank 1.
    NoCurrentAddress,
    /// The state calls for a block that is not there.
    StateWithoutBlock { status: RightStatus, block: StateBlock },
    /// A block contradicts the state; the state wins.
    BlockAgainstState { status: RightStatus, block: StateBlock },
}

impl Remark {
    /// Stable name of the kind, by which a report counts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoApplicant => "no_applicant",
            Self::FileNumberForm { .. } => "file_number_form",
            Self::FileNumberRestored { .. } => "file_number_restored",
            Self::NirLeftOut { .. } => "nir_left_out",
            Self::NirKey => "nir_key",
            Self::PartialBirthDate { .. } => "partial_birth_date",
            Self::UnknownCode { .. } => "unknown_code",
            Self::PostcodeRestored { .. } => "postcode_restored",
            Self::NumberLeftOut { .. } => "number_left_out",
            Self::TwoAddressForms { .. } => "two_address_forms",
            Self::NoAddressForm { .. } => "no_address_form",
            Self::NoCurrentAddress => "no_current_address",
            Self::StateWithoutBlock { .. } => "state_without_block",
            Self::BlockAgainstState { .. } => "block_against_state",
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoApplicant => write!(f, "aucun demandeur (DEM) au titre du RSA dans le foyer"),
            Self::FileNumberForm { number } => write!(
                f,
                "matricule « {number} » : ni 7 chiffres, ni 7 chiffres suivis de 8 zéros ; les 7 premiers sont gardés comme numéro"
            ),
            Self::FileNumberRestored { number } => {
                write!(f, "matricule raccourci par la perte de ses zéros : lu « {number} »")
            }
            Self::NirLeftOut { reason } => write!(f, "NIR non repris : {reason}"),
            Self::NirKey => write!(f, "la clé du NIR ne correspond pas à ses 13 caractères, seuls gardés"),
            Self::PartialBirthDate { precision: BirthDatePrecision::DayUnknown } => {
                write!(f, "date de naissance partielle : jour inconnu")
            }
            Self::PartialBirthDate { .. } => write!(f, "date de naissance partielle : jour et mois inconnus"),
            Self::UnknownCode { element, code } => write!(f, "code inconnu « {code} » pour {element}, gardé tel quel"),
            Self::PostcodeRestored { postcode } => {
                write!(f, "code postal raccourci par la perte de ses zéros : lu « {postcode} »")
            }
            Self::NumberLeftOut { element, number } => {
                write!(f, "{element} : « {number} » n’a pas de sens, valeur non reprise")
            }
            Self::TwoAddressForms { rank } => {
                write!(
                    f,
                    "adresse de rang {rank} donnée à la fois en France et hors de France : l’adresse en France est gardée"
                )
            }
            Self::NoAddressForm { rank } => {
                write!(f, "adresse de rang {rank} sans détail, ni en France ni hors de France")
            }
            Self::NoCurrentAddress => write!(f, "aucune adresse courante (rang 1)"),
            Self::StateWithoutBlock { status, block } => {
                write!(f, "état du dossier {} sans le bloc {} qui l’explique", status.code(), block.name())
            }
            Self::BlockAgainstState { status, block } => {
                write!(f, "bloc {} contredit par l’état du dossier {} : l’état fait foi", block.name(), status.code())
            }
        }
    }
}

/// The remarks met while reading one household.
#[derive(Debug, Default)]
pub(super) struct Warnings(Vec<Warning>);

impl Warnings {
    pub(super) fn household(&mut self, remark: Remark) {
        self.0.push(Warning { person: None, remark });
    }

    pub(super) fn person(&mut self, person: usize, remark: Remark) {
        self.0.push(Warning { person: Some(person), remark });
    }

    pub(super) fn take(&mut self) -> Vec<Warning> {
        std::mem::take(&mut self.0)
    }

    /// Reads a file number and remarks on its form.
    pub(super) fn file_number(&mut self, text: &str) -> FileNumber {
        let number = FileNumber::from_digits(text);
        let digits = text.trim_start_matches('+');
        if !number.has_expected_form() {
            self.household(Remark::FileNumberForm { number: number.as_str().to_owned() });
        } else if digits.len() < number.as_str().len() {
            self.household(Remark::FileNumberRestored { number: number.as_str().to_owned() });
        }
        number
    }

    /// Reads a NIR and remarks on what cannot be kept. Never quotes the number.
    pub(super) fn nir(&mut self, person: usize, text: &str) -> Option<Nir> {
        if text.is_empty() {
            return None;
        }
        match Nir::parse(text) {
            Ok(nir) => {
                if nir.key_matches(text) == Some(false) {
                    self.person(person, Remark::NirKey);
                }
                Some(nir)
            }
            Err(reason) => {
                let reason = match reason {
                    NirError::Length => format!("{reason} ({} reçus)", text.chars().count()),
                    other => other.to_string(),
                };
                self.person(person, Remark::NirLeftOut { reason });
                None
            }
        }
    }

    fn code(&mut self, person: Option<usize>, element: &'static str, code: &str, known: bool) {
        if !known {
            self.0.push(Warning { person, remark: Remark::UnknownCode { element, code: code.to_owned() } });
        }
    }

    fn listed(&mut self, person: Option<usize>, element: &'static str, code: &str, list: &[&str]) {
        self.code(person, element, code, list.contains(&code));
    }

    /// Remarks that need the whole household.
    pub(super) fn review(&mut self, household: &Household) {
        let has_applicant = household.persons.iter().any(|person| person.rsa_role() == Some(&Role::Applicant));
        if !has_applicant {
            self.household(Remark::NoApplicant);
        }
        for (index, person) in household.persons.iter().enumerate() {
            self.review_person(index, person);
        }
        for address in &household.addresses {
            self.review_address(address);
        }
        if household.current_address().is_none() {
            self.household(Remark::NoCurrentAddress);
        }
        self.review_state(household);
        self.listed(None, "FONORG", &household.paying_body.family, codes::BODY_FAMILIES);
        self.listed(None, "SITFAM", &household.family_situation, codes::FAMILY_SITUATIONS);
        self.listed(None, "ORIDEMRSA", &household.origin, codes::ORIGINS);
        for detail in &household.right_details {
            self.listed(None, "NATPF", &detail.nature, codes::RIGHT_NATURES);
        }
        for event in &household.events {
            self.listed(None, "FG", &event.trigger, codes::TRIGGERS);
        }
    }

    fn review_person(&mut self, index: usize, person: &Person) {
        let who = Some(index);
        self.code(who, "SEXE", person.sex.code(), person.sex.is_known());
        match &person.birth_date_precision {
            Some(precision @ (BirthDatePrecision::DayUnknown | BirthDatePrecision::DayAndMonthUnknown)) => {
                self.person(index, Remark::PartialBirthDate { precision: precision.clone() });
            }
            Some(BirthDatePrecision::Other(code)) => self.code(who, "TYPEDTNAI", code, false),
            Some(BirthDatePrecision::Full) | None => {}
        }
        for role in &person.benefit_roles {
            self.code(who, "NATPREST", role.benefit.code(), role.benefit.is_known());
            self.code(who, "ROLEPERS", role.role.code(), role.role.is_known());
        }
        for Activity { code, contract, .. } in &person.activities {
            if let ActivityCode::Code(code) = code {
                self.listed(who, "ACT", code, codes::ACTIVITIES);
            }
            if let Some(contract) = contract {
                self.listed(who, "NATCONTRTRA", contract, codes::CONTRACTS);
            }
        }
    }

    fn review_address(&mut self, address: &Address) {
        let rank = address.rank;
        match (&address.french, address.has_foreign_lines) {
            (Some(_), true) => self.household(Remark::TwoAddressForms { rank }),
            (None, false) => self.household(Remark::NoAddressForm { rank }),
            _ => {}
        }
        self.listed(None, "PAYS", &address.country, codes::COUNTRIES);
        self.listed(None, "TYPEADR", &address.kind, codes::ADDRESS_KINDS);
        self.listed(None, "ETATADR", &address.postal_check, codes::POSTAL_CHECKS);
    }

    fn review_state(&mut self, household: &Household) {
        let right = &household.right;
        let suspended = |kind| right.suspensions.iter().any(|suspension| suspension.kind == kind);
        let blocks = [
            (StateBlock::Refusal, right.refusal.is_some()),
            (StateBlock::RightSuspension, suspended(SuspensionKind::Right)),
            (StateBlock::PaymentSuspension, suspended(SuspensionKind::Payment)),
            (StateBlock::Closure, right.closure.is_some()),
            (StateBlock::EarlierClosure, right.closure_in_earlier_month.is_some()),
        ];
        for (block, present) in blocks {
            let status = &right.status;
            if present && !block.may_come_with(status) {
                self.household(Remark::BlockAgainstState { status: status.clone(), block });
            }
            if !present && *status == block.status() {
                self.household(Remark::StateWithoutBlock { status: status.clone(), block });
            }
        }
        self.code(None, "ETATDOSRSA", right.status.code(), right.status.is_known());
        if let Some(refusal) = &right.refusal {
            self.listed(None, "MOTIREFURSA", &refusal.reason, codes::REFUSAL_REASONS);
        }
        for suspension in &right.suspensions {
            let (element, list) = match suspension.kind {
                SuspensionKind::Right => ("MOTISUSDRORSA", codes::RIGHT_SUSPENSION_REASONS),
                SuspensionKind::Payment => ("MOTISUSVERSRSA", codes::PAYMENT_SUSPENSION_REASONS),
            };
            self.listed(None, element, &suspension.reason, list);
            if let Some(group) = &suspension.benefit_group {
                self.listed(None, "NATGROUPFSUS", group, codes::BENEFIT_GROUPS);
            }
        }
        for closure in right.closure.iter().chain(&right.closure_in_earlier_month) {
            self.listed(None, "MOTICLORSA", &closure.reason, codes::CLOSURE_REASONS);
        }
    }
}
