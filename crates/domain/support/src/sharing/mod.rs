//! Two professionals on one file: a social worker who stays in charge, and a counsellor of the district who supports.

mod model;
mod service;

pub use model::{SupportRequest, SupportState};
pub use service::{
    DistrictLoad, RequestLine, accept, ask, district_loads, history, refuse, requests, return_to_social_worker,
    withdraw,
};
