//! The territory: map and communes, agencies, structures, organisations, posts, their facts and files.
//! Every page reads the territory for a day (`au=`) as known at the end of another (`connu=`).

mod agencies;
mod communes;
mod facts;
mod home;
mod import;
mod organisations;
mod posts;
mod structures;

pub(super) use home::labelled;

use askama::Template;
use axum::routing::{get, post};
use base::{Date, Id, Instant};
use platform::gate::ActionKind;
use platform::{Organisation, Structure};
use territory::communes::Commune;
use territory::{AsOf, Certainty, Evidence, FactKind, Names, Shown, SubjectKind};

use crate::app::App;
use crate::components::{Badge, Choice, Field, FilterBar, Fragment, Link, Notice, Query, Source, Tabs, Tone};
use crate::fr;
use crate::layout::Layout;
use crate::routes::{Policy, Route};

const PATH: &str = "/territoire";

pub fn routes() -> Vec<Route> {
    let read = Policy::May(ActionKind::ReadTerritory);
    let edit = Policy::May(ActionKind::EditTerritory);
    vec![
        Route::new(PATH, read, get(home::page)),
        Route::new("/territoire/communes/{code}", read, get(communes::page)),
        Route::new("/territoire/agences", read, get(agencies::page)),
        Route::new("/territoire/structures", read, get(structures::list)),
        Route::new("/territoire/structures/{id}", read, get(structures::page)),
        Route::new("/territoire/organisations", read, get(organisations::list)),
        Route::new("/territoire/organisations/{id}", read, get(organisations::page)),
        Route::new("/territoire/postes", read, get(posts::list)),
        Route::new("/territoire/postes/{code}", read, get(posts::page)),
        Route::new("/territoire/faits/{kind}/ajouter", edit, get(facts::adding).post(facts::add)),
        Route::new("/territoire/faits/{kind}/{id}/corriger", edit, get(facts::correcting).post(facts::correct)),
        Route::new("/territoire/faits/{kind}/{id}/terminer", edit, get(facts::closing).post(facts::close)),
        Route::new("/territoire/faits/{kind}/{id}/retirer", edit, post(facts::withdraw)),
        Route::new("/territoire/faits/{kind}/{subject}/annuler/{at}", edit, post(facts::undo)),
        Route::new("/territoire/import", edit, import::methods()),
        Route::new("/territoire/import/appliquer", edit, import::apply_methods()),
    ]
}

/// Which day a page speaks of, and with the knowledge of which other.
struct At {
    as_of: AsOf,
    today: Date,
    known_on: Option<Date>,
}

impl At {
    /// Reads `au` and `connu`; a date that cannot be read counts as none.
    fn read(app: &App, query: &Query) -> Self {
        let today = app.platform.today();
        let asked = |key: &str| query.get(key).and_then(|text| text.parse::<Date>().ok());
        let on = asked("au").unwrap_or(today);
        // The future is not known yet.
        let known_on = asked("connu").filter(|day| *day < today);
        let as_of = match known_on {
            Some(day) => AsOf::as_known_on(on, day),
            None => AsOf { on, known: app.platform.now() },
        };
        Self { as_of, today, known_on }
    }

    /// An address that speaks of the same day.
    fn href(&self, path: &str) -> String {
        self.keep(Query::default()).href(path)
    }

    fn keep(&self, mut query: Query) -> Query {
        if self.as_of.on != self.today {
            query = query.with("au", self.as_of.on.to_string());
        }
        if let Some(known) = self.known_on {
            query = query.with("connu", known.to_string());
        }
        query
    }

    /// The two dates, in a filter bar.
    fn fields(&self, bar: FilterBar) -> FilterBar {
        let known = self.known_on.map_or_else(String::new, |day| day.to_string());
        bar.field(Field::date("au", "Au").value(self.as_of.on.to_string())).more(
            Field::date("connu", "Tel que connu le")
                .value(known)
                .hint("Ce que l’on savait ce jour-là, sans les corrections faites depuis."),
        )
    }

    fn bar(&self, path: &str, query: &Query) -> FilterBar {
        self.fields(FilterBar::new(path, query))
    }

    /// « Au 22 novembre 2026 », « Au 1er janvier 2024, tel que connu le 3 mars 2025 ».
    fn lead(&self) -> String {
        let day = format!("Au {}", fr::date_long(self.as_of.on));
        match self.known_on {
            None => day,
            Some(known) => format!("{day}, tel que connu le {}", fr::date_long(known)),
        }
    }

    /// Whether a record stood at the moment whose knowledge is used.
    fn knows(&self, recorded_at: Instant, replaced_at: Option<Instant>) -> bool {
        recorded_at <= self.as_of.known && replaced_at.is_none_or(|at| at > self.as_of.known)
    }

    fn commune(&self, names: &Names, id: Id<Commune>) -> Link {
        Link::new(self.href(&subject_path(SubjectKind::Commune, names.code(id))), names.name(id))
    }

    fn organisation(&self, names: &Names, id: Id<Organisation>) -> Link {
        Link::new(self.href(&subject_path(SubjectKind::Organisation, names.code(id))), names.name(id))
    }

    fn structure(&self, names: &Names, id: Id<Structure>) -> Link {
        Link::new(self.href(&subject_path(SubjectKind::Structure, names.code(id))), names.name(id))
    }
}

/// The page of something that bears a code.
fn subject_path(kind: SubjectKind, code: &str) -> String {
    let folder = match kind {
        SubjectKind::Commune => "communes",
        SubjectKind::Organisation => "organisations",
        SubjectKind::Structure => "structures",
        SubjectKind::Post => "postes",
    };
    format!("{PATH}/{folder}/{code}")
}

/// What the address calls a kind of fact.
const fn slug(kind: FactKind) -> &'static str {
    match kind {
        FactKind::CommuneProfile => "commune",
        FactKind::OrganisationProfile => "organisation",
        FactKind::OrganisationRole => "role",
        FactKind::ConsortiumMember => "membre",
        FactKind::StructureProfile => "structure",
        FactKind::Sector => "secteur",
        FactKind::AgencyContract => "contrat",
        FactKind::Succession => "succession",
        FactKind::PostProfile => "poste",
        FactKind::PostHolder => "titulaire",
    }
}

/// Where to add a fact, some of its columns filled in.
fn add_path(kind: FactKind, filled: &[(&str, &str)]) -> String {
    let query = filled.iter().fold(Query::default(), |query, (column, value)| query.with(column, *value));
    query.href(&format!("{PATH}/faits/{}/ajouter", slug(kind)))
}

/// Every page stands under the territory's first one.
fn around(layout: Layout, at: &At) -> Layout {
    layout.crumb("Territoire", at.href(PATH))
}

/// The parts of the territory, on each of its main pages.
fn parts(at: &At, current: &str) -> Tabs {
    Tabs::new("Parties du territoire", at.href(current))
        .tab(at.href(PATH), "Carte et communes")
        .tab(at.href("/territoire/agences"), "Agences")
        .tab(at.href("/territoire/structures"), "Structures")
        .tab(at.href("/territoire/organisations"), "Organisations")
        .tab(at.href("/territoire/postes"), "Postes")
}

fn trust(certainty: Certainty) -> Badge {
    match certainty {
        Certainty::Confirmed => Badge::ok("confirmée"),
        Certainty::Hypothesis => Badge::warning("hypothèse"),
    }
}

/// A day with its doubt: « 1er février 2023 » or the same marked as a hypothesis.
fn dated(day: Date, certainty: Certainty) -> Fragment {
    match certainty {
        Certainty::Confirmed => fr::date_long(day).into(),
        Certainty::Hypothesis => Fragment::join([fr::date_long(day).into(), Badge::warning("hypothèse").into()]),
    }
}

/// The last day of what ends before `until`.
fn last_day(until: Option<Date>) -> Option<Date> {
    until.map(|until| until.yesterday().unwrap_or(until))
}

/// Several things in one cell, one under the other.
#[derive(Template)]
#[template(path = "territory/lines.html")]
struct Lines {
    lines: Vec<Fragment>,
}

fn lines(lines: impl IntoIterator<Item = Fragment>) -> Fragment {
    let lines: Vec<Fragment> = lines.into_iter().collect();
    match lines.len() {
        0 => Fragment::default(),
        1 => Fragment::join(lines),
        _ => Fragment::render(&Lines { lines }),
    }
}

fn cited(evidence: &Evidence) -> Fragment {
    let source = Source::new(evidence.citation.as_str());
    if evidence.note.is_empty() { source.into() } else { Fragment::with_detail(source, evidence.note.as_str()) }
}

/// A value as read on a page.
fn plain(value: &Shown) -> String {
    match value {
        Shown::Nothing => "rien".to_owned(),
        Shown::Text(text) => text.clone(),
        Shown::Number(number) => fr::number(*number),
        Shown::Share(hundredths) => share(*hundredths),
        Shown::Day(day) => fr::date_long(*day),
    }
}

/// « temps plein », « 80 % ».
fn share(hundredths: i64) -> String {
    if hundredths == 100 { "temps plein".to_owned() } else { format!("{hundredths}\u{a0}%") }
}

/// A list of choices with one that filters nothing.
fn choices<'a>(all: &str, offered: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Choice> {
    let first = Choice::new("", all);
    let rest = offered.into_iter().map(|(code, label)| Choice::new(code, label));
    std::iter::once(first).chain(rest).collect()
}

/// Whether a text holds every word that was typed.
fn matches(typed: Option<&str>, text: impl FnOnce() -> String) -> bool {
    typed.is_none_or(|typed| {
        let text = base::fold(&text());
        base::words(&base::fold(typed)).all(|word| text.contains(word))
    })
}

/// What says that the past is shown as it was known then.
fn old_knowledge(at: &At) -> Option<Notice> {
    let known = at.known_on?;
    let text = format!("Les corrections enregistrées après le {} ne sont pas prises en compte.", fr::date_long(known));
    Some(Notice::new(Tone::Info, "Connaissance passée", text))
}

/// A sorted list cut to one page around the place that the address names, with the addresses of the
/// pages before and after.
struct Page<T> {
    lines: Vec<T>,
    previous: Option<String>,
    next: Option<String>,
}

/// Lines of one page of a list.
const PAGE: usize = 50;

fn page_of<T>(all: Vec<T>, path: &str, query: &Query, key: impl Fn(&T) -> String) -> Page<T> {
    let place = |name: &str| query.get(name).and_then(|wanted| all.iter().position(|line| key(line) == wanted));
    let start = match (place("apres"), place("avant")) {
        (Some(after), _) => after + 1,
        (None, Some(before)) => before.saturating_sub(PAGE),
        (None, None) => 0,
    };
    let end = (start + PAGE).min(all.len());
    let previous = (start > 0 && start < all.len()).then(|| query.with("avant", key(&all[start])).href(path));
    let next = (end < all.len()).then(|| query.with("apres", key(&all[end - 1])).href(path));
    let lines = all.into_iter().take(end).skip(start).collect();
    Page { lines, previous, next }
}

/// The order that the address asks for: its key, and whether it goes down.
fn order<'a>(query: &'a Query, default: &'a str) -> (&'a str, bool) {
    let asked = query.get("tri").unwrap_or(default);
    asked.strip_prefix('-').map_or((asked, false), |key| (key, true))
}

/// A number for a place in a list or a share; reference data never reaches where floats lose units.
#[expect(clippy::cast_precision_loss, reason = "counts of inhabitants and posts, far below 2^52")]
fn float(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_read_page_by_page_both_ways() {
        let all: Vec<usize> = (0..120).collect();
        let cut = |query: &str| page_of(all.clone(), "/p", &Query::parse(Some(query)), |line| line.to_string());
        let first = cut("tri=nom");
        assert_eq!((first.lines[0], first.lines.len(), first.previous), (0, 50, None));
        assert_eq!(first.next.as_deref(), Some("/p?tri=nom&apres=49"));
        let last = cut("apres=99");
        assert_eq!((last.lines[0], last.lines.len(), last.next), (100, 20, None));
        let back = cut("avant=100");
        assert_eq!((back.lines[0], back.lines.len()), (50, 50));
        assert_eq!(cut("apres=inconnu").lines[0], 0);
    }

    #[test]
    fn every_word_typed_is_looked_for() {
        let name = || "ALI de Saint-Denis".to_owned();
        assert!(matches(Some("denis ali"), name));
        assert!(!matches(Some("stains"), name));
        assert!(matches(None, name));
    }
}
