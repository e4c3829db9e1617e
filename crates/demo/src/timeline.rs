//! The scripted time of the demonstration, once for all its parts: what the département did when, and what day it is.
//! What the reference data of the territory dates itself (agencies that open from February 2023, projects that close,
//! the merger of 1 January 2025) is in `territory::reference`.

use base::{Date, Instant};
use jiff::ToSpan;
use jiff::civil::{DateTime, date, datetime};
use jiff::tz::TimeZone;

/// A moment in Paris.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Moment(DateTime);

impl Moment {
    pub(crate) const fn at(moment: DateTime) -> Self {
        Self(moment)
    }

    pub fn instant(self) -> Instant {
        let paris = TimeZone::get(base::PARIS).expect("the time zone database is compiled in");
        // No moment of the script falls into the hour that summer time skips.
        paris.to_timestamp(self.0).map_or(Instant::start_of(self.0.date()), Instant::from_timestamp)
    }

    pub fn date(self) -> Date {
        self.0.date()
    }
}

/// The département begins to use Jonction: reference data, posts with their holders, accounts.
pub const ADOPTION: Moment = Moment(datetime(2026, 1, 5, 9, 0, 0, 0));

/// The counsellors' ways to reach people are typed in.
pub const CONTACTS: Moment = Moment(datetime(2026, 11, 9, 14, 0, 0, 0));

/// The demonstration begins.
pub const TODAY: Moment = Moment(datetime(2026, 11, 22, 8, 30, 0, 0));

/// The first month of the feed, and the last one known when the demonstration begins.
pub const FIRST_MONTH: Date = date(2026, 6, 30);
pub const PRESENT_MONTH: Date = date(2026, 10, 31);

/// The months brought in each in its time, oldest first.
pub const MONTHS: [Date; 4] = [FIRST_MONTH, date(2026, 7, 31), date(2026, 9, 30), PRESENT_MONTH];

/// The month whose file was mislaid: it comes last, and completes the past.
pub const LATE_MONTH: Date = date(2026, 8, 31);

/// The day of the file between two months that comes with faults, and comes again mended.
pub const DAILY: Date = date(2026, 11, 17);

/// A holder has left: it is written down on the first morning without them.
pub fn departure(day: Date) -> Moment {
    Moment(day.at(8, 45, 0, 0))
}

/// A file is brought in on the morning after it was made.
pub fn arrival(created_on: Date) -> Moment {
    Moment(created_on.saturating_add(1.day()).at(7, 10, 0, 0))
}

/// The tables that go with a month are brought in once its households are known.
pub fn arrival_of_tables(created_on: Date) -> Moment {
    Moment(created_on.saturating_add(1.day()).at(8, 20, 0, 0))
}

/// The day of the month of which France Travail's file gives the situation.
pub fn france_travail_day(month: Date) -> Date {
    month.with().day(20).build().unwrap_or(month)
}

/// The mornings after a month has come in: its entrants are oriented, then each agency shares out its people.
pub fn decisions(created_on: Date) -> Moment {
    Moment(created_on.saturating_add(2.days()).at(10, 0, 0, 0))
}

pub fn designations(created_on: Date) -> Moment {
    Moment(created_on.saturating_add(3.days()).at(8, 40, 0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_in_order() {
        assert!(ADOPTION < CONTACTS && CONTACTS < TODAY);
        assert!(arrival(PRESENT_MONTH.saturating_add(7.days())) < CONTACTS);
        assert!(CONTACTS < arrival(DAILY) && arrival(DAILY.saturating_add(1.day())) < TODAY);
        assert!(MONTHS.iter().all(|day| *day == day.last_of_month()));
        assert!(FIRST_MONTH < LATE_MONTH && LATE_MONTH < PRESENT_MONTH && !MONTHS.contains(&LATE_MONTH));
        assert_eq!(TODAY.instant().date(), TODAY.date());
    }
}
