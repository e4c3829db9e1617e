//! The integration tests, in one binary: a new topic is a new module here, never a new binary (each would be linked
//! against the whole application again).

mod dependencies;
mod documents;
mod layout;
mod sql;
mod territory;
mod workspace;
