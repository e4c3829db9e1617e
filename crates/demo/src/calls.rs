//! Who was there: the calls of the sessions that the trainer of the demonstration held, but for the last two.

use ::school::cohort::{self, Presence};
use platform::{Actor, Platform, Role};

use crate::timeline::{self, Moment};
use crate::{Result, accounts};

/// Sessions that wait for their call.
const LEFT: usize = 2;

/// Makes the calls, each at the end of its day. Once only: what was noted is left as it is.
pub(crate) async fn make(platform: &Platform, program: &Actor) -> Result<()> {
    let present = crate::at(platform, timeline::TODAY.instant());
    let trainer = accounts::actor_of(&present, program, Role::Trainer).await?;
    let today = present.today();
    let mut held = cohort::own_sessions(&present, &trainer).await?;
    held.retain(|(_, fact)| fact.value.is_planned() && fact.valid.from < today);
    held.truncate(held.len().saturating_sub(LEFT));
    for (position, (cohort, fact)) in held.into_iter().enumerate() {
        let evening = crate::at(platform, Moment::at(fact.valid.from.at(17, 15, 0, 0)).instant());
        let call = cohort::call(&evening, &trainer, cohort, fact.value.number).await?;
        if call.lines.iter().any(|line| line.noted.is_some()) {
            continue;
        }
        let presence = |place: usize| match (position * 5 + place * 3) % 23 {
            0 => Presence::Absent,
            7 => Presence::Excused,
            _ => Presence::Present,
        };
        let noted: Vec<_> =
            call.lines.iter().enumerate().map(|(place, line)| (line.learner, presence(place))).collect();
        cohort::note_attendance(&evening, &trainer, cohort, fact.value.number, &noted).await?;
    }
    Ok(())
}
