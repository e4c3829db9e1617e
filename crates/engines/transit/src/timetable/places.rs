//! Changes, ways on foot, and the stops near a place.

use std::collections::HashMap;

use super::{Options, Rows, Timetable, Walk};
use crate::feed::Feed;
use crate::geo::{Grid, Point, Walking, neighbours_together};
use crate::time::{NEVER, Seconds};

/// Where somebody starts from or goes to.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Place {
    /// A stop, or a station: all its stops at once.
    Stop(u32),
    /// Anywhere; stops around are reached on foot.
    Point(Point),
}

/// How precisely the feed speaks of a pair of stops: what is said of the stops themselves overrides what is said of
/// their stations, which overrides the default.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precision {
    Default,
    Station,
    Mixed,
    Stops,
}

/// The stops of each station.
pub(super) fn members(stops: impl ExactSizeIterator<Item = (bool, Option<u32>)>) -> Rows<u32> {
    let count = stops.len();
    let pairs = (0..).zip(stops).filter_map(|(rank, (boarding, parent))| Some((parent.filter(|_| boarding)?, rank)));
    Rows::collect(count, pairs)
}

/// What it takes to change at each stop, and the ways on foot from each.
pub(super) fn changes_and_walks(feed: &Feed, options: &Options) -> (Vec<Seconds>, Rows<Walk>) {
    let stations = members(feed.stops.iter().map(|stop| (stop.boarding, stop.parent)));
    let mut pairs: HashMap<(u32, u32), (Precision, Option<Seconds>)> = HashMap::new();
    let mut say = |from: u32, to: u32, precision: Precision, seconds: Option<Seconds>| {
        let said = pairs.entry((from, to)).or_insert((precision, seconds));
        let shorter = match (said.1, seconds) {
            (Some(before), Some(now)) => now < before,
            (None, Some(_)) => true,
            (_, None) => false,
        };
        if precision > said.0 || (precision == said.0 && shorter) {
            *said = (precision, seconds);
        }
    };
    for station in 0..feed.stops.len() {
        for from in stations.row(station) {
            for to in stations.row(station).iter().filter(|to| *to != from) {
                say(*from, *to, Precision::Default, Some(options.change));
            }
        }
    }
    let meant = |stop: u32| -> Vec<u32> {
        if feed.stops[stop as usize].boarding { vec![stop] } else { stations.row(stop as usize).to_vec() }
    };
    for transfer in &feed.transfers {
        let exact = |stop: u32| feed.stops[stop as usize].boarding;
        let precision = match (exact(transfer.from), exact(transfer.to)) {
            (true, true) => Precision::Stops,
            (false, false) => Precision::Station,
            _ => Precision::Mixed,
        };
        for from in meant(transfer.from) {
            for to in meant(transfer.to) {
                say(from, to, precision, transfer.seconds);
            }
        }
    }
    if let (Some(metres), true) = (options.walk_metres, feed.transfers.is_empty()) {
        let points = (0..).zip(&feed.stops).filter(|(_, stop)| stop.boarding);
        let points = points.filter_map(|(rank, stop)| Some((rank, stop.point?)));
        let grid = Grid::new(points.clone(), metres);
        for (from, point) in points {
            for (to, other) in grid.around(point).filter(|(to, _)| *to != from) {
                let apart = point.metres_to(other);
                if apart <= metres {
                    say(from, to, Precision::Default, Some(options.walking.seconds(apart)));
                }
            }
        }
    }
    let mut change = vec![options.change; feed.stops.len()];
    let mut walks: Vec<(u32, Walk)> = Vec::new();
    for ((from, to), (_, seconds)) in pairs {
        match seconds {
            _ if from == to => change[from as usize] = seconds.unwrap_or(NEVER),
            Some(seconds) => walks.push((from, Walk { to, seconds })),
            None => {}
        }
    }
    walks.sort_unstable_by_key(|(from, walk)| (*from, walk.to));
    (change, Rows::collect(feed.stops.len(), walks.into_iter()))
}

impl Timetable {
    /// The ranks of places in an order in which neighbours follow each other: questions that share a pass of a
    /// [`Scan`](crate::Scan) cost less when they set out near each other.
    pub fn neighbours_together(&self, places: &[Place]) -> Vec<usize> {
        let point = |place: &Place| match place {
            Place::Stop(stop) => self.stops[*stop as usize].point,
            Place::Point(point) => Some(*point),
        };
        let points: Vec<Option<Point>> = places.iter().map(point).collect();
        neighbours_together(&points).into_iter().map(|rank| rank as usize).collect()
    }

    /// The stops that can be reached from a place before the first ride, and in how many seconds: a stop itself and
    /// its ways on foot, or the stops around a point. On a timetable that runs backwards, those from which the place
    /// is reached after the last ride.
    pub fn access(&self, place: Place, walking: &Walking) -> Vec<(u32, Seconds)> {
        let mut near: HashMap<u32, Seconds> = HashMap::new();
        let mut reach = |stop: u32, seconds: Seconds| {
            near.entry(stop).and_modify(|known| *known = seconds.min(*known)).or_insert(seconds);
        };
        match place {
            Place::Stop(stop) => {
                for stop in self.boarding_stops(stop) {
                    reach(stop, 0);
                    for walk in self.walks.row(stop as usize) {
                        reach(walk.to, walk.seconds);
                    }
                }
            }
            Place::Point(point) => {
                for (stop, other) in self.around(point, walking.most_metres) {
                    let entrance = if self.stops[stop as usize].station { walking.entrance } else { 0 };
                    if let Some(seconds) = walking.between(point, other) {
                        reach(stop, seconds + entrance);
                    }
                }
            }
        }
        let mut near: Vec<(u32, Seconds)> = near.into_iter().collect();
        near.sort_unstable();
        near
    }

    /// Served stops that may lie within so many metres of a point.
    fn around(&self, point: Point, metres: f64) -> Vec<(u32, Point)> {
        if metres <= self.options.walking.most_metres {
            return self.grid.around(point).collect();
        }
        let served = (0..).zip(&self.stops).filter(|(rank, _)| !self.serving.row(*rank as usize).is_empty());
        served.filter_map(|(rank, stop)| Some((rank, stop.point?))).collect()
    }

    /// The stops from which a place is reached after the last ride, and in how many seconds: the stop itself and those
    /// with a way on foot to it, or the stops around a point.
    pub fn egress(&self, place: Place, walking: &Walking) -> Vec<(u32, Seconds)> {
        let Place::Stop(stop) = place else { return self.access(place, walking) };
        let meant = self.boarding_stops(stop);
        let mut near: Vec<(u32, Seconds)> = meant.iter().map(|stop| (*stop, 0)).collect();
        for from in (0..).zip(0..self.stops.len()).filter(|(from, _)| !meant.contains(from)).map(|(from, _)| from) {
            let row = self.walks.row(from as usize);
            let shortest = row.iter().filter(|walk| meant.contains(&walk.to)).map(|walk| walk.seconds).min();
            near.extend(shortest.map(|seconds| (from, seconds)));
        }
        near.sort_unstable();
        near
    }

    /// Seconds on foot all the way, without any ride: straight between two points, or from the origin, whose `access`
    /// is given, to a stop.
    pub(crate) fn on_foot(
        &self,
        from: Option<Place>,
        to: Place,
        access: &[(u32, Seconds)],
        walking: &Walking,
    ) -> Option<Seconds> {
        match (from, to) {
            (None, Place::Point(_)) => None,
            (Some(Place::Point(from)), Place::Point(to)) => walking.between(from, to),
            (Some(Place::Stop(from)), Place::Point(_)) => {
                let egress = self.egress(to, walking);
                let start = self.boarding_stops(from);
                egress.iter().filter(|(stop, _)| start.contains(stop)).map(|(_, seconds)| *seconds).min()
            }
            (_, Place::Stop(to)) => {
                let meant = self.boarding_stops(to);
                access.iter().filter(|(stop, _)| meant.contains(stop)).map(|(_, seconds)| *seconds).min()
            }
        }
    }
}
