//! Pages: one file per page, the struct and its template of the same name.

pub mod charte;
