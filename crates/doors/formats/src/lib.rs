//! The layouts the world speaks: parse and write only, no database.

pub mod caf;
