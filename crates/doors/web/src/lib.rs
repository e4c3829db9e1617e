//! The web door: pages, forms and files.

pub mod app;
pub mod assets;
#[cfg(test)]
mod checks;
pub mod components;
pub mod directory;
pub mod fr;
pub mod layout;
pub mod middleware;
pub mod pages;
mod problems;
pub mod routes;
pub mod session;
pub mod site;

pub use app::{App, DemoAccount, router};
pub use assets::Accent;
pub use site::{Logo, Site};
