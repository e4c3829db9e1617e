//! A feed as the crate `raptor` wants it, made from the published trips and not from the engine's own timetable.
//!
//! That router knows neither change times nor where one may not board, and it walks only after a ride. Our rules are
//! told to it as places and lines: a stop is a place where one gets off and another where one gets on; the change and
//! each way on foot between them is a line whose vehicle leaves whenever one comes.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use jiff::ToSpan;
use jiff::civil::Date;
use transit::Seconds;
use transit::feed::{Call, Feed};

/// A day is added to every time: that router counts from 0.
pub fn shifted(time: Seconds) -> usize {
    usize::try_from(time + 86_400).expect("a time of the day or of its eve")
}

/// A place. Stops that a trip calls at several times are told apart by the rank of the call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Node {
    Origin,
    GetOff(u32, u8),
    GetOn(u32, u8),
    Target,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Line {
    Pattern(u32),
    /// From the origin to a stop: rank of the access.
    Access(u32),
    /// From where one gets off to where one gets on: rank of the way.
    Way(u32),
    /// From where one gets off to the target, in so many seconds.
    End(u32),
}

#[derive(Clone, Copy, Debug)]
pub enum Vehicle {
    Trip(u32, u32),
    /// Leaves at a time and takes so many seconds.
    OnFoot(usize, usize),
}

/// The calls of a trip without their times: stop, whether one gets on, whether one gets off.
type Key = Vec<(u32, bool, bool)>;

/// Arrival and departure at each call.
type Times = Vec<(usize, usize)>;

struct Pattern {
    nodes: Vec<Node>,
    /// The rank of each node.
    places: HashMap<Node, usize>,
    calls: Vec<Call>,
    /// The first to leave first.
    trips: Vec<Times>,
}

/// A way on foot: its ends, and the seconds it takes.
struct Way {
    nodes: Vec<Node>,
    seconds: usize,
}

pub struct Network {
    patterns: Vec<Pattern>,
    ways: Vec<Way>,
    access: Vec<Way>,
    ends: Vec<Way>,
    serving: BTreeMap<Node, Vec<Line>>,
}

impl Network {
    /// The trips of a day, for one origin (the stops near it) and one target.
    pub fn new(feed: &Feed, day: Date, access: &[(u32, Seconds)], target: u32) -> Self {
        let patterns = patterns(feed, day);
        let mut calls = vec![0_u8; feed.stops.len()];
        for node in patterns.iter().flat_map(|pattern| &pattern.nodes) {
            if let Node::GetOn(stop, rank) = *node {
                calls[stop as usize] = calls[stop as usize].max(rank + 1);
            }
        }
        let gets_on = |stop: u32| (0..calls[stop as usize]).map(move |rank| Node::GetOn(stop, rank));
        let (mut ways, mut ends) = (Vec::new(), Vec::new());
        let seconds = |time: Seconds| usize::try_from(time).expect("a walk takes time");
        let mut end = |from: u32, time: Seconds| {
            let off = (0..calls[from as usize]).map(|rank| Node::GetOff(from, rank));
            ends.extend(off.map(|node| Way { nodes: vec![node, Node::Target], seconds: seconds(time) }));
        };
        end(target, 0);
        let mut changes: HashMap<u32, Seconds> = HashMap::new();
        for transfer in &feed.transfers {
            let (Some(time), from, to) = (transfer.seconds, transfer.from, transfer.to) else { continue };
            if from == to {
                changes.insert(from, time);
                continue;
            }
            for rank in 0..calls[from as usize] {
                let nodes = std::iter::once(Node::GetOff(from, rank)).chain(gets_on(to)).collect();
                ways.push(Way { nodes, seconds: seconds(time) });
            }
            if to == target {
                end(from, time);
            }
        }
        for stop in (0..).take(feed.stops.len()) {
            let time = seconds(changes.get(&stop).copied().unwrap_or(120));
            for rank in 0..calls[stop as usize] {
                let nodes = std::iter::once(Node::GetOff(stop, rank)).chain(gets_on(stop)).collect();
                ways.push(Way { nodes, seconds: time });
            }
        }
        let access = access.iter().map(|(stop, time)| {
            let on = std::iter::once(Node::Origin).chain(gets_on(*stop));
            // A walk to the target is an arrival too.
            let on = on.chain((*stop == target).then_some(Node::Target));
            Way { nodes: on.collect(), seconds: seconds(*time) }
        });
        let mut network = Self { patterns, ways, access: access.collect(), ends, serving: BTreeMap::new() };
        network.serving = network.lines_by_node();
        network
    }

    fn lines_by_node(&self) -> BTreeMap<Node, Vec<Line>> {
        let mut serving: BTreeMap<Node, Vec<Line>> = BTreeMap::new();
        for (rank, pattern) in (0..).zip(&self.patterns) {
            for node in &pattern.nodes {
                serving.entry(*node).or_default().push(Line::Pattern(rank));
            }
        }
        let access = (0..).zip(&self.access).map(|(rank, way)| (Line::Access(rank), way));
        let ways = (0..).zip(&self.ways).map(|(rank, way)| (Line::Way(rank), way));
        let ends = (0..).zip(&self.ends).map(|(rank, way)| (Line::End(rank), way));
        for (line, way) in access.chain(ways).chain(ends) {
            serving.entry(way.nodes[0]).or_default().push(line);
        }
        serving
    }

    fn way(&self, line: Line) -> Option<&Way> {
        match line {
            Line::Pattern(_) => None,
            Line::Access(rank) => self.access.get(rank as usize),
            Line::Way(rank) => self.ways.get(rank as usize),
            Line::End(rank) => self.ends.get(rank as usize),
        }
    }

    fn nodes(&self, line: Line) -> &[Node] {
        match line {
            Line::Pattern(rank) => &self.patterns[rank as usize].nodes,
            _ => self.way(line).map_or(&[], |way| &way.nodes),
        }
    }

    fn place(&self, line: Line, node: Node) -> usize {
        match line {
            Line::Pattern(rank) => self.patterns[rank as usize].places[&node],
            _ => self.nodes(line).iter().position(|known| *known == node).expect("a place of this line"),
        }
    }
}

impl raptor::Timetable for Network {
    type Stop = Node;
    type Route = Line;
    type Trip = Vehicle;

    fn get_routes_serving_stop(&self, stop: Node) -> Cow<'_, [Line]> {
        Cow::Borrowed(self.serving.get(&stop).map_or(&[], Vec::as_slice))
    }

    fn get_earlier_stop(&self, route: Line, left: Node, right: Node) -> Node {
        if self.place(route, left) <= self.place(route, right) { left } else { right }
    }

    fn get_stops_after(&self, route: Line, stop: Node) -> Cow<'_, [Node]> {
        Cow::Borrowed(&self.nodes(route)[self.place(route, stop)..])
    }

    fn get_earliest_trip(&self, route: Line, at: usize, stop: Node) -> Option<Vehicle> {
        if at == usize::MAX {
            return None;
        }
        if let Some(way) = self.way(route) {
            return (way.nodes[0] == stop).then_some(Vehicle::OnFoot(at, way.seconds));
        }
        let (Line::Pattern(rank), Node::GetOn(..)) = (route, stop) else { return None };
        let pattern = &self.patterns[rank as usize];
        let call = self.place(route, stop) / 2;
        if !pattern.calls[call].pickup {
            return None;
        }
        let trip = pattern.trips.partition_point(|times| times[call].1 < at);
        (trip < pattern.trips.len()).then(|| Vehicle::Trip(rank, u32::try_from(trip).expect("fewer than 2³² trips")))
    }

    fn get_arrival_time(&self, trip: Vehicle, stop: Node) -> usize {
        match (trip, stop) {
            (Vehicle::OnFoot(at, seconds), _) => at + seconds,
            (Vehicle::Trip(rank, trip), Node::GetOff(..)) => {
                let pattern = &self.patterns[rank as usize];
                let call = self.place(Line::Pattern(rank), stop) / 2;
                if pattern.calls[call].drop_off { pattern.trips[trip as usize][call].0 } else { usize::MAX }
            }
            _ => usize::MAX,
        }
    }

    fn get_departure_time(&self, trip: Vehicle, stop: Node) -> usize {
        match (trip, stop) {
            (Vehicle::Trip(rank, trip), Node::GetOn(..)) => {
                let call = self.place(Line::Pattern(rank), stop) / 2;
                self.patterns[rank as usize].trips[trip as usize][call].1
            }
            // Nobody boards where one only gets off, nor a walk on its way.
            _ => 0,
        }
    }

    fn get_footpaths_from(&self, _: Node) -> Cow<'_, [Node]> {
        Cow::Borrowed(&[])
    }
}

/// The trips of the day and what is left of its eve, by their calls, none overtaking another.
fn patterns(feed: &Feed, day: Date) -> Vec<Pattern> {
    let eve = day.checked_sub(1.day()).expect("a day has an eve");
    let mut groups: BTreeMap<Key, Vec<(Vec<Call>, Times)>> = BTreeMap::new();
    for (on, shift) in [(day, 0), (eve, -86_400)] {
        for trip in feed.trips.iter().filter(|trip| feed.services[trip.service as usize].runs_on(on)) {
            assert!(trip.frequencies.is_empty(), "this comparison has no frequencies");
            let calls = feed.calls_of(trip);
            if calls[calls.len() - 1].arrival + shift < 0 {
                continue;
            }
            let time = |time: Seconds| shifted(time + shift);
            let times = calls.iter().map(|call| (time(call.arrival), time(call.departure))).collect();
            let key = calls.iter().map(|call| (call.stop, call.pickup, call.drop_off)).collect();
            groups.entry(key).or_default().push((calls.to_vec(), times));
        }
    }
    let mut patterns: Vec<Pattern> = Vec::new();
    for mut group in groups.into_values() {
        group.sort_by(|one, other| one.1.cmp(&other.1));
        let first = patterns.len();
        for (calls, times) in group {
            let before = |last: &Times| last.iter().zip(&times).all(|(last, own)| last.0 <= own.0 && last.1 <= own.1);
            match patterns[first..].iter_mut().find(|pattern| pattern.trips.last().is_some_and(before)) {
                Some(pattern) => pattern.trips.push(times),
                None => {
                    let nodes = nodes(&calls);
                    let places = nodes.iter().copied().zip(0..).collect();
                    patterns.push(Pattern { nodes, places, calls, trips: vec![times] });
                }
            }
        }
    }
    patterns
}

/// Where one gets off and where one gets on, call by call.
fn nodes(calls: &[Call]) -> Vec<Node> {
    let mut seen: HashMap<u32, u8> = HashMap::new();
    let pairs = calls.iter().flat_map(|call| {
        let count = seen.entry(call.stop).or_default();
        let rank = *count;
        *count += 1;
        [Node::GetOff(call.stop, rank), Node::GetOn(call.stop, rank)]
    });
    pairs.collect()
}
