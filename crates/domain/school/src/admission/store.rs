use base::Id;
use db::{Ask, sql};
use platform::gate::Action;
use platform::{Account, Organisation, Permit};

use super::model::{Learner, LearnerRecord, Place, PlaceRecord};
use crate::Result;
use crate::cohort::Cohort;

sql! {
    LEARNER = ["SELECT ", LearnerRecord::COLUMNS, " FROM learner WHERE tenant = $1 AND id = $2"];
    BY_REFERENCE = ["SELECT ", LearnerRecord::COLUMNS, " FROM learner
                     WHERE tenant = $1 AND organisation = $2 AND reference = $3"];
    OF_ACCOUNT = "SELECT learner FROM learner_identity WHERE tenant = $1 AND account = $2 AND replaced_at IS NULL
                  ORDER BY learner";
    APPLICANTS = "SELECT learner FROM application WHERE tenant = $1 AND cohort = $2 AND replaced_at IS NULL ORDER BY learner";
    PLACE = ["SELECT ", PlaceRecord::COLUMNS, " FROM place WHERE tenant = $1 AND id = $2"];
    OF_COHORT = "SELECT p.id FROM place p JOIN place_profile f ON f.place = p.id
                 WHERE p.tenant = $1 AND f.cohort = $2 AND f.replaced_at IS NULL ORDER BY p.id";
    OF_HOST = "SELECT id FROM place WHERE tenant = $1 AND host = $2 ORDER BY id";
    SCHOOL_OF = "SELECT organisation FROM cohort WHERE tenant = $1 AND id = $2";
}

pub(super) async fn learner<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    id: Id<Learner>,
) -> Result<Option<LearnerRecord>> {
    Ok(ask.maybe(&LEARNER, &[&permit.tenant(), &id]).await?)
}

pub(super) async fn by_reference<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    organisation: Id<Organisation>,
    reference: &str,
) -> Result<Option<LearnerRecord>> {
    Ok(ask.maybe(&BY_REFERENCE, &[&permit.tenant(), &organisation, &reference]).await?)
}

/// The course or courses of whoever bears an account.
pub(super) async fn of_account<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    account: Id<Account>,
) -> Result<Vec<Id<Learner>>> {
    Ok(ask.all(&OF_ACCOUNT, &[&permit.tenant(), &account]).await?)
}

/// Whoever applied to a cohort.
pub(super) async fn applicants<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    cohort: Id<Cohort>,
) -> Result<Vec<Id<Learner>>> {
    Ok(ask.all(&APPLICANTS, &[&permit.tenant(), &cohort]).await?)
}

pub(super) async fn place<A: Action>(ask: &impl Ask, permit: &Permit<A>, id: Id<Place>) -> Result<Option<PlaceRecord>> {
    Ok(ask.maybe(&PLACE, &[&permit.tenant(), &id]).await?)
}

/// The places offered to a cohort.
pub(super) async fn of_cohort<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    cohort: Id<Cohort>,
) -> Result<Vec<Id<Place>>> {
    Ok(ask.all(&OF_COHORT, &[&permit.tenant(), &cohort]).await?)
}

/// The places a host offers.
pub(super) async fn of_host<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    host: Id<Organisation>,
) -> Result<Vec<Id<Place>>> {
    Ok(ask.all(&OF_HOST, &[&permit.tenant(), &host]).await?)
}

/// The school of a cohort, for a host that offers it a place.
pub(super) async fn school_of<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    cohort: Id<Cohort>,
) -> Result<Option<Id<Organisation>>> {
    Ok(ask.maybe(&SCHOOL_OF, &[&permit.tenant(), &cohort]).await?)
}
