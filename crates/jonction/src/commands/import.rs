use std::path::Path;

use base::Clock;
use exchange::caf::{self, Outcome, Summary};
use platform::Actor;
use serde_json::json;

use crate::cli::ImportCaf;
use crate::failure::{Exit, Failure, Result};
use crate::house::{self, House};
use crate::progress::Progress;
use crate::settings::Settings;

/// Faults shown on the screen; the report holds more.
const SHOWN: usize = 20;

/// Brings a file of the beneficiary feed in. A kill at any moment loses nothing: the same command goes on.
pub async fn import_caf(settings: &Settings, asked: &ImportCaf) -> Result<Exit> {
    let name = name_of(&asked.file)?;
    // Kept until the end: it is removed with it.
    let (house, _scratch) = open(settings, asked.dry_run).await?;
    let actor = Actor::program(house.department.id).for_request("import caf");
    let request = caf::Import {
        path: asked.file.clone(),
        file_name: name,
        dry_run: asked.dry_run,
        accept_count_mismatch: asked.accept_count,
    };
    let mut progress = Progress::start(caf::job::words(caf::Stage::Checking));
    let imported = caf::import(&house.platform, &actor, &request, |told| {
        progress.step(caf::job::words(told.stage));
        progress.set(told.done, told.total);
    })
    .await;
    progress.end();
    house.close().await?;
    let error = match imported {
        Ok(summary) => {
            if let Some(path) = &asked.report {
                write_report(path, &summary)?;
            }
            print(&summary);
            return Ok(Exit::Done);
        }
        Err(error) => error,
    };
    let exit = match &error {
        caf::Error::Refused(refusal) => {
            if let Some(path) = &asked.report {
                write_report(
                    path,
                    &json!({ "outcome": "refused", "line": refusal.line, "reason": refusal.reason.to_string() }),
                )?;
            }
            Exit::Refused
        }
        caf::Error::Unreadable(_) | caf::Error::Interrupted(_) => Exit::System,
        caf::Error::Support(_) => Exit::Refused,
    };
    Err(match error {
        caf::Error::Support(error) => error.into(),
        error => Failure::new(exit, error).at(asked.file.display()),
    })
}

/// The name of a file that is there.
pub(super) fn name_of(file: &Path) -> Result<String> {
    if !file.is_file() {
        return Err(Failure::system("le fichier à intégrer n’existe pas")
            .at(file.display())
            .mend("vérifiez le chemin"));
    }
    Ok(file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()))
}

/// The data to bring the file into. A trial run on data that does not exist yet makes none: it works on an empty
/// database that it throws away.
pub(super) async fn open(settings: &Settings, dry_run: bool) -> Result<(House, Option<tempfile::TempDir>)> {
    if !dry_run {
        return Ok((house::set_up(settings, Clock::system()).await?, None));
    }
    if settings.sqlite_file().is_some_and(|file| !file.exists()) {
        let scratch =
            tempfile::tempdir().map_err(|problem| Failure::system(format!("pas de dossier temporaire ({problem})")))?;
        let house = house::scratch(settings, scratch.path()).await?;
        return Ok((house, Some(scratch)));
    }
    Ok((house::open(settings, Clock::system()).await?, None))
}

pub(super) fn write_report(path: &Path, report: &impl serde::Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(report).map_err(|problem| Failure::file("écrire", path, problem))?;
    std::fs::write(path, text + "\n").map_err(|problem| Failure::file("écrire", path, problem))
}

fn print(summary: &Summary) {
    let households = |number: u64| web::fr::count(number, "foyer", "foyers");
    let (check, report) = (&summary.check, &summary.report);
    println!("{}, situation au {}", summary.file_name, web::fr::date_long(summary.reference_date));
    println!(
        "  lu\u{a0}: {}, {}",
        households(check.households),
        web::fr::count(check.persons, "personne", "personnes")
    );
    match summary.outcome {
        Outcome::AlreadyIn => {
            println!("  déjà intégré\u{a0}: rien n’a changé");
            return;
        }
        Outcome::DryRun => println!("  essai à blanc\u{a0}: rien n’a été écrit"),
        Outcome::Imported => {
            if summary.resumed_after > 0 {
                println!(
                    "  repris après {}, là où l’intégration s’était interrompue",
                    households(summary.resumed_after)
                );
            }
            println!(
                "  intégré\u{a0}: {}, dont {}, {}, {}",
                households(report.households_applied),
                web::fr::count(report.households_new, "nouveau", "nouveaux"),
                web::fr::count(report.households_changed, "modifié", "modifiés"),
                web::fr::count(report.households_unchanged, "inchangé", "inchangés"),
            );
            println!(
                "  {}, {}",
                web::fr::count(report.persons_new, "nouvelle personne", "nouvelles personnes"),
                web::fr::count(report.facts_added, "fait ajouté", "faits ajoutés")
            );
            if report.doubts > 0 {
                println!(
                    "  à rapprocher par une personne\u{a0}: {}",
                    web::fr::count(report.doubts, "paire de fiches", "paires de fiches")
                );
            }
            if report.not_seen > 0 {
                println!(
                    "  du mois d’avant et absents de celui-ci\u{a0}: {} (aucun n’est clos pour autant)",
                    households(report.not_seen)
                );
            }
        }
    }
    if summary.late {
        println!("  fichier plus ancien que le dernier reçu\u{a0}: il complète le passé et ne touche pas au présent");
    }
    if !check.duplicates.is_empty() {
        println!("  présents deux fois, le dernier bloc compte\u{a0}: {}", households(check.duplicates.len() as u64));
    }
    if check.warnings > 0 {
        println!("  {}", web::fr::count(check.warnings, "remarque", "remarques"));
    }
    if check.count_mismatch() {
        println!("  annoncé\u{a0}: {}, accepté tel quel", households(u64::from(check.footer.households)));
    }
    if check.errors_total > 0 {
        println!("  refusés, les autres sont pris\u{a0}: {}", households(check.errors_total));
        for error in check.errors.iter().take(SHOWN) {
            println!("    {error}");
        }
        if check.errors_total > SHOWN as u64 {
            println!("    … la suite dans le compte rendu (--report)");
        }
    }
}
