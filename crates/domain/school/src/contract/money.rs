//! What is invoiced to the OPCO for a contract, and what it pays.

use base::{Date, Id, Period, fr};
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use law::apprenticeship::{Event, Instalment, InstalmentKind, What};
use platform::gate::{ManageContracts, permit};
use platform::{Actor, Platform};

use super::draw_up::{within, write};
use super::model::{Contract, ContractEvent, ContractEventKind, Invoice, InvoiceNumber, InvoicePayment, Terms};
use crate::{Error, Result, required};

/// An invoice to the OPCO.
#[derive(Clone, PartialEq, Debug)]
pub struct NewInvoice {
    pub on: Date,
    pub kind: InstalmentKind,
    pub reference: String,
    /// Hundredths of a euro; below zero for a credit note.
    pub amount: i64,
}

/// No amount of a contract goes beyond a hundred thousand euros.
const LARGEST: i64 = 10_000_000;

/// Notes an invoice sent. That of the balance is the last one: it answers the delay after the end of the contract.
///
/// # Errors
/// [`Error::Problems`] or [`Error::Invalid`] when it cannot be: before the contract, in advance, twice, a balance before
/// the end.
pub async fn add_invoice(
    platform: &Platform,
    actor: &Actor,
    id: Id<Contract>,
    new: NewInvoice,
) -> Result<Id<InvoiceNumber>> {
    let permit = permit::<ManageContracts>(actor)?;
    let record = within(platform, &permit, id).await?;
    let (tenant, now) = (permit.tenant(), platform.now());
    let reference = required(&new.reference, "le numéro de la facture")?;
    let terms = facts::current::<Terms>(&platform.db, tenant, id).await?.pop().ok_or(Error::NotFound)?.value;
    let events = facts::current::<ContractEvent>(&platform.db, tenant, id).await?;
    let broken = events.iter().find(|fact| fact.value.kind == ContractEventKind::Broken).map(|fact| fact.valid.from);
    let end = broken.unwrap_or(terms.last_day);
    let mut problems = Vec::new();
    if new.on > platform.today() {
        problems.push("Une facture ne se note pas d’avance.".to_owned());
    }
    if new.on < terms.first_day {
        problems.push(format!("Rien ne se facture avant le début du contrat, le {}.", fr::date_long(terms.first_day)));
    }
    if new.kind == InstalmentKind::Balance && new.on < end {
        problems.push(format!("Le solde se facture à la fin du contrat, le {}.", fr::date_long(end)));
    }
    if new.amount == 0 || new.amount.abs() > LARGEST {
        problems.push("Écrivez un montant, de cent mille euros au plus\u{a0}; négatif pour un avoir.".to_owned());
    }
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
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

/// Notes what was received for an invoice; noted again, it is corrected.
///
/// # Errors
/// [`Error::Problems`] when it cannot be: before the invoice, in advance, of another sign than the invoice.
pub async fn note_payment(
    platform: &Platform,
    actor: &Actor,
    id: Id<Contract>,
    number: Id<InvoiceNumber>,
    on: Date,
    amount: i64,
) -> Result<()> {
    let permit = permit::<ManageContracts>(actor)?;
    let record = within(platform, &permit, id).await?;
    let invoices = facts::current::<Invoice>(&platform.db, permit.tenant(), id).await?;
    let invoice = invoices.into_iter().find(|fact| fact.value.number == number).ok_or(Error::NotFound)?;
    let mut problems = Vec::new();
    if on > platform.today() {
        problems.push("Un versement ne se note pas d’avance.".to_owned());
    }
    if on < invoice.valid.from {
        problems.push(format!("La facture a été envoyée le {}, après ce jour.", fr::date_long(invoice.valid.from)));
    }
    if amount.signum() != invoice.value.amount.signum() || amount.abs() > invoice.value.amount.abs() {
        problems.push("Le versement est de tout ou partie de la facture.".to_owned());
    }
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    let payment = InvoicePayment { number, amount };
    let told = serde_json::json!({ "contract": id, "invoice": number, "amount": amount });
    write::<InvoicePayment>(platform, &permit, &record, "contract.paid", told, |in_force| {
        Ok(match in_force.iter().find(|fact| fact.value.number == number) {
            Some(known) => Plan::correct(in_force, known.id, Period::since(on), payment)?,
            None => Plan::add(in_force, Period::since(on), payment)?,
        })
    })
    .await
}

/// The last invoice as the law counts it: that of the balance, unless a credit note has taken all of it back.
pub(super) fn last_invoice(terms: &Terms, invoices: &[Fact<Invoice>]) -> Option<Event> {
    let balance = || invoices.iter().filter(|fact| fact.value.kind == InstalmentKind::Balance.code());
    let invoiced: i64 = balance().map(|fact| fact.value.amount).sum();
    let first = balance().map(|fact| fact.valid.from).min().filter(|_| invoiced != 0);
    first.map(|on| Event { on, what: What::LastInvoice(terms.first_day) })
}

/// One line of the schedule, with the invoice that asks for it.
#[derive(Clone, Debug)]
pub struct Expected {
    pub instalment: Instalment,
    pub invoice: Option<Fact<Invoice>>,
}

/// The schedule with its invoices: the first invoice of a kind answers the first line of that kind, and so on. A line to
/// be given back is answered by a credit note, any other by an invoice.
pub(super) fn expected(schedule: Vec<Instalment>, invoices: &[Fact<Invoice>]) -> Vec<Expected> {
    let mut waiting: Vec<&Fact<Invoice>> = invoices.iter().collect();
    waiting.sort_by_key(|fact| (fact.valid.from, fact.id));
    schedule
        .into_iter()
        .map(|instalment| {
            let answers = |fact: &&Fact<Invoice>| {
                fact.value.kind == instalment.kind.code() && fact.value.amount.signum() == instalment.cents.signum()
            };
            let position = waiting.iter().position(answers);
            Expected { invoice: position.map(|position| waiting.remove(position).clone()), instalment }
        })
        .collect()
}
