//! What the pages about accompaniment say alike: why somebody needs somebody, since when, and what to do next.

use base::{Date, Id};
use support::follow_up::{FollowUp, Need};
use support::labels;
use support::person::Person;
use territory::Names;
use territory::communes::Commune;

use super::person_words as words;
use crate::components::{Badge, Fragment, Link, Tone};
use crate::fr;

/// Address of the accompaniment of a person.
pub fn href(person: Id<Person>) -> String {
    format!("{}/suivi", words::href(person))
}

/// « 9 h 05 » of minutes after midnight.
pub fn hour(minutes: i64) -> String {
    format!("{}\u{a0}h\u{a0}{:02}", minutes / 60, minutes % 60)
}

pub fn name(line: &FollowUp) -> String {
    words::name(&line.usual_name, &line.first_name)
}

/// The person, with a link to the accompaniment, their age and commune.
pub fn person(line: &FollowUp, names: &Names, today: Date) -> Fragment {
    let commune = names.find::<Commune>(&line.commune_code).map(|commune| names.name(commune).to_owned());
    let detail: Vec<String> = [fr::age(line.birth_date, today)].into_iter().chain(commune).collect();
    Fragment::with_detail(Link::new(href(line.person), name(line)), detail.join(" · "))
}

const fn tone(need: Need) -> Tone {
    match need {
        Need::OrientationOverdue | Need::MissedWithoutNext | Need::FirstMeetingLate | Need::StepOverdue => Tone::Danger,
        Need::OrientationDue | Need::OutcomeMissing | Need::FirstMeetingDue | Need::Nobody | Need::QuietLong => {
            Tone::Warning
        }
        Need::MeetingToday | Need::StepThisWeek | Need::Quiet | Need::RightChanged => Tone::Info,
        Need::Nothing => Tone::Ok,
    }
}

/// Why this line is where it is, with the date it rests on.
pub fn reason(line: &FollowUp, today: Date) -> Fragment {
    let on = fr::date_long(line.need_on);
    let ago = fr::relative(line.need_on, today);
    let detail = match line.need {
        Need::OrientationOverdue | Need::OrientationDue => format!("à décider avant le {on}, {ago}"),
        Need::OutcomeMissing => format!("rendez-vous du {on}, {ago}"),
        Need::MissedWithoutNext => format!("manqué le {on}, {ago}"),
        Need::FirstMeetingLate | Need::FirstMeetingDue => match line.started_on {
            Some(started) => format!("confiée le {}, à recevoir avant le {on}", fr::date_long(started)),
            None => format!("à recevoir avant le {on}"),
        },
        Need::Nobody => format!("confiée à la structure le {on}, {ago}"),
        Need::StepOverdue => format!("prévue pour le {on}, {ago}"),
        Need::MeetingToday => line.next_meeting_at.map_or_else(String::new, |at| format!("à {}", hour(at))),
        Need::StepThisWeek => format!("pour le {on}, {ago}"),
        Need::QuietLong | Need::Quiet => line.last_met_on.map_or_else(String::new, |met| {
            format!("dernier rendez-vous le {}, {}", fr::date_long(met), fr::relative(met, today))
        }),
        Need::RightChanged => labels::right_status(&line.right_status).short.into_owned(),
        Need::Nothing => return Badge::new(Tone::Ok, line.need.label()).into(),
    };
    Fragment::with_detail(Badge::new(tone(line.need), line.need.label()), detail)
}

/// « mar. 24 nov. à 9 h 30 », or that none is planned.
pub fn next_meeting(line: &FollowUp) -> Fragment {
    match (line.next_meeting_on, line.next_meeting_at) {
        (Some(on), Some(at)) => format!("{} à {}", fr::date_day(on), hour(at)).into(),
        (Some(on), None) => fr::date_day(on).into(),
        (None, _) => "aucun".into(),
    }
}

/// What to do now about a line, as a link to where it is done.
pub fn next_thing(line: &FollowUp, may_designate: bool) -> Fragment {
    let follow = href(line.person);
    let (href, label) = match line.need {
        Need::Nobody if may_designate => (format!("/agence/repartition?choix={}", line.person), "Désigner un référent"),
        Need::OutcomeMissing => (format!("{follow}#apres"), "Noter l’issue"),
        Need::MissedWithoutNext | Need::FirstMeetingLate | Need::FirstMeetingDue | Need::QuietLong | Need::Quiet => {
            (format!("{follow}#rendez-vous"), "Fixer un rendez-vous")
        }
        Need::StepOverdue | Need::StepThisWeek => (format!("{follow}#actions-titre"), "Voir les actions"),
        Need::RightChanged => (format!("{}#droits-titre", words::href(line.person)), "Voir les droits"),
        Need::OrientationOverdue | Need::OrientationDue | Need::Nobody | Need::MeetingToday | Need::Nothing => {
            (follow, "Ouvrir le suivi")
        }
    };
    Link::new(href, label).context(format!("\u{a0}: {}", name(line))).into()
}

/// « 120 » of hundredths of an ordinary accompaniment: « 1,2 ».
pub fn weighted(hundredths: i64) -> String {
    fr::decimal(hundredths as f64 / 100.0, 1)
}

/// A count of people read from the database, which is never negative.
pub fn counted(people: i64) -> u64 {
    u64::try_from(people).unwrap_or(0)
}

/// « 1 personne », « 340 personnes ».
pub fn people_count(people: i64) -> String {
    fr::count(counted(people), "personne", "personnes")
}

/// Labels of the needs a list may be narrowed by: what a structure acts on.
pub fn needs_of_structures() -> impl Iterator<Item = Need> {
    Need::ALL.iter().copied().filter(|need| *need as i64 >= 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_and_weights_are_read_as_people_write_them() {
        assert_eq!(hour(9 * 60 + 5), "9\u{a0}h\u{a0}05");
        assert_eq!(weighted(125), "1,2");
        assert_eq!(counted(-1), 0);
    }

    #[test]
    fn a_structure_is_not_offered_what_only_an_officer_decides() {
        assert!(needs_of_structures().all(|need| need != Need::OrientationOverdue && need != Need::OrientationDue));
        assert!(needs_of_structures().any(|need| need == Need::Nothing));
    }
}
