use std::collections::HashMap;

use base::{Date, Id, Instant};
use db::{Ask, Json, Tx, sql, sql_many};
use facts::{Fact, Import, Kind, Tenant, current_many};
use platform::Permit;
use platform::gate::{ImportFeed, ReadImports, ReadPerson};

use super::model::{FeedFile, Issue, NewIssue, Report, Severity};
use super::resolve::{PersonRecords, Place, Records};
use crate::person::Person;
use crate::rights::Household;

sql! {
    FILE_BY_HEADER = ["SELECT ", FeedFile::COLUMNS, " FROM feed_file
        WHERE tenant = $1 AND application = $2 AND kind = $3 AND nature = $4 AND created = $5"];
    FILE = ["SELECT ", FeedFile::COLUMNS, " FROM feed_file WHERE tenant = $1 AND id = $2"];
    FILES = ["SELECT ", FeedFile::COLUMNS, " FROM feed_file WHERE tenant = $1 ORDER BY started_at DESC, id DESC LIMIT $2"];
    ADVANCE = "UPDATE feed_file SET households_done = $1, report = $2 WHERE tenant = $3 AND id = $4 AND completed_at IS NULL";
    COMPLETE = "UPDATE feed_file SET completed_at = $1, report = $2 WHERE tenant = $3 AND id = $4 AND completed_at IS NULL";
    FILE_BY_DIGEST = ["SELECT ", FeedFile::COLUMNS, " FROM feed_file WHERE tenant = $1 AND sha256 = $2 ORDER BY id DESC LIMIT 1"];
    ISSUE_GROUPS = "SELECT severity, code, count(*) FROM feed_issue WHERE tenant = $1 AND file = $2
        GROUP BY severity, code ORDER BY severity, count(*) DESC, code";
    LAST_REFERENCE_DATE = "SELECT max(reference_date) FROM feed_file WHERE tenant = $1 AND kind = $2 AND completed_at IS NOT NULL";
    PREVIOUS_MONTHLY = "SELECT id FROM feed_file WHERE tenant = $1 AND kind = 'M' AND completed_at IS NOT NULL AND reference_date < $2
        ORDER BY reference_date DESC, created DESC LIMIT 1";
    NOT_SEEN = "SELECT h.claim_number FROM sighting s
        JOIN household h ON h.id = s.household
        JOIN right_state r ON r.household = s.household AND r.replaced_at IS NULL AND r.valid_from <= $3
            AND (r.valid_to IS NULL OR r.valid_to > $3)
        WHERE s.file = $1 AND r.status NOT IN ('1', '5', '6')
            AND NOT EXISTS (SELECT 1 FROM sighting n WHERE n.household = s.household AND n.file = $2)
        ORDER BY h.claim_number";
    LAST_ISSUE = "SELECT COALESCE(max(number), 0) FROM feed_issue WHERE file = $1";
    ISSUES = ["SELECT ", Issue::COLUMNS, " FROM feed_issue WHERE tenant = $1 AND file = $2 AND severity = $3 AND number > $4
        AND ($5 = '' OR code = $5) ORDER BY number LIMIT $6"];
    FILES_OF_HOUSEHOLD = "SELECT f.id, f.tenant, f.application, f.application_version, f.kind, f.nature, f.created, f.reference_date,
        f.file_name, f.sha256, f.announced, f.households, f.households_done, f.author, f.started_at, f.completed_at, f.report
        FROM sighting s JOIN feed_file f ON f.id = s.file WHERE s.household = $1 AND f.tenant = $2 AND f.started_at <= $3
        ORDER BY f.reference_date, f.created";
    LAST_MONTHLY = ["SELECT ", FeedFile::COLUMNS, " FROM feed_file WHERE tenant = $1 AND kind = 'M' AND completed_at <= $2
        ORDER BY reference_date DESC, created DESC LIMIT 1"];
}

sql_many! {
    HOUSEHOLDS (1) = "SELECT id, claim_number FROM household WHERE tenant = $1 AND claim_number IN ({list})";
    CLAIM_NUMBERS (1) = "SELECT id, claim_number FROM household WHERE +tenant = $1 AND id IN ({list})";
    SIGHTINGS (1) = "SELECT s.household, f.reference_date, f.created, f.id, s.content_hash
        FROM sighting s JOIN feed_file f ON f.id = s.file WHERE s.tenant = $1 AND s.household IN ({list})
        ORDER BY s.household, f.reference_date, f.created, f.id";
    PERSONS (1) = "SELECT id, household FROM person WHERE +tenant = $1 AND household IN ({list}) ORDER BY id";
}

db::record! {
    pub(super) struct HouseholdRow in "household" {
        pub id: Id<Household>,
        pub tenant: Id<Tenant>,
        pub claim_number: String,
    }
}

db::record! {
    pub(super) struct PersonRow in "person" {
        pub id: Id<Person>,
        pub tenant: Id<Tenant>,
        pub household: Id<Household>,
    }
}

db::record! {
    pub(super) struct Sighting in "sighting" {
        pub household: Id<Household>,
        pub file: Id<Import>,
        pub tenant: Id<Tenant>,
        pub line: i64,
        pub content_hash: i64,
    }
}

db::row! {
    /// A household in a file.
    struct SeenIn {
        household: Id<Household>,
        on: Date,
        created: String,
        file: Id<Import>,
        content_hash: i64,
    }
}

pub(super) async fn file_by_header(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    application: &str,
    kind: &str,
    nature: &str,
    created: &str,
) -> db::Result<Option<FeedFile>> {
    ask.maybe(&FILE_BY_HEADER, &[&permit.tenant(), &application, &kind, &nature, &created]).await
}

pub(super) async fn file(ask: &impl Ask, permit: &Permit<ReadImports>, id: Id<Import>) -> db::Result<Option<FeedFile>> {
    ask.maybe(&FILE, &[&permit.tenant(), &id]).await
}

pub(super) async fn files(ask: &impl Ask, permit: &Permit<ReadImports>, limit: i64) -> db::Result<Vec<FeedFile>> {
    ask.all(&FILES, &[&permit.tenant(), &limit]).await
}

pub(super) async fn file_by_digest(
    ask: &impl Ask,
    permit: &Permit<ReadImports>,
    sha256: &str,
) -> db::Result<Option<FeedFile>> {
    ask.maybe(&FILE_BY_DIGEST, &[&permit.tenant(), &sha256]).await
}

pub(super) async fn issue_groups(
    ask: &impl Ask,
    permit: &Permit<ReadImports>,
    file: Id<Import>,
) -> db::Result<Vec<(Severity, String, i64)>> {
    ask.all(&ISSUE_GROUPS, &[&permit.tenant(), &file]).await
}

pub(super) async fn last_reference_date(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    kind: &str,
) -> db::Result<Option<Date>> {
    ask.one::<Option<Date>>(&LAST_REFERENCE_DATE, &[&permit.tenant(), &kind]).await
}

pub(super) async fn advance(
    tx: &Tx,
    permit: &Permit<ImportFeed>,
    file: Id<Import>,
    done: i64,
    report: &Report,
) -> db::Result<u64> {
    tx.execute(&ADVANCE, &[&done, &Json(report), &permit.tenant(), &file]).await
}

pub(super) async fn complete(
    tx: &Tx,
    permit: &Permit<ImportFeed>,
    file: Id<Import>,
    at: Instant,
    report: &Report,
) -> db::Result<u64> {
    tx.execute(&COMPLETE, &[&at, &Json(report), &permit.tenant(), &file]).await
}

/// Households of the monthly file before, open there, that `file` does not mention: their claim numbers.
pub(super) async fn not_seen(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    file: Id<Import>,
    reference_date: Date,
) -> db::Result<Vec<String>> {
    let previous: Option<Id<Import>> = ask.maybe(&PREVIOUS_MONTHLY, &[&permit.tenant(), &reference_date]).await?;
    match previous {
        Some(previous) => ask.all(&NOT_SEEN, &[&previous, &file, &reference_date]).await,
        None => Ok(Vec::new()),
    }
}

/// Notes what the import has to say about single households, numbered after what is already noted.
pub(super) async fn note_issues(
    tx: &Tx,
    permit: &Permit<ImportFeed>,
    file: Id<Import>,
    issues: Vec<NewIssue>,
) -> db::Result<()> {
    if issues.is_empty() {
        return Ok(());
    }
    let last: i64 = tx.one(&LAST_ISSUE, &[&file]).await?;
    let rows: Vec<Issue> = issues
        .into_iter()
        .zip(last + 1..)
        .map(|(issue, number)| Issue {
            file,
            number,
            tenant: permit.tenant(),
            severity: issue.severity,
            line: issue.line,
            claim_number: issue.claim_number,
            code: issue.code,
            message: issue.message,
        })
        .collect();
    tx.fill(&rows).await
}

pub(super) async fn claim_numbers(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    households: &[Id<Household>],
) -> db::Result<HashMap<Id<Household>, String>> {
    let found: Vec<(Id<Household>, String)> = CLAIM_NUMBERS.all(ask, &[&permit.tenant()], households).await?;
    Ok(found.into_iter().collect())
}

pub(super) async fn issues(
    ask: &impl Ask,
    permit: &Permit<ReadImports>,
    file: Id<Import>,
    severity: Severity,
    code: Option<&str>,
    after: i64,
    limit: i64,
) -> db::Result<Vec<Issue>> {
    let code = code.unwrap_or_default();
    ask.all(&ISSUES, &[&permit.tenant(), &file, &severity, &after, &code, &limit]).await
}

pub(super) async fn known_households(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    claim_numbers: &[String],
) -> db::Result<HashMap<String, Id<Household>>> {
    let found: Vec<(Id<Household>, String)> = HOUSEHOLDS.all(ask, &[&permit.tenant()], claim_numbers).await?;
    Ok(found.into_iter().map(|(id, claim_number)| (claim_number, id)).collect())
}

/// The files that spoke of each household, in order, with what the household's block hashed to.
pub(super) async fn sightings(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    households: &[Id<Household>],
) -> db::Result<HashMap<Id<Household>, Vec<(Place, i64)>>> {
    let mut sightings: HashMap<Id<Household>, Vec<(Place, i64)>> = HashMap::new();
    for seen in SIGHTINGS.all::<SeenIn, _>(ask, &[&permit.tenant()], households).await? {
        let place = Place { on: seen.on, created: seen.created, file: seen.file };
        sightings.entry(seen.household).or_default().push((place, seen.content_hash));
    }
    Ok(sightings)
}

fn by_subject<K: Kind>(facts: Vec<Fact<K>>) -> HashMap<Id<K::Subject>, Vec<Fact<K>>> {
    let mut grouped: HashMap<Id<K::Subject>, Vec<Fact<K>>> = HashMap::new();
    for fact in facts {
        grouped.entry(fact.subject).or_default().push(fact);
    }
    grouped
}

/// Everything in force about known households.
pub(super) async fn records(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    households: &[Id<Household>],
) -> db::Result<HashMap<Id<Household>, Records>> {
    let tenant = permit.tenant();
    let mut claims = by_subject(current_many(ask, tenant, households).await?);
    let mut rights = by_subject(current_many(ask, tenant, households).await?);
    let mut families = by_subject(current_many(ask, tenant, households).await?);
    let mut addresses = by_subject(current_many(ask, tenant, households).await?);
    let persons: Vec<(Id<Person>, Id<Household>)> = PERSONS.all(ask, &[&tenant], households).await?;
    let ids: Vec<Id<Person>> = persons.iter().map(|(person, _)| *person).collect();
    let mut identities = by_subject(current_many(ask, tenant, &ids).await?);
    let mut registrations = by_subject(current_many(ask, tenant, &ids).await?);
    let mut memberships = by_subject(current_many(ask, tenant, &ids).await?);
    let mut occupations = by_subject(current_many(ask, tenant, &ids).await?);
    let mut of_household: HashMap<Id<Household>, Vec<PersonRecords>> = HashMap::new();
    for (id, household) in persons {
        of_household.entry(household).or_default().push(PersonRecords {
            id,
            identity: identities.remove(&id).unwrap_or_default(),
            registration: registrations.remove(&id).unwrap_or_default(),
            membership: memberships.remove(&id).unwrap_or_default(),
            occupation: occupations.remove(&id).unwrap_or_default(),
        });
    }
    Ok(households
        .iter()
        .map(|household| {
            let records = Records {
                sightings: Vec::new(),
                claim: claims.remove(household).unwrap_or_default(),
                right: rights.remove(household).unwrap_or_default(),
                family: families.remove(household).unwrap_or_default(),
                address: addresses.remove(household).unwrap_or_default(),
                persons: of_household.remove(household).unwrap_or_default(),
            };
            (*household, records)
        })
        .collect())
}

/// The files that spoke of a household by a moment, in order.
pub(super) async fn files_of_household(
    ask: &impl Ask,
    permit: &Permit<ReadPerson>,
    household: Id<Household>,
    known: Instant,
) -> db::Result<Vec<FeedFile>> {
    ask.all(&FILES_OF_HOUSEHOLD, &[&household, &permit.tenant(), &known]).await
}

/// The most recent month known whole at a moment.
pub(super) async fn last_monthly(
    ask: &impl Ask,
    permit: &Permit<ReadPerson>,
    known: Instant,
) -> db::Result<Option<FeedFile>> {
    ask.maybe(&LAST_MONTHLY, &[&permit.tenant(), &known]).await
}
