use mobility::network;
use transit::gtfs::{Gravity, Limits};

use super::accept;
use super::check::describe;
use crate::cli::TransitImport;
use crate::failure::{Exit, Failure, Result};
use crate::settings::Settings;

/// Puts a feed in service. One that cannot be used leaves the network in service as it was.
pub fn import(settings: &Settings, asked: &TransitImport) -> Result<Exit> {
    let folder = settings.data_folder();
    let staged = network::stage(&folder, &asked.feed, &Limits::default()).map_err(|problem| match problem {
        network::Error::File { .. } => Failure::system(problem),
        network::Error::Feed(transit::gtfs::Refusal::Unreadable { .. }) => {
            Failure::system(problem).at(asked.feed.display())
        }
        _ => Failure::refused(problem).at(asked.feed.display()),
    })?;
    accept(staged.reading(), &asked.feed, asked.accept_faults)?;
    describe(staged.reading());
    let left_out = staged.reading().report.count(Gravity::Error);
    let place = staged.put_in_service().map_err(Failure::system)?;
    if left_out > 0 {
        println!("Laissé de côté\u{a0}: {}", web::fr::count(left_out, "ligne fautive", "lignes fautives"));
    }
    println!("En service\u{a0}: {} (les pages s’en servent dès leur prochain affichage).", place.display());
    Ok(Exit::Done)
}
