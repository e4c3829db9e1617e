//! Bringing in the tables that orientation needs: France Travail's monthly file, questionnaires, recommendations. The
//! whole file is read first; a trial run says what would become of each line; then lines are applied by stretches, each
//! committed with the place where a killed import resumes.

mod fields;
pub mod job;
mod lines;
mod service;
mod settings;

pub use fields::{FIELDS, Field, fields_of};
pub use service::{Error, Import, LineRemark, Outcome, Progress, Stage, Summary, import};
pub use settings::{Layout, Settings, SettingsError, inspect};
