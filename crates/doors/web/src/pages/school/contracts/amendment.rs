//! `/ecole/contrats/{id}/avenant`: what a contract says from a day on.

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use base::{Date, Id};
use facts::Fact;
use school::contract::{self, Contract, ContractFile, Regime, Terms};
use territory::{Names, SubjectKind};

use super::super::draw_up::money;
use super::super::{Part, Parts, day, id, mendable, typed, whole};
use super::{Whole, euros, path};
use crate::app::App;
use crate::components::{Button, Choice, Column, Field, Flash, Form, Fragment, Query, Row, Table, Unknown};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

/// What the contract said and says, period by period, the last first.
pub(super) fn table(file: &ContractFile, names: &Names) -> Table {
    let mut versions: Vec<&Fact<Terms>> = file.amended.iter().chain(std::iter::once(&file.terms)).collect();
    versions.sort_by_key(|fact| std::cmp::Reverse(fact.valid.from));
    let rows = versions.iter().enumerate().map(|(position, fact)| {
        let terms = &fact.value;
        let what = if position + 1 == versions.len() { "contrat" } else { "avenant" };
        let end = fr::date_long(terms.last_day);
        Row::new([
            Fragment::with_detail(format!("à partir du {}", fr::date_long(fact.valid.from)), what),
            names.name(terms.structure).into(),
            match terms.extended {
                true => Fragment::with_detail(end, "prolongé après un échec"),
                false => end.into(),
            },
            Unknown::MASCULINE.or(terms.monthly_pay.map(euros)),
        ])
    });
    let columns = [
        Column::text("Depuis"),
        Column::text("Lieu de travail"),
        Column::text("Dernier jour"),
        Column::number("Salaire mensuel"),
    ];
    Table::new("avenants", "Ce que dit le contrat", columns, rows).caption_hidden()
}

pub async fn show(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let whole = Whole::read(&app, &signed, &own).await?;
    Ok(page(&draw(&app, &signed, &whole, &Query::default(), None).await?))
}

async fn draw(
    app: &App,
    signed: &Signed,
    whole: &Whole,
    sent: &Query,
    problem: Option<String>,
) -> Result<Parts, Problem> {
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let contract = path(whole.file.record.id);
    let own = format!("{contract}/avenant");
    let terms = &latest(&whole.file).value;
    let tutors = contract::tutors_of(&app.platform, &signed.actor, terms.employer).await?;
    let value = |name: &str, known: String| sent.get(name).map_or(known, str::to_owned);
    let plain =
        |cents: Option<i64>| cents.map_or_else(String::new, |cents| format!("{},{:02}", cents / 100, cents % 100));
    let structures = names.offered(SubjectKind::Structure).into_iter().map(|(code, name)| Choice::new(code, name));
    let tutors = std::iter::once(Choice::new("", "À désigner")).chain(tutors.iter().map(|tutor| {
        let people = fr::count(tutor.load.people, "personne suivie", "personnes suivies");
        Choice::new(tutor.id.to_string(), format!("{} ({people})", tutor.profile.value.name))
    }));
    let mut form = Form::post(own.as_str())
        .without_focus()
        .problem(problem)
        .field(Field::date("effet", "L’avenant prend effet le").value(value("effet", String::new())).required())
        .field(
            Field::select("structure", "Lieu de travail", structures)
                .value(value("structure", names.code(terms.structure).to_owned()))
                .required(),
        )
        .field(
            Field::select("tuteur", "Tuteur ou tutrice", tutors)
                .value(value("tuteur", terms.tutor.map_or_else(String::new, |tutor| tutor.to_string()))),
        )
        .field(Field::date("au", "Dernier jour du contrat").value(value("au", terms.last_day.to_string())).required());
    if terms.regime == Regime::Apprenticeship {
        let checked = if sent.get("effet").is_some() { sent.get("prolonge").is_some() } else { terms.extended };
        form = form.field(
            Field::checkbox("prolonge", "Prolongation après un échec à l’examen", checked)
                .hint("Article L6222-11\u{a0}: le maître d’apprentissage peut alors suivre une personne de plus."),
        );
    }
    let form = form
        .field(
            Field::text("salaire", "Salaire mensuel brut, en euros").value(value("salaire", plain(terms.monthly_pay))),
        )
        .field(Field::text("prix", "Prise en charge par an, en euros").value(value("prix", plain(terms.annual_price))))
        .field(
            Field::digits("formation", "Heures de formation")
                .value(value("formation", terms.training_hours.to_string()))
                .required(),
        )
        .field(
            Field::digits("travail", "Heures du contrat, formation comprise")
                .value(value("travail", terms.contract_hours.to_string()))
                .required(),
        )
        .button(Button::primary("Noter l’avenant"))
        .cancel(contract.as_str());
    let lead = "Modifiez ce qui change. Le premier jour, la nature du contrat et l’employeur ne changent pas par \
                avenant.";
    let layout = signed
        .layout(app, &own, "Noter un avenant")
        .crumb("École", super::super::PATH)
        .crumb(format!("Contrat de {}", whole.file.identity.name()), contract);
    Ok(Parts::new(layout, vec![Part::new("avenant", "Ce que le contrat dira", [form.into()]).lead(lead)]))
}

/// What the contract says last, an amendment to come included.
fn latest(file: &ContractFile) -> &Fact<Terms> {
    file.amended.iter().chain(std::iter::once(&file.terms)).max_by_key(|fact| fact.valid.from).unwrap_or(&file.terms)
}

fn read(form: &Query, names: &Names, known: &Terms) -> Result<(Date, Terms), String> {
    let terms = Terms {
        structure: form.get("structure").and_then(|code| names.find(code)).ok_or("Choisissez le lieu de travail.")?,
        tutor: form.get("tuteur").and_then(|text| text.parse().ok()),
        last_day: day(form, "au", "le dernier jour du contrat")?,
        extended: form.get("prolonge").is_some(),
        monthly_pay: money(form, "salaire", "le salaire")?,
        annual_price: money(form, "prix", "la prise en charge")?,
        training_hours: whole(form, "formation", "les heures de formation")?,
        contract_hours: whole(form, "travail", "les heures du contrat")?,
        ..known.clone()
    };
    Ok((day(form, "effet", "le jour où l’avenant prend effet")?, terms))
}

pub async fn note(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let contract: Id<Contract> = id(&own)?;
    let form = typed(&body);
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let whole = Whole::read(&app, &signed, &own).await?;
    let done = match read(&form, &names, &latest(&whole.file).value) {
        Err(problem) => Err(problem),
        Ok((from, terms)) => match contract::amend(&app.platform, &signed.actor, contract, from, terms).await {
            Ok(()) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(()) => Ok(redirect_with(Flash::success("L’avenant est noté."), &format!("{}#avenants", path(contract)))),
        Err(problem) => Ok(to_mend(&draw(&app, &signed, &whole, &form, Some(problem)).await?)),
    }
}
