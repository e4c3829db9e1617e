//! What one file did, for people and for files.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base::Id;
use exchange::caf::job;
use facts::Import;
use platform::gate::{ReadImports, permit};
use platform::jobs;
use support::feed::{self, FeedFile, Issue, Severity};

use super::{PATH, SHOWN, Standing, badge, kind, receptions};
use crate::app::App;
use crate::components::{
    Column, Description, EmptyState, Figure, Fragment, Link, Notice, Pager, Query, Row, Table, Tabs, Tone,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::page;
use crate::problems::sentence;
use crate::session::Signed;

/// Anomalies of a page.
pub(super) const PAGE: i64 = 100;

/// The page.
#[derive(Template)]
#[template(path = "import_report.html")]
pub(super) struct ImportReport {
    pub(super) layout: Layout,
    pub(super) href: String,
    pub(super) notices: Vec<Notice>,
    pub(super) told: Vec<String>,
    pub(super) figures: Vec<Figure>,
    pub(super) anomalies: Option<Table>,
    pub(super) not_seen: Option<Table>,
    pub(super) file: Description,
}

fn number(id: &str) -> Result<Id<Import>, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

pub(super) async fn show(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let (platform, actor) = (&app.platform, &signed.actor);
    let file = feed::file(platform, actor, number(&id)?).await?;
    let files = feed::files(platform, actor, SHOWN).await?;
    let groups = feed::issue_groups(platform, actor, file.id).await?;
    let jobs = jobs::of_kind(platform, &permit::<ReadImports>(actor)?, job::KIND, SHOWN).await?;
    let now = platform.now();
    let received = receptions(std::slice::from_ref(&file), &jobs, now, now);
    let own = received.iter().find(|reception| reception.file.is_some() && reception.state != Standing::Duplicate);
    let (state, job) = own.map_or((Standing::Completed, None), |reception| (reception.state, reception.job));
    let href = format!("{PATH}/{}", file.id);
    let title = format!("Flux {} du {}", kind(&file.kind), fr::date_long(file.reference_date));
    let layout = signed
        .layout(&app, &href, &title)
        .lead(format!("Fichier «\u{a0}{}\u{a0}».", file.file_name))
        .crumb("Imports", PATH);
    let standing = match state {
        Standing::Completed | Standing::Duplicate => None,
        Standing::Interrupted { .. } => Some(Notice::new(
            Tone::Warning,
            "Import interrompu",
            format!(
                "{} foyers sur {} sont enregistrés. Déposez de nouveau le même fichier\u{a0}: il reprendra là où il s’est arrêté.",
                fr::number(file.households_done),
                fr::number(file.households)
            ),
        )),
        Standing::Waiting | Standing::Running { .. } | Standing::WillRetry | Standing::Refused => {
            let link = job.map(|job| Link::new(format!("/travaux/{}", job.id), "Suivre l’import"));
            Some(Notice::new(Tone::Info, "Import en cours\u{a0}: ce compte rendu n’est pas complet", link))
        }
    };
    Ok(page(&ImportReport {
        notices: standing.into_iter().chain(late(&file, &files)).collect(),
        told: told(&file),
        figures: figures(&file, &href),
        anomalies: anomalies(&groups, &file, &href),
        not_seen: not_seen(&file),
        file: description(&file, state),
        href,
        layout,
    }))
}

/// A file that speaks of a day before what was already known completes the past only.
fn late(file: &FeedFile, files: &[FeedFile]) -> Option<Notice> {
    let newer = files.iter().find(|other| {
        other.kind == file.kind
            && other.reference_date > file.reference_date
            && other.completed_at.is_some_and(|at| at <= file.started_at)
    })?;
    Some(Notice::new(
        Tone::Info,
        "Fichier arrivé en retard",
        format!(
            "Le fichier du {} était déjà importé. Celui-ci a complété l’historique\u{a0}: la situation présente n’a pas changé.",
            fr::date_long(newer.reference_date)
        ),
    ))
}

/// What happened, in plain French.
fn told(file: &FeedFile) -> Vec<String> {
    let report = &file.report.0;
    let households = |n: u64| fr::count(n, "foyer", "foyers");
    let mut told = vec![
        format!(
            "Le fichier annonce {}\u{202f}; il en contient {}.",
            households(file.announced.unsigned_abs()),
            fr::number(file.households)
        ),
        format!(
            "{}\u{a0}: {}, {}, {} sans changement.",
            fr::count(report.households_applied, "foyer appliqué", "foyers appliqués"),
            fr::count(report.households_new, "nouveau", "nouveaux"),
            fr::count(report.households_changed, "modifié", "modifiés"),
            fr::number(report.households_unchanged),
        ),
    ];
    if report.households_refused > 0 {
        told.push(format!(
            "{} parce que leur bloc ne peut pas être lu\u{a0}: leur situation précédente est gardée.",
            fr::count(report.households_refused, "foyer refusé", "foyers refusés")
        ));
    }
    if report.households_replaced > 0 {
        told.push(format!(
            "{} dans le fichier\u{a0}: pour chaque foyer, le dernier bloc compte.",
            fr::count(report.households_replaced, "bloc en double", "blocs en double")
        ));
    }
    told.push(format!(
        "{}, {}.",
        fr::count(report.persons_new, "nouvelle personne", "nouvelles personnes"),
        fr::count(report.facts_added, "fait daté enregistré", "faits datés enregistrés")
    ));
    if report.not_seen > 0 {
        told.push(format!(
            "{} du mois précédent absents de ce fichier. Leur droit n’est pas clos pour autant\u{a0}: leur page le signale.",
            households(report.not_seen)
        ));
    }
    told
}

fn figures(file: &FeedFile, href: &str) -> Vec<Figure> {
    let report = &file.report.0;
    let figure =
        |label: &str, n: u64, unit: (&str, &str)| Figure::new(label, fr::number(n), fr::plural(n, unit.0, unit.1));
    let households = ("foyer", "foyers");
    let figures = [
        figure("Nouveaux", report.households_new, households),
        figure("Modifiés", report.households_changed, households),
        figure("Sans changement", report.households_unchanged, households),
        figure("Refusés", report.households_refused, households).lines(issues_href(href, Severity::Error, None)),
        figure("À regarder", report.warnings, ("avertissement", "avertissements")).lines(issues_href(
            href,
            Severity::Warning,
            None,
        )),
        figure("Rapprochements proposés", report.doubts, ("paire de fiches", "paires de fiches")),
    ];
    // Only a monthly file speaks of everybody.
    let absent = (file.kind == "M").then(|| {
        figure("Absents de ce fichier", report.not_seen, households).note("présents le mois précédent, non clos")
    });
    figures.into_iter().chain(absent).collect()
}

/// What a code of anomaly counts.
fn group(code: &str) -> &str {
    match code {
        "schema" => "Blocs illisibles",
        "replaced" => "Foyers présents deux fois dans le fichier\u{a0}: le dernier bloc compte",
        "no_applicant" => "Foyers sans demandeur au titre du RSA",
        "file_number_form" => "Matricules d’une forme inattendue",
        "file_number_restored" => "Matricules qui avaient perdu leurs zéros",
        "nir_left_out" => "NIR illisibles, non repris",
        "nir_key" => "Clés de NIR fausses",
        "partial_birth_date" => "Dates de naissance partielles",
        "unknown_code" => "Codes inconnus, gardés tels quels",
        "postcode_restored" => "Codes postaux qui avaient perdu leur zéro",
        "number_left_out" => "Nombres invraisemblables, non repris",
        "two_address_forms" => "Adresses données deux fois",
        "no_address_form" => "Adresses sans détail",
        "no_current_address" => "Foyers sans adresse courante",
        "state_without_block" => "États du droit sans l’explication attendue",
        "block_against_state" => "Explications contraires à l’état du droit",
        other => other,
    }
}

pub(super) fn severity_code(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "erreur",
        Severity::Warning => "avertissement",
    }
}

/// The anomalies of a severity, all of them or those of one code; `report`: the address of the report.
pub(super) fn issues_href(report: &str, severity: Severity, code: Option<&str>) -> String {
    let query = Query::default().with("gravite", severity_code(severity));
    let query = code.into_iter().fold(query, |query, code| query.with("nature", code));
    query.href(&format!("{report}/anomalies"))
}

fn anomalies(groups: &[(Severity, String, i64)], file: &FeedFile, href: &str) -> Option<Table> {
    if groups.is_empty() {
        return None;
    }
    let columns = [Column::text("Anomalie"), Column::text("Suite donnée"), Column::number("Nombre")];
    let rows = groups.iter().map(|(severity, code, n)| {
        let outcome = match severity {
            Severity::Error => "foyer refusé, situation précédente gardée",
            Severity::Warning => "foyer appliqué, à regarder",
        };
        let link = Link::new(issues_href(href, *severity, Some(code)), group(code));
        Row::new([link.into(), outcome.into(), fr::number(n).into()])
    });
    let table = Table::new("anomalies", "Anomalies, par nature", columns, rows);
    let kept: u64 =
        groups.iter().filter(|(severity, ..)| *severity == Severity::Warning).map(|(.., n)| n.unsigned_abs()).sum();
    let counted = file.report.0.warnings;
    Some(if counted > kept {
        let told = format!(
            "{} comptés, dont {} gardés en détail.",
            fr::count(counted, "avertissement", "avertissements"),
            fr::number(kept)
        );
        table.pager(Pager::new(told))
    } else {
        table
    })
}

fn not_seen(file: &FeedFile) -> Option<Table> {
    let report = &file.report.0;
    (report.not_seen > 0).then(|| {
        let rows = report
            .not_seen_examples
            .iter()
            .map(|claim| Row::new([Link::new(format!("/recherche?q={claim}"), claim.as_str()).into()]));
        let shown = u64::try_from(report.not_seen_examples.len()).unwrap_or(u64::MAX);
        Table::new(
            "absents",
            "Foyers du mois précédent absents de ce fichier",
            [Column::text("N° de demande de RSA")],
            rows,
        )
        .pager(Pager::of(shown, report.not_seen, "foyer", "foyers"))
    })
}

fn description(file: &FeedFile, state: Standing) -> Description {
    let duration = file.completed_at.map(|end| {
        let seconds = (end.micros() - file.started_at.micros()).max(0) / 1_000_000;
        fr::duration(seconds.unsigned_abs())
    });
    Description::new()
        .line("État", badge(state))
        .line("Situation au", fr::date_long(file.reference_date))
        .line("Créé par l’émetteur", created(&file.created))
        .line("Application", format!("{} {}", file.application, file.application_version))
        .line("Reçu le", fr::moment(file.started_at))
        .line("Durée de l’import", Fragment::from(duration))
        .line("Empreinte SHA-256", file.sha256.clone())
}

/// « 4 novembre 2026 » of `2026-11-04T10:00:00.0000`.
fn created(text: &str) -> String {
    text.get(..10).and_then(|day| day.parse().ok()).map_or_else(|| text.to_owned(), fr::date_long)
}

/// The page.
#[derive(Template)]
#[template(path = "import_issues.html")]
pub(super) struct Issues {
    pub(super) layout: Layout,
    pub(super) tabs: Tabs,
    /// The code that the list is limited to, with the way out.
    pub(super) limited: Option<Notice>,
    pub(super) table: Table,
}

pub(super) async fn issues(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let file = feed::file(&app.platform, &signed.actor, number(&id)?).await?;
    let after = query.get("apres").and_then(|after| after.parse().ok()).unwrap_or(0);
    let groups = feed::issue_groups(&app.platform, &signed.actor, file.id).await?;
    let severity = asked_severity(query.get("gravite"), &groups);
    let code = query.get("nature");
    let found = feed::issues(&app.platform, &signed.actor, file.id, severity, code, after, PAGE).await?;
    let total = |wanted: Severity, limit: Option<&str>| {
        let of = groups
            .iter()
            .filter(|(severity, code, _)| *severity == wanted && limit.is_none_or(|limit| limit == code.as_str()));
        of.map(|(.., n)| n.unsigned_abs()).sum::<u64>()
    };
    let report = format!("{PATH}/{}", file.id);
    let tab = |severity: Severity| issues_href(&report, severity, None);
    let tabs = Tabs::new("Gravité", tab(severity))
        .counted(tab(Severity::Error), "Foyers refusés", total(Severity::Error, None))
        .counted(tab(Severity::Warning), "Avertissements", total(Severity::Warning, None));
    let limited = code.map(|code| {
        let back = Link::new(tab(severity), "Voir toutes les anomalies de cette gravité");
        Notice::new(Tone::Info, format!("Seulement\u{a0}: {}", group(code)), back)
    });
    let here = issues_href(&report, severity, code);
    let title = format!("Anomalies du flux {} du {}", kind(&file.kind), fr::date_long(file.reference_date));
    let layout = signed
        .layout(&app, &format!("{report}/anomalies"), &title)
        .crumb("Imports", PATH)
        .crumb("Compte rendu", report.as_str());
    Ok(page(&Issues { layout, tabs, limited, table: issue_table(&found, total(severity, code), &here, after) }))
}

/// The severity that the address names; without one, the worst that there is.
pub(super) fn asked_severity(code: Option<&str>, groups: &[(Severity, String, i64)]) -> Severity {
    match code {
        Some("avertissement") => Severity::Warning,
        Some(_) => Severity::Error,
        None if groups.iter().any(|(severity, ..)| *severity == Severity::Error) => Severity::Error,
        None => Severity::Warning,
    }
}

/// `here`: the address of the list from its start.
fn issue_table(found: &[Issue], total: u64, here: &str, after: i64) -> Table {
    let columns = [Column::text("Ligne"), Column::text("N° de demande de RSA"), Column::text("Anomalie")];
    let rows = found.iter().map(|issue| {
        let claim: Fragment = if issue.claim_number.is_empty() {
            "illisible".into()
        } else {
            Link::new(format!("/recherche?q={}", issue.claim_number), issue.claim_number.as_str()).into()
        };
        Row::new([fr::number(issue.line).into(), claim, sentence(&issue.message).into()])
    });
    let full = i64::try_from(found.len()).is_ok_and(|shown| shown == PAGE);
    let next = found.last().filter(|_| full).map(|last| format!("{here}&apres={}", last.number));
    let previous = (after > 0).then(|| here.to_owned());
    let shown = u64::try_from(found.len()).unwrap_or(u64::MAX);
    Table::new("anomalies", "Anomalies, dans l’ordre du fichier", columns, rows)
        .pager(Pager::of(shown, total.max(shown), "anomalie", "anomalies").previous(previous).next(next))
        .empty(EmptyState::new(
            "Aucune anomalie de cette gravité",
            "Tous les foyers ont été lus sans remarque de cette sorte.",
        ))
}

/// The report as a file.
pub(super) async fn json(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let file = feed::file(&app.platform, &signed.actor, number(&id)?).await?;
    let groups = feed::issue_groups(&app.platform, &signed.actor, file.id).await?;
    let issues: Vec<serde_json::Value> = groups
        .iter()
        .map(|(severity, code, n)| serde_json::json!({ "severity": severity.as_code(), "code": code, "label": group(code), "count": n }))
        .collect();
    let report = serde_json::json!({
        "file_name": file.file_name,
        "sha256": file.sha256,
        "kind": file.kind,
        "application": file.application,
        "application_version": file.application_version,
        "created": file.created,
        "reference_date": file.reference_date.to_string(),
        "households_announced": file.announced,
        "households_read": file.households,
        "households_done": file.households_done,
        "started_at": file.started_at.to_string(),
        "completed_at": file.completed_at.map(|at| at.to_string()),
        "report": file.report.0,
        "issues": issues,
    });
    let name = format!("attachment; filename=\"rapport-import-{}.json\"", file.reference_date);
    Ok((
        [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, name)],
        format!("{report:#}"),
    )
        .into_response())
}

#[cfg(test)]
mod tests {
    use super::super::tests::file;
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_late_file_says_that_the_present_did_not_move() {
        let mut older = file(2, true);
        older.reference_date = date(2026, 9, 30);
        older.started_at = base::Instant::end_of(date(2026, 11, 20));
        assert!(late(&older, &[file(1, true)]).is_some());
        assert!(late(&file(1, true), &[older]).is_none());
    }

    #[test]
    fn the_report_tells_what_happened_and_what_did_not() {
        let mut imported = file(1, true);
        imported.report.0.households_applied = 198;
        imported.report.0.households_refused = 2;
        imported.report.0.not_seen = 3;
        let told = told(&imported).join("\n");
        assert!(told.contains("198") && told.contains("situation précédente est gardée"), "{told}");
        assert!(told.contains("n’est pas clos pour autant"), "{told}");
    }

    #[test]
    fn the_list_opens_on_the_worst_there_is() {
        let warnings = [(Severity::Warning, "nir_key".to_owned(), 5)];
        let both = [(Severity::Error, "schema".to_owned(), 2), warnings[0].clone()];
        assert_eq!(asked_severity(None, &warnings), Severity::Warning);
        assert_eq!(asked_severity(None, &both), Severity::Error);
        assert_eq!(asked_severity(Some("avertissement"), &both), Severity::Warning);
        assert_eq!(asked_severity(Some("erreur"), &warnings), Severity::Error);
    }

    #[test]
    fn anomalies_are_counted_by_nature() {
        let groups = [(Severity::Error, "schema".to_owned(), 2), (Severity::Warning, "nir_key".to_owned(), 5)];
        let mut imported = file(1, true);
        imported.report.0.warnings = 9;
        let html = Fragment::from(anomalies(&groups, &imported, "/imports/1").unwrap()).to_string();
        assert!(html.contains("Clés de NIR fausses"), "{html}");
        for own in ["gravite=erreur&#38;nature=schema", "gravite=avertissement&#38;nature=nir_key"] {
            assert!(html.contains(own), "{own}: {html}");
        }
        assert!(html.contains("dont 5 gardés en détail"), "{html}");
    }
}
