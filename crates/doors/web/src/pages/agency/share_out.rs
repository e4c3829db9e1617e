//! `/agence/repartition`: who takes whom. The least load is proposed, each line can be changed, the loads are shown
//! before and after; nothing is written before the last button.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{RawForm, RawQuery, State};
use axum::response::Response;
use base::Id;
use platform::gate::{Designate, FollowPeople, permit};
use platform::{Account, Reach, Structure};
use support::caseload::{self, Assignment, Staff, Weights};
use support::follow_up::{self, CounsellorLoad, FollowUp, ListRequest};
use support::orientation::{self, Worker};
use support::person::Person;
use territory::Names;

use super::people::Asked;
use super::{PATH as BOARD, load_bar, people as list, state};
use crate::app::App;
use crate::components::{Badge, Column, EmptyState, Flash, Fragment, Link, Notice, Query, Row, Table, Tone};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::follow_words::{self as words, counted, people_count, weighted};
use crate::pages::page;
use crate::session::{Signed, redirect_with};

pub const PATH: &str = "/agence/repartition";

/// People shared out in one go: what somebody still looks through line by line.
const AT_ONCE: usize = 300;

/// The page.
#[derive(Template)]
#[template(path = "agency/share_out.html")]
struct ShareOut {
    layout: Layout,
    notices: Vec<Notice>,
    loads: Table,
    people: Table,
    /// Whether somebody can be given people.
    possible: bool,
    reason: String,
    count: String,
}

/// The choice of one line.
#[derive(Template)]
#[template(path = "agency/share_out_choice.html")]
struct ChoiceOf {
    person: String,
    name: String,
    /// Who was in charge when the list was made: somebody else's decision since then is not overwritten.
    before: String,
    choices: Vec<(String, String, bool)>,
}

fn own_structure(signed: &Signed) -> Result<Id<Structure>, Problem> {
    match permit::<Designate>(&signed.actor)?.reach() {
        Reach::Structure(structure) => Ok(structure),
        _ => Err(Problem::forbidden("Ce mandat n’est pas celui d’une structure.")),
    }
}

/// The whole filtered list, or one line of it.
pub async fn from_list(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let structure = own_structure(&signed)?;
    let chosen = persons(&query);
    let (lines, all) = if query.get("tout").is_some() {
        let names = app.directory.names(&app.platform, app.tenant).await?;
        let staff = caseload::staff(&app.platform, &permit::<FollowPeople>(&signed.actor)?, structure).await?;
        let rules = follow_up::rules(&app.platform, signed.actor.tenant()).await?;
        let asked = Asked::read(&query, structure, &staff, &names, &rules);
        let request = ListRequest { page_size: AT_ONCE, ..asked.request };
        let found = follow_up::list(&app.platform, &signed.actor, &request).await?;
        (found.lines, counted(found.count))
    } else {
        let lines = follow_up::chosen(&app.platform, &signed.actor, &chosen).await?;
        let all = lines.len() as u64;
        (lines, all)
    };
    let leaving = query.get("referent").and_then(|account| account.parse().ok());
    draw(&app, &signed, structure, Proposed { lines, all, leaving, edited: None, reason: String::new() }).await
}

/// Lines ticked in the list, or the same page with some choices changed.
pub async fn preview(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let form = Query::parse(std::str::from_utf8(&body).ok());
    let structure = own_structure(&signed)?;
    let edited = choices(&form);
    let mut chosen = persons(&form);
    chosen.extend(edited.iter().map(|assignment| assignment.0));
    let lines = follow_up::chosen(&app.platform, &signed.actor, &chosen).await?;
    let all = lines.len() as u64;
    let reason = form.get("motif").unwrap_or_default().to_owned();
    let edited = (!edited.is_empty()).then(|| edited.into_iter().map(|(person, to, _)| (person, to)).collect());
    draw(&app, &signed, structure, Proposed { lines, all, leaving: None, edited, reason }).await
}

/// Writes down what is on screen, by a job that tells line by line.
pub async fn decide(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let form = Query::parse(std::str::from_utf8(&body).ok());
    let assignments: Vec<Assignment> = choices(&form)
        .into_iter()
        .filter_map(|(person, to, instead_of)| Some(Assignment { person, counsellor: to?, instead_of }))
        .filter(|assignment| assignment.instead_of != Some(assignment.counsellor))
        .collect();
    if assignments.is_empty() {
        let told = "Aucun changement n’était choisi\u{a0}: personne n’a été confié à quelqu’un d’autre.";
        return Ok(redirect_with(Flash::warning(told), list::PATH));
    }
    let reason = form.get("motif").unwrap_or_default();
    let batch =
        orientation::start_designations(&app.platform, &signed.actor, &assignments, reason, Worker::Job).await?;
    Ok(redirect_with(
        Flash::success("La répartition est lancée\u{a0}: chaque ligne dira son résultat."),
        &format!("{}/{batch}", super::batches::PATH),
    ))
}

fn persons(query: &Query) -> Vec<Id<Person>> {
    query.all("choix").filter_map(|person| person.parse().ok()).collect()
}

/// A line of the page sent back: the person, to whom, and who was in charge.
type ChoiceSent = (Id<Person>, Option<Id<Account>>, Option<Id<Account>>);

fn choices(form: &Query) -> Vec<ChoiceSent> {
    form.pairs()
        .iter()
        .filter_map(|(key, to)| {
            let person = key.strip_prefix("pour-")?;
            let before = form.get(&format!("avant-{person}")).and_then(|account| account.parse().ok());
            Some((person.parse().ok()?, to.parse().ok(), before))
        })
        .collect()
}

struct Proposed {
    lines: Vec<FollowUp>,
    /// How many the filtered list holds.
    all: u64,
    /// Whose people are handed over: nothing is proposed back to them.
    leaving: Option<Id<Account>>,
    edited: Option<BTreeMap<Id<Person>, Option<Id<Account>>>>,
    reason: String,
}

async fn draw(app: &App, signed: &Signed, structure: Id<Structure>, proposed: Proposed) -> Result<Response, Problem> {
    let platform = &app.platform;
    let names = app.directory.names(platform, app.tenant).await?;
    let loads = follow_up::loads(platform, &signed.actor, structure).await?;
    let weights = caseload::weights(platform, signed.actor.tenant()).await?;
    let taking: Vec<CounsellorLoad> =
        loads.iter().filter(|load| Some(load.staff.account) != proposed.leaving).cloned().collect();
    let choice: BTreeMap<Id<Person>, Option<Id<Account>>> = match proposed.edited {
        Some(edited) => edited,
        None => caseload::share_out(&proposed.lines, &taking, &weights)
            .into_iter()
            .map(|assignment| (assignment.person, Some(assignment.counsellor)))
            .collect(),
    };
    let available: Vec<&Staff> = loads.iter().map(|load| &load.staff).filter(|staff| staff.is_available()).collect();
    let view = View {
        lines: &proposed.lines,
        choice: &choice,
        available: &available,
        loads: &loads,
        names: &names,
        today: platform.today(),
    };
    let mut notices = Vec::new();
    let shown = proposed.lines.len() as u64;
    if proposed.all > shown {
        notices.push(Notice::new(
            Tone::Info,
            format!("Les {} premières sur {}", fr::number(shown), people_count(proposed.all.cast_signed())),
            "Une répartition se relit ligne à ligne\u{a0}: les suivantes attendront la prochaine.",
        ));
    }
    if available.is_empty() {
        notices.push(Notice::new(
            Tone::Warning,
            "Personne n’est disponible",
            Fragment::join([
                "Tous les référents sont absents ou sans temps de travail aujourd’hui.".into(),
                Link::new(super::team::PATH, "Voir l’équipe").into(),
            ]),
        ));
    }
    let layout = signed
        .layout(app, PATH, "Répartir des personnes")
        .crumb("Tableau de bord", BOARD)
        .crumb("Personnes de la structure", list::PATH)
        .lead("Proposition par moindre charge. Rien n’est écrit avant «\u{a0}Confier ces personnes\u{a0}».");
    Ok(page(&ShareOut {
        layout,
        notices,
        loads: loads_table(&loads, &proposed.lines, &choice, &weights),
        people: view.table(),
        possible: !available.is_empty() && !proposed.lines.is_empty(),
        reason: proposed.reason,
        count: people_count(shown.cast_signed()),
    }))
}

struct View<'a> {
    lines: &'a [FollowUp],
    choice: &'a BTreeMap<Id<Person>, Option<Id<Account>>>,
    available: &'a [&'a Staff],
    loads: &'a [CounsellorLoad],
    names: &'a Names,
    today: base::Date,
}

impl View<'_> {
    fn table(&self) -> Table {
        let columns = [
            Column::text("Personne"),
            Column::text("Pourquoi"),
            Column::text("Parcours et phase"),
            Column::text("Référent aujourd’hui"),
            Column::text("À confier à"),
        ];
        let rows = self.lines.iter().map(|line| {
            let path = line.path.map_or("sans parcours", |path| path.label());
            let now = line.counsellor.map_or("personne", |account| {
                let known = self.loads.iter().find(|load| load.staff.account == account);
                known.map_or("parti de la structure", |load| load.staff.name.as_str())
            });
            Row::new([
                words::person(line, self.names, self.today),
                words::reason(line, self.today),
                format!("{path}, {}", line.phase.label()).into(),
                now.into(),
                self.choice_of(line),
            ])
        });
        let empty = EmptyState::new(
            "Aucune personne à répartir",
            "Choisissez des lignes dans la liste, ou répartissez toute une liste filtrée.",
        )
        .link(Link::new(list::PATH, "Voir les personnes de la structure"));
        Table::new("repartition", "Qui prend qui", columns, rows).empty(empty)
    }

    fn choice_of(&self, line: &FollowUp) -> Fragment {
        let chosen = self.choice.get(&line.person).copied().flatten();
        let nobody = ("non".to_owned(), "Laisser ainsi".to_owned(), chosen.is_none());
        let choices = self
            .available
            .iter()
            .map(|staff| (staff.account.to_string(), staff.name.clone(), chosen == Some(staff.account)));
        Fragment::render(&ChoiceOf {
            person: line.person.to_string(),
            name: words::name(line),
            before: line.counsellor.map_or_else(String::new, |account| account.to_string()),
            choices: [nobody].into_iter().chain(choices).collect(),
        })
    }
}

/// The load of each before and after what is chosen.
fn loads_table(
    loads: &[CounsellorLoad],
    lines: &[FollowUp],
    choice: &BTreeMap<Id<Person>, Option<Id<Account>>>,
    weights: &Weights,
) -> Table {
    let after: Vec<(i64, i64)> = loads
        .iter()
        .map(|load| {
            let account = load.staff.account;
            lines.iter().fold((load.people, load.weighted), |(people, weighted), line| {
                let weight = line.path.map_or(100, |path| weights.of(path, line.phase));
                let to = choice.get(&line.person).copied().flatten().or(line.counsellor);
                let change = i64::from(to == Some(account)) - i64::from(line.counsellor == Some(account));
                (people + change, weighted + change * weight)
            })
        })
        .collect();
    let per_post = |weighted: i64, load: &CounsellorLoad| {
        (load.staff.working_time > 0).then(|| weighted * 100 / load.staff.working_time)
    };
    let afterwards: Vec<Option<i64>> =
        loads.iter().zip(&after).map(|(load, (_, weighted))| per_post(*weighted, load)).collect();
    let most =
        loads.iter().map(|load| load.per_full_time).chain(afterwards.iter().copied()).flatten().max().unwrap_or(1);
    let columns = [
        Column::text("Référent"),
        Column::number("Personnes avant"),
        Column::number("Personnes après"),
        Column::text("Charge avant"),
        Column::text("Charge après"),
    ];
    let rows = loads.iter().zip(&after).zip(&afterwards).map(|((load, (people, _)), afterwards)| {
        let name: Fragment = load.staff.name.as_str().into();
        let gained = people - load.people;
        let change: Fragment = match gained {
            0 => fr::number(*people).into(),
            _ => Fragment::with_detail(
                fr::number(*people),
                format!("{}{}", if gained > 0 { "+" } else { "−" }, gained.abs()),
            ),
        };
        Row::new([
            match state(&load.staff) {
                Some(state) => Fragment::with_detail(name, state),
                None if load.staff.is_available() => name,
                None => Fragment::join([name, Badge::neutral("sans temps de travail").into()]),
            },
            fr::number(load.people).into(),
            change,
            load.per_full_time.map_or_else(|| "—".into(), |load| weighted(load).into()),
            load_bar(*afterwards, most),
        ])
    });
    Table::new("charges", "Charges avant et après, pour un temps plein", columns, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_sent_back_says_to_whom_and_instead_of_whom() {
        let form = Query::parse(Some("pour-12=3&avant-12=&pour-13=non&avant-13=4&pour-x=3&motif=depart"));
        assert_eq!(choices(&form), [(Id::new(12), Some(Id::new(3)), None), (Id::new(13), None, Some(Id::new(4)))]);
    }
}
