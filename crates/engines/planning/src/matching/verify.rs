//! The definition of a stable matching, applied word for word to any matching, a corrected one too. Shares nothing with
//! the search: neither its arrays nor its tie rule.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Market, Placement, Tier};

/// What keeps a matching from being valid and stable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "flaw")]
pub enum Flaw {
    /// Names nobody, or no place.
    Unknown { applicant: String, place: String },
    /// Has two places.
    Twice { applicant: String },
    /// One of the two did not rank the other.
    NotRanked { applicant: String, place: String },
    /// A place or a quota holds more than its capacity.
    Overfull { id: String, held: usize, capacity: u32 },
    /// Both would strictly gain by leaving the matching for each other.
    Blocking { applicant: String, place: String },
}

/// Every flaw of a matching; none when it is valid and (weakly) stable.
#[must_use]
pub fn verify(market: &Market, matching: &[Placement]) -> Vec<Flaw> {
    let naive = Naive::of(market);
    let mut flaws = naive.validity(matching);
    if flaws.is_empty() {
        flaws = naive.blocking(matching);
    }
    flaws
}

/// Ranks by name.
struct Naive<'a> {
    market: &'a Market,
    by_applicant: BTreeMap<&'a str, BTreeMap<&'a str, usize>>,
    by_place: BTreeMap<&'a str, BTreeMap<&'a str, usize>>,
    /// For each place, itself and the quotas around it, with their capacities.
    sets: BTreeMap<&'a str, Vec<(Set<'a>, u32)>>,
}

/// A place or a quota: they may bear the same identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Set<'a> {
    Place(&'a str),
    Quota(&'a str),
}

fn ranks(tiers: &[Tier]) -> BTreeMap<&str, usize> {
    tiers.iter().enumerate().flat_map(|(rank, tier)| tier.ids().iter().map(move |id| (id.as_str(), rank))).collect()
}

impl<'a> Naive<'a> {
    fn of(market: &'a Market) -> Self {
        let sets = market.places.iter().map(|place| {
            let mut sets = vec![(Set::Place(place.id.as_str()), place.capacity)];
            let mut outer = place.quota.as_ref();
            while let Some(quota) = outer.and_then(|id| market.quotas.iter().find(|quota| quota.id == *id)) {
                sets.push((Set::Quota(&quota.id), quota.capacity));
                // A circle of quotas is no market; it must not be an endless walk either.
                outer = quota.within.as_ref().filter(|_| sets.len() <= market.quotas.len());
            }
            (place.id.as_str(), sets)
        });
        Self {
            market,
            by_applicant: market.applicants.iter().map(|one| (one.id.as_str(), ranks(&one.ranking))).collect(),
            by_place: market.places.iter().map(|one| (one.id.as_str(), ranks(&one.ranking))).collect(),
            sets: sets.collect(),
        }
    }

    fn validity(&self, matching: &[Placement]) -> Vec<Flaw> {
        let (mut flaws, mut seen) = (Vec::new(), BTreeSet::new());
        let mut counts: BTreeMap<(Set, u32), usize> = BTreeMap::new();
        for Placement { applicant, place } in matching {
            let named = || (applicant.clone(), place.clone());
            let (Some(ranking), Some(places)) =
                (self.by_applicant.get(applicant.as_str()), self.by_place.get(place.as_str()))
            else {
                let (applicant, place) = named();
                flaws.push(Flaw::Unknown { applicant, place });
                continue;
            };
            if !seen.insert(applicant) {
                flaws.push(Flaw::Twice { applicant: applicant.clone() });
            }
            if !ranking.contains_key(place.as_str()) || !places.contains_key(applicant.as_str()) {
                let (applicant, place) = named();
                flaws.push(Flaw::NotRanked { applicant, place });
            }
            for set in &self.sets[place.as_str()] {
                *counts.entry(*set).or_default() += 1;
            }
        }
        for ((set, capacity), held) in counts {
            if held > capacity as usize {
                let (Set::Place(id) | Set::Quota(id)) = set;
                flaws.push(Flaw::Overfull { id: id.to_owned(), held, capacity });
            }
        }
        flaws
    }

    fn blocking(&self, matching: &[Placement]) -> Vec<Flaw> {
        let place_of: BTreeMap<&str, &str> =
            matching.iter().map(|placed| (placed.applicant.as_str(), placed.place.as_str())).collect();
        let mut held: BTreeMap<Set, Vec<&Placement>> = BTreeMap::new();
        for placed in matching {
            for (set, _) in &self.sets[placed.place.as_str()] {
                held.entry(*set).or_default().push(placed);
            }
        }
        let mut flaws = Vec::new();
        for applicant in &self.market.applicants {
            let ranking = &self.by_applicant[applicant.id.as_str()];
            let has = place_of.get(applicant.id.as_str());
            for (place, rank) in ranking {
                let better = has.is_none_or(|has| rank < &ranking[has]);
                if better && self.would_take(place, &applicant.id, &held) {
                    flaws.push(Flaw::Blocking { applicant: applicant.id.clone(), place: (*place).to_owned() });
                }
            }
        }
        flaws
    }

    /// Whether the place and the quotas around it could seat the applicant: as they are, or by parting with one they
    /// rank strictly lower, or with the applicant's own other seat if that was not ranked better.
    fn would_take(&self, place: &str, applicant: &str, held: &BTreeMap<Set, Vec<&Placement>>) -> bool {
        let Some(rank) = self.by_place[place].get(applicant) else { return false };
        let sets = &self.sets[place];
        let fits = |without: Option<&Placement>| {
            sets.iter().all(|(set, capacity)| {
                let staying = held.get(set).into_iter().flatten().filter(|placed| Some(**placed) != without).count();
                staying < *capacity as usize
            })
        };
        let widest = sets.last().and_then(|(set, _)| held.get(set));
        fits(None)
            || widest.into_iter().flatten().any(|placed| {
                let theirs = self.by_place[placed.place.as_str()][placed.applicant.as_str()];
                let parts = if placed.applicant == applicant { theirs >= *rank } else { theirs > *rank };
                parts && fits(Some(placed))
            })
    }
}
