//! What people do once a month of the feed is in, through the services that users have: the officer decides the
//! list of proposals, each agency shares out its people, counsellors meet them.

use base::{Date, Id, Instant};
use jiff::{SignedDuration, ToSpan};
use platform::gate::{ManageAccounts, permit};
use platform::{Account, Actor, Platform, Role, mandate};
use support::caseload::{self, AbsenceKind};
use support::follow_up::{self, FollowUp, ListRequest, Stage};
use support::meeting::{self, AfterMeeting, Doer, MeetingKind, MeetingStatus, NewMeeting, NewStep, Secrecy};
use support::orientation::{self, BatchKind, Worker};

use crate::contacts::{drawn_for, mixed};
use crate::feed::MonthStage;
use crate::{Result, accounts, at, timeline};

/// People read together.
const PAGE: usize = 500;

/// Of those who came last, one in this many is decided: the others are left for the visitor.
const DECIDED_OF_LAST: u64 = 3;

/// Of those an agency receives last, one in this many is left without referent.
const LEFT_UNASSIGNED: u64 = 8;

/// Follows a month that has come in on `created_on`. `last`: the month after which the demonstration begins. Whatever is
/// done already (an interrupted filling goes on) stays as it is. `tell`: stage, done, of how many.
pub(crate) async fn follow(
    platform: &Platform,
    program: &Actor,
    created_on: Date,
    last: bool,
    tell: &mut (impl FnMut(MonthStage, u64, u64) + Send),
) -> Result<()> {
    tell(MonthStage::Orientations, 0, 1);
    let decisions = at(platform, timeline::decisions(created_on).instant());
    let officer = accounts::actor_of(&decisions, program, Role::DepartmentOfficer).await?;
    orientation::propose_all(&decisions, program, async |_| ()).await?;
    let lists = orientation::batches(&decisions, &officer, BatchKind::Orientation, 1_000).await?;
    if lists.iter().all(|list| list.asked_at < decisions.clock.now()) {
        decide(&decisions, &officer, last).await?;
    }
    let mornings = at(platform, timeline::designations(created_on).instant());
    let staff = Staff::of(&mornings, program).await?;
    let heads = staff.heads.len() as u64;
    for (head, rank) in staff.heads.iter().zip(0..) {
        tell(MonthStage::Orientations, heads + rank, heads * 2);
        share_out(&mornings, head, last).await?;
    }
    meet(platform, &staff, created_on, tell).await
}

/// A number for somebody: the same on every machine, another one for each turn.
fn drawn(line: &FollowUp, turn: u64) -> u64 {
    drawn_for(&format!("{} {}", line.sort_name, line.birth_date), turn)
}

/// One in `share` of the people, always the same.
fn is_drawn(line: &FollowUp, share: u64) -> bool {
    drawn(line, 0).is_multiple_of(share)
}

/// The officer decides everything that is proposed, up to the places of each structure.
async fn decide(platform: &Platform, officer: &Actor, last: bool) -> Result<()> {
    let mut request = ListRequest { stage: Some(Stage::ToOrient), page_size: PAGE, ..ListRequest::default() };
    let mut people = Vec::new();
    loop {
        let page = follow_up::list(platform, officer, &request).await?;
        people.extend(page.lines.into_iter().filter(|line| !last || is_drawn(line, DECIDED_OF_LAST)));
        request.after = page.next;
        if request.after.is_none() {
            break;
        }
    }
    let taken = orientation::capacities(platform, officer).await?;
    let lines: Vec<_> = orientation::prepare(&people, &taken).into_iter().flatten().collect();
    if lines.is_empty() {
        return Ok(());
    }
    let list = orientation::start_orientations(platform, officer, &lines, Worker::Caller).await?;
    Ok(orientation::continue_batch(platform, officer.tenant(), list, async |_| ()).await?)
}

/// Who acts: heads of agencies, and whoever has people in charge.
struct Staff {
    heads: Vec<Actor>,
    counsellors: Vec<(Id<Account>, Actor)>,
}

impl Staff {
    async fn of(platform: &Platform, program: &Actor) -> Result<Self> {
        let permit = permit::<ManageAccounts>(program)?;
        let mut staff = Self { heads: Vec::new(), counsellors: Vec::new() };
        for listed in mandate::list(platform, &permit, platform.today(), platform.now()).await? {
            let actor = mandate::actor(platform, listed.account, listed.id).await?;
            match listed.role {
                Role::AgencyHead => staff.heads.push(actor),
                Role::EmploymentCounsellor => staff.counsellors.push((listed.account, actor)),
                _ => {}
            }
        }
        Ok(staff)
    }
}

/// A head gives the people who have nobody to whoever carries least. Some of her team work part time, and after the
/// last month one is away.
async fn share_out(platform: &Platform, head: &Actor, last: bool) -> Result<()> {
    let loads = follow_up::agency_board(platform, head, None).await?.loads;
    for (number, load) in loads.iter().enumerate() {
        let account = load.staff.account;
        let part_time = drawn_for(&load.staff.name, 0).is_multiple_of(5);
        if load.staff.working_time == 100 && part_time {
            caseload::set_working_time(platform, head, account, platform.today(), 80).await?;
        }
        if last && number == 1 && caseload::absences(platform, head, account).await?.is_empty() {
            let today = timeline::TODAY.date();
            let away = base::Period { from: today.saturating_sub(4.days()), to: Some(today.saturating_add(10.days())) };
            caseload::set_absence(platform, head, account, away, AbsenceKind::Leave, "").await?;
        }
    }
    let weights = caseload::weights(platform, head.tenant()).await?;
    let mut request = ListRequest { stage: Some(Stage::Unassigned), page_size: PAGE, ..ListRequest::default() };
    loop {
        let board = follow_up::agency_board(platform, head, None).await?;
        let page = follow_up::list(platform, head, &request).await?;
        request.after = page.next;
        let people: Vec<FollowUp> =
            page.lines.into_iter().filter(|line| !last || !is_drawn(line, LEFT_UNASSIGNED)).collect();
        let shared = caseload::share_out(&people, &board.loads, &weights);
        if !shared.is_empty() {
            let list = orientation::start_designations(platform, head, &shared, "", Worker::Caller).await?;
            orientation::continue_batch(platform, head.tenant(), list, async |_| ()).await?;
        }
        if request.after.is_none() {
            return Ok(());
        }
    }
}

/// Something a counsellor does at a moment.
struct Event<'a> {
    at: Instant,
    actor: &'a Actor,
    person: Id<support::person::Person>,
    after: After,
}

enum After {
    /// Plans the meeting on a day, at an hour.
    Plan(Date, i64),
    /// Says what became of the meeting of a day; the number draws what is written of it.
    Tell(Date, MeetingStatus, u64),
}

/// Counsellors meet whoever they have not met, and those they have not seen for a month; not everybody, and not
/// everybody comes. Those of whom something was written since that morning were met before a stop.
async fn meet(
    platform: &Platform,
    staff: &Staff,
    created_on: Date,
    tell: &mut (impl FnMut(MonthStage, u64, u64) + Send),
) -> Result<()> {
    let morning = at(platform, timeline::designations(created_on).instant());
    let today = timeline::TODAY.date();
    let mut events = Vec::new();
    for (account, actor) in &staff.counsellors {
        let mut request = ListRequest { counsellor: Some(*account), page_size: PAGE, ..ListRequest::default() };
        loop {
            let page = follow_up::list(&morning, actor, &request).await?;
            let to_meet = |line: &&FollowUp| line.next_meeting_on.is_none() && line.changed_on <= morning.today();
            for line in page.lines.iter().filter(to_meet) {
                events.extend(meeting_of(&morning, actor, line, today));
            }
            request.after = page.next;
            if request.after.is_none() {
                break;
            }
        }
    }
    events.sort_by_key(|event| event.at);
    let total = events.len() as u64;
    for (event, done) in events.into_iter().zip(0..) {
        tell(MonthStage::Meetings, done, total);
        let then = at(platform, event.at);
        let after = match event.after {
            After::Plan(on, starts_at) => AfterMeeting {
                next: Some(NewMeeting {
                    on,
                    starts_at,
                    minutes: 45,
                    kind: MeetingKind::Individual,
                    purpose: "Point sur le projet et les démarches".to_owned(),
                    place: "Agence".to_owned(),
                }),
                ..AfterMeeting::default()
            },
            After::Tell(on, status, drawn) => {
                let written = meeting::accompaniment(&then, event.actor, event.person).await?;
                let Some(planned) = written
                    .meetings
                    .iter()
                    .find(|fact| fact.valid.from == on && fact.value.status == MeetingStatus::Planned)
                else {
                    continue;
                };
                told(planned.value.number, status, on, drawn)
            }
        };
        meeting::after_meeting(&then, event.actor, event.person, after).await?;
    }
    Ok(())
}

fn told(number: Id<meeting::Number>, status: MeetingStatus, on: Date, drawn: u64) -> AfterMeeting {
    let attended = status == MeetingStatus::Attended;
    let drawn = mixed(drawn);
    let (note, step) = NOTES[usize::try_from(drawn).unwrap_or(0) % NOTES.len()];
    AfterMeeting {
        outcome: Some((number, status)),
        note: (attended && drawn.is_multiple_of(2)).then(|| (note.to_owned(), Secrecy::Shared)),
        step: (attended && drawn.is_multiple_of(3)).then(|| NewStep {
            text: step.to_owned(),
            by_whom: if drawn.is_multiple_of(2) { Doer::Person } else { Doer::Counsellor },
            due_on: Some(on.saturating_add(i64::from(u32::try_from(drawn % 40).unwrap_or(0)).days())),
        }),
        next: None,
    }
}

/// What is noted, and what comes next.
const NOTES: [(&str, &str); 6] = [
    ("Souhaite travailler dans la logistique, horaires décalés possibles.", "Envoyer le CV mis à jour"),
    ("Garde d’enfant trouvée à partir du mois prochain.", "Inscrire à l’atelier de recherche d’emploi"),
    ("Projet de formation d’aide-soignante à préciser.", "Prendre rendez-vous avec l’organisme de formation"),
    ("A refait ses démarches administratives avec l’aide de l’agence.", "Apporter l’attestation de la CAF"),
    ("Cherche un temps partiel près de chez elle ou de lui.", "Contacter deux employeurs du secteur"),
    ("Prêt·e pour une immersion dans un restaurant.", "Proposer une immersion"),
];

/// One person's next meeting: when it is planned, and what becomes of it when its day is past.
fn meeting_of<'a>(morning: &Platform, actor: &'a Actor, line: &FollowUp, today: Date) -> Vec<Event<'a>> {
    let drawn = drawn(line, 1 + line.individual_meetings.unsigned_abs());
    // A fifth are not called this month.
    if drawn.is_multiple_of(5) {
        return Vec::new();
    }
    let days = 3 + i64::try_from(drawn / 5 % 24).unwrap_or(0);
    let mut on = morning.today().saturating_add(days.days());
    while matches!(on.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday) {
        on = on.saturating_add(1.day());
    }
    let starts_at = 9 * 60 + i64::try_from(drawn / 120 % 14).unwrap_or(0) * 30;
    let person = line.person;
    // Called during the morning, one after the other.
    let called = SignedDuration::from_secs(i64::try_from(drawn % 10_000).unwrap_or(0));
    let plan = Event { at: morning.clock.now().plus(called), actor, person, after: After::Plan(on, starts_at) };
    let status = match drawn / 1_680 % 20 {
        0..=12 => MeetingStatus::Attended,
        13..=15 => MeetingStatus::Missed,
        16..=18 => MeetingStatus::Excused,
        // Nobody says what became of it.
        _ => return vec![plan],
    };
    if on >= today {
        return vec![plan];
    }
    let minutes = SignedDuration::from_mins(starts_at + 50);
    let tell = Event { at: Instant::start_of(on).plus(minutes), actor, person, after: After::Tell(on, status, drawn) };
    vec![plan, tell]
}
