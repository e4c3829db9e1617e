//! `/imports`: the beneficiary files received, the deposit of a new one, what each did.

mod deposit;
mod report;
pub(super) mod tables;
pub(super) mod work;

use askama::Template;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use base::{Date, Instant};
use exchange::caf::job::{self, Demand};
use platform::gate::{ActionKind, ImportFeed, ReadImports, may, permit};
use platform::jobs::{self, Stage, State as JobState};
use serde::Deserialize;
use support::feed::{self, FeedFile};

use super::page;
use crate::app::App;
use crate::components::{
    Badge, Column, EmptyState, Field, Form, Fragment, Link, Notice, Pager, Query, Row, Table, Tone,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::routes::{Policy, Route};
use crate::session::Signed;

const PATH: &str = "/imports";

/// Files shown.
const SHOWN: i64 = 200;

/// Largest file taken: a whole département is 0.6 GB.
const LARGEST: usize = 4 << 30;

pub fn routes() -> Vec<Route> {
    let read = Policy::May(ActionKind::ReadImports);
    let write = Policy::May(ActionKind::ImportFeed);
    let mut routes = vec![
        Route::new(PATH, read, get(list)),
        Route::new("/imports/depot", write, post(deposit::receive).layer(DefaultBodyLimit::max(LARGEST))),
        Route::new("/imports/depot/ecart", write, post(deposit::accept_mismatch)),
        Route::new("/imports/{id}", read, get(report::show)),
        Route::new("/imports/{id}/anomalies", read, get(report::issues)),
        Route::new("/imports/{id}/rapport.json", read, get(report::json)),
    ];
    routes.extend(tables::routes());
    routes
}

/// The page.
#[derive(Template)]
#[template(path = "imports.html")]
struct Imports {
    layout: Layout,
    /// For those who may deposit a file.
    form: Option<Form>,
    /// A file kept aside because its count is not the one announced: taking it is a decision.
    mismatch: Option<deposit::Mismatch>,
    notice: Option<Notice>,
    table: Table,
    /// The tables received besides the feed; today's page only.
    tables: Option<Table>,
    past: Field,
}

async fn list(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    Ok(page(&draw(&app, &signed, &query, None, None).await?))
}

async fn draw(
    app: &App,
    signed: &Signed,
    query: &Query,
    problem: Option<String>,
    mismatch: Option<deposit::Mismatch>,
) -> Result<Imports, Problem> {
    let (platform, actor) = (&app.platform, &signed.actor);
    let files = feed::files(platform, actor, SHOWN).await?;
    let jobs = jobs::of_kind(platform, &permit::<ReadImports>(actor)?, job::KIND, SHOWN).await?;
    let (today, now) = (platform.today(), platform.now());
    let asked = query.get("connu").map(str::parse::<Date>);
    let past_error = match asked {
        Some(Err(_)) => Some("Écrivez une date, par exemple 2026-03-03.".to_owned()),
        Some(Ok(day)) if day > today => Some("Choisissez un jour passé.".to_owned()),
        _ => None,
    };
    let day = asked.and_then(Result::ok).filter(|day| *day < today);
    let known = day.map_or(now, Instant::end_of);
    let received = receptions(&files, if day.is_some() { &[] } else { &jobs }, known, now);
    let form = may::<ImportFeed>(actor).then(|| deposit::form(problem));
    let tables = match day {
        None => Some(tables::list(app, signed, form.is_some()).await?),
        Some(_) => None,
    };
    let layout = signed
        .layout(app, PATH, "Imports")
        .lead("Les fichiers reçus (flux bénéficiaires de la CAF et de la MSA, tableaux), et ce que chacun a changé.");
    Ok(Imports {
        layout,
        mismatch,
        tables,
        notice: day.map(|day| known_then(&files, day)),
        table: match day {
            Some(day) => table(&received, nothing_then(&files, day)),
            None => table(&received, nothing_yet(form.is_some())),
        },
        past: Field::date("connu", "Ce que l’on savait le")
            .required()
            .value(query.get("connu").unwrap_or_default())
            .hint("Les fichiers déjà reçus ce jour-là, et la situation qu’ils donnaient.")
            .error(past_error),
        form,
    })
}

/// A file received, or asked to be.
struct Reception<'a> {
    file: Option<&'a FeedFile>,
    job: Option<&'a JobState>,
    name: String,
    at: Instant,
    state: Standing,
}

/// Where a file stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    Waiting,
    /// Done and to be done, in the unit of the stage.
    Running {
        done: i64,
        total: i64,
    },
    WillRetry,
    Interrupted {
        done: i64,
        total: i64,
    },
    Completed,
    /// Sent again: nothing changed.
    Duplicate,
    Refused,
}

/// What the screen reads of a job's demand.
#[derive(Deserialize)]
struct Asked {
    file_name: String,
    sha256: String,
}

fn asked(job: &JobState) -> Option<Asked> {
    Asked::deserialize(&job.payload.0).ok()
}

/// Files and jobs as one list, newest first. `known`: the moment whose knowledge is shown.
fn receptions<'a>(files: &'a [FeedFile], jobs: &'a [JobState], known: Instant, now: Instant) -> Vec<Reception<'a>> {
    let mut received: Vec<Reception<'a>> = Vec::new();
    let demands: Vec<_> = jobs.iter().filter_map(|job| Some((job, asked(job)?))).collect();
    for file in files.iter().filter(|file| file.started_at <= known) {
        let job = demands.iter().find(|(_, asked)| asked.sha256 == file.sha256).map(|(job, _)| *job);
        let live = job.filter(|job| job.finished_at.is_none());
        let state = match (file.completed_at.filter(|at| *at <= known), live) {
            (Some(_), _) => Standing::Completed,
            (None, Some(job)) => standing(job, now),
            (None, None) => Standing::Interrupted { done: file.households_done, total: file.households },
        };
        received.push(Reception {
            file: Some(file),
            job: live,
            name: file.file_name.clone(),
            at: file.started_at,
            state,
        });
    }
    for (job, asked) in demands {
        let file = files.iter().find(|file| file.sha256 == asked.sha256);
        let again = file.is_some_and(|file| file.completed_at.is_some_and(|done| done < job.created_at));
        let state = match (standing(job, now), again) {
            (_, true) => Standing::Duplicate,
            // The file's own line tells.
            (_, false) if file.is_some() => continue,
            (state, false) => state,
        };
        received.push(Reception { file, job: Some(job), name: asked.file_name, at: job.created_at, state });
    }
    received.sort_by_key(|reception| std::cmp::Reverse(reception.at));
    received
}

fn standing(job: &JobState, now: Instant) -> Standing {
    match job.stage(now) {
        Stage::Waiting => Standing::Waiting,
        Stage::Running => Standing::Running { done: job.progress_done, total: job.progress_total },
        Stage::WillRetry => Standing::WillRetry,
        Stage::Failed => Standing::Refused,
        // Done without a file to show for it: the file's line comes with the next reading.
        Stage::Done => Standing::Completed,
    }
}

fn table(received: &[Reception<'_>], empty: EmptyState) -> Table {
    let columns = [
        Column::text("Fichier"),
        Column::text("Flux"),
        Column::text("Situation au"),
        Column::text("Reçu le"),
        Column::number("Foyers"),
        Column::text("État"),
    ];
    let rows = received.iter().map(|reception| {
        let href = match (reception.file, reception.job) {
            (_, Some(job)) => format!("/travaux/{}", job.id),
            (Some(file), None) => format!("{PATH}/{}", file.id),
            (None, None) => PATH.to_owned(),
        };
        let file = reception.file;
        let kind = file.map(|file| kind(&file.kind));
        let households = file.map(|file| fr::number(file.households));
        Row::new([
            Link::new(href, reception.name.as_str()).into(),
            kind.into(),
            file.map(|file| fr::date_long(file.reference_date)).into(),
            fr::moment(reception.at).into(),
            households.into(),
            badge(reception.state),
        ])
    });
    let n = u64::try_from(received.len()).unwrap_or(u64::MAX);
    Table::new("imports", "Fichiers reçus", columns, rows)
        .pager(Pager::new(fr::count(n, "fichier reçu", "fichiers reçus")))
        .empty(empty)
}

fn nothing_yet(offers_form: bool) -> EmptyState {
    let advice = if offers_form {
        "Déposez ci-dessus le fichier mensuel reçu de la CAF ou de la MSA, décompressé."
    } else {
        "Les fichiers importés apparaîtront ici, avec leur compte rendu."
    };
    EmptyState::new("Aucun fichier reçu", advice)
}

/// On a day before the first file: when it came.
fn nothing_then(files: &[FeedFile], day: Date) -> EmptyState {
    let title = format!("Aucun fichier n’était encore reçu le {}", fr::date_long(day));
    match files.iter().min_by_key(|file| file.started_at) {
        Some(first) => {
            let came = first.started_at.date();
            let told = format!(
                "Le premier, «\u{a0}{}\u{a0}», est arrivé le {}\u{a0}: choisissez ce jour ou un jour plus récent.",
                first.file_name,
                fr::date_long(came)
            );
            let link = format!("Ce que l’on savait le {}", fr::date_long(came));
            EmptyState::new(title, told).link(Link::new(format!("{PATH}?connu={came}"), link))
        }
        None => EmptyState::new(title, "Aucun fichier n’a été reçu depuis non plus."),
    }
}

/// « mensuel », « entre deux mois ».
fn kind(code: &str) -> &'static str {
    match code {
        "M" => "mensuel",
        "I" => "entre deux mois",
        _ => "autre",
    }
}

fn badge(state: Standing) -> Fragment {
    let share = |done: i64, total: i64| {
        let share = if total > 0 { done as f64 / total as f64 } else { 0.0 };
        fr::percent(share, 0)
    };
    match state {
        Standing::Waiting => Badge::info("en attente").into(),
        Standing::Running { total: 0, .. } => Badge::info("en cours").into(),
        Standing::Running { done, total } => Badge::info(format!("en cours, {}", share(done, total))).into(),
        Standing::WillRetry => Badge::warning("nouvel essai prévu").into(),
        Standing::Interrupted { done, total } => Fragment::with_detail(
            Badge::warning(format!("interrompu à {}", share(done, total))),
            "déposez-le de nouveau pour reprendre",
        ),
        Standing::Completed => Badge::ok("terminé").into(),
        Standing::Duplicate => Fragment::with_detail(Badge::neutral("doublon"), "déjà importé, rien n’a changé"),
        Standing::Refused => Badge::danger("refusé").into(),
    }
}

/// What the files received by the end of a day said.
fn known_then(files: &[FeedFile], day: Date) -> Notice {
    let known = Instant::end_of(day);
    let monthly = files.iter().filter(|file| file.kind == "M" && file.completed_at.is_some_and(|at| at <= known));
    let told = match monthly.max_by_key(|file| (file.reference_date, file.created.clone())) {
        Some(file) => format!(
            "Le dernier fichier mensuel connu donnait la situation au {} ({}).",
            fr::date_long(file.reference_date),
            fr::count(file.households.unsigned_abs(), "foyer", "foyers")
        ),
        None => "Aucun fichier mensuel n’était encore importé.".to_owned(),
    };
    let told = format!(
        "{told} Pour une personne, ouvrez sa page et choisissez la date sous «\u{a0}Que savait-on le…\u{202f}?\u{a0}»."
    );
    let title = format!("Ce que l’on savait le {}", fr::date_long(day));
    Notice::new(Tone::Warning, title, Fragment::join([told.into(), Link::new(PATH, "Revenir à aujourd’hui").into()]))
}

/// The demand of a job of ours; `None` for another kind.
fn demand(job: &JobState) -> Option<Demand> {
    (job.kind == job::KIND).then(|| Demand::deserialize(&job.payload.0).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Id;
    use jiff::civil::date;

    pub(super) fn file(id: i64, completed: bool) -> FeedFile {
        let received = date(2026, 11, 5);
        FeedFile {
            id: Id::new(id),
            tenant: Id::new(1),
            application: "CRISTAL".to_owned(),
            application_version: "1".to_owned(),
            kind: "M".to_owned(),
            nature: "RSA".to_owned(),
            created: "2026-11-04T10:00:00.0000".to_owned(),
            reference_date: date(2026, 10, 31),
            file_name: "octobre.xml".to_owned(),
            sha256: format!("{id:064}"),
            announced: 200,
            households: 200,
            households_done: 50,
            author: None,
            started_at: Instant::start_of(received),
            completed_at: completed.then(|| Instant::end_of(received)),
            report: Default::default(),
        }
    }

    pub(super) fn job(sha256: &str, finished: bool, failure: Option<&str>, on: Date) -> JobState {
        let mut job = JobState {
            id: Id::new(77),
            tenant: Id::new(1),
            kind: job::KIND.to_owned(),
            asked_by: None,
            created_at: Instant::start_of(on),
            run_at: Instant::start_of(on),
            attempts: 1,
            leased_until: (!finished).then_some(Instant::MAX),
            progress_done: 50,
            progress_total: 200,
            progress_text: String::new(),
            finished_at: finished.then(|| Instant::start_of(on)),
            failure: failure.map(str::to_owned),
            payload: Default::default(),
        };
        job.payload.0 = serde_json::json!({ "path": "/nulle/part", "file_name": "octobre.xml", "sha256": sha256 });
        job
    }

    fn states(files: &[FeedFile], jobs: &[JobState]) -> Vec<Standing> {
        let now = Instant::start_of(date(2026, 11, 22));
        receptions(files, jobs, now, now).into_iter().map(|reception| reception.state).collect()
    }

    #[test]
    fn each_file_has_one_line_that_says_where_it_stands() {
        let sha = format!("{:064}", 1);
        let day = date(2026, 11, 5);
        assert_eq!(states(&[file(1, true)], &[job(&sha, true, None, day)]), [Standing::Completed]);
        assert_eq!(states(&[file(1, false)], &[]), [Standing::Interrupted { done: 50, total: 200 }]);
        assert_eq!(
            states(&[file(1, false)], &[job(&sha, false, None, day)]),
            [Standing::Running { done: 50, total: 200 }]
        );
        assert_eq!(states(&[], &[job(&sha, true, Some("ligne 3"), day)]), [Standing::Refused]);
        assert_eq!(
            states(&[file(1, true)], &[job(&sha, true, None, date(2026, 11, 20))]),
            [Standing::Duplicate, Standing::Completed]
        );
    }

    #[test]
    fn the_past_knows_only_what_had_come() {
        let files = [file(1, true)];
        let before = known_then(&files, date(2026, 11, 4));
        assert!(Fragment::from(before).to_string().contains("Aucun fichier mensuel"));
        let after = Fragment::from(known_then(&files, date(2026, 11, 6))).to_string();
        assert!(after.contains("31\u{a0}octobre 2026") && after.contains("200\u{a0}foyers"), "{after}");
        let empty = Fragment::from(nothing_then(&files, date(2026, 11, 4))).to_string();
        assert!(empty.contains("est arrivé le 5\u{a0}novembre 2026") && empty.contains("connu=2026-11-05"), "{empty}");
        let then = Instant::end_of(date(2026, 11, 4));
        assert!(receptions(&files, &[], then, Instant::MAX).is_empty());
    }
}
