//! What orientation needs and the paying bodies' feed does not say: the answers to the questionnaire that goes with the
//! claim, the registration at France Travail, and France Travail's recommendation.
//!
//! They come as tables of persons. A line that no known person answers to is told, never made into a new person: who is
//! accompanied follows from the feed alone. Facts are what the lines of all files say together (`plan`), so the order in
//! which files arrive does not matter.

mod doubt;
mod file;
pub mod matching;
mod model;
mod plan;
mod reading;
mod service;
mod store;

pub(crate) use doubt::forget;
pub use doubt::{LineDoubt, LineDoubtView, Said, decide_line, line_doubt, line_doubts, undo_line};
pub use file::{InputFile, InputKind, InputReport, InputSource, Issue, NewFile, NewIssue, Severity};
pub use matching::{Keys, Ruling, Verdict};
pub use model::{Difficulties, JobseekerRegistration, Recommendation, SocioProfessional};
pub(crate) use reading::sources;
pub use reading::{Inputs, impact_of, of, of_many};
pub use service::{
    Line, LineBatch, Observed, Opening, apply, close_absent, complete, file, file_by_digest, files, is_late,
    issue_groups, issues, judge, open, remembered_settings,
};
