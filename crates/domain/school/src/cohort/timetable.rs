//! Timetables: the engine proposes where each half-day of the programme goes, or why it cannot; somebody looks and
//! decides. What is already planned stays where it is unless a trainer, a room or a day fell away.

use std::collections::{BTreeMap, HashSet};

use base::{Date, Id, Period, fr, holiday};
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use jiff::ToSpan;
use planning::timetable::{
    Calendar, FORMAT, Instance, Options, Pin, Reason, Session as Placed, Status, Weights, Window, solve,
};
use platform::gate::{ManageSchool, ReadSchool, permit};
use platform::{Actor, Permit, Platform};

use super::calendar::DayKind;
use super::means::{RoomView, TrainerView};
use super::model::{Cohort, Half, Module, Session, SessionNumber, SessionState};
use super::service::{self, CohortView};
use super::sessions::{self, NewSession};
use super::{means, store};
use crate::{Error, Result, required};

/// One half-day to add or to move.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The session moved; `None` for a new one.
    pub number: Option<Id<SessionNumber>>,
    /// Where it stands now.
    pub from: Option<(Date, Half)>,
    pub to: NewSession,
    /// Somebody is told with less than the notice of the school.
    pub short_notice: bool,
}

/// What the engine proposes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Proposal {
    /// By day.
    pub changes: Vec<Change>,
    /// Why there is no timetable: each is a set of bounds that cannot all be kept, one sentence each.
    pub conflicts: Vec<Vec<String>>,
    /// The search ended before finding one or proving that there is none.
    pub unfinished: bool,
    /// Sessions that nothing had disturbed had to move too.
    pub moves_others: bool,
}

/// Improvement of a timetable, in steps of the engine: enough for a cohort, and the same answer on any machine.
const STEPS: u64 = 200_000;

/// What a trainer, a room and a module are called in an instance.
struct Means {
    trainers: Vec<TrainerView>,
    rooms: Vec<RoomView>,
    /// Half-days on which a trainer or a room is with another cohort.
    busy: Vec<Busy>,
}

/// A session of another cohort.
struct Busy {
    trainer: Option<Id<super::Trainer>>,
    room: Option<Id<super::Room>>,
    on: Date,
    half: Half,
}

/// Proposes the half-days that the programme still lacks, and another place for those that cannot stand.
pub async fn propose_timetable(platform: &Platform, actor: &Actor, id: Id<Cohort>) -> Result<Proposal> {
    let permit = permit::<ReadSchool>(actor)?;
    let cohort = service::find(platform, &permit, id).await?;
    let organisation = cohort.record.organisation;
    let settings = crate::settings(platform, permit.tenant()).await?;
    let days = service::days_of(platform, &permit, &cohort).await?;
    let class: Vec<Date> = days.into_iter().filter(|day| day.kind == DayKind::Class).map(|day| day.day).collect();
    let modules: Vec<Module> =
        facts::current::<Module>(&platform.db, permit.tenant(), id).await?.into_iter().map(|fact| fact.value).collect();
    if modules.is_empty() || class.is_empty() {
        return Err(Error::invalid(
            "le programme ou le calendrier de la promotion est vide\u{a0}: remplissez-les d’abord",
        ));
    }
    let mut rooms = means::rooms(platform, actor, organisation).await?;
    rooms.retain(|room| room.profile.value.site == cohort.profile.value.site);
    let mut busy = Vec::new();
    for other in store::all(&platform.db, &permit, Some(organisation)).await? {
        if other.id != id {
            for fact in sessions::of_cohort(platform, &permit, other.id).await? {
                if fact.value.is_planned() {
                    let Session { trainer, room, half, .. } = fact.value;
                    busy.push(Busy { trainer, room, on: fact.valid.from, half });
                }
            }
        }
    }
    let means = Means { trainers: means::trainers(platform, actor, organisation).await?, rooms, busy };
    let mut planned = sessions::of_cohort(platform, &permit, id).await?;
    planned.retain(|fact| fact.value.is_planned());
    let today = platform.today();
    let notice = today.checked_add(i32::from(settings.notice_days).days()).unwrap_or(Date::MAX);

    let lost = |fact: &&Fact<Session>| fact.valid.from >= today && !stands(fact, &class, &means, &modules);
    let disturbed: Vec<Fact<Session>> = planned.iter().filter(lost).cloned().collect();
    let kept: Vec<Fact<Session>> = planned.iter().filter(|fact| !lost(fact)).cloned().collect();
    let proposal = search(&cohort, &modules, &class, &means, &kept, &disturbed, (today, notice)).await?;
    if proposal.conflicts.is_empty() && !proposal.unfinished {
        return Ok(proposal);
    }
    // Where nothing else may move, nothing can be done: then all that lies beyond the notice may.
    let (free, fixed): (Vec<_>, Vec<_>) = kept.into_iter().partition(|fact| fact.valid.from >= notice);
    if free.is_empty() {
        return Ok(proposal);
    }
    let moved: Vec<Fact<Session>> = disturbed.into_iter().chain(free).collect();
    let wider = search(&cohort, &modules, &class, &means, &fixed, &moved, (today, notice)).await?;
    Ok(Proposal { moves_others: wider.conflicts.is_empty() && !wider.unfinished, ..wider })
}

/// Whether a session can take place where it is planned.
fn stands(fact: &Fact<Session>, class: &[Date], means: &Means, modules: &[Module]) -> bool {
    let (on, half) = (fact.valid.from, fact.value.half);
    let trainer = fact.value.trainer.is_none_or(|id| {
        means.trainers.iter().any(|view| {
            view.id == id
                && view.profile.valid.contains(on)
                && view.absences.iter().all(|absence| !absence.valid.contains(on))
        })
    });
    let room = fact.value.room.is_none_or(|id| {
        means.rooms.iter().any(|view| {
            view.id == id
                && view.profile.valid.contains(on)
                && view.closures.iter().all(|closure| !closure.valid.contains(on))
        })
    });
    let taken = means.busy.iter().any(|other| {
        (other.on, other.half) == (on, half)
            && ((other.trainer.is_some() && other.trainer == fact.value.trainer)
                || (other.room.is_some() && other.room == fact.value.room))
    });
    let known = modules.iter().any(|module| module.code == fact.value.module);
    class.contains(&on) && trainer && room && known && !taken
}

fn half(half: Half) -> planning::timetable::Half {
    match half {
        Half::Morning => planning::timetable::Half::Am,
        Half::Afternoon => planning::timetable::Half::Pm,
    }
}

/// A window of days `[from, to)`.
fn window(valid: Period) -> Window {
    Window { from: Some(valid.from), to: valid.last_day(), ..Window::default() }
}

async fn search(
    cohort: &CohortView,
    modules: &[Module],
    class: &[Date],
    means: &Means,
    kept: &[Fact<Session>],
    moved: &[Fact<Session>],
    (today, notice): (Date, Date),
) -> Result<Proposal> {
    let instance = instance(cohort, modules, class, means, kept, today);
    let options = Options { steps: STEPS, ..Options::default() };
    let asked = instance.clone();
    let solution = tokio::task::spawn_blocking(move || solve(&asked, &options))
        .await
        .map_err(|problem| Error::Invalid(format!("la recherche s’est arrêtée\u{a0}: {problem}")))?
        .map_err(|fault| Error::Invalid(fault.to_string()))?;
    let conflicts = solution
        .conflicts
        .iter()
        .map(|conflict| conflict.members.iter().map(|member| told(&member.reason, &instance, means, modules)).collect())
        .collect();
    let mut proposal = Proposal { conflicts, unfinished: solution.status == Status::Unknown, ..Proposal::default() };
    if solution.status != Status::Solved {
        return Ok(proposal);
    }
    let mut pins = instance.pins;
    let mut new: Vec<Placed> = Vec::new();
    for placed in solution.sessions {
        match pins
            .iter()
            .position(|pin| (&pin.module, pin.date, pin.half) == (&placed.module, placed.date, placed.half))
        {
            Some(position) => drop(pins.swap_remove(position)),
            None => new.push(placed),
        }
    }
    // A session goes first to the place it has, then to the first one of its module.
    let mut waiting: Vec<&Fact<Session>> = moved.iter().collect();
    waiting.sort_by_key(|fact| (fact.valid.from, fact.value.half));
    let mut taken: Vec<Option<&Fact<Session>>> = vec![None; new.len()];
    for same_place in [true, false] {
        waiting.retain(|fact| {
            let position = new.iter().zip(&taken).position(|(placed, taken)| {
                taken.is_none()
                    && placed.module == fact.value.module
                    && (!same_place || (placed.date, placed.half) == (fact.valid.from, half(fact.value.half)))
            });
            if let Some(position) = position {
                taken[position] = Some(fact);
            }
            position.is_none()
        });
    }
    for (placed, known) in new.into_iter().zip(taken) {
        let to = NewSession {
            on: placed.date,
            half: if placed.half == planning::timetable::Half::Am { Half::Morning } else { Half::Afternoon },
            module: placed.module,
            trainer: placed.trainer.and_then(|id| id.parse().ok()),
            room: placed.room.and_then(|id| id.parse().ok()),
        };
        let from = known.map(|fact| (fact.valid.from, fact.value.half));
        if from == Some((to.on, to.half))
            && known.is_some_and(|fact| (fact.value.trainer, fact.value.room) == (to.trainer, to.room))
        {
            continue;
        }
        let sooner = from.map_or(to.on, |(on, _)| on.min(to.on));
        let number = known.map(|fact| fact.value.number);
        proposal.changes.push(Change { number, from, short_notice: from.is_some() && sooner < notice, to });
    }
    proposal.changes.sort_by_key(|change| (change.to.on, change.to.half));
    Ok(proposal)
}

fn instance(
    cohort: &CohortView,
    modules: &[Module],
    class: &[Date],
    means: &Means,
    kept: &[Fact<Session>],
    today: Date,
) -> Instance {
    let code = cohort.record.code.clone();
    let (first, last) = (cohort.first_day(), cohort.last_day());
    let mut holidays = Vec::new();
    let mut day = first;
    while day <= last {
        if holiday(day).is_some() {
            holidays.push(day);
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    // Nothing new is planned in the past.
    let gone = cohort.first_day() < today;
    let away = if gone { vec![Window { to: today.yesterday().ok(), ..Window::default() }] } else { Vec::new() };
    let trainers = means
        .trainers
        .iter()
        .map(|view| planning::timetable::Trainer {
            id: view.id.to_string(),
            modules: view.profile.value.modules.0.clone(),
            available: free_windows(view),
            unavailable: view
                .absences
                .iter()
                .map(|fact| window(fact.valid))
                .chain(busy(means, |trainer, _| trainer == Some(view.id)))
                .collect(),
            several: false,
        })
        .collect();
    let rooms = means
        .rooms
        .iter()
        .map(|view| planning::timetable::Room {
            id: view.id.to_string(),
            capacity: u32::try_from(view.profile.value.seats).unwrap_or(0),
            equipment: Vec::new(),
            unavailable: view
                .closures
                .iter()
                .map(|fact| window(fact.valid))
                .chain(busy(means, |_, room| room == Some(view.id)))
                .collect(),
            several: false,
        })
        .collect();
    let number = |number: i64| u32::try_from(number).unwrap_or(0);
    let listed = modules
        .iter()
        .map(|module| planning::timetable::Module {
            id: module.code.clone(),
            cohort: code.clone(),
            half_days: number(module.half_days),
            max_per_day: Some(number(module.most_per_day)),
            max_per_week: Some(number(module.most_per_week)),
            min_days_between: 0,
            after: module.after.0.clone(),
            not_before: None,
            deadline: module.exam_on,
            equipment: Vec::new(),
            within_days: None,
            needs_trainer: true,
            needs_room: true,
        })
        .collect();
    let pins = kept
        .iter()
        .map(|fact| Pin {
            module: fact.value.module.clone(),
            date: fact.valid.from,
            half: half(fact.value.half),
            trainer: fact.value.trainer.map(|id| id.to_string()),
            room: fact.value.room.map(|id| id.to_string()),
        })
        .collect();
    // What was held stays; the past is closed to anything else.
    let held: HashSet<Date> = kept.iter().map(|fact| fact.valid.from).filter(|day| *day < today).collect();
    let away = if held.is_empty() { away } else { past_but(&held, first, today) };
    Instance {
        format: FORMAT,
        name: code.clone(),
        calendar: Calendar { from: first, to: last, weekdays: vec![1, 2, 3, 4, 5], holidays, closures: Vec::new() },
        cohorts: vec![planning::timetable::Cohort {
            id: code,
            learners: number(cohort.profile.value.seats),
            school: class.iter().map(|day| Window::days(*day, *day)).collect(),
            away,
        }],
        trainers,
        rooms,
        modules: listed,
        pins,
        weights: Weights { trainer_changes: 3, room_changes: 2, same_day: 1, ..Weights::default() },
    }
}

/// The days of the past on which nothing was held.
fn past_but(held: &HashSet<Date>, first: Date, today: Date) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    let mut day = first;
    while day < today {
        if !held.contains(&day) {
            match windows.last_mut() {
                Some(last) if last.to.and_then(|to| to.tomorrow().ok()) == Some(day) => last.to = Some(day),
                _ => windows.push(Window::days(day, day)),
            }
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    windows
}

/// When a trainer is free, day by day of the week, while they teach there.
fn free_windows(view: &TrainerView) -> Vec<Window> {
    (0..10)
        .filter(|bit| view.profile.value.free & (1 << bit) != 0)
        .map(|bit: i8| Window {
            weekdays: vec![bit / 2 + 1],
            half: Some(planning::timetable::Half::BOTH[usize::from(bit % 2 == 1)]),
            ..window(view.profile.valid)
        })
        .collect()
}

fn busy(
    means: &Means,
    concerns: impl Fn(Option<Id<super::Trainer>>, Option<Id<super::Room>>) -> bool,
) -> impl Iterator<Item = Window> {
    means
        .busy
        .iter()
        .filter(move |other| concerns(other.trainer, other.room))
        .map(|other| Window { half: Some(half(other.half)), ..Window::days(other.on, other.on) })
}

/// A bound in French.
fn told(reason: &Reason, instance: &Instance, means: &Means, modules: &[Module]) -> String {
    let module = |code: &str| {
        let name = modules.iter().find(|module| module.code == code).map_or(code, |module| module.name.as_str());
        format!("le module «\u{a0}{name}\u{a0}»")
    };
    let trainer = |id: &str| {
        let found = means.trainers.iter().find(|view| view.id.to_string() == id);
        found.map_or_else(|| id.to_owned(), |view| view.profile.value.name.clone())
    };
    let room = |id: &str| {
        let found = means.rooms.iter().find(|view| view.id.to_string() == id);
        found.map_or_else(|| id.to_owned(), |view| view.profile.value.name.clone())
    };
    let span = |window: Option<&Window>| {
        let from = window.and_then(|window| window.from).map(fr::date_long).unwrap_or_default();
        let to = window.and_then(|window| window.to).map(fr::date_long).unwrap_or_default();
        if from == to { format!("le {from}") } else { format!("du {from} au {to}") }
    };
    let sentence = match reason {
        Reason::Hours { module: code } => {
            let half_days = modules.iter().find(|known| known.code == *code).map_or(0, |known| known.half_days);
            let count = u64::try_from(half_days).unwrap_or(0);
            format!("{} compte {}", module(code), fr::count(count, "demi-journée", "demi-journées"))
        }
        Reason::Deadline { module: code } => {
            let day = modules.iter().find(|known| known.code == *code).and_then(|known| known.exam_on);
            format!("{} est à finir pour le {}", module(code), day.map(fr::date_long).unwrap_or_default())
        }
        Reason::NotBefore { module: code } => format!("{} ne commence pas plus tôt", module(code)),
        Reason::Order { module: code, after } => format!("{} vient après {}", module(code), module(after)),
        Reason::PerDay { module: code } => format!("{} a un nombre limité de demi-journées par jour", module(code)),
        Reason::PerWeek { module: code } => format!("{} a un nombre limité de demi-journées par semaine", module(code)),
        Reason::DaysBetween { module: code } => format!("{} demande des jours d’écart entre ses séances", module(code)),
        Reason::NeedsTrainer { module: code } => format!("{} demande une personne qualifiée et libre", module(code)),
        Reason::NeedsRoom { module: code } => format!("{} demande une salle assez grande et libre", module(code)),
        Reason::Pin { module: code, date, .. } => {
            format!("une séance est déjà prévue le {} ({})", fr::date_long(*date), module(code))
        }
        Reason::OneTrainer { trainer: id } => format!("{} ne fait qu’une séance à la fois", trainer(id)),
        Reason::TrainerPresence { trainer: id } => format!("{} ne vient que certaines demi-journées", trainer(id)),
        Reason::TrainerAway { trainer: id, index } => {
            let known = instance.trainers.iter().find(|known| known.id == *id);
            format!("{} n’est pas libre {}", trainer(id), span(known.and_then(|known| known.unavailable.get(*index))))
        }
        Reason::OneRoom { room: id } => format!("la salle {} n’accueille qu’une séance à la fois", room(id)),
        Reason::RoomAway { room: id, index } => {
            let known = instance.rooms.iter().find(|known| known.id == *id);
            format!(
                "la salle {} n’est pas libre {}",
                room(id),
                span(known.and_then(|known| known.unavailable.get(*index)))
            )
        }
        Reason::School { .. } => "la promotion n’est en cours que certaines semaines".to_owned(),
        Reason::CohortAway { .. } => "le passé ne se planifie plus".to_owned(),
        Reason::Closure { index } => format!("l’école est fermée {}", span(instance.calendar.closures.get(*index))),
    };
    format!("{}.", fr::capitalised(&sentence))
}

/// Writes the changes that somebody accepts, all of them or none. `reason` is told to those concerned by a move;
/// `short_notice` accepts moves under the notice of the school.
///
/// # Errors
/// [`Error::Invalid`] for a move under that notice without saying so or a move without reason; [`Error::Problems`] when
/// the timetable has changed meanwhile and the changes no longer fit.
pub async fn decide_timetable(
    platform: &Platform,
    actor: &Actor,
    id: Id<Cohort>,
    changes: &[Change],
    reason: &str,
    short_notice: bool,
) -> Result<()> {
    let permit = permit::<ManageSchool>(actor)?;
    let cohort = service::find(platform, &permit, id).await?;
    let moves = changes.iter().filter(|change| change.number.is_some()).count();
    let reason = if moves > 0 { required(reason, "pourquoi des séances sont déplacées")? } else { String::new() };
    let settings = crate::settings(platform, permit.tenant()).await?;
    let class = sessions::class_days(platform, &permit, &cohort).await?;
    apply(platform, &permit, id, changes, &class, (&reason, settings.notice_days, short_notice)).await
}

async fn apply(
    platform: &Platform,
    permit: &Permit<ManageSchool>,
    id: Id<Cohort>,
    changes: &[Change],
    class: &[Date],
    (reason, notice_days, short_notice): (&str, u16, bool),
) -> Result<()> {
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let tx = platform.db.begin().await?;
    let fresh = changes.iter().filter(|change| change.number.is_none()).count();
    let mut numbers = match fresh {
        0 => Vec::new(),
        fresh => tx.reserve_ids(fresh).await?,
    };
    facts::write::<Session, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        let mut places: BTreeMap<(Date, Half), usize> = BTreeMap::new();
        let moved: HashSet<Id<SessionNumber>> = changes.iter().filter_map(|change| change.number).collect();
        for fact in in_force.iter().filter(|fact| fact.value.is_planned() && !moved.contains(&fact.value.number)) {
            *places.entry((fact.valid.from, fact.value.half)).or_default() += 1;
        }
        let mut plan = Plan::nothing();
        let mut problems = Vec::new();
        for change in changes {
            let NewSession { on, half, module, trainer, room } = change.to.clone();
            if !class.contains(&on) {
                problems.push(format!("Le {}, la promotion n’est plus en cours.", fr::date_long(on)));
            }
            let count = places.entry((on, half)).or_default();
            *count += 1;
            if *count > 1 {
                problems.push(format!("Une séance est déjà prévue le {} {}.", fr::date_long(on), half.label()));
            }
            let valid = sessions::day(on)?;
            let state = SessionState::Planned;
            let next = match change.number {
                Some(number) => {
                    let known = in_force.iter().find(|fact| fact.value.number == number).ok_or(Error::NotFound)?;
                    sessions::notice(known.valid.from, Some(on), today, notice_days, short_notice)?;
                    let value = Session { number, half, module, trainer, room, state, reason: reason.to_owned() };
                    Plan::correct(in_force, known.id, valid, value)?
                }
                None => {
                    let number = Id::new(numbers.pop().ok_or(Error::NotFound)?);
                    let value = Session { number, half, module, trainer, room, state, reason: String::new() };
                    Plan::add(in_force, valid, value)?
                }
            };
            plan.retire.extend(next.retire);
            plan.add.extend(next.add);
        }
        if problems.is_empty() { Ok(plan) } else { Err(Error::Problems(problems)) }
    })
    .await?;
    let told = serde_json::json!({ "added": fresh, "moved": changes.len() - fresh, "short_notice": short_notice });
    let entry = permit.entry("timetable.decided", "cohort", Some(id.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}
