//! What a cell means. Pure: a cell in, a value with what there is to say about it out.

mod address;
mod contact;
mod date;
mod names;
mod numbers;

use super::Cell;

pub use address::{Town, address, postcode};
pub use contact::{Phones, email, phones, same_phone};
pub use date::{Day, date};
pub use names::{Names, boolean, family_name, first_name_key, is_damaged, name_key};
pub use numbers::{affiliation, codes, identifier, nir};

/// What came of a cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Read<T> {
    /// Nothing, or a word that says nothing (`NULL`, « néant »…).
    Empty,
    Value(T),
    /// A value, and what somebody should know about it.
    Doubtful(T, &'static str),
    /// No value; the row is kept.
    Refused(&'static str),
}

impl<T> Read<T> {
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) | Self::Doubtful(value, _) => Some(value),
            Self::Empty | Self::Refused(_) => None,
        }
    }

    /// What there is to say.
    pub fn remark(&self) -> Option<&'static str> {
        match self {
            Self::Doubtful(_, remark) | Self::Refused(remark) => Some(remark),
            Self::Empty | Self::Value(_) => None,
        }
    }

    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Read<U> {
        match self {
            Self::Empty => Read::Empty,
            Self::Value(value) => Read::Value(change(value)),
            Self::Doubtful(value, remark) => Read::Doubtful(change(value), remark),
            Self::Refused(reason) => Read::Refused(reason),
        }
    }
}

/// Words that stand for nothing.
const NOTHING: [&str; 10] = ["", "null", "n/a", "-", "--", "?", "/", "néant", "neant", "nc"];

/// The text of a cell that says something, or what its emptiness is.
fn text<T>(cell: &Cell) -> Result<String, Read<T>> {
    if matches!(cell, Cell::Broken(_)) {
        return Err(Read::Refused("formule en erreur dans la cellule"));
    }
    let text = cell.text();
    if NOTHING.contains(&text.to_lowercase().as_str()) {
        return Err(Read::Empty);
    }
    Ok(text.into_owned())
}

/// A free text, blanks collapsed.
pub fn free_text(cell: &Cell) -> Read<String> {
    match text(cell) {
        Ok(text) => Read::Value(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        Err(nothing) => nothing,
    }
}

/// Ends a reading early when the cell says nothing.
macro_rules! said {
    ($cell:expr) => {
        match $crate::table::value::text($cell) {
            Ok(text) => text,
            Err(nothing) => return nothing,
        }
    };
}
use said;

/// Removes blanks of all kinds, after compatibility folding (full-width digits, no-break blanks…).
fn without_blanks(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfkc().filter(|character| !character.is_whitespace()).collect()
}
