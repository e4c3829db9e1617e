//! Contracts: events, clocks, the points of the OPCO, hosts, tutors.

use super::*;

#[tokio::test]
async fn contracts_are_events_and_their_clocks_run() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (platform, head, school) = (&house.platform, &house.head, house.organisation("ecole-cip"));
        let cohort = house.cohort().await;
        house.weeks(cohort).await;
        let (a, b) = (house.admitted(cohort, "Alpha").await, house.admitted(cohort, "Bravo").await);
        let tutor = house.tutor("ares", "Tutrice Fictive").await;
        let enrol = |learner, from| NewEnrolment {
            learner,
            cohort,
            from,
            regime: Regime::Apprenticeship,
            awaiting_contract: true,
        };
        refused(contract::enrol(platform, head, enrol(a, date(2026, 8, 1))).await, "n’en est pas");
        house.clock.set(Instant::start_of(date(2026, 9, 7)));
        contract::enrol(platform, head, enrol(b, date(2026, 9, 7))).await.unwrap();

        let new = |terms| NewContract { learner: a, cohort, terms, signed_on: Some(date(2026, 9, 1)) };
        let backwards = Terms { last_day: date(2026, 9, 1), ..house.terms(Some(tutor)) };
        refused(contract::draw_up(platform, head, new(backwards)).await, "corrigez l’une des deux dates");
        let stranger = house.tutor("vitamine-t", "Tuteur Fictif").await;
        refused(
            contract::draw_up(platform, head, new(house.terms(Some(stranger)))).await,
            "ne travaille pas chez cet employeur",
        );
        let before = house.count().await;
        let signed = house.signed(cohort, a, Some(tutor)).await;
        refused(contract::draw_up(platform, head, new(house.terms(None))).await, "notez d’abord sa rupture");
        assert_eq!(house.count().await, before + 2, "the contract and its signature");

        let event = |kind, by: &str| ContractEvent { kind, by_whom: by.to_owned(), comment: String::new() };
        refused(
            contract::note_event(platform, head, signed, date(2026, 9, 30), event(ContractEventKind::Deposited, ""))
                .await,
            "n’a pas encore eu lieu",
        );
        house.clock.set(Instant::start_of(date(2026, 9, 14)));
        let alerts = contract::alerts(platform, head, cohort).await.unwrap();
        let told: Vec<_> = alerts.iter().map(|alert| (alert.learner, alert.clock.kind, alert.clock.state)).collect();
        assert_eq!(told, [(a, ClockKind::Deposit, ClockState::Overdue)]);
        contract::note_event(platform, head, signed, date(2026, 9, 11), event(ContractEventKind::Deposited, ""))
            .await
            .unwrap();
        assert!(contract::alerts(platform, head, cohort).await.unwrap().is_empty());

        // The seven points of the OPCO: nothing was noted of the accreditation nor of the quality.
        let file = contract::contract(platform, head, signed).await.unwrap();
        let answers: Vec<Answer> = file.precheck.iter().map(|finding| finding.answer).collect();
        assert_eq!(answers[..6], [Answer::Yes, Answer::Yes, Answer::Yes, Answer::Yes, Answer::Yes, Answer::Unknown]);
        for (kind, title, site) in [
            (AccreditationKind::Preparation, "RNCP37274", Some(house.structure("ecole-cip-pantin"))),
            (AccreditationKind::Quality, "", None),
        ] {
            let number = "D-1".to_owned();
            let accreditation = Accreditation { kind, title: title.to_owned(), site, number };
            let valid = Period { from: date(2025, 7, 1), to: Some(date(2028, 7, 1)) };
            referential::set_accreditation(platform, head, school, valid, accreditation).await.unwrap();
        }
        let file = contract::contract(platform, head, signed).await.unwrap();
        assert!(file.precheck.iter().all(|finding| finding.answer == Answer::Yes), "{:?}", file.precheck);
        assert!(file.conditions.iter().all(|finding| finding.answer == Answer::Yes), "{:?}", file.conditions);
        assert_eq!(file.schedule.len(), 2, "a few days less than a year: {:?}", file.schedule);
        let free = file.clocks.iter().find(|clock| clock.kind == ClockKind::FreeBreak).unwrap();
        assert_eq!((free.counted, free.allowed), (1, 45), "{}", free.why);

        // Hosts of the consortium.
        let stay = HostStay {
            structure: house.structure("ali-stains"),
            host: house.organisation("vitamine-t"),
            tutor: Some(stranger),
            convention_on: None,
        };
        let long = Period { from: date(2026, 10, 5), to: Some(date(2027, 12, 1)) };
        refused(
            contract::set_host(platform, head, signed, NewHost { valid: long, stay: stay.clone() }).await,
            "pendant le contrat",
        );
        let valid = Period { from: date(2026, 10, 5), to: Some(date(2026, 12, 1)) };
        contract::set_host(platform, head, signed, NewHost { valid, stay }).await.unwrap();
        let file = contract::contract(platform, head, signed).await.unwrap();
        let missing: Vec<_> = file.conditions.iter().filter(|finding| finding.answer == Answer::No).collect();
        assert!(missing.len() == 1 && missing[0].why.contains("convention tripartite manque"), "{missing:?}");

        // Two apprentices at most for a tutor.
        house.signed(cohort, b, Some(tutor)).await;
        let c = house.admitted(cohort, "Charlie").await;
        let third = NewContract { learner: c, cohort, terms: house.terms(Some(tutor)), signed_on: None };
        refused(contract::draw_up(platform, head, third).await, "R.\u{a0}6223-6");

        // A break is no end of training; the six months run.
        house.clock.set(Instant::start_of(date(2026, 11, 22)));
        refused(
            contract::note_event(platform, head, signed, date(2026, 11, 20), event(ContractEventKind::Broken, ""))
                .await,
            "qui a rompu",
        );
        contract::note_event(platform, head, signed, date(2026, 11, 20), event(ContractEventKind::Broken, "employer"))
            .await
            .unwrap();
        let file = contract::of_learner(platform, head, a).await.unwrap().remove(0);
        let state =
            |kind| file.clocks.iter().find(|clock| clock.kind == kind).map(|clock| (clock.state, clock.last_day));
        assert_eq!(state(ClockKind::AfterBreak), Some((ClockState::Running, Some(date(2027, 5, 20)))));
        assert_eq!(state(ClockKind::LastInvoice), Some((ClockState::Running, Some(date(2027, 3, 20)))));
        let invoice = NewInvoice {
            on: date(2026, 11, 22),
            kind: law::apprenticeship::InstalmentKind::ShortAdvance,
            reference: "F-1".to_owned(),
            amount: 400_000,
        };
        contract::add_invoice(platform, head, signed, invoice.clone()).await.unwrap();
        refused(contract::add_invoice(platform, head, signed, invoice).await, "est déjà notée");
        let amended = Terms { monthly_pay: Some(190_000), ..house.terms(Some(tutor)) };
        let shifted = Terms { first_day: date(2026, 9, 14), ..amended.clone() };
        refused(contract::amend(platform, head, signed, date(2026, 11, 22), shifted).await, "premier jour");
        contract::amend(platform, head, signed, date(2026, 11, 1), amended).await.unwrap();
        let file = contract::contract(platform, head, signed).await.unwrap();
        assert_eq!((file.terms.value.monthly_pay, file.amended.len(), file.invoices.len()), (Some(190_000), 1, 1));
        contract::leave(platform, head, b, cohort, date(2026, 11, 22)).await.unwrap();
        assert!(
            matches!(contract::enrolled(platform, head, cohort).await.unwrap()[..], [ref line] if line.learner == b)
        );
        let (_, other) = house.somebody("relais-formation", "Autre Direction", Role::SchoolHead).await;
        assert!(matches!(contract::contract(platform, &other, signed).await, Err(Error::NotFound)));
    })
    .await;
}
