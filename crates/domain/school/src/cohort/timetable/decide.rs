//! What somebody accepts of a proposal, written.

use std::collections::{BTreeMap, HashSet};

use base::{Date, Id, fr};
use db::Tx;
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use platform::gate::{ManageSchool, permit};
use platform::{Actor, Permit, Platform};

use super::super::engaged::{Engagements, Means};
use super::super::model::{Cohort, Half, Session, SessionNumber, SessionState};
use super::super::service;
use super::super::sessions::{self, NewSession};
use super::Change;
use crate::{Error, Result, required};

/// Writes the changes that somebody accepts, all of them or none. `reason` is told to those concerned by what was already
/// planned; `short_notice` accepts changes under the notice of the school.
///
/// # Errors
/// [`Error::Invalid`] for a change under that notice without saying so or a move without reason; [`Error::Problems`] when
/// the timetable has changed meanwhile and the changes no longer fit.
pub async fn decide_timetable(
    platform: &Platform,
    actor: &Actor,
    id: Id<Cohort>,
    changes: &[Change],
    reason: &str,
    short_notice: bool,
) -> Result<()> {
    let permit = permit::<ManageSchool>(actor)?;
    let cohort = service::find(platform, &permit, id).await?;
    let moves = changes.iter().filter(|change| change.number.is_some()).count();
    let reason =
        if moves > 0 { required(reason, "pourquoi des séances déjà prévues changent")? } else { String::new() };
    let means = Means::read(platform, actor, &cohort).await?;
    let class = sessions::class_days(platform, &permit, &cohort).await?;
    let notice_days = crate::settings(platform, permit.tenant()).await?.notice_days;
    let tx = platform.db.begin().await?;
    let decision = Decision {
        class,
        engagements: means.beside_others(&tx, &permit, &cohort).await?,
        reason,
        notice_days,
        short_notice,
        today: platform.today(),
    };
    apply(platform, tx, &permit, id, changes, &decision).await
}

struct Decision {
    class: Vec<Date>,
    engagements: Engagements,
    reason: String,
    notice_days: u16,
    short_notice: bool,
    today: Date,
}

impl Decision {
    /// Why a session cannot stand there; the places of the cohort itself are counted apart.
    fn problems(&self, to: &NewSession) -> Result<Vec<String>> {
        let mut problems = self.engagements.problems(to)?;
        if !self.class.contains(&to.on) {
            problems.push(format!("Le {}, la promotion n’est plus en cours.", fr::date_long(to.on)));
        }
        Ok(problems)
    }

    /// What a change writes.
    fn plan(
        &self,
        in_force: &[Fact<Session>],
        change: &Change,
        new: impl FnOnce() -> Result<Id<SessionNumber>>,
    ) -> Result<Plan<Session>> {
        let planned = |to: NewSession, number, reason: &str| {
            let NewSession { half, module, trainer, room, .. } = to;
            Session { number, half, module, trainer, room, state: SessionState::Planned, reason: reason.to_owned() }
        };
        let accepted = (self.today, self.notice_days, self.short_notice);
        let notice = |from, to| sessions::notice(from, to, accepted.0, accepted.1, accepted.2);
        let Some(number) = change.number else {
            let to = change.to.clone().ok_or(Error::NotFound)?;
            notice(to.on, Some(to.on))?;
            return Ok(Plan::add(in_force, sessions::day(to.on)?, planned(to, new()?, ""))?);
        };
        // What somebody else moved meanwhile is not moved on from where they saw it.
        let stands = |fact: &&Fact<Session>| {
            fact.value.number == number
                && fact.value.is_planned()
                && change.from == Some((fact.valid.from, fact.value.half))
        };
        let known = in_force.iter().find(stands).ok_or_else(|| {
            Error::invalid("l’emploi du temps a changé entre-temps\u{a0}: demandez une nouvelle proposition")
        })?;
        notice(known.valid.from, change.to.as_ref().map(|to| to.on))?;
        Ok(match change.to.clone() {
            Some(to) => Plan::correct(in_force, known.id, sessions::day(to.on)?, planned(to, number, &self.reason))?,
            None => {
                let value =
                    Session { state: SessionState::Cancelled, reason: self.reason.clone(), ..known.value.clone() };
                Plan::correct(in_force, known.id, known.valid, value)?
            }
        })
    }
}

async fn apply(
    platform: &Platform,
    tx: Tx,
    permit: &Permit<ManageSchool>,
    id: Id<Cohort>,
    changes: &[Change],
    decision: &Decision,
) -> Result<()> {
    let (tenant, now) = (permit.tenant(), platform.now());
    let fresh = changes.iter().filter(|change| change.number.is_none()).count();
    let mut numbers = match fresh {
        0 => Vec::new(),
        fresh => tx.reserve_ids(fresh).await?,
    };
    facts::write::<Session, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        let mut places: BTreeMap<(Date, Half), usize> = BTreeMap::new();
        let moved: HashSet<Id<SessionNumber>> = changes.iter().filter_map(|change| change.number).collect();
        for fact in in_force.iter().filter(|fact| fact.value.is_planned() && !moved.contains(&fact.value.number)) {
            *places.entry((fact.valid.from, fact.value.half)).or_default() += 1;
        }
        let mut plan = Plan::nothing();
        let mut problems = Vec::new();
        for change in changes {
            if let Some(to) = &change.to {
                problems.extend(decision.problems(to)?);
                let count = places.entry((to.on, to.half)).or_default();
                *count += 1;
                if *count > 1 {
                    let when = format!("{} {}", fr::date_long(to.on), to.half.label());
                    problems.push(format!("Une séance est déjà prévue le {when}."));
                }
            }
            let next = decision.plan(in_force, change, || numbers.pop().map(Id::new).ok_or(Error::NotFound))?;
            plan.retire.extend(next.retire);
            plan.add.extend(next.add);
        }
        if problems.is_empty() { Ok(plan) } else { Err(Error::Problems(problems)) }
    })
    .await?;
    let cancelled = changes.iter().filter(|change| change.to.is_none()).count();
    let told = serde_json::json!({
        "added": fresh,
        "changed": changes.len() - fresh - cancelled,
        "cancelled": cancelled,
        "short_notice": decision.short_notice,
    });
    let entry = permit.entry("timetable.decided", "cohort", Some(id.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}
