//! `/mon-parcours/choix`: the places in the order that a candidate prefers them, under their own account, and what was
//! decided.

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use axum::routing::{get, post};
use base::Id;
use platform::gate::ActionKind;
use school::admission::{self, Learner, OwnChoices, Place};
use school::cohort::Cohort;
use territory::Names;

use super::own;
use super::rankings::{rank_in, writers, written_by};
use super::{Part, Parts, id, mendable, tiers, typed};
use crate::app::App;
use crate::components::{Badge, Button, EmptyState, Field, Flash, Form, Fragment, Query};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

pub const PATH: &str = "/mon-parcours/choix";

pub fn routes() -> Vec<Route> {
    let own = Policy::May(ActionKind::FollowOwnCourse);
    vec![Route::new(PATH, own, get(show)), Route::new("/mon-parcours/choix/{personne}/{promotion}", own, post(rank))]
}

async fn show(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    Ok(page(&draw(&app, &signed, None).await?))
}

/// What was sent, for which cohort, and what is to be mended in it.
type Refused = (Id<Cohort>, Query, String);

async fn draw(app: &App, signed: &Signed, refused: Option<Refused>) -> Result<Parts, Problem> {
    let choices = admission::own_choices(&app.platform, &signed.actor).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let layout = signed.layout(app, PATH, "Mes choix de places").crumb("Mon calendrier", own::PATH);
    let mut parts = Vec::with_capacity(choices.len());
    for own in &choices {
        let refused = refused.as_ref().filter(|(cohort, ..)| *cohort == own.cohort.record.id);
        parts.push(part(app, signed, own, &names, refused).await?);
    }
    if parts.is_empty() {
        let empty = EmptyState::new(
            "Aucun choix à faire",
            "Les places à classer apparaissent ici une fois que l’école vous a admis·e dans une promotion.",
        );
        parts.push(Part::new("choix", "Mes choix", [empty.into()]));
    }
    Ok(Parts::new(layout, parts))
}

async fn part(
    app: &App,
    signed: &Signed,
    own: &OwnChoices,
    names: &Names,
    refused: Option<&Refused>,
) -> Result<Part, Problem> {
    let title = own.cohort.profile.value.name.as_str();
    let place_name = |place: Id<Place>| {
        own.places.iter().find(|offered| offered.id == place).map_or_else(
            || "une place qui n’est plus offerte".to_owned(),
            |offered| format!("{}, {}", names.name(offered.host), names.name(offered.structure)),
        )
    };
    if let Some(placement) = &own.placement {
        let told = Fragment::with_detail(
            Badge::ok(place_name(placement.value.place)),
            format!("décidé le {}", fr::date_long(placement.valid.from)),
        );
        return Ok(Part::new("resultat", title, [told])
            .lead("Votre placement est décidé. Pour en parler, adressez-vous à l’école."));
    }
    if own.places.is_empty() {
        let empty = EmptyState::new(
            "Aucune place offerte",
            "Les structures d’accueil publient leurs places\u{a0}: revenez bientôt.",
        );
        return Ok(Part::new("choix", title, [empty.into()]));
    }
    let known: &[Vec<Id<Place>>] = own.ranking.as_ref().map_or(&[], |fact| &fact.value.tiers.0);
    let action = format!("{PATH}/{}/{}", own.learner, own.cohort.record.id);
    let problem = refused.map(|(_, _, problem)| problem.clone());
    let form = own.places.iter().fold(Form::post(action).problem(problem), |form, offered| {
        let key = format!("rang-{}", offered.id);
        let before = rank_in(known, offered.id).map(|rank| rank.to_string()).unwrap_or_default();
        let sent = refused.and_then(|(_, sent, _)| sent.get(&key));
        let mut about = format!(
            "{}, à partir du {}",
            fr::count(offered.seats.unsigned_abs(), "place", "places"),
            fr::date_long(offered.starts_on)
        );
        if !offered.description.is_empty() {
            about = format!("{about}\u{a0}: {}", offered.description);
        }
        let field = Field::digits(key, place_name(offered.id))
            .value(sent.unwrap_or(&before).to_owned())
            .hint(about)
            .without_optional_mark();
        form.field(field)
    });
    let writers = writers(app, signed, own.ranking.as_ref()).await?;
    let last = own
        .ranking
        .as_ref()
        .map_or_else(String::new, |fact| format!(" Dernier classement {}.", written_by(fact, &writers)));
    let lead = format!(
        "1 pour la place que vous préférez. Deux places de même rang vous conviennent également\u{a0}; sans rang, vous refusez la place. Les structures ne voient pas votre classement.{last}"
    );
    Ok(Part::new("choix", title, [form.button(Button::primary("Enregistrer mon classement")).into()]).lead(lead))
}

async fn rank(
    State(app): State<App>,
    signed: Signed,
    Path((person, promotion)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let (learner, cohort): (Id<Learner>, Id<Cohort>) = (id(&person)?, id(&promotion)?);
    let form = typed(&body);
    let done = match tiers(&form) {
        Err(problem) => Err(problem),
        Ok(tiers) => match admission::rank_places(&app.platform, &signed.actor, learner, cohort, tiers).await {
            Ok(()) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(()) => Ok(redirect_with(Flash::success("Votre classement est enregistré."), PATH)),
        Err(problem) => Ok(to_mend(&draw(&app, &signed, Some((cohort, form, problem))).await?)),
    }
}
