//! A timetable as published, for all its days: what [`gtfs::read`](crate::gtfs::read) makes of the files. It can also be made by hand.

use std::collections::HashMap;
use std::ops::Range;

use jiff::civil::{Date, Weekday};

use crate::geo::Point;
use crate::time::Seconds;

/// A line of `stops.txt`.
#[derive(Clone, PartialEq, Debug)]
pub struct Stop {
    /// `stop_id`.
    pub id: String,
    /// `stop_name`.
    pub name: String,
    /// Where it lies, when the feed says so.
    pub point: Option<Point>,
    /// The station it belongs to, as an index of [`Feed::stops`].
    pub parent: Option<u32>,
    /// Vehicles call here (`location_type` 0): not a station as a whole, an entrance or a corridor.
    pub boarding: bool,
}

/// A line of `routes.txt`.
#[derive(Clone, PartialEq, Debug)]
pub struct Route {
    /// `route_id`.
    pub id: String,
    /// What is shown to travellers: the short name, or the long one.
    pub name: String,
    /// `route_type`: 0 tram, 1 metro, 2 rail, 3 bus… or an extended type from 100.
    pub kind: u16,
}

impl Route {
    /// Trains and metros: their stations take time to get into.
    pub fn has_stations(&self) -> bool {
        matches!(self.kind, 1 | 2 | 100..=117 | 400..=405)
    }
}

/// The days on which trips run.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Service {
    /// From Monday to Sunday, between two days included.
    pub week: Option<([bool; 7], Date, Date)>,
    /// Days added (true) or removed (false), whatever the week says.
    pub exceptions: Vec<(Date, bool)>,
}

impl Service {
    /// Every day.
    pub fn always() -> Self {
        Self { week: Some(([true; 7], Date::MIN, Date::MAX)), exceptions: Vec::new() }
    }

    /// Whether trips of this service run on a day.
    pub fn runs_on(&self, day: Date) -> bool {
        if let Some((_, added)) = self.exceptions.iter().rev().find(|(of, _)| *of == day) {
            return *added;
        }
        self.week.is_some_and(|(days, first, last)| {
            (first..=last).contains(&day) && days[usize::from(day.weekday().since(Weekday::Monday).unsigned_abs())]
        })
    }
}

/// A call of a trip at a stop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Call {
    /// Index of [`Feed::stops`].
    pub stop: u32,
    /// Seconds since the midnight that begins the service day, as `departure`; beyond 86,400 after midnight.
    pub arrival: Seconds,
    /// Not before the arrival; the arrival at the next call is not before it.
    pub departure: Seconds,
    /// Travellers may get on.
    pub pickup: bool,
    /// Travellers may get off.
    pub drop_off: bool,
}

/// A line of `trips.txt`.
#[derive(Clone, PartialEq, Debug)]
pub struct Trip {
    /// `trip_id`.
    pub id: String,
    /// Index of [`Feed::routes`].
    pub route: u32,
    /// Index of [`Feed::services`].
    pub service: u32,
    /// What is written on the front of the vehicle; empty when not given.
    pub headsign: String,
    /// Its calls, as a range of [`Feed::calls`].
    pub calls: Range<u32>,
    /// When not empty, the trip is a pattern: it leaves its first stop at `start`, then every `headway` until before
    /// `end`, and its calls only tell the time from the first one.
    pub frequencies: Vec<Frequency>,
}

/// A line of `frequencies.txt`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Frequency {
    /// The first departure, in seconds since the midnight that begins the service day.
    pub start: Seconds,
    /// No departure at this second or later.
    pub end: Seconds,
    /// At least 1.
    pub headway: Seconds,
}

/// A line of `transfers.txt`, between two lines of `stops.txt`, stations included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Transfer {
    /// Index of [`Feed::stops`].
    pub from: u32,
    /// Index of [`Feed::stops`].
    pub to: u32,
    /// Seconds it takes; none when it is not possible.
    pub seconds: Option<Seconds>,
}

/// A timetable as published. Indices are ranks in the vectors.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Feed {
    /// Stops, stations, entrances.
    pub stops: Vec<Stop>,
    /// Lines.
    pub routes: Vec<Route>,
    /// The days on which trips run.
    pub services: Vec<Service>,
    /// Trips, those that frequencies repeat told once.
    pub trips: Vec<Trip>,
    /// Calls of all trips, each trip's in order.
    pub calls: Vec<Call>,
    /// Changes and ways on foot.
    pub transfers: Vec<Transfer>,
    /// Who published it, to be named beside what is made of it.
    pub publisher: Option<String>,
}

impl Feed {
    /// The calls of a trip.
    pub fn calls_of(&self, trip: &Trip) -> &[Call] {
        &self.calls[trip.calls.start as usize..trip.calls.end as usize]
    }

    /// The rank of each stop by its identifier.
    pub fn stop_index(&self) -> HashMap<&str, u32> {
        self.stops.iter().zip(0..).map(|(stop, rank)| (stop.id.as_str(), rank)).collect()
    }

    /// First and last day on which a trip runs, when there is one.
    pub fn days(&self) -> Option<(Date, Date)> {
        let used: std::collections::BTreeSet<u32> = self.trips.iter().map(|trip| trip.service).collect();
        let mut days: Option<(Date, Date)> = None;
        for service in used {
            let service = &self.services[service as usize];
            let added = service.exceptions.iter().filter(|(_, added)| *added).map(|(day, _)| *day);
            let week = service.week.filter(|(days, ..)| days.contains(&true)).map(|(_, first, last)| [first, last]);
            for day in week.into_iter().flatten().chain(added) {
                days = Some(days.map_or((day, day), |(first, last)| (first.min(day), last.max(day))));
            }
        }
        days
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_service_runs_by_week_and_exceptions() {
        let weekdays = [true, true, true, true, true, false, false];
        let service = Service {
            week: Some((weekdays, date(2026, 11, 2), date(2026, 11, 27))),
            exceptions: vec![(date(2026, 11, 11), false), (date(2026, 11, 29), true)],
        };
        for (day, runs) in [(1, false), (2, true), (7, false), (11, false), (27, true), (29, true), (30, false)] {
            assert_eq!(service.runs_on(date(2026, 11, day)), runs, "{day} November");
        }
        assert!(Service::always().runs_on(date(2031, 2, 28)));
        assert!(!Service::default().runs_on(date(2031, 2, 28)));
    }
}
