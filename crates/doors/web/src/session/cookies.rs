//! Two cookies: the session's token, and the message that the next page shows once.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::Keys;
use platform::session::Token;

use crate::app::App;
use crate::components::{Flash, Fragment};

const SESSION: &str = "jonction";
const MESSAGE: &str = "jonction-message";

/// What locks a message: it opens nowhere else.
const MESSAGE_CONTEXT: &str = "web.message";

/// Browsers keep 4,096 bytes of a cookie, its name and attributes included.
const LARGEST: usize = 3_800;

/// A browser takes a cookie of this name from this host over https only (RFC 6265bis, 4.1.3.2).
fn name(app: &App, name: &str) -> String {
    if app.secure_cookies { format!("__Host-{name}") } else { name.to_owned() }
}

fn cookie(app: &App, own: &str, value: String) -> Cookie<'static> {
    Cookie::build((name(app, own), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.secure_cookies)
        .build()
}

fn set(headers: &mut HeaderMap, cookie: &Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        headers.append(header::SET_COOKIE, value);
    }
}

fn removed(app: &App, own: &str) -> Cookie<'static> {
    let mut cookie = cookie(app, own, String::new());
    cookie.make_removal();
    cookie
}

fn value(app: &App, headers: &HeaderMap, own: &str) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    jar.get(&name(app, own)).map(|cookie| cookie.value().to_owned()).filter(|value| !value.is_empty())
}

/// The token that the browser sent.
pub(super) fn token(app: &App, headers: &HeaderMap) -> Option<String> {
    value(app, headers, SESSION)
}

/// Goes to `href` with the token of a session opened, or gone on under a new token. The browser forgets it when it
/// closes; the database forgets it in any case.
pub fn session_opened(app: &App, token: &Token, href: &str) -> Response {
    let mut response = Redirect::to(href).into_response();
    set(response.headers_mut(), &cookie(app, SESSION, token.as_str().to_owned()));
    response
}

/// Takes the token away from the browser.
pub fn session_ended(app: &App, mut response: Response) -> Response {
    set(response.headers_mut(), &removed(app, SESSION));
    response
}

/// A message on its way: the guard locks it into a cookie.
#[derive(Clone)]
struct Outgoing(Fragment);

/// Goes to `href`, where the message is shown once.
pub fn redirect_with(flash: Flash, href: &str) -> Response {
    with_message(Redirect::to(href).into_response(), flash)
}

/// The same for an answer that already goes somewhere.
pub(crate) fn with_message(mut response: Response, flash: Flash) -> Response {
    response.extensions_mut().insert(Outgoing(flash.into()));
    response
}

/// Puts an outgoing message in its cookie, or takes away the one that has been shown.
pub(super) fn settle_message(app: &App, response: &mut Response, shown: bool) {
    if let Some(Outgoing(message)) = response.extensions_mut().remove::<Outgoing>() {
        match locked(&app.platform.keys, &message) {
            Some(text) => {
                set(response.headers_mut(), &cookie(app, MESSAGE, text));
            }
            None => tracing::error!("a message was lost: it could not be locked, or is too long for a cookie"),
        }
    } else if shown {
        set(response.headers_mut(), &removed(app, MESSAGE));
    }
}

fn locked(keys: &Keys, message: &Fragment) -> Option<String> {
    let bytes = keys.lock(MESSAGE_CONTEXT, message.as_str().as_bytes()).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes)).filter(|text| text.len() <= LARGEST)
}

/// The message that the browser brings. One that we did not write ourselves does not open.
pub(super) fn message(app: &App, headers: &HeaderMap) -> Option<Fragment> {
    let bytes = URL_SAFE_NO_PAD.decode(value(app, headers, MESSAGE)?).ok()?;
    let html = app.platform.keys.open(MESSAGE_CONTEXT, &bytes).ok()?;
    String::from_utf8(html).ok().map(Fragment::rendered_before)
}
