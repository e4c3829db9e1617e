//! `/agence/personnes`: the people of a structure, those who need somebody most first, one by one or to share out.
//! Everything the list shows is in its address.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use base::{Date, Id};
use jiff::ToSpan;
use platform::gate::{ActionKind, FollowPeople, permit};
use platform::{Account, Structure};
use support::caseload::{self, Staff};
use support::follow_up::{self, FollowUp, ListPage, ListRequest, Need, Rules, Stage};
use territory::communes::Commune;
use territory::{Names, SubjectKind};

use super::{PATH as BOARD, Place, share_out, tabs};
use crate::app::App;
use crate::components::{
    BulkBar, Button, ButtonKind, Chip, Choice, Column, EmptyState, Field, FilterBar, Fragment, Link, Pager, Query, Row,
    Table, Tabs,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::follow_words::{self as words, counted};
use crate::pages::page;
use crate::session::Signed;

pub const PATH: &str = "/agence/personnes";

const PAGE: usize = 50;

/// The page.
#[derive(Template)]
#[template(path = "agency/people.html")]
struct People {
    layout: Layout,
    tabs: Option<Tabs>,
    filters: FilterBar,
    table: Table,
    /// Shares out the whole filtered list.
    whole: Option<Link>,
}

/// What the address narrows the list by.
pub struct Asked {
    pub request: ListRequest,
    /// The filters in force: what each is about, its value, its key in the address.
    in_force: Vec<(&'static str, String, &'static str)>,
}

impl Asked {
    pub fn read(query: &Query, structure: Id<Structure>, staff: &[Staff], names: &Names, rules: &Rules) -> Self {
        let today = rules.day;
        let mut asked = Self {
            request: ListRequest { structure: Some(structure), ..ListRequest::default() },
            in_force: Vec::new(),
        };
        let request = &mut asked.request;
        let mut say = |what, value: String, key| asked.in_force.push((what, value, key));
        if let Some(stage) = query.get("etape").and_then(Stage::from_code) {
            request.stage = Some(stage);
            say("Étape", stage.label().to_owned(), "etape");
        }
        if let Some(need) = query.get("besoin").and_then(|rank| Need::from_rank(rank.parse().ok()?)) {
            request.need = Some(need);
            say("Besoin", need.label().to_owned(), "besoin");
        }
        if let Some(account) = query.get("referent").and_then(|account| account.parse::<Id<Account>>().ok()) {
            request.counsellor = Some(account);
            let known = staff.iter().find(|somebody| somebody.account == account);
            say(
                "Référent",
                known.map_or_else(|| "parti de la structure".to_owned(), |staff| staff.name.clone()),
                "referent",
            );
        }
        if let Some(code) = query.get("commune") {
            request.commune = Some(code.to_owned());
            let name = names.find::<Commune>(code).map_or(code, |commune| names.name(commune));
            say("Commune", name.to_owned(), "commune");
        }
        let [short, long] = rules.first_meeting();
        let late = match query.get("attente") {
            Some("courte") => Some(short),
            Some("longue") => Some(long),
            _ => None,
        };
        if let Some((days, before)) = late {
            request.unmet_since_before = Some(before);
            say("Sans premier rendez-vous", format!("depuis plus de {days}\u{a0}jours"), "attente");
        }
        let yesterday = today.yesterday().unwrap_or(today);
        if query.get("arrivees").is_some() {
            request.started_since = Some(yesterday);
            request.changed_since = Some(yesterday);
            say("Arrivées", "depuis hier".to_owned(), "arrivees");
        }
        if query.get("change").is_some() {
            request.changed_since = Some(yesterday);
            say("Ont changé", "depuis hier".to_owned(), "change");
        }
        let until = match query.get("echeance") {
            Some("jour") => Some((1, "aujourd’hui")),
            Some("semaine") => Some((7, "dans les sept jours")),
            _ => None,
        };
        if let Some((days, said)) = until {
            request.needed_between = today.checked_add(days.days()).ok().map(|end| (today, end));
            say("Échéance", said.to_owned(), "echeance");
        }
        if query.get("rendez-vous").is_some() {
            request.meeting_on = Some(today);
            say("Rendez-vous", "aujourd’hui".to_owned(), "rendez-vous");
        }
        asked
    }
}

pub async fn list(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let (platform, names) = (&app.platform, app.directory.names(&app.platform, app.tenant).await?);
    let place = Place::read(&signed, &query, &names)?;
    let Some(structure) = place.structure() else {
        let filters = place.field(&names).into_iter().fold(FilterBar::new(PATH, &query), FilterBar::field);
        let empty = EmptyState::new("Choisissez une structure", "Les personnes qu’elle accompagne s’affichent ici.");
        let table = Table::new("personnes", "Personnes de la structure", [], []).empty(empty);
        let layout = signed.layout(&app, PATH, "Personnes d’une structure");
        return Ok(page(&People { layout, tabs: None, filters, table, whole: None }));
    };
    let staff = caseload::staff(platform, &permit::<FollowPeople>(&signed.actor)?, structure).await?;
    let rules = follow_up::rules(platform, signed.actor.tenant()).await?;
    let asked = Asked::read(&query, structure, &staff, &names, &rules);
    let after = query.get("apres").and_then(|after| after.parse().ok());
    let request = ListRequest { after, page_size: PAGE, ..asked.request.clone() };
    let found = follow_up::list(platform, &signed.actor, &request).await?;
    let may_designate = signed.may(ActionKind::Designate);
    let view = View { asked: &asked, query: &query, staff: &staff, names: &names, today: rules.day, may_designate };
    let layout = signed.layout(&app, PATH, "Personnes de la structure").crumb("Tableau de bord", BOARD).lead(format!(
        "{}\u{a0}: qui a besoin de quelqu’un, et pourquoi, au {}.",
        names.name(structure),
        fr::date_long(rules.day)
    ));
    let whole = (may_designate && !found.lines.is_empty()).then(|| {
        let href = query.without("structure").with("tout", "oui").href(share_out::PATH);
        Link::new(href, "Répartir toute cette liste").button(ButtonKind::Secondary)
    });
    Ok(page(&People {
        layout,
        tabs: tabs(&signed, PATH),
        filters: view.filters(&place),
        table: view.table(&found),
        whole,
    }))
}

struct View<'a> {
    asked: &'a Asked,
    query: &'a Query,
    staff: &'a [Staff],
    names: &'a Names,
    today: Date,
    may_designate: bool,
}

impl View<'_> {
    fn filters(&self, place: &Place) -> FilterBar {
        let value = |name| self.query.get(name).unwrap_or_default();
        let select = |name: &'static str, label, choices: Vec<Choice>| {
            let choices = [Choice::new("", "Toutes")].into_iter().chain(choices);
            Field::select(name, label, choices).value(value(name))
        };
        let stages = [Stage::Decided, Stage::Unassigned, Stage::Unmet, Stage::Accompanied];
        let stages = stages.iter().map(|stage| Choice::new(stage.as_code(), fr::capitalised(stage.label())));
        let needs = words::needs_of_structures();
        let needs = needs.map(|need| Choice::new((need as i64).to_string(), need.label()));
        let staff = self.staff.iter().map(|staff| Choice::new(staff.account.to_string(), staff.name.as_str()));
        let communes = self.names.offered(SubjectKind::Commune);
        let communes = communes.into_iter().map(|(code, name)| Choice::new(code, name));
        let mut bar = place.field(self.names).into_iter().fold(FilterBar::new(PATH, self.query), FilterBar::field);
        bar = bar
            .field(select("etape", "Étape", stages.collect()))
            .field(select("besoin", "Besoin", needs.collect()))
            .field(select("referent", "Référent", staff.collect()))
            .field(select("commune", "Commune", communes.collect()));
        for (what, said, key) in &self.asked.in_force {
            bar = bar.chip(Chip::new(*what, said.as_str(), self.query.without(key).href(PATH)));
        }
        bar
    }

    fn counsellor(&self, line: &FollowUp) -> Fragment {
        let Some(account) = line.counsellor else { return "personne".into() };
        let known = self.staff.iter().find(|staff| staff.account == account);
        known.map_or_else(|| "parti de la structure".into(), |staff| staff.name.as_str().into())
    }

    fn table(&self, found: &ListPage) -> Table {
        let columns = [
            Column::text("Personne"),
            Column::text("Pourquoi"),
            Column::text("Référent"),
            Column::text("Prochain rendez-vous"),
            Column::actions("À faire"),
        ];
        let rows = found.lines.iter().map(|line| {
            Row::new([
                words::person(line, self.names, self.today),
                words::reason(line, self.today),
                self.counsellor(line),
                words::next_meeting(line),
                words::next_thing(line, self.may_designate),
            ])
            .choice(line.person.to_string(), words::name(line))
        });
        let shown = u64::try_from(found.lines.len()).unwrap_or(u64::MAX);
        let next = found.next.map(|person| self.query.with("apres", person.to_string()).href(PATH));
        let first = self.query.get("apres").map(|_| self.query.without("apres").href(PATH));
        let mut table = Table::new("personnes", "Personnes de la structure", columns, rows)
            .caption_hidden()
            .pager(Pager::of(shown, counted(found.count), "personne", "personnes").previous(first).next(next))
            .empty(self.empty());
        if self.may_designate {
            let share = Button::primary("Répartir les personnes choisies");
            table = table.bulk(BulkBar::new(share_out::PATH, [share]));
        }
        table
    }

    fn empty(&self) -> EmptyState {
        if self.asked.in_force.is_empty() {
            return EmptyState::new(
                "Personne n’est encore confié à cette structure",
                "Les personnes arrivent ici quand le département décide de leur orientation.",
            )
            .link(Link::new(BOARD, "Voir le tableau de bord"));
        }
        EmptyState::new("Personne ne répond à ces filtres", "Retirez un filtre pour voir les autres personnes.")
            .link(Link::new(PATH, "Retirer tous les filtres").button(ButtonKind::Secondary))
    }
}
