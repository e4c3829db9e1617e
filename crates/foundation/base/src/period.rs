use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A span of days `[from, to)`: `from` is in it, `to` is not; no `to` means "still".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Period {
    pub from: Date,
    pub to: Option<Date>,
}

impl Period {
    /// From a day on, without known end.
    pub const fn since(from: Date) -> Self {
        Self { from, to: None }
    }

    /// `None` when the span would hold no day.
    pub fn new(from: Date, to: Option<Date>) -> Option<Self> {
        match to {
            Some(to) if to <= from => None,
            _ => Some(Self { from, to }),
        }
    }

    /// The last day in it, what people are shown; `None` for a span without end.
    pub fn last_day(&self) -> Option<Date> {
        self.to.map(|to| to.yesterday().unwrap_or(to))
    }

    pub fn contains(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }

    pub fn overlaps(&self, other: &Self) -> bool {
        self.to.is_none_or(|to| other.from < to) && other.to.is_none_or(|to| self.from < to)
    }

    /// The same span ended at `to` at the latest; `None` when nothing of it remains.
    pub fn until(&self, to: Date) -> Option<Self> {
        Self::new(self.from, Some(self.to.map_or(to, |own| own.min(to))))
    }

    /// The same span begun at `from` at the earliest; `None` when nothing of it remains.
    pub fn starting(&self, from: Date) -> Option<Self> {
        Self::new(self.from.max(from), self.to)
    }
}
