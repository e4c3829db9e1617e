//! What is due later, by the second.

use super::Lanes;
use crate::time::Seconds;

/// Lanes that will stand ready at a stop at a time not farther away than the longest change or walk.
pub(super) struct Ring<const W: usize> {
    buckets: Vec<Vec<(u32, Lanes<W>)>>,
    /// Nothing is due before.
    from: Seconds,
    waiting: usize,
}

impl<const W: usize> Ring<W> {
    pub fn new(from: Seconds, longest: Seconds) -> Self {
        // A power of two, so that a time finds its bucket by a mask, below 0 too.
        let seconds = (usize::try_from(longest).unwrap_or(0) + 1).next_power_of_two();
        Self { buckets: vec![Vec::new(); seconds], from, waiting: 0 }
    }

    fn bucket(&self, time: Seconds) -> usize {
        time.cast_unsigned() as usize & (self.buckets.len() - 1)
    }

    /// Lanes will stand ready at a stop. No more than the longest time after the last that was taken.
    pub fn put(&mut self, due: Seconds, stop: u32, lanes: Lanes<W>) {
        let bucket = self.bucket(due);
        self.buckets[bucket].push((stop, lanes));
        self.waiting += 1;
    }

    /// The first time at which something is due, up to `now` included.
    pub fn next(&mut self, now: Seconds) -> Option<Seconds> {
        while self.waiting > 0 && self.from <= now {
            if !self.buckets[self.bucket(self.from)].is_empty() {
                return Some(self.from);
            }
            self.from += 1;
        }
        if self.waiting == 0 {
            self.from = self.from.max(now);
        }
        None
    }

    /// What is due at a time that [`Ring::next`] has told.
    pub fn take(&mut self, time: Seconds) -> Vec<(u32, Lanes<W>)> {
        let bucket = self.bucket(time);
        let due = std::mem::take(&mut self.buckets[bucket]);
        self.waiting -= due.len();
        due
    }

    /// Keeps the room of what was taken for the next turn.
    pub fn give_back(&mut self, time: Seconds, room: Vec<(u32, Lanes<W>)>) {
        let bucket = self.bucket(time);
        self.buckets[bucket] = room;
    }
}
