//! `/ecole/mes-semaines`: the half-days that whoever is signed in teaches.

use axum::extract::State;
use axum::response::Response;
use base::Date;
use facts::Fact;
use platform::Actor;
use school::cohort::{self, Session, TrainerView};

use super::{Part, Parts, cohort_path, own_school};
use crate::app::App;
use crate::components::{Badge, Column, EmptyState, Figure, Fragment, Link, Row, Table};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::page;
use crate::session::Signed;

pub const PATH: &str = "/ecole/mes-semaines";

/// Sessions whose call is at hand; the others are in the timetable of their cohort.
const CALLS: usize = 10;

/// The trainer whom this account is.
fn own<'a>(trainers: &'a [TrainerView], actor: &Actor) -> Option<&'a TrainerView> {
    trainers.iter().find(|view| view.profile.value.account.is_some() && view.profile.value.account == actor.account())
}

/// A half-day of mine, with the cohort it is for.
struct Taught {
    cohort: String,
    href: String,
    module: String,
    room: String,
    /// Where the call is made, and whether it was.
    call: String,
    called: bool,
    fact: Fact<Session>,
}

pub async fn show(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    let school = own_school(&signed)?;
    let (platform, actor, today) = (&app.platform, &signed.actor, app.platform.today());
    let trainers = cohort::trainers(platform, actor, school).await?;
    let rooms = cohort::rooms(platform, actor, school).await?;
    let mut taught: Vec<Taught> = Vec::new();
    let me = own(&trainers, actor).map(|view| view.id);
    for view in cohort::list(platform, actor).await? {
        let called = cohort::called_sessions(platform, actor, view.record.id).await?;
        let modules = cohort::modules(platform, actor, view.record.id).await?;
        for fact in cohort::sessions(platform, actor, view.record.id).await? {
            if me.is_none() || fact.value.trainer != me {
                continue;
            }
            let module = modules.iter().find(|module| module.value.code == fact.value.module);
            let room = rooms.iter().find(|room| Some(room.id) == fact.value.room);
            taught.push(Taught {
                cohort: view.profile.value.name.clone(),
                href: format!("{}/emploi-du-temps?semaine={}", cohort_path(&view), fact.valid.from),
                module: module.map_or_else(|| fact.value.module.clone(), |module| module.value.name.clone()),
                room: room.map(|room| room.profile.value.name.clone()).unwrap_or_default(),
                call: format!("{}/seances/{}/appel", cohort_path(&view), fact.value.number),
                called: called.contains(&fact.value.number),
                fact,
            });
        }
    }
    taught.sort_by_key(|taught| (taught.fact.valid.from, taught.fact.value.half));
    let coming: Vec<&Taught> = taught.iter().filter(|taught| taught.fact.valid.from >= today).collect();
    let to_call: Vec<&Taught> = taught
        .iter()
        .rev()
        .filter(|taught| taught.fact.value.is_planned() && taught.fact.valid.from <= today)
        .take(CALLS)
        .collect();
    let without = to_call.iter().filter(|taught| !taught.called).count();
    let held = taught.iter().filter(|taught| taught.fact.value.is_planned() && taught.fact.valid.from < today).count();

    let layout = signed
        .layout(&app, PATH, "Mes semaines")
        .crumb("École", super::PATH)
        .lead("Les demi-journées que vous tenez, toutes promotions ensemble.");
    let advice = match me {
        Some(_) => "L’école ne vous a pas encore confié de séance.",
        None => "L’école doit relier votre compte à votre fiche de formateur ou de formatrice.",
    };
    let mut parts = Parts::new(layout, vec![Part::new("a-venir", "À venir", [table(&coming, today, advice).into()])]);
    if !to_call.is_empty() {
        parts.parts.insert(
            0,
            Part::new("appels", "Appels", [calls(&to_call, today).into()])
                .lead("Vos dernières séances\u{a0}: dites qui était présent. Un appel se corrige."),
        );
    }
    parts.tabs = Some(super::tabs(&signed, PATH));
    parts.figures = vec![
        Figure::new(
            "À venir",
            fr::number(coming.iter().filter(|taught| taught.fact.value.is_planned()).count()),
            "demi-journées",
        ),
        Figure::new("Déjà tenues", fr::number(held), "demi-journées"),
        Figure::new("Appels à faire", fr::number(without), "demi-journées"),
    ];
    Ok(page(&parts))
}

/// The calls of the last sessions, the last one first.
fn calls(held: &[&Taught], today: Date) -> Table {
    let rows = held.iter().map(|taught| {
        let when = format!("{}, {}", fr::date_day(taught.fact.valid.from), taught.fact.value.half.label());
        let (state, label) = match taught.called {
            true => (Badge::ok("appel fait"), "Revoir l’appel"),
            false => (Badge::warning("à faire"), "Faire l’appel"),
        };
        Row::new([
            Fragment::with_detail(when.as_str(), fr::relative(taught.fact.valid.from, today)),
            taught.module.as_str().into(),
            taught.cohort.as_str().into(),
            state.into(),
            Link::new(taught.call.as_str(), label).context(when.as_str()).into(),
        ])
    });
    let columns = [
        Column::text("Quand"),
        Column::text("Module"),
        Column::text("Promotion"),
        Column::text("Appel"),
        Column::actions("Faire l’appel"),
    ];
    Table::new("appels", "Appels", columns, rows).caption_hidden()
}

fn table(coming: &[&Taught], today: Date, advice: &str) -> Table {
    let rows = coming.iter().map(|taught| {
        let session = &taught.fact.value;
        let when = format!("{}, {}", fr::date_day(taught.fact.valid.from), session.half.label());
        let state: Fragment = match session.is_planned() {
            true if session.reason.is_empty() => "—".into(),
            true => {
                Fragment::join([Badge::warning("modifiée").into(), Fragment::with_detail("", session.reason.as_str())])
            }
            false => {
                Fragment::join([Badge::danger("annulée").into(), Fragment::with_detail("", session.reason.as_str())])
            }
        };
        Row::new([
            Fragment::with_detail(when, fr::relative(taught.fact.valid.from, today)),
            taught.module.as_str().into(),
            Link::new(taught.href.as_str(), taught.cohort.as_str()).into(),
            if taught.room.is_empty() { "à désigner".into() } else { taught.room.as_str().into() },
            state,
        ])
    });
    let columns = [
        Column::text("Quand"),
        Column::text("Module"),
        Column::text("Promotion"),
        Column::text("Salle"),
        Column::text("Changement"),
    ];
    Table::new("a-venir", "À venir", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Aucune séance à venir", advice.to_owned()))
}
