//! Names of fictitious persons, from the lists of `names.txt`.

use std::sync::LazyLock;

use super::dice::{Dice, Rate};
use super::hypotheses as rates;

/// Where a family's names come from.
#[derive(Debug)]
pub(super) struct Origin {
    share: u32,
    /// Share of the adults born abroad, in percent.
    pub(super) born_abroad: Rate,
    men: Vec<&'static str>,
    women: Vec<&'static str>,
    common: Vec<&'static str>,
    heads: Vec<&'static str>,
    tails: Vec<&'static str>,
    places: Vec<&'static str>,
}

static ORIGINS: LazyLock<Vec<Origin>> =
    LazyLock::new(|| read(include_str!("names.txt")).expect("the embedded lists are read by a test"));

/// `NOM` and `NOMNAI` hold 28 characters.
const LONGEST_NAME: usize = 28;

impl Origin {
    pub(super) fn draw(dice: &mut Dice) -> &'static Self {
        let total: u32 = ORIGINS.iter().map(|origin| origin.share).sum();
        let mut rest = dice.below(u64::from(total)) as u32;
        ORIGINS
            .iter()
            .find(|origin| {
                let found = rest < origin.share;
                rest = rest.saturating_sub(origin.share);
                found
            })
            .unwrap_or(&ORIGINS[0])
    }

    /// The first of the lists: the places of birth of people born in France.
    pub(super) fn french() -> &'static Self {
        &ORIGINS[0]
    }

    /// The origin whose lists hold this first name; the first one otherwise.
    pub(super) fn of_first_name(name: &str) -> &'static Self {
        let holds = |origin: &&Self| origin.men.contains(&name) || origin.women.contains(&name);
        ORIGINS.iter().find(holds).unwrap_or(&ORIGINS[0])
    }

    pub(super) fn has_place(&self, place: &str) -> bool {
        self.places.contains(&place)
    }

    pub(super) fn first_name(&self, dice: &mut Dice, woman: bool) -> &'static str {
        dice.pick(if woman { &self.women } else { &self.men })
    }

    /// A common last name, an invented one, or a double one.
    pub(super) fn last_name(&self, dice: &mut Dice) -> String {
        let name = self.simple_last_name(dice);
        if !dice.chance(rates::DOUBLE_LAST_NAME) {
            return name;
        }
        let link = dice.pick(&["-", " "]);
        let double = format!("{name}{link}{}", self.simple_last_name(dice));
        if double.len() <= LONGEST_NAME { double } else { name }
    }

    fn simple_last_name(&self, dice: &mut Dice) -> String {
        if dice.chance(rates::COMMON_LAST_NAME) {
            dice.pick(&self.common).to_owned()
        } else {
            format!("{}{}", dice.pick(&self.heads), dice.pick(&self.tails))
        }
    }

    pub(super) fn birth_place(&self, dice: &mut Dice) -> &'static str {
        dice.pick(&self.places)
    }
}

fn read(text: &'static str) -> Option<Vec<Origin>> {
    let mut origins: Vec<Origin> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line.starts_with('[') {
            let number = |key: &str| line.split_once(key)?.1.split(' ').next()?.parse().ok();
            origins.push(Origin {
                share: number("share=")?,
                born_abroad: Rate::percent(number("abroad=")?),
                men: Vec::new(),
                women: Vec::new(),
                common: Vec::new(),
                heads: Vec::new(),
                tails: Vec::new(),
                places: Vec::new(),
            });
            continue;
        }
        let (kind, list) = line.split_once(": ")?;
        // « EL » and « BEN » followed by a blank stay apart from their tail: only one blank goes with the comma.
        let list = list.split(',').map(|word| word.strip_prefix(' ').unwrap_or(word)).collect();
        let origin = origins.last_mut()?;
        match kind {
            "men" => origin.men = list,
            "women" => origin.women = list,
            "common" => origin.common = list,
            "heads" => origin.heads = list,
            "tails" => origin.tails = list,
            "places" => origin.places = list,
            _ => return None,
        }
    }
    Some(origins)
}

#[cfg(test)]
mod tests {
    use super::super::dice::Purpose;
    use super::*;

    #[test]
    fn lists_are_complete_and_fit_the_feed() {
        for origin in ORIGINS.iter() {
            for list in [&origin.men, &origin.women, &origin.common, &origin.heads, &origin.tails, &origin.places] {
                assert!(list.len() >= 7, "{list:?}");
                for word in list {
                    assert!(!word.trim().is_empty() && word.len() <= 26, "{word}");
                    assert!(word.bytes().all(|b| b.is_ascii_uppercase() || b" -'".contains(&b)), "{word}");
                }
            }
            let longest = |list: &[&str]| list.iter().map(|word| word.len()).max().unwrap();
            assert!(longest(&origin.heads) + longest(&origin.tails) <= LONGEST_NAME);
        }
    }

    #[test]
    fn last_names_are_many() {
        let mut dice = Dice::of(1, Purpose::Person, 1);
        let names: std::collections::BTreeSet<String> =
            (0..5_000).map(|_| Origin::draw(&mut dice).last_name(&mut dice)).collect();
        assert!(names.len() > 1_500, "{}", names.len());
        assert!(names.iter().all(|name| name.len() <= LONGEST_NAME));
        assert!(names.iter().any(|name| name.contains('\'')));
        assert!(names.iter().any(|name| name.contains('-')));
        assert!(names.iter().any(|name| name.contains(' ')));
    }
}
