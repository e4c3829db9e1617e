//! Timetables and what is said of them.

use base::Date;
use serde::{Deserialize, Serialize};

use super::instance::{Half, Weights};
use super::reason::Reason;

/// One half-day of a module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    pub date: Date,
    pub half: Half,
    pub module: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trainer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
}

/// The answer to an instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Solution {
    pub format: u32,
    pub status: Status,
    /// By date and half-day. Complete when solved; empty otherwise.
    #[serde(default)]
    pub sessions: Vec<Session>,
    /// Cost of the wishes that are not met; none when there is no timetable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// Why there is no timetable. Several when independent bounds clash: each has to be mended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
}

/// How the search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Every half-day is placed and every bound kept.
    Solved,
    /// Proved: there is no timetable.
    Infeasible,
    /// The budget ended before either.
    Unknown,
}

/// How often each wish is not met, and what that costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Counts in the order of [`Weights`].
    pub counts: Counts,
    /// Sum of counts times weights.
    pub total: u64,
}

/// The counts of each wish: see [`Weights`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub same_day: u64,
    pub same_week: u64,
    pub trainer_days: u64,
    pub trainer_changes: u64,
    pub room_changes: u64,
    pub late_finish: u64,
    pub late_evaluation: u64,
}

impl Counts {
    /// The weighted sum.
    #[must_use]
    pub fn total(&self, weights: &Weights) -> u64 {
        [
            (self.same_day, weights.same_day),
            (self.same_week, weights.same_week),
            (self.trainer_days, weights.trainer_days),
            (self.trainer_changes, weights.trainer_changes),
            (self.room_changes, weights.room_changes),
            (self.late_finish, weights.late_finish),
            (self.late_evaluation, weights.late_evaluation),
        ]
        .iter()
        .map(|(count, weight)| count * u64::from(*weight))
        .sum()
    }
}

/// Bounds that cannot all be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub members: Vec<Member>,
    /// Each member has been taken out and a timetable found for those that remain: none is superfluous.
    pub irreducible: bool,
}

/// A bound of a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    #[serde(flatten)]
    pub reason: Reason,
    /// Whether giving up this one bound makes the whole instance solvable, by solving it; none when the budget ended.
    pub suffices: Option<bool>,
}
