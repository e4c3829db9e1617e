//! The school's papers: taken by the link of the screen that offers each, and read back by Poppler, as somebody who
//! listens would hear them and as somebody who prints would see them.

use std::process::Command;

use axum::http::{StatusCode, header};
use base::{Email, Id, Period};
use jiff::civil::date;
use platform::account::{self, FirstPassword};
use platform::gate::{ManageAccounts, permit};
use platform::mandate::{self, Mandate};
use platform::{Actor, Role};
use school::admission::{self, NewStep, Step, StepOutcome};
use school::cohort::{self, SchoolHours};
use school::contract::{self, Contract, HostStay, NewContract, NewHost, Regime, Terms, TutorProfile};

use crate::school_pages::{between, cohort as new_cohort, contains, page, school, send};
use crate::web::{Browser, House};

/// A PDF as it came, in words whose spaces are all ordinary ones.
struct Paper {
    /// The tree of tags with its text, in the order of reading.
    heard: String,
    /// The text of the pages, what stands across them included.
    seen: String,
}

impl Paper {
    /// What the link with these words leads to. `None` where Poppler is not installed.
    async fn behind(browser: &mut Browser, screen: &str, link: &str) -> Option<Self> {
        let screen = page(browser, screen).await;
        let before = screen.split_once(&format!(">{link}")).unwrap_or_else(|| panic!("no « {link} » on:\n{screen}"));
        let href = before.0.rsplit_once("href=\"").unwrap().1.split('"').next().unwrap().to_owned();
        let answer = browser.get(&href).await;
        assert_eq!(answer.status, StatusCode::OK, "{href}: {}", answer.body);
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/pdf", "{href}");
        let name = answer.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert!(name.starts_with("inline; filename=\"") && name.ends_with(".pdf\""), "{name}");

        let file = tempfile::NamedTempFile::with_suffix(".pdf").unwrap();
        std::fs::write(file.path(), &answer.bytes).unwrap();
        let ask = |program: &str, arguments: &[&str]| {
            let mut command = Command::new(program);
            command.args(arguments).arg(file.path());
            if program == "pdftotext" {
                command.arg("-");
            }
            let output = command.output().ok()?;
            assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
            let text = String::from_utf8_lossy(&output.stdout).replace(['"', '\u{a0}', '\u{202f}'], " ");
            Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        let Some(metadata) = ask("pdfinfo", &["-meta"]) else {
            eprintln!("pdfinfo not found: {href} is not read; install poppler-utils to run this check");
            return None;
        };
        contains(
            &metadata,
            &[
                "<pdfaid:part>2</pdfaid:part>",
                "<pdfaid:conformance>A</pdfaid:conformance>",
                "<pdfuaid:part>1</pdfuaid:part>",
            ],
        );
        contains(&ask("pdfinfo", &[]).unwrap(), &["Author: École CIP", "Tagged: yes", "(A4)"]);
        Some(Self { heard: ask("pdfinfo", &["-struct-text"]).unwrap(), seen: ask("pdftotext", &["-raw"]).unwrap() })
    }

    fn is_draft(&self) -> bool {
        // On a slope, letters come apart.
        self.seen.replace(' ', "").contains("Projet–nonofficiel")
    }
}

/// A cohort with its weeks, and somebody about whom it decides: the head's browser, the address of the cohort, that of
/// the file.
async fn somebody_decided(outcome: StepOutcome) -> (House, Browser, Actor, String, String) {
    let (house, mut head, actor, referential) = school().await;
    let cohort = new_cohort(&mut head, &referential).await;
    send(&mut head, &format!("{cohort}/calendrier/rythme"), "").await;
    let person = "prenom=In%C3%A8s&nom=MOREL&naissance=1999-03-14&diplome=4&experience=30&demandeur=oui";
    let file = send(&mut head, &format!("{cohort}/candidats/ajouter"), person).await;
    let number = cohort.rsplit('/').next().unwrap();
    let form = format!("promotion={number}&etape=interview&le=2026-11-22&avis=favourable&raisons=Projet+clair.");
    send(&mut head, &format!("{file}/etapes"), &form).await;
    let decision = NewStep {
        cohort: number.parse().unwrap(),
        step: Step::Decision,
        on: date(2026, 11, 22),
        outcome,
        reasons: "Projet clair.".to_owned(),
        adjustment: String::new(),
    };
    let learner = file.rsplit('/').next().unwrap().parse().unwrap();
    admission::note_step(&house.platform, &colleague(&house).await, learner, decision).await.unwrap();
    (house, head, actor, cohort, file)
}

/// Another head of the same school, who bears another name.
async fn colleague(house: &House) -> Actor {
    let platform = &house.platform;
    let admin = permit::<ManageAccounts>(&Actor::program(house.tenant)).unwrap();
    let email = Email::parse("claire.lefort@exemple.fr").unwrap();
    let (account, _) = account::create(platform, &admin, email, "Claire Lefort", FirstPassword::None).await.unwrap();
    let role = Role::SchoolHead;
    let mandate = Mandate { organisation: house.organisation, structure: None, role, purpose: role.purposes()[0] };
    let mandate = mandate::grant(platform, &admin, account, mandate, Period::since(date(2024, 1, 1))).await.unwrap();
    mandate::actor(platform, account, mandate).await.unwrap()
}

#[tokio::test]
async fn the_letter_says_what_was_decided_and_who_decided_it_whoever_prints_it() {
    const LETTER: &str = "Lettre de décision (PDF)";
    for (outcome, said) in [
        (StepOutcome::Favourable, "votre candidature est retenue."),
        (StepOutcome::Reserved, "votre candidature est inscrite sur la liste d’attente."),
        (StepOutcome::Unfavourable, "votre candidature n’est pas retenue."),
    ] {
        let (house, mut head, _, _, file) = somebody_decided(outcome).await;
        let Some(letter) = Paper::behind(&mut head, &file, LETTER).await else { return };
        contains(
            &letter.heard,
            &[
                "Décision sur votre candidature",
                "Inès MOREL",
                "Conseiller en insertion professionnelle",
                "Automne 2026",
                "7 septembre 2026",
                &format!("Après examen de votre candidature, le 22 novembre 2026, {said}"),
                "Projet clair.",
                "Pour l’école Claire Lefort",
            ],
        );
        // The name of the title was read in the official text; what else is to verify does not show in a letter.
        assert!(!letter.is_draft(), "{}", letter.seen);

        let mut trainer = house.signed_in(Role::Trainer).await;
        let copy = Paper::behind(&mut trainer, &file, LETTER).await.unwrap();
        assert_eq!(copy.heard, letter.heard);
    }
}

#[tokio::test]
async fn the_timetable_gives_each_half_day_its_hours_and_says_when_they_are_not_decided() {
    const SHEET: &str = "Emploi du temps à imprimer (PDF)";
    let (house, mut head, actor, cohort, _) = somebody_decided(StepOutcome::Favourable).await;
    let module = format!(
        "code=M1&nom=Accueillir&duree=4&competences=C1&publics={}&par-jour=2&par-semaine=4",
        law::publics::Public::ALL[0].code()
    );
    send(&mut head, &format!("{cohort}/programme/modules"), &module).await;
    send(&mut head, "/ecole/moyens/formateurs", "nom=Samir+Kaci&modules=M1&libre=0&libre=1&du=2026-09-01").await;
    send(&mut head, "/ecole/moyens/salles", "nom=Salle+2&site=ecole-cip-pantin&places=14&du=2026-09-01").await;
    send(&mut head, &format!("{cohort}/calendrier/semaines"), "du=2026-11-30&nombre=1&nature=class").await;
    let means = page(&mut head, "/ecole/moyens").await;
    let trainer = between(between(&means, "name=\"qui\"", "</select>"), "value=\"", "\"").to_owned();
    let timetable = format!("{cohort}/emploi-du-temps");
    for (day, half) in [("2026-11-30", "morning"), ("2026-12-01", "afternoon")] {
        let session = format!("le={day}&moitie={half}&module=M1&formateur={trainer}");
        send(&mut head, &format!("{timetable}/seances"), &session).await;
    }
    let week = page(&mut head, &format!("{timetable}?semaine=2026-11-30")).await;
    let first = format!("{cohort}/seances/{}", between(&week, &format!("href=\"{cohort}/seances/"), "\""));
    send(&mut head, &format!("{first}/annuler"), "raison=Examen+blanc&prevenues=oui").await;

    let Some(sheet) = Paper::behind(&mut head, &timetable, SHEET).await else { return };
    contains(
        &sheet.heard,
        &[
            "Automne 2026, du 7 septembre 2026 au 3 septembre 2027",
            "Horaires indicatifs : l’école ne les a pas encore confirmés.",
            "Semaine du 30 novembre 2026 · À l’école",
            "lundi 30 novembre TD Annulé : Accueillir de 9 h à 12 h 30 · Samir Kaci TD —",
            "mardi 1er décembre TD — TD Accueillir de 13 h 30 à 17 h · Samir Kaci",
        ],
    );
    assert!(!sheet.is_draft());

    let hours = SchoolHours { morning_from: 525, morning_to: 735, afternoon_from: 795, afternoon_to: 1005 };
    let valid = Period::since(date(2026, 9, 1));
    cohort::set_hours(&house.platform, &actor, house.organisation, valid, hours).await.unwrap();
    let sheet = Paper::behind(&mut head, &timetable, SHEET).await.unwrap();
    contains(&sheet.heard, &["Accueillir de 13 h 15 à 16 h 45 · Samir Kaci"]);
    assert!(!sheet.heard.contains("indicatifs"), "{}", sheet.heard);
}

fn tutor(name: &str) -> TutorProfile {
    TutorProfile {
        name: name.to_owned(),
        account: None,
        structure: None,
        is_employer: false,
        employee: Some(true),
        volunteer: Some(true),
        adult: Some(true),
        same_field_diploma: Some(true),
        practice_months: Some(36),
        branch_agreement: false,
    }
}

#[tokio::test]
async fn the_papers_of_a_contract_name_who_it_binds_and_what_keeps_them_from_being_official() {
    let (house, mut head, actor, cohort, file) = somebody_decided(StepOutcome::Favourable).await;
    let (platform, program) = (&house.platform, Actor::program(house.tenant));
    let names = territory::picture(platform, &program, territory::AsOf::now(&house.clock)).await.unwrap().names;
    let (employer, host) = (names.find("ares").unwrap(), names.find("vitamine-t").unwrap());
    let own_tutor = contract::add_tutor(platform, &actor, employer, tutor("Hélène Ravier")).await.unwrap();
    let host_tutor = contract::add_tutor(platform, &actor, host, tutor("Paul Œuvrard")).await.unwrap();
    let terms = Terms {
        regime: Regime::Apprenticeship,
        employer,
        structure: names.find("ali-bobigny").unwrap(),
        tutor: Some(own_tutor),
        first_day: date(2026, 12, 1),
        last_day: date(2027, 9, 3),
        monthly_pay: Some(185_050),
        annual_price: Some(800_000),
        training_hours: 420,
        contract_hours: 1_400,
        extended: false,
        adapted_duration: false,
        opposed: Some(false),
    };
    let number = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    let (learner, of) = (number(&file).parse().unwrap(), number(&cohort).parse().unwrap());
    let new = NewContract { learner, cohort: of, terms, signed_on: Some(date(2026, 11, 20)) };
    let contract: Id<Contract> = contract::draw_up(platform, &actor, new).await.unwrap();
    let screen = format!("/ecole/contrats/{contract}");

    let Some(sheet) = Paper::behind(&mut head, &screen, "Feuille de vérification (PDF)").await else { return };
    let seven: Vec<String> = (1..=7).map(|point| format!(" {point}. ")).collect();
    contains(&sheet.heard, &seven.iter().map(String::as_str).collect::<Vec<_>>());
    contains(
        &sheet.heard,
        &[
            "Inès MOREL",
            "Ares",
            "Conseiller en insertion professionnelle",
            "1er décembre 2026",
            "2 points restent à vérifier avant l’envoi.",
            "TD Conforme TD",
        ],
    );
    assert!(!sheet.is_draft(), "{}", sheet.seen);

    let at = HostStay::at(host, names.find("ali-stains").unwrap());
    let stay = HostStay { tutor: Some(host_tutor), ..at };
    let valid = Period { from: date(2027, 1, 4), to: Some(date(2027, 4, 1)) };
    let new = NewHost { valid, stay: stay.clone(), replaces: None };
    contract::set_host(platform, &actor, contract, new).await.unwrap();
    let convention = Paper::behind(&mut head, &screen, "Convention (PDF)").await.unwrap();
    contains(
        &convention.heard,
        &[
            "L’employeur LBody (block) Ares",
            "L’entreprise d’accueil LBody (block) Vitamine T",
            "Date de naissance : 14 mars 1999",
            "du 1er décembre 2026 au 3 septembre 2027",
            "Titre préparé : Conseiller en insertion professionnelle (RNCP37274)",
            "du 4 janvier 2027 au 31 mars 2027, soit ",
            "Maître d’apprentissage chez l’employeur : Hélène Ravier",
            "École CIP",
            // What nobody has said yet is named, and makes a draft.
            "À compléter : ",
            "Responsabilité civile : À compléter",
        ],
    );
    assert!(convention.is_draft(), "{}", convention.seen);

    // All of it written, the same stay gives the paper to sign.
    let said = |text: &str| text.to_owned();
    let complete = HostStay {
        tasks: said("accueil du public"),
        working_hours: said("35 heures"),
        place: said("12 rue du Landy"),
        evidence: said("titre de 2015"),
        information: said("point mensuel"),
        liaison: said("livret"),
        sharing_of_costs: said("à la charge de l’employeur"),
        travel_costs: said("remboursés"),
        insurance: said("contrat 45-221"),
        depositary: said("Uniformation"),
        ..stay
    };
    let known = contract::contract(platform, &actor, contract).await.unwrap().hosts[0].id;
    let new = NewHost { valid, stay: complete, replaces: Some(known) };
    contract::set_host(platform, &actor, contract, new).await.unwrap();
    let convention = Paper::behind(&mut head, &screen, "Convention (PDF)").await.unwrap();
    contains(&convention.heard, &["accueil du public", "Paul Œuvrard (pièces : titre de 2015)", "contrat 45-221"]);
    assert!(!convention.is_draft() && !convention.heard.contains("À compléter"), "{}", convention.seen);
}
