//! Orientation: the rules propose, an officer decides, the structure begins. Three facts, each with its day.

pub(crate) mod appeal;
mod batch;
mod decide;
mod facts_of;
mod file;
mod model;
mod propose;
mod queue;
mod simulate;

pub use appeal::{APPEAL_ADDRESSEE, APPEAL_CONTACT, Appeal, appeal};
pub use batch::{
    BatchLine, BatchView, OrderedLine, WORK, Worker, batch, batch_views, batches, continue_batch, lines,
    start_designations, start_orientations, undo_batch,
};
pub use decide::{Taken, capacities, decide_one, prepare};
pub use file::{OrientationFile, authors, file, undo_decision};
pub use model::{Batch, BatchKind, Choice, Decision, LineState, Orientation, Origin, Path, Proposal, ProposalKind};
pub use propose::{Explanation, explain, propose_all, settings};
pub use queue::{Chosen, ProposalFilter, QueueFilter, QueueLine, QueuePage, Selection, queue, queue_length, select};
pub use simulate::{Simulation, SimulationLine, simulate};
