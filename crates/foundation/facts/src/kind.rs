use std::fmt;

use base::{Date, Id, Instant, Period};
use db::{Column, ManySql, Param, Row, Sql, Table};

use crate::{Author, Import, Tenant};

db::codes! {
    /// Where a fact comes from.
    pub enum Source {
        /// The beneficiary feed of the CAF or MSA.
        BeneficiaryFeed = "beneficiary_feed",
        /// The monthly file of France Travail.
        FranceTravailFile = "france_travail_file",
        /// The questionnaire answered with the claim (« DSP »).
        Questionnaire = "questionnaire",
        /// A table of France Travail's recommendations.
        RecommendationFile = "recommendation_file",
        /// A file of reference data (territory, organisations).
        ReferenceFile = "reference_file",
        /// A table of candidates to a school.
        CandidateFile = "candidate_file",
        /// The rules of the house, applied by the program.
        Rules = "rules",
        /// Somebody typed it in.
        Hand = "hand",
    }
}

/// Who or what stands behind a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Provenance {
    pub source: Source,
    pub import: Option<Id<Import>>,
    /// Line of the file, counted from 1.
    pub line: Option<i64>,
    pub author: Option<Id<Author>>,
}

impl Provenance {
    pub const fn hand(author: Id<Author>) -> Self {
        Self { source: Source::Hand, import: None, line: None, author: Some(author) }
    }
}

/// One recorded fact with both its times.
pub struct Fact<K: Kind> {
    pub id: Id<K>,
    pub subject: Id<K::Subject>,
    /// When it was, is or will be true.
    pub valid: Period,
    /// Since when we know it…
    pub recorded_at: Instant,
    /// …and since when something else stands in its place.
    pub replaced_at: Option<Instant>,
    pub provenance: Provenance,
    /// The record it stands in place of.
    pub corrects: Option<Id<K>>,
    pub value: K,
}

// Derives would ask the same of the subject, which is only a label.
impl<K: Kind> Clone for Fact<K> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), ..*self }
    }
}
impl<K: Kind> PartialEq for Fact<K> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.subject == other.subject
            && self.valid == other.valid
            && self.recorded_at == other.recorded_at
            && self.replaced_at == other.replaced_at
            && self.provenance == other.provenance
            && self.corrects == other.corrects
            && self.value == other.value
    }
}
impl<K: Kind + fmt::Debug> fmt::Debug for Fact<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fact")
            .field("id", &self.id)
            .field("subject", &self.subject)
            .field("valid", &self.valid)
            .field("recorded_at", &self.recorded_at)
            .field("replaced_at", &self.replaced_at)
            .field("provenance", &self.provenance)
            .field("corrects", &self.corrects)
            .field("value", &self.value)
            .finish()
    }
}

/// The SQL of one kind of fact.
pub struct KindSql {
    pub(crate) current: &'static Sql,
    pub(crate) current_many: ManySql,
    pub(crate) replaced_many: ManySql,
    pub(crate) current_all: &'static Sql,
    pub(crate) as_of: &'static Sql,
    pub(crate) history: &'static Sql,
    pub(crate) retire: &'static Sql,
}

impl KindSql {
    pub fn build(table: &'static Table) -> Self {
        let (name, columns, subject) = (table.name, table.columns.join(", "), table.columns[2]);
        // The plus keeps SQLite, which has no statistics of a database that is being filled, from preferring an index
        // that begins with the tenant: the subject chooses.
        let select = format!("SELECT {columns} FROM {name} WHERE +tenant = $1");
        Self {
            current: Sql::built(format!("{select} AND {subject} = $2 AND replaced_at IS NULL ORDER BY valid_from, id")),
            current_many: ManySql::new(
                1,
                format!(
                    "{select} AND {subject} IN ({{list}}) AND replaced_at IS NULL ORDER BY {subject}, valid_from, id"
                )
                .leak(),
            ),
            replaced_many: ManySql::new(
                1,
                format!("{select} AND {subject} IN ({{list}}) AND replaced_at IS NOT NULL ORDER BY {subject}, recorded_at, id")
                    .leak(),
            ),
            current_all: Sql::built(format!("{select} AND replaced_at IS NULL ORDER BY {subject}, valid_from, id")),
            // Records in force and replaced ones are asked for apart: each has its own index, and the many in
            // force weigh nothing in the index of the few that were replaced.
            as_of: Sql::built(format!(
                "{select} AND {subject} = $2 AND valid_from <= $3 AND (valid_to IS NULL OR valid_to > $3) \
                 AND recorded_at <= $4 AND replaced_at IS NULL \
                 UNION ALL {select} AND {subject} = $2 AND valid_from <= $3 AND (valid_to IS NULL OR valid_to > $3) \
                 AND recorded_at <= $4 AND replaced_at IS NOT NULL AND replaced_at > $4 ORDER BY valid_from, id"
            )),
            history: Sql::built(format!(
                "{select} AND {subject} = $2 AND replaced_at IS NULL \
                 UNION ALL {select} AND {subject} = $2 AND replaced_at IS NOT NULL ORDER BY recorded_at, id"
            )),
            retire: Sql::built(format!("UPDATE {name} SET replaced_at = $1 WHERE id = $2 AND replaced_at IS NULL")),
        }
    }

    pub fn texts(&self) -> Vec<&'static Sql> {
        let many = [self.current_many.sql(), self.replaced_many.sql()];
        [self.current, self.current_all, self.as_of, self.history, self.retire].into_iter().chain(many).collect()
    }
}

/// A kind of fact: one typed table (see [`kind!`](crate::kind)).
pub trait Kind: Clone + PartialEq + Send + Sync + 'static {
    /// What the fact is about.
    type Subject;

    fn table() -> &'static Table;
    fn sql() -> &'static KindSql;
    fn values(&self) -> Vec<&dyn Param>;
    /// Reads the value from the columns after the common ones.
    fn read(row: &Row<'_>, first_column: usize) -> db::Result<Self>;
    /// Whether two values compete for the same place: only one of them may hold at a time.
    fn same_slot(&self, other: &Self) -> bool;
}

/// The columns that every fact table begins with, but for the name of the third.
pub const COMMON_COLUMNS: usize = 12;

/// A fact as a line of its table.
pub(crate) struct FactRecord<'a, K: Kind> {
    pub tenant: Id<Tenant>,
    pub fact: &'a Fact<K>,
}

impl<K: Kind> db::Record for FactRecord<'_, K> {
    fn table() -> &'static Table {
        K::table()
    }

    fn values(&self) -> Vec<&dyn Param> {
        let Fact { id, subject, valid, recorded_at, replaced_at, provenance, corrects, value } = self.fact;
        let mut values: Vec<&dyn Param> = vec![
            id,
            &self.tenant,
            subject,
            &valid.from,
            &valid.to,
            recorded_at,
            replaced_at,
            &provenance.source,
            &provenance.import,
            &provenance.line,
            &provenance.author,
            corrects,
        ];
        values.extend(value.values());
        values
    }
}

impl<K: Kind> db::FromRow for Fact<K> {
    fn from_row(row: &Row<'_>) -> db::Result<Self> {
        fn get<T: Column>(row: &Row<'_>, column: usize) -> db::Result<T> {
            row.get(column)
        }
        Ok(Self {
            id: get(row, 0)?,
            subject: get(row, 2)?,
            valid: Period { from: get::<Date>(row, 3)?, to: get(row, 4)? },
            recorded_at: get(row, 5)?,
            replaced_at: get(row, 6)?,
            provenance: Provenance {
                source: get(row, 7)?,
                import: get(row, 8)?,
                line: get(row, 9)?,
                author: get(row, 10)?,
            },
            corrects: get(row, 11)?,
            value: K::read(row, COMMON_COLUMNS)?,
        })
    }
}

/// Declares a kind of fact, its table and the column of its subject:
///
/// ```ignore
/// facts::kind! {
///     /// Where a household lives.
///     pub struct Address in "address" about household: Household { pub commune: String, … }
/// }
/// ```
/// By default a subject has one value at a time. `slot (field, …)` after the subject's type lets values
/// that differ in those fields hold together (a person in two households, a structure in many communes).
#[macro_export]
macro_rules! kind {
    ($(#[$doc:meta])* $visibility:vis struct $name:ident in $table:literal about $subject:ident: $subject_type:ty $(, slot ($($slot:ident),+))?
        { $($(#[$field_doc:meta])* $field_visibility:vis $field:ident: $kind:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Debug)]
        $visibility struct $name { $($(#[$field_doc])* $field_visibility $field: $kind),+ }

        impl $crate::Kind for $name {
            type Subject = $subject_type;

            fn table() -> &'static ::db::Table {
                static TABLE: ::db::Table = ::db::Table::new($table, &[
                    "id", "tenant", stringify!($subject), "valid_from", "valid_to", "recorded_at", "replaced_at",
                    "source", "import", "line", "author", "corrects", $(stringify!($field)),+
                ]);
                &TABLE
            }

            fn sql() -> &'static $crate::KindSql {
                static SQL: std::sync::OnceLock<$crate::KindSql> = std::sync::OnceLock::new();
                SQL.get_or_init(|| $crate::KindSql::build(<Self as $crate::Kind>::table()))
            }

            fn values(&self) -> Vec<&dyn ::db::Param> {
                vec![$(&self.$field),+]
            }

            fn read(row: &::db::Row<'_>, first_column: usize) -> ::db::Result<Self> {
                let mut column = first_column..;
                Ok(Self { $($field: row.get(column.next().unwrap_or_default())?),+ })
            }

            fn same_slot(&self, other: &Self) -> bool {
                let _ = other;
                true $($(&& self.$slot == other.$slot)+)?
            }
        }

        ::db::inventory::submit! {
            ::db::Registered::Many(|| {
                let mut texts = <$name as $crate::Kind>::sql().texts();
                texts.push(<$name as $crate::Kind>::table().insert());
                texts
            })
        }
    };
}
