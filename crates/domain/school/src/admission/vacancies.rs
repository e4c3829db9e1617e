//! The posts that wait for somebody: what the school trains for, and what each host offers places against.

use base::{Date, Id};
use platform::gate::{ReadSchool, permit};
use platform::{Actor, Organisation, Platform, Structure};
use territory::posts::{Job, Post, PostState, PostView, Posts};
use territory::structures::Status;
use territory::{AsOf, Picture};

use super::places::{self, PlaceView};
use crate::Result;
use crate::cohort::{self, Cohort};

/// A counsellor’s post that nobody holds, or that opens soon.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vacancy {
    pub post: Id<Post>,
    pub code: String,
    pub structure: Id<Structure>,
    pub job: Job,
    pub opened_by: Option<Id<Organisation>>,
    pub funded_until: Option<Date>,
    /// Places already offered against it.
    pub places: usize,
}

impl Vacancy {
    fn of(view: &PostView<'_>, offered: &[PlaceView]) -> Self {
        let profile = &view.profile.value;
        let against = |place: &&PlaceView| place.profile.value.post == Some(view.id);
        Self {
            post: view.id,
            code: view.code.to_owned(),
            structure: profile.structure,
            job: profile.job,
            opened_by: profile.opened_by,
            funded_until: profile.funded_until,
            places: offered.iter().filter(against).count(),
        }
    }
}

/// The posts of counsellors to fill, in the département.
async fn to_fill(platform: &Platform, actor: &Actor, offered: &[PlaceView]) -> Result<(Picture, Vec<Vacancy>)> {
    let as_of = AsOf::now(&platform.clock);
    let picture = territory::picture(platform, actor, as_of).await?;
    let posts = Posts::read(platform, actor, as_of).await?;
    let waits = |view: &&PostView<'_>| {
        matches!(view.state, PostState::Vacant | PostState::Planned) && view.profile.value.job.counsels()
    };
    let vacancies = posts.views(&picture).iter().filter(waits).map(|view| Vacancy::of(view, offered)).collect();
    Ok((picture, vacancies))
}

/// A post that places stand against, filled meanwhile or not; `None` when nothing is known of it.
pub async fn post_of(platform: &Platform, actor: &Actor, post: Id<Post>) -> Result<Option<Vacancy>> {
    let as_of = AsOf::now(&platform.clock);
    let picture = territory::picture(platform, actor, as_of).await?;
    let posts = Posts::read(platform, actor, as_of).await?;
    Ok(posts.view(&picture, post).map(|view| Vacancy::of(&view, &[])))
}

/// The vacancies of counsellors in the département, beside the places offered against them to a cohort.
pub async fn vacancies(platform: &Platform, actor: &Actor, cohort: Id<Cohort>) -> Result<Vec<Vacancy>> {
    let permit = permit::<ReadSchool>(actor)?;
    cohort::find(platform, &permit, cohort).await?;
    let offered = places::of_cohort(platform, &permit, cohort).await?;
    Ok(to_fill(platform, actor, &offered).await?.1)
}

/// Where a host may offer places, and against which posts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostGround {
    pub host: Id<Organisation>,
    /// The open structures that the host runs today.
    pub structures: Vec<Id<Structure>>,
    /// The posts to fill in them.
    pub vacancies: Vec<Vacancy>,
}

impl HostGround {
    pub(super) async fn read(platform: &Platform, actor: &Actor, host: Id<Organisation>) -> Result<Self> {
        Self::beside(platform, actor, host, &[]).await
    }

    async fn beside(platform: &Platform, actor: &Actor, host: Id<Organisation>, offered: &[PlaceView]) -> Result<Self> {
        let (picture, mut vacancies) = to_fill(platform, actor, offered).await?;
        let structures: Vec<Id<Structure>> = picture
            .structures()
            .into_iter()
            .filter(|structure| structure.status == Status::Open && picture.run_by(structure) == host)
            .map(|structure| structure.id)
            .collect();
        vacancies.retain(|vacancy| structures.contains(&vacancy.structure));
        Ok(Self { host, structures, vacancies })
    }

    pub(super) fn runs(&self, structure: Id<Structure>) -> bool {
        self.structures.contains(&structure)
    }

    pub(super) fn vacancy(&self, post: Id<Post>) -> Option<&Vacancy> {
        self.vacancies.iter().find(|vacancy| vacancy.post == post)
    }
}

/// Where a host may offer places, and against which of its posts to fill, with the places already offered against each:
/// for the host itself, and for the schools.
pub async fn host_ground(platform: &Platform, actor: &Actor, host: Id<Organisation>) -> Result<HostGround> {
    let offered = places::of_host(platform, actor, host).await?;
    HostGround::beside(platform, actor, host, &offered).await
}
