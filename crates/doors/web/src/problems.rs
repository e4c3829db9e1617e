//! What the errors of the services are to whoever asked.

use axum::http::StatusCode;
use platform::Refusal;
use platform::gate::{ActionKind, Extent, Role, extent};

use crate::fr;
use crate::middleware::Problem;

/// The services' sentences begin without a capital, end without a full stop and have plain spaces.
pub(crate) fn sentence(text: &str) -> String {
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{stop}", fr::typeset(&fr::capitalised(text)))
}

/// What cannot be as it was asked: nothing was written.
fn refused(reason: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "Rien n’a été enregistré", sentence(reason))
}

fn internal(error: &dyn std::error::Error) -> Problem {
    tracing::error!(problem = %error, "a page could not be made");
    Problem::internal()
}

/// « Peuvent le faire : … », for whoever was refused.
fn who_may(action: ActionKind) -> String {
    let may = |role: &&Role| **role != Role::Program && extent(**role, action) != Extent::Nothing;
    let roles: Vec<&str> = Role::ALL.iter().filter(may).map(|role| role.label()).collect();
    match roles.is_empty() {
        true => String::new(),
        false => format!(" Peuvent le faire\u{a0}: {}.", fr::list(&roles)),
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let who = match refusal {
            Refusal::Role { action, .. } => who_may(action),
            Refusal::Purpose { .. }
            | Refusal::SchoolPurpose { .. }
            | Refusal::NoStructure { .. }
            | Refusal::Nobody { .. } => String::new(),
        };
        Self::forbidden(sentence(&refusal.to_string()) + &who)
    }
}

impl From<platform::Error> for Problem {
    fn from(error: platform::Error) -> Self {
        use platform::Error as E;
        match error {
            E::Refused(refusal) => refusal.into(),
            E::NotFound => Self::not_found(),
            E::Conflict(conflict) => Self::conflict(sentence(&conflict.to_string())),
            E::Rule(_) | E::SignIn | E::Password(_) => refused(&error.to_string()),
            E::NotLogged(_) => {
                tracing::error!(problem = %error, "a reading was not logged");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "Ce dossier ne peut pas être affiché",
                    sentence(&error.to_string()),
                )
            }
            E::Database(_) | E::Key(_) | E::Mail(_) | E::File { .. } => internal(&error),
        }
    }
}

impl From<territory::Error> for Problem {
    fn from(error: territory::Error) -> Self {
        use territory::Error as E;
        match error {
            E::Refused(refusal) => refusal.into(),
            E::NotFound => Self::not_found(),
            E::Conflict(conflict) => Self::conflict(sentence(&conflict.to_string())),
            E::Invalid(_) => refused(&error.to_string()),
            E::Database(_) => internal(&error),
        }
    }
}

impl From<support::Error> for Problem {
    fn from(error: support::Error) -> Self {
        use support::Error as E;
        match error {
            E::Refused(refusal) => refusal.into(),
            E::NotFound => Self::not_found(),
            E::Conflict(conflict) => Self::conflict(sentence(&conflict.to_string())),
            E::Platform(error) => error.into(),
            E::Territory(error) => error.into(),
            E::Invalid(_) | E::SameHeaderOtherContent { .. } | E::ImportOvertaken => refused(&error.to_string()),
            E::Database(_) => internal(&error),
        }
    }
}

impl From<school::Error> for Problem {
    fn from(error: school::Error) -> Self {
        use school::Error as E;
        match error {
            E::Refused(refusal) => refusal.into(),
            E::NotFound => Self::not_found(),
            E::Conflict(conflict) => Self::conflict(sentence(&conflict.to_string())),
            E::Platform(error) => error.into(),
            E::Territory(error) => error.into(),
            E::Invalid(_) | E::Problems(_) => refused(&error.to_string()),
            E::Database(_) => internal(&error),
        }
    }
}

impl From<exchange::inputs::Error> for Problem {
    fn from(error: exchange::inputs::Error) -> Self {
        use exchange::inputs::Error as E;
        match error {
            E::Support(error) => error.into(),
            E::Unreadable(_) | E::Interrupted(_) => internal(&error),
            E::Table(_) | E::FranceTravail(_) | E::Settings(_) | E::Future(_) => refused(&error.to_string()),
        }
    }
}

impl From<exchange::caf::Error> for Problem {
    fn from(error: exchange::caf::Error) -> Self {
        use exchange::caf::Error as E;
        match error {
            E::Support(error) => error.into(),
            E::Unreadable(_) | E::Interrupted(_) => internal(&error),
            E::Refused(_) => refused(&error.to_string()),
        }
    }
}
