//! Between the formats of the world and the services of the house: what the screens, the commands and the
//! demonstration call to bring files in and send them out.

pub mod caf;
pub mod candidates;
pub mod documents;
pub mod inputs;
