//! Chores of the developers: `cargo xtask bench NAME`, `cargo xtask map`.

mod bench;
mod map;

use clap::{Parser, Subcommand};

/// That of the application, so that what is measured is what runs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(about = "Chores of the developers")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Measures, and prints a table with ratios to a limit taken in the same run.
    Bench(bench::Arguments),
    /// Makes the outlines of the communes again from their published package.
    Map,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().chore {
        Chore::Bench(arguments) => bench::run(arguments).await,
        Chore::Map => map::run(),
    }
}
