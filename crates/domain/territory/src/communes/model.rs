use base::Id;

use crate::kind::{Cell, Field, Input, Layout, sourced_kind};
use crate::names::SubjectKind;

/// Label of the identifiers of communes.
pub enum Commune {}

sourced_kind! {
    /// What is known of a commune. Its last period ends when it merges into its successor.
    pub struct CommuneProfile in "commune_profile" about commune: Commune {
        pub name: String,
        /// Inhabitants (municipal population).
        pub population: i64,
        /// Edition of the population figure: several circulate.
        pub vintage: i64,
        /// Separated by blanks.
        pub postcodes: String,
        /// Établissement public territorial of the Métropole du Grand Paris.
        pub ept: String,
        /// The commune that takes its place when it ends.
        pub successor: Option<Id<Commune>>,
    }
    as CommuneProfile, "commune",
    Layout { creates: true, ..Layout::dated("communes", "code", "Code Insee", &["code", "population", "ept"]) },
    [
        Field::required("name", "Nom", Input::Text),
        Field::required("population", "Population municipale", Input::Number),
        Field::required("population_vintage", "Millésime de la population", Input::Number),
        Field::required("postcodes", "Codes postaux", Input::Text).hint("Séparés par des espaces."),
        Field::optional("ept", "Établissement public territorial", Input::Text),
        Field::optional("successor_code", "Commune qui lui succède", Input::Code(SubjectKind::Commune))
            .hint("Seulement si elle a fusionné\u{202f}; indiquez alors la date de fin."),
    ];
    read (line) {
        (
            line.required_text("name"),
            line.required_number("population"),
            line.required_number("population_vintage"),
            line.required_text("postcodes"),
            line.text("ept"),
            line.find("successor_code"),
        )
    }
    cells (value) {
        vec![
            Cell::text(&value.name),
            Cell::Number(value.population),
            // A year is not a quantity: it has no thousands.
            Cell::Text(value.vintage.to_string()),
            Cell::text(&value.postcodes),
            Cell::text(&value.ept),
            Cell::of(value.successor, Cell::Commune),
        ]
    }
}
