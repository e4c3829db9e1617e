//! One's own calendar, and the secret address at which a telephone reads it.

use std::collections::HashMap;
use std::fmt;

use base::{Date, Id, Instant};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use facts::Fact;
use facts::journal::{self, Chain};
use platform::gate::{Action, FollowOwnCourse, permit};
use platform::{Actor, Permit, Platform, Reach, Reading};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

use super::model::{Contract, Enrolment, Feed, FeedRecord};
use super::store;
use crate::admission::{Learner, identities};
use crate::cohort::{
    self, CalendarDay, Cohort, Half, HalfHours, Module, RoomProfile, Session, SessionNumber, SessionState,
    TrainerProfile,
};
use crate::{Error, Result};

/// A half-day of class as a calendar shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CalendarSession {
    /// Never changes, wherever the session moves.
    pub number: Id<SessionNumber>,
    pub on: Date,
    pub half: Half,
    pub hours: HalfHours,
    pub module: String,
    pub trainer: String,
    pub room: String,
    pub state: SessionState,
    /// Why it was moved or cancelled.
    pub reason: String,
    /// How many times it was changed, from 0: the SEQUENCE of calendars.
    pub changes: u32,
    pub changed_at: Instant,
}

/// The calendar of one person in one cohort.
#[derive(Clone, PartialEq, Debug)]
pub struct OwnCalendar {
    pub learner: Id<Learner>,
    pub cohort: Id<Cohort>,
    pub name: String,
    /// Every day of the cohort.
    pub days: Vec<CalendarDay>,
    /// By day; cancelled ones included.
    pub sessions: Vec<CalendarSession>,
}

/// What the holder of an address keeps. The database never sees it.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedToken(String);

impl FeedToken {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FeedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FeedToken(…)")
    }
}

fn digest_of(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

/// The learners that the account of the permit is.
async fn own_learners(platform: &Platform, permit: &Permit<FollowOwnCourse>) -> Result<Vec<Id<Learner>>> {
    let Reach::Own(account) = permit.reach() else { return Err(Error::NotFound) };
    store::own(&platform.db, permit, account).await
}

/// The calendars of whoever is signed in, the last cohort first. Logged as a reading.
pub async fn own_calendar(platform: &Platform, actor: &Actor) -> Result<Vec<OwnCalendar>> {
    let permit = permit::<FollowOwnCourse>(actor)?;
    let mut calendars = Vec::new();
    for learner in own_learners(platform, &permit).await? {
        let read = Reading::of(&permit, "learner", Some(learner.raw()), serde_json::json!({ "shown": "calendar" }));
        platform.readings.record(read).await?;
        let enrolments = facts::current::<Enrolment>(&platform.db, permit.tenant(), learner).await?;
        let mut cohorts: Vec<Id<Cohort>> = enrolments.iter().rev().map(|fact| fact.value.cohort).collect();
        cohorts.dedup();
        for cohort in cohorts {
            let view = cohort::known(platform, &permit, cohort).await?;
            let days = cohort::days_of(platform, &permit, &view).await?;
            let sessions = calendar_sessions(platform, permit.tenant(), cohort).await?;
            calendars.push(OwnCalendar { learner, cohort, name: view.profile.value.name, days, sessions });
        }
    }
    Ok(calendars)
}

async fn calendar_sessions(
    platform: &Platform,
    tenant: Id<facts::Tenant>,
    cohort: Id<Cohort>,
) -> Result<Vec<CalendarSession>> {
    let db = &platform.db;
    let modules: HashMap<String, String> = facts::current::<Module>(db, tenant, cohort)
        .await?
        .into_iter()
        .map(|fact| (fact.value.code, fact.value.name))
        .collect();
    let hours = cohort::hours_of_cohort(platform, tenant, cohort).await?;
    let history = facts::history::<Session>(db, tenant, cohort).await?;
    let mut changes: HashMap<Id<SessionNumber>, u32> = HashMap::new();
    for fact in history.iter().filter(|fact| fact.replaced_at.is_some()) {
        *changes.entry(fact.value.number).or_default() += 1;
    }
    let current: Vec<&Fact<Session>> = history.iter().filter(|fact| fact.replaced_at.is_none()).collect();
    let trainers: Vec<_> = current.iter().filter_map(|fact| fact.value.trainer).collect();
    let trainers: HashMap<_, String> = facts::current_many::<TrainerProfile>(db, tenant, &trainers)
        .await?
        .into_iter()
        .map(|fact| (fact.subject, fact.value.name))
        .collect();
    let rooms: Vec<_> = current.iter().filter_map(|fact| fact.value.room).collect();
    let rooms: HashMap<_, String> = facts::current_many::<RoomProfile>(db, tenant, &rooms)
        .await?
        .into_iter()
        .map(|fact| (fact.subject, fact.value.name))
        .collect();
    let mut sessions: Vec<CalendarSession> = current
        .into_iter()
        .map(|fact| CalendarSession {
            number: fact.value.number,
            on: fact.valid.from,
            half: fact.value.half,
            hours: hours.on(fact.valid.from, fact.value.half),
            module: modules.get(&fact.value.module).cloned().unwrap_or_else(|| fact.value.module.clone()),
            trainer: fact.value.trainer.and_then(|id| trainers.get(&id).cloned()).unwrap_or_default(),
            room: fact.value.room.and_then(|id| rooms.get(&id).cloned()).unwrap_or_default(),
            state: fact.value.state,
            reason: fact.value.reason.clone(),
            changes: changes.get(&fact.value.number).copied().unwrap_or(0),
            changed_at: fact.recorded_at,
        })
        .collect();
    sessions.sort_by_key(|session| (session.on, session.half, session.number));
    Ok(sessions)
}

/// Makes a new address for one's own calendar. The token is told once.
pub async fn create_feed(platform: &Platform, actor: &Actor, learner: Id<Learner>) -> Result<FeedToken> {
    let permit = permit::<FollowOwnCourse>(actor)?;
    own(platform, &permit, learner).await?;
    let mut bytes = [0; 32];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Error::invalid("la machine n’a pas donné de hasard\u{a0}: recommencez"))?;
    let token = FeedToken(URL_SAFE_NO_PAD.encode(bytes));
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    let id = Id::new(tx.reserve_ids(1).await?[0]);
    let feed = FeedRecord {
        id,
        tenant,
        learner,
        token_digest: digest_of(token.as_str()),
        created_at: now,
        created_by: permit.account(),
        revoked_at: None,
    };
    tx.fill(&[feed]).await?;
    write_entry(&tx, &permit, learner, "calendar.feed_created", id, now).await?;
    tx.commit().await?;
    Ok(token)
}

/// The addresses of one's own calendar that still answer.
pub async fn own_feeds(platform: &Platform, actor: &Actor, learner: Id<Learner>) -> Result<Vec<FeedRecord>> {
    let permit = permit::<FollowOwnCourse>(actor)?;
    own(platform, &permit, learner).await?;
    store::feeds(&platform.db, &permit, learner).await
}

/// Revokes an address: it answers nothing from now on.
pub async fn revoke_feed(platform: &Platform, actor: &Actor, learner: Id<Learner>, feed: Id<Feed>) -> Result<()> {
    let permit = permit::<FollowOwnCourse>(actor)?;
    own(platform, &permit, learner).await?;
    let now = platform.now();
    let tx = platform.db.begin().await?;
    if !store::revoke(&tx, permit.tenant(), learner, feed, now).await? {
        return Err(Error::NotFound);
    }
    write_entry(&tx, &permit, learner, "calendar.feed_revoked", feed, now).await?;
    Ok(tx.commit().await?)
}

async fn own(platform: &Platform, permit: &Permit<FollowOwnCourse>, learner: Id<Learner>) -> Result<()> {
    let known = own_learners(platform, permit).await?;
    known.contains(&learner).then_some(()).ok_or(Error::NotFound)
}

async fn write_entry<A: Action>(
    tx: &db::Tx,
    permit: &Permit<A>,
    learner: Id<Learner>,
    action: &str,
    feed: Id<Feed>,
    now: Instant,
) -> Result<()> {
    let entry = permit.entry(action, "learner", Some(learner.raw()), serde_json::json!({ "feed": feed }));
    journal::append(tx, Chain::Writes, permit.tenant(), now, entry).await?;
    Ok(())
}

/// The half-days behind a secret address; `None` for a token that is unknown or revoked. Whoever holds the token holds
/// the calendar, which says nothing of the person but where the cohort is.
pub async fn feed_calendar(platform: &Platform, token: &str) -> Result<Option<Vec<CalendarSession>>> {
    let Some(feed) = store::feed_by_digest(&platform.db, digest_of(token)).await? else { return Ok(None) };
    let enrolments = facts::current::<Enrolment>(&platform.db, feed.tenant, feed.learner).await?;
    let mut sessions = Vec::new();
    for fact in &enrolments {
        let of_cohort = calendar_sessions(platform, feed.tenant, fact.value.cohort).await?;
        // Until somebody leaves, and no further.
        sessions.extend(of_cohort.into_iter().filter(|session| fact.valid.contains(session.on)));
    }
    Ok(Some(sessions))
}

/// Somebody a tutor guides.
#[derive(Clone, PartialEq, Debug)]
pub struct Guided {
    pub learner: Id<Learner>,
    pub name: String,
    pub contract: Id<Contract>,
    pub cohort: Id<Cohort>,
    /// What the cohort does, day by day.
    pub days: Vec<CalendarDay>,
}

/// The people whom whoever is signed in guides today or will, by name. Logged as a reading of each.
pub async fn own_people(platform: &Platform, actor: &Actor) -> Result<Vec<Guided>> {
    let permit = permit::<FollowOwnCourse>(actor)?;
    let Reach::Own(account) = permit.reach() else { return Err(Error::NotFound) };
    let mut people: Vec<Guided> = Vec::new();
    for tutor in store::tutors_of_account(&platform.db, &permit, account).await? {
        let mut guided: Vec<Id<Contract>> = store::guided(&platform.db, &permit, tutor, platform.today())
            .await?
            .into_iter()
            .map(|guidance| guidance.contract)
            .collect();
        guided.dedup();
        for id in guided {
            let record = store::contract(&platform.db, &permit, id).await?.ok_or(Error::NotFound)?;
            let read =
                Reading::of(&permit, "learner", Some(record.learner.raw()), serde_json::json!({ "shown": "guided" }));
            platform.readings.record(read).await?;
            let name = identities(platform, &permit, &[record.learner]).await?.remove(&record.learner);
            let view = cohort::known(platform, &permit, record.cohort).await?;
            people.push(Guided {
                learner: record.learner,
                name: name.map(|identity| identity.name()).unwrap_or_default(),
                contract: id,
                cohort: record.cohort,
                days: cohort::days_of(platform, &permit, &view).await?,
            });
        }
    }
    people.sort_by(|one, other| (&one.name, one.contract).cmp(&(&other.name, other.contract)));
    Ok(people)
}
