use std::collections::HashMap;

use base::{Id, Instant};
use jiff::civil::date;
use support::inputs::{InputKind, InputSource, JobseekerRegistration, SocioProfessional};
use support::person::{Dated, Identity, Person, Precision};
use support::rights::{Claim, Family};

use super::*;

const TODAY: Date = date(2026, 11, 22);

fn fact<K: facts::Kind>(id: i64, subject: i64, from: Date, to: Option<Date>, value: K) -> facts::Fact<K> {
    facts::Fact {
        id: Id::new(id),
        subject: Id::new(subject),
        valid: Period { from, to },
        recorded_at: Instant::start_of(from),
        replaced_at: None,
        provenance: Provenance { source: Origin::Hand, import: None, line: None, author: None },
        corrects: None,
        value,
    }
}

fn identity(precision: Precision) -> Identity {
    Identity {
        title: "MME".to_owned(),
        usual_name: "DIALLO".to_owned(),
        birth_name: "TRAORE".to_owned(),
        first_name: "AWA".to_owned(),
        other_first_names: String::new(),
        birth_place: "KAYES".to_owned(),
        birth_date: date(1990, 3, 1),
        birth_date_precision: precision,
        birth_rank: None,
        sex: "2".to_owned(),
        civil_status_validated: None,
        france_travail_id: None,
        match_key: String::new(),
    }
}

fn membership(role: &str, obligations: Option<bool>, entering: bool) -> Membership {
    Membership {
        household: Id::new(9),
        role: role.to_owned(),
        dependant: false,
        file_holder: true,
        attached_since: date(2024, 1, 1),
        attached_until: None,
        previous_claim_number: None,
        obligations,
        entering_obligations: Some(entering),
        parents: Default::default(),
    }
}

fn right(status: &str) -> RightState {
    RightState {
        status: status.to_owned(),
        household_obligations: None,
        suspensions: Default::default(),
        closure: None,
        refusal: None,
        natures: Default::default(),
    }
}

fn address() -> Address {
    Address {
        country: "FRA".to_owned(),
        kind: "D".to_owned(),
        postal_check: "CO".to_owned(),
        moved_in: None,
        addressee_complement: String::new(),
        place_complement: "EMMAUS".to_owned(),
        street: "12 RUE DES LILAS".to_owned(),
        locality: String::new(),
        postcode: "93240".to_owned(),
        commune_code: "93072".to_owned(),
        commune_name: "STAINS".to_owned(),
    }
}

fn file() -> PersonFile {
    let person: Id<Person> = Id::new(1);
    let since = date(2024, 1, 1);
    let own = membership("DEM", None, false);
    PersonFile {
        person,
        household: Id::new(9),
        claim_number: "00000001093".to_owned(),
        on: TODAY,
        known: Instant::end_of(TODAY),
        card: None,
        same_person: Vec::new(),
        identities: Dated(vec![fact(1, 1, since, None, identity(Precision::DayUnknown))]),
        registration: Dated(Vec::new()),
        memberships: Dated(vec![fact(2, 1, since, None, own.clone())]),
        occupations: Dated(Vec::new()),
        contacts: Dated(Vec::new()),
        claims: Dated(vec![fact(
            3,
            9,
            since,
            None,
            Claim {
                paying_body: "CAF 931".to_owned(),
                file_number: "091234500000000".to_owned(),
                claimed_on: since,
                origin: "DEM".to_owned(),
                origin_date: None,
                incoming_transfer: None,
                outgoing_transfer: None,
            },
        )]),
        rights: Dated(vec![
            fact(4, 9, since, Some(date(2026, 6, 1)), right("2")),
            fact(5, 9, date(2026, 6, 1), None, right("4")),
        ]),
        families: Dated(vec![fact(
            6,
            9,
            since,
            None,
            Family { situation: "CEL".to_owned(), situation_since: since, dependants: None, without_fixed_home: true },
        )]),
        addresses: Dated(vec![fact(7, 9, since, None, address())]),
        registrations: Dated(Vec::new()),
        questionnaires: Dated(Vec::new()),
        recommendations: Dated(Vec::new()),
        members: vec![HouseholdMember {
            person,
            identity: identity(Precision::DayUnknown),
            membership: own,
            present: true,
        }],
        publics: None,
        first_known: None,
        files: HashMap::new(),
        tables: HashMap::new(),
        last_seen: None,
        absent_from: None,
        timeline: Vec::new(),
    }
}

fn html(fragment: impl Into<Fragment>) -> String {
    fragment.into().to_string()
}

fn with<T>(file: &PersonFile, ask: impl FnOnce(&View<'_>) -> T) -> T {
    ask(&View { file, names: &Names::default(), today: TODAY, delays: Delays::default(), opens_imports: false })
}

#[test]
fn the_heading_says_who_and_what_is_not_known() {
    let file = file();
    with(&file, |view| {
        assert_eq!(view.name(), "DIALLO Awa");
        assert!(view.lead().starts_with("Née en mars 1990 (jour inconnu), 36\u{a0}ans environ"), "{}", view.lead());
        let badges: String = view.badges().iter().map(ToString::to_string).collect();
        assert!(badges.contains("versement suspendu") && badges.contains("droits et devoirs inconnus"), "{badges}");
        assert!(html(view.contact_lines()).contains("inconnu"));
    });
}

#[test]
fn words_agree_with_the_person_and_with_the_applicant() {
    let mut file = file();
    file.families.0[0].value.situation = "DIV".to_owned();
    // A man in the household of a divorced woman.
    file.members.push(HouseholdMember {
        person: Id::new(2),
        identity: Identity { sex: "1".to_owned(), ..identity(Precision::Full) },
        membership: membership("CJT", Some(true), false),
        present: true,
    });
    file.identities.0[0].value.sex = "1".to_owned();
    file.memberships.0[0].value = membership("CJT", Some(true), false);
    with(&file, |view| {
        assert!(view.lead().starts_with("Né en mars"), "{}", view.lead());
        let badges: String = view.badges().iter().map(ToString::to_string).collect();
        assert!(badges.contains("soumis aux droits et devoirs") && badges.contains(">conjoint<"), "{badges}");
        assert!(html(view.right()).contains("Divorcée"));
        assert!(html(view.household()).contains("demandeuse"));
    });
    file.members.clear();
    file.identities.0[0].value.sex = String::new();
    with(&file, |view| {
        assert!(view.lead().starts_with("Né·e en"), "{}", view.lead());
        assert!(html(view.right()).contains("Divorcé·e"));
    });
}

#[test]
fn a_domiciled_person_lives_with_whoever_gives_the_address() {
    assert_eq!(address_lines(&address(), Some(Sex::Woman))[0], "Domiciliée chez Emmaus");
    assert_eq!(address_lines(&address(), None)[0], "Emmaus");
    let chez = Address { place_complement: "CHEZ EMMAUS".to_owned(), ..address() };
    assert_eq!(address_lines(&chez, Some(Sex::Man))[0], "Domicilié chez Emmaus");
    let nowhere = Address { place_complement: String::new(), ..address() };
    assert_eq!(address_lines(&nowhere, Some(Sex::Unknown))[0], "Sans domicile fixe");
}

#[test]
fn the_right_says_why_it_is_suspended_and_since_when() {
    let mut file = file();
    let since = date(2026, 5, 1);
    file.rights.0[1].value.suspensions.0.push(Suspension {
        kind: SuspensionKind::Payment,
        reason: "06".to_owned(),
        since,
        benefit_group: None,
    });
    with(&file, |view| {
        let text = html(view.right());
        assert!(text.contains("déclaration trimestrielle") && text.contains("1er\u{a0}mai 2026"), "{text}");
        let strip = html(view.rights().unwrap());
        assert!(strip.contains("versement suspendu") && strip.contains("ouvert et versable"), "{strip}");
    });
}

#[test]
fn the_orientation_clock_runs_from_the_entry() {
    let mut file = file();
    file.memberships = Dated(vec![fact(2, 1, date(2026, 11, 1), None, membership("DEM", Some(true), true))]);
    with(&file, |view| {
        let notice = html(view.clock().unwrap());
        assert!(notice.contains("13\u{a0}décembre 2026"), "{notice}");
    });
    // Over: nothing runs any more.
    file.memberships = Dated(vec![fact(2, 1, date(2026, 1, 1), None, membership("DEM", Some(true), true))]);
    with(&file, |view| assert!(view.clock().is_none()));
}

#[test]
fn unknown_publics_say_what_is_missing() {
    let mut file = file();
    let input = law::publics::PublicsInput::default();
    file.publics = Some(law::publics::publics(&input, &law::publics::Thresholds::default(), TODAY));
    with(&file, |view| {
        let table = html(view.unanswered().unwrap());
        assert!(table.contains("évaluation du niveau de français") && table.contains("inconnu"), "{table}");
        assert!(html(view.publics()).contains("ce n’est pas «\u{a0}non\u{a0}»"));
    });
}

#[test]
fn a_day_before_anything_was_known_says_since_when_it_is() {
    let mut file = file();
    with(&file, |view| assert!(!view.is_unknown_then() && view.notices().is_empty()));
    file.identities = Dated(Vec::new());
    file.first_known = Some(Instant::start_of(date(2026, 2, 5)));
    file.known = Instant::end_of(date(2026, 1, 1));
    with(&file, |view| {
        let told = html(view.notices().remove(0));
        assert!(view.is_unknown_then() && told.contains("arrivé le 5\u{a0}février 2026"), "{told}");
        assert!(told.contains("connu=2026-02-05"), "{told}");
    });
}

#[test]
fn a_day_before_every_fact_leads_to_the_first() {
    let mut file = file();
    file.on = date(2020, 1, 1);
    file.timeline = vec![support::person::TimelineEntry {
        on: date(2024, 1, 1),
        what: "Droit".to_owned(),
        recorded_at: Instant::start_of(TODAY),
        provenance: Provenance { source: Origin::Hand, import: None, line: None, author: None },
    }];
    with(&file, |view| {
        let told = html(view.notices().remove(0));
        assert!(told.contains("d’avant le 1er\u{a0}janvier 2024") && told.contains("au=2024-01-01"), "{told}");
    });
}

#[test]
fn what_the_feed_does_not_say_is_shown_with_its_file_or_as_unknown() {
    let mut file = file();
    with(&file, |view| {
        for nothing in [view.registration(), view.questionnaire(), view.recommendation()] {
            let nothing = html(nothing);
            assert!(nothing.contains("inconnu") && nothing.contains("aucun"), "{nothing}");
        }
    });
    let answers = |housing: &str, mobility: &str| SocioProfessional {
        housing: housing.to_owned(),
        social_difficulties: None,
        availability: None,
        work_history: String::new(),
        education: String::new(),
        mobility: mobility.to_owned(),
        quick_return: None,
    };
    let (first, second) = (date(2026, 3, 1), date(2026, 9, 1));
    file.questionnaires = Dated(vec![
        fact(10, 1, first, Some(second), answers("0903", "2501")),
        fact(11, 1, second, None, answers("", "2504")),
    ]);
    let registration = JobseekerRegistration {
        identifier: "1234567A".to_owned(),
        registered_on: first,
        category: "1".to_owned(),
        reason: String::new(),
        reason_label: String::new(),
        structure: String::new(),
        support_kind: String::new(),
        referent_name: String::new(),
        difficulties: Default::default(),
    };
    let mut told = fact(12, 1, first, Some(date(2026, 10, 20)), registration);
    told.provenance =
        Provenance { source: Origin::FranceTravailFile, import: Some(Id::new(40)), line: Some(12), author: None };
    file.registrations = Dated(vec![told]);
    let source = InputSource {
        id: Id::new(40),
        kind: InputKind::FranceTravail,
        file_name: "FT.csv".to_owned(),
        reference_date: date(2026, 9, 20),
    };
    file.tables = HashMap::from([(source.id, source)]);
    with(&file, |view| {
        let answered = html(view.questionnaire());
        // The last answer to each question: the second questionnaire left housing out.
        for told in
            ["Hébergement d’urgence en foyer", "1er\u{a0}mars 2026", "N’est pas mobile", "1er\u{a0}septembre 2026"]
        {
            assert!(answered.contains(told), "{told}: {answered}");
        }
        assert!(!answered.contains("Mobile dans la commune"), "{answered}");
        let registered = html(view.registration());
        let told = "Fichier mensuel de France Travail, fichier du 20\u{a0}septembre 2026, ligne 12";
        assert!(
            registered.contains("absente du fichier depuis le 20\u{a0}octobre 2026") && registered.contains(told),
            "{registered}"
        );
    });
    file.on = date(2026, 8, 1);
    with(&file, |view| {
        let answered = html(view.questionnaire());
        assert!(answered.contains("Mobile dans la commune") && !answered.contains("septembre"), "{answered}");
        assert!(html(view.registration()).contains("en cours depuis le 1er\u{a0}mars 2026"));
    });
}
