//! How far a permit reaches, as communes: a structure sees the people who live in its sectors.

use base::Date;
use db::{Ask, Param};
use platform::gate::Action;
use platform::{Permit, Reach};

/// The communes a permit reaches; all of them, and people of no known commune, for the département.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scope(Option<Vec<String>>);

/// Communes a structure may cover; the lists in the texts have this fixed length.
pub const COMMUNES: usize = 64;

impl Scope {
    pub async fn of<A: Action>(ask: &impl Ask, permit: &Permit<A>, on: Date) -> db::Result<Self> {
        Ok(Self(match permit.reach() {
            Reach::Department => None,
            Reach::Structure(structure) => {
                let mut communes = territory::sector_communes(ask, permit.tenant(), structure, on).await?;
                communes.truncate(COMMUNES);
                Some(communes)
            }
            // The mandates of schools and employers reach nobody accompanied.
            Reach::Organisation(_) | Reach::Own(_) => Some(Vec::new()),
        }))
    }

    /// `$first`, `$first+1`… for a text that lists the communes.
    pub(crate) fn marks(first: usize) -> String {
        let marks: Vec<String> = (0..COMMUNES).map(|position| format!("${}", first + position)).collect();
        marks.join(", ")
    }

    /// Adds the communes to the parameters of a text written with [`Scope::marks`]; nothing when unlimited.
    pub(crate) fn push<'a>(&'a self, params: &mut Vec<&'a dyn Param>) {
        if let Some(communes) = &self.0
            && let Some(last) = communes.last()
        {
            params.extend(communes.iter().map(|commune| commune as &dyn Param));
            params.extend(std::iter::repeat_n(last as &dyn Param, COMMUNES - communes.len()));
        }
    }

    pub fn is_limited(&self) -> bool {
        self.0.is_some()
    }

    /// Nobody can be in it.
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_some_and(Vec::is_empty)
    }

    pub fn communes(&self) -> Option<&[String]> {
        self.0.as_deref()
    }

    pub fn holds(&self, commune: &str) -> bool {
        self.0.as_ref().is_none_or(|communes| communes.iter().any(|own| own == commune))
    }
}
