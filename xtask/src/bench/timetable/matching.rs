//! The stable matching, beside the package `matching` of PyPI, and at sizes where that package ends.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, ensure};
use planning::matching::{Applicant, Market, Place, TieRule, Tier, placed, propose, verify};
use serde::Deserialize;

use super::super::table::Table;
use super::families::Dice;

#[derive(Deserialize)]
struct Theirs {
    placed: Option<BTreeMap<String, String>>,
    seconds: Option<f64>,
}

pub fn run(python: Option<&PathBuf>) -> Result<()> {
    println!("\nStable matching, one in each size: seconds; the package's include building its game");
    let mut table = Table::new([
        "applicants × places",
        "choices",
        "matched",
        "ours",
        "with reasons",
        "PyPI",
        "PyPI ÷ ours",
        "equal",
    ]);
    for (applicants, places, choices) in
        [(12, 8, 8), (30, 15, 10), (60, 30, 15), (120, 60, 20), (1_000, 400, 20), (10_000, 3_000, 60)]
    {
        let market = draw(applicants, places, choices);
        let began = Instant::now();
        let ours = placed(&market)?;
        let seconds = began.elapsed().as_secs_f64();
        let began = Instant::now();
        let proposal = propose(&market)?;
        let explained = began.elapsed().as_secs_f64();
        ensure!(proposal.placements == ours, "the proposal is not the matching");
        ensure!(verify(&market, &ours).is_empty(), "a matching that is not stable");
        let theirs = python.filter(|_| applicants <= 1_000).map(|python| peer(python, &market)).transpose()?;
        let (shown, ratio, equal) = match theirs {
            None => ("–".to_owned(), "–".to_owned(), "–".to_owned()),
            Some(Theirs { placed: Some(theirs), seconds: Some(taken) }) => {
                let ours: BTreeMap<String, String> =
                    ours.iter().cloned().map(|one| (one.applicant, one.place)).collect();
                ensure!(ours == theirs, "the two matchings differ at {applicants} × {places}");
                (format!("{taken:.4}"), format!("{:.0}", taken / seconds), "yes".to_owned())
            }
            Some(_) => ("recursion error".to_owned(), "–".to_owned(), "–".to_owned()),
        };
        table.row([
            format!("{applicants} × {places}"),
            choices.to_string(),
            ours.len().to_string(),
            format!("{seconds:.4}"),
            format!("{explained:.4}"),
            shown,
            ratio,
            equal,
        ]);
    }
    table.print();
    Ok(())
}

fn draw(applicants: usize, places: usize, choices: usize) -> Market {
    let mut dice = Dice::new(93);
    let mut ranked = vec![Vec::new(); places];
    let applicants: Vec<Applicant> = (0..applicants)
        .map(|number| {
            let mut wanted = std::collections::BTreeSet::new();
            while wanted.len() < choices {
                wanted.insert(dice.below(places));
            }
            let mut wanted: Vec<usize> = wanted.into_iter().collect();
            dice.shuffle(&mut wanted);
            wanted.iter().for_each(|place| ranked[*place].push(format!("a{number}")));
            let ranking = wanted.iter().map(|place| Tier::One(format!("p{place}"))).collect();
            Applicant { id: format!("a{number}"), ranking, order: None }
        })
        .collect();
    let places = ranked.into_iter().enumerate().map(|(number, mut ranked)| {
        dice.shuffle(&mut ranked);
        let capacity = u32::try_from(1 + dice.below(4)).unwrap_or(1);
        Place { id: format!("p{number}"), capacity, ranking: ranked.into_iter().map(Tier::One).collect(), quota: None }
    });
    let ties = TieRule { date: jiff::civil::date(2026, 11, 22), seed: "bench".to_owned(), stated: String::new() };
    Market { applicants, places: places.collect(), quotas: vec![], ties }
}

fn peer(python: &Path, market: &Market) -> Result<Theirs> {
    let ids = |ranking: &[Tier]| ranking.iter().flat_map(|tier| tier.ids().to_vec()).collect::<Vec<_>>();
    let applicants: BTreeMap<_, _> = market.applicants.iter().map(|one| (&one.id, ids(&one.ranking))).collect();
    // The package refuses places that nobody ranks.
    let places = market.places.iter().filter(|place| !place.ranking.is_empty());
    let places: BTreeMap<_, _> = places.map(|one| (&one.id, (one.capacity, ids(&one.ranking)))).collect();
    let (file, answer) =
        (Path::new("target/bench/timetable/markets.json"), Path::new("target/bench/timetable/matched.json"));
    std::fs::write(file, serde_json::json!([{ "applicants": applicants, "places": places }]).to_string())?;
    let output = Command::new(python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bench/timetable/residents.py"))
        .args([file, answer])
        .output()?;
    ensure!(output.status.success(), "residents.py: {}", String::from_utf8_lossy(&output.stderr));
    let mut read: Vec<Theirs> = serde_json::from_slice(&std::fs::read(answer)?)?;
    Ok(read.remove(0))
}
