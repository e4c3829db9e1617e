//! The jobs of the house itself.

use std::sync::Arc;

use base::Instant;
use facts::journal::{self, Chain};
use jiff::{SignedDuration, Span};

use super::{Failure, Handlers, Job, PURGE};
use crate::checkpoint::{self, Target};
use crate::parameter::{Parameters, READING_LOG_MONTHS};
use crate::{Platform, Result, measures, session, tenant};

/// Finished jobs are listed for a while, then forgotten.
const FINISHED_JOBS: SignedDuration = SignedDuration::from_hours(24 * 90);

/// Batches of readings deleted in one transaction: the one writer is not held for long.
const PURGED_AT_ONCE: i64 = 1_000;

pub(super) fn register(handlers: Handlers, checkpoints: Option<Target>) -> Handlers {
    let handlers = handlers
        .every(SignedDuration::from_hours(1), "house.purge_sessions", purge_sessions)
        .every(SignedDuration::from_hours(24), "house.purge_reading_log", purge_reading_log)
        .every(SignedDuration::from_hours(24), "house.purge_jobs", purge_jobs);
    match checkpoints {
        None => handlers,
        Some(target) => handlers.every(SignedDuration::from_hours(1), "house.checkpoint", move |platform, _| {
            let target = target.clone();
            async move { Ok(checkpoint::export(&platform, &target).await.map(drop)?) }
        }),
    }
}

async fn purge_sessions(platform: Platform, _: Arc<Job>) -> Result<(), Failure> {
    let purged = session::purge(&platform).await?;
    tracing::debug!(purged, "sessions purged");
    Ok(())
}

/// Deletes readings older than the parameter says; their seals stay, so that the chain still verifies.
async fn purge_reading_log(platform: Platform, job: Arc<Job>) -> Result<(), Failure> {
    let now = platform.now();
    let months: i64 = Parameters::known_at(&platform.db, job.tenant, now).await?.get(READING_LOG_MONTHS, now.date())?.value;
    let oldest = now.date().checked_sub(Span::new().try_months(months)?)?;
    let mut purged = 0;
    loop {
        let tx = platform.db.begin().await?;
        let batches = journal::purge(&tx, Chain::Reads, job.tenant, Instant::start_of(oldest), now, PURGED_AT_ONCE).await?;
        tx.commit().await?;
        if batches == 0 {
            break;
        }
        purged += batches;
    }
    tracing::info!(purged, "batches of old readings purged");
    Ok(())
}

async fn purge_jobs(platform: Platform, job: Arc<Job>) -> Result<(), Failure> {
    let tx = platform.db.begin().await?;
    tx.execute(&PURGE, &[&job.tenant, &platform.now().plus(-FINISHED_JOBS)]).await?;
    tx.commit().await?;
    Ok(())
}

/// Seals what waits on the chain of writes, for every tenant.
pub(super) async fn seal_writes(platform: &Platform) {
    if let Err(problem) = try_seal_writes(platform).await {
        tracing::error!(%problem, "the journal was not sealed");
    }
}

async fn try_seal_writes(platform: &Platform) -> Result<()> {
    for department in tenant::all(&platform.db).await? {
        // Looking first costs no turn of the one writer.
        while journal::is_waiting(&platform.db, Chain::Writes, department.id).await? {
            journal::seal(&platform.db, Chain::Writes, department.id, platform.now()).await?;
            metrics::counter!(measures::SEALS).increment(1);
        }
    }
    Ok(())
}
