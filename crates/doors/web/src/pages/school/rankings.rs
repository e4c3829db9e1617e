//! Whom a host would take: by the host itself under `/places/{id}/classement`, or typed in by the school.

use std::collections::HashMap;

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use axum::routing::get;
use base::Id;
use facts::{Fact, Kind};
use platform::Account;
use platform::gate::ActionKind;
use school::admission::{self, Learner, MetCandidate, PlaceView};

use super::offers::Side;
use super::{Part, Parts, mendable, tiers, typed};
use crate::app::App;
use crate::components::{Button, EmptyState, Field, Flash, Form, Fragment, Query};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

pub fn routes() -> Vec<Route> {
    let rank = Policy::May(ActionKind::RankCandidates);
    let admit = Policy::May(ActionKind::ManageAdmissions);
    vec![
        Route::new("/places/{id}/classement", rank, get(show).post(rank_candidates)),
        Route::new(
            "/ecole/promotions/{id}/places/{place}/classement",
            admit,
            get(show_of_school).post(rank_candidates_of_school),
        ),
    ]
}

/// « saisi par Claire Lefort le 10 juin 2026 ».
pub(super) fn written_by<K: Kind>(fact: &Fact<K>, names: &HashMap<Id<Account>, String>) -> String {
    let day = fr::date_long(fact.recorded_at.date());
    match fact.provenance.author.and_then(|author| names.get(&author)) {
        Some(name) => format!("saisi par {name} le {day}"),
        None => format!("saisi le {day}"),
    }
}

/// Who wrote some facts, by account.
pub(super) async fn writers<'a, K: Kind + 'a>(
    app: &App,
    signed: &Signed,
    facts: impl IntoIterator<Item = &'a Fact<K>>,
) -> Result<HashMap<Id<Account>, String>, Problem> {
    let mut accounts: Vec<Id<Account>> = facts.into_iter().filter_map(|fact| fact.provenance.author).collect();
    accounts.sort_unstable();
    accounts.dedup();
    Ok(school::accounts::names(&app.platform, &signed.actor, &accounts).await?)
}

/// Where somebody stands in the tiers of a ranking, from 1.
pub(super) fn rank_in<T>(tiers: &[Vec<Id<T>>], id: Id<T>) -> Option<usize> {
    tiers.iter().position(|tier| tier.contains(&id)).map(|tier| tier + 1)
}

async fn show(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let side = Side::host(&signed)?;
    answer(&app, &signed, &side, &own).await
}

async fn show_of_school(
    State(app): State<App>,
    signed: Signed,
    Path((cohort, own)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let side = Side::school(&app, &signed, &cohort).await?;
    answer(&app, &signed, &side, &own).await
}

async fn answer(app: &App, signed: &Signed, side: &Side, own: &str) -> Result<Response, Problem> {
    let view = side.place(app, signed, own).await?;
    let met = admission::met_candidates(&app.platform, &signed.actor, view.id).await?;
    Ok(page(&draw(app, signed, side, &view, &met, &Query::default(), None).await?))
}

async fn draw(
    app: &App,
    signed: &Signed,
    side: &Side,
    view: &PlaceView,
    met: &[MetCandidate],
    sent: &Query,
    problem: Option<String>,
) -> Result<Parts, Problem> {
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let path = format!("{}/classement", side.of(view.id));
    let piece: Fragment = if met.is_empty() {
        EmptyState::new("Personne à classer", "Les personnes admises par l’école apparaîtront ici.").into()
    } else {
        let form = met.iter().fold(Form::post(path.as_str()).problem(problem), |form, candidate| {
            let key = format!("rang-{}", candidate.learner);
            let known = rank_in(view.tiers(), candidate.learner).map(|rank| rank.to_string()).unwrap_or_default();
            let value = sent.get(&key).unwrap_or(&known).to_owned();
            form.field(Field::digits(key, candidate.name.as_str()).value(value).without_optional_mark())
        });
        form.button(Button::primary("Enregistrer le classement")).cancel(side.list()).into()
    };
    let writers = writers(app, signed, view.ranking.as_ref()).await?;
    let known = view.ranking.as_ref().map_or_else(String::new, |fact| {
        format!(" Dernier classement {}\u{a0}: celui-ci le remplace.", written_by(fact, &writers))
    });
    let layout = side.layout(app, signed, &path, "Classer les candidats").lead(format!(
        "{}, {}",
        names.name(view.host),
        names.name(view.profile.value.structure)
    ));
    let part = Part::new("classement", "Classement", [piece]).lead(format!(
        "1 pour la personne que la structure préfère. Deux personnes de même rang conviennent également. Sans rang, la personne n’est pas retenue.{known}"
    ));
    Ok(Parts::new(layout, vec![part]))
}

async fn rank_candidates(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let side = Side::host(&signed)?;
    write(&app, &signed, &side, &own, &body).await
}

async fn rank_candidates_of_school(
    State(app): State<App>,
    signed: Signed,
    Path((cohort, own)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let side = Side::school(&app, &signed, &cohort).await?;
    write(&app, &signed, &side, &own, &body).await
}

async fn write(app: &App, signed: &Signed, side: &Side, own: &str, body: &[u8]) -> Result<Response, Problem> {
    let view = side.place(app, signed, own).await?;
    let form = typed(body);
    let done = match tiers::<Learner>(&form) {
        Err(problem) => Err(problem),
        Ok(tiers) => match admission::rank_candidates(&app.platform, &signed.actor, view.id, tiers).await {
            Ok(()) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(()) => Ok(redirect_with(Flash::success("Le classement est enregistré."), &side.list())),
        Err(problem) => {
            let met = admission::met_candidates(&app.platform, &signed.actor, view.id).await?;
            Ok(to_mend(&draw(app, signed, side, &view, &met, &form, Some(problem)).await?))
        }
    }
}
