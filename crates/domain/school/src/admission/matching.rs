//! Who goes where after the job-dating: the engine proposes and explains, a human decides.

use std::collections::HashMap;

use base::{Id, Period, fr};
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use planning::matching::{Applicant, Because, Market, Quota, Scope, TieRule, Tier};
use platform::gate::{DecideAdmissions, ReadLearners, permit};
use platform::{Actor, Platform, Reading};

use super::candidates::{CandidateLine, lines};
use super::load::Engaged;
use super::model::{Learner, LearnerRanking, Place, Placement, Stage};
use super::placements::placements;
use super::places::{self, PlaceView};
use crate::cohort::{self, Cohort};
use crate::{Error, Result};

/// What is proposed for one candidate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MatchLine {
    pub learner: Id<Learner>,
    pub name: String,
    pub place: Option<Id<Place>>,
    /// Their own rank of it, from 1.
    pub choice: Option<u32>,
    /// Why this place, or why none.
    pub why: String,
}

/// The whole proposal.
#[derive(Clone, PartialEq, Debug)]
pub struct MatchProposal {
    /// By name.
    pub lines: Vec<MatchLine>,
    pub places: Vec<PlaceView>,
    /// How ties are broken, in French.
    pub ties: String,
}

/// What somebody decides for one candidate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    pub learner: Id<Learner>,
    pub place: Id<Place>,
    /// Needed when it is not the place proposed.
    pub reason: String,
}

/// Proposes the stable matching that is best for the candidates. Logged as the reading of a list.
pub async fn propose(platform: &Platform, actor: &Actor, cohort: Id<Cohort>) -> Result<MatchProposal> {
    let permit = permit::<ReadLearners>(actor)?;
    let view = cohort::find(platform, &permit, cohort).await?;
    let settings = crate::settings(platform, permit.tenant()).await?;
    let mut admitted = lines(platform, &permit, cohort).await?;
    admitted.retain(|line| line.stage == Stage::Admitted);
    let offered = places::of_cohort(platform, &permit, cohort).await?;
    let learners: Vec<Id<Learner>> = admitted.iter().map(|line| line.learner).collect();
    let mut rankings: HashMap<Id<Learner>, Vec<Vec<Id<Place>>>> = HashMap::new();
    for fact in facts::current_many::<LearnerRanking>(&platform.db, permit.tenant(), &learners).await? {
        if fact.value.cohort == cohort {
            rankings.insert(fact.subject, fact.value.tiers.0);
        }
    }
    let stated =
        "À rang égal, la candidature reçue la première, puis un tirage au sort que chacun peut refaire.".to_owned();
    let ties = TieRule { date: view.first_day(), seed: view.record.code.clone(), stated: stated.clone() };
    let mut quotas = Vec::new();
    for tutor in offered.iter().filter_map(|place| place.profile.value.tutor) {
        let id = tutor.to_string();
        if quotas.iter().any(|quota: &Quota| quota.id == id) {
            continue;
        }
        // A tutor takes as many as the law allows, those already guided counted; not those whom the proposal places.
        let engaged = Engaged::read(&platform.db, &permit, tutor, platform.today()).await?;
        let guided = u32::try_from(engaged.people_beside(&learners)).unwrap_or(u32::MAX);
        let capacity = u32::from(settings.tutor_apprentices).saturating_sub(guided);
        quotas.push(Quota { id, capacity, within: None });
    }
    let market = market(&admitted, &offered, &rankings, quotas, ties);
    let proposal = planning::matching::propose(&market).map_err(|fault| Error::Invalid(fault.to_string()))?;
    let names: HashMap<String, String> =
        admitted.iter().map(|line| (line.learner.to_string(), line.identity.name())).collect();
    let lines = admitted
        .iter()
        .zip(&proposal.applicants)
        .map(|(line, answer)| MatchLine {
            learner: line.learner,
            name: line.identity.name(),
            place: answer.placed.as_ref().and_then(|placed| placed.place.parse().ok()),
            choice: answer.placed.as_ref().map(|placed| placed.choice),
            why: why(answer, rankings.contains_key(&line.learner), &names),
        })
        .collect();
    let shown: Vec<i64> = learners.iter().map(|learner| learner.raw()).collect();
    let read = Reading::of(&permit, "learners", None, serde_json::json!({ "matching": cohort, "shown": shown }));
    platform.readings.record(read).await?;
    Ok(MatchProposal { lines, places: offered, ties: stated })
}

fn market(
    admitted: &[CandidateLine],
    offered: &[PlaceView],
    rankings: &HashMap<Id<Learner>, Vec<Vec<Id<Place>>>>,
    quotas: Vec<Quota>,
    ties: TieRule,
) -> Market {
    // Whoever withdrew, or a place taken back, falls out of the rankings.
    let mut received: Vec<(base::Date, Id<Learner>)> =
        admitted.iter().map(|line| (line.applied_on, line.learner)).collect();
    received.sort_unstable();
    let order =
        |learner| received.iter().position(|(_, known)| *known == learner).and_then(|at| u64::try_from(at).ok());
    let applicants = admitted
        .iter()
        .map(|line| Applicant {
            id: line.learner.to_string(),
            ranking: rankings
                .get(&line.learner)
                .map(|tiers| kept(tiers, |place| offered.iter().any(|view| view.id == *place)))
                .unwrap_or_default(),
            order: order(line.learner),
        })
        .collect();
    let places = offered
        .iter()
        .map(|view| planning::matching::Place {
            id: view.id.to_string(),
            capacity: u32::try_from(view.profile.value.seats).unwrap_or(0),
            ranking: kept(view.tiers(), |learner| admitted.iter().any(|line| line.learner == *learner)),
            quota: view.profile.value.tutor.map(|tutor| tutor.to_string()),
        })
        .collect();
    Market { applicants, places, quotas, ties }
}

fn kept<T>(tiers: &[Vec<Id<T>>], keep: impl Fn(&Id<T>) -> bool) -> Vec<Tier> {
    tiers
        .iter()
        .map(|tier| tier.iter().filter(|id| keep(id)).map(Id::to_string).collect::<Vec<_>>())
        .filter(|tier| !tier.is_empty())
        .map(Tier::Tied)
        .collect()
}

/// The reasons in French: what was had, and what could not be.
fn why(answer: &planning::matching::Answer, ranked: bool, names: &HashMap<String, String>) -> String {
    if !ranked {
        return "N’a classé aucune place.".to_owned();
    }
    let had = answer.placed.as_ref().map_or_else(
        || "Sans place\u{a0}: aucune de celles de son classement n’est libre.".to_owned(),
        |placed| format!("Son choix nº\u{a0}{}\u{a0}; la place l’a mis au rang {}.", placed.choice, placed.rank),
    );
    let refused = answer.refused.iter().map(|refusal| match &refusal.because {
        Because::NotRanked => format!("Choix nº\u{a0}{}\u{a0}: la structure ne l’a pas classé.", refusal.choice),
        Because::Full { scope, capacity, rank, holders } => {
            let held: Vec<&str> =
                holders.iter().filter_map(|holder| names.get(&holder.applicant).map(String::as_str)).collect();
            let what = match scope {
                Scope::Place(_) => "la place est prise",
                Scope::Quota(_) => "le tuteur ou la tutrice a déjà ses alternants",
            };
            let tie =
                if holders.iter().any(|holder| holder.by_tie) { ", à rang égal pour l’un d’eux" } else { "" };
            format!(
                "Choix nº\u{a0}{}\u{a0}: {what} par {} ({}, rang {rank} pour cette personne{tie}).",
                refusal.choice,
                fr::list(&held),
                fr::count(*capacity, "place", "places")
            )
        }
    });
    std::iter::once(had).chain(refused).collect::<Vec<_>>().join(" ")
}

/// Places people, all of them or none; what had been proposed is kept beside.
///
/// # Errors
/// [`Error::Problems`] for a place that overflows, somebody not admitted, or another place than proposed without reason.
pub async fn validate(platform: &Platform, actor: &Actor, cohort: Id<Cohort>, decisions: &[Decision]) -> Result<()> {
    let permit = permit::<DecideAdmissions>(actor)?;
    cohort::find(platform, &permit, cohort).await?;
    let proposal = propose(platform, actor, cohort).await?;
    let mut problems = Vec::new();
    let mut seats: HashMap<Id<Place>, i64> =
        proposal.places.iter().map(|view| (view.id, view.profile.value.seats)).collect();
    // Whoever is placed and not decided about keeps their seat.
    for placed in placements(platform, actor, cohort).await? {
        if decisions.iter().all(|decision| decision.learner != placed.learner)
            && let Some(left) = seats.get_mut(&placed.placement.value.place)
        {
            *left -= 1;
        }
    }
    let mut placed = Vec::new();
    for decision in decisions {
        let Some(line) = proposal.lines.iter().find(|line| line.learner == decision.learner) else {
            problems.push("Une des personnes n’est pas admise dans cette promotion.".to_owned());
            continue;
        };
        let reason = decision.reason.trim().to_owned();
        match seats.get_mut(&decision.place) {
            None => problems.push(format!("{}\u{a0}: cette place n’est pas offerte à la promotion.", line.name)),
            Some(..=0) => problems.push(format!("{}\u{a0}: cette place n’a plus de siège libre.", line.name)),
            Some(left) => *left -= 1,
        }
        if line.place != Some(decision.place) && reason.is_empty() {
            problems.push(format!("{}\u{a0}: dites pourquoi une autre place que celle proposée.", line.name));
        }
        placed.push((line, decision.place, reason));
    }
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let tx = platform.db.begin().await?;
    for (line, place, reason) in placed {
        let value = Placement { cohort, place, proposed: line.place, explanation: line.why.clone(), reason };
        let written =
            facts::write::<Placement, Error>(&tx, tenant, line.learner, permit.provenance(), now, |in_force| {
                // Decided again as it was, a placement keeps the day and the reasons of its decision.
                let stands = |fact: &Fact<Placement>| (fact.value.cohort, fact.value.place) == (cohort, place);
                if in_force.iter().any(|fact| fact.valid.to.is_none() && stands(fact)) {
                    return Ok(Plan::nothing());
                }
                Ok(Plan::set(in_force, Period::since(today), value))
            })
            .await?;
        if written.is_empty() {
            continue;
        }
        let told = serde_json::json!({ "cohort": cohort, "place": place, "proposed": line.place });
        let entry = permit.entry("learner.placed", "learner", Some(line.learner.raw()), told);
        journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    }
    Ok(tx.commit().await?)
}
