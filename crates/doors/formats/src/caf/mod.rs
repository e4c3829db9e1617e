//! The beneficiary feed of the paying bodies (CNAF « Cristal », MSA « Agora »), layout `vrsb0801`.

mod hash;
pub mod model;
pub mod schema;
mod value;
