//! What can be reached: from a commune or a point, at an hour, today and under a scenario.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use base::Date;
use territory::map;
use transit::{Isochrone, Place, Point, Seconds, Timetable, Walking};

use crate::network::{Error, Network, Source, Stamp, stamp};
use crate::scenarios::announced;

/// Journeys longer than this are not looked for.
const LONGEST: Seconds = 3 * 3600;

/// Timetables kept ready: of a few days, today and under the scenarios.
const KEPT: usize = 16;

/// Where one starts from.
#[derive(Clone, PartialEq, Debug)]
pub enum Origin {
    /// Any stop of a commune, by its code.
    Commune(String),
    Point(Point),
}

/// A question.
#[derive(Clone, PartialEq, Debug)]
pub struct Asked {
    pub from: Origin,
    pub day: Date,
    pub leave: Seconds,
    /// Code of one of the [`announced`] scenarios.
    pub scenario: Option<String>,
    /// Codes of the communes that are asked about.
    pub communes: Vec<String>,
}

/// How a commune is reached: seconds until the first of its stops, waiting and walking included. None: not within
/// three hours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reached {
    pub commune: String,
    pub today: Option<Seconds>,
    /// Under the scenario, when one was asked.
    pub announced: Option<Seconds>,
    /// Stops of the network in the commune, those of the scenario included.
    pub stops: usize,
}

/// An answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Reach {
    pub source: Source,
    /// Nothing runs that day: the feed does not hold it.
    pub idle: bool,
    /// The origin has a stop: of its own, or within walking distance.
    pub starts: bool,
    pub communes: Vec<Reached>,
}

/// The networks of an installation, kept ready between questions. Cheap to clone.
#[derive(Clone, Default)]
pub struct Networks {
    folder: Option<Arc<PathBuf>>,
    ready: Arc<Mutex<Ready>>,
}

/// What has been made ready, of one network.
#[derive(Default)]
struct Ready {
    stamp: Stamp,
    network: Option<Arc<Network>>,
    timetables: HashMap<(Date, Option<&'static str>), Arc<Served>>,
}

/// A timetable and the stops of each commune.
struct Served {
    timetable: Timetable,
    stops: HashMap<&'static str, Vec<u32>>,
}

impl Networks {
    /// Those of a data folder: the feed put in service there, else the indicative network.
    pub fn of(data: PathBuf) -> Self {
        Self { folder: Some(Arc::new(data)), ready: Arc::default() }
    }

    /// Answers a question, away from the threads that serve pages.
    ///
    /// # Errors
    /// A network in service that can no longer be read.
    pub async fn reach(&self, asked: Asked) -> Result<Reach, Error> {
        let networks = self.clone();
        let answer = tokio::task::spawn_blocking(move || networks.answer(&asked)).await;
        answer.expect("a search does not panic, and nothing cancels it")
    }

    fn answer(&self, asked: &Asked) -> Result<Reach, Error> {
        let scenario = announced().iter().find(|known| Some(known.code) == asked.scenario.as_deref());
        let network = self.network()?;
        let today = self.served(&network, asked.day, None)?;
        let later = scenario.map(|known| self.served(&network, asked.day, Some(known.code))).transpose()?;
        let times = |served: &Served| served.times(asked);
        let (now, then) = (times(&today), later.as_deref().map(times));
        let shown = later.as_deref().unwrap_or(&today);
        let communes = asked.communes.iter().enumerate().map(|(rank, commune)| Reached {
            commune: commune.clone(),
            today: now.as_ref().and_then(|times| times[rank]),
            announced: then.as_ref().and_then(|times| times.as_ref()?[rank]),
            stops: shown.stops_of(commune).len(),
        });
        Ok(Reach {
            source: network.source.clone(),
            idle: today.timetable.size().trips == 0,
            starts: now.is_some() || then.as_ref().is_some_and(Option::is_some),
            communes: communes.collect(),
        })
    }

    /// The network in service, read again when another has taken its place.
    fn network(&self) -> Result<Arc<Network>, Error> {
        let folder = self.folder.as_deref().map(PathBuf::as_path);
        let current = stamp(folder);
        let mut ready = self.lock();
        if ready.stamp != current {
            *ready = Ready { stamp: current, ..Ready::default() };
        }
        if let Some(network) = &ready.network {
            return Ok(Arc::clone(network));
        }
        // Held while it is read: whoever asks meanwhile waits for the same network.
        let network = Arc::new(Network::in_service(folder)?);
        ready.network = Some(Arc::clone(&network));
        Ok(network)
    }

    fn served(&self, network: &Network, day: Date, code: Option<&'static str>) -> Result<Arc<Served>, Error> {
        if let Some(served) = self.lock().timetables.get(&(day, code)) {
            return Ok(Arc::clone(served));
        }
        let mut timetable = network.timetable(day)?;
        if let Some(known) = announced().iter().find(|known| Some(known.code) == code) {
            timetable = timetable.with(&known.scenario)?;
        }
        let served = Arc::new(Served::new(timetable, day));
        let mut ready = self.lock();
        if ready.timetables.len() >= KEPT {
            ready.timetables.clear();
        }
        ready.timetables.insert((day, code), Arc::clone(&served));
        Ok(served)
    }

    /// What is ready; a thread that panicked while it held it has left it whole.
    fn lock(&self) -> std::sync::MutexGuard<'_, Ready> {
        self.ready.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Served {
    fn new(timetable: Timetable, day: Date) -> Self {
        let mut stops: HashMap<&'static str, Vec<u32>> = HashMap::new();
        for (rank, stop) in (0..).zip(timetable.stops()) {
            let Some(point) = stop.point.filter(|_| stop.boarding) else { continue };
            if let Some(commune) = map::commune_at(point.latitude, point.longitude, day)
                && !timetable.lines_at(rank).is_empty()
            {
                stops.entry(commune).or_default().push(rank);
            }
        }
        Self { timetable, stops }
    }

    fn stops_of(&self, commune: &str) -> &[u32] {
        self.stops.get(commune).map_or(&[], Vec::as_slice)
    }

    /// Seconds to each commune asked about; none when the origin has no stop at all.
    fn times(&self, asked: &Asked) -> Option<Vec<Option<Seconds>>> {
        let (timetable, walking) = (&self.timetable, Walking::default());
        let (around, home) = match &asked.from {
            Origin::Commune(code) => (
                Isochrone::of_area(timetable, self.stops_of(code), asked.leave, LONGEST, &walking),
                Some(code.as_str()),
            ),
            Origin::Point(point) => (
                Isochrone::of_place(timetable, Place::Point(*point), asked.leave, LONGEST, &walking),
                map::commune_at(point.latitude, point.longitude, asked.day),
            ),
        };
        let mut times =
            around.has_stops().then(|| around.areas(asked.communes.iter().map(|commune| self.stops_of(commune))))?;
        for (time, commune) in times.iter_mut().zip(&asked.communes) {
            if home == Some(commune.as_str()) {
                *time = Some(0);
            }
        }
        Some(times)
    }
}
