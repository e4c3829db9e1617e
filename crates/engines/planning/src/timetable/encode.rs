//! The timetable as a question to the complete search, and its answer as a plan.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::assign::assign;
use super::problem::{Placed, Problem, Slot};
use super::sat::{Limit, Literal, Search, Verdict};

/// How a complete search ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Plan(Vec<Placed>),
    Impossible,
    Unknown,
}

#[derive(Clone)]
pub(super) struct Encoding<'p, 'a> {
    pub problem: &'p Problem<'a>,
    pub search: Search,
    /// "The course has a session there."
    at: Vec<BTreeMap<Slot, Literal>>,
}

impl<'p, 'a> Encoding<'p, 'a> {
    pub fn of(problem: &'p Problem<'a>) -> Self {
        let mut search = Search::new();
        let at = problem
            .courses
            .iter()
            .map(|course| {
                let open = course.slots.iter().filter(|_| course.need > 0);
                open.map(|slot| (slot, search.variable(false))).collect()
            })
            .collect();
        let mut encoding = Self { problem, search, at };
        encoding.courses();
        encoding.cohorts();
        encoding.orders();
        encoding.trainers();
        encoding.rooms();
        encoding.hours();
        encoding
    }

    /// The literal "the course has a session there", where that is not ruled out.
    pub fn literal(&self, course: usize, slot: Slot) -> Option<Literal> {
        self.at[course].get(&slot).copied()
    }

    /// All that is not ruled out.
    pub fn literals(&self) -> impl Iterator<Item = ((usize, Slot), Literal)> + '_ {
        self.at.iter().enumerate().flat_map(|(course, at)| at.iter().map(move |(slot, one)| ((course, *slot), *one)))
    }

    /// Begins near this plan.
    pub fn start_from(&mut self, plan: &[Placed]) {
        self.at.iter().flat_map(BTreeMap::values).for_each(|literal| self.search.prefer(!*literal));
        for placed in plan {
            if let Some(literal) = self.literal(placed.course, placed.slot) {
                self.search.prefer(literal);
                self.search.hint(literal, 1e-3);
            }
        }
    }

    /// Cohorts other than these keep what they have in this plan.
    pub fn fix_others(&mut self, plan: &[Placed], free: &[usize]) {
        let on: HashSet<(usize, Slot)> = plan.iter().map(|placed| (placed.course, placed.slot)).collect();
        let others: Vec<Literal> = self
            .literals()
            .filter(|((course, _), _)| !free.contains(&self.problem.courses[*course].cohort))
            .map(|(at, literal)| if on.contains(&at) { literal } else { !literal })
            .collect();
        others.into_iter().for_each(|literal| self.search.clause(&[literal]));
    }

    fn courses(&mut self) {
        for (number, course) in self.problem.courses.iter().enumerate() {
            let all: Vec<Literal> = self.at[number].values().copied().collect();
            self.search.at_least(course.need, &all);
            self.search.at_most(course.need, all);
            let mut days: BTreeMap<usize, Vec<Literal>> = BTreeMap::new();
            let mut weeks: BTreeMap<usize, Vec<Literal>> = BTreeMap::new();
            for (slot, literal) in &self.at[number] {
                days.entry(slot / 2).or_default().push(*literal);
                weeks.entry(self.problem.week[slot / 2]).or_default().push(*literal);
            }
            if course.gap > 1 {
                for first in days.keys() {
                    let end = self.problem.number[*first] + course.gap;
                    let near = days.range(first..).take_while(|(day, _)| self.problem.number[**day] < end);
                    let near = near.flat_map(|(_, literals)| literals.iter().copied()).collect();
                    self.search.at_most(1, near);
                }
            }
            let per_day = if course.gap > 0 { 1 } else { course.per_day };
            days.into_values().for_each(|literals| self.search.at_most(per_day, literals));
            weeks.into_iter().for_each(|(week, literals)| self.search.at_most(course.most_in(week), literals));
        }
        for (course, slot) in self.problem.pins.keys() {
            let literal = self.literal(*course, *slot);
            self.search.clause(literal.as_slice());
        }
    }

    fn cohorts(&mut self) {
        let mut together: BTreeMap<(usize, Slot), Vec<Literal>> = BTreeMap::new();
        for (number, course) in self.problem.courses.iter().enumerate() {
            for (slot, literal) in &self.at[number] {
                together.entry((course.cohort, *slot)).or_default().push(*literal);
            }
        }
        together.into_values().for_each(|literals| self.search.at_most(1, literals));
    }

    /// "Everything of the course is over before its n-th half-day", for all who wait for it.
    fn orders(&mut self) {
        for (number, course) in self.problem.courses.iter().enumerate() {
            if course.before.is_empty() {
                continue;
            }
            let slots: Vec<(Slot, Literal)> = self.at[number].iter().map(|(slot, literal)| (*slot, *literal)).collect();
            let over: Vec<Literal> = slots.iter().map(|_| self.search.variable(false)).collect();
            for (at, (_, literal)) in slots.iter().enumerate() {
                self.search.clause(&[!over[at], !*literal]);
                if let Some(next) = over.get(at + 1) {
                    self.search.clause(&[!over[at], *next]);
                }
            }
            for waiting in &course.before {
                for (slot, literal) in &self.at[*waiting] {
                    let next = slots.partition_point(|(other, _)| other < slot);
                    if let Some(over) = over.get(next) {
                        self.search.clause(&[!*literal, *over]);
                    }
                }
            }
        }
    }

    fn trainers(&mut self) {
        // Who would be taken by what; each session chooses one where there are several.
        let mut taken: BTreeMap<(usize, Slot), Vec<(usize, Literal)>> = BTreeMap::new();
        for (number, course) in self.problem.courses.iter().enumerate() {
            for (slot, literal) in &self.at[number] {
                if !self.problem.asks_trainer(number, *slot) {
                    continue;
                }
                let able: Vec<usize> = self.problem.trainers_at(number, *slot).collect();
                if able.iter().any(|one| self.problem.instance.trainers[*one].several) {
                    continue;
                }
                let chosen: Vec<Literal> = if able.len() == 1 {
                    vec![*literal]
                } else {
                    able.iter().map(|_| self.search.variable(false)).collect()
                };
                if able.len() > 1 {
                    let one_of: Vec<Literal> = std::iter::once(!*literal).chain(chosen.iter().copied()).collect();
                    self.search.clause(&one_of);
                    chosen.iter().for_each(|one| self.search.clause(&[!*one, *literal]));
                }
                for (trainer, literal) in able.into_iter().zip(chosen) {
                    taken.entry((trainer, *slot)).or_default().push((course.cohort, literal));
                }
            }
        }
        for takers in taken.into_values() {
            if takers.iter().any(|(cohort, _)| *cohort != takers[0].0) {
                self.search.at_most(1, takers.into_iter().map(|(_, literal)| literal).collect());
            }
        }
    }

    /// Sessions that exclude one another fill so many half-days: those of a cohort, and of a trainer alone. This follows
    /// from the rest, but single half-days would take long to teach it.
    fn hours(&mut self) {
        let problem = self.problem;
        let all = || 0..problem.courses.len();
        let cohorts = (0..problem.cohort_slots.len())
            .map(|cohort| all().filter(|course| problem.courses[*course].cohort == cohort).collect());
        let trainers = problem.instance.trainers.iter().enumerate().filter(|(_, trainer)| !trainer.several);
        let alone = |course: &usize, trainer: usize| {
            let of = &problem.courses[*course];
            of.needs_trainer && of.trainers == [trainer]
        };
        let trainers = trainers.map(|(trainer, _)| all().filter(|course| alone(course, trainer)).collect());
        self.fill(cohorts.chain(trainers).collect());
    }

    /// The same of all that comes before a course, and of all that comes after it: what is proved about losses needs it,
    /// any timetable at all is found sooner without.
    pub fn chains(&mut self) {
        let problem = self.problem;
        let chains =
            (0..problem.courses.len()).flat_map(|course| [problem.beyond(course, true), problem.beyond(course, false)]);
        self.fill(chains.collect());
    }

    fn fill(&mut self, groups: BTreeSet<Vec<usize>>) {
        groups.iter().filter(|courses| courses.len() > 1).for_each(|courses| self.filled(courses));
    }

    /// As many half-days as these courses need have a session of one of them.
    fn filled(&mut self, courses: &[usize]) {
        let need = courses.iter().map(|course| self.problem.courses[*course].need).sum();
        let mut held: BTreeMap<Slot, Vec<Literal>> = BTreeMap::new();
        for (slot, literal) in courses.iter().flat_map(|course| &self.at[*course]) {
            held.entry(*slot).or_default().push(*literal);
        }
        let mut filled = Vec::with_capacity(held.len());
        for mut literals in held.into_values() {
            filled.push(if let [one] = literals.as_slice() {
                *one
            } else {
                let any = self.search.variable(false);
                literals.iter().for_each(|one| self.search.clause(&[!*one, any]));
                literals.push(!any);
                self.search.clause(&literals);
                any
            });
        }
        self.search.at_least(need, &filled);
    }

    /// Hall's condition for the sets of rooms that courses ask for, and for all of them; others come in when needed.
    fn rooms(&mut self) {
        for slot in 0..self.problem.slots() {
            let asking = self.asking_rooms(slot);
            let mut sets: BTreeSet<BTreeSet<usize>> = asking.values().cloned().collect();
            sets.insert(sets.iter().flatten().copied().collect());
            for set in sets {
                self.hall(slot, &asking, &set);
            }
        }
    }

    /// The courses that ask for a room of their own then, and which would do.
    fn asking_rooms(&self, slot: Slot) -> HashMap<usize, BTreeSet<usize>> {
        let several = |room: &usize| self.problem.instance.rooms[*room].several;
        (0..self.at.len())
            .filter(|course| self.at[*course].contains_key(&slot) && self.problem.asks_room(*course, slot))
            .map(|course| (course, self.problem.rooms_at(course, slot).collect::<BTreeSet<_>>()))
            .filter(|(_, rooms)| !rooms.iter().any(several))
            .collect()
    }

    /// Those that can do with these rooms alone are not more than these rooms.
    fn hall(&mut self, slot: Slot, asking: &HashMap<usize, BTreeSet<usize>>, rooms: &BTreeSet<usize>) {
        let mut inside: Vec<usize> =
            asking.iter().filter(|(_, set)| set.is_subset(rooms)).map(|(course, _)| *course).collect();
        inside.sort_unstable();
        let cohorts: BTreeSet<usize> = inside.iter().map(|course| self.problem.courses[*course].cohort).collect();
        if cohorts.len() > rooms.len() {
            let literals = inside.iter().map(|course| self.at[*course][&slot]).collect();
            self.search.at_most(rooms.len(), literals);
        }
    }

    /// Searches, taking `assumed` for true; rooms that do not suffice after all become one more bound, and the search
    /// goes on.
    pub fn run(&mut self, assumed: &[Literal], limit: Limit) -> Answer {
        loop {
            match self.search.run(assumed, limit) {
                Verdict::Impossible => return Answer::Impossible,
                Verdict::Unknown => return Answer::Unknown,
                Verdict::Satisfied => {}
            }
            let on: Vec<(usize, Slot)> =
                self.literals().filter(|(_, literal)| self.search.is_on(*literal)).map(|(at, _)| at).collect();
            match staff(self.problem, &on, &[]) {
                Ok(plan) => return Answer::Plan(plan),
                Err(slot) => {
                    let asking = self.asking_rooms(slot);
                    let active: Vec<usize> =
                        on.iter().filter(|(_, at)| *at == slot).map(|(course, _)| *course).collect();
                    let short = short_of_rooms(&asking, &active);
                    self.hall(slot, &asking, &short);
                }
            }
        }
    }
}

/// Rooms that some of these courses ask for alone, fewer than they are.
fn short_of_rooms(asking: &HashMap<usize, BTreeSet<usize>>, active: &[usize]) -> BTreeSet<usize> {
    let sets: Vec<&BTreeSet<usize>> = active.iter().filter_map(|course| asking.get(course)).collect();
    let columns = sets.iter().flat_map(|set| set.iter()).max().map_or(0, |room| room + 1);
    let costs: Vec<Vec<(usize, i64)>> = sets.iter().map(|set| set.iter().map(|room| (*room, 0)).collect()).collect();
    for rows in 1..=costs.len() {
        if assign(&costs[..rows], columns, &|_| false).is_some() {
            continue;
        }
        let matched = assign(&costs[..rows - 1], columns, &|_| false).unwrap_or_default();
        let mut short = sets[rows - 1].clone();
        // Whoever holds one of these rooms, and what else they could have.
        for _ in 0..rows {
            for row in (0..rows - 1).filter(|row| short.contains(&matched[*row])).collect::<Vec<_>>() {
                short.extend(sets[row]);
            }
        }
        return short;
    }
    BTreeSet::new()
}

/// Gives trainers and rooms to what takes place, those of `before` where they can stay; the half-day where rooms do not
/// suffice, if there is one.
pub(super) fn staff(problem: &Problem, on: &[(usize, Slot)], before: &[Placed]) -> Result<Vec<Placed>, Slot> {
    let old: HashMap<(usize, Slot), &Placed> =
        before.iter().map(|placed| ((placed.course, placed.slot), placed)).collect();
    let mut by_slot: BTreeMap<Slot, Vec<usize>> = BTreeMap::new();
    for (course, slot) in on {
        by_slot.entry(*slot).or_default().push(*course);
    }
    let mut plan = Vec::with_capacity(on.len());
    for (slot, courses) in by_slot {
        let was = |course: usize| old.get(&(course, slot));
        let priced = |able: Vec<usize>, kept: Option<usize>| {
            able.into_iter().map(|one| (one, i64::from(Some(one) != kept))).collect::<Vec<_>>()
        };
        let give = |asks: &dyn Fn(usize) -> bool,
                    able: &dyn Fn(usize) -> Vec<(usize, i64)>,
                    columns,
                    shared: &dyn Fn(usize) -> bool| {
            let rows: Vec<usize> = courses.iter().copied().filter(|course| asks(*course)).collect();
            let costs: Vec<_> = rows.iter().map(|course| able(*course)).collect();
            let given = assign(&costs, columns, shared)?;
            Some(rows.into_iter().zip(given).collect::<HashMap<usize, usize>>())
        };
        let trainers = give(
            &|course| problem.asks_trainer(course, slot),
            &|course| priced(problem.trainers_at(course, slot).collect(), was(course).and_then(|old| old.trainer)),
            problem.instance.trainers.len(),
            &|one| problem.instance.trainers[one].several,
        );
        let rooms = give(
            &|course| problem.asks_room(course, slot),
            &|course| priced(problem.rooms_at(course, slot).collect(), was(course).and_then(|old| old.room)),
            problem.instance.rooms.len(),
            &|one| problem.instance.rooms[one].several,
        );
        let (Some(trainers), Some(rooms)) = (trainers, rooms) else { return Err(slot) };
        plan.extend(courses.iter().map(|course| Placed {
            course: *course,
            slot,
            trainer: trainers.get(course).copied(),
            room: rooms.get(course).copied(),
        }));
    }
    Ok(plan)
}
