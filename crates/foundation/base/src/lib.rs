//! What every crate of the house may rely on: identifiers, time, parsed values, normalised text, dates and numbers
//! in French.
//! No input or output, no database, no word of insertion policy.

mod clock;
pub mod fr;
mod holidays;
mod id;
mod nir;
mod normalise;
mod parsed;
mod period;

pub use clock::{Clock, Instant, PARIS};
pub use holidays::{holiday, is_open_day, is_working_day, plus_working_days};
pub use id::Id;
pub use jiff::civil::Date;
pub use nir::{Nir, NirError};
pub use normalise::{fold, words};
pub use parsed::{Email, ParseError, Phone, Siret};
pub use period::Period;
