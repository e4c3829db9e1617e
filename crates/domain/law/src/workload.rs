//! How much work a caseload is: people weighted by path and phase, over the time somebody has for them.

use base::{Date, Period};
use jiff::civil::date;

use crate::coded::coded;
use crate::orientation::Path;
use crate::{Certainty, OutOfRange, Parameter, Rule, Unit};

const WEIGHTS: &str = "workload.weights";
const REFERENCE: &str = "workload.reference";
const LOCAL_CHOICE: &str = "Choix du département";

pub const RULES: &[Rule] = &[
    Rule {
        code: WEIGHTS,
        since: date(2009, 6, 1),
        until: None,
        citation: LOCAL_CHOICE,
        certainty: Certainty::Uncertain,
        summary_fr: "Une personne suivie compte plus ou moins selon son parcours et sa phase. Le poids est en \
                     centièmes\u{a0}: 100 vaut une personne.",
    },
    Rule {
        code: REFERENCE,
        since: date(2009, 6, 1),
        until: None,
        citation: "Ordre de grandeur des expérimentations de 2023 et 2024\u{a0}: 50 à 70\u{a0}personnes par référent",
        certainty: Certainty::Uncertain,
        summary_fr: "La charge d’un conseiller se compare à la charge de référence d’un temps plein présent. Le temps \
                     de travail et les absences la réduisent.",
    },
];

coded! {
    /// Where somebody is on their path.
    pub enum Phase {
        /// Oriented, and not met yet.
        New = "new",
        /// Met, and not under contract yet.
        Diagnosis = "diagnosis",
        Intensive = "intensive",
        /// Followed from afar.
        Watch = "watch",
    }
}

impl Phase {
    /// French name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::New => "Nouveau",
            Self::Diagnosis => "Diagnostic",
            Self::Intensive => "Accompagnement intensif",
            Self::Watch => "Veille",
        }
    }
}

const fn weight(name: &'static str, label_fr: &'static str, default: u16) -> Parameter {
    Parameter {
        name,
        rule: WEIGHTS,
        label_fr,
        unit: Unit::Hundredths,
        default,
        bounds: (0, 1_000),
        citation: LOCAL_CHOICE,
        certainty: Certainty::Uncertain,
    }
}

/// The people a full-time counsellor follows, in people of weight 100.
const FULL_TIME: Parameter = Parameter {
    name: "workload.full_time",
    rule: REFERENCE,
    label_fr: "Charge de référence d’un temps plein, en personnes de poids 100",
    unit: Unit::Count,
    default: 60,
    bounds: (10, 500),
    citation: RULES[1].citation,
    certainty: Certainty::Uncertain,
};

/// What [`Weights::read`] asks for: path by path, phase by phase, then the reference.
pub const PARAMETERS: &[Parameter] = &[
    weight("workload.employment.new", "Parcours emploi, nouveau", 100),
    weight("workload.employment.diagnosis", "Parcours emploi, diagnostic", 150),
    weight("workload.employment.intensive", "Parcours emploi, accompagnement intensif", 200),
    weight("workload.employment.watch", "Parcours emploi, veille", 50),
    weight("workload.socio_professional.new", "Parcours socio-professionnel, nouveau", 100),
    weight("workload.socio_professional.diagnosis", "Parcours socio-professionnel, diagnostic", 150),
    weight("workload.socio_professional.intensive", "Parcours socio-professionnel, accompagnement intensif", 200),
    weight("workload.socio_professional.watch", "Parcours socio-professionnel, veille", 50),
    weight("workload.social.new", "Parcours social, nouveau", 100),
    weight("workload.social.diagnosis", "Parcours social, diagnostic", 150),
    weight("workload.social.intensive", "Parcours social, accompagnement intensif", 200),
    weight("workload.social.watch", "Parcours social, veille", 50),
    FULL_TIME,
];

const PHASES: usize = Phase::ALL.len();
const CELLS: usize = Path::ALL.len() * PHASES;

fn cell(path: Path, phase: Phase) -> usize {
    path as usize * PHASES + phase as usize
}

/// The weights in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Weights {
    /// Hundredths, in the order of [`PARAMETERS`].
    weights: [u16; CELLS],
    full_time: u16,
}

impl Default for Weights {
    fn default() -> Self {
        Self::read(|_| None).expect("defaults lie within their bounds")
    }
}

impl Weights {
    /// The weights that the settings give, by parameter name; the default where they give none.
    ///
    /// # Errors
    /// The first setting outside its bounds.
    pub fn read(setting: impl Fn(&str) -> Option<u16>) -> Result<Self, OutOfRange> {
        let mut weights = [0; CELLS];
        for (weight, parameter) in weights.iter_mut().zip(PARAMETERS) {
            *weight = parameter.value(setting(parameter.name))?;
        }
        Ok(Self { weights, full_time: FULL_TIME.value(setting(FULL_TIME.name))? })
    }

    /// What one person counts, in hundredths.
    pub fn of(&self, path: Path, phase: Phase) -> u16 {
        self.weights[cell(path, phase)]
    }
}

/// How many people somebody follows, by path and phase.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Caseload {
    counts: [u32; CELLS],
}

impl Caseload {
    /// Adds people.
    pub fn add(&mut self, path: Path, phase: Phase, people: u32) {
        let count = &mut self.counts[cell(path, phase)];
        *count = count.saturating_add(people);
    }

    pub fn count(&self, path: Path, phase: Phase) -> u32 {
        self.counts[cell(path, phase)]
    }

    /// All of them.
    pub fn people(&self) -> u32 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// The time somebody has for a caseload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Presence {
    /// Hundredths of a full time: 80 for four days out of five.
    pub working_time: u16,
    /// Hundredths of that time spent away; more than 100 counts as 100. See [`absent_share`].
    pub absent: u16,
}

impl Presence {
    pub const FULL_TIME: Self = Self { working_time: 100, absent: 0 };
}

/// How much work a caseload is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Load {
    pub people: u32,
    /// Sum of the weights, in hundredths of a person.
    pub weighted: u64,
    /// Hundredths of a full time really there.
    pub present: u16,
    /// Percentage of the reference of that time: 100 is a full caseload. `None` when nobody is there to follow anybody.
    pub percent: Option<u64>,
}

/// What a caseload weighs on somebody, given the time they have. Percentages are rounded to the nearest.
pub fn load(caseload: &Caseload, presence: Presence, weights: &Weights) -> Load {
    let weighted =
        caseload.counts.iter().zip(weights.weights).map(|(count, weight)| u64::from(*count) * u64::from(weight)).sum();
    let there = 100 - u32::from(presence.absent.min(100));
    let present = (u32::from(presence.working_time) * there + 50) / 100;
    let reference = u64::from(weights.full_time) * u64::from(present);
    // Hundredths of people over (people × hundredths of time): only the percent is left to multiply by.
    let percent = (reference > 0).then(|| (weighted * 100 + reference / 2) / reference);
    Load { people: caseload.people(), weighted, present: u16::try_from(present).unwrap_or(u16::MAX), percent }
}

/// The part of the days `[from, to)` that absences cover, in hundredths rounded to the nearest. Days covered twice count
/// once; a span without a day gives 0.
pub fn absent_share(absences: &[Period], from: Date, to: Date) -> u16 {
    let days = |from: Date, to: Date| u64::try_from(from.until(to).map_or(0, |span| span.get_days())).unwrap_or(0);
    let mut spans: Vec<(Date, Date)> = absences
        .iter()
        .map(|absence| (absence.from.max(from), absence.to.unwrap_or(to).min(to)))
        .filter(|(from, to)| from < to)
        .collect();
    spans.sort_unstable();
    let (mut covered, mut reached) = (0, from);
    for (first, end) in spans {
        covered += days(first.max(reached), end.max(reached));
        reached = reached.max(end);
    }
    match days(from, to) {
        0 => 0,
        whole => u16::try_from((covered * 100 + whole / 2) / whole).unwrap_or(100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typography::assert_typography;
    use proptest::prelude::*;

    #[test]
    fn each_weight_is_that_of_its_path_and_phase() {
        for (index, (path, phase)) in
            Path::ALL.into_iter().flat_map(|path| Phase::ALL.map(|phase| (path, phase))).enumerate()
        {
            let name = format!("workload.{}.{}", path.code().trim_start_matches("path_"), phase.code());
            assert_eq!(PARAMETERS[index].name, name);
            let weights = Weights::read(|asked| (asked == name).then_some(7)).unwrap();
            let mut caseload = Caseload::default();
            caseload.add(path, phase, 3);
            assert_eq!(weights.of(path, phase), 7);
            assert_eq!(caseload.count(path, phase), 3);
            assert_eq!(load(&caseload, Presence::FULL_TIME, &weights).weighted, 21);
            assert_typography(phase.label());
        }
        assert!(Weights::read(|_| Some(1_001)).is_err());
    }

    #[test]
    fn loads() {
        let mut caseload = Caseload::default();
        caseload.add(Path::SocioProfessional, Phase::Intensive, 20);
        caseload.add(Path::SocioProfessional, Phase::Watch, 40);
        // 20 × 2 + 40 × 0.5 = 60 people of weight 100.
        for (working_time, absent, present, percent) in [
            (100, 0, 100, Some(100)),
            (80, 0, 80, Some(125)),
            (100, 50, 50, Some(200)),
            (50, 50, 25, Some(400)),
            (100, 100, 0, None),
            (0, 0, 0, None),
            (100, 250, 0, None),
        ] {
            let load = load(&caseload, Presence { working_time, absent }, &Weights::default());
            assert_eq!((load.people, load.weighted, load.present, load.percent), (60, 6_000, present, percent));
        }
        let nobody = load(&Caseload::default(), Presence::FULL_TIME, &Weights::default());
        assert_eq!((nobody.people, nobody.percent), (0, Some(0)));
        let half = Weights::read(|name| (name == "workload.full_time").then_some(30)).unwrap();
        assert_eq!(load(&caseload, Presence::FULL_TIME, &half).percent, Some(200));
    }

    #[test]
    fn absences() {
        let day = |day| date(2026, 11, day);
        let away = |from, to| Period { from: day(from), to: Some(day(to)) };
        for (absences, share) in [
            (vec![], 0),
            (vec![away(1, 11)], 50),
            // Twice the same days.
            (vec![away(1, 11), away(6, 11)], 50),
            (vec![away(11, 16), away(1, 6)], 50),
            (vec![Period::since(day(11))], 50),
            (vec![Period::since(date(2020, 1, 1))], 100),
            (vec![away(21, 30)], 0),
            (vec![away(1, 2)], 5),
        ] {
            assert_eq!(absent_share(&absences, day(1), day(21)), share, "{absences:?}");
        }
        assert_eq!(absent_share(&[Period::since(day(1))], day(21), day(21)), 0);
        assert_eq!(absent_share(&[Period::since(day(1))], day(21), day(1)), 0);
    }

    proptest! {
        #[test]
        fn an_absent_share_counts_each_day_once(
            spans in prop::collection::vec((0..60_i32, 1..30_i32), 0..6),
            start in 0..60_i32,
            length in 1..60_i32,
        ) {
            let day = |days: i32| date(2026, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let absences: Vec<Period> =
                spans.iter().map(|(from, days)| Period { from: day(*from), to: Some(day(from + days)) }).collect();
            let away = (start..start + length).filter(|on| absences.iter().any(|absence| absence.contains(day(*on))));
            let away = f64::from(u16::try_from(away.count()).unwrap());
            let share = absent_share(&absences, day(start), day(start + length));
            prop_assert_eq!(f64::from(share), (away * 100.0 / f64::from(length)).round());
        }
    }
}
