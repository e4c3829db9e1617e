//! `/personnes/{id}/suivi`: meetings, notes and steps of a person, and the five minutes after an interview in one form.

mod after;
mod view;

use askama::Template;
use axum::extract::{Path, RawForm, RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use base::{Date, Id};
use facts::Fact;
use platform::gate::{ActionKind, FollowPeople, permit};
use support::caseload;
use support::follow_up::{self, FollowUp};
use support::meeting::{self, Accompaniment, Meeting, MeetingStatus, Number, Step};
use support::person::{self, Person};
use support::sharing;

use self::after::AfterForm;
use self::view::View;
use super::support_requests::{Sharing, SharingForm};
use super::{follow_words as words, orientations, page, person_words, to_mend};
use crate::app::App;
use crate::components::{Description, EmptyState, Flash, Fragment, Notice, Query, Table, Tabs};
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

pub fn routes() -> Vec<Route> {
    let accompany = Policy::May(ActionKind::Accompany);
    vec![
        Route::new("/personnes/{id}/suivi", Policy::May(ActionKind::FollowPeople), get(show).post(save)),
        Route::new("/personnes/{id}/suivi/actions/{action}/faite", accompany, post(finish)),
        Route::new("/personnes/{id}/suivi/actions/{action}/a-faire", accompany, post(reopen)),
    ]
}

/// The page.
#[derive(Template)]
#[template(path = "accompaniment.html")]
struct AccompanimentPage {
    layout: Layout,
    tabs: Tabs,
    badges: Vec<Fragment>,
    need: Option<Fragment>,
    summary: Description,
    after: Option<AfterForm>,
    not_in_charge: Option<Notice>,
    meetings: Table,
    steps: Table,
    notes: Vec<NoteShown>,
    no_note: Option<EmptyState>,
    withheld: String,
    sharing: Option<Sharing>,
}

/// A note as the page shows it.
struct NoteShown {
    about: String,
    secret: bool,
    text: String,
}

fn number(id: &str) -> Result<Id<Person>, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

/// Parts of one file, each with its address.
pub(super) fn tabs(signed: &Signed, person: Id<Person>, current: &str) -> Tabs {
    let tabs = Tabs::new("Dossier", current)
        .tab(person_words::href(person), "Dossier")
        .tab(orientations::file::href(person), "Orientation");
    if signed.may(ActionKind::FollowPeople) { tabs.tab(words::href(person), "Suivi") } else { tabs }
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let asked = query.get("rdv").and_then(|number| number.parse().ok());
    Ok(page(&draw(&app, &signed, number(&id)?, Sent { about: asked, ..Sent::default() }).await?))
}

/// What a form sent back, with what is to be mended.
#[derive(Default)]
pub(super) struct Sent {
    /// The meeting that the form is about.
    about: Option<Id<Number>>,
    after: Option<(Query, after::Mistakes)>,
    pub(super) sharing: Option<SharingForm>,
}

async fn draw(app: &App, signed: &Signed, person: Id<Person>, sent: Sent) -> Result<AccompanimentPage, Problem> {
    let (platform, actor, today) = (&app.platform, &signed.actor, app.platform.today());
    let line = follow_up::line(platform, actor, person).await?;
    let known = meeting::accompaniment(platform, actor, person).await?;
    let card = person::card_of(platform, actor, person).await?;
    let names = app.directory.names(platform, app.tenant).await?;
    let history = sharing::history(platform, actor, person).await?;
    let accounts = {
        let mut accounts: Vec<_> = known.meetings.iter().map(|fact| fact.value.counsellor).collect();
        accounts.extend(known.notes.iter().filter_map(|fact| fact.provenance.author));
        accounts.extend(line.iter().filter_map(|line| line.counsellor));
        accounts.extend(history.iter().flat_map(|fact| [Some(fact.value.asked_by), fact.value.counsellor]).flatten());
        caseload::names(platform, &permit::<FollowPeople>(actor)?, &accounts).await?
    };
    let name = person_words::card_name(&card);
    let path = words::href(person);
    let may_accompany = signed.may(ActionKind::Accompany);
    let view =
        View { person, line: line.as_ref(), known: &known, accounts: &accounts, names: &names, today, may_accompany };
    let after = may_accompany.then(|| {
        let about = subject(&known, sent.about, today);
        AfterForm::new(person, about, &known.meetings, signed.may(ActionKind::KeepSecrets), sent.after, today)
    });
    Ok(AccompanimentPage {
        layout: signed
            .layout(app, &path, &format!("Suivi de {name}"))
            .crumb("Personnes", "/personnes")
            .crumb(name, person_words::href(person)),
        tabs: tabs(signed, person, &path),
        badges: view.badges(),
        need: line.as_ref().map(|line| words::reason(line, today)),
        summary: view.summary(),
        after,
        not_in_charge: view.not_in_charge(actor.structure()),
        meetings: view.meetings(),
        steps: view.steps(),
        no_note: known.notes.is_empty().then(view::no_note),
        notes: view.notes(),
        withheld: view::withheld(known.withheld),
        sharing: Sharing::of(signed, person, &history, &accounts, sent.sharing, today),
    })
}

/// The meeting whose outcome is to be told: the one asked for, or the oldest behind without outcome, or today's.
fn subject(known: &Accompaniment, asked: Option<Id<Number>>, today: Date) -> Option<&Fact<Meeting>> {
    if let Some(number) = asked {
        return known.meetings.iter().find(|fact| fact.value.number == number);
    }
    known.meetings.iter().rev().find(|fact| fact.value.status == MeetingStatus::Planned && fact.valid.from <= today)
}

async fn save(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let person = number(&id)?;
    let form = Query::parse(std::str::from_utf8(&body).ok());
    let answer = match after::read(&form, app.platform.today()) {
        Ok(after) => match meeting::after_meeting(&app.platform, &signed.actor, person, after).await {
            Ok(()) => None,
            Err(support::Error::Invalid(why)) => Some(after::Mistakes::whole(&why)),
            Err(error) => return Err(error.into()),
        },
        Err(mistakes) => Some(mistakes),
    };
    match answer {
        None => Ok(redirect_with(Flash::success("C’est enregistré."), &words::href(person))),
        Some(mistakes) => {
            let about = form.get("rdv").and_then(|number| number.parse().ok());
            let sent = Sent { about, after: Some((form, mistakes)), ..Sent::default() };
            Ok(to_mend(&draw(&app, &signed, person, sent).await?))
        }
    }
}

fn step(id: &str) -> Result<Id<Number>, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

async fn finish(
    State(app): State<App>,
    signed: Signed,
    Path((id, action)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (person, step) = (number(&id)?, step(&action)?);
    meeting::finish_step(&app.platform, &signed.actor, person, step).await?;
    let path = words::href(person);
    let flash = Flash::success("L’action est faite.").undo(format!("{path}/actions/{step}/a-faire"));
    Ok(redirect_with(flash, &path))
}

async fn reopen(
    State(app): State<App>,
    signed: Signed,
    Path((id, action)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let person = number(&id)?;
    meeting::reopen_step(&app.platform, &signed.actor, person, step(&action)?).await?;
    Ok(redirect_with(Flash::success("L’action est de nouveau à faire."), &words::href(person)))
}

/// Draws the page again with a form about the shared case to mend.
pub(super) async fn with_sharing(
    app: &App,
    signed: &Signed,
    person: Id<Person>,
    form: SharingForm,
) -> Result<Response, Problem> {
    Ok(to_mend(&draw(app, signed, person, Sent { sharing: Some(form), ..Sent::default() }).await?))
}
