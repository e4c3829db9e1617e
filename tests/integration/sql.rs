//! Every SQL text of the application is understood by both engines, on the schema that the migrations make.

use db::{Db, Migration};
use jonction_tests::{clock, on_each_engine};

// Texts register themselves where they are declared: linking the crates brings them in.
use {demo as _, exchange as _, facts as _, platform as _, school as _, support as _, territory as _, web as _};

#[tokio::test]
async fn every_text_is_prepared_on_both_engines() {
    on_each_engine(async |scratch| {
        let texts = db::all_texts();
        assert!(!texts.is_empty(), "no SQL text registered: are the crates linked?");
        let mut faults = Vec::new();
        for sql in texts {
            if let Err(error) = scratch.db.prepare(sql).await {
                faults.push(format!("{error}\n{}", sql.text(scratch.engine())));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_started_together_migrate_once() {
    const NEW: &[Migration] =
        &[Migration { name: "9999_turn", text: "CREATE TABLE turn (id {id}) {strict}; INSERT INTO turn VALUES (1)" }];
    on_each_engine(async |scratch| {
        let nodes = [Db::open(&scratch.url).await.unwrap(), Db::open(&scratch.url).await.unwrap()];
        let clock = clock();
        let (one, other) = tokio::join!(db::migrate(&nodes[0], NEW, &clock), db::migrate(&nodes[1], NEW, &clock));
        one.unwrap();
        other.unwrap();
        assert!(db::pending(&scratch.db, NEW).await.unwrap().is_empty());
    })
    .await;
}
