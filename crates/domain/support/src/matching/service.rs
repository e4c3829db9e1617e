use std::collections::HashMap;

use base::{Date, Id, Period};
use facts::journal::{self, Chain};
use facts::{Plan, current_many};
use platform::gate::DecideMatch;
use platform::{Actor, Permit, Platform, Reading};

use super::model::{Decision, Doubt, Pair, Side, Verdict};
use super::store;
use crate::person::{Card, Membership, Person, Registration};
use crate::{Error, Result};

/// Pairs waiting for a decision after `after`, oldest first, with how many wait in all.
pub async fn open_doubts(platform: &Platform, actor: &Actor, after: Id<Doubt>, limit: i64) -> Result<(Vec<Pair>, i64)> {
    let permit = platform::gate::permit::<DecideMatch>(actor)?;
    let doubts = store::open(&platform.db, &permit, after, limit).await?;
    let waiting = store::count_open(&platform.db, &permit).await?;
    let pairs = pairs(platform, &permit, doubts).await?;
    let shown = serde_json::json!({ "pairs": pairs.iter().map(|pair| pair.doubt.id.raw()).collect::<Vec<_>>() });
    platform.readings.record(Reading::of(&permit, "match_doubt", None, shown)).await?;
    Ok((pairs, waiting))
}

/// Every pair that holds a person, decided or not.
pub async fn about(platform: &Platform, actor: &Actor, person: Id<Person>) -> Result<Vec<Pair>> {
    let permit = platform::gate::permit::<DecideMatch>(actor)?;
    let doubts = store::about(&platform.db, &permit, person).await?;
    pairs(platform, &permit, doubts).await
}

/// How many pairs wait for a decision. It shows nobody: nothing is logged.
pub async fn waiting(platform: &Platform, actor: &Actor) -> Result<i64> {
    let permit = platform::gate::permit::<DecideMatch>(actor)?;
    Ok(store::count_open(&platform.db, &permit).await?)
}

async fn pairs(platform: &Platform, permit: &Permit<DecideMatch>, doubts: Vec<Doubt>) -> Result<Vec<Pair>> {
    let tenant = permit.tenant();
    let numbers: Vec<Id<Doubt>> = doubts.iter().map(|doubt| doubt.id).collect();
    let decided: HashMap<Id<Doubt>, (Verdict, Date)> = current_many::<Decision>(&platform.db, tenant, &numbers)
        .await?
        .into_iter()
        .map(|fact| (fact.subject, (fact.value.verdict, fact.valid.from)))
        .collect();
    let persons: Vec<Id<Person>> = doubts.iter().flat_map(|doubt| [doubt.person_a, doubt.person_b]).collect();
    let cards: HashMap<Id<Person>, Card> = crate::person::store::cards_of(&platform.db, permit, &persons)
        .await?
        .into_iter()
        .map(|card| (card.person, card))
        .collect();
    let mut memberships: HashMap<Id<Person>, Membership> = HashMap::new();
    for fact in current_many::<Membership>(&platform.db, tenant, &persons).await? {
        memberships.insert(fact.subject, fact.value);
    }
    let numbered: Vec<Id<Person>> = current_many::<Registration>(&platform.db, tenant, &persons)
        .await?
        .into_iter()
        .map(|fact| fact.subject)
        .collect();
    let side = |person: Id<Person>| {
        let membership = memberships.get(&person);
        cards.get(&person).map(|card| Side {
            card: card.clone(),
            attached_since: membership.map(|membership| membership.attached_since),
            attached_until: membership.and_then(|membership| membership.attached_until),
            has_number: numbered.contains(&person),
        })
    };
    // A record emptied since (its only file was replaced) leaves nothing to decide.
    Ok(doubts
        .into_iter()
        .filter_map(|doubt| {
            Some(Pair {
                a: side(doubt.person_a)?,
                b: side(doubt.person_b)?,
                verdict: decided.get(&doubt.id).copied(),
                doubt,
            })
        })
        .collect())
}

/// Records what somebody decided about a pair. Deciding again replaces the former decision.
pub async fn decide(platform: &Platform, actor: &Actor, doubt: Id<Doubt>, verdict: Verdict) -> Result<()> {
    let permit = platform::gate::permit::<DecideMatch>(actor)?;
    let doubt = store::doubt(&platform.db, &permit, doubt).await?.ok_or(Error::NotFound)?;
    write(platform, &permit, &doubt, Some(verdict)).await
}

/// Withdraws the decision about a pair, which waits again.
pub async fn undo(platform: &Platform, actor: &Actor, doubt: Id<Doubt>) -> Result<()> {
    let permit = platform::gate::permit::<DecideMatch>(actor)?;
    let doubt = store::doubt(&platform.db, &permit, doubt).await?.ok_or(Error::NotFound)?;
    write(platform, &permit, &doubt, None).await
}

/// Decides « same person » for those of the given pairs on which nothing speaks against it. Gives each
/// pair with whether it was decided: the others still wait.
pub async fn decide_certain(
    platform: &Platform,
    actor: &Actor,
    doubts: &[Id<Doubt>],
) -> Result<Vec<(Id<Doubt>, bool)>> {
    let permit = platform::gate::permit::<DecideMatch>(actor)?;
    let mut results = Vec::with_capacity(doubts.len());
    for id in doubts {
        let Some(doubt) = store::doubt(&platform.db, &permit, *id).await? else {
            results.push((*id, false));
            continue;
        };
        let certain = pairs(platform, &permit, vec![doubt.clone()]).await?.first().is_some_and(Pair::is_certain);
        if certain {
            write(platform, &permit, &doubt, Some(Verdict::Same)).await?;
        }
        results.push((*id, certain));
    }
    Ok(results)
}

async fn write(
    platform: &Platform,
    permit: &Permit<DecideMatch>,
    doubt: &Doubt,
    verdict: Option<Verdict>,
) -> Result<()> {
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let persons = [doubt.person_a, doubt.person_b];
    let tx = platform.db.begin().await?;
    facts::write::<Decision, Error>(&tx, tenant, doubt.id, permit.provenance(), now, |in_force| {
        Ok(match (in_force.last(), verdict) {
            (Some(known), Some(verdict)) => Plan::correct(in_force, known.id, known.valid, Decision { verdict })?,
            (None, Some(verdict)) => Plan::add(in_force, Period::since(today), Decision { verdict })?,
            (Some(known), None) => Plan::withdraw(in_force, known.id)?,
            (None, None) => Plan::nothing(),
        })
    })
    .await?;
    store::ungroup(&tx, permit, &persons).await?;
    let action = match verdict {
        Some(Verdict::Same) => "match.decided_same",
        Some(Verdict::Different) => "match.decided_different",
        None => "match.undone",
    };
    let told = serde_json::json!({ "doubt": doubt.id.raw(), "reason": doubt.reason.as_code() });
    let entries =
        persons.iter().map(|person| permit.entry(action, "person", Some(person.raw()), told.clone())).collect();
    journal::append_all(&tx, Chain::Writes, tenant, now, entries).await?;
    Ok(tx.commit().await?)
}
