//! Documents of the school, read back by Poppler as somebody who listens would hear them.

use std::process::Command;

use base::{Date, Period};
use exchange::documents::{
    AdmissionDecision, AdmissionLetter, HostingConvention, Issue, Party, PreCheckSheet, Slot, Stay, TimetableDay,
    TimetableSheet, TimetableWeek, Tutor,
};
use jiff::civil::date;
use law::apprenticeship::Finding;
use law::publics::Answer;
use print::Document;

/// The tree of tags with its text, in the order of reading. `None` where Poppler is not installed.
fn heard(document: &Document) -> Option<String> {
    poppler(document, "pdfinfo", &["-struct-text"])
}

/// The text of the pages, decoration included.
fn seen(document: &Document) -> Option<String> {
    poppler(document, "pdftotext", &["-raw"])
}

/// The answer of a program, quotes and no-break spaces made ordinary spaces.
fn poppler(document: &Document, program: &str, arguments: &[&str]) -> Option<String> {
    let file = tempfile::NamedTempFile::with_suffix(".pdf").unwrap();
    std::fs::write(file.path(), document.render().unwrap()).unwrap();
    let mut command = Command::new(program);
    command.args(arguments).arg(file.path());
    if program == "pdftotext" {
        command.arg("-");
    }
    match command.output() {
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout).replace(['"', '\u{a0}', '\u{202f}'], " ");
            Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        Err(error) => {
            eprintln!("{program} not found ({error}): skipped; install poppler-utils to run this check");
            None
        }
    }
}

fn issue() -> Issue {
    Issue { issuer: "École CIP".to_owned(), day: date(2026, 11, 22), reference: "CONV-12".to_owned() }
}

fn party(name: &str, representative: &str) -> Party {
    Party { name: name.to_owned(), represented_by: some(representative), ..Party::default() }
}

fn finding(answer: Answer, why: &str) -> Finding {
    Finding { rule: "essai", citation: "C. trav., art. R6223-10", answer, why: why.to_owned() }
}

fn period(from: Date, to: Date) -> Period {
    Period::new(from, Some(to)).unwrap()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn convention() -> HostingConvention {
    HostingConvention {
        issue: issue(),
        title: "Conseiller en insertion professionnelle (RNCP37274)".to_owned(),
        apprentice: "Inès Morel".to_owned(),
        born_on: Some(date(1994, 5, 3)),
        employer: party("Les Relais solidaires", "Nadia Bensaïd"),
        host: party("Croix-Rouge Insertion", "Paul Œuvrard"),
        school: party("École CIP", "Claire Lefort"),
        depositary: some("Opco Uniformation"),
        contract: period(date(2026, 9, 1), date(2027, 9, 1)),
        stay: Stay { periods: vec![period(date(2026, 12, 1), date(2027, 2, 1))], days: 40 },
        tasks: some("accueil du public et premiers entretiens"),
        working_hours: some("35 heures, de 9 h à 17 h"),
        place: some("12 rue du Landy, Saint-Denis"),
        employer_tutor: Tutor { name: some("Hélène Ravier"), evidence: None },
        host_tutor: Tutor { name: some("Samir Kaci"), evidence: some("titre CIP de 2015") },
        information: some("point mensuel par écrit"),
        liaison: some("livret d’apprentissage, visite chaque trimestre"),
        sharing_of_costs: some("la rémunération reste à la charge de l’employeur"),
        travel_costs: some("remboursés par l’entreprise d’accueil"),
        insurance: some("contrat 45-221"),
        findings: vec![finding(Answer::Yes, "1 autre entreprise d’accueil, 2 au plus.")],
        to_verify: Vec::new(),
    }
}

#[test]
fn the_convention_says_the_eleven_items_in_the_order_of_the_article() {
    let Some(text) = heard(&convention().document()) else { return };
    let items = [
        "1. LBody (block) Titre préparé : Conseiller en insertion professionnelle (RNCP37274)",
        "2. LBody (block) Durée de la période d’accueil : du 1er décembre 2026 au 31 janvier 2027, soit 40 jours",
        "3. LBody (block) Nature des tâches confiées",
        "4. LBody (block) Horaires et lieu de travail : 35 heures, de 9 h à 17 h, 12 rue du Landy, Saint-Denis",
        "5. LBody (block) Maître d’apprentissage chez l’employeur : Hélène Ravier",
        "6. LBody (block) Maître d’apprentissage dans l’entreprise d’accueil",
        "7. LBody (block) Information de l’employeur",
        "8. LBody (block) Liaison entre les maîtres",
        "9. LBody (block) Partage des charges",
        "10. LBody (block) Prise en charge des frais de transport",
        "11. LBody (block) Responsabilité civile : l’entreprise d’accueil se garantit en matière de responsabilité",
    ];
    let place = |item: &str| text.find(item).unwrap_or_else(|| panic!("« {item} » is missing from:\n{text}"));
    assert!(items.map(place).is_sorted(), "{text}");
    place("Samir Kaci (pièces : titre CIP de 2015)");
    place("Opco Uniformation");
    place("1 autre entreprise d’accueil, 2 au plus.");
}

#[test]
fn a_complete_convention_on_a_confirmed_title_is_official() {
    let Some(text) = seen(&convention().document()) else { return };
    assert!(!text.replace(' ', "").contains("nonofficiel"), "{text}");
    assert!(!text.contains("À compléter"), "{text}");
}

#[test]
fn what_is_not_filled_in_is_said_and_makes_a_draft() {
    let draft =
        HostingConvention { insurance: None, host_tutor: Tutor { name: None, evidence: some("  ") }, ..convention() };
    let Some(text) = heard(&draft.document()) else { return };
    assert!(text.contains("Projet – non officiel. Ce document ne peut pas être délivré tel quel."), "{text}");
    assert!(text.contains("Responsabilité civile : À compléter"), "{text}");
    assert!(text.contains("; responsabilité civile."), "{text}");
    // Across each page, besides; Poppler parts letters that stand on a slope.
    let drawn = seen(&draft.document()).unwrap().replace(' ', "");
    assert!(drawn.matches("Projet–nonofficiel").count() > drawn.matches("Page").count());
}

#[test]
fn an_unconfirmed_item_of_the_referential_makes_a_draft() {
    let draft = HostingConvention { to_verify: vec!["intitulé exact du titre".to_owned()], ..convention() };
    let Some(text) = heard(&draft.document()) else { return };
    assert!(text.contains("À vérifier : intitulé exact du titre."), "{text}");
}

#[test]
fn the_sheet_before_deposit_gives_each_point_its_answer() {
    let sheet = PreCheckSheet {
        issue: issue(),
        apprentice: "Inès Morel".to_owned(),
        employer: party("Les Relais solidaires", "Nadia Bensaïd"),
        title: "Conseiller en insertion professionnelle".to_owned(),
        starts_on: date(2026, 9, 1),
        send_by: date(2026, 9, 7),
        findings: vec![
            finding(Answer::Yes, "1. Formation : le titre est enregistré."),
            finding(Answer::No, "2. Âge : 34 ans."),
            finding(Answer::Unknown, "3. Maître d’apprentissage : personne n’est désigné."),
        ],
        to_verify: Vec::new(),
    };
    let Some(text) = heard(&sheet.document()) else { return };
    for expected in [
        "1 point n’est pas conforme : en l’état, l’opérateur de compétences refuserait la prise en charge.",
        "À transmettre au plus tard le LBody (block) 7 septembre 2026",
        "2. Âge : 34 ans. TD Non conforme TD C. trav., art. R6223-10",
        "personne n’est désigné. TD À vérifier",
    ] {
        assert!(text.contains(expected), "« {expected} » is missing from:\n{text}");
    }
}

#[test]
fn the_letter_says_the_decision_and_its_reasons() {
    let letter = AdmissionLetter {
        issue: issue(),
        candidate: "Inès Morel".to_owned(),
        address: some("3 rue des Lilas, 93000 Bobigny"),
        title: "Conseiller en insertion professionnelle".to_owned(),
        cohort: "Automne 2026".to_owned(),
        starts_on: Some(date(2026, 9, 7)),
        decided_on: date(2026, 7, 2),
        decision: AdmissionDecision::Waiting,
        reasons: vec!["Les douze places sont pourvues.".to_owned()],
        next_steps: vec!["Nous vous écrirons si une place se libère.".to_owned()],
        signatory: "Claire Lefort, responsable de formation".to_owned(),
        to_verify: Vec::new(),
    };
    let Some(text) = heard(&letter.document()) else { return };
    for expected in [
        "Après examen de votre candidature, le 2 juillet 2026, votre candidature est inscrite sur la liste d’attente.",
        "Les douze places sont pourvues.",
        "Claire Lefort, responsable de formation",
    ] {
        assert!(text.contains(expected), "« {expected} » is missing from:\n{text}");
    }
    let said = |decision| heard(&AdmissionLetter { decision, ..letter.clone() }.document()).unwrap();
    assert!(said(AdmissionDecision::Admitted).contains("votre candidature est retenue"));
    assert!(said(AdmissionDecision::Refused).contains("votre candidature n’est pas retenue"));
}

#[test]
fn the_timetable_tells_weeks_days_and_what_is_cancelled() {
    let slot = |module: &str, cancelled| {
        let (trainer, room) = (some("Samir Kaci"), some("Salle 2"));
        Slot { hours: "de 9 h à 12 h 30".to_owned(), module: module.to_owned(), trainer, room, cancelled }
    };
    let day = |day, note: Option<&str>, morning| TimetableDay {
        day,
        note: note.map(str::to_owned),
        morning,
        afternoon: None,
    };
    let sheet = TimetableSheet {
        issue: issue(),
        whose: "Promotion Automne 2026".to_owned(),
        period: period(date(2026, 11, 9), date(2026, 11, 23)),
        hours_unconfirmed: true,
        weeks: vec![
            TimetableWeek {
                monday: date(2026, 11, 9),
                kind: "À l’école".to_owned(),
                days: vec![
                    day(date(2026, 11, 9), None, Some(slot("Accueillir et analyser la demande", false))),
                    day(date(2026, 11, 10), None, Some(slot("Droit du travail", true))),
                    day(date(2026, 11, 11), Some("férié"), None),
                ],
            },
            TimetableWeek { monday: date(2026, 11, 16), kind: "En entreprise".to_owned(), days: Vec::new() },
            TimetableWeek {
                monday: date(2026, 11, 23),
                kind: "À l’école".to_owned(),
                days: vec![day(date(2026, 11, 23), None, None)],
            },
        ],
        to_verify: Vec::new(),
    };
    let decided = TimetableSheet { hours_unconfirmed: false, ..sheet.clone() };
    let Some(text) = heard(&sheet.document()) else { return };
    assert!(!heard(&decided.document()).unwrap().contains("indicatifs"));
    for expected in [
        "Horaires indicatifs : l’école ne les a pas encore confirmés.",
        "Semaine du 9 novembre 2026 · À l’école",
        "lundi 9 novembre TD Accueillir et analyser la demande de 9 h à 12 h 30 · Samir Kaci · Salle 2",
        "Annulé : Droit du travail",
        "mercredi 11 novembre TD férié TD férié",
        "Semaine du 16 novembre 2026 · En entreprise",
        "Pas de cours cette semaine.",
        "Aucune séance n’est prévue cette semaine.",
    ] {
        assert!(text.contains(expected), "« {expected} » is missing from:\n{text}");
    }
}
