//! `/imports/tableaux`: the tables that orientation needs besides the feed. Deposited, their columns said, tried without
//! writing anything, then brought in by a job. Between two pages the deposit waits in the spool; what was chosen travels
//! in the forms.

mod columns;
mod deposit;
mod lines;
mod report;
mod trial;
pub(in crate::pages) mod work;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use base::Date;
use exchange::inputs::Settings;
use exchange::inputs::job::{self, Demand};
use platform::gate::{ActionKind, ReadImports, permit};
use platform::jobs::{self, State as JobState};
use serde::{Deserialize, Serialize};
use support::inputs::{self, InputFile, InputKind};

use super::{PATH as IMPORTS, SHOWN, Standing, badge, standing};
use crate::app::App;
use crate::components::{Column, EmptyState, Link, Pager, Row, Table};
use crate::fr;
use crate::middleware::Problem;
use crate::routes::{Policy, Route};
use crate::session::Signed;

const PATH: &str = "/imports/tableaux";

/// Largest table taken; France Travail's file of a whole département is 60 MB.
const LARGEST: usize = 512 << 20;

pub(super) fn routes() -> Vec<Route> {
    let read = Policy::May(ActionKind::ReadImports);
    let write = Policy::May(ActionKind::ImportFeed);
    let decide = Policy::May(ActionKind::DecideMatch);
    vec![
        Route::new(
            "/imports/tableaux/depot",
            write,
            get(deposit::show).post(deposit::receive).layer(DefaultBodyLimit::max(LARGEST)),
        ),
        Route::new("/imports/tableaux/colonnes", write, post(columns::receive)),
        Route::new("/imports/tableaux/import", write, post(trial::start)),
        Route::new("/imports/tableaux/{id}", read, get(report::show)),
        Route::new("/imports/tableaux/{id}/anomalies", read, get(report::issues)),
        Route::new("/imports/tableaux/{id}/rapport.json", read, get(report::json)),
        Route::new("/imports/tableaux/{id}/lignes", decide, get(lines::list)),
        Route::new("/imports/tableaux/{id}/lignes/{ligne}", decide, get(lines::show).post(lines::decide)),
        Route::new("/imports/tableaux/{id}/lignes/{ligne}/annuler", decide, post(lines::undo)),
    ]
}

/// A deposit and what was chosen for it, between two pages.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Chosen {
    /// Its name in the spool.
    deposit: String,
    file_name: String,
    sha256: String,
    /// Code of an [`InputKind`].
    kind: String,
    origin: String,
    reference_date: Date,
    complete: bool,
    settings: Settings,
}

impl Chosen {
    /// Name of the form field it travels in.
    const FIELD: &str = "choix";

    fn written(&self) -> String {
        serde_json::to_string(self).expect("texts are always written")
    }

    /// Reads what a form sends back; the deposit must still be there.
    async fn read(app: &App, body: &[u8]) -> Result<Self, Problem> {
        let missing = || Problem::unreadable("Le dépôt n’est plus là\u{a0}: déposez de nouveau le fichier.");
        let text = value(body, Self::FIELD).ok_or_else(missing)?;
        let chosen: Self = serde_json::from_str(&text).map_err(|_| missing())?;
        if !super::deposit::is_token(&chosen.deposit) || InputKind::from_code(&chosen.kind).is_none() {
            return Err(missing());
        }
        tokio::fs::metadata(app.spool.join(&chosen.deposit)).await.map_err(|_| missing())?;
        Ok(chosen)
    }

    /// What is asked of the job.
    fn demand(&self, app: &App, signed: &Signed, accept_probable: bool) -> Demand {
        Demand {
            path: app.spool.join(&self.deposit),
            file_name: self.file_name.clone(),
            sha256: self.sha256.clone(),
            kind: self.kind.clone(),
            origin: self.origin.clone(),
            reference_date: self.reference_date,
            complete: self.complete,
            accept_probable,
            settings: self.settings.clone(),
            mandate: signed.actor.mandate(),
        }
    }

    fn kind(&self) -> InputKind {
        InputKind::from_code(&self.kind).unwrap_or(InputKind::Questionnaire)
    }
}

/// The first value of a form field.
fn value(body: &[u8], wanted: &str) -> Option<String> {
    form_urlencoded::parse(body).find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
}

/// The demand of a job of ours; `None` for another kind.
pub(super) fn demand(job: &JobState) -> Option<Demand> {
    (job.kind == job::KIND).then(|| Demand::deserialize(&job.payload.0).ok()).flatten()
}

/// What the file is, in a few words.
fn short(kind: InputKind) -> &'static str {
    match kind {
        InputKind::FranceTravail => "inscriptions (France Travail)",
        InputKind::Questionnaire => "questionnaires (DSP)",
        InputKind::Recommendation => "préconisations (France Travail)",
    }
}

/// The tables received and those asked for, newest first, for the page of imports.
pub(super) async fn list(app: &App, signed: &Signed, may_deposit: bool) -> Result<Table, Problem> {
    let (platform, actor) = (&app.platform, &signed.actor);
    let files = inputs::files(platform, actor, SHOWN).await?;
    let jobs = jobs::of_kind(platform, &permit::<ReadImports>(actor)?, job::KIND, SHOWN).await?;
    let now = platform.now();
    let mut rows: Vec<(base::Instant, Row)> = Vec::new();
    let asked: Vec<(&JobState, Demand)> = jobs.iter().filter_map(|job| Some((job, demand(job)?))).collect();
    for file in &files {
        let job = asked.iter().find(|(_, demand)| demand.sha256 == file.sha256).map(|(job, _)| *job);
        let live = job.filter(|job| job.finished_at.is_none());
        let state = state(file, live.map(|job| standing(job, now)));
        let href = live.map_or_else(|| format!("{PATH}/{}", file.id), |job| format!("/travaux/{}", job.id));
        rows.push((
            file.started_at,
            row(href, &file.file_name, file.kind, file.reference_date, file.started_at, Some(file.lines), state),
        ));
    }
    for (job, demand) in &asked {
        let Some(kind) = demand.kind() else { continue };
        if files.iter().any(|file| file.sha256 == demand.sha256) {
            continue;
        }
        let href = format!("/travaux/{}", job.id);
        let state = standing(job, now);
        rows.push((
            job.created_at,
            row(href, &demand.file_name, kind, demand.reference_date, job.created_at, None, state),
        ));
    }
    rows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let columns = [
        Column::text("Fichier"),
        Column::text("Contenu"),
        Column::text("Situation au"),
        Column::text("Reçu le"),
        Column::number("Lignes"),
        Column::text("État"),
    ];
    let n = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let advice = if may_deposit {
        "Déposez le fichier mensuel de France Travail, les questionnaires des demandes ou les préconisations."
    } else {
        "Les tableaux importés apparaîtront ici, avec leur compte rendu."
    };
    Ok(Table::new("tableaux", "Tableaux reçus", columns, rows.into_iter().map(|(_, row)| row))
        .pager(Pager::new(fr::count(n, "tableau reçu", "tableaux reçus")))
        .empty(EmptyState::new("Aucun tableau reçu", advice)))
}

fn row(
    href: String,
    name: &str,
    kind: InputKind,
    reference_date: Date,
    at: base::Instant,
    lines: Option<i64>,
    state: Standing,
) -> Row {
    Row::new([
        Link::new(href, name).into(),
        short(kind).into(),
        fr::date_long(reference_date).into(),
        fr::moment(at).into(),
        lines.map(fr::number).into(),
        badge(state),
    ])
}

fn state(file: &InputFile, live: Option<Standing>) -> Standing {
    match (file.completed_at, live) {
        (Some(_), _) => Standing::Completed,
        (None, Some(live)) => live,
        (None, None) => Standing::Interrupted { done: file.rows_done, total: file.lines },
    }
}

/// Where the pages of a table come from.
fn back() -> (&'static str, &'static str) {
    ("Imports", IMPORTS)
}
