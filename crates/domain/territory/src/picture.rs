//! The whole territory as known at a moment. It is small (a few hundred records, posts apart), so a page
//! reads it once and everything asked of it is a plain function.

use std::collections::HashMap;

use base::{Date, Id, Instant, Period};
use db::Ask;
use facts::{Fact, Kind, Tenant};
use platform::gate::{ReadTerritory, permit};
use platform::{Actor, Platform};

use crate::communes::CommuneProfile;
use crate::kind::Described;
use crate::organisations::{ConsortiumMember, OrganisationProfile, OrganisationRole};
use crate::structures::{AgencyContract, Sector, StructureProfile, Succession};
use crate::{AsOf, Names, Result, store};

/// The facts of a kind by what they are about, each list in the order of time.
pub struct Facts<K: Kind>(HashMap<Id<K::Subject>, Vec<Fact<K>>>);

impl<K: Described> Facts<K> {
    pub(crate) async fn load(ask: &impl Ask, tenant: Id<Tenant>, known: Instant) -> db::Result<Self> {
        let mut by_subject: HashMap<Id<K::Subject>, Vec<Fact<K>>> = HashMap::new();
        for fact in store::all_known::<K>(ask, tenant, known).await? {
            by_subject.entry(fact.subject).or_default().push(fact);
        }
        Ok(Self(by_subject))
    }

    /// What is said of a subject, whatever the day.
    pub fn of(&self, subject: Id<K::Subject>) -> &[Fact<K>] {
        self.0.get(&subject).map_or(&[], Vec::as_slice)
    }

    /// What holds of a subject on a day.
    pub fn on(&self, subject: Id<K::Subject>, day: Date) -> impl Iterator<Item = &Fact<K>> {
        self.of(subject).iter().filter(move |fact| fact.valid.contains(day))
    }

    pub fn all(&self) -> impl Iterator<Item = &Fact<K>> {
        self.0.values().flatten()
    }

    pub fn subjects(&self) -> impl Iterator<Item = Id<K::Subject>> {
        self.0.keys().copied()
    }

    /// Whether a subject is described on every day of a period.
    pub fn cover(&self, subject: Id<K::Subject>, wanted: Period) -> bool {
        covered(self.of(subject).iter().map(|fact| fact.valid), wanted)
    }
}

/// Whether periods sorted by start leave no day of `wanted` out.
pub(crate) fn covered(periods: impl Iterator<Item = Period>, wanted: Period) -> bool {
    let mut reached = wanted.from;
    for period in periods {
        if period.from > reached {
            break;
        }
        match period.to {
            None => return true,
            Some(to) => reached = reached.max(to),
        }
    }
    wanted.to.is_some_and(|to| to <= reached)
}

/// The territory as known at a moment, to be asked about a day.
pub struct Picture {
    pub as_of: AsOf,
    pub names: Names,
    pub communes: Facts<CommuneProfile>,
    pub organisations: Facts<OrganisationProfile>,
    pub roles: Facts<OrganisationRole>,
    pub members: Facts<ConsortiumMember>,
    pub structures: Facts<StructureProfile>,
    pub sectors: Facts<Sector>,
    pub contracts: Facts<AgencyContract>,
    pub successions: Facts<Succession>,
}

impl Picture {
    pub(crate) async fn load(ask: &impl Ask, tenant: Id<Tenant>, as_of: AsOf) -> db::Result<Self> {
        let known = as_of.known;
        Ok(Self {
            as_of,
            names: Names::load(ask, tenant).await?,
            communes: Facts::load(ask, tenant, known).await?,
            organisations: Facts::load(ask, tenant, known).await?,
            roles: Facts::load(ask, tenant, known).await?,
            members: Facts::load(ask, tenant, known).await?,
            structures: Facts::load(ask, tenant, known).await?,
            sectors: Facts::load(ask, tenant, known).await?,
            contracts: Facts::load(ask, tenant, known).await?,
            successions: Facts::load(ask, tenant, known).await?,
        })
    }
}

/// Reads the territory.
///
/// # Errors
/// [`crate::Error::Refused`] by the gate, or the database's own.
pub async fn picture(platform: &Platform, actor: &Actor, as_of: AsOf) -> Result<Picture> {
    let permit = permit::<ReadTerritory>(actor)?;
    Ok(Picture::load(&platform.db, permit.tenant(), as_of).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_period_is_covered_only_without_a_gap() {
        let span = |from: i16, to: i16| Period { from: date(from, 1, 1), to: Some(date(to, 1, 1)) };
        let open = Period::since(date(2022, 1, 1));
        assert!(covered([span(2020, 2022), span(2022, 2024)].into_iter(), span(2021, 2023)));
        assert!(!covered([span(2020, 2022), span(2023, 2024)].into_iter(), span(2021, 2024)));
        assert!(!covered([span(2020, 2022)].into_iter(), open));
        assert!(covered([span(2020, 2022), open].into_iter(), open));
        assert!(!covered(std::iter::empty(), open));
    }
}
