//! Lines to come or to go: as the same trips in the feed, and with the effects that they must have on everybody.

use crate::common::{DAY, OPTIONS, boarding, feed};
use proptest::prelude::*;
use transit::feed::{Call, Feed, Frequency, Route, Service, Trip};
use transit::raptor::search;
use transit::scan::Wanted;
use transit::scenario::Scenario;
use transit::{NEVER, Place, Scan, Seconds, Timetable};

/// A line of a scenario over stops of the feed: its stops, the run between two, the stop, and from when, how often.
#[derive(Clone, Debug)]
struct Added {
    stops: Vec<u32>,
    run: Seconds,
    wait: Seconds,
    every: Seconds,
}

fn added() -> impl Strategy<Value = Added> {
    (prop::collection::vec(0..6_u32, 2..5), 0..40_i32, 0..3_i32, 5..50_i32)
        .prop_map(|(stops, run, wait, every)| Added { stops, run, wait, every })
}

impl Added {
    fn text(&self, feed: &Feed) -> String {
        let count = u32::try_from(boarding(feed).len()).unwrap();
        let stops: Vec<u32> = self.stops.iter().map(|stop| stop % count).collect();
        let mut text = "name = \"essai\"\n".to_owned();
        let mut named = stops.clone();
        named.sort_unstable();
        named.dedup();
        for stop in named {
            text += &format!("[[station]]\nid = \"s{stop}\"\nname = \"s{stop}\"\nstop = \"S{stop}\"\n");
        }
        let stations: Vec<String> = stops.iter().map(|stop| format!("\"s{stop}\"")).collect();
        text += &format!(
            "[[line]]\nid = \"new\"\nname = \"N\"\nkind = 3\nsource = \"essai\"\nstations = [{}]\nrun_seconds = {:?}\n\
             stop_seconds = {}\n[[line.headway]]\nfrom = \"00:00\"\nuntil = \"00:02\"\nseconds = {}\n",
            stations.join(", "),
            vec![self.run; stops.len() - 1],
            self.wait,
            self.every
        );
        text
    }

    /// The same as trips of the feed.
    fn into_feed(self, feed: &Feed) -> Feed {
        let mut feed = feed.clone();
        let count = u32::try_from(boarding(&feed).len()).unwrap();
        feed.routes.push(Route { id: "new".into(), name: "N".into(), kind: 3 });
        feed.services.push(Service { week: None, exceptions: vec![(DAY, true)] });
        for backwards in [false, true] {
            let mut stops: Vec<u32> = self.stops.iter().map(|stop| stop % count).collect();
            if backwards {
                stops.reverse();
            }
            let first = u32::try_from(feed.calls.len()).unwrap();
            let mut time = 0;
            for (rank, stop) in stops.iter().enumerate() {
                let arrival = time + if rank == 0 { 0 } else { self.run };
                time = arrival + if rank == 0 || rank + 1 == stops.len() { 0 } else { self.wait };
                feed.calls.push(Call { stop: *stop, arrival, departure: time, pickup: true, drop_off: true });
            }
            feed.trips.push(Trip {
                id: String::new(),
                route: u32::try_from(feed.routes.len() - 1).unwrap(),
                service: u32::try_from(feed.services.len() - 1).unwrap(),
                headsign: String::new(),
                calls: first..u32::try_from(feed.calls.len()).unwrap(),
                frequencies: vec![Frequency { start: 0, end: 120, headway: self.every }],
            });
        }
        feed
    }
}

/// Arrivals from every stop at a time, by RAPTOR and by the scan, which must agree.
fn all(timetable: &Timetable, time: Seconds) -> Vec<Vec<Seconds>> {
    let scan = Scan::new(timetable);
    let from: Vec<u32> = (0..).zip(timetable.stops()).filter(|(_, stop)| stop.boarding).map(|(rank, _)| rank).collect();
    let starts: Vec<_> = from.iter().map(|stop| scan.start(Place::Stop(*stop), time, &OPTIONS.walking)).collect();
    let found = scan.run::<1>(&starts, &Wanted::ALL);
    from.iter()
        .enumerate()
        .map(|(lane, stop)| {
            let row = search(timetable, Place::Stop(*stop), time, NEVER, &OPTIONS.walking).arrivals();
            assert_eq!(found.of(lane).collect::<Vec<_>>(), row);
            row
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_line_of_a_scenario_is_the_same_trips_in_the_feed(feed in feed(), added in added(), time in 0..80_i32) {
        let timetable = Timetable::build(&feed, DAY, &OPTIONS);
        let scenario = Scenario::parse(&added.text(&feed)).unwrap();
        let laid = all(&timetable.with(&scenario).unwrap(), time);
        let built = all(&Timetable::build(&added.into_feed(&feed), DAY, &OPTIONS), time);
        prop_assert_eq!(&laid, &built);
        for (with, without) in laid.iter().flatten().zip(all(&timetable, time).iter().flatten()) {
            prop_assert!(with <= without, "a new line delays somebody");
        }
    }

    #[test]
    fn removing_a_line_never_helps(feed in feed(), time in 0..80_i32, route in 0..3_usize) {
        let timetable = Timetable::build(&feed, DAY, &OPTIONS);
        let scenario =
            Scenario::parse(&format!("name = \"essai\"\n[[remove]]\nroute = \"R{route}\"\nsource = \"essai\"\n")).unwrap();
        let removed = all(&timetable.with(&scenario).unwrap(), time);
        for (without, with) in removed.iter().flatten().zip(all(&timetable, time).iter().flatten()) {
            prop_assert!(without >= with, "a line less helps somebody");
        }
        let mut less = feed.clone();
        less.trips.retain(|trip| trip.route != u32::try_from(route).unwrap());
        prop_assert_eq!(removed, all(&Timetable::build(&less, DAY, &OPTIONS), time));
    }

    #[test]
    fn shifting_all_times_shifts_all_answers(feed in feed(), time in 0..80_i32, shift in 0..500_i32) {
        let timetable = Timetable::build(&feed, DAY, &OPTIONS);
        let mut later = feed.clone();
        for call in &mut later.calls {
            call.arrival += shift;
            call.departure += shift;
        }
        for frequency in later.trips.iter_mut().flat_map(|trip| &mut trip.frequencies) {
            frequency.start += shift;
            frequency.end += shift;
        }
        // Trips of the eve that had ended before midnight now end after it: who leaves later cannot take them.
        let moved = all(&Timetable::build(&later, DAY, &OPTIONS), time + shift);
        let expected: Vec<Vec<Seconds>> = all(&timetable, time)
            .into_iter()
            .map(|row| row.into_iter().map(|time| if time == NEVER { NEVER } else { time + shift }).collect())
            .collect();
        prop_assert_eq!(moved, expected);
    }
}

#[test]
fn a_station_of_its_own_is_joined_on_foot() {
    let mut feed = Feed::default();
    for (rank, metres) in [0.0, 5000.0].into_iter().enumerate() {
        feed.stops.push(transit::feed::Stop {
            id: format!("S{rank}"),
            name: String::new(),
            point: transit::Point::new(48.9 + metres / 111_195.0, 2.4),
            parent: None,
            boarding: true,
        });
    }
    feed.routes.push(Route { id: "R".into(), name: "R".into(), kind: 3 });
    feed.services.push(Service::always());
    for call in [(0, 0), (1, 600)] {
        feed.calls.push(Call { stop: call.0, arrival: call.1, departure: call.1, pickup: true, drop_off: true });
    }
    let calls = 0..2;
    let (id, headsign) = (String::new(), String::new());
    feed.trips.push(Trip { id, route: 0, service: 0, headsign, calls, frequencies: Vec::new() });
    let text = "name = \"essai\"\n\
        [[station]]\nid = \"a\"\nname = \"A\"\nlatitude = 48.9449\nlongitude = 2.4\n\
        [[station]]\nid = \"b\"\nname = \"B\"\nlatitude = 49.1\nlongitude = 2.4\n\
        [[line]]\nid = \"n\"\nname = \"N\"\nkind = 1\nsource = \"essai\"\nstations = [\"a\", \"b\"]\nrun_seconds = [300]\n\
        stop_seconds = 30\n[[line.headway]]\nfrom = \"00:00\"\nuntil = \"01:00\"\nseconds = 60\n";
    let timetable = Timetable::build(&feed, DAY, &transit::Options::default());
    let timetable = timetable.with(&Scenario::parse(text).unwrap()).unwrap();
    let arrivals = search(&timetable, Place::Stop(0), 0, NEVER, &transit::Walking::default()).arrivals();
    // A bus of ten minutes, a walk of eight metres rounded up to a minute, an entrance, a metro of five minutes.
    assert_eq!(arrivals, [0, 600, 720, 1020]);
}

#[test]
fn what_is_wrong_in_a_scenario_is_said_where() {
    let line = "[[line]]\nid = \"n\"\nname = \"N\"\nkind = 1\nsource = \"x\"\nstop_seconds = 0\n";
    let station = "[[station]]\nid = \"a\"\nname = \"A\"\nlatitude = 48.9\nlongitude = 2.4\n";
    for (text, expected) in [
        ("name = 3".to_owned(), "ligne 1, cette valeur n’est pas du genre attendu"),
        (
            "name = \"x\"\nnom = \"y\"".to_owned(),
            "ligne 2, «\u{a0}nom\u{a0}» n’est pas connu ici\u{a0}; écrivez name, station",
        ),
        ("name = \"x\"\n[[remove]]\nroute = \"R\"".to_owned(), "ligne 2, il manque «\u{a0}source\u{a0}»"),
        ("name = \"x\"\nstation".to_owned(), "ligne 2, la syntaxe"),
        ("name = \"x\"\n[[station]]\nid = \"a\"\nname = \"A\"".to_owned(), "station a"),
        (format!("name = \"x\"\n{station}{station}"), "deux fois"),
        (format!("name = \"x\"\n{station}{line}stations = [\"a\"]\nrun_seconds = []\nheadway = []"), "au moins deux"),
        (
            format!("name = \"x\"\n{station}{line}stations = [\"a\", \"b\"]\nrun_seconds = [60]\nheadway = []"),
            "la station b",
        ),
        (
            format!(
                "name = \"x\"\n{station}{line}stations = [\"a\", \"a\"]\nrun_seconds = [60]\n[[line.headway]]\n\
                 from = \"10:00\"\nuntil = \"09:00\"\nseconds = 60"
            ),
            "intervalle",
        ),
    ] {
        let said = Scenario::parse(&text).unwrap_err().to_string();
        assert!(said.contains(expected), "{text}\n→ {said}");
    }
    let timetable = Timetable::build(&Feed::default(), DAY, &OPTIONS);
    let removed = Scenario::parse("name = \"x\"\n[[remove]]\nroute = \"R\"\nsource = \"x\"\n").unwrap();
    assert!(timetable.with(&removed).is_err_and(|problem| problem.to_string().contains("ligne retirée R")));
}
