//! `/agence/lots`: lists of designations, what became of each line, and the way back while there is time.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use base::{Id, Instant};
use support::orientation::{self, Batch, BatchKind, BatchView, LineState};

use super::{PATH as BOARD, people};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, Button, Column, EmptyState, Flash, Fragment, Link, Pager, Progress, Query, Row, Table, Tabs,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::follow_words::{counted, people_count};
use crate::pages::page;
use crate::pages::person_words as words;
use crate::session::{Signed, redirect_with};

pub const PATH: &str = "/agence/lots";

const PAGE: i64 = 50;

/// Lists shown.
const RECENT: i64 = 50;

/// The lists.
#[derive(Template)]
#[template(path = "agency/batches.html")]
struct Batches {
    layout: Layout,
    tabs: Option<Tabs>,
    table: Table,
}

/// One list.
#[derive(Template)]
#[template(path = "agency/batch.html")]
struct BatchPage {
    layout: Layout,
    progress: Option<Progress>,
    undo: Option<(ActionForm, String)>,
    tabs: Tabs,
    table: Table,
}

pub async fn list(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    let found = orientation::batches(&app.platform, &signed.actor, BatchKind::Designation, RECENT).await?;
    let columns = [Column::text("Répartition du"), Column::number("Personnes"), Column::text("État")];
    let rows = found.iter().map(|batch| {
        let state = match (batch.undone_at, batch.finished_at) {
            (Some(_), _) => Badge::neutral("annulée"),
            (None, Some(_)) => Badge::ok("terminée"),
            (None, None) => Badge::info("en cours"),
        };
        Row::new([
            Link::new(format!("{PATH}/{}", batch.id), fr::moment(batch.asked_at)).into(),
            fr::number(batch.lines).into(),
            state.into(),
        ])
    });
    let empty = EmptyState::new(
        "Aucune répartition pour le moment",
        "Chaque fois que vous confiez des personnes à l’équipe, le résultat ligne par ligne est gardé ici.",
    )
    .link(Link::new(people::PATH, "Voir les personnes de la structure"));
    let table = Table::new("lots", "Vos répartitions", columns, rows).caption_hidden().empty(empty);
    let layout = signed.layout(&app, PATH, "Vos répartitions").crumb("Tableau de bord", BOARD);
    Ok(page(&Batches { layout, tabs: super::tabs(&signed, PATH), table }))
}

fn number(id: &str) -> Result<Id<Batch>, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

pub async fn show(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (id, query) = (number(&id)?, Query::parse(query.as_deref()));
    let view = orientation::batch(&app.platform, &signed.actor, id).await?;
    // What was refused is to be looked at first.
    let first = if view.count(LineState::Refused) > 0 { LineState::Refused } else { LineState::Done };
    let first = if view.batch.undone_at.is_some() { LineState::Undone } else { first };
    let state = query.get("etat").and_then(LineState::from_code).unwrap_or(first);
    let after = query.get("apres").and_then(|after| after.parse().ok()).unwrap_or(Id::new(0));
    let lines = orientation::lines(&app.platform, &signed.actor, id, state, after, PAGE).await?;
    let path = format!("{PATH}/{id}");
    let mut layout = signed
        .layout(&app, &path, "Résultat de la répartition")
        .crumb("Tableau de bord", BOARD)
        .crumb("Vos répartitions", PATH)
        .lead(format!("{}, demandée le {}.", people_count(view.batch.lines), fr::moment(view.batch.asked_at)));
    if view.batch.finished_at.is_none() {
        layout = layout.refresh(3);
    }
    let all = view.count(state);
    let next = (i64::try_from(lines.len()).unwrap_or(0) == PAGE)
        .then(|| lines.last().map(|line| query.with("etat", state.as_code()).with("apres", line.person.to_string())))
        .flatten()
        .map(|next| next.href(&path));
    let columns = [Column::text("Personne"), Column::text("Résultat")];
    let rows = lines.iter().map(|line| {
        let person = Link::new(words::href(line.person), words::name(&line.usual_name, &line.first_name));
        let badge = match line.state {
            LineState::Done => Badge::ok("confiée"),
            LineState::Refused => Badge::warning("laissée ainsi"),
            LineState::Waiting => Badge::info("en attente"),
            LineState::Undone => Badge::neutral("rendue"),
        };
        let told: Fragment =
            if line.told.is_empty() { badge.into() } else { Fragment::with_detail(badge, fr::capitalised(&line.told)) };
        Row::new([person.into(), told])
    });
    let shown = lines.len() as u64;
    let table = Table::new("lignes", "Résultat pour chaque personne", columns, rows)
        .pager(Pager::of(shown, counted(all), "personne", "personnes").next(next))
        .empty(EmptyState::new("Aucune ligne ici", "Les autres onglets disent ce qu’est devenue chaque personne."));
    Ok(page(&BatchPage {
        layout,
        progress: view.batch.finished_at.is_none().then(|| bar(&view)),
        undo: view.undo_until.map(|until| (undo_form(id), left(until, app.platform.now()))),
        tabs: tabs(&path, state, &view),
        table,
    }))
}

fn undo_form(id: Id<Batch>) -> ActionForm {
    ActionForm::new(format!("{PATH}/{id}/annuler"), Button::secondary("Annuler cette répartition"))
}

/// « encore 23 h 10 min pour l’annuler ».
fn left(until: Instant, now: Instant) -> String {
    let seconds = (until.micros() - now.micros()) / 1_000_000;
    format!("encore {} pour l’annuler", fr::duration(u64::try_from(seconds).unwrap_or(0)))
}

fn tabs(path: &str, current: LineState, view: &BatchView) -> Tabs {
    let href = |state: LineState| format!("{path}?etat={}", state.as_code());
    let labels = [
        (LineState::Done, "Confiées"),
        (LineState::Refused, "Laissées ainsi"),
        (LineState::Waiting, "En attente"),
        (LineState::Undone, "Rendues"),
    ];
    labels
        .into_iter()
        .filter(|(state, _)| *state == current || view.count(*state) > 0)
        .fold(Tabs::new("Lignes par résultat", href(current)), |tabs, (state, label)| {
            tabs.counted(href(state), label, counted(view.count(state)))
        })
}

/// How far the job is.
fn bar(view: &BatchView) -> Progress {
    let settled = counted(view.batch.lines - view.count(LineState::Waiting));
    let all = counted(view.batch.lines);
    let path = format!("{PATH}/{}", view.batch.id);
    let detail = format!("{} sur {}", fr::number(settled), fr::count(all, "personne", "personnes"));
    if view.batch.finished_at.is_some() {
        return Progress::new("lot", "Terminé", Some(1.0)).detail(detail).then(path);
    }
    let share = settled as f64 / all.max(1) as f64;
    Progress::new("lot", "Répartition en cours", Some(share)).detail(detail).poll(format!("/fragments{path}"))
}

pub async fn progress(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let view = orientation::batch(&app.platform, &signed.actor, number(&id)?).await?;
    Ok(page(&bar(&view)))
}

pub async fn undo(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = number(&id)?;
    orientation::undo_batch(&app.platform, &signed.actor, id).await?;
    let told = "La répartition est annulée\u{a0}: chaque personne retrouve son référent d’avant, sauf celles confiées depuis à quelqu’un d’autre.";
    Ok(redirect_with(Flash::success(told), &format!("{PATH}/{id}")))
}
