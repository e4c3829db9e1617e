//! `/personnes`: the people of a structure's sector, or of the département, filtered, sorted, page by page.
//! Everything the list shows is in its address.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use base::{Date, Id, fold};
use jiff::ToSpan;
use law::publics::{Public, Source};
use platform::gate::{ActionKind, ListPeople};
use platform::{Reach, Structure};
use support::labels;
use support::person::{self, Filter, ListPage, ListRequest, Obligations, Person, Sort};
use territory::communes::Commune;
use territory::structures::Status;
use territory::{AsOf, Names, SubjectKind};

use super::search::commune;
use super::{page, person_words as words};
use crate::app::App;
use crate::components::{
    ButtonKind, Chip, Choice, Column, EmptyState, Field, FilterBar, Fragment, Link, Pager, Query, Row, Suggestions,
    Table,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::routes::{Policy, Route};
use crate::session::Signed;

const PATH: &str = "/personnes";

const PAGE: usize = 50;

pub fn routes() -> Vec<Route> {
    let policy = Policy::May(ActionKind::ListPeople);
    vec![Route::new(PATH, policy, get(list)), Route::new("/fragments/personnes/structures", policy, get(structures))]
}

/// The page.
#[derive(Template)]
#[template(path = "people.html")]
struct People {
    layout: Layout,
    filters: FilterBar,
    table: Table,
}

async fn list(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let (platform, actor) = (&app.platform, &signed.actor);
    let (today, names) = (platform.today(), app.directory.names(platform, app.tenant).await?);
    let permit = platform::gate::permit::<ListPeople>(actor)?;
    let sector = match permit.reach() {
        Reach::Structure(structure) => {
            let communes = territory::sector_communes(&platform.db, app.tenant, structure, today)
                .await
                .map_err(platform::Error::from)?;
            Sector::Own { structure, communes }
        }
        Reach::Department => Sector::Any,
        Reach::Organisation(_) | Reach::Own(_) => return Err(platform::Error::NotFound.into()),
    };
    let asked = Asked::read(&query, &sector, &names, today);
    let cursor = match asked.place {
        Some((person, backwards)) => person::place(platform, actor, person, asked.sort, backwards).await?,
        None => None,
    };
    let request = ListRequest {
        structure: asked.structure,
        commune: asked.commune.clone(),
        filter: asked.filter.clone(),
        sort: asked.sort,
        cursor,
        page_size: PAGE,
    };
    let found = person::list(platform, actor, &request).await?;
    let view = View { asked: &asked, query: &query, sector: &sector, names: &names, today };
    let layout = signed.layout(&app, PATH, "Personnes").lead(view.lead());
    let may_import = signed.may(ActionKind::ImportFeed);
    Ok(page(&People { layout, filters: view.filters(), table: view.table(&found, may_import) }))
}

/// Whose people may be listed.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Sector {
    /// Those of the mandate's structure, in these communes.
    Own { structure: Id<Structure>, communes: Vec<String> },
    /// Everybody, or the structure of one's choice.
    Any,
}

/// What the address asks for, read; what cannot be read is said beside its field and left out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Asked {
    structure: Option<Id<Structure>>,
    structure_problem: Option<String>,
    commune: Option<String>,
    filter: Filter,
    publics: Vec<Public>,
    ages: [Option<u16>; 2],
    age_problem: Option<String>,
    sort: Sort,
    /// Where the page begins: after this person, or (`true`) before.
    place: Option<(Id<Person>, bool)>,
}

impl Asked {
    fn read(query: &Query, sector: &Sector, names: &Names, today: Date) -> Self {
        let mut asked = Self::default();
        if let (Sector::Any, Some(text)) = (sector, query.get("structure")) {
            asked.structure = structure_called(names, text);
            if asked.structure.is_none() {
                let problem = format!(
                    "Aucune structure ne s’appelle «\u{a0}{text}\u{a0}»\u{a0}: choisissez-la dans la liste proposée."
                );
                asked.structure_problem = Some(problem);
            }
        }
        asked.commune = query.get("commune").map(str::to_owned);
        asked.filter.right_status = query.get("droit").map(str::to_owned);
        asked.filter.obligations = query.get("devoirs").and_then(|answer| match answer {
            "oui" => Some(Obligations::Yes),
            "non" => Some(Obligations::No),
            "inconnu" => Some(Obligations::Unknown),
            _ => None,
        });
        asked.publics = query.all("public").filter_map(Public::from_code).collect();
        asked.filter.publics = asked.publics.iter().fold(0, |mask, public| mask | public.mask()).cast_signed();
        asked.ages = ["age_min", "age_max"].map(|name| {
            let text = query.get(name)?;
            let age = text.trim().parse().ok().filter(|age| *age <= 120);
            if age.is_none() {
                asked.age_problem =
                    Some(format!("«\u{a0}{text}\u{a0}» n’est pas un âge\u{a0}: écrivez un nombre de 0 à 120."));
            }
            age
        });
        if let [Some(from), Some(to)] = asked.ages
            && from > to
        {
            asked.age_problem = Some("L’âge de début dépasse l’âge de fin.".to_owned());
        }
        if asked.age_problem.is_none() {
            // Not yet of that age: born on this day or later.
            asked.filter.born_before = asked.ages[0].map(|age| first_birth_too_young(age, today));
            asked.filter.born_after = asked.ages[1].map(|age| first_birth_too_young(age + 1, today));
        }
        asked.sort = match query.get("tri") {
            Some("-nom") => Sort::NameReversed,
            Some("age") => Sort::Youngest,
            Some("-age") => Sort::Oldest,
            _ => Sort::Name,
        };
        let place = |name, backwards| Some((query.get(name)?.parse().ok()?, backwards));
        asked.place = place("apres", false).or_else(|| place("avant", true));
        asked
    }
}

/// The first birth date of those who have not reached an age on a day.
fn first_birth_too_young(age: u16, on: Date) -> Date {
    let mut birth = on.checked_sub(i32::from(age).years()).unwrap_or(Date::MIN);
    while law::age::reached(birth, age, on) {
        let Ok(next) = birth.tomorrow() else { break };
        birth = next;
    }
    birth
}

/// A structure by its name as the list of suggestions writes it, or by its code.
fn structure_called(names: &Names, text: &str) -> Option<Id<Structure>> {
    if let Some(structure) = names.find(text.trim()) {
        return Some(structure);
    }
    let wanted = fold(text);
    let offered = names.offered(SubjectKind::Structure);
    let (code, _) = offered.into_iter().find(|(_, name)| fold(name) == wanted)?;
    names.find(code)
}

struct View<'a> {
    asked: &'a Asked,
    query: &'a Query,
    sector: &'a Sector,
    names: &'a Names,
    today: Date,
}

impl View<'_> {
    fn commune_name<'b>(&'b self, code: &'b str) -> &'b str {
        self.names.find::<Commune>(code).map_or(code, |commune| self.names.name(commune))
    }

    /// Which people these are, and why.
    fn lead(&self) -> String {
        let day = fr::date_long(self.today);
        match (self.sector, self.asked.structure) {
            (Sector::Own { structure, communes }, _) => {
                let communes: Vec<&str> = communes.iter().map(|code| self.commune_name(code)).collect();
                format!(
                    "Personnes domiciliées dans le secteur «\u{a0}{}\u{a0}» ({}) au {day}\u{202f}; l’orientation précisera qui la structure suit.",
                    self.names.name(*structure),
                    fr::list(&communes)
                )
            }
            (Sector::Any, Some(structure)) => format!(
                "Personnes domiciliées dans le secteur «\u{a0}{}\u{a0}» au {day}\u{202f}; l’orientation précisera qui la structure suit.",
                self.names.name(structure)
            ),
            (Sector::Any, None) => format!("Adultes des foyers RSA de tout le département, au {day}."),
        }
    }

    fn filters(&self) -> FilterBar {
        let value = |name| self.query.get(name).unwrap_or_default();
        let mut bar = FilterBar::new(PATH, self.query);
        if *self.sector == Sector::Any {
            let field = Field::typeahead("structure", "Structure", "/fragments/personnes/structures");
            bar = bar.field(field.value(value("structure")).error(self.asked.structure_problem.as_ref()));
        }
        let communes: Vec<(&str, &str)> = match self.sector {
            Sector::Own { communes, .. } => {
                communes.iter().map(|code| (code.as_str(), self.commune_name(code))).collect()
            }
            Sector::Any => self.names.offered(SubjectKind::Commune),
        };
        let communes = communes.into_iter().map(|(code, name)| Choice::new(code, name));
        let states = (0..=6).map(|state| state.to_string());
        let states = states.map(|state| Choice::new(&*state, fr::capitalised(&labels::right_status(&state).short)));
        let answers = [("", "Tous"), ("oui", "Oui"), ("non", "Non"), ("inconnu", "Inconnu")]
            .map(|(value, label)| Choice::new(value, label));
        let publics = filtered_publics().map(|public| {
            Choice::new(public.code(), public.label_plural()).chosen(self.asked.publics.contains(&public))
        });
        bar = bar
            .field(
                Field::select("commune", "Commune", [Choice::new("", "Toutes")].into_iter().chain(communes))
                    .value(value("commune")),
            )
            .field(
                Field::select("droit", "Droit au RSA", [Choice::new("", "Tous")].into_iter().chain(states))
                    .value(value("droit")),
            )
            .field(Field::select("devoirs", "Droits et devoirs", answers).value(value("devoirs")))
            .field(Field::digits("age_min", "Âge, de").value(value("age_min")).error(self.asked.age_problem.as_ref()))
            .field(Field::digits("age_max", "à (ans compris)").value(value("age_max")))
            .more(Field::checkboxes("public", "Publics (tous à la fois)", publics));
        for (label, value, without) in self.in_force() {
            bar = bar.chip(Chip::new(label, value, without));
        }
        bar
    }

    /// The filters in force: what each is about, its value, and the address of the list without it.
    fn in_force(&self) -> Vec<(&'static str, String, String)> {
        let mut filters = Vec::new();
        let without = |key: &str| self.query.without(key).href(PATH);
        if let Some(structure) = self.asked.structure {
            filters.push(("Structure", self.names.name(structure).to_owned(), without("structure")));
        }
        if let Some(code) = &self.asked.commune {
            filters.push(("Commune", self.commune_name(code).to_owned(), without("commune")));
        }
        if let Some(state) = &self.asked.filter.right_status {
            filters.push(("Droit", labels::right_status(state).short.into_owned(), without("droit")));
        }
        if let Some(answer) = self.asked.filter.obligations {
            let answer = match answer {
                Obligations::Yes => "oui",
                Obligations::No => "non",
                Obligations::Unknown => "inconnu",
            };
            filters.push(("Droits et devoirs", answer.to_owned(), without("devoirs")));
        }
        if self.asked.age_problem.is_none() {
            for (age, label, key) in
                [(self.asked.ages[0], "Âge, au moins", "age_min"), (self.asked.ages[1], "Âge, au plus", "age_max")]
            {
                if let Some(age) = age {
                    filters.push((label, fr::count(age, "an", "ans"), without(key)));
                }
            }
        }
        for public in &self.asked.publics {
            let href = self.query.without_value("public", public.code()).href(PATH);
            filters.push(("Public", public.label_plural().to_owned(), href));
        }
        filters
    }

    fn table(&self, found: &ListPage, may_import: bool) -> Table {
        let columns = [
            Column::text("Personne").sorted_by("nom"),
            Column::number("Âge").sorted_by("age"),
            Column::text("Commune"),
            Column::text("Droit au RSA"),
            Column::text("Droits et devoirs"),
            Column::text("Publics"),
        ];
        let rows = found.cards.iter().map(|card| {
            Row::new([
                words::link(card),
                words::age(card.birth_date, card.birth_date_precision, self.today).into(),
                commune(self.names, &card.commune_code),
                words::right_badge(&card.right_status),
                words::known(card.obligations),
                publics_of(card.publics.cast_unsigned()),
            ])
        });
        let filters: Vec<String> =
            self.in_force().into_iter().map(|(label, value, _)| format!("{label}\u{a0}: {value}")).collect();
        let caption = if filters.is_empty() {
            "Personnes".to_owned()
        } else {
            format!("Personnes ({})", filters.join("\u{202f}; "))
        };
        let place = |key: &str, person: Option<Id<Person>>| {
            person.map(|person| self.query.with(key, person.to_string()).href(PATH))
        };
        Table::new("personnes", caption, columns, rows)
            .sorted(PATH, self.query, "nom")
            .pager(
                Pager::new(summary(found.cards.len(), found.count))
                    .previous(place("avant", found.previous.as_ref().map(|cursor| cursor.person)))
                    .next(place("apres", found.next.as_ref().map(|cursor| cursor.person))),
            )
            .empty(self.empty(may_import))
    }

    fn empty(&self, may_import: bool) -> EmptyState {
        if let Sector::Own { communes, .. } = self.sector
            && communes.is_empty()
        {
            return EmptyState::new(
                "Votre structure n’a pas de secteur aujourd’hui",
                "Aucune commune ne lui est rattachée\u{a0}: demandez à l’administration du département de vérifier la sectorisation.",
            )
            .link(Link::new("/territoire", "Voir le territoire"));
        }
        if !self.in_force().is_empty() {
            return EmptyState::new(
                "Personne ne correspond à ces filtres",
                "Retirez un filtre, ou cherchez la personne par son nom.",
            )
            .link(Link::new(PATH, "Retirer tous les filtres").button(ButtonKind::Secondary));
        }
        let empty = EmptyState::new(
            "Personne pour le moment",
            "La liste se remplit avec le fichier mensuel des bénéficiaires. Un foyer y figure dès que son fichier est importé.",
        );
        if may_import {
            empty.link(Link::new("/imports", "Importer un fichier").button(ButtonKind::Primary))
        } else {
            empty
        }
    }
}

/// « 50 sur 6 012 personnes », « 50 sur plus de 10 000 personnes ».
fn summary(shown: usize, count: i64) -> String {
    let shown = u64::try_from(shown).unwrap_or(u64::MAX);
    let all = u64::try_from(count).unwrap_or(0);
    if count > ListPage::COUNTED {
        format!(
            "{} sur plus de {}",
            fr::number(shown),
            fr::count(ListPage::COUNTED.unsigned_abs(), "personne", "personnes")
        )
    } else if shown >= all {
        fr::count(all, "personne", "personnes")
    } else {
        format!("{} sur {}", fr::number(shown), fr::count(all, "personne", "personnes"))
    }
}

/// The publics that the files of the paying bodies can show; the others would always give an empty list.
fn filtered_publics() -> impl Iterator<Item = Public> {
    Public::ALL
        .into_iter()
        .filter(|public| public.shown_by().iter().all(|fact| fact.source() == Source::BeneficiaryFeed))
}

/// The publics somebody belongs to, but for those that a column or another public says already.
fn publics_of(mask: u64) -> Fragment {
    const SAID: u64 = Public::Beneficiary.mask() | Public::Obligations.mask();
    /// The greater age says the lesser.
    const AGES: [Public; 3] = [Public::Senior, Public::InclusionContractAge, Public::SocialServiceAge];
    let lesser = |public: Public| {
        let rank = AGES.iter().position(|age| *age == public);
        rank.is_some_and(|rank| AGES[rank + 1..].iter().any(|greater| mask & greater.mask() != 0))
    };
    let labels: Vec<&str> =
        Public::in_mask(mask & !SAID).filter(|public| !lesser(*public)).map(Public::label).collect();
    if labels.is_empty() { "—".into() } else { labels.join(", ").into() }
}

/// Structures that serve a sector today, by what is being typed.
async fn structures(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let wanted = fold(query.get("q").unwrap_or_default());
    let picture = territory::picture(&app.platform, &signed.actor, AsOf::now(&app.platform.clock)).await?;
    let found = picture.structures().into_iter().filter(|structure| {
        structure.status == Status::Open
            && structure.kind.has_sectors()
            && fold(&structure.profile.value.name).contains(&wanted)
    });
    let suggestions =
        found.take(20).map(|structure| (structure.profile.value.name.clone(), structure.kind.label().to_owned()));
    Ok(page(&Suggestions::new(suggestions)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn asked(query: &str) -> Asked {
        Asked::read(&Query::parse(Some(query)), &Sector::Any, &Names::default(), date(2026, 11, 22))
    }

    #[test]
    fn ages_become_birth_dates() {
        let between = asked("age_min=25&age_max=25").filter;
        assert_eq!((between.born_after, between.born_before), (Some(date(2000, 11, 23)), Some(date(2001, 11, 23))));
        // Born on a 29 February, of age on the 28th.
        assert_eq!(first_birth_too_young(26, date(2026, 2, 28)), date(2000, 3, 1));
        for wrong in ["age_min=abc", "age_max=300", "age_min=40&age_max=30"] {
            let asked = asked(wrong);
            assert!(
                asked.age_problem.is_some() && asked.filter.born_after.is_none() && asked.filter.born_before.is_none(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn unknown_is_a_filter_of_its_own() {
        assert_eq!(asked("devoirs=inconnu").filter.obligations, Some(Obligations::Unknown));
        assert_eq!(asked("devoirs=non").filter.obligations, Some(Obligations::No));
        assert_eq!(asked("devoirs=peut-etre").filter.obligations, None);
        assert_eq!(asked("public=young&public=senior&public=x").publics, [Public::Young, Public::Senior]);
        assert!(filtered_publics().all(|public| public != Public::LowFrench));
    }

    #[test]
    fn a_public_that_another_says_is_not_repeated() {
        let of =
            |publics: &[Public]| publics_of(publics.iter().fold(0, |mask, public| mask | public.mask())).to_string();
        assert_eq!(
            of(&[Public::Beneficiary, Public::Senior, Public::InclusionContractAge]),
            Public::InclusionContractAge.label()
        );
        assert_eq!(of(&[Public::Obligations]), "—");
    }

    #[test]
    fn the_place_of_a_page_names_nobody() {
        assert_eq!(asked("apres=12&tri=-age").place, Some((Id::new(12), false)));
        assert_eq!(asked("avant=12").place, Some((Id::new(12), true)));
        assert_eq!(asked("apres=diallo").place, None);
    }

    #[test]
    fn a_long_list_is_counted_no_further_than_needed() {
        assert_eq!(summary(50, 6_012), "50 sur 6\u{202f}012\u{a0}personnes");
        assert_eq!(summary(50, ListPage::COUNTED + 1), "50 sur plus de 10\u{202f}000\u{a0}personnes");
        assert_eq!(summary(0, 0), "0\u{a0}personne");
    }

    #[test]
    fn an_unknown_structure_is_said_beside_its_field() {
        let asked = asked("structure=ALI+de+Nulle+part");
        assert!(asked.structure_problem.as_deref().is_some_and(|problem| problem.contains("Nulle part")));
    }

    #[test]
    fn chips_lead_to_the_list_without_them() {
        let query = Query::parse(Some("droit=2&public=young&public=senior&apres=4"));
        let asked = asked("droit=2&public=young&public=senior&apres=4");
        let view = View {
            asked: &asked,
            query: &query,
            sector: &Sector::Any,
            names: &Names::default(),
            today: date(2026, 11, 22),
        };
        let hrefs: Vec<String> = view.in_force().into_iter().map(|(.., href)| href).collect();
        assert_eq!(
            hrefs,
            [
                "/personnes?public=young&public=senior",
                "/personnes?droit=2&public=senior",
                "/personnes?droit=2&public=young"
            ]
        );
    }
}
