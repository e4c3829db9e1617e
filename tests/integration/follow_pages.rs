//! The pages of an agency, a counsellor, a social worker and the département's flow, as a browser gets them.

use axum::http::StatusCode;
use base::Id;
use db::{Ask, sql};
use jiff::SignedDuration;
use platform::parameter::{self, Certainty, Parameter, SMALLEST_COUNT};
use platform::{Actor, Role};
use support::follow_up::FollowUp;
use support::orientation::{self, Batch, Choice, OrderedLine, Path, Worker};
use territory::structures::StructureKind;

use crate::people_pages::house_with_people;
use crate::web::{Browser, House};

sql! {
    OF_SEVRAN = ["SELECT ", FollowUp::COLUMNS, " FROM follow_up WHERE commune_code = '93071' ORDER BY person"];
}

async fn lines(house: &House) -> Vec<FollowUp> {
    house.platform.db.all(&OF_SEVRAN, &[]).await.unwrap()
}

async fn work(house: &House, batch: Id<Batch>) {
    orientation::continue_batch(&house.platform, house.tenant, batch, async |_| ()).await.unwrap();
}

/// Everybody of Sevran in the charge of one structure since this morning.
async fn house_with_structure(kind: StructureKind, path: Path) -> House {
    let mut house = house_with_people().await;
    house.clock.set(house.clock.now().plus(SignedDuration::from_hours(9)));
    let serving =
        territory::sector_structures(&house.platform.db, house.tenant, kind, house.clock.today()).await.unwrap();
    house.structure = serving["93071"];
    let (_, officer) = house.actor(Role::DepartmentOfficer).await;
    let chosen: Vec<OrderedLine> = lines(&house)
        .await
        .iter()
        .map(|line| OrderedLine {
            person: line.person,
            choice: Choice {
                path,
                structure_kind: kind,
                structure: house.structure,
                with_interview: false,
                reason: "essai".to_owned(),
            },
        })
        .collect();
    assert!(chosen.len() > 20, "{}", chosen.len());
    let batch = orientation::start_orientations(&house.platform, &officer, &chosen, Worker::Caller).await.unwrap();
    work(&house, batch).await;
    house
}

async fn agency() -> House {
    house_with_structure(StructureKind::LocalInclusionAgency, Path::SocioProfessional).await
}

async fn page(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.body
}

/// The form of the share-out as a browser sends it: for each line, who was in charge and to whom it goes.
fn share_out_form(html: &str) -> String {
    let mut pairs = Vec::new();
    for line in html.split("<input type=\"hidden\" name=\"avant-").skip(1) {
        let (person, rest) = line.split_once('"').unwrap();
        let before = rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
        let chosen = rest.split("</select>").next().unwrap().split("<option value=\"");
        let chosen = chosen.filter(|option| option.contains(" selected")).last().unwrap().split('"').next().unwrap();
        pairs.push(format!("avant-{person}={before}&pour-{person}={chosen}"));
    }
    pairs.join("&")
}

fn batch_of(location: &str) -> Id<Batch> {
    location.rsplit('/').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_shares_out_from_the_board_and_takes_it_back() {
    let house = agency().await;
    let (anne, _) = house.actor(Role::EmploymentCounsellor).await;
    let people = lines(&house).await.len();
    let mut head = house.signed_in(Role::AgencyHead).await;

    // Each figure opens the lines it counts.
    let board = page(&mut head, "/agence").await;
    for told in ["Sans référent", "Rendez-vous aujourd’hui", "Depuis hier", "Charge par référent", "Anne Fictive"]
    {
        assert!(board.contains(told), "{told}: {board}");
    }
    for href in ["/agence/personnes?etape=unassigned", "/agence/personnes?arrivees=hier"] {
        assert!(board.contains(href), "{href}: {board}");
        let list = page(&mut head, href).await;
        assert!(list.contains(&format!("50 sur {people}\u{a0}personnes")) || people <= 50, "{href}: {list}");
        assert!(list.contains("Désigner un référent"), "{list}");
    }
    let none = page(&mut head, "/agence/personnes?attente=longue").await;
    assert!(none.contains("Personne ne répond à ces filtres"), "{none}");

    // Proposed, with the loads before and after; nothing is written yet.
    let proposed = page(&mut head, "/agence/repartition?etape=unassigned&tout=oui").await;
    assert!(proposed.contains("Charges avant et après") && proposed.contains("Confier ces personnes"), "{proposed}");
    let form = share_out_form(&proposed);
    assert_eq!(form.matches("pour-").count(), people);
    assert!(lines(&house).await.iter().all(|line| line.counsellor.is_none()));
    let again = head.post("/agence/repartition", &form).await;
    assert_eq!(share_out_form(&again.body), form, "the choices stay when the loads are computed again");

    let decided = head.post("/agence/repartition/decider", &form).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.body);
    let place = decided.location().to_owned();
    let waiting = page(&mut head, &place).await;
    assert!(waiting.contains("Répartition en cours") && waiting.contains("http-equiv=\"refresh\""), "{waiting}");
    work(&house, batch_of(&place)).await;
    assert!(lines(&house).await.iter().all(|line| line.counsellor == Some(anne)));
    let told = page(&mut head, &place).await;
    assert!(told.contains("Confiées") && told.contains("Annuler cette répartition"), "{told}");
    let bar = page(&mut head, &format!("/fragments{place}")).await;
    assert!(bar.contains(&format!("data-then=\"{place}\"")), "{bar}");

    // The same page sent again from another window: each line says that somebody has decided.
    let stale = head.post("/agence/repartition/decider", &form).await;
    let stale = stale.location().to_owned();
    work(&house, batch_of(&stale)).await;
    let told = page(&mut head, &stale).await;
    assert!(told.contains("Laissées ainsi") && told.contains("Quelqu’un en a décidé entre-temps"), "{told}");

    // Taken back: nobody again, and not twice.
    let undone = head.post(&format!("{place}/annuler"), "").await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.body);
    assert!(lines(&house).await.iter().all(|line| line.counsellor.is_none() && line.designated_on.is_none()));
    let refused = head.post(&format!("{place}/annuler"), "").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (name, difference) in
        support::jobs::check_read_models(&house.platform, &Actor::program(house.tenant)).await.unwrap()
    {
        assert!(difference.is_equal(), "{name}: {difference:?}");
    }

    // Nothing chosen, nothing asked for.
    let nothing = head.post("/agence/repartition/decider", "pour-1=non&avant-1=").await;
    assert_eq!(nothing.location(), "/agence/personnes");
    let told = page(&mut head, "/agence/personnes").await;
    assert!(told.contains("Aucun changement n’était choisi"), "{told}");
    let mut counsellor = house.signed_in(Role::EmploymentCounsellor).await;
    assert_eq!(counsellor.post("/agence/repartition/decider", &form).await.status, StatusCode::FORBIDDEN);
    assert_eq!(counsellor.get(&place).await.status, StatusCode::FORBIDDEN);
}

/// Where the message of a page undoes what was just done.
fn undo_in(html: &str) -> &str {
    html.split("action=\"").find(|rest| rest.contains("/annuler\"")).unwrap().split('"').next().unwrap()
}

fn later(house: &House, minutes: i64) {
    house.clock.set(house.clock.now().plus(SignedDuration::from_mins(minutes)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn working_time_and_absences_are_dated_and_weigh_in_the_share_out() {
    let house = agency().await;
    let (anne, _) = house.actor(Role::EmploymentCounsellor).await;
    let mut head = house.signed_in(Role::AgencyHead).await;
    let path = format!("/agence/equipe/{anne}");
    assert!(page(&mut head, "/agence/equipe").await.contains(&path));

    for (body, told) in [
        ("temps=120&depuis=2026-11-22", "0 à 100"),
        ("temps=moitié&depuis=2026-11-22", "nombre"),
        ("temps=50&depuis=", "jour"),
    ] {
        let wrong = head.post(&format!("{path}/temps"), body).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(wrong.body.contains("erreur-temps") && wrong.body.contains(told), "{body}: {}", wrong.body);
    }
    let saved = head.post(&format!("{path}/temps"), "temps=80&depuis=2026-11-22").await;
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, path.as_str()));
    let shown = page(&mut head, &path).await;
    assert!(shown.contains("80\u{a0}%"), "{shown}");
    // Taken back from the message: what it replaced holds again, once.
    let undo = undo_in(&shown).to_owned();
    later(&house, 1);
    let again = head.post(&format!("{path}/temps"), "temps=60&depuis=2026-11-22").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    let later_undo = undo_in(&page(&mut head, &path).await).to_owned();
    assert_eq!(head.post(&undo, "").await.location(), path);
    let kept = page(&mut head, &path).await;
    assert!(kept.contains("a été changé depuis") && kept.contains("60\u{a0}%"), "{kept}");
    assert_eq!(head.post(&later_undo, "").await.location(), path);
    let back = page(&mut head, &path).await;
    assert!(back.contains("vaut de nouveau") && back.contains("80\u{a0}%") && !back.contains("60\u{a0}%"), "{back}");
    let known = head.post(&format!("{path}/temps"), "temps=80&depuis=2026-11-22").await;
    assert_eq!(known.status, StatusCode::SEE_OTHER);
    let known = page(&mut head, &path).await;
    assert!(known.contains("était déjà noté") && !known.contains("/annuler\""), "{known}");
    assert_eq!(head.post(&format!("{path}/temps/999999/annuler"), "").await.status, StatusCode::NOT_FOUND);

    // Somebody away is given nobody; whoever has people behind is told on the board.
    let form = share_out_form(&page(&mut head, "/agence/repartition?etape=unassigned&tout=oui").await);
    let place = head.post("/agence/repartition/decider", &form).await.location().to_owned();
    work(&house, batch_of(&place)).await;
    let wrong = head.post(&format!("{path}/absences"), "nature=leave&du=2026-11-23&au=2026-11-20").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("erreur-au"), "{}", wrong.body);
    let away = head.post(&format!("{path}/absences"), "nature=sickness&du=2026-11-22&au=2026-11-27").await;
    assert_eq!(away.status, StatusCode::SEE_OTHER);
    let shown = page(&mut head, &path).await;
    assert!(shown.contains("27\u{a0}novembre 2026") && shown.contains("/annuler"), "the last day is in it: {shown}");
    let board = page(&mut head, "/agence").await;
    assert!(board.contains("Passer le relais") && board.contains("absence (arrêt)"), "{board}");
    let relay = page(&mut head, &format!("/agence/repartition?referent={anne}&tout=oui")).await;
    assert!(
        relay.contains("Personne n’est disponible") && !relay.contains("Confier ces personnes</button>"),
        "{relay}"
    );

    // Undone from the message: as if it had never been.
    assert_eq!(head.post(undo_in(&shown), "").await.status, StatusCode::SEE_OTHER);
    assert!(!page(&mut head, "/agence").await.contains("Passer le relais"));
    assert_eq!(head.get("/agence/equipe/999999").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_interview_everything_is_written_in_one_go() {
    let house = agency().await;
    let mut counsellor = house.signed_in(Role::EmploymentCounsellor).await;
    let mut head = house.signed_in(Role::AgencyHead).await;
    assert!(page(&mut counsellor, "/suivi").await.contains("Personne ne vous est confié"));
    let form = share_out_form(&page(&mut head, "/agence/repartition?etape=unassigned&tout=oui").await);
    let place = head.post("/agence/repartition/decider", &form).await.location().to_owned();
    work(&house, batch_of(&place)).await;

    let list = page(&mut counsellor, "/suivi").await;
    let person = lines(&house).await[0].person;
    let path = format!("/personnes/{person}/suivi");
    assert!(list.contains("Rien d’urgent") && list.contains("dont 0 a besoin de vous"), "{list}");
    let file = page(&mut counsellor, &format!("/personnes/{person}")).await;
    assert!(file.contains(&format!("href=\"{path}\"")) && file.contains("Référent unique"), "{file}");
    let shown = page(&mut counsellor, &path).await;
    assert!(shown.contains("Après l’entretien") && shown.contains("Aucun rendez-vous pour le moment"), "{shown}");

    // What is wrong is said beside its field, and what was typed stays.
    let wrong = counsellor.post(&path, "note=Projet&action=&echeance=2026-11-30&jour=2026-11-21&heure=9h").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for told in ["erreur-action", "erreur-jour", ">Projet</textarea>"] {
        assert!(wrong.body.contains(told), "{told}: {}", wrong.body);
    }
    let nothing = counsellor.post(&path, "note=").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.body.contains("Il n’y a rien à enregistrer"), "{}", nothing.body);

    // Planned for today, then told.
    let planned = counsellor.post(&path, "jour=2026-11-22&heure=14h30&duree=45&lieu=Agence").await;
    assert_eq!((planned.status, planned.location()), (StatusCode::SEE_OTHER, path.as_str()));
    let shown = page(&mut counsellor, &path).await;
    let number = shown.split("name=\"rdv\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(page(&mut counsellor, "/suivi/agenda?vue=jour").await.contains("14\u{a0}h\u{a0}30"));
    assert!(page(&mut counsellor, "/suivi/agenda?jour=2026-12-07").await.contains("Aucun rendez-vous cette semaine"));
    assert!(page(&mut counsellor, "/suivi?besoin=16").await.contains("Rendez-vous aujourd’hui"));
    let body = format!(
        "rdv={number}&issue=attended&note=Projet+en+logistique&action=Envoyer+le+CV&qui=person&echeance=2026-11-24&jour=2026-12-22&heure=09:00"
    );
    assert_eq!(counsellor.post(&path, &body).await.status, StatusCode::SEE_OTHER);
    let shown = page(&mut counsellor, &path).await;
    for told in [
        "honoré",
        "Projet en logistique",
        "Envoyer le CV",
        "22\u{a0}décembre 2026 à 9\u{a0}h\u{a0}00",
        "Corriger l’issue",
    ] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    let person_page = page(&mut counsellor, &format!("/personnes/{person}")).await;
    assert!(person_page.contains("Entretien individuel honoré") && !person_page.contains("Projet en logistique"));

    // Done, and undone.
    let done = shown.split("action=\"").find(|rest| rest.contains("/faite\"")).unwrap().split('"').next().unwrap();
    assert_eq!(counsellor.post(done, "").await.status, StatusCode::SEE_OTHER);
    let shown = page(&mut counsellor, &path).await;
    assert!(shown.contains("faite le"), "{shown}");
    let undo = done.replace("/faite", "/a-faire");
    assert_eq!(counsellor.post(&undo, "").await.status, StatusCode::SEE_OTHER);
    assert!(!page(&mut counsellor, &path).await.contains("faite le"));

    // Who matches records follows nobody; a note for the social service alone is refused to who is not of it.
    let secret = counsellor.post(&path, "note=x&lecture=social").await;
    assert_eq!(secret.status, StatusCode::FORBIDDEN);
    let mut manager = house.signed_in(Role::DataManager).await;
    assert_eq!(manager.get(&path).await.status, StatusCode::FORBIDDEN);
    assert!(!page(&mut manager, &format!("/personnes/{person}")).await.contains("Entretien individuel"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_is_shared_and_its_secrets_are_not() {
    let mut house = house_with_structure(StructureKind::SocialServiceSite, Path::Social).await;
    let person = lines(&house).await[0].person;
    let path = format!("/personnes/{person}/suivi");
    let mut worker = house.signed_in(Role::SocialWorker).await;
    let kind = StructureKind::SocialDistrict;
    let districts =
        territory::sector_structures(&house.platform.db, house.tenant, kind, house.clock.today()).await.unwrap();
    house.structure = districts["93071"];
    let mut counsellor = house.signed_in(Role::SocialEmploymentCounsellor).await;

    assert!(page(&mut worker, "/appuis").await.contains("Vous n’avez demandé aucun appui"));
    let appui = format!("/personnes/{person}/appui");
    let empty = worker.post(&format!("{appui}/demander"), "texte=+").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.body.contains("Dites ce que vous attendez de cet appui"), "{}", empty.body);
    let asked = worker.post(&format!("{appui}/demander"), "texte=Une+formation").await;
    assert_eq!(asked.location(), format!("{path}#appui"));
    assert!(page(&mut worker, "/appuis").await.contains("Retirer la demande"));

    let waiting = page(&mut counsellor, "/appuis").await;
    assert!(waiting.contains("Une formation") && waiting.contains("Accepter"), "{waiting}");
    assert!(page(&mut counsellor, "/").await.contains("Demandes d’appui"));
    let refused = counsellor.post(&format!("{appui}/refuser"), "texte=").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(counsellor.post(&format!("{appui}/accepter"), "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(worker.post(&format!("{appui}/retirer"), "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page(&mut counsellor, "/suivi").await.contains("Une formation"));

    for body in ["note=Partagee", "note=Secrete&lecture=social"] {
        assert_eq!(worker.post(&path, body).await.status, StatusCode::SEE_OTHER, "{body}");
    }
    let seen = page(&mut counsellor, &path).await;
    assert!(seen.contains("Partagee") && !seen.contains("Secrete"), "{seen}");
    assert!(seen.contains("1\u{a0}note réservée au service social"), "{seen}");
    assert!(seen.contains("Votre structure n’accompagne pas cette personne"), "{seen}");
    let seen = page(&mut worker, &path).await;
    assert!(seen.contains("Secrete") && seen.contains("réservée au service social"), "{seen}");

    let ended = counsellor.post(&format!("{appui}/terminer"), "texte=Inscrite+en+formation").await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    let told = page(&mut worker, &path).await;
    assert!(told.contains("Inscrite en formation") && told.contains("Demander un appui"), "{told}");

    // The département sees loads, and asks for nothing.
    let mut officer = house.signed_in(Role::DepartmentOfficer).await;
    let loads = page(&mut officer, "/appuis").await;
    assert!(loads.contains("Par circonscription") && loads.contains("Anne Fictive\u{a0}: 0"), "{loads}");
    assert_eq!(officer.post(&format!("{appui}/demander"), "texte=x").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_flow_is_the_departments_and_hides_small_counts() {
    let house = agency().await;
    let mut officer = house.signed_in(Role::DepartmentOfficer).await;
    let flow = page(&mut officer, "/pilotage/flux").await;
    for told in
        ["À orienter", "De l’information à la décision", "Parents isolés", "secret statistique", "/agence?structure="]
    {
        assert!(flow.contains(told), "{told}: {flow}");
    }
    assert!(flow.contains("médiane sur"), "{flow}");
    // One dated threshold hides: raised, it hides what it told.
    let admin = platform::gate::permit(&house.actor(Role::DepartmentAdmin).await.1).unwrap();
    let today = base::Period::since(house.clock.today());
    let larger = Parameter::new(SMALLEST_COUNT, 5_000.into(), "Délibération", Certainty::Confirmed);
    parameter::set(&house.platform, &admin, today, larger).await.unwrap();
    let hidden = page(&mut officer, "/pilotage/flux").await;
    for told in ["moins de 5\u{202f}000", "masqué"] {
        assert!(hidden.contains(told) && !flow.contains(told), "{told}: {hidden}");
    }
    let none = page(&mut officer, "/pilotage/flux?type=lead_association&mois=24").await;
    assert!(none.contains("Personne n’est confié à une structure de ce type"), "{none}");

    // The officer opens any board, and changes nothing there.
    assert!(page(&mut officer, "/agence").await.contains("Choisissez une structure"));
    let code = flow.split("/agence?structure=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let board = page(&mut officer, &format!("/agence?structure={code}")).await;
    assert!(board.contains("Charge par référent") && !board.contains("Répartir les personnes"), "{board}");
    let list = page(&mut officer, &format!("/agence/personnes?structure={code}&etape=unassigned")).await;
    assert!(list.contains("/suivi\"") && !list.contains("Répartir"), "{list}");
    let mut head = house.signed_in(Role::AgencyHead).await;
    assert_eq!(head.get("/pilotage/flux").await.status, StatusCode::FORBIDDEN);
}
