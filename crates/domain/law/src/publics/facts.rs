use base::Date;
use serde::{Deserialize, Deserializer, Serialize};

/// A fact a public may rest on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Fact {
    BirthDate,
    RsaRole,
    RightStatus,
    ObligationsFlag,
    FamilySituation,
    DependentChildren,
    RightNatures,
    FixedHomeFlag,
    FirstClaimDate,
    FranceTravailRegistration,
    DisabledWorkerNotice,
    IntegrationContract,
    ProtectionDocument,
    FrenchAssessment,
    LocatedAddress,
    JusticeCertificate,
    ChildWelfareCertificate,
    DeclaredSituation,
}

/// Where a fact comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The monthly file of CAF and MSA.
    BeneficiaryFeed,
    FranceTravail,
    /// A document the person shows.
    Document,
    /// An interview or a test.
    Assessment,
    /// The address placed on the map of the perimeters.
    Address,
}

impl Source {
    /// French name, without article.
    pub const fn label(self) -> &'static str {
        match self {
            Self::BeneficiaryFeed => "flux bénéficiaires (CAF, MSA)",
            Self::FranceTravail => "France Travail",
            Self::Document => "justificatif",
            Self::Assessment => "entretien ou évaluation",
            Self::Address => "adresse localisée",
        }
    }
}

impl Fact {
    const ALL: [Self; 18] = [
        Self::BirthDate,
        Self::RsaRole,
        Self::RightStatus,
        Self::ObligationsFlag,
        Self::FamilySituation,
        Self::DependentChildren,
        Self::RightNatures,
        Self::FixedHomeFlag,
        Self::FirstClaimDate,
        Self::FranceTravailRegistration,
        Self::DisabledWorkerNotice,
        Self::IntegrationContract,
        Self::ProtectionDocument,
        Self::FrenchAssessment,
        Self::LocatedAddress,
        Self::JusticeCertificate,
        Self::ChildWelfareCertificate,
        Self::DeclaredSituation,
    ];

    /// French name, with its article: « la date de naissance ».
    pub const fn label(self) -> &'static str {
        match self {
            Self::BirthDate => "la date de naissance",
            Self::RsaRole => "le rôle dans le foyer RSA",
            Self::RightStatus => "l’état du dossier",
            Self::ObligationsFlag => "l’indicateur «\u{a0}droits et devoirs\u{a0}» de la personne",
            Self::FamilySituation => "la situation familiale",
            Self::DependentChildren => "le nombre d’enfants à charge",
            Self::RightNatures => "la nature du droit calculé",
            Self::FixedHomeFlag => "l’indicateur «\u{a0}sans domicile fixe\u{a0}»",
            Self::FirstClaimDate => "la date de la première demande de RSA",
            Self::FranceTravailRegistration => "la durée d’inscription à France Travail",
            Self::DisabledWorkerNotice => "la notification de la RQTH et ses dates",
            Self::IntegrationContract => "le contrat d’intégration républicaine et sa date",
            Self::ProtectionDocument => "le titre de séjour ou la date de protection",
            Self::FrenchAssessment => "une évaluation du niveau de français",
            Self::LocatedAddress => "l’adresse placée dans les périmètres des quartiers prioritaires",
            Self::JusticeCertificate => "une attestation, fournie dans le cadre permis par la loi",
            Self::ChildWelfareCertificate => "une attestation de l’aide sociale à l’enfance",
            Self::DeclaredSituation => "la situation déclarée en entretien",
        }
    }

    /// Where it is read.
    pub const fn source(self) -> Source {
        match self {
            Self::BirthDate
            | Self::RsaRole
            | Self::RightStatus
            | Self::ObligationsFlag
            | Self::FamilySituation
            | Self::DependentChildren
            | Self::RightNatures
            | Self::FixedHomeFlag
            | Self::FirstClaimDate => Source::BeneficiaryFeed,
            Self::FranceTravailRegistration => Source::FranceTravail,
            Self::DisabledWorkerNotice
            | Self::IntegrationContract
            | Self::ProtectionDocument
            | Self::JusticeCertificate
            | Self::ChildWelfareCertificate => Source::Document,
            Self::FrenchAssessment | Self::DeclaredSituation => Source::Assessment,
            Self::LocatedAddress => Source::Address,
        }
    }
}

/// A set of facts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FactSet(u32);

impl FactSet {
    pub const NONE: Self = Self(0);

    pub const fn of(facts: &[Fact]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < facts.len() {
            bits |= 1 << facts[index] as u8;
            index += 1;
        }
        Self(bits)
    }

    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub const fn contains(self, fact: Fact) -> bool {
        self.0 & 1 << fact as u8 != 0
    }

    pub fn iter(self) -> impl Iterator<Item = Fact> {
        Fact::ALL.into_iter().filter(move |fact| self.contains(*fact))
    }
}

impl Serialize for FactSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// The plain facts about a person, as known for one day. `None` (an empty list for the natures of the right) means
/// « not known », never « no ».
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PublicsInput {
    /// As given, even when its day or month were invented: see `birth_precision`.
    pub birth_date: Option<Date>,
    pub birth_precision: BirthPrecision,
    /// Role in the RSA household, not in the family benefits.
    pub rsa_role: Option<RsaRole>,
    /// `ETATDOSRSA`, '0' to '6'; another character is an unknown state.
    pub right_status: Option<char>,
    /// `TOPPERSDRODEVORSA`, the flag of the person (not the household's).
    pub obligations: Option<bool>,
    /// `SITFAM`, the situation of the person responsible for the household.
    pub family_situation: Option<FamilySituation>,
    /// Number of children counted as dependent in the RSA household.
    pub dependent_children: Option<u8>,
    /// The natures of the last right calculated; empty when no calculation was received.
    pub right_natures: Vec<RightNature>,
    /// `TOPSANSDOMFIXE`
    pub without_fixed_home: Option<bool>,
    /// Date of the first RSA claim known.
    pub first_claim: Option<Date>,
}

/// Which parts of a birth date are true.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BirthPrecision {
    #[default]
    Full,
    DayUnknown,
    DayAndMonthUnknown,
}

/// Role of a person in the RSA household (`ROLEPERS`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RsaRole {
    Applicant,
    Partner,
    Child,
    /// Other dependant, or holder of the file without being covered.
    Other,
}

impl RsaRole {
    /// From `ROLEPERS`; `None` when the code is not in the published list.
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "DEM" => Self::Applicant,
            "CJT" => Self::Partner,
            "ENF" => Self::Child,
            "AUT" | "RDO" => Self::Other,
            _ => return None,
        })
    }

    pub(crate) const fn is_adult(self) -> bool {
        matches!(self, Self::Applicant | Self::Partner)
    }
}

/// `SITFAM`, in the three kinds the rules know. It keeps the code, for the sentences.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FamilySituation {
    pub(super) code: &'static str,
    pub(super) kind: FamilyKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FamilyKind {
    Alone,
    Couple,
    /// Alone by the national list, but not in the local rule for lone parents.
    DeclaredMissing,
}

impl FamilySituation {
    const LIST: [(&'static str, FamilyKind); 13] = [
        ("ABA", FamilyKind::DeclaredMissing),
        ("CEL", FamilyKind::Alone),
        ("DIV", FamilyKind::Alone),
        ("ISO", FamilyKind::Alone),
        ("MAR", FamilyKind::Couple),
        ("PAC", FamilyKind::Couple),
        ("RPA", FamilyKind::Couple),
        ("RVC", FamilyKind::Couple),
        ("RVM", FamilyKind::Couple),
        ("SEF", FamilyKind::Alone),
        ("SEL", FamilyKind::Alone),
        ("VEU", FamilyKind::Alone),
        ("VIM", FamilyKind::Couple),
    ];

    /// From `SITFAM`; `None` when the code is not in the published list.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::LIST.into_iter().find(|(known, _)| *known == code).map(|(code, kind)| Self { code, kind })
    }

    /// `SITFAM`
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// In a few words, with the code: « personne seule (code ISO) ».
    pub fn words(&self) -> String {
        let kind = match self.kind {
            FamilyKind::Alone => "personne seule",
            FamilyKind::Couple => "vie de couple",
            FamilyKind::DeclaredMissing => "absence déclarée du conjoint",
        };
        format!("{kind} (code\u{a0}{})", self.code)
    }

    /// Whether the local rules take it as the situation of somebody alone: ABA is not.
    pub fn is_alone(&self) -> bool {
        self.kind == FamilyKind::Alone
    }
}

impl Serialize for FamilySituation {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code)
    }
}

impl<'de> Deserialize<'de> for FamilySituation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_code(&code).ok_or_else(|| serde::de::Error::custom(format!("{code:?} is no SITFAM")))
    }
}

/// One line of the last calculation of the right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RightNature {
    pub nature: Nature,
    /// `DDNATDRO`, first day.
    pub since: Date,
    /// `DFNATDRO`, last day (included); `None` while no end is known.
    pub last_day: Option<Date>,
}

/// `NATPF`, as far as the publics need it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nature {
    /// RSI: base right increased for a lone parent or a pregnancy.
    Increased,
    /// RSJ: base right of the young.
    Youth,
    Other,
}

impl Nature {
    pub fn from_code(code: &str) -> Self {
        match code {
            "RSI" => Self::Increased,
            "RSJ" => Self::Youth,
            _ => Self::Other,
        }
    }
}
