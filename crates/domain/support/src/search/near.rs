//! How near two words are. What is typed once is compared with many words: it is prepared first.

use std::collections::HashMap;

/// A word typed, ready to be compared.
pub(super) struct Typed<'a> {
    pub(super) word: &'a str,
    /// Letters of the word.
    length: usize,
    /// For each letter, the places where the word has it, a bit each.
    ascii: [u64; 128],
    others: HashMap<char, u64>,
}

impl<'a> Typed<'a> {
    /// Letters looked at for slips: no name has a word as long.
    const LONGEST: usize = 64;

    pub(super) fn new(word: &'a str) -> Self {
        let mut typed = Self { word, length: word.chars().count(), ascii: [0; 128], others: HashMap::new() };
        for (place, letter) in word.chars().take(Self::LONGEST).enumerate() {
            let places = match typed.ascii.get_mut(letter as usize) {
                Some(places) => places,
                None => typed.others.entry(letter).or_default(),
            };
            *places |= 1 << place;
        }
        typed
    }

    fn places(&self, letter: char) -> u64 {
        match self.ascii.get(letter as usize) {
            Some(places) => *places,
            None => self.others.get(&letter).copied().unwrap_or(0),
        }
    }

    /// Slips that are forgiven: the shorter the word, the more words are near.
    pub(super) const fn slips(&self) -> u32 {
        match self.word.len() {
            0..=3 => 0,
            4..=7 => 1,
            _ if self.length > Self::LONGEST => 0,
            _ => 2,
        }
    }

    /// How far a word is from what was typed: 0 the same, 1 begins so, 2 holds it, 3 one slip, 4 two slips; `None`
    /// when too far.
    pub(super) fn distance(&self, word: &str) -> Option<u8> {
        self.held(word).or_else(|| self.nearly(word))
    }

    /// 0 the same, 1 begins so, 2 holds it.
    pub(super) fn held(&self, word: &str) -> Option<u8> {
        if word == self.word {
            Some(0)
        } else if word.starts_with(self.word) {
            Some(1)
        } else {
            (self.word.len() >= 3 && word.contains(self.word)).then_some(2)
        }
    }

    /// 3 one slip, 4 two slips; an exchange of two neighbours is one slip.
    pub(super) fn nearly(&self, word: &str) -> Option<u8> {
        let slips = self.slips();
        if slips == 0 || word.len().abs_diff(self.word.len()) > slips as usize {
            return None;
        }
        let made = self.slips_made(word);
        (made <= slips).then_some(if made == 1 { 3 } else { 4 })
    }

    /// Optimal string alignment, a whole column of the table in a few operations: Hyyrö, « A bit-vector algorithm for
    /// computing Levenshtein and Damerau edit distances », Nordic Journal of Computing 10, 2003.
    fn slips_made(&self, word: &str) -> u32 {
        let last = 1_u64 << (self.length - 1);
        let (mut rises, mut falls) = (u64::MAX, 0_u64);
        let (mut level, mut places_before) = (0_u64, 0_u64);
        let mut slips = u32::try_from(self.length).unwrap_or(u32::MAX);
        for letter in word.chars() {
            let places = self.places(letter);
            let exchanged = ((!level & places) << 1) & places_before;
            level = ((places & rises).wrapping_add(rises) ^ rises) | places | falls | exchanged;
            let (more, fewer) = (falls | !(level | rises), level & rises);
            slips += u32::from(more & last != 0);
            slips -= u32::from(fewer & last != 0);
            let (more, fewer) = ((more << 1) | 1, fewer << 1);
            rises = fewer | !(level | more);
            falls = more & level;
            places_before = places;
        }
        slips
    }
}

/// Which letters a word has, at the width of a number: two words whose letters differ much are far apart.
#[derive(Clone, Copy)]
pub(super) struct Letters(u32);

impl Letters {
    pub(super) fn of(word: &str) -> Self {
        Self(word.chars().fold(0, |letters, letter| letters | 1 << (letter as u32 % u32::BITS)))
    }

    /// Whether so many slips could turn one word into the other: each takes away one letter and adds another at most.
    pub(super) const fn may_be(self, other: Self, slips: u32) -> bool {
        (self.0 ^ other.0).count_ones() <= 2 * slips
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn as_many_slips_as_the_table_says(a in "[abcdé]{1,12}", b in "[abcdé]{0,12}") {
            let made = Typed::new(&a).slips_made(&b);
            prop_assert_eq!(made as usize, strsim::osa_distance(&a, &b));
            prop_assert!(Letters::of(&a).may_be(Letters::of(&b), made));
        }
    }

    #[test]
    fn near_words() {
        for (typed, word, wanted) in [
            ("diallo", "diallo", Some(0)),
            ("dial", "diallo", Some(1)),
            ("allo", "diallo", Some(2)),
            ("dialo", "diallo", Some(3)),
            ("dilalo", "diallo", Some(3)),
            ("mohammed", "mohamed", Some(3)),
            ("sivakumaran", "shivakumarane", Some(4)),
            ("di", "ndiaye", None),
            ("cat", "cab", None),
            ("traore", "toure", None),
        ] {
            assert_eq!(Typed::new(typed).distance(word), wanted, "{typed} {word}");
        }
        let endless = "a".repeat(65);
        assert_eq!(Typed::new(&endless).distance(&endless), Some(0));
        assert_eq!(Typed::new(&endless).distance(&endless[1..]), None);
    }
}
