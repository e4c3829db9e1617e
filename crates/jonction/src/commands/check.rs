use base::Clock;
use platform::tenant::{self, Department};
use platform::{Actor, Platform};

use crate::failure::{Exit, Failure, Result};
use crate::house;
use crate::settings::Settings;

/// A line of the table.
struct Line {
    what: String,
    state: State,
}

enum State {
    Well(String),
    Wrong(Exit, String),
    /// What comes before is wrong.
    NotLooked,
}

/// Looks at everything, prints a table, and ends with the code of the first thing that is wrong.
pub async fn check(settings: &Settings) -> Result<Exit> {
    let mut lines = Vec::new();
    lines.push(line("configuration", configuration(settings).map(|()| "lue".to_owned())));
    let opened = house::existing(settings).await;
    let db = opened.as_ref().ok().cloned();
    lines.push(line(
        "base",
        opened.map(|db| format!("{}, {}", house::engine_name(db.engine()), house::place(settings))),
    ));
    let mut department = None;
    match &db {
        None => lines.push(Line { what: "schéma".to_owned(), state: State::NotLooked }),
        Some(db) => {
            let schema = house::refuse_old_schema(db).await;
            let up_to_date = schema.is_ok();
            lines.push(line("schéma", schema.map(|()| "à jour".to_owned())));
            if up_to_date {
                let found = known_department(settings, db).await;
                department = found.as_ref().ok().cloned();
                lines.push(line(
                    "département",
                    found.map(|department| format!("{}, {}", department.code, department.name)),
                ));
            }
        }
    }
    match (db, department) {
        (Some(db), Some(department)) => {
            let keys = match house::read_key(settings) {
                Ok(keys) => keys.check(&db, department.id).await.map(|()| keys).map_err(Failure::from),
                Err(failure) => Err(failure),
            };
            let opens = keys.as_ref().ok().cloned();
            lines.push(line("clé", keys.map(|_| "elle ouvre ces données".to_owned())));
            match opens {
                None => lines.push(Line { what: "listes".to_owned(), state: State::NotLooked }),
                Some(keys) => {
                    let platform = Platform::start(db, Clock::system(), keys, platform::Mail::none());
                    lines.extend(read_models(&platform, &department).await?);
                    platform.stop().await;
                }
            }
        }
        _ => lines.push(Line { what: "clé".to_owned(), state: State::NotLooked }),
    }
    Ok(print(&lines))
}

fn line(what: &str, found: Result<String>) -> Line {
    let state = match found {
        Ok(said) => State::Well(said),
        Err(failure) => State::Wrong(failure.exit, failure.to_string().trim_start_matches("Erreur\u{a0}: ").to_owned()),
    };
    Line { what: what.to_owned(), state }
}

/// Every setting, as `serve` would read it.
fn configuration(settings: &Settings) -> Result<()> {
    let listen = settings.listen()?;
    let origin = settings.public_origin(listen)?;
    settings.secure_cookies(&origin)?;
    settings.behind_proxy()?;
    settings.department()?;
    settings.checkpoints()?;
    settings.mail()?;
    settings.accent()?;
    settings.logo()?;
    Ok(())
}

async fn known_department(settings: &Settings, db: &db::Db) -> Result<Department> {
    let (code, _) = settings.department()?;
    tenant::find(db, code).await?.ok_or_else(|| {
        Failure::configuration(format!("cette base ne connaît pas le département {code}"))
            .mend("vérifiez department_code")
    })
}

/// The derived lines against their rebuild from the facts.
async fn read_models(platform: &Platform, department: &Department) -> Result<Vec<Line>> {
    let actor = Actor::program(department.id).for_request("check");
    let checked = support::jobs::check_read_models(platform, &actor).await?;
    Ok(checked
        .into_iter()
        .map(|(name, difference)| {
            let what = match name {
                "person_card" => "liste des personnes".to_owned(),
                "person_word" => "mots de la recherche".to_owned(),
                other => other.to_owned(),
            };
            let state = if difference.is_equal() {
                State::Well(format!("égal à son recalcul, {}", web::fr::count(difference.lines, "ligne", "lignes")))
            } else {
                let part = |name: &str, keys: &[String]| {
                    (!keys.is_empty()).then(|| format!("{name}\u{a0}: {}", keys.join(", ")))
                };
                let parts = [
                    part("manquent", &difference.missing),
                    part("en trop", &difference.superfluous),
                    part("diffèrent", &difference.different),
                ];
                State::Wrong(Exit::Refused, parts.into_iter().flatten().collect::<Vec<_>>().join("\u{202f}; "))
            };
            Line { what, state }
        })
        .collect())
}

fn print(lines: &[Line]) -> Exit {
    let width = lines.iter().map(|line| line.what.chars().count()).max().unwrap_or(0);
    let mut exit = Exit::Done;
    for Line { what, state } in lines {
        let (mark, said) = match state {
            State::Well(said) => ("bien   ", said.as_str()),
            State::NotLooked => ("—      ", "pas regardé\u{a0}: ce qui précède ne va pas"),
            State::Wrong(code, said) => {
                if exit == Exit::Done {
                    exit = *code;
                }
                ("À REVOIR", said.as_str())
            }
        };
        println!("{mark:<9} {what:<width$}  {}", said.replace('\n', " "));
    }
    exit
}
