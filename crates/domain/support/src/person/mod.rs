//! The persons, each as one household's file describes them.

mod card;
mod contacts;
mod model;
mod service;
pub(crate) mod store;
mod view;

pub use card::{Card, CardRules, Picture, PictureOfPerson, cards};
pub use contacts::take_over_contacts;
pub use model::{Activity, Contact, Identity, Locked, Membership, Occupation, Person, Precision, Registration};
pub(crate) use service::check_reach;
pub use service::{
    ListPage, ListRequest, card_of, check_cards, count, list, nir, open_file, place, recompute_cards, refresh_cards,
    rules, set_contact, undo_contact,
};
pub use store::{Cursor, Filter, Key, Obligations, Sort};
pub use view::{Dated, HouseholdMember, PersonFile, TimelineEntry};
