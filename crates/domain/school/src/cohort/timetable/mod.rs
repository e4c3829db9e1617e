//! Timetables: the engine proposes where each half-day of the programme goes, or why it cannot; somebody looks and
//! decides. What is already planned stays where it is unless a trainer, a room or a day fell away, and then as little
//! moves as possible.

mod changes;
mod decide;
mod instance;
mod picture;
mod reasons;

use base::{Date, Id};
use jiff::ToSpan;
use planning::timetable::{Fault, Instance, Notice, Options, Session as Placed, Status, possible, replan, solve};
use platform::gate::{ReadSchool, permit};
use platform::{Actor, Platform};

pub use decide::decide_timetable;

use super::model::{Cohort, Half, SessionNumber};
use super::sessions::NewSession;
use crate::{Error, Result};
use picture::Picture;

/// One half-day to add, to move, to give to somebody else or to cancel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The session that changes; `None` for a new one.
    pub number: Option<Id<SessionNumber>>,
    /// Where it stands now.
    pub from: Option<(Date, Half)>,
    /// `None` for a session that the programme no longer asks for.
    pub to: Option<NewSession>,
    /// Somebody is told with less than the notice of the school.
    pub short_notice: bool,
}

impl Change {
    /// Whether a session leaves its half-day, and not only its trainer or its room.
    pub fn is_move(&self) -> bool {
        matches!((&self.from, &self.to), (Some(from), Some(to)) if *from != (to.on, to.half))
    }

    /// The day it is about: where the session goes, or where a cancelled one stood.
    pub fn day(&self) -> Option<Date> {
        self.to.as_ref().map(|to| to.on).or(self.from.map(|(on, _)| on))
    }
}

/// A planned session that cannot take place where it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Disturbed {
    pub number: Id<SessionNumber>,
    pub on: Date,
    pub half: Half,
    /// Its name in the programme, or its code.
    pub module: String,
    /// A sentence.
    pub why: String,
}

/// Where a bound is changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mend {
    Programme,
    Calendar,
    Trainers,
    Rooms,
    Closures,
    /// The timetable of a cohort, on the week of this day.
    Timetable(Id<Cohort>, Date),
}

/// A bound that cannot be kept with the others of its conflict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cause {
    /// A sentence.
    pub told: String,
    pub mend: Mend,
    /// Giving up this one alone makes a timetable possible, found by looking for it.
    pub suffices: bool,
}

/// Bounds that cannot all be kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conflict {
    pub causes: Vec<Cause>,
    /// Proved: with any one of them given up, the others can be kept.
    pub irreducible: bool,
}

/// How little a new plan moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moves {
    /// Sessions that leave their half-day.
    pub moved: usize,
    /// Half-days within the notice on which a session goes or comes.
    pub under_notice: usize,
    /// Proved: nothing changes fewer half-days within the notice and, so, moves fewer sessions.
    pub least: bool,
}

/// What the engine proposes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Proposal {
    /// By day.
    pub changes: Vec<Change>,
    /// By day.
    pub disturbed: Vec<Disturbed>,
    /// Why there is no timetable. Several when independent bounds clash: each has to be mended.
    pub conflicts: Vec<Conflict>,
    /// The search ended before finding one or proving that there is none.
    pub unfinished: bool,
    /// Where sessions planned before had to be looked at again.
    pub moves: Option<Moves>,
}

impl Proposal {
    /// Nothing lacks and nothing is disturbed.
    pub fn is_settled(&self) -> bool {
        self.changes.is_empty() && self.conflicts.is_empty() && !self.unfinished
    }

    /// Sessions that nothing had disturbed and that leave their half-day all the same.
    pub fn moves_others(&self) -> bool {
        self.changes.iter().any(|change| {
            change.is_move() && self.disturbed.iter().all(|disturbed| Some(disturbed.number) != change.number)
        })
    }
}

/// Improvement of a timetable, in steps of the engine: enough for a cohort, and the same answer on any machine.
const STEPS: u64 = 200_000;

/// Proposes the half-days that the programme still lacks, and another place for those that cannot stand.
///
/// What was held counts as done and is not looked at again; the limit a week of a module counts what was held since Monday.
///
/// # Errors
/// [`Error::Invalid`] while the programme or the calendar is empty, or when the cohort is over.
pub async fn propose_timetable(platform: &Platform, actor: &Actor, id: Id<Cohort>) -> Result<Proposal> {
    let permit = permit::<ReadSchool>(actor)?;
    let picture = Picture::read(platform, actor, &permit, id).await?;
    picture.check()?;
    tokio::task::spawn_blocking(move || picture.propose())
        .await
        .map_err(|problem| Error::Invalid(format!("la recherche s’est arrêtée\u{a0}: {problem}")))?
}

/// The planned sessions of a cohort that cannot take place where they are, by day.
pub async fn disturbed_sessions(platform: &Platform, actor: &Actor, id: Id<Cohort>) -> Result<Vec<Disturbed>> {
    let permit = permit::<ReadSchool>(actor)?;
    Ok(Picture::read(platform, actor, &permit, id).await?.disturbed())
}

impl Picture {
    fn propose(&self) -> Result<Proposal> {
        let disturbed = self.disturbed();
        // With nothing disturbed, what is planned stays, and the rest is laid out with care.
        if disturbed.is_empty()
            && let Some(proposal) = self.complete().map_err(fault)?
        {
            return Ok(proposal);
        }
        Ok(Proposal { disturbed, ..self.replan().map_err(fault)? })
    }

    /// Adds what lacks around what is planned, beyond the notice while that is possible; `None` when it is not found.
    fn complete(&self) -> std::result::Result<Option<Proposal>, Fault> {
        for earliest in [self.notice_ends(), self.today] {
            let instance = self.instance(earliest, true);
            if possible(&instance, &OPTIONS)? == Status::Solved {
                let solution = solve(&instance, &OPTIONS)?;
                return Ok(Some(self.proposal(&instance, solution.status, &solution.sessions, &[])));
            }
        }
        Ok(None)
    }

    fn replan(&self) -> std::result::Result<Proposal, Fault> {
        let instance = self.instance(self.today, false);
        let former: Vec<Placed> = self.planned.iter().map(instance::placed).collect();
        let notice = Notice { today: self.today, days: self.notice_days.into() };
        let found = replan(&instance, &former, &notice, &OPTIONS)?;
        let moves = Moves { moved: found.moved, under_notice: found.under_notice, least: found.least };
        let proposal = self.proposal(&instance, found.status, &found.sessions, &found.conflicts);
        Ok(Proposal {
            moves: (found.status == Status::Solved && !self.planned.is_empty()).then_some(moves),
            ..proposal
        })
    }

    fn proposal(
        &self,
        instance: &Instance,
        status: Status,
        sessions: &[Placed],
        conflicts: &[planning::timetable::Conflict],
    ) -> Proposal {
        let changes = match status {
            Status::Solved => changes::changes(&self.planned, sessions, self.notice_ends()),
            Status::Infeasible | Status::Unknown => Vec::new(),
        };
        let conflicts = conflicts.iter().map(|conflict| self.told(conflict, instance)).collect();
        Proposal { changes, conflicts, unfinished: status == Status::Unknown, ..Proposal::default() }
    }

    /// The first day that may change freely.
    fn notice_ends(&self) -> Date {
        self.today.checked_add(i32::from(self.notice_days).days()).unwrap_or(Date::MAX)
    }
}

const OPTIONS: Options = Options { seed: 1, steps: STEPS, time: None };

fn fault(fault: Fault) -> Error {
    Error::Invalid(fault.to_string())
}
