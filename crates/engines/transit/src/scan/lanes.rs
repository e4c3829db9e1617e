//! Sets of lanes.

/// A set of up to `64 × W` lanes, one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lanes<const W: usize>([u64; W]);

impl<const W: usize> Default for Lanes<W> {
    fn default() -> Self {
        Self([0; W])
    }
}

impl<const W: usize> Lanes<W> {
    /// How many lanes there is room for.
    pub const BITS: usize = 64 * W;

    /// One lane.
    pub fn single(lane: usize) -> Self {
        let mut words = [0; W];
        words[lane / 64] = 1 << (lane % 64);
        Self(words)
    }

    /// No lane at all.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0.iter().fold(0, |all, word| all | word) == 0
    }

    /// The lanes of either.
    #[inline]
    pub fn or(self, other: Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    /// The lanes of the first that are not in the other.
    #[inline]
    pub fn without(self, other: Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & !other.0[word]))
    }

    /// Calls `take` with each lane of the set.
    #[inline]
    pub fn each(self, mut take: impl FnMut(usize)) {
        for (rank, word) in self.0.into_iter().enumerate() {
            let mut left = word;
            while left != 0 {
                take(rank * 64 + left.trailing_zeros() as usize);
                left &= left - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_lanes() {
        let some = [0, 63, 64, 127].into_iter().fold(Lanes::<2>::default(), |set, lane| set.or(Lanes::single(lane)));
        let mut seen = Vec::new();
        some.each(|lane| seen.push(lane));
        assert_eq!(seen, [0, 63, 64, 127]);
        assert!(some.without(some).is_empty());
        assert_eq!(some.without(Lanes::single(63)).or(Lanes::single(63)), some);
    }
}
