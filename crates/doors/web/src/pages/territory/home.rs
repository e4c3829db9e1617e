use std::ops::RangeFrom;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Html;
use platform::gate::ActionKind;
use territory::communes::CommuneView;
use territory::map::{self, Area as Drawn, Outline};
use territory::posts::Posts;
use territory::structures::{Agency, StructureKind};
use territory::{Certainty, Picture};

use super::{At, PATH, choices, float, old_knowledge, order, parts, trust};
use crate::app::App;
use crate::components::{
    Area, Badge, Column, EmptyState, Field, Figure, FilterBar, Fragment, Link, Map, Notice, Query, Row, Table, Tabs,
    Unknown,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::session::Signed;

/// The map of communes, coloured by what is asked, and the same in a table.
#[derive(Template)]
#[template(path = "territory/home.html")]
struct Home {
    layout: Layout,
    parts: Tabs,
    bar: FilterBar,
    notice: Option<Notice>,
    figures: Vec<Figure>,
    heading: &'static str,
    explanation: &'static str,
    map: Map,
    attribution: &'static str,
    population_note: String,
    import: Option<&'static str>,
}

/// What the map shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Theme {
    Agency,
    Capacity,
    Vacancy,
    Population,
}

impl Theme {
    const ALL: [Self; 4] = [Self::Agency, Self::Capacity, Self::Vacancy, Self::Population];

    fn read(code: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|theme| Some(theme.code()) == code).unwrap_or(Self::Agency)
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Agency => "agence",
            Self::Capacity => "capacite",
            Self::Vacancy => "vacance",
            Self::Population => "population",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Agency => "Agence qui dessert la commune",
            Self::Capacity => "Capacité des agences",
            Self::Vacancy => "Postes vacants des agences",
            Self::Population => "Population",
        }
    }

    const fn explanation(self) -> &'static str {
        match self {
            Self::Agency => {
                "Les communes d’une même agence ont la même nuance\u{a0}; deux agences voisines n’ont jamais la même."
            }
            Self::Capacity => {
                "Personnes que l’agence peut suivre en même temps, pour 1\u{202f}000 habitants des communes qu’elle dessert."
            }
            Self::Vacancy => "Part des postes de conseil de l’agence que personne n’occupe.",
            Self::Population => "Population municipale de la commune.",
        }
    }

    const fn column(self) -> &'static str {
        match self {
            Self::Agency => "",
            Self::Capacity => "Places pour 1\u{202f}000 habitants",
            Self::Vacancy => "Postes vacants",
            Self::Population => "Habitants",
        }
    }

    /// Upper bounds of the first four steps of the scale, with the words of the legend.
    const fn steps(self) -> [(f64, &'static str); 4] {
        match self {
            Self::Agency => [(0.0, ""); 4],
            Self::Capacity => [(6.0, "moins de 6"), (7.0, "de 6 à 7"), (8.0, "de 7 à 8"), (9.0, "de 8 à 9")],
            Self::Vacancy => [
                (0.05, "moins de 5\u{a0}%"),
                (0.10, "de 5 à 10\u{a0}%"),
                (0.15, "de 10 à 15\u{a0}%"),
                (0.25, "de 15 à 25\u{a0}%"),
            ],
            Self::Population => [
                (20_000.0, "moins de 20\u{202f}000 habitants"),
                (40_000.0, "de 20\u{202f}000 à 40\u{202f}000"),
                (60_000.0, "de 40\u{202f}000 à 60\u{202f}000"),
                (90_000.0, "de 60\u{202f}000 à 90\u{202f}000"),
            ],
        }
    }

    const fn beyond(self) -> &'static str {
        match self {
            Self::Agency => "",
            Self::Capacity => "9 et plus",
            Self::Vacancy => "25\u{a0}% et plus",
            Self::Population => "90\u{202f}000 et plus",
        }
    }
}

/// What is known of one commune for the map.
struct Value<'a> {
    agency: Option<&'a Agency<'a>>,
    certainty: Option<Certainty>,
    /// Figure of the theme, if it has one.
    measure: Option<f64>,
}

pub async fn page(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Html<String>, Problem> {
    let query = Query::parse(query.as_deref());
    let at = At::read(&app, &query);
    let picture = territory::picture(&app.platform, &signed.actor, at.as_of).await?;
    let posts = Posts::read(&app.platform, &signed.actor, at.as_of).await?;
    let agencies = picture.agencies(&posts);
    let theme = Theme::read(query.get("couleur"));
    let layout = signed.layout(&app, PATH, "Territoire").lead(at.lead());
    let themes = Theme::ALL.map(|theme| (theme.code(), theme.label()));
    let first = choices("", themes).into_iter().skip(1);
    let bar = at.bar(PATH, &query).field(Field::select("couleur", "La carte montre", first).value(theme.code()));
    let communes = picture.communes();
    let vintages: Vec<String> = {
        let mut years: Vec<i64> = communes.iter().map(|commune| commune.profile.value.vintage).collect();
        years.sort_unstable();
        years.dedup();
        years.iter().map(ToString::to_string).collect()
    };
    let page = Home {
        layout,
        parts: parts(&at, PATH),
        bar,
        notice: old_knowledge(&at),
        figures: figures(&at, &picture, &agencies, &communes),
        heading: theme.label(),
        explanation: theme.explanation(),
        map: map_of(&at, &query, &picture, &agencies, theme),
        attribution: map::ATTRIBUTION,
        population_note: format!("Population municipale, millésime {}.", fr::list(&vintages)),
        import: signed.may(ActionKind::EditTerritory).then_some("/territoire/import"),
    };
    Ok(Html(Fragment::render(&page).to_string()))
}

fn figures(at: &At, picture: &Picture, agencies: &[Agency<'_>], communes: &[CommuneView<'_>]) -> Vec<Figure> {
    let population: i64 = communes.iter().map(|commune| commune.profile.value.population).sum();
    let served = |commune: &&CommuneView<'_>| {
        picture.who_serves(commune.id, StructureKind::LocalInclusionAgency, picture.as_of.on).is_some()
    };
    let served = communes.iter().filter(served).count();
    let confirmed = agencies.iter().filter(|agency| agency.structure.certainty() == Certainty::Confirmed).count();
    let (open, vacant) =
        agencies.iter().fold((0, 0), |(open, vacant), agency| (open + agency.posts.open, vacant + agency.posts.vacant));
    vec![
        Figure::new("Communes", fr::number(communes.len()), "communes")
            .note(format!("{served} desservies par une agence\u{a0}; {} habitants", fr::number(population))),
        Figure::new("Agences locales d’insertion", fr::number(agencies.len()), "ouvertes ou à venir")
            .note(format!("dont {} dans une source publique, les autres par hypothèse", fr::number(confirmed)))
            .lines(at.href("/territoire/agences")),
        Figure::new("Postes de conseil des agences", fr::number(open), "postes")
            .note(format!("dont {}", fr::count(vacant, "vacant", "vacants")))
            .lines(at.keep(Query::default().with("metier", "employment_counsellor")).href("/territoire/postes")),
    ]
}

fn map_of(at: &At, query: &Query, picture: &Picture, agencies: &[Agency<'_>], theme: Theme) -> Map {
    let areas = map::areas(picture, |commune| value_of(picture, agencies, theme, commune));
    let groups =
        areas.iter().map(|area| (area.outline, area.value.agency.map_or(0, |agency| agency.structure.id.raw())));
    let shades = map::tell_apart(&groups.collect::<Vec<_>>());
    let shade = |drawn: &Drawn<'_, Value<'_>>| match (theme, drawn.value.measure) {
        (Theme::Agency, _) => {
            drawn.value.agency.map_or(0, |agency| shades.get(&agency.structure.id.raw()).copied().unwrap_or(0))
        }
        (_, Some(measure)) => {
            let below = theme.steps().iter().position(|(bound, _)| measure < *bound);
            u8::try_from(below.unwrap_or(4)).unwrap_or(4)
        }
        (_, None) => 0,
    };
    let mut areas = areas;
    areas.sort_by_cached_key(|area| base::fold(&area.commune.profile.value.name));
    let mut numbers = 1..;
    let drawn = areas.iter().map(|drawn| {
        let name = drawn.commune.profile.value.name.as_str();
        let area = Area::new(name, &*drawn.outline.path)
            .value(said(theme, &drawn.commune, &drawn.value), shade(drawn))
            .href(at.href(&format!("{PATH}/communes/{}", drawn.commune.code)));
        labelled(area, drawn.outline, name, &mut numbers)
    });
    let drawn: Vec<Area> = drawn.collect();
    let table = table(at, query, picture, agencies, theme);
    let map = Map::new("carte", "Communes du département", map::VIEW_BOX, drawn, table).label_size(map::LABEL_SIZE);
    if theme == Theme::Agency {
        return map;
    }
    let steps = theme.steps();
    let labels = steps.iter().map(|(_, label)| *label).chain([theme.beyond()]);
    map.legend((0..).zip(labels.map(str::to_owned)))
}

/// The name of a commune on its outline; where it has no room, the next number.
pub(in crate::pages) fn labelled(area: Area, outline: &Outline, name: &str, numbers: &mut RangeFrom<u32>) -> Area {
    match outline.label_of(name) {
        Some((lines, at)) => area.labelled(lines, at),
        None => numbers.take(1).fold(area, |area, number| area.numbered(number, outline.label)),
    }
}

fn value_of<'a>(picture: &Picture, agencies: &'a [Agency<'a>], theme: Theme, commune: &CommuneView<'_>) -> Value<'a> {
    let sector = picture.who_serves(commune.id, StructureKind::LocalInclusionAgency, picture.as_of.on);
    let agency = sector.and_then(|sector| agencies.iter().find(|agency| agency.structure.id == sector.value.structure));
    let measure = match theme {
        Theme::Agency => None,
        Theme::Population => Some(float(commune.profile.value.population)),
        Theme::Capacity => agency.and_then(|agency| {
            let capacity = agency.structure.profile.value.capacity?;
            (agency.population > 0).then(|| float(capacity) * 1_000.0 / float(agency.population))
        }),
        Theme::Vacancy => agency
            .filter(|agency| agency.posts.open > 0)
            .map(|agency| f64::from(agency.posts.vacant) / f64::from(agency.posts.open)),
    };
    Value { agency, certainty: sector.map(|sector| sector.value.certainty), measure }
}

/// What a commune shows, in words.
fn said(theme: Theme, commune: &CommuneView<'_>, value: &Value<'_>) -> String {
    let agency = value.agency.map_or("aucune agence", |agency| agency.structure.profile.value.name.as_str());
    match (theme, value.measure) {
        (Theme::Agency, _) => match value.certainty {
            Some(Certainty::Hypothesis) => format!("{agency} (hypothèse)"),
            _ => agency.to_owned(),
        },
        (Theme::Population, _) => format!("{} habitants", fr::number(commune.profile.value.population)),
        (Theme::Capacity, Some(measure)) => {
            format!("{agency}, {} places pour 1\u{202f}000 habitants", fr::decimal(measure, 1))
        }
        (Theme::Vacancy, Some(measure)) => format!("{agency}, {} de postes vacants", fr::percent(measure, 0)),
        (_, None) => format!("{agency}, chiffre inconnu"),
    }
}

fn table(at: &At, query: &Query, picture: &Picture, agencies: &[Agency<'_>], theme: Theme) -> Table {
    let mut columns = vec![Column::text("Commune").sorted_by("nom"), Column::text("Agence").sorted_by("agence")];
    if theme != Theme::Agency {
        columns.push(Column::number(theme.column()).sorted_by("valeur"));
    }
    let mut lines: Vec<(CommuneView<'_>, Value<'_>)> = picture
        .communes()
        .into_iter()
        .map(|commune| {
            let value = value_of(picture, agencies, theme, &commune);
            (commune, value)
        })
        .collect();
    let (key, down) = order(query, "nom");
    let agency_name = |value: &Value<'_>| value.agency.map(|agency| base::fold(&agency.structure.profile.value.name));
    lines.sort_by_cached_key(|(commune, _)| base::fold(&commune.profile.value.name));
    match key {
        "agence" => lines.sort_by_cached_key(|(_, value)| agency_name(value)),
        "valeur" => {
            lines.sort_by(|(_, one), (_, other)| one.measure.unwrap_or(-1.0).total_cmp(&other.measure.unwrap_or(-1.0)))
        }
        _ => {}
    }
    if down {
        lines.reverse();
    }
    let rows = lines.iter().map(|(commune, value)| {
        let profile = &commune.profile.value;
        let agency = value.agency.map(|agency| at.structure(&picture.names, agency.structure.id));
        let link = Link::new(at.href(&format!("{PATH}/communes/{}", commune.code)), profile.name.as_str());
        let agency = agency.map_or_else(|| Badge::neutral("aucune").into(), Fragment::from);
        let doubt = value.certainty.filter(|certainty| *certainty == Certainty::Hypothesis);
        let own: Fragment = match (theme, value.measure) {
            (Theme::Agency, _) => Fragment::default(),
            (Theme::Population, _) => fr::number(profile.population).into(),
            (Theme::Capacity, Some(measure)) => fr::decimal(measure, 1).into(),
            (Theme::Vacancy, Some(measure)) => fr::percent(measure, 0).into(),
            (_, None) => Unknown::MASCULINE.into(),
        };
        Row::new([
            Fragment::with_detail(link, profile.ept.as_str()),
            Fragment::join([agency, doubt.map(trust).into()]),
            own,
        ])
    });
    let empty = EmptyState::new(
        "Aucune commune à cette date",
        "Choisissez une autre date, ou importez le fichier des communes.",
    );
    Table::new("communes", "Communes", columns, rows.collect::<Vec<_>>()).sorted(PATH, query, "nom").empty(empty)
}
