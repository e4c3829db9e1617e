use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead};

use encoding_rs::WINDOWS_1252;

use super::record::{COLUMNS, Record};

/// A line that cannot be read; the others go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineError {
    /// Line where it begins in the file, from 1.
    pub line: u64,
    pub message: String,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ligne {} : {}", self.line, self.message)
    }
}

/// Why a file is not read at all.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("fichier illisible : {0}")]
    Unreadable(#[from] io::Error),
    #[error("le fichier est vide")]
    Empty,
    #[error(
        "ce n’est pas le fichier mensuel de France Travail : il a {found} colonnes, en séparant par « ; », au lieu de {}",
        COLUMNS.len()
    )]
    ColumnCount { found: usize },
    #[error(
        "ce n’est pas le fichier mensuel de France Travail : la colonne {position} s’appelle « {found} » au lieu de « {expected} »"
    )]
    Column { position: usize, found: String, expected: &'static str },
}

/// Streams a file. A line is a record: a quotation mark left open spoils its own line only.
pub struct Reader<R> {
    from: R,
    bytes: Vec<u8>,
    number: u64,
    record: csv::ByteRecord,
}

impl<R: BufRead> Reader<R> {
    /// Opens a file and checks its header.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn new(from: R) -> Result<Self, Refusal> {
        let mut reader = Self { from, bytes: Vec::new(), number: 0, record: csv::ByteRecord::new() };
        if !reader.advance()? {
            return Err(Refusal::Empty);
        }
        let header = &reader.record;
        if header.len() != COLUMNS.len() {
            return Err(Refusal::ColumnCount { found: header.len() });
        }
        for (position, (found, expected)) in header.iter().zip(COLUMNS).enumerate() {
            let found = decode(found);
            let found = found.trim_start_matches('\u{feff}').trim();
            if !found.eq_ignore_ascii_case(expected) {
                return Err(Refusal::Column { position: position + 1, found: found.to_owned(), expected });
            }
        }
        Ok(reader)
    }

    /// Reads the next line with something in it; `false` at the end.
    fn advance(&mut self) -> io::Result<bool> {
        loop {
            self.bytes.clear();
            if self.from.read_until(b'\n', &mut self.bytes)? == 0 {
                return Ok(false);
            }
            self.number += 1;
            let line = self.bytes.trim_ascii();
            if line.is_empty() {
                continue;
            }
            self.record.clear();
            csv::ReaderBuilder::new()
                .delimiter(b';')
                .has_headers(false)
                .flexible(true)
                .buffer_capacity(line.len())
                .from_reader(line)
                .read_byte_record(&mut self.record)
                .map_err(io::Error::from)?;
            return Ok(true);
        }
    }

    /// The next line: its number with what it says, or what is wrong with it. `None` at the end.
    ///
    /// # Errors
    /// When the file itself cannot be read further.
    pub fn next_line(&mut self) -> io::Result<Option<Result<(u64, Record), LineError>>> {
        Ok(if self.advance()? { Some(self.line(self.number)) } else { None })
    }

    fn line(&self, line: u64) -> Result<(u64, Record), LineError> {
        let found = self.record.len();
        if found != COLUMNS.len() {
            let message = format!("{found} colonnes au lieu de {}", COLUMNS.len());
            return Err(LineError { line, message });
        }
        let cell = |position| decode(self.record.get(position).unwrap_or_default());
        match Record::read(cell) {
            Ok(record) => Ok((line, record)),
            Err((position, form)) => {
                Err(LineError { line, message: format!("la colonne {} attend {form}", COLUMNS[position]) })
            }
        }
    }
}

/// UTF-8 when it is valid, else Windows-1252.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}
