use askama::Template;
use base::Date;

use super::fragment::component;
use super::{Fragment, Tone};
use crate::fr::filters;

/// Dated facts, the latest first, each with its source and, when it differs, the day it became known.
#[derive(Template, Clone, Default)]
#[template(path = "components/timeline.html")]
pub struct Timeline {
    events: Vec<Event>,
}

/// One dated fact.
#[derive(Clone)]
pub struct Event {
    date: Date,
    title: Fragment,
    detail: Fragment,
    source: Fragment,
    known: Option<Date>,
    tone: Tone,
}

impl Event {
    pub fn new(date: Date, title: impl Into<Fragment>) -> Self {
        Self {
            date,
            title: title.into(),
            detail: Fragment::default(),
            source: Fragment::default(),
            known: None,
            tone: Tone::Neutral,
        }
    }

    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    pub fn detail(mut self, detail: impl Into<Fragment>) -> Self {
        self.detail = detail.into();
        self
    }

    /// A [`Source`](super::Source).
    pub fn source(mut self, source: impl Into<Fragment>) -> Self {
        self.source = source.into();
        self
    }

    /// The day it was recorded; shown only when it is not the day it happened.
    pub fn known(mut self, day: Date) -> Self {
        self.known = (day != self.date).then_some(day);
        self
    }
}

impl Timeline {
    /// Keeps the order given: the latest first.
    pub fn new(events: impl IntoIterator<Item = Event>) -> Self {
        Self { events: events.into_iter().collect() }
    }

    /// The events of each year, years as they come.
    fn years(&self) -> impl Iterator<Item = (i16, &[Event])> {
        self.events.chunk_by(|a, b| a.date.year() == b.date.year()).map(|events| (events[0].date.year(), events))
    }
}

component!(Timeline);
