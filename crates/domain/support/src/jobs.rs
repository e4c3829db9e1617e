//! What is done behind the screens with the files of people.

use std::sync::Arc;

use base::Id;
use db::Tx;
use facts::Tenant;
use facts::rebuild::Difference;
use jiff::SignedDuration;
use platform::jobs::{Failure, Handlers, Job, Task};
use platform::{Account, Actor, Platform};

use crate::{follow_up, inputs, orientation, person};

/// Computes again what the passing of days changes: ages, delays, who needs somebody, what is proposed.
pub const REFRESH_CARDS: &str = "support.refresh_cards";

/// Computes everything derived again, when a number that it rests on has changed.
pub const RECOMPUTE_CARDS: &str = "support.recompute_cards";

/// Applies the rules of orientation to whoever waits.
pub const PROPOSE: &str = "support.propose";

/// Compares the read models with their rebuild from the facts; its last words say what was found.
pub const CHECK_READ_MODELS: &str = "support.check_read_models";

/// Tells the school how many people of each public the structures have in charge: once a month.
pub const TELL_PUBLICS: &str = "support.tell_publics";

/// Adds whoever does these jobs.
pub fn register(handlers: Handlers) -> Handlers {
    handlers
        .every(SignedDuration::from_hours(1), REFRESH_CARDS, refresh)
        .every(SignedDuration::from_hours(30 * 24), TELL_PUBLICS, tell_publics)
        .on(RECOMPUTE_CARDS, recompute)
        .on(PROPOSE, propose)
        .on(orientation::WORK, work_batch)
        .on(CHECK_READ_MODELS, check)
}

/// Asks for the proposals of whoever has come in, in the transaction that brought them.
pub(crate) async fn ask_for_proposals(
    tx: &Tx,
    platform: &Platform,
    tenant: Id<Tenant>,
    asked_by: Option<Id<Account>>,
) -> platform::Result<Id<Task>> {
    platform::jobs::enqueue(tx, tenant, PROPOSE, serde_json::Value::Null, asked_by, platform.now()).await
}

/// A closure that tells how far a job is; a tick that cannot be written is no reason to stop. (A function could not
/// promise that its future may change threads.)
macro_rules! tell {
    ($job:expr, $words:literal) => {{
        let told = Arc::clone(&$job);
        async move |done| {
            let _ = told.progress(done, 0, $words).await;
        }
    }};
}

/// Brings everything derived to today: whatever the passing of days has changed since it was computed, and whatever
/// was kept for a time only. Gives how many households, follow-ups and proposals were computed.
pub async fn come_to_today(platform: &Platform, actor: &Actor) -> crate::Result<(u64, u64, u64)> {
    let households = person::refresh_cards(platform, actor).await?;
    let lines = follow_up::refresh_due(platform, actor).await?;
    let proposals = orientation::propose_all(platform, actor, async |_| ()).await?;
    inputs::forget(platform, actor).await?;
    Ok((households, lines, proposals))
}

async fn refresh(platform: Platform, job: Arc<Job>) -> Result<(), Failure> {
    let actor = Actor::program(job.tenant).for_request(REFRESH_CARDS);
    let (households, lines, proposals) = come_to_today(&platform, &actor).await?;
    tracing::info!(households, lines, proposals, "cards, follow-ups and proposals computed again");
    Ok(())
}

async fn tell_publics(platform: Platform, job: Arc<Job>) -> Result<(), Failure> {
    let actor = Actor::program(job.tenant).for_request(TELL_PUBLICS);
    let structures = follow_up::tell_publics(&platform, &actor).await?;
    Ok(job.progress(structures, structures, "Publics comptés").await?)
}

async fn recompute(platform: Platform, job: Arc<Job>) -> Result<(), Failure> {
    let actor = Actor::program(job.tenant).for_request(RECOMPUTE_CARDS);
    // Follow-ups are computed with the cards they rest on.
    let households = person::recompute_cards(&platform, &actor, tell!(job, "Recalcul des listes")).await?;
    orientation::propose_all(&platform, &actor, tell!(job, "Recalcul des propositions")).await?;
    Ok(job.progress(households, households, "Listes et propositions recalculées").await?)
}

async fn propose(platform: Platform, job: Arc<Job>) -> Result<(), Failure> {
    let actor = Actor::program(job.tenant).for_request(PROPOSE);
    let changed =
        orientation::propose_all(&platform, &actor, tell!(job, "Calcul des propositions d’orientation")).await?;
    Ok(job.progress(changed, changed, "Propositions calculées").await?)
}

/// What the job of a list is about.
#[derive(serde::Deserialize)]
struct Worked {
    batch: Id<orientation::Batch>,
}

async fn work_batch(platform: Platform, job: Arc<Job>) -> Result<(), Failure> {
    let Worked { batch } = job.payload()?;
    let tell = tell!(job, "Décisions de la liste");
    Ok(orientation::continue_batch(&platform, job.tenant, batch, tell).await?)
}

/// Every read model with its difference from a rebuild.
pub async fn check_read_models(platform: &Platform, actor: &Actor) -> crate::Result<Vec<(&'static str, Difference)>> {
    let mut checked = person::check_cards(platform, actor).await?;
    checked.push(("follow_up", follow_up::check(platform, actor).await?));
    Ok(checked)
}

async fn check(platform: Platform, job: Arc<Job>) -> Result<(), Failure> {
    job.progress(0, 0, "Recalcul à partir des faits").await?;
    let checked = check_read_models(&platform, &Actor::program(job.tenant).for_request(CHECK_READ_MODELS)).await?;
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
