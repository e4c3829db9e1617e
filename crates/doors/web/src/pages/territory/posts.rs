use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Html;
use base::{Date, Id};
use platform::Structure;
use platform::gate::ActionKind;
use territory::posts::{Job, Post, PostState, PostView, Posts};
use territory::{FactKind, Picture, SubjectKind, changes};

use super::facts::facts_table;
use super::{At, around, choices, last_day, matches, old_knowledge, order, page_of, parts, share, trust};
use crate::app::App;
use crate::components::{
    Badge, ButtonKind, Chip, Column, Description, EmptyState, Field, Figure, FilterBar, Fragment, Link, Notice, Pager,
    Query, Row, Source, Table, Tabs, Unknown,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::session::Signed;

const PATH: &str = "/territoire/postes";

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

/// What the address asks for.
struct Asked<'a> {
    state: Option<PostState>,
    job: Option<Job>,
    /// Code of a structure.
    structure: Option<&'a str>,
    /// Funding whose last day is before this one.
    funded_before: Option<Date>,
    text: Option<&'a str>,
}

impl<'a> Asked<'a> {
    fn read(query: &'a Query) -> Self {
        Self {
            state: query.get("etat").and_then(PostState::from_code),
            job: query.get("metier").and_then(Job::from_code),
            structure: query.get("structure"),
            funded_before: query.get("finance").and_then(|text| text.parse().ok()),
            text: query.get("q"),
        }
    }

    fn takes(&self, picture: &Picture, post: &PostView<'_>) -> bool {
        let profile = &post.profile.value;
        self.state.is_none_or(|state| post.state == state)
            && self.job.is_none_or(|job| profile.job == job)
            && self.structure.is_none_or(|code| picture.names.code(profile.structure) == code)
            && self.funded_before.is_none_or(|day| profile.funded_until.is_some_and(|until| until <= day))
            && matches(self.text, || searched(picture, post))
    }
}

/// Code, structure and holder: what a search by text looks in.
fn searched(picture: &Picture, post: &PostView<'_>) -> String {
    let holder = post.holder.map_or("", |fact| fact.value.holder.as_str());
    format!("{} {} {holder}", post.code, picture.names.name(post.profile.value.structure))
}

pub async fn list(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Html<String>, Problem> {
    let query = Query::parse(query.as_deref());
    let at = At::read(&app, &query);
    let picture = territory::picture(&app.platform, &signed.actor, at.as_of).await?;
    let posts = Posts::read(&app.platform, &signed.actor, at.as_of).await?;
    let asked = Asked::read(&query);
    let mut views = posts.views(&picture);
    views.retain(|post| asked.takes(&picture, post));
    let figures = figures(&views);
    sort(&mut views, &query);
    let add = Link::new(super::add_path(FactKind::PostProfile, &[]), "Ajouter un poste");
    let page = List {
        layout: around(signed.layout(&app, PATH, "Postes").lead(at.lead()), &at),
        parts: parts(&at, PATH),
        bar: filters(&at, &query, &picture, &asked),
        notice: old_knowledge(&at),
        figures,
        table: table(&at, &query, &picture, views),
        action: signed.may(ActionKind::EditTerritory).then(|| add.button(ButtonKind::Primary)),
    };
    Ok(Html(Fragment::render(&page).to_string()))
}

fn filters(at: &At, query: &Query, picture: &Picture, asked: &Asked<'_>) -> FilterBar {
    let states = PostState::ALL.iter().map(|state| (state.as_code(), state.label()));
    let structures = picture.names.offered(SubjectKind::Structure);
    let value = |key: &str| query.get(key).unwrap_or_default().to_owned();
    let mut bar = FilterBar::new(PATH, query)
        .field(Field::search("q", "Structure, titulaire ou code").value(value("q")))
        .field(Field::select("etat", "État", choices("Tous", states)).value(value("etat")))
        .field(Field::select("metier", "Métier", choices("Tous", Job::choices())).value(value("metier")))
        .more(Field::select("structure", "Structure", choices("Toutes", structures)).value(value("structure")))
        .more(Field::date("finance", "Financement qui finit avant le").value(value("finance")));
    let structure =
        asked.structure.and_then(|code| picture.names.find(code)).map(|id: Id<Structure>| picture.names.name(id));
    let chips = [
        ("q", "Texte", asked.text.map(str::to_owned)),
        ("etat", "État", asked.state.map(|state| state.label().to_owned())),
        ("metier", "Métier", asked.job.map(|job| job.label().to_owned())),
        ("structure", "Structure", structure.map(str::to_owned)),
        ("finance", "Financement avant le", asked.funded_before.map(fr::date_long)),
    ];
    for (key, label, value) in chips {
        if let Some(value) = value {
            bar = bar.chip(Chip::new(label, value, query.without(key).href(PATH)));
        }
    }
    at.fields(bar)
}

fn figures(views: &[PostView<'_>]) -> Vec<Figure> {
    let count = |state| views.iter().filter(|post| post.state == state).count() as u64;
    let (held, vacant) = (count(PostState::Held), count(PostState::Vacant));
    let open = views.iter().filter(|post| matches!(post.state, PostState::Held | PostState::Vacant));
    let hundredths: i64 = open.map(|post| post.profile.value.full_time_percent).sum();
    vec![
        Figure::new("Postes ouverts", fr::number(held + vacant), "postes")
            .note(format!("{} équivalents temps plein", fr::decimal(super::float(hundredths) / 100.0, 1))),
        Figure::new("Pourvus", fr::number(held), "postes"),
        Figure::new("Vacants", fr::number(vacant), "postes"),
    ]
}

fn sort(views: &mut [PostView<'_>], query: &Query) {
    let (key, down) = order(query, "structure");
    match key {
        "etat" => views.sort_by_key(|post| post.state),
        "ouverture" => views.sort_by_key(|post| post.opened_on),
        "vacance" => views.sort_by_key(|post| post.vacant_since),
        // Permanent posts last.
        "financement" => views.sort_by_key(|post| post.profile.value.funded_until.unwrap_or(Date::MAX)),
        _ => {}
    }
    if down {
        views.reverse();
    }
}

fn table(at: &At, query: &Query, picture: &Picture, views: Vec<PostView<'_>>) -> Table {
    let columns = [
        Column::text("Poste"),
        Column::text("Structure").sorted_by("structure"),
        Column::text("État").sorted_by("etat"),
        Column::text("Titulaire"),
        Column::text("Vacant depuis").sorted_by("vacance"),
        Column::text("Ouvert le").sorted_by("ouverture"),
        Column::text("Financé jusqu’au").sorted_by("financement"),
        Column::text("Certitude"),
    ];
    let total = views.len() as u64;
    let page = page_of(views, PATH, query, |post| post.code.to_owned());
    let rows = page.lines.iter().map(|post| {
        let profile = &post.profile.value;
        let link = Link::new(at.href(&super::subject_path(SubjectKind::Post, post.code)), profile.job.label())
            .context(post.code);
        let funded = last_day(profile.funded_until).map_or_else(|| "permanent".to_owned(), fr::date_short);
        Row::new([
            Fragment::with_detail(link, share(profile.full_time_percent)),
            at.structure(&picture.names, profile.structure).into(),
            state(post.state).into(),
            post.holder.map(|fact| fact.value.holder.as_str()).into(),
            post.vacant_since.map(fr::date_short).into(),
            fr::date_short(post.opened_on).into(),
            funded.into(),
            trust(profile.certainty).into(),
        ])
    });
    let rows: Vec<Row> = rows.collect();
    let pager = Pager::of(rows.len() as u64, total, "poste", "postes").previous(page.previous).next(page.next);
    let empty = EmptyState::new("Aucun poste ne correspond", "Retirez un filtre, ou choisissez une autre date.")
        .link(Link::new(at.href(PATH), "Retirer les filtres").button(ButtonKind::Secondary));
    Table::new("postes", "Postes", columns, rows)
        .caption_hidden()
        .sorted(PATH, query, "structure")
        .pager(pager)
        .empty(empty)
}

fn state(state: PostState) -> Badge {
    match state {
        PostState::Held => Badge::ok("pourvu"),
        PostState::Vacant => Badge::warning("vacant"),
        PostState::Planned => Badge::info("à venir"),
        PostState::Closed => Badge::neutral("supprimé"),
    }
}

/// One post: opened and funded by whom, held by whom through time.
#[derive(Template)]
#[template(path = "territory/post.html")]
struct Page {
    layout: Layout,
    bar: FilterBar,
    notice: Option<Notice>,
    description: Description,
    facts: Table,
    actions: Vec<Link>,
}

pub async fn page(
    State(app): State<App>,
    signed: Signed,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Html<String>, Problem> {
    let query = Query::parse(query.as_deref());
    let at = At::read(&app, &query);
    let picture = territory::picture(&app.platform, &signed.actor, at.as_of).await?;
    let posts = Posts::read(&app.platform, &signed.actor, at.as_of).await?;
    let id: Id<Post> = picture.names.find(&code).ok_or_else(Problem::not_found)?;
    let post = posts.view(&picture, id).ok_or_else(Problem::not_found)?;
    let path = super::subject_path(SubjectKind::Post, &code);
    let mut records = changes::history(&app.platform, &signed.actor, SubjectKind::Post, id.raw()).await?;
    records.retain(|record| at.knows(record.recorded_at, record.replaced_at));
    records.sort_by_key(|record| (record.kind, record.valid.from, record.id));
    let edit = signed.may(ActionKind::EditTerritory);
    let holder = Link::new(super::add_path(FactKind::PostHolder, &[("post", &code)]), "Ajouter un titulaire");
    let title = format!("{}, {}", post.profile.value.job.label(), picture.names.name(post.profile.value.structure));
    let page = Page {
        layout: around(signed.layout(&app, &path, &title).lead(at.lead()), &at).crumb("Postes", at.href(PATH)),
        bar: at.bar(&path, &query),
        notice: old_knowledge(&at),
        description: description(&at, &picture, &post),
        facts: facts_table(&records, edit),
        actions: if edit { vec![holder.button(ButtonKind::Secondary)] } else { Vec::new() },
    };
    Ok(Html(Fragment::render(&page).to_string()))
}

fn description(at: &At, picture: &Picture, post: &PostView<'_>) -> Description {
    let names = &picture.names;
    let profile = &post.profile.value;
    let holder = match (post.holder, post.vacant_since) {
        (Some(fact), _) => Fragment::with_detail(fact.value.holder.as_str(), fr::period(fact.valid)),
        (None, Some(since)) => format!("personne depuis le {}", fr::date_long(since)).into(),
        (None, None) => Fragment::default(),
    };
    Description::new()
        .line("État", state(post.state))
        .line("Structure", at.structure(names, profile.structure))
        .line("Titulaire", holder)
        .line("Temps de travail", share(profile.full_time_percent))
        .line("Ouvert le", fr::date_long(post.opened_on))
        .line("Ouvert par", Unknown::MASCULINE.or(profile.opened_by.map(|id| at.organisation(names, id))))
        .line("Financé par", Unknown::MASCULINE.or(profile.funder.map(|id| at.organisation(names, id))))
        .line(
            "Financé jusqu’au",
            last_day(profile.funded_until).map_or_else(|| "poste permanent".to_owned(), fr::date_long),
        )
        .line("Certitude", trust(profile.certainty))
        .line("Code", post.code)
        .line("Source", Fragment::with_detail(Source::new(profile.citation.as_str()), profile.note.as_str()))
}
