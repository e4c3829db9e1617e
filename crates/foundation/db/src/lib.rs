//! The one door to the database. SQLite (embedded) and PostgreSQL answer the same SQL texts; no other
//! crate names a driver.
//!
//! Rules for a text that both engines understand are in `docs/database.md`. Every text is declared with
//! [`sql!`] (or generated and registered), so that a test can prepare all of them on both engines.

mod error;
mod lite;
mod migrate;
mod pg;
mod record;
#[cfg(feature = "recording")]
pub mod recording;
mod sql;
mod value;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use error::{Error, Result};
pub use inventory;
pub use migrate::{Migration, migrate, pending};
pub use record::{FromRow, Record, Row, Table};
pub use sql::{ManySql, Registered, Sql, all_texts};
pub use value::{Column, Json, Param};

/// Which engine answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Anything that can be asked: the database itself, or a transaction under way.
pub trait Ask: Sync {
    /// Every line, in the order of the text.
    fn all<T: FromRow + Send>(
        &self,
        sql: &'static Sql,
        params: &[&dyn Param],
    ) -> impl Future<Output = Result<Vec<T>>> + Send;

    /// The first line, if any.
    fn maybe<T: FromRow + Send>(
        &self,
        sql: &'static Sql,
        params: &[&dyn Param],
    ) -> impl Future<Output = Result<Option<T>>> + Send {
        async move { Ok(self.all(sql, params).await?.into_iter().next()) }
    }

    /// The first line; an error when there is none.
    fn one<T: FromRow + Send>(
        &self,
        sql: &'static Sql,
        params: &[&dyn Param],
    ) -> impl Future<Output = Result<T>> + Send {
        async move { self.maybe(sql, params).await?.ok_or(Error::NoRow) }
    }
}

/// A database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Inner,
    /// Reads leave the asynchronous workers (see [`Db::long`]).
    long: bool,
}

#[derive(Clone)]
enum Inner {
    Lite(Arc<lite::Lite>),
    Pg(Arc<pg::Pg>),
}

impl Db {
    /// Opens `sqlite:PATH` (created when missing) or `postgres://…`.
    pub async fn open(url: &str) -> Result<Self> {
        let inner = if let Some(path) = url.strip_prefix("sqlite:") {
            if path.is_empty() {
                return Err(Error::Url(url.to_owned()));
            }
            Inner::Lite(Arc::new(lite::Lite::open(Path::new(path))?))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Inner::Pg(Arc::new(pg::Pg::open(url).await?))
        } else {
            return Err(Error::Url(url.to_owned()));
        };
        Ok(Self { inner, long: false })
    }

    pub fn engine(&self) -> Engine {
        match &self.inner {
            Inner::Lite(_) => Engine::Sqlite,
            Inner::Pg(_) => Engine::Postgres,
        }
    }

    /// The same database for reads that may take more than a few milliseconds (exports, rebuilds):
    /// on SQLite they are moved off the asynchronous workers.
    pub fn long(&self) -> Self {
        Self { inner: self.inner.clone(), long: true }
    }

    /// Starts a transaction. On SQLite it waits its turn for the one writer; dropped without
    /// [`Tx::commit`], it is rolled back.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx(match &self.inner {
            Inner::Lite(lite) => TxInner::Lite(lite.begin().await?),
            Inner::Pg(pg) => TxInner::Pg(Box::new(pg.begin().await?)),
        }))
    }

    /// Starts a transaction on SQLite when nobody writes at this moment; `None` when somebody does, and always on
    /// PostgreSQL, whose writers do not wait for one another. For short work that has another way to be done.
    pub fn begin_if_idle(&self) -> Result<Option<Tx>> {
        Ok(match &self.inner {
            Inner::Lite(lite) => lite.begin_if_idle()?.map(|tx| Tx(TxInner::Lite(tx))),
            Inner::Pg(_) => None,
        })
    }

    /// Calls `visit` for each line without holding them all.
    pub async fn each<T: FromRow + Send>(
        &self,
        sql: &'static Sql,
        params: &[&dyn Param],
        mut visit: impl FnMut(T) -> Result<()> + Send,
    ) -> Result<()> {
        #[cfg(feature = "recording")]
        recording::note(sql, params, false);
        match &self.inner {
            Inner::Lite(lite) => lite.each(self.long, sql, params, |row| visit(T::from_row(&row)?)).await,
            Inner::Pg(pg) => pg.each(sql, params, |row| visit(T::from_row(&row)?)).await,
        }
    }

    /// Prepares a text without running it: the proof that the engine understands it.
    pub async fn prepare(&self, sql: &'static Sql) -> Result<()> {
        match &self.inner {
            Inner::Lite(lite) => lite.prepare(sql).await,
            Inner::Pg(pg) => pg.prepare(sql).await,
        }
    }

    /// How SQLite, without statistics, would go about a text: the steps of its plan (`EXPLAIN QUERY PLAN`).
    ///
    /// # Errors
    /// [`Error::Unsupported`] on PostgreSQL, which plans by the statistics of the day.
    pub async fn plan(&self, sql: &'static Sql) -> Result<Vec<String>> {
        match &self.inner {
            Inner::Lite(lite) => lite.plan(sql).await,
            Inner::Pg(_) => Err(Error::Unsupported("le plan d’un texte est demandé à SQLite")),
        }
    }

    /// Runs statements written for one engine only (schema, maintenance).
    pub async fn batch(&self, text: &str) -> Result<()> {
        match &self.inner {
            Inner::Lite(lite) => lite.batch(text).await,
            Inner::Pg(pg) => pg.batch(text).await,
        }
    }

    /// Copies a SQLite database, while it is in use, into a new file.
    ///
    /// # Errors
    /// [`Error::Unsupported`] on PostgreSQL, whose own tools do it.
    pub async fn backup_to(&self, target: &Path) -> Result<()> {
        match &self.inner {
            Inner::Lite(lite) => lite.backup_to(target).await,
            Inner::Pg(_) => Err(Error::Unsupported("la copie en ligne est faite par pg_dump")),
        }
    }

    /// The file of a SQLite database.
    pub fn path(&self) -> Option<PathBuf> {
        match &self.inner {
            Inner::Lite(lite) => Some(lite.path().to_owned()),
            Inner::Pg(_) => None,
        }
    }
}

impl Ask for Db {
    async fn all<T: FromRow + Send>(&self, sql: &'static Sql, params: &[&dyn Param]) -> Result<Vec<T>> {
        #[cfg(feature = "recording")]
        recording::note(sql, params, false);
        match &self.inner {
            Inner::Lite(lite) => {
                let mut rows = Vec::new();
                lite.each(self.long, sql, params, |row| {
                    rows.push(T::from_row(&row)?);
                    Ok(())
                })
                .await?;
                Ok(rows)
            }
            Inner::Pg(pg) => pg.all(sql, params).await,
        }
    }
}

/// A transaction: everything in it happens, or nothing.
pub struct Tx(TxInner);

enum TxInner {
    Lite(lite::LiteTx),
    Pg(Box<pg::PgTx>),
}

impl Tx {
    /// Runs a statement; the number of lines it touched.
    pub async fn execute(&self, sql: &'static Sql, params: &[&dyn Param]) -> Result<u64> {
        #[cfg(feature = "recording")]
        recording::note(sql, params, true);
        match &self.0 {
            TxInner::Lite(tx) => tx.execute(sql, params),
            TxInner::Pg(tx) => tx.execute(sql, params).await,
        }
    }

    /// Runs the same statement for many sets of parameters (prepared once; pipelined on PostgreSQL).
    pub async fn execute_many(&self, sql: &'static Sql, sets: &[Vec<&dyn Param>]) -> Result<u64> {
        #[cfg(feature = "recording")]
        sets.iter().for_each(|params| recording::note(sql, params, true));
        match &self.0 {
            TxInner::Lite(tx) => sets.iter().try_fold(0, |sum, params| Ok(sum + tx.execute(sql, params)?)),
            TxInner::Pg(tx) => tx.execute_many(sql, sets).await,
        }
    }

    /// Inserts many records of one table the fastest way the engine has.
    pub async fn fill<R: Record + Sync>(&self, records: &[R]) -> Result<()> {
        if records.is_empty() {
            return Ok(());
        }
        match &self.0 {
            TxInner::Lite(tx) => tx.fill(records),
            TxInner::Pg(tx) => tx.fill(records).await,
        }
    }

    /// `count` numbers that no record of this database bears yet.
    pub async fn reserve_ids(&self, count: usize) -> Result<Vec<i64>> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        #[cfg(feature = "recording")]
        recording::note(&sql::RESERVE_IDS, &[&count], true);
        match &self.0 {
            TxInner::Lite(tx) => {
                let next: i64 = tx.one(&sql::RESERVE_IDS, &[&count])?;
                Ok((next - count..next).collect())
            }
            TxInner::Pg(tx) => tx.all(&sql::RESERVE_IDS, &[&count]).await,
        }
    }

    /// Waits until no other transaction holds the same key, and holds it until the end of this one.
    /// SQLite has one writer at a time and needs nothing more.
    pub async fn hold(&self, keys: &[i64]) -> Result<()> {
        match &self.0 {
            TxInner::Lite(_) => Ok(()),
            TxInner::Pg(tx) => {
                // Always in the same order, so that two transactions cannot wait for each other.
                let mut ordered = keys.to_vec();
                ordered.sort_unstable();
                ordered.dedup();
                let sets: Vec<Vec<&dyn Param>> = ordered.iter().map(|key| vec![key as &dyn Param]).collect();
                tx.execute_many(&sql::HOLD, &sets).await.map(|_| ())
            }
        }
    }

    pub async fn commit(self) -> Result<()> {
        match self.0 {
            TxInner::Lite(tx) => tx.commit(),
            TxInner::Pg(tx) => tx.commit().await,
        }
    }
}

impl Ask for Tx {
    async fn all<T: FromRow + Send>(&self, sql: &'static Sql, params: &[&dyn Param]) -> Result<Vec<T>> {
        #[cfg(feature = "recording")]
        recording::note(sql, params, false);
        match &self.0 {
            TxInner::Lite(tx) => tx.all(sql, params),
            TxInner::Pg(tx) => tx.all(sql, params).await,
        }
    }
}

pub use serde;

/// Names that [`codes!`] needs where it is used; nothing to call by hand.
#[doc(hidden)]
pub mod driver {
    pub use crate::value::PgResult;
    pub use bytes::BytesMut;
    pub use rusqlite::types::{ToSqlOutput, ValueRef};
    pub use tokio_postgres::types::{IsNull, Type};
}
