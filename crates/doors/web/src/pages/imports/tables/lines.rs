//! `/imports/tableaux/{id}/lignes`: the lines that may be about several persons, decided one by one.

use askama::Template;
use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use base::{Date, Id, fold, words as words_of};
use law::orientation::WirePath;
use law::questionnaire::Question;
use support::inputs::{self, InputFile, LineDoubt, LineDoubtView, Observed, Ruling, Said, Severity};
use support::person::{Card, Person, Precision};
use territory::Names;
use territory::communes::Commune;

use super::report::{number, title};
use super::{IMPORTS, PATH};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, Button, Choice, Column, Description, EmptyState, Field, Flash, Form, Fragment, Link, Notice,
    Query, Row, Table, Tone, Unknown,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::{page, person_words as words, to_mend};
use crate::problems::sentence;
use crate::session::{Signed, redirect_with};

/// Every doubtful line of a table.
#[derive(Template)]
#[template(path = "input_lines.html")]
struct InputLines {
    layout: Layout,
    table: Table,
}

/// One of them.
#[derive(Template)]
#[template(path = "input_line.html")]
struct InputLine {
    layout: Layout,
    notices: Vec<Notice>,
    said: Description,
    candidates: Table,
    /// `None` once it is decided.
    form: Option<Form>,
}

/// « none of them », in the form.
const NOBODY: &str = "aucune";

fn list_of(file: &InputFile) -> String {
    format!("{PATH}/{}/lignes", file.id)
}

/// What the report of a table says of the lines that wait for a decision.
pub(super) fn waiting(file: &InputFile, groups: &[(Severity, String, i64)], href: &str) -> Option<Notice> {
    let of = groups.iter().filter(|(severity, code, _)| {
        *severity == Severity::Error && Ruling::from_code(code).is_some_and(Ruling::may_be_decided)
    });
    let waiting: u64 = of.map(|(.., n)| n.unsigned_abs()).sum();
    (waiting > 0 && file.completed_at.is_some()).then(|| {
        let title = format!("{} à votre décision", fr::count(waiting, "ligne douteuse", "lignes douteuses"));
        let told = "Elles parlent peut-être de plusieurs personnes, ou d’une personne qui n’est pas sûre. Rien n’en est écrit avant que quelqu’un dise de qui elles parlent.";
        let link = Link::new(format!("{href}/lignes"), "Décider ligne par ligne");
        Notice::new(Tone::Warning, title, Fragment::join([told.into(), link.into()]))
    })
}

/// The names that a line gives, as it writes them.
fn names_said(said: &Said) -> String {
    let name = format!("{} {}", said.family_names.join(" / "), said.first_names);
    let name = name.trim().to_owned();
    if name.is_empty() { "sans nom".to_owned() } else { name }
}

pub(super) async fn list(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let file = inputs::file(&app.platform, &signed.actor, number(&id)?).await?;
    let doubts = inputs::line_doubts(&app.platform, &signed.actor, file.id).await?;
    let here = list_of(&file);
    let rows = doubts.iter().map(|(doubt, card)| {
        let line = format!("Ligne {}", fr::number(doubt.line));
        let said = doubt.said.as_ref().map(|said| names_said(&said.0));
        let state: Fragment = match (doubt.decided_at, card) {
            (None, _) => Badge::warning("à décider").into(),
            (Some(at), Some(card)) => Fragment::with_detail(
                Link::new(words::href(card.person), words::card_name(card)),
                format!("décidé le {}", fr::moment(at)),
            ),
            (Some(at), None) => Fragment::with_detail(
                Badge::neutral("aucune de ces personnes"),
                format!("décidé le {}", fr::moment(at)),
            ),
        };
        Row::new([
            Fragment::with_detail(Link::new(format!("{here}/{}", doubt.id), line), said.unwrap_or_default()),
            sentence(doubt.ruling.label()).into(),
            state,
        ])
    });
    let columns = [Column::text("Ligne"), Column::text("Pourquoi elle est de côté"), Column::text("Décision")];
    let table = Table::new("lignes", "Lignes douteuses, dans l’ordre du fichier", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new(
            "Aucune ligne douteuse",
            "Chaque ligne du fichier parle d’une personne sûre, ou de personne.",
        ));
    let layout = signed
        .layout(&app, &here, &format!("Lignes douteuses\u{a0}: {}", title(&file)))
        .lead("Chaque ligne attend que quelqu’un dise de qui elle parle.")
        .crumb("Imports", IMPORTS)
        .crumb("Compte rendu", format!("{PATH}/{}", file.id).as_str());
    Ok(page(&InputLines { layout, table }))
}

/// The doubt of the path, of the file of the path.
async fn find(app: &App, signed: &Signed, file: &str, line: &str) -> Result<LineDoubtView, Problem> {
    let line: Id<LineDoubt> = line.parse().map_err(|_| Problem::not_found())?;
    let view = inputs::line_doubt(&app.platform, &signed.actor, line).await?;
    if view.file.id != number(file)? {
        return Err(Problem::not_found());
    }
    Ok(view)
}

async fn draw(app: &App, signed: &Signed, view: &LineDoubtView, problem: Option<String>) -> Result<InputLine, Problem> {
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let LineDoubtView { doubt, file, candidates, .. } = view;
    let list = list_of(file);
    let here = format!("{list}/{}", doubt.id);
    let said = doubt.said.as_ref().map(|said| &said.0);
    let mut notices = Vec::new();
    if doubt.decided_at.is_none() {
        notices.push(Notice::new(Tone::Info, "Rien n’est encore écrit", sentence(doubt.ruling.label())));
    } else {
        notices.push(decided(view, &here));
    }
    if said.is_none() {
        notices.push(Notice::new(
            Tone::Info,
            "Le contenu de la ligne n’est plus gardé",
            "Il l’est le temps de pouvoir revenir sur la décision.",
        ));
    }
    let form = doubt.decided_at.is_none().then(|| form(&here, &list, candidates, problem));
    let layout = signed
        .layout(app, &here, &format!("Ligne {}", fr::number(doubt.line)))
        .lead(title(file))
        .crumb("Imports", IMPORTS)
        .crumb("Compte rendu", format!("{PATH}/{}", file.id).as_str())
        .crumb("Lignes douteuses", list.as_str());
    Ok(InputLine {
        layout,
        notices,
        said: said.map_or_else(Description::new, description),
        candidates: candidates_table(candidates, said, &names, app.platform.today()),
        form,
    })
}

fn decided(view: &LineDoubtView, here: &str) -> Notice {
    let LineDoubtView { doubt, candidates, undo_until, .. } = view;
    let about = candidates.iter().find(|card| Some(card.person) == doubt.person);
    let told: Fragment = match (about, doubt.person) {
        (Some(card), _) => Link::new(words::href(card.person), words::card_name(card)).into(),
        (None, Some(person)) => Link::new(words::href(person), "Voir le dossier").into(),
        (None, None) => "Elle ne parle d’aucune de ces personnes\u{a0}: rien n’est écrit.".into(),
    };
    let when = doubt.decided_at.map(fr::moment).unwrap_or_default();
    let undo = undo_until.map(|_| {
        Fragment::from(ActionForm::new(format!("{here}/annuler"), Button::secondary("Annuler cette décision")))
    });
    Notice::new(Tone::Ok, format!("Décidée le {when}"), Fragment::join([told].into_iter().chain(undo)))
}

fn form(here: &str, list: &str, candidates: &[Card], problem: Option<String>) -> Form {
    let choices = candidates.iter().map(|card| {
        let detail = format!("{}, dossier n°\u{a0}{}", born(card), card.public_number);
        Choice::new(card.person.to_string(), words::card_name(card)).hint(detail)
    });
    let nobody = Choice::new(NOBODY, "Aucune de ces personnes").hint("La ligne reste de côté, rien n’est écrit.");
    Form::post(here)
        .field(
            Field::radios("personne", "De qui parle cette ligne\u{a0}?", choices.chain([nobody]))
                .required()
                .error(problem),
        )
        .button(Button::primary("Décider"))
        .cancel(list)
}

fn born(card: &Card) -> String {
    let word = if card.birth_date_precision == Precision::Full { "le" } else { "en" };
    format!("naissance {word} {}", words::birth_date(card.birth_date, card.birth_date_precision))
}

/// What the line tells of who it is about, then what it says.
fn description(said: &Said) -> Description {
    let given = |text: String| Unknown::MASCULINE.or((!text.is_empty()).then_some(text));
    let mut lines = Description::new()
        .line("Nom", given(said.family_names.join(" / ")))
        .line("Prénoms", given(said.first_names.clone()))
        .line("Naissance", Unknown::FEMININE.or(said.birth_date.map(fr::date_long)))
        .line("Identifiant France Travail", given(said.identifier.clone()))
        .line("NIR", if said.has_number { "donné par la ligne (non gardé)" } else { "non donné" });
    let contacts: Vec<String> = said
        .phones
        .iter()
        .map(|phone| fr::phone(phone))
        .chain((!said.email.is_empty()).then(|| said.email.clone()))
        .collect();
    if !contacts.is_empty() {
        lines = lines.line("Contacts", contacts.join(", "));
    }
    match &said.observed {
        Observed::Registration(registration) => {
            let since = fr::date_long(registration.registered_on);
            lines.line("Inscription à France Travail", format!("depuis le {since}"))
        }
        Observed::Questionnaire { on, answers } => {
            lines = lines.line("Questionnaire du", fr::date_long(*on));
            for question in Question::ALL {
                if let Some(answer) = answers.said(question) {
                    lines = lines.line(fr::capitalised(question.label()), fr::capitalised(&answer));
                }
            }
            lines
        }
        Observed::Recommendation { on, recommendation } => {
            let path = WirePath::from_code(&recommendation.path)
                .map_or_else(|| recommendation.path.clone(), |path| path.label().to_owned());
            lines.line("Préconisation du", fr::date_long(*on)).line("Parcours préconisé", path)
        }
    }
}

fn candidates_table(candidates: &[Card], said: Option<&Said>, names: &Names, today: Date) -> Table {
    let columns = [
        Column::text("Personne"),
        Column::text("Naissance"),
        Column::text("Commune"),
        Column::text("Comparée à la ligne"),
    ];
    let rows = candidates.iter().map(|card| {
        let age = words::age(card.birth_date, card.birth_date_precision, today);
        let commune = names.find::<Commune>(&card.commune_code).map(|commune| names.name(commune).to_owned());
        Row::new([
            words::link(card),
            Fragment::with_detail(words::birth_date(card.birth_date, card.birth_date_precision), age),
            Unknown::FEMININE.or(commune),
            said.map(|said| compared(card, said)).into(),
        ])
    });
    Table::new("personnes-possibles", "Personnes possibles", columns, rows).caption_hidden().empty(EmptyState::new(
        "Aucune de ces personnes n’a plus de dossier ici",
        "Dites «\u{a0}Aucune de ces personnes\u{a0}»\u{a0}: la ligne reste de côté.",
    ))
}

/// What agrees and what differs, by the words and not by the colour alone.
fn compared(card: &Card, said: &Said) -> Fragment {
    let first_word = |text: &str| words_of(&fold(text)).next().map(str::to_owned);
    let names = [card.usual_name.as_str(), card.birth_name.as_str()].map(fold);
    let same_name = said.family_names.iter().any(|name| names.contains(&fold(name)));
    let told = [
        (!said.family_names.is_empty(), same_name, "même nom", "autre nom"),
        (
            !said.first_names.is_empty(),
            first_word(&said.first_names) == first_word(&card.first_name),
            "même prénom",
            "autre prénom",
        ),
        (
            said.birth_date.is_some(),
            said.birth_date == Some(card.birth_date),
            "même date de naissance",
            "autre date de naissance",
        ),
    ];
    Fragment::join(
        told.into_iter()
            .filter(|(given, ..)| *given)
            .map(|(_, same, alike, other)| Fragment::from(if same { Badge::ok(alike) } else { Badge::warning(other) })),
    )
}

pub(super) async fn show(
    State(app): State<App>,
    signed: Signed,
    Path((id, line)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = find(&app, &signed, &id, &line).await?;
    Ok(page(&draw(&app, &signed, &view, None).await?))
}

pub(super) async fn decide(
    State(app): State<App>,
    signed: Signed,
    Path((id, line)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let view = find(&app, &signed, &id, &line).await?;
    let sent = Query::parse(std::str::from_utf8(&body).ok());
    let person: Option<Id<Person>> = match sent.get("personne") {
        Some(NOBODY) => None,
        Some(person) if let Ok(person) = person.parse() => Some(person),
        _ => {
            let problem = "Choisissez une personne, ou «\u{a0}Aucune de ces personnes\u{a0}».".to_owned();
            return Ok(to_mend(&draw(&app, &signed, &view, Some(problem)).await?));
        }
    };
    let list = list_of(&view.file);
    match inputs::decide_line(&app.platform, &signed.actor, view.doubt.id, person).await {
        Ok(()) => {
            let told = match person {
                Some(_) => "La ligne est enregistrée dans le dossier de cette personne.",
                None => "La ligne reste de côté\u{a0}: elle ne parle d’aucune de ces personnes.",
            };
            Ok(redirect_with(Flash::success(told).undo(format!("{list}/{}/annuler", view.doubt.id)), &list))
        }
        Err(support::Error::Invalid(why)) => {
            // A colleague may have decided in between: the page is drawn as it is now.
            let view = find(&app, &signed, &id, &line).await?;
            if view.doubt.decided_at.is_some() {
                return Ok(redirect_with(Flash::warning(sentence(&why)), &format!("{list}/{}", view.doubt.id)));
            }
            Ok(to_mend(&draw(&app, &signed, &view, Some(sentence(&why))).await?))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn undo(
    State(app): State<App>,
    signed: Signed,
    Path((id, line)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = find(&app, &signed, &id, &line).await?;
    let here = format!("{}/{}", list_of(&view.file), view.doubt.id);
    let flash = match inputs::undo_line(&app.platform, &signed.actor, view.doubt.id).await {
        Ok(()) => Flash::success("La décision est annulée, la ligne attend de nouveau."),
        Err(support::Error::Invalid(why)) => Flash::failure(sentence(&why)),
        Err(error) => return Err(error.into()),
    };
    Ok(redirect_with(flash, &here))
}
