use std::sync::LazyLock;

use base::{Date, Id};
use db::{Ask, Param, Registered, Sql, Tx, sql, sql_many};
use platform::Permit;
use platform::gate::{Action, ImportFeed, ListPeople, ReadPerson};

use super::card::Card;
use super::model::Person;
use crate::rights::Household;

// `+tenant`: SQLite without statistics would otherwise prefer an index that begins with the tenant, and read it whole.
sql_many! {
    CARDS (1) = "SELECT person, tenant, household, merged_into, listed, sort_name, usual_name, birth_name, first_name, sex, birth_date,
        birth_date_precision, role, obligations, right_status, commune_code, claim_number, public_number, publics, publics_unknown,
        computed_on, review_on FROM person_card WHERE +tenant = $1 AND person IN ({list})";
}

sql_many! {
    CARDS_OF_HOUSEHOLDS (1) = "SELECT person, tenant, household, merged_into, listed, sort_name, usual_name, birth_name, first_name, sex,
        birth_date, birth_date_precision, role, obligations, right_status, commune_code, claim_number, public_number, publics,
        publics_unknown, computed_on, review_on FROM person_card WHERE +tenant = $1 AND household IN ({list})";
    WORDS_OF_PERSONS (0) = "SELECT w.person, n.word FROM person_word w JOIN name_word n ON n.id = w.word WHERE w.person IN ({list})";
}

sql! {
    CARD = ["SELECT ", Card::COLUMNS, " FROM person_card WHERE tenant = $1 AND person = $2"];
    PERSONS_OF_HOUSEHOLD = "SELECT id FROM person WHERE tenant = $1 AND household = $2 ORDER BY id";
    HOUSEHOLD_OF = "SELECT p.household, h.claim_number FROM person p JOIN household h ON h.id = p.household WHERE p.tenant = $1 AND p.id = $2";
    MERGED_HERE = ["SELECT ", Card::COLUMNS, " FROM person_card WHERE +tenant = $1 AND merged_into = $2 ORDER BY person"];
    TO_REVIEW = "SELECT DISTINCT household FROM person_card WHERE tenant = $1 AND review_on <= $2 ORDER BY household LIMIT $3";
    HOUSEHOLDS_AFTER = "SELECT id FROM household WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3";
}

/// Cards by number, in no order. Called by services that hold a permit of their own for what they show.
pub(crate) async fn cards_of(
    ask: &impl Ask,
    permit: &Permit<impl Action>,
    persons: &[Id<Person>],
) -> db::Result<Vec<Card>> {
    CARDS.all(ask, &[&permit.tenant()], persons).await
}

pub(super) async fn card(ask: &impl Ask, permit: &Permit<ReadPerson>, person: Id<Person>) -> db::Result<Option<Card>> {
    ask.maybe(&CARD, &[&permit.tenant(), &person]).await
}

pub(super) async fn merged_here(
    ask: &impl Ask,
    permit: &Permit<ReadPerson>,
    person: Id<Person>,
) -> db::Result<Vec<Card>> {
    ask.all(&MERGED_HERE, &[&permit.tenant(), &person]).await
}

pub(super) async fn household_of(
    ask: &impl Ask,
    permit: &Permit<ReadPerson>,
    person: Id<Person>,
) -> db::Result<Option<(Id<Household>, String)>> {
    ask.maybe(&HOUSEHOLD_OF, &[&permit.tenant(), &person]).await
}

pub(super) async fn persons_of_household(
    ask: &impl Ask,
    permit: &Permit<ReadPerson>,
    household: Id<Household>,
) -> db::Result<Vec<Id<Person>>> {
    ask.all(&PERSONS_OF_HOUSEHOLD, &[&permit.tenant(), &household]).await
}

/// The order of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sort {
    #[default]
    Name,
    NameReversed,
    Youngest,
    Oldest,
}

impl Sort {
    const ALL: [Self; 4] = [Self::Name, Self::NameReversed, Self::Youngest, Self::Oldest];

    const fn column(self) -> &'static str {
        match self {
            Self::Name | Self::NameReversed => "sort_name",
            Self::Youngest | Self::Oldest => "birth_date",
        }
    }

    const fn descends(self) -> bool {
        matches!(self, Self::NameReversed | Self::Youngest)
    }

    fn compare(self, a: &Card, b: &Card) -> std::cmp::Ordering {
        let ascending = match self {
            Self::Name | Self::NameReversed => (&a.sort_name, a.person).cmp(&(&b.sort_name, b.person)),
            Self::Youngest | Self::Oldest => (a.birth_date, a.person).cmp(&(b.birth_date, b.person)),
        };
        if self.descends() { ascending.reverse() } else { ascending }
    }

    /// The place of a card in this order.
    pub fn cursor(self, card: &Card, backwards: bool) -> Cursor {
        let key = match self {
            Self::Name | Self::NameReversed => Key::Name(card.sort_name.clone()),
            Self::Youngest | Self::Oldest => Key::Day(card.birth_date),
        };
        Cursor { key, person: card.person, backwards }
    }
}

/// Where a page of a list begins: after this place in its order, or before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cursor {
    pub key: Key,
    pub person: Id<Person>,
    pub backwards: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Key {
    Name(String),
    Day(Date),
}

impl Key {
    fn param(&self) -> &dyn Param {
        match self {
            Self::Name(name) => name,
            Self::Day(day) => day,
        }
    }
}

/// What is said of « droits et devoirs »: not known is an answer of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Obligations {
    No,
    Yes,
    Unknown,
}

/// What narrows a list; each part left out lets everybody through.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// ETATDOSRSA.
    pub right_status: Option<String>,
    pub obligations: Option<Obligations>,
    /// Bits of the publics that must all be « yes ».
    pub publics: i64,
    pub born_after: Option<Date>,
    pub born_before: Option<Date>,
}

/// Parameters of a list before the cursor and the commune.
const FILTERS: &str = "tenant = $1 AND listed AND (CAST($2 AS text) IS NULL OR right_status = $2)
    AND (CAST($3 AS bigint) IS NULL OR CASE WHEN obligations IS NULL THEN 2 WHEN obligations THEN 1 ELSE 0 END = $3) AND (publics & $4) = $4
    AND (CAST($5 AS date) IS NULL OR birth_date >= $5) AND (CAST($6 AS date) IS NULL OR birth_date < $6)";

/// One text for each order, with or without a commune, from the start or from a place, either way.
static LIST: LazyLock<Vec<&'static Sql>> = LazyLock::new(|| {
    let mut texts = Vec::new();
    for sort in Sort::ALL {
        for commune in [false, true] {
            for (placed, backwards) in [(false, false), (true, false), (true, true)] {
                let column = sort.column();
                let descends = sort.descends() != backwards;
                let (order, compare) = if descends { ("DESC", "<") } else { ("ASC", ">") };
                let commune = if commune { "AND commune_code = $8" } else { "" };
                let first = if commune.is_empty() { 8 } else { 9 };
                let place = if placed {
                    format!("AND ({column}, person) {compare} (${first}, ${})", first + 1)
                } else {
                    String::new()
                };
                texts.push(Sql::built(format!(
                    "SELECT {} FROM person_card WHERE {FILTERS} {commune} {place} ORDER BY {column} {order}, person {order} LIMIT $7",
                    Card::COLUMNS
                )));
            }
        }
    }
    texts
});

db::inventory::submit! {
    Registered::Many(|| LIST.clone())
}

fn list_text(sort: Sort, commune: bool, cursor: Option<&Cursor>) -> &'static Sql {
    let way = cursor.map_or(0, |cursor| 1 + usize::from(cursor.backwards));
    LIST[(sort as usize * 2 + usize::from(commune)) * 3 + way]
}

/// One page of people in the order asked, from the given communes (all when `None`).
pub(super) async fn list(
    ask: &impl Ask,
    permit: &Permit<ListPeople>,
    communes: Option<&[String]>,
    filter: &Filter,
    sort: Sort,
    cursor: Option<&Cursor>,
    limit: usize,
) -> db::Result<Vec<Card>> {
    let rows = i64::try_from(limit).unwrap_or(i64::MAX);
    let obligations = filter.obligations.map(|wanted| wanted as i64);
    let tenant = permit.tenant();
    let mut start: Vec<&dyn Param> = vec![
        &tenant,
        &filter.right_status,
        &obligations,
        &filter.publics,
        &filter.born_after,
        &filter.born_before,
        &rows,
    ];
    let place: Vec<&dyn Param> =
        cursor.map(|cursor| vec![cursor.key.param(), &cursor.person as &dyn Param]).unwrap_or_default();
    let mut found: Vec<Card> = Vec::new();
    match communes {
        None => {
            start.extend(place);
            found = ask.all(list_text(sort, false, cursor), &start).await?;
        }
        // Each commune gives its own first lines in order; the page is the first of them all. The work
        // grows with the page and the communes, not with the people.
        Some(communes) => {
            for commune in communes {
                let mut params = start.clone();
                params.push(commune);
                params.extend(&place);
                found.extend(ask.all::<Card>(list_text(sort, true, cursor), &params).await?);
            }
        }
    }
    found.sort_by(|a, b| sort.compare(a, b));
    if cursor.is_some_and(|cursor| cursor.backwards) {
        let surplus = found.len().saturating_sub(limit);
        found.drain(..surplus);
    }
    found.truncate(limit);
    Ok(found)
}

/// How many people a list holds, counted no further than `limit`.
pub(super) async fn count(
    ask: &impl Ask,
    permit: &Permit<ListPeople>,
    communes: Option<&[String]>,
    filter: &Filter,
    limit: i64,
) -> db::Result<i64> {
    let obligations = filter.obligations.map(|wanted| wanted as i64);
    let tenant = permit.tenant();
    let params: Vec<&dyn Param> = vec![
        &tenant,
        &filter.right_status,
        &obligations,
        &filter.publics,
        &filter.born_after,
        &filter.born_before,
        &limit,
    ];
    match communes {
        None => ask.one(COUNT[0], &params).await,
        Some(communes) => {
            let mut total = 0;
            for commune in communes {
                let mut params = params.clone();
                params.push(commune);
                total += ask.one::<i64>(COUNT[1], &params).await?;
            }
            Ok(total.min(limit))
        }
    }
}

static COUNT: LazyLock<[&'static Sql; 2]> = LazyLock::new(|| {
    ["", "AND commune_code = $8"].map(|commune| {
        Sql::built(format!(
            "SELECT count(*) FROM (SELECT 1 FROM person_card WHERE {FILTERS} {commune} LIMIT $7) AS counted"
        ))
    })
});

db::inventory::submit! {
    Registered::Many(|| COUNT.to_vec())
}

/// Households some of whose cards may have changed by the mere passing of days.
pub(super) async fn households_to_review(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    on: Date,
    limit: i64,
) -> db::Result<Vec<Id<Household>>> {
    ask.all(&TO_REVIEW, &[&permit.tenant(), &on, &limit]).await
}

pub(super) async fn households_after(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    after: Id<Household>,
    limit: i64,
) -> db::Result<Vec<Id<Household>>> {
    ask.all(&HOUSEHOLDS_AFTER, &[&permit.tenant(), &after, &limit]).await
}

/// Live cards of many households.
pub(super) async fn cards_of_households(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    households: &[Id<Household>],
) -> db::Result<Vec<Card>> {
    CARDS_OF_HOUSEHOLDS.all(ask, &[&permit.tenant()], households).await
}

/// Live words of many persons.
pub(super) async fn words_of_persons(
    ask: &impl Ask,
    _: &Permit<ImportFeed>,
    persons: &[Id<Person>],
) -> db::Result<Vec<(Id<Person>, String)>> {
    WORDS_OF_PERSONS.all(ask, &[], persons).await
}

sql! {
    DELETE_CARDS_OF = "DELETE FROM person_card WHERE +tenant = $1 AND household = $2";
}

/// Puts freshly computed cards in place of a household's. Whoever calls puts the groups right afterwards.
pub(crate) async fn replace_cards(
    tx: &Tx,
    permit: &Permit<ImportFeed>,
    households: &[Id<Household>],
    cards: &[Card],
) -> db::Result<()> {
    let tenant = permit.tenant();
    let sets: Vec<Vec<&dyn Param>> =
        households.iter().map(|household| vec![&tenant as &dyn Param, household]).collect();
    tx.execute_many(&DELETE_CARDS_OF, &sets).await?;
    tx.fill(cards).await
}
