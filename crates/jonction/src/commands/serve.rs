use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use platform::checkpoint::Target;
use platform::jobs::Handlers;
use tokio::net::TcpListener;
use tokio::sync::watch;
use web::app::App;
use web::site::Site;

use crate::failure::{Exit, Failure, Result};
use crate::house;
use crate::settings::Settings;

/// How long requests under way may take once the application has been asked to stop.
const GRACE: Duration = Duration::from_secs(20);

/// How often the collected measures are tidied.
const UPKEEP: Duration = Duration::from_secs(5);

/// Serves the data of the configuration until it is asked to stop.
pub async fn serve(settings: &Settings) -> Result<Exit> {
    // What can be wrong without the data is said before touching it.
    let (wanted, accent, logo, checkpoints) =
        (settings.listen()?, settings.accent()?, settings.logo()?, settings.checkpoints()?);
    let behind_proxy = settings.behind_proxy()?;
    let listener = listen(wanted).await?;
    let listening = listener.local_addr().map_err(|problem| Failure::system(problem).at(wanted))?;
    let public_origin = settings.public_origin(listening)?;
    let secure_cookies = settings.secure_cookies(&public_origin)?;
    let house = house::set_up(settings, Clock::system()).await?;
    let spool = settings.spool_folder();
    std::fs::create_dir_all(&spool).map_err(|problem| Failure::file("créer", &spool, problem))?;
    let site = Site::new(settings.text("product"), &house.department.name, accent).logo_file(logo);
    let app = App {
        public_origin: Some(public_origin.clone()),
        behind_proxy,
        secure_cookies,
        measures: measures(),
        checkpoints: checkpoints.clone(),
        networks: mobility::Networks::of(settings.data_folder()),
        ..App::new(house.platform, Arc::new(site), house.department.id, spool, migrations::ALL)
    };
    println!("{}\u{a0}: {public_origin}", settings.text("product"));
    run(app, listener, handlers(checkpoints)).await?;
    Ok(Exit::Done)
}

/// Takes the address, or says who may have it.
pub async fn listen(wanted: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(wanted).await.map_err(|problem| {
        Failure::system(format!("impossible d’écouter à cette adresse ({problem})"))
            .at(wanted)
            .mend("un autre programme l’occupe sans doute\u{a0}: arrêtez-le, ou choisissez un autre port avec --listen")
    })
}

/// The recorder of measures, once for the process.
pub fn measures() -> Option<PrometheusHandle> {
    match PrometheusBuilder::new().install_recorder() {
        Ok(handle) => {
            platform::measures::describe();
            Some(handle)
        }
        Err(problem) => {
            tracing::warn!(%problem, "no measures will be collected");
            None
        }
    }
}

/// Who does the jobs of the application.
pub fn handlers(checkpoints: Option<Target>) -> Handlers {
    let handlers = exchange::caf::job::register(Handlers::of_the_house(checkpoints));
    school::jobs::register(support::jobs::register(exchange::inputs::job::register(handlers)))
}

/// Serves until SIGTERM or SIGINT; then takes no more requests, ends those under way, stops the jobs where they are,
/// and writes what waits in the reading log.
pub async fn run(app: App, listener: TcpListener, handlers: Handlers) -> Result<()> {
    let platform = app.platform.clone();
    let upkeep = app.measures.clone().map(|handle| {
        tokio::spawn(async move {
            let mut turn = tokio::time::interval(UPKEEP);
            loop {
                turn.tick().await;
                handle.run_upkeep();
            }
        })
    });
    let router =
        web::app::router(app).map_err(|problem| Failure::configuration(problem).mend("corrigez public_origin"))?;
    let (stop, stopping) = watch::channel(false);
    let asked = |mut stopping: watch::Receiver<bool>| async move {
        // An error says that the other end is gone: that is the end too.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    };
    let worker = tokio::spawn(platform::jobs::run(platform.clone(), handlers, asked(stopping.clone())));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let mut server = tokio::spawn(axum::serve(listener, service).with_graceful_shutdown(asked(stopping)).into_future());
    tokio::select! {
        () = interrupted() => {
            tracing::info!("asked to stop");
            stop.send_replace(true);
            if tokio::time::timeout(GRACE, &mut server).await.is_err() {
                tracing::warn!("requests were still under way and have been cut");
                server.abort();
            }
        }
        ended = &mut server => {
            stop.send_replace(true);
            tracing::error!(?ended, "the server has stopped by itself");
        }
    }
    if worker.await.is_err() {
        tracing::error!("the worker broke down");
    }
    if let Some(upkeep) = upkeep {
        upkeep.abort();
    }
    platform.stop().await;
    Ok(())
}

/// Until SIGTERM (a service manager) or SIGINT (Ctrl-C).
async fn interrupted() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
