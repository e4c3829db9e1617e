//! Titles as versioned data: what each asks for, what of it is confirmed, who may prepare to it and where.

mod file;
mod model;
mod service;
mod store;

pub use file::{MOST_BYTES, read};
pub use model::{
    Accreditation, AccreditationKind, Activity, Competence, Evaluation, HEADER, Item, ItemConfirmation, Loaded,
    Referential, Title,
};
pub use service::{
    AccreditationLine, Outcome, Shown, accreditations, confirm, list, load, may_be_official, set_accreditation, show,
    withdraw_confirmation,
};
pub(crate) use service::{accredited, find, quality_until};

/// The titles that come with the program, by file name: the registration before RNCP37274, then RNCP37274.
pub const SHIPPED: [(&str, &str); 2] = [
    ("previous.toml", include_str!("../../data/previous.toml")),
    ("rncp37274.toml", include_str!("../../data/rncp37274.toml")),
];
