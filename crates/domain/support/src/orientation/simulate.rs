//! « What would these rules have done to last month's entrants? », beside what was done. Nothing is touched.

use std::collections::BTreeMap;

use base::{Date, Id};
use db::{Ask, sql};
use law::orientation::{Settings, Target};
use platform::gate::DecideOrientations;
use platform::{Actor, Platform};

use super::model::Path;
use super::propose::{Sectors, outcomes};
use crate::Result;
use crate::follow_up::FollowUp;
use crate::person::Person;

sql! {
    ENTRANTS = ["SELECT ", FollowUp::COLUMNS, " FROM follow_up WHERE tenant = $1 AND informed_on >= $2 AND informed_on < $3
        AND person > $4 ORDER BY person LIMIT $5"];
}

/// People with the same answers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SimulationLine {
    /// `None`: the rules would not concern them.
    pub proposed: Option<Target>,
    /// Whether a fact is missing to be sure.
    pub conditional: bool,
    /// What was decided; `None`: nothing yet.
    pub decided: Option<Path>,
}

/// What the rules would have done over a period.
#[derive(Clone, PartialEq, Debug)]
pub struct Simulation {
    pub from: Date,
    /// First day after.
    pub to: Date,
    pub version: String,
    pub people: i64,
    pub lines: BTreeMap<SimulationLine, i64>,
    /// How often each rule decides.
    pub rules: BTreeMap<&'static str, i64>,
}

/// Applies rules to those the département was told of over a period, as they stand today.
pub async fn simulate(
    platform: &Platform,
    actor: &Actor,
    settings: &Settings,
    from: Date,
    to: Date,
) -> Result<Simulation> {
    const AT_ONCE: i64 = 500;
    let permit = platform::gate::permit::<DecideOrientations>(actor)?;
    let (db, tenant, day) = (platform.db.long(), permit.tenant(), platform.today());
    let sectors = Sectors::on(&db, tenant, day).await?;
    let mut simulation = Simulation {
        from,
        to,
        version: settings.version(day),
        people: 0,
        lines: BTreeMap::new(),
        rules: BTreeMap::new(),
    };
    let mut after = Id::new(0);
    loop {
        let entrants: Vec<FollowUp> = db.all(&ENTRANTS, &[&tenant, &from, &to, &after, &AT_ONCE]).await?;
        let Some(last) = entrants.last() else { return Ok(simulation) };
        after = last.person;
        let decided: BTreeMap<Id<Person>, Option<Path>> =
            entrants.iter().map(|line| (line.person, line.decided_on.and(line.path))).collect();
        let persons: Vec<Id<Person>> = entrants.iter().map(|line| line.person).collect();
        for (person, _, outcome) in outcomes(&db, &permit, &persons, &sectors, settings, day).await? {
            let proposal = outcome.proposal();
            let line = SimulationLine {
                proposed: proposal.map(|proposal| proposal.target),
                conditional: matches!(outcome.conclusion, law::orientation::Conclusion::Conditional { .. }),
                decided: decided.get(&person).copied().flatten(),
            };
            *simulation.lines.entry(line).or_default() += 1;
            if let Some(proposal) = proposal {
                *simulation.rules.entry(proposal.rule.code()).or_default() += 1;
            }
            simulation.people += 1;
        }
    }
}
