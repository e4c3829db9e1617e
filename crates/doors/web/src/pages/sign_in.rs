//! Signing in, signing out, choosing a mandate.

use askama::Template;
use axum::extract::{Form as FormData, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base::Id;
use platform::session;
use serde::Deserialize;

use super::{page, to_mend};
use crate::app::{App, DemoAccount};
use crate::components::{
    ActionForm, Button, Column, EmptyState, Field, Flash, Form, Fragment, Link, Query, Row, Table,
};
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::problems::sentence;
use crate::routes::{Policy, Route};
use crate::session::{Caller, return_address, session_ended, session_opened, with_message};

pub fn routes() -> Vec<Route> {
    vec![
        Route::new("/connexion", Policy::Public, get(show).post(sign_in)),
        Route::new("/deconnexion", Policy::Public, post(sign_out)),
        Route::new("/mandat", Policy::Account, get(show_mandates).post(choose_mandate)),
    ]
}

/// The page.
#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    layout: Layout,
    form: Form,
    accounts: Option<Table>,
}

impl SignIn {
    fn new(app: &App, caller: &Caller, email: &str, problem: Option<String>, to: &str) -> Self {
        let form = Form::post("/connexion")
            .problem(problem)
            .field(
                Field::email("adresse", "Adresse électronique")
                    .value(email)
                    .required()
                    .autocomplete("username")
                    .autofocus(),
            )
            .field(Field::password("mot-de-passe", "Mot de passe").required().autocomplete("current-password"))
            .button(Button::primary("Se connecter"));
        let form = if to == "/" { form } else { form.hidden("vers", to) };
        Self {
            layout: caller.layout(app, "/connexion", "Connexion"),
            form,
            accounts: app.demonstration.as_deref().map(demonstration),
        }
    }
}

fn demonstration(accounts: &[DemoAccount]) -> Table {
    let code = |text: &str| Fragment::render(&Code { parts: vec![text] });
    // A narrow line is cut before the house's name, not in the middle of a word.
    let address = |text: &str| Fragment::render(&Code { parts: text.split_inclusive('@').collect() });
    let columns =
        [Column::text("Rôle"), Column::text("Personne fictive"), Column::text("Adresse"), Column::text("Mot de passe")];
    let rows = accounts.iter().map(|account| {
        Row::new([
            account.role.as_str().into(),
            account.name.as_str().into(),
            address(&account.email),
            code(&account.password),
        ])
    });
    Table::new("comptes-demonstration", "Comptes de la démonstration, un par rôle", columns, rows).caption_hidden()
}

/// Something to copy letter by letter.
#[derive(Template)]
#[template(source = "<code>{% for part in parts %}{{ part }}<wbr>{% endfor %}</code>", ext = "html")]
struct Code<'a> {
    /// A line may be cut after each.
    parts: Vec<&'a str>,
}

async fn show(State(app): State<App>, caller: Caller, RawQuery(query): RawQuery) -> Response {
    let query = Query::parse(query.as_deref());
    let to = return_address(query.get("vers"));
    if caller.account.is_some() {
        return Redirect::to(to).into_response();
    }
    page(&SignIn::new(&app, &caller, "", None, to))
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
struct Credentials {
    adresse: String,
    mot_de_passe: String,
    vers: Option<String>,
}

async fn sign_in(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    FormData(credentials): FormData<Credentials>,
) -> Result<Response, Problem> {
    let Credentials { adresse, mot_de_passe, vers } = credentials;
    app.sign_in_rate.attempt(caller.address, &adresse).map_err(|refusal| Problem::too_many(refusal.wait))?;
    let browser = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let to = return_address(vers.as_deref());
    match session::sign_in(&app.platform, &adresse, &mot_de_passe, browser).await {
        Ok(token) => {
            // Whoever was signed in from this browser is not any more.
            if let Ok(former) = caller.token() {
                session::sign_out(&app.platform, former).await?;
            }
            Ok(session_opened(&app, &token, to))
        }
        Err(error @ platform::Error::SignIn) => {
            Ok(to_mend(&SignIn::new(&app, &caller, &adresse, Some(sentence(&error.to_string())), to)))
        }
        Err(error) => Err(error.into()),
    }
}

async fn sign_out(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    if let Ok(token) = caller.token() {
        session::sign_out(&app.platform, token).await?;
    }
    let response =
        with_message(Redirect::to("/connexion").into_response(), Flash::success("Votre session est fermée."));
    Ok(session_ended(&app, response))
}

/// The choice between several mandates, or what to do when there is none.
#[derive(Template)]
#[template(path = "mandates.html")]
struct Mandates {
    layout: Layout,
    choices: Vec<ActionForm>,
    none: EmptyState,
}

async fn show_mandates(State(app): State<App>, caller: Caller, RawQuery(query): RawQuery) -> Response {
    let query = Query::parse(query.as_deref());
    let to = return_address(query.get("vers"));
    let choices = caller.choices.iter().map(|choice| {
        let button = Button::secondary(choice.label.as_str()).value("mandat", choice.id.as_str());
        ActionForm::new("/mandat", button).hidden("vers", to)
    });
    let choices: Vec<ActionForm> = choices.collect();
    let (title, lead) = match choices.len() {
        0 => ("Aucun mandat en cours", ""),
        _ => ("Comme qui travaillez-vous\u{202f}?", "Vous pourrez en changer à tout moment par le menu à votre nom."),
    };
    let none = EmptyState::new(
        "Votre compte n’a pas de mandat aujourd’hui",
        "Ce que vous pouvez voir et faire dépend d’un mandat\u{a0}: un rôle, dans une structure, entre deux dates. \
         Demandez-le à l’administration du département, ou vérifiez avec elle ses dates.",
    )
    .link(Link::new("/compte/mot-de-passe", "Changer mon mot de passe"));
    page(&Mandates { layout: caller.layout(&app, "/mandat", title).lead(lead), choices, none })
}

#[derive(Deserialize)]
struct Chosen {
    mandat: i64,
    vers: Option<String>,
}

async fn choose_mandate(
    State(app): State<App>,
    caller: Caller,
    FormData(Chosen { mandat, vers }): FormData<Chosen>,
) -> Result<Response, Problem> {
    let token = session::choose_mandate(&app.platform, caller.token()?, Id::new(mandat)).await?;
    Ok(session_opened(&app, &token, return_address(vers.as_deref())))
}
