//! Random small networks, and the naive search that the engine is held against.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use transit::feed::{Call, Feed, Frequency, Route, Service, Stop, Transfer, Trip};
use transit::{Options, Seconds};

/// A Sunday; services of the tests run on it, on its eve, on both or on neither.
pub const DAY: Date = date(2026, 11, 22);

/// Default change of the tests: shorter than in life, so that much happens within few seconds.
pub const OPTIONS: Options = Options {
    change: 2,
    walk_metres: None,
    walking: transit::Walking { detour: 1.0, speed: 3.6, most_metres: 400.0, step: 1, entrance: 1 },
};

const HOUR: Seconds = 3600;

/// Small times around midnight: seconds from 23:59:30 of the eve to 00:01:30, told on the day or on its eve.
fn trip(stops: u32) -> impl Strategy<Value = (Trip, Vec<Call>)> {
    let call = (0..stops, 0..6_i32, 0..3_i32, prop::bool::weighted(0.85), prop::bool::weighted(0.85));
    let frequency = prop::option::weighted(0.2, (0..40_i32, 1..40_i32, 1..25_i32));
    (0..4_u32, -20..60_i32, prop::collection::vec(call, 2..6), frequency, 0..3_u32).prop_map(
        |(service, begin, calls, frequency, route)| {
            // The service of the eve tells its times after 24:00.
            let base = if service == 1 { 24 * HOUR } else { 30 };
            let mut time = base + begin;
            let calls: Vec<Call> = calls
                .into_iter()
                .map(|(stop, run, dwell, pickup, drop_off)| {
                    let arrival = time + run;
                    time = arrival + dwell;
                    Call { stop, arrival, departure: time, pickup, drop_off }
                })
                .collect();
            let frequencies = frequency.map(|(start, length, headway)| Frequency {
                start: base + start,
                end: base + start + length,
                headway,
            });
            let trip = Trip {
                id: String::new(),
                route,
                service,
                headsign: String::new(),
                calls: 0..0,
                frequencies: frequencies.into_iter().collect(),
            };
            (trip, calls)
        },
    )
}

/// A feed of a few stops, some in stations, with transfers of all kinds and trips that loop, wait, stand still in
/// time, run by night, by frequency, or without boarding or alighting.
pub fn feed() -> impl Strategy<Value = Feed> {
    (2..8_u32).prop_flat_map(|count| {
        let stops = prop::collection::vec((prop::option::weighted(0.4, 0..2_u32), 0..200_i32), count as usize);
        let trips = prop::collection::vec(trip(count), 1..14);
        // Stations come after the stops.
        let seconds = prop::option::weighted(0.85, 0..12_i32);
        let transfers = prop::collection::vec((0..count + 2, 0..count + 2, seconds), 0..8);
        (stops, trips, transfers).prop_map(move |(stops, trips, transfers)| {
            let mut feed = Feed::default();
            for (rank, (parent, metres)) in stops.into_iter().enumerate() {
                feed.stops.push(Stop {
                    id: format!("S{rank}"),
                    name: String::new(),
                    point: transit::Point::new(48.9 + f64::from(metres) / 111_195.0, 2.4),
                    parent: parent.map(|station| count + station),
                    boarding: true,
                });
            }
            for station in 0..2 {
                let id = format!("P{station}");
                feed.stops.push(Stop { id, name: String::new(), point: None, parent: None, boarding: false });
            }
            for (rank, kind) in (0..3).zip([3, 1, 0]) {
                feed.routes.push(Route { id: format!("R{rank}"), name: String::new(), kind });
            }
            let eve = DAY.checked_sub(1.day()).unwrap();
            feed.services = vec![
                Service::always(),
                Service { week: None, exceptions: vec![(eve, true)] },
                Service {
                    week: Some(([false, false, false, false, false, false, true], eve, DAY)),
                    exceptions: vec![],
                },
                Service { week: Some(([true; 7], eve, DAY)), exceptions: vec![(DAY, false)] },
            ];
            for (mut trip, calls) in trips {
                let first = u32::try_from(feed.calls.len()).unwrap();
                feed.calls.extend(calls);
                trip.calls = first..u32::try_from(feed.calls.len()).unwrap();
                feed.trips.push(trip);
            }
            feed.transfers = transfers.into_iter().map(|(from, to, seconds)| Transfer { from, to, seconds }).collect();
            feed
        })
    })
}

/// The rules of the crate's documentation, applied one by one to states (where, when): no order, no bound, no mask.
pub struct Naive {
    /// Trips of the day, each with its calls at their own times.
    runs: Vec<Vec<Call>>,
    change: BTreeMap<u32, Option<Seconds>>,
    walks: HashMap<u32, Vec<(u32, Seconds)>>,
    pub members: HashMap<u32, Vec<u32>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum State {
    Ready(u32, Seconds),
    Aboard(usize, usize),
    GotOff(u32, Seconds),
}

impl Naive {
    pub fn new(feed: &Feed) -> Self {
        let mut runs = Vec::new();
        for (day, shift) in [(DAY, 0), (DAY.checked_sub(1.day()).unwrap(), -24 * HOUR)] {
            for trip in feed.trips.iter().filter(|trip| feed.services[trip.service as usize].runs_on(day)) {
                let calls = feed.calls_of(trip);
                let mut starts = vec![calls[0].departure];
                if !trip.frequencies.is_empty() {
                    starts.clear();
                    for frequency in &trip.frequencies {
                        let mut start = frequency.start;
                        while start < frequency.end {
                            starts.push(start);
                            start += frequency.headway;
                        }
                    }
                }
                for start in starts {
                    let own = shift + start - calls[0].departure;
                    let at =
                        |call: &Call| Call { arrival: call.arrival + own, departure: call.departure + own, ..*call };
                    let run: Vec<Call> = calls.iter().map(at).collect();
                    if run[run.len() - 1].arrival >= 0 || day == DAY {
                        runs.push(run);
                    }
                }
            }
        }
        let (change, walks, members) = ways(feed);
        Self { runs, change, walks, members }
    }

    /// Earliest arrival at every stop from those where one stands ready.
    pub fn arrivals(&self, starts: &[(u32, Seconds)]) -> BTreeMap<u32, Seconds> {
        let mut earliest: BTreeMap<u32, Seconds> = BTreeMap::new();
        let mut seen: HashSet<State> = HashSet::new();
        let mut ahead: Vec<State> = starts.iter().map(|(stop, time)| State::Ready(*stop, *time)).collect();
        while let Some(state) = ahead.pop() {
            if !seen.insert(state) {
                continue;
            }
            match state {
                State::Ready(stop, time) => {
                    let known = earliest.entry(stop).or_insert(time);
                    *known = time.min(*known);
                    for (run, calls) in self.runs.iter().enumerate() {
                        let caught = |call: &Call| call.stop == stop && call.pickup && call.departure >= time;
                        let boarded = (0..calls.len()).filter(|call| caught(&calls[*call]));
                        ahead.extend(boarded.map(|call| State::Aboard(run, call)));
                    }
                }
                State::Aboard(run, call) => {
                    let off = self.runs[run][call + 1..].iter().filter(|call| call.drop_off);
                    ahead.extend(off.map(|call| State::GotOff(call.stop, call.arrival)));
                }
                State::GotOff(stop, time) => {
                    let known = earliest.entry(stop).or_insert(time);
                    *known = time.min(*known);
                    ahead.extend(self.change[&stop].map(|change| State::Ready(stop, time + change)));
                    let walks = self.walks.get(&stop).into_iter().flatten();
                    ahead.extend(walks.map(|(to, seconds)| State::Ready(*to, time + seconds)));
                }
            }
        }
        earliest
    }

    /// Where one may stand after having got off at a stop.
    pub fn after(&self, stop: u32, time: Seconds) -> Vec<(u32, Seconds)> {
        let walks = self.walks.get(&stop).into_iter().flatten().map(|(to, seconds)| (*to, time + seconds));
        walks.chain(self.change[&stop].map(|change| (stop, time + change))).collect()
    }

    /// Where one stands who leaves a stop.
    pub fn start(&self, stop: u32, time: Seconds) -> Vec<(u32, Seconds)> {
        let mut starts = Vec::new();
        for stop in self.members.get(&stop).cloned().unwrap_or_else(|| vec![stop]) {
            starts.push((stop, time));
            starts.extend(self.walks.get(&stop).into_iter().flatten().map(|(to, seconds)| (*to, time + seconds)));
        }
        starts
    }
}

type Ways = (BTreeMap<u32, Option<Seconds>>, HashMap<u32, Vec<(u32, Seconds)>>, HashMap<u32, Vec<u32>>);

/// Changes, walks and members of stations: the most precise word, and of two the shorter.
fn ways(feed: &Feed) -> Ways {
    let stops: Vec<u32> = (0..).zip(&feed.stops).filter(|(_, stop)| stop.boarding).map(|(rank, _)| rank).collect();
    let parent = |stop: u32| feed.stops[stop as usize].parent;
    let mut members: HashMap<u32, Vec<u32>> =
        (0..).zip(&feed.stops).filter(|(_, stop)| !stop.boarding).map(|(rank, _)| (rank, Vec::new())).collect();
    for stop in &stops {
        if let Some(station) = parent(*stop) {
            members.get_mut(&station).unwrap().push(*stop);
        }
    }
    let means = |named: u32, stop: u32| named == stop || parent(stop) == Some(named);
    let mut change = BTreeMap::new();
    let mut walks: HashMap<u32, Vec<(u32, Seconds)>> = HashMap::new();
    for from in &stops {
        for to in &stops {
            let siblings = from == to || (parent(*from).is_some() && parent(*from) == parent(*to));
            let mut said: Option<(usize, Option<Seconds>)> = siblings.then_some((0, Some(OPTIONS.change)));
            for transfer in &feed.transfers {
                if !(means(transfer.from, *from) && means(transfer.to, *to)) {
                    continue;
                }
                let precision = 1 + usize::from(transfer.from == *from) + usize::from(transfer.to == *to);
                let candidate = (precision, transfer.seconds);
                let rank = |(precision, seconds): (usize, Option<Seconds>)| {
                    (precision, std::cmp::Reverse(seconds.unwrap_or(Seconds::MAX)))
                };
                if said.is_none_or(|said| rank(candidate) > rank(said)) {
                    said = Some(candidate);
                }
            }
            match said {
                Some((_, seconds)) if from == to => {
                    change.insert(*from, seconds);
                }
                Some((_, Some(seconds))) => walks.entry(*from).or_default().push((*to, seconds)),
                _ => {}
            }
        }
    }
    (change, walks, members)
}

/// Every stop by its rank, stations left aside.
pub fn boarding(feed: &Feed) -> BTreeSet<u32> {
    (0..).zip(&feed.stops).filter(|(_, stop)| stop.boarding).map(|(rank, _)| rank).collect()
}
