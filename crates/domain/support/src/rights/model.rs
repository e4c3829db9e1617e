use base::Date;
use db::Json;
use serde::{Deserialize, Serialize};

/// A household in the sense of the RSA: one claim, one right. Its key is the claim number (NUMDEMRSA).
pub enum Household {}

facts::kind! {
    /// The claim and the file that holds it.
    pub struct Claim in "claim" about household: Household {
        /// Family and number of the paying body: `CAF 931`.
        pub paying_body: String,
        /// File number as sent, 15 characters or the 7 that people know.
        pub file_number: String,
        pub claimed_on: Date,
        /// DEM, or RMI/API for a right converted in 2009.
        pub origin: String,
        pub origin_date: Option<Date>,
        pub incoming_transfer: Option<Json<Transfer>>,
        pub outgoing_transfer: Option<Json<Transfer>>,
    }
}

impl Claim {
    /// The seven characters people know and letters show.
    pub fn public_number(&self) -> &str {
        self.file_number.get(..7).unwrap_or(&self.file_number)
    }
}

/// A file that comes from, or leaves for, another paying body.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Transfer {
    pub paying_body: String,
    pub file_number: Option<String>,
    pub since: Date,
}

facts::kind! {
    /// The state of the right and what explains it.
    pub struct RightState in "right_state" about household: Household {
        /// ETATDOSRSA, `0` to `6`.
        pub status: String,
        /// Droits et devoirs of the household: for information, never drives an orientation.
        pub household_obligations: Option<bool>,
        pub suspensions: Json<Vec<Suspension>>,
        pub closure: Option<Json<Closure>>,
        pub refusal: Option<Json<Refusal>>,
        pub natures: Json<Vec<Nature>>,
    }
}

impl RightState {
    /// Open, whether or not paid: states 2, 3 and 4.
    pub fn is_open(&self) -> bool {
        matches!(self.status.as_str(), "2" | "3" | "4")
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspensionKind {
    /// The existence of the right is questioned.
    Right,
    /// The amount cannot be computed or paid.
    Payment,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Suspension {
    pub kind: SuspensionKind,
    pub reason: String,
    pub since: Date,
    pub benefit_group: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Closure {
    pub reason: String,
    /// Date of effect, often before the file that tells it.
    pub on: Date,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refusal {
    pub reason: String,
    pub on: Date,
}

/// A nature of the right (NATPF): base, increased, young…
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Nature {
    pub nature: String,
    pub sub_nature: String,
    pub since: Date,
    pub until: Option<Date>,
}

facts::kind! {
    /// The family situation of whoever is responsible for the file.
    pub struct Family in "family" about household: Household {
        /// SITFAM.
        pub situation: String,
        pub situation_since: Date,
        /// Children and other dependants; absent when the feed does not say.
        pub dependants: Option<i64>,
        pub without_fixed_home: bool,
    }
}

facts::kind! {
    /// The current address (rank 1 of the feed). Empty texts where a part does not exist.
    pub struct Address in "address" about household: Household {
        /// FRA, or HOR outside France.
        pub country: String,
        /// D definitive, P provisional, R return to the main home.
        pub kind: String,
        /// ETATADR: outcome of the postal control.
        pub postal_check: String,
        pub moved_in: Option<Date>,
        pub addressee_complement: String,
        /// Building, or the association that gives the address (« chez … »).
        pub place_complement: String,
        pub street: String,
        pub locality: String,
        pub postcode: String,
        /// INSEE code at the date of the address; empty outside France.
        pub commune_code: String,
        pub commune_name: String,
    }
}
