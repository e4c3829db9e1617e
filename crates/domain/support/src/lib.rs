//! The people accompanied: who they are, what right they have, where the facts come from.

pub mod caseload;
pub mod feed;
pub mod follow_up;
pub mod inputs;
pub mod jobs;
pub mod labels;
pub mod matching;
pub mod meeting;
pub mod orientation;
pub mod person;
pub mod rights;
pub mod scope;
pub mod search;
pub mod sharing;

use std::sync::LazyLock;

use base::{Date, Id, Instant};
use facts::Tenant;
use platform::Platform;
use platform::parameter::{Certainty, Declared, Parameters};

/// What the encryption of a registration number is bound to: it opens nowhere else.
pub const NIR_CONTEXT: &str = "person.registration";

/// Why a use case did not happen, in words for the person who asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] platform::Refusal),
    #[error("cette fiche n’existe pas, ou votre mandat n’y donne pas accès")]
    NotFound,
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Conflict(#[from] facts::Conflict),
    #[error(
        "un fichier au même en-tête mais au contenu différent a déjà été reçu (« {file_name} », situation au {reference_date}) : \
         vérifiez lequel est le bon auprès de l’émetteur"
    )]
    SameHeaderOtherContent { file_name: String, reference_date: Date },
    #[error("un autre traitement importe ce fichier en ce moment ou l’a terminé")]
    ImportOvertaken,
    #[error(transparent)]
    Platform(#[from] platform::Error),
    #[error(transparent)]
    Territory(#[from] territory::Error),
    #[error(transparent)]
    Database(#[from] db::Error),
}

pub type Result<T> = std::result::Result<T, Error>;

impl From<law::OutOfRange> for Error {
    fn from(refusal: law::OutOfRange) -> Self {
        Self::Invalid(refusal.to_string())
    }
}

/// The numbers of the law and of local policy that hold on a day, as they were known at a moment: what the rules read
/// by name, `None` for one that nobody set.
pub(crate) async fn numbers(
    platform: &Platform,
    tenant: Id<Tenant>,
    on: Date,
    known: Instant,
) -> Result<impl Fn(&str) -> Option<u16>> {
    let parameters = Parameters::known_at(&platform.db, tenant, known).await?;
    Ok(move |name: &str| parameters.get(name, on).ok().map(|valued| valued.value))
}

/// The numbers of the law and of local policy, and the texts of letters, as a département begins with them: each is then
/// a dated parameter that somebody may change.
pub fn declared_parameters() -> &'static [Declared] {
    static DECLARED: LazyLock<Vec<Declared>> = LazyLock::new(|| {
        law::parameters()
            // The house keeps that duration under a name of its own (`platform::parameter::READING_LOG_MONTHS`).
            .filter(|parameter| parameter.name != law::retention::READING_LOG_MONTHS.name)
            .map(|parameter| Declared {
                name: parameter.name,
                from: law::rule(parameter.rule).map_or(Date::constant(2009, 6, 1), |rule| rule.since),
                value: parameter.default.to_string().leak(),
                citation: parameter.citation,
                certainty: match parameter.certainty {
                    law::Certainty::Confirmed => Certainty::Confirmed,
                    law::Certainty::Uncertain => Certainty::Uncertain,
                },
            })
            .chain(orientation::appeal::DECLARED)
            .collect()
    });
    &DECLARED
}
