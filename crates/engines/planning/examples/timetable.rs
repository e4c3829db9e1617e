//! Reads an instance, writes its timetable or the reasons why there is none:
//! `timetable INSTANCE.json SOLUTION.json [--seconds S]`.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use planning::timetable::{self, Instance, Options, Status, check};

const USAGE: &str = "Usage : timetable INSTANCE.json SOLUTION.json [--seconds S] (formats : docs/timetable.md)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (instance, solution, seconds) = match arguments.as_slice() {
        [instance, solution] => (instance, solution, None),
        [instance, solution, flag, seconds] if flag == "--seconds" => (instance, solution, Some(seconds)),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    let time = match seconds.map(|text| text.parse().map(Duration::try_from_secs_f64)) {
        None => None,
        Some(Ok(Ok(time))) => Some(time),
        Some(_) => {
            eprintln!("--seconds attend un nombre de secondes, par exemple 10\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(instance.as_ref(), solution.as_ref(), &Options { time, ..Options::default() }) {
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

fn run(instance: &Path, solution: &Path, options: &Options) -> Result<String, Box<dyn Error>> {
    let named = |error: &dyn std::fmt::Display| format!("{} : {error}", instance.display());
    let text = std::fs::read(instance).map_err(|error| named(&error))?;
    let read: Instance = serde_json::from_slice(&text).map_err(|error| named(&error))?;
    let found = timetable::solve(&read, options).map_err(|error| named(&error))?;
    std::fs::write(solution, serde_json::to_vec_pretty(&found)?)
        .map_err(|error| format!("{} : {error}", solution.display()))?;
    Ok(match found.status {
        Status::Solved => {
            let (flaws, cost) = check(&read, &found.sessions);
            if !flaws.is_empty() {
                return Err(format!("le contrôle indépendant refuse l’emploi du temps : {flaws:?}").into());
            }
            format!("{} demi-journées placées, coût des souhaits : {}", found.sessions.len(), cost.total)
        }
        Status::Infeasible => format!("impossible : {} conflit(s), voir {}", found.conflicts.len(), solution.display()),
        Status::Unknown => "ni solution ni preuve d’impossibilité dans ce budget".to_owned(),
    })
}
