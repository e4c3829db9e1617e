//! What the feed tells about a household, once read: only the elements the product needs.
//!
//! Amounts, resources, pregnancy, maintenance and controls are never kept; a health-related activity code becomes
//! [`ActivityCode::Unavailable`] before it leaves the reader.

use std::hash::{Hash, Hasher};

use base::Nir;
use jiff::civil::{Date, Time};
use serde::{Serialize, Serializer};

use super::hash::ContentHasher;

/// A closed list of codes of the feed, where a code outside the list survives as `Other`.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A code that is not in the published list, as received (trimmed).
            Other(String),
        }

        impl $name {
            /// Reads a trimmed code.
            pub fn from_code(code: &str) -> Self {
                match code {
                    $($code => Self::$variant,)+
                    other => Self::Other(other.to_owned()),
                }
            }

            /// The code as written in the feed.
            pub fn code(&self) -> &str {
                match self {
                    $(Self::$variant => $code,)+
                    Self::Other(code) => code,
                }
            }

            /// Whether the code is in the published list.
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Other(_))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }
    };
}

codes! {
    /// `TYPEFLUX`.
    FeedKind {
        /// Every household of the month.
        Monthly = "M",
        /// The households touched by an event, between two months.
        BetweenMonths = "I",
    }
}

codes! {
    /// `ETATDOSRSA`, the state of the right.
    RightStatus {
        Pending = "0",
        Refused = "1",
        OpenPayable = "2",
        RightSuspended = "3",
        PaymentSuspended = "4",
        Closed = "5",
        ClosedInEarlierMonth = "6",
    }
}

codes! {
    /// `ROLEPERS`, the role of a person in a benefit.
    Role {
        Applicant = "DEM",
        Partner = "CJT",
        Child = "ENF",
        OtherDependant = "AUT",
        FileHolder = "RDO",
    }
}

codes! {
    /// `NATPREST`.
    Benefit {
        FamilyBenefits = "PFA",
        Rsa = "RSA",
    }
}

codes! {
    /// `SEXE`.
    Sex {
        Male = "1",
        Female = "2",
    }
}

codes! {
    /// `TYPEDTNAI`: which parts of the birth date are true.
    BirthDatePrecision {
        Full = "N",
        DayUnknown = "J",
        DayAndMonthUnknown = "O",
    }
}

/// `IdentificationFlux`: who sends which file, about which date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Header {
    /// `APPLIEME`: CRI (CNAF), AGO (MSA).
    pub application: String,
    /// `NUMVERSIONAPPLIEME`: recorded, never compared.
    pub application_version: String,
    /// `TYPEFLUX`
    pub kind: FeedKind,
    /// `NATFLUX`
    pub nature: String,
    /// `DTCREAFLUX`
    pub created_on: Date,
    /// `HEUCREAFLUX`
    pub created_at: Time,
    /// `DTREF`: last day of the month (monthly file), day of the flow otherwise.
    pub reference_date: Date,
}

/// `TransmissionFlux`: the totals announced by the sender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Footer {
    /// `NBTOTDOSRSATRANSM`
    pub households: u32,
    /// `NBTOTDOSRSATRANSMANO`
    pub households_in_anomaly: u32,
}

/// `FONORG` + `NUMORG`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct PayingBody {
    /// CAF, MSA; OPF for a transfer.
    pub family: String,
    /// Three characters; 931 is the CAF of Seine-Saint-Denis.
    pub number: String,
}

/// `MATRICULE`, brought back to its full length when the zeros on its left were lost: fifteen characters, or the
/// bare seven of the public number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct FileNumber(String);

impl FileNumber {
    /// Length of the number people know.
    pub const PUBLIC_LENGTH: usize = 7;
    /// Length of the number on the wire: the public one followed by eight zeros.
    pub const FULL_LENGTH: usize = 15;

    /// Restores the zeros lost on the left of an integer: up to 7 digits it is the bare public number, above it is
    /// the full one. Anything else than digits is kept as it is.
    pub fn from_digits(text: &str) -> Self {
        let text = text.trim();
        let digits = text.strip_prefix('+').unwrap_or(text);
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Self(text.to_owned());
        }
        let significant = digits.trim_start_matches('0');
        // "091234500000000" and "0912345" are complete: the length says it even when it starts with zeros.
        let width = if digits.len() <= Self::PUBLIC_LENGTH { Self::PUBLIC_LENGTH } else { Self::FULL_LENGTH };
        Self(format!("{significant:0>width$}"))
    }

    /// The whole number, 15 or 7 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is seven digits, or seven digits followed by eight zeros.
    pub fn has_expected_form(&self) -> bool {
        let (public, rest) = self.0.split_at_checked(Self::PUBLIC_LENGTH).unwrap_or((&self.0, ""));
        let lengths = [Self::PUBLIC_LENGTH, Self::FULL_LENGTH];
        lengths.contains(&self.0.len())
            && public.bytes().all(|byte| byte.is_ascii_digit())
            && rest.bytes().all(|byte| byte == b'0')
    }

    /// The seven digits people know.
    pub fn public_number(&self) -> &str {
        self.0.get(..Self::PUBLIC_LENGTH).unwrap_or(&self.0)
    }
}

/// `OrganismeCedant` (incoming) or `OrganismePrenant` (outgoing).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Transfer {
    /// The other paying body.
    pub paying_body: PayingBody,
    /// `MATRICULEORGCEDMUT`: the file number there, incoming transfers only.
    pub file_number: Option<FileNumber>,
    /// `DDARRMUT` or `DDDEPAMUT`
    pub since: Date,
}

/// `InfosFoyerRSA`: one household, its persons and its right.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Household {
    pub paying_body: PayingBody,
    pub file_number: FileNumber,
    /// `DTDEMRSA`
    pub claim_date: Date,
    /// `NUMDEMRSA`: key of the household, text.
    pub claim_number: String,
    /// `OrganismeCedant`
    pub incoming_transfer: Option<Transfer>,
    /// `OrganismePrenant`
    pub outgoing_transfer: Option<Transfer>,
    /// At least one.
    pub persons: Vec<Person>,
    /// `SITFAM`, of the person responsible for the file.
    pub family_situation: String,
    /// `DDSITFAM`
    pub family_situation_since: Date,
    /// One to three, by rank.
    pub addresses: Vec<Address>,
    pub right: RightState,
    /// `TOPSANSDOMFIXE`
    pub without_fixed_home: bool,
    /// `NBENFAUTCHA`: children and other dependants.
    pub dependants: Option<u8>,
    /// `ORIDEMRSA`
    pub origin: String,
    /// `DTORIDEMRSA`
    pub origin_date: Option<Date>,
    /// `TOPFOYDRODEVORSA`: information only, does not drive orientation.
    pub obligations: Option<bool>,
    /// `DetailCalculDroitRSA`, complete list.
    pub right_details: Vec<RightDetail>,
    /// `Evenement`, in the order of the file.
    pub events: Vec<Event>,
    /// `Anomalie`: labels, anomaly files only.
    pub anomalies: Vec<String>,
}

impl Household {
    /// A hash of everything kept: equal for two readings of an unchanged household, so that it can be skipped.
    /// Not a proof of integrity.
    pub fn content_hash(&self) -> u64 {
        let mut hasher = ContentHasher::default();
        self.hash(&mut hasher);
        hasher.finish()
    }

    /// The current address: the one of rank 1.
    pub fn current_address(&self) -> Option<&Address> {
        self.addresses.iter().find(|address| address.rank == 1)
    }

    /// The adults covered by the right: role applicant or partner in RSA.
    pub fn adults(&self) -> impl Iterator<Item = &Person> {
        self.persons.iter().filter(|person| matches!(person.rsa_role(), Some(Role::Applicant | Role::Partner)))
    }
}

/// `Personne`: one person attached to the household.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Person {
    /// `QUAL`: MR, MME.
    pub title: Option<String>,
    /// `NOM`
    pub usual_name: String,
    /// `NOMNAI`
    pub birth_name: String,
    /// `PRENOM`
    pub first_name: String,
    /// `PRENOM2`
    pub second_first_name: Option<String>,
    /// `PRENOM3`
    pub third_first_name: Option<String>,
    /// `NOMCOMNAI`: a name, without code nor country.
    pub birth_place: String,
    /// `DTNAI`: always a full date; see `birth_date_precision`.
    pub birth_date: Date,
    /// `RGNAI`: rank in a multiple birth.
    pub birth_rank: Option<u8>,
    /// `TYPEDTNAI`
    pub birth_date_precision: Option<BirthDatePrecision>,
    /// `NIR`; never serialised.
    #[serde(skip)]
    pub nir: Option<Nir>,
    /// `TOPVALIEC`
    pub civil_status_validated: Option<bool>,
    /// `SEXE`
    pub sex: Sex,
    /// `TOPRESPDOS`
    pub file_holder: bool,
    /// `DDRATDOS`
    pub attached_since: Date,
    /// `DFRATDOS`: absent while attached.
    pub attached_until: Option<Date>,
    /// `NUMDEMRSAPRECE`
    pub previous_claim_number: Option<String>,
    /// `Prestations`: exactly two in a valid file.
    pub benefit_roles: Vec<BenefitRole>,
    /// `Rattachement`: the adults a child is linked to.
    pub links: Vec<Link>,
    /// `IDASSEDIC`: old 8-character identifier.
    pub france_travail_id: Option<String>,
    /// `TOPPERSDRODEVORSA`; absent = unknown.
    pub obligations: Option<bool>,
    /// `TOPPERSENTDRODEVORSA`
    pub entering_obligations: Option<bool>,
    /// `Activite`, complete list.
    pub activities: Vec<Activity>,
}

impl Person {
    /// The role in RSA, whichever of the two blocks holds it.
    pub fn rsa_role(&self) -> Option<&Role> {
        self.benefit_roles.iter().find(|role| role.benefit == Benefit::Rsa).map(|role| &role.role)
    }
}

/// `Prestations`: the role of a person in one benefit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct BenefitRole {
    /// `NATPREST`
    pub benefit: Benefit,
    /// `ROLEPERS`
    pub role: Role,
    /// `TOPCHAPERS`: counted as a dependant in that benefit.
    pub dependant: bool,
}

/// `Rattachement`: link from a child to an adult, by name and not by reference.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Link {
    pub birth_name: String,
    pub first_name: String,
    pub birth_date: Date,
    /// Never serialised.
    #[serde(skip)]
    pub nir: Option<Nir>,
}

/// `ACT`, without its health-related codes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ActivityCode {
    /// The code as received.
    Code(String),
    /// Stands for every health-related code.
    Unavailable,
}

impl Serialize for ActivityCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Code(code) => serializer.serialize_some(code),
            Self::Unavailable => serializer.serialize_none(),
        }
    }
}

/// `Activite`
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Activity {
    /// Serialised as `null` when unavailable.
    pub code: ActivityCode,
    /// `DDACT`
    pub since: Date,
    /// `DFACT`: absent while running.
    pub until: Option<Date>,
    /// `NATCONTRTRA`
    pub contract: Option<String>,
}

/// `Adresse`
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Address {
    /// `RGADR`: 1 current, 2 previous, 3 before.
    pub rank: u8,
    /// `DTEMM`
    pub moved_in: Option<Date>,
    /// `PAYS`: FRA or HOR.
    pub country: String,
    /// `TYPEADR`: D, P, R.
    pub kind: String,
    /// `ETATADR`: outcome of the postal control.
    pub postal_check: String,
    /// `AdresseDetailleeFrance`
    pub french: Option<FrenchAddress>,
    /// Whether an `AdresseHorsFrance` block is there (its lines are not kept).
    pub has_foreign_lines: bool,
}

/// `AdresseDetailleeFrance`; a part that does not exist is an empty string.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct FrenchAddress {
    /// `COMPLIDEADR`: flat, staircase.
    pub addressee_complement: String,
    /// `COMPLADR`: building, « chez ».
    pub place_complement: String,
    /// `NUMVOIE`: number and repetition letter.
    pub street_number: String,
    /// `LIBTYPEVOIE`
    pub street_kind: String,
    /// `NOMVOIE`
    pub street_name: String,
    /// `LIEUDIST`
    pub locality: String,
    /// `NUMCOM`: INSEE code at the date of the address.
    pub commune_code: String,
    /// `CODEPOS`: five characters, its zeros restored.
    pub postcode: String,
    /// `NOMCOM`: never to be matched on.
    pub commune_name: String,
}

/// `SituationDossierRSA`: the state of the right and the blocks that explain it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct RightState {
    /// `ETATDOSRSA`
    pub status: RightStatus,
    /// `Refus`
    pub refusal: Option<Refusal>,
    /// `SuspensionDroit` then `SuspensionVersement`: every suspension running, complete list.
    pub suspensions: Vec<Suspension>,
    /// `FinDroit`
    pub closure: Option<Closure>,
    /// `FinDroitMoisAnterieur`
    pub closure_in_earlier_month: Option<Closure>,
}

/// `Refus`
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Refusal {
    /// `DTREFURSA`
    pub on: Date,
    /// `MOTIREFURSA`
    pub reason: String,
}

/// What a suspension stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspensionKind {
    /// `SuspensionDroit`: the existence of the right is questioned.
    Right,
    /// `SuspensionVersement`: the amount cannot be computed or paid.
    Payment,
}

/// `SuspensionDroit` or `SuspensionVersement`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Suspension {
    pub kind: SuspensionKind,
    /// `MOTISUSDRORSA` or `MOTISUSVERSRSA`
    pub reason: String,
    /// `DDSUSDRORSA` or `DDSUSVERSRSA`
    pub since: Date,
    /// `NATGROUPFSUS`: suspensions of the right only.
    pub benefit_group: Option<String>,
}

/// `FinDroit` or `FinDroitMoisAnterieur`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Closure {
    /// `MOTICLORSA`
    pub reason: String,
    /// `DTCLORSA`: date of effect, often earlier than the reference date.
    pub on: Date,
}

/// `DetailCalculDroitRSA`, without its amount.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct RightDetail {
    /// `NATPF`: RSD, RSI (increased), RSJ (young)…
    pub nature: String,
    /// `SOUSNATPF`
    pub sub_nature: String,
    /// `DDNATDRO`
    pub since: Date,
    /// `DFNATDRO`
    pub until: Option<Date>,
}

/// `Evenement`: files between two months only.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Event {
    /// `DTLIQ`
    pub settled_on: Date,
    /// `HEULIQ`
    pub settled_at: Time,
    /// `FG`: the triggering fact.
    pub trigger: String,
}
