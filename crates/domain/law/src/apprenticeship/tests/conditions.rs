use super::*;
use crate::publics::Answer;
use crate::typography::assert_typography;

const NO: Answer = Answer::No;
const YES: Answer = Answer::Yes;
const UNKNOWN: Answer = Answer::Unknown;

#[track_caller]
fn said(finding: &Finding, answer: Answer) {
    assert_typography(&finding.why);
    assert_eq!(finding.answer, answer, "{}", finding.why);
    assert!(crate::rule(finding.rule).is_some());
}

#[test]
fn ages() {
    let no = Exceptions {
        disabled: Some(false),
        business_project: Some(false),
        elite_sport: Some(false),
        previous_contract_end: None,
    };
    let disabled = Exceptions { disabled: Some(true), ..no };
    let following = |end| Exceptions { previous_contract_end: Some(end), ..no };
    for (birth, exceptions, answer) in [
        (date(2010, 9, 8), no, NO),
        (date(2010, 9, 7), no, YES),
        (date(1996, 9, 8), no, YES),
        (date(1996, 9, 7), no, NO),
        (date(1996, 9, 7), Exceptions::default(), UNKNOWN),
        (date(1980, 1, 1), disabled, YES),
        (date(1992, 1, 1), following(date(2025, 9, 7)), YES),
        (date(1992, 1, 1), following(date(2025, 9, 6)), NO),
        (date(1990, 1, 1), following(date(2026, 9, 6)), NO),
    ] {
        said(&age(birth, START, START, &exceptions, &Settings::default()), answer);
    }
}

#[test]
fn durations() {
    for (last_day, disabled, adapted, answer) in [
        (date(2027, 9, 6), None, false, YES),
        (date(2027, 3, 6), None, false, YES),
        (date(2027, 3, 5), None, false, NO),
        (date(2027, 3, 5), None, true, YES),
        (date(2029, 9, 6), None, false, YES),
        (date(2029, 9, 7), None, false, UNKNOWN),
        (date(2029, 9, 7), Some(false), false, NO),
        (date(2030, 9, 6), Some(true), false, YES),
        (date(2030, 9, 7), Some(true), false, NO),
        (START.yesterday().unwrap(), None, true, NO),
    ] {
        said(&duration(START, last_day, disabled, adapted, &Settings::default()), answer);
    }
}

#[test]
fn a_quarter_of_training() {
    for (training, contract, answer) in [(402, 1607, YES), (401, 1607, NO), (0, 0, UNKNOWN), (1607, 1607, YES)] {
        said(&training_share(training, contract, &Settings::default()), answer);
    }
    assert!(training_share(401, 1607, &Settings::default()).why.contains("24,9\u{a0}%"));
}

#[test]
fn hosts_of_the_consortium() {
    let host =
        |name: &str, days, has_tutor, has_convention| Host { name: name.to_owned(), days, has_tutor, has_convention };
    let settings = Settings::default();
    let two = [host("Relais", 40, true, true), host("Vitamine T", 40, true, true)];
    assert!(hosts(&two, 160, false, &settings).iter().all(|finding| finding.answer == YES));
    for finding in hosts(&two, 160, false, &settings) {
        said(&finding, YES);
    }
    let answers = |found: Vec<Finding>| found.iter().map(|finding| finding.answer).collect::<Vec<_>>();
    assert_eq!(answers(hosts(&two, 159, false, &settings)), [YES, NO, YES, YES, YES, YES]);
    assert_eq!(answers(hosts(&two, 0, false, &settings))[1], UNKNOWN);
    let three = [two[0].clone(), two[1].clone(), host("Inser’Eco", 1, false, false)];
    assert_eq!(answers(hosts(&three, 200, false, &settings)), [NO, YES, YES, YES, YES, YES, NO, NO]);
    assert_eq!(answers(hosts(&three, 200, true, &settings))[0], YES);
    assert_eq!(answers(hosts(&[], 0, false, &settings)), [YES]);
}

#[test]
fn tutors() {
    let fit = Tutor {
        employee: Some(true),
        volunteer: Some(true),
        adult: Some(true),
        same_field_diploma: Some(true),
        practice_months: Some(12),
        branch_agreement: false,
    };
    let settings = Settings::default();
    for (candidate, answer) in [
        (fit, YES),
        (Tutor { practice_months: Some(11), ..fit }, NO),
        (Tutor { same_field_diploma: Some(false), ..fit }, NO),
        (Tutor { same_field_diploma: None, ..fit }, UNKNOWN),
        (Tutor { same_field_diploma: Some(false), practice_months: Some(24), ..fit }, YES),
        (Tutor { practice_months: None, ..fit }, UNKNOWN),
        (Tutor { practice_months: None, branch_agreement: true, ..fit }, YES),
    ] {
        said(tutor(&candidate, Regime::Apprenticeship, &settings).last().unwrap(), answer);
    }
    let nobody_knows = tutor(&Tutor::default(), Regime::Apprenticeship, &settings);
    assert!(nobody_knows.len() == 4 && nobody_knows.iter().all(|finding| finding.answer == UNKNOWN));
    let stranger = Tutor { employee: Some(false), volunteer: Some(false), adult: Some(false), ..fit };
    assert_eq!(tutor(&stranger, Regime::Apprenticeship, &settings).iter().filter(|f| f.answer == NO).count(), 3);
    // A diploma does not shorten the two years of professionalisation.
    let pro = tutor(&fit, Regime::Professionalisation, &settings);
    assert_eq!(pro.last().unwrap().answer, NO);
    assert!(pro.last().unwrap().citation.contains("6325-6"));
}

#[test]
fn how_many_each_tutor_takes() {
    let settings = Settings::default();
    for (regime, load, answer) in [
        (Regime::Apprenticeship, TutorLoad::default(), YES),
        (Regime::Apprenticeship, TutorLoad { people: 1, ..TutorLoad::default() }, YES),
        (Regime::Apprenticeship, TutorLoad { people: 2, ..TutorLoad::default() }, NO),
        (Regime::Apprenticeship, TutorLoad { people: 2, repeating: 1, ..TutorLoad::default() }, YES),
        (Regime::Apprenticeship, TutorLoad { people: 2, new_is_repeating: true, ..TutorLoad::default() }, YES),
        (Regime::Apprenticeship, TutorLoad { people: 3, repeating: 1, ..TutorLoad::default() }, NO),
        (
            Regime::Apprenticeship,
            TutorLoad { people: 2, repeating: 1, new_is_repeating: true, is_employer: false },
            YES,
        ),
        (Regime::Professionalisation, TutorLoad { people: 2, ..TutorLoad::default() }, YES),
        (Regime::Professionalisation, TutorLoad { people: 3, ..TutorLoad::default() }, NO),
        (Regime::Professionalisation, TutorLoad { people: 2, is_employer: true, ..TutorLoad::default() }, NO),
    ] {
        said(&tutor_load(&load, regime, &settings), answer);
    }
}

#[test]
fn contracts_of_professionalisation() {
    let facts = ProfessionalisationFacts {
        birth: date(1990, 1, 1),
        from: START,
        last_day: date(2027, 9, 6),
        jobseeker: Some(true),
        minimum_income: None,
        priority: None,
        training_hours: 400,
        contract_hours: 1607,
    };
    let answers = |facts| {
        let found = professionalisation(&facts, &Settings::default());
        found.iter().for_each(|finding| assert_typography(&finding.why));
        found.into_iter().map(|finding| finding.answer).collect::<Vec<_>>()
    };
    assert_eq!(answers(facts), [YES; 4]);
    assert_eq!(answers(ProfessionalisationFacts { jobseeker: None, ..facts })[0], UNKNOWN);
    let neither = ProfessionalisationFacts { jobseeker: Some(false), minimum_income: Some(false), ..facts };
    assert_eq!(answers(neither)[0], NO);
    assert_eq!(answers(ProfessionalisationFacts { birth: date(2000, 9, 8), jobseeker: None, ..facts })[0], YES);
    let long = ProfessionalisationFacts { last_day: date(2027, 9, 7), ..facts };
    assert_eq!(answers(long)[1], UNKNOWN);
    assert_eq!(answers(ProfessionalisationFacts { priority: Some(true), ..long })[1], YES);
    assert_eq!(answers(ProfessionalisationFacts { priority: Some(false), ..long })[1], NO);
    assert_eq!(answers(ProfessionalisationFacts { training_hours: 402, ..facts })[2], NO);
    assert_eq!(answers(ProfessionalisationFacts { training_hours: 149, contract_hours: 900, ..facts })[2..], [YES, NO]);
}

#[test]
fn the_seven_points_of_the_opco() {
    let settings = Settings::default();
    let good = PreCheck {
        title_registered: Some(true),
        age: age(date(2000, 1, 1), START, START, &Exceptions::default(), &settings),
        tutor: vec![tutor_load(&TutorLoad::default(), Regime::Apprenticeship, &settings)],
        pay: Some((182_303, 182_303)),
        opposed: Some(false),
        accredited: Some(true),
        quality_until: Some(date(2027, 1, 1)),
        starts_on: START,
    };
    assert!(precheck(&good).iter().all(|finding| finding.answer == YES));
    let bad = PreCheck {
        title_registered: Some(false),
        age: age(
            date(1980, 1, 1),
            START,
            START,
            &Exceptions {
                disabled: Some(false),
                business_project: Some(false),
                elite_sport: Some(false),
                previous_contract_end: None,
            },
            &settings,
        ),
        tutor: vec![tutor_load(&TutorLoad { people: 2, ..TutorLoad::default() }, Regime::Apprenticeship, &settings)],
        pay: Some((182_302, 182_303)),
        opposed: Some(true),
        accredited: Some(false),
        quality_until: Some(date(2026, 9, 6)),
        starts_on: START,
    };
    assert!(precheck(&bad).iter().all(|finding| finding.answer == NO));
    let unknown = PreCheck {
        title_registered: None,
        age: age(date(1980, 1, 1), START, START, &Exceptions::default(), &settings),
        tutor: Vec::new(),
        pay: None,
        opposed: None,
        accredited: None,
        quality_until: None,
        starts_on: START,
    };
    let points = precheck(&unknown);
    assert!(points.iter().all(|finding| finding.answer == UNKNOWN));
    for (number, finding) in precheck(&good).iter().chain(&precheck(&bad)).chain(&points).enumerate() {
        assert_typography(&finding.why);
        assert!(finding.why.starts_with(&format!("{}. ", number % 7 + 1)), "{}", finding.why);
        assert!(finding.citation.contains("6224-2"));
    }
}
