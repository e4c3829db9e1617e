//! Every SQL text of the application is understood by both engines, on the schema that the migrations make.

use db::{Db, Engine, Migration};
use jonction_tests::{Scratch, clock, on_each_engine};

// Texts register themselves where they are declared: linking the crates brings them in.
use {demo as _, exchange as _, facts as _, platform as _, school as _, support as _, territory as _, web as _};

/// The tables that have a line for each person or household, or several.
const OF_PERSONS: [&str; 29] = [
    "household",
    "person",
    "sighting",
    "claim",
    "right_state",
    "family",
    "address",
    "identity",
    "registration",
    "membership",
    "occupation",
    "contact",
    "match_doubt",
    "match_decision",
    "person_card",
    "person_word",
    "socio_professional",
    "jobseeker_registration",
    "recommendation",
    "orientation_proposal",
    "orientation_decision",
    "orientation",
    "designation",
    "appointment",
    "note",
    "next_step",
    "support_request",
    "follow_up",
    "journal_entry",
];

/// The delays of a whole département over a period: nearly every line counts, and is read in the order of the table.
const EVERYBODY: &str =
    "SELECT structure, informed_on, decided_on, started_on, designated_on, first_met_on FROM follow_up";

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

/// A text that narrows what it asks for (it has a second parameter, after the tenant) does not read a whole table that
/// grows with the number of persons: two partial indexes, for instance, serve no text that names neither condition.
#[tokio::test]
async fn no_question_about_somebody_reads_everybody() {
    let scratch = Scratch::sqlite().await;
    let mut whole = Vec::new();
    for sql in db::all_texts() {
        let text = sql.text(Engine::Sqlite);
        for step in scratch.db.plan(sql).await.unwrap() {
            let mut words = step.split_whitespace();
            let scanned = words.next().zip(words.next()).filter(|(verb, _)| *verb == "SCAN").map(|(_, table)| table);
            if text.contains("?2")
                && !text.starts_with(EVERYBODY)
                && scanned.is_some_and(|table| OF_PERSONS.contains(&named(text, table)))
            {
                whole.push(format!("{step}\n{text}"));
            }
        }
    }
    scratch.remove().await;
    assert!(whole.is_empty(), "{}", whole.join("\n\n"));
}

/// The table behind a name of a text: plans tell the short one that the text gave.
fn named<'a>(text: &'a str, alias: &'a str) -> &'a str {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut after = words.windows(3).filter(|pair| matches!(pair[0], "FROM" | "JOIN"));
    after.find(|pair| pair[2].trim_end_matches(',') == alias).map_or(alias, |pair| pair[1])
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
