//! What a programme covers, and what the field sees. Pure.

use std::collections::BTreeMap;

use base::Date;
use facts::Fact;
use law::publics::Public;

use super::model::{Module, Session};
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
    /// Among the people that the structures of the cohort accompany; for publics alone.
    pub field: Option<FieldShare>,
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

pub(super) fn of(
    title: &Title,
    modules: &[Module],
    sessions: &[Fact<Session>],
    shares: &BTreeMap<String, FieldShare>,
    half_day_hours: i64,
    today: Date,
) -> Coverage {
    let line = |code: &str, label: &str, covers: &dyn Fn(&Module) -> bool| {
        let about: Vec<&Module> = modules.iter().filter(|module| covers(module)).collect();
        let of_module = |fact: &&Fact<Session>| about.iter().any(|module| module.code == fact.value.module);
        let planned: Vec<&Fact<Session>> =
            sessions.iter().filter(|fact| fact.value.is_planned()).filter(of_module).collect();
        let done = planned.iter().filter(|fact| fact.valid.from < today).count();
        let hours = |half_days: usize| i64::try_from(half_days).unwrap_or(i64::MAX).saturating_mul(half_day_hours);
        CoverageLine {
            code: code.to_owned(),
            label: label.to_owned(),
            modules: about.iter().map(|module| module.code.clone()).collect(),
            programmed: about.iter().map(|module| module.half_days.saturating_mul(half_day_hours)).sum(),
            planned: hours(planned.len()),
            done: hours(done),
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
