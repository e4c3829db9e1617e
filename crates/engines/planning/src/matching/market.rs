//! What both sides said, and its compact form for the engine.

use std::collections::HashMap;
use std::fmt;

use base::Date;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// Applicants and places that rank each other. Identifiers are the caller's, unique on each side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Market {
    pub applicants: Vec<Applicant>,
    pub places: Vec<Place>,
    #[serde(default)]
    pub quotas: Vec<Quota>,
    pub ties: TieRule,
}

/// Somebody to be placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applicant {
    pub id: String,
    /// Places from the best to the last one accepted.
    #[serde(default)]
    pub ranking: Vec<Tier>,
    /// Position in a tie, the smallest first, as the tie rule states it (order of the applications, say). Those without
    /// come after those with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u64>,
}

/// Seats that are ranked as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub id: String,
    /// Seats; 0 is allowed, for a place that has closed.
    pub capacity: u32,
    /// Applicants from the best to the last one accepted.
    #[serde(default)]
    pub ranking: Vec<Tier>,
    /// The quota it shares with other places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<String>,
}

/// Seats that several places have together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    pub id: String,
    pub capacity: u32,
    /// The wider quota this one lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

/// One rank: usually one identifier; several when they are equal. In JSON a string, or a list of strings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tier {
    One(String),
    Tied(Vec<String>),
}

impl Tier {
    /// The identifiers at this rank.
    #[must_use]
    pub fn ids(&self) -> &[String] {
        match self {
            Self::One(id) => std::slice::from_ref(id),
            Self::Tied(ids) => ids,
        }
    }
}

impl Serialize for Tier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(id) => id.serialize(serializer),
            Self::Tied(ids) => ids.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Tier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Tier;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("un identifiant, ou une liste d’identifiants classés à égalité")
            }

            fn visit_str<E>(self, id: &str) -> Result<Tier, E> {
                Ok(Tier::One(id.to_owned()))
            }

            fn visit_string<E>(self, id: String) -> Result<Tier, E> {
                Ok(Tier::One(id))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tier, A::Error> {
                let mut ids = Vec::new();
                while let Some(id) = list.next_element()? {
                    ids.push(id);
                }
                Ok(Tier::Tied(ids))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// How ties are broken: on both sides, in the same way for all.
///
/// Equal applicants go by [`Applicant::order`], then by the draw; equal places by the draw. The draw of an identifier is
/// the FNV-1a hash (64 bits) of the UTF-8 text `date|seed|identifier`, mixed by the finaliser of SplitMix64; the
/// smallest comes first, equal draws by identifier. So whoever knows the date and the seed can repeat it; announce both
/// before the rankings are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TieRule {
    /// The day on which the rule was laid down.
    pub date: Date,
    /// Any announced text.
    pub seed: String,
    /// The rule in words, for those it concerns (what `order` stands for).
    #[serde(default)]
    pub stated: String,
}

impl TieRule {
    /// The draw of an identifier: the smallest comes first.
    #[must_use]
    pub fn draw(&self, id: &str) -> u64 {
        let text = format!("{}|{}|{id}", self.date, self.seed);
        let hash = text
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        hash ^ (hash >> 31)
    }
}

/// What is wrong with a market.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    #[error("{what} « {id} » figure deux fois : donnez à chacun un identifiant différent")]
    Twice { what: &'static str, id: String },
    #[error("le classement de « {of} » nomme « {id} », qui n’existe pas : corrigez l’identifiant ou ajoutez-le")]
    Unknown { of: String, id: String },
    #[error("« {of} » classe « {id} » deux fois : gardez un seul rang")]
    RankedTwice { of: String, id: String },
    #[error("« {of} » relève du quota « {id} », qui n’existe pas : ajoutez-le à « quotas » ou retirez la référence")]
    UnknownQuota { of: String, id: String },
    #[error("le quota « {id} » est compris dans lui-même : ôtez l’un des « within »")]
    Circle { id: String },
    #[error("trop de données : {what}")]
    TooMany { what: &'static str },
}

/// One entry of an applicant's ranking.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    pub place: u32,
    /// Rank by the applicant, from 1; equal for ties.
    pub tier: u32,
    /// Rank by the place, from 1; 0 when the place did not rank the applicant.
    pub rank: u32,
}

/// A market as arrays. Nodes are the places, then the quotas.
pub(super) struct Ranks {
    /// The choices of applicant `a` are `choices[starts[a]..starts[a + 1]]`, ties broken.
    starts: Vec<usize>,
    choices: Vec<Choice>,
    /// Position of each applicant in ties.
    pub turn: Vec<u32>,
    pub capacity: Vec<u32>,
    /// The node around each node.
    pub around: Vec<Option<u32>>,
}

impl Ranks {
    pub fn of(market: &Market) -> Result<Self, Fault> {
        let too_many = |what| move |_| Fault::TooMany { what };
        u32::try_from(market.applicants.len()).map_err(too_many("les candidats"))?;
        u32::try_from(market.places.len() + market.quotas.len()).map_err(too_many("les places et les quotas"))?;
        let applicants = index("le candidat", market.applicants.iter().map(|applicant| applicant.id.as_str()))?;
        let places = index("la place", market.places.iter().map(|place| place.id.as_str()))?;
        let around = around(market)?;
        let capacity = market.places.iter().map(|place| place.capacity);
        let capacity = capacity.chain(market.quotas.iter().map(|quota| quota.capacity)).collect();

        let draws: Vec<u64> = market.places.iter().map(|place| market.ties.draw(&place.id)).collect();
        let (mut starts, mut choices) = (vec![0], Vec::new());
        let mut seen = vec![usize::MAX; market.places.len()];
        for (number, applicant) in market.applicants.iter().enumerate() {
            for (tier, entry) in (1..).zip(&applicant.ranking) {
                let from = choices.len();
                for id in entry.ids() {
                    let place = find(&places, &applicant.id, id)?;
                    if std::mem::replace(&mut seen[place as usize], number) == number {
                        return Err(Fault::RankedTwice { of: applicant.id.clone(), id: id.clone() });
                    }
                    choices.push(Choice { place, tier, rank: 0 });
                }
                choices[from..].sort_by_key(|choice| {
                    let place = choice.place as usize;
                    (draws[place], &market.places[place].id)
                });
            }
            starts.push(choices.len());
        }
        let mut ranks = Self { starts, choices, turn: turns(market), capacity, around };
        ranks.read_places(market, &applicants)?;
        Ok(ranks)
    }

    /// Looks up, for every choice, the rank that the place gave.
    fn read_places(&mut self, market: &Market, applicants: &HashMap<&str, u32>) -> Result<(), Fault> {
        let mut askers = vec![Vec::new(); market.places.len()];
        for applicant in 0..market.applicants.len() {
            for at in self.starts[applicant]..self.starts[applicant + 1] {
                askers[self.choices[at].place as usize].push((applicant, at));
            }
        }
        // The place that last ranked an applicant, and the rank it gave.
        let mut given = vec![(usize::MAX, 0_u32); market.applicants.len()];
        for (number, place) in market.places.iter().enumerate() {
            for (tier, entry) in (1..).zip(&place.ranking) {
                for id in entry.ids() {
                    let applicant = find(applicants, &place.id, id)? as usize;
                    if std::mem::replace(&mut given[applicant], (number, tier)).0 == number {
                        return Err(Fault::RankedTwice { of: place.id.clone(), id: id.clone() });
                    }
                }
            }
            for (applicant, at) in &askers[number] {
                if given[*applicant].0 == number {
                    self.choices[*at].rank = given[*applicant].1;
                }
            }
        }
        Ok(())
    }

    pub fn applicants(&self) -> usize {
        self.turn.len()
    }

    pub fn choices(&self, applicant: usize) -> &[Choice] {
        &self.choices[self.starts[applicant]..self.starts[applicant + 1]]
    }

    /// The place itself, then the quotas around it, the narrowest first.
    pub fn path(&self, place: u32) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(place), |node| self.around[*node as usize]).map(|node| node as usize)
    }
}

fn index<'a>(what: &'static str, ids: impl Iterator<Item = &'a str>) -> Result<HashMap<&'a str, u32>, Fault> {
    let mut numbers = HashMap::new();
    for (number, id) in (0..).zip(ids) {
        if numbers.insert(id, number).is_some() {
            return Err(Fault::Twice { what, id: id.to_owned() });
        }
    }
    Ok(numbers)
}

fn find(numbers: &HashMap<&str, u32>, of: &str, id: &str) -> Result<u32, Fault> {
    numbers.get(id).copied().ok_or_else(|| Fault::Unknown { of: of.to_owned(), id: id.to_owned() })
}

fn around(market: &Market) -> Result<Vec<Option<u32>>, Fault> {
    let quotas = index("le quota", market.quotas.iter().map(|quota| quota.id.as_str()))?;
    let first = u32::try_from(market.places.len()).expect("counted before");
    let node = |of: &str, quota: &Option<String>| {
        quota.as_ref().map_or(Ok(None), |id| {
            let unknown = || Fault::UnknownQuota { of: of.to_owned(), id: id.clone() };
            quotas.get(id.as_str()).map(|number| Some(first + number)).ok_or_else(unknown)
        })
    };
    let places = market.places.iter().map(|place| node(&place.id, &place.quota));
    let around: Vec<Option<u32>> =
        places.chain(market.quotas.iter().map(|quota| node(&quota.id, &quota.within))).collect::<Result<_, _>>()?;
    for (number, quota) in market.quotas.iter().enumerate() {
        let outwards = std::iter::successors(around[market.places.len() + number], |node| around[*node as usize]);
        if outwards.take(market.quotas.len()).count() == market.quotas.len() {
            return Err(Fault::Circle { id: quota.id.clone() });
        }
    }
    Ok(around)
}

/// Where each applicant stands when several are equal.
fn turns(market: &Market) -> Vec<u32> {
    let keys: Vec<_> = market
        .applicants
        .iter()
        .map(|applicant| (applicant.order.is_none(), applicant.order, market.ties.draw(&applicant.id), &applicant.id))
        .collect();
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|applicant| &keys[*applicant]);
    let mut turns = vec![0; keys.len()];
    for (turn, applicant) in (0..).zip(order) {
        turns[applicant] = turn;
    }
    turns
}
