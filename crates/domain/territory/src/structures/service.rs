use base::{Date, Id};
use facts::Fact;
use platform::{Organisation, Structure};

use super::{AgencyContract, Sector, StructureKind, StructureProfile, Succession};
use crate::{Certainty, Picture};

db::codes! {
    /// Where a structure stands on a day.
    pub enum Status {
        Open = "open",
        /// It will open on a later day.
        Planned = "planned",
        Closed = "closed",
    }
}

impl Status {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Open => "Ouverte",
            Self::Planned => "À venir",
            Self::Closed => "Fermée",
        }
    }
}

/// A structure on a day.
pub struct StructureView<'a> {
    pub id: Id<Structure>,
    pub code: &'a str,
    pub kind: StructureKind,
    pub status: Status,
    /// The description that holds that day; the first one if it is yet to open, the last one if closed.
    pub profile: &'a Fact<StructureProfile>,
    pub opened_on: Date,
    /// First day without it.
    pub closed_on: Option<Date>,
}

impl StructureView<'_> {
    /// Whether what is said of it (who, what, where) is confirmed.
    pub const fn certainty(&self) -> Certainty {
        self.profile.value.certainty
    }
}

/// A commune served by a structure.
pub struct Served<'a> {
    pub code: &'a str,
    pub name: &'a str,
    /// Inhabitants, by the description in force on the day of the picture; the last one of a merged commune.
    pub population: i64,
    pub sector: &'a Fact<Sector>,
}

impl Picture {
    /// Every structure ever known, whatever its status on the day of the picture, by kind then by name.
    pub fn structures(&self) -> Vec<StructureView<'_>> {
        let mut structures: Vec<StructureView<'_>> =
            self.structures.subjects().filter_map(|id| self.structure(id)).collect();
        structures.sort_by_cached_key(|structure| (structure.kind, base::fold(&structure.profile.value.name)));
        structures
    }

    pub fn structure(&self, id: Id<Structure>) -> Option<StructureView<'_>> {
        let profiles = self.structures.of(id);
        let (first, last) = (profiles.first()?, profiles.last()?);
        let on = self.as_of.on;
        let (status, profile) = match profiles.iter().find(|fact| fact.valid.contains(on)) {
            Some(current) => (Status::Open, current),
            None if on < first.valid.from => (Status::Planned, first),
            // Between two openings the last description that held is shown.
            None => (Status::Closed, profiles.iter().rev().find(|fact| fact.valid.from <= on).unwrap_or(last)),
        };
        Some(StructureView {
            id,
            code: self.names.code(id),
            kind: self.names.kind(id)?,
            status,
            profile,
            opened_on: first.valid.from,
            closed_on: last.valid.to,
        })
    }

    /// The communes that a structure serves on a day, by name.
    pub fn served(&self, structure: Id<Structure>, on: Date) -> Vec<Served<'_>> {
        self.served_by(structure, |sector| sector.valid.contains(on))
    }

    /// The communes that a structure has served or will, one line for each period.
    pub fn ever_served(&self, structure: Id<Structure>) -> Vec<Served<'_>> {
        self.served_by(structure, |_| true)
    }

    fn served_by(&self, structure: Id<Structure>, keep: impl Fn(&Fact<Sector>) -> bool) -> Vec<Served<'_>> {
        let sectors = self.sectors.all().filter(|sector| sector.value.structure == structure && keep(sector));
        let mut served: Vec<Served<'_>> = sectors
            .map(|sector| {
                let profiles = self.communes.of(sector.subject);
                let profile = self.communes.on(sector.subject, self.as_of.on).next().or(profiles.last());
                Served {
                    code: self.names.code(sector.subject),
                    name: profile.map_or("", |profile| profile.value.name.as_str()),
                    population: profile.map_or(0, |profile| profile.value.population),
                    sector,
                }
            })
            .collect();
        served.sort_by_cached_key(|served| (base::fold(served.name), served.sector.valid.from));
        served
    }

    /// The contract of an agency on the day of the picture.
    pub fn contract(&self, structure: Id<Structure>) -> Option<&Fact<AgencyContract>> {
        self.contracts.on(structure, self.as_of.on).next()
    }

    /// What a structure was replaced by, over all time.
    pub fn replaced_by(&self, structure: Id<Structure>) -> &[Fact<Succession>] {
        self.successions.of(structure)
    }

    /// What a structure replaced, over all time, by date.
    pub fn replaces(&self, structure: Id<Structure>) -> Vec<&Fact<Succession>> {
        let mut replaced: Vec<&Fact<Succession>> =
            self.successions.all().filter(|fact| fact.value.successor == structure).collect();
        replaced.sort_by_cached_key(|fact| (fact.valid.from, base::fold(self.names.name(fact.subject))));
        replaced
    }

    /// The structures that belong to an organisation on the day of the picture, open ones only.
    pub fn owned_by(&self, organisation: Id<Organisation>) -> Vec<StructureView<'_>> {
        let mut owned = self.structures();
        owned.retain(|structure| {
            structure.status == Status::Open && structure.profile.value.organisation == organisation
        });
        owned
    }

    /// Who runs a structure on the day of the picture: the operator of an agency, the owner of anything else.
    pub fn run_by(&self, structure: &StructureView<'_>) -> Id<Organisation> {
        self.contract(structure.id).map_or(structure.profile.value.organisation, |contract| contract.value.operator)
    }

    /// The sites of a district on the day of the picture.
    pub fn parts_of(&self, structure: Id<Structure>) -> Vec<StructureView<'_>> {
        let mut parts = self.structures();
        parts.retain(|part| part.status == Status::Open && part.profile.value.parent == Some(structure));
        parts
    }
}
