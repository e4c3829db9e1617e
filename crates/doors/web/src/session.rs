//! Who asks: the cookie, the guard in front of every route, and what handlers are given of it.

mod caller;
mod cookies;
mod guard;

pub use caller::{Caller, Signed};
pub(crate) use cookies::with_message;
pub use cookies::{redirect_with, session_ended, session_opened};
pub(crate) use guard::return_address;
pub use guard::{Guard, guard};
