//! What other rooms may know of the publics: counts per structure, none of them small, no person.

use std::collections::BTreeMap;

use base::Id;
use db::{Ask, sql};
use facts::outbox;
use law::publics::Public;
use platform::gate::FollowFlow;
use platform::{Actor, Platform, Structure};

use super::smallest::SmallestCount;
use crate::Result;

/// The event that tells the counts of one structure.
pub const PUBLICS_COUNTED: &str = "support.publics_counted";

/// Version of its shape: `structure`, `on`, `total`, `publics` by code.
const VERSION: i64 = 1;

sql! {
    COUNTS = "SELECT structure, publics, count(*) FROM follow_up WHERE tenant = $1 AND structure IS NOT NULL
              GROUP BY structure, publics ORDER BY structure, publics";
}

/// The people of a structure, all and by public.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Counts {
    total: i64,
    publics: BTreeMap<&'static str, i64>,
}

impl Counts {
    /// What can be told: no small count, and none that leaves so few others that they could be named.
    fn told(mut self, smallest: SmallestCount) -> Option<Self> {
        let total = self.total;
        self.publics.retain(|_, people| smallest.tells_part(*people, total));
        (total >= smallest.people()).then_some(self)
    }
}

/// Tells how many people of each public each structure has in charge today; gives the number of structures told about.
pub async fn tell_publics(platform: &Platform, actor: &Actor) -> Result<u64> {
    let permit = platform::gate::permit::<FollowFlow>(actor)?;
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let smallest = SmallestCount::on(platform, tenant, today).await?;
    let mut structures: BTreeMap<Id<Structure>, Counts> = BTreeMap::new();
    let rows: Vec<(Id<Structure>, i64, i64)> = platform.db.all(&COUNTS, &[&tenant]).await?;
    for (structure, mask, people) in rows {
        let counts = structures.entry(structure).or_default();
        counts.total += people;
        for public in Public::in_mask(mask.cast_unsigned()) {
            *counts.publics.entry(public.code()).or_default() += people;
        }
    }
    let tx = platform.db.begin().await?;
    let mut told = 0;
    for (structure, counts) in structures {
        let Some(Counts { total, publics }) = counts.told(smallest) else { continue };
        let body = serde_json::json!({ "structure": structure, "on": today, "total": total, "publics": publics });
        outbox::publish(&tx, tenant, PUBLICS_COUNTED, VERSION, body, now).await?;
        told += 1;
    }
    tx.commit().await?;
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_counts_and_small_complements_are_not_told() {
        let counts =
            |total, publics: &[(&'static str, i64)]| Counts { total, publics: publics.iter().copied().collect() };
        let told = counts(100, &[("young", 4), ("senior", 5), ("beneficiary", 100), ("lone_parent", 97)])
            .told(SmallestCount::new(5))
            .unwrap();
        assert_eq!(told.publics, BTreeMap::from([("senior", 5), ("beneficiary", 100)]));
        assert_eq!(counts(4, &[("beneficiary", 4)]).told(SmallestCount::new(5)), None);
        assert_eq!(
            counts(4, &[("beneficiary", 4)]).told(SmallestCount::new(1)),
            Some(counts(4, &[("beneficiary", 4)]))
        );
    }
}
