//! A table of candidates to a school: CSV or workbook, columns recognised by their headers. Read whole, tried or brought
//! in; one bad line refuses the file.

use std::path::Path;

use base::{Date, Id, fold};
use formats::table::{self, Cell, Options, Table, value};
use platform::{Actor, Platform};
use school::admission::{self, Application, Change, LearnerIdentity, NewCandidate};
use school::cohort::Cohort;
use serde::Serialize;

/// What a column says, its headers as people write them, and whether it must be there.
const COLUMNS: [(Column, &[&str], bool); 11] = [
    (Column::Reference, &["reference", "numero de dossier", "numero dossier", "identifiant"], true),
    (Column::LastName, &["nom", "nom de famille", "nom d usage"], true),
    (Column::FirstName, &["prenom"], true),
    (Column::BirthDate, &["date de naissance", "naissance", "ne le", "nee le"], true),
    (Column::Email, &["courriel", "adresse electronique", "email", "e mail", "mail"], false),
    (Column::Phone, &["telephone", "tel", "portable"], false),
    (Column::DiplomaLevel, &["niveau de diplome", "niveau"], false),
    (Column::Experience, &["experience en mois", "mois d experience", "experience"], false),
    (Column::Jobseeker, &["demandeur d emploi", "inscrit a france travail"], false),
    (Column::MinimumIncome, &["rsa ass ou aah", "minimum social", "rsa"], false),
    (Column::Motivation, &["motivation", "motivations"], false),
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Column {
    Reference,
    LastName,
    FirstName,
    BirthDate,
    Email,
    Phone,
    DiplomaLevel,
    Experience,
    Jobseeker,
    MinimumIncome,
    Motivation,
}

/// Columns of a table by their position.
type Places = Vec<(Column, usize)>;

/// Why a table of candidates was not taken: nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("le fichier ne peut pas être lu\u{a0}: {0}")]
    Unreadable(std::io::Error),
    #[error(transparent)]
    NoTable(#[from] table::Refusal),
    /// One sentence a problem, in the order of the lines.
    #[error("{}", .0.join("\n"))]
    Lines(Vec<String>),
    #[error(transparent)]
    School(#[from] school::Error),
}

/// What became of a table.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Summary {
    pub file_name: String,
    pub dry_run: bool,
    pub lines: usize,
    pub new: usize,
    pub changed: usize,
    pub unchanged: usize,
    /// Columns left aside: nothing is kept that the training does not need (C. trav., art. L6353-9).
    pub ignored: Vec<String>,
    /// Cells left aside, by line.
    pub remarks: Vec<String>,
}

/// Brings the candidates of a table into a cohort; `dry_run` says what would happen and writes nothing.
///
/// # Errors
/// See [`Error`].
pub async fn import(
    platform: &Platform,
    actor: &Actor,
    cohort: Id<Cohort>,
    path: &Path,
    file_name: &str,
    dry_run: bool,
) -> Result<Summary, Error> {
    let bytes = std::fs::read(path).map_err(Error::Unreadable)?;
    import_bytes(platform, actor, cohort, &bytes, file_name, dry_run).await
}

/// The same, from bytes already received.
///
/// # Errors
/// See [`Error`].
pub async fn import_bytes(
    platform: &Platform,
    actor: &Actor,
    cohort: Id<Cohort>,
    bytes: &[u8],
    file_name: &str,
    dry_run: bool,
) -> Result<Summary, Error> {
    let Reading { candidates, ignored, remarks } = read(bytes, cohort, platform.today())?;
    let lines = candidates.len();
    let changes = admission::import_candidates(platform, actor, cohort, file_name, candidates, dry_run).await?;
    let count = |wanted| changes.iter().filter(|change| **change == wanted).count();
    Ok(Summary {
        file_name: file_name.to_owned(),
        dry_run,
        lines,
        new: count(Change::New),
        changed: count(Change::Changed),
        unchanged: count(Change::Unchanged),
        ignored,
        remarks,
    })
}

/// A table understood.
#[derive(Debug)]
struct Reading {
    candidates: Vec<NewCandidate>,
    ignored: Vec<String>,
    remarks: Vec<String>,
}

fn read(bytes: &[u8], cohort: Id<Cohort>, today: Date) -> Result<Reading, Error> {
    let known: Vec<String> =
        COLUMNS.iter().flat_map(|(_, headers, _)| headers.iter().map(|header| fold(header))).collect();
    let table = table::read(bytes, Options { sheet: None, known_headers: &known })?;
    let (places, ignored) = places(&table)?;
    let mut reading = Reading { candidates: Vec::new(), ignored, remarks: Vec::new() };
    let mut problems = Vec::new();
    for row in &table.rows {
        let line = Line { row, places: &places, table: &table, today };
        match line.candidate(cohort, &mut reading.remarks) {
            Ok(candidate) => reading.candidates.push(candidate),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(reading) } else { Err(Error::Lines(problems)) }
}

/// Where each column is, and the headers of those left aside.
fn places(table: &Table) -> Result<(Places, Vec<String>), Error> {
    let mut places: Places = Vec::new();
    let mut ignored = Vec::new();
    for (position, header) in table.header.iter().enumerate() {
        let folded = table::fold_header(header);
        let found = COLUMNS.iter().find(|(column, headers, _)| {
            headers.contains(&folded.as_str()) && places.iter().all(|(known, _)| known != column)
        });
        match found {
            Some((column, ..)) => places.push((*column, position)),
            None => ignored.push(header.clone()),
        }
    }
    let missing: Vec<String> = COLUMNS
        .iter()
        .filter(|(column, _, needed)| *needed && places.iter().all(|(known, _)| known != column))
        .map(|(_, headers, _)| {
            format!("Ligne {}\u{a0}: aucune colonne «\u{a0}{}\u{a0}» parmi les en-têtes.", table.header_row, headers[0])
        })
        .collect();
    if missing.is_empty() { Ok((places, ignored)) } else { Err(Error::Lines(missing)) }
}

struct Line<'a> {
    row: &'a table::Row,
    places: &'a [(Column, usize)],
    table: &'a Table,
    today: Date,
}

impl Line<'_> {
    fn cell(&self, column: Column) -> &Cell {
        const NONE: &Cell = &Cell::Empty;
        let place = self.places.iter().find(|(known, _)| *known == column);
        place.and_then(|(_, position)| self.row.cells.get(*position)).unwrap_or(NONE)
    }

    fn needed<T>(&self, read: value::Read<T>, what: &str) -> Result<T, String> {
        let why = read.remark().unwrap_or("la cellule est vide");
        let problem = format!("Ligne {}, {what}\u{a0}: {why}.", self.row.number);
        read.value().ok_or(problem)
    }

    fn optional<T>(&self, read: value::Read<T>, what: &str, remarks: &mut Vec<String>) -> Option<T> {
        if let Some(remark) = read.remark() {
            remarks.push(format!("Ligne {}, {what}\u{a0}: {remark}.", self.row.number));
        }
        read.value()
    }

    fn number(&self, column: Column, what: &str) -> Result<Option<i64>, String> {
        let cell = self.cell(column);
        if cell.is_empty() {
            return Ok(None);
        }
        let number = cell
            .text()
            .parse()
            .map_err(|_| format!("Ligne {}, {what}\u{a0}: écrivez un nombre entier, sans unité.", self.row.number))?;
        Ok(Some(number))
    }

    fn candidate(&self, cohort: Id<Cohort>, remarks: &mut Vec<String>) -> Result<NewCandidate, String> {
        let reference = self.needed(value::free_text(self.cell(Column::Reference)), "référence")?;
        let last_name = self.needed(value::free_text(self.cell(Column::LastName)), "nom")?;
        let first_name = self.needed(value::free_text(self.cell(Column::FirstName)), "prénom")?;
        let birth = value::date(self.cell(Column::BirthDate), self.table.since_1904, self.today);
        let birth_date = self
            .needed(birth, "date de naissance")?
            .full()
            .ok_or_else(|| format!("Ligne {}, date de naissance\u{a0}: il faut le jour entier.", self.row.number))?;
        let identity = LearnerIdentity {
            last_name,
            first_name,
            birth_date,
            email: self.optional(value::email(self.cell(Column::Email)), "courriel", remarks),
            phone: self
                .optional(value::phones(self.cell(Column::Phone)), "téléphone", remarks)
                .and_then(|phones| phones.preferred().cloned()),
            disabled: None,
            account: None,
        };
        let application = Application {
            cohort,
            diploma_level: self.number(Column::DiplomaLevel, "niveau de diplôme")?,
            experience_months: self.number(Column::Experience, "expérience")?,
            jobseeker: self.optional(value::boolean(self.cell(Column::Jobseeker)), "demandeur d’emploi", remarks),
            minimum_income: self.optional(value::boolean(self.cell(Column::MinimumIncome)), "RSA, ASS ou AAH", remarks),
            motivation: value::free_text(self.cell(Column::Motivation)).value().unwrap_or_default(),
        };
        let line = i64::try_from(self.row.number).ok();
        Ok(NewCandidate { reference, line, identity, application })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read_text(text: &str) -> Result<Reading, Error> {
        read(text.as_bytes(), Id::new(1), date(2026, 4, 1))
    }

    #[test]
    fn a_table_is_read_by_its_headers() {
        let text = "Référence;Nom;Prénom;Date de naissance;Courriel;Téléphone;Niveau de diplôme;Demandeur d’emploi;Nationalité\n\
                    C-1;Fictive;Anne;14/03/1999;anne@exemple.fr;06 39 98 00 01;4;oui;x\n\
                    C-2;Fictif;Luc;1990-01-02;pas une adresse;;;;\n";
        let reading = read_text(text).unwrap();
        assert_eq!(reading.ignored, ["Nationalité"]);
        let [anne, luc] = &reading.candidates[..] else { panic!() };
        assert_eq!((anne.identity.birth_date, anne.application.diploma_level), (date(1999, 3, 14), Some(4)));
        assert_eq!((anne.application.jobseeker, anne.line), (Some(true), Some(2)));
        assert!(anne.identity.email.is_some() && anne.identity.phone.is_some());
        assert_eq!((luc.identity.email.clone(), luc.application.jobseeker), (None, None));
        assert!(
            reading.remarks.len() == 1 && reading.remarks[0].starts_with("Ligne 3, courriel"),
            "{:?}",
            reading.remarks
        );
    }

    #[test]
    fn what_cannot_be_read_is_told_by_line() {
        let header = "Référence;Nom;Prénom;Date de naissance;Niveau de diplôme\n";
        for (line, told) in [
            ("C-1;;Anne;14/03/1999;4", "Ligne 2, nom\u{a0}: la cellule est vide."),
            ("C-1;Fictive;Anne;hier;4", "Ligne 2, date de naissance"),
            ("C-1;Fictive;Anne;1999;4", "Ligne 2, date de naissance"),
            ("C-1;Fictive;Anne;14/03/1999;bac", "Ligne 2, niveau de diplôme\u{a0}: écrivez un nombre entier"),
            (";Fictive;Anne;14/03/1999;4", "Ligne 2, référence"),
        ] {
            let problem = read_text(&format!("{header}{line}\n")).unwrap_err().to_string();
            assert!(problem.contains(told), "{problem}");
        }
        let problem = read_text("Nom;Prénom\nFictive;Anne\n").unwrap_err().to_string();
        assert!(
            problem.contains("«\u{a0}reference\u{a0}»") && problem.contains("«\u{a0}date de naissance\u{a0}»"),
            "{problem}"
        );
        assert!(matches!(read_text(""), Err(Error::NoTable(_))));
    }
}
