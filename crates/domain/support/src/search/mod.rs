//! Finding somebody. Names are found through a dictionary of the distinct words they are made of: a few
//! tens of thousands for a département, held in memory and compared with what was typed (prefix, inside,
//! Damerau–Levenshtein distance), then an index from words to persons in the database. The same text
//! serves both engines, and typing in any order, without accents or with a slip, finds the person.

mod names;
mod near;
mod query;
mod service;
mod store;

pub use names::Names;
pub use query::{Query, QueryError};
pub use service::{Found, Hit, find, suggest};
pub(crate) use store::{KnownWords, index_names, words_of};
