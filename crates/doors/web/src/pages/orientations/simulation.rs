//! `/orientations/simulation`: what other rules would have done to the entrants of a period, beside what was done.
//! Nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use base::Date;
use jiff::ToSpan;
use law::orientation::{OrientationRule, PARAMETERS, RuleSet, Settings, Target};
use law::{Parameter, Unit};
use platform::gate::ActionKind;
use support::orientation::{self, Path, Simulation};

use super::words;
use crate::app::App;
use crate::components::{Choice, Column, EmptyState, Field, Figure, Fragment, Notice, Query, Row, Table, Tone};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::page;
use crate::routes::{Policy, Route};
use crate::session::Signed;

pub const PATH: &str = "/orientations/simulation";

/// Says in the address that the form was sent: a box left empty is then a « no ».
const TRIED: &str = "essai";

pub fn routes() -> Vec<Route> {
    vec![Route::new(PATH, Policy::May(ActionKind::DecideOrientations), get(show))]
}

/// The page.
#[derive(Template)]
#[template(path = "orientation_simulation.html")]
struct SimulationPage {
    layout: Layout,
    notice: Notice,
    questions: Questions,
    figures: Vec<Figure>,
    tables: Vec<(&'static str, Table)>,
    may_change: bool,
}

async fn show(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let (today, now) = (app.platform.today(), app.platform.now());
    let in_force = orientation::settings(&app.platform, signed.actor.tenant(), today, now).await?;
    let mut asked = Asked::read(&query, &in_force, today);
    let mut figures = Vec::new();
    let mut tables = Vec::new();
    if let Some((from, to)) = asked.period() {
        let to_excluded = to.tomorrow().unwrap_or(to);
        let known = orientation::simulate(&app.platform, &signed.actor, &in_force, from, to_excluded).await?;
        let tried = match asked.tried() {
            Some(settings) if settings != in_force => {
                orientation::simulate(&app.platform, &signed.actor, &settings, from, to_excluded).await?
            }
            _ => known.clone(),
        };
        figures = summed(&tried);
        tables = vec![
            ("Vers quelles structures", by_target(&known, &tried)),
            ("À côté de ce qui a été décidé", beside_decisions(&tried)),
            ("Quelle règle décide", by_rule(&known, &tried)),
        ];
    }
    let notice = Notice::new(
        Tone::Info,
        "Rien n’est écrit",
        "La simulation relit les faits d’aujourd’hui avec les règles choisies ci-dessous. Aucune proposition ni décision ne change.",
    );
    let layout = signed
        .layout(&app, PATH, "Simuler d’autres règles")
        .lead("Ce que d’autres règles auraient proposé aux entrants d’une période, à côté de ce qui a été décidé.")
        .crumb("Orientations", super::PATH);
    let may_change = signed.may(ActionKind::ManageAccounts);
    let questions = asked.questions(today);
    Ok(page(&SimulationPage { layout, notice, questions, figures, tables, may_change }))
}

/// The form: period, list, switches, numbers.
struct Questions {
    period: [Field; 2],
    rule_set: Field,
    switches: [Field; 2],
    numbers: Vec<Field>,
}

/// What the address asks for, or what is in force.
struct Asked {
    from: String,
    to: String,
    national: bool,
    on: BTreeSet<&'static str>,
    /// By name of parameter: what was typed.
    numbers: BTreeMap<&'static str, String>,
    errors: BTreeMap<&'static str, String>,
    sent: bool,
}

/// The numbers that a simulation may change; the choice of the list is a question of its own.
fn numbers() -> impl Iterator<Item = Parameter> {
    let settings = Settings::default();
    let of = |set| settings.numbers(set).into_iter().map(|(parameter, _)| parameter).collect::<Vec<_>>();
    of(RuleSet::Local).into_iter().chain(of(RuleSet::National))
}

fn national_switch() -> Parameter {
    PARAMETERS[0]
}

impl Asked {
    fn read(query: &Query, in_force: &Settings, today: Date) -> Self {
        let sent = query.get(TRIED).is_some();
        let month_ago = today.checked_sub(1.month()).unwrap_or(today);
        let typed = |name: &str, or: String| query.get(name).map_or(or, str::to_owned);
        let listed = OrientationRule::ALL.into_iter().filter(|rule| rule.switch().is_some());
        let on = match sent {
            true => {
                let ticked: BTreeSet<&str> = query.all("regle").collect();
                listed.map(OrientationRule::code).filter(|code| ticked.contains(code)).collect()
            }
            false => listed.filter(|rule| in_force.applies(*rule, today)).map(OrientationRule::code).collect(),
        };
        let mut known: BTreeMap<&str, u16> = BTreeMap::new();
        for set in RuleSet::ALL {
            known.extend(in_force.numbers(set).into_iter().map(|(parameter, value)| (parameter.name, value)));
        }
        let numbers = numbers()
            .map(|parameter| {
                let value = match (parameter.unit, sent) {
                    (Unit::Switch, true) => u16::from(query.get(parameter.name).is_some()).to_string(),
                    _ => typed(parameter.name, known.get(parameter.name).copied().unwrap_or_default().to_string()),
                };
                (parameter.name, value)
            })
            .collect();
        Self {
            from: typed("du", month_ago.to_string()),
            to: typed("au", today.to_string()),
            national: match query.get("jeu") {
                Some(set) => set == RuleSet::National.code(),
                None => in_force.national_criteria,
            },
            on,
            numbers,
            errors: BTreeMap::new(),
            sent,
        }
    }

    /// First and last day, both included.
    fn period(&mut self) -> Option<(Date, Date)> {
        let (from, to): (Option<Date>, Option<Date>) = (self.from.parse().ok(), self.to.parse().ok());
        for (name, day) in [("du", from), ("au", to)] {
            if day.is_none() {
                self.errors.insert(name, "Indiquez un jour, par exemple 01/11/2026.".to_owned());
            }
        }
        let (from, to) = (from?, to?);
        if to < from {
            self.errors.insert("au", "Le dernier jour précède le premier.".to_owned());
            return None;
        }
        Some((from, to))
    }

    /// The rules asked for; `None` when nothing was sent, or with the errors noted.
    fn tried(&mut self) -> Option<Settings> {
        if !self.sent {
            return None;
        }
        for parameter in numbers() {
            let typed = &self.numbers[parameter.name];
            match typed.trim().parse::<u16>() {
                Ok(number) => {
                    if let Err(refusal) = parameter.value(Some(number)) {
                        self.errors.insert(parameter.name, refusal.to_string());
                    }
                }
                Err(_) => {
                    self.errors.insert(parameter.name, format!("«\u{a0}{typed}\u{a0}» n’est pas un nombre."));
                }
            }
        }
        if !self.errors.is_empty() {
            return None;
        }
        let switched: BTreeMap<&str, bool> = OrientationRule::ALL
            .into_iter()
            .filter_map(|rule| Some((rule.switch()?.name, self.on.contains(rule.code()))))
            .collect();
        let setting = |name: &str| {
            if name == national_switch().name {
                return Some(u16::from(self.national));
            }
            match switched.get(name) {
                Some(on) => Some(u16::from(*on)),
                None => self.numbers.get(name)?.trim().parse().ok(),
            }
        };
        Settings::read(setting).ok()
    }

    fn questions(&self, today: Date) -> Questions {
        let error = |name: &str| self.errors.get(name).cloned();
        let period = [
            Field::date("du", "Informés du").value(&*self.from).required().error(error("du")),
            Field::date("au", "au (compris)").value(&*self.to).required().error(error("au")),
        ];
        let sets = RuleSet::ALL.map(|set| Choice::new(set.code(), set.label()));
        let chosen = if self.national { RuleSet::National } else { RuleSet::Local };
        let rule_set = Field::radios("jeu", "Liste de règles", sets).value(chosen.code()).required();
        let switches = RuleSet::ALL.map(|set| {
            let rules = OrientationRule::listed(set).filter(|rule| rule.rule().applies_on(today));
            let choices =
                rules.map(|rule| Choice::new(rule.code(), rule.label()).chosen(self.on.contains(rule.code())));
            let legend = format!("Règles appliquées\u{a0}: {}", set.label().to_lowercase());
            Field::checkboxes("regle", legend, choices).prefix(set.code())
        });
        let numbers = numbers()
            .map(|parameter| {
                let typed = &self.numbers[parameter.name];
                match parameter.unit {
                    Unit::Switch => Field::checkbox(parameter.name, parameter.label_fr, typed == "1"),
                    unit => {
                        let field = Field::digits(parameter.name, parameter.label_fr).required().value(&**typed);
                        let field = if unit.hint().is_empty() { field } else { field.hint(unit.hint()) };
                        field.error(error(parameter.name))
                    }
                }
            })
            .collect();
        Questions { period, rule_set, switches, numbers }
    }
}

fn people(n: i64) -> String {
    fr::number(n)
}

fn summed(tried: &Simulation) -> Vec<Figure> {
    let sum = |keep: &dyn Fn(&orientation::SimulationLine) -> bool| -> i64 {
        tried.lines.iter().filter(|(line, _)| keep(line)).map(|(_, people)| people).sum()
    };
    let decided = sum(&|line| line.decided.is_some());
    let same = sum(&|line| {
        line.decided.is_some_and(|path| line.proposed.is_some_and(|to| to.path() == words::law_path(path)))
    });
    let conditional = sum(&|line| line.conditional);
    let word = |n: i64| fr::plural(n.unsigned_abs(), "personne", "personnes");
    vec![
        Figure::new("Entrants de la période", people(tried.people), word(tried.people)),
        Figure::new("Sous réserve", people(conditional), word(conditional))
            .note("une information manque pour être sûr"),
        Figure::new("Même parcours que la décision", people(same), word(same))
            .note(format!("sur {}", fr::count(decided.unsigned_abs(), "décision prise", "décisions prises"))),
    ]
}

/// « Service social »; « non concernées » without one.
fn target_name(target: Option<Target>) -> &'static str {
    target.map_or("Non concernées par l’orientation", Target::label)
}

/// How many go to each kind of structure.
fn targets(simulation: &Simulation) -> BTreeMap<Option<Target>, i64> {
    let mut counts = BTreeMap::new();
    for (line, people) in &simulation.lines {
        *counts.entry(line.proposed).or_default() += people;
    }
    counts
}

/// « +12 », « −3 », « = ».
fn difference(before: i64, after: i64) -> String {
    match after - before {
        0 => "=".to_owned(),
        more @ 1.. => format!("+{}", fr::number(more)),
        less => format!("−{}", fr::number(less.unsigned_abs())),
    }
}

fn nobody() -> EmptyState {
    EmptyState::new(
        "Aucun entrant dans cette période",
        "Élargissez la période\u{a0}: elle porte sur le jour où le département a été informé de l’ouverture du droit.",
    )
}

fn compared<K: Ord + Copy>(
    known: &BTreeMap<K, i64>,
    tried: &BTreeMap<K, i64>,
    name: impl Fn(K) -> Fragment,
) -> Vec<Row> {
    let keys: BTreeSet<K> = known.keys().chain(tried.keys()).copied().collect();
    keys.into_iter()
        .map(|key| {
            let of = |counts: &BTreeMap<K, i64>| counts.get(&key).copied().unwrap_or_default();
            let (before, after) = (of(known), of(tried));
            Row::new([name(key), people(before).into(), people(after).into(), difference(before, after).into()])
        })
        .collect()
}

fn comparison(first: &str) -> [Column; 4] {
    [
        Column::text(first),
        Column::number("Règles en vigueur"),
        Column::number("Règles essayées"),
        Column::number("Écart"),
    ]
}

fn by_target(known: &Simulation, tried: &Simulation) -> Table {
    let rows = compared(&targets(known), &targets(tried), |target| target_name(target).into());
    Table::new("par-structure", "Personnes par structure proposée", comparison("Structure proposée"), rows)
        .caption_hidden()
        .empty(nobody())
}

fn by_rule(known: &Simulation, tried: &Simulation) -> Table {
    let name = |code: &'static str| OrientationRule::from_code(code).map_or(code, |rule| rule.label()).into();
    let rows = compared(&known.rules, &tried.rules, name);
    Table::new("par-regle", "Personnes par règle qui décide", comparison("Règle"), rows)
        .caption_hidden()
        .empty(nobody())
}

fn beside_decisions(tried: &Simulation) -> Table {
    let mut counts: BTreeMap<Option<Target>, BTreeMap<Option<&str>, i64>> = BTreeMap::new();
    for (line, people) in &tried.lines {
        let decided = line.decided.map(|path| path.as_code());
        *counts.entry(line.proposed).or_default().entry(decided).or_default() += people;
    }
    let rows = counts.into_iter().map(|(target, decided)| {
        let of = |path: Option<&str>| Fragment::from(people(decided.get(&path).copied().unwrap_or_default()));
        let paths = Path::ALL.iter().map(|path| of(Some(path.as_code())));
        Row::new([target_name(target).into()].into_iter().chain(paths).chain([of(None)]))
    });
    let paths = Path::ALL.iter().map(|path| Column::number(format!("Décidé\u{a0}: {}", path.label().to_lowercase())));
    let columns: Vec<Column> = [Column::text("Structure proposée par les règles essayées")]
        .into_iter()
        .chain(paths)
        .chain([Column::number("Pas encore décidé")])
        .collect();
    Table::new("decisions", "Proposé et décidé", columns, rows).caption_hidden().empty(nobody())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn asked(query: &str) -> Asked {
        Asked::read(&Query::parse(Some(query)), &Settings::default(), date(2026, 11, 22))
    }

    #[test]
    fn the_form_begins_with_what_is_in_force() {
        let mut begun = asked("");
        assert_eq!(begun.period(), Some((date(2026, 10, 22), date(2026, 11, 22))));
        assert!(begun.tried().is_none());
        // Sent as it is, it asks for what is in force.
        let mut query: Vec<String> = begun.on.iter().map(|code| format!("regle={code}")).collect();
        let typed = begun.numbers.iter().filter(|(name, _)| !name.contains("automatic"));
        query.extend(typed.map(|(name, value)| format!("{name}={value}")));
        let same = asked(&format!("essai=1&jeu=local&{}", query.join("&"))).tried();
        assert_eq!(same, Some(Settings::default()));
    }

    #[test]
    fn a_box_left_empty_switches_its_rule_off() {
        let settings = asked("essai=1&jeu=national").tried().unwrap();
        assert!(settings.national_criteria);
        assert!(!settings.applies(OrientationRule::LocalYouth, date(2026, 11, 22)));
        assert!(settings.applies(OrientationRule::LocalOtherwise, date(2026, 11, 22)), "the last resort has no switch");
    }

    #[test]
    fn a_number_outside_its_bounds_is_told_beside_its_field() {
        let mut wrong =
            asked("essai=1&orientation.local.youth_to=99&orientation.local.lone_parent_children=deux&au=hier");
        assert!(wrong.tried().is_none() && wrong.period().is_none());
        for name in ["orientation.local.youth_to", "orientation.local.lone_parent_children", "au"] {
            assert!(wrong.errors.contains_key(name), "{name}");
        }
    }

    #[test]
    fn differences_have_their_sign() {
        assert_eq!((difference(3, 3), difference(3, 15), difference(3, 1)), ("=".into(), "+12".into(), "−2".into()));
    }
}
