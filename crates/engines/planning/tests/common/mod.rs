//! Small instances, and an exhaustive search over them.

use planning::timetable::{Calendar, Cohort, FORMAT, Half, Instance, Module, Pin, Room, Trainer, Weights, Window};
use proptest::prelude::*;

fn date(day: i8) -> jiff::civil::Date {
    jiff::civil::date(2026, 11, day)
}

/// Four days, from a Thursday to a Tuesday.
fn calendar() -> Calendar {
    Calendar { from: date(19), to: date(24), weekdays: vec![1, 2, 3, 4, 5], holidays: vec![], closures: vec![] }
}

const DAYS: [i8; 4] = [19, 20, 23, 24];

fn module(number: usize, cohort: usize, half_days: u32) -> Module {
    Module {
        id: format!("m{number}"),
        cohort: format!("c{cohort}"),
        half_days,
        max_per_day: None,
        max_per_week: None,
        held: 0,
        min_days_between: 0,
        after: vec![],
        not_before: None,
        deadline: None,
        equipment: vec![],
        within_days: None,
        needs_trainer: true,
        needs_room: true,
    }
}

/// Two cohorts, two modules, two trainers, two rooms, and nothing that is in the way.
pub fn plain() -> Instance {
    let cohort = |id: &str| Cohort { id: id.into(), learners: 5, school: vec![], away: vec![] };
    let trainer = |id: &str| Trainer {
        id: id.into(),
        modules: vec!["m0".into(), "m1".into()],
        available: vec![],
        unavailable: vec![],
        several: false,
    };
    let room = |id: &str| Room { id: id.into(), capacity: 8, equipment: vec![], unavailable: vec![], several: false };
    Instance {
        format: FORMAT,
        name: String::new(),
        calendar: calendar(),
        cohorts: vec![cohort("c0"), cohort("c1")],
        trainers: vec![trainer("t0"), trainer("t1")],
        rooms: vec![room("r0"), room("r1")],
        modules: vec![module(0, 0, 2), module(1, 1, 2)],
        pins: vec![],
        weights: Weights::default(),
    }
}

fn window() -> impl Strategy<Value = Window> {
    (0..4_usize, 0..4_usize, prop::option::weighted(0.3, any::<bool>())).prop_map(|(one, other, half)| Window {
        half: half.map(|half| Half::BOTH[usize::from(half)]),
        ..Window::days(date(DAYS[one.min(other)]), date(DAYS[one.max(other)]))
    })
}

fn bounds() -> impl Strategy<Value = Bounds> {
    (
        prop::option::weighted(0.3, 1..3_u32),
        prop::option::weighted(0.2, (1..3_u32, 0..3_u32)),
        prop_oneof![4 => Just(0_u32), 1 => 1..4_u32],
        prop::bool::weighted(0.4),
        prop::option::weighted(0.2, 0..4_usize),
        prop::option::weighted(0.3, 0..4_usize),
        prop::bool::weighted(0.2),
    )
}

/// Instances of five sessions at most, with every kind of bound.
pub fn instance() -> impl Strategy<Value = Instance> {
    let modules = prop::collection::vec((0..2_usize, 1..3_u32, bounds()), 1..4);
    let trainers = prop::collection::vec(
        (
            prop::collection::vec(any::<bool>(), 3),
            prop::collection::vec(window(), 0..2),
            prop::collection::vec(window(), 0..2),
        ),
        1..3,
    );
    let rooms = prop::collection::vec((3..8_u32, any::<bool>(), prop::collection::vec(window(), 0..2)), 1..3);
    let pins = prop::collection::vec((0..3_usize, 0..4_usize, any::<bool>(), any::<bool>()), 0..2);
    let school = prop::collection::vec(prop::collection::vec(window(), 0..2), 2);
    let closures = prop::collection::vec(window(), 0..2);
    let weights = prop::collection::vec(0..4_u32, 7);
    (modules, trainers, rooms, pins, school, prop::option::weighted(0.2, closures), weights).prop_map(build)
}

/// Per day, per week with what was held in the first, days between, after the one before, first day, last day, with a projector.
type Bounds = (Option<u32>, Option<(u32, u32)>, u32, bool, Option<usize>, Option<usize>, bool);
type Parts = (
    Vec<(usize, u32, Bounds)>,
    Vec<(Vec<bool>, Vec<Window>, Vec<Window>)>,
    Vec<(u32, bool, Vec<Window>)>,
    Vec<(usize, usize, bool, bool)>,
    Vec<Vec<Window>>,
    Option<Vec<Window>>,
    Vec<u32>,
);

fn build((modules, trainers, rooms, pins, school, closures, weights): Parts) -> Instance {
    let count = modules.len();
    let modules = modules.into_iter().enumerate().map(|(number, (cohort, half_days, bounds))| {
        let (max_per_day, per_week, min_days_between, chained, first, last, beamer) = bounds;
        Module {
            max_per_day,
            max_per_week: per_week.map(|(most, _)| most),
            held: per_week.map_or(0, |(_, held)| held),
            min_days_between,
            after: if chained && number > 0 { vec![format!("m{}", number - 1)] } else { vec![] },
            not_before: first.map(|day| date(DAYS[day])),
            deadline: last.map(|day| date(DAYS[day])),
            equipment: if beamer { vec!["vidéoprojecteur".into()] } else { vec![] },
            within_days: Some(1),
            ..module(number, cohort, half_days)
        }
    });
    let trainers = trainers.into_iter().enumerate().map(|(number, (qualified, available, unavailable))| Trainer {
        id: format!("t{number}"),
        modules: (0..count).filter(|module| qualified[*module]).map(|module| format!("m{module}")).collect(),
        available,
        unavailable,
        several: false,
    });
    let rooms = rooms.into_iter().enumerate().map(|(number, (capacity, beamer, unavailable))| Room {
        id: format!("r{number}"),
        capacity,
        equipment: if beamer { vec!["vidéoprojecteur".into()] } else { vec![] },
        unavailable,
        several: false,
    });
    let mut pins: Vec<Pin> = pins
        .into_iter()
        .map(|(module, day, half, room)| Pin {
            module: format!("m{}", module % count),
            date: date(DAYS[day]),
            half: Half::BOTH[usize::from(half)],
            trainer: None,
            room: room.then(|| "r0".into()),
        })
        .collect();
    pins.dedup_by(|one, other| (&one.module, one.date, one.half) == (&other.module, other.date, other.half));
    let cohorts = school.into_iter().enumerate().map(|(number, school)| Cohort {
        id: format!("c{number}"),
        learners: 5,
        school,
        away: vec![],
    });
    Instance {
        format: FORMAT,
        name: String::new(),
        calendar: Calendar { closures: closures.unwrap_or_default(), ..calendar() },
        cohorts: cohorts.collect(),
        trainers: trainers.collect(),
        rooms: rooms.collect(),
        modules: modules.collect(),
        pins,
        weights: Weights {
            same_day: weights[0],
            same_week: weights[1],
            trainer_days: weights[2],
            trainer_changes: weights[3],
            room_changes: weights[4],
            late_finish: weights[5],
            late_evaluation: weights[6],
        },
    }
}

/// Every timetable, by the judge alone.
pub mod brute {
    use planning::timetable::{Flaw, Half, Instance, Session, check};

    use super::{DAYS, date};

    /// Whether there is any.
    pub fn any(instance: &Instance) -> bool {
        let mut found = false;
        each(instance, &mut |_| {
            found = true;
            false
        });
        found
    }

    /// Shows every timetable, until told to stop.
    pub fn each(instance: &Instance, show: &mut dyn FnMut(&[Session]) -> bool) {
        let todo: Vec<&str> =
            instance.modules.iter().flat_map(|module| (0..module.half_days).map(|_| module.id.as_str())).collect();
        place(instance, &todo, &mut Vec::new(), show);
    }

    fn place(
        instance: &Instance,
        todo: &[&str],
        done: &mut Vec<Session>,
        show: &mut dyn FnMut(&[Session]) -> bool,
    ) -> bool {
        let Some((module, rest)) = todo.split_first() else {
            return !check(instance, done).0.is_empty() || show(done);
        };
        let of = instance.modules.iter().find(|one| one.id == *module).unwrap();
        let options = |needed: bool, ids: Vec<&String>| -> Vec<Option<String>> {
            if needed { ids.into_iter().cloned().map(Some).collect() } else { vec![None] }
        };
        // A fixed trainer or room counts even where none is needed.
        let pinned = |room: bool| {
            instance
                .pins
                .iter()
                .any(|pin| pin.module == of.id && if room { pin.room.is_some() } else { pin.trainer.is_some() })
        };
        let mut trainers = options(of.needs_trainer, instance.trainers.iter().map(|one| &one.id).collect());
        let mut rooms = options(of.needs_room, instance.rooms.iter().map(|one| &one.id).collect());
        if pinned(false) && !of.needs_trainer {
            trainers.extend(options(true, instance.trainers.iter().map(|one| &one.id).collect()));
        }
        if pinned(true) && !of.needs_room {
            rooms.extend(options(true, instance.rooms.iter().map(|one| &one.id).collect()));
        }
        for (day, half) in DAYS.iter().flat_map(|day| Half::BOTH.map(|half| (*day, half))) {
            for trainer in &trainers {
                for room in &rooms {
                    let session = Session {
                        date: date(day),
                        half,
                        module: (*module).into(),
                        trainer: trainer.clone(),
                        room: room.clone(),
                    };
                    // Sessions of a module are interchangeable: in order is enough.
                    if done.last().is_some_and(|last| last.module == session.module && *last >= session) {
                        continue;
                    }
                    done.push(session);
                    let final_flaw = |flaw: &Flaw| !matches!(flaw, Flaw::Hours { .. } | Flaw::Pin { .. });
                    let go_on = check(instance, done).0.iter().any(final_flaw) || place(instance, rest, done, show);
                    done.pop();
                    if !go_on {
                        return false;
                    }
                }
            }
        }
        true
    }
}
