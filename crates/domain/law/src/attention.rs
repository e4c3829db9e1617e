//! When somebody accompanied needs attention: days without a meeting, the phase of an accompaniment, how long before
//! its end a legal time becomes pressing.

use jiff::civil::date;

use crate::{Certainty, OutOfRange, Parameter, Rule, Unit};

const QUIET: &str = "attention.quiet";
const PHASES: &str = "attention.phases";
const WARNING: &str = "attention.warning";
const DASHBOARD: &str = "Tableau de bord des conventions du département (2025)";
const LOCAL_CHOICE: &str = "Choix du département";

pub const RULES: &[Rule] = &[
    Rule {
        code: QUIET,
        since: date(2009, 6, 1),
        until: None,
        citation: DASHBOARD,
        certainty: Certainty::Confirmed,
        summary_fr: "Une personne accompagnée sans rendez-vous individuel depuis trente jours est signalée à son \
                     référent, plus nettement encore au bout de soixante jours.",
    },
    Rule {
        code: PHASES,
        since: date(2009, 6, 1),
        until: None,
        citation: DASHBOARD,
        certainty: Certainty::Confirmed,
        summary_fr: "L’accompagnement est intensif à partir de quatre rendez-vous individuels honorés en douze mois. \
                     Il est en diagnostic pendant les premières semaines qui suivent le premier rendez-vous.",
    },
    Rule {
        code: WARNING,
        since: date(2009, 6, 1),
        until: None,
        citation: LOCAL_CHOICE,
        certainty: Certainty::Uncertain,
        summary_fr: "Une orientation à décider devient pressante quelques jours avant la fin du délai légal.",
    },
];

const QUIET_DAYS: Parameter = Parameter {
    name: "attention.quiet_days",
    rule: QUIET,
    label_fr: "Sans rendez-vous\u{a0}: premier signal",
    unit: Unit::Days,
    default: 30,
    bounds: (7, 180),
    citation: DASHBOARD,
    certainty: Certainty::Confirmed,
};
const LONG_QUIET_DAYS: Parameter = Parameter {
    name: "attention.long_quiet_days",
    rule: QUIET,
    label_fr: "Sans rendez-vous\u{a0}: second signal",
    unit: Unit::Days,
    default: 60,
    bounds: (14, 365),
    citation: DASHBOARD,
    certainty: Certainty::Confirmed,
};
const INTENSIVE_MEETINGS: Parameter = Parameter {
    name: "attention.intensive_meetings",
    rule: PHASES,
    label_fr: "Accompagnement intensif\u{a0}: rendez-vous individuels honorés en douze mois",
    unit: Unit::Count,
    default: 4,
    bounds: (1, 52),
    citation: DASHBOARD,
    certainty: Certainty::Confirmed,
};
const ASSESSMENT_DAYS: Parameter = Parameter {
    name: "attention.assessment_days",
    rule: PHASES,
    label_fr: "Durée du diagnostic après le premier rendez-vous",
    unit: Unit::Days,
    default: 60,
    bounds: (7, 180),
    citation: LOCAL_CHOICE,
    certainty: Certainty::Uncertain,
};
const WARNING_DAYS: Parameter = Parameter {
    name: "attention.orientation_warning_days",
    rule: WARNING,
    label_fr: "Orientation pressante avant la fin du délai",
    unit: Unit::Days,
    default: 7,
    bounds: (1, 30),
    citation: LOCAL_CHOICE,
    certainty: Certainty::Uncertain,
};

/// What [`Attention::read`] asks for.
pub const PARAMETERS: &[Parameter] = &[QUIET_DAYS, LONG_QUIET_DAYS, INTENSIVE_MEETINGS, ASSESSMENT_DAYS, WARNING_DAYS];

/// The numbers in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Attention {
    pub quiet_days: u16,
    pub long_quiet_days: u16,
    /// Attended, one to one, in twelve months.
    pub intensive_meetings: u16,
    pub assessment_days: u16,
    pub orientation_warning_days: u16,
}

impl Attention {
    /// The numbers that the settings give, by parameter name; the default where they give none.
    ///
    /// # Errors
    /// The first setting outside its bounds.
    pub fn read(setting: impl Fn(&str) -> Option<u16>) -> Result<Self, OutOfRange> {
        let value = |parameter: Parameter| parameter.value(setting(parameter.name));
        Ok(Self {
            quiet_days: value(QUIET_DAYS)?,
            long_quiet_days: value(LONG_QUIET_DAYS)?,
            intensive_meetings: value(INTENSIVE_MEETINGS)?,
            assessment_days: value(ASSESSMENT_DAYS)?,
            orientation_warning_days: value(WARNING_DAYS)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_replaces_its_number_only() {
        let usual = Attention::read(|_| None).unwrap();
        let changed = Attention::read(|name| (name == "attention.quiet_days").then_some(21)).unwrap();
        assert_eq!(changed, Attention { quiet_days: 21, ..usual });
        assert!(Attention::read(|name| (name == "attention.intensive_meetings").then_some(0)).is_err());
    }
}
