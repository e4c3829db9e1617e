//! What is done behind the screens with the files of people.

use std::sync::Arc;

use jiff::SignedDuration;
use platform::jobs::{Failure, Handlers, Job};
use platform::{Actor, Platform};

use crate::person;

/// Computes again what the passing of days changes: ages, delays.
pub const REFRESH_CARDS: &str = "support.refresh_cards";

/// Computes every card again, when a number that publics rest on has changed.
pub const RECOMPUTE_CARDS: &str = "support.recompute_cards";

/// Compares the read models with their rebuild from the facts; its last words say what was found.
pub const CHECK_READ_MODELS: &str = "support.check_read_models";

/// Adds whoever does these jobs.
pub fn register(handlers: Handlers) -> Handlers {
    handlers
        .every(SignedDuration::from_hours(1), REFRESH_CARDS, refresh)
        .on(RECOMPUTE_CARDS, recompute)
        .on(CHECK_READ_MODELS, check)
}

async fn refresh(platform: Platform, job: Arc<Job>) -> Result<(), Failure> {
    let households = person::refresh_cards(&platform, &Actor::program(job.tenant).for_request(REFRESH_CARDS)).await?;
    tracing::info!(households, "cards computed again");
    Ok(())
}

async fn recompute(platform: Platform, job: Arc<Job>) -> Result<(), Failure> {
    let actor = Actor::program(job.tenant).for_request(RECOMPUTE_CARDS);
    let told = Arc::clone(&job);
    let tell = async move |done| {
        // A tick that cannot be written is no reason to stop.
        let _ = told.progress(done, 0, "Recalcul des publics").await;
    };
    let households = person::recompute_cards(&platform, &actor, tell).await?;
    Ok(job.progress(households, households, "Publics recalculés").await?)
}

async fn check(platform: Platform, job: Arc<Job>) -> Result<(), Failure> {
    job.progress(0, 0, "Recalcul à partir des faits").await?;
    let checked = person::check_cards(&platform, &Actor::program(job.tenant).for_request(CHECK_READ_MODELS)).await?;
    let mut lines = 0;
    let mut faults = Vec::new();
    for (name, difference) in checked {
        lines += difference.lines;
        if !difference.is_equal() {
            let examples = difference.missing.len() + difference.superfluous.len() + difference.different.len();
            faults.push(format!("{name} ({examples} écarts relevés)"));
        }
    }
    if faults.is_empty() {
        job.progress(lines, lines, "Les listes sont égales à leur recalcul").await?;
        return Ok(());
    }
    Err(Failure::last(format!(
        "des listes diffèrent de leur recalcul\u{a0}: {}\u{a0}; la commande «\u{a0}jonction check\u{a0}» donne le détail",
        faults.join(", ")
    )))
}
