//! Tables of persons as départements hold them: CSV, XLSX, XLS, ODS, recognised by their content.
//!
//! What comes out is rows of cells with the row numbers of the file, under a header found among the first rows. What
//! the cells mean is read afterwards, cell by cell ([`value`]): one bad cell never refuses a file.

mod header;
mod text;
pub mod value;
mod workbook;

use std::borrow::Cow;
use std::fmt;

use jiff::civil::Date;

pub use header::{fold_header, unique_headers};

/// Rows of one table at most: what a département sends in one file, with room to spare.
pub const ROWS_AT_MOST: usize = 200_000;
/// Cells of a row at most.
pub const COLUMNS_AT_MOST: usize = 512;
/// Bytes of a file at most, as received and once unpacked.
pub const BYTES_AT_MOST: u64 = 256 << 20;
/// Rows among which the header is looked for: title lines above it are usual.
const HEADER_WITHIN: usize = 20;

/// One cell, with its type where the file has types. A text file has texts only.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Cell {
    #[default]
    Empty,
    Text(String),
    /// As written in full; whole numbers without decimals.
    Number(f64),
    /// A cell formatted as a date.
    Date(Date),
    /// A formula that failed: `#REF!`, `#N/A`…
    Broken(String),
}

impl Cell {
    /// The text of the cell, trimmed of blanks of all kinds and of the apostrophe that makes a number a text.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty | Self::Broken(_) => Cow::Borrowed(""),
            Self::Text(text) => {
                let text = text.trim();
                Cow::Borrowed(text.strip_prefix('\'').map_or(text, str::trim_start))
            }
            Self::Number(number) => Cow::Owned(number_text(*number)),
            Self::Date(date) => Cow::Owned(date.to_string()),
        }
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty) || matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}

/// A number as it was typed: whole numbers never in exponent notation, nor with `.0`.
fn number_text(number: f64) -> String {
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < WHOLE { format!("{number:.0}") } else { number.to_string() }
}

/// A row under the header.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// Number of the row in the file, from 1; in a text file, the line where it begins.
    pub number: u64,
    /// As many as the header has.
    pub cells: Vec<Cell>,
}

/// A table, whole.
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    pub form: Form,
    /// Name of the sheet; `None` in a text file.
    pub sheet: Option<String>,
    /// Texts of the header as they are in the file, made different from one another (« Nom », « Nom (2) »).
    pub header: Vec<String>,
    pub header_row: u64,
    pub rows: Vec<Row>,
    /// Dates written as numbers count from 1904.
    pub since_1904: bool,
    pub remarks: Vec<Remark>,
}

/// What a file turned out to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    Text { encoding: Encoding, separator: char },
    Workbook,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    Utf8,
    Utf16,
    Windows1252,
}

/// Something a reader of the report should know of the file as a whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Remark {
    /// Lines above the header that were left aside.
    TitleLines(u64),
    /// The header came again in the middle of the file.
    HeaderRepeated { row: u64 },
    /// Two columns have one name.
    DuplicateHeader(String),
    /// The last row says « total ».
    TotalLine { row: u64 },
    /// Hidden rows or columns were read like the others.
    HiddenCells,
    /// Sheets that are hidden, left aside.
    HiddenSheets(Vec<String>),
    /// Cells beyond [`COLUMNS_AT_MOST`], left aside.
    TooManyColumns,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TitleLines(1) => f.write_str("une ligne de titre au-dessus des en-têtes, laissée de côté"),
            Self::TitleLines(count) => {
                write!(f, "{count} lignes de titre au-dessus des en-têtes, laissées de côté")
            }
            Self::HeaderRepeated { row } => write!(f, "ligne {row} : les en-têtes reviennent, ligne laissée de côté"),
            Self::DuplicateHeader(name) => write!(f, "deux colonnes s’appellent « {name} »"),
            Self::TotalLine { row } => write!(f, "ligne {row} : total, laissé de côté"),
            Self::HiddenCells => f.write_str("des lignes ou des colonnes masquées ont été lues comme les autres"),
            Self::HiddenSheets(names) => write!(f, "feuilles masquées, laissées de côté : {}", names.join(", ")),
            Self::TooManyColumns => {
                write!(f, "les cellules au-delà de la {COLUMNS_AT_MOST}e colonne sont laissées de côté")
            }
        }
    }
}

/// Why a file gives no table at all.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    #[error("le fichier est vide")]
    Empty,
    #[error("le fichier ne contient aucune ligne de données sous ses en-têtes (ligne {header_row})")]
    NoRows { header_row: u64 },
    #[error(
        "aucune ligne d’en-têtes reconnue dans les {HEADER_WITHIN} premières lignes : donnez un nom à chaque colonne"
    )]
    NoHeader,
    #[error("le classeur est protégé par un mot de passe : enregistrez-le sans mot de passe")]
    Protected,
    #[error("le classeur a plusieurs feuilles remplies ({}) : dites laquelle lire", .0.join(", "))]
    SeveralSheets(Vec<String>),
    #[error("le classeur n’a pas de feuille « {0} »")]
    NoSuchSheet(String),
    #[error("le fichier, une fois décompressé, dépasse {} Mo : il n’est pas lu", BYTES_AT_MOST >> 20)]
    TooLarge,
    #[error("le fichier a plus de {ROWS_AT_MOST} lignes : envoyez-le en plusieurs fois")]
    TooManyRows,
    #[error("le classeur ne peut pas être lu ({0}) : enregistrez-le de nouveau, au format XLSX, ODS ou CSV")]
    Unreadable(String),
}

/// What helps to read a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// The sheet to read, when somebody chose one.
    pub sheet: Option<&'a str>,
    /// Headers that tables of this kind are known to have, folded ([`fold_header`]): they tell the header from the
    /// titles above it.
    pub known_headers: &'a [String],
}

/// Reads a table from the bytes of a file.
///
/// # Errors
/// See [`Refusal`]; a bad row or cell is none.
pub fn read(bytes: &[u8], options: Options<'_>) -> Result<Table, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.len() as u64 > BYTES_AT_MOST {
        return Err(Refusal::TooLarge);
    }
    const ZIP: &[u8] = b"PK\x03\x04";
    const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    let raw = if bytes.starts_with(ZIP) {
        workbook::read_zipped(bytes, options.sheet)?
    } else if bytes.starts_with(COMPOUND) {
        workbook::read_compound(bytes, options.sheet)?
    } else {
        text::read(bytes, options.known_headers)?
    };
    header::find(raw, options.known_headers)
}

/// Rows as they are in the file, before the header is found.
struct Raw {
    form: Form,
    sheet: Option<String>,
    /// Number of the row, its cells; rows without any filled cell are absent.
    rows: Vec<(u64, Vec<Cell>)>,
    since_1904: bool,
    remarks: Vec<Remark>,
}
