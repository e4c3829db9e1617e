//! An independent judge of timetables: reads the instance and the sessions, day by day, and shares nothing with the
//! search but the format.

use std::collections::{BTreeMap, BTreeSet};

use base::Date;
use serde::{Deserialize, Serialize};

use super::instance::{Half, Instance, Module};
use super::solution::{Cost, Counts, Session};

/// A bound that a timetable breaks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "flaw")]
pub enum Flaw {
    /// A module, trainer or room that the instance does not have.
    Unknown { id: String },
    /// More or fewer half-days than the module has.
    Hours { module: String, placed: usize, wanted: u32 },
    /// The cohort is not at school then, or the school is not open.
    NotAtSchool { module: String, date: Date, half: Half },
    /// The cohort has several sessions at once.
    CohortTwice { cohort: String, date: Date, half: Half },
    /// The session has no trainer, or one who is not qualified.
    Unqualified { module: String, trainer: Option<String>, date: Date, half: Half },
    /// The trainer is away.
    TrainerAway { trainer: String, date: Date, half: Half },
    /// The trainer has several sessions at once.
    TrainerTwice { trainer: String, date: Date, half: Half },
    /// The session has no room, or one that is too small or lacks equipment.
    Unfit { module: String, room: Option<String>, date: Date, half: Half },
    /// The room is lost.
    RoomAway { room: String, date: Date, half: Half },
    /// The room holds several sessions at once.
    RoomTwice { room: String, date: Date, half: Half },
    /// Before its first day allowed, or after its deadline.
    OutOfTime { module: String, date: Date },
    /// Too many sessions on a day.
    PerDay { module: String, date: Date, placed: usize },
    /// Too many sessions in the ISO week that begins on this Monday.
    PerWeek { module: String, monday: Date, placed: usize },
    /// Two sessions too close to each other.
    TooClose { module: String, first: Date, second: Date },
    /// A session of `module` is not after all those of `after`.
    Order { module: String, after: String },
    /// A fixed session is not there as fixed.
    Pin { module: String, date: Date, half: Half },
}

/// What a timetable breaks (nothing when it is valid), and what its unmet wishes cost.
#[must_use]
pub fn check(instance: &Instance, sessions: &[Session]) -> (Vec<Flaw>, Cost) {
    let mut judge = Judge { instance, flaws: Vec::new(), of: BTreeMap::new() };
    for session in sessions {
        judge.session(session);
    }
    judge.overlaps(sessions);
    for module in &instance.modules {
        judge.module(module);
    }
    judge.pins(sessions);
    judge.flaws.sort();
    let counts = counts(instance, sessions);
    (judge.flaws, Cost { counts, total: counts.total(&instance.weights) })
}

type Moment = (Date, Half);

struct Judge<'a> {
    instance: &'a Instance,
    flaws: Vec<Flaw>,
    /// The moments of each module.
    of: BTreeMap<&'a str, Vec<Moment>>,
}

fn monday(date: Date) -> Date {
    let back = i64::from(date.weekday().to_monday_zero_offset());
    date.checked_sub(jiff::ToSpan::days(back)).unwrap_or(date)
}

fn days_between(first: Date, second: Date) -> i64 {
    first.until(second).map_or(0, |span| i64::from(span.get_days()))
}

impl<'a> Judge<'a> {
    fn session(&mut self, session: &'a Session) {
        let instance = self.instance;
        let (date, half) = (session.date, session.half);
        let Some(module) = instance.modules.iter().find(|module| module.id == session.module) else {
            self.flaws.push(Flaw::Unknown { id: session.module.clone() });
            return;
        };
        self.of.entry(&module.id).or_default().push((date, half));
        let calendar = &instance.calendar;
        let open = calendar.from <= date
            && date <= calendar.to
            && calendar.weekdays.contains(&date.weekday().to_monday_one_offset())
            && !calendar.holidays.contains(&date)
            && !calendar.closures.iter().any(|window| window.covers(date, half));
        let cohort = instance.cohorts.iter().find(|cohort| cohort.id == module.cohort);
        let at_school = cohort.is_some_and(|cohort| {
            (cohort.school.is_empty() || cohort.school.iter().any(|window| window.covers(date, half)))
                && !cohort.away.iter().any(|window| window.covers(date, half))
        });
        if !open || !at_school {
            self.flaws.push(Flaw::NotAtSchool { module: module.id.clone(), date, half });
        }
        if module.not_before.is_some_and(|first| date < first) || module.deadline.is_some_and(|last| date > last) {
            self.flaws.push(Flaw::OutOfTime { module: module.id.clone(), date });
        }
        self.trainer(module, session);
        self.room(module, cohort.map_or(0, |cohort| cohort.learners), session);
    }

    fn trainer(&mut self, module: &Module, session: &Session) {
        let (date, half) = (session.date, session.half);
        let trainer = session.trainer.as_ref().map(|id| self.instance.trainers.iter().find(|one| one.id == *id));
        match trainer {
            Some(None) => self.flaws.push(Flaw::Unknown { id: session.trainer.clone().unwrap_or_default() }),
            Some(Some(trainer)) => {
                if !trainer.modules.contains(&module.id) {
                    let (module, trainer) = (module.id.clone(), session.trainer.clone());
                    self.flaws.push(Flaw::Unqualified { module, trainer, date, half });
                }
                let comes = trainer.available.is_empty() || trainer.available.iter().any(|one| one.covers(date, half));
                if !comes || trainer.unavailable.iter().any(|window| window.covers(date, half)) {
                    self.flaws.push(Flaw::TrainerAway { trainer: trainer.id.clone(), date, half });
                }
            }
            None if module.needs_trainer => {
                self.flaws.push(Flaw::Unqualified { module: module.id.clone(), trainer: None, date, half });
            }
            None => {}
        }
    }

    fn room(&mut self, module: &Module, learners: u32, session: &Session) {
        let (date, half) = (session.date, session.half);
        let room = session.room.as_ref().map(|id| self.instance.rooms.iter().find(|one| one.id == *id));
        match room {
            Some(None) => self.flaws.push(Flaw::Unknown { id: session.room.clone().unwrap_or_default() }),
            Some(Some(room)) => {
                if room.capacity < learners || !module.equipment.iter().all(|wanted| room.equipment.contains(wanted)) {
                    let (module, room) = (module.id.clone(), session.room.clone());
                    self.flaws.push(Flaw::Unfit { module, room, date, half });
                }
                if room.unavailable.iter().any(|window| window.covers(date, half)) {
                    self.flaws.push(Flaw::RoomAway { room: room.id.clone(), date, half });
                }
            }
            None if module.needs_room => {
                self.flaws.push(Flaw::Unfit { module: module.id.clone(), room: None, date, half });
            }
            None => {}
        }
    }

    fn overlaps(&mut self, sessions: &[Session]) {
        let (mut cohorts, mut trainers, mut rooms) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let cohort_of: BTreeMap<&str, &str> =
            self.instance.modules.iter().map(|module| (module.id.as_str(), module.cohort.as_str())).collect();
        let several: BTreeSet<&str> =
            self.instance.trainers.iter().filter(|one| one.several).map(|one| one.id.as_str()).collect();
        let wide: BTreeSet<&str> =
            self.instance.rooms.iter().filter(|one| one.several).map(|one| one.id.as_str()).collect();
        for Session { date, half, module, trainer, room } in sessions {
            let (date, half) = (*date, *half);
            if let Some(cohort) = cohort_of.get(module.as_str())
                && !cohorts.insert((*cohort, date, half))
            {
                self.flaws.push(Flaw::CohortTwice { cohort: (*cohort).to_owned(), date, half });
            }
            for trainer in trainer.iter().filter(|trainer| !several.contains(trainer.as_str())) {
                if !trainers.insert((trainer, date, half)) {
                    self.flaws.push(Flaw::TrainerTwice { trainer: trainer.clone(), date, half });
                }
            }
            for room in room.iter().filter(|room| !wide.contains(room.as_str())) {
                if !rooms.insert((room, date, half)) {
                    self.flaws.push(Flaw::RoomTwice { room: room.clone(), date, half });
                }
            }
        }
    }

    fn module(&mut self, module: &Module) {
        let id = || module.id.clone();
        let mut moments = self.of.get(module.id.as_str()).cloned().unwrap_or_default();
        moments.sort_unstable();
        if moments.len() != module.half_days as usize {
            self.flaws.push(Flaw::Hours { module: id(), placed: moments.len(), wanted: module.half_days });
        }
        let (mut by_day, mut by_week): (BTreeMap<Date, usize>, BTreeMap<Date, usize>) = Default::default();
        for (date, _) in &moments {
            *by_day.entry(*date).or_default() += 1;
            *by_week.entry(monday(*date)).or_default() += 1;
        }
        if let Some(placed) = by_week.get_mut(&monday(self.instance.calendar.from)) {
            *placed += module.held as usize;
        }
        let over = |placed: usize, most: Option<u32>| most.is_some_and(|most| placed > most as usize);
        for (date, placed) in by_day.into_iter().filter(|(_, placed)| over(*placed, module.max_per_day)) {
            self.flaws.push(Flaw::PerDay { module: id(), date, placed });
        }
        for (monday, placed) in by_week.into_iter().filter(|(_, placed)| over(*placed, module.max_per_week)) {
            self.flaws.push(Flaw::PerWeek { module: id(), monday, placed });
        }
        for pair in moments.windows(2) {
            let (first, second) = (pair[0].0, pair[1].0);
            if days_between(first, second) < i64::from(module.min_days_between) {
                self.flaws.push(Flaw::TooClose { module: id(), first, second });
            }
        }
        for after in &module.after {
            let last = self.of.get(after.as_str()).and_then(|moments| moments.iter().max());
            if let (Some(last), Some(first)) = (last, moments.first())
                && last >= first
            {
                self.flaws.push(Flaw::Order { module: id(), after: after.clone() });
            }
        }
    }

    fn pins(&mut self, sessions: &[Session]) {
        for pin in &self.instance.pins {
            let kept = sessions.iter().any(|session| {
                (&session.module, session.date, session.half) == (&pin.module, pin.date, pin.half)
                    && (pin.trainer.is_none() || pin.trainer == session.trainer)
                    && (pin.room.is_none() || pin.room == session.room)
            });
            if !kept {
                self.flaws.push(Flaw::Pin { module: pin.module.clone(), date: pin.date, half: pin.half });
            }
        }
    }
}

/// Everything after the first in each group, over all groups.
fn beyond_first<G: Ord, T: Ord>(pairs: impl Iterator<Item = (G, T)>) -> u64 {
    let mut groups: BTreeMap<G, BTreeSet<T>> = BTreeMap::new();
    for (group, member) in pairs {
        groups.entry(group).or_default().insert(member);
    }
    groups.values().map(|members| members.len() as u64 - 1).sum()
}

fn counts(instance: &Instance, sessions: &[Session]) -> Counts {
    let cohort_of: BTreeMap<&str, &str> =
        instance.modules.iter().map(|module| (module.id.as_str(), module.cohort.as_str())).collect();
    let moment = |session: &Session| (session.date, session.half);
    let numbered = || sessions.iter().enumerate();
    let with_trainer = || sessions.iter().filter_map(|one| one.trainer.as_ref().map(|trainer| (one, trainer)));
    let rooms = sessions.iter().filter_map(|one| {
        let cohort = cohort_of.get(one.module.as_str())?;
        one.room.as_ref().map(|room| ((cohort, monday(one.date)), room))
    });
    let last_of = |modules: &[&str]| {
        sessions.iter().filter(|one| modules.contains(&one.module.as_str())).map(|one| one.date).max()
    };
    let late_evaluation = instance.modules.iter().filter_map(|module| {
        let after: Vec<&str> = module.after.iter().map(String::as_str).collect();
        let (end, ready) = (last_of(&[&module.id])?, last_of(&after)?);
        let beyond = days_between(ready, end) - i64::from(module.within_days?);
        u64::try_from(beyond).ok()
    });
    let late_finish = instance.cohorts.iter().map(|cohort| {
        let of = sessions.iter().filter(|one| cohort_of.get(one.module.as_str()) == Some(&cohort.id.as_str()));
        of.map(moment).max().map_or(0, |last| open_until(instance, &cohort.id, last))
    });
    Counts {
        same_day: beyond_first(numbered().map(|(number, one)| ((&one.module, one.date), number))),
        same_week: beyond_first(numbered().map(|(number, one)| ((&one.module, monday(one.date)), number))),
        trainer_days: with_trainer().map(|(one, trainer)| (trainer, one.date)).collect::<BTreeSet<_>>().len() as u64,
        trainer_changes: beyond_first(with_trainer().map(|(one, trainer)| (&one.module, trainer))),
        room_changes: beyond_first(rooms),
        late_finish: late_finish.sum(),
        late_evaluation: late_evaluation.sum(),
    }
}

/// The half-days a cohort is at school, up to and including this one.
fn open_until(instance: &Instance, cohort: &str, last: Moment) -> u64 {
    let Some(cohort) = instance.cohorts.iter().find(|one| one.id == cohort) else { return 0 };
    let days = instance.days();
    let halves = days.iter().flat_map(|date| Half::BOTH.map(|half| (*date, half)));
    let open = halves.filter(|moment| *moment <= last).filter(|(date, half)| {
        !instance.calendar.closures.iter().any(|window| window.covers(*date, *half))
            && (cohort.school.is_empty() || cohort.school.iter().any(|window| window.covers(*date, *half)))
            && !cohort.away.iter().any(|window| window.covers(*date, *half))
    });
    open.count() as u64
}
