use base::Date;
use jiff::ToSpan;

use crate::components::{Field, Link, Notice, Query, Tone};
use crate::fr;

/// The two times a file is looked at: the day it speaks of, and the day whose knowledge it uses.
#[derive(Clone, Debug)]
pub(super) struct Past {
    pub(super) on: Date,
    /// `None`: all that is known now.
    pub(super) known: Option<Date>,
    today: Date,
    path: String,
    on_error: Option<String>,
    known_error: Option<String>,
}

impl Past {
    pub(super) fn today(today: Date, path: String) -> Self {
        Self { on: today, known: None, today, path, on_error: None, known_error: None }
    }

    /// `au=2026-03-03&connu=2026-03-03`; with `connu` alone, the day is the same.
    pub(super) fn read(query: &Query, today: Date, path: String) -> Self {
        let mut past = Self::today(today, path);
        let day = |name: &str| -> (Option<Date>, Option<String>) {
            let Some(text) = query.get(name) else { return (None, None) };
            match text.parse::<Date>() {
                Ok(day) if day.year() >= 1900 && day <= today => (Some(day), None),
                Ok(_) => (None, Some(format!("Choisissez un jour passé, au plus tard le {}.", fr::date_long(today)))),
                Err(_) => (
                    None,
                    Some(format!("«\u{a0}{text}\u{a0}» n’est pas une date\u{a0}: écrivez par exemple 2026-03-03.")),
                ),
            }
        };
        let (on, on_error) = day("au");
        let (known, known_error) = day("connu");
        past.on = on.or(known).unwrap_or(today);
        past.known = known.filter(|known| *known < today);
        past.on_error = on_error;
        past.known_error = known_error;
        past
    }

    /// Whether the page shows another day, or less than all that is known.
    pub(super) fn looks_back(&self) -> bool {
        self.on != self.today || self.known.is_some()
    }

    /// Says loudly that this is not the present.
    pub(super) fn banner(&self, href: &str) -> Option<Notice> {
        self.looks_back().then(|| {
            let on = fr::date_long(self.on);
            let title = match self.known {
                Some(known) if known == self.on => format!("Ce que l’on savait le {on}"),
                Some(known) => format!("La situation du {on}, telle qu’on la connaissait le {}", fr::date_long(known)),
                None => format!("La situation du {on}, avec tout ce que l’on sait aujourd’hui"),
            };
            Notice::new(Tone::Warning, title, Link::new(href, "Revenir à aujourd’hui"))
        })
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn fields(&self) -> [Field; 2] {
        [
            Field::date("au", "Situation du")
                .required()
                .value(self.on.to_string())
                .hint("Le jour dont on parle.")
                .error(self.on_error.as_ref()),
            Field::date("connu", "Telle qu’on la connaissait le")
                .required()
                .value(self.known.unwrap_or(self.today).to_string())
                .hint("Ce qui est arrivé plus tard, même sur un jour passé, n’est pas montré.")
                .error(self.known_error.as_ref()),
        ]
    }

    /// The days most asked for.
    pub(super) fn presets(&self) -> Vec<Link> {
        let month_end = self.today.first_of_month().yesterday().unwrap_or(self.today);
        let ago = |months: i32| self.today.checked_sub(months.months()).unwrap_or(self.today);
        let days = [("Fin du mois dernier", month_end), ("Il y a trois mois", ago(3)), ("Il y a un an", ago(12))];
        let known_then = days.map(|(label, day)| {
            Link::new(format!("{}?au={day}&connu={day}", self.path), format!("{label} ({})", fr::date_short(day)))
        });
        known_then.into_iter().chain([Link::new(self.path.as_str(), "Aujourd’hui")]).collect()
    }

    /// « Imprimé le … », « au … ».
    pub(super) fn stamp(&self) -> String {
        let known = self.known.unwrap_or(self.today);
        format!("Situation au {}, connue le {}.", fr::date_long(self.on), fr::date_long(known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn past(query: &str) -> Past {
        Past::read(&Query::parse(Some(query)), date(2026, 11, 22), "/personnes/1".to_owned())
    }

    #[test]
    fn two_times_are_read_from_the_address() {
        let both = past("au=2026-03-03&connu=2026-06-01");
        assert_eq!((both.on, both.known), (date(2026, 3, 3), Some(date(2026, 6, 1))));
        let known = past("connu=2026-03-03");
        assert_eq!((known.on, known.known), (date(2026, 3, 3), Some(date(2026, 3, 3))));
        assert!(past("").banner("/p").is_none() && !past("connu=2026-11-22").looks_back());
        assert!(known.banner("/p").is_some());
    }

    #[test]
    fn a_day_to_come_or_no_day_is_said_beside_its_field() {
        let future = past("au=2030-01-01");
        assert!(future.on_error.is_some() && !future.looks_back());
        assert!(past("connu=hier").known_error.is_some_and(|error| error.contains("hier")));
    }
}
