//! Enrolments and contracts as dated events; the legal clocks, the OPCO's points and the payments are computed from them.

mod alerts;
mod draw_up;
mod enrol;
mod file;
mod hosting;
mod model;
mod money;
mod own;
mod standing;
mod store;
mod tutors;

pub use alerts::{Alert, alerts, running_clocks};
pub use draw_up::{NewContract, amend, draw_up, note_event};
pub use enrol::{Enrolled, NewEnrolment, enrol, enrolled, leave};
pub use file::{ContractFile, contract, of_learner};
pub use hosting::{NewHost, set_host, withdraw_host};
pub use model::{
    Contract, ContractEvent, ContractEventKind, Enrolment, Feed, FeedRecord, HostStay, Invoice, InvoiceNumber,
    InvoicePayment, Regime, Terms, Tutor, TutorProfile,
};
pub use money::{Expected, NewInvoice, add_invoice, note_payment};
pub use own::{
    CalendarSession, FeedToken, Guided, OwnCalendar, create_feed, feed_calendar, own_calendar, own_feeds, own_people,
    revoke_feed,
};
pub use standing::{ContractStanding, standings};
pub(crate) use store::{employing, enrolled as enrolled_in};
pub(crate) use tutors::tutor_organisation;
pub use tutors::{TutorView, add_tutor, link_tutor, set_tutor, tutors_of};
