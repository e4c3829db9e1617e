use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use demo::{PASSWORD, Shown, Size};
use platform::Platform;
use platform::tenant::Department;
use web::app::{App, DemoAccount};
use web::assets::Accent;
use web::site::Site;

use super::serve::{handlers, listen, measures, run};
use crate::cli;
use crate::failure::{Exit, Failure, Result};
use crate::progress::Progress;

/// The colour of the demonstration.
const ACCENT: &str = "#0b5f73";

/// Opens the demonstration, making it first if it is not there, and serves it.
pub async fn demo(asked: &cli::Demo) -> Result<Exit> {
    let listener = listen(asked.listen).await?;
    let listening = listener.local_addr().map_err(|problem| Failure::system(problem).at(asked.listen))?;
    let size = match asked.size {
        cli::Size::Small => Size::Small,
        cli::Size::Full => Size::Full,
    };
    let mut progress = Progress::start("Préparation du département de démonstration");
    let opened = demo::open(&asked.dir, size, |what, done, total| {
        progress.step(what);
        progress.set(done, total);
    })
    .await;
    progress.end();
    let demonstration = opened.map_err(|problem| failure(problem).at(asked.dir.display()))?;
    let spool = asked.dir.join("reception");
    std::fs::create_dir_all(&spool).map_err(|problem| Failure::file("créer", &spool, problem))?;
    let accent: Accent = ACCENT.parse().map_err(Failure::configuration)?;
    let site = Site::new("Jonction", &demonstration.department.name, accent).demonstration(true);
    let shown = demonstration.accounts.iter().map(|account| DemoAccount {
        role: format!("{} · {}", account.role, account.place),
        name: account.name.clone(),
        email: account.email.clone(),
        password: PASSWORD.to_owned(),
    });
    let app = App {
        public_origin: Some(format!("http://{listening}")),
        demonstration: Some(shown.collect()),
        measures: measures(),
        networks: mobility::Networks::of(asked.dir.clone()),
        ..App::new(demonstration.platform, Arc::new(site), demonstration.department.id, spool, migrations::ALL)
    };
    let (platform, department) = (app.platform.clone(), demonstration.department);
    let serving = run(app, listener, demo::register(handlers(None)));
    let showing = async {
        let shown =
            follow(&platform, &department, size, || announce(&asked.dir, listening, &demonstration.accounts)).await;
        if let Err(problem) = shown {
            tracing::warn!(%problem, "the progress of the demonstration cannot be read");
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        served = serving => served?,
        () = showing => {}
    }
    Ok(Exit::Done)
}

/// How long the address waits for the people: at real size on a slow machine, pages are shown while they come in.
const PATIENCE: Duration = Duration::from_secs(45);

/// How often the progress is looked at.
const LOOK: Duration = Duration::from_millis(300);

/// Shows the progress until everything is in. The address is told once the small département is whole, once the large
/// one has its people, or once patience is over.
async fn follow(platform: &Platform, department: &Department, size: Size, announce: impl FnOnce()) -> demo::Result<()> {
    let began = Instant::now();
    let mut announce = Some(announce);
    let mut progress = Progress::start("Arrivée des personnes");
    while let Some(filling) = demo::filling(platform, department).await? {
        let ready = match size {
            Size::Small => false,
            Size::Full => filling.peopled || began.elapsed() > PATIENCE,
        };
        if ready && let Some(announce) = announce.take() {
            progress.above(announce);
        }
        progress.step(&filling.what);
        progress.set(filling.done, filling.total);
        tokio::time::sleep(LOOK).await;
    }
    progress.end();
    if let Some(announce) = announce {
        announce();
    }
    Ok(())
}

fn announce(folder: &Path, listening: SocketAddr, accounts: &[Shown]) {
    // The browser tests read these lines (tests/e2e/lib/server.mjs).
    println!("Jonction\u{a0}: http://{listening}");
    println!("Toutes les personnes sont fictives. Comptes (rôle, adresse, mot de passe)\u{a0}:");
    for account in accounts {
        println!("  {:<26}  {:<40}  {PASSWORD}", account.role, account.email);
    }
    println!("Données\u{a0}: {}. Pour arrêter\u{a0}: Ctrl+C.", folder.display());
}

fn failure(problem: demo::Error) -> Failure {
    match problem {
        demo::Error::Folder { .. } | demo::Error::Synthesis(_) => Failure::system(problem),
        demo::Error::KeyMissing { .. } => Failure::configuration(problem),
        demo::Error::Database(problem) => problem.into(),
        demo::Error::Platform(problem) => problem.into(),
        problem => Failure::refused(problem),
    }
    .mend("pour recommencer de zéro, supprimez ce dossier\u{a0}: il ne contient que la démonstration")
}
