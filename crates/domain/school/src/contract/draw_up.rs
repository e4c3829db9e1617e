//! What is written about contracts: signature, amendments, events.

use base::{Date, Id, Period, fr};
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use law::apprenticeship::{BrokenBy, extension, order_problems};
use law::publics::Answer;
use platform::gate::{ManageContracts, permit};
use platform::{Actor, Permit, Platform};

use super::file::{contract_events, course_events, law_event};
use super::model::{Contract, ContractEvent, ContractEventKind, ContractRecord, Terms};
use super::{store, tutors};
use crate::admission::{Learner, learner_within};
use crate::cohort::{self, Cohort};
use crate::{Error, Result};

/// A contract to note, signed or to be signed.
#[derive(Clone, PartialEq, Debug)]
pub struct NewContract {
    pub learner: Id<Learner>,
    pub cohort: Id<Cohort>,
    pub terms: Terms,
    pub signed_on: Option<Date>,
}

fn check(terms: &Terms) -> Vec<String> {
    let mut problems = Vec::new();
    if !terms.regime.law().has_contract() {
        problems
            .push("Un stagiaire ou un candidat à la VAE n’a pas de contrat\u{a0}: notez son inscription.".to_owned());
    }
    if terms.last_day <= terms.first_day {
        problems.push(format!(
            "Le contrat commence le {} et finit le {}\u{a0}: corrigez l’une des deux dates.",
            fr::date_long(terms.first_day),
            fr::date_long(terms.last_day)
        ));
    }
    if terms.training_hours < 0 || terms.contract_hours < terms.training_hours {
        problems.push(
            "Les heures de formation font partie de celles du contrat\u{a0}: corrigez l’un des deux nombres."
                .to_owned(),
        );
    }
    let amounts = [terms.monthly_pay, terms.annual_price];
    if amounts.into_iter().flatten().any(|cents| !(0..=10_000_000).contains(&cents)) {
        problems.push("Un montant est négatif ou dépasse cent mille euros.".to_owned());
    }
    problems
}

/// Notes a contract of somebody already admitted.
///
/// # Errors
/// [`Error::Problems`] when dates are out of order, beside the other contracts of the person included, or the tutor
/// does not work for that employer: nothing is written.
pub async fn draw_up(platform: &Platform, actor: &Actor, new: NewContract) -> Result<Id<Contract>> {
    let permit = permit::<ManageContracts>(actor)?;
    let learner = learner_within(platform, &permit, new.learner).await?;
    let cohort = cohort::find(platform, &permit, new.cohort).await?;
    if learner.organisation != cohort.record.organisation {
        return Err(Error::NotFound);
    }
    let NewContract { terms, signed_on, .. } = new;
    let mut problems = check(&terms);
    if signed_on.is_some_and(|signed| signed > terms.first_day || signed > platform.today()) {
        problems.push("La signature précède le premier jour du contrat, et ne se note pas d’avance.".to_owned());
    }
    if let Some(tutor) = terms.tutor {
        let during = Period { from: terms.first_day, to: terms.last_day.tomorrow().ok() };
        problems.extend(tutor_problems(platform, &permit, tutor, &terms, during, None).await?);
    }
    if problems.is_empty() {
        let mut told = course_events(platform, &permit, new.learner, &cohort, None).await?;
        told.extend(contract_events(&terms, &[]));
        problems.extend(order_problems(&told));
    }
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    let id: Id<Contract> = Id::new(tx.reserve_ids(1).await?[0]);
    let organisation = learner.organisation;
    tx.fill(&[ContractRecord { id, tenant, organisation, learner: new.learner, cohort: new.cohort }]).await?;
    let (first, regime) = (terms.first_day, terms.regime);
    facts::write::<Terms, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        Ok(Plan::add(in_force, Period::since(first), terms)?)
    })
    .await?;
    if let Some(signed) = signed_on {
        let event = ContractEvent { kind: ContractEventKind::Signed, by_whom: String::new(), comment: String::new() };
        facts::write::<ContractEvent, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
            Ok(Plan::add(in_force, Period::since(signed), event)?)
        })
        .await?;
    }
    let told = serde_json::json!({ "contract": id, "regime": regime, "first_day": first });
    let entry = permit.entry("contract.drawn_up", "learner", Some(new.learner.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    tx.commit().await?;
    Ok(id)
}

/// Why somebody cannot guide under these terms, for the employer.
async fn tutor_problems(
    platform: &Platform,
    permit: &Permit<ManageContracts>,
    tutor: Id<super::Tutor>,
    terms: &Terms,
    during: Period,
    except: Option<Id<Contract>>,
) -> Result<Vec<String>> {
    if tutors::tutor_organisation(platform, permit, tutor).await? != Some(terms.employer) {
        return Ok(vec!["Le tuteur ou la tutrice ne travaille pas chez cet employeur.".to_owned()]);
    }
    tutors::refusals(platform, permit, tutor, terms, during, except).await
}

/// Changes what a contract says from a day on (avenant): pay, place, tutor, hours, last day.
///
/// # Errors
/// [`Error::Problems`] when it changes what only another contract can, takes effect outside the contract, extends it
/// beyond what the law allows or into another contract, or the tutor cannot guide: nothing is written.
pub async fn amend(platform: &Platform, actor: &Actor, id: Id<Contract>, from: Date, terms: Terms) -> Result<()> {
    let permit = permit::<ManageContracts>(actor)?;
    let record = within(platform, &permit, id).await?;
    let mut problems = check(&terms);
    let known = facts::current::<Terms>(&platform.db, permit.tenant(), id).await?.pop().ok_or(Error::NotFound)?;
    if terms == known.value {
        problems.push("Rien ne change\u{a0}: écrivez ce que l’avenant modifie.".to_owned());
    }
    if terms.first_day != known.value.first_day || terms.regime != known.value.regime {
        problems.push("Un avenant ne change ni le premier jour ni la nature du contrat.".to_owned());
    }
    if terms.employer != known.value.employer {
        problems.push(
            "Un avenant ne change pas l’employeur\u{a0}: notez la rupture, puis le contrat avec le nouvel employeur."
                .to_owned(),
        );
    }
    let events = facts::current::<ContractEvent>(&platform.db, permit.tenant(), id).await?;
    let broken = events.iter().find(|fact| fact.value.kind == ContractEventKind::Broken).map(|fact| fact.valid.from);
    let last_day = broken.unwrap_or(known.value.last_day);
    if from < terms.first_day || from > last_day {
        problems.push(format!(
            "Un avenant prend effet pendant le contrat, du {} au {}.",
            fr::date_long(terms.first_day),
            fr::date_long(last_day)
        ));
    }
    if from < known.valid.from {
        problems.push(format!(
            "Un avenant prend déjà effet le {}\u{a0}: celui-ci prend effet ce jour-là ou après.",
            fr::date_long(known.valid.from)
        ));
    }
    if terms.extended && !known.value.extended {
        let settings = crate::settings_on(platform, permit.tenant(), terms.first_day).await?;
        let finding = extension(known.value.last_day, terms.last_day, &settings);
        if finding.answer == Answer::No {
            problems.push(format!("{} ({})", finding.why, finding.citation));
        }
    }
    let tutor_matters = terms.tutor != known.value.tutor || terms.extended != known.value.extended;
    if let Some(tutor) = terms.tutor.filter(|_| tutor_matters) {
        let during = Period { from, to: terms.last_day.tomorrow().ok() };
        problems.extend(tutor_problems(platform, &permit, tutor, &terms, during, Some(id)).await?);
    }
    if problems.is_empty() && terms.last_day != known.value.last_day {
        let cohort = cohort::known(platform, &permit, record.cohort).await?;
        let mut told = course_events(platform, &permit, record.learner, &cohort, Some(id)).await?;
        told.extend(contract_events(&terms, &events));
        problems.extend(order_problems(&told));
    }
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    write::<Terms>(
        platform,
        &permit,
        &record,
        "contract.amended",
        serde_json::json!({ "contract": id, "from": from }),
        |in_force| Ok(Plan::set(in_force, Period::since(from), terms)),
    )
    .await
}

/// Notes an event of a contract; noted again, its day is corrected.
///
/// # Errors
/// [`Error::Problems`] when it cannot come there.
pub async fn note_event(
    platform: &Platform,
    actor: &Actor,
    id: Id<Contract>,
    on: Date,
    event: ContractEvent,
) -> Result<()> {
    let permit = permit::<ManageContracts>(actor)?;
    let record = within(platform, &permit, id).await?;
    if on > platform.today() {
        return Err(Error::invalid(format!("l’événement du {} n’a pas encore eu lieu", fr::date_long(on))));
    }
    if event.kind == ContractEventKind::Broken && BrokenBy::from_code(&event.by_whom).is_none() {
        return Err(Error::invalid("dites qui a rompu le contrat"));
    }
    let event = ContractEvent { comment: event.comment.trim().to_owned(), ..event };
    let terms = facts::current::<Terms>(&platform.db, permit.tenant(), id).await?.pop().ok_or(Error::NotFound)?.value;
    if event.kind != ContractEventKind::Signed && on < terms.first_day {
        return Err(Error::invalid(format!("le contrat commence le {}", fr::date_long(terms.first_day))));
    }
    if event.kind == ContractEventKind::LastInvoice {
        return Err(Error::invalid("notez la facture du solde\u{a0}: c’est elle qui arrête le délai"));
    }
    // The other contracts of the person: a break cannot move into the next one.
    let cohort = cohort::known(platform, &permit, record.cohort).await?;
    let around = course_events(platform, &permit, record.learner, &cohort, Some(id)).await?;
    let told = serde_json::json!({ "contract": id, "kind": event.kind, "on": on });
    write::<ContractEvent>(platform, &permit, &record, "contract.event", told, |in_force| {
        let others: Vec<Fact<ContractEvent>> =
            in_force.iter().filter(|fact| fact.value.kind != event.kind).cloned().collect();
        let mut story = around;
        story.extend(contract_events(&terms, &others));
        story.extend(law_event(&terms, &event, on));
        let problems = order_problems(&story);
        if !problems.is_empty() {
            return Err(Error::Problems(problems));
        }
        Ok(match in_force.iter().find(|fact| fact.value.kind == event.kind) {
            Some(known) => Plan::correct(in_force, known.id, Period::since(on), event)?,
            None => Plan::add(in_force, Period::since(on), event)?,
        })
    })
    .await
}

pub(super) async fn within(
    platform: &Platform,
    permit: &Permit<ManageContracts>,
    id: Id<Contract>,
) -> Result<ContractRecord> {
    let record = store::contract(&platform.db, permit, id).await?.ok_or(Error::NotFound)?;
    crate::within(permit, record.organisation)?;
    Ok(record)
}

pub(super) async fn write<K: facts::Kind<Subject = Contract>>(
    platform: &Platform,
    permit: &Permit<ManageContracts>,
    record: &ContractRecord,
    action: &str,
    told: serde_json::Value,
    plan: impl FnOnce(&[Fact<K>]) -> Result<Plan<K>> + Send,
) -> Result<()> {
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    facts::write::<K, Error>(&tx, tenant, record.id, permit.provenance(), now, plan).await?;
    let entry = permit.entry(action, "learner", Some(record.learner.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}
