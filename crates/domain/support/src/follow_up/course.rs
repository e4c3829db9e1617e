//! What happened of an accompaniment, as dated lines beside the other facts of a file.

use base::{Id, Instant};
use facts::{Fact, Kind};
use platform::gate::{FollowPeople, ReadPerson};
use platform::{Actor, Platform};

use crate::Result;
use crate::caseload::{self, Designation};
use crate::meeting::Meeting;
use crate::orientation::Orientation;
use crate::person::{self, Person, TimelineEntry};

/// Orientations, designations and meetings of a person as known at a moment, newest first; never what a note says.
/// Whoever shows them has logged the reading of the file.
pub async fn course(
    platform: &Platform,
    actor: &Actor,
    person: Id<Person>,
    known: Instant,
) -> Result<Vec<TimelineEntry>> {
    let permit = platform::gate::permit::<FollowPeople>(actor)?;
    person::check_reach(platform, &platform::gate::permit::<ReadPerson>(actor)?, person).await?;
    let (db, tenant) = (&platform.db, permit.tenant());
    let mut lines = Vec::new();
    for fact in then(facts::history::<Orientation>(db, tenant, person).await?, known) {
        let what = format!("Orientation\u{a0}: parcours {}", fact.value.path.label().to_lowercase());
        lines.push(entry(&fact, what));
    }
    let designations = then(facts::history::<Designation>(db, tenant, person).await?, known);
    let accounts: Vec<_> = designations.iter().map(|fact| fact.value.counsellor).collect();
    let names = caseload::names(platform, &permit, &accounts).await?;
    for fact in designations {
        let name = names.get(&fact.value.counsellor).map_or("inconnu", String::as_str);
        lines.push(entry(&fact, format!("Référent unique\u{a0}: {name}")));
    }
    for fact in then(facts::history::<Meeting>(db, tenant, person).await?, known) {
        let what = format!("{} {}", fact.value.kind.label(), fact.value.status.label());
        lines.push(entry(&fact, what));
    }
    lines.sort_by_key(|line| std::cmp::Reverse((line.on, line.recorded_at)));
    Ok(lines)
}

/// Those that stood at a moment.
fn then<K: Kind>(mut records: Vec<Fact<K>>, known: Instant) -> Vec<Fact<K>> {
    records.retain(|fact| fact.recorded_at <= known && fact.replaced_at.is_none_or(|replaced| replaced > known));
    records
}

fn entry<K: Kind>(fact: &Fact<K>, what: String) -> TimelineEntry {
    TimelineEntry { on: fact.valid.from, what, recorded_at: fact.recorded_at, provenance: fact.provenance }
}
