//! Who needs somebody because a legal time runs out.

use std::collections::BTreeSet;

use base::Id;
use law::apprenticeship::{Clock, ClockState, Course, clocks};
use platform::gate::{ReadLearners, permit};
use platform::{Actor, Platform, Reading};

use super::file::{course_events, course_settings};
use super::store;
use crate::Result;
use crate::admission::{Learner, identities};
use crate::cohort::{self, Cohort, practice_and_class_days};

/// A clock of somebody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alert {
    pub learner: Id<Learner>,
    pub name: String,
    pub clock: Clock,
}

/// The clocks of a cohort that ask for somebody, the most pressing first. Logged as the reading of a list.
pub async fn alerts(platform: &Platform, actor: &Actor, cohort: Id<Cohort>) -> Result<Vec<Alert>> {
    read(platform, actor, cohort, |state| state.is_alert()).await
}

/// The clocks of a cohort that run, those that ask for somebody first. Logged as the reading of a list.
pub async fn running_clocks(platform: &Platform, actor: &Actor, cohort: Id<Cohort>) -> Result<Vec<Alert>> {
    read(platform, actor, cohort, |state| state <= ClockState::Running).await
}

async fn read(
    platform: &Platform,
    actor: &Actor,
    cohort: Id<Cohort>,
    keep: fn(ClockState) -> bool,
) -> Result<Vec<Alert>> {
    let permit = permit::<ReadLearners>(actor)?;
    let view = cohort::find(platform, &permit, cohort).await?;
    let days = cohort::days_of(platform, &permit, &view).await?;
    let (practice, classes) = practice_and_class_days(&days);
    let mut learners: BTreeSet<Id<Learner>> =
        store::enrolled(&platform.db, &permit, cohort).await?.into_iter().collect();
    learners.extend(store::of_cohort(&platform.db, &permit, cohort).await?.into_iter().map(|record| record.learner));
    let learners: Vec<Id<Learner>> = learners.into_iter().collect();
    let names = identities(platform, &permit, &learners).await?;
    let mut alerts = Vec::new();
    for learner in learners {
        let events = course_events(platform, &permit, learner, &view, None).await?;
        let settings = course_settings(platform, permit.tenant(), &events).await?;
        let course = Course { events: &events, practice: &practice, classes: &classes };
        let name = names.get(&learner).map(|identity| identity.name()).unwrap_or_default();
        let kept = clocks(&course, &settings, platform.today()).into_iter().filter(|clock| keep(clock.state));
        alerts.extend(kept.map(|clock| Alert { learner, name: name.clone(), clock }));
    }
    alerts.sort_by(|one, other| {
        (one.clock.state, one.clock.last_day, &one.name).cmp(&(other.clock.state, other.clock.last_day, &other.name))
    });
    let shown: Vec<i64> = alerts.iter().map(|alert| alert.learner.raw()).collect();
    let read = Reading::of(&permit, "learners", None, serde_json::json!({ "alerts": cohort, "shown": shown }));
    platform.readings.record(read).await?;
    Ok(alerts)
}
