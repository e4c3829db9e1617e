//! What each column of a table holds: proposed, changed by whoever brings it in.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{RawForm, State};
use axum::response::Response;
use exchange::inputs::{self, fields_of, inspect};
use formats::table::Table as Sheet;
use law::questionnaire::Question;

use super::{Chosen, PATH, back, short, trial, value};
use crate::app::App;
use crate::components::{Button, Choice, Field, Form};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::problems::sentence;
use crate::session::Signed;

/// Values of a column shown to tell what it holds.
const EXAMPLES: usize = 3;

/// The page.
#[derive(Template)]
#[template(path = "input_columns.html")]
pub(super) struct InputColumns {
    layout: Layout,
    told: Vec<String>,
    form: Form,
}

pub(super) fn draw(
    app: &App,
    signed: &Signed,
    chosen: &Chosen,
    sheet: &Sheet,
    problem: Option<String>,
) -> InputColumns {
    let kind = chosen.kind();
    let mut form = Form::post(format!("{PATH}/colonnes")).hidden(Chosen::FIELD, chosen.written()).problem(problem);
    for (position, header) in sheet.header.iter().enumerate() {
        let nothing = Choice::new("", "Ne pas lire cette colonne");
        let choices = std::iter::once(nothing).chain(fields_of(kind).map(|field| Choice::new(field.code, field.label)));
        let taken = chosen.settings.columns.get(header).map(String::as_str).unwrap_or_default();
        form = form.field(
            Field::select(format!("colonne-{position}"), header.as_str(), choices).value(taken).hint(examples(
                sheet,
                position,
                inputs::Field::find(taken).and_then(inputs::Field::question),
            )),
        );
    }
    let form = form.button(Button::primary("Vérifier sans rien écrire")).cancel(back().1);
    let rows = u64::try_from(sheet.rows.len()).unwrap_or(u64::MAX);
    let mut told = vec![format!(
        "{}, en-têtes à la ligne {}.",
        fr::count(rows, "ligne de données", "lignes de données"),
        fr::number(sheet.header_row)
    )];
    told.extend(sheet.remarks.iter().map(|remark| sentence(&remark.to_string())));
    let layout = signed
        .layout(app, &format!("{PATH}/colonnes"), "Correspondance des colonnes")
        .lead(format!("Fichier «\u{a0}{}\u{a0}», {}.", chosen.file_name, short(kind)))
        .crumb(back().0, back().1)
        .crumb("Déposer un tableau", format!("{PATH}/depot"));
    InputColumns { layout, told, form }
}

/// « par exemple 0901 (logement autonome…), 0903 (…) », of the first rows; the codes of a question with what they say.
fn examples(sheet: &Sheet, position: usize, question: Option<Question>) -> String {
    let mut found: Vec<String> = Vec::new();
    for cell in sheet.rows.iter().filter_map(|row| row.cells.get(position)) {
        let mut text: String = cell.text().chars().take(40).collect();
        if let Some(answer) = question.and_then(|question| question.answer(&text)) {
            text = format!("{text} ({answer})");
        }
        if !text.is_empty() && !found.contains(&text) {
            found.push(text);
        }
        if found.len() == EXAMPLES {
            break;
        }
    }
    match found.as_slice() {
        [] => "Colonne vide.".to_owned(),
        found => format!("Par exemple\u{a0}: {}", found.join(", ")),
    }
}

pub(super) async fn receive(
    State(app): State<App>,
    signed: Signed,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let mut chosen = Chosen::read(&app, &body).await?;
    let (path, kind, sheet) = (app.spool.join(&chosen.deposit), chosen.kind(), chosen.settings.sheet.clone());
    let read = tokio::task::spawn_blocking(move || inspect(&path, kind, None, sheet.as_deref())).await;
    let table = read.map_err(|_| Problem::internal())?.map_err(Problem::from)?.table;
    chosen.settings.columns = table
        .header
        .iter()
        .enumerate()
        .filter_map(|(position, header)| {
            let field = value(&body, &format!("colonne-{position}")).filter(|field| !field.is_empty())?;
            Some((header.clone(), field))
        })
        .collect::<BTreeMap<_, _>>();
    if let Err(wrong) = chosen.settings.resolve(kind, &table.header) {
        let problem = sentence(&wrong.to_string());
        return Ok(to_mend(&draw(&app, &signed, &chosen, &table, Some(problem))));
    }
    match trial::draw(&app, &signed, &chosen).await? {
        Ok(trial) => Ok(page(&trial)),
        Err(reason) => Ok(to_mend(&draw(&app, &signed, &chosen, &table, Some(sentence(&reason))))),
    }
}
