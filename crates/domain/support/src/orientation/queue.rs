//! Who waits for an orientation, the most pressing first, with what the rules propose and what they miss.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use base::{Date, Id, Instant};
use db::{Ask, Param, sql, sql_many};
use facts::{Fact, current_many};
use law::orientation::{Conclusion, OrientationRule, Settings, Target};
use platform::gate::{Action, DecideOrientations};
use platform::{Actor, Permit, Platform, Reading};
use territory::structures::StructureKind;

use super::model::{Path, Proposal, ProposalKind};
use super::propose;
use crate::Result;
use crate::follow_up::{FollowUp, Stage, store};
use crate::person::Person;

const WAITING: &str = " FROM follow_up WHERE tenant = $1 AND stage = 'to_orient'
    AND (CAST($2 AS text) IS NULL OR commune_code = $2)
    AND (CAST($3 AS text) IS NULL OR proposed_path = $3)
    AND (CAST($4 AS text) IS NULL OR proposed_kind = $4)
    AND (CAST($5 AS text) IS NULL OR COALESCE(proposal_kind, 'none') = $5)
    AND due_on >= $6 AND due_on < $7";

sql! {
    FIRST = ["SELECT ", FollowUp::COLUMNS, WAITING, " ORDER BY due_on, person LIMIT $8"];
    FOLLOWING = ["SELECT ", FollowUp::COLUMNS, WAITING, " AND (due_on, person) > ($9, $10) ORDER BY due_on, person LIMIT $8"];
    COUNT = ["SELECT count(*) FROM (SELECT 1", WAITING, " LIMIT $8) AS counted"];
}

sql_many! {
    /// The rule behind each proposal in force.
    RULES (1) = "SELECT person, rule FROM orientation_proposal
        WHERE +tenant = $1 AND person IN ({list}) AND replaced_at IS NULL ORDER BY person, valid_from";
}

/// Before any delay of ours.
const LONG_AGO: Date = Date::constant(1900, 1, 1);

/// How far the rules went, as a filter: no proposal is an answer too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProposalFilter {
    Without,
    Kind(ProposalKind),
}

impl ProposalFilter {
    pub fn code(self) -> &'static str {
        match self {
            Self::Without => "none",
            Self::Kind(kind) => kind.as_code(),
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        if code == Self::Without.code() { Some(Self::Without) } else { ProposalKind::from_code(code).map(Self::Kind) }
    }
}

/// What the queue is narrowed by.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct QueueFilter {
    pub commune: Option<String>,
    pub path: Option<Path>,
    pub structure_kind: Option<StructureKind>,
    pub proposal: Option<ProposalFilter>,
    /// The last day in time is this one or later.
    pub due_from: Option<Date>,
    /// The last day in time is before this one.
    pub due_before: Option<Date>,
}

impl QueueFilter {
    fn params(&self, tenant: Id<facts::Tenant>, limit: i64) -> Params {
        Params {
            tenant,
            commune: self.commune.clone(),
            path: self.path,
            structure_kind: self.structure_kind,
            proposal: self.proposal.map(ProposalFilter::code),
            from: self.due_from.unwrap_or(LONG_AGO),
            before: self.due_before.unwrap_or(Date::MAX),
            limit,
        }
    }
}

/// The parameters of the texts above, up to the limit.
struct Params {
    tenant: Id<facts::Tenant>,
    commune: Option<String>,
    path: Option<Path>,
    structure_kind: Option<StructureKind>,
    proposal: Option<&'static str>,
    from: Date,
    before: Date,
    limit: i64,
}

impl Params {
    fn list(&self) -> [&dyn Param; 8] {
        let Self { tenant, commune, path, structure_kind, proposal, from, before, limit } = self;
        [tenant, commune, path, structure_kind, proposal, from, before, limit]
    }
}

/// Somebody who waits.
#[derive(Clone, PartialEq, Debug)]
pub struct QueueLine {
    pub line: FollowUp,
    /// The rule that decided, as it was when it proposed.
    pub rule: Option<OrientationRule>,
    /// The facts that would settle a conditional proposal.
    pub missing: Vec<law::orientation::Fact>,
    /// Where the rules that lack these facts would lead.
    pub otherwise: Vec<Target>,
}

/// One page of the queue.
#[derive(Clone, PartialEq, Debug)]
pub struct QueuePage {
    pub lines: Vec<QueueLine>,
    /// After whom the next page begins.
    pub next: Option<Id<Person>>,
    /// How many answer, counted no further than [`QueuePage::COUNTED`].
    pub count: i64,
    /// How many of them are past the legal time.
    pub overdue: i64,
}

impl QueuePage {
    pub const COUNTED: i64 = 10_000;
}

/// A list to decide at once.
#[derive(Clone, PartialEq, Debug)]
pub struct Selection {
    pub lines: Vec<QueueLine>,
    /// More people answered than one list may hold: the most pressing are kept.
    pub cut: bool,
    /// Asked for by name, and no longer waiting: somebody has decided, or the right has changed.
    pub gone: Vec<Id<Person>>,
}

impl Selection {
    /// People one list may decide.
    pub const AT_MOST: usize = 2_000;
}

/// Who is chosen for a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Chosen {
    Filtered(QueueFilter),
    /// Only these; whoever does not wait any more is told apart.
    Persons(Vec<Id<Person>>),
}

/// One page of whoever waits for an orientation, by the last day in time.
pub async fn queue(
    platform: &Platform,
    actor: &Actor,
    filter: &QueueFilter,
    after: Option<Id<Person>>,
    page_size: usize,
) -> Result<QueuePage> {
    let permit = platform::gate::permit::<DecideOrientations>(actor)?;
    let place = match after {
        Some(person) => store::rows(&platform.db, &permit, &[person]).await?.into_iter().next(),
        None => None,
    };
    let mut lines = waiting(platform, &permit, filter, place.as_ref(), page_size + 1).await?;
    let beyond = lines.len() > page_size;
    lines.truncate(page_size);
    let count = count(platform, &permit, filter).await?;
    let today = platform.today();
    let overdue =
        QueueFilter { due_before: Some(filter.due_before.map_or(today, |day| day.min(today))), ..filter.clone() };
    let overdue = self::count(platform, &permit, &overdue).await?;
    let next = lines.last().filter(|_| beyond).map(|line| line.person);
    let lines = explained(platform, &permit, lines).await?;
    told(platform, &permit, &lines).await?;
    Ok(QueuePage { lines, next, count, overdue })
}

/// How many wait, and how many of them past the legal time; counted no further than [`QueuePage::COUNTED`].
pub async fn queue_length(platform: &Platform, actor: &Actor) -> Result<(i64, i64)> {
    let permit = platform::gate::permit::<DecideOrientations>(actor)?;
    let overdue = QueueFilter { due_before: Some(platform.today()), ..QueueFilter::default() };
    Ok((count(platform, &permit, &QueueFilter::default()).await?, count(platform, &permit, &overdue).await?))
}

/// Whoever a list would decide about, by the last day in time.
pub async fn select(platform: &Platform, actor: &Actor, chosen: &Chosen) -> Result<Selection> {
    let permit = platform::gate::permit::<DecideOrientations>(actor)?;
    let mut gone = Vec::new();
    let mut lines = match chosen {
        Chosen::Filtered(filter) => waiting(platform, &permit, filter, None, Selection::AT_MOST + 1).await?,
        Chosen::Persons(persons) => {
            let mut lines = store::rows(&platform.db, &permit, persons).await?;
            lines.retain(|line| {
                let waits = line.stage == Stage::ToOrient;
                gone.extend((!waits).then_some(line.person));
                waits
            });
            lines.sort_by_key(|line| (line.due_on, line.person));
            lines.dedup_by_key(|line| line.person);
            lines
        }
    };
    let cut = lines.len() > Selection::AT_MOST;
    lines.truncate(Selection::AT_MOST);
    let lines = explained(platform, &permit, lines).await?;
    told(platform, &permit, &lines).await?;
    Ok(Selection { lines, cut, gone })
}

async fn waiting(
    platform: &Platform,
    permit: &Permit<DecideOrientations>,
    filter: &QueueFilter,
    place: Option<&FollowUp>,
    limit: usize,
) -> Result<Vec<FollowUp>> {
    let params = filter.params(permit.tenant(), i64::try_from(limit).unwrap_or(i64::MAX));
    Ok(match place {
        None => platform.db.all(&FIRST, &params.list()).await?,
        Some(place) => {
            let place: [&dyn Param; 2] = [&place.due_on, &place.person];
            platform.db.all(&FOLLOWING, &[&params.list()[..], &place].concat()).await?
        }
    })
}

async fn count(platform: &Platform, permit: &Permit<DecideOrientations>, filter: &QueueFilter) -> Result<i64> {
    let params = filter.params(permit.tenant(), QueuePage::COUNTED + 1);
    Ok(platform.db.one(&COUNT, &params.list()).await?)
}

async fn told(platform: &Platform, permit: &Permit<DecideOrientations>, lines: &[QueueLine]) -> Result<()> {
    let shown: Vec<i64> = lines.iter().map(|line| line.line.person.raw()).collect();
    let detail = serde_json::json!({ "stage": Stage::ToOrient.as_code(), "shown": shown });
    Ok(platform.readings.record(Reading::of(permit, "list", None, detail)).await?)
}

/// The lines with the rule behind each proposal, and what a conditional one lacks.
async fn explained(platform: &Platform, permit: &Permit<impl Action>, lines: Vec<FollowUp>) -> Result<Vec<QueueLine>> {
    let tenant = permit.tenant();
    let proposed = lines.iter().filter(|line| line.proposal_kind.is_some());
    // Only a conditional proposal is read with its facts, which are most of it: they say what is missing.
    let (conditional, others): (Vec<&FollowUp>, Vec<&FollowUp>) =
        proposed.partition(|line| line.proposal_kind == Some(ProposalKind::Conditional));
    let persons = |lines: Vec<&FollowUp>| -> Vec<Id<Person>> { lines.iter().map(|line| line.person).collect() };
    // In the order of their days: the last one stands.
    let rules: HashMap<Id<Person>, String> =
        RULES.all(&platform.db, &[&tenant], &persons(others)).await?.into_iter().collect();
    let proposals: HashMap<Id<Person>, Fact<Proposal>> =
        current_many::<Proposal>(&platform.db, tenant, &persons(conditional))
            .await?
            .into_iter()
            .map(|fact| (fact.subject, fact))
            .collect();
    let mut settings: BTreeMap<(Date, Instant), Settings> = BTreeMap::new();
    let mut out = Vec::with_capacity(lines.len());
    for line in lines {
        let proposal = proposals.get(&line.person);
        let rule = proposal.map(|proposal| &proposal.value.rule).or_else(|| rules.get(&line.person));
        let rule = rule.and_then(|code| OrientationRule::from_code(code));
        let mut explained = QueueLine { rule, missing: Vec::new(), otherwise: Vec::new(), line };
        if let Some(proposal) = proposal {
            let key = (proposal.valid.from, proposal.recorded_at);
            if let Entry::Vacant(empty) = settings.entry(key) {
                empty.insert(propose::settings(platform, tenant, key.0, key.1).await?);
            }
            let outcome = law::orientation::propose(&proposal.value.facts.0, &settings[&key], key.0);
            if let Conclusion::Conditional { unless, .. } = outcome.conclusion {
                for unless in unless {
                    explained.missing.extend(unless.missing);
                    explained.otherwise.extend(unless.target);
                }
                explained.missing.sort_unstable();
                explained.missing.dedup();
                explained.otherwise.sort_unstable();
                explained.otherwise.dedup();
            }
        }
        out.push(explained);
    }
    Ok(out)
}
