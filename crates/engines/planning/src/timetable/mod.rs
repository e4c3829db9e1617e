//! Timetables of half-days: found, improved, explained when there is none.
//!
//! Formats, method and limits are in `docs/timetable.md`.

mod anneal;
mod assign;
mod check;
mod construct;
mod dice;
mod encode;
mod explain;
mod fewest;
mod flow;
mod instance;
mod problem;
mod reason;
mod replan;
mod sat;
mod solution;
mod solve;
mod state;

pub use check::{Flaw, check};
pub use explain::explain;
pub use instance::{Calendar, Cohort, FORMAT, Fault, Half, Instance, Module, Pin, Room, Trainer, Weights, Window};
pub use reason::Reason;
pub use replan::{Change, Moment, Notice, Replanned, replan};
pub use solution::{Conflict, Cost, Counts, Member, Session, Solution, Status};
pub use solve::{Options, possible, solve};
