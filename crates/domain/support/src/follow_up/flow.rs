//! The département's flow from the feed to a first meeting, without names.

use std::collections::BTreeMap;

use base::{Date, Id};
use db::{Ask, sql};
use jiff::ToSpan;
use law::publics::Public;
use platform::gate::FollowFlow;
use platform::{Actor, Platform, Structure};

use super::row::{Need, Stage};
use crate::Result;

// `+tenant`: whoever reads nearly every line does it in the order of the table; an index would look each one up.
sql! {
    FLOW = "SELECT structure, stage, count(*) FROM follow_up WHERE tenant = $1 GROUP BY structure, stage";
    STEPS = "SELECT structure, informed_on, decided_on, started_on, designated_on, first_met_on FROM follow_up
             WHERE +tenant = $1 AND decided_on >= $2";
    OVERDUE = "SELECT count(*) FROM follow_up WHERE tenant = $1 AND stage = 'to_orient' AND need = $2";
    COMPARED = "SELECT structure, publics, informed_on FROM follow_up WHERE +tenant = $1 AND started_on IS NOT NULL
             AND structure IS NOT NULL";
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

/// What tells whether two structures can be compared.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Compared {
    pub people: i64,
    /// People in each public, by its mask.
    pub publics: BTreeMap<u64, i64>,
    /// Months since the département was told of the right in force.
    pub months_of_right: Median,
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
    /// The people each structure accompanies, as far as they make it comparable.
    pub compared: BTreeMap<Id<Structure>, Compared>,
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
        compared: BTreeMap::new(),
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
    let mut months: BTreeMap<Id<Structure>, Vec<i64>> = BTreeMap::new();
    for (structure, publics, informed_on) in db.all::<(Id<Structure>, i64, Date)>(&COMPARED, &[&tenant]).await? {
        let compared = flow.compared.entry(structure).or_default();
        compared.people += 1;
        for public in Public::in_mask(publics.cast_unsigned()) {
            *compared.publics.entry(public.mask()).or_default() += 1;
        }
        let since = day.since((jiff::Unit::Month, informed_on)).map_or(0, |span| i64::from(span.get_months()));
        months.entry(structure).or_default().push(since);
    }
    for (structure, months) in months {
        flow.compared.entry(structure).or_default().months_of_right = Median::of(months);
    }
    Ok(flow)
}
