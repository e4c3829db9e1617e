use std::fs::File;
use std::path::Path;

use demo::synth::{self, Request, SynthesisError};

use crate::cli::Synthesize;
use crate::failure::{Exit, Failure, Result};
use crate::progress::Progress;

/// Writes a fictitious month. The file appears under its name once it is whole.
pub fn synthesize(asked: &Synthesize) -> Result<Exit> {
    let places = demo::places();
    let request = Request {
        households: asked.households,
        seed: asked.seed,
        date: asked.date,
        previous: asked.previous.as_deref(),
        places: &places,
    };
    let unfinished = unfinished(&asked.out);
    let file = File::create(&unfinished).map_err(|problem| Failure::file("écrire", &unfinished, problem))?;
    let mut progress = Progress::start("Écriture du mois");
    let written = synth::synthesize(&request, file, |done, total| progress.set(done, total));
    progress.end();
    let summary = match written {
        Ok(summary) => summary,
        Err(error) => {
            // What could not be finished is of no use; why it could not is what matters.
            let _ = std::fs::remove_file(&unfinished);
            return Err(failure(&error));
        }
    };
    std::fs::rename(&unfinished, &asked.out).map_err(|problem| Failure::file("écrire", &asked.out, problem))?;
    println!(
        "{}\u{a0}: situation au {}, {}, {}, dont {} dans le mois\u{202f}; toutes fictives.",
        asked.out.display(),
        web::fr::date_long(summary.reference_date),
        web::fr::count(summary.households, "foyer", "foyers"),
        web::fr::count(summary.persons, "personne", "personnes"),
        web::fr::count(summary.entries, "foyer entré", "foyers entrés"),
    );
    Ok(Exit::Done)
}

fn failure(error: &SynthesisError) -> Failure {
    match error {
        SynthesisError::Write(_) | SynthesisError::Open { .. } => Failure::system(error),
        _ => Failure::refused(error),
    }
}

/// Beside the file, under another name.
pub fn unfinished(path: &Path) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".en-cours");
    name.into()
}
