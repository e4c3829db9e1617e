//! What waits for somebody in a cohort: legal times, contracts, half-days, calls, confirmations, each with where it is done.

use base::Date;
use facts::Fact;
use law::apprenticeship::ClockKind;
use platform::gate::ActionKind;
use school::admission::{self, Stage};
use school::cohort::{self, CohortView, Module, Session};
use school::contract::{Alert, ContractEventKind, ContractStanding};

use super::cohort_path;
use super::people::{People, clock_badge, clock_count};
use crate::app::App;
use crate::components::{Badge, Column, EmptyState, Fragment, Link, Row, Table};
use crate::fr;
use crate::middleware::Problem;
use crate::session::Signed;

/// What of a cohort was read already.
pub(super) struct Known<'a> {
    pub cohort: &'a CohortView,
    /// `None` for whoever opens no file.
    pub people: Option<&'a People>,
    pub modules: &'a [Fact<Module>],
    pub sessions: &'a [Fact<Session>],
    /// Items of the title that nobody has confirmed, and where they are.
    pub to_verify: (usize, String),
}

/// A line: what, about whom or how many, until when, where it is done.
fn line(what: &str, who: impl Into<Fragment>, until: impl Into<Fragment>, link: Link) -> Row {
    Row::new([what.into(), who.into(), until.into(), link.into()])
}

/// What is due, the most pressing first.
pub(super) async fn table(app: &App, signed: &Signed, known: &Known<'_>) -> Result<Table, Problem> {
    let (platform, actor) = (&app.platform, &signed.actor);
    let cohort = known.cohort.record.id;
    let (path, today) = (cohort_path(known.cohort), platform.today());
    let mut rows = Vec::new();
    if let Some(people) = known.people {
        rows.extend(of_people(people, &path));
        let lines = admission::candidates(platform, actor, cohort).await?;
        let placed = admission::placements(platform, actor, cohort).await?;
        let waiting = lines.iter().filter(|line| {
            line.stage == Stage::Admitted
                && placed.iter().all(|known| known.learner != line.learner)
                && people.enrolled.iter().all(|known| known.learner != line.learner)
        });
        let waiting = waiting.count() as u64;
        if waiting > 0 {
            let link = Link::new(format!("{path}/appariement"), "Voir l’appariement");
            let who = fr::count(waiting, "personne admise", "personnes admises");
            rows.push(line("Placer après le job-dating", who, "—", link));
        }
        let called = cohort::called_sessions(platform, actor, cohort).await?;
        let is_held = |fact: &&Fact<Session>| fact.value.is_planned() && fact.valid.from < today;
        let uncalled = known.sessions.iter().filter(is_held).filter(|fact| !called.contains(&fact.value.number));
        let uncalled = uncalled.count() as u64;
        if uncalled > 0 {
            let link = Link::new(format!("{path}/presences"), "Voir les présences");
            let count = fr::count(uncalled, "demi-journée tenue", "demi-journées tenues");
            rows.push(line("Faire l’appel", count, Badge::warning("passé"), link));
        }
    }
    if signed.may(ActionKind::ManageSchool) {
        rows.extend(of_timetable(known, &path, today));
        let (to_verify, referential) = &known.to_verify;
        if *to_verify > 0 {
            let link = Link::new(referential.as_str(), "Ouvrir le référentiel");
            let count = fr::count(*to_verify as u64, "élément du titre", "éléments du titre");
            rows.push(line("Confirmer d’après le texte officiel", count, "avant tout document officiel", link));
        }
    }
    let columns =
        [Column::text("Quoi"), Column::text("Qui ou combien"), Column::text("Pour quand"), Column::actions("Où")];
    let empty = EmptyState::new("Rien n’attend", "Délais, contrats, séances et appels sont à jour.");
    Ok(Table::new("a-faire", "À faire", columns, rows).caption_hidden().empty(empty))
}

fn of_people(people: &People, path: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for alert in people.pressing() {
        let until =
            Fragment::join([clock_badge(&alert.clock).into(), Fragment::with_detail("", clock_count(&alert.clock))]);
        let file = Link::new(super::files::file_path(alert.learner), "Ouvrir le dossier").context(alert.name.as_str());
        rows.push(line(alert.clock.kind.label(), alert.name.as_str(), until, file));
    }
    for lacking in people.without_contract() {
        let name = lacking.identity.name();
        let of_search = |alert: &&Alert| {
            alert.learner == lacking.learner
                && matches!(alert.clock.kind, ClockKind::WithoutContract | ClockKind::AfterBreak)
        };
        let clock = people.clocks.iter().find(of_search).map(|alert| &alert.clock);
        let until = clock.map_or_else(
            || "—".into(),
            |clock| {
                Fragment::join([
                    clock_badge(clock).into(),
                    Fragment::with_detail(clock.kind.label(), clock_count(clock)),
                ])
            },
        );
        let link = Link::new(super::draw_up::path(lacking.learner), "Noter un contrat").context(name.as_str());
        rows.push(line("Trouver un employeur", name.as_str(), until, link));
    }
    let counted = |wanted: &dyn Fn(&ContractStanding) -> bool| {
        people.contracts().filter(|contract| wanted(contract)).count() as u64
    };
    let list = |label: &str| Link::new(format!("{path}/alternants"), "Voir les alternants").context(label);
    let awaited =
        counted(&|contract| contract.has(ContractEventKind::Deposited) && !contract.has(ContractEventKind::Agreed));
    for (what, count, until) in [
        ("Signer", counted(&|contract| !contract.has(ContractEventKind::Signed)), "—"),
        ("Accord de l’opérateur de compétences", awaited, "attendu"),
        ("Désigner un tuteur ou une tutrice", counted(&|contract| contract.terms.tutor.is_none()), "—"),
    ] {
        if count > 0 {
            rows.push(line(what, fr::count(count, "contrat", "contrats"), until, list(what)));
        }
    }
    rows
}

fn of_timetable(known: &Known<'_>, path: &str, today: Date) -> Option<Row> {
    let programmed: i64 = known.modules.iter().map(|fact| fact.value.half_days).sum();
    let planned = known.sessions.iter().filter(|fact| fact.value.is_planned()).count();
    let missing = u64::try_from(programmed).ok()?.checked_sub(planned as u64).filter(|missing| *missing > 0)?;
    if known.cohort.last_day() < today {
        return None;
    }
    let link = Link::new(format!("{path}/emploi-du-temps/proposition"), "Proposer un emploi du temps");
    let until = format!("avant le {}", fr::date_long(known.cohort.last_day()));
    Some(line("Placer à l’emploi du temps", fr::count(missing, "demi-journée", "demi-journées"), until, link))
}
