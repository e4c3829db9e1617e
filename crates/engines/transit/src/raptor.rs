//! One person's journeys: RAPTOR in rounds, one ride more each (Delling, Pajor, Werneck, *Round-Based Public Transit
//! Routing*, ALENEX 2012). Plain and slow beside [`Scan`](crate::Scan), but it knows the way, and it is what the
//! scan is compared with.

use crate::geo::Walking;
use crate::journey::{Journey, Leg};
use crate::spread_to_stations;
use crate::time::{NEVER, Seconds};
use crate::timetable::{Place, Timetable};

/// The ride that ends a journey (index in `Search::rides`), and the seconds on foot after it.
type LastRide = (u32, Seconds);

/// How somebody came to be at a stop.
#[derive(Clone, Copy, Debug)]
enum Came {
    /// On foot from the origin.
    Access,
    /// By a ride that they left here: index in `Search::rides`.
    Ride(u32),
    /// On foot from the stop where they left a ride: index in `Search::rides`.
    Walk(u32),
}

/// A ride, as one part of a journey.
#[derive(Clone, Copy, Debug)]
struct Ride {
    pattern: u32,
    trip: u32,
    board: u32,
    alight: u32,
    /// How one came to where it is boarded.
    before: Came,
    arrival: Seconds,
}

/// Where one stands ready to board, since when, and how one came.
#[derive(Clone, Copy)]
struct Ready {
    time: Seconds,
    came: Came,
}

/// Everything reached from one origin at one time: the answer of [`search`].
pub struct Search<'a> {
    timetable: &'a Timetable,
    walking: Walking,
    /// None when only the stops near it are known.
    origin: Option<Place>,
    departure: Seconds,
    access: Vec<(u32, Seconds)>,
    rides: Vec<Ride>,
    /// For each stop, its rides that arrive earlier than with fewer rides: (number of rides, index in `rides`).
    rounds: Vec<Vec<(u32, u32)>>,
    /// Earliest arrival at each stop, by a ride, and by any means.
    by_ride: Vec<Seconds>,
    arrival: Vec<Seconds>,
}

/// Searches from a place, leaving at `departure`. What arrives after `until` is not looked for.
pub fn search<'a>(
    timetable: &'a Timetable,
    origin: Place,
    departure: Seconds,
    until: Seconds,
    walking: &Walking,
) -> Search<'a> {
    let access = timetable.access(origin, walking);
    from_access(timetable, Some(origin), access, departure, until, walking)
}

/// The same from several stops at once: those where one can stand, each so many seconds after `departure`.
pub fn search_from<'a>(
    timetable: &'a Timetable,
    access: Vec<(u32, Seconds)>,
    departure: Seconds,
    until: Seconds,
    walking: &Walking,
) -> Search<'a> {
    from_access(timetable, None, access, departure, until, walking)
}

fn from_access<'a>(
    timetable: &'a Timetable,
    origin: Option<Place>,
    access: Vec<(u32, Seconds)>,
    departure: Seconds,
    until: Seconds,
    walking: &Walking,
) -> Search<'a> {
    let count = timetable.stops.len();
    let mut search = Search {
        timetable,
        walking: *walking,
        origin,
        departure,
        access,
        rides: Vec::new(),
        rounds: vec![Vec::new(); count],
        by_ride: vec![NEVER; count],
        arrival: vec![NEVER; count],
    };
    let mut ready = vec![Ready { time: NEVER, came: Came::Access }; count];
    let mut marked: Vec<u32> = Vec::new();
    for (stop, seconds) in &search.access {
        let time = departure.saturating_add(*seconds);
        if time <= until {
            ready[*stop as usize].time = time;
            search.arrival[*stop as usize] = time;
            marked.push(*stop);
        }
    }
    // First call of each pattern where somebody newly stands ready.
    let mut first_call = vec![u32::MAX; timetable.patterns.len()];
    let mut round = 0;
    while !marked.is_empty() {
        round += 1;
        let mut queue: Vec<u32> = Vec::new();
        for stop in marked.drain(..) {
            for (pattern, call) in timetable.serving.row(stop as usize) {
                let first = &mut first_call[*pattern as usize];
                if *first == u32::MAX {
                    queue.push(*pattern);
                }
                *first = (*first).min(*call);
            }
        }
        let earlier = search.rides.len();
        for pattern in queue {
            let first = std::mem::replace(&mut first_call[pattern as usize], u32::MAX);
            search.ride(pattern, first, round, until, &ready);
        }
        marked = search.spread(earlier, until, &mut ready);
    }
    search
}

impl Search<'_> {
    /// Rides a pattern from one of its calls on, always on the earliest trip that can be caught.
    fn ride(&mut self, rank: u32, first: u32, round: u32, until: Seconds, ready: &[Ready]) {
        let timetable = self.timetable;
        let pattern = &timetable.patterns[rank as usize];
        let calls = &timetable.calls[pattern.calls.start as usize..pattern.calls.end as usize];
        let trips = pattern.trips.len();
        let mut aboard: Option<(usize, u32, Came)> = None;
        for (position, call) in (0_u32..).zip(calls).skip(first as usize) {
            let stop = call.stop as usize;
            if let Some((trip, board, before)) = aboard
                && call.alight
            {
                let arrival = timetable.arrivals[pattern.time(position as usize, trip)];
                if arrival < self.by_ride[stop] && arrival <= until {
                    let (trip, ride) = (u32::try_from(trip).unwrap_or(u32::MAX), self.rides.len());
                    self.rides.push(Ride { pattern: rank, trip, board, alight: position, before, arrival });
                    let ride = u32::try_from(ride).expect("fewer improvements than 2³²");
                    self.by_ride[stop] = arrival;
                    self.arrival[stop] = self.arrival[stop].min(arrival);
                    match self.rounds[stop].last_mut() {
                        Some(last) if last.0 == round => last.1 = ride,
                        _ => self.rounds[stop].push((round, ride)),
                    }
                }
            }
            let standing = ready[stop];
            if call.board && standing.time != NEVER {
                let limit = aboard.map_or(trips, |(trip, ..)| trip);
                let from = pattern.time(position as usize, 0);
                let caught = timetable.departures[from..from + limit].partition_point(|time| *time < standing.time);
                // Boarding at the same trip again changes nothing; an earlier one does.
                if caught < limit {
                    aboard = Some((caught, position, standing.came));
                }
            }
        }
    }

    /// From where the rides of a round ended: the change at the stop, and the ways on foot. Returns the stops where
    /// somebody stands ready earlier than before.
    fn spread(&mut self, earlier: usize, until: Seconds, ready: &mut [Ready]) -> Vec<u32> {
        let timetable = self.timetable;
        let mut marked = Vec::new();
        let mut stand = |stop: u32, time: Seconds, came: Came| {
            let known = &mut ready[stop as usize];
            if time < known.time && time <= until {
                *known = Ready { time, came };
                marked.push(stop);
            }
        };
        for (rank, ride) in self.rides.iter().enumerate().skip(earlier) {
            let calls = timetable.patterns[ride.pattern as usize].calls.start;
            let stop = timetable.calls[(calls + ride.alight) as usize].stop;
            // Overtaken within its own round.
            if self.by_ride[stop as usize] != ride.arrival {
                continue;
            }
            let rank = u32::try_from(rank).expect("fewer improvements than 2³²");
            stand(stop, timetable.after_change(stop, ride.arrival), Came::Ride(rank));
            for walk in timetable.walks.row(stop as usize) {
                let time = ride.arrival.saturating_add(walk.seconds);
                if time <= until {
                    let arrival = &mut self.arrival[walk.to as usize];
                    *arrival = time.min(*arrival);
                    stand(walk.to, time, Came::Walk(rank));
                }
            }
        }
        marked.sort_unstable();
        marked.dedup();
        marked
    }

    /// Earliest arrival at each stop of the timetable, [`NEVER`] where none. A station is reached with its first stop.
    pub fn arrivals(&self) -> Vec<Seconds> {
        let mut arrivals = self.arrival.clone();
        spread_to_stations(self.timetable, &mut arrivals, 1);
        arrivals
    }

    /// Whether there is a stop to start from.
    pub(crate) fn has_access(&self) -> bool {
        !self.access.is_empty()
    }

    /// Earliest arrival at a place, [`NEVER`] where none; `home`: the stops where one stands at the start.
    pub(crate) fn arrival_at(&self, to: Place, home: &[u32]) -> Seconds {
        let after_rides = |(stop, seconds): &(u32, Seconds)| self.by_ride[*stop as usize].saturating_add(*seconds);
        let egress = self.timetable.egress(to, &self.walking);
        let from_home = egress.iter().filter(|(stop, _)| home.contains(stop)).map(|(_, seconds)| *seconds).min();
        let on_foot = self.timetable.on_foot(self.origin, to, &self.access, &self.walking).or(from_home);
        let walked = on_foot.map_or(NEVER, |seconds| self.departure.saturating_add(seconds));
        egress.iter().map(after_rides).fold(walked, Seconds::min)
    }

    /// The journeys to a place that no other beats: each has more rides than the one before and arrives earlier.
    /// Empty when the place is not reached.
    pub fn journeys(&self, to: Place) -> Vec<Journey> {
        // Where the last ride may end, and how far it then is on foot.
        let egress = self.timetable.egress(to, &self.walking);
        let mut ends: Vec<(u32, Seconds, Option<LastRide>)> = Vec::new();
        if let Some(seconds) = self.timetable.on_foot(self.origin, to, &self.access, &self.walking) {
            ends.push((0, self.departure.saturating_add(seconds), None));
        }
        for (stop, seconds) in egress {
            for (round, ride) in &self.rounds[stop as usize] {
                let arrival = self.rides[*ride as usize].arrival.saturating_add(seconds);
                ends.push((*round, arrival, Some((*ride, seconds))));
            }
        }
        ends.sort_by_key(|(round, arrival, _)| (*round, *arrival));
        let mut best = NEVER;
        let mut journeys = Vec::new();
        for (_, arrival, end) in ends {
            if arrival < best {
                best = arrival;
                journeys.push(self.journey(arrival, end, to));
            }
        }
        journeys
    }

    fn journey(&self, arrival: Seconds, end: Option<LastRide>, to: Place) -> Journey {
        let mut legs = Vec::new();
        let Some((last, seconds)) = end else {
            let (from, to) = (self.origin.and_then(|origin| self.named(origin)), self.named(to));
            let leg = Leg::Walk { from, to, departure: self.departure, arrival };
            return Journey { departure: self.departure, arrival, legs: vec![leg] };
        };
        let reached = |rank: u32| {
            let ride = &self.rides[rank as usize];
            self.timetable.calls[(self.timetable.patterns[ride.pattern as usize].calls.start + ride.alight) as usize]
                .stop
        };
        if seconds > 0 || self.named(to).is_some_and(|stop| stop != reached(last)) {
            let departure = self.rides[last as usize].arrival;
            legs.push(Leg::Walk { from: Some(reached(last)), to: self.named(to), departure, arrival });
        }
        let mut rank = last;
        loop {
            let ride = self.rides[rank as usize];
            let leg = self.leg(&ride);
            let Leg::Ride { from: boarded, .. } = leg else { unreachable!("a ride makes a ride") };
            legs.push(leg);
            match ride.before {
                Came::Ride(before) => rank = before,
                Came::Walk(before) => {
                    let departure = self.rides[before as usize].arrival;
                    let from = reached(before);
                    let seconds = self.walk_between(from, boarded);
                    legs.push(Leg::Walk {
                        from: Some(from),
                        to: Some(boarded),
                        departure,
                        arrival: departure.saturating_add(seconds),
                    });
                    rank = before;
                }
                Came::Access => {
                    let access = self.access.iter().find(|(stop, _)| *stop == boarded).map_or(0, |(_, time)| *time);
                    if access > 0
                        || self.origin.and_then(|origin| self.named(origin)).is_some_and(|stop| stop != boarded)
                    {
                        legs.push(Leg::Walk {
                            from: self.origin.and_then(|origin| self.named(origin)),
                            to: Some(boarded),
                            departure: self.departure,
                            arrival: self.departure.saturating_add(access),
                        });
                    }
                    break;
                }
            }
        }
        legs.reverse();
        Journey { departure: self.departure, arrival, legs }
    }

    /// The stop that an end of the journey is, if it is one.
    fn named(&self, place: Place) -> Option<u32> {
        match place {
            Place::Stop(stop) if self.timetable.stops[stop as usize].boarding => Some(stop),
            _ => None,
        }
    }

    fn walk_between(&self, from: u32, to: u32) -> Seconds {
        let walks = self.timetable.walks.row(from as usize);
        walks.iter().find(|walk| walk.to == to).map_or(0, |walk| walk.seconds)
    }

    fn leg(&self, ride: &Ride) -> Leg {
        let timetable = self.timetable;
        let pattern = &timetable.patterns[ride.pattern as usize];
        let stop = |call: u32| timetable.calls[(pattern.calls.start + call) as usize].stop;
        let trip = ride.trip as usize;
        Leg::Ride {
            line: pattern.line,
            headsign: timetable.trip_headsign[pattern.trips.start as usize + trip],
            from: stop(ride.board),
            to: stop(ride.alight),
            departure: timetable.departures[pattern.time(ride.board as usize, trip)],
            arrival: ride.arrival,
            calls: ride.alight - ride.board,
        }
    }
}
