//! `/ecole/promotions/{id}/candidats`: who applied to a cohort, and an application typed in.

use axum::extract::{Path, RawForm, RawQuery, State};
use axum::response::Response;
use base::{Email, Id, Phone};
use platform::gate::ActionKind;
use school::admission::{self, Application, LearnerIdentity, NewCandidate, Stage};
use school::cohort::{self, Cohort, CohortView};

use super::{Part, Parts, cohort_path, cohort_tabs, day, id, mendable, typed};
use crate::app::App;
use crate::components::{
    Badge, Button, ButtonKind, Choice, Column, EmptyState, Field, FilterBar, Flash, Form, Fragment, Link, Query, Row,
    Table, Tone, Unknown,
};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

pub(super) fn stage_badge(stage: Stage) -> Badge {
    let tone = match stage {
        Stage::Admitted => Tone::Ok,
        Stage::WaitingList => Tone::Warning,
        Stage::Refused | Stage::Withdrawn => Tone::Neutral,
        Stage::Applied | Stage::Positioned | Stage::Interviewed => Tone::Info,
    };
    Badge::new(tone, stage.label())
}

pub async fn list(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let cohort = cohort::show(&app.platform, &signed.actor, id(&own)?).await?;
    let query = Query::parse(query.as_deref());
    Ok(page(&list_page(&app, &signed, &cohort, &query, &Query::default(), None).await?))
}

async fn list_page(
    app: &App,
    signed: &Signed,
    cohort: &CohortView,
    query: &Query,
    sent: &Query,
    problem: Option<String>,
) -> Result<Parts, Problem> {
    let path = format!("{}/candidats", cohort_path(cohort));
    let lines = admission::candidates(&app.platform, &signed.actor, cohort.record.id).await?;
    let wanted = query.get("etape").and_then(Stage::from_code);
    let rows = lines.iter().filter(|line| wanted.is_none_or(|stage| line.stage == stage)).map(|line| {
        Row::new([
            Link::new(super::files::file_path(line.learner), line.identity.name()).into(),
            Fragment::with_detail(stage_badge(line.stage), format!("depuis le {}", fr::date_long(line.since))),
            fr::date_long(line.applied_on).into(),
            level(line.application.diploma_level),
            months(line.application.experience_months),
        ])
    });
    let columns = [
        Column::text("Candidat·e"),
        Column::text("Étape"),
        Column::text("Candidature reçue le"),
        Column::text("Diplôme"),
        Column::text("Expérience"),
    ];
    let empty = EmptyState::new("Aucune candidature", "Élargissez le filtre, ou ajoutez une candidature.");
    let table = Table::new("candidats", "Candidatures", columns, rows).caption_hidden().empty(empty);
    let stages = std::iter::once(Choice::new("", "Toutes"))
        .chain(Stage::ALL.iter().map(|stage| Choice::new(stage.as_code(), stage.label())));
    let filters = FilterBar::new(path.as_str(), query)
        .field(Field::select("etape", "Étape", stages).value(wanted.map_or("", |stage| stage.as_code())));
    let mut parts = vec![Part::new("candidats", "Candidatures", [filters.into(), table.into()])];
    if signed.may(ActionKind::ManageAdmissions) {
        parts.push(
            Part::new("ajouter", "Ajouter une candidature", [new_form(&path, sent, problem).into()])
                .lead("Seules les questions qui ont un lien direct et nécessaire avec la formation sont posées (Code du travail, article L6353-9)."),
        );
    }
    let layout = signed
        .layout(app, &path, "Candidatures")
        .crumb("École", super::PATH)
        .crumb(cohort.profile.value.name.as_str(), cohort_path(cohort));
    let mut page = Parts::new(layout, parts);
    page.tabs = Some(cohort_tabs(signed, cohort, &path));
    page.actions = vec![
        Link::new(format!("{}/appariement", cohort_path(cohort)), "Appariement après le job-dating")
            .button(ButtonKind::Secondary)
            .into(),
    ];
    Ok(page)
}

pub(super) fn level(level: Option<i64>) -> Fragment {
    let text = level.map(|level| if level == 0 { "aucun".to_owned() } else { format!("niveau {level}") });
    Unknown::MASCULINE.or(text)
}

pub(super) fn months(months: Option<i64>) -> Fragment {
    Unknown::FEMININE.or(months.map(|months| fr::count(months.unsigned_abs(), "mois", "mois")))
}

fn yes_no(name: &str, label: &str, hint: &str, value: &str) -> Field {
    let answers = [Choice::new("", "Non renseigné"), Choice::new("oui", "Oui"), Choice::new("non", "Non")];
    let field = Field::select(name, label, answers).value(value);
    if hint.is_empty() { field } else { field.hint(hint.to_owned()) }
}

fn new_form(path: &str, sent: &Query, problem: Option<String>) -> Form {
    let value = |name: &str| sent.get(name).unwrap_or_default().to_owned();
    let levels = std::iter::once(Choice::new("", "Non renseigné")).chain((0..=8).map(|level| {
        Choice::new(level.to_string(), if level == 0 { "Aucun".to_owned() } else { format!("Niveau {level}") })
    }));
    Form::post(format!("{path}/ajouter"))
        .without_focus()
        .problem(problem)
        .field(Field::text("prenom", "Prénom").value(value("prenom")).required())
        .field(Field::text("nom", "Nom").value(value("nom")).required())
        .field(Field::date("naissance", "Date de naissance").value(value("naissance")).required())
        .field(Field::email("courriel", "Adresse électronique").value(value("courriel")))
        .field(Field::telephone("telephone", "Téléphone").value(value("telephone")))
        .field(Field::select("diplome", "Plus haut diplôme", levels).value(value("diplome")))
        .field(Field::digits("experience", "Expérience professionnelle, en mois").value(value("experience")))
        .field(yes_no(
            "demandeur",
            "Demandeur d’emploi",
            "Pour le contrat de professionnalisation.",
            &value("demandeur"),
        ))
        .field(yes_no(
            "minimum",
            "Bénéficiaire du RSA, de l’ASS ou de l’AAH",
            "Pour le contrat de professionnalisation.",
            &value("minimum"),
        ))
        .field(yes_no(
            "rqth",
            "Qualité de travailleur handicapé reconnue",
            "Pour la limite d’âge et les aménagements\u{a0}; personne ne demande pourquoi.",
            &value("rqth"),
        ))
        .field(Field::textarea("motivation", "Motivation, dans ses mots", 4).value(value("motivation")))
        .button(Button::primary("Ajouter la candidature"))
}

fn answer(form: &Query, name: &str) -> Option<bool> {
    match form.get(name) {
        Some("oui") => Some(true),
        Some("non") => Some(false),
        _ => None,
    }
}

fn optional<T>(form: &Query, name: &str, read: impl Fn(&str) -> Option<T>, mend: &str) -> Result<Option<T>, String> {
    match form.get(name).map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => read(text).map(Some).ok_or_else(|| mend.to_owned()),
    }
}

fn read_candidate(form: &Query, cohort: Id<Cohort>) -> Result<NewCandidate, String> {
    let text = |name: &str| form.get(name).unwrap_or_default().trim().to_owned();
    Ok(NewCandidate {
        reference: String::new(),
        line: None,
        identity: LearnerIdentity {
            last_name: text("nom"),
            first_name: text("prenom"),
            birth_date: day(form, "naissance", "la date de naissance")?,
            email: optional(
                form,
                "courriel",
                |text| Email::parse(text).ok(),
                "Cette adresse électronique n’a pas la bonne forme.",
            )?,
            phone: optional(
                form,
                "telephone",
                |text| Phone::parse(text).ok(),
                "Ce numéro de téléphone n’a pas la bonne forme.",
            )?,
            disabled: answer(form, "rqth"),
            account: None,
        },
        application: Application {
            cohort,
            diploma_level: optional(form, "diplome", |text| text.parse().ok(), "Choisissez le plus haut diplôme.")?,
            experience_months: optional(
                form,
                "experience",
                |text| text.parse().ok(),
                "Écrivez l’expérience en mois, en chiffres.",
            )?,
            jobseeker: answer(form, "demandeur"),
            minimum_income: answer(form, "minimum"),
            motivation: text("motivation"),
        },
    })
}

pub async fn add(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let cohort = cohort::show(&app.platform, &signed.actor, id(&own)?).await?;
    let form = typed(&body);
    let done = match read_candidate(&form, cohort.record.id) {
        Err(problem) => Err(problem),
        Ok(new) => match admission::add_candidate(&app.platform, &signed.actor, new).await {
            Ok(learner) => Ok(learner),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(learner) => {
            Ok(redirect_with(Flash::success("La candidature est ajoutée."), &super::files::file_path(learner)))
        }
        Err(problem) => Ok(to_mend(&list_page(&app, &signed, &cohort, &Query::default(), &form, Some(problem)).await?)),
    }
}
