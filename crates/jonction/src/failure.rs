//! How a command ends: an exit code that scripts can rely on, and a message that says what, where and how to mend it.

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

/// What a command ends with. The numbers are a contract (table in `docs/commands.md`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    Done = 0,
    /// What was given is refused, or a check found something: a broken file, a difference, a breach.
    Refused = 1,
    /// The command line itself.
    Usage = 2,
    /// A setting, or the key.
    Configuration = 3,
    /// The database cannot be reached, opened or used.
    Database = 4,
    /// A file that cannot be read or written, an address that cannot be listened on, a tool that is missing.
    System = 5,
}

impl Exit {
    pub const ALL: [Self; 6] =
        [Self::Done, Self::Refused, Self::Usage, Self::Configuration, Self::Database, Self::System];

    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Its line in the table of the documentation.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done; also when there was nothing left to do (a file already brought in)",
            Self::Refused => {
                "refused, nothing written: a broken file, a difference, a breach of the journal, an answer « no »"
            }
            Self::Usage => "the command line: an unknown option, a missing one, a value that cannot be",
            Self::Configuration => "a setting that cannot be, or a key that is missing or not the one of the data",
            Self::Database => "the database cannot be reached, opened, migrated or used",
            Self::System => "the machine: a file, an address to listen on, a missing tool",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command did not succeed, in French.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    what: String,
    place: Option<String>,
    mend: Option<String>,
}

pub type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    pub fn new(exit: Exit, what: impl fmt::Display) -> Self {
        Self { exit, what: what.to_string(), place: None, mend: None }
    }

    pub fn refused(what: impl fmt::Display) -> Self {
        Self::new(Exit::Refused, what)
    }

    pub fn configuration(what: impl fmt::Display) -> Self {
        Self::new(Exit::Configuration, what)
    }

    pub fn database(what: impl fmt::Display) -> Self {
        Self::new(Exit::Database, what)
    }

    pub fn system(what: impl fmt::Display) -> Self {
        Self::new(Exit::System, what)
    }

    /// Says where.
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.place = Some(place.to_string());
        self
    }

    /// Says how to mend it.
    pub fn mend(mut self, mend: impl fmt::Display) -> Self {
        self.mend = Some(mend.to_string());
        self
    }

    /// A file that could not be `verb`ed (« lire », « écrire »).
    pub fn file(verb: &str, path: &Path, problem: impl fmt::Display) -> Self {
        Self::system(format!("impossible de {verb} le fichier ({problem})")).at(path.display())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Erreur\u{a0}: {}", self.what)?;
        if let Some(place) = &self.place {
            write!(f, "\n  Où\u{a0}: {place}")?;
        }
        if let Some(mend) = &self.mend {
            write!(f, "\n  Que faire\u{a0}: {mend}")?;
        }
        Ok(())
    }
}

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Self {
        let mend = match &error {
            db::Error::Url(_) => Some("écrivez sqlite:CHEMIN ou postgres://UTILISATEUR@HÔTE/BASE"),
            db::Error::Pool(_) => Some("vérifiez que le serveur répond, et l’adresse, le compte et le nom de la base"),
            _ => None,
        };
        Self { mend: mend.map(str::to_owned), ..Self::database(error) }
    }
}

impl From<platform::Error> for Failure {
    fn from(error: platform::Error) -> Self {
        match error {
            platform::Error::Database(error) => error.into(),
            platform::Error::Key(_) => Self::configuration(error).mend(
                "indiquez avec --key-file le fichier de clé d’origine (il se garde à part, avec les sauvegardes)",
            ),
            platform::Error::File { .. } => Self::system(error),
            _ => Self::refused(error),
        }
    }
}

impl From<support::Error> for Failure {
    fn from(error: support::Error) -> Self {
        match error {
            support::Error::Database(error) => error.into(),
            support::Error::Platform(error) => error.into(),
            error => Self::refused(error),
        }
    }
}

impl From<territory::Error> for Failure {
    fn from(error: territory::Error) -> Self {
        match error {
            territory::Error::Database(error) => error.into(),
            error => Self::refused(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_where_and_how_to_mend_it() {
        let failure = Failure::configuration("adresse illisible").at("option --listen").mend("écrivez 127.0.0.1:8093");
        assert_eq!(
            failure.to_string(),
            "Erreur\u{a0}: adresse illisible\n  Où\u{a0}: option --listen\n  Que faire\u{a0}: écrivez 127.0.0.1:8093"
        );
    }

    #[test]
    fn codes_are_those_of_the_documentation() {
        for exit in Exit::ALL {
            let line = format!("| {} | {} |", exit.code(), exit.meaning());
            assert!(include_str!("../../../docs/commands.md").contains(&line), "docs/commands.md lacks: {line}");
        }
    }
}
