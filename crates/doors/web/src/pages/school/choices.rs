//! `/ecole/dossiers/{id}/choix/{promotion}`: the places in the order that somebody admitted prefers them, typed in by the
//! school after the job-dating.

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use base::Id;
use school::admission::{self, Learner};
use school::cohort::{self, CohortView};

use super::rankings::{rank_in, writers, written_by};
use super::{Part, Parts, cohort_path, id, mendable, tiers, typed};
use crate::app::App;
use crate::components::{Button, EmptyState, Field, Flash, Form, Fragment, Query};
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

pub async fn show(
    State(app): State<App>,
    signed: Signed,
    Path((own, promotion)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let cohort = cohort::show(&app.platform, &signed.actor, id(&promotion)?).await?;
    Ok(page(&draw(&app, &signed, id(&own)?, &cohort, &Query::default(), None).await?))
}

async fn draw(
    app: &App,
    signed: &Signed,
    learner: Id<Learner>,
    cohort: &CohortView,
    sent: &Query,
    problem: Option<String>,
) -> Result<Parts, Problem> {
    let file = admission::candidate(&app.platform, &signed.actor, learner).await?;
    let places = admission::places(&app.platform, &signed.actor, cohort.record.id).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let own = super::files::file_path(learner);
    let path = format!("{own}/choix/{}", cohort.record.id);
    let ranking = file.rankings.iter().rev().find(|fact| fact.value.cohort == cohort.record.id);
    let known = ranking.map_or(&[][..], |fact| &fact.value.tiers.0);
    let piece: Fragment = if places.is_empty() {
        EmptyState::new("Aucune place offerte", "Publiez d’abord les places des structures d’accueil.").into()
    } else {
        let form = places.iter().fold(Form::post(path.as_str()).problem(problem), |form, view| {
            let key = format!("rang-{}", view.id);
            let name = format!("{}, {}", names.name(view.host), names.name(view.profile.value.structure));
            let before = rank_in(known, view.id).map(|rank| rank.to_string()).unwrap_or_default();
            let value = sent.get(&key).unwrap_or(&before).to_owned();
            form.field(Field::digits(key, name).value(value).without_optional_mark())
        });
        form.button(Button::primary("Enregistrer ce classement")).cancel(own.as_str()).into()
    };
    let layout = signed
        .layout(app, &path, "Classer les places")
        .crumb("École", super::PATH)
        .crumb(cohort.profile.value.name.as_str(), cohort_path(cohort))
        .crumb(file.identity.value.name(), own.as_str());
    let writers = writers(app, signed, ranking).await?;
    let last = ranking.map_or_else(String::new, |fact| format!(" Dernier classement {}.", written_by(fact, &writers)));
    let part = Part::new("classement", format!("Les choix de {}", file.identity.value.name()), [piece]).lead(format!(
        "1 pour la place préférée\u{a0}; deux places de même rang conviennent également, une place sans rang est refusée. Un nouveau classement remplace le précédent.{last}"
    ));
    Ok(Parts::new(layout, vec![part]))
}

pub async fn rank(
    State(app): State<App>,
    signed: Signed,
    Path((own, promotion)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let learner: Id<Learner> = id(&own)?;
    let cohort = cohort::show(&app.platform, &signed.actor, id(&promotion)?).await?;
    let form = typed(&body);
    let done = match tiers(&form) {
        Err(problem) => Err(problem),
        Ok(tiers) => match admission::rank_places(&app.platform, &signed.actor, learner, cohort.record.id, tiers).await
        {
            Ok(()) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(()) => Ok(redirect_with(Flash::success("Le classement est enregistré."), &super::files::file_path(learner))),
        Err(problem) => Ok(to_mend(&draw(&app, &signed, learner, &cohort, &form, Some(problem)).await?)),
    }
}
