//! Cohorts: their programme, their weeks, who teaches where, and each half-day of class.

mod calendar;
mod coverage;
mod means;
mod model;
mod programme;
mod service;
mod sessions;
mod store;
mod timetable;

pub use calendar::{CalendarDay, DayKind, alternate, days, practice_and_class_days};
pub use coverage::{Coverage, CoverageLine, FieldShare};
pub use means::{
    RoomView, TrainerView, add_room, add_trainer, close_room, rooms, set_trainer, set_trainer_absence, trainers,
};
pub use model::{
    Closure, Cohort, CohortProfile, CohortRecord, CohortWeeks, Half, Module, Room, RoomClosure, RoomProfile, Session,
    SessionNumber, SessionState, Trainer, TrainerAbsence, TrainerProfile, WeekKind,
};
pub use programme::{coverage, modules, remove_module, set_modules};
pub use service::{
    CohortView, NewCohort, calendar, closures, create, list, propose_weeks, set_closure, set_weeks, show,
};
pub(crate) use service::{days_of, find, known};
pub use sessions::{NewSession, cancel_session, move_session, own_sessions, plan_sessions, sessions};
pub use timetable::{Change, Proposal, decide_timetable, propose_timetable};
