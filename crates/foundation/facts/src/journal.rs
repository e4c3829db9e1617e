//! Who did what to whose file: two chains of sealed entries, one for writes, one for readings (which have
//! their own store and are kept for a shorter time).
//!
//! An entry carries a *salted digest* of its payload. The payload (and the salt) can be erased at the end
//! of its legal time: the digest stays, the chain still verifies. Entries are sealed in batches; each seal
//! covers its entries and the seal before it. Somebody able to rewrite the whole database could rewrite
//! the chain too: [`checkpoint`]s kept elsewhere are what such a forgery cannot reach.

use std::collections::HashMap;
use std::sync::LazyLock;

use base::{Id, Instant};
use db::{Ask, Db, FromRow, Json, Param, Registered, Sql, Tx, sql};
use ring::digest::{Context, SHA256};
use ring::rand::{SecureRandom, SystemRandom};

use crate::{Author, Tenant};

db::codes! {
    /// The two chains.
    pub enum Chain {
        Writes = "writes",
        Reads = "reads",
    }
}

impl Chain {
    /// What it is called on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Writes => "écritures",
            Self::Reads => "consultations",
        }
    }
}

db::row! {
    /// One line of a chain, as stored.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct Entry {
        pub id: i64,
        pub at: Instant,
        /// Nobody: the program itself (a scheduled job).
        pub author: Option<Id<Author>>,
        /// The mandate under which it was done.
        pub mandate: Option<i64>,
        /// `room.verb`, for example `person.read`.
        pub action: String,
        pub subject_kind: String,
        pub subject: Option<i64>,
        pub payload_digest: Vec<u8>,
    }
}

/// What to write down.
pub struct NewEntry<'a> {
    pub author: Option<Id<Author>>,
    pub mandate: Option<i64>,
    pub action: &'a str,
    pub subject_kind: &'a str,
    pub subject: Option<i64>,
    pub payload: serde_json::Value,
}

db::row! {
    /// The end of a sealed batch.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct Seal {
        pub number: i64,
        pub entries: i64,
        /// Digest of the entries alone: the seal can be verified when they have been purged.
        pub entries_digest: Vec<u8>,
        pub previous: Vec<u8>,
        /// Digest of all of the above with the moment, the chain and the tenant.
        pub digest: Vec<u8>,
        pub sealed_at: Instant,
        /// Set when the entries have been deleted at the end of their retention; the seal stays.
        pub purged_at: Option<Instant>,
    }
}

/// The same statements over the two stores.
struct Texts {
    insert: &'static Sql,
    insert_payload: &'static Sql,
    unsealed: &'static Sql,
    mark_sealed: &'static Sql,
    of_seals: &'static Sql,
    of_subject: &'static Sql,
    one: &'static Sql,
    /// Without and with a filter by author, then by subject (see [`find`]).
    find: [&'static Sql; 4],
    payload: &'static Sql,
    payloads_of_seals: &'static Sql,
    erase_payload: &'static Sql,
    delete_of_seals: &'static Sql,
    delete_payloads_of_seals: &'static Sql,
    waiting: &'static Sql,
}

impl Texts {
    fn of(chain: Chain) -> &'static Self {
        static WRITES: LazyLock<Texts> = LazyLock::new(|| Texts::build("journal_entry", "journal_payload"));
        static READS: LazyLock<Texts> = LazyLock::new(|| Texts::build("reading_entry", "reading_payload"));
        match chain {
            Chain::Writes => &WRITES,
            Chain::Reads => &READS,
        }
    }

    fn build(entries: &str, payloads: &str) -> Self {
        let columns = "id, at, author, mandate, action, subject_kind, subject, payload_digest";
        Self {
            insert: Sql::built(format!(
                "INSERT INTO {entries} (tenant, {columns}, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            )),
            insert_payload: Sql::built(format!(
                "INSERT INTO {payloads} (entry, tenant, salt, body) VALUES ($1, $2, $3, $4)"
            )),
            unsealed: Sql::built(format!(
                "SELECT {columns} FROM {entries} WHERE tenant = $1 AND seal IS NULL ORDER BY id LIMIT $2"
            )),
            mark_sealed: Sql::built(format!("UPDATE {entries} SET seal = $1 WHERE id = $2")),
            of_seals: Sql::built(format!(
                "SELECT {columns}, seal FROM {entries} WHERE tenant = $1 AND seal BETWEEN $2 AND $3 ORDER BY seal, id"
            )),
            of_subject: Sql::built(format!(
                "SELECT {columns} FROM {entries} WHERE tenant = $1 AND subject_kind = $2 AND subject = $3 ORDER BY id DESC LIMIT $4"
            )),
            one: Sql::built(format!("SELECT {columns} FROM {entries} WHERE tenant = $1 AND id = $2")),
            find: [
                "",
                " AND author = $7",
                " AND subject_kind = $7 AND subject = $8",
                " AND author = $7 AND subject_kind = $8 AND subject = $9",
            ]
            .map(|filter| {
                Sql::built(format!(
                    "SELECT {columns} FROM {entries}
                         WHERE tenant = $1 AND at >= $2 AND at <= $3 AND (at, id) < ($4, $5){filter}
                         ORDER BY at DESC, id DESC LIMIT $6"
                ))
            }),
            payload: Sql::built(format!("SELECT salt, body FROM {payloads} WHERE entry = $1")),
            payloads_of_seals: Sql::built(format!(
                "SELECT p.entry, p.salt, p.body FROM {payloads} p JOIN {entries} e ON e.id = p.entry
                 WHERE e.tenant = $1 AND e.seal BETWEEN $2 AND $3 ORDER BY p.entry"
            )),
            erase_payload: Sql::built(format!("DELETE FROM {payloads} WHERE entry = $1 AND tenant = $2")),
            delete_of_seals: Sql::built(format!("DELETE FROM {entries} WHERE tenant = $1 AND seal BETWEEN $2 AND $3")),
            delete_payloads_of_seals: Sql::built(format!(
                "DELETE FROM {payloads} WHERE entry IN (SELECT id FROM {entries} WHERE tenant = $1 AND seal BETWEEN $2 AND $3)"
            )),
            waiting: Sql::built(format!(
                "SELECT count(*) FROM {entries} WHERE tenant = $1 AND seal IS NULL AND at < $2"
            )),
        }
    }

    fn all(&self) -> Vec<&'static Sql> {
        let mut all = vec![
            self.insert,
            self.insert_payload,
            self.unsealed,
            self.mark_sealed,
            self.of_seals,
            self.of_subject,
            self.one,
            self.payload,
            self.payloads_of_seals,
            self.erase_payload,
            self.delete_of_seals,
            self.delete_payloads_of_seals,
            self.waiting,
        ];
        all.extend(self.find);
        all
    }
}

db::inventory::submit! {
    Registered::Many(|| Chain::ALL.iter().flat_map(|chain| Texts::of(*chain).all()).collect())
}

sql! {
    LAST_SEAL = "SELECT number, entries, entries_digest, previous, digest, sealed_at, purged_at FROM journal_seal
                 WHERE tenant = $1 AND chain = $2 ORDER BY number DESC LIMIT 1";
    SEALS = "SELECT number, entries, entries_digest, previous, digest, sealed_at, purged_at FROM journal_seal
             WHERE tenant = $1 AND chain = $2 AND number > $3 ORDER BY number LIMIT $4";
    INSERT_SEAL = "INSERT INTO journal_seal (tenant, chain, number, entries, entries_digest, previous, digest, sealed_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    TO_PURGE = "SELECT number FROM journal_seal
                WHERE tenant = $1 AND chain = $2 AND purged_at IS NULL AND sealed_at < $3 ORDER BY number LIMIT $4";
    MARK_PURGED = "UPDATE journal_seal SET purged_at = $1
                   WHERE tenant = $2 AND chain = $3 AND number BETWEEN $4 AND $5 AND purged_at IS NULL";
    LAST_PURGED = "SELECT max(subject) FROM journal_entry WHERE tenant = $1 AND subject_kind = $2 AND action = $3";
}

/// Salt of a payload: without it, a short payload could be guessed back from its digest.
const SALT_BYTES: usize = 16;

/// What the first seal of a chain follows.
const GENESIS: [u8; 32] = [0; 32];

/// Entries of one seal at most: a batch stays quick to write and to verify.
const BATCH: i64 = 5_000;

/// Seals read together when a chain is verified.
const SEALS_AT_ONCE: i64 = 256;

/// What tells that batches were deleted at the end of their retention.
const PURGED: &str = "journal.purged";

fn payload_digest(salt: &[u8], body: &serde_json::Value) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    context.update(salt);
    // Object keys are kept sorted by serde_json, so the text is the same whatever the engine stored.
    context.update(body.to_string().as_bytes());
    context.finish().as_ref().to_vec()
}

/// Adds an entry in the transaction of what it tells.
pub async fn append(tx: &Tx, chain: Chain, tenant: Id<Tenant>, now: Instant, new: NewEntry<'_>) -> db::Result<()> {
    append_all(tx, chain, tenant, now, vec![new]).await
}

/// Adds several entries at once. They wait for a seal.
pub async fn append_all(
    tx: &Tx,
    chain: Chain,
    tenant: Id<Tenant>,
    now: Instant,
    entries: Vec<NewEntry<'_>>,
) -> db::Result<()> {
    let written = drafts(tx, now, entries).await?;
    insert(tx, chain, tenant, &written, None).await
}

/// Adds several entries and seals them in the same transaction, with those that waited.
pub async fn append_sealed(
    tx: &Tx,
    chain: Chain,
    tenant: Id<Tenant>,
    now: Instant,
    entries: Vec<NewEntry<'_>>,
) -> db::Result<()> {
    let written = drafts(tx, now, entries).await?;
    let new: Vec<Entry> = written.iter().map(|draft| draft.entry.clone()).collect();
    let seal = seal_with(tx, chain, tenant, now, new).await?;
    insert(tx, chain, tenant, &written, seal.map(|seal| seal.number)).await
}

/// An entry about to be inserted, with what its digest was made of.
struct Draft {
    entry: Entry,
    salt: Vec<u8>,
    payload: Json<serde_json::Value>,
}

async fn drafts(tx: &Tx, now: Instant, entries: Vec<NewEntry<'_>>) -> db::Result<Vec<Draft>> {
    let ids = tx.reserve_ids(entries.len()).await?;
    let random = SystemRandom::new();
    let drafts = entries.into_iter().zip(ids).map(|(new, id)| {
        let mut salt = vec![0; SALT_BYTES];
        random
            .fill(&mut salt)
            .map_err(|_| db::Error::Unsupported("le système ne fournit pas de nombres aléatoires"))?;
        let entry = Entry {
            id,
            at: now,
            author: new.author,
            mandate: new.mandate,
            action: new.action.to_owned(),
            subject_kind: new.subject_kind.to_owned(),
            subject: new.subject,
            payload_digest: payload_digest(&salt, &new.payload),
        };
        Ok(Draft { entry, salt, payload: Json(new.payload) })
    });
    drafts.collect()
}

async fn insert(tx: &Tx, chain: Chain, tenant: Id<Tenant>, drafts: &[Draft], seal: Option<i64>) -> db::Result<()> {
    let texts = Texts::of(chain);
    for Draft { entry, salt, payload } in drafts {
        let Entry { id, at, author, mandate, action, subject_kind, subject, payload_digest } = entry;
        tx.execute(
            texts.insert,
            &[&tenant, id, at, author, mandate, action, subject_kind, subject, payload_digest, &seal],
        )
        .await?;
        tx.execute(texts.insert_payload, &[id, &tenant, salt, payload]).await?;
    }
    Ok(())
}

/// Whether entries wait to be sealed.
pub async fn is_waiting(ask: &impl Ask, chain: Chain, tenant: Id<Tenant>) -> db::Result<bool> {
    let first: Option<Entry> = ask.maybe(Texts::of(chain).unsealed, &[&tenant, &1_i64]).await?;
    Ok(first.is_some())
}

/// Seals the entries that wait. Gives the new seal, or `None` when nothing waited.
pub async fn seal(db: &Db, chain: Chain, tenant: Id<Tenant>, now: Instant) -> db::Result<Option<Seal>> {
    let tx = db.begin().await?;
    let seal = seal_with(&tx, chain, tenant, now, Vec::new()).await?;
    tx.commit().await?;
    Ok(seal)
}

/// Seals the entries that wait, and `new` ones, which the caller inserts with the number of the seal: they are not
/// written twice.
async fn seal_with(
    tx: &Tx,
    chain: Chain,
    tenant: Id<Tenant>,
    now: Instant,
    new: Vec<Entry>,
) -> db::Result<Option<Seal>> {
    let texts = Texts::of(chain);
    // One sealer at a time for a chain.
    tx.hold(&[tenant.raw() ^ if chain == Chain::Writes { 0x7772_6974_6573 } else { 0x0072_6561_6473 }]).await?;
    let waiting: Vec<Entry> = tx.all(texts.unsealed, &[&tenant, &BATCH]).await?;
    let waited: Vec<i64> = waiting.iter().map(|entry| entry.id).collect();
    let mut sealed = waiting;
    sealed.extend(new);
    if sealed.is_empty() {
        return Ok(None);
    }
    // As they will be read again to be verified.
    sealed.sort_by_key(|entry| entry.id);
    let last: Option<Seal> = tx.maybe(&LAST_SEAL, &[&tenant, &chain]).await?;
    let number = last.as_ref().map_or(1, |seal| seal.number + 1);
    let previous = last.map_or_else(|| GENESIS.to_vec(), |seal| seal.digest);
    let entries = i64::try_from(sealed.len()).unwrap_or(i64::MAX);
    let entries_digest = digest_of_entries(&sealed);
    let mut seal =
        Seal { number, entries, entries_digest, previous, digest: Vec::new(), sealed_at: now, purged_at: None };
    seal.digest = seal_digest(chain, tenant, &seal);
    let Seal { entries_digest, previous, digest, .. } = &seal;
    tx.execute(&INSERT_SEAL, &[&tenant, &chain, &number, &entries, entries_digest, previous, digest, &now]).await?;
    let sets: Vec<Vec<&dyn Param>> = waited.iter().map(|entry| vec![&number as &dyn Param, entry]).collect();
    if !sets.is_empty() {
        tx.execute_many(texts.mark_sealed, &sets).await?;
    }
    Ok(Some(seal))
}

fn seal_digest(chain: Chain, tenant: Id<Tenant>, seal: &Seal) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    context.update(&seal.previous);
    context.update(chain.as_code().as_bytes());
    for number in [tenant.raw(), seal.number, seal.entries, seal.sealed_at.micros()] {
        context.update(&number.to_be_bytes());
    }
    context.update(&seal.entries_digest);
    context.finish().as_ref().to_vec()
}

fn digest_of_entries(entries: &[Entry]) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    for entry in entries {
        for number in [Some(entry.id), Some(entry.at.micros()), entry.author.map(Id::raw), entry.mandate, entry.subject]
        {
            context.update(&[u8::from(number.is_some())]);
            context.update(&number.unwrap_or_default().to_be_bytes());
        }
        for text in [entry.action.as_bytes(), entry.subject_kind.as_bytes(), &entry.payload_digest] {
            // Lengths first, so that two different entries never run into the same bytes.
            context.update(&(text.len() as u64).to_be_bytes());
            context.update(text);
        }
    }
    context.finish().as_ref().to_vec()
}

/// The last entries about a subject, newest first.
pub async fn about(
    ask: &impl Ask,
    chain: Chain,
    tenant: Id<Tenant>,
    kind: &str,
    subject: i64,
    limit: i64,
) -> db::Result<Vec<Entry>> {
    ask.all(Texts::of(chain).of_subject, &[&tenant, &kind, &subject, &limit]).await
}

/// Which entries a page shows.
#[derive(Clone, Debug)]
pub struct Search {
    pub author: Option<Id<Author>>,
    /// Kind and number: `("person", 12)`.
    pub subject: Option<(String, i64)>,
    pub from: Instant,
    pub to: Instant,
    /// Only what comes after this entry in the order of the answer (its moment and number).
    pub after: Option<(Instant, i64)>,
    pub limit: i64,
}

/// Entries that answer a search, newest first.
pub async fn find(ask: &impl Ask, chain: Chain, tenant: Id<Tenant>, search: &Search) -> db::Result<Vec<Entry>> {
    let (at, id) = search.after.unwrap_or((search.to, i64::MAX));
    let mut params: Vec<&dyn Param> = vec![&tenant, &search.from, &search.to, &at, &id, &search.limit];
    if let Some(author) = &search.author {
        params.push(author);
    }
    if let Some((kind, subject)) = &search.subject {
        params.extend([kind as &dyn Param, subject]);
    }
    let filter = usize::from(search.author.is_some()) + 2 * usize::from(search.subject.is_some());
    ask.all(Texts::of(chain).find[filter], &params).await
}

/// One entry of a tenant.
pub async fn one(ask: &impl Ask, chain: Chain, tenant: Id<Tenant>, entry: i64) -> db::Result<Option<Entry>> {
    ask.maybe(Texts::of(chain).one, &[&tenant, &entry]).await
}

/// What an entry said in detail; `None` once erased.
pub async fn payload(ask: &impl Ask, chain: Chain, entry: i64) -> db::Result<Option<serde_json::Value>> {
    let found: Option<(Vec<u8>, Json<serde_json::Value>)> = ask.maybe(Texts::of(chain).payload, &[&entry]).await?;
    Ok(found.map(|(_, Json(body))| body))
}

/// Erases what an entry said in detail; that it was erased, by whom and why becomes an entry of its own.
/// Gives whether there was something to erase.
pub async fn erase_payload(
    tx: &Tx,
    chain: Chain,
    tenant: Id<Tenant>,
    entry: i64,
    author: Option<Id<Author>>,
    reason: &str,
    now: Instant,
) -> db::Result<bool> {
    let erased = tx.execute(Texts::of(chain).erase_payload, &[&entry, &tenant]).await? > 0;
    if erased {
        let payload = serde_json::json!({ "chain": chain.as_code(), "reason": reason });
        let told = NewEntry {
            author,
            mandate: None,
            action: "journal.payload_erased",
            subject_kind: "journal_entry",
            subject: Some(entry),
            payload,
        };
        append(tx, Chain::Writes, tenant, now, told).await?;
    }
    Ok(erased)
}

/// Deletes the entries of the oldest batches sealed before `before`, `limit` of them at most; their seals stay and
/// keep the chain whole. That it was done becomes an entry of the chain of writes, without which
/// [`verify`] takes the missing entries for a breach. Gives the number of batches deleted.
pub async fn purge(
    tx: &Tx,
    chain: Chain,
    tenant: Id<Tenant>,
    before: Instant,
    now: Instant,
    limit: i64,
) -> db::Result<u64> {
    let texts = Texts::of(chain);
    let numbers: Vec<i64> = tx.all(&TO_PURGE, &[&tenant, &chain, &before, &limit]).await?;
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return Ok(0) };
    tx.execute(texts.delete_payloads_of_seals, &[&tenant, first, last]).await?;
    tx.execute(texts.delete_of_seals, &[&tenant, first, last]).await?;
    let purged = tx.execute(&MARK_PURGED, &[&now, &tenant, &chain, first, last]).await?;
    let told = NewEntry {
        author: None,
        mandate: None,
        action: PURGED,
        subject_kind: chain.as_code(),
        subject: Some(*last),
        payload: serde_json::json!({ "first": first, "last": last }),
    };
    append(tx, Chain::Writes, tenant, now, told).await?;
    Ok(purged)
}

/// A line to keep where the operator cannot rewrite it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    pub tenant: i64,
    pub chain: Chain,
    pub number: i64,
    pub digest: String,
    pub sealed_at: Instant,
}

impl Checkpoint {
    /// `tenant chain number digest moment`, separated by blanks.
    pub fn line(&self) -> String {
        format!("{} {} {} {} {}", self.tenant, self.chain.as_code(), self.number, self.digest, self.sealed_at)
    }

    pub fn parse(line: &str) -> Option<Self> {
        let mut parts = line.split_whitespace();
        Some(Self {
            tenant: parts.next()?.parse().ok()?,
            chain: Chain::from_code(parts.next()?)?,
            number: parts.next()?.parse().ok()?,
            digest: parts.next()?.to_owned(),
            sealed_at: Instant::from_timestamp(parts.next()?.parse().ok()?),
        })
    }
}

/// The last seal of a chain, ready to be kept elsewhere.
pub async fn checkpoint(ask: &impl Ask, chain: Chain, tenant: Id<Tenant>) -> db::Result<Option<Checkpoint>> {
    let last: Option<Seal> = ask.maybe(&LAST_SEAL, &[&tenant, &chain]).await?;
    Ok(last.map(|seal| Checkpoint {
        tenant: tenant.raw(),
        chain,
        number: seal.number,
        digest: hex(&seal.digest),
        sealed_at: seal.sealed_at,
    }))
}

/// What a verification found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Verification {
    pub seals: u64,
    pub entries: u64,
    pub purged_batches: u64,
    pub erased_payloads: u64,
    /// Entries older than an hour that no seal covers yet: the sealing job may be stopped.
    pub unsealed: i64,
    /// Each breach, in French, naming the seal or the entry.
    pub breaches: Vec<String>,
}

/// Recomputes a whole chain and compares it with the checkpoints kept elsewhere.
pub async fn verify(
    db: &Db,
    chain: Chain,
    tenant: Id<Tenant>,
    kept: &[Checkpoint],
    now: Instant,
) -> db::Result<Verification> {
    let texts = Texts::of(chain);
    let db = db.long();
    let mut found = Verification::default();
    let purged_up_to: Option<i64> = db.one(&LAST_PURGED, &[&tenant, &chain, &PURGED]).await?;
    let mut kept: Vec<&Checkpoint> =
        kept.iter().filter(|kept| kept.chain == chain && kept.tenant == tenant.raw()).collect();
    let mut previous = GENESIS.to_vec();
    let mut expected = 1;
    loop {
        let seals: Vec<Seal> = db.all(&SEALS, &[&tenant, &chain, &(expected - 1), &SEALS_AT_ONCE]).await?;
        let (Some(first), Some(last)) = (seals.first(), seals.last()) else { break };
        let mut entries: HashMap<i64, Vec<Entry>> = HashMap::new();
        for Sealed { entry, seal } in db.all::<Sealed>(texts.of_seals, &[&tenant, &first.number, &last.number]).await? {
            entries.entry(seal).or_default().push(entry);
        }
        for seal in &seals {
            found.seals += 1;
            if seal.number != expected {
                found.breaches.push(format!("sceau {expected} absent (le suivant porte le numéro {})", seal.number));
            }
            expected = seal.number + 1;
            if seal.previous != previous {
                found.breaches.push(format!("sceau {}\u{a0}: ne suit pas le sceau précédent", seal.number));
            }
            previous.clone_from(&seal.digest);
            if seal_digest(chain, tenant, seal) != seal.digest {
                found.breaches.push(format!("sceau {}\u{a0}: le sceau a été modifié", seal.number));
            }
            let of_seal = entries.get(&seal.number).map_or(&[][..], Vec::as_slice);
            if seal.purged_at.is_some() {
                found.purged_batches += 1;
                if purged_up_to.is_none_or(|last| last < seal.number) || !of_seal.is_empty() {
                    found
                        .breaches
                        .push(format!("sceau {}\u{a0}: dit purgé, sans que le journal le raconte", seal.number));
                }
            } else if of_seal.len() as i64 != seal.entries {
                found.breaches.push(format!(
                    "sceau {}\u{a0}: {} lignes au lieu de {}",
                    seal.number,
                    of_seal.len(),
                    seal.entries
                ));
            } else if digest_of_entries(of_seal) != seal.entries_digest {
                found.breaches.push(format!("sceau {}\u{a0}: une ligne a été modifiée", seal.number));
            }
            kept.retain(|kept| {
                kept.number != seal.number || kept.digest != hex(&seal.digest) || kept.sealed_at != seal.sealed_at
            });
        }
        let digests: HashMap<i64, Vec<u8>> =
            entries.into_values().flatten().map(|entry| (entry.id, entry.payload_digest)).collect();
        found.entries += digests.len() as u64;
        let payloads: Vec<(i64, Vec<u8>, Json<serde_json::Value>)> =
            db.all(texts.payloads_of_seals, &[&tenant, &first.number, &last.number]).await?;
        found.erased_payloads += (digests.len() as u64).saturating_sub(payloads.len() as u64);
        for (id, salt, Json(body)) in payloads {
            if digests.get(&id) != Some(&payload_digest(&salt, &body)) {
                found.breaches.push(format!("ligne {id}\u{a0}: son contenu détaillé a été modifié"));
            }
        }
    }
    for checkpoint in kept {
        found.breaches.push(format!(
            "point de contrôle {}\u{a0}: le sceau conservé à l’extérieur n’est plus celui de la base",
            checkpoint.number
        ));
    }
    let an_hour_ago = now.plus(-jiff::SignedDuration::from_hours(1));
    found.unsealed = db.one(texts.waiting, &[&tenant, &an_hour_ago]).await?;
    Ok(found)
}

/// An entry with the number of its seal.
struct Sealed {
    entry: Entry,
    seal: i64,
}

impl FromRow for Sealed {
    fn from_row(row: &db::Row<'_>) -> db::Result<Self> {
        Ok(Self { entry: Entry::from_row(row)?, seal: row.get(ENTRY_COLUMNS)? })
    }
}

/// Columns of an [`Entry`]; that of its seal comes after.
const ENTRY_COLUMNS: usize = 8;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
