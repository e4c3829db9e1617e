//! What tutors are committed to: people under contract, and seats offered with them.

use std::collections::HashMap;

use base::{Date, Id};
use db::Ask;
use platform::gate::{Action, OfferPlaces, permit};
use platform::{Actor, Permit, Platform, Reach};

use super::model::{Learner, Place};
use super::store;
use crate::contract::{self, Tutor};
use crate::{Error, Result};

/// The load of a tutor, as their host sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TutorCommitment {
    /// People under contract, today or later.
    pub people: usize,
    /// Seats offered that nobody under contract holds yet.
    pub open_seats: usize,
    /// Apprentices that the law lets one person guide.
    pub most: u16,
}

/// What a tutor is committed to from a day on.
pub(super) struct Engaged {
    /// Each person under contract, with the place they were put at.
    people: HashMap<Id<Learner>, Option<Id<Place>>>,
    offered: Vec<(Id<Place>, i64)>,
}

impl Engaged {
    pub async fn read<A: Action>(ask: &impl Ask, permit: &Permit<A>, tutor: Id<Tutor>, on: Date) -> Result<Self> {
        let mut people: HashMap<Id<Learner>, Option<Id<Place>>> = HashMap::new();
        for guided in store::guided(ask, permit, tutor, on).await? {
            let place = people.entry(guided.learner).or_default();
            *place = place.or(guided.place);
        }
        Ok(Self { people, offered: store::offered_with(ask, permit, tutor, on).await? })
    }

    /// People under contract, but for those of a list.
    pub fn people_beside(&self, left_out: &[Id<Learner>]) -> usize {
        self.people.keys().filter(|learner| !left_out.contains(learner)).count()
    }

    fn came_by(&self, place: Id<Place>) -> usize {
        self.people.values().filter(|known| **known == Some(place)).count()
    }

    fn open_seats(&self, except: Option<Id<Place>>) -> usize {
        let open = |(place, seats): &(Id<Place>, i64)| {
            usize::try_from(*seats).unwrap_or(0).saturating_sub(self.came_by(*place))
        };
        self.offered.iter().filter(|(place, _)| Some(*place) != except).map(open).sum()
    }

    /// People and open seats when a place, new or known, has `seats`.
    pub fn with(&self, place: Option<Id<Place>>, seats: i64) -> usize {
        let here = place.map_or(0, |place| self.came_by(place));
        let seats = usize::try_from(seats).unwrap_or(0).max(here);
        self.people.len() - here + self.open_seats(place) + seats
    }
}

/// What the tutors of the actor’s own organisation are committed to.
pub async fn own_tutor_commitments(platform: &Platform, actor: &Actor) -> Result<HashMap<Id<Tutor>, TutorCommitment>> {
    let permit = permit::<OfferPlaces>(actor)?;
    let Reach::Organisation(host) = permit.reach() else { return Err(Error::NotFound) };
    let most = crate::settings(platform, permit.tenant()).await?.tutor_apprentices;
    let mut commitments = HashMap::new();
    for tutor in contract::tutors_of(platform, actor, host).await? {
        let engaged = Engaged::read(&platform.db, &permit, tutor.id, platform.today()).await?;
        let (people, open_seats) = (engaged.people.len(), engaged.open_seats(None));
        commitments.insert(tutor.id, TutorCommitment { people, open_seats, most });
    }
    Ok(commitments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_that_somebody_under_contract_holds_counts_once() {
        let engaged = Engaged {
            people: HashMap::from([(Id::new(1), Some(Id::new(10))), (Id::new(2), None)]),
            offered: vec![(Id::new(10), 2), (Id::new(11), 1)],
        };
        // One from elsewhere, one by the first place and its other seat, the seat of the second.
        assert_eq!((engaged.people.len(), engaged.open_seats(None)), (2, 2));
        assert_eq!(engaged.with(None, 1), 5);
        // Corrected to one seat, which is held.
        assert_eq!(engaged.with(Some(Id::new(10)), 1), 3);
        assert_eq!(engaged.with(Some(Id::new(11)), 3), 6);
        assert_eq!(engaged.people_beside(&[Id::new(2)]), 1);
    }
}
