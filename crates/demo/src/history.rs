//! What fills behind: the months of the feed, contacts, files between two months, a month that comes late, and a few
//! decisions. A job: it survives a stop and goes on at the next start, each step finding what it has already done.

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

/// Doubtful pairs looked at by the demonstration's own data manager: half of them are decided, the others wait for
/// the visitor.
const LOOKED_AT: i64 = 24;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct HistoryDemand {
    folder: PathBuf,
    size: Size,
}

/// How far the filling is: thousandths done, what is being done; `None` once it is over (or was given up).
pub(crate) async fn standing(platform: &Platform, actor: &Actor) -> Result<Option<(u64, u64, String)>> {
    let found = crate::job(platform, actor, KIND).await?.filter(|job| job.finished_at.is_none());
    let number = |number: i64| u64::try_from(number).unwrap_or(0);
    Ok(found.map(|job| (number(job.progress_done), number(job.progress_total), job.progress_text)))
}

/// Puts the job in the queue, once in the life of the data.
pub(crate) async fn ask_for(platform: &Platform, actor: &Actor, folder: &Path, size: Size) -> Result<()> {
    if crate::job(platform, actor, KIND).await?.is_some() {
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
    number: usize,
    what: String,
    done: u64,
    total: u64,
}

/// Share of each step in the whole, in thousandths: the months, contacts, files between months, the late month.
const SHARES: [u64; 7] = [400, 90, 100, 100, 90, 20, 200];
const CONTACTS: usize = timeline::MONTHS.len();
const BETWEEN_MONTHS: usize = CONTACTS + 1;
const LATE_MONTH: usize = BETWEEN_MONTHS + 1;

impl Step {
    /// Thousandths of the whole.
    fn progress(&self) -> u64 {
        let before: u64 = SHARES.iter().take(self.number).sum();
        let share = SHARES.get(self.number).copied().unwrap_or(0);
        before + (self.done.min(self.total) * share).checked_div(self.total).unwrap_or(0)
    }
}

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
            if let Err(problem) = job.progress(step.progress(), SHARES.iter().sum(), &step.what).await {
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

    let mut told = |step: feed::MonthStep| {
        let feed::MonthStep { number, month, stage, done, total } = step;
        tell(Step { number, what: format!("{} : {}", month.strftime("%m/%Y"), stage.name()), done, total });
    };
    feed::bring_months_in(platform, &program, folder, size, &mut told).await?;

    let past = crate::at(platform, timeline::CONTACTS.instant());
    let officer = accounts::actor_of(&past, &program, Role::DepartmentOfficer).await?;
    // About one adult and a half a household.
    let total = size.households() * 3 / 2;
    let mut told = |done| tell(Step { number: CONTACTS, what: "Coordonnées des personnes".to_owned(), done, total });
    contacts::take_over(&past, &officer, &mut told).await?;

    tell(Step { number: BETWEEN_MONTHS, what: "Fichiers quotidiens".to_owned(), done: 0, total: 1 });
    between_months(platform, &program, folder, size).await?;

    let what = format!("Mois retrouvé, situation au {}", timeline::LATE_MONTH.strftime("%d/%m/%Y"));
    let mut told = |done, total| tell(Step { number: LATE_MONTH, what: what.clone(), done, total });
    feed::bring_late_month_in(platform, &program, folder, size, &mut told).await?;

    decide(platform, &program).await?;
    // What was written under the clock of its month is read on the day of the demonstration. The hourly job has run
    // before most of it was there.
    support::jobs::come_to_today(platform, &program).await?;
    support::follow_up::tell_publics(platform, &program).await?;
    ::school::field::take_in(platform, job.tenant).await?;
    crate::calls::make(platform, &program).await?;
    // Last: what is drawn by number keeps its numbers.
    crate::say_where_to_appeal(platform, &program).await?;
    feed::sweep(folder)?;
    tell(Step { number: SHARES.len(), what: "Historique complet".to_owned(), done: 1, total: 1 });
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
    feed::bring_in(
        &again,
        program,
        &daily.mended,
        &format!("RENVOI_{}", feed::file_name('I', daily.created_on)),
        &mut |_, _| {},
    )
    .await?;
    if crate::job(platform, program, caf::job::KIND).await?.is_none() {
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

/// Some of the doubtful pairs are decided: the same person where nothing speaks against it, two persons otherwise.
async fn decide(platform: &Platform, program: &Actor) -> Result<()> {
    let manager = accounts::actor_of(platform, program, Role::DataManager).await?;
    let (pairs, _) = matching::open_doubts(platform, &manager, base::Id::new(0), LOOKED_AT).await?;
    for pair in pairs.iter().step_by(2) {
        let verdict = if pair.is_certain() { Verdict::Same } else { Verdict::Different };
        matching::decide(platform, &manager, pair.doubt.id, verdict).await?;
    }
    Ok(())
}
