use std::collections::BTreeMap;

use base::{Id, Period};
use db::Tx;
use facts::Plan;
use facts::journal::{self, Chain};
use platform::gate::{Designate, FollowPeople};
use platform::{Account, Actor, Permit, Platform, Reach, Structure};

use super::model::Designation;
use super::staff::{self, Staff};
use crate::follow_up::{self, CounsellorLoad, FollowUp, Rules};
use crate::person::Person;
use crate::{Error, Result};

/// Who is to be in charge of whom.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Assignment {
    pub person: Id<Person>,
    pub counsellor: Id<Account>,
    /// Who was in charge when the list was looked at: somebody else's decision since then is not overwritten.
    pub instead_of: Option<Id<Account>>,
}

/// Puts one person in somebody's charge, from today on.
pub async fn designate_one(platform: &Platform, actor: &Actor, assignment: Assignment, reason: &str) -> Result<()> {
    let permit = platform::gate::permit::<Designate>(actor)?;
    let rules = follow_up::rules(platform, permit.tenant()).await?;
    let available = counsellors(platform, actor, &permit).await?;
    let tx = platform.db.begin().await?;
    designate(&tx, platform, &permit, &available, &[assignment], reason, &rules)
        .await?
        .pop()
        .unwrap_or(Err("cette personne n’existe pas, ou votre mandat n’y donne pas accès".to_owned()))
        .map_err(Error::Invalid)?;
    Ok(tx.commit().await?)
}

/// Who may be given people, in the structure of the permit.
pub(crate) async fn counsellors(
    platform: &Platform,
    actor: &Actor,
    permit: &Permit<Designate>,
) -> Result<BTreeMap<Id<Account>, Staff>> {
    let Reach::Structure(structure) = permit.reach() else {
        return Err(Error::Invalid("ce mandat n’est pas celui d’une structure".to_owned()));
    };
    let following = platform::gate::permit::<FollowPeople>(actor)?;
    let staff = staff::staff(platform, &following, structure).await?;
    Ok(staff.into_iter().map(|somebody| (somebody.account, somebody)).collect())
}

/// Decides a stretch of a list in one transaction. Gives for each line, in order, nothing or why it was refused.
pub async fn designate(
    tx: &Tx,
    platform: &Platform,
    permit: &Permit<Designate>,
    counsellors: &BTreeMap<Id<Account>, Staff>,
    assignments: &[Assignment],
    reason: &str,
    rules: &Rules,
) -> Result<Vec<std::result::Result<(), String>>> {
    let Reach::Structure(structure) = permit.reach() else {
        return Err(Error::Invalid("ce mandat n’est pas celui d’une structure".to_owned()));
    };
    let (tenant, now, day) = (permit.tenant(), platform.now(), platform.today());
    let persons: Vec<Id<Person>> = assignments.iter().map(|assignment| assignment.person).collect();
    let lines: BTreeMap<Id<Person>, FollowUp> =
        follow_up::store::rows(tx, permit, &persons).await?.into_iter().map(|line| (line.person, line)).collect();
    let mut told = Vec::with_capacity(assignments.len());
    let mut written = Vec::new();
    for assignment in assignments {
        let answer = refuse(lines.get(&assignment.person), structure, counsellors, assignment);
        if answer.is_ok() && assignment.instead_of != Some(assignment.counsellor) {
            let designation =
                Designation { counsellor: assignment.counsellor, structure, reason: reason.trim().to_owned() };
            facts::write::<Designation, Error>(tx, tenant, assignment.person, permit.provenance(), now, |in_force| {
                // Decided twice in a day: the second corrects the first.
                Ok(match in_force.iter().find(|fact| fact.valid == Period::since(day)) {
                    Some(today) => Plan::correct(in_force, today.id, today.valid, designation)?,
                    None => Plan::set(in_force, Period::since(day), designation),
                })
            })
            .await?;
            written.push(assignment.person);
        }
        told.push(answer);
    }
    if !written.is_empty() {
        follow_up::refresh(tx, permit, &written, rules).await?;
        let entries = assignments
            .iter()
            .filter(|assignment| written.contains(&assignment.person))
            .map(|assignment| {
                let payload = serde_json::json!({ "counsellor": assignment.counsellor, "structure": structure });
                permit.entry("person.designated", "person", Some(assignment.person.raw()), payload)
            })
            .collect();
        journal::append_all(tx, Chain::Writes, tenant, now, entries).await?;
    }
    Ok(told)
}

/// Gives people back to whoever had them before these assignments; those who had nobody have nobody again. Whoever has
/// been given to somebody else since stays. Gives for each line, in order, nothing or why it stays.
pub async fn give_back(
    tx: &Tx,
    platform: &Platform,
    permit: &Permit<Designate>,
    assignments: &[Assignment],
    rules: &Rules,
) -> Result<Vec<std::result::Result<(), String>>> {
    let (tenant, now) = (permit.tenant(), platform.now());
    let mut told = Vec::with_capacity(assignments.len());
    let mut written = Vec::new();
    for assignment in assignments {
        if assignment.instead_of == Some(assignment.counsellor) {
            told.push(Ok(()));
            continue;
        }
        let answer =
            facts::write::<Designation, Error>(tx, tenant, assignment.person, permit.provenance(), now, |in_force| {
                let made = in_force
                    .iter()
                    .find(|fact| fact.value.counsellor == assignment.counsellor && fact.valid.to.is_none())
                    .ok_or_else(|| Error::Invalid("un autre référent a été désigné depuis".to_owned()))?;
                Ok(match assignment.instead_of {
                    Some(counsellor) => {
                        let before = Designation { counsellor, ..made.value.clone() };
                        Plan::correct(in_force, made.id, made.valid, before)?
                    }
                    None => Plan::withdraw(in_force, made.id)?,
                })
            })
            .await;
        told.push(match answer {
            Ok(_) => {
                written.push(assignment.person);
                Ok(())
            }
            Err(Error::Invalid(why)) => Err(why),
            Err(error) => return Err(error),
        });
    }
    if !written.is_empty() {
        follow_up::refresh(tx, permit, &written, rules).await?;
        let entries = written
            .iter()
            .map(|person| {
                permit.entry("person.designation_undone", "person", Some(person.raw()), serde_json::Value::Null)
            })
            .collect();
        journal::append_all(tx, Chain::Writes, tenant, now, entries).await?;
    }
    Ok(told)
}

fn refuse(
    line: Option<&FollowUp>,
    structure: Id<Structure>,
    counsellors: &BTreeMap<Id<Account>, Staff>,
    assignment: &Assignment,
) -> std::result::Result<(), String> {
    let Some(line) = line.filter(|line| line.structure == Some(structure) && line.started_on.is_some()) else {
        return Err("cette personne n’est pas accompagnée par votre structure".to_owned());
    };
    if line.counsellor != assignment.instead_of {
        let now = line.counsellor.and_then(|account| counsellors.get(&account)).map(|staff| staff.name.as_str());
        return Err(format!(
            "quelqu’un en a décidé entre-temps\u{a0}: la personne est suivie par {}",
            now.unwrap_or("un autre référent")
        ));
    }
    let Some(counsellor) = counsellors.get(&assignment.counsellor) else {
        return Err("ce référent ne travaille pas dans votre structure".to_owned());
    };
    if !counsellor.is_available() {
        return Err(format!("{} est absent·e aujourd’hui", counsellor.name));
    }
    Ok(())
}

/// Proposes who takes whom: each person to the available counsellor whose load for a full-time post is the least at
/// that moment. The order of the people is kept; nothing is written.
pub fn share_out(people: &[FollowUp], loads: &[CounsellorLoad], weights: &staff::Weights) -> Vec<Assignment> {
    let mut carried: Vec<(Id<Account>, i64, i64)> = loads
        .iter()
        .filter(|load| load.staff.is_available() && load.staff.leaves_on.is_none())
        .map(|load| (load.staff.account, load.weighted, load.staff.working_time))
        .collect();
    let mut shared = Vec::with_capacity(people.len());
    for line in people {
        let Some((account, weighted, _)) = carried
            .iter_mut()
            // Compared as fractions of a post; the smaller account number where they are equal.
            .min_by_key(|(account, weighted, time)| (*weighted * 1_000 / *time, *account))
        else {
            break;
        };
        *weighted += line.path.map_or(100, |path| weights.of(path, line.phase));
        shared.push(Assignment { person: line.person, counsellor: *account, instead_of: line.counsellor });
    }
    shared
}
