//! From an instance to a timetable: a quick hand, a mending walk, a proof by counting, a complete search.

use std::time::{Duration, Instant};

use super::anneal::{self, Course};
use super::check::check;
use super::construct::{Draft, construct};
use super::encode::{Answer, Encoding};
use super::explain;
use super::flow;
use super::instance::{FORMAT, Fault, Instance, Weights};
use super::problem::{Placed, Problem};
use super::sat::Limit;
use super::solution::{Solution, Status};

/// How hard to try. Without a time, the same options give the same answer on any machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Of the chance in the search.
    pub seed: u64,
    /// Steps of the walk that improves a timetable; conflicts of the complete search are a fiftieth of them.
    pub steps: u64,
    /// By the clock instead: the search for a timetable and its improvement last until then.
    pub time: Option<Duration>,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, steps: 4_000_000, time: None }
    }
}

/// Options with the moment at which they end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    pub seed: u64,
    pub steps: u64,
    pub until: Option<Instant>,
}

impl Budget {
    pub fn of(options: &Options) -> Self {
        let until = options.time.map(|time| Instant::now() + time);
        Self { seed: options.seed, steps: options.steps, until }
    }

    pub fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }

    pub fn conflicts(&self) -> u64 {
        (self.steps / 50).max(1_000)
    }

    /// So many steps, no longer than the budget.
    fn walk(&self, steps: u64, round: u64) -> Course {
        Course { steps, until: None, stop: self.until, seed: self.seed.wrapping_add(round), hot: 2.0, cold: 0.15 }
    }
}

/// A timetable, improved by its wishes, or the reasons why there is none.
///
/// # Errors
/// What is wrong with the instance.
pub fn solve(instance: &Instance, options: &Options) -> Result<Solution, Fault> {
    instance.check()?;
    let budget = Budget::of(options);
    let problem = Problem::of(instance);
    let empty = |status| Solution { format: FORMAT, status, sessions: vec![], cost: None, conflicts: vec![] };
    // By the clock, the search goes on until the end; else until its steps are spent.
    let search = Budget { steps: if options.time.is_some() { u64::MAX } else { options.steps }, ..budget };
    Ok(match find(&problem, &search) {
        Answer::Plan(plan) => {
            let plan = if instance.weights == Weights::default() { plan } else { improved(&problem, &plan, &budget) };
            let sessions = problem.sessions(&plan);
            let (flaws, cost) = check(instance, &sessions);
            debug_assert_eq!(flaws, []);
            // What the judge refuses is no timetable, whoever is wrong.
            if !flaws.is_empty() {
                return Ok(empty(Status::Unknown));
            }
            Solution { sessions, cost: Some(cost), ..empty(Status::Solved) }
        }
        Answer::Impossible => {
            Solution { conflicts: explain::conflicts(instance, &budget), ..empty(Status::Infeasible) }
        }
        Answer::Unknown => empty(Status::Unknown),
    })
}

/// Whether there is a timetable: neither improved nor, where there is none, explained.
///
/// # Errors
/// What is wrong with the instance.
pub fn possible(instance: &Instance, options: &Options) -> Result<Status, Fault> {
    instance.check()?;
    Ok(match find(&Problem::of(instance), &Budget::of(options)) {
        Answer::Plan(_) => Status::Solved,
        Answer::Impossible => Status::Infeasible,
        Answer::Unknown => Status::Unknown,
    })
}

fn improved(problem: &Problem, plan: &[Placed], budget: &Budget) -> Vec<Placed> {
    let weights = problem.instance.weights;
    let lightest =
        [weights.same_day, weights.same_week, weights.trainer_days, weights.room_changes, weights.late_finish];
    let lightest = lightest.into_iter().filter(|weight| *weight > 0).min().unwrap_or(1);
    let course = Course {
        steps: budget.steps,
        until: budget.until,
        stop: budget.until,
        seed: budget.seed,
        hot: f64::from(lightest) * 2.0,
        cold: f64::from(lightest) * 0.15,
    };
    anneal::improve(problem, plan, &course)
}

/// Any plan that keeps every bound, or the proof that there is none.
pub(super) fn find(problem: &Problem, budget: &Budget) -> Answer {
    if problem.hopeless {
        return Answer::Impossible;
    }
    // Two attempts do for what is loose; what fails to count needs no more of them.
    if let Some(plan) = complete(construct(problem, 2)) {
        return Answer::Plan(plan);
    }
    if flow::falls_short(problem) {
        return Answer::Impossible;
    }
    let draft = construct(problem, 12);
    if draft.missing == 0 {
        return Answer::Plan(draft.plan);
    }
    if budget.is_over() {
        return Answer::Unknown;
    }
    search(problem, draft.plan, budget)
}

fn complete(draft: Draft) -> Option<Vec<Placed>> {
    (draft.missing == 0).then_some(draft.plan)
}

/// Walks and complete searches by turns, each longer than the last.
fn search(problem: &Problem, draft: Vec<Placed>, budget: &Budget) -> Answer {
    let sessions: u64 = problem.courses.iter().map(|course| course.need as u64).sum();
    let (mut plan, mut steps, mut conflicts) = (draft, 200 * sessions.max(50), 12_000);
    let mut left = budget.conflicts();
    let mut encoding: Option<Encoding> = None;
    for round in 0.. {
        let found = anneal::mend(problem, &plan, &budget.walk(steps, round));
        if found.broken == 0 {
            return Answer::Plan(found.plan);
        }
        plan = found.plan;
        if budget.is_over() {
            break;
        }
        let encoding = encoding.get_or_insert_with(|| Encoding::of(problem));
        encoding.start_from(&plan);
        match encoding.run(&[], Limit { conflicts: conflicts.min(left), until: budget.until }) {
            Answer::Unknown => {}
            answer => return answer,
        }
        left = left.saturating_sub(conflicts);
        if left == 0 || budget.is_over() {
            break;
        }
        (steps, conflicts) = (steps * 2, conflicts * 2);
    }
    Answer::Unknown
}
