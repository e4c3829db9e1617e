use base::{Date, Id, Period};
use db::{Ask, Tx, sql};
use facts::journal::{self, Chain, NewEntry};
use facts::{Fact, Plan};
use platform::gate::{Accompany, FollowPeople, KeepSecrets, ReadPerson};
use platform::{Account, Actor, Permit, Platform, Reach, Reading, Structure};

use super::model::{Doer, Meeting, MeetingKind, MeetingStatus, Note, Number, Secrecy, Step};
use crate::follow_up;
use crate::person::{self, Person};
use crate::{Error, Result};

/// A meeting to plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewMeeting {
    pub on: Date,
    /// Minutes after midnight, in Paris.
    pub starts_at: i64,
    pub minutes: i64,
    pub kind: MeetingKind,
    pub purpose: String,
    pub place: String,
}

/// Something to do next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewStep {
    pub text: String,
    pub by_whom: Doer,
    pub due_on: Option<Date>,
}

/// What is written down after a meeting, together or not at all.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AfterMeeting {
    /// The meeting, and what became of it.
    pub outcome: Option<(Id<Number>, MeetingStatus)>,
    pub note: Option<(String, Secrecy)>,
    pub step: Option<NewStep>,
    pub next: Option<NewMeeting>,
}

/// Everything written about somebody's accompaniment that the actor may read.
#[derive(Clone, Debug, Default)]
pub struct Accompaniment {
    /// Latest first.
    pub meetings: Vec<Fact<Meeting>>,
    pub notes: Vec<Fact<Note>>,
    /// Those to do first, by day.
    pub steps: Vec<Fact<Step>>,
    /// Notes that exist and stay with the social service.
    pub withheld: usize,
}

sql! {
    AGENDA = "SELECT a.person, c.usual_name, c.first_name, a.valid_from, a.starts_at, a.minutes, a.kind, a.status FROM appointment a
        JOIN person_card c ON c.person = a.person WHERE a.tenant = $1 AND a.counsellor = $2 AND a.replaced_at IS NULL
        AND a.valid_from >= $3 AND a.valid_from < $4 ORDER BY a.valid_from, a.starts_at, a.id";
}

/// Minutes of a day.
const DAY: i64 = 24 * 60;

impl NewMeeting {
    fn check(&self) -> Result<()> {
        if !(0..DAY).contains(&self.starts_at) || self.minutes <= 0 || self.starts_at + self.minutes > DAY {
            return Err(Error::Invalid("l’heure ou la durée du rendez-vous est impossible".to_owned()));
        }
        Ok(())
    }
}

/// The structure in whose name the actor writes.
fn structure_of(permit: &Permit<Accompany>) -> Result<(Id<Structure>, Id<Account>)> {
    match (permit.reach(), permit.account()) {
        (Reach::Structure(structure), Some(account)) => Ok((structure, account)),
        _ => Err(Error::Invalid("ce mandat n’est pas celui d’une structure".to_owned())),
    }
}

/// Plans a meeting with the actor.
pub async fn plan(platform: &Platform, actor: &Actor, person: Id<Person>, meeting: NewMeeting) -> Result<()> {
    after_meeting(platform, actor, person, AfterMeeting { next: Some(meeting), ..AfterMeeting::default() }).await
}

/// Writes down what came of a meeting, a note, the next step and the next meeting, in one go.
///
/// # Errors
/// [`Error::Invalid`] when there is nothing to write, a text is empty, or an hour cannot be.
pub async fn after_meeting(platform: &Platform, actor: &Actor, person: Id<Person>, after: AfterMeeting) -> Result<()> {
    let permit = platform::gate::permit::<Accompany>(actor)?;
    person::check_reach(platform, &platform::gate::permit::<ReadPerson>(actor)?, person).await?;
    if after == AfterMeeting::default() {
        return Err(Error::Invalid("il n’y a rien à enregistrer".to_owned()));
    }
    if after.note.as_ref().is_some_and(|(_, secrecy)| *secrecy == Secrecy::Social) {
        platform::gate::permit::<KeepSecrets>(actor)?;
    }
    if let Some(next) = &after.next {
        next.check()?;
    }
    let rules = follow_up::rules(platform, permit.tenant()).await?;
    let (tenant, now, today) = (permit.tenant(), platform.now(), platform.today());
    let (structure, account) = structure_of(&permit)?;
    let tx = platform.db.begin().await?;
    let mut entries: Vec<NewEntry<'_>> = Vec::new();
    let about = Some(person.raw());

    if let Some((number, status)) = after.outcome {
        if status == MeetingStatus::Planned {
            return Err(Error::Invalid("dites ce qu’est devenu le rendez-vous".to_owned()));
        }
        facts::write::<Meeting, Error>(&tx, tenant, person, permit.provenance(), now, |in_force| {
            let known = in_force.iter().find(|fact| fact.value.number == number).ok_or(Error::NotFound)?;
            if known.valid.from > today && status != MeetingStatus::Cancelled && status != MeetingStatus::Excused {
                return Err(Error::Invalid("ce rendez-vous n’a pas encore eu lieu".to_owned()));
            }
            Ok(Plan::correct(in_force, known.id, known.valid, Meeting { status, ..known.value.clone() })?)
        })
        .await?;
        let told = serde_json::json!({ "meeting": number, "status": status });
        entries.push(permit.entry("meeting.outcome", "person", about, told));
    }
    if let Some((text, secrecy)) = after.note {
        let text = text.trim().to_owned();
        if text.is_empty() {
            return Err(Error::Invalid("la note est vide".to_owned()));
        }
        let number = new_number(&tx).await?;
        add(&tx, &permit, platform, person, Period::since(today), Note { number, secrecy, text }).await?;
        // What the note says is in the note; the journal tells that one was written, and for whom.
        entries.push(permit.entry("note.written", "person", about, serde_json::json!({ "secrecy": secrecy })));
    }
    if let Some(NewStep { text, by_whom, due_on }) = after.step {
        let text = text.trim().to_owned();
        if text.is_empty() {
            return Err(Error::Invalid("dites ce qu’il y a à faire".to_owned()));
        }
        let number = new_number(&tx).await?;
        let step = Step { number, text, by_whom, due_on, done_on: None };
        add(&tx, &permit, platform, person, Period::since(today), step).await?;
        entries.push(permit.entry("step.added", "person", about, serde_json::json!({ "due_on": due_on })));
    }
    if let Some(NewMeeting { on, starts_at, minutes, kind, purpose, place }) = after.next {
        let number = new_number(&tx).await?;
        let tomorrow = on.tomorrow().map_err(|_| Error::Invalid("cette date est trop lointaine".to_owned()))?;
        let meeting = Meeting {
            number,
            starts_at,
            minutes,
            kind,
            purpose: purpose.trim().to_owned(),
            place: place.trim().to_owned(),
            counsellor: account,
            structure,
            status: MeetingStatus::Planned,
        };
        add(&tx, &permit, platform, person, Period { from: on, to: Some(tomorrow) }, meeting).await?;
        entries.push(permit.entry("meeting.planned", "person", about, serde_json::json!({ "on": on, "kind": kind })));
    }
    follow_up::refresh(&tx, &permit, &[person], &rules).await?;
    journal::append_all(&tx, Chain::Writes, tenant, now, entries).await?;
    Ok(tx.commit().await?)
}

async fn new_number(tx: &Tx) -> db::Result<Id<Number>> {
    Ok(Id::new(tx.reserve_ids(1).await?[0]))
}

async fn add<K: facts::Kind<Subject = Person>>(
    tx: &Tx,
    permit: &Permit<Accompany>,
    platform: &Platform,
    person: Id<Person>,
    valid: Period,
    value: K,
) -> Result<()> {
    facts::write::<K, Error>(tx, permit.tenant(), person, permit.provenance(), platform.now(), |in_force| {
        Ok(Plan::add(in_force, valid, value)?)
    })
    .await
    .map(|_| ())
}

/// Marks a step as done today.
pub async fn finish_step(platform: &Platform, actor: &Actor, person: Id<Person>, step: Id<Number>) -> Result<()> {
    mark_step(platform, actor, person, step, Some(platform.today()), "step.done").await
}

/// Puts a step back among those to do.
pub async fn reopen_step(platform: &Platform, actor: &Actor, person: Id<Person>, step: Id<Number>) -> Result<()> {
    mark_step(platform, actor, person, step, None, "step.reopened").await
}

async fn mark_step(
    platform: &Platform,
    actor: &Actor,
    person: Id<Person>,
    step: Id<Number>,
    done_on: Option<Date>,
    action: &str,
) -> Result<()> {
    let permit = platform::gate::permit::<Accompany>(actor)?;
    person::check_reach(platform, &platform::gate::permit::<ReadPerson>(actor)?, person).await?;
    let rules = follow_up::rules(platform, permit.tenant()).await?;
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    facts::write::<Step, Error>(&tx, tenant, person, permit.provenance(), now, |in_force| {
        let known = in_force.iter().find(|fact| fact.value.number == step).ok_or(Error::NotFound)?;
        Ok(Plan::correct(in_force, known.id, known.valid, Step { done_on, ..known.value.clone() })?)
    })
    .await?;
    follow_up::refresh(&tx, &permit, &[person], &rules).await?;
    let entry = permit.entry(action, "person", Some(person.raw()), serde_json::json!({ "step": step }));
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

/// What was written about a person's accompaniment. Logged as a reading of the file.
pub async fn accompaniment(platform: &Platform, actor: &Actor, person: Id<Person>) -> Result<Accompaniment> {
    let permit = platform::gate::permit::<FollowPeople>(actor)?;
    person::check_reach(platform, &platform::gate::permit::<ReadPerson>(actor)?, person).await?;
    let read = Reading::of(&permit, "person", Some(person.raw()), serde_json::json!({ "shown": "accompaniment" }));
    platform.readings.record(read).await?;
    let (db, tenant) = (&platform.db, permit.tenant());
    let mut meetings = facts::current::<Meeting>(db, tenant, person).await?;
    meetings.sort_by_key(|fact| std::cmp::Reverse((fact.valid.from, fact.value.starts_at, fact.id)));
    let mut steps = facts::current::<Step>(db, tenant, person).await?;
    steps.sort_by_key(|fact| (fact.value.done_on.is_some(), fact.value.due_on.unwrap_or(Date::MAX), fact.id));
    let mut notes = facts::current::<Note>(db, tenant, person).await?;
    let written = notes.len();
    if !platform::gate::may::<KeepSecrets>(actor) {
        notes.retain(|fact| fact.value.secrecy == Secrecy::Shared);
    }
    notes.reverse();
    Ok(Accompaniment { withheld: written - notes.len(), meetings, notes, steps })
}

db::row! {
    /// A line of somebody's agenda.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct AgendaLine {
        pub person: Id<Person>,
        pub usual_name: String,
        pub first_name: String,
        pub on: Date,
        pub starts_at: i64,
        pub minutes: i64,
        pub kind: MeetingKind,
        pub status: MeetingStatus,
    }
}

/// The actor's own meetings from a day to another (excluded). Logged as the reading of a list.
pub async fn agenda(platform: &Platform, actor: &Actor, from: Date, to: Date) -> Result<Vec<AgendaLine>> {
    let permit = platform::gate::permit::<Accompany>(actor)?;
    let (_, account) = structure_of(&permit)?;
    let lines: Vec<AgendaLine> = platform.db.all(&AGENDA, &[&permit.tenant(), &account, &from, &to]).await?;
    let shown: Vec<i64> = lines.iter().map(|line| line.person.raw()).collect();
    let read = Reading::of(&permit, "list", None, serde_json::json!({ "agenda": from, "shown": shown }));
    platform.readings.record(read).await?;
    Ok(lines)
}
