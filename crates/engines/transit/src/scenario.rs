//! Lines that do not run yet, or no longer: laid over the timetable of a day.
//!
//! A scenario is a text in [TOML](https://toml.io):
//!
//! ```toml
//! name = "Ligne 16, première section"
//!
//! [[station]]                  # a place of its own, reached on foot from the stops around
//! id = "pleyel"
//! name = "Saint-Denis Pleyel"
//! latitude = 48.9177
//! longitude = 2.3466
//!
//! [[station]]                  # or a stop of the feed, by its identifier
//! id = "courneuve"
//! name = "La Courneuve Six Routes"
//! stop = "IDFM:463130"
//!
//! [[line]]
//! id = "M16"
//! name = "16"
//! kind = 1                     # as route_type of GTFS
//! opens = "2027-12-31"         # announced day of opening, when the line does not run yet…
//! announced = "2025-12-01"     # …the day on which it was announced…
//! source = "Société des grands projets"   # …and by whom
//! stations = ["pleyel", "courneuve"]
//! run_seconds = [150]          # from each station to the next
//! stop_seconds = 30            # at each station on the way
//! [[line.headway]]             # both directions, from both ends
//! from = "05:30"
//! until = "25:15"
//! seconds = 180
//!
//! [[remove]]                   # a line of the feed that no longer runs
//! route = "IDFM:C01371"
//! source = "…"
//!
//! [[transfer]]                 # a way on foot that is known better than by distance, both ways
//! from = "pleyel"              # a station of the scenario
//! stop = "IDFM:71337"          # a stop of the feed
//! seconds = 180
//! ```

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use serde::Deserialize;

use crate::feed::Call;
use crate::geo::{Point, Walking};
use crate::time::{Seconds, parse_hour};
use crate::timetable::{Draft, Line, Pattern, PatternCall, Rows, Run, Stop, Timetable, Walk};

/// What would run, or no longer run.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// Stations of announced lines.
    #[serde(default, rename = "station")]
    pub stations: Vec<Station>,
    /// Lines to come.
    #[serde(default, rename = "line")]
    pub lines: Vec<Announced>,
    /// Lines of the feed that no longer run.
    #[serde(default, rename = "remove")]
    pub removed: Vec<Removed>,
    /// Ways on foot known better than by distance.
    #[serde(default, rename = "transfer")]
    pub transfers: Vec<Transfer>,
}

/// A station of announced lines: a place of its own, or a stop of the feed.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Station {
    /// As the lines of the scenario call it.
    pub id: String,
    /// What travellers read.
    pub name: String,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// `stop_id` of the feed, when the station exists.
    pub stop: Option<String>,
}

/// A line to come.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announced {
    /// Unique among the lines of the scenario.
    pub id: String,
    /// What travellers read.
    pub name: String,
    /// As `route_type` of GTFS.
    pub kind: u16,
    /// Announced day of opening, when it does not run yet.
    pub opens: Option<Date>,
    /// Day of the announcement.
    pub announced: Option<Date>,
    /// Who says so.
    pub source: String,
    /// Identifiers of [`Station`], in order.
    pub stations: Vec<String>,
    /// From each station to the next: one fewer than stations.
    pub run_seconds: Vec<Seconds>,
    /// At each station on the way.
    pub stop_seconds: Seconds,
    /// Only from the first station to the last.
    #[serde(default)]
    pub one_way: bool,
    /// How often it runs, by time of day.
    #[serde(rename = "headway")]
    pub headways: Vec<Headway>,
}

/// How often vehicles leave both ends.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Headway {
    /// `HH:MM`, included.
    pub from: String,
    /// `HH:MM`, not included; hours go on after 24.
    pub until: String,
    /// Between two vehicles.
    pub seconds: Seconds,
}

/// A line of the feed that does not run.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removed {
    /// `route_id` of the feed.
    pub route: String,
    /// Who says so.
    pub source: String,
}

/// A way on foot between a station of the scenario and a stop of the feed.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// A [`Station`] of the scenario.
    pub from: String,
    /// `stop_id` of the feed.
    pub stop: String,
    /// On foot, either way.
    pub seconds: Seconds,
}

/// Why a scenario cannot be used.
#[expect(missing_docs, reason = "the fields are told by their variant")]
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The text is no scenario.
    #[error("scénario illisible : {0}")]
    Text(String),
    /// What it says does not hold together.
    #[error("scénario « {scenario} », {place} : {message}")]
    Content { scenario: String, place: String, message: String },
}

/// What the reader of TOML says, for whoever wrote the text.
fn in_french(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let first = quoted.next().unwrap_or_default();
    if message.starts_with("missing field") {
        format!("il manque «\u{a0}{first}\u{a0}»")
    } else if message.starts_with("unknown field") {
        let known: Vec<&str> = quoted.collect();
        format!("«\u{a0}{first}\u{a0}» n’est pas connu ici\u{a0}; écrivez {}", known.join(", "))
    } else if message.starts_with("invalid type") || message.starts_with("invalid value") {
        "cette valeur n’est pas du genre attendu (texte entre guillemets, nombre sans, liste entre crochets)".to_owned()
    } else {
        "la syntaxe n’est pas celle de TOML (guillemets, crochets, signe égal)".to_owned()
    }
}

impl Scenario {
    /// Reads a scenario and checks that it holds together.
    ///
    /// # Errors
    /// What is wrong, with its line in the text or the line or station it concerns.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let scenario: Self = toml::from_str(text).map_err(|problem| {
            let line = problem.span().map(|span| text[..span.start].matches('\n').count() + 1);
            let place = line.map(|line| format!("ligne {line}, ")).unwrap_or_default();
            Error::Text(format!("{place}{}", in_french(problem.message())))
        })?;
        scenario.check()?;
        Ok(scenario)
    }

    fn fault(&self, place: impl Into<String>, message: impl Into<String>) -> Error {
        Error::Content { scenario: self.name.clone(), place: place.into(), message: message.into() }
    }

    fn check(&self) -> Result<(), Error> {
        let mut known = HashSet::new();
        for station in &self.stations {
            let place = || format!("station {}", station.id);
            if !known.insert(station.id.as_str()) {
                return Err(self.fault(place(), "cet identifiant est donné deux fois"));
            }
            if station.stop.is_none() && station.point().is_none() {
                return Err(self.fault(place(), "donnez latitude et longitude, ou stop"));
            }
        }
        for line in &self.lines {
            let place = || format!("ligne {}", line.id);
            if line.stations.len() < 2 || line.run_seconds.len() + 1 != line.stations.len() {
                let message = format!(
                    "{} stations et {} durées\u{a0}: il faut au moins deux stations, et une durée entre deux",
                    line.stations.len(),
                    line.run_seconds.len()
                );
                return Err(self.fault(place(), message));
            }
            if line.run_seconds.iter().chain([&line.stop_seconds]).any(|seconds| !(0..=7200).contains(seconds)) {
                return Err(self.fault(place(), "une durée n’est pas entre 0 et 7\u{202f}200 secondes"));
            }
            if let Some(missing) = line.stations.iter().find(|id| !known.contains(id.as_str())) {
                return Err(self.fault(place(), format!("la station {missing} n’est pas définie")));
            }
            for headway in &line.headways {
                let hours = parse_hour(&headway.from).zip(parse_hour(&headway.until));
                if hours.is_none_or(|(from, until)| from >= until) || headway.seconds < 1 {
                    let message = format!(
                        "intervalle {}–{} toutes les {} s\u{a0}: donnez deux heures HH:MM dans l’ordre, et au moins 1 s",
                        headway.from, headway.until, headway.seconds
                    );
                    return Err(self.fault(place(), message));
                }
            }
        }
        for transfer in &self.transfers {
            let place = || format!("correspondance {} – {}", transfer.from, transfer.stop);
            if !known.contains(transfer.from.as_str()) {
                return Err(self.fault(place(), "la station n’est pas définie"));
            }
            if !(0..=86_400).contains(&transfer.seconds) {
                return Err(self.fault(place(), "la durée n’est pas entre 0 et 86\u{202f}400 secondes"));
            }
        }
        Ok(())
    }
}

impl Station {
    fn point(&self) -> Option<Point> {
        Point::new(self.latitude?, self.longitude?)
    }
}

impl Announced {
    /// The calls of a vehicle that leaves the first station at 0.
    fn calls(&self, stops: &[u32], backwards: bool) -> Vec<Call> {
        let (mut stops, mut runs) = (stops.to_vec(), self.run_seconds.clone());
        if backwards {
            stops.reverse();
            runs.reverse();
        }
        let mut time = 0;
        let mut calls = Vec::with_capacity(stops.len());
        for (rank, stop) in stops.iter().enumerate() {
            if rank > 0 {
                time += runs[rank - 1];
            }
            let arrival = time;
            if rank > 0 && rank + 1 < stops.len() {
                time += self.stop_seconds;
            }
            calls.push(Call { stop: *stop, arrival, departure: time, pickup: true, drop_off: true });
        }
        calls
    }

    /// When vehicles leave each end.
    fn departures(&self) -> impl Iterator<Item = Seconds> + '_ {
        self.headways.iter().flat_map(|headway| {
            // Checked when the scenario was read.
            let hour = |text| parse_hour(text).unwrap_or_default();
            let step = usize::try_from(headway.seconds).unwrap_or(1).max(1);
            (hour(&headway.from)..hour(&headway.until)).step_by(step)
        })
    }
}

impl Timetable {
    /// This timetable under a scenario: what does not change is copied as it is, without sorting anything again.
    /// Stations of the scenario come after the stops that there are; their ways on foot to the stops around are
    /// reckoned by the [`Options`](super::Options) of the timetable, an entrance at each end that is a station.
    ///
    /// Turn time round afterwards: a scenario is told forwards.
    ///
    /// # Errors
    /// A stop or a line of the feed that this timetable does not have.
    pub fn with(&self, scenario: &Scenario) -> Result<Self, Error> {
        debug_assert!(!self.backwards, "a scenario is told forwards");
        let mut stops = self.stops.clone();
        let places = self.stations(scenario, &mut stops)?;
        let gone = self.gone(scenario)?;
        let mut draft = self.without(&gone);
        let (mut lines, mut headsigns) = (self.lines.clone(), self.headsigns.clone());
        for line in &scenario.lines {
            let rank = u32::try_from(lines.len()).expect("fewer than 2³² lines");
            lines.push(Line { id: line.id.clone(), name: line.name.clone(), kind: line.kind });
            let path: Vec<u32> = line.stations.iter().map(|id| places[id.as_str()]).collect();
            for backwards in [false, true].into_iter().take(if line.one_way { 1 } else { 2 }) {
                let calls = line.calls(&path, backwards);
                let last = calls.len() - 1;
                let headsign = u32::try_from(headsigns.len()).expect("fewer than 2³² texts");
                headsigns.push(stops[calls[last].stop as usize].name.clone());
                let pattern: Vec<PatternCall> = calls
                    .iter()
                    .enumerate()
                    .map(|(call, at)| PatternCall { stop: at.stop, board: call < last, alight: call > 0 })
                    .collect();
                let runs = line.departures().map(|shift| Run { calls: &calls, shift, headsign }).collect();
                draft.add(rank, &pattern, runs);
            }
        }
        let mut change = self.change.clone();
        change.resize(stops.len(), self.options.change);
        let walks = self.walks_with(scenario, &stops, &places)?;
        Ok(Self::assemble(stops, lines, change, walks, draft, headsigns, self.options))
    }

    /// The rank of each station of the scenario; new ones are added to the stops.
    fn stations<'s>(&self, scenario: &'s Scenario, stops: &mut Vec<Stop>) -> Result<HashMap<&'s str, u32>, Error> {
        let mut places = HashMap::new();
        for station in &scenario.stations {
            let rank = match &station.stop {
                Some(id) => self.stop(id).filter(|stop| self.stops[*stop as usize].boarding).ok_or_else(|| {
                    scenario.fault(format!("station {}", station.id), format!("l’arrêt {id} n’est pas dans ce réseau"))
                })?,
                None => {
                    stops.push(Stop {
                        id: format!("{}:{}", scenario.name, station.id),
                        name: station.name.clone(),
                        point: station.point(),
                        parent: None,
                        boarding: true,
                        station: true,
                    });
                    u32::try_from(stops.len() - 1).expect("fewer than 2³² stops")
                }
            };
            places.insert(station.id.as_str(), rank);
        }
        Ok(places)
    }

    /// The lines that the scenario removes.
    fn gone(&self, scenario: &Scenario) -> Result<HashSet<u32>, Error> {
        let rank = |removed: &Removed| {
            (0..).zip(&self.lines).find(|(_, line)| line.id == removed.route).map(|(rank, _)| rank).ok_or_else(|| {
                scenario.fault(format!("ligne retirée {}", removed.route), "cette ligne n’est pas dans ce réseau")
            })
        };
        scenario.removed.iter().map(rank).collect()
    }

    /// The patterns of all lines but some.
    fn without(&self, gone: &HashSet<u32>) -> Draft {
        if gone.is_empty() {
            return Draft {
                calls: self.calls.clone(),
                patterns: self.patterns.clone(),
                trip_headsign: self.trip_headsign.clone(),
                arrivals: self.arrivals.clone(),
                departures: self.departures.clone(),
            };
        }
        let mut draft = Draft::default();
        for pattern in self.patterns.iter().filter(|pattern| !gone.contains(&pattern.line)) {
            let rank = |length: usize| u32::try_from(length).expect("no more than there were");
            let (calls, trips, times) =
                (rank(draft.calls.len()), rank(draft.trip_headsign.len()), draft.arrivals.len());
            let range = |of: &std::ops::Range<u32>| of.start as usize..of.end as usize;
            let of_times = pattern.times..pattern.times + pattern.length() * pattern.trips.len();
            draft.calls.extend_from_slice(&self.calls[range(&pattern.calls)]);
            draft.trip_headsign.extend_from_slice(&self.trip_headsign[range(&pattern.trips)]);
            draft.arrivals.extend_from_slice(&self.arrivals[of_times.clone()]);
            draft.departures.extend_from_slice(&self.departures[of_times]);
            draft.patterns.push(Pattern {
                line: pattern.line,
                calls: calls..rank(draft.calls.len()),
                trips: trips..rank(draft.trip_headsign.len()),
                times,
            });
        }
        draft
    }

    /// The ways on foot, those of the new stations included.
    fn walks_with(
        &self,
        scenario: &Scenario,
        stops: &[Stop],
        places: &HashMap<&str, u32>,
    ) -> Result<Rows<Walk>, Error> {
        let mut said: HashMap<(u32, u32), Seconds> = HashMap::new();
        for transfer in &scenario.transfers {
            let from = places[transfer.from.as_str()];
            let meant = self.stop(&transfer.stop).ok_or_else(|| {
                let place = format!("correspondance {} – {}", transfer.from, transfer.stop);
                scenario.fault(place, format!("l’arrêt {} n’est pas dans ce réseau", transfer.stop))
            })?;
            for to in self.boarding_stops(meant) {
                said.insert((from, to), transfer.seconds);
                said.insert((to, from), transfer.seconds);
            }
        }
        let walking: &Walking = &self.options.walking;
        let first_new = u32::try_from(self.stops.len()).expect("fewer than 2³² stops");
        let new = || (first_new..).zip(&stops[self.stops.len()..]).filter_map(|(rank, stop)| Some((rank, stop.point?)));
        for (rank, point) in new() {
            let old = self.grid.around(point);
            for (other, there) in old.chain(new().filter(|(other, _)| *other != rank)) {
                let Some(seconds) = walking.between(point, there) else { continue };
                let entrances = if stops[other as usize].station { 2 } else { 1 };
                let seconds = seconds + entrances * walking.entrance;
                said.entry((rank, other)).or_insert(seconds);
                said.entry((other, rank)).or_insert(seconds);
            }
        }
        let kept = (0..)
            .zip(0..self.stops.len())
            .flat_map(|(from, row)| self.walks.row(row).iter().map(move |walk| ((from, walk.to), walk.seconds)));
        // What the feed says of two of its stops stays, unless the scenario says otherwise.
        let mut all: Vec<(u32, Walk)> = kept
            .filter(|(pair, _)| !said.contains_key(pair))
            .chain(said.iter().map(|(pair, seconds)| (*pair, *seconds)))
            .map(|((from, to), seconds)| (from, Walk { to, seconds }))
            .collect();
        all.sort_unstable_by_key(|(from, walk)| (*from, walk.to));
        Ok(Rows::collect(stops.len(), all.into_iter()))
    }
}
