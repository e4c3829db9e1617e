//! What holds for any facts.

use proptest::prelude::*;

use super::*;
use crate::typography::assert_typography;

fn any_source() -> impl Strategy<Value = Source> {
    prop::sample::select(Source::ALL.to_vec())
}

fn any_day() -> impl Strategy<Value = Date> {
    prop_oneof![
        20 => (0..1_200_i32).prop_map(|days| date(2024, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap()),
        1 => Just(Date::MIN),
        1 => Just(Date::MAX),
    ]
}

/// A day on which rules are read: before and after the law of 2025.
fn reading_day() -> impl Strategy<Value = Date> {
    prop_oneof![any_day(), Just(TODAY)].prop_filter("the rules begin in 2009", |day| day.year() >= 2010)
}

/// Unknown, told once, or told twice.
fn told<T: Clone + std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Known<T>> {
    prop::collection::vec((value, any_source(), any_day()), 0..3).prop_map(|statements| {
        let mut known = Known::unknown();
        for (value, source, on) in statements {
            known.add(value, source, on);
        }
        known
    })
}

fn any_code(codes: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(codes).prop_map(str::to_owned)
}

fn any_registrations() -> impl Strategy<Value = Vec<Registration>> {
    let stay = (any_day(), prop::option::of(any_day()), any::<bool>())
        .prop_map(|(registered_on, ended_on, automatic)| Registration { registered_on, ended_on, automatic });
    prop::collection::vec(stay, 0..3)
}

fn any_birth() -> impl Strategy<Value = Birth> {
    let day = prop_oneof![
        10 => (0..25_000_i32).prop_map(|days| date(1950, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap()),
        1 => any_day(),
    ];
    let precision = prop::sample::select(vec![BirthPrecision::Full, BirthPrecision::DayAndMonthUnknown]);
    (day, precision).prop_map(|(date, precision)| Birth { date, precision })
}

fn any_constraints() -> impl Strategy<Value = Constraints> {
    let impact = || told(prop::sample::select(Impact::ALL.to_vec()));
    (impact(), impact(), impact(), impact(), impact(), impact()).prop_map(
        |(health, housing, mobility, child_care, caring, others)| Constraints {
            health,
            housing,
            mobility,
            child_care,
            caring,
            others,
        },
    )
}

prop_compose! {
    fn any_household()(
        birth in told(any_birth()),
        // Mostly people to be oriented: the rules are read further.
        role in told(prop::sample::select(vec![RsaRole::Applicant, RsaRole::Applicant, RsaRole::Partner, RsaRole::Child])),
        right_status in told(prop::sample::select(vec!['2', '2', '2', '2', '5', '9', 'é'])),
        obligations in told(prop::bool::weighted(0.9)),
        family_situation in told(prop::sample::select(vec!["CEL", "ABA", "MAR"]).prop_map(|code| FamilySituation::from_code(code).unwrap())),
        children in told(0..5_u8),
        increased_rsa in told(prop::bool::weighted(0.2)),
        without_fixed_home in told(any::<bool>()),
        domiciled_at in told(prop::option::weighted(0.1, Just("adept".to_owned()))),
        earlier_spell in told(any::<bool>()),
        served in prop::option::of(prop::sample::subsequence(Target::ALL.to_vec(), 0..=Target::ALL.len())),
    ) -> Facts {
        Facts {
            birth, role, right_status, obligations, family_situation, children, increased_rsa, without_fixed_home,
            domiciled_at, earlier_spell, served, ..Facts::default()
        }
    }
}

prop_compose! {
    fn any_facts()(
        household in any_household(),
        registrations in told(any_registrations()),
        recommendation in told(prop::option::of(prop::sample::select(WirePath::ALL.to_vec()))),
        housing in told(any_code(&["0901", "0902", "0903", "0913", "0999", ""])),
        social_difficulties in told(prop::collection::vec(any_code(&["0401", "0402", "0404", "0499"]), 0..3)),
        work_history in told(any_code(&["1901", "1904", "19"])),
        education in told(any_code(&["1201", "1206", "1207", "x"])),
        quick_return in told(prop::bool::weighted(0.2)),
        employment in told(prop::sample::select(Employment::ALL.to_vec())),
        months_without_work in told(0..60_u16),
        project_ability in told(prop::sample::select(ProjectAbility::ALL.to_vec())),
        constraints in any_constraints(),
    ) -> Facts {
        Facts {
            registrations, recommendation, housing, social_difficulties, work_history, education, quick_return,
            employment, months_without_work, project_ability, constraints, ..household
        }
    }
}

prop_compose! {
    /// Any switches, either list, defaults elsewhere.
    fn any_settings()(national in any::<bool>(), on in prop::collection::vec(prop::bool::weighted(0.8), OrientationRule::ALL.len())) -> Settings {
        let settings = Settings { national_criteria: national, ..Settings::default() };
        OrientationRule::ALL.into_iter().zip(on).fold(settings, |settings, (rule, on)| settings.with(rule, on))
    }
}

/// Does something with every fact that rules read: its place, then its path in [`Facts`].
macro_rules! each_fact {
    ($do:ident) => {
        $do! {
            0 birth, 1 role, 2 right_status, 3 obligations, 4 family_situation, 5 children, 6 increased_rsa,
            7 without_fixed_home, 8 domiciled_at, 9 earlier_spell, 10 registrations, 11 recommendation, 12 housing,
            13 social_difficulties, 14 work_history, 15 education, 16 quick_return, 17 employment,
            18 months_without_work, 19 project_ability, 20 constraints.health, 21 constraints.housing,
            22 constraints.mobility, 23 constraints.child_care, 24 constraints.caring, 25 constraints.others
        }
    };
}

/// How many facts [`each_fact`] knows.
const FACTS: usize = 26;

/// The facts, with one unknown fact learnt from `other`. `None` when there is nothing to learn there.
fn learn(facts: &Facts, other: &Facts, which: usize) -> Option<Facts> {
    let mut learnt = facts.clone();
    macro_rules! learn {
        ($($place:literal $($field:ident).+),+) => {
            match which {
                $($place => {
                    let told = &other.$($field).+;
                    if !facts.$($field).+.is_unknown() || told.is_unknown() {
                        return None;
                    }
                    learnt.$($field).+ = told.clone();
                })+
                _ => unreachable!("{which} is a place"),
            }
        };
    }
    each_fact!(learn);
    Some(learnt)
}

/// Somebody who meets few rules: most facts are those of Marie, some unknown, some others.
fn blend(mut facts: Facts, choices: &[u8]) -> Facts {
    let marie = marie();
    macro_rules! blend {
        ($($place:literal $($field:ident).+),+) => {
            $(match choices[$place] {
                0 => {}
                1 => facts.$($field).+ = Known::unknown(),
                _ => facts.$($field).+ = marie.$($field).+.clone(),
            })+
        };
    }
    each_fact!(blend);
    facts
}

fn people() -> impl Strategy<Value = Facts> {
    let blended =
        (any_facts(), prop::collection::vec(0..8_u8, FACTS)).prop_map(|(facts, choices)| blend(facts, &choices));
    prop_oneof![1 => any_facts(), 3 => blended]
}

/// The rules that may turn out to propose: the one that does, and the exceptions told. `None`: not concerned.
fn open(outcome: &Outcome) -> Vec<Option<OrientationRule>> {
    let rule = |unless: &Unless| unless.target.map(|_| unless.rule);
    match &outcome.conclusion {
        Conclusion::Conditional { proposal, unless } => unless.iter().map(rule).chain([Some(proposal.rule)]).collect(),
        _ => vec![outcome.proposal().map(|proposal| proposal.rule)],
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn what_is_learnt_never_contradicts_what_was_told(
        facts in people(),
        other in people(),
        settings in any_settings(),
        on in reading_day(),
    ) {
        let before = propose(&facts, &settings, on);
        let told = open(&before);
        let mut all = facts.clone();
        for which in 0..FACTS {
            // One fact alone, then all of them one after the other.
            for facts in [learn(&facts, &other, which), learn(&all, &other, which)].into_iter().flatten() {
                let after = propose(&facts, &settings, on);
                for rule in open(&after) {
                    prop_assert!(told.contains(&rule), "{:?} after {:?}", after.conclusion, before.conclusion);
                }
            }
            all = learn(&all, &other, which).unwrap_or(all);
        }
    }

    #[test]
    fn outcomes_hold_together(facts in people(), settings in any_settings(), on in reading_day()) {
        let outcome = propose(&facts, &settings, on);
        prop_assert_eq!(&outcome, &propose(&facts, &settings, on));
        prop_assert_eq!(&outcome.version, &settings.version(on));
        for finding in &outcome.findings {
            assert_typography(&finding.why);
            prop_assert_eq!(finding.missing.is_empty(), finding.answer != Answer::Unknown);
            prop_assert!(settings.applies(finding.rule, on));
            for contradiction in &finding.contradictions {
                assert_typography(&contradiction.why);
            }
            for fact in &finding.facts {
                prop_assert!(!fact.value.is_empty());
            }
        }
        let unknown: Vec<_> =
            outcome.findings.iter().filter(|finding| finding.answer == Answer::Unknown).map(|finding| finding.rule).collect();
        match &outcome.conclusion {
            Conclusion::Proposed { proposal } => {
                prop_assert!(unknown.is_empty() && !proposal.assessment_interview);
            }
            Conclusion::AssessmentInterview { proposal } => {
                prop_assert!(unknown.is_empty() && proposal.assessment_interview);
            }
            Conclusion::Conditional { unless, .. } => {
                prop_assert_eq!(unless.iter().map(|unless| unless.rule).collect::<Vec<_>>(), unknown);
                prop_assert!(!unless.is_empty() && unless.iter().all(|unless| !unless.missing.is_empty()));
            }
            Conclusion::NotConcerned { .. } => prop_assert_eq!(outcome.findings.len(), 1),
        }
        if let Some(proposal) = outcome.proposal() {
            prop_assert_eq!(proposal.path, proposal.target.path());
            prop_assert_eq!(proposal.association.is_some(), proposal.target == Target::LeadAssociation);
            prop_assert_eq!(outcome.findings.last().map(|finding| finding.rule), Some(proposal.rule));
        }
    }

    #[test]
    fn what_is_stored_reads_back(facts in people(), settings in any_settings(), on in reading_day()) {
        let outcome = propose(&facts, &settings, on);
        let json = serde_json::to_string(&outcome).unwrap();
        prop_assert_eq!(serde_json::from_str::<Outcome>(&json).unwrap(), outcome);
        let json = serde_json::to_string(&facts).unwrap();
        prop_assert_eq!(serde_json::from_str::<Facts>(&json).unwrap(), facts);
    }
}
