//! `/places/tuteurs`: the tutors of a host structure, what the law asks of them, and the account each signs in with.

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use axum::routing::{get, post};
use base::Id;
use platform::gate::ActionKind;
use school::contract::{self, Tutor, TutorProfile, TutorView};

use super::offers::Side;
use super::{Part, Parts, id, linked_account, mendable, places, typed};
use crate::app::App;
use crate::components::{Button, Choice, Field, Flash, Form, Query};
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

const PATH: &str = "/places/tuteurs";

pub fn routes() -> Vec<Route> {
    let offer = Policy::May(ActionKind::OfferPlaces);
    vec![
        Route::new(PATH, offer, post(add)),
        Route::new("/places/tuteurs/{id}", offer, get(show).post(set)),
        Route::new("/places/tuteurs/{id}/compte", offer, post(link)),
    ]
}

pub(super) fn path(tutor: Id<Tutor>) -> String {
    format!("{PATH}/{tutor}")
}

/// The form that adds somebody to the page of places.
pub(super) fn add_form(sent: &Query, problem: Option<String>) -> Form {
    questions(Form::post(PATH).without_focus().problem(problem), sent).button(Button::primary("Ajouter cette personne"))
}

fn questions(form: Form, sent: &Query) -> Form {
    let value = |name: &str| sent.get(name).unwrap_or_default().to_owned();
    let yes_no = |name: &str, label: &str| {
        let answers = [Choice::new("", "Non renseigné"), Choice::new("oui", "Oui"), Choice::new("non", "Non")];
        Field::select(name, label, answers).value(value(name))
    };
    form.field(Field::text("nom", "Nom").value(value("nom")).required())
        .field(yes_no("salarie", "Salarié·e de la structure"))
        .field(yes_no("volontaire", "Volontaire"))
        .field(yes_no("majeur", "Majeur·e"))
        .field(yes_no("diplome", "Diplôme de même domaine et de même niveau"))
        .field(Field::digits("pratique", "Pratique du métier, en mois").value(value("pratique")))
}

/// What a form says of a tutor; what it does not ask stays as it was.
fn read_tutor(form: &Query, known: Option<&TutorProfile>) -> Result<TutorProfile, String> {
    let answer = |name: &str| match form.get(name) {
        Some("oui") => Some(true),
        Some("non") => Some(false),
        _ => None,
    };
    let practice_months = match form.get("pratique").map(str::trim) {
        None | Some("") => None,
        Some(text) => Some(text.parse().map_err(|_| "Écrivez la pratique en mois, en chiffres.")?),
    };
    Ok(TutorProfile {
        name: form.get("nom").unwrap_or_default().to_owned(),
        account: known.and_then(|known| known.account),
        structure: known.and_then(|known| known.structure),
        is_employer: known.is_some_and(|known| known.is_employer),
        employee: answer("salarie"),
        volunteer: answer("volontaire"),
        adult: answer("majeur"),
        same_field_diploma: answer("diplome"),
        practice_months,
        branch_agreement: known.is_some_and(|known| known.branch_agreement),
    })
}

async fn add(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let Side::Host(host) = Side::host(&signed)? else { return Err(Problem::not_found()) };
    let form = typed(&body);
    let done = match read_tutor(&form, None) {
        Err(problem) => Err(problem),
        Ok(profile) => match contract::add_tutor(&app.platform, &signed.actor, host, profile).await {
            Ok(_) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(()) => Ok(redirect_with(Flash::success("La personne est ajoutée."), places::PATH)),
        Err(problem) => Ok(to_mend(&places::draw(&app, &signed, &form, Some(problem)).await?)),
    }
}

async fn find(app: &App, signed: &Signed, own: &str) -> Result<TutorView, Problem> {
    let Side::Host(host) = Side::host(signed)? else { return Err(Problem::not_found()) };
    let tutor: Id<Tutor> = id(own)?;
    let tutors = contract::tutors_of(&app.platform, &signed.actor, host).await?;
    tutors.into_iter().find(|view| view.id == tutor).ok_or_else(Problem::not_found)
}

/// The form as it stands: what is known of the tutor.
fn as_typed(profile: &TutorProfile) -> Query {
    let answer = |answer: Option<bool>| match answer {
        Some(true) => "oui",
        Some(false) => "non",
        None => "",
    };
    Query::default()
        .with("nom", profile.name.as_str())
        .with("salarie", answer(profile.employee))
        .with("volontaire", answer(profile.volunteer))
        .with("majeur", answer(profile.adult))
        .with("diplome", answer(profile.same_field_diploma))
        .with("pratique", profile.practice_months.map_or_else(String::new, |months| months.to_string()))
}

/// What was sent, by its form, and what is to be mended in it.
enum Sent {
    Nothing,
    Profile(Query, String),
    Account(Query, String),
}

async fn show(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let view = find(&app, &signed, &own).await?;
    Ok(page(&draw(&app, &signed, &view, Sent::Nothing).await?))
}

async fn draw(app: &App, signed: &Signed, view: &TutorView, sent: Sent) -> Result<Parts, Problem> {
    let own = path(view.id);
    let profile = &view.profile.value;
    let (known, of_profile, address, of_account) = match sent {
        Sent::Nothing => (as_typed(profile), None, String::new(), None),
        Sent::Profile(form, problem) => (form, Some(problem), String::new(), None),
        Sent::Account(form, problem) => {
            (as_typed(profile), None, form.get("adresse").unwrap_or_default().to_owned(), Some(problem))
        }
    };
    let form = questions(Form::post(own.as_str()).without_focus().problem(of_profile), &known)
        .button(Button::primary("Enregistrer"))
        .cancel(places::PATH);
    let account =
        linked_account::pieces(app, signed, &format!("{own}/compte"), profile.account, (address, of_account)).await?;
    let layout = signed.layout(app, &own, &profile.name).crumb("Mes places", places::PATH);
    let parts = vec![
        Part::new("tuteur", "Ce que le Code du travail demande", [form.into()])
            .lead("Ce qui change vaut à partir d’aujourd’hui."),
        Part::new("compte", "Son compte", account)
            .lead("Avec un compte, cette personne suit le calendrier de ses alternants."),
    ];
    Ok(Parts::new(layout, parts))
}

async fn set(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let view = find(&app, &signed, &own).await?;
    let form = typed(&body);
    let done = match read_tutor(&form, Some(&view.profile.value)) {
        Err(problem) => Err(problem),
        Ok(profile) => match contract::set_tutor(&app.platform, &signed.actor, view.id, profile).await {
            Ok(()) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(()) => Ok(redirect_with(Flash::success("C’est enregistré."), places::PATH)),
        Err(problem) => Ok(to_mend(&draw(&app, &signed, &view, Sent::Profile(form, problem)).await?)),
    }
}

async fn link(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let view = find(&app, &signed, &own).await?;
    let form = typed(&body);
    let address = form.get("adresse").unwrap_or_default().to_owned();
    match contract::link_tutor(&app.platform, &signed.actor, view.id, &address).await {
        Ok(()) => Ok(redirect_with(linked_account::told(&address), &path(view.id))),
        Err(error) => {
            let problem = mendable(error)?;
            Ok(to_mend(&draw(&app, &signed, &view, Sent::Account(form, problem)).await?))
        }
    }
}
