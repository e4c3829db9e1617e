//! Adding, correcting, ending and taking back a fact of any kind: the form is drawn from the kind's own
//! description, and filled from the record.

use askama::Template;
use axum::extract::{Form as Posted, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use base::{Date, Id, Instant};
use platform::{Actor, Organisation, Structure};
use territory::changes::{self, Done, Record};
use territory::communes::Commune;
use territory::posts::Post;
use territory::structures::StructureKind;
use territory::{
    AsOf, CellProblem, Cells, Certainty, Description, Error, FactKind, Field as Described, Input, Names, Shown,
    SubjectKind,
};

use super::{PATH, choices, cited, plain, slug, subject_path, trust};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, Button, Column, EmptyState, Field, Flash, Form, Fragment, Link, Query, Row, Source, Table,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::problems::sentence;
use crate::session::{Signed, redirect_with};

/// What is recorded about a subject, with the way to mend each line.
pub(super) fn facts_table(records: &[Record], edit: bool) -> Table {
    let mut columns = vec![
        Column::text("Fait"),
        Column::text("Période"),
        Column::text("Certitude"),
        Column::text("Source"),
        Column::text("Connu depuis"),
    ];
    if edit {
        columns.push(Column::actions("Actions"));
    }
    let rows = records.iter().map(|record| {
        let known = fr::date_short(record.recorded_at.date());
        let line = record.provenance.line.map(|line| Source::new(format!("fichier, ligne {}", fr::number(line))));
        let known = match line {
            Some(line) => Fragment::with_detail(known, line),
            None => known.into(),
        };
        let dates = match record.evidence.dates_certainty {
            Certainty::Confirmed => fr::period(record.valid).into(),
            Certainty::Hypothesis => Fragment::with_detail(fr::period(record.valid), "dates par hypothèse"),
        };
        let mut cells = vec![
            Fragment::with_detail(sentence(record.kind.description().label).trim_end_matches('.'), summary(record)),
            dates,
            trust(record.evidence.certainty).into(),
            cited(&record.evidence),
            known,
        ];
        if edit {
            cells.push(if record.replaced_at.is_some() { Badge::neutral("remplacé").into() } else { links(record) });
        }
        Row::new(cells)
    });
    let empty =
        EmptyState::new("Rien n’est enregistré à cette date", "Choisissez une autre date, ou ajoutez un fait daté.");
    Table::new("faits", "Faits enregistrés", columns, rows.collect::<Vec<_>>()).caption_hidden().empty(empty)
}

/// The values that are known, in one line.
fn summary(record: &Record) -> Fragment {
    let known = record.values.iter().filter(|(_, value)| *value != Shown::Nothing);
    let mut parts: Vec<String> = known.map(|(label, value)| format!("{label}\u{a0}: {}", plain(value))).collect();
    if record.kind == FactKind::Sector {
        parts.push(format!("Commune\u{a0}: {}", record.subject_name));
    }
    parts.join("\u{a0}· ").into()
}

fn links(record: &Record) -> Fragment {
    let place = format!("{PATH}/faits/{}/{}", slug(record.kind), record.id);
    let context = format!("le fait «\u{a0}{}\u{a0}» {}", record.kind.description().label, fr::period(record.valid));
    let correct = Link::new(format!("{place}/corriger"), "Corriger").context(context.clone());
    let close = record.valid.to.is_none().then(|| Link::new(format!("{place}/terminer"), "Terminer").context(context));
    Fragment::join(std::iter::once(correct.into()).chain(close.map(Fragment::from)))
}

#[derive(Template)]
#[template(path = "territory/fact.html")]
struct Page {
    layout: Layout,
    explanation: String,
    form: Form,
    /// To take back what was never true.
    withdraw: Option<ActionForm>,
}

/// The kind that the address names.
fn kind_of(name: &str) -> Result<FactKind, Problem> {
    FactKind::ALL.iter().copied().find(|kind| slug(*kind) == name).ok_or_else(Problem::not_found)
}

/// The cells of a record as people read them: where a file gives the day after the last one, the last one.
fn as_read(description: &Description, cells: &Cells) -> Cells {
    moved(description, cells, |day| day.yesterday().ok())
}

/// What a form gives, as a file would.
fn as_filed(description: &Description, cells: &Cells) -> Cells {
    moved(description, cells, |day| day.tomorrow().ok())
}

/// What is not a day stays as it is, to be refused where it is read.
fn moved(description: &Description, cells: &Cells, step: impl Fn(Date) -> Option<Date>) -> Cells {
    let mut cells = cells.clone();
    for column in description.last_days() {
        if let Some(text) = cells.get_mut(column)
            && let Some(day) = territory::read_day(text.trim()).and_then(&step)
        {
            *text = day.to_string();
        }
    }
    cells
}

/// What a form must say besides the values.
struct Ask<'a> {
    description: &'a Description,
    names: &'a Names,
    cells: &'a Cells,
    problems: &'a [CellProblem],
}

impl Ask<'_> {
    fn value(&self, columns: &[&str]) -> String {
        columns.iter().find_map(|column| self.cells.get(*column)).cloned().unwrap_or_default()
    }

    fn error(&self, columns: &[&str]) -> Option<String> {
        self.problems
            .iter()
            .find(|problem| columns.contains(&problem.column.as_str()))
            .map(|problem| problem.reason.clone())
    }

    fn day(&self, columns: &[&'static str], label: &str) -> Field {
        // Under the first of its names, whichever the value came by.
        Field::date(columns[0], label).value(self.value(columns)).error(self.error(columns))
    }

    fn field(&self, field: &Described) -> Field {
        let (name, label) = (field.column, field.label);
        let control = match field.input {
            Input::Text => Field::text(name, label),
            Input::Number => Field::digits(name, label),
            Input::Share => Field::text(name, label),
            Input::Day | Input::LastDay => Field::date(name, label),
            Input::Choice(offered) => Field::select(name, label, choices("Choisir…", offered())),
            Input::Code(sort) => self.code(name, label, sort),
        };
        let control = if field.hint.is_empty() { control } else { control.hint(field.hint) };
        let control = if field.required { control.required() } else { control };
        control.value(self.value(&[name])).error(self.error(&[name]))
    }

    fn code(&self, name: &str, label: &str, sort: SubjectKind) -> Field {
        match sort {
            // Hundreds of posts: their code is on their own page.
            SubjectKind::Post => Field::text(name, label).hint("Le code du poste."),
            _ => Field::select(name, label, choices("Choisir…", self.names.offered(sort))),
        }
    }

    fn certainties(&self) -> [Field; 2] {
        let field = |column: &str, label: &str| {
            Field::select(column, label, choices("Choisir…", Certainty::choices()))
                .required()
                .value(self.value(&[column]))
                .error(self.error(&[column]))
        };
        [field("certainty", "Certitude du fait"), field("dates_certainty", "Certitude des dates")]
    }

    fn source(&self) -> Field {
        Field::text("source", "Source")
            .required()
            .hint("Décision, marché, publication\u{a0}: ce qui permet de vérifier.")
            .value(self.value(&["source"]))
            .error(self.error(&["source"]))
    }

    /// Problems that no field of the form can show.
    fn elsewhere(&self, shown: &[&str]) -> Option<Fragment> {
        let others = self.problems.iter().filter(|problem| !shown.contains(&problem.column.as_str()));
        let sentences: Vec<Fragment> = others.map(|problem| problem.reason.as_str().into()).collect();
        (!sentences.is_empty()).then(|| Fragment::join(sentences))
    }

    /// The form of a whole fact; the subject only when it is not settled.
    fn whole(&self, action: &str, with_subject: bool, back: &str) -> Form {
        let layout = &self.description.layout;
        let mut form = Form::post(action);
        let mut columns: Vec<&str> = self.description.fields.iter().map(|field| field.column).collect();
        columns.extend(layout.from.iter().chain(layout.to));
        columns.extend(["certainty", "dates_certainty", "source", "note"]);
        if with_subject {
            columns.extend([layout.subject, "kind"]);
            let subject = if layout.creates {
                Field::text(layout.subject, layout.subject_label)
                    .hint("Un code nouveau crée ce qu’il désigne\u{a0}; un code connu en complète la description.")
            } else {
                self.code(layout.subject, layout.subject_label, self.description.subject)
            };
            form = form
                .field(subject.required().value(self.value(&[layout.subject])).error(self.error(&[layout.subject])));
            if self.description.kind == FactKind::StructureProfile {
                let kinds = Field::select("kind", "Type", choices("Choisir…", StructureKind::choices()))
                    .hint("Seulement pour une structure nouvelle\u{a0}: son type ne change pas ensuite.");
                form = form.field(kinds.value(self.value(&["kind"])).error(self.error(&["kind"])));
            }
        }
        for field in self.description.fields {
            form = form.field(self.field(field));
        }
        form =
            form.field(self.day(layout.from, layout.from_label).required()).field(self.day(layout.to, layout.to_label));
        for field in self.certainties() {
            form = form.field(field);
        }
        let note = Field::textarea("note", "Remarque", 2).value(self.value(&["note"])).error(self.error(&["note"]));
        form.field(self.source())
            .field(note)
            .problem(self.elsewhere(&columns))
            .button(Button::primary("Enregistrer"))
            .cancel(back)
    }

    fn ending(&self, action: &str, back: &str) -> Form {
        let layout = &self.description.layout;
        let [_, dates] = self.certainties();
        let mut shown: Vec<&str> = layout.to.to_vec();
        shown.extend(["dates_certainty", "source"]);
        Form::post(action)
            .field(self.day(layout.to, layout.to_label).required())
            .field(dates)
            .field(self.source())
            .problem(self.elsewhere(&shown))
            .button(Button::primary("Terminer"))
            .cancel(back)
    }
}

async fn names(app: &App, actor: &Actor) -> Result<Names, Problem> {
    Ok(territory::picture(&app.platform, actor, AsOf::now(&app.platform.clock)).await?.names)
}

pub async fn adding(
    State(app): State<App>,
    signed: Signed,
    Path(kind): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let kind = kind_of(&kind)?;
    let cells = Query::parse(query.as_deref()).pairs().iter().cloned().collect();
    add_page(&app, &signed, kind, &cells, &[]).await
}

async fn add_page(
    app: &App,
    signed: &Signed,
    kind: FactKind,
    cells: &Cells,
    problems: &[CellProblem],
) -> Result<Response, Problem> {
    let names = names(app, &signed.actor).await?;
    let description = kind.description();
    let path = format!("{PATH}/faits/{}/ajouter", slug(kind));
    let ask = Ask { description: &description, names: &names, cells, problems };
    let page = Page {
        layout: signed.layout(app, &path, &format!("Ajouter\u{a0}: {}", description.label)).crumb("Territoire", PATH),
        explanation: "Un fait vaut à partir d’un jour, et jusqu’à un autre s’il prend fin. Il ne remplace rien\u{a0}: ce qui était connu le reste.".to_owned(),
        form: ask.whole(&path, true, PATH),
        withdraw: None,
    };
    Ok(answer(&page, problems))
}

fn answer(page: &Page, problems: &[CellProblem]) -> Response {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    (status, Html(Fragment::render(page).to_string())).into_response()
}

pub async fn add(
    State(app): State<App>,
    signed: Signed,
    Path(kind): Path<String>,
    Posted(cells): Posted<Cells>,
) -> Result<Response, Problem> {
    let kind = kind_of(&kind)?;
    match changes::add(&app.platform, &signed.actor, kind, &as_filed(&kind.description(), &cells)).await {
        Ok(done) => told(&app, &signed, done, "Le fait est ajouté.").await,
        Err(error) => add_page(&app, &signed, kind, &cells, &mendable(error)?).await,
    }
}

/// What the same form can show; anything else is an error page.
fn mendable(error: Error) -> Result<Vec<CellProblem>, Problem> {
    match error {
        Error::Invalid(problems) => Ok(problems),
        Error::Conflict(conflict) => {
            Ok(vec![CellProblem { column: String::new(), reason: sentence(&conflict.to_string()) }])
        }
        other => Err(other.into()),
    }
}

/// Back to the subject's page, with the way to undo.
async fn told(app: &App, signed: &Signed, done: Done, text: &str) -> Result<Response, Problem> {
    let names = names(app, &signed.actor).await?;
    let code = match done.subject_kind {
        SubjectKind::Commune => names.code::<Commune>(Id::new(done.subject)),
        SubjectKind::Organisation => names.code::<Organisation>(Id::new(done.subject)),
        SubjectKind::Structure => names.code::<Structure>(Id::new(done.subject)),
        SubjectKind::Post => names.code::<Post>(Id::new(done.subject)),
    };
    let undo = format!("{PATH}/faits/{}/{}/annuler/{}", slug(done.kind), done.subject, done.at.micros());
    Ok(redirect_with(Flash::success(text).undo(undo), &subject_path(done.subject_kind, code)))
}

pub async fn correcting(
    State(app): State<App>,
    signed: Signed,
    Path((kind, id)): Path<(String, i64)>,
) -> Result<Response, Problem> {
    let record = changes::record(&app.platform, &signed.actor, kind_of(&kind)?, id).await?;
    let cells = as_read(&record.kind.description(), &record.cells);
    correct_page(&app, &signed, &record, &cells, &[]).await
}

async fn correct_page(
    app: &App,
    signed: &Signed,
    record: &Record,
    cells: &Cells,
    problems: &[CellProblem],
) -> Result<Response, Problem> {
    let names = names(app, &signed.actor).await?;
    let description = record.kind.description();
    let place = format!("{PATH}/faits/{}/{}", slug(record.kind), record.id);
    let path = format!("{place}/corriger");
    let back = subject_path(record.subject_kind, &record.subject_code);
    let ask = Ask { description: &description, names: &names, cells, problems };
    let page = Page {
        layout: signed
            .layout(app, &path, &format!("Corriger\u{a0}: {}", description.label))
            .lead(record.subject_name.clone())
            .crumb("Territoire", PATH)
            .crumb(record.subject_name.clone(), back.clone()),
        explanation: "La correction prend la place de ce qui était enregistré\u{a0}; l’ancienne version reste lisible à sa date de connaissance. Si la situation a changé depuis un jour donné, terminez plutôt ce fait et ajoutez le suivant.".to_owned(),
        form: ask.whole(&path, false, &back),
        withdraw: Some(ActionForm::new(format!("{place}/retirer"), Button::secondary("Retirer ce fait, qui n’a jamais été vrai"))),
    };
    Ok(answer(&page, problems))
}

pub async fn correct(
    State(app): State<App>,
    signed: Signed,
    Path((kind, id)): Path<(String, i64)>,
    Posted(cells): Posted<Cells>,
) -> Result<Response, Problem> {
    let kind = kind_of(&kind)?;
    match changes::correct(&app.platform, &signed.actor, kind, id, &as_filed(&kind.description(), &cells)).await {
        Ok(done) => told(&app, &signed, done, "Le fait est corrigé.").await,
        Err(error) => {
            let problems = mendable(error)?;
            let record = changes::record(&app.platform, &signed.actor, kind, id).await?;
            correct_page(&app, &signed, &record, &cells, &problems).await
        }
    }
}

pub async fn closing(
    State(app): State<App>,
    signed: Signed,
    Path((kind, id)): Path<(String, i64)>,
) -> Result<Response, Problem> {
    let record = changes::record(&app.platform, &signed.actor, kind_of(&kind)?, id).await?;
    let cells = [("dates_certainty".to_owned(), "confirmed".to_owned())].into();
    close_page(&app, &signed, &record, &cells, &[]).await
}

async fn close_page(
    app: &App,
    signed: &Signed,
    record: &Record,
    cells: &Cells,
    problems: &[CellProblem],
) -> Result<Response, Problem> {
    let names = names(app, &signed.actor).await?;
    let description = record.kind.description();
    let path = format!("{PATH}/faits/{}/{}/terminer", slug(record.kind), record.id);
    let back = subject_path(record.subject_kind, &record.subject_code);
    let ask = Ask { description: &description, names: &names, cells, problems };
    let page = Page {
        layout: signed
            .layout(app, &path, &format!("Terminer\u{a0}: {}", description.label))
            .lead(format!("{}, {}", record.subject_name, fr::period(record.valid)))
            .crumb("Territoire", PATH)
            .crumb(record.subject_name.clone(), back.clone()),
        explanation: if description.layout.to_is_last_day {
            "Donnez le dernier jour où le fait vaut encore.".to_owned()
        } else {
            "La fin est le premier jour où le fait ne vaut plus.".to_owned()
        },
        form: ask.ending(&path, &back),
        withdraw: None,
    };
    Ok(answer(&page, problems))
}

pub async fn close(
    State(app): State<App>,
    signed: Signed,
    Path((kind, id)): Path<(String, i64)>,
    Posted(cells): Posted<Cells>,
) -> Result<Response, Problem> {
    let kind = kind_of(&kind)?;
    match changes::close(&app.platform, &signed.actor, kind, id, &as_filed(&kind.description(), &cells)).await {
        Ok(done) => told(&app, &signed, done, "Le fait est terminé.").await,
        Err(error) => {
            let problems = mendable(error)?;
            let record = changes::record(&app.platform, &signed.actor, kind, id).await?;
            close_page(&app, &signed, &record, &cells, &problems).await
        }
    }
}

pub async fn withdraw(
    State(app): State<App>,
    signed: Signed,
    Path((kind, id)): Path<(String, i64)>,
) -> Result<Response, Problem> {
    let done = changes::withdraw(&app.platform, &signed.actor, kind_of(&kind)?, id).await?;
    told(&app, &signed, done, "Le fait est retiré.").await
}

pub async fn undo(
    State(app): State<App>,
    signed: Signed,
    Path((kind, subject, at)): Path<(String, i64, i64)>,
) -> Result<Response, Problem> {
    let kind = kind_of(&kind)?;
    let done = Done { kind, subject_kind: kind.description().subject, subject, at: Instant::from_micros(at) };
    let undone = changes::undo(&app.platform, &signed.actor, done).await?;
    told(&app, &signed, undone, "C’est annulé\u{a0}: ce qui était connu avant l’est de nouveau.").await
}
