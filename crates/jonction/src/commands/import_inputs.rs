use std::path::Path;

use exchange::inputs::{self, Error, Import, Outcome, Summary, inspect, job};
use platform::{Actor, Platform};
use serde_json::json;
use support::inputs::{InputKind, Ruling, remembered_settings};

use super::import::{name_of, open, write_report};
use crate::cli::{ImportFranceTravail, ImportLines, ImportTable};
use crate::failure::{Exit, Failure, Result};
use crate::progress::Progress;
use crate::settings::Settings;

/// Lines shown on the screen; the report holds more.
const SHOWN: usize = 20;

/// Brings France Travail's monthly file in. A kill at any moment loses nothing: the same command goes on.
pub async fn import_france_travail(settings: &Settings, asked: &ImportFranceTravail) -> Result<Exit> {
    let choose = async |_: &Platform, _: &Actor| Ok(inputs::Settings::default());
    bring_in(settings, InputKind::FranceTravail, &asked.lines, "", asked.complete, choose).await
}

/// Brings a table of questionnaires or recommendations in.
pub async fn import_table(settings: &Settings, kind: InputKind, asked: &ImportTable) -> Result<Exit> {
    let choose = async |platform: &Platform, actor: &Actor| columns(platform, actor, kind, asked).await;
    bring_in(settings, kind, &asked.lines, &asked.origin, false, choose).await
}

/// What the columns hold: as the mapping file says, as the last time, or by their headers.
async fn columns(platform: &Platform, actor: &Actor, kind: InputKind, asked: &ImportTable) -> Result<inputs::Settings> {
    if let Some(path) = &asked.mapping {
        let text = std::fs::read_to_string(path).map_err(|problem| Failure::file("lire", path, problem))?;
        let mut chosen: inputs::Settings = toml::from_str(&text).map_err(|problem: toml::de::Error| {
            let line = problem.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            Failure::refused("correspondance illisible").at(format!("{}, ligne {line}", path.display())).mend(
                "une ligne par colonne sous [columns]\u{a0}: \"En-tête\" = \"donnée\" (liste\u{a0}: docs/commands.md)",
            )
        })?;
        chosen.sheet = asked.sheet.clone().or(chosen.sheet);
        return Ok(chosen);
    }
    let remembered = remembered_settings(platform, actor, kind, &asked.origin).await?;
    let remembered = remembered.and_then(|settings| serde_json::from_value::<inputs::Settings>(settings).ok());
    let file = &asked.lines.file;
    let layout =
        inspect(file, kind, remembered.as_ref(), asked.sheet.as_deref()).map_err(|error| failure(error, file))?;
    Ok(layout.proposed)
}

async fn bring_in(
    settings: &Settings,
    kind: InputKind,
    asked: &ImportLines,
    origin: &str,
    complete: bool,
    choose: impl AsyncFnOnce(&Platform, &Actor) -> Result<inputs::Settings>,
) -> Result<Exit> {
    let file_name = name_of(&asked.file)?;
    // Kept until the end: it is removed with it.
    let (house, _scratch) = open(settings, asked.dry_run).await?;
    let actor = Actor::program(house.department.id).for_request("import");
    let outcome = async {
        let request = Import {
            path: asked.file.clone(),
            file_name,
            kind,
            origin: origin.to_owned(),
            reference_date: asked.date.unwrap_or(house.platform.today()),
            complete,
            accept_probable: asked.accept_probable,
            settings: choose(&house.platform, &actor).await?,
            dry_run: asked.dry_run,
        };
        let mut progress = Progress::start(job::words(inputs::Stage::Checking));
        let imported = inputs::import(&house.platform, &actor, &request, |told| {
            progress.step(job::words(told.stage));
            progress.set(told.done, told.total);
        })
        .await;
        progress.end();
        imported.map_err(|error| failure(error, &asked.file))
    }
    .await;
    house.close().await?;
    match outcome {
        Ok(summary) => {
            if let Some(path) = &asked.report {
                write_report(path, &summary)?;
            }
            print(kind, &summary, asked.accept_probable);
            Ok(Exit::Done)
        }
        Err(failure) => {
            if let Some(path) = asked.report.as_ref().filter(|_| failure.exit == Exit::Refused) {
                write_report(path, &json!({ "outcome": "refused", "reason": failure.to_string() }))?;
            }
            Err(failure)
        }
    }
}

fn failure(error: Error, file: &Path) -> Failure {
    let exit = match &error {
        Error::Unreadable(_) | Error::Interrupted(_) => Exit::System,
        _ => Exit::Refused,
    };
    match error {
        Error::Support(error) => error.into(),
        error => Failure::new(exit, error).at(file.display()),
    }
}

fn print(kind: InputKind, summary: &Summary, accept_probable: bool) {
    let lines = |number: u64| web::fr::count(number, "ligne", "lignes");
    let report = &summary.report;
    println!("{}, {}, situation au {}", summary.file_name, kind.label(), web::fr::date_long(summary.reference_date));
    println!("  lu\u{a0}: {}", lines(summary.lines));
    match summary.outcome {
        Outcome::AlreadyIn => {
            println!("  déjà intégré avec les mêmes choix\u{a0}: rien n’a changé");
            return;
        }
        Outcome::DryRun => println!("  essai à blanc\u{a0}: rien n’a été écrit"),
        Outcome::Imported => {
            if summary.resumed_after > 0 {
                println!("  repris après {}, là où l’intégration s’était interrompue", lines(summary.resumed_after));
            }
            println!(
                "  intégré\u{a0}: {}, dont {}\u{202f}; {}",
                lines(report.applied),
                web::fr::count(report.unchanged, "sans changement", "sans changement"),
                web::fr::count(report.facts_added, "fait ajouté", "faits ajoutés"),
            );
            if report.ended > 0 {
                println!("  absents de ce fichier complet\u{a0}: {}", ended(report.ended));
            }
        }
    }
    for remark in &summary.remarks {
        println!("  {remark}");
    }
    for ruling in Ruling::ALL.iter().filter(|ruling| report.counted(**ruling) > 0) {
        println!("  {}\u{a0}: {} ({})", ruling.as_code(), lines(report.counted(*ruling)), ruling.label());
    }
    if report.counted(Ruling::Probable) > 0 && !accept_probable {
        println!("    à accepter ensemble après vérification\u{a0}: --accept-probable");
    }
    for (count, told) in [
        (report.not_concerned, "hors RSA d’après le fichier, écartées"),
        (report.unreadable, "illisibles"),
        (report.kept_by_hand, "dont l’information a été corrigée par un agent, gardée telle quelle"),
    ] {
        if count > 0 {
            println!("  {}, {told}", lines(count));
        }
    }
    if summary.late {
        println!("  fichier plus ancien que le dernier reçu\u{a0}: il complète le passé");
    }
    for remark in summary.line_remarks.iter().take(SHOWN) {
        println!("    ligne {}\u{a0}: {} ({})", remark.line, remark.message, remark.code);
    }
    if summary.line_remarks.len() > SHOWN {
        println!("    … la suite dans le compte rendu (--report)");
    }
}

fn ended(count: u64) -> String {
    web::fr::count(count, "inscription terminée", "inscriptions terminées")
}
