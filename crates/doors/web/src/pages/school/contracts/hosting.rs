//! `/ecole/contrats/{id}/accueils`: a stay with another employer of the consortium, what its convention says.

use axum::extract::{Path, RawForm, RawQuery, State};
use axum::response::Response;
use base::{Id, Period};
use facts::Fact;
use platform::{Organisation, Structure};
use school::contract::{self, Contract, ContractFile, HostStay, NewHost};
use territory::{Names, SubjectKind};

use super::super::{Part, Parts, day, days, id, mendable, typed};
use super::{Whole, path};
use crate::app::App;
use crate::components::{
    Badge, Button, ButtonKind, Choice, Column, EmptyState, Field, FilterBar, Flash, Form, Fragment, Link, Query, Row,
    Table,
};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

/// What the convention says in words: field of the form, question, hint, and where it is kept.
type Clause = (&'static str, &'static str, &'static str, fn(&mut HostStay) -> &mut String);

/// The clauses of article R6223-11, in its order.
const CLAUSES: [Clause; 10] = [
    (
        "taches",
        "Nature des tâches confiées",
        "En relation directe avec la formation\u{a0}: accueil, entretiens, ateliers…",
        |stay| &mut stay.tasks,
    ),
    ("horaires", "Horaires", "Par exemple\u{a0}: du lundi au vendredi, de 9\u{a0}h à 17\u{a0}h.", |stay| {
        &mut stay.working_hours
    }),
    ("lieu", "Lieu de travail", "L’adresse où l’alternant·e se rend.", |stay| &mut stay.place),
    ("pieces", "Pièces sur le maître d’apprentissage", "Diplôme, attestation d’ancienneté.", |stay| {
        &mut stay.evidence
    }),
    (
        "information",
        "Information de l’employeur",
        "Comment l’entreprise d’accueil lui dit où en est la formation.",
        |stay| &mut stay.information,
    ),
    ("liaison", "Liaison avec l’école", "Comment les deux tuteurs et l’école se parlent.", |stay| {
        &mut stay.liaison
    }),
    ("partage", "Partage des charges, rémunérations et avantages", "Qui paie quoi pendant l’accueil.", |stay| {
        &mut stay.sharing_of_costs
    }),
    ("transport", "Frais de transport et d’hébergement", "Qui les prend en charge.", |stay| &mut stay.travel_costs),
    ("assurance", "Responsabilité civile", "L’assureur et le contrat de l’entreprise d’accueil.", |stay| {
        &mut stay.insurance
    }),
    ("depositaire", "Organisme chargé du dépôt", "L’opérateur de compétences de l’employeur.", |stay| {
        &mut stay.depositary
    }),
];

/// The stays of a contract, each with its paper and, for those who may, its form.
pub(super) fn table(file: &ContractFile, names: &Names, own: &str, manages: bool) -> Table {
    let rows = file.hosts.iter().map(|fact| {
        let HostStay { host, structure, tutor, convention_on, .. } = &fact.value;
        let paper = Link::new(format!("{own}/conventions/{}", fact.id), "Convention (PDF)");
        let period = fr::period(fact.valid);
        let mut links: Vec<Fragment> = vec![paper.context(period.clone()).into()];
        if manages {
            let change = Link::new(format!("{own}/accueils/{}", fact.id), "Modifier").context(period.clone());
            links.push(Fragment::with_detail("", change));
        }
        Row::new([
            Fragment::with_detail(names.name(*host), names.name(*structure)),
            fr::capitalised(&period).into(),
            match tutor {
                Some(_) => Badge::ok("tuteur désigné").into(),
                None => Badge::danger("sans tuteur").into(),
            },
            match convention_on {
                Some(day) => Badge::ok(format!("signée le {}", fr::date_long(*day))).into(),
                None => Badge::warning("à signer").into(),
            },
            Fragment::join(links),
        ])
    });
    let columns = [
        Column::text("Entreprise d’accueil"),
        Column::text("Période"),
        Column::text("Tuteur"),
        Column::text("Convention"),
        Column::text("Document"),
    ];
    Table::new("accueils", "Accueils dans d’autres entreprises", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Aucun accueil ailleurs", "Toute la formation pratique se fait chez l’employeur."))
}

/// What leads to the form of a new stay.
pub(super) fn add_link(own: &str) -> Link {
    Link::new(format!("{own}/accueils"), "Noter un accueil ailleurs").button(ButtonKind::Secondary)
}

pub async fn new(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let whole = Whole::read(&app, &signed, &own).await?;
    let query = Query::parse(query.as_deref());
    Ok(page(&draw(&app, &signed, &whole, None, &query, None).await?))
}

pub async fn show(
    State(app): State<App>,
    signed: Signed,
    Path((own, stay)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let whole = Whole::read(&app, &signed, &own).await?;
    let known = known(&whole, &stay)?;
    Ok(page(&draw(&app, &signed, &whole, Some(&known), &Query::default(), None).await?))
}

fn known(whole: &Whole, stay: &str) -> Result<Fact<HostStay>, Problem> {
    whole.file.hosts.iter().find(|fact| fact.id.to_string() == stay).cloned().ok_or_else(Problem::not_found)
}

async fn draw(
    app: &App,
    signed: &Signed,
    whole: &Whole,
    known: Option<&Fact<HostStay>>,
    sent: &Query,
    problem: Option<String>,
) -> Result<Parts, Problem> {
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let contract = path(whole.file.record.id);
    let own = match known {
        Some(fact) => format!("{contract}/accueils/{}", fact.id),
        None => format!("{contract}/accueils"),
    };
    let host = match known {
        Some(fact) => Some(fact.value.host),
        None => sent.get("entreprise").and_then(|code| names.find(code)),
    };
    let title = if known.is_some() { "Modifier un accueil" } else { "Noter un accueil ailleurs" };
    let layout = signed
        .layout(app, &own, title)
        .crumb("École", super::super::PATH)
        .crumb(format!("Contrat de {}", whole.file.identity.name()), contract.as_str());
    let mut parts = match host {
        None => {
            let employer = names.code(whole.file.terms.value.employer).to_owned();
            let offered = names.offered(SubjectKind::Organisation).into_iter().filter(|(code, _)| *code != employer);
            let hosts = offered.map(|(code, name)| Choice::new(code, name));
            let choice =
                FilterBar::new(own.as_str(), sent).field(Field::select("entreprise", "Entreprise", hosts).required());
            let part = Part::new("entreprise", "L’entreprise d’accueil", [choice.into()]);
            vec![part.lead("Choisissez-la d’abord\u{a0}: le maître d’apprentissage est de chez elle.")]
        }
        Some(host) => {
            let form = form(app, signed, &names, &own, host, known, sent, problem).await?;
            let rule = "Deux autres entreprises au plus, la moitié du temps en entreprise au plus, un maître \
                        d’apprentissage dans chacune et une convention tripartite (articles R6223-10 à R6223-16).";
            vec![Part::new("accueil", format!("Accueil chez {}", names.name(host)), [form.into()]).lead(rule)]
        }
    };
    if known.is_some() {
        let reason = Form::post(format!("{own}/retirer"))
            .without_focus()
            .field(Field::text("motif", "Pourquoi").required())
            .button(Button::danger("Retirer cet accueil"));
        parts.push(
            Part::new("retirer", "Retirer", [reason.into()])
                .lead("Il n’aura pas lieu, ou il a été noté par erreur\u{a0}: il reste dans l’historique."),
        );
    }
    Ok(Parts::new(layout, parts))
}

#[expect(clippy::too_many_arguments, reason = "what one form is made of")]
async fn form(
    app: &App,
    signed: &Signed,
    names: &Names,
    own: &str,
    host: Id<Organisation>,
    known: Option<&Fact<HostStay>>,
    sent: &Query,
    problem: Option<String>,
) -> Result<Form, Problem> {
    let tutors = contract::tutors_of(&app.platform, &signed.actor, host).await?;
    let mut stay = known.map_or_else(|| HostStay::at(host, Id::new(0)), |fact| fact.value.clone());
    let value = |name: &str, other: String| sent.get(name).map_or(other, str::to_owned);
    let structure = known.map_or_else(String::new, |fact| names.code(fact.value.structure).to_owned());
    let from = known.map_or_else(String::new, |fact| fact.valid.from.to_string());
    let last = known.and_then(|fact| fact.valid.last_day()).map_or_else(String::new, |day| day.to_string());
    let tutor = stay.tutor.map_or_else(String::new, |tutor| tutor.to_string());
    let signed_on = stay.convention_on.map_or_else(String::new, |day| day.to_string());
    let structures = names.offered(SubjectKind::Structure).into_iter().map(|(code, name)| Choice::new(code, name));
    let tutors = std::iter::once(Choice::new("", "À désigner")).chain(tutors.iter().map(|tutor| {
        let people = fr::count(tutor.load.people, "personne suivie", "personnes suivies");
        Choice::new(tutor.id.to_string(), format!("{} ({people})", tutor.profile.value.name))
    }));
    let mut form = Form::post(own)
        .without_focus()
        .problem(problem)
        .hidden("entreprise", names.code(host))
        .field(Field::select("structure", "Lieu d’accueil", structures).value(value("structure", structure)).required())
        .field(Field::date("du", "Premier jour").value(value("du", from)).required())
        .field(Field::date("au", "Dernier jour").value(value("au", last)).required())
        .field(
            Field::select("tuteur", "Maître d’apprentissage de l’entreprise d’accueil", tutors)
                .value(value("tuteur", tutor)),
        );
    for (name, question, hint, field) in CLAUSES {
        let written = field(&mut stay).clone();
        form = form.field(Field::textarea(name, question, 2).value(value(name, written)).hint(hint));
    }
    Ok(form
        .field(
            Field::date("convention", "Convention signée le")
                .value(value("convention", signed_on))
                .hint("Vide tant que les trois parties ne l’ont pas signée."),
        )
        .button(Button::primary("Enregistrer l’accueil"))
        .cancel(own.rsplit_once("/accueils").map_or(own, |(contract, _)| contract)))
}

fn read(form: &Query, names: &Names, replaces: Option<Id<HostStay>>) -> Result<NewHost, String> {
    let host: Id<Organisation> =
        form.get("entreprise").and_then(|code| names.find(code)).ok_or("Choisissez l’entreprise d’accueil.")?;
    let structure: Id<Structure> =
        form.get("structure").and_then(|code| names.find(code)).ok_or("Choisissez le lieu d’accueil.")?;
    let valid: Period = days(form)?;
    if valid.to.is_none() {
        return Err("Choisissez le dernier jour de l’accueil.".to_owned());
    }
    let mut stay = HostStay::at(host, structure);
    stay.tutor = form.get("tuteur").and_then(|text| text.parse().ok());
    stay.convention_on = match form.get("convention") {
        None | Some("") => None,
        Some(_) => Some(day(form, "convention", "le jour de la signature")?),
    };
    for (name, _, _, field) in CLAUSES {
        *field(&mut stay) = form.get(name).unwrap_or_default().to_owned();
    }
    Ok(NewHost { valid, stay, replaces })
}

pub async fn add(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    save(&app, &signed, &own, None, &typed(&body)).await
}

pub async fn change(
    State(app): State<App>,
    signed: Signed,
    Path((own, stay)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    save(&app, &signed, &own, Some(&stay), &typed(&body)).await
}

async fn save(app: &App, signed: &Signed, own: &str, stay: Option<&str>, form: &Query) -> Result<Response, Problem> {
    let contract: Id<Contract> = id(own)?;
    let replaces = stay.map(id).transpose()?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let done = match read(form, &names, replaces) {
        Err(problem) => Err(problem),
        Ok(new) => match contract::set_host(&app.platform, &signed.actor, contract, new).await {
            Ok(()) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(()) => Ok(redirect_with(
            Flash::success("L’accueil est noté. Imprimez sa convention pour les trois signatures."),
            &format!("{}#accueils", path(contract)),
        )),
        Err(problem) => {
            let whole = Whole::read(app, signed, own).await?;
            let known = stay.map(|stay| known(&whole, stay)).transpose()?;
            Ok(to_mend(&draw(app, signed, &whole, known.as_ref(), form, Some(problem)).await?))
        }
    }
}

pub async fn withdraw(
    State(app): State<App>,
    signed: Signed,
    Path((own, stay)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let contract: Id<Contract> = id(&own)?;
    let form = typed(&body);
    let reason = form.get("motif").unwrap_or_default();
    match contract::withdraw_host(&app.platform, &signed.actor, contract, id(&stay)?, reason).await {
        Ok(()) => Ok(redirect_with(Flash::success("L’accueil est retiré."), &format!("{}#accueils", path(contract)))),
        Err(error) => {
            let problem = mendable(error)?;
            let whole = Whole::read(&app, &signed, &own).await?;
            let known = known(&whole, &stay)?;
            Ok(to_mend(&draw(&app, &signed, &whole, Some(&known), &form, Some(problem)).await?))
        }
    }
}
