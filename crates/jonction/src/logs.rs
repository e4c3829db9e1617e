//! The technical log, on the error output. It names no person: fields are identifiers and counts.

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

use crate::failure::Result;
use crate::settings::Settings;

/// Starts it for the rest of the run.
///
/// # Errors
/// A setting that cannot be.
pub fn start(settings: &Settings) -> Result<()> {
    let (json, kept) = settings.log()?;
    let lines = fmt::layer().with_writer(std::io::stderr);
    let layer = if json {
        lines.json().flatten_event(true).with_current_span(false).boxed()
    } else {
        lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).boxed()
    };
    registry().with(layer.with_filter(kept)).init();
    Ok(())
}
