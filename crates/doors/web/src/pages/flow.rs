//! `/pilotage/flux`: from the feed to a first meeting, without names; structures side by side with what makes them
//! comparable. Counts too small to be told of people are masked.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use base::{Date, Id};
use law::publics::Public;
use platform::Structure;
use platform::gate::{ActionKind, Designate, may};
use support::follow_up::{self, Compared, Flow, FlowLine, Median, SmallestCount, Stage};
use territory::structures::StructureKind;
use territory::{AsOf, Picture};

use super::follow_words::{counted, people_count};
use super::page;
use crate::app::App;
use crate::components::{Choice, Column, EmptyState, Field, Figure, FilterBar, Fragment, Link, Query, Row, Table};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::routes::{Policy, Route};
use crate::session::Signed;

const PATH: &str = "/pilotage/flux";

/// Months of decisions offered, the first by default.
const MONTHS: [i32; 3] = [6, 12, 24];

/// The publics that tell whether two structures are comparable.
const PUBLICS: [Public; 4] = [Public::Young, Public::Senior, Public::LoneParent, Public::LongTermRsa];

pub fn routes() -> Vec<Route> {
    vec![Route::new(PATH, Policy::May(ActionKind::FollowFlow), get(show))]
}

/// The page.
#[derive(Template)]
#[template(path = "flow.html")]
struct FlowPage {
    layout: Layout,
    filters: FilterBar,
    steps: Vec<Figure>,
    delays: Vec<Figure>,
    structures: Table,
    comparison: Table,
    mask: String,
}

async fn show(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let months = query.get("mois").and_then(|months| months.parse().ok()).filter(|months| MONTHS.contains(months));
    let months = months.unwrap_or(MONTHS[0]);
    let kind = query.get("type").and_then(StructureKind::from_code).unwrap_or(StructureKind::LocalInclusionAgency);
    let flow = follow_up::department_flow(&app.platform, &signed.actor, months).await?;
    let picture = territory::picture(&app.platform, &signed.actor, AsOf::now(&app.platform.clock)).await?;
    let today = app.platform.today();
    let smallest = SmallestCount::on(&app.platform, signed.actor.tenant(), today).await?;
    let view = View {
        flow: &flow,
        picture: &picture,
        kind,
        smallest,
        today,
        opens: signed.may(ActionKind::FollowPeople) && !may::<Designate>(&signed.actor),
    };
    let layout = signed.layout(&app, PATH, "Flux du département").lead(format!(
        "Du fichier de la CAF au premier rendez-vous, au {}. Délais des personnes orientées depuis le {}.",
        fr::date_long(today),
        fr::date_long(flow.since)
    ));
    Ok(page(&FlowPage {
        layout,
        filters: filters(&query, months, kind),
        steps: view.steps(),
        delays: view.delays(),
        structures: view.structures(),
        comparison: view.comparison(),
        mask: format!(
            "Les effectifs de 1 à {} ne sont pas montrés (secret statistique), ni la plus petite valeur qui permettrait de les retrouver\u{a0}; une part ou une médiane sur moins de {} non plus.",
            smallest.people() - 1,
            people_count(smallest.people())
        ),
    }))
}

fn filters(query: &Query, months: i32, kind: StructureKind) -> FilterBar {
    let spans = MONTHS.map(|months| Choice::new(months.to_string(), format!("{months} derniers mois")));
    let kinds = [
        StructureKind::LocalInclusionAgency,
        StructureKind::SocialServiceSite,
        StructureKind::FranceTravailAgency,
        StructureKind::YouthEmploymentCentre,
        StructureKind::LeadAssociation,
    ];
    let kinds = kinds.map(|kind| Choice::new(kind.as_code(), kind.label()));
    FilterBar::new(PATH, query)
        .field(Field::select("type", "Structures", kinds).value(kind.as_code()))
        .field(Field::select("mois", "Orientées depuis", spans).value(months.to_string()))
}

struct View<'a> {
    flow: &'a Flow,
    picture: &'a Picture,
    kind: StructureKind,
    /// Counts below it are not shown.
    smallest: SmallestCount,
    today: Date,
    /// Whether the reader may open the board of a structure.
    opens: bool,
}

impl View<'_> {
    fn figure(&self, label: &str, people: i64, note: &str) -> Figure {
        let count = counted(people);
        if !self.smallest.tells(people) {
            return Figure::new(label, format!("moins de {}", fr::number(self.smallest.people())), "personnes")
                .note(note);
        }
        Figure::new(label, fr::number(count), fr::plural(count, "personne", "personnes")).note(note)
    }

    fn steps(&self) -> Vec<Figure> {
        let whole = |stage| self.flow.whole.stages.get(&stage).copied().unwrap_or(0);
        vec![
            self.figure("À orienter", whole(Stage::ToOrient), "le département sait le droit ouvert, rien n’est décidé"),
            self.figure("Dont délai de six semaines dépassé", self.flow.overdue, "France Travail peut alors orienter"),
            self.figure("Orientation décidée, à venir", whole(Stage::Decided), "la structure commence plus tard"),
            self.figure("Sans référent", whole(Stage::Unassigned), "confiées à une structure"),
            self.figure("Sans premier rendez-vous", whole(Stage::Unmet), "un référent est désigné"),
            self.figure("Accompagnement effectif", whole(Stage::Accompanied), "un entretien individuel honoré"),
        ]
    }

    fn delays(&self) -> Vec<Figure> {
        let FlowLine { to_decision, to_designation, to_first_meeting, .. } = &self.flow.whole;
        [
            ("De l’information à la décision", to_decision),
            ("De la prise en charge au référent", to_designation),
            ("De la prise en charge au premier rendez-vous", to_first_meeting),
        ]
        .map(|(label, median)| {
            let note = format!("médiane sur {}", people_count(i64::try_from(median.of).unwrap_or(i64::MAX)));
            match self.known(median) {
                Some(days) => {
                    Figure::new(label, fr::number(days), fr::plural(counted(days), "jour", "jours")).note(note)
                }
                None => Figure::new(label, "—", "").note("pas assez de personnes pour une médiane"),
            }
        })
        .into()
    }

    fn known(&self, median: &Median) -> Option<i64> {
        median.days.filter(|_| i64::try_from(median.of).is_ok_and(|of| of >= self.smallest.people()))
    }

    /// « 12 j (340) »: the median, and how many it rests on.
    fn median(&self, median: &Median, unit: &str) -> Fragment {
        match self.known(median) {
            Some(value) => {
                Fragment::with_detail(format!("{value}\u{a0}{unit}"), format!("sur {}", fr::number(median.of)))
            }
            None => "—".into(),
        }
    }

    /// The structures of the kind looked at that have somebody, by name.
    fn lines(&self) -> Vec<(Id<Structure>, &str, &FlowLine)> {
        let mut lines: Vec<_> = self
            .flow
            .structures
            .iter()
            .filter(|(structure, _)| self.picture.names.kind(**structure) == Some(self.kind))
            .map(|(structure, line)| (*structure, self.picture.names.name(*structure), line))
            .collect();
        lines.sort_by_key(|(_, name, _)| name.to_owned());
        lines
    }

    fn name(&self, structure: Id<Structure>, name: &str) -> Fragment {
        if !self.opens {
            return name.into();
        }
        Link::new(format!("/agence?structure={}", self.picture.names.code(structure)), name).into()
    }

    fn empty(&self) -> EmptyState {
        EmptyState::new(
            "Personne n’est confié à une structure de ce type",
            "Choisissez un autre type de structure, ou décidez d’abord des orientations.",
        )
    }

    fn structures(&self) -> Table {
        let columns = [
            Column::text("Structure"),
            Column::number("Sans référent"),
            Column::number("Non reçues"),
            Column::number("Accompagnées"),
            Column::number("Décision"),
            Column::number("Référent"),
            Column::number("Rendez-vous"),
        ];
        let lines = self.lines();
        let count = |stage: Stage| {
            let counts: Vec<i64> =
                lines.iter().map(|(.., line)| line.stages.get(&stage).copied().unwrap_or(0)).collect();
            self.smallest.column(&counts)
        };
        let (nobody, unmet, met) = (count(Stage::Unassigned), count(Stage::Unmet), count(Stage::Accompanied));
        let rows = lines.iter().enumerate().map(|(place, (structure, name, line))| {
            Row::new([
                self.name(*structure, name),
                self.count(nobody[place]),
                self.count(unmet[place]),
                self.count(met[place]),
                self.median(&line.to_decision, "j"),
                self.median(&line.to_designation, "j"),
                self.median(&line.to_first_meeting, "j"),
            ])
        });
        Table::new("structures", "Étapes et délais par structure", columns, rows).caption_hidden().empty(self.empty())
    }

    fn count(&self, shown: Option<i64>) -> Fragment {
        shown.map_or_else(|| "masqué".into(), |count| fr::number(count).into())
    }

    fn comparison(&self) -> Table {
        let publics = PUBLICS.map(|public| Column::number(public.label_plural()));
        let columns = [Column::text("Structure"), Column::number("Ouverte (mois)"), Column::number("Personnes")]
            .into_iter()
            .chain(publics)
            .chain([Column::number("Ancienneté")]);
        let nobody = Compared::default();
        let opened: BTreeMap<Id<Structure>, Date> =
            self.picture.structures().into_iter().map(|structure| (structure.id, structure.opened_on)).collect();
        let lines = self.lines();
        let compared: Vec<&Compared> =
            lines.iter().map(|(structure, ..)| self.flow.compared.get(structure).unwrap_or(&nobody)).collect();
        let people = self.smallest.column(&compared.iter().map(|line| line.people).collect::<Vec<_>>());
        let rows = lines.iter().enumerate().map(|(place, (structure, name, _))| {
            let line = compared[place];
            let months = opened.get(structure).map_or_else(
                || "—".into(),
                |opened| Fragment::with_detail(fr::number(months_between(*opened, self.today)), fr::date_long(*opened)),
            );
            let shares = PUBLICS.map(|public| {
                let of = line.publics.get(&public.mask()).copied().unwrap_or(0);
                let told = people[place].is_some() && self.smallest.tells_part(of, line.people);
                told.then(|| fr::percent(of as f64 / line.people as f64, 0))
                    .map_or_else(|| "masqué".into(), Fragment::from)
            });
            let cells = [self.name(*structure, name), months, self.count(people[place])];
            Row::new(cells.into_iter().chain(shares).chain([self.median(&line.months_of_right, "mois")]))
        });
        Table::new("comparaison", "Ce qui rend les structures comparables", columns, rows)
            .caption_hidden()
            .empty(self.empty())
    }
}

/// Whole months from a day to another.
fn months_between(from: Date, to: Date) -> i64 {
    to.since((jiff::Unit::Month, from)).map_or(0, |span| i64::from(span.get_months()).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn months_are_whole() {
        assert_eq!(months_between(date(2023, 2, 6), date(2026, 11, 22)), 45);
        assert_eq!(months_between(date(2026, 12, 1), date(2026, 11, 22)), 0);
    }
}
