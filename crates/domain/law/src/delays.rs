//! Delays of the accompaniment: those of the law (orientation, engagement contract), and those the département gives
//! itself (first appointment, undoing a decision, what those who followed a person before may still read); the time a
//! person has to contest a decision.

use base::{Date, Instant, fr};
use jiff::civil::date;
use jiff::{SignedDuration, ToSpan};

use crate::{Certainty, Deadline, OutOfRange, Parameter, Rule, Unit};

/// First day of the law « plein emploi » (n° 2023-1196) for RSA beneficiaries.
pub const FULL_EMPLOYMENT_LAW: Date = date(2025, 1, 1);

const ORIENTATION_BEFORE_2025: &str = "delay.orientation.2009";
const ORIENTATION: &str = "delay.orientation.2025";
const ENGAGEMENT_CONTRACT: &str = "delay.engagement_contract.2025";
const FIRST_APPOINTMENT: &str = "delay.first_appointment";
const DECISION_UNDO: &str = "delay.decision_undo";
const FORMER_REFERENT: &str = "delay.former_referent_access";
const OLD_STRUCTURE: &str = "delay.old_structure_access";
const ADMINISTRATIVE_APPEAL: &str = "delay.administrative_appeal";

/// The RSA began on 1 June 2009: what no text dates begins with it.
const RSA_BEGINS: Date = date(2009, 6, 1);

const LOCAL_CHOICE: &str = "Choix du département";

pub const RULES: &[Rule] = &[
    Rule {
        code: ORIENTATION_BEFORE_2025,
        since: date(2009, 6, 1),
        until: Some(FULL_EMPLOYMENT_LAW),
        citation: "CASF, art. L.\u{a0}262-29, rédaction antérieure au 1er\u{a0}janvier 2025",
        certainty: Certainty::Uncertain,
        summary_fr: "L’orientation était décidée dans les deux mois suivant l’information du département que le droit \
                     est ouvert. La règle retenue est celle en vigueur le jour de cette information.",
    },
    Rule {
        code: ORIENTATION,
        since: FULL_EMPLOYMENT_LAW,
        until: None,
        citation: "CASF, partie réglementaire, orientation des bénéficiaires (R.\u{a0}262-65-1 et suivants)",
        certainty: Certainty::Confirmed,
        summary_fr: "L’orientation est décidée dans les six semaines suivant le jour où le département reçoit \
                     l’information que le droit est ouvert, ou transféré chez lui. Passé ce délai, France Travail \
                     oriente.",
    },
    Rule {
        code: ENGAGEMENT_CONTRACT,
        since: FULL_EMPLOYMENT_LAW,
        until: None,
        citation: "Code du travail, art. D.\u{a0}5411-14-1",
        certainty: Certainty::Confirmed,
        summary_fr: "Le contrat d’engagement est conclu dans le mois suivant la notification de la décision \
                     d’orientation. Une nouvelle orientation ouvre un nouveau mois.",
    },
    Rule {
        code: FIRST_APPOINTMENT,
        since: RSA_BEGINS,
        until: None,
        citation: "Usage des services d’insertion\u{a0}: deux objectifs suivis côte à côte",
        certainty: Certainty::Uncertain,
        summary_fr: "Le premier rendez-vous a lieu dans les quinze jours suivant le début de l’orientation. Passé \
                     trente jours, il est en retard.",
    },
    Rule {
        code: DECISION_UNDO,
        since: RSA_BEGINS,
        until: None,
        citation: LOCAL_CHOICE,
        certainty: Certainty::Uncertain,
        summary_fr: "Une décision d’orientation ou d’affectation peut être annulée par qui l’a prise pendant quelques \
                     heures. Ensuite, une autre décision la remplace.",
    },
    Rule {
        code: FORMER_REFERENT,
        since: RSA_BEGINS,
        until: None,
        citation: LOCAL_CHOICE,
        certainty: Certainty::Uncertain,
        summary_fr: "L’ancien référent lit encore le dossier pendant quelques jours, pour passer le relais.",
    },
    Rule {
        code: OLD_STRUCTURE,
        since: RSA_BEGINS,
        until: None,
        citation: "Système d’information du département de la Seine-Saint-Denis\u{a0}: transferts",
        certainty: Certainty::Confirmed,
        summary_fr: "Après un transfert, l’ancienne structure garde la lecture du dossier jusqu’au 31\u{a0}mars de \
                     l’année suivante.",
    },
    Rule {
        code: ADMINISTRATIVE_APPEAL,
        since: RSA_BEGINS,
        until: None,
        citation: "Usage des recours administratifs\u{a0}; article à vérifier par le service juridique du département",
        certainty: Certainty::Uncertain,
        summary_fr: "Qui conteste une décision d’orientation adresse d’abord un recours administratif au président du \
                     conseil départemental, dans un délai compté du jour où la lettre est reçue.",
    },
];

const ORIENTATION_WEEKS: Parameter = Parameter {
    name: "delays.orientation_weeks",
    rule: ORIENTATION,
    label_fr: "Délai d’orientation",
    unit: Unit::Weeks,
    default: 6,
    bounds: (1, 52),
    citation: RULES[1].citation,
    certainty: Certainty::Confirmed,
};
const ORIENTATION_MONTHS_BEFORE_2025: Parameter = Parameter {
    name: "delays.orientation_months_before_2025",
    rule: ORIENTATION_BEFORE_2025,
    label_fr: "Délai d’orientation avant 2025",
    unit: Unit::Months,
    default: 2,
    bounds: (1, 12),
    citation: RULES[0].citation,
    certainty: Certainty::Uncertain,
};
const CONTRACT_MONTHS: Parameter = Parameter {
    name: "delays.engagement_contract_months",
    rule: ENGAGEMENT_CONTRACT,
    label_fr: "Délai de conclusion du contrat d’engagement",
    unit: Unit::Months,
    default: 1,
    bounds: (1, 12),
    citation: RULES[2].citation,
    certainty: Certainty::Confirmed,
};

const FIRST_APPOINTMENT_DAYS: Parameter = Parameter {
    name: "delays.first_appointment_days",
    rule: FIRST_APPOINTMENT,
    label_fr: "Premier rendez-vous\u{a0}: objectif",
    unit: Unit::Days,
    default: 15,
    bounds: (1, 90),
    citation: RULES[3].citation,
    certainty: Certainty::Uncertain,
};
const FIRST_APPOINTMENT_LATE_DAYS: Parameter = Parameter {
    name: "delays.first_appointment_late_days",
    rule: FIRST_APPOINTMENT,
    label_fr: "Premier rendez-vous\u{a0}: retard",
    unit: Unit::Days,
    default: 30,
    bounds: (1, 180),
    citation: RULES[3].citation,
    certainty: Certainty::Uncertain,
};
const DECISION_UNDO_HOURS: Parameter = Parameter {
    name: "delays.decision_undo_hours",
    rule: DECISION_UNDO,
    label_fr: "Temps pour annuler une décision",
    unit: Unit::Hours,
    default: 24,
    bounds: (1, 168),
    citation: LOCAL_CHOICE,
    certainty: Certainty::Uncertain,
};
const FORMER_REFERENT_DAYS: Parameter = Parameter {
    name: "delays.former_referent_access_days",
    rule: FORMER_REFERENT,
    label_fr: "Lecture par l’ancien référent",
    unit: Unit::Days,
    default: 30,
    bounds: (0, 180),
    citation: LOCAL_CHOICE,
    certainty: Certainty::Uncertain,
};
const OLD_STRUCTURE_MONTH: Parameter = Parameter {
    name: "delays.old_structure_access_month",
    rule: OLD_STRUCTURE,
    label_fr: "Lecture par l’ancienne structure\u{a0}: numéro du dernier mois, l’année suivante",
    unit: Unit::Count,
    default: 3,
    bounds: (1, 12),
    citation: RULES[6].citation,
    certainty: Certainty::Confirmed,
};

const APPEAL_MONTHS: Parameter = Parameter {
    name: "delays.administrative_appeal_months",
    rule: ADMINISTRATIVE_APPEAL,
    label_fr: "Délai pour contester une décision d’orientation",
    unit: Unit::Months,
    default: 2,
    bounds: (1, 12),
    citation: RULES[7].citation,
    certainty: Certainty::Uncertain,
};

/// What [`Delays::read`] asks for.
pub const PARAMETERS: &[Parameter] = &[
    ORIENTATION_MONTHS_BEFORE_2025,
    ORIENTATION_WEEKS,
    CONTRACT_MONTHS,
    FIRST_APPOINTMENT_DAYS,
    FIRST_APPOINTMENT_LATE_DAYS,
    DECISION_UNDO_HOURS,
    FORMER_REFERENT_DAYS,
    OLD_STRUCTURE_MONTH,
    APPEAL_MONTHS,
];

/// The two dates of a first appointment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FirstAppointment {
    /// Until when it is on time.
    pub target: Deadline,
    /// From the day after, it is late.
    pub limit: Deadline,
}

/// The lengths in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Delays {
    orientation_weeks: u16,
    orientation_months_before_2025: u16,
    contract_months: u16,
    first_appointment_days: u16,
    first_appointment_late_days: u16,
    decision_undo_hours: u16,
    former_referent_days: u16,
    old_structure_month: u16,
    appeal_months: u16,
}

impl Default for Delays {
    fn default() -> Self {
        Self {
            orientation_weeks: ORIENTATION_WEEKS.default,
            orientation_months_before_2025: ORIENTATION_MONTHS_BEFORE_2025.default,
            contract_months: CONTRACT_MONTHS.default,
            first_appointment_days: FIRST_APPOINTMENT_DAYS.default,
            first_appointment_late_days: FIRST_APPOINTMENT_LATE_DAYS.default,
            decision_undo_hours: DECISION_UNDO_HOURS.default,
            former_referent_days: FORMER_REFERENT_DAYS.default,
            old_structure_month: OLD_STRUCTURE_MONTH.default,
            appeal_months: APPEAL_MONTHS.default,
        }
    }
}

impl Delays {
    /// The lengths that the settings give, by parameter name; the default where they give none.
    ///
    /// # Errors
    /// The first setting outside its bounds.
    pub fn read(setting: impl Fn(&str) -> Option<u16>) -> Result<Self, OutOfRange> {
        let value = |parameter: Parameter| parameter.value(setting(parameter.name));
        Ok(Self {
            orientation_weeks: value(ORIENTATION_WEEKS)?,
            orientation_months_before_2025: value(ORIENTATION_MONTHS_BEFORE_2025)?,
            contract_months: value(CONTRACT_MONTHS)?,
            first_appointment_days: value(FIRST_APPOINTMENT_DAYS)?,
            first_appointment_late_days: value(FIRST_APPOINTMENT_LATE_DAYS)?,
            decision_undo_hours: value(DECISION_UNDO_HOURS)?,
            former_referent_days: value(FORMER_REFERENT_DAYS)?,
            old_structure_month: value(OLD_STRUCTURE_MONTH)?,
            appeal_months: value(APPEAL_MONTHS)?,
        })
    }

    /// When the orientation is due, from the day the département received the information that the right is opened
    /// (in the feed: the entry of the month into « droits et devoirs »).
    pub fn orientation(&self, informed_on: Date) -> Deadline {
        let (rule, length, last_day) = if informed_on < FULL_EMPLOYMENT_LAW {
            let months = self.orientation_months_before_2025;
            (ORIENTATION_BEFORE_2025, Unit::Months.count(months), plus_months(informed_on, months))
        } else {
            let weeks = self.orientation_weeks;
            let last_day = informed_on.checked_add(i32::from(weeks).weeks()).unwrap_or(Date::MAX);
            (ORIENTATION, Unit::Weeks.count(weeks), last_day)
        };
        let why = format!(
            "Orientation à décider au plus tard le {}\u{a0}: {length} à compter du {}, jour où le département a été \
             informé de l’ouverture du droit.",
            fr::date_long(last_day),
            fr::date_long(informed_on)
        );
        Deadline { last_day, rule, why }
    }

    /// When the engagement contract is due, from the notification of the orientation decision. `None` before 2025,
    /// when that contract did not exist.
    pub fn engagement_contract(&self, notified_on: Date) -> Option<Deadline> {
        if notified_on < FULL_EMPLOYMENT_LAW {
            return None;
        }
        let last_day = plus_months(notified_on, self.contract_months);
        let why = format!(
            "Contrat d’engagement à conclure au plus tard le {}\u{a0}: {} à compter du {}, jour où la décision \
             d’orientation a été notifiée.",
            fr::date_long(last_day),
            Unit::Months.count(self.contract_months),
            fr::date_long(notified_on)
        );
        Some(Deadline { last_day, rule: ENGAGEMENT_CONTRACT, why })
    }

    /// When the first appointment is due, from the first day of the orientation.
    pub fn first_appointment(&self, oriented_on: Date) -> FirstAppointment {
        let deadline = |days: u16, what: &str| {
            let last_day = plus_days(oriented_on, days);
            let why = format!(
                "{what} le {}\u{a0}: {} à compter du {}, début de l’orientation.",
                fr::date_long(last_day),
                Unit::Days.count(days),
                fr::date_long(oriented_on)
            );
            Deadline { last_day, rule: FIRST_APPOINTMENT, why }
        };
        FirstAppointment {
            target: deadline(self.first_appointment_days, "Premier rendez-vous souhaité au plus tard"),
            limit: deadline(self.first_appointment_late_days, "Premier rendez-vous en retard après"),
        }
    }

    /// The moment from which a decision can no longer be undone.
    pub fn decision_undo_ends(&self, decided_at: Instant) -> Instant {
        decided_at.plus(SignedDuration::from_hours(i64::from(self.decision_undo_hours)))
    }

    /// How long a former referent still reads the file, from the first day somebody else is in charge.
    pub fn former_referent_access(&self, replaced_on: Date) -> Deadline {
        let last_day = plus_days(replaced_on, self.former_referent_days);
        let why = format!(
            "Lecture possible jusqu’au {}\u{a0}: {} à compter du {}, jour du changement de référent.",
            fr::date_long(last_day),
            Unit::Days.count(self.former_referent_days),
            fr::date_long(replaced_on)
        );
        Deadline { last_day, rule: FORMER_REFERENT, why }
    }

    /// How long the structure left still reads the file, from the first day in another structure.
    pub fn old_structure_access(&self, left_on: Date) -> Deadline {
        let month = i8::try_from(self.old_structure_month).unwrap_or(12);
        let next_year = left_on.year().checked_add(1).and_then(|year| Date::new(year, month, 1).ok());
        let last_day = next_year.map_or(Date::MAX, Date::last_of_month);
        let why = format!(
            "Lecture possible jusqu’au {}, l’année suivant le transfert du {}.",
            fr::date_long(last_day),
            fr::date_long(left_on)
        );
        Deadline { last_day, rule: OLD_STRUCTURE, why }
    }

    /// How long somebody has to contest a decision from the day they receive its letter, which only they know:
    /// « 2 mois ».
    pub fn administrative_appeal(&self) -> String {
        Unit::Months.count(self.appeal_months)
    }

    /// The parameter behind [`Delays::administrative_appeal`], whose mark the letter shows to whoever sends it.
    pub const ADMINISTRATIVE_APPEAL: &'static Parameter = &APPEAL_MONTHS;
}

fn plus_days(day: Date, days: u16) -> Date {
    day.checked_add(i32::from(days).days()).unwrap_or(Date::MAX)
}

/// From date to date; the last day of the month when the day does not exist there.
fn plus_months(day: Date, months: u16) -> Date {
    day.checked_add(i32::from(months).months()).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_orientation_delay_changes_on_1_january_2025() {
        for (informed, last_day, rule) in [
            (date(2024, 11, 30), date(2025, 1, 30), ORIENTATION_BEFORE_2025),
            (date(2024, 12, 31), date(2025, 2, 28), ORIENTATION_BEFORE_2025),
            (date(2025, 1, 1), date(2025, 2, 12), ORIENTATION),
            (date(2026, 10, 5), date(2026, 11, 16), ORIENTATION),
            (Date::MAX, Date::MAX, ORIENTATION),
        ] {
            let deadline = Delays::default().orientation(informed);
            assert_eq!((deadline.last_day, deadline.rule), (last_day, rule), "{informed}");
            assert!(crate::rule(rule).unwrap().applies_on(informed), "{informed}");
        }
    }

    #[test]
    fn the_contract_is_due_within_a_month_of_the_notification() {
        let delays = Delays::default();
        for (notified, last_day) in [
            (date(2025, 1, 1), Some(date(2025, 2, 1))),
            (date(2026, 1, 31), Some(date(2026, 2, 28))),
            (date(2024, 12, 31), None),
            (Date::MAX, Some(Date::MAX)),
        ] {
            assert_eq!(delays.engagement_contract(notified).map(|deadline| deadline.last_day), last_day, "{notified}");
        }
    }

    #[test]
    fn the_sentences_say_how_the_days_were_counted() {
        let delays = Delays::default();
        assert_eq!(
            delays.orientation(date(2026, 10, 5)).why.replace('\u{a0}', "_"),
            "Orientation à décider au plus tard le 16_novembre 2026_: 6_semaines à compter du 5_octobre 2026, jour où \
             le département a été informé de l’ouverture du droit."
        );
        assert_eq!(
            delays.engagement_contract(date(2026, 11, 1)).unwrap().why.replace('\u{a0}', "_"),
            "Contrat d’engagement à conclure au plus tard le 1er_décembre 2026_: 1_mois à compter du 1er_novembre \
             2026, jour où la décision d’orientation a été notifiée."
        );
    }

    #[test]
    fn the_first_appointment_has_a_target_and_a_limit() {
        let FirstAppointment { target, limit } = Delays::default().first_appointment(date(2026, 11, 22));
        assert_eq!((target.last_day, limit.last_day), (date(2026, 12, 7), date(2026, 12, 22)));
        assert_eq!(
            target.why.replace('\u{a0}', "_"),
            "Premier rendez-vous souhaité au plus tard le 7_décembre 2026_: 15_jours à compter du 22_novembre 2026, \
             début de l’orientation."
        );
        assert_eq!(Delays::default().first_appointment(Date::MAX).limit.last_day, Date::MAX);
    }

    #[test]
    fn a_decision_is_undone_for_a_day_even_when_the_clock_changes() {
        let decided = Instant::start_of(date(2026, 10, 25));
        let ends = Delays::default().decision_undo_ends(decided);
        assert_eq!(ends.micros() - decided.micros(), 24 * 3_600 * 1_000_000);
        assert_eq!(Delays::default().decision_undo_ends(Instant::MAX), Instant::MAX);
    }

    #[test]
    fn those_before_read_for_a_while() {
        let delays = Delays::default();
        assert_eq!(delays.former_referent_access(date(2026, 11, 22)).last_day, date(2026, 12, 22));
        assert_eq!(
            delays.former_referent_access(date(2026, 11, 22)).why.replace('\u{a0}', "_"),
            "Lecture possible jusqu’au 22_décembre 2026_: 30_jours à compter du 22_novembre 2026, jour du changement de \
             référent."
        );
        for (left, last_day) in [
            (date(2026, 1, 1), date(2027, 3, 31)),
            (date(2026, 12, 31), date(2027, 3, 31)),
            (date(2027, 1, 1), date(2028, 3, 31)),
            (Date::MAX, Date::MAX),
        ] {
            assert_eq!(delays.old_structure_access(left).last_day, last_day, "{left}");
        }
        let february = Delays::read(|name| (name == "delays.old_structure_access_month").then_some(2)).unwrap();
        assert_eq!(february.old_structure_access(date(2027, 5, 1)).last_day, date(2028, 2, 29));
        assert_eq!(
            delays.old_structure_access(date(2026, 5, 1)).why.replace('\u{a0}', "_"),
            "Lecture possible jusqu’au 31_mars 2027, l’année suivant le transfert du 1er_mai 2026."
        );
    }

    #[test]
    fn the_time_to_contest_is_said_in_months() {
        assert_eq!(Delays::default().administrative_appeal(), "2\u{a0}mois");
        let longer = Delays::read(|name| (name == Delays::ADMINISTRATIVE_APPEAL.name).then_some(3)).unwrap();
        assert_eq!(longer.administrative_appeal(), "3\u{a0}mois");
    }

    #[test]
    fn settings_replace_the_lengths() {
        let delays = Delays::read(|name| (name == "delays.orientation_weeks").then_some(4)).unwrap();
        assert_eq!(delays.orientation(date(2026, 1, 1)).last_day, date(2026, 1, 29));
        assert!(Delays::read(|_| Some(0)).is_err());
    }
}
