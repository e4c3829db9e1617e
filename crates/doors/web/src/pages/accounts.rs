//! `/administration/comptes`: who can sign in, and what each may do, since when and until when.

mod forms;
mod mandates;

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Form as FormData, Path, RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use base::{Email, Id};
use platform::account::{self, FirstPassword, Profile};
use platform::gate::{ActionKind, ManageAccounts, permit};
use platform::mandate::{self, Listed};
use platform::password::Temporary;
use platform::{Account, Permit};
use serde::Deserialize;

use super::{page, to_mend};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, Button, Choice, Column, EmptyState, Field, FilterBar, Flash, Form, Fragment, Link, Pager, Query,
    Row, Table,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::problems::sentence;
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

const PATH: &str = "/administration/comptes";

/// Accounts of a page.
const PAGE: usize = 50;

pub fn routes() -> Vec<Route> {
    let policy = Policy::May(ActionKind::ManageAccounts);
    vec![
        Route::new(PATH, policy, get(list)),
        Route::new("/administration/comptes/nouveau", policy, get(show_new).post(create)),
        Route::new("/administration/comptes/{compte}", policy, get(mandates::show)),
        Route::new("/administration/comptes/{compte}/desactiver", policy, post(disable)),
        Route::new("/administration/comptes/{compte}/reactiver", policy, post(enable)),
        Route::new("/administration/comptes/{compte}/mot-de-passe", policy, post(reset_password)),
        Route::new("/administration/comptes/{compte}/mandats", policy, post(mandates::grant)),
        Route::new("/administration/comptes/{compte}/mandats/{mandat}/fin", policy, post(mandates::end)),
        Route::new("/administration/mandats", policy, get(mandates::on_a_day)),
    ]
}

fn permission(signed: &Signed) -> Result<Permit<ManageAccounts>, Problem> {
    Ok(permit(&signed.actor)?)
}

/// Name of a role at the start of a line.
fn capital(text: &str) -> String {
    sentence(text).trim_end_matches('.').to_owned()
}

/// The page.
#[derive(Template)]
#[template(path = "accounts.html")]
struct Accounts {
    layout: Layout,
    filters: FilterBar,
    table: Table,
}

async fn list(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let permit = permission(&signed)?;
    let query = Query::parse(query.as_deref());
    let accounts = account::list(&app.platform, &permit).await?;
    let now = app.platform.now();
    let mandates = mandate::list(&app.platform, &permit, app.platform.today(), now).await?;
    let names = app.directory.names(&app.platform, permit.tenant()).await?;
    let mut by_account: HashMap<Id<Account>, Vec<&Listed>> = HashMap::new();
    for mandate in &mandates {
        by_account.entry(mandate.account).or_default().push(mandate);
    }
    let wanted = base::fold(query.get("q").unwrap_or_default());
    let state = query.get("etat").unwrap_or_default();
    let role = query.get("role").unwrap_or_default();
    let kept = |account: &&Profile| {
        let own = by_account.get(&account.id).map_or(&[][..], Vec::as_slice);
        let text = base::fold(&format!("{} {}", account.name, account.email.as_str()));
        let of_state = match state {
            "ouverts" => account.disabled_at.is_none(),
            "fermes" => account.disabled_at.is_some(),
            "sans-mandat" => account.disabled_at.is_none() && own.is_empty(),
            _ => true,
        };
        text.contains(&wanted)
            && of_state
            && (role.is_empty() || own.iter().any(|mandate| mandate.role.as_code() == role))
    };
    let shown: Vec<&Profile> = accounts.iter().filter(kept).collect();
    let first = query
        .get("apres")
        .and_then(|id| id.parse().ok())
        .and_then(|last| shown.iter().position(|account| account.id == last));
    let on_page = shown.iter().skip(first.map_or(0, |last| last + 1)).take(PAGE);
    let last = on_page.clone().next_back();
    let beyond = last.filter(|last| shown.last().is_some_and(|end| end.id != last.id));
    let next = beyond.map(|last| query.with("apres", last.id.to_string()).href(PATH));
    let previous = first.map(|_| query.without("apres").href(PATH));
    let on_this_page = on_page.clone().count() as u64;
    let rows = on_page.map(|account| {
        let own = by_account.get(&account.id).map_or(&[][..], Vec::as_slice);
        let mandates = own.iter().map(|mandate| {
            let place =
                mandate.structure.map_or_else(|| names.name(mandate.organisation), |structure| names.name(structure));
            Fragment::with_detail(capital(mandate.role.label()), place)
        });
        Row::new([
            Link::new(format!("{PATH}/{}", account.id), account.name.as_str()).into(),
            account.email.as_str().into(),
            if own.is_empty() { Badge::warning("aucun mandat").into() } else { Fragment::join(mandates) },
            state_of(account, now),
        ])
    });
    let columns = [
        Column::text("Nom"),
        Column::text("Adresse électronique"),
        Column::text("Mandats en cours"),
        Column::text("État"),
    ];
    let empty = EmptyState::new("Aucun compte ne correspond", "Retirez un filtre, ou créez le compte.")
        .link(Link::new("/administration/comptes/nouveau", "Créer un compte"));
    let table = Table::new("comptes", "Comptes", columns, rows)
        .caption_hidden()
        .pager(Pager::of(on_this_page, shown.len() as u64, "compte", "comptes").previous(previous).next(next))
        .empty(empty);
    let states = [("", "Tous"), ("ouverts", "Ouverts"), ("fermes", "Désactivés"), ("sans-mandat", "Sans mandat")];
    let filters = FilterBar::new(PATH, &query)
        .field(Field::search("q", "Nom ou adresse").value(query.get("q").unwrap_or_default()))
        .field(Field::select("role", "Rôle", forms::roles("Tous")).value(role))
        .field(Field::select("etat", "État", states.map(|(value, label)| Choice::new(value, label))).value(state));
    let layout = signed
        .layout(&app, PATH, "Comptes et mandats")
        .lead("Un compte permet de se connecter\u{a0}; un mandat dit ce que l’on peut voir et faire.")
        .crumb("Accueil", "/");
    Ok(page(&Accounts { layout, filters, table }))
}

fn state_of(account: &Profile, now: base::Instant) -> Fragment {
    match (account.disabled_at, account.temporary_until) {
        (Some(at), _) => Badge::neutral(format!("désactivé le {}", fr::date_short(at.date()))).into(),
        (None, Some(until)) if until <= now => Badge::danger("mot de passe temporaire périmé").into(),
        (None, Some(_)) => Badge::info("jamais connecté").into(),
        (None, None) => Badge::ok("ouvert").into(),
    }
}

/// The page that opens an account.
#[derive(Template)]
#[template(path = "account_new.html")]
struct NewAccount {
    layout: Layout,
    form: Form,
}

impl NewAccount {
    fn new(app: &App, signed: &Signed, typed: &Typed, errors: [Option<String>; 2]) -> Self {
        let [name, email] = errors;
        let form = Form::post("/administration/comptes/nouveau")
            .field(Field::text("nom", "Prénom et nom").value(&*typed.nom).required().autocomplete("off").error(name))
            .field(
                Field::email("adresse", "Adresse électronique professionnelle")
                    .hint("Elle sert à se connecter.")
                    .value(&*typed.adresse)
                    .required()
                    .autocomplete("off")
                    .error(email),
            )
            .button(Button::primary("Créer le compte"))
            .cancel(PATH);
        let layout = signed
            .layout(app, "/administration/comptes/nouveau", "Créer un compte")
            .lead("Un mot de passe temporaire vous sera montré une fois. Vous donnerez ensuite un mandat.")
            .crumb("Accueil", "/")
            .crumb("Comptes et mandats", PATH);
        Self { layout, form }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    nom: String,
    adresse: String,
}

async fn show_new(State(app): State<App>, signed: Signed) -> Response {
    page(&NewAccount::new(&app, &signed, &Typed::default(), [None, None]))
}

async fn create(State(app): State<App>, signed: Signed, FormData(typed): FormData<Typed>) -> Result<Response, Problem> {
    let permit = permission(&signed)?;
    let to_correct = |errors| Ok(to_mend(&NewAccount::new(&app, &signed, &typed, errors)));
    let email = match Email::parse(&typed.adresse) {
        Ok(email) => email,
        Err(problem) => return to_correct([None, Some(sentence(&problem.to_string()))]),
    };
    if let Some(known) = account::find_by_email(&app.platform, &permit, &email).await? {
        let flash = Flash::warning("Un compte existe déjà avec cette adresse\u{a0}: le voici, donnez-lui un mandat.");
        return Ok(redirect_with(flash, &format!("{PATH}/{}", known.id)));
    }
    match account::create(&app.platform, &permit, email, &typed.nom, FirstPassword::Temporary).await {
        Ok((id, temporary)) => Ok(redirect_with(created(temporary.as_ref()), &format!("{PATH}/{id}"))),
        Err(error @ platform::Error::Rule(_)) => to_correct([Some(sentence(&error.to_string())), None]),
        Err(error) => Err(error.into()),
    }
}

/// The temporary password, seen once.
#[derive(Template)]
#[template(path = "temporary_password.html")]
struct Shown<'a> {
    what: &'static str,
    password: &'a str,
}

fn created(temporary: Option<&Temporary>) -> Flash {
    told("Le compte est créé.", temporary)
}

fn told(what: &'static str, temporary: Option<&Temporary>) -> Flash {
    match temporary {
        Some(temporary) => Flash::success(Fragment::render(&Shown { what, password: temporary.reveal() })),
        None => Flash::success(what),
    }
}

async fn disable(State(app): State<App>, signed: Signed, Path(id): Path<Id<Account>>) -> Result<Response, Problem> {
    let permit = permission(&signed)?;
    if signed.actor.account() == Some(id) {
        let flash = Flash::failure("On ne désactive pas son propre compte\u{a0}: demandez-le à une autre personne.");
        return Ok(redirect_with(flash, &format!("{PATH}/{id}")));
    }
    account::disable(&app.platform, &permit, id).await?;
    let flash =
        Flash::success("Le compte est désactivé, ses sessions sont fermées.").undo(format!("{PATH}/{id}/reactiver"));
    Ok(redirect_with(flash, &format!("{PATH}/{id}")))
}

async fn enable(State(app): State<App>, signed: Signed, Path(id): Path<Id<Account>>) -> Result<Response, Problem> {
    account::enable(&app.platform, &permission(&signed)?, id).await?;
    Ok(redirect_with(Flash::success("Le compte est de nouveau ouvert."), &format!("{PATH}/{id}")))
}

async fn reset_password(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<Id<Account>>,
) -> Result<Response, Problem> {
    let temporary = account::reset_password(&app.platform, &permission(&signed)?, id).await?;
    let flash = told("L’ancien mot de passe ne vaut plus, les sessions sont fermées.", Some(&temporary));
    Ok(redirect_with(flash, &format!("{PATH}/{id}")))
}

/// What can be done with an account as it is.
fn actions(account: &Profile, own: bool) -> Vec<ActionForm> {
    let href = |what: &str| format!("{PATH}/{}/{what}", account.id);
    let mut actions = vec![ActionForm::new(href("mot-de-passe"), Button::secondary("Donner un nouveau mot de passe"))];
    match account.disabled_at {
        Some(_) => actions.push(ActionForm::new(href("reactiver"), Button::secondary("Réactiver"))),
        None if !own => actions.push(ActionForm::new(href("desactiver"), Button::secondary("Désactiver"))),
        None => {}
    }
    actions
}
