//! Why everybody is where they are: read off the final matching, not off the way it was found.

use serde::{Deserialize, Serialize};

use super::defer::{Application, application};
use super::market::{Market, Ranks};

/// What became of an applicant, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub applicant: String,
    /// Their place; none when all they ranked refused them, or they ranked nothing.
    pub placed: Option<Where>,
    /// Every choice they would rather have had, in their order, with the reason of its refusal. Stability means that
    /// this list is complete: no place before theirs would have taken them.
    pub refused: Vec<Refusal>,
}

/// A place an applicant got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Where {
    pub place: String,
    /// Their own rank of the place, from 1.
    pub choice: u32,
    /// The rank the place gave them, from 1.
    pub rank: u32,
}

/// A choice that could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub place: String,
    /// The applicant's own rank of it, from 1.
    pub choice: u32,
    pub because: Because,
}

/// Why a place refuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Because {
    /// The place did not rank the applicant.
    NotRanked,
    /// All seats are held by better ranked applicants.
    Full {
        scope: Scope,
        capacity: u32,
        /// The rank the place gave the applicant who is refused.
        rank: u32,
        /// Those who hold the seats, the best first.
        holders: Vec<Holder>,
    },
}

/// What is full.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "full", content = "id")]
pub enum Scope {
    Place(String),
    Quota(String),
}

/// Who holds a seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub applicant: String,
    pub place: String,
    pub rank: u32,
    /// Ranked equally with the one refused: the tie rule decided.
    pub by_tie: bool,
}

/// What became of a place, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceAnswer {
    pub place: String,
    pub capacity: u32,
    /// The best first.
    pub taken: Vec<Taken>,
    /// Seats that stay empty.
    pub free: u32,
    /// The shared quota that keeps empty seats closed.
    pub closed_by: Option<String>,
    /// Those the place ranked before the last one taken (all it ranked, when seats stay empty) and does not have.
    pub missed: Vec<Elsewhere>,
}

/// Somebody a place takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    pub applicant: String,
    pub rank: u32,
    /// Their own rank of the place.
    pub choice: u32,
}

/// Somebody a place ranked and does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    pub applicant: String,
    pub rank: u32,
    /// The place they have.
    pub has: Option<String>,
    /// Whether they had ranked this place at all.
    pub ranked_it: bool,
}

pub(super) fn explain(market: &Market, ranks: &Ranks, choice: &[Option<usize>]) -> (Vec<Answer>, Vec<PlaceAnswer>) {
    let mut held: Vec<Vec<Application>> = vec![Vec::new(); ranks.capacity.len()];
    for (applicant, position) in choice.iter().enumerate() {
        let kept = position.and_then(|position| application(ranks, applicant, position));
        for node in kept.iter().flat_map(|kept| ranks.path(kept.place)) {
            held[node].extend(kept);
        }
    }
    held.iter_mut().for_each(|held| held.sort_unstable());
    let explainer = Explainer { market, ranks, choice, held };
    let answers = (0..choice.len()).map(|applicant| explainer.answer(applicant)).collect();
    (answers, explainer.places())
}

struct Explainer<'a> {
    market: &'a Market,
    ranks: &'a Ranks,
    choice: &'a [Option<usize>],
    /// What each node holds in the end, the best first.
    held: Vec<Vec<Application>>,
}

impl Explainer<'_> {
    fn place(&self, place: u32) -> String {
        self.market.places[place as usize].id.clone()
    }

    fn answer(&self, applicant: usize) -> Answer {
        let choices = self.ranks.choices(applicant);
        let wanted = self.choice[applicant].unwrap_or(choices.len());
        let placed = choices.get(wanted).map(|choice| Where {
            place: self.place(choice.place),
            choice: choice.tier,
            rank: choice.rank,
        });
        let refused = (0..wanted).map(|position| self.refusal(applicant, position)).collect();
        Answer { applicant: self.market.applicants[applicant].id.clone(), placed, refused }
    }

    fn refusal(&self, applicant: usize, position: usize) -> Refusal {
        let choice = self.ranks.choices(applicant)[position];
        let full = application(self.ranks, applicant, position)
            .and_then(|_| self.ranks.path(choice.place).find(|node| self.is_full(*node)));
        let because = full.map_or(Because::NotRanked, |node| Because::Full {
            scope: match node.checked_sub(self.market.places.len()) {
                None => Scope::Place(self.market.places[node].id.clone()),
                Some(quota) => Scope::Quota(self.market.quotas[quota].id.clone()),
            },
            capacity: self.ranks.capacity[node],
            rank: choice.rank,
            holders: self.held[node].iter().map(|held| self.holder(held, choice.rank)).collect(),
        });
        Refusal { place: self.place(choice.place), choice: choice.tier, because }
    }

    fn holder(&self, held: &Application, refused: u32) -> Holder {
        Holder {
            applicant: self.market.applicants[held.applicant as usize].id.clone(),
            place: self.place(held.place),
            rank: held.rank,
            by_tie: held.rank == refused,
        }
    }

    fn is_full(&self, node: usize) -> bool {
        self.held[node].len() >= self.ranks.capacity[node] as usize
    }

    fn places(&self) -> Vec<PlaceAnswer> {
        let numbers: std::collections::HashMap<&str, usize> = self
            .market
            .applicants
            .iter()
            .enumerate()
            .map(|(number, applicant)| (applicant.id.as_str(), number))
            .collect();
        (0..).zip(&self.market.places).map(|(number, _)| self.place_answer(number, &numbers)).collect()
    }

    fn place_answer(&self, number: u32, numbers: &std::collections::HashMap<&str, usize>) -> PlaceAnswer {
        let (place, held) = (&self.market.places[number as usize], &self.held[number as usize]);
        let taken: Vec<Taken> = held
            .iter()
            .map(|held| {
                let applicant = held.applicant as usize;
                let position = self.choice[applicant].expect("whoever is held has a place");
                Taken {
                    applicant: self.market.applicants[applicant].id.clone(),
                    rank: held.rank,
                    choice: self.ranks.choices(applicant)[position].tier,
                }
            })
            .collect();
        let free = place.capacity.saturating_sub(u32::try_from(held.len()).unwrap_or(u32::MAX));
        let last = if free > 0 { u32::MAX } else { held.last().map_or(0, |held| held.rank) };
        let closed_by = (free > 0)
            .then(|| self.ranks.path(number).skip(1).find(|node| self.is_full(*node)))
            .flatten()
            .map(|node| self.market.quotas[node - self.market.places.len()].id.clone());
        let mut missed = Vec::new();
        for (rank, tier) in (1..).zip(&place.ranking).take_while(|(rank, _)| *rank < last) {
            for id in tier.ids() {
                let applicant = numbers[id.as_str()];
                let choices = self.ranks.choices(applicant);
                let has = self.choice[applicant].map(|position| choices[position].place);
                if has != Some(number) {
                    missed.push(Elsewhere {
                        applicant: id.clone(),
                        rank,
                        has: has.map(|place| self.place(place)),
                        ranked_it: choices.iter().any(|choice| choice.place == number),
                    });
                }
            }
        }
        PlaceAnswer { place: place.id.clone(), capacity: place.capacity, taken, free, closed_by, missed }
    }
}
