use base::{Date, Id};
use platform::{Organisation, Structure};

use crate::communes::Commune;
use crate::evidence::Certainty;
use crate::kind::{Cell, Field, Input, Layout, sourced_kind};
use crate::names::SubjectKind;

db::codes! {
    /// Kinds of structures. Each kind divides the communes in its own way.
    pub enum StructureKind {
        /// Agence locale d’insertion (ALI).
        LocalInclusionAgency = "local_inclusion_agency",
        /// Projet insertion emploi (PIE), replaced by the agencies.
        LegacyMunicipalProject = "legacy_municipal_project",
        /// Circonscription de service social.
        SocialDistrict = "social_district",
        /// Service social of one or two communes, inside a district.
        SocialServiceSite = "social_service_site",
        FranceTravailAgency = "france_travail_agency",
        /// Mission locale.
        YouthEmploymentCentre = "youth_employment_centre",
        /// Cap emploi.
        DisabilityEmploymentService = "disability_employment_service",
        /// Groups of communes for the young; which ones is not known: a département writes them down.
        YouthRsaService = "youth_rsa_service",
        /// People are attached to it by the address at which they are domiciled, not by commune.
        LeadAssociation = "lead_association",
        /// A place where the École CIP teaches.
        SchoolSite = "school_site",
    }
}

impl StructureKind {
    pub const fn label(self) -> &'static str {
        match self {
            Self::LocalInclusionAgency => "Agence locale d’insertion",
            Self::LegacyMunicipalProject => "Projet insertion emploi",
            Self::SocialDistrict => "Circonscription de service social",
            Self::SocialServiceSite => "Service social",
            Self::FranceTravailAgency => "France Travail",
            Self::YouthEmploymentCentre => "Mission locale",
            Self::DisabilityEmploymentService => "Cap emploi",
            Self::YouthRsaService => "RSA Jeune",
            Self::LeadAssociation => "Association référente",
            Self::SchoolSite => "Site de l’École CIP",
        }
    }

    pub fn choices() -> Vec<(&'static str, &'static str)> {
        Self::ALL.iter().map(|kind| (kind.as_code(), kind.label())).collect()
    }

    /// Whether structures of this kind share the communes among them.
    pub const fn has_sectors(self) -> bool {
        !matches!(self, Self::LeadAssociation | Self::SchoolSite)
    }
}

sourced_kind! {
    /// What is known of a structure while it is open: the first day of its first profile is its opening,
    /// the end of the last one its closing.
    pub struct StructureProfile in "structure_profile" about structure: Structure {
        pub name: String,
        /// Whose structure it is; who runs it may be another (see [`AgencyContract`]).
        pub organisation: Id<Organisation>,
        /// The district of a site.
        pub parent: Option<Id<Structure>>,
        pub seat: Option<Id<Commune>>,
        /// The ceremony, months away from the opening.
        pub inaugurated_on: Option<Date>,
        /// People followed at a time.
        pub capacity: Option<i64>,
        pub capacity_certainty: Option<Certainty>,
    }
    as StructureProfile, "structure",
    Layout {
        from: &["valid_from", "opened_on"],
        to: &["valid_to", "closed_on"],
        from_label: "Ouverte le (ou description valable depuis le)",
        to_label: "Fermée le (premier jour sans ouverture)",
        to_is_last_day: false,
        creates: true,
        ..Layout::dated("structures", "code", "Code de la structure", &["code", "kind", "name", "organisation"])
    },
    [
        Field::required("name", "Nom", Input::Text),
        Field::required("organisation", "Organisation propriétaire", Input::Code(SubjectKind::Organisation)),
        Field::optional("parent", "Rattachée à", Input::Code(SubjectKind::Structure)).hint("La circonscription d’un service social, par exemple."),
        Field::optional("commune", "Commune du siège", Input::Code(SubjectKind::Commune)),
        Field::optional("inaugurated_on", "Inaugurée le", Input::Day).hint("L’inauguration peut suivre l’ouverture de plusieurs mois."),
        Field::optional("capacity", "Capacité (personnes suivies en même temps)", Input::Number),
        Field::optional("capacity_certainty", "Certitude de la capacité", Input::Choice(Certainty::choices)),
    ];
    read (line) {
        (
            line.required_text("name"),
            line.required_find("organisation"),
            line.find("parent"),
            line.find("commune"),
            line.day("inaugurated_on"),
            line.number("capacity"),
            line.choice("capacity_certainty", Certainty::from_code, &Certainty::choices()),
        )
    }
    cells (value) {
        vec![
            Cell::text(&value.name),
            Cell::Organisation(value.organisation),
            Cell::of(value.parent, Cell::Structure),
            Cell::of(value.seat, Cell::Commune),
            Cell::of(value.inaugurated_on, Cell::Day),
            Cell::of(value.capacity, Cell::Number),
            Cell::of(value.capacity_certainty, |certainty| Cell::Choice(certainty.as_code(), certainty.label())),
        ]
    }
}

sourced_kind! {
    /// Who serves a commune. For each kind of structure one at a time; kinds overlap freely, so nothing
    /// here is a hierarchy.
    pub struct Sector in "sector" about commune: Commune, slot (kind) {
        pub kind: StructureKind,
        pub structure: Id<Structure>,
    }
    as Sector, "secteur",
    Layout::dated("sectors", "commune", "Commune", &["structure", "commune"]),
    [Field::required("structure", "Structure", Input::Code(SubjectKind::Structure))];
    read (line) {
        let structure = line.required_find::<Structure>("structure");
        (structure.and_then(|structure| line.kind_of(structure)), structure)
    }
    cells (value) { vec![Cell::Structure(value.structure)] }
}

sourced_kind! {
    /// Who runs an agency, for the length of a contract.
    pub struct AgencyContract in "agency_contract" about structure: Structure {
        pub operator: Id<Organisation>,
    }
    as AgencyContract, "contrat d’opérateur",
    Layout {
        to_label: "Dernier jour du contrat",
        ..Layout::dated("agency_contracts", "structure", "Agence", &["structure", "operator"])
    },
    [Field::required("operator", "Opérateur", Input::Code(SubjectKind::Organisation))];
    read (line) { (line.required_find("operator"),) }
    cells (value) { vec![Cell::Organisation(value.operator)] }
}

sourced_kind! {
    /// A structure replaced by another from a day on.
    pub struct Succession in "succession" about structure: Structure, slot (successor) {
        pub successor: Id<Structure>,
    }
    as Succession, "succession",
    Layout {
        from: &["valid_from", "date"],
        ..Layout::dated("successions", "predecessor", "Structure remplacée", &["predecessor", "successor"])
    },
    [Field::required("successor", "Remplacée par", Input::Code(SubjectKind::Structure))];
    read (line) { (line.required_find("successor"),) }
    cells (value) { vec![Cell::Structure(value.successor)] }
}
