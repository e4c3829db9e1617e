use std::path::Path;

use base::Clock;
use db::{Db, Engine};
use platform::tenant;

use super::manifest::{self, Manifest};
use super::postgres;
use super::synthesize::unfinished;
use crate::cli::Backup;
use crate::failure::{Exit, Failure, Result};
use crate::house;
use crate::settings::Settings;

/// Copies the database, in use or not, into a file that did not exist, with its manifest beside.
pub async fn backup(settings: &Settings, asked: &Backup) -> Result<Exit> {
    for path in [asked.to.clone(), manifest::beside(&asked.to)] {
        if path.exists() {
            return Err(Failure::refused("ce fichier existe déjà, une sauvegarde n’en remplace pas une autre")
                .at(path.display())
                .mend("choisissez un autre nom, par exemple avec la date"));
        }
    }
    let db = house::existing(settings).await?;
    house::refuse_old_schema(&db).await?;
    let keys = house::read_key(settings)?;
    let departments = tenant::all(&db).await?;
    for department in &departments {
        keys.check(&db, department.id).await?;
    }
    let copy = unfinished(&asked.to);
    private_file(&copy)?;
    copied(settings, &db, &copy).await.inspect_err(|_| {
        // Half a copy is of no use; why it failed is what matters.
        let _ = std::fs::remove_file(&copy);
    })?;
    let (sha256, bytes) = manifest::digest(&copy)?;
    let manifest = Manifest {
        format: manifest::FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        engine: house::engine_name(db.engine()).to_owned(),
        schema: migrations::ALL.iter().map(|step| step.name.to_owned()).collect(),
        made_at: Clock::system().now().to_string(),
        bytes,
        sha256,
        key_fingerprint: manifest::fingerprint(&keys),
        departments: departments.into_iter().map(|department| department.code).collect(),
    };
    std::fs::rename(&copy, &asked.to).map_err(|problem| Failure::file("écrire", &asked.to, problem))?;
    manifest.write(&asked.to)?;
    println!("Sauvegarde\u{a0}: {} ({})", asked.to.display(), web::fr::file_size(bytes));
    println!("Manifeste\u{a0}: {}", manifest::beside(&asked.to).display());
    println!(
        "La clé n’y est pas\u{a0}: gardez {} à part, sans elle cette sauvegarde ne s’ouvre pas.",
        settings.key_file().display()
    );
    Ok(Exit::Done)
}

async fn copied(settings: &Settings, db: &Db, to: &Path) -> Result<()> {
    match db.engine() {
        Engine::Sqlite => Ok(db.backup_to(to).await?),
        Engine::Postgres => postgres::dump(settings.text("database"), to).await,
    }
}

/// A new file that only its owner reads: it will hold persons.
pub fn private_file(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|problem| {
        Failure::file("écrire", path, problem).mend("vérifiez que le dossier existe et que vous pouvez y écrire")
    })
}
