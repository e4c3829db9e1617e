//! The lines that are announced, as data with their sources.

use std::sync::LazyLock;

use transit::scenario::Scenario;

/// A scenario that comes with the program.
pub struct Announced {
    /// Its name in addresses.
    pub code: &'static str,
    pub scenario: Scenario,
}

static ANNOUNCED: LazyLock<Vec<Announced>> = LazyLock::new(|| {
    let texts = [
        ("ligne-15-sud", include_str!("../data/scenarios/1-ligne-15-sud.toml")),
        ("lignes-16-17-2027", include_str!("../data/scenarios/2-lignes-16-17-premiere-section.toml")),
        ("lignes-16-17-2028", include_str!("../data/scenarios/3-lignes-16-17-2028.toml")),
        ("lignes-16-17-2030", include_str!("../data/scenarios/4-ligne-17-2030.toml")),
        ("ligne-15-est", include_str!("../data/scenarios/5-ligne-15-est.toml")),
        ("grand-paris-express", include_str!("../data/scenarios/6-grand-paris-express.toml")),
    ];
    texts.into_iter().map(|(code, text)| Announced { code, scenario: own(text) }).collect()
});

/// The scenarios of the Grand Paris Express, the first to open first. None of their lines runs today.
pub fn announced() -> &'static [Announced] {
    &ANNOUNCED
}

/// A scenario of this crate.
pub(crate) fn own(text: &str) -> Scenario {
    Scenario::parse(text).unwrap_or_else(|problem| panic!("a data file of this crate: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_is_announced_is_dated_sourced_and_not_open() {
        for announced in announced() {
            for line in &announced.scenario.lines {
                assert!(line.opens.is_some_and(|day| day > date(2026, 11, 22)), "{} {}", announced.code, line.id);
                assert!(line.announced.is_some() && !line.source.is_empty());
            }
            assert!(!announced.scenario.name.contains('\''));
        }
    }

    #[test]
    fn run_times_are_those_announced_end_to_end() {
        let minutes = |code: &str, id: &str| {
            let scenario = &announced().iter().find(|announced| announced.code == code).unwrap().scenario;
            let line = scenario.lines.iter().find(|line| line.id == id).unwrap();
            let stops = i32::try_from(line.run_seconds.len()).unwrap() - 1;
            f64::from(line.run_seconds.iter().sum::<i32>() + stops * line.stop_seconds) / 60.0
        };
        // Société des grands projets: 26, 25 and 25 minutes; each hop is shared out to the tenth of a minute.
        assert!((minutes("lignes-16-17-2030", "gpe-16") - 26.0).abs() < 1.1);
        assert!((minutes("lignes-16-17-2030", "gpe-17") - 25.0).abs() < 1.1);
        assert!((minutes("ligne-15-est", "gpe-15-est") - 25.0).abs() < 1.1);
    }
}
