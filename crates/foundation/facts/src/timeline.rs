//! What must be written so that a subject's facts say something new. Pure: the records in force go in,
//! a [`Plan`] comes out; the same functions serve one change on a screen and a file of 200,000 persons.

use base::{Date, Id, Instant, Period};

use crate::{Fact, Kind};

/// Records to retire and records to add, together.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan<K: Kind> {
    pub retire: Vec<Id<K>>,
    pub add: Vec<Addition<K>>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Addition<K: Kind> {
    pub valid: Period,
    pub value: K,
    /// The retired record that this one stands in place of.
    pub corrects: Option<Id<K>>,
}

/// Why a change is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Conflict {
    #[error("une autre valeur couvre déjà une partie de cette période (depuis le {from})")]
    Overlap { from: Date },
    #[error("cet enregistrement n’est plus en vigueur : quelqu’un l’a modifié entre-temps")]
    Outdated,
    #[error("la période serait vide")]
    Empty,
}

impl<K: Kind> Plan<K> {
    pub const fn nothing() -> Self {
        Self { retire: Vec::new(), add: Vec::new() }
    }

    pub fn is_nothing(&self) -> bool {
        self.retire.is_empty() && self.add.is_empty()
    }

    /// A new value over a period that nothing in force touches.
    pub fn add(in_force: &[Fact<K>], valid: Period, value: K) -> Result<Self, Conflict> {
        refuse_overlap(in_force, None, valid, &value)?;
        Ok(Self { retire: Vec::new(), add: vec![Addition { valid, value, corrects: None }] })
    }

    /// A known value ended at `to` (excluded). Ending it at or before its start withdraws it.
    pub fn close(in_force: &[Fact<K>], id: Id<K>, to: Date) -> Result<Self, Conflict> {
        let known = find(in_force, id)?;
        let add = known.valid.until(to).map(|valid| Addition { valid, value: known.value.clone(), corrects: Some(id) });
        if add.as_ref().is_some_and(|addition| addition.valid == known.valid) {
            return Ok(Self::nothing());
        }
        Ok(Self { retire: vec![id], add: add.into_iter().collect() })
    }

    /// Another value or period in place of a known one.
    pub fn correct(in_force: &[Fact<K>], id: Id<K>, valid: Period, value: K) -> Result<Self, Conflict> {
        let known = find(in_force, id)?;
        if known.valid == valid && known.value == value {
            return Ok(Self::nothing());
        }
        refuse_overlap(in_force, Some(id), valid, &value)?;
        Ok(Self { retire: vec![id], add: vec![Addition { valid, value, corrects: Some(id) }] })
    }

    /// The known value was never true; nothing takes its place.
    pub fn withdraw(in_force: &[Fact<K>], id: Id<K>) -> Result<Self, Conflict> {
        find(in_force, id)?;
        Ok(Self { retire: vec![id], add: Vec::new() })
    }

    /// From now on this value holds over `valid`; what stood there before is cut to what remains around it.
    pub fn set(in_force: &[Fact<K>], valid: Period, value: K) -> Self {
        let rivals: Vec<&Fact<K>> = in_force.iter().filter(|fact| fact.value.same_slot(&value)).collect();
        if rivals
            .iter()
            .any(|fact| fact.value == value && fact.valid.from <= valid.from && covers_end(fact.valid, valid))
        {
            return Self::nothing();
        }
        let mut wanted: Vec<(Period, K)> = Vec::new();
        for fact in &rivals {
            if !fact.valid.overlaps(&valid) {
                wanted.push((fact.valid, fact.value.clone()));
                continue;
            }
            wanted.extend(fact.valid.until(valid.from).map(|before| (before, fact.value.clone())));
            let after = valid.to.and_then(|to| fact.valid.starting(to));
            wanted.extend(after.map(|after| (after, fact.value.clone())));
        }
        wanted.push((valid, value));
        wanted.sort_by_key(|(period, _)| period.from);
        Self::align(&rivals, &wanted)
    }

    /// What was written at a moment, taken back: its records go, and those that it replaced hold again. `history`: all
    /// that was ever written in the slot, replaced or not; `in_force`: what stands in it now.
    ///
    /// # Errors
    /// [`Conflict::Outdated`] when something was written since.
    pub fn take_back(history: &[Fact<K>], in_force: &[Fact<K>], at: Instant) -> Result<Self, Conflict> {
        let later = |moment: Instant| moment > at;
        if history.iter().any(|fact| later(fact.recorded_at) || fact.replaced_at.is_some_and(later)) {
            return Err(Conflict::Outdated);
        }
        let written = history.iter().filter(|fact| fact.recorded_at == at);
        let retire: Vec<Id<K>> =
            written.map(|fact| find(in_force, fact.id).map(|fact| fact.id)).collect::<Result<_, _>>()?;
        let replaced = history.iter().filter(|fact| fact.replaced_at == Some(at));
        let add = replaced
            .map(|fact| Addition { valid: fact.valid, value: fact.value.clone(), corrects: retire.first().copied() })
            .collect();
        Ok(Self { retire, add })
    }

    /// Whatever makes the records of one slot say exactly `wanted` (sorted, without overlap).
    /// Records already saying part of it stay as they are.
    pub fn align(in_force: &[&Fact<K>], wanted: &[(Period, K)]) -> Self {
        let says = |fact: &Fact<K>, (period, value): &(Period, K)| fact.valid == *period && fact.value == *value;
        let retired: Vec<&&Fact<K>> =
            in_force.iter().filter(|fact| !wanted.iter().any(|want| says(fact, want))).collect();
        let add = wanted
            .iter()
            .filter(|want| !in_force.iter().any(|fact| says(fact, want)))
            .map(|(valid, value)| Addition {
                valid: *valid,
                value: value.clone(),
                corrects: retired.iter().find(|fact| fact.valid.overlaps(valid)).map(|fact| fact.id),
            })
            .collect();
        Self { retire: retired.iter().map(|fact| fact.id).collect(), add }
    }
}

fn covers_end(outer: Period, inner: Period) -> bool {
    match (outer.to, inner.to) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(outer), Some(inner)) => inner <= outer,
    }
}

fn find<K: Kind>(in_force: &[Fact<K>], id: Id<K>) -> Result<&Fact<K>, Conflict> {
    in_force.iter().find(|fact| fact.id == id).ok_or(Conflict::Outdated)
}

fn refuse_overlap<K: Kind>(
    in_force: &[Fact<K>],
    except: Option<Id<K>>,
    valid: Period,
    value: &K,
) -> Result<(), Conflict> {
    if valid.to.is_some_and(|to| to <= valid.from) {
        return Err(Conflict::Empty);
    }
    let rival = in_force
        .iter()
        .find(|fact| Some(fact.id) != except && fact.value.same_slot(value) && fact.valid.overlaps(&valid));
    rival.map_or(Ok(()), |rival| Err(Conflict::Overlap { from: rival.valid.from }))
}

/// What a source said of a subject on one day.
#[derive(Clone, PartialEq, Debug)]
pub struct Observation<K> {
    pub on: Date,
    /// `None`: the source was silent about it (the person was no longer in the household).
    pub value: Option<K>,
    /// Since when, by the source's own word, if it says so.
    pub since: Option<Date>,
}

/// Turns observations (sorted by day, one a day) into periods: a value holds from the observation that
/// first shows it until the next that differs. When the source dates the change itself, and that date
/// falls after the previous observation, the date is believed; the very first value is believed as far
/// back as the source says.
///
/// The result depends only on the set of observations, never on the order in which files arrived.
pub fn from_observations<K: PartialEq + Clone>(observations: &[Observation<K>]) -> Vec<(Period, K)> {
    let mut periods: Vec<(Period, K)> = Vec::new();
    for (position, observation) in observations.iter().enumerate() {
        let previous = position.checked_sub(1).map(|before| &observations[before]);
        if previous.is_some_and(|previous| previous.value == observation.value) {
            continue;
        }
        let stated = observation.since.filter(|since| *since <= observation.on);
        let from = match (previous, stated) {
            (None, Some(since)) => since,
            (Some(previous), Some(since)) if since > previous.on => since,
            _ => observation.on,
        };
        if let Some((open, _)) = periods.last_mut()
            && open.to.is_none()
        {
            open.to = Some(from);
        }
        if let Some(value) = &observation.value {
            periods.push((Period::since(from), value.clone()));
        }
    }
    periods
}
