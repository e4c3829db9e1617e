//! Two professionals on one file: a social worker who stays in charge, and a counsellor of the district who supports.

mod model;
mod service;

pub use model::{SupportRequest, SupportState};
pub use service::{RequestLine, accept, ask, history, refuse, requests, return_to_social_worker, withdraw};
