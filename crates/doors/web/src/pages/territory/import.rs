//! Files of reference data from a screen: what they would change, line by line, then the same applied.

use askama::Template;
use axum::extract::{DefaultBodyLimit, Form as Posted, Multipart, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use territory::import::{self, Change, File, FileReport, Mode, Report, What};
use territory::{FactKind, Shown};

use super::plain;
use crate::app::App;
use crate::components::{
    Badge, Button, Column, EmptyState, Field, Flash, Form, Fragment, Help, Notice, Row, Table, Tone,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::session::{Signed, redirect_with};

const PATH: &str = "/territoire/import";
const APPLY: &str = "/territoire/import/appliquer";

/// Files of reference data of a whole département stay far below; written in base64 they grow by a third.
const LARGEST: usize = 8 * 1024 * 1024;

/// Changes listed for each file; the others are counted.
const LISTED: usize = 200;

pub fn methods() -> MethodRouter<App> {
    get(start).post(preview).layer(DefaultBodyLimit::max(LARGEST))
}

pub fn apply_methods() -> MethodRouter<App> {
    post(apply).layer(DefaultBodyLimit::max(LARGEST * 2))
}

#[derive(Template)]
#[template(path = "territory/import.html")]
struct Start {
    layout: Layout,
    form: Form,
    formats: Vec<Help>,
    recent: Table,
}

async fn start(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    start_page(&app, &signed, None).await
}

async fn start_page(app: &App, signed: &Signed, error: Option<&str>) -> Result<Response, Problem> {
    let imports = import::recent(&app.platform, &signed.actor).await?;
    let rows = imports.iter().map(|import| {
        Row::new([
            fr::moment(import.received_at).into(),
            import.files.as_str().into(),
            fr::number(import.added).into(),
            fr::number(import.corrected).into(),
            fr::number(import.unchanged).into(),
        ])
    });
    let columns = [
        Column::text("Quand"),
        Column::text("Fichiers"),
        Column::number("Ajouts"),
        Column::number("Corrections"),
        Column::number("Inchangés"),
    ];
    let empty = EmptyState::new(
        "Aucun fichier appliqué",
        "Choisissez des fichiers ci-dessus\u{a0}: un aperçu montre ce qu’ils changent avant d’enregistrer.",
    );
    let page = Start {
        layout: signed
            .layout(app, PATH, "Importer des fichiers de référence")
            .lead("Communes, organisations, structures, secteurs, contrats, postes\u{a0}: rien n’est enregistré avant l’aperçu.")
            .crumb("Territoire", super::PATH),
        form: Form::post(PATH)
            .field(
                Field::files("fichiers", "Fichiers CSV", ".csv,text/csv")
                    .required()
                    .hint("Un ou plusieurs fichiers, reconnus à leur en-tête. Séparateur virgule ou point-virgule, accents en UTF-8 ou Windows.")
                    .error(error),
            )
            .button(Button::primary("Voir ce qui changerait"))
            .cancel(super::PATH),
        formats: FactKind::ALL.iter().map(|kind| format_help(*kind)).collect(),
        recent: Table::new("imports", "Derniers fichiers appliqués", columns, rows.collect::<Vec<_>>()).caption_hidden().empty(empty),
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, Html(Fragment::render(&page).to_string())).into_response())
}

/// The columns of one sort of file.
fn format_help(kind: FactKind) -> Help {
    let description = kind.description();
    let layout = &description.layout;
    let mut columns = vec![(layout.subject, layout.subject_label, true)];
    if kind == FactKind::StructureProfile {
        columns.push(("kind", "Type de la structure, à sa création", true));
    }
    columns.extend(description.fields.iter().map(|field| (field.column, field.label, field.required)));
    let last = |names: &[&'static str]| names.last().copied().unwrap_or_default();
    columns.push((last(layout.from), layout.from_label, layout.default_from.is_none()));
    columns.push((last(layout.to), layout.to_label, false));
    columns.push(("certainty", "Certitude (confirmed, hypothesis)", false));
    columns.push(("dates_certainty", "Certitude des dates", false));
    columns.push(("source", "Source", true));
    columns.push(("note", "Remarque", false));
    let until: Vec<&str> = description.last_days().collect();
    let lines = columns.into_iter().map(|(column, label, required)| {
        let excluded = if until.contains(&column) { " (exclu\u{a0}: le lendemain du dernier jour)" } else { "" };
        let needed = if required { "" } else { " (facultatif)" };
        Row::new([column.into(), format!("{label}{excluded}{needed}").into()])
    });
    let table = Table::new(
        format!("format-{}", layout.name),
        format!("Colonnes du fichier «\u{a0}{}\u{a0}»", layout.name),
        [Column::text("Colonne"), Column::text("Contenu")],
        lines.collect::<Vec<_>>(),
    );
    Help::new(format!("{}.csv\u{a0}: {}", layout.name, description.label), table.caption_hidden())
}

#[derive(Template)]
#[template(path = "territory/preview.html")]
struct Preview {
    layout: Layout,
    notice: Notice,
    problems: Option<Table>,
    files: Vec<Listed>,
    form: Option<Form>,
}

/// What one file changes.
struct Listed {
    title: String,
    summary: String,
    table: Option<Table>,
    rest: Option<String>,
}

async fn preview(State(app): State<App>, signed: Signed, mut sent: Multipart) -> Result<Response, Problem> {
    let mut files = Vec::new();
    let unreadable = |_| Problem::unreadable("Les fichiers ne sont pas arrivés entiers\u{a0}: envoyez-les à nouveau.");
    while let Some(part) = sent.next_field().await.map_err(unreadable)? {
        let name = part.file_name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(unreadable)?.to_vec();
        if !name.is_empty() {
            files.push(File { name, bytes });
        }
    }
    if files.is_empty() {
        return start_page(&app, &signed, Some("Choisissez au moins un fichier.")).await;
    }
    let report = import::run(&app.platform, &signed.actor, &files, Mode::Preview).await?;
    Ok(preview_page(&app, &signed, &files, &report))
}

fn preview_page(app: &App, signed: &Signed, files: &[File], report: &Report) -> Response {
    let refused = !report.problems.is_empty();
    let form = (!refused && !report.is_unchanged()).then(|| {
        let form = files.iter().fold(Form::post(APPLY), |form, file| {
            form.hidden("nom", file.name.as_str()).hidden("contenu", STANDARD.encode(&file.bytes))
        });
        form.button(Button::primary("Enregistrer ces changements")).cancel(PATH)
    });
    let page = Preview {
        layout: signed
            .layout(app, PATH, "Aperçu de l’import")
            .crumb("Territoire", super::PATH)
            .crumb("Importer des fichiers de référence", PATH),
        notice: verdict(report),
        problems: refused.then(|| problems(report)),
        files: report.files.iter().enumerate().map(|(place, file)| listed(place, file)).collect(),
        form,
    };
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, Html(Fragment::render(&page).to_string())).into_response()
}

fn verdict(report: &Report) -> Notice {
    if !report.problems.is_empty() {
        let count = fr::count(report.problems.len() as u64, "anomalie", "anomalies");
        let text = format!("{count} à corriger dans les fichiers. Un import s’applique en entier ou pas du tout.");
        return Notice::new(Tone::Danger, "Rien ne peut être enregistré", text);
    }
    if report.is_unchanged() {
        let lines = fr::count(report.unchanged(), "ligne dit", "lignes disent");
        return Notice::new(Tone::Info, "Rien à changer", format!("{lines} ce qui est déjà enregistré."));
    }
    Notice::new(Tone::Ok, "Voici ce qui changerait", figures(report))
}

/// « 3 ajouts, 1 correction, 120 lignes inchangées ».
fn figures(report: &Report) -> String {
    format!(
        "{}, {}, {}.",
        fr::count(report.count(What::Added), "ajout", "ajouts"),
        fr::count(report.count(What::Corrected), "correction", "corrections"),
        fr::count(report.unchanged(), "ligne inchangée", "lignes inchangées"),
    )
}

fn problems(report: &Report) -> Table {
    let columns = [
        Column::text("Fichier"),
        Column::number("Ligne"),
        Column::text("Colonne"),
        Column::text("Pourquoi, et comment corriger"),
    ];
    let rows = report.problems.iter().map(|problem| {
        let line = (problem.line > 0).then(|| fr::number(problem.line));
        Row::new([
            problem.file.as_str().into(),
            line.into(),
            problem.column.as_str().into(),
            problem.reason.as_str().into(),
        ])
    });
    Table::new("anomalies", "Anomalies", columns, rows.collect::<Vec<_>>()).caption_hidden()
}

fn listed(place: usize, file: &FileReport) -> Listed {
    let columns = [Column::number("Ligne"), Column::text("Changement"), Column::text("Quoi"), Column::text("Valeurs")];
    let rows = file.changes.iter().take(LISTED).map(row);
    let title = format!("{}\u{a0}: {}", file.name, file.kind.description().label);
    let table = Table::new(
        format!("changements-{place}"),
        format!("Changements de {}", file.name),
        columns,
        rows.collect::<Vec<_>>(),
    );
    let rest = file.changes.len().saturating_sub(LISTED) as u64;
    Listed {
        title,
        summary: format!(
            "{}, {}, {}, {}.",
            fr::count(file.lines, "ligne", "lignes"),
            fr::count(file.count(What::Added), "ajout", "ajouts"),
            fr::count(file.count(What::Corrected), "correction", "corrections"),
            fr::count(file.unchanged, "inchangée", "inchangées"),
        ),
        table: (!file.changes.is_empty()).then(|| table.caption_hidden()),
        rest: (rest > 0).then(|| format!("Et {}.", fr::count(rest, "autre changement", "autres changements"))),
    }
}

fn row(change: &Change) -> Row {
    let what = match change.what {
        What::Added => Badge::info("ajout"),
        What::Corrected => Badge::warning("correction"),
    };
    let values = change.values.iter().map(|(label, before, after)| match (change.what, before) {
        (What::Added, Shown::Nothing) => format!("{label}\u{a0}: {}", plain(after)),
        _ => format!("{label}\u{a0}: {} → {}", plain(before), plain(after)),
    });
    let values: Vec<String> = values.collect();
    Row::new([
        fr::number(change.line).into(),
        what.into(),
        change.subject.as_str().into(),
        values.join("\u{a0}· ").into(),
    ])
}

async fn apply(
    State(app): State<App>,
    signed: Signed,
    Posted(sent): Posted<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let lost = || {
        Problem::unreadable("Les fichiers de l’aperçu ne sont pas revenus entiers\u{a0}: recommencez depuis l’import.")
    };
    let values = |key: &'static str| sent.iter().filter(move |(name, _)| name == key).map(|(_, value)| value);
    let mut files = Vec::new();
    for (name, content) in values("nom").zip(values("contenu")) {
        files.push(File { name: name.clone(), bytes: STANDARD.decode(content).map_err(|_| lost())? });
    }
    if files.is_empty() {
        return Err(lost());
    }
    let report = import::run(&app.platform, &signed.actor, &files, Mode::Apply).await?;
    if !report.problems.is_empty() {
        // Something changed since the preview: the same page says what no longer fits.
        return Ok(preview_page(&app, &signed, &files, &report));
    }
    Ok(redirect_with(Flash::success(format!("Fichiers enregistrés\u{a0}: {}", figures(&report))), PATH))
}
