//! One's own account: identity, password, sessions.

use askama::Template;
use axum::extract::{Form as FormData, Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use platform::{password, session};
use serde::Deserialize;

use super::{page, to_mend};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, Button, Column, Description, Field, Flash, Form, Fragment, Help, Row, Table,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::problems::sentence;
use crate::routes::{Policy, Route};
use crate::session::{Caller, redirect_with, session_opened, with_message};

pub fn routes() -> Vec<Route> {
    vec![
        Route::new("/compte", Policy::Account, get(show)),
        Route::new("/compte/mot-de-passe", Policy::Account, get(show_password).post(change_password)),
        Route::new("/compte/sessions", Policy::Account, get(sessions)),
        Route::new("/compte/sessions/autres", Policy::Account, post(revoke_others)),
        Route::new("/compte/sessions/{session}/fin", Policy::Account, post(revoke)),
    ]
}

/// The page.
#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    layout: Layout,
    identity: Description,
    mandates: Table,
}

async fn show(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let account = caller.signed_in()?;
    let identity =
        Description::new().line("Nom", account.name.as_str()).line("Adresse électronique", account.email.as_str());
    let columns = [Column::text("Mandat"), Column::text("Finalité"), Column::text("Période")];
    let rows = account.mandates.iter().zip(&caller.choices).map(|(mandate, choice)| {
        let current = choice.current.then(|| Badge::ok("en cours d’usage"));
        Row::new([
            Fragment::join([choice.label.as_str().into(), current.into()]),
            mandate.purpose.label().into(),
            fr::period(mandate.valid()).into(),
        ])
    });
    let mandates = Table::new("mandats", "Mes mandats", columns, rows).caption_hidden();
    Ok(page(&AccountPage {
        layout: caller.layout(&app, "/compte", "Mon compte").crumb("Accueil", "/"),
        identity,
        mandates,
    }))
}

/// The page that changes the password.
#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    layout: Layout,
    form: Form,
    rules: Help,
}

#[derive(Default)]
struct PasswordErrors {
    former: Option<String>,
    new: Option<String>,
    again: Option<String>,
}

impl PasswordPage {
    fn new(app: &App, caller: &Caller, errors: PasswordErrors) -> Self {
        let form = Form::post("/compte/mot-de-passe")
            .field(
                Field::password("ancien", "Mot de passe actuel")
                    .required()
                    .autocomplete("current-password")
                    .error(errors.former),
            )
            .field(
                Field::password("nouveau", "Nouveau mot de passe")
                    .hint(password::ADVICE)
                    .required()
                    .autocomplete("new-password")
                    .error(errors.new),
            )
            .field(
                Field::password("encore", "Nouveau mot de passe, encore une fois")
                    .required()
                    .autocomplete("new-password")
                    .error(errors.again),
            )
            .button(Button::primary("Changer le mot de passe"))
            .cancel("/compte");
        let rules = Help::new(
            "D’où viennent ces règles\u{202f}?",
            "De la recommandation de la CNIL sur les mots de passe (délibération n°\u{a0}2022-100 du 21\u{a0}juillet 2022)\u{a0}: \
             chacune des trois formes demande autant d’essais à qui voudrait deviner. Il n’y a pas de changement obligé \
             tous les trois mois\u{a0}: il pousse à de mauvais mots de passe. Un gestionnaire de mots de passe peut en \
             créer un et le retenir\u{a0}; le coller est permis.",
        );
        let layout = caller
            .layout(app, "/compte/mot-de-passe", "Changer mon mot de passe")
            .lead("Vos autres sessions seront fermées.")
            .crumb("Accueil", "/")
            .crumb("Mon compte", "/compte");
        Self { layout, form, rules }
    }
}

async fn show_password(State(app): State<App>, caller: Caller) -> Response {
    page(&PasswordPage::new(&app, &caller, PasswordErrors::default()))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct NewPassword {
    ancien: String,
    nouveau: String,
    encore: String,
}

async fn change_password(
    State(app): State<App>,
    caller: Caller,
    FormData(typed): FormData<NewPassword>,
) -> Result<Response, Problem> {
    let email = caller.signed_in()?.email.as_str();
    // Somebody at an unlocked screen must not try out passwords here either.
    app.sign_in_rate.attempt(caller.address, email).map_err(|refusal| Problem::too_many(refusal.wait))?;
    let mut errors = PasswordErrors::default();
    if typed.nouveau == typed.encore {
        use platform::Error as E;
        match session::change_password(&app.platform, caller.token()?, &typed.ancien, &typed.nouveau).await {
            Ok(token) => {
                let flash = Flash::success("Votre mot de passe est changé. Vos autres sessions sont fermées.");
                return Ok(with_message(session_opened(&app, &token, "/compte"), flash));
            }
            Err(E::SignIn) => errors.former = Some("Ce n’est pas votre mot de passe actuel.".to_owned()),
            Err(error @ (E::Password(_) | E::Rule(_))) => errors.new = Some(sentence(&error.to_string())),
            Err(error) => return Err(error.into()),
        }
    } else {
        errors.again = Some("Les deux nouveaux mots de passe sont différents.".to_owned());
    }
    Ok(to_mend(&PasswordPage::new(&app, &caller, errors)))
}

/// The page that lists the sessions.
#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    layout: Layout,
    sessions: Table,
    others: Option<ActionForm>,
}

async fn sessions(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let account = caller.signed_in()?;
    let listed = session::list(&app.platform, account).await?;
    let columns = [
        Column::text("Navigateur"),
        Column::text("Ouverte le"),
        Column::text("Dernier usage"),
        Column::text("Au plus tard jusqu’au"),
        Column::actions("Actions"),
    ];
    let rows = listed.iter().map(|session| {
        let name = browser(&session.browser);
        let action: Fragment = if session.public_id == account.session {
            Badge::ok("cette session").into()
        } else {
            let href = format!("/compte/sessions/{}/fin", session.public_id);
            ActionForm::new(href, Button::secondary("Fermer")).into()
        };
        Row::new([
            name.into(),
            fr::moment(session.created_at).into(),
            fr::moment(session.seen_at).into(),
            fr::moment(session.expires_at).into(),
            action,
        ])
    });
    let table = Table::new("sessions", "Sessions ouvertes", columns, rows).caption_hidden();
    let others = (listed.len() > 1)
        .then(|| ActionForm::new("/compte/sessions/autres", Button::secondary("Fermer toutes les autres sessions")));
    let layout = caller
        .layout(&app, "/compte/sessions", "Mes sessions")
        .lead("Une session que vous ne reconnaissez pas\u{202f}? Fermez-la, puis changez votre mot de passe.")
        .crumb("Accueil", "/")
        .crumb("Mon compte", "/compte");
    Ok(page(&SessionsPage { layout, sessions: table, others }))
}

async fn revoke(State(app): State<App>, caller: Caller, Path(number): Path<i64>) -> Result<Response, Problem> {
    session::revoke(&app.platform, caller.signed_in()?, number).await?;
    Ok(redirect_with(Flash::success("La session est fermée."), "/compte/sessions"))
}

async fn revoke_others(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    session::revoke_others(&app.platform, caller.signed_in()?).await?;
    Ok(redirect_with(Flash::success("Vos autres sessions sont fermées."), "/compte/sessions"))
}

/// « Firefox sur Windows », out of what a browser says of itself.
fn browser(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("HeadlessChrome/", "Chrome sans écran"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let named =
        |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} sur {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, _) if agent.is_empty() => "Navigateur inconnu".to_owned(),
        (None, _) => agent.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named() {
        let firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(browser(firefox), "Firefox sur Windows");
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(browser(edge), "Edge sur Windows");
        assert_eq!(browser(""), "Navigateur inconnu");
        assert_eq!(browser("curl/8.5"), "curl/8.5");
    }
}
