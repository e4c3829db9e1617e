//! The technical log, on the error output. It names no person: fields are identifiers and counts.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

use crate::failure::Result;
use crate::settings::Settings;

/// Starts it for the rest of the run. Where a person watches (`quiet`), only warnings show unless asked otherwise.
///
/// # Errors
/// A setting that cannot be.
pub fn start(settings: &Settings, quiet: bool) -> Result<()> {
    let (json, mut kept) = settings.log()?;
    if quiet && settings.is_default("log_level") {
        kept = Targets::new().with_default(LevelFilter::WARN);
    }
    let lines = fmt::layer().with_writer(std::io::stderr);
    let layer = if json {
        lines.json().flatten_event(true).with_current_span(false).boxed()
    } else {
        lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).boxed()
    };
    registry().with(layer.with_filter(kept)).init();
    Ok(())
}
