//! The school: what titles ask for, cohorts and their weeks, candidates and places, contracts of alternance.
//!
//! Several schools live in one département: whatever is stored names its organisation, and a permit reaches one.

pub mod accounts;
pub mod admission;
pub mod cohort;
pub mod contract;
pub mod field;
pub mod jobs;
pub mod referential;

use base::{Date, Id};
use platform::gate::Action;
use platform::parameter::Parameters;
use platform::{Organisation, Permit, Platform, Reach, Tenant};

/// Why a use case did not happen, in words for the person who asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] platform::Refusal),
    #[error("cet élément n’existe pas, ou votre mandat n’y donne pas accès")]
    NotFound,
    #[error("{0}")]
    Invalid(String),
    /// Several reasons at once, each a sentence.
    #[error("{}", .0.join(" "))]
    Problems(Vec<String>),
    #[error(transparent)]
    Conflict(#[from] facts::Conflict),
    #[error(transparent)]
    Platform(#[from] platform::Error),
    #[error(transparent)]
    Territory(#[from] territory::Error),
    #[error(transparent)]
    Database(#[from] db::Error),
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn invalid(sentence: impl Into<String>) -> Self {
        Self::Invalid(sentence.into())
    }
}

/// Refuses whoever acts for another organisation.
pub(crate) fn within<A: Action>(permit: &Permit<A>, organisation: Id<Organisation>) -> Result<()> {
    match permit.reach() {
        Reach::Department => Ok(()),
        Reach::Organisation(own) if own == organisation => Ok(()),
        _ => Err(Error::NotFound),
    }
}

/// The organisation a permit is limited to; `None` for the whole département.
pub(crate) fn only<A: Action>(permit: &Permit<A>) -> Result<Option<Id<Organisation>>> {
    match permit.reach() {
        Reach::Department => Ok(None),
        Reach::Organisation(own) => Ok(Some(own)),
        Reach::Structure(_) | Reach::Own(_) => Err(Error::NotFound),
    }
}

/// The numbers of the law of alternance in force today.
pub async fn settings(platform: &Platform, tenant: Id<Tenant>) -> Result<law::apprenticeship::Settings> {
    settings_on(platform, tenant, platform.today()).await
}

/// The numbers of the law of alternance in force on a day.
pub(crate) async fn settings_on(
    platform: &Platform,
    tenant: Id<Tenant>,
    day: Date,
) -> Result<law::apprenticeship::Settings> {
    let parameters = Parameters::known_at(&platform.db, tenant, platform.now()).await?;
    let setting = |name: &str| parameters.get::<u16>(name, day).ok().map(|valued| valued.value);
    law::apprenticeship::Settings::read(setting).map_err(|refusal| Error::Invalid(refusal.to_string()))
}

/// A text that must say something.
pub(crate) fn required(text: &str, what: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() { Err(Error::Invalid(format!("indiquez {what}"))) } else { Ok(text.to_owned()) }
}
