//! The network in service: a published feed in the data folder, else the indicative one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::SystemTime;

use base::Date;
use tempfile::NamedTempFile;
use transit::feed::Feed;
use transit::gtfs::{self, Limits, Reading, Refusal};
use transit::scenario::{self, Scenario};
use transit::{Options, Timetable};

use crate::scenarios::own;

/// The folder of the network in the data folder, and its file.
const FOLDER: &str = "mobilite";
const FILE: &str = "reseau.zip";

/// A feed without transfers connects its stops on foot up to so many metres apart, as the crow flies.
const WALK_METRES: f64 = 400.0;

static INDICATIVE: LazyLock<Scenario> = LazyLock::new(|| own(include_str!("../data/network.toml")));

/// What cannot be done with a network.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("impossible de {verb} {} ({problem})", .path.display())]
    File { verb: &'static str, path: PathBuf, problem: io::Error },
    #[error("donnez une archive zip : c’est elle qui est gardée et relue")]
    NotAnArchive,
    #[error(transparent)]
    Feed(#[from] Refusal),
    #[error(transparent)]
    Scenario(#[from] scenario::Error),
}

fn file(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |problem| Error::File { verb, path, problem }
}

/// A feed that has been read and lies beside the network in service, ready to replace it. Dropped, it leaves nothing.
pub struct Staged {
    copy: NamedTempFile,
    folder: PathBuf,
    reading: Reading,
}

/// Copies a feed beside the network in service and reads that copy: what was checked is what will be used. The network
/// in service stays as it is.
///
/// # Errors
/// A feed that cannot be read at all, a folder that cannot be written.
pub fn stage(data: &Path, feed: &Path, limits: &Limits) -> Result<Staged, Error> {
    if feed.is_dir() {
        return Err(Error::NotAnArchive);
    }
    let unreadable = |problem| Refusal::Unreadable { place: feed.display().to_string(), problem };
    let mut source = fs::File::open(feed).map_err(unreadable)?;
    let folder = data.join(FOLDER);
    fs::create_dir_all(&folder).map_err(file("créer", &folder))?;
    let mut copy = NamedTempFile::new_in(&folder).map_err(file("écrire dans", &folder))?;
    io::copy(&mut source, copy.as_file_mut()).map_err(file("copier", feed))?;
    copy.as_file().sync_all().map_err(file("écrire", copy.path()))?;
    let reading = gtfs::read(copy.path(), limits)?;
    Ok(Staged { copy, folder, reading })
}

impl Staged {
    /// What was read, and what is wrong with it.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Replaces the network in service, at once or not at all. Pages take it up when they are next asked for.
    ///
    /// # Errors
    /// The file system's own.
    pub fn put_in_service(self) -> Result<PathBuf, Error> {
        let path = self.folder.join(FILE);
        self.copy.persist(&path).map_err(|problem| file("écrire", &path)(problem.error))?;
        Ok(path)
    }
}

/// Where a network comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// Written for this program: its times are shown as indicative.
    Indicative,
    /// A published feed: who published it, and the days it holds.
    Published { publisher: Option<String>, days: Option<(Date, Date)> },
}

/// When the file in service was written and how long it is: tells one network from the next.
pub(crate) type Stamp = Option<(SystemTime, u64)>;

/// The stamp of the network in service in a data folder; none while it is the indicative one.
pub(crate) fn stamp(data: Option<&Path>) -> Stamp {
    let about = fs::metadata(data?.join(FOLDER).join(FILE)).ok()?;
    Some((about.modified().ok()?, about.len()))
}

/// A network, read.
pub struct Network {
    pub source: Source,
    feed: Feed,
}

impl Network {
    /// The network written for this program: metro, RER, trains and trams, every day alike, no buses.
    pub fn indicative() -> Self {
        Self { source: Source::Indicative, feed: Feed::default() }
    }

    /// Reads the network in service.
    ///
    /// # Errors
    /// A file that can no longer be read.
    pub fn in_service(data: Option<&Path>) -> Result<Self, Error> {
        let Some((data, _)) = data.zip(stamp(data)) else { return Ok(Self::indicative()) };
        let feed = gtfs::read(&data.join(FOLDER).join(FILE), &Limits::default())?.feed;
        let source = Source::Published { publisher: feed.publisher.clone(), days: feed.days() };
        Ok(Self { source, feed })
    }

    /// The trips of a day.
    ///
    /// # Errors
    /// None that the data of this program can cause.
    pub fn timetable(&self, day: Date) -> Result<Timetable, Error> {
        let options = Options { walk_metres: Some(WALK_METRES), ..Options::default() };
        let timetable = Timetable::build(&self.feed, day, &options);
        match self.source {
            Source::Indicative => Ok(timetable.with(&INDICATIVE)?),
            Source::Published { .. } => Ok(timetable),
        }
    }
}
