//! `stop_times.txt` and `frequencies.txt`.

use super::table::{Columns, Row};
use super::{Files, Ranks, Refusal, Report, known};
use crate::feed::{Call, Feed, Frequency};
use crate::time::{Seconds, hour};

const FILE: &str = "stop_times.txt";

/// A line of `stop_times.txt`.
#[derive(Clone, Copy)]
struct Line {
    trip: u32,
    sequence: u32,
    stop: u32,
    arrival: Option<Seconds>,
    departure: Option<Seconds>,
    pickup: bool,
    drop_off: bool,
    line: u32,
}

/// Reads the calls and gives each trip its own, in order and with all their times.
pub(super) fn calls(files: &mut Files, feed: &mut Feed, stops: &Ranks, trips: &Ranks) -> Result<(), Refusal> {
    let columns = Columns {
        required: &["trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time"],
        optional: &["pickup_type", "drop_off_type"],
    };
    let mut lines: Vec<Line> = Vec::new();
    // Trips one of whose lines cannot be read: what is left of them would be another trip.
    let mut spoilt = vec![false; feed.trips.len()];
    let boarding: Vec<bool> = feed.stops.iter().map(|stop| stop.boarding).collect();
    files.need(FILE, &columns, |row, _| {
        let trip = known(trips, row, 0, "trip_id", "trips.txt")?;
        match line(row, trip, stops, &boarding) {
            Ok(line) => lines.push(line),
            Err(message) => {
                spoilt[trip as usize] = true;
                return Err(message);
            }
        }
        Ok(())
    })?;
    if !lines.is_sorted_by_key(|line| (line.trip, line.sequence)) {
        lines.sort_by_key(|line| (line.trip, line.sequence, line.line));
    }
    for group in lines.chunk_by(|one, other| one.trip == other.trip) {
        let trip = group[0].trip as usize;
        if spoilt[trip] {
            continue;
        }
        let Some(calls) = timed(group, &mut files.report) else { continue };
        let first = feed.calls.len();
        feed.calls.extend(calls);
        let range = u32::try_from(first).and_then(|first| Ok(first..u32::try_from(feed.calls.len())?));
        feed.trips[trip].calls = range.map_err(|_| Refusal::TooLarge {
            file: FILE.to_owned(),
            bytes: feed.calls.len() as u64,
            limit: u64::from(u32::MAX),
        })?;
    }
    for (trip, spoilt) in feed.trips.iter().zip(spoilt) {
        if !spoilt && trip.calls.is_empty() && files.report.is_sound() {
            let message = format!("la course «\u{a0}{}\u{a0}» n’a pas deux passages\u{a0}: elle est laissée", trip.id);
            files.report.add(super::Gravity::Remark, "trips.txt", None, message);
        }
    }
    Ok(())
}

fn line(row: &Row<'_>, trip: u32, stops: &Ranks, boarding: &[bool]) -> Result<Line, String> {
    let stop = known(stops, row, 1, "stop_id", "stops.txt")?;
    if !boarding[stop as usize] {
        return Err(format!("«\u{a0}{}\u{a0}» est une station, pas un point d’arrêt", row.text(1)));
    }
    Ok(Line {
        trip,
        sequence: row.number(2, "stop_sequence")?.ok_or("stop_sequence est vide")?,
        stop,
        arrival: row.clock(3, "arrival_time")?,
        departure: row.clock(4, "departure_time")?,
        // 2 and 3 are arranged by telephone or with the driver: possible all the same.
        pickup: row.choice(5, "pickup_type", &[0, 1, 2, 3])? != 1,
        drop_off: row.choice(6, "drop_off_type", &[0, 1, 2, 3])? != 1,
        line: u32::try_from(row.line).unwrap_or(u32::MAX),
    })
}

/// The calls of one trip with their times; none, told in the report, when they make no trip.
fn timed(lines: &[Line], report: &mut Report) -> Option<Vec<Call>> {
    let fault = |report: &mut Report, line: &Line, message: String| {
        report.error(FILE, u64::from(line.line), message + "\u{a0}: la course est laissée");
    };
    let ends = [lines[0], lines[lines.len() - 1]];
    if lines.len() < 2 {
        report.remark(FILE, u64::from(lines[0].line), "course d’un seul passage\u{a0}: elle est laissée");
        return None;
    }
    if let Some(untimed) = ends.iter().find(|line| line.arrival.or(line.departure).is_none()) {
        fault(report, untimed, "le premier et le dernier passage d’une course doivent avoir une heure".to_owned());
        return None;
    }
    let mut calls: Vec<Call> = Vec::with_capacity(lines.len());
    let mut before: Option<(usize, u32, Seconds)> = None;
    for (rank, line) in lines.iter().enumerate() {
        let (stop, pickup, drop_off) = (line.stop, line.pickup, line.drop_off);
        if rank > 0 && lines[rank - 1].sequence == line.sequence {
            fault(report, line, format!("stop_sequence {} est donné deux fois", line.sequence));
            return None;
        }
        let Some(arrival) = line.arrival.or(line.departure) else {
            calls.push(Call { stop, arrival: 0, departure: 0, pickup, drop_off });
            continue;
        };
        let departure = line.departure.unwrap_or(arrival);
        if departure < arrival {
            fault(report, line, format!("départ à {} avant l’arrivée à {}", hour(departure), hour(arrival)));
            return None;
        }
        if let Some((last, of, time)) = before {
            if arrival < time {
                let message = format!("arrivée à {}, avant le départ de {} à la ligne {of}", hour(arrival), hour(time));
                fault(report, line, message);
                return None;
            }
            fill(&mut calls[last + 1..], time, arrival);
        }
        calls.push(Call { stop, arrival, departure, pickup, drop_off });
        before = Some((rank, line.line, departure));
    }
    Some(calls)
}

/// Spreads calls without times evenly between two known ones.
fn fill(calls: &mut [Call], from: Seconds, to: Seconds) {
    let parts = i64::try_from(calls.len()).unwrap_or(i64::MAX).saturating_add(1);
    for (rank, call) in (1_i64..).zip(calls) {
        let share = i64::from(to - from) * rank / parts;
        let time = from + Seconds::try_from(share).unwrap_or(0);
        (call.arrival, call.departure) = (time, time);
    }
}

/// Reads the frequencies: their trips become patterns.
pub(super) fn frequencies(files: &mut Files, feed: &mut Feed, trips: &Ranks) -> Result<(), Refusal> {
    let columns =
        Columns { required: &["trip_id", "start_time", "end_time", "headway_secs"], optional: &["exact_times"] };
    files.read("frequencies.txt", &columns, |row, _| {
        let trip = known(trips, row, 0, "trip_id", "trips.txt")?;
        let start = row.clock(1, "start_time")?.ok_or("start_time est vide")?;
        let end = row.clock(2, "end_time")?.ok_or("end_time est vide")?;
        let headway = row.number::<Seconds>(3, "headway_secs")?.ok_or("headway_secs est vide")?;
        row.choice(4, "exact_times", &[0, 1])?;
        if headway < 1 {
            return Err(format!("headway_secs {headway}\u{a0}: l’intervalle doit être d’une seconde au moins"));
        }
        if end <= start {
            return Err(format!("fin à {} sans être après le début à {}", hour(end), hour(start)));
        }
        feed.trips[trip as usize].frequencies.push(Frequency { start, end, headway });
        Ok(())
    })?;
    Ok(())
}
