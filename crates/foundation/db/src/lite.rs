use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Connection, OpenFlags, Statement};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{Mutex as FairMutex, OwnedMutexGuard, Semaphore};

use crate::{Engine, Error, FromRow, Param, Record, Result, Row, Sql};

/// SQLite: one writer behind a fair lock, as many readers as cores.
pub(crate) struct Lite {
    path: PathBuf,
    writer: Arc<FairMutex<Connection>>,
    readers: Mutex<Vec<Connection>>,
    free_readers: Semaphore,
}

/// Statements kept ready by each connection.
const PREPARED: usize = 512;

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    // A statement is planned once: without this, each new value of a parameter that a plan might look at (all of those
    // compared where there are partial indexes) plans it again, which took a third of the time of pages.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // NORMAL under WAL: a power cut may lose the last commits, never corrupt; a killed program loses nothing.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON;
         PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 16384;",
    )?;
    Ok(connection)
}

impl Lite {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let writer = connect(path, OpenFlags::default())?;
        let count = std::thread::available_parallelism().map_or(2, usize::from).max(2);
        let readers = (0..count)
            .map(|_| {
                connect(
                    path,
                    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI,
                )
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Self {
            path: path.to_owned(),
            writer: Arc::new(FairMutex::new(writer)),
            readers: Mutex::new(readers),
            free_readers: Semaphore::new(count),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) async fn begin(&self) -> Result<LiteTx> {
        LiteTx::on(Arc::clone(&self.writer).lock_owned().await)
    }

    pub(crate) fn begin_if_idle(&self) -> Result<Option<LiteTx>> {
        Arc::clone(&self.writer).try_lock_owned().ok().map(LiteTx::on).transpose()
    }

    pub(crate) async fn each(
        &self,
        long: bool,
        sql: &Sql,
        params: &[&dyn Param],
        visit: impl FnMut(Row<'_>) -> Result<()>,
    ) -> Result<()> {
        self.read(long, |connection| {
            let statement = connection.prepare_cached(sql.text(Engine::Sqlite))?;
            if !statement.readonly() {
                return Err(Error::Unsupported("un texte qui écrit demande une transaction"));
            }
            each(statement, params, visit)
        })
        .await
    }

    pub(crate) async fn prepare(&self, sql: &Sql) -> Result<()> {
        let writer = self.writer.lock().await;
        writer.prepare(sql.text(Engine::Sqlite))?;
        Ok(())
    }

    pub(crate) async fn plan(&self, sql: &Sql) -> Result<Vec<String>> {
        let writer = self.writer.lock().await;
        let mut explained = writer.prepare(&format!("EXPLAIN QUERY PLAN {}", sql.text(Engine::Sqlite)))?;
        let mut steps = explained.raw_query();
        let mut told = Vec::new();
        while let Some(step) = steps.next()? {
            told.push(step.get(3)?);
        }
        Ok(told)
    }

    pub(crate) async fn batch(&self, text: &str) -> Result<()> {
        Ok(self.writer.lock().await.execute_batch(text)?)
    }

    pub(crate) async fn backup_to(&self, target: &Path) -> Result<()> {
        let mut copy = Connection::open(target)?;
        self.read(true, |connection| {
            let backup = rusqlite::backup::Backup::new(connection, &mut copy)?;
            backup.run_to_completion(2048, std::time::Duration::ZERO, None)?;
            Ok(())
        })
        .await
    }

    /// Reads, on the writer when nobody writes: what it has written itself leaves its own pages in memory, while any
    /// commit makes the other connections drop all of theirs. Most pages write one line, that of the reading log.
    async fn read<T>(&self, long: bool, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        if !long && let Ok(writer) = self.writer.try_lock() {
            return work(&writer);
        }
        let _turn = self.free_readers.acquire().await.map_err(|closed| Error::Pool(closed.to_string()))?;
        let lent = Lent {
            readers: &self.readers,
            connection: self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop(),
        };
        let connection = lent.connection.as_ref().ok_or(Error::NoRow)?;
        // Short reads run where they are: moving them to another thread costs more than they do.
        if long && Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread) {
            tokio::task::block_in_place(|| work(connection))
        } else {
            work(connection)
        }
    }
}

/// A reader given back even when the work panics.
struct Lent<'a> {
    readers: &'a Mutex<Vec<Connection>>,
    connection: Option<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

fn bind(statement: &mut Statement<'_>, params: &[&dyn Param]) -> Result<()> {
    for (position, param) in params.iter().enumerate() {
        statement.raw_bind_parameter(position + 1, param.to_lite())?;
    }
    Ok(())
}

fn each(
    mut statement: CachedStatement<'_>,
    params: &[&dyn Param],
    mut visit: impl FnMut(Row<'_>) -> Result<()>,
) -> Result<()> {
    bind(&mut statement, params)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        visit(Row::Lite(row))?;
    }
    Ok(())
}

fn execute(connection: &Connection, sql: &Sql, params: &[&dyn Param]) -> Result<u64> {
    let mut statement = connection.prepare_cached(sql.text(Engine::Sqlite))?;
    bind(&mut statement, params)?;
    Ok(statement.raw_execute()? as u64)
}

pub(crate) struct LiteTx {
    /// The lock is never contended: it only makes the transaction shareable between awaits.
    writer: Mutex<OwnedMutexGuard<Connection>>,
    finished: bool,
}

impl LiteTx {
    fn on(writer: OwnedMutexGuard<Connection>) -> Result<Self> {
        writer.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        Ok(Self { writer: Mutex::new(writer), finished: false })
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        work(&self.writer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn all<T: FromRow>(&self, sql: &Sql, params: &[&dyn Param]) -> Result<Vec<T>> {
        self.with(|connection| {
            let mut found = Vec::new();
            each(connection.prepare_cached(sql.text(Engine::Sqlite))?, params, |row| {
                found.push(T::from_row(&row)?);
                Ok(())
            })?;
            Ok(found)
        })
    }

    pub(crate) fn one<T: FromRow>(&self, sql: &Sql, params: &[&dyn Param]) -> Result<T> {
        self.all(sql, params)?.into_iter().next().ok_or(Error::NoRow)
    }

    pub(crate) fn execute(&self, sql: &Sql, params: &[&dyn Param]) -> Result<u64> {
        self.with(|connection| execute(connection, sql, params))
    }

    pub(crate) fn fill<R: Record>(&self, records: &[R]) -> Result<()> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(R::table().insert().text(Engine::Sqlite))?;
            for record in records {
                bind(&mut statement, &record.values())?;
                statement.raw_execute()?;
            }
            Ok(())
        })
    }

    pub(crate) fn commit(mut self) -> Result<()> {
        self.with(|connection| Ok(connection.prepare_cached("COMMIT")?.execute([])?))?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for LiteTx {
    fn drop(&mut self) {
        if !self.finished {
            // Nothing can be done about a failing rollback; the next BEGIN would report it.
            let _ = self.with(|connection| Ok(connection.execute_batch("ROLLBACK")?));
        }
    }
}
