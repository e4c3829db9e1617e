//! Who was placed where, once somebody decided.

use base::Id;
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use platform::gate::{Action, DecideAdmissions, RankCandidates, ReadLearners, permit};
use platform::{Actor, Permit, Platform, Reach, Reading};

use super::candidates::{identities, learner_within};
use super::model::{Learner, Place, Placement};
use super::store;
use crate::cohort::{self, Cohort};
use crate::{Error, Result};

/// Somebody placed.
#[derive(Clone, PartialEq, Debug)]
pub struct Placed {
    pub learner: Id<Learner>,
    pub name: String,
    /// Since when, by whom, what had been proposed and why.
    pub placement: Fact<Placement>,
}

/// Whoever is placed in a cohort, by name. Logged as the reading of a list.
pub async fn placements(platform: &Platform, actor: &Actor, cohort: Id<Cohort>) -> Result<Vec<Placed>> {
    let permit = permit::<ReadLearners>(actor)?;
    cohort::find(platform, &permit, cohort).await?;
    let learners = store::applicants(&platform.db, &permit, cohort).await?;
    let mut placed = placed(platform, &permit, &learners).await?;
    placed.retain(|line| line.placement.value.cohort == cohort);
    told(platform, &permit, &placed).await?;
    Ok(placed)
}

/// Whoever is placed with the actor’s own organisation, by name: the result that a host sees. Logged as the reading of a
/// list.
pub async fn own_placements(platform: &Platform, actor: &Actor) -> Result<Vec<Placed>> {
    let permit = permit::<RankCandidates>(actor)?;
    let Reach::Organisation(host) = permit.reach() else { return Err(Error::NotFound) };
    let places = store::of_host(&platform.db, &permit, host).await?;
    let mut learners = Vec::new();
    for place in &places {
        learners.extend(store::placed_at(&platform.db, &permit, *place).await?);
    }
    let mut placed = placed(platform, &permit, &learners).await?;
    placed.retain(|line| places.contains(&line.placement.value.place));
    told(platform, &permit, &placed).await?;
    Ok(placed)
}

async fn placed<A: Action>(platform: &Platform, permit: &Permit<A>, learners: &[Id<Learner>]) -> Result<Vec<Placed>> {
    let names = identities(platform, permit, learners).await?;
    let facts = facts::current_many::<Placement>(&platform.db, permit.tenant(), learners).await?;
    let mut placed: Vec<Placed> = facts
        .into_iter()
        .filter(|fact| fact.valid.to.is_none())
        .filter_map(|placement| {
            let name = names.get(&placement.subject)?.name();
            Some(Placed { learner: placement.subject, name, placement })
        })
        .collect();
    placed.sort_by_cached_key(|line| (base::fold(&line.name), line.learner));
    Ok(placed)
}

async fn told<A: Action>(platform: &Platform, permit: &Permit<A>, placed: &[Placed]) -> Result<()> {
    if placed.is_empty() {
        return Ok(());
    }
    let shown: Vec<i64> = placed.iter().map(|line| line.learner.raw()).collect();
    let read = Reading::of(permit, "learners", None, serde_json::json!({ "placements": shown.len(), "shown": shown }));
    Ok(platform.readings.record(read).await?)
}

/// Takes a placement back from today on: the person waits for a place again.
///
/// # Errors
/// [`Error::Invalid`] when nobody is placed.
pub async fn take_back_placement(
    platform: &Platform,
    actor: &Actor,
    cohort: Id<Cohort>,
    learner: Id<Learner>,
) -> Result<()> {
    let permit = permit::<DecideAdmissions>(actor)?;
    learner_within(platform, &permit, learner).await?;
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let tx = platform.db.begin().await?;
    let mut place: Option<Id<Place>> = None;
    facts::write::<Placement, Error>(&tx, tenant, learner, permit.provenance(), now, |in_force| {
        let known = in_force
            .iter()
            .find(|fact| fact.value.cohort == cohort && fact.valid.to.is_none())
            .ok_or_else(|| Error::invalid("cette personne n’est placée nulle part"))?;
        place = Some(known.value.place);
        Ok(Plan::close(in_force, known.id, today)?)
    })
    .await?;
    let told = serde_json::json!({ "cohort": cohort, "place": place });
    let entry = permit.entry("placement.taken_back", "learner", Some(learner.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}
