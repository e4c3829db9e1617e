use base::Id;
use platform::{Account, Structure};

use crate::person::Person;

db::codes! {
    /// Where a social worker's request for support stands.
    pub enum SupportState {
        Asked = "asked",
        Accepted = "accepted",
        Refused = "refused",
        /// The support has ended; the social worker goes on alone.
        Returned = "returned",
        /// Taken back before any answer.
        Withdrawn = "withdrawn",
    }
}

impl SupportState {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Asked => "demandé",
            Self::Accepted => "accepté",
            Self::Refused => "refusé",
            Self::Returned => "terminé",
            Self::Withdrawn => "retiré",
        }
    }

    pub const fn is_open(self) -> bool {
        matches!(self, Self::Asked | Self::Accepted)
    }
}

facts::kind! {
    /// A social worker who stays in charge asks a counsellor of the district for support.
    pub struct SupportRequest in "support_request" about person: Person {
        pub state: SupportState,
        pub district: Id<Structure>,
        pub asked_by: Id<Account>,
        pub counsellor: Option<Id<Account>>,
        /// What is asked, why it is refused, how it ended.
        pub reason: String,
    }
}
