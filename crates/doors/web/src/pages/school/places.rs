//! `/places`: the places a host structure offers, the posts it has to fill, whom the school placed there, and how many
//! people its tutors guide.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use base::Id;
use law::publics::Answer;
use platform::gate::ActionKind;
use school::admission::{self, HostGround, PlaceView, Placed, TutorCommitment};
use school::contract::{self, Tutor, TutorView};
use territory::Names;

use super::offers::{self, Side};
use super::rankings::{writers, written_by};
use super::{Part, Parts, tutors};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, Button, ButtonKind, Column, EmptyState, Figure, Fragment, Link, Query, Row, Table,
};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::page;
use crate::routes::{Policy, Route};
use crate::session::Signed;

pub const PATH: &str = "/places";

pub fn routes() -> Vec<Route> {
    vec![Route::new(PATH, Policy::May(ActionKind::OfferPlaces), get(show))]
}

async fn show(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    Ok(page(&draw(&app, &signed, &Query::default(), None).await?))
}

/// The page; `sent` and `problem` are those of the form that adds a tutor.
pub(super) async fn draw(app: &App, signed: &Signed, sent: &Query, problem: Option<String>) -> Result<Parts, Problem> {
    let side = Side::host(signed)?;
    let Side::Host(host) = side else { return Err(Problem::not_found()) };
    let (platform, actor) = (&app.platform, &signed.actor);
    let places = admission::offered_by(platform, actor).await?;
    let placed = admission::own_placements(platform, actor).await?;
    let known = contract::tutors_of(platform, actor, host).await?;
    let loads = admission::own_tutor_commitments(platform, actor).await?;
    let ground = admission::host_ground(platform, actor, host).await?;
    let names = app.directory.names(platform, app.tenant).await?;

    let table = place_table(app, signed, &places, &known, &placed, &names).await?;
    let mut parts = vec![Part::new("places", "Places offertes", [table])];
    if !places.is_empty() || !placed.is_empty() {
        parts.push(
            Part::new("resultat", "Qui vient chez vous", [placed_table(&places, &placed, &names).into()])
                .lead("Ce que l’école a décidé après le job-dating."),
        );
    }
    parts.push(
        Part::new("postes", "Vos postes à pourvoir", [vacancy_table(&ground, &names).into()])
            .lead("Offrez une place en face d’un poste\u{a0}: l’école sait alors pour quoi elle forme."),
    );
    parts.push(Part::new("tuteurs", "Tuteurs et tutrices", [tutor_table(&known, &loads).into()]));
    parts.push(Part::new("ajouter", "Ajouter un tuteur ou une tutrice", [tutors::add_form(sent, problem).into()]));
    let layout = signed
        .layout(app, PATH, "Mes places")
        .lead("Les places que vous offrez, votre classement après le job-dating, vos tuteurs et tutrices.");
    let seats: i64 = places.iter().map(|view| view.profile.value.seats).sum();
    let unranked = places.iter().filter(|view| view.ranking.is_none()).count();
    let mut page = Parts::new(layout, parts);
    page.figures = vec![
        Figure::new("Places offertes", fr::number(seats), "places"),
        Figure::new("Classements à faire", fr::number(unranked), "offres"),
        Figure::new("Personnes placées chez vous", fr::number(placed.len()), "personnes"),
        Figure::new("Postes à pourvoir", fr::number(ground.vacancies.len()), "postes"),
    ];
    page.actions = vec![Link::new(offers::NEW, "Offrir des places").button(ButtonKind::Primary).into()];
    Ok(page)
}

async fn place_table(
    app: &App,
    signed: &Signed,
    places: &[PlaceView],
    tutors: &[TutorView],
    placed: &[Placed],
    names: &Names,
) -> Result<Fragment, Problem> {
    let writers = writers(app, signed, places.iter().filter_map(|view| view.ranking.as_ref())).await?;
    let rows = places.iter().map(|view| {
        let value = &view.profile.value;
        let tutor = tutors.iter().find(|tutor| Some(tutor.id) == value.tutor);
        let here = placed.iter().filter(|line| line.placement.value.place == view.id).count();
        let ranked = match &view.ranking {
            Some(fact) => {
                let count: usize = view.tiers().iter().map(Vec::len).sum();
                let badge = Badge::ok(fr::count(count as u64, "personne classée", "personnes classées"));
                Fragment::with_detail(badge, written_by(fact, &writers))
            }
            None => Badge::warning("à faire").into(),
        };
        let own = format!("{PATH}/{}", view.id);
        let place = names.name(value.structure);
        Row::new([
            Fragment::with_detail(Link::new(own.as_str(), place), names.name(view.organisation)),
            Fragment::with_detail(
                fr::number(value.seats),
                fr::count(here as u64, "personne placée", "personnes placées"),
            ),
            fr::date_long(value.starts_on).into(),
            match tutor {
                Some(tutor) => tutor.profile.value.name.as_str().into(),
                None => Badge::warning("à désigner").into(),
            },
            Fragment::join([
                ranked,
                Fragment::with_detail(
                    "",
                    Link::new(format!("{own}/classement"), "Classer les candidats").context(place),
                ),
            ]),
            ActionForm::new(format!("{own}/retirer"), Button::quiet("Retirer")).into(),
        ])
    });
    let columns = [
        Column::text("Structure et école"),
        Column::number("Places"),
        Column::text("À partir du"),
        Column::text("Tuteur ou tutrice"),
        Column::text("Classement"),
        Column::actions("Retirer"),
    ];
    let empty = EmptyState::new(
        "Aucune place publiée",
        "Dites aux écoles combien d’alternants vous accueillez, où, avec qui et à partir de quand.",
    )
    .link(Link::new(offers::NEW, "Offrir des places"));
    Ok(Table::new("places", "Places", columns, rows).caption_hidden().empty(empty).into())
}

fn placed_table(places: &[PlaceView], placed: &[Placed], names: &Names) -> Table {
    let rows = placed.iter().map(|line| {
        let view = places.iter().find(|view| view.id == line.placement.value.place);
        Row::new([
            line.name.as_str().into(),
            view.map_or("—", |view| names.name(view.profile.value.structure)).into(),
            fr::date_long(line.placement.valid.from).into(),
        ])
    });
    let columns = [Column::text("Personne"), Column::text("Lieu"), Column::text("Décidé le")];
    Table::new("resultat", "Qui vient chez vous", columns, rows).caption_hidden().empty(EmptyState::new(
        "Personne n’est encore placé",
        "L’école décide une fois les classements des deux côtés reçus.",
    ))
}

fn vacancy_table(ground: &HostGround, names: &Names) -> Table {
    let rows = ground.vacancies.iter().map(|vacancy| {
        Row::new([
            Fragment::with_detail(vacancy.code.as_str(), vacancy.job.label()),
            names.name(vacancy.structure).into(),
            vacancy.funded_until.map_or_else(|| "permanent".to_owned(), fr::date_long).into(),
            fr::number(vacancy.places).into(),
            Link::new(format!("{}?poste={}", offers::NEW, vacancy.post), "Offrir une place")
                .context(vacancy.code.as_str())
                .into(),
        ])
    });
    let columns = [
        Column::text("Poste"),
        Column::text("Lieu"),
        Column::text("Financé jusqu’au"),
        Column::number("Offres en face"),
        Column::actions("Offrir"),
    ];
    Table::new("postes", "Vos postes à pourvoir", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Aucun poste à pourvoir", "Les postes de vos structures viennent du territoire."))
}

/// « 1 personne suivie, 1 place offerte, 2 au plus ».
fn load(load: Option<&TutorCommitment>) -> Fragment {
    let Some(load) = load else { return "—".into() };
    let committed = load.people + load.open_seats;
    let text = format!(
        "{}, {}",
        fr::count(load.people as u64, "personne suivie", "personnes suivies"),
        fr::count(load.open_seats as u64, "place offerte", "places offertes")
    );
    let badge = match committed.cmp(&usize::from(load.most)) {
        std::cmp::Ordering::Less => {
            let left = (usize::from(load.most) - committed) as u64;
            Badge::ok(format!("encore {}", fr::count(left, "personne", "personnes")))
        }
        std::cmp::Ordering::Equal => Badge::info("complet"),
        std::cmp::Ordering::Greater => Badge::danger("au-delà du plafond"),
    };
    Fragment::join([Fragment::with_detail(text, format!("{} au plus", load.most)), badge.into()])
}

fn tutor_table(tutors: &[TutorView], loads: &HashMap<Id<Tutor>, TutorCommitment>) -> Table {
    let rows = tutors.iter().map(|tutor| {
        let profile = &tutor.profile.value;
        let against: Vec<Fragment> = tutor
            .findings
            .iter()
            // The load is beside, with the seats offered.
            .filter(|finding| finding.answer != Answer::Yes && finding.rule != "apprenticeship.tutor_load")
            .map(|finding| Fragment::with_detail(finding.why.as_str(), finding.citation))
            .collect();
        Row::new([
            Link::new(tutors::path(tutor.id), profile.name.as_str()).into(),
            load(loads.get(&tutor.id)),
            match against.is_empty() {
                true => Badge::ok("remplit les conditions").into(),
                false => Fragment::join(against),
            },
            match profile.account {
                Some(_) => Badge::ok("relié").into(),
                None => Badge::neutral("aucun").into(),
            },
        ])
    });
    let columns = [
        Column::text("Nom"),
        Column::text("Charge"),
        Column::text("Ce que dit le Code du travail"),
        Column::text("Compte"),
    ];
    Table::new("tuteurs", "Tuteurs et tutrices", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Aucun tuteur", "Chaque place demande un tuteur ou une tutrice de votre structure."))
}
