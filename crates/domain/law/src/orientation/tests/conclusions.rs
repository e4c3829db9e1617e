//! What comes of the whole list: order, switches, thresholds, dates, exceptions, and how it reads.

use super::*;
use OrientationRule as R;

/// What is proposed, and by which rule.
#[track_caller]
fn proposed(facts: &Facts, settings: &Settings, on: Date) -> (R, Target) {
    let outcome = propose(facts, settings, on);
    match outcome.conclusion {
        Conclusion::Proposed { proposal } | Conclusion::AssessmentInterview { proposal } => {
            (proposal.rule, proposal.target)
        }
        other => panic!("{other:?}"),
    }
}

/// Meets every rule of both lists that can be met at once.
fn everything() -> Facts {
    let strong = || asked(Impact::Strong);
    Facts {
        birth: feed(birth(1996, 1, 1)),
        domiciled_at: feed(Some("adept".to_owned())),
        registrations: feed(vec![stay(date(2026, 8, 1), None)]),
        quick_return: asked(true),
        increased_rsa: feed(true),
        family_situation: feed(FamilySituation::from_code("CEL").unwrap()),
        children: feed(3),
        housing: asked("0905".to_owned()),
        social_difficulties: asked(texts(&["0404"])),
        work_history: asked("1904".to_owned()),
        earlier_spell: feed(true),
        recommendation: Known::of(Some(WirePath::Employment), Source::FranceTravailRecommendation, LATELY),
        employment: asked(Employment::NotInPastTwoYears),
        months_without_work: asked(36),
        project_ability: asked(ProjectAbility::NotYet),
        education: asked("1207".to_owned()),
        constraints: Constraints {
            health: strong(),
            housing: strong(),
            mobility: strong(),
            child_care: strong(),
            caring: strong(),
            others: strong(),
        },
        ..marie()
    }
}

#[test]
fn the_first_rule_met_wins_and_one_switched_off_leaves_its_place_to_the_next() {
    for (mut settings, order) in [
        (
            Settings::default(),
            &[
                R::LocalAssociation,
                R::LocalRegistered,
                R::LocalRecentlyRegistered,
                R::LocalYouth,
                R::LocalQuickReturn,
                R::LocalIncreasedRsa,
                R::LocalLoneParent,
                R::LocalPrecariousHousing,
                R::LocalFrenchOnly,
                R::LocalSocialDifficulties,
                R::LocalNeverWorked,
                R::LocalEarlierSpell,
                R::LocalRecommendedEmployment,
                R::LocalOtherwise,
            ][..],
        ),
        (
            national().with(R::NationalEducation, true),
            &[
                R::NationalStrongConstraints,
                R::NationalStrongWithoutProject,
                R::NationalStrongConstraint,
                R::NationalMediumConstraints,
                R::NationalLongWithoutWork,
                R::NationalProjectToBuild,
                R::NationalEducation,
                R::NationalOtherwise,
            ],
        ),
    ] {
        for rule in order {
            assert_eq!(proposed(&everything(), &settings, TODAY), (*rule, rule.target().unwrap()));
            let findings = propose(&everything(), &settings, TODAY).findings;
            assert_eq!(findings.last().map(|finding| (finding.rule, finding.answer)), Some((*rule, Answer::Met)));
            assert!(findings.iter().all(|finding| settings.applies(finding.rule, TODAY)));
            settings = settings.with(*rule, false);
        }
        // The last resort cannot be switched off.
        assert_eq!(proposed(&everything(), &settings, TODAY).0, *order.last().unwrap());
    }
}

#[test]
fn recommendations_lead_to_their_own_path() {
    for (path, rule, target) in [
        (WirePath::Employment, R::LocalRecommendedEmployment, Target::FranceTravailAgency),
        (WirePath::Social, R::LocalRecommendedSocial, Target::SocialServiceSite),
        (WirePath::SocioProfessional, R::LocalRecommendedSocioProfessional, Target::LocalInclusionAgency),
        (WirePath::OrientationInterview, R::LocalRecommendedOther, Target::FranceTravailAgency),
        (WirePath::Undetermined, R::LocalRecommendedOther, Target::FranceTravailAgency),
    ] {
        let facts =
            Facts { recommendation: Known::of(Some(path), Source::FranceTravailRecommendation, LATELY), ..marie() };
        assert_eq!(proposed(&facts, &Settings::default(), TODAY), (rule, target));
        if let Some(path) = path.path() {
            assert_eq!(target.path(), path);
        }
        // Before 2025 these rules do not exist.
        assert_eq!(proposed(&facts, &Settings::default(), date(2024, 12, 31)).0, R::LocalOtherwise);
    }
}

#[test]
fn the_national_list_exists_from_2025_on() {
    for (on, set) in [(date(2024, 12, 31), RuleSet::Local), (date(2025, 1, 1), RuleSet::National)] {
        let outcome = propose(&marie(), &national(), on);
        assert_eq!(outcome.rule_set, set);
        assert!(outcome.findings.iter().all(|finding| finding.rule.rule_set().is_none_or(|of| of == set)));
    }
    assert_eq!(propose(&marie(), &Settings::default(), TODAY).rule_set, RuleSet::Local);
    assert_eq!(proposed(&marie(), &national(), TODAY), (R::NationalEmployment, Target::FranceTravailAgency));
    let idle = Facts { employment: asked(Employment::NotInPastTwoYears), months_without_work: asked(8), ..marie() };
    assert_eq!(proposed(&idle, &national(), TODAY).0, R::NationalProjectReady);
}

#[test]
fn a_changed_number_changes_who_meets_the_rule() {
    let facts = || Facts { registrations: feed(vec![stay(date(2026, 4, 22), Some(date(2026, 5, 1)))]), ..marie() };
    let lone = Facts { family_situation: feed(FamilySituation::from_code("CEL").unwrap()), ..marie() };
    let medium = Facts { constraints: Constraints { health: asked(Impact::Medium), ..marie().constraints }, ..marie() };
    let strong = Facts { constraints: Constraints { health: asked(Impact::Strong), ..marie().constraints }, ..marie() };
    for (parameter, value, facts, rule) in [
        ("orientation.local.recent_registration_months", 7, facts(), R::LocalRecentlyRegistered),
        ("orientation.local.youth_to", 40, marie(), R::LocalYouth),
        ("orientation.local.youth_from", 17, Facts { birth: feed(birth(2009, 1, 1)), ..marie() }, R::LocalYouth),
        ("orientation.local.lone_parent_children", 1, lone, R::LocalLoneParent),
        (
            "orientation.local.precarious_housing_children",
            0,
            Facts { housing: asked("0903".to_owned()), children: feed(0), ..marie() },
            R::LocalPrecariousHousing,
        ),
        ("publics.social_service_from", 40, marie(), R::LocalSenior),
        ("orientation.national.social_strong", 1, strong, R::NationalStrongConstraints),
        ("orientation.national.socio_professional_medium", 1, medium, R::NationalMediumConstraints),
        ("orientation.national.months_without_work", 8, marie(), R::NationalLongWithoutWork),
    ] {
        let national = u16::from(rule.rule_set() == Some(RuleSet::National));
        let choice = |name: &str| (name == "orientation.national_criteria").then_some(national);
        let before = Settings::read(choice).unwrap();
        let after = Settings::read(|name| if name == parameter { Some(value) } else { choice(name) }).unwrap();
        assert_ne!(proposed(&facts, &before, TODAY).0, rule, "{parameter}");
        assert_eq!(proposed(&facts, &after, TODAY).0, rule, "{parameter}");
        assert_ne!(before.version(TODAY), after.version(TODAY));
    }
    // The other way round: two strong constraints are asked for before the socio-professional path.
    let strong = Facts { constraints: Constraints { health: asked(Impact::Strong), ..marie().constraints }, ..marie() };
    assert_eq!(proposed(&strong, &national(), TODAY).0, R::NationalStrongConstraint);
    let two = Settings { socio_professional_strong: 2, ..national() };
    assert_eq!(proposed(&strong, &two, TODAY).0, R::NationalEmployment);
    let education = Facts { education: asked("1205".to_owned()), ..marie() };
    let on = national().with(R::NationalEducation, true);
    assert_eq!(proposed(&education, &on, TODAY).0, R::NationalEmployment);
    assert_eq!(proposed(&education, &Settings { education_code: 1205, ..on }, TODAY).0, R::NationalEducation);
}

#[test]
fn who_is_not_concerned() {
    use NotConcerned::{NotAdult, RightNotPayable, WithoutObligations};
    let (applicant, child) = (Some(RsaRole::Applicant), Some(RsaRole::Child));
    for (role, status, obligations, reason) in [
        (applicant, Some('2'), Some(true), None),
        (Some(RsaRole::Partner), Some('2'), Some(true), None),
        (child, Some('2'), Some(true), Some(NotAdult)),
        (Some(RsaRole::Other), None, None, Some(NotAdult)),
        (applicant, Some('0'), Some(true), Some(RightNotPayable)),
        (applicant, Some('3'), Some(true), Some(RightNotPayable)),
        (applicant, Some('4'), None, Some(RightNotPayable)),
        (None, Some('5'), None, Some(RightNotPayable)),
        (applicant, Some('2'), Some(false), Some(WithoutObligations)),
        (None, None, Some(false), Some(WithoutObligations)),
    ] {
        let facts = Facts {
            role: role.map_or_else(Known::unknown, feed),
            right_status: status.map_or_else(Known::unknown, feed),
            obligations: obligations.map_or_else(Known::unknown, feed),
            ..marie()
        };
        let outcome = propose(&facts, &Settings::default(), TODAY);
        match (outcome.conclusion, reason) {
            (Conclusion::NotConcerned { reason }, expected) => {
                assert_eq!(Some(reason), expected);
                assert_eq!(outcome.findings.len(), 1);
                assert_eq!(outcome.findings[0].answer, Answer::NotMet);
            }
            (other, expected) => assert_eq!(expected, None, "{other:?}"),
        }
    }
    // Not known to be concerned: proposed all the same, and the exception is told.
    for (facts, missing) in [
        (Facts { right_status: Known::unknown(), ..marie() }, vec![Fact::RightStatus]),
        (Facts { right_status: feed('9'), ..marie() }, vec![Fact::RightStatus]),
        (
            Facts { role: Known::unknown(), obligations: Known::unknown(), ..marie() },
            vec![Fact::Role, Fact::Obligations],
        ),
    ] {
        let Conclusion::Conditional { unless, .. } = propose(&facts, &Settings::default(), TODAY).conclusion else {
            panic!("conditional")
        };
        assert_eq!(unless, [Unless { rule: R::Eligibility, missing, target: None }]);
    }
}

#[test]
fn an_unknown_rule_is_never_passed_over_as_false() {
    let facts = Facts {
        registrations: Known::unknown(),
        quick_return: Known::unknown(),
        increased_rsa: feed(true),
        social_difficulties: Known::unknown(),
        ..marie()
    };
    let outcome = propose(&facts, &Settings::default(), TODAY);
    let Conclusion::Conditional { proposal, unless } = &outcome.conclusion else { panic!("{outcome:?}") };
    assert_eq!((proposal.rule, proposal.target), (R::LocalIncreasedRsa, Target::SocialServiceSite));
    let exception = |rule: R, missing| Unless { rule, missing: vec![missing], target: rule.target() };
    // What comes after the rule met does not count any more.
    assert_eq!(
        *unless,
        [
            exception(R::LocalRegistered, Fact::Registrations),
            exception(R::LocalRecentlyRegistered, Fact::Registrations),
            exception(R::LocalQuickReturn, Fact::QuickReturn),
        ]
    );
    // No rule met: the interview, under the same reserve.
    let facts = Facts { earlier_spell: Known::unknown(), ..marie() };
    let outcome = propose(&facts, &Settings::default(), TODAY);
    let Conclusion::Conditional { proposal, unless } = &outcome.conclusion else { panic!("{outcome:?}") };
    assert!(proposal.assessment_interview);
    assert_eq!(*unless, [exception(R::LocalEarlierSpell, Fact::EarlierSpell)]);
}

#[test]
fn a_rule_whose_structure_serves_nowhere_near_leaves_its_place_to_the_next() {
    let with = |served: &[Target]| Facts {
        birth: feed(birth(2000, 1, 1)),
        quick_return: asked(true),
        served: Some(served.to_vec()),
        ..marie()
    };
    use Target::{LegacyMunicipalProject as Project, LocalInclusionAgency as Agency, YouthRsaService as Youth};
    for (served, rule, target) in [
        (&[Youth, Agency][..], R::LocalYouth, Youth),
        (&[Agency], R::LocalQuickReturn, Agency),
        // The municipal project stands in until the agency opens.
        (&[Project], R::LocalQuickReturn, Project),
        (&[Project, Agency], R::LocalQuickReturn, Agency),
        (&[], R::LocalOtherwise, Agency),
    ] {
        assert_eq!(proposed(&with(served), &Settings::default(), TODAY), (rule, target));
    }
    let outcome = propose(&with(&[Agency]), &Settings::default(), TODAY);
    let youth = outcome.findings.iter().find(|finding| finding.rule == R::LocalYouth).unwrap();
    assert_eq!(
        youth.why.replace('\u{a0}', "_"),
        "Aucune structure «_RSA Jeune_» ne dessert votre commune_: la règle suivante est lue."
    );
    // An association is found by its address.
    let domiciled = Facts { domiciled_at: feed(Some("adept".to_owned())), ..with(&[]) };
    let proposal = propose(&domiciled, &Settings::default(), TODAY).proposal().cloned().unwrap();
    assert_eq!((proposal.target, proposal.association.as_deref()), (Target::LeadAssociation, Some("adept")));
    assert_eq!(
        propose(&everything(), &Settings::default().with(R::LocalAssociation, false), TODAY)
            .proposal()
            .unwrap()
            .association,
        None
    );
}

#[test]
fn sentences() {
    let outcome = propose(&marie(), &Settings::default(), TODAY);
    let reads: Vec<String> = outcome.findings.iter().map(|finding| finding.why.replace('\u{a0}', "_")).collect();
    assert_eq!(
        reads,
        [
            "Votre droit au RSA est ouvert et versable, et les droits et devoirs s’appliquent à vous.",
            "Vous n’avez pas votre adresse auprès d’une association référente.",
            "Aucune inscription à France Travail n’est en cours.",
            "Aucune inscription à France Travail qui compte ici ne date de 6_mois au plus.",
            "Vous avez 40_ans, et l’âge de cette règle est entre 18 et 30_ans.",
            "Vous ne pouvez pas vous engager rapidement vers un emploi.",
            "Votre RSA n’est pas majoré.",
            "Votre foyer n’est pas monoparental.",
            "Votre logement n’est ni d’urgence, ni temporaire, ni précaire.",
            "Vous n’avez pas déclaré la langue française comme seule difficulté sociale.",
            "Vous n’avez déclaré aucune difficulté sociale.",
            "Vous avez 40_ans, et cette règle vaut à partir de 62_ans.",
            "Vous avez déjà travaillé.",
            "Vous n’avez pas eu de droit au RSA avant celui-ci.",
            "France Travail ne préconise pas pour vous un parcours emploi.",
            "France Travail ne préconise pas pour vous un parcours social.",
            "France Travail ne préconise pas pour vous un parcours socio-professionnel.",
            "France Travail n’a pas rendu de préconisation sans parcours.",
            "Aucune règle ne conclut_: un entretien de diagnostic vous est proposé.",
        ]
    );
    let facts = Facts {
        children: feed(3).and(1, Source::Questionnaire, date(2026, 3, 1)),
        family_situation: Known::unknown(),
        ..marie()
    };
    let finding = read_alone(R::LocalLoneParent, &facts);
    assert_eq!(
        finding.why.replace('\u{a0}', "_"),
        "Nous ne savons pas si votre foyer est monoparental avec 3_enfants ou plus à charge_: pour le dire, il faudrait \
         connaître la situation familiale."
    );
    assert_eq!(
        finding.contradictions[0].why.replace('\u{a0}', "_"),
        "Deux sources ne disent pas la même chose sur le nombre d’enfants à charge_: «_3_enfants_» le 1er_octobre 2026 \
         d’après le flux bénéficiaires (CAF, MSA), et «_1_enfant_» le 1er_mars 2026 d’après le questionnaire de la \
         demande de RSA. L’information la plus récente est retenue."
    );
}
