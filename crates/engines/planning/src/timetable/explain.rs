//! Why there is no timetable: bounds that cannot all be kept, none of which is superfluous.

use super::encode::Answer;
use super::instance::{Fault, Instance, Weights};
use super::problem::Problem;
use super::reason::Reason;
use super::solution::{Conflict, Member};
use super::solve::{Budget, Options, find};

/// The conflicts of an instance that has no timetable: disjoint irreducible sets of bounds. Empty when a timetable
/// exists, or when the budget ends before a proof.
///
/// # Errors
/// What is wrong with the instance.
pub fn explain(instance: &Instance, options: &Options) -> Result<Vec<Conflict>, Fault> {
    instance.check()?;
    let budget = Budget::of(options);
    Ok(match find(&Problem::of(instance), &budget) {
        Answer::Impossible => conflicts(instance, &budget),
        Answer::Plan(_) | Answer::Unknown => Vec::new(),
    })
}

/// The conflicts of an instance that is known to have no timetable.
pub(super) fn conflicts(instance: &Instance, budget: &Budget) -> Vec<Conflict> {
    // Wishes are nobody's reason.
    let instance = Instance { weights: Weights::default(), ..instance.clone() };
    let asker = Asker { instance: &instance, budget };
    let all = Reason::all(&instance);
    let (mut given_up, mut conflicts) = (Vec::new(), Vec::new());
    // Independent conflicts one after the other, each on what the others leave.
    while given_up.is_empty() || asker.ask(&given_up) == Some(false) {
        let rest: Vec<Reason> = all.iter().filter(|reason| !given_up.contains(*reason)).cloned().collect();
        let (kept, irreducible) = asker.reduce(&all, rest);
        if kept.is_empty() {
            break;
        }
        given_up.extend(kept.iter().cloned());
        let members = kept.into_iter().map(|reason| {
            let suffices = asker.ask(std::slice::from_ref(&reason));
            Member { reason, suffices }
        });
        conflicts.push(Conflict { members: members.collect(), irreducible });
    }
    conflicts
}

/// One question must not take the time of all the others: what it leaves open is kept, and said.
const STEPS_A_QUESTION: u64 = 1_000_000;

struct Asker<'a> {
    instance: &'a Instance,
    budget: &'a Budget,
}

impl Asker<'_> {
    /// Whether there is a timetable once these bounds are given up; none when the budget ends.
    fn ask(&self, given_up: &[Reason]) -> Option<bool> {
        if self.budget.is_over() {
            return None;
        }
        let instance = self.instance.without(given_up);
        let steps = self.budget.steps.min(STEPS_A_QUESTION);
        match find(&Problem::of(&instance), &Budget { steps, ..*self.budget }) {
            Answer::Plan(_) => Some(true),
            Answer::Impossible => Some(false),
            Answer::Unknown => None,
        }
    }

    /// Takes away from a set that has no timetable all that it does not need, in ever smaller pieces; the second value
    /// says whether each of those kept has been seen to be needed.
    fn reduce(&self, all: &[Reason], mut kept: Vec<Reason>) -> (Vec<Reason>, bool) {
        let without = |kept: &[Reason], from: usize, to: usize| {
            let stays =
                |reason: &&Reason| kept.iter().position(|one| one == *reason).is_some_and(|at| at < from || at >= to);
            all.iter().filter(|reason| !stays(reason)).cloned().collect::<Vec<_>>()
        };
        let mut size = kept.len().div_ceil(2).max(1);
        loop {
            let (mut from, mut needed) = (0, true);
            while from < kept.len() {
                let to = (from + size).min(kept.len());
                match self.ask(&without(&kept, from, to)) {
                    Some(false) => {
                        kept.drain(from..to);
                    }
                    answer => {
                        needed &= answer == Some(true);
                        from = to;
                    }
                }
            }
            if size == 1 {
                return (kept, needed);
            }
            size = size.div_ceil(2);
        }
    }
}
