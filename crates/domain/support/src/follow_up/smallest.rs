//! What may be told of people outside the structure that knows them: one dated threshold, and the ways it hides.

use base::{Date, Id};
use facts::Tenant;
use platform::Platform;
use platform::parameter::{Parameters, SMALLEST_COUNT};

use crate::Result;

/// Counts of people below it are not told, nor what would give them by subtraction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SmallestCount(i64);

impl SmallestCount {
    pub const fn new(people: i64) -> Self {
        Self(people)
    }

    /// The threshold that a département has given itself for a day.
    pub async fn on(platform: &Platform, tenant: Id<Tenant>, day: Date) -> Result<Self> {
        let parameters = Parameters::known_at(&platform.db, tenant, platform.now()).await?;
        Ok(Self(parameters.get::<i64>(SMALLEST_COUNT, day)?.value))
    }

    pub const fn people(self) -> i64 {
        self.0
    }

    /// Whether a count names nobody: nobody at all, or enough people.
    pub const fn tells(self, people: i64) -> bool {
        people == 0 || people >= self.0
    }

    /// Whether the part of a whole may be told: neither it nor the rest is small, and the whole is not.
    pub const fn tells_part(self, part: i64, whole: i64) -> bool {
        whole >= self.0 && self.tells(part) && self.tells(whole - part)
    }

    /// The counts of a column as they may be shown: the small ones are hidden, and when a single one is, the next
    /// smallest too, so that it cannot be found by subtraction from the whole.
    pub fn column(self, counts: &[i64]) -> Vec<Option<i64>> {
        let mut shown: Vec<Option<i64>> = counts.iter().map(|count| self.tells(*count).then_some(*count)).collect();
        if shown.iter().filter(|count| count.is_none()).count() == 1
            && let Some(next) = shown.iter().flatten().copied().filter(|count| *count > 0).min()
            && let Some(place) = shown.iter().position(|count| *count == Some(next))
        {
            shown[place] = None;
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_count_is_hidden_and_so_is_what_would_give_it() {
        let column = |counts: &[i64]| SmallestCount::new(5).column(counts);
        assert_eq!(column(&[3, 40, 12, 0]), [None, Some(40), None, Some(0)]);
        assert_eq!(column(&[3, 2, 40]), [None, None, Some(40)]);
        assert_eq!(column(&[5, 40, 0]), [Some(5), Some(40), Some(0)]);
        assert_eq!(column(&[3]), [None]);
        assert!(column(&[]).is_empty());
    }

    #[test]
    fn a_part_is_told_when_neither_it_nor_the_rest_is_small() {
        let smallest = SmallestCount::new(5);
        for (part, whole, told) in
            [(0, 100, true), (4, 100, false), (5, 100, true), (96, 100, false), (100, 100, true), (0, 4, false)]
        {
            assert_eq!(smallest.tells_part(part, whole), told, "{part} of {whole}");
        }
    }
}
