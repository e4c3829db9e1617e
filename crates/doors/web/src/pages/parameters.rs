//! `/administration/parametres`: values of law and local policy, each dated, cited and marked.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Form as FormData, Path, State};
use axum::response::Response;
use axum::routing::get;
use base::{Date, Period};
use platform::gate::{ActionKind, ManageAccounts, permit};
use platform::parameter::{
    self, Certainty, Parameter, Parameters, READING_LOG_MONTHS, SESSION_IDLE_MINUTES, SMALLEST_COUNT,
};
use platform::{Permit, jobs};
use serde::Deserialize;
use serde_json::Value;
use support::orientation::{APPEAL_ADDRESSEE, APPEAL_CONTACT};

use super::{page, to_mend};
use crate::app::App;
use crate::components::{
    Badge, Button, Choice, Column, Description, EmptyState, Field, Flash, Form, Fragment, Link, Row, Table, Unknown,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::problems::sentence;
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

pub(super) const PATH: &str = "/administration/parametres";

pub fn routes() -> Vec<Route> {
    let policy = Policy::May(ActionKind::ManageAccounts);
    vec![
        Route::new(PATH, policy, get(list)),
        Route::new("/administration/parametres/{nom}", policy, get(show).post(set)),
    ]
}

/// What a parameter is called, and what its number counts.
pub(super) struct Known {
    pub label: String,
    /// The unit of a parameter of the house; those of the law say their own.
    unit: &'static str,
    law: Option<&'static law::Parameter>,
}

pub(super) fn known(name: &str) -> Known {
    if let Some(parameter) = law::parameters().find(|parameter| parameter.name == name) {
        return Known { label: parameter.label_fr.to_owned(), unit: "", law: Some(parameter) };
    }
    match name {
        SESSION_IDLE_MINUTES => {
            Known { label: "Fin d’une session sans activité".to_owned(), unit: "minutes", law: None }
        }
        SMALLEST_COUNT => {
            Known { label: "Plus petit effectif montré hors de la structure".to_owned(), unit: "personnes", law: None }
        }
        APPEAL_ADDRESSEE => {
            Known { label: "À qui s’adresse le recours contre une orientation".to_owned(), unit: "", law: None }
        }
        APPEAL_CONTACT => {
            Known { label: "Où s’adresse le recours contre une orientation".to_owned(), unit: "", law: None }
        }
        // The setting that the house obeys, within the bounds of the rule.
        READING_LOG_MONTHS => known("retention.reading_log_months"),
        _ => Known { label: name.to_owned(), unit: "", law: None },
    }
}

/// « 24 mois », « oui », or the text itself.
fn shown(value: &Value, known: &Known) -> String {
    let unit = known.unit;
    if let Some(words) = known.law.and_then(switched)
        && let Some(on) = value.as_u64()
    {
        return words[usize::from(on != 0)].to_owned();
    }
    let counted = known.law.and_then(|law| Some(law.unit.count(u16::try_from(value.as_u64()?).ok()?)));
    match value {
        _ if let Some(counted) = counted => counted,
        Value::Number(number) if unit.is_empty() => fr::number(number),
        Value::Number(number) => format!("{}\u{a0}{unit}", fr::number(number)),
        Value::Bool(yes) => fr::yes_no(Some(*yes)).to_owned(),
        Value::String(text) if text.is_empty() => "non renseigné".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What off and on are called, when the parameter is a switch.
fn switched(law: &law::Parameter) -> Option<[&'static str; 2]> {
    let a_rule = law::orientation::SWITCHES.iter().any(|switch| switch.name == law.name);
    match law.unit {
        law::Unit::Switch if a_rule => Some(["non appliquée", "appliquée"]),
        law::Unit::Switch => Some(["non", "oui"]),
        _ => None,
    }
}

fn mark(certainty: Certainty) -> Badge {
    match certainty {
        Certainty::Confirmed => Badge::ok("confirmé"),
        Certainty::Uncertain => Badge::warning("à confirmer"),
    }
}

async fn authors(app: &App, permit: &Permit<ManageAccounts>) -> Result<HashMap<i64, String>, Problem> {
    let accounts = platform::account::list(&app.platform, permit).await?;
    Ok(accounts.into_iter().map(|account| (account.id.raw(), account.name)).collect())
}

/// The page.
#[derive(Template)]
#[template(path = "parameters.html")]
struct ParametersPage {
    layout: Layout,
    groups: Vec<(&'static str, Table)>,
}

async fn list(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    let permit = permit::<ManageAccounts>(&signed.actor)?;
    let today = app.platform.today();
    let parameters = Parameters::known_at(&app.platform.db, permit.tenant(), app.platform.now()).await?;
    let authors = authors(&app, &permit).await?;
    let mut groups: Vec<(&'static str, Vec<Row>)> = Vec::new();
    for fact in parameters.all().iter().filter(|fact| fact.valid.contains(today)) {
        let known = known(&fact.value.name);
        let coming =
            parameters.all().iter().find(|other| other.value.name == fact.value.name && other.valid.from > today);
        let coming = coming.map(|next| {
            format!("puis {} à partir du {}", shown(&next.value.value.0, &known), fr::date_long(next.valid.from))
        });
        let value: Fragment = shown(&fact.value.value.0, &known).into();
        let author = fact
            .provenance
            .author
            .and_then(|author| authors.get(&author.raw()))
            .map_or("livré avec l’application", String::as_str);
        let row = Row::new([
            Fragment::with_detail(
                Link::new(format!("{PATH}/{}", fact.value.name), known.label.as_str()),
                fact.value.name.as_str(),
            ),
            match coming {
                Some(coming) => Fragment::with_detail(value, coming),
                None => value,
            },
            mark(fact.value.certainty).into(),
            fact.value.citation.as_str().into(),
            Fragment::with_detail(fr::date_long(fact.valid.from), author),
        ]);
        add(&mut groups, &fact.value.name, row);
    }
    let tables = groups.into_iter().zip(1..).map(|((group, rows), number)| {
        let columns = [
            Column::text("Paramètre"),
            Column::text("Valeur"),
            Column::text("Certitude"),
            Column::text("Texte ou décision"),
            Column::text("Depuis le"),
        ];
        (group, Table::new(format!("parametres-{number}"), group, columns, rows).caption_hidden())
    });
    let layout = signed
        .layout(&app, PATH, "Paramètres")
        .lead("Une nouvelle valeur s’ajoute à partir d’une date\u{a0}: les décisions d’hier gardent la règle d’hier.")
        .crumb("Accueil", "/");
    Ok(page(&ParametersPage { layout, groups: tables.collect() }))
}

fn add(groups: &mut Vec<(&'static str, Vec<Row>)>, name: &str, row: Row) {
    let group = group_of(name);
    match groups.iter_mut().find(|(known, _)| *known == group) {
        Some((_, rows)) => rows.push(row),
        None => groups.push((group, vec![row])),
    }
}

fn group_of(name: &str) -> &'static str {
    match name.split('.').next() {
        Some("publics") => "Publics",
        Some("orientation") => "Orientation",
        Some("workload") => "Charge des conseillers",
        Some("delay" | "delays") => "Délais",
        Some("retention" | "reading_log") => "Conservation des données",
        Some("session") => "Sécurité",
        Some("statistics") => "Secret statistique",
        Some("apprenticeship") => "Alternance",
        _ => "Autres",
    }
}

/// The page of one parameter.
#[derive(Template)]
#[template(path = "parameter.html")]
struct ParameterPage {
    layout: Layout,
    about: Option<Description>,
    values: Table,
    form: Form,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    valeur: String,
    debut: String,
    fin: String,
    texte: String,
    certitude: String,
}

#[derive(Default)]
struct Errors {
    value: Option<String>,
    from: Option<String>,
    to: Option<String>,
    citation: Option<String>,
    whole: Option<String>,
}

async fn show(State(app): State<App>, signed: Signed, Path(name): Path<String>) -> Result<Response, Problem> {
    let typed =
        Typed { debut: app.platform.today().to_string(), certitude: "confirmed".to_owned(), ..Typed::default() };
    Ok(page(&draw(&app, &signed, &name, &typed, Errors::default()).await?))
}

async fn draw(app: &App, signed: &Signed, name: &str, typed: &Typed, errors: Errors) -> Result<ParameterPage, Problem> {
    let permit = permit::<ManageAccounts>(&signed.actor)?;
    let parameters = Parameters::known_at(&app.platform.db, permit.tenant(), app.platform.now()).await?;
    let authors = authors(app, &permit).await?;
    let mut own: Vec<_> = parameters.all().iter().filter(|fact| fact.value.name == name).collect();
    if own.is_empty() {
        return Err(Problem::not_found());
    }
    own.sort_by_key(|fact| std::cmp::Reverse(fact.valid.from));
    let known = known(name);
    let today = app.platform.today();
    let rows = own.iter().map(|fact| {
        let author = fact
            .provenance
            .author
            .and_then(|author| authors.get(&author.raw()))
            .map_or("livré avec l’application", String::as_str);
        let in_force = fact.valid.contains(today).then(|| Badge::info("aujourd’hui"));
        Row::new([
            Fragment::join([shown(&fact.value.value.0, &known).into(), in_force.into()]),
            fr::period(fact.valid).into(),
            mark(fact.value.certainty).into(),
            fact.value.citation.as_str().into(),
            Fragment::with_detail(fr::moment(fact.recorded_at), author),
        ])
    });
    let columns = [
        Column::text("Valeur"),
        Column::text("Période"),
        Column::text("Certitude"),
        Column::text("Texte ou décision"),
        Column::text("Enregistrée le"),
    ];
    let values = Table::new("valeurs", "Valeurs", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Aucune valeur", "Donnez-en une ci-dessous."));
    let about = known.law.map(|parameter| {
        let rule = law::rule(parameter.rule);
        Description::new()
            .line("Règle qui s’en sert", Unknown::FEMININE.or(rule.map(|rule| rule.summary_fr)))
            .line("Valeur d’origine", shown(&parameter.default.into(), &known))
            .line(
                "Entre",
                match switched(parameter) {
                    Some([off, on]) => format!("{on} ou {off}"),
                    None => format!("{} et {}", parameter.bounds.0, parameter.unit.count(parameter.bounds.1)),
                },
            )
    });
    let unit = match known.law {
        Some(law) => law.unit.hint().to_owned(),
        None if known.unit.is_empty() => String::new(),
        None => format!("En {}.", known.unit),
    };
    let value = match known.law.and_then(switched) {
        Some([off, on]) => {
            let answers = [Choice::new("1", fr::capitalised(on)), Choice::new("0", fr::capitalised(off))];
            Field::radios("valeur", "Nouvelle valeur", answers)
        }
        None => Field::text("valeur", "Nouvelle valeur").hint(unit).autocomplete("off"),
    };
    let marks = [Choice::new("confirmed", "Confirmé par le texte cité"), Choice::new("uncertain", "À confirmer")];
    let form = Form::post(format!("{PATH}/{name}"))
        .problem(errors.whole)
        .field(value.value(&*typed.valeur).required().error(errors.value))
        .field(Field::date("debut", "À partir du").value(&*typed.debut).required().error(errors.from))
        .field(Field::date("fin", "Jusqu’au (dernier jour)").value(&*typed.fin).error(errors.to))
        .field(
            Field::text("texte", "Texte ou décision")
                .hint(
                    "Comme on le citerait\u{a0}: «\u{a0}délibération n°\u{a0}2026-11 du 12\u{a0}novembre 2026\u{a0}».",
                )
                .value(&*typed.texte)
                .required()
                .error(errors.citation),
        )
        .field(Field::radios("certitude", "Certitude", marks).value(&*typed.certitude).required())
        .button(Button::primary("Enregistrer cette valeur"))
        .cancel(PATH);
    let layout = signed
        .layout(app, &format!("{PATH}/{name}"), &known.label)
        .lead(name)
        .crumb("Accueil", "/")
        .crumb("Paramètres", PATH);
    Ok(ParameterPage { layout, about, values, form })
}

async fn set(
    State(app): State<App>,
    signed: Signed,
    Path(name): Path<String>,
    FormData(typed): FormData<Typed>,
) -> Result<Response, Problem> {
    let permit = permit::<ManageAccounts>(&signed.actor)?;
    let errors = match read(&name, &typed) {
        Err(errors) => errors,
        Ok((valid, parameter)) => match parameter::set(&app.platform, &permit, valid, parameter).await {
            Ok(()) => {
                if law::publics::PARAMETERS.iter().any(|parameter| parameter.name == name) {
                    // Lists count people by these numbers, from the first day of the value to the day after its last.
                    for day in std::iter::once(valid.from).chain(valid.to) {
                        let kind = support::jobs::RECOMPUTE_CARDS;
                        jobs::ask_for_day(&app.platform, &permit, kind, Value::Null, day).await?;
                    }
                }
                if law::orientation::Settings::names().any(|own| own == name) {
                    for day in std::iter::once(valid.from).chain(valid.to) {
                        let kind = support::jobs::PROPOSE;
                        jobs::ask_for_day(&app.platform, &permit, kind, Value::Null, day).await?;
                    }
                }
                let from = fr::date_long(valid.from);
                let flash = Flash::success(format!("La nouvelle valeur vaut à partir du {from}."));
                return Ok(redirect_with(flash, &format!("{PATH}/{name}")));
            }
            Err(error @ (platform::Error::Rule(_) | platform::Error::Conflict(_))) => {
                Errors { whole: Some(sentence(&error.to_string())), ..Errors::default() }
            }
            Err(error) => return Err(error.into()),
        },
    };
    Ok(to_mend(&draw(&app, &signed, &name, &typed, errors).await?))
}

fn read(name: &str, typed: &Typed) -> Result<(Period, Parameter), Errors> {
    let mut errors = Errors::default();
    let text = typed.valeur.trim().replace(['\u{a0}', '\u{202f}', ' '], "");
    let value: Value = match text.parse::<i64>() {
        Ok(number) => {
            if let (Some(law), Ok(number)) = (known(name).law, u16::try_from(number.max(0)))
                && let Err(refusal) = law.value(Some(number))
            {
                errors.value = Some(refusal.to_string());
            }
            number.into()
        }
        Err(_) if text.is_empty() => {
            errors.value = Some("Indiquez la nouvelle valeur.".to_owned());
            Value::Null
        }
        // Anything but a number: as JSON if it is, else the text as typed.
        Err(_) => serde_json::from_str(&typed.valeur).unwrap_or_else(|_| typed.valeur.trim().into()),
    };
    let from: Option<Date> = typed.debut.parse().ok();
    if from.is_none() {
        errors.from = Some("Indiquez le premier jour, par exemple 01/01/2027.".to_owned());
    }
    let last: Option<Date> = typed.fin.parse().ok();
    if last.is_none() && !typed.fin.is_empty() {
        errors.to = Some("Cette date n’existe pas.".to_owned());
    }
    let citation = typed.texte.trim().to_owned();
    if citation.is_empty() {
        errors.citation = Some("Indiquez le texte ou la décision dont vient cette valeur.".to_owned());
    }
    let valid = from.and_then(|from| Period::new(from, last.and_then(|last| last.tomorrow().ok())));
    if from.is_some() && valid.is_none() {
        errors.to = Some("Le dernier jour précède le premier.".to_owned());
    }
    let Errors { value: None, from: None, to: None, citation: None, whole: None } = &errors else { return Err(errors) };
    let Some(valid) = valid else { return Err(errors) };
    let certainty = Certainty::from_code(&typed.certitude).unwrap_or(Certainty::Uncertain);
    Ok((valid, Parameter::new(name, value, citation, certainty)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(value: &str, from: &str, to: &str) -> Typed {
        let text = |text: &str| text.to_owned();
        Typed {
            valeur: text(value),
            debut: text(from),
            fin: text(to),
            texte: text("Décision"),
            certitude: text("uncertain"),
        }
    }

    #[test]
    fn a_value_is_checked_against_its_rule() {
        let (valid, parameter) =
            read("retention.active_file_months", &typed("12", "2027-01-01", "2027-12-31")).map_err(|_| ()).unwrap();
        assert_eq!(valid.to, Some("2028-01-01".parse().unwrap()));
        assert_eq!(parameter.value.0, 12);
        let refused = read("retention.active_file_months", &typed("99", "2027-01-01", "")).map(drop).unwrap_err();
        assert!(refused.value.unwrap().contains("de 1 à 24\u{a0}mois"));
    }

    #[test]
    fn a_switch_reads_as_what_it_does() {
        let of = |name: &str, value: u64| shown(&value.into(), &known(name));
        let switch = law::orientation::SWITCHES[0].name;
        assert_eq!((of(switch, 1), of(switch, 0)), ("appliquée".to_owned(), "non appliquée".to_owned()));
        assert_eq!(of("orientation.national_criteria", 0), "non");
        assert!(switched(law::parameters().find(|own| own.unit == law::Unit::Months).unwrap()).is_none());
    }

    #[test]
    fn every_fault_is_told_beside_its_field() {
        let typed = Typed { texte: String::new(), ..typed("", "2027-02-30", "2026-13-01") };
        let errors = read("session.idle_minutes", &typed).map(drop).unwrap_err();
        assert!(errors.value.is_some() && errors.from.is_some() && errors.to.is_some() && errors.citation.is_some());
    }
}
