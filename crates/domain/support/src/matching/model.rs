use base::{Date, Id, Instant};
use facts::{Import, Tenant};

use crate::person::{Card, Person};

db::codes! {
    /// Why two records may be one person.
    pub enum Reason {
        /// Same registration number in two households.
        SameNumber = "same_number",
        /// Same names, birth date and sex in two households, and no number that says otherwise.
        SameIdentity = "same_identity",
        /// One vanished from the household where the other, born the same day, appeared.
        RenamedInHousehold = "renamed_in_household",
        /// In one household, a block bore the number of one and the name of the other.
        SameNumberAndName = "same_number_and_name",
    }
}

impl Reason {
    /// What the person who decides reads.
    pub const fn label(self) -> &'static str {
        match self {
            Self::SameNumber => "même NIR dans deux foyers",
            Self::SameIdentity => "mêmes nom, prénom, date de naissance et sexe dans deux foyers",
            Self::RenamedInHousehold => "née le même jour, apparue quand l’autre a disparu du foyer",
            Self::SameNumberAndName => "NIR de l’une et nom de l’autre dans un même foyer",
        }
    }
}

db::codes! {
    /// What somebody decided about a pair.
    pub enum Verdict {
        Same = "same",
        Different = "different",
    }
}

db::record! {
    /// A pair to decide, as proposed.
    #[derive(Clone, Debug)]
    pub struct Doubt in "match_doubt" {
        pub id: Id<Doubt>,
        pub tenant: Id<Tenant>,
        pub person_a: Id<Person>,
        pub person_b: Id<Person>,
        pub reason: Reason,
        pub file: Id<Import>,
        pub found_at: Instant,
    }
}

facts::kind! {
    /// What was decided about a pair; withdrawn when somebody changes their mind.
    pub struct Decision in "match_decision" about doubt: Doubt {
        pub verdict: Verdict,
    }
}

/// A pair with both records, for the work list.
#[derive(Clone, Debug)]
pub struct Pair {
    pub doubt: Doubt,
    pub a: Side,
    pub b: Side,
    /// The verdict in force and the day it was given, once decided.
    pub verdict: Option<(Verdict, Date)>,
}

/// A stretch of the pairs on which nothing speaks against « same person ».
#[derive(Clone, Debug)]
pub struct Certain {
    pub pairs: Vec<Pair>,
    /// Where the next stretch begins; `None` at the end.
    pub next: Option<Id<Doubt>>,
    /// Pairs of the same reason looked through for this stretch…
    pub looked_through: u64,
    /// …among those that wait.
    pub waiting: u64,
}

/// What became of a pair decided with others.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub pair: Pair,
    /// No: it changed meanwhile, or something speaks against; it still waits.
    pub decided: bool,
}

/// One record of a pair.
#[derive(Clone, Debug)]
pub struct Side {
    pub card: Card,
    pub attached_since: Option<Date>,
    pub attached_until: Option<Date>,
    pub has_number: bool,
}

impl Pair {
    /// Same number, same names, same birth date: nothing on the two records speaks against.
    pub fn is_certain(&self) -> bool {
        self.doubt.reason == Reason::SameNumber
            && self.a.card.birth_date == self.b.card.birth_date
            && self.a.card.sex == self.b.card.sex
            && base::fold(&self.a.card.birth_name) == base::fold(&self.b.card.birth_name)
            && base::fold(&self.a.card.first_name) == base::fold(&self.b.card.first_name)
    }
}
