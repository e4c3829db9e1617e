use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Html;
use territory::posts::Posts;
use territory::structures::{Agency, Status};
use territory::{Certainty, Picture};

use super::{At, dated, last_day, lines, old_knowledge, order, parts, trust};
use crate::app::App;
use crate::components::{
    Badge, Column, EmptyState, Figure, FilterBar, Fragment, Link, Notice, Query, Row, Table, Tabs, Unknown,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::session::Signed;

const PATH: &str = "/territoire/agences";

/// The board of agencies.
#[derive(Template)]
#[template(path = "territory/agencies.html")]
struct Board {
    layout: Layout,
    parts: Tabs,
    bar: FilterBar,
    notice: Option<Notice>,
    figures: Vec<Figure>,
    table: Table,
}

pub async fn page(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Html<String>, Problem> {
    let query = Query::parse(query.as_deref());
    let at = At::read(&app, &query);
    let picture = territory::picture(&app.platform, &signed.actor, at.as_of).await?;
    let posts = Posts::read(&app.platform, &signed.actor, at.as_of).await?;
    let mut agencies = picture.agencies(&posts);
    let figures = figures(&agencies);
    sort(&mut agencies, &query);
    let page = Board {
        layout: super::around(signed.layout(&app, PATH, "Agences locales d’insertion").lead(at.lead()), &at),
        parts: parts(&at, PATH),
        bar: at.bar(PATH, &query),
        notice: old_knowledge(&at),
        figures,
        table: table(&at, &query, &picture, &agencies),
    };
    Ok(Html(Fragment::render(&page).to_string()))
}

fn figures(agencies: &[Agency<'_>]) -> Vec<Figure> {
    let count = |status| agencies.iter().filter(|agency| agency.structure.status == status).count();
    let capacity: i64 = agencies.iter().filter_map(|agency| agency.structure.profile.value.capacity).sum();
    let held: u32 = agencies.iter().map(|agency| agency.posts.held).sum();
    let open: u32 = agencies.iter().map(|agency| agency.posts.open).sum();
    let contracts = agencies.iter().filter(|agency| agency.contract.is_some()).count();
    vec![
        Figure::new("Agences ouvertes", fr::number(count(Status::Open)), "agences")
            .note(format!("{} à venir", fr::number(count(Status::Planned)))),
        Figure::new("Capacité", fr::number(capacity), "personnes suivies en même temps"),
        Figure::new("Postes de conseil pourvus", fr::number(held), "postes")
            .note(format!("sur {}", fr::count(open, "poste ouvert", "postes ouverts"))),
        Figure::new("Opérateur connu", fr::number(contracts), "agences")
            .note("les autres n’ont pas d’opérateur dans les sources lues"),
    ]
}

fn sort(agencies: &mut [Agency<'_>], query: &Query) {
    let (key, down) = order(query, "nom");
    match key {
        "ouverture" => agencies.sort_by_key(|agency| agency.structure.opened_on),
        "capacite" => agencies.sort_by_key(|agency| agency.structure.profile.value.capacity),
        "population" => agencies.sort_by_key(|agency| agency.population),
        "contrat" => agencies.sort_by_key(|agency| agency.contract.and_then(|contract| contract.valid.to)),
        "vacants" => agencies.sort_by_key(|agency| agency.posts.vacant),
        _ => {}
    }
    if down {
        agencies.reverse();
    }
}

fn table(at: &At, query: &Query, picture: &Picture, agencies: &[Agency<'_>]) -> Table {
    let columns = [
        Column::text("Agence").sorted_by("nom"),
        Column::text("Certitude"),
        Column::text("Ouverture").sorted_by("ouverture"),
        Column::number("Capacité").sorted_by("capacite"),
        Column::number("Population desservie").sorted_by("population"),
        Column::text("Opérateur").sorted_by("contrat"),
        Column::text("Remplace"),
        Column::number("Postes de conseil").sorted_by("vacants"),
    ];
    let rows = agencies.iter().map(|agency| line(at, picture, agency));
    let empty = EmptyState::new(
        "Aucune agence à cette date",
        "Les premières agences ont ouvert en février 2023\u{a0}: choisissez une date plus récente.",
    );
    Table::new("agences", "Agences locales d’insertion", columns, rows.collect::<Vec<_>>())
        .caption_hidden()
        .sorted(PATH, query, "nom")
        .empty(empty)
}

fn line(at: &At, picture: &Picture, agency: &Agency<'_>) -> Row {
    let names = &picture.names;
    let profile = &agency.structure.profile.value;
    let served: Vec<&str> = agency.served.iter().map(|served| served.name).collect();
    let status = match agency.structure.status {
        Status::Planned => Fragment::from(Badge::info("à venir")),
        Status::Open | Status::Closed => Fragment::default(),
    };
    let inaugurated = profile
        .inaugurated_on
        .map_or_else(|| "inauguration inconnue".to_owned(), |day| format!("inaugurée le {}", fr::date_long(day)));
    let capacity = profile.capacity.map(|capacity| {
        let number: Fragment = fr::number(capacity).into();
        match profile.capacity_certainty {
            Some(Certainty::Hypothesis) => Fragment::with_detail(number, "hypothèse"),
            _ => number,
        }
    });
    let operator = agency.contract.map(|contract| {
        let operator = at.organisation(names, contract.value.operator).into();
        let certainty = contract.value.dates_certainty;
        let end = contract.valid.last_day().map_or_else(
            || "fin du contrat inconnue".into(),
            |last| Fragment::join(["contrat jusqu’au".into(), dated(last, certainty)]),
        );
        Fragment::with_detail(Fragment::join([operator, hypothesis(contract.value.certainty)]), end)
    });
    let replaced = agency.replaced.iter().map(|old| Fragment::from(at.structure(names, *old)));
    let posts: Fragment = match agency.posts.open {
        0 => fr::number(0).into(),
        open => Link::new(posts_of(at, agency), fr::number(open))
            .context(format!("postes de conseil de {}", profile.name))
            .into(),
    };
    Row::new([
        Fragment::with_detail(at.structure(names, agency.structure.id), fr::list(&served)),
        Fragment::join([trust(agency.structure.certainty()).into(), status]),
        Fragment::with_detail(dated(agency.structure.opened_on, profile.dates_certainty), inaugurated),
        Unknown::FEMININE.or(capacity),
        fr::number(agency.population).into(),
        Unknown::MASCULINE.or(operator),
        lines(replaced),
        Fragment::with_detail(posts, posts_in_words(agency)),
    ])
}

fn posts_of(at: &At, agency: &Agency<'_>) -> String {
    at.keep(Query::default().with("structure", agency.structure.code)).href("/territoire/postes")
}

/// How many are vacant, and when the first funding ends.
fn posts_in_words(agency: &Agency<'_>) -> Fragment {
    let vacant = Fragment::from(fr::count(agency.posts.vacant, "vacant", "vacants"));
    let end = last_day(agency.posts.funded_until);
    let end = end.map(|last| Fragment::from(format!("financés jusqu’au {}", fr::date_short(last))));
    lines(std::iter::once(vacant).chain(end))
}

/// The mark of a hypothesis; nothing for what is confirmed.
fn hypothesis(certainty: Certainty) -> Fragment {
    match certainty {
        Certainty::Confirmed => Fragment::default(),
        Certainty::Hypothesis => trust(certainty).into(),
    }
}
