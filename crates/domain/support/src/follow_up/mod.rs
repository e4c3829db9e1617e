//! Who is to be oriented, who is accompanied, and who needs whom: one derived line a person, for the boards.

mod board;
mod compute;
mod course;
mod flow;
mod publics;
mod row;
mod service;
mod smallest;
pub(crate) mod store;

pub use board::{AgencyBoard, CounsellorLoad, LeftBehind, agency_board, loads};
pub use compute::{Facts, Rules, follow_up};
pub use course::course;
pub use flow::{Compared, Flow, FlowLine, Median, department_flow};
pub use publics::{PUBLICS_COUNTED, tell_publics};
pub use row::{FollowUp, Need, Phase, Stage};
pub use service::{ListPage, ListRequest, check, chosen, line, list, needs_of, recompute_all, refresh_due, rules};
pub(crate) use service::{refresh, refresh_new, told};
pub use smallest::SmallestCount;
