//! `stops.txt` and `transfers.txt`.

use std::collections::HashSet;

use super::table::Columns;
use super::{Files, Ranks, Refusal, known, rank};
use crate::feed::{Feed, Stop, Transfer};
use crate::geo::{Point, Walking};

/// A transfer that the feed recommends without its time takes at least so long, in seconds.
const SHORTEST: i32 = 60;

/// Reads the stops, stations before or after those that name them.
pub(super) fn stops(files: &mut Files, feed: &mut Feed) -> Result<Ranks, Refusal> {
    const FILE: &str = "stops.txt";
    let columns = Columns {
        required: &["stop_id"],
        optional: &["stop_name", "stop_lat", "stop_lon", "location_type", "parent_station"],
    };
    let mut ranks = Ranks::new();
    let mut parents: Vec<(u64, u32, Box<[u8]>)> = Vec::new();
    files.need(FILE, &columns, |row, report| {
        let kind = row.choice(4, "location_type", &[0, 1, 2, 3, 4])?;
        let degrees = (row.number::<f64>(2, "stop_lat")?, row.number::<f64>(3, "stop_lon")?);
        let point = match degrees {
            (Some(latitude), Some(longitude)) => Some(
                Point::new(latitude, longitude)
                    .ok_or_else(|| format!("position {latitude}, {longitude} hors de la Terre"))?,
            ),
            _ => None,
        };
        let rank = rank(&mut ranks, row.bytes(0), "stop_id")?;
        if point.is_none() && kind < 2 {
            report.remark(FILE, row.line, "sans position\u{a0}: on ne peut pas y aller à pied depuis un point");
        }
        let parent = row.bytes(5);
        if !parent.is_empty() {
            parents.push((row.line, rank, parent.into()));
        }
        feed.stops.push(Stop { id: row.text(0), name: row.text(1), point, parent: None, boarding: kind == 0 });
        Ok(())
    })?;
    for (line, child, parent) in parents {
        let said = String::from_utf8_lossy(&parent);
        match ranks.get(&parent) {
            Some(parent) if *parent != child && !feed.stops[*parent as usize].boarding => {
                feed.stops[child as usize].parent = Some(*parent);
            }
            Some(_) => files.report.error(
                FILE,
                line,
                format!("parent_station «\u{a0}{said}\u{a0}» n’est pas une station (location_type 1)"),
            ),
            None => files.report.error(
                FILE,
                line,
                format!("parent_station «\u{a0}{said}\u{a0}» ne figure pas dans stops.txt"),
            ),
        }
    }
    if feed.stops.is_empty() {
        return Err(Refusal::Empty(FILE));
    }
    Ok(ranks)
}

/// Reads the transfers between stops. Those between given routes or trips are told and left out.
pub(super) fn transfers(files: &mut Files, feed: &mut Feed, stops: &Ranks) -> Result<(), Refusal> {
    const FILE: &str = "transfers.txt";
    let columns = Columns {
        required: &["from_stop_id", "to_stop_id"],
        optional: &["transfer_type", "min_transfer_time", "from_route_id", "to_route_id", "from_trip_id", "to_trip_id"],
    };
    let walking = Walking::default();
    let (mut particular, mut transfers) = (0_u64, Vec::new());
    let mut pairs = HashSet::new();
    let places = &feed.stops;
    files.read(FILE, &columns, |row, report| {
        let kind = row.choice(2, "transfer_type", &[0, 1, 2, 3, 4, 5])?;
        if kind > 3 || (4..8).any(|column| !row.bytes(column).is_empty()) {
            particular += 1;
            return Ok(());
        }
        let from = known(stops, row, 0, "from_stop_id", "stops.txt")?;
        let to = known(stops, row, 1, "to_stop_id", "stops.txt")?;
        let given = row.number::<i32>(3, "min_transfer_time")?;
        if given.is_some_and(|seconds| !(0..=86_400).contains(&seconds)) {
            return Err("min_transfer_time n’est pas entre 0 et 86\u{202f}400 secondes".to_owned());
        }
        let seconds = match (kind, given) {
            (3, _) => None,
            (1, given) => Some(given.unwrap_or(0)),
            (2, None) => return Err("min_transfer_time manque (transfer_type 2)".to_owned()),
            (_, Some(seconds)) => Some(seconds),
            // A change inside one stop keeps the default of the engine.
            (_, None) if from == to => return Ok(()),
            (_, None) => match (places[from as usize].point, places[to as usize].point) {
                (Some(one), Some(other)) => Some(walking.seconds(one.metres_to(other)).max(SHORTEST)),
                _ => return Err("ni min_transfer_time, ni position des deux arrêts".to_owned()),
            },
        };
        if !pairs.insert((from, to)) {
            report.remark(FILE, row.line, "couple d’arrêts déjà donné\u{a0}: la plus courte durée compte");
        }
        transfers.push(Transfer { from, to, seconds });
        Ok(())
    })?;
    if particular > 0 {
        files.report.add(
            super::Gravity::Remark,
            FILE,
            None,
            format!("{particular} correspondances propres à des lignes ou à des courses ne sont pas prises en compte"),
        );
    }
    feed.transfers = transfers;
    Ok(())
}
