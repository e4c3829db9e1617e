//! What the pages about orientation say alike: deadlines, proposals, reasons, places.

use std::collections::BTreeMap;

use base::{Date, Id, Instant};
use law::orientation::{OrientationRule, RuleSet, Target};
use platform::Structure;
use support::follow_up::FollowUp;
use support::orientation::{Path, ProposalKind, QueueLine, Taken};
use territory::Names;
use territory::structures::StructureKind;

use crate::components::{Badge, Fragment, Tone};
use crate::fr;

/// The last day in time and the days left; since when the département has known.
pub(super) fn due(line: &FollowUp, today: Date) -> Fragment {
    let days = (line.due_on - today).get_days();
    let left = match days {
        i32::MIN..0 => {
            let late = fr::count(days.unsigned_abs(), "jour", "jours");
            Badge::danger(format!("dépassée de {late}"))
        }
        0 => Badge::warning("dernier jour"),
        1..=7 => Badge::warning(format!("reste {}", fr::count(days.unsigned_abs(), "jour", "jours"))),
        _ => Badge::neutral(format!("reste {}", fr::count(days.unsigned_abs(), "jour", "jours"))),
    };
    let informed = format!("informés le {}", fr::date_short(line.informed_on));
    Fragment::with_detail(Fragment::join([fr::date_short(line.due_on).into(), left.into()]), informed)
}

/// How far the rules went, in one word.
pub(super) fn kind_badge(kind: ProposalKind) -> Badge {
    let tone = match kind {
        ProposalKind::Proposed => Tone::Ok,
        ProposalKind::Conditional => Tone::Warning,
        ProposalKind::Interview => Tone::Info,
    };
    Badge::new(tone, kind.label())
}

/// What each of these words means, in plain French.
pub(super) const fn kind_explained(kind: ProposalKind) -> &'static str {
    match kind {
        ProposalKind::Proposed => "Proposée\u{a0}: une règle décide, et toutes celles d’avant ont leur réponse.",
        ProposalKind::Conditional => {
            "Sous réserve\u{a0}: une règle décide, mais une règle d’avant attend une information qui pourrait tout changer."
        }
        ProposalKind::Interview => {
            "Entretien de diagnostic\u{a0}: aucune règle ne décide\u{202f}; la structure reçoit la personne avant le choix du parcours."
        }
    }
}

/// A structure by its name, its kind before when the name does not say it.
pub(super) fn structure(names: &Names, structure: Option<Id<Structure>>, kind: StructureKind) -> String {
    match structure.map(|structure| names.name(structure)).filter(|name| !name.is_empty()) {
        Some(name) => name.to_owned(),
        None => format!("{} (aucune ne dessert la commune)", kind.label()),
    }
}

/// The path and the structure proposed, with how sure it is.
pub(super) fn proposed(line: &FollowUp, names: &Names) -> Fragment {
    let (Some(path), Some(kind), Some(how)) = (line.proposed_path, line.proposed_kind, line.proposal_kind) else {
        return Badge::new(Tone::Unknown, "aucune encore").into();
    };
    let where_to = structure(names, line.proposed_structure, kind);
    Fragment::with_detail(Fragment::join([where_to.into(), kind_badge(how).into()]), path_name(path))
}

/// « parcours social »
pub(super) fn path_name(path: Path) -> String {
    format!("parcours {}", path.label().to_lowercase())
}

/// The same path, in the words of the rules.
pub(super) const fn law_path(path: Path) -> law::orientation::Path {
    match path {
        Path::Employment => law::orientation::Path::Employment,
        Path::SocioProfessional => law::orientation::Path::SocioProfessional,
        Path::Social => law::orientation::Path::Social,
    }
}

/// Whether nothing but the last resort of a list proposes: the path is then left to an interview, even under reserve.
pub(super) fn left_to_interview(rule: Option<OrientationRule>) -> bool {
    rule.is_some_and(|rule| RuleSet::ALL.into_iter().any(|set| OrientationRule::last_resort(set) == rule))
}

/// The rule in a few words, and what is missing.
pub(super) fn why(queued: &QueueLine) -> Fragment {
    let rule: Fragment = match queued.rule {
        Some(rule) => rule.label().into(),
        None => "calculez les propositions".into(),
    };
    if queued.missing.is_empty() { rule } else { Fragment::with_detail(rule, missing(queued)) }
}

/// « il manque la nature du logement ; selon la réponse, Service social ».
pub(super) fn missing(queued: &QueueLine) -> String {
    let facts: Vec<&str> = queued.missing.iter().map(|fact| fact.label()).collect();
    let others: Vec<&str> = queued
        .otherwise
        .iter()
        .copied()
        .filter(|target| queued.line.proposed_kind.is_none_or(|kind| kind.as_code() != target.code()))
        .map(Target::label)
        .collect();
    let facts = format!("il manque {}", fr::list(&facts));
    if others.is_empty() {
        facts
    } else {
        format!("{facts}\u{202f}; selon la réponse, ce serait {}", others.join(" ou "))
    }
}

/// « 50 sur 6 012 personnes », « 50 sur plus de 10 000 personnes ».
pub(super) fn counted(shown: usize, count: i64, most: i64) -> String {
    let shown = u64::try_from(shown).unwrap_or(u64::MAX);
    let all = u64::try_from(count).unwrap_or(0);
    let people = |n: u64| fr::count(n, "personne", "personnes");
    if count > most {
        format!("{} sur plus de {}", fr::number(shown), people(most.unsigned_abs()))
    } else if shown >= all {
        people(all)
    } else {
        format!("{} sur {}", fr::number(shown), people(all))
    }
}

/// The places of a structure in words; « capacité inconnue » is not « complète ».
pub(super) fn places(taken: &BTreeMap<Id<Structure>, Taken>, structure: Id<Structure>) -> String {
    let taken = taken.get(&structure).copied().unwrap_or_default();
    match taken.free() {
        None => "capacité inconnue".to_owned(),
        Some(0) => "complète".to_owned(),
        Some(free) => format!(
            "{} sur {}",
            fr::count(free.unsigned_abs(), "place libre", "places libres"),
            fr::number(taken.capacity.unwrap_or_default())
        ),
    }
}

/// « Possible encore 23 heures, jusqu’au … ».
pub(super) fn time_left(until: Instant, now: Instant) -> String {
    let minutes = (until.micros() - now.micros()).max(0) / 60_000_000;
    let left = match minutes / 60 {
        0 => fr::count(minutes.unsigned_abs(), "minute", "minutes"),
        hours => fr::count(hours.unsigned_abs(), "heure", "heures"),
    };
    format!("Possible encore {left}, jusqu’au {}.", fr::moment(until))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_counted_down() {
        let now = Instant::from_micros(0);
        let in_minutes = |minutes: i64| Instant::from_micros(minutes * 60_000_000);
        assert!(time_left(in_minutes(150), now).contains("2\u{a0}heures"));
        assert!(time_left(in_minutes(1), now).contains("1\u{a0}minute,"));
    }

    #[test]
    fn places_are_said_as_they_are_known() {
        let structure = Id::new(3);
        let of = |people, capacity| places(&BTreeMap::from([(structure, Taken { people, capacity })]), structure);
        assert_eq!(of(10, None), "capacité inconnue");
        assert_eq!(of(10, Some(10)), "complète");
        assert_eq!(of(9, Some(10)), "1\u{a0}place libre sur 10");
        assert_eq!(of(1_000, Some(1_200)), "200\u{a0}places libres sur 1\u{202f}200");
    }

    #[test]
    fn a_long_queue_is_counted_no_further_than_needed() {
        assert_eq!(counted(50, 6_012, 10_000), "50 sur 6\u{202f}012\u{a0}personnes");
        assert_eq!(counted(50, 10_001, 10_000), "50 sur plus de 10\u{202f}000\u{a0}personnes");
        assert_eq!(counted(3, 3, 10_000), "3\u{a0}personnes");
    }
}
