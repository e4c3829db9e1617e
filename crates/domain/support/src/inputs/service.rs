use std::collections::{HashMap, HashSet};

use base::{Date, Id};
use db::{Json, Tx};
use facts::journal::{self, Chain};
use facts::{Batch, Fact, Import, Kind, Plan, Provenance, current_many};
use platform::gate::{ImportFeed, ReadImports};
use platform::{Actor, Permit, Platform};
use serde::{Deserialize, Serialize};

use super::doubt::{self, NewDoubt};
use super::file::{InputFile, InputKind, InputReport, Issue, NewFile, NewIssue, Severity};
use super::matching::{Candidate, Keys, Ruling, Verdict, concerned, rule};
use super::model::{JobseekerRegistration, Recommendation, SocioProfessional};
use super::plan;
use super::store::{self, InputSighting};
use crate::person::Person;
use crate::{Error, Result};

/// What a line says, once it is read.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Observed {
    /// Registered, on the file's reference date.
    Registration(JobseekerRegistration),
    /// Answered on that day.
    Questionnaire { on: Date, answers: SocioProfessional },
    /// Recommended on that day.
    Recommendation { on: Date, recommendation: Recommendation },
}

/// A line of a file.
#[derive(Clone, Debug)]
pub struct Line {
    /// Row number of the file, from 1.
    pub number: i64,
    pub keys: Keys,
    pub observed: Observed,
    /// What the file alone already decides: the line repeats another, or clashes with it.
    pub ruled: Option<Ruling>,
}

/// What to do with a file that has just been read whole.
#[derive(Debug)]
pub enum Opening {
    /// Go on from the line after the first `rows_done`.
    Ready(InputFile),
    /// It has already been brought in, all of it, with the same choices: nothing to do.
    AlreadyIn(InputFile),
}

/// Registers a file, or finds where its interrupted import stopped. The choices it is read with are remembered under
/// its origin.
pub async fn open(platform: &Platform, actor: &Actor, file: &NewFile) -> Result<Opening> {
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let tx = platform.db.begin().await?;
    // Two imports of one file at the same time: the second waits here, then finds the first.
    tx.hold(&[permit.tenant().raw() ^ 0x696e_7075]).await?;
    if let Some(known) = store::file_by_fingerprint(&tx, &permit, file.kind, &file.fingerprint).await? {
        return Ok(if known.completed_at.is_some() { Opening::AlreadyIn(known) } else { Opening::Ready(known) });
    }
    let opened = InputFile {
        id: Id::new(tx.reserve_ids(1).await?[0]),
        tenant: permit.tenant(),
        kind: file.kind,
        origin: file.origin.clone(),
        file_name: file.file_name.clone(),
        sha256: file.sha256.clone(),
        fingerprint: file.fingerprint.clone(),
        reference_date: file.reference_date,
        complete: file.complete,
        settings: Json(file.settings.clone()),
        lines: file.lines,
        rows_done: 0,
        author: permit.account(),
        started_at: platform.now(),
        completed_at: None,
        report: Json(InputReport::default()),
    };
    tx.fill(std::slice::from_ref(&opened)).await?;
    store::remember_settings(&tx, &permit, &opened).await?;
    let told = serde_json::json!({
        "kind": opened.kind.as_code(), "file_name": opened.file_name, "sha256": opened.sha256,
        "reference_date": opened.reference_date.to_string(), "settings": opened.settings.0,
    });
    let entry = permit.entry("input.opened", "input_file", Some(opened.id.raw()), told);
    journal::append(&tx, Chain::Writes, permit.tenant(), platform.now(), entry).await?;
    tx.commit().await?;
    Ok(Opening::Ready(opened))
}

/// The choices with which a sender's tables were last read.
pub async fn remembered_settings(
    platform: &Platform,
    actor: &Actor,
    kind: InputKind,
    origin: &str,
) -> Result<Option<serde_json::Value>> {
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    Ok(store::settings(&platform.db, &permit, kind, origin).await?.map(|settings| settings.0))
}

/// Whether a file speaks of a day before the last file of its kind: it will complete history.
pub async fn is_late(platform: &Platform, actor: &Actor, kind: InputKind, reference_date: Date) -> Result<bool> {
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let last = store::last_reference_date(&platform.db, &permit, kind).await?;
    Ok(last.is_some_and(|last| reference_date < last))
}

/// Says of each line whom it is about, without writing anything.
pub async fn judge(platform: &Platform, actor: &Actor, lines: &[Line]) -> Result<Vec<Verdict>> {
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let judged = verdicts(platform, &permit, &platform.db, lines).await?;
    Ok(judged.into_iter().map(|(verdict, _)| verdict).collect())
}

/// The verdict on each line and, of one that somebody may decide, everybody it may be about.
async fn verdicts(
    platform: &Platform,
    permit: &Permit<ImportFeed>,
    ask: &impl db::Ask,
    lines: &[Line],
) -> Result<Vec<(Verdict, Vec<Id<Person>>)>> {
    let asked: Vec<(&Keys, Option<Vec<u8>>)> = lines
        .iter()
        .filter(|line| line.ruled.is_none())
        .map(|line| (&line.keys, line.keys.nir.as_ref().map(|nir| platform.keys.blind_index(nir.as_str()))))
        .collect();
    let candidates = store::candidates(ask, permit, &asked).await?;
    let index = CandidateIndex::of(&candidates);
    let mut asked = asked.into_iter();
    Ok(lines
        .iter()
        .map(|line| match line.ruled {
            Some(ruling) => (Verdict { ruling, person: None }, Vec::new()),
            None => {
                let (keys, number) = asked.next().expect("as many as lines without a ruling");
                let candidates = index.for_line(keys, number.as_deref());
                let verdict = rule(keys, number.as_deref(), &candidates);
                let decidable = verdict.ruling.may_be_decided();
                let persons = if decidable { concerned(keys, number.as_deref(), &candidates) } else { Vec::new() };
                (verdict, persons)
            }
        })
        .collect())
}

/// Candidates by what they may share with a line: a stretch has hundreds of lines and thousands of candidates.
struct CandidateIndex<'a> {
    by_number: HashMap<&'a [u8], Vec<&'a Candidate>>,
    by_identifier: HashMap<&'a str, Vec<&'a Candidate>>,
    by_birth_date: HashMap<Date, Vec<&'a Candidate>>,
    by_contact: HashMap<&'a str, Vec<&'a Candidate>>,
}

impl<'a> CandidateIndex<'a> {
    fn of(candidates: &'a [Candidate]) -> Self {
        let mut index = Self {
            by_number: HashMap::new(),
            by_identifier: HashMap::new(),
            by_birth_date: HashMap::new(),
            by_contact: HashMap::new(),
        };
        for candidate in candidates {
            if let Some(number) = &candidate.blind_index {
                index.by_number.entry(number).or_default().push(candidate);
            }
            if let Some(identifier) = &candidate.identifier {
                index.by_identifier.entry(identifier).or_default().push(candidate);
            }
            index.by_birth_date.entry(candidate.birth_date).or_default().push(candidate);
            let contacts = candidate
                .phones
                .iter()
                .map(base::Phone::as_str)
                .chain(candidate.emails.iter().map(base::Email::as_str));
            for contact in contacts {
                index.by_contact.entry(contact).or_default().push(candidate);
            }
        }
        index
    }

    fn for_line(&self, keys: &Keys, number: Option<&[u8]>) -> Vec<Candidate> {
        let mut found: Vec<&Candidate> = Vec::new();
        found.extend(number.and_then(|number| self.by_number.get(number)).into_iter().flatten());
        found.extend(self.by_identifier.get(keys.identifier.as_str()).into_iter().flatten());
        found.extend(keys.birth_date.and_then(|day| self.by_birth_date.get(&day)).into_iter().flatten());
        let contacts = keys.phones.iter().map(base::Phone::as_str).chain(keys.email.iter().map(base::Email::as_str));
        for contact in contacts {
            found.extend(self.by_contact.get(contact).into_iter().flatten());
        }
        found.sort_by_key(|candidate| candidate.person);
        found.dedup_by_key(|candidate| candidate.person);
        found.into_iter().cloned().collect()
    }
}

/// A stretch of a file: what is applied together.
#[derive(Debug, Default)]
pub struct LineBatch {
    pub lines: Vec<Line>,
    /// What reading had to say.
    pub issues: Vec<NewIssue>,
    /// Lines of this stretch that cannot be read.
    pub unreadable: u64,
    /// Lines of this stretch that are not about RSA.
    pub not_concerned: u64,
    /// Lines of the file dealt with once this stretch is: where a killed import resumes.
    pub done: i64,
}

/// Applies one stretch of a file in one transaction, with the place where to resume. `accept_probable`: somebody
/// accepted the lines that only names and birth date bind to a person. After an error the report is to be dropped.
pub async fn apply(
    platform: &Platform,
    actor: &Actor,
    file: &InputFile,
    batch: LineBatch,
    accept_probable: bool,
    report: &mut InputReport,
) -> Result<()> {
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let work = Work { platform, permit: &permit, file };
    let tx = platform.db.begin().await?;
    let verdicts = verdicts(platform, &permit, &tx, &batch.lines).await?;
    let mut issues = batch.issues;
    report.unreadable += batch.unreadable;
    report.not_concerned += batch.not_concerned;
    let mut kept: Vec<(Id<Person>, &Line)> = Vec::with_capacity(batch.lines.len());
    let mut doubts: Vec<NewDoubt<'_>> = Vec::new();
    for (line, (verdict, persons)) in batch.lines.iter().zip(&verdicts) {
        report.count(verdict.ruling);
        let accepted = accept_probable || verdict.ruling != Ruling::Probable;
        match verdict.person.filter(|_| verdict.ruling.may_be_written() && accepted) {
            Some(person) => kept.push((person, line)),
            None if verdict.ruling == Ruling::Repeated => {}
            None => {
                if verdict.ruling.may_be_decided() {
                    doubts.push(NewDoubt { line, ruling: verdict.ruling, persons });
                }
                issues.push(NewIssue {
                    person: verdict.person,
                    ..NewIssue::error(line.number, verdict.ruling.as_code(), verdict.ruling.label())
                });
            }
        }
    }
    doubt::keep(&tx, &permit, file.id, &doubts).await?;
    work.write(&tx, &kept, &mut issues, report).await?;
    report.warnings += issues.iter().filter(|issue| issue.severity == Severity::Warning).count() as u64;
    store::note_issues(&tx, &permit, file.id, issues).await?;
    if store::advance(&tx, &permit, file.id, batch.done, report).await? == 0 {
        return Err(Error::ImportOvertaken);
    }
    Ok(tx.commit().await?)
}

pub(super) struct Work<'a> {
    pub platform: &'a Platform,
    pub permit: &'a Permit<ImportFeed>,
    pub file: &'a InputFile,
}

/// The facts in force of one kind, by person.
async fn in_force<K: Kind<Subject = Person>>(
    tx: &Tx,
    permit: &Permit<ImportFeed>,
    persons: &[Id<Person>],
) -> db::Result<HashMap<Id<Person>, Vec<Fact<K>>>> {
    let mut found: HashMap<Id<Person>, Vec<Fact<K>>> = HashMap::new();
    for fact in current_many::<K>(tx, permit.tenant(), persons).await? {
        found.entry(fact.subject).or_default().push(fact);
    }
    Ok(found)
}

/// Facts of one kind being changed in one transaction: later lines see what earlier ones leave.
struct Changes<K: Kind<Subject = Person>> {
    in_force: HashMap<Id<Person>, Vec<Fact<K>>>,
    plans: Vec<(Id<Person>, Plan<K>, Provenance)>,
}

impl<K: Kind<Subject = Person>> Changes<K> {
    async fn load(tx: &Tx, permit: &Permit<ImportFeed>, persons: &[Id<Person>]) -> db::Result<Self> {
        Ok(Self { in_force: in_force(tx, permit, persons).await?, plans: Vec::new() })
    }

    fn of(&self, person: Id<Person>) -> &[Fact<K>] {
        self.in_force.get(&person).map_or(&[], Vec::as_slice)
    }

    async fn flush(self, tx: &Tx, work: &Work<'_>) -> db::Result<u64> {
        let mut batch = Batch::new(work.permit.tenant(), work.platform.now());
        for (person, plan, provenance) in self.plans {
            batch.push(person, plan, provenance);
        }
        Ok(batch.flush(tx).await?.len() as u64)
    }
}

impl Work<'_> {
    fn provenance(&self, line: Option<i64>) -> Provenance {
        Provenance { source: self.file.kind.source(), import: Some(self.file.id), line, author: self.permit.account() }
    }

    /// Writes what lines say of known persons. Several dated lines about one person are written one after the other.
    pub(super) async fn write(
        &self,
        tx: &Tx,
        lines: &[(Id<Person>, &Line)],
        issues: &mut Vec<NewIssue>,
        report: &mut InputReport,
    ) -> Result<()> {
        let mut left = lines.to_vec();
        while !left.is_empty() {
            let mut met: HashSet<Id<Person>> = HashSet::new();
            let (round, later): (Vec<_>, Vec<_>) = left.into_iter().partition(|(person, _)| met.insert(*person));
            self.write_round(tx, &round, issues, report).await?;
            left = later;
        }
        Ok(())
    }

    /// Each person at most once.
    async fn write_round(
        &self,
        tx: &Tx,
        lines: &[(Id<Person>, &Line)],
        issues: &mut Vec<NewIssue>,
        report: &mut InputReport,
    ) -> Result<()> {
        let persons: Vec<Id<Person>> = lines.iter().map(|(person, _)| *person).collect();
        let (permit, file) = (self.permit, self.file);
        let seen: HashSet<Id<Person>> = store::seen_in(tx, permit, file.id, &persons).await?.into_iter().collect();
        let days = store::seen_on(tx, permit, file.kind, &persons).await?;
        let complete_days = store::complete_days(tx, permit, file.kind).await?;
        let mut registrations = Changes::<JobseekerRegistration>::load(tx, permit, &persons).await?;
        let mut questionnaires = Changes::<SocioProfessional>::load(tx, permit, &persons).await?;
        let mut recommendations = Changes::<Recommendation>::load(tx, permit, &persons).await?;
        let mut sightings = Vec::with_capacity(lines.len());
        let mut touched = Vec::new();
        for (person, line) in lines {
            if seen.contains(person) && file.kind == InputKind::FranceTravail {
                issues.push(NewIssue {
                    person: Some(*person),
                    ..NewIssue::error(
                        line.number,
                        "twice",
                        "une ligne précédente du fichier parle déjà de cette personne : celle-ci n’est pas prise",
                    )
                });
                continue;
            }
            if !seen.contains(person) {
                sightings.push(InputSighting {
                    person: *person,
                    file: file.id,
                    tenant: permit.tenant(),
                    line: line.number,
                });
            }
            let provenance = self.provenance(Some(line.number));
            let changed = match &line.observed {
                Observed::Registration(registration) => {
                    let mut known = days.get(person).cloned().unwrap_or_default();
                    known.extend(&complete_days);
                    let before = registrations.of(*person);
                    plan::observed(before, &known, file.reference_date, Some(registration.clone()))
                        .map(|plan| push(&mut registrations.plans, *person, plan, provenance))
                }
                Observed::Questionnaire { on, answers } => {
                    plan::said_on(questionnaires.of(*person), *on, answers.clone())
                        .map(|plan| push(&mut questionnaires.plans, *person, plan, provenance))
                }
                Observed::Recommendation { on, recommendation } => {
                    plan::said_on(recommendations.of(*person), *on, recommendation.clone())
                        .map(|plan| push(&mut recommendations.plans, *person, plan, provenance))
                }
            };
            report.applied += 1;
            match changed {
                Some(true) => touched.push(person.raw()),
                Some(false) => report.unchanged += 1,
                None => {
                    report.kept_by_hand += 1;
                    issues.push(NewIssue {
                        person: Some(*person),
                        ..NewIssue::warning(
                            line.number,
                            "by_hand",
                            "un agent a corrigé cette information : la correction reste",
                        )
                    });
                }
            }
        }
        tx.fill(&sightings).await?;
        let added = registrations.flush(tx, self).await?
            + questionnaires.flush(tx, self).await?
            + recommendations.flush(tx, self).await?;
        report.facts_added += added;
        self.note(tx, &touched, added).await
    }

    async fn note(&self, tx: &Tx, persons: &[i64], added: u64) -> Result<()> {
        if persons.is_empty() {
            return Ok(());
        }
        let told = serde_json::json!({ "file": self.file.id.raw(), "persons": persons, "facts": added });
        let entry = self.permit.entry("input.batch", "input_file", Some(self.file.id.raw()), told);
        journal::append(tx, Chain::Writes, self.permit.tenant(), self.platform.now(), entry).await?;
        Ok(())
    }
}

/// Adds a plan; says whether it changes anything.
fn push<K: Kind>(
    plans: &mut Vec<(Id<Person>, Plan<K>, Provenance)>,
    person: Id<Person>,
    plan: Plan<K>,
    provenance: Provenance,
) -> bool {
    let changes = !plan.is_nothing();
    if changes {
        plans.push((person, plan, provenance));
    }
    changes
}

/// Registrations looked at together.
const ABSENT_BATCH: i64 = 400;

/// Once every line of a complete file is in: whoever was registered and is not in it no longer is, from its date on.
/// Done again after a kill, it finds less to do.
pub async fn close_absent(
    platform: &Platform,
    actor: &Actor,
    file: &InputFile,
    report: &mut InputReport,
) -> Result<()> {
    if !file.complete || file.kind != InputKind::FranceTravail {
        return Ok(());
    }
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let work = Work { platform, permit: &permit, file };
    let on = file.reference_date;
    let mut after = Id::new(0);
    loop {
        let tx = platform.db.begin().await?;
        let absent = store::registered_not_seen(&tx, &permit, on, after, file.id, ABSENT_BATCH).await?;
        let Some(last) = absent.last().copied() else { return Ok(()) };
        after = last;
        let days = store::seen_on(&tx, &permit, file.kind, &absent).await?;
        let complete_days = store::complete_days(&tx, &permit, file.kind).await?;
        let mut registrations = Changes::<JobseekerRegistration>::load(&tx, &permit, &absent).await?;
        let mut touched = Vec::new();
        for person in &absent {
            // Another file of the same day names the person.
            let mut known = days.get(person).cloned().unwrap_or_default();
            if known.contains(&on) {
                continue;
            }
            known.extend(&complete_days);
            let Some(plan) = plan::observed(registrations.of(*person), &known, on, None) else { continue };
            if push(&mut registrations.plans, *person, plan, work.provenance(None)) {
                touched.push(person.raw());
            }
        }
        report.ended += touched.len() as u64;
        let added = registrations.flush(&tx, &work).await?;
        report.facts_added += added;
        work.note(&tx, &touched, added).await?;
        if store::advance(&tx, &permit, file.id, file.lines, report).await? == 0 {
            return Err(Error::ImportOvertaken);
        }
        tx.commit().await?;
    }
}

/// Declares the import complete.
pub async fn complete(platform: &Platform, actor: &Actor, file: &InputFile, report: &InputReport) -> Result<()> {
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let tx = platform.db.begin().await?;
    if store::complete(&tx, &permit, file.id, platform.now(), report).await? == 0 {
        return Err(Error::ImportOvertaken);
    }
    let told = serde_json::json!({ "facts": report.facts_added, "lines": report.applied });
    let entry = permit.entry("input.completed", "input_file", Some(file.id.raw()), told);
    journal::append(&tx, Chain::Writes, permit.tenant(), platform.now(), entry).await?;
    Ok(tx.commit().await?)
}

/// A received table.
pub async fn file(platform: &Platform, actor: &Actor, id: Id<Import>) -> Result<InputFile> {
    let permit = platform::gate::permit::<ReadImports>(actor)?;
    store::file(&platform.db, &permit, id).await?.ok_or(Error::NotFound)
}

/// The last received tables, newest first.
pub async fn files(platform: &Platform, actor: &Actor, limit: i64) -> Result<Vec<InputFile>> {
    let permit = platform::gate::permit::<ReadImports>(actor)?;
    Ok(store::files(&platform.db, &permit, limit).await?)
}

/// The last received table whose bytes have this digest.
pub async fn file_by_digest(platform: &Platform, actor: &Actor, sha256: &str) -> Result<Option<InputFile>> {
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

/// What an import had to say, all of it or under one code, by number, after `after`.
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
