//! Communes through time: names, populations with their vintage, mergers.

mod model;
mod service;

pub use model::{Commune, CommuneProfile};
pub use service::{CommuneView, Successors, resolve_commune};
