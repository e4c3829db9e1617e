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
mod order;
mod ring;

pub use lanes::Lanes;
use order::{each_event, onward, stops_by_place, trips_by_start};
use ring::Ring;

use crate::geo::Walking;
use crate::spread_to_stations;
use crate::time::{NEVER, Seconds};
use crate::timetable::{Place, Rows, Timetable};

/// A vehicle at a stop. Where it arrives and leaves in the same second, one event does for both.
#[derive(Clone, Copy)]
struct Event {
    trip: u32,
    /// The number of the stop, and in its two highest bits whether one may get on ([`BOARD`]) and off ([`ALIGHT`]).
    stop: u32,
}

/// Where one may stand ready who got off somewhere. Eight bytes: all ways of a region then fit a near cache.
#[derive(Clone, Copy)]
struct Way {
    /// The number of the stop; its highest bit says that the way takes as long as a change there ([`AFTER_CHANGE`]):
    /// who got off a vehicle at that stop before needs no such way.
    to: u32,
    /// The rank of the time it takes, and so where it waits in the [`Ring`].
    duration: u32,
}

const AFTER_CHANGE: u32 = 1 << 31;

const BOARD: u32 = 1 << 31;
const ALIGHT: u32 = 1 << 30;
const STOP: u32 = ALIGHT - 1;

/// The events of a timetable in the order of time.
///
/// Trips and stops have numbers of their own here: trips in the order in which they begin, stops so that neighbours
/// follow each other. What is visited together then lies together.
pub struct Scan<'a> {
    timetable: &'a Timetable,
    events: Vec<Event>,
    /// The time of each group of events, and where the group begins; a last one where they end.
    groups: Vec<(Seconds, u32)>,
    trips: usize,
    /// The number of each stop of the timetable.
    numbers: Vec<u32>,
    /// By number of stop: where one may stand ready who got off there, itself included, and after how long.
    onward: Rows<Way>,
    /// How long ways take, each duration once, the shortest first.
    durations: Vec<Seconds>,
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
    /// By any way, or off a vehicle only.
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
        let trips = trips_by_start(timetable);
        let numbers = stops_by_place(timetable);
        // Counting sort by time; trips, and the calls of each, keep their order within a second.
        let mut starts = vec![0_u32; seconds + 1];
        let place = |time: Seconds| usize::try_from(i64::from(time) - i64::from(first)).unwrap_or(0);
        each_event(timetable, &trips, &numbers, |time, _| starts[place(time) + 1] += 1);
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
        each_event(timetable, &trips, &numbers, |time, event| {
            let next = &mut starts[place(time)];
            events[*next as usize] = event;
            *next += 1;
        });
        let (onward, durations) = onward(timetable, &numbers);
        Self { timetable, events, groups, trips: trips.len(), numbers, onward, durations }
    }

    /// The timetable it scans.
    pub fn timetable(&self) -> &'a Timetable {
        self.timetable
    }

    /// Bytes of the sorted events and of the ways between stops.
    pub fn bytes(&self) -> usize {
        size_of_val(self.events.as_slice())
            + size_of_val(self.groups.as_slice())
            + size_of_val(self.numbers.as_slice())
            + size_of_val(self.onward.items())
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
        let instant = self.durations.first() == Some(&0);
        let begin = pass.starts.last().map_or(NEVER, |(time, ..)| *time);
        let first = self.groups.partition_point(|(time, _)| *time < begin);
        for pair in self.groups[first..].windows(2) {
            let (time, events) = (pair[0].0, pair[0].1 as usize..pair[1].1 as usize);
            if time > wanted.until {
                break;
            }
            pass.advance(time);
            pass.second(time, &self.events[events], instant);
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
#[derive(Clone, Copy)]
struct Arriving<const W: usize> {
    /// have got off in the second under way,
    fresh: Lanes<W>,
    /// have their arrival written down,
    known: Lanes<W>,
    /// are on their way to stand ready, all of them by `coming_by`.
    coming: Lanes<W>,
    coming_by: Seconds,
    /// The row of the stop in the arrivals, if it is wanted.
    row: u32,
}

/// No row.
const UNWANTED: u32 = u32::MAX;

/// The state of one pass over the events.
struct Pass<'s, const W: usize> {
    onward: &'s Rows<Way>,
    durations: &'s [Seconds],
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
    arrivals: Arrivals,
}

impl<'s, const W: usize> Pass<'s, W> {
    fn new(scan: &'s Scan<'_>, starts: &[Start], wanted: &Wanted<'_>) -> Self {
        let count = scan.numbers.len();
        let nobody = Lanes::default();
        let nowhere = Arriving { fresh: nobody, known: nobody, coming: nobody, coming_by: Seconds::MIN, row: UNWANTED };
        let mut arriving = vec![nowhere; count];
        let mut want = |stop: usize, row: u32| arriving[scan.numbers[stop] as usize].row = row;
        match wanted.stops {
            None => (0..count).zip(0..).for_each(|(stop, row)| want(stop, row)),
            Some(stops) => stops.iter().zip(0..).for_each(|(stop, row)| want(*stop as usize, row)),
        }
        let rows = wanted.stops.map_or(count, <[u32]>::len);
        let mut waiting: Vec<(Seconds, u32, usize)> = starts
            .iter()
            .enumerate()
            .flat_map(|(lane, start)| start.iter().map(move |(stop, time)| (*time, scan.numbers[*stop as usize], lane)))
            .collect();
        waiting.sort_unstable_by_key(|(time, stop, lane)| std::cmp::Reverse((*time, *stop, *lane)));
        let first = waiting.last().map_or(0, |(time, ..)| *time);
        Self {
            onward: &scan.onward,
            durations: &scan.durations,
            aboard: vec![Lanes::default(); scan.trips],
            stops: vec![AtStop::default(); count],
            arriving,
            touched: Vec::new(),
            ring: Ring::new(first, scan.durations.last().copied().unwrap_or(0), scan.durations.len()),
            starts: waiting,
            reached: wanted.reached,
            until: wanted.until,
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
            while let Some((stop, lanes)) = self.ring.take(next) {
                self.arrive(next, stop, lanes);
            }
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
        let at = &mut self.arriving[stop as usize];
        let new = lanes.without(at.known);
        if new.is_empty() {
            return;
        }
        at.known = at.known.or(new);
        if at.row != UNWANTED {
            let from = at.row as usize * self.arrivals.lanes;
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
        let onward = self.onward;
        let mut touched = std::mem::take(&mut self.touched);
        for stop in touched.drain(..) {
            let lanes = std::mem::take(&mut self.arriving[stop as usize].fresh);
            self.write(time, stop, lanes);
            for way in onward.row(stop as usize) {
                again |= self.send(time, lanes, *way);
            }
        }
        self.touched = touched;
        again
    }

    /// Sends lanes from one stop to another, unless they will stand ready there as early without it. True when somebody
    /// already stands ready there who did not.
    fn send(&mut self, time: Seconds, lanes: Lanes<W>, way: Way) -> bool {
        let to = way.to & !AFTER_CHANGE;
        let at = &self.stops[to as usize];
        let mut late = lanes.without(at.ready);
        if way.to & AFTER_CHANGE != 0 {
            late = late.without(at.rode);
        }
        if late.is_empty() {
            return false;
        }
        let seconds = self.durations[way.duration as usize];
        if seconds == 0 {
            return self.arrive(time, to, late);
        }
        let due = time.saturating_add(seconds);
        let at = &mut self.arriving[to as usize];
        if due >= at.coming_by {
            late = late.without(at.coming);
            if late.is_empty() {
                return false;
            }
            at.coming_by = due;
        }
        if due <= self.until {
            at.coming = at.coming.or(late);
            self.ring.put(way.duration, due, to, late);
        }
        false
    }
}
