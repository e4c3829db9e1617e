//! `/mobilite`: the communes and agencies that can be reached from a commune or a point, at an hour, on the network in
//! service and under an announced line. Nothing that is asked here is kept.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use base::Date;
use mobility::{Asked, Origin, Point, Reach, Reached, Seconds, Source, announced, hour, parse_hour};
use platform::gate::ActionKind;
use territory::communes::CommuneView;
use territory::structures::{Status, StructureKind};
use territory::{AsOf, Picture, map};

use super::page;
use super::territory::labelled;
use crate::app::App;
use crate::components::{
    Area, Badge, Choice, Column, EmptyState, Field, FilterBar, Fragment, Link, Map, Notice, Query, Row, Table, Tone,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::routes::{Policy, Route};
use crate::session::Signed;

const PATH: &str = "/mobilite";

/// When most work begins, at the latest.
const MORNING: &str = "08:00";

pub fn routes() -> Vec<Route> {
    vec![Route::new(PATH, Policy::May(ActionKind::ReadTerritory), get(show))]
}

/// The page.
#[derive(Template)]
#[template(path = "mobility.html")]
struct Mobility {
    layout: Layout,
    bar: FilterBar,
    notices: Vec<Notice>,
    answer: Option<Answer>,
    attribution: &'static str,
}

/// What the page shows of an answer.
struct Answer {
    heading: String,
    map: Map,
    agencies: Table,
    /// Where the lines of the scenario are known from.
    sources: Vec<String>,
}

/// The question, as typed: what cannot be read is told beside its field.
struct Form {
    from: String,
    latitude: String,
    longitude: String,
    day: Date,
    time: String,
    scenario: String,
    wrong_point: Option<&'static str>,
    wrong_time: Option<&'static str>,
}

impl Form {
    fn read(query: &Query, today: Date) -> (Self, Option<(Origin, Seconds)>) {
        let text = |key: &str| query.get(key).unwrap_or_default().trim().to_owned();
        let (from, latitude, longitude) = (text("depuis"), text("latitude"), text("longitude"));
        let time = query.get("heure").map_or_else(|| MORNING.to_owned(), |time| time.trim().replace('h', ":"));
        let day = query.get("jour").and_then(|day| day.parse().ok()).unwrap_or(today);
        let leave = parse_hour(&time);
        let typed = !(latitude.is_empty() && longitude.is_empty());
        let degrees = |text: &str| text.replace(',', ".").parse::<f64>().ok();
        let point = degrees(&latitude)
            .zip(degrees(&longitude))
            .and_then(|(latitude, longitude)| Point::new(latitude, longitude));
        let origin = match (typed, point) {
            (true, point) => point.map(Origin::Point),
            (false, _) => (!from.is_empty()).then(|| Origin::Commune(from.clone())),
        };
        let form = Self {
            wrong_point: (typed && point.is_none())
                .then_some("Donnez les deux, en degrés décimaux\u{a0}: 48,9177 et 2,3466."),
            wrong_time: leave.is_none().then_some("Donnez une heure comme 08:00."),
            from,
            latitude,
            longitude,
            day,
            time,
            scenario: text("scenario"),
        };
        (form, origin.zip(leave))
    }

    fn bar(&self, query: &Query, communes: &[CommuneView<'_>]) -> FilterBar {
        let mut named: Vec<(&str, &str)> =
            communes.iter().map(|commune| (commune.code, commune.profile.value.name.as_str())).collect();
        named.sort_by_cached_key(|(_, name)| base::fold(name));
        let choice = |value: &str, label: &str, chosen: &str| Choice::new(value, label).chosen(value == chosen);
        let from = std::iter::once(choice("", "Choisir une commune", &self.from))
            .chain(named.into_iter().map(|(code, name)| choice(code, name, &self.from)));
        let scenario = std::iter::once(choice("", "Aucune", &self.scenario)).chain(
            announced().iter().map(|known| choice(known.code, &fr::typeset(&known.scenario.name), &self.scenario)),
        );
        FilterBar::new(PATH, query)
            .field(Field::select("depuis", "Au départ de", from))
            .field(Field::text("heure", "Départ à").value(&*self.time).error(self.wrong_time))
            .field(Field::select("scenario", "Avec une ligne annoncée", scenario))
            .more(Field::date("jour", "Jour").value(self.day.to_string()))
            .more(
                Field::text("latitude", "Ou d’un point\u{a0}: latitude")
                    .value(&*self.latitude)
                    .hint("Le point l’emporte sur la commune. Il n’est pas conservé.")
                    .error(self.wrong_point),
            )
            .more(Field::text("longitude", "Longitude").value(&*self.longitude))
    }
}

async fn show(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let (form, question) = Form::read(&query, app.platform.today());
    let as_of = AsOf { on: form.day, known: app.platform.now() };
    let picture = territory::picture(&app.platform, &signed.actor, as_of).await?;
    let communes = picture.communes();
    let asked = question.map(|(from, leave)| Asked {
        from,
        leave,
        day: form.day,
        scenario: (!form.scenario.is_empty()).then(|| form.scenario.clone()),
        communes: communes.iter().map(|commune| commune.code.to_owned()).collect(),
    });
    let mut notices = Vec::new();
    let mut answer = None;
    if let Some(asked) = asked {
        let reach = app.networks.reach(asked.clone()).await.map_err(|problem| {
            tracing::error!(%problem, "the network in service cannot be read");
            Problem::internal()
        })?;
        notices.extend(about(&reach, form.day));
        answer = Some(answered(&picture, &communes, &asked, &reach));
    } else {
        let text = "Choisissez une commune ou un point, une heure, et au besoin une ligne annoncée.";
        notices.push(Notice::new(Tone::Info, "D’où part-on, et à quelle heure\u{202f}?", text));
    }
    Ok(page(&Mobility {
        layout: signed.layout(&app, PATH, "Mobilité").lead(
            "Communes et agences que l’on atteint en transports en commun, aujourd’hui et avec les lignes annoncées.",
        ),
        bar: form.bar(&query, &communes),
        notices,
        answer,
        attribution: map::ATTRIBUTION,
    }))
}

/// What must be known of the network to read the answer.
fn about(reach: &Reach, day: Date) -> Vec<Notice> {
    let mut notices = Vec::new();
    match &reach.source {
        Source::Indicative => notices.push(Notice::new(
            Tone::Warning,
            "Réseau indicatif",
            "Métro, RER, trains et tramways, sans les bus\u{a0}: durées et fréquences estimées, les mêmes tous les jours. \
             Ne donnez pas ces temps comme des horaires. L’exploitant peut mettre en service un flux publié \
             (jonction transit import).",
        )),
        Source::Published { publisher, days } => {
            let by = publisher.as_deref().unwrap_or("éditeur non nommé");
            let covers = days.map_or_else(String::new, |(first, last)| {
                format!(" Calendrier du {} au {}.", fr::date_long(first), fr::date_long(last))
            });
            notices.push(Notice::new(Tone::Info, "Réseau publié", format!("Horaires\u{a0}: {by}.{covers}")));
        }
    }
    if reach.idle {
        let text =
            format!("Le réseau en service n’a aucune course le {}. Choisissez un autre jour.", fr::date_long(day));
        notices.push(Notice::new(Tone::Warning, "Aucune course ce jour-là", text));
    } else if !reach.starts {
        let text = "Aucun arrêt de ce réseau dans cette commune, ou à moins de 1\u{202f}200 mètres de ce point.";
        notices.push(Notice::new(Tone::Warning, "Aucun arrêt au départ", text));
    }
    notices
}

fn answered(picture: &Picture, communes: &[CommuneView<'_>], asked: &Asked, reach: &Reach) -> Answer {
    let scenario = announced().iter().find(|known| Some(known.code) == asked.scenario.as_deref());
    let from = match &asked.from {
        Origin::Commune(code) => communes
            .iter()
            .find(|commune| commune.code == code)
            .map_or_else(|| code.clone(), |commune| commune.profile.value.name.clone()),
        Origin::Point(point) => {
            format!("{}\u{a0}; {}", fr::decimal(point.latitude, 4), fr::decimal(point.longitude, 4))
        }
    };
    let with = scenario.map_or_else(String::new, |known| format!(", {}", fr::typeset(&known.scenario.name)));
    let sources = scenario.into_iter().flat_map(|known| &known.scenario.lines).map(|line| {
        let opens =
            line.opens.map_or_else(String::new, |day| format!("ouverture annoncée pour le {}", fr::date_long(day)));
        fr::typeset(&format!("Ligne {}\u{a0}: {opens}. Source\u{a0}: {}.", line.name, line.source))
    });
    Answer {
        heading: format!("Au départ de {from}, à {}{with}", hour(asked.leave)),
        map: drawn(picture, communes, reach, scenario.is_some()),
        agencies: agencies(picture, reach, scenario.is_some()),
        sources: sources.collect(),
    }
}

/// Minutes begun.
fn minutes(time: Seconds) -> Seconds {
    time.div_euclid(60) + i32::from(time.rem_euclid(60) > 0)
}

fn told(time: Option<Seconds>) -> String {
    time.map_or_else(|| "non atteinte".to_owned(), |time| format!("{}\u{a0}min", minutes(time)))
}

/// Upper bounds in minutes of the steps from the darkest down, with their words; the lightest is beyond.
const STEPS: [(Seconds, &str); 4] =
    [(30, "30 minutes ou moins"), (45, "de 31 à 45"), (60, "de 46 à 60"), (90, "de 61 à 90")];

fn shade(time: Option<Seconds>) -> u8 {
    let step = STEPS.iter().position(|(bound, _)| time.is_some_and(|time| minutes(time) <= *bound));
    step.map_or(0, |step| 4 - u8::try_from(step).unwrap_or(4))
}

/// The time that the map shows: under the scenario when there is one.
fn shown(reached: &Reached, announced: bool) -> Option<Seconds> {
    if announced { reached.announced } else { reached.today }
}

fn drawn(picture: &Picture, communes: &[CommuneView<'_>], reach: &Reach, announced: bool) -> Map {
    let found = |code: &str| reach.communes.iter().find(|reached| reached.commune == code);
    let mut drawn = map::areas(picture, |commune| found(commune.code).and_then(|reached| shown(reached, announced)));
    drawn.sort_by_cached_key(|area| base::fold(&area.commune.profile.value.name));
    let mut numbers = 1..;
    let areas: Vec<Area> = drawn
        .iter()
        .map(|drawn| {
            let name = drawn.commune.profile.value.name.as_str();
            let area = Area::new(name, &*drawn.outline.path)
                .value(told(drawn.value), shade(drawn.value))
                .href(format!("/territoire/communes/{}", drawn.commune.code));
            labelled(area, drawn.outline, name, &mut numbers)
        })
        .collect();
    let mut lines: Vec<(&CommuneView<'_>, &Reached)> =
        communes.iter().filter_map(|commune| Some((commune, found(commune.code)?))).collect();
    lines.sort_by_cached_key(|(commune, reached)| {
        (shown(reached, announced).unwrap_or(Seconds::MAX), base::fold(&commune.profile.value.name))
    });
    let rows = lines.into_iter().map(|(commune, reached)| {
        let href = format!("/territoire/communes/{}", commune.code);
        let stops = match reached.stops {
            0 => "aucun arrêt de ce réseau".to_owned(),
            stops => fr::count(stops as u64, "arrêt", "arrêts"),
        };
        let name = Fragment::with_detail(Link::new(href, commune.profile.value.name.as_str()), stops);
        Row::new(std::iter::once(name).chain(times(reached, announced)))
    });
    let columns = std::iter::once(Column::text("Commune")).chain(columns(announced));
    let table = Table::new("communes", "Communes atteintes", columns, rows)
        .empty(EmptyState::new("Aucune commune ce jour-là", "Choisissez un autre jour."));
    let beyond = (0, "plus de 90, ou non atteinte".to_owned());
    let legend = (1..=4).rev().zip(STEPS).map(|(shade, (_, words))| (shade, words.to_owned())).chain([beyond]);
    Map::new("carte", "Temps jusqu’aux communes", map::VIEW_BOX, areas, table)
        .label_size(map::LABEL_SIZE)
        .legend(legend)
}

fn columns(announced: bool) -> Vec<Column> {
    match announced {
        false => vec![Column::number("Temps")],
        true => vec![Column::number("Aujourd’hui"), Column::number("Avec la ligne"), Column::number("Gain")],
    }
}

fn times(reached: &Reached, announced: bool) -> Vec<Fragment> {
    if !announced {
        return vec![told(reached.today).into()];
    }
    let gain: Fragment = match (reached.today, reached.announced) {
        (Some(today), Some(later)) if minutes(today) > minutes(later) => {
            format!("{}\u{a0}min", minutes(today) - minutes(later)).into()
        }
        (None, Some(_)) => Badge::ok("atteinte").into(),
        _ => Fragment::from("–"),
    };
    vec![told(reached.today).into(), told(reached.announced).into(), gain]
}

fn agencies(picture: &Picture, reach: &Reach, announced: bool) -> Table {
    let mut lines: Vec<_> = picture
        .structures()
        .into_iter()
        .filter(|structure| structure.kind == StructureKind::LocalInclusionAgency && structure.status == Status::Open)
        .filter_map(|structure| {
            let seat = picture.names.code(structure.profile.value.seat?).to_owned();
            let reached = reach.communes.iter().find(|reached| reached.commune == seat)?;
            Some((structure, reached))
        })
        .collect();
    lines.sort_by_key(|(_, reached)| shown(reached, announced).unwrap_or(Seconds::MAX));
    let rows = lines.iter().map(|(structure, reached)| {
        let href = format!("/territoire/structures/{}", structure.code);
        let name = Link::new(href, structure.profile.value.name.as_str());
        Row::new(std::iter::once(name.into()).chain(times(reached, announced)))
    });
    let columns = std::iter::once(Column::text("Agence")).chain(columns(announced));
    Table::new("agences", "Agences atteintes", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Aucune agence ouverte ce jour-là", "Choisissez un autre jour."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 22);

    #[test]
    fn a_question_is_read_or_told_wrong() {
        let read = |text: &str| Form::read(&Query::parse(Some(text)), TODAY);
        let (form, question) = read("depuis=93066&heure=7h30&scenario=ligne-15-est");
        assert_eq!(question, Some((Origin::Commune("93066".to_owned()), 27_000)));
        assert_eq!((form.day, &*form.scenario), (TODAY, "ligne-15-est"));
        let (_, question) = read("depuis=93066&latitude=48,9&longitude=2.4");
        assert!(matches!(question, Some((Origin::Point(_), 28_800))));
        let (form, question) = read("latitude=48.9&longitude=");
        assert!(question.is_none() && form.wrong_point.is_some());
        let (form, question) = read("depuis=93066&heure=midi");
        assert!(question.is_none() && form.wrong_time.is_some());
        assert!(read("").1.is_none());
    }

    #[test]
    fn nearer_is_darker() {
        let shades = [Some(0), Some(1800), Some(1801), Some(3600), Some(5400), Some(5401), None].map(shade);
        assert_eq!(shades, [4, 4, 3, 2, 1, 0, 0]);
        assert_eq!(told(Some(61)), "2\u{a0}min");
    }
}
