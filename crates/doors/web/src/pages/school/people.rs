//! `/ecole/promotions/{id}/alternants`: who, where, under which contract, what is due.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::response::Response;
use base::{Date, Id};
use facts::Fact;
use law::apprenticeship::{Clock, ClockState};
use platform::gate::ActionKind;
use school::admission::Learner;
use school::cohort::{self, Cohort};
use school::contract::{self, Alert, ContractEvent, ContractEventKind, ContractStanding, Enrolled, Terms};
use territory::Names;

use super::{Part, Parts, cohort_path, cohort_tabs, id};
use crate::app::App;
use crate::components::{Badge, Column, EmptyState, Figure, Fragment, Link, Row, Table, Tone};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::page;
use crate::session::Signed;

/// How a clock stands, in a word.
pub(super) fn clock_badge(clock: &Clock) -> Badge {
    let tone = match clock.state {
        ClockState::Overdue => Tone::Danger,
        ClockState::Pressing | ClockState::MetLate => Tone::Warning,
        ClockState::Running => Tone::Info,
        ClockState::Over => Tone::Neutral,
        ClockState::Met => Tone::Ok,
    };
    Badge::new(tone, clock.state.label())
}

/// « 12 jours sur 45, jusqu’au 3 mars 2027 ».
pub(super) fn clock_count(clock: &Clock) -> String {
    let counted = format!("{} sur {}", fr::count(clock.counted, "jour", "jours"), fr::number(clock.allowed));
    match clock.last_day {
        Some(day) => format!("{counted}, jusqu’au {}", fr::date_long(day)),
        None => counted,
    }
}

/// Where a contract stands.
pub(super) fn contract_state(terms: &Terms, events: &[Fact<ContractEvent>], today: Date) -> Badge {
    let on = |kind| events.iter().find(|fact| fact.value.kind == kind).map(|fact| fact.valid.from);
    if let Some(day) = on(ContractEventKind::Broken) {
        return Badge::danger(format!("rompu le {}", fr::date_long(day)));
    }
    if on(ContractEventKind::Signed).is_none() {
        return Badge::warning("à signer");
    }
    if today < terms.first_day {
        return Badge::info(format!("signé, commence le {}", fr::date_long(terms.first_day)));
    }
    if today > terms.last_day {
        return Badge::neutral(format!("fini le {}", fr::date_long(terms.last_day)));
    }
    match (on(ContractEventKind::Deposited), on(ContractEventKind::Agreed)) {
        (_, Some(_)) => Badge::ok("en cours"),
        (Some(_), None) => Badge::info("en cours, accord attendu"),
        (None, None) => Badge::warning("en cours, à transmettre"),
    }
}

pub(super) fn alert_table(alerts: &[Alert]) -> Table {
    let rows = alerts.iter().map(|alert| {
        Row::new([
            Link::new(super::files::file_path(alert.learner), alert.name.as_str()).into(),
            Fragment::with_detail(alert.clock.kind.label(), alert.clock.citation),
            clock_badge(&alert.clock).into(),
            Fragment::with_detail(clock_count(&alert.clock), alert.clock.why.as_str()),
        ])
    });
    let columns = [Column::text("Qui"), Column::text("Délai"), Column::text("État"), Column::text("Compte")];
    Table::new("alertes", "Délais qui pressent", columns, rows).caption_hidden().empty(EmptyState::new(
        "Aucun délai ne presse",
        "Les délais légaux sont recalculés chaque jour d’après les événements et le calendrier.",
    ))
}

/// Whoever is in a cohort, with their contracts and the legal times that run.
pub(super) struct People {
    pub enrolled: Vec<Enrolled>,
    standings: HashMap<Id<Learner>, ContractStanding>,
    /// Those that ask for somebody first.
    pub clocks: Vec<Alert>,
    today: Date,
}

impl People {
    pub async fn read(app: &App, signed: &Signed, cohort: Id<Cohort>) -> Result<Self, Problem> {
        let (platform, actor) = (&app.platform, &signed.actor);
        let enrolled = contract::enrolled(platform, actor, cohort).await?;
        let standings = contract::standings(platform, actor, cohort).await?;
        let clocks = contract::running_clocks(platform, actor, cohort).await?;
        Ok(Self { enrolled, standings, clocks, today: platform.today() })
    }

    /// Whoever is there today.
    pub fn present(&self) -> impl Iterator<Item = &Enrolled> {
        self.enrolled.iter().filter(|line| line.enrolment.valid.contains(self.today))
    }

    /// Whoever is there today under a regime with a contract, and has none that holds.
    pub fn without_contract(&self) -> Vec<&Enrolled> {
        let lacks = |line: &&Enrolled| {
            line.enrolment.value.regime.law().has_contract()
                && self.standings.get(&line.learner).is_none_or(|contract| contract.is_over(self.today))
        };
        self.present().filter(lacks).collect()
    }

    /// The contracts that hold or are to begin.
    pub fn contracts(&self) -> impl Iterator<Item = &ContractStanding> {
        let own = self.enrolled.iter().filter_map(|line| self.standings.get(&line.learner));
        own.filter(|contract| !contract.is_over(self.today))
    }

    pub fn pressing(&self) -> impl Iterator<Item = &Alert> {
        self.clocks.iter().filter(|alert| alert.clock.state.is_alert())
    }

    pub fn figures(&self, path: &str) -> Vec<Figure> {
        let (present, with) = (self.present().count(), self.contracts().count());
        let pressing = self.pressing().count();
        let people = |count: usize| fr::plural(count as u64, "personne", "personnes");
        vec![
            Figure::new("En formation aujourd’hui", fr::number(present), people(present)).lines(path),
            Figure::new("Avec un contrat", fr::number(with), people(with)).lines(path),
            Figure::new("Délais qui pressent", fr::number(pressing), fr::plural(pressing as u64, "délai", "délais"))
                .lines(path),
        ]
    }

    /// Who, where, under which contract, which legal time ends first.
    pub fn table(&self, names: &Names) -> Table {
        let rows = self.enrolled.iter().map(|line| {
            let contract = self.standings.get(&line.learner);
            let here = line.enrolment.valid.contains(self.today);
            let clock = self.clocks.iter().find(|alert| alert.learner == line.learner).map(|alert| &alert.clock);
            let regime: Fragment = line.enrolment.value.regime.label().into();
            Row::new([
                Link::new(super::files::file_path(line.learner), line.identity.name()).into(),
                match here {
                    true => regime,
                    false => Fragment::with_detail(regime, fr::period(line.enrolment.valid)),
                },
                match contract {
                    Some(contract) => {
                        Fragment::with_detail(names.name(contract.terms.employer), names.name(contract.terms.structure))
                    }
                    None => "sans employeur".into(),
                },
                match contract {
                    Some(contract) => Fragment::join([
                        contract_state(&contract.terms, &contract.events, self.today).into(),
                        Fragment::with_detail(
                            "",
                            Link::new(super::contracts::path(contract.id), "Contrat").context(line.identity.name()),
                        ),
                    ]),
                    None => Badge::warning("aucun contrat").into(),
                },
                match clock {
                    Some(clock) => Fragment::join([
                        Fragment::with_detail(clock.kind.label(), clock_count(clock)),
                        clock_badge(clock).into(),
                    ]),
                    None => "—".into(),
                },
            ])
        });
        let columns = [
            Column::text("Alternant·e"),
            Column::text("Régime"),
            Column::text("Employeur et structure"),
            Column::text("Contrat"),
            Column::text("Premier délai"),
        ];
        let empty = EmptyState::new("Personne n’est inscrit", "Inscrivez les personnes admises depuis leur dossier.");
        Table::new("alternants", "Alternants", columns, rows).caption_hidden().empty(empty)
    }
}

pub async fn show(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let (platform, actor) = (&app.platform, &signed.actor);
    let cohort = cohort::show(platform, actor, id(&own)?).await?;
    let people = People::read(&app, &signed, cohort.record.id).await?;
    let names = app.directory.names(platform, app.tenant).await?;
    let path = format!("{}/alternants", cohort_path(&cohort));
    let pressing: Vec<Alert> = people.pressing().cloned().collect();
    let layout = signed
        .layout(&app, &path, "Alternants")
        .crumb("École", super::PATH)
        .crumb(cohort.profile.value.name.as_str(), cohort_path(&cohort));
    let mut parts = Parts::new(
        layout,
        vec![
            Part::new("alertes", "Délais qui pressent", [alert_table(&pressing).into()]),
            Part::new("alternants", "Qui, où, sous quel contrat", [people.table(&names).into()]),
        ],
    );
    parts.tabs = Some(cohort_tabs(&signed, &cohort, &path));
    let seats = cohort.profile.value.seats;
    parts.figures = people.figures("#alternants");
    parts.figures.insert(
        2,
        Figure::new("Places de la promotion", fr::number(seats), fr::plural(seats.unsigned_abs(), "place", "places")),
    );
    if signed.may(ActionKind::ManageAdmissions) {
        let href = format!("{}/candidats", cohort_path(&cohort));
        parts.actions =
            vec![Link::new(href, "Voir les candidatures").button(crate::components::ButtonKind::Secondary).into()];
    }
    Ok(page(&parts))
}
