use std::collections::HashMap;

use askama::Template;
use axum::extract::{Form as FormData, Path, RawQuery, State};
use axum::response::Response;
use base::{Date, Id, Instant, Period};
use platform::account::{self, Profile};
use platform::gate::{ActionKind, Extent, ManageAccounts, Purpose, Role, extent};
use platform::mandate::{self, Mandate};
use platform::{Account, Organisation, Permit, Structure};
use serde::Deserialize;
use territory::Names;

use super::forms::{self, Errors, Typed};
use super::{PATH, actions, capital, permission, state_of};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, Button, Choice, Column, Description, EmptyState, Event, Field, FilterBar, Flash, Form, Fragment,
    Link, Query, Row, Source, Table, Timeline, Tone,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::problems::sentence;
use crate::session::{Signed, redirect_with};

/// The page of one account.
#[derive(Template)]
#[template(path = "account_file.html")]
struct AccountFile {
    layout: Layout,
    identity: Description,
    actions: Vec<ActionForm>,
    mandates: Table,
    grant: Form,
    history: Timeline,
}

pub(super) async fn show(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<Id<Account>>,
) -> Result<Response, Problem> {
    let permit = permission(&signed)?;
    let typed = Typed { debut: app.platform.today().to_string(), ..Typed::default() };
    Ok(page(&file(&app, &signed, &permit, id, &typed, Errors::default()).await?))
}

async fn file(
    app: &App,
    signed: &Signed,
    permit: &Permit<ManageAccounts>,
    id: Id<Account>,
    typed: &Typed,
    errors: Errors,
) -> Result<AccountFile, Problem> {
    let account = account::find(&app.platform, permit, id).await?;
    let names = app.directory.names(&app.platform, permit.tenant()).await?;
    let today = app.platform.today();
    let facts = mandate::history(&app.platform, permit, id).await?;
    let authors: HashMap<i64, String> =
        account::list(&app.platform, permit).await?.into_iter().map(|known| (known.id.raw(), known.name)).collect();

    let live = facts.iter().filter(|fact| fact.replaced_at.is_none() && fact.valid.to.is_none_or(|to| today < to));
    let rows = live.map(|fact| {
        let state = if fact.valid.contains(today) { Badge::ok("en cours") } else { Badge::info("à venir") };
        let end =
            ActionForm::new(format!("{PATH}/{id}/mandats/{}/fin", fact.id), Button::secondary("Terminer aujourd’hui"));
        Row::new([
            Fragment::with_detail(capital(fact.value.role.label()), place(&names, &fact.value)),
            fact.value.purpose.label().into(),
            fr::period(fact.valid).into(),
            state.into(),
            end.into(),
        ])
    });
    let columns = [
        Column::text("Mandat"),
        Column::text("Finalité"),
        Column::text("Période"),
        Column::text("État"),
        Column::actions("Actions"),
    ];
    let empty = EmptyState::new(
        "Aucun mandat en cours",
        "Ce compte ne peut rien voir ni faire\u{a0}: donnez-lui un mandat ci-dessous.",
    );
    let mandates = Table::new("mandats", "Mandats en cours et à venir", columns, rows).caption_hidden().empty(empty);

    let mut events: Vec<(Instant, Event)> = Vec::new();
    for fact in &facts {
        let what = format!("{} · {}", capital(fact.value.role.label()), place(&names, &fact.value));
        let by = |instant: Instant| {
            let author = fact.provenance.author.and_then(|author| authors.get(&author.raw()));
            let who = author.map_or_else(|| "par l’application".to_owned(), |name| format!("par {name}"));
            Source::new(format!("enregistré le {} {who}", fr::moment(instant)))
        };
        let (title, tone) = match (fact.corrects, fact.replaced_at) {
            (Some(_), _) => ("Mandat modifié", Tone::Info),
            (None, _) => ("Mandat donné", Tone::Ok),
        };
        let detail = format!("{what}, {}, {}", fact.value.purpose.label(), fr::period(fact.valid));
        let event = Event::new(fact.valid.from, title)
            .tone(tone)
            .detail(detail)
            .known(fact.recorded_at.date())
            .source(by(fact.recorded_at));
        events.push((fact.recorded_at, event));
        let corrected = facts.iter().any(|other| other.corrects == Some(fact.id));
        if let Some(at) = fact.replaced_at.filter(|_| !corrected) {
            events.push((
                at,
                Event::new(at.date(), "Mandat retiré avant d’avoir servi").tone(Tone::Warning).detail(what),
            ));
        }
    }
    events.sort_by_key(|(at, _)| std::cmp::Reverse(*at));

    let now = app.platform.now();
    let identity = Description::new()
        .line("Adresse électronique", account.email.as_str())
        .line("État", state_of(&account, now))
        .line("Créé le", fr::date_long(account.created_at.date()));
    let own = signed.actor.account() == Some(id);
    let layout = signed
        .layout(app, &format!("{PATH}/{id}"), &account.name)
        .crumb("Accueil", "/")
        .crumb("Comptes et mandats", PATH);
    Ok(AccountFile {
        layout,
        identity,
        actions: available(&account, permit, own),
        mandates,
        grant: forms::mandate(format!("{PATH}/{id}/mandats"), &names, typed, errors),
        history: Timeline::new(events.into_iter().map(|(_, event)| event)),
    })
}

/// The account of another département can only be given mandates here.
fn available(account: &Profile, permit: &Permit<ManageAccounts>, own: bool) -> Vec<ActionForm> {
    if account.tenant == permit.tenant() { actions(account, own) } else { Vec::new() }
}

fn place(names: &Names, mandate: &Mandate) -> String {
    let organisation = names.name(mandate.organisation);
    match mandate.structure {
        Some(structure) => format!("{}, pour {organisation}", names.name(structure)),
        None => organisation.to_owned(),
    }
}

pub(super) async fn grant(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<Id<Account>>,
    FormData(typed): FormData<Typed>,
) -> Result<Response, Problem> {
    let permit = permission(&signed)?;
    let names = app.directory.names(&app.platform, permit.tenant()).await?;
    let errors = match read(&typed, &names) {
        Err(errors) => errors,
        Ok((mandate, valid)) => match mandate::grant(&app.platform, &permit, id, mandate, valid).await {
            Ok(granted) => {
                let flash = Flash::success("Le mandat est donné.")
                    .undo(format!("{PATH}/{id}/mandats/{granted}/fin?depuis=debut"));
                return Ok(redirect_with(flash, &format!("{PATH}/{id}")));
            }
            Err(error @ (platform::Error::Rule(_) | platform::Error::Conflict(_))) => {
                Errors { whole: Some(sentence(&error.to_string())), ..Errors::default() }
            }
            Err(error) => return Err(error.into()),
        },
    };
    Ok(to_mend(&file(&app, &signed, &permit, id, &typed, errors).await?))
}

fn read(typed: &Typed, names: &Names) -> Result<(Mandate, Period), Errors> {
    let organisation = names.find::<Organisation>(&typed.organisation);
    let structure = names.find::<Structure>(&typed.structure);
    let role = Role::from_code(&typed.role);
    let from: Option<Date> = typed.debut.parse().ok();
    let last: Option<Date> = typed.fin.parse().ok();
    let purpose = Purpose::from_code(&typed.finalite).or_else(|| role?.purposes().first().copied());
    let valid = from.and_then(|from| Period::new(from, last.and_then(|last| last.tomorrow().ok())));
    let errors = Errors {
        organisation: organisation.is_none().then(|| "Choisissez l’organisation.".to_owned()),
        role: role.is_none().then(|| "Choisissez le rôle.".to_owned()),
        from: from.is_none().then(|| "Indiquez le premier jour, par exemple 01/12/2026.".to_owned()),
        to: match (from, last) {
            (_, None) if !typed.fin.is_empty() => Some("Cette date n’existe pas.".to_owned()),
            (Some(from), Some(last)) if last < from => Some("Le dernier jour précède le premier.".to_owned()),
            _ => None,
        },
        whole: None,
    };
    match (organisation, role, purpose, valid) {
        (Some(organisation), Some(role), Some(purpose), Some(valid)) if errors.to.is_none() => {
            Ok((Mandate { organisation, structure, role, purpose }, valid))
        }
        _ => Err(errors),
    }
}

#[derive(Deserialize)]
pub(super) struct Since {
    /// `debut`: as if it had never been given.
    depuis: Option<String>,
}

pub(super) async fn end(
    State(app): State<App>,
    signed: Signed,
    Path((id, number)): Path<(Id<Account>, Id<Mandate>)>,
    axum::extract::Query(Since { depuis }): axum::extract::Query<Since>,
) -> Result<Response, Problem> {
    let permit = permission(&signed)?;
    let facts = mandate::history(&app.platform, &permit, id).await?;
    let fact =
        facts.iter().find(|fact| fact.id == number && fact.replaced_at.is_none()).ok_or_else(Problem::not_found)?;
    if signed.actor.mandate() == Some(number) {
        let flash =
            Flash::failure("On ne termine pas le mandat dont on se sert\u{a0}: demandez-le à une autre personne.");
        return Ok(redirect_with(flash, &format!("{PATH}/{id}")));
    }
    // A mandate that begins today or later has not served: it is withdrawn.
    let to =
        if depuis.as_deref() == Some("debut") { fact.valid.from } else { app.platform.today().max(fact.valid.from) };
    mandate::end(&app.platform, &permit, id, number, to).await?;
    Ok(redirect_with(
        Flash::success("Le mandat est terminé\u{a0}: l’accès est fermé dès maintenant."),
        &format!("{PATH}/{id}"),
    ))
}

/// The page that says who could do what on a day.
#[derive(Template)]
#[template(path = "mandates_on_a_day.html")]
struct OnADay {
    layout: Layout,
    filters: FilterBar,
    table: Table,
}

pub(super) async fn on_a_day(
    State(app): State<App>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    const HERE: &str = "/administration/mandats";
    let permit = permission(&signed)?;
    let query = Query::parse(query.as_deref());
    let today = app.platform.today();
    let day = |key: &str| query.get(key).and_then(|text| text.parse::<Date>().ok());
    let on = day("le").unwrap_or(today);
    let known = day("connu").map_or_else(|| app.platform.now(), Instant::end_of);
    let action = query.get("action").and_then(ActionKind::from_code);
    let names = app.directory.names(&app.platform, permit.tenant()).await?;
    let mandates = mandate::list(&app.platform, &permit, on, known).await?;
    let reach = |role, purpose: Purpose| match action {
        Some(action) if action.touches_persons() && !purpose.opens_files() => Extent::Nothing,
        Some(action) if action.touches_learners() && !purpose.opens_learner_files() => Extent::Nothing,
        Some(action) => extent(role, action),
        None => Extent::Department,
    };
    let terms = ["30", "90"];
    let term = query.get("terme").filter(|term| terms.contains(term));
    let last = term.and_then(|days| on.checked_add(jiff::Span::new().days(days.parse::<i64>().ok()?)).ok());
    let rows: Vec<Row> = mandates
        .iter()
        .filter(|mandate| reach(mandate.role, mandate.purpose) != Extent::Nothing)
        .filter(|mandate| last.is_none_or(|last| mandate.valid_to.is_some_and(|to| to <= last)))
        .map(|mandate| {
            let place = mandate.structure.map_or("", |structure| names.name(structure));
            Row::new([
                Fragment::with_detail(
                    Link::new(format!("{PATH}/{}", mandate.account), mandate.name.as_str()),
                    mandate.email.as_str(),
                ),
                capital(mandate.role.label()).into(),
                Fragment::with_detail(names.name(mandate.organisation), place),
                mandate.purpose.label().into(),
                fr::period(mandate.valid()).into(),
            ])
        })
        .collect();
    let columns = [
        Column::text("Personne"),
        Column::text("Rôle"),
        Column::text("Organisation et structure"),
        Column::text("Finalité"),
        Column::text("Période"),
    ];
    let empty = EmptyState::new("Personne ce jour-là", "Choisissez un autre jour, ou une autre action.");
    let table = Table::new("mandats", "Mandats en vigueur", columns, rows).caption_hidden().empty(empty);
    let filters = FilterBar::new(HERE, &query)
        .field(Field::date("le", "En vigueur le").value(on.to_string()))
        .field(Field::date("connu", "Tel qu’on le savait le").value(query.get("connu").unwrap_or_default()))
        .field(
            Field::select("action", "Pouvait…", forms::actions("N’importe quoi"))
                .value(action.map_or("", |action| action.as_code())),
        );
    let ends = [Choice::new("", "N’importe quand")]
        .into_iter()
        .chain(terms.map(|days| Choice::new(days, format!("Dans les {days}\u{a0}jours"))));
    let filters = filters.field(Field::select("terme", "Prend fin", ends).value(term.unwrap_or_default()));
    let layout = signed
        .layout(&app, HERE, "Qui pouvait quoi, et quand")
        .lead(format!("Les mandats en vigueur le {}.", fr::date_long(on)))
        .crumb("Accueil", "/")
        .crumb("Comptes et mandats", PATH);
    Ok(page(&OnADay { layout, filters, table }))
}
