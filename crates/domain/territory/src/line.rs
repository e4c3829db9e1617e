//! One line of a file, or one filled form: texts under the names of their columns, read into typed
//! values. What cannot be read is noted with the reason and the way to mend it.

use std::collections::HashMap;

use base::{Date, Id, Period, Siret};

use crate::evidence::{Certainty, Evidence};
use crate::kind::Layout;
use crate::names::{Named, Names, SubjectKind};
use crate::structures::StructureKind;
use platform::Structure;

/// Texts by column.
pub type Cells = HashMap<String, String>;

/// A value that was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CellProblem {
    /// Column of the file, name of the field.
    pub column: String,
    /// Why, and how to mend it.
    pub reason: String,
}

/// Reads the cells of one line.
pub struct Line<'a> {
    names: &'a Names,
    cells: &'a Cells,
    problems: Vec<CellProblem>,
}

/// Texts longer than this are a mistake (a quote left open swallows the lines that follow).
const LONGEST: usize = 2_000;

impl<'a> Line<'a> {
    pub(crate) const fn new(names: &'a Names, cells: &'a Cells) -> Self {
        Self { names, cells, problems: Vec::new() }
    }

    pub(crate) fn into_problems(self) -> Vec<CellProblem> {
        self.problems
    }

    pub(crate) fn problem(&mut self, column: &str, reason: impl Into<String>) {
        self.problems.push(CellProblem { column: column.to_owned(), reason: reason.into() });
    }

    /// The cell without its outer blanks; empty when the column is missing.
    fn cell(&self, column: &str) -> &'a str {
        self.cells.get(column).map_or("", |text| text.trim())
    }

    /// A text that may be empty.
    pub(crate) fn text(&mut self, column: &str) -> Option<String> {
        let text = self.cell(column);
        if text.chars().count() > LONGEST {
            self.problem(column, format!("Ce texte dépasse {LONGEST} caractères\u{a0}: raccourcissez-le, ou cherchez un guillemet resté ouvert."));
            return None;
        }
        Some(text.to_owned())
    }

    pub(crate) fn required_text(&mut self, column: &str) -> Option<String> {
        let text = self.text(column)?;
        if text.is_empty() { self.missing(column) } else { Some(text) }
    }

    fn missing<T>(&mut self, column: &str) -> Option<T> {
        self.problem(column, "Cette valeur est obligatoire\u{a0}: renseignez-la.");
        None
    }

    fn required<T>(&mut self, column: &str, read: impl FnOnce(&mut Self, &str) -> Option<Option<T>>) -> Option<T> {
        match read(self, column)? {
            Some(value) => Some(value),
            None => self.missing(column),
        }
    }

    /// A day, `2026-11-22` or `22/11/2026`.
    pub(crate) fn day(&mut self, column: &str) -> Option<Option<Date>> {
        let text = self.cell(column);
        if text.is_empty() {
            return Some(None);
        }
        let day = read_day(text);
        if day.is_none() {
            self.problem(
                column,
                format!("«\u{a0}{text}\u{a0}» n’est pas une date\u{a0}: écrivez par exemple 2026-11-22 ou 22/11/2026."),
            );
        }
        day.map(Some)
    }

    pub(crate) fn number(&mut self, column: &str) -> Option<Option<i64>> {
        let text: String = self.cell(column).chars().filter(|c| !c.is_whitespace()).collect();
        if text.is_empty() {
            return Some(None);
        }
        let number = text.parse().ok().filter(|number| (0..=100_000_000).contains(number));
        if number.is_none() {
            self.problem(column, format!("«\u{a0}{text}\u{a0}» n’est pas un nombre entier positif\u{a0}: écrivez-le en chiffres, sans décimale."));
        }
        number.map(Some)
    }

    pub(crate) fn required_number(&mut self, column: &str) -> Option<i64> {
        self.required(column, Self::number)
    }

    /// A share of a full-time post in hundredths: `1`, `0.8`, `0,8`.
    pub(crate) fn required_share(&mut self, column: &str) -> Option<i64> {
        let text = self.cell(column).replace(',', ".");
        if text.is_empty() {
            return self.missing(column);
        }
        let share = text.parse::<f64>().ok().filter(|share| *share > 0.0 && *share <= 1.0);
        if share.is_none() {
            self.problem(
                column,
                "La part de temps plein va de 0,01 à 1\u{a0}: écrivez 1 pour un temps plein, 0,8 pour 80 %.",
            );
        }
        // Between 1 and 100: no value is lost.
        #[expect(clippy::cast_possible_truncation, reason = "between 0 and 100")]
        share.map(|share| ((share * 100.0).round() as i64).max(1))
    }

    pub(crate) fn siret(&mut self, column: &str) -> Option<Option<Siret>> {
        let text = self.cell(column);
        if text.is_empty() {
            return Some(None);
        }
        match Siret::parse(text) {
            Ok(siret) => Some(Some(siret)),
            Err(error) => {
                self.problem(column, format!("«\u{a0}{text}\u{a0}»\u{a0}: {error}."));
                None
            }
        }
    }

    /// A code of a closed list.
    pub(crate) fn choice<T>(
        &mut self,
        column: &str,
        read: fn(&str) -> Option<T>,
        known: &[(&str, &str)],
    ) -> Option<Option<T>> {
        let text = self.cell(column);
        if text.is_empty() {
            return Some(None);
        }
        let choice = read(text);
        if choice.is_none() {
            let codes: Vec<&str> = known.iter().map(|(code, _)| *code).collect();
            self.problem(
                column,
                format!("Le code «\u{a0}{text}\u{a0}» est inconnu. Codes possibles\u{a0}: {}.", codes.join(", ")),
            );
        }
        choice.map(Some)
    }

    pub(crate) fn required_choice<T>(
        &mut self,
        column: &str,
        read: fn(&str) -> Option<T>,
        known: &[(&str, &str)],
    ) -> Option<T> {
        self.required(column, |line, column| line.choice(column, read, known))
    }

    /// Something that bears a code.
    pub(crate) fn find<S: Named>(&mut self, column: &str) -> Option<Option<Id<S>>> {
        let code = self.cell(column);
        if code.is_empty() {
            return Some(None);
        }
        let found = self.names.find(code);
        if found.is_none() {
            let (what, mend) = match S::KIND {
                SubjectKind::Commune => (
                    "Aucune commune ne porte le code Insee",
                    "corrigez le code, ou ajoutez la commune au fichier des communes",
                ),
                SubjectKind::Organisation => (
                    "Aucune organisation ne porte le code",
                    "corrigez le code, ou ajoutez l’organisation au fichier des organisations",
                ),
                SubjectKind::Structure => (
                    "Aucune structure ne porte le code",
                    "corrigez le code, ou ajoutez la structure au fichier des structures",
                ),
                SubjectKind::Post => {
                    ("Aucun poste ne porte le code", "corrigez le code, ou ajoutez le poste au fichier des postes")
                }
            };
            self.problem(column, format!("{what} «\u{a0}{code}\u{a0}»\u{a0}: {mend}."));
        }
        found.map(Some)
    }

    pub(crate) fn required_find<S: Named>(&mut self, column: &str) -> Option<Id<S>> {
        self.required(column, Self::find)
    }

    pub(crate) fn kind_of(&self, structure: Id<Structure>) -> Option<StructureKind> {
        self.names.kind(structure)
    }

    /// The period of the line.
    pub(crate) fn period(&mut self, layout: &Layout) -> Option<Period> {
        let filled = |columns: &[&'static str]| columns.iter().copied().find(|column| !self.cell(column).is_empty());
        let (from_column, to_column) = (filled(layout.from), filled(layout.to));
        let first = layout.from[0];
        let from = match from_column {
            Some(column) => self.day(column)?,
            None => layout.default_from,
        };
        let to = match to_column {
            Some(column) => self.day(column)?,
            None => None,
        };
        let Some(from) = from else {
            return self.missing(layout.from[layout.from.len() - 1]);
        };
        let period = Period::new(from, to);
        if period.is_none() {
            let column = to_column.unwrap_or(first);
            self.problem(column, "La fin vient avant le début, ou ne laisse aucun jour entre les deux\u{a0}: corrigez l’une des deux dates.");
        }
        period
    }

    /// Certainty (confirmed when nothing is said), source and note.
    pub(crate) fn evidence(&mut self) -> Option<Evidence> {
        let choices = Certainty::choices();
        let certainty = self.choice("certainty", Certainty::from_code, &choices);
        let dates = self.choice("dates_certainty", Certainty::from_code, &choices);
        let citation = self.required_text("source");
        let note = self.text("note");
        let certainty = certainty?.unwrap_or(Certainty::Confirmed);
        Some(Evidence { certainty, dates_certainty: dates?.unwrap_or(certainty), citation: citation?, note: note? })
    }
}

/// `2026-11-22` or `22/11/2026`.
pub fn read_day(text: &str) -> Option<Date> {
    if let Some((day, rest)) = text.split_once('/') {
        let (month, year) = rest.split_once('/')?;
        return Date::new(year.parse().ok().filter(|year| *year >= 1000)?, month.parse().ok()?, day.parse().ok()?).ok();
    }
    // Only whole days: a moment would be read as its day.
    (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn cells(pairs: &[(&str, &str)]) -> Cells {
        pairs.iter().map(|(column, text)| ((*column).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn days_as_files_write_them() {
        assert_eq!(read_day("2026-11-22"), Some(date(2026, 11, 22)));
        assert_eq!(read_day("22/11/2026"), Some(date(2026, 11, 22)));
        assert_eq!(read_day("1/2/2023"), Some(date(2023, 2, 1)));
        for wrong in ["", "2026-13-01", "31/02/2026", "22-11-2026", "22/11/26", "hier"] {
            assert_eq!(read_day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_explained() {
        let names = Names::default();
        let cells = cells(&[("n", "douze"), ("part", "80"), ("d", "2026-02-30"), ("c", "93999"), ("k", "ali")]);
        let mut line = Line::new(&names, &cells);
        assert_eq!(line.number("n"), None);
        assert_eq!(line.required_share("part"), None);
        assert_eq!(line.day("d"), None);
        assert_eq!(line.find::<crate::communes::Commune>("c"), None);
        assert_eq!(line.required_choice("k", StructureKind::from_code, &StructureKind::choices()), None);
        assert_eq!(line.required_text("absent"), None);
        let problems = line.into_problems();
        assert_eq!(problems.len(), 6);
        assert!(problems[3].reason.contains("93999"), "{problems:?}");
    }

    #[test]
    fn shares_are_kept_in_hundredths() {
        let names = Names::default();
        let cells = cells(&[("a", "1.0"), ("b", "0,8"), ("c", "0.29")]);
        let mut line = Line::new(&names, &cells);
        assert_eq!(["a", "b", "c"].map(|column| line.required_share(column)), [Some(100), Some(80), Some(29)]);
    }
}
