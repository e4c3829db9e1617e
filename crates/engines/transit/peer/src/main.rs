//! The same questions to the crate `raptor` (keogami, Apache-2.0) and to this engine: do they agree, and how long
//! does each take?
//!
//! `transit-peer FEED DAY QUERIES`: as many pairs of stops, seeded, at 08:00. Ends with an error on any difference.

mod network;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::civil::Date;
use network::{Network, Node};
use raptor::Timetable as _;
use transit::raptor::search;
use transit::{NEVER, Place, Scan, Seconds, Timetable, Walking, gtfs};

const LEAVE: Seconds = 8 * 3600;

/// A single pass over a small feed is shorter than the kernel's account of processor time is fine.
const PASSES: u32 = 20;

/// More rides, changes and walks than any earliest journey takes: the router stops by itself before.
const ROUNDS: usize = 60;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |name: &str| arguments.next().with_context(|| format!("{name} is missing"));
    let (feed, day): (_, Date) = (next("FEED")?, next("DAY")?.parse()?);
    let queries: usize = next("QUERIES")?.parse()?;
    let feed = gtfs::read(feed.as_ref(), &gtfs::Limits::default())?.feed;
    let timetable = Timetable::build(&feed, day, &transit::Options::default());
    let scan = Scan::new(&timetable);
    let walking = Walking::default();
    let stops: Vec<u32> = (0..).take(feed.stops.len()).filter(|stop| !timetable.lines_at(*stop).is_empty()).collect();
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
    let mut draw = || {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        stops[(dice >> 33) as usize % stops.len()]
    };
    let pairs: Vec<(u32, u32)> = (0..queries).map(|_| (draw(), draw())).collect();
    let (mut theirs, mut ours, mut different) = (Duration::ZERO, Duration::ZERO, 0);
    for (from, to) in &pairs {
        let network = Network::new(&feed, day, &timetable.access(Place::Stop(*from), &walking), *to);
        let began = processor_time()?;
        let journeys = network.raptor(ROUNDS, network::shifted(LEAVE), Node::Origin, Node::Target);
        theirs += processor_time()? - began;
        let arrival = journeys.iter().map(|journey| journey.arrival).min();
        let began = processor_time()?;
        let own = search(&timetable, Place::Stop(*from), LEAVE, NEVER, &walking).arrivals()[*to as usize];
        ours += processor_time()? - began;
        if arrival != (own != NEVER).then(|| network::shifted(own)) {
            different += 1;
            eprintln!("{} to {}: {arrival:?} and {own}", feed.stops[*from as usize].id, feed.stops[*to as usize].id);
        }
    }
    // One pass answers 128 origins, each another one.
    let lanes: Vec<_> = (0..128).map(|_| scan.start(Place::Stop(draw()), LEAVE, &walking)).collect();
    let began = processor_time()?;
    for _ in 0..PASSES {
        ensure!(scan.run::<2>(&lanes, &transit::scan::Wanted::ALL).lanes() == 128);
    }
    let batched = (processor_time()? - began) / (128 * PASSES);
    let each = |total: Duration| total.as_secs_f64() * 1e3 / queries as f64;
    let batched = batched.as_secs_f64() * 1e3;
    println!("crate raptor, one to one        {:10.3} ms a query", each(theirs));
    println!("plain RAPTOR, one to all        {:10.3} ms a query ({:.0} times)", each(ours), each(theirs) / each(ours));
    println!("scan, 128 origins, one to all   {batched:10.3} ms a query ({:.0} times)", each(theirs) / batched);
    println!("differences                     {different:10} of {queries}");
    ensure!(different == 0, "the two routers disagree");
    Ok(())
}

/// Processor time of this thread.
fn processor_time() -> Result<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let spent = text.split_whitespace().next().context("no processor time")?;
    Ok(Duration::from_nanos(spent.parse()?))
}
