use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Html;
use base::{Id, Period};
use platform::gate::ActionKind;
use territory::changes;
use territory::communes::Commune;
use territory::structures::StructureKind;
use territory::{Certainty, FactKind, Picture, SubjectKind};

use super::facts::facts_table;
use super::{At, PATH, around, dated, old_knowledge, trust};
use crate::app::App;
use crate::components::{
    ButtonKind, Column, Description, EmptyState, FilterBar, Fragment, Lane, Link, Look, Notice, Query, Row, Segment,
    Source, Strip, Table, Tone,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::session::Signed;

/// One commune: who serves it, and its history.
#[derive(Template)]
#[template(path = "territory/commune.html")]
struct Page {
    layout: Layout,
    bar: FilterBar,
    notices: Vec<Notice>,
    description: Option<Description>,
    serving: Table,
    strip: Option<Strip>,
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
    let id: Id<Commune> = picture.names.find(&code).ok_or_else(Problem::not_found)?;
    let path = format!("{PATH}/communes/{code}");
    let mut records = changes::history(&app.platform, &signed.actor, SubjectKind::Commune, id.raw()).await?;
    records.retain(|record| at.knows(record.recorded_at, record.replaced_at));
    let edit = signed.may(ActionKind::EditTerritory);
    let page = Page {
        layout: around(signed.layout(&app, &path, picture.names.name(id)).lead(at.lead()), &at),
        bar: at.bar(&path, &query),
        notices: notices(&at, &picture, id),
        description: description(&at, &picture, id),
        serving: serving(&at, &picture, id),
        strip: strip(&at, &picture, id),
        facts: facts_table(&records, edit),
        actions: if edit { actions(&code) } else { Vec::new() },
    };
    Ok(Html(Fragment::render(&page).to_string()))
}

fn actions(code: &str) -> Vec<Link> {
    let link = |kind, label: &str, column| {
        Link::new(super::add_path(kind, &[(column, code)]), label).button(ButtonKind::Secondary)
    };
    vec![
        link(FactKind::Sector, "Ajouter un secteur", "commune"),
        link(FactKind::CommuneProfile, "Ajouter une description", "code"),
    ]
}

/// The merger, before and after; the past as it was known.
fn notices(at: &At, picture: &Picture, id: Id<Commune>) -> Vec<Notice> {
    let mut notices: Vec<Notice> = old_knowledge(at).into_iter().collect();
    let last = picture.communes.of(id).last();
    if let Some((end, successor)) = last.and_then(|last| last.valid.to.zip(last.value.successor)) {
        let (title, text) = if end <= at.as_of.on {
            ("Commune fusionnée", format!("Depuis le {}, elle fait partie de", fr::date_long(end)))
        } else {
            ("Fusion à venir", format!("Le {}, elle rejoint", fr::date_long(end)))
        };
        let into = at.commune(&picture.names, successor).into();
        notices.push(Notice::new(Tone::Info, title, Fragment::join([text.into(), into])));
    }
    for merged in picture.merged_into(id) {
        let Some(end) = merged.profile.valid.to else { continue };
        let text = format!("l’a rejointe le {}.", fr::date_long(end));
        notices.push(Notice::new(
            Tone::Info,
            "Fusion",
            Fragment::join([at.commune(&picture.names, merged.id).into(), text.into()]),
        ));
    }
    notices
}

fn description(at: &At, picture: &Picture, id: Id<Commune>) -> Option<Description> {
    let commune = picture.commune_on(id, at.as_of.on)?;
    let profile = &commune.profile.value;
    let population = Fragment::with_detail(
        format!("{} habitants", fr::number(profile.population)),
        format!("population municipale, millésime {}", profile.vintage),
    );
    Some(
        Description::new()
            .line("Code Insee", commune.code)
            .line("Population", population)
            .line("Codes postaux", profile.postcodes.as_str())
            .line("Établissement public territorial", profile.ept.as_str())
            .line("Source", Source::new(profile.citation.as_str())),
    )
}

fn serving(at: &At, picture: &Picture, id: Id<Commune>) -> Table {
    let columns = [
        Column::text("Type"),
        Column::text("Structure"),
        Column::text("Depuis"),
        Column::text("Certitude"),
        Column::text("Source"),
    ];
    let rows = picture.serving(id).into_iter().map(|sector| {
        Row::new([
            sector.value.kind.label().into(),
            at.structure(&picture.names, sector.value.structure).into(),
            dated(sector.valid.from, sector.value.dates_certainty),
            trust(sector.value.certainty).into(),
            Fragment::with_detail(Source::new(sector.value.citation.as_str()), sector.value.note.as_str()),
        ])
    });
    let empty = EmptyState::new(
        "Personne ne dessert cette commune à cette date",
        "Choisissez une autre date, ou ajoutez un secteur.",
    );
    Table::new("dessertes", "Qui dessert la commune", columns, rows.collect::<Vec<_>>()).caption_hidden().empty(empty)
}

/// One line for each structure that has served the commune, by kind.
fn strip(at: &At, picture: &Picture, id: Id<Commune>) -> Option<Strip> {
    let sectors = picture.sectors_of_commune(id);
    let earliest = sectors.iter().map(|sector| sector.valid.from).min()?;
    let mut lanes: Vec<(StructureKind, String, Vec<Segment>)> = Vec::new();
    for sector in sectors {
        let name = picture.names.name(sector.value.structure).to_owned();
        let segment = segment(sector.valid, sector.value.certainty).source(Source::new(sector.value.citation.as_str()));
        match lanes.iter_mut().find(|(kind, lane, _)| *kind == sector.value.kind && *lane == name) {
            Some((_, _, segments)) => segments.push(segment),
            None => lanes.push((sector.value.kind, name, vec![segment])),
        }
    }
    let lanes = lanes.into_iter().map(|(_, name, segments)| Lane::new(name, segments));
    Some(Strip::new(
        "temps",
        "Structures qui desservent la commune",
        Strip::window_of(earliest, at.today),
        at.today,
        lanes,
    ))
}

/// A period drawn full when it is confirmed, hatched when it is a hypothesis.
pub(super) fn segment(valid: Period, certainty: Certainty) -> Segment {
    match certainty {
        Certainty::Confirmed => Segment::new(valid, Look::Full, "confirmée"),
        Certainty::Hypothesis => Segment::new(valid, Look::Hatched, "hypothèse"),
    }
}
