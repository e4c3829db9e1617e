//! `/mon-parcours`: one's own calendar, on a phone first, and the secret address at which an agenda subscribes to it.

use askama::Template;
use axum::extract::{Path, RawForm, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::{Date, Instant};
use formats::calendar::{self as ics, Calendar, Event, Time};
use jiff::ToSpan;
use platform::gate::ActionKind;
use school::admission;
use school::cohort::{DayKind, Half, HalfHours, SessionState};
use school::contract::{self, CalendarSession, OwnCalendar};

use super::calendar::{badge, monday_of};
use super::{id, typed};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, Button, ButtonKind, Column, EmptyState, Flash, Fragment, Link, Notice, Row, Table, Tone,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::page;
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

pub const PATH: &str = "/mon-parcours";

/// How often agendas are asked to look again.
const REFRESH_HOURS: u32 = 4;

/// Days of the future shown first; the rest follows under its own title.
const SOON_DAYS: i32 = 14;

pub fn routes() -> Vec<Route> {
    let own = Policy::May(ActionKind::FollowOwnCourse);
    vec![
        Route::new(PATH, own, get(show)),
        Route::new("/mon-parcours/agenda", own, post(subscribe)),
        Route::new("/mon-parcours/agenda/{personne}/{adresse}/revoquer", own, post(revoke)),
        // Whoever holds the secret address holds the calendar: agendas cannot sign in.
        Route::new("/agenda/{secret}", Policy::Public, get(feed)),
    ]
}

/// My calendar.
#[derive(Template)]
#[template(path = "school/own.html")]
struct Own {
    layout: Layout,
    notices: Vec<Notice>,
    courses: Vec<Course>,
    empty: Option<EmptyState>,
    /// To the places to rank, when a cohort admitted whoever looks.
    choices: Option<Link>,
}

/// One cohort of mine.
struct Course {
    number: usize,
    name: String,
    today: Badge,
    /// The next half-days of class, in a sentence.
    next: String,
    /// What each week to come is for.
    weeks: Table,
    unconfirmed: bool,
    parts: [Stretch; 2],
    feeds: Table,
    subscribe: ActionForm,
}

/// Days under a title; folded when they are far.
struct Stretch {
    title: &'static str,
    folded: bool,
    days: Vec<Day>,
}

/// A day with its half-days.
struct Day {
    title: String,
    sessions: Vec<Shown>,
}

/// A half-day.
struct Shown {
    half: &'static str,
    hours: String,
    module: String,
    place: String,
    badge: Option<Badge>,
    reason: String,
}

pub async fn show(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    let calendars = contract::own_calendar(&app.platform, &signed.actor).await?;
    let today = app.platform.today();
    let mut courses = Vec::with_capacity(calendars.len());
    for (number, calendar) in calendars.iter().enumerate() {
        courses.push(course(&app, &signed, calendar, number + 1, today).await?);
    }
    let empty = courses.is_empty().then(|| {
        EmptyState::new(
            "Aucun calendrier",
            "Votre école ne vous a pas encore inscrit·e dans une promotion\u{a0}: demandez-lui.",
        )
    });
    let layout = signed.layout(&app, PATH, "Mon calendrier");
    let choices = choices(&app, &signed).await?;
    Ok(page(&Own { layout, notices: Vec::new(), courses, empty, choices }))
}

/// The link to one's choices of places, while some are to be made or were decided.
async fn choices(app: &App, signed: &Signed) -> Result<Option<Link>, Problem> {
    let choices = admission::own_choices(&app.platform, &signed.actor).await?;
    let open = choices.iter().any(|own| own.placement.is_none());
    let label = if open { "Classer les places offertes" } else { "Mon placement" };
    Ok((!choices.is_empty()).then(|| Link::new(super::own_choices::PATH, label).button(ButtonKind::Secondary)))
}

async fn course(
    app: &App,
    signed: &Signed,
    calendar: &OwnCalendar,
    number: usize,
    today: Date,
) -> Result<Course, Problem> {
    let kind = calendar.days.iter().find(|day| day.day == today).map(|day| &day.kind);
    let limit = today.checked_add(SOON_DAYS.days()).unwrap_or(today);
    let feeds = contract::own_feeds(&app.platform, &signed.actor, calendar.learner).await?;
    let rows = feeds.iter().map(|feed| {
        let href = format!("{PATH}/agenda/{}/{}/revoquer", calendar.learner, feed.id);
        Row::new([
            format!("Créée le {}", fr::moment(feed.created_at)).into(),
            ActionForm::new(href, Button::danger("Révoquer")).into(),
        ])
    });
    let table = Table::new(
        format!("adresses-{number}"),
        "Adresses d’agenda",
        [Column::text("Adresse"), Column::actions("Révoquer")],
        rows,
    )
    .caption_hidden()
    .empty(EmptyState::new(
        "Aucune adresse",
        "Créez-en une pour suivre votre calendrier dans l’agenda de votre téléphone.",
    ));
    Ok(Course {
        number,
        name: calendar.name.clone(),
        today: today_badge(kind, calendar, today),
        next: next(&calendar.sessions, today),
        weeks: weeks(number, calendar, today),
        unconfirmed: calendar.sessions.iter().any(|session| session.on >= today && session.hours.unconfirmed),
        parts: [
            Stretch {
                title: "Les deux prochaines semaines",
                folded: false,
                days: days(&calendar.sessions, |day| (today..limit).contains(&day)),
            },
            Stretch { title: "Plus tard", folded: true, days: days(&calendar.sessions, |day| day >= limit) },
        ],
        feeds: table,
        subscribe: ActionForm::new(format!("{PATH}/agenda"), Button::primary("Créer une adresse d’agenda"))
            .hidden("personne", calendar.learner.to_string()),
    })
}

fn today_badge(kind: Option<&DayKind>, calendar: &OwnCalendar, today: Date) -> Badge {
    let planned = |half| {
        calendar
            .sessions
            .iter()
            .any(|session| session.on == today && session.half == half && session.state == SessionState::Planned)
    };
    match (planned(Half::Morning), planned(Half::Afternoon)) {
        (true, true) => Badge::info("cours toute la journée"),
        (true, false) => Badge::info("cours le matin"),
        (false, true) => Badge::info("cours l’après-midi"),
        (false, false) => kind.map_or_else(|| Badge::neutral("hors de la promotion"), badge),
    }
}

/// « Prochain cours : lundi 23 novembre 2026, de 9 h à 12 h 30. »
fn next(sessions: &[CalendarSession], today: Date) -> String {
    let coming = sessions.iter().find(|session| session.on >= today && session.state == SessionState::Planned);
    match coming {
        Some(session) => {
            let hours = fr::hours(session.hours.from, session.hours.to);
            format!("Prochain cours\u{a0}: {}, {hours}.", fr::date_full(session.on))
        }
        None => "Aucun cours à venir.".to_owned(),
    }
}

/// The weeks to come: class, field, holidays, and how many half-days of class.
fn weeks(number: usize, calendar: &OwnCalendar, today: Date) -> Table {
    let coming: Vec<_> = calendar.days.iter().filter(|day| day.day >= monday_of(today)).collect();
    let rows = coming.chunk_by(|one, other| monday_of(one.day) == monday_of(other.day)).filter_map(|week| {
        let monday = monday_of(week.first()?.day);
        let worked = || week.iter().filter(|day| day.kind != DayKind::Weekend);
        let main = worked().find(|day| !matches!(day.kind, DayKind::PublicHoliday(_) | DayKind::Closed(_)));
        let main = main.or_else(|| worked().next())?;
        let of_week =
            |session: &&CalendarSession| monday_of(session.on) == monday && session.state == SessionState::Planned;
        let count = calendar.sessions.iter().filter(of_week).count() as u64;
        Some(Row::new([
            format!("Du {}", fr::date_long(monday)).into(),
            badge(&main.kind).into(),
            match count {
                0 => "—".into(),
                count => fr::count(count, "demi-journée", "demi-journées").into(),
            },
        ]))
    });
    let columns = [Column::text("Semaine"), Column::text("Où"), Column::text("Cours")];
    Table::new(format!("semaines-{number}"), "Mes semaines", columns, rows).caption_hidden()
}

fn days(sessions: &[CalendarSession], wanted: impl Fn(Date) -> bool) -> Vec<Day> {
    let kept: Vec<&CalendarSession> = sessions.iter().filter(|session| wanted(session.on)).collect();
    kept.chunk_by(|one, other| one.on == other.on)
        .map(|day| Day {
            title: fr::capitalised(&fr::date_full(day[0].on)),
            sessions: day.iter().map(|session| shown(session)).collect(),
        })
        .collect()
}

fn shown(session: &CalendarSession) -> Shown {
    let place: Vec<&str> =
        [session.trainer.as_str(), session.room.as_str()].into_iter().filter(|text| !text.is_empty()).collect();
    let badge = match (session.state, session.changes) {
        (SessionState::Cancelled, _) => Some(Badge::danger("annulée")),
        (SessionState::Planned, 0) => None,
        (SessionState::Planned, _) => Some(Badge::warning("modifiée")),
    };
    Shown {
        half: match session.half {
            Half::Morning => "Matin",
            Half::Afternoon => "Après-midi",
        },
        hours: fr::hours(session.hours.from, session.hours.to),
        module: session.module.clone(),
        place: place.join(", "),
        badge,
        reason: session.reason.clone(),
    }
}

/// A new address, told once: only its digest is kept.
async fn subscribe(
    State(app): State<App>,
    signed: Signed,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let form = typed(&body);
    let learner = id(form.get("personne").unwrap_or_default())?;
    let token = contract::create_feed(&app.platform, &signed.actor, learner).await?;
    let calendars = contract::own_calendar(&app.platform, &signed.actor).await?;
    let today = app.platform.today();
    let mut courses = Vec::with_capacity(calendars.len());
    for (number, calendar) in calendars.iter().enumerate() {
        courses.push(course(&app, &signed, calendar, number + 1, today).await?);
    }
    let address = format!("{}/agenda/{}", origin(&app, &headers), token.as_str());
    let text = Fragment::join([
        "Copiez-la maintenant\u{a0}: elle ne sera plus montrée. Dans votre agenda, choisissez «\u{a0}s’abonner à un calendrier\u{a0}» et collez-la. Qui la connaît voit votre calendrier\u{a0}: gardez-la pour vous, et révoquez-la si elle s’est perdue. ".into(),
        Fragment::with_detail("", address.as_str()),
    ]);
    let layout = signed.layout(&app, PATH, "Mon calendrier");
    let notices = vec![Notice::new(Tone::Ok, "Votre adresse d’agenda", text)];
    let choices = choices(&app, &signed).await?;
    Ok(page(&Own { layout, notices, courses, empty: None, choices }))
}

/// The address of this site, as browsers know it.
fn origin(app: &App, headers: &HeaderMap) -> String {
    let asked = || {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        format!("{}://{host}", if app.secure_cookies { "https" } else { "http" })
    };
    app.public_origin.clone().unwrap_or_else(asked)
}

async fn revoke(
    State(app): State<App>,
    signed: Signed,
    Path((learner, feed)): Path<(String, String)>,
) -> Result<Response, Problem> {
    contract::revoke_feed(&app.platform, &signed.actor, id(&learner)?, id(&feed)?).await?;
    Ok(redirect_with(Flash::success("L’adresse est révoquée\u{a0}: elle ne répond plus."), PATH))
}

/// The feed behind a secret address. Unknown and revoked answer alike.
async fn feed(State(app): State<App>, Path(secret): Path<String>) -> Result<Response, Problem> {
    let Some(sessions) = contract::feed_calendar(&app.platform, &secret).await? else {
        return Err(Problem::not_found());
    };
    let host = app.public_origin.as_deref().and_then(|origin| origin.split("//").nth(1)).unwrap_or("jonction.invalid");
    let text = ics::write(&calendar(&sessions, host, app.platform.now()));
    let headers = [(CONTENT_TYPE, ics::MEDIA_TYPE), (CACHE_CONTROL, "private, no-store")];
    Ok((StatusCode::OK, headers, text).into_response())
}

fn calendar(sessions: &[CalendarSession], host: &str, now: Instant) -> Calendar {
    let events = sessions.iter().map(|session| {
        let HalfHours { from: start, to: end, unconfirmed } = session.hours;
        let mut details = Vec::new();
        if !session.trainer.is_empty() {
            details.push(format!("Avec {}", session.trainer));
        }
        if !session.reason.is_empty() {
            details.push(session.reason.clone());
        }
        if unconfirmed {
            details.push("Horaires indicatifs\u{a0}: l’école ne les a pas encore confirmés.".to_owned());
        }
        Event {
            uid: format!("seance-{}@{host}", session.number),
            sequence: session.changes,
            changed: session.changed_at,
            time: Time::Hours { start: session.on.to_datetime(start), end: session.on.to_datetime(end) },
            title: session.module.clone(),
            place: (!session.room.is_empty()).then(|| session.room.clone()),
            details: Some(details.join("\n")),
            cancelled: session.state == SessionState::Cancelled,
        }
    });
    Calendar { name: "Cours".to_owned(), written: now, refresh_hours: REFRESH_HOURS, events: events.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Id;
    use jiff::civil::{date, time};

    fn session(number: i64, changes: u32, state: SessionState) -> CalendarSession {
        CalendarSession {
            number: Id::new(number),
            on: date(2026, 11, 23),
            half: Half::Morning,
            hours: HalfHours { from: time(9, 0, 0, 0), to: time(12, 30, 0, 0), unconfirmed: true },
            module: "Accueillir".to_owned(),
            trainer: "Samir Kaci".to_owned(),
            room: String::new(),
            state,
            reason: String::new(),
            changes,
            changed_at: Instant::from_micros(0),
        }
    }

    #[test]
    fn a_session_keeps_its_name_in_the_feed_whatever_happens_to_it() {
        let now = Instant::from_micros(0);
        let first = calendar(&[session(12, 0, SessionState::Planned)], "jonction.example", now);
        let cancelled = calendar(&[session(12, 2, SessionState::Cancelled)], "jonction.example", now);
        assert_eq!(first.events[0].uid, "seance-12@jonction.example");
        assert_eq!(first.events[0].uid, cancelled.events[0].uid);
        assert_eq!((first.events[0].sequence, cancelled.events[0].sequence), (0, 2));
        assert!(cancelled.events[0].cancelled && !first.events[0].cancelled);
    }

    #[test]
    fn days_hold_their_half_days_in_order() {
        let mut afternoon = session(13, 1, SessionState::Planned);
        afternoon.half = Half::Afternoon;
        let days = days(&[session(12, 0, SessionState::Planned), afternoon], |_| true);
        assert_eq!(days.len(), 1);
        assert_eq!(days[0].title, "Lundi 23\u{a0}novembre 2026");
        assert_eq!(days[0].sessions.iter().map(|shown| shown.half).collect::<Vec<_>>(), ["Matin", "Après-midi"]);
        assert!(days[0].sessions[0].badge.is_none() && days[0].sessions[1].badge.is_some());
    }
}
