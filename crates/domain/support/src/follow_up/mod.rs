//! Who is to be oriented, who is accompanied, and who needs whom: one derived line a person, for the boards.

mod board;
mod compute;
mod row;
mod service;
pub(crate) mod store;

pub use board::{AgencyBoard, CounsellorLoad, Flow, FlowLine, StageCount, agency_board, department_flow};
pub use compute::{Facts, Rules, follow_up};
pub use row::{FollowUp, Need, Phase, Stage};
pub use service::{ListPage, ListRequest, check, list, recompute_all, refresh_due, rules};
pub(crate) use service::{refresh, refresh_new, told};
