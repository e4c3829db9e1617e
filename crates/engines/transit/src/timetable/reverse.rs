//! The same day, told backwards.

use super::{Draft, Pattern, PatternCall, Rows, Timetable, Walk};
use crate::geo::Grid;

impl Timetable {
    /// The timetable in which time runs backwards: every time is negated, vehicles go from their last stop to their
    /// first, ways on foot lead the other way. The earliest arrival in it, negated, is the latest departure in this
    /// one: so whatever searches forwards also answers "arrive by". Changes cost the same both ways, and so do
    /// answers: reversed twice, a timetable is itself.
    pub fn reversed(&self) -> Self {
        let mut draft = Draft::default();
        for pattern in &self.patterns {
            let calls = &self.calls[pattern.calls.start as usize..pattern.calls.end as usize];
            let (count, trips) = (calls.len(), pattern.trips.len());
            let first_call = pattern.calls.start;
            draft.calls.extend(calls.iter().rev().map(|call| PatternCall {
                stop: call.stop,
                board: call.alight,
                alight: call.board,
            }));
            for call in (0..count).rev() {
                for trip in (0..trips).rev() {
                    let time = pattern.time(call, trip);
                    draft.arrivals.push(-self.departures[time]);
                    draft.departures.push(-self.arrivals[time]);
                }
            }
            let shown = &self.trip_headsign[pattern.trips.start as usize..pattern.trips.end as usize];
            draft.trip_headsign.extend(shown.iter().rev());
            draft.patterns.push(Pattern { calls: first_call..pattern.calls.end, ..pattern.clone() });
        }
        let walks = (0..).zip(0..self.stops.len()).flat_map(|(from, row)| {
            self.walks.row(row).iter().map(move |walk| (walk.to, Walk { to: from, seconds: walk.seconds }))
        });
        let points = (0..).zip(&self.stops).filter(|(rank, _)| !self.serving.row(*rank as usize).is_empty());
        let points = points.filter_map(|(rank, stop)| Some((rank, stop.point?)));
        Self {
            stops: self.stops.clone(),
            lines: self.lines.clone(),
            change: self.change.clone(),
            walks: Rows::collect(self.stops.len(), walks),
            serving: draft.serving(self.stops.len()),
            calls: draft.calls,
            patterns: draft.patterns,
            trip_headsign: draft.trip_headsign,
            headsigns: self.headsigns.clone(),
            arrivals: draft.arrivals,
            departures: draft.departures,
            members: self.members.clone(),
            grid: Grid::new(points, self.options.walking.most_metres),
            backwards: !self.backwards,
            options: self.options,
        }
    }
}
