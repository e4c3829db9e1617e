//! Candidates from their application to the decision, and the places that hosts offer.

mod candidates;
mod matching;
mod model;
mod places;
mod steps;
mod store;

pub use candidates::{
    CandidateFile, CandidateLine, Change, NewCandidate, add_candidate, candidate, candidates, import_candidates,
};
pub(crate) use candidates::{identities, learner_within};
pub use matching::{Decision, MatchLine, MatchProposal, propose, validate};
pub use model::{
    AdmissionStep, Application, Learner, LearnerIdentity, LearnerRanking, Place, PlaceProfile, PlaceRanking, Placement,
    Stage, Step, StepOutcome,
};
pub use places::{
    MetCandidate, NewPlace, PlaceView, Vacancy, met_candidates, offered_by, places, publish, rank_candidates,
    rank_places, vacancies, withdraw,
};
pub use steps::{NewStep, note_step};
