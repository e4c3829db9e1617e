use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use ring::rand::{SecureRandom, SystemRandom};
use tracing::Instrument;

/// Name of one request, in the logs, in the answer's `x-request-id` and on the page of an error:
/// what a user reads out to whoever helps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestId(Arc<str>);

impl RequestId {
    fn random() -> Self {
        let mut bytes = [0_u8; 6];
        // Without randomness names repeat, which harms nobody.
        let _ = SystemRandom::new().fill(&mut bytes);
        Self(bytes.map(|byte| format!("{byte:02x}")).concat().into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Names the request, and records its duration and status under the template of its route. The
/// address itself is never logged: it may hold a name that was searched for.
pub async fn observe(mut request: Request, next: Next) -> Response {
    let id = RequestId::random();
    let route = request.extensions().get::<MatchedPath>().map_or("(aucune)", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let span = tracing::info_span!("request", id = id.as_str(), %method, route);
    request.extensions_mut().insert(id.clone());

    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let elapsed = started.elapsed();

    let status = response.status();
    span.in_scope(|| {
        let millis = elapsed.as_secs_f64() * 1e3;
        if status.is_server_error() {
            tracing::error!(status = status.as_u16(), millis, "answered");
        } else {
            tracing::info!(status = status.as_u16(), millis, "answered");
        }
    });
    let labels = [("method", method.to_string()), ("route", route), ("status", status.as_u16().to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", &labels).record(elapsed.as_secs_f64());

    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}
