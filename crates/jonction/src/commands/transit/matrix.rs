use std::num::NonZeroUsize;
use std::path::Path;

use csv::StringRecord;
use transit::matrix::{Question, Summary, all_profiles};
use transit::{Place, Point, Scan, Timetable};

use super::{timetable, write};
use crate::cli::TransitMatrix;
use crate::failure::{Exit, Failure, Result};

/// A place of a file, under the name that the answer uses.
struct Named {
    id: String,
    place: Place,
}

/// Writes what the travel times of each pair are like over the window.
pub fn matrix(asked: &TransitMatrix) -> Result<Exit> {
    let timetable = timetable(&asked.feed)?;
    let (origins, targets) = (places(&asked.origins, &timetable)?, places(&asked.targets, &timetable)?);
    let scan = Scan::new(&timetable);
    let of = |named: &[Named]| named.iter().map(|named| named.place).collect::<Vec<Place>>();
    let (from, to) = (of(&origins), of(&targets));
    let question = Question::new(&from, &to, asked.window.first..asked.window.end);
    let threads = asked.threads.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let profiles = all_profiles(&scan, &question, threads);
    write(&asked.out, |table| {
        table.write_record(["origin", "target", "p25", "median", "p75", "share_45", "share_60"])?;
        for (origin, profile) in origins.iter().zip(&profiles) {
            for (rank, target) in targets.iter().enumerate() {
                let [p25, median, p75, share_45, share_60] = cells(&profile.summary(rank));
                table.write_record([&origin.id, &target.id, &p25, &median, &p75, &share_45, &share_60])?;
            }
        }
        Ok(())
    })?;
    println!(
        "{}\u{a0}: {} vers {}, {}.",
        asked.out.display(),
        web::fr::count(origins.len() as u64, "lieu", "lieux"),
        web::fr::count(targets.len() as u64, "lieu", "lieux"),
        web::fr::count(question.departures().count() as u64, "départ", "départs"),
    );
    Ok(Exit::Done)
}

/// Percentiles in seconds, empty when so many departures do not arrive; shares between 0 and 1.
fn cells(summary: &Summary) -> [String; 5] {
    let seconds = |share| summary.percentile(share).map_or_else(String::new, |time| time.to_string());
    let within = |minutes: i32| format!("{:.4}", summary.share_within(minutes * 60));
    [seconds(25), seconds(50), seconds(75), within(45), within(60)]
}

/// Reads places: `id` with `latitude` and `longitude`, or with `stop_id`.
fn places(path: &Path, timetable: &Timetable) -> Result<Vec<Named>> {
    let unreadable = |problem: csv::Error| Failure::file("lire", path, problem);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(unreadable)?;
    let heads = reader.headers().map_err(unreadable)?.clone();
    let column = |name: &str| heads.iter().position(|head| head.trim_start_matches('\u{feff}') == name);
    let (id, stop, point) = (column("id"), column("stop_id"), column("latitude").zip(column("longitude")));
    let Some(id) = id.filter(|_| stop.is_some() || point.is_some()) else {
        return Err(Failure::refused("il manque des colonnes")
            .at(format!("{}, ligne 1", path.display()))
            .mend("donnez id, latitude et longitude, ou id et stop_id"));
    };
    let mut places = Vec::new();
    for record in reader.into_records() {
        let record: StringRecord = record.map_err(unreadable)?;
        let cell = |column: usize| record.get(column).unwrap_or_default();
        let by_stop = stop.map(cell).filter(|id| !id.is_empty());
        let place = match (by_stop, point) {
            (Some(id), _) => timetable.stop(id).map(Place::Stop),
            (None, Some((latitude, longitude))) => (cell(latitude).parse().ok())
                .zip(cell(longitude).parse().ok())
                .and_then(|(latitude, longitude)| Point::new(latitude, longitude))
                .map(Place::Point),
            (None, None) => None,
        };
        let Some(place) = place else {
            let line = record.position().map_or(0, csv::Position::line);
            return Err(Failure::refused(format!("ce lieu n’est pas trouvé\u{a0}: {}", cell(id)))
                .at(format!("{}, ligne {line}", path.display()))
                .mend("donnez un stop_id du flux, ou une latitude et une longitude en degrés"));
        };
        places.push(Named { id: cell(id).to_owned(), place });
    }
    if places.is_empty() {
        return Err(Failure::refused("le fichier ne contient aucun lieu").at(path.display()));
    }
    Ok(places)
}
