//! `/recherche`: somebody found by name, birth date, number or telephone, within the reach of the mandate.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base::{Date, Id};
use platform::gate::ActionKind;
use platform::{Reach, Structure};
use support::labels::Sex;
use support::search::{self, Found, Hit, Query as Asked};
use territory::structures::StructureKind;
use territory::{Names, communes::Commune};

use super::{page, person_words as words};
use crate::app::App;
use crate::components::{
    Badge, Column, EmptyState, Field, Fragment, Link, Notice, Pager, Query, Row, Suggestions, Table, Tone, Unknown,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::routes::{Policy, Route};
use crate::session::Signed;

const PATH: &str = "/recherche";

pub fn routes() -> Vec<Route> {
    let policy = Policy::May(ActionKind::SearchPeople);
    vec![Route::new(PATH, policy, get(results)), Route::new("/fragments/recherche", policy, get(suggestions))]
}

/// The page.
#[derive(Template)]
#[template(path = "search.html")]
struct Search {
    layout: Layout,
    field: Option<Field>,
    notice: Option<Notice>,
    table: Option<Table>,
}

async fn results(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let text = query.get("q").unwrap_or_default().trim();
    let layout = signed.layout(&app, PATH, "Recherche").searched(text);
    let field = |error: Option<String>| {
        Field::search("q", "Nom, date de naissance, numéro ou téléphone").prefix("page").value(text).error(error)
    };
    if text.is_empty() {
        return Ok(page(&Search { layout, field: Some(field(None)), notice: None, table: None }));
    }
    let found = match search::find(&app.platform, &app.names, &signed.actor, text).await {
        Ok(found) => found,
        // What was typed cannot be searched, or may not be by this mandate: said beside the field.
        Err(error @ (support::Error::Invalid(_) | support::Error::Refused(_))) => {
            let error = crate::problems::sentence(&error.to_string());
            return Ok(page(&Search { layout, field: Some(field(Some(error))), notice: None, table: None }));
        }
        Err(error) => return Err(error.into()),
    };
    let asked = Asked::parse(text);
    // Somebody's own number, and nobody else's: straight to the person.
    if let (Ok(asked), [only]) = (&asked, found.hits.as_slice())
        && !matches!(asked, Asked::Name(_) | Asked::BirthDate(_))
    {
        return Ok(Redirect::to(&words::href(only.card.person)).into_response());
    }
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let today = app.platform.today();
    let agencies =
        territory::sector_structures(&app.platform.db, app.tenant, StructureKind::LocalInclusionAgency, today).await;
    let agencies = agencies.map_err(platform::Error::from)?;
    let own_sector = signed
        .actor
        .structure()
        .filter(|_| reach_is_limited(&signed))
        .map(|structure| names.name(structure).to_owned());
    let shown = Shown { names: &names, agencies: &agencies, today };
    let understood = asked.map(|asked| understood(&asked)).unwrap_or_default();
    let layout = layout.lead(understood);
    Ok(page(&Search {
        notice: approximate(&found),
        table: Some(shown.table(&found, text, own_sector.as_deref())),
        field: None,
        layout,
    }))
}

fn reach_is_limited(signed: &Signed) -> bool {
    let permit = platform::gate::permit::<platform::gate::SearchPeople>(&signed.actor);
    permit.is_ok_and(|permit| matches!(permit.reach(), Reach::Structure(_)))
}

/// What the program understood of what was typed.
fn understood(asked: &Asked) -> String {
    match asked {
        Asked::Name(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("«\u{a0}{word}\u{a0}»")).collect();
            format!("Cherché dans les noms et prénoms\u{a0}: {}.", fr::list(&words))
        }
        Asked::BirthDate(date) => format!("Cherché comme date de naissance\u{a0}: {}.", fr::date_long(*date)),
        Asked::FileNumber(number) => format!("Cherché comme numéro de dossier (allocataire)\u{a0}: {number}."),
        Asked::ClaimNumber(number) => format!("Cherché comme numéro de demande de RSA\u{a0}: {number}."),
        Asked::Phone(phone) => format!("Cherché comme téléphone\u{a0}: {}.", fr::phone(phone.as_str())),
        Asked::Nir(_) => "Cherché comme NIR.".to_owned(),
    }
}

/// Says that no name is written quite so.
fn approximate(found: &Found) -> Option<Notice> {
    let near = found.hits.iter().filter(|hit| hit.approximate).count();
    (near > 0 && near == found.hits.len()).then(|| {
        Notice::new(
            Tone::Info,
            "Aucun nom n’est écrit exactement ainsi",
            "Voici les noms les plus proches, les plus ressemblants d’abord.",
        )
    })
}

/// What the lines are drawn with.
struct Shown<'a> {
    names: &'a Names,
    /// The agency of each commune today.
    agencies: &'a HashMap<String, Id<Structure>>,
    today: Date,
}

impl Shown<'_> {
    fn table(&self, found: &Found, text: &str, own_sector: Option<&str>) -> Table {
        let columns = [
            Column::text("Personne"),
            Column::text("Naissance"),
            Column::text("Commune"),
            Column::text("Droit au RSA"),
            Column::text("Rôle"),
            Column::text("Agence du secteur"),
        ];
        let shown = u64::try_from(found.hits.len()).unwrap_or(u64::MAX);
        let summary = if found.more {
            format!(
                "Les {} premières réponses. Ajoutez un prénom ou une date de naissance pour préciser.",
                fr::number(shown)
            )
        } else {
            fr::count(shown, "personne trouvée", "personnes trouvées")
        };
        Table::new(
            "resultats",
            format!("Personnes trouvées pour «\u{a0}{text}\u{a0}»"),
            columns,
            found.hits.iter().map(|hit| self.row(hit)),
        )
        .pager(Pager::new(summary))
        .empty(empty(own_sector))
    }

    fn row(&self, Hit { card, approximate }: &Hit) -> Row {
        let near = approximate.then(|| Fragment::from(Badge::neutral("orthographe proche")));
        let person = Fragment::join([words::link(card)].into_iter().chain(near));
        let birth = Fragment::with_detail(
            words::birth_date(card.birth_date, card.birth_date_precision),
            words::age(card.birth_date, card.birth_date_precision, self.today),
        );
        let agency = self.agencies.get(&card.commune_code).map(|structure| self.names.name(*structure));
        Row::new([
            person,
            birth,
            commune(self.names, &card.commune_code),
            words::right_badge(&card.right_status),
            words::role(&card.role, Sex::of(&card.sex)).into(),
            Unknown::FEMININE.or(agency),
        ])
    }
}

/// The name of a commune of the territory; its code when it is elsewhere.
pub(super) fn commune(names: &Names, code: &str) -> Fragment {
    match (code, names.find::<Commune>(code)) {
        ("", _) => Unknown::FEMININE.into(),
        (_, Some(commune)) => names.name(commune).into(),
        (code, None) => format!("{code} (hors du département)").into(),
    }
}

fn empty(own_sector: Option<&str>) -> EmptyState {
    let advice = match own_sector {
        Some(structure) => format!(
            "Votre mandat montre les personnes domiciliées dans le secteur «\u{a0}{structure}\u{a0}». Vérifiez l’orthographe, ou cherchez par \
             date de naissance (12/03/1990) ou par numéro de dossier (7 chiffres). Une personne d’un autre secteur n’apparaît pas ici."
        ),
        None => "Vérifiez l’orthographe, ou cherchez par date de naissance (12/03/1990), par numéro de dossier (7 chiffres), par numéro de \
                 demande de RSA (11 chiffres) ou par téléphone."
            .to_owned(),
    };
    EmptyState::new("Personne ne correspond", advice).link(Link::new(PATH, "Nouvelle recherche"))
}

/// The few people a name being typed may mean.
async fn suggestions(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let text = query.get("q").unwrap_or_default();
    let hits = search::suggest(&app.platform, &app.names, &signed.actor, text).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    Ok(page(&Suggestions::new(hits.iter().map(|Hit { card, .. }| {
        let commune = names.find::<Commune>(&card.commune_code).map(|commune| names.name(commune));
        let detail = [Some(words::birth_date(card.birth_date, card.birth_date_precision)), commune.map(str::to_owned)];
        (words::card_name(card), detail.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }))))
}

/// A person of nowhere, for tests.
#[cfg(test)]
pub(super) fn sample_card(name: &str) -> support::person::Card {
    support::person::Card {
        person: Id::new(12),
        tenant: Id::new(1),
        household: Id::new(3),
        merged_into: None,
        listed: true,
        sort_name: base::fold(name),
        usual_name: name.to_owned(),
        birth_name: name.to_owned(),
        first_name: "AWA".to_owned(),
        sex: "2".to_owned(),
        birth_date: jiff::civil::date(1990, 3, 12),
        birth_date_precision: support::person::Precision::Full,
        role: "DEM".to_owned(),
        obligations: Some(true),
        right_status: "2".to_owned(),
        commune_code: "75056".to_owned(),
        claim_number: "00000001093".to_owned(),
        public_number: "0912345".to_owned(),
        publics: 0,
        publics_unknown: 0,
        computed_on: jiff::civil::date(2026, 11, 22),
        review_on: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn says_what_it_understood() {
        for (text, told) in [
            ("12/03/1990", "date de naissance"),
            ("0912345", "numéro de dossier"),
            ("00000001093", "demande de RSA"),
            ("06 12 34 56 78", "téléphone"),
            ("Diallo Awa", "noms et prénoms"),
        ] {
            assert!(understood(&Asked::parse(text).unwrap()).contains(told), "{text}");
        }
        assert!(
            !understood(&Asked::parse("2900393999001").unwrap()).contains("2900393999001"),
            "a NIR is never repeated"
        );
    }

    #[test]
    fn near_spellings_are_said_so() {
        let shown = Shown { names: &Names::default(), agencies: &HashMap::new(), today: date(2026, 11, 22) };
        let found = Found { hits: vec![Hit { card: sample_card("DIALLO"), approximate: true }], more: false };
        assert!(approximate(&found).is_some());
        let html = shown.table(&found, "dialo", None).render().unwrap();
        assert!(html.contains("orthographe proche") && html.contains("/personnes/12"), "{html}");
        assert!(html.contains("hors du département") && html.contains("inconnue"), "{html}");
        let none = shown.table(&Found { hits: Vec::new(), more: false }, "x", Some("ALI de Stains")).render().unwrap();
        assert!(none.contains("ALI de Stains"), "{none}");
    }
}
