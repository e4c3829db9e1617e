//! One file a command.

mod account;
mod backup;
mod check;
mod demo;
mod import;
mod import_inputs;
mod import_school;
mod manifest;
mod postgres;
mod restore;
mod serve;
mod synthesize;
pub mod transit;
mod verify;

pub use account::create_account;
pub use backup::backup;
pub use check::check;
pub use demo::demo;
pub use import::import_caf;
pub use import_inputs::{import_france_travail, import_table};
pub use import_school::{import_candidates, import_referential};
pub use restore::restore;
pub use serve::serve;
pub use synthesize::synthesize;
pub use verify::verify;

use crate::failure::Exit;

pub fn version() -> Exit {
    println!("Jonction {}", env!("CARGO_PKG_VERSION"));
    Exit::Done
}
