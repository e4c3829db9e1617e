//! `/agence/equipe`: who accompanies, how much of their time, who is away. No reason of health is ever asked.

use askama::Template;
use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use base::{Date, Id, Period};
use facts::Fact;
use platform::gate::{FollowPeople, permit};
use platform::{Account, Reach};
use support::caseload::{self, Absence, AbsenceKind, Staff, WorkingTime};
use support::follow_up::{self, CounsellorLoad};

use super::{PATH as BOARD, account, heaviest, load_bar, state, tabs};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, Button, Choice, Column, EmptyState, Field, Flash, Form, Fragment, Link, Query, Row, Table, Tabs,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::follow_words::people_count;
use crate::pages::{page, to_mend};
use crate::problems::sentence;
use crate::session::{Signed, redirect_with};

pub const PATH: &str = "/agence/equipe";

/// Everybody.
#[derive(Template)]
#[template(path = "agency/team.html")]
struct Team {
    layout: Layout,
    tabs: Option<Tabs>,
    table: Table,
}

/// One of them.
#[derive(Template)]
#[template(path = "agency/colleague.html")]
struct Colleague {
    layout: Layout,
    badge: Option<Fragment>,
    hand_over: Option<Link>,
    working_time: Form,
    times: Table,
    absence: Form,
    absences: Table,
}

async fn loads(app: &App, signed: &Signed) -> Result<Vec<CounsellorLoad>, Problem> {
    let Reach::Structure(structure) = permit::<FollowPeople>(&signed.actor)?.reach() else {
        return Err(Problem::forbidden("Ce mandat n’est pas celui d’une structure."));
    };
    Ok(follow_up::loads(&app.platform, &signed.actor, structure).await?)
}

fn percent(hundredths: i64) -> String {
    fr::percent(hundredths as f64 / 100.0, 0)
}

pub async fn list(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    let mut loads = loads(&app, &signed).await?;
    loads.sort_by(|one, other| one.staff.name.cmp(&other.staff.name));
    let most = heaviest(&loads);
    let columns = [
        Column::text("Nom"),
        Column::text("Fonction"),
        Column::number("Temps de travail"),
        Column::text("Présence"),
        Column::number("Personnes"),
        Column::text("Charge pour un temps plein"),
    ];
    let rows = loads.iter().map(|load| {
        let staff = &load.staff;
        Row::new([
            Link::new(format!("{PATH}/{}", staff.account), staff.name.as_str()).into(),
            fr::capitalised(staff.role.label()).into(),
            percent(staff.working_time).into(),
            state(staff).unwrap_or_else(|| Badge::ok("présent·e").into()),
            fr::number(load.people).into(),
            load_bar(load.per_full_time, most),
        ])
    });
    let empty = EmptyState::new(
        "Personne dans l’équipe aujourd’hui",
        "L’équipe vient des mandats\u{a0}: demandez à l’administration du département d’en donner un à chaque référent.",
    );
    let layout = signed
        .layout(&app, PATH, "Équipe")
        .crumb("Tableau de bord", BOARD)
        .lead("Temps de travail et absences, datés\u{a0}: ils pèsent dans la répartition des personnes.");
    let table = Table::new("equipe", "Équipe", columns, rows).caption_hidden().empty(empty);
    Ok(page(&Team { layout, tabs: tabs(&signed, PATH), table }))
}

/// What was typed and what is to be mended, form by form.
#[derive(Default)]
struct Sent {
    time: Query,
    time_error: Option<String>,
    absence: Query,
    absence_error: Option<(&'static str, String)>,
}

async fn find(app: &App, signed: &Signed, account: Id<Account>) -> Result<CounsellorLoad, Problem> {
    let loads = loads(app, signed).await?;
    loads.into_iter().find(|load| load.staff.account == account).ok_or_else(Problem::not_found)
}

async fn draw(app: &App, signed: &Signed, account: Id<Account>, sent: Sent) -> Result<Colleague, Problem> {
    let CounsellorLoad { staff, people, .. } = find(app, signed, account).await?;
    let times = caseload::working_times(&app.platform, &signed.actor, account).await?;
    let absences = caseload::absences(&app.platform, &signed.actor, account).await?;
    let today = app.platform.today();
    let path = format!("{PATH}/{account}");
    let hand_over = (people > 0).then(|| {
        let label = format!("Passer le relais ({})", people_count(people));
        Link::new(format!("/agence/repartition?referent={account}&tout=oui"), label)
            .button(crate::components::ButtonKind::Secondary)
    });
    let layout = signed
        .layout(app, &path, &staff.name)
        .crumb("Tableau de bord", BOARD)
        .crumb("Équipe", PATH)
        .lead(fr::capitalised(staff.role.label()));
    Ok(Colleague {
        layout,
        badge: state(&staff),
        hand_over,
        working_time: time_form(&path, &staff, &sent, today),
        times: times_table(&times),
        absence: absence_form(&path, &sent, today),
        absences: absences_table(&path, &absences, today),
    })
}

pub async fn show(State(app): State<App>, signed: Signed, Path(compte): Path<String>) -> Result<Response, Problem> {
    Ok(page(&draw(&app, &signed, account(&compte)?, Sent::default()).await?))
}

fn time_form(path: &str, staff: &Staff, sent: &Sent, today: Date) -> Form {
    let typed = |name: &str, known: String| sent.time.get(name).map_or(known, str::to_owned);
    Form::post(format!("{path}/temps"))
        .without_focus()
        .field(
            Field::digits("temps", "Temps de travail consacré à l’accompagnement")
                .hint("En pour cent d’un temps plein, de 0 à 100.")
                .value(typed("temps", staff.working_time.to_string()))
                .error(sent.time_error.as_ref())
                .required(),
        )
        .field(Field::date("depuis", "À partir du").value(typed("depuis", today.to_string())).required())
        .button(Button::primary("Enregistrer le temps de travail"))
}

fn absence_form(path: &str, sent: &Sent, today: Date) -> Form {
    let typed = |name: &str, known: String| sent.absence.get(name).map_or(known, str::to_owned);
    let error = |field: &str| sent.absence_error.as_ref().filter(|(of, _)| *of == field).map(|(_, why)| why.as_str());
    let kinds = AbsenceKind::ALL.iter().map(|kind| Choice::new(kind.as_code(), fr::capitalised(kind.label())));
    Form::post(format!("{path}/absences"))
        .without_focus()
        .problem(error("").map(str::to_owned))
        .field(
            Field::select("nature", "Nature", kinds)
                .value(typed("nature", AbsenceKind::Leave.as_code().to_owned()))
                .hint("Jamais de raison de santé, ni ici ni ailleurs."),
        )
        .field(Field::date("du", "Premier jour").value(typed("du", today.to_string())).error(error("du")).required())
        .field(
            Field::date("au", "Dernier jour")
                .value(typed("au", String::new()))
                .error(error("au"))
                .hint("Laissez vide si la date de retour n’est pas connue, ou pour un départ."),
        )
        .button(Button::primary("Noter l’absence"))
}

fn times_table(times: &[Fact<WorkingTime>]) -> Table {
    let columns = [Column::text("Période"), Column::number("Temps de travail")];
    let rows = times
        .iter()
        .map(|fact| Row::new([fr::capitalised(&fr::period(fact.valid)).into(), percent(fact.value.hundredths).into()]));
    Table::new("temps", "Temps de travail noté", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Rien de noté", "Sans indication, un temps plein est compté."))
}

fn absences_table(path: &str, absences: &[Fact<Absence>], today: Date) -> Table {
    let columns = [Column::text("Période"), Column::text("Nature"), Column::actions("Terminer")];
    let rows = absences.iter().map(|fact| {
        let goes_on = fact.valid.to.is_none_or(|to| to > today);
        let label = if fact.valid.from > today { "Retirer" } else { "De retour aujourd’hui" };
        let end = ActionForm::new(format!("{path}/absences/{}/fin", fact.id), Button::secondary(label));
        Row::new([
            fr::capitalised(&fr::period(fact.valid)).into(),
            fr::capitalised(fact.value.kind.label()).into(),
            goes_on.then_some(end).into(),
        ])
    });
    Table::new("absences", "Absences", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Aucune absence notée", "Une absence notée ici retire la personne des répartitions."))
}

pub async fn set_working_time(
    State(app): State<App>,
    signed: Signed,
    Path(compte): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let account = account(&compte)?;
    let form = Query::parse(std::str::from_utf8(&body).ok());
    let hundredths = form.get("temps").and_then(|text| text.trim().trim_end_matches('%').trim().parse::<i64>().ok());
    let from = form.get("depuis").and_then(|day| day.parse::<Date>().ok());
    let answer = match (hundredths, from) {
        (Some(hundredths), Some(from)) => {
            caseload::set_working_time(&app.platform, &signed.actor, account, from, hundredths).await
        }
        (None, _) => Err(support::Error::Invalid("écrivez un nombre de 0 à 100".to_owned())),
        (_, None) => Err(support::Error::Invalid("choisissez le jour à partir duquel il vaut".to_owned())),
    };
    match answer {
        Ok(written) => {
            let path = format!("{PATH}/{account}");
            let flash = match written {
                Some(written) => Flash::success("Le temps de travail est enregistré.")
                    .undo(format!("{path}/temps/{written}/annuler")),
                None => Flash::success("Ce temps de travail était déjà noté."),
            };
            Ok(redirect_with(flash, &path))
        }
        Err(support::Error::Invalid(why)) => {
            let sent = Sent { time: form, time_error: Some(sentence(&why)), ..Sent::default() };
            Ok(to_mend(&draw(&app, &signed, account, sent).await?))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn undo_working_time(
    State(app): State<App>,
    signed: Signed,
    Path((compte, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let account = account(&compte)?;
    let written: Id<WorkingTime> = id.parse().map_err(|_| Problem::not_found())?;
    let flash = match caseload::undo_working_time(&app.platform, &signed.actor, account, written).await {
        Ok(()) => Flash::success("Le temps de travail d’avant vaut de nouveau."),
        Err(support::Error::Invalid(why)) => Flash::failure(sentence(&why)),
        Err(error) => return Err(error.into()),
    };
    Ok(redirect_with(flash, &format!("{PATH}/{account}")))
}

/// The period and the nature typed, or what to mend.
fn typed_absence(form: &Query) -> Result<(Period, AbsenceKind), (&'static str, String)> {
    let kind = form
        .get("nature")
        .and_then(AbsenceKind::from_code)
        .ok_or(("", "Choisissez la nature de l’absence.".to_owned()))?;
    let from = form
        .get("du")
        .and_then(|day| day.parse::<Date>().ok())
        .ok_or(("du", "Écrivez le premier jour de l’absence, comme 22/11/2026.".to_owned()))?;
    let last = form
        .get("au")
        .map(|day| day.parse::<Date>().map_err(|_| ("au", "Ce dernier jour n’est pas une date.".to_owned())))
        .transpose()?;
    let to = last.map(|last| last.tomorrow().unwrap_or(last));
    let valid =
        Period::new(from, to).ok_or(("au", "Le dernier jour ne peut pas venir avant le premier.".to_owned()))?;
    Ok((valid, kind))
}

pub async fn add_absence(
    State(app): State<App>,
    signed: Signed,
    Path(compte): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let account = account(&compte)?;
    let form = Query::parse(std::str::from_utf8(&body).ok());
    let (valid, kind) = match typed_absence(&form) {
        Ok(typed) => typed,
        Err(problem) => {
            let sent = Sent { absence: form, absence_error: Some(problem), ..Sent::default() };
            return Ok(to_mend(&draw(&app, &signed, account, sent).await?));
        }
    };
    caseload::set_absence(&app.platform, &signed.actor, account, valid, kind, "").await?;
    let path = format!("{PATH}/{account}");
    let absences = caseload::absences(&app.platform, &signed.actor, account).await?;
    let told = if kind == AbsenceKind::Departure { "Le départ est noté." } else { "L’absence est notée." };
    let mut flash = Flash::success(told);
    if let Some(added) = absences.iter().find(|fact| fact.valid.from == valid.from) {
        flash = flash.undo(format!("{path}/absences/{}/annuler", added.id));
    }
    Ok(redirect_with(flash, &path))
}

/// The absence of the path, and the day it begins.
async fn absence(app: &App, signed: &Signed, account: Id<Account>, id: &str) -> Result<Fact<Absence>, Problem> {
    let id: Id<Absence> = id.parse().map_err(|_| Problem::not_found())?;
    let absences = caseload::absences(&app.platform, &signed.actor, account).await?;
    absences.into_iter().find(|fact| fact.id == id).ok_or_else(Problem::not_found)
}

pub async fn end_absence(
    State(app): State<App>,
    signed: Signed,
    Path((compte, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let account = account(&compte)?;
    let absence = absence(&app, &signed, account, &id).await?;
    let today = app.platform.today();
    caseload::end_absence(&app.platform, &signed.actor, account, absence.id, today).await?;
    let told =
        if absence.valid.from > today { "L’absence est retirée." } else { "L’absence se termine aujourd’hui." };
    Ok(redirect_with(Flash::success(told), &format!("{PATH}/{account}")))
}

/// As if it had never been written down.
pub async fn withdraw_absence(
    State(app): State<App>,
    signed: Signed,
    Path((compte, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let account = account(&compte)?;
    let absence = absence(&app, &signed, account, &id).await?;
    caseload::end_absence(&app.platform, &signed.actor, account, absence.id, absence.valid.from).await?;
    Ok(redirect_with(Flash::success("L’absence est retirée."), &format!("{PATH}/{account}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_last_day_typed_is_in_the_absence() {
        let typed = |query: &str| typed_absence(&Query::parse(Some(query)));
        let (valid, kind) = typed("nature=leave&du=2026-11-23&au=2026-11-27").unwrap();
        assert_eq!((valid.last_day(), kind), (Some(date(2026, 11, 27)), AbsenceKind::Leave));
        assert_eq!(typed("nature=sickness&du=2026-11-23").unwrap().0, Period::since(date(2026, 11, 23)));
        assert_eq!(typed("nature=leave&du=2026-11-23&au=2026-11-22").unwrap_err().0, "au");
        assert_eq!(typed("nature=leave&du=hier").unwrap_err().0, "du");
        assert_eq!(typed("nature=x&du=2026-11-23").unwrap_err().0, "");
    }
}
