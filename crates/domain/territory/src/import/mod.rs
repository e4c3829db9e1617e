//! Files of reference data: CSV files recognised by their header, read whole before anything is written,
//! applied together or not at all. The same files twice change nothing.

mod apply;
mod merge;
mod parse;
mod read;

use base::Id;
use facts::Import;
use platform::gate::{ReadTerritory, permit};
use platform::{Actor, Platform};

pub use apply::run;
pub(crate) use parse::{Read, new_subject, read};

use crate::names::Shown;
use crate::{AppliedImport, FactKind, Result, store};

/// A file as received.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Whether to write, or only to say what would be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    Preview,
    Apply,
}

/// A line (or a whole file, line 0) that was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    pub file: String,
    /// Counted from 1, the header being line 1; 0 for the file as a whole.
    pub line: u64,
    /// Empty when the line as a whole is meant.
    pub column: String,
    /// Why, and how to mend it.
    pub reason: String,
}

/// What a line changes.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    pub line: u64,
    pub what: What,
    /// Name of what the fact is about.
    pub subject: String,
    /// What differs: label, value before (nothing for an addition), value after.
    pub values: Vec<(&'static str, Shown, Shown)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    Added,
    Corrected,
}

/// What a file does.
#[derive(Clone, PartialEq, Debug)]
pub struct FileReport {
    pub name: String,
    pub kind: FactKind,
    /// Lines of data.
    pub lines: u64,
    pub unchanged: u64,
    pub changes: Vec<Change>,
}

impl FileReport {
    pub fn count(&self, what: What) -> u64 {
        self.changes.iter().filter(|change| change.what == what).count() as u64
    }
}

/// What an import did, or would do.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Report {
    pub files: Vec<FileReport>,
    /// Not empty: nothing was written.
    pub problems: Vec<Problem>,
    /// The import under which the facts stand, when something was written.
    pub import: Option<Id<Import>>,
}

impl Report {
    pub fn count(&self, what: What) -> u64 {
        self.files.iter().map(|file| file.count(what)).sum()
    }

    pub fn unchanged(&self) -> u64 {
        self.files.iter().map(|file| file.unchanged).sum()
    }

    /// Whether the files say nothing new.
    pub fn is_unchanged(&self) -> bool {
        self.problems.is_empty() && self.files.iter().all(|file| file.changes.is_empty())
    }
}

/// The last files applied, newest first.
///
/// # Errors
/// [`crate::Error::Refused`] by the gate, or the database's own.
pub async fn recent(platform: &Platform, actor: &Actor) -> Result<Vec<AppliedImport>> {
    let permit = permit::<ReadTerritory>(actor)?;
    Ok(store::imports(&platform.db, permit.tenant()).await?)
}
