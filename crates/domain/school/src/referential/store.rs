use base::Id;
use db::{Ask, Tx, sql};
use platform::gate::Action;
use platform::{Organisation, Permit};

use super::model::{Loaded, Referential};
use crate::Result;

sql! {
    BY_ID = ["SELECT ", Loaded::COLUMNS, " FROM referential WHERE tenant = $1 AND id = $2"];
    BY_VERSION = ["SELECT ", Loaded::COLUMNS, " FROM referential
                   WHERE tenant = $1 AND organisation = $2 AND code = $3 AND version = $4"];
    ALL = ["SELECT ", Loaded::COLUMNS, " FROM referential
            WHERE tenant = $1 AND (CAST($2 AS BIGINT) IS NULL OR organisation = $2) ORDER BY code, version, id"];
}

/// The referential, of whichever organisation.
pub(super) async fn by_id<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    id: Id<Referential>,
) -> Result<Option<Loaded>> {
    Ok(ask.maybe(&BY_ID, &[&permit.tenant(), &id]).await?)
}

pub(super) async fn by_version<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    organisation: Id<Organisation>,
    code: &str,
    version: &str,
) -> Result<Option<Loaded>> {
    Ok(ask.maybe(&BY_VERSION, &[&permit.tenant(), &organisation, &code, &version]).await?)
}

pub(super) async fn all<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    organisation: Option<Id<Organisation>>,
) -> Result<Vec<Loaded>> {
    Ok(ask.all(&ALL, &[&permit.tenant(), &organisation]).await?)
}

pub(super) async fn add(tx: &Tx, loaded: Loaded) -> Result<()> {
    Ok(tx.fill(&[loaded]).await?)
}
