use std::collections::HashMap;

use base::{Date, Id, Period};
use facts::journal::{self, Chain};
use facts::{Plan, current_many};
use platform::gate::DecideMatch;
use platform::{Actor, Permit, Platform, Reading};

use super::model::{Certain, Decision, Doubt, Outcome, Pair, Reason, Side, Verdict};
use super::store;
use crate::person::{Card, Membership, Person, Registration};
use crate::{Error, Result, follow_up};

/// Pairs waiting for a decision after `after`, oldest first, with how many wait in all.
pub async fn open_doubts(platform: &Platform, actor: &Actor, after: Id<Doubt>, limit: i64) -> Result<(Vec<Pair>, i64)> {
    let permit = platform::gate::permit::<DecideMatch>(actor)?;
    let doubts = store::open(&platform.db, &permit, after, limit).await?;
    let waiting = store::count_open(&platform.db, &permit).await?;
    let pairs = pairs(platform, &permit, doubts).await?;
    record_shown(platform, &permit, &pairs).await?;
    Ok((pairs, waiting))
}

/// Pairs read at once while looking for certain ones.
const STRETCH: i64 = 500;

/// Pairs after `after` on which nothing speaks against « same person », oldest first: as many stretches are looked
/// through as it takes to find `enough` of them or to reach the end.
pub async fn certain_doubts(platform: &Platform, actor: &Actor, after: Id<Doubt>, enough: usize) -> Result<Certain> {
    let permit = platform::gate::permit::<DecideMatch>(actor)?;
    let waiting = store::count_open_for(&platform.db, &permit, Reason::SameNumber).await?;
    let mut found = Certain { pairs: Vec::new(), next: None, looked_through: 0, waiting: waiting.unsigned_abs() };
    let mut place = after;
    'looking: loop {
        let doubts = store::open_for(&platform.db, &permit, Reason::SameNumber, place, STRETCH).await?;
        let Some(last) = doubts.last().map(|doubt| doubt.id) else { break };
        let whole = i64::try_from(doubts.len()).is_ok_and(|read| read == STRETCH);
        let mut known: HashMap<Id<Doubt>, Pair> = HashMap::new();
        for pair in pairs(platform, &permit, doubts.clone()).await? {
            known.insert(pair.doubt.id, pair);
        }
        for doubt in doubts {
            found.looked_through += 1;
            found.pairs.extend(known.remove(&doubt.id).filter(Pair::is_certain));
            if found.pairs.len() >= enough {
                found.next = (whole || doubt.id != last).then_some(doubt.id);
                break 'looking;
            }
        }
        if !whole {
            break;
        }
        place = last;
    }
    record_shown(platform, &permit, &found.pairs).await?;
    Ok(found)
}

/// Logs which pairs are about to be shown.
async fn record_shown(platform: &Platform, permit: &Permit<DecideMatch>, pairs: &[Pair]) -> Result<()> {
    let shown = serde_json::json!({ "pairs": pairs.iter().map(|pair| pair.doubt.id.raw()).collect::<Vec<_>>() });
    Ok(platform.readings.record(Reading::of(permit, "match_doubt", None, shown)).await?)
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

/// Decides « same person » for those of the given pairs on which nothing speaks against it, and gives what became of
/// each; a pair that is no longer there is left out.
pub async fn decide_certain(platform: &Platform, actor: &Actor, doubts: &[Id<Doubt>]) -> Result<Vec<Outcome>> {
    let permit = platform::gate::permit::<DecideMatch>(actor)?;
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(doubts.len());
    for id in doubts {
        let Some(doubt) = store::doubt(&platform.db, &permit, *id).await? else { continue };
        let Some(pair) = pairs(platform, &permit, vec![doubt]).await?.pop() else { continue };
        let decided = pair.verdict.is_none() && pair.is_certain();
        if decided {
            write(platform, &permit, &pair.doubt, Some(Verdict::Same)).await?;
        }
        outcomes.push(Outcome { pair, decided });
    }
    let shown: Vec<Pair> = outcomes.iter().map(|outcome| outcome.pair.clone()).collect();
    record_shown(platform, &permit, &shown).await?;
    Ok(outcomes)
}

async fn write(
    platform: &Platform,
    permit: &Permit<DecideMatch>,
    doubt: &Doubt,
    verdict: Option<Verdict>,
) -> Result<()> {
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let persons = [doubt.person_a, doubt.person_b];
    let rules = follow_up::rules(platform, tenant).await?;
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
    let mut concerned = store::ungroup(&tx, permit, &persons).await?;
    concerned.extend(persons);
    follow_up::refresh(&tx, permit, &concerned, &rules).await?;
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
