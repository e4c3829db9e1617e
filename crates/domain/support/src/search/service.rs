use std::collections::{HashMap, HashSet};

use base::{Id, fold, words};
use platform::gate::{ReadNir, SearchPeople};
use platform::{Actor, Permit, Platform, Reading};

use super::names::{Candidate, Names};
use super::near::Typed;
use super::query::Query;
use super::store;
use crate::person::{Card, Person};
use crate::scope::Scope;
use crate::{Error, Result};

/// What a search found, best first.
#[derive(Clone, Debug)]
pub struct Found {
    pub hits: Vec<Hit>,
    /// More people answer than are shown.
    pub more: bool,
}

#[derive(Clone, Debug)]
pub struct Hit {
    pub card: Card,
    /// Found through another spelling than the one typed.
    pub approximate: bool,
}

/// People shown at most.
const SHOWN: usize = 50;

/// Lines read before ranking.
const READ: i64 = 500;

/// Finds people within the reach of the actor. What was asked, and who was shown, is logged.
pub async fn find(platform: &Platform, names: &Names, actor: &Actor, text: &str) -> Result<Found> {
    look_up(platform, names, actor, text, SHOWN).await
}

/// The few people a name being typed may mean, within the reach of the actor. Nothing for what is no name
/// (yet): a number is searched once it is whole.
pub async fn suggest(platform: &Platform, names: &Names, actor: &Actor, text: &str) -> Result<Vec<Hit>> {
    const SUGGESTED: usize = 8;
    match Query::parse(text) {
        Ok(Query::Name(_)) => Ok(look_up(platform, names, actor, text, SUGGESTED).await?.hits),
        _ => Ok(Vec::new()),
    }
}

async fn look_up(platform: &Platform, names: &Names, actor: &Actor, text: &str, shown: usize) -> Result<Found> {
    let permit = platform::gate::permit::<SearchPeople>(actor)?;
    let query = Query::parse(text).map_err(|error| Error::Invalid(error.to_string()))?;
    let scope = Scope::of(&platform.db, &permit, platform.today()).await?;
    let db = &platform.db;
    let (cards, typed) = match &query {
        Query::Name(typed) => (by_name(platform, names, &permit, &scope, typed).await?, typed.as_slice()),
        Query::BirthDate(date) => (store::by_birth_date(db, &permit, *date, READ).await?, &[][..]),
        Query::FileNumber(number) => (store::by_file_number(db, &permit, number, READ).await?, &[][..]),
        Query::ClaimNumber(number) => (store::by_claim_number(db, &permit, number, READ).await?, &[][..]),
        Query::Phone(phone) => (store::by_phone(db, &permit, phone, READ).await?, &[][..]),
        Query::Nir(nir) => {
            // Whoever may not see the number may not fish for it either.
            platform::gate::permit::<ReadNir>(actor)?;
            (store::by_nir(db, &permit, &platform.keys.blind_index(nir.as_str()), READ).await?, &[][..])
        }
    };
    let cards: Vec<Card> = cards.into_iter().filter(|card| scope.holds(&card.commune_code)).collect();
    let mut hits = rank(representatives(platform, &permit, cards).await?, typed);
    let more = hits.len() > shown;
    hits.truncate(shown);
    // A registration number is not written into the log: who was found says enough.
    let asked = if matches!(query, Query::Nir(_)) { "NIR" } else { text };
    let shown: Vec<i64> = hits.iter().map(|hit| hit.card.person.raw()).collect();
    let detail = serde_json::json!({ "asked": asked, "shown": shown });
    platform.readings.record(Reading::of(&permit, "search", None, detail)).await?;
    Ok(Found { hits, more })
}

async fn by_name(
    platform: &Platform,
    names: &Names,
    permit: &Permit<SearchPeople>,
    scope: &Scope,
    typed: &[String],
) -> Result<Vec<Card>> {
    names.refresh(&platform.db, permit.tenant()).await?;
    let candidates: Vec<Vec<Candidate>> = typed.iter().map(|word| names.candidates(permit.tenant(), word)).collect();
    // As typed first; other spellings only when few people answer.
    let mut found: Vec<Card> = Vec::new();
    for furthest in [1, 4] {
        let groups: Vec<Vec<i64>> = candidates
            .iter()
            .map(|group| {
                group
                    .iter()
                    .filter(|candidate| candidate.distance <= furthest)
                    .map(|candidate| candidate.word)
                    .collect()
            })
            .collect();
        let cards = store::by_name(&platform.db, permit, scope, &groups, READ).await?;
        let known: HashSet<Id<Person>> = found.iter().map(|card| card.person).collect();
        found.extend(cards.into_iter().filter(|card| !known.contains(&card.person)));
        if found.len() >= SHOWN / 2 {
            break;
        }
    }
    Ok(found)
}

/// Records that another one stands for are shown as that one.
async fn representatives(platform: &Platform, permit: &Permit<SearchPeople>, cards: Vec<Card>) -> Result<Vec<Card>> {
    let elsewhere: Vec<Id<Person>> = cards.iter().filter_map(|card| card.merged_into).collect();
    let others = crate::person::store::cards_of(&platform.db, permit, &elsewhere).await?;
    let mut kept: HashMap<Id<Person>, Card> = HashMap::new();
    for card in cards.into_iter().filter(|card| card.merged_into.is_none()).chain(others) {
        kept.entry(card.person).or_insert(card);
    }
    Ok(kept.into_values().collect())
}

fn rank(cards: Vec<Card>, typed: &[String]) -> Vec<Hit> {
    let typed: Vec<Typed<'_>> = typed.iter().map(|word| Typed::new(word)).collect();
    let mut ranked: Vec<(u32, bool, Hit)> = cards
        .into_iter()
        .map(|card| {
            let folded = [&card.usual_name, &card.birth_name, &card.first_name].map(|name| fold(name));
            let names = || folded.iter().flat_map(|name| words(name));
            let score: u32 = typed
                .iter()
                .map(|word| names().filter_map(|name| word.distance(name)).min().map_or(5, u32::from))
                .sum();
            let approximate = typed.iter().any(|typed| !names().any(|name| name.contains(typed.word)));
            (score, !card.listed, Hit { card, approximate })
        })
        .collect();
    ranked.sort_by(|a, b| {
        (a.0, a.1, &a.2.card.sort_name, a.2.card.person).cmp(&(b.0, b.1, &b.2.card.sort_name, b.2.card.person))
    });
    ranked.into_iter().map(|(_, _, hit)| hit).collect()
}
