//! Stable matching of applicants and places, best for the applicants.
//!
//! A matching is *stable* when no applicant and no place that are not together would both rather be. Among all stable
//! matchings there is one that is best for every applicant at once; deferred acceptance (Gale and Shapley, 1962) finds
//! it: everybody asks for their first choice, a place keeps those it ranks best and refuses the others, who ask for
//! their next. Nobody can gain by hiding their true ranking.
//!
//! # Rules
//!
//! 1. **Out of the question.** Whoever is not ranked is refused, on both sides: silence is a refusal.
//! 2. **Seats.** A place takes as many as its capacity. Places may share a [`Quota`] (a tutor who follows two people at
//!    most in all), and quotas may lie within others (a house that takes ten). Within a shared quota, applications are
//!    compared by the rank that each place gave.
//! 3. **Ties.** Either side may rank several equally. They are broken by a stated and dated [`TieRule`]: first the
//!    order declared for applicants, then a draw that anybody can repeat. The result is *weakly* stable: no applicant
//!    and place would both *strictly* gain by leaving it for each other.
//! 4. **Reasons.** Each refusal names the places or the quota that is full and who holds it, with their ranks, and says
//!    where only the tie rule decided.
//!
//! With nested quotas a place's choice is greedy on a laminar matroid: an application too many drops the worst of the
//! smallest full set. Such choices keep what deferred acceptance needs (Fleiner, 2003), so that the order in which
//! applicants ask changes nothing. [`verify`] holds any matching against the definition, by a separate and naive way.

mod defer;
mod explain;
mod market;
mod verify;

pub use explain::{Answer, Because, Elsewhere, Holder, PlaceAnswer, Refusal, Scope, Taken, Where};
pub use market::{Applicant, Fault, Market, Place, Quota, TieRule, Tier};
pub use verify::{Flaw, verify};

use serde::{Deserialize, Serialize};

use market::Ranks;

/// One applicant at one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Placement {
    pub applicant: String,
    pub place: String,
}

/// The matching with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// In the order of the applicants.
    pub placements: Vec<Placement>,
    /// One for each applicant, in their order.
    pub applicants: Vec<Answer>,
    /// One for each place, in their order.
    pub places: Vec<PlaceAnswer>,
    /// The rule by which ties were broken.
    pub ties: TieRule,
}

/// The applicant-optimal stable matching, with the reasons of every result.
///
/// # Errors
/// What is wrong with the market, and where.
pub fn propose(market: &Market) -> Result<Proposal, Fault> {
    let ranks = Ranks::of(market)?;
    let choice = defer::accept(&ranks);
    let (applicants, places) = explain::explain(market, &ranks, &choice);
    Ok(Proposal { placements: placements(market, &ranks, &choice), applicants, places, ties: market.ties.clone() })
}

/// The same matching without its reasons: for what only looks ahead.
///
/// # Errors
/// What is wrong with the market, and where.
pub fn placed(market: &Market) -> Result<Vec<Placement>, Fault> {
    let ranks = Ranks::of(market)?;
    let choice = defer::accept(&ranks);
    Ok(placements(market, &ranks, &choice))
}

fn placements(market: &Market, ranks: &Ranks, choice: &[Option<usize>]) -> Vec<Placement> {
    let of = |(applicant, choice): (usize, &Option<usize>)| {
        choice.map(|position| Placement {
            applicant: market.applicants[applicant].id.clone(),
            place: market.places[ranks.choices(applicant)[position].place as usize].id.clone(),
        })
    };
    choice.iter().enumerate().filter_map(of).collect()
}
