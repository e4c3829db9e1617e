//! What hosts offer, beside the posts that wait for somebody; how both sides rank.

use std::collections::HashSet;

use base::{Date, Id, Period, fr};
use db::Json;
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use platform::gate::{
    Action, FollowOwnCourse, ManageAdmissions, OfferPlaces, RankCandidates, ReadSchool, Refusal, permit,
};
use platform::{Actor, Organisation, Permit, Platform, Reach, Reading, Structure};
use territory::AsOf;
use territory::posts::{Post, PostState, Posts};

use super::candidates::{learner_within, lines};
use super::model::{Learner, LearnerRanking, Place, PlaceProfile, PlaceRanking, PlaceRecord, Stage};
use super::store;
use crate::cohort::{self, Cohort};
use crate::contract::{self, Tutor};
use crate::{Error, Result, within};

/// Places to publish.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewPlace {
    pub host: Id<Organisation>,
    pub cohort: Id<Cohort>,
    pub structure: Id<Structure>,
    pub post: Option<Id<Post>>,
    pub tutor: Option<Id<Tutor>>,
    pub seats: i64,
    pub starts_on: Date,
    pub description: String,
}

/// A place as it is offered.
#[derive(Clone, PartialEq, Debug)]
pub struct PlaceView {
    pub id: Id<Place>,
    pub host: Id<Organisation>,
    pub organisation: Id<Organisation>,
    pub profile: Fact<PlaceProfile>,
    /// The candidates in the host’s order; `None` until it ranks them.
    pub ranking: Option<Vec<Vec<Id<Learner>>>>,
}

/// Publishes places of a host; the school may do it in its name.
///
/// # Errors
/// [`Error::Problems`] when the place cannot be, the tutor’s load included.
pub async fn publish(platform: &Platform, actor: &Actor, new: NewPlace) -> Result<Id<Place>> {
    match permit::<OfferPlaces>(actor) {
        Ok(permit) => {
            within(&permit, new.host)?;
            write_place(platform, &permit, new).await
        }
        Err(Refusal::Role { .. }) => {
            let permit = permit::<ManageAdmissions>(actor)?;
            cohort::find(platform, &permit, new.cohort).await?;
            write_place(platform, &permit, new).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn write_place<A: Action>(platform: &Platform, permit: &Permit<A>, new: NewPlace) -> Result<Id<Place>> {
    let organisation = store::school_of(&platform.db, permit, new.cohort).await?.ok_or(Error::NotFound)?;
    let cohort = cohort::known(platform, permit, new.cohort).await?;
    let mut problems = Vec::new();
    if !(1..=50).contains(&new.seats) {
        problems.push("Une offre compte de 1 à 50\u{a0}places.".to_owned());
    }
    if new.starts_on > cohort.last_day() {
        problems.push(format!(
            "La promotion finit le {}\u{a0}: la place commence avant.",
            fr::date_long(cohort.last_day())
        ));
    }
    if let Some(tutor) = new.tutor
        && contract::tutor_organisation(platform, permit, tutor).await? != Some(new.host)
    {
        problems.push("Cette personne n’est pas tutrice chez cet employeur.".to_owned());
    }
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let NewPlace { host, cohort, structure, post, tutor, seats, starts_on, description } = new;
    let tx = platform.db.begin().await?;
    let id: Id<Place> = Id::new(tx.reserve_ids(1).await?[0]);
    tx.fill(&[PlaceRecord { id, tenant, organisation, host }]).await?;
    let description = description.trim().to_owned();
    let profile = PlaceProfile { cohort, structure, post, tutor, seats, starts_on, description };
    facts::write::<PlaceProfile, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        Ok(Plan::add(in_force, Period::since(today), profile)?)
    })
    .await?;
    let told = serde_json::json!({ "cohort": cohort, "host": host, "seats": seats });
    journal::append(&tx, Chain::Writes, tenant, now, permit.entry("place.published", "place", Some(id.raw()), told))
        .await?;
    tx.commit().await?;
    Ok(id)
}

/// Takes a place back from today on.
pub async fn withdraw(platform: &Platform, actor: &Actor, id: Id<Place>) -> Result<()> {
    let permit = permit::<OfferPlaces>(actor)?;
    let record = store::place(&platform.db, &permit, id).await?.ok_or(Error::NotFound)?;
    within(&permit, record.host)?;
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let tx = platform.db.begin().await?;
    facts::write::<PlaceProfile, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        let known = in_force.last().ok_or(Error::NotFound)?;
        Ok(Plan::close(in_force, known.id, today)?)
    })
    .await?;
    let entry = permit.entry("place.withdrawn", "place", Some(id.raw()), serde_json::Value::Null);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

/// The places offered to a cohort.
pub async fn places(platform: &Platform, actor: &Actor, cohort: Id<Cohort>) -> Result<Vec<PlaceView>> {
    let permit = permit::<ReadSchool>(actor)?;
    cohort::find(platform, &permit, cohort).await?;
    of_cohort(platform, &permit, cohort).await
}

pub(super) async fn of_cohort<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    cohort: Id<Cohort>,
) -> Result<Vec<PlaceView>> {
    let ids = store::of_cohort(&platform.db, permit, cohort).await?;
    let mut views = views(platform, permit, ids).await?;
    views.retain(|view| view.profile.value.cohort == cohort);
    Ok(views)
}

/// The places of the actor’s own organisation, whatever the school.
pub async fn offered_by(platform: &Platform, actor: &Actor) -> Result<Vec<PlaceView>> {
    let permit = permit::<OfferPlaces>(actor)?;
    let Reach::Organisation(host) = permit.reach() else { return Err(Error::NotFound) };
    let ids = store::of_host(&platform.db, &permit, host).await?;
    views(platform, &permit, ids).await
}

async fn views<A: Action>(platform: &Platform, permit: &Permit<A>, ids: Vec<Id<Place>>) -> Result<Vec<PlaceView>> {
    let (db, tenant, today) = (&platform.db, permit.tenant(), platform.today());
    let mut views = Vec::new();
    for id in ids {
        let Some(record) = store::place(db, permit, id).await? else { continue };
        let profiles = facts::current::<PlaceProfile>(db, tenant, id).await?;
        let Some(profile) = profiles.into_iter().find(|fact| fact.valid.contains(today)) else { continue };
        let ranking = facts::current::<PlaceRanking>(db, tenant, id).await?.pop().map(|fact| fact.value.tiers.0);
        views.push(PlaceView { id, host: record.host, organisation: record.organisation, profile, ranking });
    }
    Ok(views)
}

/// A candidate as a host sees them at the job-dating: nothing but what the ranking needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetCandidate {
    pub learner: Id<Learner>,
    pub name: String,
}

/// The candidates a host may rank for a place: those admitted to the cohort. Logged as the reading of a list.
pub async fn met_candidates(platform: &Platform, actor: &Actor, place: Id<Place>) -> Result<Vec<MetCandidate>> {
    let permit = permit::<RankCandidates>(actor)?;
    let record = store::place(&platform.db, &permit, place).await?.ok_or(Error::NotFound)?;
    within(&permit, record.host)?;
    let profile =
        facts::current::<PlaceProfile>(&platform.db, permit.tenant(), place).await?.pop().ok_or(Error::NotFound)?;
    let met: Vec<MetCandidate> = lines(platform, &permit, profile.value.cohort)
        .await?
        .into_iter()
        .filter(|line| line.stage == Stage::Admitted)
        .map(|line| MetCandidate { learner: line.learner, name: line.identity.name() })
        .collect();
    let shown: Vec<i64> = met.iter().map(|candidate| candidate.learner.raw()).collect();
    let read = Reading::of(&permit, "learners", None, serde_json::json!({ "place": place, "shown": shown }));
    platform.readings.record(read).await?;
    Ok(met)
}

/// Ranks candidates for a place, the best first, those of one tier equally; those left out are refused. The school may
/// type in what a host wrote.
pub async fn rank_candidates(
    platform: &Platform,
    actor: &Actor,
    place: Id<Place>,
    tiers: Vec<Vec<Id<Learner>>>,
) -> Result<()> {
    match permit::<RankCandidates>(actor) {
        Ok(permit) => {
            let record = store::place(&platform.db, &permit, place).await?.ok_or(Error::NotFound)?;
            within(&permit, record.host)?;
            write_ranking(platform, &permit, place, tiers).await
        }
        Err(Refusal::Role { .. }) => {
            let permit = permit::<ManageAdmissions>(actor)?;
            let record = store::place(&platform.db, &permit, place).await?.ok_or(Error::NotFound)?;
            within(&permit, record.organisation)?;
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
    let profile = facts::current::<PlaceProfile>(&platform.db, tenant, place).await?.pop().ok_or(Error::NotFound)?;
    let admitted: HashSet<Id<Learner>> = lines(platform, permit, profile.value.cohort)
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

/// Ranks places for a candidate: by the candidate, under their own account, or typed in by the school.
pub async fn rank_places(
    platform: &Platform,
    actor: &Actor,
    learner: Id<Learner>,
    cohort: Id<Cohort>,
    tiers: Vec<Vec<Id<Place>>>,
) -> Result<()> {
    match permit::<FollowOwnCourse>(actor) {
        Ok(permit) => {
            let Reach::Own(account) = permit.reach() else { return Err(Error::NotFound) };
            if !store::of_account(&platform.db, &permit, account).await?.contains(&learner) {
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

/// A counsellor’s post that nobody holds, or that opens soon: what the school trains for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vacancy {
    pub post: Id<Post>,
    pub code: String,
    pub structure: Id<Structure>,
    pub job: territory::posts::Job,
    pub opened_by: Option<Id<Organisation>>,
    pub funded_until: Option<Date>,
    /// Places already offered against it.
    pub places: usize,
}

/// The vacancies of counsellors in the département, beside the places offered against them to a cohort.
pub async fn vacancies(platform: &Platform, actor: &Actor, cohort: Id<Cohort>) -> Result<Vec<Vacancy>> {
    let permit = permit::<ReadSchool>(actor)?;
    cohort::find(platform, &permit, cohort).await?;
    let as_of = AsOf::now(&platform.clock);
    let picture = territory::picture(platform, actor, as_of).await?;
    let posts = Posts::read(platform, actor, as_of).await?;
    let offered = of_cohort(platform, &permit, cohort).await?;
    let vacancy = |view: territory::posts::PostView<'_>| {
        let profile = &view.profile.value;
        let post = view.profile.subject;
        Vacancy {
            post,
            code: view.code.to_owned(),
            structure: profile.structure,
            job: profile.job,
            opened_by: profile.opened_by,
            funded_until: profile.funded_until,
            places: offered.iter().filter(|place| place.profile.value.post == Some(post)).count(),
        }
    };
    Ok(posts
        .views(&picture)
        .into_iter()
        .filter(|view| {
            matches!(view.state, PostState::Vacant | PostState::Planned) && view.profile.value.job.counsels()
        })
        .map(vacancy)
        .collect())
}
