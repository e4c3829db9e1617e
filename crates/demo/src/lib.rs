//! A demonstration département: fictitious from end to end, drawn from a seed, the same on every machine. It comes in
//! through the doors that users have: files of reference data, accounts and mandates, monthly files of the feed.
//!
//! [`open`] makes what is quickly made (or finds it): territory, posts, accounts. [`register`] adds the job that brings
//! the people in behind, and [`filling`] says how far it is.

mod accompaniment;
mod accounts;
mod calls;
mod contacts;
mod feed;
mod history;
mod inputs;
mod school;
mod staff;
pub mod synth;
pub mod timeline;

use std::path::{Path, PathBuf};

use base::{Clock, Instant, Period};
use db::Db;
use facts::journal::{self, Chain, Search};
use platform::gate::{ManageAccounts, Operate};
use platform::jobs::{Handlers, State};
use platform::parameter::{self, Certainty, Parameter};
use platform::tenant::{self, Department};
use platform::{Actor, Keys, Mail, Platform, Role};
use support::orientation::APPEAL_CONTACT;

pub use accounts::{PASSWORD, Shown};
use synth::Place;

/// How many households it has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// For tests.
    Small,
    /// That of Seine-Saint-Denis.
    Full,
}

impl Size {
    pub const fn households(self) -> u64 {
        match self {
            Self::Small => 400,
            Self::Full => 85_000,
        }
    }
}

/// Everything drawn comes from it. With this one, the file of October is made on 5 November.
pub(crate) const SEED: u64 = 96;

/// Code and name of the département.
const DEPARTMENT: (&str, &str) = ("93", "Département de la Seine-Saint-Denis");

/// Why the demonstration is not there. The text is for whoever started it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("dossier {} : {problem}", path.display())]
    Folder { path: PathBuf, problem: std::io::Error },
    #[error("les données de {} ont une clé, et le fichier {} n’est plus là : supprimez le dossier pour recommencer", folder.display(), key.display())]
    KeyMissing { folder: PathBuf, key: PathBuf },
    #[error("données de référence refusées, {file}, ligne {line} : {reason}")]
    Reference { file: String, line: u64, reason: String },
    #[error(transparent)]
    Synthesis(#[from] synth::SynthesisError),
    #[error(transparent)]
    Import(#[from] exchange::caf::Error),
    #[error(transparent)]
    Inputs(#[from] exchange::inputs::Error),
    #[error(transparent)]
    Support(#[from] support::Error),
    #[error(transparent)]
    School(#[from] ::school::Error),
    #[error(transparent)]
    Candidates(#[from] exchange::candidates::Error),
    #[error(transparent)]
    Territory(#[from] territory::Error),
    #[error(transparent)]
    Platform(#[from] platform::Error),
    #[error(transparent)]
    Database(#[from] db::Error),
}

impl From<platform::Refusal> for Error {
    fn from(refusal: platform::Refusal) -> Self {
        Self::Platform(refusal.into())
    }
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The demonstration, ready to be served; its people come in behind.
pub struct Demonstration {
    /// Its clock reads the day of the demonstration, and runs.
    pub platform: Platform,
    pub department: Department,
    /// One account per role, all with [`PASSWORD`].
    pub accounts: Vec<Shown>,
}

/// Opens the demonstration of a folder; makes it first if it is not there. `size` counts the first time only.
/// `progress` is told what is being done, how much of it is done, and of how much.
///
/// # Errors
/// See [`Error`]. What was made stays; the next call goes on from there.
pub async fn open(folder: &Path, size: Size, progress: impl FnMut(&str, u64, u64) + Send) -> Result<Demonstration> {
    let database = format!("sqlite:{}", folder.join("jonction.sqlite").display());
    open_on(&database, folder, size, progress).await
}

/// The same in a database of one's choice; the folder keeps its key and the files under way.
///
/// # Errors
/// As [`open`].
pub async fn open_on(
    database: &str,
    folder: &Path,
    size: Size,
    mut progress: impl FnMut(&str, u64, u64) + Send,
) -> Result<Demonstration> {
    std::fs::create_dir_all(folder).map_err(|problem| Error::Folder { path: folder.to_owned(), problem })?;
    let db = Db::open(database).await?;
    let past = Clock::manual(timeline::ADOPTION.instant());
    db::migrate(&db, migrations::ALL, &past).await?;
    let keys = keys(&db, folder).await?;
    let platform = Platform::start(db, past, keys, Mail::none());
    let department = tenant::ensure(&platform, DEPARTMENT.0, DEPARTMENT.1, support::declared_parameters()).await?;
    platform.keys.check(&platform.db, department.id).await?;
    let actor = Actor::program(department.id).for_request("demo");

    // The job is asked for once the rest is there.
    if job(&platform, &actor, history::KIND).await?.is_none() {
        settle(&platform, &actor, &mut progress).await?;
    }
    platform.stop().await;
    let accounts = accounts::shown();
    let (db, keys) = (platform.db.clone(), platform.keys.clone());
    let start = last_recorded(&db, &department).await?.max(timeline::TODAY.instant());
    let platform = Platform::start(db, Clock::starting_at(start), keys, Mail::none());
    history::ask_for(&platform, &actor, folder, size).await?;
    Ok(Demonstration { platform, department, accounts })
}

/// Territory, posts, accounts and the school, without anybody accompanied yet. The platform's clock is manual.
pub async fn settle(platform: &Platform, actor: &Actor, mut progress: impl FnMut(&str, u64, u64) + Send) -> Result<()> {
    progress("Territoire et structures", 0, 4);
    load_reference(platform, actor).await?;
    progress("Postes et titulaires", 1, 4);
    staff::appoint(platform, actor).await?;
    progress("Comptes et mandats", 2, 4);
    platform.clock.set(timeline::ADOPTION.instant());
    accounts::create(platform, actor).await?;
    progress("École", 3, 4);
    school::open(platform, actor).await
}

/// The administration gives the address that letters carry, as a département does on its first day.
pub(crate) async fn say_where_to_appeal(platform: &Platform, program: &Actor) -> Result<()> {
    let administration = accounts::actor_of(platform, program, Role::DepartmentAdmin).await?;
    let permit = platform::gate::permit::<ManageAccounts>(&administration)?;
    let contact = Parameter::new(
        APPEAL_CONTACT,
        "Direction de l’insertion, 1 place de la Démonstration, 93000 Bobigny, insertion@demonstration.example".into(),
        "Adresse inventée pour la démonstration",
        Certainty::Confirmed,
    );
    Ok(parameter::set(platform, &permit, Period::since(timeline::ADOPTION.date()), contact).await?)
}

/// How far the filling is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filling {
    pub done: u64,
    pub total: u64,
    /// In French: what is being done.
    pub what: String,
    /// Everybody is in, be it as they were some months ago.
    pub peopled: bool,
}

/// How far the filling of a demonstration is; `None` once it is over.
///
/// # Errors
/// The database's own.
pub async fn filling(platform: &Platform, department: &Department) -> Result<Option<Filling>> {
    let actor = Actor::program(department.id).for_request("demo");
    let Some((done, total, what)) = history::standing(platform, &actor).await? else { return Ok(None) };
    let peopled = feed::is_in(platform, &actor, timeline::FIRST_MONTH).await?;
    Ok(Some(Filling { done, total, what, peopled }))
}

/// Adds whoever fills the history.
pub fn register(handlers: Handlers) -> Handlers {
    handlers.on(history::KIND, history::run)
}

/// Where the households live, each commune with its share.
pub fn places() -> Vec<Place> {
    let place = |commune: territory::reference::CommuneShare| Place {
        commune_code: commune.code,
        name: commune.name,
        postcodes: commune.postcodes,
        weight: commune.share,
    };
    territory::reference::commune_shares().into_iter().map(place).collect()
}

async fn keys(db: &Db, folder: &Path) -> Result<Keys> {
    let path = folder.join("jonction.key");
    if path.exists() {
        return Ok(Keys::read(&path)?);
    }
    if tenant::find(db, DEPARTMENT.0).await?.is_some() {
        return Err(Error::KeyMissing { folder: folder.to_owned(), key: path });
    }
    Ok(Keys::create(&path)?)
}

async fn load_reference(platform: &Platform, actor: &Actor) -> Result<()> {
    refuse_problems(&territory::reference::load(platform, actor).await?)
}

/// Reference data that the territory does not take is a fault of this crate: it is said, and nothing goes on.
fn refuse_problems(report: &territory::import::Report) -> Result<()> {
    match report.problems.first() {
        None => Ok(()),
        Some(problem) => {
            Err(Error::Reference { file: problem.file.clone(), line: problem.line, reason: problem.reason.clone() })
        }
    }
}

/// The last moment at which something was written down: the clock never goes back before it.
async fn last_recorded(db: &Db, department: &Department) -> Result<Instant> {
    let mut last = Instant::from_micros(0);
    for chain in Chain::ALL {
        let newest = Search {
            author: None,
            subject: None,
            from: Instant::from_micros(0),
            to: Instant::MAX,
            after: None,
            limit: 1,
        };
        let entries = journal::find(db, *chain, department.id, &newest).await?;
        last = entries.into_iter().map(|entry| entry.at).fold(last, Instant::max);
    }
    Ok(last)
}

/// The same platform at a scripted moment of the past.
pub(crate) fn at(platform: &Platform, moment: Instant) -> Platform {
    Platform { clock: Clock::manual(moment), ..platform.clone() }
}

/// The last job of a kind.
pub(crate) async fn job(platform: &Platform, actor: &Actor, kind: &str) -> Result<Option<State>> {
    const LOOKED_AT: i64 = 10_000;
    let permit = platform::gate::permit::<Operate>(actor)?;
    Ok(platform::jobs::recent(platform, &permit, LOOKED_AT).await?.into_iter().find(|job| job.kind == kind))
}
