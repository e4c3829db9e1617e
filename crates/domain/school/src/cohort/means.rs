//! Who teaches, and where.

use base::{Id, Period};
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use platform::gate::{ManageSchool, ReadSchool, permit};
use platform::{Actor, Organisation, Permit, Platform, Role};

use super::model::{
    Room, RoomClosure, RoomProfile, RoomRecord, Trainer, TrainerAbsence, TrainerProfile, TrainerRecord,
};
use super::store;
use crate::{Error, Result, accounts, required, within};

/// A trainer with when they are away.
#[derive(Clone, PartialEq, Debug)]
pub struct TrainerView {
    pub id: Id<Trainer>,
    /// The profile that holds today, or the last one.
    pub profile: Fact<TrainerProfile>,
    pub absences: Vec<Fact<TrainerAbsence>>,
}

/// A room with when it cannot be used.
#[derive(Clone, PartialEq, Debug)]
pub struct RoomView {
    pub id: Id<Room>,
    pub profile: Fact<RoomProfile>,
    pub closures: Vec<Fact<RoomClosure>>,
}

/// All ten half-days of a week.
const WHOLE_WEEK: i64 = (1 << 10) - 1;

fn checked(profile: TrainerProfile) -> Result<TrainerProfile> {
    if !(0..=WHOLE_WEEK).contains(&profile.free) {
        return Err(Error::invalid("une semaine compte dix demi-journées, du lundi matin au vendredi après-midi"));
    }
    Ok(TrainerProfile { name: required(&profile.name, "le nom du formateur ou de la formatrice")?, ..profile })
}

/// Adds a trainer over a period.
pub async fn add_trainer(
    platform: &Platform,
    actor: &Actor,
    organisation: Id<Organisation>,
    valid: Period,
    profile: TrainerProfile,
) -> Result<Id<Trainer>> {
    let permit = permit::<ManageSchool>(actor)?;
    within(&permit, organisation)?;
    let (profile, valid) = (checked(profile)?, Period::new(valid.from, valid.to).ok_or(facts::Conflict::Empty)?);
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    let id: Id<Trainer> = Id::new(tx.reserve_ids(1).await?[0]);
    tx.fill(&[TrainerRecord { id, tenant, organisation }]).await?;
    facts::write::<TrainerProfile, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        Ok(Plan::add(in_force, valid, profile)?)
    })
    .await?;
    let entry = permit.entry("trainer.added", "trainer", Some(id.raw()), serde_json::json!({ "valid": valid }));
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    tx.commit().await?;
    Ok(id)
}

/// Says what a trainer teaches and when, over a period.
pub async fn set_trainer(
    platform: &Platform,
    actor: &Actor,
    id: Id<Trainer>,
    valid: Period,
    profile: TrainerProfile,
) -> Result<()> {
    let permit = permit::<ManageSchool>(actor)?;
    let profile = checked(profile)?;
    trainer_within(platform, &permit, id).await?;
    let told = serde_json::json!({ "valid": valid, "modules": profile.modules.0 });
    write::<TrainerProfile>(platform, &permit, id, ("trainer.changed", "trainer"), told, |in_force| {
        Ok(Plan::set(in_force, valid, profile))
    })
    .await
}

/// Says which account a trainer signs in with, from today on; none for an empty address.
///
/// # Errors
/// [`Error::Invalid`] for an address that no account of a trainer of this school bears, or an account that is another’s.
pub async fn link_trainer(platform: &Platform, actor: &Actor, id: Id<Trainer>, address: &str) -> Result<()> {
    let permit = permit::<ManageSchool>(actor)?;
    let organisation = store::trainer_of(&platform.db, &permit, id).await?.ok_or(Error::NotFound)?;
    within(&permit, organisation)?;
    let account = accounts::at(platform, &permit, address, Role::Trainer, Some(organisation)).await?;
    let trainers = trainers(platform, actor, organisation).await?;
    let other =
        trainers.iter().find(|view| view.id != id && account.is_some() && view.profile.value.account == account);
    if let Some(other) = other {
        return Err(Error::invalid(format!("ce compte est déjà celui de {}", other.profile.value.name)));
    }
    let today = platform.today();
    let told = serde_json::json!({ "account": account });
    write::<TrainerProfile>(platform, &permit, id, ("trainer.account", "trainer"), told, |in_force| {
        // What holds now, or is yet to begin, from now on under this account.
        let mut plan = Plan::nothing();
        for fact in in_force.iter().filter(|fact| fact.value.account != account) {
            let Some(rest) = fact.valid.starting(today) else { continue };
            let next = Plan::set(in_force, rest, TrainerProfile { account, ..fact.value.clone() });
            plan.retire.extend(next.retire);
            plan.add.extend(next.add);
        }
        Ok(plan)
    })
    .await
}

/// Notes that a trainer cannot teach over a period; sessions planned there are for the head to replan.
pub async fn set_trainer_absence(
    platform: &Platform,
    actor: &Actor,
    id: Id<Trainer>,
    valid: Period,
    comment: &str,
) -> Result<()> {
    let permit = permit::<ManageSchool>(actor)?;
    trainer_within(platform, &permit, id).await?;
    let valid = Period::new(valid.from, valid.to).ok_or(facts::Conflict::Empty)?;
    let absence = TrainerAbsence { comment: comment.trim().to_owned() };
    let told = serde_json::json!({ "valid": valid });
    write::<TrainerAbsence>(platform, &permit, id, ("trainer.absent", "trainer"), told, |in_force| {
        Ok(Plan::set(in_force, valid, absence))
    })
    .await
}

async fn trainer_within(platform: &Platform, permit: &Permit<ManageSchool>, id: Id<Trainer>) -> Result<()> {
    within(permit, store::trainer_of(&platform.db, permit, id).await?.ok_or(Error::NotFound)?)
}

/// The trainers of a school, by name.
pub async fn trainers(platform: &Platform, actor: &Actor, organisation: Id<Organisation>) -> Result<Vec<TrainerView>> {
    let permit = permit::<ReadSchool>(actor)?;
    within(&permit, organisation)?;
    let (db, tenant, today) = (&platform.db, permit.tenant(), platform.today());
    let mut views = Vec::new();
    for id in store::trainers(db, &permit, organisation).await? {
        let profiles = facts::current::<TrainerProfile>(db, tenant, id).await?;
        let Some(profile) =
            profiles.iter().find(|fact| fact.valid.contains(today)).or_else(|| profiles.last()).cloned()
        else {
            continue;
        };
        views.push(TrainerView { id, profile, absences: facts::current::<TrainerAbsence>(db, tenant, id).await? });
    }
    views.sort_by(|one, other| one.profile.value.name.cmp(&other.profile.value.name));
    Ok(views)
}

/// Adds a room over a period.
pub async fn add_room(
    platform: &Platform,
    actor: &Actor,
    organisation: Id<Organisation>,
    valid: Period,
    profile: RoomProfile,
) -> Result<Id<Room>> {
    let permit = permit::<ManageSchool>(actor)?;
    within(&permit, organisation)?;
    let valid = Period::new(valid.from, valid.to).ok_or(facts::Conflict::Empty)?;
    let profile = RoomProfile { name: required(&profile.name, "le nom de la salle")?, ..profile };
    if !(1..=2_000).contains(&profile.seats) {
        return Err(Error::invalid("une salle compte de 1 à 2\u{a0}000\u{a0}places"));
    }
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    let id: Id<Room> = Id::new(tx.reserve_ids(1).await?[0]);
    tx.fill(&[RoomRecord { id, tenant, organisation }]).await?;
    facts::write::<RoomProfile, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        Ok(Plan::add(in_force, valid, profile)?)
    })
    .await?;
    let entry = permit.entry("room.added", "room", Some(id.raw()), serde_json::json!({ "valid": valid }));
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    tx.commit().await?;
    Ok(id)
}

/// Notes that a room cannot be used over a period.
pub async fn close_room(platform: &Platform, actor: &Actor, id: Id<Room>, valid: Period, label: &str) -> Result<()> {
    let permit = permit::<ManageSchool>(actor)?;
    within(&permit, store::room_of(&platform.db, &permit, id).await?.ok_or(Error::NotFound)?)?;
    let valid = Period::new(valid.from, valid.to).ok_or(facts::Conflict::Empty)?;
    let closure = RoomClosure { label: required(label, "pourquoi la salle est fermée")? };
    let told = serde_json::json!({ "valid": valid });
    write::<RoomClosure>(platform, &permit, id, ("room.closed", "room"), told, |in_force| {
        Ok(Plan::set(in_force, valid, closure))
    })
    .await
}

/// The rooms of a school, by name.
pub async fn rooms(platform: &Platform, actor: &Actor, organisation: Id<Organisation>) -> Result<Vec<RoomView>> {
    let permit = permit::<ReadSchool>(actor)?;
    within(&permit, organisation)?;
    let (db, tenant) = (&platform.db, permit.tenant());
    let mut views = Vec::new();
    for id in store::rooms(db, &permit, organisation).await? {
        let Some(profile) = facts::current::<RoomProfile>(db, tenant, id).await?.pop() else { continue };
        views.push(RoomView { id, profile, closures: facts::current::<RoomClosure>(db, tenant, id).await? });
    }
    views.sort_by(|one, other| one.profile.value.name.cmp(&other.profile.value.name));
    Ok(views)
}

async fn write<K: facts::Kind>(
    platform: &Platform,
    permit: &Permit<ManageSchool>,
    subject: Id<K::Subject>,
    (action, subject_kind): (&str, &str),
    told: serde_json::Value,
    plan: impl FnOnce(&[Fact<K>]) -> Result<Plan<K>> + Send,
) -> Result<()> {
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    facts::write::<K, Error>(&tx, tenant, subject, permit.provenance(), now, plan).await?;
    let entry = permit.entry(action, subject_kind, Some(subject.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}
