//! `/ecole/promotions/{id}/seances/{numero}`: one half-day of class, moved or cancelled.

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use base::Id;
use facts::Fact;
use school::cohort::{self, Session, SessionNumber};

use super::calendar::monday_of;
use super::timetable::{Timetable, halves, read_session, room_choices, trainer_choices};
use super::{Part, Parts, cohort_path, id, mendable, typed};
use crate::app::App;
use crate::components::{Button, Description, Field, Flash, Form, Query};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

/// What was typed about one session, and what is to be mended.
#[derive(Default)]
struct Sent {
    form: Query,
    moved: Option<String>,
    cancelled: Option<String>,
}

fn find<'a>(timetable: &'a Timetable, number: &str) -> Result<&'a Fact<Session>, Problem> {
    let number: Id<SessionNumber> = id(number)?;
    let found = timetable.sessions.iter().find(|fact| fact.value.number == number && fact.value.is_planned());
    found.ok_or_else(Problem::not_found)
}

pub async fn show(
    State(app): State<App>,
    signed: Signed,
    Path((own, number)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let timetable = Timetable::read(&app, &signed, &own).await?;
    let fact = find(&timetable, &number)?;
    Ok(page(&draw(&app, &signed, &timetable, fact, &Sent::default())))
}

fn draw(app: &App, signed: &Signed, timetable: &Timetable, fact: &Fact<Session>, sent: &Sent) -> Parts {
    let session = &fact.value;
    let own = format!("{}/seances/{}", cohort_path(&timetable.cohort), session.number);
    let value = |name: &str, known: String| sent.form.get(name).map_or(known, str::to_owned);
    let raw = |id: Option<String>| id.unwrap_or_default();
    let short = || Field::checkbox("prevenues", "Les personnes sont prévenues, même si le délai est court", false);
    let reason = || {
        Field::text("raison", "Raison")
            .hint("Lue par les alternants et les formateurs. Jamais une raison de santé.")
            .required()
    };
    let move_form = Form::post(own.as_str())
        .without_focus()
        .problem(sent.moved.clone())
        .field(Field::date("le", "Jour").value(value("le", fact.valid.from.to_string())).required())
        .field(
            Field::select("moitie", "Demi-journée", halves())
                .value(value("moitie", session.half.as_code().to_owned()))
                .required(),
        )
        .field(
            Field::select("formateur", "Formateur ou formatrice", trainer_choices(timetable))
                .value(value("formateur", raw(session.trainer.map(|id| id.to_string())))),
        )
        .field(
            Field::select("salle", "Salle", room_choices(timetable))
                .value(value("salle", raw(session.room.map(|id| id.to_string())))),
        )
        .field(reason().value(value("raison", String::new())))
        .field(short())
        .button(Button::primary("Déplacer la séance"));
    let cancel_form = Form::post(format!("{own}/annuler"))
        .without_focus()
        .problem(sent.cancelled.clone())
        .field(reason().prefix("annuler"))
        .field(short().prefix("annuler"))
        .button(Button::danger("Annuler la séance"));
    let description = Description::new()
        .line("Quand", format!("{}, {}", fr::date_full(fact.valid.from), session.half.label()))
        .line("Module", timetable.module(session))
        .line("Formateur ou formatrice", timetable.trainer(session.trainer).unwrap_or("à désigner"))
        .line("Salle", timetable.room(session.room).unwrap_or("à désigner"));
    let description =
        if session.reason.is_empty() { description } else { description.line("Déplacée", session.reason.as_str()) };
    let layout = signed
        .layout(app, &own, &format!("Séance du {}", fr::date_long(fact.valid.from)))
        .crumb("École", super::PATH)
        .crumb(timetable.cohort.profile.value.name.as_str(), cohort_path(&timetable.cohort))
        .crumb("Emploi du temps", timetable.path())
        .lead("Déplacée ou annulée, la séance change aussi dans les agendas de celles et ceux qui s’y sont abonnés.");
    Parts::new(
        layout,
        vec![
            Part::new("seance", "La séance", [description.into()]),
            Part::new("deplacer", "Déplacer", [move_form.into()]),
            Part::new("annuler", "Annuler", [cancel_form.into()]),
        ],
    )
}

pub async fn moved(
    State(app): State<App>,
    signed: Signed,
    Path((own, number)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let form = typed(&body);
    let timetable = Timetable::read(&app, &signed, &own).await?;
    let fact = find(&timetable, &number)?;
    let answer = match read_session(&form, &fact.value.module) {
        Err(problem) => Err(problem),
        Ok(to) => {
            let (cohort, on) = (timetable.cohort.record.id, to.on);
            let (reason, short) = (form.get("raison").unwrap_or_default(), form.get("prevenues").is_some());
            let number = fact.value.number;
            match cohort::move_session(&app.platform, &signed.actor, cohort, number, to, reason, short).await {
                Ok(()) => Ok(on),
                Err(error) => Err(mendable(error)?),
            }
        }
    };
    match answer {
        Ok(on) => {
            let told = format!("La séance est maintenant le {}.", fr::date_long(on));
            Ok(redirect_with(Flash::success(told), &format!("{}?semaine={}", timetable.path(), monday_of(on))))
        }
        Err(problem) => {
            let sent = Sent { form, moved: Some(problem), ..Sent::default() };
            Ok(to_mend(&draw(&app, &signed, &timetable, fact, &sent)))
        }
    }
}

pub async fn cancel(
    State(app): State<App>,
    signed: Signed,
    Path((own, number)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let form = typed(&body);
    let timetable = Timetable::read(&app, &signed, &own).await?;
    let fact = find(&timetable, &number)?;
    let (reason, short) = (form.get("raison").unwrap_or_default(), form.get("prevenues").is_some());
    let (cohort, number) = (timetable.cohort.record.id, fact.value.number);
    match cohort::cancel_session(&app.platform, &signed.actor, cohort, number, reason, short).await {
        Ok(()) => {
            let href = format!("{}?semaine={}", timetable.path(), monday_of(fact.valid.from));
            Ok(redirect_with(Flash::success("La séance est annulée\u{a0}: elle reste visible comme telle."), &href))
        }
        Err(error) => {
            let sent = Sent { cancelled: Some(mendable(error)?), ..Sent::default() };
            Ok(to_mend(&draw(&app, &signed, &timetable, fact, &sent)))
        }
    }
}
