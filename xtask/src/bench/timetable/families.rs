//! The five families of instances: A loose, B tight, C impossible, D with wishes, E after a mishap.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};
use planning::timetable::{Calendar, Cohort, FORMAT, Half, Instance, Module, Room, Trainer, Weights, Window};

/// Chance that can be repeated (SplitMix64).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 8).unwrap_or_default() % bound
    }

    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for at in (1..all.len()).rev() {
            all.swap(at, self.below(at + 1));
        }
    }
}

/// What an instance is made from.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub cohorts: usize,
    pub trainers: usize,
    pub rooms: usize,
    /// Trainers qualified for a module: one is "given", more are "chosen".
    pub qualified: usize,
    pub seed: u64,
}

const FIRST: Date = date(2026, 9, 7);
const WEEKS: usize = 46;
const MODULES: usize = 24;
const HALF_DAYS: u32 = 125;
const LINKS: usize = 29;

fn day(week: usize, weekday: usize) -> Date {
    let days = i64::try_from(week * 7 + weekday).unwrap_or_default();
    FIRST.checked_add(days.days()).unwrap_or(FIRST)
}

fn weeks(from: usize, count: usize) -> Window {
    Window::days(day(from, 0), day(from + count - 1, 4))
}

/// A school year of cohorts who come one week in three, everybody there on every day.
fn open(shape: &Shape) -> Instance {
    let mut dice = Dice::new(shape.seed);
    let holidays = [date(2026, 11, 11), date(2026, 12, 25), date(2027, 1, 1), date(2027, 3, 29), date(2027, 5, 6)];
    let cohorts = (0..shape.cohorts).map(|number| Cohort {
        id: format!("c{number}"),
        learners: 12,
        school: (0..WEEKS).filter(|week| week % 3 == number % 3).map(|week| weeks(week, 1)).collect(),
        away: vec![],
    });
    let mut modules = Vec::new();
    let mut qualified = vec![Vec::new(); shape.trainers];
    for cohort in 0..shape.cohorts {
        let mut sizes = [3_u32; MODULES];
        while sizes.iter().sum::<u32>() < HALF_DAYS {
            sizes[dice.below(MODULES)] += 1;
        }
        let mut links = BTreeSet::new();
        while links.len() < LINKS {
            let (one, other) = (dice.below(MODULES), dice.below(MODULES));
            if one < other && other - one <= 8 {
                links.insert((other, one));
            }
        }
        for (number, half_days) in sizes.into_iter().enumerate() {
            let id = format!("c{cohort}m{number}");
            let mut able: Vec<usize> = (0..shape.trainers).collect();
            dice.shuffle(&mut able);
            able.iter().take(shape.qualified).for_each(|trainer| qualified[*trainer].push(id.clone()));
            let after = links.iter().filter(|(later, _)| *later == number);
            modules.push(Module {
                after: after.map(|(_, earlier)| format!("c{cohort}m{earlier}")).collect(),
                id,
                cohort: format!("c{cohort}"),
                half_days,
                max_per_day: None,
                max_per_week: None,
                held: 0,
                min_days_between: 0,
                not_before: None,
                deadline: None,
                equipment: vec![],
                within_days: None,
                needs_trainer: true,
                needs_room: true,
            });
        }
    }
    let trainers = qualified.into_iter().enumerate().map(|(number, modules)| Trainer {
        id: format!("t{number}"),
        modules,
        available: vec![],
        unavailable: vec![],
        several: false,
    });
    let room = |number| Room {
        id: format!("r{number}"),
        capacity: 16,
        equipment: vec![],
        unavailable: vec![],
        several: false,
    };
    Instance {
        format: FORMAT,
        name: format!("{shape:?}"),
        calendar: Calendar {
            from: FIRST,
            to: day(WEEKS - 1, 4),
            weekdays: vec![1, 2, 3, 4, 5],
            holidays: holidays.to_vec(),
            closures: vec![Window::days(date(2026, 12, 21), date(2027, 1, 3))],
        },
        cohorts: cohorts.collect(),
        trainers: trainers.collect(),
        rooms: (0..shape.rooms).map(room).collect(),
        modules,
        pins: vec![],
        weights: Weights::default(),
    }
}

/// The half-days on which the school is open, with the cohorts that are there.
fn moments(instance: &Instance) -> Vec<(Date, Half, Vec<usize>)> {
    let mut all = Vec::new();
    let calendar = &instance.calendar;
    for date in (0..WEEKS).flat_map(|week| (0..5).map(move |weekday| day(week, weekday))) {
        for half in Half::BOTH {
            let shut = calendar.closures.iter().any(|window| window.covers(date, half));
            if shut || calendar.holidays.contains(&date) {
                continue;
            }
            let there = |cohort: &Cohort| cohort.school.iter().any(|window| window.covers(date, half));
            let cohorts = instance.cohorts.iter().enumerate();
            all.push((date, half, cohorts.filter(|(_, cohort)| there(cohort)).map(|(number, _)| number).collect()));
        }
    }
    all
}

fn half_day(date: Date, half: Half) -> Window {
    Window { half: Some(half), ..Window::days(date, date) }
}

/// A: trainers free three half-days in four.
pub fn loose(shape: &Shape) -> Instance {
    let mut instance = open(shape);
    let mut dice = Dice::new(shape.seed ^ 0xa);
    for (date, half, _) in moments(&instance) {
        for trainer in &mut instance.trainers {
            if dice.below(4) == 0 {
                trainer.unavailable.push(half_day(date, half));
            }
        }
    }
    instance
}

/// B: around a hidden timetable drawn by chance. A trainer is there on the half-days of the hidden timetable and on one
/// in ten more, and there are as many rooms as it uses at its peak.
pub fn tight(shape: &Shape) -> Result<Instance> {
    let mut instance = open(shape);
    let mut dice = Dice::new(shape.seed ^ 0xb);
    let moments = moments(&instance);
    let hidden =
        (0..500).find_map(|_| hide(&instance, &moments, &mut dice)).context("no hidden timetable was drawn")?;
    let mut peak = 0;
    for (number, trainer) in instance.trainers.iter_mut().enumerate() {
        let busy: Vec<usize> =
            (0..moments.len()).filter(|at| hidden[*at].iter().any(|(_, who)| *who == number)).collect();
        let mut idle: Vec<usize> =
            (0..moments.len()).filter(|at| !busy.contains(at) && !moments[*at].2.is_empty()).collect();
        dice.shuffle(&mut idle);
        idle.truncate(busy.len() / 9);
        let there: BTreeSet<usize> = busy.into_iter().chain(idle).collect();
        trainer.available = there.into_iter().map(|at| half_day(moments[at].0, moments[at].1)).collect();
        if trainer.available.is_empty() {
            trainer.available.push(Window::days(Date::MIN, Date::MIN));
        }
    }
    for sessions in &hidden {
        peak = peak.max(sessions.len());
    }
    instance.rooms.truncate(peak);
    Ok(instance)
}

/// At each half-day every cohort has, six times in seven, any module whose turn has come; none when some are left over.
fn hide(
    instance: &Instance,
    moments: &[(Date, Half, Vec<usize>)],
    dice: &mut Dice,
) -> Option<Vec<Vec<(usize, usize)>>> {
    let mut left: Vec<u32> = instance.modules.iter().map(|module| module.half_days).collect();
    let number = |id: &String| instance.modules.iter().position(|module| module.id == *id).unwrap_or_default();
    let after: Vec<Vec<usize>> =
        instance.modules.iter().map(|module| module.after.iter().map(number).collect()).collect();
    let able: Vec<Vec<usize>> = instance
        .modules
        .iter()
        .map(|module| {
            (0..instance.trainers.len()).filter(|one| instance.trainers[*one].modules.contains(&module.id)).collect()
        })
        .collect();
    let mut hidden = Vec::new();
    for (_, _, cohorts) in moments {
        let mut sessions: Vec<(usize, usize)> = Vec::new();
        for cohort in cohorts {
            if dice.below(12) == 0 {
                continue;
            }
            let mut ready: Vec<usize> = (cohort * MODULES..(cohort + 1) * MODULES)
                .filter(|module| left[*module] > 0 && after[*module].iter().all(|before| left[*before] == 0))
                .collect();
            dice.shuffle(&mut ready);
            let choice = ready.into_iter().find_map(|module| {
                let mut free = able[module].clone();
                free.retain(|trainer| sessions.iter().all(|(_, busy)| busy != trainer));
                (!free.is_empty()).then(|| (module, free[dice.below(free.len())]))
            });
            sessions.extend(choice);
        }
        // Whatever ends in this half-day opens others from the next one on.
        sessions.iter().for_each(|(module, _)| left[*module] -= 1);
        hidden.push(sessions);
    }
    left.iter().all(|left| *left == 0).then_some(hidden)
}

/// C: a tight instance with one bound too many, of three kinds by turns.
pub fn impossible(shape: &Shape) -> Result<(Instance, &'static str)> {
    let mut instance = tight(shape)?;
    let kind = match shape.seed % 3 {
        0 => {
            // Six weeks without the trainer who has the most to do.
            let busiest =
                instance.trainers.iter_mut().max_by_key(|trainer| trainer.modules.len()).context("no trainer")?;
            busiest.unavailable.push(weeks(6, 9));
            "trainer away"
        }
        1 => {
            // The end of a chain is due before its beginning can be over.
            let last = instance.modules.iter_mut().rev().find(|module| module.after.len() >= 2).context("no chain")?;
            last.deadline = Some(day(4, 4));
            "deadline"
        }
        _ => {
            let room = instance.rooms.last_mut().context("no room")?;
            room.unavailable.push(weeks(9, 21));
            "room lost"
        }
    };
    Ok((instance, kind))
}

/// D: loose, with evaluations to hold soon after what they evaluate, and a price on every wish.
pub fn wishing(shape: &Shape) -> Instance {
    let mut instance = loose(shape);
    for module in instance.modules.iter_mut().filter(|module| module.after.len() >= 2) {
        module.within_days = Some(14);
    }
    instance.weights = Weights {
        same_day: 3,
        same_week: 1,
        trainer_days: 2,
        trainer_changes: 4,
        room_changes: 2,
        late_finish: 1,
        late_evaluation: 1,
    };
    instance
}

/// E: what falls away in the twelfth week: the busiest trainer for two weeks, and a room for one. The school hears of it
/// on the Monday before.
pub fn mishap(instance: &Instance) -> Result<(Instance, Date)> {
    let mut changed = instance.clone();
    let busiest = changed.trainers.iter_mut().max_by_key(|trainer| trainer.modules.len()).context("no trainer")?;
    busiest.unavailable.push(weeks(11, 2));
    if changed.rooms.len() > 1 {
        changed.rooms.last_mut().context("no room")?.unavailable.push(weeks(11, 1));
    }
    let today = day(11, 0).checked_sub(Span::new().days(7))?;
    Ok((changed, today))
}
