//! The published schema `vrsb0801` as one table: every element with its number of times and its type, in order.
//!
//! The table alone drives the validation, of what is kept as of what is dropped. `kept` and `builds` mark what the
//! product needs: everything without a mark is checked, then forgotten.

use self::Content::{Block, Boolean, Date, Decimal, Integer, Text, Time};

/// What an element holds.
#[derive(Debug, Clone, Copy)]
pub enum Content {
    /// Other elements, in this order.
    Block(&'static [Element]),
    /// At most so many characters, blanks included; may be empty.
    Text(usize),
    /// At most so many digits, zeros on the left not counted.
    Integer(usize),
    /// At most so many digits, of which so many after the dot.
    Decimal(usize, usize),
    Date,
    Time,
    Boolean,
}

/// One element of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Element {
    pub name: &'static str,
    pub min: u16,
    /// [`MANY`] when there is no limit.
    pub max: u16,
    pub content: Content,
    pub(super) kept: Option<Kept>,
    pub(super) builds: Option<Built>,
}

/// No upper limit.
pub const MANY: u16 = u16::MAX;

impl Element {
    const fn new(name: &'static str, min: u16, max: u16, content: Content) -> Self {
        Self { name, min, max, content, kept: None, builds: None }
    }

    const fn kept(mut self, value: Kept) -> Self {
        self.kept = Some(value);
        self
    }

    const fn builds(mut self, part: Built) -> Self {
        self.builds = Some(part);
        self
    }

    /// The elements of a block, in order; none for a value.
    pub const fn children(&self) -> &'static [Element] {
        match self.content {
            Block(children) => children,
            _ => &[],
        }
    }
}

const fn one(name: &'static str, content: Content) -> Element {
    Element::new(name, 1, 1, content)
}

const fn optional(name: &'static str, content: Content) -> Element {
    Element::new(name, 0, 1, content)
}

const fn some(name: &'static str, content: Content) -> Element {
    Element::new(name, 1, MANY, content)
}

const fn any(name: &'static str, content: Content) -> Element {
    Element::new(name, 0, MANY, content)
}

const fn between(min: u16, max: u16, name: &'static str, content: Content) -> Element {
    Element::new(name, min, max, content)
}

/// A value the product keeps, waiting for the block that uses it to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Application,
    ApplicationVersion,
    FeedKind,
    Nature,
    CreatedOn,
    CreatedAt,
    ReferenceDate,
    BodyFamily,
    BodyNumber,
    FileNumber,
    ClaimDate,
    ClaimNumber,
    OtherBodyFamily,
    OtherBodyNumber,
    OtherFileNumber,
    TransferSince,
    Title,
    UsualName,
    BirthName,
    FirstName,
    SecondFirstName,
    ThirdFirstName,
    BirthPlace,
    BirthDate,
    BirthRank,
    BirthDatePrecision,
    Nir,
    CivilStatusValidated,
    Sex,
    FileHolder,
    AttachedSince,
    AttachedUntil,
    PreviousClaimNumber,
    Benefit,
    Role,
    Dependant,
    LinkBirthName,
    LinkFirstName,
    LinkBirthDate,
    LinkNir,
    FranceTravailId,
    Obligations,
    EnteringObligations,
    ActivityCode,
    ActivitySince,
    ActivityUntil,
    Contract,
    FamilySituation,
    FamilySituationSince,
    AddressRank,
    MovedIn,
    Country,
    AddressKind,
    PostalCheck,
    AddresseeComplement,
    PlaceComplement,
    StreetNumber,
    StreetKind,
    StreetName,
    Locality,
    CommuneCode,
    Postcode,
    CommuneName,
    RightStatus,
    RefusedOn,
    RefusalReason,
    SuspensionReason,
    SuspensionSince,
    BenefitGroup,
    ClosureReason,
    ClosedOn,
    WithoutFixedHome,
    Dependants,
    Origin,
    OriginDate,
    HouseholdObligations,
    RightNature,
    RightSubNature,
    RightSince,
    RightUntil,
    SettledOn,
    SettledAt,
    Trigger,
    Anomaly,
    Households,
    HouseholdsInAnomaly,
}

impl Kept {
    pub(super) const COUNT: usize = Self::HouseholdsInAnomaly as usize + 1;
}

/// A part of the model made when its block closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Built {
    Household,
    IncomingTransfer,
    OutgoingTransfer,
    Person,
    BenefitRole,
    Link,
    Activity,
    Address,
    FrenchAddress,
    ForeignAddress,
    Refusal,
    RightSuspension,
    PaymentSuspension,
    Closure,
    EarlierClosure,
    RightDetail,
    Event,
    Anomaly,
}

/// The whole file.
#[rustfmt::skip]
pub static ROOT: Element = one("Racine", Block(&[
    one("IdentificationFlux", Block(&[
        one("APPLIEME", Text(3)).kept(Kept::Application),
        one("NUMVERSIONAPPLIEME", Text(4)).kept(Kept::ApplicationVersion),
        one("TYPEFLUX", Text(1)).kept(Kept::FeedKind),
        one("NATFLUX", Text(1)).kept(Kept::Nature),
        one("DTCREAFLUX", Date).kept(Kept::CreatedOn),
        one("HEUCREAFLUX", Time).kept(Kept::CreatedAt),
        one("DTREF", Date).kept(Kept::ReferenceDate),
    ])),
    any("InfosFoyerRSA", Block(&[
        one("IdentificationRSA", Block(&[
            one("Organisme", Block(&[
                one("FONORG", Text(3)).kept(Kept::BodyFamily),
                one("NUMORG", Text(3)).kept(Kept::BodyNumber),
                one("MATRICULE", Integer(15)).kept(Kept::FileNumber),
            ])),
            one("Partenaire", Block(&[
                one("TYPEPARTE", Text(4)),
                one("IDEPARTE", Text(3)),
            ])),
            one("DemandeRSA", Block(&[
                one("DTDEMRSA", Date).kept(Kept::ClaimDate),
                one("NUMDEMRSA", Text(11)).kept(Kept::ClaimNumber),
            ])),
            optional("DemandeRMI", Block(&[
                one("DateDemandeRMI", Block(&[
                    one("DTDEMRMI", Date),
                ])),
                one("NumeroInstructionRMI", Block(&[
                    one("NUMDEPINSRMI", Text(3)),
                    one("TYPEINSRMI", Text(1)),
                    one("NUMCOMINSRMI", Integer(3)),
                    one("NUMAGRINSRMI", Text(2)),
                    one("NUMDOSINSRMI", Integer(5)),
                    one("NUMCLI", Integer(3)),
                ])),
            ])),
            optional("OrganismeCedant", Block(&[
                one("FONORGCEDMUT", Text(3)).kept(Kept::OtherBodyFamily),
                one("NUMORGCEDMUT", Text(3)).kept(Kept::OtherBodyNumber),
                optional("MATRICULEORGCEDMUT", Integer(15)).kept(Kept::OtherFileNumber),
                one("DDARRMUT", Date).kept(Kept::TransferSince),
            ])).builds(Built::IncomingTransfer),
            optional("OrganismePrenant", Block(&[
                one("FONORGPRENMUT", Text(3)).kept(Kept::OtherBodyFamily),
                one("NUMORGPRENMUT", Text(3)).kept(Kept::OtherBodyNumber),
                one("DDDEPAMUT", Date).kept(Kept::TransferSince),
            ])).builds(Built::OutgoingTransfer),
        ])),
        some("Personne", Block(&[
            one("Identification", Block(&[
                optional("QUAL", Text(3)).kept(Kept::Title),
                one("NOM", Text(28)).kept(Kept::UsualName),
                one("NOMNAI", Text(28)).kept(Kept::BirthName),
                one("PRENOM", Text(32)).kept(Kept::FirstName),
                optional("PRENOM2", Text(15)).kept(Kept::SecondFirstName),
                optional("PRENOM3", Text(15)).kept(Kept::ThirdFirstName),
                one("NOMCOMNAI", Text(26)).kept(Kept::BirthPlace),
                one("DTNAI", Date).kept(Kept::BirthDate),
                optional("RGNAI", Integer(1)).kept(Kept::BirthRank),
                optional("TYPEDTNAI", Text(1)).kept(Kept::BirthDatePrecision),
                optional("NIR", Text(15)).kept(Kept::Nir),
                optional("TOPVALIEC", Boolean).kept(Kept::CivilStatusValidated),
                one("SEXE", Text(1)).kept(Kept::Sex),
            ])),
            one("DossierCAF", Block(&[
                one("TOPRESPDOS", Boolean).kept(Kept::FileHolder),
                one("DDRATDOS", Date).kept(Kept::AttachedSince),
                optional("DFRATDOS", Date).kept(Kept::AttachedUntil),
                optional("NUMDEMRSAPRECE", Text(11)).kept(Kept::PreviousClaimNumber),
            ])),
            between(2, 2, "Prestations", Block(&[
                one("NATPREST", Text(3)).kept(Kept::Benefit),
                one("ROLEPERS", Text(3)).kept(Kept::Role),
                one("TOPCHAPERS", Boolean).kept(Kept::Dependant),
            ])).builds(Built::BenefitRole),
            between(0, 2, "Rattachement", Block(&[
                one("NOMNAI", Text(28)).kept(Kept::LinkBirthName),
                one("PRENOM", Text(32)).kept(Kept::LinkFirstName),
                one("DTNAI", Date).kept(Kept::LinkBirthDate),
                optional("NIR", Text(15)).kept(Kept::LinkNir),
                one("TYPEPAR", Text(3)),
            ])).builds(Built::Link),
            optional("DossierPoleEmploi", Block(&[
                one("IDASSEDIC", Text(8)).kept(Kept::FranceTravailId),
            ])),
            optional("Ressources", Block(&[
                one("GeneraliteRessourcesTrimestre", Block(&[
                    one("TOPRESSNUL", Boolean),
                    one("DDRESS", Date),
                    one("DFRESS", Date),
                ])),
                between(0, 3, "RessourcesMensuelles", Block(&[
                    one("GeneraliteRessourcesMensuelles", Block(&[
                        one("MOISRESS", Date),
                        optional("NBHEUMENTRA", Integer(3)),
                    ])),
                    some("DetailRessourcesMensuelles", Block(&[
                        one("NATRESS", Text(3)),
                        one("MTNATRESSMEN", Decimal(9, 2)),
                        optional("ABANEU", Text(1)),
                    ])),
                ])),
            ])),
            optional("MontantCalculDroitRSAPersonne", Block(&[
                one("TOPPERSDRODEVORSA", Boolean).kept(Kept::Obligations),
                optional("TOPPERSENTDRODEVORSA", Boolean).kept(Kept::EnteringObligations),
                optional("MTPERSRESSMENRSA", Decimal(9, 2)),
                optional("MTPERSABANEURSA", Decimal(9, 2)),
            ])),
            any("Activite", Block(&[
                optional("REG", Text(2)),
                one("ACT", Text(3)).kept(Kept::ActivityCode),
                one("DDACT", Date).kept(Kept::ActivitySince),
                optional("DFACT", Date).kept(Kept::ActivityUntil),
                optional("NATCONTRTRA", Text(3)).kept(Kept::Contract),
                optional("TOPCONDADMETI", Boolean),
            ])).builds(Built::Activity),
            optional("PensionAlimentaire", Block(&[
                between(0, 2, "Asf", Block(&[
                    one("SITASF", Text(2)),
                    one("PARASSOASF", Text(1)),
                    one("DDASF", Date),
                    optional("DFASF", Date),
                ])),
                any("CreanceAlimentaire", Block(&[
                    one("ETATCREALIM", Text(2)),
                    one("DDCREALIM", Date),
                    optional("DFCREALIM", Date),
                    one("ORIOBLALIM", Text(3)),
                    optional("MOTIDISCREALIM", Text(3)),
                    optional("COMMCREALIM", Text(50)),
                    optional("MTSANCREALIM", Decimal(9, 2)),
                ])),
            ])),
            optional("Grossesse", Block(&[
                one("DDGRO", Date),
                optional("DFGRO", Date),
                one("DTDECLGRO", Date),
                optional("NATFINGRO", Text(1)),
            ])),
            optional("InformationsAgricoles", Block(&[
                optional("MTBENAGRI", Decimal(10, 2)),
                optional("REGFISAGRI", Text(1)),
                optional("DTBENAGRI", Date),
            ])),
            optional("AvisPCGPersonne", Block(&[
                optional("ConditionETI", Block(&[
                    one("AVISEVARESSNONSAL", Text(1)),
                    one("DTSOURESSNONSAL", Date),
                    optional("DTEVARESSNONSAL", Date),
                    optional("MTEVARESSNONSAL", Decimal(9, 2)),
                ])),
                any("Derogation", Block(&[
                    one("TYPEDERO", Text(3)),
                    one("AVISDERO", Text(1)),
                    one("DDAVISDERO", Date),
                    optional("DFAVISDERO", Date),
                ])),
                optional("ExclueRSA", Block(&[
                    one("EXCL", Text(1)),
                    one("DDEXCL", Date),
                    optional("DFEXCL", Date),
                ])),
                optional("Liberalite", Block(&[
                    one("MTLIBERNONDECL", Decimal(9, 2)),
                    one("DTABSDECLLIBER", Date),
                ])),
            ])),
            optional("AvisCGSSDOMPersonne", Block(&[
                one("JUSACTDOM", Text(1)),
                one("RESUJUSACTDOM", Text(1)),
            ])),
        ])).builds(Built::Person),
        one("DonneesAdministratives", Block(&[
            one("SituationFamille", Block(&[
                one("SITFAM", Text(3)).kept(Kept::FamilySituation),
                one("DDSITFAM", Date).kept(Kept::FamilySituationSince),
                optional("REGAGRIFAM", Text(3)),
            ])),
            between(1, 3, "Adresse", Block(&[
                one("TroncCommunAdresse", Block(&[
                    one("RGADR", Integer(2)).kept(Kept::AddressRank),
                    optional("DTEMM", Date).kept(Kept::MovedIn),
                    one("PAYS", Text(3)).kept(Kept::Country),
                    one("TYPEADR", Text(1)).kept(Kept::AddressKind),
                    one("ETATADR", Text(2)).kept(Kept::PostalCheck),
                ])),
                optional("AdresseDetailleeFrance", Block(&[
                    one("COMPLIDEADR", Text(38)).kept(Kept::AddresseeComplement),
                    one("COMPLADR", Text(38)).kept(Kept::PlaceComplement),
                    one("NUMVOIE", Text(6)).kept(Kept::StreetNumber),
                    one("LIBTYPEVOIE", Text(30)).kept(Kept::StreetKind),
                    one("NOMVOIE", Text(32)).kept(Kept::StreetName),
                    one("LIEUDIST", Text(38)).kept(Kept::Locality),
                    one("NUMCOM", Text(5)).kept(Kept::CommuneCode),
                    one("CODEPOS", Integer(5)).kept(Kept::Postcode),
                    one("NOMCOM", Text(32)).kept(Kept::CommuneName),
                ])).builds(Built::FrenchAddress),
                optional("AdresseHorsFrance", Block(&[
                    one("LIBLIG2ADR", Text(38)),
                    one("LIBLIG3ADR", Text(38)),
                    one("LIBLIG4ADR", Text(38)),
                    one("LIBLIG5ADR", Text(38)),
                    one("LIBLIG6ADR", Text(38)),
                    one("LIBLIG7ADR", Text(38)),
                ])).builds(Built::ForeignAddress),
            ])).builds(Built::Address),
        ])),
        one("PrestationRSA", Block(&[
            one("SituationDossierRSA", Block(&[
                one("EtatDossierRSA", Block(&[
                    one("ETATDOSRSA", Text(1)).kept(Kept::RightStatus),
                ])),
                optional("Refus", Block(&[
                    one("DTREFURSA", Date).kept(Kept::RefusedOn),
                    one("MOTIREFURSA", Text(3)).kept(Kept::RefusalReason),
                ])).builds(Built::Refusal),
                any("SuspensionDroit", Block(&[
                    one("MOTISUSDRORSA", Text(2)).kept(Kept::SuspensionReason),
                    one("DDSUSDRORSA", Date).kept(Kept::SuspensionSince),
                    optional("NATGROUPFSUS", Text(3)).kept(Kept::BenefitGroup),
                ])).builds(Built::RightSuspension),
                any("SuspensionVersement", Block(&[
                    one("MOTISUSVERSRSA", Text(2)).kept(Kept::SuspensionReason),
                    one("DDSUSVERSRSA", Date).kept(Kept::SuspensionSince),
                ])).builds(Built::PaymentSuspension),
                optional("FinDroit", Block(&[
                    one("MOTICLORSA", Text(3)).kept(Kept::ClosureReason),
                    one("DTCLORSA", Date).kept(Kept::ClosedOn),
                ])).builds(Built::Closure),
                optional("FinDroitMoisAnterieur", Block(&[
                    one("MOTICLORSA", Text(3)).kept(Kept::ClosureReason),
                    one("DTCLORSA", Date).kept(Kept::ClosedOn),
                ])).builds(Built::EarlierClosure),
            ])),
            one("DetailDroitRSA", Block(&[
                one("TroncCommunDroitRSA", Block(&[
                    one("TOPSANSDOMFIXE", Boolean).kept(Kept::WithoutFixedHome),
                    optional("NBENFAUTCHA", Integer(2)).kept(Kept::Dependants),
                    one("ORIDEMRSA", Text(3)).kept(Kept::Origin),
                    optional("DTORIDEMRSA", Date).kept(Kept::OriginDate),
                    optional("TOPFOYDRODEVORSA", Boolean).kept(Kept::HouseholdObligations),
                ])),
                optional("SpecificiteDOM", Block(&[
                    one("SURFAGRIDOM", Decimal(5, 2)),
                    one("DDSURFAGRIDOM", Date),
                    optional("SURFAGRIDOMPLA", Decimal(5, 2)),
                    optional("NBTOTAIDEFAMSURFDOM", Integer(3)),
                    optional("NBTOTPERSMAJOSURFDOM", Integer(3)),
                ])),
                optional("MontantsCalculDroitRSA", Block(&[
                    one("DDELECAL", Date),
                    optional("DFELECAL", Date),
                    one("MTREVMINIGARARSA", Decimal(9, 2)),
                    optional("MTPENTRSA", Decimal(9, 2)),
                    optional("MTLOCALRSA", Decimal(9, 2)),
                    one("MTREVGARARSA", Decimal(9, 2)),
                    optional("MTPFRSA", Decimal(9, 2)),
                    optional("MTALRSA", Decimal(9, 2)),
                    one("MTRESSMENRSA", Decimal(9, 2)),
                    optional("MTSANOBLALIMRSA", Decimal(9, 2)),
                    optional("MTREDHOSRSA", Decimal(9, 2)),
                    optional("MTREDCGRSA", Decimal(9, 2)),
                    optional("MTCUMINTEGRSA", Decimal(9, 2)),
                    optional("MTABANEURSA", Decimal(9, 2)),
                    one("MTTOTDRORSA", Decimal(9, 2)),
                ])),
                any("DetailCalculDroitRSA", Block(&[
                    one("NATPF", Text(3)).kept(Kept::RightNature),
                    one("SOUSNATPF", Text(5)).kept(Kept::RightSubNature),
                    one("DDNATDRO", Date).kept(Kept::RightSince),
                    optional("DFNATDRO", Date).kept(Kept::RightUntil),
                    optional("MTRSAVERS", Decimal(9, 2)),
                    optional("DTDERRSAVERS", Date),
                ])).builds(Built::RightDetail),
                optional("AvisPCGDroitRSA", Block(&[
                    any("ConditionAdministrative", Block(&[
                        one("AVISCONDADMRSA", Text(1)),
                        one("MOTICONDADMRSA", Text(2)),
                        optional("COMM1CONDADMRSA", Text(60)),
                        optional("COMM2CONDADMRSA", Text(60)),
                        one("DTEFFAVISCONDADMRSA", Date),
                    ])),
                    any("ReductionRSA", Block(&[
                        one("MTREDRSA", Decimal(9, 2)),
                        one("DDREDRSA", Date),
                        optional("DFREDRSA", Date),
                    ])),
                    optional("PaiementTiers", Block(&[
                        one("AVISDESTPAIRSA", Text(1)),
                        one("DTAVISDESTPAIRSA", Date),
                        one("NOMTIE", Text(64)),
                        one("TYPEPERSTIE", Text(1)),
                    ])),
                ])),
            ])),
        ])),
        any("Evenement", Block(&[
            one("DTLIQ", Date).kept(Kept::SettledOn),
            one("HEULIQ", Time).kept(Kept::SettledAt),
            one("FG", Text(9)).kept(Kept::Trigger),
        ])).builds(Built::Event),
        optional("Controle", Block(&[
            any("ControleAdministratif", Block(&[
                one("IdentificationCibleControleAdministratif", Block(&[
                    one("DTEFFCIBCONTRO", Date),
                    one("CIBCONTRO", Text(3)),
                    optional("CIBCONTROMSA", Text(3)),
                ])),
                one("IdentificationControleAdministratif", Block(&[
                    one("DTDETECCONTRO", Date),
                    one("DTCLOCONTRO", Date),
                ])),
                one("ModaliteControleAdministratif", Block(&[
                    one("LIBCIBCONTRO", Text(45)),
                    one("FAMCIBCONTRO", Text(2)),
                    one("NATCIBCONTRO", Text(3)),
                    one("COMMACONTRO", Text(3)),
                    one("TYPECONTRO", Text(2)),
                ])),
                one("ResultatControleAdministratif", Block(&[
                    one("TYPEIMPACCONTRO", Text(1)),
                    optional("MTINDURSACGCONTRO", Decimal(11, 2)),
                    optional("MTRAPRSACGCONTRO", Decimal(11, 2)),
                ])),
            ])),
        ])),
        any("Anomalie", Block(&[
            one("LIBANO", Text(200)).kept(Kept::Anomaly),
        ])).builds(Built::Anomaly),
    ])).builds(Built::Household),
    one("TransmissionFlux", Block(&[
        one("NBTOTDOSRSATRANSM", Integer(8)).kept(Kept::Households),
        one("NBTOTDOSRSATRANSMANO", Integer(8)).kept(Kept::HouseholdsInAnomaly),
    ])),
]));

/// The header, a household, the footer: the three parts the reader takes one by one.
pub(super) const HEADER: usize = 0;
pub(super) const HOUSEHOLD: usize = 1;
pub(super) const FOOTER: usize = 2;

/// One of the three parts of the root.
pub(super) fn part(index: usize) -> &'static Element {
    &ROOT.children()[index]
}
