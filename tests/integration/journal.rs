//! The chains of the journal: any change of what is sealed is found; what may be erased raises no alarm.

use base::{Id, Instant};
use db::{Ask, Db, Engine};
use facts::Tenant;
use facts::journal::{self, Chain, Checkpoint, NewEntry, Search, Verification};
use jiff::SignedDuration;
use jonction_tests::{clock, on_each_engine};

fn start() -> Instant {
    clock().now()
}

fn later(hours: i64) -> Instant {
    start().plus(SignedDuration::from_hours(hours))
}

fn newest(limit: i64) -> Search {
    Search { author: None, subject: None, from: Instant::from_micros(0), to: later(24 * 365), after: None, limit }
}

/// A tenant with three sealed batches of four entries on a chain.
async fn filled(db: &Db, chain: Chain) -> Id<Tenant> {
    db.batch("INSERT INTO tenant (id, code, name) VALUES (9000000, '93', 'Département d’essai')").await.unwrap();
    let tenant = Id::new(9_000_000);
    for batch in 0..3 {
        let tx = db.begin().await.unwrap();
        for number in 0..4 {
            let entry = NewEntry {
                author: (number > 0).then(|| Id::new(40 + number)),
                mandate: (number > 1).then_some(50 + number),
                action: "person.read",
                subject_kind: "person",
                subject: (number < 3).then_some(60 + number),
                payload: serde_json::json!({ "z": "été", "a": [batch, 1.5, null], "b": { "y": true, "x": number } }),
            };
            journal::append(&tx, chain, tenant, later(batch), entry).await.unwrap();
        }
        tx.commit().await.unwrap();
        journal::seal(db, chain, tenant, later(batch)).await.unwrap().unwrap();
    }
    tenant
}

async fn verified(db: &Db, chain: Chain, tenant: Id<Tenant>, kept: &[Checkpoint]) -> Verification {
    journal::verify(db, chain, tenant, kept, later(3)).await.unwrap()
}

const TABLES: [(Chain, &str, &str); 2] =
    [(Chain::Writes, "journal_entry", "journal_payload"), (Chain::Reads, "reading_entry", "reading_payload")];

#[tokio::test]
async fn one_byte_changed_anywhere_is_found() {
    for (chain, entries, payloads) in TABLES {
        on_each_engine(async |scratch| {
            let db = &scratch.db;
            let tenant = filled(db, chain).await;
            let whole = verified(db, chain, tenant, &[]).await;
            assert_eq!((whole.seals, whole.entries, whole.erased_payloads), (3, 12, 0));
            assert_eq!(whole.breaches, Vec::<String>::new());

            let (moment, byte, text) = match scratch.engine() {
                Engine::Sqlite => (
                    "{} + 1",
                    "CAST(iif(substr({}, 1, 1) = X'FF', X'00', X'FF') || substr({}, 2) AS BLOB)",
                    "json_set({}, '$.b.x', 99)",
                ),
                Engine::Postgres => (
                    "{} + interval '1 microsecond'",
                    "set_byte({}, 0, get_byte({}, 0) # 1)",
                    "jsonb_set({}, '{b,x}', '99')",
                ),
            };
            let first = format!("id = (SELECT min(id) FROM {entries})");
            let of_first = format!("entry = (SELECT min(id) FROM {entries})");
            let changes = [
                (entries, "at", moment, first.as_str()),
                (entries, "author", "7", &first),
                (entries, "mandate", "7", &first),
                (entries, "subject", "7", &first),
                (entries, "subject", "NULL", &first),
                (entries, "action", "'person.ready'", &first),
                (entries, "subject_kind", "'persom'", &first),
                (entries, "payload_digest", byte, &first),
                (entries, "seal", "2", &first),
                (entries, "seal", "NULL", &first),
                (payloads, "salt", byte, &of_first),
                (payloads, "body", text, &of_first),
                ("journal_seal", "entries", "{} + 1", "number = 2"),
                ("journal_seal", "entries_digest", byte, "number = 2"),
                ("journal_seal", "previous", byte, "number = 2"),
                ("journal_seal", "digest", byte, "number = 2"),
                ("journal_seal", "digest", byte, "number = 3"),
                ("journal_seal", "sealed_at", moment, "number = 2"),
                ("journal_seal", "number", "4", "number = 3"),
                ("journal_seal", "purged_at", "sealed_at", "number = 2"),
            ];
            for (table, column, value, lines) in changes {
                let value = value.replace("{}", column);
                let keep = format!("CREATE TABLE kept AS SELECT * FROM {table}");
                let change = format!("UPDATE {table} SET {column} = {value} WHERE {lines}");
                db.batch(&format!("{keep}; {change}")).await.unwrap();
                let found = verified(db, chain, tenant, &[]).await;
                assert!(!found.breaches.is_empty(), "not found: {change}");
                // Back to what it was: the payloads refer to no table that would refuse.
                db.batch(&format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept; DROP TABLE kept"))
                    .await
                    .unwrap();
                let restored = verified(db, chain, tenant, &[]).await;
                assert_eq!(restored.breaches, Vec::<String>::new(), "after {change}");
            }

            // A line or a seal taken out is found as well.
            for removal in
                [format!("DELETE FROM {entries} WHERE {first}"), "DELETE FROM journal_seal WHERE number = 2".to_owned()]
            {
                db.batch(&removal).await.unwrap();
                assert!(!verified(db, chain, tenant, &[]).await.breaches.is_empty(), "not found: {removal}");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn an_erased_payload_raises_no_alarm_and_is_told() {
    on_each_engine(async |scratch| {
        let db = &scratch.db;
        let tenant = filled(db, Chain::Writes).await;
        let entry = journal::about(db, Chain::Writes, tenant, "person", 61, 1).await.unwrap().remove(0);
        assert!(journal::payload(db, Chain::Writes, entry.id).await.unwrap().is_some());
        let tx = db.begin().await.unwrap();
        assert!(
            journal::erase_payload(&tx, Chain::Writes, tenant, entry.id, None, "fin de conservation", later(3))
                .await
                .unwrap()
        );
        assert!(
            !journal::erase_payload(&tx, Chain::Writes, tenant, entry.id, None, "deux fois", later(3)).await.unwrap()
        );
        tx.commit().await.unwrap();
        assert_eq!(journal::payload(db, Chain::Writes, entry.id).await.unwrap(), None);

        let found = verified(db, Chain::Writes, tenant, &[]).await;
        assert_eq!(found.breaches, Vec::<String>::new());
        assert_eq!(found.erased_payloads, 1);
        let told = journal::find(db, Chain::Writes, tenant, &newest(1)).await.unwrap().remove(0);
        assert_eq!((told.action.as_str(), told.subject), ("journal.payload_erased", Some(entry.id)));
    })
    .await;
}

#[tokio::test]
async fn a_purge_raises_no_alarm_and_is_told() {
    on_each_engine(async |scratch| {
        let db = &scratch.db;
        let tenant = filled(db, Chain::Reads).await;
        let kept = journal::checkpoint(db, Chain::Reads, tenant).await.unwrap().unwrap();
        // Two batches are old enough; they go one at a time.
        for expected in [1, 1, 0] {
            let tx = db.begin().await.unwrap();
            let purged = journal::purge(&tx, Chain::Reads, tenant, later(2), later(3), 1).await.unwrap();
            assert_eq!(purged, expected);
            tx.commit().await.unwrap();
        }
        let found = verified(db, Chain::Reads, tenant, &[kept]).await;
        assert_eq!(found.breaches, Vec::<String>::new());
        assert_eq!((found.seals, found.purged_batches, found.entries), (3, 2, 4));
        let told = journal::find(db, Chain::Writes, tenant, &newest(10)).await.unwrap();
        assert_eq!(told.iter().filter(|entry| entry.action == "journal.purged").count(), 2);
        journal::seal(db, Chain::Writes, tenant, later(3)).await.unwrap();
        assert_eq!(verified(db, Chain::Writes, tenant, &[]).await.breaches, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_missing_tail_is_found_through_a_checkpoint_only() {
    on_each_engine(async |scratch| {
        let db = &scratch.db;
        let tenant = filled(db, Chain::Writes).await;
        let kept = journal::checkpoint(db, Chain::Writes, tenant).await.unwrap().unwrap();
        assert_eq!(Checkpoint::parse(&kept.line()), Some(kept.clone()));
        assert_eq!(
            verified(db, Chain::Writes, tenant, std::slice::from_ref(&kept)).await.breaches,
            Vec::<String>::new()
        );

        db.batch(
            "DELETE FROM journal_payload WHERE entry IN (SELECT id FROM journal_entry WHERE seal = 3);
             DELETE FROM journal_entry WHERE seal = 3; DELETE FROM journal_seal WHERE number = 3",
        )
        .await
        .unwrap();
        assert_eq!(verified(db, Chain::Writes, tenant, &[]).await.breaches, Vec::<String>::new());
        assert_eq!(verified(db, Chain::Writes, tenant, std::slice::from_ref(&kept)).await.breaches.len(), 1);

        // Written again in the same place, the seal has another digest.
        let tx = db.begin().await.unwrap();
        let other = NewEntry {
            author: None,
            mandate: None,
            action: "person.read",
            subject_kind: "person",
            subject: None,
            payload: serde_json::Value::Null,
        };
        journal::append(&tx, Chain::Writes, tenant, later(2), other).await.unwrap();
        tx.commit().await.unwrap();
        journal::seal(db, Chain::Writes, tenant, later(2)).await.unwrap();
        assert_eq!(verified(db, Chain::Writes, tenant, &[]).await.breaches, Vec::<String>::new());
        assert_eq!(verified(db, Chain::Writes, tenant, &[kept]).await.breaches.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_may_write_and_seal_at_once() {
    on_each_engine(async |scratch| {
        let tenant = filled(&scratch.db, Chain::Reads).await;
        let writers: Vec<_> = (0..8)
            .map(|_| {
                let db = scratch.db.clone();
                tokio::spawn(async move {
                    let tx = db.begin().await.unwrap();
                    let entry = NewEntry {
                        author: None,
                        mandate: None,
                        action: "person.read",
                        subject_kind: "person",
                        subject: None,
                        payload: serde_json::Value::Null,
                    };
                    journal::append_sealed(&tx, Chain::Reads, tenant, later(3), vec![entry]).await.unwrap();
                    tx.commit().await.unwrap();
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let found = verified(&scratch.db, Chain::Reads, tenant, &[]).await;
        assert_eq!(found.breaches, Vec::<String>::new());
        assert_eq!((found.entries, found.unsealed), (20, 0));
        assert!(!journal::is_waiting(&scratch.db, Chain::Reads, tenant).await.unwrap());
    })
    .await;
}

db::sql! {
    PAYLOADS = "SELECT count(*) FROM reading_payload";
}

#[tokio::test]
async fn a_purge_leaves_no_payload_behind() {
    on_each_engine(async |scratch| {
        let tenant = filled(&scratch.db, Chain::Reads).await;
        let tx = scratch.db.begin().await.unwrap();
        journal::purge(&tx, Chain::Reads, tenant, later(3), later(3), 100).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(scratch.db.one::<i64>(&PAYLOADS, &[]).await.unwrap(), 0);
    })
    .await;
}
