use base::Clock;
use facts::journal::{self, Chain};
use platform::{checkpoint, tenant};

use crate::cli::Verify;
use crate::failure::{Exit, Failure, Result};
use crate::house;
use crate::settings::Settings;

/// Computes both chains of every département again and compares them with the checkpoints kept elsewhere.
pub async fn verify(settings: &Settings, asked: &Verify) -> Result<Exit> {
    let db = house::existing(settings).await?;
    house::refuse_old_schema(&db).await?;
    let kept = match (&asked.checkpoints, settings.checkpoints()?) {
        (Some(path), _) if !path.exists() => {
            return Err(Failure::system("il n’y a pas de points de contrôle ici")
                .at(path.display())
                .mend("vérifiez --checkpoints"));
        }
        (Some(path), _) => checkpoint::read(path)?,
        (None, Some(target)) => target.read()?,
        (None, None) => Vec::new(),
    };
    let now = Clock::system().now();
    let departments = tenant::all(&db).await?;
    let mut breaches = Vec::new();
    let unknown = kept.iter().filter(|kept| !departments.iter().any(|department| department.id.raw() == kept.tenant));
    breaches.extend(
        unknown.map(|kept| format!("point de contrôle {}\u{a0}: ce département n’est plus dans la base", kept.number)),
    );
    for department in &departments {
        for chain in Chain::ALL {
            let found = journal::verify(&db, *chain, department.id, &kept, now).await?;
            println!(
                "{}, {}\u{a0}: {}, {}, {}, {}",
                department.name,
                name(*chain),
                web::fr::count(found.seals, "sceau", "sceaux"),
                web::fr::count(found.entries, "ligne", "lignes"),
                web::fr::count(found.erased_payloads, "contenu effacé", "contenus effacés"),
                web::fr::count(found.purged_batches, "lot purgé", "lots purgés"),
            );
            if found.unsealed > 0 {
                let unsealed = u64::try_from(found.unsealed).unwrap_or(0);
                println!(
                    "  attention\u{a0}: {} depuis plus d’une heure, l’application tourne-t-elle\u{202f}?",
                    web::fr::count(unsealed, "ligne attend son sceau", "lignes attendent leur sceau")
                );
            }
            breaches.extend(
                found
                    .breaches
                    .into_iter()
                    .map(|breach| format!("{}, {}\u{a0}: {breach}", department.name, name(*chain))),
            );
        }
    }
    for breach in &breaches {
        println!("RUPTURE\u{a0}: {breach}");
    }
    match (breaches.is_empty(), kept.len() as u64) {
        (false, _) => Ok(Exit::Refused),
        (true, 0) => {
            println!(
                "Le journal est cohérent. Sans point de contrôle conservé à l’extérieur, cela ne prouve pas qu’il n’a pas été réécrit en entier."
            );
            Ok(Exit::Done)
        }
        (true, kept) => {
            println!(
                "Le journal est cohérent et conforme à {}.",
                web::fr::count(kept, "point de contrôle", "points de contrôle")
            );
            Ok(Exit::Done)
        }
    }
}

const fn name(chain: Chain) -> &'static str {
    match chain {
        Chain::Writes => "écritures",
        Chain::Reads => "consultations",
    }
}
