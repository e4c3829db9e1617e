use askama::Template;
use base::{Date, Period};
use jiff::civil;

use super::Fragment;
use super::fragment::component;
use crate::fr;
use crate::fr::filters;

/// Periods on a line of time (rights, orientations, designations), with the table of the same facts.
///
/// Everything is placed in percentages of the width, so that texts keep their size from 320 px up.
#[derive(Template, Clone)]
#[template(path = "components/strip.html")]
pub struct Strip {
    id: String,
    title: String,
    window: Window,
    today: Date,
    lanes: Vec<Lane>,
}

#[derive(Clone, Copy)]
struct Window {
    from: Date,
    to: Date,
}

impl Window {
    /// Place of a day, in percents of the width, kept inside.
    fn at(self, day: Date) -> f64 {
        let days = |span: jiff::Span| f64::from(span.get_days());
        let width = days(self.to - self.from).max(1.0);
        (days(day - self.from) / width * 100.0).clamp(0.0, 100.0)
    }
}

/// One line of the drawing: « Droit au RSA », « Structure référente ».
#[derive(Clone)]
pub struct Lane {
    label: String,
    segments: Vec<Segment>,
}

/// One period of a line.
#[derive(Clone)]
pub struct Segment {
    period: Period,
    label: String,
    look: Look,
    source: Fragment,
}

/// How a period is drawn: told apart by shape and texture, and by colour only besides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// In force: a full bar.
    Full,
    /// Held back (suspended, provisional): a hatched bar.
    Hatched,
    /// Over or none: an empty bar.
    Empty,
    /// Not known: a dotted line.
    Unknown,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Hatched => "hatched",
            Self::Empty => "empty",
            Self::Unknown => "unknown",
        }
    }

    fn hatched(self) -> bool {
        self == Self::Hatched
    }

    fn unknown(self) -> bool {
        self == Self::Unknown
    }
}

impl Lane {
    pub fn new(label: impl Into<String>, segments: impl IntoIterator<Item = Segment>) -> Self {
        Self { label: label.into(), segments: segments.into_iter().collect() }
    }
}

impl Segment {
    pub fn new(period: Period, look: Look, label: impl Into<String>) -> Self {
        Self { period, label: label.into(), look, source: Fragment::default() }
    }

    /// A [`Source`](super::Source), shown in the table.
    pub fn source(mut self, source: impl Into<Fragment>) -> Self {
        self.source = source.into();
        self
    }
}

/// A mark under the line of time.
struct Tick {
    at: f64,
    year: i16,
    minor: bool,
}

/// A bar as drawn.
struct Bar<'a> {
    x: f64,
    width: f64,
    y: usize,
    height: usize,
    segment: &'a Segment,
}

impl Bar<'_> {
    /// Whether the name fits in the bar on an ordinary screen; the sheet hides it on narrow ones.
    fn has_room(&self) -> bool {
        // A letter takes about 0.8 % of a drawing of 900 pixels.
        let needed = self.segment.label.chars().count() as f64 * 0.8 + 1.5;
        !self.segment.look.unknown() && self.width >= needed
    }
}

/// Heights in pixels: a lane is its name, its bar and a gap.
const LANE: usize = 48;
const NAME: usize = 18;
const BAR: usize = 20;

impl Strip {
    /// Drawn from `from` to `to`; `today` is marked when it falls inside.
    pub fn new(
        id: impl Into<String>,
        title: impl Into<String>,
        (from, to): (Date, Date),
        today: Date,
        lanes: impl IntoIterator<Item = Lane>,
    ) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            window: Window { from, to },
            today,
            lanes: lanes.into_iter().collect(),
        }
    }

    fn height(&self) -> usize {
        self.lanes.len() * LANE + 24
    }

    fn axis_y(&self) -> usize {
        self.lanes.len() * LANE
    }

    fn lane_names(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lanes.iter().enumerate().map(|(row, lane)| (row * LANE + 13, lane.label.as_str()))
    }

    fn bars(&self) -> Vec<Bar<'_>> {
        let mut bars = Vec::new();
        for (row, lane) in self.lanes.iter().enumerate() {
            for segment in &lane.segments {
                let end = segment.period.to.unwrap_or(self.window.to);
                if end <= self.window.from || segment.period.from >= self.window.to {
                    continue;
                }
                let x = self.window.at(segment.period.from);
                let (offset, height) = match segment.look {
                    Look::Full | Look::Hatched | Look::Empty => (0, BAR),
                    Look::Unknown => (BAR / 2 - 2, 4),
                };
                // A period of a day stays visible.
                let width = (self.window.at(end) - x).max(0.4);
                bars.push(Bar { x, width, y: row * LANE + NAME + offset, height, segment });
            }
        }
        bars
    }

    /// The first of January of each year in sight; every other one may give way on a narrow screen.
    fn ticks(&self) -> Vec<Tick> {
        let years = self.window.from.year()..=self.window.to.year();
        let days = years.filter_map(|year| Date::new(year, 1, 1).ok());
        let seen = days.filter(|day| *day >= self.window.from && *day < self.window.to);
        seen.map(|day| Tick { at: self.window.at(day), year: day.year(), minor: day.year() % 2 == 1 }).collect()
    }

    fn today_at(&self) -> Option<f64> {
        (self.window.from..=self.window.to).contains(&self.today).then(|| self.window.at(self.today))
    }

    /// Looks in use, for the legend.
    fn legend(&self) -> Vec<(Look, Vec<&str>)> {
        let mut legend = Vec::new();
        for look in [Look::Full, Look::Hatched, Look::Empty, Look::Unknown] {
            let mut labels: Vec<&str> = Vec::new();
            for segment in self.lanes.iter().flat_map(|lane| &lane.segments).filter(|s| s.look == look) {
                if !labels.contains(&segment.label.as_str()) {
                    labels.push(&segment.label);
                }
            }
            if !labels.is_empty() {
                legend.push((look, labels));
            }
        }
        legend
    }

    /// The drawing in one sentence per line.
    fn summary(&self) -> String {
        let lines = self.lanes.iter().map(|lane| {
            let parts: Vec<String> =
                lane.segments.iter().map(|s| format!("{} {}", s.label, fr::period(s.period))).collect();
            format!("{}\u{a0}: {}.", lane.label, parts.join(", "))
        });
        lines.collect::<Vec<String>>().join(" ")
    }
}

/// The window that shows a life of facts well: whole years, from the earliest day to a little after today.
impl Strip {
    pub fn window_of(earliest: Date, today: Date) -> (Date, Date) {
        let from = civil::date(earliest.year().max(today.year() - 9), 1, 1);
        let to = Date::new(today.year() + 1, 1, 1).unwrap_or(Date::MAX);
        (from, to)
    }
}

component!(Strip);

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn periods_are_placed_in_percents_of_the_window() {
        let window = Window { from: date(2024, 1, 1), to: date(2026, 1, 1) };
        assert_eq!(window.at(date(2023, 1, 1)), 0.0);
        assert!((window.at(date(2025, 1, 1)) - 50.0).abs() < 0.1);
        assert_eq!(window.at(date(2030, 1, 1)), 100.0);
    }

    #[test]
    fn the_drawing_is_also_said_in_words() {
        let open = Segment::new(Period::since(date(2025, 3, 3)), Look::Full, "Droit ouvert");
        let past =
            Segment::new(Period { from: date(2010, 1, 1), to: Some(date(2011, 1, 1)) }, Look::Empty, "Droit clos");
        let window = (date(2024, 1, 1), date(2027, 1, 1));
        let strip = Strip::new("droits", "Droits", window, date(2026, 11, 22), [Lane::new("RSA", [past, open])]);
        assert_eq!(strip.bars().len(), 1);
        assert!(strip.summary().ends_with("Droit ouvert depuis le 3\u{a0}mars 2025."));
        let html = strip.render().unwrap();
        assert!(html.contains("<desc") && html.contains("<table"), "{html}");
    }
}
