//! Where the contracts of a cohort stand, read together for a list.

use std::collections::{HashMap, HashSet};

use base::{Date, Id};
use facts::Fact;
use platform::gate::{ReadLearners, permit};
use platform::{Actor, Platform, Reading};

use super::model::{Contract, ContractEvent, ContractEventKind, Terms};
use super::store;
use crate::Result;
use crate::admission::Learner;
use crate::cohort::{self, Cohort};

/// A contract as a list shows it.
#[derive(Clone, PartialEq, Debug)]
pub struct ContractStanding {
    pub id: Id<Contract>,
    pub learner: Id<Learner>,
    /// What holds today, or the last that was signed.
    pub terms: Terms,
    pub events: Vec<Fact<ContractEvent>>,
}

impl ContractStanding {
    pub fn has(&self, kind: ContractEventKind) -> bool {
        self.events.iter().any(|fact| fact.value.kind == kind)
    }

    /// Whether it has ended or was broken.
    pub fn is_over(&self, today: Date) -> bool {
        let broken =
            |fact: &Fact<ContractEvent>| fact.value.kind == ContractEventKind::Broken && fact.valid.from <= today;
        self.terms.last_day < today || self.events.iter().any(broken)
    }
}

/// The last contract of each person of a cohort. Logged as the reading of a list.
pub async fn standings(
    platform: &Platform,
    actor: &Actor,
    cohort: Id<Cohort>,
) -> Result<HashMap<Id<Learner>, ContractStanding>> {
    let permit = permit::<ReadLearners>(actor)?;
    cohort::find(platform, &permit, cohort).await?;
    let (db, tenant, today) = (&platform.db, permit.tenant(), platform.today());
    let records = store::of_cohort(db, &permit, cohort).await?;
    let ids: Vec<Id<Contract>> = records.iter().map(|record| record.id).collect();
    let mut terms: HashMap<Id<Contract>, Terms> = HashMap::new();
    let mut holding: HashSet<Id<Contract>> = HashSet::new();
    for fact in facts::current_many::<Terms>(db, tenant, &ids).await? {
        // In the order of their days: what holds today stays, else the last one.
        if holding.contains(&fact.subject) {
            continue;
        }
        if fact.valid.contains(today) {
            holding.insert(fact.subject);
        }
        terms.insert(fact.subject, fact.value);
    }
    let mut events: HashMap<Id<Contract>, Vec<Fact<ContractEvent>>> = HashMap::new();
    for fact in facts::current_many::<ContractEvent>(db, tenant, &ids).await? {
        events.entry(fact.subject).or_default().push(fact);
    }
    let mut standings = HashMap::new();
    for record in records {
        let Some(terms) = terms.remove(&record.id) else { continue };
        let events = events.remove(&record.id).unwrap_or_default();
        standings.insert(record.learner, ContractStanding { id: record.id, learner: record.learner, terms, events });
    }
    let mut shown: Vec<i64> = standings.keys().map(|learner| learner.raw()).collect();
    shown.sort_unstable();
    let read = Reading::of(&permit, "learners", None, serde_json::json!({ "contracts": cohort, "shown": shown }));
    platform.readings.record(read).await?;
    Ok(standings)
}
