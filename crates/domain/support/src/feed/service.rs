use std::collections::{HashMap, HashSet};

use base::{Date, Id, Instant, Nir};
use db::{Ask, Json, Tx};
use facts::journal::{self, Chain};
use facts::{Batch, Import, Provenance, Source};
use platform::gate::{ImportFeed, ReadImports, ReadPerson};
use platform::{Actor, Permit, Platform};

use super::model::{BatchOutcome, FeedFile, FileHeader, HouseholdObservation, Issue, NewIssue, Report, Severity};
use super::resolve::{Changes, Lock, Place, Records, resolve, speaks};
use super::store::{self, HouseholdRow, PersonRow, Sighting};
use crate::person::{self, Card, CardRules, Locked, Person, Picture, Registration, cards};
use crate::rights::Household;
use crate::search;
use crate::{Error, Result};
use crate::{follow_up, jobs, matching};

/// What to do with a file that has just been read whole and found sound.
#[derive(Debug)]
pub enum Opening {
    /// Go on from the household after the first `households_done`.
    Ready(FeedFile),
    /// It has already been brought in, all of it: nothing to do.
    AlreadyIn(FeedFile),
}

/// Registers a file, or finds where its interrupted import stopped.
///
/// # Errors
/// When a file with the same header but other contents is known.
pub async fn open(platform: &Platform, actor: &Actor, header: &FileHeader) -> Result<Opening> {
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let tx = platform.db.begin().await?;
    // Two imports of one header at the same time: the second waits here, then finds the first.
    tx.hold(&[permit.tenant().raw() ^ 0x6665_6564]).await?;
    let known =
        store::file_by_header(&tx, &permit, &header.application, &header.kind, &header.nature, &header.created).await?;
    if let Some(known) = known {
        if known.sha256 != header.sha256 {
            return Err(Error::SameHeaderOtherContent {
                file_name: known.file_name,
                reference_date: known.reference_date,
            });
        }
        return Ok(if known.completed_at.is_some() { Opening::AlreadyIn(known) } else { Opening::Ready(known) });
    }
    let file = FeedFile {
        id: Id::new(tx.reserve_ids(1).await?[0]),
        tenant: permit.tenant(),
        application: header.application.clone(),
        application_version: header.application_version.clone(),
        kind: header.kind.clone(),
        nature: header.nature.clone(),
        created: header.created.clone(),
        reference_date: header.reference_date,
        file_name: header.file_name.clone(),
        sha256: header.sha256.clone(),
        announced: header.announced,
        households: header.households,
        households_done: 0,
        author: permit.account(),
        started_at: platform.now(),
        completed_at: None,
        report: Json(Report::default()),
    };
    tx.fill(std::slice::from_ref(&file)).await?;
    // A file whose count is not the one announced comes this far only when somebody has accepted it.
    let told = serde_json::json!({
        "file_name": file.file_name,
        "sha256": file.sha256,
        "reference_date": file.reference_date.to_string(),
        "announced": file.announced,
        "households": file.households,
        "accepted_count_mismatch": file.announced != file.households,
    });
    journal::append(
        &tx,
        Chain::Writes,
        permit.tenant(),
        platform.now(),
        permit.entry("feed.opened", "feed_file", Some(file.id.raw()), told),
    )
    .await?;
    tx.commit().await?;
    Ok(Opening::Ready(file))
}

/// Whether a file speaks of a day before the last file of its kind: it will complete history only.
pub async fn is_late(platform: &Platform, actor: &Actor, kind: &str, reference_date: Date) -> Result<bool> {
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let last = store::last_reference_date(&platform.db, &permit, kind).await?;
    Ok(last.is_some_and(|last| reference_date < last))
}

/// A stretch of a file: what is applied together.
#[derive(Debug, Default)]
pub struct HouseholdBatch {
    /// Each household at most once.
    pub observations: Vec<HouseholdObservation>,
    pub issues: Vec<NewIssue>,
    /// Blocks of this stretch that could not be read.
    pub refused: u64,
    /// Blocks of this stretch that a later one of the same household replaces.
    pub replaced: u64,
    /// Blocks of the file dealt with once this stretch is: where a killed import resumes.
    pub done: i64,
}

/// An import under way: what one stretch hands to the next.
pub struct Course {
    rules: CardRules,
    follow_up_rules: follow_up::Rules,
    words: search::KnownWords,
    pub report: Report,
}

impl Course {
    /// Begins, or goes on from where `file` stopped.
    pub async fn of(platform: &Platform, file: &FeedFile) -> Result<Self> {
        let rules = person::rules(platform, file.tenant).await?;
        let follow_up_rules = follow_up::rules(platform, file.tenant).await?;
        Ok(Self { rules, follow_up_rules, words: search::KnownWords::default(), report: file.report.0.clone() })
    }
}

/// Applies one stretch of a file in one transaction, with the place where to resume. After an error the
/// course is to be dropped.
pub async fn apply(
    platform: &Platform,
    actor: &Actor,
    file: &FeedFile,
    batch: HouseholdBatch,
    course: &mut Course,
) -> Result<()> {
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let work =
        BatchWork { platform, permit: &permit, file, rules: &course.rules, follow_up_rules: &course.follow_up_rules };
    let tx = platform.db.begin().await?;
    let outcome = work.run(&tx, &batch.observations, &mut course.words).await?;
    let report = &mut course.report;
    report.add(&outcome);
    report.households_refused += batch.refused;
    report.households_replaced += batch.replaced;
    report.warnings += batch.issues.iter().filter(|issue| issue.severity == Severity::Warning).count() as u64;
    store::note_issues(&tx, &permit, file.id, batch.issues).await?;
    if store::advance(&tx, &permit, file.id, batch.done, report).await? == 0 {
        return Err(Error::ImportOvertaken);
    }
    Ok(tx.commit().await?)
}

struct BatchWork<'a> {
    platform: &'a Platform,
    permit: &'a Permit<ImportFeed>,
    file: &'a FeedFile,
    rules: &'a CardRules,
    follow_up_rules: &'a follow_up::Rules,
}

impl Lock for BatchWork<'_> {
    fn blind_index(&self, nir: &Nir) -> Vec<u8> {
        self.platform.keys.blind_index(nir.as_str())
    }

    fn registration(&self, nir: &Nir) -> std::result::Result<Registration, platform::Error> {
        let locked = self.platform.keys.lock(crate::NIR_CONTEXT, nir.as_str().as_bytes())?;
        Ok(Registration { blind_index: self.blind_index(nir), locked: Locked(locked) })
    }
}

impl BatchWork<'_> {
    async fn run(
        &self,
        tx: &Tx,
        observations: &[HouseholdObservation],
        words: &mut search::KnownWords,
    ) -> Result<BatchOutcome> {
        let (permit, file) = (self.permit, self.file);
        let tenant = permit.tenant();
        let place = Place { on: file.reference_date, created: file.created.clone(), file: file.id };

        let claim_numbers: Vec<String> =
            observations.iter().map(|observation| observation.claim_number.clone()).collect();
        let known = store::known_households(tx, permit, &claim_numbers).await?;
        let known_ids: Vec<Id<Household>> = known.values().copied().collect();
        let mut sightings = store::sightings(tx, permit, &known_ids).await?;
        // What changed nothing since the last file is only marked as seen; the rest is resolved.
        let must_resolve = |household: &Id<Household>, hash: i64| {
            let seen = sightings.get(household).map_or(&[][..], Vec::as_slice);
            let unchanged = seen.last().is_some_and(|(last, last_hash)| *last < place && *last_hash == hash);
            !unchanged && speaks(seen, &place) && !seen.iter().any(|(seen, _)| seen.file == file.id)
        };
        let to_load: Vec<Id<Household>> = observations
            .iter()
            .filter_map(|observation| known.get(&observation.claim_number).map(|id| (id, observation.content_hash)))
            .filter(|(id, hash)| must_resolve(id, *hash))
            .map(|(id, _)| *id)
            .collect();
        let mut loaded = store::records(tx, permit, &to_load).await?;

        let mut new_ids = tx
            .reserve_ids(
                observations.len() + observations.iter().map(|observation| observation.persons.len()).sum::<usize>(),
            )
            .await?
            .into_iter();
        let mut next_id = move || new_ids.next().expect("one number for each household and each person was reserved");
        let mut outcome = BatchOutcome::default();
        let mut new_households = Vec::new();
        let mut new_sightings = Vec::new();
        let mut changes: Vec<(Changes, i64)> = Vec::new();
        for observation in observations {
            outcome.applied += 1;
            let id = known.get(&observation.claim_number).copied();
            let household = id.unwrap_or_else(|| Id::new(next_id()));
            if id.is_none() {
                outcome.new_households += 1;
                new_households.push(HouseholdRow {
                    id: household,
                    tenant,
                    claim_number: observation.claim_number.clone(),
                });
            }
            let seen = sightings.remove(&household).unwrap_or_default();
            if seen.iter().any(|(seen, _)| seen.file == file.id) {
                outcome.unchanged += 1;
                continue;
            }
            let (line, content_hash) = (observation.line, observation.content_hash);
            new_sightings.push(Sighting { household, file: file.id, tenant, line, content_hash });
            if id.is_some() && !loaded.contains_key(&household) {
                outcome.unchanged += 1;
                continue;
            }
            let records = Records { sightings: seen, ..loaded.remove(&household).unwrap_or_default() };
            let change = resolve(household, &records, &place, observation, self, || Id::new(next_id()))?;
            if change.is_nothing() {
                outcome.unchanged += 1;
            } else {
                outcome.changed += u64::from(id.is_some());
                changes.push((change, line));
            }
        }
        tx.fill(&new_households).await?;
        tx.fill(&new_sightings).await?;
        let new_households = new_households.iter().map(|row| row.id).collect();
        self.write(tx, changes, &new_households, words, &mut outcome).await?;
        Ok(outcome)
    }

    async fn write(
        &self,
        tx: &Tx,
        changes: Vec<(Changes, i64)>,
        new_households: &HashSet<Id<Household>>,
        words: &mut search::KnownWords,
        outcome: &mut BatchOutcome,
    ) -> Result<()> {
        let (permit, now) = (self.permit, self.platform.now());
        let tenant = permit.tenant();
        let new_persons: Vec<PersonRow> = changes
            .iter()
            .flat_map(|(change, _)| {
                change.persons.iter().filter(|person| person.is_new).map(|person| (person.id, change.household))
            })
            .map(|(id, household)| PersonRow { id, tenant, household })
            .collect();
        outcome.new_persons += new_persons.len() as u64;
        tx.fill(&new_persons).await?;

        let mut claims = Batch::new(tenant, now);
        let mut rights = Batch::new(tenant, now);
        let mut families = Batch::new(tenant, now);
        let mut addresses = Batch::new(tenant, now);
        let mut identities = Batch::new(tenant, now);
        let mut registrations = Batch::new(tenant, now);
        let mut memberships = Batch::new(tenant, now);
        let mut occupations = Batch::new(tenant, now);
        let mut new_cards: Vec<Card> = Vec::new();
        let mut doubts = Vec::new();
        let mut renamed: Vec<Id<Person>> = Vec::new();
        let mut appeared: HashSet<Id<Person>> = HashSet::new();
        let mut touched: Vec<i64> = Vec::with_capacity(changes.len());
        // Households that had cards already.
        let known_before: Vec<Id<Household>> = changes
            .iter()
            .map(|(change, _)| change.household)
            .filter(|household| !new_households.contains(household))
            .collect();
        for (change, line) in changes {
            let provenance = Provenance {
                source: Source::BeneficiaryFeed,
                import: Some(self.file.id),
                line: Some(line),
                author: permit.account(),
            };
            touched.push(change.household.raw());
            new_cards.extend(cards(tenant, change.household, &change.picture, self.rules));
            claims.push(change.household, change.claim, provenance);
            rights.push(change.household, change.right, provenance);
            families.push(change.household, change.family, provenance);
            addresses.push(change.household, change.address, provenance);
            for person in change.persons {
                if person.is_new {
                    appeared.insert(person.id);
                } else if !person.identity.is_nothing() {
                    renamed.push(person.id);
                }
                identities.push(person.id, person.identity, provenance);
                registrations.push(person.id, person.registration, provenance);
                memberships.push(person.id, person.membership, provenance);
                occupations.push(person.id, person.occupation, provenance);
            }
            doubts.extend(change.doubts);
        }
        let rights = rights.flush(tx).await?;
        let mut added = claims.flush(tx).await?.len() + rights.len();
        added += families.flush(tx).await?.len() + addresses.flush(tx).await?.len();
        let identities = identities.flush(tx).await?;
        let registrations = registrations.flush(tx).await?;
        let memberships = memberships.flush(tx).await?;
        added += identities.len() + registrations.len() + memberships.len() + occupations.flush(tx).await?.len();
        outcome.facts_added += added as u64;

        search::index_names(tx, permit, words, &appeared, &renamed, &identities).await?;
        doubts.extend(matching::across_households(tx, permit, &identities, &registrations).await?);
        outcome.doubts += matching::propose(tx, permit, doubts, self.file.id, now).await?;
        person::store::replace_cards(tx, permit, &known_before, &new_cards).await?;
        let persons: Vec<_> = new_cards.iter().map(|card| card.person).collect();
        let grouped = matching::regroup(tx, permit, &persons).await?;
        let (new, known): (Vec<Card>, Vec<Card>) =
            new_cards.into_iter().partition(|card| new_households.contains(&card.household));
        follow_up::refresh_new(tx, follow_up::told(new, &rights, &memberships), self.follow_up_rules).await?;
        let known: Vec<Id<Person>> = known.into_iter().map(|card| card.person).chain(grouped).collect();
        follow_up::refresh(tx, permit, &known, self.follow_up_rules).await?;

        if !touched.is_empty() {
            let told = serde_json::json!({ "file": self.file.id.raw(), "households": touched, "facts": added });
            journal::append(
                tx,
                Chain::Writes,
                tenant,
                now,
                permit.entry("feed.batch", "feed_file", Some(self.file.id.raw()), told),
            )
            .await?;
        }
        Ok(())
    }
}

/// Declares the import complete: only then does the file count as the last known month.
pub async fn complete(platform: &Platform, actor: &Actor, file: &FeedFile, mut report: Report) -> Result<Report> {
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    if file.kind == "M" {
        let not_seen = store::not_seen(&platform.db.long(), &permit, file.id, file.reference_date).await?;
        report.not_seen = not_seen.len() as u64;
        report.not_seen_examples = not_seen.into_iter().take(20).collect();
    }
    let tx = platform.db.begin().await?;
    store::complete(&tx, &permit, file.id, platform.now(), &report).await?;
    let told = serde_json::json!({ "facts": report.facts_added, "households": report.households_applied });
    journal::append(
        &tx,
        Chain::Writes,
        permit.tenant(),
        platform.now(),
        permit.entry("feed.completed", "feed_file", Some(file.id.raw()), told),
    )
    .await?;
    // Whoever the file brings in waits for an orientation.
    jobs::ask_for_proposals(&tx, platform, permit.tenant(), permit.account()).await?;
    tx.commit().await?;
    Ok(report)
}

/// A received file.
pub async fn file(platform: &Platform, actor: &Actor, id: Id<Import>) -> Result<FeedFile> {
    let permit = platform::gate::permit::<ReadImports>(actor)?;
    store::file(&platform.db, &permit, id).await?.ok_or(Error::NotFound)
}

/// The last received files, newest first.
pub async fn files(platform: &Platform, actor: &Actor, limit: i64) -> Result<Vec<FeedFile>> {
    let permit = platform::gate::permit::<ReadImports>(actor)?;
    Ok(store::files(&platform.db, &permit, limit).await?)
}

/// The received file whose bytes have this digest.
pub async fn file_by_digest(platform: &Platform, actor: &Actor, sha256: &str) -> Result<Option<FeedFile>> {
    let permit = platform::gate::permit::<ReadImports>(actor)?;
    Ok(store::file_by_digest(&platform.db, &permit, sha256).await?)
}

/// What an import had to say, counted by severity and code, the most frequent first.
pub async fn issue_groups(
    platform: &Platform,
    actor: &Actor,
    file: Id<Import>,
) -> Result<Vec<(Severity, String, i64)>> {
    let permit = platform::gate::permit::<ReadImports>(actor)?;
    Ok(store::issue_groups(&platform.db, &permit, file).await?)
}

/// What an import had to say, of one code if asked, by number, after `after`.
pub async fn issues(
    platform: &Platform,
    actor: &Actor,
    file: Id<Import>,
    severity: Severity,
    code: Option<&str>,
    after: i64,
    limit: i64,
) -> Result<Vec<Issue>> {
    let permit = platform::gate::permit::<ReadImports>(actor)?;
    Ok(store::issues(&platform.db, &permit, file, severity, code, after, limit).await?)
}

/// Everything in force about households, as periods.
pub(crate) async fn pictures(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    households: &[Id<Household>],
) -> db::Result<Vec<(Id<Household>, Picture)>> {
    let claim_numbers = store::claim_numbers(ask, permit, households).await?;
    let records = store::records(ask, permit, households).await?;
    let mut pictures: Vec<(Id<Household>, Picture)> = records
        .into_iter()
        .map(|(household, records)| {
            (household, records.picture(claim_numbers.get(&household).cloned().unwrap_or_default()))
        })
        .collect();
    pictures.sort_by_key(|(household, _)| *household);
    Ok(pictures)
}

/// Where the facts about a household come from.
pub(crate) struct Sources {
    pub files: HashMap<Id<Import>, FeedFile>,
    pub last_seen: Option<Id<Import>>,
    pub absent_from: Option<Id<Import>>,
}

pub(crate) async fn sources(
    ask: &impl Ask,
    permit: &Permit<ReadPerson>,
    household: Id<Household>,
    known: Instant,
) -> db::Result<Sources> {
    let spoke = store::files_of_household(ask, permit, household, known).await?;
    let last_seen = spoke.last().map(|file| (file.id, file.reference_date));
    let last_monthly = store::last_monthly(ask, permit, known).await?;
    let absent = last_monthly.filter(|monthly| last_seen.is_some_and(|(_, day)| day < monthly.reference_date));
    let absent_from = absent.as_ref().map(|file| file.id);
    let files = spoke.into_iter().chain(absent).map(|file| (file.id, file)).collect();
    Ok(Sources { files, last_seen: last_seen.map(|(id, _)| id), absent_from })
}
