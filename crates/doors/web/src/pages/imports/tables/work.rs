//! `/travaux/{id}` of the import of a table (`operations` hands it over).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::Instant;
use exchange::inputs::Stage as Step;
use exchange::inputs::job::{Demand, words};
use platform::jobs::{self, Stage, State as JobState};
use support::inputs::{self, InputFile};

use super::super::work::Work;
use super::{IMPORTS, PATH, demand};
use crate::app::App;
use crate::components::{Notice, Progress, Tone};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::page;
use crate::problems::sentence;
use crate::session::Signed;

async fn find(app: &App, signed: &Signed, id: &str) -> Result<(JobState, Demand, Option<InputFile>), Problem> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let job = jobs::find(&app.platform, signed.actor.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let demand = demand(&job).ok_or_else(Problem::not_found)?;
    let file = inputs::file_by_digest(&app.platform, &signed.actor, &demand.sha256).await?;
    Ok((job, demand, file))
}

pub(in crate::pages) async fn show(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (job, demand, file) = find(&app, &signed, &id).await?;
    let now = app.platform.now();
    let stage = job.stage(now);
    if let (Stage::Done, Some(file)) = (stage, &file) {
        return Ok(Redirect::to(&format!("{PATH}/{}", file.id)).into_response());
    }
    let path = format!("/travaux/{}", job.id);
    let title = if stage == Stage::Failed { "Import refusé" } else { "Import en cours" };
    let layout = signed
        .layout(&app, &path, title)
        .lead(format!("Fichier «\u{a0}{}\u{a0}».", demand.file_name))
        .crumb("Imports", IMPORTS);
    if stage == Stage::Failed {
        return Ok(page(&Work { layout, progress: None, notice: Some(failed(&job, file.as_ref())) }));
    }
    Ok(page(&Work { layout: layout.refresh(3), progress: Some(bar(&job, now)), notice: None }))
}

pub(in crate::pages) async fn progress(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (job, ..) = find(&app, &signed, &id).await?;
    Ok(page(&bar(&job, app.platform.now())))
}

/// How far it is.
fn bar(job: &JobState, now: Instant) -> Progress {
    let (done, total) = (job.progress_done.unsigned_abs(), job.progress_total.unsigned_abs());
    let applying = job.progress_text == words(Step::Applying);
    let share = (applying && total > 0).then(|| done as f64 / total as f64);
    let counted = if applying {
        format!("{} sur {}", fr::number(done), fr::count(total, "ligne", "lignes"))
    } else {
        String::new()
    };
    let (label, detail) = match job.stage(now) {
        Stage::Waiting => ("En attente", "L’import commence dès qu’une place se libère.".to_owned()),
        Stage::WillRetry => {
            let reason = job.failure.as_deref().map(sentence).unwrap_or_default();
            ("Interrompu, un nouvel essai est prévu", format!("{counted} {reason}"))
        }
        Stage::Done => ("Terminé", String::new()),
        Stage::Failed => ("Arrêté", String::new()),
        Stage::Running if job.progress_text.is_empty() => (words(Step::Checking), counted),
        Stage::Running => (job.progress_text.as_str(), counted),
    };
    let over = job.finished_at.is_some();
    let bar = Progress::new("import", label, if over { Some(1.0) } else { share }).detail(detail);
    if over { bar.then(format!("/travaux/{}", job.id)) } else { bar.poll(format!("/fragments/travaux/{}", job.id)) }
}

/// Why it stopped, what was written, and how to go on.
fn failed(job: &JobState, file: Option<&InputFile>) -> Notice {
    let reason = job.failure.as_deref().map(sentence).unwrap_or_default();
    match file.filter(|file| file.completed_at.is_none() && file.rows_done > 0) {
        Some(file) => Notice::new(
            Tone::Danger,
            "L’import s’est arrêté en chemin",
            format!(
                "{reason} Les {} premières lignes sur {} sont traitées\u{a0}: déposez de nouveau le même fichier avec les mêmes choix, il reprendra là.",
                fr::number(file.rows_done),
                fr::number(file.lines)
            ),
        ),
        None => Notice::new(Tone::Danger, "Rien n’a été écrit", reason),
    }
}
