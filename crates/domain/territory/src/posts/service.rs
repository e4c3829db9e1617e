use base::{Date, Id};
use db::Ask;
use facts::{Fact, Tenant};
use platform::gate::{ReadTerritory, permit};
use platform::{Actor, Platform};

use super::{Post, PostHolder, PostProfile};
use crate::picture::Facts;
use crate::{AsOf, Picture, Result};

db::codes! {
    /// Where a post stands on a day.
    pub enum PostState {
        Held = "held",
        /// Open, and nobody holds it.
        Vacant = "vacant",
        /// It will open on a later day.
        Planned = "planned",
        Closed = "closed",
    }
}

impl PostState {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Held => "Pourvu",
            Self::Vacant => "Vacant",
            Self::Planned => "À venir",
            Self::Closed => "Supprimé",
        }
    }
}

/// The posts and their holders as known at a moment.
pub struct Posts {
    pub as_of: AsOf,
    pub profiles: Facts<PostProfile>,
    pub holders: Facts<PostHolder>,
}

/// A post on a day.
pub struct PostView<'a> {
    pub id: Id<Post>,
    pub code: &'a str,
    pub state: PostState,
    /// The description that holds that day; the first one if it is yet to open, the last one if closed.
    pub profile: &'a Fact<PostProfile>,
    pub holder: Option<&'a Fact<PostHolder>>,
    pub opened_on: Date,
    /// Since when nobody holds it, for a vacant post.
    pub vacant_since: Option<Date>,
}

impl Posts {
    pub(crate) async fn load(ask: &impl Ask, tenant: Id<Tenant>, as_of: AsOf) -> db::Result<Self> {
        let profiles = Facts::load(ask, tenant, as_of.known).await?;
        let holders = Facts::load(ask, tenant, as_of.known).await?;
        Ok(Self { as_of, profiles, holders })
    }

    /// Reads the posts.
    ///
    /// # Errors
    /// [`crate::Error::Refused`] by the gate, or the database's own.
    pub async fn read(platform: &Platform, actor: &Actor, as_of: AsOf) -> Result<Self> {
        let permit = permit::<ReadTerritory>(actor)?;
        Ok(Self::load(&platform.db, permit.tenant(), as_of).await?)
    }

    /// A post on the day of the reading.
    pub fn view<'a>(&'a self, picture: &'a Picture, id: Id<Post>) -> Option<PostView<'a>> {
        let profiles = self.profiles.of(id);
        let (first, last) = (profiles.first()?, profiles.last()?);
        let on = self.as_of.on;
        let holder = self.holders.on(id, on).next();
        let (state, profile) = match profiles.iter().find(|fact| fact.valid.contains(on)) {
            Some(current) if holder.is_some() => (PostState::Held, current),
            Some(current) => (PostState::Vacant, current),
            None if on < first.valid.from => (PostState::Planned, first),
            None => (PostState::Closed, profiles.iter().rev().find(|fact| fact.valid.from <= on).unwrap_or(last)),
        };
        let vacant_since = (state == PostState::Vacant).then(|| {
            let left = self.holders.of(id).iter().filter_map(|fact| fact.valid.to).filter(|to| *to <= on).max();
            left.unwrap_or(first.valid.from)
        });
        Some(PostView {
            id,
            code: picture.names.code(id),
            state,
            profile,
            holder,
            opened_on: first.valid.from,
            vacant_since,
        })
    }

    /// Every post ever known, in no order.
    pub(crate) fn each<'a>(&'a self, picture: &'a Picture) -> impl Iterator<Item = PostView<'a>> {
        self.profiles.subjects().filter_map(|id| self.view(picture, id))
    }

    /// Every post ever known, by structure, job and code.
    pub fn views<'a>(&'a self, picture: &'a Picture) -> Vec<PostView<'a>> {
        let mut views: Vec<PostView<'a>> = self.each(picture).collect();
        views.sort_by_cached_key(|post| {
            (base::fold(picture.names.name(post.profile.value.structure)), post.profile.value.job, post.code.to_owned())
        });
        views
    }
}
