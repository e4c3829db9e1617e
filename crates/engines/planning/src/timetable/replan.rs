//! The same timetable after a mishap, with as little changed as possible.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use base::Date;
use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use super::encode::{Answer, Encoding, staff};
use super::explain;
use super::instance::{FORMAT, Fault, Half, Instance, Pin, Weights, Window};
use super::problem::{Placed, Problem, Slot};
use super::sat::{Limit, Literal};
use super::solution::{Conflict, Session, Status};
use super::solve::{Budget, Options, find};

/// From when on things may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What lies before has taken place and stays.
    pub today: Date,
    /// What lies before `today` and so many days changes only where nothing else helps, and is told.
    pub days: u32,
}

impl Notice {
    /// The first day that may change freely.
    fn ends(&self) -> Date {
        self.today.checked_add(i64::from(self.days).days()).unwrap_or(Date::MAX)
    }
}

/// A timetable that replaces another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replanned {
    pub format: u32,
    pub status: Status,
    pub sessions: Vec<Session>,
    /// What differs from the former timetable, by date.
    pub changes: Vec<Change>,
    /// Sessions that leave their half-day.
    pub moved: usize,
    /// Half-days within the notice on which a session goes or comes.
    pub under_notice: usize,
    /// Proved: no timetable changes fewer half-days within the notice and, among those that change as few, none moves
    /// fewer sessions.
    pub least: bool,
    /// Why there is no timetable any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
}

/// A half-day of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    pub date: Date,
    pub half: Half,
}

/// One session that is not as it was. With the same moments, only its trainer or its room changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub module: String,
    /// None for a session that is new.
    pub from: Option<Moment>,
    /// None for a session that is no longer wanted.
    pub to: Option<Moment>,
    /// The trainer and the room before and after, where they differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trainer: Option<(Option<String>, Option<String>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<(Option<String>, Option<String>)>,
    /// One of its moments lies within the notice.
    pub under_notice: bool,
}

/// Changes a timetable no more than a changed instance asks for: first as few half-days as possible within the notice,
/// then as few sessions as possible, then (for those half-days) as few trainers and rooms as possible.
///
/// Sessions before today stay as they are; the instance must still name all that they name, its absences and closures
/// before today are disregarded. Wishes are not looked at.
///
/// # Errors
/// What is wrong with the instance.
pub fn replan(instance: &Instance, former: &[Session], notice: &Notice, options: &Options) -> Result<Replanned, Fault> {
    instance.check()?;
    let past: Vec<&Session> = former.iter().filter(|session| session.date < notice.today).collect();
    let instance = with_past(instance, &past, notice.today);
    instance.check()?;
    let budget = Budget::of(options);
    let problem = Problem::of(&instance);
    let nothing = |status| Replanned {
        format: FORMAT,
        status,
        sessions: vec![],
        changes: vec![],
        moved: 0,
        under_notice: 0,
        least: false,
        conflicts: vec![],
    };
    let replanner = Replanner::of(&problem, former, notice, &budget);
    Ok(match replanner.run() {
        Answer::Impossible => {
            Replanned { conflicts: explain::conflicts(&instance, &budget), ..nothing(Status::Infeasible) }
        }
        Answer::Unknown => nothing(Status::Unknown),
        Answer::Plan(plan) => {
            let least = replanner.least.get();
            let sessions = problem.sessions(&plan);
            let before: BTreeSet<Moved> = former.iter().map(moment_of).collect();
            let after: BTreeSet<Moved> = sessions.iter().map(moment_of).collect();
            let touched = before.symmetric_difference(&after);
            Replanned {
                changes: changes(former, &sessions, notice),
                moved: before.difference(&after).count(),
                under_notice: touched.filter(|(date, _, _)| *date < notice.ends()).count(),
                least,
                sessions,
                ..nothing(Status::Solved)
            }
        }
    })
}

type Moved<'a> = (Date, Half, &'a str);

fn moment_of(session: &Session) -> Moved<'_> {
    (session.date, session.half, &session.module)
}

/// What has taken place is fixed, and nothing that is said of those days now makes it wrong.
fn with_past(instance: &Instance, past: &[&Session], today: Date) -> Instance {
    let mut instance = Instance { weights: Weights::default(), ..instance.clone() };
    let eve = today.yesterday().unwrap_or(Date::MIN);
    // A window that is over stays in its list, where it covers nothing: reasons name windows by their rank.
    let forget = |windows: &mut Vec<Window>| {
        for window in windows {
            if window.to.is_some_and(|to| to < today) {
                *window = Window::days(Date::MAX, Date::MAX);
            } else {
                window.from = window.from.map(|from| from.max(today)).or(Some(today));
            }
        }
    };
    let allow = |windows: &mut Vec<Window>| {
        if !windows.is_empty() {
            windows.push(Window { to: Some(eve), ..Window::default() });
        }
    };
    forget(&mut instance.calendar.closures);
    let cohort_of: HashMap<String, String> =
        instance.modules.iter().map(|module| (module.id.clone(), module.cohort.clone())).collect();
    for cohort in &mut instance.cohorts {
        // Of the days gone by, a cohort keeps those it has had sessions on; nothing new can come there.
        if cohort.school.is_empty() {
            cohort.school.push(Window::default());
        }
        forget(&mut cohort.school);
        let ours = past.iter().filter(|session| cohort_of.get(&session.module) == Some(&cohort.id));
        let had = ours.map(|session| Window { half: Some(session.half), ..Window::days(session.date, session.date) });
        cohort.school.extend(had);
        forget(&mut cohort.away);
    }
    for trainer in &mut instance.trainers {
        allow(&mut trainer.available);
        forget(&mut trainer.unavailable);
    }
    instance.rooms.iter_mut().for_each(|room| forget(&mut room.unavailable));
    instance.pins.retain(|pin| pin.date >= today);
    instance.pins.extend(past.iter().map(|session| Pin {
        module: session.module.clone(),
        date: session.date,
        half: session.half,
        trainer: session.trainer.clone(),
        room: session.room.clone(),
    }));
    instance
}

struct Replanner<'p, 'a> {
    problem: &'p Problem<'a>,
    former: Vec<Placed>,
    /// The half-days of the former timetable.
    was: HashSet<(usize, Slot)>,
    /// The first half-day that may change freely.
    free: Slot,
    budget: &'p Budget,
    least: std::cell::Cell<bool>,
}

impl<'p, 'a> Replanner<'p, 'a> {
    fn of(problem: &'p Problem<'a>, former: &[Session], notice: &Notice, budget: &'p Budget) -> Self {
        let number = |ids: Vec<&'a String>| -> HashMap<&'a str, usize> {
            ids.into_iter().enumerate().map(|(number, id)| (id.as_str(), number)).collect()
        };
        let instance = problem.instance;
        let modules = number(instance.modules.iter().map(|one| &one.id).collect());
        let trainers = number(instance.trainers.iter().map(|one| &one.id).collect());
        let rooms = number(instance.rooms.iter().map(|one| &one.id).collect());
        let known = |session: &Session| {
            let day = problem.days.binary_search(&session.date).ok()?;
            Some(Placed {
                course: *modules.get(session.module.as_str())?,
                slot: day * 2 + usize::from(session.half == Half::Pm),
                trainer: session.trainer.as_ref().and_then(|id| trainers.get(id.as_str()).copied()),
                room: session.room.as_ref().and_then(|id| rooms.get(id.as_str()).copied()),
            })
        };
        let former: Vec<Placed> = former.iter().filter_map(known).collect();
        Self {
            problem,
            was: former.iter().map(|placed| (placed.course, placed.slot)).collect(),
            former,
            free: problem.days.partition_point(|day| *day < notice.ends()) * 2,
            budget,
            least: std::cell::Cell::new(true),
        }
    }

    /// What changes within the notice, and what is moved, as literals that are true when it happens; and how much of
    /// both cannot be avoided.
    fn losses(&self, encoding: &Encoding) -> [(Vec<Literal>, usize); 2] {
        let (mut noticed, mut moved) = ((Vec::new(), 0), (Vec::new(), 0));
        for (course, slot) in self.was.iter().collect::<BTreeSet<_>>() {
            match encoding.literal(*course, *slot) {
                Some(kept) => {
                    moved.0.push(!kept);
                    noticed.0.extend((*slot < self.free).then_some(!kept));
                }
                None => {
                    moved.1 += 1;
                    noticed.1 += usize::from(*slot < self.free);
                }
            }
        }
        let comes = encoding.literals().filter(|(at, _)| at.1 < self.free && !self.was.contains(at));
        noticed.0.extend(comes.map(|(_, literal)| literal));
        [noticed, moved]
    }

    /// The encoding in which no more is lost than these.
    fn encoding(&self, most: &[usize]) -> Encoding<'p, 'a> {
        let mut encoding = Encoding::of(self.problem);
        let losses = self.losses(&encoding);
        for ((literals, _), most) in losses.into_iter().zip(most) {
            encoding.search.at_most(*most, literals);
        }
        encoding.start_from(&self.former);
        encoding
    }

    fn run(&self) -> Answer {
        // Whether there is anything at all, before asking for the nearest.
        let any = match find(self.problem, self.budget) {
            Answer::Impossible => return Answer::Impossible,
            Answer::Plan(plan) => Some(plan),
            Answer::Unknown => None,
        };
        let all = self.problem.courses.iter().map(|course| course.slots.iter().count()).sum();
        let plan = self.fewest(&[], all).map_or(any, |(noticed, plan)| {
            Some(self.fewest(&[noticed], self.former.len()).map_or(plan, |(_, nearer)| nearer))
        });
        let Some(plan) = plan else { return Answer::Unknown };
        let on: Vec<(usize, Slot)> = plan.iter().map(|placed| (placed.course, placed.slot)).collect();
        staff(self.problem, &on, &self.former).map_or(Answer::Unknown, Answer::Plan)
    }

    fn limit(&self) -> Limit {
        Limit { conflicts: self.budget.conflicts(), until: self.budget.until }
    }

    /// The least loss (of the kind after those bounded) and a plan with it; none when no plan is found.
    fn fewest(&self, bounded: &[usize], all: usize) -> Option<(usize, Vec<Placed>)> {
        let ask = |most: usize| {
            let bounds: Vec<usize> = bounded.iter().copied().chain([most]).collect();
            self.encoding(&bounds).run(self.limit())
        };
        // From below, as little is usually lost; in longer steps once a question stays open.
        let (mut proved, mut step, mut most) = (0, 1, 0);
        let (mut best, mut plan) = loop {
            match ask(most) {
                Answer::Plan(plan) => break (most, plan),
                Answer::Impossible => proved = most + 1,
                Answer::Unknown => step *= 2,
            }
            if most >= all || self.budget.is_over() {
                self.least.set(false);
                return None;
            }
            most = (most + step).min(all);
        };
        while proved < best && !self.budget.is_over() {
            let middle = proved + (best - proved) / 2;
            match ask(middle) {
                Answer::Plan(found) => (best, plan) = (middle, found),
                Answer::Impossible => proved = middle + 1,
                Answer::Unknown => break,
            }
        }
        self.least.set(self.least.get() && proved == best);
        Some((best, plan))
    }
}

fn changes(former: &[Session], now: &[Session], notice: &Notice) -> Vec<Change> {
    let moment = |session: &Session| Moment { date: session.date, half: session.half };
    let mut goes: BTreeMap<&str, Vec<&Session>> = BTreeMap::new();
    let mut comes: BTreeMap<&str, Vec<&Session>> = BTreeMap::new();
    let mut pairs: Vec<(Option<&Session>, Option<&Session>)> = Vec::new();
    let here: HashMap<Moved, &Session> = now.iter().map(|session| (moment_of(session), session)).collect();
    let there: HashSet<Moved> = former.iter().map(moment_of).collect();
    for session in former {
        match here.get(&moment_of(session)) {
            Some(kept) if *kept != session => pairs.push((Some(session), Some(kept))),
            Some(_) => {}
            None => goes.entry(&session.module).or_default().push(session),
        }
    }
    for session in now.iter().filter(|session| !there.contains(&moment_of(session))) {
        comes.entry(&session.module).or_default().push(session);
    }
    for module in goes.keys().chain(comes.keys()).copied().collect::<BTreeSet<_>>() {
        let of = |all: &BTreeMap<&str, Vec<_>>| all.get(module).cloned().unwrap_or_default();
        let (mut gone, mut come) = (of(&goes), of(&comes));
        gone.sort();
        come.sort();
        pairs.extend((0..gone.len().max(come.len())).map(|at| (gone.get(at).copied(), come.get(at).copied())));
    }
    let differs = |one: Option<&Session>, other: Option<&Session>, part: fn(&Session) -> &Option<String>| {
        let (one, other) = (one.map(part)?, other.map(part)?);
        (one != other).then(|| (one.clone(), other.clone()))
    };
    let change = |(from, to): (Option<&Session>, Option<&Session>)| Change {
        module: from.or(to).map(|session| session.module.clone()).unwrap_or_default(),
        trainer: differs(from, to, |session| &session.trainer),
        room: differs(from, to, |session| &session.room),
        under_notice: [from, to].into_iter().flatten().any(|session| session.date < notice.ends()),
        from: from.map(moment),
        to: to.map(moment),
    };
    let mut changes: Vec<Change> = pairs.into_iter().map(change).collect();
    changes.sort_by(|one, other| (one.from.or(one.to), &one.module).cmp(&(other.from.or(other.to), &other.module)));
    changes
}
