//! Meetings, notes and next steps: what a counsellor writes down in the minutes after an interview.

mod model;
mod service;

pub use model::{Doer, Meeting, MeetingKind, MeetingStatus, Note, Number, Secrecy, Step};
pub use service::{
    Accompaniment, AfterMeeting, AgendaLine, NewMeeting, NewStep, accompaniment, after_meeting, agenda, finish_step,
    plan, reopen_step,
};
