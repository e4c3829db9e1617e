//! What the paying body says of a household: its claim, its right, its family, where it lives.

mod model;

pub use model::{
    Address, Claim, Closure, Family, Household, Nature, Refusal, RightState, Suspension, SuspensionKind, Transfer,
};
