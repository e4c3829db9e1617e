//! What one room tells the others: versioned events without personal data, kept in the order they were
//! written and read by each consumer at its own pace. The journal is not a bus; this is.

use base::{Id, Instant};
use db::{Ask, Json, Tx, sql};

use crate::Tenant;

db::record! {
    /// Something that happened, for whoever wants to know.
    pub struct Event in "outbox" {
        pub id: Id<Event>,
        pub tenant: Id<Tenant>,
        /// `room.what_happened`, for example `territory.post_opened`.
        pub topic: String,
        /// Version of the shape of `body`.
        pub version: i64,
        pub body: Json<serde_json::Value>,
        pub happened_at: Instant,
    }
}

sql! {
    AFTER = "SELECT id, tenant, topic, version, body, happened_at FROM outbox
             WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3";
    CURSOR = "SELECT last_event FROM outbox_cursor WHERE tenant = $1 AND consumer = $2";
    ADVANCE = "INSERT INTO outbox_cursor (tenant, consumer, last_event) VALUES ($1, $2, $3)
               ON CONFLICT (tenant, consumer) DO UPDATE SET last_event = excluded.last_event";
}

/// Writes an event in the transaction of what it tells.
pub async fn publish(
    tx: &Tx,
    tenant: Id<Tenant>,
    topic: &str,
    version: i64,
    body: serde_json::Value,
    now: Instant,
) -> db::Result<()> {
    // Publishers of a tenant take turns, so that an event is never numbered below one already read.
    tx.hold(&[tenant.raw() ^ 0x6f75_7462_6f78]).await?;
    let id = Id::new(tx.reserve_ids(1).await?[0]);
    tx.fill(&[Event { id, tenant, topic: topic.to_owned(), version, body: Json(body), happened_at: now }]).await
}

/// The events that `consumer` has not had yet, oldest first, at most `limit`. The consumer's place moves
/// on with the transaction: what it does with them and the move happen together.
pub async fn take(tx: &Tx, tenant: Id<Tenant>, consumer: &str, limit: i64) -> db::Result<Vec<Event>> {
    // A consumer that runs on several nodes takes turns with itself.
    tx.hold(&[tenant.raw() ^ crate::store::name_hash(consumer)]).await?;
    let last: i64 = tx.maybe(&CURSOR, &[&tenant, &consumer]).await?.unwrap_or(0);
    let events: Vec<Event> = tx.all(&AFTER, &[&tenant, &last, &limit]).await?;
    if let Some(event) = events.last() {
        tx.execute(&ADVANCE, &[&tenant, &consumer, &event.id]).await?;
    }
    Ok(events)
}
