//! `/ecole`: cohorts, what they learn, when, and who teaches them.

pub mod attendance;
pub mod calendar;
pub mod candidates;
pub mod choices;
pub mod cohort;
pub mod contracts;
pub mod draw_up;
mod due;
pub mod files;
pub mod home;
mod linked_account;
pub mod matching;
pub mod means;
pub mod offers;
pub mod own;
pub mod own_choices;
pub mod people;
pub mod places;
pub mod programme;
pub mod proposal;
pub mod rankings;
pub mod referentials;
pub mod session;
pub mod timetable;
pub mod trainer;
pub mod tutors;
pub mod weeks;

use askama::Template;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use base::{Date, Id, Period};
use platform::gate::{ActionKind, Reach, check};
use platform::{Organisation, Structure};
use school::cohort::CohortView;
use territory::structures::StructureKind;
use territory::{Names, SubjectKind};

use self::contracts::{amendment, hosting, money};
use crate::components::{Choice, Figure, Fragment, Notice, Query, Tabs};
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::problems::sentence;
use crate::routes::{Policy, Route};
use crate::session::Signed;

const PATH: &str = "/ecole";

pub fn routes() -> Vec<Route> {
    let read = Policy::May(ActionKind::ReadSchool);
    let manage = Policy::May(ActionKind::ManageSchool);
    let learners = Policy::May(ActionKind::ReadLearners);
    let call = Policy::May(ActionKind::RecordAttendance);
    let admit = Policy::May(ActionKind::ManageAdmissions);
    let decide = Policy::May(ActionKind::DecideAdmissions);
    let contracts = Policy::May(ActionKind::ManageContracts);
    let upload = DefaultBodyLimit::max(referentials::LARGEST);
    let school = vec![
        Route::new(PATH, read, get(home::show)),
        Route::new("/ecole/promotions/nouvelle", manage, get(home::new_cohort).post(home::open_cohort)),
        Route::new("/ecole/promotions/{id}", read, get(cohort::show)),
        Route::new("/ecole/promotions/{id}/programme", read, get(programme::show)),
        Route::new("/ecole/promotions/{id}/programme/modules", manage, post(programme::set)),
        Route::new("/ecole/promotions/{id}/programme/modules/{code}/retirer", manage, post(programme::remove)),
        Route::new("/ecole/promotions/{id}/calendrier", read, get(calendar::show)),
        Route::new("/ecole/promotions/{id}/calendrier/semaines", manage, post(calendar::set_weeks)),
        Route::new("/ecole/promotions/{id}/calendrier/rythme", manage, get(calendar::propose).post(calendar::accept)),
        Route::new("/ecole/promotions/{id}/emploi-du-temps", read, get(timetable::show)),
        Route::new("/ecole/promotions/{id}/emploi-du-temps/feuille", read, get(timetable::sheet)),
        Route::new(
            "/ecole/promotions/{id}/emploi-du-temps/proposition",
            manage,
            get(proposal::show).post(proposal::decide),
        ),
        Route::new("/ecole/promotions/{id}/emploi-du-temps/seances", manage, post(timetable::plan)),
        Route::new("/ecole/promotions/{id}/seances/{numero}", manage, get(session::show).post(session::moved)),
        Route::new("/ecole/promotions/{id}/seances/{numero}/annuler", manage, post(session::cancel)),
        Route::new("/ecole/promotions/{id}/seances/{numero}/appel", call, get(attendance::call).post(attendance::note)),
        Route::new("/ecole/promotions/{id}/presences", learners, get(attendance::show)),
        Route::new("/ecole/promotions/{id}/candidats", learners, get(candidates::list)),
        Route::new("/ecole/promotions/{id}/candidats/ajouter", admit, post(candidates::add)),
        Route::new("/ecole/promotions/{id}/appariement", learners, get(matching::show)),
        Route::new("/ecole/promotions/{id}/places", admit, post(matching::publish)),
        Route::new("/ecole/promotions/{id}/appariement/valider", decide, post(matching::validate)),
        Route::new("/ecole/promotions/{id}/appariement/{personne}/retirer", decide, post(matching::take_back)),
        Route::new("/ecole/promotions/{id}/alternants", learners, get(people::show)),
        Route::new("/ecole/dossiers/{id}", learners, get(files::show)),
        Route::new("/ecole/dossiers/{id}/compte", admit, post(files::link_account)),
        Route::new("/ecole/dossiers/{id}/etapes", admit, post(files::note_step)),
        Route::new("/ecole/dossiers/{id}/choix/{promotion}", admit, get(choices::show).post(choices::rank)),
        Route::new("/ecole/dossiers/{id}/contrat", contracts, get(draw_up::show).post(draw_up::note)),
        Route::new("/ecole/dossiers/{id}/inscription", contracts, post(files::enrol)),
        Route::new("/ecole/dossiers/{id}/lettre/{promotion}", learners, get(files::letter)),
        Route::new("/ecole/contrats/{id}", learners, get(contracts::show)),
        Route::new("/ecole/contrats/{id}/evenements", contracts, post(contracts::note_event)),
        Route::new("/ecole/contrats/{id}/avenant", contracts, get(amendment::show).post(amendment::note)),
        Route::new("/ecole/contrats/{id}/accueils", contracts, get(hosting::new).post(hosting::add)),
        Route::new("/ecole/contrats/{id}/accueils/{accueil}", contracts, get(hosting::show).post(hosting::change)),
        Route::new("/ecole/contrats/{id}/accueils/{accueil}/retirer", contracts, post(hosting::withdraw)),
        Route::new("/ecole/contrats/{id}/factures", contracts, post(money::add)),
        Route::new("/ecole/contrats/{id}/factures/{numero}/versement", contracts, post(money::pay)),
        Route::new("/ecole/contrats/{id}/verification", learners, get(contracts::precheck)),
        Route::new("/ecole/contrats/{id}/conventions/{accueil}", learners, get(contracts::convention)),
        Route::new(referentials::PATH, read, get(referentials::list)),
        Route::new("/ecole/referentiels/charger", manage, post(referentials::load).layer(upload)),
        Route::new("/ecole/referentiels/{id}", read, get(referentials::show)),
        Route::new("/ecole/referentiels/{id}/confirmer", manage, post(referentials::confirm)),
        Route::new("/ecole/referentiels/{id}/elements/{code}/retirer", manage, post(referentials::withdraw)),
        Route::new("/ecole/habilitations", manage, post(referentials::accredit)),
        Route::new(weeks::PATH, read, get(weeks::show)),
        Route::new(means::PATH, read, get(means::show)),
        Route::new("/ecole/moyens/formateurs", manage, post(means::add_trainer)),
        Route::new("/ecole/moyens/formateurs/{id}", manage, get(trainer::show)),
        Route::new("/ecole/moyens/formateurs/{id}/compte", manage, post(trainer::link)),
        Route::new("/ecole/moyens/absences", manage, post(means::note_absence)),
        Route::new("/ecole/moyens/salles", manage, post(means::add_room)),
        Route::new("/ecole/moyens/salles/fermetures", manage, post(means::close_room)),
        Route::new("/ecole/moyens/horaires", manage, post(means::set_hours)),
        Route::new("/ecole/moyens/fermetures", manage, post(means::close_school)),
    ];
    let shared = [own::routes(), own_choices::routes(), places::routes(), offers::routes(), tutors::routes()];
    school.into_iter().chain(shared.into_iter().flatten()).chain(rankings::routes()).collect()
}

/// A page of the school: parts under their titles.
#[derive(Template)]
#[template(path = "school/parts.html")]
struct Parts {
    layout: Layout,
    actions: Vec<Fragment>,
    tabs: Option<Tabs>,
    notices: Vec<Notice>,
    figures: Vec<Figure>,
    parts: Vec<Part>,
}

/// One part: what it is called, a word about it, and what it shows.
struct Part {
    id: &'static str,
    title: String,
    lead: String,
    pieces: Vec<Fragment>,
}

impl Part {
    fn new(id: &'static str, title: impl Into<String>, pieces: impl IntoIterator<Item = Fragment>) -> Self {
        Self { id, title: title.into(), lead: String::new(), pieces: pieces.into_iter().collect() }
    }

    fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = lead.into();
        self
    }
}

impl Parts {
    fn new(layout: Layout, parts: Vec<Part>) -> Self {
        Self { layout, actions: Vec::new(), tabs: None, notices: Vec::new(), figures: Vec::new(), parts }
    }
}

/// The school of whoever asks.
fn own_school(signed: &Signed) -> Result<Id<Organisation>, Problem> {
    match check(&signed.actor, ActionKind::ReadSchool)? {
        Reach::Organisation(school) => Ok(school),
        _ => Err(Problem::forbidden("Ce mandat n’est pas celui d’une école.")),
    }
}

/// The pages of a school: who teaches finds their own half-days first, who runs it has none.
fn tabs(signed: &Signed, current: &str) -> Tabs {
    let tabs = Tabs::new("École", current).tab(PATH, "Promotions");
    let tabs = match signed.may(ActionKind::ManageSchool) {
        true => tabs,
        false => tabs.tab(weeks::PATH, "Mes semaines"),
    };
    tabs.tab(referentials::PATH, "Référentiels et habilitations").tab(means::PATH, "Formateurs et salles")
}

/// Where the pages of a cohort are.
fn cohort_path(cohort: &CohortView) -> String {
    format!("/ecole/promotions/{}", cohort.record.id)
}

/// The pages of a cohort.
fn cohort_tabs(signed: &Signed, cohort: &CohortView, current: &str) -> Tabs {
    let own = cohort_path(cohort);
    let tabs = Tabs::new("Promotion", current).tab(own.as_str(), "Vue d’ensemble");
    let tabs = match signed.may(ActionKind::ReadLearners) {
        true => tabs.tab(format!("{own}/candidats"), "Candidatures").tab(format!("{own}/alternants"), "Alternants"),
        false => tabs,
    };
    let tabs = match signed.may(ActionKind::ReadLearners) {
        true => tabs.tab(format!("{own}/presences"), "Présences"),
        false => tabs,
    };
    tabs.tab(format!("{own}/programme"), "Programme")
        .tab(format!("{own}/calendrier"), "Calendrier")
        .tab(format!("{own}/emploi-du-temps"), "Emploi du temps")
}

/// The identifier of a path.
fn id<T>(text: &str) -> Result<Id<T>, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// What the service refuses and whoever asked can mend, as sentences; anything else is a problem of its own.
fn mendable(error: school::Error) -> Result<String, Problem> {
    match error {
        school::Error::Invalid(_) | school::Error::Problems(_) | school::Error::Conflict(_) => {
            Ok(sentence(&error.to_string()))
        }
        other => Err(other.into()),
    }
}

/// The form of a body.
fn typed(body: &[u8]) -> Query {
    Query::parse(std::str::from_utf8(body).ok())
}

/// A day of a form.
fn day(form: &Query, name: &str, what: &str) -> Result<Date, String> {
    let text = form.get(name).unwrap_or_default();
    text.parse().map_err(|_| format!("Choisissez {what}, comme 22/11/2026."))
}

/// A number of a form.
fn whole(form: &Query, name: &str, what: &str) -> Result<i64, String> {
    let text = form.get(name).unwrap_or_default().trim();
    text.parse().map_err(|_| format!("Écrivez {what} en chiffres."))
}

/// From `du` to `au`, last day included; without `au`, from then on.
fn days(form: &Query) -> Result<Period, String> {
    let from = day(form, "du", "le premier jour")?;
    let last = match form.get("au") {
        None | Some("") => None,
        Some(_) => Some(day(form, "au", "le dernier jour")?),
    };
    let to = last.map(|last| last.tomorrow().unwrap_or(last));
    Period::new(from, to).ok_or_else(|| "Le dernier jour ne peut pas venir avant le premier.".to_owned())
}

/// The sites of schools, as choices.
fn sites(names: &Names) -> Vec<Choice> {
    let offered = names.offered(SubjectKind::Structure);
    let of_school = offered.into_iter().filter(|(code, _)| {
        let structure: Option<Id<Structure>> = names.find(code);
        structure.and_then(|structure| names.kind(structure)) == Some(StructureKind::SchoolSite)
    });
    of_school.map(|(code, name)| Choice::new(code, name)).collect()
}

/// A ranking typed as numbers, `rang-ID=1`: those of one rank make a tier, whoever has no rank is left out.
fn tiers<T>(form: &Query) -> Result<Vec<Vec<Id<T>>>, String> {
    let mut ranked: Vec<(u32, i64)> = Vec::new();
    for (key, value) in form.pairs() {
        let Some(id) = key.strip_prefix("rang-").and_then(|text| text.parse::<Id<T>>().ok()) else { continue };
        match value.trim() {
            "" => {}
            text => match text.parse() {
                Ok(rank) if rank > 0 => ranked.push((rank, id.raw())),
                _ => return Err("Un rang est un nombre, à partir de 1.".to_owned()),
            },
        }
    }
    ranked.sort_unstable();
    let tiers = ranked.chunk_by(|one, other| one.0 == other.0);
    Ok(tiers.map(|tier| tier.iter().map(|(_, id)| Id::new(*id)).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn equal_ranks_make_one_tier_and_no_rank_leaves_out() {
        let read = |query: &str| tiers::<Organisation>(&Query::parse(Some(query)));
        let ranked = read("rang-4=2&rang-5=1&rang-6=2&rang-7=&autre=1").unwrap();
        assert_eq!(ranked, [vec![Id::new(5)], vec![Id::new(4), Id::new(6)]]);
        assert!(read("rang-4=premier").is_err());
        assert!(read("rang-4=0").is_err());
    }

    #[test]
    fn the_last_day_typed_is_in_the_period() {
        let read = |query: &str| days(&Query::parse(Some(query)));
        assert_eq!(read("du=2026-11-23&au=2026-11-27").unwrap().last_day(), Some(date(2026, 11, 27)));
        assert_eq!(read("du=2026-11-23&au=").unwrap(), Period::since(date(2026, 11, 23)));
        assert!(read("du=2026-11-23&au=2026-11-22").is_err());
        assert!(read("au=2026-11-22").is_err());
    }
}
