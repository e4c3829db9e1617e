//! A complete search: clauses and "at most so many of these", with learning from conflicts.
//!
//! The usual conflict-driven search (two watched literals, first unique implication point, activities, restarts by
//! Luby's sequence, the values of the longest trail tried first, learnt clauses forgotten by the number of levels they
//! join), with counted bounds as a constraint of their own rather than as clauses. No recursion, no chance: the same
//! question is searched in the same way.

use std::time::Instant;

/// A variable, or its opposite: twice its number, and one more for "not".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Literal(u32);

impl Literal {
    fn variable(self) -> usize {
        (self.0 >> 1) as usize
    }

    fn at(self) -> usize {
        self.0 as usize
    }
}

impl std::ops::Not for Literal {
    type Output = Self;

    fn not(self) -> Self {
        Self(self.0 ^ 1)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Satisfied,
    Impossible,
    /// The budget ended.
    Unknown,
}

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    pub conflicts: u64,
    pub until: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Chosen,
    Clause(u32),
    Bound(u32),
}

#[derive(Debug, Clone)]
struct Clause {
    literals: Vec<Literal>,
    /// For a learnt clause, how many levels it joined; the fewer the better.
    levels: u32,
    learnt: bool,
}

/// At most `most` of the literals are true.
#[derive(Debug, Clone)]
struct Bound {
    literals: Vec<Literal>,
    most: usize,
    /// How many are true among those already spread.
    on: usize,
}

#[derive(Debug, Clone, Copy)]
struct Watch {
    clause: u32,
    /// Another literal of the clause: when it is true, the clause need not be looked at.
    other: Literal,
}

const ON: u8 = 1;
const OFF: u8 = 2;

#[derive(Debug, Default, Clone)]
pub(super) struct Search {
    clauses: Vec<Clause>,
    /// For each literal, the clauses to look at when it becomes false.
    watches: Vec<Vec<Watch>>,
    bounds: Vec<Bound>,
    /// For each literal, the bounds that count it.
    counted: Vec<Vec<u32>>,
    /// For each literal, 0 while open.
    value: Vec<u8>,
    level: Vec<u32>,
    /// Place in the trail.
    place: Vec<u32>,
    why: Vec<Why>,
    trail: Vec<Literal>,
    /// Where each level begins in the trail.
    levels: Vec<usize>,
    /// How much of the trail has been spread.
    spread: usize,
    activity: Vec<f64>,
    bump: f64,
    queue: Queue,
    /// The value each variable had last, or should have first.
    phase: Vec<bool>,
    /// The values of the longest trail without conflict since the last restart from afresh, and how long it was.
    target: Vec<Option<bool>>,
    longest: usize,
    seen: Vec<bool>,
    contradictory: bool,
    learnt: usize,
    conflicts: u64,
    /// Of what was assumed, some that cannot hold together; empty when nothing had to be assumed.
    clash: Vec<Literal>,
}

impl Search {
    pub fn new() -> Self {
        Self { bump: 1.0, ..Self::default() }
    }

    /// A new variable; `first` is the value tried first.
    pub fn variable(&mut self, first: bool) -> Literal {
        let number =
            u32::try_from(self.level.len()).expect("fewer variables than half-days times modules times trainers");
        self.watches.extend([vec![], vec![]]);
        self.counted.extend([vec![], vec![]]);
        self.value.extend([0, 0]);
        self.level.push(0);
        self.place.push(0);
        self.why.push(Why::Chosen);
        self.activity.push(0.0);
        self.phase.push(first);
        self.target.push(None);
        self.seen.push(false);
        self.queue.push(number as usize, &self.activity);
        Literal(number << 1)
    }

    /// Tries this value first from now on.
    pub fn prefer(&mut self, literal: Literal) {
        self.phase[literal.variable()] = literal.0 & 1 == 0;
    }

    /// Looks at this variable early.
    pub fn hint(&mut self, literal: Literal, activity: f64) {
        self.activity[literal.variable()] = activity;
        self.queue.rise(literal.variable(), &self.activity);
    }

    pub fn is_on(&self, literal: Literal) -> bool {
        self.value[literal.at()] == ON
    }

    /// One of these is true.
    pub fn clause(&mut self, literals: &[Literal]) {
        self.back_to(0);
        let mut open: Vec<Literal> = literals.to_vec();
        open.sort_unstable();
        open.dedup();
        if open.iter().any(|one| self.value[one.at()] == ON) || open.windows(2).any(|pair| pair[0] == !pair[1]) {
            return;
        }
        open.retain(|one| self.value[one.at()] == 0);
        match open.as_slice() {
            [] => self.contradictory = true,
            [one] => self.set(*one, Why::Chosen),
            _ => {
                self.attach(Clause { literals: open, levels: 0, learnt: false });
            }
        }
    }

    /// At most `most` of these are true.
    pub fn at_most(&mut self, most: usize, literals: Vec<Literal>) {
        self.back_to(0);
        if literals.len() <= most {
            return;
        }
        if most == 0 {
            literals.into_iter().for_each(|one| self.clause(&[!one]));
            return;
        }
        let number = u32::try_from(self.bounds.len()).expect("fewer bounds than variables");
        for one in &literals {
            self.counted[one.at()].push(number);
        }
        let spread = |one: &&Literal| self.value[one.at()] == ON && (self.place[one.variable()] as usize) < self.spread;
        let on = literals.iter().filter(spread).count();
        self.bounds.push(Bound { literals, most, on });
        self.contradictory |= !self.full(number);
    }

    /// At least `least` of these are true.
    pub fn at_least(&mut self, least: usize, literals: &[Literal]) {
        match literals.len().checked_sub(least) {
            None => self.contradictory = true,
            Some(_) if least == 1 => self.clause(literals),
            Some(spare) => self.at_most(spare, literals.iter().map(|one| !*one).collect()),
        }
    }

    fn attach(&mut self, clause: Clause) -> u32 {
        let number = u32::try_from(self.clauses.len()).expect("the budget of conflicts ends before");
        let (first, second) = (clause.literals[0], clause.literals[1]);
        self.watches[first.at()].push(Watch { clause: number, other: second });
        self.watches[second.at()].push(Watch { clause: number, other: first });
        self.clauses.push(clause);
        number
    }

    fn set(&mut self, literal: Literal, why: Why) {
        let variable = literal.variable();
        self.value[literal.at()] = ON;
        self.value[(!literal).at()] = OFF;
        self.level[variable] = u32::try_from(self.levels.len()).expect("no deeper than variables");
        self.place[variable] = u32::try_from(self.trail.len()).expect("no longer than variables");
        self.why[variable] = why;
        self.trail.push(literal);
    }

    /// When a bound is reached, all others of it are false; false when it is overstepped.
    fn full(&mut self, number: u32) -> bool {
        let bound = &self.bounds[number as usize];
        if bound.on < bound.most {
            return true;
        }
        if bound.on > bound.most {
            return false;
        }
        let open: Vec<Literal> = bound.literals.iter().copied().filter(|one| self.value[one.at()] == 0).collect();
        for one in open {
            self.set(!one, Why::Bound(number));
        }
        true
    }

    /// Draws every consequence; the constraint that cannot be met, if one cannot.
    fn propagate(&mut self) -> Option<Why> {
        while self.spread < self.trail.len() {
            let literal = self.trail[self.spread];
            self.spread += 1;
            let mut broken = None;
            for at in 0..self.counted[literal.at()].len() {
                self.bounds[self.counted[literal.at()][at] as usize].on += 1;
            }
            for at in 0..self.counted[literal.at()].len() {
                let number = self.counted[literal.at()][at];
                if !self.full(number) {
                    broken = Some(Why::Bound(number));
                    break;
                }
            }
            if let Some(broken) = broken.or_else(|| self.visit(!literal)) {
                return Some(broken);
            }
        }
        None
    }

    /// Looks at the clauses that have just lost this literal.
    fn visit(&mut self, lost: Literal) -> Option<Why> {
        let mut watches = std::mem::take(&mut self.watches[lost.at()]);
        let (mut kept, mut at, mut broken) = (0, 0, None);
        while at < watches.len() {
            let watch = watches[at];
            at += 1;
            if self.value[watch.other.at()] == ON {
                watches[kept] = watch;
                kept += 1;
                continue;
            }
            let literals = &mut self.clauses[watch.clause as usize].literals;
            if literals.is_empty() {
                continue;
            }
            if literals[0] == lost {
                literals.swap(0, 1);
            }
            let first = literals[0];
            let now = Watch { clause: watch.clause, other: first };
            if self.value[first.at()] != ON
                && let Some(next) = (2..literals.len()).find(|next| self.value[literals[*next].at()] != OFF)
            {
                literals.swap(1, next);
                let other = literals[1];
                self.watches[other.at()].push(now);
                continue;
            }
            watches[kept] = now;
            kept += 1;
            match self.value[first.at()] {
                ON => {}
                OFF => {
                    broken = Some(Why::Clause(watch.clause));
                    break;
                }
                _ => self.set(first, Why::Clause(watch.clause)),
            }
        }
        watches.copy_within(at.., kept);
        watches.truncate(kept + watches.len() - at);
        self.watches[lost.at()] = watches;
        broken
    }

    /// The literals that made a constraint force `forced` (or break, without one): all are true, and set before it.
    fn premises(&self, why: Why, forced: Option<Literal>, into: &mut Vec<Literal>) {
        into.clear();
        match why {
            Why::Chosen => {}
            Why::Clause(number) => {
                let literals = &self.clauses[number as usize].literals;
                into.extend(literals.iter().filter(|one| Some(**one) != forced).map(|one| !*one));
            }
            Why::Bound(number) => {
                let bound = &self.bounds[number as usize];
                let before = forced.map_or(u32::MAX, |forced| self.place[forced.variable()]);
                let needed = bound.most + usize::from(forced.is_none());
                let true_before = |one: &&Literal| self.value[one.at()] == ON && self.place[one.variable()] < before;
                into.extend(bound.literals.iter().filter(true_before).take(needed));
            }
        }
    }

    /// The clause a conflict teaches, its asserting literal first, and the level to go back to.
    fn learn(&mut self, broken: Why) -> (Vec<Literal>, usize) {
        let current = self.levels.len();
        let (mut learnt, mut open, mut at) = (vec![Literal(0)], 0_usize, self.trail.len());
        let (mut why, mut forced) = (broken, None);
        let mut premises = Vec::new();
        loop {
            self.premises(why, forced, &mut premises);
            for premise in &premises {
                let variable = premise.variable();
                if self.seen[variable] || self.level[variable] == 0 {
                    continue;
                }
                self.seen[variable] = true;
                self.rise(variable);
                if self.level[variable] as usize == current {
                    open += 1;
                } else {
                    learnt.push(!*premise);
                }
            }
            loop {
                at -= 1;
                if self.seen[self.trail[at].variable()] {
                    break;
                }
            }
            let literal = self.trail[at];
            self.seen[literal.variable()] = false;
            open -= 1;
            if open == 0 {
                learnt[0] = !literal;
                break;
            }
            (why, forced) = (self.why[literal.variable()], Some(literal));
        }
        // What the others imply adds nothing.
        let asserting = learnt.remove(0);
        let all = learnt.clone();
        learnt.retain(|one| !self.is_implied(*one, &mut premises));
        learnt.insert(0, asserting);
        for one in all {
            self.seen[one.variable()] = false;
        }
        let deepest = (1..learnt.len()).max_by_key(|at| self.level[learnt[*at].variable()]);
        let back = deepest.map_or(0, |at| {
            learnt.swap(1, at);
            self.level[learnt[1].variable()] as usize
        });
        (learnt, back)
    }

    /// Whether the literal's own premises are all in the clause already (those seen).
    fn is_implied(&self, literal: Literal, premises: &mut Vec<Literal>) -> bool {
        let variable = literal.variable();
        if self.why[variable] == Why::Chosen {
            return false;
        }
        self.premises(self.why[variable], Some(!literal), premises);
        premises.iter().all(|one| self.seen[one.variable()] || self.level[one.variable()] == 0)
    }

    fn rise(&mut self, variable: usize) {
        self.activity[variable] += self.bump;
        if self.activity[variable] > 1e100 {
            self.activity.iter_mut().for_each(|activity| *activity *= 1e-100);
            self.bump *= 1e-100;
        }
        self.queue.rise(variable, &self.activity);
    }

    fn back_to(&mut self, level: usize) {
        let Some(start) = self.levels.get(level).copied() else { return };
        for at in (start..self.trail.len()).rev() {
            let literal = self.trail[at];
            if at < self.spread {
                for number in &self.counted[literal.at()] {
                    self.bounds[*number as usize].on -= 1;
                }
            }
            self.value[literal.at()] = 0;
            self.value[(!literal).at()] = 0;
            self.phase[literal.variable()] = literal.0 & 1 == 0;
            self.queue.push(literal.variable(), &self.activity);
        }
        self.trail.truncate(start);
        self.spread = self.spread.min(start);
        self.levels.truncate(level);
    }

    /// Forgets the worse half of what has been learnt; at level 0 only.
    fn forget(&mut self) {
        let mut numbers: Vec<usize> = (0..self.clauses.len())
            .filter(|number| {
                let clause = &self.clauses[*number];
                clause.learnt && clause.levels > 3 && !clause.literals.is_empty()
            })
            .collect();
        numbers.sort_by_key(|number| {
            let clause = &self.clauses[*number];
            (std::cmp::Reverse((clause.levels, clause.literals.len())), *number)
        });
        numbers.truncate(numbers.len() / 2);
        self.learnt -= numbers.len();
        for number in numbers {
            self.clauses[number].literals = Vec::new();
        }
        for watches in &mut self.watches {
            watches.retain(|watch| !self.clauses[watch.clause as usize].literals.is_empty());
        }
    }

    /// Searches until an answer or the limit, taking `assumed` for true. The values of a satisfied search can be read by
    /// [`Search::is_on`]; what made it impossible among the assumed, by [`Search::clash`].
    pub fn run(&mut self, assumed: &[Literal], limit: Limit) -> Verdict {
        self.back_to(0);
        self.clash.clear();
        if self.contradictory || self.propagate().is_some() {
            self.contradictory = true;
            return Verdict::Impossible;
        }
        let (mut spent, mut restarts, mut most_learnt) = (0, 0_u32, 4_000 + self.learnt);
        self.longest = 0;
        self.target.fill(None);
        loop {
            let mut left = 100 * luby(restarts);
            restarts += 1;
            while left > 0 {
                if let Some(broken) = self.propagate() {
                    if self.levels.is_empty() {
                        self.contradictory = true;
                        return Verdict::Impossible;
                    }
                    self.conflicts += 1;
                    self.aim();
                    let (learnt, back) = self.learn(broken);
                    self.back_to(back);
                    self.keep(learnt);
                    self.bump /= 0.95;
                    (spent, left) = (spent + 1, left - 1);
                    let late = || spent % 64 == 0 && limit.until.is_some_and(|until| Instant::now() >= until);
                    if spent >= limit.conflicts || late() {
                        self.back_to(0);
                        return Verdict::Unknown;
                    }
                } else if let Some(next) = assumed.get(self.levels.len()).copied() {
                    match self.value[next.at()] {
                        OFF => {
                            self.clash = self.blame(next);
                            self.back_to(0);
                            return Verdict::Impossible;
                        }
                        // A level of its own, so that levels and assumptions keep step.
                        ON => self.levels.push(self.trail.len()),
                        _ => {
                            self.levels.push(self.trail.len());
                            self.set(next, Why::Chosen);
                        }
                    }
                } else {
                    let Some(variable) = self.choose() else { return Verdict::Satisfied };
                    let sign = u32::from(!self.target[variable].unwrap_or(self.phase[variable]));
                    self.levels.push(self.trail.len());
                    let number = u32::try_from(variable).expect("numbered as u32");
                    self.set(Literal(number << 1 | sign), Why::Chosen);
                }
            }
            if self.learnt > most_learnt {
                self.back_to(0);
                self.forget();
                most_learnt += most_learnt / 10;
            }
            self.back_to(assumed.len());
        }
    }

    /// So far, in all searches.
    pub fn conflicts(&self) -> u64 {
        self.conflicts
    }

    /// Of what was assumed in the last search, some that cannot hold together.
    pub fn clash(&self) -> &[Literal] {
        &self.clash
    }

    /// The assumptions that make this one false, and itself.
    fn blame(&mut self, refused: Literal) -> Vec<Literal> {
        let mut clash = vec![refused];
        let mut premises = Vec::new();
        self.seen[refused.variable()] = true;
        let assumed = self.levels.first().copied().unwrap_or(self.trail.len());
        for at in (assumed..self.trail.len()).rev() {
            let literal = self.trail[at];
            if !std::mem::take(&mut self.seen[literal.variable()]) {
                continue;
            }
            match self.why[literal.variable()] {
                // Only what was assumed has been chosen so far.
                Why::Chosen => clash.push(literal),
                why => {
                    self.premises(why, Some(literal), &mut premises);
                    for premise in &premises {
                        self.seen[premise.variable()] = self.level[premise.variable()] > 0;
                    }
                }
            }
        }
        self.seen[refused.variable()] = false;
        clash
    }

    /// Remembers the values of the longest trail so far, up to the level before the conflict.
    fn aim(&mut self) {
        let sound = self.levels.last().copied().unwrap_or(0);
        if sound > self.longest {
            self.longest = sound;
            for literal in &self.trail[..sound] {
                self.target[literal.variable()] = Some(literal.0 & 1 == 0);
            }
        }
    }

    fn keep(&mut self, learnt: Vec<Literal>) {
        let asserting = learnt[0];
        if learnt.len() == 1 {
            self.set(asserting, Why::Chosen);
            return;
        }
        let mut levels: Vec<u32> = learnt.iter().map(|one| self.level[one.variable()]).collect();
        levels.sort_unstable();
        levels.dedup();
        let levels = u32::try_from(levels.len()).unwrap_or(u32::MAX);
        let number = self.attach(Clause { literals: learnt, levels, learnt: true });
        self.learnt += 1;
        self.set(asserting, Why::Clause(number));
    }

    fn choose(&mut self) -> Option<usize> {
        while let Some(variable) = self.queue.pop(&self.activity) {
            if self.value[variable << 1] == 0 {
                return Some(variable);
            }
        }
        None
    }
}

/// 1 1 2 1 1 2 4 …
fn luby(mut at: u32) -> u64 {
    loop {
        let size = u32::BITS - (at + 1).leading_zeros();
        if at + 2 == 1 << size {
            return 1 << (size - 1);
        }
        at -= (1 << (size - 1)) - 1;
    }
}

/// Variables, the most active first.
#[derive(Debug, Default, Clone)]
struct Queue {
    heap: Vec<usize>,
    /// Where each variable lies in the heap; `ABSENT` when it does not.
    at: Vec<usize>,
}

const ABSENT: usize = usize::MAX;

impl Queue {
    fn push(&mut self, variable: usize, activity: &[f64]) {
        if variable >= self.at.len() {
            self.at.resize(variable + 1, ABSENT);
        }
        if self.at[variable] == ABSENT {
            self.at[variable] = self.heap.len();
            self.heap.push(variable);
            self.rise(variable, activity);
        }
    }

    fn rise(&mut self, variable: usize, activity: &[f64]) {
        let mut at = self.at[variable];
        while at != ABSENT && at > 0 {
            let parent = (at - 1) / 2;
            if activity[self.heap[parent]] >= activity[variable] {
                break;
            }
            self.swap(at, parent);
            at = parent;
        }
    }

    fn pop(&mut self, activity: &[f64]) -> Option<usize> {
        let top = *self.heap.first()?;
        self.swap(0, self.heap.len() - 1);
        self.heap.pop();
        self.at[top] = ABSENT;
        let mut at = 0;
        loop {
            let children = [2 * at + 1, 2 * at + 2].into_iter().filter(|child| *child < self.heap.len());
            let best = children.max_by(|one, other| {
                activity[self.heap[*one]].total_cmp(&activity[self.heap[*other]]).then(other.cmp(one))
            });
            match best {
                Some(child) if activity[self.heap[child]] > activity[self.heap[at]] => self.swap(at, child),
                _ => return Some(top),
            }
            at = best.expect("just matched");
        }
    }

    fn swap(&mut self, one: usize, other: usize) {
        self.heap.swap(one, other);
        self.at[self.heap[one]] = one;
        self.at[self.heap[other]] = other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FREE: Limit = Limit { conflicts: u64::MAX, until: None };

    #[test]
    fn luby_begins_as_it_should() {
        assert_eq!((0..9).map(luby).collect::<Vec<_>>(), [1, 1, 2, 1, 1, 2, 4, 1, 1]);
    }

    #[test]
    fn pigeons_do_not_fit() {
        let mut search = Search::new();
        let holes: Vec<Vec<Literal>> = (0..6).map(|_| (0..5).map(|_| search.variable(true)).collect()).collect();
        holes.iter().for_each(|pigeon| search.clause(pigeon));
        for hole in 0..5 {
            search.at_most(1, holes.iter().map(|pigeon| pigeon[hole]).collect());
        }
        assert_eq!(search.run(&[], FREE), Verdict::Impossible);
    }

    proptest! {
        /// Against every assignment of eight variables; asked again with one more clause, and with assumptions, as the
        /// planner does.
        #[test]
        fn agrees_with_every_assignment(
            clauses in prop::collection::vec(prop::collection::vec((0..8_usize, any::<bool>()), 1..4), 0..25),
            bounds in prop::collection::vec((prop::collection::btree_map(0..8_usize, any::<bool>(), 1..8), 0..4_usize, any::<bool>()), 0..6),
            more in prop::collection::vec((0..8_usize, any::<bool>()), 1..3),
            assumed in prop::collection::vec((0..8_usize, any::<bool>()), 0..6),
        ) {
            let mut search = Search::new();
            let variables: Vec<Literal> = (0..8).map(|number| search.variable(number % 2 == 0)).collect();
            let literal = |(number, sign): (usize, bool)| if sign { variables[number] } else { !variables[number] };
            for clause in &clauses {
                search.clause(&clause.iter().map(|one| literal(*one)).collect::<Vec<_>>());
            }
            for (group, count, most) in &bounds {
                let group: Vec<Literal> = group.iter().map(|(number, sign)| literal((*number, *sign))).collect();
                if *most { search.at_most(*count, group) } else { search.at_least(*count, &group) }
            }
            let holds = |bits: u32, asked_more: bool| {
                let on = |(number, sign): &(usize, bool)| (bits >> number & 1 == 1) == *sign;
                clauses.iter().all(|clause| clause.iter().any(on))
                    && (!asked_more || more.iter().any(on))
                    && bounds.iter().all(|(group, count, most)| {
                        let counted = group.iter().filter(|(number, sign)| on(&(**number, **sign))).count();
                        if *most { counted <= *count } else { counted >= *count }
                    })
            };
            for asked_more in [false, true] {
                if asked_more {
                    search.clause(&more.iter().map(|one| literal(*one)).collect::<Vec<_>>());
                }
                let possible = (0..256).any(|bits| holds(bits, asked_more));
                let verdict = search.run(&[], FREE);
                prop_assert_eq!(verdict, if possible { Verdict::Satisfied } else { Verdict::Impossible });
                if possible {
                    let bits = (0..8).filter(|number| search.is_on(variables[*number])).map(|number| 1 << number).sum();
                    prop_assert!(holds(bits, asked_more));
                }
                let assumptions: Vec<Literal> = assumed.iter().map(|one| literal(*one)).collect();
                let among = |bits: u32, some: &[Literal]| {
                    assumed.iter().filter(|one| some.contains(&literal(**one))).all(|(number, sign)| (bits >> number & 1 == 1) == *sign)
                };
                let possible = (0..256).any(|bits| holds(bits, asked_more) && among(bits, &assumptions));
                let verdict = search.run(&assumptions, FREE);
                prop_assert_eq!(verdict, if possible { Verdict::Satisfied } else { Verdict::Impossible });
                if !possible {
                    let clash = search.clash().to_vec();
                    prop_assert!(clash.iter().all(|one| assumptions.contains(one)));
                    prop_assert!(!(0..256).any(|bits| holds(bits, asked_more) && among(bits, &clash)));
                }
            }
        }
    }
}
