//! `/ecole/moyens/formateurs/{id}`: one trainer, and the account they sign in with to find their weeks.

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use base::Id;
use school::cohort::{self, Trainer, TrainerView};

use super::{Part, Parts, id, linked_account, means, mendable, own_school, typed};
use crate::app::App;
use crate::components::{Description, Fragment};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

pub(super) fn path(trainer: Id<Trainer>) -> String {
    format!("{}/formateurs/{trainer}", means::PATH)
}

async fn find(app: &App, signed: &Signed, own: &str) -> Result<TrainerView, Problem> {
    let trainer: Id<Trainer> = id(own)?;
    let trainers = cohort::trainers(&app.platform, &signed.actor, own_school(signed)?).await?;
    trainers.into_iter().find(|view| view.id == trainer).ok_or_else(Problem::not_found)
}

pub async fn show(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let view = find(&app, &signed, &own).await?;
    Ok(page(&draw(&app, &signed, &view, (String::new(), None)).await?))
}

async fn draw(
    app: &App,
    signed: &Signed,
    view: &TrainerView,
    sent: (String, Option<String>),
) -> Result<Parts, Problem> {
    let own = path(view.id);
    let profile = &view.profile.value;
    let modules: Fragment =
        if profile.modules.0.is_empty() { "—".into() } else { profile.modules.0.join(", ").into() };
    let absences: Vec<String> = view.absences.iter().map(|fact| fr::period(fact.valid)).collect();
    let description = Description::new()
        .line("Période", fr::capitalised(&fr::period(view.profile.valid)))
        .line("Modules", modules)
        .line("Disponible", means::free_halves(profile.free))
        .line("Absences", if absences.is_empty() { "aucune".to_owned() } else { absences.join("\u{a0}; ") });
    let account = linked_account::pieces(app, signed, &format!("{own}/compte"), profile.account, sent).await?;
    let layout =
        signed.layout(app, &own, &profile.name).crumb("École", super::PATH).crumb("Formateurs et salles", means::PATH);
    let parts = vec![
        Part::new("formateur", "Ce que la personne enseigne", [description.into()]),
        Part::new("compte", "Son compte", account)
            .lead("Avec un compte, la personne trouve ses semaines et fait l’appel de ses séances."),
    ];
    Ok(Parts::new(layout, parts))
}

pub async fn link(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let view = find(&app, &signed, &own).await?;
    let form = typed(&body);
    let address = form.get("adresse").unwrap_or_default().to_owned();
    match cohort::link_trainer(&app.platform, &signed.actor, view.id, &address).await {
        Ok(()) => Ok(redirect_with(linked_account::told(&address), &path(view.id))),
        Err(error) => Ok(to_mend(&draw(&app, &signed, &view, (address, Some(mendable(error)?))).await?)),
    }
}
