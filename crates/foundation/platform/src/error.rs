use std::path::PathBuf;

use crate::Refusal;
use crate::keys::KeyError;
use crate::password::Lacks;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something was not done, in the words shown to whoever asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Database(#[from] db::Error),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Conflict(#[from] facts::Conflict),
    /// What was asked cannot be: the sentence says why and what to do.
    #[error("{0}")]
    Rule(String),
    #[error("cet élément n’existe pas, ou n’existe plus")]
    NotFound,
    /// One answer whatever was wrong: the address, the password, or an account disabled.
    #[error("adresse électronique ou mot de passe incorrect")]
    SignIn,
    #[error(transparent)]
    Password(#[from] Lacks),
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The reading could not be written down: what was to be read must not be shown.
    #[error("la consultation n’a pas pu être journalisée, le dossier n’est donc pas affiché : {0}")]
    NotLogged(String),
    #[error("courriel : {0}")]
    Mail(String),
    #[error("fichier {} : {problem}", path.display())]
    File { path: PathBuf, problem: String },
}

impl Error {
    pub(crate) fn rule(sentence: impl Into<String>) -> Self {
        Self::Rule(sentence.into())
    }

    pub(crate) fn file(path: impl Into<PathBuf>, problem: impl std::fmt::Display) -> Self {
        Self::File { path: path.into(), problem: problem.to_string() }
    }
}
