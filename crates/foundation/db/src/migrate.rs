use base::Clock;

use crate::{Ask, Db, Engine, Error, Result, sql};

/// One step of the schema, written once for both engines.
///
/// Words in braces stand for what the engines call differently: `{id}` `{int}` `{text}` `{bool}`
/// `{date}` `{instant}` `{json}` `{bytes}` `{strict}` `{keyed}`. A statement preceded by a line `-- sqlite only`
/// or `-- postgres only` is left out on the other engine.
pub struct Migration {
    pub name: &'static str,
    pub text: &'static str,
}

const WORDS: &[(&str, &str, &str)] = &[
    ("{id}", "INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY"),
    ("{int}", "INTEGER", "BIGINT"),
    // Byte order on both engines: names are compared in their folded form.
    ("{text}", "TEXT", "TEXT COLLATE \"C\""),
    ("{bool}", "INTEGER", "BOOLEAN"),
    ("{date}", "TEXT", "DATE"),
    ("{instant}", "INTEGER", "TIMESTAMPTZ"),
    ("{json}", "TEXT", "JSONB"),
    ("{bytes}", "BLOB", "BYTEA"),
    ("{strict}", "STRICT", ""),
    // A table that is its own primary key: one tree instead of two in SQLite.
    ("{keyed}", "STRICT, WITHOUT ROWID", ""),
];

impl Migration {
    fn for_engine(&self, engine: Engine) -> String {
        let unwanted = match engine {
            Engine::Sqlite => "-- postgres only",
            Engine::Postgres => "-- sqlite only",
        };
        let mut text: String =
            self.text.split_inclusive(';').filter(|statement| !statement.contains(unwanted)).collect();
        for (word, sqlite, postgres) in WORDS {
            text = text.replace(word, if engine == Engine::Sqlite { sqlite } else { postgres });
        }
        text
    }
}

sql! {
    DONE = "SELECT name FROM schema_migration ORDER BY name";
}

/// Held to the end of a batch on PostgreSQL, so that processes started together migrate one after the other. SQLite
/// has one writer anyway.
const TURN: &str = "SELECT pg_advisory_xact_lock(7406)";

async fn names_done(db: &Db) -> Result<Vec<String>> {
    let (turn, instant) = match db.engine() {
        Engine::Sqlite => ("SELECT 1", "INTEGER"),
        Engine::Postgres => (TURN, "TIMESTAMPTZ"),
    };
    db.batch(&format!(
        "{turn}; CREATE TABLE IF NOT EXISTS schema_migration (name TEXT PRIMARY KEY, applied_at {instant} NOT NULL)"
    ))
    .await?;
    db.all(&DONE, &[]).await
}

/// The migrations that this database has not had yet.
pub async fn pending(db: &Db, migrations: &[Migration]) -> Result<Vec<&'static str>> {
    let done = names_done(db).await?;
    Ok(migrations.iter().map(|migration| migration.name).filter(|name| !done.iter().any(|done| done == name)).collect())
}

/// Brings the schema up to date. Each migration happens whole or not at all; several processes may try at once.
pub async fn migrate(db: &Db, migrations: &[Migration], clock: &Clock) -> Result<()> {
    let missing = pending(db, migrations).await?;
    for migration in migrations.iter().filter(|migration| missing.contains(&migration.name)) {
        let text = migration.for_engine(db.engine());
        let micros = clock.now().micros();
        // One batch with its own mark, so that a power cut leaves the schema before or after, never between.
        // PostgreSQL runs a batch as one transaction by itself.
        let result = match db.engine() {
            Engine::Sqlite => {
                let whole = format!(
                    "BEGIN IMMEDIATE; {text}; INSERT INTO schema_migration VALUES ('{}', {micros}); COMMIT;",
                    migration.name
                );
                let result = db.batch(&whole).await;
                if result.is_err() {
                    db.batch("ROLLBACK").await?;
                }
                result
            }
            Engine::Postgres => {
                let mark = format!(
                    "INSERT INTO schema_migration VALUES ('{}', to_timestamp({micros} / 1000000.0))",
                    migration.name
                );
                db.batch(&format!("{TURN}; {text}; {mark}")).await
            }
        };
        if let Err(error) = result {
            // Another process may have done it while this one waited for its turn.
            if !names_done(db).await?.iter().any(|done| done == migration.name) {
                return Err(Error::Migration { name: migration.name, problem: error.to_string() });
            }
        }
    }
    Ok(())
}
