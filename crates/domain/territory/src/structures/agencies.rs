use base::{Date, Id};
use facts::Fact;
use platform::Structure;

use super::{AgencyContract, Served, Status, StructureKind, StructureView};
use crate::Picture;
use crate::posts::{PostState, PostView, Posts};

/// One line of the board of agencies.
pub struct Agency<'a> {
    pub structure: StructureView<'a>,
    pub served: Vec<Served<'a>>,
    /// Inhabitants of the communes served.
    pub population: i64,
    pub contract: Option<&'a Fact<AgencyContract>>,
    /// The municipal projects it replaced.
    pub replaced: Vec<Id<Structure>>,
    pub posts: PostCounts,
}

/// Posts of counsellors of a structure on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PostCounts {
    pub open: u32,
    pub held: u32,
    pub vacant: u32,
    /// The next day on which the funding of an open post ends.
    pub funded_until: Option<Date>,
}

impl PostCounts {
    pub(crate) fn of<'a>(posts: impl Iterator<Item = &'a PostView<'a>>) -> Self {
        let mut counts = Self::default();
        for post in posts.filter(|post| post.profile.value.job.counsels()) {
            match post.state {
                PostState::Held => counts.held += 1,
                PostState::Vacant => counts.vacant += 1,
                PostState::Planned | PostState::Closed => continue,
            }
            counts.open += 1;
            counts.funded_until = [counts.funded_until, post.profile.value.funded_until].into_iter().flatten().min();
        }
        counts
    }
}

impl Picture {
    /// The agencies open or planned on the day of the picture, by name.
    pub fn agencies(&self, posts: &Posts) -> Vec<Agency<'_>> {
        let all: Vec<PostView<'_>> = posts.each(self).collect();
        let agencies = self.structures().into_iter().filter(|structure| {
            structure.kind == StructureKind::LocalInclusionAgency && structure.status != Status::Closed
        });
        agencies
            .map(|structure| {
                let served = self.served(structure.id, self.as_of.on.max(structure.opened_on));
                Agency {
                    population: served.iter().map(|served| served.population).sum(),
                    served,
                    contract: self.contract(structure.id),
                    replaced: self.replaces(structure.id).iter().map(|fact| fact.subject).collect(),
                    posts: PostCounts::of(all.iter().filter(|post| post.profile.value.structure == structure.id)),
                    structure,
                }
            })
            .collect()
    }
}
