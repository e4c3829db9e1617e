//! The neutral instance: what has to be placed, and within which bounds. Every field is explained in
//! `docs/timetable.md`.

use std::collections::{HashMap, HashSet};

use base::Date;
use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::reason::Reason;

/// The format this version reads and writes.
pub const FORMAT: u32 = 1;

/// The longest calendar read, in days, and the most half-days of a module: more is a slip of the pen.
const LONGEST: i32 = 1_500;
const MOST_HALF_DAYS: u32 = 2_000;

/// Everything a timetable is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    /// [`FORMAT`].
    pub format: u32,
    #[serde(default)]
    pub name: String,
    pub calendar: Calendar,
    pub cohorts: Vec<Cohort>,
    #[serde(default)]
    pub trainers: Vec<Trainer>,
    #[serde(default)]
    pub rooms: Vec<Room>,
    pub modules: Vec<Module>,
    /// Sessions already fixed.
    #[serde(default)]
    pub pins: Vec<Pin>,
    #[serde(default)]
    pub weights: Weights,
}

/// The days on which anything can take place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// First day.
    pub from: Date,
    /// Last day, included.
    pub to: Date,
    /// ISO days of the week, 1 for Monday.
    #[serde(default = "working_days")]
    pub weekdays: Vec<i8>,
    #[serde(default)]
    pub holidays: Vec<Date>,
    #[serde(default)]
    pub closures: Vec<Window>,
}

fn working_days() -> Vec<i8> {
    vec![1, 2, 3, 4, 5]
}

/// Half of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Half {
    Am,
    Pm,
}

impl Half {
    pub const BOTH: [Self; 2] = [Self::Am, Self::Pm];
}

/// Half-days: those that pass every bound given. An empty window is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// First day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Last day, included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// ISO days of the week, 1 for Monday; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<i8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half: Option<Half>,
}

impl Window {
    /// Days from the first to the last, both included.
    #[must_use]
    pub fn days(from: Date, to: Date) -> Self {
        Self { from: Some(from), to: Some(to), ..Self::default() }
    }

    #[must_use]
    pub fn covers(&self, date: Date, half: Half) -> bool {
        self.from.is_none_or(|from| from <= date)
            && self.to.is_none_or(|to| date <= to)
            && (self.weekdays.is_empty() || self.weekdays.contains(&date.weekday().to_monday_one_offset()))
            && self.half.is_none_or(|wanted| wanted == half)
    }
}

/// Learners who have all their sessions together: one at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cohort {
    pub id: String,
    /// Seats needed in a room.
    #[serde(default)]
    pub learners: u32,
    /// When it is at school; empty: on every open day.
    #[serde(default)]
    pub school: Vec<Window>,
    /// When it is not, although at school (an outing, an exam).
    #[serde(default)]
    pub away: Vec<Window>,
}

/// Somebody who leads sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trainer {
    pub id: String,
    /// Identifiers of the modules they may lead.
    pub modules: Vec<String>,
    /// When they can come; empty: always.
    #[serde(default)]
    pub available: Vec<Window>,
    /// When they cannot.
    #[serde(default)]
    pub unavailable: Vec<Window>,
    /// May lead several sessions at once (at a distance).
    #[serde(default)]
    pub several: bool,
}

/// Where sessions take place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Room {
    pub id: String,
    /// Seats.
    pub capacity: u32,
    #[serde(default)]
    pub equipment: Vec<String>,
    /// When it is lost.
    #[serde(default)]
    pub unavailable: Vec<Window>,
    /// Holds several sessions at once (a virtual room).
    #[serde(default)]
    pub several: bool,
}

/// Sessions of one topic for one cohort, each of half a day; they are interchangeable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Module {
    pub id: String,
    pub cohort: String,
    /// How many sessions.
    pub half_days: u32,
    /// Sessions of one day at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_per_day: Option<u32>,
    /// Sessions of one ISO week at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_per_week: Option<u32>,
    /// Sessions held in the ISO week of the first day, before it: they are no part of `half_days`, and count in
    /// `max_per_week`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub held: u32,
    /// Calendar days between the dates of any two sessions, at least: 1 is one session a day, 2 never on consecutive
    /// days; 0 is no bound.
    #[serde(default)]
    pub min_days_between: u32,
    /// Modules whose sessions all come before the first one of this.
    #[serde(default)]
    pub after: Vec<String>,
    /// First day allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Date>,
    /// Last day allowed, included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Date>,
    /// What its room must have.
    #[serde(default)]
    pub equipment: Vec<String>,
    /// Wish: its last session at most so many days after the last session of the modules in `after`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_days: Option<u32>,
    /// False for work without a trainer.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub needs_trainer: bool,
    /// False for work outside the rooms.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub needs_room: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_yes(value: &bool) -> bool {
    *value
}

/// A session that is fixed, with its trainer and its room where they are too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    pub module: String,
    pub date: Date,
    pub half: Half,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trainer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
}

/// What each wish costs when it is not met; 0, the default, for no such wish.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Weights {
    /// Each session of a module beyond the first on one day.
    pub same_day: u32,
    /// Each session of a module beyond the first in one ISO week.
    pub same_week: u32,
    /// Each day on which a trainer comes.
    pub trainer_days: u32,
    /// Each trainer of a module beyond the first.
    pub trainer_changes: u32,
    /// Each room beyond the first that a cohort uses in one ISO week.
    pub room_changes: u32,
    /// Each open half-day of a cohort before its last session, that session included.
    pub late_finish: u32,
    /// Each day beyond [`Module::within_days`].
    pub late_evaluation: u32,
}

/// What is wrong with an instance or a timetable.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    #[error("format {found} inconnu : ce programme lit le format {FORMAT}")]
    Format { found: u32 },
    #[error("calendrier : le dernier jour ({to}) précède le premier ({from})")]
    Backwards { from: Date, to: Date },
    #[error("calendrier : plus de {LONGEST} jours ; vérifiez les années de {from} et {to}")]
    TooLong { from: Date, to: Date },
    #[error("{of} : la fenêtre se termine le {to}, avant de commencer le {from}")]
    WindowBackwards { of: String, from: Date, to: Date },
    #[error("{of} : le jour de semaine {day} n’existe pas ; lundi est 1, dimanche 7")]
    Weekday { of: String, day: i8 },
    #[error("{what} « {id} » figure deux fois : donnez à chacun un identifiant différent")]
    Twice { what: &'static str, id: String },
    #[error("{of} nomme {what} « {id} », qui n’existe pas : corrigez l’identifiant ou ajoutez-le")]
    Unknown { of: String, what: &'static str, id: String },
    #[error("module « {id} » : {half_days} demi-journées ; pas plus de {MOST_HALF_DAYS}")]
    TooManyHalfDays { id: String, half_days: u32 },
    #[error("module « {id} » : il ne peut pas se suivre lui-même ; retirez-le de son « after »")]
    AfterItself { id: String },
    #[error("module « {id} » : la séance du {date} est fixée deux fois")]
    PinnedTwice { id: String, date: Date },
}

impl Instance {
    /// Checks that everything named exists and every bound can be read. An instance that cannot be solved is sound: it
    /// has an explanation, not a fault.
    ///
    /// # Errors
    /// The first fault found.
    pub fn check(&self) -> Result<(), Fault> {
        if self.format != FORMAT {
            return Err(Fault::Format { found: self.format });
        }
        let Calendar { from, to, .. } = self.calendar;
        if to < from {
            return Err(Fault::Backwards { from, to });
        }
        if from.until(to).map_or(i32::MAX, |span| span.get_days()) > LONGEST {
            return Err(Fault::TooLong { from, to });
        }
        self.check_windows()?;
        let cohorts = once("la promotion", self.cohorts.iter().map(|cohort| &cohort.id))?;
        let trainers = once("l’intervenant", self.trainers.iter().map(|trainer| &trainer.id))?;
        let rooms = once("la salle", self.rooms.iter().map(|room| &room.id))?;
        let modules = once("le module", self.modules.iter().map(|module| &module.id))?;
        let known = |of: String, what, id: &String, all: &HashSet<&String>| {
            if all.contains(id) { Ok(()) } else { Err(Fault::Unknown { of, what, id: id.clone() }) }
        };
        for module in &self.modules {
            let of = || format!("module « {} »", module.id);
            known(of(), "la promotion", &module.cohort, &cohorts)?;
            module.after.iter().try_for_each(|id| known(of(), "le module", id, &modules))?;
            if module.after.contains(&module.id) {
                return Err(Fault::AfterItself { id: module.id.clone() });
            }
            if module.half_days > MOST_HALF_DAYS {
                return Err(Fault::TooManyHalfDays { id: module.id.clone(), half_days: module.half_days });
            }
        }
        for trainer in &self.trainers {
            let of = || format!("intervenant « {} »", trainer.id);
            trainer.modules.iter().try_for_each(|id| known(of(), "le module", id, &modules))?;
        }
        let mut pinned = HashSet::new();
        for pin in &self.pins {
            let of = || format!("séance fixée du {}", pin.date);
            known(of(), "le module", &pin.module, &modules)?;
            pin.trainer.iter().try_for_each(|id| known(of(), "l’intervenant", id, &trainers))?;
            pin.room.iter().try_for_each(|id| known(of(), "la salle", id, &rooms))?;
            if !pinned.insert((&pin.module, pin.date, pin.half)) {
                return Err(Fault::PinnedTwice { id: pin.module.clone(), date: pin.date });
            }
        }
        Ok(())
    }

    fn check_windows(&self) -> Result<(), Fault> {
        let cohorts = self.cohorts.iter().flat_map(|cohort| {
            let of = format!("promotion « {} »", cohort.id);
            cohort.school.iter().chain(&cohort.away).map(move |window| (of.clone(), window))
        });
        let trainers = self.trainers.iter().flat_map(|trainer| {
            let of = format!("intervenant « {} »", trainer.id);
            trainer.available.iter().chain(&trainer.unavailable).map(move |window| (of.clone(), window))
        });
        let rooms = self.rooms.iter().flat_map(|room| {
            let of = format!("salle « {} »", room.id);
            room.unavailable.iter().map(move |window| (of.clone(), window))
        });
        let closures = self.calendar.closures.iter().map(|window| ("fermeture".to_owned(), window));
        for (of, window) in closures.chain(cohorts).chain(trainers).chain(rooms) {
            if let (Some(from), Some(to)) = (window.from, window.to)
                && to < from
            {
                return Err(Fault::WindowBackwards { of, from, to });
            }
            check_weekdays(&of, &window.weekdays)?;
        }
        check_weekdays("calendrier", &self.calendar.weekdays)
    }

    /// The same instance without these bounds: what an explanation claims can be solved by anybody.
    #[must_use]
    pub fn without(&self, reasons: &[Reason]) -> Self {
        let mut instance = self.clone();
        let mut closures = HashSet::new();
        let mut windows: HashMap<(&str, &str), HashSet<usize>> = HashMap::new();
        for reason in reasons {
            match reason {
                Reason::Closure { index } => {
                    closures.insert(*index);
                }
                Reason::Pin { module, date, half } => {
                    instance.pins.retain(|pin| (&pin.module, pin.date, pin.half) != (module, *date, *half));
                }
                Reason::CohortAway { cohort, index } => {
                    windows.entry(("cohort", cohort)).or_default().insert(*index);
                }
                Reason::TrainerAway { trainer, index } => {
                    windows.entry(("trainer", trainer)).or_default().insert(*index);
                }
                Reason::RoomAway { room, index } => {
                    windows.entry(("room", room)).or_default().insert(*index);
                }
                Reason::School { cohort } => {
                    of(&mut instance.cohorts, |one| one.id == *cohort, |one| one.school.clear());
                }
                Reason::OneTrainer { trainer } => {
                    of(&mut instance.trainers, |one| one.id == *trainer, |one| one.several = true);
                }
                Reason::TrainerPresence { trainer } => {
                    of(&mut instance.trainers, |one| one.id == *trainer, |one| one.available.clear());
                }
                Reason::OneRoom { room } => of(&mut instance.rooms, |one| one.id == *room, |one| one.several = true),
                // A module that is given up leaves with the sessions fixed for it.
                Reason::Hours { module } => {
                    instance.pins.retain(|pin| pin.module != *module);
                    instance.module(module, |module| module.half_days = 0);
                }
                Reason::Deadline { module } => instance.module(module, |module| module.deadline = None),
                Reason::NotBefore { module } => instance.module(module, |module| module.not_before = None),
                Reason::PerDay { module } => instance.module(module, |module| module.max_per_day = None),
                Reason::PerWeek { module } => instance.module(module, |module| module.max_per_week = None),
                Reason::DaysBetween { module } => instance.module(module, |module| module.min_days_between = 0),
                Reason::NeedsTrainer { module } => instance.module(module, |module| module.needs_trainer = false),
                Reason::NeedsRoom { module } => instance.module(module, |module| module.needs_room = false),
                Reason::Order { module, after } => {
                    instance.module(module, |module| module.after.retain(|id| id != after));
                }
            }
        }
        drop_at(&mut instance.calendar.closures, &closures);
        for cohort in &mut instance.cohorts {
            drop_at(&mut cohort.away, windows.get(&("cohort", &*cohort.id)).unwrap_or(&HashSet::new()));
        }
        for trainer in &mut instance.trainers {
            drop_at(&mut trainer.unavailable, windows.get(&("trainer", &*trainer.id)).unwrap_or(&HashSet::new()));
        }
        for room in &mut instance.rooms {
            drop_at(&mut room.unavailable, windows.get(&("room", &*room.id)).unwrap_or(&HashSet::new()));
        }
        instance
    }

    fn module(&mut self, id: &str, change: impl FnOnce(&mut Module)) {
        of(&mut self.modules, |module| module.id == id, change);
    }

    /// The days of the calendar on which somebody may work, closures included: holidays are nobody's choice.
    pub(super) fn days(&self) -> Vec<Date> {
        let Calendar { from, to, weekdays, holidays, .. } = &self.calendar;
        from.series(jiff::ToSpan::day(1))
            .take_while(|date| date <= to)
            .filter(|date| weekdays.contains(&date.weekday().to_monday_one_offset()) && !holidays.contains(date))
            .collect()
    }
}

fn of<T>(all: &mut [T], is: impl Fn(&T) -> bool, change: impl FnOnce(&mut T)) {
    if let Some(one) = all.iter_mut().find(|one| is(one)) {
        change(one);
    }
}

fn drop_at<T>(all: &mut Vec<T>, dropped: &HashSet<usize>) {
    let mut at = 0..;
    all.retain(|_| at.next().is_none_or(|index| !dropped.contains(&index)));
}

fn once<'a>(what: &'static str, ids: impl Iterator<Item = &'a String>) -> Result<HashSet<&'a String>, Fault> {
    let mut seen = HashSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(Fault::Twice { what, id: id.clone() });
        }
    }
    Ok(seen)
}

fn check_weekdays(of: &str, weekdays: &[i8]) -> Result<(), Fault> {
    let wrong = weekdays.iter().find(|day| Weekday::from_monday_one_offset(**day).is_err());
    wrong.map_or(Ok(()), |day| Err(Fault::Weekday { of: of.to_owned(), day: *day }))
}
