//! The layouts the world speaks: parse and write only, no database.

pub mod caf;
pub mod calendar;
pub mod france_travail;
pub mod questionnaire;
pub mod recommendation;
pub mod table;
