//! An import asked for on screen, done behind it: it survives whoever does it being killed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::Id;
use platform::gate::{ImportFeed, permit};
use platform::jobs::{self, ATTEMPTS, Failure, Handlers, Job, Task};
use platform::mandate::Mandate;
use platform::{Actor, Platform};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{Error, Import, Progress, Stage, import};

/// Kind of the job in the queue.
pub const KIND: &str = "import_caf";

/// What is asked: a deposited file, which the job deletes when it is done with it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Demand {
    pub path: PathBuf,
    /// As the sender or the user calls it.
    pub file_name: String,
    /// Digest of the bytes, in hexadecimal: what links the job to the received file.
    pub sha256: String,
    pub accept_count_mismatch: bool,
    /// Under which mandate; one that ends before its turn comes stops the job.
    pub mandate: Option<Id<Mandate>>,
}

/// Puts an import in the queue.
///
/// # Errors
/// The gate's refusal, or the database's own.
pub async fn enqueue(platform: &Platform, actor: &Actor, demand: &Demand) -> platform::Result<Id<Task>> {
    let permit = permit::<ImportFeed>(actor)?;
    let payload = serde_json::to_value(demand).expect("texts and numbers are always written");
    let tx = platform.db.begin().await?;
    let job = jobs::enqueue(&tx, permit.tenant(), KIND, payload, permit.account(), platform.now()).await?;
    tx.commit().await?;
    Ok(job)
}

/// Adds whoever does these jobs.
pub fn register(handlers: Handlers) -> Handlers {
    handlers.on(KIND, run)
}

/// Does one import. Started again after a kill, it goes on after the last stretch committed.
///
/// # Errors
/// A broken file or an ended mandate ends the job; anything else is tried again.
pub async fn run(platform: Platform, job: Arc<Job>) -> Result<(), Failure> {
    let demand: Demand = job.payload()?;
    let outcome = work(&platform, &job, &demand).await;
    let over = outcome.as_ref().map_or_else(|failure| failure.last || job.attempt >= ATTEMPTS, |()| true);
    if over {
        delete(&demand.path).await;
    }
    outcome
}

async fn work(platform: &Platform, job: &Job, demand: &Demand) -> Result<(), Failure> {
    let actor = asking(platform, job, demand.mandate).await?;
    let request = Import {
        path: demand.path.clone(),
        file_name: demand.file_name.clone(),
        dry_run: false,
        accept_count_mismatch: demand.accept_count_mismatch,
    };
    // Progress is written beside the work, never in its way.
    let (tell, mut told) = watch::channel(None::<Progress>);
    let importing = import(platform, &actor, &request, move |progress| {
        tell.send_replace(Some(progress));
    });
    let reporting = async {
        while told.changed().await.is_ok() {
            let progress = *told.borrow_and_update();
            if let Some(Progress { stage, done, total }) = progress
                && let Err(problem) = job.progress(done, total, words(stage)).await
            {
                tracing::warn!(%problem, job = job.id.raw(), "the progress of an import was not written");
            }
        }
    };
    let (outcome, ()) = tokio::join!(importing, reporting);
    outcome.map(|_| ()).map_err(|error| {
        let last = matches!(&error, Error::Refused(_) | Error::Unreadable(_))
            || matches!(&error, Error::Support(problem) if is_lasting(problem));
        lasting(last, error)
    })
}

/// Who asked, under the mandate of then; the program when nobody did.
pub(crate) async fn asking(platform: &Platform, job: &Job, mandate: Option<Id<Mandate>>) -> Result<Actor, Failure> {
    match (job.asked_by, mandate) {
        (Some(account), Some(mandate)) => platform::mandate::actor(platform, account, mandate)
            .await
            .map_err(|problem| lasting(!matches!(problem, platform::Error::Database(_)), problem)),
        _ => Ok(Actor::program(job.tenant)),
    }
}

/// What is being done, for the screen.
pub const fn words(stage: Stage) -> &'static str {
    match stage {
        Stage::Checking => "Lecture et contrôle du fichier",
        Stage::Applying => "Enregistrement des foyers",
    }
}

/// Whether trying again would end the same way.
pub(crate) fn is_lasting(problem: &support::Error) -> bool {
    use support::Error as E;
    matches!(
        problem,
        E::Refused(_) | E::NotFound | E::Invalid(_) | E::SameHeaderOtherContent { .. } | E::ImportOvertaken
    )
}

fn lasting(last: bool, problem: impl std::fmt::Display) -> Failure {
    Failure { message: problem.to_string(), last }
}

/// A file that cannot be deleted is swept away with the old ones later.
pub(crate) async fn delete(path: &Path) {
    if let Err(problem) = tokio::fs::remove_file(path).await
        && problem.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%problem, "a deposited file was not deleted");
    }
}
