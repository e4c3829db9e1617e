//! What is written about contracts: signature, amendments, events, hosts, invoices.

use base::{Date, Id, Period, fr};
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use law::apprenticeship::{BrokenBy, InstalmentKind, order_problems};
use platform::gate::{ManageContracts, permit};
use platform::{Actor, Permit, Platform};

use super::file::{contract_events, course_events, law_event};
use super::model::{
    Contract, ContractEvent, ContractEventKind, ContractRecord, HostStay, Invoice, InvoiceNumber, Terms,
};
use super::{store, tutors};
use crate::admission::{Learner, learner_within};
use crate::cohort::{self, Cohort};
use crate::{Error, Result, required};

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
        problems.extend(tutor_problems(platform, &permit, tutor, &terms, None).await?);
    }
    if problems.is_empty() {
        let mut told = course_events(platform, &permit, new.learner, &cohort).await?;
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

/// Why somebody cannot guide under these terms.
async fn tutor_problems(
    platform: &Platform,
    permit: &Permit<ManageContracts>,
    tutor: Id<super::Tutor>,
    terms: &Terms,
    except: Option<Id<Contract>>,
) -> Result<Vec<String>> {
    if tutors::tutor_organisation(platform, permit, tutor).await? != Some(terms.employer) {
        return Ok(vec!["Le tuteur ou la tutrice ne travaille pas chez cet employeur.".to_owned()]);
    }
    let settings = crate::settings(platform, permit.tenant()).await?;
    let profile = facts::current::<super::TutorProfile>(&platform.db, permit.tenant(), tutor).await?.pop();
    let load = tutors::guided_by(platform, permit, tutor, except).await?;
    let is_employer = profile.is_some_and(|fact| fact.value.is_employer);
    let load = law::apprenticeship::TutorLoad { is_employer, ..load };
    let finding = law::apprenticeship::tutor_load(&load, terms.regime.law(), &settings);
    let over = finding.answer == law::publics::Answer::No;
    Ok(over
        .then(|| format!("Tuteur ou tutrice au-delà du nombre permis\u{a0}: {} ({})", finding.why, finding.citation))
        .into_iter()
        .collect())
}

/// Changes what a contract says from a day on (avenant).
pub async fn amend(platform: &Platform, actor: &Actor, id: Id<Contract>, from: Date, terms: Terms) -> Result<()> {
    let permit = permit::<ManageContracts>(actor)?;
    let record = within(platform, &permit, id).await?;
    let mut problems = check(&terms);
    let known = facts::current::<Terms>(&platform.db, permit.tenant(), id).await?.pop().ok_or(Error::NotFound)?;
    if terms.first_day != known.value.first_day || terms.regime != known.value.regime {
        problems.push("Un avenant ne change ni le premier jour ni la nature du contrat.".to_owned());
    }
    if from < terms.first_day {
        problems.push("Un avenant prend effet pendant le contrat.".to_owned());
    }
    if let Some(tutor) = terms.tutor.filter(|tutor| known.value.tutor != Some(*tutor)) {
        problems.extend(tutor_problems(platform, &permit, tutor, &terms, Some(id)).await?);
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
    let told = serde_json::json!({ "contract": id, "kind": event.kind, "on": on });
    write::<ContractEvent>(platform, &permit, &record, "contract.event", told, |in_force| {
        let others: Vec<Fact<ContractEvent>> =
            in_force.iter().filter(|fact| fact.value.kind != event.kind).cloned().collect();
        let mut story = contract_events(&terms, &others);
        story.extend(law_event(&event, on));
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

/// A stay with another employer.
#[derive(Clone, PartialEq, Debug)]
pub struct NewHost {
    pub valid: Period,
    pub stay: HostStay,
}

/// Notes a stay with another employer of the consortium.
///
/// # Errors
/// [`Error::Problems`] when it goes beyond the contract, or the tutor does not work there.
pub async fn set_host(platform: &Platform, actor: &Actor, id: Id<Contract>, new: NewHost) -> Result<()> {
    let permit = permit::<ManageContracts>(actor)?;
    let record = within(platform, &permit, id).await?;
    let terms = facts::current::<Terms>(&platform.db, permit.tenant(), id).await?.pop().ok_or(Error::NotFound)?.value;
    let valid = Period::new(new.valid.from, new.valid.to).ok_or(facts::Conflict::Empty)?;
    let mut problems = Vec::new();
    if valid.from < terms.first_day || valid.last_day().is_none_or(|last| last > terms.last_day) {
        problems.push(format!(
            "L’accueil se fait pendant le contrat, du {} au {}.",
            fr::date_long(terms.first_day),
            fr::date_long(terms.last_day)
        ));
    }
    if new.stay.host == terms.employer {
        problems.push("L’employeur du contrat n’est pas une autre entreprise d’accueil.".to_owned());
    }
    if let Some(tutor) = new.stay.tutor
        && tutors::tutor_organisation(platform, &permit, tutor).await? != Some(new.stay.host)
    {
        problems.push("Le tuteur ou la tutrice ne travaille pas dans cette entreprise d’accueil.".to_owned());
    }
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    let told = serde_json::json!({ "contract": id, "structure": new.stay.structure, "valid": valid });
    write::<HostStay>(platform, &permit, &record, "contract.hosted", told, |in_force| {
        Ok(Plan::set(in_force, valid, new.stay))
    })
    .await
}

/// An invoice to the OPCO.
#[derive(Clone, PartialEq, Debug)]
pub struct NewInvoice {
    pub on: Date,
    pub kind: InstalmentKind,
    pub reference: String,
    /// Hundredths of a euro.
    pub amount: i64,
}

/// Notes an invoice sent.
pub async fn add_invoice(
    platform: &Platform,
    actor: &Actor,
    id: Id<Contract>,
    new: NewInvoice,
) -> Result<Id<InvoiceNumber>> {
    let permit = permit::<ManageContracts>(actor)?;
    let record = within(platform, &permit, id).await?;
    let reference = required(&new.reference, "le numéro de la facture")?;
    if new.on > platform.today() {
        return Err(Error::invalid("une facture ne se note pas d’avance"));
    }
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    let number: Id<InvoiceNumber> = Id::new(tx.reserve_ids(1).await?[0]);
    let invoice =
        Invoice { number, kind: new.kind.code().to_owned(), reference: reference.clone(), amount: new.amount };
    facts::write::<Invoice, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        if in_force.iter().any(|fact| fact.value.reference == reference) {
            return Err(Error::invalid(format!("la facture «\u{a0}{reference}\u{a0}» est déjà notée")));
        }
        Ok(Plan::add(in_force, Period::since(new.on), invoice)?)
    })
    .await?;
    let told = serde_json::json!({ "contract": id, "kind": new.kind, "amount": new.amount });
    let entry = permit.entry("contract.invoiced", "learner", Some(record.learner.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    tx.commit().await?;
    Ok(number)
}

async fn within(platform: &Platform, permit: &Permit<ManageContracts>, id: Id<Contract>) -> Result<ContractRecord> {
    let record = store::contract(&platform.db, permit, id).await?.ok_or(Error::NotFound)?;
    crate::within(permit, record.organisation)?;
    Ok(record)
}

async fn write<K: facts::Kind<Subject = Contract>>(
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
