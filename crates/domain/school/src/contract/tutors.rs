use base::{Id, Period};
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use law::apprenticeship::{Finding, TutorLoad};
use platform::gate::{Action, ManageContracts, OfferPlaces, Refusal, permit};
use platform::{Actor, Organisation, Permit, Platform, Role};

use super::model::{Contract, Tutor, TutorProfile, TutorRecord};
use super::store;
use crate::{Error, Result, accounts, required, within};

/// A tutor, what the law says of them, and how many people they guide.
#[derive(Clone, PartialEq, Debug)]
pub struct TutorView {
    pub id: Id<Tutor>,
    pub profile: Fact<TutorProfile>,
    pub load: TutorLoad,
    /// As tutor of an apprentice more.
    pub findings: Vec<Finding>,
}

/// A host names a tutor; the school may type it in.
pub async fn add_tutor(
    platform: &Platform,
    actor: &Actor,
    host: Id<Organisation>,
    profile: TutorProfile,
) -> Result<Id<Tutor>> {
    match permit::<OfferPlaces>(actor) {
        Ok(permit) => {
            within(&permit, host)?;
            add(platform, &permit, host, profile).await
        }
        Err(Refusal::Role { .. }) => add(platform, &permit::<ManageContracts>(actor)?, host, profile).await,
        Err(refusal) => Err(refusal.into()),
    }
}

fn checked(profile: TutorProfile) -> Result<TutorProfile> {
    if profile.practice_months.is_some_and(|months| !(0..=720).contains(&months)) {
        return Err(Error::invalid("la pratique se compte en mois, de 0 à 720"));
    }
    Ok(TutorProfile { name: required(&profile.name, "le nom du tuteur ou de la tutrice")?, ..profile })
}

async fn add<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    host: Id<Organisation>,
    profile: TutorProfile,
) -> Result<Id<Tutor>> {
    let profile = checked(profile)?;
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let tx = platform.db.begin().await?;
    let id: Id<Tutor> = Id::new(tx.reserve_ids(1).await?[0]);
    tx.fill(&[TutorRecord { id, tenant, organisation: host }]).await?;
    facts::write::<TutorProfile, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        Ok(Plan::add(in_force, Period::since(today), profile)?)
    })
    .await?;
    let entry = permit.entry("tutor.added", "tutor", Some(id.raw()), serde_json::json!({ "host": host }));
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    tx.commit().await?;
    Ok(id)
}

/// Says something else of a tutor from today on.
pub async fn set_tutor(platform: &Platform, actor: &Actor, id: Id<Tutor>, profile: TutorProfile) -> Result<()> {
    let permit = permit::<OfferPlaces>(actor)?;
    within(&permit, store::tutor_of(&platform.db, &permit, id).await?.ok_or(Error::NotFound)?)?;
    let (profile, today) = (checked(profile)?, platform.today());
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    facts::write::<TutorProfile, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        Ok(Plan::set(in_force, Period::since(today), profile))
    })
    .await?;
    let entry = permit.entry("tutor.changed", "tutor", Some(id.raw()), serde_json::Value::Null);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

/// Says which account a tutor signs in with, from today on; none for an empty address.
///
/// # Errors
/// [`Error::Invalid`] for an address that no account of a tutor of this employer bears.
pub async fn link_tutor(platform: &Platform, actor: &Actor, id: Id<Tutor>, address: &str) -> Result<()> {
    let permit = permit::<OfferPlaces>(actor)?;
    let host = store::tutor_of(&platform.db, &permit, id).await?.ok_or(Error::NotFound)?;
    within(&permit, host)?;
    let account = accounts::at(platform, &permit, address, Role::Tutor, Some(host)).await?;
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let tx = platform.db.begin().await?;
    facts::write::<TutorProfile, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        let known = in_force.last().ok_or(Error::NotFound)?;
        Ok(Plan::set(in_force, Period::since(today), TutorProfile { account, ..known.value.clone() }))
    })
    .await?;
    let entry = permit.entry("tutor.account", "tutor", Some(id.raw()), serde_json::json!({ "account": account }));
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

/// The tutors of a host, by name: for the host itself, and for the schools.
pub async fn tutors_of(platform: &Platform, actor: &Actor, host: Id<Organisation>) -> Result<Vec<TutorView>> {
    match permit::<OfferPlaces>(actor) {
        Ok(permit) => {
            within(&permit, host)?;
            views(platform, &permit, host).await
        }
        Err(Refusal::Role { .. }) => views(platform, &permit::<ManageContracts>(actor)?, host).await,
        Err(refusal) => Err(refusal.into()),
    }
}

async fn views<A: Action>(platform: &Platform, permit: &Permit<A>, host: Id<Organisation>) -> Result<Vec<TutorView>> {
    use law::apprenticeship::{Regime, tutor, tutor_load};
    let settings = crate::settings(platform, permit.tenant()).await?;
    let mut views = Vec::new();
    for id in store::tutors(&platform.db, permit, host).await? {
        let Some(profile) = facts::current::<TutorProfile>(&platform.db, permit.tenant(), id).await?.pop() else {
            continue;
        };
        let load = guided_by(platform, permit, id, None).await?;
        let load = TutorLoad { is_employer: profile.value.is_employer, ..load };
        let mut findings = tutor(&profile.value.law(), Regime::Apprenticeship, &settings);
        findings.push(tutor_load(&load, Regime::Apprenticeship, &settings));
        views.push(TutorView { id, profile, load, findings });
    }
    views.sort_by(|one, other| one.profile.value.name.cmp(&other.profile.value.name));
    Ok(views)
}

/// How many people a tutor guides today or will, one contract left out.
pub(crate) async fn guided_by<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    tutor: Id<Tutor>,
    except: Option<Id<Contract>>,
) -> Result<TutorLoad> {
    let mut contracts = store::guided(&platform.db, permit, tutor, platform.today()).await?;
    contracts.retain(|contract| Some(*contract) != except);
    Ok(TutorLoad { people: u16::try_from(contracts.len()).unwrap_or(u16::MAX), ..TutorLoad::default() })
}

/// The employer of a tutor.
pub(crate) async fn tutor_organisation<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    tutor: Id<Tutor>,
) -> Result<Option<Id<Organisation>>> {
    store::tutor_of(&platform.db, permit, tutor).await
}
