//! Opening the data: database, schema, key, département.

use std::path::Path;

use base::Clock;
use db::{Db, Engine};
use facts::journal::{self, Chain};
use platform::tenant::{self, Department};
use platform::{Keys, Platform};

use crate::failure::{Failure, Result};
use crate::settings::Settings;

/// The data, open.
pub struct House {
    pub platform: Platform,
    pub department: Department,
}

/// Opens the database that must already be there.
///
/// # Errors
/// A SQLite file that does not exist (it is not created), a server that does not answer.
pub async fn existing(settings: &Settings) -> Result<Db> {
    if let Some(file) = settings.sqlite_file()
        && !file.exists()
    {
        return Err(Failure::database("il n’y a pas de base ici")
            .at(file.display())
            .mend("vérifiez --database\u{202f}; la commande serve en crée une nouvelle"));
    }
    Ok(Db::open(settings.text("database")).await?)
}

/// Refuses a schema that is not the one of this version: only `serve` and `import` bring it up to date.
pub async fn refuse_old_schema(db: &Db) -> Result<()> {
    let missing = db::pending(db, migrations::ALL).await?;
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::database(format!("le schéma de la base n’est pas à jour\u{a0}: il manque {}", missing.join(", ")))
        .mend("démarrez une fois jonction serve de cette version\u{202f}; sauvegardez avant"))
}

/// Opens the data of the configuration, and makes what is missing: folder, schema, key, département. Says on the
/// error output what it made.
///
/// # Errors
/// See [`Failure`]; a key that is not the one of the data is never used, and none is made for data that has one.
pub async fn set_up(settings: &Settings, clock: Clock) -> Result<House> {
    let (code, name) = settings.department()?;
    let mail = settings.mail()?;
    let folder = settings.data_folder();
    std::fs::create_dir_all(&folder).map_err(|problem| Failure::file("créer", &folder, problem))?;
    if let Some(above) = settings.sqlite_file().as_deref().and_then(Path::parent) {
        std::fs::create_dir_all(above).map_err(|problem| Failure::file("créer", above, problem))?;
    }
    let db = Db::open(settings.text("database")).await?;
    let missing = db::pending(&db, migrations::ALL).await?;
    db::migrate(&db, migrations::ALL, &clock).await?;
    if missing.len() == migrations::ALL.len() {
        eprintln!("Base créée\u{a0}: {}", place(settings));
    } else if !missing.is_empty() {
        eprintln!("Schéma mis à jour\u{a0}: {}", missing.join(", "));
    }
    let keys = match tenant::find(&db, code).await? {
        Some(_) => read_key(settings)?,
        None => read_or_create_key(settings)?,
    };
    let platform = Platform::start(db, clock, keys, mail);
    let department = tenant::ensure(&platform, code, name, support::declared_parameters()).await?;
    platform.keys.check(&platform.db, department.id).await?;
    Ok(House { platform, department })
}

/// Opens the data as it is and changes nothing: schema, département and key must be there.
///
/// # Errors
/// See [`Failure`].
pub async fn open(settings: &Settings, clock: Clock) -> Result<House> {
    let (code, _) = settings.department()?;
    let mail = settings.mail()?;
    let db = existing(settings).await?;
    refuse_old_schema(&db).await?;
    let Some(department) = tenant::find(&db, code).await? else {
        return Err(Failure::configuration(format!("cette base ne connaît pas le département {code}"))
            .at(place(settings))
            .mend("vérifiez department_code et --database"));
    };
    let keys = read_key(settings)?;
    keys.check(&db, department.id).await?;
    let platform = Platform::start(db, clock, keys, mail);
    Ok(House { platform, department })
}

fn read_or_create_key(settings: &Settings) -> Result<Keys> {
    let path = settings.key_file();
    if path.exists() {
        return Ok(Keys::read(&path)?);
    }
    let keys = Keys::create(&path)?;
    eprintln!("Clé créée\u{a0}: {} (sauvegardez-la à part\u{a0}: sans elle, les NIR sont perdus)", path.display());
    Ok(keys)
}

/// The key of data that has one.
pub fn read_key(settings: &Settings) -> Result<Keys> {
    let path = settings.key_file();
    if !path.exists() {
        return Err(Failure::configuration("le fichier de clé n’existe pas, et ces données en ont une")
            .at(path.display())
            .mend("remettez le fichier de clé d’origine, ou indiquez-le avec --key-file"));
    }
    Ok(Keys::read(&path)?)
}

/// Where the database is, without its password.
pub fn place(settings: &Settings) -> String {
    match settings.sqlite_file() {
        Some(file) => file.display().to_string(),
        None => {
            let url = settings.text("database");
            let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
            let (_, host) = rest.rsplit_once('@').unwrap_or(("", rest));
            format!("{scheme}://{}", host.split('?').next().unwrap_or(host))
        }
    }
}

/// The name of an engine.
pub const fn engine_name(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    }
}

/// An empty database in a folder that will be thrown away, with a key of its own: for what must write nothing.
pub async fn scratch(settings: &Settings, folder: &Path) -> Result<House> {
    let (code, name) = settings.department()?;
    let clock = Clock::system();
    let db = Db::open(&format!("sqlite:{}", folder.join("essai.sqlite").display())).await?;
    db::migrate(&db, migrations::ALL, &clock).await?;
    let keys = Keys::create(&folder.join("essai.key"))?;
    let platform = Platform::start(db, clock, keys, platform::Mail::none());
    let department = tenant::ensure(&platform, code, name, support::declared_parameters()).await?;
    Ok(House { platform, department })
}

impl House {
    /// Writes what waits and seals the journal: a command that ends leaves nothing to the next one.
    ///
    /// # Errors
    /// The database's own.
    pub async fn close(&self) -> Result<()> {
        self.platform.stop().await;
        let (db, department) = (&self.platform.db, self.department.id);
        while journal::is_waiting(db, Chain::Writes, department).await? {
            journal::seal(db, Chain::Writes, department, self.platform.now()).await?;
        }
        Ok(())
    }
}
