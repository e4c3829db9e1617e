//! Matching against its definition, against an exhaustive search, and against an independent implementation.

use std::collections::BTreeMap;

use planning::matching::{
    Applicant, Because, Fault, Flaw, Market, Place, Placement, Quota, Scope, TieRule, Tier, placed, propose, verify,
};
use proptest::prelude::*;

fn rule() -> TieRule {
    TieRule { date: "2026-11-22".parse().unwrap(), seed: "tirage".to_owned(), stated: String::new() }
}

fn ids(prefix: &str, numbers: &[usize]) -> Vec<Tier> {
    numbers.iter().map(|number| Tier::One(format!("{prefix}{number}"))).collect()
}

/// A shuffled part of `0..count`, in tiers whose ends are drawn.
fn ranking(prefix: &'static str, count: usize, ties: bool) -> impl Strategy<Value = Vec<Tier>> {
    let numbers: Vec<usize> = (0..count).collect();
    let order = Just(numbers).prop_shuffle();
    (order, 0..=count, prop::collection::vec(any::<bool>(), count)).prop_map(move |(order, kept, joined)| {
        let mut tiers: Vec<Tier> = Vec::new();
        for (number, join) in order[..kept].iter().zip(joined) {
            let id = format!("{prefix}{number}");
            match tiers.last_mut().filter(|_| ties && join) {
                Some(last) => *last = Tier::Tied(last.ids().iter().cloned().chain([id]).collect()),
                None => tiers.push(Tier::One(id)),
            }
        }
        tiers
    })
}

/// Markets with ties, silence, and quotas in two storeys.
fn market(ties: bool) -> impl Strategy<Value = Market> {
    (1..8_usize, 1..6_usize).prop_flat_map(move |(applicants, places)| {
        (
            prop::collection::vec((ranking("p", places, ties), prop::option::of(0..3_u64)), applicants),
            prop::collection::vec((ranking("a", applicants, ties), 0..3_u32, prop::option::of(0..4_usize)), places),
            prop::collection::vec((0..4_u32, prop::bool::weighted(0.5)), 4),
        )
            .prop_map(|(applicants, places, quotas)| Market {
                applicants: (0..)
                    .zip(applicants)
                    .map(|(number, (ranking, order))| Applicant { id: format!("a{number}"), ranking, order })
                    .collect(),
                places: (0..)
                    .zip(places)
                    .map(|(number, (ranking, capacity, quota))| Place {
                        id: format!("p{number}"),
                        capacity,
                        ranking,
                        quota: quota.map(|quota| format!("q{quota}")),
                    })
                    .collect(),
                quotas: (0..)
                    .zip(quotas)
                    .map(|(number, (capacity, inside))| Quota {
                        id: format!("q{number}"),
                        capacity,
                        within: (inside && number > 0).then(|| "q0".to_owned()),
                    })
                    .collect(),
                ties: rule(),
            })
    })
}

/// Everybody's rank of their place; those without come last.
fn satisfaction(market: &Market, matching: &[Placement]) -> Vec<usize> {
    let place_of: BTreeMap<&str, &str> =
        matching.iter().map(|placed| (placed.applicant.as_str(), placed.place.as_str())).collect();
    let rank = |applicant: &Applicant| {
        let has = place_of.get(applicant.id.as_str());
        has.and_then(|has| applicant.ranking.iter().position(|tier| tier.ids().iter().any(|id| id == has)))
            .unwrap_or(usize::MAX)
    };
    market.applicants.iter().map(rank).collect()
}

/// Every matching of applicants with places they ranked.
fn all_matchings(market: &Market) -> Vec<Vec<Placement>> {
    let mut all = vec![Vec::new()];
    for applicant in &market.applicants {
        let mut longer = all.clone();
        for place in applicant.ranking.iter().flat_map(|tier| tier.ids()) {
            let placed = Placement { applicant: applicant.id.clone(), place: place.clone() };
            longer.extend(all.iter().map(|start| start.iter().cloned().chain([placed.clone()]).collect::<Vec<_>>()));
        }
        all = longer;
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_proposed_is_valid_and_stable(market in market(true)) {
        let proposal = propose(&market).unwrap();
        prop_assert_eq!(verify(&market, &proposal.placements), vec![]);
        prop_assert_eq!(placed(&market).unwrap(), proposal.placements);
    }

    #[test]
    fn without_ties_no_stable_matching_is_better_for_any_applicant(market in market(false), one_house in any::<bool>()) {
        let mut market = market;
        // Places that share a quota compare ranks: two first choices of different places are a tie, unless the house has
        // one ranking for all.
        let ranking = market.places[0].ranking.clone();
        for place in &mut market.places {
            if one_house {
                place.ranking = ranking.clone();
            } else {
                place.quota = None;
            }
        }
        prop_assume!(market.applicants.len() <= 5 && market.places.len() <= 4);
        let ours = satisfaction(&market, &placed(&market).unwrap());
        let stable = all_matchings(&market).into_iter().filter(|matching| verify(&market, matching).is_empty());
        for other in stable {
            let theirs = satisfaction(&market, &other);
            prop_assert!(ours.iter().zip(&theirs).all(|(ours, theirs)| ours <= theirs), "{:?}", other);
        }
    }

    #[test]
    fn the_order_of_the_lists_changes_nothing(market in market(true)) {
        let mut turned = market.clone();
        turned.applicants.reverse();
        turned.places.reverse();
        turned.quotas.reverse();
        let mut there = placed(&turned).unwrap();
        let mut here = placed(&market).unwrap();
        here.sort();
        there.sort();
        prop_assert_eq!(here, there);
    }

    #[test]
    fn every_refusal_has_its_reason(market in market(true)) {
        let proposal = propose(&market).unwrap();
        for (answer, applicant) in proposal.applicants.iter().zip(&market.applicants) {
            let choices: usize = applicant.ranking.iter().map(|tier| tier.ids().len()).sum();
            if answer.placed.is_none() {
                prop_assert_eq!(answer.refused.len(), choices);
            }
            for refusal in &answer.refused {
                let place = market.places.iter().find(|place| place.id == refusal.place).unwrap();
                let rank = place.ranking.iter().position(|tier| tier.ids().contains(&applicant.id)).map(|rank| rank + 1);
                match &refusal.because {
                    Because::NotRanked => prop_assert_eq!(rank, None),
                    Because::Full { capacity, holders, rank: said, .. } => {
                        prop_assert_eq!(rank, Some(*said as usize));
                        prop_assert_eq!(holders.len(), *capacity as usize);
                        prop_assert!(holders.iter().all(|held| held.rank < *said || (held.by_tie && held.rank == *said)));
                    }
                }
            }
        }
    }

    #[test]
    fn seats_left_empty_have_nobody_who_would_rather_come(market in market(true)) {
        let proposal = propose(&market).unwrap();
        for place in proposal.places.iter().filter(|place| place.free > 0 && place.closed_by.is_none()) {
            for missed in place.missed.iter().filter(|missed| missed.ranked_it) {
                prop_assert!(missed.has.is_some(), "{} is free for {}", place.place, missed.applicant);
            }
        }
    }

    #[test]
    fn the_checker_finds_what_a_hand_has_spoilt(market in market(false)) {
        let mut matching = placed(&market).unwrap();
        prop_assume!(matching.pop().is_some());
        prop_assert!(!verify(&market, &matching).is_empty());
    }
}

fn small() -> Market {
    let applicant =
        |id: &str, ranking: &[usize]| Applicant { id: id.to_owned(), ranking: ids("p", ranking), order: None };
    Market {
        applicants: vec![applicant("a0", &[0]), applicant("a1", &[0, 1]), applicant("a2", &[1, 0])],
        places: vec![
            Place { id: "p0".to_owned(), capacity: 1, ranking: ids("a", &[1, 0]), quota: Some("tuteur".to_owned()) },
            Place { id: "p1".to_owned(), capacity: 1, ranking: ids("a", &[0, 1, 2]), quota: Some("tuteur".to_owned()) },
        ],
        quotas: vec![Quota { id: "tuteur".to_owned(), capacity: 1, within: None }],
        ties: rule(),
    }
}

#[test]
fn a_tutors_quota_closes_a_free_place_and_says_so() {
    let proposal = propose(&small()).unwrap();
    assert_eq!(proposal.placements, [Placement { applicant: "a1".to_owned(), place: "p0".to_owned() }]);
    let refused = &proposal.applicants[2].refused;
    assert!(matches!(&refused[0].because, Because::Full { scope: Scope::Quota(id), holders, .. }
        if id == "tuteur" && holders[0].applicant == "a1"));
    assert_eq!(refused[1].because, Because::NotRanked);
    assert_eq!((proposal.places[1].free, proposal.places[1].closed_by.as_deref()), (1, Some("tuteur")));
}

#[test]
fn a_tie_is_broken_by_the_declared_order_then_by_the_draw() {
    let mut market = small();
    market.places[0].ranking = vec![Tier::Tied(vec!["a0".to_owned(), "a1".to_owned()])];
    market.places[1].ranking.clear();
    let winner = |market: &Market| placed(market).unwrap()[0].applicant.clone();
    for (orders, expected) in [([Some(2), Some(1)], "a1"), ([Some(1), Some(2)], "a0"), ([None, Some(9)], "a1")] {
        (market.applicants[0].order, market.applicants[1].order) = orders.into();
        assert_eq!(winner(&market), expected);
    }
    (market.applicants[0].order, market.applicants[1].order) = (None, None);
    let drawn = if market.ties.draw("a0") < market.ties.draw("a1") { "a0" } else { "a1" };
    assert_eq!(winner(&market), drawn);
    let loser =
        propose(&market).unwrap().applicants.into_iter().find(|one| one.placed.is_none() && one.applicant != "a2");
    let refused = loser.unwrap().refused;
    assert!(matches!(&refused[0].because, Because::Full { holders, .. } if holders[0].by_tie));
}

#[test]
fn the_draw_is_the_one_that_is_documented() {
    // FNV-1a of "2026-11-22|tirage|a0", then the finaliser of SplitMix64: computed apart.
    assert_eq!(rule().draw("a0"), 1_213_027_390_897_744_742);
}
#[test]
fn a_faulty_market_is_refused_with_the_place_of_the_fault() {
    let spoilt = |change: fn(&mut Market)| {
        let mut market = small();
        change(&mut market);
        propose(&market).unwrap_err()
    };
    assert!(matches!(spoilt(|market| market.places[1].id = "p0".to_owned()), Fault::Twice { id, .. } if id == "p0"));
    assert!(
        matches!(spoilt(|market| market.applicants[0].ranking = ids("p", &[7])), Fault::Unknown { id, .. } if id == "p7")
    );
    assert!(matches!(spoilt(|market| market.places[0].ranking = ids("a", &[1, 1])), Fault::RankedTwice { .. }));
    assert!(matches!(spoilt(|market| market.applicants[1].ranking = ids("p", &[1, 1])), Fault::RankedTwice { .. }));
    assert!(matches!(spoilt(|market| market.quotas.clear()), Fault::UnknownQuota { .. }));
    let circle = spoilt(|market| market.quotas[0].within = Some("tuteur".to_owned()));
    assert_eq!(circle, Fault::Circle { id: "tuteur".to_owned() });
    assert!(circle.to_string().contains("« tuteur »"));
}

#[test]
fn the_checker_names_each_flaw() {
    let market = small();
    let placement =
        |applicant: &str, place: &str| Placement { applicant: applicant.to_owned(), place: place.to_owned() };
    let flaws =
        verify(&market, &[placement("a0", "p0"), placement("a1", "p0"), placement("a2", "p0"), placement("x", "p0")]);
    assert!(flaws.iter().any(|flaw| matches!(flaw, Flaw::Overfull { id, held: 3, .. } if id == "p0")));
    assert!(flaws.iter().any(|flaw| matches!(flaw, Flaw::Unknown { .. })));
    assert!(flaws.iter().any(|flaw| matches!(flaw, Flaw::NotRanked { applicant, .. } if applicant == "a2")));
    let unstable = verify(&market, &[placement("a0", "p0")]);
    assert_eq!(unstable, [Flaw::Blocking { applicant: "a1".to_owned(), place: "p0".to_owned() }]);
}

/// Results of the package `matching` 1.4.3 of PyPI (hospital and residents, resident-optimal), up to 120 × 60.
#[test]
fn equals_an_independent_implementation() {
    #[derive(serde::Deserialize)]
    struct Golden {
        applicants: BTreeMap<String, Vec<String>>,
        places: BTreeMap<String, (u32, Vec<String>)>,
        placed: BTreeMap<String, String>,
    }
    let golden: Vec<Golden> = serde_json::from_str(include_str!("golden/matching.json")).unwrap();
    let tiers = |ids: Vec<String>| ids.into_iter().map(Tier::One).collect();
    for golden in golden {
        let applicants = golden.applicants.into_iter();
        let places = golden.places.into_iter();
        let market = Market {
            applicants: applicants.map(|(id, ids)| Applicant { id, ranking: tiers(ids), order: None }).collect(),
            places: places
                .map(|(id, (capacity, ids))| Place { id, capacity, ranking: tiers(ids), quota: None })
                .collect(),
            quotas: vec![],
            ties: rule(),
        };
        let ours = placed(&market).unwrap().into_iter().map(|placed| (placed.applicant, placed.place));
        assert_eq!(ours.collect::<BTreeMap<_, _>>(), golden.placed);
    }
}

/// Where everybody wants the same and is refused thousands of times, nothing recurses and nothing is copied.
#[test]
fn ten_thousand_applicants_for_three_thousand_places() {
    let market = Market {
        applicants: (0..10_000)
            .map(|number| Applicant {
                id: format!("a{number}"),
                ranking: ids(
                    "p",
                    &(0..40)
                        .map(|step| (step * step + number % 7) % 3_000)
                        .collect::<std::collections::BTreeSet<_>>()
                        .into_iter()
                        .collect::<Vec<_>>(),
                ),
                order: None,
            })
            .collect(),
        places: (0..3_000)
            .map(|number| Place {
                id: format!("p{number}"),
                capacity: 2,
                ranking: (0..10_000)
                    .step_by(11)
                    .map(|step| Tier::One(format!("a{}", (step * 7 + number) % 10_000)))
                    .collect(),
                quota: None,
            })
            .collect(),
        quotas: vec![],
        ties: rule(),
    };
    let matching = placed(&market).unwrap();
    assert_eq!(verify(&market, &matching), vec![]);
    assert!(!matching.is_empty());
}
