//! Changing what is known: facts are added, closed, corrected or withdrawn by a named person, one at a
//! time; each change is journalled and can be undone.

mod check;
mod editor;
mod record;
mod service;

pub(crate) use check::Violation;
pub(crate) use editor::{Editor, Planned};
pub use record::{Record, history, record};
pub use service::{Done, add, close, correct, undo, withdraw};
