//! Proofs by counting: relaxations of the timetable that are flows. When one of them cannot carry every session, no
//! timetable can; when all can, nothing is said.

use std::collections::BTreeMap;

use super::problem::{Problem, Slot};

/// Whether the time of a cohort, of the trainers or of the rooms cannot hold what is asked of it.
pub(super) fn falls_short(problem: &Problem) -> bool {
    let cohorts = (0..problem.cohort_slots.len()).any(|cohort| {
        let ours = (0..problem.courses.len()).filter(|course| problem.courses[*course].cohort == cohort);
        Network::of(problem, ours, &|_, _| Some(vec![0])).falls_short()
    });
    let trainers = || {
        Network::of(problem, 0..problem.courses.len(), &|course, slot| {
            let several = |one: &usize| problem.instance.trainers[*one].several;
            let able: Vec<usize> = problem.trainers_at(course, slot).collect();
            (problem.asks_trainer(course, slot) && !able.iter().any(several)).then_some(able)
        })
        .falls_short()
    };
    let rooms = || {
        Network::of(problem, 0..problem.courses.len(), &|course, slot| {
            let several = |one: &usize| problem.instance.rooms[*one].several;
            let fit: Vec<usize> = problem.rooms_at(course, slot).collect();
            (problem.asks_room(course, slot) && !fit.iter().any(several)).then_some(fit)
        })
        .falls_short()
    };
    cohorts || trainers() || rooms()
}

const SOURCE: usize = 0;
const SINK: usize = 1;

/// Sessions flow from the source through course, week, day and half-day to something that holds one of them at a time.
struct Network {
    /// Ends and what is left of each edge; the edge back is the next one.
    edges: Vec<(usize, usize)>,
    leaving: Vec<Vec<usize>>,
    wanted: usize,
}

impl Network {
    /// `holders` tells what could hold a session there; none when it needs nothing of the kind.
    fn of(
        problem: &Problem,
        courses: impl Iterator<Item = usize>,
        holders: &dyn Fn(usize, Slot) -> Option<Vec<usize>>,
    ) -> Self {
        let mut network = Self { edges: Vec::new(), leaving: vec![Vec::new(); 2], wanted: 0 };
        let mut held: BTreeMap<(usize, Slot), usize> = BTreeMap::new();
        for number in courses {
            let course = &problem.courses[number];
            network.wanted += course.need;
            let start = network.node();
            network.edge(SOURCE, start, course.need);
            // A gap between dates allows one session a day.
            let per_day = if course.gap > 0 { 1 } else { course.per_day };
            let (mut week, mut day) = ((usize::MAX, 0), (usize::MAX, 0));
            for slot in course.slots.iter() {
                if problem.week[slot / 2] != week.0 {
                    week = (problem.week[slot / 2], network.node());
                    network.edge(start, week.1, course.most_in(week.0).min(course.need));
                }
                if slot / 2 != day.0 {
                    day = (slot / 2, network.node());
                    network.edge(week.1, day.1, per_day.min(2));
                }
                let Some(able) = holders(number, slot) else {
                    network.edge(day.1, SINK, 1);
                    continue;
                };
                let session = network.node();
                network.edge(day.1, session, 1);
                for holder in able {
                    let at = *held.entry((holder, slot)).or_insert_with(|| {
                        let node = network.node();
                        network.edge(node, SINK, 1);
                        node
                    });
                    network.edge(session, at, 1);
                }
            }
        }
        network
    }

    fn node(&mut self) -> usize {
        self.leaving.push(Vec::new());
        self.leaving.len() - 1
    }

    fn edge(&mut self, from: usize, to: usize, capacity: usize) {
        self.leaving[from].push(self.edges.len());
        self.edges.push((to, capacity));
        self.leaving[to].push(self.edges.len());
        self.edges.push((from, 0));
    }

    /// Dinic's algorithm, without recursion; every path carries one session.
    fn falls_short(mut self) -> bool {
        let mut carried = 0;
        loop {
            let level = self.levels();
            if level[SINK] == usize::MAX {
                return carried < self.wanted;
            }
            let mut next = vec![0; self.leaving.len()];
            let mut path: Vec<usize> = Vec::new();
            loop {
                let at = path.last().map_or(SOURCE, |edge| self.edges[*edge].0);
                if at == SINK {
                    for edge in path.drain(..) {
                        self.edges[edge].1 -= 1;
                        self.edges[edge ^ 1].1 += 1;
                    }
                    carried += 1;
                    continue;
                }
                match self.leaving[at].get(next[at]) {
                    Some(edge) => {
                        let (to, left) = self.edges[*edge];
                        if left > 0 && level[to] == level[at] + 1 {
                            path.push(*edge);
                        } else {
                            next[at] += 1;
                        }
                    }
                    None => match path.pop() {
                        Some(edge) => next[self.edges[edge ^ 1].0] += 1,
                        None => break,
                    },
                }
            }
        }
    }

    fn levels(&self) -> Vec<usize> {
        let mut level = vec![usize::MAX; self.leaving.len()];
        level[SOURCE] = 0;
        let mut queue = vec![SOURCE];
        let mut at = 0;
        while at < queue.len() {
            let node = queue[at];
            at += 1;
            for edge in &self.leaving[node] {
                let (to, left) = self.edges[*edge];
                if left > 0 && level[to] == usize::MAX {
                    level[to] = level[node] + 1;
                    queue.push(to);
                }
            }
        }
        level
    }
}
