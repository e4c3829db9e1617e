//! The reference data of Seine-Saint-Denis that comes with the program (see `data/NOTES.md` for what each
//! line is worth), for the demonstration.

use base::{Date, Period};
use platform::{Actor, Platform};

use crate::import::{self, File, Mode, Report};
use crate::line::read_day;
use crate::{Cells, Result};

macro_rules! data {
    ($name:literal) => {
        ($name, include_str!(concat!("../data/", $name)))
    };
}

/// The files, by name.
const FILES: [(&str, &str); 9] = [
    data!("communes.csv"),
    data!("organisations.csv"),
    data!("organisation_roles.csv"),
    data!("memberships.csv"),
    data!("structures.csv"),
    data!("sectors.csv"),
    data!("agency_contracts.csv"),
    data!("successions.csv"),
    data!("posts.csv"),
];

/// Imports the reference data like any files an administrator brings; a second time changes nothing.
///
/// # Errors
/// [`crate::Error::Refused`] by the gate, or the database's own.
pub async fn load(platform: &Platform, actor: &Actor) -> Result<Report> {
    let files: Vec<File> =
        FILES.iter().map(|(name, text)| File { name: (*name).to_owned(), bytes: text.as_bytes().to_vec() }).collect();
    import::run(platform, actor, &files, Mode::Apply).await
}

/// A post that the demonstration leaves unfilled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vacancy {
    /// Code of the post.
    pub post: String,
    pub vacant: Period,
}

/// The posts that the demonstration leaves unfilled.
pub fn vacancies() -> Vec<Vacancy> {
    let vacancy = |cells: Cells| {
        let to = cells["vacant_to"].as_str();
        let vacant = Period { from: day(&cells["vacant_from"]), to: (!to.is_empty()).then(|| day(to)) };
        Vacancy { post: cells["post"].clone(), vacant }
    };
    lines(include_str!("../data/vacancies.csv")).map(vacancy).collect()
}

/// Relative weight of poverty of each commune, by Insee code: simulated, only to spread the fictitious
/// households of the demonstration.
fn poverty_weights() -> Vec<(String, f64)> {
    let weight = |cells: Cells| (cells["commune"].clone(), number(&cells["weight"]));
    lines(include_str!("../data/poverty_weights.csv")).map(weight).collect()
}

/// A commune as the fictitious households of the demonstration are spread over it.
#[derive(Clone, PartialEq, Debug)]
pub struct CommuneShare {
    /// Insee code.
    pub code: String,
    pub name: String,
    pub postcodes: Vec<String>,
    /// Population × simulated weight of poverty.
    pub share: f64,
}

/// The communes of today, each with its share of the fictitious households.
pub fn commune_shares() -> Vec<CommuneShare> {
    let weights = poverty_weights();
    let weight_of = |code: &str| weights.iter().find(|(commune, _)| commune == code).map_or(1.0, |(_, weight)| *weight);
    lines(include_str!("../data/communes.csv"))
        .filter(|cells| cells["valid_to"].is_empty())
        .map(|cells| CommuneShare {
            share: number(&cells["population"]) * weight_of(&cells["code"]),
            postcodes: cells["postcodes"].split(' ').map(str::to_owned).collect(),
            name: cells["name"].clone(),
            code: cells["code"].clone(),
        })
        .collect()
}

/// The lines of an embedded file.
pub(crate) fn lines(text: &'static str) -> impl Iterator<Item = Cells> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().expect("an embedded file, read whole by a test").clone();
    reader.into_records().map(move |record| {
        let record = record.expect("an embedded file, read whole by a test");
        headers.iter().zip(&record).map(|(header, cell)| (header.to_owned(), cell.to_owned())).collect()
    })
}

pub(crate) fn day(text: &str) -> Date {
    read_day(text).expect("an embedded file, read whole by a test")
}

pub(crate) fn number(text: &str) -> f64 {
    text.parse().expect("an embedded file, read whole by a test")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_files_read_whole() {
        assert!(vacancies().len() > 10);
        let weights = poverty_weights();
        assert_eq!(weights.len(), 40);
        assert!(weights.iter().all(|(code, weight)| code.len() == 5 && *weight > 0.0));
        let shares = commune_shares();
        assert_eq!(shares.len(), 39);
        assert!(
            shares.iter().all(|commune| commune.share > 0.0 && commune.postcodes.iter().all(|code| code.len() == 5))
        );
    }
}
