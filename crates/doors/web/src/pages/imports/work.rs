//! `/travaux/{id}` of an import (`operations` hands it over). The page renews itself, with or without script.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::Instant;
use exchange::caf::Stage as Step;
use exchange::caf::job::{Demand, words};
use platform::jobs::{self, Stage, State as JobState};
use support::feed::{self, FeedFile};

use super::{PATH, demand};
use crate::app::App;
use crate::components::{Notice, Progress, Tone};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::page;
use crate::problems::sentence;
use crate::session::Signed;

/// The page.
#[derive(Template)]
#[template(path = "work.html")]
pub(super) struct Work {
    pub(super) layout: Layout,
    pub(super) progress: Option<Progress>,
    pub(super) notice: Option<Notice>,
}

async fn find(app: &App, signed: &Signed, id: &str) -> Result<(JobState, Demand, Option<FeedFile>), Problem> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let job = jobs::find(&app.platform, signed.actor.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let demand = demand(&job).ok_or_else(Problem::not_found)?;
    let file = feed::file_by_digest(&app.platform, &signed.actor, &demand.sha256).await?;
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
        .crumb("Imports", PATH);
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
    let share = (total > 0).then(|| done as f64 / total as f64);
    let counted = match job.progress_text.as_str() {
        text if text == words(Step::Checking) => format!("{} sur {}", fr::file_size(done), fr::file_size(total)),
        text if text == words(Step::Applying) => {
            format!("{} sur {}", fr::number(done), fr::count(total, "foyer", "foyers"))
        }
        _ => String::new(),
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
fn failed(job: &JobState, file: Option<&FeedFile>) -> Notice {
    let reason = job.failure.as_deref().map(sentence).unwrap_or_default();
    match file.filter(|file| file.completed_at.is_none() && file.households_done > 0) {
        Some(file) => Notice::new(
            Tone::Danger,
            "L’import s’est arrêté en chemin",
            format!(
                "{reason} Les {} premiers foyers sur {} sont enregistrés\u{a0}: déposez de nouveau le même fichier, il reprendra là.",
                fr::number(file.households_done),
                fr::number(file.households)
            ),
        ),
        None => Notice::new(Tone::Danger, "Rien n’a été écrit", reason),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{file, job};
    use super::*;
    use crate::components::Fragment;
    use jiff::civil::date;

    #[test]
    fn progress_is_told_in_the_unit_of_its_stage() {
        let mut running = job("x", false, None, date(2026, 11, 5));
        running.progress_text = words(Step::Applying).to_owned();
        let html = Fragment::from(bar(&running, Instant::start_of(date(2026, 11, 5)))).to_string();
        assert!(html.contains("50 sur 200\u{a0}foyers") && html.contains("data-poll"), "{html}");
        let done = Fragment::from(bar(&job("x", true, None, date(2026, 11, 5)), Instant::MAX)).to_string();
        assert!(done.contains("data-then=\"/travaux/77\"") && !done.contains("data-poll"), "{done}");
    }

    #[test]
    fn a_failure_says_what_was_written() {
        let broken = job("x", true, Some("ligne 12, XML mal formé"), date(2026, 11, 5));
        let html = Fragment::from(failed(&broken, None)).to_string();
        assert!(html.contains("Rien n’a été écrit") && html.contains("igne 12"), "{html}");
        let half = Fragment::from(failed(&broken, Some(&file(1, false)))).to_string();
        assert!(half.contains("50 premiers foyers"), "{half}");
    }
}
