//! `/regles`: every rule that the application applies, with its text, its dates and how sure we are of it.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use base::{Date, Period};
use law::{Certainty, Rule};

use super::page;
use crate::app::App;
use crate::components::{Badge, Column, EmptyState, Field, FilterBar, Fragment, Query, Row, Table};
use crate::fr;
use crate::layout::Layout;
use crate::routes::{Policy, Route};
use crate::session::Signed;

const PATH: &str = "/regles";

pub fn routes() -> Vec<Route> {
    vec![Route::new(PATH, Policy::SignedIn, get(show))]
}

/// The page.
#[derive(Template)]
#[template(path = "rules.html")]
struct Rules {
    layout: Layout,
    filters: FilterBar,
    topics: Vec<(&'static str, Table)>,
}

/// Topics by the first word of the code of a rule.
const TOPICS: [(&str, &str); 7] = [
    ("age", "Âge"),
    ("public", "Publics"),
    ("orientation", "Orientation"),
    ("delay", "Délais"),
    ("workload", "Charge des conseillers"),
    ("retention", "Conservation des données"),
    ("apprenticeship", "Alternance"),
];

async fn show(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Response {
    let query = Query::parse(query.as_deref());
    let today = app.platform.today();
    let wanted = query.get("le").and_then(|text| text.parse::<Date>().ok());
    let topic_of = |rule: &Rule| {
        TOPICS.iter().find(|(prefix, _)| rule.code.split('.').next() == Some(prefix)).map(|(_, name)| *name)
    };
    let mut topics = Vec::new();
    for (number, topic) in (1..).zip(TOPICS.iter().map(|(_, name)| Some(*name)).chain([None])) {
        let rules: Vec<&Rule> = law::register().filter(|rule| topic_of(rule) == topic).collect();
        let rows =
            rules.iter().filter(|rule| wanted.is_none_or(|day| rule.applies_on(day))).map(|rule| row(rule, today));
        let columns =
            [Column::text("Règle"), Column::text("Texte"), Column::text("Période"), Column::text("Certitude")];
        let name = topic.unwrap_or("Autres");
        let empty = EmptyState::new("Aucune règle ce jour-là", "Choisissez un autre jour.");
        if !rules.is_empty() {
            topics.push((
                name,
                Table::new(format!("regles-{number}"), name, columns, rows).caption_hidden().empty(empty),
            ));
        }
    }
    let filters = FilterBar::new(PATH, &query)
        .field(Field::date("le", "En vigueur le").value(query.get("le").unwrap_or_default()));
    let layout = signed
        .layout(&app, PATH, "Règles appliquées")
        .lead("Ce que l’application calcule, d’après quel texte, entre quelles dates.")
        .crumb("Accueil", "/");
    page(&Rules { layout, filters, topics })
}

fn row(rule: &Rule, today: Date) -> Row {
    let certainty = match rule.certainty {
        Certainty::Confirmed => Badge::ok(rule.certainty.label_fr()),
        Certainty::Uncertain => Badge::warning(rule.certainty.label_fr()),
    };
    let period = fr::period(Period { from: rule.since, to: rule.until });
    let state: Fragment = match rule.applies_on(today) {
        true => "en vigueur".into(),
        false if today < rule.since => "pas encore en vigueur".into(),
        false => "n’est plus en vigueur".into(),
    };
    Row::new([
        Fragment::with_detail(rule.summary_fr, rule.code),
        rule.citation.into(),
        Fragment::with_detail(period, state),
        certainty.into(),
    ])
}
