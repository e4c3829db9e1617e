//! Half-days of class: planned, moved, cancelled. What was planned before stays readable.

use std::collections::BTreeMap;

use base::{Date, Id, Instant, Period, fr};
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use jiff::ToSpan;
use platform::gate::{Action, ManageSchool, ReadSchool, permit};
use platform::{Account, Actor, Permit, Platform};

use super::calendar::DayKind;
use super::engaged::Means;
use super::model::{Cohort, Half, Module, Room, Session, SessionNumber, SessionState, Trainer};
use super::{means, service, store};
use crate::{Error, Result, required};

/// A half-day to plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewSession {
    pub on: Date,
    pub half: Half,
    pub module: String,
    pub trainer: Option<Id<Trainer>>,
    pub room: Option<Id<Room>>,
}

impl Session {
    pub fn is_planned(&self) -> bool {
        self.state == SessionState::Planned
    }
}

/// The sessions in force of a cohort already within reach, cancelled ones included, by day.
pub(crate) async fn of_cohort<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    id: Id<Cohort>,
) -> Result<Vec<Fact<Session>>> {
    let mut sessions = facts::current::<Session>(&platform.db, permit.tenant(), id).await?;
    sessions.sort_by_key(|fact| (fact.valid.from, fact.value.half, fact.value.number));
    Ok(sessions)
}

/// The sessions of a cohort, cancelled ones included, by day.
pub async fn sessions(platform: &Platform, actor: &Actor, id: Id<Cohort>) -> Result<Vec<Fact<Session>>> {
    let permit = permit::<ReadSchool>(actor)?;
    service::find(platform, &permit, id).await?;
    of_cohort(platform, &permit, id).await
}

pub(super) fn day(on: Date) -> Result<Period> {
    let next = on.tomorrow().map_err(|_| Error::invalid("cette date est trop lointaine"))?;
    Ok(Period { from: on, to: Some(next) })
}

/// Why a session cannot stand there, beside those already planned; empty when it can.
fn clashes(new: &NewSession, beside: &[&Fact<Session>], of_class: &[Date], modules: &[Fact<Module>]) -> Vec<String> {
    let when = format!("{} {}", fr::date_long(new.on), new.half.label());
    let mut problems = Vec::new();
    if !of_class.contains(&new.on) {
        problems.push(format!("Le {}, la promotion n’est pas en cours.", fr::date_long(new.on)));
    }
    if modules.iter().all(|fact| fact.value.code != new.module) {
        problems.push(format!("Le module «\u{a0}{}\u{a0}» n’est pas au programme.", new.module));
    }
    if beside.iter().any(|fact| fact.valid.from == new.on && fact.value.half == new.half) {
        problems.push(format!("La promotion a déjà une séance le {when}."));
    }
    problems
}

/// Plans half-days of class, all of them or none.
///
/// # Errors
/// [`Error::Problems`] with what stands in the way, the other cohorts of the school included.
pub async fn plan_sessions(
    platform: &Platform,
    actor: &Actor,
    id: Id<Cohort>,
    new: &[NewSession],
) -> Result<Vec<Id<SessionNumber>>> {
    let permit = permit::<ManageSchool>(actor)?;
    let cohort = service::find(platform, &permit, id).await?;
    let (tenant, now) = (permit.tenant(), platform.now());
    let of_class = class_days(platform, &permit, &cohort).await?;
    let means = Means::read(platform, actor, &cohort).await?;
    let tx = platform.db.begin().await?;
    let engagements = means.beside_others(&tx, &permit, &cohort).await?;
    let modules = facts::current::<Module>(&tx, tenant, id).await?;
    let numbers: Vec<Id<SessionNumber>> = match new.len() {
        0 => Vec::new(),
        count => tx.reserve_ids(count).await?.into_iter().map(Id::new).collect(),
    };
    facts::write::<Session, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        let planned: Vec<&Fact<Session>> = in_force.iter().filter(|fact| fact.value.is_planned()).collect();
        let mut problems: Vec<String> =
            new.iter().flat_map(|session| clashes(session, &planned, &of_class, &modules)).collect();
        for session in new {
            problems.extend(engagements.problems(session)?);
        }
        let mut places: Vec<(Date, Half)> = new.iter().map(|session| (session.on, session.half)).collect();
        places.sort_unstable();
        if places.windows(2).any(|pair| pair[0] == pair[1]) {
            problems.push("Deux des séances à prévoir tombent sur la même demi-journée.".to_owned());
        }
        if !problems.is_empty() {
            return Err(Error::Problems(problems));
        }
        let mut plan = Plan::nothing();
        for (session, number) in new.iter().zip(&numbers) {
            let NewSession { on, half, module, trainer, room } = session.clone();
            let state = SessionState::Planned;
            let value = Session { number: *number, half, module, trainer, room, state, reason: String::new() };
            plan.add.extend(Plan::add(in_force, day(on)?, value)?.add);
        }
        Ok(plan)
    })
    .await?;
    let told = serde_json::json!({ "sessions": new.len() });
    let entry = permit.entry("session.planned", "cohort", Some(id.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    tx.commit().await?;
    Ok(numbers)
}

/// Days on which a cohort can have class.
pub(super) async fn class_days(
    platform: &Platform,
    permit: &Permit<ManageSchool>,
    cohort: &service::CohortView,
) -> Result<Vec<Date>> {
    let days = service::days_of(platform, permit, cohort).await?;
    let open = days.into_iter().filter(|day| matches!(day.kind, DayKind::Class | DayKind::Examination));
    Ok(open.map(|day| day.day).collect())
}

/// Moves a session to another half-day, or gives it another trainer or room; its number stays. `short_notice` says that
/// whoever decides knows that it comes with less than the notice of the school.
///
/// # Errors
/// [`Error::Invalid`] for a move under that notice without saying so, or without a reason.
pub async fn move_session(
    platform: &Platform,
    actor: &Actor,
    id: Id<Cohort>,
    number: Id<SessionNumber>,
    to: NewSession,
    reason: &str,
    short_notice: bool,
) -> Result<()> {
    let permit = permit::<ManageSchool>(actor)?;
    let cohort = service::find(platform, &permit, id).await?;
    let reason = required(reason, "pourquoi la séance est déplacée")?;
    let settings = crate::settings(platform, permit.tenant()).await?;
    let of_class = class_days(platform, &permit, &cohort).await?;
    let means = Means::read(platform, actor, &cohort).await?;
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let tx = platform.db.begin().await?;
    let engagements = means.beside_others(&tx, &permit, &cohort).await?;
    let modules = facts::current::<Module>(&tx, tenant, id).await?;
    facts::write::<Session, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        let known = in_force.iter().find(|fact| fact.value.number == number).ok_or(Error::NotFound)?;
        notice(known.valid.from, Some(to.on), today, settings.notice_days, short_notice)?;
        let beside: Vec<&Fact<Session>> =
            in_force.iter().filter(|fact| fact.value.is_planned() && fact.value.number != number).collect();
        let mut problems = clashes(&to, &beside, &of_class, &modules);
        problems.extend(engagements.problems(&to)?);
        if !problems.is_empty() {
            return Err(Error::Problems(problems));
        }
        let NewSession { on, half, module, trainer, room } = to.clone();
        let value = Session { number, half, module, trainer, room, state: SessionState::Planned, reason };
        Ok(Plan::correct(in_force, known.id, day(on)?, value)?)
    })
    .await?;
    let told = serde_json::json!({ "session": number, "to": to.on, "short_notice": short_notice });
    let entry = permit.entry("session.moved", "cohort", Some(id.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

/// Cancels a session; it stays in the calendar as cancelled.
///
/// # Errors
/// As [`move_session`].
pub async fn cancel_session(
    platform: &Platform,
    actor: &Actor,
    id: Id<Cohort>,
    number: Id<SessionNumber>,
    reason: &str,
    short_notice: bool,
) -> Result<()> {
    let permit = permit::<ManageSchool>(actor)?;
    service::find(platform, &permit, id).await?;
    let reason = required(reason, "pourquoi la séance est annulée")?;
    let settings = crate::settings(platform, permit.tenant()).await?;
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let tx = platform.db.begin().await?;
    facts::write::<Session, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        let known = in_force.iter().find(|fact| fact.value.number == number).ok_or(Error::NotFound)?;
        notice(known.valid.from, None, today, settings.notice_days, short_notice)?;
        let value = Session { state: SessionState::Cancelled, reason, ..known.value.clone() };
        Ok(Plan::correct(in_force, known.id, known.valid, value)?)
    })
    .await?;
    let told = serde_json::json!({ "session": number, "short_notice": short_notice });
    let entry = permit.entry("session.cancelled", "cohort", Some(id.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

pub(super) fn notice(from: Date, to: Option<Date>, today: Date, days: u16, accepted: bool) -> Result<()> {
    let limit = today.checked_add(i32::from(days).days()).unwrap_or(Date::MAX);
    if from < today {
        return Err(Error::invalid(format!("la séance du {} est passée", fr::date_long(from))));
    }
    if to.is_some_and(|to| to < today) {
        return Err(Error::invalid("une séance ne se déplace pas dans le passé"));
    }
    let sooner = to.map_or(from, |to| from.min(to));
    if sooner < limit && !accepted {
        return Err(Error::invalid(format!(
            "le changement touche le {}, à moins de {}\u{a0}: confirmez que les personnes sont prévenues",
            fr::date_long(sooner),
            fr::count(days, "jour", "jours")
        )));
    }
    Ok(())
}

/// The sessions that whoever is signed in leads, in every cohort of the school, by day.
pub async fn own_sessions(platform: &Platform, actor: &Actor) -> Result<Vec<(Id<Cohort>, Fact<Session>)>> {
    let permit = permit::<ReadSchool>(actor)?;
    let Some(organisation) = crate::only(&permit)? else { return Ok(Vec::new()) };
    let trainers = means::trainers(platform, actor, organisation).await?;
    let own: Vec<Id<Trainer>> = trainers
        .iter()
        .filter(|view| view.profile.value.account.is_some() && view.profile.value.account == permit.account())
        .map(|view| view.id)
        .collect();
    let mut led = Vec::new();
    for record in store::all(&platform.db, &permit, Some(organisation)).await? {
        let sessions = of_cohort(platform, &permit, record.id).await?;
        let own = sessions.into_iter().filter(|fact| fact.value.trainer.is_some_and(|trainer| own.contains(&trainer)));
        led.extend(own.map(|fact| (record.id, fact)));
    }
    led.sort_by_key(|(_, fact)| (fact.valid.from, fact.value.half, fact.value.number));
    Ok(led)
}

/// Half-days written together: planned, moved, cancelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PlanningDecision {
    pub at: Instant,
    pub by: Option<Id<Account>>,
    pub planned: usize,
    pub moved: usize,
    pub cancelled: usize,
}

/// Who decided the timetable of a cohort, the last decision first.
pub async fn planning_decisions(platform: &Platform, actor: &Actor, id: Id<Cohort>) -> Result<Vec<PlanningDecision>> {
    let permit = permit::<ReadSchool>(actor)?;
    service::find(platform, &permit, id).await?;
    let history = facts::history::<Session>(&platform.db, permit.tenant(), id).await?;
    let mut decisions: BTreeMap<(Instant, Option<Id<Account>>), PlanningDecision> = BTreeMap::new();
    for fact in &history {
        let (at, by) = (fact.recorded_at, fact.provenance.author);
        let none = PlanningDecision { at, by, planned: 0, moved: 0, cancelled: 0 };
        let decision = decisions.entry((at, by)).or_insert(none);
        match (fact.value.state, fact.corrects) {
            (SessionState::Cancelled, _) => decision.cancelled += 1,
            (SessionState::Planned, None) => decision.planned += 1,
            (SessionState::Planned, Some(_)) => decision.moved += 1,
        }
    }
    Ok(decisions.into_values().rev().collect())
}
