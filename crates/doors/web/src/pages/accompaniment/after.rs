//! « Après l’entretien »: outcome, note, next action, next meeting, sent at once; each part may be left out.

use std::collections::BTreeMap;

use askama::Template;
use base::{Date, Id};
use facts::Fact;
use jiff::ToSpan;
use support::meeting::{AfterMeeting, Doer, Meeting, MeetingKind, MeetingStatus, NewMeeting, NewStep, Number, Secrecy};
use support::person::Person;

use crate::components::{Choice, Field, Query};
use crate::fr;
use crate::pages::follow_words as words;
use crate::problems::sentence;

/// Minutes offered for a meeting.
const MINUTES: [i64; 5] = [30, 45, 60, 90, 120];

/// What is to be mended, field by field; the empty name is the whole form.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mistakes(BTreeMap<&'static str, String>);

impl Mistakes {
    pub fn whole(why: &str) -> Self {
        Self([("", sentence(why))].into())
    }

    fn of(&self, field: &str) -> Option<&String> {
        self.0.get(field)
    }
}

/// The form.
#[derive(Template)]
#[template(path = "after_meeting.html")]
pub struct AfterForm {
    action: String,
    /// The meeting whose outcome is asked, with its fields.
    about: Option<(String, Field)>,
    note: Vec<Field>,
    step: Vec<Field>,
    next: Vec<Field>,
    details: Vec<Field>,
    /// Whether the details of the next meeting were mistaken, and so are in sight.
    details_open: bool,
    problem: Option<String>,
    problems: Vec<(String, String)>,
}

impl askama::filters::HtmlSafe for AfterForm {}

impl AfterForm {
    pub fn new(
        person: Id<Person>,
        about: Option<&Fact<Meeting>>,
        meetings: &[Fact<Meeting>],
        keeps_secrets: bool,
        sent: Option<(Query, Mistakes)>,
        today: Date,
    ) -> Self {
        let (form, mistakes) = sent.unwrap_or_default();
        let typed = |name: &str, default: &str| form.get(name).unwrap_or(default).to_owned();
        let about = about.map(|fact| {
            let kind = fact.value.kind.label();
            let label = format!("{kind} du {} à {}", fr::date_long(fact.valid.from), fact.value.hour());
            let now = match fact.value.status {
                MeetingStatus::Planned => "",
                status => status.as_code(),
            };
            let field = Field::radios("issue", label, outcomes(fact.valid.from > today))
                .value(typed("issue", now))
                .error(mistakes.of("issue"));
            (fact.value.number.to_string(), field.without_optional_mark())
        });
        let mut note = vec![
            Field::textarea("note", "Note", 3)
                .value(typed("note", ""))
                .hint("La personne peut demander à la lire. Rien sur la santé.")
                .error(mistakes.of("note")),
        ];
        if keeps_secrets {
            let choices = [
                Choice::new(Secrecy::Shared.as_code(), "Partagée avec qui accompagne la personne"),
                Choice::new(Secrecy::Social.as_code(), "Réservée au service social"),
            ];
            note.push(
                Field::radios("lecture", "Qui lit cette note", choices)
                    .value(typed("lecture", Secrecy::Shared.as_code())),
            );
        }
        let doers = Doer::ALL.iter().map(|doer| Choice::new(doer.as_code(), fr::capitalised(doer.label())));
        let kinds = MeetingKind::ALL.iter().map(|kind| Choice::new(kind.as_code(), kind.label()));
        let minutes =
            MINUTES.map(|minutes| Choice::new(minutes.to_string(), fr::duration(minutes.unsigned_abs() * 60)));
        // The next meeting is usually like the last.
        let last = meetings.first().map(|fact| &fact.value);
        let details = vec![
            Field::select("nature", "Nature", kinds)
                .value(typed("nature", last.map_or(MeetingKind::Individual, |last| last.kind).as_code())),
            Field::select("duree", "Durée", minutes).value(typed("duree", "45")).error(mistakes.of("duree")),
            Field::text("objet", "Objet").value(typed("objet", "")),
            Field::text("lieu", "Lieu").value(typed("lieu", last.map_or("", |last| last.place.as_str()))),
        ];
        let step = vec![
            Field::text("action", "Prochaine action").value(typed("action", "")).error(mistakes.of("action")),
            Field::select("qui", "Par qui", doers).value(typed("qui", Doer::Person.as_code())),
            Field::date("echeance", "Pour le").value(typed("echeance", "")).error(mistakes.of("echeance")),
        ];
        let next = vec![
            Field::date("jour", "Prochain rendez-vous").value(typed("jour", "")).error(mistakes.of("jour")),
            Field::time("heure", "Heure").value(typed("heure", "")).error(mistakes.of("heure")),
        ];
        let problems = mistakes.0.iter().filter(|(field, _)| !field.is_empty()).map(|(field, why)| {
            let first = if *field == "issue" { "-1" } else { "" };
            (format!("champ-{field}{first}"), why.clone())
        });
        Self {
            action: words::href(person),
            about,
            note: unmarked(note),
            step: unmarked(step),
            next: unmarked(next),
            details: unmarked(details),
            details_open: mistakes.of("duree").is_some(),
            problem: mistakes.of("").cloned(),
            problems: problems.collect(),
        }
    }

    fn has_errors(&self) -> bool {
        self.problem.is_some() || !self.problems.is_empty()
    }
}

/// Every part may be left out: the form says so once.
fn unmarked(fields: Vec<Field>) -> Vec<Field> {
    fields.into_iter().map(Field::without_optional_mark).collect()
}

/// A meeting to come can only be called off.
fn outcomes(to_come: bool) -> Vec<Choice> {
    let all = [
        (MeetingStatus::Attended, "Honoré"),
        (MeetingStatus::Missed, "Non honoré"),
        (MeetingStatus::Excused, "Excusé"),
        (MeetingStatus::Cancelled, "Annulé par la structure"),
    ];
    let possible = |status| !to_come || matches!(status, MeetingStatus::Excused | MeetingStatus::Cancelled);
    all.into_iter()
        .filter(|(status, _)| possible(*status))
        .map(|(status, label)| Choice::new(status.as_code(), label))
        .collect()
}

/// Reads the form; parts left empty are left out.
///
/// # Errors
/// What is to be mended, field by field.
pub fn read(form: &Query, today: Date) -> Result<AfterMeeting, Mistakes> {
    let mut mistakes = BTreeMap::new();
    let text = |name: &str| form.get(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let number = form.get("rdv").and_then(|number| number.parse::<Id<Number>>().ok());
    let outcome = number.zip(form.get("issue").and_then(MeetingStatus::from_code));
    let secrecy = form.get("lecture").and_then(Secrecy::from_code).unwrap_or(Secrecy::Shared);
    let due_on = text("echeance").and_then(|day| {
        let day = day.parse::<Date>().ok();
        if day.is_none() {
            mistakes
                .insert("echeance", "L’échéance n’est pas une date\u{a0}: écrivez par exemple 30/11/2026.".to_owned());
        }
        day
    });
    let step = text("action");
    if step.is_none() && due_on.is_some() {
        mistakes.insert("action", "Une échéance est donnée\u{a0}: dites quelle action elle concerne.".to_owned());
    }
    let by_whom = form.get("qui").and_then(Doer::from_code).unwrap_or(Doer::Person);
    let next = match text("jour") {
        None => {
            if text("heure").is_some() {
                mistakes.insert("jour", "Une heure est donnée\u{a0}: dites aussi quel jour.".to_owned());
            }
            None
        }
        Some(day) => next_meeting(form, &day, today, &mut mistakes),
    };
    if !mistakes.is_empty() {
        return Err(Mistakes(mistakes));
    }
    Ok(AfterMeeting {
        outcome,
        note: text("note").map(|note| (note, secrecy)),
        step: step.map(|text| NewStep { text, by_whom, due_on }),
        next,
    })
}

fn next_meeting(
    form: &Query,
    day: &str,
    today: Date,
    mistakes: &mut BTreeMap<&'static str, String>,
) -> Option<NewMeeting> {
    let on = day.parse::<Date>().ok().filter(|on| *on >= today && *on <= today.saturating_add(2.years()));
    if on.is_none() {
        let why = "Le prochain rendez-vous se fixe à partir d’aujourd’hui, dans les deux ans.";
        mistakes.insert("jour", why.to_owned());
    }
    let starts_at = form.get("heure").and_then(minutes_of);
    if starts_at.is_none() {
        mistakes.insert("heure", "Dites à quelle heure, par exemple 14:30.".to_owned());
    }
    let minutes = form.get("duree").map_or(Some(45), |text| text.parse().ok());
    if minutes.is_none() {
        mistakes.insert("duree", "La durée se compte en minutes.".to_owned());
    }
    let text = |name: &str| form.get(name).unwrap_or_default().trim().to_owned();
    Some(NewMeeting {
        on: on?,
        starts_at: starts_at?,
        minutes: minutes?,
        kind: form.get("nature").and_then(MeetingKind::from_code).unwrap_or(MeetingKind::Individual),
        purpose: text("objet"),
        place: text("lieu"),
    })
}

/// Minutes after midnight of « 14:30 », « 14h30 », « 9 h ».
fn minutes_of(text: &str) -> Option<i64> {
    let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let (hours, minutes) = text.split_once([':', 'h', 'H'])?;
    let minutes = if minutes.is_empty() { "0" } else { minutes };
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 22);

    fn sent(query: &str) -> Result<AfterMeeting, Mistakes> {
        read(&Query::parse(Some(query)), TODAY)
    }

    #[test]
    fn hours_are_read_as_people_type_them() {
        assert_eq!(["14:30", "14h30", "9 h", "9h05"].map(minutes_of), [Some(870), Some(870), Some(540), Some(545)]);
        assert_eq!(["24:00", "9:75", "midi", "9"].map(minutes_of), [None; 4]);
    }

    #[test]
    fn each_part_may_be_left_out() {
        assert_eq!(sent("rdv=4").unwrap(), AfterMeeting::default());
        let after = sent("rdv=4&issue=attended&note=+Bien+&action=CV&echeance=2026-11-30").unwrap();
        assert_eq!(after.outcome, Some((Id::new(4), MeetingStatus::Attended)));
        assert_eq!(after.note, Some(("Bien".to_owned(), Secrecy::Shared)));
        assert_eq!(after.step.unwrap().due_on, Some(date(2026, 11, 30)));
        assert_eq!(after.next, None);
        let next = sent("jour=2026-12-01&heure=9h30&duree=60").unwrap().next.unwrap();
        assert_eq!((next.on, next.starts_at, next.minutes), (date(2026, 12, 1), 570, 60));
    }

    #[test]
    fn what_cannot_be_is_said_beside_its_field() {
        for (query, field) in [
            ("jour=2026-11-21&heure=9:00", "jour"),
            ("jour=2040-01-01&heure=9:00", "jour"),
            ("jour=2026-12-01", "heure"),
            ("heure=9:00", "jour"),
            ("jour=2026-12-01&heure=9:00&duree=long", "duree"),
            ("echeance=2026-12-01", "action"),
            ("action=CV&echeance=demain", "echeance"),
        ] {
            assert!(sent(query).unwrap_err().of(field).is_some(), "{query}");
        }
    }
}
