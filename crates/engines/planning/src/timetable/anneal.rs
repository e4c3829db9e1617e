//! Simulated annealing over timetables: sessions move, swap and change hands; what breaks a bound costs more and more.

use std::time::Instant;

use super::dice::Dice;
use super::instance::Weights;
use super::problem::{Placed, Problem, Slot};
use super::state::{Seat, State};

/// How far to go.
pub(super) struct Course {
    pub steps: u64,
    /// Counts progress by the clock instead of by steps.
    pub until: Option<Instant>,
    /// Breaks off then.
    pub stop: Option<Instant>,
    pub seed: u64,
    /// Temperatures at the beginning and at the end.
    pub hot: f64,
    pub cold: f64,
}

/// What was found: a valid plan, or the one that breaks least.
pub(super) struct Found {
    pub plan: Vec<Placed>,
    pub broken: i64,
}

/// Looks for a plan that breaks nothing, from one that may.
pub(super) fn mend(problem: &Problem, plan: &[Placed], course: &Course) -> Found {
    walk(problem, plan, Weights::default(), 1.0, course)
}

/// Improves a valid plan by its wishes; the result is valid, and never worse.
pub(super) fn improve(problem: &Problem, plan: &[Placed], course: &Course) -> Vec<Placed> {
    let weights = problem.instance.weights;
    let most =
        [weights.same_day, weights.same_week, weights.trainer_days, weights.trainer_changes, weights.room_changes];
    let heaviest = most.into_iter().max().unwrap_or(0).max(weights.late_finish);
    walk(problem, plan, weights, f64::from(heaviest.max(1)) * 8.0, course).plan
}

/// Looks for a plan that breaks nothing and leaves the half-days of `former` as seldom as can be, those before `free`
/// last of all; from one that breaks nothing.
pub(super) fn restore(
    problem: &Problem,
    plan: &[Placed],
    former: &[Placed],
    free: Slot,
    course: &Course,
) -> Vec<Placed> {
    let mut state = State::of(problem, plan, Weights::default());
    state.stay(former, free);
    wander(plan, state, false, 4.0, course).plan
}

fn walk(problem: &Problem, plan: &[Placed], weights: Weights, price: f64, course: &Course) -> Found {
    wander(plan, State::of(problem, plan, weights), weights == Weights::default(), price, course)
}

fn wander(plan: &[Placed], state: State, only_mend: bool, price: f64, course: &Course) -> Found {
    let mut walker = Walker {
        domains: state.problem.courses.iter().map(|course| course.slots.iter().collect()).collect(),
        dice: Dice::new(course.seed),
        price,
        undo: Vec::new(),
        state,
    };
    let mut best = Found { plan: plan.to_vec(), broken: walker.state.broken };
    let mut best_cost = (walker.state.broken, walker.state.cost);
    let (began, mut heat) = (Instant::now(), course.hot);
    let total = course.until.map(|until| until.saturating_duration_since(began).as_secs_f64());
    let mut at = 0;
    loop {
        if only_mend && best.broken == 0 {
            break;
        }
        if at % 512 == 0 {
            let part = total.map_or(at as f64 / course.steps.max(1) as f64, |total| {
                if total > 0.0 { began.elapsed().as_secs_f64() / total } else { 1.0 }
            });
            if part >= 1.0 || course.stop.is_some_and(|stop| Instant::now() >= stop) {
                break;
            }
            heat = course.hot * (course.cold / course.hot).powf(part);
        }
        at += 1;
        if !walker.step(heat) {
            continue;
        }
        let now = (walker.state.broken, walker.state.cost);
        if now < best_cost {
            best_cost = now;
            best = Found { plan: walker.state.plan(), broken: now.0 };
        }
    }
    best
}

struct Walker<'p, 'a> {
    state: State<'p, 'a>,
    domains: Vec<Vec<Slot>>,
    dice: Dice,
    /// What a broken bound costs, beside the wishes.
    price: f64,
    /// Where the sessions of the step were.
    undo: Vec<(usize, Option<Seat>)>,
}

impl Walker<'_, '_> {
    /// One change, kept or taken back; whether something changed.
    fn step(&mut self, heat: f64) -> bool {
        let before = (self.state.broken, self.state.cost);
        self.undo.clear();
        if !self.change() {
            return false;
        }
        let delta = (self.state.broken - before.0) as f64 * self.price + (self.state.cost - before.1) as f64;
        if delta <= 0.0 || self.dice.part() < (-delta / heat).exp() {
            return true;
        }
        for (session, _) in &self.undo {
            self.state.lift(*session);
        }
        for (session, seat) in &self.undo {
            if let Some(seat) = seat {
                self.state.put(*session, *seat);
            }
        }
        false
    }

    fn change(&mut self) -> bool {
        if self.state.course.is_empty() {
            return false;
        }
        let session = self.dice.below(self.state.course.len());
        let domain = &self.domains[self.state.course[session]];
        if self.state.fixed[session] || domain.is_empty() {
            return false;
        }
        let slot = domain[self.dice.below(domain.len())];
        let here = self.state.seat[session].map(|seat| seat.slot);
        // Somebody else, or somewhere else, at the same time.
        if here == Some(slot) || self.dice.below(8) == 0 {
            return here.is_some_and(|here| self.restaff(session, here));
        }
        let other = self.state.occupant(session, slot);
        if other.is_some_and(|other| self.state.fixed[other]) {
            return false;
        }
        let left = match (other, here) {
            (None, _) => None,
            (Some(other), Some(here)) => {
                if !self.state.problem.courses[self.state.course[other]].slots.has(here) {
                    return false;
                }
                Some((other, here))
            }
            (Some(other), None) => {
                let domain = &self.domains[self.state.course[other]];
                let target = domain[self.dice.below(domain.len())];
                if target == slot || self.state.occupant(other, target).is_some() {
                    return false;
                }
                Some((other, target))
            }
        };
        let was = self.state.lift(session);
        self.undo.push((session, was));
        if let Some((other, target)) = left {
            let was = self.state.lift(other);
            self.undo.push((other, was));
            let seat = self.state.staffed(other, target, &mut self.dice);
            self.state.put(other, seat);
        }
        let seat = self.state.staffed(session, slot, &mut self.dice);
        self.state.put(session, seat);
        true
    }

    fn restaff(&mut self, session: usize, slot: Slot) -> bool {
        let was = self.state.lift(session);
        let seat = self.state.staffed(session, slot, &mut self.dice);
        self.state.put(session, seat);
        self.undo.push((session, was));
        was != Some(seat)
    }
}
