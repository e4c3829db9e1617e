//! Enrolments and contracts as dated events; the legal clocks, the OPCO's points and the payments are computed from them.

mod alerts;
mod draw_up;
mod enrol;
mod file;
mod model;
mod own;
mod store;
mod tutors;

pub use alerts::{Alert, alerts};
pub use draw_up::{NewContract, NewHost, NewInvoice, add_invoice, amend, draw_up, note_event, set_host};
pub use enrol::{Enrolled, NewEnrolment, enrol, enrolled, leave};
pub use file::{ContractFile, contract, of_learner};
pub use model::{
    Contract, ContractEvent, ContractEventKind, Enrolment, Feed, FeedRecord, HostStay, Invoice, InvoiceNumber, Regime,
    Terms, Tutor, TutorProfile,
};
pub use own::{
    CalendarSession, FeedToken, Guided, OwnCalendar, create_feed, feed_calendar, own_calendar, own_feeds, own_people,
    revoke_feed,
};
pub(crate) use store::{employing, enrolled as enrolled_in};
pub(crate) use tutors::tutor_organisation;
pub use tutors::{TutorView, add_tutor, link_tutor, set_tutor, tutors_of};
