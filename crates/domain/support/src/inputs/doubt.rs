//! Lines that nobody can be sure about: kept aside at the import, decided one by one by somebody, taken back for a while.

use base::{Date, Id, Instant};
use db::{Ask, Json, Tx, sql};
use facts::journal::{self, Chain};
use facts::{Author, Import, Kind, Plan, Tenant};
use platform::gate::{Action, DecideMatch, ImportFeed};
use platform::{Actor, Permit, Platform, Reading};
use serde::{Deserialize, Serialize};

use super::file::{InputFile, InputReport, NewIssue};
use super::matching::{Keys, Ruling};
use super::model::{JobseekerRegistration, Recommendation, SocioProfessional};
use super::service::{Line, Observed, Work};
use super::store;
use crate::person::{Card, Person};
use crate::{Error, Result, follow_up};

/// What a doubtful line says: who it is about, as it tells, and of what. Never a registration number.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Said {
    pub family_names: Vec<String>,
    pub first_names: String,
    pub birth_date: Option<Date>,
    /// The identifier of France Travail.
    pub identifier: String,
    /// Whether the line gives a registration number.
    pub has_number: bool,
    pub phones: Vec<String>,
    pub email: String,
    pub observed: Observed,
}

db::record! {
    /// A line to decide, or decided.
    #[derive(Clone, PartialEq, Debug)]
    pub struct LineDoubt in "line_doubt" {
        pub id: Id<LineDoubt>,
        pub tenant: Id<Tenant>,
        pub file: Id<Import>,
        pub line: i64,
        pub ruling: Ruling,
        /// `None` once forgotten.
        pub said: Option<Json<Said>>,
        /// Whom it may be about.
        pub persons: Json<Vec<Id<Person>>>,
        /// Whom it is about; `None` also when it was decided that it is about none of them.
        pub person: Option<Id<Person>>,
        pub decided_by: Option<Id<Author>>,
        pub decided_at: Option<Instant>,
    }
}

sql! {
    OF_FILE = ["SELECT ", LineDoubt::COLUMNS, " FROM line_doubt WHERE tenant = $1 AND file = $2 ORDER BY line"];
    ONE = ["SELECT ", LineDoubt::COLUMNS, " FROM line_doubt WHERE tenant = $1 AND id = $2"];
    DECIDE = "UPDATE line_doubt SET person = $1, decided_by = $2, decided_at = $3 WHERE tenant = $4 AND id = $5";
    FORGET = "UPDATE line_doubt SET said = NULL WHERE tenant = $1 AND decided_at < $2 AND said IS NOT NULL";
    NO_LONGER_AN_ISSUE = "DELETE FROM input_issue WHERE tenant = $1 AND file = $2 AND line = $3 AND code = $4";
    NO_LONGER_SEEN = "DELETE FROM input_sighting WHERE tenant = $1 AND person = $2 AND file = $3 AND line = $4";
}

/// A line set aside by an import.
pub(super) struct NewDoubt<'a> {
    pub line: &'a Line,
    pub ruling: Ruling,
    pub persons: &'a [Id<Person>],
}

/// Keeps the doubtful lines of a stretch, in its transaction.
pub(super) async fn keep(
    tx: &Tx,
    permit: &Permit<ImportFeed>,
    file: Id<Import>,
    doubts: &[NewDoubt<'_>],
) -> db::Result<()> {
    if doubts.is_empty() {
        return Ok(());
    }
    let ids = tx.reserve_ids(doubts.len()).await?;
    let rows: Vec<LineDoubt> = doubts
        .iter()
        .zip(ids)
        .map(|(NewDoubt { line, ruling, persons }, id)| {
            let Keys { nir, identifier, family_names, first_names, birth_date, phones, email } = &line.keys;
            let said = Said {
                family_names: family_names.clone(),
                first_names: first_names.clone(),
                birth_date: *birth_date,
                identifier: identifier.clone(),
                has_number: nir.is_some(),
                phones: phones.iter().map(|phone| phone.as_str().to_owned()).collect(),
                email: email.as_ref().map_or_else(String::new, |email| email.as_str().to_owned()),
                observed: line.observed.clone(),
            };
            LineDoubt {
                id: Id::new(id),
                tenant: permit.tenant(),
                file,
                line: line.number,
                ruling: *ruling,
                said: Some(Json(said)),
                persons: Json(persons.to_vec()),
                person: None,
                decided_by: None,
                decided_at: None,
            }
        })
        .collect();
    tx.fill(&rows).await
}

/// The doubtful lines of a file in their order, decided or not, with the person each was decided to be about. Logged as
/// the reading of a list.
pub async fn line_doubts(
    platform: &Platform,
    actor: &Actor,
    file: Id<Import>,
) -> Result<Vec<(LineDoubt, Option<Card>)>> {
    let permit = platform::gate::permit::<DecideMatch>(actor)?;
    let doubts: Vec<LineDoubt> = platform.db.all(&OF_FILE, &[&permit.tenant(), &file]).await?;
    let persons: Vec<Id<Person>> = doubts.iter().filter_map(|doubt| doubt.person).collect();
    let cards = crate::person::store::cards_of(&platform.db, &permit, &persons).await?;
    record(platform, &permit, file.raw(), &persons).await?;
    let card = |person: Option<Id<Person>>| cards.iter().find(|card| Some(card.person) == person).cloned();
    Ok(doubts.into_iter().map(|doubt| (card(doubt.person), doubt)).map(|(card, doubt)| (doubt, card)).collect())
}

async fn record(
    platform: &Platform,
    permit: &Permit<DecideMatch>,
    about: i64,
    persons: &[Id<Person>],
) -> platform::Result<()> {
    let shown = serde_json::json!({ "shown": persons.iter().map(|person| person.raw()).collect::<Vec<_>>() });
    platform.readings.record(Reading::of(permit, "line_doubt", Some(about), shown)).await
}

/// A line with the persons it may be about, for whoever decides.
#[derive(Clone, Debug)]
pub struct LineDoubtView {
    pub doubt: LineDoubt,
    pub file: InputFile,
    /// Those still there, in the order of the doubt.
    pub candidates: Vec<Card>,
    /// Until when the decision may be taken back; `None` when there is none or it may not.
    pub undo_until: Option<Instant>,
}

/// One doubtful line. Logged as a reading of the persons shown.
pub async fn line_doubt(platform: &Platform, actor: &Actor, id: Id<LineDoubt>) -> Result<LineDoubtView> {
    let permit = platform::gate::permit::<DecideMatch>(actor)?;
    let (doubt, file) = read(&platform.db, &permit, id).await?;
    let candidates = crate::person::store::cards_of(&platform.db, &permit, &doubt.persons.0).await?;
    let persons: Vec<Id<Person>> = candidates.iter().map(|card| card.person).collect();
    record(platform, &permit, doubt.id.raw(), &persons).await?;
    let undo_until = undo_until(platform, &permit, &doubt).await?.filter(|until| platform.now() <= *until);
    Ok(LineDoubtView { doubt, file, candidates, undo_until })
}

async fn read(ask: &impl Ask, permit: &Permit<impl Action>, id: Id<LineDoubt>) -> Result<(LineDoubt, InputFile)> {
    let doubt: LineDoubt = ask.maybe(&ONE, &[&permit.tenant(), &id]).await?.ok_or(Error::NotFound)?;
    let file = store::file(ask, permit, doubt.file).await?.ok_or(Error::NotFound)?;
    Ok((doubt, file))
}

async fn undo_until(platform: &Platform, permit: &Permit<impl Action>, doubt: &LineDoubt) -> Result<Option<Instant>> {
    let (Some(decided_at), Some(_)) = (doubt.decided_at, &doubt.said) else { return Ok(None) };
    let rules = follow_up::rules(platform, permit.tenant()).await?;
    Ok(Some(rules.delays.decision_undo_ends(decided_at)))
}

/// What two colleagues who decide the same line wait for.
const TURN: i64 = 0x6c69_6e65;

/// Says whom a line is about, and writes what it says of them; `None`: none of those it may be about.
///
/// # Errors
/// [`Error::Invalid`] when it is decided already, the person is none of those proposed, or what the line says cannot be
/// written of them.
pub async fn decide_line(
    platform: &Platform,
    actor: &Actor,
    id: Id<LineDoubt>,
    person: Option<Id<Person>>,
) -> Result<()> {
    platform::gate::permit::<DecideMatch>(actor)?;
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    tx.hold(&[id.raw() ^ TURN]).await?;
    let (doubt, file) = read(&tx, &permit, id).await?;
    let (None, Some(Json(said))) = (doubt.decided_at, doubt.said) else {
        return Err(Error::Invalid("cette ligne est déjà décidée".to_owned()));
    };
    if let Some(person) = person {
        if !doubt.persons.0.contains(&person) {
            return Err(Error::Invalid("choisissez l’une des personnes proposées".to_owned()));
        }
        let line = Line { number: doubt.line, keys: Keys::default(), observed: said.observed, ruled: None };
        let work = Work { platform, permit: &permit, file: &file };
        let mut issues: Vec<NewIssue> = Vec::new();
        work.write(&tx, &[(person, &line)], &mut issues, &mut InputReport::default()).await?;
        if let Some(issue) = issues.pop() {
            return Err(Error::Invalid(issue.message));
        }
        crate::jobs::ask_for_proposals(&tx, platform, tenant, permit.account()).await?;
    }
    tx.execute(&NO_LONGER_AN_ISSUE, &[&tenant, &file.id, &doubt.line, &doubt.ruling.as_code()]).await?;
    tx.execute(&DECIDE, &[&person, &permit.account(), &Some(now), &tenant, &id]).await?;
    note(&tx, &permit, now, "input.line_decided", &file, doubt.line, person).await?;
    Ok(tx.commit().await?)
}

async fn note(
    tx: &Tx,
    permit: &Permit<ImportFeed>,
    now: Instant,
    action: &str,
    file: &InputFile,
    line: i64,
    person: Option<Id<Person>>,
) -> db::Result<()> {
    let told = serde_json::json!({ "file": file.id.raw(), "line": line, "person": person });
    let (kind, about) = match person {
        Some(person) => ("person", person.raw()),
        None => ("input_file", file.id.raw()),
    };
    journal::append(tx, Chain::Writes, permit.tenant(), now, permit.entry(action, kind, Some(about), told)).await?;
    Ok(())
}

/// Takes a decision about a line back, within the time for it: the line waits again, and what was known of the person
/// before holds again.
///
/// # Errors
/// [`Error::Invalid`] when nothing is decided, the time has passed, or the person's facts have changed since.
pub async fn undo_line(platform: &Platform, actor: &Actor, id: Id<LineDoubt>) -> Result<()> {
    platform::gate::permit::<DecideMatch>(actor)?;
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    tx.hold(&[id.raw() ^ TURN]).await?;
    let (doubt, file) = read(&tx, &permit, id).await?;
    match undo_until(platform, &permit, &doubt).await? {
        Some(until) if now <= until => {}
        _ => return Err(Error::Invalid("cette décision ne peut plus être annulée".to_owned())),
    }
    if let Some(person) = doubt.person {
        let back = TakenBack { tx: &tx, permit: &permit, now, person, file: file.id, line: doubt.line };
        back.kind::<JobseekerRegistration>().await?;
        back.kind::<SocioProfessional>().await?;
        back.kind::<Recommendation>().await?;
        tx.execute(&NO_LONGER_SEEN, &[&tenant, &person, &file.id, &doubt.line]).await?;
        crate::jobs::ask_for_proposals(&tx, platform, tenant, permit.account()).await?;
    }
    let issue = NewIssue::error(doubt.line, doubt.ruling.as_code(), doubt.ruling.label());
    store::note_issues(&tx, &permit, file.id, vec![issue]).await?;
    tx.execute(&DECIDE, &[&None::<Id<Person>>, &None::<Id<Author>>, &None::<Instant>, &tenant, &id]).await?;
    note(&tx, &permit, now, "input.line_undone", &file, doubt.line, doubt.person).await?;
    Ok(tx.commit().await?)
}

/// A line being taken back from a person.
struct TakenBack<'a> {
    tx: &'a Tx,
    permit: &'a Permit<ImportFeed>,
    now: Instant,
    person: Id<Person>,
    file: Id<Import>,
    line: i64,
}

impl TakenBack<'_> {
    /// What the line wrote of one kind goes; what it replaced holds again.
    async fn kind<K: Kind<Subject = Person>>(&self) -> Result<()> {
        let Self { tx, permit, now, person, file, line } = self;
        let history = facts::history::<K>(*tx, permit.tenant(), *person).await?;
        let written = history.iter().filter(|fact| {
            fact.replaced_at.is_none() && fact.provenance.import == Some(*file) && fact.provenance.line == Some(*line)
        });
        let Some(at) = written.map(|fact| fact.recorded_at).max() else { return Ok(()) };
        facts::write::<K, Error>(tx, permit.tenant(), *person, permit.provenance(), *now, |in_force| {
            Plan::take_back(&history, in_force, at)
                .map_err(|_| Error::Invalid("ce que l’on sait de cette personne a changé depuis".to_owned()))
        })
        .await?;
        Ok(())
    }
}

/// Forgets what lines said once their decision can no longer be taken back. Gives how many.
pub(crate) async fn forget(platform: &Platform, actor: &Actor) -> Result<u64> {
    // A day beyond the longest time that a département may give itself.
    const KEPT: i64 = 8 * 24;
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let before = platform.now().plus(jiff::SignedDuration::from_hours(-KEPT));
    let tx = platform.db.begin().await?;
    let forgotten = tx.execute(&FORGET, &[&permit.tenant(), &before]).await?;
    tx.commit().await?;
    Ok(forgotten)
}
