//! What can be reached within a time: of areas (a commune is the stops that lie in it), of points, of stops.

use std::collections::HashMap;

use crate::geo::{Point, Walking};
use crate::raptor::{Search, search, search_from};
use crate::time::{NEVER, Seconds};
use crate::timetable::{Place, Timetable};

/// All that is reached by somebody who leaves at one time and travels no longer than so many seconds, waiting and
/// walking included.
///
/// On a timetable made by [`Timetable::reversed`] and with the arrival negated as departure, it holds those who can be
/// there by then, and what it gives is how long before they must leave.
pub struct Isochrone<'a> {
    search: Search<'a>,
    /// Stops where one stands at the start.
    home: Vec<u32>,
    departure: Seconds,
    longest: Seconds,
}

impl<'a> Isochrone<'a> {
    /// From a stop, a station or a point.
    pub fn of_place(
        timetable: &'a Timetable,
        from: Place,
        departure: Seconds,
        longest: Seconds,
        walking: &Walking,
    ) -> Self {
        let until = departure.saturating_add(longest);
        let home = match from {
            Place::Stop(stop) => timetable.boarding_stops(stop),
            Place::Point(_) => Vec::new(),
        };
        Self { search: search(timetable, from, departure, until, walking), home, departure, longest }
    }

    /// From an area, given as the stops that lie in it: from whichever is best for each place.
    pub fn of_area(
        timetable: &'a Timetable,
        stops: &[u32],
        departure: Seconds,
        longest: Seconds,
        walking: &Walking,
    ) -> Self {
        let mut access: HashMap<u32, Seconds> = HashMap::new();
        for (stop, seconds) in stops.iter().flat_map(|stop| timetable.access(Place::Stop(*stop), walking)) {
            access.entry(stop).and_modify(|known| *known = seconds.min(*known)).or_insert(seconds);
        }
        let until = departure.saturating_add(longest);
        let search = search_from(timetable, access.into_iter().collect(), departure, until, walking);
        Self { search, home: stops.to_vec(), departure, longest }
    }

    /// Whether there is a stop to start from; without one, only what lies within walking distance is reached.
    pub fn has_stops(&self) -> bool {
        self.search.has_access()
    }

    /// The stops and stations reached (ranks of the timetable), each with the seconds it takes.
    pub fn stops(&self) -> impl Iterator<Item = (u32, Seconds)> {
        let within = |arrival: Seconds| (arrival != NEVER).then(|| arrival - self.departure);
        (0..)
            .zip(self.search.arrivals())
            .filter_map(move |(stop, arrival)| Some((stop, within(arrival)?)))
            .filter(|(_, seconds)| *seconds <= self.longest)
    }

    /// Seconds to the first stop reached of each area; none where no stop is.
    pub fn areas<'s>(&self, areas: impl IntoIterator<Item = &'s [u32]>) -> Vec<Option<Seconds>> {
        let reached: HashMap<u32, Seconds> = self.stops().collect();
        let first = |stops: &[u32]| stops.iter().filter_map(|stop| reached.get(stop)).min().copied();
        areas.into_iter().map(first).collect()
    }

    /// Seconds to a point: off the best of the stops around it and on foot from there, or on foot all the way.
    pub fn point(&self, to: Point) -> Option<Seconds> {
        let arrival = self.search.arrival_at(Place::Point(to), &self.home);
        let seconds = (arrival != NEVER).then(|| arrival - self.departure)?;
        (seconds <= self.longest).then_some(seconds)
    }
}
