//! The pages of timetables as a browser gets them: proposed, decided, planned anew after a mishap; the call; the feed as
//! another program reads it.

use axum::http::StatusCode;
use base::{Email, Id, Instant};
use jiff::civil::date;
use platform::gate::{ManageAccounts, permit};
use platform::{Actor, Role, account};
use school::admission::{self, Application, Learner, LearnerIdentity, NewCandidate};
use school::cohort::{self, Cohort};
use school::contract::{self, NewEnrolment, Regime};
use vobject::{Component, parse_component};

use crate::school_pages::{between, cohort, contains, page, refused, school, send};
use crate::web::{Browser, House};

/// The values of the boxes that a page ticks, as a form sends them.
fn ticked(page: &str) -> Vec<String> {
    let boxes = page.split("type=\"checkbox\"").skip(1).filter(|rest| {
        let tag = rest.split('>').next().unwrap_or_default();
        tag.contains("name=\"changement\"") && tag.contains(" checked")
    });
    boxes.map(|rest| between(rest, "value=\"", "\"").replace(',', "%2C")).collect()
}

fn form(changes: &[String], rest: &str) -> String {
    let changes: Vec<String> = changes.iter().map(|change| format!("changement={change}")).collect();
    format!("{}&{rest}", changes.join("&"))
}

/// A cohort with weeks and a programme of eight half-days.
async fn planned(head: &mut Browser, referential: &str) -> String {
    let own = cohort(head, referential).await;
    with_programme(head, own).await
}

/// The same for a cohort that is open already.
async fn with_programme(head: &mut Browser, own: String) -> String {
    send(head, &format!("{own}/calendrier/rythme"), "").await;
    let modules = format!("{own}/programme/modules");
    send(head, &modules, "code=M1&nom=Accueillir&duree=4&competences=C1&par-jour=2&par-semaine=4").await;
    send(head, &modules, "code=M2&nom=Orienter&duree=4&competences=C2&apres=M1&par-jour=2&par-semaine=4").await;
    own
}

const TRAINER: &str = "modules=M1,M2&libre=0&libre=1&libre=2&libre=3&libre=4&libre=5&libre=6&libre=7&du=2026-09-01";

#[tokio::test]
async fn a_timetable_is_proposed_explained_decided_and_planned_anew() {
    let (house, mut head, actor, referential) = school().await;
    let empty = cohort(&mut head, &referential).await;
    contains(&page(&mut head, &format!("{empty}/emploi-du-temps/proposition")).await, &["Rien à proposer encore"]);
    let own = with_programme(&mut head, empty).await;
    let timetable = format!("{own}/emploi-du-temps");
    let proposition = format!("{timetable}/proposition");

    // Nobody teaches: each conflict says why, and where to mend it.
    let why = page(&mut head, &proposition).await;
    contains(
        &why,
        &["Aucun emploi du temps n’est possible", "Aucune salle du site", "y renoncer", "/ecole/moyens#titre-salles"],
    );
    assert!(ticked(&why).is_empty());

    send(&mut head, "/ecole/moyens/formateurs", &format!("nom=Samir+Kaci&{TRAINER}")).await;
    send(&mut head, "/ecole/moyens/salles", "nom=Salle+2&site=ecole-cip-pantin&places=14&du=2026-09-01").await;
    let proposed = page(&mut head, &proposition).await;
    contains(&proposed, &["À ajouter", "Samir Kaci, Salle 2", "nouvelle séance", "Adopter ce qui est coché"]);
    let all = ticked(&proposed);
    assert_eq!(all.len(), 8);
    refused(&mut head, &proposition, "raison=x", "Cochez au moins").await;
    // Two of them first: what is left is proposed again.
    let week = send(&mut head, &proposition, &form(&all[..2], "")).await;
    contains(&page(&mut head, &week).await, &["Accueillir"]);
    let rest = ticked(&page(&mut head, &proposition).await);
    assert_eq!(rest.len(), 6);
    send(&mut head, &proposition, &form(&rest, "")).await;
    contains(&page(&mut head, &proposition).await, &["Rien à changer"]);

    // The trainer falls ill on a day of class, far enough: what is disturbed is shown, a reason is asked for.
    let cohort: Id<Cohort> = own.rsplit('/').next().unwrap().parse().unwrap();
    let sessions = cohort::sessions(&house.platform, &actor, cohort).await.unwrap();
    let first = sessions[0].valid.from;
    let means = page(&mut head, "/ecole/moyens").await;
    let trainer = between(between(&means, "name=\"qui\"", "</select>"), "value=\"", "\"").to_owned();
    send(&mut head, "/ecole/moyens/absences", &format!("qui={trainer}&du={first}&au={first}")).await;
    contains(&page(&mut head, &timetable).await, &["À replanifier", "plus avoir lieu"]);
    contains(&page(&mut head, &own).await, &["À replanifier"]);
    let anew = page(&mut head, &proposition).await;
    contains(&anew, &["Ce qui ne peut plus avoir lieu", "Samir Kaci n’est pas libre", "au lieu du", "Il est démontré"]);
    let moves = ticked(&anew);
    let late = anew.contains("name=\"prevenues\"");
    refused(&mut head, &proposition, &form(&moves, "raison=+"), "pourquoi").await;
    if late {
        refused(&mut head, &proposition, &form(&moves, "raison=Absence"), "prévenues").await;
    }
    send(&mut head, &proposition, &form(&moves, "raison=Absence&prevenues=oui")).await;
    contains(&page(&mut head, &proposition).await, &["Rien à changer"]);
    // The same form again: the sessions are elsewhere now.
    refused(&mut head, &proposition, &form(&moves, "raison=Absence&prevenues=oui"), "entre-temps").await;

    let mut trainer = house.signed_in(Role::Trainer).await;
    assert_eq!(trainer.get(&proposition).await.status, StatusCode::FORBIDDEN);
}

/// Somebody of the cohort, with an account.
async fn apprentice(house: &House, head: &Actor, cohort: Id<Cohort>, name: &str) -> (Id<Learner>, Browser) {
    let email = format!("{}@exemple.fr", name.to_lowercase());
    let browser = house.signed_in_as(Role::Apprentice, &email).await;
    let admin = permit::<ManageAccounts>(&Actor::program(house.tenant)).unwrap();
    let account =
        account::find_by_email(&house.platform, &admin, &Email::parse(&email).unwrap()).await.unwrap().unwrap();
    let identity = LearnerIdentity {
        last_name: name.to_owned(),
        first_name: "Inès".to_owned(),
        birth_date: date(1999, 3, 14),
        email: None,
        phone: None,
        disabled: None,
        account: Some(account.id),
    };
    let application = Application {
        cohort,
        diploma_level: Some(4),
        experience_months: Some(30),
        jobseeker: Some(true),
        minimum_income: None,
        motivation: String::new(),
    };
    let new = NewCandidate { reference: String::new(), line: None, identity, application };
    let learner = admission::add_candidate(&house.platform, head, new).await.unwrap();
    let enrolment =
        NewEnrolment { learner, cohort, from: date(2026, 9, 7), regime: Regime::Trainee, awaiting_contract: false };
    contract::enrol(&house.platform, head, enrolment).await.unwrap();
    (learner, browser)
}

/// UID, SEQUENCE, STATUS, DTSTART of each event, as another program reads them.
fn events(feed: &str) -> Vec<[String; 4]> {
    let calendar = parse_component(feed).unwrap();
    assert_eq!(calendar.name, "VCALENDAR");
    let value = |event: &Component, name: &str| event.get_only(name).unwrap().raw_value.clone();
    let events = calendar.subcomponents.iter().filter(|component| component.name == "VEVENT");
    events.map(|event| ["UID", "SEQUENCE", "STATUS", "DTSTART"].map(|name| value(event, name))).collect()
}

#[tokio::test]
async fn a_feed_served_keeps_its_sessions_whatever_happens_to_them() {
    let (house, mut head, actor, referential) = school().await;
    let own = planned(&mut head, &referential).await;
    send(&mut head, "/ecole/moyens/formateurs", &format!("nom=Samir+Kaci&{TRAINER}")).await;
    send(&mut head, "/ecole/moyens/salles", "nom=Salle+2&site=ecole-cip-pantin&places=14&du=2026-09-01").await;
    let proposition = format!("{own}/emploi-du-temps/proposition");
    let changes = ticked(&page(&mut head, &proposition).await);
    send(&mut head, &proposition, &form(&changes, "prevenues=oui")).await;
    let cohort: Id<Cohort> = own.rsplit('/').next().unwrap().parse().unwrap();
    let (learner, mut apprentice) = apprentice(&house, &actor, cohort, "Morel").await;
    contains(
        &page(&mut apprentice, "/mon-parcours").await,
        &["Prochain cours", "de 9\u{a0}h à 12\u{a0}h\u{a0}30", "indicatifs"],
    );
    let subscribed = apprentice.post("/mon-parcours/agenda", &format!("personne={learner}")).await;
    let address = format!("/agenda/{}", between(&subscribed.body, "/agenda/", "<"));

    let mut telephone = Browser::new(house.router());
    let read = async |telephone: &mut Browser| {
        let feed = telephone.get(&address).await;
        assert_eq!(feed.status, StatusCode::OK);
        assert!(feed.headers["content-type"].to_str().unwrap().starts_with("text/calendar"));
        feed.body
    };
    let first = read(&mut telephone).await;
    assert!(first.contains("indicatifs"));
    let before = events(&first);
    assert_eq!(before.len(), 8);
    assert!(before.iter().all(|[_, sequence, status, _]| sequence == "0" && status == "CONFIRMED"));

    // One is moved, one is cancelled, and the school decides its hours.
    let sessions = cohort::sessions(&house.platform, &actor, cohort).await.unwrap();
    let (moved, cancelled) = (&sessions[7], &sessions[6]);
    let session = |number| format!("{own}/seances/{number}");
    let elsewhere = date(2027, 8, 30);
    send(&mut head, &format!("{own}/calendrier/semaines"), "du=2027-08-30&nombre=1&nature=class").await;
    let to = format!("le={elsewhere}&moitie=afternoon&raison=Salle+prise");
    send(&mut head, &session(moved.value.number), &to).await;
    send(&mut head, &format!("{}/annuler", session(cancelled.value.number)), "raison=Gr%C3%A8ve&prevenues=oui").await;
    let hours = "matin-de=09:15&matin-a=12:15&apres-midi-de=13:15&apres-midi-a=16:15&du=2026-09-01";
    refused(&mut head, "/ecole/moyens/horaires", &hours.replace("12:15", "08:15"), "se suivent").await;
    send(&mut head, "/ecole/moyens/horaires", hours).await;
    let second = read(&mut telephone).await;
    assert!(!second.contains("indicatifs") && second.contains("Salle prise"));
    let after = events(&second);
    let names = |events: &[[String; 4]]| {
        let mut names: Vec<String> = events.iter().map(|[uid, ..]| uid.clone()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&before), names(&after));
    let of = |number: Id<cohort::SessionNumber>| {
        after.iter().find(|[uid, ..]| uid.starts_with(&format!("seance-{number}@"))).unwrap().clone()
    };
    let [_, sequence, status, start] = of(moved.value.number);
    assert_eq!((sequence.as_str(), status.as_str(), start.as_str()), ("1", "CONFIRMED", "20270830T131500"));
    let [_, sequence, status, _] = of(cancelled.value.number);
    assert_eq!((sequence.as_str(), status.as_str()), ("1", "CANCELLED"));
    contains(
        &page(&mut apprentice, "/mon-parcours").await,
        &["annulée", "modifiée", "de 13\u{a0}h\u{a0}15 à 16\u{a0}h\u{a0}15"],
    );
}

#[tokio::test]
async fn a_call_is_made_on_its_page_and_counted_in_the_coverage() {
    let (house, mut head, actor, referential) = school().await;
    let own = planned(&mut head, &referential).await;
    let cohort: Id<Cohort> = own.rsplit('/').next().unwrap().parse().unwrap();
    let (learner, _) = apprentice(&house, &actor, cohort, "Morel").await;
    send(&mut head, &format!("{own}/calendrier/semaines"), "du=2026-11-16&nombre=1&nature=class").await;
    send(&mut head, &format!("{own}/emploi-du-temps/seances"), "le=2026-11-19&moitie=morning&module=M1").await;
    let week = format!("{own}/emploi-du-temps?semaine=2026-11-16");
    let call =
        format!("{own}/seances/{}/appel", between(&page(&mut head, &week).await, &format!("{own}/seances/"), "\""));
    contains(&page(&mut head, &call).await, &["Inès Morel", "appel à faire", "Absence excusée"]);
    refused(&mut head, &call, "", "Choisissez une réponse pour Inès Morel").await;
    send(&mut head, &call, &format!("presence-{learner}=present")).await;
    contains(&page(&mut head, &call).await, &["appel fait", "Noté le"]);
    contains(&page(&mut head, &format!("{own}/programme")).await, &["1\u{a0}personne", "3,5\u{a0}h suivies"]);
    contains(&page(&mut head, &format!("{own}/presences?quoi=C1")).await, &["Inès Morel", "3,5\u{a0}h"]);
    let other = page(&mut head, &format!("{own}/presences?quoi=C2")).await;
    assert!(!other.contains("3,5\u{a0}h"), "{other}");
    house.clock.set(Instant::start_of(date(2026, 11, 18)));
    refused(&mut head, &call, &format!("presence-{learner}=absent"), "ce jour-là ou après").await;
}
