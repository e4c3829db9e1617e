//! What orientation needs and the paying bodies' feed does not say: the answers to the questionnaire that goes with the
//! claim, the registration at France Travail, and France Travail's recommendation.

mod model;
mod reading;

pub use model::{Difficulties, JobseekerRegistration, Recommendation, SocioProfessional};
pub use reading::{Inputs, of, of_many};
