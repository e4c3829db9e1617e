//! The fewest losses: of some literals, as few true as can be.
//!
//! From below, everything is to be kept; the search tells losses that cannot all be avoided, few at a time: one of them is
//! granted, whichever it is, and a second one among them is the next thing to avoid. Each grant is proved, so that the
//! first timetable found loses least (the algorithm is known as OLL). From above, where that takes too long: any timetable,
//! then one that loses less, and so on.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use super::encode::{Answer, Encoding};
use super::problem::Placed;
use super::sat::{Limit, Literal, Search, Verdict};

/// A session on a half-day that is lost when it goes, or when it comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loss {
    pub session: Literal,
    /// It is there, and kept when it stays.
    pub kept: bool,
}

impl Loss {
    /// True when it is not lost.
    fn avoided(self) -> Literal {
        if self.kept { self.session } else { !self.session }
    }

    /// True when it is lost.
    pub fn happens(self) -> Literal {
        !self.avoided()
    }
}

/// The least loss, as far as it is known.
pub(super) struct Least {
    /// No timetable loses fewer.
    pub proved: usize,
    /// A timetable that loses no more; none when the limit came first.
    pub plan: Option<Vec<Placed>>,
}

/// Conflicts that one question about a smaller group may take.
const SHRINKING: u64 = 60;

/// Conflicts that the search around one or two cohorts may take.
const NEAR: u64 = 3_000;

/// Losses of which so many cannot be avoided.
struct Group {
    /// The literal at `n` is true when more than `n` of them are lost.
    more: Vec<Literal>,
    granted: usize,
}

/// From below; `None` when there is no timetable, whatever is lost.
pub(super) fn from_below(encoding: &mut Encoding, losses: &[Loss], limit: Limit) -> Option<Least> {
    let mut kept: Vec<Literal> = losses.iter().map(|loss| loss.avoided()).collect();
    let mut groups: Vec<Group> = Vec::new();
    // The group whose next loss a literal excludes.
    let mut bounding: HashMap<Literal, usize> = HashMap::new();
    let end = encoding.search.conflicts().saturating_add(limit.conflicts);
    let mut proved = 0;
    loop {
        let left = end.saturating_sub(encoding.search.conflicts());
        match encoding.run(&kept, Limit { conflicts: left, ..limit }) {
            Answer::Plan(plan) => return Some(Least { proved, plan: Some(plan) }),
            Answer::Unknown => return Some(Least { proved, plan: None }),
            Answer::Impossible => {}
        }
        let clash = shrunk(&mut encoding.search, limit);
        if clash.is_empty() {
            return None;
        }
        proved += 1;
        kept.retain(|one| !clash.contains(one));
        let lost: Vec<Literal> = clash.iter().map(|one| !*one).collect();
        encoding.search.clause(&lost);
        let mut grown: Vec<usize> = clash.iter().filter_map(|one| bounding.remove(one)).collect();
        if lost.len() > 1 {
            grown.push(groups.len());
            groups.push(Group { more: counted(&mut encoding.search, &lost), granted: 0 });
        }
        for number in grown {
            let group = &mut groups[number];
            group.granted += 1;
            if let Some(more) = group.more.get(group.granted) {
                bounding.insert(!*more, number);
                kept.push(!*more);
            }
        }
    }
}

/// From above: a timetable that loses fewer than this one, by searching the least for one cohort, then for two, while all
/// others stay as they are; until that helps no more, or no more than `proved` are lost.
pub(super) fn from_above(
    encoding: &Encoding,
    losses: &[Loss],
    mut plan: Vec<Placed>,
    proved: usize,
    limit: Limit,
) -> Vec<Placed> {
    let cohorts = encoding.problem.cohort_slots.len();
    let pairs = (0..cohorts).flat_map(|one| (one..cohorts).map(move |other| [one, other]));
    let mut around: Vec<[usize; 2]> = pairs.collect();
    around.sort_by_key(|[one, other]| other - one);
    let mut lost = lost(encoding, losses, &plan);
    let (mut left, mut in_vain) = (limit.conflicts, 0);
    for free in around.iter().cycle() {
        let late = limit.until.is_some_and(|until| Instant::now() >= until);
        if lost <= proved || in_vain == around.len() || left == 0 || late {
            break;
        }
        let mut near = encoding.clone();
        near.fix_others(&plan, free);
        let before = near.search.conflicts();
        let least = from_below(&mut near, losses, Limit { conflicts: left.min(NEAR), ..limit });
        left = left.saturating_sub(near.search.conflicts() - before);
        match least {
            Some(Least { proved, plan: Some(better) }) if proved < lost => {
                (plan, lost, in_vain) = (better, proved, 0);
            }
            _ => in_vain += 1,
        }
    }
    plan
}

/// How many of these a timetable loses.
pub(super) fn lost(encoding: &Encoding, losses: &[Loss], plan: &[Placed]) -> usize {
    let on: HashSet<Literal> = plan.iter().filter_map(|placed| encoding.literal(placed.course, placed.slot)).collect();
    losses.iter().filter(|loss| on.contains(&loss.session) != loss.kept).count()
}

/// Fewer of the assumptions that the search has just found to clash: without any one of them no clash was found again.
fn shrunk(search: &mut Search, limit: Limit) -> Vec<Literal> {
    let limit = Limit { conflicts: SHRINKING, ..limit };
    // Asked the other way round, the same question is often answered with less.
    let mut rest = search.clash().to_vec();
    while rest.len() > 1 {
        rest.reverse();
        if search.run(&rest, limit) != Verdict::Impossible || search.clash().len() >= rest.len() {
            break;
        }
        rest = search.clash().to_vec();
    }
    let mut needed = Vec::new();
    while let Some(one) = rest.pop() {
        let without: Vec<Literal> = needed.iter().chain(&rest).copied().collect();
        if search.run(&without, limit) == Verdict::Impossible {
            let clash = search.clash();
            rest.retain(|one| clash.contains(one));
            needed.retain(|one| clash.contains(one));
        } else {
            needed.push(one);
        }
    }
    needed
}

/// Literals that count: the one at `n` is true when more than `n` of these are (a totaliser, in halves).
fn counted(search: &mut Search, literals: &[Literal]) -> Vec<Literal> {
    let mut parts: Vec<Vec<Literal>> = literals.iter().map(|one| vec![*one]).collect();
    while parts.len() > 1 {
        let merged = parts.chunks(2).map(|pair| match pair {
            [one, other] => merged(search, one, other),
            rest => rest.concat(),
        });
        parts = merged.collect();
    }
    parts.pop().unwrap_or_default()
}

fn merged(search: &mut Search, one: &[Literal], other: &[Literal]) -> Vec<Literal> {
    let sum: Vec<Literal> = (0..one.len() + other.len()).map(|_| search.variable(false)).collect();
    for first in 0..=one.len() {
        for second in 0..=other.len() {
            let Some(total) = (first + second).checked_sub(1) else { continue };
            let reached = [first.checked_sub(1).map(|at| !one[at]), second.checked_sub(1).map(|at| !other[at])];
            let clause: Vec<Literal> = reached.into_iter().flatten().chain([sum[total]]).collect();
            search.clause(&clause);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::instance::Instance;
    use super::super::problem::Problem;
    use super::super::solve::{Budget, Options, find};
    use super::*;
    use proptest::prelude::*;

    const FREE: Limit = Limit { conflicts: u64::MAX, until: None };

    /// Two cohorts who share a trainer and a room; `away` are half-days on which the trainer is not there.
    fn instance(away: &[(i8, bool)]) -> Instance {
        let away: Vec<String> = away
            .iter()
            .map(|(day, morning)| {
                let half = if *morning { "am" } else { "pm" };
                format!(r#"{{ "from": "2026-11-{day}", "to": "2026-11-{day}", "half": "{half}" }}"#)
            })
            .collect();
        let text = format!(
            r#"{{ "format": 1, "calendar": {{ "from": "2026-11-16", "to": "2026-11-27" }},
                 "cohorts": [{{ "id": "c0", "learners": 5 }}, {{ "id": "c1", "learners": 5 }}],
                 "trainers": [{{ "id": "t0", "modules": ["m0", "m1", "m2"], "unavailable": [{}] }}],
                 "rooms": [{{ "id": "r0", "capacity": 5 }}],
                 "modules": [{{ "id": "m0", "cohort": "c0", "half_days": 3 }},
                             {{ "id": "m1", "cohort": "c0", "half_days": 2, "after": ["m0"] }},
                             {{ "id": "m2", "cohort": "c1", "half_days": 4, "max_per_day": 1 }}] }}"#,
            away.join(", ")
        );
        serde_json::from_str(&text).unwrap()
    }

    proptest! {
        /// Both ways give a timetable that loses as few as they say; from above never fewer than is proved from below.
        #[test]
        fn both_ways_meet(away in prop::collection::vec((16..28_i8, any::<bool>()), 0..6)) {
            let (before, after) = (instance(&[]), instance(&away));
            let budget = Budget::of(&Options { steps: 20_000, ..Options::default() });
            let Answer::Plan(former) = find(&Problem::of(&before), &budget) else { panic!("nothing is in the way") };
            let problem = Problem::of(&after);
            let Answer::Plan(valid) = find(&problem, &budget) else { return Ok(()) };
            let mut encoding = Encoding::of(&problem);
            let kept = former.iter().filter_map(|placed| encoding.literal(placed.course, placed.slot));
            let losses: Vec<Loss> = kept.map(|session| Loss { session, kept: true }).collect();
            let above = from_above(&encoding, &losses, valid.clone(), 0, FREE);
            let Some(Least { proved, plan: Some(plan) }) = from_below(&mut encoding, &losses, FREE) else {
                panic!("there is a timetable, and time enough")
            };
            prop_assert_eq!(lost(&encoding, &losses, &plan), proved);
            // Two cohorts are a neighbourhood of their own: from above is least too.
            prop_assert_eq!(lost(&encoding, &losses, &above), proved);
            prop_assert!(lost(&encoding, &losses, &valid) >= proved);
        }
    }
}
