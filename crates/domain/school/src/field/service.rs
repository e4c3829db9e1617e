use std::collections::BTreeMap;

use base::{Date, Id, Period};
use facts::{Plan, Provenance, Source, outbox};
use platform::gate::Action;
use platform::{Permit, Platform, Structure, Tenant};
use serde::Deserialize;

use super::model::PublicShare;
use crate::cohort::{Cohort, FieldShare};
use crate::contract::employing;
use crate::{Error, Result};

/// The event in which the field tells the counts of one structure.
pub const TOPIC: &str = "support.publics_counted";

/// How this room is called in the outbox.
const CONSUMER: &str = "school.field";

/// Events taken at once.
const BATCH: i64 = 200;

/// Version 1 of the event: the counts of one structure on one day, those below the threshold left out.
#[derive(Deserialize)]
struct Counted {
    structure: Id<Structure>,
    on: Date,
    total: i64,
    publics: BTreeMap<String, i64>,
}

/// Takes in what the field has told since last time; gives the number of structures brought up to date.
///
/// # Errors
/// The database's own, or [`Error::Invalid`] for an event of an unknown shape.
pub async fn take_in(platform: &Platform, tenant: Id<Tenant>) -> Result<u64> {
    let (mut taken, now) = (0, platform.now());
    let provenance = Provenance { source: Source::Rules, import: None, line: None, author: None };
    loop {
        let tx = platform.db.begin().await?;
        let events = outbox::take(&tx, tenant, CONSUMER, BATCH).await?;
        let count = events.len();
        for event in events.into_iter().filter(|event| event.topic == TOPIC && event.version == 1) {
            let counted: Counted = serde_json::from_value(event.body.0).map_err(|problem| {
                Error::Invalid(format!("événement «\u{a0}{TOPIC}\u{a0}» illisible\u{a0}: {problem}"))
            })?;
            let valid = Period::since(counted.on);
            facts::write::<PublicShare, Error>(&tx, tenant, counted.structure, provenance, now, |in_force| {
                let mut plan = Plan::nothing();
                for (public, people) in &counted.publics {
                    let value = PublicShare { public: public.clone(), people: *people, total: counted.total };
                    let next = Plan::set(in_force, valid, value);
                    plan.retire.extend(next.retire);
                    plan.add.extend(next.add);
                }
                // What is no longer told ends on that day.
                for silent in in_force
                    .iter()
                    .filter(|fact| fact.valid.contains(counted.on) && !counted.publics.contains_key(&fact.value.public))
                {
                    let next = Plan::close(in_force, silent.id, counted.on)?;
                    plan.retire.extend(next.retire);
                    plan.add.extend(next.add);
                }
                Ok(plan)
            })
            .await?;
            taken += 1;
        }
        tx.commit().await?;
        if i64::try_from(count).unwrap_or(0) < BATCH {
            return Ok(taken);
        }
    }
}

/// What the structures that employ a cohort tell today, public by public.
pub(crate) async fn shares_of_cohort<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    cohort: Id<Cohort>,
) -> Result<BTreeMap<String, FieldShare>> {
    let structures = employing(&platform.db, permit, cohort).await?;
    let today = platform.today();
    let facts = facts::current_many::<PublicShare>(&platform.db, permit.tenant(), &structures).await?;
    let mut shares: BTreeMap<String, FieldShare> = BTreeMap::new();
    for fact in facts.into_iter().filter(|fact| fact.valid.contains(today)) {
        let share = shares.entry(fact.value.public.clone()).or_default();
        share.people += fact.value.people;
        share.total += fact.value.total;
        share.silent += 1;
        share.on = Some(share.on.map_or(fact.valid.from, |on| on.min(fact.valid.from)));
    }
    let all = i64::try_from(structures.len()).unwrap_or(i64::MAX);
    for share in shares.values_mut() {
        // Until here it counted those who told.
        share.silent = all - share.silent;
    }
    Ok(shares)
}
