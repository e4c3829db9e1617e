use base::{Date, fr};

use super::facts::{BirthPrecision, FamilySituation, Nature, RsaRole};
use super::{Answer, Finding};

/// Why an answer is what it is, with the values it rests on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// State of the right and role of an adult.
    RightOpen(char, RsaRole),
    RightNotOpen(char),
    /// The state, when one was given that no list knows.
    RightStatusMissing(Option<char>),
    RoleMissing,
    NotAdult(RsaRole),
    ObligationsFlag(bool),
    ObligationsFlagMissing,
    /// Contradiction: the flag is set on someone who is neither applicant nor partner.
    ObligationsOfNonAdult(RsaRole),
    Age {
        birth: Date,
        precision: BirthPrecision,
        /// `None` when the birth lies after the day.
        age: Option<u16>,
        bound: AgeBound,
    },
    BirthDateMissing,
    /// First day of the line that runs.
    NatureRunning(Nature, Date),
    /// Last day of the line that ended last.
    NatureNotRunning(Nature, Option<Date>),
    /// Contradiction: a line still runs in a right that is not open.
    NatureWithoutRight(Nature, char),
    CalculationMissing,
    AloneWithChild(FamilySituation, u8),
    /// The increased right runs since a day, whatever the family situation; the situation, when it says a couple.
    AloneByIncrease(Date, Option<FamilySituation>),
    InCouple(FamilySituation),
    WithoutChild,
    DeclaredMissing,
    FamilySituationMissing,
    ChildrenMissing,
    /// Contradiction: the person responsible lives alone, and yet this person is the partner.
    PartnerOfAPersonAlone(FamilySituation),
    FixedHomeFlag(bool),
    FixedHomeFlagMissing,
    /// Date of the first claim, number of years it takes.
    FirstClaim(Date, u16),
    FirstClaimMissing,
    /// No file received so far can show it.
    NotInFeed,
}

/// The ages a public goes by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AgeBound {
    AtLeast(u16),
    /// From the first age on, until the second is reached.
    Between(u16, u16),
}

impl Reason {
    pub(super) fn sentence(&self, finding: &Finding) -> String {
        let opening = match finding.answer {
            Answer::Yes => "Comptée car ",
            Answer::No => "Non comptée car ",
            Answer::Unknown => "Inconnu\u{a0}: ",
        };
        format!("{opening}{}.", self.clause(finding))
    }

    fn clause(&self, finding: &Finding) -> String {
        match *self {
            Self::RightOpen(status, role) => {
                format!("{} et le rôle est {}, selon l’organisme payeur", right(status), role_name(role))
            }
            Self::RightNotOpen(status) => format!("{}, selon l’organisme payeur", right(status)),
            Self::RightStatusMissing(Some(status)) => {
                format!("l’état du dossier «\u{a0}{status}\u{a0}» n’est pas répertorié")
            }
            Self::RightStatusMissing(None) => "l’état du dossier n’est pas connu".to_owned(),
            Self::RoleMissing => "le rôle de la personne dans le foyer RSA n’est pas connu".to_owned(),
            Self::NotAdult(role) => format!(
                "le rôle dans le foyer est {}, et seuls le demandeur et le conjoint sont comptés",
                role_name(role)
            ),
            Self::ObligationsFlag(set) => format!(
                "l’organisme payeur indique que la personne {} soumise aux droits et devoirs",
                if set { "est" } else { "n’est pas" }
            ),
            Self::ObligationsFlagMissing => {
                "l’organisme payeur n’a pas transmis l’indicateur «\u{a0}droits et devoirs\u{a0}» de la personne"
                    .to_owned()
            }
            Self::ObligationsOfNonAdult(role) => format!(
                "l’indicateur «\u{a0}droits et devoirs\u{a0}» est posé sur une personne dont le rôle est {}, ce qui \
                 est contradictoire",
                role_name(role)
            ),
            Self::Age { birth, precision, age, bound } => age_clause(birth, precision, age, bound, finding.answer),
            Self::BirthDateMissing => "la date de naissance n’est pas connue".to_owned(),
            Self::NatureRunning(nature, since) => {
                format!("{} depuis le {}, selon l’organisme payeur", nature_name(nature), fr::date_long(since))
            }
            Self::NatureNotRunning(nature, None) => {
                format!("le dernier droit calculé ne comprend pas, à ce jour, {}", nature_noun(nature))
            }
            Self::NatureNotRunning(nature, Some(ended)) => {
                format!("{} a pris fin le {}", nature_noun(nature), fr::date_long(ended))
            }
            Self::NatureWithoutRight(nature, status) => format!(
                "{}, bien que {} figure encore dans le dernier calcul transmis",
                right(status),
                nature_noun(nature)
            ),
            Self::CalculationMissing => "aucun calcul du droit n’a été transmis par l’organisme payeur".to_owned(),
            Self::AloneWithChild(situation, children) => format!(
                "la situation familiale transmise est celle d’une personne seule (code {}) avec {} à charge",
                situation.code,
                fr::count(u16::from(children), "enfant", "enfants")
            ),
            Self::AloneByIncrease(since, None) => {
                format!("{} depuis le {}", nature_name(Nature::Increased), fr::date_long(since))
            }
            Self::AloneByIncrease(since, Some(situation)) => format!(
                "{} depuis le {}, bien que la situation familiale transmise soit celle d’un couple (code {})",
                nature_name(Nature::Increased),
                fr::date_long(since),
                situation.code
            ),
            Self::InCouple(situation) => {
                format!("la situation familiale transmise est celle d’un couple (code {})", situation.code)
            }
            Self::WithoutChild => "aucun enfant à charge n’est compté dans le foyer RSA".to_owned(),
            Self::DeclaredMissing => "la situation familiale transmise est «\u{a0}déclaré absent\u{a0}» (code ABA), \
                                      que la règle locale ne retient pas"
                .to_owned(),
            Self::FamilySituationMissing => "la situation familiale n’est pas connue ou pas répertoriée".to_owned(),
            Self::ChildrenMissing => {
                "la personne est seule, mais le nombre d’enfants à charge n’est pas connu".to_owned()
            }
            Self::PartnerOfAPersonAlone(situation) => format!(
                "la personne est conjointe dans un foyer dont le responsable est transmis comme vivant seul (code {}), \
                 ce qui est contradictoire",
                situation.code
            ),
            Self::FixedHomeFlag(true) => "l’organisme payeur indique que le foyer est sans domicile fixe".to_owned(),
            Self::FixedHomeFlag(false) => {
                "l’organisme payeur n’indique pas que le foyer est sans domicile fixe".to_owned()
            }
            Self::FixedHomeFlagMissing => {
                "l’organisme payeur n’a pas transmis l’indicateur «\u{a0}sans domicile fixe\u{a0}»".to_owned()
            }
            Self::FirstClaim(claim, years) => format!(
                "la première demande de RSA connue date du {}, {} {}",
                fr::date_long(claim),
                if finding.answer == Answer::Yes { "soit au moins" } else { "soit moins de" },
                fr::count(years, "an", "ans")
            ),
            Self::FirstClaimMissing => "la date de la première demande de RSA n’est pas connue".to_owned(),
            Self::NotInFeed => {
                let facts: Vec<&str> = finding.missing.iter().map(|fact| fact.label()).collect();
                format!("le flux des organismes payeurs ne le montre pas\u{a0}; il y faudrait {}", facts.join(" ou "))
            }
        }
    }
}

fn age_clause(birth: Date, precision: BirthPrecision, age: Option<u16>, bound: AgeBound, answer: Answer) -> String {
    let invented = match precision {
        BirthPrecision::Full => "",
        BirthPrecision::DayUnknown => " (jour de naissance inconnu\u{a0}: la date transmise sert de repère)",
        BirthPrecision::DayAndMonthUnknown => {
            " (jour et mois de naissance inconnus\u{a0}: la date transmise sert de repère)"
        }
    };
    let Some(age) = age else {
        return format!("la date de naissance transmise, le {}, est à venir{invented}", fr::date_long(birth));
    };
    let years = |n| fr::count(n, "an", "ans");
    let compared = match (bound, answer) {
        (AgeBound::AtLeast(from), Answer::Yes) => format!("{} ou plus", years(from)),
        (AgeBound::AtLeast(from), _) => format!("moins de {}", years(from)),
        (AgeBound::Between(_, before), Answer::Yes) => format!("moins de {}", years(before)),
        (AgeBound::Between(from, before), _) if age < from.min(before) => format!("moins de {}", years(from)),
        (AgeBound::Between(_, before), _) => format!("{} ou plus", years(before)),
    };
    format!("la personne a {}, soit {compared}, d’après sa date de naissance{invented}", years(age))
}

fn right(status: char) -> String {
    let words = match status {
        '0' => "la demande attend une décision",
        '1' => "la demande a été refusée",
        '2' => "le droit est ouvert et versable",
        '3' => "le droit est ouvert mais suspendu",
        '4' => "le droit est ouvert mais son versement est suspendu",
        '5' => "le droit est clos",
        _ => "le droit a été clos un mois antérieur",
    };
    format!("{words} (état\u{a0}{status})")
}

fn role_name(role: RsaRole) -> &'static str {
    match role {
        RsaRole::Applicant => "demandeur",
        RsaRole::Partner => "conjoint",
        RsaRole::Child => "enfant",
        RsaRole::Other => "autre personne",
    }
}

fn nature_name(nature: Nature) -> &'static str {
    match nature {
        Nature::Increased => "le RSA est majoré",
        Nature::Youth => "le droit calculé est un RSA Jeune",
        Nature::Other => "une autre nature de droit court",
    }
}

fn nature_noun(nature: Nature) -> &'static str {
    match nature {
        Nature::Increased => "la majoration du RSA",
        Nature::Youth => "le RSA Jeune",
        Nature::Other => "une autre nature de droit",
    }
}
