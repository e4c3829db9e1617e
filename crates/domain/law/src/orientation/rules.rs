use base::Date;
use jiff::civil::date;

use super::outcome::RuleSet;
use super::path::Target;
use crate::coded::coded;
use crate::delays::FULL_EMPLOYMENT_LAW;
use crate::{Certainty, Parameter, Rule, Unit};

/// The RSA began on 1 June 2009: rules that no text dates begin with it.
const RSA_BEGINS: Date = date(2009, 6, 1);

const ELIGIBILITY: &str =
    "CASF, art. L.\u{a0}262-28\u{a0}; flux bénéficiaires CNAF (vrsb0801)\u{a0}: ETATDOSRSA, TOPPERSDRODEVORSA";
const LOCAL_LIST: &str = "Règles d’orientation du département de la Seine-Saint-Denis";
const LOCAL_LIST_2025: &str = "Règles d’orientation du département de la Seine-Saint-Denis, complétées en 2025";
pub(super) const CRITERIA: &str =
    "Arrêté du 21\u{a0}novembre 2024 (critères d’orientation)\u{a0}; le texte ne fixe pas de formule";

const LOCAL: Option<RuleSet> = Some(RuleSet::Local);
const NATIONAL: Option<RuleSet> = Some(RuleSet::National);

/// On unless somebody switches it off.
const ON: Option<u16> = Some(1);
/// Off unless somebody switches it on.
const OFF: Option<u16> = Some(0);
/// Cannot be switched.
const ALWAYS: Option<u16> = None;

/// Every rule in the order of its list: variant, code, list, first day, citation, certainty, switch, target, name, text.
macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $set:expr, $since:expr, $citation:expr, $certainty:ident,
       $switch:expr, $target:expr, $label:literal, $summary:literal;)+) => {
        coded! {
            /// A rule of orientation. Stored with the proposals it made: a variant is never taken away.
            pub enum OrientationRule { $($(#[$doc])* $variant = $code),+ }
        }

        /// Every rule, in the order in which its list is read.
        pub const RULES: &[Rule] = &[$(Rule {
            code: $code,
            since: $since,
            until: None,
            citation: $citation,
            certainty: Certainty::$certainty,
            summary_fr: $summary,
        }),+];

        impl OrientationRule {
            /// The list it belongs to; `None` for what comes before both.
            pub const fn rule_set(self) -> Option<RuleSet> {
                match self { $(Self::$variant => $set),+ }
            }

            /// Where it leads; `None` for the eligibility.
            pub const fn target(self) -> Option<Target> {
                match self { $(Self::$variant => $target),+ }
            }

            /// Short French name.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            /// The parameter that switches it; `None` when nothing does.
            pub const fn switch(self) -> Option<Parameter> {
                match self {
                    $(Self::$variant => match $switch {
                        None => None,
                        Some(default) => Some(Parameter {
                            name: concat!($code, ".on"),
                            rule: $code,
                            label_fr: concat!("Règle appliquée\u{a0}: ", $label),
                            unit: Unit::Switch,
                            default,
                            bounds: (0, 1),
                            citation: $citation,
                            certainty: Certainty::$certainty,
                        }),
                    }),+
                }
            }
        }
    };
}

rules! {
    /// Who is to be oriented.
    Eligibility = "orientation.eligibility", None, RSA_BEGINS, ELIGIBILITY, Confirmed, ALWAYS, None,
        "Personne à orienter",
        "Est à orienter le demandeur ou le conjoint d’un droit ouvert et versable (état\u{a0}2), soumis lui-même aux \
         droits et devoirs, et qui n’est pas encore orienté.";
    LocalAssociation = "orientation.local.association", LOCAL, RSA_BEGINS, LOCAL_LIST, Confirmed, ON,
        Some(Target::LeadAssociation), "Domiciliation dans une association référente",
        "La personne domiciliée à l’adresse d’une association référente est orientée vers cette association.";
    LocalRegistered = "orientation.local.registered", LOCAL, RSA_BEGINS, LOCAL_LIST, Confirmed, ON,
        Some(Target::FranceTravailAgency), "Inscription en cours à France Travail",
        "La personne inscrite à France Travail y est orientée. Depuis le 1er\u{a0}janvier 2025 la demande de RSA vaut \
         inscription\u{a0}; un paramètre dit si cette inscription d’office compte.";
    LocalRecentlyRegistered = "orientation.local.recently_registered", LOCAL, RSA_BEGINS, LOCAL_LIST, Confirmed, ON,
        Some(Target::FranceTravailAgency), "Inscription récente à France Travail",
        "La personne qui s’est inscrite à France Travail dans les derniers mois y est orientée, même si cette \
         inscription a pris fin.";
    LocalYouth = "orientation.local.youth", LOCAL, RSA_BEGINS, LOCAL_LIST, Confirmed, ON,
        Some(Target::YouthRsaService), "Âge du RSA Jeune",
        "La personne dont l’âge est entre les deux bornes, comprises, est orientée vers une structure RSA Jeune.";
    LocalQuickReturn = "orientation.local.quick_return", LOCAL, RSA_BEGINS, LOCAL_LIST, Confirmed, ON,
        Some(Target::LocalInclusionAgency), "Retour rapide à l’emploi",
        "La personne qui peut s’engager rapidement vers un emploi est orientée vers l’agence locale d’insertion.";
    LocalIncreasedRsa = "orientation.local.increased_rsa", LOCAL, RSA_BEGINS, LOCAL_LIST, Confirmed, ON,
        Some(Target::SocialServiceSite), "RSA majoré",
        "La personne dont le RSA est majoré est orientée vers le service social.";
    LocalLoneParent = "orientation.local.lone_parent", LOCAL, RSA_BEGINS, LOCAL_LIST, Confirmed, ON,
        Some(Target::SocialServiceSite), "Foyer monoparental",
        "La personne d’un foyer monoparental (situations CEL, DIV, ISO, SEF, SEL ou VEU) qui compte au moins le nombre \
         d’enfants fixé est orientée vers le service social. Le département a retenu trois enfants, puis un.";
    LocalPrecariousHousing = "orientation.local.precarious_housing", LOCAL, RSA_BEGINS, LOCAL_LIST, Confirmed, ON,
        Some(Target::SocialServiceSite), "Logement précaire avec enfant",
        "La personne dont le logement est d’urgence, temporaire ou précaire (codes 0903 à 0913) et dont le foyer \
         compte au moins le nombre d’enfants fixé est orientée vers le service social.";
    LocalFrenchOnly = "orientation.local.french_only", LOCAL, RSA_BEGINS, LOCAL_LIST, Confirmed, ON,
        Some(Target::LocalInclusionAgency), "Français, seule difficulté",
        "La personne dont la seule difficulté sociale déclarée est la langue française (code 0404) est orientée vers \
         l’agence locale d’insertion.";
    LocalSocialDifficulties = "orientation.local.social_difficulties", LOCAL, RSA_BEGINS, LOCAL_LIST, Confirmed, ON,
        Some(Target::SocialServiceSite), "Difficultés sociales",
        "La personne qui déclare une difficulté sociale au moins est orientée vers le service social. Le code 0401 dit \
         qu’il n’y en a aucune.";
    LocalSenior = "orientation.local.senior", LOCAL, RSA_BEGINS, LOCAL_LIST, Confirmed, ON,
        Some(Target::SocialServiceSite), "Senior",
        "La personne qui a atteint l’âge fixé est orientée vers le service social.";
    LocalNeverWorked = "orientation.local.never_worked", LOCAL, RSA_BEGINS, LOCAL_LIST, Confirmed, ON,
        Some(Target::SocialServiceSite), "Aucun emploi jusqu’ici",
        "La personne qui n’a jamais travaillé (code 1904) est orientée vers le service social.";
    LocalEarlierSpell = "orientation.local.earlier_spell", LOCAL, RSA_BEGINS, LOCAL_LIST, Confirmed, ON,
        Some(Target::LocalInclusionAgency), "Deuxième inscription au RSA",
        "La personne qui a déjà eu un droit au RSA est orientée vers l’agence locale d’insertion.";
    LocalRecommendedEmployment = "orientation.local.recommended_employment", LOCAL, FULL_EMPLOYMENT_LAW,
        LOCAL_LIST_2025, Confirmed, ON, Some(Target::FranceTravailAgency), "Parcours emploi préconisé",
        "La personne pour qui France Travail préconise un parcours emploi (code PED) est orientée vers France Travail.";
    LocalRecommendedSocial = "orientation.local.recommended_social", LOCAL, FULL_EMPLOYMENT_LAW,
        LOCAL_LIST_2025, Confirmed, ON, Some(Target::SocialServiceSite), "Parcours social préconisé",
        "La personne pour qui France Travail préconise un parcours social (code PSO) est orientée vers le service \
         social.";
    LocalRecommendedSocioProfessional = "orientation.local.recommended_socio_professional", LOCAL,
        FULL_EMPLOYMENT_LAW, LOCAL_LIST_2025, Confirmed, ON, Some(Target::LocalInclusionAgency),
        "Parcours socio-professionnel préconisé",
        "La personne pour qui France Travail préconise un parcours socio-professionnel (code PSP) est orientée vers \
         l’agence locale d’insertion.";
    LocalRecommendedOther = "orientation.local.recommended_other", LOCAL, FULL_EMPLOYMENT_LAW,
        LOCAL_LIST_2025, Uncertain, ON, Some(Target::FranceTravailAgency), "Préconisation sans parcours",
        "La personne pour qui France Travail a rendu une préconisation qui ne désigne aucun parcours est orientée vers \
         France Travail. Le contenu exact de ce dernier critère n’est pas connu.";
    LocalOtherwise = "orientation.local.otherwise", LOCAL, RSA_BEGINS, LOCAL_LIST, Confirmed, ALWAYS,
        Some(Target::LocalInclusionAgency), "Entretien de diagnostic",
        "La personne pour qui aucune règle ne conclut est reçue en entretien de diagnostic par l’agence locale \
         d’insertion.";
    NationalStrongConstraints = "orientation.national.strong_constraints", NATIONAL, FULL_EMPLOYMENT_LAW, CRITERIA,
        Uncertain, ON, Some(Target::SocialServiceSite), "Plusieurs contraintes d’impact fort",
        "La personne dont plusieurs contraintes ont un impact fort est orientée vers le parcours d’insertion sociale.";
    NationalStrongWithoutProject = "orientation.national.strong_without_project", NATIONAL, FULL_EMPLOYMENT_LAW,
        CRITERIA, Uncertain, ON, Some(Target::SocialServiceSite), "Contrainte forte, sans projet possible",
        "La personne dont une contrainte a un impact fort et qui ne peut pas se projeter pour l’instant est orientée \
         vers le parcours d’insertion sociale.";
    NationalStrongConstraint = "orientation.national.strong_constraint", NATIONAL, FULL_EMPLOYMENT_LAW, CRITERIA,
        Uncertain, ON, Some(Target::LocalInclusionAgency), "Contrainte d’impact fort",
        "La personne dont une contrainte a un impact fort est orientée vers le parcours socio-professionnel.";
    NationalMediumConstraints = "orientation.national.medium_constraints", NATIONAL, FULL_EMPLOYMENT_LAW, CRITERIA,
        Uncertain, ON, Some(Target::LocalInclusionAgency), "Plusieurs contraintes d’impact moyen",
        "La personne dont plusieurs contraintes ont un impact au moins moyen est orientée vers le parcours \
         socio-professionnel.";
    NationalLongWithoutWork = "orientation.national.long_without_work", NATIONAL, FULL_EMPLOYMENT_LAW, CRITERIA,
        Uncertain, ON, Some(Target::LocalInclusionAgency), "Longue durée sans emploi",
        "La personne sans emploi depuis la durée fixée est orientée vers le parcours socio-professionnel.";
    NationalProjectToBuild = "orientation.national.project_to_build", NATIONAL, FULL_EMPLOYMENT_LAW, CRITERIA,
        Uncertain, ON, Some(Target::LocalInclusionAgency), "Projet à construire",
        "La personne qui a besoin d’aide pour se projeter, ou ne le peut pas pour l’instant, est orientée vers le \
         parcours socio-professionnel.";
    NationalEducation = "orientation.national.education", NATIONAL, FULL_EMPLOYMENT_LAW, CRITERIA,
        Uncertain, OFF, Some(Target::LocalInclusionAgency), "Faible niveau d’études",
        "La personne dont le niveau d’études porte le code fixé, ou un code plus grand, est orientée vers le parcours \
         socio-professionnel. L’ordre des codes reste à confirmer.";
    NationalEmployment = "orientation.national.employment", NATIONAL, FULL_EMPLOYMENT_LAW, CRITERIA,
        Uncertain, ON, Some(Target::FranceTravailAgency), "Emploi en cours ou récent",
        "La personne qui travaille, ou a travaillé dans les deux dernières années, et qu’aucun critère précédent n’a \
         retenue est orientée vers le parcours emploi.";
    NationalProjectReady = "orientation.national.project_ready", NATIONAL, FULL_EMPLOYMENT_LAW, CRITERIA,
        Uncertain, ON, Some(Target::FranceTravailAgency), "Projet défini",
        "La personne qui peut se projeter et qu’aucun critère précédent n’a retenue est orientée vers le parcours \
         emploi.";
    NationalOtherwise = "orientation.national.otherwise", NATIONAL, FULL_EMPLOYMENT_LAW, CRITERIA,
        Uncertain, ALWAYS, Some(Target::LocalInclusionAgency), "Entretien de diagnostic",
        "La personne pour qui aucun critère ne conclut est reçue en entretien de diagnostic par l’agence locale \
         d’insertion.";
}

impl OrientationRule {
    /// Its text, dates and mark.
    pub const fn rule(self) -> &'static Rule {
        &RULES[self as usize]
    }

    /// The rules of a list, in the order in which they are read, without the last resort.
    pub fn listed(rule_set: RuleSet) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |rule| rule.rule_set() == Some(rule_set) && rule.switch().is_some())
    }

    /// What applies when no rule of a list decides.
    pub const fn last_resort(rule_set: RuleSet) -> Self {
        match rule_set {
            RuleSet::Local => Self::LocalOtherwise,
            RuleSet::National => Self::NationalOtherwise,
        }
    }
}
