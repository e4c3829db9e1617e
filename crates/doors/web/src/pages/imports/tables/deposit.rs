//! A table deposited: what it is, from whom, of which day.

use askama::Template;
use axum::extract::{Multipart, State};
use axum::response::Response;
use base::Date;
use exchange::inputs::{Settings, inspect};
use support::inputs::{InputKind, remembered_settings};

use super::{Chosen, PATH, back, columns, trial};
use crate::app::App;
use crate::components::{Button, Choice, Field, Form};
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::imports::deposit::{Deposited, cut_short, spool, sweep};
use crate::pages::{page, to_mend};
use crate::problems::sentence;
use crate::session::Signed;

/// The page.
#[derive(Template)]
#[template(path = "input_deposit.html")]
struct InputDeposit {
    layout: Layout,
    form: Form,
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Typed {
    kind: String,
    origin: String,
    date: String,
    sheet: String,
    complete: bool,
    kind_error: Option<String>,
    date_error: Option<String>,
    file_error: Option<String>,
}

fn draw(app: &App, signed: &Signed, typed: &Typed) -> InputDeposit {
    let kinds = InputKind::ALL.iter().map(|kind| Choice::new(kind.as_code(), crate::fr::capitalised(kind.label())));
    let form = Form::post(format!("{PATH}/depot"))
        .field(
            Field::radios("contenu", "Ce que contient le fichier", kinds)
                .value(typed.kind.as_str())
                .required()
                .error(typed.kind_error.clone()),
        )
        .field(
            Field::date("date", "Situation au")
                .value(typed.date.as_str())
                .required()
                .hint("Le jour dont le fichier parle. Il vaut aussi pour les lignes qui n’ont pas de date.")
                .error(typed.date_error.clone()),
        )
        .field(
            Field::text("origine", "De qui vient le fichier")
                .value(typed.origin.as_str())
                .hint("La correspondance des colonnes est retenue sous ce nom pour la prochaine fois."),
        )
        .field(
            Field::text("feuille", "Feuille à lire")
                .value(typed.sheet.as_str())
                .hint("Seulement si le classeur a plusieurs feuilles remplies."),
        )
        .field(
            Field::checkbox(
                "complet",
                "Le fichier de France Travail nomme tous les inscrits\u{a0}: qui n’y est plus n’est plus inscrit",
                typed.complete,
            )
            .hint("Sans cette case, l’absence d’une personne ne dit rien."),
        )
        .field(
            Field::file("fichier", "Fichier", ".csv,.txt,.xlsx,.xlsm,.xls,.ods")
                .required()
                .hint("Texte séparé par des points-virgules, ou classeur. Rien n’est écrit avant votre accord.")
                .error(typed.file_error.clone()),
        )
        .button(Button::primary("Déposer et vérifier"))
        .cancel(back().1);
    let layout = signed
        .layout(app, &format!("{PATH}/depot"), "Déposer un tableau")
        .lead("Inscriptions et préconisations de France Travail, questionnaires des demandes.")
        .crumb(back().0, back().1);
    InputDeposit { layout, form }
}

pub(super) async fn show(State(app): State<App>, signed: Signed) -> Response {
    page(&draw(&app, &signed, &Typed { date: app.platform.today().to_string(), ..Typed::default() }))
}

pub(super) async fn receive(State(app): State<App>, signed: Signed, mut parts: Multipart) -> Result<Response, Problem> {
    sweep(&app, &signed).await;
    let mut typed = Typed::default();
    let mut deposited: Option<Deposited> = None;
    while let Some(part) = parts.next_field().await.map_err(|_| cut_short())? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "fichier" {
            if deposited.is_none() {
                deposited = Some(spool(&app.spool, part).await?);
            }
            continue;
        }
        let text = part.text().await.map_err(|_| cut_short())?.trim().to_owned();
        match name.as_str() {
            "contenu" => typed.kind = text,
            "date" => typed.date = text,
            "origine" => typed.origin = text.chars().take(200).collect(),
            "feuille" => typed.sheet = text,
            "complet" => typed.complete = text == "oui",
            _ => {}
        }
    }
    let kind = InputKind::from_code(&typed.kind);
    if kind.is_none() {
        typed.kind_error = Some("Choisissez ce que contient le fichier.".to_owned());
    }
    let date = match typed.date.parse::<Date>() {
        Ok(day) if day > app.platform.today() => {
            typed.date_error = Some("Choisissez un jour qui n’est pas dans l’avenir.".to_owned());
            None
        }
        Ok(day) => Some(day),
        Err(_) => {
            typed.date_error = Some("Écrivez une date, par exemple 2026-10-31.".to_owned());
            None
        }
    };
    let deposited = deposited.filter(|deposited| deposited.size > 0);
    if deposited.is_none() {
        typed.file_error = Some("Choisissez le fichier à importer.".to_owned());
    }
    let (Some(kind), Some(reference_date), Some(mut deposited)) = (kind, date, deposited) else {
        return Ok(to_mend(&draw(&app, &signed, &typed)));
    };
    let mut chosen = Chosen {
        deposit: deposited.token(),
        file_name: deposited.file_name.clone(),
        sha256: deposited.sha256.clone(),
        kind: kind.as_code().to_owned(),
        origin: typed.origin.clone(),
        reference_date,
        complete: typed.complete && kind == InputKind::FranceTravail,
        settings: Settings::default(),
    };
    if kind == InputKind::FranceTravail {
        return match trial::draw(&app, &signed, &chosen).await? {
            Ok(trial) => {
                deposited.kept = true;
                Ok(page(&trial))
            }
            Err(reason) => {
                typed.file_error = Some(sentence(&reason));
                Ok(to_mend(&draw(&app, &signed, &typed)))
            }
        };
    }
    let remembered = remembered_settings(&app.platform, &signed.actor, kind, &typed.origin).await?;
    let remembered = remembered.and_then(|settings| serde_json::from_value::<Settings>(settings).ok());
    let path = deposited.path.clone();
    let sheet = Some(typed.sheet.clone()).filter(|sheet| !sheet.is_empty());
    let read = tokio::task::spawn_blocking(move || inspect(&path, kind, remembered.as_ref(), sheet.as_deref())).await;
    match read.map_err(|_| Problem::internal())? {
        Ok(layout) => {
            deposited.kept = true;
            chosen.settings = layout.proposed.clone();
            Ok(page(&columns::draw(&app, &signed, &chosen, &layout.table, None)))
        }
        Err(error) => {
            typed.file_error = Some(sentence(&error.to_string()));
            Ok(to_mend(&draw(&app, &signed, &typed)))
        }
    }
}
