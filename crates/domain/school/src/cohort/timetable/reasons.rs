//! The bounds of an impossible timetable in French, each with where it is changed.

use base::{Date, fr};
use planning::timetable::{Instance, Reason, Window};

use super::super::engaged::Busy;
use super::super::model::Half;
use super::picture::Picture;
use super::{Cause, Conflict, Mend};

impl Picture {
    pub(super) fn told(&self, conflict: &planning::timetable::Conflict, instance: &Instance) -> Conflict {
        let causes = conflict.members.iter().map(|member| {
            let (told, mend) = self.sentence(&member.reason, instance);
            Cause { told: format!("{}.", fr::capitalised(&told)), mend, suffices: member.suffices == Some(true) }
        });
        Conflict { causes: causes.collect(), irreducible: conflict.irreducible }
    }

    fn sentence(&self, reason: &Reason, instance: &Instance) -> (String, Mend) {
        let module = |code: &str| format!("le module «\u{a0}{}\u{a0}»", self.module_name(code));
        let known = |code: &str| self.modules.iter().find(|known| known.code == *code);
        let most = |count: Option<i64>| halves(count.unwrap_or(0));
        let own = self.cohort.record.id;
        match reason {
            Reason::Hours { module: code } => {
                let asked = instance.modules.iter().find(|known| known.id == *code).map_or(0, |known| known.half_days);
                let left = if self.held_since(code, Date::MIN) > 0 { " encore" } else { "" };
                (format!("{} demande{left} {}", module(code), halves(i64::from(asked))), Mend::Programme)
            }
            Reason::Deadline { module: code } => {
                let day = known(code).and_then(|known| known.exam_on).map(fr::date_long).unwrap_or_default();
                (format!("{} est à finir pour le {day}", module(code)), Mend::Programme)
            }
            Reason::NotBefore { module: code } => {
                (format!("{} ne commence pas plus tôt", module(code)), Mend::Programme)
            }
            Reason::Order { module: code, after } => {
                (format!("{} vient après {}", module(code), module(after)), Mend::Programme)
            }
            Reason::PerDay { module: code } => {
                let most = most(known(code).map(|known| known.most_per_day));
                (format!("{} prend au plus {most} par jour", module(code)), Mend::Programme)
            }
            Reason::PerWeek { module: code } => {
                let most = most(known(code).map(|known| known.most_per_week));
                let held = match self.held_since(code, self.first_monday()) {
                    0 => String::new(),
                    held => format!(", {} cette semaine", fr::count(held as u64, "déjà tenue", "déjà tenues")),
                };
                (format!("{} prend au plus {most} par semaine{held}", module(code)), Mend::Programme)
            }
            Reason::DaysBetween { module: code } => {
                (format!("{} demande des jours d’écart entre ses séances", module(code)), Mend::Programme)
            }
            Reason::NeedsTrainer { module: code } => {
                let qualified = instance.trainers.iter().any(|trainer| trainer.modules.contains(code));
                let told = match qualified {
                    true => format!("{} demande une personne qualifiée et libre", module(code)),
                    false => format!("personne n’est qualifié pour {}", module(code)),
                };
                (told, Mend::Trainers)
            }
            Reason::NeedsRoom { module: code } => {
                let seats = self.cohort.profile.value.seats;
                let enough = self.rooms.iter().any(|room| room.profile.value.seats >= seats);
                let seats = fr::count(seats.unsigned_abs(), "place", "places");
                let told = match enough {
                    true => format!("{} demande une salle libre de {seats}", module(code)),
                    false => format!("aucune salle du site n’a {seats}, que demande {}", module(code)),
                };
                (told, Mend::Rooms)
            }
            Reason::Pin { module: code, date, half } => {
                let half = match half {
                    planning::timetable::Half::Am => Half::Morning,
                    planning::timetable::Half::Pm => Half::Afternoon,
                };
                let told = format!(
                    "une séance est déjà prévue le {} {} ({})",
                    fr::date_long(*date),
                    half.label(),
                    module(code)
                );
                (told, Mend::Timetable(own, *date))
            }
            Reason::OneTrainer { trainer } => {
                (format!("{} ne tient qu’une séance à la fois", self.trainer_name(trainer)), Mend::Trainers)
            }
            Reason::TrainerPresence { trainer } => {
                (format!("{} ne vient qu’à certaines demi-journées", self.trainer_name(trainer)), Mend::Trainers)
            }
            Reason::TrainerAway { trainer: id, index } => {
                let view = self.trainers.iter().find(|view| view.id.to_string() == *id);
                let busy =
                    view.and_then(|view| self.busy_trainer(view.id).nth(index.checked_sub(view.absences.len())?));
                let window = instance.trainers.iter().find(|known| known.id == *id);
                let window = window.and_then(|known| known.unavailable.get(*index));
                away(&self.trainer_name(id), "n’est pas libre", busy, window, Mend::Trainers)
            }
            Reason::OneRoom { room } => {
                (format!("la salle {} n’accueille qu’une séance à la fois", self.room_name(room)), Mend::Rooms)
            }
            Reason::RoomAway { room: id, index } => {
                let view = self.rooms.iter().find(|view| view.id.to_string() == *id);
                let busy = view.and_then(|view| self.busy_room(view.id).nth(index.checked_sub(view.closures.len())?));
                let window = instance.rooms.iter().find(|known| known.id == *id);
                let window = window.and_then(|known| known.unavailable.get(*index));
                away(&format!("la salle {}", self.room_name(id)), "n’est pas libre", busy, window, Mend::Rooms)
            }
            Reason::School { .. } => {
                let days = self.class.iter().filter(|day| **day >= self.today).count();
                let days = fr::count(days as u64, "jour", "jours");
                (format!("la promotion a encore {days} de cours à son calendrier"), Mend::Calendar)
            }
            Reason::CohortAway { .. } => ("la promotion n’est pas là".to_owned(), Mend::Calendar),
            Reason::Closure { index } => {
                let closure = self.closures.get(*index);
                let label = closure.map(|fact| fact.value.label.as_str()).unwrap_or_default();
                let when = closure.map(|fact| fr::period(fact.valid)).unwrap_or_default();
                (format!("l’école est fermée {when}\u{a0}: {label}"), Mend::Closures)
            }
        }
    }

    fn trainer_name(&self, id: &str) -> String {
        let found = self.trainers.iter().find(|view| view.id.to_string() == id);
        found.map_or_else(|| id.to_owned(), |view| view.profile.value.name.clone())
    }

    fn room_name(&self, id: &str) -> String {
        let found = self.rooms.iter().find(|view| view.id.to_string() == id);
        found.map_or_else(|| id.to_owned(), |view| view.profile.value.name.clone())
    }
}

fn halves(count: i64) -> String {
    fr::count(count.unsigned_abs(), "demi-journée", "demi-journées")
}

/// Somebody or something that is not free: with another cohort, or away.
fn away(who: &str, verb: &str, busy: Option<&Busy>, window: Option<&Window>, mend: Mend) -> (String, Mend) {
    if let Some(busy) = busy {
        let told = format!("{who} est avec une autre promotion le {} {}", fr::date_long(busy.on), busy.half.label());
        return (told, Mend::Timetable(busy.cohort, busy.on));
    }
    let day = |day: Option<Date>| day.map(fr::date_long);
    let when = match (day(window.and_then(|window| window.from)), day(window.and_then(|window| window.to))) {
        (Some(from), Some(to)) if from == to => format!("le {from}"),
        (Some(from), Some(to)) => format!("du {from} au {to}"),
        (Some(from), None) => format!("à partir du {from}"),
        (None, Some(to)) => format!("jusqu’au {to}"),
        (None, None) => String::new(),
    };
    (format!("{who} {verb} {when}"), mend)
}
