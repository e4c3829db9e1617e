//! A school from its referential to signed contracts and a timetable, on both engines; what each school sees, what is
//! refused and changes nothing, what is proposed and decided.

mod admissions;
mod calendars;
mod cohorts;
mod contracts;
mod demonstration;
mod files;
mod hosts;
mod referentials;

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
    self, Application, Change, Decision, Learner, LearnerIdentity, NewCandidate, NewPlace, NewStep, Offer, Place,
    Stage, Step, StepOutcome,
};
use school::cohort::{
    self, Cohort, Half, Mend, Module, NewCohort, NewSession, RoomProfile, SessionState, TrainerProfile, WeekKind,
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

    /// Places from 7 September 2026 on, without tutor or post.
    fn place(&self, cohort: Id<Cohort>, host: &str, structure: &str, seats: i64) -> NewPlace {
        let offer = Offer {
            structure: self.structure(structure),
            post: None,
            tutor: None,
            seats,
            starts_on: date(2026, 9, 7),
            description: String::new(),
        };
        NewPlace { host: self.organisation(host), cohort, offer }
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
            extended: false,
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
