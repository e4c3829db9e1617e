use base::{Id, Siret};
use platform::Organisation;

use crate::evidence::SINCE_EVER;
use crate::kind::{Cell, Field, Input, Layout, sourced_kind};
use crate::names::SubjectKind;

db::codes! {
    /// What an organisation does in the chain of insertion.
    pub enum Role {
        Department = "department",
        PayingBody = "paying_body",
        PublicEmploymentService = "public_employment_service",
        AgencyOperator = "agency_operator",
        WorkIntegrationEnterprise = "work_integration_enterprise",
        TrainingProvider = "training_provider",
        Employer = "employer",
        School = "school",
        Consortium = "consortium",
        LeadAssociation = "lead_association",
        Municipality = "municipality",
        Intermunicipality = "intermunicipality",
        YouthEmploymentCentre = "youth_employment_centre",
        DisabilityEmploymentService = "disability_employment_service",
    }
}

impl Role {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Department => "Département",
            Self::PayingBody => "Organisme payeur",
            Self::PublicEmploymentService => "Service public de l’emploi",
            Self::AgencyOperator => "Opérateur d’agence locale d’insertion",
            Self::WorkIntegrationEnterprise => "Structure d’insertion par l’activité économique",
            Self::TrainingProvider => "Organisme de formation",
            Self::Employer => "Employeur",
            Self::School => "École",
            Self::Consortium => "Consortium",
            Self::LeadAssociation => "Association référente",
            Self::Municipality => "Commune",
            Self::Intermunicipality => "Intercommunalité",
            Self::YouthEmploymentCentre => "Mission locale",
            Self::DisabilityEmploymentService => "Cap emploi",
        }
    }

    pub fn choices() -> Vec<(&'static str, &'static str)> {
        Self::ALL.iter().map(|role| (role.as_code(), role.label())).collect()
    }
}

sourced_kind! {
    /// Who an organisation is.
    pub struct OrganisationProfile in "organisation_profile" about organisation: Organisation {
        pub name: String,
        pub siret: Option<Siret>,
    }
    as OrganisationProfile, "organisation",
    Layout {
        creates: true,
        default_from: Some(SINCE_EVER),
        ..Layout::dated("organisations", "code", "Code de l’organisation", &["code", "name", "siret"])
    },
    [
        Field::required("name", "Nom", Input::Text),
        Field::optional("siret", "SIRET", Input::Text).hint("Quatorze chiffres."),
    ];
    read (line) { (line.required_text("name"), line.siret("siret")) }
    cells (value) {
        vec![Cell::text(&value.name), Cell::of(value.siret.as_ref(), |siret| Cell::text(siret.as_str()))]
    }
}

sourced_kind! {
    /// One of the things an organisation does; it may do several at a time.
    pub struct OrganisationRole in "organisation_role" about organisation: Organisation, slot (role) {
        pub role: Role,
    }
    as OrganisationRole, "rôle d’organisation",
    Layout::dated("organisation_roles", "organisation", "Organisation", &["organisation", "role"]),
    [Field::required("role", "Rôle", Input::Choice(Role::choices))];
    read (line) { (line.required_choice("role", Role::from_code, &Role::choices()),) }
    cells (value) { vec![Cell::Choice(value.role.as_code(), value.role.label())] }
}

sourced_kind! {
    /// An organisation belongs to a consortium.
    pub struct ConsortiumMember in "consortium_member" about organisation: Organisation, slot (member) {
        pub member: Id<Organisation>,
    }
    as ConsortiumMember, "membre de consortium",
    Layout::dated("memberships", "organisation", "Consortium", &["organisation", "member"]),
    [Field::required("member", "Membre", Input::Code(SubjectKind::Organisation))];
    read (line) { (line.required_find("member"),) }
    cells (value) { vec![Cell::Organisation(value.member)] }
}
