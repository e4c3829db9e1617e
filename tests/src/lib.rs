//! Helpers of the integration tests (`tests/integration`).

use std::sync::atomic::{AtomicU32, Ordering};

use base::{Clock, Date, Instant};
use db::{Db, Engine};
use tempfile::TempDir;

/// Where a PostgreSQL server awaits the tests; `./test` starts one and sets it.
const POSTGRES: &str = "JONCTION_TEST_POSTGRES";

/// The day of the demonstration, and of the tests.
pub fn today() -> Date {
    jiff::civil::date(2026, 11, 22)
}

/// A clock that stands still at the start of [`today`] until it is moved.
pub fn clock() -> Clock {
    Clock::manual(Instant::start_of(today()))
}

/// A database with the current schema and nothing in it, for one test. [`Scratch::remove`] it at the end.
pub struct Scratch {
    /// As the commands take it: `sqlite:PATH` or `postgres://…`.
    pub url: String,
    pub db: Db,
    folder: TempDir,
    /// The server's address and the database's name, on PostgreSQL.
    on_server: Option<(String, String)>,
}

impl Scratch {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("jonction.sqlite").display());
        Self { db: migrated(&url).await, url, folder, on_server: None }
    }

    /// `None`, said on the error output, where no server is announced: `cargo test` alone then tests SQLite.
    pub async fn postgres() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);

        #[expect(clippy::disallowed_methods, reason = "the tests' one setting")]
        let Ok(server) = std::env::var(POSTGRES) else {
            eprintln!("PostgreSQL is not tested: {POSTGRES} is not set (./test sets it)");
            return None;
        };
        let name = format!("jonction_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let administration = Db::open(&server).await.unwrap();
        administration.batch(&format!("CREATE DATABASE {name}")).await.unwrap();
        let (address, _) = server.rsplit_once('/').expect("the URL ends with the name of a database");
        let url = format!("{address}/{name}");
        Some(Self {
            db: migrated(&url).await,
            url,
            folder: tempfile::tempdir().unwrap(),
            on_server: Some((server, name)),
        })
    }

    /// A second database on the same engine, to compare the two.
    pub async fn another(&self) -> Self {
        match self.engine() {
            Engine::Sqlite => Self::sqlite().await,
            Engine::Postgres => Self::postgres().await.expect("the first one is on this server"),
        }
    }

    pub fn engine(&self) -> Engine {
        self.db.engine()
    }

    /// A folder for the files of the test, removed with the database.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Drops the database, whoever is still connected to it.
    pub async fn remove(self) {
        if let Some((server, name)) = self.on_server {
            let administration = Db::open(&server).await.unwrap();
            administration.batch(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
        }
    }
}

async fn migrated(url: &str) -> Db {
    let db = Db::open(url).await.unwrap();
    db::migrate(&db, migrations::ALL, &clock()).await.unwrap();
    db
}

/// Runs the test on a fresh database of each engine, SQLite first.
pub async fn on_each_engine(test: impl AsyncFn(&Scratch)) {
    for scratch in [Some(Scratch::sqlite().await), Scratch::postgres().await].into_iter().flatten() {
        // Shown by the test runner when the test fails.
        println!("on {:?}", scratch.engine());
        test(&scratch).await;
        scratch.remove().await;
    }
}
