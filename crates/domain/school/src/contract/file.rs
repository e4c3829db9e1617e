//! One contract with all that the law computes from it.

use base::{Date, Id, Period};
use facts::Fact;
use law::apprenticeship::{
    Clock, Course, Event, Exceptions, Finding, PayStep, PreCheck, Settings, What, clocks, deposit_by, pay_steps,
    precheck, schedule,
};
use platform::gate::{Action, ReadLearners, permit};
use platform::{Actor, Permit, Platform, Reading, Tenant};

use super::model::{
    Contract, ContractEvent, ContractEventKind, ContractRecord, Enrolment, HostStay, Invoice, InvoicePayment, Regime,
    Terms, TutorProfile,
};
use super::money::{self, Expected};
use super::{enrol, hosting, store, tutors};
use crate::admission::{Application, Learner, LearnerIdentity, learner_within};
use crate::cohort::{self, CohortView, practice_and_class_days};
use crate::{Error, Result, referential};

/// A contract, its events, and what follows from them.
#[derive(Clone, Debug)]
pub struct ContractFile {
    pub record: ContractRecord,
    pub identity: LearnerIdentity,
    /// What holds today, or the last that was signed.
    pub terms: Fact<Terms>,
    /// Those before it, the oldest first.
    pub amended: Vec<Fact<Terms>>,
    /// By day.
    pub events: Vec<Fact<ContractEvent>>,
    pub hosts: Vec<Fact<HostStay>>,
    pub invoices: Vec<Fact<Invoice>>,
    /// Of this person’s whole course, the most pressing first.
    pub clocks: Vec<Clock>,
    /// Last day to send it to the OPCO.
    pub send_by: Date,
    /// The seven points of the OPCO, for an apprenticeship.
    pub precheck: Vec<Finding>,
    /// Duration, share of training, hosts; the conditions of the regime.
    pub conditions: Vec<Finding>,
    pub pay: Vec<PayStep>,
    /// What was received for the invoices.
    pub payments: Vec<Fact<InvoicePayment>>,
    /// What the OPCO pays and when, with the invoices sent; empty without a yearly amount.
    pub schedule: Vec<Expected>,
}

/// One contract. Logged as the reading of the person’s file.
pub async fn contract(platform: &Platform, actor: &Actor, id: Id<Contract>) -> Result<ContractFile> {
    let permit = permit::<ReadLearners>(actor)?;
    let record = store::contract(&platform.db, &permit, id).await?.ok_or(Error::NotFound)?;
    crate::within(&permit, record.organisation)?;
    let read = Reading::of(&permit, "learner", Some(record.learner.raw()), serde_json::json!({ "contract": id }));
    platform.readings.record(read).await?;
    of_record(platform, &permit, record).await
}

/// The contracts of one person, the oldest first. Logged as the reading of their file.
pub async fn of_learner(platform: &Platform, actor: &Actor, learner: Id<Learner>) -> Result<Vec<ContractFile>> {
    let permit = permit::<ReadLearners>(actor)?;
    learner_within(platform, &permit, learner).await?;
    let read = Reading::of(&permit, "learner", Some(learner.raw()), serde_json::json!({ "shown": "contracts" }));
    platform.readings.record(read).await?;
    let mut files = Vec::new();
    for record in store::of_learner(&platform.db, &permit, learner).await? {
        files.push(of_record(platform, &permit, record).await?);
    }
    Ok(files)
}

async fn of_record<A: Action>(platform: &Platform, permit: &Permit<A>, record: ContractRecord) -> Result<ContractFile> {
    let (db, tenant, today) = (&platform.db, permit.tenant(), platform.today());
    let identity =
        facts::current::<LearnerIdentity>(db, tenant, record.learner).await?.pop().ok_or(Error::NotFound)?.value;
    let mut amended = facts::current::<Terms>(db, tenant, record.id).await?;
    let position =
        amended.iter().position(|fact| fact.valid.contains(today)).unwrap_or(amended.len().saturating_sub(1));
    if amended.is_empty() {
        return Err(Error::NotFound);
    }
    let terms = amended.remove(position);
    // The law of a contract is that of its first day, whatever the settings say today.
    let settings = crate::settings_on(platform, tenant, terms.value.first_day).await?;
    let mut events = facts::current::<ContractEvent>(db, tenant, record.id).await?;
    events.sort_by_key(|fact| (fact.valid.from, fact.value.kind));
    let hosts = hosting::stays_of(platform, permit, record.id).await?;
    let invoices = facts::current::<Invoice>(db, tenant, record.id).await?;
    let cohort = cohort::known(platform, permit, record.cohort).await?;
    let days = cohort::days_of(platform, permit, &cohort).await?;
    let (practice, classes) = practice_and_class_days(&days);
    let told = course_events(platform, permit, record.learner, &cohort, None).await?;
    let value = terms.value.clone();
    let on = |kind| events.iter().find(|fact| fact.value.kind == kind).map(|fact| fact.valid.from);
    let broken = on(ContractEventKind::Broken);
    let end = broken.unwrap_or(value.last_day);
    let company = hosting::company_days(&practice, value.first_day, end);
    let regime = value.regime.law();
    let mut tutor = Vec::new();
    if let Some(id) = value.tutor {
        let profile = facts::current::<TutorProfile>(db, tenant, id).await?.pop().ok_or(Error::NotFound)?.value;
        tutor = law::apprenticeship::tutor(&profile.law(), regime, &settings);
        let during = Period { from: value.first_day, to: end.tomorrow().ok() };
        let load = tutors::load_during(platform, permit, id, during, Some(record.id)).await?;
        let load = law::apprenticeship::TutorLoad {
            is_employer: profile.is_employer,
            new_is_repeating: value.extended,
            ..load
        };
        tutor.push(law::apprenticeship::tutor_load(&load, regime, &settings));
    }
    let stays: Vec<_> = hosts.iter().map(|fact| (fact.valid, &fact.value)).collect();
    let hosted = hosting::hosts(&stays, &practice);
    let hours = |hours: i64| u32::try_from(hours).unwrap_or(0);
    let mut conditions = match value.regime {
        Regime::Professionalisation => {
            let said = application(platform, permit, &record).await?;
            law::apprenticeship::professionalisation(
                &law::apprenticeship::ProfessionalisationFacts {
                    birth: identity.birth_date,
                    from: value.first_day,
                    last_day: value.last_day,
                    jobseeker: said.as_ref().and_then(|said| said.jobseeker),
                    minimum_income: said.as_ref().and_then(|said| said.minimum_income),
                    priority: None,
                    training_hours: hours(value.training_hours),
                    contract_hours: hours(value.contract_hours),
                },
                &settings,
            )
        }
        _ => vec![
            law::apprenticeship::duration(
                value.first_day,
                value.last_day,
                identity.disabled,
                value.adapted_duration,
                &settings,
            ),
            law::apprenticeship::training_share(hours(value.training_hours), hours(value.contract_hours), &settings),
        ],
    };
    conditions.extend(law::apprenticeship::hosts(&hosted, company, false, &settings));
    let pay = match value.regime {
        Regime::Apprenticeship => pay_steps(identity.birth_date, value.first_day, value.last_day, &settings),
        _ => Vec::new(),
    };
    let precheck = match value.regime {
        Regime::Apprenticeship => {
            let shown = referential::find(platform, permit, cohort.profile.value.referential).await?;
            let title = shown.title();
            let (school, site) = (record.organisation, cohort.profile.value.site);
            let previous_contract_end = previous_end(&told, value.first_day);
            let exceptions = Exceptions { disabled: identity.disabled, previous_contract_end, ..Exceptions::default() };
            let signed = on(ContractEventKind::Signed).unwrap_or(value.first_day);
            let cents = |amount: i64| u64::try_from(amount).unwrap_or(0);
            precheck(&PreCheck {
                title_registered: Some(title.is_registered_on(value.first_day)),
                age: law::apprenticeship::age(identity.birth_date, value.first_day, signed, &exceptions, &settings),
                tutor,
                pay: value.monthly_pay.zip(pay.first()).map(|(paid, least)| (cents(paid), least.monthly_cents)),
                opposed: value.opposed,
                accredited: referential::accredited(platform, permit, school, &title.code, site, value.first_day)
                    .await?,
                quality_until: referential::quality_until(platform, permit, school, value.first_day).await?,
                starts_on: value.first_day,
            })
            .into()
        }
        _ => tutor,
    };
    let schedule = match (value.regime, value.annual_price) {
        (Regime::Apprenticeship, Some(annual)) => {
            schedule(value.first_day, value.last_day, end, u64::try_from(annual).unwrap_or(0), &settings)
        }
        _ => Vec::new(),
    };
    let payments = facts::current::<InvoicePayment>(db, tenant, record.id).await?;
    let course = Course { events: &told, practice: &practice, classes: &classes };
    let clocks = clocks(&course, &course_settings(platform, tenant, &told).await?, today);
    Ok(ContractFile {
        record,
        identity,
        terms,
        amended,
        events,
        hosts,
        clocks,
        send_by: deposit_by(regime, value.first_day, &settings),
        precheck,
        conditions,
        pay,
        payments,
        schedule: money::expected(schedule, &invoices),
        invoices,
    })
}

/// Last day of the contract before the one that begins on a day: as foreseen, or as broken.
fn previous_end(told: &[Event], first_day: Date) -> Option<Date> {
    let mut before: Vec<&Event> = told.iter().filter(|event| event.on < first_day).collect();
    before.sort_unstable();
    before.into_iter().fold(None, |end, event| match event.what {
        What::Started { last_day, .. } => Some(last_day.min(first_day)),
        What::Broken(_) => Some(event.on),
        _ => end,
    })
}

/// What somebody said of themselves when they applied to the cohort of a contract.
async fn application<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    record: &ContractRecord,
) -> Result<Option<Application>> {
    let applications = facts::current::<Application>(&platform.db, permit.tenant(), record.learner).await?;
    Ok(applications.into_iter().map(|fact| fact.value).find(|said| said.cohort == record.cohort))
}

/// What happened to somebody in a cohort, as the law counts it; one contract left out.
pub(super) async fn course_events<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    learner: Id<Learner>,
    cohort: &CohortView,
    except: Option<Id<Contract>>,
) -> Result<Vec<Event>> {
    let (db, tenant) = (&platform.db, permit.tenant());
    let enrolments = facts::current::<Enrolment>(db, tenant, learner).await?;
    let mut told = enrol::events(&enrolments, cohort.record.id, cohort.profile.valid.to);
    for record in store::of_learner(db, permit, learner).await? {
        if record.cohort != cohort.record.id || Some(record.id) == except {
            continue;
        }
        let Some(terms) = facts::current::<Terms>(db, tenant, record.id).await?.pop() else { continue };
        let events = facts::current::<ContractEvent>(db, tenant, record.id).await?;
        told.extend(contract_events(&terms.value, &events));
        let invoices = facts::current::<Invoice>(db, tenant, record.id).await?;
        told.extend(money::last_invoice(&terms.value, &invoices));
    }
    Ok(told)
}

/// The settings by which the clocks of a course run: those of the day when the last contract began.
pub(super) async fn course_settings(platform: &Platform, tenant: Id<Tenant>, told: &[Event]) -> Result<Settings> {
    let began = told.iter().filter(|event| matches!(event.what, What::Started { .. })).map(|event| event.on).max();
    crate::settings_on(platform, tenant, began.unwrap_or_else(|| platform.today())).await
}

/// The events of one contract, as the law counts them.
pub(super) fn contract_events(terms: &Terms, events: &[Fact<ContractEvent>]) -> Vec<Event> {
    let started = What::Started { regime: terms.regime.law(), last_day: terms.last_day };
    let mut told = vec![Event { on: terms.first_day, what: started }];
    told.extend(events.iter().filter_map(|fact| law_event(terms, &fact.value, fact.valid.from)));
    told
}

/// `None` for a signature, from which no legal time runs.
pub(super) fn law_event(terms: &Terms, event: &ContractEvent, on: Date) -> Option<Event> {
    use law::apprenticeship::BrokenBy;
    let what = match event.kind {
        ContractEventKind::Signed => return None,
        ContractEventKind::Deposited => What::Deposited(terms.first_day),
        ContractEventKind::Agreed => What::Agreed(terms.first_day),
        ContractEventKind::LastInvoice => What::LastInvoice(terms.first_day),
        ContractEventKind::Broken => What::Broken(BrokenBy::from_code(&event.by_whom).unwrap_or(BrokenBy::Both)),
    };
    Some(Event { on, what })
}
