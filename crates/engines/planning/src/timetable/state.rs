//! A timetable that is being changed: sessions may be out, bounds may be broken, and each change knows at once what it
//! costs.

use std::collections::HashMap;

use super::instance::Weights;
use super::problem::{Placed, Problem, Slot, Slots};

/// What breaking a bound counts, in its own unit.
const OUT: i64 = 6;
const CLASH: i64 = 3;
const EXCESS: i64 = 2;
const DISORDER: i64 = 1;

/// What a session that comes or goes within the notice counts beside one that moves.
const NOTICED: i64 = 20;

/// Where a session lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat {
    pub slot: Slot,
    pub trainer: Option<usize>,
    pub room: Option<usize>,
}

pub(super) struct State<'p, 'a> {
    pub problem: &'p Problem<'a>,
    weights: Weights,
    /// The course of each session.
    pub course: Vec<usize>,
    pub seat: Vec<Option<Seat>>,
    pub fixed: Vec<bool>,
    of_course: Vec<Vec<usize>>,
    /// The session of each cohort at each half-day.
    grid: Vec<Option<usize>>,
    trainer_at: Vec<u16>,
    room_at: Vec<u16>,
    in_day: Vec<u16>,
    in_week: Vec<u16>,
    trainer_day: Vec<u16>,
    course_trainer: Vec<u16>,
    cohort_room: Vec<u16>,
    /// How many trainers a course has, and how many rooms a cohort in a week.
    trainers_of: Vec<u16>,
    rooms_of: Vec<u16>,
    /// How many half-days a cohort has had, by half-day.
    rank: Vec<u32>,
    last: Vec<Option<Slot>>,
    /// Courses whose evaluation waits depends on a course.
    waits: Vec<Vec<usize>>,
    /// Where each course was, when it should stay there; and the first half-day that changes freely.
    home: Vec<Slots>,
    free: Slot,
    /// Broken bounds, and wishes not met.
    pub broken: i64,
    pub cost: i64,
    weeks: usize,
}

impl<'p, 'a> State<'p, 'a> {
    pub fn of(problem: &'p Problem<'a>, plan: &[Placed], weights: Weights) -> Self {
        let (courses, slots, days) = (problem.courses.len(), problem.slots(), problem.days.len());
        let weeks = problem.week.last().map_or(0, |last| last + 1);
        let (trainers, rooms) = (problem.instance.trainers.len(), problem.instance.rooms.len());
        let cohorts = problem.cohort_slots.len();
        let mut waits = vec![Vec::new(); courses];
        for (number, course) in problem.courses.iter().enumerate().filter(|(_, course)| course.within.is_some()) {
            waits[number].push(number);
            course.after.iter().for_each(|before| waits[*before].push(number));
        }
        let ranks = problem.cohort_slots.iter().flat_map(|ours| {
            (0..slots).scan(0_u32, |count, slot| {
                *count += u32::from(ours.has(slot));
                Some(*count)
            })
        });
        let mut state = Self {
            problem,
            weights,
            course: Vec::new(),
            seat: Vec::new(),
            fixed: Vec::new(),
            of_course: vec![Vec::new(); courses],
            grid: vec![None; cohorts * slots],
            trainer_at: vec![0; trainers * slots],
            room_at: vec![0; rooms * slots],
            in_day: vec![0; courses * days],
            in_week: vec![0; courses * weeks],
            trainer_day: vec![0; trainers * days],
            course_trainer: vec![0; courses * trainers],
            cohort_room: vec![0; cohorts * weeks * rooms],
            trainers_of: vec![0; courses],
            rooms_of: vec![0; cohorts * weeks],
            rank: ranks.collect(),
            last: vec![None; cohorts],
            waits,
            home: Vec::new(),
            free: 0,
            broken: 0,
            cost: 0,
            weeks,
        };
        for (number, course) in problem.courses.iter().enumerate() {
            for _ in 0..course.need {
                state.of_course[number].push(state.course.len());
                state.course.push(number);
                state.seat.push(None);
                state.fixed.push(false);
                state.broken += OUT;
            }
        }
        state.seat_all(plan);
        state
    }

    /// From now on a session costs one on a half-day that is not its own in `former`; before `free`, coming and going
    /// cost much more.
    pub fn stay(&mut self, former: &[Placed], free: Slot) {
        self.home = vec![Slots::none(self.problem.slots()); self.problem.courses.len()];
        for placed in former {
            self.home[placed.course].insert(placed.slot);
        }
        self.free = free;
        let seats = self.seat.iter().zip(&self.course);
        self.cost += seats.filter_map(|(seat, course)| Some(self.away(*course, (*seat)?.slot))).sum::<i64>();
    }

    /// What it costs a course to be there rather than where it was.
    fn away(&self, course: usize, slot: Slot) -> i64 {
        let noticed = i64::from(slot < self.free) * NOTICED;
        match self.home.get(course) {
            None => 0,
            Some(home) if home.has(slot) => -noticed,
            Some(_) => 1 + noticed,
        }
    }

    /// Puts the fixed sessions where they are fixed, then those of the plan that still find their place.
    fn seat_all(&mut self, plan: &[Placed]) {
        let problem = self.problem;
        let mut waiting: Vec<std::vec::IntoIter<usize>> =
            self.of_course.iter().map(|sessions| sessions.clone().into_iter()).collect();
        let known: HashMap<(usize, Slot), &Placed> =
            plan.iter().map(|placed| ((placed.course, placed.slot), placed)).collect();
        for (course, slot) in problem.pins.keys() {
            let seat = known.get(&(*course, *slot)).map_or_else(
                || Seat {
                    slot: *slot,
                    trainer: problem
                        .trainers_at(*course, *slot)
                        .next()
                        .filter(|_| problem.asks_trainer(*course, *slot)),
                    room: problem.rooms_at(*course, *slot).next().filter(|_| problem.asks_room(*course, *slot)),
                },
                |placed| Seat { slot: *slot, trainer: placed.trainer, room: placed.room },
            );
            self.seat_next(&mut waiting[*course], seat, true);
        }
        for placed in plan.iter().filter(|placed| !problem.pins.contains_key(&(placed.course, placed.slot))) {
            let seat = Seat { slot: placed.slot, trainer: placed.trainer, room: placed.room };
            self.seat_next(&mut waiting[placed.course], seat, false);
        }
    }

    fn seat_next(&mut self, waiting: &mut impl Iterator<Item = usize>, seat: Seat, fixed: bool) {
        let Some(session) = waiting.next() else { return };
        if self.occupant(session, seat.slot).is_none() {
            self.put(session, seat);
            self.fixed[session] = fixed;
        }
    }

    /// The session of the same cohort that lies there.
    pub fn occupant(&self, session: usize, slot: Slot) -> Option<usize> {
        self.grid[self.problem.courses[self.course[session]].cohort * self.problem.slots() + slot]
    }

    /// Takes a session out; returns where it was.
    pub fn lift(&mut self, session: usize) -> Option<Seat> {
        let seat = self.seat[session]?;
        self.broken += OUT;
        self.account(session, seat, false);
        Some(seat)
    }

    /// Puts a session that is out on a half-day of its cohort that is free.
    pub fn put(&mut self, session: usize, seat: Seat) {
        self.account(session, seat, true);
        self.broken -= OUT;
    }

    /// Counts a session that comes, or goes, and notes where it is.
    fn account(&mut self, session: usize, seat: Seat, comes: bool) {
        let number = self.course[session];
        let problem = self.problem;
        let course = &problem.courses[number];
        let (slots, day) = (problem.slots(), seat.slot / 2);
        let week = problem.week[day];
        let sign = if comes { 1 } else { -1 };
        let mut broken = self.disorder(number, session, seat.slot) * DISORDER;
        let mut cost = 0_i64;
        if let Some(trainer) = seat.trainer {
            let others = step(&mut self.trainer_at[trainer * slots + seat.slot], comes);
            broken += i64::from(others > 0 && !problem.instance.trainers[trainer].several) * CLASH;
            let here = step(&mut self.trainer_day[trainer * problem.days.len() + day], comes);
            cost += i64::from(here == 0) * i64::from(self.weights.trainer_days);
            let known = step(&mut self.course_trainer[number * problem.instance.trainers.len() + trainer], comes);
            if known == 0 {
                let others = step(&mut self.trainers_of[number], comes);
                cost += i64::from(others > 0) * i64::from(self.weights.trainer_changes);
            }
        }
        if let Some(room) = seat.room {
            let others = step(&mut self.room_at[room * slots + seat.slot], comes);
            broken += i64::from(others > 0 && !problem.instance.rooms[room].several) * CLASH;
            let group = course.cohort * self.weeks + week;
            if step(&mut self.cohort_room[group * problem.instance.rooms.len() + room], comes) == 0 {
                let others = step(&mut self.rooms_of[group], comes);
                cost += i64::from(others > 0) * i64::from(self.weights.room_changes);
            }
        }
        let in_day = usize::from(step(&mut self.in_day[number * problem.days.len() + day], comes));
        let in_week = usize::from(step(&mut self.in_week[number * self.weeks + week], comes));
        broken += (i64::from(in_day >= course.per_day) + i64::from(in_week >= course.most_in(week))) * EXCESS;
        cost += i64::from(in_day > 0) * i64::from(self.weights.same_day);
        cost += i64::from(in_week > 0) * i64::from(self.weights.same_week);
        cost += self.away(number, seat.slot);
        self.broken += sign * broken;
        self.cost += sign * cost;
        self.cost -= self.timing(number, course.cohort);
        self.grid[course.cohort * slots + seat.slot] = comes.then_some(session);
        if self.weights.late_finish > 0 {
            self.find_last(course.cohort, seat.slot, comes);
        }
        self.seat[session] = comes.then_some(seat);
        self.cost += self.timing(number, course.cohort);
    }

    /// Pairs of sessions in the wrong order or too near, between this one (there) and all others that lie somewhere.
    fn disorder(&self, number: usize, session: usize, slot: Slot) -> i64 {
        let problem = self.problem;
        let course = &problem.courses[number];
        let lying = |other: &usize| {
            let sessions = self.of_course[*other].iter().filter(|other| **other != session);
            sessions.filter_map(|other| self.seat[*other]).map(|seat| seat.slot)
        };
        let late = course.after.iter().flat_map(lying).filter(|other| *other >= slot).count();
        let early = course.before.iter().flat_map(lying).filter(|other| *other <= slot).count();
        let near = if course.gap == 0 {
            0
        } else {
            let day = problem.number[slot / 2];
            lying(&number).filter(|other| (problem.number[other / 2] - day).abs() < course.gap).count()
        };
        (late + early + near) as i64
    }

    /// What the end of the cohort and the evaluations that depend on the course cost now.
    fn timing(&self, number: usize, cohort: usize) -> i64 {
        let mut cost = 0;
        if self.weights.late_finish > 0
            && let Some(last) = self.last[cohort]
        {
            cost += i64::from(self.rank[cohort * self.problem.slots() + last]) * i64::from(self.weights.late_finish);
        }
        if self.weights.late_evaluation > 0 {
            let late: i64 = self.waits[number].iter().map(|course| self.lateness(*course)).sum();
            cost += late * i64::from(self.weights.late_evaluation);
        }
        cost
    }

    /// Days by which the last session of an evaluation lies too far behind what it evaluates.
    fn lateness(&self, number: usize) -> i64 {
        let course = &self.problem.courses[number];
        let end = |course: &usize| {
            let sessions = self.of_course[*course].iter();
            sessions.filter_map(|session| self.seat[*session]).map(|seat| self.problem.number[seat.slot / 2]).max()
        };
        let ready = course.after.iter().filter_map(end).max();
        match (end(&number), ready, course.within) {
            (Some(end), Some(ready), Some(within)) => (end - ready - within).max(0),
            _ => 0,
        }
    }

    fn find_last(&mut self, cohort: usize, slot: Slot, comes: bool) {
        if comes {
            self.last[cohort] = self.last[cohort].max(Some(slot));
        } else if self.last[cohort] == Some(slot) {
            let row = &self.grid[cohort * self.problem.slots()..][..slot];
            self.last[cohort] = row.iter().rposition(Option::is_some);
        }
    }

    /// The trainers and rooms for a session there: free ones, as far as there are, those that cost least first.
    pub fn staffed(&self, session: usize, slot: Slot, dice: &mut super::dice::Dice) -> Seat {
        let problem = self.problem;
        let number = self.course[session];
        let course = &problem.courses[number];
        let (slots, day) = (problem.slots(), slot / 2);
        let trainer = course.needs_trainer.then(|| {
            let able = course.trainers.iter().filter(|one| problem.trainer_free[**one].has(slot));
            pick(able, dice, |one| {
                let busy = self.trainer_at[one * slots + slot] > 0 && !problem.instance.trainers[one].several;
                let comes = self.trainer_day[one * problem.days.len() + day] == 0;
                let known = self.course_trainer[number * problem.instance.trainers.len() + one] > 0;
                i64::from(busy) * 1_000_000
                    + i64::from(comes) * i64::from(self.weights.trainer_days)
                    + i64::from(!known) * i64::from(self.weights.trainer_changes)
            })
        });
        let room = course.needs_room.then(|| {
            let fit = course.rooms.iter().filter(|one| problem.room_free[**one].has(slot));
            pick(fit, dice, |one| {
                let busy = self.room_at[one * slots + slot] > 0 && !problem.instance.rooms[one].several;
                let week = problem.week[day];
                let used =
                    self.cohort_room[(course.cohort * self.weeks + week) * problem.instance.rooms.len() + one] > 0;
                i64::from(busy) * 1_000_000 + i64::from(!used) * i64::from(self.weights.room_changes)
            })
        });
        Seat { slot, trainer: trainer.flatten(), room: room.flatten() }
    }

    /// What lies somewhere.
    pub fn plan(&self) -> Vec<Placed> {
        let placed = |(session, seat): (usize, &Option<Seat>)| {
            seat.map(|seat| Placed {
                course: self.course[session],
                slot: seat.slot,
                trainer: seat.trainer,
                room: seat.room,
            })
        };
        self.seat.iter().enumerate().filter_map(placed).collect()
    }
}

/// Counts one more or one less; returns how many others there are.
fn step(count: &mut u16, comes: bool) -> u16 {
    if comes {
        *count += 1;
        *count - 1
    } else {
        *count -= 1;
        *count
    }
}

/// One of the least costly, by chance among equals.
fn pick<'s>(
    all: impl Iterator<Item = &'s usize>,
    dice: &mut super::dice::Dice,
    cost: impl Fn(usize) -> i64,
) -> Option<usize> {
    all.map(|one| ((cost(*one), dice.next()), *one)).min().map(|(_, one)| one)
}

#[cfg(test)]
mod tests {
    use super::super::check::check;
    use super::super::dice::Dice;
    use super::super::instance::Instance;
    use super::super::problem::Problem;
    use super::*;

    fn instance() -> Instance {
        serde_json::from_str(
            r#"{ "format": 1, "calendar": { "from": "2026-11-16", "to": "2026-12-04" },
                 "cohorts": [{ "id": "c0", "learners": 5 }, { "id": "c1", "learners": 5 }],
                 "trainers": [{ "id": "t0", "modules": ["m0", "m1", "m3"] }, { "id": "t1", "modules": ["m1", "m2", "m3"] }],
                 "rooms": [{ "id": "r0", "capacity": 5 }, { "id": "r1", "capacity": 5 }],
                 "modules": [
                   { "id": "m0", "cohort": "c0", "half_days": 4, "max_per_day": 1 },
                   { "id": "m1", "cohort": "c0", "half_days": 3, "after": ["m0"], "within_days": 2 },
                   { "id": "m2", "cohort": "c1", "half_days": 5, "max_per_week": 2, "min_days_between": 2 },
                   { "id": "m3", "cohort": "c1", "half_days": 2, "after": ["m2"], "within_days": 1 }],
                 "weights": { "same_day": 3, "same_week": 1, "trainer_days": 2, "trainer_changes": 4, "room_changes": 5,
                              "late_finish": 1, "late_evaluation": 7 } }"#,
        )
        .unwrap()
    }

    /// After any changes, what the state says of itself is what the judge says.
    #[test]
    fn the_accounts_are_right_after_any_changes() {
        let instance = instance();
        let problem = Problem::of(&instance);
        let mut state = State::of(&problem, &[], instance.weights);
        let mut dice = Dice::new(7);
        let (sessions, slots) = (state.course.len(), problem.slots());
        for _ in 0..20_000 {
            let (session, slot) = (dice.below(sessions), dice.below(slots));
            state.lift(session);
            if dice.below(6) > 0 && state.occupant(session, slot).is_none() {
                let seat = state.staffed(session, slot, &mut dice);
                state.put(session, seat);
            }
            let (flaws, cost) = check(&instance, &problem.sessions(&state.plan()));
            assert_eq!(state.broken == 0, flaws.is_empty(), "{} {flaws:?}", state.broken);
            assert_eq!(u64::try_from(state.cost), Ok(cost.total));
        }
        for session in 0..sessions {
            state.lift(session);
        }
        assert_eq!((state.broken, state.cost), (OUT * i64::try_from(sessions).unwrap(), 0));
    }
}
