//! When half-days begin and end: what agendas show, and what each school decides.

use base::{Date, Id, Period};
use db::Ask;
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use jiff::civil::Time;
use platform::gate::{ManageSchool, ReadSchool, permit};
use platform::{Actor, Organisation, Platform, Tenant};

use super::model::{Cohort, Half, SchoolHours};
use super::store;
use crate::{Error, Result, within};

/// The hours of one half-day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HalfHours {
    pub from: Time,
    pub to: Time,
    /// Nobody at the school has said so yet: usual hours, to be confirmed.
    pub unconfirmed: bool,
}

/// The hours of a school, as they are known now.
#[derive(Clone, PartialEq, Debug)]
pub struct Hours(Vec<Fact<SchoolHours>>);

/// Shown as unconfirmed where a school has decided nothing: 9:00 to 12:30, 13:30 to 17:00.
const USUAL: SchoolHours = SchoolHours { morning_from: 540, morning_to: 750, afternoon_from: 810, afternoon_to: 1020 };

/// Minutes after midnight as a time of the day.
fn time(minutes: i64) -> Time {
    let part = |number: i64| i8::try_from(number).unwrap_or(0);
    Time::new(part(minutes / 60), part(minutes % 60), 0, 0).unwrap_or(Time::midnight())
}

impl Hours {
    /// The periods with hours of their own, in order.
    pub fn decided(&self) -> &[Fact<SchoolHours>] {
        &self.0
    }

    pub fn on(&self, day: Date, half: Half) -> HalfHours {
        let decided = self.0.iter().find(|fact| fact.valid.contains(day));
        let (from, to) = bounds(decided.map_or(&USUAL, |fact| &fact.value), half);
        HalfHours { from, to, unconfirmed: decided.is_none() }
    }
}

/// First and last moment of a half-day.
fn bounds(hours: &SchoolHours, half: Half) -> (Time, Time) {
    match half {
        Half::Morning => (time(hours.morning_from), time(hours.morning_to)),
        Half::Afternoon => (time(hours.afternoon_from), time(hours.afternoon_to)),
    }
}

/// The hours of a school.
pub async fn hours(platform: &Platform, actor: &Actor, organisation: Id<Organisation>) -> Result<Hours> {
    let permit = permit::<ReadSchool>(actor)?;
    within(&permit, organisation)?;
    of(&platform.db, permit.tenant(), organisation).await
}

/// The hours of the school of a cohort, for whoever was led to it by a course of their own.
pub(crate) async fn of_cohort(platform: &Platform, tenant: Id<Tenant>, cohort: Id<Cohort>) -> Result<Hours> {
    let organisation = store::school_of(&platform.db, tenant, cohort).await?.ok_or(Error::NotFound)?;
    of(&platform.db, tenant, organisation).await
}

async fn of(ask: &impl Ask, tenant: Id<Tenant>, organisation: Id<Organisation>) -> Result<Hours> {
    Ok(Hours(facts::current::<SchoolHours>(ask, tenant, organisation).await?))
}

/// Decides when half-days begin and end over a period.
///
/// # Errors
/// [`Error::Invalid`] when they do not follow each other within a day.
pub async fn set_hours(
    platform: &Platform,
    actor: &Actor,
    organisation: Id<Organisation>,
    valid: Period,
    hours: SchoolHours,
) -> Result<()> {
    let permit = permit::<ManageSchool>(actor)?;
    within(&permit, organisation)?;
    let SchoolHours { morning_from, morning_to, afternoon_from, afternoon_to } = hours;
    let in_order = 0 <= morning_from
        && morning_from < morning_to
        && morning_to <= afternoon_from
        && afternoon_from < afternoon_to
        && afternoon_to < 24 * 60;
    if !in_order {
        return Err(Error::invalid(
            "les heures se suivent\u{a0}: le matin finit après son début, l’après-midi commence ensuite et finit plus tard",
        ));
    }
    let valid = Period::new(valid.from, valid.to).ok_or(facts::Conflict::Empty)?;
    let (tenant, now) = (permit.tenant(), platform.now());
    let told =
        serde_json::json!({ "valid": valid, "minutes": [morning_from, morning_to, afternoon_from, afternoon_to] });
    let tx = platform.db.begin().await?;
    facts::write::<SchoolHours, Error>(&tx, tenant, organisation, permit.provenance(), now, |in_force| {
        Ok(Plan::set(in_force, valid, hours))
    })
    .await?;
    let entry = permit.entry("school.hours", "organisation", Some(organisation.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}
