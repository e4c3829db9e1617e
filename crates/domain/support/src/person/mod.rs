//! The persons, each as one household's file describes them.

mod card;
mod model;
mod service;
pub(crate) mod store;
mod view;

pub use card::{Card, CardRules, Picture, PictureOfPerson, cards};
pub use model::{Activity, Contact, Identity, Locked, Membership, Occupation, Person, Precision, Registration};
pub use service::{
    ListPage, ListRequest, check_cards, list, nir, open_file, refresh_cards, rules, set_contact,
};
pub use store::{Cursor, Filter, Key, Sort};
pub use view::{Dated, HouseholdMember, PersonFile, TimelineEntry};
