//! Posts: opened by whom, funded by whom until when, held by whom.

mod model;
mod service;

pub use model::{Job, Post, PostHolder, PostProfile};
pub use service::{PostState, PostView, Posts};
