//! `/personnes/{id}/orientation`: what the rules propose for somebody and why, what was decided, and deciding by hand.

mod form;
mod view;

use askama::Template;
use axum::extract::{Path, RawForm, RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use base::{Id, fold};
use platform::gate::ActionKind;
use support::follow_up::Stage;
use support::orientation::{self as service, OrientationFile};
use support::person::Person;
use territory::AsOf;
use territory::structures::Status;

use self::form::{DecisionForm, Destination, Sent};
use self::view::View;
use super::{kinds, words};
use crate::app::App;
use crate::components::{ActionForm, Button, Flash, Form, Fragment, Link, Notice, Query, Suggestions, Table, Tabs};
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::{accompaniment, page, person_words, to_mend};
use crate::problems::sentence;
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

pub fn routes() -> Vec<Route> {
    let read = Policy::May(ActionKind::ReadPerson);
    let decide = Policy::May(ActionKind::DecideOrientations);
    vec![
        Route::new("/personnes/{id}/orientation", read, get(show)),
        Route::new("/personnes/{id}/orientation/decision", decide, post(self::decide)),
        Route::new("/personnes/{id}/orientation/annuler", decide, post(undo)),
        Route::new("/fragments/orientations/structures", decide, get(structures)),
    ]
}

/// Address of the orientation of a person.
pub fn href(person: Id<Person>) -> String {
    format!("{}/orientation", person_words::href(person))
}

/// The number of the path; whatever else is nobody's.
pub(super) fn number(id: &str) -> Result<Id<Person>, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

/// The page.
#[derive(Template)]
#[template(path = "orientation_file.html")]
struct FilePage {
    layout: Layout,
    tabs: Tabs,
    notices: Vec<Notice>,
    conclusion: Fragment,
    findings: Option<Table>,
    form: Option<Form>,
    undo: Option<ActionForm>,
    undo_until: String,
    letter: Option<Link>,
    decisions: Table,
    orientations: Table,
    proposals: Option<Table>,
}

async fn show(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let person = number(&id)?;
    let file = service::file(&app.platform, &signed.actor, person).await?;
    Ok(page(&draw(&app, &signed, &file, None).await?))
}

async fn draw(app: &App, signed: &Signed, file: &OrientationFile, sent: Option<Sent>) -> Result<FilePage, Problem> {
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let view = View { file, names: &names, today: app.platform.today(), now: app.platform.now() };
    let own = href(file.card.person);
    let decides = signed.may(ActionKind::DecideOrientations);
    let form = match &file.line {
        Some(line) if decides => {
            let destinations = destinations(app, signed, file).await?;
            let sent = sent.unwrap_or_else(|| Sent::proposed(file, app.platform.today()));
            let first = line.stage == Stage::ToOrient;
            Some(DecisionForm { action: format!("{own}/decision"), first, destinations: &destinations }.form(&sent))
        }
        _ => None,
    };
    let undo = file.undo_until.filter(|_| decides);
    let name = person_words::card_name(&file.card);
    let layout = signed
        .layout(app, &own, &format!("Orientation de {name}"))
        .lead(view.lead())
        .crumb("Personnes", "/personnes")
        .crumb(name, person_words::href(file.card.person));
    let letter = file.decision().map(|_| Link::new(format!("{own}/lettre"), "Lettre à la personne"));
    Ok(FilePage {
        layout,
        tabs: accompaniment::tabs(signed, file.card.person, &own),
        notices: view.notices(),
        conclusion: view.conclusion(),
        findings: view.findings(),
        form,
        undo: undo.map(|_| ActionForm::new(format!("{own}/annuler"), Button::secondary("Annuler cette décision"))),
        undo_until: undo.map(|until| words::time_left(until, app.platform.now())).unwrap_or_default(),
        letter: letter.map(|link| link.button(crate::components::ButtonKind::Secondary)),
        decisions: view.decisions(),
        orientations: view.orientations(),
        proposals: view.proposals(),
    })
}

/// The structures to which the person may be oriented by sector, with their places.
async fn destinations(app: &App, signed: &Signed, file: &OrientationFile) -> Result<Vec<Destination>, Problem> {
    let (today, tenant) = (app.platform.today(), signed.actor.tenant());
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let taken = service::capacities(&app.platform, &signed.actor).await?;
    let mut found = Vec::new();
    for kind in kinds().filter(|kind| kind.has_sectors()) {
        let serving = territory::sector_structures(&app.platform.db, tenant, kind, today);
        if let Some(structure) = serving.await.map_err(platform::Error::from)?.get(&file.card.commune_code) {
            found.push(Destination {
                id: structure.to_string(),
                name: names.name(*structure).to_owned(),
                hint: format!("{}, {}", kind.label(), words::places(&taken, *structure)),
            });
        }
    }
    Ok(found)
}

async fn decide(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let person = number(&id)?;
    let file = service::file(&app.platform, &signed.actor, person).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let first = file.line.as_ref().is_none_or(|line| line.stage == Stage::ToOrient);
    let mut sent = Sent::read(&body);
    if let Some(ready) = sent.check(&names, app.platform.today(), first) {
        let (choice, starts_on, origin) = ready;
        match service::decide_one(&app.platform, &signed.actor, person, choice, starts_on, origin).await {
            Ok(()) => {
                let own = href(person);
                let flash = Flash::success("L’orientation est décidée.").undo(format!("{own}/annuler"));
                return Ok(redirect_with(flash, &own));
            }
            Err(support::Error::Invalid(why)) => sent.problem = Some(sentence(&why)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(to_mend(&draw(&app, &signed, &file, Some(sent)).await?))
}

async fn undo(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let person = number(&id)?;
    service::undo_decision(&app.platform, &signed.actor, person).await?;
    let flash = Flash::success("La décision est annulée\u{a0}: ce qui valait avant elle vaut de nouveau.");
    Ok(redirect_with(flash, &href(person)))
}

/// Structures to which somebody may be oriented, by what is being typed.
async fn structures(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let wanted = fold(query.get("q").unwrap_or_default());
    let picture = territory::picture(&app.platform, &signed.actor, AsOf::now(&app.platform.clock)).await?;
    let found = picture.structures().into_iter().filter(|structure| {
        structure.status == Status::Open
            && kinds().any(|kind| kind == structure.kind)
            && fold(&structure.profile.value.name).contains(&wanted)
    });
    let suggestions =
        found.take(20).map(|structure| (structure.profile.value.name.clone(), structure.kind.label().to_owned()));
    Ok(page(&Suggestions::new(suggestions)))
}
