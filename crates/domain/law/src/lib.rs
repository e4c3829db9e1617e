//! Dated, cited rules of insertion policy, as pure functions: no database, no clock, no configuration file.
//!
//! Whoever calls gives the facts, the parameters in force and the date; the answer comes with the rule that gave it
//! and a French sentence that says why. [`register`] lists every rule and [`parameters`] every number that may be
//! changed, for the page « Règles appliquées ».

pub mod age;
pub mod apprenticeship;
pub mod attention;
mod coded;
pub mod delays;
pub mod orientation;
pub mod publics;
pub mod questionnaire;
pub mod retention;
mod rule;
#[cfg(test)]
mod typography;
pub mod workload;

pub use rule::{Certainty, Deadline, OutOfRange, Parameter, Rule, Unit};

/// Every rule of the house, topic by topic, the older version of a rule before the newer one.
pub fn register() -> impl Iterator<Item = &'static Rule> {
    [
        age::RULES,
        publics::RULES,
        orientation::RULES,
        delays::RULES,
        attention::RULES,
        workload::RULES,
        retention::RULES,
        apprenticeship::RULES,
    ]
    .into_iter()
    .flatten()
}

/// The rule of a code; `None` when there is none.
pub fn rule(code: &str) -> Option<&'static Rule> {
    register().find(|rule| rule.code == code)
}

/// Every number that may be replaced by a dated setting, with its value when nobody has set it.
pub fn parameters() -> impl Iterator<Item = &'static Parameter> {
    [
        publics::PARAMETERS,
        orientation::PARAMETERS,
        orientation::SWITCHES,
        delays::PARAMETERS,
        attention::PARAMETERS,
        workload::PARAMETERS,
        retention::PARAMETERS,
        apprenticeship::PARAMETERS,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::typography::assert_typography;

    #[test]
    fn codes_are_unique_and_rules_are_whole() {
        let mut codes = HashSet::new();
        for rule in register() {
            assert!(codes.insert(rule.code), "{} twice", rule.code);
            assert!(rule.until.is_none_or(|until| until > rule.since), "{}", rule.code);
            assert_typography(rule.summary_fr);
            assert_typography(rule.citation);
            assert!(rule.summary_fr.ends_with('.'), "{}", rule.code);
        }
    }

    #[test]
    fn parameters_belong_to_a_rule_and_hold_their_own_default() {
        let mut names = HashSet::new();
        for parameter in parameters() {
            assert!(names.insert(parameter.name), "{} twice", parameter.name);
            assert!(rule(parameter.rule).is_some(), "{}", parameter.name);
            assert_eq!(parameter.value(None), Ok(parameter.default), "{}", parameter.name);
            assert_eq!(parameter.value(Some(parameter.default)), Ok(parameter.default), "{}", parameter.name);
            assert_typography(parameter.label_fr);
            assert_typography(parameter.citation);
        }
    }

    #[test]
    fn a_rule_applies_between_its_dates() {
        let old = rule("delay.orientation.2009").unwrap();
        let new = rule("delay.orientation.2025").unwrap();
        let switch = new.since;
        assert!(new.applies_on(switch) && !old.applies_on(switch));
        let eve = switch.yesterday().unwrap();
        assert!(old.applies_on(eve) && !new.applies_on(eve));
    }
}
