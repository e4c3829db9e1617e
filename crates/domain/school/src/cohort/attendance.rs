//! Who was there at each half-day held: noted by whoever led it, corrected by another note.

use std::collections::{HashMap, HashSet};

use base::{Date, Id, fr};
use facts::journal::{self, Chain};
use facts::{Fact, Plan};
use platform::gate::{Action, ManageSchool, ReadLearners, RecordAttendance, may, permit};
use platform::{Actor, Permit, Platform, Reading};

use super::model::{Attendance, Cohort, Module, Presence, Session, SessionNumber};
use super::service::{self, CohortView};
use super::{means, sessions};
use crate::admission::{Learner, LearnerIdentity, identities};
use crate::contract::{Enrolment, enrolled_in};
use crate::{Error, Result};

/// The call of one half-day.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    pub cohort: CohortView,
    pub session: Fact<Session>,
    /// Those in training that day, by name.
    pub lines: Vec<CallLine>,
}

/// Somebody expected.
#[derive(Clone, PartialEq, Debug)]
pub struct CallLine {
    pub learner: Id<Learner>,
    pub name: String,
    /// What was noted, by whom and when; `None` before anybody did.
    pub noted: Option<Fact<Attendance>>,
}

/// What somebody followed of a cohort, in half-days held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AttendanceLine {
    pub learner: Id<Learner>,
    pub name: String,
    pub present: i64,
    pub absent: i64,
    pub excused: i64,
    /// Half-days without a call.
    pub unknown: i64,
}

/// Those who are or were in a cohort, and when.
async fn expected<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    cohort: Id<Cohort>,
) -> Result<(Vec<Id<Learner>>, Vec<Fact<Enrolment>>)> {
    let learners = enrolled_in(&platform.db, permit, cohort).await?;
    let mut enrolments = facts::current_many::<Enrolment>(&platform.db, permit.tenant(), &learners).await?;
    enrolments.retain(|fact| fact.value.cohort == cohort);
    Ok((learners, enrolments))
}

fn in_training(enrolments: &[Fact<Enrolment>], learner: Id<Learner>, day: Date) -> bool {
    enrolments.iter().any(|fact| fact.subject == learner && fact.valid.contains(day))
}

fn by_name(names: &HashMap<Id<Learner>, LearnerIdentity>, learner: Id<Learner>) -> (String, String, Id<Learner>) {
    let name = names.get(&learner);
    let folded = |part: fn(&LearnerIdentity) -> &String| name.map(|name| base::fold(part(name))).unwrap_or_default();
    (folded(|name| &name.last_name), folded(|name| &name.first_name), learner)
}

/// The session, if whoever asks leads it or runs the school, and if it can have been held.
async fn session(
    platform: &Platform,
    actor: &Actor,
    permit: &Permit<RecordAttendance>,
    cohort: &CohortView,
    number: Id<SessionNumber>,
) -> Result<Fact<Session>> {
    let all = sessions::of_cohort(platform, permit, cohort.record.id).await?;
    let fact = all.into_iter().find(|fact| fact.value.number == number).ok_or(Error::NotFound)?;
    if !may::<ManageSchool>(actor) {
        let trainers = means::trainers(platform, actor, cohort.record.organisation).await?;
        let leads = trainers.iter().any(|view| {
            Some(view.id) == fact.value.trainer
                && view.profile.value.account.is_some()
                && view.profile.value.account == permit.account()
        });
        if !leads {
            return Err(Error::NotFound);
        }
    }
    if !fact.value.is_planned() {
        return Err(Error::invalid("cette séance est annulée\u{a0}: il n’y a pas d’appel à faire"));
    }
    if fact.valid.from > platform.today() {
        let day = fr::date_long(fact.valid.from);
        return Err(Error::invalid(format!("la séance est le {day}\u{a0}: l’appel se fait ce jour-là ou après")));
    }
    Ok(fact)
}

/// Who is expected at a half-day and what was noted of them. Logged as the reading of a list.
///
/// # Errors
/// [`Error::NotFound`] for a session that somebody else leads; [`Error::Invalid`] before its day.
pub async fn call(platform: &Platform, actor: &Actor, id: Id<Cohort>, number: Id<SessionNumber>) -> Result<Call> {
    let permit = permit::<RecordAttendance>(actor)?;
    let cohort = service::find(platform, &permit, id).await?;
    let session = session(platform, actor, &permit, &cohort, number).await?;
    let (mut learners, enrolments) = expected(platform, &permit, id).await?;
    learners.retain(|learner| in_training(&enrolments, *learner, session.valid.from));
    let names = identities(platform, &permit, &learners).await?;
    learners.sort_by_cached_key(|learner| by_name(&names, *learner));
    let noted = facts::current_many::<Attendance>(&platform.db, permit.tenant(), &learners).await?;
    let noted: HashMap<Id<Learner>, Fact<Attendance>> =
        noted.into_iter().filter(|fact| fact.value.session == number).map(|fact| (fact.subject, fact)).collect();
    let shown: Vec<i64> = learners.iter().map(|learner| learner.raw()).collect();
    let read = Reading::of(&permit, "learners", None, serde_json::json!({ "call": number, "shown": shown }));
    platform.readings.record(read).await?;
    let lines = learners.into_iter().map(|learner| CallLine {
        learner,
        name: names.get(&learner).map(LearnerIdentity::name).unwrap_or_default(),
        noted: noted.get(&learner).cloned(),
    });
    Ok(Call { lines: lines.collect(), cohort, session })
}

/// Notes who was there; what was noted before gives way and stays readable.
///
/// # Errors
/// As [`call`]; [`Error::Invalid`] for somebody who was not expected.
pub async fn note_attendance(
    platform: &Platform,
    actor: &Actor,
    id: Id<Cohort>,
    number: Id<SessionNumber>,
    presences: &[(Id<Learner>, Presence)],
) -> Result<()> {
    let permit = permit::<RecordAttendance>(actor)?;
    let cohort = service::find(platform, &permit, id).await?;
    let session = session(platform, actor, &permit, &cohort, number).await?;
    let (_, enrolments) = expected(platform, &permit, id).await?;
    if presences.iter().any(|(learner, _)| !in_training(&enrolments, *learner, session.valid.from)) {
        return Err(Error::invalid(
            "quelqu’un de cette liste n’était pas en formation ce jour-là\u{a0}: rouvrez l’appel",
        ));
    }
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    for (learner, presence) in presences {
        let value = Attendance { session: number, presence: *presence };
        facts::write::<Attendance, Error>(&tx, tenant, *learner, permit.provenance(), now, |in_force| {
            Ok(match in_force.iter().find(|fact| fact.value.session == number) {
                Some(known) => Plan::correct(in_force, known.id, session.valid, value)?,
                None => Plan::add(in_force, session.valid, value)?,
            })
        })
        .await?;
    }
    let learners: Vec<i64> = presences.iter().map(|(learner, _)| learner.raw()).collect();
    let told = serde_json::json!({ "session": number, "learners": learners });
    let entry = permit.entry("attendance.noted", "cohort", Some(id.raw()), told);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    Ok(tx.commit().await?)
}

/// Everything noted of a cohort: with those who were or are in it.
async fn noted<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    cohort: Id<Cohort>,
) -> Result<(Vec<Id<Learner>>, Vec<Fact<Enrolment>>, Vec<Fact<Attendance>>)> {
    let (learners, enrolments) = expected(platform, permit, cohort).await?;
    let noted = facts::current_many::<Attendance>(&platform.db, permit.tenant(), &learners).await?;
    Ok((learners, enrolments, noted))
}

/// Who was there, by session, without names: for counts.
pub(super) async fn of_cohort<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    cohort: Id<Cohort>,
) -> Result<Vec<Fact<Attendance>>> {
    Ok(noted(platform, permit, cohort).await?.2)
}

/// The sessions of a cohort of which a call was made.
pub async fn called_sessions(platform: &Platform, actor: &Actor, id: Id<Cohort>) -> Result<HashSet<Id<SessionNumber>>> {
    let permit = permit::<platform::gate::ReadSchool>(actor)?;
    service::find(platform, &permit, id).await?;
    Ok(of_cohort(platform, &permit, id).await?.into_iter().map(|fact| fact.value.session).collect())
}

/// What each person followed of the sessions held, by name; those of the modules about a competence or a public alone
/// when `about` gives its code. Logged as the reading of a list.
pub async fn attendance(
    platform: &Platform,
    actor: &Actor,
    id: Id<Cohort>,
    about: Option<&str>,
) -> Result<Vec<AttendanceLine>> {
    let permit = permit::<ReadLearners>(actor)?;
    service::find(platform, &permit, id).await?;
    let modules = facts::current::<Module>(&platform.db, permit.tenant(), id).await?;
    let concerns = |code: &str| {
        let module = modules.iter().find(|fact| fact.value.code == code).map(|fact| &fact.value);
        about.is_none_or(|about| module.is_some_and(|module| module.is_about(about)))
    };
    let today = platform.today();
    let mut held = sessions::of_cohort(platform, &permit, id).await?;
    held.retain(|fact| fact.value.is_planned() && fact.valid.from < today && concerns(&fact.value.module));
    let (mut learners, enrolments, noted) = noted(platform, &permit, id).await?;
    let noted: HashMap<(Id<Learner>, Id<SessionNumber>), Presence> =
        noted.into_iter().map(|fact| ((fact.subject, fact.value.session), fact.value.presence)).collect();
    let names = identities(platform, &permit, &learners).await?;
    learners.sort_by_cached_key(|learner| by_name(&names, *learner));
    let shown: Vec<i64> = learners.iter().map(|learner| learner.raw()).collect();
    let read = Reading::of(&permit, "learners", None, serde_json::json!({ "attendance": id, "shown": shown }));
    platform.readings.record(read).await?;
    let lines = learners.into_iter().map(|learner| {
        let name = names.get(&learner).map(LearnerIdentity::name).unwrap_or_default();
        let mut line = AttendanceLine { learner, name, present: 0, absent: 0, excused: 0, unknown: 0 };
        for session in held.iter().filter(|fact| in_training(&enrolments, learner, fact.valid.from)) {
            *match noted.get(&(learner, session.value.number)) {
                Some(Presence::Present) => &mut line.present,
                Some(Presence::Absent) => &mut line.absent,
                Some(Presence::Excused) => &mut line.excused,
                None => &mut line.unknown,
            } += 1;
        }
        line
    });
    Ok(lines.collect())
}
