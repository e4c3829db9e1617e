//! In which order trips, stops and events lie.

use std::collections::{BTreeSet, HashMap};

use super::{AFTER_CHANGE, ALIGHT, BOARD, Event, Way};
use crate::geo::{Point, neighbours_together};
use crate::time::{NEVER, Seconds};
use crate::timetable::{Rows, Timetable, Walk};

/// A number for each stop of the timetable, so that neighbours follow each other.
pub(super) fn stops_by_place(timetable: &Timetable) -> Vec<u32> {
    let points: Vec<Option<Point>> = timetable.stops.iter().map(|stop| stop.point).collect();
    ranks(neighbours_together(&points).into_iter())
}

/// The place of each thing in an order.
fn ranks(order: impl ExactSizeIterator<Item = u32>) -> Vec<u32> {
    let mut ranks = vec![0; order.len()];
    for (thing, rank) in order.zip(0..) {
        ranks[thing as usize] = rank;
    }
    ranks
}

/// By number of stop: where one may stand ready who got off there, itself included; and how long such ways take, each
/// duration once, the shortest first.
pub(super) fn onward(timetable: &Timetable, numbers: &[u32]) -> (Rows<Way>, Vec<Seconds>) {
    let ways = || {
        (0_u32..).zip(0..numbers.len()).flat_map(|(stop, row)| {
            let change = Walk { to: stop, seconds: timetable.change[row] };
            let itself = (change.seconds != NEVER).then_some(change);
            itself.into_iter().chain(timetable.walks.row(row).iter().copied()).map(move |way| (row, way))
        })
    };
    let durations: BTreeSet<Seconds> = ways().map(|(_, way)| way.seconds).collect();
    let durations: Vec<Seconds> = durations.into_iter().collect();
    let ranks: HashMap<Seconds, u32> = durations.iter().copied().zip(0..).collect();
    let rows = ways().map(|(from, Walk { to, seconds })| {
        let after_change = to as usize != from && seconds >= timetable.change[to as usize];
        let to = numbers[to as usize] | if after_change { AFTER_CHANGE } else { 0 };
        (numbers[from], Way { to, duration: ranks[&seconds] })
    });
    (Rows::collect(numbers.len(), rows), durations)
}

/// A number for each trip of the timetable, in the order in which trips begin: those that run at the same time then
/// lie near each other.
pub(super) fn trips_by_start(timetable: &Timetable) -> Vec<u32> {
    let mut starts: Vec<(Seconds, u32)> = Vec::with_capacity(timetable.trip_headsign.len());
    for pattern in &timetable.patterns {
        for (trip, rank) in pattern.trips.clone().zip(0..) {
            starts.push((timetable.departures[pattern.time(0, rank)], trip));
        }
    }
    starts.sort_unstable();
    ranks(starts.into_iter().map(|(_, trip)| trip))
}

/// Calls `take` with every event that can matter, trip by trip, each trip's in order: nobody gets off where a trip
/// begins, and boarding where it ends leads nowhere.
pub(super) fn each_event(timetable: &Timetable, trips: &[u32], stops: &[u32], mut take: impl FnMut(Seconds, Event)) {
    for pattern in &timetable.patterns {
        let calls = &timetable.calls[pattern.calls.start as usize..pattern.calls.end as usize];
        for (trip, rank) in pattern.trips.clone().zip(0..) {
            let trip = trips[trip as usize];
            for (position, call) in calls.iter().enumerate() {
                let place = pattern.time(position, rank);
                let (arrival, departure) = (timetable.arrivals[place], timetable.departures[place]);
                let stop = stops[call.stop as usize];
                let off = if call.alight && position > 0 { ALIGHT } else { 0 };
                let on = if call.board && position + 1 < calls.len() { BOARD } else { 0 };
                if arrival == departure {
                    if on | off != 0 {
                        take(arrival, Event { trip, stop: stop | on | off });
                    }
                    continue;
                }
                if off != 0 {
                    take(arrival, Event { trip, stop: stop | off });
                }
                if on != 0 {
                    take(departure, Event { trip, stop: stop | on });
                }
            }
        }
    }
}
