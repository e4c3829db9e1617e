use std::collections::BTreeSet;

use base::{Date, Id, Period};
use db::Json;
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use jiff::ToSpan;
use platform::gate::{Action, ManageSchool, ReadSchool, permit};
use platform::{Actor, Organisation, Permit, Platform, Structure};
use ring::digest::{SHA256, digest};

use super::file;
use super::model::{Accreditation, AccreditationKind, Item, ItemConfirmation, Loaded, Referential, Title};
use super::store;
use crate::{Error, Result, only, required, within};

/// What loading a file came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// A new version; its identifier unless it was only tried.
    Loaded(Option<Id<Referential>>),
    /// The same file was loaded before.
    Unchanged(Id<Referential>),
}

/// Loads the file of a title for a school; `dry_run` says what would happen and writes nothing.
///
/// # Errors
/// [`Error::Problems`] for a file that cannot be taken: nothing has been written.
pub async fn load(
    platform: &Platform,
    actor: &Actor,
    organisation: Id<Organisation>,
    file_name: &str,
    bytes: &[u8],
    dry_run: bool,
) -> Result<(Title, Outcome)> {
    let permit = permit::<ManageSchool>(actor)?;
    within(&permit, organisation)?;
    let text = std::str::from_utf8(bytes).map_err(|_| {
        Error::Problems(vec!["Le fichier n’est pas un texte en UTF-8\u{a0}: enregistrez-le dans ce codage.".to_owned()])
    })?;
    let title = file::read(text).map_err(Error::Problems)?;
    let sha256: String = digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let tx = platform.db.begin().await?;
    // Two loads of one version at once: the second finds the first.
    tx.hold(&[organisation.raw() ^ LOADING]).await?;
    if let Some(known) = store::by_version(&tx, &permit, organisation, &title.code, &title.version).await? {
        if known.sha256 == sha256 {
            return Ok((title, Outcome::Unchanged(known.id)));
        }
        return Err(Error::Problems(vec![format!(
            "La version «\u{a0}{}\u{a0}» de {} est déjà chargée avec un autre contenu, et des promotions peuvent s’y \
             référer\u{a0}: donnez une autre «\u{a0}version\u{a0}» à ce fichier.",
            title.version, title.code
        )]));
    }
    if dry_run {
        return Ok((title, Outcome::Loaded(None)));
    }
    let (tenant, now) = (permit.tenant(), platform.now());
    let id = Id::new(tx.reserve_ids(1).await?[0]);
    let loaded = Loaded {
        id,
        tenant,
        organisation,
        code: title.code.clone(),
        version: title.version.clone(),
        content: Json(title.clone()),
        sha256,
        file_name: file_name.to_owned(),
        loaded_at: now,
        loaded_by: permit.account(),
    };
    store::add(&tx, loaded).await?;
    let told = serde_json::json!({ "code": title.code, "version": title.version, "file": file_name });
    let entry = permit.entry("referential.loaded", "referential", Some(id.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    tx.commit().await?;
    Ok((title, Outcome::Loaded(Some(id))))
}

/// What loads of referentials wait for.
const LOADING: i64 = 0x7265_6665_7265;

/// A referential with what is confirmed of it today.
#[derive(Clone, Debug)]
pub struct Shown {
    pub loaded: Loaded,
    pub confirmations: Vec<Fact<ItemConfirmation>>,
}

impl Shown {
    pub fn title(&self) -> &Title {
        &self.loaded.content.0
    }

    /// Codes confirmed on a day.
    pub fn confirmed(&self, on: Date) -> BTreeSet<String> {
        let in_force = self.confirmations.iter().filter(|fact| fact.valid.contains(on));
        in_force.map(|fact| fact.value.item.clone()).collect()
    }

    /// What is still to verify on a day.
    pub fn unverified(&self, on: Date) -> Vec<Item> {
        self.title().unverified(&self.confirmed(on), &[])
    }
}

/// Every referential the actor reaches.
pub async fn list(platform: &Platform, actor: &Actor) -> Result<Vec<Shown>> {
    let permit = permit::<ReadSchool>(actor)?;
    let mut shown = Vec::new();
    for loaded in store::all(&platform.db, &permit, only(&permit)?).await? {
        let confirmations = facts::current::<ItemConfirmation>(&platform.db, permit.tenant(), loaded.id).await?;
        shown.push(Shown { loaded, confirmations });
    }
    Ok(shown)
}

/// One of them.
pub async fn show(platform: &Platform, actor: &Actor, id: Id<Referential>) -> Result<Shown> {
    let permit = permit::<ReadSchool>(actor)?;
    let shown = find(platform, &permit, id).await?;
    within(&permit, shown.loaded.organisation)?;
    Ok(shown)
}

/// The referential of a cohort already within reach.
pub(crate) async fn find<A: Action>(platform: &Platform, permit: &Permit<A>, id: Id<Referential>) -> Result<Shown> {
    let loaded = store::by_id(&platform.db, permit, id).await?.ok_or(Error::NotFound)?;
    let confirmations = facts::current::<ItemConfirmation>(&platform.db, permit.tenant(), id).await?;
    Ok(Shown { loaded, confirmations })
}

/// Says that an item was read in the official text, from today on.
///
/// # Errors
/// [`Error::Invalid`] for an item that the title does not have, or without name or text.
pub async fn confirm(
    platform: &Platform,
    actor: &Actor,
    id: Id<Referential>,
    item: &str,
    confirmed_by: &str,
    source_text: &str,
) -> Result<()> {
    let permit = permit::<ManageSchool>(actor)?;
    let shown = find(platform, &permit, id).await?;
    within(&permit, shown.loaded.organisation)?;
    let confirmed_by = required(confirmed_by, "qui confirme, prénom et nom")?;
    let source_text = required(source_text, "le texte officiel où l’élément a été lu")?;
    if shown.title().items().iter().all(|known| known.code != item) {
        return Err(Error::invalid(format!("ce titre n’a pas d’élément «\u{a0}{item}\u{a0}»")));
    }
    let told = serde_json::json!({ "item": item, "by": confirmed_by });
    let today = platform.today();
    let value = ItemConfirmation { item: item.to_owned(), confirmed_by, source_text };
    change(platform, &permit, id, "referential.confirmed", told, |in_force| {
        Ok(Plan::set(in_force, Period::since(today), value))
    })
    .await
}

/// Takes back a confirmation: the item is to be verified again from today on.
pub async fn withdraw_confirmation(platform: &Platform, actor: &Actor, id: Id<Referential>, item: &str) -> Result<()> {
    let permit = permit::<ManageSchool>(actor)?;
    within(&permit, find(platform, &permit, id).await?.loaded.organisation)?;
    let today = platform.today();
    change(platform, &permit, id, "referential.unconfirmed", serde_json::json!({ "item": item }), |in_force| {
        let known = in_force.iter().rev().find(|fact| fact.value.item == item).ok_or(Error::NotFound)?;
        Ok(Plan::close(in_force, known.id, today)?)
    })
    .await
}

async fn change(
    platform: &Platform,
    permit: &Permit<ManageSchool>,
    id: Id<Referential>,
    action: &str,
    told: serde_json::Value,
    plan: impl FnOnce(&[Fact<ItemConfirmation>]) -> Result<Plan<ItemConfirmation>> + Send,
) -> Result<()> {
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    facts::write::<ItemConfirmation, Error>(&tx, tenant, id, permit.provenance(), now, plan).await?;
    let entry = permit.entry(action, "referential", Some(id.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

/// Whether a document that rests on these items of a title may be official today (all items when empty).
///
/// # Errors
/// The items still to verify, as a sentence that says what to do.
pub fn may_be_official(shown: &Shown, needed: &[String], on: Date) -> std::result::Result<(), String> {
    let missing = shown.title().unverified(&shown.confirmed(on), needed);
    if missing.is_empty() {
        return Ok(());
    }
    let codes: Vec<&str> = missing.iter().map(|item| item.code.as_str()).collect();
    let count = u64::try_from(missing.len()).unwrap_or(u64::MAX);
    Err(format!(
        "Document provisoire\u{a0}: il repose sur {} du référentiel à vérifier ({}). Confirmez-les d’après le texte \
         officiel pour pouvoir l’émettre.",
        base::fr::count(count, "élément", "éléments"),
        base::fr::list(&codes)
    ))
}

/// An accreditation and whether its end comes near.
#[derive(Clone, PartialEq, Debug)]
pub struct AccreditationLine {
    pub fact: Fact<Accreditation>,
    /// Today, or soon.
    pub alert: Option<String>,
}

/// The accreditations of a school, those that end first first.
pub async fn accreditations(
    platform: &Platform,
    actor: &Actor,
    organisation: Id<Organisation>,
) -> Result<Vec<AccreditationLine>> {
    let permit = permit::<ReadSchool>(actor)?;
    within(&permit, organisation)?;
    let settings = crate::settings(platform, permit.tenant()).await?;
    let today = platform.today();
    let soon = today.checked_add(i32::from(settings.accreditation_warning_months).months()).unwrap_or(Date::MAX);
    let mut facts = facts::current::<Accreditation>(&platform.db, permit.tenant(), organisation).await?;
    facts.sort_by_key(|fact| fact.valid.to.unwrap_or(Date::MAX));
    let line = |fact: Fact<Accreditation>| {
        let alert = fact.valid.last_day().and_then(|last| {
            let (label, day) = (fact.value.kind.label(), base::fr::date_long(last));
            match last {
                last if last < today => Some(format!("{label} finie depuis le {day}.")),
                last if last < soon => {
                    Some(format!("{label} valable jusqu’au {day}\u{a0}: préparez son renouvellement."))
                }
                _ => None,
            }
        });
        AccreditationLine { fact, alert }
    };
    Ok(facts.into_iter().map(line).collect())
}

/// Notes an accreditation over its period; where another of the same kind, title and site stands, it takes its place.
pub async fn set_accreditation(
    platform: &Platform,
    actor: &Actor,
    organisation: Id<Organisation>,
    valid: Period,
    accreditation: Accreditation,
) -> Result<()> {
    let permit = permit::<ManageSchool>(actor)?;
    within(&permit, organisation)?;
    let valid = Period::new(valid.from, valid.to).ok_or(facts::Conflict::Empty)?;
    let accreditation = Accreditation {
        title: accreditation.title.trim().to_owned(),
        number: required(&accreditation.number, "le numéro ou la référence de la décision")?,
        ..accreditation
    };
    match accreditation.kind {
        AccreditationKind::Quality if !accreditation.title.is_empty() => {
            return Err(Error::invalid("la certification qualité vaut pour l’organisme, non pour un titre"));
        }
        AccreditationKind::Quality => {}
        _ if accreditation.title.is_empty() => return Err(Error::invalid("indiquez le titre concerné")),
        _ if accreditation.site.is_none() => return Err(Error::invalid("indiquez le site concerné")),
        _ => {}
    }
    let (tenant, now) = (permit.tenant(), platform.now());
    let told = serde_json::json!({ "kind": accreditation.kind, "title": accreditation.title, "valid": valid });
    let tx = platform.db.begin().await?;
    facts::write::<Accreditation, Error>(&tx, tenant, organisation, permit.provenance(), now, |in_force| {
        Ok(Plan::set(in_force, valid, accreditation))
    })
    .await?;
    let entry = permit.entry("accreditation.set", "organisation", Some(organisation.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

/// Whether a school may prepare to a title on a site on a day; `None` when nothing was noted about it.
pub(crate) async fn accredited<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    organisation: Id<Organisation>,
    title: &str,
    site: Id<Structure>,
    on: Date,
) -> Result<Option<bool>> {
    let facts = facts::current::<Accreditation>(&platform.db, permit.tenant(), organisation).await?;
    let mut own = facts
        .iter()
        .filter(|fact| fact.value.kind == AccreditationKind::Preparation)
        .filter(|fact| fact.value.title == title && fact.value.site == Some(site))
        .peekable();
    Ok(own.peek().is_some().then(|| own.any(|fact| fact.valid.contains(on))))
}

/// The last day of the certification of quality that holds on a day, or of the last one known.
pub(crate) async fn quality_until<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    organisation: Id<Organisation>,
    on: Date,
) -> Result<Option<Date>> {
    let facts = facts::current::<Accreditation>(&platform.db, permit.tenant(), organisation).await?;
    let quality = || facts.iter().filter(|fact| fact.value.kind == AccreditationKind::Quality);
    let found = quality().find(|fact| fact.valid.contains(on)).or_else(|| quality().next_back());
    Ok(found.map(|fact| fact.valid.last_day().unwrap_or(Date::MAX)))
}
