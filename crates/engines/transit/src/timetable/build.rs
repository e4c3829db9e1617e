//! From a feed to the trips of one day.

use std::collections::HashMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::places::{changes_and_walks, members};
use super::{Line, Pattern, PatternCall, Rows, Stop, Timetable, Walk};
use crate::feed::{Call, Feed, Trip};
use crate::geo::{Grid, Walking};
use crate::time::{DAY, Seconds};

/// What a timetable takes for granted where the feed says nothing.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Options {
    /// Seconds of a change inside a stop area without a time of its own.
    pub change: Seconds,
    /// Ways on foot are added between stops up to so many metres apart, as the crow flies, when the feed has no
    /// transfer at all. None: no way on foot is invented.
    pub walk_metres: Option<f64>,
    /// How ways on foot without a published time are reckoned.
    pub walking: Walking,
}

impl Default for Options {
    fn default() -> Self {
        Self { change: 120, walk_metres: None, walking: Walking::default() }
    }
}

/// One trip of the day: its times are those of `calls`, shifted.
pub(crate) struct Run<'a> {
    pub calls: &'a [Call],
    pub shift: Seconds,
    pub headsign: u32,
}

impl Run<'_> {
    fn times(&self) -> impl Iterator<Item = (Seconds, Seconds)> {
        self.calls.iter().map(|call| (call.arrival + self.shift, call.departure + self.shift))
    }

    /// No event of this trip comes before the same event of the other.
    fn follows(&self, other: &Run<'_>) -> bool {
        self.times().zip(other.times()).all(|(own, before)| own.0 >= before.0 && own.1 >= before.1)
    }
}

/// The arrays of a timetable while patterns are added to them.
#[derive(Default)]
pub(crate) struct Draft {
    pub calls: Vec<PatternCall>,
    pub patterns: Vec<Pattern>,
    pub trip_headsign: Vec<u32>,
    pub arrivals: Vec<Seconds>,
    pub departures: Vec<Seconds>,
}

impl Draft {
    /// Adds the trips of a line with the same calls, as as many patterns as it takes for none to overtake another.
    pub fn add(&mut self, line: u32, calls: &[PatternCall], mut runs: Vec<Run<'_>>) {
        runs.sort_by_cached_key(|run| {
            let ends = [&run.calls[0], &run.calls[run.calls.len() - 1]];
            (ends[0].departure + run.shift, ends[1].arrival + run.shift)
        });
        let mut chains: Vec<Vec<Run<'_>>> = Vec::new();
        for run in runs {
            match chains.iter_mut().find(|chain| chain.last().is_none_or(|last| run.follows(last))) {
                Some(chain) => chain.push(run),
                None => chains.push(vec![run]),
            }
        }
        for chain in chains {
            self.push(line, calls, &chain);
        }
    }

    fn push(&mut self, line: u32, calls: &[PatternCall], runs: &[Run<'_>]) {
        // Far below 2³²: a feed has at most 2³² calls, and patterns fewer.
        let rank = |length: usize| u32::try_from(length).expect("fewer than 2³² trips and calls");
        let (first_call, first_trip) = (rank(self.calls.len()), rank(self.trip_headsign.len()));
        let times = self.arrivals.len();
        self.calls.extend_from_slice(calls);
        self.trip_headsign.extend(runs.iter().map(|run| run.headsign));
        for call in 0..calls.len() {
            self.arrivals.extend(runs.iter().map(|run| run.calls[call].arrival + run.shift));
            self.departures.extend(runs.iter().map(|run| run.calls[call].departure + run.shift));
        }
        self.patterns.push(Pattern {
            line,
            calls: first_call..rank(self.calls.len()),
            trips: first_trip..rank(self.trip_headsign.len()),
            times,
        });
    }

    /// The patterns at each of so many stops.
    pub fn serving(&self, stops: usize) -> Rows<(u32, u32)> {
        let calls = (0..).zip(&self.patterns).flat_map(|(rank, pattern)| {
            let calls = &self.calls[pattern.calls.start as usize..pattern.calls.end as usize];
            (0..).zip(calls).map(move |(position, call)| (call.stop, (rank, position)))
        });
        Rows::collect(stops, calls)
    }
}

impl Timetable {
    /// The trips of a day: those of its services, and those of the day before that still run after midnight, their
    /// times less 24 hours. Frequencies become trips, the first at their start.
    pub fn build(feed: &Feed, day: Date, options: &Options) -> Self {
        let eve = day.checked_sub(1.day()).ok();
        let runs_on = |day: Date| feed.services.iter().map(move |service| service.runs_on(day)).collect::<Vec<bool>>();
        let (today, yesterday) = (runs_on(day), eve.map(runs_on));
        let mut headsigns = Interned::default();
        let mut groups: HashMap<(u32, Box<[PatternCall]>), Vec<Run<'_>>> = HashMap::new();
        let mut order: Vec<(u32, Box<[PatternCall]>)> = Vec::new();
        for trip in &feed.trips {
            let service = trip.service as usize;
            let late = yesterday.as_ref().is_some_and(|yesterday| yesterday[service]);
            if !(today[service] || late) {
                continue;
            }
            let calls = feed.calls_of(trip);
            let mut shifts: Vec<Seconds> = Vec::new();
            if today[service] {
                shifts.extend(starts(trip, calls));
            }
            if late {
                let last = calls[calls.len() - 1].arrival;
                shifts.extend(starts(trip, calls).map(|shift| shift - DAY).filter(|shift| last + shift >= 0));
            }
            let headsign = headsigns.rank(&trip.headsign);
            let key = (trip.route, pattern_calls(calls));
            let runs = groups.entry(key.clone()).or_insert_with(|| {
                order.push(key);
                Vec::new()
            });
            runs.extend(shifts.into_iter().map(|shift| Run { calls, shift, headsign }));
        }
        let mut draft = Draft::default();
        for key in order {
            let runs = groups.remove(&key).unwrap_or_default();
            if !runs.is_empty() {
                draft.add(key.0, &key.1, runs);
            }
        }
        let lines =
            feed.routes.iter().map(|route| Line { id: route.id.clone(), name: route.name.clone(), kind: route.kind });
        let mut stops: Vec<Stop> = feed
            .stops
            .iter()
            .map(|stop| Stop {
                id: stop.id.clone(),
                name: stop.name.clone(),
                point: stop.point,
                parent: stop.parent,
                boarding: stop.boarding,
                station: false,
            })
            .collect();
        for pattern in draft.patterns.iter().filter(|pattern| feed.routes[pattern.line as usize].has_stations()) {
            for call in &draft.calls[pattern.calls.start as usize..pattern.calls.end as usize] {
                stops[call.stop as usize].station = true;
            }
        }
        let (change, walks) = changes_and_walks(feed, options);
        Self::assemble(stops, lines.collect(), change, walks, draft, headsigns.texts, *options)
    }

    /// Puts the parts together and makes what can be derived from them.
    pub(crate) fn assemble(
        stops: Vec<Stop>,
        lines: Vec<Line>,
        change: Vec<Seconds>,
        walks: Rows<Walk>,
        draft: Draft,
        headsigns: Vec<String>,
        options: Options,
    ) -> Self {
        let serving = draft.serving(stops.len());
        let served = (0..).zip(&stops).filter(|(rank, _)| !serving.row(*rank as usize).is_empty());
        let points = served.filter_map(|(rank, stop)| Some((rank, stop.point?)));
        let grid = Grid::new(points, options.walking.most_metres);
        Self {
            members: members(stops.iter().map(|stop| (stop.boarding, stop.parent))),
            grid,
            serving,
            lines,
            change,
            walks,
            calls: draft.calls,
            patterns: draft.patterns,
            trip_headsign: draft.trip_headsign,
            headsigns,
            arrivals: draft.arrivals,
            departures: draft.departures,
            backwards: false,
            options,
            stops,
        }
    }
}

/// By how much the times of a trip are shifted each time it runs in a day.
fn starts<'a>(trip: &'a Trip, calls: &'a [Call]) -> Box<dyn Iterator<Item = Seconds> + 'a> {
    if trip.frequencies.is_empty() {
        return Box::new(std::iter::once(0));
    }
    let first = calls[0].departure;
    Box::new(trip.frequencies.iter().flat_map(move |frequency| {
        let step = usize::try_from(frequency.headway.max(1)).unwrap_or(usize::MAX);
        (frequency.start..frequency.end).step_by(step).map(move |start| start - first)
    }))
}

/// The calls without their times. Nobody gets off where a trip begins, nor on where it ends.
fn pattern_calls(calls: &[Call]) -> Box<[PatternCall]> {
    let last = calls.len() - 1;
    calls
        .iter()
        .enumerate()
        .map(|(rank, call)| PatternCall {
            stop: call.stop,
            board: call.pickup && rank < last,
            alight: call.drop_off && rank > 0,
        })
        .collect()
}

/// Texts, each once.
#[derive(Default)]
struct Interned {
    texts: Vec<String>,
    ranks: HashMap<String, u32>,
}

impl Interned {
    fn rank(&mut self, text: &str) -> u32 {
        if let Some(rank) = self.ranks.get(text) {
            return *rank;
        }
        let rank = u32::try_from(self.texts.len()).expect("fewer texts than trips");
        self.texts.push(text.to_owned());
        self.ranks.insert(text.to_owned(), rank);
        rank
    }
}
