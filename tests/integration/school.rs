//! A school from its referential to signed contracts and a timetable, on both engines; what each school sees, what is
//! refused and changes nothing, what is proposed and decided.

use std::collections::BTreeMap;

use base::{Clock, Date, Email, Id, Instant, Period};
use db::{Ask, Json, sql};
use facts::journal::{self, Chain, Search};
use jiff::ToSpan;
use jiff::civil::date;
use jonction_tests::{Scratch, clock, on_each_engine};
use law::apprenticeship::{ClockKind, ClockState};
use law::publics::Answer;
use platform::account::{self, FirstPassword};
use platform::gate::{ManageAccounts, permit};
use platform::mandate::{self, Mandate};
use platform::{Account, Actor, Keys, Mail, Organisation, Platform, Role, Structure, Tenant};
use school::admission::{
    self, Application, Change, Decision, Learner, LearnerIdentity, NewCandidate, NewPlace, NewStep, Place, Stage, Step,
    StepOutcome,
};
use school::cohort::{
    self, Cohort, Half, Module, NewCohort, NewSession, RoomProfile, SessionState, TrainerProfile, WeekKind,
};
use school::contract::{
    self, Contract, ContractEvent, ContractEventKind, HostStay, NewContract, NewEnrolment, NewHost, NewInvoice, Regime,
    Terms, TutorProfile,
};
use school::referential::{self, Accreditation, AccreditationKind, Outcome, Referential, SHIPPED};
use school::{Error, field};

sql! {
    COUNTS = "SELECT (SELECT count(*) FROM referential) + (SELECT count(*) FROM cohort) + (SELECT count(*) FROM learner)
              + (SELECT count(*) FROM contract) + (SELECT count(*) FROM class_session) + (SELECT count(*) FROM contract_event)";
}

struct House<'a> {
    scratch: &'a Scratch,
    platform: Platform,
    clock: Clock,
    tenant: Id<Tenant>,
    names: territory::Names,
    head: Actor,
}

impl<'a> House<'a> {
    async fn new(scratch: &'a Scratch) -> Self {
        let clock = clock();
        clock.set(Instant::start_of(date(2026, 6, 1)));
        let platform = Platform::start(scratch.db.clone(), clock.clone(), Keys::derive(&[7; 32]), Mail::none());
        let parameters = support::declared_parameters();
        let tenant = platform::tenant::ensure(&platform, "93", "Seine-Saint-Denis", parameters).await.unwrap().id;
        let program = Actor::program(tenant);
        territory::reference::load(&platform, &program).await.unwrap();
        let names = territory::picture(&platform, &program, territory::AsOf::now(&clock)).await.unwrap().names;
        let (_, head) =
            somebody(&platform, tenant, names.find("ecole-cip").unwrap(), "Direction Fictive", Role::SchoolHead).await;
        Self { scratch, platform, clock, tenant, names, head }
    }

    fn organisation(&self, code: &str) -> Id<Organisation> {
        self.names.find(code).unwrap()
    }

    fn structure(&self, code: &str) -> Id<Structure> {
        self.names.find(code).unwrap()
    }

    async fn somebody(&self, organisation: &str, name: &str, role: Role) -> (Id<Account>, Actor) {
        somebody(&self.platform, self.tenant, self.organisation(organisation), name, role).await
    }

    async fn count(&self) -> i64 {
        self.scratch.db.one(&COUNTS, &[]).await.unwrap()
    }

    async fn entries(&self, chain: Chain, action: &str) -> usize {
        let search = Search {
            author: None,
            subject: None,
            from: Instant::from_micros(0),
            to: Instant::MAX,
            after: None,
            limit: 10_000,
        };
        let entries = journal::find(&self.scratch.db, chain, self.tenant, &search).await.unwrap();
        entries.iter().filter(|entry| entry.action == action).count()
    }

    async fn referential(&self) -> Id<Referential> {
        let (name, text) = SHIPPED[1];
        let school = self.organisation("ecole-cip");
        let loaded = referential::load(&self.platform, &self.head, school, name, text.as_bytes(), false).await.unwrap();
        let (_, Outcome::Loaded(Some(id))) = loaded else { panic!("{loaded:?}") };
        id
    }

    /// From 7 September 2026 to 3 September 2027.
    async fn cohort(&self) -> Id<Cohort> {
        let new = NewCohort {
            organisation: self.organisation("ecole-cip"),
            code: "CIP-2026".to_owned(),
            name: "Promotion 2026".to_owned(),
            referential: self.referential().await,
            site: self.structure("ecole-cip-pantin"),
            first_day: date(2026, 9, 7),
            last_day: date(2027, 9, 3),
            seats: 12,
            half_day_hours: 350,
        };
        cohort::create(&self.platform, &self.head, new).await.unwrap()
    }

    async fn weeks(&self, cohort: Id<Cohort>) {
        let weeks = cohort::propose_weeks(&self.platform, &self.head, cohort).await.unwrap();
        cohort::set_weeks(&self.platform, &self.head, cohort, &weeks).await.unwrap();
    }

    async fn admitted(&self, cohort: Id<Cohort>, name: &str) -> Id<Learner> {
        let learner = admission::add_candidate(&self.platform, &self.head, candidate(cohort, name, "")).await.unwrap();
        for step in [Step::Interview, Step::Decision] {
            let new = self.step(cohort, step);
            admission::note_step(&self.platform, &self.head, learner, new).await.unwrap();
        }
        learner
    }

    fn step(&self, cohort: Id<Cohort>, step: Step) -> NewStep {
        let (outcome, on) = (StepOutcome::Favourable, self.platform.today());
        NewStep { cohort, step, on, outcome, reasons: "Projet clair".to_owned(), adjustment: String::new() }
    }

    async fn tutor(&self, host: &str, name: &str) -> Id<contract::Tutor> {
        let profile = tutor(name);
        contract::add_tutor(&self.platform, &self.head, self.organisation(host), profile).await.unwrap()
    }

    fn terms(&self, tutor: Option<Id<contract::Tutor>>) -> Terms {
        Terms {
            regime: Regime::Apprenticeship,
            employer: self.organisation("ares"),
            structure: self.structure("ali-bobigny"),
            tutor,
            first_day: date(2026, 9, 7),
            last_day: date(2027, 9, 3),
            monthly_pay: Some(182_500),
            annual_price: Some(800_000),
            training_hours: 420,
            contract_hours: 1_607,
            adapted_duration: false,
            opposed: Some(false),
        }
    }

    async fn signed(
        &self,
        cohort: Id<Cohort>,
        learner: Id<Learner>,
        tutor: Option<Id<contract::Tutor>>,
    ) -> Id<Contract> {
        let new = NewContract {
            learner,
            cohort,
            terms: self.terms(tutor),
            signed_on: Some(date(2026, 9, 1).min(self.platform.today())),
        };
        contract::draw_up(&self.platform, &self.head, new).await.unwrap()
    }
}

async fn somebody(
    platform: &Platform,
    tenant: Id<Tenant>,
    organisation: Id<Organisation>,
    name: &str,
    role: Role,
) -> (Id<Account>, Actor) {
    let admin = permit::<ManageAccounts>(&Actor::program(tenant)).unwrap();
    let email = Email::parse(&format!("{}@exemple.fr", name.replace(' ', ".").to_lowercase())).unwrap();
    let (account, _) = account::create(platform, &admin, email, name, FirstPassword::None).await.unwrap();
    let mandate = Mandate { organisation, structure: None, role, purpose: role.purposes()[0] };
    let mandate = mandate::grant(platform, &admin, account, mandate, Period::since(date(2024, 1, 1))).await.unwrap();
    (account, mandate::actor(platform, account, mandate).await.unwrap())
}

fn tutor(name: &str) -> TutorProfile {
    TutorProfile {
        name: name.to_owned(),
        account: None,
        structure: None,
        is_employer: false,
        employee: Some(true),
        volunteer: Some(true),
        adult: Some(true),
        same_field_diploma: Some(true),
        practice_months: Some(36),
        branch_agreement: false,
    }
}

fn candidate(cohort: Id<Cohort>, name: &str, reference: &str) -> NewCandidate {
    let identity = LearnerIdentity {
        last_name: name.to_owned(),
        first_name: "Camille".to_owned(),
        birth_date: date(1999, 3, 14),
        email: None,
        phone: None,
        disabled: None,
        account: None,
    };
    let application = Application {
        cohort,
        diploma_level: Some(4),
        experience_months: Some(30),
        jobseeker: Some(true),
        minimum_income: None,
        motivation: String::new(),
    };
    NewCandidate { reference: reference.to_owned(), line: Some(2), identity, application }
}

fn module(code: &str, half_days: i64, after: &[&str], competences: &[&str]) -> Module {
    let texts = |texts: &[&str]| Json(texts.iter().map(|text| (*text).to_owned()).collect());
    Module {
        code: code.to_owned(),
        name: format!("Module {code}"),
        half_days,
        competences: texts(competences),
        publics: texts(&[law::publics::Public::ALL[0].code()]),
        after: texts(after),
        exam_on: None,
        most_per_day: 2,
        most_per_week: 6,
    }
}

/// The text of a refusal.
#[track_caller]
fn refused<T: std::fmt::Debug>(result: school::Result<T>, told: &str) {
    let problem = result.unwrap_err().to_string();
    assert!(problem.contains(told), "{problem}");
}

#[tokio::test]
async fn referentials_are_loaded_whole_or_not_at_all() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (platform, head, school) = (&house.platform, &house.head, house.organisation("ecole-cip"));
        let (name, text) = SHIPPED[1];
        let load = async |actor: &Actor, text: &str, dry_run| {
            referential::load(platform, actor, school, name, text.as_bytes(), dry_run).await
        };
        refused(load(head, &text.replace("level = 5", "level = \"cinq\""), false).await, "«\u{a0}level\u{a0}»");
        assert!(referential::load(platform, head, school, name, &[0xff], false).await.is_err());
        assert_eq!(load(head, text, true).await.unwrap().1, Outcome::Loaded(None));
        assert_eq!(house.count().await, 0);
        let id = house.referential().await;
        assert_eq!(load(head, text, false).await.unwrap().1, Outcome::Unchanged(id));
        refused(load(head, &text.replace("niveau", "degré"), false).await, "déjà chargée avec un autre contenu");
        // The earlier registration lies beside.
        let previous = SHIPPED[0].1;
        assert!(matches!(load(head, previous, false).await.unwrap().1, Outcome::Loaded(Some(_))));
        assert_eq!(referential::list(platform, head).await.unwrap().len(), 2);

        // Another school sees its own alone.
        let (_, other) = house.somebody("relais-formation", "Autre Direction", Role::SchoolHead).await;
        assert!(referential::list(platform, &other).await.unwrap().is_empty());
        assert!(matches!(referential::show(platform, &other, id).await, Err(Error::NotFound)));
        assert!(matches!(load(&other, text, false).await, Err(Error::NotFound)));

        // What rests on unverified items is not official.
        let shown = referential::show(platform, head, id).await.unwrap();
        let needed = vec!["C1".to_owned()];
        let told = referential::may_be_official(&shown, &needed, platform.today()).unwrap_err();
        assert!(told.contains("C1"), "{told}");
        refused(referential::confirm(platform, head, id, "C99", "Anne Fictive", "REAC").await, "C99");
        refused(referential::confirm(platform, head, id, "C1", " ", "REAC").await, "qui confirme");
        referential::confirm(platform, head, id, "C1", "Anne Fictive", "REAC 2023, page 12").await.unwrap();
        let shown = referential::show(platform, head, id).await.unwrap();
        referential::may_be_official(&shown, &needed, platform.today()).unwrap();
        assert!(referential::may_be_official(&shown, &[], platform.today()).is_err());
        house.clock.set(Instant::start_of(date(2026, 6, 2)));
        referential::withdraw_confirmation(platform, head, id, "C1").await.unwrap();
        let shown = referential::show(platform, head, id).await.unwrap();
        assert!(referential::may_be_official(&shown, &needed, platform.today()).is_err());
        // What was known the day before still is.
        referential::may_be_official(&shown, &needed, date(2026, 6, 1)).unwrap();

        let valid = Period { from: date(2025, 7, 1), to: Some(date(2026, 10, 1)) };
        let accreditation = Accreditation {
            kind: AccreditationKind::Preparation,
            title: "RNCP37274".to_owned(),
            site: Some(house.structure("ecole-cip-pantin")),
            number: "H-2025-1".to_owned(),
        };
        let quality = Accreditation { kind: AccreditationKind::Quality, ..accreditation.clone() };
        refused(referential::set_accreditation(platform, head, school, valid, quality).await, "non pour un titre");
        referential::set_accreditation(platform, head, school, valid, accreditation).await.unwrap();
        let lines = referential::accreditations(platform, head, school).await.unwrap();
        assert!(lines[0].alert.as_ref().unwrap().contains("30\u{a0}septembre 2026"), "{lines:?}");
    })
    .await;
}

#[tokio::test]
async fn a_cohort_has_weeks_a_programme_and_a_timetable() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (platform, head, school) = (&house.platform, &house.head, house.organisation("ecole-cip"));
        let cohort = house.cohort().await;
        let known = cohort::show(platform, head, cohort).await.unwrap();
        let again = NewCohort {
            organisation: school,
            code: "CIP-2026".to_owned(),
            name: "Encore".to_owned(),
            referential: known.profile.value.referential,
            site: known.profile.value.site,
            first_day: date(2028, 4, 3),
            last_day: date(2028, 4, 3),
            seats: 0,
            half_day_hours: 350,
        };
        let Err(Error::Problems(problems)) = cohort::create(platform, head, again).await else { panic!() };
        assert_eq!(problems.len(), 4, "{problems:?}");

        let closed = Period { from: date(2026, 12, 21), to: Some(date(2027, 1, 4)) };
        cohort::set_closure(platform, head, school, closed, "Fermeture de fin d’année").await.unwrap();
        house.weeks(cohort).await;
        let half_week = Period { from: date(2026, 9, 8), to: Some(date(2026, 9, 14)) };
        refused(cohort::set_weeks(platform, head, cohort, &[(half_week, WeekKind::Class)]).await, "semaines entières");
        let calendar = cohort::calendar(platform, head, cohort).await.unwrap();
        assert_eq!(calendar.len(), 362);
        let class = calendar.iter().filter(|day| day.kind == cohort::DayKind::Class).count();
        assert!((55..=65).contains(&class), "{class}");

        refused(
            cohort::set_modules(platform, head, cohort, vec![module("M1", 4, &["M9"], &["C77"])]).await,
            "n’est pas dans le référentiel",
        );
        let programme = vec![
            module("M1", 20, &[], &["C1", "C2"]),
            module("M2", 24, &["M1"], &["C6"]),
            module("M3", 16, &["M2"], &["C12"]),
        ];
        cohort::set_modules(platform, head, cohort, programme).await.unwrap();
        let proposal = cohort::propose_timetable(platform, head, cohort).await.unwrap();
        assert!(proposal.changes.is_empty() && !proposal.conflicts.is_empty(), "nobody teaches yet: {proposal:?}");

        let codes = |codes: &[&str]| Json(codes.iter().map(|code| (*code).to_owned()).collect());
        let trainer = |name: &str, modules: &[&str]| TrainerProfile {
            name: name.to_owned(),
            account: None,
            modules: codes(modules),
            free: 0b11_1111_1111,
        };
        let since = Period::since(date(2026, 9, 1));
        let first =
            cohort::add_trainer(platform, head, school, since, trainer("Anne Fictive", &["M1", "M2"])).await.unwrap();
        let second =
            cohort::add_trainer(platform, head, school, since, trainer("Luc Fictif", &["M2", "M3"])).await.unwrap();
        let site = house.structure("ecole-cip-pantin");
        let room = RoomProfile { name: "Salle 1".to_owned(), site, seats: 14 };
        cohort::add_room(platform, head, school, since, room).await.unwrap();
        let proposal = cohort::propose_timetable(platform, head, cohort).await.unwrap();
        assert_eq!((proposal.changes.len(), proposal.conflicts.len()), (60, 0), "{:?}", proposal.conflicts);
        assert!(cohort::sessions(platform, head, cohort).await.unwrap().is_empty(), "nothing is decided yet");
        cohort::decide_timetable(platform, head, cohort, &proposal.changes, "", false).await.unwrap();
        refused(
            cohort::decide_timetable(platform, head, cohort, &proposal.changes, "", false).await,
            "Une séance est déjà prévue",
        );
        let planned = cohort::sessions(platform, head, cohort).await.unwrap();
        assert_eq!(planned.len(), 60);
        let days = |module: &str| -> Vec<Date> {
            planned.iter().filter(|fact| fact.value.module == module).map(|fact| fact.valid.from).collect()
        };
        assert!(
            days("M1").iter().max() <= days("M2").iter().min() && days("M2").iter().max() <= days("M3").iter().min()
        );
        let again = cohort::propose_timetable(platform, head, cohort).await.unwrap();
        assert!(again.changes.is_empty() && again.conflicts.is_empty(), "{again:?}");

        let coverage = cohort::coverage(platform, head, cohort).await.unwrap();
        assert_eq!((coverage.competences.len(), coverage.uncovered().count()), (15, 11));
        assert_eq!(
            (coverage.publics[0].programmed, coverage.publics[0].planned, coverage.publics[0].done),
            (21_000, 21_000, 0)
        );

        // A trainer is ill for two weeks: their sessions move or pass to another, the others stay where they are.
        let ill = planned
            .iter()
            .find(|fact| fact.value.trainer == Some(first) && fact.valid.from > date(2026, 10, 1))
            .unwrap();
        let monday =
            ill.valid.from.checked_sub(i32::from(ill.valid.from.weekday().to_monday_zero_offset()).days()).unwrap();
        let absent = Period { from: monday, to: monday.checked_add(2.weeks()).ok() };
        house.clock.set(Instant::start_of(date(2026, 9, 1)));
        cohort::set_trainer_absence(platform, head, first, absent, "").await.unwrap();
        let proposal = cohort::propose_timetable(platform, head, cohort).await.unwrap();
        assert!(proposal.conflicts.is_empty() && !proposal.changes.is_empty(), "{proposal:?}");
        let disturbed: Vec<_> = planned
            .iter()
            .filter(|fact| fact.value.trainer == Some(first) && absent.contains(fact.valid.from))
            .map(|fact| fact.value.number)
            .collect();
        if !proposal.moves_others {
            assert!(proposal.changes.iter().all(|change| disturbed.contains(&change.number.unwrap())));
        }
        refused(cohort::decide_timetable(platform, head, cohort, &proposal.changes, " ", false).await, "pourquoi");
        cohort::decide_timetable(platform, head, cohort, &proposal.changes, "Formatrice absente", false).await.unwrap();
        let after = cohort::sessions(platform, head, cohort).await.unwrap();
        let numbers = |facts: &[facts::Fact<cohort::Session>]| {
            let mut numbers: Vec<_> = facts.iter().map(|fact| fact.value.number).collect();
            numbers.sort_unstable();
            numbers
        };
        assert_eq!(numbers(&after), numbers(&planned), "a session that moves keeps its number");
        assert!(after.iter().all(|fact| fact.value.trainer != Some(first) || !absent.contains(fact.valid.from)));

        // One session by hand: notice, clash, cancellation.
        let session = after.iter().find(|fact| fact.value.trainer == Some(second)).unwrap().clone();
        let eve = session.valid.from.checked_sub(3.days()).unwrap();
        house.clock.set(Instant::start_of(eve));
        let number = session.value.number;
        refused(
            cohort::cancel_session(platform, head, cohort, number, "Grève", false).await,
            "à moins de 7\u{a0}jours",
        );
        cohort::cancel_session(platform, head, cohort, number, "Grève", true).await.unwrap();
        let other = after.iter().find(|fact| fact.valid.from > eve.checked_add(30.days()).unwrap()).unwrap();
        let to = NewSession {
            on: other.valid.from,
            half: other.value.half,
            module: session.value.module.clone(),
            trainer: None,
            room: None,
        };
        refused(
            cohort::move_session(platform, head, cohort, number, to.clone(), "Report", true).await,
            "a déjà une séance",
        );
        let sunday = NewSession { on: date(2027, 1, 3), half: Half::Morning, ..to };
        refused(cohort::plan_sessions(platform, head, cohort, &[sunday]).await, "n’est pas en cours");
        let cancelled = cohort::sessions(platform, head, cohort).await.unwrap();
        let cancelled = cancelled.iter().find(|fact| fact.value.number == number).unwrap();
        assert_eq!((cancelled.value.state, cancelled.value.reason.as_str()), (SessionState::Cancelled, "Grève"));
        refused(cohort::remove_module(platform, head, cohort, "M1").await, "annulez-les");
    })
    .await;
}

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
        let offer = |host: &str, structure: &str, seats| NewPlace {
            host: house.organisation(host),
            cohort,
            structure: house.structure(structure),
            post: None,
            tutor: None,
            seats,
            starts_on: date(2026, 9, 7),
            description: String::new(),
        };
        let elsewhere = offer("vitamine-t", "ali-bobigny", 1);
        assert!(matches!(admission::publish(platform, &recruiter, elsewhere.clone()).await, Err(Error::NotFound)));
        let wrong = NewPlace { tutor: Some(tutor), ..elsewhere.clone() };
        refused(admission::publish(platform, head, wrong).await, "n’est pas tutrice");
        let bobigny = NewPlace { post: Some(vacancy.post), tutor: Some(tutor), ..offer("ares", "ali-bobigny", 1) };
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
        admission::withdraw(platform, &recruiter, bobigny).await.unwrap();
        assert_eq!(admission::offered_by(platform, &recruiter).await.unwrap().len(), 0);
    })
    .await;
}

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
