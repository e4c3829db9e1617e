use base::{Date, fr};
use jiff::ToSpan;

use super::case::{Case, Question, Verdict, both, yes_no};
use super::facts::{Birth, Employment, Fact, Known, Registration};
use super::outcome::NotConcerned;
use super::path::{Path, WirePath};
use super::rules::OrientationRule as R;
use crate::Unit;
use crate::age::{age, reached};
use crate::publics::{BirthPrecision, FamilySituation, RsaRole};
use crate::questionnaire::Question as Answers;

/// Whether the person is to be oriented at all; the reason, when they are not.
pub(super) fn eligibility(question: Question<'_>) -> (Verdict, Option<NotConcerned>) {
    let facts = question.facts;
    let mut case = Case::default();
    let adult = case.ask(Fact::Role, &facts.role, |role| role_name(*role).to_owned()).map(|role| role.is_adult());
    let status = case.ask(Fact::RightStatus, &facts.right_status, |status| format!("état\u{a0}{status}")).copied();
    let status = status.filter(|status| {
        let listed = ('0'..='6').contains(status);
        if !listed {
            case.unreadable(Fact::RightStatus);
        }
        listed
    });
    let payable = status.map(|status| status == '2');
    let obligations = case.ask(Fact::Obligations, &facts.obligations, yes_no).copied();
    let reason = match (adult, payable, obligations) {
        (Some(false), ..) => Some(NotConcerned::NotAdult),
        (_, Some(false), _) => Some(NotConcerned::RightNotPayable),
        (.., Some(false)) => Some(NotConcerned::WithoutObligations),
        _ => None,
    };
    let not_met = match reason {
        Some(NotConcerned::NotAdult) => "Vous n’êtes ni demandeur ni conjoint dans le foyer RSA.",
        Some(NotConcerned::RightNotPayable) => "Votre droit au RSA n’est pas ouvert et versable.",
        _ => "Les droits et devoirs ne s’appliquent pas à vous.",
    };
    let verdict = case.answer(
        both(both(adult, payable), obligations),
        "Votre droit au RSA est ouvert et versable, et les droits et devoirs s’appliquent à vous.".to_owned(),
        not_met.to_owned(),
        "si vous êtes à orienter",
    );
    (verdict, reason)
}

/// What a rule of the département's list says; `None` for a rule of another list.
pub(super) fn judge(rule: R, question: Question<'_>) -> Option<Verdict> {
    Some(match rule {
        R::LocalAssociation => association(question),
        R::LocalRegistered => registered(question),
        R::LocalRecentlyRegistered => recently_registered(question),
        R::LocalYouth => youth(question),
        R::LocalQuickReturn => flag(
            (Fact::QuickReturn, &question.facts.quick_return),
            "Vous pouvez vous engager rapidement vers un emploi.",
            "Vous ne pouvez pas vous engager rapidement vers un emploi.",
            "si vous pouvez vous engager rapidement vers un emploi",
        ),
        R::LocalIncreasedRsa => flag(
            (Fact::IncreasedRsa, &question.facts.increased_rsa),
            "Votre RSA est majoré.",
            "Votre RSA n’est pas majoré.",
            "si votre RSA est majoré",
        ),
        R::LocalLoneParent => lone_parent(question),
        R::LocalPrecariousHousing => precarious_housing(question),
        R::LocalFrenchOnly => french_only(question),
        R::LocalSocialDifficulties => social_difficulties(question),
        R::LocalSenior => senior(question),
        R::LocalNeverWorked => never_worked(question),
        R::LocalEarlierSpell => flag(
            (Fact::EarlierSpell, &question.facts.earlier_spell),
            "Vous avez déjà eu un droit au RSA.",
            "Vous n’avez pas eu de droit au RSA avant celui-ci.",
            "si vous avez déjà eu un droit au RSA",
        ),
        R::LocalRecommendedEmployment => recommended(Path::Employment, question),
        R::LocalRecommendedSocial => recommended(Path::Social, question),
        R::LocalRecommendedSocioProfessional => recommended(Path::SocioProfessional, question),
        R::LocalRecommendedOther => recommended_other(question),
        _ => return None,
    })
}

/// A rule that is a yes-or-no fact.
fn flag((fact, known): (Fact, &Known<bool>), met: &str, not_met: &str, unknown: &str) -> Verdict {
    let mut case = Case::default();
    let answer = case.ask(fact, known, yes_no).copied();
    case.answer(answer, met.to_owned(), not_met.to_owned(), unknown)
}

fn association(question: Question<'_>) -> Verdict {
    let mut case = Case::default();
    let known = &question.facts.domiciled_at;
    let domiciled = case.ask(Fact::DomiciledAt, known, |association| match association {
        Some(code) => format!("association {code}"),
        None => "aucune association".to_owned(),
    });
    case.answer(
        domiciled.map(Option::is_some),
        "Vous avez votre adresse auprès d’une association référente.".to_owned(),
        "Vous n’avez pas votre adresse auprès d’une association référente.".to_owned(),
        "si vous avez votre adresse auprès d’une association référente",
    )
}

fn registered(question: Question<'_>) -> Verdict {
    let Question { facts, settings, on } = question;
    let mut case = Case::default();
    let stays = case.ask(Fact::Registrations, &facts.registrations, |stays| shown(stays));
    let running = |stay: &&Registration| stay.registered_on <= on && stay.ended_on.is_none_or(|end| on < end);
    let counts = |stay: &&Registration| settings.automatic_registration_counts || !stay.automatic;
    let found = stays.map(|stays| stays.iter().filter(running).find(counts));
    let met = found.flatten().map(|stay| {
        format!("Votre inscription à France Travail est en cours depuis le {}.", fr::date_long(stay.registered_on))
    });
    let automatic = stays.is_some_and(|stays| stays.iter().any(|stay| running(&stay)));
    let not_met = if automatic {
        "Votre inscription à France Travail a été faite d’office avec votre demande de RSA\u{a0}: elle ne compte pas ici."
    } else {
        "Aucune inscription à France Travail n’est en cours."
    };
    case.answer(
        found.map(|found| found.is_some()),
        met.unwrap_or_default(),
        not_met.to_owned(),
        "si une inscription à France Travail est en cours",
    )
}

fn recently_registered(question: Question<'_>) -> Verdict {
    let Question { facts, settings, on } = question;
    let length = Unit::Months.count(settings.recent_registration);
    let earliest = on.checked_sub(i32::from(settings.recent_registration).months()).unwrap_or(Date::MIN);
    let mut case = Case::default();
    let stays = case.ask(Fact::Registrations, &facts.registrations, |stays| shown(stays));
    let found = stays.map(|stays| {
        let counting = stays.iter().filter(|stay| settings.automatic_registration_counts || !stay.automatic);
        counting.filter(|stay| (earliest..=on).contains(&stay.registered_on)).max_by_key(|stay| stay.registered_on)
    });
    let met = found.flatten().map(|stay| {
        format!(
            "Votre inscription à France Travail date du {}, il y a {length} au plus.",
            fr::date_long(stay.registered_on)
        )
    });
    case.answer(
        found.map(|found| found.is_some()),
        met.unwrap_or_default(),
        format!("Aucune inscription à France Travail qui compte ici ne date de {length} au plus."),
        &format!("si une inscription à France Travail date de {length} au plus"),
    )
}

fn youth(question: Question<'_>) -> Verdict {
    let Question { facts, settings, on } = question;
    let (from, to) = (settings.youth_from, settings.youth_to);
    let range = format!("entre {from} et {}", Unit::Years.count(to));
    let mut case = Case::default();
    let birth = case.ask(Fact::BirthDate, &facts.birth, birth_date).copied();
    let years = birth.map(|birth| age(birth.date, on));
    case.answer(
        years.map(|years| years.is_some_and(|years| (from..=to).contains(&years))),
        format!("{}, et l’âge de cette règle est {range}.", aged(birth, on)),
        format!("{}, et l’âge de cette règle est {range}.", aged(birth, on)),
        &format!("si vous avez {range}"),
    )
}

fn senior(question: Question<'_>) -> Verdict {
    let Question { facts, settings, on } = question;
    let from = Unit::Years.count(settings.senior_from);
    let mut case = Case::default();
    let birth = case.ask(Fact::BirthDate, &facts.birth, birth_date).copied();
    case.answer(
        birth.map(|birth| reached(birth.date, settings.senior_from, on)),
        format!("{}, et cette règle vaut à partir de {from}.", aged(birth, on)),
        format!("{}, et cette règle vaut à partir de {from}.", aged(birth, on)),
        &format!("si vous avez {from} ou plus"),
    )
}

fn lone_parent(question: Question<'_>) -> Verdict {
    let least = question.settings.lone_parent_children;
    let mut case = Case::default();
    let alone = case
        .ask(Fact::FamilySituation, &question.facts.family_situation, FamilySituation::words)
        .map(FamilySituation::is_alone);
    let (count, enough) = children(&mut case, question, least);
    let not_met = match (alone, count) {
        (Some(false), _) | (_, None) => "Votre foyer n’est pas monoparental.".to_owned(),
        (_, Some(count)) => too_few(count, least),
    };
    case.answer(
        both(alone, enough),
        format!("Votre foyer est monoparental et compte {} à charge.", Unit::Children.count(count.unwrap_or_default())),
        not_met,
        &format!("si votre foyer est monoparental avec {} ou plus à charge", Unit::Children.count(least)),
    )
}

fn precarious_housing(question: Question<'_>) -> Verdict {
    let least = question.settings.precarious_housing_children;
    let facts = question.facts;
    let mut case = Case::default();
    let precarious =
        case.ask(Fact::Housing, &facts.housing, |code| Answers::Housing.said(code).into_owned()).and_then(|code| {
            let (stable, precarious) = (["0901", "0902"].contains(&code.as_str()), in_list(code, "0903", "0913"));
            (stable || precarious).then_some(precarious)
        });
    if precarious.is_none() && !facts.housing.is_unknown() {
        case.unreadable(Fact::Housing);
    }
    if precarious == Some(false) && facts.without_fixed_home.value() == Some(&true) {
        case.contradicted_by(Fact::WithoutFixedHome, &facts.without_fixed_home, yes_no);
    }
    let (count, enough) = children(&mut case, question, least);
    let not_met = match (precarious, count) {
        (Some(false), _) | (_, None) => "Votre logement n’est ni d’urgence, ni temporaire, ni précaire.".to_owned(),
        (_, Some(count)) => too_few(count, least),
    };
    case.answer(
        both(precarious, enough),
        format!(
            "Votre logement est d’urgence, temporaire ou précaire, et votre foyer compte {} à charge.",
            Unit::Children.count(count.unwrap_or_default())
        ),
        not_met,
        &format!("si votre logement est précaire, avec {} ou plus à charge", Unit::Children.count(least)),
    )
}

/// The children counted, and whether they are enough.
fn children(case: &mut Case, question: Question<'_>, least: u16) -> (Option<u16>, Option<bool>) {
    let count = case
        .ask(Fact::Children, &question.facts.children, |count| Unit::Children.count(u16::from(*count)))
        .map(|count| u16::from(*count));
    (count, count.map(|count| count >= least))
}

fn too_few(count: u16, least: u16) -> String {
    let (count, least) = (Unit::Children.count(count), Unit::Children.count(least));
    format!("Votre foyer compte {count} à charge, et cette règle vaut à partir de {least}.")
}

/// `DIFSOC`: no difficulty, and the French language.
const NO_DIFFICULTY: &str = "0401";
const FRENCH: &str = "0404";

/// The difficulties declared, « none » left out. `None` when they are unknown, when « none » stands beside another, or
/// when a code is in no list and `all_listed` is asked for.
fn difficulties<'a>(case: &mut Case, question: Question<'a>, all_listed: bool) -> Option<Vec<&'a str>> {
    let known = &question.facts.social_difficulties;
    let codes = case.ask(Fact::SocialDifficulties, known, |codes| Answers::SocialDifficulties.all_said(codes))?;
    let none = codes.iter().any(|code| code == NO_DIFFICULTY);
    let declared: Vec<&str> = codes.iter().map(String::as_str).filter(|code| *code != NO_DIFFICULTY).collect();
    let listed = |code: &&str| in_list(code, "0401", "0407");
    let readable =
        if all_listed { declared.iter().all(listed) } else { declared.is_empty() || declared.iter().any(listed) };
    if none && !declared.is_empty() || !readable {
        case.unreadable(Fact::SocialDifficulties);
        return None;
    }
    Some(declared)
}

fn french_only(question: Question<'_>) -> Verdict {
    let mut case = Case::default();
    let declared = difficulties(&mut case, question, true);
    case.answer(
        declared.map(|declared| !declared.is_empty() && declared.iter().all(|code| *code == FRENCH)),
        "La langue française est la seule difficulté sociale que vous avez déclarée.".to_owned(),
        "Vous n’avez pas déclaré la langue française comme seule difficulté sociale.".to_owned(),
        "si la langue française est votre seule difficulté sociale",
    )
}

fn social_difficulties(question: Question<'_>) -> Verdict {
    let mut case = Case::default();
    let declared = difficulties(&mut case, question, false);
    case.answer(
        declared.map(|declared| !declared.is_empty()),
        "Vous avez déclaré une difficulté sociale au moins.".to_owned(),
        "Vous n’avez déclaré aucune difficulté sociale.".to_owned(),
        "si vous rencontrez une difficulté sociale",
    )
}

fn never_worked(question: Question<'_>) -> Verdict {
    let facts = question.facts;
    let mut case = Case::default();
    let code = case.ask(Fact::WorkHistory, &facts.work_history, |code| Answers::WorkHistory.said(code).into_owned());
    let never = code.filter(|code| in_list(code, "1901", "1904")).map(|code| code == "1904");
    if code.is_some() && never.is_none() {
        case.unreadable(Fact::WorkHistory);
    }
    let worked = matches!(facts.employment.value(), Some(Employment::WorksNow | Employment::WorkedInPastTwoYears));
    if never == Some(true) && worked {
        case.contradicted_by(Fact::Employment, &facts.employment, |employment| employment.label().to_owned());
    }
    case.answer(
        never,
        "Vous n’avez pas encore travaillé.".to_owned(),
        "Vous avez déjà travaillé.".to_owned(),
        "si vous avez déjà travaillé",
    )
}

fn recommendation<'a>(case: &mut Case, question: Question<'a>) -> Option<&'a Option<WirePath>> {
    case.ask(Fact::Recommendation, &question.facts.recommendation, |path| match path {
        Some(path) => format!("{} (code\u{a0}{})", path.label(), path.code()),
        None => "aucune préconisation".to_owned(),
    })
}

/// Whether the recommendation still holds: it does not outlive the registration under way when it was made. Asks for
/// the registrations, and gives the sentence when it does not.
fn still_holds(case: &mut Case, question: Question<'_>) -> (Option<bool>, String) {
    let Question { facts, on, .. } = question;
    let Some(made_on) = facts.recommendation.kept().map(|kept| kept.on) else { return (None, String::new()) };
    let stays = case.ask(Fact::Registrations, &facts.registrations, |stays| shown(stays));
    let ended = stays
        .map(|stays| stays.iter().filter_map(|stay| stay.ended_on).filter(|end| made_on < *end && *end <= on).max());
    let Some(Some(end)) = ended else { return (ended.map(|_| true), String::new()) };
    case.contradicted_by(Fact::Recommendation, &facts.recommendation, |path| {
        path.map_or("aucune préconisation", WirePath::label).to_owned()
    });
    let why = format!(
        "La préconisation de France Travail, du {}, est antérieure à la fin de votre inscription, le {}\u{a0}: la plus \
         récente des deux informations est retenue.",
        fr::date_long(made_on),
        fr::date_long(end)
    );
    (Some(false), why)
}

fn recommended(path: Path, question: Question<'_>) -> Verdict {
    let mut case = Case::default();
    let names = recommendation(&mut case, question).map(|wire| wire.and_then(WirePath::path) == Some(path));
    let label = path.wire().label();
    let mut not_met = format!("France Travail ne préconise pas pour vous un {label}.");
    let mut holds = None;
    if names != Some(false) {
        let (answer, why) = still_holds(&mut case, question);
        holds = answer;
        if holds == Some(false) {
            not_met = why;
        }
    }
    case.answer(
        both(names, holds),
        format!("France Travail préconise pour vous un {label}."),
        not_met,
        &format!("si France Travail préconise pour vous un {label}"),
    )
}

fn recommended_other(question: Question<'_>) -> Verdict {
    let mut case = Case::default();
    let open = recommendation(&mut case, question).map(|wire| wire.is_some_and(|wire| wire.path().is_none()));
    let mut not_met = "France Travail n’a pas rendu de préconisation sans parcours.".to_owned();
    let mut holds = None;
    if open != Some(false) {
        let (answer, why) = still_holds(&mut case, question);
        holds = answer;
        if holds == Some(false) {
            not_met = why;
        }
    }
    case.answer(
        both(open, holds),
        "France Travail a rendu une préconisation qui ne désigne pas de parcours.".to_owned(),
        not_met,
        "si France Travail a rendu une préconisation sans parcours",
    )
}

/// Whether a four-digit code lies in a list of codes, ends included.
pub(super) fn in_list(code: &str, first: &str, last: &str) -> bool {
    code.len() == first.len() && code.bytes().all(|byte| byte.is_ascii_digit()) && (first..=last).contains(&code)
}

fn shown(stays: &[Registration]) -> String {
    if stays.is_empty() {
        return "aucune inscription".to_owned();
    }
    let stays: Vec<String> = stays
        .iter()
        .map(|stay| {
            let automatic = if stay.automatic { ", d’office" } else { "" };
            let since = fr::date_long(stay.registered_on);
            match stay.ended_on {
                Some(end) => format!("inscription du {since} au {}{automatic}", fr::date_long(end)),
                None => format!("inscription depuis le {since}{automatic}"),
            }
        })
        .collect();
    stays.join("\u{a0}; ")
}

fn birth_date(birth: &Birth) -> String {
    let precision = match birth.precision {
        BirthPrecision::Full => "",
        BirthPrecision::DayUnknown => " (jour inconnu)",
        BirthPrecision::DayAndMonthUnknown => " (jour et mois inconnus)",
    };
    format!("{}{precision}", fr::date_long(birth.date))
}

/// « Vous avez 36 ans »; says so when the birth date given is partly invented.
fn aged(birth: Option<Birth>, on: Date) -> String {
    let Some(birth) = birth else { return String::new() };
    let Some(years) = age(birth.date, on) else {
        return format!("La date de naissance transmise, le {}, est à venir", fr::date_long(birth.date));
    };
    let marker = match birth.precision {
        BirthPrecision::Full => "",
        BirthPrecision::DayUnknown | BirthPrecision::DayAndMonthUnknown => {
            " d’après une date de naissance en partie inconnue"
        }
    };
    format!("Vous avez {}{marker}", Unit::Years.count(years))
}

fn role_name(role: RsaRole) -> &'static str {
    match role {
        RsaRole::Applicant => "demandeur",
        RsaRole::Partner => "conjoint",
        RsaRole::Child => "enfant",
        RsaRole::Other => "autre personne",
    }
}
