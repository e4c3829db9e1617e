//! The school's pages as a browser gets them: a cohort from its referential to a signed contract, a host's ranking, an
//! apprentice's calendar. Everything is typed in through the forms.

use axum::http::StatusCode;
use base::Id;
use platform::{Actor, Role};
use school::referential::{self, SHIPPED};

use crate::web::{Browser, House};

pub(crate) async fn page(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.body
}

/// Sends a form that is accepted, and gives the page it leads to.
pub(crate) async fn send(browser: &mut Browser, path: &str, form: &str) -> String {
    let answer = browser.post(path, form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.body);
    answer.location().to_owned()
}

/// Sends a form that is refused, and checks why.
pub(crate) async fn refused(browser: &mut Browser, path: &str, form: &str, why: &str) {
    let answer = browser.post(path, form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", answer.body);
    assert!(answer.body.contains(why), "« {why} » is missing from:\n{}", answer.body);
}

pub(crate) fn contains(page: &str, expected: &[&str]) {
    for words in expected {
        assert!(page.contains(words), "« {words} » is missing from:\n{page}");
    }
}

/// What stands between two marks, the first time.
pub(crate) fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let rest = page.split_once(before).unwrap_or_else(|| panic!("« {before} » is missing from:\n{page}")).1;
    rest.split_once(after).unwrap().0
}

/// The house of a school, its head's browser, and the referential it loaded.
pub(crate) async fn school() -> (House, Browser, Actor, String) {
    let mut house = House::new().await;
    let program = Actor::program(house.tenant);
    let names = territory::picture(&house.platform, &program, territory::AsOf::now(&house.clock)).await.unwrap().names;
    house.organisation = names.find("ecole-cip").unwrap();
    let (_, head) = house.actor(Role::SchoolHead).await;
    let (name, text) = SHIPPED[1];
    referential::load(&house.platform, &head, house.organisation, name, text.as_bytes(), false).await.unwrap();
    let mut browser = house.signed_in(Role::SchoolHead).await;
    let list = page(&mut browser, "/ecole/referentiels").await;
    let own = format!("/ecole/referentiels/{}", between(&list, "href=\"/ecole/referentiels/", "\""));
    (house, browser, head, own)
}

const NEW_COHORT: &str =
    "nom=Automne+2026&code=CIP-2026&site=ecole-cip-pantin&du=2026-09-07&au=2027-09-03&places=12&demi-journee=3,5";

pub(crate) async fn cohort(browser: &mut Browser, referential: &str) -> String {
    let number = referential.rsplit('/').next().unwrap();
    send(browser, "/ecole/promotions/nouvelle", &format!("{NEW_COHORT}&referentiel={number}")).await
}

#[tokio::test]
async fn an_item_is_confirmed_and_the_confirmation_taken_back() {
    let (_house, mut head, _, own) = school().await;
    let title = page(&mut head, &own).await;
    contains(&title, &["à vérifier", "Confirmer un élément", "Projet – non officiel"]);
    let item = between(between(&title, "name=\"element\"", "</select>"), "value=\"", "\"").to_owned();
    refused(
        &mut head,
        &format!("{own}/confirmer"),
        &format!("element={item}&par=Claire+Lefort&texte="),
        "le texte officiel",
    )
    .await;
    let form = format!("element={item}&par=Claire+Lefort&texte=arr%C3%AAt%C3%A9+du+12+d%C3%A9cembre+2022");
    assert_eq!(send(&mut head, &format!("{own}/confirmer"), &form).await, own);
    contains(&page(&mut head, &own).await, &["Claire Lefort", "arrêté du 12 décembre 2022"]);
    send(&mut head, &format!("{own}/elements/{item}/retirer"), "").await;
    assert!(!page(&mut head, &own).await.contains("Claire Lefort le"));
}

#[tokio::test]
async fn a_cohort_is_opened_planned_and_printed() {
    let (_house, mut head, _, referential) = school().await;
    let number = referential.rsplit('/').next().unwrap();
    let backwards = NEW_COHORT.replace("au=2027-09-03", "au=2026-09-01");
    refused(&mut head, "/ecole/promotions/nouvelle", &format!("{backwards}&referentiel={number}"), "suit le premier")
        .await;
    let own = cohort(&mut head, &referential).await;
    contains(&page(&mut head, "/ecole").await, &["Automne 2026", "CIP-2026", "RNCP37274"]);
    contains(&page(&mut head, &own).await, &["Calendrier incomplet", "Programme incomplet", "Personne n’est inscrit"]);

    // The weeks: proposed, adopted, changed.
    let calendar = format!("{own}/calendrier");
    contains(&page(&mut head, &format!("{calendar}/rythme")).await, &["Cours", "Terrain", "Adopter ce calendrier"]);
    send(&mut head, &format!("{calendar}/rythme"), "").await;
    contains(&page(&mut head, &calendar).await, &["en cours", "sur le terrain", "Armistice"]);
    send(&mut head, &format!("{calendar}/semaines"), "du=2026-11-25&nombre=1&nature=class").await;
    refused(&mut head, &format!("{calendar}/semaines"), "du=2026-11-25&nombre=0&nature=class", "de 1 à 104").await;

    // The programme and what it covers.
    let programme = format!("{own}/programme");
    let module = "code=M1&nom=Accueillir&duree=4&competences=C1&publics=rsa&par-jour=2&par-semaine=4";
    refused(&mut head, &format!("{programme}/modules"), &module.replace("duree=4", "duree=0"), "de 1 à 400").await;
    let known = law::publics::Public::ALL[0].code();
    send(&mut head, &format!("{programme}/modules"), &module.replace("publics=rsa", &format!("publics={known}"))).await;
    contains(&page(&mut head, &programme).await, &["Accueillir", "aucun module", "14"]);

    // Who teaches, where.
    send(&mut head, "/ecole/moyens/formateurs", "nom=Samir+Kaci&modules=M1&libre=0&libre=1&du=2026-09-01").await;
    send(&mut head, "/ecole/moyens/salles", "nom=Salle+2&site=ecole-cip-pantin&places=14&du=2026-09-01").await;
    send(&mut head, "/ecole/moyens/fermetures", "du=2026-12-21&au=2027-01-03&raison=Cong%C3%A9s+d%E2%80%99hiver").await;
    refused(&mut head, "/ecole/moyens/fermetures", "du=2026-12-21&au=2026-12-01&raison=x", "avant le premier").await;
    let means = page(&mut head, "/ecole/moyens").await;
    contains(&means, &["Samir Kaci", "lundi matin et lundi après-midi", "Salle 2", "Congés d’hiver"]);

    // A half-day, planned, moved, cancelled.
    let timetable = format!("{own}/emploi-du-temps");
    let trainer = between(between(&means, "name=\"qui\"", "</select>"), "value=\"", "\"").to_owned();
    let session = format!("le=2026-11-25&moitie=morning&module=M1&formateur={trainer}");
    send(&mut head, &format!("{timetable}/seances"), &session).await;
    refused(&mut head, &format!("{timetable}/seances"), &session, "déjà une séance").await;
    let week = page(&mut head, &format!("{timetable}?semaine=2026-11-25")).await;
    contains(&week, &["Accueillir", "Samir Kaci", "3\u{a0}demi-journées à placer"]);
    let planned = format!("{own}/seances/{}", between(&week, &format!("href=\"{own}/seances/"), "\""));
    let elsewhere = "le=2026-11-26&moitie=afternoon&raison=Salle+prise";
    refused(&mut head, &planned, elsewhere, "prévenues").await;
    send(&mut head, &planned, &format!("{elsewhere}&prevenues=oui")).await;
    contains(&page(&mut head, &planned).await, &["26\u{a0}novembre 2026", "Salle prise"]);
    send(&mut head, &format!("{planned}/annuler"), "raison=Examen+blanc&prevenues=oui").await;
    contains(&page(&mut head, &format!("{timetable}?semaine=2026-11-25")).await, &["annulée", "Examen blanc"]);

    let sheet = head.get(&format!("{timetable}/feuille")).await;
    assert_eq!(sheet.status, StatusCode::OK);
    assert_eq!(sheet.headers["content-type"], "application/pdf");
    assert!(sheet.body.starts_with("%PDF-1.7"));
}

#[tokio::test]
async fn somebody_goes_from_application_to_a_signed_contract() {
    let (mut house, mut head, _, referential) = school().await;
    let own = cohort(&mut head, &referential).await;
    send(&mut head, &format!("{own}/calendrier/rythme"), "").await;
    let number = own.rsplit('/').next().unwrap().to_owned();

    // An application, and only what may be asked.
    let candidates = format!("{own}/candidats");
    let person = "prenom=In%C3%A8s&nom=MOREL&naissance=1999-03-14&diplome=4&experience=30&demandeur=oui";
    refused(&mut head, &format!("{candidates}/ajouter"), &format!("{person}&courriel=pas-une-adresse"), "bonne forme")
        .await;
    let file = send(&mut head, &format!("{candidates}/ajouter"), person).await;
    contains(&page(&mut head, &candidates).await, &["Inès MOREL", "Candidature reçue", "niveau 4"]);

    // No decision before an interview, no step without reasons.
    let step = |step: &str, reasons: &str| {
        format!("promotion={number}&etape={step}&le=2026-11-22&avis=favourable&raisons={reasons}")
    };
    refused(&mut head, &format!("{file}/etapes"), &step("decision", "Projet+clair"), "entretien").await;
    refused(&mut head, &format!("{file}/etapes"), &step("interview", ""), "les raisons").await;
    send(&mut head, &format!("{file}/etapes"), &step("interview", "Projet+clair")).await;
    send(&mut head, &format!("{file}/etapes"), &step("decision", "Projet+clair")).await;
    contains(&page(&mut head, &file).await, &["Admission", "Projet clair", "Lettre de décision (PDF)"]);
    let letter = head.get(&format!("{file}/lettre/{number}")).await;
    assert!(letter.body.starts_with("%PDF-1.7"), "{}", letter.status);

    // A place, both rankings, the proposal and the decision.
    send(
        &mut head,
        &format!("{own}/places"),
        "accueillant=ares&structure=ali-bobigny&sieges=1&debut=2026-12-01&description=Accueil",
    )
    .await;
    let choices = format!("{file}/choix/{number}");
    let place = between(&page(&mut head, &choices).await, "name=\"rang-", "\"").to_owned();
    refused(&mut head, &choices, &format!("rang-{place}=premier"), "Un rang est un nombre").await;
    send(&mut head, &choices, &format!("rang-{place}=1")).await;
    let school = house.organisation;
    let program = Actor::program(house.tenant);
    let names = territory::picture(&house.platform, &program, territory::AsOf::now(&house.clock)).await.unwrap().names;
    house.organisation = names.find("ares").unwrap();
    let mut host = house.signed_in(Role::Recruiter).await;
    contains(&page(&mut host, "/places").await, &["Bobigny", "à faire"]);
    let ranking = format!("/places/{place}/classement");
    let learner = between(&page(&mut host, &ranking).await, "name=\"rang-", "\"").to_owned();
    send(&mut host, &ranking, &format!("rang-{learner}=1")).await;
    send(&mut host, "/places/tuteurs", "nom=H%C3%A9l%C3%A8ne+Ravier&salarie=oui&volontaire=oui&majeur=oui&diplome=oui")
        .await;
    contains(&page(&mut host, "/places").await, &["1\u{a0}personne classée", "Hélène Ravier"]);
    house.organisation = school;
    let matching = format!("{own}/appariement");
    contains(&page(&mut head, &matching).await, &["nº\u{a0}1", "Son choix nº\u{a0}1"]);
    send(&mut head, &format!("{matching}/valider"), &format!("place-{learner}={place}&raison-{learner}=")).await;

    // The contract, its points and its papers.
    send(&mut head, &format!("{file}/inscription"), &format!("promotion={number}&regime=apprenticeship&le=2026-11-22"))
        .await;
    contains(&page(&mut head, &format!("{file}/contrat")).await, &["Employeur"]);
    contains(&page(&mut head, &format!("{file}/contrat?employeur=ares")).await, &["Hélène Ravier", "Lieu de travail"]);
    let contract = format!(
        "employeur=ares&promotion={number}&nature=apprenticeship&structure=ali-bobigny&du=2026-12-01&au=2027-09-03\
         &signature=2026-11-20&salaire=1850,50&prix=8000&formation=420&travail=1400"
    );
    refused(&mut head, &format!("{file}/contrat"), &contract.replace("au=2027-09-03", "au=2026-11-30"), "corrigez")
        .await;
    let contract = send(&mut head, &format!("{file}/contrat"), &contract).await;
    contains(
        &page(&mut head, &contract).await,
        &["signé, commence le 1er\u{a0}décembre 2026", "1\u{202f}850,50\u{a0}€", "Avant dépôt", "7. "],
    );
    let sheet = head.get(&format!("{contract}/verification")).await;
    assert!(sheet.body.starts_with("%PDF-1.7"), "{}", sheet.status);
    refused(&mut head, &format!("{contract}/evenements"), "nature=broken&le=2026-11-22&par=", "qui a rompu").await;
    contains(&page(&mut head, &format!("{own}/alternants")).await, &["Inès MOREL", "Ares", "signé"]);
    let glance = page(&mut head, &own).await;
    contains(&glance, &["À faire", "éléments du titre", "Désigner un tuteur ou une tutrice", "Inès MOREL", "signé"]);
}

#[tokio::test]
async fn a_secret_that_nobody_gave_opens_nothing() {
    let house = House::new().await;
    let mut visitor = Browser::new(house.router());
    assert_eq!(visitor.get("/agenda/inconnu").await.status, StatusCode::NOT_FOUND);
    let mut apprentice = house.signed_in(Role::Apprentice).await;
    contains(&page(&mut apprentice, "/mon-parcours").await, &["Aucun calendrier"]);
    let stranger = apprentice.post("/mon-parcours/agenda", &format!("personne={}", Id::<()>::new(7))).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
}
