//! What the house needs whatever it is for: who may do what (accounts, mandates, the gate), what was read
//! (the reading log), secrets, dated parameters, work behind the screens, mail, checkpoints of the journal.
//!
//! [`Platform`] holds it all and is handed to every service.

pub mod account;
pub mod checkpoint;
mod error;
pub mod gate;
pub mod health;
pub mod jobs;
pub mod journal;
pub mod keys;
pub mod mail;
pub mod mandate;
pub mod measures;
pub mod parameter;
pub mod password;
pub mod readings;
pub mod session;
pub mod tenant;

use base::{Clock, Date, Instant};
use db::Db;

pub use error::{Error, Result};
pub use facts::{Author as Account, Tenant};
pub use gate::{Actor, Permit, Purpose, Reach, Refusal, Role};
pub use keys::Keys;
pub use mail::Mail;
pub use readings::{Reading, ReadingLog};

/// Whoever runs structures, employs or trains. The territory says what it is; here it is only pointed at.
pub enum Organisation {}

/// A place where people are received: an agency, a social district… Only pointed at here.
pub enum Structure {}

/// What every service is given. Cheap to clone.
#[derive(Clone)]
pub struct Platform {
    pub db: Db,
    pub clock: Clock,
    pub keys: Keys,
    pub mail: Mail,
    pub readings: ReadingLog,
}

impl Platform {
    /// Puts the parts together and starts the reading log (on the current Tokio runtime).
    pub fn start(db: Db, clock: Clock, keys: Keys, mail: Mail) -> Self {
        let readings = ReadingLog::start(db.clone(), clock.clone());
        Self { db, clock, keys, mail, readings }
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Today in Paris.
    pub fn today(&self) -> Date {
        self.clock.today()
    }

    /// Writes what waits in the reading log; nothing can be read of a person's file afterwards.
    pub async fn stop(&self) {
        self.readings.close().await;
    }
}
