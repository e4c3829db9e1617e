//! What a host offers, published and corrected: by the host itself under `/places`, by the school under
//! `/ecole/promotions/{id}/places/{place}`.

use axum::extract::{Path, RawForm, RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use base::Id;
use platform::Organisation;
use platform::gate::{ActionKind, Reach, check};
use school::admission::{self, HostGround, NewPlace, Offer, Place, PlaceView};
use school::cohort::{self, Cohort, CohortView};
use school::contract::{self, TutorView};
use territory::Names;

use super::{Part, Parts, cohort_path, day, id, mendable, places, typed, whole};
use crate::app::App;
use crate::components::{Button, Choice, Field, Flash, Form, Query};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

pub const NEW: &str = "/places/nouvelle";

pub fn routes() -> Vec<Route> {
    let offer = Policy::May(ActionKind::OfferPlaces);
    let admit = Policy::May(ActionKind::ManageAdmissions);
    vec![
        Route::new(NEW, offer, get(new).post(publish)),
        Route::new("/places/{id}", offer, get(edit).post(correct)),
        Route::new("/places/{id}/retirer", offer, post(withdraw)),
        Route::new("/ecole/promotions/{id}/places/{place}", admit, get(edit_of_school).post(correct_of_school)),
        Route::new("/ecole/promotions/{id}/places/{place}/retirer", admit, post(withdraw_of_school)),
    ]
}

/// Who looks at places: their host, or the school of the cohort they are offered to.
pub(super) enum Side {
    Host(Id<Organisation>),
    School(Box<CohortView>),
}

impl Side {
    pub async fn school(app: &App, signed: &Signed, cohort: &str) -> Result<Self, Problem> {
        Ok(Self::School(Box::new(cohort::show(&app.platform, &signed.actor, id(cohort)?).await?)))
    }

    pub fn host(signed: &Signed) -> Result<Self, Problem> {
        match check(&signed.actor, ActionKind::OfferPlaces)? {
            Reach::Organisation(host) => Ok(Self::Host(host)),
            _ => Err(Problem::forbidden("Ce mandat n’est pas celui d’un employeur.")),
        }
    }

    /// The list to come back to.
    pub fn list(&self) -> String {
        match self {
            Self::Host(_) => places::PATH.to_owned(),
            Self::School(cohort) => format!("{}/appariement", cohort_path(cohort)),
        }
    }

    /// Where one of the places is.
    pub fn of(&self, place: Id<Place>) -> String {
        match self {
            Self::Host(_) => format!("{}/{place}", places::PATH),
            Self::School(cohort) => format!("{}/places/{place}", cohort_path(cohort)),
        }
    }

    pub async fn place(&self, app: &App, signed: &Signed, own: &str) -> Result<PlaceView, Problem> {
        let (platform, actor) = (&app.platform, &signed.actor);
        let place: Id<Place> = id(own)?;
        let places = match self {
            Self::Host(_) => admission::offered_by(platform, actor).await?,
            Self::School(cohort) => admission::places(platform, actor, cohort.record.id).await?,
        };
        places.into_iter().find(|view| view.id == place).ok_or_else(Problem::not_found)
    }

    pub fn layout(&self, app: &App, signed: &Signed, path: &str, title: &str) -> Layout {
        let layout = signed.layout(app, path, title);
        match self {
            Self::Host(_) => layout.crumb("Mes places", places::PATH),
            Self::School(cohort) => layout
                .crumb("École", super::PATH)
                .crumb(cohort.profile.value.name.as_str(), cohort_path(cohort))
                .crumb("Appariement", self.list()),
        }
    }
}

/// What the form offers to choose from.
struct Chosen {
    ground: HostGround,
    tutors: Vec<TutorView>,
    /// The cohorts to offer to; empty when the cohort stays.
    cohorts: Vec<CohortView>,
}

impl Chosen {
    async fn read(app: &App, signed: &Signed, host: Id<Organisation>, new: bool) -> Result<Self, Problem> {
        let (platform, actor) = (&app.platform, &signed.actor);
        Ok(Self {
            ground: admission::host_ground(platform, actor, host).await?,
            tutors: contract::tutors_of(platform, actor, host).await?,
            cohorts: if new { admission::cohorts_to_offer(platform, actor).await? } else { Vec::new() },
        })
    }
}

fn offer_form(path: &str, list: String, chosen: &Chosen, names: &Names, sent: &Query, problem: Option<String>) -> Form {
    let value = |name: &str| sent.get(name).unwrap_or_default().to_owned();
    let mut form = Form::post(path).problem(problem);
    if !chosen.cohorts.is_empty() {
        let cohorts = chosen.cohorts.iter().map(|cohort| {
            let profile = &cohort.profile.value;
            let school = names.name(cohort.record.organisation);
            Choice::new(
                cohort.record.id.to_string(),
                format!("{}, {school}, {}", profile.name, fr::period(cohort.profile.valid)),
            )
        });
        form = form.field(Field::select("promotion", "Promotion", cohorts).value(value("promotion")).required());
    }
    let structures =
        chosen.ground.structures.iter().map(|structure| Choice::new(names.code(*structure), names.name(*structure)));
    let none = |label: &str| std::iter::once(Choice::new("", label));
    let posts = none("Aucun poste en particulier").chain(chosen.ground.vacancies.iter().map(|vacancy| {
        let funded =
            vacancy.funded_until.map_or_else(String::new, |day| format!(", financé jusqu’au {}", fr::date_long(day)));
        let label = format!("{}, {}{funded}", vacancy.code, names.name(vacancy.structure));
        Choice::new(vacancy.post.to_string(), label)
    }));
    let tutors = none("À désigner plus tard")
        .chain(chosen.tutors.iter().map(|tutor| Choice::new(tutor.id.to_string(), tutor.profile.value.name.as_str())));
    form.field(Field::select("structure", "Lieu", structures).value(value("structure")).required())
        .field(
            Field::select("poste", "Poste à pourvoir", posts)
                .value(value("poste"))
                .hint("Celui que la personne pourra occuper ensuite."),
        )
        .field(Field::select("tuteur", "Tuteur ou tutrice", tutors).value(value("tuteur")))
        .field(Field::digits("sieges", "Nombre de places").value(value("sieges")).required())
        .field(Field::date("debut", "À partir du").value(value("debut")).required())
        .field(Field::textarea("description", "Description", 3).value(value("description")))
        .button(Button::primary(if chosen.cohorts.is_empty() { "Enregistrer" } else { "Publier cette offre" }))
        .cancel(list)
}

fn chosen_id<T>(form: &Query, name: &str) -> Option<Id<T>> {
    form.get(name).and_then(|text| text.parse().ok())
}

fn read_offer(form: &Query, names: &Names) -> Result<Offer, String> {
    Ok(Offer {
        structure: form.get("structure").and_then(|code| names.find(code)).ok_or("Choisissez le lieu.")?,
        post: chosen_id(form, "poste"),
        tutor: chosen_id(form, "tuteur"),
        seats: whole(form, "sieges", "le nombre de places")?,
        starts_on: day(form, "debut", "le jour de début")?,
        description: form.get("description").unwrap_or_default().to_owned(),
    })
}

/// The form as it stands: what the places say now.
fn as_typed(view: &PlaceView, names: &Names) -> Query {
    let value = &view.profile.value;
    let optional = |id: Option<String>| id.unwrap_or_default();
    Query::default()
        .with("structure", names.code(value.structure))
        .with("poste", optional(value.post.map(|post| post.to_string())))
        .with("tuteur", optional(value.tutor.map(|tutor| tutor.to_string())))
        .with("sieges", value.seats.to_string())
        .with("debut", value.starts_on.to_string())
        .with("description", value.description.as_str())
}

async fn new(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let asked = Query::parse(query.as_deref());
    Ok(page(&new_page(&app, &signed, &asked, None).await?))
}

async fn new_page(app: &App, signed: &Signed, sent: &Query, problem: Option<String>) -> Result<Parts, Problem> {
    let side = Side::host(signed)?;
    let Side::Host(host) = side else { return Err(Problem::not_found()) };
    let chosen = Chosen::read(app, signed, host, true).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let layout = side.layout(app, signed, NEW, "Offrir des places");
    if chosen.cohorts.is_empty() {
        let empty = crate::components::EmptyState::new(
            "Aucune promotion n’attend de places",
            "Les écoles ouvrent leurs promotions ici\u{a0}: revenez quand la prochaine sera annoncée.",
        );
        return Ok(Parts::new(layout, vec![Part::new("offre", "L’offre", [empty.into()])]));
    }
    // A post to fill says where; a cohort says from when.
    let vacancy = chosen_id(sent, "poste").and_then(|post| {
        chosen.ground.vacancies.iter().find(|vacancy| vacancy.post == post).map(|vacancy| vacancy.structure)
    });
    let usual = [
        ("structure", vacancy.map_or("", |structure| names.code(structure)).to_owned()),
        ("sieges", "1".to_owned()),
        ("debut", chosen.cohorts[0].first_day().max(app.platform.today()).to_string()),
    ];
    let sent = usual.into_iter().fold(sent.clone(), |sent, (name, value)| match sent.get(name) {
        None => sent.with(name, value),
        Some(_) => sent,
    });
    let form = offer_form(NEW, side.list(), &chosen, &names, &sent, problem);
    Ok(Parts::new(layout, vec![Part::new("offre", "L’offre", [form.into()])]))
}

async fn publish(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let side = Side::host(&signed)?;
    let Side::Host(host) = side else { return Err(Problem::not_found()) };
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let form = typed(&body);
    let new = || -> Result<NewPlace, String> {
        let cohort: Id<Cohort> = chosen_id(&form, "promotion").ok_or("Choisissez la promotion.")?;
        Ok(NewPlace { host, cohort, offer: read_offer(&form, &names)? })
    };
    let done = match new() {
        Err(problem) => Err(problem),
        Ok(new) => match admission::publish(&app.platform, &signed.actor, new).await {
            Ok(_) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(()) => Ok(redirect_with(Flash::success("L’offre est publiée."), &side.list())),
        Err(problem) => Ok(to_mend(&new_page(&app, &signed, &form, Some(problem)).await?)),
    }
}

async fn edit(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let side = Side::host(&signed)?;
    let view = side.place(&app, &signed, &own).await?;
    Ok(page(&edit_page(&app, &signed, &side, &view, None).await?))
}

async fn edit_of_school(
    State(app): State<App>,
    signed: Signed,
    Path((cohort, own)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let side = Side::school(&app, &signed, &cohort).await?;
    let view = side.place(&app, &signed, &own).await?;
    Ok(page(&edit_page(&app, &signed, &side, &view, None).await?))
}

async fn edit_page(
    app: &App,
    signed: &Signed,
    side: &Side,
    view: &PlaceView,
    refused: Option<(Query, String)>,
) -> Result<Parts, Problem> {
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let mut chosen = Chosen::read(app, signed, view.host, false).await?;
    // The post that the places stand against stays on offer, filled meanwhile or not.
    let value = &view.profile.value;
    if let Some(post) = value.post
        && chosen.ground.vacancies.iter().all(|vacancy| vacancy.post != post)
    {
        let known = admission::post_of(&app.platform, &signed.actor, post).await?;
        chosen.ground.vacancies.extend(known);
    }
    let (sent, problem) = match refused {
        None => (as_typed(view, &names), None),
        Some((sent, problem)) => (sent, Some(problem)),
    };
    let path = side.of(view.id);
    let form = offer_form(&path, side.list(), &chosen, &names, &sent, problem);
    let layout = side.layout(app, signed, &path, "Corriger une offre").lead(format!(
        "{}, {}",
        names.name(view.host),
        names.name(value.structure)
    ));
    let part = Part::new("offre", "L’offre", [form.into()])
        .lead("Ce qui change vaut à partir d’aujourd’hui\u{a0}; ce qui était offert avant reste au journal.");
    Ok(Parts::new(layout, vec![part]))
}

async fn correct(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let side = Side::host(&signed)?;
    write_correction(&app, &signed, &side, &own, &body).await
}

async fn correct_of_school(
    State(app): State<App>,
    signed: Signed,
    Path((cohort, own)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let side = Side::school(&app, &signed, &cohort).await?;
    write_correction(&app, &signed, &side, &own, &body).await
}

async fn write_correction(
    app: &App,
    signed: &Signed,
    side: &Side,
    own: &str,
    body: &[u8],
) -> Result<Response, Problem> {
    let view = side.place(app, signed, own).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let form = typed(body);
    let done = match read_offer(&form, &names) {
        Err(problem) => Err(problem),
        Ok(offer) => match admission::correct(&app.platform, &signed.actor, view.id, offer).await {
            Ok(()) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(()) => Ok(redirect_with(Flash::success("L’offre est corrigée."), &side.list())),
        Err(problem) => Ok(to_mend(&edit_page(app, signed, side, &view, Some((form, problem))).await?)),
    }
}

async fn withdraw(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let side = Side::host(&signed)?;
    write_withdrawal(&app, &signed, &side, &own).await
}

async fn withdraw_of_school(
    State(app): State<App>,
    signed: Signed,
    Path((cohort, own)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let side = Side::school(&app, &signed, &cohort).await?;
    write_withdrawal(&app, &signed, &side, &own).await
}

async fn write_withdrawal(app: &App, signed: &Signed, side: &Side, own: &str) -> Result<Response, Problem> {
    let view = side.place(app, signed, own).await?;
    let flash = match admission::withdraw(&app.platform, &signed.actor, view.id).await {
        Ok(()) => Flash::success("L’offre est retirée."),
        Err(error) => Flash::failure(mendable(error)?),
    };
    Ok(redirect_with(flash, &side.list()))
}
