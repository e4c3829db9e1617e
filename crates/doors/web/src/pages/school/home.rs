//! `/ecole`: the cohorts of a school, and what is due; a cohort is opened from here.

use axum::extract::{RawForm, State};
use axum::response::Response;
use base::Id;
use platform::gate::ActionKind;
use school::cohort::{self, CohortView, NewCohort};
use school::referential;

use super::{PATH, Part, Parts, cohort_path, day, mendable, own_school, sites, tabs, typed, whole};
use crate::app::App;
use crate::components::{
    Badge, Button, ButtonKind, Choice, Column, EmptyState, Field, Flash, Form, Fragment, Link, Notice, Query, Row,
    Table, Tone,
};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

const NEW: &str = "/ecole/promotions/nouvelle";

pub async fn show(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    let school = own_school(&signed)?;
    let cohorts = cohort::list(&app.platform, &signed.actor).await?;
    let referentials = referential::list(&app.platform, &signed.actor).await?;
    let accreditations = referential::accreditations(&app.platform, &signed.actor, school).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let today = app.platform.today();

    let mut rows = Vec::with_capacity(cohorts.len());
    for cohort in &cohorts {
        let profile = &cohort.profile.value;
        let shown = referentials.iter().find(|shown| shown.loaded.id == profile.referential);
        let title: Fragment = match shown {
            Some(shown) => {
                Link::new(format!("{}/{}", super::referentials::PATH, shown.loaded.id), shown.title().code.as_str())
                    .into()
            }
            None => "—".into(),
        };
        let version = shown.map_or_else(String::new, |shown| format!("version {}", shown.title().version));
        rows.push(Row::new([
            Fragment::with_detail(Link::new(cohort_path(cohort), profile.name.as_str()), cohort.record.code.as_str()),
            Fragment::with_detail(title, version),
            names.name(profile.site).into(),
            fr::capitalised(&fr::period(cohort.profile.valid)).into(),
            fr::number(profile.seats).into(),
            standing(&app, &signed, cohort).await?,
        ]));
    }
    let columns = [
        Column::text("Promotion"),
        Column::text("Titre préparé"),
        Column::text("Site"),
        Column::text("Période"),
        Column::number("Places"),
        Column::text("Aujourd’hui"),
    ];
    let empty =
        EmptyState::new("Aucune promotion", "Chargez d’abord le référentiel du titre, puis ouvrez une promotion.");
    let table = Table::new("promotions", "Promotions", columns, rows).caption_hidden().empty(empty);

    let mut notices: Vec<Notice> = accreditations
        .into_iter()
        .filter_map(|line| line.alert)
        .map(|alert| Notice::new(Tone::Warning, "Habilitation à suivre", alert))
        .collect();
    let to_verify: usize = referentials.iter().map(|shown| shown.unverified(today).len()).sum();
    if to_verify > 0 {
        let text = Fragment::join([
            format!(
                "{}. ",
                fr::count(
                    to_verify as u64,
                    "élément attend une lecture du texte officiel",
                    "éléments attendent une lecture du texte officiel"
                )
            )
            .into(),
            Link::new(super::referentials::PATH, "Voir les référentiels").into(),
        ]);
        notices.push(Notice::new(Tone::Info, "Référentiels à confirmer", text));
    }
    let layout = signed.layout(&app, PATH, "École").lead("Les promotions, ce qu’elles préparent, où elles en sont.");
    let mut parts = Parts::new(layout, vec![Part::new("promotions", "Promotions", [table.into()])]);
    parts.tabs = Some(tabs(&signed, PATH));
    parts.notices = notices;
    if signed.may(ActionKind::ManageSchool) {
        parts.actions = vec![Link::new(NEW, "Ouvrir une promotion").button(ButtonKind::Primary).into()];
    }
    Ok(page(&parts))
}

/// What a cohort does today.
async fn standing(app: &App, signed: &Signed, cohort: &CohortView) -> Result<Fragment, Problem> {
    let today = app.platform.today();
    if today < cohort.first_day() {
        return Ok(Badge::neutral(format!("commence le {}", fr::date_long(cohort.first_day()))).into());
    }
    if today > cohort.last_day() {
        return Ok(Badge::neutral("terminée").into());
    }
    let days = cohort::calendar(&app.platform, &signed.actor, cohort.record.id).await?;
    let kind = days.into_iter().find(|day| day.day == today).map(|day| day.kind);
    Ok(match kind {
        Some(kind) => super::calendar::badge(&kind).into(),
        None => "—".into(),
    })
}

pub async fn new_cohort(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    Ok(page(&new_page(&app, &signed, &Query::default(), None).await?))
}

async fn new_page(app: &App, signed: &Signed, sent: &Query, problem: Option<String>) -> Result<Parts, Problem> {
    let referentials = referential::list(&app.platform, &signed.actor).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let titles = referentials.iter().map(|shown| {
        let title = shown.title();
        Choice::new(shown.loaded.id.to_string(), format!("{} · {}, version {}", title.code, title.name, title.version))
    });
    let value = |name: &str, other: &str| sent.get(name).unwrap_or(other).to_owned();
    let form = Form::post(NEW)
        .problem(problem)
        .field(Field::text("nom", "Nom").value(value("nom", "")).hint("Comme «\u{a0}Automne 2026\u{a0}».").required())
        .field(
            Field::text("code", "Code")
                .value(value("code", ""))
                .hint("Court et unique dans l’école, comme CIP-2026-1.")
                .required(),
        )
        .field(Field::select("referentiel", "Titre préparé", titles).value(value("referentiel", "")).required())
        .field(Field::select("site", "Site", sites(&names)).value(value("site", "")).required())
        .field(Field::date("du", "Premier jour").value(value("du", "")).required())
        .field(Field::date("au", "Dernier jour").value(value("au", "")).required())
        .field(Field::digits("places", "Places").value(value("places", "12")).required())
        .field(
            Field::text("demi-journee", "Durée d’une demi-journée de cours, en heures")
                .value(value("demi-journee", "3,5"))
                .hint("Comme 3,5 pour trois heures et demie.")
                .required(),
        )
        .button(Button::primary("Ouvrir la promotion"))
        .cancel(PATH);
    let layout = signed.layout(app, NEW, "Ouvrir une promotion").crumb("École", PATH);
    Ok(Parts::new(layout, vec![Part::new("promotion", "La promotion", [form.into()])]))
}

pub async fn open_cohort(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let form = typed(&body);
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let new = own_school(&signed).map(|organisation| -> Result<NewCohort, String> {
        let site = form.get("site").and_then(|code| names.find(code)).ok_or("Choisissez le site.")?;
        let referential =
            form.get("referentiel").and_then(|text| text.parse().ok()).ok_or("Choisissez le titre préparé.")?;
        Ok(NewCohort {
            organisation,
            code: form.get("code").unwrap_or_default().to_owned(),
            name: form.get("nom").unwrap_or_default().to_owned(),
            referential,
            site,
            first_day: day(&form, "du", "le premier jour")?,
            last_day: day(&form, "au", "le dernier jour")?,
            seats: whole(&form, "places", "le nombre de places")?,
            half_day_hours: hundredths(form.get("demi-journee").unwrap_or_default())
                .ok_or("Écrivez la durée d’une demi-journée en heures, comme 3,5.")?,
        })
    })?;
    let answer: Result<Id<cohort::Cohort>, String> = match new {
        Ok(new) => match cohort::create(&app.platform, &signed.actor, new).await {
            Ok(id) => Ok(id),
            Err(error) => Err(mendable(error)?),
        },
        Err(problem) => Err(problem),
    };
    match answer {
        Ok(id) => Ok(redirect_with(
            Flash::success("La promotion est ouverte. Posez maintenant son calendrier et son programme."),
            &format!("/ecole/promotions/{id}"),
        )),
        Err(problem) => Ok(to_mend(&new_page(&app, &signed, &form, Some(problem)).await?)),
    }
}

/// « 3,5 » as 350.
pub(super) fn hundredths(text: &str) -> Option<i64> {
    let hours: f64 = text.trim().replace(',', ".").parse().ok()?;
    (hours.is_finite() && (0.0..=1_000_000.0).contains(&hours)).then(|| (hours * 100.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_with_a_comma_or_a_point() {
        assert_eq!(hundredths("3,5"), Some(350));
        assert_eq!(hundredths(" 3.25 "), Some(325));
        assert_eq!(hundredths("trois"), None);
        assert_eq!(hundredths("-1"), None);
        assert_eq!(hundredths("NaN"), None);
    }
}
