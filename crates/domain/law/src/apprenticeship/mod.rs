//! Training in alternance: what the Code du travail asks of a contract, when its delays end, what is paid and invoiced.
//!
//! Texts as of March 2026. Whatever was not read in a text is marked *to confirm*; every number is a dated setting.

mod clocks;
mod conditions;
mod events;
mod funding;
mod pay;
mod precheck;
mod rules;
mod settings;
#[cfg(test)]
mod tests;

pub use clocks::{Clock, ClockKind, ClockState, Counting, clocks, deposit_by};
pub use conditions::{
    Exceptions, Finding, Host, ProfessionalisationFacts, Tutor, TutorLoad, age, duration, extension, host_limits,
    hosts, professionalisation, training_share, tutor, tutor_load,
};
pub use events::{BrokenBy, Course, Event, What, order_problems};
pub use funding::{Instalment, InstalmentKind, price_by_the_hour, schedule};
pub use pay::{PayStep, minimum_pay, pay_steps};
pub use precheck::{PreCheck, precheck};
pub use rules::RULES;
pub use settings::{PARAMETERS, Settings};

use crate::coded::coded;

coded! {
    /// Under which law somebody learns.
    pub enum Regime {
        /// Contrat d’apprentissage.
        Apprenticeship = "apprenticeship",
        /// Contrat de professionnalisation.
        Professionalisation = "professionalisation",
        /// Stagiaire de la formation professionnelle, without contract of employment.
        Trainee = "trainee",
        /// Candidate to the validation of experience (VAE).
        Experience = "experience",
    }
}

impl Regime {
    /// French name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Apprenticeship => "Contrat d’apprentissage",
            Self::Professionalisation => "Contrat de professionnalisation",
            Self::Trainee => "Stagiaire de la formation professionnelle",
            Self::Experience => "Validation des acquis de l’expérience",
        }
    }

    /// Whether there is an employer and a contract.
    pub const fn has_contract(self) -> bool {
        matches!(self, Self::Apprenticeship | Self::Professionalisation)
    }
}
