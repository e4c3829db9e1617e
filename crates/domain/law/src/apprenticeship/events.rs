use base::{Date, fr};

use super::Regime;
use crate::coded::coded;

coded! {
    /// Who broke a contract.
    pub enum BrokenBy {
        Apprentice = "apprentice",
        Employer = "employer",
        Both = "both",
        /// A court, or the administration.
        Authority = "authority",
    }
}

impl BrokenBy {
    /// French name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Apprentice => "l’alternant·e",
            Self::Employer => "l’employeur",
            Self::Both => "les deux parties",
            Self::Authority => "la justice ou l’administration",
        }
    }
}

/// What happens to somebody who learns. A break of contract is no end of training, and the other way round.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum What {
    /// Begins to train without a contract, and looks for one (C. trav., art. L6222-12-1).
    EnteredWithoutContract,
    /// Last day of the contract.
    Broken(BrokenBy),
    /// First day of a contract, and the last one it foresees.
    Started { regime: Regime, last_day: Date },
    /// The employer sent to the OPCO the contract that began on that day.
    Deposited(Date),
    /// The OPCO agreed to pay for the contract that began on that day.
    Agreed(Date),
    /// The last invoice of the contract that began on that day was sent.
    LastInvoice(Date),
    /// First day out of the training, whatever the reason.
    Left,
}

/// One event on its day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Event {
    // Compared first: events of one day follow the order of [`What`], so that their order is total.
    pub on: Date,
    pub what: What,
}

/// What is known of one person's course, in any order.
#[derive(Clone, Copy, Debug)]
pub struct Course<'a> {
    pub events: &'a [Event],
    /// Days of practical training done, or foreseen for those to come.
    pub practice: &'a [Date],
    /// Days of class done, or foreseen.
    pub classes: &'a [Date],
}

/// One contract as the events tell it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Span {
    pub regime: Regime,
    pub from: Date,
    /// As signed.
    pub last_day: Date,
    pub broken_on: Option<Date>,
    pub deposited_on: Option<Date>,
    pub agreed_on: Option<Date>,
    pub invoiced_on: Option<Date>,
}

impl Span {
    /// The last day it held or will hold.
    pub fn end(&self) -> Date {
        self.broken_on.unwrap_or(self.last_day)
    }
}

/// The story told in order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Story {
    pub entered_on: Option<Date>,
    pub spans: Vec<Span>,
    pub left_on: Option<Date>,
}

impl Story {
    pub fn of(events: &[Event]) -> Self {
        let mut sorted = events.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let mut story = Self::default();
        for Event { on, what } in sorted {
            match what {
                What::EnteredWithoutContract => story.entered_on = story.entered_on.or(Some(on)),
                What::Left => story.left_on = story.left_on.or(Some(on)),
                What::Started { regime, last_day } => story.spans.push(Span {
                    regime,
                    from: on,
                    last_day,
                    broken_on: None,
                    deposited_on: None,
                    agreed_on: None,
                    invoiced_on: None,
                }),
                What::Broken(_) => {
                    if let Some(span) = story.spans.iter_mut().rev().find(|span| span.broken_on.is_none()) {
                        span.broken_on = Some(on);
                    }
                }
                What::Deposited(_) | What::Agreed(_) | What::LastInvoice(_) => {}
            }
        }
        // A paper of a contract may be dated before the first day of it.
        for Event { on, what } in events.iter().copied() {
            match what {
                What::Deposited(of) => story.mark(of, |span| &mut span.deposited_on, on),
                What::Agreed(of) => story.mark(of, |span| &mut span.agreed_on, on),
                What::LastInvoice(of) => story.mark(of, |span| &mut span.invoiced_on, on),
                _ => {}
            }
        }
        story
    }

    /// Notes the earliest day of something on the contract that began on `of`.
    fn mark(&mut self, of: Date, field: fn(&mut Span) -> &mut Option<Date>, on: Date) {
        if let Some(day) = self.spans.iter_mut().find(|span| span.from == of).map(field) {
            *day = Some(day.map_or(on, |known| known.min(on)));
        }
    }

    /// The first contract that begins on a day or later.
    pub fn next_from(&self, day: Date) -> Option<&Span> {
        self.spans.iter().find(|span| span.from >= day)
    }
}

/// Why these events cannot follow each other, one French sentence for each reason; empty when they can.
pub fn order_problems(events: &[Event]) -> Vec<String> {
    let mut sorted = events.to_vec();
    sorted.sort_unstable();
    let mut problems = Vec::new();
    let mut open: Option<(Date, Date)> = None;
    let mut left: Option<Date> = None;
    let mut entered = false;
    let mut contracts = 0;
    for Event { on, what } in sorted {
        // Papers may follow the departure: the balance is invoiced after it.
        let is_paper = matches!(what, What::Deposited(_) | What::Agreed(_) | What::LastInvoice(_));
        if let Some(left) = left.filter(|_| !is_paper) {
            let (event, left) = (fr::date_long(on), fr::date_long(left));
            problems.push(format!(
                "Rien ne peut suivre la sortie de formation du {left}\u{a0}: voyez l’événement du {event}."
            ));
            break;
        }
        match what {
            What::EnteredWithoutContract if entered => {
                problems
                    .push(format!("L’entrée sans contrat du {} est déjà connue à une autre date.", fr::date_long(on)));
            }
            What::EnteredWithoutContract if contracts > 0 => {
                let on = fr::date_long(on);
                problems.push(format!("L’entrée en formation sans contrat, le {on}, suit le début d’un contrat\u{a0}: corrigez l’une des deux dates."));
            }
            What::EnteredWithoutContract => entered = true,
            What::Started { last_day, .. } => {
                if last_day <= on {
                    let (first, last) = (fr::date_long(on), fr::date_long(last_day));
                    problems.push(format!(
                        "Le contrat qui commence le {first} finit le {last}\u{a0}: la fin suit le début."
                    ));
                }
                if let Some((from, until)) = open.filter(|(_, until)| *until >= on) {
                    let (from, until, on) = (fr::date_long(from), fr::date_long(until), fr::date_long(on));
                    problems.push(format!(
                        "Un contrat commence le {on} alors que celui du {from} court jusqu’au {until}\u{a0}: notez d’abord sa rupture."
                    ));
                }
                open = Some((on, last_day));
                contracts += 1;
            }
            What::Broken(_) => match open.take() {
                Some((_, last)) if last >= on => {}
                _ => problems.push(format!("La rupture du {} ne concerne aucun contrat en cours.", fr::date_long(on))),
            },
            What::Deposited(_) | What::Agreed(_) | What::LastInvoice(_) if contracts == 0 => {
                problems.push(format!("L’événement du {} précède tout contrat.", fr::date_long(on)));
            }
            What::Deposited(_) | What::Agreed(_) | What::LastInvoice(_) => {}
            What::Left => left = Some(on),
        }
    }
    problems
}
