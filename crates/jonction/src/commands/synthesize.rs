use std::fs::File;
use std::path::Path;

use base::Date;
use demo::synth::{self, InputsRequest, Request, SynthesisError};

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
    tables(asked, summary.reference_date)?;
    Ok(Exit::Done)
}

/// The tables that go with the month, about the same persons, on its last day.
fn tables(asked: &Synthesize, made_on: Date) -> Result<()> {
    if asked.france_travail.is_none() && asked.questionnaire.is_none() && asked.recommendations.is_none() {
        return Ok(());
    }
    let request = InputsRequest {
        seed: asked.seed,
        month: &asked.out,
        made_on,
        claims_after: asked.previous.is_some().then(|| made_on.first_of_month().yesterday().unwrap_or(made_on)),
        france_travail: asked.france_travail.as_deref(),
        questionnaire: asked.questionnaire.as_deref(),
        recommendations: asked.recommendations.as_deref(),
    };
    let written = synth::synthesize_inputs(&request).map_err(|error| failure(&error))?;
    for (path, count, one, many) in [
        (&asked.france_travail, written.registered, "personne inscrite", "personnes inscrites"),
        (&asked.questionnaire, written.questionnaires, "questionnaire", "questionnaires"),
        (&asked.recommendations, written.recommendations, "préconisation", "préconisations"),
    ] {
        if let Some(path) = path {
            println!("{}\u{a0}: {}", path.display(), web::fr::count(count, one, many));
        }
    }
    Ok(())
}

fn failure(error: &SynthesisError) -> Failure {
    match error {
        SynthesisError::Write(_) | SynthesisError::Open { .. } | SynthesisError::Create { .. } => {
            Failure::system(error)
        }
        _ => Failure::refused(error),
    }
}

/// Beside the file, under another name.
pub fn unfinished(path: &Path) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".en-cours");
    name.into()
}
