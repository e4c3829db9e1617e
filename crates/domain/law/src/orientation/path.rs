use crate::coded::coded;

coded! {
    /// The three paths of the law since 2025.
    pub enum Path {
        Employment = "path_employment",
        SocioProfessional = "path_socio_professional",
        Social = "path_social",
    }

    /// The kind of structure a person is oriented to, by the codes of the kinds of structure of the territory.
    pub enum Target {
        /// Agence locale d’insertion (ALI).
        LocalInclusionAgency = "local_inclusion_agency",
        /// Projet insertion emploi (PIE): stands in for the agency where none serves yet.
        LegacyMunicipalProject = "legacy_municipal_project",
        SocialServiceSite = "social_service_site",
        LeadAssociation = "lead_association",
        FranceTravailAgency = "france_travail_agency",
        /// Structure « RSA Jeune ».
        YouthRsaService = "youth_rsa_service",
    }

    /// How France Travail writes a path on the wire.
    ///
    /// `PSP` is the socio-professional path and `PSO` the social one: a département's sender is known to have swapped
    /// them, so that paths received before may be false.
    pub enum WirePath {
        Employment = "PED",
        SocioProfessional = "PSP",
        Social = "PSO",
        /// An interview before any path.
        OrientationInterview = "EO",
        Undetermined = "IND",
    }
}

impl Path {
    /// Name in the law: « insertion professionnelle ».
    pub const fn label_law(self) -> &'static str {
        match self {
            Self::Employment => "insertion professionnelle",
            Self::SocioProfessional => "insertion socio-professionnelle",
            Self::Social => "insertion sociale",
        }
    }

    /// Name used in the département: « Emploi ».
    pub const fn label(self) -> &'static str {
        match self {
            Self::Employment => "Emploi",
            Self::SocioProfessional => "Socio-professionnelle",
            Self::Social => "Sociale",
        }
    }

    pub const fn wire(self) -> WirePath {
        match self {
            Self::Employment => WirePath::Employment,
            Self::SocioProfessional => WirePath::SocioProfessional,
            Self::Social => WirePath::Social,
        }
    }
}

impl WirePath {
    /// `None` when no path is named yet.
    pub const fn path(self) -> Option<Path> {
        match self {
            Self::Employment => Some(Path::Employment),
            Self::SocioProfessional => Some(Path::SocioProfessional),
            Self::Social => Some(Path::Social),
            Self::OrientationInterview | Self::Undetermined => None,
        }
    }

    /// French name, without article.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Employment => "parcours emploi",
            Self::SocioProfessional => "parcours socio-professionnel",
            Self::Social => "parcours social",
            Self::OrientationInterview => "entretien d’orientation",
            Self::Undetermined => "parcours indéterminé",
        }
    }
}

impl Target {
    /// The path followed in such a structure, by the tree of orientations of the département.
    pub const fn path(self) -> Path {
        match self {
            Self::FranceTravailAgency | Self::YouthRsaService => Path::Employment,
            Self::LocalInclusionAgency | Self::LegacyMunicipalProject => Path::SocioProfessional,
            Self::SocialServiceSite | Self::LeadAssociation => Path::Social,
        }
    }

    /// The kind to take where no structure of this one serves; `None` when there is none.
    pub const fn stand_in(self) -> Option<Self> {
        match self {
            Self::LocalInclusionAgency => Some(Self::LegacyMunicipalProject),
            _ => None,
        }
    }

    /// French name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::LocalInclusionAgency => "Agence locale d’insertion",
            Self::LegacyMunicipalProject => "Projet insertion emploi",
            Self::SocialServiceSite => "Service social",
            Self::LeadAssociation => "Association référente",
            Self::FranceTravailAgency => "France Travail",
            Self::YouthRsaService => "RSA Jeune",
        }
    }
}
