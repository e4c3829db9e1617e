use std::collections::{BTreeSet, HashMap};

use base::{Date, Id};
use db::{Ask, Tx, sql, sql_many};
use facts::{Fact, current_many, history_many};
use platform::gate::Action;
use platform::{Permit, Structure};

use super::compute::Facts;
use super::row::FollowUp;
use crate::person::{Card, Membership, Person};
use crate::rights::{Household, RightState};

// `+tenant`: SQLite without statistics would otherwise prefer an index that begins with the tenant, and read it whole.
sql_many! {
    ROWS (1) = "SELECT person, tenant, sort_name, usual_name, first_name, birth_date, commune_code, public_number, publics, right_status,
        obligations, informed_on, due_on, proposed_path, proposed_kind, proposed_structure, proposal_kind, decided_on, path, structure,
        with_interview, started_on, counsellor, designated_on, first_met_on, last_met_on, next_meeting_on, next_meeting_at,
        individual_meetings, stage, phase, need, need_on, changed_on, computed_on, review_on
        FROM follow_up WHERE +tenant = $1 AND person IN ({list})";
    DELETE (1) = "DELETE FROM follow_up WHERE +tenant = $1 AND person IN ({list}) RETURNING person";
    MERGED_INTO (1) = "SELECT merged_into, person FROM person_card WHERE +tenant = $1 AND merged_into IN ({list})";
}

sql! {
    DUE = "SELECT person FROM follow_up WHERE tenant = $1 AND review_on <= $2 ORDER BY review_on, person LIMIT $3";
    PERSONS_AFTER = "SELECT person FROM person_card WHERE tenant = $1 AND person > $2 ORDER BY person LIMIT $3";
    IN_CHARGE = "SELECT structure FROM follow_up WHERE tenant = $1 AND person = $2";
}

pub(crate) async fn rows(
    ask: &impl Ask,
    permit: &Permit<impl Action>,
    persons: &[Id<Person>],
) -> db::Result<Vec<FollowUp>> {
    ROWS.all(ask, &[&permit.tenant()], persons).await
}

/// The structure that accompanies a person, if one does.
pub(crate) async fn structure_in_charge(
    ask: &impl Ask,
    permit: &Permit<impl Action>,
    person: Id<Person>,
) -> db::Result<Option<Id<Structure>>> {
    Ok(ask.maybe::<Option<Id<Structure>>>(&IN_CHARGE, &[&permit.tenant(), &person]).await?.flatten())
}

pub(super) async fn due(
    ask: &impl Ask,
    permit: &Permit<impl Action>,
    on: Date,
    limit: i64,
) -> db::Result<Vec<Id<Person>>> {
    ask.all(&DUE, &[&permit.tenant(), &on, &limit]).await
}

pub(super) async fn persons_after(
    ask: &impl Ask,
    permit: &Permit<impl Action>,
    after: Id<Person>,
    limit: i64,
) -> db::Result<Vec<Id<Person>>> {
    ask.all(&PERSONS_AFTER, &[&permit.tenant(), &after, &limit]).await
}

/// Puts freshly computed lines in place of those of `persons`.
pub(super) async fn replace(
    tx: &Tx,
    permit: &Permit<impl Action>,
    persons: &[Id<Person>],
    lines: &[FollowUp],
) -> db::Result<()> {
    DELETE.all::<Id<Person>, _>(tx, &[&permit.tenant()], persons).await?;
    tx.fill(lines).await
}

/// The facts behind the lines of these people, those of records merged into theirs included, with their cards.
pub(super) async fn facts(
    ask: &impl Ask,
    permit: &Permit<impl Action>,
    persons: &[Id<Person>],
) -> db::Result<Vec<(Card, Facts)>> {
    let tenant = permit.tenant();
    let cards = crate::person::store::cards_of(ask, permit, persons).await?;
    let representatives: Vec<Id<Person>> = cards.iter().map(|card| card.person).collect();
    let mut stands_for: HashMap<Id<Person>, Id<Person>> = cards.iter().map(|card| (card.person, card.person)).collect();
    for (representative, merged) in
        MERGED_INTO.all::<(Id<Person>, Id<Person>), _>(ask, &[&tenant], &representatives).await?
    {
        stands_for.insert(merged, representative);
    }
    let subjects: Vec<Id<Person>> = stands_for.keys().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let mut facts: HashMap<Id<Person>, Facts> = HashMap::new();

    for fact in history_many::<Membership>(ask, tenant, &representatives).await? {
        facts.entry(fact.subject).or_default().memberships.push(fact);
    }
    let households: Vec<Id<Household>> =
        cards.iter().map(|card| card.household).collect::<BTreeSet<_>>().into_iter().collect();
    let mut rights: HashMap<Id<Household>, Vec<Fact<RightState>>> = HashMap::new();
    for fact in history_many::<RightState>(ask, tenant, &households).await? {
        rights.entry(fact.subject).or_default().push(fact);
    }
    macro_rules! gather {
        ($field:ident) => {
            for fact in current_many(ask, tenant, &subjects).await? {
                facts.entry(stands_for[&fact.subject]).or_default().$field.push(fact);
            }
        };
    }
    gather!(proposals);
    gather!(decisions);
    gather!(orientations);
    gather!(designations);
    gather!(meetings);
    gather!(steps);
    Ok(cards
        .into_iter()
        .map(|card| {
            let mut facts = facts.remove(&card.person).unwrap_or_default();
            facts.rights = rights.get(&card.household).cloned().unwrap_or_default();
            (card, facts)
        })
        .collect())
}
