//! The pages of the doubtful lines of a table, as a browser gets them: from the report to a decision and back.

use axum::http::StatusCode;
use db::{Ask, sql};
use exchange::inputs::{Import, import, inspect};
use jiff::civil::date;
use platform::{Actor, Role};
use support::inputs::InputKind;

use crate::people_pages::house_with_people;
use crate::web::Browser;

sql! {
    SOMEBODY = "SELECT usual_name, first_name, CAST(birth_date AS text), person FROM person_card WHERE listed ORDER BY person LIMIT 1";
    LAST_FILE = "SELECT max(id) FROM input_file";
    LAST_DOUBT = "SELECT max(id) FROM line_doubt";
}

async fn page(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_doubtful_line_is_looked_at_decided_and_taken_back() {
    let house = house_with_people().await;
    let (name, first, born, person): (String, String, String, i64) =
        house.platform.db.one(&SOMEBODY, &[]).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dsp.csv");
    std::fs::write(&path, format!("Nom;Prénom;Né le;Date;NATLOG\n{name};{first};{born};2026-10-01;0903\n")).unwrap();
    let request = Import {
        settings: inspect(&path, InputKind::Questionnaire, None, None).unwrap().proposed,
        path,
        file_name: "dsp.csv".to_owned(),
        kind: InputKind::Questionnaire,
        origin: "essai".to_owned(),
        reference_date: date(2026, 10, 31),
        complete: false,
        accept_probable: false,
        dry_run: false,
    };
    import(&house.platform, &Actor::program(house.tenant), &request, |_| {}).await.unwrap();
    let file: i64 = house.platform.db.one(&LAST_FILE, &[]).await.unwrap();
    let doubt: i64 = house.platform.db.one(&LAST_DOUBT, &[]).await.unwrap();
    let (report, list) = (format!("/imports/tableaux/{file}"), format!("/imports/tableaux/{file}/lignes"));
    let line = format!("{list}/{doubt}");

    let mut manager = house.signed_in(Role::DataManager).await;
    let told = page(&mut manager, &report).await;
    assert!(told.contains("1\u{a0}ligne douteuse à votre décision") && told.contains(&list), "{told}");
    assert!(page(&mut manager, &list).await.contains("à décider"));
    let shown = page(&mut manager, &line).await;
    for told in [
        "Rien n’est encore écrit",
        "Hébergement d’urgence en foyer",
        "même date de naissance",
        "Aucune de ces personnes",
        &format!("/personnes/{person}\""),
    ] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    let nothing = manager.post(&line, "").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.body.contains("erreur-personne"), "{}", nothing.body);
    let stranger = manager.post(&line, "personne=1").await;
    assert_eq!(stranger.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stranger.body.contains("Choisissez l’une des personnes proposées"), "{}", stranger.body);
    // The line of another file is not there.
    assert_eq!(
        manager.get(&format!("/imports/tableaux/{}/lignes/{doubt}", file + 1)).await.status,
        StatusCode::NOT_FOUND
    );

    let decided = manager.post(&line, &format!("personne={person}")).await;
    assert_eq!((decided.status, decided.location()), (StatusCode::SEE_OTHER, list.as_str()), "{}", decided.body);
    let told = page(&mut manager, &list).await;
    assert!(told.contains("est enregistrée dans le dossier") && told.contains("/annuler\""), "{told}");
    let known = page(&mut manager, &format!("/personnes/{person}")).await;
    for told in ["Hébergement d’urgence en foyer", "répondu le 1er\u{a0}octobre 2026", "ligne 2", &report] {
        assert!(known.contains(told), "{told}: {known}");
    }
    // What was known the day before does not know it.
    let before = page(&mut manager, &format!("/personnes/{person}?au=2026-11-21&connu=2026-11-21")).await;
    assert!(!before.contains("Hébergement d’urgence en foyer"), "{before}");
    assert!(!page(&mut manager, &report).await.contains("à votre décision"));
    let late = manager.post(&line, "personne=aucune").await;
    assert_eq!((late.status, late.location()), (StatusCode::SEE_OTHER, line.as_str()));
    assert!(page(&mut manager, &line).await.contains("Cette ligne est déjà décidée"));

    assert_eq!(manager.post(&format!("{line}/annuler"), "").await.location(), line);
    assert!(page(&mut manager, &line).await.contains("la ligne attend de nouveau"));
    let back = page(&mut manager, &format!("/personnes/{person}")).await;
    assert!(!back.contains("Hébergement d’urgence en foyer"), "{back}");
    let mut officer = house.signed_in(Role::DepartmentOfficer).await;
    assert_eq!(officer.get(&line).await.status, StatusCode::FORBIDDEN);
    assert!(!page(&mut officer, &report).await.contains("à votre décision"), "only who decides is told");
}
