//! Candidates from their application to the decision, and the places that hosts offer.

mod candidates;
mod load;
mod matching;
mod model;
mod placements;
mod places;
mod rankings;
mod steps;
mod store;
mod vacancies;

pub use candidates::{
    CandidateFile, CandidateLine, Change, NewCandidate, add_candidate, candidate, candidates, import_candidates,
    link_account,
};
pub(crate) use candidates::{identities, learner_within};
pub use load::{TutorCommitment, own_tutor_commitments};
pub use matching::{Decision, MatchLine, MatchProposal, propose, validate};
pub use model::{
    AdmissionStep, Application, Learner, LearnerIdentity, LearnerRanking, Place, PlaceProfile, PlaceRanking, Placement,
    Stage, Step, StepOutcome,
};
pub use placements::{Placed, own_placements, placements, take_back_placement};
pub use places::{NewPlace, Offer, PlaceView, cohorts_to_offer, correct, offered_by, places, publish, withdraw};
pub use rankings::{MetCandidate, OfferedPlace, OwnChoices, met_candidates, own_choices, rank_candidates, rank_places};
pub use steps::{NewStep, note_step};
pub use vacancies::{HostGround, Vacancy, host_ground, post_of, vacancies};
