use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant as Monotonic};

use base::{Id, Instant};
use db::Ask;
use facts::Tenant;
use jiff::SignedDuration;
use tokio::task::{JoinError, JoinSet};

use super::{
    ATTEMPTS, CLAIM, Claimed, DONE, DUE, FAILED, GIVE_BACK, Job, LEASE, POSTPONE, RENEW, Task, WAITING_RECURRING,
    house, insert,
};
use crate::checkpoint::Target;
use crate::{Error, Platform, Result, measures, tenant};

/// Why a run of a job did not succeed. `?` makes one of any error; it will be tried again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// In French; names no person.
    pub message: String,
    /// Trying again would end the same way.
    pub last: bool,
}

impl Failure {
    /// A failure that trying again would not mend: a broken file, an impossible demand.
    pub fn last(message: impl Into<String>) -> Self {
        Self { message: message.into(), last: true }
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { message: error.to_string(), last: false }
    }
}

type Outcome = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;
type Handler = Arc<dyn Fn(Platform, Arc<Job>) -> Outcome + Send + Sync>;

/// Who does which kind of job.
#[derive(Clone, Default)]
pub struct Handlers {
    handlers: BTreeMap<&'static str, Handler>,
    recurring: BTreeMap<&'static str, SignedDuration>,
}

impl Handlers {
    /// The house's own recurring jobs: checkpoints every hour (if they go anywhere), and every day the end of what
    /// has been kept long enough.
    pub fn of_the_house(checkpoints: Option<Target>) -> Self {
        house::register(Self::default(), checkpoints)
    }

    /// Names who does the jobs of a kind.
    pub fn on<F, R>(mut self, kind: &'static str, handler: F) -> Self
    where
        F: Fn(Platform, Arc<Job>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        self.handlers.insert(kind, Arc::new(move |platform, job| Box::pin(handler(platform, job))));
        self
    }

    /// The same for a job done again and again, for every tenant, `every` so long after the last time.
    pub fn every<F, R>(mut self, every: SignedDuration, kind: &'static str, handler: F) -> Self
    where
        F: Fn(Platform, Arc<Job>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        self.recurring.insert(kind, every);
        self.on(kind, handler)
    }
}

/// Jobs run at the same time by one node.
const AT_ONCE: usize = 2;

/// How often the queue is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// How often waiting entries of the chain of writes are sealed.
const SEAL: Duration = Duration::from_secs(5);

/// How often recurring jobs are looked after: a tenant may be new.
const SCHEDULE: Duration = Duration::from_secs(60);

/// How often a running job's lease is renewed: three may fail before it runs out.
const RENEWAL: Duration = Duration::from_secs(15);

/// Does the jobs of the queue until `shutdown`; then those under way are left where they are, to be taken up at
/// the next start. Also seals the chain of writes.
pub async fn run(platform: Platform, handlers: Handlers, shutdown: impl Future<Output = ()>) {
    let mut shutdown = pin!(shutdown);
    let mut running: JoinSet<Id<Task>> = JoinSet::new();
    let mut under_way: BTreeMap<Id<Task>, i64> = BTreeMap::new();
    let mut look = tokio::time::interval(LOOK);
    let mut seal = tokio::time::interval(SEAL);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    seal.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut schedule = tokio::time::interval(SCHEDULE);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            _ = schedule.tick() => schedule_all(&platform, &handlers).await,
            _ = seal.tick() => house::seal_writes(&platform).await,
            Some(ended) = running.join_next(), if !running.is_empty() => {
                // Handlers run in tasks of their own: what is awaited here neither panics nor is cancelled.
                if let Ok(id) = ended {
                    under_way.remove(&id);
                }
            }
            _ = look.tick(), if running.len() < AT_ONCE => {}
        }
        while running.len() < AT_ONCE {
            match claim(&platform).await {
                Ok(Some(claimed)) => {
                    under_way.insert(claimed.id, claimed.attempts);
                    running.spawn(do_one(platform.clone(), handlers.clone(), claimed));
                }
                Ok(None) => break,
                Err(problem) => {
                    tracing::error!(%problem, "the queue of jobs cannot be read");
                    break;
                }
            }
        }
    }
    running.shutdown().await;
    house::seal_writes(&platform).await;
    for (id, attempt) in under_way {
        if let Err(problem) = give_back(&platform, id, attempt).await {
            tracing::warn!(%problem, job = id.raw(), "a job was not given back: it waits for its lease to run out");
        }
    }
}

async fn claim(platform: &Platform) -> Result<Option<Claimed>> {
    let now = platform.now();
    // Looking first costs no turn of the one writer.
    if platform.db.maybe::<i64>(&DUE, &[&now]).await?.is_none() {
        return Ok(None);
    }
    let tx = platform.db.begin().await?;
    let claimed = tx.maybe(&CLAIM, &[&now, &now.plus(LEASE)]).await?;
    tx.commit().await?;
    Ok(claimed)
}

async fn give_back(platform: &Platform, id: Id<Task>, attempt: i64) -> Result<()> {
    let tx = platform.db.begin().await?;
    tx.execute(&GIVE_BACK, &[&id, &attempt]).await?;
    Ok(tx.commit().await?)
}

async fn do_one(platform: Platform, handlers: Handlers, claimed: Claimed) -> Id<Task> {
    let began = Monotonic::now();
    let Claimed { id, tenant, kind, payload, asked_by, attempts, recurring } = claimed;
    let job = Arc::new(Job {
        id,
        tenant,
        kind: kind.clone(),
        asked_by,
        attempt: attempts,
        payload: payload.0,
        db: platform.db.clone(),
        told: Mutex::new(None),
    });
    let outcome = match handlers.handlers.get(kind.as_str()) {
        _ if attempts > ATTEMPTS => {
            Err(Failure::last("interrompu à chaque essai\u{a0}: l’application s’est arrêtée en le faisant"))
        }
        None => {
            Err(Failure { message: format!("cette version ne sait pas faire «\u{a0}{kind}\u{a0}»"), last: false })
        }
        Some(handler) => match while_leased(&platform, &job, handler(platform.clone(), Arc::clone(&job))).await {
            Some(outcome) => outcome,
            // Another worker has it now.
            None => return id,
        },
    };
    let label = match &outcome {
        Ok(()) => "done",
        Err(failure) if failure.last => "failed",
        Err(_) => "retried",
    };
    metrics::counter!(measures::JOBS, "kind" => kind.clone(), "outcome" => label).increment(1);
    metrics::histogram!(measures::JOB_SECONDS, "kind" => kind.clone()).record(began.elapsed().as_secs_f64());
    tracing::info!(job = id.raw(), %kind, attempt = attempts, outcome = label, seconds = began.elapsed().as_secs_f64(), "job");
    let next = handlers.recurring.get(kind.as_str()).copied().filter(|_| recurring);
    if let Err(problem) = finish(&platform, &job, outcome, next).await {
        tracing::error!(%problem, job = id.raw(), "the end of a job was not written: it will be done again");
    }
    id
}

/// Runs the work in a task of its own, so that a panic in it stays there, and renews the lease meanwhile.
/// `None` when the lease was lost: the work is stopped.
async fn while_leased(platform: &Platform, job: &Job, work: Outcome) -> Option<Result<(), Failure>> {
    let mut work = JoinSet::from_iter([work]);
    let mut renewal = tokio::time::interval(RENEWAL);
    // The first tick comes at once: the lease is fresh.
    renewal.tick().await;
    loop {
        tokio::select! {
            finished = work.join_next() => return Some(finished.map_or_else(|| Ok(()), ended)),
            _ = renewal.tick() => match renew(platform, job).await {
                Ok(true) => {}
                Ok(false) => {
                    tracing::warn!(job = job.id.raw(), "the lease of a job was lost: its work is stopped");
                    work.shutdown().await;
                    return None;
                }
                Err(problem) => tracing::warn!(%problem, job = job.id.raw(), "the lease of a job was not renewed"),
            },
        }
    }
}

fn ended(finished: Result<Result<(), Failure>, JoinError>) -> Result<(), Failure> {
    finished.unwrap_or_else(|panic| {
        tracing::error!(%panic, "a job broke down");
        Err(Failure {
            message: "erreur interne\u{a0}: le détail est dans le journal technique".to_owned(),
            last: false,
        })
    })
}

async fn renew(platform: &Platform, job: &Job) -> Result<bool> {
    let until = platform.now().plus(LEASE);
    let tx = platform.db.begin().await?;
    let renewed = tx.execute(&RENEW, &[&until, &job.id, &job.attempt]).await?;
    tx.commit().await?;
    Ok(renewed > 0)
}

/// 10 s, 40 s, 2 min 40, 10 min 40.
fn back_off(attempt: i64) -> SignedDuration {
    let exponent = u32::try_from(attempt - 1).unwrap_or(0).min(5);
    SignedDuration::from_secs(10 * 4_i64.pow(exponent))
}

async fn finish(
    platform: &Platform,
    job: &Job,
    outcome: Result<(), Failure>,
    next: Option<SignedDuration>,
) -> Result<()> {
    let now = platform.now();
    let tx = platform.db.begin().await?;
    let ended = match outcome {
        Ok(()) => tx.execute(&DONE, &[&now, &job.id, &job.attempt]).await?,
        Err(Failure { message, last }) if last || job.attempt >= ATTEMPTS => {
            tx.execute(&FAILED, &[&now, &message, &job.id, &job.attempt]).await?
        }
        Err(Failure { message, .. }) => {
            tx.execute(&POSTPONE, &[&now.plus(back_off(job.attempt)), &message, &job.id, &job.attempt]).await?;
            0
        }
    };
    if ended > 0
        && let Some(every) = next
    {
        insert(&tx, job.tenant, &job.kind, serde_json::Value::Null, None, now, now.plus(every), true).await?;
    }
    Ok(tx.commit().await?)
}

async fn schedule_all(platform: &Platform, handlers: &Handlers) {
    let tenants = match tenant::all(&platform.db).await {
        Ok(tenants) => tenants,
        Err(problem) => return tracing::error!(%problem, "recurring jobs cannot be scheduled"),
    };
    for department in tenants {
        for kind in handlers.recurring.keys() {
            if let Err(problem) = schedule(platform, department.id, kind, platform.now()).await {
                tracing::error!(%problem, %kind, "a recurring job cannot be scheduled");
            }
        }
    }
}

/// Makes sure that a recurring job has a next run.
async fn schedule(platform: &Platform, tenant: Id<Tenant>, kind: &str, at: Instant) -> Result<()> {
    if platform.db.maybe::<i64>(&WAITING_RECURRING, &[&tenant, &kind]).await?.is_some() {
        return Ok(());
    }
    let tx = platform.db.begin().await?;
    match insert(&tx, tenant, kind, serde_json::Value::Null, None, at, at, true).await {
        Ok(_) => Ok(tx.commit().await?),
        // Another node was quicker.
        Err(Error::Database(problem)) if problem.is_duplicate() => Ok(()),
        Err(problem) => Err(problem),
    }
}
