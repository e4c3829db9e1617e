use base::Date;

use super::outcome::RuleSet;
use super::rules::{CRITERIA, OrientationRule};
use crate::publics::SOCIAL_SERVICE_FROM;
use crate::{Certainty, OutOfRange, Parameter, Unit};

const LOCAL_LIST: &str = "Règles d’orientation du département de la Seine-Saint-Denis";

const fn local(
    name: &'static str,
    rule: &'static str,
    label_fr: &'static str,
    unit: Unit,
    default: u16,
    bounds: (u16, u16),
) -> Parameter {
    Parameter { name, rule, label_fr, unit, default, bounds, citation: LOCAL_LIST, certainty: Certainty::Confirmed }
}

const fn national(
    name: &'static str,
    rule: &'static str,
    label_fr: &'static str,
    unit: Unit,
    default: u16,
    bounds: (u16, u16),
) -> Parameter {
    Parameter { name, rule, label_fr, unit, default, bounds, citation: CRITERIA, certainty: Certainty::Uncertain }
}

const RULE_SET: Parameter = Parameter {
    name: "orientation.national_criteria",
    rule: "orientation.national.otherwise",
    label_fr: "Critères nationaux à la place des règles ordonnées du département",
    unit: Unit::Switch,
    default: 0,
    bounds: (0, 1),
    citation: "Choix du département",
    certainty: Certainty::Uncertain,
};
const AUTOMATIC_REGISTRATION: Parameter = Parameter {
    name: "orientation.local.automatic_registration_counts",
    rule: "orientation.local.registered",
    label_fr: "L’inscription d’office à France Travail compte comme une inscription",
    unit: Unit::Switch,
    default: 0,
    bounds: (0, 1),
    citation: "Choix du département depuis l’inscription d’office du 1er\u{a0}janvier 2025",
    certainty: Certainty::Uncertain,
};
const RECENT_MONTHS: Parameter = local(
    "orientation.local.recent_registration_months",
    "orientation.local.recently_registered",
    "Ancienneté d’une inscription récente à France Travail",
    Unit::Months,
    6,
    (1, 24),
);
const YOUTH_FROM: Parameter = local(
    "orientation.local.youth_from",
    "orientation.local.youth",
    "RSA Jeune\u{a0}: âge le plus bas",
    Unit::Years,
    18,
    (16, 30),
);
const YOUTH_TO: Parameter = local(
    "orientation.local.youth_to",
    "orientation.local.youth",
    "RSA Jeune\u{a0}: âge le plus haut, compris",
    Unit::Years,
    30,
    (18, 40),
);
const LONE_PARENT_CHILDREN: Parameter = local(
    "orientation.local.lone_parent_children",
    "orientation.local.lone_parent",
    "Foyer monoparental\u{a0}: nombre d’enfants",
    Unit::Children,
    3,
    (1, 10),
);
const HOUSING_CHILDREN: Parameter = local(
    "orientation.local.precarious_housing_children",
    "orientation.local.precarious_housing",
    "Logement précaire\u{a0}: nombre d’enfants",
    Unit::Children,
    1,
    (0, 10),
);
const SOCIAL_STRONG: Parameter = national(
    "orientation.national.social_strong",
    "orientation.national.strong_constraints",
    "Contraintes d’impact fort pour le parcours social",
    Unit::Count,
    2,
    (1, 6),
);
const SOCIO_PROFESSIONAL_STRONG: Parameter = national(
    "orientation.national.socio_professional_strong",
    "orientation.national.strong_constraint",
    "Contraintes d’impact fort pour le parcours socio-professionnel",
    Unit::Count,
    1,
    (1, 6),
);
const SOCIO_PROFESSIONAL_MEDIUM: Parameter = national(
    "orientation.national.socio_professional_medium",
    "orientation.national.medium_constraints",
    "Contraintes d’impact au moins moyen pour le parcours socio-professionnel",
    Unit::Count,
    2,
    (1, 6),
);
const MONTHS_WITHOUT_WORK: Parameter = national(
    "orientation.national.months_without_work",
    "orientation.national.long_without_work",
    "Longue durée sans emploi",
    Unit::Months,
    24,
    (1, 120),
);
const EDUCATION_CODE: Parameter = national(
    "orientation.national.education_code",
    "orientation.national.education",
    "Premier code d’un faible niveau d’études",
    Unit::Code,
    1206,
    (1201, 1207),
);

/// The numbers of the rules. Their switches are in [`SWITCHES`]; the age of seniors is that of the public.
pub const PARAMETERS: &[Parameter] = &[
    RULE_SET,
    AUTOMATIC_REGISTRATION,
    RECENT_MONTHS,
    YOUTH_FROM,
    YOUTH_TO,
    LONE_PARENT_CHILDREN,
    HOUSING_CHILDREN,
    SOCIAL_STRONG,
    SOCIO_PROFESSIONAL_STRONG,
    SOCIO_PROFESSIONAL_MEDIUM,
    MONTHS_WITHOUT_WORK,
    EDUCATION_CODE,
];

const SWITCH_COUNT: usize = {
    let (mut count, mut index) = (0, 0);
    while index < OrientationRule::ALL.len() {
        if OrientationRule::ALL[index].switch().is_some() {
            count += 1;
        }
        index += 1;
    }
    count
};

/// One switch for each rule that can be switched, in the order of the lists: 1 on, 0 off.
pub const SWITCHES: &[Parameter] = &{
    let (mut switches, mut count, mut index) = ([RULE_SET; SWITCH_COUNT], 0, 0);
    while index < OrientationRule::ALL.len() {
        if let Some(switch) = OrientationRule::ALL[index].switch() {
            switches[count] = switch;
            count += 1;
        }
        index += 1;
    }
    switches
};

/// The switches and numbers in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Whether each rule is on, in the order of [`OrientationRule::ALL`].
    pub(super) on: [bool; OrientationRule::ALL.len()],
    /// Whether the national criteria replace the local list, from the day they exist.
    pub national_criteria: bool,
    pub automatic_registration_counts: bool,
    /// Months
    pub recent_registration: u16,
    /// Years
    pub youth_from: u16,
    /// Years, included
    pub youth_to: u16,
    pub lone_parent_children: u16,
    pub precarious_housing_children: u16,
    /// Years: the parameter of the public of that age.
    pub senior_from: u16,
    pub social_strong: u16,
    pub socio_professional_strong: u16,
    pub socio_professional_medium: u16,
    /// Months
    pub months_without_work: u16,
    /// `NIVETU`, as a number.
    pub education_code: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self::read(|_| None).expect("defaults lie within their bounds")
    }
}

impl Settings {
    /// What the settings give, by parameter name; the default where they give none.
    ///
    /// # Errors
    /// The first setting outside its bounds.
    pub fn read(setting: impl Fn(&str) -> Option<u16>) -> Result<Self, OutOfRange> {
        let value = |parameter: Parameter| parameter.value(setting(parameter.name));
        let mut on = [true; OrientationRule::ALL.len()];
        for (on, rule) in on.iter_mut().zip(OrientationRule::ALL) {
            if let Some(switch) = rule.switch() {
                *on = value(switch)? == 1;
            }
        }
        Ok(Self {
            on,
            national_criteria: value(RULE_SET)? == 1,
            automatic_registration_counts: value(AUTOMATIC_REGISTRATION)? == 1,
            recent_registration: value(RECENT_MONTHS)?,
            youth_from: value(YOUTH_FROM)?,
            youth_to: value(YOUTH_TO)?,
            lone_parent_children: value(LONE_PARENT_CHILDREN)?,
            precarious_housing_children: value(HOUSING_CHILDREN)?,
            senior_from: value(SOCIAL_SERVICE_FROM)?,
            social_strong: value(SOCIAL_STRONG)?,
            socio_professional_strong: value(SOCIO_PROFESSIONAL_STRONG)?,
            socio_professional_medium: value(SOCIO_PROFESSIONAL_MEDIUM)?,
            months_without_work: value(MONTHS_WITHOUT_WORK)?,
            education_code: value(EDUCATION_CODE)?,
        })
    }

    /// The names of the parameters [`read`](Self::read) asks for.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SWITCHES.iter().chain(PARAMETERS).map(|parameter| parameter.name).chain([SOCIAL_SERVICE_FROM.name])
    }

    /// The same with a rule switched on or off: what a simulation asks for. A rule without switch stays on.
    #[must_use]
    pub fn with(mut self, rule: OrientationRule, on: bool) -> Self {
        self.on[rule as usize] = on || rule.switch().is_none();
        self
    }

    /// Whether a rule is read on a day: in force by its dates, and switched on.
    pub fn applies(&self, rule: OrientationRule, on: Date) -> bool {
        self.on[rule as usize] && rule.rule().applies_on(on)
    }

    /// The list in force on a day. The national criteria exist from 2025 on.
    pub fn rule_set(&self, on: Date) -> RuleSet {
        let exists = OrientationRule::NationalOtherwise.rule().applies_on(on);
        if self.national_criteria && exists { RuleSet::National } else { RuleSet::Local }
    }

    /// A text that is the same for the same rules, switches and numbers, and differs for others: `local-` or
    /// `national-` and sixteen hexadecimal digits. Only what the list of that day reads counts.
    pub fn version(&self, on: Date) -> String {
        let set = self.rule_set(on);
        let mut text = String::new();
        for rule in OrientationRule::listed(set).filter(|rule| self.applies(*rule, on)) {
            text.push_str(rule.code());
            text.push(';');
        }
        for (parameter, value) in self.numbers(set) {
            text.push_str(&format!("{}={value};", parameter.name));
        }
        format!("{}-{:016x}", set.code(), fnv1a(text.as_bytes()))
    }

    /// The numbers a list reads, with their value in force.
    pub fn numbers(&self, rule_set: RuleSet) -> Vec<(Parameter, u16)> {
        match rule_set {
            RuleSet::Local => vec![
                (AUTOMATIC_REGISTRATION, u16::from(self.automatic_registration_counts)),
                (RECENT_MONTHS, self.recent_registration),
                (YOUTH_FROM, self.youth_from),
                (YOUTH_TO, self.youth_to),
                (LONE_PARENT_CHILDREN, self.lone_parent_children),
                (HOUSING_CHILDREN, self.precarious_housing_children),
                (SOCIAL_SERVICE_FROM, self.senior_from),
            ],
            RuleSet::National => vec![
                (SOCIAL_STRONG, self.social_strong),
                (SOCIO_PROFESSIONAL_STRONG, self.socio_professional_strong),
                (SOCIO_PROFESSIONAL_MEDIUM, self.socio_professional_medium),
                (MONTHS_WITHOUT_WORK, self.months_without_work),
                (EDUCATION_CODE, self.education_code),
            ],
        }
    }
}

/// The 64-bit FNV-1a digest: short, and the same on every machine and in every version.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
