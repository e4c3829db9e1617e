//! Structures, the communes each serves, their operators, and what replaced what.

mod agencies;
mod model;
mod service;

pub use agencies::{Agency, PostCounts};
pub use model::{AgencyContract, Sector, StructureKind, StructureProfile, Succession};
pub use service::{Served, Status, StructureView};
