use base::{Date, Id, Period};
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use law::apprenticeship::{Finding, TutorLoad};
use law::publics::Answer;
use platform::gate::{Action, ManageContracts, OfferPlaces, Refusal, permit};
use platform::{Actor, Organisation, Permit, Platform, Role};

use super::model::{Contract, Terms, Tutor, TutorProfile, TutorRecord};
use super::store::{self, Guidance};
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
        let load = load_during(platform, permit, id, Period::since(platform.today()), None).await?;
        let load = TutorLoad { is_employer: profile.value.is_employer, ..load };
        let mut findings = tutor(&profile.value.law(), Regime::Apprenticeship, &settings);
        findings.push(tutor_load(&load, Regime::Apprenticeship, &settings));
        views.push(TutorView { id, profile, load, findings });
    }
    views.sort_by(|one, other| one.profile.value.name.cmp(&other.profile.value.name));
    Ok(views)
}

/// How many people a tutor guides at once during a time, at most; one contract left out. The limit of the Code du travail
/// is on people guided simultaneously (art. R6223-6).
pub(super) async fn load_during<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    tutor: Id<Tutor>,
    during: Period,
    except: Option<Id<Contract>>,
) -> Result<TutorLoad> {
    let guided = store::guided(&platform.db, permit, tutor, during.from).await?;
    let guided: Vec<_> = guided
        .into_iter()
        .filter(|guidance| Some(guidance.contract) != except && guidance.during.overlaps(&during))
        .collect();
    // The count only grows on a day when somebody begins.
    let beginnings = guided.iter().map(|guidance| guidance.during.from.max(during.from));
    let peak = beginnings.map(|day| load_on(&guided, day)).max_by_key(|load| (load.people, load.repeating));
    Ok(peak.unwrap_or_default())
}

fn load_on(guided: &[Guidance], day: Date) -> TutorLoad {
    let mut people: Vec<(Id<Contract>, bool)> = guided
        .iter()
        .filter(|guidance| guidance.during.contains(day))
        .map(|guidance| (guidance.contract, guidance.extended))
        .collect();
    people.sort_unstable();
    people.dedup_by_key(|(contract, _)| *contract);
    let count = |people: usize| u16::try_from(people).unwrap_or(u16::MAX);
    let repeating = people.iter().filter(|(_, extended)| *extended).count();
    TutorLoad { people: count(people.len()), repeating: count(repeating), ..TutorLoad::default() }
}

/// Why a tutor may not guide somebody under these terms during a time: who they are, and how many they guide already.
pub(super) async fn refusals(
    platform: &Platform,
    permit: &Permit<ManageContracts>,
    tutor: Id<Tutor>,
    terms: &Terms,
    during: Period,
    except: Option<Id<Contract>>,
) -> Result<Vec<String>> {
    let settings = crate::settings_on(platform, permit.tenant(), terms.first_day).await?;
    let Some(profile) = facts::current::<TutorProfile>(&platform.db, permit.tenant(), tutor).await?.pop() else {
        return Err(Error::NotFound);
    };
    let profile = profile.value;
    let load = load_during(platform, permit, tutor, during, except).await?;
    let load = TutorLoad { is_employer: profile.is_employer, new_is_repeating: terms.extended, ..load };
    let of_person = law::apprenticeship::tutor(&profile.law(), terms.regime.law(), &settings);
    let of_load = law::apprenticeship::tutor_load(&load, terms.regime.law(), &settings);
    let told = |what: &str, finding: &Finding| {
        (finding.answer == Answer::No).then(|| format!("{what}\u{a0}: {} ({})", finding.why, finding.citation))
    };
    let mut refusals: Vec<String> = of_person
        .iter()
        .filter_map(|finding| told("Cette personne ne peut pas être tuteur ou tutrice", finding))
        .collect();
    refusals.extend(told("Tuteur ou tutrice au-delà du nombre permis", &of_load));
    Ok(refusals)
}

/// The employer of a tutor.
pub(crate) async fn tutor_organisation<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    tutor: Id<Tutor>,
) -> Result<Option<Id<Organisation>>> {
    store::tutor_of(&platform.db, permit, tutor).await
}
