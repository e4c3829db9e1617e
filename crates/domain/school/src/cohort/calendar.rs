//! The days of a cohort, from its weeks, the closures of its school and the public holidays. Pure.

use base::{Date, Period, holiday};
use facts::Fact;
use jiff::ToSpan;
use jiff::civil::Weekday;

use super::model::{Closure, CohortWeeks, WeekKind};

/// What a day is for a cohort.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DayKind {
    Class,
    Field,
    Examination,
    /// Holidays of the cohort.
    Holiday,
    /// Public holiday, by its name.
    PublicHoliday(&'static str),
    /// The school is closed, by the name of the closure. Only class days are lost by it.
    Closed(String),
    Weekend,
    /// No week was planned there.
    Unplanned,
}

/// One day of a cohort.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CalendarDay {
    pub day: Date,
    pub kind: DayKind,
}

/// The days `[from, to)`, in order.
pub fn days(weeks: &[Fact<CohortWeeks>], closures: &[Fact<Closure>], from: Date, to: Date) -> Vec<CalendarDay> {
    let mut days = Vec::new();
    let mut day = from;
    while day < to {
        days.push(CalendarDay { day, kind: kind_of(weeks, closures, day) });
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    days
}

fn kind_of(weeks: &[Fact<CohortWeeks>], closures: &[Fact<Closure>], day: Date) -> DayKind {
    if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        return DayKind::Weekend;
    }
    if let Some(name) = holiday(day) {
        return DayKind::PublicHoliday(name);
    }
    let Some(week) = weeks.iter().find(|fact| fact.valid.contains(day)) else { return DayKind::Unplanned };
    let closed = closures.iter().find(|fact| fact.valid.contains(day));
    match (week.value.kind, closed) {
        (WeekKind::Class | WeekKind::Examination, Some(closure)) => DayKind::Closed(closure.value.label.clone()),
        (WeekKind::Class, None) => DayKind::Class,
        (WeekKind::Examination, None) => DayKind::Examination,
        (WeekKind::Field, _) => DayKind::Field,
        (WeekKind::Holiday, _) => DayKind::Holiday,
    }
}

/// Days of practical training and days of class among them: what the legal clocks count.
pub fn practice_and_class_days(days: &[CalendarDay]) -> (Vec<Date>, Vec<Date>) {
    let of = |wanted: &[DayKind]| days.iter().filter(|day| wanted.contains(&day.kind)).map(|day| day.day).collect();
    (of(&[DayKind::Field]), of(&[DayKind::Class, DayKind::Examination]))
}

/// Weeks of class and weeks in the field by turns, from the Monday of the first day to the last day. A week without any
/// day of class left by closures and holidays becomes one of the field, and the class comes the week after.
pub fn alternate(
    first: Date,
    last: Date,
    class_weeks: u16,
    field_weeks: u16,
    closures: &[Fact<Closure>],
) -> Vec<(Period, WeekKind)> {
    let mut plan: Vec<(Period, WeekKind)> = Vec::new();
    let mut monday = monday_of(first);
    let (mut classes, mut fields) = (0, field_weeks);
    while monday <= last {
        let Ok(next) = monday.checked_add(1.week()) else { break };
        let open = (0..5_i32).any(|offset| {
            let day = monday.checked_add(offset.days()).unwrap_or(Date::MAX);
            day >= first
                && day <= last
                && holiday(day).is_none()
                && closures.iter().all(|fact| !fact.valid.contains(day))
        });
        let turn = (classes > 0 && classes < class_weeks) || fields >= field_weeks;
        let kind = if turn && open { WeekKind::Class } else { WeekKind::Field };
        match kind {
            WeekKind::Class => {
                classes = if classes >= class_weeks { 1 } else { classes + 1 };
                fields = 0;
            }
            _ => {
                fields = fields.saturating_add(1);
                // A turn lost to a closed week is kept for the next one.
                if !turn {
                    classes = 0;
                }
            }
        }
        match plan.last_mut() {
            Some((period, known)) if *known == kind => period.to = Some(next),
            _ => plan.push((Period { from: monday, to: Some(next) }, kind)),
        }
        monday = next;
    }
    plan
}

/// The Monday of a day’s week.
pub(super) fn monday_of(day: Date) -> Date {
    day.checked_sub(i32::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{Id, Instant};
    use facts::{Kind, Provenance, Source};
    use jiff::civil::date;
    use proptest::prelude::*;

    fn fact<K: Kind>(valid: Period, value: K) -> Fact<K> {
        let provenance = Provenance { source: Source::Hand, import: None, line: None, author: None };
        let recorded_at = Instant::from_micros(0);
        Fact {
            id: Id::new(1),
            subject: Id::new(1),
            valid,
            recorded_at,
            replaced_at: None,
            provenance,
            corrects: None,
            value,
        }
    }

    fn closure(from: Date, to: Date) -> Fact<Closure> {
        fact(Period { from, to: Some(to) }, Closure { label: "Fermeture".to_owned() })
    }

    #[test]
    fn one_week_in_class_then_three_in_the_field() {
        let closures = [closure(date(2026, 12, 21), date(2027, 1, 2))];
        let plan = alternate(date(2026, 9, 1), date(2027, 1, 31), 1, 3, &closures);
        let classes: Vec<Date> =
            plan.iter().filter(|(_, kind)| *kind == WeekKind::Class).map(|(period, _)| period.from).collect();
        // Monday 31 August, then every fourth week; that of 21 December is closed, and so is the next.
        assert_eq!(
            classes,
            [date(2026, 8, 31), date(2026, 9, 28), date(2026, 10, 26), date(2026, 11, 23), date(2027, 1, 4)]
        );
        assert_eq!(plan[0], (Period { from: date(2026, 8, 31), to: Some(date(2026, 9, 7)) }, WeekKind::Class));
    }

    #[test]
    fn days_by_kind() {
        let weeks = [
            fact(
                Period { from: date(2026, 11, 9), to: Some(date(2026, 11, 16)) },
                CohortWeeks { kind: WeekKind::Class },
            ),
            fact(
                Period { from: date(2026, 11, 16), to: Some(date(2026, 11, 23)) },
                CohortWeeks { kind: WeekKind::Field },
            ),
        ];
        let closures = [closure(date(2026, 11, 12), date(2026, 11, 18))];
        let kinds: Vec<DayKind> =
            days(&weeks, &closures, date(2026, 11, 9), date(2026, 11, 24)).into_iter().map(|day| day.kind).collect();
        let closed = DayKind::Closed("Fermeture".to_owned());
        assert_eq!(kinds[..3], [DayKind::Class, DayKind::Class, DayKind::PublicHoliday("Armistice de 1918")]);
        assert_eq!(kinds[3..7], [closed.clone(), closed, DayKind::Weekend, DayKind::Weekend]);
        // A closed school does not keep anybody from the field.
        assert_eq!(kinds[7], DayKind::Field);
        assert_eq!(kinds[14], DayKind::Unplanned);
    }

    proptest! {
        #[test]
        fn weeks_follow_each_other_without_gap_and_keep_the_rhythm(
            offset in 0..400_i32,
            length in 7..500_i32,
            class_weeks in 1..4_u16,
            field_weeks in 1..5_u16,
            closed in prop::collection::vec((0..500_i32, 1..25_i32), 0..4),
        ) {
            let first = date(2026, 1, 1).checked_add(offset.days()).unwrap();
            let last = first.checked_add(length.days()).unwrap();
            let closures: Vec<Fact<Closure>> = closed
                .iter()
                .map(|(from, days)| {
                    let from = first.checked_add(from.days()).unwrap();
                    closure(from, from.checked_add(days.days()).unwrap())
                })
                .collect();
            let plan = alternate(first, last, class_weeks, field_weeks, &closures);
            prop_assert_eq!(plan[0].0.from, monday_of(first));
            prop_assert!(plan.last().unwrap().0.to.unwrap() > last);
            for pair in plan.windows(2) {
                prop_assert_eq!(pair[0].0.to, Some(pair[1].0.from));
                prop_assert_ne!(pair[0].1, pair[1].1);
            }
            let weeks = |period: &Period| period.from.until(period.to.unwrap()).unwrap().get_days() / 7;
            for (position, (period, kind)) in plan.iter().enumerate() {
                match kind {
                    WeekKind::Class => prop_assert!(weeks(period) <= i32::from(class_weeks)),
                    // A run of the field between two classes is at least as long as asked, unless a class was cut by a
                    // closed week.
                    _ if position > 0 && position + 1 < plan.len() && closures.is_empty() => {
                        prop_assert!(weeks(period) >= i32::from(field_weeks));
                    }
                    _ => {}
                }
            }
            // No class where nobody can come.
            for (period, _) in plan.iter().filter(|(_, kind)| *kind == WeekKind::Class) {
                let mut day = period.from;
                while day < period.to.unwrap() {
                    let week = days(&[fact(*period, CohortWeeks { kind: WeekKind::Class })], &closures, day, day.checked_add(7.days()).unwrap());
                    prop_assert!(week.iter().any(|day| day.kind == DayKind::Class));
                    day = day.checked_add(7.days()).unwrap();
                }
            }
        }
    }
}
