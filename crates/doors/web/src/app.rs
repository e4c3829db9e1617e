//! The application as one value, and all its routes under their guards and layers.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use base::Id;
use metrics_exporter_prometheus::PrometheusHandle;
use platform::checkpoint::Target;
use platform::health::Schema;
use platform::{Platform, Tenant};
use tower_http::csrf::ConfigError;

use crate::assets;
use crate::directory::Directory;
use crate::middleware::{Problem, Protection, SignInLimits, surround};
use crate::routes::{self, Policy, Route};
use crate::session::{Guard, guard};
use crate::site::Site;

/// What every handler is given. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub platform: Platform,
    pub site: Arc<Site>,
    /// The département of this installation.
    pub tenant: Id<Tenant>,
    /// The words of names that people are searched by.
    pub names: support::search::Names,
    /// Where uploaded files wait to be imported.
    pub spool: PathBuf,
    pub sign_in_rate: Arc<SignInLimits>,
    /// Address that browsers use, `https://insertion.exemple.fr` (see [`Protection::public_origin`]).
    pub public_origin: Option<String>,
    /// Whether a proxy of ours stands in front: only then is its `X-Forwarded-For` believed.
    pub behind_proxy: bool,
    /// Cookies travel over https only, under names that no other site can set.
    pub secure_cookies: bool,
    /// The accounts shown on the sign-in page of a demonstration.
    pub demonstration: Option<Arc<[DemoAccount]>>,
    /// The schema that this program expects.
    pub schema: Schema,
    /// Where checkpoints of the journal go, if anywhere.
    pub checkpoints: Option<Target>,
    /// The collected measures, if a recorder is installed.
    pub measures: Option<PrometheusHandle>,
    pub directory: Directory,
    /// The transport network in service, and the announced lines.
    pub networks: mobility::Networks,
}

/// An account of the demonstration, one per role.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DemoAccount {
    /// « Conseiller·ère en insertion professionnelle · ALI de Stains ».
    pub role: String,
    pub name: String,
    pub email: String,
    pub password: String,
}

impl App {
    /// With the settings of a machine at a desk: plain http, no proxy, no demonstration, no measures. The fields are
    /// public: whoever configures sets them.
    pub fn new(platform: Platform, site: Arc<Site>, tenant: Id<Tenant>, spool: PathBuf, schema: Schema) -> Self {
        Self {
            platform,
            site,
            tenant,
            names: support::search::Names::default(),
            spool,
            sign_in_rate: Arc::default(),
            public_origin: None,
            behind_proxy: false,
            secure_cookies: false,
            demonstration: None,
            schema,
            checkpoints: None,
            measures: None,
            directory: Directory::default(),
            networks: mobility::Networks::default(),
        }
    }
}

/// Everything, guards and layers included. Serve it with the address of the peer
/// (`into_make_service_with_connect_info::<SocketAddr>`).
///
/// # Errors
/// When the public origin is not `scheme://host[:port]`.
pub fn router(app: App) -> Result<Router, ConfigError> {
    let guarded = |policy: Policy| from_fn_with_state(Guard { app: app.clone(), policy }, guard);
    let mut routes = Router::new();
    for Route { path, policy, methods } in routes::all() {
        routes = routes.route(path, methods.layer(guarded(policy)));
    }
    let missing = Router::new().fallback(|| async { Problem::not_found() }).layer(guarded(Policy::Public));
    let routes = routes.merge(assets::router(Arc::clone(&app.site))).fallback_service(missing.with_state(app.clone()));
    let protection = Protection {
        public_origin: app.public_origin.clone(),
        // They send or receive files.
        unhurried_routes: vec![
            "/imports/depot",
            "/imports/tableaux/depot",
            "/imports/tableaux/colonnes",
            "/territoire/import",
            "/territoire/import/appliquer",
        ],
        ..Protection::default()
    };
    Ok(surround(routes, Arc::clone(&app.site), app.platform.clock.clone(), &protection)?.with_state(app))
}
