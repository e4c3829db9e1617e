//! Legal delays of the accompaniment: when the orientation and the engagement contract are due.

use base::Date;
use jiff::ToSpan;
use jiff::civil::date;

use crate::{Certainty, Deadline, OutOfRange, Parameter, Rule, Unit, fr};

/// First day of the law « plein emploi » (n° 2023-1196) for RSA beneficiaries.
pub const FULL_EMPLOYMENT_LAW: Date = date(2025, 1, 1);

const ORIENTATION_BEFORE_2025: &str = "delay.orientation.2009";
const ORIENTATION: &str = "delay.orientation.2025";
const ENGAGEMENT_CONTRACT: &str = "delay.engagement_contract.2025";

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

/// What [`Delays::read`] asks for.
pub const PARAMETERS: &[Parameter] = &[ORIENTATION_MONTHS_BEFORE_2025, ORIENTATION_WEEKS, CONTRACT_MONTHS];

/// The lengths in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Delays {
    orientation_weeks: u16,
    orientation_months_before_2025: u16,
    contract_months: u16,
}

impl Default for Delays {
    fn default() -> Self {
        Self {
            orientation_weeks: ORIENTATION_WEEKS.default,
            orientation_months_before_2025: ORIENTATION_MONTHS_BEFORE_2025.default,
            contract_months: CONTRACT_MONTHS.default,
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
            fr::date(last_day),
            fr::date(informed_on)
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
            fr::date(last_day),
            Unit::Months.count(self.contract_months),
            fr::date(notified_on)
        );
        Some(Deadline { last_day, rule: ENGAGEMENT_CONTRACT, why })
    }
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
    fn settings_replace_the_lengths() {
        let delays = Delays::read(|name| (name == "delays.orientation_weeks").then_some(4)).unwrap();
        assert_eq!(delays.orientation(date(2026, 1, 1)).last_day, date(2026, 1, 29));
        assert!(Delays::read(|_| Some(0)).is_err());
    }
}

pub const UNDO_HOURS: Parameter = ORIENTATION_WEEKS;
pub struct FirstMeeting {
    pub short_days: u16,
    pub long_days: u16,
    pub quiet_days: u16,
    pub long_quiet_days: u16,
    pub assessment_days: u16,
    pub intensive_meetings: u16,
    pub orientation_warning_days: u16,
}
impl FirstMeeting {
    pub fn read(_setting: impl Fn(&str) -> Option<u16>) -> Result<Self, OutOfRange> {
        Ok(Self {
            short_days: 15,
            long_days: 30,
            quiet_days: 30,
            long_quiet_days: 60,
            assessment_days: 60,
            intensive_meetings: 4,
            orientation_warning_days: 7,
        })
    }
}
