//! The schema, one text for both engines (see `db::Migration` for the words in braces).
//!
//! Released migrations never change: a new need is a new file.

use db::Migration;

macro_rules! steps {
    ($($name:literal),+ $(,)?) => {
        /// Every step, oldest first.
        pub const ALL: &[Migration] = &[$(Migration { name: $name, text: include_str!(concat!($name, ".sql")) }),+];
    };
}

steps! {
    "0001_house",
    "0002_territory",
    "0003_people",
    "0004_inputs",
    "0005_follow_up",
    "0006_school",
    "0007_doubtful_lines",
    "0008_contract_papers",
}
