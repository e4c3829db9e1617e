//! Reading what is known of one person or of many, for services that hold a permit of their own.

use std::collections::HashMap;

use base::{Date, Id};
use db::{Ask, Json, sql_many};
use facts::{Fact, Import, current, current_many};
use law::orientation::Impact;
use platform::Permit;
use platform::gate::{Action, ReadPerson};

use super::file::InputSource;
use super::model::{JobseekerRegistration, Recommendation, SocioProfessional};
use crate::person::Person;

/// Everything in force about one person, each kind by the start of its period.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Inputs {
    pub questionnaires: Vec<Fact<SocioProfessional>>,
    pub registrations: Vec<Fact<JobseekerRegistration>>,
    pub recommendations: Vec<Fact<Recommendation>>,
}

impl Inputs {
    /// The last answer given to each question by that day; `None` when no questionnaire had been answered.
    pub fn answers(&self, on: Date) -> Option<SocioProfessional> {
        let mut given = self.questionnaires.iter().filter(|fact| fact.valid.from <= on).map(|fact| &fact.value);
        let mut answers = given.next()?.clone();
        for later in given {
            take_text(&mut answers.housing, &later.housing);
            take_list(&mut answers.social_difficulties, later.social_difficulties.as_ref());
            take_list(&mut answers.availability, later.availability.as_ref());
            take_text(&mut answers.work_history, &later.work_history);
            take_text(&mut answers.education, &later.education);
            take_text(&mut answers.mobility, &later.mobility);
            answers.quick_return = later.quick_return.or(answers.quick_return);
        }
        Some(answers)
    }

    /// The registration that holds on that day.
    pub fn registration(&self, on: Date) -> Option<&Fact<JobseekerRegistration>> {
        self.registrations.iter().find(|fact| fact.valid.contains(on))
    }

    /// The last recommendation made by that day.
    pub fn recommendation(&self, on: Date) -> Option<&Fact<Recommendation>> {
        self.recommendations.iter().find(|fact| fact.valid.contains(on))
    }
}

/// An impact as France Travail writes it (`IMPACT_FORT_RECHERCHE_EMPLOI`) or as a table may (`fort`); `None` for a code
/// that names a situation without its impact (`SANS_LOGEMENT`).
pub fn impact_of(code: &str) -> Option<Impact> {
    let code = code.trim().to_lowercase();
    // After the prefix the first word is the degree; without it the whole text must be one.
    let degree = code.strip_prefix("impact_").map_or(code.as_str(), |rest| rest.split('_').next().unwrap_or(rest));
    match degree {
        "fort" => Some(Impact::Strong),
        "moyen" => Some(Impact::Medium),
        "faible" | "aucun" | "sans" | "non" => Some(Impact::None),
        _ => None,
    }
}

fn take_text(answer: &mut String, later: &str) {
    if !later.is_empty() {
        later.clone_into(answer);
    }
}

fn take_list(answer: &mut Option<Json<Vec<String>>>, later: Option<&Json<Vec<String>>>) {
    if let Some(later) = later {
        *answer = Some(later.clone());
    }
}

sql_many! {
    SOURCES (1) = "SELECT id, kind, file_name, reference_date FROM input_file WHERE tenant = $1 AND id IN ({list})";
}

/// The tables that facts of a person's file come from.
pub(crate) async fn sources(
    ask: &impl Ask,
    permit: &Permit<ReadPerson>,
    imports: &[Id<Import>],
) -> db::Result<HashMap<Id<Import>, InputSource>> {
    let found: Vec<InputSource> = SOURCES.all(ask, &[&permit.tenant()], imports).await?;
    Ok(found.into_iter().map(|source| (source.id, source)).collect())
}

/// What is known of a person. Whoever calls logs the reading.
pub async fn of(ask: &impl Ask, permit: &Permit<impl Action>, person: Id<Person>) -> db::Result<Inputs> {
    let tenant = permit.tenant();
    Ok(Inputs {
        questionnaires: current(ask, tenant, person).await?,
        registrations: current(ask, tenant, person).await?,
        recommendations: current(ask, tenant, person).await?,
    })
}

/// What is known of many persons; those of whom nothing is known are left out.
pub async fn of_many(
    ask: &impl Ask,
    permit: &Permit<impl Action>,
    persons: &[Id<Person>],
) -> db::Result<HashMap<Id<Person>, Inputs>> {
    let tenant = permit.tenant();
    let mut found: HashMap<Id<Person>, Inputs> = HashMap::new();
    for fact in current_many::<SocioProfessional>(ask, tenant, persons).await? {
        found.entry(fact.subject).or_default().questionnaires.push(fact);
    }
    for fact in current_many::<JobseekerRegistration>(ask, tenant, persons).await? {
        found.entry(fact.subject).or_default().registrations.push(fact);
    }
    for fact in current_many::<Recommendation>(ask, tenant, persons).await? {
        found.entry(fact.subject).or_default().recommendations.push(fact);
    }
    Ok(found)
}
