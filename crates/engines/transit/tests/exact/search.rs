//! The engine against a naive search on random small networks: forwards, backwards, from stops, stations and points.

use crate::common::{DAY, Naive, OPTIONS, boarding, feed};
use proptest::prelude::*;
use transit::raptor::search;
use transit::scan::{Reached, Wanted};
use transit::{Isochrone, Leg, NEVER, Place, Scan, Seconds, Timetable};

/// Departures a little before, during and after what runs.
const TIMES: [Seconds; 6] = [-30, 0, 20, 45, 70, 120];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn raptor_and_scan_say_what_the_rules_say(feed in feed()) {
        let naive = Naive::new(&feed);
        let timetable = Timetable::build(&feed, DAY, &OPTIONS);
        let scan = Scan::new(&timetable);
        let places: Vec<u32> = (0..u32::try_from(feed.stops.len()).unwrap()).collect();
        let mut starts = Vec::new();
        let mut expected = Vec::new();
        for from in &places {
            for time in TIMES {
                let told = naive.arrivals(&naive.start(*from, time));
                let row: Vec<Seconds> = places
                    .iter()
                    .map(|stop| {
                        let meant = naive.members.get(stop).cloned().unwrap_or_else(|| vec![*stop]);
                        meant.iter().filter_map(|stop| told.get(stop)).min().copied().unwrap_or(NEVER)
                    })
                    .collect();
                let found = search(&timetable, Place::Stop(*from), time, NEVER, &OPTIONS.walking).arrivals();
                prop_assert_eq!(&found, &row, "raptor from {} at {}", from, time);
                starts.push(scan.start(Place::Stop(*from), time, &OPTIONS.walking));
                expected.push(row);
            }
        }
        let found = scan.run::<1>(&starts, &Wanted::ALL);
        let wide = scan.run::<4>(&starts, &Wanted::ALL);
        prop_assert_eq!(&found, &wide, "one width and another");
        for (lane, row) in expected.iter().enumerate() {
            prop_assert_eq!(&found.of(lane).collect::<Vec<_>>(), row, "scan, lane {}", lane);
        }
    }

    #[test]
    fn backwards_is_the_last_second_forwards(feed in feed(), to in 0..6_u32, arrival in 0..110_i32) {
        let timetable = Timetable::build(&feed, DAY, &OPTIONS);
        let to = to % u32::try_from(boarding(&feed).len()).unwrap();
        let reversed = timetable.reversed();
        let latest = reversed.latest_departures(Place::Stop(to), arrival, &OPTIONS.walking);
        let mut turned = vec![reversed.access(Place::Stop(to), &OPTIONS.walking)];
        for (_, time) in &mut turned[0] {
            *time -= arrival;
        }
        let scanned = Scan::new(&reversed).run::<1>(&turned, &Wanted::ALL);
        for from in boarding(&feed) {
            let at = |time| search(&timetable, Place::Stop(from), time, NEVER, &OPTIONS.walking).arrivals()[to as usize];
            let said = latest[from as usize];
            prop_assert_eq!(scanned.at(from as usize)[0], said.map_or(NEVER, |time| -time));
            match said {
                Some(time) => {
                    prop_assert!(at(time) <= arrival, "from {} at {}", from, time);
                    prop_assert!(at(time + 1) > arrival, "from {} at {} is not the latest", from, time);
                }
                None => prop_assert!(at(-100_000) > arrival),
            }
        }
        let again = reversed.reversed();
        for from in boarding(&feed) {
            let search = |table: &Timetable| search(table, Place::Stop(from), 10, NEVER, &OPTIONS.walking).arrivals();
            prop_assert_eq!(search(&again), search(&timetable));
        }
    }

    #[test]
    fn journeys_can_be_ridden_and_arrive_when_they_say(feed in feed(), time in -10..60_i32) {
        let timetable = Timetable::build(&feed, DAY, &OPTIONS);
        let naive = Naive::new(&feed);
        let reversed = timetable.reversed();
        for from in boarding(&feed) {
            let search = search(&timetable, Place::Stop(from), time, NEVER, &OPTIONS.walking);
            let arrivals = search.arrivals();
            for to in boarding(&feed) {
                let journeys = search.journeys(Place::Stop(to));
                prop_assert_eq!(journeys.last().map_or(NEVER, |journey| journey.arrival), arrivals[to as usize]);
                for pair in journeys.windows(2) {
                    prop_assert!(pair[0].arrival > pair[1].arrival && pair[0].rides() < pair[1].rides());
                }
                for journey in &journeys {
                    follow(&naive, journey, from, to)?;
                }
                if let Some(best) = journeys.last() {
                    let (from, to) = (Place::Stop(from), Place::Stop(to));
                    let back = reversed.journeys_arriving(from, to, best.arrival, &OPTIONS.walking);
                    let last = back.last().expect("what arrives forwards arrives backwards");
                    prop_assert!(last.departure >= journeys[0].departure && last.arrival <= best.arrival);
                }
            }
        }
    }

    #[test]
    fn from_and_to_points_one_walks(feed in feed(), metres in 0..300_i32, time in -10..60_i32) {
        let naive = Naive::new(&feed);
        let timetable = Timetable::build(&feed, DAY, &OPTIONS);
        let walking = OPTIONS.walking;
        let place = |metres: i32| transit::Point::new(48.9 + f64::from(metres) / 111_195.0, 2.4).unwrap();
        let (from, to) = (place(metres), place(150));
        let near = |point: transit::Point| -> Vec<(u32, Seconds)> {
            let stops = boarding(&feed).into_iter().filter(|stop| !timetable.lines_at(*stop).is_empty());
            stops
                .filter_map(|stop| {
                    let entrance = Seconds::from(timetable.stops()[stop as usize].station);
                    Some((stop, walking.between(point, feed.stops[stop as usize].point?)? + entrance))
                })
                .collect()
        };
        let starts: Vec<(u32, Seconds)> = near(from).into_iter().map(|(stop, seconds)| (stop, time + seconds)).collect();
        // Only who gets off a vehicle may walk on: no stop is entered from the first walk.
        let scan = Scan::new(&timetable);
        let rode = scan.run::<1>(std::slice::from_ref(&starts), &Wanted { reached: Reached::ByRide, ..Wanted::ALL });
        let direct = walking.between(from, to).map_or(NEVER, |seconds| time + seconds);
        let rides = near(to).into_iter().map(|(stop, seconds)| rode.at(stop as usize)[0].saturating_add(seconds));
        let expected = rides.fold(direct, Seconds::min);
        let found = timetable.journeys(Place::Point(from), Place::Point(to), time, &walking);
        prop_assert_eq!(found.last().map_or(NEVER, |journey| journey.arrival), expected);
        let told = naive.arrivals(&starts);
        let any = scan.run::<1>(&[starts], &Wanted::ALL);
        for stop in boarding(&feed) {
            prop_assert_eq!(any.at(stop as usize)[0], told.get(&stop).copied().unwrap_or(NEVER));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn an_isochrone_holds_what_single_journeys_reach(
        feed in feed(), time in -10..60_i32, longest in 0..90_i32, metres in 0..300_i32, area in prop::collection::btree_set(0..8_u32, 1..4)
    ) {
        let timetable = Timetable::build(&feed, DAY, &OPTIONS);
        let walking = OPTIONS.walking;
        let point = transit::Point::new(48.9 + f64::from(metres) / 111_195.0, 2.4).unwrap();
        let within = |arrival: Seconds| (arrival != NEVER && arrival - time <= longest).then(|| arrival - time);
        let single = |from: Place, to: Place| {
            within(timetable.journeys(from, to, time, &walking).last().map_or(NEVER, |journey| journey.arrival))
        };
        let stops = boarding(&feed);
        for from in stops.iter().map(|stop| Place::Stop(*stop)).chain([Place::Point(point)]) {
            let around = Isochrone::of_place(&timetable, from, time, longest, &walking);
            prop_assert_eq!(around.point(point), single(from, Place::Point(point)), "{:?} to the point", from);
            let found: Vec<(u32, Seconds)> = around.stops().filter(|(stop, _)| stops.contains(stop)).collect();
            // A stop around the point counts as reached on foot although nobody rides from there.
            let arrivals = search(&timetable, from, time, NEVER, &walking).arrivals();
            let expected: Vec<(u32, Seconds)> =
                stops.iter().filter_map(|stop| Some((*stop, within(arrivals[*stop as usize])?))).collect();
            prop_assert_eq!(found, expected);
        }
        let area: Vec<u32> = area.into_iter().filter(|stop| stops.contains(stop)).collect();
        let together = Isochrone::of_area(&timetable, &area, time, longest, &walking);
        let best = |to: Place| area.iter().filter_map(|stop| single(Place::Stop(*stop), to)).min();
        prop_assert_eq!(together.point(point), best(Place::Point(point)), "the area to the point");
        let each: Vec<Vec<u32>> = stops.iter().map(|stop| vec![*stop]).collect();
        let found = together.areas(each.iter().map(Vec::as_slice));
        let expected: Vec<Option<Seconds>> = stops.iter().map(|stop| best(Place::Stop(*stop))).collect();
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(together.areas([&area[..]]), vec![area.first().map(|_| 0)]);
    }
}

/// Each leg begins where and after the one before ended, and rides exist as the naive search knows them.
fn follow(naive: &Naive, journey: &transit::Journey, from: u32, to: u32) -> Result<(), TestCaseError> {
    let mut ready: Vec<(u32, Seconds)> = naive.start(from, journey.departure);
    let mut last = (from, journey.departure);
    for leg in &journey.legs {
        match *leg {
            Leg::Walk { to: Some(stop), arrival, .. } => last = (stop, arrival),
            Leg::Walk { to: None, .. } => prop_assert!(false, "between stops every walk has ends"),
            Leg::Ride { from, to, departure, arrival, .. } => {
                prop_assert!(ready.iter().any(|(stop, time)| *stop == from && *time <= departure), "{:?}", journey);
                let told = naive.arrivals(&[(from, departure)]);
                prop_assert!(told.get(&to).is_some_and(|time| *time <= arrival));
                ready = naive.after(to, arrival);
                last = (to, arrival);
            }
        }
    }
    prop_assert_eq!(last, (to, journey.arrival));
    Ok(())
}
