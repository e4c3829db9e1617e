use std::sync::OnceLock;

use crate::{Ask, Engine, FromRow, Param, Result};

/// One SQL text, the same for both engines but for the way parameters are marked.
/// Write parameters `$1`, `$2`…; each must be used.
pub struct Sql {
    postgres: PostgresText,
    sqlite: SqliteText,
}

enum PostgresText {
    Whole(&'static str),
    /// Pieces joined at first use: a text around a record's list of columns.
    Parts(&'static [&'static str], OnceLock<String>),
}

enum SqliteText {
    /// The PostgreSQL text with `?1` in place of `$1`, made at first use.
    Translated(OnceLock<String>),
    /// One of the few texts that differ (see `docs/database.md`).
    Own(&'static str),
}

impl Sql {
    pub const fn new(text: &'static str) -> Self {
        Self { postgres: PostgresText::Whole(text), sqlite: SqliteText::Translated(OnceLock::new()) }
    }

    pub const fn from_parts(parts: &'static [&'static str]) -> Self {
        Self { postgres: PostgresText::Parts(parts, OnceLock::new()), sqlite: SqliteText::Translated(OnceLock::new()) }
    }

    /// For the few places where the engines truly differ.
    pub const fn for_each_engine(sqlite: &'static str, postgres: &'static str) -> Self {
        Self { postgres: PostgresText::Whole(postgres), sqlite: SqliteText::Own(sqlite) }
    }

    /// A text built once at run time, kept for the life of the program.
    pub fn built(text: String) -> &'static Self {
        Box::leak(Box::new(Self::new(Box::leak(text.into_boxed_str()))))
    }

    pub fn text(&self, engine: Engine) -> &str {
        let common = match &self.postgres {
            PostgresText::Whole(text) => text,
            PostgresText::Parts(parts, joined) => joined.get_or_init(|| parts.concat()).as_str(),
        };
        match (engine, &self.sqlite) {
            (Engine::Postgres, _) => common,
            (Engine::Sqlite, SqliteText::Own(text)) => text,
            // SQLite numbers `$1` by first appearance; `?1` means what it says.
            (Engine::Sqlite, SqliteText::Translated(cell)) => cell.get_or_init(|| common.replace('$', "?")),
        }
    }
}

/// Texts known to the program, gathered at link time.
pub enum Registered {
    One(&'static Sql),
    Many(fn() -> Vec<&'static Sql>),
}

inventory::collect!(Registered);

/// Every text of every crate linked in, for the test that prepares them all on both engines.
pub fn all_texts() -> Vec<&'static Sql> {
    inventory::iter::<Registered>
        .into_iter()
        .flat_map(|registered| match registered {
            Registered::One(sql) => vec![*sql],
            Registered::Many(build) => build(),
        })
        .collect()
}

/// Declares SQL texts, whole or in parts:
/// `db::sql! { /// All communes. pub(crate) COMMUNES = "SELECT …"; FILES = ["SELECT ", File::COLUMNS, " FROM file"]; }`
#[macro_export]
macro_rules! sql {
    ($($(#[$doc:meta])* $visibility:vis $name:ident = $text:tt;)+) => {$(
        $(#[$doc])*
        $visibility static $name: $crate::Sql = $crate::sql!(@text $text);
        $crate::inventory::submit! { $crate::Registered::One(&$name) }
    )+};
    (@text [$($part:expr),+ $(,)?]) => { $crate::Sql::from_parts(&[$($part),+]) };
    (@text $text:literal) => { $crate::Sql::new($text) };
}

pub(crate) static RESERVE_IDS: Sql = Sql::for_each_engine(
    "UPDATE id_sequence SET next = next + ?1 RETURNING next",
    "SELECT nextval('id_numbers') FROM generate_series(1, $1::bigint)",
);
inventory::submit! { Registered::One(&RESERVE_IDS) }

pub(crate) static HOLD: Sql = Sql::for_each_engine("SELECT ?1", "SELECT pg_advisory_xact_lock($1::bigint)");
inventory::submit! { Registered::One(&HOLD) }

/// A text that asks about many subjects at once, in lists of a fixed length so that it is prepared once.
/// Declared with [`sql_many!`](crate::sql_many).
pub struct ManySql {
    pattern: &'static str,
    fixed: usize,
    built: OnceLock<&'static Sql>,
}

/// Subjects in one question.
const LIST: usize = 128;

impl ManySql {
    pub const fn new(fixed: usize, pattern: &'static str) -> Self {
        Self { pattern, fixed, built: OnceLock::new() }
    }

    pub fn sql(&self) -> &'static Sql {
        self.built.get_or_init(|| {
            let marks: Vec<String> = (1..=LIST).map(|number| format!("${}", number + self.fixed)).collect();
            Sql::built(self.pattern.replace("{list}", &marks.join(", ")))
        })
    }

    /// Asks about all `subjects`, chunk by chunk; `fixed` are the parameters before the list.
    pub async fn all<T: FromRow + Send, S: Param>(
        &self,
        ask: &impl Ask,
        fixed: &[&dyn Param],
        subjects: &[S],
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        for chunk in subjects.chunks(LIST) {
            let mut params: Vec<&dyn Param> = fixed.to_vec();
            params.extend(chunk.iter().map(|subject| subject as &dyn Param));
            // The list has a fixed length: the last subject fills what is left over.
            params.resize(self.fixed + LIST, &chunk[chunk.len() - 1]);
            found.extend(ask.all::<T>(self.sql(), &params).await?);
        }
        Ok(found)
    }
}

/// Declares texts over a `{list}` of subjects; the number in parentheses counts the parameters before it:
/// `db::sql_many! { HOUSEHOLDS (1) = "SELECT … WHERE tenant = $1 AND claim_number IN ({list})"; }`
#[macro_export]
macro_rules! sql_many {
    ($($(#[$doc:meta])* $visibility:vis $name:ident ($fixed:literal) = $text:expr;)+) => {$(
        $(#[$doc])*
        $visibility static $name: $crate::ManySql = $crate::ManySql::new($fixed, $text);
        $crate::inventory::submit! { $crate::Registered::Many(|| vec![$name.sql()]) }
    )+};
}
