use std::collections::BTreeSet;

use base::{Date, fr, is_working_day, plus_working_days};
use jiff::ToSpan;
use serde::Serialize;

use super::events::{Course, Span, Story};
use super::{Regime, Settings, rules};
use crate::coded::coded;

coded! {
    /// Legal times of a contract or of a course.
    pub enum ClockKind {
        /// How long a contract may be broken freely.
        FreeBreak = "free_break",
        /// How long somebody may train without a contract.
        WithoutContract = "without_contract",
        /// How long the CFA keeps somebody after a break.
        AfterBreak = "after_break",
        /// By when the contract goes to the OPCO.
        Deposit = "deposit",
        /// By when the OPCO answers; silence is a yes.
        OpcoAnswer = "opco_answer",
        PracticeStart = "practice_start",
        ClassStart = "class_start",
        LastInvoice = "last_invoice",
    }
}

impl ClockKind {
    /// French name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::FreeBreak => "Rupture libre",
            Self::WithoutContract => "Formation sans contrat",
            Self::AfterBreak => "Formation après une rupture",
            Self::Deposit => "Transmission à l’opérateur de compétences",
            Self::OpcoAnswer => "Réponse de l’opérateur de compétences",
            Self::PracticeStart => "Début de la formation pratique",
            Self::ClassStart => "Début des cours",
            Self::LastInvoice => "Dernière facture",
        }
    }
}

/// Which days a clock counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// All days.
    Calendar,
    /// Monday to Saturday, without public holidays.
    Working,
    /// Days of practical training at the employer’s or a host’s.
    Practice,
}

/// Where a clock stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// The time is over and what it asks for has not come.
    Overdue,
    /// It ends within the warning time.
    Pressing,
    Running,
    /// The time is over, and nothing was to be done.
    Over,
    /// What it asks for came too late.
    MetLate,
    /// What it asks for came in time, or no longer matters.
    Met,
}

impl ClockState {
    /// French name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Overdue => "dépassé",
            Self::Pressing => "pressant",
            Self::Running => "en cours",
            Self::Over => "terminé",
            Self::MetLate => "fait hors délai",
            Self::Met => "fait",
        }
    }

    /// Whether somebody should look at it today.
    pub const fn is_alert(self) -> bool {
        matches!(self, Self::Overdue | Self::Pressing)
    }
}

/// One legal time, as it stands on a day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Clock {
    pub kind: ClockKind,
    /// Code of the rule.
    pub rule: &'static str,
    pub citation: &'static str,
    /// Day from which it counts.
    pub from: Date,
    pub counting: Counting,
    /// Days counted so far, up to the day when it stopped.
    pub counted: u16,
    /// Days in all; for times given in months, the days between both dates.
    pub allowed: u16,
    /// Last day in time; `None` when the calendar known does not hold enough days.
    pub last_day: Option<Date>,
    /// Day on which what it asks for happened.
    pub met_on: Option<Date>,
    pub state: ClockState,
    /// How it was counted, in French.
    pub why: String,
}

/// Every clock that has begun by the day `on`, the most pressing first.
pub fn clocks(course: &Course<'_>, settings: &Settings, on: Date) -> Vec<Clock> {
    // What has not happened yet counts for nothing.
    let known: Vec<_> = course.events.iter().filter(|event| event.on <= on).copied().collect();
    let story = Story::of(&known);
    let reader = Reader {
        settings,
        on,
        practice: course.practice.iter().copied().collect(),
        classes: course.classes.iter().copied().collect(),
        left_on: story.left_on,
    };
    let mut clocks = Vec::new();
    clocks.extend(story.entered_on.map(|entered| reader.without_contract(entered, &story)));
    for (position, span) in story.spans.iter().enumerate() {
        if span.regime == Regime::Apprenticeship {
            clocks.push(reader.free_break(span));
            clocks.push(reader.start(span, ClockKind::PracticeStart, &reader.practice));
            clocks.push(reader.start(span, ClockKind::ClassStart, &reader.classes));
            clocks.extend(span.broken_on.map(|broken| reader.after_break(broken, story.spans.get(position + 1))));
        }
        clocks.push(reader.deposit(span));
        clocks.extend(reader.opco_answer(span));
        clocks.extend(reader.last_invoice(span));
    }
    clocks.sort_by_key(|clock| (clock.state, clock.last_day.unwrap_or(Date::MAX), clock.kind, clock.from));
    clocks
}

struct Reader<'a> {
    settings: &'a Settings,
    on: Date,
    practice: BTreeSet<Date>,
    classes: BTreeSet<Date>,
    left_on: Option<Date>,
}

/// What a clock of calendar or working days is made of.
struct Timed {
    kind: ClockKind,
    rule: crate::Rule,
    from: Date,
    last_day: Date,
    counting: Counting,
    met_on: Option<Date>,
    /// Whether its end without anything is a fault.
    must_be_met: bool,
    why: String,
}

impl Reader<'_> {
    fn timed(&self, timed: Timed) -> Clock {
        let Timed { kind, rule, from, last_day, counting, met_on, must_be_met, why } = timed;
        let met_on = met_on.filter(|met| *met <= self.on);
        let until = met_on.unwrap_or(self.on);
        let counted = match counting {
            Counting::Working => working_days(from, until.min(last_day)),
            Counting::Calendar | Counting::Practice => days(from, until.min(last_day)),
        };
        let allowed = match counting {
            Counting::Working => working_days(from, last_day),
            Counting::Calendar | Counting::Practice => days(from, last_day),
        };
        let state = match met_on {
            Some(met) if met <= last_day => ClockState::Met,
            Some(_) => ClockState::MetLate,
            None if self.on > last_day && must_be_met => ClockState::Overdue,
            None if self.on > last_day => ClockState::Over,
            None if must_be_met && days(self.on, last_day) <= self.settings.warning_days => ClockState::Pressing,
            None => ClockState::Running,
        };
        Clock {
            kind,
            rule: rule.code,
            citation: rule.citation,
            from,
            counting,
            counted,
            allowed,
            last_day: Some(last_day),
            met_on,
            state,
            why,
        }
    }

    fn without_contract(&self, entered: Date, story: &Story) -> Clock {
        let months = self.settings.months_without_contract;
        let last_day = plus_months(entered, months);
        let contract = story.next_from(entered).map(|span| span.from);
        self.timed(Timed {
            kind: ClockKind::WithoutContract,
            rule: rules::WITHOUT_CONTRACT,
            from: entered,
            last_day,
            counting: Counting::Calendar,
            met_on: [contract, self.left_on].into_iter().flatten().min(),
            must_be_met: true,
            why: format!(
                "Entrée en formation sans contrat le {}\u{a0}: un contrat doit commencer au plus tard le {}, {} après.",
                fr::date_long(entered),
                fr::date_long(last_day),
                crate::Unit::Months.count(months)
            ),
        })
    }

    fn after_break(&self, broken: Date, next: Option<&Span>) -> Clock {
        let months = self.settings.months_after_break;
        let last_day = plus_months(broken, months);
        self.timed(Timed {
            kind: ClockKind::AfterBreak,
            rule: rules::AFTER_BREAK,
            from: broken,
            last_day,
            counting: Counting::Calendar,
            met_on: [next.map(|span| span.from), self.left_on].into_iter().flatten().min(),
            must_be_met: true,
            why: format!(
                "Contrat rompu le {}\u{a0}: la formation continue jusqu’au {}, et le CFA aide à trouver un autre employeur.",
                fr::date_long(broken),
                fr::date_long(last_day)
            ),
        })
    }

    fn free_break(&self, span: &Span) -> Clock {
        let allowed = self.settings.free_break_days;
        let counted_days: Vec<Date> = self
            .practice
            .range(span.from..)
            .copied()
            .take_while(|day| *day <= span.end())
            .take(allowed.into())
            .collect();
        let last_day = counted_days.get(usize::from(allowed).saturating_sub(1)).copied();
        let until = span.broken_on.unwrap_or(self.on).min(self.on);
        let counted = u16::try_from(counted_days.iter().filter(|day| **day <= until).count()).unwrap_or(u16::MAX);
        let state = match (span.broken_on, last_day) {
            (Some(_), _) => ClockState::Met,
            (None, Some(last)) if last < self.on => ClockState::Over,
            (None, _) if span.end() < self.on => ClockState::Over,
            // Whoever thinks of leaving, or of letting go, should know that the time ends.
            (None, Some(last)) if days(self.on, last) <= self.settings.warning_days => ClockState::Pressing,
            (None, _) => ClockState::Running,
        };
        let end = last_day.map_or_else(
            || "le calendrier connu n’en compte pas assez pour dire quand elle finit".to_owned(),
            |last| format!("le {allowed}e\u{a0}est le {}, dernier jour d’une rupture libre", fr::date_long(last)),
        );
        let broken = span.broken_on.map_or_else(String::new, |broken| {
            let free = if last_day.is_none_or(|last| broken <= last) { "libre" } else { "hors de ce délai" };
            format!(" Rupture le {}, {free}.", fr::date_long(broken))
        });
        Clock {
            kind: ClockKind::FreeBreak,
            rule: rules::FREE_BREAK.code,
            citation: rules::FREE_BREAK.citation,
            from: span.from,
            counting: Counting::Practice,
            counted,
            allowed,
            last_day,
            met_on: span.broken_on,
            state,
            why: format!(
                "{} de formation pratique en entreprise depuis le {}, sur {allowed}\u{a0}; {end}.{broken}",
                fr::count(counted, "jour", "jours"),
                fr::date_long(span.from)
            ),
        }
    }

    fn start(&self, span: &Span, kind: ClockKind, days: &BTreeSet<Date>) -> Clock {
        let last_day = plus_months(span.from, self.settings.start_months);
        let what = if kind == ClockKind::PracticeStart { "formation pratique" } else { "formation au CFA" };
        // Whoever already trained at the CFA without a contract has begun.
        let begun = match kind {
            ClockKind::ClassStart => days.first(),
            _ => days.range(span.from..).next(),
        };
        self.timed(Timed {
            kind,
            rule: rules::START,
            from: span.from,
            last_day,
            counting: Counting::Calendar,
            met_on: begun.copied().or(span.broken_on),
            must_be_met: true,
            why: format!(
                "Contrat commencé le {}\u{a0}: la {what} commence au plus tard le {}.",
                fr::date_long(span.from),
                fr::date_long(last_day)
            ),
        })
    }

    fn deposit(&self, span: &Span) -> Clock {
        let (rule, counting, days) = if span.regime == Regime::Professionalisation {
            let days = crate::Unit::Days.count(self.settings.pro_deposit_days);
            (rules::PRO_DEPOSIT, Counting::Calendar, days)
        } else {
            let days = fr::count(self.settings.deposit_days, "jour ouvrable", "jours ouvrables");
            (rules::DEPOSIT, Counting::Working, days)
        };
        let last_day = deposit_by(span.regime, span.from, self.settings);
        self.timed(Timed {
            kind: ClockKind::Deposit,
            rule,
            from: span.from,
            last_day,
            counting,
            met_on: span.deposited_on,
            must_be_met: true,
            why: format!(
                "Contrat commencé le {}\u{a0}: à transmettre à l’opérateur de compétences au plus tard le {}, {days} après.",
                fr::date_long(span.from),
                fr::date_long(last_day)
            ),
        })
    }

    fn opco_answer(&self, span: &Span) -> Option<Clock> {
        let deposited = span.deposited_on.filter(|_| span.regime == Regime::Professionalisation)?;
        let last_day = plus_days(deposited, self.settings.pro_answer_days);
        Some(self.timed(Timed {
            kind: ClockKind::OpcoAnswer,
            rule: rules::PRO_DEPOSIT,
            from: deposited,
            last_day,
            counting: Counting::Calendar,
            met_on: span.agreed_on,
            must_be_met: false,
            why: format!(
                "Contrat déposé le {}\u{a0}: sans réponse le {}, la prise en charge est acquise.",
                fr::date_long(deposited),
                fr::date_long(last_day)
            ),
        }))
    }

    fn last_invoice(&self, span: &Span) -> Option<Clock> {
        let end = span.end();
        if end > self.on {
            return None;
        }
        let last_day = plus_months(end, self.settings.last_invoice_months);
        Some(self.timed(Timed {
            kind: ClockKind::LastInvoice,
            rule: rules::LAST_INVOICE,
            from: end,
            last_day,
            counting: Counting::Calendar,
            met_on: span.invoiced_on,
            must_be_met: true,
            why: format!(
                "Contrat fini le {}\u{a0}: le solde est à facturer au plus tard le {}, ou il est perdu.",
                fr::date_long(end),
                fr::date_long(last_day)
            ),
        }))
    }
}

/// Last day to send to the OPCO a contract that begins on `from`.
pub fn deposit_by(regime: Regime, from: Date, settings: &Settings) -> Date {
    match regime {
        Regime::Professionalisation => plus_days(from, settings.pro_deposit_days),
        _ => plus_working_days(from, settings.deposit_days),
    }
}

/// Days from a day to another, zero when they are not in that order.
fn days(from: Date, to: Date) -> u16 {
    from.until(to).map_or(0, |span| u16::try_from(span.get_days().max(0)).unwrap_or(u16::MAX))
}

/// Working days after a day, up to another one.
fn working_days(from: Date, to: Date) -> u16 {
    let mut counted = 0_u16;
    let mut day = from;
    while day < to && counted < u16::MAX {
        let Ok(next) = day.tomorrow() else { break };
        day = next;
        counted += u16::from(is_working_day(day));
    }
    counted
}

fn plus_days(day: Date, days: u16) -> Date {
    day.checked_add(i32::from(days).days()).unwrap_or(Date::MAX)
}

/// From date to date; the last day of the month when the day does not exist there.
pub(super) fn plus_months(day: Date, months: u16) -> Date {
    day.checked_add(i32::from(months).months()).unwrap_or(Date::MAX)
}
