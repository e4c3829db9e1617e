use std::collections::{HashMap, HashSet};

use base::{Id, Period};
use facts::journal::{self, Chain};
use facts::{Batch, Plan, current_many};
use platform::gate::EditContact;
use platform::{Actor, Platform};

use super::model::{Contact, Person};
use super::store;
use crate::Result;
use crate::scope::Scope;

/// Takes over how to reach many people, from today on, as a département that begins with lists of its own does. What
/// is already known of somebody stays; people out of reach are left out. Gives how many were written.
///
/// # Errors
/// The gate's refusal, or the database's own; nothing is then written.
pub async fn take_over_contacts(platform: &Platform, actor: &Actor, contacts: &[(Id<Person>, Contact)]) -> Result<u64> {
    let permit = platform::gate::permit::<EditContact>(actor)?;
    let (tenant, now) = (permit.tenant(), platform.now());
    let valid = Period::since(platform.today());
    let scope = Scope::of(&platform.db, &permit, valid.from).await?;
    let persons: Vec<Id<Person>> = contacts.iter().map(|(person, _)| *person).collect();
    let tx = platform.db.begin().await?;
    let communes: HashMap<Id<Person>, String> = store::cards_of(&tx, &permit, &persons)
        .await?
        .into_iter()
        .map(|card| (card.person, card.commune_code))
        .collect();
    let known: HashSet<Id<Person>> =
        current_many::<Contact>(&tx, tenant, &persons).await?.into_iter().map(|fact| fact.subject).collect();
    let mut batch = Batch::new(tenant, now);
    let mut entries = Vec::new();
    for (person, contact) in contacts {
        let within_reach = communes.get(person).is_some_and(|commune| scope.holds(commune));
        if !within_reach || known.contains(person) {
            continue;
        }
        batch.push(*person, Plan::add(&[], valid, contact.clone())?, permit.provenance());
        let told = serde_json::json!({ "phone": contact.phone, "email": contact.email });
        entries.push(permit.entry("person.contact", "person", Some(person.raw()), told));
    }
    let written = batch.flush(&tx).await?.len() as u64;
    journal::append_all(&tx, Chain::Writes, tenant, now, entries).await?;
    tx.commit().await?;
    Ok(written)
}
