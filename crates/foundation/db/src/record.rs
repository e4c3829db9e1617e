use std::sync::OnceLock;

use crate::value::PgColumn;
use crate::{Column, Error, Param, Result, Sql};

/// One line of a result; columns are read by position.
pub enum Row<'a> {
    Lite(&'a rusqlite::Row<'a>),
    Pg(&'a tokio_postgres::Row),
}

impl Row<'_> {
    pub fn get<T: Column>(&self, column: usize) -> Result<T> {
        match self {
            Row::Lite(row) => T::from_lite(row.get_ref(column)?).map_err(|problem| Error::Column { column, problem }),
            Row::Pg(row) => row.try_get::<_, PgColumn<T>>(column).map(|PgColumn(value)| value).map_err(|error| {
                let problem = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
                Error::Column { column, problem }
            }),
        }
    }
}

/// Something read from a line, its first field from the first column and so on.
pub trait FromRow: Sized {
    fn from_row(row: &Row<'_>) -> Result<Self>;
}

impl<T: Column> FromRow for T {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        row.get(0)
    }
}

macro_rules! tuples {
    ($(($($name:ident $position:tt),+))+) => {$(
        impl<$($name: Column),+> FromRow for ($($name,)+) {
            fn from_row(row: &Row<'_>) -> Result<Self> {
                Ok(($(row.get::<$name>($position)?,)+))
            }
        }
    )+};
}
tuples! {
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}

/// A table as records see it: its name and columns, and the statement that inserts one record.
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    insert: OnceLock<&'static Sql>,
}

impl Table {
    pub const fn new(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, insert: OnceLock::new() }
    }

    pub fn insert(&self) -> &'static Sql {
        self.insert.get_or_init(|| {
            let marks: Vec<String> = (1..=self.columns.len()).map(|number| format!("${number}")).collect();
            Sql::built(format!("INSERT INTO {} ({}) VALUES ({})", self.name, self.columns.join(", "), marks.join(", ")))
        })
    }
}

/// Something that is stored as one line of a table (see [`record!`]).
pub trait Record {
    fn table() -> &'static Table;
    /// The values, in the order of the table's columns.
    fn values(&self) -> Vec<&dyn Param>;
}

/// A plain struct read from a query, field by field: `db::row! { pub struct Case { pub id: i64, … } }`
#[macro_export]
macro_rules! row {
    ($(#[$doc:meta])* $visibility:vis struct $name:ident { $($(#[$field_doc:meta])* $field_visibility:vis $field:ident: $kind:ty),+ $(,)? }) => {
        $(#[$doc])*
        $visibility struct $name { $($(#[$field_doc])* $field_visibility $field: $kind),+ }

        impl $crate::FromRow for $name {
            fn from_row(row: &$crate::Row<'_>) -> $crate::Result<Self> {
                let mut column = 0..;
                Ok(Self { $($field: row.get(column.next().unwrap_or_default())?),+ })
            }
        }
    };
}

/// A struct stored as a line of a table: [`row!`] and [`Record`] at once. Its `COLUMNS` is the list to `SELECT`.
///
/// `db::record! { #[derive(Clone)] pub struct Commune in "commune" { pub code: String, … } }`
#[macro_export]
macro_rules! record {
    ($(#[$doc:meta])* $visibility:vis struct $name:ident in $table:literal { $first_visibility:vis $first:ident: $first_kind:ty $(, $(#[$field_doc:meta])* $field_visibility:vis $field:ident: $kind:ty)* $(,)? }) => {
        $crate::row! {
            $(#[$doc])*
            $visibility struct $name { $first_visibility $first: $first_kind $(, $(#[$field_doc])* $field_visibility $field: $kind)* }
        }

        impl $name {
            /// The columns in the order of the fields.
            #[allow(dead_code, reason = "not every record is also read by a written query")]
            pub const COLUMNS: &'static str = concat!(stringify!($first) $(, ", ", stringify!($field))*);
        }

        impl $crate::Record for $name {
            fn table() -> &'static $crate::Table {
                static TABLE: $crate::Table = $crate::Table::new($table, &[stringify!($first) $(, stringify!($field))*]);
                &TABLE
            }
            fn values(&self) -> Vec<&dyn $crate::Param> {
                vec![&self.$first $(, &self.$field)*]
            }
        }

        $crate::inventory::submit! {
            $crate::Registered::Many(|| vec![<$name as $crate::Record>::table().insert()])
        }
    };
}
