//! What a piece of work asked of the database, so that a benchmark can ask the bare driver the same.
//! Only compiled with the feature `recording`.

use std::sync::{Mutex, PoisonError};

use rusqlite::types::{ToSqlOutput, Value};

use crate::{Engine, Param, Sql};

static RECORD: Mutex<Option<Vec<Asked>>> = Mutex::new(None);

/// One statement with its parameters, as SQLite would store them.
#[derive(Clone, Debug)]
pub struct Asked {
    pub sqlite: String,
    pub postgres: String,
    pub params: Vec<Value>,
    /// It changed something.
    pub writes: bool,
}

/// Begins to note every statement of the process.
pub fn start() {
    *RECORD.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
}

/// Ends it and gives what was noted.
pub fn stop() -> Vec<Asked> {
    RECORD.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
}

pub(crate) fn note(sql: &Sql, params: &[&dyn Param], writes: bool) {
    if let Some(noted) = RECORD.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        let params = params
            .iter()
            .map(|param| match param.to_lite() {
                ToSqlOutput::Owned(value) => value,
                ToSqlOutput::Borrowed(borrowed) => Value::try_from(borrowed).unwrap_or(Value::Null),
                _ => Value::Null,
            })
            .collect();
        noted.push(Asked {
            sqlite: sql.text(Engine::Sqlite).to_owned(),
            postgres: sql.text(Engine::Postgres).to_owned(),
            params,
            writes,
        });
    }
}
