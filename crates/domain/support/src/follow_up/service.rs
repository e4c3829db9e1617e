use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use base::{Date, Id};
use db::{Ask, Param, Registered, Sql, Tx, sql};
use facts::rebuild::Difference;
use facts::{Fact, Tenant};
use law::attention::Attention;
use law::delays::Delays;
use platform::gate::{Action, FollowPeople, ImportFeed, ReadPerson};
use platform::{Account, Actor, Permit, Platform, Reach, Reading, Structure};

use super::compute::{Facts, Rules, follow_up};
use super::row::{FollowUp, Need, Stage};
use super::store;
use crate::person::{self, Card, Membership, Person};
use crate::rights::{Household, RightState};
use crate::{Error, Result, numbers};

sql! {
    NEEDS_OF = "SELECT need, count(*) FROM follow_up WHERE tenant = $1 AND counsellor = $2
        AND (CAST($3 AS bigint) IS NULL OR structure = $3) GROUP BY need";
}

/// Lines computed in one transaction.
const AT_ONCE: i64 = 500;

/// The numbers in force today.
pub async fn rules(platform: &Platform, tenant: Id<Tenant>) -> Result<Rules> {
    let (day, now) = (platform.today(), platform.now());
    let number = numbers(platform, tenant, day, now).await?;
    Ok(Rules { day, delays: Delays::read(&number)?, attention: Attention::read(&number)? })
}

/// Computes the lines of these people again, in the transaction of whatever changed.
pub(crate) async fn refresh(
    tx: &Tx,
    permit: &Permit<impl Action>,
    persons: &[Id<Person>],
    rules: &Rules,
) -> Result<()> {
    let lines: Vec<FollowUp> = store::facts(tx, permit, persons)
        .await?
        .iter()
        .filter_map(|(card, facts)| follow_up(card, facts, rules))
        .collect();
    Ok(store::replace(tx, permit, persons, &lines).await?)
}

/// The same for people of whom nothing was known before this transaction: what an import has just told is all there is.
pub(crate) async fn refresh_new(tx: &Tx, told: Vec<(Card, Facts)>, rules: &Rules) -> Result<()> {
    let lines: Vec<FollowUp> = told.iter().filter_map(|(card, facts)| follow_up(card, facts, rules)).collect();
    Ok(tx.fill(&lines).await?)
}

/// What an import has just written of new households, gathered for [`refresh_new`].
pub(crate) fn told(
    cards: Vec<Card>,
    rights: &[Fact<RightState>],
    memberships: &[Fact<Membership>],
) -> Vec<(Card, Facts)> {
    let mut by_household: HashMap<Id<Household>, Vec<Fact<RightState>>> = HashMap::new();
    for fact in rights {
        by_household.entry(fact.subject).or_default().push(fact.clone());
    }
    let mut by_person: HashMap<Id<Person>, Vec<Fact<Membership>>> = HashMap::new();
    for fact in memberships {
        by_person.entry(fact.subject).or_default().push(fact.clone());
    }
    cards
        .into_iter()
        .filter(|card| card.listed)
        .map(|card| {
            let facts = Facts {
                rights: by_household.get(&card.household).cloned().unwrap_or_default(),
                memberships: by_person.remove(&card.person).unwrap_or_default(),
                ..Facts::default()
            };
            (card, facts)
        })
        .collect()
}

/// Computes again the lines that the passing of days may have changed. Gives how many.
pub async fn refresh_due(platform: &Platform, actor: &Actor) -> Result<u64> {
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let rules = rules(platform, permit.tenant()).await?;
    let mut done = 0;
    loop {
        let tx = platform.db.begin().await?;
        let persons = store::due(&tx, &permit, rules.day, AT_ONCE).await?;
        if persons.is_empty() {
            return Ok(done);
        }
        refresh(&tx, &permit, &persons, &rules).await?;
        tx.commit().await?;
        done += persons.len() as u64;
    }
}

/// Computes every line again: a number that they rest on has changed.
pub async fn recompute_all(platform: &Platform, actor: &Actor, mut progress: impl AsyncFnMut(u64)) -> Result<u64> {
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let rules = rules(platform, permit.tenant()).await?;
    let (mut done, mut after) = (0, Id::new(0));
    loop {
        let tx = platform.db.begin().await?;
        let persons = store::persons_after(&tx, &permit, after, AT_ONCE).await?;
        let Some(last) = persons.last() else { return Ok(done) };
        after = *last;
        refresh(&tx, &permit, &persons, &rules).await?;
        tx.commit().await?;
        done += persons.len() as u64;
        progress(done).await;
    }
}

/// Rebuilds every line from the facts, each for the day it was computed, and compares with the live ones.
pub async fn check(platform: &Platform, actor: &Actor) -> Result<Difference> {
    const CHUNK: i64 = 2_000;
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let db = platform.db.long();
    let today = rules(platform, permit.tenant()).await?;
    let (mut difference, mut after) = (Difference::default(), Id::new(0));
    loop {
        let persons = store::persons_after(&db, &permit, after, CHUNK).await?;
        let Some(last) = persons.last() else { return Ok(difference) };
        after = *last;
        let live: BTreeMap<Id<Person>, FollowUp> =
            store::rows(&db, &permit, &persons).await?.into_iter().map(|line| (line.person, line)).collect();
        let rebuilt: BTreeMap<Id<Person>, FollowUp> = store::facts(&db, &permit, &persons)
            .await?
            .iter()
            .filter_map(|(card, facts)| {
                let day = live.get(&card.person).map_or(today.day, |line| line.computed_on);
                follow_up(card, facts, &Rules { day, ..today })
            })
            .map(|line| (line.person, line))
            .collect();
        difference.join(Difference::between(live, rebuilt));
    }
}

/// What a list of follow-ups is narrowed by, and its order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ListRequest {
    /// Only those whom this structure accompanies; who sees one structure always sees theirs.
    pub structure: Option<Id<Structure>>,
    pub counsellor: Option<Id<Account>>,
    pub stage: Option<Stage>,
    pub commune: Option<String>,
    pub need: Option<Need>,
    /// Without a first meeting, and the structure in charge since before this day.
    pub unmet_since_before: Option<Date>,
    /// The structure in charge from this day on.
    pub started_since: Option<Date>,
    /// Something written from this day on moved the line.
    pub changed_since: Option<Date>,
    /// To act from this day on, the second excluded.
    pub needed_between: Option<(Date, Date)>,
    pub meeting_on: Option<Date>,
    /// The line after which the page begins.
    pub after: Option<Id<Person>>,
    pub page_size: usize,
}

/// One page.
#[derive(Clone, Debug)]
pub struct ListPage {
    pub lines: Vec<FollowUp>,
    /// After whom the next page begins.
    pub next: Option<Id<Person>>,
    /// How many answer, counted no further than [`ListPage::COUNTED`].
    pub count: i64,
}

impl ListPage {
    pub const COUNTED: i64 = 10_000;
}

/// What a list may be narrowed by, as conditions that its parameter ends; each left out lets everybody through.
const FILTERS: [(&str, &str); 11] = [
    ("structure =", "bigint"),
    ("counsellor =", "bigint"),
    ("stage =", "text"),
    ("commune_code =", "text"),
    ("need =", "bigint"),
    ("stage IN ('unassigned', 'unmet') AND started_on <", "date"),
    ("started_on >=", "date"),
    ("changed_on >=", "date"),
    ("need_on >=", "date"),
    ("need_on <", "date"),
    ("next_meeting_on =", "date"),
];

/// Number of the parameter that follows those of the filters.
const AFTER_FILTERS: usize = FILTERS.len() + 2;

/// The filter that leads, each with its index: the others are looked at line by line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Lead {
    Structure = 0,
    Counsellor = 1,
    Stage = 2,
}

impl Lead {
    const ALL: [Self; 3] = [Self::Structure, Self::Counsellor, Self::Stage];

    fn condition(self) -> String {
        let filters = FILTERS.iter().enumerate().map(|(position, (condition, kind))| {
            let number = position + 2;
            if position == self as usize {
                format!("{condition} ${number}")
            } else {
                format!("(CAST(${number} AS {kind}) IS NULL OR ({condition} ${number}))")
            }
        });
        format!("tenant = $1 AND {}", filters.collect::<Vec<_>>().join(" AND "))
    }

    fn of(request: &ListRequest) -> Option<Self> {
        if request.counsellor.is_some() {
            Some(Self::Counsellor)
        } else if request.structure.is_some() {
            Some(Self::Structure)
        } else {
            request.stage.map(|_| Self::Stage)
        }
    }
}

/// The list, the list after a place, and the count, for each leading filter.
static TEXTS: LazyLock<[[&'static Sql; 3]; 3]> = LazyLock::new(|| {
    Lead::ALL.map(|lead| {
        let (columns, condition) = (FollowUp::COLUMNS, lead.condition());
        let order = "ORDER BY need, need_on, person";
        let [limit, need, need_on, person] = std::array::from_fn(|position| format!("${}", AFTER_FILTERS + position));
        [
            format!("SELECT {columns} FROM follow_up WHERE {condition} {order} LIMIT {limit}"),
            format!(
                "SELECT {columns} FROM follow_up WHERE {condition} AND (need, need_on, person) > ({need}, {need_on}, {person})
                 {order} LIMIT {limit}"
            ),
            format!("SELECT count(*) FROM (SELECT 1 FROM follow_up WHERE {condition} LIMIT {limit}) AS counted"),
        ]
        .map(Sql::built)
    })
});

db::inventory::submit! {
    Registered::Many(|| TEXTS.iter().flatten().copied().collect())
}

fn joined<'a>(filters: &[&'a dyn Param], rest: &[&'a dyn Param]) -> Vec<&'a dyn Param> {
    filters.iter().chain(rest).copied().collect()
}

/// People to orient or accompanied, those who need somebody most first. Who sees one structure sees its people.
///
/// # Errors
/// [`Error::Invalid`] when nothing narrows the list: nobody reads a whole département line by line.
pub async fn list(platform: &Platform, actor: &Actor, request: &ListRequest) -> Result<ListPage> {
    let permit = platform::gate::permit::<FollowPeople>(actor)?;
    let mut request = request.clone();
    if let Reach::Structure(structure) = permit.reach() {
        request.structure = Some(structure);
    }
    let lead = Lead::of(&request).ok_or_else(|| {
        Error::Invalid(
            "choisissez une structure, un conseiller ou une étape\u{a0}: la liste entière ne se lit pas".to_owned(),
        )
    })?;
    let [first, following, count] = TEXTS[lead as usize];
    let tenant = permit.tenant();
    let rows = i64::try_from(request.page_size + 1).unwrap_or(i64::MAX);
    let need = request.need.map(|need| need as i64);
    let (need_from, need_to) = request.needed_between.unzip();
    let filters: [&dyn Param; FILTERS.len() + 1] = [
        &tenant,
        &request.structure,
        &request.counsellor,
        &request.stage,
        &request.commune,
        &need,
        &request.unmet_since_before,
        &request.started_since,
        &request.changed_since,
        &need_from,
        &need_to,
        &request.meeting_on,
    ];
    let place = match request.after {
        Some(person) => store::rows(&platform.db, &permit, &[person]).await?.into_iter().next(),
        None => None,
    };
    let mut lines: Vec<FollowUp> = match &place {
        None => platform.db.all(first, &joined(&filters, &[&rows])).await?,
        Some(place) => {
            let place: [&dyn Param; 4] = [&rows, &place.need, &place.need_on, &place.person];
            platform.db.all(following, &joined(&filters, &place)).await?
        }
    };
    let beyond = lines.len() > request.page_size;
    lines.truncate(request.page_size);
    let limit = ListPage::COUNTED + 1;
    let count = platform.db.one(count, &joined(&filters, &[&limit])).await?;
    let shown: Vec<i64> = lines.iter().map(|line| line.person.raw()).collect();
    let asked = serde_json::json!({ "structure": request.structure, "counsellor": request.counsellor, "shown": shown });
    platform.readings.record(Reading::of(&permit, "list", request.structure.map(Id::raw), asked)).await?;
    let next = lines.last().filter(|_| beyond).map(|line| line.person);
    Ok(ListPage { lines, next, count })
}

/// How many people of the actor's structure a counsellor has in charge, by what they need.
pub async fn needs_of(platform: &Platform, actor: &Actor, counsellor: Id<Account>) -> Result<BTreeMap<Need, i64>> {
    let permit = platform::gate::permit::<FollowPeople>(actor)?;
    let structure = match permit.reach() {
        Reach::Structure(structure) => Some(structure),
        Reach::Department => None,
        Reach::Organisation(_) | Reach::Own(_) => return Err(Error::NotFound),
    };
    let found = platform.db.all(&NEEDS_OF, &[&permit.tenant(), &counsellor, &structure]).await?;
    Ok(found.into_iter().collect())
}

/// The lines of these people, in the order of a list. Who sees one structure is given its people only.
pub async fn chosen(platform: &Platform, actor: &Actor, persons: &[Id<Person>]) -> Result<Vec<FollowUp>> {
    let permit = platform::gate::permit::<FollowPeople>(actor)?;
    let mut lines = store::rows(&platform.db, &permit, persons).await?;
    if let Reach::Structure(structure) = permit.reach() {
        lines.retain(|line| line.structure == Some(structure));
    }
    lines.sort_by_key(|line| (line.need, line.need_on, line.person));
    let shown: Vec<i64> = lines.iter().map(|line| line.person.raw()).collect();
    let asked = serde_json::json!({ "chosen": true, "shown": shown });
    platform.readings.record(Reading::of(&permit, "list", None, asked)).await?;
    Ok(lines)
}

/// The line of one person whose file the actor may read; `None` for whoever is neither to be oriented nor oriented.
pub async fn line(platform: &Platform, actor: &Actor, person: Id<Person>) -> Result<Option<FollowUp>> {
    let permit = platform::gate::permit::<FollowPeople>(actor)?;
    person::check_reach(platform, &platform::gate::permit::<ReadPerson>(actor)?, person).await?;
    Ok(store::rows(&platform.db, &permit, &[person]).await?.pop())
}
