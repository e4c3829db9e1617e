//! Organisations, the several things each of them does, and the consortium of the École CIP.

mod model;
mod service;

pub use model::{ConsortiumMember, OrganisationProfile, OrganisationRole, Role};
pub use service::OrganisationView;
