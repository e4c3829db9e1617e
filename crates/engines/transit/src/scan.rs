//! Many questions in one pass: a bit-parallel event scan.
//!
//! The events of the day are visited once, in the order of time. Each *lane*, an origin and a time of departure, is
//! one bit of a wide mask. A trip holds the mask of the lanes aboard; a stop the mask of the lanes that stand ready to
//! board and that of the lanes that have got off there before. Where a vehicle calls, those aboard who were never
//! here get off, now, which is their earliest arrival; those who stand ready get on. What takes time, the change at
//! the stop and the ways on foot, waits in a ring of seconds.
//!
//! A bit is set once and never taken back, so no label is corrected and no lane costs anything of its own, except to
//! write its arrivals down. The idea is that of the connection scan (Dibbelt, Pajor, Strasser, Wagner, *Connection
//! Scan Algorithm*, JEA 23, 2018) with the bit-parallel masks of multi-source searches (Then et al., *The More the
//! Merrier*, VLDB 8, 2014). Why it is exact is told in [the semantics](crate#semantics).

mod lanes;
mod ring;

pub use lanes::Lanes;
use ring::Ring;

use crate::geo::Walking;
use crate::spread_to_stations;
use crate::time::{NEVER, Seconds};
use crate::timetable::{Place, Timetable, Walk};

/// A vehicle at a stop. Where it arrives and leaves in the same second, one event does for both.
#[derive(Clone, Copy)]
struct Event {
    trip: u32,
    /// The stop, and in its two highest bits whether one may get on ([`BOARD`]) and off ([`ALIGHT`]).
    stop: u32,
}

const BOARD: u32 = 1 << 31;
const ALIGHT: u32 = 1 << 30;
const STOP: u32 = ALIGHT - 1;

/// The events of a timetable in the order of time.
pub struct Scan<'a> {
    timetable: &'a Timetable,
    events: Vec<Event>,
    /// The time of each group of events, and where the group begins; a last one where they end.
    groups: Vec<(Seconds, u32)>,
    trips: usize,
    /// The shortest and the longest change or way on foot.
    shortest: Seconds,
    longest: Seconds,
}

/// One question of a batch: the stops where somebody stands ready, and from when.
pub type Start = Vec<(u32, Seconds)>;

/// Which arrivals are written down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reached {
    /// The earliest, by a ride or on foot after one.
    AnyWay,
    /// The earliest of those who get off a vehicle: what a walk to somewhere else may begin with.
    ByRide,
}

/// What to write down: how stops are reached, and which stops. A station is reached with its first stop when all are
/// wanted by any way; otherwise ask for its stops.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub reached: Reached,
    /// Ranks of stops, each once; all of them when none is given.
    pub stops: Option<&'a [u32]>,
    /// Nothing later than this is looked for.
    pub until: Seconds,
}

impl Wanted<'_> {
    /// The arrivals at all stops, to the end of the day.
    pub const ALL: Self = Self { reached: Reached::AnyWay, stops: None, until: NEVER };
}

/// The answer of a batch: for each wanted stop, the earliest arrival of each lane.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrivals {
    lanes: usize,
    times: Vec<Seconds>,
}

impl Arrivals {
    /// Number of lanes.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// The arrivals of every lane at one of the wanted stops, by its rank among them; [`NEVER`] where none.
    pub fn at(&self, wanted: usize) -> &[Seconds] {
        &self.times[wanted * self.lanes..(wanted + 1) * self.lanes]
    }

    /// The arrivals of one lane at every wanted stop.
    pub fn of(&self, lane: usize) -> impl Iterator<Item = Seconds> + '_ {
        self.times.iter().skip(lane).step_by(self.lanes).copied()
    }
}

impl<'a> Scan<'a> {
    /// Sorts the events of a timetable. Each takes eight bytes.
    pub fn new(timetable: &'a Timetable) -> Self {
        let (first, last) = timetable.span().unwrap_or((0, 0));
        let seconds = usize::try_from(i64::from(last) - i64::from(first)).unwrap_or(0) + 1;
        let number = trips_by_start(timetable);
        // Counting sort by time; trips, and the calls of each, keep their order within a second.
        let mut starts = vec![0_u32; seconds + 1];
        let place = |time: Seconds| usize::try_from(i64::from(time) - i64::from(first)).unwrap_or(0);
        each_event(timetable, &number, |time, _| starts[place(time) + 1] += 1);
        let mut groups = Vec::new();
        let mut before = 0;
        for (offset, start) in (0..).zip(&mut starts[1..]) {
            if *start > 0 {
                groups.push((first + offset, before));
            }
            before += *start;
            *start = before;
        }
        groups.push((NEVER, before));
        let mut events = vec![Event { trip: 0, stop: 0 }; before as usize];
        each_event(timetable, &number, |time, event| {
            let next = &mut starts[place(time)];
            events[*next as usize] = event;
            *next += 1;
        });
        let changes = timetable.change.iter().copied().filter(|change| *change != NEVER);
        let walks = (0..timetable.stops.len()).flat_map(|stop| timetable.walks.row(stop)).map(|walk| walk.seconds);
        let (shortest, longest) =
            changes.chain(walks).fold((NEVER, 0), |(shortest, longest), one| (one.min(shortest), one.max(longest)));
        Self { timetable, events, groups, trips: number.len(), shortest, longest }
    }

    /// The timetable it scans.
    pub fn timetable(&self) -> &'a Timetable {
        self.timetable
    }

    /// Bytes of the sorted events.
    pub fn bytes(&self) -> usize {
        size_of_val(self.events.as_slice()) + size_of_val(self.groups.as_slice())
    }

    /// Where somebody stands who leaves a place at a time.
    pub fn start(&self, from: Place, departure: Seconds, walking: &Walking) -> Start {
        let access = self.timetable.access(from, walking);
        access.into_iter().map(|(stop, seconds)| (stop, departure.saturating_add(seconds))).collect()
    }

    /// The earliest arrivals of up to `64 × W` lanes.
    ///
    /// # Panics
    /// When there are more lanes than bits.
    pub fn run<const W: usize>(&self, starts: &[Start], wanted: &Wanted<'_>) -> Arrivals {
        assert!(starts.len() <= Lanes::<W>::BITS, "{} lanes in {} bits", starts.len(), Lanes::<W>::BITS);
        let mut pass = Pass::<W>::new(self, starts, wanted);
        let begin = pass.starts.last().map_or(NEVER, |(time, ..)| *time);
        let first = self.groups.partition_point(|(time, _)| *time < begin);
        for pair in self.groups[first..].windows(2) {
            let (time, events) = (pair[0].0, pair[0].1 as usize..pair[1].1 as usize);
            if time > wanted.until {
                break;
            }
            pass.advance(time);
            pass.second(time, &self.events[events], self.shortest == 0);
        }
        pass.advance(wanted.until);
        if wanted.reached == Reached::AnyWay && wanted.stops.is_none() {
            spread_to_stations(self.timetable, &mut pass.arrivals.times, starts.len());
        }
        pass.arrivals
    }
}

/// What every event asks of its stop: the lanes that…
#[derive(Clone, Copy, Default)]
struct AtStop<const W: usize> {
    /// stand ready to board,
    ready: Lanes<W>,
    /// have got off a vehicle here.
    rode: Lanes<W>,
}

/// What only matters where somebody arrives, kept apart so that the rest stays near: the lanes that…
#[derive(Clone, Copy, Default)]
struct Arriving<const W: usize> {
    /// have got off in the second under way,
    fresh: Lanes<W>,
    /// have their arrival written down.
    known: Lanes<W>,
}

/// The state of one pass over the events.
struct Pass<'s, const W: usize> {
    timetable: &'s Timetable,
    aboard: Vec<Lanes<W>>,
    stops: Vec<AtStop<W>>,
    arriving: Vec<Arriving<W>>,
    /// Stops where somebody got off in the second under way.
    touched: Vec<u32>,
    ring: Ring<W>,
    /// Those who have not left yet, the last to leave first: time, stop, lane.
    starts: Vec<(Seconds, u32, usize)>,
    reached: Reached,
    until: Seconds,
    /// Place of each stop in the arrivals, if it is wanted.
    slots: Vec<u32>,
    arrivals: Arrivals,
}

impl<'s, const W: usize> Pass<'s, W> {
    fn new(scan: &Scan<'s>, starts: &[Start], wanted: &Wanted<'_>) -> Self {
        let count = scan.timetable.stops.len();
        let slots: Vec<u32> = match wanted.stops {
            None => (0..).take(count).collect(),
            Some(stops) => {
                let mut slots = vec![u32::MAX; count];
                for (slot, stop) in (0..).zip(stops) {
                    slots[*stop as usize] = slot;
                }
                slots
            }
        };
        let rows = wanted.stops.map_or(count, <[u32]>::len);
        let mut waiting: Vec<(Seconds, u32, usize)> = starts
            .iter()
            .enumerate()
            .flat_map(|(lane, start)| start.iter().map(move |(stop, time)| (*time, *stop, lane)))
            .collect();
        waiting.sort_unstable_by_key(|(time, stop, lane)| std::cmp::Reverse((*time, *stop, *lane)));
        let first = waiting.last().map_or(0, |(time, ..)| *time);
        Self {
            timetable: scan.timetable,
            aboard: vec![Lanes::default(); scan.trips],
            stops: vec![AtStop::default(); count],
            arriving: vec![Arriving::default(); count],
            touched: Vec::new(),
            ring: Ring::new(first, scan.longest),
            starts: waiting,
            reached: wanted.reached,
            until: wanted.until,
            slots,
            arrivals: Arrivals { lanes: starts.len(), times: vec![NEVER; rows * starts.len()] },
        }
    }

    /// Lets time pass until `now` included: those who have changed, walked or just left stand ready.
    fn advance(&mut self, now: Seconds) {
        loop {
            let next_start = self.starts.last().map_or(NEVER, |(time, ..)| *time);
            let next = self.ring.next(now).unwrap_or(NEVER).min(next_start);
            if next > now || next == NEVER {
                return;
            }
            while let Some((_, stop, lane)) = self.starts.pop_if(|(time, ..)| *time == next) {
                self.arrive(next, stop, Lanes::single(lane));
            }
            let mut due = self.ring.take(next);
            for (stop, lanes) in due.drain(..) {
                self.arrive(next, stop, lanes);
            }
            self.ring.give_back(next, due);
        }
    }

    /// Lanes stand ready at a stop, and are there at this time at the latest. True when some did not stand there yet.
    fn arrive(&mut self, time: Seconds, stop: u32, lanes: Lanes<W>) -> bool {
        let at = &mut self.stops[stop as usize];
        let new = lanes.without(at.ready);
        at.ready = at.ready.or(lanes);
        if self.reached == Reached::AnyWay {
            self.write(time, stop, lanes);
        }
        !new.is_empty()
    }

    /// Writes the arrivals of the lanes that were not known to be at a stop.
    fn write(&mut self, time: Seconds, stop: u32, lanes: Lanes<W>) {
        let known = &mut self.arriving[stop as usize].known;
        let new = lanes.without(*known);
        if new.is_empty() {
            return;
        }
        *known = known.or(new);
        let slot = self.slots[stop as usize];
        if slot != u32::MAX {
            let from = slot as usize * self.arrivals.lanes;
            let row = &mut self.arrivals.times[from..from + self.arrivals.lanes];
            new.each(|lane| row[lane] = time);
        }
    }

    /// All that happens in one second. Where a change or a way on foot takes no time (`instant`), who has just got off
    /// may board another vehicle in the same second: it is told again, from how the vehicles were before it, until
    /// nobody stands anywhere new.
    fn second(&mut self, time: Seconds, events: &[Event], instant: bool) {
        if !instant {
            self.visit(events);
            self.settle(time);
            return;
        }
        let before: Vec<Lanes<W>> = events.iter().map(|event| self.aboard[event.trip as usize]).collect();
        loop {
            self.visit(events);
            if !self.settle(time) {
                return;
            }
            for (event, lanes) in events.iter().zip(&before) {
                self.aboard[event.trip as usize] = *lanes;
            }
        }
    }

    /// Vehicles call: some get off, some get on.
    fn visit(&mut self, events: &[Event]) {
        for event in events {
            let stop = (event.stop & STOP) as usize;
            let aboard = &mut self.aboard[event.trip as usize];
            let at = &mut self.stops[stop];
            if event.stop & ALIGHT != 0 {
                let new = aboard.without(at.rode);
                if !new.is_empty() {
                    at.rode = at.rode.or(new);
                    let fresh = &mut self.arriving[stop].fresh;
                    if fresh.is_empty() {
                        self.touched.push(event.stop & STOP);
                    }
                    *fresh = fresh.or(new);
                }
            }
            if event.stop & BOARD != 0 {
                *aboard = aboard.or(at.ready);
            }
        }
    }

    /// Sends those who got off on their way. True when somebody already stands ready somewhere else.
    fn settle(&mut self, time: Seconds) -> bool {
        let mut again = false;
        let timetable = self.timetable;
        let mut touched = std::mem::take(&mut self.touched);
        for stop in touched.drain(..) {
            let lanes = std::mem::take(&mut self.arriving[stop as usize].fresh);
            self.write(time, stop, lanes);
            let change = timetable.change[stop as usize];
            if change != NEVER {
                again |= self.send(time, lanes, Walk { to: stop, seconds: change });
            }
            for walk in timetable.walks.row(stop as usize) {
                again |= self.send(time, lanes, *walk);
            }
        }
        self.touched = touched;
        again
    }

    fn send(&mut self, time: Seconds, lanes: Lanes<W>, walk: Walk) -> bool {
        let late = lanes.without(self.stops[walk.to as usize].ready);
        if late.is_empty() {
            return false;
        }
        if walk.seconds == 0 {
            return self.arrive(time, walk.to, late);
        }
        let due = time.saturating_add(walk.seconds);
        if due <= self.until {
            self.ring.put(due, walk.to, late);
        }
        false
    }
}

/// A number for each trip of the timetable, in the order in which trips begin: those that run at the same time then
/// lie near each other.
fn trips_by_start(timetable: &Timetable) -> Vec<u32> {
    let mut starts: Vec<(Seconds, u32)> = Vec::with_capacity(timetable.trip_headsign.len());
    for pattern in &timetable.patterns {
        for (trip, rank) in pattern.trips.clone().zip(0..) {
            starts.push((timetable.departures[pattern.time(0, rank)], trip));
        }
    }
    starts.sort_unstable();
    let mut number = vec![0; starts.len()];
    for ((_, trip), rank) in starts.into_iter().zip(0..) {
        number[trip as usize] = rank;
    }
    number
}

/// Calls `take` with every event, trip by trip, each trip's in order.
fn each_event(timetable: &Timetable, number: &[u32], mut take: impl FnMut(Seconds, Event)) {
    for pattern in &timetable.patterns {
        let calls = &timetable.calls[pattern.calls.start as usize..pattern.calls.end as usize];
        for (trip, rank) in pattern.trips.clone().zip(0..) {
            let trip = number[trip as usize];
            for (position, call) in calls.iter().enumerate() {
                let place = pattern.time(position, rank);
                let (arrival, departure) = (timetable.arrivals[place], timetable.departures[place]);
                let (off, on) = (if call.alight { ALIGHT } else { 0 }, if call.board { BOARD } else { 0 });
                if arrival == departure {
                    if on | off != 0 {
                        take(arrival, Event { trip, stop: call.stop | on | off });
                    }
                    continue;
                }
                if off != 0 {
                    take(arrival, Event { trip, stop: call.stop | off });
                }
                if on != 0 {
                    take(departure, Event { trip, stop: call.stop | on });
                }
            }
        }
    }
}
