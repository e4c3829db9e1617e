use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Html;
use base::Id;
use platform::Structure;
use platform::gate::ActionKind;
use territory::changes::{self, Record};
use territory::posts::{PostState, Posts};
use territory::structures::{Status, StructureKind, StructureView};
use territory::{Certainty, FactKind, Picture, SubjectKind};

use super::communes::segment;
use super::facts::facts_table;
use super::{At, around, choices, dated, lines, matches, old_knowledge, order, page_of, parts, trust};
use crate::app::App;
use crate::components::{
    Badge, ButtonKind, Chip, Column, Description, EmptyState, Field, Figure, FilterBar, Fragment, Lane, Link, Notice,
    Pager, Query, Row, Source, Strip, Table, Tabs, Tone, Unknown,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::session::Signed;

const PATH: &str = "/territoire/structures";

#[derive(Template)]
#[template(path = "territory/list.html")]
struct List {
    layout: Layout,
    parts: Tabs,
    bar: FilterBar,
    notice: Option<Notice>,
    figures: Vec<Figure>,
    table: Table,
    action: Option<Link>,
}

pub async fn list(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Html<String>, Problem> {
    let query = Query::parse(query.as_deref());
    let at = At::read(&app, &query);
    let picture = territory::picture(&app.platform, &signed.actor, at.as_of).await?;
    let kind = query.get("type").and_then(StructureKind::from_code);
    let status = query.get("etat").and_then(Status::from_code);
    let certainty = query.get("certitude").and_then(Certainty::from_code);
    let mut structures = picture.structures();
    structures.retain(|structure| {
        kind.is_none_or(|kind| structure.kind == kind)
            && status.is_none_or(|status| structure.status == status)
            && certainty.is_none_or(|certainty| structure.certainty() == certainty)
            && matches(query.get("q"), || searched(&picture, structure))
    });
    sort(&mut structures, &query);
    let add = Link::new(super::add_path(FactKind::StructureProfile, &[]), "Ajouter une structure");
    let page = List {
        layout: around(signed.layout(&app, PATH, "Structures").lead(at.lead()), &at),
        parts: parts(&at, PATH),
        bar: filters(&at, &query, kind, status, certainty),
        notice: old_knowledge(&at),
        figures: Vec::new(),
        table: table(&at, &query, &picture, structures),
        action: signed.may(ActionKind::EditTerritory).then(|| add.button(ButtonKind::Primary)),
    };
    Ok(Html(Fragment::render(&page).to_string()))
}

/// Name, code and communes served: what a search by text looks in.
fn searched(picture: &Picture, structure: &StructureView<'_>) -> String {
    let served = picture.served(structure.id, picture.as_of.on);
    let communes: Vec<&str> = served.iter().map(|served| served.name).collect();
    format!("{} {} {}", structure.profile.value.name, structure.code, communes.join(" "))
}

fn filters(
    at: &At,
    query: &Query,
    kind: Option<StructureKind>,
    status: Option<Status>,
    certainty: Option<Certainty>,
) -> FilterBar {
    let states = Status::ALL.iter().map(|status| (status.as_code(), status.label()));
    let mut bar = FilterBar::new(PATH, query)
        .field(Field::search("q", "Nom ou commune").value(query.get("q").unwrap_or_default()))
        .field(
            Field::select("type", "Type", choices("Tous", StructureKind::choices()))
                .value(query.get("type").unwrap_or_default()),
        )
        .field(Field::select("etat", "État", choices("Tous", states)).value(query.get("etat").unwrap_or_default()))
        .more(
            Field::select("certitude", "Certitude", choices("Toutes", Certainty::choices()))
                .value(query.get("certitude").unwrap_or_default()),
        );
    let chips = [
        ("q", "Texte", query.get("q")),
        ("type", "Type", kind.map(StructureKind::label)),
        ("etat", "État", status.map(Status::label)),
        ("certitude", "Certitude", certainty.map(Certainty::label)),
    ];
    for (key, label, value) in chips {
        if let Some(value) = value {
            bar = bar.chip(Chip::new(label, value, query.without(key).href(PATH)));
        }
    }
    at.fields(bar)
}

fn sort(structures: &mut [StructureView<'_>], query: &Query) {
    let (key, down) = order(query, "nom");
    structures.sort_by_cached_key(|structure| base::fold(&structure.profile.value.name));
    match key {
        "type" => structures.sort_by_key(|structure| structure.kind.label()),
        "ouverture" => structures.sort_by_key(|structure| structure.opened_on),
        "capacite" => structures.sort_by_key(|structure| structure.profile.value.capacity),
        _ => {}
    }
    if down {
        structures.reverse();
    }
}

fn table(at: &At, query: &Query, picture: &Picture, structures: Vec<StructureView<'_>>) -> Table {
    let columns = [
        Column::text("Structure").sorted_by("nom"),
        Column::text("Type").sorted_by("type"),
        Column::text("État"),
        Column::text("Certitude"),
        Column::text("Communes desservies"),
        Column::text("Ouverture").sorted_by("ouverture"),
        Column::number("Capacité").sorted_by("capacite"),
    ];
    let total = structures.len() as u64;
    let page = page_of(structures, PATH, query, |structure| structure.code.to_owned());
    let rows = page.lines.iter().map(|structure| {
        let profile = &structure.profile.value;
        let served: Vec<&str> = picture.served(structure.id, at.as_of.on).iter().map(|served| served.name).collect();
        let served = match served.len() {
            0 => Fragment::default(),
            1..=4 => fr::list(&served).into(),
            many => format!("{many} communes").into(),
        };
        let capacity = profile.capacity.map(fr::number);
        Row::new([
            at.structure(&picture.names, structure.id).into(),
            structure.kind.label().into(),
            state(structure.status).into(),
            trust(structure.certainty()).into(),
            served,
            fr::date_short(structure.opened_on).into(),
            capacity.into(),
        ])
    });
    let rows: Vec<Row> = rows.collect();
    let pager = Pager::of(rows.len() as u64, total, "structure", "structures").previous(page.previous).next(page.next);
    let empty = EmptyState::new("Aucune structure ne correspond", "Retirez un filtre, ou choisissez une autre date.")
        .link(Link::new(at.href(PATH), "Retirer les filtres").button(ButtonKind::Secondary));
    Table::new("structures", "Structures", columns, rows)
        .caption_hidden()
        .sorted(PATH, query, "nom")
        .pager(pager)
        .empty(empty)
}

fn state(status: Status) -> Badge {
    match status {
        Status::Open => Badge::ok("ouverte"),
        Status::Planned => Badge::info("à venir"),
        Status::Closed => Badge::neutral("fermée"),
    }
}

/// One structure: what it is, whom it serves, who runs it, its posts and its history.
#[derive(Template)]
#[template(path = "territory/structure.html")]
struct Page {
    layout: Layout,
    badges: Fragment,
    bar: FilterBar,
    notices: Vec<Notice>,
    figures: Vec<Figure>,
    description: Description,
    sectors: Option<Table>,
    sites: Vec<Link>,
    strip: Strip,
    facts: Table,
    actions: Vec<Link>,
}

pub async fn page(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Html<String>, Problem> {
    let query = Query::parse(query.as_deref());
    let at = At::read(&app, &query);
    let picture = territory::picture(&app.platform, &signed.actor, at.as_of).await?;
    let posts = Posts::read(&app.platform, &signed.actor, at.as_of).await?;
    // By its code as the pages write it, or by its number as other rooms know it.
    let by_number = || id.parse::<Id<Structure>>().ok();
    let id = picture.names.find(&id).or_else(by_number).ok_or_else(Problem::not_found)?;
    let structure = picture.structure(id).ok_or_else(Problem::not_found)?;
    let path = super::subject_path(SubjectKind::Structure, structure.code);
    let records = records(&app, &signed, &at, &picture, id).await?;
    let edit = signed.may(ActionKind::EditTerritory);
    let page = Page {
        layout: around(signed.layout(&app, &path, &structure.profile.value.name), &at)
            .crumb("Structures", at.href(PATH))
            .lead(format!("{}. {}.", structure.kind.label(), at.lead())),
        badges: Fragment::join([state(structure.status).into(), trust(structure.certainty()).into()]),
        bar: at.bar(&path, &query),
        notices: notices(&at, &picture, &structure),
        figures: figures(&at, &picture, &posts, &structure),
        description: description(&at, &picture, &structure),
        sectors: structure.kind.has_sectors().then(|| sectors(&at, &picture, id)),
        sites: picture.parts_of(id).iter().map(|part| at.structure(&picture.names, part.id)).collect(),
        strip: strip(&at, &picture, &structure),
        facts: facts_table(&records, edit),
        actions: if edit { actions(&structure) } else { Vec::new() },
    };
    Ok(Html(Fragment::render(&page).to_string()))
}

fn actions(structure: &StructureView<'_>) -> Vec<Link> {
    let code = structure.code;
    let link = |kind, label: &str, column| {
        Link::new(super::add_path(kind, &[(column, code)]), label).button(ButtonKind::Secondary)
    };
    let mut actions = Vec::new();
    if structure.kind.has_sectors() {
        actions.push(link(FactKind::Sector, "Ajouter un secteur", "structure"));
    }
    if structure.kind == StructureKind::LocalInclusionAgency {
        actions.push(link(FactKind::AgencyContract, "Ajouter un contrat", "structure"));
    }
    actions.push(link(FactKind::PostProfile, "Ajouter un poste", "structure"));
    actions.push(link(FactKind::Succession, "Déclarer un remplacement", "predecessor"));
    actions
}

fn notices(at: &At, picture: &Picture, structure: &StructureView<'_>) -> Vec<Notice> {
    let mut notices: Vec<Notice> = old_knowledge(at).into_iter().collect();
    if structure.certainty() == Certainty::Hypothesis {
        let text = "Aucune source lue ne confirme cette structure telle qu’elle est décrite\u{a0}: elle sera remplacée quand le département donnera la sienne.";
        notices.push(Notice::new(Tone::Warning, "Hypothèse", text));
    }
    let replaced: Vec<Fragment> = picture
        .replaced_by(structure.id)
        .iter()
        .map(|fact| at.structure(&picture.names, fact.value.successor).into())
        .collect();
    if !replaced.is_empty() {
        let since = picture.replaced_by(structure.id).iter().map(|fact| fact.valid.from).min();
        let when = since.map_or_else(String::new, |day| format!("Depuis le {}\u{a0}:", fr::date_long(day)));
        notices.push(Notice::new(
            Tone::Info,
            "Remplacée",
            Fragment::join(std::iter::once(when.into()).chain(replaced)),
        ));
    }
    notices
}

fn figures(at: &At, picture: &Picture, posts: &Posts, structure: &StructureView<'_>) -> Vec<Figure> {
    let mut figures = Vec::new();
    let profile = &structure.profile.value;
    if let Some(capacity) = profile.capacity {
        let figure = Figure::new("Capacité", fr::number(capacity), "personnes suivies en même temps");
        figures.push(figure.note(profile.capacity_certainty.map(trust)));
    }
    if structure.kind.has_sectors() {
        let served = picture.served(structure.id, at.as_of.on);
        let population: i64 = served.iter().map(|served| served.population).sum();
        figures.push(Figure::new("Population desservie", fr::number(population), "habitants").note(fr::count(
            served.len() as u64,
            "commune",
            "communes",
        )));
    }
    let views = posts.views(picture);
    let own = views.iter().filter(|post| post.profile.value.structure == structure.id);
    let (open, vacant) = own.fold((0_u64, 0_u64), |(open, vacant), post| match post.state {
        PostState::Held => (open + 1, vacant),
        PostState::Vacant => (open + 1, vacant + 1),
        _ => (open, vacant),
    });
    if open > 0 {
        figures.push(
            Figure::new("Postes", fr::number(open), fr::plural(open, "poste ouvert", "postes ouverts"))
                .note(format!("dont {}", fr::count(vacant, "vacant", "vacants")))
                .lines(at.keep(Query::default().with("structure", structure.code)).href("/territoire/postes")),
        );
    }
    figures
}

fn description(at: &At, picture: &Picture, structure: &StructureView<'_>) -> Description {
    let names = &picture.names;
    let profile = &structure.profile.value;
    let mut description = Description::new()
        .line("Ouverture", dated(structure.opened_on, profile.dates_certainty))
        .line("Inauguration", Unknown::FEMININE.or(profile.inaugurated_on.map(fr::date_long)));
    if let Some(closed) = structure.closed_on {
        description = description.line("Fermeture", dated(closed, profile.dates_certainty));
    }
    description = description.line("Appartient à", at.organisation(names, profile.organisation));
    if structure.kind == StructureKind::LocalInclusionAgency {
        let contract = picture.contract(structure.id).map(|contract| {
            let end = match contract.valid.last_day() {
                Some(last) => format!("contrat jusqu’au {}", fr::date_long(last)),
                None => "fin du contrat inconnue".to_owned(),
            };
            let operator = Fragment::join([
                at.organisation(names, contract.value.operator).into(),
                trust(contract.value.certainty).into(),
            ]);
            Fragment::with_detail(operator, end)
        });
        description = description.line("Opérateur", Unknown::MASCULINE.or(contract));
        let replaced =
            picture.replaces(structure.id).into_iter().map(|fact| Fragment::from(at.structure(names, fact.subject)));
        description = description.line("Remplace", lines(replaced));
    }
    if let Some(parent) = profile.parent {
        description = description.line("Rattachée à", at.structure(names, parent));
    }
    if let Some(seat) = profile.seat {
        description = description.line("Siège", at.commune(names, seat));
    }
    description
        .line("Code", structure.code)
        .line("Source", Fragment::with_detail(Source::new(profile.citation.as_str()), profile.note.as_str()))
}

fn sectors(at: &At, picture: &Picture, id: Id<Structure>) -> Table {
    let columns = [
        Column::text("Commune"),
        Column::number("Population"),
        Column::text("Période"),
        Column::text("Certitude"),
        Column::text("Source"),
    ];
    let rows = picture.ever_served(id).into_iter().map(|served| {
        let value = &served.sector.value;
        Row::new([
            Link::new(at.href(&format!("/territoire/communes/{}", served.code)), served.name).into(),
            fr::number(served.population).into(),
            fr::period(served.sector.valid).into(),
            trust(value.certainty).into(),
            Fragment::with_detail(Source::new(value.citation.as_str()), value.note.as_str()),
        ])
    });
    let empty =
        EmptyState::new("Aucune commune", "Ajoutez un secteur pour dire quelles communes cette structure dessert.");
    Table::new("secteurs", "Communes desservies", columns, rows.collect::<Vec<_>>()).caption_hidden().empty(empty)
}

fn strip(at: &At, picture: &Picture, structure: &StructureView<'_>) -> Strip {
    let opened = picture.structures.of(structure.id).iter().map(|fact| segment(fact.valid, fact.value.dates_certainty));
    let mut lanes = vec![Lane::new("Ouverture", opened)];
    let contracts = picture.contracts.of(structure.id);
    for contract in contracts {
        let label = format!("Contrat\u{a0}: {}", picture.names.name(contract.value.operator));
        lanes.push(Lane::new(label, [segment(contract.valid, contract.value.dates_certainty)]));
    }
    for served in picture.ever_served(structure.id) {
        lanes.push(Lane::new(served.name, [segment(served.sector.valid, served.sector.value.dates_certainty)]));
    }
    let window = Strip::window_of(structure.opened_on, at.today);
    Strip::new("temps", "Ouverture, contrats et communes desservies", window, at.today, lanes)
}

/// The records that a structure's page lists: its own, and those of its sectors.
async fn records(
    app: &App,
    signed: &Signed,
    at: &At,
    picture: &Picture,
    id: Id<Structure>,
) -> Result<Vec<Record>, Problem> {
    let mut records = changes::history(&app.platform, &signed.actor, SubjectKind::Structure, id.raw()).await?;
    records.retain(|record| at.knows(record.recorded_at, record.replaced_at));
    records.extend(picture.ever_served(id).into_iter().map(|served| Record::of(&picture.names, served.sector)));
    records.sort_by_key(|record| (record.kind, record.valid.from, record.id));
    Ok(records)
}
