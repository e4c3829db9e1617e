use base::{Date, Id};
use platform::{Account, Structure};

use crate::person::Person;

db::codes! {
    /// How people meet.
    pub enum MeetingKind {
        Individual = "individual",
        Group = "group",
        Phone = "phone",
    }
}

impl MeetingKind {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Individual => "Entretien individuel",
            Self::Group => "Rendez-vous collectif",
            Self::Phone => "Entretien téléphonique",
        }
    }
}

db::codes! {
    /// What became of a meeting.
    pub enum MeetingStatus {
        Planned = "planned",
        Attended = "attended",
        /// Missed, with a reason given.
        Excused = "excused",
        Missed = "missed",
        /// Called off by the structure.
        Cancelled = "cancelled",
    }
}

impl MeetingStatus {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Planned => "prévu",
            Self::Attended => "honoré",
            Self::Excused => "excusé",
            Self::Missed => "non honoré",
            Self::Cancelled => "annulé par la structure",
        }
    }
}

/// What a meeting, a note and a next step are told apart by: several of each hold together.
pub enum Number {}

facts::kind! {
    /// A meeting (rendez-vous) on its day, and what became of it.
    pub struct Meeting in "appointment" about person: Person, slot (number) {
        pub number: Id<Number>,
        /// Minutes after midnight, in Paris.
        pub starts_at: i64,
        pub minutes: i64,
        pub kind: MeetingKind,
        pub purpose: String,
        pub place: String,
        pub counsellor: Id<Account>,
        pub structure: Id<Structure>,
        pub status: MeetingStatus,
    }
}

impl Meeting {
    /// Counts as accompaniment: one to one, and the person came.
    pub fn is_individual_and_attended(&self) -> bool {
        self.status == MeetingStatus::Attended && self.kind != MeetingKind::Group
    }

    /// `9 h 05`.
    pub fn hour(&self) -> String {
        format!("{}\u{a0}h\u{a0}{:02}", self.starts_at / 60, self.starts_at % 60)
    }
}

db::codes! {
    /// Who may read a note.
    pub enum Secrecy {
        /// Whoever accompanies the person.
        Shared = "shared",
        /// The social service alone (CASF, art. L.411-3).
        Social = "social",
    }
}

facts::kind! {
    /// What a professional notes. The person may ask to read it.
    pub struct Note in "note" about person: Person, slot (number) {
        pub number: Id<Number>,
        pub secrecy: Secrecy,
        pub text: String,
    }
}

db::codes! {
    /// Who does the next step.
    pub enum Doer {
        Person = "person",
        Counsellor = "counsellor",
        SocialWorker = "social_worker",
    }
}

impl Doer {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Person => "la personne",
            Self::Counsellor => "le conseiller ou la conseillère",
            Self::SocialWorker => "le travailleur ou la travailleuse social·e",
        }
    }
}

facts::kind! {
    /// What is to be done next.
    pub struct Step in "next_step" about person: Person, slot (number) {
        pub number: Id<Number>,
        pub text: String,
        pub by_whom: Doer,
        pub due_on: Option<Date>,
        pub done_on: Option<Date>,
    }
}
