//! `/ecole/contrats/{id}`: a contract, its events, its clocks, what the OPCO will look at; the papers it needs.

pub mod amendment;
pub mod hosting;
pub mod money;

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use base::{Date, Id, Period};
use exchange::documents::{HostingConvention, Issue, Party, PreCheckSheet, Stay, Tutor};
use facts::Fact;
use law::apprenticeship::{BrokenBy, Finding};
use law::publics::Answer;
use platform::gate::ActionKind;
use school::cohort::{self, CohortView, DayKind};
use school::contract::{self, Contract, ContractEvent, ContractEventKind, ContractFile, HostStay, Regime};
use school::referential::{self, Shown};
use territory::Names;

use super::people::{clock_badge, clock_count, contract_state};
use super::{Part, Parts, cohort_path, day, id, mendable, typed};
use crate::app::App;
use crate::components::{
    Badge, Button, ButtonKind, Choice, Column, Description, EmptyState, Event, Field, Flash, Form, Fragment, Link,
    Query, Row, Table, Timeline, Unknown,
};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

pub(super) fn path(contract: Id<Contract>) -> String {
    format!("/ecole/contrats/{contract}")
}

/// « 1 234,50 € ».
fn euros(cents: i64) -> String {
    format!("{},{:02}\u{a0}€", fr::number(cents / 100), (cents % 100).abs())
}

fn answer(finding: &Finding) -> Badge {
    match finding.answer {
        Answer::Yes => Badge::ok("conforme"),
        Answer::No => Badge::danger("non conforme"),
        Answer::Unknown => Badge::warning("à vérifier"),
    }
}

fn findings(id: &str, name: &str, findings: &[Finding]) -> Table {
    let rows = findings
        .iter()
        .map(|finding| Row::new([finding.why.as_str().into(), answer(finding).into(), finding.citation.into()]));
    let columns = [Column::text("Point"), Column::text("Réponse"), Column::text("Texte")];
    Table::new(id, name, columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Rien à vérifier", "Aucune règle de cette liste ne s’applique à ce régime."))
}

/// A contract with the cohort and title it is about.
struct Whole {
    file: ContractFile,
    cohort: CohortView,
    shown: Shown,
}

impl Whole {
    async fn read(app: &App, signed: &Signed, own: &str) -> Result<Self, Problem> {
        let (platform, actor) = (&app.platform, &signed.actor);
        let file = contract::contract(platform, actor, id(own)?).await?;
        let cohort = cohort::show(platform, actor, file.record.cohort).await?;
        let shown = referential::show(platform, actor, cohort.profile.value.referential).await?;
        Ok(Self { file, cohort, shown })
    }

    /// What the referential leaves to verify of the title's name and registration: the papers rest on these alone.
    fn to_verify(&self, today: Date) -> Vec<String> {
        let needed = ["name".to_owned(), "level".to_owned(), "validity".to_owned()];
        let open = self.shown.title().unverified(&self.shown.confirmed(today), &needed);
        open.into_iter().map(|item| format!("{} du titre", item.label.to_lowercase())).collect()
    }
}

pub async fn show(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let whole = Whole::read(&app, &signed, &own).await?;
    let sent = Sent { form: &Query::default(), of: "", problem: None };
    Ok(page(&draw(&app, &signed, &whole, &sent).await?))
}

/// A form of the page that came back to be mended.
struct Sent<'a> {
    form: &'a Query,
    /// Which of the forms.
    of: &'static str,
    problem: Option<String>,
}

impl Sent<'_> {
    /// What was typed in a form of the page, and what is wrong with it.
    fn of(&self, form: &str) -> (Query, Option<String>) {
        if self.of == form { (self.form.clone(), self.problem.clone()) } else { (Query::default(), None) }
    }
}

async fn draw(app: &App, signed: &Signed, whole: &Whole, sent: &Sent<'_>) -> Result<Parts, Problem> {
    let Whole { file, cohort, .. } = whole;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let today = app.platform.today();
    let own = path(file.record.id);
    let terms = &file.terms.value;
    let money = |cents: Option<i64>| cents.map(euros);
    let description = Description::new()
        .line("Nature", terms.regime.label())
        .line("État", contract_state(&file.terms.value, &file.events, today))
        .line("Employeur", Fragment::with_detail(names.name(terms.employer), names.name(terms.structure)))
        .line("Période", format!("du {} au {}", fr::date_long(terms.first_day), fr::date_long(terms.last_day)))
        .line("Salaire mensuel brut", Unknown::MASCULINE.or(money(terms.monthly_pay)))
        .line("Prise en charge par an", Unknown::FEMININE.or(money(terms.annual_price)))
        .line(
            "Formation",
            format!(
                "{} sur {} de contrat",
                fr::count(terms.training_hours.unsigned_abs(), "heure", "heures"),
                fr::count(terms.contract_hours.unsigned_abs(), "heure", "heures")
            ),
        );
    let rows = file.clocks.iter().map(|clock| {
        Row::new([
            Fragment::with_detail(clock.kind.label(), clock.citation),
            clock_badge(clock).into(),
            Fragment::with_detail(clock_count(clock), clock.why.as_str()),
        ])
    });
    let clocks =
        Table::new("delais", "Délais", [Column::text("Délai"), Column::text("État"), Column::text("Compte")], rows)
            .caption_hidden()
            .empty(EmptyState::new(
                "Aucun délai ne court",
                "Les délais partent des événements du contrat et du calendrier.",
            ));
    let events = file.events.iter().map(|fact| {
        let by = BrokenBy::from_code(&fact.value.by_whom).map(|by| format!(" par {}", by.label())).unwrap_or_default();
        let event = Event::new(fact.valid.from, format!("{}{by}", fact.value.kind.label()));
        if fact.value.comment.is_empty() { event } else { event.detail(fact.value.comment.as_str()) }
    });
    let events: Vec<Event> = events.collect();
    let mut happened: Vec<Fragment> = Vec::new();
    match events.is_empty() {
        true => {
            happened.push(EmptyState::new("Aucun événement", "Notez la signature, la transmission, l’accord.").into())
        }
        false => happened.push(Timeline::new(events).into()),
    }
    let manages = signed.may(ActionKind::ManageContracts);
    if manages {
        happened.push(event_form(&own, sent, today).into());
    }
    let mut checks: Vec<Fragment> =
        vec![findings("controle", "Ce que l’opérateur de compétences vérifie", &file.precheck).into()];
    if terms.regime == Regime::Apprenticeship {
        checks.push(
            Link::new(format!("{own}/verification"), "Feuille de vérification (PDF)")
                .button(ButtonKind::Secondary)
                .into(),
        );
    }
    let mut stays: Vec<Fragment> = vec![hosting::table(file, &names, &own, manages).into()];
    let mut versions: Vec<Fragment> = vec![amendment::table(file, &names).into()];
    if manages {
        stays.push(hosting::add_link(&own).into());
        versions.push(Link::new(format!("{own}/avenant"), "Noter un avenant").button(ButtonKind::Secondary).into());
    }
    let mut parts = vec![
        Part::new("contrat", "Le contrat", [description.into()]),
        Part::new("delais", "Délais", [clocks.into()]),
        Part::new("evenements", "Événements", happened),
        Part::new("controle", "Avant dépôt (article D6224-2)", checks),
        Part::new(
            "conditions",
            "Conditions du contrat",
            [findings("conditions", "Conditions du contrat", &file.conditions).into()],
        ),
        Part::new("accueils", "Accueils dans d’autres entreprises", stays),
        Part::new("avenants", "Ce que dit le contrat", versions),
    ];
    if !file.schedule.is_empty() || !file.invoices.is_empty() {
        let mut money: Vec<Fragment> = Vec::new();
        if !file.schedule.is_empty() {
            money.push(money::schedule(file, today).into());
        }
        money.push(money::invoices(file, &own, manages, today).into());
        if manages {
            money.push(money::form(file, &own, sent, today).into());
        }
        parts.push(Part::new("versements", "Versements attendus et factures", money));
    }
    let layout = signed
        .layout(app, &own, &format!("Contrat de {}", file.identity.name()))
        .crumb("École", super::PATH)
        .crumb(cohort.profile.value.name.as_str(), cohort_path(cohort))
        .crumb(file.identity.name(), super::files::file_path(file.record.learner));
    Ok(Parts::new(layout, parts))
}

fn event_form(own: &str, sent: &Sent<'_>, today: Date) -> Form {
    let (typed, problem) = sent.of("evenement");
    let value = |name: &str, other: &str| typed.get(name).unwrap_or(other).to_owned();
    let kinds = ContractEventKind::noted().map(|kind| Choice::new(kind.as_code(), kind.label()));
    let by = std::iter::once(Choice::new("", "Sans objet"))
        .chain(BrokenBy::ALL.iter().map(|by| Choice::new(by.code(), fr::capitalised(by.label()))));
    Form::post(format!("{own}/evenements"))
        .without_focus()
        .problem(problem)
        .field(Field::select("nature", "Événement", kinds).value(value("nature", "signed")).required())
        .field(Field::date("le", "Date").value(value("le", &today.to_string())).required())
        .field(Field::select("par", "En cas de rupture, par qui", by).value(value("par", "")))
        .field(Field::text("commentaire", "Commentaire").value(value("commentaire", "")))
        .button(Button::primary("Noter l’événement"))
}

pub async fn note_event(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let contract: Id<Contract> = id(&own)?;
    let form = typed(&body);
    let read = || -> Result<(Date, ContractEvent), String> {
        let kind = form.get("nature").and_then(ContractEventKind::from_code).ok_or("Choisissez l’événement.")?;
        let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
        Ok((
            day(&form, "le", "la date de l’événement")?,
            ContractEvent { kind, by_whom: text("par"), comment: text("commentaire") },
        ))
    };
    let done = match read() {
        Err(problem) => Err(problem),
        Ok((on, event)) => match contract::note_event(&app.platform, &signed.actor, contract, on, event).await {
            Ok(()) => Ok(()),
            Err(error) => Err(mendable(error)?),
        },
    };
    match done {
        Ok(()) => Ok(redirect_with(
            Flash::success("L’événement est noté\u{a0}: les délais sont recalculés."),
            &path(contract),
        )),
        Err(problem) => {
            let whole = Whole::read(&app, &signed, &own).await?;
            let sent = Sent { form: &form, of: "evenement", problem: Some(problem) };
            Ok(to_mend(&draw(&app, &signed, &whole, &sent).await?))
        }
    }
}

fn party(name: &str) -> Party {
    Party { name: name.to_owned(), ..Party::default() }
}

/// What the OPCO will look at, on paper.
pub async fn precheck(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let whole = Whole::read(&app, &signed, &own).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let today = app.platform.today();
    let terms = &whole.file.terms.value;
    let sheet = PreCheckSheet {
        issue: issue(&whole, &names, today, "VER"),
        apprentice: whole.file.identity.name(),
        employer: party(names.name(terms.employer)),
        title: whole.shown.title().name.clone(),
        starts_on: terms.first_day,
        send_by: whole.file.send_by,
        findings: whole.file.precheck.clone(),
        to_verify: whole.to_verify(today),
    };
    super::timetable::pdf(&sheet.document(), "verification")
}

fn issue(whole: &Whole, names: &Names, today: Date, prefix: &str) -> Issue {
    Issue {
        issuer: names.name(whole.file.record.organisation).to_owned(),
        day: today,
        reference: format!("{prefix}-{}", whole.file.record.id),
    }
}

/// The tripartite convention of one stay; what nobody typed in is left to complete, and the paper says so.
pub async fn convention(
    State(app): State<App>,
    signed: Signed,
    Path((own, stay)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let whole = Whole::read(&app, &signed, &own).await?;
    let stay: &Fact<HostStay> =
        whole.file.hosts.iter().find(|fact| fact.id.to_string() == stay).ok_or_else(Problem::not_found)?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let (platform, actor, today) = (&app.platform, &signed.actor, app.platform.today());
    let terms = &whole.file.terms.value;
    let calendar = cohort::calendar(platform, actor, whole.file.record.cohort).await?;
    let days = calendar.iter().filter(|day| day.kind == DayKind::Field && stay.valid.contains(day.day)).count();
    let title = whole.shown.title();
    let document = HostingConvention {
        issue: issue(&whole, &names, today, "CONV"),
        title: format!("{} ({})", title.name, title.code),
        apprentice: whole.file.identity.name(),
        born_on: Some(whole.file.identity.birth_date),
        employer: party(names.name(terms.employer)),
        host: party(names.name(stay.value.host)),
        school: party(names.name(whole.file.record.organisation)),
        depositary: said(&stay.value.depositary),
        contract: Period { from: terms.first_day, to: terms.last_day.tomorrow().ok() },
        stay: Stay { periods: vec![stay.valid], days: u16::try_from(days).unwrap_or(u16::MAX) },
        tasks: said(&stay.value.tasks),
        working_hours: said(&stay.value.working_hours),
        place: said(&stay.value.place),
        employer_tutor: Tutor { name: tutor_name(&app, &signed, terms.employer, terms.tutor).await?, evidence: None },
        host_tutor: Tutor {
            name: tutor_name(&app, &signed, stay.value.host, stay.value.tutor).await?,
            evidence: said(&stay.value.evidence),
        },
        information: said(&stay.value.information),
        liaison: said(&stay.value.liaison),
        sharing_of_costs: said(&stay.value.sharing_of_costs),
        travel_costs: said(&stay.value.travel_costs),
        insurance: said(&stay.value.insurance),
        findings: whole
            .file
            .conditions
            .iter()
            .filter(|finding| finding.citation.contains("R6223-1"))
            .cloned()
            .collect(),
        to_verify: whole.to_verify(today),
    };
    super::timetable::pdf(&document.document(), "convention")
}

/// What somebody wrote, unless nobody did.
fn said(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

async fn tutor_name(
    app: &App,
    signed: &Signed,
    employer: Id<platform::Organisation>,
    tutor: Option<Id<contract::Tutor>>,
) -> Result<Option<String>, Problem> {
    if tutor.is_none() || !signed.may(ActionKind::ManageContracts) {
        return Ok(None);
    }
    let tutors = contract::tutors_of(&app.platform, &signed.actor, employer).await?;
    Ok(tutors.into_iter().find(|view| Some(view.id) == tutor).map(|view| view.profile.value.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_in_euros() {
        assert_eq!(euros(123_450), "1\u{202f}234,50\u{a0}€");
        assert_eq!(euros(-5_000), "−50,00\u{a0}€");
    }
}
