//! Stays with other employers of the consortium, under the contract of one (C. trav., art. R6223-10 to R6223-16).

use base::{Date, Id, Period, fr};
use facts::{Fact, Plan};
use law::apprenticeship::{Host, host_limits};
use law::publics::Answer;
use platform::gate::{Action, ManageContracts, permit};
use platform::{Actor, Permit, Platform};

use super::draw_up::{within, write};
use super::model::{Contract, ContractEvent, ContractEventKind, ContractRecord, HostStay, Terms};
use super::tutors;
use crate::cohort::{self, practice_and_class_days};
use crate::{Error, Result};

/// A stay with another employer.
#[derive(Clone, PartialEq, Debug)]
pub struct NewHost {
    pub valid: Period,
    pub stay: HostStay,
    /// The stay that it stands in place of, when it corrects one.
    pub replaces: Option<Id<HostStay>>,
}

/// Notes a stay with another employer of the consortium, or what a known one says now.
///
/// # Errors
/// [`Error::Problems`] when it goes beyond the contract, what the law allows (hosts, share of the time, people of the
/// tutor) or another stay, or when the tutor does not work there: nothing is written.
pub async fn set_host(platform: &Platform, actor: &Actor, id: Id<Contract>, new: NewHost) -> Result<()> {
    let permit = permit::<ManageContracts>(actor)?;
    let record = within(platform, &permit, id).await?;
    let valid = Period::new(new.valid.from, new.valid.to).ok_or(facts::Conflict::Empty)?;
    let stay = trimmed(new.stay);
    let others: Vec<Fact<HostStay>> = facts::current::<HostStay>(&platform.db, permit.tenant(), id).await?;
    let others: Vec<Fact<HostStay>> = others.into_iter().filter(|fact| Some(fact.id) != new.replaces).collect();
    let problems = problems(platform, &permit, &record, valid, &stay, &others).await?;
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    let told = serde_json::json!({ "contract": id, "structure": stay.structure, "valid": valid });
    write::<HostStay>(platform, &permit, &record, "contract.hosted", told, |in_force| {
        Ok(match new.replaces {
            Some(known) => Plan::correct(in_force, known, valid, stay)?,
            None => Plan::add(in_force, valid, stay)?,
        })
    })
    .await
}

/// A stay that will not take place, or was noted by mistake: it leaves what is in force, and stays in the history.
pub async fn withdraw_host(
    platform: &Platform,
    actor: &Actor,
    id: Id<Contract>,
    stay: Id<HostStay>,
    reason: &str,
) -> Result<()> {
    let permit = permit::<ManageContracts>(actor)?;
    let record = within(platform, &permit, id).await?;
    let reason = crate::required(reason, "pourquoi cet accueil est retiré")?;
    let told = serde_json::json!({ "contract": id, "stay": stay, "reason": reason });
    write::<HostStay>(platform, &permit, &record, "contract.host_withdrawn", told, |in_force| {
        Ok(Plan::withdraw(in_force, stay)?)
    })
    .await
}

fn trimmed(stay: HostStay) -> HostStay {
    let trim = |text: &str| text.trim().to_owned();
    HostStay {
        tasks: trim(&stay.tasks),
        working_hours: trim(&stay.working_hours),
        place: trim(&stay.place),
        evidence: trim(&stay.evidence),
        information: trim(&stay.information),
        liaison: trim(&stay.liaison),
        sharing_of_costs: trim(&stay.sharing_of_costs),
        travel_costs: trim(&stay.travel_costs),
        insurance: trim(&stay.insurance),
        depositary: trim(&stay.depositary),
        ..stay
    }
}

async fn problems(
    platform: &Platform,
    permit: &Permit<ManageContracts>,
    record: &ContractRecord,
    valid: Period,
    stay: &HostStay,
    others: &[Fact<HostStay>],
) -> Result<Vec<String>> {
    let (db, tenant) = (&platform.db, permit.tenant());
    let terms = facts::current::<Terms>(db, tenant, record.id).await?.pop().ok_or(Error::NotFound)?.value;
    let events = facts::current::<ContractEvent>(db, tenant, record.id).await?;
    let broken = events.iter().find(|fact| fact.value.kind == ContractEventKind::Broken).map(|fact| fact.valid.from);
    let last_day = broken.unwrap_or(terms.last_day);
    let mut problems = Vec::new();
    if valid.from < terms.first_day || valid.last_day().is_none_or(|last| last > last_day) {
        problems.push(format!(
            "L’accueil se fait pendant le contrat, du {} au {}.",
            fr::date_long(terms.first_day),
            fr::date_long(last_day)
        ));
    }
    if stay.host == terms.employer {
        problems.push("L’employeur du contrat n’est pas une autre entreprise d’accueil.".to_owned());
    }
    if let Some(other) = others.iter().find(|other| other.valid.overlaps(&valid)) {
        problems
            .push(format!("Un autre accueil est déjà noté {}\u{a0}: décalez l’un des deux.", fr::period(other.valid)));
    }
    let settings = crate::settings_on(platform, tenant, terms.first_day).await?;
    let cohort = cohort::known(platform, permit, record.cohort).await?;
    let (practice, _) = practice_and_class_days(&cohort::days_of(platform, permit, &cohort).await?);
    let mut stays: Vec<(Period, &HostStay)> = others.iter().map(|other| (other.valid, &other.value)).collect();
    stays.push((valid, stay));
    let limits =
        host_limits(&hosts(&stays, &practice), company_days(&practice, terms.first_day, last_day), false, &settings);
    problems.extend(
        limits
            .iter()
            .filter(|finding| finding.answer == Answer::No)
            .map(|finding| format!("{} ({})", finding.why, finding.citation)),
    );
    match stay.tutor {
        Some(tutor) if tutors::tutor_organisation(platform, permit, tutor).await? != Some(stay.host) => {
            problems.push("Le tuteur ou la tutrice ne travaille pas dans cette entreprise d’accueil.".to_owned());
        }
        Some(tutor) => {
            problems.extend(tutors::refusals(platform, permit, tutor, &terms, valid, Some(record.id)).await?);
        }
        None if stay.convention_on.is_some() => problems.push(
            "La convention nomme le maître d’apprentissage de l’entreprise d’accueil\u{a0}: désignez-le avant de la noter \
             signée."
                .to_owned(),
        ),
        None => {}
    }
    if stay.convention_on.is_some_and(|signed| signed > platform.today()) {
        problems.push("La signature de la convention ne se note pas d’avance.".to_owned());
    }
    Ok(problems)
}

/// Days of practical training of a contract, hosts included.
pub(super) fn company_days(practice: &[Date], first_day: Date, last_day: Date) -> u16 {
    let days = practice.iter().filter(|day| (first_day..=last_day).contains(day)).count();
    u16::try_from(days).unwrap_or(u16::MAX)
}

/// The stays, one line for each host: two stays in one enterprise are one host.
pub(super) fn hosts(stays: &[(Period, &HostStay)], practice: &[Date]) -> Vec<Host> {
    let mut enterprises: Vec<_> = stays.iter().map(|(_, stay)| stay.host).collect();
    enterprises.sort_unstable();
    enterprises.dedup();
    let of_enterprise = |host| {
        let own: Vec<_> = stays.iter().filter(|(_, stay)| stay.host == host).collect();
        let days = practice.iter().filter(|day| own.iter().any(|(valid, _)| valid.contains(**day))).count();
        let periods: Vec<String> = own.iter().map(|(valid, _)| fr::period(*valid)).collect();
        Host {
            name: format!("Accueil {}", fr::list(&periods)),
            days: u16::try_from(days).unwrap_or(u16::MAX),
            has_tutor: own.iter().all(|(_, stay)| stay.tutor.is_some()),
            has_convention: own.iter().all(|(_, stay)| stay.convention_on.is_some()),
        }
    };
    enterprises.into_iter().map(of_enterprise).collect()
}

/// The stays of a contract, for whoever reads it.
pub(super) async fn stays_of<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    contract: Id<Contract>,
) -> Result<Vec<Fact<HostStay>>> {
    let mut stays = facts::current::<HostStay>(&platform.db, permit.tenant(), contract).await?;
    stays.sort_by_key(|fact| fact.valid.from);
    Ok(stays)
}
