use base::{Date, Id, Instant, Period};
use db::{Ask, Tx, sql};
use platform::gate::Action;
use platform::{Account, Organisation, Permit, Structure, Tenant};

use super::model::{Contract, ContractRecord, Feed, FeedRecord, Tutor};
use crate::Result;
use crate::admission::Learner;
use crate::cohort::Cohort;

sql! {
    CONTRACT = ["SELECT ", ContractRecord::COLUMNS, " FROM contract WHERE tenant = $1 AND id = $2"];
    OF_LEARNER = ["SELECT ", ContractRecord::COLUMNS, " FROM contract WHERE tenant = $1 AND learner = $2 ORDER BY id"];
    OF_COHORT = ["SELECT ", ContractRecord::COLUMNS, " FROM contract WHERE tenant = $1 AND cohort = $2 ORDER BY id"];
    ENROLLED = "SELECT learner FROM enrolment WHERE tenant = $1 AND cohort = $2 AND replaced_at IS NULL ORDER BY learner";
    TUTOR_OF = "SELECT organisation FROM tutor WHERE tenant = $1 AND id = $2";
    TUTORS = "SELECT id FROM tutor WHERE tenant = $1 AND organisation = $2 ORDER BY id";
    GUIDED = "SELECT t.contract, t.extended, t.valid_from, t.valid_to, t.last_day,
                     (SELECT min(e.valid_from) FROM contract_event e
                      WHERE e.contract = t.contract AND e.kind = 'broken' AND e.replaced_at IS NULL)
              FROM contract_terms t
              WHERE t.tenant = $1 AND t.tutor = $2 AND t.replaced_at IS NULL AND t.last_day >= $3
                AND (t.valid_to IS NULL OR t.valid_to > $3)
              UNION ALL
              SELECT h.contract, t.extended, h.valid_from, h.valid_to, t.last_day,
                     (SELECT min(e.valid_from) FROM contract_event e
                      WHERE e.contract = h.contract AND e.kind = 'broken' AND e.replaced_at IS NULL)
              FROM host_stay h
              JOIN contract_terms t ON t.contract = h.contract AND t.replaced_at IS NULL AND t.valid_to IS NULL
              WHERE h.tenant = $1 AND h.tutor = $2 AND h.replaced_at IS NULL AND (h.valid_to IS NULL OR h.valid_to > $3)
              ORDER BY 1, 3";
    EMPLOYING = "SELECT DISTINCT t.structure FROM contract c JOIN contract_terms t ON t.contract = c.id
                 WHERE c.tenant = $1 AND c.cohort = $2 AND t.replaced_at IS NULL ORDER BY t.structure";
    OWN = "SELECT learner FROM learner_identity
           WHERE tenant = $1 AND account = $2 AND replaced_at IS NULL AND valid_to IS NULL ORDER BY learner";
    TUTORS_OF_ACCOUNT = "SELECT tutor FROM tutor_profile
                         WHERE tenant = $1 AND account = $2 AND replaced_at IS NULL AND valid_to IS NULL ORDER BY tutor";
    FEEDS = ["SELECT ", FeedRecord::COLUMNS, " FROM calendar_feed
              WHERE tenant = $1 AND learner = $2 AND revoked_at IS NULL ORDER BY id"];
    BY_DIGEST = ["SELECT ", FeedRecord::COLUMNS, " FROM calendar_feed WHERE token_digest = $1 AND revoked_at IS NULL"];
    REVOKE = "UPDATE calendar_feed SET revoked_at = $1 WHERE tenant = $2 AND learner = $3 AND id = $4 AND revoked_at IS NULL";
}

pub(super) async fn contract<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    id: Id<Contract>,
) -> Result<Option<ContractRecord>> {
    Ok(ask.maybe(&CONTRACT, &[&permit.tenant(), &id]).await?)
}

/// The contracts of one person, the oldest first.
pub(super) async fn of_learner<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    learner: Id<Learner>,
) -> Result<Vec<ContractRecord>> {
    Ok(ask.all(&OF_LEARNER, &[&permit.tenant(), &learner]).await?)
}

pub(super) async fn of_cohort<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    cohort: Id<Cohort>,
) -> Result<Vec<ContractRecord>> {
    Ok(ask.all(&OF_COHORT, &[&permit.tenant(), &cohort]).await?)
}

/// Whoever is or was in a cohort.
pub(crate) async fn enrolled<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    cohort: Id<Cohort>,
) -> Result<Vec<Id<Learner>>> {
    Ok(ask.all(&ENROLLED, &[&permit.tenant(), &cohort]).await?)
}

/// The employer of a tutor.
pub(super) async fn tutor_of<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    tutor: Id<Tutor>,
) -> Result<Option<Id<Organisation>>> {
    Ok(ask.maybe(&TUTOR_OF, &[&permit.tenant(), &tutor]).await?)
}

pub(super) async fn tutors<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    host: Id<Organisation>,
) -> Result<Vec<Id<Tutor>>> {
    Ok(ask.all(&TUTORS, &[&permit.tenant(), &host]).await?)
}

db::row! {
    struct GuidedRow {
        contract: Id<Contract>,
        extended: bool,
        valid_from: Date,
        valid_to: Option<Date>,
        last_day: Date,
        broken_on: Option<Date>,
    }
}

/// A time during which a tutor guides somebody, as tutor of the employer or of a host.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Guidance {
    pub contract: Id<Contract>,
    /// The contract is extended after a failure.
    pub extended: bool,
    pub during: Period,
}

/// Whom a tutor guides on a day or later, by contract.
pub(super) async fn guided<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    tutor: Id<Tutor>,
    on: Date,
) -> Result<Vec<Guidance>> {
    let rows: Vec<GuidedRow> = ask.all(&GUIDED, &[&permit.tenant(), &tutor, &on]).await?;
    let spans = rows.into_iter().filter_map(|row| {
        // The last day of a contract, or of its break, is still in it.
        let last = row.broken_on.map_or(row.last_day, |broken| broken.min(row.last_day));
        let end = last.tomorrow().unwrap_or(last);
        let to = row.valid_to.map_or(end, |to| to.min(end));
        let during = Period::new(row.valid_from, Some(to)).filter(|_| to > on)?;
        Some(Guidance { contract: row.contract, extended: row.extended, during })
    });
    Ok(spans.collect())
}

/// The structures that employ a cohort.
pub(crate) async fn employing<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    cohort: Id<Cohort>,
) -> Result<Vec<Id<Structure>>> {
    Ok(ask.all(&EMPLOYING, &[&permit.tenant(), &cohort]).await?)
}

/// The courses of an account.
pub(super) async fn own<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    account: Id<Account>,
) -> Result<Vec<Id<Learner>>> {
    Ok(ask.all(&OWN, &[&permit.tenant(), &account]).await?)
}

/// Whom an account is as a tutor.
pub(super) async fn tutors_of_account<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    account: Id<Account>,
) -> Result<Vec<Id<Tutor>>> {
    Ok(ask.all(&TUTORS_OF_ACCOUNT, &[&permit.tenant(), &account]).await?)
}

/// The addresses of somebody’s calendar that still answer.
pub(super) async fn feeds<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    learner: Id<Learner>,
) -> Result<Vec<FeedRecord>> {
    Ok(ask.all(&FEEDS, &[&permit.tenant(), &learner]).await?)
}

/// The address of a token; whoever holds the token needs no permit.
pub(super) async fn feed_by_digest(ask: &impl Ask, digest: Vec<u8>) -> Result<Option<FeedRecord>> {
    Ok(ask.maybe(&BY_DIGEST, &[&digest]).await?)
}

/// Whether there was one to revoke.
pub(super) async fn revoke(
    tx: &Tx,
    tenant: Id<Tenant>,
    learner: Id<Learner>,
    feed: Id<Feed>,
    now: Instant,
) -> Result<bool> {
    Ok(tx.execute(&REVOKE, &[&now, &tenant, &learner, &feed]).await? > 0)
}
