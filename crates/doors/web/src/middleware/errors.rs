use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base::Clock;
use tower_http::csrf::ProtectionError;

use super::RequestId;
use crate::components::Fragment;
use crate::fr;
use crate::layout::Layout;
use crate::site::Site;

/// Why there is no page, in the user's words: what happened, and what to do. A handler returns it;
/// the page is drawn around it by the surrounding layer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    status: StatusCode,
    title: Cow<'static, str>,
    advice: Cow<'static, str>,
    retry_after: Option<Duration>,
}

impl Problem {
    pub fn new(status: StatusCode, title: impl Into<Cow<'static, str>>, advice: impl Into<Cow<'static, str>>) -> Self {
        Self { status, title: title.into(), advice: advice.into(), retry_after: None }
    }

    /// 404. Also the answer for what exists but may not even be known to exist.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "Cette page n’existe pas",
            "L’adresse est peut-être incomplète, ou ce qu’elle montrait a été déplacé. \
             Cherchez la personne par son nom, ou repartez de l’accueil.",
        )
    }

    /// 403, with the reason the gate gave.
    pub fn forbidden(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Votre mandat ne permet pas cette page", reason)
    }

    /// 400: what the address or the form held could not be read.
    pub fn unreadable(advice: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Cette demande n’a pas pu être lue", advice)
    }

    /// 409: someone else changed the same thing meanwhile.
    pub fn conflict(advice: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, "Cela vient d’être modifié par quelqu’un d’autre", advice)
    }

    /// 429, with the time to wait.
    pub fn too_many(wait: Duration) -> Self {
        let advice = format!("Par sécurité, réessayez dans {}.", fr::duration(wait.as_secs() + 1));
        Self {
            retry_after: Some(wait),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "Trop d’essais en peu de temps", advice)
        }
    }

    /// 500. The reason goes to the log, not to the user.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Une erreur s’est produite de notre côté",
            "Votre demande n’a pas abouti. Réessayez\u{a0}; si cela recommence, donnez la référence \
             ci-dessous à la personne qui administre l’application.",
        )
    }

    /// 503.
    pub fn overloaded() -> Self {
        Self {
            retry_after: Some(Duration::from_secs(10)),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "L’application ne répond pas assez vite",
                "Elle est très sollicitée, ou en cours de mise à jour. Réessayez dans une minute\u{a0}; \
                 avant de recommencer une saisie, vérifiez qu’elle n’a pas déjà été enregistrée.",
            )
        }
    }

    fn from_another_site() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Cette demande vient d’un autre site",
            "Par sécurité, elle n’a pas été exécutée. Repartez de la page de l’application et recommencez.",
        )
    }

    /// What a bare status of the framework means to the user.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::FORBIDDEN => {
                Self::forbidden("Demandez l’accès à la personne qui gère les mandats de votre structure.")
            }
            StatusCode::METHOD_NOT_ALLOWED => Self::new(
                status,
                "Cette action ne s’ouvre pas par un lien",
                "Repartez de la page qui la propose et utilisez son bouton.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(
                status,
                "Ce qui a été envoyé est trop volumineux",
                "Vérifiez que c’est le bon fichier\u{a0}; au besoin, envoyez-le en plusieurs fois.",
            ),
            StatusCode::TOO_MANY_REQUESTS => Self::too_many(Duration::from_secs(60)),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => Self::overloaded(),
            status if status.is_server_error() => Self { status, ..Self::internal() },
            status => Self {
                status,
                ..Self::unreadable(
                    "L’adresse ou le formulaire est incomplet. Revenez à la page précédente et recommencez.",
                )
            },
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(wait) = self.retry_after
            && let Ok(seconds) = HeaderValue::from_str(&(wait.as_secs() + 1).to_string())
        {
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// A panic is ours to mend: the message goes to the log.
pub fn after_panic(cause: Box<dyn Any + Send + 'static>) -> Response {
    let message = cause.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("no message");
    tracing::error!(message, "a handler panicked");
    Problem::internal().into_response()
}

/// What error pages are drawn with.
#[derive(Clone)]
pub struct Pages {
    pub site: Arc<Site>,
    pub clock: Clock,
}

/// The page.
#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    layout: Layout,
    problem: Problem,
    reference: Option<RequestId>,
}

/// Draws the page of every error that has none yet. A handler that knows who is signed in may leave
/// a [`Layout`] in the answer's extensions, so that navigation and search stay at hand.
pub async fn draw(State(pages): State<Pages>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let reference = request.extensions().get::<RequestId>().cloned();
    let mut response = next.run(request).await;
    let status = response.status();
    let bare = !response.headers().get(header::CONTENT_TYPE).is_some_and(is_written);
    if !(status.is_client_error() || status.is_server_error()) || !bare || path.starts_with("/static/") {
        return response;
    }
    let extensions = response.extensions_mut();
    let stated = extensions.remove::<Problem>();
    let foreign = extensions.get::<ProtectionError>().is_some();
    let layout = extensions.remove::<Layout>();
    let problem = stated.unwrap_or_else(|| match foreign {
        true => Problem::from_another_site(),
        false => Problem::of_status(status),
    });
    let mut layout = layout.unwrap_or_else(|| Layout::new(pages.site, pages.clock.today(), path, ""));
    layout.title = problem.title.to_string();
    let reference = reference.filter(|_| problem.status.is_server_error());
    let page = Fragment::render(&ProblemPage { layout, problem, reference });

    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    Response::from_parts(parts, page.to_string().into())
}

/// Pages and data are answers of their own; a plain text is the framework's, in English.
fn is_written(content_type: &HeaderValue) -> bool {
    !content_type.as_bytes().starts_with(b"text/plain")
}
