//! What the school knows, as the engine reads it.

use base::{Date, Id, Period, holiday};
use facts::Fact;
use planning::timetable::{Calendar, FORMAT, Instance, Pin, Session as Placed, Weights, Window};

use super::super::engaged::Busy;
use super::super::means::TrainerView;
use super::super::model::{Half, Room, Session, Trainer};
use super::picture::Picture;

pub(super) fn half(half: Half) -> planning::timetable::Half {
    match half {
        Half::Morning => planning::timetable::Half::Am,
        Half::Afternoon => planning::timetable::Half::Pm,
    }
}

/// A session as the engine writes it.
pub(super) fn placed(fact: &Fact<Session>) -> Placed {
    Placed {
        module: fact.value.module.clone(),
        date: fact.valid.from,
        half: half(fact.value.half),
        trainer: fact.value.trainer.map(|id| id.to_string()),
        room: fact.value.room.map(|id| id.to_string()),
    }
}

/// A window of days `[from, to)`.
fn window(valid: Period) -> Window {
    Window { from: Some(valid.from), to: valid.last_day(), ..Window::default() }
}

fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

impl Picture {
    /// What is left of the programme from today on. New sessions come from `earliest` on; `pinned` keeps what is planned
    /// where it is.
    pub fn instance(&self, earliest: Date, pinned: bool) -> Instance {
        let code = self.cohort.record.code.clone();
        let (first, last) = (self.cohort.first_day().max(self.today), self.cohort.last_day());
        let mut holidays = Vec::new();
        let mut day = first;
        while day <= last {
            holidays.extend(holiday(day).map(|_| day));
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        let pins = self.planned.iter().filter(|_| pinned).map(|fact| {
            let Placed { date, half, module, trainer, room } = placed(fact);
            Pin { module, date, half, trainer, room }
        });
        let mut school: Vec<Window> =
            self.class.iter().filter(|day| **day >= earliest).map(|day| Window::days(*day, *day)).collect();
        if pinned {
            let sooner = self.planned.iter().filter(|fact| fact.valid.from < earliest);
            school.extend(sooner.map(|fact| Window {
                half: Some(half(fact.value.half)),
                ..Window::days(fact.valid.from, fact.valid.from)
            }));
        }
        // Without any window a cohort would be at school every day.
        if school.is_empty() {
            school.push(Window::days(Date::MAX, Date::MAX));
        }
        Instance {
            format: FORMAT,
            name: code.clone(),
            calendar: Calendar {
                from: first,
                to: last,
                weekdays: vec![1, 2, 3, 4, 5],
                holidays,
                closures: self.closures.iter().map(|fact| window(fact.valid)).collect(),
            },
            cohorts: vec![planning::timetable::Cohort {
                id: code,
                learners: count(self.cohort.profile.value.seats),
                school,
                away: Vec::new(),
            }],
            trainers: self.trainers.iter().map(|view| self.trainer(view)).collect(),
            rooms: self
                .rooms
                .iter()
                .map(|view| planning::timetable::Room {
                    id: view.id.to_string(),
                    capacity: count(view.profile.value.seats),
                    equipment: Vec::new(),
                    unavailable: view
                        .closures
                        .iter()
                        .map(|fact| window(fact.valid))
                        .chain(self.busy_room(view.id).map(Busy::window))
                        .chain(outside(view.profile.valid))
                        .collect(),
                    several: false,
                })
                .collect(),
            modules: self.modules(),
            pins: pins.collect(),
            weights: Weights { trainer_changes: 3, room_changes: 2, same_day: 1, ..Weights::default() },
        }
    }

    fn modules(&self) -> Vec<planning::timetable::Module> {
        let modules = self.modules.iter().map(|module| {
            let held = self.held_since(&module.code, Date::MIN);
            let this_week = self.held_since(&module.code, self.first_monday());
            planning::timetable::Module {
                id: module.code.clone(),
                cohort: self.cohort.record.code.clone(),
                half_days: count(module.half_days).saturating_sub(u32::try_from(held).unwrap_or(u32::MAX)),
                max_per_day: Some(count(module.most_per_day)),
                max_per_week: Some(count(module.most_per_week)),
                held: u32::try_from(this_week).unwrap_or(u32::MAX),
                min_days_between: 0,
                after: module.after.0.clone(),
                not_before: None,
                deadline: module.exam_on,
                equipment: Vec::new(),
                within_days: None,
                needs_trainer: true,
                needs_room: true,
            }
        });
        modules.collect()
    }

    /// A trainer: what of their modules is in this programme, when they come, when they cannot.
    fn trainer(&self, view: &TrainerView) -> planning::timetable::Trainer {
        let known = |code: &&String| self.modules.iter().any(|module| module.code == **code);
        planning::timetable::Trainer {
            id: view.id.to_string(),
            modules: view.profile.value.modules.0.iter().filter(known).cloned().collect(),
            available: free_windows(view),
            unavailable: view
                .absences
                .iter()
                .map(|fact| window(fact.valid))
                .chain(self.busy_trainer(view.id).map(Busy::window))
                .collect(),
            several: false,
        }
    }

    /// The sessions of other cohorts that a trainer leads, in the order of the windows after their absences.
    pub fn busy_trainer(&self, id: Id<Trainer>) -> impl Iterator<Item = &Busy> {
        self.busy.iter().filter(move |busy| busy.trainer == Some(id))
    }

    /// Those that a room holds, in the order of the windows after its closures.
    pub fn busy_room(&self, id: Id<Room>) -> impl Iterator<Item = &Busy> {
        self.busy.iter().filter(move |busy| busy.room == Some(id))
    }
}

impl Busy {
    fn window(&self) -> Window {
        Window { half: Some(half(self.half)), ..Window::days(self.on, self.on) }
    }
}

/// The days on which something that is there over `valid` is not.
fn outside(valid: Period) -> impl Iterator<Item = Window> {
    let before = valid.from.yesterday().ok().map(|eve| Window { to: Some(eve), ..Window::default() });
    let after = valid.to.map(|to| Window { from: Some(to), ..Window::default() });
    before.into_iter().chain(after)
}

/// When a trainer is free, day by day of the week, while they teach there; one who never is has a window that covers
/// nothing.
fn free_windows(view: &TrainerView) -> Vec<Window> {
    let free: Vec<Window> = (0..10)
        .filter(|bit| view.profile.value.free & (1 << bit) != 0)
        .map(|bit: i8| Window {
            weekdays: vec![bit / 2 + 1],
            half: Some(planning::timetable::Half::BOTH[usize::from(bit % 2 == 1)]),
            ..window(view.profile.valid)
        })
        .collect();
    if free.is_empty() { vec![Window::days(Date::MAX, Date::MAX)] } else { free }
}
