//! `/ecole/dossiers/{id}`: one person, from the application to the decision with its reasons, and into a cohort.

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use base::{Date, Id};
use exchange::documents::{AdmissionDecision, AdmissionLetter, Issue};
use platform::gate::ActionKind;
use school::admission::{self, AdmissionStep, CandidateFile, Learner, NewStep, Stage, Step, StepOutcome};
use school::cohort::{self, Cohort, CohortView};
use school::contract::{self, NewEnrolment, Regime};
use school::referential;

use super::candidates::{level, months, stage_badge};
use super::{Part, Parts, cohort_path, day, id, linked_account, mendable, typed};
use crate::app::App;
use crate::components::{
    Button, ButtonKind, Choice, Column, Description, EmptyState, Event, Field, Flash, Form, Fragment, Link, Query, Row,
    Table, Timeline, Tone, Unknown,
};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

/// Where the file of somebody is.
pub(super) fn file_path(learner: Id<Learner>) -> String {
    format!("/ecole/dossiers/{learner}")
}

/// The form that was sent, by what it is about, and what is to be mended in it.
#[derive(Default)]
struct Sent {
    form: Query,
    of: &'static str,
    problem: Option<String>,
}

impl Sent {
    fn problem(&self, of: &str) -> Option<String> {
        self.problem.clone().filter(|_| self.of == of)
    }

    fn value(&self, of: &str, name: &str, other: &str) -> String {
        if self.of == of { self.form.get(name).unwrap_or(other).to_owned() } else { other.to_owned() }
    }
}

pub async fn show(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    Ok(page(&file_page(&app, &signed, id(&own)?, &Sent::default()).await?))
}

/// The cohorts a file speaks of, with their names.
async fn cohorts_of(app: &App, signed: &Signed, file: &CandidateFile) -> Result<Vec<CohortView>, Problem> {
    let mut known: Vec<Id<Cohort>> = file.applications.iter().map(|fact| fact.value.cohort).collect();
    known.extend(file.enrolments.iter().map(|fact| fact.value.cohort));
    known.sort_unstable();
    known.dedup();
    let mut views = Vec::with_capacity(known.len());
    for id in known {
        views.push(cohort::show(&app.platform, &signed.actor, id).await?);
    }
    Ok(views)
}

async fn file_page(app: &App, signed: &Signed, learner: Id<Learner>, sent: &Sent) -> Result<Parts, Problem> {
    let (platform, actor) = (&app.platform, &signed.actor);
    let file = admission::candidate(platform, actor, learner).await?;
    let contracts = contract::of_learner(platform, actor, learner).await?;
    let cohorts = cohorts_of(app, signed, &file).await?;
    let names = app.directory.names(platform, app.tenant).await?;
    let today = platform.today();
    let own = file_path(learner);
    let identity = &file.identity.value;
    let cohort_name = |id: Id<Cohort>| {
        cohorts
            .iter()
            .find(|cohort| cohort.record.id == id)
            .map_or("promotion", |cohort| cohort.profile.value.name.as_str())
    };

    let description = Description::new()
        .line("Date de naissance", fr::date_long(identity.birth_date))
        .line("Adresse électronique", Unknown::FEMININE.or(identity.email.as_ref().map(ToString::to_string)))
        .line("Téléphone", Unknown::MASCULINE.or(identity.phone.as_ref().map(ToString::to_string)))
        .line("Qualité de travailleur handicapé", fr::yes_no(identity.disabled));
    let mut parts = vec![Part::new("identite", "La personne", [description.into()])];

    for application in &file.applications {
        let value = &application.value;
        let steps = file.steps.iter().filter(|fact| fact.value.cohort == value.cohort);
        let stage = Stage::of(steps.clone().map(|fact| &fact.value));
        let description = Description::new()
            .line("Étape", stage_badge(stage))
            .line("Reçue le", fr::date_long(application.valid.from))
            .line("Plus haut diplôme", level(value.diploma_level))
            .line("Expérience", months(value.experience_months))
            .line("Demandeur d’emploi", fr::yes_no(value.jobseeker))
            .line("RSA, ASS ou AAH", fr::yes_no(value.minimum_income))
            .line("Motivation", if value.motivation.is_empty() { "—" } else { value.motivation.as_str() });
        let placement =
            file.placements.iter().find(|fact| fact.value.cohort == value.cohort && fact.valid.to.is_none());
        let description = match placement {
            Some(fact) => {
                let places = admission::places(platform, actor, value.cohort).await?;
                let place = places.iter().find(|view| view.id == fact.value.place);
                let place =
                    place.map_or_else(|| "offre retirée".to_owned(), |view| super::matching::place_name(view, &names));
                let day = format!("décidé le {}", fr::date_long(fact.valid.from));
                description.line("Place", Fragment::with_detail(place, day))
            }
            None => description,
        };
        let events: Vec<Event> = steps.map(|fact| step_event(&fact.value, fact.valid.from)).collect();
        let mut pieces: Vec<Fragment> = vec![description.into()];
        if !events.is_empty() {
            pieces.push(Timeline::new(events).into());
        }
        if stage == Stage::Admitted && placement.is_none() && signed.may(ActionKind::ManageAdmissions) {
            let href = format!("{own}/choix/{}", value.cohort);
            pieces.push(Link::new(href, "Classer les places pour cette personne").button(ButtonKind::Secondary).into());
        }
        if stage_decided(stage) {
            let href = format!("{own}/lettre/{}", value.cohort);
            pieces.push(Link::new(href, "Lettre de décision (PDF)").button(ButtonKind::Secondary).into());
        }
        parts.push(Part::new("candidature", format!("Candidature\u{a0}: {}", cohort_name(value.cohort)), pieces));
    }
    if signed.may(ActionKind::ManageAdmissions) && !file.applications.is_empty() {
        parts.push(
            Part::new("etape", "Noter une étape", [step_form(&own, &file, &cohorts, sent, today).into()])
                .lead("La personne peut lire les raisons\u{a0}: écrivez ce qui lui sera utile."),
        );
    }
    let rows = contracts.iter().map(|contract| {
        let terms = &contract.terms.value;
        Row::new([
            Link::new(super::contracts::path(contract.record.id), terms.regime.label()).into(),
            Fragment::with_detail(names.name(terms.employer), names.name(terms.structure)),
            format!("du {} au {}", fr::date_long(terms.first_day), fr::date_long(terms.last_day)).into(),
            super::people::contract_state(terms, &contract.events, today).into(),
        ])
    });
    let columns = [
        Column::text("Contrat"),
        Column::text("Employeur et structure"),
        Column::text("Période"),
        Column::text("État"),
    ];
    let table = Table::new("contrats", "Contrats", columns, rows).caption_hidden().empty(EmptyState::new(
        "Aucun contrat",
        "Le contrat se note une fois la personne admise et l’employeur connu.",
    ));
    let mut course: Vec<Fragment> = file
        .enrolments
        .iter()
        .map(|fact| {
            Fragment::with_detail(
                format!("{}, {}", cohort_name(fact.value.cohort), fact.value.regime.label()),
                fr::period(fact.valid),
            )
        })
        .collect();
    course.push(table.into());
    if signed.may(ActionKind::ManageContracts) && !cohorts.is_empty() {
        course.push(Link::new(super::draw_up::path(learner), "Noter un contrat").button(ButtonKind::Secondary).into());
        course.push(enrol_form(&own, &cohorts, sent, today).into());
    }
    parts.push(Part::new("parcours", "Inscription et contrats", course));
    if signed.may(ActionKind::ManageAdmissions) {
        let address = identity.email.as_ref().map(ToString::to_string).unwrap_or_default();
        let address = sent.value("compte", "adresse", &address);
        let action = format!("{own}/compte");
        let account =
            linked_account::pieces(app, signed, &action, identity.account, (address, sent.problem("compte"))).await?;
        parts.push(
            Part::new("compte", "Son compte", account)
                .lead("Avec un compte, la personne classe elle-même les places, puis suit son calendrier."),
        );
    }
    let mut layout = signed.layout(app, &own, &identity.name()).crumb("École", super::PATH);
    if let Some(cohort) = cohorts.last() {
        layout = layout
            .crumb(cohort.profile.value.name.as_str(), cohort_path(cohort))
            .crumb("Candidatures", format!("{}/candidats", cohort_path(cohort)));
    }
    Ok(Parts::new(layout, parts))
}

const fn stage_decided(stage: Stage) -> bool {
    matches!(stage, Stage::Admitted | Stage::WaitingList | Stage::Refused)
}

fn step_event(step: &AdmissionStep, on: Date) -> Event {
    let tone = match step.outcome {
        StepOutcome::Favourable => Tone::Ok,
        StepOutcome::Unfavourable => Tone::Danger,
        StepOutcome::Reserved => Tone::Warning,
    };
    let title = format!("{}\u{a0}: {}", step.step.label(), step.outcome.label(step.step));
    let detail = match step.adjustment.as_str() {
        "" => step.reasons.clone(),
        adjustment => format!("{} Adaptation\u{a0}: {adjustment}", step.reasons),
    };
    Event::new(on, title).tone(tone).detail(detail)
}

fn cohort_choices(cohorts: &[CohortView]) -> Vec<Choice> {
    cohorts.iter().map(|cohort| Choice::new(cohort.record.id.to_string(), cohort.profile.value.name.as_str())).collect()
}

fn step_form(own: &str, file: &CandidateFile, cohorts: &[CohortView], sent: &Sent, today: Date) -> Form {
    let value = |name: &str, other: &str| sent.value("etape", name, other);
    let applied: Vec<CohortView> = cohorts
        .iter()
        .filter(|cohort| file.applications.iter().any(|fact| fact.value.cohort == cohort.record.id))
        .cloned()
        .collect();
    let steps = Step::ALL.iter().map(|step| Choice::new(step.as_code(), step.label()));
    let outcomes = [
        Choice::new("favourable", "Favorable, ou admission"),
        Choice::new("reserved", "Réservé, ou liste d’attente"),
        Choice::new("unfavourable", "Défavorable, ou refus"),
    ];
    Form::post(format!("{own}/etapes"))
        .without_focus()
        .problem(sent.problem("etape"))
        .field(
            Field::select("promotion", "Candidature", cohort_choices(&applied))
                .value(value("promotion", ""))
                .prefix("etape")
                .required(),
        )
        .field(Field::select("etape", "Étape", steps).value(value("etape", "positioning")).required())
        .field(Field::date("le", "Date").value(value("le", &today.to_string())).prefix("etape").required())
        .field(Field::select("avis", "Résultat", outcomes).value(value("avis", "favourable")).required())
        .field(Field::textarea("raisons", "Raisons", 3).value(value("raisons", "")).required())
        .field(
            Field::text("adaptation", "Adaptation du parcours")
                .value(value("adaptation", ""))
                .hint("Heures en moins, aide particulière\u{a0}; vide s’il n’y en a pas."),
        )
        .button(Button::primary("Noter l’étape"))
}

fn enrol_form(own: &str, cohorts: &[CohortView], sent: &Sent, today: Date) -> Form {
    let value = |name: &str, other: &str| sent.value("inscription", name, other);
    let regimes = Regime::ALL.iter().map(|regime| Choice::new(regime.as_code(), regime.label()));
    Form::post(format!("{own}/inscription"))
        .without_focus()
        .problem(sent.problem("inscription"))
        .field(
            Field::select("promotion", "Promotion", cohort_choices(cohorts))
                .value(value("promotion", ""))
                .prefix("inscription")
                .required(),
        )
        .field(Field::select("regime", "Régime", regimes).value(value("regime", "apprenticeship")).required())
        .field(
            Field::date("le", "Entrée en formation le")
                .value(value("le", &today.to_string()))
                .prefix("inscription")
                .required(),
        )
        .field(Field::checkbox(
            "sans-contrat",
            "Commence sans contrat, en cherchant un employeur",
            value("sans-contrat", "") == "oui",
        ))
        .button(Button::primary("Inscrire dans la promotion"))
}

fn read_step(form: &Query) -> Result<NewStep, String> {
    Ok(NewStep {
        cohort: form.get("promotion").and_then(|text| text.parse().ok()).ok_or("Choisissez la candidature.")?,
        step: form.get("etape").and_then(Step::from_code).ok_or("Choisissez l’étape.")?,
        on: day(form, "le", "la date de l’étape")?,
        outcome: form.get("avis").and_then(StepOutcome::from_code).ok_or("Choisissez le résultat.")?,
        reasons: form.get("raisons").unwrap_or_default().to_owned(),
        adjustment: form.get("adaptation").unwrap_or_default().to_owned(),
    })
}

pub async fn note_step(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let learner = id(&own)?;
    let form = typed(&body);
    let done = match read_step(&form) {
        Err(problem) => Err(problem),
        Ok(new) => match admission::note_step(&app.platform, &signed.actor, learner, new).await {
            Ok(()) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(()) => Ok(redirect_with(Flash::success("L’étape est notée."), &file_path(learner))),
        Err(problem) => {
            let sent = Sent { form, of: "etape", problem: Some(problem) };
            Ok(to_mend(&file_page(&app, &signed, learner, &sent).await?))
        }
    }
}

pub async fn link_account(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let learner = id(&own)?;
    let form = typed(&body);
    let address = form.get("adresse").unwrap_or_default().to_owned();
    match admission::link_account(&app.platform, &signed.actor, learner, &address).await {
        Ok(()) => Ok(redirect_with(linked_account::told(&address), &file_path(learner))),
        Err(error) => {
            let sent = Sent { form, of: "compte", problem: Some(mendable(error)?) };
            Ok(to_mend(&file_page(&app, &signed, learner, &sent).await?))
        }
    }
}

fn read_enrolment(form: &Query, learner: Id<Learner>) -> Result<NewEnrolment, String> {
    Ok(NewEnrolment {
        learner,
        cohort: form.get("promotion").and_then(|text| text.parse().ok()).ok_or("Choisissez la promotion.")?,
        from: day(form, "le", "le jour d’entrée")?,
        regime: form.get("regime").and_then(Regime::from_code).ok_or("Choisissez le régime.")?,
        awaiting_contract: form.get("sans-contrat").is_some(),
    })
}

pub async fn enrol(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let learner = id(&own)?;
    let form = typed(&body);
    let done = match read_enrolment(&form, learner) {
        Err(problem) => Err(problem),
        Ok(new) => match contract::enrol(&app.platform, &signed.actor, new).await {
            Ok(()) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(()) => Ok(redirect_with(Flash::success("L’inscription est notée."), &file_path(learner))),
        Err(problem) => {
            let sent = Sent { form, of: "inscription", problem: Some(problem) };
            Ok(to_mend(&file_page(&app, &signed, learner, &sent).await?))
        }
    }
}

/// The decision told to the candidate, on paper.
pub async fn letter(
    State(app): State<App>,
    signed: Signed,
    Path((own, promotion)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let learner = id(&own)?;
    let of: Id<Cohort> = id(&promotion)?;
    let file = admission::candidate(&app.platform, &signed.actor, learner).await?;
    let decided = file.steps.iter().rev().find(|fact| fact.value.cohort == of && fact.value.step == Step::Decision);
    let Some(decided) = decided else {
        let flash = Flash::warning("Aucune décision n’est notée\u{a0}: il n’y a pas encore de lettre.");
        return Ok(redirect_with(flash, &file_path(learner)));
    };
    let cohort = cohort::show(&app.platform, &signed.actor, of).await?;
    let shown = referential::show(&app.platform, &signed.actor, cohort.profile.value.referential).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let today = app.platform.today();
    // The letter rests on the title's name alone.
    let title_open = shown.title().unverified(&shown.confirmed(today), &["name".to_owned()]);
    let issuer = names.name(file.organisation).to_owned();
    let author: Vec<_> = decided.provenance.author.into_iter().collect();
    let mut authors = school::accounts::names(&app.platform, &signed.actor, &author).await?;
    let letter = AdmissionLetter {
        issue: Issue { issuer: issuer.clone(), day: today, reference: format!("{}-{learner}", cohort.record.code) },
        candidate: file.identity.value.name(),
        address: None,
        title: shown.title().name.clone(),
        cohort: cohort.profile.value.name.clone(),
        starts_on: Some(cohort.first_day()),
        decided_on: decided.valid.from,
        decision: match decided.value.outcome {
            StepOutcome::Favourable => AdmissionDecision::Admitted,
            StepOutcome::Unfavourable => AdmissionDecision::Refused,
            StepOutcome::Reserved => AdmissionDecision::Waiting,
        },
        reasons: vec![decided.value.reasons.clone()],
        next_steps: vec![format!("Pour toute question, adressez-vous à l’organisme de formation ({issuer}).")],
        // Who decided, whoever prints the letter; a name that nobody knows any more is left to be written by hand.
        signatory: decided.provenance.author.and_then(|author| authors.remove(&author)).unwrap_or_default(),
        to_verify: title_open.into_iter().map(|item| format!("{} du référentiel", item.label.to_lowercase())).collect(),
    };
    super::timetable::pdf(&letter.document(), "decision")
}
