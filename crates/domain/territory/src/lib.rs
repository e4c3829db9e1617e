//! The territory: communes, organisations, structures and posts, each described by dated facts that name
//! their source and how far they are trusted. Who serves whom, which agencies are open, which posts are
//! vacant: all of it is read from those facts for a day, as known at a moment.

pub mod changes;
pub mod communes;
mod evidence;
pub mod import;
mod kind;
mod line;
pub mod map;
mod names;
pub mod organisations;
mod picture;
pub mod posts;
pub mod reference;
mod store;
pub mod structures;

use base::{Clock, Date, Instant};
use platform::Refusal;

pub use evidence::{Certainty, Evidence, SINCE_EVER};
pub use kind::{Cell, Described, Description, FactKind, Field, Input, Layout};
pub use line::{CellProblem, Cells, read_day};
pub use names::{Named, Names, Shown, SubjectKind};
pub use picture::{Picture, picture};
pub use store::{AppliedImport, sector_communes, sector_structures};

/// The two times of a reading: the day it speaks of, and the moment whose knowledge it uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AsOf {
    pub on: Date,
    pub known: Instant,
}

impl AsOf {
    /// Today, as known now.
    pub fn now(clock: &Clock) -> Self {
        let known = clock.now();
        Self { on: known.date(), known }
    }

    /// Another day, as known now.
    pub fn day(on: Date, clock: &Clock) -> Self {
        Self { on, known: clock.now() }
    }

    /// A day, as it was known at the end of another.
    pub fn as_known_on(on: Date, known_on: Date) -> Self {
        Self { on, known: Instant::end_of(known_on) }
    }
}

/// Why something was not read or not changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Conflict(#[from] facts::Conflict),
    /// Values that cannot be, each with the reason and the way to mend it.
    #[error("{}", sentences(.0))]
    Invalid(Vec<CellProblem>),
    #[error("cet élément n’existe pas, ou n’existe plus")]
    NotFound,
    #[error(transparent)]
    Database(#[from] db::Error),
}

pub type Result<T> = std::result::Result<T, Error>;

fn sentences(problems: &[CellProblem]) -> String {
    problems.iter().map(|problem| problem.reason.as_str()).collect::<Vec<_>>().join(" ")
}
