//! Reading a GTFS feed, from a folder or a zip archive.
//!
//! Read: `agency`, `feed_info` (their names), `stops`, `routes`, `calendar`, `calendar_dates`, `trips`, `stop_times`,
//! `frequencies`, `transfers`, as of the GTFS Schedule reference of 2026. Every line that does not follow it is told
//! with file and line; the rest is read. What the engine makes of each field is in [the semantics](crate#semantics).

mod calendar;
mod fault;
mod places;
mod source;
mod table;
mod times;
mod trips;

use std::collections::HashMap;
use std::path::Path;

pub use fault::{Fault, Gravity, Refusal, Report};
pub use source::Limits;
use source::Source;
use table::{Columns, Row};

use crate::feed::Feed;

/// A feed and what was found wrong with it.
#[derive(Debug)]
pub struct Reading {
    /// What was read.
    pub feed: Feed,
    /// What was left out or completed, line by line.
    pub report: Report,
}

/// Reads a feed: a zip archive, or the folder of its files.
///
/// Lines at fault are left out and told in the report: decide with [`Report::is_sound`] whether the rest will do.
///
/// # Errors
/// A feed that cannot be read at all: a file is missing or is not what it should be, or goes beyond the limits.
pub fn read(path: &Path, limits: &Limits) -> Result<Reading, Refusal> {
    let mut files = Files { source: Source::open(path)?, limits: *limits, report: Report::default() };
    let mut feed = Feed::default();
    let stops = places::stops(&mut files, &mut feed)?;
    let routes = trips::routes(&mut files, &mut feed)?;
    let services = calendar::services(&mut files, &mut feed)?;
    let trips = trips::trips(&mut files, &mut feed, &routes, &services)?;
    times::calls(&mut files, &mut feed, &stops, &trips)?;
    times::frequencies(&mut files, &mut feed, &trips)?;
    places::transfers(&mut files, &mut feed, &stops)?;
    feed.publisher = publisher(&mut files)?;
    // A trip without two calls goes nowhere.
    feed.trips.retain(|trip| trip.calls.len() > 1);
    if feed.trips.is_empty() {
        return Err(Refusal::Empty("stop_times.txt"));
    }
    if feed.days().is_none() {
        return Err(Refusal::Empty("calendar.txt"));
    }
    Ok(Reading { feed, report: files.report })
}

/// The files of a feed, and the report that their reading fills.
struct Files {
    source: Source,
    limits: Limits,
    report: Report,
}

impl Files {
    /// Reads a file row by row. False when it is not there.
    fn read(
        &mut self,
        file: &'static str,
        columns: &Columns<'_>,
        take: impl FnMut(&Row<'_>, &mut Report) -> Result<(), String>,
    ) -> Result<bool, Refusal> {
        let Some(guard) = self.source.file(file, &self.limits)? else { return Ok(false) };
        table::rows(file, guard, columns, &mut self.report, take)?;
        Ok(true)
    }

    /// The same for a file that must be there.
    fn need(
        &mut self,
        file: &'static str,
        columns: &Columns<'_>,
        take: impl FnMut(&Row<'_>, &mut Report) -> Result<(), String>,
    ) -> Result<(), Refusal> {
        if self.read(file, columns, take)? { Ok(()) } else { Err(Refusal::Missing(file)) }
    }
}

/// Ranks by identifier, as the files name things.
type Ranks = HashMap<Box<[u8]>, u32>;

/// Gives an identifier its rank.
///
/// # Errors
/// A message when it is empty or already has one.
fn rank(ranks: &mut Ranks, id: &[u8], name: &str) -> Result<u32, String> {
    let said = String::from_utf8_lossy(id);
    if id.is_empty() {
        return Err(format!("{name} est vide"));
    }
    if ranks.contains_key(id) {
        return Err(format!("{name} «\u{a0}{said}\u{a0}» est déjà défini plus haut"));
    }
    let next = u32::try_from(ranks.len()).map_err(|_| "trop de lignes".to_owned())?;
    ranks.insert(id.into(), next);
    Ok(next)
}

/// The rank of something named by a cell.
///
/// # Errors
/// A message when no file defines it.
fn known(ranks: &Ranks, row: &Row<'_>, column: usize, name: &str, defined_in: &str) -> Result<u32, String> {
    ranks
        .get(row.bytes(column))
        .copied()
        .ok_or_else(|| format!("{name} «\u{a0}{}\u{a0}» ne figure pas dans {defined_in}", row.text(column)))
}

/// Who publishes the feed: `feed_info.txt`, or the agencies.
fn publisher(files: &mut Files) -> Result<Option<String>, Refusal> {
    let mut names: Vec<String> = Vec::new();
    for (file, column) in [("feed_info.txt", "feed_publisher_name"), ("agency.txt", "agency_name")] {
        files.read(file, &Columns { required: &[column], optional: &[] }, |row, _| {
            let name = row.text(0);
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
            Ok(())
        })?;
        if !names.is_empty() {
            break;
        }
    }
    Ok((!names.is_empty()).then(|| names.join(", ")))
}
