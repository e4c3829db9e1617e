use base::fr;

use super::case::{Case, Question, Verdict, both};
use super::facts::{Constraints, Employment, Fact, Impact, Known, ProjectAbility};
use super::local::in_list;
use super::rules::OrientationRule as R;
use crate::Unit;
use crate::questionnaire::{self, Question as Answers};

/// What a rule of the national list says.
pub(super) fn judge(rule: R, question: Question<'_>) -> Verdict {
    let settings = question.settings;
    match rule {
        R::NationalStrongConstraints => strong(question, settings.social_strong),
        R::NationalStrongWithoutProject => strong_without_project(question),
        R::NationalStrongConstraint => strong(question, settings.socio_professional_strong),
        R::NationalMediumConstraints => medium(question, settings.socio_professional_medium),
        R::NationalLongWithoutWork => long_without_work(question),
        R::NationalProjectToBuild => {
            let to_build = |ability| matches!(ability, ProjectAbility::NeedsHelp | ProjectAbility::NotYet);
            project(question, to_build, "Votre projet reste à construire.", "Vous pouvez définir votre projet.")
        }
        R::NationalEducation => education(question),
        R::NationalEmployment => employment(question),
        _ => project(
            question,
            |ability| ability == ProjectAbility::Able,
            "Vous pouvez définir votre projet.",
            "Votre projet reste à construire.",
        ),
    }
}

/// The constraints that weigh enough.
struct Weighed {
    /// Whether there are as many as asked for.
    enough: Option<bool>,
    /// « la santé et le logement »; empty when there are none.
    names: String,
}

/// Counts the constraints that `weigh`; as many unknown ones as could still change the answer leave it unknown.
fn weigh(case: &mut Case, constraints: &Constraints, least: u16, weighs: impl Fn(Impact) -> bool) -> Weighed {
    let (mut heavy, mut unknown) = (Vec::new(), 0);
    for (fact, name, known) in listed(constraints) {
        match case.ask(fact, known, |impact| impact.label().to_owned()) {
            Some(impact) if weighs(*impact) => heavy.push(name),
            Some(_) => {}
            None => unknown += 1,
        }
    }
    let least = usize::from(least);
    let enough = if heavy.len() >= least {
        Some(true)
    } else if heavy.len() + unknown < least {
        Some(false)
    } else {
        None
    };
    Weighed { enough, names: fr::list(&heavy) }
}

fn listed(constraints: &Constraints) -> [(Fact, &'static str, &Known<Impact>); 6] {
    [
        (Fact::HealthConstraint, "la santé", &constraints.health),
        (Fact::HousingConstraint, "le logement", &constraints.housing),
        (Fact::MobilityConstraint, "la mobilité", &constraints.mobility),
        (Fact::ChildCareConstraint, "la garde d’enfants", &constraints.child_care),
        (Fact::CaringConstraint, "l’aide à un proche", &constraints.caring),
        (Fact::OtherConstraint, "d’autres contraintes", &constraints.others),
    ]
}

fn is_strong(impact: Impact) -> bool {
    impact == Impact::Strong
}

fn strong(question: Question<'_>, least: u16) -> Verdict {
    let mut case = Case::default();
    let Weighed { enough, names } = weigh(&mut case, &question.facts.constraints, least, is_strong);
    case.answer(
        enough,
        format!(
            "Une contrainte d’impact fort pèse sur votre recherche d’emploi\u{a0}: {names} (seuil\u{a0}: {least})."
        ),
        format!("Moins de contraintes que le seuil de {least} ont un impact fort sur votre recherche d’emploi."),
        "combien de contraintes ont un impact fort sur votre recherche d’emploi",
    )
}

fn strong_without_project(question: Question<'_>) -> Verdict {
    let mut case = Case::default();
    let Weighed { enough, names } = weigh(&mut case, &question.facts.constraints, 1, is_strong);
    let ability = case.ask(Fact::ProjectAbility, &question.facts.project_ability, |ability| ability.label().to_owned());
    let without = ability.map(|ability| *ability == ProjectAbility::NotYet);
    let not_met = if enough == Some(false) {
        "Aucune contrainte n’a un impact fort sur votre recherche d’emploi."
    } else {
        "Vous pouvez vous projeter, avec ou sans aide."
    };
    case.answer(
        both(enough, without),
        format!(
            "Une contrainte d’impact fort ({names}) pèse sur votre recherche d’emploi, et vous projeter n’est pas \
                 possible pour l’instant."
        ),
        not_met.to_owned(),
        "si une contrainte d’impact fort vous empêche de vous projeter",
    )
}

fn medium(question: Question<'_>, least: u16) -> Verdict {
    let mut case = Case::default();
    let Weighed { enough, names } =
        weigh(&mut case, &question.facts.constraints, least, |impact| impact != Impact::None);
    case.answer(
        enough,
        format!("Des contraintes pèsent sur votre recherche d’emploi\u{a0}: {names} (seuil\u{a0}: {least})."),
        format!("Moins de contraintes que le seuil de {least} pèsent sur votre recherche d’emploi."),
        "combien de contraintes pèsent sur votre recherche d’emploi",
    )
}

fn long_without_work(question: Question<'_>) -> Verdict {
    let facts = question.facts;
    let least = question.settings.months_without_work;
    let mut case = Case::default();
    let months =
        case.ask(Fact::MonthsWithoutWork, &facts.months_without_work, |months| Unit::Months.count(*months)).copied();
    let contradicted = match (facts.employment.value(), months) {
        (Some(Employment::WorksNow), Some(months)) => months > 0,
        (Some(Employment::WorkedInPastTwoYears), Some(months)) => months > 24,
        (Some(Employment::NotInPastTwoYears), Some(months)) => months < 24,
        _ => false,
    };
    if contradicted {
        case.contradicted_by(Fact::Employment, &facts.employment, |employment| employment.label().to_owned());
    }
    let (months, least_text) = (months.map(|months| (months, Unit::Months.count(months))), Unit::Months.count(least));
    let sentence = months.as_ref().map_or_else(String::new, |(_, months)| {
        format!("Vous êtes sans emploi depuis {months}, et ce critère vaut à partir de {least_text}.")
    });
    case.answer(
        months.map(|(months, _)| months >= least),
        sentence.clone(),
        sentence,
        &format!("si vous êtes sans emploi depuis {least_text} ou plus"),
    )
}

fn project(question: Question<'_>, answer: impl Fn(ProjectAbility) -> bool, met: &str, not_met: &str) -> Verdict {
    let mut case = Case::default();
    let ability = case.ask(Fact::ProjectAbility, &question.facts.project_ability, |ability| ability.label().to_owned());
    case.answer(
        ability.map(|ability| answer(*ability)),
        met.to_owned(),
        not_met.to_owned(),
        "si vous pouvez définir votre projet",
    )
}

fn education(question: Question<'_>) -> Verdict {
    let mut case = Case::default();
    let code = case.ask(Fact::Education, &question.facts.education, |code| Answers::Education.said(code).into_owned());
    let level = code.map(|code| questionnaire::level(code));
    let number = level.filter(|level| in_list(level, "1201", "1207")).and_then(|level| level.parse::<u16>().ok());
    if code.is_some() && number.is_none() {
        case.unreadable(Fact::Education);
    }
    let first = question.settings.education_code;
    case.answer(
        number.map(|number| number >= first),
        "Votre niveau d’études est parmi ceux que ce critère retient.".to_owned(),
        "Votre niveau d’études n’est pas parmi ceux que ce critère retient.".to_owned(),
        "si ce critère retient votre niveau d’études",
    )
}

fn employment(question: Question<'_>) -> Verdict {
    let mut case = Case::default();
    let known = &question.facts.employment;
    let employment = case.ask(Fact::Employment, known, |employment| employment.label().to_owned());
    case.answer(
        employment.map(|employment| *employment != Employment::NotInPastTwoYears),
        "Vous travaillez, ou avez travaillé dans les deux dernières années.".to_owned(),
        "Vous n’avez pas travaillé dans les deux dernières années.".to_owned(),
        "si vous avez travaillé dans les deux dernières années",
    )
}
