//! A small fixed hash, so that the hash of a household does not depend on the seed or the algorithm of the standard
//! library.

use std::hash::Hasher;

/// Folded multiplication over 8-byte words, little-endian on every machine.
#[derive(Debug, Clone)]
pub(super) struct ContentHasher {
    state: u64,
}

const SEED: u64 = 0x9E37_79B9_7F4A_7C15;
const MULTIPLIER: u64 = 0xD6E8_FEB8_6659_FD93;

impl Default for ContentHasher {
    fn default() -> Self {
        Self { state: SEED }
    }
}

impl ContentHasher {
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.state ^ word.wrapping_mul(SEED)) * u128::from(MULTIPLIER);
        self.state = (product as u64) ^ ((product >> 64) as u64).rotate_left(29).wrapping_add(SEED);
    }
}

impl Hasher for ContentHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        // The length keeps "A" and "A\0" apart.
        self.mix(u64::from_le_bytes(last));
        self.mix(bytes.len() as u64);
    }

    fn write_u8(&mut self, value: u8) {
        self.mix(u64::from(value));
    }

    fn write_u16(&mut self, value: u16) {
        self.mix(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.mix(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.mix(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.mix(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.mix(value as u64);
    }

    fn write_i8(&mut self, value: i8) {
        self.mix(value as u64);
    }

    fn write_i16(&mut self, value: i16) {
        self.mix(value as u64);
    }

    fn write_i32(&mut self, value: i32) {
        self.mix(value as u64);
    }

    fn finish(&self) -> u64 {
        let mut end = self.clone();
        end.mix(0);
        end.state
    }
}
