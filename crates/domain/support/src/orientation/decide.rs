//! Decisions: somebody's, one by one or stretch by stretch of a list, never overwriting a colleague's.

use std::collections::BTreeMap;

use base::{Date, Id, Period};
use db::{Ask, Tx, sql};
use facts::journal::{self, Chain};
use facts::{Batch as FactBatch, Fact, Plan, current_many};
use platform::gate::DecideOrientations;
use platform::{Account, Actor, Permit, Platform, Structure};

use super::batch::OrderedLine;
use super::file::plan_back;
use super::model::{Batch, Choice, Decision, Orientation, Origin, Proposal, ProposalKind};
use crate::follow_up::{self, FollowUp, Rules, Stage};
use crate::person::Person;
use crate::{Error, Result};

sql! {
    ACCOMPANIED = "SELECT structure, count(*) FROM follow_up WHERE tenant = $1 AND structure IS NOT NULL GROUP BY structure";
    NAME_OF = "SELECT name FROM account WHERE id = $1";
}

/// Places of a structure.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Taken {
    pub people: i64,
    /// `None`: no capacity is known.
    pub capacity: Option<i64>,
}

impl Taken {
    /// Places left; `None` when no capacity is known.
    pub fn free(&self) -> Option<i64> {
        self.capacity.map(|capacity| (capacity - self.people).max(0))
    }
}

/// How many people each structure accompanies, and how many it may.
pub async fn capacities(platform: &Platform, actor: &Actor) -> Result<BTreeMap<Id<Structure>, Taken>> {
    let permit = platform::gate::permit::<DecideOrientations>(actor)?;
    let picture = territory::picture(platform, actor, territory::AsOf::now(&platform.clock)).await?;
    let mut taken: BTreeMap<Id<Structure>, Taken> = picture
        .structures()
        .into_iter()
        .map(|structure| (structure.id, Taken { people: 0, capacity: structure.profile.value.capacity }))
        .collect();
    for (structure, people) in platform.db.all::<(Id<Structure>, i64)>(&ACCOMPANIED, &[&permit.tenant()]).await? {
        taken.entry(structure).or_default().people = people;
    }
    Ok(taken)
}

/// A line that can be decided as proposed, or what keeps it for a decision by hand.
pub type Prepared = std::result::Result<OrderedLine, (Id<Person>, String)>;

/// What a list would decide, line by line in its order: the structures fill up on the way, and whoever comes after the
/// last place is kept for a decision by hand. Nothing is written.
pub fn prepare(people: &[FollowUp], taken: &BTreeMap<Id<Structure>, Taken>) -> Vec<Prepared> {
    let mut taken = taken.clone();
    people
        .iter()
        .map(|line| {
            let by_hand = |why: &str| Err((line.person, why.to_owned()));
            let (Some(path), Some(structure_kind)) = (line.proposed_path, line.proposed_kind) else {
                return by_hand("aucune proposition n’a encore été calculée");
            };
            let Some(structure) = line.proposed_structure else {
                return by_hand("aucune structure de ce type ne dessert sa commune");
            };
            let places = taken.entry(structure).or_default();
            if places.free() == Some(0) {
                return by_hand("la structure proposée n’a plus de place");
            }
            places.people += 1;
            Ok(OrderedLine {
                person: line.person,
                choice: Choice {
                    path,
                    structure_kind,
                    structure,
                    with_interview: line.proposal_kind == Some(ProposalKind::Interview),
                    reason: String::new(),
                },
            })
        })
        .collect()
}

/// Decides for one person, from today on.
///
/// # Errors
/// [`Error::Invalid`] when somebody else has decided in between, or when the choice differs from the proposal
/// without saying why.
pub async fn decide_one(
    platform: &Platform,
    actor: &Actor,
    person: Id<Person>,
    choice: Choice,
    starts_on: Date,
    origin: Origin,
) -> Result<()> {
    let permit = platform::gate::permit::<DecideOrientations>(actor)?;
    let rules = follow_up::rules(platform, permit.tenant()).await?;
    let tx = platform.db.begin().await?;
    let ordered = [OrderedLine { person, choice }];
    let order = Order { starts_on, origin, batch: None };
    decide(&tx, platform, &permit, &ordered, &order, &rules)
        .await?
        .pop()
        .unwrap_or(Err("cette personne n’existe pas".to_owned()))
        .map_err(Error::Invalid)?;
    Ok(tx.commit().await?)
}

/// What is common to the lines of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Order {
    pub starts_on: Date,
    pub origin: Origin,
    pub batch: Option<Id<Batch>>,
}

/// Decides a stretch of a list in one transaction. Gives for each line, in order, nothing or why it was refused.
pub(super) async fn decide(
    tx: &Tx,
    platform: &Platform,
    permit: &Permit<DecideOrientations>,
    ordered: &[OrderedLine],
    order: &Order,
    rules: &Rules,
) -> Result<Vec<std::result::Result<(), String>>> {
    let (tenant, now, day) = (permit.tenant(), platform.now(), platform.today());
    let persons: Vec<Id<Person>> = ordered.iter().map(|line| line.person).collect();
    // Two officers at the same list take turns, person by person.
    tx.hold(&persons.iter().map(|person| person.raw()).collect::<Vec<_>>()).await?;
    let lines: BTreeMap<Id<Person>, FollowUp> =
        follow_up::store::rows(tx, permit, &persons).await?.into_iter().map(|line| (line.person, line)).collect();
    let mut proposals: BTreeMap<Id<Person>, Fact<Proposal>> = BTreeMap::new();
    for fact in current_many::<Proposal>(tx, tenant, &persons).await? {
        proposals.insert(fact.subject, fact);
    }
    let mut decisions: BTreeMap<Id<Person>, Vec<Fact<Decision>>> = BTreeMap::new();
    for fact in current_many::<Decision>(tx, tenant, &persons).await? {
        decisions.entry(fact.subject).or_default().push(fact);
    }
    let mut orientations: BTreeMap<Id<Person>, Vec<Fact<Orientation>>> = BTreeMap::new();
    for fact in current_many::<Orientation>(tx, tenant, &persons).await? {
        orientations.entry(fact.subject).or_default().push(fact);
    }

    let mut told = Vec::with_capacity(ordered.len());
    let mut new_decisions = FactBatch::<Decision>::new(tenant, now);
    let mut chosen: Vec<&OrderedLine> = Vec::new();
    for line in ordered {
        let proposal = proposals.get(&line.person);
        let known = decisions.get(&line.person).map_or(&[][..], Vec::as_slice);
        let answer = refuse(tx, lines.get(&line.person), known, proposal, &line.choice, order).await?;
        if answer.is_ok() {
            let Choice { path, structure_kind, structure, with_interview, reason } = line.choice.clone();
            let decision = Decision {
                path,
                structure_kind,
                structure,
                with_interview,
                origin: order.origin,
                proposal: proposal.map(|fact| fact.id),
                reason: reason.trim().to_owned(),
                batch: order.batch,
            };
            let plan = match known.iter().find(|fact| fact.valid.from == day) {
                Some(today) => Plan::correct(known, today.id, today.valid, decision)?,
                None => Plan::set(known, Period::since(day), decision),
            };
            new_decisions.push(line.person, plan, permit.provenance());
            chosen.push(line);
        }
        told.push(answer);
    }
    let written: BTreeMap<Id<Person>, Id<Decision>> =
        new_decisions.flush(tx).await?.into_iter().map(|fact| (fact.subject, fact.id)).collect();
    let mut starts = FactBatch::<Orientation>::new(tenant, now);
    for line in &chosen {
        let known = orientations.get(&line.person).map_or(&[][..], Vec::as_slice);
        let Choice { path, structure, with_interview, .. } = line.choice;
        let decision = written.get(&line.person).copied();
        let orientation = Orientation { path, structure, with_interview, decision };
        starts.push(line.person, Plan::set(known, Period::since(order.starts_on), orientation), permit.provenance());
    }
    starts.flush(tx).await?;
    if !chosen.is_empty() {
        let decided: Vec<Id<Person>> = chosen.iter().map(|line| line.person).collect();
        follow_up::refresh(tx, permit, &decided, rules).await?;
        let entries = chosen
            .iter()
            .map(|line| {
                let payload = serde_json::json!({
                    "choice": line.choice, "starts_on": order.starts_on, "origin": order.origin, "batch": order.batch,
                });
                permit.entry("orientation.decided", "person", Some(line.person.raw()), payload)
            })
            .collect();
        journal::append_all(tx, Chain::Writes, tenant, now, entries).await?;
    }
    Ok(told)
}

async fn refuse(
    tx: &Tx,
    line: Option<&FollowUp>,
    known: &[Fact<Decision>],
    proposal: Option<&Fact<Proposal>>,
    choice: &Choice,
    order: &Order,
) -> Result<std::result::Result<(), String>> {
    let Some(line) = line else {
        return Ok(Err("cette personne n’est pas, ou n’est plus, à orienter".to_owned()));
    };
    let first = matches!(order.origin, Origin::Bulk | Origin::Individual);
    if first && line.stage != Stage::ToOrient {
        let last = known.last();
        let author: Option<Id<Account>> = last.and_then(|fact| fact.provenance.author);
        let name: Option<String> = match author {
            Some(author) => tx.maybe(&NAME_OF, &[&author]).await?,
            None => None,
        };
        let when = last.map(|fact| fact.recorded_at.date().strftime("%d/%m/%Y").to_string()).unwrap_or_default();
        return Ok(Err(format!(
            "{} a déjà décidé de cette orientation le {when}",
            name.as_deref().unwrap_or("quelqu’un")
        )));
    }
    let differs = proposal.is_some_and(|fact| {
        fact.value.path != choice.path || fact.value.structure.is_some_and(|structure| structure != choice.structure)
    });
    if differs && choice.reason.trim().is_empty() {
        return Ok(Err("la décision diffère de la proposition\u{a0}: dites pourquoi".to_owned()));
    }
    Ok(Ok(()))
}

/// Which decision is taken back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Undone {
    Batch(Id<Batch>),
    Decision(Id<Decision>),
}

/// Takes back decisions that nothing has followed yet: what they cut short holds again. Gives for each person nothing
/// or why it stays.
pub(super) async fn take_back(
    tx: &Tx,
    platform: &Platform,
    permit: &Permit<DecideOrientations>,
    persons: &[Id<Person>],
    which: Undone,
    rules: &Rules,
) -> Result<Vec<std::result::Result<(), String>>> {
    let (tenant, now) = (permit.tenant(), platform.now());
    tx.hold(&persons.iter().map(|person| person.raw()).collect::<Vec<_>>()).await?;
    let lines: BTreeMap<Id<Person>, FollowUp> =
        follow_up::store::rows(tx, permit, persons).await?.into_iter().map(|line| (line.person, line)).collect();
    let mut told = Vec::with_capacity(persons.len());
    let mut undone = Vec::new();
    for person in persons {
        let decision = plan_back::<Decision>(tx, tenant, *person, |fact| match which {
            Undone::Batch(batch) => fact.value.batch == Some(batch),
            Undone::Decision(id) => fact.id == id,
        });
        let Some((decision, plan)) = decision.await? else {
            told.push(Err("une autre décision a été prise depuis".to_owned()));
            continue;
        };
        if lines.get(person).is_some_and(|line| line.first_met_on.is_some() || line.next_meeting_on.is_some()) {
            told.push(Err("un rendez-vous a été pris depuis\u{a0}: réorientez la personne".to_owned()));
            continue;
        }
        let started =
            plan_back::<Orientation>(tx, tenant, *person, |fact| fact.value.decision == Some(decision)).await?;
        if let Some((_, plan)) = started {
            let mut batch = FactBatch::<Orientation>::new(tenant, now);
            batch.push(*person, plan, permit.provenance());
            batch.flush(tx).await?;
        }
        let mut batch = FactBatch::<Decision>::new(tenant, now);
        batch.push(*person, plan, permit.provenance());
        batch.flush(tx).await?;
        undone.push(*person);
        told.push(Ok(()));
    }
    if !undone.is_empty() {
        follow_up::refresh(tx, permit, &undone, rules).await?;
        let entries = undone
            .iter()
            .map(|person| {
                let payload = match which {
                    Undone::Batch(batch) => serde_json::json!({ "batch": batch }),
                    Undone::Decision(decision) => serde_json::json!({ "decision": decision }),
                };
                permit.entry("orientation.taken_back", "person", Some(person.raw()), payload)
            })
            .collect();
        journal::append_all(tx, Chain::Writes, tenant, now, entries).await?;
    }
    Ok(told)
}
