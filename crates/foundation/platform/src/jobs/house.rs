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

/// Recomputes both chains of the journal; its last words say what was found.
pub const VERIFY_JOURNAL: &str = "house.verify_journal";

/// Breaches told on the page; the command `verify` lists them all.
const BREACHES_TOLD: usize = 5;

/// Batches of readings deleted in one transaction: the one writer is not held for long.
const PURGED_AT_ONCE: i64 = 1_000;

pub(super) fn register(handlers: Handlers, checkpoints: Option<Target>) -> Handlers {
    let handlers = handlers
        .every(SignedDuration::from_hours(1), "house.purge_sessions", purge_sessions)
        .every(SignedDuration::from_hours(24), "house.purge_reading_log", purge_reading_log)
        .every(SignedDuration::from_hours(24), "house.purge_jobs", purge_jobs);
    let kept = checkpoints.clone();
    let handlers = handlers.on(VERIFY_JOURNAL, move |platform, job| verify_journal(platform, job, kept.clone()));
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
    let months: i64 =
        Parameters::known_at(&platform.db, job.tenant, now).await?.get(READING_LOG_MONTHS, now.date())?.value;
    let oldest = now.date().checked_sub(Span::new().try_months(months)?)?;
    let mut purged = 0;
    loop {
        let tx = platform.db.begin().await?;
        let batches =
            journal::purge(&tx, Chain::Reads, job.tenant, Instant::start_of(oldest), now, PURGED_AT_ONCE).await?;
        tx.commit().await?;
        if batches == 0 {
            break;
        }
        purged += batches;
    }
    tracing::info!(purged, "batches of old readings purged");
    Ok(())
}

async fn verify_journal(platform: Platform, job: Arc<Job>, target: Option<Target>) -> Result<(), Failure> {
    let kept = target.map(|target| target.read()).transpose()?.unwrap_or_default();
    let chains = Chain::ALL.len() as u64;
    let (mut told, mut breaches) = (Vec::new(), Vec::new());
    for (done, chain) in (0..).zip(Chain::ALL) {
        let name = chain.label();
        job.progress(done, chains, &format!("{name}\u{a0}: vérification en cours")).await?;
        let found = journal::verify(&platform.db, *chain, job.tenant, &kept, platform.now()).await?;
        told.push(format!("{name}\u{a0}: {} lignes, {} sceaux", found.entries, found.seals));
        if found.unsealed > 0 {
            breaches
                .push(format!("{name}\u{a0}: {} lignes attendent un sceau depuis plus d’une heure", found.unsealed));
        }
        breaches.extend(found.breaches.into_iter().map(|breach| format!("{name}, {breach}")));
    }
    if breaches.is_empty() {
        job.progress(chains, chains, &format!("{}. Aucune altération", told.join("\u{a0}; "))).await?;
        return Ok(());
    }
    let more = breaches.len().saturating_sub(BREACHES_TOLD);
    breaches.truncate(BREACHES_TOLD);
    let more = if more == 0 { String::new() } else { format!("\u{a0}; et {more} de plus") };
    Err(Failure::last(format!("altération du journal\u{a0}: {}{more}", breaches.join("\u{a0}; "))))
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
