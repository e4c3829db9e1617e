//! `/journal`: who did and read what, for whoever oversees it.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Form as FormData, Path, RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use base::{Date, Id, Instant};
use platform::Account;
use platform::gate::{ActionKind, EraseJournal, ReadJournal, may, permit};
use platform::jobs::{self, VERIFY_JOURNAL};
use platform::journal::{self, Chain, Entry, Request};
use serde::Deserialize;

use super::{page, to_mend};
use crate::app::App;
use crate::components::{
    ActionForm, Button, Choice, Column, Description, EmptyState, Field, FilterBar, Flash, Form, Fragment, Link, Notice,
    Pager, Query, Row, Table, Tone, Unknown,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::problems::sentence;
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

const PATH: &str = "/journal";

/// Lines of a page.
const PAGE: usize = 50;

pub fn routes() -> Vec<Route> {
    let policy = Policy::May(ActionKind::ReadJournal);
    vec![
        Route::new(PATH, policy, get(list)),
        Route::new("/journal/verification", policy, post(verify)),
        Route::new("/journal/{chaine}/{ligne}", policy, get(show)),
        Route::new("/journal/{chaine}/{ligne}/effacer", Policy::May(ActionKind::EraseJournal), post(erase)),
    ]
}

/// The chain in the address: `ecritures`, `consultations`.
fn chain_of(text: &str) -> Option<Chain> {
    Chain::ALL.iter().copied().find(|chain| address_of(*chain) == text)
}

const fn address_of(chain: Chain) -> &'static str {
    match chain {
        Chain::Writes => "ecritures",
        Chain::Reads => "consultations",
    }
}

/// What an entry tells, in French.
fn label(action: &str) -> String {
    let told = match action {
        "account.created" => "créer un compte",
        "account.disabled" => "désactiver un compte",
        "account.enabled" => "réactiver un compte",
        "account.password_reset" => "donner un nouveau mot de passe",
        "account.password_changed" => "changer son mot de passe",
        "mandate.granted" => "donner un mandat",
        "mandate.ended" => "terminer un mandat",
        "session.opened" => "se connecter",
        "session.mandate_chosen" => "choisir un mandat",
        "parameter.installed" => "installer les paramètres livrés",
        "parameter.set" => "fixer un paramètre",
        "person.contact" => "modifier des coordonnées",
        "feed.opened" => "commencer un import",
        "feed.batch" => "enregistrer un lot de foyers",
        "feed.completed" => "terminer un import",
        "input.opened" => "commencer l’import d’un tableau",
        "input.batch" => "enregistrer un lot de lignes",
        "input.completed" => "terminer l’import d’un tableau",
        "territory.imported" => "importer un fichier du territoire",
        "journal.payload_erased" => "effacer un contenu du journal",
        "journal.purged" => "supprimer des traces à leur terme",
        _ => {
            return ActionKind::from_code(action).map_or_else(|| action.to_owned(), |action| action.label().to_owned());
        }
    };
    told.to_owned()
}

/// What an entry is about, with the way to it.
fn subject(entry: &Entry) -> Fragment {
    let Some(number) = entry.subject else { return kind_label(&entry.subject_kind).into() };
    let text = format!("{} n°\u{a0}{number}", kind_label(&entry.subject_kind));
    match entry.subject_kind.as_str() {
        "person" => Link::new(format!("/personnes/{number}"), text).into(),
        "feed_file" => Link::new(format!("/imports/{number}"), text).into(),
        _ => text.into(),
    }
}

fn kind_label(kind: &str) -> &str {
    match kind {
        "person" => "personne",
        "household" => "foyer",
        "feed_file" => "fichier reçu",
        "account" => "compte",
        "tenant" => "département",
        "match_doubt" => "rapprochement",
        "list" => "liste de personnes",
        "search" => "recherche",
        "journal" => "journal",
        "journal_entry" => "ligne du journal",
        "writes" => "écritures",
        "reads" => "consultations",
        other => other,
    }
}

/// The page.
#[derive(Template)]
#[template(path = "journal.html")]
struct Journal {
    layout: Layout,
    verify: ActionForm,
    filters: FilterBar,
    table: Table,
}

fn who(names: &HashMap<i64, String>, author: Option<Id<Account>>) -> String {
    match author {
        None => "L’application".to_owned(),
        Some(author) => names.get(&author.raw()).cloned().unwrap_or_else(|| format!("compte n°\u{a0}{author}")),
    }
}

async fn list(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let permit = permit::<ReadJournal>(&signed.actor)?;
    let query = Query::parse(query.as_deref());
    let chain = query.get("registre").and_then(chain_of).unwrap_or(Chain::Reads);
    let number = |key: &str| query.get(key).and_then(|text| text.trim().parse::<i64>().ok());
    let day = query.get("jour").and_then(|text| text.parse::<Date>().ok());
    let after = query
        .get("apres")
        .and_then(|text| text.split_once('-'))
        .and_then(|(at, id)| Some((Instant::from_micros(at.parse().ok()?), id.parse().ok()?)));
    let request = Request {
        author: number("compte").map(Id::new),
        subject: number("personne").map(|person| ("person".to_owned(), person)),
        day,
        after,
        page_size: PAGE,
    };
    let found = journal::find(&app.platform, &permit, chain, &request).await?;
    let authors = journal::authors(&app.platform, &permit).await?;
    let names: HashMap<i64, String> = authors.iter().map(|(id, name)| (id.raw(), name.clone())).collect();
    let rows = found.entries.iter().map(|entry| {
        Row::new([
            Link::new(format!("{PATH}/{}/{}", address_of(chain), entry.id), fr::moment(entry.at)).into(),
            who(&names, entry.author).into(),
            sentence(&label(&entry.action)).trim_end_matches('.').into(),
            subject(entry),
        ])
    });
    let columns = [Column::text("Quand"), Column::text("Qui"), Column::text("Quoi"), Column::text("Sur quoi")];
    let shown = found.entries.len() as u64;
    let next =
        found.next.map(|(at, id)| query.without("apres").with("apres", format!("{}-{id}", at.micros())).href(PATH));
    let first = after.map(|_| query.without("apres").href(PATH));
    let table = Table::new("journal", "Lignes du journal, de la plus récente à la plus ancienne", columns, rows)
        .caption_hidden()
        .pager(Pager::new(fr::count(shown, "ligne affichée", "lignes affichées")).previous(first).next(next))
        .empty(EmptyState::new("Aucune ligne", "Élargissez les filtres, ou regardez l’autre registre."));
    let mut accounts = vec![Choice::new("", "Tous")];
    accounts.extend(authors.iter().map(|(id, name)| Choice::new(id.to_string(), name.as_str())));
    let filters = FilterBar::new(PATH, &query)
        .field(
            Field::select(
                "registre",
                "Registre",
                Chain::ALL
                    .iter()
                    .map(|chain| Choice::new(address_of(*chain), sentence(chain.label()).trim_end_matches('.'))),
            )
            .value(address_of(chain)),
        )
        .field(Field::select("compte", "Compte", accounts).value(query.get("compte").unwrap_or_default()))
        .field(Field::digits("personne", "Numéro de personne").value(query.get("personne").unwrap_or_default()))
        .field(Field::date("jour", "Jour").value(query.get("jour").unwrap_or_default()));
    let layout = signed
        .layout(&app, PATH, "Journal")
        .lead("Qui a consulté ou modifié quoi. Lire le journal y laisse aussi une ligne.")
        .crumb("Accueil", "/");
    let verify = ActionForm::new("/journal/verification", Button::secondary("Vérifier que rien n’a été altéré"));
    Ok(page(&Journal { layout, verify, filters, table }))
}

async fn verify(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    let permit = permit::<ReadJournal>(&signed.actor)?;
    let job = jobs::ask(&app.platform, &permit, VERIFY_JOURNAL, serde_json::Value::Null).await?;
    Ok(redirect_with(Flash::success("La vérification est demandée."), &format!("/travaux/{job}")))
}

/// The page of one line.
#[derive(Template)]
#[template(path = "journal_entry.html")]
struct EntryPage {
    layout: Layout,
    about: Description,
    content: Option<Table>,
    erased: Notice,
    erase: Option<Form>,
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    Path((chain, number)): Path<(String, i64)>,
) -> Result<Response, Problem> {
    let chain = chain_of(&chain).ok_or_else(Problem::not_found)?;
    Ok(page(&entry_page(&app, &signed, chain, number, None).await?))
}

async fn entry_page(
    app: &App,
    signed: &Signed,
    chain: Chain,
    number: i64,
    error: Option<String>,
) -> Result<EntryPage, Problem> {
    let permit = permit::<ReadJournal>(&signed.actor)?;
    let (entry, payload) = journal::open(&app.platform, &permit, chain, number).await?;
    let names: HashMap<i64, String> =
        journal::authors(&app.platform, &permit).await?.into_iter().map(|(id, name)| (id.raw(), name)).collect();
    let about = Description::new()
        .line("Quand", fr::moment(entry.at))
        .line("Qui", who(&names, entry.author))
        .line(
            "Sous quel mandat",
            entry.mandate.map_or_else(|| "aucun".to_owned(), |mandate| format!("n°\u{a0}{mandate}")),
        )
        .line(
            "Quoi",
            Fragment::with_detail(sentence(&label(&entry.action)).trim_end_matches('.'), entry.action.as_str()),
        )
        .line("Sur quoi", subject(&entry));
    let content = payload.as_ref().map(|payload| {
        let rows = lines(payload).into_iter().map(|(name, value)| Row::new([name.as_str().into(), value]));
        Table::new("contenu-ecriture", "Contenu", [Column::text("Nom"), Column::text("Valeur")], rows)
            .caption_hidden()
            .empty(EmptyState::new("Aucun détail", "Cette ligne dit tout d’elle-même."))
    });
    let erased = Notice::new(
        Tone::Neutral,
        "Contenu effacé",
        "La ligne reste, avec l’empreinte de ce qu’elle disait\u{a0}: la vérification du journal n’en souffre pas.",
    );
    let href = format!("{PATH}/{}/{number}", address_of(chain));
    let erase = (payload.is_some() && may::<EraseJournal>(&signed.actor)).then(|| {
        Form::post(format!("{href}/effacer"))
            .field(
                Field::text("motif", "Pourquoi")
                    .hint("Par exemple\u{a0}: demande d’effacement du 12\u{a0}novembre 2026, accordée.")
                    .required()
                    .autocomplete("off")
                    .error(error),
            )
            .button(Button::danger("Effacer le contenu"))
    });
    let layout = signed
        .layout(app, &href, &format!("Ligne {number} des {}", chain.label()))
        .crumb("Accueil", "/")
        .crumb("Journal", PATH);
    Ok(EntryPage { layout, about, content, erased, erase })
}

/// Names and values of what an entry said.
fn lines(payload: &serde_json::Value) -> Vec<(String, Fragment)> {
    use serde_json::Value;
    let text = |value: &Value| -> Fragment {
        match value {
            Value::Null => Unknown::MASCULINE.into(),
            Value::String(text) => text.as_str().into(),
            other => other.to_string().into(),
        }
    };
    match payload {
        Value::Null => Vec::new(),
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
        other => vec![("valeur".to_owned(), text(other))],
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Reason {
    motif: String,
}

async fn erase(
    State(app): State<App>,
    signed: Signed,
    Path((address, number)): Path<(String, i64)>,
    FormData(Reason { motif }): FormData<Reason>,
) -> Result<Response, Problem> {
    let chain = chain_of(&address).ok_or_else(Problem::not_found)?;
    let permit = permit::<EraseJournal>(&signed.actor)?;
    match journal::erase(&app.platform, &permit, chain, number, &motif).await {
        Ok(()) => {
            let flash =
                Flash::success("Le contenu est effacé\u{a0}; que vous l’avez effacé, et pourquoi, est au journal.");
            Ok(redirect_with(flash, &format!("{PATH}/{address}/{number}")))
        }
        Err(error @ platform::Error::Rule(_)) => {
            Ok(to_mend(&entry_page(&app, &signed, chain, number, Some(sentence(&error.to_string()))).await?))
        }
        Err(error) => Err(error.into()),
    }
}
