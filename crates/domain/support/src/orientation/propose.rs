//! Proposals: the rules applied to whoever waits, stored with the facts they had.

use std::collections::HashMap;

use base::{Date, Id, Instant, Period};
use db::{Ask, Json, sql};
use facts::journal::{self, Chain};
use facts::{Batch, Fact, Plan, Provenance, Source, Tenant, current_many};
use law::orientation::{Conclusion, Outcome, Settings};
use platform::gate::{ProposeOrientations, ReadPerson};
use platform::{Actor, Permit, Platform, Reading, Structure};
use territory::structures::StructureKind;

use super::facts_of;
use super::model::{Path, Proposal, ProposalKind};
use crate::follow_up::{self, FollowUp};
use crate::person::{self, Person};
use crate::{Result, numbers};

sql! {
    WAITING = ["SELECT ", FollowUp::COLUMNS, " FROM follow_up WHERE tenant = $1 AND stage = 'to_orient' AND person > $2
        ORDER BY person LIMIT $3"];
}

/// Proposals made in one transaction.
const AT_ONCE: i64 = 500;

/// The rules, switches and numbers in force on a day, as known at a moment.
pub async fn settings(platform: &Platform, tenant: Id<Tenant>, on: Date, known: Instant) -> Result<Settings> {
    Ok(Settings::read(numbers(platform, tenant, on, known).await?)?)
}

/// Which structure of each kind serves each commune.
pub(super) struct Sectors(HashMap<StructureKind, HashMap<String, Id<Structure>>>);

impl Sectors {
    pub(super) async fn on(ask: &impl Ask, tenant: Id<Tenant>, day: Date) -> db::Result<Self> {
        let mut kinds = HashMap::new();
        for kind in StructureKind::ALL.iter().filter(|kind| kind.has_sectors()) {
            kinds.insert(*kind, territory::sector_structures(ask, tenant, *kind, day).await?);
        }
        Ok(Self(kinds))
    }

    pub(super) fn of(&self, kind: StructureKind, commune: &str) -> Option<Id<Structure>> {
        self.0.get(&kind)?.get(commune).copied()
    }

    fn served(&self, commune: &str) -> Vec<law::orientation::Target> {
        law::orientation::Target::ALL
            .into_iter()
            .filter(|target| kind_of(*target).is_some_and(|kind| self.of(kind, commune).is_some()))
            .collect()
    }
}

pub(super) fn kind_of(target: law::orientation::Target) -> Option<StructureKind> {
    StructureKind::from_code(target.code())
}

/// What the rules say of people on a day, with the facts they had.
pub(super) async fn outcomes(
    ask: &impl Ask,
    permit: &Permit<impl platform::gate::Action>,
    persons: &[Id<Person>],
    sectors: &Sectors,
    settings: &Settings,
    day: Date,
) -> Result<Vec<(Id<Person>, law::orientation::Facts, Outcome)>> {
    let gathered = facts_of::gather(ask, permit, persons, day).await?;
    Ok(gathered
        .into_iter()
        .map(|(person, commune, mut facts)| {
            facts.served = Some(sectors.served(&commune));
            let outcome = law::orientation::propose(&facts, settings, day);
            (person, facts, outcome)
        })
        .collect())
}

/// The outcome as a proposal for somebody of that commune; `None` for whoever is not concerned.
pub(super) fn proposal(
    facts: law::orientation::Facts,
    outcome: &Outcome,
    commune: &str,
    sectors: &Sectors,
) -> Option<Proposal> {
    let proposed = outcome.proposal()?;
    let structure_kind = kind_of(proposed.target)?;
    Some(Proposal {
        rule_set: outcome.rule_set.code().to_owned(),
        rule_set_version: outcome.version.clone(),
        rule: proposed.rule.code().to_owned(),
        kind: match outcome.conclusion {
            Conclusion::Conditional { .. } => ProposalKind::Conditional,
            _ if proposed.assessment_interview => ProposalKind::Interview,
            _ => ProposalKind::Proposed,
        },
        path: proposed.path.into(),
        structure_kind,
        structure: sectors.of(structure_kind, commune),
        facts: Json(facts),
    })
}

/// Proposes for everybody who waits: a proposal that would be the same stays as it is. Gives how many changed.
pub async fn propose_all(platform: &Platform, actor: &Actor, mut progress: impl AsyncFnMut(u64)) -> Result<u64> {
    let permit = platform::gate::permit::<ProposeOrientations>(actor)?;
    let (tenant, day) = (permit.tenant(), platform.today());
    let rules = follow_up::rules(platform, tenant).await?;
    let settings = settings(platform, tenant, day, platform.now()).await?;
    let sectors = Sectors::on(&platform.db, tenant, day).await?;
    let provenance = Provenance { source: Source::Rules, import: None, line: None, author: permit.account() };
    let (mut after, mut looked_at, mut changed) = (Id::new(0), 0, 0);
    loop {
        let tx = platform.db.begin().await?;
        // Whoever proposes takes turns: two runs never write the same person's proposal at once.
        tx.hold(&[tenant.raw() ^ 0x7072_6f70]).await?;
        let waiting: Vec<FollowUp> = tx.all(&WAITING, &[&tenant, &after, &AT_ONCE]).await?;
        let Some(last) = waiting.last() else { return Ok(changed) };
        after = last.person;
        looked_at += waiting.len() as u64;
        let communes: HashMap<Id<Person>, &str> =
            waiting.iter().map(|line| (line.person, line.commune_code.as_str())).collect();
        let persons: Vec<Id<Person>> = waiting.iter().map(|line| line.person).collect();
        let mut standing: HashMap<Id<Person>, Vec<Fact<Proposal>>> = HashMap::new();
        for fact in current_many::<Proposal>(&tx, tenant, &persons).await? {
            standing.entry(fact.subject).or_default().push(fact);
        }
        let mut batch = Batch::<Proposal>::new(tenant, platform.now());
        let mut written = Vec::new();
        for (person, facts, outcome) in outcomes(&tx, &permit, &persons, &sectors, &settings, day).await? {
            let Some(proposal) = proposal(facts, &outcome, communes.get(&person).copied().unwrap_or(""), &sectors)
            else {
                continue;
            };
            let in_force = standing.get(&person).map_or(&[][..], Vec::as_slice);
            let plan = match in_force.iter().find(|fact| fact.valid.contains(day)) {
                Some(known) if known.value == proposal => Plan::nothing(),
                Some(known) if known.valid.from == day => Plan::correct(in_force, known.id, known.valid, proposal)?,
                _ => Plan::set(in_force, Period::since(day), proposal),
            };
            if !plan.is_nothing() {
                written.push(person);
                batch.push(person, plan, provenance);
            }
        }
        if !written.is_empty() {
            batch.flush(&tx).await?;
            follow_up::refresh(&tx, &permit, &written, &rules).await?;
            let numbers: Vec<i64> = written.iter().map(|person| person.raw()).collect();
            let told = serde_json::json!({ "rules": settings.version(day), "persons": numbers });
            let entry = permit.entry("orientation.proposed", "tenant", Some(tenant.raw()), told);
            journal::append(&tx, Chain::Writes, tenant, platform.now(), entry).await?;
            changed += written.len() as u64;
        }
        tx.commit().await?;
        progress(looked_at).await;
    }
}

/// A proposal explained: what each rule said, from the facts kept with it.
#[derive(Clone, Debug)]
pub struct Explanation {
    pub proposal: Fact<Proposal>,
    pub outcome: Outcome,
    /// The rules of the program still are those that proposed: the sentences are theirs to the letter.
    pub same_rules: bool,
}

/// Why something was proposed to a person, last proposal first. Logged as a reading of the file.
pub async fn explain(platform: &Platform, actor: &Actor, person: Id<Person>) -> Result<Vec<Explanation>> {
    let permit = platform::gate::permit::<ReadPerson>(actor)?;
    person::check_reach(platform, &permit, person).await?;
    let read = Reading::of(&permit, "person", Some(person.raw()), serde_json::json!({ "shown": "proposals" }));
    platform.readings.record(read).await?;
    let mut explained = Vec::new();
    let mut proposals = facts::current::<Proposal>(&platform.db, permit.tenant(), person).await?;
    proposals.reverse();
    for proposal in proposals {
        let on = proposal.valid.from;
        let settings = settings(platform, permit.tenant(), on, proposal.recorded_at).await?;
        let outcome = law::orientation::propose(&proposal.value.facts.0, &settings, on);
        let same_rules = outcome.version == proposal.value.rule_set_version;
        explained.push(Explanation { proposal, outcome, same_rules });
    }
    Ok(explained)
}

impl From<law::orientation::Path> for Path {
    fn from(path: law::orientation::Path) -> Self {
        match path {
            law::orientation::Path::Employment => Self::Employment,
            law::orientation::Path::SocioProfessional => Self::SocioProfessional,
            law::orientation::Path::Social => Self::Social,
        }
    }
}

impl From<Path> for law::orientation::Path {
    fn from(path: Path) -> Self {
        match path {
            Path::Employment => Self::Employment,
            Path::SocioProfessional => Self::SocioProfessional,
            Path::Social => Self::Social,
        }
    }
}
