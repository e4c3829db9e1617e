use base::{Date, fr};
use serde::Serialize;

use super::clocks::plus_months;
use super::{Regime, Settings, rules};
use crate::publics::Answer;
use crate::{Rule, Unit};

/// What a rule answers about one contract.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// Code of the rule.
    pub rule: &'static str,
    pub citation: &'static str,
    /// [`Answer::Unknown`] when a fact is missing: the sentence says which.
    pub answer: Answer,
    pub why: String,
}

impl Finding {
    pub(super) fn new(rule: Rule, answer: Answer, why: impl Into<String>) -> Self {
        Self { rule: rule.code, citation: rule.citation, answer, why: why.into() }
    }

    fn when(rule: Rule, holds: bool, why: impl Into<String>) -> Self {
        Self::new(rule, if holds { Answer::Yes } else { Answer::No }, why)
    }
}

/// What lifts the highest age of an apprentice; `None` where nobody knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Exceptions {
    /// Recognised as a disabled worker (RQTH).
    pub disabled: Option<bool>,
    /// Sets up or takes over a business that asks for the title.
    pub business_project: Option<bool>,
    pub elite_sport: Option<bool>,
    /// Last day of the contract of apprenticeship before this one.
    pub previous_contract_end: Option<Date>,
}

/// Whole years of age on a day.
fn years(birth: Date, on: Date) -> i16 {
    let before = (on.month(), on.day()) < (birth.month(), birth.day());
    on.year() - birth.year() - i16::from(before)
}

/// Whether somebody is of an age to be an apprentice on the first day of the contract, signed on `signed`.
pub fn age(birth: Date, starts_on: Date, signed: Date, exceptions: &Exceptions, settings: &Settings) -> Finding {
    let (reached, rule) = (years(birth, starts_on), rules::AGE);
    let told = fr::count(u16::try_from(reached.max(0)).unwrap_or(0), "an", "ans");
    let (from, to) = (settings.age_from, settings.age_to);
    if reached < i16::try_from(from).unwrap_or(i16::MAX) {
        return Finding::new(
            rule,
            Answer::No,
            format!("{told} au début du contrat\u{a0}: il faut au moins {from}\u{a0}ans."),
        );
    }
    if reached <= i16::try_from(to).unwrap_or(i16::MAX) {
        return Finding::new(rule, Answer::Yes, format!("{told} au début du contrat, entre {from} et {to}\u{a0}ans."));
    }
    let lifted = [
        (exceptions.disabled, "la reconnaissance de travailleur handicapé"),
        (exceptions.business_project, "le projet de création ou de reprise d’entreprise"),
        (exceptions.elite_sport, "le sport de haut niveau"),
    ];
    if let Some((_, reason)) = lifted.iter().find(|(holds, _)| *holds == Some(true)) {
        return Finding::new(
            rule,
            Answer::Yes,
            format!("{told} au début du contrat\u{a0}: {reason} lève la limite d’âge."),
        );
    }
    if let Some(end) = exceptions.previous_contract_end
        && reached <= i16::try_from(settings.age_to_following).unwrap_or(i16::MAX)
        && signed <= plus_months(end, settings.following_months)
    {
        let end = fr::date_long(end);
        return Finding::new(rule, Answer::Yes, format!("{told} au début du contrat, qui suit celui fini le {end}."));
    }
    let unknown: Vec<&str> = lifted.iter().filter(|(holds, _)| holds.is_none()).map(|(_, reason)| *reason).collect();
    if unknown.is_empty() {
        return Finding::new(
            rule,
            Answer::No,
            format!("{told} au début du contrat\u{a0}: la limite est de {to}\u{a0}ans."),
        );
    }
    let unknown = fr::list(&unknown);
    Finding::new(
        rule,
        Answer::Unknown,
        format!("{told} au début du contrat, au-delà de {to}\u{a0}ans\u{a0}: à vérifier, {unknown}."),
    )
}

/// Whether a contract of apprenticeship lasts as long as it may. `adapted`: a tripartite convention adapts it.
pub fn duration(from: Date, last_day: Date, disabled: Option<bool>, adapted: bool, settings: &Settings) -> Finding {
    let rule = rules::DURATION;
    // From 1 September to 31 August is a year: the last day is in it.
    let end = last_day.tomorrow().unwrap_or(last_day);
    let (least, most) = (settings.months_from, settings.months_to);
    let told = format!("Du {} au {}", fr::date_long(from), fr::date_long(last_day));
    if end <= from {
        return Finding::new(rule, Answer::No, format!("{told}\u{a0}: la fin précède le début."));
    }
    if end < plus_months(from, least) && !adapted {
        let least = Unit::Months.count(least);
        return Finding::new(rule, Answer::No, format!("{told}\u{a0}: moins de {least}, sans convention tripartite."));
    }
    if end <= plus_months(from, most) {
        return Finding::new(rule, Answer::Yes, format!("{told}\u{a0}: entre {least} et {most}\u{a0}mois."));
    }
    match disabled {
        Some(true) if end <= plus_months(from, settings.months_to_disabled) => {
            Finding::new(rule, Answer::Yes, format!("{told}\u{a0}: permis à un travailleur handicapé."))
        }
        None => Finding::new(rule, Answer::Unknown, format!("{told}\u{a0}: plus de {most}\u{a0}mois, à vérifier.")),
        Some(_) => Finding::new(rule, Answer::No, format!("{told}\u{a0}: plus de {most}\u{a0}mois.")),
    }
}

/// Whether an apprenticeship may go on to that day after a failure. `foreseen`: its last day before that.
pub fn extension(foreseen: Date, last_day: Date, settings: &Settings) -> Finding {
    let most = settings.extension_months;
    let latest = plus_months(foreseen, most);
    let why = format!(
        "Prolongé jusqu’au {}\u{a0}: {} au plus, jusqu’au {}.",
        fr::date_long(last_day),
        Unit::Months.count(most),
        fr::date_long(latest)
    );
    Finding::when(rules::EXTENSION, last_day > foreseen && last_day <= latest, why)
}

/// Whether the hours of training are enough for the hours of the contract.
pub fn training_share(training_hours: u32, contract_hours: u32, settings: &Settings) -> Finding {
    let rule = rules::TRAINING_SHARE;
    if contract_hours == 0 {
        return Finding::new(rule, Answer::Unknown, "La durée du travail du contrat n’est pas connue.");
    }
    let percent = u64::from(training_hours) * 1_000 / u64::from(contract_hours);
    let needed = u64::from(settings.training_percent);
    let why = format!(
        "{} de formation sur {} de contrat\u{a0}: {},{}\u{a0}% pour {needed}\u{a0}% au moins.",
        fr::count(training_hours, "heure", "heures"),
        fr::count(contract_hours, "heure", "heures"),
        percent / 10,
        percent % 10
    );
    Finding::when(rule, u64::from(training_hours) * 100 >= needed * u64::from(contract_hours), why)
}

/// A stay with another employer than that of the contract.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Host {
    pub name: String,
    /// Days of practical training there.
    pub days: u16,
    /// A tutor is named there.
    pub has_tutor: bool,
    /// The tripartite convention is signed, and sent to the CFA and to whoever keeps the contract.
    pub has_convention: bool,
}

/// Whether an apprentice may be hosted so; `days` are all days of practical training, hosts included. `group`: the
/// employer is a group of employers.
pub fn hosts(hosts: &[Host], days: u16, group: bool, settings: &Settings) -> Vec<Finding> {
    let rule = rules::HOSTS;
    if hosts.is_empty() {
        return vec![Finding::new(rule, Answer::Yes, "Aucune autre entreprise d’accueil.")];
    }
    let mut findings = host_limits(hosts, days, group, settings).to_vec();
    for host in hosts {
        let name = &host.name;
        let tutor = if host.has_tutor {
            "un maître d’apprentissage est désigné"
        } else {
            "aucun maître d’apprentissage n’est désigné"
        };
        findings.push(Finding::when(rule, host.has_tutor, format!("{name}\u{a0}: {tutor}.")));
        let convention = if host.has_convention {
            "la convention tripartite est signée"
        } else {
            "la convention tripartite manque"
        };
        findings.push(Finding::when(rule, host.has_convention, format!("{name}\u{a0}: {convention}.")));
    }
    findings
}

/// How many other hosts, and which share of the time they take: what cannot be mended by a tutor or a signature.
pub fn host_limits(hosts: &[Host], days: u16, group: bool, settings: &Settings) -> [Finding; 2] {
    let rule = rules::HOSTS;
    let most = if group { settings.other_hosts_group } else { settings.other_hosts };
    let count = u16::try_from(hosts.len()).unwrap_or(u16::MAX);
    let elsewhere = hosts.iter().fold(0_u32, |sum, host| sum + u32::from(host.days));
    [
        Finding::when(
            rule,
            count <= most,
            format!(
                "{}, {most} au plus.",
                fr::count(count, "autre entreprise d’accueil", "autres entreprises d’accueil")
            ),
        ),
        if days == 0 {
            Finding::new(rule, Answer::Unknown, "Les jours passés en entreprise ne sont pas encore au calendrier.")
        } else {
            Finding::when(
                rule,
                elsewhere * 100 <= u32::from(settings.hosts_percent) * u32::from(days),
                format!(
                    "{} ailleurs sur {} en entreprise, {}\u{a0}% au plus.",
                    fr::count(elsewhere, "jour", "jours"),
                    fr::count(days, "jour", "jours"),
                    settings.hosts_percent
                ),
            )
        },
    ]
}

/// What is known of somebody who would guide a learner; `None` where nobody knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tutor {
    /// Works there, or is the employer.
    pub employee: Option<bool>,
    pub volunteer: Option<bool>,
    pub adult: Option<bool>,
    /// Holds a title of the same field and at least the same level.
    pub same_field_diploma: Option<bool>,
    /// Months of practice, placements and apprenticeship left out.
    pub practice_months: Option<u16>,
    /// An agreement of the branch fixes other conditions, and they are met.
    pub branch_agreement: bool,
}

/// Whether somebody may be a tutor under a regime.
pub fn tutor(tutor: &Tutor, regime: Regime, settings: &Settings) -> Vec<Finding> {
    let professionalisation = regime == Regime::Professionalisation;
    let rule = if professionalisation { rules::PRO_TUTOR } else { rules::TUTOR };
    let told = |fact: Option<bool>, yes: &str, no: &str, unknown: &str| match fact {
        Some(true) => Finding::new(rule, Answer::Yes, yes),
        Some(false) => Finding::new(rule, Answer::No, no),
        None => Finding::new(rule, Answer::Unknown, unknown),
    };
    let mut findings =
        vec![told(tutor.volunteer, "Volontaire.", "N’est pas volontaire.", "Son accord n’est pas noté.")];
    if !professionalisation {
        findings.push(told(
            tutor.employee,
            "Salarié·e de l’entreprise, ou employeur.",
            "N’est ni salarié·e de l’entreprise, ni l’employeur.",
            "Son lien avec l’entreprise n’est pas noté.",
        ));
        findings.push(told(tutor.adult, "Majeur·e.", "N’est pas majeur·e.", "Sa majorité n’est pas notée."));
    }
    if tutor.branch_agreement && !professionalisation {
        findings.push(Finding::new(rule, Answer::Yes, "Remplit les conditions fixées par l’accord de branche."));
        return findings;
    }
    let months = |years: u16| years.saturating_mul(12);
    let (short, long) = if professionalisation {
        (months(settings.pro_tutor_years), months(settings.pro_tutor_years))
    } else {
        (months(settings.tutor_years_with_diploma), months(settings.tutor_years))
    };
    findings.push(match (tutor.practice_months, tutor.same_field_diploma) {
        (Some(practice), _) if practice >= long => {
            Finding::new(rule, Answer::Yes, format!("{} de pratique, {long} au moins.", Unit::Months.count(practice)))
        }
        (Some(practice), Some(true)) if practice >= short => {
            let practice = Unit::Months.count(practice);
            Finding::new(
                rule,
                Answer::Yes,
                format!("Diplôme du même domaine et {practice} de pratique, {short} au moins."),
            )
        }
        (Some(practice), None) if practice >= short => {
            let practice = Unit::Months.count(practice);
            Finding::new(
                rule,
                Answer::Unknown,
                format!("{practice} de pratique\u{a0}: suffit avec un diplôme du même domaine, qui n’est pas noté."),
            )
        }
        (Some(practice), _) => {
            let practice = Unit::Months.count(practice);
            Finding::new(
                rule,
                Answer::No,
                format!("{practice} de pratique\u{a0}: il en faut {long}, ou {short} avec un diplôme du même domaine."),
            )
        }
        (None, _) => Finding::new(rule, Answer::Unknown, "Sa durée de pratique n’est pas notée."),
    });
    findings
}

/// How many people somebody guides already, the new one left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TutorLoad {
    pub people: u16,
    /// Among them, those whose training is extended after a failure.
    pub repeating: u16,
    /// The tutor is the employer.
    pub is_employer: bool,
    /// The new one’s training is extended.
    pub new_is_repeating: bool,
}

/// Whether a tutor may take one person more.
pub fn tutor_load(load: &TutorLoad, regime: Regime, settings: &Settings) -> Finding {
    let after = load.people.saturating_add(1);
    if regime == Regime::Professionalisation {
        let most = if load.is_employer { settings.pro_employer_people } else { settings.pro_tutor_people };
        let why = format!(
            "{} avec cette personne, {most} au plus.",
            fr::count(after, "personne suivie", "personnes suivies")
        );
        return Finding::when(rules::PRO_TUTOR, after <= most, why);
    }
    let repeating = load.repeating.saturating_add(u16::from(load.new_is_repeating)).min(after);
    // One who repeats takes a place of their own first, an ordinary one after that.
    let apart = repeating.min(settings.tutor_repeating);
    let ordinary = after - apart;
    let why = format!(
        "{} avec cette personne, dont {repeating} en prolongation\u{a0}: {} au plus, et {} en prolongation.",
        fr::count(after, "apprenti suivi", "apprentis suivis"),
        settings.tutor_apprentices,
        settings.tutor_repeating
    );
    Finding::when(rules::TUTOR_LOAD, ordinary <= settings.tutor_apprentices, why)
}

/// What is known for a contract of professionalisation; `None` where nobody knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProfessionalisationFacts {
    pub birth: Date,
    pub from: Date,
    pub last_day: Date,
    /// Registered as a jobseeker.
    pub jobseeker: Option<bool>,
    /// Receives the RSA, the ASS or the AAH.
    pub minimum_income: Option<bool>,
    /// Of a public that may have a longer contract.
    pub priority: Option<bool>,
    pub training_hours: u32,
    pub contract_hours: u32,
}

/// Whether a contract of professionalisation may be signed so.
pub fn professionalisation(facts: &ProfessionalisationFacts, settings: &Settings) -> Vec<Finding> {
    let rule = rules::PRO_CONDITIONS;
    let age = years(facts.birth, facts.from);
    let told = fr::count(u16::try_from(age.max(0)).unwrap_or(0), "an", "ans");
    let public = if age < i16::try_from(settings.age_from).unwrap_or(i16::MAX) {
        Finding::new(rule, Answer::No, format!("{told}\u{a0}: trop jeune."))
    } else if age <= i16::try_from(settings.pro_age_to).unwrap_or(i16::MAX) {
        Finding::new(rule, Answer::Yes, format!("{told} au début du contrat."))
    } else {
        match (facts.jobseeker, facts.minimum_income) {
            (Some(true), _) => Finding::new(rule, Answer::Yes, format!("{told}, demande un emploi.")),
            (_, Some(true)) => Finding::new(rule, Answer::Yes, format!("{told}, reçoit le RSA, l’ASS ou l’AAH.")),
            (Some(false), Some(false)) => Finding::new(
                rule,
                Answer::No,
                format!("{told}\u{a0}: ni demandeur d’emploi, ni bénéficiaire du RSA, de l’ASS ou de l’AAH."),
            ),
            _ => Finding::new(
                rule,
                Answer::Unknown,
                format!("{told}\u{a0}: sa situation avant le contrat n’est pas notée."),
            ),
        }
    };
    let end = facts.last_day.tomorrow().unwrap_or(facts.last_day);
    let (least, most, longest) = (settings.pro_months_from, settings.pro_months_to, settings.pro_months_to_priority);
    let length = if end < plus_months(facts.from, least) {
        Finding::new(rule, Answer::No, format!("Moins de {}.", Unit::Months.count(least)))
    } else if end <= plus_months(facts.from, most) {
        Finding::new(rule, Answer::Yes, format!("De {least} à {most}\u{a0}mois."))
    } else {
        let within = end <= plus_months(facts.from, longest);
        let why = format!("Plus de {most}\u{a0}mois\u{a0}: {longest} au plus, pour les publics prioritaires.");
        match facts.priority {
            Some(true) if within => Finding::new(rule, Answer::Yes, why),
            None if within => Finding::new(rule, Answer::Unknown, why),
            _ => Finding::new(rule, Answer::No, why),
        }
    };
    let (low, high) = (u64::from(settings.pro_percent_from), u64::from(settings.pro_percent_to));
    let (training, contract) = (u64::from(facts.training_hours), u64::from(facts.contract_hours));
    let share = if contract == 0 {
        Finding::new(rule, Answer::Unknown, "La durée du travail du contrat n’est pas connue.")
    } else {
        let holds = (low * contract..=high * contract).contains(&(training * 100));
        let why = format!("{}\u{a0}% de formation, de {low} à {high}\u{a0}%.", training * 100 / contract);
        Finding::when(rule, holds, why)
    };
    let hours = Finding::when(
        rule,
        facts.training_hours >= u32::from(settings.pro_hours),
        format!(
            "{} de formation, {} au moins.",
            fr::count(facts.training_hours, "heure", "heures"),
            settings.pro_hours
        ),
    );
    vec![public, length, share, hours]
}
