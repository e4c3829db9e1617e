//! Orientation: which path, and which kind of structure, the rules of a day propose for a person, and why.
//!
//! Two dated lists of rules: the ordered list of the département, and the national criteria since 2025. In both the
//! first rule met wins. A rule whose fact is missing is neither met nor passed over: it stands in the conclusion, with
//! what it would propose and the fact that would decide.

mod facts;
mod outcome;
mod path;
mod rules;
mod settings;

pub use facts::{
    Birth, Constraints, Employment, Fact, Facts, Impact, Known, ProjectAbility, Registration, Source, Sourced,
};
pub use outcome::{
    Answer, Conclusion, Contradiction, FactUsed, Finding, NotConcerned, Outcome, Proposal, RuleSet, Unless,
};
pub use path::{Path, Target, WirePath};
pub use rules::{OrientationRule, RULES};
pub use settings::{PARAMETERS, SWITCHES, Settings};
