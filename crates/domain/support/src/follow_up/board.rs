//! Boards: what a head of agency sees at half past eight, and the département's flow from the feed to a first meeting.

use std::collections::BTreeMap;

use base::{Date, Id};
use db::{Ask, sql};
use jiff::ToSpan;
use platform::gate::{FollowFlow, FollowPeople};
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
    NEEDS_OF_COUNSELLORS = "SELECT counsellor, need, count(*) FROM follow_up WHERE tenant = $1 AND structure = $2
             AND counsellor IS NOT NULL AND need < 99 GROUP BY counsellor, need";
    CHANGED = "SELECT stage, count(*) FROM follow_up WHERE tenant = $1 AND structure = $2 AND changed_on >= $3 GROUP BY stage";
    ARRIVED = "SELECT count(*) FROM follow_up WHERE tenant = $1 AND structure = $2 AND changed_on >= $3 AND started_on >= $3";
    DUE_BETWEEN = "SELECT need, count(*) FROM follow_up WHERE tenant = $1 AND structure = $2 AND need < 99
             AND need_on >= $3 AND need_on < $4 GROUP BY need";
    MEETINGS_TODAY = "SELECT count(*) FROM follow_up WHERE tenant = $1 AND structure = $2 AND next_meeting_on = $3";
    FLOW = "SELECT structure, stage, count(*) FROM follow_up WHERE tenant = $1 GROUP BY structure, stage";
    STEPS = "SELECT structure, informed_on, decided_on, started_on, designated_on, first_met_on FROM follow_up
             WHERE tenant = $1 AND decided_on >= $2";
    OVERDUE = "SELECT count(*) FROM follow_up WHERE tenant = $1 AND stage = 'to_orient' AND need = $2";
    NOT_MET_SINCE = "SELECT count(*) FROM follow_up WHERE tenant = $1 AND structure = $2 AND stage IN ('unassigned', 'unmet')
             AND started_on < $3";
}

/// People at one stage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StageCount {
    pub stage: Stage,
    pub people: i64,
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
    /// Without a first meeting after the shorter target, and after the longer, whether or not one is planned.
    pub not_met: (i64, i64),
    /// Arrived since the day before.
    pub arrived: i64,
    /// Lines that moved since the day before, by stage.
    pub changed: BTreeMap<Stage, i64>,
    pub due_today: BTreeMap<Need, i64>,
    pub due_this_week: BTreeMap<Need, i64>,
    pub meetings_today: i64,
    pub loads: Vec<CounsellorLoad>,
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
    };
    let (db, tenant, day) = (&platform.db, permit.tenant(), platform.today());
    let yesterday = day.yesterday().unwrap_or(day);
    let (tomorrow, in_a_week) = (day.tomorrow().unwrap_or(day), day.checked_add(7.days()).unwrap_or(day));
    // Whoever began on this day has the target, then the limit, today.
    let first_meeting = service::rules(platform, tenant).await?.delays.first_appointment(day);
    let began = |last_day: Date| day.saturating_sub(last_day - day);
    let mut board = AgencyBoard {
        structure,
        day,
        stages: BTreeMap::new(),
        needs: BTreeMap::new(),
        not_met: (
            db.one(&NOT_MET_SINCE, &[&tenant, &structure, &began(first_meeting.target.last_day)]).await?,
            db.one(&NOT_MET_SINCE, &[&tenant, &structure, &began(first_meeting.limit.last_day)]).await?,
        ),
        arrived: db.one(&ARRIVED, &[&tenant, &structure, &yesterday]).await?,
        changed: db.all::<(Stage, i64)>(&CHANGED, &[&tenant, &structure, &yesterday]).await?.into_iter().collect(),
        due_today: due(platform, tenant, structure, day, tomorrow).await?,
        due_this_week: due(platform, tenant, structure, day, in_a_week).await?,
        meetings_today: db.one(&MEETINGS_TODAY, &[&tenant, &structure, &day]).await?,
        loads: Vec::new(),
    };
    for (stage, need, people) in db.all::<(Stage, Need, i64)>(&STAGES, &[&tenant, &structure]).await? {
        *board.stages.entry(stage).or_default() += people;
        if need != Need::Nothing {
            *board.needs.entry(need).or_default() += people;
        }
    }
    board.loads = loads(platform, actor, structure).await?;
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

/// One structure in the flow.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FlowLine {
    pub stages: BTreeMap<Stage, i64>,
    /// Median days from one step to the next, over those oriented in the period; with how many.
    pub to_decision: Median,
    pub to_designation: Median,
    pub to_first_meeting: Median,
}

/// A median, and what it rests on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Median {
    pub days: Option<i64>,
    pub of: usize,
}

impl Median {
    fn of(mut days: Vec<i64>) -> Self {
        days.sort_unstable();
        Self { days: days.get(days.len() / 2).copied(), of: days.len() }
    }
}

/// From the feed to a first meeting, structure by structure.
#[derive(Clone, PartialEq, Debug)]
pub struct Flow {
    /// People decided from this day on are counted in the delays.
    pub since: Date,
    pub to_orient: i64,
    pub overdue: i64,
    pub whole: FlowLine,
    pub structures: BTreeMap<Id<Structure>, FlowLine>,
}

db::row! {
    struct Steps {
        structure: Option<Id<Structure>>,
        informed_on: Date,
        decided_on: Option<Date>,
        started_on: Option<Date>,
        designated_on: Option<Date>,
        first_met_on: Option<Date>,
    }
}

/// The flow of the département over the months before today.
pub async fn department_flow(platform: &Platform, actor: &Actor, months: i32) -> Result<Flow> {
    let permit = platform::gate::permit::<FollowFlow>(actor)?;
    let (db, tenant, day) = (platform.db.long(), permit.tenant(), platform.today());
    let since = day.checked_sub(months.months()).unwrap_or(Date::MIN);
    let mut flow = Flow {
        since,
        to_orient: 0,
        overdue: db.one(&OVERDUE, &[&tenant, &Need::OrientationOverdue]).await?,
        whole: FlowLine::default(),
        structures: BTreeMap::new(),
    };
    for (structure, stage, people) in db.all::<(Option<Id<Structure>>, Stage, i64)>(&FLOW, &[&tenant]).await? {
        *flow.whole.stages.entry(stage).or_default() += people;
        match structure {
            None => flow.to_orient += people,
            Some(structure) => {
                *flow.structures.entry(structure).or_default().stages.entry(stage).or_default() += people;
            }
        }
    }
    let mut delays: BTreeMap<Option<Id<Structure>>, [Vec<i64>; 3]> = BTreeMap::new();
    let between = |from: Date, to: Option<Date>| to.map(|to| i64::from((to - from).get_days()));
    for steps in db.all::<Steps>(&STEPS, &[&tenant, &since]).await? {
        let started = steps.started_on.unwrap_or(steps.informed_on);
        let found = [
            between(steps.informed_on, steps.decided_on),
            between(started, steps.designated_on),
            between(started, steps.first_met_on),
        ];
        for of in [None, steps.structure] {
            let kept = delays.entry(of).or_default();
            for (kept, days) in kept.iter_mut().zip(found) {
                kept.extend(days.map(|days| days.max(0)));
            }
        }
    }
    for (structure, [decision, designation, meeting]) in delays {
        let line = match structure {
            None => &mut flow.whole,
            Some(structure) => flow.structures.entry(structure).or_default(),
        };
        line.to_decision = Median::of(decision);
        line.to_designation = Median::of(designation);
        line.to_first_meeting = Median::of(meeting);
    }
    Ok(flow)
}
