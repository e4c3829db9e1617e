//! What hosts offer to a cohort: published, corrected, withdrawn, by themselves or by the school in their name.

use base::{Date, Id, Period, fr};
use db::{Ask, Tx};
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use law::apprenticeship::{Regime, Settings, TutorLoad, tutor, tutor_load};
use law::publics::Answer;
use platform::gate::{Action, ManageAdmissions, OfferPlaces, ReadSchool, Refusal, permit};
use platform::{Actor, Organisation, Permit, Platform, Reach, Structure};
use territory::posts::Post;

use super::load::Engaged;
use super::model::{Learner, Place, PlaceProfile, PlaceRanking, PlaceRecord};
use super::store;
use super::vacancies::HostGround;
use crate::cohort::{self, Cohort, CohortView};
use crate::contract::{self, Tutor, TutorProfile};
use crate::{Error, Result, within};

/// What a host offers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    pub structure: Id<Structure>,
    /// The vacancy that the apprentice may fill later.
    pub post: Option<Id<Post>>,
    pub tutor: Option<Id<Tutor>>,
    pub seats: i64,
    pub starts_on: Date,
    pub description: String,
}

/// Places to publish.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewPlace {
    pub host: Id<Organisation>,
    pub cohort: Id<Cohort>,
    pub offer: Offer,
}

/// A place as it is offered.
#[derive(Clone, PartialEq, Debug)]
pub struct PlaceView {
    pub id: Id<Place>,
    pub host: Id<Organisation>,
    pub organisation: Id<Organisation>,
    pub profile: Fact<PlaceProfile>,
    /// The candidates in the host’s order, with who wrote it; `None` until somebody ranks them.
    pub ranking: Option<Fact<PlaceRanking>>,
}

impl PlaceView {
    /// The candidates ranked, the best tier first.
    pub fn tiers(&self) -> &[Vec<Id<Learner>>] {
        self.ranking.as_ref().map_or(&[], |fact| &fact.value.tiers.0)
    }
}

/// Publishes places of a host; the school may do it in its name.
///
/// # Errors
/// [`Error::Problems`] when the place cannot be: the site, the post, the tutor, their load.
pub async fn publish(platform: &Platform, actor: &Actor, new: NewPlace) -> Result<Id<Place>> {
    match permit::<OfferPlaces>(actor) {
        Ok(permit) => {
            within(&permit, new.host)?;
            write_new(platform, actor, &permit, new).await
        }
        Err(Refusal::Role { .. }) => {
            let permit = permit::<ManageAdmissions>(actor)?;
            cohort::find(platform, &permit, new.cohort).await?;
            write_new(platform, actor, &permit, new).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn write_new<A: Action>(
    platform: &Platform,
    actor: &Actor,
    permit: &Permit<A>,
    new: NewPlace,
) -> Result<Id<Place>> {
    let organisation = store::school_of(&platform.db, permit, new.cohort).await?.ok_or(Error::NotFound)?;
    let cohort = cohort::known(platform, permit, new.cohort).await?;
    let ground = HostGround::read(platform, actor, new.host).await?;
    let check = Check { platform, ground: &ground, cohort: &cohort, known: None };
    let (mut problems, tutor) = check.offer(permit, &new.offer).await?;
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let tx = platform.db.begin().await?;
    problems.extend(check.load(&tx, permit, &new.offer, tutor).await?);
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    let NewPlace { host, cohort, offer } = new;
    let id: Id<Place> = Id::new(tx.reserve_ids(1).await?[0]);
    tx.fill(&[PlaceRecord { id, tenant, organisation, host }]).await?;
    let told = serde_json::json!({ "cohort": cohort, "host": host, "seats": offer.seats });
    facts::write::<PlaceProfile, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        Ok(Plan::add(in_force, Period::since(today), offer.of(cohort))?)
    })
    .await?;
    journal::append(&tx, Chain::Writes, tenant, now, permit.entry("place.published", "place", Some(id.raw()), told))
        .await?;
    tx.commit().await?;
    Ok(id)
}

impl Offer {
    fn of(self, cohort: Id<Cohort>) -> PlaceProfile {
        let Self { structure, post, tutor, seats, starts_on, description } = self;
        PlaceProfile { cohort, structure, post, tutor, seats, starts_on, description: description.trim().to_owned() }
    }
}

/// Says something else of places from today on: their cohort and their host stay.
///
/// # Errors
/// As [`publish`]; [`Error::Invalid`] for places taken back, or fewer seats than people placed there.
pub async fn correct(platform: &Platform, actor: &Actor, id: Id<Place>, offer: Offer) -> Result<()> {
    match permit::<OfferPlaces>(actor) {
        Ok(permit) => {
            let record = within_host(platform, &permit, id).await?;
            write_correction(platform, actor, &permit, record, offer).await
        }
        Err(Refusal::Role { .. }) => {
            let permit = permit::<ManageAdmissions>(actor)?;
            let record = within_school(platform, &permit, id).await?;
            write_correction(platform, actor, &permit, record, offer).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn write_correction<A: Action>(
    platform: &Platform,
    actor: &Actor,
    permit: &Permit<A>,
    record: PlaceRecord,
    offer: Offer,
) -> Result<()> {
    let (id, tenant, now, today) = (record.id, permit.tenant(), platform.now(), platform.today());
    let ground = HostGround::read(platform, actor, record.host).await?;
    let known = in_force(&platform.db, permit, id).await?;
    let cohort = cohort::known(platform, permit, known.value.cohort).await?;
    let check = Check { platform, ground: &ground, cohort: &cohort, known: Some(&known) };
    let (mut problems, tutor) = check.offer(permit, &offer).await?;
    let tx = platform.db.begin().await?;
    problems.extend(check.load(&tx, permit, &offer, tutor).await?);
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    let told = serde_json::json!({ "seats": offer.seats, "tutor": offer.tutor, "starts_on": offer.starts_on });
    facts::write::<PlaceProfile, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        if in_force.iter().all(|fact| fact.id != known.id) {
            return Err(facts::Conflict::Outdated.into());
        }
        Ok(Plan::set(in_force, Period::since(today), offer.of(cohort.record.id)))
    })
    .await?;
    journal::append(&tx, Chain::Writes, tenant, now, permit.entry("place.corrected", "place", Some(id.raw()), told))
        .await?;
    Ok(tx.commit().await?)
}

/// What places say from now on.
async fn in_force<A: Action>(ask: &impl Ask, permit: &Permit<A>, id: Id<Place>) -> Result<Fact<PlaceProfile>> {
    let profiles = facts::current::<PlaceProfile>(ask, permit.tenant(), id).await?;
    let open = profiles.into_iter().find(|fact| fact.valid.to.is_none());
    open.ok_or_else(|| Error::invalid("cette offre est déjà retirée\u{a0}: publiez-en une autre"))
}

/// What an offer must fulfil.
struct Check<'a> {
    platform: &'a Platform,
    ground: &'a HostGround,
    cohort: &'a CohortView,
    /// What was said before, when the offer corrects it.
    known: Option<&'a Fact<PlaceProfile>>,
}

/// A tutor of the host, and the numbers of the law.
struct NamedTutor {
    id: Id<Tutor>,
    profile: TutorProfile,
    settings: Settings,
}

impl Check<'_> {
    /// What is wrong with an offer in itself; its tutor, when it names one of the host’s.
    async fn offer<A: Action>(&self, permit: &Permit<A>, offer: &Offer) -> Result<(Vec<String>, Option<NamedTutor>)> {
        let mut problems = Vec::new();
        if !(1..=50).contains(&offer.seats) {
            problems.push("Une offre compte de 1 à 50\u{a0}places.".to_owned());
        }
        let last_day = self.cohort.last_day();
        if offer.starts_on > last_day || last_day < self.platform.today() {
            problems.push(format!("La promotion finit le {}\u{a0}: la place commence avant.", fr::date_long(last_day)));
        }
        if !self.ground.runs(offer.structure) {
            problems.push(
                "Ce lieu n’est pas tenu par cet employeur\u{a0}: choisissez l’une de ses structures ouvertes."
                    .to_owned(),
            );
        }
        if let Some(post) = offer.post
            && self.known.is_none_or(|known| known.value.post != Some(post))
        {
            match self.ground.vacancy(post) {
                None => problems.push("Ce poste n’est pas à pourvoir chez cet employeur.".to_owned()),
                Some(vacancy) if vacancy.structure != offer.structure => problems.push(format!(
                    "Le poste {} est à pourvoir dans une autre structure que celle de la place.",
                    vacancy.code
                )),
                Some(_) => {}
            }
        }
        let Some(id) = offer.tutor else { return Ok((problems, None)) };
        if contract::tutor_organisation(self.platform, permit, id).await? != Some(self.ground.host) {
            problems.push("Cette personne n’est pas tutrice chez cet employeur.".to_owned());
            return Ok((problems, None));
        }
        let known = facts::current::<TutorProfile>(&self.platform.db, permit.tenant(), id).await?;
        let profile = known.into_iter().next_back().ok_or(Error::NotFound)?.value;
        let settings = crate::settings(self.platform, permit.tenant()).await?;
        // What is not known of somebody is no obstacle yet: the contract asks for it.
        let against = tutor(&profile.law(), Regime::Apprenticeship, &settings);
        problems.extend(against.iter().filter(|finding| finding.answer == Answer::No).map(|finding| {
            format!(
                "{} ne peut pas être tuteur ou tutrice\u{a0}: {} ({}).",
                profile.name,
                lower(finding.why.trim_end_matches('.')),
                finding.citation
            )
        }));
        Ok((problems, Some(NamedTutor { id, profile, settings })))
    }

    /// What is wrong with it beside everything else that was offered, as it stands in the transaction.
    async fn load<A: Action>(
        &self,
        tx: &Tx,
        permit: &Permit<A>,
        offer: &Offer,
        tutor: Option<NamedTutor>,
    ) -> Result<Vec<String>> {
        let mut problems = Vec::new();
        let place = self.known.map(|known| known.subject);
        if let Some(place) = place {
            let placed = store::placed_at(tx, permit, place).await?.len();
            if usize::try_from(offer.seats).unwrap_or(0) < placed {
                let placed = fr::count(placed as u64, "personne est placée", "personnes sont placées");
                problems.push(format!("{placed} ici\u{a0}: l’offre ne peut pas compter moins de places."));
            }
        }
        let Some(NamedTutor { id, profile, settings }) = tutor else { return Ok(problems) };
        // Offers made meanwhile with the same tutor wait for this one.
        tx.hold(&[id.raw() ^ OFFERING]).await?;
        let engaged = Engaged::read(tx, permit, id, offer.starts_on.max(self.platform.today())).await?;
        let total = engaged.with(place, offer.seats);
        let before = TutorLoad {
            people: u16::try_from(total.saturating_sub(1)).unwrap_or(u16::MAX),
            is_employer: profile.is_employer,
            ..TutorLoad::default()
        };
        let finding = tutor_load(&before, Regime::Apprenticeship, &settings);
        if finding.answer == Answer::No {
            problems.push(format!(
                "{} guiderait {}, places offertes comprises, pour {} au plus ({})\u{a0}: réduisez le nombre de places, ou désignez quelqu’un d’autre.",
                profile.name,
                fr::count(total as u64, "personne", "personnes"),
                settings.tutor_apprentices,
                finding.citation
            ));
        }
        Ok(problems)
    }
}

/// What offers with one tutor wait for.
const OFFERING: i64 = 0x6f_6666_6572;

/// A sentence put after a colon.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Takes places back from today on.
///
/// # Errors
/// [`Error::Invalid`] when somebody is placed there, or when they are taken back already.
pub async fn withdraw(platform: &Platform, actor: &Actor, id: Id<Place>) -> Result<()> {
    match permit::<OfferPlaces>(actor) {
        Ok(permit) => {
            within_host(platform, &permit, id).await?;
            write_withdrawal(platform, &permit, id).await
        }
        Err(Refusal::Role { .. }) => {
            let permit = permit::<ManageAdmissions>(actor)?;
            within_school(platform, &permit, id).await?;
            write_withdrawal(platform, &permit, id).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn write_withdrawal<A: Action>(platform: &Platform, permit: &Permit<A>, id: Id<Place>) -> Result<()> {
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let tx = platform.db.begin().await?;
    let known = in_force(&tx, permit, id).await?;
    let placed = store::placed_at(&tx, permit, id).await?.len();
    if placed > 0 {
        let placed = fr::count(placed as u64, "personne est placée", "personnes sont placées");
        return Err(Error::invalid(format!("{placed} ici\u{a0}: l’école change d’abord ce placement")));
    }
    facts::write::<PlaceProfile, Error>(&tx, tenant, id, permit.provenance(), now, |in_force| {
        Ok(Plan::close(in_force, known.id, today)?)
    })
    .await?;
    let entry = permit.entry("place.withdrawn", "place", Some(id.raw()), serde_json::Value::Null);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

/// The places, if the permit reaches their host.
pub(super) async fn within_host<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    id: Id<Place>,
) -> Result<PlaceRecord> {
    let record = store::place(&platform.db, permit, id).await?.ok_or(Error::NotFound)?;
    within(permit, record.host)?;
    Ok(record)
}

/// The places, if the permit reaches their school.
pub(super) async fn within_school<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    id: Id<Place>,
) -> Result<PlaceRecord> {
    let record = store::place(&platform.db, permit, id).await?.ok_or(Error::NotFound)?;
    within(permit, record.organisation)?;
    Ok(record)
}

/// The places offered to a cohort.
pub async fn places(platform: &Platform, actor: &Actor, cohort: Id<Cohort>) -> Result<Vec<PlaceView>> {
    let permit = permit::<ReadSchool>(actor)?;
    cohort::find(platform, &permit, cohort).await?;
    of_cohort(platform, &permit, cohort).await
}

pub(super) async fn of_cohort<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    cohort: Id<Cohort>,
) -> Result<Vec<PlaceView>> {
    let ids = store::of_cohort(&platform.db, permit, cohort).await?;
    let mut views = views(platform, permit, ids).await?;
    views.retain(|view| view.profile.value.cohort == cohort);
    Ok(views)
}

/// The places of the actor’s own organisation, whatever the school.
pub async fn offered_by(platform: &Platform, actor: &Actor) -> Result<Vec<PlaceView>> {
    let permit = permit::<OfferPlaces>(actor)?;
    let Reach::Organisation(host) = permit.reach() else { return Err(Error::NotFound) };
    let ids = store::of_host(&platform.db, &permit, host).await?;
    views(platform, &permit, ids).await
}

/// The places of a host: for itself, and for the schools.
pub(super) async fn of_host(platform: &Platform, actor: &Actor, host: Id<Organisation>) -> Result<Vec<PlaceView>> {
    match permit::<OfferPlaces>(actor) {
        Ok(permit) => {
            within(&permit, host)?;
            views(platform, &permit, store::of_host(&platform.db, &permit, host).await?).await
        }
        Err(Refusal::Role { .. }) => {
            let permit = permit::<ManageAdmissions>(actor)?;
            views(platform, &permit, store::of_host(&platform.db, &permit, host).await?).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn views<A: Action>(platform: &Platform, permit: &Permit<A>, ids: Vec<Id<Place>>) -> Result<Vec<PlaceView>> {
    let (db, tenant, today) = (&platform.db, permit.tenant(), platform.today());
    let mut views = Vec::new();
    for id in ids {
        let Some(record) = store::place(db, permit, id).await? else { continue };
        let profiles = facts::current::<PlaceProfile>(db, tenant, id).await?;
        let Some(profile) = profiles.into_iter().find(|fact| fact.valid.contains(today)) else { continue };
        let ranking = facts::current::<PlaceRanking>(db, tenant, id).await?.pop();
        views.push(PlaceView { id, host: record.host, organisation: record.organisation, profile, ranking });
    }
    Ok(views)
}

/// The cohorts that a host may offer places to: those of any school that are not over, the next one first.
pub async fn cohorts_to_offer(platform: &Platform, actor: &Actor) -> Result<Vec<CohortView>> {
    let permit = permit::<OfferPlaces>(actor)?;
    cohort::not_over(platform, &permit).await
}
