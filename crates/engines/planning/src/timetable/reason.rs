//! The bounds that may have to give way. Each is a part of the instance that somebody could change.

use serde::{Deserialize, Serialize};

use super::instance::{Half, Instance};
use base::Date;

/// A bound, as plain data. `index` counts from 0 in the list of the instance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Reason {
    /// All half-days of the module have to be placed.
    Hours { module: String },
    /// They end by its deadline.
    Deadline { module: String },
    /// They begin on its first day allowed.
    NotBefore { module: String },
    /// `module` comes after the module `after`.
    Order { module: String, after: String },
    /// The most sessions of it on one day.
    PerDay { module: String },
    /// The most sessions of it in one week.
    PerWeek { module: String },
    /// The days between its sessions.
    DaysBetween { module: String },
    /// It is led by a qualified trainer.
    NeedsTrainer { module: String },
    /// It takes a room with enough seats and its equipment.
    NeedsRoom { module: String },
    /// A session has been fixed.
    Pin { module: String, date: Date, half: Half },
    /// The trainer leads one session at a time.
    OneTrainer { trainer: String },
    /// The trainer comes in the windows `available` only.
    TrainerPresence { trainer: String },
    /// The trainer is away in this window of `unavailable`.
    TrainerAway { trainer: String, index: usize },
    /// The room holds one session at a time.
    OneRoom { room: String },
    /// The room is lost in this window.
    RoomAway { room: String, index: usize },
    /// The cohort is at school in its windows only.
    School { cohort: String },
    /// The cohort is away in this window.
    CohortAway { cohort: String, index: usize },
    /// The school is closed in this window.
    Closure { index: usize },
}

impl Reason {
    /// Every bound of an instance.
    #[must_use]
    pub fn all(instance: &Instance) -> Vec<Self> {
        let mut all = Vec::new();
        all.extend((0..instance.calendar.closures.len()).map(|index| Self::Closure { index }));
        for cohort in &instance.cohorts {
            let named = || cohort.id.clone();
            all.extend((!cohort.school.is_empty()).then(|| Self::School { cohort: named() }));
            all.extend((0..cohort.away.len()).map(|index| Self::CohortAway { cohort: named(), index }));
        }
        for room in &instance.rooms {
            let named = || room.id.clone();
            all.extend((!room.several).then(|| Self::OneRoom { room: named() }));
            all.extend((0..room.unavailable.len()).map(|index| Self::RoomAway { room: named(), index }));
        }
        for trainer in &instance.trainers {
            let named = || trainer.id.clone();
            all.extend((!trainer.several).then(|| Self::OneTrainer { trainer: named() }));
            all.extend((!trainer.available.is_empty()).then(|| Self::TrainerPresence { trainer: named() }));
            all.extend((0..trainer.unavailable.len()).map(|index| Self::TrainerAway { trainer: named(), index }));
        }
        for module in instance.modules.iter().filter(|module| module.half_days > 0) {
            let named = || module.id.clone();
            all.extend(module.needs_trainer.then(|| Self::NeedsTrainer { module: named() }));
            all.extend(module.needs_room.then(|| Self::NeedsRoom { module: named() }));
            all.extend(module.max_per_day.map(|_| Self::PerDay { module: named() }));
            all.extend(module.max_per_week.map(|_| Self::PerWeek { module: named() }));
            all.extend((module.min_days_between > 0).then(|| Self::DaysBetween { module: named() }));
            all.extend(module.not_before.map(|_| Self::NotBefore { module: named() }));
            all.extend(module.deadline.map(|_| Self::Deadline { module: named() }));
            all.extend(module.after.iter().map(|after| Self::Order { module: named(), after: after.clone() }));
            all.push(Self::Hours { module: named() });
        }
        all.extend(instance.pins.iter().map(|pin| Self::Pin {
            module: pin.module.clone(),
            date: pin.date,
            half: pin.half,
        }));
        all
    }
}
