//! A demonstration département: fictitious from end to end, drawn from a seed, the same on every machine.

pub mod synth;
