use std::collections::HashMap;

use base::{Date, Id, Instant};
use db::Ask;
use facts::{Fact, Tenant};

use super::{Commune, CommuneProfile};
use crate::picture::Facts;
use crate::structures::{Sector, StructureKind};
use crate::{Names, Picture};

/// A commune on a day.
pub struct CommuneView<'a> {
    pub id: Id<Commune>,
    pub code: &'a str,
    pub profile: &'a Fact<CommuneProfile>,
}

impl Picture {
    /// The communes that exist on the day of the picture, by code.
    pub fn communes(&self) -> Vec<CommuneView<'_>> {
        let mut communes: Vec<CommuneView<'_>> =
            self.communes.subjects().filter_map(|id| self.commune_on(id, self.as_of.on)).collect();
        communes.sort_by_key(|commune| commune.code);
        communes
    }

    /// A commune on a day; nothing before it begins or after it merged.
    pub fn commune_on(&self, id: Id<Commune>, on: Date) -> Option<CommuneView<'_>> {
        let profile = self.communes.on(id, on).next()?;
        Some(CommuneView { id, code: self.names.code(id), profile })
    }

    /// The communes that merged into another, over all time.
    pub fn merged_into(&self, successor: Id<Commune>) -> Vec<CommuneView<'_>> {
        let merged = self.communes.all().filter(|fact| fact.value.successor == Some(successor));
        let mut merged: Vec<CommuneView<'_>> = merged
            .map(|profile| CommuneView { id: profile.subject, code: self.names.code(profile.subject), profile })
            .collect();
        merged.sort_by_key(|commune| commune.code);
        merged
    }

    /// Who serves a commune on the day of the picture: one structure for each kind.
    pub fn serving(&self, commune: Id<Commune>) -> Vec<&Fact<Sector>> {
        let mut serving: Vec<&Fact<Sector>> = self.sectors.on(commune, self.as_of.on).collect();
        serving.sort_by_key(|sector| sector.value.kind);
        serving
    }

    /// The structure of a kind that serves a commune on a day.
    pub fn who_serves(&self, commune: Id<Commune>, kind: StructureKind, on: Date) -> Option<&Fact<Sector>> {
        self.sectors.on(commune, on).find(|sector| sector.value.kind == kind)
    }

    /// Every sector of a commune through time, by kind then by start.
    pub fn sectors_of_commune(&self, commune: Id<Commune>) -> Vec<&Fact<Sector>> {
        let mut sectors: Vec<&Fact<Sector>> = self.sectors.of(commune).iter().collect();
        sectors.sort_by_key(|sector| (sector.value.kind, sector.valid.from));
        sectors
    }
}

/// Where the code of a commune leads on a day, kept in memory for whoever asks it thousands of times.
pub struct Successors(HashMap<String, Vec<(Option<Date>, String)>>);

impl Successors {
    /// # Errors
    /// The database's own.
    pub async fn load(ask: &impl Ask, tenant: Id<Tenant>) -> db::Result<Self> {
        let names = Names::load(ask, tenant).await?;
        let profiles: Facts<CommuneProfile> = Facts::load(ask, tenant, Instant::MAX).await?;
        let mut known = HashMap::new();
        for id in profiles.subjects() {
            // Each step: until when the code stands for this commune.
            let (mut steps, mut at) = (Vec::new(), id);
            while let Some(last) = profiles.of(at).last() {
                steps.push((last.valid.to, names.code(at).to_owned()));
                match last.value.successor {
                    Some(successor) if last.valid.to.is_some() && steps.len() <= 100 => at = successor,
                    _ => break,
                }
            }
            known.insert(names.code(id).to_owned(), steps);
        }
        Ok(Self(known))
    }

    /// The code in force on a day for a commune known by `code`: itself, or the commune it merged into.
    /// `None` when the territory does not know the code, or the commune ended without successor.
    pub fn resolve(&self, code: &str, on: Date) -> Option<&str> {
        let step = self.0.get(code)?.iter().find(|(until, _)| until.is_none_or(|until| on < until))?;
        Some(&step.1)
    }

    /// Whether the territory knows the code, at any time.
    pub fn knows(&self, code: &str) -> bool {
        self.0.contains_key(code)
    }
}

/// The code in force on a day for a commune known by `code` (see [`Successors::resolve`]).
///
/// # Errors
/// The database's own.
pub async fn resolve_commune(ask: &impl Ask, tenant: Id<Tenant>, code: &str, on: Date) -> db::Result<Option<String>> {
    Ok(Successors::load(ask, tenant).await?.resolve(code, on).map(str::to_owned))
}
