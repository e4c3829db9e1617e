//! `/ecole/promotions/{id}/appariement`: who goes where after the job-dating; proposed with reasons, decided by hand.

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use base::Id;
use platform::gate::ActionKind;
use school::admission::{self, Decision, Learner, MatchLine, NewPlace, Offer, PlaceView, Placed};
use school::cohort::{self, CohortView};
use territory::{Names, SubjectKind};

use super::rankings::{writers, written_by};
use super::{Part, Parts, cohort_path, cohort_tabs, day, id, mendable, typed, whole};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, Button, Choice, Column, EmptyState, Field, Flash, Form, Fragment, Link, Notice, Query, Row,
    Table, Tone,
};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

pub async fn show(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let cohort = cohort::show(&app.platform, &signed.actor, id(&own)?).await?;
    Ok(page(&draw(&app, &signed, &cohort, &Query::default(), None).await?))
}

pub(super) fn place_name(view: &PlaceView, names: &Names) -> String {
    format!("{}, {}", names.name(view.host), names.name(view.profile.value.structure))
}

async fn draw(
    app: &App,
    signed: &Signed,
    cohort: &CohortView,
    sent: &Query,
    problem: Option<String>,
) -> Result<Parts, Problem> {
    let path = format!("{}/appariement", cohort_path(cohort));
    let proposal = admission::propose(&app.platform, &signed.actor, cohort.record.id).await?;
    let placed = admission::placements(&app.platform, &signed.actor, cohort.record.id).await?;
    let vacancies = admission::vacancies(&app.platform, &signed.actor, cohort.record.id).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;

    let rows = proposal.lines.iter().map(|line| {
        let place = line.place.and_then(|place| proposal.places.iter().find(|view| view.id == place));
        Row::new([
            Link::new(super::files::file_path(line.learner), line.name.as_str()).into(),
            match place {
                Some(view) => place_name(view, &names).into(),
                None => Badge::warning("sans place").into(),
            },
            line.choice.map_or_else(|| "—".to_owned(), |choice| format!("nº\u{a0}{choice}")).into(),
            line.why.as_str().into(),
        ])
    });
    let columns = [
        Column::text("Candidat·e"),
        Column::text("Place proposée"),
        Column::text("Son choix"),
        Column::text("Pourquoi"),
    ];
    let empty = EmptyState::new("Personne à placer", "L’appariement part des personnes admises dans la promotion.");
    let table = Table::new("proposition", "Proposition", columns, rows).caption_hidden().empty(empty);
    let mut parts = vec![Part::new("proposition", "Proposition", [table.into()]).lead(format!(
        "Aucune personne et aucune structure ne se préfèrent l’une l’autre à ce qui leur est proposé. {}",
        proposal.ties
    ))];
    let waits = |line: &&MatchLine| placed.iter().all(|known| known.learner != line.learner);
    let waiting: Vec<&MatchLine> = proposal.lines.iter().filter(waits).collect();
    if signed.may(ActionKind::DecideAdmissions) && !waiting.is_empty() && !proposal.places.is_empty() {
        parts.push(
            Part::new("decision", "Décider", [decision_form(&path, &waiting, &proposal.places, &names, sent, problem).into()])
                .lead("La proposition est remplie d’avance. Une autre place demande une raison\u{a0}; «\u{a0}sans place\u{a0}» laisse la personne en attente. Un placement décidé se retire plus bas, puis se décide de nouveau."),
        );
    }
    if !placed.is_empty() {
        let table = placed_table(app, signed, &path, &placed, &proposal.places, &names).await?;
        parts.push(Part::new("places-decidees", "Placements décidés", [table]));
    }
    let mut offered: Vec<Fragment> = vec![place_table(app, signed, cohort, &proposal.places, &names).await?];
    if signed.may(ActionKind::ManageAdmissions) {
        offered.push(place_form(cohort, &names, sent).into());
    }
    parts.push(Part::new("places", "Places offertes", offered));
    let rows = vacancies.iter().map(|vacancy| {
        Row::new([
            Fragment::with_detail(names.name(vacancy.structure), vacancy.code.as_str()),
            vacancy.opened_by.map_or("—", |organisation| names.name(organisation)).into(),
            vacancy.funded_until.map_or_else(|| "—".to_owned(), fr::date_long).into(),
            fr::number(vacancy.places).into(),
        ])
    });
    let columns = [
        Column::text("Poste à pourvoir"),
        Column::text("Ouvert par"),
        Column::text("Financé jusqu’au"),
        Column::number("Places offertes en face"),
    ];
    let table = Table::new("postes", "Postes à pourvoir", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Aucun poste vacant", "Les postes viennent du territoire."));
    parts.push(
        Part::new("postes", "Postes à pourvoir dans le département", [table.into()])
            .lead("Ce pour quoi l’école forme."),
    );

    let layout = signed
        .layout(app, &path, "Appariement")
        .crumb("École", super::PATH)
        .crumb(cohort.profile.value.name.as_str(), cohort_path(cohort))
        .crumb("Candidatures", format!("{}/candidats", cohort_path(cohort)));
    let mut page = Parts::new(layout, parts);
    page.tabs = Some(cohort_tabs(signed, cohort, &format!("{}/candidats", cohort_path(cohort))));
    let without = waiting.iter().filter(|line| line.place.is_none()).count();
    if without > 0 {
        let text = format!(
            "{} sans place. Chaque ligne dit pourquoi.",
            fr::count(without as u64, "personne reste", "personnes restent")
        );
        page.notices = vec![Notice::new(Tone::Warning, "Tout le monde n’est pas placé", text)];
    }
    Ok(page)
}

/// Whoever is placed, by whom, and what had been proposed.
async fn placed_table(
    app: &App,
    signed: &Signed,
    path: &str,
    placed: &[Placed],
    places: &[PlaceView],
    names: &Names,
) -> Result<Fragment, Problem> {
    let writers = writers(app, signed, placed.iter().map(|line| &line.placement)).await?;
    let may = signed.may(ActionKind::DecideAdmissions);
    let rows = placed.iter().map(|line| {
        let value = &line.placement.value;
        let name = |place| {
            places
                .iter()
                .find(|view| view.id == place)
                .map_or_else(|| "offre retirée".to_owned(), |view| place_name(view, names))
        };
        let why = match value.reason.as_str() {
            "" => Fragment::with_detail("comme proposé", value.explanation.as_str()),
            reason => Fragment::with_detail(
                reason,
                value.proposed.map_or_else(
                    || "aucune place n’était proposée".to_owned(),
                    |place| format!("proposé\u{a0}: {}", name(place)),
                ),
            ),
        };
        let cells = [
            Link::new(super::files::file_path(line.learner), line.name.as_str()).into(),
            name(value.place).into(),
            why,
            Fragment::with_detail(fr::date_long(line.placement.valid.from), written_by(&line.placement, &writers)),
        ];
        let take_back = || ActionForm::new(format!("{path}/{}/retirer", line.learner), Button::quiet("Retirer")).into();
        Row::new(cells.into_iter().chain(may.then(take_back)))
    });
    let columns =
        [Column::text("Alternant·e"), Column::text("Place"), Column::text("Pourquoi"), Column::text("Décidé le")];
    let columns = columns.into_iter().chain(may.then(|| Column::actions("Retirer")));
    Ok(Table::new("places-decidees", "Placements décidés", columns, rows).caption_hidden().into())
}

/// What hosts offer; the school corrects it in their name, and types in what they wrote.
async fn place_table(
    app: &App,
    signed: &Signed,
    cohort: &CohortView,
    places: &[PlaceView],
    names: &Names,
) -> Result<Fragment, Problem> {
    let writers = writers(app, signed, places.iter().filter_map(|view| view.ranking.as_ref())).await?;
    let may = signed.may(ActionKind::ManageAdmissions);
    let rows = places.iter().map(|view| {
        let value = &view.profile.value;
        let own = format!("{}/places/{}", cohort_path(cohort), view.id);
        let name = place_name(view, names);
        let ranked = match &view.ranking {
            Some(fact) => {
                let count: usize = view.tiers().iter().map(Vec::len).sum();
                let badge = Badge::ok(fr::count(count as u64, "personne classée", "personnes classées"));
                Fragment::with_detail(badge, written_by(fact, &writers))
            }
            None => Badge::warning("pas de classement").into(),
        };
        let cells = [
            if may { Link::new(own.as_str(), name.as_str()).into() } else { name.as_str().into() },
            fr::number(value.seats).into(),
            fr::date_long(value.starts_on).into(),
            match may {
                true => Fragment::join([
                    ranked,
                    Fragment::with_detail(
                        "",
                        Link::new(format!("{own}/classement"), "Saisir le classement").context(name.as_str()),
                    ),
                ]),
                false => ranked,
            },
            if value.description.is_empty() { "—".into() } else { value.description.as_str().into() },
        ];
        let withdraw = || ActionForm::new(format!("{own}/retirer"), Button::quiet("Retirer")).into();
        Row::new(cells.into_iter().chain(may.then(withdraw)))
    });
    let columns = [
        Column::text("Structure"),
        Column::number("Places"),
        Column::text("À partir du"),
        Column::text("Classement"),
        Column::text("Description"),
    ];
    let columns = columns.into_iter().chain(may.then(|| Column::actions("Retirer")));
    Ok(Table::new("places", "Places offertes", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Aucune place offerte", "Les structures d’accueil publient leurs places."))
        .into())
}

fn decision_form(
    path: &str,
    waiting: &[&MatchLine],
    offered: &[PlaceView],
    names: &Names,
    sent: &Query,
    problem: Option<String>,
) -> Form {
    let form = Form::post(format!("{path}/valider")).without_focus().problem(problem);
    let form = waiting.iter().fold(form, |form, line| {
        let (place_key, reason_key) = (format!("place-{}", line.learner), format!("raison-{}", line.learner));
        let proposed = line.place.map(|place| place.to_string()).unwrap_or_default();
        let places = std::iter::once(Choice::new("", "Sans place"))
            .chain(offered.iter().map(|view| Choice::new(view.id.to_string(), place_name(view, names))));
        let place = sent.get(&place_key).unwrap_or(&proposed).to_owned();
        let reason = sent.get(&reason_key).unwrap_or_default().to_owned();
        form.field(Field::select(place_key, line.name.as_str(), places).value(place))
            .field(Field::text(reason_key, format!("Raison, si une autre place pour {}", line.name)).value(reason))
    });
    form.button(Button::primary("Valider ces placements"))
}

/// The school publishes in the name of a host.
fn place_form(cohort: &CohortView, names: &Names, sent: &Query) -> Form {
    let value = |name: &str, other: &str| sent.get(name).unwrap_or(other).to_owned();
    let choices =
        |sort| names.offered(sort).into_iter().map(|(code, name)| Choice::new(code, name)).collect::<Vec<_>>();
    Form::post(format!("{}/places", cohort_path(cohort)))
        .without_focus()
        .problem(sent.get("anomalie").map(str::to_owned))
        .field(
            Field::select("accueillant", "Employeur", choices(SubjectKind::Organisation))
                .value(value("accueillant", ""))
                .required(),
        )
        .field(
            Field::select("structure", "Lieu", choices(SubjectKind::Structure))
                .value(value("structure", ""))
                .required(),
        )
        .field(Field::digits("sieges", "Nombre de places").value(value("sieges", "1")).required())
        .field(Field::date("debut", "À partir du").value(value("debut", &cohort.first_day().to_string())).required())
        .field(Field::text("description", "Description").value(value("description", "")))
        .button(Button::primary("Publier cette offre"))
}

fn read_place(form: &Query, cohort: &CohortView, names: &Names) -> Result<NewPlace, String> {
    Ok(NewPlace {
        host: form.get("accueillant").and_then(|code| names.find(code)).ok_or("Choisissez l’employeur.")?,
        cohort: cohort.record.id,
        offer: Offer {
            structure: form.get("structure").and_then(|code| names.find(code)).ok_or("Choisissez le lieu.")?,
            post: None,
            tutor: None,
            seats: whole(form, "sieges", "le nombre de places")?,
            starts_on: day(form, "debut", "le jour de début")?,
            description: form.get("description").unwrap_or_default().to_owned(),
        },
    })
}

pub async fn publish(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let cohort = cohort::show(&app.platform, &signed.actor, id(&own)?).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let form = typed(&body);
    let done = match read_place(&form, &cohort, &names) {
        Err(problem) => Err(problem),
        Ok(new) => match admission::publish(&app.platform, &signed.actor, new).await {
            Ok(_) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(()) => {
            Ok(redirect_with(Flash::success("L’offre est publiée."), &format!("{}/appariement", cohort_path(&cohort))))
        }
        Err(problem) => {
            let sent = form.with("anomalie", problem);
            Ok(to_mend(&draw(&app, &signed, &cohort, &sent, None).await?))
        }
    }
}

/// Somebody waits for a place again.
pub async fn take_back(
    State(app): State<App>,
    signed: Signed,
    Path((own, person)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let cohort = cohort::show(&app.platform, &signed.actor, id(&own)?).await?;
    let done = admission::take_back_placement(&app.platform, &signed.actor, cohort.record.id, id(&person)?).await;
    let flash = match done {
        Ok(()) => Flash::success("Le placement est retiré\u{a0}: la personne attend de nouveau une place."),
        Err(error) => Flash::failure(mendable(error)?),
    };
    Ok(redirect_with(flash, &format!("{}/appariement", cohort_path(&cohort))))
}

fn read_decisions(form: &Query) -> Vec<Decision> {
    let decisions = form.pairs().iter().filter_map(|(key, value)| {
        let learner: Id<Learner> = key.strip_prefix("place-")?.parse().ok()?;
        let place = value.parse().ok()?;
        let reason = form.get(&format!("raison-{learner}")).unwrap_or_default().to_owned();
        Some(Decision { learner, place, reason })
    });
    decisions.collect()
}

pub async fn validate(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let cohort = cohort::show(&app.platform, &signed.actor, id(&own)?).await?;
    let form = typed(&body);
    let decisions = read_decisions(&form);
    let done = match decisions.is_empty() {
        true => Err("Choisissez au moins une place.".to_owned()),
        false => match admission::validate(&app.platform, &signed.actor, cohort.record.id, &decisions).await {
            Ok(()) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(()) => {
            let told = format!("{} validés.", fr::count(decisions.len() as u64, "placement est", "placements sont"));
            Ok(redirect_with(Flash::success(told), &format!("{}/candidats", cohort_path(&cohort))))
        }
        Err(problem) => Ok(to_mend(&draw(&app, &signed, &cohort, &form, Some(problem)).await?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_are_read_with_their_reasons_and_whoever_has_no_place_is_left_out() {
        let form = Query::parse(Some("place-7=21&raison-7=&place-8=&place-9=22&raison-9=Plus+pr%C3%A8s&autre=3"));
        let read = read_decisions(&form);
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].learner, read[0].reason.as_str()), (Id::new(7), ""));
        assert_eq!((read[1].learner, read[1].reason.as_str()), (Id::new(9), "Plus près"));
    }
}
