//! For every rule: met, just not met, a fact missing, facts that contradict one another.

use super::*;
use Answer::{Met, NotMet, Unknown};
use OrientationRule as R;

/// Has a source state a value of a fact on a day.
type State = fn(&mut Facts, Source, Date);

/// One rule and the fact it turns on: how to forget it, and two neighbouring values of which one meets the rule.
struct Row {
    rule: R,
    fact: Fact,
    /// What else has to hold for the rule to be met.
    given: fn(&mut Facts),
    forget: fn(&mut Facts),
    meets: State,
    just_not: State,
}

macro_rules! row {
    ($rule:ident, $fact:ident, $($field:ident).+, $meets:expr, $just_not:expr) => {
        row!($rule, $fact, $($field).+, $meets, $just_not, |_| {})
    };
    ($rule:ident, $fact:ident, $($field:ident).+, $meets:expr, $just_not:expr, $given:expr) => {
        Row {
            rule: R::$rule,
            fact: Fact::$fact,
            given: $given,
            forget: |facts| facts.$($field).+ = Known::unknown(),
            meets: |facts, source, on| facts.$($field).+.add($meets, source, on),
            just_not: |facts, source, on| facts.$($field).+.add($just_not, source, on),
        }
    };
}

fn rows() -> Vec<Row> {
    let alone: fn(&mut Facts) = |facts| facts.family_situation = feed(FamilySituation::from_code("CEL").unwrap());
    let not_working: fn(&mut Facts) = |facts| facts.employment = asked(Employment::NotInPastTwoYears);
    let one_strong: fn(&mut Facts) = |facts| facts.constraints.mobility = asked(Impact::Strong);
    let one_medium: fn(&mut Facts) = |facts| facts.constraints.mobility = asked(Impact::Medium);
    vec![
        row!(LocalAssociation, DomiciledAt, domiciled_at, Some("adept".to_owned()), None),
        // The day it ends, it no longer runs.
        row!(
            LocalRegistered,
            Registrations,
            registrations,
            vec![stay(date(2020, 1, 1), Some(date(2026, 11, 23)))],
            vec![stay(date(2020, 1, 1), Some(TODAY))]
        ),
        row!(
            LocalRecentlyRegistered,
            Registrations,
            registrations,
            vec![stay(date(2026, 5, 22), Some(date(2026, 6, 1)))],
            vec![stay(date(2026, 5, 21), Some(date(2026, 6, 1)))]
        ),
        // 30 still, then 31 today.
        row!(LocalYouth, BirthDate, birth, birth(1995, 11, 23), birth(1995, 11, 22)),
        row!(LocalQuickReturn, QuickReturn, quick_return, true, false),
        row!(LocalIncreasedRsa, IncreasedRsa, increased_rsa, true, false),
        row!(LocalLoneParent, Children, children, 3, 2, alone),
        row!(LocalPrecariousHousing, Housing, housing, "0903".to_owned(), "0902".to_owned()),
        row!(LocalFrenchOnly, SocialDifficulties, social_difficulties, texts(&["0404"]), texts(&["0404", "0405"])),
        row!(LocalSocialDifficulties, SocialDifficulties, social_difficulties, texts(&["0402"]), texts(&["0401"])),
        row!(LocalSenior, BirthDate, birth, birth(1964, 11, 22), birth(1964, 11, 23)),
        row!(LocalNeverWorked, WorkHistory, work_history, "1904".to_owned(), "1903".to_owned(), not_working),
        row!(LocalEarlierSpell, EarlierSpell, earlier_spell, true, false),
        row!(
            LocalRecommendedEmployment,
            Recommendation,
            recommendation,
            Some(WirePath::Employment),
            Some(WirePath::SocioProfessional)
        ),
        row!(
            LocalRecommendedSocial,
            Recommendation,
            recommendation,
            Some(WirePath::Social),
            Some(WirePath::SocioProfessional)
        ),
        row!(
            LocalRecommendedSocioProfessional,
            Recommendation,
            recommendation,
            Some(WirePath::SocioProfessional),
            Some(WirePath::Social)
        ),
        row!(
            LocalRecommendedOther,
            Recommendation,
            recommendation,
            Some(WirePath::OrientationInterview),
            Some(WirePath::Employment)
        ),
        row!(
            NationalStrongConstraints,
            HealthConstraint,
            constraints.health,
            Impact::Strong,
            Impact::Medium,
            one_strong
        ),
        row!(
            NationalStrongWithoutProject,
            ProjectAbility,
            project_ability,
            ProjectAbility::NotYet,
            ProjectAbility::NeedsHelp,
            one_strong
        ),
        row!(NationalStrongConstraint, CaringConstraint, constraints.caring, Impact::Strong, Impact::Medium),
        row!(
            NationalMediumConstraints,
            ChildCareConstraint,
            constraints.child_care,
            Impact::Medium,
            Impact::None,
            one_medium
        ),
        row!(NationalLongWithoutWork, MonthsWithoutWork, months_without_work, 24, 23),
        row!(NationalProjectToBuild, ProjectAbility, project_ability, ProjectAbility::NeedsHelp, ProjectAbility::Able),
        row!(NationalEducation, Education, education, "1206".to_owned(), "1205".to_owned()),
        row!(
            NationalEmployment,
            Employment,
            employment,
            Employment::WorkedInPastTwoYears,
            Employment::NotInPastTwoYears
        ),
        row!(NationalProjectReady, ProjectAbility, project_ability, ProjectAbility::Able, ProjectAbility::NeedsHelp),
    ]
}

impl Row {
    fn person(&self, statements: &[(State, Source, Date)]) -> Facts {
        let mut facts = marie();
        (self.given)(&mut facts);
        (self.forget)(&mut facts);
        for (state, source, on) in statements {
            state(&mut facts, *source, *on);
        }
        facts
    }
}

#[test]
fn every_rule_has_its_row() {
    let listed: Vec<R> = [RuleSet::Local, RuleSet::National].into_iter().flat_map(R::listed).collect();
    assert_eq!(rows().iter().map(|row| row.rule).collect::<Vec<_>>(), listed);
}

#[test]
fn met_and_just_not_met() {
    for row in rows() {
        for (state, answer) in [(row.meets, Met), (row.just_not, NotMet)] {
            let finding = read_alone(row.rule, &row.person(&[(state, Source::Hand, LATELY)]));
            assert_eq!(finding.answer, answer, "{:?}: {}", row.rule, finding.why);
            assert_eq!(finding.missing, [], "{:?}", row.rule);
            assert_eq!(finding.contradictions, [], "{:?}", row.rule);
            let used = finding.facts.iter().find(|used| used.fact == row.fact).unwrap();
            assert_eq!((used.source, used.on), (Source::Hand, LATELY), "{:?}", row.rule);
        }
    }
}

#[test]
fn a_missing_fact_is_named() {
    for row in rows() {
        let finding = read_alone(row.rule, &row.person(&[]));
        assert_eq!((finding.answer, finding.missing), (Unknown, vec![row.fact]), "{:?}: {}", row.rule, finding.why);
        assert!(finding.why.contains(row.fact.label()), "{}", finding.why);
        // Nothing at all is known: still no « no ».
        let nothing = read_alone(row.rule, &Facts::default());
        assert_eq!(nothing.answer, Unknown, "{:?}", row.rule);
        assert!(nothing.missing.contains(&row.fact), "{:?}", row.rule);
    }
}

#[test]
fn of_two_facts_that_contradict_each_other_the_most_recent_is_kept_and_both_are_told() {
    let earlier = date(2026, 9, 1);
    for row in rows() {
        for (newer, older, answer) in [(row.meets, row.just_not, Met), (row.just_not, row.meets, NotMet)] {
            let newer = (newer, Source::Questionnaire, LATELY);
            let older = (older, Source::Hand, earlier);
            // Whatever the order in which they came.
            for statements in [[newer, older], [older, newer]] {
                let finding = read_alone(row.rule, &row.person(&statements));
                assert_eq!(finding.answer, answer, "{:?}: {}", row.rule, finding.why);
                let told = &finding.contradictions[..];
                let [Contradiction { kept, set_aside, why }] = told else { panic!("{:?}: {told:?}", row.rule) };
                assert_eq!((kept.fact, set_aside.fact), (row.fact, row.fact));
                assert_eq!((kept.source, kept.on), (Source::Questionnaire, LATELY));
                assert_eq!((set_aside.source, set_aside.on), (Source::Hand, earlier));
                assert!(why.contains(&kept.value) && why.contains(&set_aside.value), "{why}");
            }
        }
    }
}

#[test]
fn on_one_day_the_order_of_the_sources_decides_and_agreement_is_no_contradiction() {
    for row in rows() {
        let by_hand = (row.meets, Source::Hand, LATELY);
        let questionnaire = (row.just_not, Source::Questionnaire, LATELY);
        let finding = read_alone(row.rule, &row.person(&[questionnaire, by_hand]));
        assert_eq!((finding.answer, finding.contradictions.len()), (Met, 1), "{:?}", row.rule);
        let same = (row.meets, Source::Questionnaire, date(2026, 9, 1));
        let finding = read_alone(row.rule, &row.person(&[by_hand, same]));
        assert_eq!((finding.answer, finding.contradictions), (Met, vec![]), "{:?}", row.rule);
    }
}

#[track_caller]
fn expect(rule: R, facts: &Facts, answer: Answer, missing: &[Fact]) {
    let finding = read_alone(rule, facts);
    assert_eq!((finding.answer, &finding.missing[..]), (answer, missing), "{}", finding.why);
}

#[test]
fn registrations() {
    let auto = |registered_on, ended_on| Registration { automatic: true, ..stay(registered_on, ended_on) };
    let (old, new) = (date(2020, 1, 1), date(2026, 7, 1));
    for (stays, running, recent) in [
        (vec![stay(old, None)], Met, NotMet),
        (vec![stay(old, Some(date(2021, 1, 1))), stay(new, None)], Met, Met),
        (vec![stay(new, Some(date(2026, 8, 1)))], NotMet, Met),
        (vec![stay(TODAY, None)], Met, Met),
        // Announced for tomorrow.
        (vec![stay(date(2026, 11, 23), None)], NotMet, NotMet),
        // Registered with the claim: by default it says nothing of a search for work.
        (vec![auto(new, None)], NotMet, NotMet),
        (vec![auto(new, None), stay(old, None)], Met, NotMet),
    ] {
        let facts = Facts { registrations: Known::of(stays, Source::FranceTravailFile, LATELY), ..marie() };
        expect(R::LocalRegistered, &facts, running, &[]);
        expect(R::LocalRecentlyRegistered, &facts, recent, &[]);
    }
    let facts = Facts { registrations: feed(vec![auto(new, None)]), ..marie() };
    for rule in [R::LocalRegistered, R::LocalRecentlyRegistered] {
        let settings = Settings { automatic_registration_counts: true, ..alone(rule) };
        assert_eq!(propose(&facts, &settings, TODAY).findings[1].answer, Met);
    }
}

#[test]
fn ages() {
    for (born, answer) in [
        (birth(2008, 11, 22), Met),
        (birth(2008, 11, 23), NotMet),
        (birth(2008, 2, 29), Met),
        (birth(2027, 1, 1), NotMet),
    ] {
        expect(R::LocalYouth, &Facts { birth: feed(born), ..marie() }, answer, &[]);
    }
    let vague = Birth { precision: BirthPrecision::DayAndMonthUnknown, ..birth(2000, 1, 1) };
    let finding = read_alone(R::LocalYouth, &Facts { birth: feed(vague), ..marie() });
    assert!(finding.why.contains("en partie inconnue"), "{}", finding.why);
}

#[test]
fn lone_parents() {
    const FAMILY: Fact = Fact::FamilySituation;
    for (situation, children, answer, missing) in [
        (Some("CEL"), Some(3), Met, &[][..]),
        (Some("VEU"), Some(4), Met, &[]),
        (Some("ABA"), Some(3), NotMet, &[]),
        (Some("VIM"), Some(3), NotMet, &[]),
        // One « no » is enough.
        (Some("MAR"), None, NotMet, &[]),
        (None, Some(2), NotMet, &[]),
        (None, Some(3), Unknown, &[FAMILY]),
        (Some("CEL"), None, Unknown, &[Fact::Children]),
        (None, None, Unknown, &[FAMILY, Fact::Children]),
    ] {
        let family_situation =
            situation.map_or_else(Known::unknown, |code| feed(FamilySituation::from_code(code).unwrap()));
        let children = children.map_or_else(Known::unknown, feed);
        expect(R::LocalLoneParent, &Facts { family_situation, children, ..marie() }, answer, missing);
    }
}

#[test]
fn precarious_housing() {
    for (code, children, answer, missing) in [
        ("0913", Some(1), Met, &[][..]),
        ("0903", Some(0), NotMet, &[]),
        ("0903", None, Unknown, &[Fact::Children]),
        ("0901", None, NotMet, &[]),
        // In no list: nobody can read it.
        ("0914", Some(1), Unknown, &[Fact::Housing]),
        ("903", Some(1), Unknown, &[Fact::Housing]),
        ("09é", Some(0), NotMet, &[]),
    ] {
        let facts =
            Facts { housing: asked(code.to_owned()), children: children.map_or_else(Known::unknown, feed), ..marie() };
        expect(R::LocalPrecariousHousing, &facts, answer, missing);
    }
    let contradicted = Facts { without_fixed_home: feed(true), ..marie() };
    let finding = read_alone(R::LocalPrecariousHousing, &contradicted);
    assert_eq!((finding.answer, finding.contradictions[0].set_aside.fact), (NotMet, Fact::WithoutFixedHome));
}

#[test]
fn social_difficulties() {
    const MISSING: &[Fact] = &[Fact::SocialDifficulties];
    for (codes, french_only, any) in [
        (&["0404"][..], Met, Met),
        (&["0402"], NotMet, Met),
        (&["0402", "0404"], NotMet, Met),
        (&[], NotMet, NotMet),
        (&["0401"], NotMet, NotMet),
        // « None » beside another one contradicts itself.
        (&["0401", "0404"], Unknown, Unknown),
        // A code of no list: one difficulty is certain, whether it is the only one is not.
        (&["0404", "0499"], Unknown, Met),
        (&["0499"], Unknown, Unknown),
    ] {
        let facts = Facts { social_difficulties: asked(texts(codes)), ..marie() };
        for (rule, answer) in [(R::LocalFrenchOnly, french_only), (R::LocalSocialDifficulties, any)] {
            expect(rule, &facts, answer, if answer == Unknown { MISSING } else { &[] });
        }
    }
}

#[test]
fn codes_of_no_list_are_unknown() {
    let facts = Facts { work_history: asked("1905".to_owned()), education: asked("1200".to_owned()), ..marie() };
    expect(R::LocalNeverWorked, &facts, Unknown, &[Fact::WorkHistory]);
    let off_by_default = propose(&facts, &national(), TODAY);
    assert!(off_by_default.findings.iter().all(|finding| finding.rule != R::NationalEducation));
    expect(R::NationalEducation, &facts, Unknown, &[Fact::Education]);
}

#[test]
fn work_told_otherwise_elsewhere() {
    let never = Facts { work_history: asked("1904".to_owned()), ..marie() };
    let finding = read_alone(R::LocalNeverWorked, &never);
    assert_eq!((finding.answer, finding.contradictions[0].set_aside.fact), (Met, Fact::Employment));
    for (employment, months, contradictions) in [
        (Employment::WorksNow, 0, 0),
        (Employment::WorksNow, 1, 1),
        (Employment::WorkedInPastTwoYears, 24, 0),
        (Employment::WorkedInPastTwoYears, 25, 1),
        (Employment::NotInPastTwoYears, 24, 0),
        (Employment::NotInPastTwoYears, 23, 1),
    ] {
        let facts = Facts { employment: asked(employment), months_without_work: asked(months), ..marie() };
        let finding = read_alone(R::NationalLongWithoutWork, &facts);
        assert_eq!(finding.contradictions.len(), contradictions, "{employment:?} {months}");
        assert_eq!(finding.answer == Met, months >= 24);
    }
}

#[test]
fn a_recommendation_does_not_outlive_the_registration() {
    let recommended = |path| Facts {
        recommendation: Known::of(Some(path), Source::FranceTravailRecommendation, date(2026, 6, 1)),
        ..marie()
    };
    for (path, rule) in [
        (WirePath::Employment, R::LocalRecommendedEmployment),
        (WirePath::Social, R::LocalRecommendedSocial),
        (WirePath::SocioProfessional, R::LocalRecommendedSocioProfessional),
        (WirePath::Undetermined, R::LocalRecommendedOther),
    ] {
        for (ended_on, answer) in [
            (None, Met),
            (Some(date(2026, 6, 1)), Met),
            (Some(date(2026, 6, 2)), NotMet),
            (Some(TODAY), NotMet),
            (Some(date(2026, 11, 23)), Met),
        ] {
            let facts = Facts { registrations: feed(vec![stay(date(2025, 1, 1), ended_on)]), ..recommended(path) };
            let finding = read_alone(rule, &facts);
            assert_eq!(finding.answer, answer, "{rule:?} {ended_on:?}: {}", finding.why);
            assert_eq!(finding.contradictions.len(), usize::from(answer == NotMet));
        }
        // Without the registrations nobody can tell; another path is no all the same.
        let facts = Facts { registrations: Known::unknown(), ..recommended(path) };
        expect(rule, &facts, Unknown, &[Fact::Registrations]);
        let other = if path == WirePath::Social { WirePath::Employment } else { WirePath::Social };
        expect(rule, &Facts { registrations: Known::unknown(), ..recommended(other) }, NotMet, &[]);
    }
}

#[test]
fn constraints_not_told_leave_open_what_they_could_change() {
    let strong = |count: usize, unknown: usize| {
        let mut facts = marie();
        let constraints = &mut facts.constraints;
        let all = [
            &mut constraints.health,
            &mut constraints.housing,
            &mut constraints.mobility,
            &mut constraints.child_care,
            &mut constraints.caring,
            &mut constraints.others,
        ];
        for (index, constraint) in all.into_iter().enumerate() {
            if index < count {
                *constraint = asked(Impact::Strong);
            } else if index < count + unknown {
                *constraint = Known::unknown();
            }
        }
        facts
    };
    for (count, unknown, two, one) in [
        (0, 0, NotMet, NotMet),
        (0, 1, NotMet, Unknown),
        (0, 2, Unknown, Unknown),
        (1, 0, NotMet, Met),
        (1, 1, Unknown, Met),
        (2, 4, Met, Met),
        (0, 6, Unknown, Unknown),
    ] {
        let facts = strong(count, unknown);
        for (rule, answer) in [(R::NationalStrongConstraints, two), (R::NationalStrongConstraint, one)] {
            let finding = read_alone(rule, &facts);
            assert_eq!(finding.answer, answer, "{count} strong, {unknown} unknown: {}", finding.why);
            assert_eq!(finding.missing.len(), if answer == Unknown { unknown } else { 0 });
        }
    }
}
