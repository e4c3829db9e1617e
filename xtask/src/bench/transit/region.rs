//! The region of the benchmark: from patterns and departures to the files of a GTFS feed.
//!
//! Each departure of a pattern is a trip: its times are the departure plus the offsets of the pattern. Stops, routes
//! and transfers are GTFS files already; the calendar holds every working day of two years.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use serde::Deserialize;
use transit::feed::{Call, Feed, Trip};

#[derive(Deserialize)]
struct PatternCall {
    pattern: u32,
    route_id: String,
    seq: u32,
    stop_id: String,
    offset_s: u32,
}

#[derive(Deserialize)]
struct Departure {
    pattern: u32,
    departure_s: u32,
}

fn open(source: &Path, name: &str) -> Result<GzDecoder<BufReader<File>>> {
    let path = source.join(name);
    let file = File::open(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(GzDecoder::new(BufReader::new(file)))
}

/// Writes the feed once; the next run finds it.
pub fn expand(source: &Path, folder: &Path) -> Result<PathBuf> {
    if folder.join("stop_times.txt").exists() {
        return Ok(folder.to_owned());
    }
    fs::create_dir_all(folder)?;
    for name in ["stops", "routes", "transfers"] {
        std::io::copy(
            &mut open(source, &format!("{name}.csv.gz"))?,
            &mut File::create(folder.join(format!("{name}.txt")))?,
        )?;
    }
    fs::write(
        folder.join("calendar.txt"),
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n\
         weekday,1,1,1,1,1,0,0,20260101,20271231\n",
    )?;
    let mut patterns: HashMap<u32, Vec<PatternCall>> = HashMap::new();
    for call in csv::Reader::from_reader(open(source, "patterns.csv.gz")?).deserialize() {
        let call: PatternCall = call?;
        patterns.entry(call.pattern).or_default().push(call);
    }
    let mut trips = BufWriter::new(File::create(folder.join("trips.txt"))?);
    // Under its name once it is whole.
    let unfinished = folder.join("stop_times.part");
    let mut times = BufWriter::new(File::create(&unfinished)?);
    writeln!(trips, "route_id,service_id,trip_id")?;
    writeln!(times, "trip_id,arrival_time,departure_time,stop_id,stop_sequence")?;
    for (trip, departure) in csv::Reader::from_reader(open(source, "departures.csv.gz")?).deserialize().enumerate() {
        let departure: Departure = departure?;
        let calls = patterns.get(&departure.pattern).context("a departure of no pattern")?;
        writeln!(trips, "{},weekday,{trip}", calls[0].route_id)?;
        for call in calls {
            let time = departure.departure_s + call.offset_s;
            let clock = format!("{:02}:{:02}:{:02}", time / 3600, time / 60 % 60, time % 60);
            writeln!(times, "{trip},{clock},{clock},{},{}", call.stop_id, call.seq)?;
        }
    }
    trips.flush()?;
    times.flush()?;
    fs::rename(unfinished, folder.join("stop_times.txt"))?;
    Ok(folder.to_owned())
}

/// The same feed with ten trips for one, a little apart.
pub fn tenfold(feed: &Feed) -> Feed {
    let mut dense = Feed {
        stops: feed.stops.clone(),
        routes: feed.routes.clone(),
        services: feed.services.clone(),
        transfers: feed.transfers.clone(),
        publisher: feed.publisher.clone(),
        ..Feed::default()
    };
    for copy in 0..10 {
        let later = copy * 37;
        for trip in &feed.trips {
            let first = u32::try_from(dense.calls.len()).expect("fewer than 2³² calls");
            dense.calls.extend(feed.calls_of(trip).iter().map(|call| Call {
                arrival: call.arrival + later,
                departure: call.departure + later,
                ..*call
            }));
            let calls = first..u32::try_from(dense.calls.len()).expect("fewer than 2³² calls");
            dense.trips.push(Trip { calls, id: format!("{copy}-{}", trip.id), ..trip.clone() });
        }
    }
    dense
}
