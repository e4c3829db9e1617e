use std::collections::HashMap;

use base::{Date, Id, Period, fr};
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use platform::gate::{ManageContracts, ReadLearners, permit};
use platform::{Actor, Platform, Reading};

use super::model::{Enrolment, Regime};
use super::store;
use crate::admission::{Learner, LearnerIdentity, identities, learner_within};
use crate::cohort::{self, Cohort};
use crate::{Error, Result};

/// Somebody who enters a cohort.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NewEnrolment {
    pub learner: Id<Learner>,
    pub cohort: Id<Cohort>,
    pub from: Date,
    pub regime: Regime,
    /// Trains while looking for an employer.
    pub awaiting_contract: bool,
}

/// Enrols somebody, to the end of the cohort; enrolled already, the regime changes from that day on.
///
/// # Errors
/// [`Error::Problems`] for a day outside the cohort, another school, or a cohort that is full.
pub async fn enrol(platform: &Platform, actor: &Actor, new: NewEnrolment) -> Result<()> {
    let permit = permit::<ManageContracts>(actor)?;
    let learner = learner_within(platform, &permit, new.learner).await?;
    let cohort = cohort::find(platform, &permit, new.cohort).await?;
    if learner.organisation != cohort.record.organisation {
        return Err(Error::NotFound);
    }
    let mut problems = Vec::new();
    if !(cohort.first_day()..=cohort.last_day()).contains(&new.from) {
        problems.push(format!(
            "La promotion va du {} au {}\u{a0}: l’entrée du {} n’en est pas.",
            fr::date_long(cohort.first_day()),
            fr::date_long(cohort.last_day()),
            fr::date_long(new.from)
        ));
    }
    if new.awaiting_contract && !new.regime.law().has_contract() {
        problems.push("Seul un contrat d’apprentissage ou de professionnalisation peut être attendu.".to_owned());
    }
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    tx.hold(&[new.cohort.raw() ^ ENROLLING]).await?;
    let inside = store::enrolled(&tx, &permit, new.cohort).await?;
    let seats = cohort.profile.value.seats;
    if !inside.contains(&new.learner) && i64::try_from(inside.len()).unwrap_or(i64::MAX) >= seats {
        problems.push(format!("La promotion est complète\u{a0}: {seats}\u{a0}places."));
    }
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    let value = Enrolment { cohort: new.cohort, regime: new.regime, awaiting_contract: new.awaiting_contract };
    let valid = Period { from: new.from, to: cohort.profile.valid.to };
    facts::write::<Enrolment, Error>(&tx, tenant, new.learner, permit.provenance(), now, |in_force| {
        Ok(Plan::set(in_force, valid, value))
    })
    .await?;
    let told = serde_json::json!({ "cohort": new.cohort, "from": new.from, "regime": new.regime });
    let entry = permit.entry("learner.enrolled", "learner", Some(new.learner.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

/// What enrolments of one cohort wait for.
const ENROLLING: i64 = 0x65_6e72_6f6c;

/// Somebody leaves a cohort: `on` is the first day out of it. A contract that runs is broken by an event of its own.
pub async fn leave(
    platform: &Platform,
    actor: &Actor,
    learner: Id<Learner>,
    cohort: Id<Cohort>,
    on: Date,
) -> Result<()> {
    let permit = permit::<ManageContracts>(actor)?;
    learner_within(platform, &permit, learner).await?;
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    facts::write::<Enrolment, Error>(&tx, tenant, learner, permit.provenance(), now, |in_force| {
        let known = in_force
            .iter()
            .find(|fact| fact.value.cohort == cohort && fact.valid.contains(on))
            .ok_or_else(|| Error::invalid(format!("cette personne n’est pas en formation le {}", fr::date_long(on))))?;
        Ok(Plan::close(in_force, known.id, on)?)
    })
    .await?;
    let told = serde_json::json!({ "cohort": cohort, "on": on });
    let entry = permit.entry("learner.left", "learner", Some(learner.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

/// Somebody of a cohort.
#[derive(Clone, PartialEq, Debug)]
pub struct Enrolled {
    pub learner: Id<Learner>,
    pub identity: LearnerIdentity,
    /// The last one: somebody may have changed of regime.
    pub enrolment: Fact<Enrolment>,
}

/// Whoever is or was in a cohort, by name. Logged as the reading of a list.
pub async fn enrolled(platform: &Platform, actor: &Actor, cohort: Id<Cohort>) -> Result<Vec<Enrolled>> {
    let permit = permit::<ReadLearners>(actor)?;
    cohort::find(platform, &permit, cohort).await?;
    let learners = store::enrolled(&platform.db, &permit, cohort).await?;
    let mut names = identities(platform, &permit, &learners).await?;
    let mut last: HashMap<Id<Learner>, Fact<Enrolment>> = HashMap::new();
    for fact in facts::current_many::<Enrolment>(&platform.db, permit.tenant(), &learners).await? {
        if fact.value.cohort == cohort {
            last.insert(fact.subject, fact);
        }
    }
    let mut lines: Vec<Enrolled> = last
        .into_iter()
        .filter_map(|(learner, enrolment)| {
            names.remove(&learner).map(|identity| Enrolled { learner, identity, enrolment })
        })
        .collect();
    lines.sort_by_cached_key(|line| {
        (base::fold(&line.identity.last_name), base::fold(&line.identity.first_name), line.learner)
    });
    let shown: Vec<i64> = lines.iter().map(|line| line.learner.raw()).collect();
    let read = Reading::of(&permit, "learners", None, serde_json::json!({ "enrolled": cohort, "shown": shown }));
    platform.readings.record(read).await?;
    Ok(lines)
}

/// Spells of training as the law counts them: a first day without contract, the first day out.
pub(super) fn events(
    enrolments: &[Fact<Enrolment>],
    cohort: Id<Cohort>,
    end: Option<Date>,
) -> Vec<law::apprenticeship::Event> {
    use law::apprenticeship::{Event, What};
    let own = || enrolments.iter().filter(|fact| fact.value.cohort == cohort);
    let entered = own().find(|fact| fact.value.awaiting_contract).map(|fact| fact.valid.from);
    let last =
        own().filter_map(|fact: &Fact<Enrolment>| Period::last_day(&fact.valid).map(|_| fact.valid.to)).max().flatten();
    // The end of the cohort is no departure.
    let left = last.filter(|left| end.is_none_or(|end| *left < end));
    let entered = entered.map(|on| Event { on, what: What::EnteredWithoutContract });
    entered.into_iter().chain(left.map(|on| Event { on, what: What::Left })).collect()
}
