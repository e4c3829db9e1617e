//! What differs between the sessions planned and those of a solution.

use base::{Date, Id};
use facts::Fact;
use planning::timetable::Session as Placed;

use super::super::model::{Half, Session};
use super::super::sessions::NewSession;
use super::Change;
use super::instance;

fn new_session(placed: &Placed) -> NewSession {
    NewSession {
        on: placed.date,
        half: if placed.half == planning::timetable::Half::Am { Half::Morning } else { Half::Afternoon },
        module: placed.module.clone(),
        trainer: placed.trainer.as_deref().and_then(|id| id.parse().ok()),
        room: placed.room.as_deref().and_then(|id| id.parse().ok()),
    }
}

/// The changes that lead from what is planned to `wanted`, by day. A session keeps its place where one of its module
/// stays there; else it goes to the first one that nobody has yet.
pub(super) fn changes(planned: &[Fact<Session>], wanted: &[Placed], notice_ends: Date) -> Vec<Change> {
    let mut wanted: Vec<(&Placed, Option<&Fact<Session>>)> = wanted.iter().map(|placed| (placed, None)).collect();
    wanted.sort_by_key(|(placed, _)| (placed.date, placed.half));
    let mut waiting: Vec<&Fact<Session>> = planned.iter().collect();
    for same_place in [true, false] {
        waiting.retain(|fact| {
            let free = wanted.iter_mut().find(|(placed, taken)| {
                taken.is_none()
                    && placed.module == fact.value.module
                    && (!same_place || (placed.date, placed.half) == (fact.valid.from, instance::half(fact.value.half)))
            });
            let waits = free.is_none();
            if let Some((_, taken)) = free {
                *taken = Some(fact);
            }
            waits
        });
    }
    let place = |fact: &Fact<Session>| (fact.valid.from, fact.value.half);
    let mut changes: Vec<Change> = wanted
        .into_iter()
        .filter(|(placed, known)| known.is_none_or(|fact| instance::placed(fact) != **placed))
        .map(|(placed, known)| {
            let to = new_session(placed);
            let from = known.map(place);
            let sooner = from.map_or(to.on, |(on, _)| on.min(to.on));
            let number = known.map(|fact| fact.value.number);
            Change { number, from, short_notice: sooner < notice_ends, to: Some(to) }
        })
        .chain(waiting.into_iter().map(|fact| Change {
            number: Some(fact.value.number),
            from: Some(place(fact)),
            to: None,
            short_notice: fact.valid.from < notice_ends,
        }))
        .collect();
    changes.sort_by_key(|change| {
        let at = change.to.as_ref().map(|to| (to.on, to.half)).or(change.from);
        (at, change.number.map(Id::raw))
    });
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::SessionState;
    use base::{Instant, Period};
    use facts::{Provenance, Source};
    use jiff::civil::date;

    fn planned(number: i64, on: Date, half: Half, module: &str, trainer: Option<i64>) -> Fact<Session> {
        Fact {
            id: Id::new(number),
            subject: Id::new(1),
            valid: Period { from: on, to: on.tomorrow().ok() },
            recorded_at: Instant::from_micros(0),
            replaced_at: None,
            provenance: Provenance { source: Source::Hand, import: None, line: None, author: None },
            corrects: None,
            value: Session {
                number: Id::new(number),
                half,
                module: module.to_owned(),
                trainer: trainer.map(Id::new),
                room: None,
                state: SessionState::Planned,
                reason: String::new(),
            },
        }
    }

    fn wanted(on: Date, module: &str, trainer: Option<i64>) -> Placed {
        Placed {
            module: module.to_owned(),
            date: on,
            half: planning::timetable::Half::Am,
            trainer: trainer.map(|id| id.to_string()),
            room: None,
        }
    }

    #[test]
    fn sessions_keep_their_number_wherever_they_go() {
        let day = |day| date(2026, 11, day);
        let before = [
            planned(1, day(23), Half::Morning, "M1", Some(7)),
            planned(2, day(24), Half::Morning, "M1", Some(7)),
            planned(3, day(25), Half::Morning, "M1", Some(7)),
            planned(4, day(26), Half::Morning, "M2", Some(8)),
        ];
        // The first stays, the second passes to another trainer, the third moves; one of M2 is too many, one of M3 lacks.
        let after = [
            wanted(day(23), "M1", Some(7)),
            wanted(day(24), "M1", Some(9)),
            wanted(day(30), "M1", Some(7)),
            wanted(day(27), "M3", None),
        ];
        let changes = changes(&before, &after, day(25));
        let told: Vec<_> = changes
            .iter()
            .map(|change| {
                let number = change.number.map(Id::raw);
                (number, change.from.map(|(on, _)| on), change.to.as_ref().map(|to| to.on), change.short_notice)
            })
            .collect();
        assert_eq!(
            told,
            [
                (Some(2), Some(day(24)), Some(day(24)), true),
                (Some(4), Some(day(26)), None, false),
                (None, None, Some(day(27)), false),
                (Some(3), Some(day(25)), Some(day(30)), false),
            ]
        );
        assert_eq!(changes.iter().map(Change::is_move).collect::<Vec<_>>(), [false, false, false, true]);
    }

    #[test]
    fn nothing_changes_when_all_stays() {
        let before = [planned(1, date(2026, 11, 23), Half::Morning, "M1", None)];
        assert!(changes(&before, &[wanted(date(2026, 11, 23), "M1", None)], Date::MAX).is_empty());
    }
}
