//! What the field tells the school: how many people of each public the structures accompany. Counts alone, and none
//! below the threshold of statistical secrecy, come over the outbox.

mod model;
mod service;

pub use model::PublicShare;
pub(crate) use service::shares_of_cohort;
pub use service::{TOPIC, take_in};
