//! `/ecole/promotions/{id}/presences` and `/ecole/promotions/{id}/seances/{numero}/appel`: who was there.

use axum::extract::{Path, RawForm, RawQuery, State};
use axum::response::Response;
use base::Id;
use law::publics::Public;
use platform::gate::ActionKind;
use school::admission::Learner;
use school::cohort::{self, AttendanceLine, Call, CallLine, CohortView, Presence};
use school::referential;

use super::programme::hours;
use super::{Part, Parts, cohort_path, cohort_tabs, id, mendable, typed, weeks};
use crate::app::App;
use crate::components::{
    Badge, Button, ButtonKind, Choice, Column, Description, EmptyState, Field, FilterBar, Flash, Form, Fragment, Link,
    Query, Row, Table,
};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

/// The call of one half-day.
pub async fn call(
    State(app): State<App>,
    signed: Signed,
    Path((own, number)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let call = cohort::call(&app.platform, &signed.actor, id(&own)?, id(&number)?).await?;
    Ok(page(&call_page(&app, &signed, &call, &Query::default(), None).await?))
}

fn call_path(call: &Call) -> String {
    format!("{}/seances/{}/appel", cohort_path(&call.cohort), call.session.value.number)
}

/// What a field of the call is called.
fn key(learner: Id<Learner>) -> String {
    format!("presence-{learner}")
}

async fn call_page(
    app: &App,
    signed: &Signed,
    call: &Call,
    sent: &Query,
    problem: Option<String>,
) -> Result<Parts, Problem> {
    let (session, on) = (&call.session.value, call.session.valid.from);
    let modules = cohort::modules(&app.platform, &signed.actor, call.cohort.record.id).await?;
    let module = modules.iter().find(|fact| fact.value.code == session.module);
    let name = module.map_or(session.module.as_str(), |fact| fact.value.name.as_str());
    let hours = cohort::hours(&app.platform, &signed.actor, call.cohort.record.organisation).await?;
    let half = hours.on(on, session.half);
    let description = Description::new()
        .line("Module", name)
        .line("Quand", format!("{}, {}", fr::date_full(on), fr::hours(half.from, half.to)))
        .line("Promotion", call.cohort.profile.value.name.as_str());
    let noted = call.lines.iter().filter(|line| line.noted.is_some()).count();
    let state: Fragment = match noted {
        0 => Badge::warning("appel à faire").into(),
        count if count == call.lines.len() => Badge::ok("appel fait").into(),
        count => Badge::warning(format!("appel fait pour {count} sur {}", call.lines.len())).into(),
    };
    let description = description.line("Appel", state);
    let piece: Fragment = match call.lines.is_empty() {
        true => {
            EmptyState::new("Personne n’était attendu", "Personne n’était inscrit dans la promotion ce jour-là.").into()
        }
        false => call_form(call, sent, problem).into(),
    };
    let layout = signed
        .layout(app, &call_path(call), &format!("Appel du {}, {}", fr::date_long(on), session.half.label()))
        .crumb("École", super::PATH);
    let layout = match signed.may(ActionKind::ManageSchool) {
        true => layout.crumb(call.cohort.profile.value.name.as_str(), cohort_path(&call.cohort)),
        false => layout.crumb("Mes semaines", weeks::PATH),
    };
    Ok(Parts::new(
        layout,
        vec![
            Part::new("seance", "La séance", [description.into()]),
            Part::new("appel", "Qui était présent", [piece])
                .lead("Une absence excusée l’est pour une raison que l’école accepte\u{a0}; elle ne s’écrit pas ici."),
        ],
    ))
}

fn call_form(call: &Call, sent: &Query, problem: Option<String>) -> Form {
    let form = Form::post(call_path(call)).without_focus().problem(problem);
    let form = call.lines.iter().fold(form, |form, line| {
        let known = line.noted.as_ref().map(|fact| fact.value.presence.as_code());
        let value = sent.get(&key(line.learner)).or(known).unwrap_or_default();
        let choices =
            Presence::ALL.iter().map(|presence| Choice::new(presence.as_code(), fr::capitalised(presence.label())));
        let field = Field::radios(key(line.learner), line.name.as_str(), choices).value(value).without_optional_mark();
        form.field(match &line.noted {
            Some(fact) => field.hint(format!("Noté le {}", fr::moment(fact.recorded_at))),
            None => field,
        })
    });
    form.button(Button::primary("Enregistrer l’appel"))
        .button(Button::secondary("Tout le monde était présent").value("tous", Presence::Present.as_code()))
}

fn read_call(form: &Query, lines: &[CallLine]) -> Result<Vec<(Id<Learner>, Presence)>, String> {
    if let Some(presence) = form.get("tous").and_then(Presence::from_code) {
        return Ok(lines.iter().map(|line| (line.learner, presence)).collect());
    }
    let answer = |line: &CallLine| {
        let presence = form.get(&key(line.learner)).and_then(Presence::from_code);
        presence.map(|presence| (line.learner, presence)).ok_or_else(|| line.name.clone())
    };
    let (noted, missing): (Vec<_>, Vec<_>) = lines.iter().map(answer).partition(Result::is_ok);
    let missing: Vec<String> = missing.into_iter().filter_map(Result::err).collect();
    match missing.is_empty() {
        true => Ok(noted.into_iter().filter_map(Result::ok).collect()),
        false => Err(format!("Choisissez une réponse pour {}.", fr::list(&missing))),
    }
}

pub async fn note(
    State(app): State<App>,
    signed: Signed,
    Path((own, number)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let form = typed(&body);
    let (cohort, number) = (id(&own)?, id(&number)?);
    let call = cohort::call(&app.platform, &signed.actor, cohort, number).await?;
    let answer = match read_call(&form, &call.lines) {
        Err(problem) => Err(problem),
        Ok(noted) => match cohort::note_attendance(&app.platform, &signed.actor, cohort, number, &noted).await {
            Ok(()) => Ok(noted),
            Err(error) => Err(mendable(error)?),
        },
    };
    match answer {
        Ok(noted) => {
            let present = noted.iter().filter(|(_, presence)| *presence == Presence::Present).count();
            let told = format!(
                "L’appel est enregistré\u{a0}: {} sur {}.",
                fr::count(present as u64, "personne présente", "personnes présentes"),
                fr::number(noted.len())
            );
            let back = match signed.may(ActionKind::ManageSchool) {
                true => format!("{}/emploi-du-temps?semaine={}", cohort_path(&call.cohort), call.session.valid.from),
                false => weeks::PATH.to_owned(),
            };
            Ok(redirect_with(Flash::success(told), &back))
        }
        Err(problem) => Ok(to_mend(&call_page(&app, &signed, &call, &form, Some(problem)).await?)),
    }
}

/// What each person followed.
pub async fn show(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (platform, actor) = (&app.platform, &signed.actor);
    let query = Query::parse(query.as_deref());
    let cohort = cohort::show(platform, actor, id(&own)?).await?;
    let shown = referential::show(platform, actor, cohort.profile.value.referential).await?;
    let competences = shown.title().competences();
    let mut codes: Vec<(String, String)> =
        competences.map(|one| (one.code.clone(), format!("{} · {}", one.code, one.name))).collect();
    codes.extend(Public::ALL.map(|public| (public.code().to_owned(), fr::capitalised(public.label()))));
    let about = query.get("quoi").and_then(|asked| codes.iter().find(|(code, _)| code == asked));
    let lines = cohort::attendance(platform, actor, cohort.record.id, about.map(|(code, _)| code.as_str())).await?;
    let path = format!("{}/presences", cohort_path(&cohort));

    let choices = std::iter::once(Choice::new("", "Tout le programme"))
        .chain(codes.iter().map(|(code, label)| Choice::new(code.as_str(), label.as_str())));
    let asked = about.map(|(code, _)| code.as_str()).unwrap_or_default();
    let filter = FilterBar::new(path.as_str(), &query)
        .field(Field::select("quoi", "Compétence ou public", choices).value(asked).without_optional_mark());
    let title = about.map_or("Tout le programme", |(_, label)| label.as_str());
    let layout = signed
        .layout(&app, &path, "Présences")
        .crumb("École", super::PATH)
        .crumb(cohort.profile.value.name.as_str(), cohort_path(&cohort))
        .lead("Des séances tenues, d’après les appels. Une séance sans appel ne dit rien de personne.");
    let table = people_table(&lines, &cohort);
    let mut parts = Parts::new(layout, vec![Part::new("presences", title, [filter.into(), table.into()])]);
    parts.tabs = Some(cohort_tabs(&signed, &cohort, &path));
    let programme = Link::new(format!("{}/programme", cohort_path(&cohort)), "Ce que couvre le programme");
    parts.actions = vec![programme.button(ButtonKind::Secondary).into()];
    Ok(page(&parts))
}

fn people_table(lines: &[AttendanceLine], cohort: &CohortView) -> Table {
    let each = cohort.profile.value.half_day_hours;
    let of = |half_days: i64| -> Fragment { format!("{}\u{a0}h", hours(half_days.saturating_mul(each))).into() };
    let rows = lines.iter().map(|line| {
        Row::new([
            Link::new(super::files::file_path(line.learner), line.name.as_str()).into(),
            of(line.present),
            of(line.absent),
            of(line.excused),
            of(line.unknown),
        ])
    });
    let columns = [
        Column::text("Alternant·e"),
        Column::number("Suivies"),
        Column::number("Absences"),
        Column::number("Absences excusées"),
        Column::number("Sans appel"),
    ];
    Table::new("presences", "Heures de chaque personne", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Personne n’est inscrit", "Inscrivez les personnes admises depuis leur dossier."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(learner: i64, name: &str) -> CallLine {
        CallLine { learner: Id::new(learner), name: name.to_owned(), noted: None }
    }

    #[test]
    fn a_call_answers_for_everybody_or_says_who_lacks() {
        let lines = [line(7, "Inès Morel"), line(8, "Yanis Kaba")];
        let read = |query: &str| read_call(&Query::parse(Some(query)), &lines);
        assert_eq!(
            read("presence-7=present&presence-8=excused").unwrap(),
            [(Id::new(7), Presence::Present), (Id::new(8), Presence::Excused)]
        );
        assert_eq!(read("tous=present").unwrap().len(), 2);
        assert_eq!(
            read("presence-7=present&presence-8=ailleurs").unwrap_err(),
            "Choisissez une réponse pour Yanis Kaba."
        );
    }
}
