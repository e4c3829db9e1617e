//! What comes behind the first page: contacts, files between two months, older months that complete the past, and a
//! few decisions. A job: it survives a stop and goes on at the next start, each step finding what it has already done.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use exchange::caf::{self, job::Demand};
use platform::jobs::{self, Failure, Job};
use platform::{Actor, Platform, Role};
use serde::{Deserialize, Serialize};
use support::matching::{self, Verdict};
use tokio::sync::watch;

use crate::{Result, Size, accounts, contacts, feed, timeline};

/// Kind of the job in the queue.
pub(crate) const KIND: &str = "demo_history";

/// Doubtful pairs looked at by the demonstration's own data manager; the others wait for the visitor.
const DECIDED: i64 = 12;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct HistoryDemand {
    folder: PathBuf,
    size: Size,
}

/// Puts the job in the queue, once in the life of the data.
pub(crate) async fn ask_for(platform: &Platform, actor: &Actor, folder: &Path, size: Size) -> Result<()> {
    if crate::has_job(platform, actor, KIND).await? {
        return Ok(());
    }
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let payload = serde_json::to_value(HistoryDemand { folder, size }).expect("a path and a size are always written");
    let tx = platform.db.begin().await?;
    jobs::enqueue(&tx, actor.tenant(), KIND, payload, None, platform.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// How far the job is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Step {
    number: u64,
    what: String,
    done: u64,
    total: u64,
}

/// Steps, for the progress shown: contacts, files between months, and one a late month.
const STEPS: u64 = 5;

/// Does it.
///
/// # Errors
/// Whatever a step says; the job is tried again.
pub(crate) async fn run(platform: Platform, job: Arc<Job>) -> Result<(), Failure> {
    let asked: HistoryDemand = job.payload()?;
    let (tell, mut told) = watch::channel(Step::default());
    let filling = fill(&platform, &job, &asked, move |step| drop(tell.send_replace(step)));
    let reporting = async {
        while told.changed().await.is_ok() {
            let step = told.borrow_and_update().clone();
            let whole = 1_000;
            let part = (step.done * whole).checked_div(step.total).unwrap_or(0).min(whole);
            if let Err(problem) = job.progress(step.number * whole + part, STEPS * whole, &step.what).await {
                tracing::warn!(%problem, job = job.id.raw(), "the progress of the history was not written");
            }
        }
    };
    let (outcome, ()) = tokio::join!(filling, reporting);
    Ok(outcome?)
}

async fn fill(platform: &Platform, job: &Job, asked: &HistoryDemand, tell: impl Fn(Step) + Send + Sync) -> Result<()> {
    let program = Actor::program(job.tenant).for_request(KIND);
    let (folder, size) = (asked.folder.as_path(), asked.size);

    let past = crate::at(platform, timeline::CONTACTS.instant());
    let officer = accounts::actor_of(&past, &program, Role::DepartmentOfficer).await?;
    let what = "Coordonnées des personnes".to_owned();
    // About one adult and a half a household.
    let adults = size.households() * 3 / 2;
    contacts::take_over(&past, &officer, &mut |done| tell(Step { number: 0, what: what.clone(), done, total: adults })).await?;

    tell(Step { number: 1, what: "Fichiers quotidiens".to_owned(), done: 0, total: 1 });
    between_months(platform, &program, folder, size).await?;

    for (number, month) in (2..).zip(feed::late_months()) {
        if feed::is_in(platform, &program, month).await? {
            continue;
        }
        let what = format!("Mois plus ancien, situation au {}", month.strftime("%d/%m/%Y"));
        let mut told = |done, total| tell(Step { number, what: what.clone(), done, total });
        feed::bring_late_month_in(platform, &program, folder, size, month, &mut told).await?;
    }

    decide(platform, &program).await?;
    feed::sweep(folder)?;
    tell(Step { number: STEPS, what: "Historique complet".to_owned(), done: 0, total: 1 });
    Ok(())
}

/// A file with broken households, the same mended, and one cut on its way, whose refusal is seen among the jobs.
async fn between_months(platform: &Platform, program: &Actor, folder: &Path, size: Size) -> Result<()> {
    let into = folder.to_owned();
    let daily = tokio::task::spawn_blocking(move || feed::write_daily(&into, size))
        .await
        .map_err(|problem| caf::Error::Interrupted(problem.to_string()))??;
    let first = crate::at(platform, timeline::arrival(daily.created_on).instant());
    feed::bring_in(&first, program, &daily.broken, &feed::file_name('I', daily.created_on), &mut |_, _| {}).await?;
    let again = crate::at(platform, feed::arrival_again(daily.created_on));
    feed::bring_in(&again, program, &daily.mended, &format!("RENVOI_{}", feed::file_name('I', daily.created_on)), &mut |_, _| {}).await?;
    if !crate::has_job(platform, program, caf::job::KIND).await? {
        let demand = Demand {
            path: daily.cut,
            file_name: format!("COUPE_{}", feed::file_name('I', daily.created_on)),
            sha256: String::new(),
            accept_count_mismatch: false,
            mandate: None,
        };
        caf::job::enqueue(platform, program, &demand).await?;
    }
    Ok(())
}

/// Some of the doubtful pairs are decided: the same person where nothing speaks against it, and a few that are not.
async fn decide(platform: &Platform, program: &Actor) -> Result<()> {
    let manager = accounts::actor_of(platform, program, Role::DataManager).await?;
    let (pairs, _) = matching::open_doubts(platform, &manager, base::Id::new(0), DECIDED).await?;
    for (number, pair) in pairs.iter().enumerate() {
        if pair.is_certain() {
            matching::decide(platform, &manager, pair.doubt.id, Verdict::Same).await?;
        } else if number % 4 == 0 {
            matching::decide(platform, &manager, pair.doubt.id, Verdict::Different).await?;
        }
    }
    Ok(())
}
