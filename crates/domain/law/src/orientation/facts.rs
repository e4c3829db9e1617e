use base::Date;
use serde::{Deserialize, Serialize};

use super::path::{Target, WirePath};
use crate::coded::coded;
use crate::publics::{BirthPrecision, FamilySituation, RsaRole};

coded! {
    /// Where a fact comes from. Of two that disagree and bear the same date, the first of this list is kept.
    pub enum Source {
        /// Typed in by an agent of the département.
        Hand = "hand",
        /// The monthly file of CAF and MSA.
        BeneficiaryFeed = "beneficiary_feed",
        /// The monthly file of France Travail.
        FranceTravailFile = "france_travail_file",
        /// The recommendation France Travail makes with its own criteria.
        FranceTravailRecommendation = "france_travail_recommendation",
        /// The questionnaire filled in with the claim (« données socio-professionnelles »).
        Questionnaire = "questionnaire",
    }

    /// A fact a rule may ask for.
    pub enum Fact {
        BirthDate = "birth_date",
        Role = "role",
        RightStatus = "right_status",
        Obligations = "obligations",
        FamilySituation = "family_situation",
        Children = "children",
        IncreasedRsa = "increased_rsa",
        WithoutFixedHome = "without_fixed_home",
        DomiciledAt = "domiciled_at",
        EarlierSpell = "earlier_spell",
        Registrations = "registrations",
        Recommendation = "recommendation",
        Housing = "housing",
        SocialDifficulties = "social_difficulties",
        Availability = "availability",
        WorkHistory = "work_history",
        Education = "education",
        Mobility = "mobility",
        QuickReturn = "quick_return",
        Employment = "employment",
        MonthsWithoutWork = "months_without_work",
        ProjectAbility = "project_ability",
        HealthConstraint = "health_constraint",
        HousingConstraint = "housing_constraint",
        MobilityConstraint = "mobility_constraint",
        ChildCareConstraint = "child_care_constraint",
        CaringConstraint = "caring_constraint",
        OtherConstraint = "other_constraint",
    }

    /// How far a constraint weighs on the search for work (national criteria).
    pub enum Impact {
        Strong = "fort",
        Medium = "moyen",
        None = "sans",
    }

    /// Whether somebody works, or did lately (national criteria).
    pub enum Employment {
        WorksNow = "works_now",
        WorkedInPastTwoYears = "worked_in_past_two_years",
        NotInPastTwoYears = "not_in_past_two_years",
    }

    /// Whether somebody can say where they want to go (national criteria).
    pub enum ProjectAbility {
        /// Has a project, or can build one alone.
        Able = "able",
        /// Needs help to build one.
        NeedsHelp = "needs_help",
        /// Cannot for now.
        NotYet = "not_yet",
    }
}

/// What one source says of a fact, and from which day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sourced<T> {
    pub value: T,
    pub source: Source,
    /// The day the source speaks of: first day of the fact, date of the questionnaire or of the recommendation.
    pub on: Date,
}

/// A fact as known: nothing, what one source says, or what several say. The most recent is kept, and those that
/// disagree with it are reported.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Known<T>(Vec<Sourced<T>>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Known<T> {
    pub const fn unknown() -> Self {
        Self(Vec::new())
    }

    pub fn of(value: T, source: Source, on: Date) -> Self {
        Self(vec![Sourced { value, source, on }])
    }

    /// The same, with what another source says.
    #[must_use]
    pub fn and(mut self, value: T, source: Source, on: Date) -> Self {
        self.add(value, source, on);
        self
    }

    /// Adds what another source says.
    pub fn add(&mut self, value: T, source: Source, on: Date) {
        self.0.push(Sourced { value, source, on });
        // The most recent first; on one day, by the order of the sources.
        self.0.sort_by(|a, b| b.on.cmp(&a.on).then(a.source.cmp(&b.source)));
    }

    pub fn is_unknown(&self) -> bool {
        self.0.is_empty()
    }

    /// What is kept: the most recent.
    pub fn kept(&self) -> Option<&Sourced<T>> {
        self.0.first()
    }

    /// The value kept.
    pub fn value(&self) -> Option<&T> {
        self.kept().map(|sourced| &sourced.value)
    }
}

impl<T: PartialEq> Known<T> {
    /// What is set aside: older, and saying otherwise.
    pub fn set_aside(&self) -> impl Iterator<Item = &Sourced<T>> {
        self.0.iter().skip(1).filter(|other| self.value() != Some(&other.value))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Birth {
    pub date: Date,
    pub precision: BirthPrecision,
}

/// A stay on the list of France Travail: `[registered_on, ended_on)`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Registration {
    pub registered_on: Date,
    /// First day no longer registered; `None` while registered.
    pub ended_on: Option<Date>,
    /// Whether the source says that it followed from the RSA claim alone, as it does since 1 January 2025.
    pub automatic: bool,
}

/// The constraints of the national criteria, each with its impact.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Constraints {
    pub health: Known<Impact>,
    pub housing: Known<Impact>,
    pub mobility: Known<Impact>,
    pub child_care: Known<Impact>,
    /// Caring for a relative.
    pub caring: Known<Impact>,
    pub others: Known<Impact>,
}

/// Everything the rules may ask about a person. What nobody told is unknown, never « no ».
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    pub birth: Known<Birth>,
    /// Role in the RSA household.
    pub role: Known<RsaRole>,
    /// `ETATDOSRSA`, '0' to '6'; another character is an unknown state.
    pub right_status: Known<char>,
    /// `TOPPERSDRODEVORSA`, the flag of the person.
    pub obligations: Known<bool>,
    /// `SITFAM`
    pub family_situation: Known<FamilySituation>,
    /// Dependent children of the RSA household.
    pub children: Known<u8>,
    pub increased_rsa: Known<bool>,
    /// `TOPSANSDOMFIXE`
    pub without_fixed_home: Known<bool>,
    /// Code of the lead association at whose address the person is domiciled; `Some(None)`: at none.
    pub domiciled_at: Known<Option<String>>,
    /// Whether a right to RSA was opened and closed before this one.
    pub earlier_spell: Known<bool>,
    /// Every registration at France Travail, past and current; empty: never registered.
    pub registrations: Known<Vec<Registration>>,
    /// The path France Travail recommends; `None`: it was asked and recommends nothing.
    pub recommendation: Known<Option<WirePath>>,
    /// `NATLOG`, four digits.
    pub housing: Known<String>,
    /// `DIFSOC`, four digits each; empty: the question was answered with no difficulty.
    pub social_difficulties: Known<Vec<String>>,
    /// `DIFDISP`, four digits each.
    pub availability: Known<Vec<String>>,
    /// `HISPRO`, four digits.
    pub work_history: Known<String>,
    /// `NIVETU`, four digits.
    pub education: Known<String>,
    /// `NATMOB`, four digits.
    pub mobility: Known<String>,
    /// Whether a quick return to work is expected (`TOPENGDEMARECHEMPLOI`).
    pub quick_return: Known<bool>,
    pub employment: Known<Employment>,
    pub months_without_work: Known<u16>,
    pub project_ability: Known<ProjectAbility>,
    pub constraints: Constraints,
    /// The kinds of structure that serve where the person lives; `None`: not looked up, every kind is taken as serving.
    pub served: Option<Vec<Target>>,
}

impl Source {
    /// French name, without article.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Hand => "saisie d’un agent du département",
            Self::BeneficiaryFeed => "flux bénéficiaires (CAF, MSA)",
            Self::FranceTravailFile => "fichier de France Travail",
            Self::FranceTravailRecommendation => "préconisation de France Travail",
            Self::Questionnaire => "questionnaire de la demande de RSA",
        }
    }

    pub(super) const fn label_with_article(self) -> &'static str {
        match self {
            Self::Hand => "la saisie d’un agent du département",
            Self::BeneficiaryFeed => "le flux bénéficiaires (CAF, MSA)",
            Self::FranceTravailFile => "le fichier de France Travail",
            Self::FranceTravailRecommendation => "la préconisation de France Travail",
            Self::Questionnaire => "le questionnaire de la demande de RSA",
        }
    }
}

impl Fact {
    /// French name, with its article: « la date de naissance ».
    pub const fn label(self) -> &'static str {
        match self {
            Self::BirthDate => "la date de naissance",
            Self::Role => "le rôle dans le foyer RSA",
            Self::RightStatus => "l’état du dossier",
            Self::Obligations => "l’indicateur «\u{a0}droits et devoirs\u{a0}» de la personne",
            Self::FamilySituation => "la situation familiale",
            Self::Children => "le nombre d’enfants à charge",
            Self::IncreasedRsa => "la majoration du RSA",
            Self::WithoutFixedHome => "l’indicateur «\u{a0}sans domicile fixe\u{a0}»",
            Self::DomiciledAt => "la domiciliation auprès d’une association",
            Self::EarlierSpell => "l’existence d’un droit au RSA antérieur",
            Self::Registrations => "les inscriptions à France Travail",
            Self::Recommendation => "la préconisation de France Travail",
            Self::Housing => "la nature du logement",
            Self::SocialDifficulties => "les difficultés sociales déclarées",
            Self::Availability => "les difficultés de disponibilité déclarées",
            Self::WorkHistory => "le parcours professionnel",
            Self::Education => "le niveau d’études",
            Self::Mobility => "la mobilité",
            Self::QuickReturn => "la possibilité d’un retour rapide à l’emploi",
            Self::Employment => "la situation au regard de l’emploi",
            Self::MonthsWithoutWork => "la durée sans emploi",
            Self::ProjectAbility => "la capacité à se projeter",
            Self::HealthConstraint => "l’impact de la santé",
            Self::HousingConstraint => "l’impact du logement",
            Self::MobilityConstraint => "l’impact de la mobilité",
            Self::ChildCareConstraint => "l’impact de la garde d’enfants",
            Self::CaringConstraint => "l’impact de l’aide à un proche",
            Self::OtherConstraint => "l’impact des autres contraintes",
        }
    }
}

impl Employment {
    /// French name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::WorksNow => "emploi en cours",
            Self::WorkedInPastTwoYears => "emploi dans les deux dernières années",
            Self::NotInPastTwoYears => "sans emploi dans les deux dernières années",
        }
    }
}

impl ProjectAbility {
    /// French name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Able => "peut se projeter",
            Self::NeedsHelp => "a besoin d’aide pour se projeter",
            Self::NotYet => "ne peut pas se projeter pour l’instant",
        }
    }
}

impl Impact {
    /// « fort », « moyen », « sans ».
    pub const fn label(self) -> &'static str {
        self.code()
    }
}
