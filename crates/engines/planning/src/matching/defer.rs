//! Deferred acceptance with nested quotas.

use std::collections::BTreeSet;

use super::market::Ranks;

/// An application as a place sees it, the best first: the rank it gave, the turn in ties, then the applicant's own
/// preference between places of one quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Application {
    pub rank: u32,
    turn: u32,
    position: u32,
    pub applicant: u32,
    pub place: u32,
}

/// The application of an applicant's choice, if the place ranked them.
pub(super) fn application(ranks: &Ranks, applicant: usize, position: usize) -> Option<Application> {
    let choice = ranks.choices(applicant)[position];
    let small = |number| u32::try_from(number).expect("fewer than the places, which were counted");
    (choice.rank > 0).then(|| Application {
        rank: choice.rank,
        turn: ranks.turn[applicant],
        position: small(position),
        applicant: small(applicant),
        place: choice.place,
    })
}

/// For each applicant, the position of their place among their choices.
pub(super) fn accept(ranks: &Ranks) -> Vec<Option<usize>> {
    // What each place and each quota holds.
    let mut held: Vec<BTreeSet<Application>> = vec![BTreeSet::new(); ranks.capacity.len()];
    let mut next = vec![0; ranks.applicants()];
    let mut choice = vec![None; ranks.applicants()];
    let mut waiting: Vec<usize> = (0..ranks.applicants()).rev().collect();
    while let Some(applicant) = waiting.pop() {
        let position = next[applicant];
        if position == ranks.choices(applicant).len() {
            continue;
        }
        next[applicant] += 1;
        let Some(asked) = application(ranks, applicant, position) else {
            waiting.push(applicant);
            continue;
        };
        // The smallest full set decides; once it has dropped one, nothing around it has more than before.
        let full = ranks.path(asked.place).find(|node| held[*node].len() >= ranks.capacity[*node] as usize);
        if let Some(full) = full {
            let Some(worst) = held[full].last().copied().filter(|worst| asked < *worst) else {
                waiting.push(applicant);
                continue;
            };
            for node in ranks.path(worst.place) {
                held[node].remove(&worst);
            }
            choice[worst.applicant as usize] = None;
            waiting.push(worst.applicant as usize);
        }
        for node in ranks.path(asked.place) {
            held[node].insert(asked);
        }
        choice[applicant] = Some(position);
    }
    choice
}
