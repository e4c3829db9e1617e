use std::fmt;

use base::{Date, fr};
use serde::Serialize;

use crate::questionnaire::Question;

/// How sure the house is of a rule or of a number; the screen shows the mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Read in the text, the schema or the local rule cited, or well established.
    Confirmed,
    /// Known second-hand, or a convention that no text fixes: to be confirmed by the département.
    Uncertain,
}

impl Certainty {
    /// « confirmée » or « à confirmer ».
    pub fn label_fr(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmée",
            Self::Uncertain => "à confirmer",
        }
    }
}

/// One rule between two dates. A law that changes is another rule with a later `since`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Rule {
    /// Stable name, kept with each finding: `public.young`, `delay.orientation.2025`.
    pub code: &'static str,
    /// First day it applies. A definition that no text dates begins with the RSA itself, on 1 June 2009.
    pub since: Date,
    /// First day it no longer applies; `None` while in force.
    pub until: Option<Date>,
    /// Article, schema element or local rule it comes from.
    pub citation: &'static str,
    pub certainty: Certainty,
    /// What it says, in one or two French sentences.
    pub summary_fr: &'static str,
}

impl Rule {
    pub fn applies_on(&self, day: Date) -> bool {
        self.since <= day && self.until.is_none_or(|until| day < until)
    }
}

/// What a parameter counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Hours,
    Days,
    Weeks,
    Months,
    Years,
    Children,
    /// Hundredths of a whole: 150 is one and a half.
    Hundredths,
    /// A number of whatever the label names.
    Count,
    /// A code of the questionnaire, as a number.
    Code,
    /// 0 is no, 1 is yes.
    Switch,
}

impl Unit {
    /// « 1 mois », « 6 semaines », « 1 (oui) », « code 1207 (jamais scolarisé) ».
    pub fn count(self, n: u16) -> String {
        match self {
            Self::Hours => fr::count(n, "heure", "heures"),
            Self::Days => fr::count(n, "jour", "jours"),
            Self::Weeks => fr::count(n, "semaine", "semaines"),
            Self::Months => fr::count(n, "mois", "mois"),
            Self::Years => fr::count(n, "an", "ans"),
            Self::Children => fr::count(n, "enfant", "enfants"),
            Self::Hundredths => fr::count(n, "centième", "centièmes"),
            Self::Count => n.to_string(),
            Self::Code => {
                let code = format!("{n:04}");
                let words = Question::ALL.into_iter().find_map(|question| question.answer(&code));
                words.map_or_else(|| format!("code\u{a0}{code}"), |words| format!("code\u{a0}{code} ({words})"))
            }
            Self::Switch => format!("{n}\u{a0}({})", if n == 0 { "non" } else { "oui" }),
        }
    }

    /// What a form says of the number to type: « En semaines. »; empty when the label says it.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Hours => "En heures.",
            Self::Days => "En jours.",
            Self::Weeks => "En semaines.",
            Self::Months => "En mois.",
            Self::Years => "En ans.",
            Self::Children => "En nombre d’enfants.",
            Self::Hundredths => "En centièmes.",
            Self::Count | Self::Code => "",
            Self::Switch => "1\u{a0}: oui, 0\u{a0}: non.",
        }
    }
}

/// A number a rule uses, which the platform's dated settings may replace.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Parameter {
    /// Stable key in the settings: `publics.young_before`.
    pub name: &'static str,
    /// Code of the rule that uses it.
    pub rule: &'static str,
    pub label_fr: &'static str,
    pub unit: Unit,
    /// Value when no setting replaces it.
    pub default: u16,
    /// Smallest and largest values a setting may give.
    pub bounds: (u16, u16),
    pub citation: &'static str,
    pub certainty: Certainty,
}

impl Parameter {
    /// The value in force: the stored setting, or the default.
    ///
    /// # Errors
    /// When the setting lies outside the bounds: it is refused, never silently brought back into them.
    pub fn value(&self, stored: Option<u16>) -> Result<u16, OutOfRange> {
        match stored {
            None => Ok(self.default),
            Some(value) if (self.bounds.0..=self.bounds.1).contains(&value) => Ok(value),
            Some(value) => Err(OutOfRange { parameter: *self, value }),
        }
    }
}

/// A setting outside the bounds of its parameter. Displays as a French sentence for whoever set it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutOfRange {
    pub parameter: Parameter,
    pub value: u16,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parameter { name, label_fr, unit, bounds: (least, most), .. } = self.parameter;
        write!(
            f,
            "Le paramètre «\u{a0}{label_fr}\u{a0}» ({name}) ne peut pas valoir {}\u{a0}: \
             choisissez une valeur de {least} à {}.",
            unit.count(self.value),
            unit.count(most)
        )
    }
}

impl std::error::Error for OutOfRange {}

/// The end of a legal time, with the rule that fixes it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Deadline {
    /// The last day in time; the day after is too late.
    pub last_day: Date,
    /// Code of the rule.
    pub rule: &'static str,
    /// How it was counted, in a French sentence.
    pub why: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publics;

    #[test]
    fn a_code_is_said_with_its_meaning() {
        assert_eq!(Unit::Code.count(1207), "code\u{a0}1207 (jamais scolarisé)");
        assert_eq!(Unit::Code.count(1208), "code\u{a0}1208");
    }

    #[test]
    fn a_setting_outside_its_bounds_is_refused_in_plain_words() {
        let parameter = publics::PARAMETERS.iter().find(|p| p.name == "publics.long_term_rsa_years").unwrap();
        assert_eq!(parameter.value(Some(3)), Ok(3));
        let refusal = parameter.value(Some(99)).unwrap_err().to_string();
        assert!(refusal.contains("publics.long_term_rsa_years"), "{refusal}");
        assert!(refusal.contains("99\u{a0}ans"), "{refusal}");
        crate::typography::assert_typography(&refusal);
    }
}
