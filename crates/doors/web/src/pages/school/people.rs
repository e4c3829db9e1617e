//! `/ecole/promotions/{id}/alternants`: who, where, under which contract, what is due.

use axum::extract::{Path, State};
use axum::response::Response;
use law::apprenticeship::{Clock, ClockState};
use platform::gate::ActionKind;
use school::cohort;
use school::contract::{self, Alert, ContractEventKind, ContractFile};

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
pub(super) fn contract_state(file: &ContractFile, today: base::Date) -> Badge {
    let on = |kind| file.events.iter().find(|fact| fact.value.kind == kind).map(|fact| fact.valid.from);
    let terms = &file.terms.value;
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

pub async fn show(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let (platform, actor) = (&app.platform, &signed.actor);
    let cohort = cohort::show(platform, actor, id(&own)?).await?;
    let enrolled = contract::enrolled(platform, actor, cohort.record.id).await?;
    let alerts = contract::alerts(platform, actor, cohort.record.id).await?;
    let names = app.directory.names(platform, app.tenant).await?;
    let today = platform.today();
    let path = format!("{}/alternants", cohort_path(&cohort));

    let mut rows = Vec::with_capacity(enrolled.len());
    let (mut present, mut with_contract) = (0_u64, 0_u64);
    for line in &enrolled {
        let files = contract::of_learner(platform, actor, line.learner).await?;
        let file = files.iter().rev().find(|file| file.record.cohort == cohort.record.id);
        let here = line.enrolment.valid.contains(today);
        present += u64::from(here);
        with_contract += u64::from(here && file.is_some());
        let running = file.and_then(|file| file.clocks.iter().find(|clock| clock.state <= ClockState::Running));
        let regime: Fragment = line.enrolment.value.regime.label().into();
        rows.push(Row::new([
            Link::new(super::files::file_path(line.learner), line.identity.name()).into(),
            match here {
                true => regime,
                false => Fragment::with_detail(regime, fr::period(line.enrolment.valid)),
            },
            match file {
                Some(file) => {
                    Fragment::with_detail(names.name(file.terms.value.employer), names.name(file.terms.value.structure))
                }
                None => "sans employeur".into(),
            },
            match file {
                Some(file) => {
                    let state = contract_state(file, today);
                    Fragment::join([
                        state.into(),
                        Fragment::with_detail(
                            "",
                            Link::new(super::contracts::path(file.record.id), "Contrat").context(line.identity.name()),
                        ),
                    ])
                }
                None => Badge::warning("aucun contrat").into(),
            },
            match running {
                Some(clock) => Fragment::join([
                    Fragment::with_detail(clock.kind.label(), clock_count(clock)),
                    clock_badge(clock).into(),
                ]),
                None => "—".into(),
            },
        ]));
    }
    let columns = [
        Column::text("Alternant·e"),
        Column::text("Régime"),
        Column::text("Employeur et structure"),
        Column::text("Contrat"),
        Column::text("Premier délai"),
    ];
    let empty = EmptyState::new("Personne n’est inscrit", "Inscrivez les personnes admises depuis leur dossier.");
    let table = Table::new("alternants", "Alternants", columns, rows).caption_hidden().empty(empty);
    let layout = signed
        .layout(&app, &path, "Alternants")
        .crumb("École", super::PATH)
        .crumb(cohort.profile.value.name.as_str(), cohort_path(&cohort));
    let mut parts = Parts::new(
        layout,
        vec![
            Part::new("alertes", "Délais qui pressent", [alert_table(&alerts).into()]),
            Part::new("alternants", "Qui, où, sous quel contrat", [table.into()]),
        ],
    );
    parts.tabs = Some(cohort_tabs(&signed, &cohort, &path));
    parts.figures = vec![
        Figure::new("En formation aujourd’hui", fr::number(present), "personnes"),
        Figure::new("Avec un contrat", fr::number(with_contract), "personnes"),
        Figure::new("Places de la promotion", fr::number(cohort.profile.value.seats), "places"),
        Figure::new("Délais qui pressent", fr::number(alerts.len()), "délais"),
    ];
    if signed.may(ActionKind::ManageAdmissions) {
        let href = format!("{}/candidats", cohort_path(&cohort));
        parts.actions =
            vec![Link::new(href, "Voir les candidatures").button(crate::components::ButtonKind::Secondary).into()];
    }
    Ok(page(&parts))
}
