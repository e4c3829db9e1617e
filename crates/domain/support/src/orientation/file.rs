//! The orientation in a person's file: what was proposed, decided and begun, and the way back.

use std::collections::{BTreeSet, HashMap};

use base::{Id, Instant};
use db::sql_many;
use facts::{Fact, Kind, Plan, Tenant};
use platform::gate::{Action, DecideOrientations, ReadPerson};
use platform::{Account, Actor, Permit, Platform};

use super::decide::{self, Undone};
use super::model::{Decision, Orientation};
use super::propose::{Explanation, explain};
use crate::follow_up::{self, FollowUp};
use crate::person::{Card, Person};
use crate::{Error, Result};

sql_many! {
    NAMES (0) = "SELECT id, name FROM account WHERE id IN ({list})";
}

/// The names of accounts, for a page that says who decided.
pub(super) async fn names(platform: &Platform, accounts: &[Id<Account>]) -> Result<HashMap<Id<Account>, String>> {
    let found = NAMES.all::<(Id<Account>, String), _>(&platform.db, &[], accounts).await?;
    Ok(found.into_iter().collect())
}

/// The names of whoever set the rules, for a page that says so.
pub async fn authors(
    platform: &Platform,
    _: &Permit<impl Action>,
    accounts: &[Id<Account>],
) -> Result<HashMap<Id<Account>, String>> {
    names(platform, accounts).await
}

/// Everything about the orientation of a person.
#[derive(Clone, Debug)]
pub struct OrientationFile {
    pub card: Card,
    /// `None` for whoever is neither to be oriented nor oriented.
    pub line: Option<FollowUp>,
    /// Last proposal first.
    pub explanations: Vec<Explanation>,
    /// Every decision ever written, those taken back included, the last written first.
    pub decisions: Vec<Fact<Decision>>,
    /// The same of the orientations that followed.
    pub orientations: Vec<Fact<Orientation>>,
    /// The names of whoever decided.
    pub authors: HashMap<Id<Account>, String>,
    /// Until when the decision in force may be taken back; `None` when it may not.
    pub undo_until: Option<Instant>,
}

impl OrientationFile {
    /// The decision that stands.
    pub fn decision(&self) -> Option<&Fact<Decision>> {
        let standing = self.decisions.iter().filter(|fact| fact.replaced_at.is_none());
        standing.max_by_key(|fact| (fact.valid.from, fact.id))
    }

    /// The orientation that follows from the decision that stands.
    pub fn orientation(&self) -> Option<&Fact<Orientation>> {
        let standing = self.orientations.iter().filter(|fact| fact.replaced_at.is_none());
        standing.max_by_key(|fact| (fact.valid.from, fact.id))
    }
}

/// The orientation of a person, for whoever may read the file. Logged as a reading of it.
pub async fn file(platform: &Platform, actor: &Actor, person: Id<Person>) -> Result<OrientationFile> {
    // Checks the reach, and writes the reading down.
    let explanations = explain(platform, actor, person).await?;
    let permit = platform::gate::permit::<ReadPerson>(actor)?;
    let (db, tenant) = (&platform.db, permit.tenant());
    let card = crate::person::store::cards_of(db, &permit, &[person]).await?.pop().ok_or(Error::NotFound)?;
    let line = follow_up::store::rows(db, &permit, &[person]).await?.pop();
    let mut decisions = facts::history::<Decision>(db, tenant, person).await?;
    decisions.sort_by_key(|fact| std::cmp::Reverse((fact.recorded_at, fact.id)));
    let mut orientations = facts::history::<Orientation>(db, tenant, person).await?;
    orientations.sort_by_key(|fact| std::cmp::Reverse((fact.recorded_at, fact.id)));
    let accounts: BTreeSet<Id<Account>> = decisions.iter().filter_map(|fact| fact.provenance.author).collect();
    let authors = names(platform, &accounts.into_iter().collect::<Vec<_>>()).await?;
    let mut file = OrientationFile { card, line, explanations, decisions, orientations, authors, undo_until: None };
    if let Some(decision) = file.decision() {
        let until = follow_up::rules(platform, tenant).await?.delays.decision_undo_ends(decision.recorded_at);
        let met = file.line.as_ref().is_some_and(|line| line.first_met_on.is_some() || line.next_meeting_on.is_some());
        file.undo_until = (!met && platform.now() <= until).then_some(until);
    }
    Ok(file)
}

/// Takes back the decision in force about a person, within the time for it: what held before holds again.
///
/// # Errors
/// [`Error::Invalid`] when there is none, the time has passed, or somebody has been met since.
pub async fn undo_decision(platform: &Platform, actor: &Actor, person: Id<Person>) -> Result<()> {
    let permit = platform::gate::permit::<DecideOrientations>(actor)?;
    let tenant = permit.tenant();
    let rules = follow_up::rules(platform, tenant).await?;
    let tx = platform.db.begin().await?;
    let decisions = facts::current::<Decision>(&tx, tenant, person).await?;
    let last = decisions.last().ok_or_else(|| Error::Invalid("aucune décision n’est en vigueur".to_owned()))?;
    if platform.now() > rules.delays.decision_undo_ends(last.recorded_at) {
        return Err(Error::Invalid(
            "le temps pour annuler cette décision est passé\u{a0}: réorientez la personne".to_owned(),
        ));
    }
    decide::take_back(&tx, platform, &permit, &[person], Undone::Decision(last.id), &rules)
        .await?
        .pop()
        .unwrap_or(Err("cette personne n’existe pas".to_owned()))
        .map_err(Error::Invalid)?;
    Ok(tx.commit().await?)
}

/// Takes a record away, and puts back the one that it cut short.
pub(super) fn undoing<K: Kind>(history: &[Fact<K>], undone: &Fact<K>) -> Result<Plan<K>> {
    let standing: Vec<Fact<K>> = history.iter().filter(|fact| fact.replaced_at.is_none()).cloned().collect();
    let cut = history.iter().filter(|fact| {
        fact.replaced_at == Some(undone.recorded_at)
            && fact.recorded_at < undone.recorded_at
            && fact.valid.overlaps(&undone.valid)
    });
    Ok(match cut.max_by_key(|fact| fact.valid.from) {
        Some(before) => Plan::set(&standing, before.valid, before.value.clone()),
        None => Plan::withdraw(&standing, undone.id)?,
    })
}

/// History of one kind, and the plan that takes back what satisfies `which`; `None` when nothing does.
pub(super) async fn plan_back<K: Kind<Subject = Person>>(
    tx: &db::Tx,
    tenant: Id<Tenant>,
    person: Id<Person>,
    which: impl Fn(&Fact<K>) -> bool,
) -> Result<Option<(Id<K>, Plan<K>)>> {
    let history = facts::history::<K>(tx, tenant, person).await?;
    let Some(undone) = history.iter().find(|fact| fact.replaced_at.is_none() && which(fact)) else { return Ok(None) };
    Ok(Some((undone.id, undoing(&history, undone)?)))
}
