//! What the lines of a file change in what is known. Pure.
//!
//! A line speaks of the known fact that begins on the same day (and is thereby corrected), or of the one
//! fact that says the same over another period. Anything else is new, and must not cover a day that
//! something else already covers. What the file does not mention stays.

use std::collections::HashSet;

use base::{Id, Period, fr};
use facts::{Fact, Plan};

use crate::kind::Described;

/// What a line says of a subject.
#[derive(Clone, Debug)]
pub(super) struct Said<K> {
    /// Place of the file among those of its kind.
    pub sheet: usize,
    pub line: u64,
    pub valid: Period,
    pub value: K,
}

/// What becomes of a line.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Outcome<K: Described> {
    Unchanged,
    Added,
    Corrected(Id<K>),
}

impl<K: Described> Outcome<K> {
    /// The plan that writes it.
    pub fn plan(&self, said: &Said<K>) -> Plan<K> {
        let corrects = match self {
            Self::Unchanged => return Plan::nothing(),
            Self::Added => None,
            Self::Corrected(id) => Some(*id),
        };
        let mut plan = Plan::add(&[], said.valid, said.value.clone()).expect("the period of a line holds a day");
        for addition in &mut plan.add {
            addition.corrects = corrects;
        }
        plan.retire.extend(corrects);
        plan
    }
}

/// Decides for every line of one subject; `Err` holds the places of the refused lines with
/// the reasons.
pub(super) fn merge<K: Described>(
    in_force: &[Fact<K>],
    said: &[Said<K>],
) -> Result<Vec<Outcome<K>>, Vec<(usize, String)>> {
    let mut refused = Vec::new();
    for (position, one) in said.iter().enumerate() {
        let rival =
            said[..position].iter().find(|other| other.value.same_slot(&one.value) && other.valid.overlaps(&one.valid));
        if let Some(rival) = rival {
            refused.push((position, format!(
                "Cette période ({}) chevauche celle de la ligne {} ({})\u{a0}: ajustez les dates de l’une ou de l’autre.",
                fr::period(one.valid), rival.line, fr::period(rival.valid)
            )));
        }
    }
    let mut claimed: HashSet<Id<K>> = HashSet::new();
    let mut matched: Vec<Option<&Fact<K>>> = said
        .iter()
        .map(|one| in_force.iter().find(|fact| fact.valid.from == one.valid.from && fact.value.same_slot(&one.value)))
        .collect();
    claimed.extend(matched.iter().flatten().map(|fact| fact.id));
    for (one, found) in said.iter().zip(&mut matched) {
        if found.is_some() {
            continue;
        }
        let mut same = in_force.iter().filter(|fact| {
            !claimed.contains(&fact.id) && fact.valid.overlaps(&one.valid) && says_the_same(&fact.value, &one.value)
        });
        if let (Some(only), None) = (same.next(), same.next()) {
            claimed.insert(only.id);
            *found = Some(only);
        }
    }
    for (position, one) in said.iter().enumerate() {
        let rival = in_force.iter().find(|fact| {
            !claimed.contains(&fact.id) && fact.value.same_slot(&one.value) && fact.valid.overlaps(&one.valid)
        });
        if let Some(rival) = rival {
            refused.push((position, format!(
                "Une autre valeur est déjà enregistrée {} et chevauche cette ligne ({})\u{a0}: ajoutez au fichier la ligne qui la termine (même début, avec sa date de fin), ou corrigez-la à l’écran.",
                fr::period(rival.valid), fr::period(one.valid)
            )));
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    let outcomes = said.iter().zip(matched).map(|(one, found)| match found {
        None => Outcome::Added,
        Some(fact) if fact.valid == one.valid && fact.value == one.value => Outcome::Unchanged,
        Some(fact) => Outcome::Corrected(fact.id),
    });
    Ok(outcomes.collect())
}

/// Whether two values differ only by their evidence.
fn says_the_same<K: Described>(known: &K, said: &K) -> bool {
    let mut said = said.clone();
    said.set_evidence(known.evidence());
    said == *known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::structures::AgencyContract;
    use base::Instant;
    use facts::{Provenance, Source};
    use jiff::civil::date;

    fn contract(operator: i64) -> AgencyContract {
        AgencyContract {
            operator: Id::new(operator),
            certainty: Certainty::Confirmed,
            dates_certainty: Certainty::Confirmed,
            citation: "marché".to_owned(),
            note: String::new(),
        }
    }

    fn known(id: i64, from: i16, to: Option<i16>, operator: i64) -> Fact<AgencyContract> {
        Fact {
            id: Id::new(id),
            subject: Id::new(1),
            valid: span(from, to),
            recorded_at: Instant::from_micros(0),
            replaced_at: None,
            provenance: Provenance { source: Source::ReferenceFile, import: None, line: None, author: None },
            corrects: None,
            value: contract(operator),
        }
    }

    fn span(from: i16, to: Option<i16>) -> Period {
        Period { from: date(from, 1, 1), to: to.map(|to| date(to, 1, 1)) }
    }

    fn said(line: u64, from: i16, to: Option<i16>, operator: i64) -> Said<AgencyContract> {
        Said { sheet: 0, line, valid: span(from, to), value: contract(operator) }
    }

    #[test]
    fn the_same_lines_again_change_nothing() {
        let in_force = [known(1, 2023, Some(2027), 7), known(2, 2027, None, 8)];
        let lines = [said(2, 2027, None, 8), said(3, 2023, Some(2027), 7)];
        assert_eq!(merge(&in_force, &lines).unwrap(), [Outcome::Unchanged, Outcome::Unchanged]);
    }

    #[test]
    fn a_line_that_ends_a_fact_makes_room_for_the_next() {
        let in_force = [known(1, 2023, None, 7)];
        let lines = [said(2, 2023, Some(2027), 7), said(3, 2027, None, 8)];
        assert_eq!(merge(&in_force, &lines).unwrap(), [Outcome::Corrected(Id::new(1)), Outcome::Added]);
        // Alone, the second line would silently rewrite four years.
        let refused = merge(&in_force, &lines[1..]).unwrap_err();
        assert_eq!(refused[0].0, 0);
    }

    #[test]
    fn the_same_value_over_other_dates_is_a_correction() {
        let in_force = [known(1, 2023, Some(2027), 7)];
        assert_eq!(merge(&in_force, &[said(2, 2024, Some(2028), 7)]).unwrap(), [Outcome::Corrected(Id::new(1))]);
    }

    #[test]
    fn lines_that_overlap_each_other_are_refused() {
        let refused = merge(&[], &[said(2, 2023, None, 7), said(3, 2025, None, 8)]).unwrap_err();
        assert!(refused[0].1.contains("ligne 2"), "{refused:?}");
    }
}
