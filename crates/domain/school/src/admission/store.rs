use base::{Date, Id};
use db::{Ask, sql};
use platform::gate::Action;
use platform::{Account, Organisation, Permit};

use super::model::{Learner, LearnerRecord, Place, PlaceRecord};
use crate::Result;
use crate::cohort::Cohort;
use crate::contract::Tutor;

db::row! {
    /// Somebody whom a tutor guides under contract, and the place they were put at.
    pub(super) struct Guided {
        pub learner: Id<Learner>,
        pub place: Option<Id<Place>>,
    }
}

sql! {
    LEARNER = ["SELECT ", LearnerRecord::COLUMNS, " FROM learner WHERE tenant = $1 AND id = $2"];
    BY_REFERENCE = ["SELECT ", LearnerRecord::COLUMNS, " FROM learner
                     WHERE tenant = $1 AND organisation = $2 AND reference = $3"];
    OF_ACCOUNT = "SELECT learner FROM learner_identity
                  WHERE tenant = $1 AND account = $2 AND replaced_at IS NULL AND valid_to IS NULL ORDER BY learner";
    APPLICANTS = "SELECT learner FROM application WHERE tenant = $1 AND cohort = $2 AND replaced_at IS NULL ORDER BY learner";
    PLACE = ["SELECT ", PlaceRecord::COLUMNS, " FROM place WHERE tenant = $1 AND id = $2"];
    OF_COHORT = "SELECT p.id FROM place p JOIN place_profile f ON f.place = p.id
                 WHERE p.tenant = $1 AND f.cohort = $2 AND f.replaced_at IS NULL ORDER BY p.id";
    OF_HOST = "SELECT id FROM place WHERE tenant = $1 AND host = $2 ORDER BY id";
    SCHOOL_OF = "SELECT organisation FROM cohort WHERE tenant = $1 AND id = $2";
    PLACED_AT = "SELECT learner FROM placement
                 WHERE tenant = $1 AND place = $2 AND replaced_at IS NULL AND valid_to IS NULL ORDER BY learner";
    GUIDED = "SELECT c.learner, p.place FROM contract_terms t JOIN contract c ON c.id = t.contract
              LEFT JOIN placement p ON p.learner = c.learner AND p.cohort = c.cohort AND p.replaced_at IS NULL
                                    AND p.valid_to IS NULL
              WHERE t.tenant = $1 AND t.tutor = $2 AND t.replaced_at IS NULL AND t.last_day >= $3
                AND (t.valid_to IS NULL OR t.valid_to > $3)
                AND NOT EXISTS (SELECT 1 FROM contract_event e WHERE e.contract = t.contract AND e.kind = 'broken'
                                AND e.replaced_at IS NULL AND e.valid_from < $3)
              UNION SELECT c.learner, CAST(NULL AS BIGINT) FROM host_stay h JOIN contract c ON c.id = h.contract
              WHERE h.tenant = $1 AND h.tutor = $2 AND h.replaced_at IS NULL AND (h.valid_to IS NULL OR h.valid_to > $3)
              ORDER BY 1";
    OFFERED_WITH = "SELECT DISTINCT f.place, f.seats FROM place_profile f
                    JOIN cohort_profile c ON c.cohort = f.cohort AND c.replaced_at IS NULL
                    WHERE f.tenant = $1 AND f.tutor = $2 AND f.replaced_at IS NULL AND f.valid_to IS NULL
                      AND (c.valid_to IS NULL OR c.valid_to > $3) ORDER BY f.place";
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

/// Whoever is placed somewhere now.
pub(super) async fn placed_at<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    place: Id<Place>,
) -> Result<Vec<Id<Learner>>> {
    Ok(ask.all(&PLACED_AT, &[&permit.tenant(), &place]).await?)
}

/// Whom a tutor guides under contract on a day or later; somebody hosted may come twice.
pub(super) async fn guided<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    tutor: Id<Tutor>,
    on: Date,
) -> Result<Vec<Guided>> {
    Ok(ask.all(&GUIDED, &[&permit.tenant(), &tutor, &on]).await?)
}

/// The places offered with a tutor to cohorts that are not over on a day, with their seats.
pub(super) async fn offered_with<A: Action>(
    ask: &impl Ask,
    permit: &Permit<A>,
    tutor: Id<Tutor>,
    on: Date,
) -> Result<Vec<(Id<Place>, i64)>> {
    Ok(ask.all(&OFFERED_WITH, &[&permit.tenant(), &tutor, &on]).await?)
}
