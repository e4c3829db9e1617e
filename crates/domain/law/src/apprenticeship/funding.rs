use base::{Date, fr};
use serde::Serialize;

use super::clocks::plus_months;
use super::{Settings, rules};
use crate::coded::coded;
use crate::{Rule, Unit};

coded! {
    /// What an instalment of the OPCO is.
    pub enum InstalmentKind {
        /// On the first invoice.
        First = "first",
        Second = "second",
        Third = "third",
        /// The one advance of a contract shorter than a year.
        ShortAdvance = "short_advance",
        /// What is left at the end, on invoice and certificate.
        Balance = "balance",
    }
}

impl InstalmentKind {
    /// French name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::First => "Premier versement",
            Self::Second => "Deuxième versement",
            Self::Third => "Troisième versement",
            Self::ShortAdvance => "Avance unique",
            Self::Balance => "Solde",
        }
    }
}

/// One line of the schedule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Instalment {
    pub kind: InstalmentKind,
    /// Year of the contract, from 1.
    pub year: u16,
    /// First day on which it may be invoiced.
    pub from: Date,
    /// Last day to invoice it; the balance is lost afterwards.
    pub until: Option<Date>,
    /// Hundredths of a euro; a balance below zero is to be given back.
    pub cents: i64,
    pub rule: &'static str,
    pub why: String,
}

/// What the OPCO pays for a contract of apprenticeship: `annual_cents` a year, by day of contract. `end` is its last day,
/// the one foreseen or that of the break; `planned_end` the one foreseen. The lines sum to what is due by day.
pub fn schedule(from: Date, planned_end: Date, end: Date, annual_cents: u64, settings: &Settings) -> Vec<Instalment> {
    let end = end.min(planned_end);
    if end < from {
        return Vec::new();
    }
    let rule = if rules::FUNDING_BEFORE.applies_on(from) { rules::FUNDING_BEFORE } else { rules::FUNDING };
    // Beyond ten thousand million euros nothing is a price; sums stay within their type.
    let annual = i64::try_from(annual_cents.min(1_000_000_000_000)).unwrap_or(0);
    let mut lines = Vec::new();
    let after_planned = planned_end.tomorrow().unwrap_or(Date::MAX);
    if after_planned < plus_months(from, 12) {
        let foreseen = due(from, planned_end, annual);
        let cents = percent(foreseen, settings.funding_short_percent);
        let why = format!("Contrat de moins d’un an\u{a0}: une avance de {}\u{a0}%.", settings.funding_short_percent);
        lines.push(Instalment {
            kind: InstalmentKind::ShortAdvance,
            year: 1,
            from,
            until: None,
            cents,
            rule: rule.code,
            why,
        });
    } else {
        for year in 1.. {
            let begins = plus_months(from, (year - 1) * 12);
            // A last year that is not whole is paid with the balance.
            if begins > end || plus_months(begins, 12) > after_planned || begins == Date::MAX {
                break;
            }
            lines.extend(year_lines(begins, year, annual, end, rule, settings));
        }
    }
    let paid: i64 = lines.iter().map(|line| line.cents).sum();
    let total = due(from, end, annual);
    let last_day = plus_months(end, settings.last_invoice_months);
    let why = format!(
        "{} dus au jour près, du {} au {}, moins {} déjà versés\u{a0}; à facturer au plus tard le {}.",
        signed(total),
        fr::date_long(from),
        fr::date_long(end),
        signed(paid),
        fr::date_long(last_day)
    );
    let year = u16::try_from((1..).take_while(|year| plus_months(from, year * 12) <= end).count()).unwrap_or(0) + 1;
    lines.push(Instalment {
        kind: InstalmentKind::Balance,
        year,
        from: end,
        until: Some(last_day),
        cents: total - paid,
        rule: rule.code,
        why,
    });
    lines
}

fn year_lines(begins: Date, year: u16, annual: i64, end: Date, rule: Rule, settings: &Settings) -> Vec<Instalment> {
    [
        (InstalmentKind::First, 1, settings.funding_first_percent),
        (InstalmentKind::Second, settings.funding_second_month, settings.funding_second_percent),
        (InstalmentKind::Third, settings.funding_third_month, settings.funding_third_percent),
    ]
    .into_iter()
    .map(|(kind, month, share)| {
        // The seventh month begins six months after the first day.
        let from = plus_months(begins, month - 1);
        let why = format!(
            "{share}\u{a0}% du montant annuel, à partir du {} ({}).",
            fr::date_long(from),
            if month == 1 { "début de l’année de contrat".to_owned() } else { format!("{month}e\u{a0}mois") }
        );
        Instalment { kind, year, from, until: None, cents: percent(annual, share), rule: rule.code, why }
    })
    .filter(|line| line.from <= end)
    .collect()
}

/// What is due from a day to another, included: whole years in full, then days over 365.
fn due(from: Date, end: Date, annual: i64) -> i64 {
    let after = end.tomorrow().unwrap_or(Date::MAX);
    let years = (1..100_u16).take_while(|years| plus_months(from, years * 12) <= after).count();
    let years = u16::try_from(years).unwrap_or(0);
    let rest_from = plus_months(from, years * 12);
    let rest = rest_from.until(after).map_or(0, |span| i64::from(span.get_days())).clamp(0, 365);
    annual * i64::from(years) + (annual * rest + 182) / 365
}

fn percent(cents: i64, share: u16) -> i64 {
    (cents * i64::from(share) + 50) / 100
}

fn signed(cents: i64) -> String {
    let sign = if cents < 0 { "−" } else { "" };
    format!("{sign}{}", super::precheck::euros(cents.unsigned_abs()))
}

/// What is paid for the training of a contract of professionalisation where the branch says nothing, in hundredths of a
/// euro, and why.
pub fn price_by_the_hour(hours: u32, priority: bool, settings: &Settings) -> (u64, String) {
    let hour = if priority { settings.pro_hour_price_priority } else { settings.pro_hour_price };
    let total = u64::from(hours) * u64::from(hour);
    let why = format!(
        "{} à {}, faute de montant de branche ({}).",
        Unit::Hours.count(u16::try_from(hours).unwrap_or(u16::MAX)),
        super::precheck::euros(hour.into()),
        rules::PRO_PRICE.citation
    );
    (total, why)
}
