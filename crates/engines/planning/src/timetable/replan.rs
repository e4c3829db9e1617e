//! The same timetable after a mishap, with as little changed as possible.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Instant;

use base::Date;
use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use super::anneal::{self, Course};
use super::encode::{Answer, Encoding, staff};
use super::explain;
use super::fewest::{self, Loss};
use super::instance::{FORMAT, Fault, Half, Instance, Pin, Weights, Window};
use super::problem::{Placed, Problem, Slot};
use super::sat::Limit;
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

    /// What changes within the notice, and what is moved; what cannot be kept at all is not told.
    fn losses(&self, encoding: &Encoding) -> [Vec<Loss>; 2] {
        let was: BTreeSet<&(usize, Slot)> = self.was.iter().collect();
        let kept = was.into_iter().filter_map(|(course, slot)| {
            let session = encoding.literal(*course, *slot)?;
            Some((*slot, Loss { session, kept: true }))
        });
        let kept: Vec<(Slot, Loss)> = kept.collect();
        let goes = kept.iter().filter(|(slot, _)| *slot < self.free).map(|(_, loss)| *loss);
        let comes = encoding.literals().filter(|(at, _)| at.1 < self.free && !self.was.contains(at));
        let comes = comes.map(|(_, session)| Loss { session, kept: false });
        [goes.chain(comes).collect(), kept.iter().map(|(_, loss)| *loss).collect()]
    }

    fn run(&self) -> Answer {
        // Whether there is anything at all, before asking for the nearest.
        let mut best = match find(self.problem, self.budget) {
            Answer::Impossible => return Answer::Impossible,
            Answer::Plan(plan) => Some(plan),
            Answer::Unknown => None,
        };
        let mut encoding = Encoding::of(self.problem);
        encoding.chains();
        encoding.start_from(&self.former);
        let mut bounded: Vec<(Vec<Loss>, usize)> = Vec::new();
        for losses in self.losses(&encoding) {
            let Some(least) = fewest::from_below(&mut encoding, &losses, self.limit()) else {
                return Answer::Impossible;
            };
            let plan = match least.plan {
                Some(plan) => plan,
                None => {
                    let Some(valid) = best else { return Answer::Unknown };
                    let near = self.restored(valid, &bounded, &encoding);
                    fewest::from_above(&encoding, &losses, near, least.proved, self.limit())
                }
            };
            let lost = fewest::lost(&encoding, &losses, &plan);
            best = Some(plan);
            self.least.set(self.least.get() && lost == least.proved);
            encoding.search.at_most(lost, losses.iter().map(|loss| loss.happens()).collect());
            bounded.push((losses, lost));
        }
        let Some(plan) = best else { return Answer::Unknown };
        let on: Vec<(usize, Slot)> = plan.iter().map(|placed| (placed.course, placed.slot)).collect();
        staff(self.problem, &on, &self.former).map_or(Answer::Unknown, Answer::Plan)
    }

    /// A walk back towards the former timetable, from one that is valid and within these bounds.
    fn restored(&self, valid: Vec<Placed>, bounded: &[(Vec<Loss>, usize)], encoding: &Encoding) -> Vec<Placed> {
        let until = self.limit().until;
        let course =
            Course { steps: self.budget.steps, until, stop: until, seed: self.budget.seed, hot: 1.0, cold: 0.15 };
        let near = anneal::restore(self.problem, &valid, &self.former, self.free, &course);
        let within = bounded.iter().all(|(losses, most)| fewest::lost(encoding, losses, &near) <= *most);
        if within { near } else { valid }
    }

    /// The same again for what comes after: half of the time that is left.
    fn limit(&self) -> Limit {
        let now = Instant::now();
        Limit {
            conflicts: self.budget.conflicts(),
            until: self.budget.until.map(|until| now + until.saturating_duration_since(now) / 2),
        }
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
