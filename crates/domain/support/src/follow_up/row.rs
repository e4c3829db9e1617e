use base::{Date, Id};
use facts::Tenant;
use platform::{Account, Structure};
use territory::structures::StructureKind;

use crate::orientation::{Path, ProposalKind};
use crate::person::Person;

db::codes! {
    /// How far somebody has come from entitlement to accompaniment.
    pub enum Stage {
        /// No decision yet.
        ToOrient = "to_orient",
        /// Decided; the structure is in charge from a later day.
        Decided = "decided",
        /// The structure is in charge, nobody in it is.
        Unassigned = "unassigned",
        /// Somebody is in charge and has not met the person yet.
        Unmet = "unmet",
        Accompanied = "accompanied",
        /// Another organisation of the network accompanies (France Travail), and names its own counsellors.
        Elsewhere = "elsewhere",
    }
}

impl Stage {
    pub const fn label(self) -> &'static str {
        match self {
            Self::ToOrient => "à orienter",
            Self::Decided => "orientation décidée, à venir",
            Self::Unassigned => "sans référent",
            Self::Unmet => "sans premier rendez-vous",
            Self::Accompanied => "accompagnement effectif",
            Self::Elsewhere => "suivie par France Travail ou un partenaire",
        }
    }
}

db::codes! {
    /// How much attention an accompaniment takes: what the load of a counsellor is weighted by.
    pub enum Phase {
        New = "new",
        Assessment = "assessment",
        Intensive = "intensive",
        Watch = "watch",
    }
}

impl Phase {
    pub const fn label(self) -> &'static str {
        match self {
            Self::New => "nouveau",
            Self::Assessment => "diagnostic",
            Self::Intensive => "intensif",
            Self::Watch => "suivi",
        }
    }
}

impl From<Phase> for law::workload::Phase {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::New => Self::New,
            Phase::Assessment => Self::Diagnosis,
            Phase::Intensive => Self::Intensive,
            Phase::Watch => Self::Watch,
        }
    }
}

/// Why somebody should act, the most pressing first: the order of « qui a besoin de moi maintenant ».
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Need {
    /// The legal time to orient has passed.
    OrientationOverdue = 1,
    OrientationDue = 2,
    /// A meeting is behind, and nobody said what came of it.
    OutcomeMissing = 10,
    /// The last meeting was missed, and no other is planned.
    MissedWithoutNext = 11,
    /// No first meeting after the longer target.
    FirstMeetingLate = 12,
    /// No first meeting after the shorter target.
    FirstMeetingDue = 13,
    Nobody = 14,
    StepOverdue = 15,
    MeetingToday = 16,
    StepThisWeek = 17,
    /// Accompanied, not met for long, nothing planned.
    QuietLong = 18,
    Quiet = 19,
    /// The right is suspended or closed.
    RightChanged = 20,
    Nothing = 99,
}

impl Need {
    pub const ALL: &'static [Self] = &[
        Self::OrientationOverdue,
        Self::OrientationDue,
        Self::OutcomeMissing,
        Self::MissedWithoutNext,
        Self::FirstMeetingLate,
        Self::FirstMeetingDue,
        Self::Nobody,
        Self::StepOverdue,
        Self::MeetingToday,
        Self::StepThisWeek,
        Self::QuietLong,
        Self::Quiet,
        Self::RightChanged,
        Self::Nothing,
    ];

    pub fn from_rank(rank: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|need| *need as i64 == rank)
    }

    /// In a few words, for a line of a list.
    pub const fn label(self) -> &'static str {
        match self {
            Self::OrientationOverdue => "Délai d’orientation dépassé",
            Self::OrientationDue => "À orienter sous peu",
            Self::OutcomeMissing => "Rendez-vous passé, issue à noter",
            Self::MissedWithoutNext => "Rendez-vous manqué, rien de prévu",
            Self::FirstMeetingLate => "Premier rendez-vous très en retard",
            Self::FirstMeetingDue => "Premier rendez-vous en retard",
            Self::Nobody => "Sans référent",
            Self::StepOverdue => "Action en retard",
            Self::MeetingToday => "Rendez-vous aujourd’hui",
            Self::StepThisWeek => "Action à faire cette semaine",
            Self::QuietLong => "Sans rendez-vous depuis longtemps",
            Self::Quiet => "Sans rendez-vous récent",
            Self::RightChanged => "Droit suspendu ou clos",
            Self::Nothing => "Rien d’urgent",
        }
    }
}

impl db::Param for Need {
    fn to_lite(&self) -> db::driver::ToSqlOutput<'_> {
        db::driver::ToSqlOutput::Owned((*self as i64).into())
    }
    fn to_pg(
        &self,
        kind: &db::driver::Type,
        out: &mut db::driver::BytesMut,
    ) -> db::driver::PgResult<db::driver::IsNull> {
        (*self as i64).to_pg(kind, out)
    }
}

impl db::Column for Need {
    fn from_lite(value: db::driver::ValueRef<'_>) -> Result<Self, String> {
        let rank = i64::from_lite(value)?;
        Self::from_rank(rank).ok_or_else(|| format!("besoin inconnu\u{a0}: {rank}"))
    }
    fn from_pg(kind: &db::driver::Type, raw: Option<&[u8]>) -> Result<Self, String> {
        let rank = i64::from_pg(kind, raw)?;
        Self::from_rank(rank).ok_or_else(|| format!("besoin inconnu\u{a0}: {rank}"))
    }
}

db::record! {
    /// One line of the read model `follow_up`.
    #[derive(Clone, PartialEq, Debug)]
    pub struct FollowUp in "follow_up" {
        pub person: Id<Person>,
        pub tenant: Id<Tenant>,
        pub sort_name: String,
        pub usual_name: String,
        pub first_name: String,
        pub birth_date: Date,
        pub commune_code: String,
        pub public_number: String,
        pub publics: i64,
        pub right_status: String,
        pub obligations: Option<bool>,
        /// When the département was told that the right is opened.
        pub informed_on: Date,
        /// Last day in time to decide the orientation.
        pub due_on: Date,
        pub proposed_path: Option<Path>,
        pub proposed_kind: Option<StructureKind>,
        pub proposed_structure: Option<Id<Structure>>,
        pub proposal_kind: Option<ProposalKind>,
        pub decided_on: Option<Date>,
        pub path: Option<Path>,
        pub structure: Option<Id<Structure>>,
        pub with_interview: bool,
        pub started_on: Option<Date>,
        pub counsellor: Option<Id<Account>>,
        pub designated_on: Option<Date>,
        pub first_met_on: Option<Date>,
        pub last_met_on: Option<Date>,
        pub next_meeting_on: Option<Date>,
        /// Minutes after midnight.
        pub next_meeting_at: Option<i64>,
        /// Attended one to one over the last twelve months.
        pub individual_meetings: i64,
        pub stage: Stage,
        pub phase: Phase,
        pub need: Need,
        /// By when; for [`Need::Nothing`], the last day there is.
        pub need_on: Date,
        /// The last day on which something was written that moved this line.
        pub changed_on: Date,
        pub computed_on: Date,
        pub review_on: Option<Date>,
    }
}
