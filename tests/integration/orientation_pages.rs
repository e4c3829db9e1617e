//! The pages of whoever decides orientations, as a browser gets them: the queue, a list decided at once and taken
//! back, a decision by hand and its letter, simulation, rules.

use axum::http::StatusCode;
use base::{Id, Instant};
use db::{Ask, sql};
use facts::journal::{self, Chain};
use jiff::SignedDuration;
use platform::parameter::{self, Certainty, Parameter};
use platform::{Actor, Role};
use support::follow_up::{FollowUp, Stage};
use support::orientation::{self, ProposalKind};

use crate::people_pages::house_with_people;
use crate::web::{Browser, House};

sql! {
    FOLLOWED = ["SELECT ", FollowUp::COLUMNS, " FROM follow_up ORDER BY due_on, person"];
    LAST_BATCH = "SELECT id FROM batch ORDER BY id DESC LIMIT 1";
}

/// A month brought in and proposed for.
async fn house() -> House {
    let house = house_with_people().await;
    orientation::propose_all(&house.platform, &Actor::program(house.tenant), async |_| ()).await.unwrap();
    house
}

async fn lines(house: &House) -> Vec<FollowUp> {
    house.platform.db.all(&FOLLOWED, &[]).await.unwrap()
}

async fn line(house: &House, person: Id<support::person::Person>) -> FollowUp {
    lines(house).await.into_iter().find(|line| line.person == person).unwrap()
}

async fn page(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.body
}

/// The lines that a preview would decide, as its form sends them; `ticked`: those under reserve too.
fn confirmation(html: &str, ticked: bool) -> String {
    let sent = html.split("<input ").skip(1).filter_map(|input| {
        let input = input.split('>').next()?;
        let wanted = input.contains("name=\"choix\"") && (ticked || input.contains("type=\"hidden\""));
        let value = input.split("value=\"").nth(1)?.split('"').next()?;
        wanted.then(|| format!("choix={value}"))
    });
    sent.collect::<Vec<_>>().join("&")
}

/// What the job of a list does.
async fn work(house: &House) -> i64 {
    let batch: i64 = house.platform.db.one(&LAST_BATCH, &[]).await.unwrap();
    orientation::continue_batch(&house.platform, house.tenant, Id::new(batch), async |_| ()).await.unwrap();
    batch
}

fn later(house: &House, hours: i64) {
    house.clock.set(house.clock.now().plus(SignedDuration::from_hours(hours)));
}

async fn readings(house: &House, person: i64) -> usize {
    journal::about(&house.platform.db, Chain::Reads, house.tenant, "person", person, 100).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_queue_is_read_filtered_and_leads_to_a_preview() {
    let house = house().await;
    let waiting = lines(&house).await;
    let mut officer = house.signed_in(Role::DepartmentOfficer).await;
    let queue = page(&mut officer, "/orientations").await;
    let first = &waiting[0];
    for told in
        ["reste 25\u{a0}jours", "17/12/2026", "Calculer les propositions", "Préparer la décision de toute la liste"]
    {
        assert!(queue.contains(told), "{told}: {queue}");
    }
    assert!(queue.contains(&format!("/personnes/{}/orientation", first.person)), "{queue}");
    assert!(queue.contains("50 sur") && queue.contains("rel=\"next\""), "{queue}");
    let next = queue.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let second = page(&mut officer, next).await;
    assert!(!second.contains(&format!("/personnes/{}/orientation\"", first.person)), "another page");

    // Filters narrow both the list and the preview that it leads to.
    let sevran: Vec<_> = waiting.iter().filter(|line| line.commune_code == "93071").collect();
    assert!(!sevran.is_empty() && sevran.len() < waiting.len());
    let filtered = page(&mut officer, "/orientations?commune=93071&proposition=conditional").await;
    let of_kind = sevran.iter().filter(|line| line.proposal_kind == Some(ProposalKind::Conditional)).count();
    assert!(filtered.contains("/orientations/apercu?commune=93071&#38;proposition=conditional") == (of_kind > 0));
    let none = page(&mut officer, "/orientations?delai=depasse").await;
    assert!(none.contains("Personne ne correspond à ces filtres"), "{none}");

    // A past deadline is said first.
    house.clock.set(Instant::start_of(jiff::civil::date(2026, 12, 20)));
    let mut officer = again(&house, officer).await;
    let late = page(&mut officer, "/orientations?delai=depasse").await;
    assert!(late.contains("Délai d’orientation dépassé pour") && late.contains("dépassée de 3\u{a0}jours"), "{late}");
}

/// The same person on another day: the session has ended meanwhile.
async fn again(_: &House, mut browser: Browser) -> Browser {
    let answer = browser.post("/connexion", "adresse=department_officer@exemple.fr&mot-de-passe=Truite!Verte42").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    browser
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_previewed_decided_told_and_taken_back() {
    let house = house().await;
    let mut officer = house.signed_in(Role::DepartmentOfficer).await;
    let mut colleague = house.signed_in_as(Role::DepartmentOfficer, "collegue@exemple.fr").await;
    let preview = page(&mut officer, "/orientations/apercu").await;
    for told in ["Rien n’est encore décidé", "Places restantes", "À décider à la main"] {
        assert!(preview.contains(told), "{told}: {preview}");
    }
    // What is under reserve waits to be ticked.
    let sure = confirmation(&preview, true);
    assert!(confirmation(&preview, false).len() < sure.len() && preview.contains("Il manque"), "{preview}");
    assert!(lines(&house).await.iter().all(|line| line.stage == Stage::ToOrient), "a preview writes nothing");

    let started = officer.post("/orientations/lots", &sure).await;
    assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.body);
    let address = started.location().to_owned();
    let running = page(&mut officer, &address).await;
    assert!(running.contains("Décisions en cours") && running.contains("http-equiv=\"refresh\""), "{running}");
    work(&house).await;
    let done = page(&mut officer, &address).await;
    assert!(done.contains("orientées") && done.contains("Annuler cette décision en lot"), "{done}");
    assert!(done.contains("Possible encore"), "{done}");
    let decided = lines(&house).await.iter().filter(|line| line.decided_on.is_some()).count();
    assert_eq!(decided, sure.split('&').count());

    // The colleague had the same preview on screen: each refusal says who has decided.
    let again = colleague.post("/orientations/lots", &sure).await;
    work(&house).await;
    let refused = page(&mut colleague, again.location()).await;
    assert!(refused.contains("Anne Fictive a déjà décidé de cette orientation"), "{refused}");

    // Taken back, everybody waits again; a second time there is nothing to take back.
    let undone = officer.post(&format!("{address}/annuler"), "").await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.body);
    assert!(lines(&house).await.iter().all(|line| line.stage == Stage::ToOrient));
    let undone = officer.post(&format!("{address}/annuler"), "").await;
    assert_eq!(undone.status, StatusCode::UNPROCESSABLE_ENTITY);
    let lists = page(&mut officer, "/orientations/lots").await;
    assert!(lists.contains("annulée") && lists.contains("terminée, à revoir"), "{lists}");

    // Nothing chosen, nothing readable: nothing is decided.
    let empty = officer.post("/orientations/lots", "choix=x").await;
    assert_eq!(empty.location(), "/orientations");
    assert_eq!(officer.post("/orientations/apercu", "").await.location(), "/orientations");
    let missing = officer.get("/orientations/lots/999999").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changed_since_the_preview_is_shown_before_it_is_decided() {
    let house = house().await;
    let mut officer = house.signed_in(Role::DepartmentOfficer).await;
    let waiting = lines(&house).await;
    let chosen = &waiting[0];
    let preview = officer.post("/orientations/apercu", &format!("choix={}", chosen.person)).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    let token = confirmation(&preview.body, true);
    // Another path than the one on screen.
    let [person, structure, path, interview] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let other = if path == "path_social" { "path_employment" } else { "path_social" };
    let changed = officer.post("/orientations/lots", &format!("{person}.{structure}.{other}.{interview}")).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert!(changed.body.contains("La liste a changé depuis l’aperçu"), "{}", changed.body);
    assert_eq!(line(&house, chosen.person).await.stage, Stage::ToOrient);
    let same = officer.post("/orientations/lots", &token).await;
    assert_eq!(same.status, StatusCode::SEE_OTHER, "{}", same.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_by_hand_is_explained_written_and_taken_back() {
    let house = house().await;
    let mut officer = house.signed_in(Role::DepartmentOfficer).await;
    let waiting = lines(&house).await;
    let chosen = waiting.iter().find(|line| line.commune_code == "93071").unwrap();
    let path = format!("/personnes/{}/orientation", chosen.person);
    let before = readings(&house, chosen.person.raw()).await;
    let file = page(&mut officer, &path).await;
    for told in [
        "Ce que les règles proposent",
        "Chaque règle, dans l’ordre",
        "Personne à orienter",
        "remplie",
        "flux bénéficiaires",
    ] {
        assert!(file.contains(told), "{told}: {file}");
    }
    assert_eq!(readings(&house, chosen.person.raw()).await, before + 1);
    let none = officer.get(&format!("{path}/lettre")).await;
    assert_eq!(none.location(), path, "no letter without a decision");

    // What cannot be read is told beside its field; what differs asks why.
    let wrong = officer.post(&format!("{path}/decision"), "parcours=&structure=&debut=2026-11-01").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Choisissez un parcours") && wrong.body.contains("erreur-debut"), "{}", wrong.body);
    let agency = house.structure;
    let other = if chosen.proposed_path == Some(orientation::Path::Social) { "path_employment" } else { "path_social" };
    let sent = format!("parcours={other}&structure={agency}&debut=2026-11-22&motif=");
    let refused = officer.post(&format!("{path}/decision"), &sent).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("diffère de la proposition"), "{}", refused.body);

    let decided = officer.post(&format!("{path}/decision"), &format!("{sent}Suivie+par+l%E2%80%99agence")).await;
    assert_eq!((decided.status, decided.location()), (StatusCode::SEE_OTHER, path.as_str()), "{}", decided.body);
    assert_eq!(line(&house, chosen.person).await.structure, Some(agency));
    let shown = page(&mut officer, &path).await;
    assert!(shown.contains("par Anne Fictive") && shown.contains("Suivie par l’agence"), "{shown}");
    assert!(shown.contains("Annuler cette décision") && shown.contains("Lettre à la personne"), "{shown}");

    let letter = page(&mut officer, &format!("{path}/lettre")).await;
    for told in
        ["Votre orientation", "Suivie par l’agence", "L.&nbsp;311-3-1", "Si vous n’êtes pas d’accord", "Département"]
    {
        assert!(letter.contains(told), "{told}: {letter}");
    }
    // How to contest is a matter of dated parameters: what is missing or marked is told to whoever sends the letter.
    for told in ["un délai de 2\u{a0}mois", "Le président du conseil départemental</b>.", "À vérifier avant d’envoyer"]
    {
        assert!(letter.contains(told), "{told}: {letter}");
    }
    let admin = platform::gate::permit(&house.actor(Role::DepartmentAdmin).await.1).unwrap();
    let set = async |name: &str, value: serde_json::Value, day: i8| {
        let from = base::Period::since(jiff::civil::date(2026, 11, day));
        let parameter = Parameter::new(name, value, "Délibération", Certainty::Confirmed);
        parameter::set(&house.platform, &admin, from, parameter).await.unwrap();
    };
    set(orientation::APPEAL_CONTACT, "1 place Fictive, Bobigny".into(), 22).await;
    set(orientation::APPEAL_ADDRESSEE, "La commission de recours".into(), 22).await;
    set("delays.administrative_appeal_months", 3.into(), 22).await;
    set("delays.administrative_appeal_months", 4.into(), 23).await;
    let letter = page(&mut officer, &format!("{path}/lettre")).await;
    for told in ["un délai de 3\u{a0}mois", "La commission de recours</b>, 1 place Fictive, Bobigny."] {
        assert!(letter.contains(told), "{told}: {letter}");
    }
    assert!(!letter.contains("À vérifier avant d’envoyer"), "{letter}");

    // Oriented again on another day, then taken back: the first orientation holds again.
    later(&house, 1);
    let again = officer
        .post(&format!("{path}/decision"), "parcours=path_social&structure=autre&autre=Nulle+part&debut=2026-12-01")
        .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("Nulle part") && again.body.contains("Dites ce qui amène"), "{}", again.body);
    let again = officer
        .post(
            &format!("{path}/decision"),
            &format!("parcours=path_socio_professional&structure={agency}&debut=2026-11-22&origine=reorientation&motif=Autre+parcours"),
        )
        .await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    assert_eq!(line(&house, chosen.person).await.path, Some(orientation::Path::SocioProfessional));
    later(&house, 1);
    assert_eq!(officer.post(&format!("{path}/annuler"), "").await.status, StatusCode::SEE_OTHER);
    let back = line(&house, chosen.person).await;
    assert_eq!(back.path.map(|path| path.as_code()), Some(other));
    for (name, difference) in
        support::jobs::check_read_models(&house.platform, &Actor::program(house.tenant)).await.unwrap()
    {
        assert!(difference.is_equal(), "{name}: {difference:?}");
    }

    // Whoever does not decide reads why, within their sector, and gets no form.
    let mut counsellor = house.signed_in(Role::EmploymentCounsellor).await;
    let read = page(&mut counsellor, &path).await;
    assert!(read.contains("Chaque règle") && !read.contains("/decision\""), "{read}");
    assert_eq!(counsellor.post(&format!("{path}/decision"), &sent).await.status, StatusCode::FORBIDDEN);
    let stranger = waiting.iter().find(|line| line.commune_code == "93055").unwrap();
    let elsewhere = counsellor.get(&format!("/personnes/{}/orientation", stranger.person)).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_simulation_writes_nothing_and_shows_the_difference() {
    let house = house().await;
    let before = lines(&house).await;
    let mut officer = house.signed_in(Role::DepartmentOfficer).await;
    let shown = page(&mut officer, "/orientations/simulation").await;
    let people = format!("<b>{}</b>", before.len());
    assert!(shown.contains("Rien n’est écrit") && shown.contains(&people), "{shown}");
    // Without any rule of the list everybody is left to the interview.
    let all_off = "/orientations/simulation?essai=1&jeu=local&du=2026-11-01&au=2026-11-22\
        &orientation.local.recent_registration_months=6&orientation.local.youth_from=18&orientation.local.youth_to=30\
        &orientation.local.lone_parent_children=3&orientation.local.precarious_housing_children=1&publics.social_service_from=62\
        &orientation.national.social_strong=2&orientation.national.socio_professional_strong=1\
        &orientation.national.socio_professional_medium=2&orientation.national.months_without_work=24\
        &orientation.national.education_code=1206";
    let shown = page(&mut officer, all_off).await;
    assert!(!shown.contains("À corriger") && shown.contains("Entretien de diagnostic"), "{shown}");
    assert!(
        shown.contains(&format!(
            "<td role=\"cell\" class=\"number\" data-label=\"Règles essayées\">{}</td>",
            before.len()
        )),
        "{shown}"
    );
    let wrong = page(&mut officer, &all_off.replace("youth_to=30", "youth_to=99")).await;
    assert!(wrong.contains("aria-invalid=\"true\""), "{wrong}");
    assert_eq!(lines(&house).await, before);
    let nobody = page(&mut officer, "/orientations/simulation?du=2020-01-01&au=2020-01-31").await;
    assert!(nobody.contains("Aucun entrant dans cette période"), "{nobody}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rules_say_who_set_them() {
    let house = house().await;
    let mut admin = house.signed_in(Role::DepartmentAdmin).await;
    let switch = law::orientation::OrientationRule::LocalYouth.switch().unwrap().name;
    let shown = page(&mut admin, &format!("/administration/parametres/{switch}")).await;
    assert!(shown.contains("Non appliquée") && shown.contains("type=\"radio\""), "{shown}");
    let set = admin
        .post(
            &format!("/administration/parametres/{switch}"),
            "valeur=0&debut=2026-11-22&fin=&texte=D%C3%A9lib%C3%A9ration&certitude=confirmed",
        )
        .await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.body);
    let rules = page(&mut admin, "/orientations/regles").await;
    assert!(rules.contains("non appliquée") && rules.contains("par Anne Fictive le 22/11/2026"), "{rules}");
    assert!(rules.contains(&format!("/administration/parametres/{switch}")), "{rules}");
    let mut officer = house.signed_in(Role::DepartmentOfficer).await;
    let read = page(&mut officer, "/orientations/regles").await;
    assert!(!read.contains("/administration/parametres/") && read.contains("Simuler d’autres règles"), "{read}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn proposals_are_asked_for_and_followed() {
    let house = house().await;
    let mut officer = house.signed_in(Role::DepartmentOfficer).await;
    let asked = officer.post("/orientations/propositions", "").await;
    assert!(asked.location().starts_with("/travaux/"), "{asked:?}");
    let job = page(&mut officer, asked.location()).await;
    assert!(job.contains("Calcul des propositions") && job.contains("href=\"/orientations\""), "{job}");
    let mut counsellor = house.signed_in(Role::EmploymentCounsellor).await;
    assert_eq!(counsellor.get("/orientations").await.status, StatusCode::FORBIDDEN);
    let home = page(&mut officer, "/").await;
    assert!(home.contains("À orienter") && home.contains("aucun délai dépassé"), "{home}");
}
