//! Benchmarks. Machines differ and are noisy: what counts is the ratio to a named limit measured in the
//! same run, never the seconds.

mod caf;
mod lists;
mod pages;
mod table;
mod timetable;
mod transit;

use std::path::PathBuf;

use base::{Clock, Instant};
use clap::{Args, Subcommand};
use platform::{Actor, Keys, Mail, Platform};

#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    name: Name,
}

#[derive(Subcommand)]
enum Name {
    /// The beneficiary feed: parse + validate + map, then parse + store.
    Caf(caf::Arguments),
    /// Timetables and the stable matching, beside `fet-cl`, CP-SAT and a package of PyPI.
    Timetable(timetable::Arguments),
    /// Travel times: the bit-parallel scan against a plain RAPTOR and a router of the registry.
    Transit(transit::Arguments),
    /// The counsellor's list and the agency's, up to a million people.
    Lists(lists::Arguments),
    /// Server time of pages against the bare queries they need.
    Pages(pages::Arguments),
}

pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.name {
        Name::Caf(arguments) => caf::run(arguments).await,
        Name::Lists(arguments) => lists::run(arguments).await,
        Name::Pages(arguments) => pages::run(arguments).await,
        Name::Timetable(arguments) => timetable::run(&arguments),
        Name::Transit(arguments) => transit::run(&arguments),
    }
}

/// Processor time of this process so far, in seconds: unlike the clock on the wall, it does not count what else the
/// machine does.
fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    std::time::Duration::try_from(time).map_or(0.0, |time| time.as_secs_f64())
}

/// A platform over a database of the benchmark, its territory loaded, on the day of the demonstration.
async fn platform(url: &str) -> anyhow::Result<(Platform, Actor)> {
    let clock = Clock::starting_at(Instant::start_of(jiff::civil::date(2026, 11, 22)));
    let db = db::Db::open(url).await?;
    db::migrate(&db, migrations::ALL, &clock).await?;
    let platform = Platform::start(db, clock, Keys::derive(&[7; 32]), Mail::none());
    let department =
        platform::tenant::ensure(&platform, "93", "Seine-Saint-Denis", support::declared_parameters()).await?;
    let actor = Actor::program(department.id);
    Ok((platform, actor))
}

/// A month of the département with so many households, made once and kept for the next run.
fn month(households: u64) -> anyhow::Result<PathBuf> {
    let folder = PathBuf::from("target/bench");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("month-{households}.xml"));
    if !path.exists() {
        let unfinished = path.with_extension("part");
        let places = demo::places();
        let request = demo::synth::Request {
            households,
            seed: 93,
            date: jiff::civil::date(2026, 10, 31),
            previous: None,
            places: &places,
        };
        demo::synth::synthesize(&request, std::fs::File::create(&unfinished)?, |_, _| {})?;
        std::fs::rename(unfinished, &path)?;
    }
    Ok(path)
}
