//! What must be written so that a person's facts say what all files together say. Pure.

use base::{Date, Period};
use facts::{Fact, Kind, Observation, Plan, Source, from_observations};

use super::model::JobseekerRegistration;

/// A record made or corrected by hand stands above files that speak of the same days.
fn is_by_hand<K: Kind>(fact: &Fact<K>) -> bool {
    fact.provenance.source == Source::Hand
}

/// Something said on a day, true from that day until the next time it is said. `None`: an agent has corrected what
/// was said that day.
pub(super) fn said_on<K: Kind>(in_force: &[Fact<K>], on: Date, value: K) -> Option<Plan<K>> {
    if in_force.iter().any(|fact| fact.valid.from == on && is_by_hand(fact)) {
        return None;
    }
    let mut said: Vec<(Date, K)> = in_force
        .iter()
        .filter(|fact| fact.valid.from != on)
        .map(|fact| (fact.valid.from, fact.value.clone()))
        .collect();
    said.push((on, value));
    said.sort_by_key(|(from, _)| *from);
    let ends: Vec<Option<Date>> = said.iter().skip(1).map(|(from, _)| Some(*from)).chain([None]).collect();
    let wanted: Vec<(Period, K)> =
        said.into_iter().zip(ends).map(|((from, value), to)| (Period { from, to }, value)).collect();
    let references: Vec<&Fact<K>> = in_force.iter().collect();
    Some(Plan::align(&references, &wanted))
}

/// The days on which files spoke of a person's registration: those in which the person stands, and those of the
/// complete files that leave the person out.
pub(super) fn observed(
    in_force: &[Fact<JobseekerRegistration>],
    days: &[Date],
    on: Date,
    seen: Option<JobseekerRegistration>,
) -> Option<Plan<JobseekerRegistration>> {
    if in_force.iter().any(is_by_hand) {
        return None;
    }
    let mut days = days.to_vec();
    days.push(on);
    days.sort_unstable();
    days.dedup();
    let value_on = |day: Date| in_force.iter().find(|fact| fact.valid.contains(day)).map(|fact| fact.value.clone());
    let observations: Vec<Observation<JobseekerRegistration>> = days
        .into_iter()
        .map(|day| {
            let value = if day == on { seen.clone() } else { value_on(day) };
            let since = value.as_ref().map(|value| value.registered_on);
            Observation { on: day, value, since }
        })
        .collect();
    let references: Vec<&Fact<JobseekerRegistration>> = in_force.iter().collect();
    Some(Plan::align(&references, &from_observations(&observations)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{Id, Instant};
    use db::Json;
    use facts::Provenance;
    use jiff::civil::date;
    use proptest::prelude::*;

    use crate::inputs::{Difficulties, SocioProfessional};

    fn registration(category: &str, since: Date) -> JobseekerRegistration {
        JobseekerRegistration {
            identifier: "1".to_owned(),
            registered_on: since,
            category: category.to_owned(),
            reason: String::new(),
            reason_label: String::new(),
            structure: String::new(),
            support_kind: String::new(),
            referent_name: String::new(),
            difficulties: Json(Difficulties::default()),
        }
    }

    fn questionnaire(housing: &str) -> SocioProfessional {
        SocioProfessional {
            housing: housing.to_owned(),
            social_difficulties: None,
            availability: None,
            work_history: String::new(),
            education: String::new(),
            mobility: String::new(),
            quick_return: None,
        }
    }

    /// Facts in force, changed by plans as the store would.
    struct Kept<K: Kind>(Vec<Fact<K>>, i64);

    impl<K: Kind> Kept<K> {
        fn change(&mut self, plan: Plan<K>) {
            self.0.retain(|fact| !plan.retire.contains(&fact.id));
            for addition in plan.add {
                self.1 += 1;
                self.0.push(Fact {
                    id: Id::new(self.1),
                    subject: Id::new(1),
                    valid: addition.valid,
                    recorded_at: Instant::from_micros(0),
                    replaced_at: None,
                    provenance: Provenance { source: Source::Questionnaire, import: None, line: None, author: None },
                    corrects: None,
                    value: addition.value,
                });
            }
            self.0.sort_by_key(|fact| fact.valid.from);
        }

        fn said(&self) -> Vec<(Period, K)> {
            self.0.iter().map(|fact| (fact.valid, fact.value.clone())).collect()
        }
    }

    #[test]
    fn a_registration_goes_back_to_its_day_and_ends_with_a_complete_file() {
        let mut kept = Kept(Vec::new(), 0);
        let since = date(2025, 3, 4);
        let mut days = Vec::new();
        let months = [date(2026, 8, 20), date(2026, 9, 20), date(2026, 10, 20)];
        for (day, seen) in [(months[0], Some("1")), (months[1], Some("5")), (months[2], None)] {
            let seen = seen.map(|category| registration(category, since));
            kept.change(observed(&kept.0, &days, day, seen).unwrap());
            days.push(day);
        }
        assert_eq!(
            kept.said(),
            [
                (Period { from: since, to: Some(months[1]) }, registration("1", since)),
                (Period { from: months[1], to: Some(months[2]) }, registration("5", since)),
            ]
        );
        // Registered again: from the new day on, not from the old one.
        let again = date(2026, 11, 2);
        kept.change(observed(&kept.0, &days, date(2026, 11, 20), Some(registration("1", again))).unwrap());
        assert_eq!(kept.said()[2].0, Period::since(again));
    }

    #[test]
    fn what_an_agent_corrected_stays() {
        let mut kept = Kept(Vec::new(), 0);
        let day = date(2026, 10, 1);
        kept.change(said_on(&kept.0, day, questionnaire("0901")).unwrap());
        kept.0[0].provenance = Provenance::hand(Id::new(1));
        assert_eq!(said_on(&kept.0, day, questionnaire("0903")), None);
        assert!(said_on(&kept.0, date(2026, 11, 1), questionnaire("0903")).is_some());
    }

    proptest! {
        #[test]
        fn the_order_of_questionnaires_does_not_matter(days in prop::collection::vec((1i8..28, 0u8..3), 1..8), turn in 0usize..8) {
            let mut distinct: Vec<(Date, SocioProfessional)> = Vec::new();
            for (day, answer) in days {
                let on = date(2026, 5, day);
                if distinct.iter().all(|(known, _)| *known != on) {
                    distinct.push((on, questionnaire(&format!("090{answer}"))));
                }
            }
            let mut in_order = Kept(Vec::new(), 0);
            let mut turned = Kept(Vec::new(), 0);
            for (on, value) in &distinct {
                in_order.change(said_on(&in_order.0, *on, value.clone()).unwrap());
            }
            let by = turn % distinct.len();
            distinct.rotate_left(by);
            for (on, value) in &distinct {
                turned.change(said_on(&turned.0, *on, value.clone()).unwrap());
                // Said again, it changes nothing.
                prop_assert!(said_on(&turned.0, *on, value.clone()).unwrap().is_nothing());
            }
            prop_assert_eq!(in_order.said(), turned.said());
        }

        #[test]
        fn the_order_of_files_does_not_matter(seen in prop::collection::vec(prop::option::of((0u8..2, 1i8..9)), 1..6), turn in 0usize..6) {
            let files: Vec<(Date, Option<JobseekerRegistration>)> = seen
                .into_iter()
                .enumerate()
                .map(|(month, seen)| {
                    let on = date(2026, 3 + i8::try_from(month).unwrap(), 20);
                    (on, seen.map(|(category, day)| registration(&category.to_string(), date(2026, 2, day))))
                })
                .collect();
            let run = |files: &[(Date, Option<JobseekerRegistration>)]| {
                let mut kept = Kept(Vec::new(), 0);
                let mut days = Vec::new();
                for (on, value) in files {
                    kept.change(observed(&kept.0, &days, *on, value.clone()).unwrap());
                    days.push(*on);
                }
                kept.said()
            };
            let mut turned = files.clone();
            turned.rotate_left(turn % files.len());
            prop_assert_eq!(run(&files), run(&turned));
        }
    }
}
