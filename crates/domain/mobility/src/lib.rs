//! Mobility: the transport network in service, the lines that are announced, and what can be reached.
//!
//! The network is the indicative one of this crate until a published feed is put in its place
//! ([`network::stage`]). Nothing here concerns a person: a point that is asked about is not kept.

pub mod network;
pub mod reach;
mod scenarios;

pub use network::{Network, Source};
pub use reach::{Asked, Networks, Origin, Reach, Reached};
pub use scenarios::{Announced, announced};
pub use transit::time::{hour, parse_hour};
pub use transit::{Point, Seconds};
