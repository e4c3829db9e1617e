//! How both sides rank each other after the job-dating: those of one rank make a tier, whoever is left out is refused.

use std::collections::HashSet;

use base::{Date, Id, Period};
use db::Json;
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use platform::gate::{Action, FollowOwnCourse, ManageAdmissions, RankCandidates, Refusal, permit};
use platform::{Actor, Organisation, Permit, Platform, Reach, Reading, Structure};

use super::candidates::{learner_within, lines};
use super::model::{
    AdmissionStep, Application, Learner, LearnerRanking, Place, PlaceProfile, PlaceRanking, Placement, Stage,
};
use super::places::{of_cohort, within_host, within_school};
use super::store;
use crate::cohort::{self, Cohort, CohortView};
use crate::{Error, Result};

/// A candidate as a host sees them at the job-dating: nothing but what the ranking needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetCandidate {
    pub learner: Id<Learner>,
    pub name: String,
}

/// The candidates to rank for a place: those admitted to its cohort. For the host, and for the school that types in what
/// a host wrote. Logged as the reading of a list.
pub async fn met_candidates(platform: &Platform, actor: &Actor, place: Id<Place>) -> Result<Vec<MetCandidate>> {
    match permit::<RankCandidates>(actor) {
        Ok(permit) => {
            within_host(platform, &permit, place).await?;
            met(platform, &permit, place).await
        }
        Err(Refusal::Role { .. }) => {
            let permit = permit::<ManageAdmissions>(actor)?;
            within_school(platform, &permit, place).await?;
            met(platform, &permit, place).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn met<A: Action>(platform: &Platform, permit: &Permit<A>, place: Id<Place>) -> Result<Vec<MetCandidate>> {
    let cohort = offered_to(platform, permit, place).await?;
    let met: Vec<MetCandidate> = lines(platform, permit, cohort)
        .await?
        .into_iter()
        .filter(|line| line.stage == Stage::Admitted)
        .map(|line| MetCandidate { learner: line.learner, name: line.identity.name() })
        .collect();
    let shown: Vec<i64> = met.iter().map(|candidate| candidate.learner.raw()).collect();
    let read = Reading::of(permit, "learners", None, serde_json::json!({ "place": place, "shown": shown }));
    platform.readings.record(read).await?;
    Ok(met)
}

/// The cohort of places that are still offered.
async fn offered_to<A: Action>(platform: &Platform, permit: &Permit<A>, place: Id<Place>) -> Result<Id<Cohort>> {
    let profiles = facts::current::<PlaceProfile>(&platform.db, permit.tenant(), place).await?;
    let open = profiles.into_iter().find(|fact| fact.valid.to.is_none());
    open.map(|fact| fact.value.cohort)
        .ok_or_else(|| Error::invalid("cette offre est retirée\u{a0}: elle ne se classe plus"))
}

/// Ranks candidates for a place, the best first, those of one tier equally; those left out are refused. The school may
/// type in what a host wrote: the record says who did.
pub async fn rank_candidates(
    platform: &Platform,
    actor: &Actor,
    place: Id<Place>,
    tiers: Vec<Vec<Id<Learner>>>,
) -> Result<()> {
    match permit::<RankCandidates>(actor) {
        Ok(permit) => {
            within_host(platform, &permit, place).await?;
            write_ranking(platform, &permit, place, tiers).await
        }
        Err(Refusal::Role { .. }) => {
            let permit = permit::<ManageAdmissions>(actor)?;
            within_school(platform, &permit, place).await?;
            write_ranking(platform, &permit, place, tiers).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn write_ranking<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    place: Id<Place>,
    tiers: Vec<Vec<Id<Learner>>>,
) -> Result<()> {
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let cohort = offered_to(platform, permit, place).await?;
    let admitted: HashSet<Id<Learner>> = lines(platform, permit, cohort)
        .await?
        .into_iter()
        .filter(|line| line.stage == Stage::Admitted)
        .map(|line| line.learner)
        .collect();
    let tiers = checked(tiers, &admitted, "une personne")?;
    let ranked = tiers.iter().map(Vec::len).sum::<usize>();
    let tx = platform.db.begin().await?;
    facts::write::<PlaceRanking, Error>(&tx, tenant, place, permit.provenance(), now, |in_force| {
        Ok(Plan::set(in_force, Period::since(today), PlaceRanking { tiers: Json(tiers) }))
    })
    .await?;
    let entry = permit.entry("place.ranked", "place", Some(place.raw()), serde_json::json!({ "ranked": ranked }));
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

/// A ranking without empty tiers; each once, and known.
fn checked<T>(tiers: Vec<Vec<Id<T>>>, known: &HashSet<Id<T>>, what: &str) -> Result<Vec<Vec<Id<T>>>> {
    let mut seen = HashSet::new();
    for id in tiers.iter().flatten() {
        if !known.contains(id) {
            return Err(Error::invalid(format!("le classement nomme {what} qui n’en fait pas partie")));
        }
        if !seen.insert(*id) {
            return Err(Error::invalid(format!("le classement nomme deux fois {what}")));
        }
    }
    Ok(tiers.into_iter().filter(|tier| !tier.is_empty()).collect())
}

/// The learners that the account of the permit is.
async fn own_learners(platform: &Platform, permit: &Permit<FollowOwnCourse>) -> Result<Vec<Id<Learner>>> {
    let Reach::Own(account) = permit.reach() else { return Err(Error::NotFound) };
    store::of_account(&platform.db, permit, account).await
}

/// Ranks places for a candidate: by the candidate, under their own account, or typed in by the school.
///
/// # Errors
/// [`Error::Invalid`] for somebody who is not admitted, or is placed already.
pub async fn rank_places(
    platform: &Platform,
    actor: &Actor,
    learner: Id<Learner>,
    cohort: Id<Cohort>,
    tiers: Vec<Vec<Id<Place>>>,
) -> Result<()> {
    match permit::<FollowOwnCourse>(actor) {
        Ok(permit) => {
            if !own_learners(platform, &permit).await?.contains(&learner) {
                return Err(Error::NotFound);
            }
            write_choices(platform, &permit, learner, cohort, tiers).await
        }
        Err(Refusal::Role { .. }) => {
            let permit = permit::<ManageAdmissions>(actor)?;
            learner_within(platform, &permit, learner).await?;
            write_choices(platform, &permit, learner, cohort, tiers).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn write_choices<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    learner: Id<Learner>,
    cohort: Id<Cohort>,
    tiers: Vec<Vec<Id<Place>>>,
) -> Result<()> {
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    if stage(platform, permit, learner, cohort).await? != Some(Stage::Admitted) {
        return Err(Error::invalid("seules les personnes admises dans la promotion classent ses places"));
    }
    if placement(platform, permit, learner, cohort).await?.is_some() {
        return Err(Error::invalid(
            "le placement de cette personne est décidé\u{a0}: le classement n’y change plus rien",
        ));
    }
    let offered: HashSet<Id<Place>> =
        of_cohort(platform, permit, cohort).await?.into_iter().map(|view| view.id).collect();
    let tiers = checked(tiers, &offered, "une place")?;
    let tx = platform.db.begin().await?;
    facts::write::<LearnerRanking, Error>(&tx, tenant, learner, permit.provenance(), now, |in_force| {
        Ok(Plan::set(in_force, Period::since(today), LearnerRanking { cohort, tiers: Json(tiers) }))
    })
    .await?;
    let entry = permit.entry("learner.ranked", "learner", Some(learner.raw()), serde_json::json!({ "cohort": cohort }));
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

/// Where somebody stands in a cohort; `None` without application.
async fn stage<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    learner: Id<Learner>,
    cohort: Id<Cohort>,
) -> Result<Option<Stage>> {
    let (db, tenant) = (&platform.db, permit.tenant());
    let applications = facts::current::<Application>(db, tenant, learner).await?;
    if applications.iter().all(|fact| fact.value.cohort != cohort) {
        return Ok(None);
    }
    let steps = facts::current::<AdmissionStep>(db, tenant, learner).await?;
    Ok(Some(Stage::of(steps.iter().map(|fact| &fact.value).filter(|step| step.cohort == cohort))))
}

/// Where somebody is placed, once decided.
async fn placement<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    learner: Id<Learner>,
    cohort: Id<Cohort>,
) -> Result<Option<Fact<Placement>>> {
    let placements = facts::current::<Placement>(&platform.db, permit.tenant(), learner).await?;
    Ok(placements.into_iter().find(|fact| fact.value.cohort == cohort && fact.valid.to.is_none()))
}

/// A place as a candidate sees it: never how its host ranks people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfferedPlace {
    pub id: Id<Place>,
    pub host: Id<Organisation>,
    pub structure: Id<Structure>,
    pub seats: i64,
    pub starts_on: Date,
    pub description: String,
}

/// What somebody admitted to a cohort may rank, how they ranked it, and what was decided.
#[derive(Clone, PartialEq, Debug)]
pub struct OwnChoices {
    pub learner: Id<Learner>,
    pub cohort: CohortView,
    pub places: Vec<OfferedPlace>,
    pub ranking: Option<Fact<LearnerRanking>>,
    pub placement: Option<Fact<Placement>>,
}

/// The choices of whoever is signed in, in each cohort that admitted them and is not over. Logged as a reading.
pub async fn own_choices(platform: &Platform, actor: &Actor) -> Result<Vec<OwnChoices>> {
    let permit = permit::<FollowOwnCourse>(actor)?;
    let (db, tenant) = (&platform.db, permit.tenant());
    let mut choices = Vec::new();
    for learner in own_learners(platform, &permit).await? {
        let read = Reading::of(&permit, "learner", Some(learner.raw()), serde_json::json!({ "shown": "choices" }));
        platform.readings.record(read).await?;
        let rankings = facts::current::<LearnerRanking>(db, tenant, learner).await?;
        for application in facts::current::<Application>(db, tenant, learner).await? {
            let cohort = application.value.cohort;
            let view = cohort::known(platform, &permit, cohort).await?;
            let admitted = stage(platform, &permit, learner, cohort).await? == Some(Stage::Admitted);
            if !admitted || view.last_day() < platform.today() {
                continue;
            }
            let places = of_cohort(platform, &permit, cohort).await?.into_iter().map(|view| OfferedPlace {
                id: view.id,
                host: view.host,
                structure: view.profile.value.structure,
                seats: view.profile.value.seats,
                starts_on: view.profile.value.starts_on,
                description: view.profile.value.description,
            });
            choices.push(OwnChoices {
                learner,
                cohort: view,
                places: places.collect(),
                ranking: rankings.iter().rev().find(|fact| fact.value.cohort == cohort).cloned(),
                placement: placement(platform, &permit, learner, cohort).await?,
            });
        }
    }
    Ok(choices)
}
