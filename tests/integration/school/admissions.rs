//! Candidates: from a file to a place.

use super::*;

#[tokio::test]
async fn candidates_are_admitted_matched_and_placed() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (platform, head) = (&house.platform, &house.head);
        let cohort = house.cohort().await;
        let file = |names: &[(&str, &str)]| -> Vec<NewCandidate> {
            names.iter().map(|(name, reference)| candidate(cohort, name, reference)).collect()
        };
        let import = async |candidates, dry_run| {
            admission::import_candidates(platform, head, cohort, "candidats.csv", candidates, dry_run).await
        };
        refused(import(file(&[("Un", "1"), ("Deux", "1")]), false).await, "est déjà à la ligne");
        let three = file(&[("Alpha", "1"), ("Bravo", "2"), ("Charlie", "3")]);
        assert_eq!(import(three.clone(), true).await.unwrap(), [Change::New; 3]);
        assert!(admission::candidates(platform, head, cohort).await.unwrap().is_empty());
        import(three.clone(), false).await.unwrap();
        assert_eq!(import(three, false).await.unwrap(), [Change::Unchanged; 3]);
        let changed = import(file(&[("Alpha", "1"), ("Bravo", "2"), ("Charly", "3")]), false).await.unwrap();
        assert_eq!(changed, [Change::Unchanged, Change::Unchanged, Change::Changed]);

        let lines = admission::candidates(platform, head, cohort).await.unwrap();
        let learners: Vec<Id<Learner>> = lines.iter().map(|line| line.learner).collect();
        assert!(lines.iter().all(|line| line.stage == Stage::Applied));
        refused(
            admission::note_step(platform, head, learners[0], house.step(cohort, Step::Decision)).await,
            "suit un entretien",
        );
        let silent = NewStep { reasons: " ".to_owned(), ..house.step(cohort, Step::Interview) };
        refused(admission::note_step(platform, head, learners[0], silent).await, "les raisons");
        let early = NewStep { on: date(2026, 5, 1), ..house.step(cohort, Step::Positioning) };
        refused(admission::note_step(platform, head, learners[0], early).await, "précède la candidature");
        for learner in &learners {
            for step in [Step::Positioning, Step::Interview, Step::Decision] {
                admission::note_step(platform, head, *learner, house.step(cohort, step)).await.unwrap();
            }
        }
        let lines = admission::candidates(platform, head, cohort).await.unwrap();
        assert!(lines.iter().all(|line| line.stage == Stage::Admitted));
        assert_eq!(admission::candidate(platform, head, learners[0]).await.unwrap().steps.len(), 3);
        // The program brings candidates in; it decides about nobody.
        let program = Actor::program(house.tenant);
        assert!(matches!(
            admission::note_step(platform, &program, learners[0], house.step(cohort, Step::Decision)).await,
            Err(Error::Refused(_))
        ));

        let (_, recruiter) = house.somebody("ares", "Recruteuse Fictive", Role::Recruiter).await;
        let tutor = contract::add_tutor(platform, &recruiter, house.organisation("ares"), tutor("Tutrice Fictive"))
            .await
            .unwrap();
        let vacancies = admission::vacancies(platform, head, cohort).await.unwrap();
        let vacancy = vacancies.iter().find(|vacancy| vacancy.structure == house.structure("ali-bobigny")).unwrap();
        let elsewhere = house.place(cohort, "vitamine-t", "ali-aubervilliers", 1);
        assert!(matches!(admission::publish(platform, &recruiter, elsewhere.clone()).await, Err(Error::NotFound)));
        let wrong = NewPlace { offer: Offer { tutor: Some(tutor), ..elsewhere.offer.clone() }, ..elsewhere.clone() };
        refused(admission::publish(platform, head, wrong).await, "n’est pas tutrice");
        let mut bobigny = house.place(cohort, "ares", "ali-bobigny", 1);
        bobigny.offer = Offer { post: Some(vacancy.post), tutor: Some(tutor), ..bobigny.offer };
        let bobigny: Id<Place> = admission::publish(platform, &recruiter, bobigny).await.unwrap();
        let other: Id<Place> = admission::publish(platform, head, elsewhere).await.unwrap();
        let vacancies = admission::vacancies(platform, head, cohort).await.unwrap();
        assert_eq!(vacancies.iter().map(|vacancy| vacancy.places).sum::<usize>(), 1);

        let met = admission::met_candidates(platform, &recruiter, bobigny).await.unwrap();
        assert_eq!(met.len(), 3);
        assert!(matches!(admission::met_candidates(platform, &recruiter, other).await, Err(Error::NotFound)));
        let [a, b, c] = learners[..] else { panic!() };
        refused(admission::rank_candidates(platform, &recruiter, bobigny, vec![vec![a], vec![a]]).await, "deux fois");
        admission::rank_candidates(platform, &recruiter, bobigny, vec![vec![b], vec![a, c]]).await.unwrap();
        admission::rank_candidates(platform, head, other, vec![vec![a]]).await.unwrap();
        admission::rank_places(platform, head, a, cohort, vec![vec![bobigny], vec![other]]).await.unwrap();
        admission::rank_places(platform, head, b, cohort, vec![vec![bobigny]]).await.unwrap();
        admission::rank_places(platform, head, c, cohort, vec![vec![bobigny], vec![other]]).await.unwrap();
        let proposal = admission::propose(platform, head, cohort).await.unwrap();
        let places: BTreeMap<Id<Learner>, Option<Id<Place>>> =
            proposal.lines.iter().map(|line| (line.learner, line.place)).collect();
        assert_eq!((places[&a], places[&b], places[&c]), (Some(other), Some(bobigny), None));
        let why = &proposal.lines.iter().find(|line| line.learner == c).unwrap().why;
        assert!(why.contains("est prise par Camille Bravo") && why.contains("ne l’a pas classé"), "{why}");

        let decision = |learner, place, reason: &str| Decision { learner, place, reason: reason.to_owned() };
        refused(
            admission::validate(platform, head, cohort, &[decision(c, bobigny, ""), decision(b, bobigny, "")]).await,
            "dites pourquoi",
        );
        refused(
            admission::validate(platform, head, cohort, &[decision(c, bobigny, "Trajet"), decision(b, bobigny, "")])
                .await,
            "n’a plus de siège",
        );
        assert_eq!(house.entries(Chain::Writes, "learner.placed").await, 0);
        admission::validate(platform, head, cohort, &[decision(a, other, ""), decision(b, bobigny, "")]).await.unwrap();
        assert_eq!(house.entries(Chain::Writes, "learner.placed").await, 2);
        assert!(house.entries(Chain::Reads, "learner.read").await >= 4);

        // Who accompanies people reaches no candidate.
        let (_, officer) = house.somebody("departement-93", "Chargée Fictive", Role::DepartmentOfficer).await;
        assert!(matches!(admission::candidates(platform, &officer, cohort).await, Err(Error::Refused(_))));
        let (_, stranger) = house.somebody("relais-formation", "Autre Direction", Role::SchoolHead).await;
        assert!(matches!(admission::candidate(platform, &stranger, a).await, Err(Error::NotFound)));
        // The host sees whom it gets, and cannot take back a place that somebody holds.
        let result = admission::own_placements(platform, &recruiter).await.unwrap();
        assert_eq!(result.iter().map(|line| line.name.as_str()).collect::<Vec<_>>(), ["Camille Bravo"]);
        refused(admission::withdraw(platform, &recruiter, bobigny).await, "1\u{a0}personne est placée");
        refused(admission::rank_places(platform, head, b, cohort, vec![vec![other]]).await, "est décidé");
        // Decided again as it was, nothing is written; taken back, the place is free.
        admission::validate(platform, head, cohort, &[decision(b, bobigny, "")]).await.unwrap();
        assert_eq!(house.entries(Chain::Writes, "learner.placed").await, 2);
        refused(admission::validate(platform, head, cohort, &[decision(c, bobigny, "Trajet")]).await, "plus de siège");
        admission::take_back_placement(platform, head, cohort, b).await.unwrap();
        refused(admission::take_back_placement(platform, head, cohort, b).await, "placée nulle part");
        assert_eq!(admission::placements(platform, head, cohort).await.unwrap().len(), 1);
        admission::withdraw(platform, &recruiter, bobigny).await.unwrap();
        assert_eq!(admission::offered_by(platform, &recruiter).await.unwrap().len(), 0);
        refused(admission::rank_candidates(platform, &recruiter, bobigny, vec![vec![a]]).await, "est retirée");
    })
    .await;
}
