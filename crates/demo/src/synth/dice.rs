//! Seeded chance. Written here rather than taken from a library so that the same seed gives the same bytes whatever
//! the machine and the versions of the dependencies.

use std::hash::Hasher;

use jiff::ToSpan;
use jiff::civil::Date;

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// A stream of chance (SplitMix64: Steele, Lea, Flood, « Fast splittable pseudorandom number generators », 2014).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

/// What a stream of chance is for: two streams of the same household never repeat each other.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    Household = 1,
    Separation,
    Month,
    Figures,
    Form,
    Person,
    Calendar,
    Inputs,
}

impl Dice {
    /// The stream of one thing (a household by its index, a claim number by its [`digest`]…).
    pub(super) fn of(seed: u64, purpose: Purpose, thing: u64) -> Self {
        Self(mix(mix(seed ^ GOLDEN) ^ (purpose as u64).wrapping_mul(GOLDEN)) ^ mix(thing.wrapping_add(GOLDEN)))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// From 0 to `bound` − 1; 0 when `bound` is 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// From `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as u64) as i64
    }

    /// True `rate` times in 100,000.
    pub(super) fn chance(&mut self, rate: Rate) -> bool {
        self.below(u64::from(Rate::WHOLE)) < u64::from(rate.0)
    }

    /// One of the list.
    ///
    /// # Panics
    /// On an empty list: the lists are constants of this crate.
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }

    /// One of the list, each with its weight.
    ///
    /// # Panics
    /// On an empty list: the lists are constants of this crate.
    pub(super) fn weighted<T: Copy>(&mut self, list: &[(T, u32)]) -> T {
        let total: u64 = list.iter().map(|(_, weight)| u64::from(*weight)).sum();
        let mut rest = self.below(total);
        for (choice, weight) in list {
            if rest < u64::from(*weight) {
                return *choice;
            }
            rest -= u64::from(*weight);
        }
        list[list.len() - 1].0
    }

    /// A day from `first` to `last`, both included; `first` when they are out of order.
    pub(super) fn day(&mut self, first: Date, last: Date) -> Date {
        let span = i64::from((last - first).get_days());
        first.saturating_add(self.between(0, span.max(0)).days())
    }
}

/// A frequency, in hundred-thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rate(pub(super) u32);

impl Rate {
    const WHOLE: u32 = 100_000;

    /// A frequency given in percent.
    pub(super) const fn percent(value: u32) -> Self {
        Self(value * 1_000)
    }
}

/// A stable digest of texts: the identity of a thing that has no index.
pub(super) fn digest(parts: &[&str]) -> u64 {
    let mut hasher = Fnv::default();
    for part in parts {
        hasher.write(part.as_bytes());
        hasher.write(&[0]);
    }
    mix(hasher.finish())
}

/// FNV-1a, 64 bits.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_the_same_everywhere() {
        let mut dice = Dice::of(42, Purpose::Household, 7);
        let mut again = Dice::of(42, Purpose::Household, 7);
        assert!((0..100).all(|_| dice.next() == again.next()));
        assert_ne!(Dice::of(42, Purpose::Month, 7).next(), Dice::of(42, Purpose::Household, 7).next());
        assert_ne!(Dice::of(43, Purpose::Month, 7).next(), Dice::of(42, Purpose::Month, 7).next());
        // A value kept here for ever: files made from a seed must not change.
        assert_eq!(Dice::of(42, Purpose::Household, 7).next(), 15_330_970_877_497_559_744);
        assert_eq!(digest(&["A", "B"]), digest(&["A", "B"]));
        assert_ne!(digest(&["AB"]), digest(&["A", "B"]));
    }

    #[test]
    fn bounds_hold() {
        let mut dice = Dice::of(1, Purpose::Form, 1);
        let first = jiff::civil::date(2026, 1, 1);
        for _ in 0..1_000 {
            assert!((3..=5).contains(&dice.between(3, 5)));
            assert!(dice.below(10) < 10);
            let day = dice.day(first, jiff::civil::date(2026, 1, 3));
            assert!(day >= first && day.day() <= 3);
        }
        let hits = (0..100_000).filter(|_| dice.chance(Rate::percent(10))).count();
        assert!((9_000..11_000).contains(&hits), "{hits}");
    }
}
