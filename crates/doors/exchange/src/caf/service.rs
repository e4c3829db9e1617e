use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use base::Date;
use formats::caf::{Prescan, PrescanOptions, Reader, Reason, Refusal, prescan};
use platform::{Actor, Platform};
use ring::digest::{Context, SHA256};
use serde::Serialize;
use support::feed::{self, Course, FeedFile, FileHeader, HouseholdBatch, NewIssue, Opening, Report, Severity};
use tokio::sync::mpsc;

use super::map;

/// Households of one transaction, for a file of so many: a twentieth of them, within bounds. The more there are, the
/// fewer times a page of an index is written; the fewer there are, the sooner somebody else may write.
fn stretch(households: u64) -> usize {
    usize::try_from(households / 20).map_or(4_000, |twentieth| twentieth.clamp(800, 4_000))
}

/// Warnings kept one by one; all are counted.
const WARNINGS_KEPT: u64 = 10_000;

/// A file to bring in.
#[derive(Clone, Debug)]
pub struct Import {
    pub path: PathBuf,
    /// As the sender or the user calls it.
    pub file_name: String,
    /// Read and check everything, write nothing.
    pub dry_run: bool,
    /// Somebody decided to take a file whose count differs from the one announced.
    pub accept_count_mismatch: bool,
}

/// Why nothing was brought in.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("fichier illisible : {0}")]
    Unreadable(#[from] io::Error),
    #[error("fichier refusé, rien n’a été écrit : {0}")]
    Refused(Box<Refusal>),
    #[error(transparent)]
    Support(#[from] support::Error),
    #[error("la lecture du fichier s’est interrompue : {0}")]
    Interrupted(String),
}

impl Error {
    /// Whether the file is refused for its count alone: somebody may decide to take it as it is.
    pub fn is_count_mismatch(&self) -> bool {
        matches!(self, Self::Refused(refusal) if matches!(refusal.reason, Reason::CountMismatch { .. }))
    }

    /// Line at fault, when the whole file is refused for one.
    pub fn line(&self) -> Option<u64> {
        match self {
            Self::Refused(refusal) => refusal.line,
            _ => None,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

/// Where an import is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Bytes read and checked.
    Checking,
    /// Households applied.
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
    /// The same file had already been brought in: nothing changed.
    AlreadyIn,
    /// Checked only.
    DryRun,
}

/// The report a file can hold.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    pub outcome: Outcome,
    pub file_name: String,
    pub sha256: String,
    pub reference_date: Date,
    pub created: String,
    /// Speaks of a day before the last file of its kind: completed history without touching the present.
    pub late: bool,
    /// Where the work resumed after an interruption, in households.
    pub resumed_after: u64,
    pub check: Prescan,
    pub report: Report,
}

/// Brings a file in. `progress` is told as it goes.
///
/// # Errors
/// [`Error::Refused`] with line and reason when the file as a whole is broken: nothing is then written.
/// Broken households are reported one by one while the rest goes in.
pub async fn import(
    platform: &Platform,
    actor: &Actor,
    request: &Import,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Summary, Error> {
    let (check, sha256) = check(request, &mut progress).await?;
    let header = FileHeader {
        application: check.header.application.clone(),
        application_version: check.header.application_version.clone(),
        kind: check.header.kind.code().to_owned(),
        nature: check.header.nature.clone(),
        created: format!("{}T{:.4}", check.header.created_on, check.header.created_at),
        reference_date: check.header.reference_date,
        file_name: request.file_name.clone(),
        sha256: sha256.clone(),
        announced: i64::from(check.footer.households),
        households: i64::try_from(check.households).unwrap_or(i64::MAX),
    };
    let late = feed::is_late(platform, actor, &header.kind, header.reference_date).await?;
    let mut summary = Summary {
        outcome: Outcome::DryRun,
        file_name: request.file_name.clone(),
        sha256,
        reference_date: header.reference_date,
        created: header.created.clone(),
        late,
        resumed_after: 0,
        check,
        report: Report::default(),
    };
    if request.dry_run {
        return Ok(summary);
    }
    match feed::open(platform, actor, &header).await? {
        Opening::AlreadyIn(file) => {
            summary.outcome = Outcome::AlreadyIn;
            summary.report = file.report.0;
        }
        Opening::Ready(file) => {
            summary.outcome = Outcome::Imported;
            summary.resumed_after = u64::try_from(file.households_done).unwrap_or(0);
            summary.report = apply(platform, actor, request, &summary.check, file, &mut progress).await?;
        }
    }
    Ok(summary)
}

/// Reads the whole file once, off the asynchronous workers: checks and digest in one pass.
async fn check(request: &Import, progress: &mut (impl FnMut(Progress) + Send)) -> Result<(Prescan, String), Error> {
    let path = request.path.clone();
    let options = PrescanOptions { accept_count_mismatch: request.accept_count_mismatch };
    let (tell, mut told) = mpsc::channel::<u64>(16);
    let total = std::fs::metadata(&path)?.len();
    let work = tokio::task::spawn_blocking(move || -> Result<(Prescan, String), Error> {
        let mut digest = Digesting { file: File::open(&path)?, context: Context::new(&SHA256), read: 0, told: 0, tell };
        let prescan = prescan(&mut digest, options)?;
        io::copy(&mut digest, &mut io::sink())?;
        let sha256 = digest.context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok((prescan, sha256))
    });
    while let Some(done) = told.recv().await {
        progress(Progress { stage: Stage::Checking, done, total });
    }
    work.await.map_err(|error| Error::Interrupted(error.to_string()))?
}

struct Digesting {
    file: File,
    context: Context,
    read: u64,
    told: u64,
    tell: mpsc::Sender<u64>,
}

impl Read for Digesting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        const STEP: u64 = 8 << 20;
        let count = self.file.read(buffer)?;
        self.context.update(&buffer[..count]);
        self.read += count as u64;
        if self.read - self.told >= STEP {
            self.told = self.read;
            // Nobody waits for progress: a full channel loses one tick.
            let _ = self.tell.try_send(self.read);
        }
        Ok(count)
    }
}

async fn apply(
    platform: &Platform,
    actor: &Actor,
    request: &Import,
    check: &Prescan,
    file: FeedFile,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<Report, Error> {
    let mut course = Course::of(platform, &file).await?;
    let total = check.households;
    // One stretch is read and mapped while another is written.
    let (send, mut batches) = mpsc::channel::<HouseholdBatch>(2);
    let replaced: HashSet<u64> = check.duplicates.iter().map(|duplicate| duplicate.replaced.index).collect();
    let skip = u64::try_from(file.households_done).unwrap_or(0);
    let path = request.path.clone();
    let stretch = stretch(total);
    let reading = tokio::task::spawn_blocking(move || read(&path, skip, stretch, &replaced, &send));
    while let Some(mut batch) = batches.recv().await {
        if course.report.warnings >= WARNINGS_KEPT {
            course.report.warnings +=
                batch.issues.iter().filter(|issue| issue.severity == Severity::Warning).count() as u64;
            batch.issues.retain(|issue| issue.severity == Severity::Error);
        }
        let done = batch.done;
        feed::apply(platform, actor, &file, batch, &mut course).await?;
        progress(Progress { stage: Stage::Applying, done: u64::try_from(done).unwrap_or(0), total });
        // On SQLite nothing above waits: others take their turn between two stretches.
        tokio::task::yield_now().await;
    }
    reading.await.map_err(|error| Error::Interrupted(error.to_string()))??;
    Ok(feed::complete(platform, actor, &file, course.report).await?)
}

/// Reads the file again, from the household after the first `skip`, and sends it by stretches of so many.
fn read(
    path: &Path,
    skip: u64,
    stretch: usize,
    replaced: &HashSet<u64>,
    send: &mpsc::Sender<HouseholdBatch>,
) -> Result<(), Error> {
    let mut reader = Reader::new(File::open(path)?)?;
    let mut batch = HouseholdBatch::default();
    let mut index = 0;
    while let Some(entry) = reader.next_household()? {
        let number = index;
        index += 1;
        if number < skip {
            continue;
        }
        match entry {
            Ok(record) if replaced.contains(&number) => {
                batch.replaced += 1;
                batch.issues.push(NewIssue {
                    severity: Severity::Warning,
                    line: line(record.position.line),
                    claim_number: record.household.claim_number,
                    code: "replaced".to_owned(),
                    message: "ce foyer revient plus loin dans le fichier : le dernier bloc compte, celui-ci est écarté"
                        .to_owned(),
                });
            }
            Ok(record) => {
                batch.issues.extend(record.warnings.iter().map(|warning| NewIssue {
                    severity: Severity::Warning,
                    line: line(record.position.line),
                    claim_number: record.household.claim_number.clone(),
                    code: warning.remark.code().to_owned(),
                    message: warning.remark.to_string(),
                }));
                batch.observations.push(map::observation(record));
            }
            Err(error) => {
                batch.refused += 1;
                batch.issues.push(NewIssue {
                    severity: Severity::Error,
                    line: line(error.line),
                    claim_number: error.claim_number.clone().unwrap_or_default(),
                    code: "schema".to_owned(),
                    message: format!("{} : {}", error.path, error.message),
                });
            }
        }
        batch.done = i64::try_from(index).unwrap_or(i64::MAX);
        if batch.observations.len() >= stretch && send.blocking_send(std::mem::take(&mut batch)).is_err() {
            // The writing side has stopped and tells why itself.
            return Ok(());
        }
    }
    if batch.done > 0 {
        let _ = send.blocking_send(batch);
    }
    Ok(())
}

fn line(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
