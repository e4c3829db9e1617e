//! `/exploitation`, the progress of jobs, and what machines ask: health and measures.

use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::{Id, Instant};
use platform::gate::{ActionKind, Operate, permit};
use platform::jobs::{self, Stage, Task, VERIFY_JOURNAL};
use platform::{health, journal};
use support::jobs::{CHECK_READ_MODELS, PROPOSE, RECOMPUTE_CARDS, REFRESH_CARDS, TELL_PUBLICS};

use super::{imports, orientations, page};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, Button, Column, EmptyState, Flash, Fragment, Link, Notice, Progress, Row, Table, Tone,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::problems::sentence;
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

const PATH: &str = "/exploitation";

/// Jobs listed.
const RECENT: i64 = 50;

/// Exported checkpoints listed.
const CHECKPOINTS: usize = 10;

pub fn routes() -> Vec<Route> {
    let operate = Policy::May(ActionKind::Operate);
    vec![
        Route::new(PATH, operate, get(show)),
        Route::new("/exploitation/verification-listes", operate, post(check_read_models)),
        Route::new("/exploitation/verification-journal", operate, post(verify_journal)),
        Route::new("/travaux/{travail}", Policy::SignedIn, get(job)),
        Route::new("/fragments/travaux/{travail}", Policy::SignedIn, get(job_progress)),
        Route::new("/sante/vivant", Policy::Public, get(alive)),
        Route::new("/sante/pret", Policy::Public, get(ready)),
        Route::new("/mesures", Policy::Machine, get(measures)),
    ]
}

/// What a kind of job is called.
fn label(kind: &str) -> &str {
    match kind {
        "house.purge_sessions" => "Oubli des sessions terminées",
        "house.purge_reading_log" => "Fin de conservation des traces de consultation",
        "house.purge_jobs" => "Oubli des traitements anciens",
        "house.checkpoint" => "Export des points de contrôle du journal",
        VERIFY_JOURNAL => "Vérification du journal",
        REFRESH_CARDS => "Mise à jour des listes au jour qui passe",
        RECOMPUTE_CARDS => "Recalcul des listes après un changement de règle",
        PROPOSE => "Calcul des propositions d’orientation",
        support::orientation::WORK => "Décisions prises en lot",
        CHECK_READ_MODELS => "Comparaison des listes avec leur recalcul",
        TELL_PUBLICS => "Comptage des publics pour l’école",
        "school.take_in_field" => "Reprise des publics du terrain par l’école",
        "demo_history" => "Histoire du département fictif",
        exchange::caf::job::KIND => "Import d’un fichier de la CAF",
        exchange::inputs::job::KIND => "Import d’un tableau",
        other => other,
    }
}

fn stage(job: &jobs::State, now: Instant) -> Badge {
    match job.stage(now) {
        Stage::Waiting if job.run_at.date() > now.date() => {
            Badge::neutral(format!("prévu le {}", fr::moment(job.run_at)))
        }
        Stage::Waiting if job.run_at > now => Badge::neutral(format!("prévu à {}", fr::time(job.run_at.in_paris()))),
        Stage::Waiting => Badge::neutral("en attente"),
        Stage::Running => Badge::info("en cours"),
        Stage::WillRetry => Badge::warning("sera réessayé"),
        Stage::Done => Badge::ok("terminé"),
        Stage::Failed => Badge::danger("échec"),
    }
}

fn share(job: &jobs::State) -> Option<f64> {
    (job.progress_total > 0).then(|| job.progress_done as f64 / job.progress_total as f64)
}

/// How far a job has come. It renews itself until the job has ended.
fn progress(job: &jobs::State, now: Instant) -> Progress {
    let done = if job.stage(now) == Stage::Done { Some(1.0) } else { share(job) };
    let text = match (&job.failure, job.progress_text.as_str()) {
        (Some(failure), _) => sentence(failure),
        (None, "") => "En attente de son tour.".to_owned(),
        (None, text) => sentence(text),
    };
    let progress = Progress::new(format!("travail-{}", job.id), label(&job.kind), done)
        .detail(Fragment::join([stage(job, now).into(), text.into()]));
    match job.finished_at {
        None => progress.poll(format!("/fragments/travaux/{}", job.id)),
        Some(_) => progress,
    }
}

/// The page.
#[derive(Template)]
#[template(path = "operations.html")]
struct Operations {
    layout: Layout,
    health: Table,
    actions: Vec<ActionForm>,
    jobs: Table,
    seals: Table,
    exported: Option<Table>,
    nowhere: Notice,
}

async fn show(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    let permit = permit::<Operate>(&signed.actor)?;
    let now = app.platform.now();
    let checks = health::check(&app.platform, app.tenant, app.schema).await;
    let rows = checks.into_iter().map(|check| {
        let state: Fragment = match check.fault {
            None => Badge::ok("bien").into(),
            Some(fault) => Fragment::join([Badge::danger("en défaut").into(), sentence(&fault).into()]),
        };
        Row::new([sentence(check.what).trim_end_matches('.').into(), state])
    });
    let health = Table::new("sante", "Santé", [Column::text("Partie"), Column::text("État")], rows).caption_hidden();

    let recent = jobs::recent(&app.platform, &permit, RECENT).await?;
    let rows = recent.iter().map(|job| {
        let told = job.failure.as_deref().unwrap_or(&job.progress_text);
        let told: Fragment = match (job.finished_at, share(job)) {
            (None, Some(share)) => Fragment::with_detail(fr::percent(share, 0), told),
            _ if told.is_empty() => Fragment::default(),
            _ => sentence(told).into(),
        };
        Row::new([
            Link::new(format!("/travaux/{}", job.id), label(&job.kind)).into(),
            stage(job, now).into(),
            told,
            fr::moment(job.created_at).into(),
            Fragment::from(job.finished_at.map(fr::moment)),
            fr::number(job.attempts).into(),
        ])
    });
    let columns = [
        Column::text("Traitement"),
        Column::text("État"),
        Column::text("Où il en est"),
        Column::text("Demandé le"),
        Column::text("Terminé le"),
        Column::number("Essais"),
    ];
    let jobs = Table::new("travaux", "Traitements", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Aucun traitement", "Les imports et l’entretien apparaîtront ici."));

    let last = journal::last_seals(&app.platform, &permit).await?;
    let columns = [
        Column::text("Registre"),
        Column::number("Dernier sceau"),
        Column::text("Scellé le"),
        Column::text("Empreinte"),
    ];
    let rows = last.iter().map(|seal| {
        let digest: String = seal.digest.chars().take(16).collect();
        Row::new([
            sentence(seal.chain.label()).trim_end_matches('.').into(),
            fr::number(seal.number).into(),
            fr::moment(seal.sealed_at).into(),
            format!("{digest}…").into(),
        ])
    });
    let seals = Table::new("sceaux", "Derniers sceaux du journal", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Aucun sceau encore", "Le journal est scellé par lots, toutes les quelques secondes."));
    let exported = match &app.checkpoints {
        None => None,
        Some(target) => {
            let kept = target.read()?;
            let rows =
                kept.iter().rev().filter(|kept| kept.tenant == permit.tenant().raw()).take(CHECKPOINTS).map(|kept| {
                    Row::new([
                        sentence(kept.chain.label()).trim_end_matches('.').into(),
                        fr::number(kept.number).into(),
                        fr::moment(kept.sealed_at).into(),
                    ])
                });
            let columns = [Column::text("Registre"), Column::number("Sceau"), Column::text("Scellé le")];
            let empty = EmptyState::new("Rien d’exporté encore", "Le premier export se fait dans l’heure.");
            Some(Table::new("exportes", "Points de contrôle exportés", columns, rows).caption_hidden().empty(empty))
        }
    };
    let nowhere = Notice::new(
        Tone::Warning,
        "Les points de contrôle ne sont exportés nulle part",
        "Qui peut réécrire la base entière pourrait aussi réécrire le journal. Indiquez dans la configuration un dossier \
         hors de cette machine\u{a0}: alors une réécriture se verrait.",
    );
    let actions = vec![
        ActionForm::new("/exploitation/verification-listes", Button::secondary("Comparer les listes à leur recalcul")),
        ActionForm::new("/exploitation/verification-journal", Button::secondary("Vérifier le journal")),
    ];
    let layout = signed
        .layout(&app, PATH, "Exploitation")
        .lead("Ce que fait l’application en ce moment, et si elle va bien.")
        .crumb("Accueil", "/");
    Ok(page(&Operations { layout, health, actions, jobs, seals, exported, nowhere }))
}

async fn ask(app: &App, signed: &Signed, kind: &str) -> Result<Response, Problem> {
    let permit = permit::<Operate>(&signed.actor)?;
    let job = jobs::ask(&app.platform, &permit, kind, serde_json::Value::Null).await?;
    Ok(redirect_with(Flash::success("C’est demandé."), &format!("/travaux/{job}")))
}

async fn check_read_models(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    ask(&app, &signed, CHECK_READ_MODELS).await
}

async fn verify_journal(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    ask(&app, &signed, VERIFY_JOURNAL).await
}

/// The page of one job.
#[derive(Template)]
#[template(path = "job.html")]
struct JobPage {
    layout: Layout,
    progress: Progress,
    back: Link,
}

/// One's own jobs; those of others for whoever follows imports or operates.
async fn visible(app: &App, signed: &Signed, id: Id<Task>) -> Result<jobs::State, Problem> {
    let job = jobs::find(&app.platform, signed.actor.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let own = job.asked_by.is_some() && job.asked_by == signed.actor.account();
    match own || is_import_to_follow(&job, signed) || signed.may(ActionKind::Operate) {
        true => Ok(job),
        false => Err(Problem::not_found()),
    }
}

/// An import has a page of its own, for whoever may read its report.
fn is_import_to_follow(job: &jobs::State, signed: &Signed) -> bool {
    matches!(job.kind.as_str(), exchange::caf::job::KIND | exchange::inputs::job::KIND)
        && signed.may(ActionKind::ReadImports)
}

async fn job(State(app): State<App>, signed: Signed, Path(id): Path<Id<Task>>) -> Result<Response, Problem> {
    let job = visible(&app, &signed, id).await?;
    if is_import_to_follow(&job, &signed) {
        let (app, id) = (State(app), Path(id.to_string()));
        return match job.kind.as_str() {
            exchange::inputs::job::KIND => imports::tables::work::show(app, signed, id).await,
            _ => imports::work::show(app, signed, id).await,
        };
    }
    let mut layout = signed.layout(&app, &format!("/travaux/{id}"), label(&job.kind)).crumb("Accueil", "/");
    if job.finished_at.is_none() {
        layout = layout.refresh(5);
    }
    let back = match (job.kind.as_str(), signed.may(ActionKind::ReadJournal)) {
        (PROPOSE, _) if signed.may(ActionKind::DecideOrientations) => {
            Link::new(orientations::PATH, "Voir les personnes à orienter")
        }
        (VERIFY_JOURNAL, true) => Link::new("/journal", "Revenir au journal"),
        _ if signed.may(ActionKind::Operate) => Link::new(PATH, "Voir tous les traitements"),
        _ => Link::new("/", "Aller à l’accueil"),
    };
    Ok(page(&JobPage { layout, progress: progress(&job, app.platform.now()), back }))
}

async fn job_progress(State(app): State<App>, signed: Signed, Path(id): Path<Id<Task>>) -> Result<Response, Problem> {
    let job = visible(&app, &signed, id).await?;
    if is_import_to_follow(&job, &signed) {
        let (app, id) = (State(app), Path(id.to_string()));
        return match job.kind.as_str() {
            exchange::inputs::job::KIND => imports::tables::work::progress(app, signed, id).await,
            _ => imports::work::progress(app, signed, id).await,
        };
    }
    Ok(page(&progress(&job, app.platform.now())))
}

/// The process answers.
async fn alive() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "vivant": true }))
}

/// Whether requests can be sent here. What is wrong goes to the log and to `/exploitation`: anybody may ask this.
async fn ready(State(app): State<App>) -> Response {
    let checks = health::check(&app.platform, app.tenant, app.schema).await;
    let faults = checks.iter().filter_map(|check| Some((check.what, check.fault.as_deref()?)));
    for (what, fault) in faults {
        tracing::error!(what, fault, "not ready");
    }
    let ready = checks.iter().all(|check| check.fault.is_none());
    let parts: serde_json::Map<String, serde_json::Value> =
        checks.iter().map(|check| (check.what.to_owned(), check.fault.is_none().into())).collect();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(serde_json::json!({ "pret": ready, "parties": parts }))).into_response()
}

/// The measures, in the text format of Prometheus.
async fn measures(State(app): State<App>) -> Result<Response, Problem> {
    let handle = app.measures.as_ref().ok_or_else(Problem::not_found)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response())
}
