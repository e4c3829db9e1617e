//! What would become of each line, without anything written; then, on a decision, the import.

use askama::Template;
use axum::extract::{RawForm, State};
use axum::response::Response;
use exchange::inputs::{LineRemark, Summary, import, job};
use support::inputs::{InputKind, Ruling};

use super::{Chosen, PATH, back, short, value};
use crate::app::App;
use crate::components::{Button, Column, EmptyState, Field, Figure, Flash, Form, Notice, Pager, Row, Table, Tone};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::problems::sentence;
use crate::session::{Signed, redirect_with};

/// Lines shown; the report of the import holds them all.
const SHOWN: usize = 100;

/// The page.
#[derive(Template)]
#[template(path = "input_trial.html")]
pub(super) struct InputTrial {
    layout: Layout,
    notices: Vec<Notice>,
    told: Vec<String>,
    figures: Vec<Figure>,
    lines: Table,
    form: Form,
}

/// Tries an import. `Err`: the file cannot be read as was chosen, and why.
pub(super) async fn draw(app: &App, signed: &Signed, chosen: &Chosen) -> Result<Result<InputTrial, String>, Problem> {
    let request = chosen.demand(app, signed, false).import(true).ok_or_else(Problem::internal)?;
    let summary = match import(&app.platform, &signed.actor, &request, |_| {}).await {
        Ok(summary) => summary,
        Err(error) if error.is_lasting() => return Ok(Err(error.to_string())),
        Err(error) => return Err(error.into()),
    };
    let kind = chosen.kind();
    let layout = signed
        .layout(app, &format!("{PATH}/colonnes"), "Essai à blanc")
        .lead(format!("Fichier «\u{a0}{}\u{a0}», {}\u{a0}: rien n’est encore écrit.", chosen.file_name, short(kind)))
        .crumb(back().0, back().1)
        .crumb("Déposer un tableau", format!("{PATH}/depot"));
    Ok(Ok(InputTrial {
        layout,
        notices: notices(&summary),
        told: told(chosen, &summary),
        figures: figures(&summary),
        lines: lines(&summary.line_remarks),
        form: confirmation(chosen, &summary),
    }))
}

fn notices(summary: &Summary) -> Vec<Notice> {
    let late = summary.late.then(|| {
        Notice::new(
            Tone::Info,
            "Fichier plus ancien que le dernier importé",
            "Il complètera l’historique. La situation présente ne changera que pour les personnes dont rien de plus récent n’est connu.",
        )
    });
    late.into_iter().collect()
}

fn told(chosen: &Chosen, summary: &Summary) -> Vec<String> {
    let mut told: Vec<String> = summary.remarks.iter().map(|remark| sentence(remark)).collect();
    told.insert(0, format!("{} lues.", fr::count(summary.lines, "ligne", "lignes")));
    if chosen.complete {
        told.push(
            "Ce fichier nomme tous les inscrits\u{a0}: les personnes inscrites qu’il ne nomme pas ne le seront plus à sa date."
                .to_owned(),
        );
    }
    told
}

fn figures(summary: &Summary) -> Vec<Figure> {
    let report = &summary.report;
    let figure = |label: String, n: u64, note: &str| {
        Figure::new(label, fr::number(n), fr::plural(n, "ligne", "lignes")).note(note.to_owned())
    };
    let of_rulings = Ruling::ALL
        .iter()
        .filter(|ruling| report.counted(**ruling) > 0)
        .map(|ruling| figure(heading(*ruling), report.counted(*ruling), ruling.label()));
    let others = [
        (report.unreadable, "Illisibles", "le détail est ci-dessous"),
        (report.not_concerned, "Hors RSA", "d’après le fichier, écartées"),
    ];
    let others = others.into_iter().filter(|(n, ..)| *n > 0).map(|(n, label, note)| figure(label.to_owned(), n, note));
    of_rulings.chain(others).collect()
}

/// « Certaines (M1) ».
fn heading(ruling: Ruling) -> String {
    let name = match ruling {
        Ruling::Certain => "Certaines",
        Ruling::Probable => "Probables",
        Ruling::Possible => "Possibles",
        Ruling::SeveralPersons | Ruling::OtherKeyDiffers | Ruling::NothingElseAgrees | Ruling::Namesake => "Contraires",
        Ruling::Repeated => "En double",
        Ruling::Clashing => "Incompatibles",
        Ruling::Unknown => "Inconnues",
    };
    format!("{name} ({})", ruling.as_code())
}

fn lines(remarks: &[LineRemark]) -> Table {
    let columns = [Column::number("Ligne"), Column::text("Ce qu’il y a à en dire"), Column::text("Suite")];
    let rows = remarks.iter().take(SHOWN).map(|remark| {
        let outcome = if remark.severity == "error" { "non écrite" } else { "écrite, à regarder" };
        let outcome = if remark.code == Ruling::Probable.as_code() { "à votre décision" } else { outcome };
        Row::new([fr::number(remark.line).into(), sentence(&remark.message).into(), outcome.into()])
    });
    let shown = u64::try_from(remarks.len().min(SHOWN)).unwrap_or(u64::MAX);
    let total = u64::try_from(remarks.len()).unwrap_or(u64::MAX);
    Table::new("lignes", "Lignes à regarder, dans l’ordre du fichier", columns, rows)
        .pager(Pager::of(shown, total, "ligne", "lignes"))
        .empty(EmptyState::new("Rien à signaler", "Toutes les lignes sont lisibles et rattachées avec certitude."))
}

fn confirmation(chosen: &Chosen, summary: &Summary) -> Form {
    let report = &summary.report;
    let probable = report.counted(Ruling::Probable);
    let mut form = Form::post(format!("{PATH}/import")).hidden(Chosen::FIELD, chosen.written()).without_focus();
    if probable > 0 {
        let label =
            format!("Prendre aussi les lignes probables (M2)\u{a0}: {}", fr::count(probable, "ligne", "lignes"));
        let hint = match chosen.kind() {
            InputKind::FranceTravail => {
                "Ce fichier ne porte pas de NIR\u{a0}: le nom, le prénom et la date de naissance y tiennent lieu d’identifiant la première fois."
            }
            InputKind::Questionnaire | InputKind::Recommendation => {
                "Ces lignes ne portent pas d’identifiant connu\u{a0}: seuls le nom, le prénom et la date de naissance concordent."
            }
        };
        form = form.field(Field::checkbox("probables", label, false).hint(hint));
    }
    form.button(Button::primary("Importer")).cancel(back().1)
}

/// Hands the deposit to a job: the decision is made under the name of whoever sends this.
pub(super) async fn start(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let chosen = Chosen::read(&app, &body).await?;
    let accept_probable = value(&body, "probables").as_deref() == Some("oui");
    let demand = chosen.demand(&app, &signed, accept_probable);
    let id = job::enqueue(&app.platform, &signed.actor, &demand).await?;
    let told = format!("Le fichier «\u{a0}{}\u{a0}» est en cours d’import.", chosen.file_name);
    Ok(redirect_with(Flash::success(told), &format!("/travaux/{id}")))
}
