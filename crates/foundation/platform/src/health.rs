//! Whether this installation can work: its database answers, has the schema that the program expects, and the key is
//! the one its data was locked with.

use base::Id;
pub use db::Migration;
use facts::Tenant;

use crate::Platform;

/// The schema that a program expects: its migrations, oldest first.
pub type Schema = &'static [Migration];

/// One thing looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    /// In French: « base de données ».
    pub what: &'static str,
    /// What is wrong, in French; `None` when all is well.
    pub fault: Option<String>,
}

/// Looks at everything. Cheap enough to be asked every few seconds.
pub async fn check(platform: &Platform, tenant: Id<Tenant>, schema: Schema) -> Vec<Check> {
    let (answers, complete) = match db::pending(&platform.db, schema).await {
        Err(problem) => (Some(problem.to_string()), Some("la base ne répond pas".to_owned())),
        Ok(missing) if missing.is_empty() => (None, None),
        Ok(missing) => (None, Some(format!("étapes à appliquer\u{a0}: {}", missing.join(", ")))),
    };
    let key = platform.keys.check(&platform.db, tenant).await.err().map(|problem| problem.to_string());
    vec![
        Check { what: "base de données", fault: answers },
        Check { what: "schéma de la base", fault: complete },
        Check { what: "clé de chiffrement", fault: key },
    ]
}
