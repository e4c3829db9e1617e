//! Codes in both directions, texts, parameters.

use std::collections::HashSet;

use super::*;
use crate::typography::assert_typography;

#[test]
fn the_codes_of_france_travail_go_round_and_are_never_swapped() {
    // One national sender swaps the last two: each is written down here.
    for (path, code) in [(Path::Employment, "PED"), (Path::SocioProfessional, "PSP"), (Path::Social, "PSO")] {
        assert_eq!(path.wire().code(), code);
        assert_eq!(WirePath::from_code(code).and_then(WirePath::path), Some(path));
    }
    for path in Path::ALL {
        assert_eq!(path.wire().path(), Some(path));
    }
    for wire in WirePath::ALL {
        assert_eq!(WirePath::from_code(wire.code()), Some(wire));
        assert_eq!(wire.path().map(Path::wire), Some(wire).filter(|wire| wire.path().is_some()));
    }
    for code in ["EO", "IND"] {
        assert_eq!(WirePath::from_code(code).and_then(WirePath::path), None);
    }
    assert_eq!(WirePath::from_code("PSC"), None);
}

macro_rules! assert_codes_go_round {
    ($($name:ident),+) => {
        $({
            let mut codes = HashSet::new();
            for variant in $name::ALL {
                assert!(codes.insert(variant.code()));
                assert_eq!($name::from_code(variant.code()), Some(variant));
                let json = serde_json::to_value(variant).unwrap();
                assert_eq!(json, variant.code());
                assert_eq!(serde_json::from_value::<$name>(json).unwrap(), variant);
            }
            assert!(serde_json::from_str::<$name>("\"nothing\"").is_err());
        })+
    };
}

#[test]
fn every_code_goes_round() {
    assert_codes_go_round!(
        Path,
        Target,
        WirePath,
        Source,
        Fact,
        Impact,
        Employment,
        ProjectAbility,
        RuleSet,
        Answer,
        NotConcerned,
        OrientationRule
    );
    assert_eq!(Impact::None.code(), "sans");
}

#[test]
fn every_label_reads() {
    let labels = Path::ALL.map(Path::label).into_iter().chain(Path::ALL.map(Path::label_law));
    let labels = labels.chain(Target::ALL.map(Target::label)).chain(WirePath::ALL.map(WirePath::label));
    let labels = labels.chain(Fact::ALL.map(Fact::label)).chain(Source::ALL.map(Source::label));
    let labels = labels.chain(Source::ALL.map(Source::label_with_article)).chain(Answer::ALL.map(Answer::label));
    let labels = labels.chain(NotConcerned::ALL.map(NotConcerned::label)).chain(RuleSet::ALL.map(RuleSet::label));
    let labels = labels.chain(OrientationRule::ALL.map(OrientationRule::label)).chain(Impact::ALL.map(Impact::label));
    for label in
        labels.chain(Employment::ALL.map(Employment::label)).chain(ProjectAbility::ALL.map(ProjectAbility::label))
    {
        assert_typography(label);
    }
}

#[test]
fn rules_are_tied_to_their_text_and_their_target() {
    assert_eq!(RULES.len(), OrientationRule::ALL.len());
    for rule in OrientationRule::ALL {
        assert_eq!(rule.rule().code, rule.code());
        assert_eq!(rule.rule_set().is_some(), rule.target().is_some());
        assert_eq!(crate::rule(rule.code()), Some(rule.rule()));
        let prefix = rule.rule_set().map_or("orientation.".to_owned(), |set| format!("orientation.{}.", set.code()));
        assert!(rule.code().starts_with(&prefix));
    }
    assert_eq!(OrientationRule::listed(RuleSet::Local).count(), 17);
    for stand_in in Target::ALL.into_iter().filter_map(|target| Some((target, target.stand_in()?))) {
        assert_eq!(stand_in.0.path(), stand_in.1.path());
    }
}

#[test]
fn settings_ask_for_each_parameter_once_and_refuse_what_lies_outside() {
    let asked = std::cell::RefCell::new(Vec::new());
    let read = Settings::read(|name| {
        asked.borrow_mut().push(name.to_owned());
        None
    });
    assert_eq!(read, Ok(Settings::default()));
    let asked = asked.into_inner();
    assert_eq!(asked.iter().collect::<HashSet<_>>().len(), asked.len());
    assert_eq!(asked.iter().map(String::as_str).collect::<HashSet<_>>(), Settings::names().collect());
    let known: HashSet<&str> = crate::parameters().map(|parameter| parameter.name).collect();
    for name in Settings::names() {
        assert!(known.contains(name), "{name}");
        let refused = Settings::read(|asked| (asked == name).then_some(u16::MAX)).unwrap_err();
        assert_eq!(refused.parameter.name, name);
        assert_typography(&refused.to_string());
    }
    // The numbers of both lists, and the choice between them.
    let numbers: HashSet<&str> = RuleSet::ALL
        .into_iter()
        .flat_map(|set| Settings::default().numbers(set))
        .map(|(parameter, value)| {
            assert_eq!(value, parameter.default, "{}", parameter.name);
            parameter.name
        })
        .collect();
    let switches: HashSet<&str> = SWITCHES.iter().map(|parameter| parameter.name).collect();
    let rest: Vec<&str> =
        Settings::names().filter(|name| !numbers.contains(name) && !switches.contains(name)).collect();
    assert_eq!(rest, ["orientation.national_criteria"]);
}

#[test]
fn a_version_is_the_same_for_the_same_rules_and_no_other() {
    let settings = Settings::default();
    // Written down: a version stored years ago is compared with one computed today.
    assert_eq!(settings.version(TODAY), "local-06045498d3a51f9b");
    assert_eq!(national().version(TODAY), "national-910ee38073e93495");
    assert_eq!(settings.version(TODAY), settings.clone().version(date(2025, 1, 1)));
    // The rules of France Travail were not there the day before.
    assert_ne!(settings.version(TODAY), settings.version(date(2024, 12, 31)));
    let mut versions = HashSet::new();
    for set in RuleSet::ALL {
        let with = |name: &str, value: u16| {
            let choice = u16::from(set == RuleSet::National);
            Settings::read(|asked| {
                (asked == name).then_some(value).or((asked == "orientation.national_criteria").then_some(choice))
            })
            .unwrap()
        };
        let plain = with("", 0);
        assert!(versions.insert(plain.version(TODAY)));
        for rule in OrientationRule::listed(set) {
            let other = plain.clone().with(rule, !plain.applies(rule, TODAY));
            assert!(versions.insert(other.version(TODAY)), "{rule:?}");
        }
        for (parameter, value) in plain.numbers(set) {
            let other = if value == parameter.bounds.1 { value - 1 } else { value + 1 };
            assert!(versions.insert(with(parameter.name, other).version(TODAY)), "{}", parameter.name);
        }
    }
    // What the other list reads changes nothing.
    let other = Settings { months_without_work: 12, ..settings.clone() };
    assert_eq!(other.version(TODAY), settings.version(TODAY));
}
