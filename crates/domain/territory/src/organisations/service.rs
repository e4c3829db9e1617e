use base::Id;
use facts::Fact;
use platform::Organisation;

use super::{ConsortiumMember, OrganisationProfile, OrganisationRole, Role};
use crate::Picture;
use crate::structures::AgencyContract;

/// An organisation on a day.
pub struct OrganisationView<'a> {
    pub id: Id<Organisation>,
    pub code: &'a str,
    pub profile: &'a Fact<OrganisationProfile>,
    /// What it does that day.
    pub roles: Vec<&'a Fact<OrganisationRole>>,
}

impl OrganisationView<'_> {
    pub fn has(&self, role: Role) -> bool {
        self.roles.iter().any(|fact| fact.value.role == role)
    }
}

impl Picture {
    /// The organisations known on the day of the picture, by name.
    pub fn organisations(&self) -> Vec<OrganisationView<'_>> {
        let mut organisations: Vec<OrganisationView<'_>> =
            self.organisations.subjects().filter_map(|id| self.organisation(id)).collect();
        organisations.sort_by_cached_key(|organisation| base::fold(&organisation.profile.value.name));
        organisations
    }

    pub fn organisation(&self, id: Id<Organisation>) -> Option<OrganisationView<'_>> {
        let profile = self.organisations.on(id, self.as_of.on).next()?;
        let mut roles: Vec<&Fact<OrganisationRole>> = self.roles.on(id, self.as_of.on).collect();
        roles.sort_by_key(|fact| fact.value.role);
        Some(OrganisationView { id, code: self.names.code(id), profile, roles })
    }

    /// The members of a consortium on the day of the picture, by name.
    pub fn consortium(&self, organisation: Id<Organisation>) -> Vec<&Fact<ConsortiumMember>> {
        let mut members: Vec<&Fact<ConsortiumMember>> = self.members.on(organisation, self.as_of.on).collect();
        members.sort_by_cached_key(|fact| base::fold(self.names.name(fact.value.member)));
        members
    }

    /// The consortia an organisation belongs to on the day of the picture.
    pub fn consortia_of(&self, member: Id<Organisation>) -> Vec<&Fact<ConsortiumMember>> {
        let mut consortia: Vec<&Fact<ConsortiumMember>> =
            self.members.all().filter(|fact| fact.value.member == member && self.as_of.holds(fact)).collect();
        consortia.sort_by_cached_key(|fact| base::fold(self.names.name(fact.subject)));
        consortia
    }

    /// The contracts under which an organisation runs agencies, over all time, by start.
    pub fn contracts_of(&self, operator: Id<Organisation>) -> Vec<&Fact<AgencyContract>> {
        let mut contracts: Vec<&Fact<AgencyContract>> =
            self.contracts.all().filter(|fact| fact.value.operator == operator).collect();
        contracts.sort_by_key(|fact| (fact.valid.from, fact.subject));
        contracts
    }
}
