//! What every fact of the territory says besides its value: how far it is trusted, and where it was read.

use base::Date;
use jiff::civil::date;

/// Where nobody knows since when something holds, it holds since the département exists.
pub const SINCE_EVER: Date = date(1968, 1, 1);

db::codes! {
    /// How far a fact is trusted. A hypothesis is shown as such wherever it appears.
    pub enum Certainty {
        /// Read in the source that is cited.
        Confirmed = "confirmed",
        /// Assumed until the département says otherwise.
        Hypothesis = "hypothesis",
    }
}

impl Certainty {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Confirmed => "Confirmée",
            Self::Hypothesis => "Hypothèse",
        }
    }

    /// The two codes with their labels, as a form offers them.
    pub fn choices() -> Vec<(&'static str, &'static str)> {
        Self::ALL.iter().map(|certainty| (certainty.as_code(), certainty.label())).collect()
    }
}

/// How a fact is vouched for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// Trust in what is said (who, what, where)…
    pub certainty: Certainty,
    /// …and in since when and until when.
    pub dates_certainty: Certainty,
    /// The source in words: a publication, a decision, a contract.
    pub citation: String,
    pub note: String,
}
