//! Bringing in a beneficiary feed: the whole file is read and checked first, then applied by stretches,
//! each committed with the place where a killed import resumes.

pub mod job;
mod map;
mod service;

pub use service::{Error, Import, Outcome, Progress, Stage, Summary, import};
