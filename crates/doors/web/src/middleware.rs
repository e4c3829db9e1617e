//! What surrounds every route: traces and measures, compression, headers, error pages, protection
//! against panics, slowness, other sites, oversized bodies and null characters.

mod client;
mod errors;
mod headers;
mod limits;
mod observe;
mod sign_in;
mod text;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use base::Clock;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::{ConfigError, CsrfLayer};

pub use client::client_address;
pub use errors::Problem;
pub use observe::RequestId;
pub use sign_in::{SignInLimits, TooManyAttempts};

use crate::site::Site;

/// How the door is kept.
#[derive(Clone, Debug)]
pub struct Protection {
    /// Address browsers use, `https://insertion.exemple.fr`: what forms are accepted from, whatever
    /// a proxy does to the `Host` header. With `https`, browsers are told to stay there.
    pub public_origin: Option<String>,
    /// Largest body of an ordinary form, in bytes. A route that takes files sets its own
    /// [`DefaultBodyLimit`].
    pub body_limit: usize,
    /// Longest time to begin an answer.
    pub time_limit: Duration,
    /// Templates of routes that may take longer (`/imports`): they receive or send large files.
    pub unhurried_routes: Vec<&'static str>,
}

impl Default for Protection {
    fn default() -> Self {
        Self {
            public_origin: None,
            body_limit: 1024 * 1024,
            time_limit: Duration::from_secs(30),
            unhurried_routes: Vec::new(),
        }
    }
}

/// Surrounds all the routes of the application; to be applied last, once.
///
/// # Errors
/// When the public origin is not `scheme://host[:port]`.
pub fn surround<S: Clone + Send + Sync + 'static>(
    routes: Router<S>,
    site: Arc<Site>,
    clock: Clock,
    protection: &Protection,
) -> Result<Router<S>, ConfigError> {
    let mut csrf = CsrfLayer::new();
    if let Some(origin) = &protection.public_origin {
        csrf = csrf.add_trusted_origin(origin)?;
    }
    let https = protection.public_origin.as_deref().is_some_and(|origin| origin.starts_with("https://"));
    let hurry = limits::Hurry::new(protection.time_limit, &protection.unhurried_routes);
    // From the innermost to the outermost.
    Ok(routes
        .layer(from_fn(text::refuse_nul))
        .layer(DefaultBodyLimit::max(protection.body_limit))
        .layer(csrf)
        .layer(from_fn_with_state(hurry, limits::in_time))
        .layer(CatchPanicLayer::custom(errors::after_panic))
        .layer(from_fn_with_state(errors::Pages { site, clock }, errors::draw))
        .layer(from_fn_with_state(https, headers::secure))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn(observe::observe)))
}

#[cfg(test)]
mod tests;
