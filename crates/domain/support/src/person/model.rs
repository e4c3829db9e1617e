use base::{Date, Email, Id, Phone, fold};
use db::Json;
use serde::{Deserialize, Serialize};

use crate::rights::Household;

/// A person as one household's file describes them. The same human being in two households is two of
/// these until somebody decides otherwise (see the `matching` folder).
pub enum Person {}

db::codes! {
    /// Which parts of a birth date are true; the others were invented by the sender.
    pub enum Precision {
        Full = "N",
        DayUnknown = "J",
        DayAndMonthUnknown = "O",
    }
}

facts::kind! {
    /// Civil status.
    pub struct Identity in "identity" about person: Person {
        /// MR, MME, or empty (most children).
        pub title: String,
        pub usual_name: String,
        pub birth_name: String,
        pub first_name: String,
        /// Second and third first names, separated by a blank.
        pub other_first_names: String,
        /// Name of the commune of birth, as sent.
        pub birth_place: String,
        /// Always a whole date; `birth_date_precision` says which parts are true.
        pub birth_date: Date,
        pub birth_date_precision: Precision,
        pub birth_rank: Option<i64>,
        /// `1` man, `2` woman.
        pub sex: String,
        pub civil_status_validated: Option<bool>,
        pub france_travail_id: Option<String>,
        /// See [`Identity::match_key_of`].
        pub match_key: String,
    }
}

impl Identity {
    /// What two records of one human being share in different households: folded birth name and first
    /// name, birth date (only what is true of it) and sex.
    pub fn match_key_of(
        birth_name: &str,
        first_name: &str,
        birth_date: Date,
        precision: Precision,
        sex: &str,
    ) -> String {
        let date = match precision {
            Precision::Full => birth_date.to_string(),
            Precision::DayUnknown => format!("{}-{:02}", birth_date.year(), birth_date.month()),
            Precision::DayAndMonthUnknown => birth_date.year().to_string(),
        };
        format!("{}|{}|{date}|{sex}", fold(birth_name), fold(first_name))
    }

    /// Whether two identities seen in one household are the same person: same names and birth rank, and
    /// birth dates that agree in the parts both know.
    pub fn is_same_in_household(&self, other: &Self) -> bool {
        self.birth_rank == other.birth_rank
            && fold(&self.birth_name) == fold(&other.birth_name)
            && fold(&self.first_name) == fold(&other.first_name)
            && self.birth_date_agrees(other)
    }

    /// Birth dates compared in the parts that both know.
    pub fn birth_date_agrees(&self, other: &Self) -> bool {
        let (a, b) = (self.birth_date, other.birth_date);
        match self.birth_date_precision.max(other.birth_date_precision) {
            Precision::Full => a == b,
            Precision::DayUnknown => a.year() == b.year() && a.month() == b.month(),
            Precision::DayAndMonthUnknown => a.year() == b.year(),
        }
    }
}

/// Bytes that only the key outside the database opens. Two lockings of one number differ, so equality of
/// registrations rests on the blind index alone.
#[derive(Clone, Debug)]
pub struct Locked(pub Vec<u8>);

impl PartialEq for Locked {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl db::Param for Locked {
    fn to_lite(&self) -> db::driver::ToSqlOutput<'_> {
        self.0.to_lite()
    }
    fn to_pg(
        &self,
        kind: &db::driver::Type,
        out: &mut db::driver::BytesMut,
    ) -> db::driver::PgResult<db::driver::IsNull> {
        self.0.to_pg(kind, out)
    }
}

impl db::Column for Locked {
    fn from_lite(value: db::driver::ValueRef<'_>) -> Result<Self, String> {
        Vec::from_lite(value).map(Self)
    }
    fn from_pg(kind: &db::driver::Type, raw: Option<&[u8]>) -> Result<Self, String> {
        Vec::from_pg(kind, raw).map(Self)
    }
}

facts::kind! {
    /// The registration number (NIR), encrypted; found by its keyed digest, read under a permit of its own.
    pub struct Registration in "registration" about person: Person {
        pub blind_index: Vec<u8>,
        pub locked: Locked,
    }
}

facts::kind! {
    /// A person's place in the household.
    pub struct Membership in "membership" about person: Person {
        pub household: Id<Household>,
        /// Role in RSA: DEM, CJT, ENF, AUT, RDO.
        pub role: String,
        pub dependant: bool,
        pub file_holder: bool,
        pub attached_since: Date,
        pub attached_until: Option<Date>,
        pub previous_claim_number: Option<String>,
        /// Droits et devoirs of the person; absent = unknown.
        pub obligations: Option<bool>,
        pub entering_obligations: Option<bool>,
        /// The adults a child is linked to.
        pub parents: Json<Vec<Id<Person>>>,
    }
}

impl Membership {
    pub fn is_adult_of_the_right(&self) -> bool {
        matches!(self.role.as_str(), "DEM" | "CJT")
    }
}

/// One activity as declared to the paying body.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Activity {
    /// Absent when the code says something of the person's health: « indisponible ».
    pub code: Option<String>,
    pub since: Date,
    pub until: Option<Date>,
    pub contract: Option<String>,
}

facts::kind! {
    /// Everything the person does, as a whole list.
    pub struct Occupation in "occupation" about person: Person {
        pub activities: Json<Vec<Activity>>,
    }
}

facts::kind! {
    /// How to reach the person; the beneficiary feed does not say.
    pub struct Contact in "contact" about person: Person {
        pub phone: Option<Phone>,
        pub email: Option<Email>,
    }
}
