//! Who goes where, and when: two engines on plain data, without the words of insertion.
//!
//! - [`matching`]: applicants and places rank each other; the stable matching that is best for every applicant, with
//!   capacities, quotas shared by several places, pairs that are out of the question, ties, and the reasons of every
//!   result.
//! - [`timetable`]: the half-days of modules, with trainers, rooms, order, spread and deadlines: found, improved,
//!   explained when there is none, and changed as little as possible when something falls away.
//!
//! Nothing here reads a clock but a time budget that the caller sets; the same question gives the same answer.

pub mod matching;
pub mod timetable;

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
