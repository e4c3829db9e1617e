use std::collections::{HashMap, HashSet};

use base::{Date, Email, Id, Phone, fold};
use db::{Ask, Json, Tx, sql, sql_many};
use facts::{Fact, Import, Tenant, current_many};
use platform::Permit;
use platform::gate::{Action, ImportFeed, ReadImports};

use super::file::{InputFile, InputKind, InputReport, Issue, NewIssue, Severity};
use super::matching::{Candidate, Keys};
use super::model::JobseekerRegistration;
use crate::person::{Card, Contact, Identity, Person, Registration};

sql! {
    FILE_BY_FINGERPRINT = ["SELECT ", InputFile::COLUMNS, " FROM input_file WHERE tenant = $1 AND kind = $2 AND fingerprint = $3"];
    FILE_BY_DIGEST = ["SELECT ", InputFile::COLUMNS, " FROM input_file WHERE tenant = $1 AND sha256 = $2 ORDER BY id DESC LIMIT 1"];
    FILE = ["SELECT ", InputFile::COLUMNS, " FROM input_file WHERE tenant = $1 AND id = $2"];
    FILES = ["SELECT ", InputFile::COLUMNS, " FROM input_file WHERE tenant = $1 ORDER BY started_at DESC, id DESC LIMIT $2"];
    ADVANCE = "UPDATE input_file SET rows_done = $1, report = $2 WHERE tenant = $3 AND id = $4 AND completed_at IS NULL";
    COMPLETE = "UPDATE input_file SET completed_at = $1, report = $2 WHERE tenant = $3 AND id = $4 AND completed_at IS NULL";
    LAST_REFERENCE_DATE = "SELECT max(reference_date) FROM input_file WHERE tenant = $1 AND kind = $2 AND completed_at IS NOT NULL";
    LAST_ISSUE = "SELECT COALESCE(max(number), 0) FROM input_issue WHERE file = $1";
    ISSUES = ["SELECT ", Issue::COLUMNS, " FROM input_issue WHERE tenant = $1 AND file = $2 AND severity = $3
        AND (CAST($4 AS text) IS NULL OR code = $4) AND number > $5 ORDER BY number LIMIT $6"];
    ISSUE_GROUPS = "SELECT severity, code, count(*) FROM input_issue WHERE tenant = $1 AND file = $2
        GROUP BY severity, code ORDER BY severity, count(*) DESC, code";
    COMPLETE_DAYS = "SELECT reference_date FROM input_file WHERE tenant = $1 AND kind = $2 AND complete AND completed_at IS NOT NULL";
    REGISTERED_NOT_SEEN = "SELECT r.person FROM jobseeker_registration r WHERE r.tenant = $1 AND r.replaced_at IS NULL
        AND r.valid_from <= $2 AND (r.valid_to IS NULL OR r.valid_to > $2) AND r.person > $3
        AND NOT EXISTS (SELECT 1 FROM input_sighting s WHERE s.person = r.person AND s.file = $4)
        ORDER BY r.person LIMIT $5";
    SETTINGS = "SELECT settings FROM input_mapping WHERE tenant = $1 AND kind = $2 AND origin = $3";
    REMEMBER = "INSERT INTO input_mapping (id, tenant, kind, origin, settings, author, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (tenant, kind, origin) DO UPDATE SET settings = excluded.settings, author = excluded.author, recorded_at = excluded.recorded_at";
}

sql_many! {
    BY_NUMBER (1) = "SELECT person FROM registration WHERE tenant = $1 AND blind_index IN ({list}) AND replaced_at IS NULL";
    BY_IDENTIFIER (1) = "SELECT person FROM jobseeker_registration WHERE tenant = $1 AND identifier IN ({list}) AND replaced_at IS NULL";
    BY_BIRTH_DATE (1) = "SELECT person, birth_date, usual_name, birth_name FROM person_card WHERE tenant = $1 AND birth_date IN ({list})";
    BY_PHONE (1) = "SELECT person FROM contact WHERE tenant = $1 AND phone IN ({list}) AND replaced_at IS NULL";
    BY_EMAIL (1) = "SELECT person FROM contact WHERE tenant = $1 AND email IN ({list}) AND replaced_at IS NULL";
    SEEN_ON (2) = "SELECT s.person, f.reference_date FROM input_sighting s JOIN input_file f ON f.id = s.file
        WHERE f.tenant = $1 AND f.kind = $2 AND s.person IN ({list})";
    SEEN_IN (1) = "SELECT person FROM input_sighting WHERE file = $1 AND person IN ({list})";
}

db::record! {
    pub(super) struct InputSighting in "input_sighting" {
        pub person: Id<Person>,
        pub file: Id<Import>,
        pub tenant: Id<Tenant>,
        pub line: i64,
    }
}

pub(super) async fn file_by_fingerprint(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    kind: InputKind,
    fingerprint: &str,
) -> db::Result<Option<InputFile>> {
    ask.maybe(&FILE_BY_FINGERPRINT, &[&permit.tenant(), &kind, &fingerprint]).await
}

pub(super) async fn file_by_digest(
    ask: &impl Ask,
    permit: &Permit<ReadImports>,
    sha256: &str,
) -> db::Result<Option<InputFile>> {
    ask.maybe(&FILE_BY_DIGEST, &[&permit.tenant(), &sha256]).await
}

pub(super) async fn file(
    ask: &impl Ask,
    permit: &Permit<impl Action>,
    id: Id<Import>,
) -> db::Result<Option<InputFile>> {
    ask.maybe(&FILE, &[&permit.tenant(), &id]).await
}

pub(super) async fn files(ask: &impl Ask, permit: &Permit<ReadImports>, limit: i64) -> db::Result<Vec<InputFile>> {
    ask.all(&FILES, &[&permit.tenant(), &limit]).await
}

pub(super) async fn last_reference_date(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    kind: InputKind,
) -> db::Result<Option<Date>> {
    ask.one(&LAST_REFERENCE_DATE, &[&permit.tenant(), &kind]).await
}

/// Notes how far the work is. Gives the lines changed: none when somebody else has ended it.
pub(super) async fn advance(
    tx: &Tx,
    permit: &Permit<ImportFeed>,
    file: Id<Import>,
    done: i64,
    report: &InputReport,
) -> db::Result<u64> {
    tx.execute(&ADVANCE, &[&done, &Json(report.clone()), &permit.tenant(), &file]).await
}

pub(super) async fn complete(
    tx: &Tx,
    permit: &Permit<ImportFeed>,
    file: Id<Import>,
    at: base::Instant,
    report: &InputReport,
) -> db::Result<u64> {
    tx.execute(&COMPLETE, &[&at, &Json(report.clone()), &permit.tenant(), &file]).await
}

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
            code: issue.code,
            message: issue.message,
            person: issue.person,
        })
        .collect();
    tx.fill(&rows).await
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
    ask.all(&ISSUES, &[&permit.tenant(), &file, &severity, &code, &after, &limit]).await
}

pub(super) async fn issue_groups(
    ask: &impl Ask,
    permit: &Permit<ReadImports>,
    file: Id<Import>,
) -> db::Result<Vec<(Severity, String, i64)>> {
    ask.all(&ISSUE_GROUPS, &[&permit.tenant(), &file]).await
}

/// Days of the complete files of a kind that are in, all of them.
pub(super) async fn complete_days(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    kind: InputKind,
) -> db::Result<Vec<Date>> {
    ask.all(&COMPLETE_DAYS, &[&permit.tenant(), &kind]).await
}

/// Persons registered on a day whom a file leaves out, after `after`.
pub(super) async fn registered_not_seen(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    on: Date,
    after: Id<Person>,
    file: Id<Import>,
    limit: i64,
) -> db::Result<Vec<Id<Person>>> {
    ask.all(&REGISTERED_NOT_SEEN, &[&permit.tenant(), &on, &after, &file, &limit]).await
}

pub(super) async fn settings(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    kind: InputKind,
    origin: &str,
) -> db::Result<Option<Json<serde_json::Value>>> {
    ask.maybe(&SETTINGS, &[&permit.tenant(), &kind, &origin]).await
}

pub(super) async fn remember_settings(tx: &Tx, permit: &Permit<ImportFeed>, file: &InputFile) -> db::Result<()> {
    let id = tx.reserve_ids(1).await?[0];
    tx.execute(
        &REMEMBER,
        &[&id, &permit.tenant(), &file.kind, &file.origin, &file.settings, &permit.account(), &file.started_at],
    )
    .await
    .map(|_| ())
}

/// The days on which files of a kind spoke of each person.
pub(super) async fn seen_on(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    kind: InputKind,
    persons: &[Id<Person>],
) -> db::Result<HashMap<Id<Person>, Vec<Date>>> {
    let mut days: HashMap<Id<Person>, Vec<Date>> = HashMap::new();
    let seen: Vec<(Id<Person>, Date)> = SEEN_ON.all(ask, &[&permit.tenant(), &kind], persons).await?;
    for (person, day) in seen {
        days.entry(person).or_default().push(day);
    }
    Ok(days)
}

/// Of these persons, those a file has already spoken of.
pub(super) async fn seen_in(
    ask: &impl Ask,
    _: &Permit<ImportFeed>,
    file: Id<Import>,
    persons: &[Id<Person>],
) -> db::Result<Vec<Id<Person>>> {
    SEEN_IN.all(ask, &[&file], persons).await
}

/// Everybody the lines may be about. A record that another one stands for is that one.
pub(super) async fn candidates(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    lines: &[(&Keys, Option<Vec<u8>>)],
) -> db::Result<Vec<Candidate>> {
    let tenant = permit.tenant();
    let mut found: Vec<Id<Person>> = Vec::new();
    let indexes: Vec<Vec<u8>> = lines.iter().filter_map(|(_, index)| index.clone()).collect();
    found.extend(BY_NUMBER.all::<Id<Person>, _>(ask, &[&tenant], &indexes).await?);
    let identifiers: Vec<String> =
        lines.iter().map(|(keys, _)| keys.identifier.clone()).filter(|identifier| !identifier.is_empty()).collect();
    found.extend(BY_IDENTIFIER.all::<Id<Person>, _>(ask, &[&tenant], &identifiers).await?);
    // Many are born on one day: only those who bear a name of a line go further.
    let mut named: HashMap<Date, HashSet<String>> = HashMap::new();
    for (keys, _) in lines.iter().filter(|(keys, _)| keys.has_identity()) {
        if let Some(day) = keys.birth_date {
            named.entry(day).or_default().extend(keys.family_names.iter().map(|name| fold(name)));
        }
    }
    let days: Vec<Date> = named.keys().copied().collect();
    let born: Vec<(Id<Person>, Date, String, String)> = BY_BIRTH_DATE.all(ask, &[&tenant], &days).await?;
    let bears = |day: &Date, name: &str| named.get(day).is_some_and(|names| names.contains(&fold(name)));
    found.extend(
        born.iter().filter(|(_, day, usual, birth)| bears(day, usual) || bears(day, birth)).map(|(person, ..)| *person),
    );
    let phones: Vec<Phone> = lines.iter().flat_map(|(keys, _)| keys.phones.iter().cloned()).collect();
    found.extend(BY_PHONE.all::<Id<Person>, _>(ask, &[&tenant], &phones).await?);
    let emails: Vec<Email> = lines.iter().filter_map(|(keys, _)| keys.email.clone()).collect();
    found.extend(BY_EMAIL.all::<Id<Person>, _>(ask, &[&tenant], &emails).await?);
    found.sort_unstable();
    found.dedup();

    let cards = crate::person::store::cards_of(ask, permit, &found).await?;
    let mut persons: HashMap<Id<Person>, Candidate> = HashMap::with_capacity(cards.len());
    let mut leaders: HashMap<Id<Person>, Id<Person>> = HashMap::new();
    let (lead, merged): (Vec<Card>, Vec<Card>) = cards.into_iter().partition(|card| card.merged_into.is_none());
    for card in &lead {
        persons.insert(card.person, candidate(card));
    }
    let absent: Vec<Id<Person>> =
        merged.iter().filter_map(|card| card.merged_into).filter(|leader| !persons.contains_key(leader)).collect();
    for card in crate::person::store::cards_of(ask, permit, &absent).await? {
        persons.insert(card.person, candidate(&card));
    }
    for card in &merged {
        let Some(leader) = card.merged_into else { continue };
        leaders.insert(card.person, leader);
        if let Some(candidate) = persons.get_mut(&leader) {
            candidate.family_names.extend([card.usual_name.clone(), card.birth_name.clone()]);
        }
    }
    let of = |person: Id<Person>| leaders.get(&person).copied().unwrap_or(person);
    let all: Vec<Id<Person>> = persons.keys().copied().chain(leaders.keys().copied()).collect();
    for fact in current_many::<Registration>(ask, tenant, &all).await? {
        if let Some(candidate) = persons.get_mut(&of(fact.subject)) {
            candidate.blind_index = Some(fact.value.blind_index);
        }
    }
    for fact in current_many::<JobseekerRegistration>(ask, tenant, &all).await? {
        if let Some(candidate) = persons.get_mut(&of(fact.subject)).filter(|_| !fact.value.identifier.is_empty()) {
            candidate.identifier = Some(fact.value.identifier);
        }
    }
    let facts: Vec<Fact<Contact>> = current_many(ask, tenant, &all).await?;
    for fact in facts {
        if let Some(candidate) = persons.get_mut(&of(fact.subject)) {
            candidate.phones.extend(fact.value.phone);
            candidate.emails.extend(fact.value.email);
        }
    }
    for fact in current_many::<Identity>(ask, tenant, &all).await? {
        if let Some(candidate) = persons.get_mut(&of(fact.subject)) {
            // Every name a person bore.
            candidate.family_names.extend([fact.value.usual_name, fact.value.birth_name]);
            candidate.other_first_names = fact.value.other_first_names;
        }
    }
    Ok(persons.into_values().collect())
}

fn candidate(card: &Card) -> Candidate {
    Candidate {
        person: card.person,
        listed: card.listed,
        blind_index: None,
        identifier: None,
        family_names: vec![card.usual_name.clone(), card.birth_name.clone()],
        first_name: card.first_name.clone(),
        other_first_names: String::new(),
        birth_date: card.birth_date,
        phones: Vec::new(),
        emails: Vec::new(),
    }
}
