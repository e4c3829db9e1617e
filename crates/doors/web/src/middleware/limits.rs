use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Problem;

/// How long a route may take to begin its answer.
#[derive(Clone)]
pub struct Hurry {
    limit: Duration,
    unhurried: Arc<[&'static str]>,
}

impl Hurry {
    pub fn new(limit: Duration, unhurried: &[&'static str]) -> Self {
        Self { limit, unhurried: unhurried.into() }
    }

    fn applies_to(&self, request: &Request) -> bool {
        let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
        !route.is_some_and(|route| self.unhurried.contains(&route))
    }
}

/// Gives up on an answer that does not come, rather than let requests pile up.
pub async fn in_time(State(hurry): State<Hurry>, request: Request, next: Next) -> Response {
    if !hurry.applies_to(&request) {
        return next.run(request).await;
    }
    match tokio::time::timeout(hurry.limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!(seconds = hurry.limit.as_secs(), "gave up waiting for the answer");
            Problem::overloaded().into_response()
        }
    }
}
