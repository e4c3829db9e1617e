//! How long data are kept.

use base::{Date, fr};
use jiff::ToSpan;
use jiff::civil::date;

use crate::{Certainty, Deadline, OutOfRange, Parameter, Rule, Unit};

const ACTIVE_FILE: &str = "retention.active_file";
const READING_LOG: &str = "retention.reading_log";
const READING_LOG_CONTROL: &str = "retention.reading_log_internal_control";

pub const RULES: &[Rule] = &[
    Rule {
        code: ACTIVE_FILE,
        since: date(2021, 3, 11),
        until: None,
        citation: "CNIL, délibération 2021-028 du 11\u{a0}mars 2021 (référentiel social et médico-social)",
        certainty: Certainty::Confirmed,
        summary_fr: "Le dossier d’une personne reste en base active jusqu’à deux ans après le dernier contact avec \
                     elle. Il est ensuite archivé avec un accès restreint, ou supprimé.",
    },
    Rule {
        code: READING_LOG,
        since: date(2021, 10, 14),
        until: None,
        citation: "CNIL, délibération 2021-122 du 14\u{a0}octobre 2021 (journalisation)",
        certainty: Certainty::Confirmed,
        summary_fr: "Les traces de consultation sont gardées de six mois à un an. Elles ne servent pas à surveiller \
                     le travail des agents.",
    },
    Rule {
        code: READING_LOG_CONTROL,
        since: date(2021, 10, 14),
        until: None,
        citation: "CNIL, délibération 2021-122 du 14\u{a0}octobre 2021 (journalisation)",
        certainty: Certainty::Confirmed,
        summary_fr: "Quand un contrôle interne l’exige, les traces de consultation peuvent être gardées jusqu’à \
                     trois ans.",
    },
];

const ACTIVE_FILE_MONTHS: Parameter = Parameter {
    name: "retention.active_file_months",
    rule: ACTIVE_FILE,
    label_fr: "Durée en base active après le dernier contact",
    unit: Unit::Months,
    default: 24,
    bounds: (1, 24),
    citation: RULES[0].citation,
    certainty: Certainty::Confirmed,
};
pub const READING_LOG_MONTHS: Parameter = Parameter {
    name: "retention.reading_log_months",
    rule: READING_LOG,
    label_fr: "Durée des traces de consultation",
    unit: Unit::Months,
    default: 12,
    bounds: (6, 12),
    citation: RULES[1].citation,
    certainty: Certainty::Confirmed,
};
const READING_LOG_CONTROL_MONTHS: Parameter = Parameter {
    name: "retention.reading_log_internal_control_months",
    rule: READING_LOG_CONTROL,
    label_fr: "Durée des traces de consultation sous contrôle interne",
    unit: Unit::Months,
    default: 36,
    bounds: (6, 36),
    citation: RULES[2].citation,
    certainty: Certainty::Confirmed,
};

/// What [`Retention::read`] asks for.
pub const PARAMETERS: &[Parameter] = &[ACTIVE_FILE_MONTHS, READING_LOG_MONTHS, READING_LOG_CONTROL_MONTHS];

/// Why a reading log is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogPurpose {
    /// The usual one: security of the accesses.
    Security,
    /// A documented internal control asks for a longer time.
    InternalControl,
}

/// The durations in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retention {
    active_file_months: u16,
    reading_log_months: u16,
    reading_log_control_months: u16,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            active_file_months: ACTIVE_FILE_MONTHS.default,
            reading_log_months: READING_LOG_MONTHS.default,
            reading_log_control_months: READING_LOG_CONTROL_MONTHS.default,
        }
    }
}

impl Retention {
    /// The durations that the settings give, by parameter name; the default where they give none.
    ///
    /// # Errors
    /// The first setting outside its bounds.
    pub fn read(setting: impl Fn(&str) -> Option<u16>) -> Result<Self, OutOfRange> {
        let value = |parameter: Parameter| parameter.value(setting(parameter.name));
        Ok(Self {
            active_file_months: value(ACTIVE_FILE_MONTHS)?,
            reading_log_months: value(READING_LOG_MONTHS)?,
            reading_log_control_months: value(READING_LOG_CONTROL_MONTHS)?,
        })
    }

    /// The last day of a file in the active base.
    pub fn active_file(&self, last_contact: Date) -> Deadline {
        let (last_day, length) = count(last_contact, self.active_file_months);
        let why = format!(
            "En base active jusqu’au {}\u{a0}: {length} après le dernier contact, le {}.",
            fr::date_long(last_day),
            fr::date_long(last_contact)
        );
        Deadline { last_day, rule: ACTIVE_FILE, why }
    }

    /// The last day of a line of the reading log.
    pub fn reading_log(&self, read_on: Date, purpose: LogPurpose) -> Deadline {
        let (rule, months) = match purpose {
            LogPurpose::Security => (READING_LOG, self.reading_log_months),
            LogPurpose::InternalControl => (READING_LOG_CONTROL, self.reading_log_control_months),
        };
        let (last_day, length) = count(read_on, months);
        let why = format!(
            "Trace gardée jusqu’au {}\u{a0}: {length} après la consultation du {}.",
            fr::date_long(last_day),
            fr::date_long(read_on)
        );
        Deadline { last_day, rule, why }
    }
}

fn count(from: Date, months: u16) -> (Date, String) {
    (from.checked_add(i32::from(months).months()).unwrap_or(Date::MAX), Unit::Months.count(months))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let retention = Retention::default();
        let day = date(2024, 2, 29);
        assert_eq!(retention.active_file(day).last_day, date(2026, 2, 28));
        assert_eq!(retention.reading_log(day, LogPurpose::Security).last_day, date(2025, 2, 28));
        assert_eq!(retention.reading_log(day, LogPurpose::InternalControl).last_day, date(2027, 2, 28));
        assert_eq!(retention.active_file(Date::MAX).last_day, Date::MAX);
        assert_eq!(
            retention.active_file(date(2026, 11, 22)).why.replace('\u{a0}', "_"),
            "En base active jusqu’au 22_novembre 2028_: 24_mois après le dernier contact, le 22_novembre 2026."
        );
    }

    #[test]
    fn settings_stay_within_what_the_cnil_allows() {
        let shorter = Retention::read(|name| (name == "retention.reading_log_months").then_some(6)).unwrap();
        assert_eq!(shorter.reading_log(date(2026, 1, 1), LogPurpose::Security).last_day, date(2026, 7, 1));
        assert!(Retention::read(|name| (name == "retention.reading_log_months").then_some(24)).is_err());
        assert!(Retention::read(|name| (name == "retention.active_file_months").then_some(60)).is_err());
    }
}
