use std::collections::BTreeSet;

use base::{Id, Period};
use db::{Ask, sql};
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use platform::gate::{Action, AnswerSupport, AskSupport, FollowFlow, FollowPeople, ReadPerson, Role};
use platform::{Account, Actor, Permit, Platform, Reach, Reading, Structure};
use territory::structures::StructureKind;

use super::model::{SupportRequest, SupportState};
use crate::caseload::{self, Staff};
use crate::follow_up;
use crate::person::{self, Person};
use crate::{Error, Result};

sql! {
    OF_DISTRICT = "SELECT r.person, c.usual_name, c.first_name, c.commune_code, r.state, r.reason, r.asked_by, a.name, r.counsellor, r.valid_from
        FROM support_request r JOIN person_card c ON c.person = r.person JOIN account a ON a.id = r.asked_by
        WHERE r.tenant = $1 AND r.district = $2 AND r.replaced_at IS NULL AND r.valid_to IS NULL AND r.state IN ('asked', 'accepted')
        ORDER BY r.state, r.valid_from, r.person";
    OPEN = "SELECT district, counsellor, state, count(*) FROM support_request WHERE tenant = $1 AND replaced_at IS NULL
        AND valid_to IS NULL AND state IN ('asked', 'accepted') GROUP BY district, counsellor, state";
    OF_AUTHOR = "SELECT r.person, c.usual_name, c.first_name, c.commune_code, r.state, r.reason, r.asked_by, a.name, r.counsellor, r.valid_from
        FROM support_request r JOIN person_card c ON c.person = r.person JOIN account a ON a.id = r.asked_by
        WHERE r.tenant = $1 AND r.asked_by = $2 AND r.replaced_at IS NULL AND r.valid_to IS NULL
        ORDER BY r.state, r.valid_from, r.person";
}

db::row! {
    /// A request for support with whom it is about.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct RequestLine {
        pub person: Id<Person>,
        pub usual_name: String,
        pub first_name: String,
        pub commune_code: String,
        pub state: SupportState,
        pub reason: String,
        pub asked_by: Id<Account>,
        pub asked_by_name: String,
        pub counsellor: Option<Id<Account>>,
        pub since: base::Date,
    }
}

db::row! {
    struct OpenCount {
        district: Id<Structure>,
        counsellor: Option<Id<Account>>,
        state: SupportState,
        people: i64,
    }
}

/// Asks the district of the person for the support of a counsellor. The social worker stays in charge.
///
/// # Errors
/// [`Error::Invalid`] without saying what is asked, when a request is open already, or no district serves the commune.
pub async fn ask(platform: &Platform, actor: &Actor, person: Id<Person>, what: &str) -> Result<()> {
    let permit = platform::gate::permit::<AskSupport>(actor)?;
    let reading = platform::gate::permit::<ReadPerson>(actor)?;
    person::check_reach(platform, &reading, person).await?;
    let what = worded(what, "dites ce que vous attendez de cet appui")?;
    let asked_by = permit.account().ok_or(Error::NotFound)?;
    let card = person::store::cards_of(&platform.db, &permit, &[person]).await?.pop().ok_or(Error::NotFound)?;
    let districts =
        territory::sector_structures(&platform.db, permit.tenant(), StructureKind::SocialDistrict, platform.today())
            .await?;
    let district = *districts
        .get(&card.commune_code)
        .ok_or_else(|| Error::Invalid("aucune circonscription de service social ne dessert sa commune".to_owned()))?;
    change(platform, &permit, person, "support.asked", |last| match last {
        Some(open) if open.state.is_open() => Err(Error::Invalid("une demande d’appui est déjà en cours".to_owned())),
        _ => Ok(SupportRequest { state: SupportState::Asked, district, asked_by, counsellor: None, reason: what }),
    })
    .await
}

/// The actor takes the request of their district.
pub async fn accept(platform: &Platform, actor: &Actor, person: Id<Person>) -> Result<()> {
    let permit = platform::gate::permit::<AnswerSupport>(actor)?;
    let (district, account) = own(&permit)?;
    change(platform, &permit, person, "support.accepted", |last| {
        let open = waiting(last, district)?;
        Ok(SupportRequest { state: SupportState::Accepted, counsellor: Some(account), ..open.clone() })
    })
    .await
}

/// The actor refuses, and says why.
pub async fn refuse(platform: &Platform, actor: &Actor, person: Id<Person>, why: &str) -> Result<()> {
    let permit = platform::gate::permit::<AnswerSupport>(actor)?;
    let (district, account) = own(&permit)?;
    let reason = worded(why, "dites pourquoi l’appui est refusé")?;
    change(platform, &permit, person, "support.refused", |last| {
        let open = waiting(last, district)?;
        Ok(SupportRequest { state: SupportState::Refused, counsellor: Some(account), reason, ..open.clone() })
    })
    .await
}

/// The counsellor ends the support and says how it ended; the social worker goes on alone.
pub async fn return_to_social_worker(platform: &Platform, actor: &Actor, person: Id<Person>, how: &str) -> Result<()> {
    let permit = platform::gate::permit::<AnswerSupport>(actor)?;
    let (_, account) = own(&permit)?;
    let reason = worded(how, "dites où en est la personne à la fin de l’appui")?;
    change(platform, &permit, person, "support.returned", |last| {
        let open = last
            .filter(|open| open.state == SupportState::Accepted && open.counsellor == Some(account))
            .ok_or_else(|| Error::Invalid("vous n’appuyez pas cette personne".to_owned()))?;
        Ok(SupportRequest { state: SupportState::Returned, reason, ..open.clone() })
    })
    .await
}

/// Whoever asked takes the request back before an answer.
pub async fn withdraw(platform: &Platform, actor: &Actor, person: Id<Person>) -> Result<()> {
    let permit = platform::gate::permit::<AskSupport>(actor)?;
    change(platform, &permit, person, "support.withdrawn", |last| {
        let open = last
            .filter(|open| open.state == SupportState::Asked && Some(open.asked_by) == permit.account())
            .ok_or_else(|| Error::Invalid("vous n’avez pas de demande en attente pour cette personne".to_owned()))?;
        Ok(SupportRequest { state: SupportState::Withdrawn, ..open.clone() })
    })
    .await
}

/// Open requests: of the district for who answers, one's own for who asks. Logged as the reading of a list.
pub async fn requests(platform: &Platform, actor: &Actor) -> Result<Vec<RequestLine>> {
    let lines: Vec<RequestLine> = if let Ok(permit) = platform::gate::permit::<AnswerSupport>(actor) {
        let (district, _) = own(&permit)?;
        platform.db.all(&OF_DISTRICT, &[&permit.tenant(), &district]).await?
    } else {
        let permit = platform::gate::permit::<AskSupport>(actor)?;
        let account = permit.account().ok_or(Error::NotFound)?;
        platform.db.all(&OF_AUTHOR, &[&permit.tenant(), &account]).await?
    };
    let permit = platform::gate::permit::<FollowPeople>(actor)?;
    let shown: Vec<i64> = lines.iter().map(|line| line.person.raw()).collect();
    let read = Reading::of(&permit, "list", None, serde_json::json!({ "support": true, "shown": shown }));
    platform.readings.record(read).await?;
    Ok(lines)
}

/// What the counsellors of one district support.
#[derive(Clone, PartialEq, Debug)]
pub struct DistrictLoad {
    pub district: Id<Structure>,
    /// Requests that nobody has answered.
    pub waiting: i64,
    /// Each counsellor with the people they support.
    pub counsellors: Vec<(Staff, i64)>,
}

/// The districts, with what each counsellor supports: for who sees the whole département.
pub async fn district_loads(platform: &Platform, actor: &Actor) -> Result<Vec<DistrictLoad>> {
    let tenant = platform::gate::permit::<FollowFlow>(actor)?.tenant();
    let following = platform::gate::permit::<FollowPeople>(actor)?;
    let serving =
        territory::sector_structures(&platform.db, tenant, StructureKind::SocialDistrict, platform.today()).await?;
    let districts: BTreeSet<Id<Structure>> = serving.into_values().collect();
    let open: Vec<OpenCount> = platform.db.all(&OPEN, &[&tenant]).await?;
    let mut loads = Vec::with_capacity(districts.len());
    for district in districts {
        let here = || open.iter().filter(move |count| count.district == district);
        let supported =
            |account| here().find(|count| count.counsellor == Some(account)).map_or(0, |count| count.people);
        let staff = caseload::staff(platform, &following, district).await?;
        let counsellors = staff
            .into_iter()
            .filter(|somebody| somebody.role == Role::SocialEmploymentCounsellor)
            .map(|somebody| {
                let people = supported(somebody.account);
                (somebody, people)
            })
            .collect();
        let waiting = here().filter(|count| count.state == SupportState::Asked).map(|count| count.people).sum();
        loads.push(DistrictLoad { district, waiting, counsellors });
    }
    Ok(loads)
}

/// What was asked and answered about a person, latest first.
pub async fn history(platform: &Platform, actor: &Actor, person: Id<Person>) -> Result<Vec<Fact<SupportRequest>>> {
    let permit = platform::gate::permit::<ReadPerson>(actor)?;
    person::check_reach(platform, &permit, person).await?;
    let mut states = facts::history::<SupportRequest>(&platform.db, permit.tenant(), person).await?;
    states.sort_by_key(|fact| std::cmp::Reverse((fact.recorded_at, fact.id)));
    Ok(states)
}

fn own(permit: &Permit<AnswerSupport>) -> Result<(Id<Structure>, Id<Account>)> {
    match (permit.reach(), permit.account()) {
        (Reach::Structure(structure), Some(account)) => Ok((structure, account)),
        _ => Err(Error::Invalid("ce mandat n’est pas celui d’une circonscription".to_owned())),
    }
}

fn worded(text: &str, refusal: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() { Err(Error::Invalid(refusal.to_owned())) } else { Ok(text.to_owned()) }
}

fn waiting(last: Option<&SupportRequest>, district: Id<Structure>) -> Result<&SupportRequest> {
    last.filter(|open| open.state == SupportState::Asked && open.district == district)
        .ok_or_else(|| Error::Invalid("cette demande n’attend plus de réponse".to_owned()))
}

/// Writes the next state of a request, from what the last one says.
async fn change<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    person: Id<Person>,
    action: &str,
    next: impl FnOnce(Option<&SupportRequest>) -> Result<SupportRequest> + Send,
) -> Result<()> {
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let rules = follow_up::rules(platform, tenant).await?;
    let tx = platform.db.begin().await?;
    let mut told = serde_json::Value::Null;
    facts::write::<SupportRequest, Error>(&tx, tenant, person, permit.provenance(), now, |in_force| {
        let last = in_force.last();
        let state = next(last.map(|fact| &fact.value))?;
        told = serde_json::json!({ "state": state.state, "district": state.district });
        Ok(match last {
            // Asked and answered on one day: the answer takes the place of the question in time, not in history.
            Some(last) if last.valid == Period::since(today) => Plan::correct(in_force, last.id, last.valid, state)?,
            _ => Plan::set(in_force, Period::since(today), state),
        })
    })
    .await?;
    follow_up::refresh(&tx, permit, &[person], &rules).await?;
    journal::append(&tx, Chain::Writes, tenant, now, permit.entry(action, "person", Some(person.raw()), told)).await?;
    Ok(tx.commit().await?)
}
