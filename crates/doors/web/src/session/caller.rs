use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use platform::Actor;
use platform::gate::{self, ActionKind};
use platform::session::{Authenticated, Standing};

use crate::app::App;
use crate::components::Fragment;
use crate::layout::{Layout, MandateChoice, NavItem, UserMenu};
use crate::middleware::Problem;

/// Whoever asks, signed in or not: left by the guard for every handler.
#[derive(Clone)]
pub struct Caller {
    /// The account of a session that goes on; `None` for a visitor.
    pub account: Option<Arc<Authenticated>>,
    /// The mandates of the account, with their names.
    pub choices: Vec<MandateChoice>,
    pub address: IpAddr,
    /// Whether a proxy says that it asks for somebody else.
    pub(super) forwarded: bool,
    pub(super) token: Option<String>,
    pub(super) message: Option<Fragment>,
    pub(super) shown: Arc<AtomicBool>,
}

/// Whoever acts under a mandate: what the handlers behind `SignedIn` and `May` are given.
#[derive(Clone)]
pub struct Signed {
    pub actor: Actor,
    pub account_name: String,
    pub choices: Vec<MandateChoice>,
    pub caller: Caller,
}

impl Caller {
    /// Who acts, when a mandate is in force and chosen.
    pub fn actor(&self) -> Option<&Actor> {
        match &self.account.as_ref()?.standing {
            Standing::Acting(actor) => Some(actor),
            Standing::ChooseMandate | Standing::NoMandate | Standing::ChangePassword => None,
        }
    }

    /// The account of the session.
    ///
    /// # Errors
    /// The guard lets no visitor through to a handler that asks for this.
    pub fn signed_in(&self) -> Result<&Authenticated, Problem> {
        self.account.as_deref().ok_or_else(unguarded)
    }

    /// The session's token.
    ///
    /// # Errors
    /// As for [`signed_in`](Self::signed_in).
    pub fn token(&self) -> Result<&str, Problem> {
        self.token.as_deref().ok_or_else(unguarded)
    }

    /// What stands around a page: what this caller may go to, and the message of the page before.
    pub fn layout(&self, app: &App, path: &str, title: &str) -> Layout {
        let mut layout = Layout::new(Arc::clone(&app.site), app.platform.today(), path, title);
        if let Some(account) = &self.account {
            layout = layout.user(UserMenu { name: account.name.clone(), mandates: self.choices.clone() });
        }
        if let Some(actor) = self.actor() {
            layout = layout.nav(navigation(actor)).search(gate::check(actor, ActionKind::SearchPeople).is_ok());
        }
        if let Some(message) = &self.message {
            self.shown.store(true, Ordering::Relaxed);
            layout = layout.flash(message.clone());
        }
        layout
    }
}

impl Signed {
    /// What stands around a page.
    pub fn layout(&self, app: &App, path: &str, title: &str) -> Layout {
        self.caller.layout(app, path, title)
    }

    /// Whether the gate would say yes: to show a link or a button, never to guard what is behind it.
    pub fn may(&self, action: ActionKind) -> bool {
        gate::check(&self.actor, action).is_ok()
    }
}

/// The main navigation, as far as this actor may go.
fn navigation(actor: &Actor) -> Vec<NavItem> {
    use ActionKind as A;
    let entries = [
        ("/", "Accueil", None),
        ("/agence", "Agence", Some(A::Designate)),
        ("/suivi", "Mes personnes", Some(A::Accompany)),
        ("/pilotage/flux", "Flux", Some(A::FollowFlow)),
        ("/agence", "Agences", Some(A::FollowFlow)),
        ("/appuis", "Appuis", Some(A::AskSupport)),
        ("/appuis", "Appuis", Some(A::AnswerSupport)),
        ("/appuis", "Appuis", Some(A::FollowFlow)),
        ("/personnes", "Personnes", Some(A::ListPeople)),
        ("/recherche", "Recherche", Some(A::SearchPeople)),
        ("/orientations", "Orientations", Some(A::DecideOrientations)),
        ("/rapprochements", "Rapprochements", Some(A::DecideMatch)),
        ("/ecole", "École", Some(A::ReadSchool)),
        ("/places", "Mes places", Some(A::OfferPlaces)),
        ("/mon-parcours", "Mon calendrier", Some(A::FollowOwnCourse)),
        ("/imports", "Imports", Some(A::ReadImports)),
        ("/territoire", "Territoire", Some(A::ReadTerritory)),
        ("/mobilite", "Mobilité", Some(A::ReadTerritory)),
        ("/administration/comptes", "Comptes et mandats", Some(A::ManageAccounts)),
        ("/administration/parametres", "Paramètres", Some(A::ManageAccounts)),
        ("/journal", "Journal", Some(A::ReadJournal)),
        ("/exploitation", "Exploitation", Some(A::Operate)),
        ("/regles", "Règles appliquées", None),
    ];
    let open = |action: &Option<A>| action.is_none_or(|action| gate::check(actor, action).is_ok());
    // A head shares people out and has none.
    let own_people = gate::check(actor, A::Designate).is_err();
    entries
        .into_iter()
        .filter(|(href, _, action)| open(action) && (*href != "/suivi" || own_people))
        .map(|(href, label, _)| NavItem::new(href, label))
        .collect()
}

/// A handler asks for somebody signed in on a route whose policy lets visitors in: our fault.
fn unguarded() -> Problem {
    tracing::error!("a handler needs a session that its route does not ask for");
    Problem::internal()
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(unguarded)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let actor = caller.actor().ok_or_else(unguarded)?.clone();
        let account_name = caller.signed_in()?.name.clone();
        Ok(Self { actor, account_name, choices: caller.choices.clone(), caller })
    }
}
