use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{ConnectInfo, OriginalUri, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use base::Id;
use platform::gate::{self, ActionKind};
use platform::session::{Authenticated, Standing, authenticate};

use super::cookies::{self, session_ended, with_message};
use super::{Caller, redirect_with};
use crate::app::App;
use crate::components::Flash;
use crate::layout::MandateChoice;
use crate::middleware::{Problem, RequestId, client_address};
use crate::problems::sentence;
use crate::routes::Policy;

/// The guard of one route.
#[derive(Clone)]
pub struct Guard {
    pub app: App,
    pub policy: Policy,
}

/// Finds out who asks, applies the route's policy, leaves a [`Caller`] for the handler; then draws errors inside
/// the caller's own navigation, and carries messages to the next page.
pub async fn guard(State(Guard { app, policy }): State<Guard>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let caller = match identify(&app, &parts).await {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    let (method, uri) = (parts.method.clone(), address(&parts));
    let mut response = match admit(policy, &caller, &method, &uri) {
        Ok(()) => {
            parts.extensions.insert(caller.clone());
            next.run(Request::from_parts(parts, body)).await
        }
        Err(Refused::Elsewhere(redirect)) => *redirect,
        Err(Refused::Problem(problem)) => problem.into_response(),
        Err(Refused::SignIn) => to_sign_in(&app, &caller, &method, &uri),
    };
    if response.status().is_client_error() || response.status().is_server_error() {
        let layout = caller.layout(&app, uri.path(), "");
        response.extensions_mut().insert(layout);
    }
    cookies::settle_message(&app, &mut response, caller.shown.load(Ordering::Relaxed));
    response
}

/// The address as the browser asked for it.
fn address(parts: &Parts) -> Uri {
    parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |OriginalUri(uri)| uri.clone())
}

async fn identify(app: &App, parts: &Parts) -> Result<Caller, Problem> {
    let token = cookies::token(app, &parts.headers);
    let id = parts.extensions.get::<RequestId>().map(RequestId::as_str).unwrap_or_default();
    let account = match &token {
        Some(token) => authenticate(&app.platform, token, id).await?,
        None => None,
    };
    let choices = match &account {
        Some(account) => choices(app, account).await?,
        None => Vec::new(),
    };
    Ok(Caller {
        account: account.map(Arc::new),
        choices,
        address: client(app, parts),
        forwarded: parts.headers.contains_key("x-forwarded-for") || parts.headers.contains_key("forwarded"),
        token,
        message: cookies::message(app, &parts.headers),
        shown: Arc::new(AtomicBool::new(false)),
    })
}

fn client(app: &App, parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
    let peer = peer.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    client_address(peer, &parts.headers, app.behind_proxy)
}

/// « Conseiller·ère en insertion professionnelle · ALI de Stains », for each mandate.
async fn choices(app: &App, account: &Authenticated) -> Result<Vec<MandateChoice>, Problem> {
    let current = match &account.standing {
        Standing::Acting(actor) => actor.mandate(),
        Standing::ChooseMandate | Standing::NoMandate | Standing::ChangePassword => None,
    };
    let mut choices = Vec::with_capacity(account.mandates.len());
    for mandate in &account.mandates {
        let names = app.directory.names(&app.platform, mandate.tenant).await?;
        let place = match mandate.structure {
            Some(structure) => names.name(structure),
            None => names.name(mandate.organisation),
        };
        let place = if place.is_empty() { mandate.department.as_str() } else { place };
        let role = sentence(mandate.role.label());
        choices.push(MandateChoice {
            id: mandate.id.to_string(),
            label: format!("{} · {place}", role.trim_end_matches('.')),
            current: current.map(Id::raw) == Some(mandate.id.raw()),
        });
    }
    Ok(choices)
}

enum Refused {
    SignIn,
    Elsewhere(Box<Response>),
    Problem(Problem),
}

fn admit(policy: Policy, caller: &Caller, method: &Method, uri: &Uri) -> Result<(), Refused> {
    let from_here = caller.address.is_loopback() && !caller.forwarded;
    if policy == Policy::Public || (policy == Policy::Machine && from_here) {
        return Ok(());
    }
    let account = caller.account.as_ref().ok_or(Refused::SignIn)?;
    if policy == Policy::Account {
        return Ok(());
    }
    let actor = match &account.standing {
        Standing::Acting(actor) => actor,
        Standing::ChangePassword => {
            let why = "Votre mot de passe est temporaire\u{a0}: choisissez le vôtre pour continuer.";
            return Err(Refused::Elsewhere(Box::new(redirect_with(Flash::warning(why), "/compte/mot-de-passe"))));
        }
        Standing::ChooseMandate | Standing::NoMandate => {
            return Err(Refused::Elsewhere(Box::new(
                Redirect::to(&with_return("/mandat", method, uri)).into_response(),
            )));
        }
    };
    let action = match policy {
        Policy::May(action) => action,
        Policy::Machine => ActionKind::Operate,
        Policy::Public | Policy::Account | Policy::SignedIn => return Ok(()),
    };
    gate::check(actor, action).map(drop).map_err(|refusal| Refused::Problem(refusal.into()))
}

fn to_sign_in(app: &App, caller: &Caller, method: &Method, uri: &Uri) -> Response {
    let redirect = Redirect::to(&with_return("/connexion", method, uri)).into_response();
    if caller.token.is_none() {
        return redirect;
    }
    let why = "Votre session a pris fin\u{a0}: connectez-vous à nouveau pour continuer.";
    session_ended(app, with_message(redirect, Flash::warning(why)))
}

/// The address of a step to take first, with where to come back to (`vers`): only what a link can open.
fn with_return(step: &str, method: &Method, uri: &Uri) -> String {
    let wanted = uri.path_and_query().map_or("/", |wanted| wanted.as_str());
    if *method != Method::GET || wanted == "/" {
        return step.to_owned();
    }
    let mut query = form_urlencoded::Serializer::for_suffix(format!("{step}?"), step.len() + 1);
    query.append_pair("vers", wanted).finish()
}

/// The address of `vers`, if it stays in the application.
pub(crate) fn return_address(wanted: Option<&str>) -> &str {
    wanted
        .filter(|wanted| wanted.starts_with('/') && !wanted.starts_with("//"))
        .filter(|wanted| !wanted.contains(|c: char| c == '\\' || c.is_control()))
        .unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_never_leaves_the_application_by_coming_back() {
        assert_eq!(return_address(Some("/personnes?tri=nom")), "/personnes?tri=nom");
        for foreign in [
            None,
            Some(""),
            Some("//mechant.example"),
            Some("https://mechant.example"),
            Some("/\\mechant"),
            Some("/a\r\nb"),
        ] {
            assert_eq!(return_address(foreign), "/", "{foreign:?}");
        }
    }

    #[test]
    fn only_what_a_link_opens_is_come_back_to() {
        let uri: Uri = "/personnes?q=No%C3%ABl&tri=nom".parse().unwrap();
        assert_eq!(
            with_return("/connexion", &Method::GET, &uri),
            "/connexion?vers=%2Fpersonnes%3Fq%3DNo%25C3%25ABl%26tri%3Dnom"
        );
        assert_eq!(with_return("/connexion", &Method::POST, &uri), "/connexion");
    }
}
