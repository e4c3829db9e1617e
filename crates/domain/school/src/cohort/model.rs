use base::{Date, Id};
use db::Json;
use platform::{Account, Organisation, Structure, Tenant};

use crate::admission::Learner;
use crate::referential::Referential;

/// Label of the identifiers of cohorts.
pub enum Cohort {}
/// Label of the identifiers of trainers.
pub enum Trainer {}
/// Label of the identifiers of rooms.
pub enum Room {}
/// What a session keeps when it moves: the UID of calendars.
pub enum SessionNumber {}

db::record! {
    /// A cohort, by the code its school gives it.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct CohortRecord in "cohort" {
        pub id: Id<Cohort>,
        pub tenant: Id<Tenant>,
        pub organisation: Id<Organisation>,
        pub code: String,
    }
}

facts::kind! {
    /// What a cohort is; valid from its first day to the day after its last.
    pub struct CohortProfile in "cohort_profile" about cohort: Cohort {
        pub name: String,
        pub referential: Id<Referential>,
        pub site: Id<Structure>,
        /// People it can take.
        pub seats: i64,
        /// Hours in a half-day of class, in hundredths: 350 is three hours and a half.
        pub half_day_hours: i64,
    }
}

facts::kind! {
    /// A module of the programme of a cohort.
    pub struct Module in "cohort_module" about cohort: Cohort, slot (code) {
        pub code: String,
        pub name: String,
        pub half_days: i64,
        /// Codes of the referential.
        pub competences: Json<Vec<String>>,
        /// Publics it is about, by their code in `law::publics`.
        pub publics: Json<Vec<String>>,
        /// Codes of the modules that end before it begins.
        pub after: Json<Vec<String>>,
        /// Last day by which it must be over.
        pub exam_on: Option<Date>,
        pub most_per_day: i64,
        pub most_per_week: i64,
    }
}

db::codes! {
    /// What a cohort does in a week.
    pub enum WeekKind {
        /// In class.
        Class = "class",
        /// At the employer’s.
        Field = "field",
        /// The school is closed, and nobody is expected at work.
        Holiday = "holiday",
        Examination = "examination",
    }
}

impl WeekKind {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Class => "Cours",
            Self::Field => "Terrain",
            Self::Holiday => "Congés",
            Self::Examination => "Examen",
        }
    }
}

facts::kind! {
    /// What a cohort does over whole weeks, Monday to Sunday.
    pub struct CohortWeeks in "cohort_weeks" about cohort: Cohort {
        pub kind: WeekKind,
    }
}

facts::kind! {
    /// When the half-days of a school begin and end, in minutes after midnight.
    pub struct SchoolHours in "school_hours" about organisation: Organisation {
        pub morning_from: i64,
        pub morning_to: i64,
        pub afternoon_from: i64,
        pub afternoon_to: i64,
    }
}

facts::kind! {
    /// Days on which a school is closed.
    pub struct Closure in "school_closure" about organisation: Organisation {
        pub label: String,
    }
}

db::record! {
    /// Somebody who teaches for a school.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct TrainerRecord in "trainer" {
        pub id: Id<Trainer>,
        pub tenant: Id<Tenant>,
        pub organisation: Id<Organisation>,
    }
}

facts::kind! {
    /// A trainer while they teach there.
    pub struct TrainerProfile in "trainer_profile" about trainer: Trainer {
        pub name: String,
        pub account: Option<Id<Account>>,
        /// Codes of the modules they are qualified for.
        pub modules: Json<Vec<String>>,
        /// Half-days of the week on which they are free, Monday morning first: one bit each.
        pub free: i64,
    }
}

facts::kind! {
    /// Days on which a trainer cannot teach; never why.
    pub struct TrainerAbsence in "trainer_absence" about trainer: Trainer {
        pub comment: String,
    }
}

db::record! {
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct RoomRecord in "room" {
        pub id: Id<Room>,
        pub tenant: Id<Tenant>,
        pub organisation: Id<Organisation>,
    }
}

facts::kind! {
    pub struct RoomProfile in "room_profile" about room: Room {
        pub name: String,
        pub site: Id<Structure>,
        pub seats: i64,
    }
}

facts::kind! {
    /// Days on which a room cannot be used.
    pub struct RoomClosure in "room_closure" about room: Room {
        pub label: String,
    }
}

db::codes! {
    /// Half of a day.
    pub enum Half {
        Morning = "morning",
        Afternoon = "afternoon",
    }
}

impl Half {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Morning => "matin",
            Self::Afternoon => "après-midi",
        }
    }
}

db::codes! {
    pub enum SessionState {
        Planned = "planned",
        Cancelled = "cancelled",
    }
}

facts::kind! {
    /// A half-day of class, on its day. Moved, it is the same session on another day.
    pub struct Session in "class_session" about cohort: Cohort, slot (number) {
        pub number: Id<SessionNumber>,
        pub half: Half,
        pub module: String,
        pub trainer: Option<Id<Trainer>>,
        pub room: Option<Id<Room>>,
        pub state: SessionState,
        /// Why it was moved or cancelled; empty when it was not.
        pub reason: String,
    }
}

db::codes! {
    /// Whether somebody was there.
    pub enum Presence {
        Present = "present",
        Absent = "absent",
        /// Absent for a reason that the school accepts; never which.
        Excused = "excused",
    }
}

impl Presence {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Present => "présence",
            Self::Absent => "absence",
            Self::Excused => "absence excusée",
        }
    }
}

facts::kind! {
    /// Whether somebody was there at a half-day of class, on its day.
    pub struct Attendance in "session_attendance" about learner: Learner, slot (session) {
        pub session: Id<SessionNumber>,
        pub presence: Presence,
    }
}
