//! What anybody may read: help, accessibility, personal data.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use platform::gate::{Purpose, Role};
use platform::parameter::{Parameters, READING_LOG_MONTHS};

use super::page;
use crate::app::App;
use crate::components::{Column, Description, Row, Table};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::routes::{Policy, Route};
use crate::session::Caller;

pub fn routes() -> Vec<Route> {
    vec![
        Route::new("/aide", Policy::Public, get(help)),
        Route::new("/accessibilite", Policy::Public, get(accessibility)),
        Route::new("/donnees-personnelles", Policy::Public, get(personal_data)),
    ]
}

/// `/aide`.
#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    layout: Layout,
    glossary: Description,
}

/// The words that one meets on every page.
const GLOSSARY: [(&str, &str); 12] = [
    ("ALI", "Agence locale d’insertion\u{a0}: reçoit et accompagne les bénéficiaires du RSA de quelques communes."),
    ("PIE", "Projet insertion emploi\u{a0}: ce que les agences ont remplacé en 2023."),
    (
        "RSA",
        "Revenu de solidarité active, attribué et versé par la CAF ou la MSA. En Seine-Saint-Denis, l’État le finance depuis le 1er\u{a0}janvier 2022 (expérimentation de la recentralisation)\u{a0}; le département oriente et accompagne.",
    ),
    ("Foyer", "Les personnes d’un même dossier de la CAF\u{a0}; deux adultes peuvent avoir deux référents."),
    (
        "Droits et devoirs",
        "Situation de qui doit être orienté et accompagné\u{a0}; elle se lit dans le fichier de la CAF.",
    ),
    (
        "Publics",
        "Caractéristiques dont dépend l’accompagnement (moins de 26\u{a0}ans, parent seul…), chacune avec sa raison.",
    ),
    ("Inconnu", "Personne ne nous l’a dit. Ce n’est jamais «\u{a0}non\u{a0}»."),
    (
        "Rapprochement",
        "Deux fiches qui semblent être la même personne, dans deux foyers ou dans un seul\u{a0}: quelqu’un en décide, et peut revenir sur sa décision.",
    ),
    ("Mandat", "Ce qu’un compte peut voir et faire\u{a0}: rôle, structure, finalité, dates."),
    ("Tel que connu le…", "Ce que la base disait ce jour-là, avant les corrections venues depuis."),
    (
        "NIR",
        "Numéro d’inscription au répertoire (sécurité sociale)\u{a0}: chiffré, montré aux seules personnes qui en ont besoin.",
    ),
    ("À confirmer", "Valeur ou règle que le département doit encore vérifier."),
];

async fn help(State(app): State<App>, caller: Caller) -> Response {
    let mut glossary = Description::new();
    for (word, meaning) in GLOSSARY {
        glossary = glossary.line(word, meaning);
    }
    let layout = caller.layout(&app, "/aide", "Aide").crumb("Accueil", "/");
    page(&HelpPage { layout, glossary })
}

/// `/accessibilite`.
#[derive(Template)]
#[template(path = "accessibility.html")]
struct Accessibility {
    layout: Layout,
}

async fn accessibility(State(app): State<App>, caller: Caller) -> Response {
    let layout = caller.layout(&app, "/accessibilite", "Accessibilité").crumb("Accueil", "/");
    page(&Accessibility { layout })
}

/// `/donnees-personnelles`.
#[derive(Template)]
#[template(path = "personal_data.html")]
struct PersonalData {
    layout: Layout,
    purposes: Table,
    durations: Table,
}

async fn personal_data(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let today = app.platform.today();
    let purposes = Purpose::ALL.iter().map(|purpose| {
        let holders: Vec<&str> = Role::ALL
            .iter()
            .filter(|role| **role != Role::Program && role.purposes().contains(purpose))
            .map(|role| role.label())
            .collect();
        let files = if purpose.opens_files() { "oui, dans la limite du rôle" } else { "non" };
        Row::new([purpose.label().into(), fr::list(&holders).into(), files.into()])
    });
    let columns = [Column::text("Finalité"), Column::text("Rôles"), Column::text("Ouvre des dossiers de personnes")];
    let purposes = Table::new("finalites", "Finalités", columns, purposes).caption_hidden();

    let parameters = Parameters::known_at(&app.platform.db, app.tenant, app.platform.now()).await?;
    let set = |name: &str| parameters.get::<u16>(name, today).ok().map(|valued| valued.value);
    let mut rows: Vec<Row> = law::retention::PARAMETERS
        .iter()
        .map(|parameter| {
            // The trace log has one setting, which the house itself obeys.
            let stored = match parameter.name {
                "retention.reading_log_months" => set(READING_LOG_MONTHS),
                name => set(name),
            };
            let value = stored.unwrap_or(parameter.default);
            Row::new([parameter.label_fr.into(), parameter.unit.count(value).into(), parameter.citation.into()])
        })
        .collect();
    rows.push(Row::new([
        "Journal des modifications".into(),
        "aussi longtemps que le dossier".into(),
        "Son contenu s’efface à part, sur demande motivée".into(),
    ]));
    let columns = [Column::text("Donnée"), Column::text("Durée"), Column::text("Texte")];
    let durations = Table::new("durees", "Durées de conservation", columns, rows).caption_hidden();
    let layout = caller
        .layout(&app, "/donnees-personnelles", "Données personnelles")
        .lead("Ce que cette application sait des personnes accompagnées, pourquoi, et pour combien de temps.")
        .crumb("Accueil", "/");
    Ok(page(&PersonalData { layout, purposes, durations }))
}
