//! The instance as numbers: half-days, modules, what may go where.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base::Date;

use super::instance::{Half, Instance, Module, Window};
use super::solution::Session;

/// A half-day: twice the rank of its day, and one more in the afternoon.
pub(super) type Slot = usize;

/// A set of half-days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slots {
    words: Vec<u64>,
}

impl Slots {
    pub fn none(length: usize) -> Self {
        Self { words: vec![0; length.div_ceil(64)] }
    }

    pub fn insert(&mut self, slot: Slot) {
        self.words[slot / 64] |= 1 << (slot % 64);
    }

    pub fn remove(&mut self, slot: Slot) {
        self.words[slot / 64] &= !(1 << (slot % 64));
    }

    pub fn has(&self, slot: Slot) -> bool {
        self.words[slot / 64] >> (slot % 64) & 1 == 1
    }

    pub fn iter(&self) -> impl Iterator<Item = Slot> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let rest = |word: &u64| Some(word & (word - 1)).filter(|rest| *rest != 0);
            std::iter::successors(Some(*word).filter(|word| *word != 0), rest)
                .map(move |word| at * 64 + word.trailing_zeros() as usize)
        })
    }

    pub fn retain(&mut self, keep: impl Fn(Slot) -> bool) {
        for slot in self.iter().collect::<Vec<_>>() {
            if !keep(slot) {
                self.remove(slot);
            }
        }
    }

    /// How many lie at a slot or after.
    pub fn from(&self, slot: Slot) -> usize {
        let at = slot / 64;
        let Some(first) = self.words.get(at) else { return 0 };
        let rest = self.words[at + 1..].iter().map(|word| word.count_ones() as usize).sum::<usize>();
        (first >> (slot % 64)).count_ones() as usize + rest
    }
}

/// A module as numbers.
#[derive(Debug, Clone)]
pub(super) struct Course {
    pub cohort: usize,
    /// Sessions.
    pub need: usize,
    pub per_day: usize,
    per_week: usize,
    /// Of the first week, before the first day.
    held: usize,
    /// Days between the dates of any two sessions.
    pub gap: i64,
    /// Modules with sessions that come before, and after.
    pub after: Vec<usize>,
    pub before: Vec<usize>,
    /// Who may lead it, and where; not asked for when not needed.
    pub trainers: Vec<usize>,
    pub rooms: Vec<usize>,
    pub needs_trainer: bool,
    pub needs_room: bool,
    /// Where it may lie as far as it alone is concerned, with room for all that comes before and after.
    pub slots: Slots,
    pub within: Option<i64>,
}

impl Course {
    /// Sessions that a week takes at most, by its rank.
    pub fn most_in(&self, week: usize) -> usize {
        if week == 0 { self.per_week.saturating_sub(self.held) } else { self.per_week }
    }
}

/// What a fixed session fixes besides its half-day.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fixed {
    pub trainer: Option<usize>,
    pub room: Option<usize>,
}

/// One session in a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Placed {
    pub course: usize,
    pub slot: Slot,
    pub trainer: Option<usize>,
    pub room: Option<usize>,
}

pub(super) struct Problem<'a> {
    pub instance: &'a Instance,
    pub days: Vec<Date>,
    /// Of each day: its number counted in calendar days, and the rank of its ISO week.
    pub number: Vec<i64>,
    pub week: Vec<usize>,
    pub cohort_slots: Vec<Slots>,
    pub trainer_free: Vec<Slots>,
    pub room_free: Vec<Slots>,
    pub courses: Vec<Course>,
    pub pins: BTreeMap<(usize, Slot), Fixed>,
    /// Seen at once: an order in a circle, or a session fixed where it cannot be.
    pub hopeless: bool,
}

fn covered(windows: &[Window], date: Date, half: Half) -> bool {
    windows.iter().any(|window| window.covers(date, half))
}

impl<'a> Problem<'a> {
    /// The instance must be sound ([`Instance::check`]).
    pub fn of(instance: &'a Instance) -> Self {
        let days = instance.days();
        let number: Vec<i64> = days
            .iter()
            .map(|date| instance.calendar.from.until(*date).map_or(0, |span| i64::from(span.get_days())))
            .collect();
        let offset = i64::from(instance.calendar.from.weekday().to_monday_zero_offset());
        let week = number.iter().map(|day| usize::try_from((day + offset) / 7).unwrap_or(0)).collect();
        let moments: Vec<(Date, Half)> = days.iter().flat_map(|date| Half::BOTH.map(|half| (*date, half))).collect();
        let select = |keep: &dyn Fn(Date, Half) -> bool| {
            let mut slots = Slots::none(moments.len());
            for (slot, (date, half)) in moments.iter().enumerate() {
                if keep(*date, *half) {
                    slots.insert(slot);
                }
            }
            slots
        };
        let closures = &instance.calendar.closures;
        let cohort_slots = instance.cohorts.iter().map(|cohort| {
            select(&|date, half| {
                !covered(closures, date, half)
                    && (cohort.school.is_empty() || covered(&cohort.school, date, half))
                    && !covered(&cohort.away, date, half)
            })
        });
        let trainer_free = instance.trainers.iter().map(|trainer| {
            select(&|date, half| {
                (trainer.available.is_empty() || covered(&trainer.available, date, half))
                    && !covered(&trainer.unavailable, date, half)
            })
        });
        let room_free = instance.rooms.iter().map(|room| select(&|date, half| !covered(&room.unavailable, date, half)));
        let mut problem = Self {
            instance,
            number,
            week,
            cohort_slots: cohort_slots.collect(),
            trainer_free: trainer_free.collect(),
            room_free: room_free.collect(),
            courses: Vec::new(),
            pins: BTreeMap::new(),
            hopeless: false,
            days,
        };
        problem.read_pins(&moments);
        problem.read_courses(&moments);
        problem.tighten();
        problem.hopeless |= problem.pins_clash();
        problem
    }

    pub fn slots(&self) -> usize {
        self.days.len() * 2
    }

    fn read_pins(&mut self, moments: &[(Date, Half)]) {
        let instance = self.instance;
        let at: HashMap<(Date, Half), Slot> = moments.iter().copied().zip(0..).collect();
        for pin in &instance.pins {
            let course = instance.modules.iter().position(|module| module.id == pin.module);
            let (Some(course), Some(slot)) = (course, at.get(&(pin.date, pin.half))) else {
                self.hopeless = true;
                continue;
            };
            let trainer = pin.trainer.as_ref().and_then(|id| instance.trainers.iter().position(|one| one.id == *id));
            let room = pin.room.as_ref().and_then(|id| instance.rooms.iter().position(|one| one.id == *id));
            self.pins.insert((course, *slot), Fixed { trainer, room });
        }
    }

    fn read_courses(&mut self, moments: &[(Date, Half)]) {
        let instance = self.instance;
        let numbers: HashMap<&str, usize> =
            instance.modules.iter().enumerate().map(|(number, module)| (module.id.as_str(), number)).collect();
        let has_sessions = |id: &str| instance.modules[numbers[id]].half_days > 0;
        for module in &instance.modules {
            let course = self.read_course(module, moments, &numbers, &has_sessions);
            self.courses.push(course);
        }
        for course in 0..self.courses.len() {
            for before in self.courses[course].after.clone() {
                self.courses[before].before.push(course);
            }
        }
        // Every domain waits for all courses to be read: what may lie where asks for pins.
        for course in 0..self.courses.len() {
            let mut slots = self.courses[course].slots.clone();
            slots.retain(|slot| self.can_be_held(course, slot));
            self.courses[course].slots = slots;
        }
    }

    /// Sessions fixed where they cannot be, too many, or two for one cohort at once.
    fn pins_clash(&self) -> bool {
        let mut taken = BTreeSet::new();
        self.pins.keys().any(|(course, slot)| {
            let of = &self.courses[*course];
            let pinned = self.pins.range((*course, 0)..(course + 1, 0)).count();
            !of.slots.has(*slot) || pinned > of.need || !taken.insert((of.cohort, *slot))
        })
    }

    fn read_course(
        &self,
        module: &Module,
        moments: &[(Date, Half)],
        numbers: &HashMap<&str, usize>,
        has_sessions: &dyn Fn(&str) -> bool,
    ) -> Course {
        let instance = self.instance;
        let cohort = instance.cohorts.iter().position(|cohort| cohort.id == module.cohort).unwrap_or(0);
        let learners = instance.cohorts[cohort].learners;
        let qualified = |number: &usize| instance.trainers[*number].modules.contains(&module.id);
        let fits = |number: &usize| {
            let room = &instance.rooms[*number];
            room.capacity >= learners && module.equipment.iter().all(|wanted| room.equipment.contains(wanted))
        };
        let mut slots = self.cohort_slots[cohort].clone();
        slots.retain(|slot| {
            let date = moments[slot].0;
            module.not_before.is_none_or(|first| first <= date) && module.deadline.is_none_or(|last| date <= last)
        });
        let most = |bound: Option<u32>| bound.map_or(usize::MAX, |bound| bound as usize);
        let mut after: Vec<usize> = module
            .after
            .iter()
            .filter(|id| module.half_days > 0 && has_sessions(id))
            .map(|id| numbers[id.as_str()])
            .collect();
        after.sort_unstable();
        after.dedup();
        Course {
            cohort,
            need: module.half_days as usize,
            per_day: most(module.max_per_day),
            per_week: most(module.max_per_week),
            held: module.held as usize,
            gap: i64::from(module.min_days_between),
            after,
            before: Vec::new(),
            trainers: (0..instance.trainers.len()).filter(qualified).collect(),
            rooms: (0..instance.rooms.len()).filter(fits).collect(),
            needs_trainer: module.needs_trainer,
            needs_room: module.needs_room,
            slots,
            within: module.within_days.map(i64::from),
        }
    }

    /// Whether somebody and somewhere are free for the course then.
    fn can_be_held(&self, course: usize, slot: Slot) -> bool {
        let fixed = self.pins.get(&(course, slot)).copied().unwrap_or_default();
        let of = &self.courses[course];
        // What is fixed must be possible even where it is not asked for.
        (fixed.trainer.is_none() && !of.needs_trainer || self.trainers_at(course, slot).next().is_some())
            && (fixed.room.is_none() && !of.needs_room || self.rooms_at(course, slot).next().is_some())
    }

    /// Trainers who could lead a session of the course then.
    pub fn trainers_at(&self, course: usize, slot: Slot) -> impl Iterator<Item = usize> + '_ {
        let fixed = self.pins.get(&(course, slot)).and_then(|fixed| fixed.trainer);
        let all = self.courses[course].trainers.iter().copied();
        all.filter(move |one| fixed.is_none_or(|fixed| fixed == *one) && self.trainer_free[*one].has(slot))
    }

    /// Rooms that could hold a session of the course then.
    pub fn rooms_at(&self, course: usize, slot: Slot) -> impl Iterator<Item = usize> + '_ {
        let fixed = self.pins.get(&(course, slot)).and_then(|fixed| fixed.room);
        let all = self.courses[course].rooms.iter().copied();
        all.filter(move |one| fixed.is_none_or(|fixed| fixed == *one) && self.room_free[*one].has(slot))
    }

    /// Whether a session there asks for a trainer, or has one fixed.
    pub fn asks_trainer(&self, course: usize, slot: Slot) -> bool {
        self.courses[course].needs_trainer
            || self.pins.get(&(course, slot)).is_some_and(|fixed| fixed.trainer.is_some())
    }

    pub fn asks_room(&self, course: usize, slot: Slot) -> bool {
        self.courses[course].needs_room || self.pins.get(&(course, slot)).is_some_and(|fixed| fixed.room.is_some())
    }

    /// Courses so that each comes after those before it; none when they run in a circle.
    pub fn in_order(&self) -> Option<Vec<usize>> {
        let mut missing: Vec<usize> = self.courses.iter().map(|course| course.after.len()).collect();
        let mut order: Vec<usize> = (0..missing.len()).filter(|course| missing[*course] == 0).collect();
        let mut at = 0;
        while at < order.len() {
            for next in &self.courses[order[at]].before {
                missing[*next] -= 1;
                if missing[*next] == 0 {
                    order.push(*next);
                }
            }
            at += 1;
        }
        (order.len() == missing.len()).then_some(order)
    }

    /// The courses of its cohort that wait for this one, near and far; or those for which it waits.
    pub fn beyond(&self, course: usize, forwards: bool) -> Vec<usize> {
        let (mut all, mut open) = (BTreeSet::new(), vec![course]);
        while let Some(one) = open.pop() {
            let of = &self.courses[one];
            open.extend(if forwards { &of.before } else { &of.after }.iter().filter(|next| all.insert(**next)));
        }
        all.into_iter().filter(|one| self.courses[*one].cohort == self.courses[course].cohort).collect()
    }

    /// Cuts each course's half-days to those that leave room for what comes before and after it.
    fn tighten(&mut self) {
        let Some(order) = self.in_order() else {
            self.hopeless = true;
            return;
        };
        for forwards in [true, false] {
            let walk: Vec<usize> = if forwards { order.clone() } else { order.iter().rev().copied().collect() };
            for course in walk {
                let near = if forwards { &self.courses[course].after } else { &self.courses[course].before };
                let bounds = near.iter().map(|one| self.completed(*one, forwards));
                let bound = bounds.chain([self.filled(course, forwards)]).fold(Some(None), furthest(forwards));
                match bound {
                    None => self.courses[course].slots.retain(|_| false),
                    Some(None) => {}
                    Some(Some(bound)) => {
                        self.courses[course].slots.retain(|slot| if forwards { slot > bound } else { slot < bound })
                    }
                }
            }
        }
    }

    /// The first half-day by which the course alone can be finished (its last one by which it must have begun, backwards);
    /// none when it cannot be held at all. Taking the earliest half-days allowed is best: every bound of a course is a
    /// distance or a number in a day or week, and later choices never leave more.
    fn completed(&self, course: usize, forwards: bool) -> Option<Option<Slot>> {
        let of = &self.courses[course];
        let mut slots: Vec<Slot> = of.slots.iter().collect();
        if !forwards {
            slots.reverse();
        }
        let mut taken: Vec<Slot> = Vec::with_capacity(of.need);
        for slot in slots {
            if taken.len() == of.need {
                break;
            }
            let day = slot / 2;
            let in_day = taken.iter().rev().take_while(|other| **other / 2 == day).count();
            let in_week = taken.iter().rev().take_while(|other| self.week[**other / 2] == self.week[day]).count();
            let near = taken.last().is_some_and(|last| (self.number[last / 2] - self.number[day]).abs() < of.gap);
            if in_day < of.per_day && in_week < of.most_in(self.week[day]) && !near {
                taken.push(slot);
            }
        }
        (taken.len() == of.need).then(|| taken.last().copied())
    }

    /// The half-day by which the cohort has held all that comes before the course (after it, backwards), were it only for
    /// its own time.
    fn filled(&self, course: usize, forwards: bool) -> Option<Option<Slot>> {
        let behind = self.beyond(course, !forwards);
        let need: usize = behind.iter().map(|other| self.courses[*other].need).sum();
        if need == 0 {
            return Some(None);
        }
        let mut slots: Vec<Slot> = self.cohort_slots[self.courses[course].cohort].iter().collect();
        slots.retain(|slot| behind.iter().any(|other| self.courses[*other].slots.has(*slot)));
        if !forwards {
            slots.reverse();
        }
        slots.get(need - 1).copied().map(Some)
    }

    /// A plan in words.
    pub fn sessions(&self, plan: &[Placed]) -> Vec<Session> {
        let mut sessions: Vec<Session> = plan
            .iter()
            .map(|placed| Session {
                date: self.days[placed.slot / 2],
                half: Half::BOTH[placed.slot % 2],
                module: self.instance.modules[placed.course].id.clone(),
                trainer: placed.trainer.map(|trainer| self.instance.trainers[trainer].id.clone()),
                room: placed.room.map(|room| self.instance.rooms[room].id.clone()),
            })
            .collect();
        sessions.sort();
        sessions
    }
}

/// Of two bounds the one that leaves less; no bound at all when one of them cannot be met.
fn furthest(forwards: bool) -> impl Fn(Option<Option<Slot>>, Option<Option<Slot>>) -> Option<Option<Slot>> {
    move |one, other| match (one?, other?) {
        (Some(one), Some(other)) => Some(Some(if forwards { one.max(other) } else { one.min(other) })),
        (one, other) => Some(one.or(other)),
    }
}
