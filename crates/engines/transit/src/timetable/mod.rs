//! The trips of one day, laid out for searching.

mod build;
pub(crate) mod places;
mod reverse;

use std::ops::Range;

pub use build::Options;
pub(crate) use build::{Draft, Run};
pub use places::Place;

use crate::geo::{Grid, Point};
use crate::time::{NEVER, Seconds};

/// A place where vehicles call, or a station that groups several.
#[derive(Clone, PartialEq, Debug)]
pub struct Stop {
    /// `stop_id` of the feed.
    pub id: String,
    /// What travellers read.
    pub name: String,
    /// Where it lies, when the feed says so.
    pub point: Option<Point>,
    /// The station it belongs to.
    pub parent: Option<u32>,
    /// Vehicles call here; otherwise it only names a group of stops.
    pub boarding: bool,
    /// Trains or metros call here: getting in and out takes [`Walking::entrance`](crate::geo::Walking::entrance).
    pub station: bool,
}

/// A line, as a traveller knows it.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// `route_id` of the feed.
    pub id: String,
    /// What travellers read.
    pub name: String,
    /// As `route_type` of GTFS.
    pub kind: u16,
}

/// A call of all trips of a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct PatternCall {
    pub stop: u32,
    pub board: bool,
    pub alight: bool,
}

/// Trips of one line that call at the same stops and never overtake each other.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Pattern {
    pub line: u32,
    /// Its calls, in `Timetable::calls`.
    pub calls: Range<u32>,
    /// Its trips, the first to leave first.
    pub trips: Range<u32>,
    /// Where its times begin: those of all trips at the first call, then at the second…
    pub times: usize,
}

impl Pattern {
    pub fn length(&self) -> usize {
        self.calls.len()
    }

    /// Place of a time: `call` and `trip` are ranks within the pattern.
    pub fn time(&self, call: usize, trip: usize) -> usize {
        self.times + call * self.trips.len() + trip
    }
}

/// A way on foot between two stops.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Walk {
    /// The other stop.
    pub to: u32,
    /// It takes so long.
    pub seconds: Seconds,
}

/// Rows of different lengths in one vector.
#[derive(Clone, Default, PartialEq, Debug)]
pub(crate) struct Rows<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Clone> Rows<T> {
    /// Sorts items into `count` rows; each row keeps the order of arrival.
    pub fn collect(count: usize, items: impl Iterator<Item = (u32, T)>) -> Self {
        let mut sorted: Vec<(u32, T)> = items.collect();
        sorted.sort_by_key(|(row, _)| *row);
        let mut starts = vec![0; count + 1];
        for (row, _) in &sorted {
            starts[*row as usize + 1] += 1;
        }
        for row in 0..count {
            starts[row + 1] += starts[row];
        }
        Self { starts, items: sorted.into_iter().map(|(_, item)| item).collect() }
    }

    pub fn row(&self, row: usize) -> &[T] {
        &self.items[self.starts[row] as usize..self.starts[row + 1] as usize]
    }

    /// All rows, one after the other.
    pub fn items(&self) -> &[T] {
        &self.items
    }
}

/// The trips of one service day and what is left of the night before, with the stops and the ways between them.
///
/// Made from a [`Feed`](crate::feed::Feed) by [`Timetable::build`], changed by [`Timetable::with`]. Stops are named by
/// their rank, the same as in the feed.
pub struct Timetable {
    pub(crate) stops: Vec<Stop>,
    pub(crate) lines: Vec<Line>,
    /// What it takes to change between two vehicles at one stop; [`NEVER`] where one may not.
    pub(crate) change: Vec<Seconds>,
    pub(crate) walks: Rows<Walk>,
    pub(crate) calls: Vec<PatternCall>,
    pub(crate) patterns: Vec<Pattern>,
    /// What is written on the front of each trip, in `headsigns`.
    pub(crate) trip_headsign: Vec<u32>,
    pub(crate) headsigns: Vec<String>,
    pub(crate) arrivals: Vec<Seconds>,
    pub(crate) departures: Vec<Seconds>,
    /// For each stop, the patterns that call there and at which of their calls.
    pub(crate) serving: Rows<(u32, u32)>,
    /// For each station, its stops.
    pub(crate) members: Rows<u32>,
    pub(crate) grid: Grid,
    /// Time runs backwards: see [`Timetable::reversed`].
    pub(crate) backwards: bool,
    pub(crate) options: Options,
}

/// How large a timetable is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    /// Stops where vehicles call that day.
    pub stops: usize,
    /// Lines that run that day.
    pub lines: usize,
    /// Trips of that day.
    pub trips: usize,
    /// Calls of trips at stops.
    pub events: usize,
    /// Ways on foot between two stops, each direction for itself.
    pub walks: usize,
    /// Bytes of the arrays that grow with the trips.
    pub bytes: usize,
}

impl Timetable {
    /// Every stop, in the order of the feed; those of scenarios come last.
    pub fn stops(&self) -> &[Stop] {
        &self.stops
    }

    /// The rank of a stop.
    pub fn stop(&self, id: &str) -> Option<u32> {
        self.stops.iter().zip(0..).find(|(stop, _)| stop.id == id).map(|(_, rank)| rank)
    }

    /// Every line that runs that day.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Lines that call at a stop, or at the stops of a station.
    pub fn lines_at(&self, stop: u32) -> Vec<&Line> {
        let mut lines: Vec<u32> = self
            .boarding_stops(stop)
            .iter()
            .flat_map(|stop| self.serving.row(*stop as usize))
            .map(|(pattern, _)| self.patterns[*pattern as usize].line)
            .collect();
        lines.sort_unstable();
        lines.dedup();
        lines.into_iter().map(|line| &self.lines[line as usize]).collect()
    }

    /// The stops meant by a stop: itself, or those of a station.
    pub(crate) fn boarding_stops(&self, stop: u32) -> Vec<u32> {
        if self.stops[stop as usize].boarding { vec![stop] } else { self.members.row(stop as usize).to_vec() }
    }

    /// First and last time that anything happens, when anything does.
    pub fn span(&self) -> Option<(Seconds, Seconds)> {
        let first = self.departures.iter().chain(&self.arrivals).min()?;
        let last = self.departures.iter().chain(&self.arrivals).max()?;
        Some((*first, *last))
    }

    /// How much runs that day.
    pub fn size(&self) -> Size {
        let mut used: Vec<u32> = self.patterns.iter().map(|pattern| pattern.line).collect();
        used.sort_unstable();
        used.dedup();
        Size {
            stops: (0..self.stops.len()).filter(|stop| !self.serving.row(*stop).is_empty()).count(),
            lines: used.len(),
            trips: self.trip_headsign.len(),
            events: self.arrivals.len(),
            walks: self.walks.items().len(),
            bytes: size_of_val(self.arrivals.as_slice()) * 2
                + size_of_val(self.trip_headsign.as_slice())
                + size_of_val(self.calls.as_slice())
                + size_of_val(self.serving.items.as_slice())
                + size_of_val(self.patterns.as_slice()),
        }
    }

    /// Ready to board another vehicle at a stop after having got off one at `time`.
    pub(crate) fn after_change(&self, stop: u32, time: Seconds) -> Seconds {
        match self.change[stop as usize] {
            NEVER => NEVER,
            change => time.saturating_add(change),
        }
    }
}
