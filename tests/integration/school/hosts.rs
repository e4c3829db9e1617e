//! What hosts offer under their own accounts; how candidates rank under theirs.

use super::*;

#[tokio::test]
async fn a_host_publishes_corrects_and_withdraws_its_own_places_alone() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (platform, head) = (&house.platform, &house.head);
        let cohort = house.cohort().await;
        let (_, recruiter) = house.somebody("ares", "Recruteuse Fictive", Role::Recruiter).await;
        let (_, stranger) = house.somebody("vitamine-t", "Recruteur Fictif", Role::Recruiter).await;
        let offered = admission::cohorts_to_offer(platform, &recruiter).await.unwrap();
        assert_eq!(offered.iter().map(|view| view.record.id).collect::<Vec<_>>(), [cohort]);
        let ground = admission::host_ground(platform, &recruiter, house.organisation("ares")).await.unwrap();
        assert!(ground.structures.contains(&house.structure("ali-bobigny")));
        assert!(!ground.structures.contains(&house.structure("ali-aubervilliers")));
        assert!(ground.vacancies.iter().all(|vacancy| ground.structures.contains(&vacancy.structure)));
        let other = admission::host_ground(platform, &recruiter, house.organisation("vitamine-t")).await;
        assert!(matches!(other, Err(Error::NotFound)));

        // A site of somebody else, a post that is held, one of another site.
        let publish = async |offer: Offer| {
            let place = NewPlace { offer, ..house.place(cohort, "ares", "ali-bobigny", 1) };
            admission::publish(platform, &recruiter, place).await
        };
        let offer = house.place(cohort, "ares", "ali-bobigny", 1).offer;
        let before = house.count().await;
        let elsewhere = Offer { structure: house.structure("ali-aubervilliers"), ..offer.clone() };
        refused(publish(elsewhere).await, "n’est pas tenu par cet employeur");
        let late = Offer { starts_on: date(2027, 9, 4), ..offer.clone() };
        refused(publish(late).await, "la place commence avant");
        refused(publish(Offer { seats: 0, ..offer.clone() }).await, "de 1 à 50");
        let theirs = admission::host_ground(platform, head, house.organisation("vitamine-t")).await.unwrap();
        let not_own = theirs.vacancies[0].post;
        refused(publish(Offer { post: Some(not_own), ..offer.clone() }).await, "n’est pas à pourvoir");
        let at_pantin = ground.vacancies.iter().find(|vacancy| vacancy.structure == house.structure("ali-pantin"));
        if let Some(vacancy) = at_pantin {
            refused(publish(Offer { post: Some(vacancy.post), ..offer.clone() }).await, "une autre structure");
        }
        assert_eq!((house.count().await, house.entries(Chain::Writes, "place.published").await), (before, 0));

        // A tutor who may not be one, and one who guides enough people.
        let ares = house.organisation("ares");
        let unwilling = TutorProfile { volunteer: Some(false), ..tutor("Marc Contraint") };
        let unwilling = contract::add_tutor(platform, &recruiter, ares, unwilling).await.unwrap();
        refused(
            publish(Offer { tutor: Some(unwilling), ..offer.clone() }).await,
            "N’est pas volontaire".to_lowercase().as_str(),
        );
        let guide = contract::add_tutor(platform, &recruiter, ares, tutor("Hélène Ravier")).await.unwrap();
        let guided = |seats| Offer { tutor: Some(guide), seats, ..offer.clone() };
        refused(
            publish(guided(3)).await,
            "Hélène Ravier guiderait 3\u{a0}personnes, places offertes comprises, pour 2 au plus",
        );
        let place = publish(guided(1)).await.unwrap();
        refused(publish(guided(2)).await, "guiderait 3\u{a0}personnes");
        let load = admission::own_tutor_commitments(platform, &recruiter).await.unwrap()[&guide];
        assert_eq!((load.people, load.open_seats, load.most), (0, 1, 2));

        // Corrected by the host, not by another; the places themselves do not weigh twice.
        refused(admission::correct(platform, &recruiter, place, guided(3)).await, "guiderait 3\u{a0}personnes");
        let two = Offer { description: " Accueil et ateliers ".to_owned(), ..guided(2) };
        admission::correct(platform, &recruiter, place, two.clone()).await.unwrap();
        let stolen = admission::correct(platform, &stranger, place, two.clone()).await;
        assert!(matches!(stolen, Err(Error::NotFound)));
        assert!(matches!(admission::withdraw(platform, &stranger, place).await, Err(Error::NotFound)));
        assert!(admission::offered_by(platform, &stranger).await.unwrap().is_empty());
        let own = admission::offered_by(platform, &recruiter).await.unwrap();
        assert_eq!((own[0].profile.value.seats, own[0].profile.value.description.as_str()), (2, "Accueil et ateliers"));
        assert_eq!(house.entries(Chain::Writes, "place.corrected").await, 1);

        // Under contract, somebody who came by the place takes one of its seats, not one more.
        let learner = house.admitted(cohort, "Alpha").await;
        admission::rank_places(platform, head, learner, cohort, vec![vec![place]]).await.unwrap();
        admission::rank_candidates(platform, &recruiter, place, vec![vec![learner]]).await.unwrap();
        let decision = Decision { learner, place, reason: String::new() };
        admission::validate(platform, head, cohort, &[decision]).await.unwrap();
        house.weeks(cohort).await;
        house.signed(cohort, learner, Some(guide)).await;
        let load = admission::own_tutor_commitments(platform, &recruiter).await.unwrap()[&guide];
        assert_eq!((load.people, load.open_seats), (1, 1));
        admission::correct(platform, &recruiter, place, Offer { description: String::new(), ..two }).await.unwrap();
        // The proposal places again whom the tutor guides already: that is not one more person.
        let proposal = admission::propose(platform, head, cohort).await.unwrap();
        assert_eq!(proposal.lines[0].place, Some(place));

        // The school corrects and withdraws in the host’s name.
        admission::take_back_placement(platform, head, cohort, learner).await.unwrap();
        admission::withdraw(platform, head, place).await.unwrap();
        refused(admission::withdraw(platform, &recruiter, place).await, "déjà retirée");
        refused(admission::correct(platform, &recruiter, place, guided(1)).await, "déjà retirée");
    })
    .await;
}

#[tokio::test]
async fn a_candidate_ranks_under_the_account_that_the_school_linked() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (platform, head) = (&house.platform, &house.head);
        let cohort = house.cohort().await;
        let learner = house.admitted(cohort, "Alpha").await;
        let other = house.admitted(cohort, "Bravo").await;
        let (account, own) = house.somebody("ares", "Camille Alpha", Role::Apprentice).await;
        let (_, recruiter) = house.somebody("ares", "Recruteuse Fictive", Role::Recruiter).await;
        let place =
            admission::publish(platform, &recruiter, house.place(cohort, "ares", "ali-bobigny", 1)).await.unwrap();

        // Nothing before the school says whose account it is; an address must be that of a learner’s account.
        assert!(admission::own_choices(platform, &own).await.unwrap().is_empty());
        let ranked = admission::rank_places(platform, &own, learner, cohort, vec![vec![place]]).await;
        assert!(matches!(ranked, Err(Error::NotFound)));
        let link = async |learner, address| admission::link_account(platform, head, learner, address).await;
        refused(link(learner, "pas-une-adresse").await, "n’est pas une adresse");
        refused(link(learner, "recruteuse.fictive@exemple.fr").await, "compte ayant le rôle");
        assert!(matches!(
            admission::link_account(platform, &recruiter, learner, "camille.alpha@exemple.fr").await,
            Err(Error::Refused(_))
        ));
        link(learner, "camille.alpha@exemple.fr").await.unwrap();
        refused(link(other, "camille.alpha@exemple.fr").await, "déjà celui d’une autre personne");
        assert_eq!(admission::candidate(platform, head, learner).await.unwrap().identity.value.account, Some(account));

        // One’s own choices, and nobody else’s; the record says who wrote them.
        let choices = admission::own_choices(platform, &own).await.unwrap();
        assert_eq!((choices.len(), choices[0].places.len(), choices[0].ranking.is_none()), (1, 1, true));
        let stolen = admission::rank_places(platform, &own, other, cohort, vec![vec![place]]).await;
        assert!(matches!(stolen, Err(Error::NotFound)));
        admission::rank_places(platform, &own, learner, cohort, vec![vec![place]]).await.unwrap();
        let file = admission::candidate(platform, head, learner).await.unwrap();
        assert_eq!(file.rankings[0].provenance.author, Some(account));
        admission::rank_candidates(platform, &recruiter, place, vec![vec![other], vec![learner]]).await.unwrap();
        let view = &admission::places(platform, head, cohort).await.unwrap()[0];
        assert_eq!(view.ranking.as_ref().unwrap().provenance.author, recruiter.account());

        // Taken away, the account opens nothing any more, on the same day or later.
        house.clock.set(Instant::start_of(date(2026, 6, 8)));
        link(learner, "").await.unwrap();
        assert!(admission::own_choices(platform, &own).await.unwrap().is_empty());
        assert!(contract::own_calendar(platform, &own).await.unwrap().is_empty());
        assert_eq!(house.entries(Chain::Writes, "learner.account").await, 2);
    })
    .await;
}

#[tokio::test]
async fn trainers_and_tutors_are_linked_to_accounts_of_their_own_house() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (platform, head) = (&house.platform, &house.head);
        let school = house.organisation("ecole-cip");
        let (account, trainer) = house.somebody("ecole-cip", "Samir Kaci", Role::Trainer).await;
        house.somebody("relais-formation", "Autre Formatrice", Role::Trainer).await;
        let profile =
            TrainerProfile { name: "Samir Kaci".to_owned(), account: None, modules: Json(Vec::new()), free: 1023 };
        let since = Period::since(date(2026, 1, 5));
        let id = cohort::add_trainer(platform, head, school, since, profile.clone()).await.unwrap();
        let second = cohort::add_trainer(platform, head, school, since, profile).await.unwrap();
        let link = async |id, address| cohort::link_trainer(platform, head, id, address).await;
        refused(link(id, "autre.formatrice@exemple.fr").await, "compte ayant le rôle");
        link(id, "samir.kaci@exemple.fr").await.unwrap();
        refused(link(second, "samir.kaci@exemple.fr").await, "déjà celui de Samir Kaci");
        let known = cohort::trainers(platform, head, school).await.unwrap();
        assert_eq!(known.iter().find(|view| view.id == id).unwrap().profile.value.account, Some(account));
        assert!(matches!(cohort::link_trainer(platform, &trainer, id, "").await, Err(Error::Refused(_))));

        let (_, recruiter) = house.somebody("ares", "Recruteuse Fictive", Role::Recruiter).await;
        let (_, stranger) = house.somebody("vitamine-t", "Recruteur Fictif", Role::Recruiter).await;
        let (account, _) = house.somebody("ares", "Tutrice Fictive", Role::Tutor).await;
        let guide = house.tutor("ares", "Tutrice Fictive").await;
        contract::link_tutor(platform, &recruiter, guide, "tutrice.fictive@exemple.fr").await.unwrap();
        let stolen = contract::link_tutor(platform, &stranger, guide, "").await;
        assert!(matches!(stolen, Err(Error::NotFound)));
        let tutors = contract::tutors_of(platform, &recruiter, house.organisation("ares")).await.unwrap();
        assert_eq!(tutors[0].profile.value.account, Some(account));
    })
    .await;
}
