//! `/ecole/dossiers/{id}/contrat`: a contract is noted, employer first, since tutors and sites follow from it.

use axum::extract::{Path, RawForm, RawQuery, State};
use axum::response::Response;
use base::{Date, Id};
use platform::{Organisation, Structure};
use school::admission::{self, CandidateFile, Learner};
use school::cohort::{self, Cohort, CohortView};
use school::contract::{self, NewContract, Regime, Terms};
use territory::{Names, SubjectKind};

use super::home::hundredths;
use super::{Part, Parts, day, id, mendable, typed, whole};
use crate::app::App;
use crate::components::{Button, Choice, Field, FilterBar, Flash, Form, Query};
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

/// Where a contract of somebody is noted.
pub(super) fn path(learner: Id<Learner>) -> String {
    format!("{}/contrat", super::files::file_path(learner))
}

pub async fn show(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let file = admission::candidate(&app.platform, &signed.actor, id(&own)?).await?;
    let query = Query::parse(query.as_deref());
    Ok(page(&draw(&app, &signed, &file, &query, None).await?))
}

/// The cohorts somebody applied to or is in.
async fn cohorts(app: &App, signed: &Signed, file: &CandidateFile) -> Result<Vec<CohortView>, Problem> {
    let applied = file.applications.iter().map(|fact| fact.value.cohort);
    let mut known: Vec<Id<Cohort>> = applied.chain(file.enrolments.iter().map(|fact| fact.value.cohort)).collect();
    known.sort_unstable();
    known.dedup();
    let mut views = Vec::with_capacity(known.len());
    for cohort in known.into_iter().rev() {
        views.push(cohort::show(&app.platform, &signed.actor, cohort).await?);
    }
    Ok(views)
}

fn choices(names: &Names, sort: SubjectKind) -> Vec<Choice> {
    names.offered(sort).into_iter().map(|(code, name)| Choice::new(code, name)).collect()
}

async fn draw(
    app: &App,
    signed: &Signed,
    file: &CandidateFile,
    sent: &Query,
    problem: Option<String>,
) -> Result<Parts, Problem> {
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let own = path(file.learner);
    let employer: Option<Id<Organisation>> = sent.get("employeur").and_then(|code| names.find(code));
    let layout = signed
        .layout(app, &own, "Noter un contrat")
        .crumb("École", super::PATH)
        .crumb(file.identity.value.name(), super::files::file_path(file.learner));
    let chosen = sent.get("employeur").unwrap_or_default().to_owned();
    let part = match employer {
        None => {
            let employers = choices(&names, SubjectKind::Organisation);
            let choice = FilterBar::new(own.as_str(), sent)
                .field(Field::select("employeur", "Employeur", employers).value(chosen).required());
            Part::new("employeur", "L’employeur", [choice.into()])
                .lead("Choisissez-le d’abord\u{a0}: le tuteur ou la tutrice est de chez lui.")
        }
        Some(employer) => {
            let form = terms_form(app, signed, file, &names, employer, sent, problem).await?;
            Part::new("contrat", format!("Contrat chez {}", names.name(employer)), [form.into()])
        }
    };
    Ok(Parts::new(layout, vec![part]))
}

async fn terms_form(
    app: &App,
    signed: &Signed,
    file: &CandidateFile,
    names: &Names,
    employer: Id<Organisation>,
    sent: &Query,
    problem: Option<String>,
) -> Result<Form, Problem> {
    let cohorts = cohorts(app, signed, file).await?;
    let tutors = contract::tutors_of(&app.platform, &signed.actor, employer).await?;
    let first = cohorts.first().map(|cohort| cohort.first_day().to_string()).unwrap_or_default();
    let last = cohorts.first().map(|cohort| cohort.last_day().to_string()).unwrap_or_default();
    let value = |name: &str, other: &str| sent.get(name).unwrap_or(other).to_owned();
    let promotions =
        cohorts.iter().map(|cohort| Choice::new(cohort.record.id.to_string(), cohort.profile.value.name.as_str()));
    let regimes = Regime::ALL
        .iter()
        .filter(|regime| regime.law().has_contract())
        .map(|regime| Choice::new(regime.as_code(), regime.label()));
    let tutors = std::iter::once(Choice::new("", "À désigner"))
        .chain(tutors.iter().map(|tutor| Choice::new(tutor.id.to_string(), tutor.profile.value.name.as_str())));
    Ok(Form::post(path(file.learner))
        .without_focus()
        .problem(problem)
        .hidden("employeur", names.code(employer))
        .field(Field::select("promotion", "Promotion", promotions).value(value("promotion", "")).required())
        .field(
            Field::select("nature", "Nature du contrat", regimes).value(value("nature", "apprenticeship")).required(),
        )
        .field(
            Field::select("structure", "Lieu de travail", choices(names, SubjectKind::Structure))
                .value(value("structure", ""))
                .required(),
        )
        .field(Field::select("tuteur", "Tuteur ou tutrice", tutors).value(value("tuteur", "")))
        .field(Field::date("du", "Premier jour du contrat").value(value("du", &first)).required())
        .field(Field::date("au", "Dernier jour du contrat").value(value("au", &last)).required())
        .field(
            Field::date("signature", "Signé le")
                .value(value("signature", ""))
                .hint("Vide tant que le contrat n’est pas signé."),
        )
        .field(Field::text("salaire", "Salaire mensuel brut, en euros").value(value("salaire", "")))
        .field(Field::text("prix", "Prise en charge par an, en euros").value(value("prix", "")))
        .field(Field::digits("formation", "Heures de formation").value(value("formation", "")).required())
        .field(
            Field::digits("travail", "Heures du contrat, formation comprise")
                .value(value("travail", "1607"))
                .required(),
        )
        .button(Button::primary("Noter le contrat"))
        .cancel(path(file.learner)))
}

/// Euros typed, in hundredths; nothing typed is not known.
pub(super) fn money(form: &Query, name: &str, what: &str) -> Result<Option<i64>, String> {
    match form.get(name).map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => hundredths(text).map(Some).ok_or_else(|| format!("Écrivez {what} en euros, comme 1830,50.")),
    }
}

fn read(form: &Query, names: &Names, learner: Id<Learner>) -> Result<NewContract, String> {
    let structure: Option<Id<Structure>> = form.get("structure").and_then(|code| names.find(code));
    let signed_on: Option<Date> = match form.get("signature") {
        None | Some("") => None,
        Some(_) => Some(day(form, "signature", "le jour de la signature")?),
    };
    let terms = Terms {
        regime: form.get("nature").and_then(Regime::from_code).ok_or("Choisissez la nature du contrat.")?,
        employer: form.get("employeur").and_then(|code| names.find(code)).ok_or("Choisissez l’employeur.")?,
        structure: structure.ok_or("Choisissez le lieu de travail.")?,
        tutor: form.get("tuteur").and_then(|text| text.parse().ok()),
        first_day: day(form, "du", "le premier jour du contrat")?,
        last_day: day(form, "au", "le dernier jour du contrat")?,
        monthly_pay: money(form, "salaire", "le salaire")?,
        annual_price: money(form, "prix", "la prise en charge")?,
        training_hours: whole(form, "formation", "les heures de formation")?,
        contract_hours: whole(form, "travail", "les heures du contrat")?,
        extended: false,
        adapted_duration: false,
        opposed: None,
    };
    let cohort = form.get("promotion").and_then(|text| text.parse().ok()).ok_or("Choisissez la promotion.")?;
    Ok(NewContract { learner, cohort, terms, signed_on })
}

pub async fn note(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let learner: Id<Learner> = id(&own)?;
    let form = typed(&body);
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let done = match read(&form, &names, learner) {
        Err(problem) => Err(problem),
        Ok(new) => match contract::draw_up(&app.platform, &signed.actor, new).await {
            Ok(contract) => Ok(contract),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(contract) => Ok(redirect_with(
            Flash::success("Le contrat est noté. Voyez ce que l’opérateur de compétences vérifiera."),
            &super::contracts::path(contract),
        )),
        Err(problem) => {
            let file = admission::candidate(&app.platform, &signed.actor, learner).await?;
            Ok(to_mend(&draw(&app, &signed, &file, &form, Some(problem)).await?))
        }
    }
}
