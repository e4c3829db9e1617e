//! One’s own calendar behind a secret, and what the field tells.

use jiff::civil::time;

use super::*;

#[tokio::test]
async fn a_calendar_is_read_by_a_secret_that_can_be_revoked() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (platform, head) = (&house.platform, &house.head);
        let cohort = house.cohort().await;
        house.weeks(cohort).await;
        cohort::set_modules(platform, head, cohort, vec![module("M1", 4, &[], &["C1"])]).await.unwrap();
        let (account, apprentice) = house.somebody("ares", "Alternante Fictive", Role::Apprentice).await;
        let mut known = candidate(cohort, "Alpha", "");
        known.identity.account = Some(account);
        let learner = admission::add_candidate(platform, head, known).await.unwrap();
        let stranger = house.admitted(cohort, "Bravo").await;
        let enrolment =
            NewEnrolment { learner, cohort, from: date(2026, 9, 7), regime: Regime::Trainee, awaiting_contract: false };
        contract::enrol(platform, head, enrolment).await.unwrap();
        let on = |on, half| NewSession { on, half, module: "M1".to_owned(), trainer: None, room: None };
        let new = [on(date(2026, 9, 7), Half::Morning), on(date(2026, 9, 8), Half::Morning)];
        let numbers = cohort::plan_sessions(platform, head, cohort, &new).await.unwrap();

        assert!(matches!(contract::create_feed(platform, &apprentice, stranger).await, Err(Error::NotFound)));
        assert!(matches!(contract::create_feed(platform, head, learner).await, Err(Error::Refused(_))));
        let token = contract::create_feed(platform, &apprentice, learner).await.unwrap();
        let read = async |token: &str| contract::feed_calendar(platform, token).await.unwrap();
        assert_eq!(read("inconnu").await, None);
        let shown = read(token.as_str()).await.unwrap();
        assert_eq!(
            shown.iter().map(|session| (session.number, session.changes)).collect::<Vec<_>>(),
            [(numbers[0], 0), (numbers[1], 0)]
        );
        let to = on(date(2026, 9, 9), Half::Afternoon);
        cohort::move_session(platform, head, cohort, numbers[0], to, "Salle prise", false).await.unwrap();
        let shown = read(token.as_str()).await.unwrap();
        let moved = shown.iter().find(|session| session.number == numbers[0]).unwrap();
        assert_eq!((moved.on, moved.changes, moved.reason.as_str()), (date(2026, 9, 9), 1, "Salle prise"));
        let hours = moved.hours;
        assert!(hours.unconfirmed && (hours.from, hours.to) == (time(13, 30, 0, 0), time(17, 0, 0, 0)));
        let calendars = contract::own_calendar(platform, &apprentice).await.unwrap();
        assert_eq!((calendars.len(), calendars[0].sessions.len()), (1, 2));

        let feeds = contract::own_feeds(platform, &apprentice, learner).await.unwrap();
        contract::revoke_feed(platform, &apprentice, learner, feeds[0].id).await.unwrap();
        assert_eq!(read(token.as_str()).await, None);
        assert!(matches!(
            contract::revoke_feed(platform, &apprentice, learner, feeds[0].id).await,
            Err(Error::NotFound)
        ));
    })
    .await;
}

#[tokio::test]
async fn the_field_tells_its_publics_without_names() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (platform, head) = (&house.platform, &house.head);
        let cohort = house.cohort().await;
        let learner = house.admitted(cohort, "Alpha").await;
        house.signed(cohort, learner, None).await;
        let publics = law::publics::Public::ALL;
        let tell = async |on: Date, counts: &[(usize, i64)]| {
            let counts: BTreeMap<&str, i64> =
                counts.iter().map(|(public, people)| (publics[*public].code(), *people)).collect();
            let structure = house.structure("ali-bobigny");
            let body = serde_json::json!({ "structure": structure, "on": on, "total": 200, "publics": counts });
            let tx = platform.db.begin().await.unwrap();
            facts::outbox::publish(&tx, house.tenant, field::TOPIC, 1, body, platform.now()).await.unwrap();
            tx.commit().await.unwrap();
            field::take_in(platform, house.tenant).await.unwrap()
        };
        assert_eq!(tell(date(2026, 5, 1), &[(0, 120), (1, 30)]).await, 1);
        assert_eq!(field::take_in(platform, house.tenant).await.unwrap(), 0);
        let shares = async || {
            let coverage = cohort::coverage(platform, head, cohort).await.unwrap();
            coverage.publics.iter().map(|line| (line.code.clone(), line.field.unwrap().people)).collect::<Vec<_>>()
        };
        let code = |public: usize| publics[public].code().to_owned();
        assert_eq!(shares().await, [(code(0), 120), (code(1), 30)]);
        // A public no longer told is no longer shown.
        tell(date(2026, 6, 1), &[(0, 110)]).await;
        assert_eq!(shares().await, [(code(0), 110)]);
    })
    .await;
}
