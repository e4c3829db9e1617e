use base::Id;
use exchange::candidates;
use platform::{Actor, Organisation};
use school::cohort::{self, Cohort};
use school::referential::{self, Outcome};
use serde_json::json;
use territory::AsOf;

use super::import::{name_of, open, write_report};
use crate::cli::{ImportCandidates, ImportReferential};
use crate::failure::{Exit, Failure, Result};
use crate::house::House;
use crate::settings::Settings;

/// Loads the referential of a title for a school.
pub async fn import_referential(settings: &Settings, asked: &ImportReferential) -> Result<Exit> {
    let name = name_of(&asked.file)?;
    let bytes = std::fs::read(&asked.file).map_err(|problem| Failure::file("lire", &asked.file, problem))?;
    // Kept until the end: it is removed with it.
    let (house, _scratch) = open(settings, asked.dry_run).await?;
    let actor = Actor::program(house.department.id).for_request("import referential");
    let loaded = async {
        let school = school_of(&house, &actor, &asked.school).await?;
        Ok::<_, Failure>(referential::load(&house.platform, &actor, school, &name, &bytes, asked.dry_run).await)
    }
    .await;
    house.close().await?;
    let (title, outcome) = match loaded? {
        Ok(loaded) => loaded,
        Err(school::Error::Problems(problems)) => {
            if let Some(path) = &asked.report {
                write_report(path, &json!({ "outcome": "refused", "problems": problems }))?;
            }
            return Err(Failure::refused(problems.join("\n  "))
                .at(asked.file.display())
                .mend("corrigez le fichier d’après docs/referentials.md, puis recommencez"));
        }
        Err(error) => return Err(failure(error).at(asked.file.display())),
    };
    let code = match outcome {
        Outcome::Unchanged(_) => "already_in",
        Outcome::Loaded(None) => "dry_run",
        Outcome::Loaded(Some(_)) => "loaded",
    };
    let items = title.items();
    let to_verify = items.iter().filter(|item| item.to_verify).count();
    if let Some(path) = &asked.report {
        let report = json!({ "outcome": code, "code": title.code, "version": title.version, "items": items.len(), "to_verify": to_verify });
        write_report(path, &report)?;
    }
    println!("{}, version {}\u{a0}: {}", title.code, title.version, title.name);
    println!(
        "  {}, {}, {}",
        count(title.activities.len(), "activité", "activités"),
        count(title.competences().count(), "compétence", "compétences"),
        count(title.evaluations.len(), "épreuve", "épreuves"),
    );
    println!("  à vérifier\u{a0}: {}", count(to_verify, "élément", "éléments"));
    println!(
        "  {}",
        match outcome {
            Outcome::Unchanged(_) => "déjà chargé\u{a0}: rien n’a changé",
            Outcome::Loaded(None) => "essai à blanc\u{a0}: rien n’a été écrit",
            Outcome::Loaded(Some(_)) => "chargé",
        }
    );
    Ok(Exit::Done)
}

/// Brings a table of candidates into a cohort.
pub async fn import_candidates(settings: &Settings, asked: &ImportCandidates) -> Result<Exit> {
    let name = name_of(&asked.file)?;
    // Kept until the end: it is removed with it.
    let (house, _scratch) = open(settings, asked.dry_run).await?;
    let actor = Actor::program(house.department.id).for_request("import candidates");
    let imported = async {
        let school = school_of(&house, &actor, &asked.school).await?;
        let cohort = cohort_of(&house, &actor, school, &asked.cohort).await?;
        Ok::<_, Failure>(candidates::import(&house.platform, &actor, cohort, &asked.file, &name, asked.dry_run).await)
    }
    .await;
    house.close().await?;
    let summary = match imported? {
        Ok(summary) => summary,
        Err(error) => {
            let refusal = match error {
                candidates::Error::Unreadable(problem) => Failure::file("lire", &asked.file, problem),
                candidates::Error::School(error) => failure(error),
                error => Failure::refused(error),
            };
            if let Some(path) = asked.report.as_ref().filter(|_| refusal.exit == Exit::Refused) {
                write_report(path, &json!({ "outcome": "refused", "reason": refusal.to_string() }))?;
            }
            return Err(refusal.at(asked.file.display()));
        }
    };
    if let Some(path) = &asked.report {
        write_report(path, &summary)?;
    }
    println!("{}\u{a0}: {}", summary.file_name, count(summary.lines, "candidature", "candidatures"));
    println!(
        "  {}, {}, {}",
        count(summary.new, "nouvelle", "nouvelles"),
        count(summary.changed, "modifiée", "modifiées"),
        count(summary.unchanged, "inchangée", "inchangées"),
    );
    if summary.dry_run {
        println!("  essai à blanc\u{a0}: rien n’a été écrit");
    }
    if !summary.ignored.is_empty() {
        println!("  colonnes laissées de côté\u{a0}: {}", summary.ignored.join(", "));
    }
    for remark in &summary.remarks {
        println!("    {remark}");
    }
    Ok(Exit::Done)
}

fn count(number: usize, one: &str, many: &str) -> String {
    web::fr::count(u64::try_from(number).unwrap_or(u64::MAX), one, many)
}

async fn school_of(house: &House, actor: &Actor, code: &str) -> Result<Id<Organisation>> {
    let as_of = AsOf::now(&house.platform.clock);
    let picture = territory::picture(&house.platform, actor, as_of).await.map_err(Failure::refused)?;
    picture.names.find(code).ok_or_else(|| {
        Failure::refused(format!("aucune organisation n’a le code «\u{a0}{code}\u{a0}»"))
            .mend("donnez avec --school le code qu’elle a dans le territoire, par exemple ecole-cip")
    })
}

async fn cohort_of(house: &House, actor: &Actor, school: Id<Organisation>, code: &str) -> Result<Id<Cohort>> {
    let cohorts = cohort::list(&house.platform, actor).await.map_err(failure)?;
    let known = cohorts.iter().find(|view| view.record.organisation == school && view.record.code == code);
    known.map(|view| view.record.id).ok_or_else(|| {
        Failure::refused(format!("cet organisme n’a pas de promotion «\u{a0}{code}\u{a0}»"))
            .mend("ouvrez-la d’abord, ou vérifiez son code")
    })
}

fn failure(error: school::Error) -> Failure {
    match error {
        school::Error::Database(error) => error.into(),
        school::Error::Platform(error) => error.into(),
        error => Failure::refused(error),
    }
}
