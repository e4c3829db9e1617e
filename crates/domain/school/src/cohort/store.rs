use base::Id;
use db::{Ask, sql};
use platform::gate::Action;
use platform::{Organisation, Permit, Tenant};

use super::model::{Cohort, CohortRecord, Room, Trainer};
use crate::Result;

sql! {
    BY_ID = ["SELECT ", CohortRecord::COLUMNS, " FROM cohort WHERE tenant = $1 AND id = $2"];
    BY_CODE = ["SELECT ", CohortRecord::COLUMNS, " FROM cohort WHERE tenant = $1 AND organisation = $2 AND code = $3"];
    ALL = ["SELECT ", CohortRecord::COLUMNS, " FROM cohort
            WHERE tenant = $1 AND (CAST($2 AS BIGINT) IS NULL OR organisation = $2) ORDER BY code, id"];
    TRAINERS = "SELECT id FROM trainer WHERE tenant = $1 AND organisation = $2 ORDER BY id";
    ROOMS = "SELECT id FROM room WHERE tenant = $1 AND organisation = $2 ORDER BY id";
    SCHOOL_OF = "SELECT organisation FROM cohort WHERE tenant = $1 AND id = $2";
    TRAINER_OF = "SELECT organisation FROM trainer WHERE tenant = $1 AND id = $2";
    ROOM_OF = "SELECT organisation FROM room WHERE tenant = $1 AND id = $2";
}

pub(super) async fn by_id<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    id: Id<Cohort>,
) -> Result<Option<CohortRecord>> {
    Ok(ask.maybe(&BY_ID, &[&permit.tenant(), &id]).await?)
}

pub(super) async fn by_code<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    organisation: Id<Organisation>,
    code: &str,
) -> Result<Option<CohortRecord>> {
    Ok(ask.maybe(&BY_CODE, &[&permit.tenant(), &organisation, &code]).await?)
}

pub(super) async fn all<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    organisation: Option<Id<Organisation>>,
) -> Result<Vec<CohortRecord>> {
    Ok(ask.all(&ALL, &[&permit.tenant(), &organisation]).await?)
}

pub(super) async fn trainers<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    organisation: Id<Organisation>,
) -> Result<Vec<Id<Trainer>>> {
    Ok(ask.all(&TRAINERS, &[&permit.tenant(), &organisation]).await?)
}

pub(super) async fn rooms<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    organisation: Id<Organisation>,
) -> Result<Vec<Id<Room>>> {
    Ok(ask.all(&ROOMS, &[&permit.tenant(), &organisation]).await?)
}

/// The school of a trainer.
pub(super) async fn trainer_of<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    trainer: Id<Trainer>,
) -> Result<Option<Id<Organisation>>> {
    Ok(ask.maybe(&TRAINER_OF, &[&permit.tenant(), &trainer]).await?)
}

/// The school of a room.
pub(super) async fn room_of<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    room: Id<Room>,
) -> Result<Option<Id<Organisation>>> {
    Ok(ask.maybe(&ROOM_OF, &[&permit.tenant(), &room]).await?)
}

/// The school of a cohort.
pub(super) async fn school_of(
    ask: &impl Ask,
    tenant: Id<Tenant>,
    cohort: Id<Cohort>,
) -> Result<Option<Id<Organisation>>> {
    Ok(ask.maybe(&SCHOOL_OF, &[&tenant, &cohort]).await?)
}
