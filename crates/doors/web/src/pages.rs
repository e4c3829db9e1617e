//! Pages: one file per page, the struct and its template of the same name.

pub mod accompaniment;
pub mod account;
pub mod accounts;
pub mod agency;
pub mod caseload;
pub mod charte;
pub mod flow;
pub(crate) mod follow_words;
pub mod home;
pub mod imports;
pub mod journal;
pub mod legal;
pub mod matches;
pub mod mobility;
pub mod operations;
pub mod orientations;
pub mod parameters;
pub mod people;
pub mod person;
pub(crate) mod person_words;
pub mod rules;
pub mod school;
pub mod search;
pub mod sign_in;
pub mod support_requests;
pub mod territory;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::components::Fragment;

/// A page as the answer to a request.
pub fn page(page: &impl Template) -> Response {
    Html(Fragment::render(page).to_string()).into_response()
}

/// A page with a form to mend: 422.
pub fn to_mend(template: &impl Template) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page(template)).into_response()
}
