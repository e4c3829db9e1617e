use std::sync::OnceLock;

use crate::Engine;

/// One SQL text, the same for both engines but for the way parameters are marked.
/// Write parameters `$1`, `$2`…; each must be used.
pub struct Sql {
    postgres: &'static str,
    sqlite: SqliteText,
}

enum SqliteText {
    /// The PostgreSQL text with `?1` in place of `$1`, made at first use.
    Translated(OnceLock<String>),
    /// One of the few texts that differ (see `docs/database.md`).
    Own(&'static str),
}

impl Sql {
    pub const fn new(text: &'static str) -> Self {
        Self { postgres: text, sqlite: SqliteText::Translated(OnceLock::new()) }
    }

    /// For the few places where the engines truly differ.
    pub const fn for_each_engine(sqlite: &'static str, postgres: &'static str) -> Self {
        Self { postgres, sqlite: SqliteText::Own(sqlite) }
    }

    /// A text built once at run time, kept for the life of the program.
    pub fn built(text: String) -> &'static Self {
        Box::leak(Box::new(Self::new(Box::leak(text.into_boxed_str()))))
    }

    pub fn text(&self, engine: Engine) -> &str {
        match (engine, &self.sqlite) {
            (Engine::Postgres, _) => self.postgres,
            (Engine::Sqlite, SqliteText::Own(text)) => text,
            // SQLite numbers `$1` by first appearance; `?1` means what it says.
            (Engine::Sqlite, SqliteText::Translated(cell)) => cell.get_or_init(|| self.postgres.replace('$', "?")),
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

/// Declares SQL texts:
/// `db::sql! { /// All communes. pub(crate) COMMUNES = "SELECT …"; }`
#[macro_export]
macro_rules! sql {
    ($($(#[$doc:meta])* $visibility:vis $name:ident = $text:expr;)+) => {$(
        $(#[$doc])*
        $visibility static $name: $crate::Sql = $crate::Sql::new($text);
        $crate::inventory::submit! { $crate::Registered::One(&$name) }
    )+};
}

pub(crate) static RESERVE_IDS: Sql = Sql::for_each_engine(
    "UPDATE id_sequence SET next = next + ?1 RETURNING next",
    "SELECT nextval('id_numbers') FROM generate_series(1, $1::bigint)",
);
inventory::submit! { Registered::One(&RESERVE_IDS) }

pub(crate) static HOLD: Sql = Sql::for_each_engine("SELECT ?1", "SELECT pg_advisory_xact_lock($1::bigint)");
inventory::submit! { Registered::One(&HOLD) }
