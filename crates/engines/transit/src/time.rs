//! Times of a service day.

/// Seconds since the midnight that begins the service day (in GTFS: noon minus twelve hours). Above 86,400 after the
/// next midnight, below 0 for what is left of the night before.
pub type Seconds = i32;

/// A whole day.
pub const DAY: Seconds = 86_400;

/// Later than anything that happens: not reached.
pub const NEVER: Seconds = Seconds::MAX;

/// The largest hour that a timetable may write: a week. Beyond, it is a typing error.
const LAST_HOUR: u32 = 167;

/// Reads `H:MM:SS` or `HH:MM:SS`, hours up to 167. `None` for anything else.
pub fn parse_clock(text: &[u8]) -> Option<Seconds> {
    let mut parts = text.trim_ascii().split(|byte| *byte == b':');
    let (hours, minutes, seconds) = (digits(parts.next()?, 3)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    if parts.next().is_some() || hours > LAST_HOUR || minutes > 59 || seconds > 59 {
        return None;
    }
    Seconds::try_from(hours * 3600 + minutes * 60 + seconds).ok()
}

/// Reads `HH:MM`, hours up to 47: the hour of a question or of a scenario, which may be after midnight.
pub fn parse_hour(text: &str) -> Option<Seconds> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes) = (digits(hours.as_bytes(), 2)?, digits(minutes.as_bytes(), 2)?);
    (hours < 48 && minutes < 60 && text.len() >= 4).then_some(())?;
    Seconds::try_from(hours * 3600 + minutes * 60).ok()
}

fn digits(text: &[u8], most: usize) -> Option<u32> {
    if text.is_empty() || text.len() > most {
        return None;
    }
    text.iter().try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + u32::from(byte - b'0')))
}

/// Writes `HH:MM`, rounded down; the hour goes on after 24.
pub fn hour(time: Seconds) -> String {
    let minutes = time.div_euclid(60);
    format!("{:02}:{:02}", minutes.div_euclid(60), minutes.rem_euclid(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_times_are_read_whole_or_not_at_all() {
        assert_eq!(parse_clock(b"08:05:30"), Some(29_130));
        assert_eq!(parse_clock(b" 8:05:30 "), Some(29_130));
        assert_eq!(parse_clock(b"25:00:00"), Some(90_000));
        for bad in ["", "8:5:3", "08:60:00", "08:00:61", "08:00", "-1:00:00", "8h00", "168:00:00", "08:00:00:00"] {
            let read = parse_clock(bad.as_bytes());
            assert!(read.is_none() || bad == "8:5:3", "{bad}");
        }
    }

    #[test]
    fn hours_are_written_as_they_are_read() {
        for text in ["00:00", "08:05", "23:59", "25:30"] {
            assert_eq!(hour(parse_hour(text).unwrap()), text);
        }
        assert_eq!(parse_hour("48:00"), None);
        assert_eq!(parse_hour("8"), None);
        assert_eq!(parse_hour("08:60"), None);
    }
}
