//! Tenants: the départements this installation serves.

use base::Id;
use db::{Ask, sql};
use facts::Tenant;

use crate::parameter::{self, Declared};
use crate::{Platform, Result};

db::record! {
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct Department in "tenant" {
        pub id: Id<Tenant>,
        /// Its official code: `93`, `2A`, `974`.
        pub code: String,
        pub name: String,
    }
}

sql! {
    ALL = "SELECT id, code, name FROM tenant ORDER BY code";
    BY_CODE = "SELECT id, code, name FROM tenant WHERE code = $1";
}

/// Every département, by code.
pub async fn all(ask: &impl Ask) -> Result<Vec<Department>> {
    Ok(ask.all(&ALL, &[]).await?)
}

/// The département of a code.
pub async fn find(ask: &impl Ask, code: &str) -> Result<Option<Department>> {
    Ok(ask.maybe(&BY_CODE, &[&code]).await?)
}

/// The département of a code, created under `name` if it is not there yet. It is given the platform's own
/// parameters and the `declared` ones that it does not have yet.
pub async fn ensure(platform: &Platform, code: &str, name: &str, declared: &[Declared]) -> Result<Department> {
    let tx = platform.db.begin().await?;
    // Two first starts at once: the second waits, then finds the first one's line.
    tx.hold(&[ENSURE]).await?;
    let department = match find(&tx, code).await? {
        Some(known) => known,
        None => {
            let id = Id::new(tx.reserve_ids(1).await?[0]);
            let department = Department { id, code: code.to_owned(), name: name.to_owned() };
            tx.fill(std::slice::from_ref(&department)).await?;
            department
        }
    };
    parameter::install(&tx, department.id, &[parameter::HOUSE, declared].concat(), platform.now()).await?;
    tx.commit().await?;
    Ok(department)
}

/// What creations of tenants wait for.
const ENSURE: i64 = 0x7465_6e61_6e74;
