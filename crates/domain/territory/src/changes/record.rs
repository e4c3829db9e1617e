use base::{Id, Instant, Period};
use db::Ask;
use facts::{Fact, Kind, Provenance, Tenant};
use platform::gate::{ReadTerritory, permit};
use platform::{Actor, Platform};

use crate::kind::{Described, with_kind};
use crate::names::{Named, Names, Shown, SubjectKind};
use crate::{Cells, Error, Evidence, FactKind, Result, store};

/// A fact of any kind, ready to be shown or to fill a form.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    pub kind: FactKind,
    pub id: i64,
    pub subject_kind: SubjectKind,
    pub subject: i64,
    pub subject_code: String,
    pub subject_name: String,
    pub valid: Period,
    pub recorded_at: Instant,
    /// Set when something newer stands in its place.
    pub replaced_at: Option<Instant>,
    pub provenance: Provenance,
    pub corrects: Option<i64>,
    /// Labels and values, in the order of the form.
    pub values: Vec<(&'static str, Shown)>,
    /// The same under the names of the columns, as a file writes them, dates and evidence included.
    pub cells: Cells,
    pub evidence: Evidence,
}

impl Record {
    pub fn of<K: Described>(names: &Names, fact: &Fact<K>) -> Self {
        let values = fact.value.cells();
        let mut cells: Cells =
            K::FIELDS.iter().zip(&values).map(|(field, cell)| (field.column.to_owned(), names.raw(cell))).collect();
        let evidence = fact.value.evidence();
        let mut put = |column: &str, text: String| cells.insert(column.to_owned(), text);
        put(K::LAYOUT.subject, names.code(fact.subject).to_owned());
        put(K::LAYOUT.from[0], fact.valid.from.to_string());
        put(K::LAYOUT.to[0], fact.valid.to.map_or_else(String::new, |to| to.to_string()));
        put("certainty", evidence.certainty.as_code().to_owned());
        put("dates_certainty", evidence.dates_certainty.as_code().to_owned());
        put("source", evidence.citation.clone());
        put("note", evidence.note.clone());
        Self {
            kind: K::KIND,
            id: fact.id.raw(),
            subject_kind: <K::Subject as Named>::KIND,
            subject: fact.subject.raw(),
            subject_code: names.code(fact.subject).to_owned(),
            subject_name: names.name(fact.subject).to_owned(),
            valid: fact.valid,
            recorded_at: fact.recorded_at,
            replaced_at: fact.replaced_at,
            provenance: fact.provenance,
            corrects: fact.corrects.map(Id::raw),
            values: K::FIELDS.iter().zip(&values).map(|(field, cell)| (field.label, names.shown(cell))).collect(),
            cells,
            evidence,
        }
    }
}

/// One record by its number, still in force or not.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Refused`], or the database's own.
pub async fn record(platform: &Platform, actor: &Actor, kind: FactKind, id: i64) -> Result<Record> {
    let tenant = permit::<ReadTerritory>(actor)?.tenant();
    let names = Names::load(&platform.db, tenant).await?;
    with_kind!(kind, K => {
        let fact = store::one::<K>(&platform.db, tenant, Id::new(id)).await?.ok_or(Error::NotFound)?;
        Ok(Record::of(&names, &fact))
    })
}

/// Every record ever made about a subject, replaced ones included: by the day from which they hold, then
/// in the order in which they were made.
///
/// # Errors
/// [`Error::Refused`], or the database's own.
pub async fn history(
    platform: &Platform,
    actor: &Actor,
    subject_kind: SubjectKind,
    subject: i64,
) -> Result<Vec<Record>> {
    let tenant = permit::<ReadTerritory>(actor)?.tenant();
    let names = Names::load(&platform.db, tenant).await?;
    let mut records = Vec::new();
    for kind in FactKind::ALL.iter().filter(|kind| kind.description().subject == subject_kind) {
        with_kind!(kind, K => records.extend(of_subject::<K>(&platform.db, tenant, &names, subject).await?));
    }
    records.sort_by_key(|record| (record.valid.from, record.recorded_at, record.id));
    Ok(records)
}

async fn of_subject<K: Described>(
    ask: &impl Ask,
    tenant: Id<Tenant>,
    names: &Names,
    subject: i64,
) -> db::Result<Vec<Record>> {
    let subject: Id<<K as Kind>::Subject> = Id::new(subject);
    let facts = facts::history::<K>(ask, tenant, subject).await?;
    Ok(facts.iter().map(|fact| Record::of(names, fact)).collect())
}
