mod clocks;
mod conditions;
mod money;

use base::Date;
use jiff::ToSpan;
use jiff::civil::date;

use super::events::BrokenBy;
use super::*;

const START: Date = date(2026, 9, 7);

fn event(on: Date, what: What) -> Event {
    Event { on, what }
}

fn started(on: Date, last_day: Date) -> Event {
    event(on, What::Started { regime: Regime::Apprenticeship, last_day })
}

/// Weekdays of three weeks out of four, from the second week on.
fn practice(from: Date, weeks: i32) -> Vec<Date> {
    (0..weeks * 7)
        .filter(|offset| offset / 7 % 4 != 0 && offset % 7 < 5)
        .map(|offset| from.checked_add(offset.days()).unwrap())
        .filter(|day| base::is_open_day(*day))
        .collect()
}

fn clock(events: &[Event], practice: &[Date], kind: ClockKind, on: Date) -> Clock {
    let course = Course { events, practice, classes: &[] };
    let clocks = clocks(&course, &Settings::default(), on);
    clocks.into_iter().find(|clock| clock.kind == kind).unwrap_or_else(|| panic!("no {kind:?} on {on}"))
}
