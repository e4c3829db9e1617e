use std::collections::BTreeMap;

use base::{Date, Id, Instant};
use db::Json;
use facts::{Author, Import, Source, Tenant};
use serde::{Deserialize, Serialize};

use super::matching::Ruling;
use crate::person::Person;

db::codes! {
    /// What a received table holds.
    pub enum InputKind {
        /// The monthly file of France Travail.
        FranceTravail = "france_travail",
        /// Questionnaires answered with a claim.
        Questionnaire = "questionnaire",
        /// France Travail's recommendations.
        Recommendation = "recommendation",
    }
}

impl InputKind {
    pub const fn source(self) -> Source {
        match self {
            Self::FranceTravail => Source::FranceTravailFile,
            Self::Questionnaire => Source::Questionnaire,
            Self::Recommendation => Source::RecommendationFile,
        }
    }

    /// What people call it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::FranceTravail => "fichier mensuel de France Travail",
            Self::Questionnaire => "questionnaires de la demande (DSP)",
            Self::Recommendation => "préconisations de France Travail",
        }
    }
}

/// A table that has just been read whole.
#[derive(Clone, Debug)]
pub struct NewFile {
    pub kind: InputKind,
    /// Who sends it, as the user calls them.
    pub origin: String,
    pub file_name: String,
    /// Digest of the bytes.
    pub sha256: String,
    /// Digest of the bytes with the choices they are read with: what makes two imports the same.
    pub fingerprint: String,
    pub reference_date: Date,
    /// The file names everybody registered: whoever it leaves out no longer is.
    pub complete: bool,
    /// The choices, as whoever reads the file understands them.
    pub settings: serde_json::Value,
    /// Lines of data.
    pub lines: i64,
}

db::record! {
    /// A received table.
    #[derive(Clone, Debug)]
    pub struct InputFile in "input_file" {
        pub id: Id<Import>,
        pub tenant: Id<Tenant>,
        pub kind: InputKind,
        pub origin: String,
        pub file_name: String,
        pub sha256: String,
        pub fingerprint: String,
        pub reference_date: Date,
        pub complete: bool,
        pub settings: Json<serde_json::Value>,
        pub lines: i64,
        /// Lines already dealt with, in their order: an interrupted import resumes after them.
        pub rows_done: i64,
        pub author: Option<Id<Author>>,
        pub started_at: Instant,
        pub completed_at: Option<Instant>,
        pub report: Json<InputReport>,
    }
}

db::row! {
    /// Of a received table, what tells where a fact comes from.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct InputSource {
        pub id: Id<Import>,
        pub kind: InputKind,
        pub file_name: String,
        pub reference_date: Date,
    }
}

/// What an import did, for people and files.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct InputReport {
    /// Lines looked at, by what became of them (« M1 », « N »…).
    pub rulings: BTreeMap<String, u64>,
    /// Lines written, each about one person.
    pub applied: u64,
    /// Of these, those that said nothing new.
    pub unchanged: u64,
    /// Lines that cannot be read.
    pub unreadable: u64,
    /// Lines that are not about RSA.
    pub not_concerned: u64,
    /// Lines about somebody whose fact was corrected by hand since: left as corrected.
    pub kept_by_hand: u64,
    pub facts_added: u64,
    /// Registrations ended because a complete file leaves the person out.
    pub ended: u64,
    pub warnings: u64,
}

impl InputReport {
    /// Counts one more line under its ruling.
    pub fn count(&mut self, ruling: Ruling) {
        *self.rulings.entry(ruling.as_code().to_owned()).or_default() += 1;
    }

    pub fn counted(&self, ruling: Ruling) -> u64 {
        self.rulings.get(ruling.as_code()).copied().unwrap_or(0)
    }
}

pub use crate::feed::Severity;

db::record! {
    /// Something an import had to say about one line. It bears no name: the line of the file is enough.
    #[derive(Clone, PartialEq, Debug)]
    pub struct Issue in "input_issue" {
        pub file: Id<Import>,
        pub number: i64,
        pub tenant: Id<Tenant>,
        /// Error: the line was not written. Warning: it was, and somebody should look.
        pub severity: Severity,
        pub line: i64,
        pub code: String,
        pub message: String,
        /// Who the line may be about.
        pub person: Option<Id<Person>>,
    }
}

/// An issue before it is numbered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewIssue {
    pub severity: Severity,
    pub line: i64,
    pub code: String,
    pub message: String,
    pub person: Option<Id<Person>>,
}

impl NewIssue {
    pub fn error(line: i64, code: &str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, line, code: code.to_owned(), message: message.into(), person: None }
    }

    pub fn warning(line: i64, code: &str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(line, code, message) }
    }
}
