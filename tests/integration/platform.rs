//! Accounts, sessions, mandates, parameters, keys, the reading log, jobs and checkpoints, on both engines.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use base::{Clock, Email, Id, Instant, Period};
use db::{Ask, Json};
use facts::journal::{self, Chain};
use jiff::SignedDuration;
use jonction_tests::{Scratch, clock, on_each_engine, today};
use platform::account::{self, FirstPassword};
use platform::checkpoint::{self, Target};
use platform::gate::{ActionKind, EditContact, ListPeople, ManageAccounts, Operate, ReadPerson, permit};
use platform::jobs::{self, Failure, Handlers, Stage};
use platform::keys::KeyError;
use platform::mandate::{self, Mandate};
use platform::parameter::{self, Certainty, Parameter, Parameters};
use platform::session::{self, Authenticated, Standing, Token};
use platform::{Account, Actor, Error, Keys, Mail, Permit, Platform, Purpose, Reach, Reading, Refusal, Role, Tenant};

const PASSWORD: &str = "Truite!Verte42";

/// A platform with one département, on a clock that the test moves.
struct House {
    platform: Platform,
    clock: Clock,
    tenant: Id<Tenant>,
    admin: Permit<ManageAccounts>,
}

async fn house(scratch: &Scratch) -> House {
    let clock = clock();
    let platform = Platform::start(scratch.db.clone(), clock.clone(), Keys::derive(&[7; 32]), Mail::none());
    let tenant = platform::tenant::ensure(&platform, "93", "Seine-Saint-Denis", support::declared_parameters())
        .await
        .unwrap()
        .id;
    let admin = permit(&Actor::program(tenant)).unwrap();
    House { platform, clock, tenant, admin }
}

impl House {
    fn move_on(&self, by: SignedDuration) {
        self.clock.set(self.clock.now().plus(by));
    }

    async fn account(&self, name: &str) -> Id<Account> {
        let email = Email::parse(&format!("{}@exemple.fr", base::fold(name).replace(' ', "."))).unwrap();
        account::create(&self.platform, &self.admin, email, name, FirstPassword::Chosen(PASSWORD)).await.unwrap().0
    }

    async fn grant(
        &self,
        account: Id<Account>,
        role: Role,
        structure: Option<i64>,
        valid: Period,
    ) -> Result<Id<Mandate>, Error> {
        let mandate = Mandate {
            organisation: Id::new(500),
            structure: structure.map(Id::new),
            role,
            purpose: role.purposes()[0],
        };
        mandate::grant(&self.platform, &self.admin, account, mandate, valid).await
    }

    async fn sign_in(&self, email: &str) -> Token {
        session::sign_in(&self.platform, email, PASSWORD, "essai").await.unwrap()
    }

    async fn who(&self, token: &Token) -> Option<Authenticated> {
        session::authenticate(&self.platform, token.as_str(), "r1").await.unwrap()
    }
}

fn since(year: i16) -> Period {
    Period::since(jiff::civil::date(year, 1, 1))
}

fn actor(authenticated: &Authenticated) -> &Actor {
    match &authenticated.standing {
        Standing::Acting(actor) => actor,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn from_an_account_to_a_permit() {
    on_each_engine(async |scratch| {
        let house = house(scratch).await;
        let counsellor = house.account("Anne Fictive").await;
        let nobody = house.sign_in("anne.fictive@exemple.fr").await;
        assert!(matches!(house.who(&nobody).await.unwrap().standing, Standing::NoMandate));

        let mandate = house.grant(counsellor, Role::EmploymentCounsellor, Some(31), since(2023)).await.unwrap();
        let authenticated = house.who(&nobody).await.unwrap();
        let actor = actor(&authenticated);
        assert_eq!((actor.role(), actor.mandate(), actor.request()), (Role::EmploymentCounsellor, Some(mandate), "r1"));
        let reading: Permit<ReadPerson> = permit(actor).unwrap();
        assert_eq!((reading.tenant(), reading.account()), (house.tenant, Some(counsellor)));
        assert_eq!(reading.reach(), Reach::Structure(Id::new(31)));
        let refused = permit::<ManageAccounts>(actor).unwrap_err();
        assert_eq!(refused, Refusal::Role { role: Role::EmploymentCounsellor, action: ActionKind::ManageAccounts });

        // The mandate ends: from that day on, nothing.
        mandate::end(&house.platform, &house.admin, counsellor, mandate, today().tomorrow().unwrap()).await.unwrap();
        assert!(matches!(house.who(&nobody).await.unwrap().standing, Standing::Acting(_)));
        house.move_on(SignedDuration::from_hours(24));
        assert!(house.who(&nobody).await.is_none(), "the session has lasted its twelve hours");
        let next_day = house.sign_in("anne.fictive@exemple.fr").await;
        assert!(matches!(house.who(&next_day).await.unwrap().standing, Standing::NoMandate));

        // What was known before still stands: the mandate without its end.
        let yesterday = Instant::start_of(today());
        let on = jiff::civil::date(2026, 12, 24);
        let listed = mandate::list(&house.platform, &house.admin, on, house.platform.now()).await.unwrap();
        assert_eq!(listed.len(), 0);
        let listed = mandate::list(&house.platform, &house.admin, today(), yesterday).await.unwrap();
        assert_eq!(
            listed.iter().map(|listed| (listed.account, listed.name.as_str())).collect::<Vec<_>>(),
            [(counsellor, "Anne Fictive")]
        );
    })
    .await;
}

#[tokio::test]
async fn a_purpose_without_files_opens_none() {
    on_each_engine(async |scratch| {
        let house = house(scratch).await;
        let officer = house.account("Omar Fictif").await;
        let steering = Mandate {
            organisation: Id::new(1),
            structure: None,
            role: Role::DepartmentOfficer,
            purpose: Purpose::Steering,
        };
        let id = mandate::grant(&house.platform, &house.admin, officer, steering, since(2024)).await.unwrap();
        let actor = mandate::actor(&house.platform, officer, id).await.unwrap();
        assert_eq!(permit::<ListPeople>(&actor).unwrap_err(), Refusal::Purpose { purpose: Purpose::Steering });
        assert_eq!(
            permit::<EditContact>(&Actor::program(house.tenant)).unwrap_err().to_string(),
            "le rôle «\u{a0}programme\u{a0}» ne permet pas de modifier les coordonnées d’une personne"
        );
    })
    .await;
}

#[tokio::test]
async fn mandates_that_make_no_sense_are_refused() {
    on_each_engine(async |scratch| {
        let house = house(scratch).await;
        let account = house.account("Anne Fictive").await;
        assert!(matches!(house.grant(account, Role::Program, None, since(2023)).await, Err(Error::Rule(_))));
        assert!(matches!(house.grant(account, Role::AgencyHead, None, since(2023)).await, Err(Error::Rule(_))));
        assert!(matches!(house.grant(Id::new(-1), Role::Trainer, None, since(2023)).await, Err(Error::NotFound)));
        let recruiting =
            Mandate { organisation: Id::new(1), structure: None, role: Role::Trainer, purpose: Purpose::Recruitment };
        assert!(matches!(
            mandate::grant(&house.platform, &house.admin, account, recruiting, since(2023)).await,
            Err(Error::Rule(_))
        ));
        house.grant(account, Role::Trainer, None, since(2023)).await.unwrap();
        assert!(matches!(house.grant(account, Role::Trainer, None, since(2025)).await, Err(Error::Conflict(_))));
        // Another role of the same person is another mandate.
        house.grant(account, Role::Recruiter, None, since(2025)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn whatever_is_wrong_the_answer_is_the_same() {
    on_each_engine(async |scratch| {
        let house = house(scratch).await;
        let disabled = house.account("Denis Fictif").await;
        house.account("Anne Fictive").await;
        account::disable(&house.platform, &house.admin, disabled).await.unwrap();
        let email = Email::parse("sans.mot@exemple.fr").unwrap();
        account::create(&house.platform, &house.admin, email, "Sans Mot", FirstPassword::None).await.unwrap();
        for (email, password) in [
            ("anne.fictive@exemple.fr", "Truite!Verte43"),
            ("anne.fictive@exemple.fr", ""),
            ("denis.fictif@exemple.fr", PASSWORD),
            ("sans.mot@exemple.fr", ""),
            ("inconnue@exemple.fr", PASSWORD),
            ("pas une adresse", PASSWORD),
        ] {
            let refused = session::sign_in(&house.platform, email, password, "essai").await.unwrap_err();
            assert!(matches!(refused, Error::SignIn), "{email}: {refused}");
        }
        account::enable(&house.platform, &house.admin, disabled).await.unwrap();
        house.sign_in("denis.fictif@exemple.fr").await;
        let email = Email::parse("anne.fictive@exemple.fr").unwrap();
        let twice = account::create(&house.platform, &house.admin, email, "Anne", FirstPassword::None).await;
        assert!(matches!(twice, Err(Error::Rule(_))));
    })
    .await;
}

#[tokio::test]
async fn sessions_rotate_expire_and_can_be_revoked() {
    on_each_engine(async |scratch| {
        let house = house(scratch).await;
        let account = house.account("Anne Fictive").await;
        let first = house.grant(account, Role::EmploymentCounsellor, Some(31), since(2023)).await.unwrap();
        let second = house.grant(account, Role::Tutor, None, since(2024)).await.unwrap();
        let token = house.sign_in("anne.fictive@exemple.fr").await;
        assert!(matches!(house.who(&token).await.unwrap().standing, Standing::ChooseMandate));
        let chosen = session::choose_mandate(&house.platform, token.as_str(), second).await.unwrap();
        assert!(house.who(&token).await.is_none(), "the token before the choice is dead");
        assert_eq!(actor(&house.who(&chosen).await.unwrap()).role(), Role::Tutor);
        let token = session::choose_mandate(&house.platform, chosen.as_str(), first).await.unwrap();
        assert!(session::choose_mandate(&house.platform, token.as_str(), Id::new(-1)).await.is_err());

        // In use every hour, it lives until the twelfth; left alone, two hours.
        for _ in 0..11 {
            house.move_on(SignedDuration::from_hours(1));
            assert!(house.who(&token).await.is_some());
        }
        house.move_on(SignedDuration::from_hours(1));
        assert!(house.who(&token).await.is_none());
        let idle = house.sign_in("anne.fictive@exemple.fr").await;
        let idle = session::choose_mandate(&house.platform, idle.as_str(), first).await.unwrap();
        house.move_on(SignedDuration::from_mins(119));
        assert!(house.who(&idle).await.is_some());
        house.move_on(SignedDuration::from_mins(120));
        assert!(house.who(&idle).await.is_none());

        let here = house.sign_in("anne.fictive@exemple.fr").await;
        let (there, elsewhere) =
            (house.sign_in("anne.fictive@exemple.fr").await, house.sign_in("anne.fictive@exemple.fr").await);
        let me = house.who(&here).await.unwrap();
        let listed = session::list(&house.platform, &me).await.unwrap();
        assert_eq!(listed.len(), 3);
        assert!(listed.iter().any(|listing| listing.public_id == me.session && listing.browser == "essai"));
        let of_there = house.who(&there).await.unwrap().session;
        session::revoke(&house.platform, &me, of_there).await.unwrap();
        assert!(house.who(&there).await.is_none() && house.who(&elsewhere).await.is_some());
        session::revoke_others(&house.platform, &me).await.unwrap();
        assert!(house.who(&elsewhere).await.is_none() && house.who(&here).await.is_some());
        session::sign_out(&house.platform, here.as_str()).await.unwrap();
        assert!(house.who(&here).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_temporary_password_must_be_changed() {
    on_each_engine(async |scratch| {
        let house = house(scratch).await;
        let (platform, admin) = (&house.platform, &house.admin);
        let account = house.account("Anne Fictive").await;
        house.grant(account, Role::Trainer, None, since(2023)).await.unwrap();
        let before = house.sign_in("anne.fictive@exemple.fr").await;
        let temporary = account::reset_password(platform, admin, account).await.unwrap();
        assert!(house.who(&before).await.is_none(), "a reset ends every session");
        assert!(matches!(
            session::sign_in(platform, "anne.fictive@exemple.fr", PASSWORD, "essai").await,
            Err(Error::SignIn)
        ));

        let token = session::sign_in(platform, "anne.fictive@exemple.fr", temporary.reveal(), "essai").await.unwrap();
        assert!(matches!(house.who(&token).await.unwrap().standing, Standing::ChangePassword));
        let change = async |old: &str, new: &str| session::change_password(platform, token.as_str(), old, new).await;
        assert!(matches!(change("faux", "Ablette-Grise-51").await, Err(Error::SignIn)));
        assert!(matches!(change(temporary.reveal(), "court").await, Err(Error::Password(_))));
        assert!(matches!(change(temporary.reveal(), temporary.reveal()).await, Err(Error::Rule(_))));
        let changed = change(temporary.reveal(), "Ablette-Grise-51").await.unwrap();
        assert!(house.who(&token).await.is_none(), "the token before the change is dead");
        assert_eq!(actor(&house.who(&changed).await.unwrap()).role(), Role::Trainer);

        // Unused for three days, a temporary password works no more.
        let unused = account::reset_password(platform, admin, account).await.unwrap();
        house.move_on(SignedDuration::from_hours(72));
        let late = session::sign_in(platform, "anne.fictive@exemple.fr", unused.reveal(), "essai").await;
        assert!(matches!(late, Err(Error::SignIn)));

        let told: Vec<String> = journal::about(&platform.db, Chain::Writes, house.tenant, "account", account.raw(), 10)
            .await
            .unwrap()
            .into_iter()
            .rev()
            .map(|entry| entry.action)
            .collect();
        let expected = [
            "account.created",
            "mandate.granted",
            "account.password_reset",
            "account.password_changed",
            "account.password_reset",
        ];
        assert_eq!(told, expected);
    })
    .await;
}

#[tokio::test]
async fn parameters_keep_what_was_known() {
    on_each_engine(async |scratch| {
        let house = house(scratch).await;
        let (platform, name) = (&house.platform, parameter::READING_LOG_MONTHS);
        let before = platform.now();
        house.move_on(SignedDuration::from_hours(1));
        let value = |name: &str, value| Parameter {
            name: name.to_owned(),
            value: Json(value),
            citation: "Délibération d’essai".to_owned(),
            certainty: Certainty::Uncertain,
        };
        let months = value(name, serde_json::json!(6));
        parameter::set(platform, &house.admin, Period::since(today()), months.clone()).await.unwrap();
        let now = Parameters::known_at(&platform.db, house.tenant, platform.now()).await.unwrap();
        let then = Parameters::known_at(&platform.db, house.tenant, before).await.unwrap();
        let current = now.get::<i64>(name, today()).unwrap();
        assert_eq!((current.value, current.certainty), (6, Certainty::Uncertain));
        assert_eq!(now.get::<i64>(name, today().yesterday().unwrap()).unwrap().value, 12);
        assert_eq!(then.get::<i64>(name, today()).unwrap().value, 12);
        assert!(now.get::<String>(name, today()).is_err());
        assert!(now.get::<i64>(name, jiff::civil::date(2000, 1, 1)).is_err());

        let set = async |valid, parameter| parameter::set(platform, &house.admin, valid, parameter).await;
        assert!(matches!(set(since(2026), value("inconnu", serde_json::json!(6))).await, Err(Error::NotFound)));
        assert!(matches!(set(since(2026), value(name, serde_json::json!("six"))).await, Err(Error::Rule(_))));
        let without = Parameter { citation: " ".to_owned(), ..months.clone() };
        assert!(matches!(set(since(2026), without).await, Err(Error::Rule(_))));
        let empty = Period { from: today(), to: Some(today()) };
        assert!(matches!(set(empty, months).await, Err(Error::Conflict(_))));

        // A second start changes nothing.
        platform::tenant::ensure(platform, "93", "Seine-Saint-Denis", support::declared_parameters()).await.unwrap();
        let again = Parameters::known_at(&platform.db, house.tenant, platform.now()).await.unwrap();
        assert_eq!(again.all().len(), now.all().len());
    })
    .await;
}

#[tokio::test]
async fn the_wrong_key_is_found_at_start() {
    on_each_engine(async |scratch| {
        let house = house(scratch).await;
        let db = &house.platform.db;
        house.platform.keys.check(db, house.tenant).await.unwrap();
        house.platform.keys.check(db, house.tenant).await.unwrap();
        let wrong = Keys::derive(&[8; 32]).check(db, house.tenant).await;
        assert!(matches!(wrong, Err(Error::Key(KeyError::Wrong))));
    })
    .await;
}

/// A permit to read files at `house`, under a counsellor's mandate.
async fn reader(house: &House) -> Permit<ReadPerson> {
    let account = house.account("Anne Fictive").await;
    let mandate = house.grant(account, Role::EmploymentCounsellor, Some(31), since(2023)).await.unwrap();
    permit(&mandate::actor(&house.platform, account, mandate).await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn readings_are_written_before_they_return() {
    on_each_engine(async |scratch| {
        let house = house(scratch).await;
        let permit = reader(&house).await;
        // Two logs on one database, as two processes would have.
        let other = Platform::start(
            db::Db::open(&scratch.url).await.unwrap(),
            house.clock.clone(),
            Keys::derive(&[7; 32]),
            Mail::none(),
        );
        let readers: Vec<_> = (0..200)
            .map(|number| {
                let platform = if number % 2 == 0 { house.platform.clone() } else { other.clone() };
                let permit = permit.clone();
                tokio::spawn(async move {
                    let detail = serde_json::json!({ "page": "dossier" });
                    platform.readings.record(Reading::of(&permit, "person", Some(number), detail)).await.unwrap();
                    let found =
                        journal::about(&platform.db, Chain::Reads, permit.tenant(), "person", number, 5).await.unwrap();
                    assert_eq!(found.len(), 1);
                    assert_eq!((found[0].author, found[0].action.as_str()), (permit.account(), "person.read"));
                })
            })
            .collect();
        for reader in readers {
            reader.await.unwrap();
        }
        let verified =
            journal::verify(&house.platform.db, Chain::Reads, house.tenant, &[], house.platform.now()).await.unwrap();
        assert_eq!(verified.breaches, Vec::<String>::new());
        assert_eq!(verified.entries, 200);
        assert!(verified.seals <= 200);

        // What was handed in before the end is written; what comes after is refused.
        let last = {
            let (platform, permit) = (house.platform.clone(), permit.clone());
            tokio::spawn(async move {
                platform.readings.record(Reading::of(&permit, "person", Some(900), serde_json::Value::Null)).await
            })
        };
        tokio::time::sleep(Duration::from_millis(50)).await;
        house.platform.stop().await;
        last.await.unwrap().unwrap();
        let late =
            house.platform.readings.record(Reading::of(&permit, "person", Some(901), serde_json::Value::Null)).await;
        assert!(matches!(late, Err(Error::NotLogged(_))));
        other.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_cannot_be_written_fails_alone() {
    on_each_engine(async |scratch| {
        let house = house(scratch).await;
        let permit = reader(&house).await;
        // A permit for a département that this database does not know.
        let stranger: Permit<ReadPerson> = platform::gate::permit(&Actor::program(Id::new(-1))).unwrap();
        let attempts: Vec<_> = (0..20)
            .map(|number| {
                let (platform, permit) =
                    (house.platform.clone(), if number == 7 { stranger.clone() } else { permit.clone() });
                tokio::spawn(async move {
                    platform
                        .readings
                        .record(Reading::of(&permit, "person", Some(number), serde_json::Value::Null))
                        .await
                })
            })
            .collect();
        for (number, attempt) in attempts.into_iter().enumerate() {
            let outcome = attempt.await.unwrap();
            assert_eq!(outcome.is_ok(), number != 7, "{outcome:?}");
        }
    })
    .await;
}

async fn enqueue(house: &House, kind: &str) -> Id<jobs::Task> {
    let tx = house.platform.db.begin().await.unwrap();
    let id = jobs::enqueue(&tx, house.tenant, kind, serde_json::json!({ "n": 3 }), None, house.platform.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

async fn state(house: &House, job: Id<jobs::Task>) -> jobs::State {
    jobs::find(&house.platform, house.tenant, job).await.unwrap().unwrap()
}

/// Works until the job has reached a stage in a given attempt.
async fn work_until(
    house: &House,
    handlers: Handlers,
    job: Id<jobs::Task>,
    stage: Stage,
    attempts: i64,
) -> jobs::State {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = tokio::spawn(jobs::run(house.platform.clone(), handlers, async move {
        let _ = stopped.await;
    }));
    for _ in 0..600 {
        let state = state(house, job).await;
        if (state.stage(house.platform.now()), state.attempts) == (stage, attempts) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    stop.send(()).unwrap();
    worker.await.unwrap();
    state(house, job).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_worker_dies_is_taken_up_again() {
    on_each_engine(async |scratch| {
        let house = house(scratch).await;
        let job = enqueue(&house, "essai").await;
        let begun = Arc::new(AtomicU32::new(0));
        let handlers = |ends: bool| {
            let begun = Arc::clone(&begun);
            Handlers::default().on("essai", move |_, job| {
                let begun = Arc::clone(&begun);
                async move {
                    begun.fetch_add(1, Ordering::SeqCst);
                    let asked: serde_json::Value = job.payload()?;
                    job.progress(1, 3, "premier tiers").await?;
                    if !ends {
                        std::future::pending::<()>().await;
                    }
                    job.progress(3, 3, &format!("fini, essai {}", job.attempt)).await?;
                    if asked["n"] == 3 { Ok(()) } else { Err(Failure::last("mauvaise demande")) }
                }
            })
        };
        let worker = tokio::spawn(jobs::run(house.platform.clone(), handlers(false), std::future::pending()));
        while state(&house, job).await.progress_done == 0 {
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        worker.abort();
        let _ = worker.await;
        let dead = state(&house, job).await;
        assert_eq!((dead.stage(house.platform.now()), dead.attempts), (Stage::Running, 1));

        // Until the lease runs out, nobody touches it.
        let worker = tokio::spawn(jobs::run(house.platform.clone(), handlers(true), std::future::pending()));
        tokio::time::sleep(Duration::from_millis(700)).await;
        assert_eq!(begun.load(Ordering::SeqCst), 1);
        worker.abort();
        let _ = worker.await;

        house.move_on(jobs::LEASE);
        let done = work_until(&house, handlers(true), job, Stage::Done, 2).await;
        assert_eq!((done.attempts, done.progress_done, done.progress_text.as_str()), (2, 3, "fini, essai 2"));
        assert_eq!(begun.load(Ordering::SeqCst), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_node_gives_its_jobs_back_at_once() {
    on_each_engine(async |scratch| {
        let house = house(scratch).await;
        let job = enqueue(&house, "essai").await;
        let handlers = Handlers::default().on("essai", |_, _| async {
            std::future::pending::<()>().await;
            Ok(())
        });
        let given_back = work_until(&house, handlers, job, Stage::Running, 1).await;
        assert_eq!((given_back.stage(house.platform.now()), given_back.attempts), (Stage::Waiting, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_tried_again_later_and_not_for_ever() {
    on_each_engine(async |scratch| {
        let house = house(scratch).await;
        let handlers = Handlers::default()
            .on("panne", |_, _| async { Err("passera".parse::<i64>().map_err(Failure::from).unwrap_err()) })
            .on("fichier", |_, _| async { Err(Failure::last("ligne 3 : fichier illisible")) })
            .on("casse", |_, job| async move {
                assert_eq!(job.attempt, 0, "a job that breaks down");
                Ok(())
            });
        let broken = enqueue(&house, "fichier").await;
        let failed = work_until(&house, handlers.clone(), broken, Stage::Failed, 1).await;
        assert_eq!((failed.attempts, failed.failure.as_deref()), (1, Some("ligne 3 : fichier illisible")));

        let (down, panics, unknown) =
            (enqueue(&house, "panne").await, enqueue(&house, "casse").await, enqueue(&house, "?").await);
        for attempt in 1..=jobs::ATTEMPTS {
            let stage = if attempt == jobs::ATTEMPTS { Stage::Failed } else { Stage::WillRetry };
            for job in [down, panics, unknown] {
                let state = work_until(&house, handlers.clone(), job, stage, attempt).await;
                assert_eq!((state.stage(house.platform.now()), state.attempts), (stage, attempt));
            }
            house.move_on(SignedDuration::from_hours(1));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_house_keeps_itself() {
    on_each_engine(async |scratch| {
        let house = house(scratch).await;
        let permit_to_read = reader(&house).await;
        let target = Target { folder: scratch.folder().join("points"), address: None };
        house.sign_in("anne.fictive@exemple.fr").await;
        house.platform.readings.record(Reading::of(&permit_to_read, "person", Some(1), serde_json::Value::Null)).await.unwrap();

        let operate: Permit<Operate> = permit(&Actor::program(house.tenant)).unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let handlers = Handlers::of_the_house(Some(target.clone()));
        let worker = tokio::spawn(jobs::run(house.platform.clone(), handlers.clone(), async move {
            let _ = stopped.await;
        }));
        let all_done = async || {
            let recent = jobs::recent(&house.platform, &operate, 100).await.unwrap();
            let done = recent.iter().filter(|job| job.stage(house.platform.now()) == Stage::Done).count();
            (done, recent.len())
        };
        while all_done().await.0 < 4 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(all_done().await, (4, 8), "four jobs done, four waiting for their next time");
        let kept = target.read().unwrap();
        assert!(!kept.is_empty());
        // A year on: the reading is purged, the session as well, and the chain is whole.
        house.move_on(SignedDuration::from_hours(24 * 400));
        while all_done().await.0 < 4 || journal::about(&house.platform.db, Chain::Reads, house.tenant, "person", 1, 1).await.unwrap().len() == 1 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        stop.send(()).unwrap();
        worker.await.unwrap();
        assert!(!journal::is_waiting(&house.platform.db, Chain::Writes, house.tenant).await.unwrap(), "all sealed at the end");

        let lines = checkpoint::export(&house.platform, &target).await.unwrap();
        assert!(!lines.is_empty());
        assert_eq!(checkpoint::export(&house.platform, &target).await.unwrap(), Vec::<String>::new());
        for chain in Chain::ALL {
            let kept = target.read().unwrap();
            let found = journal::verify(&house.platform.db, *chain, house.tenant, &kept, house.platform.now()).await.unwrap();
            assert_eq!(found.breaches, Vec::<String>::new());
        }
        house.platform.db.batch("DELETE FROM journal_seal WHERE chain = 'writes' AND number = (SELECT max(number) FROM journal_seal WHERE chain = 'writes')").await.unwrap();
        let kept = target.read().unwrap();
        let found = journal::verify(&house.platform.db, Chain::Writes, house.tenant, &kept, house.platform.now()).await.unwrap();
        assert!(!found.breaches.is_empty());
    })
    .await;
}

db::sql! {
    TENANTS = "SELECT count(*) FROM tenant";
}

#[tokio::test(flavor = "multi_thread")]
async fn two_first_starts_make_one_tenant() {
    on_each_engine(async |scratch| {
        let platform = Platform::start(scratch.db.clone(), clock(), Keys::derive(&[7; 32]), Mail::none());
        let starts: Vec<_> = (0..4)
            .map(|_| {
                let platform = platform.clone();
                tokio::spawn(async move {
                    platform::tenant::ensure(&platform, "93", "Seine-Saint-Denis", support::declared_parameters())
                        .await
                        .unwrap()
                        .id
                })
            })
            .collect();
        let mut ids = Vec::new();
        for start in starts {
            ids.push(start.await.unwrap());
        }
        ids.dedup();
        assert_eq!(ids.len(), 1);
        assert_eq!(platform.db.one::<i64>(&TENANTS, &[]).await.unwrap(), 1);
    })
    .await;
}
