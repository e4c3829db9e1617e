//! Dated facts: what was true when, and since when we know it.
//!
//! A fact is *what, about whom, true from when to when, recorded when, by whom, from which source*. It is
//! added, and later closed, corrected or withdrawn by another record; nothing already written is changed
//! except the mark that something newer stands in its place. Everything else (statuses, lists, figures)
//! is derived, at worst into disposable read models that [`rebuild`] proves equal to their source.

pub mod journal;
mod kind;
pub mod outbox;
pub mod rebuild;
mod store;
mod timeline;

pub use kind::{Fact, Kind, KindSql, Provenance, Source};
pub use store::{Batch, as_of, current, current_many, each_current, history, history_many, write};
pub use timeline::{Conflict, Observation, Plan, from_observations};

/// A département: everything stored belongs to one.
pub enum Tenant {}

/// Whoever records something by hand: an account.
pub enum Author {}

/// A received file, as the source of what it said.
pub enum Import {}
