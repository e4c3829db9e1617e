use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use base::{Date, Email, Id, Instant, Nir, Period, Phone};
use db::Ask;
use facts::journal::{self, Chain};
use facts::rebuild::Difference;
use facts::{Kind, Plan, Tenant, history};
use law::publics::Thresholds;
use platform::gate::{EditContact, ImportFeed, ListPeople, ReadNir, ReadPerson};
use platform::{Actor, Permit, Platform, Reach, Reading, Structure};
use territory::communes::Successors;

use super::card::{Card, CardRules, InForce, cards, publics_input};
use super::model::{Contact, Identity, Membership, Person, Registration};
use super::store::{self, Cursor, Filter, Sort};
use super::view::{Dated, HouseholdMember, PersonFile, timeline};
use crate::rights::Household;
use crate::scope::Scope;
use crate::{Error, NIR_CONTEXT, Result, feed, follow_up, inputs, matching, numbers, search};

/// What the computation of cards needs today.
pub async fn rules(platform: &Platform, tenant: Id<Tenant>) -> Result<CardRules> {
    let day = platform.today();
    let communes = Arc::new(Successors::load(&platform.db, tenant).await?);
    let thresholds = thresholds(platform, tenant, day, platform.now()).await?;
    Ok(CardRules { thresholds, communes, day })
}

/// Opens a person's file as it stood on the day `on`, with what was known by the moment `known`.
/// The reading is logged before the file is given.
pub async fn open_file(
    platform: &Platform,
    actor: &Actor,
    person: Id<Person>,
    on: Date,
    known: Instant,
) -> Result<PersonFile> {
    let permit = platform::gate::permit::<ReadPerson>(actor)?;
    let (db, tenant) = (&platform.db, permit.tenant());
    let Reached { household, claim_number, card, scope } = within_reach(platform, &permit, person).await?;
    let detail = serde_json::json!({ "on": on.to_string(), "known": known.to_string() });
    platform.readings.record(Reading::of(&permit, "person", Some(person.raw()), detail)).await?;

    async fn dated<K: Kind>(
        db: &db::Db,
        tenant: Id<Tenant>,
        subject: Id<K::Subject>,
        known: Instant,
    ) -> db::Result<Dated<K>> {
        Ok(Dated::as_known(history::<K>(db, tenant, subject).await?, known))
    }
    let mut members = Vec::new();
    for other in store::persons_of_household(db, &permit, household).await? {
        let identity: Dated<Identity> = dated(db, tenant, other, known).await?;
        let membership: Dated<Membership> = dated(db, tenant, other, known).await?;
        let shown = identity.latest(on).or(identity.0.first());
        if let (Some(identity), Some(last)) = (shown, membership.latest(on)) {
            let present =
                membership.on(on).is_some_and(|fact| fact.value.attached_until.is_none_or(|until| until > on));
            members.push(HouseholdMember {
                person: other,
                identity: identity.value.clone(),
                membership: last.value.clone(),
                present,
            });
        }
    }
    let representative = card.as_ref().and_then(|card| card.merged_into).unwrap_or(person);
    let mut same_person = store::merged_here(db, &permit, representative).await?;
    if representative != person {
        same_person.extend(store::card(db, &permit, representative).await?);
    }
    same_person.retain(|card| card.person != person && scope.holds(&card.commune_code));

    let identities = history::<Identity>(db, tenant, person).await?;
    let first_known = identities.iter().map(|fact| fact.recorded_at).min();
    let mut file = PersonFile {
        person,
        household,
        claim_number,
        on,
        known,
        card,
        same_person,
        identities: Dated::as_known(identities, known),
        registration: dated(db, tenant, person, known).await?,
        memberships: dated(db, tenant, person, known).await?,
        occupations: dated(db, tenant, person, known).await?,
        contacts: dated(db, tenant, person, known).await?,
        claims: dated(db, tenant, household, known).await?,
        rights: dated(db, tenant, household, known).await?,
        families: dated(db, tenant, household, known).await?,
        addresses: dated(db, tenant, household, known).await?,
        registrations: dated(db, tenant, person, known).await?,
        questionnaires: dated(db, tenant, person, known).await?,
        recommendations: dated(db, tenant, person, known).await?,
        members,
        publics: None,
        first_known,
        files: HashMap::new(),
        tables: HashMap::new(),
        last_seen: None,
        absent_from: None,
        timeline: Vec::new(),
    };
    file.publics = publics(&file, &thresholds(platform, tenant, on, known).await?);
    let sources = feed::sources(db, &permit, household, known).await?;
    file.last_seen = sources.last_seen;
    file.absent_from = sources.absent_from;
    file.files = sources.files;
    let tables: BTreeSet<Id<facts::Import>> = imports_of(&file.registrations)
        .chain(imports_of(&file.questionnaires))
        .chain(imports_of(&file.recommendations))
        .collect();
    file.tables = inputs::sources(db, &permit, &tables.into_iter().collect::<Vec<_>>()).await?;
    file.timeline = timeline(&file);
    Ok(file)
}

/// The files that records come from.
fn imports_of<K: Kind>(dated: &Dated<K>) -> impl Iterator<Item = Id<facts::Import>> {
    dated.0.iter().filter_map(|fact| fact.provenance.import)
}

fn publics(file: &PersonFile, thresholds: &Thresholds) -> Option<law::publics::Findings> {
    let identity = file.identities.latest(file.on).or(file.identities.0.first())?;
    let present = file.memberships.on(file.on).map(|fact| &fact.value);
    let children = file
        .members
        .iter()
        .filter(|member| member.present && member.membership.role == "ENF" && member.membership.dependant)
        .count();
    let facts = InForce {
        identity: &identity.value,
        present: present.filter(|membership| membership.attached_until.is_none_or(|until| until > file.on)),
        right: file.rights.latest(file.on).map(|fact| &fact.value),
        family: file.families.latest(file.on).map(|fact| &fact.value),
        claim: file.claims.latest(file.on).map(|fact| &fact.value),
        children,
    };
    Some(law::publics::publics(&publics_input(&facts), thresholds, file.on))
}

/// A person whom the actor may read.
struct Reached {
    household: Id<Household>,
    claim_number: String,
    card: Option<Card>,
    scope: Scope,
}

/// Somebody out of reach and nobody at all give the same answer.
async fn within_reach(platform: &Platform, permit: &Permit<ReadPerson>, person: Id<Person>) -> Result<Reached> {
    let scope = Scope::of(&platform.db, permit, platform.today()).await?;
    let card = store::card(&platform.db, permit, person).await?;
    let commune = card.as_ref().map_or("", |card| card.commune_code.as_str());
    if !scope.holds(commune) && !is_in_charge(platform, permit, person).await? {
        return Err(Error::NotFound);
    }
    let (household, claim_number) = store::household_of(&platform.db, permit, person).await?.ok_or(Error::NotFound)?;
    Ok(Reached { household, claim_number, card, scope })
}

/// What a list shows of a person whose file the actor may read. Whoever shows more of the file logs the reading.
pub async fn card_of(platform: &Platform, actor: &Actor, person: Id<Person>) -> Result<Card> {
    let permit = platform::gate::permit::<ReadPerson>(actor)?;
    within_reach(platform, &permit, person).await?;
    store::card(&platform.db, &permit, person).await?.ok_or(Error::NotFound)
}

/// Whether the structure of the permit accompanies the person, wherever they live.
async fn is_in_charge(platform: &Platform, permit: &Permit<ReadPerson>, person: Id<Person>) -> Result<bool> {
    let structure = match permit.reach() {
        Reach::Department => return Ok(true),
        Reach::Structure(structure) => structure,
        Reach::Organisation(_) | Reach::Own(_) => return Ok(false),
    };
    Ok(follow_up::store::structure_in_charge(&platform.db, permit, person).await? == Some(structure))
}

/// Refuses whoever may not read the person's file.
pub(crate) async fn check_reach(platform: &Platform, permit: &Permit<ReadPerson>, person: Id<Person>) -> Result<()> {
    within_reach(platform, permit, person).await.map(|_| ())
}

/// The registration number in full, for those whose purpose allows it; a reading of its own.
pub async fn nir(platform: &Platform, actor: &Actor, person: Id<Person>) -> Result<Option<Nir>> {
    let permit = platform::gate::permit::<ReadNir>(actor)?;
    let reading = platform::gate::permit::<ReadPerson>(actor)?;
    within_reach(platform, &reading, person).await?;
    platform.readings.record(Reading::of(&permit, "person", Some(person.raw()), serde_json::Value::Null)).await?;
    let known = facts::current::<Registration>(&platform.db, permit.tenant(), person).await?;
    let Some(last) = known.last() else { return Ok(None) };
    let plain = platform.keys.open(NIR_CONTEXT, &last.value.locked.0)?;
    let text = String::from_utf8(plain).map_err(|_| Error::Invalid("le NIR enregistré est illisible".to_owned()))?;
    Ok(Nir::parse(&text).ok())
}

/// Writes how to reach a person, from today on. Both parts empty withdraw what was known.
/// Gives what was in force before, so that the change can be undone by writing it back.
pub async fn set_contact(
    platform: &Platform,
    actor: &Actor,
    person: Id<Person>,
    phone: Option<Phone>,
    email: Option<Email>,
) -> Result<Option<Contact>> {
    let permit = platform::gate::permit::<EditContact>(actor)?;
    let reading = platform::gate::permit::<ReadPerson>(actor)?;
    within_reach(platform, &reading, person).await?;
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let contact = Contact { phone, email };
    let tx = platform.db.begin().await?;
    let before =
        facts::current::<Contact>(&tx, tenant, person).await?.into_iter().find(|fact| fact.valid.contains(today));
    facts::write::<Contact, Error>(&tx, tenant, person, permit.provenance(), now, |in_force| {
        let known = in_force.iter().find(|fact| fact.valid.contains(today));
        Ok(match (known, contact.phone.is_none() && contact.email.is_none()) {
            (None, true) => Plan::nothing(),
            // What was typed today was never true.
            (Some(known), true) if known.valid.from == today => Plan::withdraw(in_force, known.id)?,
            (Some(known), true) => Plan::close(in_force, known.id, today)?,
            // Typed twice in a day: the second corrects the first.
            (Some(known), false) if known.valid.from == today => {
                Plan::correct(in_force, known.id, known.valid, contact.clone())?
            }
            (_, false) => Plan::set(in_force, Period::since(today), contact.clone()),
        })
    })
    .await?;
    let told = serde_json::json!({ "phone": contact.phone, "email": contact.email });
    journal::append(
        &tx,
        Chain::Writes,
        tenant,
        now,
        permit.entry("person.contact", "person", Some(person.raw()), told),
    )
    .await?;
    tx.commit().await?;
    Ok(before.map(|fact| fact.value))
}

/// Puts back how a person could be reached before the last change.
///
/// # Errors
/// [`Error::Invalid`] when nothing was ever changed.
pub async fn undo_contact(platform: &Platform, actor: &Actor, person: Id<Person>) -> Result<()> {
    let permit = platform::gate::permit::<EditContact>(actor)?;
    within_reach(platform, &platform::gate::permit::<ReadPerson>(actor)?, person).await?;
    let records = history::<Contact>(&platform.db, permit.tenant(), person).await?;
    let changes = records.iter().flat_map(|fact| fact.replaced_at.into_iter().chain([fact.recorded_at]));
    let last = changes.max().ok_or_else(|| Error::Invalid("il n’y a rien à annuler".to_owned()))?;
    let before = Dated::as_known(records, Instant::from_micros(last.micros() - 1));
    let former = before.on(platform.today()).map(|fact| fact.value.clone());
    let (phone, email) = former.map(|contact| (contact.phone, contact.email)).unwrap_or_default();
    set_contact(platform, actor, person, phone, email).await.map(|_| ())
}

/// Which people a list shows.
#[derive(Clone, Debug, Default)]
pub struct ListRequest {
    /// A structure's sector; those who see one structure only always see theirs.
    pub structure: Option<Id<Structure>>,
    /// Insee code of one commune, within the sector.
    pub commune: Option<String>,
    pub filter: Filter,
    pub sort: Sort,
    pub cursor: Option<Cursor>,
    pub page_size: usize,
}

/// One page.
#[derive(Clone, Debug)]
pub struct ListPage {
    pub cards: Vec<Card>,
    pub next: Option<Cursor>,
    pub previous: Option<Cursor>,
    /// How many answer; beyond [`ListPage::COUNTED`], one more than that stands for « more ».
    pub count: i64,
}

impl ListPage {
    pub const COUNTED: i64 = 10_000;
}

/// The place of a person in the order of a list, so that the address of a page need not bear a name.
/// `None` for somebody nobody knows (any more): the list then begins at its start.
pub async fn place(
    platform: &Platform,
    actor: &Actor,
    person: Id<Person>,
    sort: Sort,
    backwards: bool,
) -> Result<Option<Cursor>> {
    let permit = platform::gate::permit::<ListPeople>(actor)?;
    let cards = store::cards_of(&platform.db, &permit, &[person]).await?;
    Ok(cards.first().map(|card| sort.cursor(card, backwards)))
}

/// People of a structure's sector, or of the département.
pub async fn list(platform: &Platform, actor: &Actor, request: &ListRequest) -> Result<ListPage> {
    let permit = platform::gate::permit::<ListPeople>(actor)?;
    let (db, today) = (&platform.db, platform.today());
    let scope = Scope::of(db, &permit, today).await?;
    let communes = match request.structure.filter(|_| !scope.is_limited()) {
        Some(structure) => Some(territory::sector_communes(db, permit.tenant(), structure, today).await?),
        None => scope.communes().map(<[String]>::to_vec),
    };
    let communes = match (&request.commune, communes) {
        (Some(wanted), Some(mut reached)) => {
            reached.retain(|commune| commune == wanted);
            Some(reached)
        }
        (Some(wanted), None) => Some(vec![wanted.clone()]),
        (None, reached) => reached,
    };
    let communes = communes.as_deref();
    // One more than shown tells whether there is a page beyond.
    let mut cards = store::list(
        db,
        &permit,
        communes,
        &request.filter,
        request.sort,
        request.cursor.as_ref(),
        request.page_size + 1,
    )
    .await?;
    let beyond = cards.len() > request.page_size;
    let backwards = request.cursor.as_ref().is_some_and(|cursor| cursor.backwards);
    if beyond {
        if backwards {
            cards.remove(0);
        } else {
            cards.pop();
        }
    }
    let has_next = if backwards { true } else { beyond };
    let has_previous = if backwards { beyond } else { request.cursor.is_some() };
    let place = |card: Option<&Card>, backwards: bool| card.map(|card| request.sort.cursor(card, backwards));
    let count = store::count(db, &permit, communes, &request.filter, ListPage::COUNTED + 1).await?;
    let shown: Vec<i64> = cards.iter().map(|card| card.person.raw()).collect();
    platform
        .readings
        .record(Reading::of(&permit, "list", request.structure.map(Id::raw), serde_json::json!({ "shown": shown })))
        .await?;
    Ok(ListPage {
        next: has_next.then(|| place(cards.last(), false)).flatten(),
        previous: has_previous.then(|| place(cards.first(), true)).flatten(),
        cards,
        count,
    })
}

/// How many people the actor's lists hold, counted no further than [`ListPage::COUNTED`]. It shows nobody:
/// nothing is logged.
pub async fn count(platform: &Platform, actor: &Actor) -> Result<i64> {
    let permit = platform::gate::permit::<ListPeople>(actor)?;
    let scope = Scope::of(&platform.db, &permit, platform.today()).await?;
    Ok(store::count(&platform.db, &permit, scope.communes(), &Filter::default(), ListPage::COUNTED).await?)
}

/// Computes again the cards that the passing of days may have changed. Gives how many households were done.
pub async fn refresh_cards(platform: &Platform, actor: &Actor) -> Result<u64> {
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let rules = rules(platform, permit.tenant()).await?;
    let follow_up_rules = follow_up::rules(platform, permit.tenant()).await?;
    let mut done = 0;
    loop {
        let tx = platform.db.begin().await?;
        let households = store::households_to_review(&tx, &permit, rules.day, CARDS_AT_ONCE).await?;
        if households.is_empty() {
            return Ok(done);
        }
        recompute(&tx, &permit, &households, &rules, &follow_up_rules).await?;
        tx.commit().await?;
        done += households.len() as u64;
    }
}

/// Computes every card again: a number that they rest on has changed. `progress` is told how many
/// households are done.
pub async fn recompute_cards(platform: &Platform, actor: &Actor, mut progress: impl AsyncFnMut(u64)) -> Result<u64> {
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let rules = rules(platform, permit.tenant()).await?;
    let follow_up_rules = follow_up::rules(platform, permit.tenant()).await?;
    let (mut done, mut after) = (0, Id::new(0));
    loop {
        let tx = platform.db.begin().await?;
        let households = store::households_after(&tx, &permit, after, CARDS_AT_ONCE).await?;
        let Some(last) = households.last() else { return Ok(done) };
        after = *last;
        recompute(&tx, &permit, &households, &rules, &follow_up_rules).await?;
        tx.commit().await?;
        done += households.len() as u64;
        progress(done).await;
    }
}

/// Households computed in one transaction.
const CARDS_AT_ONCE: i64 = 500;

async fn recompute(
    tx: &db::Tx,
    permit: &Permit<ImportFeed>,
    households: &[Id<Household>],
    rules: &CardRules,
    follow_up_rules: &follow_up::Rules,
) -> Result<()> {
    let fresh = compute(tx, permit, households, |_| rules.clone()).await?;
    store::replace_cards(tx, permit, households, &fresh).await?;
    let mut persons: Vec<Id<Person>> = fresh.iter().map(|card| card.person).collect();
    persons.extend(matching::regroup(tx, permit, &persons).await?);
    follow_up::refresh(tx, permit, &persons, follow_up_rules).await
}

/// The numbers that the rules on publics use on a day, as they were known at a moment.
async fn thresholds(platform: &Platform, tenant: Id<Tenant>, on: Date, known: Instant) -> Result<Thresholds> {
    Ok(Thresholds::read(numbers(platform, tenant, on, known).await?)?)
}

async fn compute(
    ask: &impl Ask,
    permit: &Permit<ImportFeed>,
    households: &[Id<Household>],
    rules_for: impl Fn(Id<Household>) -> CardRules,
) -> Result<Vec<Card>> {
    let pictures = feed::pictures(ask, permit, households).await?;
    Ok(pictures
        .iter()
        .flat_map(|(household, picture)| cards(permit.tenant(), *household, picture, &rules_for(*household)))
        .collect())
}

/// Rebuilds every card and every name word from the facts and compares them with the live ones.
pub async fn check_cards(platform: &Platform, actor: &Actor) -> Result<Vec<(&'static str, Difference)>> {
    const CHUNK: i64 = 2_000;
    let permit = platform::gate::permit::<ImportFeed>(actor)?;
    let (tenant, db) = (permit.tenant(), platform.db.long());
    let rules = rules(platform, tenant).await?;
    let grouped: BTreeSet<Id<Person>> = matching::decided_groups(&db, &permit).await?.into_iter().flatten().collect();
    let (mut card_difference, mut word_difference) = (Difference::default(), Difference::default());
    let (mut grouped_live, mut grouped_rebuilt) = (BTreeMap::new(), BTreeMap::new());
    let mut after = Id::new(0);
    loop {
        let households: Vec<Id<Household>> = store::households_after(&db, &permit, after, CHUNK).await?;
        let Some(last) = households.last() else { break };
        after = *last;
        let mut live: BTreeMap<Id<Person>, Card> = store::cards_of_households(&db, &permit, &households)
            .await?
            .into_iter()
            .map(|card| (card.person, card))
            .collect();
        let computed_on: HashMap<Id<Household>, Date> =
            live.values().map(|card| (card.household, card.computed_on)).collect();
        let day_of =
            |household| CardRules { day: computed_on.get(&household).copied().unwrap_or(rules.day), ..rules.clone() };
        let mut rebuilt: BTreeMap<Id<Person>, Card> =
            compute(&db, &permit, &households, day_of).await?.into_iter().map(|card| (card.person, card)).collect();
        for person in &grouped {
            grouped_live.extend(live.remove_entry(person));
            grouped_rebuilt.extend(rebuilt.remove_entry(person));
        }
        card_difference.join(Difference::between(live, rebuilt));

        let pictures = feed::pictures(&db, &permit, &households).await?;
        let persons: Vec<_> = pictures.iter().flat_map(|(_, picture)| &picture.persons).collect();
        let ids: Vec<Id<Person>> = persons.iter().map(|person| person.id).collect();
        let wanted = persons
            .iter()
            .flat_map(|person| {
                let words = search::words_of(person.identity.iter().map(|(_, identity)| identity));
                words.into_iter().map(|word| ((person.id, word), ()))
            })
            .collect();
        let live_words =
            store::words_of_persons(&db, &permit, &ids).await?.into_iter().map(|word| (word, ())).collect();
        word_difference.join(Difference::between(live_words, wanted));
    }
    for group in matching::decided_groups(&db, &permit).await? {
        let members: Vec<Card> = group.iter().filter_map(|person| grouped_rebuilt.get(person)).cloned().collect();
        let chosen = matching::elect(&members);
        for person in group {
            if let Some(card) = grouped_rebuilt.get_mut(&person) {
                card.merged_into = chosen.filter(|chosen| *chosen != person);
                card.listed = card.listed && card.merged_into.is_none();
            }
        }
    }
    card_difference.join(Difference::between(grouped_live, grouped_rebuilt));
    Ok(vec![("person_card", card_difference), ("person_word", word_difference)])
}
