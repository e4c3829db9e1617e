//! Who is in charge of whom: designations, working time, absences, loads.

mod model;
mod service;
mod staff;

pub use model::{Absence, AbsenceKind, Designation, WorkingTime};
pub use service::{Assignment, designate_one, share_out};
pub(crate) use service::{counsellors, designate, give_back};
pub use staff::{
    Staff, Weights, absences, end_absence, names, set_absence, set_working_time, staff, undo_working_time, weights,
    working_times,
};
