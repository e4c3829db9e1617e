//! Exact public transport travel times.
//!
//! From a [GTFS](https://gtfs.org/documentation/schedule/reference/) feed to the trips of one day, and from there to
//! journeys, travel times from one place to all others, profiles over a window of departures, matrices and what can be
//! reached, forwards or backwards in time, with or without the lines of a scenario.
//!
//! # Semantics
//!
//! Routers disagree for want of rules. These are ours; whatever answers in this crate keeps to all of them.
//!
//! 1. **Time.** Whole seconds since the midnight that begins the service day. A day holds the trips of its services,
//!    with their times after 24:00, and those of the day before that still run after midnight. Nothing of the day
//!    after.
//! 2. **Frequencies** become trips: one at the start, then one every headway, until before the end, exact or not.
//! 3. **Boarding.** Whoever stands ready at a stop at the time of a departure, or before, catches it. Nothing is added
//!    for the first boarding of a journey, nor after a walk.
//! 4. **Changing** at one stop costs the time of that stop: `transfers.txt` from the stop to itself, else 120 seconds
//!    ([`Options::change`]).
//! 5. **Walking** between two rides: one way of `transfers.txt`, never two in a row. The stops of a station are
//!    connected by its change time. What a feed says of two stops overrides what it says of their stations. What it
//!    calls impossible is impossible. Transfers of given routes or trips, and seats kept from one trip to the next
//!    (`block_id`), are not known.
//! 6. **Ends.** A journey may begin with one way from its first stop and end with one to its last; from and to a point
//!    one walks by [`Walking`]. The arrival at a place is the earliest over all stops around it and straight on foot.
//!    A station is left and reached by any of its stops.
//! 7. **Equal times** count: one leaves at the second of arrival where the change takes no time, and a vehicle may need
//!    no time between two stops.
//! 8. **No boarding or no alighting** (`pickup_type`, `drop_off_type` 1) is respected; by arrangement (2, 3) is
//!    possible. A line that passes one stop twice is two calls.
//! 9. **Calls without times** lie evenly between those that have one.
//! 10. **Backwards**, all of this is the same with time turned round: the latest departure is the last second from which
//!     the earliest arrival is early enough.
//!
//! Why the [`Scan`] is exact: events are visited in the order of time and, within a second, until nothing changes any
//! more. A lane gets off at a stop at the first event at which it is aboard a vehicle there, and no earlier event can
//! come later; a trip that has taken a lane aboard keeps it, as a later boarding of the same trip would reach nothing
//! more. Standing ready earlier is never worse, since every boarding is decided at its event. So the first bit is the
//! earliest arrival, by induction over the events. The tests hold it against [`raptor`] and against a naive search.

#![warn(missing_docs)]

pub mod feed;
pub mod geo;
pub mod gtfs;
mod isochrone;
mod journey;
pub mod matrix;
pub mod raptor;
pub mod scan;
pub mod scenario;
pub mod time;
pub mod timetable;

pub use geo::{Point, Walking};
pub use isochrone::Isochrone;
pub use journey::{Journey, Leg};
pub use scan::Scan;
pub use time::{NEVER, Seconds};
pub use timetable::{Options, Place, Timetable};

/// Gives each station the earliest arrival at its stops, for so many lanes beside each other.
pub(crate) fn spread_to_stations(timetable: &Timetable, times: &mut [Seconds], lanes: usize) {
    for station in 0..timetable.stops.len() {
        for member in timetable.members.row(station) {
            for lane in 0..lanes {
                let arrival = times[*member as usize * lanes + lane];
                let reached = &mut times[station * lanes + lane];
                *reached = arrival.min(*reached);
            }
        }
    }
}
