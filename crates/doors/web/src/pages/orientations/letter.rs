//! `/personnes/{id}/orientation/lettre`: the decision told to the person, on one sheet.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use law::orientation::Answer;
use platform::gate::ActionKind;
use support::orientation::{APPEAL_CONTACT, Appeal};
use support::{follow_up, orientation as service};

use super::{file, words};
use crate::app::App;
use crate::components::{Badge, Flash, Fragment, Link, Notice, Tone};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::{page, parameters, person_words};
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

pub fn routes() -> Vec<Route> {
    vec![Route::new("/personnes/{id}/orientation/lettre", Policy::May(ActionKind::ReadPerson), get(show))]
}

/// The letter.
#[derive(Template)]
#[template(path = "orientation_letter.html")]
struct Letter {
    layout: Layout,
    department: String,
    written_on: String,
    name: String,
    file_number: String,
    structure: String,
    structure_kind: String,
    path: String,
    law_path: &'static str,
    starts_on: String,
    with_interview: bool,
    decided_on: String,
    /// The sentences of the rule that decided, addressed to the person.
    why: Vec<String>,
    /// What somebody wrote when deciding otherwise.
    reason: String,
    facts: Vec<String>,
    rules: String,
    by_rules: bool,
    deadline: String,
    contract: Option<String>,
    appeal: Appeal,
    /// What of the way to contest is to be confirmed before the letter goes; not printed.
    notice: Option<Notice>,
}

/// What to settle before the letter goes, with the way to do it for whoever may.
fn to_settle(appeal: &Appeal, opens: bool) -> Option<Notice> {
    if appeal.to_confirm.is_empty() && appeal.contact.is_some() {
        return None;
    }
    let missing = appeal.contact.is_none().then_some(APPEAL_CONTACT);
    let names = missing.into_iter().chain(appeal.to_confirm.iter().copied().filter(|name| Some(*name) != missing));
    let lines = names.map(|name| {
        let label = parameters::known(name).label;
        let state =
            if Some(name) == missing { Badge::warning("non renseigné") } else { Badge::warning("à confirmer") };
        let label: Fragment =
            if opens { Link::new(format!("{}/{name}", parameters::PATH), label).into() } else { label.into() };
        Fragment::with_detail("", Fragment::join([label, state.into()]))
    });
    Some(Notice::new(Tone::Warning, "À vérifier avant d’envoyer cette lettre", Fragment::join(lines)))
}

async fn show(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let person = file::number(&id)?;
    let own = file::href(person);
    let file = service::file(&app.platform, &signed.actor, person).await?;
    let (Some(decision), Some(orientation)) = (file.decision(), file.orientation()) else {
        let flash = Flash::warning("Aucune orientation n’est décidée\u{a0}: il n’y a pas encore de lettre.");
        return Ok(redirect_with(flash, &own));
    };
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let today = app.platform.today();
    let explained = file.explanations.iter().find(|explained| Some(explained.proposal.id) == decision.value.proposal);
    let followed = explained.is_some_and(|explained| {
        let proposal = &explained.proposal.value;
        proposal.path == decision.value.path && proposal.structure == Some(decision.value.structure)
    });
    let decisive = explained
        .filter(|_| followed)
        .and_then(|explained| explained.outcome.findings.iter().rev().find(|finding| finding.answer == Answer::Met));
    let used = decisive.map_or(&[][..], |finding| finding.facts.as_slice());
    let facts = used.iter().map(|used| {
        format!(
            "{}\u{a0}: {} ({}, {})",
            fr::capitalised(used.fact.label()),
            used.value,
            used.source.label(),
            fr::date_long(used.on)
        )
    });
    let appeal = service::appeal(&app.platform, signed.actor.tenant(), today).await?;
    let delays = follow_up::rules(&app.platform, signed.actor.tenant()).await?.delays;
    let informed_on = file.line.as_ref().map_or(decision.valid.from, |line| line.informed_on);
    let name = person_words::card_name(&file.card);
    let layout = signed
        .layout(&app, &format!("{own}/lettre"), "Lettre d’orientation")
        .crumb("Personnes", "/personnes")
        .crumb(name.as_str(), person_words::href(person))
        .crumb("Orientation", own.as_str());
    Ok(page(&Letter {
        layout,
        department: app.site.department.clone(),
        written_on: fr::date_long(today),
        file_number: file.card.public_number.clone(),
        structure: names.name(decision.value.structure).to_owned(),
        structure_kind: decision.value.structure_kind.label().to_owned(),
        path: words::path_name(decision.value.path),
        law_path: words::law_path(decision.value.path).label_law(),
        starts_on: fr::date_long(orientation.valid.from),
        with_interview: decision.value.with_interview,
        decided_on: fr::date_long(decision.recorded_at.date()),
        why: decisive.map(|finding| finding.why.clone()).into_iter().collect(),
        reason: decision.value.reason.clone(),
        facts: facts.collect(),
        rules: explained.map_or_else(String::new, |explained| {
            format!("{}, version {}", explained.outcome.rule_set.label(), explained.proposal.value.rule_set_version)
        }),
        by_rules: explained.is_some(),
        deadline: delays.orientation(informed_on).why,
        contract: delays.engagement_contract(today).map(|deadline| deadline.why),
        notice: to_settle(&appeal, signed.may(ActionKind::ManageAccounts)),
        appeal,
        name,
    }))
}
