use transit::raptor::search;
use transit::{NEVER, Place, Point, Timetable, Walking};

use super::{timetable, write};
use crate::cli::TransitQuery;
use crate::failure::{Exit, Failure, Result};

/// Writes the earliest arrival at each stop of a feed, and of its scenario.
pub fn query(asked: &TransitQuery) -> Result<Exit> {
    let timetable = timetable(&asked.feed)?;
    let from = origin(&timetable, asked)?;
    let walking = Walking::default();
    let arrivals = search(&timetable, from, asked.depart, NEVER, &walking).arrivals();
    write(&asked.out, |table| {
        table.write_record(["stop_id", "arrival"])?;
        for (stop, arrival) in timetable.stops().iter().zip(&arrivals) {
            let arrival = if *arrival == NEVER { String::new() } else { arrival.to_string() };
            table.write_record([&stop.id, &arrival])?;
        }
        Ok(())
    })?;
    let reached = arrivals.iter().filter(|arrival| **arrival != NEVER).count();
    println!(
        "{}\u{a0}: {} sur {}.",
        asked.out.display(),
        web::fr::count(reached as u64, "arrêt atteint", "arrêts atteints"),
        web::fr::number(arrivals.len())
    );
    Ok(Exit::Done)
}

fn origin(timetable: &Timetable, asked: &TransitQuery) -> Result<Place> {
    if let Some(id) = &asked.from {
        return timetable.stop(id).map(Place::Stop).ok_or_else(|| {
            Failure::refused(format!("l’arrêt «\u{a0}{id}\u{a0}» n’est pas dans ce flux"))
                .at("option --from")
                .mend("prenez un stop_id de stops.txt")
        });
    }
    let point = asked.latitude.zip(asked.longitude).and_then(|(latitude, longitude)| Point::new(latitude, longitude));
    point.map(Place::Point).ok_or_else(|| {
        Failure::new(Exit::Usage, "cette position n’est pas sur Terre")
            .at("options --latitude et --longitude")
            .mend("latitude de -90 à 90, longitude de -180 à 180")
    })
}
