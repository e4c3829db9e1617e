//! The demonstration’s school.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_has_two_cohorts_under_two_referentials() {
    on_each_engine(async |scratch| {
        let clock = clock();
        clock.set(demo::timeline::ADOPTION.instant());
        let platform = Platform::start(scratch.db.clone(), clock.clone(), Keys::derive(&[7; 32]), Mail::none());
        let parameters = support::declared_parameters();
        let tenant = platform::tenant::ensure(&platform, "93", "Seine-Saint-Denis", parameters).await.unwrap().id;
        let program = Actor::program(tenant);
        demo::settle(&platform, &program, |_, _, _| {}).await.unwrap();
        clock.set(Instant::start_of(jonction_tests::today()));
        let admin = permit::<ManageAccounts>(&program).unwrap();
        let mandates = mandate::list(&platform, &admin, clock.today(), clock.now()).await.unwrap();
        let actor = async |role: Role| {
            let listed = mandates.iter().find(|listed| listed.role == role).unwrap();
            mandate::actor(&platform, listed.account, listed.id).await.unwrap()
        };
        let head = actor(Role::SchoolHead).await;

        let cohorts = cohort::list(&platform, &head).await.unwrap();
        let [present, first] = &cohorts[..] else { panic!("{cohorts:?}") };
        let title = async |view: &cohort::CohortView| {
            let shown = referential::show(&platform, &head, view.profile.value.referential).await.unwrap();
            (shown.title().code.clone(), shown.unverified(clock.today()).len())
        };
        assert_eq!(title(first).await, ("RNCP-CIP-ANTERIEUR".to_owned(), 10));
        assert_eq!(title(present).await, ("RNCP37274".to_owned(), 23));

        let cohort = present.record.id;
        let enrolled = contract::enrolled(&platform, &head, cohort).await.unwrap();
        assert_eq!(enrolled.len(), 12);
        let mut files = Vec::new();
        for line in &enrolled {
            files.extend(contract::of_learner(&platform, &head, line.learner).await.unwrap());
        }
        assert_eq!(files.len(), 11);
        for file in &files {
            assert!(file.precheck.iter().all(|finding| finding.answer == Answer::Yes), "{:?}", file.precheck);
            assert!(file.conditions.iter().all(|finding| finding.answer == Answer::Yes), "{:?}", file.conditions);
        }
        let count = |of: fn(&contract::ContractFile) -> usize| files.iter().map(of).sum::<usize>();
        assert_eq!(count(|file| file.hosts.len()), 1);
        assert_eq!(count(|file| file.amended.len()), 1);
        assert_eq!((count(|file| file.invoices.len()), count(|file| file.payments.len())), (3, 1));
        let alerts = contract::alerts(&platform, &head, cohort).await.unwrap();
        let kinds: Vec<ClockKind> = alerts.iter().map(|alert| alert.clock.kind).collect();
        assert_eq!(kinds, [ClockKind::Deposit], "{alerts:?}");

        let sessions = cohort::sessions(&platform, &head, cohort).await.unwrap();
        assert_eq!(sessions.len(), 116);
        let coverage = cohort::coverage(&platform, &head, cohort).await.unwrap();
        assert_eq!(coverage.uncovered().count(), 0);
        assert!(coverage.competences.iter().all(|line| line.programmed == line.planned));
        let own = contract::own_calendar(&platform, &actor(Role::Apprentice).await).await.unwrap();
        assert_eq!((own.len(), own[0].sessions.len()), (1, 116));
        let guided = contract::own_people(&platform, &actor(Role::Tutor).await).await.unwrap();
        assert!((1..=2).contains(&guided.len()), "{guided:?}");
        let led = cohort::own_sessions(&platform, &actor(Role::Trainer).await).await.unwrap();
        assert!(led.len() > 20 && led.len() < 60, "{}", led.len());
        assert!(cohort::own_sessions(&platform, &head).await.unwrap().is_empty());
        let recruiter = actor(Role::Recruiter).await;
        assert_eq!(admission::offered_by(&platform, &recruiter).await.unwrap().len(), 3);
    })
    .await;
}
