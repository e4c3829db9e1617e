//! A journey, leg by leg.

use crate::geo::Walking;
use crate::raptor::search;
use crate::time::{NEVER, Seconds};
use crate::timetable::{Place, Timetable};

/// A part of a journey. Stops and lines are ranks in the timetable.
#[expect(missing_docs, reason = "the fields are told by their variant")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Leg {
    /// On foot; `None` stands for the origin or the destination when it is no stop.
    Walk { from: Option<u32>, to: Option<u32>, departure: Seconds, arrival: Seconds },
    /// In one vehicle, for so many calls.
    Ride { line: u32, headsign: u32, from: u32, to: u32, departure: Seconds, arrival: Seconds, calls: u32 },
}

impl Leg {
    /// When it begins and ends.
    pub fn times(&self) -> (Seconds, Seconds) {
        match *self {
            Self::Walk { departure, arrival, .. } | Self::Ride { departure, arrival, .. } => (departure, arrival),
        }
    }

    /// Told the other way round in time.
    fn turned(self) -> Self {
        match self {
            Self::Walk { from, to, departure, arrival } => {
                Self::Walk { from: to, to: from, departure: -arrival, arrival: -departure }
            }
            Self::Ride { line, headsign, from, to, departure, arrival, calls } => {
                Self::Ride { line, headsign, from: to, to: from, departure: -arrival, arrival: -departure, calls }
            }
        }
    }
}

/// How to get somewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Journey {
    /// When one leaves, or could first leave: waiting for the first ride is part of the journey.
    pub departure: Seconds,
    /// When one is there.
    pub arrival: Seconds,
    /// In order; two rides that follow each other are a change at one stop.
    pub legs: Vec<Leg>,
}

impl Journey {
    /// Number of vehicles taken.
    pub fn rides(&self) -> usize {
        self.legs.iter().filter(|leg| matches!(leg, Leg::Ride { .. })).count()
    }
}

impl Timetable {
    /// What is written on the front of the vehicle of a [`Leg::Ride`].
    pub fn headsign(&self, rank: u32) -> &str {
        &self.headsigns[rank as usize]
    }

    /// The journeys from one place to another that leave at `departure` or later and that no other beats: each has
    /// more rides than the one before and arrives earlier.
    pub fn journeys(&self, from: Place, to: Place, departure: Seconds, walking: &Walking) -> Vec<Journey> {
        search(self, from, departure, NEVER, walking).journeys(to)
    }

    /// On a timetable made by [`Timetable::reversed`]: the journeys that arrive at `arrival` or earlier, each with
    /// more rides than the one before and a later departure. Places and times are those of the day as it is.
    pub fn journeys_arriving(&self, from: Place, to: Place, arrival: Seconds, walking: &Walking) -> Vec<Journey> {
        debug_assert!(self.backwards, "only a reversed timetable searches from the arrival");
        let turned = search(self, to, -arrival, NEVER, walking).journeys(from).into_iter();
        turned
            .map(|journey| Journey {
                departure: -journey.arrival,
                arrival: -journey.departure,
                legs: journey.legs.into_iter().rev().map(Leg::turned).collect(),
            })
            .collect()
    }

    /// On a timetable made by [`Timetable::reversed`]: when one must leave each stop, at the latest, to be at a place
    /// at `arrival`; none where one cannot.
    pub fn latest_departures(&self, to: Place, arrival: Seconds, walking: &Walking) -> Vec<Option<Seconds>> {
        debug_assert!(self.backwards, "only a reversed timetable searches from the arrival");
        let turned = search(self, to, -arrival, NEVER, walking).arrivals();
        turned.into_iter().map(|time| (time != NEVER).then_some(-time)).collect()
    }
}
