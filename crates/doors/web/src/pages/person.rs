//! `/personnes/{id}`: all that is known of somebody, today or as it was known on another day.

mod contact;
mod past;
mod view;

use askama::Template;
use axum::extract::{Path, RawForm, RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use base::{Id, Instant};
use law::delays::Delays;
use platform::gate::{ActionKind, DecideMatch, FollowPeople, ReadJournal, may, permit};
use platform::journal::{self, Chain};
use platform::parameter::Parameters;
use support::follow_up;
use support::matching::{self, Pair};
use support::person::{self, Person};

use self::contact::ContactForm;
use self::past::Past;
use self::view::View;
use super::{page, person_words as words, to_mend};
use crate::app::App;
use crate::components::{
    ActionForm, Button, Column, Description, Flash, Form, Fragment, Help, Notice, Query, Row, Strip, Table, Tabs,
    Timeline, Unknown,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

pub fn routes() -> Vec<Route> {
    let read = Policy::May(ActionKind::ReadPerson);
    let edit = Policy::May(ActionKind::EditContact);
    vec![
        Route::new("/personnes/{id}", read, get(show)),
        Route::new("/personnes/{id}/coordonnees", edit, post(set_contact)),
        Route::new("/personnes/{id}/coordonnees/annuler", edit, post(undo_contact)),
        Route::new("/personnes/{id}/nir", Policy::May(ActionKind::ReadNir), post(nir)),
    ]
}

/// The page.
#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    layout: Layout,
    /// The parts of the file, for who follows people.
    tabs: Tabs,
    /// State of the right, obligations, role: at a glance.
    badges: Vec<Fragment>,
    notices: Vec<Notice>,
    identity: Description,
    nir: Fragment,
    contact: Contact,
    household: Table,
    right: Description,
    rights: Option<Strip>,
    address: Fragment,
    addresses: Option<Help>,
    activities: Fragment,
    registration: Description,
    registrations: Option<Help>,
    questionnaire: Description,
    recommendation: Description,
    publics: Table,
    /// What would answer for the publics nobody can tell of.
    unanswered: Option<Table>,
    unanswered_in_short: String,
    others: Option<Help>,
    timeline: Timeline,
    past: Past,
    readers: Option<Table>,
    /// The moment looked at is before anything was known: only that is said.
    unknown_then: bool,
}

/// How the person can be reached: a form for those who may change it.
enum Contact {
    Form(Box<Form>),
    Shown(Description),
}

/// The number of the path; whatever else is nobody's.
fn number(id: &str) -> Result<Id<Person>, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let past = Past::read(&Query::parse(query.as_deref()), app.platform.today(), words::href(number(&id)?));
    let drawn = draw(&app, &signed, number(&id)?, past, Extras::default()).await?;
    Ok(page(&drawn))
}

/// What a page shows besides what is known.
#[derive(Default)]
struct Extras {
    /// The registration number, just asked for.
    nir: Option<Fragment>,
    /// A form sent with something to mend.
    contact: Option<ContactForm>,
}

async fn draw(
    app: &App,
    signed: &Signed,
    person: Id<Person>,
    past: Past,
    extras: Extras,
) -> Result<PersonPage, Problem> {
    let (platform, actor) = (&app.platform, &signed.actor);
    let now = platform.now();
    let known = past.known.map_or(now, |day| Instant::end_of(day).min(now));
    let mut file = person::open_file(platform, actor, person, past.on, known).await?;
    if may::<FollowPeople>(actor) {
        file.timeline.extend(follow_up::course(platform, actor, person, known).await?);
        file.timeline.sort_by_key(|entry| std::cmp::Reverse(entry.on));
    }
    let names = app.directory.names(platform, app.tenant).await?;
    let doubts = if may::<DecideMatch>(actor) { matching::about(platform, actor, person).await? } else { Vec::new() };
    let readers = match permit::<ReadJournal>(actor) {
        Ok(permit) => Some(readers(app, &permit, person).await?),
        Err(_) => None,
    };
    let parameters = Parameters::known_at(&platform.db, actor.tenant(), known).await?;
    let delays = Delays::read(|name| parameters.get::<u16>(name, past.on).ok().map(|valued| valued.value));
    let view = View {
        file: &file,
        names: &names,
        today: platform.today(),
        // A setting that the rule refuses was never accepted as one.
        delays: delays.unwrap_or_default(),
        opens_imports: signed.may(ActionKind::ReadImports),
    };
    let href = words::href(person);
    let may_edit = signed.may(ActionKind::EditContact) && !past.looks_back();
    let contact = match (may_edit, extras.contact) {
        (true, sent) => Contact::Form(Box::new(sent.unwrap_or_else(|| ContactForm::of(view.contact())).form(&href))),
        (false, _) => Contact::Shown(view.contact_lines()),
    };
    let nir = match (extras.nir, signed.may(ActionKind::ReadNir)) {
        (Some(shown), _) => shown,
        (None, true) if view.has_nir() => {
            ActionForm::new(format!("{href}/nir"), Button::secondary("Afficher le NIR")).into()
        }
        (None, true) => Unknown::MASCULINE.into(),
        (None, false) => "masqué (votre mandat ne permet pas de l’afficher)".into(),
    };
    let layout = signed.layout(app, &href, &view.name()).lead(view.lead()).crumb("Personnes", "/personnes");
    Ok(PersonPage {
        tabs: super::accompaniment::tabs(signed, person, &href),
        badges: view.badges(),
        notices: past.banner(&href).into_iter().chain(view.notices()).chain(doubt_notice(&doubts)).collect(),
        identity: view.identity(),
        nir,
        contact,
        household: view.household(),
        right: view.right(),
        rights: view.rights(),
        address: view.address(),
        addresses: view.addresses(),
        activities: view.activities(),
        registration: view.registration(),
        registrations: view.earlier_registrations(),
        questionnaire: view.questionnaire(),
        recommendation: view.recommendation(),
        publics: view.publics(),
        unanswered: view.unanswered(),
        unanswered_in_short: view.unanswered_in_short(),
        others: view.other_publics(),
        timeline: view.timeline(),
        unknown_then: view.is_unknown_then(),
        past,
        readers,
        layout,
    })
}

/// Pairs that wait for somebody to decide.
fn doubt_notice(pairs: &[Pair]) -> Option<Notice> {
    let waiting: Vec<&Pair> = pairs.iter().filter(|pair| pair.verdict.is_none()).collect();
    let first = waiting.first()?;
    let n = u64::try_from(waiting.len()).unwrap_or(u64::MAX);
    let title = format!("{} à décider", fr::count(n, "rapprochement", "rapprochements"));
    let link = crate::components::Link::new(super::matches::href(first.doubt.id), "Ouvrir ce rapprochement");
    let told = format!("Une autre fiche est peut-être la même personne ({}).", first.doubt.reason.label());
    Some(Notice::new(crate::components::Tone::Warning, title, Fragment::join([told.into(), link.into()])))
}

async fn readers(app: &App, permit: &platform::Permit<ReadJournal>, person: Id<Person>) -> Result<Table, Problem> {
    let request = journal::Request {
        subject: Some(("person".to_owned(), person.raw())),
        page_size: 20,
        ..journal::Request::default()
    };
    let found = journal::find(&app.platform, permit, Chain::Reads, &request).await?;
    let authors = journal::authors(&app.platform, permit).await?;
    let rows = found.entries.iter().map(|entry| {
        let author = entry.author.and_then(|author| authors.iter().find(|(id, _)| *id == author));
        let what = ActionKind::from_code(&entry.action)
            .map_or_else(|| entry.action.clone(), |action| action.label().to_owned());
        Row::new([
            fr::moment(entry.at).into(),
            author.map_or("Jonction", |(_, name)| name.as_str()).into(),
            what.into(),
        ])
    });
    let columns = [Column::text("Quand"), Column::text("Qui"), Column::text("Quoi")];
    let table = Table::new("consultations", "Dernières consultations de ce dossier", columns, rows).caption_hidden();
    Ok(table)
}

async fn set_contact(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let person = number(&id)?;
    let sent = ContactForm::read(&body);
    match sent.parsed() {
        Ok((phone, email)) => {
            person::set_contact(&app.platform, &signed.actor, person, phone, email).await?;
            let href = words::href(person);
            let flash =
                Flash::success("Les coordonnées sont enregistrées.").undo(format!("{href}/coordonnees/annuler"));
            Ok(redirect_with(flash, &href))
        }
        Err(sent) => {
            let past = Past::today(app.platform.today(), words::href(person));
            let extras = Extras { contact: Some(sent), ..Extras::default() };
            Ok(to_mend(&draw(&app, &signed, person, past, extras).await?))
        }
    }
}

async fn undo_contact(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let person = number(&id)?;
    person::undo_contact(&app.platform, &signed.actor, person).await?;
    Ok(redirect_with(Flash::success("Les coordonnées précédentes sont rétablies."), &words::href(person)))
}

/// The number in full, on a page that nothing keeps.
async fn nir(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    let person = number(&id)?;
    let shown: Fragment = match person::nir(&app.platform, &signed.actor, person).await? {
        Some(nir) => Fragment::join([
            spaced(nir.as_str(), nir.key()).into(),
            crate::components::Link::new(words::href(person), "Masquer").context("le NIR").into(),
        ]),
        None => Unknown::MASCULINE.into(),
    };
    let past = Past::today(app.platform.today(), words::href(person));
    Ok(page(&draw(&app, &signed, person, past, Extras { nir: Some(shown), ..Extras::default() }).await?))
}

/// « 2 90 03 93 999 001 clé 45 ».
fn spaced(nir: &str, key: u8) -> String {
    let mut groups = Vec::new();
    let mut rest = nir;
    for length in [1, 2, 2, 2, 3, 3] {
        let Some((group, tail)) = rest.split_at_checked(length) else { break };
        groups.push(group);
        rest = tail;
    }
    format!("{} (clé\u{a0}{key:02})", groups.join("\u{a0}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_number_is_read_by_groups() {
        assert_eq!(spaced("2900393999001", 5), "2\u{a0}90\u{a0}03\u{a0}93\u{a0}999\u{a0}001 (clé\u{a0}05)");
    }
}
