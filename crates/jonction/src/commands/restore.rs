use std::path::{Path, PathBuf};

use db::Db;
use platform::{Keys, tenant};

use super::backup::private_file;
use super::manifest::{self, Manifest};
use super::postgres;
use super::synthesize::unfinished;
use crate::cli::Restore;
use crate::failure::{Exit, Failure, Result};
use crate::house;
use crate::settings::Settings;

/// Puts a backup in the place of the configured database. Nothing is touched before the backup is known to be
/// whole, of a schema that this version knows, and opened by the configured key.
pub async fn restore(settings: &Settings, asked: &Restore) -> Result<Exit> {
    if !asked.from.is_file() {
        return Err(Failure::system("il n’y a pas de sauvegarde ici").at(asked.from.display()).mend("vérifiez --from"));
    }
    let manifest = Manifest::read_checked(&asked.from)?;
    let unknown: Vec<&str> = manifest
        .schema
        .iter()
        .map(String::as_str)
        .filter(|step| !migrations::ALL.iter().any(|known| known.name == *step))
        .collect();
    if !unknown.is_empty() {
        return Err(Failure::refused(format!(
            "cette sauvegarde vient d’une version plus récente ({}), elle contient {}",
            manifest.program,
            unknown.join(", ")
        ))
        .mend("rétablissez-la avec cette version-là, ou une plus récente"));
    }
    let engine = if settings.sqlite_file().is_some() { "sqlite" } else { "postgres" };
    if manifest.engine != engine {
        return Err(Failure::refused(format!(
            "cette sauvegarde vient de {}, la base configurée est de {engine}",
            manifest.engine
        ))
        .mend("changez --database\u{a0}: une sauvegarde se rétablit sur le moteur dont elle vient"));
    }
    let keys = house::read_key(settings)?;
    if manifest::fingerprint(&keys) != manifest.key_fingerprint {
        return Err(wrong_key(settings));
    }
    match settings.sqlite_file() {
        Some(target) => sqlite(settings, asked, &keys, &target).await?,
        None => postgresql(settings, asked, &keys).await?,
    }
    println!("Base rétablie\u{a0}: {}, telle qu’au {}", house::place(settings), manifest.made_at);
    println!("Vérifiez-la\u{a0}: jonction check, puis jonction verify avec vos points de contrôle.");
    Ok(Exit::Done)
}

fn wrong_key(settings: &Settings) -> Failure {
    Failure::configuration("la clé configurée n’ouvre pas cette sauvegarde, rien n’a été touché")
        .at(settings.key_file().display())
        .mend("indiquez avec --key-file la clé sous laquelle elle a été faite")
}

fn occupied(place: impl std::fmt::Display) -> Failure {
    Failure::refused("il y a déjà une base ici, elle n’est pas remplacée")
        .at(place)
        .mend("choisissez une autre base, ou arrêtez l’application et ajoutez --force pour la remplacer")
}

async fn sqlite(settings: &Settings, asked: &Restore, keys: &Keys, target: &Path) -> Result<()> {
    if target.exists() && !asked.force {
        return Err(occupied(target.display()));
    }
    let folder = settings.data_folder();
    std::fs::create_dir_all(&folder).map_err(|problem| Failure::file("créer", &folder, problem))?;
    let copy = unfinished(target);
    private_file(&copy)?;
    std::fs::copy(&asked.from, &copy).map_err(|problem| Failure::file("écrire", &copy, problem))?;
    let opened = async {
        let db = Db::open(&format!("sqlite:{}", copy.display())).await?;
        opens(&db, keys).await
    }
    .await;
    if let Err(problem) = opened {
        remove_sqlite(&copy);
        return Err(if problem.exit == Exit::Configuration { wrong_key(settings) } else { problem });
    }
    remove_sqlite(target);
    std::fs::rename(&copy, target).map_err(|problem| Failure::file("écrire", target, problem))
}

async fn postgresql(settings: &Settings, asked: &Restore, keys: &Keys) -> Result<()> {
    let url = settings.text("database");
    let db = Db::open(url).await?;
    if db::pending(&db, migrations::ALL).await?.len() < migrations::ALL.len() {
        if !asked.force {
            return Err(occupied(house::place(settings)));
        }
        // A schema newer than the backup would leave tables that the next start could not make again.
        db.batch("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await?;
    }
    postgres::restore(url, &asked.from).await?;
    // Connections opened before remember what no longer is.
    drop(db);
    opens(&Db::open(url).await?, keys).await
}

/// Whether the key is the one of every département of a database.
async fn opens(db: &Db, keys: &Keys) -> Result<()> {
    for department in tenant::all(db).await? {
        keys.check(db, department.id).await?;
    }
    Ok(())
}

/// A SQLite database with what its last user may have left beside it.
fn remove_sqlite(path: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        // Most often the last two are not there; what cannot be removed makes the next step fail.
        let _ = std::fs::remove_file(PathBuf::from(name));
    }
}
