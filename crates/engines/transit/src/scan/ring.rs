//! What is due later, by the second.

use std::collections::VecDeque;

use super::Lanes;
use crate::time::Seconds;

/// Lanes that will stand ready at a stop at a time not farther away than the longest way.
///
/// Ways that take equally long have a queue together: what is put there later is due later, so that each queue is
/// written at one end and read at the other, near each other in memory. A ring of seconds says which queues come next.
pub(super) struct Ring<const W: usize> {
    queues: Vec<VecDeque<Due<W>>>,
    /// For each second, the queues where something is due.
    seconds: Vec<Vec<u32>>,
    /// Nothing is due before.
    from: Seconds,
    /// How many entries the seconds hold.
    waiting: usize,
}

struct Due<const W: usize> {
    time: Seconds,
    stop: u32,
    lanes: Lanes<W>,
}

impl<const W: usize> Ring<W> {
    /// For so many queues, none of ways longer than `longest`.
    pub fn new(from: Seconds, longest: Seconds, queues: usize) -> Self {
        // A power of two, so that a time finds its place by a mask, below 0 too.
        let seconds = (usize::try_from(longest).unwrap_or(0) + 1).next_power_of_two();
        let queues = std::iter::repeat_with(VecDeque::new).take(queues).collect();
        Self { queues, seconds: vec![Vec::new(); seconds], from, waiting: 0 }
    }

    fn place(&self, time: Seconds) -> usize {
        time.cast_unsigned() as usize & (self.seconds.len() - 1)
    }

    /// Lanes will stand ready at a stop. In each queue, never before what was put there last.
    pub fn put(&mut self, queue: u32, time: Seconds, stop: u32, lanes: Lanes<W>) {
        let due = &mut self.queues[queue as usize];
        if due.back().is_none_or(|last| last.time != time) {
            let place = self.place(time);
            self.seconds[place].push(queue);
            self.waiting += 1;
        }
        self.queues[queue as usize].push_back(Due { time, stop, lanes });
    }

    /// The first time at which something is due, up to `now` included.
    pub fn next(&mut self, now: Seconds) -> Option<Seconds> {
        while self.waiting > 0 && self.from <= now {
            if !self.seconds[self.place(self.from)].is_empty() {
                return Some(self.from);
            }
            self.from += 1;
        }
        if self.waiting == 0 {
            self.from = self.from.max(now);
        }
        None
    }

    /// Something that is due at a time that [`Ring::next`] has told, as long as there is.
    pub fn take(&mut self, time: Seconds) -> Option<(u32, Lanes<W>)> {
        let place = self.place(time);
        while let Some(queue) = self.seconds[place].last() {
            if let Some(due) = self.queues[*queue as usize].pop_front_if(|due| due.time == time) {
                return Some((due.stop, due.lanes));
            }
            self.seconds[place].pop();
            self.waiting -= 1;
        }
        None
    }
}
