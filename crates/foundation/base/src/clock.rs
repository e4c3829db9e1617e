use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant as Monotonic;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The département's time zone: days begin and end in Paris.
pub const PARIS: &str = "Europe/Paris";

/// A moment, in whole microseconds since 1970 UTC: the precision both databases keep.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(i64);

impl Instant {
    /// Later than any moment that can be recorded.
    pub const MAX: Self = Self(i64::MAX);

    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub const fn micros(self) -> i64 {
        self.0
    }

    pub fn from_timestamp(timestamp: Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }

    /// Out-of-range moments become the nearest representable one.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX })
    }

    /// Wall-clock time in Paris.
    pub fn in_paris(self) -> DateTime {
        paris().to_datetime(self.timestamp())
    }

    /// Day in Paris.
    pub fn date(self) -> Date {
        self.in_paris().date()
    }

    /// The last microsecond of a day in Paris: "what was known on that day" includes all of it.
    pub fn end_of(day: Date) -> Self {
        let next_day = day.tomorrow().unwrap_or(Date::MAX);
        Self(Self::start_of(next_day).0 - 1)
    }

    /// Midnight in Paris at the start of a day.
    pub fn start_of(day: Date) -> Self {
        paris().to_timestamp(day.at(0, 0, 0, 0)).map_or(Self::MAX, Self::from_timestamp)
    }

    pub fn plus(self, duration: SignedDuration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

fn paris() -> TimeZone {
    TimeZone::get(PARIS).expect("the time zone database is compiled in")
}

/// The one source of the current time. It is passed in, never asked of the system elsewhere,
/// so that a test, a demonstration and a replay decide what "today" is.
#[derive(Clone)]
pub struct Clock(Arc<Source>);

enum Source {
    System,
    /// Starts at a chosen moment and runs on.
    Running {
        start: Instant,
        since: Monotonic,
    },
    /// Moves only when told to.
    Manual(AtomicI64),
}

impl Clock {
    pub fn system() -> Self {
        Self(Arc::new(Source::System))
    }

    /// A clock that reads `start` now and runs on at the usual pace.
    pub fn starting_at(start: Instant) -> Self {
        Self(Arc::new(Source::Running { start, since: Monotonic::now() }))
    }

    /// A clock that stands still until [`Clock::set`].
    pub fn manual(at: Instant) -> Self {
        Self(Arc::new(Source::Manual(AtomicI64::new(at.micros()))))
    }

    /// Moves a manual clock; the other clocks cannot be moved.
    pub fn set(&self, at: Instant) {
        if let Source::Manual(micros) = &*self.0 {
            micros.store(at.micros(), Ordering::SeqCst);
        }
    }

    pub fn now(&self) -> Instant {
        match &*self.0 {
            #[expect(clippy::disallowed_methods, reason = "the one place that asks the system for the time")]
            Source::System => Instant::from_timestamp(Timestamp::now()),
            Source::Running { start, since } => {
                start.plus(SignedDuration::try_from(since.elapsed()).unwrap_or(SignedDuration::ZERO))
            }
            Source::Manual(micros) => Instant::from_micros(micros.load(Ordering::SeqCst)),
        }
    }

    /// Today in Paris.
    pub fn today(&self) -> Date {
        self.now().date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_those_of_paris() {
        // 23:30 UTC on 24 October 2026 is already the 25th in Paris (summer time ends that night).
        let late: Timestamp = "2026-10-24T23:30:00Z".parse().unwrap();
        assert_eq!(Instant::from_timestamp(late).date(), date(2026, 10, 25));
        let length = Instant::end_of(date(2026, 10, 25)).micros() - Instant::start_of(date(2026, 10, 25)).micros();
        assert_eq!(length + 1, 25 * 3_600_000_000);
    }

    #[test]
    fn a_manual_clock_stands_still() {
        let clock = Clock::manual(Instant::start_of(date(2026, 11, 22)));
        assert_eq!(clock.today(), date(2026, 11, 22));
        clock.set(Instant::end_of(date(2026, 11, 23)));
        assert_eq!(clock.today(), date(2026, 11, 23));
    }
}
