//! `jonction transit`: questions to a GTFS feed, and the network in service.

mod check;
mod import;
mod matrix;
mod query;

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use csv::Writer;
use transit::gtfs::{self, Gravity, Limits, Reading, Refusal};
use transit::scenario::Scenario;
use transit::{Options, Timetable};

pub use check::check;
pub use import::import;
pub use matrix::matrix;
pub use query::query;

use super::synthesize::unfinished;
use crate::cli::TransitFeed;
use crate::failure::{Failure, Result};

/// Faults shown on the screen.
const SHOWN: usize = 20;

/// The trips of the day asked, under the scenario asked.
fn timetable(asked: &TransitFeed) -> Result<Timetable> {
    let reading = read(&asked.feed)?;
    accept(&reading, &asked.feed, asked.accept_faults)?;
    let timetable = Timetable::build(&reading.feed, asked.date, &Options::default());
    if timetable.size().trips == 0 {
        let days = reading.feed.days().map_or_else(String::new, |(first, last)| {
            format!(" (il couvre du {} au {})", web::fr::date_long(first), web::fr::date_long(last))
        });
        let day = web::fr::date_long(asked.date);
        return Err(Failure::refused(format!("aucune course ne circule le {day} dans ce flux{days}"))
            .at(asked.feed.display())
            .mend("choisissez un jour du calendrier du flux avec --date"));
    }
    let Some(path) = &asked.scenario else { return Ok(timetable) };
    let text = std::fs::read_to_string(path).map_err(|problem| Failure::file("lire", path, problem))?;
    let refused = |problem: transit::scenario::Error| Failure::refused(problem).at(path.display());
    timetable.with(&Scenario::parse(&text).map_err(refused)?).map_err(refused)
}

fn read(feed: &Path) -> Result<Reading> {
    gtfs::read(feed, &Limits::default()).map_err(|refusal| {
        let place = feed.display();
        match refusal {
            Refusal::Unreadable { .. } => Failure::system(refusal).at(place),
            _ => Failure::refused(refusal).at(place),
        }
    })
}

/// Refuses a feed with faulty lines, unless they are to be left out.
fn accept(reading: &Reading, feed: &Path, accept_faults: bool) -> Result<()> {
    let errors = reading.report.count(Gravity::Error);
    if errors == 0 {
        return Ok(());
    }
    show(reading, Gravity::Error);
    if accept_faults {
        return Ok(());
    }
    Err(Failure::refused(format!("le flux a {}", web::fr::count(errors, "ligne fautive", "lignes fautives")))
        .at(feed.display())
        .mend("faites-les corriger par l’éditeur du flux, ou passez-vous de ces lignes avec --accept-faults"))
}

/// Shows the first faults on the error output.
fn show(reading: &Reading, gravity: Gravity) {
    for fault in reading.report.faults().iter().filter(|fault| fault.gravity == gravity).take(SHOWN) {
        eprintln!("  {fault}");
    }
    if reading.report.count(gravity) > SHOWN as u64 {
        eprintln!("  …");
    }
}

/// Writes a table that appears under its name once it is whole.
fn write(path: &Path, fill: impl FnOnce(&mut Writer<BufWriter<File>>) -> csv::Result<()>) -> Result<()> {
    let part = unfinished(path);
    let cannot = |problem: String| Failure::file("écrire", path, problem);
    let file = File::create(&part).map_err(|problem| cannot(problem.to_string()))?;
    let mut writer = Writer::from_writer(BufWriter::new(file));
    let written = fill(&mut writer).and_then(|()| Ok(writer.flush()?));
    drop(writer);
    if let Err(problem) = written {
        // What could not be finished is of no use; why it could not is what matters.
        let _ = std::fs::remove_file(&part);
        return Err(cannot(problem.to_string()));
    }
    std::fs::rename(&part, path).map_err(|problem| cannot(problem.to_string()))
}
