//! All that a timetable depends on, read once: the programme, the days, the means of the school, the other cohorts.

use base::{Date, Id, fr};
use facts::Fact;
use jiff::ToSpan;
use platform::gate::ReadSchool;
use platform::{Actor, Permit, Platform};

use super::super::calendar::{self, DayKind};
use super::super::engaged::{Busy, busy};
use super::super::means::{self, RoomView, TrainerView};
use super::super::model::{Closure, Cohort, CohortWeeks, Module, Session};
use super::super::service::{self, CohortView};
use super::super::sessions;
use super::Disturbed;
use crate::{Error, Result};

pub(super) struct Picture {
    pub cohort: CohortView,
    pub modules: Vec<Module>,
    /// Days of class, those that a closure takes away included.
    pub class: Vec<Date>,
    pub closures: Vec<Fact<Closure>>,
    pub trainers: Vec<TrainerView>,
    /// Those of the site of the cohort.
    pub rooms: Vec<RoomView>,
    pub busy: Vec<Busy>,
    /// Sessions that are not held yet, by day.
    pub planned: Vec<Fact<Session>>,
    /// The day and the module of each session that was held.
    pub held: Vec<(Date, String)>,
    pub today: Date,
    pub notice_days: u16,
}

impl Picture {
    pub async fn read(platform: &Platform, actor: &Actor, permit: &Permit<ReadSchool>, id: Id<Cohort>) -> Result<Self> {
        let cohort = service::find(platform, permit, id).await?;
        let (db, tenant, today) = (&platform.db, permit.tenant(), platform.today());
        let organisation = cohort.record.organisation;
        let modules: Vec<Module> =
            facts::current::<Module>(db, tenant, id).await?.into_iter().map(|fact| fact.value).collect();
        let weeks = facts::current::<CohortWeeks>(db, tenant, id).await?;
        let to = cohort.profile.valid.to.unwrap_or(Date::MAX);
        let (mut planned, mut held) = (Vec::new(), Vec::new());
        for fact in sessions::of_cohort(platform, permit, id).await? {
            match fact.value.is_planned() {
                true if fact.valid.from >= today => planned.push(fact),
                true => held.push((fact.valid.from, fact.value.module)),
                false => {}
            }
        }
        // An examination may have sessions that somebody put there; the engine adds none.
        let stays = |day: &calendar::CalendarDay| match day.kind {
            DayKind::Class => true,
            DayKind::Examination => planned.iter().any(|fact| fact.valid.from == day.day),
            _ => false,
        };
        let class: Vec<Date> =
            calendar::days(&weeks, &[], cohort.first_day(), to).into_iter().filter(stays).map(|day| day.day).collect();
        let mut rooms = means::rooms(platform, actor, organisation).await?;
        rooms.retain(|room| room.profile.value.site == cohort.profile.value.site);
        Ok(Self {
            busy: busy(db, permit, &cohort).await?,
            closures: facts::current::<Closure>(db, tenant, organisation).await?,
            trainers: means::trainers(platform, actor, organisation).await?,
            notice_days: crate::settings(platform, tenant).await?.notice_days,
            cohort,
            modules,
            class,
            rooms,
            planned,
            held,
            today,
        })
    }

    /// Whether there is something to plan, and days for it.
    pub fn check(&self) -> Result<()> {
        let last = self.cohort.last_day();
        if last < self.today {
            let last = fr::date_long(last);
            return Err(Error::invalid(format!(
                "la promotion s’est terminée le {last}\u{a0}: il n’y a plus rien à planifier"
            )));
        }
        if self.modules.is_empty() || self.class.is_empty() {
            return Err(Error::invalid(
                "le programme ou le calendrier de la promotion est vide\u{a0}: remplissez-les d’abord",
            ));
        }
        Ok(())
    }

    /// How many sessions of a module were held on a day or later.
    pub fn held_since(&self, code: &str, day: Date) -> usize {
        self.held.iter().filter(|(on, held)| *on >= day && held == code).count()
    }

    /// Monday of the week in which what is left begins.
    pub fn first_monday(&self) -> Date {
        let first = self.cohort.first_day().max(self.today);
        let days = i32::from(first.weekday().to_monday_zero_offset());
        first.checked_sub(days.days()).unwrap_or(first)
    }

    pub fn module_name<'a>(&'a self, code: &'a str) -> &'a str {
        self.modules.iter().find(|module| module.code == code).map_or(code, |module| module.name.as_str())
    }

    /// The sessions that cannot take place where they are planned, and why.
    pub fn disturbed(&self) -> Vec<Disturbed> {
        let disturbed = self.planned.iter().filter_map(|fact| {
            Some(Disturbed {
                number: fact.value.number,
                on: fact.valid.from,
                half: fact.value.half,
                module: self.module_name(&fact.value.module).to_owned(),
                why: self.falls(fact)?,
            })
        });
        disturbed.collect()
    }

    /// Why a session cannot stand; `None` when it can.
    fn falls(&self, fact: &Fact<Session>) -> Option<String> {
        let (on, session) = (fact.valid.from, &fact.value);
        if self.modules.iter().all(|module| module.code != session.module) {
            return Some("Son module n’est plus au programme.".to_owned());
        }
        if let Some(closure) = self.closures.iter().find(|closure| closure.valid.contains(on)) {
            return Some(format!("L’école est fermée\u{a0}: {}.", closure.value.label));
        }
        if !self.class.contains(&on) {
            return Some("La promotion n’est plus en cours ce jour-là.".to_owned());
        }
        let taken = |concerns: &dyn Fn(&Busy) -> bool| {
            self.busy.iter().any(|busy| (busy.on, busy.half) == (on, session.half) && concerns(busy))
        };
        if let Some(id) = session.trainer {
            let Some(trainer) = self.trainers.iter().find(|view| view.id == id) else {
                return Some("La personne prévue n’enseigne plus ici.".to_owned());
            };
            let name = &trainer.profile.value.name;
            if !trainer.profile.valid.contains(on) {
                return Some(format!("{name} n’enseigne pas ici à cette date."));
            }
            if let Some(absence) = trainer.absences.iter().find(|absence| absence.valid.contains(on)) {
                return Some(format!("{name} n’est pas libre {}.", fr::period(absence.valid)));
            }
            if taken(&|busy| busy.trainer == Some(id)) {
                return Some(format!("{name} tient une séance d’une autre promotion à ce moment."));
            }
        }
        if let Some(id) = session.room {
            let Some(room) = self.rooms.iter().find(|view| view.id == id) else {
                return Some("La salle prévue n’est pas sur le site de la promotion.".to_owned());
            };
            let name = &room.profile.value.name;
            if !room.profile.valid.contains(on) {
                return Some(format!("La salle {name} n’existe pas à cette date."));
            }
            if let Some(closure) = room.closures.iter().find(|closure| closure.valid.contains(on)) {
                return Some(format!("La salle {name} n’est pas libre {}.", fr::period(closure.valid)));
            }
            if taken(&|busy| busy.room == Some(id)) {
                return Some(format!("La salle {name} est prise par une autre promotion à ce moment."));
            }
        }
        None
    }
}
