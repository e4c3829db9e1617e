use transit::gtfs::{Gravity, Reading};

use super::{read, show};
use crate::cli::TransitCheck;
use crate::failure::{Exit, Result};

/// Reports the quality of a feed: what it holds, and every line at fault.
pub fn check(asked: &TransitCheck) -> Result<Exit> {
    let reading = read(&asked.feed)?;
    describe(&reading);
    let (errors, remarks) = (reading.report.count(Gravity::Error), reading.report.count(Gravity::Remark));
    if remarks > 0 {
        println!("{}\u{a0}:", web::fr::count(remarks, "remarque", "remarques"));
        show(&reading, Gravity::Remark);
    }
    if errors > 0 {
        println!("{}\u{a0}:", web::fr::count(errors, "ligne fautive", "lignes fautives"));
        show(&reading, Gravity::Error);
        return Ok(Exit::Refused);
    }
    println!("Le flux peut être mis en service.");
    Ok(Exit::Done)
}

/// Prints what a feed holds.
pub fn describe(reading: &Reading) {
    let feed = &reading.feed;
    let boarding = feed.stops.iter().filter(|stop| stop.boarding);
    let nowhere = boarding.clone().filter(|stop| stop.point.is_none()).count();
    println!("Éditeur\u{a0}: {}", feed.publisher.as_deref().unwrap_or("non nommé"));
    if let Some((first, last)) = feed.days() {
        println!("Calendrier\u{a0}: du {} au {}", web::fr::date_long(first), web::fr::date_long(last));
    }
    println!(
        "Contenu\u{a0}: {}, {}, {}, {}, {}",
        web::fr::count(boarding.count() as u64, "arrêt", "arrêts"),
        web::fr::count(feed.routes.len() as u64, "ligne", "lignes"),
        web::fr::count(feed.trips.len() as u64, "course", "courses"),
        web::fr::count(feed.calls.len() as u64, "passage", "passages"),
        web::fr::count(feed.transfers.len() as u64, "correspondance", "correspondances"),
    );
    if nowhere > 0 {
        println!("Sans position\u{a0}: {}", web::fr::count(nowhere as u64, "arrêt", "arrêts"));
    }
}
