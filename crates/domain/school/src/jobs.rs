//! What is done behind the screens of the school.

use std::sync::Arc;

use jiff::SignedDuration;
use platform::Platform;
use platform::jobs::{Failure, Handlers, Job};

use crate::field;

/// Takes in what the field tells of its publics.
pub const TAKE_IN: &str = "school.take_in_field";

/// Adds whoever does these jobs.
pub fn register(handlers: Handlers) -> Handlers {
    handlers.every(SignedDuration::from_hours(6), TAKE_IN, take_in)
}

async fn take_in(platform: Platform, job: Arc<Job>) -> Result<(), Failure> {
    let structures = field::take_in(&platform, job.tenant).await?;
    Ok(job.progress(structures, structures, "Publics du terrain repris").await?)
}
