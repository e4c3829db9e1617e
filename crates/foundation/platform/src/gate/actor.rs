use base::Id;

use crate::mandate::Mandate;
use crate::{Account, Organisation, Structure, Tenant};

db::codes! {
    /// What somebody does under a mandate.
    pub enum Role {
        /// Follows the policy for the département and its files across structures.
        DepartmentOfficer = "department_officer",
        /// In charge of the feeds, their imports and doubtful matches.
        DataManager = "data_manager",
        /// Looks after reference data, accounts and mandates.
        DepartmentAdmin = "department_admin",
        /// Heads a local inclusion agency.
        AgencyHead = "agency_head",
        EmploymentCounsellor = "employment_counsellor",
        SocialEmploymentCounsellor = "social_employment_counsellor",
        SocialWorker = "social_worker",
        SchoolHead = "school_head",
        Trainer = "trainer",
        /// Guides an apprentice at work.
        Tutor = "tutor",
        /// A counsellor in training.
        Apprentice = "apprentice",
        /// Recruits for an employer.
        Recruiter = "recruiter",
        /// The data protection officer.
        Auditor = "auditor",
        /// Keeps the machine running; sees no person.
        Operator = "operator",
        /// Not a person: a job or a command. No mandate can grant it.
        Program = "program",
    }
}

impl Role {
    /// What it is called on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::DepartmentOfficer => "chargé·e de mission du département",
            Self::DataManager => "gestion des flux",
            Self::DepartmentAdmin => "administration du département",
            Self::AgencyHead => "responsable d’agence",
            Self::EmploymentCounsellor => "conseiller·ère en insertion professionnelle",
            Self::SocialEmploymentCounsellor => "conseiller·ère en insertion sociale et professionnelle",
            Self::SocialWorker => "travailleur·se social·e",
            Self::SchoolHead => "direction de l’école",
            Self::Trainer => "formateur·rice",
            Self::Tutor => "tuteur·rice",
            Self::Apprentice => "alternant·e",
            Self::Recruiter => "recruteur·se",
            Self::Auditor => "délégué·e à la protection des données",
            Self::Operator => "exploitation technique",
            Self::Program => "programme",
        }
    }

    /// The purposes a mandate in this role may have, the usual one first.
    pub const fn purposes(self) -> &'static [Purpose] {
        match self {
            Self::DepartmentOfficer => &[Purpose::Accompaniment, Purpose::Steering],
            Self::DataManager | Self::Program => &[Purpose::DataManagement],
            Self::DepartmentAdmin | Self::Operator => &[Purpose::Administration],
            Self::AgencyHead => &[Purpose::Accompaniment, Purpose::Steering],
            Self::EmploymentCounsellor | Self::SocialEmploymentCounsellor | Self::SocialWorker => {
                &[Purpose::Accompaniment]
            }
            Self::SchoolHead | Self::Trainer | Self::Tutor | Self::Apprentice => &[Purpose::Training],
            Self::Recruiter => &[Purpose::Recruitment],
            Self::Auditor => &[Purpose::Oversight],
        }
    }
}

db::codes! {
    /// What access is for (RGPD, article 5, 1, b).
    pub enum Purpose {
        Accompaniment = "accompaniment",
        Steering = "steering",
        DataManagement = "data_management",
        Training = "training",
        Recruitment = "recruitment",
        Administration = "administration",
        Oversight = "oversight",
    }
}

impl Purpose {
    /// What it is called on screen, after « un mandat de ».
    pub const fn label(self) -> &'static str {
        match self {
            Self::Accompaniment => "accompagnement",
            Self::Steering => "pilotage",
            Self::DataManagement => "gestion des données",
            Self::Training => "formation",
            Self::Recruitment => "recrutement",
            Self::Administration => "administration",
            Self::Oversight => "contrôle de la protection des données",
        }
    }

    /// Whether files of persons may be opened for it at all.
    pub const fn opens_files(self) -> bool {
        matches!(self, Self::Accompaniment | Self::DataManagement | Self::Oversight)
    }

    /// Whether files of candidates and of people in training may be opened for it.
    pub const fn opens_learner_files(self) -> bool {
        matches!(self, Self::Training | Self::Recruitment | Self::DataManagement | Self::Oversight)
    }
}

/// Who acts, under which mandate, for what. Made from a mandate in force (`session::authenticate`,
/// `mandate::actor`) or for the program itself.
#[derive(Clone, Debug)]
pub struct Actor {
    pub(crate) tenant: Id<Tenant>,
    pub(crate) account: Option<Id<Account>>,
    pub(crate) name: String,
    pub(crate) mandate: Option<Id<Mandate>>,
    pub(crate) role: Role,
    pub(crate) organisation: Option<Id<Organisation>>,
    pub(crate) structure: Option<Id<Structure>>,
    pub(crate) purpose: Purpose,
    pub(crate) request: String,
}

impl Actor {
    /// The program itself: a job, a command. It imports and computes; it decides about nobody.
    pub fn program(tenant: Id<Tenant>) -> Self {
        Self {
            tenant,
            account: None,
            name: "Jonction".to_owned(),
            mandate: None,
            role: Role::Program,
            organisation: None,
            structure: None,
            purpose: Purpose::DataManagement,
            request: String::new(),
        }
    }

    /// The same, marked with the request (or run) this is for.
    pub fn for_request(mut self, request: impl Into<String>) -> Self {
        self.request = request.into();
        self
    }

    pub const fn tenant(&self) -> Id<Tenant> {
        self.tenant
    }

    /// `None` when the program acts by itself.
    pub const fn account(&self) -> Option<Id<Account>> {
        self.account
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub const fn mandate(&self) -> Option<Id<Mandate>> {
        self.mandate
    }

    pub const fn role(&self) -> Role {
        self.role
    }

    pub const fn organisation(&self) -> Option<Id<Organisation>> {
        self.organisation
    }

    pub const fn structure(&self) -> Option<Id<Structure>> {
        self.structure
    }

    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    pub fn request(&self) -> &str {
        &self.request
    }
}
