//! Positioning, interview, decision: each dated, each with its reasons.

use base::{Date, Id, Period, fr};
use facts::Plan;
use facts::journal::{self, Chain};
use platform::gate::{Action, DecideAdmissions, ManageAdmissions, permit};
use platform::{Actor, Permit, Platform};

use super::candidates::learner_within;
use super::model::{AdmissionStep, Application, Learner, Step, StepOutcome};
use crate::cohort::Cohort;
use crate::{Error, Result, required};

/// A step to note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewStep {
    pub cohort: Id<Cohort>,
    pub step: Step,
    pub on: Date,
    pub outcome: StepOutcome,
    pub reasons: String,
    pub adjustment: String,
}

/// Notes a step of an admission; noted again, it is corrected. A decision asks for the permit to decide.
///
/// # Errors
/// [`Error::Invalid`] without reasons, in the future, before the application, or for a decision before any interview.
pub async fn note_step(platform: &Platform, actor: &Actor, learner: Id<Learner>, new: NewStep) -> Result<()> {
    match new.step {
        Step::Decision => write(platform, &permit::<DecideAdmissions>(actor)?, learner, new).await,
        _ => write(platform, &permit::<ManageAdmissions>(actor)?, learner, new).await,
    }
}

async fn write<A: Action>(platform: &Platform, permit: &Permit<A>, id: Id<Learner>, new: NewStep) -> Result<()> {
    learner_within(platform, permit, id).await?;
    let NewStep { cohort, step, on, outcome, reasons, adjustment } = new;
    let reasons = required(&reasons, "les raisons\u{a0}: la personne peut les lire")?;
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    if on > today {
        return Err(Error::invalid(format!("l’étape du {} n’a pas encore eu lieu", fr::date_long(on))));
    }
    let tx = platform.db.begin().await?;
    let applications = facts::current::<Application>(&tx, tenant, id).await?;
    let application = applications
        .iter()
        .find(|fact| fact.value.cohort == cohort)
        .ok_or_else(|| Error::invalid("cette personne n’a pas de candidature pour cette promotion"))?;
    if on < application.valid.from {
        return Err(Error::invalid(format!(
            "l’étape du {} précède la candidature, reçue le {}",
            fr::date_long(on),
            fr::date_long(application.valid.from)
        )));
    }
    let value = AdmissionStep { cohort, step, outcome, reasons, adjustment: adjustment.trim().to_owned() };
    facts::write::<AdmissionStep, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        let own = || in_force.iter().filter(|fact| fact.value.cohort == cohort);
        if step == Step::Decision && own().all(|fact| fact.value.step != Step::Interview) {
            return Err(Error::invalid("une décision suit un entretien\u{a0}: notez-le d’abord"));
        }
        Ok(match own().find(|fact| fact.value.step == step) {
            Some(known) => Plan::correct(in_force, known.id, Period::since(on), value)?,
            None => Plan::add(in_force, Period::since(on), value)?,
        })
    })
    .await?;
    let told = serde_json::json!({ "cohort": cohort, "step": step, "on": on, "outcome": outcome });
    let entry = permit.entry("admission.step", "learner", Some(id.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}
