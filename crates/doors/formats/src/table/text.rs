//! Text files: encoding by mark, then by validity; separator by the header row.

use std::collections::HashSet;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::header::fold_header;
use super::{COLUMNS_AT_MOST, Cell, Encoding, Form, HEADER_WITHIN, ROWS_AT_MOST, Raw, Refusal, Remark};

const SEPARATORS: [char; 3] = [';', ',', '\t'];

/// The text, without its mark: the mark first, then valid UTF-8, else Windows-1252. Never by statistics.
pub(super) fn decode(bytes: &[u8]) -> (String, Encoding) {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return (String::from_utf8_lossy(rest).into_owned(), Encoding::Utf8);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return (UTF_16LE.decode_without_bom_handling(rest).0.into_owned(), Encoding::Utf16);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return (UTF_16BE.decode_without_bom_handling(rest).0.into_owned(), Encoding::Utf16);
    }
    match str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), Encoding::Utf8),
        Err(_) => (WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(), Encoding::Windows1252),
    }
}

pub(super) fn read(bytes: &[u8], known: &[String]) -> Result<Raw, Refusal> {
    let (text, encoding) = decode(bytes);
    let (announced, text) = announced_separator(&text);
    let first_line = if announced.is_some() { 2 } else { 1 };
    let separator = announced.unwrap_or_else(|| guess(text, known));
    let mut remarks = Vec::new();
    let mut rows = Vec::new();
    let mut too_wide = false;
    let mut lines = Lines { text, counted: 0, line: first_line };
    for record in reader(text, separator).into_records() {
        // A reader of texts that takes rows of any length has nothing to refuse.
        let Ok(record) = record else { continue };
        let line = lines.at(record.position().map_or(0, csv::Position::byte));
        too_wide |= record.len() > COLUMNS_AT_MOST;
        let cells: Vec<Cell> = record.iter().take(COLUMNS_AT_MOST).map(cell).collect();
        if cells.iter().all(Cell::is_empty) {
            continue;
        }
        rows.push((line, cells));
        if rows.len() > ROWS_AT_MOST + HEADER_WITHIN {
            return Err(Refusal::TooManyRows);
        }
    }
    if too_wide {
        remarks.push(Remark::TooManyColumns);
    }
    Ok(Raw { form: Form::Text { encoding, separator }, sheet: None, rows, since_1904: false, remarks })
}

/// Counts lines up to a place, places coming in order.
struct Lines<'a> {
    text: &'a str,
    counted: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the row found at a byte: the breaks that stand before it there are still those of earlier lines.
    fn at(&mut self, byte: u64) -> u64 {
        let bytes = self.text.as_bytes();
        let mut place = usize::try_from(byte).unwrap_or(usize::MAX).min(bytes.len());
        while bytes.get(place).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            place += 1;
        }
        self.line += memchr::memchr_iter(b'\n', &bytes[self.counted..place.max(self.counted)]).count() as u64;
        self.counted = place.max(self.counted);
        self.line
    }
}

/// Words that a broken formula leaves behind in a text file.
const BROKEN: [&str; 6] = ["#N/A", "#REF!", "#VALEUR!", "#VALUE!", "#DIV/0!", "#NOM?"];

fn cell(text: &str) -> Cell {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        Cell::Empty
    } else if BROKEN.contains(&trimmed) {
        Cell::Broken(trimmed.to_owned())
    } else {
        Cell::Text(text.to_owned())
    }
}

fn reader(text: &str, separator: char) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b';'))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// `sep=;`, which some spreadsheets write and read as a first line.
fn announced_separator(text: &str) -> (Option<char>, &str) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let announced = line.trim_end_matches('\r').strip_prefix("sep=").and_then(|rest| rest.chars().next());
    match announced.filter(|separator| SEPARATORS.contains(separator)) {
        Some(separator) => (Some(separator), rest),
        None => (None, text),
    }
}

/// The separator under which the first rows show most known headers, then most cells.
fn guess(text: &str, known: &[String]) -> char {
    let known: HashSet<&str> = known.iter().map(String::as_str).collect();
    let score = |separator: &char| {
        let rows = reader(text, *separator).into_records().take(HEADER_WITHIN).filter_map(Result::ok);
        rows.map(|row| (row.iter().filter(|name| known.contains(fold_header(name).as_str())).count(), row.len()))
            .max()
            .unwrap_or((0, 0))
    };
    // The first of equals wins: the semicolon is the one of French spreadsheets.
    SEPARATORS.iter().rev().max_by_key(|separator| score(separator)).copied().unwrap_or(';')
}
