//! `cargo xtask bench transit`: travel times of many origins, on a metro, a region and ten times that region.
//!
//! Processor time of one thread, best of three; the same answers are asked of the plain RAPTOR and every one is
//! compared. The router of the registry runs in a program of its own (`crates/engines/transit/peer`), in the same run.

mod region;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use jiff::civil::{Date, date};
use transit::feed::Feed;
use transit::matrix::{Question, profiles};
use transit::raptor::search;
use transit::scan::{Start, Wanted};
use transit::{NEVER, Options, Place, Scan, Seconds, Timetable, Walking, gtfs};

use super::table::Table;

#[derive(Args)]
pub struct Arguments {
    /// Folder of a region as patterns and departures (`patterns.csv.gz`, `departures.csv.gz`, `stops.csv.gz`,
    /// `routes.csv.gz`, `transfers.csv.gz`); its times are synthetic and never shown to a user.
    #[arg(long)]
    region: PathBuf,
    /// GTFS of a metro.
    #[arg(long)]
    metro: Option<PathBuf>,
    /// Day of the metro.
    #[arg(long, default_value = "2019-03-05")]
    metro_day: Date,
    /// Leave out the region made ten times as dense (about 4 GB of memory).
    #[arg(long)]
    skip_tenfold: bool,
    /// Pairs of stops asked of the router of the registry; 0 leaves it out.
    #[arg(long, default_value_t = 5)]
    peer_queries: usize,
}

/// A working day within the calendar that the benchmark writes.
const REGION_DAY: Date = date(2026, 11, 24);

const LEAVE: Seconds = 8 * 3600;

/// Origins of the batched measure: ten passes.
const MANY: usize = 1_280;

/// How much is looked for after the last departure of a window.
const HORIZON: Seconds = 90 * 60;

pub fn run(arguments: &Arguments) -> Result<()> {
    let folder = region::expand(&arguments.region, Path::new("target/bench/region"))?;
    let mut table = Table::new([
        "network", "events", "read ms", "build ms", "sort ms", "B/event", "RAPTOR", "one pass", "batched", "ratio",
        "120 dep.", "ratio",
    ]);
    let region = read(&folder)?;
    if let Some(metro) = &arguments.metro {
        measure("metro", &read(metro)?, arguments.metro_day, &mut table)?;
    }
    measure("region", &region, REGION_DAY, &mut table)?;
    if !arguments.skip_tenfold {
        let tenfold = (region::tenfold(&region.0), 0.0);
        measure("region × 10", &tenfold, REGION_DAY, &mut table)?;
    }
    println!("milliseconds of processor time an origin, one thread, best of three; no answer differs from RAPTOR's");
    println!("one pass: 128 origins drawn at large; batched: {MANY}, neighbours together");
    table.print();
    widths(&region.0)?;
    if arguments.peer_queries > 0 {
        peer(&folder, REGION_DAY, arguments.peer_queries)?;
        if let Some(metro) = &arguments.metro {
            peer(metro, arguments.metro_day, arguments.peer_queries * 4)?;
        }
    }
    Ok(())
}

/// A feed and the milliseconds it took to read.
fn read(path: &Path) -> Result<(Feed, f64)> {
    let (reading, taken) = timed(|| gtfs::read(path, &gtfs::Limits::default()));
    let reading = reading?;
    ensure!(reading.report.is_sound(), "{} has faulty lines", path.display());
    Ok((reading.feed, taken))
}

/// Milliseconds of processor time of this thread.
fn processor_ms() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let began = processor_ms();
    let done = work();
    (done, processor_ms() - began)
}

/// Shorter than this, a measure would be a matter of chance.
const ROUND: Duration = Duration::from_millis(200);

/// The answer of some work, and its time in the best of three rounds.
fn best<T>(mut work: impl FnMut() -> T) -> (T, f64) {
    let answer = work();
    let round = || {
        let (began, mut times) = (Instant::now(), 0.0);
        let ((), taken) = timed(|| {
            while times == 0.0 || began.elapsed() < ROUND {
                std::hint::black_box(work());
                times += 1.0;
            }
        });
        taken / times
    };
    let least = std::iter::repeat_with(round).take(3).fold(f64::MAX, f64::min);
    (answer, least)
}

/// Stops where something calls, as a seeded draw.
fn draw(timetable: &Timetable, count: usize) -> Vec<Place> {
    let stops: Vec<u32> =
        (0..).take(timetable.stops().len()).filter(|stop| !timetable.lines_at(*stop).is_empty()).collect();
    let mut dice = 93_u64;
    let next = || {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Place::Stop(stops[usize::try_from(dice >> 33).unwrap_or_default() % stops.len()])
    };
    std::iter::repeat_with(next).take(count).collect()
}

fn measure(name: &str, (feed, read): &(Feed, f64), day: Date, table: &mut Table) -> Result<()> {
    let (timetable, build) = timed(|| Timetable::build(feed, day, &Options::default()));
    let (scan, sort) = timed(|| Scan::new(&timetable));
    let walking = Walking::default();
    let size = timetable.size();
    let origins = draw(&timetable, 128);
    let starts: Vec<Start> = origins.iter().map(|origin| scan.start(*origin, LEAVE, &walking)).collect();
    let (arrivals, single) = best(|| scan.run::<2>(&starts, &Wanted::ALL));
    let few = &origins[..20];
    let (rows, raptor) = best(|| {
        let row = |origin: &Place| search(&timetable, *origin, LEAVE, NEVER, &walking).arrivals();
        few.iter().map(row).collect::<Vec<_>>()
    });
    for (lane, row) in rows.iter().enumerate() {
        ensure!(arrivals.of(lane).eq(row.iter().copied()), "{name}: the scan and RAPTOR disagree for origin {lane}");
    }
    // Many origins: those that share a pass are neighbours.
    let many = draw(&timetable, MANY);
    let order = timetable.neighbours_together(&many);
    let ((), batched) = best(|| {
        for pass in order.chunks(128) {
            let starts: Vec<Start> = pass.iter().map(|origin| scan.start(many[*origin], LEAVE, &walking)).collect();
            std::hint::black_box(scan.run::<2>(&starts, &Wanted::ALL));
        }
    });
    let until = LEAVE + 119 * 60 + HORIZON;
    let mut window = 0.0;
    for origin in &origins[..3] {
        let starts: Vec<Start> = (0..120).map(|minute| scan.start(*origin, LEAVE + minute * 60, &walking)).collect();
        let wanted = Wanted { until, ..Wanted::ALL };
        let (arrivals, taken) = best(|| scan.run::<2>(&starts, &wanted));
        for minute in [0, 59, 119] {
            let row = search(&timetable, *origin, LEAVE + minute * 60, until, &walking).arrivals();
            let lane = usize::try_from(minute).unwrap_or_default();
            ensure!(arrivals.of(lane).eq(row.into_iter()), "{name}: they disagree at minute {minute}");
        }
        window += taken / 3.0;
    }
    let (raptor, single, batched) = (raptor / 20.0, single / 128.0, batched / MANY as f64);
    table.row([
        name.to_owned(),
        size.events.to_string(),
        format!("{read:.0}"),
        format!("{build:.0}"),
        format!("{sort:.0}"),
        format!("{:.1}", (size.bytes + scan.bytes()) as f64 / size.events as f64),
        format!("{raptor:.3}"),
        format!("{single:.4}"),
        format!("{batched:.4}"),
        format!("{:.0}", raptor / batched),
        format!("{window:.2}"),
        format!("{:.0}", raptor * 120.0 / window),
    ]);
    Ok(())
}

/// On the region: wider passes, one and two threads, and arrive-by in reverse.
fn widths(feed: &Feed) -> Result<()> {
    let timetable = Timetable::build(feed, REGION_DAY, &Options::default());
    let scan = Scan::new(&timetable);
    let walking = Walking::default();
    let origins = draw(&timetable, 512);
    let starts: Vec<Start> = origins.iter().map(|origin| scan.start(*origin, LEAVE, &walking)).collect();
    let mut table = Table::new(["one to all at 08:00, lanes", "ms an origin"]);
    let mut add = |lanes: &str, count: f64, taken: f64| table.row([lanes.to_owned(), format!("{:.3}", taken / count)]);
    add("64", 64.0, best(|| scan.run::<1>(&starts[..64], &Wanted::ALL)).1);
    add("128", 128.0, best(|| scan.run::<2>(&starts[..128], &Wanted::ALL)).1);
    add("256", 256.0, best(|| scan.run::<4>(&starts[..256], &Wanted::ALL)).1);
    add("512", 512.0, best(|| scan.run::<8>(&starts, &Wanted::ALL)).1);
    let reversed = timetable.reversed();
    let backwards = Scan::new(&reversed);
    let ends: Vec<Start> =
        origins[..128].iter().map(|place| backwards.start(*place, -LEAVE - 3600, &walking)).collect();
    let (latest, taken) = best(|| backwards.run::<2>(&ends, &Wanted::ALL));
    for (lane, place) in origins[..3].iter().enumerate() {
        let told = reversed.latest_departures(*place, LEAVE + 3600, &walking);
        let same = latest.of(lane).eq(told.into_iter().map(|time| time.map_or(NEVER, |time| -time)));
        ensure!(same, "backwards, the scan and RAPTOR disagree");
    }
    add("128, arrive by 09:00", 128.0, taken);
    println!();
    table.print();
    let targets = draw(&timetable, 200);
    let mut table = Table::new(["64 origins × 200 targets × 120 departures, threads", "wall ms an origin"]);
    for threads in [1, 2] {
        let question = Question { longest: HORIZON, ..Question::new(&origins[..64], &targets, LEAVE..LEAVE + 7200) };
        let threads = NonZeroUsize::new(threads).context("one thread at least")?;
        let began = Instant::now();
        profiles(&scan, &question, threads, |_, _| {});
        table.row([threads.to_string(), format!("{:.2}", began.elapsed().as_secs_f64() * 1e3 / 64.0)]);
    }
    println!();
    table.print();
    Ok(())
}

/// The router of the registry, on the same feed.
fn peer(feed: &Path, day: Date, queries: usize) -> Result<()> {
    println!("\n{}, {queries} pairs of stops at 08:00", feed.display());
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/engines/transit/peer/Cargo.toml");
    let target = std::env::current_dir()?.join("target/bench/peer");
    let status = Command::new("cargo")
        .args(["run", "--release", "--quiet", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(target)
        .arg("--")
        .arg(feed)
        .args([day.to_string(), queries.to_string()])
        .status()
        .context("cargo could not be started")?;
    ensure!(status.success(), "the router of the registry answers otherwise, or could not be built");
    Ok(())
}
