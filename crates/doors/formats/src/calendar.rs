//! Calendars that other programs subscribe to: iCalendar, written only.
//!
//! Source: RFC 5545 (iCalendar), RFC 7986 (name, refresh interval), read in November 2026. A feed is a snapshot that
//! clients fetch again and again; what makes them move or strike out an appointment instead of showing it twice is that
//! its [`Event::uid`] never changes, that [`Event::sequence`] grows with each change, and that a cancelled appointment
//! stays in the feed with its status.

use std::fmt::Write;

use base::{Date, Instant};
use jiff::civil::DateTime;

/// The media type under which a feed is served.
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";

/// Lines are cut so that none is longer, in bytes, without its end (RFC 5545, 3.1).
const LINE: usize = 75;

/// The clocks of Paris, for programs that do not know them: the rules in force since 1996.
const PARIS: &str = "BEGIN:VTIMEZONE\r\n\
    TZID:Europe/Paris\r\n\
    BEGIN:DAYLIGHT\r\n\
    DTSTART:19960331T020000\r\n\
    RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n\
    TZOFFSETFROM:+0100\r\n\
    TZOFFSETTO:+0200\r\n\
    TZNAME:CEST\r\n\
    END:DAYLIGHT\r\n\
    BEGIN:STANDARD\r\n\
    DTSTART:19961027T030000\r\n\
    RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n\
    TZOFFSETFROM:+0200\r\n\
    TZOFFSETTO:+0100\r\n\
    TZNAME:CET\r\n\
    END:STANDARD\r\n\
    END:VTIMEZONE\r\n";

/// A calendar and what it holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Calendar {
    /// What subscribers see as its name.
    pub name: String,
    /// When it is written: the clock's time, handed in.
    pub written: Instant,
    /// After how many hours subscribers should look again.
    pub refresh_hours: u32,
    pub events: Vec<Event>,
}

/// Something that takes place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Unique in the world and for ever the same for the same appointment: `seance-12@example.org`.
    pub uid: String,
    /// How many times it was changed since it was announced.
    pub sequence: u32,
    /// When it was last changed.
    pub changed: Instant,
    pub time: Time,
    pub title: String,
    pub place: Option<String>,
    pub details: Option<String>,
    /// It no longer takes place. It stays in the feed for those who have it in their calendar.
    pub cancelled: bool,
}

/// When something takes place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Time {
    /// Hours of Paris.
    Hours { start: DateTime, end: DateTime },
    /// Whole days, the last one included. They leave whoever reads them free: a week in a company is no appointment.
    Days { first: Date, last: Date },
}

/// The bytes of the feed.
pub fn write(calendar: &Calendar) -> String {
    let mut out = String::new();
    line(&mut out, "BEGIN:VCALENDAR");
    line(&mut out, "VERSION:2.0");
    line(&mut out, "PRODID:-//Jonction//Calendrier//FR");
    line(&mut out, "CALSCALE:GREGORIAN");
    line(&mut out, "METHOD:PUBLISH");
    // The second of each pair is what older programs read.
    text(&mut out, "NAME", &calendar.name);
    text(&mut out, "X-WR-CALNAME", &calendar.name);
    line(&mut out, &format!("REFRESH-INTERVAL;VALUE=DURATION:PT{}H", calendar.refresh_hours));
    line(&mut out, &format!("X-PUBLISHED-TTL:PT{}H", calendar.refresh_hours));
    line(&mut out, "X-WR-TIMEZONE:Europe/Paris");
    out.push_str(PARIS);
    for event in &calendar.events {
        write_event(&mut out, event, calendar.written);
    }
    line(&mut out, "END:VCALENDAR");
    out
}

fn write_event(out: &mut String, event: &Event, written: Instant) {
    line(out, "BEGIN:VEVENT");
    text(out, "UID", &event.uid);
    line(out, &format!("DTSTAMP:{}", utc(written)));
    line(out, &format!("LAST-MODIFIED:{}", utc(event.changed)));
    line(out, &format!("SEQUENCE:{}", event.sequence));
    match event.time {
        Time::Hours { start, end } => {
            line(out, &format!("DTSTART;TZID=Europe/Paris:{}", start.strftime("%Y%m%dT%H%M%S")));
            line(out, &format!("DTEND;TZID=Europe/Paris:{}", end.strftime("%Y%m%dT%H%M%S")));
            line(out, "TRANSP:OPAQUE");
        }
        Time::Days { first, last } => {
            // The end is the day after the last one.
            let end = last.tomorrow().unwrap_or(last);
            line(out, &format!("DTSTART;VALUE=DATE:{}", first.strftime("%Y%m%d")));
            line(out, &format!("DTEND;VALUE=DATE:{}", end.strftime("%Y%m%d")));
            line(out, "TRANSP:TRANSPARENT");
        }
    }
    line(out, if event.cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
    text(out, "SUMMARY", &event.title);
    if let Some(place) = &event.place {
        text(out, "LOCATION", place);
    }
    if let Some(details) = &event.details {
        text(out, "DESCRIPTION", details);
    }
    line(out, "END:VEVENT");
}

fn utc(moment: Instant) -> String {
    moment.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A property whose value is free text (RFC 5545, 3.3.11).
fn text(out: &mut String, name: &str, value: &str) {
    let mut escaped = String::with_capacity(value.len());
    for character in value.replace("\r\n", "\n").chars() {
        match character {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '\n' => escaped.push_str("\\n"),
            // The format allows no other sign of control.
            other if other.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    line(out, &format!("{name}:{escaped}"));
}

/// A line, folded: what is too long goes on after a space. A letter of several bytes stays whole.
fn line(out: &mut String, content: &str) {
    let mut length = 0;
    for character in content.chars() {
        if length + character.len_utf8() > LINE {
            out.push_str("\r\n ");
            length = 1;
        }
        length += character.len_utf8();
        out.push(character);
    }
    write!(out, "\r\n").expect("writing to a string does not fail");
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};
    use proptest::prelude::*;
    use vobject::{Component, parse_component};

    use super::*;

    fn session() -> Event {
        Event {
            uid: "seance-12@jonction.example".to_owned(),
            sequence: 0,
            changed: Instant::from_micros(1_790_000_000_000_000),
            time: Time::Hours { start: datetime(2026, 11, 23, 9, 0, 0, 0), end: datetime(2026, 11, 23, 12, 30, 0, 0) },
            title: "Accueillir, analyser; diagnostic partagé".to_owned(),
            place: Some("Salle 2, Bobigny".to_owned()),
            details: None,
            cancelled: false,
        }
    }

    fn feed(events: Vec<Event>) -> String {
        write(&Calendar {
            name: "École CIP – Inès Morel".to_owned(),
            written: Instant::from_micros(1_795_000_000_000_000),
            refresh_hours: 4,
            events,
        })
    }

    fn read(feed: &str) -> Component {
        let calendar = parse_component(feed).unwrap();
        assert_eq!(calendar.name, "VCALENDAR");
        calendar
    }

    fn events(calendar: &Component) -> Vec<&Component> {
        calendar.subcomponents.iter().filter(|component| component.name == "VEVENT").collect()
    }

    /// The value of a property, its escapes undone one after the other (the library takes `\\\\n` for a new line).
    fn value(component: &Component, name: &str) -> String {
        let raw = &component.get_only(name).unwrap_or_else(|| panic!("{name} should be there once")).raw_value;
        let mut value = String::new();
        let mut characters = raw.chars();
        while let Some(character) = characters.next() {
            value.push(match character {
                '\\' => match characters.next() {
                    Some('n') => '\n',
                    Some(escaped @ ('\\' | ';' | ',')) => escaped,
                    other => panic!("{other:?} after a backslash in {raw}"),
                },
                ';' | ',' => panic!("{character} is not escaped in {raw}"),
                other => other,
            });
        }
        value
    }

    #[test]
    fn another_program_reads_back_what_was_written() {
        let feed = feed(vec![session()]);
        let calendar = read(&feed);
        assert_eq!(value(&calendar, "VERSION"), "2.0");
        assert_eq!(value(&calendar, "METHOD"), "PUBLISH");
        assert_eq!(value(&calendar, "X-WR-CALNAME"), "École CIP – Inès Morel");
        assert_eq!(value(&calendar, "REFRESH-INTERVAL"), "PT4H");
        let events = events(&calendar);
        assert_eq!(events.len(), 1);
        let event = events[0];
        assert_eq!(value(event, "UID"), "seance-12@jonction.example");
        assert_eq!(value(event, "SUMMARY"), "Accueillir, analyser; diagnostic partagé");
        assert_eq!(value(event, "LOCATION"), "Salle 2, Bobigny");
        assert_eq!(value(event, "DTSTART"), "20261123T090000");
        assert_eq!(value(event, "DTEND"), "20261123T123000");
        assert_eq!(event.get_only("DTSTART").unwrap().params["TZID"], "Europe/Paris");
        assert_eq!(value(event, "STATUS"), "CONFIRMED");
        assert_eq!(value(event, "DTSTAMP"), "20261118T110640Z");
        assert!(event.get_only("DESCRIPTION").is_none());
    }

    #[test]
    fn the_time_zone_that_events_name_is_described() {
        let calendar = read(&feed(vec![session()]));
        let zone = calendar.subcomponents.iter().find(|component| component.name == "VTIMEZONE").unwrap();
        assert_eq!(value(zone, "TZID"), "Europe/Paris");
        let rules: Vec<&str> = zone.subcomponents.iter().map(|rule| rule.name.as_str()).collect();
        assert_eq!(rules, ["DAYLIGHT", "STANDARD"]);
        // Each rule begins on a day that it names itself: the last Sunday of its month.
        for day in [date(1996, 3, 31), date(1996, 10, 27)] {
            assert_eq!(day.weekday(), jiff::civil::Weekday::Sunday);
            assert!(day.day() > 24);
        }
    }

    #[test]
    fn the_described_zone_is_the_one_of_paris() {
        // The offsets written above, against the time zone database, on both sides of the changes of 2027.
        let zone = jiff::tz::TimeZone::get("Europe/Paris").unwrap();
        for (moment, hours) in [
            (datetime(2027, 3, 28, 1, 59, 0, 0), 1),
            (datetime(2027, 3, 28, 3, 0, 0, 0), 2),
            (datetime(2027, 10, 31, 1, 59, 0, 0), 2),
            (datetime(2027, 10, 31, 3, 0, 0, 0), 1),
        ] {
            let offset = zone.to_zoned(moment).unwrap().offset();
            assert_eq!(offset.seconds(), hours * 3600, "{moment}");
        }
    }

    #[test]
    fn a_moved_or_cancelled_session_keeps_its_name_and_raises_its_number() {
        let moved = Event {
            sequence: 1,
            time: Time::Hours { start: datetime(2026, 11, 24, 13, 30, 0, 0), end: datetime(2026, 11, 24, 17, 0, 0, 0) },
            ..session()
        };
        let cancelled = Event { sequence: 2, cancelled: true, ..moved.clone() };
        let seen = |event: Event| {
            let calendar = read(&feed(vec![event]));
            let event = events(&calendar)[0];
            (value(event, "UID"), value(event, "SEQUENCE"), value(event, "STATUS"))
        };
        let uid = || "seance-12@jonction.example".to_owned();
        assert_eq!(seen(session()), (uid(), "0".to_owned(), "CONFIRMED".to_owned()));
        assert_eq!(seen(moved), (uid(), "1".to_owned(), "CONFIRMED".to_owned()));
        assert_eq!(seen(cancelled), (uid(), "2".to_owned(), "CANCELLED".to_owned()));
    }

    #[test]
    fn whole_days_end_the_day_after_and_leave_free() {
        let weeks = Event { time: Time::Days { first: date(2026, 12, 28), last: date(2026, 12, 31) }, ..session() };
        let calendar = read(&feed(vec![weeks]));
        let event = events(&calendar)[0];
        assert_eq!((value(event, "DTSTART"), value(event, "DTEND")), ("20261228".to_owned(), "20270101".to_owned()));
        assert_eq!(event.get_only("DTSTART").unwrap().params["VALUE"], "DATE");
        assert_eq!(value(event, "TRANSP"), "TRANSPARENT");
    }

    #[test]
    fn an_empty_calendar_is_still_one() {
        assert!(events(&read(&feed(Vec::new()))).is_empty());
    }

    proptest! {
        #[test]
        fn any_text_comes_back_and_no_line_is_too_long(
            title in "[^\\p{Cc}]{0,150}",
            details in "[^\\p{Cc}]{0,80}(\n[^\\p{Cc}]{0,80}){0,3}",
        ) {
            let feed = feed(vec![Event { title: title.clone(), details: Some(details.clone()), ..session() }]);
            for line in feed.split_terminator("\r\n") {
                prop_assert!(line.len() <= LINE, "{} bytes: {line}", line.len());
                prop_assert!(!line.contains(['\r', '\n']));
            }
            prop_assert!(feed.ends_with("END:VCALENDAR\r\n"));
            let calendar = read(&feed);
            let event = events(&calendar)[0];
            prop_assert_eq!(value(event, "SUMMARY"), title);
            prop_assert_eq!(value(event, "DESCRIPTION"), details);
        }
    }
}
