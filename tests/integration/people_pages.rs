//! The pages about people as a browser gets them: search, lists, files of persons, doubtful matches, imports.

use std::path::{Path, PathBuf};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use base::Instant;
use db::{Ask, sql};
use demo::synth::{Place, Request as Month, synthesize};
use exchange::caf::{Import, import, job};
use facts::journal::{self, Chain};
use jiff::civil::date;
use platform::jobs::{self, Handlers};
use platform::{Actor, Role};
use tower::ServiceExt;

use crate::web::{Browser, House};

sql! {
    ADULTS_OF = "SELECT person, usual_name, first_name FROM person_card WHERE listed AND commune_code = $1 ORDER BY person";
    DOUBTS_OPEN = "SELECT count(*) FROM match_doubt d
        WHERE NOT EXISTS (SELECT 1 FROM match_decision m WHERE m.doubt = d.id AND m.replaced_at IS NULL)";
    FILE_NUMBER = "SELECT public_number FROM person_card WHERE person = $1";
    FILES_RECEIVED = "SELECT count(*) FROM feed_file";
}

/// A month of the feed about two communes of different sectors.
fn month(folder: &Path, households: u64) -> PathBuf {
    let place = |code: &str, name: &str, postcode: &str| Place {
        commune_code: code.to_owned(),
        name: name.to_owned(),
        postcodes: vec![postcode.to_owned()],
        weight: 1.0,
    };
    let places = [place("93071", "Sevran", "93270"), place("93055", "Pantin", "93500")];
    let path = folder.join(format!("mois-{households}.xml"));
    let request = Month { households, seed: 93, date: date(2026, 10, 31), previous: None, places: &places };
    synthesize(&request, std::fs::File::create(&path).unwrap(), |_, _| {}).unwrap();
    path
}

/// The same month sent by another paying body: the same people, in files and claims of other numbers.
fn from_elsewhere(month: &[u8]) -> Vec<u8> {
    let mut bytes = month.to_vec();
    let mut replace = |tag: &str, by: &str| {
        let starts: Vec<usize> = bytes
            .windows(tag.len())
            .enumerate()
            .filter(|(_, part)| *part == tag.as_bytes())
            .map(|(at, _)| at)
            .collect();
        assert!(!starts.is_empty(), "{tag}");
        for start in starts {
            bytes[start + tag.len()..][..by.len()].copy_from_slice(by.as_bytes());
        }
    };
    replace("<NUMDEMRSA>", "88");
    replace("<MATRICULE>", "88");
    replace("<HEUCREAFLUX>", "07:07:07");
    bytes
}

/// The house with a month brought in; its structure is the agency that serves Sevran.
pub(crate) async fn house_with_people() -> House {
    let mut house = House::new().await;
    let program = Actor::program(house.tenant);
    let kind = territory::structures::StructureKind::LocalInclusionAgency;
    let agencies =
        territory::sector_structures(&house.platform.db, house.tenant, kind, house.clock.today()).await.unwrap();
    assert_ne!(agencies["93071"], agencies["93055"]);
    house.structure = agencies["93071"];
    house.clock.set(Instant::start_of(date(2026, 11, 5)));
    let request = Import {
        path: month(house.scratch.folder(), 400),
        file_name: "octobre.xml".to_owned(),
        dry_run: false,
        accept_count_mismatch: false,
    };
    import(&house.platform, &program, &request, |_| {}).await.unwrap();
    house.clock.set(Instant::start_of(jonction_tests::today()));
    house
}

async fn adults(house: &House, commune: &str) -> Vec<(i64, String, String)> {
    house.platform.db.all(&ADULTS_OF, &[&commune]).await.unwrap()
}

/// How often a person's file is in the log of readings.
async fn readings(house: &House, person: i64) -> usize {
    journal::about(&house.platform.db, Chain::Reads, house.tenant, "person", person, 100).await.unwrap().len()
}

async fn page(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_found_listed_and_read_within_the_sector_only() {
    let house = house_with_people().await;
    let (own, other) = (adults(&house, "93071").await, adults(&house, "93055").await);
    let (person, name, first_name) = &own[0];
    let (stranger, ..) = &other[0];
    let mut counsellor = house.signed_in(Role::EmploymentCounsellor).await;

    // Found by name, whatever the order and the accents; not outside the sector.
    let found = page(&mut counsellor, &format!("/recherche?q={first_name}+{name}")).await;
    assert!(found.contains(&format!("/personnes/{person}")), "{found}");
    let number: String = house.platform.db.one(&FILE_NUMBER, &[stranger]).await.unwrap();
    let found = page(&mut counsellor, &format!("/recherche?q={number}")).await;
    assert!(found.contains("Personne ne correspond"), "{found}");
    for (query, told) in [
        ("12/03/1890", "date de naissance"),
        ("x", "au moins deux lettres"),
        ("123456", "numéro de dossier"),
        ("", "Comment chercher"),
    ] {
        let shown = page(&mut counsellor, &format!("/recherche?q={query}")).await;
        assert!(shown.contains(told), "{query}: {shown}");
    }
    let suggested = page(&mut counsellor, &format!("/fragments/recherche?q={name}")).await;
    assert!(suggested.starts_with("<option") && !suggested.contains("<html"), "{suggested}");

    // Listed: the sector is said, the state of the list is in its address, page by page both ways.
    let list = page(&mut counsellor, "/personnes").await;
    assert!(list.contains("domiciliées dans le secteur") && list.contains("Sevran"), "{list}");
    assert!(!list.contains("Structure</label>") && !list.contains("Pantin"), "only one's own sector");
    let next = list.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let second = page(&mut counsellor, &next.replace("&#38;", "&")).await;
    assert!(second.contains("rel=\"prev\"") && second != list);
    let none = page(&mut counsellor, "/personnes?droit=1&age_min=119&public=young").await;
    assert!(
        none.contains("Personne ne correspond à ces filtres") && none.contains("Retirer tous les filtres"),
        "{none}"
    );

    // Read, and the reading is written down before.
    let before = readings(&house, *person).await;
    let file = page(&mut counsellor, &format!("/personnes/{person}")).await;
    for told in
        ["Foyer", "Droits", "Publics", "Ce qui manque pour répondre", "Flux bénéficiaires du", "Que savait-on le"]
    {
        assert!(file.contains(told), "{told}: {file}");
    }
    assert!(file.contains("Votre mandat") || file.contains("votre mandat ne permet pas"), "the NIR stays hidden");
    assert_eq!(readings(&house, *person).await, before + 1);

    // Somebody elsewhere and nobody at all: the same answer.
    let elsewhere = counsellor.get(&format!("/personnes/{stranger}")).await;
    let nobody = counsellor.get("/personnes/999999999").await;
    assert_eq!((elsewhere.status, nobody.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(elsewhere.body, nobody.body);
    assert_eq!(readings(&house, *stranger).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contact_details_are_written_mended_and_undone() {
    let house = house_with_people().await;
    let (person, ..) = adults(&house, "93071").await[0];
    let path = format!("/personnes/{person}");
    let mut counsellor = house.signed_in(Role::EmploymentCounsellor).await;

    let wrong = counsellor.post(&format!("{path}/coordonnees"), "telephone=12&courriel=awa@exemple.fr").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.body.contains("erreur-telephone") && wrong.body.contains("value=\"awa@exemple.fr\""),
        "{}",
        wrong.body
    );

    let saved = counsellor.post(&format!("{path}/coordonnees"), "telephone=0612345678&courriel=").await;
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, path.as_str()));
    let shown = page(&mut counsellor, &path).await;
    assert!(
        shown.contains("06\u{a0}12\u{a0}34\u{a0}56\u{a0}78") && shown.contains(&format!("{path}/coordonnees/annuler")),
        "{shown}"
    );
    let found = counsellor.get("/recherche?q=0612345678").await;
    assert_eq!(found.location(), path, "the only bearer of a number is opened at once");

    house.clock.set(Instant::from_micros(house.clock.now().micros() + 1_000_000));
    assert_eq!(counsellor.post(&format!("{path}/coordonnees/annuler"), "").await.status, StatusCode::SEE_OTHER);
    let shown = page(&mut counsellor, &path).await;
    assert!(!shown.contains("06\u{a0}12\u{a0}34\u{a0}56\u{a0}78"), "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_past_is_asked_for_and_said_so() {
    let house = house_with_people().await;
    let (person, name, _) = &adults(&house, "93071").await[0];
    let mut counsellor = house.signed_in(Role::EmploymentCounsellor).await;
    let known = page(&mut counsellor, &format!("/personnes/{person}?au=2026-11-10&connu=2026-11-10")).await;
    assert!(known.contains("Ce que l’on savait le 10\u{a0}novembre 2026") && known.contains(name.as_str()), "{known}");
    // Before the file came, nothing was known.
    let before = page(&mut counsellor, &format!("/personnes/{person}?au=2026-11-01&connu=2026-11-01")).await;
    assert!(before.contains("Personne inconnue à cette date") && !before.contains(&format!(">{name} ")), "{before}");
    assert!(before.contains("le premier est arrivé le 5\u{a0}novembre 2026"), "{before}");
    assert!(
        before.contains("?au=2026-11-05&#38;connu=2026-11-05") && !before.contains("Aucun public reconnu"),
        "{before}"
    );
    let wrong = page(&mut counsellor, &format!("/personnes/{person}?au=hier")).await;
    assert!(wrong.contains("n’est pas une date"), "{wrong}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_registration_number_is_shown_on_demand_to_those_who_may() {
    let house = house_with_people().await;
    let (person, ..) = adults(&house, "93071").await[0];
    let path = format!("/personnes/{person}");
    let mut manager = house.signed_in(Role::DataManager).await;
    let hidden = page(&mut manager, &path).await;
    assert!(hidden.contains("Afficher le NIR") && !hidden.contains("clé\u{a0}"), "{hidden}");
    let shown = manager.post(&format!("{path}/nir"), "").await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.body.contains("clé\u{a0}"), "{}", shown.body);
    let read = journal::about(&house.platform.db, Chain::Reads, house.tenant, "person", person, 10).await.unwrap();
    assert!(read.iter().any(|entry| entry.action == "person.read_nir"));
    let mut counsellor = house.signed_in(Role::EmploymentCounsellor).await;
    assert_eq!(counsellor.post(&format!("{path}/nir"), "").await.status, StatusCode::FORBIDDEN);

    // Whoever oversees sees who consulted.
    let mut auditor = house.signed_in(Role::Auditor).await;
    let overseen = page(&mut auditor, &path).await;
    assert!(overseen.contains("Dernières consultations") && overseen.contains("Anne Fictive"), "{overseen}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doubtful_matches_are_decided_and_undone() {
    let house = house_with_people().await;
    let again = house.scratch.folder().join("ailleurs.xml");
    std::fs::write(&again, from_elsewhere(&std::fs::read(month(house.scratch.folder(), 20)).unwrap())).unwrap();
    let request =
        Import { path: again, file_name: "ailleurs.xml".to_owned(), dry_run: false, accept_count_mismatch: false };
    import(&house.platform, &Actor::program(house.tenant), &request, |_| {}).await.unwrap();

    let mut manager = house.signed_in(Role::DataManager).await;
    let list = page(&mut manager, "/rapprochements").await;
    let open: i64 = house.platform.db.one(&DOUBTS_OPEN, &[]).await.unwrap();
    assert!(open > 0, "{list}");
    let action = list.split("action=\"/rapprochements/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let path = format!("/rapprochements/{action}");
    assert_eq!(manager.post(&path, "verdict=same").await.location(), "/rapprochements");
    assert_eq!(house.platform.db.one::<i64>(&DOUBTS_OPEN, &[]).await.unwrap(), open - 1);
    let told = page(&mut manager, "/rapprochements").await;
    assert!(told.contains("c’est la même personne") && told.contains(&format!("{path}/annuler")), "{told}");
    manager.post(&format!("{path}/annuler"), "").await;
    assert_eq!(house.platform.db.one::<i64>(&DOUBTS_OPEN, &[]).await.unwrap(), open);
    assert_eq!(manager.post(&path, "verdict=peut-etre").await.status, StatusCode::BAD_REQUEST);

    // Those on which nothing speaks against, together: a result for each, and the way to the rest.
    let preview = page(&mut manager, "/rapprochements/certains").await;
    assert!(preview.contains("rien n’est encore décidé"), "{preview}");
    let offered: Vec<&str> =
        preview.split("name=\"choix\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(offered.len() > 1, "{preview}");
    let decided = manager.post("/rapprochements/certains", &format!("choix={}", offered[0])).await;
    assert_eq!(decided.status, StatusCode::OK, "{}", decided.body);
    assert!(
        decided.body.contains("1\u{a0}rapprochement décidé sur 1")
            && decided.body.contains("Continuer avec les suivants"),
        "{}",
        decided.body
    );
    assert_eq!(house.platform.db.one::<i64>(&DOUBTS_OPEN, &[]).await.unwrap(), open - 1);
    // Decided meanwhile: left alone, and said.
    let late = manager.post("/rapprochements/certains", &format!("choix={}&choix={}", offered[0], offered[1])).await;
    assert!(late.body.contains("1\u{a0}rapprochement décidé sur 2"), "{}", late.body);
    let rest = page(&mut manager, "/rapprochements/certains").await;
    assert!(!rest.contains(&format!("value=\"{}\"", offered[0])), "{rest}");
}

async fn upload(browser: &Browser, name: &str, bytes: &[u8]) -> (StatusCode, String, String) {
    let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut body = format!("--limite\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"{name}\"\r\n\r\n")
        .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--limite--\r\n");
    let request = Request::post("/imports/depot")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=limite")
        .header(header::COOKIE, cookies.join("; "))
        .body(Body::from(body))
        .unwrap();
    let answer = browser.router.clone().oneshot(request).await.unwrap();
    let location =
        answer.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let status = answer.status();
    let text = String::from_utf8_lossy(&to_bytes(answer.into_body(), usize::MAX).await.unwrap()).into_owned();
    (status, location, text)
}

/// Does what waits in the queue, until the address no longer shows progress.
async fn work_until_done(house: &House, browser: &mut Browser, address: &str) -> String {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let handlers = job::register(Handlers::default());
    let worker = tokio::spawn(jobs::run(house.platform.clone(), handlers, async move {
        let _ = stopped.await;
    }));
    let mut location = String::new();
    for _ in 0..600 {
        let answer = browser.get(address).await;
        if answer.status == StatusCode::SEE_OTHER {
            location = answer.location().to_owned();
            break;
        }
        assert!(!answer.body.contains("Import refusé"), "{}", answer.body);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    stop.send(()).unwrap();
    worker.await.unwrap();
    location
}

/// The same file, announcing 99,999 households.
fn miscounted(month: &[u8]) -> Vec<u8> {
    let footer = month.windows(19).rposition(|part| part == b"<NBTOTDOSRSATRANSM>").unwrap() + 19;
    let mut bytes = month.to_vec();
    bytes[footer..footer + 8].copy_from_slice(b"00099999");
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_that_differs_is_accepted_by_somebody_and_imported() {
    let house = House::new().await;
    let mut manager = house.signed_in(Role::DataManager).await;
    let bytes = miscounted(&std::fs::read(month(house.scratch.folder(), 60)).unwrap());
    let (status, _, text) = upload(&manager, "compte.xml", &bytes).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");

    let form =
        text.split("action=\"/imports/depot/ecart\"").nth(1).and_then(|rest| rest.split("</form>").next()).unwrap();
    let hidden = |name: &str| {
        let value = form.split(&format!("name=\"{name}\" value=\"")).nth(1).and_then(|rest| rest.split('"').next());
        format!("{name}={}", value.unwrap())
    };
    let body = ["depot", "nom", "empreinte"].map(hidden).join("&");
    let accepted = manager.post("/imports/depot/ecart", &body).await;
    assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.body);
    let address = accepted.location().to_owned();
    let report = work_until_done(&house, &mut manager, &address).await;
    let told = page(&mut manager, &report).await;
    assert!(told.contains("annonce 99\u{202f}999\u{a0}foyers\u{202f}; il en contient 60"), "{told}");
    assert_eq!(house.platform.db.one::<i64>(&FILES_RECEIVED, &[]).await.unwrap(), 1);
    assert_eq!(std::fs::read_dir(house.scratch.folder().join("spool")).unwrap().count(), 0);

    // The decision is in the journal, under the name of whoever took it.
    let file = report.rsplit('/').next().unwrap().parse().unwrap();
    let entries = journal::about(&house.platform.db, Chain::Writes, house.tenant, "feed_file", file, 10).await.unwrap();
    let opened = entries.iter().find(|entry| entry.action == "feed.opened").unwrap();
    let written = journal::payload(&house.platform.db, Chain::Writes, opened.id).await.unwrap().unwrap();
    assert!(opened.author.is_some() && written["accepted_count_mismatch"] == true, "{written}");
    // What was kept aside is used once.
    assert_eq!(manager.post("/imports/depot/ecart", &body).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_deposited_checked_imported_and_reported() {
    let house = House::new().await;
    let mut manager = house.signed_in(Role::DataManager).await;
    assert!(page(&mut manager, "/imports").await.contains("Aucun fichier reçu"));
    let file = month(house.scratch.folder(), 60);
    let bytes = std::fs::read(&file).unwrap();
    let spool = house.scratch.folder().join("spool");

    // Broken: refused at once with the line, nothing written, nothing left behind.
    let (status, _, text) = upload(&manager, "coupe.xml", &bytes[..bytes.len() / 2]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
    assert!(text.contains("rien n’a été écrit") && text.contains("igne"), "{text}");
    assert_eq!(std::fs::read_dir(&spool).unwrap().count(), 0);
    assert_eq!(house.platform.db.one::<i64>(&FILES_RECEIVED, &[]).await.unwrap(), 0);
    let (status, ..) = upload(&manager, "vide.xml", b"").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);

    // A count that differs: only then is taking it offered, and nothing is written before somebody does.
    assert!(!page(&mut manager, "/imports").await.contains("Accepter l’écart"));
    let miscounted = miscounted(&bytes);
    let (status, _, text) = upload(&manager, "compte.xml", &miscounted).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("Accepter l’écart de comptage") && text.contains("99\u{202f}999"), "{text}");
    assert_eq!(std::fs::read_dir(&spool).unwrap().count(), 1, "kept aside for the decision");
    assert_eq!(house.platform.db.one::<i64>(&FILES_RECEIVED, &[]).await.unwrap(), 0);
    let escape = manager.post("/imports/depot/ecart", "depot=../jonction.sqlite&nom=x&empreinte=y").await;
    assert_eq!(escape.status, StatusCode::BAD_REQUEST);
    for entry in std::fs::read_dir(&spool).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }

    // Sound: a job does it, the page follows it to the report.
    let (status, location, text) = upload(&manager, "octobre.xml", &bytes).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    assert!(location.starts_with("/travaux/"), "{location}");
    let waiting = page(&mut manager, &location).await;
    assert!(
        waiting.contains("data-poll=\"/fragments/travaux/") && waiting.contains("http-equiv=\"refresh\""),
        "{waiting}"
    );
    let report = work_until_done(&house, &mut manager, &location).await;
    assert!(report.starts_with("/imports/"), "{report}");
    let told = page(&mut manager, &report).await;
    assert!(told.contains("Ce que ce fichier a fait") && told.contains("nouveaux"), "{told}");
    assert_eq!(std::fs::read_dir(&spool).unwrap().count(), 0, "the job deletes what it has read");
    let json: serde_json::Value =
        serde_json::from_str(&page(&mut manager, &format!("{report}/rapport.json")).await).unwrap();
    assert_eq!(json["file_name"], "octobre.xml");
    assert!(json["report"]["households_new"].as_u64().unwrap() > 0);
    page(&mut manager, &format!("{report}/anomalies?gravite=avertissement")).await;
    assert!(page(&mut manager, "/imports").await.contains("terminé"));

    // Sent again: said so, nothing done.
    let (status, location, _) = upload(&manager, "encore.xml", &bytes).await;
    assert_eq!((status, location.as_str()), (StatusCode::SEE_OTHER, report.as_str()));
    assert_eq!(house.platform.db.one::<i64>(&FILES_RECEIVED, &[]).await.unwrap(), 1);

    // What was known before it came.
    let before = page(&mut manager, "/imports?connu=2026-11-21").await;
    assert!(before.contains("Aucun fichier mensuel n’était encore importé"), "{before}");
    assert!(before.contains("est arrivé le 22\u{a0}novembre 2026"), "{before}");
}
