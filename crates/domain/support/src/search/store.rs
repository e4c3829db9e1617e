use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use base::{Date, Id, Phone, fold, words};
use db::{Ask, Param, Registered, Sql, Tx, sql, sql_many};
use facts::{Fact, Tenant, current_many};
use platform::Permit;
use platform::gate::{ImportFeed, SearchPeople};

use super::names::CANDIDATES;
use crate::person::{Card, Identity, Person};
use crate::scope::Scope;

sql! {
    WORDS_AFTER = "SELECT id, word FROM name_word WHERE tenant = $1 AND id > $2 ORDER BY id";
    FORGET_WORD = "DELETE FROM person_word WHERE word = $1 AND person = $2";
    BY_BIRTH_DATE = ["SELECT ", Card::COLUMNS, " FROM person_card WHERE tenant = $1 AND birth_date = $2 ORDER BY sort_name, person LIMIT $3"];
    BY_FILE_NUMBER = ["SELECT ", Card::COLUMNS, " FROM person_card WHERE tenant = $1 AND public_number = $2 ORDER BY sort_name, person LIMIT $3"];
    BY_CLAIM_NUMBER = ["SELECT ", Card::COLUMNS, " FROM person_card WHERE tenant = $1
        AND household = (SELECT id FROM household WHERE tenant = $1 AND claim_number = $2) ORDER BY sort_name, person LIMIT $3"];
    BY_PHONE = ["SELECT ", Card::COLUMNS, " FROM person_card WHERE tenant = $1
        AND person IN (SELECT person FROM contact WHERE tenant = $1 AND phone = $2 AND replaced_at IS NULL)
        ORDER BY sort_name, person LIMIT $3"];
    BY_NIR = ["SELECT ", Card::COLUMNS, " FROM person_card WHERE tenant = $1
        AND person IN (SELECT person FROM registration WHERE tenant = $1 AND blind_index = $2 AND replaced_at IS NULL)
        ORDER BY sort_name, person LIMIT $3"];
}

sql_many! {
    KNOWN_WORDS (1) = "SELECT word, id FROM name_word WHERE tenant = $1 AND word IN ({list})";
    WORDS_OF_PERSONS (0) = "SELECT person, word FROM person_word WHERE person IN ({list})";
}

db::record! {
    struct WordRow in "name_word" {
        id: i64,
        tenant: Id<Tenant>,
        word: String,
    }
}

db::record! {
    struct PersonWord in "person_word" {
        word: i64,
        person: Id<Person>,
    }
}

/// The words by which a person is found: every name they bear or bore.
pub(crate) fn words_of<'a>(identities: impl IntoIterator<Item = &'a Identity>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for identity in identities {
        for name in [&identity.usual_name, &identity.birth_name, &identity.first_name, &identity.other_first_names] {
            found.extend(words(&fold(name)).map(str::to_owned));
        }
    }
    found
}

/// Words already numbered, kept for the length of an import: the same few thousand names come back
/// with every household. To be thrown away with the import when a transaction fails.
#[derive(Default)]
pub(crate) struct KnownWords(HashMap<String, i64>);

/// Brings the index of names up to date: `new` persons with the identities just written, and `known`
/// persons whose identity has changed.
pub(crate) async fn index_names(
    tx: &Tx,
    permit: &Permit<ImportFeed>,
    words: &mut KnownWords,
    new: &HashSet<Id<Person>>,
    known: &[Id<Person>],
    identities: &[Fact<Identity>],
) -> db::Result<()> {
    let tenant = permit.tenant();
    let mut borne: HashMap<Id<Person>, Vec<&Identity>> = known.iter().map(|person| (*person, Vec::new())).collect();
    let standing = current_many::<Identity>(tx, tenant, known).await?;
    for fact in identities.iter().filter(|fact| new.contains(&fact.subject)).chain(&standing) {
        borne.entry(fact.subject).or_default().push(&fact.value);
    }
    let wanted: HashMap<Id<Person>, BTreeSet<String>> =
        borne.into_iter().map(|(person, identities)| (person, words_of(identities))).collect();
    words.number(tx, tenant, wanted.values().flatten()).await?;
    let mut present: BTreeSet<(Id<Person>, i64)> =
        WORDS_OF_PERSONS.all::<(Id<Person>, i64), _>(tx, &[], known).await?.into_iter().collect();
    let mut missing = Vec::new();
    for (person, names) in &wanted {
        for word in names.iter().filter_map(|name| words.0.get(name)) {
            if !present.remove(&(*person, *word)) {
                missing.push(PersonWord { word: *word, person: *person });
            }
        }
    }
    // In the order of the index they go into.
    missing.sort_unstable_by_key(|row| (row.word, row.person));
    tx.fill(&missing).await?;
    // What is left was true of an identity that no longer stands.
    let gone: Vec<(Id<Person>, i64)> = present.into_iter().collect();
    let sets: Vec<Vec<&dyn Param>> = gone.iter().map(|(person, word)| vec![word as &dyn Param, person]).collect();
    tx.execute_many(&FORGET_WORD, &sets).await.map(|_| ())
}

impl KnownWords {
    /// Gives a number to every word that has none yet.
    async fn number<'a>(
        &mut self,
        tx: &Tx,
        tenant: Id<Tenant>,
        wanted: impl Iterator<Item = &'a String>,
    ) -> db::Result<()> {
        let unknown: BTreeSet<&String> = wanted.filter(|word| !self.0.contains_key(*word)).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        // Whoever adds words to a tenant's dictionary takes turns; numbers grow, so readers see the news.
        tx.hold(&[tenant.raw() ^ 0x0077_6f72_6473]).await?;
        let unknown: Vec<String> = unknown.into_iter().cloned().collect();
        self.0.extend(KNOWN_WORDS.all::<(String, i64), _>(tx, &[&tenant], &unknown).await?);
        let missing: Vec<String> = unknown.into_iter().filter(|word| !self.0.contains_key(word)).collect();
        let numbers = tx.reserve_ids(missing.len()).await?;
        let rows: Vec<WordRow> =
            missing.into_iter().zip(numbers).map(|(word, id)| WordRow { id, tenant, word }).collect();
        tx.fill(&rows).await?;
        self.0.extend(rows.into_iter().map(|row| (row.word, row.id)));
        Ok(())
    }
}

pub(super) async fn words_after(ask: &impl Ask, tenant: Id<Tenant>, last: i64) -> db::Result<Vec<(i64, String)>> {
    ask.all(&WORDS_AFTER, &[&tenant, &last]).await
}

/// Typed words of one search at most; see `Query`.
const GROUPS: usize = 4;

/// Persons who bear a word of each group: one text for each number of groups, within a scope or not.
static BY_NAME: LazyLock<Vec<&'static Sql>> = LazyLock::new(|| {
    let mut texts = Vec::new();
    for groups in 1..=GROUPS {
        let list = |group: usize| -> String {
            let marks: Vec<String> =
                (0..CANDIDATES).map(|position| format!("${}", 3 + group * CANDIDATES + position)).collect();
            marks.join(", ")
        };
        let others: String = (1..groups)
            .map(|group| {
                format!(
                    " AND EXISTS (SELECT 1 FROM person_word x WHERE x.person = c.person AND x.word IN ({}))",
                    list(group)
                )
            })
            .collect();
        let columns = Card::COLUMNS.replace(", ", ", c.");
        // CROSS JOIN keeps SQLite from walking all the cards of the tenant: the bearers of the first word lead.
        let whole = format!(
            "SELECT c.{columns} FROM (SELECT DISTINCT person FROM person_word WHERE word IN ({})) w CROSS JOIN person_card c
             WHERE c.person = w.person AND c.tenant = $1{others}",
            list(0)
        );
        texts.push(Sql::built(format!("{whole} LIMIT $2")));
        texts.push(Sql::built(format!(
            "{whole} AND c.commune_code IN ({}) LIMIT $2",
            Scope::marks(3 + groups * CANDIDATES)
        )));
    }
    texts
});

/// How many bearers a group has, counted no further than `$1`.
static BEARERS: LazyLock<&'static Sql> = LazyLock::new(|| {
    let marks: Vec<String> = (0..CANDIDATES).map(|position| format!("${}", position + 2)).collect();
    Sql::built(format!(
        "SELECT count(*) FROM (SELECT 1 FROM person_word WHERE word IN ({}) LIMIT $1) AS counted",
        marks.join(", ")
    ))
});

db::inventory::submit! {
    Registered::Many(|| BY_NAME.iter().copied().chain([*BEARERS]).collect())
}

/// Repeats the last value until the list has its fixed length.
fn padded(words: &[i64]) -> Vec<i64> {
    let mut list = words.to_vec();
    list.resize(CANDIDATES, words.last().copied().unwrap_or_default());
    list
}

/// Cards of persons who bear one word of each group, at most `limit`, in no order.
pub(super) async fn by_name(
    ask: &impl Ask,
    permit: &Permit<SearchPeople>,
    scope: &Scope,
    groups: &[Vec<i64>],
    limit: i64,
) -> db::Result<Vec<Card>> {
    if groups.is_empty() || groups.len() > GROUPS || groups.iter().any(Vec::is_empty) || scope.is_empty() {
        return Ok(Vec::new());
    }
    // The rarest group leads; the others are checked person by person.
    const ENOUGH: i64 = 5_000;
    let mut ordered: Vec<(i64, Vec<i64>)> = Vec::with_capacity(groups.len());
    for group in groups {
        let list = padded(group);
        let mut params: Vec<&dyn Param> = vec![&ENOUGH];
        params.extend(list.iter().map(|word| word as &dyn Param));
        let bearers = if groups.len() == 1 { 0 } else { ask.one(*BEARERS, &params).await? };
        ordered.push((bearers, list));
    }
    ordered.sort();
    let tenant = permit.tenant();
    let mut params: Vec<&dyn Param> = vec![&tenant, &limit];
    params.extend(ordered.iter().flat_map(|(_, list)| list.iter().map(|word| word as &dyn Param)));
    scope.push(&mut params);
    let text = BY_NAME[(ordered.len() - 1) * 2 + usize::from(scope.is_limited())];
    ask.all(text, &params).await
}

pub(super) async fn by_birth_date(
    ask: &impl Ask,
    permit: &Permit<SearchPeople>,
    date: Date,
    limit: i64,
) -> db::Result<Vec<Card>> {
    ask.all(&BY_BIRTH_DATE, &[&permit.tenant(), &date, &limit]).await
}

pub(super) async fn by_file_number(
    ask: &impl Ask,
    permit: &Permit<SearchPeople>,
    number: &str,
    limit: i64,
) -> db::Result<Vec<Card>> {
    ask.all(&BY_FILE_NUMBER, &[&permit.tenant(), &number, &limit]).await
}

pub(super) async fn by_claim_number(
    ask: &impl Ask,
    permit: &Permit<SearchPeople>,
    number: &str,
    limit: i64,
) -> db::Result<Vec<Card>> {
    ask.all(&BY_CLAIM_NUMBER, &[&permit.tenant(), &number, &limit]).await
}

pub(super) async fn by_phone(
    ask: &impl Ask,
    permit: &Permit<SearchPeople>,
    phone: &Phone,
    limit: i64,
) -> db::Result<Vec<Card>> {
    ask.all(&BY_PHONE, &[&permit.tenant(), phone, &limit]).await
}

pub(super) async fn by_nir(
    ask: &impl Ask,
    permit: &Permit<SearchPeople>,
    blind_index: &Vec<u8>,
    limit: i64,
) -> db::Result<Vec<Card>> {
    ask.all(&BY_NIR, &[&permit.tenant(), blind_index, &limit]).await
}
