//! One household: what its observations say together, and what must be written. Pure.

use base::{Date, Id, Nir, Period};
use db::Json;
use facts::{Fact, Import, Kind, Observation, Plan, from_observations};

use super::model::{HouseholdObservation, ParentLink, PersonObservation};
use crate::matching::Reason;
use crate::person::{Identity, Membership, Occupation, Person, Picture, PictureOfPerson, Registration};
use crate::rights::{Address, Claim, Family, Household, RightState};

/// A file's place among the observations of a household: by reference date, then by creation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    pub on: Date,
    pub created: String,
    pub file: Id<Import>,
}

/// A household as the facts in force describe it.
#[derive(Debug, Default)]
pub struct Records {
    /// The files that spoke of it, in order.
    pub sightings: Vec<(Place, i64)>,
    pub claim: Vec<Fact<Claim>>,
    pub right: Vec<Fact<RightState>>,
    pub family: Vec<Fact<Family>>,
    pub address: Vec<Fact<Address>>,
    pub persons: Vec<PersonRecords>,
}

#[derive(Debug)]
pub struct PersonRecords {
    pub id: Id<Person>,
    pub identity: Vec<Fact<Identity>>,
    pub registration: Vec<Fact<Registration>>,
    pub membership: Vec<Fact<Membership>>,
    pub occupation: Vec<Fact<Occupation>>,
}

/// What must be written about a household.
#[derive(Debug)]
pub struct Changes {
    pub household: Id<Household>,
    pub claim: Plan<Claim>,
    pub right: Plan<RightState>,
    pub family: Plan<Family>,
    pub address: Plan<Address>,
    pub persons: Vec<PersonChanges>,
    /// Pairs of this household that may be one person.
    pub doubts: Vec<(Id<Person>, Id<Person>, Reason)>,
    /// Everything in force once written.
    pub picture: Picture,
}

#[derive(Debug)]
pub struct PersonChanges {
    pub id: Id<Person>,
    pub is_new: bool,
    pub identity: Plan<Identity>,
    pub registration: Plan<Registration>,
    pub membership: Plan<Membership>,
    pub occupation: Plan<Occupation>,
}

impl Changes {
    pub fn is_nothing(&self) -> bool {
        self.claim.is_nothing()
            && self.right.is_nothing()
            && self.family.is_nothing()
            && self.address.is_nothing()
            && self.doubts.is_empty()
            && self.persons.iter().all(|person| {
                !person.is_new
                    && person.identity.is_nothing()
                    && person.registration.is_nothing()
                    && person.membership.is_nothing()
                    && person.occupation.is_nothing()
            })
    }
}

/// Turns a NIR into what is stored of it; injected because only the service holds the keys.
pub trait Lock {
    fn blind_index(&self, nir: &Nir) -> Vec<u8>;
    fn registration(&self, nir: &Nir) -> Result<Registration, platform::Error>;
}

/// Whether a file speaks for its day: of two files about one day, the last created does.
pub fn speaks(sightings: &[(Place, i64)], place: &Place) -> bool {
    !sightings.iter().any(|(other, _)| other.on == place.on && other > place)
}

/// The days on which the household was observed.
fn days(sightings: &[(Place, i64)], place: &Place) -> Vec<Date> {
    let mut days: Vec<Date> = sightings.iter().map(|(other, _)| other.on).collect();
    days.push(place.on);
    days.sort_unstable();
    days.dedup();
    days
}

fn value_on<K: Kind>(in_force: &[Fact<K>], day: Date) -> Option<&K> {
    in_force.iter().find(|fact| fact.valid.contains(day)).map(|fact| &fact.value)
}

/// The plan and the resulting periods of one kind. `days` are the days on which the kind was observed;
/// `observed` says what is now observed on `on` (`None`: nothing is said; `Some(None)`: said to be absent).
fn resolve_kind<K: Kind>(
    in_force: &[Fact<K>],
    days: &[Date],
    on: Date,
    observed: Option<Option<K>>,
    absence_counts: bool,
    since: impl Fn(&K) -> Option<Date>,
) -> (Plan<K>, Vec<(Period, K)>) {
    let mut observations: Vec<Observation<K>> = Vec::with_capacity(days.len());
    for day in days {
        let value = match &observed {
            Some(new) if *day == on => new.clone(),
            _ => value_on(in_force, *day).cloned(),
        };
        if value.is_none() && !absence_counts {
            continue;
        }
        let since = value.as_ref().and_then(&since);
        observations.push(Observation { on: *day, value, since });
    }
    let wanted = from_observations(&observations);
    let references: Vec<&Fact<K>> = in_force.iter().collect();
    (Plan::align(&references, &wanted), wanted)
}

/// Which known person each observed one is, and the pairs that leave a doubt.
struct Matched {
    /// For each observed person, the position of the record.
    records: Vec<Option<usize>>,
    doubts: Vec<(usize, usize, Reason)>,
}

fn match_persons(records: &[PersonRecords], observed: &[&PersonObservation], lock: &impl Lock) -> Matched {
    let mut taken = vec![false; records.len()];
    let mut found = Vec::with_capacity(observed.len());
    let mut doubts = Vec::new();
    for person in observed {
        let by_number = person.nir.as_ref().and_then(|nir| {
            let index = lock.blind_index(nir);
            records.iter().position(|record| record.registration.iter().any(|fact| fact.value.blind_index == index))
        });
        let by_name = records
            .iter()
            .position(|record| record.identity.iter().any(|fact| fact.value.is_same_in_household(&person.identity)));
        let record = by_number.or(by_name).filter(|position| !taken[*position]);
        if let (Some(number), Some(name)) = (by_number, by_name)
            && number != name
        {
            doubts.push((number, name, Reason::SameNumberAndName));
        }
        if let Some(position) = record {
            taken[position] = true;
        }
        found.push(record);
    }
    Matched { records: found, doubts }
}

/// What an observation that [`speaks`] for its day changes. `new_id` gives numbers for persons not known yet.
pub fn resolve(
    household: Id<Household>,
    records: &Records,
    place: &Place,
    observation: &HouseholdObservation,
    lock: &impl Lock,
    mut new_id: impl FnMut() -> Id<Person>,
) -> Result<Changes, platform::Error> {
    let days = days(&records.sightings, place);
    let on = place.on;
    let (claim, claim_periods) =
        resolve_kind(&records.claim, &days, on, Some(Some(observation.claim.clone())), false, |claim| {
            Some(claim.claimed_on)
        });
    let (right, right_periods) =
        resolve_kind(&records.right, &days, on, Some(Some(observation.right.clone())), false, |_| None);
    let (family, family_periods) =
        resolve_kind(&records.family, &days, on, Some(Some(observation.family.clone())), false, |family| {
            Some(family.situation_since)
        });
    let (address, address_periods) =
        resolve_kind(&records.address, &days, on, observation.address.clone().map(Some), false, |address| {
            address.moved_in
        });

    // The last of two blocks of one person in one household replaces the earlier.
    let mut observed: Vec<&PersonObservation> = Vec::with_capacity(observation.persons.len());
    for person in &observation.persons {
        observed.retain(|earlier| !earlier.identity.is_same_in_household(&person.identity));
        observed.push(person);
    }
    let matched = match_persons(&records.persons, &observed, lock);
    let ids: Vec<Id<Person>> = matched
        .records
        .iter()
        .map(|record| record.map_or_else(&mut new_id, |position| records.persons[position].id))
        .collect();
    let parents = parents(&observed, &ids);

    let mut persons = Vec::new();
    let mut pictures = Vec::new();
    for (position, person) in observed.iter().enumerate() {
        let nothing_known = PersonRecords {
            id: ids[position],
            identity: Vec::new(),
            registration: Vec::new(),
            membership: Vec::new(),
            occupation: Vec::new(),
        };
        let known = matched.records[position].map_or(&nothing_known, |record| &records.persons[record]);
        let seen = &person.membership;
        let membership = Membership {
            household,
            role: seen.role.clone(),
            dependant: seen.dependant,
            file_holder: seen.file_holder,
            attached_since: seen.attached_since,
            attached_until: seen.attached_until,
            previous_claim_number: seen.previous_claim_number.clone(),
            obligations: seen.obligations,
            entering_obligations: seen.entering_obligations,
            parents: Json(parents[position].clone()),
        };
        let (changes, picture) = resolve_person(known, &days, on, Some((person, membership)), lock)?;
        persons.push(PersonChanges { is_new: matched.records[position].is_none(), ..changes });
        pictures.push(picture);
    }
    // Those the file no longer mentions.
    let mut doubts: Vec<(Id<Person>, Id<Person>, Reason)> =
        matched.doubts.iter().map(|(a, b, reason)| (records.persons[*a].id, records.persons[*b].id, *reason)).collect();
    for (position, known) in records.persons.iter().enumerate() {
        if matched.records.contains(&Some(position)) {
            continue;
        }
        let (changes, picture) = resolve_person(known, &days, on, None, lock)?;
        persons.push(changes);
        pictures.push(picture);
        for (position, person) in observed.iter().enumerate() {
            let looks_renamed = matched.records[position].is_none()
                && known.identity.iter().any(|fact| {
                    fact.value.sex == person.identity.sex
                        && fact.value.birth_date == person.identity.birth_date
                        && fact.value.birth_rank == person.identity.birth_rank
                });
            if looks_renamed {
                doubts.push((known.id, ids[position], Reason::RenamedInHousehold));
            }
        }
    }
    let picture = Picture {
        claim_number: observation.claim_number.clone(),
        claim: claim_periods,
        right: right_periods,
        family: family_periods,
        address: address_periods,
        persons: pictures,
    };
    Ok(Changes { household, claim, right, family, address, persons, doubts, picture })
}

fn resolve_person(
    known: &PersonRecords,
    days: &[Date],
    on: Date,
    observed: Option<(&PersonObservation, Membership)>,
    lock: &impl Lock,
) -> Result<(PersonChanges, PictureOfPerson), platform::Error> {
    // Only the membership is said by a silence: a person who left keeps name and number.
    let present: Vec<Date> = days
        .iter()
        .copied()
        .filter(|day| if *day == on { observed.is_some() } else { value_on(&known.membership, *day).is_some() })
        .collect();
    let (person, membership) = observed.map_or((None, None), |(person, membership)| (Some(person), Some(membership)));
    let (membership, membership_periods) =
        resolve_kind(&known.membership, days, on, Some(membership), true, |membership| Some(membership.attached_since));
    let (identity, identity_periods) =
        resolve_kind(&known.identity, &present, on, person.map(|person| Some(person.identity.clone())), false, |_| {
            None
        });
    let registered = person.and_then(|person| person.nir.as_ref()).map(|nir| lock.registration(nir)).transpose()?;
    let (registration, _) = resolve_kind(&known.registration, &present, on, registered.map(Some), false, |_| None);
    let (occupation, _) = resolve_kind(
        &known.occupation,
        &present,
        on,
        person.map(|person| Some(person.occupation.clone())),
        false,
        |_| None,
    );
    Ok((
        PersonChanges { id: known.id, is_new: false, identity, registration, membership, occupation },
        PictureOfPerson { id: known.id, identity: identity_periods, membership: membership_periods },
    ))
}

/// The adults each observed person is linked to, found inside the household by number, else by names and
/// birth date.
fn parents(observed: &[&PersonObservation], ids: &[Id<Person>]) -> Vec<Vec<Id<Person>>> {
    let named = |link: &ParentLink, person: &PersonObservation| {
        let identity = &person.identity;
        match (&link.nir, &person.nir) {
            (Some(a), Some(b)) => a == b,
            _ => {
                identity.birth_date == link.birth_date
                    && base::fold(&identity.birth_name) == base::fold(&link.birth_name)
                    && base::fold(&identity.first_name) == base::fold(&link.first_name)
            }
        }
    };
    observed
        .iter()
        .map(|child| {
            let mut found: Vec<Id<Person>> = child
                .parents
                .iter()
                .filter_map(|link| observed.iter().position(|person| named(link, person)).map(|position| ids[position]))
                .collect();
            found.sort_unstable();
            found.dedup();
            found
        })
        .collect()
}

impl Records {
    /// Everything in force, as periods.
    pub fn picture(self, claim_number: String) -> Picture {
        fn periods<K: Kind>(facts: Vec<Fact<K>>) -> Vec<(Period, K)> {
            facts.into_iter().map(|fact| (fact.valid, fact.value)).collect()
        }
        Picture {
            claim_number,
            claim: periods(self.claim),
            right: periods(self.right),
            family: periods(self.family),
            address: periods(self.address),
            persons: self
                .persons
                .into_iter()
                .map(|person| PictureOfPerson {
                    id: person.id,
                    identity: periods(person.identity),
                    membership: periods(person.membership),
                })
                .collect(),
        }
    }
}
