//! The monthly file of France Travail about job seekers: 44 columns in a fixed order, separated by `;`, nothing written
//! `NULL`, moments as `2026-10-20 00:00:00.0`, flags `O` and `N`.
//!
//! [`Reader`] streams it: a broken line is told with its number and the rest goes on. [`Writer`] writes the same.

mod reader;
mod record;
mod writer;

pub use reader::{LineError, Reader, Refusal};
pub use record::{COLUMNS, Record};
pub use writer::Writer;
