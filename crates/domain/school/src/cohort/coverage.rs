//! What a programme covers, and what the field sees. Pure.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use base::{Date, Id};
use facts::Fact;
use law::publics::Public;

use super::model::{Attendance, Module, Presence, Session, SessionNumber};
use crate::referential::Title;

/// One competence or one public.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CoverageLine {
    pub code: String,
    pub label: String,
    /// Modules about it.
    pub modules: Vec<String>,
    /// Hundredths of hours in the programme, in the timetable, and held before today. A module counts whole for each
    /// of its competences and publics: hours are not shared out.
    pub programmed: i64,
    pub planned: i64,
    pub done: i64,
    pub attended: Attended,
    /// Among the people that the structures of the cohort accompany; for publics alone.
    pub field: Option<FieldShare>,
}

/// Who was there, as far as calls tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Attended {
    /// Hundredths of hours held with a call.
    pub called: i64,
    /// People who were there at least once.
    pub people: i64,
    /// Hundredths of hours that they followed, all together.
    pub followed: i64,
}

/// What the structures that employ a cohort tell of a public.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FieldShare {
    pub people: i64,
    pub total: i64,
    /// Structures that told nothing, or too few people to be told.
    pub silent: i64,
    /// The oldest day among what they told.
    pub on: Option<Date>,
}

/// The whole report.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Coverage {
    pub competences: Vec<CoverageLine>,
    /// The publics of the law, those of the programme and those of the field.
    pub publics: Vec<CoverageLine>,
}

impl Coverage {
    /// Competences that no module covers.
    pub fn uncovered(&self) -> impl Iterator<Item = &CoverageLine> {
        self.competences.iter().filter(|line| line.modules.is_empty())
    }
}

impl Module {
    /// Whether it covers a competence or a public, by its code.
    pub fn is_about(&self, code: &str) -> bool {
        self.competences.0.iter().chain(&self.publics.0).any(|own| own == code)
    }
}

/// The half-days to count.
pub(super) struct Counted<'a> {
    pub sessions: &'a [Fact<Session>],
    pub attended: &'a [Fact<Attendance>],
    pub today: Date,
}

impl Counted<'_> {
    /// Who was at these sessions.
    fn attended(&self, held: &[&Fact<Session>], half_day_hours: i64) -> Attended {
        let held: HashSet<Id<SessionNumber>> = held.iter().map(|fact| fact.value.number).collect();
        let of_held = self.attended.iter().filter(|fact| held.contains(&fact.value.session));
        let called: HashSet<Id<SessionNumber>> = of_held.clone().map(|fact| fact.value.session).collect();
        let there: Vec<i64> =
            of_held.filter(|fact| fact.value.presence == Presence::Present).map(|fact| fact.subject.raw()).collect();
        Attended {
            called: hours(called.len(), half_day_hours),
            people: i64::try_from(there.iter().collect::<BTreeSet<_>>().len()).unwrap_or(i64::MAX),
            followed: hours(there.len(), half_day_hours),
        }
    }
}

fn hours(half_days: usize, half_day_hours: i64) -> i64 {
    i64::try_from(half_days).unwrap_or(i64::MAX).saturating_mul(half_day_hours)
}

pub(super) fn of(
    title: &Title,
    modules: &[Module],
    counted: &Counted<'_>,
    shares: &BTreeMap<String, FieldShare>,
    half_day_hours: i64,
) -> Coverage {
    let line = |code: &str, label: &str, covers: &dyn Fn(&Module) -> bool| {
        let about: Vec<&Module> = modules.iter().filter(|module| covers(module)).collect();
        let of_module = |fact: &&Fact<Session>| about.iter().any(|module| module.code == fact.value.module);
        let planned: Vec<&Fact<Session>> =
            counted.sessions.iter().filter(|fact| fact.value.is_planned()).filter(of_module).collect();
        let held: Vec<&Fact<Session>> =
            planned.iter().copied().filter(|fact| fact.valid.from < counted.today).collect();
        CoverageLine {
            code: code.to_owned(),
            label: label.to_owned(),
            modules: about.iter().map(|module| module.code.clone()).collect(),
            programmed: about.iter().map(|module| module.half_days.saturating_mul(half_day_hours)).sum(),
            planned: hours(planned.len(), half_day_hours),
            done: hours(held.len(), half_day_hours),
            attended: counted.attended(&held, half_day_hours),
            field: None,
        }
    };
    let competences = title
        .competences()
        .map(|competence| {
            line(&competence.code, &competence.name, &|module| module.competences.0.contains(&competence.code))
        })
        .collect();
    let publics = Public::ALL
        .into_iter()
        .map(|public| {
            let code = public.code();
            let mut line = line(code, public.label(), &|module| module.publics.0.iter().any(|own| own == code));
            line.field = shares.get(code).copied();
            line
        })
        .filter(|line| !line.modules.is_empty() || line.field.is_some())
        .collect();
    Coverage { competences, publics }
}
