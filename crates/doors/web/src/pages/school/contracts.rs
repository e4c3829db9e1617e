//! `/ecole/contrats/{id}`: a contract, its events, its clocks, what the OPCO will look at; the papers it needs.

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use base::{Date, Id, Period};
use exchange::documents::{HostingConvention, Issue, Party, PreCheckSheet, Stay, Tutor};
use facts::Fact;
use law::apprenticeship::{BrokenBy, ClockKind, Finding};
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
    Ok(page(&draw(&app, &signed, &whole, &Query::default(), None).await?))
}

async fn draw(
    app: &App,
    signed: &Signed,
    whole: &Whole,
    sent: &Query,
    problem: Option<String>,
) -> Result<Parts, Problem> {
    let Whole { file, cohort, .. } = whole;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let today = app.platform.today();
    let own = path(file.record.id);
    let terms = &file.terms.value;
    let money = |cents: Option<i64>| cents.map(euros);
    let description = Description::new()
        .line("Nature", terms.regime.label())
        .line("État", contract_state(file, today))
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
    if signed.may(ActionKind::ManageContracts) {
        happened.push(event_form(&own, sent, problem, today).into());
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
        Part::new("accueils", "Accueils dans d’autres entreprises", [hosts(file, &names, &own).into()]),
    ];
    if !file.schedule.is_empty() || !file.invoices.is_empty() {
        parts.push(Part::new(
            "versements",
            "Versements attendus et factures",
            [schedule(file).into(), invoices(file).into()],
        ));
    }
    let layout = signed
        .layout(app, &own, &format!("Contrat de {}", file.identity.name()))
        .crumb("École", super::PATH)
        .crumb(cohort.profile.value.name.as_str(), cohort_path(cohort))
        .crumb(file.identity.name(), super::files::file_path(file.record.learner));
    Ok(Parts::new(layout, parts))
}

fn hosts(file: &ContractFile, names: &Names, own: &str) -> Table {
    let rows = file.hosts.iter().map(|fact| {
        let HostStay { host, structure, tutor, convention_on } = &fact.value;
        Row::new([
            Fragment::with_detail(names.name(*host), names.name(*structure)),
            fr::capitalised(&fr::period(fact.valid)).into(),
            match tutor {
                Some(_) => Badge::ok("tuteur désigné").into(),
                None => Badge::danger("sans tuteur").into(),
            },
            match convention_on {
                Some(day) => Badge::ok(format!("signée le {}", fr::date_long(*day))).into(),
                None => Badge::warning("à signer").into(),
            },
            Link::new(format!("{own}/conventions/{}", fact.id), "Convention (PDF)").into(),
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

fn schedule(file: &ContractFile) -> Table {
    let rows = file.schedule.iter().map(|line| {
        Row::new([
            Fragment::with_detail(line.kind.label(), line.why.as_str()),
            fr::date_long(line.from).into(),
            line.until.map_or_else(|| "—".to_owned(), fr::date_long).into(),
            euros(line.cents).into(),
        ])
    });
    let columns = [
        Column::text("Versement"),
        Column::text("À facturer à partir du"),
        Column::text("Au plus tard le"),
        Column::number("Montant"),
    ];
    Table::new("versements", "Versements attendus", columns, rows)
}

fn invoices(file: &ContractFile) -> Table {
    let rows = file.invoices.iter().map(|fact| {
        Row::new([
            fact.value.reference.as_str().into(),
            fr::date_long(fact.valid.from).into(),
            euros(fact.value.amount).into(),
        ])
    });
    let columns = [Column::text("Facture"), Column::text("Envoyée le"), Column::number("Montant")];
    Table::new("factures", "Factures envoyées", columns, rows)
        .empty(EmptyState::new("Aucune facture envoyée", "Elles apparaîtront ici."))
}

fn event_form(own: &str, sent: &Query, problem: Option<String>, today: Date) -> Form {
    let value = |name: &str, other: &str| sent.get(name).unwrap_or(other).to_owned();
    let kinds = ContractEventKind::ALL.iter().map(|kind| Choice::new(kind.as_code(), kind.label()));
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
            Ok(to_mend(&draw(&app, &signed, &whole, &form, Some(problem)).await?))
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
    let deposit = whole.file.clocks.iter().find(|clock| clock.kind == ClockKind::Deposit);
    let sheet = PreCheckSheet {
        issue: issue(&whole, &names, today, "VER"),
        apprentice: whole.file.identity.name(),
        employer: party(names.name(terms.employer)),
        title: whole.shown.title().name.clone(),
        starts_on: terms.first_day,
        send_by: deposit.and_then(|clock| clock.last_day),
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
        depositary: None,
        contract: Period { from: terms.first_day, to: terms.last_day.tomorrow().ok() },
        stay: Stay { periods: vec![stay.valid], days: u16::try_from(days).unwrap_or(u16::MAX) },
        tasks: None,
        working_hours: None,
        place: None,
        employer_tutor: Tutor { name: tutor_name(&app, &signed, terms.employer, terms.tutor).await?, evidence: None },
        host_tutor: Tutor { name: tutor_name(&app, &signed, stay.value.host, stay.value.tutor).await?, evidence: None },
        information: None,
        liaison: None,
        sharing_of_costs: None,
        travel_costs: None,
        insurance: None,
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
