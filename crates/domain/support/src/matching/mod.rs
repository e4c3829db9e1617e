//! Two records that may be one human being: the import proposes, a person decides, and can decide again.

mod model;
mod service;
mod store;

pub use model::{Certain, Doubt, Outcome, Pair, Reason, Side, Verdict};
pub use service::{about, certain_doubts, decide, decide_certain, open_doubts, undo, waiting};
pub(crate) use store::{across_households, decided_groups, elect, propose, regroup};
