//! The people of a structure: who accompanies, how much of their time, who is away.

use std::collections::{BTreeMap, HashMap};

use base::{Date, Id, Period};
use db::sql_many;
use facts::journal::{self, Chain};
use facts::{Fact, Plan, Tenant, current_many};
use platform::gate::{Action, FollowPeople, ManageStaff, Role};
use platform::{Account, Actor, Permit, Platform, Reach, Structure, mandate};

use super::model::{Absence, AbsenceKind, WorkingTime};
use crate::follow_up::Phase;
use crate::orientation::Path;
use crate::{Error, Result, numbers};

sql_many! {
    NAMES (0) = "SELECT id, name FROM account WHERE id IN ({list})";
}

/// Somebody who accompanies people in a structure.
#[derive(Clone, PartialEq, Debug)]
pub struct Staff {
    pub account: Id<Account>,
    pub name: String,
    pub role: Role,
    /// In hundredths of a full-time post; 100 when nobody said otherwise.
    pub working_time: i64,
    /// The absence that runs today.
    pub absent: Option<(AbsenceKind, Period)>,
    /// The day from which they are gone for good.
    pub leaves_on: Option<Date>,
}

impl Staff {
    /// Can be given people today.
    pub fn is_available(&self) -> bool {
        self.absent.is_none() && self.working_time > 0
    }
}

/// Roles that have people in charge.
const ACCOMPANYING: [Role; 4] =
    [Role::EmploymentCounsellor, Role::SocialEmploymentCounsellor, Role::SocialWorker, Role::Apprentice];

/// Who accompanies people in a structure today, by name.
pub async fn staff(platform: &Platform, permit: &Permit<FollowPeople>, structure: Id<Structure>) -> Result<Vec<Staff>> {
    let (tenant, day) = (permit.tenant(), platform.today());
    let mandates = mandate::in_structure(platform, permit, structure, day).await?;
    let accounts: Vec<Id<Account>> = mandates.iter().map(|listed| listed.account).collect();
    let mut absences: HashMap<Id<Account>, Vec<Fact<Absence>>> = HashMap::new();
    for fact in current_many::<Absence>(&platform.db, tenant, &accounts).await? {
        absences.entry(fact.subject).or_default().push(fact);
    }
    let times: HashMap<Id<Account>, i64> = current_many::<WorkingTime>(&platform.db, tenant, &accounts)
        .await?
        .into_iter()
        .filter(|fact| fact.value.structure == structure && fact.valid.contains(day))
        .map(|fact| (fact.subject, fact.value.hundredths))
        .collect();
    let mut staff: Vec<Staff> = mandates
        .into_iter()
        .filter(|listed| ACCOMPANYING.contains(&listed.role))
        .map(|listed| {
            let absences = absences.remove(&listed.account).unwrap_or_default();
            let running = absences.iter().find(|fact| fact.valid.contains(day));
            let departure = absences.iter().find(|fact| fact.value.kind == AbsenceKind::Departure);
            Staff {
                account: listed.account,
                name: listed.name,
                role: listed.role,
                working_time: times.get(&listed.account).copied().unwrap_or(100),
                absent: running.map(|fact| (fact.value.kind, fact.valid)),
                leaves_on: departure.map(|fact| fact.valid.from).or(listed.valid_to),
            }
        })
        .collect();
    staff.sort_by(|one, other| one.name.cmp(&other.name));
    staff.dedup_by_key(|somebody| somebody.account);
    Ok(staff)
}

/// What an accompaniment weighs, by path and phase.
#[derive(Clone, Copy, Debug)]
pub struct Weights(law::workload::Weights);

impl Weights {
    /// In hundredths of a person.
    pub fn of(&self, path: Path, phase: Phase) -> i64 {
        i64::from(self.0.of(path.into(), phase.into()))
    }
}

/// The weights in force today.
pub async fn weights(platform: &Platform, tenant: Id<Tenant>) -> Result<Weights> {
    let number = numbers(platform, tenant, platform.today(), platform.now()).await?;
    Ok(Weights(law::workload::Weights::read(number)?))
}

/// What these accounts are called: a colleague is no secret to whoever follows people.
pub async fn names(
    platform: &Platform,
    _permit: &Permit<FollowPeople>,
    accounts: &[Id<Account>],
) -> Result<BTreeMap<Id<Account>, String>> {
    Ok(NAMES.all::<(Id<Account>, String), _>(&platform.db, &[], accounts).await?.into_iter().collect())
}

/// The structure whose staff the actor looks after.
fn own_structure<A: Action>(permit: &Permit<A>) -> Result<Id<Structure>> {
    match permit.reach() {
        Reach::Structure(structure) => Ok(structure),
        _ => Err(Error::Invalid("ce mandat n’est pas celui d’une structure".to_owned())),
    }
}

/// Whoever works in the structure of the permit.
async fn of_own_structure(platform: &Platform, permit: &Permit<ManageStaff>, account: Id<Account>) -> Result<()> {
    let structure = own_structure(permit)?;
    let mandates = mandate::in_structure(platform, permit, structure, platform.today()).await?;
    mandates.iter().any(|listed| listed.account == account).then_some(()).ok_or(Error::NotFound)
}

/// Absences known of somebody of the actor's structure, the last one first.
pub async fn absences(platform: &Platform, actor: &Actor, account: Id<Account>) -> Result<Vec<Fact<Absence>>> {
    let permit = platform::gate::permit::<ManageStaff>(actor)?;
    of_own_structure(platform, &permit, account).await?;
    let mut absences = facts::current::<Absence>(&platform.db, permit.tenant(), account).await?;
    absences.reverse();
    Ok(absences)
}

/// What somebody has given and will give to the actor's structure, the last value first.
pub async fn working_times(platform: &Platform, actor: &Actor, account: Id<Account>) -> Result<Vec<Fact<WorkingTime>>> {
    let permit = platform::gate::permit::<ManageStaff>(actor)?;
    of_own_structure(platform, &permit, account).await?;
    let structure = own_structure(&permit)?;
    let mut times = facts::current::<WorkingTime>(&platform.db, permit.tenant(), account).await?;
    times.retain(|fact| fact.value.structure == structure);
    times.reverse();
    Ok(times)
}

/// Writes down that somebody is away over `valid`; where another absence stands, the new one takes its place.
pub async fn set_absence(
    platform: &Platform,
    actor: &Actor,
    account: Id<Account>,
    valid: Period,
    kind: AbsenceKind,
    comment: &str,
) -> Result<()> {
    let permit = platform::gate::permit::<ManageStaff>(actor)?;
    of_own_structure(platform, &permit, account).await?;
    let valid = if kind == AbsenceKind::Departure { Period::since(valid.from) } else { valid };
    let valid = Period::new(valid.from, valid.to).ok_or(facts::Conflict::Empty)?;
    let absence = Absence { kind, comment: comment.trim().to_owned() };
    let told = serde_json::json!({ "kind": kind, "valid": valid });
    write(platform, &permit, account, "staff.absence", told, |in_force| Ok(Plan::set(in_force, valid, absence)))
        .await?;
    Ok(())
}

/// Ends an absence: `back_on` is the first day back. Before its own start, it is withdrawn.
pub async fn end_absence(
    platform: &Platform,
    actor: &Actor,
    account: Id<Account>,
    absence: Id<Absence>,
    back_on: Date,
) -> Result<()> {
    let permit = platform::gate::permit::<ManageStaff>(actor)?;
    of_own_structure(platform, &permit, account).await?;
    let told = serde_json::json!({ "absence": absence, "back_on": back_on });
    write::<Absence>(platform, &permit, account, "staff.back", told, |in_force| {
        Ok(Plan::close(in_force, absence, back_on)?)
    })
    .await?;
    Ok(())
}

/// Writes down what somebody gives to accompaniment from a day on. Gives the record, `None` when it was known already.
///
/// # Errors
/// [`Error::Invalid`] beyond a full-time post.
pub async fn set_working_time(
    platform: &Platform,
    actor: &Actor,
    account: Id<Account>,
    from: Date,
    hundredths: i64,
) -> Result<Option<Id<WorkingTime>>> {
    let permit = platform::gate::permit::<ManageStaff>(actor)?;
    of_own_structure(platform, &permit, account).await?;
    if !(0..=100).contains(&hundredths) {
        return Err(Error::Invalid("le temps de travail va de 0 à 100\u{a0}%".to_owned()));
    }
    let structure = own_structure(&permit)?;
    let told = serde_json::json!({ "from": from, "hundredths": hundredths });
    let added = write(platform, &permit, account, "staff.working_time", told, |in_force| {
        Ok(Plan::set(in_force, Period::since(from), WorkingTime { structure, hundredths }))
    })
    .await?;
    Ok(added.iter().find(|fact| fact.valid.from == from).map(|fact| fact.id))
}

/// Takes back what was last written of somebody's working time: what it replaced holds again.
///
/// # Errors
/// [`Error::Invalid`] when it has been changed since, [`Error::NotFound`] when it is not of the actor's structure.
pub async fn undo_working_time(
    platform: &Platform,
    actor: &Actor,
    account: Id<Account>,
    undone: Id<WorkingTime>,
) -> Result<()> {
    let permit = platform::gate::permit::<ManageStaff>(actor)?;
    of_own_structure(platform, &permit, account).await?;
    let structure = own_structure(&permit)?;
    let mut history = facts::history::<WorkingTime>(&platform.db, permit.tenant(), account).await?;
    history.retain(|fact| fact.value.structure == structure);
    let at = history.iter().find(|fact| fact.id == undone).ok_or(Error::NotFound)?.recorded_at;
    let told = serde_json::json!({ "undone": undone });
    write(platform, &permit, account, "staff.working_time_undone", told, |in_force| {
        Plan::take_back(&history, in_force, at)
            .map_err(|_| Error::Invalid("ce temps de travail a été changé depuis".to_owned()))
    })
    .await?;
    Ok(())
}

async fn write<K: facts::Kind<Subject = Account>>(
    platform: &Platform,
    permit: &Permit<ManageStaff>,
    account: Id<Account>,
    action: &str,
    told: serde_json::Value,
    plan: impl FnOnce(&[Fact<K>]) -> Result<Plan<K>> + Send,
) -> Result<Vec<Fact<K>>> {
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    let added = facts::write::<K, Error>(&tx, tenant, account, permit.provenance(), now, plan).await?;
    journal::append(&tx, Chain::Writes, tenant, now, permit.entry(action, "account", Some(account.raw()), told))
        .await?;
    tx.commit().await?;
    Ok(added)
}
