use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use base::Date;
use formats::{france_travail, table};
use platform::{Actor, Platform};
use ring::digest::{Context, SHA256};
use serde::Serialize;
use support::inputs::{
    self, InputFile, InputKind, InputReport, Line, LineBatch, NewFile, NewIssue, Opening, Ruling, Severity,
};
use tokio::sync::mpsc;

use super::lines::{Item, Source};
use super::settings::{Settings, SettingsError};

/// Lines of one transaction: the writer is never held for more than a moment.
const BATCH: usize = 400;

/// Remarks about single lines kept one by one; all are counted.
const REMARKS_KEPT: usize = 10_000;

/// A file to bring in.
#[derive(Clone, Debug)]
pub struct Import {
    pub path: PathBuf,
    /// As the sender or the user calls it.
    pub file_name: String,
    pub kind: InputKind,
    /// Who sends it, as the user calls them.
    pub origin: String,
    /// The day the file speaks of, and the day of lines that have none of their own.
    pub reference_date: Date,
    /// The file names everybody registered: whoever it leaves out no longer is.
    pub complete: bool,
    /// Somebody accepted the lines that only names and birth date bind to a person.
    pub accept_probable: bool,
    pub settings: Settings,
    /// Read and judge everything, write nothing.
    pub dry_run: bool,
}

/// Why nothing was brought in.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("fichier illisible : {0}")]
    Unreadable(#[from] io::Error),
    #[error("fichier refusé, rien n’a été écrit : {0}")]
    Table(#[from] table::Refusal),
    #[error("fichier refusé, rien n’a été écrit : {0}")]
    FranceTravail(#[from] france_travail::Refusal),
    #[error("{0}")]
    Settings(#[from] SettingsError),
    #[error("la date de situation ({0}) est dans l’avenir : corrigez-la")]
    Future(Date),
    #[error(transparent)]
    Support(#[from] support::Error),
    #[error("la lecture du fichier s’est interrompue : {0}")]
    Interrupted(String),
}

impl Error {
    /// Whether trying again would end the same way.
    pub fn is_lasting(&self) -> bool {
        !matches!(self, Self::Unreadable(_) | Self::Support(_) | Self::Interrupted(_))
    }
}

/// Where an import is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Lines read and checked.
    Checking,
    /// Lines judged (trial run) or applied.
    Applying,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    pub stage: Stage,
    pub done: u64,
    pub total: u64,
}

/// How it ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Imported,
    /// The same file had already been brought in with the same choices: nothing changed.
    AlreadyIn,
    /// Judged only.
    DryRun,
}

/// What there is to say of one line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LineRemark {
    pub line: i64,
    /// « error »: the line is not written; « warning »: it is, and somebody should look.
    pub severity: &'static str,
    pub code: String,
    pub message: String,
}

/// The report a file can hold. It bears no name and no number: the lines of the file are enough.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    pub outcome: Outcome,
    pub file_name: String,
    pub sha256: String,
    pub kind: &'static str,
    pub reference_date: Date,
    /// Speaks of a day before the last file of its kind.
    pub late: bool,
    /// Where the work resumed after an interruption, in lines.
    pub resumed_after: u64,
    /// Lines of data of the file.
    pub lines: u64,
    /// What there is to say of the file as a whole.
    pub remarks: Vec<String>,
    pub report: InputReport,
    pub line_remarks: Vec<LineRemark>,
    /// Number of the received file, once it is in.
    pub file: Option<i64>,
}

/// What a first reading tells.
struct Check {
    lines: u64,
    remarks: Vec<String>,
    ruled: HashMap<i64, Ruling>,
}

/// Brings a file in. `progress` is told as it goes.
///
/// # Errors
/// When the file as a whole cannot be read, or the choices do not fit it: nothing is then written. Bad lines are told one
/// by one while the rest goes in.
pub async fn import(
    platform: &Platform,
    actor: &Actor,
    request: &Import,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Summary, Error> {
    if request.reference_date > platform.today() {
        return Err(Error::Future(request.reference_date));
    }
    progress(Progress { stage: Stage::Checking, done: 0, total: 1 });
    let (check, sha256) = check(request).await?;
    let late = inputs::is_late(platform, actor, request.kind, request.reference_date).await?;
    let mut summary = Summary {
        outcome: Outcome::DryRun,
        file_name: request.file_name.clone(),
        sha256: sha256.clone(),
        kind: request.kind.as_code(),
        reference_date: request.reference_date,
        late,
        resumed_after: 0,
        lines: check.lines,
        remarks: check.remarks.clone(),
        report: InputReport::default(),
        line_remarks: Vec::new(),
        file: None,
    };
    if request.dry_run {
        judge(platform, actor, request, check, &mut summary, &mut progress).await?;
        return Ok(summary);
    }
    let settings = serde_json::to_value(&request.settings).expect("texts are always written");
    let file = NewFile {
        kind: request.kind,
        origin: request.origin.clone(),
        file_name: request.file_name.clone(),
        fingerprint: fingerprint(request, &sha256, &settings),
        sha256,
        reference_date: request.reference_date,
        complete: request.complete && request.kind == InputKind::FranceTravail,
        settings,
        lines: i64::try_from(check.lines).unwrap_or(i64::MAX),
    };
    let file = match inputs::open(platform, actor, &file).await? {
        Opening::AlreadyIn(file) => {
            summary.outcome = Outcome::AlreadyIn;
            summary.report = file.report.0.clone();
            file
        }
        Opening::Ready(file) => {
            summary.outcome = Outcome::Imported;
            summary.resumed_after = u64::try_from(file.rows_done).unwrap_or(0);
            summary.report = apply(platform, actor, request, check, &file, &mut progress).await?;
            file
        }
    };
    summary.file = Some(file.id.raw());
    summary.line_remarks = kept_remarks(platform, actor, &file).await?;
    Ok(summary)
}

/// The bytes with the choices: the same bytes read otherwise are another import.
fn fingerprint(request: &Import, sha256: &str, settings: &serde_json::Value) -> String {
    let mut context = Context::new(&SHA256);
    let choices =
        format!("{sha256}|{}|{}|{}|{settings}", request.reference_date, request.complete, request.accept_probable);
    context.update(choices.as_bytes());
    hexadecimal(context)
}

fn hexadecimal(context: Context) -> String {
    context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads the whole file once, off the asynchronous workers: digest, lines, and those that repeat or clash.
async fn check(request: &Import) -> Result<(Check, String), Error> {
    let request = request.clone();
    let work = tokio::task::spawn_blocking(move || -> Result<(Check, String), Error> {
        let sha256 = digest(&request.path)?;
        let mut source = open(&request)?;
        let mut check = Check { lines: 0, remarks: source.remarks(), ruled: HashMap::new() };
        let mut contents: HashSet<u64> = HashSet::new();
        let mut strong: HashMap<u64, i64> = HashMap::new();
        while let Some(item) = source.next()? {
            check.lines += 1;
            let Item::Line(entry) = item else { continue };
            let number = entry.line.number;
            if !contents.insert(entry.content) {
                check.ruled.insert(number, Ruling::Repeated);
                continue;
            }
            for key in entry.strong {
                if let Some(other) = strong.insert(key, number) {
                    check.ruled.insert(other, Ruling::Clashing);
                    check.ruled.insert(number, Ruling::Clashing);
                }
            }
        }
        Ok((check, sha256))
    });
    work.await.map_err(|error| Error::Interrupted(error.to_string()))?
}

fn open(request: &Import) -> Result<Source, Error> {
    Source::open(&request.path, request.kind, &request.settings, request.reference_date)
}

fn digest(path: &Path) -> Result<String, Error> {
    struct Digesting(Context);
    impl io::Write for Digesting {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.update(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut digesting = Digesting(Context::new(&SHA256));
    io::copy(&mut File::open(path)?, &mut digesting)?;
    Ok(hexadecimal(digesting.0))
}

/// Reads the file again, from the line after the first `skip`, and sends it by stretches.
fn read(
    request: &Import,
    skip: u64,
    ruled: &HashMap<i64, Ruling>,
    send: &mpsc::Sender<LineBatch>,
) -> Result<(), Error> {
    let mut source = open(request)?;
    let mut batch = LineBatch::default();
    let mut done = 0;
    while let Some(item) = source.next()? {
        done += 1;
        if done <= skip {
            continue;
        }
        match item {
            Item::Line(mut entry) => {
                entry.line.ruled = ruled.get(&entry.line.number).copied();
                batch.issues.extend(entry.remarks);
                batch.lines.push(entry.line);
            }
            Item::Unreadable(issue) => {
                batch.unreadable += 1;
                batch.issues.push(issue);
            }
            Item::NotConcerned => batch.not_concerned += 1,
        }
        batch.done = i64::try_from(done).unwrap_or(i64::MAX);
        if batch.lines.len() >= BATCH && send.blocking_send(std::mem::take(&mut batch)).is_err() {
            // The other side has stopped and tells why itself.
            return Ok(());
        }
    }
    if batch.done > 0 {
        let _ = send.blocking_send(batch);
    }
    Ok(())
}

/// The stretches of a file, read on a thread of their own while others are dealt with.
struct Reading {
    batches: mpsc::Receiver<LineBatch>,
    thread: tokio::task::JoinHandle<Result<(), Error>>,
}

impl Reading {
    fn start(request: &Import, skip: u64, ruled: HashMap<i64, Ruling>) -> Self {
        let (send, batches) = mpsc::channel(2);
        let request = request.clone();
        Self { batches, thread: tokio::task::spawn_blocking(move || read(&request, skip, &ruled, &send)) }
    }

    async fn end(self) -> Result<(), Error> {
        drop(self.batches);
        self.thread.await.map_err(|error| Error::Interrupted(error.to_string()))?
    }
}

async fn judge(
    platform: &Platform,
    actor: &Actor,
    request: &Import,
    check: Check,
    summary: &mut Summary,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<(), Error> {
    let total = check.lines;
    let mut reading = Reading::start(request, 0, check.ruled);
    while let Some(batch) = reading.batches.recv().await {
        let report = &mut summary.report;
        report.unreadable += batch.unreadable;
        report.not_concerned += batch.not_concerned;
        report.warnings += warnings(&batch.issues);
        let verdicts = inputs::judge(platform, actor, &batch.lines).await?;
        let mut remarks: Vec<LineRemark> = batch.issues.into_iter().map(remark).collect();
        for (line, verdict) in batch.lines.iter().zip(verdicts) {
            report.count(verdict.ruling);
            if verdict.ruling != Ruling::Certain && verdict.ruling != Ruling::Repeated {
                remarks.push(ruled(line, verdict.ruling, request.accept_probable));
            }
        }
        remarks.sort_by_key(|remark| remark.line);
        let room = REMARKS_KEPT.saturating_sub(summary.line_remarks.len());
        summary.line_remarks.extend(remarks.into_iter().take(room));
        progress(Progress { stage: Stage::Applying, done: u64::try_from(batch.done).unwrap_or(0), total });
        tokio::task::yield_now().await;
    }
    reading.end().await
}

fn warnings(issues: &[NewIssue]) -> u64 {
    issues.iter().filter(|issue| issue.severity == Severity::Warning).count() as u64
}

fn remark(issue: NewIssue) -> LineRemark {
    LineRemark { line: issue.line, severity: issue.severity.as_code(), code: issue.code, message: issue.message }
}

fn ruled(line: &Line, ruling: Ruling, accept_probable: bool) -> LineRemark {
    let written = ruling == Ruling::Probable && accept_probable;
    let severity = if written { Severity::Warning } else { Severity::Error };
    LineRemark {
        line: line.number,
        severity: severity.as_code(),
        code: ruling.as_code().to_owned(),
        message: ruling.label().to_owned(),
    }
}

async fn apply(
    platform: &Platform,
    actor: &Actor,
    request: &Import,
    check: Check,
    file: &InputFile,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<InputReport, Error> {
    let mut report = file.report.0.clone();
    let total = check.lines;
    let mut reading = Reading::start(request, u64::try_from(file.rows_done).unwrap_or(0), check.ruled);
    while let Some(mut batch) = reading.batches.recv().await {
        if report.warnings >= REMARKS_KEPT as u64 {
            report.warnings += warnings(&batch.issues);
            batch.issues.retain(|issue| issue.severity == Severity::Error);
        }
        let done = batch.done;
        inputs::apply(platform, actor, file, batch, request.accept_probable, &mut report).await?;
        progress(Progress { stage: Stage::Applying, done: u64::try_from(done).unwrap_or(0), total });
        // The lines are read faster than they are written: whoever tells the progress gets a turn.
        tokio::task::yield_now().await;
    }
    reading.end().await?;
    inputs::close_absent(platform, actor, file, &mut report).await?;
    inputs::complete(platform, actor, file, &report).await?;
    Ok(report)
}

/// What the import had to say of single lines, in the order of the file.
async fn kept_remarks(platform: &Platform, actor: &Actor, file: &InputFile) -> Result<Vec<LineRemark>, Error> {
    const PAGE: i64 = 1_000;
    let mut remarks = Vec::new();
    for severity in [Severity::Error, Severity::Warning] {
        let mut after = 0;
        loop {
            let page = inputs::issues(platform, actor, file.id, severity, None, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.number;
            remarks.extend(page.into_iter().map(|issue| LineRemark {
                line: issue.line,
                severity: issue.severity.as_code(),
                code: issue.code,
                message: issue.message,
            }));
            if remarks.len() >= 2 * REMARKS_KEPT {
                break;
            }
        }
    }
    remarks.sort_by_key(|remark| remark.line);
    Ok(remarks)
}
