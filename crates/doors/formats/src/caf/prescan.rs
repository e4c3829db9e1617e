//! The reading that comes before any writing: is the whole file usable, and what is in it?

use std::collections::HashMap;
use std::io::Read;

use serde::Serialize;

use super::model::{Footer, Header};
use super::reader::Reader;
use super::refusal::{HouseholdError, Position, Reason, Refusal};

/// How many household errors a report keeps; all are counted.
pub const MAX_ERRORS_KEPT: usize = 1_000;

/// What to let pass.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PrescanOptions {
    /// Takes a file whose number of households is not the one announced: a decision of a person.
    pub accept_count_mismatch: bool,
}

/// A claim number met twice: the last one counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duplicate {
    pub claim_number: String,
    /// The earlier household, replaced.
    pub replaced: Position,
    /// The one that replaces it.
    pub replaced_by: Position,
}

/// What is in a usable file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prescan {
    pub header: Header,
    pub footer: Footer,
    /// Households in the file, those in error included.
    pub households: u64,
    /// Persons in the valid households.
    pub persons: u64,
    /// Warnings on the valid households.
    pub warnings: u64,
    /// The first errors, at most [`MAX_ERRORS_KEPT`].
    pub errors: Vec<HouseholdError>,
    /// Households in error.
    pub errors_total: u64,
    /// Replaced households, in the order of the file.
    pub duplicates: Vec<Duplicate>,
    /// Bytes without a character, replaced by U+FFFD.
    pub replaced_characters: u64,
    /// Last line of the file.
    pub lines: u64,
}

impl Prescan {
    /// Whether the count announced is not the one read (only seen when it was accepted).
    pub fn count_mismatch(&self) -> bool {
        u64::from(self.footer.households) != self.households
    }
}

/// Reads a whole file and makes every check that needs no database, in this order: root, header before the first
/// household, reference date not after the creation date, each household against the schema, number of households,
/// footer.
///
/// # Errors
/// The file must not be imported; the refusal gives the line and the reason.
pub fn prescan(input: impl Read, options: PrescanOptions) -> Result<Prescan, Refusal> {
    let mut reader = Reader::new(input)?;
    let header = reader.header().clone();
    if header.reference_date > header.created_on {
        let reason = Reason::DatesReversed { reference_date: header.reference_date, created_on: header.created_on };
        return Err(Refusal::whole(reason));
    }
    let mut households = 0;
    let mut persons = 0;
    let mut warnings = 0;
    let mut errors = Vec::new();
    let mut errors_total = 0;
    let mut duplicates = Vec::new();
    let mut seen: HashMap<String, Position> = HashMap::new();
    while let Some(entry) = reader.next_household()? {
        households += 1;
        match entry {
            Ok(record) => {
                persons += record.household.persons.len() as u64;
                warnings += record.warnings.len() as u64;
                let claim_number = record.household.claim_number;
                if let Some(replaced) = seen.insert(claim_number.clone(), record.position) {
                    duplicates.push(Duplicate { claim_number, replaced, replaced_by: record.position });
                }
            }
            Err(error) => {
                errors_total += 1;
                if errors.len() < MAX_ERRORS_KEPT {
                    errors.push(*error);
                }
            }
        }
    }
    // The reader ends only on a footer.
    let footer = reader.footer().cloned().ok_or_else(|| Refusal::at(reader.position().line, Reason::FooterMissing))?;
    if u64::from(footer.households) != households && !options.accept_count_mismatch {
        return Err(Refusal::whole(Reason::CountMismatch { announced: footer.households, read: households }));
    }
    Ok(Prescan {
        header,
        footer,
        households,
        persons,
        warnings,
        errors,
        errors_total,
        duplicates,
        replaced_characters: reader.replaced_characters(),
        lines: reader.position().line,
    })
}
