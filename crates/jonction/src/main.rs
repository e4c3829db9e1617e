//! `jonction`: configuration, wiring, commands. What each command does is in `docs/commands.md`.

mod cli;
mod commands;
mod failure;
mod house;
mod logs;
mod progress;
mod settings;

use std::process::ExitCode;

use clap::ArgMatches;
use cli::{Account, Command, Import, Transit};
use failure::{Exit, Failure, Result};
use settings::Settings;
use support::inputs::InputKind;

/// Pages and imports make many small pieces of text (decision 0020).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = std::env::args_os();
    let (command, options) = match cli::parse(arguments) {
        Ok(typed) => typed,
        Err(error) => {
            return match cli::failure(&error) {
                Some(failure) => end(&failure),
                None => {
                    // Help that cannot be written (a closed pipe) has no reader.
                    let _ = error.print();
                    Exit::Done.into()
                }
            };
        }
    };
    match run(command, &options) {
        Ok(exit) => exit.into(),
        Err(failure) => end(&failure),
    }
}

fn end(failure: &Failure) -> ExitCode {
    eprintln!("{failure}");
    failure.exit.into()
}

fn run(command: Command, options: &ArgMatches) -> Result<Exit> {
    match &command {
        Command::Version => return Ok(commands::version()),
        Command::Synthesize(asked) => return commands::synthesize(asked),
        Command::Transit { what: Transit::Query(asked) } => return commands::transit::query(asked),
        Command::Transit { what: Transit::Matrix(asked) } => return commands::transit::matrix(asked),
        Command::Transit { what: Transit::Check(asked) } => return commands::transit::check(asked),
        _ => {}
    }
    let settings = Settings::read(options)?;
    if let Command::Transit { what: Transit::Import(asked) } = &command {
        return commands::transit::import(&settings, asked);
    }
    logs::start(&settings, !matches!(command, Command::Serve))?;
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|problem| Failure::system(format!("le programme ne peut pas démarrer ({problem})")))?;
    runtime.block_on(async {
        match command {
            Command::Demo(asked) => commands::demo(&asked).await,
            Command::Serve => commands::serve(&settings).await,
            Command::Import { what } => match what {
                Import::Caf(asked) => commands::import_caf(&settings, &asked).await,
                Import::FranceTravail(asked) => commands::import_france_travail(&settings, &asked).await,
                Import::Questionnaire(asked) => {
                    commands::import_table(&settings, InputKind::Questionnaire, &asked).await
                }
                Import::Recommendations(asked) => {
                    commands::import_table(&settings, InputKind::Recommendation, &asked).await
                }
                Import::Referential(asked) => commands::import_referential(&settings, &asked).await,
                Import::Candidates(asked) => commands::import_candidates(&settings, &asked).await,
            },
            Command::Check => commands::check(&settings).await,
            Command::Verify(asked) => commands::verify(&settings, &asked).await,
            Command::Backup(asked) => commands::backup(&settings, &asked).await,
            Command::Restore(asked) => commands::restore(&settings, &asked).await,
            Command::Account { what: Account::Create(asked) } => commands::create_account(&settings, &asked).await,
            Command::Synthesize(_) | Command::Transit { .. } | Command::Version => unreachable!("done above"),
        }
    })
}
