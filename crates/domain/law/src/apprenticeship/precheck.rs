use base::Date;

use super::conditions::Finding;
use super::rules;
use crate::publics::Answer;

/// What the OPCO looks at when it receives a contract; `None` where nobody knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PreCheck {
    /// The title is registered on the day of the contract (C. trav., art. L6211-1).
    pub title_registered: Option<bool>,
    /// What [`super::age`] answers.
    pub age: Finding,
    /// What [`super::tutor`] and [`super::tutor_load`] answer.
    pub tutor: Vec<Finding>,
    /// Monthly pay of the contract and the lowest one of the law, in hundredths of a euro.
    pub pay: Option<(u64, u64)>,
    /// The administration opposes that this employer takes apprentices (art. L6225-1 to L6225-6).
    pub opposed: Option<bool>,
    /// The school may prepare to the title on this site and day (art. R6113-16).
    pub accredited: Option<bool>,
    /// The school's certification of quality covers apprenticeship (art. L6316-1), until the day given.
    pub quality_until: Option<Date>,
    pub starts_on: Date,
}

/// The seven points, in the order of the article D6224-2: what the OPCO would answer.
pub fn precheck(check: &PreCheck) -> [Finding; 7] {
    let rule = rules::PRECHECK;
    let point = |fact: Option<bool>, yes: &str, no: &str, unknown: &str| match fact {
        Some(true) => Finding::new(rule, Answer::Yes, yes),
        Some(false) => Finding::new(rule, Answer::No, no),
        None => Finding::new(rule, Answer::Unknown, unknown),
    };
    let pay = match check.pay {
        None => Finding::new(rule, Answer::Unknown, "4. Rémunération\u{a0}: elle n’est pas notée."),
        Some((paid, least)) => {
            let answer = if paid >= least { Answer::Yes } else { Answer::No };
            Finding::new(
                rule,
                answer,
                format!("4. Rémunération\u{a0}: {} par mois, {} au moins.", euros(paid), euros(least)),
            )
        }
    };
    let tutor = worst(&check.tutor);
    [
        point(
            check.title_registered,
            "1. Formation\u{a0}: le titre est enregistré au répertoire national le jour du contrat.",
            "1. Formation\u{a0}: le titre n’est pas enregistré le jour du contrat.",
            "1. Formation\u{a0}: l’enregistrement du titre reste à vérifier.",
        ),
        Finding::new(rule, check.age.answer, format!("2. Âge\u{a0}: {}", lower(&check.age.why))),
        Finding::new(
            rule,
            tutor.map_or(Answer::Unknown, |finding| finding.answer),
            tutor.map_or_else(
                || "3. Maître d’apprentissage\u{a0}: personne n’est désigné.".to_owned(),
                |finding| format!("3. Maître d’apprentissage\u{a0}: {}", lower(&finding.why)),
            ),
        ),
        pay,
        point(
            check.opposed.map(|opposed| !opposed),
            "5. Employeur\u{a0}: aucune opposition ni interdiction de recruter.",
            "5. Employeur\u{a0}: une opposition ou une interdiction de recruter est connue.",
            "5. Employeur\u{a0}: l’absence d’opposition n’est pas notée.",
        ),
        point(
            check.accredited,
            "6. Habilitation\u{a0}: l’école est habilitée pour ce titre sur ce site.",
            "6. Habilitation\u{a0}: l’école n’est pas habilitée pour ce titre sur ce site ce jour-là.",
            "6. Habilitation\u{a0}: elle reste à vérifier.",
        ),
        match check.quality_until {
            Some(until) if until >= check.starts_on => Finding::new(
                rule,
                Answer::Yes,
                format!("7. Qualité\u{a0}: certification valable jusqu’au {}.", base::fr::date_long(until)),
            ),
            Some(until) => Finding::new(
                rule,
                Answer::No,
                format!("7. Qualité\u{a0}: certification finie le {}.", base::fr::date_long(until)),
            ),
            None => Finding::new(rule, Answer::Unknown, "7. Qualité\u{a0}: la certification n’est pas notée."),
        },
    ]
}

/// The finding that decides: a no, or else something unknown, or else the first.
fn worst(findings: &[Finding]) -> Option<&Finding> {
    let of = |answer| findings.iter().find(|finding| finding.answer == answer);
    of(Answer::No).or_else(|| of(Answer::Unknown)).or(findings.first())
}

fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

/// « 1 823,03 € ».
pub(super) fn euros(cents: u64) -> String {
    format!("{},{:02}\u{a0}€", base::fr::number(cents / 100), cents % 100)
}
