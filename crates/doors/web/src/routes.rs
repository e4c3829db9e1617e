//! Every route of the application with its policy: there is no other way to add one.

use axum::routing::MethodRouter;
use platform::gate::ActionKind;

use crate::app::App;
use crate::pages;

/// Who may ask for a route. The guard (see [`session`](crate::session)) applies it before the handler runs; the
/// services behind ask the gate again for their permits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Policy {
    /// Anybody: nothing personal is behind.
    Public,
    /// Whoever has signed in, with or without a mandate: to choose one, to change one's password.
    Account,
    /// Whoever acts under a mandate in force.
    SignedIn,
    /// Whoever the gate lets do this.
    May(ActionKind),
    /// Programs of this machine (asking from the loopback, not through a proxy), and whoever may operate.
    Machine,
}

/// One address and what answers there.
pub struct Route {
    /// As axum writes it: `/personnes/{id}`.
    pub path: &'static str,
    pub policy: Policy,
    pub methods: MethodRouter<App>,
}

impl Route {
    pub fn new(path: &'static str, policy: Policy, methods: MethodRouter<App>) -> Self {
        Self { path, policy, methods }
    }
}

/// All of them.
pub fn all() -> Vec<Route> {
    [
        pages::home::routes(),
        pages::search::routes(),
        pages::people::routes(),
        pages::person::routes(),
        pages::orientations::routes(),
        pages::accompaniment::routes(),
        pages::caseload::routes(),
        pages::agency::routes(),
        pages::support_requests::routes(),
        pages::flow::routes(),
        pages::matches::routes(),
        pages::imports::routes(),
        pages::territory::routes(),
        pages::mobility::routes(),
        pages::school::routes(),
        pages::sign_in::routes(),
        pages::account::routes(),
        pages::accounts::routes(),
        pages::parameters::routes(),
        pages::rules::routes(),
        pages::journal::routes(),
        pages::operations::routes(),
        pages::legal::routes(),
        pages::charte::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
