use base::Id;
use platform::{Account, Structure};

use crate::person::Person;

facts::kind! {
    /// The lead counsellor (référent unique), of the structure in charge.
    pub struct Designation in "designation" about person: Person {
        pub counsellor: Id<Account>,
        pub structure: Id<Structure>,
        /// Why it changed: an absence, a departure… Empty the first time.
        pub reason: String,
    }
}

db::codes! {
    /// Why somebody does not accompany people for a time.
    pub enum AbsenceKind {
        Leave = "leave",
        Sickness = "sickness",
        /// An apprentice's week of classes.
        Training = "training",
        /// For good: the caseload is to be handed over.
        Departure = "departure",
    }
}

impl AbsenceKind {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Leave => "congé",
            Self::Sickness => "arrêt",
            Self::Training => "formation",
            Self::Departure => "départ",
        }
    }
}

facts::kind! {
    /// Days on which somebody does not accompany people; no reason of health is ever written.
    pub struct Absence in "absence" about account: Account {
        pub kind: AbsenceKind,
        pub comment: String,
    }
}

facts::kind! {
    /// What somebody gives to accompaniment in a structure, in hundredths of a full-time post.
    pub struct WorkingTime in "working_time" about account: Account, slot (structure) {
        pub structure: Id<Structure>,
        pub hundredths: i64,
    }
}
