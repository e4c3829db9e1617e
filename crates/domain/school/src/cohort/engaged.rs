//! What the other cohorts of a school have planned: a trainer and a room hold one session at a time, whoever plans it.

use std::collections::HashMap;

use base::{Date, Id, fr};
use db::{Ask, Tx};
use platform::gate::{Action, ManageSchool};
use platform::{Actor, Permit, Platform};

use super::model::{Cohort, Half, Room, Session, Trainer};
use super::service::CohortView;
use super::sessions::NewSession;
use super::{means, store};
use crate::{Error, Result};

/// A session of another cohort: its trainer and its room are not free then.
pub(super) struct Busy {
    pub cohort: Id<Cohort>,
    pub trainer: Option<Id<Trainer>>,
    pub room: Option<Id<Room>>,
    pub on: Date,
    pub half: Half,
}

/// What the other cohorts of the school have planned.
pub(super) async fn busy<A: Action>(ask: &impl Ask, permit: &Permit<A>, cohort: &CohortView) -> Result<Vec<Busy>> {
    let mut busy = Vec::new();
    for other in store::all(ask, permit, Some(cohort.record.organisation)).await? {
        if other.id == cohort.record.id {
            continue;
        }
        for fact in facts::current::<Session>(ask, permit.tenant(), other.id).await? {
            if fact.value.is_planned() {
                let Session { trainer, room, half, .. } = fact.value;
                busy.push(Busy { cohort: other.id, trainer, room, on: fact.valid.from, half });
            }
        }
    }
    Ok(busy)
}

/// The trainers and rooms of a school, by name.
pub(super) struct Means {
    trainers: HashMap<Id<Trainer>, String>,
    rooms: HashMap<Id<Room>, String>,
}

impl Means {
    pub async fn read(platform: &Platform, actor: &Actor, cohort: &CohortView) -> Result<Self> {
        let organisation = cohort.record.organisation;
        let trainers = means::trainers(platform, actor, organisation).await?;
        let rooms = means::rooms(platform, actor, organisation).await?;
        Ok(Self {
            trainers: trainers.into_iter().map(|view| (view.id, view.profile.value.name)).collect(),
            rooms: rooms.into_iter().map(|view| (view.id, view.profile.value.name)).collect(),
        })
    }

    /// With what the other cohorts have planned, as it stands in the transaction. Whoever else plans in this school waits
    /// for its end.
    pub async fn beside_others(
        self,
        tx: &Tx,
        permit: &Permit<ManageSchool>,
        cohort: &CohortView,
    ) -> Result<Engagements> {
        tx.hold(&[cohort.record.organisation.raw() ^ PLANNING]).await?;
        Ok(Engagements { means: self, busy: busy(tx, permit, cohort).await? })
    }
}

/// What plans of one school wait for.
const PLANNING: i64 = 0x706c_616e;

/// The means of a school, and when other cohorts use them.
pub(super) struct Engagements {
    means: Means,
    busy: Vec<Busy>,
}

impl Engagements {
    /// Why the trainer and the room of a session are not free then; empty when they are.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a trainer or a room of another school.
    pub fn problems(&self, to: &NewSession) -> Result<Vec<String>> {
        let when = format!("{} {}", fr::date_long(to.on), to.half.label());
        let taken = |concerns: &dyn Fn(&Busy) -> bool| {
            self.busy.iter().any(|busy| (busy.on, busy.half) == (to.on, to.half) && concerns(busy))
        };
        let mut problems = Vec::new();
        if let Some(trainer) = to.trainer {
            let name = self.means.trainers.get(&trainer).ok_or(Error::NotFound)?;
            if taken(&|busy| busy.trainer == Some(trainer)) {
                problems.push(format!("{name} tient une séance d’une autre promotion le {when}."));
            }
        }
        if let Some(room) = to.room {
            let name = self.means.rooms.get(&room).ok_or(Error::NotFound)?;
            if taken(&|busy| busy.room == Some(room)) {
                problems.push(format!("La salle {name} est prise par une autre promotion le {when}."));
            }
        }
        Ok(problems)
    }
}
