//! A file of the feed as rows with named cells.

use std::io::Read;
use std::str::FromStr;

use csv::{ByteRecord, ReaderBuilder};
use jiff::civil::Date;

use super::fault::{Refusal, Report};
use super::source::Guard;
use crate::time::{Seconds, parse_clock};

/// The columns asked of a file, in the order they are asked: those it must have, then those it may have.
pub(super) struct Columns<'a> {
    pub required: &'a [&'static str],
    pub optional: &'a [&'static str],
}

/// One row: cells by their rank in [`Columns`].
pub(super) struct Row<'a> {
    pub line: u64,
    record: &'a ByteRecord,
    places: &'a [Option<usize>],
}

impl<'a> Row<'a> {
    /// The bytes of a cell, without the blanks around it; empty when the column or the cell is not there.
    pub fn bytes(&self, column: usize) -> &'a [u8] {
        self.places[column].and_then(|place| self.record.get(place)).unwrap_or_default().trim_ascii()
    }

    /// The text of a cell; what is not UTF-8 is replaced.
    pub fn text(&self, column: usize) -> String {
        String::from_utf8_lossy(self.bytes(column)).into_owned()
    }

    /// A number, or none for an empty cell.
    ///
    /// # Errors
    /// A message for anything else.
    pub fn number<N: FromStr>(&self, column: usize, name: &str) -> Result<Option<N>, String> {
        let bytes = self.bytes(column);
        if bytes.is_empty() {
            return Ok(None);
        }
        let read = std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
        read.map(Some).ok_or_else(|| format!("{name} «\u{a0}{}\u{a0}» n’est pas un nombre attendu", self.text(column)))
    }

    /// One of the whole numbers that the column may hold; the first for an empty cell.
    pub fn choice(&self, column: usize, name: &str, allowed: &[u8]) -> Result<u8, String> {
        let value = self.number(column, name)?.unwrap_or(allowed[0]);
        if allowed.contains(&value) {
            return Ok(value);
        }
        let allowed: Vec<String> = allowed.iter().map(u8::to_string).collect();
        Err(format!("{name} «\u{a0}{value}\u{a0}» inconnu\u{202f}; attendu\u{a0}: {}", allowed.join(", ")))
    }

    /// A time, or none for an empty cell.
    pub fn clock(&self, column: usize, name: &str) -> Result<Option<Seconds>, String> {
        let bytes = self.bytes(column);
        if bytes.is_empty() {
            return Ok(None);
        }
        parse_clock(bytes)
            .map(Some)
            .ok_or_else(|| format!("{name} «\u{a0}{}\u{a0}» n’est pas une heure HH:MM:SS", self.text(column)))
    }

    /// A day written `AAAAMMJJ`.
    pub fn day(&self, column: usize, name: &str) -> Result<Date, String> {
        let text = self.text(column);
        let part = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<i16>().ok());
        let read = (text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| Some((part(0, 4)?, i8::try_from(part(4, 6)?).ok()?, i8::try_from(part(6, 8)?).ok()?)))
            .flatten();
        read.and_then(|(year, month, day)| Date::new(year, month, day).ok())
            .ok_or_else(|| format!("{name} «\u{a0}{text}\u{a0}» n’est pas une date AAAAMMJJ"))
    }
}

/// Reads every row of a file. A row that `take` does not want is an error of the report, with its line.
pub(super) fn rows<R: Read>(
    file: &'static str,
    guard: Guard<R>,
    columns: &Columns<'_>,
    report: &mut Report,
    mut take: impl FnMut(&Row<'_>, &mut Report) -> Result<(), String>,
) -> Result<(), Refusal> {
    let mut reader = ReaderBuilder::new().flexible(true).buffer_capacity(1 << 16).from_reader(guard);
    let broken = |error: csv::Error| broken(file, error);
    let header = reader.byte_headers().map_err(broken)?.clone();
    let place = |name: &str| header.iter().position(|cell| cell.trim_ascii().eq_ignore_ascii_case(name.as_bytes()));
    let mut places = Vec::new();
    for column in columns.required {
        places.push(Some(place(column).ok_or(Refusal::Column { file, column })?));
    }
    places.extend(columns.optional.iter().map(|column| place(column)));
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(broken)? {
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != header.len() {
            let message =
                format!("{} cellules au lieu de {}\u{a0}: vérifiez virgules et guillemets", record.len(), header.len());
            report.error(file, line, message);
            continue;
        }
        let row = Row { line, record: &record, places: &places };
        if let Err(message) = take(&row, report) {
            report.error(file, line, message);
        }
    }
    Ok(())
}

/// What stopped the reading: our own guard, or the file.
fn broken(file: &'static str, error: csv::Error) -> Refusal {
    let line = error.position().map_or(1, csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Io(problem) => match problem.downcast::<Refusal>() {
            Ok(refusal) => refusal,
            Err(problem) => Refusal::Broken { file, line, problem: problem.to_string() },
        },
        kind => Refusal::Broken { file, line, problem: format!("{kind:?}") },
    }
}
