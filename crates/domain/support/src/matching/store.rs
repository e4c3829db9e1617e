use std::collections::{BTreeMap, BTreeSet, HashMap};

use base::{Id, Instant};
use db::{Ask, Param, Tx, sql, sql_many};
use facts::{Fact, Import, current_many};
use platform::Permit;
use platform::gate::{Action, DecideMatch, ImportFeed};

use super::model::{Doubt, Reason};
use crate::person::{Card, Identity, Person, Registration};
use crate::rights::Household;

sql_many! {
    BY_MATCH_KEY (1) = "SELECT match_key, person FROM identity WHERE tenant = $1 AND match_key IN ({list}) AND replaced_at IS NULL";
    BY_BLIND_INDEX (1) = "SELECT blind_index, person FROM registration WHERE tenant = $1 AND blind_index IN ({list}) AND replaced_at IS NULL";
    HOUSEHOLDS_OF (1) = "SELECT id, household FROM person WHERE tenant = $1 AND id IN ({list})";
}

sql! {
    PROPOSE = "INSERT INTO match_doubt (id, tenant, person_a, person_b, reason, file, found_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, person_a, person_b) DO NOTHING";
    SAME = "SELECT d.person_a, d.person_b FROM match_decision m JOIN match_doubt d ON d.id = m.doubt
        WHERE m.tenant = $1 AND m.replaced_at IS NULL AND m.verdict = 'same' ORDER BY d.person_a, d.person_b";
    SET_GROUP = "UPDATE person_card SET merged_into = $1, listed = $2 WHERE person = $3";
    DOUBT = ["SELECT ", Doubt::COLUMNS, " FROM match_doubt WHERE tenant = $1 AND id = $2"];
    ABOUT = ["SELECT ", Doubt::COLUMNS, " FROM match_doubt WHERE tenant = $1 AND person_a = $2
        UNION ALL SELECT ", Doubt::COLUMNS, " FROM match_doubt WHERE +tenant = $1 AND person_b = $2 ORDER BY id"];
    OPEN = ["SELECT ", Doubt::COLUMNS, " FROM match_doubt d WHERE tenant = $1 AND id > $2
        AND NOT EXISTS (SELECT 1 FROM match_decision m WHERE m.doubt = d.id AND m.replaced_at IS NULL)
        ORDER BY id LIMIT $3"];
    OPEN_FOR = ["SELECT ", Doubt::COLUMNS, " FROM match_doubt d WHERE tenant = $1 AND id > $2 AND reason = $3
        AND NOT EXISTS (SELECT 1 FROM match_decision m WHERE m.doubt = d.id AND m.replaced_at IS NULL)
        ORDER BY id LIMIT $4"];
    COUNT_OPEN_FOR = "SELECT count(*) FROM match_doubt d WHERE tenant = $1 AND reason = $2
        AND NOT EXISTS (SELECT 1 FROM match_decision m WHERE m.doubt = d.id AND m.replaced_at IS NULL)";
    COUNT_OPEN = "SELECT count(*) FROM match_doubt d WHERE tenant = $1
        AND NOT EXISTS (SELECT 1 FROM match_decision m WHERE m.doubt = d.id AND m.replaced_at IS NULL)";
}

/// Pairs of records in different households that a new identity or number brings together.
pub(crate) async fn across_households(
    tx: &Tx,
    permit: &Permit<ImportFeed>,
    identities: &[Fact<Identity>],
    registrations: &[Fact<Registration>],
) -> db::Result<Vec<(Id<Person>, Id<Person>, Reason)>> {
    let tenant = permit.tenant();
    let keys: Vec<String> =
        identities.iter().map(|fact| fact.value.match_key.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let indexes: Vec<Vec<u8>> =
        registrations.iter().map(|fact| fact.value.blind_index.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let by_number = pairs(BY_BLIND_INDEX.all::<(Vec<u8>, Id<Person>), _>(tx, &[&tenant], &indexes).await?);
    let by_name = pairs(BY_MATCH_KEY.all::<(String, Id<Person>), _>(tx, &[&tenant], &keys).await?);
    // Inside one household, persons are told apart when its file is read.
    let concerned: Vec<Id<Person>> =
        by_number.iter().chain(&by_name).flat_map(|(a, b)| [*a, *b]).collect::<BTreeSet<_>>().into_iter().collect();
    let homes: HashMap<Id<Person>, Id<Household>> =
        HOUSEHOLDS_OF.all::<(Id<Person>, Id<Household>), _>(tx, &[&tenant], &concerned).await?.into_iter().collect();
    let apart = |(a, b): &(Id<Person>, Id<Person>)| homes.get(a) != homes.get(b);
    let same_number: BTreeSet<(Id<Person>, Id<Person>)> = by_number.into_iter().filter(apart).collect();
    let by_name = by_name.into_iter().filter(apart);
    let candidates: Vec<(Id<Person>, Id<Person>)> = by_name.filter(|pair| !same_number.contains(pair)).collect();

    // Two people of one name and birth date with different numbers are two people.
    let concerned: Vec<Id<Person>> =
        candidates.iter().flat_map(|(a, b)| [*a, *b]).collect::<BTreeSet<_>>().into_iter().collect();
    let mut numbers: HashMap<Id<Person>, Vec<u8>> = HashMap::new();
    for fact in current_many::<Registration>(tx, tenant, &concerned).await? {
        numbers.insert(fact.subject, fact.value.blind_index);
    }
    let same_identity = candidates
        .into_iter()
        .filter(|(a, b)| !matches!((numbers.get(a), numbers.get(b)), (Some(a), Some(b)) if a != b));
    let doubts = same_number.iter().map(|(a, b)| (*a, *b, Reason::SameNumber));
    Ok(doubts.chain(same_identity.map(|(a, b)| (a, b, Reason::SameIdentity))).collect())
}

/// Pairs of persons that share a key, the smaller number first.
fn pairs<Key: Ord>(bearers: Vec<(Key, Id<Person>)>) -> BTreeSet<(Id<Person>, Id<Person>)> {
    let mut by_key: BTreeMap<Key, BTreeSet<Id<Person>>> = BTreeMap::new();
    for (key, person) in bearers {
        by_key.entry(key).or_default().insert(person);
    }
    let mut found = BTreeSet::new();
    for bearers in by_key.values().filter(|bearers| bearers.len() > 1) {
        for a in bearers {
            found.extend(bearers.iter().filter(|b| a < *b).map(|b| (*a, *b)));
        }
    }
    found
}

/// Adds pairs to the work list; those already there stay as they are. Gives how many are new.
pub(crate) async fn propose(
    tx: &Tx,
    permit: &Permit<ImportFeed>,
    doubts: Vec<(Id<Person>, Id<Person>, Reason)>,
    file: Id<Import>,
    now: Instant,
) -> db::Result<u64> {
    let ids = tx.reserve_ids(doubts.len()).await?;
    let rows: Vec<Doubt> = doubts
        .into_iter()
        .zip(ids)
        .map(|((a, b, reason), id)| Doubt {
            id: Id::new(id),
            tenant: permit.tenant(),
            person_a: a.min(b),
            person_b: a.max(b),
            reason,
            file,
            found_at: now,
        })
        .collect();
    let sets: Vec<Vec<&dyn Param>> = rows.iter().map(db::Record::values).collect();
    tx.execute_many(&PROPOSE, &sets).await
}

/// Groups of records decided to be one person.
pub(crate) async fn decided_groups(
    ask: &impl Ask,
    permit: &Permit<impl Action>,
) -> db::Result<Vec<BTreeSet<Id<Person>>>> {
    let links: Vec<(Id<Person>, Id<Person>)> = ask.all(&SAME, &[&permit.tenant()]).await?;
    let mut groups: Vec<BTreeSet<Id<Person>>> = Vec::new();
    let mut group_of: HashMap<Id<Person>, usize> = HashMap::new();
    for (a, b) in links {
        let (into, from) = match (group_of.get(&a).copied(), group_of.get(&b).copied()) {
            (Some(into), Some(from)) => (into, Some(from).filter(|from| *from != into)),
            (Some(into), None) | (None, Some(into)) => (into, None),
            (None, None) => {
                groups.push(BTreeSet::new());
                (groups.len() - 1, None)
            }
        };
        let mut joining = BTreeSet::from([a, b]);
        joining.extend(from.map(|from| std::mem::take(&mut groups[from])).unwrap_or_default());
        for person in joining {
            group_of.insert(person, into);
            groups[into].insert(person);
        }
    }
    groups.retain(|group| !group.is_empty());
    Ok(groups)
}

/// The record that stands for a group: an adult present in a household with an open right comes first,
/// then the most recent record.
pub(crate) fn elect(cards: &[Card]) -> Option<Id<Person>> {
    let rank =
        |card: &&Card| (is_adult_present(card), matches!(card.right_status.as_str(), "2" | "3" | "4"), card.person);
    cards.iter().max_by_key(rank).map(|card| card.person)
}

/// A card bears a role only while the person is in the household.
fn is_adult_present(card: &Card) -> bool {
    matches!(card.role.as_str(), "DEM" | "CJT")
}

/// Puts right which record stands for which, for the groups that hold one of `persons`; with no decision
/// left about them, they stand for themselves. Gives every member of these groups.
pub(crate) async fn regroup(
    tx: &Tx,
    permit: &Permit<impl Action>,
    persons: &[Id<Person>],
) -> db::Result<Vec<Id<Person>>> {
    let groups = decided_groups(tx, permit).await?;
    let mut concerned = Vec::new();
    let asked: BTreeSet<Id<Person>> = persons.iter().copied().collect();
    for group in groups.iter().filter(|group| !group.is_disjoint(&asked)) {
        let members: Vec<Id<Person>> = group.iter().copied().collect();
        concerned.extend(&members);
        let cards = crate::person::store::cards_of(tx, permit, &members).await?;
        let chosen = elect(&cards);
        for card in &cards {
            let merged_into = chosen.filter(|chosen| *chosen != card.person);
            let listed = merged_into.is_none() && is_adult_present(card);
            if (card.merged_into, card.listed) != (merged_into, listed) {
                tx.execute(&SET_GROUP, &[&merged_into, &listed, &card.person]).await?;
            }
        }
    }
    Ok(concerned)
}

/// After a decision is withdrawn: records in no group stand for themselves again, then groups are put right.
pub(super) async fn ungroup(
    tx: &Tx,
    permit: &Permit<DecideMatch>,
    persons: &[Id<Person>],
) -> db::Result<Vec<Id<Person>>> {
    let none: Option<Id<Person>> = None;
    for card in crate::person::store::cards_of(tx, permit, persons).await? {
        let listed = is_adult_present(&card);
        tx.execute(&SET_GROUP, &[&none, &listed, &card.person]).await?;
    }
    regroup(tx, permit, persons).await
}

pub(super) async fn doubt(ask: &impl Ask, permit: &Permit<DecideMatch>, id: Id<Doubt>) -> db::Result<Option<Doubt>> {
    ask.maybe(&DOUBT, &[&permit.tenant(), &id]).await
}

pub(super) async fn open(
    ask: &impl Ask,
    permit: &Permit<DecideMatch>,
    after: Id<Doubt>,
    limit: i64,
) -> db::Result<Vec<Doubt>> {
    ask.all(&OPEN, &[&permit.tenant(), &after, &limit]).await
}

/// Those proposed for one reason, after `after`.
pub(super) async fn open_for(
    ask: &impl Ask,
    permit: &Permit<DecideMatch>,
    reason: Reason,
    after: Id<Doubt>,
    limit: i64,
) -> db::Result<Vec<Doubt>> {
    ask.all(&OPEN_FOR, &[&permit.tenant(), &after, &reason, &limit]).await
}

pub(super) async fn count_open_for(ask: &impl Ask, permit: &Permit<DecideMatch>, reason: Reason) -> db::Result<i64> {
    ask.one(&COUNT_OPEN_FOR, &[&permit.tenant(), &reason]).await
}

pub(super) async fn count_open(ask: &impl Ask, permit: &Permit<DecideMatch>) -> db::Result<i64> {
    ask.one(&COUNT_OPEN, &[&permit.tenant()]).await
}

/// Every pair that holds a person, decided or not.
pub(super) async fn about(ask: &impl Ask, permit: &Permit<DecideMatch>, person: Id<Person>) -> db::Result<Vec<Doubt>> {
    ask.all(&ABOUT, &[&permit.tenant(), &person]).await
}
