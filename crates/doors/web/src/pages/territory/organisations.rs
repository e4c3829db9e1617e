use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Html;
use base::Id;
use platform::Organisation;
use platform::gate::ActionKind;
use territory::changes;
use territory::organisations::{OrganisationView, Role};
use territory::{Certainty, FactKind, Picture, SubjectKind};

use super::communes::segment;
use super::facts::facts_table;
use super::{At, around, choices, dated, matches, old_knowledge, order, page_of, parts, trust};
use crate::app::App;
use crate::components::{
    ButtonKind, Chip, Column, Description, EmptyState, Field, Figure, FilterBar, Fragment, Lane, Link, Notice, Pager,
    Query, Row, Source, Strip, Table, Tabs,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::session::Signed;

const PATH: &str = "/territoire/organisations";

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
    let role = query.get("role").and_then(Role::from_code);
    let mut organisations = picture.organisations();
    organisations.retain(|organisation| {
        role.is_none_or(|role| organisation.has(role))
            && matches(query.get("q"), || organisation.profile.value.name.clone())
    });
    let (key, down) = order(&query, "nom");
    if key == "roles" {
        organisations.sort_by_key(|organisation| organisation.roles.len());
    }
    if down {
        organisations.reverse();
    }
    let mut bar =
        FilterBar::new(PATH, &query).field(Field::search("q", "Nom").value(query.get("q").unwrap_or_default())).field(
            Field::select("role", "Rôle", choices("Tous", Role::choices()))
                .value(query.get("role").unwrap_or_default()),
        );
    if let Some(role) = role {
        bar = bar.chip(Chip::new("Rôle", role.label(), query.without("role").href(PATH)));
    }
    let add = Link::new(super::add_path(FactKind::OrganisationProfile, &[]), "Ajouter une organisation");
    let page = List {
        layout: around(signed.layout(&app, PATH, "Organisations").lead(at.lead()), &at),
        parts: parts(&at, PATH),
        bar: at.fields(bar),
        notice: old_knowledge(&at),
        figures: Vec::new(),
        table: table(&at, &query, &picture, organisations),
        action: signed.may(ActionKind::EditTerritory).then(|| add.button(ButtonKind::Primary)),
    };
    Ok(Html(Fragment::render(&page).to_string()))
}

fn table(at: &At, query: &Query, picture: &Picture, organisations: Vec<OrganisationView<'_>>) -> Table {
    let columns = [
        Column::text("Organisation").sorted_by("nom"),
        Column::text("Rôles").sorted_by("roles"),
        Column::text("Certitude"),
        Column::number("Agences en contrat"),
    ];
    let total = organisations.len() as u64;
    let page = page_of(organisations, PATH, query, |organisation| organisation.code.to_owned());
    let rows = page.lines.iter().map(|organisation| {
        let roles: Vec<&str> = organisation.roles.iter().map(|fact| fact.value.role.label()).collect();
        let contracts = picture.contracts_of(organisation.id);
        let running = contracts.iter().filter(|contract| contract.valid.contains(at.as_of.on)).count();
        Row::new([
            at.organisation(&picture.names, organisation.id).into(),
            roles.join(", ").into(),
            trust(organisation.profile.value.certainty).into(),
            (running > 0).then(|| fr::number(running)).into(),
        ])
    });
    let rows: Vec<Row> = rows.collect();
    let pager =
        Pager::of(rows.len() as u64, total, "organisation", "organisations").previous(page.previous).next(page.next);
    let empty =
        EmptyState::new("Aucune organisation ne correspond", "Retirez un filtre, ou choisissez une autre date.")
            .link(Link::new(at.href(PATH), "Retirer les filtres").button(ButtonKind::Secondary));
    Table::new("organisations", "Organisations", columns, rows)
        .caption_hidden()
        .sorted(PATH, query, "nom")
        .pager(pager)
        .empty(empty)
}

/// One organisation: the several things it does, the structures it owns or runs.
#[derive(Template)]
#[template(path = "territory/organisation.html")]
struct Page {
    layout: Layout,
    bar: FilterBar,
    notice: Option<Notice>,
    description: Description,
    strip: Option<Strip>,
    consortium: Option<Table>,
    memberships: Vec<Fragment>,
    contracts: Option<Table>,
    owned: Vec<Link>,
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
    // By its code as the pages write it, or by its number as other rooms know it.
    let by_number = || id.parse::<Id<Organisation>>().ok();
    let id = picture.names.find(&id).or_else(by_number).ok_or_else(Problem::not_found)?;
    let organisation = picture.organisation(id).ok_or_else(Problem::not_found)?;
    let path = super::subject_path(SubjectKind::Organisation, organisation.code);
    let mut records = changes::history(&app.platform, &signed.actor, SubjectKind::Organisation, id.raw()).await?;
    records.retain(|record| at.knows(record.recorded_at, record.replaced_at));
    records.sort_by_key(|record| (record.kind, record.valid.from, record.id));
    let edit = signed.may(ActionKind::EditTerritory);
    let members = picture.consortium(id);
    let contracts = picture.contracts_of(id);
    let page = Page {
        layout: around(signed.layout(&app, &path, &organisation.profile.value.name).lead(at.lead()), &at)
            .crumb("Organisations", at.href(PATH)),
        bar: at.bar(&path, &query),
        notice: old_knowledge(&at),
        description: description(&organisation),
        strip: strip(&at, &picture, id),
        consortium: (!members.is_empty()).then(|| consortium(&at, &picture, id)),
        memberships: picture
            .consortia_of(id)
            .iter()
            .map(|fact| at.organisation(&picture.names, fact.subject).into())
            .collect(),
        contracts: (!contracts.is_empty()).then(|| contracts_table(&at, &picture, id)),
        owned: picture.owned_by(id).iter().map(|structure| at.structure(&picture.names, structure.id)).collect(),
        facts: facts_table(&records, edit),
        actions: if edit { actions(organisation.code) } else { Vec::new() },
    };
    Ok(Html(Fragment::render(&page).to_string()))
}

fn actions(code: &str) -> Vec<Link> {
    let link = |kind, label: &str, column| {
        Link::new(super::add_path(kind, &[(column, code)]), label).button(ButtonKind::Secondary)
    };
    vec![
        link(FactKind::OrganisationRole, "Ajouter un rôle", "organisation"),
        link(FactKind::ConsortiumMember, "Ajouter un membre", "organisation"),
        link(FactKind::AgencyContract, "Ajouter un contrat", "operator"),
    ]
}

fn description(organisation: &OrganisationView<'_>) -> Description {
    let profile = &organisation.profile.value;
    let roles: Vec<&str> = organisation.roles.iter().map(|fact| fact.value.role.label()).collect();
    let siret = profile.siret.as_ref().map(|siret| Fragment::from(siret.as_str()));
    Description::new()
        .line("Rôles", roles.join(", "))
        .line("SIRET", siret.unwrap_or_else(|| "non renseigné".into()))
        .line("Certitude", trust(profile.certainty))
        .line("Code", organisation.code)
        .line("Source", Fragment::with_detail(Source::new(profile.citation.as_str()), profile.note.as_str()))
}

/// The roles through time: one organisation may hold several at once.
fn strip(at: &At, picture: &Picture, id: Id<Organisation>) -> Option<Strip> {
    let roles = picture.roles.of(id);
    let earliest = roles.iter().map(|fact| fact.valid.from).min()?;
    let mut lanes: Vec<(Role, Lane)> = Vec::new();
    for role in Role::ALL {
        let own: Vec<_> = roles.iter().filter(|fact| fact.value.role == *role).collect();
        if !own.is_empty() {
            let segments = own.iter().map(|fact| {
                let doubt = [fact.value.certainty, fact.value.dates_certainty].contains(&Certainty::Hypothesis);
                let certainty = if doubt { Certainty::Hypothesis } else { Certainty::Confirmed };
                segment(fact.valid, certainty).source(Source::new(fact.value.citation.as_str()))
            });
            lanes.push((*role, Lane::new(role.label(), segments)));
        }
    }
    let window = Strip::window_of(earliest, at.today);
    Some(Strip::new("roles", "Rôles au fil du temps", window, at.today, lanes.into_iter().map(|(_, lane)| lane)))
}

fn consortium(at: &At, picture: &Picture, id: Id<Organisation>) -> Table {
    let columns = [Column::text("Membre"), Column::text("Depuis"), Column::text("Certitude"), Column::text("Source")];
    let rows = picture.consortium(id).into_iter().map(|fact| {
        let value = &fact.value;
        Row::new([
            at.organisation(&picture.names, value.member).into(),
            dated(fact.valid.from, value.dates_certainty),
            trust(value.certainty).into(),
            Fragment::with_detail(Source::new(value.citation.as_str()), value.note.as_str()),
        ])
    });
    Table::new("membres", "Membres du consortium", columns, rows.collect::<Vec<_>>()).caption_hidden()
}

fn contracts_table(at: &At, picture: &Picture, id: Id<Organisation>) -> Table {
    let columns = [Column::text("Agence"), Column::text("Période"), Column::text("Certitude"), Column::text("Source")];
    let rows = picture.contracts_of(id).into_iter().map(|fact| {
        let value = &fact.value;
        Row::new([
            at.structure(&picture.names, fact.subject).into(),
            fr::period(fact.valid).into(),
            trust(value.certainty).into(),
            Fragment::with_detail(Source::new(value.citation.as_str()), value.note.as_str()),
        ])
    });
    Table::new("contrats", "Contrats d’agence", columns, rows.collect::<Vec<_>>()).caption_hidden()
}
