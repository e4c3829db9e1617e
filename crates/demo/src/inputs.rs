//! The tables that go with the months: France Travail's file, questionnaires, recommendations, brought in by the data
//! manager, who accepts the lines that names and birth date alone bind to a person.

use std::path::{Path, PathBuf};

use base::Date;
use exchange::inputs::{Import, Settings, import, inspect};
use platform::{Actor, Platform, Role};
use support::inputs::{InputKind, files};

use crate::synth::{InputsRequest, synthesize_inputs};
use crate::{Error, Result, SEED, accounts, feed, timeline};

/// A table that goes with a month.
struct Table {
    kind: InputKind,
    origin: &'static str,
    /// The day it speaks of.
    on: Date,
    path: PathBuf,
    file_name: String,
}

/// The tables of a month, in the order in which they come.
fn tables(folder: &Path, month: Date) -> [Table; 3] {
    let france_travail_day = timeline::france_travail_day(month);
    let table = |kind: InputKind, origin, on: Date, name: &str| Table {
        kind,
        origin,
        on,
        path: folder.join("flux").join(format!("{}-{}.csv", month.strftime("%Y-%m"), kind.as_code())),
        file_name: format!("{name}_{}.csv", on.strftime("%Y%m%d")),
    };
    [
        table(InputKind::FranceTravail, "France Travail", france_travail_day, "FT_DE_BRSA_93"),
        table(InputKind::Questionnaire, "Instruction des demandes", month, "DSP_93"),
        table(InputKind::Recommendation, "France Travail", month, "PRECONISATIONS_93"),
    ]
}

/// Whether the tables of a month are in, all of them.
pub(crate) async fn are_in(platform: &Platform, actor: &Actor, month: Date) -> Result<bool> {
    let received = files(platform, actor, 1_000).await?;
    let is_in = |table: &Table| {
        received
            .iter()
            .any(|file| file.kind == table.kind && file.reference_date == table.on && file.completed_at.is_some())
    };
    Ok(tables(Path::new(""), month).iter().all(is_in))
}

/// Writes the tables of a month and brings them in, now. Questionnaires and recommendations are those of the claims made
/// since the month before that is in.
pub(crate) async fn bring_in(
    platform: &Platform,
    program: &Actor,
    folder: &Path,
    month: Date,
    before: Option<Date>,
) -> Result<()> {
    let manager = accounts::actor_of(platform, program, Role::DataManager).await?;
    let tables = tables(folder, month);
    let [france_travail, questionnaire, recommendations] = tables.each_ref().map(|table| table.path.clone());
    let (day, path) = (tables[0].on, feed::path(folder, month));
    let writing = tokio::task::spawn_blocking(move || -> Result<()> {
        let request = InputsRequest {
            seed: SEED,
            month: &path,
            made_on: day,
            claims_after: before,
            france_travail: Some(&france_travail),
            questionnaire: None,
            recommendations: None,
        };
        synthesize_inputs(&request)?;
        synthesize_inputs(&InputsRequest {
            made_on: month,
            france_travail: None,
            questionnaire: Some(&questionnaire),
            recommendations: Some(&recommendations),
            ..request
        })?;
        Ok(())
    });
    writing.await.map_err(|problem| exchange::inputs::Error::Interrupted(problem.to_string()))??;
    for table in tables {
        let settings = match table.kind {
            InputKind::FranceTravail => Settings::default(),
            InputKind::Questionnaire | InputKind::Recommendation => {
                inspect(&table.path, table.kind, None, None)?.proposed
            }
        };
        let request = Import {
            path: table.path.clone(),
            file_name: table.file_name,
            kind: table.kind,
            origin: table.origin.to_owned(),
            reference_date: table.on,
            complete: table.kind == InputKind::FranceTravail,
            accept_probable: true,
            settings,
            dry_run: false,
        };
        import(platform, &manager, &request, |_| {}).await?;
        std::fs::remove_file(&table.path).map_err(|problem| Error::Folder { path: table.path, problem })?;
    }
    Ok(())
}
