//! An import asked for on screen, done behind it: it survives whoever does it being killed.

use std::path::PathBuf;
use std::sync::Arc;

use base::{Date, Id};
use platform::gate::{ImportFeed, permit};
use platform::jobs::{self, ATTEMPTS, Failure, Handlers, Job, Task};
use platform::mandate::Mandate;
use platform::{Actor, Platform};
use serde::{Deserialize, Serialize};
use support::inputs::InputKind;
use tokio::sync::watch;

use super::{Import, Progress, Settings, Stage, import};
use crate::caf::job::{asking, delete, is_lasting};

/// Kind of the job in the queue.
pub const KIND: &str = "import_input";

/// What is asked: a deposited file, which the job deletes when it is done with it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Demand {
    pub path: PathBuf,
    /// As the sender or the user calls it.
    pub file_name: String,
    /// Digest of the bytes, in hexadecimal: what links the job to the received file.
    pub sha256: String,
    /// Code of an [`InputKind`].
    pub kind: String,
    pub origin: String,
    pub reference_date: Date,
    pub complete: bool,
    pub accept_probable: bool,
    pub settings: Settings,
    /// Under which mandate; one that ends before its turn comes stops the job.
    pub mandate: Option<Id<Mandate>>,
}

impl Demand {
    pub fn kind(&self) -> Option<InputKind> {
        InputKind::ALL.iter().copied().find(|kind| kind.as_code() == self.kind)
    }

    /// The import it asks for; `None` when its kind is not known here.
    pub fn import(&self, dry_run: bool) -> Option<Import> {
        Some(Import {
            path: self.path.clone(),
            file_name: self.file_name.clone(),
            kind: self.kind()?,
            origin: self.origin.clone(),
            reference_date: self.reference_date,
            complete: self.complete,
            accept_probable: self.accept_probable,
            settings: self.settings.clone(),
            dry_run,
        })
    }
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
    let actor: Actor = asking(platform, job, demand.mandate).await?;
    let request = demand.import(false).ok_or_else(|| Failure::last("sorte de fichier inconnue".to_owned()))?;
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
        let last = match &error {
            super::Error::Support(problem) => is_lasting(problem),
            other => other.is_lasting(),
        };
        Failure { message: error.to_string(), last }
    })
}

/// What is being done, for the screen.
pub const fn words(stage: Stage) -> &'static str {
    match stage {
        Stage::Checking => "Lecture et contrôle du tableau",
        Stage::Applying => "Rapprochement et enregistrement des lignes",
    }
}
