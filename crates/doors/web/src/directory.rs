//! Names of organisations and structures, for the menu of mandates on every page.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use base::Id;
use platform::{Actor, Platform, Tenant};
use territory::{AsOf, Names};

/// A structure renamed is seen under its new name after this long at most.
const FRESH: Duration = Duration::from_secs(60);

/// The names of each tenant, read again now and then rather than for every page. Cheap to clone.
#[derive(Clone, Default)]
pub struct Directory(Arc<RwLock<HashMap<Id<Tenant>, ReadAt>>>);

/// Names, and when they were read.
type ReadAt = (Instant, Arc<Names>);

impl Directory {
    /// The names of a tenant.
    pub async fn names(&self, platform: &Platform, tenant: Id<Tenant>) -> territory::Result<Arc<Names>> {
        if let Some((read_at, names)) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&tenant)
            && read_at.elapsed() < FRESH
        {
            return Ok(Arc::clone(names));
        }
        let as_of = AsOf::now(&platform.clock);
        let names = Arc::new(territory::picture(platform, &Actor::program(tenant), as_of).await?.names);
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(tenant, (Instant::now(), Arc::clone(&names)));
        Ok(names)
    }
}
