//! Cohorts: their programme, their weeks, who teaches where, and each half-day of class.

mod attendance;
mod calendar;
mod coverage;
mod engaged;
mod hours;
mod means;
mod model;
mod programme;
mod service;
mod sessions;
mod store;
mod timetable;

pub use attendance::{AttendanceLine, Call, CallLine, attendance, call, called_sessions, note_attendance};
pub use calendar::{CalendarDay, DayKind, alternate, days, practice_and_class_days};
pub use coverage::{Attended, Coverage, CoverageLine, FieldShare};
pub(crate) use hours::of_cohort as hours_of_cohort;
pub use hours::{HalfHours, Hours, hours, set_hours};
pub use means::{
    RoomView, TrainerView, add_room, add_trainer, close_room, link_trainer, rooms, set_trainer, set_trainer_absence,
    trainers,
};
pub use model::{
    Attendance, Closure, Cohort, CohortProfile, CohortRecord, CohortWeeks, Half, Module, Presence, Room, RoomClosure,
    RoomProfile, SchoolHours, Session, SessionNumber, SessionState, Trainer, TrainerAbsence, TrainerProfile, WeekKind,
};
pub use programme::{coverage, modules, remove_module, set_modules};
pub use service::{
    CohortView, NewCohort, calendar, closures, create, list, propose_weeks, set_closure, set_weeks, show,
};
pub(crate) use service::{days_of, find, known, not_over};
pub use sessions::{
    NewSession, PlanningDecision, cancel_session, move_session, own_sessions, plan_sessions, planning_decisions,
    sessions,
};
pub use timetable::{
    Cause, Change, Conflict, Disturbed, Mend, Moves, Proposal, decide_timetable, disturbed_sessions, propose_timetable,
};
