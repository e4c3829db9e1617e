//! `/ecole/promotions/{id}/emploi-du-temps`: half-days of class week by week, planned by hand, printed.

use std::collections::HashMap;

use axum::extract::{Path, RawForm, RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use base::{Date, Id};
use exchange::documents::{Issue, Slot, TimetableDay, TimetableSheet, TimetableWeek};
use facts::Fact;
use jiff::ToSpan;
use platform::gate::ActionKind;
use school::cohort::{
    self, CalendarDay, CohortView, DayKind, Half, HalfHours, Module, NewSession, Room, RoomView, Session, Trainer,
    TrainerView,
};

use super::calendar::{badge, monday_of};
use super::{Part, Parts, cohort_path, cohort_tabs, day, id, mendable, typed};
use crate::app::App;
use crate::components::{
    Badge, Button, ButtonKind, Choice, Column, EmptyState, Field, Flash, Form, Fragment, Link, Pager, Query, Row, Table,
};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::problems::sentence;
use crate::session::{Signed, redirect_with};

/// A cohort with all that its timetable names.
pub(super) struct Timetable {
    pub(super) cohort: CohortView,
    modules: HashMap<String, Module>,
    trainers: Vec<TrainerView>,
    rooms: Vec<RoomView>,
    days: Vec<CalendarDay>,
    pub(super) sessions: Vec<Fact<Session>>,
}

impl Timetable {
    pub(super) async fn read(app: &App, signed: &Signed, own: &str) -> Result<Self, Problem> {
        let (platform, actor) = (&app.platform, &signed.actor);
        let cohort = cohort::show(platform, actor, id(own)?).await?;
        let of = cohort.record.id;
        let modules = cohort::modules(platform, actor, of).await?;
        Ok(Self {
            modules: modules.into_iter().map(|fact| (fact.value.code.clone(), fact.value)).collect(),
            trainers: cohort::trainers(platform, actor, cohort.record.organisation).await?,
            rooms: cohort::rooms(platform, actor, cohort.record.organisation).await?,
            days: cohort::calendar(platform, actor, of).await?,
            sessions: cohort::sessions(platform, actor, of).await?,
            cohort,
        })
    }

    pub(super) fn path(&self) -> String {
        format!("{}/emploi-du-temps", cohort_path(&self.cohort))
    }

    pub(super) fn module<'a>(&'a self, session: &'a Session) -> &'a str {
        self.module_name(&session.module)
    }

    /// The name of a module, or its code.
    pub(super) fn module_name<'a>(&'a self, code: &'a str) -> &'a str {
        self.modules.get(code).map_or(code, |module| module.name.as_str())
    }

    pub(super) fn trainer(&self, trainer: Option<Id<Trainer>>) -> Option<&str> {
        let view = self.trainers.iter().find(|view| Some(view.id) == trainer)?;
        Some(view.profile.value.name.as_str())
    }

    pub(super) fn room(&self, room: Option<Id<Room>>) -> Option<&str> {
        let view = self.rooms.iter().find(|view| Some(view.id) == room)?;
        Some(view.profile.value.name.as_str())
    }

    fn at(&self, day: Date, half: Half) -> impl Iterator<Item = &Fact<Session>> {
        self.sessions.iter().filter(move |fact| fact.valid.from == day && fact.value.half == half)
    }

    fn kind(&self, day: Date) -> Option<&DayKind> {
        self.days.iter().find(|known| known.day == day).map(|known| &known.kind)
    }

    /// The week asked for, or that of today, or the next one in class.
    fn week(&self, asked: Option<Date>, today: Date) -> Date {
        if let Some(day) = asked {
            return monday_of(day);
        }
        let in_class = |day: &&CalendarDay| matches!(day.kind, DayKind::Class | DayKind::Examination);
        let next = self.days.iter().find(|day| in_class(day) && day.day >= monday_of(today));
        next.or_else(|| self.days.iter().rfind(in_class))
            .map_or_else(|| monday_of(self.cohort.first_day()), |day| monday_of(day.day))
    }

    /// The Mondays of weeks with class, in order.
    fn class_weeks(&self) -> Vec<Date> {
        let in_class = self.days.iter().filter(|day| matches!(day.kind, DayKind::Class | DayKind::Examination));
        let mut weeks: Vec<Date> = in_class.map(|day| monday_of(day.day)).collect();
        weeks.dedup();
        weeks
    }
}

fn offset(day: Date, days: i32) -> Date {
    day.checked_add(days.days()).unwrap_or(day)
}

pub async fn show(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let timetable = Timetable::read(&app, &signed, &own).await?;
    let asked = Query::parse(query.as_deref()).get("semaine").and_then(|day| day.parse().ok());
    let monday = timetable.week(asked, app.platform.today());
    let mut drawn = draw(&app, &signed, &timetable, monday, &Query::default(), None).await?;
    if signed.may(ActionKind::ManageSchool) {
        let disturbed = cohort::disturbed_sessions(&app.platform, &signed.actor, timetable.cohort.record.id).await?;
        drawn.notices.extend(super::proposal::disturbed_notice(disturbed.len(), &timetable.path()));
    }
    Ok(page(&drawn))
}

async fn draw(
    app: &App,
    signed: &Signed,
    timetable: &Timetable,
    monday: Date,
    sent: &Query,
    problem: Option<String>,
) -> Result<Parts, Problem> {
    let path = timetable.path();
    let may = signed.may(ActionKind::ManageSchool);
    let rows = (0..5).map(|number| {
        let day = offset(monday, number);
        let half = |half| half_day(timetable, (day, half), may, app.platform.today());
        Row::new([fr::date_day(day).into(), half(Half::Morning), half(Half::Afternoon)])
    });
    let weeks = timetable.class_weeks();
    let week_href = |week: Option<&Date>| week.map(|week| format!("{path}?semaine={week}"));
    let pager = Pager::new(format!("Semaine du {}", fr::date_long(monday)))
        .previous(week_href(weeks.iter().rev().find(|week| **week < monday)))
        .next(week_href(weeks.iter().find(|week| **week > monday)));
    let columns = [Column::text("Jour"), Column::text("Matin"), Column::text("Après-midi")];
    let table = Table::new("semaine", format!("Semaine du {}", fr::date_long(monday)), columns, rows)
        .caption_hidden()
        .pager(pager);
    let mut parts = vec![Part::new("semaine", format!("Semaine du {}", fr::date_long(monday)), [table.into()])];
    if may {
        parts.push(Part::new("prevoir", "Prévoir une séance", [plan_form(timetable, monday, sent, problem)]));
    }
    parts.push(Part::new("modules", "Où en est chaque module", [progress(timetable, app.platform.today()).into()]));
    parts.push(Part::new("decisions", "Qui l’a décidé", [decisions(app, signed, timetable).await?]));
    let layout = signed
        .layout(app, &path, "Emploi du temps")
        .crumb("École", super::PATH)
        .crumb(timetable.cohort.profile.value.name.as_str(), cohort_path(&timetable.cohort));
    let mut page = Parts::new(layout, parts);
    page.tabs = Some(cohort_tabs(signed, &timetable.cohort, &path));
    if may {
        let href = format!("{path}/proposition");
        page.actions.push(Link::new(href, "Proposer un emploi du temps").button(ButtonKind::Primary).into());
    }
    let sheet = Link::new(format!("{path}/feuille"), "Emploi du temps à imprimer (PDF)");
    page.actions.push(sheet.button(ButtonKind::Secondary).into());
    Ok(page)
}

/// Decisions shown: the last ones.
const DECISIONS: usize = 10;

/// Who wrote the timetable, the last decision first.
async fn decisions(app: &App, signed: &Signed, timetable: &Timetable) -> Result<Fragment, Problem> {
    let (platform, actor) = (&app.platform, &signed.actor);
    let mut decisions = cohort::planning_decisions(platform, actor, timetable.cohort.record.id).await?;
    decisions.truncate(DECISIONS);
    let accounts: Vec<_> = decisions.iter().filter_map(|decision| decision.by).collect();
    let names = school::accounts::names(platform, actor, &accounts).await?;
    let rows = decisions.iter().map(|decision| {
        let told = [
            (decision.planned, "demi-journée prévue", "demi-journées prévues"),
            (decision.moved, "changée", "changées"),
            (decision.cancelled, "annulée", "annulées"),
        ];
        let told = told.into_iter().filter(|(count, ..)| *count > 0);
        let told: Vec<String> = told.map(|(count, one, many)| fr::count(count as u64, one, many)).collect();
        Row::new([
            fr::capitalised(&fr::moment(decision.at)).into(),
            decision.by.and_then(|by| names.get(&by)).map_or("Jonction", String::as_str).into(),
            told.join(", ").into(),
        ])
    });
    let columns = [Column::text("Le"), Column::text("Par"), Column::text("Quoi")];
    Ok(Table::new("decisions", "Qui l’a décidé", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Rien n’est décidé", "Une proposition acceptée ou une séance prévue s’inscrit ici."))
        .into())
}

/// What takes place in a half-day; why nothing does.
fn half_day(timetable: &Timetable, (day, half): (Date, Half), may: bool, today: Date) -> Fragment {
    let shown: Vec<Fragment> = timetable.at(day, half).map(|fact| shown(timetable, fact, may, day <= today)).collect();
    if !shown.is_empty() {
        return Fragment::join(shown);
    }
    match timetable.kind(day) {
        None => "hors de la promotion".into(),
        Some(DayKind::Class | DayKind::Examination) => "libre".into(),
        Some(kind) => badge(kind).into(),
    }
}

fn shown(timetable: &Timetable, fact: &Fact<Session>, may: bool, begun: bool) -> Fragment {
    let session = &fact.value;
    let name = timetable.module(session);
    let title: Fragment = match may && session.is_planned() {
        true => Link::new(format!("{}/seances/{}", cohort_path(&timetable.cohort), session.number), name).into(),
        false => name.into(),
    };
    let who = timetable.trainer(session.trainer).unwrap_or("sans formateur");
    let place = timetable.room(session.room).unwrap_or("sans salle");
    let line = Fragment::with_detail(title, format!("{who}, {place}"));
    match session.is_planned() {
        true if may && begun => {
            let href = format!("{}/seances/{}/appel", cohort_path(&timetable.cohort), session.number);
            let when = format!("{} {}", fr::date_long(fact.valid.from), session.half.label());
            Fragment::join([line, Fragment::with_detail("", Link::new(href, "Appel").context(when))])
        }
        true => line,
        false => {
            Fragment::join([Badge::danger("annulée").into(), line, Fragment::with_detail("", session.reason.as_str())])
        }
    }
}

/// Half-days of each module: asked for, planned, held.
fn progress(timetable: &Timetable, today: Date) -> Table {
    let mut modules: Vec<&Module> = timetable.modules.values().collect();
    modules.sort_by(|one, other| one.code.cmp(&other.code));
    let rows = modules.into_iter().map(|module| {
        let planned =
            timetable.sessions.iter().filter(|fact| fact.value.is_planned() && fact.value.module == module.code);
        let (count, done) = (planned.clone().count(), planned.filter(|fact| fact.valid.from < today).count());
        let missing = module.half_days - i64::try_from(count).unwrap_or(i64::MAX);
        let state = match missing {
            0 => Badge::ok("complet"),
            missing if missing > 0 => {
                Badge::warning(fr::count(missing.unsigned_abs(), "demi-journée à placer", "demi-journées à placer"))
            }
            over => Badge::danger(fr::count(over.unsigned_abs(), "demi-journée de trop", "demi-journées de trop")),
        };
        Row::new([
            Fragment::with_detail(module.name.as_str(), module.code.as_str()),
            fr::number(module.half_days).into(),
            fr::number(count).into(),
            fr::number(done).into(),
            state.into(),
        ])
    });
    let columns = [
        Column::text("Module"),
        Column::number("Au programme"),
        Column::number("Prévues"),
        Column::number("Tenues"),
        Column::text("État"),
    ];
    Table::new("avancement", "Où en est chaque module", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Aucun module", "Le programme de la promotion est vide."))
}

pub(super) fn halves() -> impl Iterator<Item = Choice> {
    Half::ALL.iter().map(|half| Choice::new(half.as_code(), fr::capitalised(half.label())))
}

pub(super) fn trainer_choices(timetable: &Timetable) -> impl Iterator<Item = Choice> {
    let known =
        timetable.trainers.iter().map(|view| Choice::new(view.id.to_string(), view.profile.value.name.as_str()));
    std::iter::once(Choice::new("", "À désigner")).chain(known)
}

pub(super) fn room_choices(timetable: &Timetable) -> impl Iterator<Item = Choice> {
    let known = timetable.rooms.iter().map(|view| Choice::new(view.id.to_string(), view.profile.value.name.as_str()));
    std::iter::once(Choice::new("", "À désigner")).chain(known)
}

fn plan_form(timetable: &Timetable, monday: Date, sent: &Query, problem: Option<String>) -> Fragment {
    if timetable.modules.is_empty() {
        return "Le programme est vide\u{a0}: ajoutez-y d’abord des modules.".into();
    }
    let mut modules: Vec<&Module> = timetable.modules.values().collect();
    modules.sort_by(|one, other| one.code.cmp(&other.code));
    let modules = modules
        .into_iter()
        .map(|module| Choice::new(module.code.as_str(), format!("{} · {}", module.code, module.name)));
    let value = |name: &str, other: String| sent.get(name).map_or(other, str::to_owned);
    Form::post(format!("{}/seances", timetable.path()))
        .without_focus()
        .problem(problem)
        .field(Field::date("le", "Jour").value(value("le", monday.to_string())).required())
        .field(
            Field::select("moitie", "Demi-journée", halves()).value(value("moitie", "morning".to_owned())).required(),
        )
        .field(Field::select("module", "Module", modules).value(value("module", String::new())).required())
        .field(
            Field::select("formateur", "Formateur ou formatrice", trainer_choices(timetable))
                .value(value("formateur", String::new())),
        )
        .field(Field::select("salle", "Salle", room_choices(timetable)).value(value("salle", String::new())))
        .button(Button::primary("Prévoir cette séance"))
        .into()
}

pub(super) fn read_session(form: &Query, module: &str) -> Result<NewSession, String> {
    Ok(NewSession {
        on: day(form, "le", "le jour de la séance")?,
        half: form.get("moitie").and_then(Half::from_code).ok_or("Choisissez le matin ou l’après-midi.")?,
        module: module.to_owned(),
        trainer: form.get("formateur").and_then(|text| text.parse().ok()),
        room: form.get("salle").and_then(|text| text.parse().ok()),
    })
}

pub async fn plan(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let form = typed(&body);
    let timetable = Timetable::read(&app, &signed, &own).await?;
    let monday = timetable.week(form.get("le").and_then(|day| day.parse().ok()), app.platform.today());
    let answer = match read_session(&form, form.get("module").unwrap_or_default()) {
        Err(problem) => Err(problem),
        Ok(new) => {
            match cohort::plan_sessions(&app.platform, &signed.actor, timetable.cohort.record.id, &[new]).await {
                Ok(_) => Ok(()),
                Err(error) => Err(mendable(error)?),
            }
        }
    };
    match answer {
        Ok(()) => {
            let href = format!("{}?semaine={monday}", timetable.path());
            Ok(redirect_with(Flash::success("La séance est prévue."), &href))
        }
        Err(problem) => Ok(to_mend(&draw(&app, &signed, &timetable, monday, &form, Some(problem)).await?)),
    }
}

/// A PDF, shown by the browser under this name.
pub(super) fn pdf(document: &print::Document, name: &str) -> Result<Response, Problem> {
    let bytes = document.render().map_err(|error| {
        Problem::new(
            axum::http::StatusCode::UNPROCESSABLE_ENTITY,
            "Ce document ne peut pas être imprimé",
            sentence(&error.to_string()),
        )
    })?;
    let disposition = format!("inline; filename=\"{name}.pdf\"");
    Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

/// The whole timetable, printed.
pub async fn sheet(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let timetable = Timetable::read(&app, &signed, &own).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let cohort = &timetable.cohort;
    let hours = cohort::hours(&app.platform, &signed.actor, cohort.record.organisation).await?;
    let slot = |day, half| {
        let sessions: Vec<&Fact<Session>> = timetable.at(day, half).collect();
        // What takes place, rather than what was cancelled before it.
        let fact = sessions.iter().find(|fact| fact.value.is_planned()).or_else(|| sessions.first())?;
        let HalfHours { from, to, .. } = hours.on(day, half);
        Some(Slot {
            hours: fr::hours(from, to),
            module: timetable.module(&fact.value).to_owned(),
            trainer: timetable.trainer(fact.value.trainer).map(str::to_owned),
            room: timetable.room(fact.value.room).map(str::to_owned),
            cancelled: !fact.value.is_planned(),
        })
    };
    let weeks = timetable.class_weeks().into_iter().map(|monday| {
        let days = (0..5).map(|number| offset(monday, number)).map(|day| TimetableDay {
            day,
            note: match timetable.kind(day) {
                Some(DayKind::PublicHoliday(name)) => Some(format!("Férié\u{a0}: {name}")),
                Some(DayKind::Closed(label)) => Some(format!("École fermée\u{a0}: {label}")),
                _ => None,
            },
            morning: slot(day, Half::Morning),
            afternoon: slot(day, Half::Afternoon),
        });
        TimetableWeek { monday, kind: "À l’école".to_owned(), days: days.collect() }
    });
    let sheet = TimetableSheet {
        issue: Issue {
            issuer: names.name(cohort.record.organisation).to_owned(),
            day: app.platform.today(),
            reference: cohort.record.code.clone(),
        },
        whose: cohort.profile.value.name.clone(),
        period: cohort.profile.valid,
        hours_unconfirmed: timetable.sessions.iter().any(|fact| hours.on(fact.valid.from, fact.value.half).unconfirmed),
        weeks: weeks.collect(),
        to_verify: Vec::new(),
    };
    pdf(&sheet.document(), "emploi-du-temps")
}
