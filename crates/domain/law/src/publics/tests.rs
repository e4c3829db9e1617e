use std::collections::HashSet;

use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::typography::assert_typography;

/// Today, in the tests.
const TODAY: Date = date(2026, 11, 22);

/// A lone applicant of 36 with a child, right open and payable: every fact of the feed known.
fn anne() -> PublicsInput {
    PublicsInput {
        birth_date: Some(date(1990, 3, 15)),
        birth_precision: BirthPrecision::Full,
        rsa_role: Some(RsaRole::Applicant),
        right_status: Some('2'),
        obligations: Some(true),
        family_situation: FamilySituation::from_code("CEL"),
        dependent_children: Some(1),
        right_natures: vec![line("RSD", date(2024, 3, 1), None)],
        without_fixed_home: Some(false),
        first_claim: Some(date(2024, 2, 12)),
    }
}

fn line(code: &str, since: Date, last_day: Option<Date>) -> RightNature {
    RightNature { nature: Nature::from_code(code), since, last_day }
}

#[track_caller]
fn find(public: Public, input: &PublicsInput) -> Finding {
    *publics(input, &Thresholds::default(), TODAY).get(public)
}

#[track_caller]
fn expect(public: Public, input: &PublicsInput, answer: Answer, until: Option<Date>) {
    let finding = find(public, input);
    assert_eq!((finding.answer, finding.until), (answer, until), "{}", finding.why());
}

use Answer::{No, Unknown, Yes};

#[test]
fn beneficiaries() {
    for (status, role, answer) in [
        (Some('2'), Some(RsaRole::Applicant), Yes),
        (Some('3'), Some(RsaRole::Partner), Yes),
        (Some('4'), Some(RsaRole::Applicant), Yes),
        (Some('0'), Some(RsaRole::Applicant), No),
        (Some('1'), Some(RsaRole::Applicant), No),
        (Some('5'), Some(RsaRole::Applicant), No),
        (Some('6'), None, No),
        (Some('2'), Some(RsaRole::Child), No),
        (None, Some(RsaRole::Other), No),
        (Some('2'), None, Unknown),
        (None, Some(RsaRole::Applicant), Unknown),
        (Some('9'), Some(RsaRole::Applicant), Unknown),
        (None, None, Unknown),
    ] {
        let input = PublicsInput { right_status: status, rsa_role: role, ..anne() };
        expect(Public::Beneficiary, &input, answer, None);
    }
}

#[test]
fn obligations() {
    for (flag, status, role, answer) in [
        (Some(true), Some('2'), Some(RsaRole::Partner), Yes),
        (Some(true), None, None, Yes),
        (Some(false), Some('2'), Some(RsaRole::Applicant), No),
        // The flag stayed, the right ended: the state of the right is trusted.
        (Some(true), Some('5'), Some(RsaRole::Applicant), No),
        (None, Some('2'), Some(RsaRole::Applicant), Unknown),
        (None, Some('2'), Some(RsaRole::Child), No),
        (Some(true), Some('2'), Some(RsaRole::Child), Unknown),
    ] {
        let input = PublicsInput { obligations: flag, right_status: status, rsa_role: role, ..anne() };
        expect(Public::Obligations, &input, answer, None);
    }
}

#[test]
fn ages_change_on_the_birthday() {
    for (public, birth, answer, until) in [
        (Public::Young, date(2000, 11, 23), Yes, Some(date(2026, 11, 23))),
        (Public::Young, date(2000, 11, 22), No, None),
        (Public::Young, date(2010, 11, 23), No, Some(date(2026, 11, 23))),
        (Public::Young, date(2010, 11, 22), Yes, Some(date(2036, 11, 22))),
        // Not born yet: a contradiction that no rule stumbles on.
        (Public::Young, date(2027, 1, 1), No, Some(date(2043, 1, 1))),
        (Public::Young, date(2004, 2, 29), Yes, Some(date(2030, 2, 28))),
        (Public::Senior, date(1976, 11, 22), Yes, None),
        (Public::Senior, date(1976, 11, 23), No, Some(date(2026, 11, 23))),
        (Public::InclusionContractAge, date(1969, 11, 22), Yes, None),
        (Public::InclusionContractAge, date(1969, 11, 23), No, Some(date(2026, 11, 23))),
        (Public::SocialServiceAge, date(1964, 11, 22), Yes, None),
        (Public::SocialServiceAge, date(1964, 11, 23), No, Some(date(2026, 11, 23))),
    ] {
        expect(public, &PublicsInput { birth_date: Some(birth), ..anne() }, answer, until);
        expect(public, &PublicsInput { birth_date: None, ..anne() }, Unknown, None);
    }
}

#[test]
fn rights_of_a_nature() {
    let eve = date(2026, 11, 21);
    for (code, public) in [("RSI", Public::IncreasedRsa), ("RSJ", Public::YouthRsa)] {
        let since = date(2026, 1, 1);
        for (lines, status, role, answer, until) in [
            (vec![line(code, since, None)], Some('2'), Some(RsaRole::Applicant), Yes, None),
            // The last day is still in it; the right ends the day after.
            (vec![line(code, since, Some(TODAY))], Some('2'), Some(RsaRole::Partner), Yes, Some(date(2026, 11, 23))),
            (vec![line(code, since, Some(eve))], Some('2'), Some(RsaRole::Applicant), No, None),
            (
                vec![line(code, date(2026, 12, 1), None)],
                Some('2'),
                Some(RsaRole::Applicant),
                No,
                Some(date(2026, 12, 1)),
            ),
            (vec![line("RSD", since, None)], Some('4'), Some(RsaRole::Applicant), No, None),
            // A line that ends before it begins runs on no day.
            (vec![line(code, TODAY, Some(eve))], Some('2'), Some(RsaRole::Applicant), No, None),
            // Nothing calculated: nobody can tell, unless the right is closed or the role is not an adult's.
            (vec![], Some('4'), Some(RsaRole::Applicant), Unknown, None),
            (vec![], Some('5'), Some(RsaRole::Applicant), No, None),
            (vec![line(code, since, None)], Some('5'), Some(RsaRole::Applicant), No, None),
            (vec![line(code, since, None)], Some('2'), Some(RsaRole::Child), No, None),
            (vec![line(code, since, Some(TODAY))], None, Some(RsaRole::Applicant), Unknown, Some(date(2026, 11, 23))),
        ] {
            let input = PublicsInput { right_natures: lines, right_status: status, rsa_role: role, ..anne() };
            expect(public, &input, answer, until);
        }
    }
}

#[test]
fn lone_parents_by_family() {
    for (situation, children, role, answer) in [
        ("CEL", Some(1), Some(RsaRole::Applicant), Yes),
        ("DIV", Some(2), Some(RsaRole::Applicant), Yes),
        ("ISO", Some(1), Some(RsaRole::Applicant), Yes),
        ("SEF", Some(1), Some(RsaRole::Applicant), Yes),
        ("SEL", Some(1), Some(RsaRole::Applicant), Yes),
        ("VEU", Some(1), Some(RsaRole::Applicant), Yes),
        ("ABA", Some(1), Some(RsaRole::Applicant), No),
        ("CEL", Some(0), Some(RsaRole::Applicant), No),
        ("CEL", None, Some(RsaRole::Applicant), Unknown),
        ("VIM", Some(3), Some(RsaRole::Applicant), No),
        ("MAR", None, Some(RsaRole::Applicant), No),
        ("???", Some(1), Some(RsaRole::Applicant), Unknown),
        ("???", Some(0), Some(RsaRole::Applicant), No),
        ("CEL", Some(1), Some(RsaRole::Child), No),
        ("CEL", Some(1), None, Unknown),
        ("PAC", Some(1), Some(RsaRole::Partner), No),
        ("CEL", Some(1), Some(RsaRole::Partner), Unknown),
    ] {
        let input = PublicsInput {
            family_situation: FamilySituation::from_code(situation),
            dependent_children: children,
            rsa_role: role,
            ..anne()
        };
        expect(Public::LoneParent, &input, answer, None);
    }
}

#[test]
fn lone_parents_by_the_increased_right() {
    let running = vec![line("RSI", date(2026, 1, 1), Some(date(2026, 12, 31)))];
    let ends = Some(date(2027, 1, 1));
    for (situation, children, status, answer, until) in [
        // Pregnancy: no child yet.
        ("CEL", Some(0), Some('2'), Yes, ends),
        ("ABA", Some(1), Some('2'), Yes, ends),
        ("MAR", Some(1), Some('2'), Yes, ends),
        // The family situation is enough by itself: the end of the increase changes nothing.
        ("CEL", Some(1), Some('2'), Yes, None),
        ("MAR", Some(1), Some('5'), No, None),
        ("MAR", Some(1), None, Unknown, ends),
    ] {
        let input = PublicsInput {
            family_situation: FamilySituation::from_code(situation),
            dependent_children: children,
            right_status: status,
            right_natures: running.clone(),
            ..anne()
        };
        expect(Public::LoneParent, &input, answer, until);
    }
}

#[test]
fn long_term_beneficiaries() {
    for (first_claim, status, answer, until) in [
        (Some(date(2021, 11, 22)), Some('2'), Yes, None),
        (Some(date(2021, 11, 23)), Some('2'), No, Some(date(2026, 11, 23))),
        (Some(date(2021, 11, 22)), Some('5'), No, None),
        (Some(date(2021, 11, 22)), None, Unknown, None),
        (Some(date(2021, 11, 23)), None, No, Some(date(2026, 11, 23))),
        (None, Some('2'), Unknown, None),
        (None, Some('6'), No, None),
        (Some(date(2027, 1, 1)), Some('2'), No, Some(date(2032, 1, 1))),
    ] {
        let input = PublicsInput { first_claim, right_status: status, ..anne() };
        expect(Public::LongTermRsa, &input, answer, until);
    }
}

#[test]
fn without_fixed_home() {
    for (flag, answer) in [(Some(true), Yes), (Some(false), No), (None, Unknown)] {
        expect(Public::WithoutFixedHome, &PublicsInput { without_fixed_home: flag, ..anne() }, answer, None);
    }
}

#[test]
fn what_the_feed_cannot_show_is_unknown() {
    let unseen: Vec<Public> =
        Public::ALL.into_iter().filter(|public| find(*public, &anne()).answer == Unknown).collect();
    assert_eq!(unseen, Public::ALL[usize::from(Public::LongTermJobseeker.bit())..]);
    for public in unseen {
        let finding = find(public, &anne());
        assert_eq!(finding.missing, public.shown_by());
        assert!(public.shown_by().iter().all(|fact| fact.source() != Source::BeneficiaryFeed), "{public:?}");
    }
    // Without any fact at all, everything is unknown.
    let nothing = publics(&PublicsInput::default(), &Thresholds::default(), TODAY);
    assert_eq!(nothing.mask_unknown(), Public::ALL.iter().fold(0, |mask, public| mask | public.mask()));
}

#[test]
fn sentences() {
    let reads = |public, input: &PublicsInput| find(public, input).why().replace('\u{a0}', "_");
    assert_eq!(
        reads(Public::Beneficiary, &anne()),
        "Comptée car le droit est ouvert et versable (état_2) et le rôle est demandeur, selon l’organisme payeur."
    );
    let young = PublicsInput {
        birth_date: Some(date(2002, 1, 1)),
        birth_precision: BirthPrecision::DayAndMonthUnknown,
        ..anne()
    };
    assert_eq!(
        reads(Public::Young, &young),
        "Comptée car la personne a 24_ans, soit moins de 26_ans, d’après sa date de naissance (jour et mois de \
         naissance inconnus_: la date transmise sert de repère)."
    );
    assert_eq!(
        reads(Public::LoneParent, &PublicsInput { family_situation: FamilySituation::from_code("ABA"), ..anne() }),
        "Non comptée car la situation familiale transmise est «_déclaré absent_» (code ABA), que la règle locale ne \
         retient pas."
    );
    assert_eq!(
        reads(Public::DisabledWorker, &anne()),
        "Inconnu_: le flux des organismes payeurs ne le montre pas_; il y faudrait la notification de la RQTH et ses \
         dates."
    );
    assert_eq!(
        reads(Public::LongTermRsa, &anne()),
        "Non comptée car la première demande de RSA connue date du 12_février 2024, soit moins de 5_ans."
    );
    assert_eq!(
        reads(Public::LongTermRsa, &PublicsInput { first_claim: Some(date(2020, 1, 1)), ..anne() }),
        "Comptée car la première demande de RSA connue date du 1er_janvier 2020, soit au moins 5_ans."
    );
}

#[test]
fn thresholds_come_from_the_settings() {
    let input = PublicsInput { birth_date: Some(date(1976, 11, 23)), ..anne() };
    let earlier = Thresholds::read(|name| (name == "publics.senior_from").then_some(45)).unwrap();
    assert_eq!(publics(&input, &earlier, TODAY).get(Public::Senior).answer, Yes);
    assert_eq!(Thresholds::read(|_| None), Ok(Thresholds::default()));
    assert!(Thresholds::read(|name| (name == "publics.senior_from").then_some(300)).is_err());
}

#[test]
fn publics_are_named_once_and_each_has_its_rule() {
    let mut codes = HashSet::new();
    for (index, public) in Public::ALL.into_iter().enumerate() {
        assert_eq!(usize::from(public.bit()), index);
        assert!(codes.insert(public.code()));
        assert_eq!(Public::from_code(public.code()), Some(public));
        assert!(crate::rule(public.rule()).is_some(), "{}", public.rule());
        assert_eq!(serde_json::to_value(public).unwrap(), public.code());
        assert_typography(public.label());
        assert_typography(public.label_plural());
        for fact in public.shown_by().iter() {
            assert_typography(fact.label());
            assert_typography(fact.source().label());
        }
    }
    assert_eq!(RULES.len(), Public::ALL.len());
    assert_eq!(Public::in_mask(Public::Senior.mask() | 1 << 63).collect::<Vec<_>>(), [Public::Senior]);
}

fn any_day() -> impl Strategy<Value = Date> {
    prop_oneof![
        20 => (0..40_000_i32).prop_map(|days| date(1940, 1, 1).checked_add(days.days()).unwrap()),
        1 => Just(Date::MIN),
        1 => Just(Date::MAX),
        1 => Just(date(2004, 2, 29)),
    ]
}

fn any_input() -> impl Strategy<Value = PublicsInput> {
    let role = prop::sample::select(vec![RsaRole::Applicant, RsaRole::Partner, RsaRole::Child, RsaRole::Other]);
    let precision = prop::sample::select(vec![
        BirthPrecision::Full,
        BirthPrecision::DayUnknown,
        BirthPrecision::DayAndMonthUnknown,
    ]);
    let nature = prop::sample::select(vec![Nature::Increased, Nature::Youth, Nature::Other]);
    let natures = prop::collection::vec(
        (nature, any_day(), prop::option::of(any_day())).prop_map(|(nature, since, last_day)| RightNature {
            nature,
            since,
            last_day,
        }),
        0..4,
    );
    let situation = prop::sample::select(vec!["CEL", "VEU", "ABA", "MAR", "VIM", "XXX"]);
    (
        (prop::option::of(any_day()), precision, prop::option::of(role)),
        (
            prop::option::of(prop::sample::select(vec!['0', '1', '2', '3', '4', '5', '6', '9', 'é'])),
            any::<Option<bool>>(),
        ),
        (situation, prop::option::of(0..4_u8), natures, any::<Option<bool>>(), prop::option::of(any_day())),
    )
        .prop_map(
            |(
                (birth_date, birth_precision, rsa_role),
                (right_status, obligations),
                (situation, dependent_children, right_natures, without_fixed_home, first_claim),
            )| PublicsInput {
                birth_date,
                birth_precision,
                rsa_role,
                right_status,
                obligations,
                family_situation: FamilySituation::from_code(situation),
                dependent_children,
                right_natures,
                without_fixed_home,
                first_claim,
            },
        )
}

proptest! {
    #[test]
    fn findings_hold_together(input in any_input(), on in any_day()) {
        let findings = publics(&input, &Thresholds::default(), on);
        prop_assert_eq!(findings.mask_yes() & findings.mask_unknown(), 0);
        for finding in findings.iter() {
            let bit = finding.public.mask();
            prop_assert_eq!(findings.mask_yes() & bit != 0, finding.answer == Yes);
            prop_assert_eq!(findings.mask_unknown() & bit != 0, finding.answer == Unknown);
            prop_assert_eq!(finding.missing.is_empty(), finding.answer != Unknown);
            prop_assert!(finding.until.is_none_or(|until| until > on));
            prop_assert!(finding.answer == Unknown || !finding.decided_by.is_empty());
            assert_typography(&finding.why());
        }
        prop_assert_eq!(findings.next_change(), findings.iter().filter_map(|finding| finding.until).min());
    }

    #[test]
    fn an_answer_holds_until_its_day(input in any_input(), on in any_day(), later in 0..40_000_i32) {
        let thresholds = Thresholds::default();
        let findings = publics(&input, &thresholds, on);
        let Ok(day) = on.checked_add(later.days()) else { return Ok(()) };
        let then = publics(&input, &thresholds, day);
        for (finding, then) in findings.iter().zip(then.iter()) {
            if finding.until.is_none_or(|until| day < until) {
                prop_assert_eq!(finding.answer, then.answer, "{}", finding.why());
            }
        }
        // The day before the change, and the change itself.
        if let Some(eve) = findings.next_change().and_then(|day| day.yesterday().ok()) {
            let then = publics(&input, &thresholds, eve);
            prop_assert_eq!(then.mask_yes(), findings.mask_yes());
            prop_assert_eq!(then.mask_unknown(), findings.mask_unknown());
        }
    }
}
