use base::{Date, Id, Period, fr};
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use jiff::civil::Weekday;
use platform::gate::{Action, ManageSchool, ReadSchool, permit};
use platform::{Actor, Organisation, Permit, Platform, Structure};

use super::calendar::{self, CalendarDay};
use super::model::{Closure, Cohort, CohortProfile, CohortRecord, CohortWeeks, WeekKind};
use super::store;
use crate::referential::{self, Referential};
use crate::{Error, Result, only, required, within};

/// A cohort to open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewCohort {
    pub organisation: Id<Organisation>,
    /// As the school writes it: `CIP-2026-1`.
    pub code: String,
    pub name: String,
    pub referential: Id<Referential>,
    pub site: Id<Structure>,
    pub first_day: Date,
    pub last_day: Date,
    pub seats: i64,
    /// Hundredths of an hour.
    pub half_day_hours: i64,
}

/// A cohort as it is described today.
#[derive(Clone, PartialEq, Debug)]
pub struct CohortView {
    pub record: CohortRecord,
    pub profile: Fact<CohortProfile>,
}

impl CohortView {
    pub fn first_day(&self) -> Date {
        self.profile.valid.from
    }

    pub fn last_day(&self) -> Date {
        self.profile.valid.last_day().unwrap_or(Date::MAX)
    }
}

/// Opens a cohort.
///
/// # Errors
/// [`Error::Problems`] with everything that cannot be.
pub async fn create(platform: &Platform, actor: &Actor, new: NewCohort) -> Result<Id<Cohort>> {
    let permit = permit::<ManageSchool>(actor)?;
    within(&permit, new.organisation)?;
    let (code, name) =
        (required(&new.code, "le code de la promotion")?, required(&new.name, "le nom de la promotion")?);
    let shown = referential::find(platform, &permit, new.referential).await?;
    if shown.loaded.organisation != new.organisation {
        return Err(Error::NotFound);
    }
    let mut problems = Vec::new();
    if new.last_day <= new.first_day {
        problems.push("Le dernier jour de la promotion suit le premier\u{a0}: corrigez les dates.".to_owned());
    }
    if !(1..=500).contains(&new.seats) {
        problems.push("Une promotion compte de 1 à 500\u{a0}places.".to_owned());
    }
    if !(100..=600).contains(&new.half_day_hours) {
        problems.push("Une demi-journée dure de une à six heures.".to_owned());
    }
    let title = shown.title();
    if !title.is_registered_on(new.first_day) {
        problems.push(format!(
            "{} (version «\u{a0}{}\u{a0}») est enregistré du {} au {}\u{a0}: il ne l’est pas le {}.",
            title.code,
            title.version,
            fr::date_long(title.valid_from),
            fr::date_long(title.last_day),
            fr::date_long(new.first_day)
        ));
    }
    let tx = platform.db.begin().await?;
    if store::by_code(&tx, &permit, new.organisation, &code).await?.is_some() {
        problems.push(format!("Une promotion porte déjà le code «\u{a0}{code}\u{a0}»."));
    }
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    let (tenant, now) = (permit.tenant(), platform.now());
    let id: Id<Cohort> = Id::new(tx.reserve_ids(1).await?[0]);
    tx.fill(&[CohortRecord { id, tenant, organisation: new.organisation, code: code.clone() }]).await?;
    let profile = CohortProfile {
        name,
        referential: new.referential,
        site: new.site,
        seats: new.seats,
        half_day_hours: new.half_day_hours,
    };
    let valid = Period { from: new.first_day, to: new.last_day.tomorrow().ok() };
    facts::write::<CohortProfile, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        Ok(Plan::add(in_force, valid, profile)?)
    })
    .await?;
    let told = serde_json::json!({ "code": code, "valid": valid });
    journal::append(&tx, Chain::Writes, tenant, now, permit.entry("cohort.opened", "cohort", Some(id.raw()), told))
        .await?;
    tx.commit().await?;
    Ok(id)
}

/// Every cohort within reach, the last one opened first.
pub async fn list(platform: &Platform, actor: &Actor) -> Result<Vec<CohortView>> {
    let permit = permit::<ReadSchool>(actor)?;
    let mut views = Vec::new();
    for record in store::all(&platform.db, &permit, only(&permit)?).await? {
        views.extend(view(platform, &permit, record).await?);
    }
    views.sort_by_key(|view| std::cmp::Reverse((view.profile.valid.from, view.record.id)));
    Ok(views)
}

/// One of them.
pub async fn show(platform: &Platform, actor: &Actor, id: Id<Cohort>) -> Result<CohortView> {
    let permit = permit::<ReadSchool>(actor)?;
    find(platform, &permit, id).await
}

/// The cohort, if the permit reaches it.
pub(crate) async fn find<A: Action>(platform: &Platform, permit: &Permit<A>, id: Id<Cohort>) -> Result<CohortView> {
    let record = store::by_id(&platform.db, permit, id).await?.ok_or(Error::NotFound)?;
    within(permit, record.organisation)?;
    view(platform, permit, record).await?.ok_or(Error::NotFound)
}

/// The cohort, for whoever was led to it by a course or a place of their own.
pub(crate) async fn known<A: Action>(platform: &Platform, permit: &Permit<A>, id: Id<Cohort>) -> Result<CohortView> {
    let record = store::by_id(&platform.db, permit, id).await?.ok_or(Error::NotFound)?;
    view(platform, permit, record).await?.ok_or(Error::NotFound)
}

/// Every cohort of the département that is not over, whichever its school, the first to begin first.
pub(crate) async fn not_over<A: Action>(platform: &Platform, permit: &Permit<A>) -> Result<Vec<CohortView>> {
    let mut views = Vec::new();
    for record in store::all(&platform.db, permit, None).await? {
        views.extend(view(platform, permit, record).await?.filter(|view| view.last_day() >= platform.today()));
    }
    views.sort_by_key(|view| (view.profile.valid.from, view.record.id));
    Ok(views)
}

async fn view<A: Action>(platform: &Platform, permit: &Permit<A>, record: CohortRecord) -> Result<Option<CohortView>> {
    let profiles = facts::current::<CohortProfile>(&platform.db, permit.tenant(), record.id).await?;
    Ok(profiles.into_iter().next_back().map(|profile| CohortView { record, profile }))
}

/// The weeks that the rhythm of the school would give: a proposal, which nobody has decided yet.
pub async fn propose_weeks(platform: &Platform, actor: &Actor, id: Id<Cohort>) -> Result<Vec<(Period, WeekKind)>> {
    let permit = permit::<ReadSchool>(actor)?;
    let cohort = find(platform, &permit, id).await?;
    let settings = crate::settings(platform, permit.tenant()).await?;
    let closures = facts::current::<Closure>(&platform.db, permit.tenant(), cohort.record.organisation).await?;
    Ok(calendar::alternate(
        cohort.first_day(),
        cohort.last_day(),
        settings.class_weeks,
        settings.field_weeks,
        &closures,
    ))
}

/// Decides what a cohort does over whole weeks; what was planned there gives way.
///
/// # Errors
/// [`Error::Invalid`] for a span that does not begin and end with a week.
pub async fn set_weeks(platform: &Platform, actor: &Actor, id: Id<Cohort>, weeks: &[(Period, WeekKind)]) -> Result<()> {
    let permit = permit::<ManageSchool>(actor)?;
    find(platform, &permit, id).await?;
    for (period, _) in weeks {
        let whole = period.from.weekday() == Weekday::Monday
            && period.to.is_some_and(|to| to > period.from && to.weekday() == Weekday::Monday);
        if !whole {
            return Err(Error::invalid(format!(
                "le calendrier se fait par semaines entières, du lundi au dimanche\u{a0}: voyez celle du {}",
                fr::date_long(period.from)
            )));
        }
    }
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    for (period, kind) in weeks {
        facts::write::<CohortWeeks, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
            Ok(Plan::set(in_force, *period, CohortWeeks { kind: *kind }))
        })
        .await?;
    }
    let told = serde_json::json!({ "spans": weeks.len() });
    journal::append(&tx, Chain::Writes, tenant, now, permit.entry("cohort.weeks", "cohort", Some(id.raw()), told))
        .await?;
    Ok(tx.commit().await?)
}

/// Notes that a school is closed over `valid`.
pub async fn set_closure(
    platform: &Platform,
    actor: &Actor,
    organisation: Id<Organisation>,
    valid: Period,
    label: &str,
) -> Result<()> {
    let permit = permit::<ManageSchool>(actor)?;
    within(&permit, organisation)?;
    let valid = Period::new(valid.from, valid.to).ok_or(facts::Conflict::Empty)?;
    let label = required(label, "pourquoi l’école est fermée")?;
    let (tenant, now) = (permit.tenant(), platform.now());
    let told = serde_json::json!({ "valid": valid, "label": label });
    let tx = platform.db.begin().await?;
    facts::write::<Closure, Error>(&tx, tenant, organisation, permit.provenance(), now, |in_force| {
        Ok(Plan::set(in_force, valid, Closure { label }))
    })
    .await?;
    let entry = permit.entry("school.closed", "organisation", Some(organisation.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

/// The closures of a school.
pub async fn closures(
    platform: &Platform,
    actor: &Actor,
    organisation: Id<Organisation>,
) -> Result<Vec<Fact<Closure>>> {
    let permit = permit::<ReadSchool>(actor)?;
    within(&permit, organisation)?;
    Ok(facts::current::<Closure>(&platform.db, permit.tenant(), organisation).await?)
}

/// Every day of a cohort, from its first to its last.
pub async fn calendar(platform: &Platform, actor: &Actor, id: Id<Cohort>) -> Result<Vec<CalendarDay>> {
    let permit = permit::<ReadSchool>(actor)?;
    let cohort = find(platform, &permit, id).await?;
    days_of(platform, &permit, &cohort).await
}

pub(crate) async fn days_of<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    cohort: &CohortView,
) -> Result<Vec<CalendarDay>> {
    let (db, tenant) = (&platform.db, permit.tenant());
    let weeks = facts::current::<CohortWeeks>(db, tenant, cohort.record.id).await?;
    let closures = facts::current::<Closure>(db, tenant, cohort.record.organisation).await?;
    let to = cohort.profile.valid.to.unwrap_or(Date::MAX);
    Ok(calendar::days(&weeks, &closures, cohort.first_day(), to))
}
