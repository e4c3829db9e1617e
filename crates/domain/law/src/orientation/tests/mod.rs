mod codes;
mod conclusions;
mod each_rule;
mod properties;

use base::Date;
use jiff::civil::date;

use super::*;
use crate::publics::{BirthPrecision, FamilySituation, RsaRole};

/// Today, in the tests.
const TODAY: Date = date(2026, 11, 22);
/// The day the facts speak of.
const LATELY: Date = date(2026, 10, 1);

fn feed<T>(value: T) -> Known<T> {
    Known::of(value, Source::BeneficiaryFeed, LATELY)
}

fn asked<T>(value: T) -> Known<T> {
    Known::of(value, Source::Questionnaire, LATELY)
}

fn birth(year: i16, month: i8, day: i8) -> Birth {
    Birth { date: date(year, month, day), precision: BirthPrecision::Full }
}

fn stay(registered_on: Date, ended_on: Option<Date>) -> Registration {
    Registration { registered_on, ended_on, automatic: false }
}

fn texts(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

/// An applicant of 40, to be oriented, of whom every fact is known and none meets a rule, but the last national ones.
fn marie() -> Facts {
    Facts {
        birth: feed(birth(1986, 3, 15)),
        role: feed(RsaRole::Applicant),
        right_status: feed('2'),
        obligations: feed(true),
        family_situation: feed(FamilySituation::from_code("MAR").unwrap()),
        children: feed(1),
        increased_rsa: feed(false),
        without_fixed_home: feed(false),
        domiciled_at: feed(None),
        earlier_spell: feed(false),
        registrations: Known::of(Vec::new(), Source::FranceTravailFile, LATELY),
        recommendation: Known::of(None, Source::FranceTravailRecommendation, LATELY),
        housing: asked("0901".to_owned()),
        social_difficulties: asked(Vec::new()),
        availability: asked(texts(&["0501"])),
        work_history: asked("1902".to_owned()),
        education: asked("1203".to_owned()),
        mobility: asked("2501".to_owned()),
        quick_return: asked(false),
        employment: asked(Employment::WorkedInPastTwoYears),
        months_without_work: asked(8),
        project_ability: asked(ProjectAbility::Able),
        constraints: Constraints {
            health: asked(Impact::None),
            housing: asked(Impact::None),
            mobility: asked(Impact::None),
            child_care: asked(Impact::None),
            caring: asked(Impact::None),
            others: asked(Impact::None),
        },
        served: None,
    }
}

/// The defaults, with the national criteria in force.
fn national() -> Settings {
    Settings { national_criteria: true, ..Settings::default() }
}

/// The settings of the list of a rule, with that rule alone switched on.
fn alone(rule: OrientationRule) -> Settings {
    let set = rule.rule_set().unwrap();
    let settings = Settings { national_criteria: set == RuleSet::National, ..Settings::default() };
    OrientationRule::listed(set).fold(settings, |settings, other| settings.with(other, other == rule))
}

/// What a rule says, read alone.
#[track_caller]
fn read_alone(rule: OrientationRule, facts: &Facts) -> Finding {
    let outcome = propose(facts, &alone(rule), TODAY);
    outcome.findings.into_iter().find(|finding| finding.rule == rule).expect("the rule was read")
}
