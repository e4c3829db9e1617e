//! `/orientations`: who waits for an orientation, what the rules propose, and the way to decide, one by one or together.

pub mod batches;
pub mod file;
pub mod letter;
pub mod preview;
pub mod rules;
pub mod simulation;
mod words;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use base::{Date, Id};
use jiff::ToSpan;
use platform::gate::{ActionKind, ProposeOrientations, permit};
use platform::jobs;
use support::orientation::{self, Path, ProposalFilter, ProposalKind, QueueFilter, QueueLine, QueuePage};
use support::person::Person;
use territory::communes::Commune;
use territory::structures::StructureKind;
use territory::{Names, SubjectKind};

use super::search::commune;
use super::{page, person_words};
use crate::app::App;
use crate::components::{
    ActionForm, BulkBar, Button, ButtonKind, Chip, Choice, Column, EmptyState, Field, FilterBar, Fragment, Link, Pager,
    Query, Row, Table,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

pub const PATH: &str = "/orientations";

const PAGE: usize = 50;

pub fn routes() -> Vec<Route> {
    let decide = Policy::May(ActionKind::DecideOrientations);
    let own = vec![
        Route::new(PATH, decide, get(list)),
        Route::new("/orientations/propositions", Policy::May(ActionKind::ProposeOrientations), post(propose)),
    ];
    [own, preview::routes(), batches::routes(), simulation::routes(), rules::routes(), file::routes(), letter::routes()]
        .into_iter()
        .flatten()
        .collect()
}

/// The page.
#[derive(Template)]
#[template(path = "orientations.html")]
struct Queue {
    layout: Layout,
    propose: Option<ActionForm>,
    filters: FilterBar,
    overdue: String,
    /// The preview of a decision about the whole filtered list.
    preview: Option<Link>,
    table: Table,
}

async fn list(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let asked = Asked::read(&query, app.platform.today());
    let after: Option<Id<Person>> = query.get("apres").and_then(|after| after.parse().ok());
    let found = orientation::queue(&app.platform, &signed.actor, &asked.filter, after, PAGE).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let view = View { asked: &asked, query: &query, names: &names, today: app.platform.today() };
    let propose = signed
        .may(ActionKind::ProposeOrientations)
        .then(|| ActionForm::new("/orientations/propositions", Button::secondary("Calculer les propositions")));
    let preview = (found.count > 0).then(|| {
        let filter = query.without("tri");
        Link::new(filter.href(preview::PATH), "Préparer la décision de toute la liste").button(ButtonKind::Primary)
    });
    let layout = signed
        .layout(&app, PATH, "Personnes à orienter")
        .lead("Les règles proposent, vous décidez. Les échéances dépassées sont en tête, puis les plus proches.");
    let overdue = overdue(&found);
    Ok(page(&Queue { layout, propose, filters: view.filters(), overdue, preview, table: view.table(&found, after) }))
}

/// Asks for the rules to be applied now; the job tells how far it is.
async fn propose(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    let permit = permit::<ProposeOrientations>(&signed.actor)?;
    let job = jobs::ask(&app.platform, &permit, support::jobs::PROPOSE, serde_json::Value::Null).await?;
    let flash = crate::components::Flash::success("Le calcul des propositions est demandé.");
    Ok(redirect_with(flash, &format!("/travaux/{job}")))
}

fn overdue(found: &QueuePage) -> String {
    match u64::try_from(found.overdue).unwrap_or(0) {
        0 if found.count == 0 => String::new(),
        0 => "Aucun délai d’orientation n’est dépassé dans cette liste.".to_owned(),
        overdue => {
            let people = fr::count(overdue, "personne", "personnes");
            format!("Délai d’orientation dépassé pour {people}\u{a0}: leur tour vient en premier.")
        }
    }
}

/// The delays that a list may be narrowed to, as the address writes them.
const DELAYS: [(&str, &str); 4] =
    [("depasse", "Dépassée"), ("7", "Dans les 7 jours"), ("14", "Dans les 14 jours"), ("plus", "Plus de 14 jours")];

/// What the address asks for.
pub(super) struct Asked {
    pub filter: QueueFilter,
    delay: Option<&'static str>,
}

impl Asked {
    pub fn read(query: &Query, today: Date) -> Self {
        let after = |days: i32| today.checked_add(days.days()).unwrap_or(today);
        let delay =
            query.get("delai").and_then(|code| DELAYS.iter().find(|(own, _)| *own == code)).map(|(code, _)| *code);
        let (due_from, due_before) = match delay {
            Some("depasse") => (None, Some(today)),
            Some("7") => (Some(today), Some(after(8))),
            Some("14") => (Some(today), Some(after(15))),
            Some(_) => (Some(after(15)), None),
            None => (None, None),
        };
        let filter = QueueFilter {
            commune: query.get("commune").map(str::to_owned),
            path: query.get("parcours").and_then(Path::from_code),
            structure_kind: query.get("structure").and_then(StructureKind::from_code),
            proposal: query.get("proposition").and_then(ProposalFilter::from_code),
            due_from,
            due_before,
        };
        Self { filter, delay }
    }
}

/// Kinds of structure to which the rules may lead.
pub(super) fn kinds() -> impl Iterator<Item = StructureKind> {
    law::orientation::Target::ALL.into_iter().filter_map(|target| StructureKind::from_code(target.code()))
}

fn proposals() -> impl Iterator<Item = (ProposalFilter, String)> {
    let kinds = ProposalKind::ALL.iter().map(|kind| (ProposalFilter::Kind(*kind), fr::capitalised(kind.label())));
    kinds.chain([(ProposalFilter::Without, "Aucune encore".to_owned())])
}

struct View<'a> {
    asked: &'a Asked,
    query: &'a Query,
    names: &'a Names,
    today: Date,
}

impl View<'_> {
    fn commune_name<'b>(&'b self, code: &'b str) -> &'b str {
        self.names.find::<Commune>(code).map_or(code, |commune| self.names.name(commune))
    }

    fn filters(&self) -> FilterBar {
        let value = |name| self.query.get(name).unwrap_or_default();
        let with_any = |any: &str, choices: Vec<Choice>| -> Vec<Choice> {
            [Choice::new("", any)].into_iter().chain(choices).collect()
        };
        let communes = self.names.offered(SubjectKind::Commune);
        let communes = communes.into_iter().map(|(code, name)| Choice::new(code, name)).collect();
        let paths = Path::ALL.iter().map(|path| Choice::new(path.as_code(), path.label())).collect();
        let kinds = kinds().map(|kind| Choice::new(kind.as_code(), kind.label())).collect();
        let proposals = proposals().map(|(filter, label)| Choice::new(filter.code(), label)).collect();
        let delays = DELAYS.map(|(code, label)| Choice::new(code, label)).into();
        let mut bar = FilterBar::new(PATH, self.query)
            .field(Field::select("commune", "Commune", with_any("Toutes", communes)).value(value("commune")))
            .field(Field::select("parcours", "Parcours proposé", with_any("Tous", paths)).value(value("parcours")))
            .field(
                Field::select("structure", "Structure proposée", with_any("Toutes", kinds)).value(value("structure")),
            )
            .field(
                Field::select("proposition", "Proposition", with_any("Toutes", proposals)).value(value("proposition")),
            )
            .field(Field::select("delai", "Échéance", with_any("Toutes", delays)).value(value("delai")));
        for (label, value, without) in self.in_force() {
            bar = bar.chip(Chip::new(label, value, without));
        }
        bar
    }

    fn in_force(&self) -> Vec<(&'static str, String, String)> {
        let QueueFilter { commune, path, structure_kind, proposal, .. } = &self.asked.filter;
        let label = |code: &str| DELAYS.iter().find(|(own, _)| *own == code).map_or("", |(_, label)| label);
        let proposal = proposal.and_then(|proposal| proposals().find(|(own, _)| *own == proposal));
        [
            ("Commune", "commune", commune.as_ref().map(|code| self.commune_name(code).to_owned())),
            ("Parcours proposé", "parcours", path.map(|path| path.label().to_owned())),
            ("Structure proposée", "structure", structure_kind.map(|kind| kind.label().to_owned())),
            ("Proposition", "proposition", proposal.map(|(_, label)| label)),
            ("Échéance", "delai", self.asked.delay.map(|code| label(code).to_owned())),
        ]
        .into_iter()
        .filter_map(|(label, key, value)| Some((label, value?, self.query.without(key).href(PATH))))
        .collect()
    }

    fn table(&self, found: &QueuePage, after: Option<Id<Person>>) -> Table {
        let columns = [
            Column::text("Personne"),
            Column::text("À orienter avant le"),
            Column::text("Commune"),
            Column::text("Proposition"),
            Column::text("Pourquoi"),
            Column::actions("Décider"),
        ];
        let rows = found.lines.iter().map(|line| self.row(line));
        let next = found.next.map(|next| self.query.with("apres", next.to_string()).href(PATH));
        let first = after.map(|_| self.query.without("apres").href(PATH));
        let summary = words::counted(found.lines.len(), found.count, QueuePage::COUNTED);
        Table::new("a-orienter", "Personnes à orienter", columns, rows)
            .bulk(BulkBar::new(preview::PATH, [Button::primary("Préparer la décision pour les lignes choisies")]))
            .pager(Pager::new(summary).previous(first).next(next))
            .empty(self.empty())
    }

    fn row(&self, queued: &QueueLine) -> Row {
        let line = &queued.line;
        let name = person_words::name(&line.usual_name, &line.first_name);
        let number = (!line.public_number.is_empty()).then(|| format!("n°\u{a0}{}", line.public_number));
        let href = file::href(line.person);
        Row::new([
            Fragment::with_detail(Link::new(href.as_str(), name.as_str()), Fragment::from(number)),
            words::due(line, self.today),
            commune(self.names, &line.commune_code),
            words::proposed(line, self.names),
            words::why(queued),
            Link::new(href, "Décider").context(format!("de l’orientation de {name}")).into(),
        ])
        .choice(line.person.to_string(), name)
    }

    fn empty(&self) -> EmptyState {
        if !self.in_force().is_empty() {
            return EmptyState::new("Personne ne correspond à ces filtres", "Retirez un filtre pour élargir la liste.")
                .link(Link::new(PATH, "Retirer tous les filtres").button(ButtonKind::Secondary));
        }
        EmptyState::new(
            "Personne n’attend d’orientation",
            "La liste se remplit avec le fichier mensuel de la CAF\u{a0}: y entre chaque personne dont le droit est ouvert \
             et versable, soumise aux droits et devoirs, et pas encore orientée.",
        )
        .link(Link::new(batches::PATH, "Revoir les décisions prises en lot"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn asked(query: &str) -> Asked {
        Asked::read(&Query::parse(Some(query)), date(2026, 11, 22))
    }

    #[test]
    fn delays_are_days_from_today() {
        let of = |query: &str| (asked(query).filter.due_from, asked(query).filter.due_before);
        assert_eq!(of("delai=depasse"), (None, Some(date(2026, 11, 22))));
        assert_eq!(of("delai=7"), (Some(date(2026, 11, 22)), Some(date(2026, 11, 30))));
        assert_eq!(of("delai=plus"), (Some(date(2026, 12, 7)), None));
        assert_eq!(of("delai=jamais"), (None, None));
    }

    #[test]
    fn what_cannot_be_read_narrows_nothing() {
        let filter = asked("parcours=x&structure=y&proposition=z").filter;
        assert_eq!(filter, QueueFilter::default());
        let filter = asked("proposition=none&parcours=path_social").filter;
        assert_eq!((filter.proposal, filter.path), (Some(ProposalFilter::Without), Some(Path::Social)));
    }

    #[test]
    fn what_is_late_is_said_first() {
        let page = |count, overdue| QueuePage { lines: Vec::new(), next: None, count, overdue };
        assert!(overdue(&page(30, 2)).contains("2\u{a0}personnes"));
        assert!(overdue(&page(30, 0)).contains("Aucun délai"));
        assert!(overdue(&page(0, 0)).is_empty());
    }
}
