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
        let at = HostStay::at(house.organisation("vitamine-t"), house.structure("ali-stains"));
        let stay = HostStay { tutor: Some(stranger), ..at.clone() };
        let host = |from, last: Date, stay: &HostStay| NewHost {
            valid: Period { from, to: last.tomorrow().ok() },
            stay: stay.clone(),
            replaces: None,
        };
        let (from, last) = (date(2026, 10, 5), date(2026, 11, 30));
        for (new, told) in [
            (host(from, date(2027, 11, 30), &stay), "pendant le contrat"),
            (
                host(from, last, &HostStay { tutor: Some(tutor), ..at.clone() }),
                "ne travaille pas dans cette entreprise",
            ),
            (host(from, date(2027, 8, 31), &stay), "50\u{a0}% au plus"),
            (host(from, last, &HostStay { convention_on: Some(date(2026, 9, 14)), ..at.clone() }), "désignez-le avant"),
            (host(from, last, &HostStay { convention_on: Some(date(2026, 9, 15)), ..stay.clone() }), "pas d’avance"),
        ] {
            let before = house.count().await;
            refused(contract::set_host(platform, head, signed, new).await, told);
            assert_eq!(house.count().await, before, "{told}");
        }
        contract::set_host(platform, head, signed, host(from, last, &stay)).await.unwrap();
        let over = host(last, date(2026, 12, 18), &stay);
        refused(contract::set_host(platform, head, signed, over).await, "Un autre accueil est déjà noté");
        let file = contract::contract(platform, head, signed).await.unwrap();
        let missing: Vec<_> = file.conditions.iter().filter(|finding| finding.answer == Answer::No).collect();
        assert!(missing.len() == 1 && missing[0].why.contains("convention tripartite manque"), "{missing:?}");
        let complete =
            HostStay { convention_on: Some(date(2026, 9, 14)), tasks: " Accueil ".to_owned(), ..stay.clone() };
        let known = file.hosts[0].id;
        let corrected = NewHost { replaces: Some(known), ..host(from, last, &complete) };
        contract::set_host(platform, head, signed, corrected).await.unwrap();
        let file = contract::contract(platform, head, signed).await.unwrap();
        assert!(file.conditions.iter().all(|finding| finding.answer == Answer::Yes), "{:?}", file.conditions);
        assert_eq!((file.hosts.len(), file.hosts[0].value.tasks.as_str()), (1, "Accueil"));
        refused(contract::withdraw_host(platform, head, signed, known, "Reporté").await, "quelqu’un l’a modifié");
        refused(contract::withdraw_host(platform, head, signed, file.hosts[0].id, " ").await, "pourquoi");
        // Two other hosts at most: stays in the same enterprise are of one host.
        let elsewhere = |host: &str| HostStay::at(house.organisation(host), house.structure("ali-stains"));
        let week = |from: Date, stay: &HostStay| host(from, from.tomorrow().unwrap(), stay);
        contract::set_host(platform, head, signed, week(date(2026, 12, 1), &at)).await.unwrap();
        contract::set_host(platform, head, signed, week(date(2026, 12, 7), &elsewhere("relais-solidaires")))
            .await
            .unwrap();
        let third = week(date(2026, 12, 14), &elsewhere("croix-rouge-insertion"));
        refused(contract::set_host(platform, head, signed, third).await, "2 au plus");
        for stay in contract::contract(platform, head, signed).await.unwrap().hosts.iter().skip(1) {
            contract::withdraw_host(platform, head, signed, stay.id, "N’aura pas lieu").await.unwrap();
        }

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
        use law::apprenticeship::InstalmentKind;
        let invoice =
            |on, kind, reference: &str, amount| NewInvoice { on, kind, reference: reference.to_owned(), amount };
        let advance = invoice(date(2026, 9, 30), InstalmentKind::ShortAdvance, "F-1", 397_260);
        for (new, told) in [
            (invoice(date(2026, 11, 23), InstalmentKind::ShortAdvance, "F-1", 1), "pas d’avance"),
            (invoice(date(2026, 9, 1), InstalmentKind::ShortAdvance, "F-1", 1), "avant le début du contrat"),
            (invoice(date(2026, 11, 19), InstalmentKind::Balance, "F-1", 1), "à la fin du contrat"),
            (invoice(date(2026, 9, 30), InstalmentKind::ShortAdvance, "F-1", 0), "un montant"),
            (invoice(date(2026, 9, 30), InstalmentKind::ShortAdvance, " ", 1), "le numéro de la facture"),
        ] {
            refused(contract::add_invoice(platform, head, signed, new).await, told);
        }
        let number = contract::add_invoice(platform, head, signed, advance.clone()).await.unwrap();
        refused(contract::add_invoice(platform, head, signed, advance).await, "est déjà notée");
        let pay = async |on, amount| contract::note_payment(platform, head, signed, number, on, amount).await;
        refused(pay(date(2026, 9, 29), 397_260).await, "après ce jour");
        refused(pay(date(2026, 10, 30), 400_000).await, "tout ou partie");
        pay(date(2026, 10, 30), 300_000).await.unwrap();
        pay(date(2026, 10, 31), 397_260).await.unwrap();
        // The broken contract is paid by day: what was advanced beyond is given back, and that note is the last invoice.
        let file = contract::contract(platform, head, signed).await.unwrap();
        assert_eq!((file.payments.len(), file.payments[0].value.amount), (1, 397_260));
        let [first, balance] = &file.schedule[..] else { panic!("{:?}", file.schedule) };
        assert!(first.invoice.is_some() && balance.invoice.is_none() && balance.instalment.cents < 0);
        let credit = invoice(date(2026, 11, 22), InstalmentKind::Balance, "A-1", balance.instalment.cents);
        contract::add_invoice(platform, head, signed, credit).await.unwrap();
        let file = contract::contract(platform, head, signed).await.unwrap();
        assert!(file.schedule.iter().all(|expected| expected.invoice.is_some()), "{:?}", file.schedule);
        let clock = file.clocks.iter().find(|clock| clock.kind == ClockKind::LastInvoice).unwrap();
        assert_eq!((clock.state, clock.met_on), (ClockState::Met, Some(date(2026, 11, 22))));

        // Amendments, on a contract that runs.
        let running = contract::of_learner(platform, head, b).await.unwrap().remove(0).record.id;
        let amended = Terms { monthly_pay: Some(190_000), ..house.terms(Some(tutor)) };
        let amend = async |on, terms| contract::amend(platform, head, running, on, terms).await;
        let (first, of_november) = (date(2026, 9, 14), date(2026, 11, 1));
        for (on, terms, told) in [
            (of_november, house.terms(Some(tutor)), "Rien ne change"),
            (of_november, Terms { first_day: first, ..amended.clone() }, "premier jour"),
            (
                of_november,
                Terms { employer: house.organisation("vitamine-t"), tutor: None, ..amended.clone() },
                "l’employeur",
            ),
            (date(2026, 9, 1), amended.clone(), "pendant le contrat"),
            (of_november, Terms { extended: true, ..amended.clone() }, "12\u{a0}mois au plus"),
            (of_november, Terms { extended: true, last_day: date(2028, 9, 4), ..amended.clone() }, "L.\u{a0}6222-11"),
        ] {
            refused(amend(on, terms).await, told);
        }
        amend(of_november, amended.clone()).await.unwrap();
        let earlier = Terms { monthly_pay: Some(195_000), ..amended.clone() };
        refused(amend(date(2026, 10, 15), earlier).await, "prend déjà effet");
        let file = contract::contract(platform, head, running).await.unwrap();
        assert_eq!((file.terms.value.monthly_pay, file.amended.len()), (Some(190_000), 1));
        // Extended after a failure: the tutor may guide one more beside two others.
        let extended = Terms { extended: true, last_day: date(2028, 9, 3), ..amended };
        amend(date(2026, 11, 15), extended).await.unwrap();
        // After a break, another contract: its papers are its own.
        let again = Terms { first_day: date(2026, 11, 21), last_day: date(2027, 11, 19), ..house.terms(Some(tutor)) };
        let new = NewContract { learner: a, cohort, terms: again, signed_on: Some(date(2026, 11, 20)) };
        let second = contract::draw_up(platform, head, new).await.unwrap();
        let late = event(ContractEventKind::Broken, "both");
        refused(
            contract::note_event(platform, head, signed, date(2026, 11, 22), late).await,
            "notez d’abord sa rupture",
        );
        let deposited = event(ContractEventKind::Deposited, "");
        contract::note_event(platform, head, second, date(2026, 11, 22), deposited).await.unwrap();
        let file = contract::contract(platform, head, second).await.unwrap();
        let deposits: Vec<_> = file.clocks.iter().filter(|clock| clock.kind == ClockKind::Deposit).collect();
        assert!(deposits.iter().all(|clock| clock.state == ClockState::Met), "{deposits:?}");
        assert_eq!(
            file.clocks.iter().find(|clock| clock.kind == ClockKind::AfterBreak).unwrap().state,
            ClockState::Met
        );
        contract::leave(platform, head, b, cohort, date(2026, 11, 22)).await.unwrap();
        assert!(
            matches!(contract::enrolled(platform, head, cohort).await.unwrap()[..], [ref line] if line.learner == b)
        );
        let (_, other) = house.somebody("relais-formation", "Autre Direction", Role::SchoolHead).await;
        assert!(matches!(contract::contract(platform, &other, signed).await, Err(Error::NotFound)));
    })
    .await;
}
