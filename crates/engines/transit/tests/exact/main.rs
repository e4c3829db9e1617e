//! The engine against a naive search on random small networks.

mod common;
mod scenario;
mod search;
