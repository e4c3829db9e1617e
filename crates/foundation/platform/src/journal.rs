//! The journal as those who oversee it read it. Reading it is itself written to the reading log.

use base::{Date, Id, Instant};
use db::{Ask, sql};
use facts::journal::{self, Search};
pub use facts::journal::{Chain, Entry};

use crate::gate::{EraseJournal, Operate, Permit, ReadJournal};
use crate::{Account, Error, Platform, Reading, Result};

sql! {
    AUTHORS = "SELECT id, name FROM account
               WHERE tenant = $1 OR id IN (SELECT account FROM mandate WHERE tenant = $1) ORDER BY name, id";
}

/// Which entries a page shows, newest first.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub author: Option<Id<Account>>,
    /// Kind and number: `("person", 12)`.
    pub subject: Option<(String, i64)>,
    pub day: Option<Date>,
    /// The last entry of the page before.
    pub after: Option<(Instant, i64)>,
    pub page_size: usize,
}

/// One page.
#[derive(Clone, Debug)]
pub struct Page {
    pub entries: Vec<Entry>,
    /// Where the next page begins.
    pub next: Option<(Instant, i64)>,
}

/// Reads a page of a chain.
pub async fn find(platform: &Platform, permit: &Permit<ReadJournal>, chain: Chain, request: &Request) -> Result<Page> {
    let (from, to) = match request.day {
        Some(day) => (Instant::start_of(day), Instant::end_of(day)),
        None => (Instant::from_micros(0), Instant::end_of(platform.today())),
    };
    let search = Search {
        author: request.author,
        subject: request.subject.clone(),
        from,
        to,
        after: request.after,
        // One more than shown tells whether there is a page beyond.
        limit: i64::try_from(request.page_size).unwrap_or(i64::MAX).saturating_add(1),
    };
    let asked =
        serde_json::json!({ "chain": chain, "author": request.author, "subject": request.subject, "day": request.day });
    platform.readings.record(Reading::of(permit, "journal", None, asked)).await?;
    let mut entries = journal::find(&platform.db, chain, permit.tenant(), &search).await?;
    let beyond = entries.len() > request.page_size;
    entries.truncate(request.page_size);
    let next = entries.last().filter(|_| beyond).map(|last| (last.at, last.id));
    Ok(Page { entries, next })
}

/// One entry, and what it said in detail unless that has been erased.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn open(
    platform: &Platform,
    permit: &Permit<ReadJournal>,
    chain: Chain,
    entry: i64,
) -> Result<(Entry, Option<serde_json::Value>)> {
    let found = journal::one(&platform.db, chain, permit.tenant(), entry).await?.ok_or(Error::NotFound)?;
    let read = Reading::of(permit, "journal_entry", Some(entry), serde_json::json!({ "chain": chain }));
    platform.readings.record(read).await?;
    let payload = journal::payload(&platform.db, chain, entry).await?;
    Ok((found, payload))
}

/// Erases what an entry said in detail (RGPD, article 17); that it was erased, by whom and why stays.
///
/// # Errors
/// [`Error::Rule`] without a reason or when nothing is left to erase.
pub async fn erase(
    platform: &Platform,
    permit: &Permit<EraseJournal>,
    chain: Chain,
    entry: i64,
    reason: &str,
) -> Result<()> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::rule("indiquez pourquoi ce contenu est effacé"));
    }
    let tx = platform.db.begin().await?;
    if !journal::erase_payload(&tx, chain, permit.tenant(), entry, permit.account(), reason, platform.now()).await? {
        return Err(Error::rule("ce contenu est déjà effacé"));
    }
    Ok(tx.commit().await?)
}

/// Whoever may have written or read something, by name: to filter by them and to name them.
pub async fn authors(platform: &Platform, permit: &Permit<ReadJournal>) -> Result<Vec<(Id<Account>, String)>> {
    Ok(platform.db.all(&AUTHORS, &[&permit.tenant()]).await?)
}

/// The last seal of each chain, as it would be taken out now.
pub async fn last_seals(platform: &Platform, permit: &Permit<Operate>) -> Result<Vec<journal::Checkpoint>> {
    let mut last = Vec::new();
    for chain in Chain::ALL {
        last.extend(journal::checkpoint(&platform.db, *chain, permit.tenant()).await?);
    }
    Ok(last)
}
