//! A month of the beneficiary feed becomes dated facts.
//!
//! Each file is a set of observations, one a household, made on the file's reference date. Facts are what
//! the observations of all files say together (`resolve`), so the order in which files arrive does not
//! matter: an older file completes the past and leaves the present as it is.

mod model;
mod resolve;
mod service;
mod store;

pub use model::{
    BatchOutcome, FeedFile, FileHeader, HouseholdObservation, Issue, NewIssue, ParentLink, PersonObservation, Report,
    SeenMembership, Severity,
};
pub use service::{
    Course, HouseholdBatch, Opening, apply, complete, file, file_by_digest, files, is_late, issue_groups, issues, open,
};
pub(crate) use service::{pictures, sources};
