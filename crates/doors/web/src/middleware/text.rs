use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Problem;

/// The null character as addresses and forms write it.
const NUL: &[u8] = b"%00";

/// Refuses an address or a form that holds a null character: no name has one, and PostgreSQL keeps none. Files say it
/// where they are read.
pub async fn refuse_nul(request: Request, next: Next) -> Response {
    let address = request.uri().path_and_query().map_or("", |address| address.as_str());
    if holds_nul(address.as_bytes()) {
        return refusal();
    }
    if !request.headers().get(header::CONTENT_TYPE).is_some_and(is_form) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    // The limit of the route holds here too.
    let form = match Bytes::from_request(Request::from_parts(parts.clone(), body), &()).await {
        Ok(form) => form,
        Err(rejection) => return rejection.into_response(),
    };
    if holds_nul(&form) {
        return refusal();
    }
    next.run(Request::from_parts(parts, Body::from(form))).await
}

fn holds_nul(text: &[u8]) -> bool {
    text.contains(&0) || text.windows(NUL.len()).any(|window| window == NUL)
}

fn is_form(content_type: &HeaderValue) -> bool {
    content_type.as_bytes().starts_with(b"application/x-www-form-urlencoded")
}

fn refusal() -> Response {
    Problem::unreadable(
        "Le texte envoyé contient un caractère nul, invisible, qu’aucun nom ni numéro ne comporte. \
         Revenez à la page précédente, retapez le texte sans le copier, puis recommencez.",
    )
    .into_response()
}
