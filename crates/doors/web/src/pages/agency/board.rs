//! The morning of an agency on one page.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use platform::gate::ActionKind;
use support::follow_up::{self, AgencyBoard, Need, Stage};

use super::{PATH, Place, heaviest, load_bar, people, state, tabs};
use crate::app::App;
use crate::components::{Column, EmptyState, Figure, FilterBar, Fragment, Link, Notice, Query, Row, Table, Tabs, Tone};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::follow_words::{counted, people_count, weighted};
use crate::pages::page;
use crate::session::Signed;

/// The page.
#[derive(Template)]
#[template(path = "agency/board.html")]
struct Board {
    layout: Layout,
    tabs: Option<Tabs>,
    filters: Option<FilterBar>,
    notices: Vec<Notice>,
    groups: Vec<(&'static str, &'static str, Vec<Figure>)>,
    loads: Option<Table>,
    may_designate: bool,
    empty: Option<EmptyState>,
}

pub async fn show(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let place = Place::read(&signed, &query, &names)?;
    let filters = place.field(&names).map(|field| FilterBar::new(PATH, &query).field(field));
    let Some(structure) = place.structure() else {
        let layout = signed.layout(&app, PATH, "Tableau de bord d’une structure");
        let empty = EmptyState::new(
            "Choisissez une structure",
            "Son tableau de bord du matin s’affiche ici\u{a0}: arrivées, personnes sans référent, rendez-vous, charges.",
        );
        return Ok(page(&Board {
            tabs: None,
            layout,
            filters,
            notices: Vec::new(),
            groups: Vec::new(),
            loads: None,
            may_designate: false,
            empty: Some(empty),
        }));
    };
    let board = follow_up::agency_board(&app.platform, &signed.actor, Some(structure)).await?;
    let may_designate = signed.may(ActionKind::Designate);
    let layout = signed
        .layout(&app, PATH, names.name(structure))
        .lead(format!("Le point du {}\u{a0}: ce qui attend, et qui s’en charge.", fr::date_full(board.day)));
    let list = Links { structure: filters.is_some().then(|| names.code(structure).to_owned()) };
    Ok(page(&Board {
        tabs: tabs(&signed, PATH),
        layout,
        filters,
        notices: notices(&board, &list, may_designate),
        groups: vec![
            ("attente", "Ce qui attend", waiting(&board, &list)),
            ("agenda", "Aujourd’hui et cette semaine", due(&board, &list)),
            ("hier", "Depuis hier", changed(&board, &list)),
        ],
        loads: Some(loads(&board, &list, signed.may(ActionKind::ManageStaff))),
        may_designate,
        empty: None,
    }))
}

/// Addresses of lists of this structure's people.
struct Links {
    /// In the address only for who chooses the structure.
    structure: Option<String>,
}

impl Links {
    fn to(&self, pairs: &[(&str, &str)]) -> String {
        let query = pairs.iter().fold(Query::default(), |query, (key, value)| query.with(key, *value));
        let query = match &self.structure {
            Some(code) => query.with("structure", code.as_str()),
            None => query,
        };
        query.href(people::PATH)
    }
}

/// A figure that counts people and opens them.
fn figure(label: impl Into<String>, people: i64, note: impl Into<Fragment>, href: String) -> Figure {
    let count = counted(people);
    Figure::new(label, fr::number(count), fr::plural(count, "personne", "personnes")).note(note).lines(href)
}

fn waiting(board: &AgencyBoard, list: &Links) -> Vec<Figure> {
    let stage = |stage: Stage| board.stages.get(&stage).copied().unwrap_or(0);
    let (short, long) = board.targets;
    vec![
        figure(
            "Sans référent",
            stage(Stage::Unassigned),
            "à confier à quelqu’un",
            list.to(&[("etape", Stage::Unassigned.as_code())]),
        ),
        figure(
            format!("Sans premier rendez-vous après {short}\u{a0}jours"),
            board.not_met.0,
            format!("confiées avant le {}", fr::date_long(board.not_met_before.0)),
            list.to(&[("attente", "courte")]),
        ),
        figure(
            format!("Sans premier rendez-vous après {long}\u{a0}jours"),
            board.not_met.1,
            format!("confiées avant le {}", fr::date_long(board.not_met_before.1)),
            list.to(&[("attente", "longue")]),
        ),
        figure(
            "Issue de rendez-vous à noter",
            board.needs.get(&Need::OutcomeMissing).copied().unwrap_or(0),
            "le rendez-vous est passé",
            list.to(&[("besoin", "10")]),
        ),
        figure(
            "Accompagnement effectif",
            stage(Stage::Accompanied),
            "au moins un entretien individuel honoré",
            list.to(&[("etape", Stage::Accompanied.as_code())]),
        ),
    ]
}

/// « 3 actions en retard, 2 rendez-vous aujourd’hui », the needs behind a figure.
fn detail(needs: &BTreeMap<Need, i64>) -> Fragment {
    let said: Vec<String> = needs.iter().map(|(need, people)| format!("{}\u{a0}: {people}", need.label())).collect();
    if said.is_empty() { "rien à cette échéance".into() } else { said.join("\u{202f}; ").into() }
}

fn due(board: &AgencyBoard, list: &Links) -> Vec<Figure> {
    let sum = |needs: &BTreeMap<Need, i64>| needs.values().sum();
    vec![
        figure(
            "Rendez-vous aujourd’hui",
            board.meetings_today,
            "personnes attendues",
            list.to(&[("rendez-vous", "aujourd-hui")]),
        ),
        figure(
            "Échéances d’aujourd’hui",
            sum(&board.due_today),
            detail(&board.due_today),
            list.to(&[("echeance", "jour")]),
        ),
        figure(
            "Échéances des sept jours",
            sum(&board.due_this_week),
            detail(&board.due_this_week),
            list.to(&[("echeance", "semaine")]),
        ),
    ]
}

fn changed(board: &AgencyBoard, list: &Links) -> Vec<Figure> {
    let since = format!("depuis le {}", fr::date_long(board.yesterday));
    let mut figures = vec![figure(
        "Nouvelles arrivées",
        board.arrived,
        format!("confiées à la structure {since}"),
        list.to(&[("arrivees", "hier")]),
    )];
    for (stage, people) in &board.changed {
        let note = format!("il s’est passé quelque chose {since}");
        let href = list.to(&[("change", "hier"), ("etape", stage.as_code())]);
        figures.push(figure(format!("Ont changé, {}", stage.label()), *people, note, href));
    }
    figures
}

/// Whoever is away or leaves with people behind: to be handed over.
fn notices(board: &AgencyBoard, list: &Links, may_designate: bool) -> Vec<Notice> {
    let away = board.loads.iter().filter(|load| load.people > 0).filter_map(|load| {
        let staff = &load.staff;
        let why = match (staff.absent, staff.leaves_on) {
            (Some((kind, period)), _) => match period.last_day() {
                Some(last) => format!("absence ({}) jusqu’au {}", kind.label(), fr::date_long(last)),
                None => format!("absence ({}) sans date de retour", kind.label()),
            },
            (None, Some(day)) => format!("départ le {}", fr::date_long(day)),
            (None, None) => return None,
        };
        Some((staff.account, staff.name.clone(), why, load.people))
    });
    let gone = board
        .left_behind
        .iter()
        .map(|left| (left.account, left.name.clone(), "ne travaille plus dans la structure".to_owned(), left.people));
    away.chain(gone)
        .map(|(account, name, why, people)| {
            let account = account.to_string();
            let open =
                Link::new(list.to(&[("referent", &account)]), "Voir ces personnes").context(format!(" de {name}"));
            let hand_over = may_designate.then(|| {
                Link::new(format!("/agence/repartition?referent={account}&tout=oui"), "Passer le relais")
                    .context(format!(" des personnes de {name}"))
            });
            let told = format!("{}\u{a0}: {why}.", people_count(people));
            let pieces = [Fragment::from(told), open.into()].into_iter().chain(hand_over.map(Fragment::from));
            Notice::new(Tone::Warning, name, Fragment::join(pieces))
        })
        .collect()
}

fn loads(board: &AgencyBoard, list: &Links, may_manage: bool) -> Table {
    let most = heaviest(&board.loads);
    let columns = [
        Column::text("Référent"),
        Column::number("Personnes"),
        Column::number("Charge pondérée"),
        Column::text("Pour un temps plein"),
        Column::number("Temps de travail"),
        Column::number("À voir maintenant"),
    ];
    let rows = board.loads.iter().map(|load| {
        let staff = &load.staff;
        let account = staff.account.to_string();
        let name: Fragment = if may_manage {
            Link::new(format!("/agence/equipe/{account}"), staff.name.as_str()).into()
        } else {
            staff.name.as_str().into()
        };
        let people: Fragment = match load.people {
            0 => "0".into(),
            people => Link::new(list.to(&[("referent", &account)]), fr::number(people))
                .context(format!(" personnes de {}", staff.name))
                .into(),
        };
        Row::new([
            match state(staff) {
                Some(state) => Fragment::with_detail(name, state),
                None => name,
            },
            people,
            weighted(load.weighted).into(),
            load_bar(load.per_full_time, most),
            fr::percent(staff.working_time as f64 / 100.0, 0).into(),
            fr::number(load.pressing()).into(),
        ])
    });
    let empty = EmptyState::new(
        "Personne n’accompagne encore ici",
        "Les référents apparaissent dès que l’administration du département leur donne un mandat dans cette structure.",
    );
    Table::new("charges", "Charge par référent", columns, rows).caption_hidden().empty(empty)
}
