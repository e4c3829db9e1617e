//! The web door: pages, forms and files.

pub mod assets;
#[cfg(test)]
mod checks;
pub mod components;
pub mod fr;
pub mod layout;
pub mod middleware;
pub mod pages;
pub mod site;
