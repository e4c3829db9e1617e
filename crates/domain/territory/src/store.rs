//! SQL over any kind of fact of the territory, and over what bears a code.

use std::collections::HashMap;

use base::{Date, Id, Instant};
use db::{Ask, Sql, Table, Tx, sql};
use facts::{Fact, Import, Tenant};
use platform::Structure;

use crate::AsOf;
use crate::kind::Described;
use crate::names::SubjectKind;
use crate::structures::StructureKind;

pub(crate) fn known(table: &'static Table) -> &'static Sql {
    Sql::built(format!(
        "SELECT {} FROM {} WHERE tenant = $1 AND recorded_at <= $2 AND (replaced_at IS NULL OR replaced_at > $2) ORDER BY {}, valid_from, id",
        table.columns.join(", "),
        table.name,
        table.columns[2]
    ))
}

pub(crate) fn by_id(table: &'static Table) -> &'static Sql {
    Sql::built(format!("SELECT {} FROM {} WHERE tenant = $1 AND id = $2", table.columns.join(", "), table.name))
}

/// Every record of a kind that stood at a moment, by subject then by start.
pub(crate) async fn all_known<K: Described>(
    ask: &impl Ask,
    tenant: Id<Tenant>,
    known: Instant,
) -> db::Result<Vec<Fact<K>>> {
    ask.all(K::known(), &[&tenant, &known]).await
}

pub(crate) async fn one<K: Described>(ask: &impl Ask, tenant: Id<Tenant>, id: Id<K>) -> db::Result<Option<Fact<K>>> {
    ask.maybe(K::by_id(), &[&tenant, &id]).await
}

db::row! {
    /// Something that bears a code, with its last known name.
    pub(crate) struct Coded {
        pub id: i64,
        pub code: String,
        pub name: Option<String>,
    }
}

sql! {
    COMMUNES = "SELECT c.id, c.code, (SELECT p.name FROM commune_profile p WHERE p.commune = c.id AND p.replaced_at IS NULL
                ORDER BY p.valid_from DESC LIMIT 1) FROM commune c WHERE c.tenant = $1 ORDER BY c.code";
    ORGANISATIONS = "SELECT o.id, o.code, (SELECT p.name FROM organisation_profile p WHERE p.organisation = o.id AND p.replaced_at IS NULL
                     ORDER BY p.valid_from DESC LIMIT 1) FROM organisation o WHERE o.tenant = $1 ORDER BY o.code";
    STRUCTURES = "SELECT s.id, s.code, (SELECT p.name FROM structure_profile p WHERE p.structure = s.id AND p.replaced_at IS NULL
                  ORDER BY p.valid_from DESC LIMIT 1) FROM structure s WHERE s.tenant = $1 ORDER BY s.code";
    POSTS = "SELECT id, code, NULL FROM post WHERE tenant = $1 ORDER BY code";
    STRUCTURE_KINDS = "SELECT id, kind FROM structure WHERE tenant = $1";
    INSERT_COMMUNE = "INSERT INTO commune (id, tenant, code) VALUES ($1, $2, $3)";
    INSERT_ORGANISATION = "INSERT INTO organisation (id, tenant, code) VALUES ($1, $2, $3)";
    INSERT_STRUCTURE = "INSERT INTO structure (id, tenant, code, kind) VALUES ($1, $2, $3, $4)";
    INSERT_POST = "INSERT INTO post (id, tenant, code) VALUES ($1, $2, $3)";
    SECTOR_COMMUNES = "SELECT c.code FROM sector s JOIN commune c ON c.id = s.commune
                       WHERE s.tenant = $1 AND s.structure = $2 AND s.valid_from <= $3 AND (s.valid_to IS NULL OR s.valid_to > $3)
                       AND s.replaced_at IS NULL ORDER BY c.code";
    SECTOR_STRUCTURES = "SELECT c.code, s.structure FROM sector s JOIN commune c ON c.id = s.commune
                         WHERE s.tenant = $1 AND s.kind = $2 AND s.valid_from <= $3 AND (s.valid_to IS NULL OR s.valid_to > $3)
                         AND s.replaced_at IS NULL";
    INSERT_IMPORT = "INSERT INTO reference_import (id, tenant, received_at, author, files, added, corrected, unchanged)
                     VALUES ($1, $2, $3, $4, $5, 0, 0, 0)";
    COUNT_IMPORT = "UPDATE reference_import SET added = $1, corrected = $2, unchanged = $3 WHERE id = $4";
    IMPORTS = "SELECT id, received_at, author, files, added, corrected, unchanged FROM reference_import
               WHERE tenant = $1 ORDER BY received_at DESC, id DESC LIMIT 50";
}

/// Everything of a sort that bears a code.
pub(crate) async fn coded(ask: &impl Ask, tenant: Id<Tenant>, sort: SubjectKind) -> db::Result<Vec<Coded>> {
    let text = match sort {
        SubjectKind::Commune => &COMMUNES,
        SubjectKind::Organisation => &ORGANISATIONS,
        SubjectKind::Structure => &STRUCTURES,
        SubjectKind::Post => &POSTS,
    };
    ask.all(text, &[&tenant]).await
}

pub(crate) async fn structure_kinds(
    ask: &impl Ask,
    tenant: Id<Tenant>,
) -> db::Result<Vec<(Id<Structure>, StructureKind)>> {
    ask.all(&STRUCTURE_KINDS, &[&tenant]).await
}

/// New things that bear a code; a structure also has its kind. Gives their numbers.
pub(crate) async fn create(
    tx: &Tx,
    tenant: Id<Tenant>,
    sort: SubjectKind,
    new: &[(String, Option<StructureKind>)],
) -> db::Result<Vec<i64>> {
    let ids = if new.is_empty() { Vec::new() } else { tx.reserve_ids(new.len()).await? };
    for ((code, kind), id) in new.iter().zip(&ids) {
        match sort {
            SubjectKind::Commune => tx.execute(&INSERT_COMMUNE, &[id, &tenant, code]).await?,
            SubjectKind::Organisation => tx.execute(&INSERT_ORGANISATION, &[id, &tenant, code]).await?,
            SubjectKind::Structure => tx.execute(&INSERT_STRUCTURE, &[id, &tenant, code, kind]).await?,
            SubjectKind::Post => tx.execute(&INSERT_POST, &[id, &tenant, code]).await?,
        };
    }
    Ok(ids)
}

/// Insee codes of the communes that a structure serves on a day, in order.
///
/// # Errors
/// The database's own.
pub async fn sector_communes(
    ask: &impl Ask,
    tenant: Id<Tenant>,
    structure: Id<Structure>,
    on: Date,
) -> db::Result<Vec<String>> {
    ask.all(&SECTOR_COMMUNES, &[&tenant, &structure, &on]).await
}

/// The structure of a kind that serves each commune (by Insee code) on a day.
///
/// # Errors
/// The database's own.
pub async fn sector_structures(
    ask: &impl Ask,
    tenant: Id<Tenant>,
    kind: StructureKind,
    on: Date,
) -> db::Result<HashMap<String, Id<Structure>>> {
    let found: Vec<(String, Id<Structure>)> = ask.all(&SECTOR_STRUCTURES, &[&tenant, &kind, &on]).await?;
    Ok(found.into_iter().collect())
}

db::row! {
    /// A file of reference data that was applied.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct AppliedImport {
        pub id: Id<Import>,
        pub received_at: Instant,
        /// Nobody: the program itself.
        pub author: Option<Id<facts::Author>>,
        /// Names of the files, separated by commas.
        pub files: String,
        pub added: i64,
        pub corrected: i64,
        pub unchanged: i64,
    }
}

/// Opens the record of an import; its figures come at the end.
pub(crate) async fn start_import(
    tx: &Tx,
    tenant: Id<Tenant>,
    now: Instant,
    author: Option<Id<facts::Author>>,
    files: &str,
) -> db::Result<Id<Import>> {
    let id = Id::new(tx.reserve_ids(1).await?[0]);
    tx.execute(&INSERT_IMPORT, &[&id, &tenant, &now, &author, &files]).await?;
    Ok(id)
}

pub(crate) async fn finish_import(
    tx: &Tx,
    id: Id<Import>,
    added: i64,
    corrected: i64,
    unchanged: i64,
) -> db::Result<()> {
    tx.execute(&COUNT_IMPORT, &[&added, &corrected, &unchanged, &id]).await.map(|_| ())
}

pub(crate) async fn imports(ask: &impl Ask, tenant: Id<Tenant>) -> db::Result<Vec<AppliedImport>> {
    ask.all(&IMPORTS, &[&tenant]).await
}

impl AsOf {
    pub(crate) fn holds<K: Described>(&self, fact: &Fact<K>) -> bool {
        fact.valid.contains(self.on)
    }
}
