/// What a database can answer instead of a result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("adresse de base de données illisible : « {0} » (attendu : sqlite:CHEMIN ou postgres://…)")]
    Url(String),
    #[error("base SQLite : {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("base PostgreSQL : {}", postgres_message(.0))]
    Postgres(#[from] tokio_postgres::Error),
    #[error("connexion à PostgreSQL : {0}")]
    Pool(String),
    #[error("colonne {column} : {problem}")]
    Column { column: usize, problem: String },
    #[error("aucune ligne là où il en faut une")]
    NoRow,
    #[error("{0}")]
    Unsupported(&'static str),
    #[error("migration {name} : {problem}")]
    Migration { name: &'static str, problem: String },
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Whether a uniqueness rule of the schema refused the write.
    pub fn is_duplicate(&self) -> bool {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) => matches!(
                failure.extended_code,
                rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            ),
            Self::Postgres(error) => error.code() == Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION),
            _ => false,
        }
    }
}

/// The driver's own text says only "db error"; the server's message is what helps.
fn postgres_message(error: &tokio_postgres::Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), |server| format!("{} ({})", server.message(), server.code().code()))
}
