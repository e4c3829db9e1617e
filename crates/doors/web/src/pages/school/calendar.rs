//! `/ecole/promotions/{id}/calendrier`: weeks in class, in the field, off; proposed by the rhythm of the school.

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use base::{Date, Period};
use jiff::ToSpan;
use platform::gate::ActionKind;
use school::cohort::{self, CalendarDay, CohortView, DayKind, WeekKind};

use super::{Part, Parts, cohort_path, cohort_tabs, day, id, mendable, typed, whole};
use crate::app::App;
use crate::components::{
    Badge, Button, ButtonKind, Choice, Column, EmptyState, Field, Flash, Form, Fragment, Link, Query, Row, Table,
};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

/// What a day is, in a word.
pub(super) fn badge(kind: &DayKind) -> Badge {
    match kind {
        DayKind::Class => Badge::info("en cours"),
        DayKind::Field => Badge::ok("sur le terrain"),
        DayKind::Examination => Badge::warning("en examen"),
        DayKind::Holiday => Badge::neutral("en congés"),
        DayKind::PublicHoliday(name) => Badge::neutral(format!("férié\u{a0}: {name}")),
        DayKind::Closed(label) => Badge::neutral(format!("école fermée\u{a0}: {label}")),
        DayKind::Weekend => Badge::neutral("fin de semaine"),
        DayKind::Unplanned => Badge::danger("rien de prévu"),
    }
}

/// Weeks that are alike, and what stands out in them.
struct Span {
    first: Date,
    last: Date,
    weeks: u64,
    kind: DayKind,
    /// Public holidays and closures.
    exceptions: Vec<String>,
}

pub(super) fn monday_of(day: Date) -> Date {
    day.checked_sub(i32::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day)
}

/// Days gathered by weeks, then weeks alike gathered.
fn spans(days: &[CalendarDay]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for week in days.chunk_by(|one, other| monday_of(one.day) == monday_of(other.day)) {
        let (Some(first), Some(last)) = (week.first(), week.last()) else { continue };
        let worked = week.iter().filter(|day| day.kind != DayKind::Weekend);
        let main = worked
            .clone()
            .find(|day| !matches!(day.kind, DayKind::PublicHoliday(_) | DayKind::Closed(_)))
            .or_else(|| worked.clone().next());
        let Some(main) = main else { continue };
        let exceptions = worked.filter(|day| day.kind != main.kind).filter_map(|day| match &day.kind {
            DayKind::PublicHoliday(name) => Some(format!("{name} le {}", fr::date_long(day.day))),
            DayKind::Closed(label) => Some(format!("{label} le {}", fr::date_long(day.day))),
            _ => None,
        });
        let exceptions: Vec<String> = exceptions.collect();
        match spans.last_mut() {
            Some(span) if span.kind == main.kind => {
                span.last = last.day;
                span.weeks += 1;
                span.exceptions.extend(exceptions);
            }
            _ => spans.push(Span { first: first.day, last: last.day, weeks: 1, kind: main.kind.clone(), exceptions }),
        }
    }
    spans
}

pub async fn show(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let cohort = cohort::show(&app.platform, &signed.actor, id(&own)?).await?;
    Ok(page(&draw(&app, &signed, &cohort, &Query::default(), None).await?))
}

async fn draw(
    app: &App,
    signed: &Signed,
    cohort: &CohortView,
    sent: &Query,
    problem: Option<String>,
) -> Result<Parts, Problem> {
    let days = cohort::calendar(&app.platform, &signed.actor, cohort.record.id).await?;
    let path = format!("{}/calendrier", cohort_path(cohort));
    let may = signed.may(ActionKind::ManageSchool);
    let rows = spans(&days).into_iter().map(|span| {
        Row::new([
            format!("Du {} au {}", fr::date_long(span.first), fr::date_long(span.last)).into(),
            fr::count(span.weeks, "semaine", "semaines").into(),
            badge(&span.kind).into(),
            if span.exceptions.is_empty() { "—".into() } else { span.exceptions.join("\u{a0}; ").into() },
        ])
    });
    let columns = [
        Column::text("Période"),
        Column::text("Durée"),
        Column::text("La promotion est"),
        Column::text("Jours fériés et fermetures"),
    ];
    let table = Table::new("semaines", "Semaines", columns, rows).caption_hidden();
    let mut pieces: Vec<Fragment> = vec![table.into()];
    if may {
        let kinds = WeekKind::ALL.iter().map(|kind| Choice::new(kind.as_code(), kind.label()));
        let value = |name: &str, other: &str| sent.get(name).unwrap_or(other).to_owned();
        pieces.push(
            Form::post(format!("{path}/semaines"))
                .without_focus()
                .problem(problem)
                .field(
                    Field::date("du", "Première semaine")
                        .value(value("du", ""))
                        .hint("N’importe quel jour de la semaine.")
                        .required(),
                )
                .field(Field::digits("nombre", "Nombre de semaines").value(value("nombre", "1")).required())
                .field(
                    Field::select("nature", "Ce que fait la promotion", kinds)
                        .value(value("nature", "class"))
                        .required(),
                )
                .button(Button::primary("Enregistrer ces semaines"))
                .into(),
        );
    }
    let layout = signed
        .layout(app, &path, "Calendrier")
        .crumb("École", super::PATH)
        .crumb(cohort.profile.value.name.as_str(), cohort_path(cohort))
        .lead("Semaines de cours, de terrain et de congés\u{a0}; les jours fériés et les fermetures s’y ajoutent.");
    let mut parts = Parts::new(layout, vec![Part::new("semaines", "Semaines", pieces)]);
    parts.tabs = Some(cohort_tabs(signed, cohort, &path));
    if may {
        let href = format!("{path}/rythme");
        parts.actions = vec![Link::new(href, "Proposer un calendrier").button(ButtonKind::Secondary).into()];
    }
    Ok(parts)
}

fn read_weeks(form: &Query) -> Result<(Period, WeekKind), String> {
    let kind = form.get("nature").and_then(WeekKind::from_code).ok_or("Choisissez ce que fait la promotion.")?;
    let from = monday_of(day(form, "du", "la première semaine")?);
    let weeks = whole(form, "nombre", "le nombre de semaines")?;
    if !(1..=104).contains(&weeks) {
        return Err("Le nombre de semaines va de 1 à 104.".to_owned());
    }
    let to = from.checked_add(weeks.weeks()).map_err(|_| "Cette période est trop lointaine.")?;
    Ok((Period { from, to: Some(to) }, kind))
}

pub async fn set_weeks(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let form = typed(&body);
    let cohort = cohort::show(&app.platform, &signed.actor, id(&own)?).await?;
    let answer = match read_weeks(&form) {
        Err(problem) => Err(problem),
        Ok(span) => match cohort::set_weeks(&app.platform, &signed.actor, cohort.record.id, &[span]).await {
            Ok(()) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match answer {
        Ok(()) => Ok(redirect_with(
            Flash::success("Le calendrier est enregistré."),
            &format!("{}/calendrier", cohort_path(&cohort)),
        )),
        Err(problem) => Ok(to_mend(&draw(&app, &signed, &cohort, &form, Some(problem)).await?)),
    }
}

/// The rhythm of the school over the whole cohort: a proposal, then a decision.
pub async fn propose(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let cohort = cohort::show(&app.platform, &signed.actor, id(&own)?).await?;
    let weeks = cohort::propose_weeks(&app.platform, &signed.actor, cohort.record.id).await?;
    let path = format!("{}/calendrier", cohort_path(&cohort));
    let rows = weeks.iter().map(|(period, kind)| {
        let weeks = period.to.map_or(0, |to| (to - period.from).get_days() / 7);
        Row::new([
            fr::capitalised(&fr::period(*period)).into(),
            fr::count(weeks.unsigned_abs(), "semaine", "semaines").into(),
            kind.label().into(),
        ])
    });
    let columns = [Column::text("Période"), Column::text("Durée"), Column::text("La promotion est en")];
    let table = Table::new("proposition", "Calendrier proposé", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Rien à proposer", "La promotion est trop courte pour une alternance."));
    let form =
        Form::post(format!("{path}/rythme")).button(Button::primary("Adopter ce calendrier")).cancel(path.as_str());
    let layout = signed
        .layout(&app, &format!("{path}/rythme"), "Calendrier proposé")
        .crumb("École", super::PATH)
        .crumb(cohort.profile.value.name.as_str(), cohort_path(&cohort))
        .crumb("Calendrier", path.as_str())
        .lead("D’après le rythme de l’école, ses fermetures et les jours fériés. Rien n’est enregistré avant votre décision.");
    Ok(page(&Parts::new(layout, vec![Part::new("proposition", "Semaines", [table.into(), form.into()])])))
}

pub async fn accept(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let cohort = cohort::show(&app.platform, &signed.actor, id(&own)?).await?;
    let weeks = cohort::propose_weeks(&app.platform, &signed.actor, cohort.record.id).await?;
    cohort::set_weeks(&app.platform, &signed.actor, cohort.record.id, &weeks).await?;
    let flash = Flash::success("Le calendrier proposé est adopté. Chaque semaine peut encore être changée.");
    Ok(redirect_with(flash, &format!("{}/calendrier", cohort_path(&cohort))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn week(monday: Date, kind: DayKind) -> impl Iterator<Item = CalendarDay> {
        (0..7_i32).map(move |offset| CalendarDay {
            day: monday.checked_add(offset.days()).unwrap(),
            kind: if offset < 5 { kind.clone() } else { DayKind::Weekend },
        })
    }

    #[test]
    fn weeks_alike_are_told_once_with_what_stands_out() {
        let mut days: Vec<CalendarDay> = week(date(2026, 11, 9), DayKind::Class)
            .chain(week(date(2026, 11, 16), DayKind::Field))
            .chain(week(date(2026, 11, 23), DayKind::Field))
            .collect();
        days[2].kind = DayKind::PublicHoliday("Armistice de 1918");
        let spans = spans(&days);
        assert_eq!(spans.len(), 2);
        assert_eq!((spans[0].weeks, &spans[0].kind), (1, &DayKind::Class));
        assert_eq!(spans[0].exceptions, ["Armistice de 1918 le 11\u{a0}novembre 2026"]);
        assert_eq!((spans[1].first, spans[1].last, spans[1].weeks), (date(2026, 11, 16), date(2026, 11, 29), 2));
    }

    #[test]
    fn weeks_are_read_from_any_of_their_days() {
        let read = |query: &str| read_weeks(&Query::parse(Some(query)));
        let (period, kind) = read("du=2026-11-25&nombre=3&nature=field").unwrap();
        assert_eq!((period.from, period.to, kind), (date(2026, 11, 23), Some(date(2026, 12, 14)), WeekKind::Field));
        assert!(read("du=2026-11-25&nombre=0&nature=field").is_err());
        assert!(read("du=2026-11-25&nombre=3&nature=x").is_err());
        assert!(read("nombre=3&nature=field").is_err());
    }
}
