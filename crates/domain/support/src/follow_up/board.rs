//! What a head of agency sees at half past eight.

use std::collections::BTreeMap;

use base::{Date, Id};
use db::{Ask, sql};
use jiff::ToSpan;
use platform::gate::FollowPeople;
use platform::{Account, Actor, Platform, Reach, Structure};

use super::row::{Need, Phase, Stage};
use super::service;
use crate::caseload::{self, Staff};
use crate::orientation::Path;
use crate::{Error, Result};

sql! {
    STAGES = "SELECT stage, need, count(*) FROM follow_up WHERE tenant = $1 AND structure = $2 GROUP BY stage, need";
    LOADS = "SELECT counsellor, path, phase, count(*) FROM follow_up WHERE tenant = $1 AND structure = $2
             AND counsellor IS NOT NULL GROUP BY counsellor, path, phase";
    IN_CHARGE_OF = "SELECT counsellor, count(*) FROM follow_up WHERE tenant = $1 AND structure = $2
             AND counsellor IS NOT NULL GROUP BY counsellor";
    NEEDS_OF_COUNSELLORS = "SELECT counsellor, need, count(*) FROM follow_up WHERE tenant = $1 AND structure = $2
             AND counsellor IS NOT NULL AND need < 99 GROUP BY counsellor, need";
    CHANGED = "SELECT stage, count(*) FROM follow_up WHERE tenant = $1 AND structure = $2 AND changed_on >= $3 GROUP BY stage";
    ARRIVED = "SELECT count(*) FROM follow_up WHERE tenant = $1 AND structure = $2 AND changed_on >= $3 AND started_on >= $3";
    DUE_BETWEEN = "SELECT need, count(*) FROM follow_up WHERE tenant = $1 AND structure = $2 AND need < 99
             AND need_on >= $3 AND need_on < $4 GROUP BY need";
    MEETINGS_TODAY = "SELECT count(*) FROM follow_up WHERE tenant = $1 AND structure = $2 AND next_meeting_on = $3";
    NOT_MET_SINCE = "SELECT count(*) FROM follow_up WHERE tenant = $1 AND structure = $2 AND stage IN ('unassigned', 'unmet')
             AND started_on < $3";
}

/// What one counsellor carries.
#[derive(Clone, PartialEq, Debug)]
pub struct CounsellorLoad {
    pub staff: Staff,
    pub people: i64,
    /// Weighted by path and phase, in hundredths of an ordinary accompaniment.
    pub weighted: i64,
    /// The same for a full-time post: what makes two counsellors comparable. `None` with no working time.
    pub per_full_time: Option<i64>,
    /// People who need them now, by need.
    pub needs: BTreeMap<Need, i64>,
}

impl CounsellorLoad {
    pub fn pressing(&self) -> i64 {
        self.needs.values().sum()
    }
}

/// The agency on a morning.
#[derive(Clone, PartialEq, Debug)]
pub struct AgencyBoard {
    pub structure: Id<Structure>,
    pub day: Date,
    pub stages: BTreeMap<Stage, i64>,
    pub needs: BTreeMap<Need, i64>,
    /// The shorter target for a first meeting, and the longer, in days.
    pub targets: (i32, i32),
    /// Without a first meeting after each of them, whether or not one is planned.
    pub not_met: (i64, i64),
    /// The structure in charge since before these days: what `not_met` counts.
    pub not_met_before: (Date, Date),
    /// The day before: what arrived and changed from then on is counted.
    pub yesterday: Date,
    /// Arrived since the day before.
    pub arrived: i64,
    /// Lines that moved since the day before, by stage.
    pub changed: BTreeMap<Stage, i64>,
    pub due_today: BTreeMap<Need, i64>,
    pub due_this_week: BTreeMap<Need, i64>,
    pub meetings_today: i64,
    pub loads: Vec<CounsellorLoad>,
    /// People in charge of somebody who no longer works there.
    pub left_behind: Vec<LeftBehind>,
}

/// Somebody who has gone from a structure, and how many people still bear their name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftBehind {
    pub account: Id<Account>,
    pub name: String,
    pub people: i64,
}

/// The board of the actor's structure, or of the one asked by who sees them all.
///
/// # Errors
/// [`Error::Invalid`] without a structure.
pub async fn agency_board(platform: &Platform, actor: &Actor, structure: Option<Id<Structure>>) -> Result<AgencyBoard> {
    let permit = platform::gate::permit::<FollowPeople>(actor)?;
    let structure = match permit.reach() {
        Reach::Structure(own) => own,
        Reach::Department => structure.ok_or_else(|| Error::Invalid("choisissez une structure".to_owned()))?,
        Reach::Organisation(_) | Reach::Own(_) => return Err(Error::NotFound),
    };
    let (db, tenant, day) = (&platform.db, permit.tenant(), platform.today());
    let yesterday = day.yesterday().unwrap_or(day);
    let (tomorrow, in_a_week) = (day.tomorrow().unwrap_or(day), day.checked_add(7.days()).unwrap_or(day));
    let [(short, short_before), (long, long_before)] = service::rules(platform, tenant).await?.first_meeting();
    let not_met_before = (short_before, long_before);
    let mut board = AgencyBoard {
        structure,
        day,
        stages: BTreeMap::new(),
        needs: BTreeMap::new(),
        targets: (short, long),
        not_met: (
            db.one(&NOT_MET_SINCE, &[&tenant, &structure, &not_met_before.0]).await?,
            db.one(&NOT_MET_SINCE, &[&tenant, &structure, &not_met_before.1]).await?,
        ),
        not_met_before,
        yesterday,
        arrived: db.one(&ARRIVED, &[&tenant, &structure, &yesterday]).await?,
        changed: db.all::<(Stage, i64)>(&CHANGED, &[&tenant, &structure, &yesterday]).await?.into_iter().collect(),
        due_today: due(platform, tenant, structure, day, tomorrow).await?,
        due_this_week: due(platform, tenant, structure, day, in_a_week).await?,
        meetings_today: db.one(&MEETINGS_TODAY, &[&tenant, &structure, &day]).await?,
        loads: Vec::new(),
        left_behind: Vec::new(),
    };
    for (stage, need, people) in db.all::<(Stage, Need, i64)>(&STAGES, &[&tenant, &structure]).await? {
        *board.stages.entry(stage).or_default() += people;
        if need != Need::Nothing {
            *board.needs.entry(need).or_default() += people;
        }
    }
    board.loads = loads(platform, actor, structure).await?;
    let mut left: BTreeMap<Id<Account>, i64> =
        db.all::<(Id<Account>, i64)>(&IN_CHARGE_OF, &[&tenant, &structure]).await?.into_iter().collect();
    left.retain(|account, _| board.loads.iter().all(|load| load.staff.account != *account));
    let names = caseload::names(platform, &permit, &left.keys().copied().collect::<Vec<_>>()).await?;
    board.left_behind = left
        .into_iter()
        .map(|(account, people)| LeftBehind { account, name: names.get(&account).cloned().unwrap_or_default(), people })
        .collect();
    Ok(board)
}

async fn due(
    platform: &Platform,
    tenant: Id<facts::Tenant>,
    structure: Id<Structure>,
    from: Date,
    to: Date,
) -> Result<BTreeMap<Need, i64>> {
    let found = platform.db.all::<(Need, i64)>(&DUE_BETWEEN, &[&tenant, &structure, &from, &to]).await?;
    Ok(found.into_iter().collect())
}

/// What each counsellor of a structure carries, the heaviest load for a full-time post first; those who carry
/// nobody yet too.
pub async fn loads(platform: &Platform, actor: &Actor, structure: Id<Structure>) -> Result<Vec<CounsellorLoad>> {
    let permit = platform::gate::permit::<FollowPeople>(actor)?;
    let (db, tenant) = (&platform.db, permit.tenant());
    let weights = caseload::weights(platform, tenant).await?;
    let mut found: BTreeMap<Id<Account>, CounsellorLoad> = caseload::staff(platform, &permit, structure)
        .await?
        .into_iter()
        .map(|staff| {
            let load = CounsellorLoad { people: 0, weighted: 0, per_full_time: None, needs: BTreeMap::new(), staff };
            (load.staff.account, load)
        })
        .collect();
    for (counsellor, path, phase, people) in
        db.all::<(Id<Account>, Path, Phase, i64)>(&LOADS, &[&tenant, &structure]).await?
    {
        if let Some(load) = found.get_mut(&counsellor) {
            load.people += people;
            load.weighted += people * weights.of(path, phase);
        }
    }
    for (counsellor, need, people) in
        db.all::<(Id<Account>, Need, i64)>(&NEEDS_OF_COUNSELLORS, &[&tenant, &structure]).await?
    {
        if let Some(load) = found.get_mut(&counsellor) {
            load.needs.insert(need, people);
        }
    }
    let mut loads: Vec<CounsellorLoad> = found.into_values().collect();
    for load in &mut loads {
        load.per_full_time = (load.staff.working_time > 0).then(|| load.weighted * 100 / load.staff.working_time);
    }
    loads.sort_by_key(|load| (std::cmp::Reverse(load.per_full_time), load.staff.name.clone()));
    Ok(loads)
}
