//! `/places`: the places a host structure offers, whom it would take, and how many people its tutors guide.

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use axum::routing::{get, post};
use base::Id;
use law::publics::Answer;
use platform::Organisation;
use platform::gate::{ActionKind, Reach, check};
use school::admission::{self, Learner, MetCandidate, PlaceView};
use school::contract::{self, TutorProfile, TutorView};

use super::{Part, Parts, id, mendable, tiers, typed};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, Button, Choice, Column, EmptyState, Field, Flash, Form, Fragment, Link, Query, Row, Table,
};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

pub const PATH: &str = "/places";

pub fn routes() -> Vec<Route> {
    let offer = Policy::May(ActionKind::OfferPlaces);
    let rank = Policy::May(ActionKind::RankCandidates);
    vec![
        Route::new(PATH, offer, get(show)),
        Route::new("/places/tuteurs", offer, post(add_tutor)),
        Route::new("/places/{id}/retirer", offer, post(withdraw)),
        Route::new("/places/{id}/classement", rank, get(ranking).post(rank_candidates)),
    ]
}

fn own_host(signed: &Signed) -> Result<Id<Organisation>, Problem> {
    match check(&signed.actor, ActionKind::OfferPlaces)? {
        Reach::Organisation(host) => Ok(host),
        _ => Err(Problem::forbidden("Ce mandat n’est pas celui d’un employeur.")),
    }
}

pub async fn show(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    Ok(page(&draw(&app, &signed, &Query::default(), None).await?))
}

async fn draw(app: &App, signed: &Signed, sent: &Query, problem: Option<String>) -> Result<Parts, Problem> {
    let host = own_host(signed)?;
    let places = admission::offered_by(&app.platform, &signed.actor).await?;
    let tutors = contract::tutors_of(&app.platform, &signed.actor, host).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let rows = places.iter().map(|view| {
        let value = &view.profile.value;
        let tutor =
            tutors.iter().find(|tutor| Some(tutor.id) == value.tutor).map(|tutor| tutor.profile.value.name.as_str());
        Row::new([
            Fragment::with_detail(names.name(value.structure), names.name(view.organisation)),
            fr::number(value.seats).into(),
            fr::date_long(value.starts_on).into(),
            match tutor {
                Some(name) => name.into(),
                None => Badge::warning("à désigner").into(),
            },
            ranked(view),
            ActionForm::new(format!("{PATH}/{}/retirer", view.id), Button::quiet("Retirer")).into(),
        ])
    });
    let columns = [
        Column::text("Structure et école"),
        Column::number("Places"),
        Column::text("À partir du"),
        Column::text("Tuteur ou tutrice"),
        Column::text("Classement"),
        Column::actions("Retirer"),
    ];
    let table = Table::new("places", "Places", columns, rows).caption_hidden().empty(EmptyState::new(
        "Aucune place publiée",
        "Dites à l’école combien d’alternants vous accueillez\u{a0}: elle publie vos places, que vous retrouvez ici.",
    ));
    let layout = signed
        .layout(app, PATH, "Mes places")
        .lead("Les places que vous offrez, votre classement après le job-dating, vos tuteurs et tutrices.");
    let parts = vec![
        Part::new("places", "Places offertes", [table.into()]),
        Part::new("tuteurs", "Tuteurs et tutrices", [tutor_table(&tutors).into()]),
        Part::new("ajouter", "Ajouter un tuteur ou une tutrice", [tutor_form(sent, problem).into()]),
    ];
    Ok(Parts::new(layout, parts))
}

fn ranked(view: &PlaceView) -> Fragment {
    let count: usize = view.ranking.as_ref().map_or(0, |tiers| tiers.iter().map(Vec::len).sum());
    let badge = match view.ranking {
        Some(_) => Badge::ok(fr::count(count as u64, "personne classée", "personnes classées")),
        None => Badge::warning("à faire"),
    };
    Fragment::join([
        badge.into(),
        Fragment::with_detail("", Link::new(format!("{PATH}/{}/classement", view.id), "Classer les candidats")),
    ])
}

fn tutor_table(tutors: &[TutorView]) -> Table {
    let rows = tutors.iter().map(|tutor| {
        let against: Vec<Fragment> = tutor
            .findings
            .iter()
            .filter(|finding| finding.answer != Answer::Yes)
            .map(|finding| Fragment::with_detail(finding.why.as_str(), finding.citation))
            .collect();
        Row::new([
            tutor.profile.value.name.as_str().into(),
            fr::number(tutor.load.people).into(),
            match against.is_empty() {
                true => Badge::ok("peut accueillir une personne de plus").into(),
                false => Fragment::join(against),
            },
        ])
    });
    let columns =
        [Column::text("Nom"), Column::number("Alternants guidés"), Column::text("Ce que dit le Code du travail")];
    Table::new("tuteurs", "Tuteurs et tutrices", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Aucun tuteur", "Chaque place demande un tuteur ou une tutrice de votre structure."))
}

fn tutor_form(sent: &Query, problem: Option<String>) -> Form {
    let value = |name: &str| sent.get(name).unwrap_or_default().to_owned();
    let yes_no = |name: &str, label: &str| {
        let answers = [Choice::new("", "Non renseigné"), Choice::new("oui", "Oui"), Choice::new("non", "Non")];
        Field::select(name, label, answers).value(value(name))
    };
    Form::post(format!("{PATH}/tuteurs"))
        .without_focus()
        .problem(problem)
        .field(Field::text("nom", "Nom").value(value("nom")).required())
        .field(yes_no("salarie", "Salarié·e de la structure"))
        .field(yes_no("volontaire", "Volontaire"))
        .field(yes_no("majeur", "Majeur·e"))
        .field(yes_no("diplome", "Diplôme de même domaine et de même niveau"))
        .field(Field::digits("pratique", "Pratique du métier, en mois").value(value("pratique")))
        .button(Button::primary("Ajouter cette personne"))
}

fn read_tutor(form: &Query) -> Result<TutorProfile, String> {
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
        account: None,
        structure: None,
        is_employer: false,
        employee: answer("salarie"),
        volunteer: answer("volontaire"),
        adult: answer("majeur"),
        same_field_diploma: answer("diplome"),
        practice_months,
        branch_agreement: false,
    })
}

pub async fn add_tutor(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let host = own_host(&signed)?;
    let form = typed(&body);
    let done = match read_tutor(&form) {
        Err(problem) => Err(problem),
        Ok(profile) => match contract::add_tutor(&app.platform, &signed.actor, host, profile).await {
            Ok(_) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(()) => Ok(redirect_with(Flash::success("La personne est ajoutée."), PATH)),
        Err(problem) => Ok(to_mend(&draw(&app, &signed, &form, Some(problem)).await?)),
    }
}

pub async fn withdraw(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let flash = match admission::withdraw(&app.platform, &signed.actor, id(&own)?).await {
        Ok(()) => Flash::success("La place est retirée."),
        Err(error) => Flash::failure(mendable(error)?),
    };
    Ok(redirect_with(flash, PATH))
}

/// Where each candidate stands in a ranking: 1 for the first tier.
fn rank_of(view: &PlaceView, learner: Id<Learner>) -> Option<usize> {
    view.ranking.as_ref()?.iter().position(|tier| tier.contains(&learner)).map(|tier| tier + 1)
}

async fn place(app: &App, signed: &Signed, own: &str) -> Result<PlaceView, Problem> {
    let id = id(own)?;
    let places = admission::offered_by(&app.platform, &signed.actor).await?;
    places.into_iter().find(|view| view.id == id).ok_or_else(Problem::not_found)
}

pub async fn ranking(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let view = place(&app, &signed, &own).await?;
    let met = admission::met_candidates(&app.platform, &signed.actor, view.id).await?;
    Ok(page(&ranking_page(&app, &signed, &view, &met, &Query::default(), None).await?))
}

async fn ranking_page(
    app: &App,
    signed: &Signed,
    view: &PlaceView,
    met: &[MetCandidate],
    sent: &Query,
    problem: Option<String>,
) -> Result<Parts, Problem> {
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let path = format!("{PATH}/{}/classement", view.id);
    let piece: Fragment = if met.is_empty() {
        EmptyState::new("Personne à classer", "Les personnes admises par l’école apparaîtront ici.").into()
    } else {
        let form = met.iter().fold(Form::post(path.as_str()).problem(problem), |form, candidate| {
            let key = format!("rang-{}", candidate.learner);
            let known = rank_of(view, candidate.learner).map(|rank| rank.to_string()).unwrap_or_default();
            let value = sent.get(&key).unwrap_or(&known).to_owned();
            form.field(Field::digits(key, candidate.name.as_str()).value(value).without_optional_mark())
        });
        form.button(Button::primary("Enregistrer le classement")).cancel(PATH).into()
    };
    let layout = signed
        .layout(app, &path, "Classer les candidats")
        .crumb("Mes places", PATH)
        .lead(names.name(view.profile.value.structure));
    let part = Part::new("classement", "Classement", [piece]).lead(
        "1 pour la personne que vous préférez. Deux personnes de même rang vous conviennent également. Sans rang, la personne n’est pas retenue.",
    );
    Ok(Parts::new(layout, vec![part]))
}

pub async fn rank_candidates(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let view = place(&app, &signed, &own).await?;
    let form = typed(&body);
    let done = match tiers(&form) {
        Err(problem) => Err(problem),
        Ok(tiers) => match admission::rank_candidates(&app.platform, &signed.actor, view.id, tiers).await {
            Ok(()) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(()) => Ok(redirect_with(Flash::success("Le classement est enregistré."), PATH)),
        Err(problem) => {
            let met = admission::met_candidates(&app.platform, &signed.actor, view.id).await?;
            Ok(to_mend(&ranking_page(&app, &signed, &view, &met, &form, Some(problem)).await?))
        }
    }
}
