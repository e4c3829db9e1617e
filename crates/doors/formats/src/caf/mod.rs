//! The beneficiary feed of the paying bodies (CNAF « Cristal », MSA « Agora »), layout `vrsb0801`.
//!
//! - [`Reader`] streams a file: a household at a time, valid ([`HouseholdRecord`]) or not ([`HouseholdError`]).
//! - [`prescan`] reads the whole file before anything is written and refuses it as a whole ([`Refusal`]).
//! - [`schema`] is the published schema as one table, which drives the checks; [`model`] is what is kept.
//! - [`write::Writer`] writes the same format.
//!
//! The schema checks no code and no consistency: what is valid and doubtful comes out as a [`Warning`].
//! The blanks around a date or a time are allowed, as XML Schema says (libxml2 refuses them).

mod codes;
mod draft;
mod hash;
pub mod model;
mod prescan;
mod reader;
mod refusal;
pub mod schema;
mod split;
mod value;
mod walk;
mod warning;
pub mod write;

pub use prescan::{Duplicate, MAX_ERRORS_KEPT, Prescan, PrescanOptions, prescan};
pub use reader::{Entry, HouseholdRecord, Reader};
pub use refusal::{HouseholdError, Position, Reason, Refusal};
pub use warning::{Remark, StateBlock, Warning};
