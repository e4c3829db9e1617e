//! A host structure's pages as a browser gets them, and those of whoever ranks its places: everything is typed in through
//! the forms, under each one's own account.

use axum::http::StatusCode;
use platform::{Actor, Role};

use crate::school_pages::{between, cohort, contains, page, refused, school, send};
use crate::web::{Browser, House};

fn address(organisation: &str, role: Role) -> String {
    format!("{}-{organisation}@exemple.fr", role.as_code())
}

/// A browser of somebody of another organisation than the school.
async fn of(house: &mut House, organisation: &str, role: Role) -> Browser {
    let program = Actor::program(house.tenant);
    let names = territory::picture(&house.platform, &program, territory::AsOf::now(&house.clock)).await.unwrap().names;
    let own = std::mem::replace(&mut house.organisation, names.find(organisation).unwrap());
    let browser = house.signed_in_as(role, &address(organisation, role)).await;
    house.organisation = own;
    browser
}

/// Somebody admitted: their file.
async fn admitted(head: &mut Browser, own: &str, first: &str) -> String {
    let number = own.rsplit('/').next().unwrap();
    let person = format!("prenom={first}&nom=MOREL&naissance=1999-03-14&courriel={first}@exemple.fr");
    let file = send(head, &format!("{own}/candidats/ajouter"), &person).await;
    for step in ["interview", "decision"] {
        let step = format!("promotion={number}&etape={step}&le=2026-11-22&avis=favourable&raisons=Projet+clair");
        send(head, &format!("{file}/etapes"), &step).await;
    }
    file
}

#[tokio::test]
async fn a_host_offers_ranks_and_sees_its_result() {
    let (mut house, mut head, _, referential) = school().await;
    let own = cohort(&mut head, &referential).await;
    let number = own.rsplit('/').next().unwrap().to_owned();
    let mut host = of(&mut house, "ares", Role::Recruiter).await;
    let mut other = of(&mut house, "vitamine-t", Role::Recruiter).await;
    contains(&page(&mut host, "/places").await, &["Aucune place publiée", "Vos postes à pourvoir", "Aucun tuteur"]);
    let tutor = "nom=H%C3%A9l%C3%A8ne+Ravier&salarie=oui&volontaire=oui&majeur=oui&diplome=oui&pratique=36";
    send(&mut host, "/places/tuteurs", tutor).await;

    // Published against a post of its own; over the tutor’s quota, nothing is written.
    let form = page(&mut host, "/places/nouvelle").await;
    contains(&form, &["Automne 2026", "Hélène Ravier", "Aucun poste en particulier"]);
    assert!(!form.contains("ali-aubervilliers"));
    let guide = between(between(&form, "name=\"tuteur\"", "</select>"), "<option value=\"", "\"").to_owned();
    assert_eq!(guide, "", "nobody is named unasked");
    let guide =
        between(between(&form, "name=\"tuteur\"", "</select>").split_once("plus tard").unwrap().1, "value=\"", "\"");
    let offer = |seats: &str, structure: &str| {
        format!(
            "promotion={number}&structure={structure}&poste=&tuteur={guide}&sieges={seats}&debut=2026-12-01&description=Accueil"
        )
    };
    refused(&mut host, "/places/nouvelle", &offer("3", "ali-bobigny"), "Hélène Ravier guiderait 3\u{a0}personnes")
        .await;
    refused(&mut host, "/places/nouvelle", &offer("1", "ali-aubervilliers"), "n’est pas tenu par cet employeur").await;
    refused(&mut host, "/places/nouvelle", &offer("deux", "ali-bobigny"), "en chiffres").await;
    contains(&page(&mut host, "/places").await, &["Aucune place publiée"]);
    send(&mut host, "/places/nouvelle", &offer("1", "ali-bobigny")).await;
    let list = page(&mut host, "/places").await;
    contains(&list, &["0\u{a0}personne suivie, 1\u{a0}place offerte", "encore 1\u{a0}personne", "à faire"]);
    let place = between(&list, "action=\"/places/", "/retirer\"").to_owned();
    assert!(!page(&mut other, "/places").await.contains("Bobigny"));
    for path in [format!("/places/{place}"), format!("/places/{place}/classement")] {
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }

    // Corrected.
    contains(&page(&mut host, &format!("/places/{place}")).await, &["value=\"2026-12-01\"", "Accueil"]);
    refused(&mut host, &format!("/places/{place}"), &offer("3", "ali-bobigny"), "guiderait 3\u{a0}personnes").await;
    send(&mut host, &format!("/places/{place}"), &offer("2", "ali-bobigny")).await;
    contains(&page(&mut host, "/places").await, &["complet"]);

    // Both sides rank; the candidate under the account that the school links.
    let file = admitted(&mut head, &own, "ines").await;
    let second = admitted(&mut head, &own, "noe").await;
    let mut candidate = of(&mut house, "ares", Role::Apprentice).await;
    contains(&page(&mut candidate, "/mon-parcours/choix").await, &["Aucun choix à faire"]);
    refused(&mut head, &format!("{file}/compte"), "adresse=inconnue@exemple.fr", "compte ayant le rôle").await;
    let address = address("ares", Role::Apprentice);
    send(&mut head, &format!("{file}/compte"), &format!("adresse={address}")).await;
    contains(&page(&mut head, &file).await, &["relié au compte de"]);
    refused(&mut head, &format!("{second}/compte"), &format!("adresse={address}"), "déjà celui").await;
    let choices = page(&mut candidate, "/mon-parcours/choix").await;
    contains(&choices, &["Ares", "Bobigny", "2\u{a0}places"]);
    let action = format!("/mon-parcours/choix/{}", between(&choices, "action=\"/mon-parcours/choix/", "\""));
    refused(&mut candidate, &action, &format!("rang-{place}=premier"), "Un rang est un nombre").await;
    send(&mut candidate, &action, &format!("rang-{place}=1")).await;
    contains(&page(&mut candidate, "/mon-parcours/choix").await, &["Dernier classement saisi par"]);
    let typed_in = format!("{second}/choix/{number}");
    send(&mut head, &typed_in, &format!("rang-{place}=1")).await;
    contains(&page(&mut head, &typed_in).await, &["value=\"1\"", "Dernier classement saisi par"]);

    let ranking = format!("/places/{place}/classement");
    let met = page(&mut host, &ranking).await;
    let learner = file.rsplit('/').next().unwrap();
    contains(&met, &[&format!("rang-{learner}")]);
    send(&mut host, &ranking, &format!("rang-{learner}=1")).await;
    contains(&page(&mut host, "/places").await, &["1\u{a0}personne classée", "saisi par"]);

    // Proposed with reasons, decided by a human; the host and the candidate see it.
    let matching = format!("{own}/appariement");
    contains(
        &page(&mut head, &matching).await,
        &["Son choix nº\u{a0}1", "la structure ne l’a pas classé", "sans place"],
    );
    send(&mut head, &format!("{matching}/valider"), &format!("place-{learner}={place}&raison-{learner}=")).await;
    contains(&page(&mut head, &matching).await, &["Placements décidés", "comme proposé", "saisi par"]);
    contains(&page(&mut host, "/places").await, &["Qui vient chez vous", "ines MOREL", "1\u{a0}personne placée"]);
    contains(&page(&mut candidate, "/mon-parcours/choix").await, &["Votre placement est décidé", "Ares"]);
    refused(&mut candidate, &action, &format!("rang-{place}=2"), "est décidé").await;
    host.post(&format!("/places/{place}/retirer"), "").await;
    contains(&page(&mut host, "/places").await, &["l’école change d’abord ce placement", "Bobigny"]);
    send(&mut head, &format!("{matching}/{learner}/retirer"), "").await;
    host.post(&format!("/places/{place}/retirer"), "").await;
    contains(&page(&mut host, "/places").await, &["L’offre est retirée", "Aucune place publiée"]);

    // The tutor’s own account.
    let tutors = page(&mut host, "/places").await;
    let tutor = format!("/places/tuteurs/{}", between(&tutors, "href=\"/places/tuteurs/", "\""));
    contains(&page(&mut host, &tutor).await, &["Hélène Ravier", "value=\"36\""]);
    refused(&mut host, &format!("{tutor}/compte"), "adresse=personne", "pas une adresse").await;
    of(&mut house, "ares", Role::Tutor).await;
    let linked = format!("adresse={}", self::address("ares", Role::Tutor));
    send(&mut host, &format!("{tutor}/compte"), &linked).await;
    contains(&page(&mut host, &tutor).await, &["relié au compte de"]);
    assert_eq!(other.get(&tutor).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_trainer_is_linked_and_two_cohorts_cannot_have_them_at_once() {
    let (house, mut head, _, referential) = school().await;
    let own = cohort(&mut head, &referential).await;
    let number = referential.rsplit('/').next().unwrap();
    let second =
        "nom=Autre&code=CIP-2026-B&site=ecole-cip-pantin&du=2026-09-07&au=2027-09-03&places=12&demi-journee=3,5";
    let second = send(&mut head, "/ecole/promotions/nouvelle", &format!("{second}&referentiel={number}")).await;
    for cohort in [&own, &second] {
        send(&mut head, &format!("{cohort}/calendrier/semaines"), "du=2026-11-30&nombre=1&nature=class").await;
        let module = "code=M1&nom=Accueillir&duree=4&competences=C1&par-jour=2&par-semaine=4";
        send(&mut head, &format!("{cohort}/programme/modules"), module).await;
    }
    send(&mut head, "/ecole/moyens/formateurs", "nom=Samir+Kaci&modules=M1&libre=0&libre=1&du=2026-09-01").await;
    send(&mut head, "/ecole/moyens/salles", "nom=Salle+2&site=ecole-cip-pantin&places=14&du=2026-09-01").await;
    let means = page(&mut head, "/ecole/moyens").await;
    let trainer = between(&means, "href=\"/ecole/moyens/formateurs/", "\"").to_owned();
    let room = between(between(&means, "name=\"salle\"", "</select>"), "value=\"", "\"").to_owned();

    // The account of the trainer, and what it opens.
    let mut samir = house.signed_in_as(Role::Trainer, &address("ecole-cip", Role::Trainer)).await;
    let path = format!("/ecole/moyens/formateurs/{trainer}");
    contains(&page(&mut head, &path).await, &["Samir Kaci", "lundi matin et lundi après-midi"]);
    refused(&mut head, &format!("{path}/compte"), "adresse=inconnu@exemple.fr", "compte ayant le rôle").await;
    send(&mut head, &format!("{path}/compte"), &format!("adresse={}", address("ecole-cip", Role::Trainer))).await;
    contains(&page(&mut head, "/ecole/moyens").await, &["relié"]);

    // The same trainer, then the same room, at the same time in both cohorts.
    let session = |half: &str, trainer: &str, room: &str| {
        format!("le=2026-11-30&moitie={half}&module=M1&formateur={trainer}&salle={room}")
    };
    let (first, other) = (format!("{own}/emploi-du-temps"), format!("{second}/emploi-du-temps"));
    send(&mut head, &format!("{first}/seances"), &session("morning", &trainer, &room)).await;
    let taken = "Samir Kaci tient une séance d’une autre promotion le 30\u{a0}novembre 2026 matin";
    refused(&mut head, &format!("{other}/seances"), &session("morning", &trainer, ""), taken).await;
    refused(&mut head, &format!("{other}/seances"), &session("morning", "", &room), "La salle Salle 2 est prise").await;
    send(&mut head, &format!("{other}/seances"), &session("afternoon", &trainer, &room)).await;
    let week = page(&mut head, &format!("{other}?semaine=2026-11-30")).await;
    contains(&week, &["Qui l’a décidé", "1\u{a0}demi-journée prévue"]);
    let planned = format!("{second}/seances/{}", between(&week, &format!("href=\"{second}/seances/"), "\""));
    let earlier = format!("le=2026-11-30&moitie=morning&formateur={trainer}&salle=&raison=Plus+t%C3%B4t&prevenues=oui");
    refused(&mut head, &planned, &earlier, "Samir Kaci tient une séance").await;
    contains(&page(&mut samir, "/ecole/mes-semaines").await, &["Accueillir"]);
}
