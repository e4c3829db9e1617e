use std::collections::HashMap;

use base::{Date, Id, Period, fr};
use db::Tx;
use facts::journal::{self, Chain};
use facts::{Fact, Plan, Provenance, Source};
use platform::gate::{Action, ManageAdmissions, ReadLearners, permit};
use platform::{Actor, Organisation, Permit, Platform, Reading, Role};

use super::model::{
    AdmissionStep, Application, Learner, LearnerIdentity, LearnerRanking, LearnerRecord, Placement, Stage,
};
use super::store;
use crate::cohort::{self, Cohort, CohortView};
use crate::contract::Enrolment;
use crate::{Error, Result, accounts, required, within};

/// Somebody who applies, as typed in or as a file says.
#[derive(Clone, PartialEq, Debug)]
pub struct NewCandidate {
    /// Number in the file they come from; empty when typed in.
    pub reference: String,
    /// Line of the file, from 1.
    pub line: Option<i64>,
    pub identity: LearnerIdentity,
    pub application: Application,
}

/// What a candidate of a file came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    New,
    Changed,
    Unchanged,
}

impl NewCandidate {
    fn check(&self, today: Date) -> Result<()> {
        required(&self.identity.last_name, "le nom")?;
        required(&self.identity.first_name, "le prénom")?;
        let born = self.identity.birth_date;
        if born >= today || born.year() < today.year() - 100 {
            return Err(Error::invalid(format!("la date de naissance, le {}, est impossible", fr::date_long(born))));
        }
        if self.application.diploma_level.is_some_and(|level| !(0..=8).contains(&level)) {
            return Err(Error::invalid("le niveau de diplôme va de 0 (aucun) à 8"));
        }
        if self.application.experience_months.is_some_and(|months| !(0..=720).contains(&months)) {
            return Err(Error::invalid("l’expérience se compte en mois, de 0 à 720"));
        }
        Ok(())
    }
}

/// Adds a candidate to a cohort by hand.
pub async fn add_candidate(platform: &Platform, actor: &Actor, new: NewCandidate) -> Result<Id<Learner>> {
    let permit = permit::<ManageAdmissions>(actor)?;
    let cohort = cohort::find(platform, &permit, new.application.cohort).await?;
    new.check(platform.today())?;
    let tx = platform.db.begin().await?;
    let (id, _) = keep(&tx, platform, &permit, &cohort, new, permit.provenance()).await?;
    let entry =
        permit.entry("candidate.added", "learner", Some(id.raw()), serde_json::json!({ "cohort": cohort.record.id }));
    journal::append(&tx, Chain::Writes, permit.tenant(), platform.now(), entry).await?;
    tx.commit().await?;
    Ok(id)
}

/// Brings in the candidates of a file, already read and checked; those whose reference is known are brought up to date.
/// Gives what became of each, in their order. `dry_run` writes nothing.
///
/// # Errors
/// [`Error::Problems`] when one of them cannot be: nothing is written.
pub async fn import_candidates(
    platform: &Platform,
    actor: &Actor,
    cohort: Id<Cohort>,
    file_name: &str,
    candidates: Vec<NewCandidate>,
    dry_run: bool,
) -> Result<Vec<Change>> {
    let permit = permit::<ManageAdmissions>(actor)?;
    let cohort = cohort::find(platform, &permit, cohort).await?;
    let mut problems = Vec::new();
    let mut known = HashMap::new();
    for candidate in &candidates {
        let line = candidate.line.unwrap_or_default();
        if let Err(problem) = candidate.check(platform.today()) {
            problems.push(format!("Ligne {line}\u{a0}: {problem}."));
        }
        if candidate.application.cohort != cohort.record.id {
            return Err(Error::NotFound);
        }
        if candidate.reference.is_empty() {
            problems.push(format!(
                "Ligne {line}\u{a0}: la référence manque\u{a0}; elle permet de reconnaître la personne."
            ));
        } else if let Some(first) = known.insert(candidate.reference.clone(), line) {
            problems.push(format!(
                "Ligne {line}\u{a0}: la référence «\u{a0}{}\u{a0}» est déjà à la ligne {first}.",
                candidate.reference
            ));
        }
    }
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    let tx = platform.db.begin().await?;
    tx.hold(&[cohort.record.organisation.raw() ^ IMPORTING]).await?;
    let mut changes = Vec::with_capacity(candidates.len());
    let mut touched = Vec::new();
    for candidate in candidates {
        let provenance =
            Provenance { source: Source::CandidateFile, import: None, line: candidate.line, author: permit.account() };
        let (id, change) = keep(&tx, platform, &permit, &cohort, candidate, provenance).await?;
        if change != Change::Unchanged {
            touched.push(id.raw());
        }
        changes.push(change);
    }
    if dry_run {
        return Ok(changes);
    }
    if !touched.is_empty() {
        let told = serde_json::json!({ "file": file_name, "cohort": cohort.record.id, "learners": touched });
        let entry = permit.entry("candidates.imported", "cohort", Some(cohort.record.id.raw()), told);
        journal::append(&tx, Chain::Writes, permit.tenant(), platform.now(), entry).await?;
    }
    tx.commit().await?;
    Ok(changes)
}

/// What imports of candidates of one school wait for.
const IMPORTING: i64 = 0x6361_6e64_6964;

async fn keep(
    tx: &Tx,
    platform: &Platform,
    permit: &Permit<ManageAdmissions>,
    cohort: &CohortView,
    new: NewCandidate,
    provenance: Provenance,
) -> Result<(Id<Learner>, Change)> {
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let organisation = cohort.record.organisation;
    let known = match new.reference.as_str() {
        "" => None,
        reference => store::by_reference(tx, permit, organisation, reference).await?,
    };
    let id = match &known {
        Some(known) => known.id,
        None => {
            let id = Id::new(tx.reserve_ids(1).await?[0]);
            tx.fill(&[LearnerRecord { id, tenant, organisation, reference: new.reference.clone() }]).await?;
            id
        }
    };
    let valid = Period::since(today);
    let identity = facts::write::<LearnerIdentity, Error>(tx, tenant, id, provenance, now, |in_force| {
        // A file knows nothing of the account.
        let account = in_force.iter().next_back().and_then(|fact| fact.value.account);
        let value = LearnerIdentity { account: new.identity.account.or(account), ..new.identity };
        Ok(Plan::set(in_force, valid, value))
    })
    .await?;
    let application = facts::write::<Application, Error>(tx, tenant, id, provenance, now, |in_force| {
        Ok(Plan::set(in_force, valid, new.application))
    })
    .await?;
    let change = match (&known, identity.is_empty() && application.is_empty()) {
        (None, _) => Change::New,
        (Some(_), false) => Change::Changed,
        (Some(_), true) => Change::Unchanged,
    };
    Ok((id, change))
}

/// Somebody in the list of a cohort.
#[derive(Clone, PartialEq, Debug)]
pub struct CandidateLine {
    pub learner: Id<Learner>,
    pub identity: LearnerIdentity,
    pub applied_on: Date,
    pub application: Application,
    pub stage: Stage,
    /// Since when.
    pub since: Date,
}

/// Whoever applied to a cohort, by name. Logged as the reading of a list.
pub async fn candidates(platform: &Platform, actor: &Actor, cohort: Id<Cohort>) -> Result<Vec<CandidateLine>> {
    let permit = permit::<ReadLearners>(actor)?;
    cohort::find(platform, &permit, cohort).await?;
    let lines = lines(platform, &permit, cohort).await?;
    let shown: Vec<i64> = lines.iter().map(|line| line.learner.raw()).collect();
    let read = Reading::of(&permit, "learners", None, serde_json::json!({ "cohort": cohort, "shown": shown }));
    platform.readings.record(read).await?;
    Ok(lines)
}

pub(super) async fn lines<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    cohort: Id<Cohort>,
) -> Result<Vec<CandidateLine>> {
    let (db, tenant) = (&platform.db, permit.tenant());
    let learners = store::applicants(db, permit, cohort).await?;
    let identities = identities(platform, permit, &learners).await?;
    let mut steps: HashMap<Id<Learner>, Vec<Fact<AdmissionStep>>> = HashMap::new();
    for fact in facts::current_many::<AdmissionStep>(db, tenant, &learners).await? {
        if fact.value.cohort == cohort {
            steps.entry(fact.subject).or_default().push(fact);
        }
    }
    let mut lines = Vec::new();
    for fact in facts::current_many::<Application>(db, tenant, &learners).await? {
        if fact.value.cohort != cohort || fact.valid.to.is_some() {
            continue;
        }
        let Some(identity) = identities.get(&fact.subject) else { continue };
        let steps = steps.remove(&fact.subject).unwrap_or_default();
        lines.push(CandidateLine {
            learner: fact.subject,
            identity: identity.clone(),
            applied_on: fact.valid.from,
            stage: Stage::of(steps.iter().map(|fact| &fact.value)),
            since: steps.iter().map(|fact| fact.valid.from).max().unwrap_or(fact.valid.from),
            application: fact.value,
        });
    }
    lines.sort_by_cached_key(|line| {
        (base::fold(&line.identity.last_name), base::fold(&line.identity.first_name), line.learner)
    });
    Ok(lines)
}

/// What these people are called, as far as the permit already reached them.
pub(crate) async fn identities<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    learners: &[Id<Learner>],
) -> Result<HashMap<Id<Learner>, LearnerIdentity>> {
    let facts = facts::current_many::<LearnerIdentity>(&platform.db, permit.tenant(), learners).await?;
    Ok(facts.into_iter().map(|fact| (fact.subject, fact.value)).collect())
}

/// Everything known of somebody who applied or trains.
#[derive(Clone, Debug)]
pub struct CandidateFile {
    pub learner: Id<Learner>,
    pub organisation: Id<Organisation>,
    pub identity: Fact<LearnerIdentity>,
    pub applications: Vec<Fact<Application>>,
    /// By day.
    pub steps: Vec<Fact<AdmissionStep>>,
    /// How they ranked places, in each cohort.
    pub rankings: Vec<Fact<LearnerRanking>>,
    pub placements: Vec<Fact<Placement>>,
    pub enrolments: Vec<Fact<Enrolment>>,
}

/// The file of one person. Logged as the reading of a file.
pub async fn candidate(platform: &Platform, actor: &Actor, id: Id<Learner>) -> Result<CandidateFile> {
    let permit = permit::<ReadLearners>(actor)?;
    let record = learner_within(platform, &permit, id).await?;
    platform.readings.record(Reading::of(&permit, "learner", Some(id.raw()), serde_json::Value::Null)).await?;
    let (db, tenant) = (&platform.db, permit.tenant());
    let identities = facts::current::<LearnerIdentity>(db, tenant, id).await?;
    let identity = identities.into_iter().next_back().ok_or(Error::NotFound)?;
    let mut steps = facts::current::<AdmissionStep>(db, tenant, id).await?;
    steps.sort_by_key(|fact| (fact.valid.from, fact.value.step));
    Ok(CandidateFile {
        learner: id,
        organisation: record.organisation,
        identity,
        applications: facts::current::<Application>(db, tenant, id).await?,
        steps,
        rankings: facts::current::<LearnerRanking>(db, tenant, id).await?,
        placements: facts::current::<Placement>(db, tenant, id).await?,
        enrolments: facts::current::<Enrolment>(db, tenant, id).await?,
    })
}

/// The person, if the permit reaches their school.
pub(crate) async fn learner_within<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    id: Id<Learner>,
) -> Result<LearnerRecord> {
    let record = store::learner(&platform.db, permit, id).await?.ok_or(Error::NotFound)?;
    within(permit, record.organisation)?;
    Ok(record)
}

/// Says which account a candidate signs in with, so that they rank places and follow their course; none for an empty
/// address.
///
/// # Errors
/// [`Error::Invalid`] for an address that no account of a learner bears, or an account that is somebody else’s.
pub async fn link_account(platform: &Platform, actor: &Actor, id: Id<Learner>, address: &str) -> Result<()> {
    let permit = permit::<ManageAdmissions>(actor)?;
    let record = learner_within(platform, &permit, id).await?;
    let account = accounts::at(platform, &permit, address, Role::Apprentice, None).await?;
    if let Some(account) = account {
        for other in store::of_account(&platform.db, &permit, account).await? {
            let known = store::learner(&platform.db, &permit, other).await?;
            if other != id && known.is_some_and(|known| known.organisation == record.organisation) {
                return Err(Error::invalid("ce compte est déjà celui d’une autre personne de l’école"));
            }
        }
    }
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let tx = platform.db.begin().await?;
    facts::write::<LearnerIdentity, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        let known = in_force.last().ok_or(Error::NotFound)?;
        Ok(Plan::set(in_force, Period::since(today), LearnerIdentity { account, ..known.value.clone() }))
    })
    .await?;
    let entry = permit.entry("learner.account", "learner", Some(id.raw()), serde_json::json!({ "account": account }));
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}
