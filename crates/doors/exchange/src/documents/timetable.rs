//! The timetable of somebody or of a cohort, on paper.

use base::{Date, Period, fr};
use print::{Block, Column, Document, Table, Text};

use super::{Issue, Reserves};

/// What takes place in a half-day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slot {
    /// « de 9 h à 12 h 30 ».
    pub hours: String,
    pub module: String,
    pub trainer: Option<String>,
    pub room: Option<String>,
    pub cancelled: bool,
}

impl Slot {
    fn text(&self) -> Text {
        let mut text = Text::new();
        if self.cancelled {
            text = text.bold("Annulé\u{a0}: ");
        }
        text = text.bold(self.module.as_str()).plain(format!("\n{}", self.hours));
        let details: Vec<&str> = [&self.trainer, &self.room].into_iter().flatten().map(String::as_str).collect();
        if !details.is_empty() {
            text = text.plain(format!(" · {}", details.join(" · ")));
        }
        text
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimetableDay {
    pub day: Date,
    /// Why nothing takes place: « férié », « école fermée ».
    pub note: Option<String>,
    pub morning: Option<Slot>,
    pub afternoon: Option<Slot>,
}

/// A week of the calendar. Only weeks at school have days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimetableWeek {
    pub monday: Date,
    /// « À l’école », « En entreprise », « Congés ».
    pub kind: String,
    pub days: Vec<TimetableDay>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimetableSheet {
    pub issue: Issue,
    /// A person or a cohort.
    pub whose: String,
    pub period: Period,
    /// The school has not decided these hours: usual ones are printed, and the sheet says so.
    pub hours_unconfirmed: bool,
    pub weeks: Vec<TimetableWeek>,
    pub to_verify: Vec<String>,
}

impl TimetableSheet {
    pub fn document(&self) -> Document {
        let reserves = Reserves { to_verify: self.to_verify.clone(), to_complete: Vec::new() };
        let mut document = self
            .issue
            .document("Emploi du temps", &reserves)
            .landscape()
            .block(Text::new().bold(self.whose.as_str()).plain(format!(", {}", fr::period(self.period))));
        if self.hours_unconfirmed {
            document =
                document.block(Block::notice("Horaires indicatifs\u{a0}: l’école ne les a pas encore confirmés."));
        }
        for week in &self.weeks {
            let title = format!("Semaine du {} · {}", fr::date_long(week.monday), week.kind);
            document = document.block(Block::section(title.clone()));
            if week.days.is_empty() {
                document = document.block(Block::paragraph("Pas de cours cette semaine."));
                continue;
            }
            if week.days.iter().all(|day| day.morning.is_none() && day.afternoon.is_none()) {
                document = document.block(Block::paragraph("Aucune séance n’est prévue cette semaine."));
                continue;
            }
            let columns = [Column::new("Jour", 1.7), Column::new("Matin", 4.0), Column::new("Après-midi", 4.0)];
            document =
                document.block(Table::new(title, columns).whole().row_headers().rows(week.days.iter().map(|day| {
                    let half = |slot: &Option<Slot>| match (slot, &day.note) {
                        (Some(slot), _) => slot.text(),
                        (None, Some(note)) => note.as_str().into(),
                        (None, None) => "—".into(),
                    };
                    [weekday_and_date(day.day).into(), half(&day.morning), half(&day.afternoon)]
                })));
        }
        document
    }
}

/// « lundi 23 novembre ».
fn weekday_and_date(day: Date) -> String {
    format!("{} {}\u{a0}{}", fr::weekday_name(day), fr::day_number(day.day()), fr::month_name(day.month()))
}
