//! Reads a market, writes its stable matching with the reasons: `matching MARKET.json PROPOSAL.json`.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use planning::matching::{self, Market};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [market, proposal] = arguments.as_slice() else {
        eprintln!("Usage : matching MARCHÉ.json PROPOSITION.json (formats : docs/matching.md)");
        return ExitCode::from(2);
    };
    match run(market.as_ref(), proposal.as_ref()) {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(market: &Path, proposal: &Path) -> Result<String, Box<dyn Error>> {
    let named = |error: &dyn std::fmt::Display| format!("{} : {error}", market.display());
    let text = std::fs::read(market).map_err(|error| named(&error))?;
    let read: Market = serde_json::from_slice(&text).map_err(|error| named(&error))?;
    let found = matching::propose(&read).map_err(|error| named(&error))?;
    let written = serde_json::to_vec(&found)?;
    std::fs::write(proposal, written).map_err(|error| format!("{} : {error}", proposal.display()))?;
    let (placed, all) = (found.placements.len(), read.applicants.len());
    Ok(format!("{placed} candidats placés sur {all}"))
}
