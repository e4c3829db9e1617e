//! What one table did, for people and for files.

use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base::Id;
use exchange::inputs::job;
use facts::Import;
use platform::gate::{ActionKind, ReadImports, permit};
use platform::jobs;
use support::inputs::{self, InputFile, InputKind, Issue, Ruling, Severity};

use super::super::report::{ImportReport, Issues, PAGE, asked_severity, issues_href, severity_code};
use super::{IMPORTS, PATH, SHOWN, Standing, badge, demand, lines, short, standing, state};
use crate::app::App;
use crate::components::{
    Column, Description, EmptyState, Figure, Fragment, Link, Notice, Pager, Query, Row, Table, Tabs, Tone,
};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::page;
use crate::problems::sentence;
use crate::session::Signed;

pub(super) fn number(id: &str) -> Result<Id<Import>, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

pub(super) fn title(file: &InputFile) -> String {
    format!("{} du {}", fr::capitalised(short(file.kind)), fr::date_long(file.reference_date))
}

pub(super) async fn show(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let (platform, actor) = (&app.platform, &signed.actor);
    let file = inputs::file(platform, actor, number(&id)?).await?;
    let groups = inputs::issue_groups(platform, actor, file.id).await?;
    let jobs = jobs::of_kind(platform, &permit::<ReadImports>(actor)?, job::KIND, SHOWN).await?;
    let live = jobs
        .iter()
        .find(|job| job.finished_at.is_none() && demand(job).is_some_and(|demand| demand.sha256 == file.sha256));
    let state = state(&file, live.map(|job| standing(job, platform.now())));
    let href = format!("{PATH}/{}", file.id);
    let layout = signed
        .layout(&app, &href, &title(&file))
        .lead(format!("Fichier «\u{a0}{}\u{a0}».", file.file_name))
        .crumb("Imports", IMPORTS);
    let notice = match (state, live) {
        (Standing::Completed, _) => None,
        (_, Some(job)) => Some(Notice::new(
            Tone::Info,
            "Import en cours\u{a0}: ce compte rendu n’est pas complet",
            Link::new(format!("/travaux/{}", job.id), "Suivre l’import"),
        )),
        (_, None) => Some(Notice::new(
            Tone::Warning,
            "Import interrompu",
            format!(
                "{} sur {} sont traitées. Déposez de nouveau le même fichier avec les mêmes choix\u{a0}: il reprendra là où il s’est arrêté.",
                fr::count(file.rows_done.unsigned_abs(), "ligne", "lignes"),
                fr::number(file.lines)
            ),
        )),
    };
    let waiting = if signed.may(ActionKind::DecideMatch) { lines::waiting(&file, &groups, &href) } else { None };
    Ok(page(&ImportReport {
        notices: notice.into_iter().chain(waiting).collect(),
        told: told(&file),
        figures: figures(&file, &href),
        anomalies: anomalies(&groups, &href),
        not_seen: None,
        file: description(&file, state),
        href,
        layout,
    }))
}

/// What happened, in plain French.
fn told(file: &InputFile) -> Vec<String> {
    let report = &file.report.0;
    let lines = |n: u64| fr::count(n, "ligne", "lignes");
    let mut told = vec![
        format!("Le fichier contient {}.", lines(file.lines.unsigned_abs())),
        format!(
            "{}, dont {} sans changement\u{202f}; {}.",
            fr::count(report.applied, "ligne enregistrée", "lignes enregistrées"),
            fr::number(report.unchanged),
            fr::count(report.facts_added, "fait daté ajouté", "faits datés ajoutés"),
        ),
    ];
    if report.counted(Ruling::Unknown) > 0 {
        told.push(format!(
            "{} d’une personne que le flux bénéficiaires ne connaît pas\u{a0}: aucun dossier n’est créé.",
            fr::count(report.counted(Ruling::Unknown), "ligne parle", "lignes parlent")
        ));
    }
    if report.ended > 0 {
        told.push(format!(
            "{}\u{a0}: ce fichier complet ne nomme plus ces personnes.",
            fr::count(report.ended, "inscription terminée", "inscriptions terminées")
        ));
    }
    if report.not_concerned > 0 {
        told.push(format!("{} hors RSA d’après le fichier, écartées.", lines(report.not_concerned)));
    }
    if report.kept_by_hand > 0 {
        told.push(format!(
            "{} d’une information qu’un agent a corrigée\u{a0}: la correction reste.",
            fr::count(report.kept_by_hand, "ligne parle", "lignes parlent")
        ));
    }
    told
}

fn figures(file: &InputFile, href: &str) -> Vec<Figure> {
    let report = &file.report.0;
    let figure = |label: &str, n: u64| Figure::new(label, fr::number(n), fr::plural(n, "ligne", "lignes"));
    let issues = |severity, code| issues_href(href, severity, code);
    let mut figures = vec![
        figure("Enregistrées", report.applied),
        figure("Rattachées avec certitude", report.counted(Ruling::Certain)),
    ];
    let probable = report.counted(Ruling::Probable);
    if probable > 0 {
        figures.push(figure("Probables", probable).note(Ruling::Probable.label()));
    }
    let unknown = report.counted(Ruling::Unknown);
    if unknown > 0 {
        let code = Some(Ruling::Unknown.as_code());
        figures.push(figure("Personnes inconnues", unknown).lines(issues(Severity::Error, code)));
    }
    if report.unreadable > 0 {
        figures.push(figure("Illisibles", report.unreadable).lines(issues(Severity::Error, None)));
    }
    if report.warnings > 0 {
        let label = "À regarder";
        let figure = Figure::new(
            label,
            fr::number(report.warnings),
            fr::plural(report.warnings, "avertissement", "avertissements"),
        );
        figures.push(figure.lines(issues(Severity::Warning, None)));
    }
    figures
}

/// What a code counts.
fn group(code: &str) -> &str {
    if let Some(ruling) = Ruling::from_code(code) {
        return ruling.label();
    }
    match code {
        "line" => "lignes illisibles",
        "nobody" => "lignes qui ne disent pas de qui elles parlent",
        "nothing" => "lignes sans réponse ni préconisation",
        "no_date" | "date" => "dates manquantes ou impossibles",
        "twice" => "personnes dont une autre ligne parle déjà",
        "by_hand" => "informations corrigées par un agent, gardées",
        "unknown_code" => "codes inconnus, gardés tels quels",
        "code" => "codes à vérifier",
        "nir" => "NIR non repris",
        "identifier" => "identifiants non repris",
        "name" => "noms à vérifier",
        "birth_date" => "dates de naissance à vérifier",
        "contact" => "moyens de contact à vérifier",
        "cell" => "cellules à vérifier",
        other => other,
    }
}

fn outcome(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "non enregistrée",
        Severity::Warning => "enregistrée, à regarder",
    }
}

fn anomalies(groups: &[(Severity, String, i64)], href: &str) -> Option<Table> {
    if groups.is_empty() {
        return None;
    }
    let columns = [Column::text("Nature"), Column::text("Suite donnée"), Column::number("Lignes")];
    let rows = groups.iter().map(|(severity, code, n)| {
        let link = Link::new(issues_href(href, *severity, Some(code)), fr::capitalised(group(code)));
        Row::new([link.into(), outcome(*severity).into(), fr::number(n).into()])
    });
    Some(Table::new("anomalies", "Lignes à regarder, par nature", columns, rows))
}

fn description(file: &InputFile, state: Standing) -> Description {
    let duration = file.completed_at.map(|end| {
        let seconds = (end.micros() - file.started_at.micros()).max(0) / 1_000_000;
        fr::duration(seconds.unsigned_abs())
    });
    let complete = if file.complete { "oui, il nomme tous les inscrits" } else { "non" };
    let mut description = Description::new()
        .line("État", badge(state))
        .line("Contenu", fr::capitalised(file.kind.label()))
        .line("Situation au", fr::date_long(file.reference_date));
    if !file.origin.is_empty() {
        description = description.line("Vient de", file.origin.clone());
    }
    if file.kind == InputKind::FranceTravail {
        description = description.line("Complet", complete);
    }
    description
        .line("Reçu le", fr::moment(file.started_at))
        .line("Durée de l’import", Fragment::from(duration))
        .line("Empreinte SHA-256", file.sha256.clone())
}

pub(super) async fn issues(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let file = inputs::file(&app.platform, &signed.actor, number(&id)?).await?;
    let after = query.get("apres").and_then(|after| after.parse().ok()).unwrap_or(0);
    let groups = inputs::issue_groups(&app.platform, &signed.actor, file.id).await?;
    let severity = asked_severity(query.get("gravite"), &groups);
    let code = query.get("nature");
    let found = inputs::issues(&app.platform, &signed.actor, file.id, severity, code, after, PAGE).await?;
    let total = |wanted: Severity, limit: Option<&str>| {
        let of = groups
            .iter()
            .filter(|(severity, code, _)| *severity == wanted && limit.is_none_or(|limit| limit == code.as_str()));
        of.map(|(.., n)| n.unsigned_abs()).sum::<u64>()
    };
    let report = format!("{PATH}/{}", file.id);
    let tab = |severity: Severity| issues_href(&report, severity, None);
    let tabs = Tabs::new("Suite donnée", tab(severity))
        .counted(tab(Severity::Error), "Non enregistrées", total(Severity::Error, None))
        .counted(tab(Severity::Warning), "Enregistrées, à regarder", total(Severity::Warning, None));
    let limited = code.map(|code| {
        let back = Link::new(tab(severity), "Voir toutes les lignes");
        Notice::new(Tone::Info, format!("Seulement\u{a0}: {}", group(code)), back)
    });
    let here = issues_href(&report, severity, code);
    let layout = signed
        .layout(&app, &format!("{report}/anomalies"), &format!("Lignes à regarder\u{a0}: {}", title(&file)))
        .crumb("Imports", IMPORTS)
        .crumb("Compte rendu", report.as_str());
    let opens_files = signed.may(ActionKind::ReadPerson);
    let table = issue_table(&found, total(severity, code), &here, after, opens_files);
    Ok(page(&Issues { layout, tabs, limited, table }))
}

/// `here`: the address of the list from its start.
fn issue_table(found: &[Issue], total: u64, here: &str, after: i64, opens_files: bool) -> Table {
    let columns = [Column::number("Ligne"), Column::text("Ce qu’il y a à en dire"), Column::text("Personne")];
    let rows = found.iter().map(|issue| {
        let person: Fragment = match issue.person.filter(|_| opens_files) {
            Some(person) => Link::new(format!("/personnes/{person}"), "Voir le dossier")
                .context(format!("de la ligne {}", fr::number(issue.line)))
                .into(),
            None => "".into(),
        };
        Row::new([fr::number(issue.line).into(), sentence(&issue.message).into(), person])
    });
    let full = i64::try_from(found.len()).is_ok_and(|shown| shown == PAGE);
    let next = found.last().filter(|_| full).map(|last| format!("{here}&apres={}", last.number));
    let previous = (after > 0).then(|| here.to_owned());
    let shown = u64::try_from(found.len()).unwrap_or(u64::MAX);
    Table::new("anomalies", "Lignes à regarder, dans l’ordre du fichier", columns, rows)
        .pager(Pager::of(shown, total.max(shown), "ligne", "lignes").previous(previous).next(next))
        .empty(EmptyState::new("Aucune ligne", "Rien à signaler de cette sorte."))
}

/// The report as a file. It bears no name and no number.
pub(super) async fn json(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let file = inputs::file(&app.platform, &signed.actor, number(&id)?).await?;
    let groups = inputs::issue_groups(&app.platform, &signed.actor, file.id).await?;
    let issues: Vec<serde_json::Value> = groups
        .iter()
        .map(|(severity, code, n)| {
            serde_json::json!({ "severity": severity_code(*severity), "code": code, "label": group(code), "count": n })
        })
        .collect();
    let report = serde_json::json!({
        "file_name": file.file_name,
        "sha256": file.sha256,
        "kind": file.kind.as_code(),
        "origin": file.origin,
        "reference_date": file.reference_date.to_string(),
        "complete": file.complete,
        "settings": file.settings.0,
        "lines": file.lines,
        "lines_done": file.rows_done,
        "started_at": file.started_at.to_string(),
        "completed_at": file.completed_at.map(|at| at.to_string()),
        "report": file.report.0,
        "issues": issues,
    });
    let name = format!("attachment; filename=\"rapport-{}-{}.json\"", file.kind.as_code(), file.reference_date);
    Ok((
        [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, name)],
        format!("{report:#}"),
    )
        .into_response())
}
