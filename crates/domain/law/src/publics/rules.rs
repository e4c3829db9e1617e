use base::Date;
use jiff::civil::date;

use crate::{Certainty, OutOfRange, Parameter, Rule, Unit};

/// The RSA began on 1 June 2009: definitions that no text dates begin with it.
const RSA_BEGINS: Date = date(2009, 6, 1);

const IAE_CRITERIA: &str =
    "Critères administratifs d’éligibilité à l’insertion par l’activité économique, niveau\u{a0}2";
const LOCAL_ORIENTATION: &str = "Règles d’orientation du département de la Seine-Saint-Denis";

const fn public(code: &'static str, citation: &'static str, certainty: Certainty, summary_fr: &'static str) -> Rule {
    Rule { code, since: RSA_BEGINS, until: None, citation, certainty, summary_fr }
}

/// One rule for each public.
pub const RULES: &[Rule] = &[
    public(
        "public.beneficiary",
        "Flux bénéficiaires CNAF (vrsb0801)\u{a0}: ETATDOSRSA, ROLEPERS",
        Certainty::Confirmed,
        "Est bénéficiaire du RSA le demandeur ou le conjoint d’un foyer dont le droit est ouvert\u{a0}: versable \
         (état\u{a0}2), droit suspendu (état\u{a0}3) ou versement suspendu (état\u{a0}4).",
    ),
    public(
        "public.obligations",
        "CASF, art. L.\u{a0}262-28\u{a0}; flux bénéficiaires CNAF (vrsb0801)\u{a0}: TOPPERSDRODEVORSA",
        Certainty::Confirmed,
        "Est soumise aux droits et devoirs la personne que l’organisme payeur indique comme telle, tant que le droit \
         n’est ni refusé ni clos. L’indicateur du foyer n’entre pas en compte.",
    ),
    public(
        "public.young",
        IAE_CRITERIA,
        Certainty::Confirmed,
        "Est jeune la personne qui n’a pas atteint l’âge plafond. Les enfants trop jeunes pour travailler ne sont pas \
         comptés.",
    ),
    public(
        "public.youth_rsa",
        "Flux bénéficiaires CNAF (vrsb0801)\u{a0}: NATPF\u{a0}=\u{a0}RSJ",
        Certainty::Confirmed,
        "Est au RSA Jeune le bénéficiaire dont le dernier droit calculé est de cette nature et court encore.",
    ),
    public(
        "public.senior",
        IAE_CRITERIA,
        Certainty::Confirmed,
        "Est senior la personne qui a atteint l’âge fixé. D’autres dispositifs retiennent un autre âge.",
    ),
    public(
        "public.inclusion_contract_age",
        "Insertion par l’activité économique\u{a0}: contrat à durée indéterminée d’inclusion",
        Certainty::Confirmed,
        "Le CDI inclusion s’adresse aux personnes qui ont atteint l’âge fixé.",
    ),
    public(
        "public.social_service_age",
        LOCAL_ORIENTATION,
        Certainty::Confirmed,
        "Les règles locales proposent le service social aux personnes qui ont atteint l’âge fixé.",
    ),
    public(
        "public.lone_parent",
        LOCAL_ORIENTATION,
        Certainty::Confirmed,
        "Est parent isolé le demandeur seul (situations CEL, DIV, ISO, SEF, SEL ou VEU) avec au moins un enfant à \
         charge dans le foyer RSA, ou celui dont le RSA est majoré. La situation ABA (déclaré absent) n’est pas dans \
         la liste locale.",
    ),
    public(
        "public.increased_rsa",
        "CASF, art. L.\u{a0}262-9\u{a0}; flux bénéficiaires CNAF (vrsb0801)\u{a0}: NATPF\u{a0}=\u{a0}RSI",
        Certainty::Confirmed,
        "Est au RSA majoré le bénéficiaire dont le dernier droit calculé est de cette nature et court encore. La \
         majoration est limitée dans le temps.",
    ),
    public(
        "public.without_fixed_home",
        "Flux bénéficiaires CNAF (vrsb0801)\u{a0}: TOPSANSDOMFIXE",
        Certainty::Confirmed,
        "Est sans domicile fixe la personne dont l’organisme payeur indique le foyer comme tel.",
    ),
    public(
        "public.long_term_rsa",
        "Convention statistique du département\u{a0}: part des bénéficiaires au RSA depuis plus de cinq ans",
        Certainty::Uncertain,
        "Est de longue durée le bénéficiaire dont la première demande connue remonte au moins au nombre d’années fixé. \
         Les interruptions du droit ne sont pas déduites.",
    ),
    public(
        "public.long_term_jobseeker",
        IAE_CRITERIA,
        Certainty::Confirmed,
        "Est demandeur d’emploi de longue durée la personne inscrite à France Travail depuis 12 à 24\u{a0}mois. Pour \
         les personnes inscrites d’office le 1er\u{a0}janvier 2025, cette durée ne dit pas le temps passé sans emploi.",
    ),
    public(
        "public.very_long_term_jobseeker",
        "Critères administratifs d’éligibilité à l’insertion par l’activité économique, niveau\u{a0}1",
        Certainty::Confirmed,
        "Est demandeur d’emploi de très longue durée la personne inscrite à France Travail depuis plus de \
         24\u{a0}mois. Pour les personnes inscrites d’office le 1er\u{a0}janvier 2025, cette durée ne dit pas le temps \
         passé sans emploi.",
    ),
    public(
        "public.disabled_worker",
        IAE_CRITERIA,
        Certainty::Confirmed,
        "Est travailleur handicapé la personne dont la reconnaissance (RQTH) est en cours. Seules les dates sont \
         gardées, jamais la cause.",
    ),
    public(
        "public.newcomer",
        "Contrat d’intégration républicaine (OFII)",
        Certainty::Uncertain,
        "Est primo-arrivante la personne étrangère dans ses premières années de séjour régulier.",
    ),
    public(
        "public.international_protection",
        IAE_CRITERIA,
        Certainty::Confirmed,
        "Bénéficie d’une protection internationale la personne réfugiée ou sous protection subsidiaire, sur \
         justificatif.",
    ),
    public(
        "public.low_french",
        IAE_CRITERIA,
        Certainty::Confirmed,
        "Est débutante en français la personne dont le niveau évalué est inférieur à A1. Ce n’est ni de l’illettrisme \
         ni une difficulté avec le numérique.",
    ),
    public(
        "public.priority_neighbourhood",
        "Quartiers prioritaires de la politique de la ville, listes de 2015 et de 2024",
        Certainty::Confirmed,
        "Habite un quartier prioritaire la personne dont l’adresse, et non la commune, se trouve dans un de ses \
         périmètres.",
    ),
    public(
        "public.leaving_prison",
        IAE_CRITERIA,
        Certainty::Confirmed,
        "Sort de détention ou est sous main de justice la personne qui l’atteste. Donnée judiciaire\u{a0}: seulement \
         là où la loi le permet, et jamais dans les exports.",
    ),
    public(
        "public.leaving_child_welfare",
        IAE_CRITERIA,
        Certainty::Confirmed,
        "Sort de l’aide sociale à l’enfance la personne qui l’atteste. Le département ne croise pas ses propres \
         dossiers pour le savoir.",
    ),
    public(
        "public.carer",
        "Diagnostic global et contrat d’engagement\u{a0}: aménagement des heures",
        Certainty::Uncertain,
        "Est proche aidante la personne qui déclare s’occuper d’un proche. Ses heures d’activité peuvent être \
         aménagées.",
    ),
    public(
        "public.without_childcare",
        "Diagnostic global et contrat d’engagement\u{a0}: aménagement des heures",
        Certainty::Uncertain,
        "Est sans solution de garde le parent qui le déclare. Ses heures d’activité peuvent être aménagées.",
    ),
];

const YOUNG_FROM: Parameter = Parameter {
    name: "publics.young_from",
    rule: "public.young",
    label_fr: "Âge à partir duquel on compte un jeune",
    unit: Unit::Years,
    default: 16,
    bounds: (0, 25),
    citation: "Usage des missions locales (16 à 25\u{a0}ans)",
    certainty: Certainty::Uncertain,
};
const YOUNG_BEFORE: Parameter = Parameter {
    name: "publics.young_before",
    rule: "public.young",
    label_fr: "Âge auquel on n’est plus compté parmi les jeunes",
    unit: Unit::Years,
    default: 26,
    bounds: (18, 35),
    citation: IAE_CRITERIA,
    certainty: Certainty::Confirmed,
};
const SENIOR_FROM: Parameter = Parameter {
    name: "publics.senior_from",
    rule: "public.senior",
    label_fr: "Âge des seniors",
    unit: Unit::Years,
    default: 50,
    bounds: (40, 70),
    citation: IAE_CRITERIA,
    certainty: Certainty::Confirmed,
};
const INCLUSION_CONTRACT_FROM: Parameter = Parameter {
    name: "publics.inclusion_contract_from",
    rule: "public.inclusion_contract_age",
    label_fr: "Âge du CDI inclusion",
    unit: Unit::Years,
    default: 57,
    bounds: (40, 70),
    citation: "Insertion par l’activité économique\u{a0}: contrat à durée indéterminée d’inclusion",
    certainty: Certainty::Confirmed,
};
/// Also the age of the rule of orientation towards the social service.
pub(crate) const SOCIAL_SERVICE_FROM: Parameter = Parameter {
    name: "publics.social_service_from",
    rule: "public.social_service_age",
    label_fr: "Âge de l’orientation vers le service social",
    unit: Unit::Years,
    default: 62,
    bounds: (40, 75),
    citation: LOCAL_ORIENTATION,
    certainty: Certainty::Confirmed,
};
const LONG_TERM_RSA_YEARS: Parameter = Parameter {
    name: "publics.long_term_rsa_years",
    rule: "public.long_term_rsa",
    label_fr: "Ancienneté d’un bénéficiaire de longue durée",
    unit: Unit::Years,
    default: 5,
    bounds: (1, 30),
    citation: "Convention statistique du département\u{a0}: part des bénéficiaires au RSA depuis plus de cinq ans",
    certainty: Certainty::Uncertain,
};

/// What [`Thresholds::read`] asks for.
pub const PARAMETERS: &[Parameter] =
    &[YOUNG_FROM, YOUNG_BEFORE, SENIOR_FROM, INCLUSION_CONTRACT_FROM, SOCIAL_SERVICE_FROM, LONG_TERM_RSA_YEARS];

/// The numbers in force, in whole years.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Thresholds {
    pub young_from: u16,
    pub young_before: u16,
    pub senior_from: u16,
    pub inclusion_contract_from: u16,
    pub social_service_from: u16,
    pub long_term_rsa_years: u16,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            young_from: YOUNG_FROM.default,
            young_before: YOUNG_BEFORE.default,
            senior_from: SENIOR_FROM.default,
            inclusion_contract_from: INCLUSION_CONTRACT_FROM.default,
            social_service_from: SOCIAL_SERVICE_FROM.default,
            long_term_rsa_years: LONG_TERM_RSA_YEARS.default,
        }
    }
}

impl Thresholds {
    /// The numbers that the settings give, by parameter name; the default where they give none.
    ///
    /// # Errors
    /// The first setting outside its bounds.
    pub fn read(setting: impl Fn(&str) -> Option<u16>) -> Result<Self, OutOfRange> {
        let value = |parameter: Parameter| parameter.value(setting(parameter.name));
        Ok(Self {
            young_from: value(YOUNG_FROM)?,
            young_before: value(YOUNG_BEFORE)?,
            senior_from: value(SENIOR_FROM)?,
            inclusion_contract_from: value(INCLUSION_CONTRACT_FROM)?,
            social_service_from: value(SOCIAL_SERVICE_FROM)?,
            long_term_rsa_years: value(LONG_TERM_RSA_YEARS)?,
        })
    }
}
