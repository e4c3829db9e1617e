//! Travel times from many places to many, over a window of departures.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::geo::Walking;
use crate::scan::{Reached, Scan, Start, Wanted};
use crate::time::{NEVER, Seconds};
use crate::timetable::Place;

/// Words of 64 lanes that a pass carries. Two hold the departures of two hours, and the state of the stops of a region
/// then fits the nearest caches: wider passes were measured slower for each lane.
const WORDS: usize = 2;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// Where one leaves from.
    pub origins: &'a [Place],
    /// Where one goes.
    pub targets: &'a [Place],
    /// From the first departure until before the last: a window of two hours has 120 departures a minute apart.
    pub window: Range<Seconds>,
    /// Seconds between two departures, at least 1.
    pub step: Seconds,
    /// A journey of more seconds counts as none.
    pub longest: Seconds,
    /// How one walks to the first stop and from the last.
    pub walking: Walking,
}

impl<'a> Question<'a> {
    /// A departure every minute, journeys of three hours at most.
    pub fn new(origins: &'a [Place], targets: &'a [Place], window: Range<Seconds>) -> Self {
        Self { origins, targets, window, step: 60, longest: 3 * 3600, walking: Walking::default() }
    }

    /// The times of departure.
    pub fn departures(&self) -> impl Iterator<Item = Seconds> + Clone {
        self.window.clone().step_by(usize::try_from(self.step).unwrap_or(1).max(1))
    }
}

/// Travel times of one origin to all targets at all departures, in seconds, waiting included; [`NEVER`] where none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Profile {
    departures: usize,
    /// Row by target.
    times: Vec<Seconds>,
}

impl Profile {
    /// The travel time to a target for each departure.
    pub fn to(&self, target: usize) -> &[Seconds] {
        &self.times[target * self.departures..(target + 1) * self.departures]
    }

    /// What the travel times to a target are like over the window.
    pub fn summary(&self, target: usize) -> Summary {
        let mut sorted = self.to(target).to_vec();
        sorted.sort_unstable();
        Summary { sorted }
    }
}

/// Travel times of a window, sorted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    sorted: Vec<Seconds>,
}

impl Summary {
    /// The smallest travel time that so many hundredths of the departures do not exceed (nearest rank); none when
    /// that many do not arrive.
    pub fn percentile(&self, hundredths: usize) -> Option<Seconds> {
        let rank = (self.sorted.len() * hundredths).div_ceil(100).max(1);
        self.sorted.get(rank - 1).copied().filter(|time| *time != NEVER)
    }

    /// Share of the departures that arrive within so many seconds, 0 to 1; 0 when nothing leaves.
    pub fn share_within(&self, seconds: Seconds) -> f64 {
        let within = self.sorted.partition_point(|time| *time <= seconds);
        // Both are small: lanes of a window.
        if self.sorted.is_empty() { 0.0 } else { within as f64 / self.sorted.len() as f64 }
    }
}

/// Answers for each origin, in any order, by so many threads; `take` gets the rank of the origin and its travel times.
///
/// Memory: what one pass of each thread needs, not the whole matrix.
pub fn profiles(
    scan: &Scan<'_>,
    question: &Question<'_>,
    threads: NonZeroUsize,
    take: impl FnMut(usize, Profile) + Send,
) {
    let departures: Vec<Seconds> = question.departures().collect();
    let Some(last) = departures.last() else { return };
    let plan = Plan::new(scan, question, &departures, last.saturating_add(question.longest));
    // An origin with more departures than lanes takes several passes; several with few share one.
    let origins = (lanes() / departures.len()).max(1);
    // Lanes that set out near each other often travel together, and one event then serves several.
    let order = scan.timetable().neighbours_together(question.origins);
    let batches: Vec<&[usize]> = order.chunks(origins).collect();
    let (next, take) = (AtomicUsize::new(0), Mutex::new(take));
    std::thread::scope(|scope| {
        for _ in 0..threads.get().min(batches.len()) {
            scope.spawn(|| {
                while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for (origin, profile) in batch.iter().copied().zip(plan.answer(batch)) {
                        // A `take` that panicked leaves nothing to hand over to.
                        if let Ok(mut take) = take.lock() {
                            take(origin, profile);
                        }
                    }
                }
            });
        }
    });
}

/// The answers of [`profiles`] in the order of the origins.
pub fn all_profiles(scan: &Scan<'_>, question: &Question<'_>, threads: NonZeroUsize) -> Vec<Profile> {
    let empty = Profile { departures: 0, times: Vec::new() };
    let mut all = vec![empty; question.origins.len()];
    profiles(scan, question, threads, |origin, profile| all[origin] = profile);
    all
}

/// How many lanes a pass has.
const fn lanes() -> usize {
    64 * WORDS
}

/// What is the same for all origins.
struct Plan<'p> {
    scan: &'p Scan<'p>,
    question: &'p Question<'p>,
    departures: &'p [Seconds],
    until: Seconds,
    /// The stops near any target.
    stops: Vec<u32>,
    /// For each target, the stops near it (ranks in `stops`) and the seconds from there.
    egress: Vec<Vec<(usize, Seconds)>>,
}

impl<'p> Plan<'p> {
    fn new(scan: &'p Scan<'_>, question: &'p Question<'_>, departures: &'p [Seconds], until: Seconds) -> Self {
        let near: Vec<Vec<(u32, Seconds)>> =
            question.targets.iter().map(|target| scan.timetable().egress(*target, &question.walking)).collect();
        let mut stops: Vec<u32> = near.iter().flatten().map(|(stop, _)| *stop).collect();
        stops.sort_unstable();
        stops.dedup();
        let place = |stop: u32| stops.partition_point(|known| *known < stop);
        let egress =
            near.iter().map(|row| row.iter().map(|(stop, seconds)| (place(*stop), *seconds)).collect()).collect();
        Self { scan, question, departures, until, stops, egress }
    }

    fn answer(&self, origins: &[usize]) -> Vec<Profile> {
        let count = self.departures.len();
        let timetable = self.scan.timetable();
        let walking = &self.question.walking;
        let places: Vec<Place> = origins.iter().map(|origin| self.question.origins[*origin]).collect();
        let access: Vec<Vec<(u32, Seconds)>> = places.iter().map(|place| timetable.access(*place, walking)).collect();
        let lanes_of: Vec<(usize, usize)> =
            (0..places.len()).flat_map(|place| (0..count).map(move |departure| (place, departure))).collect();
        let mut profiles: Vec<Profile> = places
            .iter()
            .zip(&access)
            .map(|(place, access)| {
                let on_foot =
                    |target: &Place| timetable.on_foot(Some(*place), *target, access, walking).unwrap_or(NEVER);
                let times = self.question.targets.iter().flat_map(|target| std::iter::repeat_n(on_foot(target), count));
                Profile { departures: count, times: times.collect() }
            })
            .collect();
        for batch in lanes_of.chunks(lanes()) {
            let starts: Vec<Start> = batch
                .iter()
                .map(|(place, departure)| {
                    let leave = self.departures[*departure];
                    access[*place].iter().map(|(stop, seconds)| (*stop, leave.saturating_add(*seconds))).collect()
                })
                .collect();
            let wanted = Wanted { reached: Reached::ByRide, stops: Some(&self.stops), until: self.until };
            let arrivals = self.scan.run::<WORDS>(&starts, &wanted);
            for (target, egress) in self.egress.iter().enumerate() {
                for (stop, seconds) in egress {
                    let row = arrivals.at(*stop);
                    for ((place, departure), arrival) in batch.iter().zip(row).filter(|(_, time)| **time != NEVER) {
                        let taken = arrival.saturating_add(*seconds) - self.departures[*departure];
                        let best = &mut profiles[*place].times[target * count + departure];
                        *best = taken.min(*best);
                    }
                }
            }
        }
        for profile in &mut profiles {
            for time in profile.times.iter_mut().filter(|time| **time > self.question.longest) {
                *time = NEVER;
            }
        }
        profiles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let summary = Summary { sorted: vec![10, 20, 30, NEVER] };
        assert_eq!(
            [1, 25, 50, 75, 76].map(|share| summary.percentile(share)),
            [Some(10), Some(10), Some(20), Some(30), None]
        );
        assert!((summary.share_within(25) - 0.5).abs() < 1e-12);
        assert_eq!(Summary { sorted: Vec::new() }.percentile(50), None);
    }
}
