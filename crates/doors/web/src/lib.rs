//! The web door: pages, forms and files.

pub mod fr;
