//! `/orientations/lots`: lists decided at once, what came of each person, and the way back.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, RawForm, RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use base::Id;
use platform::gate::ActionKind;
use support::orientation::{self, Batch, BatchKind, BatchLine, BatchView, Choice, Chosen, LineState, Worker};
use support::person::Person;
use territory::Names;

use super::{file, preview, words};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, Button, ButtonKind, Column, EmptyState, Flash, Fragment, Link, Notice, Pager, Progress, Query,
    Row, Table, Tabs, Tone,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::{page, person_words};
use crate::problems::sentence;
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

pub const PATH: &str = "/orientations/lots";

/// Lines of a list on a page.
const PAGE: usize = 100;

/// Past lists shown.
const LISTED: i64 = 50;

pub fn routes() -> Vec<Route> {
    let decide = Policy::May(ActionKind::DecideOrientations);
    vec![
        Route::new(PATH, decide, get(list).post(start)),
        Route::new("/orientations/lots/{id}", decide, get(show)),
        Route::new("/orientations/lots/{id}/annuler", decide, post(undo)),
        Route::new("/fragments/orientations/lots/{id}", decide, get(progress)),
    ]
}

fn href(batch: Id<Batch>) -> String {
    format!("{PATH}/{batch}")
}

/// The page of past lists.
#[derive(Template)]
#[template(path = "orientation_batches.html")]
struct Batches {
    layout: Layout,
    table: Table,
}

async fn list(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    let listed = orientation::batch_views(&app.platform, &signed.actor, BatchKind::Orientation, LISTED).await?;
    let rows = listed.iter().map(|view| {
        let count = |state| fr::number(view.count(state)).into();
        Row::new([
            Link::new(href(view.batch.id), format!("Liste du {}", fr::moment(view.batch.asked_at))).into(),
            view.author.as_str().into(),
            state(view).into(),
            count(LineState::Done),
            count(LineState::Refused),
            count(LineState::Undone),
        ])
    });
    let columns = [
        Column::text("Liste"),
        Column::text("Décidée par"),
        Column::text("État"),
        Column::number("Décidées"),
        Column::number("Non décidées"),
        Column::number("Annulées"),
    ];
    let table = Table::new("lots", "Listes décidées", columns, rows).caption_hidden().empty(
        EmptyState::new(
            "Aucune décision en lot",
            "Depuis la liste des personnes à orienter, préparez une décision\u{a0}: elle apparaîtra ici avec ses résultats.",
        )
        .link(Link::new(super::PATH, "Voir les personnes à orienter").button(ButtonKind::Primary)),
    );
    let layout = signed
        .layout(&app, PATH, "Décisions prises en lot")
        .lead("Chaque liste garde le résultat de chaque personne, et s’annule pendant un temps.")
        .crumb("Orientations", super::PATH);
    Ok(page(&Batches { layout, table }))
}

/// Where a list stands.
fn state(view: &BatchView) -> Badge {
    if view.batch.undone_at.is_some() {
        Badge::neutral("annulée")
    } else if view.batch.finished_at.is_none() {
        Badge::info("en cours")
    } else if view.count(LineState::Refused) > 0 {
        Badge::warning("terminée, à revoir")
    } else {
        Badge::ok("terminée")
    }
}

/// Decides what was previewed, or shows what has changed since.
async fn start(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let tokens: BTreeSet<String> = form_urlencoded::parse(&body)
        .filter(|(name, _)| name == "choix")
        .map(|(_, token)| token.into_owned())
        .collect();
    let persons: Vec<Id<Person>> = tokens.iter().filter_map(|token| preview::person_of(token)).collect();
    if persons.is_empty() {
        let flash = Flash::warning("Aucune personne n’était choisie\u{a0}: rien n’a été décidé.");
        return Ok(redirect_with(flash, super::PATH));
    }
    let chosen = Chosen::Persons(persons);
    let plan = preview::Plan::make(&app, &signed, &chosen).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let Some(lines) = plan.confirmed(&tokens, &names) else {
        let notice = Notice::new(
            Tone::Warning,
            "La liste a changé depuis l’aperçu\u{a0}: rien n’a été décidé",
            "Une proposition, une place ou la décision d’un collègue a changé entre-temps. Voici la liste telle qu’elle est \
             maintenant\u{a0}: vérifiez, puis confirmez de nouveau.",
        );
        return preview::show(&app, &signed, &chosen, super::PATH, Some(notice)).await;
    };
    let batch = orientation::start_orientations(&app.platform, &signed.actor, &lines, Worker::Job).await?;
    let told =
        format!("{} à décider\u{a0}: le traitement commence.", fr::count(lines.len() as u64, "personne", "personnes"));
    Ok(redirect_with(Flash::success(told), &href(batch)))
}

/// The page of one list.
#[derive(Template)]
#[template(path = "orientation_batch.html")]
struct BatchPage {
    layout: Layout,
    notice: Option<Notice>,
    progress: Option<Progress>,
    undo: Option<ActionForm>,
    undo_until: String,
    tabs: Tabs,
    table: Table,
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let id: Id<Batch> = id.parse().map_err(|_| Problem::not_found())?;
    let query = Query::parse(query.as_deref());
    let view = orientation::batch(&app.platform, &signed.actor, id).await?;
    if view.batch.kind != BatchKind::Orientation {
        return Err(Problem::not_found());
    }
    let asked = query.get("etat").and_then(LineState::from_code);
    let shown = asked.unwrap_or_else(|| worth_seeing(&view));
    let after = query.get("apres").and_then(|after| after.parse().ok()).unwrap_or(Id::new(0));
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut lines = orientation::lines(&app.platform, &signed.actor, id, shown, after, limit).await?;
    let beyond = lines.len() > PAGE;
    lines.truncate(PAGE);
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let own = href(id);
    let next = lines.last().filter(|_| beyond);
    let next = next.map(|line| query.with("etat", shown.as_code()).with("apres", line.person.to_string()).href(&own));
    let first = (after.raw() > 0).then(|| format!("{own}?etat={}", shown.as_code()));
    let all = u64::try_from(view.count(shown)).unwrap_or(0);
    let pager = Pager::of(lines.len() as u64, all, "personne", "personnes").previous(first).next(next);
    let running = view.batch.finished_at.is_none();
    let mut layout = signed
        .layout(&app, &own, &format!("Liste du {}", fr::moment(view.batch.asked_at)))
        .lead(format!(
            "Décision de {} sur {}.",
            view.author,
            fr::count(view.batch.lines.unsigned_abs(), "personne", "personnes")
        ))
        .crumb("Orientations", super::PATH)
        .crumb("Décisions prises en lot", PATH);
    if running {
        layout = layout.refresh(3);
    }
    let now = app.platform.now();
    Ok(page(&BatchPage {
        layout,
        notice: notice(&view),
        progress: running.then(|| bar(&view)),
        undo: view
            .undo_until
            .filter(|_| view.count(LineState::Done) > 0)
            .map(|_| ActionForm::new(format!("{own}/annuler"), Button::secondary("Annuler cette décision en lot"))),
        undo_until: view.undo_until.map(|until| words::time_left(until, now)).unwrap_or_default(),
        tabs: tabs(&view, shown),
        table: table(&lines, shown, &names).pager(pager),
    }))
}

/// The first lines that the reader looks for: what was not done, before what was.
fn worth_seeing(view: &BatchView) -> LineState {
    let order = [LineState::Refused, LineState::Done, LineState::Undone, LineState::Waiting];
    order.into_iter().find(|state| view.count(*state) > 0).unwrap_or(LineState::Waiting)
}

fn tabs(view: &BatchView, shown: LineState) -> Tabs {
    let own = href(view.batch.id);
    let states = [
        (LineState::Done, "Décidées"),
        (LineState::Refused, "Non décidées"),
        (LineState::Undone, "Annulées"),
        (LineState::Waiting, "En attente"),
    ];
    let address = |state: LineState| format!("{own}?etat={}", state.as_code());
    let shown_states = states.into_iter().filter(|(state, _)| view.count(*state) > 0 || *state == shown);
    shown_states.fold(Tabs::new("Résultats par personne", address(shown)), |tabs, (state, label)| {
        tabs.counted(address(state), label, view.count(state).unsigned_abs())
    })
}

fn notice(view: &BatchView) -> Option<Notice> {
    let people = |n: i64| fr::count(n.unsigned_abs(), "personne", "personnes");
    if let Some(undone) = view.batch.undone_at {
        let kept = view.count(LineState::Done);
        let rest = if kept > 0 {
            format!(
                "{} gardent leur orientation\u{a0}: un rendez-vous ou une autre décision l’empêchait.",
                people(kept)
            )
        } else {
            "Ces personnes attendent de nouveau une orientation.".to_owned()
        };
        return Some(Notice::new(Tone::Info, format!("Décision annulée le {}", fr::moment(undone)), rest));
    }
    view.batch.finished_at?;
    let (done, refused) = (view.count(LineState::Done), view.count(LineState::Refused));
    let title = format!("{} {}", people(done), fr::plural(done.unsigned_abs(), "orientée", "orientées"));
    Some(match refused {
        0 => Notice::new(Tone::Ok, title, ""),
        _ => Notice::new(
            Tone::Warning,
            title,
            format!(
                "{} n’ont pas été décidées par cette liste\u{a0}: la raison est sur chaque ligne.",
                people(refused)
            ),
        ),
    })
}

fn table(lines: &[BatchLine], shown: LineState, names: &Names) -> Table {
    let rows = lines.iter().map(|line| {
        let choice: Option<Choice> = serde_json::from_value(line.chosen.0.clone()).ok();
        let chosen =
            choice.map(|choice| Fragment::with_detail(names.name(choice.structure), words::path_name(choice.path)));
        let told: Fragment = if line.told.is_empty() { Fragment::default() } else { sentence(&line.told).into() };
        Row::new([
            Link::new(file::href(line.person), person_words::name(&line.usual_name, &line.first_name)).into(),
            Fragment::from(chosen),
            Fragment::join([state_badge(line.state).into(), told]),
        ])
    });
    let columns = [Column::text("Personne"), Column::text("Structure choisie"), Column::text("Résultat")];
    Table::new("resultats", format!("Personnes\u{a0}: {}", shown.label()), columns, rows)
        .empty(EmptyState::new("Personne dans cet état", "Choisissez un autre onglet."))
}

fn state_badge(state: LineState) -> Badge {
    let tone = match state {
        LineState::Waiting => Tone::Info,
        LineState::Done => Tone::Ok,
        LineState::Refused => Tone::Warning,
        LineState::Undone => Tone::Neutral,
    };
    Badge::new(tone, state.label())
}

fn bar(view: &BatchView) -> Progress {
    let settled = view.batch.lines - view.count(LineState::Waiting);
    let share = settled as f64 / view.batch.lines.max(1) as f64;
    let detail =
        format!("{} sur {}", fr::number(settled), fr::count(view.batch.lines.unsigned_abs(), "personne", "personnes"));
    let own = href(view.batch.id);
    let bar = Progress::new("lot", "Décisions en cours", Some(share)).detail(detail);
    if view.batch.finished_at.is_some() { bar.then(own) } else { bar.poll(format!("/fragments{own}")) }
}

async fn progress(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let id: Id<Batch> = id.parse().map_err(|_| Problem::not_found())?;
    Ok(page(&bar(&orientation::batch(&app.platform, &signed.actor, id).await?)))
}

async fn undo(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let id: Id<Batch> = id.parse().map_err(|_| Problem::not_found())?;
    orientation::undo_batch(&app.platform, &signed.actor, id).await?;
    Ok(redirect_with(Flash::success("La décision est annulée\u{a0}: le détail est ci-dessous."), &href(id)))
}
