//! A first plan, half-day after half-day: at each one, every cohort takes the most pressing of the modules that could
//! take place. What was left over presses more the next time.

use super::problem::{Placed, Problem, Slot};

/// A plan that keeps every bound, but may lack sessions.
pub(super) struct Draft {
    pub plan: Vec<Placed>,
    pub missing: usize,
}

/// The best of so many attempts; the first complete one ends them.
pub(super) fn construct(problem: &Problem, attempts: usize) -> Draft {
    let mut pressure = vec![0.0; problem.courses.len()];
    let mut best: Option<Draft> = None;
    for _ in 0..attempts {
        let (draft, left) = attempt(problem, &pressure);
        if best.as_ref().is_none_or(|best| draft.missing < best.missing) {
            best = Some(draft);
        }
        if left.iter().all(|left| *left == 0) {
            break;
        }
        // What is left over has come too late, and so has all it waited for.
        for (course, left) in left.iter().enumerate().filter(|(_, left)| **left > 0) {
            let mut waited = vec![course];
            while let Some(one) = waited.pop() {
                pressure[one] += 0.2 * *left as f64 / problem.courses[course].need as f64;
                waited.extend(&problem.courses[one].after);
            }
        }
    }
    best.unwrap_or(Draft { plan: Vec::new(), missing: usize::MAX })
}

struct Hand<'p, 'a> {
    problem: &'p Problem<'a>,
    left: Vec<usize>,
    in_day: Vec<usize>,
    in_week: Vec<usize>,
    last: Vec<Option<Slot>>,
    plan: Vec<Placed>,
    trainer_busy: Vec<bool>,
    room_busy: Vec<bool>,
}

fn attempt(problem: &Problem, pressure: &[f64]) -> (Draft, Vec<usize>) {
    let count = problem.courses.len();
    let mut hand = Hand {
        problem,
        left: problem.courses.iter().map(|course| course.need).collect(),
        in_day: vec![0; count],
        in_week: vec![0; count],
        last: vec![None; count],
        plan: Vec::new(),
        trainer_busy: Vec::new(),
        room_busy: Vec::new(),
    };
    let mut by_cohort = vec![Vec::new(); problem.cohort_slots.len()];
    let mut pinned_left = vec![0; count];
    for (course, _) in problem.pins.keys() {
        pinned_left[*course] += 1;
    }
    for (number, course) in problem.courses.iter().enumerate() {
        by_cohort[course.cohort].push(number);
    }
    for slot in 0..problem.slots() {
        hand.begin(slot);
        let mut cohort_busy = vec![false; by_cohort.len()];
        for (course, _) in problem.pins.keys().filter(|(_, at)| *at == slot) {
            let cohort = problem.courses[*course].cohort;
            // One that cannot be held keeps its share, and is missing in the end.
            if !cohort_busy[cohort] && hand.place(*course, slot) {
                cohort_busy[cohort] = true;
                pinned_left[*course] -= 1;
            }
        }
        // Those with the most to do in the time they have left choose first.
        let mut wishes: Vec<(f64, usize)> = Vec::new();
        for cohort in
            (0..by_cohort.len()).filter(|cohort| problem.cohort_slots[*cohort].has(slot) && !cohort_busy[*cohort])
        {
            for course in &by_cohort[cohort] {
                // Fixed sessions still to come keep their share.
                if hand.left[*course] > pinned_left[*course] && hand.may(*course, slot) {
                    let open = problem.courses[*course].slots.from(slot).max(1) as f64;
                    wishes.push((hand.left[*course] as f64 / open + pressure[*course], *course));
                }
            }
        }
        wishes.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        for (_, course) in wishes {
            let cohort = problem.courses[course].cohort;
            if !cohort_busy[cohort] && hand.place(course, slot) {
                cohort_busy[cohort] = true;
            }
        }
    }
    let missing = hand.left.iter().sum();
    (Draft { plan: hand.plan, missing }, hand.left)
}

impl Hand<'_, '_> {
    fn begin(&mut self, slot: Slot) {
        let day = slot / 2;
        if slot.is_multiple_of(2) {
            self.in_day.fill(0);
            if day > 0 && self.problem.week[day] != self.problem.week[day - 1] {
                self.in_week.fill(0);
            }
        }
        self.trainer_busy = vec![false; self.problem.instance.trainers.len()];
        self.room_busy = vec![false; self.problem.instance.rooms.len()];
    }

    fn may(&self, course: usize, slot: Slot) -> bool {
        let of = &self.problem.courses[course];
        let day = slot / 2;
        let near =
            self.last[course].is_some_and(|last| self.problem.number[day] - self.problem.number[last / 2] < of.gap);
        of.slots.has(slot)
            && !near
            && self.in_day[course] < of.per_day
            && self.in_week[course] < of.most_in(self.problem.week[day])
            && of.after.iter().all(|before| self.left[*before] == 0 && self.last[*before] != Some(slot))
    }

    /// Places a session if a trainer and a room are free; those who can do least come first.
    fn place(&mut self, course: usize, slot: Slot) -> bool {
        let (problem, instance) = (self.problem, self.problem.instance);
        if !self.may(course, slot) {
            return false;
        }
        let free_trainer = |one: &usize| instance.trainers[*one].several || !self.trainer_busy[*one];
        let trainers = problem.trainers_at(course, slot).filter(free_trainer);
        let trainer = trainers.min_by_key(|one| (instance.trainers[*one].modules.len(), *one));
        let free_room = |one: &usize| instance.rooms[*one].several || !self.room_busy[*one];
        let size = |one: &usize| (instance.rooms[*one].equipment.len(), instance.rooms[*one].capacity, *one);
        let room = problem.rooms_at(course, slot).filter(free_room).min_by_key(size);
        let (asks_trainer, asks_room) = (problem.asks_trainer(course, slot), problem.asks_room(course, slot));
        if asks_trainer && trainer.is_none() || asks_room && room.is_none() {
            return false;
        }
        let placed =
            Placed { course, slot, trainer: trainer.filter(|_| asks_trainer), room: room.filter(|_| asks_room) };
        if let Some(trainer) = placed.trainer {
            self.trainer_busy[trainer] = true;
        }
        if let Some(room) = placed.room {
            self.room_busy[room] = true;
        }
        self.left[course] -= 1;
        self.in_day[course] += 1;
        self.in_week[course] += 1;
        self.last[course] = Some(slot);
        self.plan.push(placed);
        true
    }
}
