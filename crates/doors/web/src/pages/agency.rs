//! `/agence`: the head's board at half past eight, and what is done from it. Each figure opens the lines it counts.

pub mod batches;
pub mod board;
pub mod people;
pub mod share_out;
pub mod team;

use axum::routing::{get, post};
use base::Id;
use platform::gate::{ActionKind, Reach, check};
use platform::{Account, Structure};
use support::caseload::Staff;
use support::follow_up::CounsellorLoad;
use territory::structures::StructureKind;
use territory::{Names, SubjectKind};

use super::follow_words::weighted;
use crate::components::{Badge, Bar, Choice, Field, Fragment, Query, Tabs};
use crate::fr;
use crate::middleware::Problem;
use crate::routes::{Policy, Route};
use crate::session::Signed;

const PATH: &str = "/agence";

pub fn routes() -> Vec<Route> {
    let follow = Policy::May(ActionKind::FollowPeople);
    let designate = Policy::May(ActionKind::Designate);
    let manage = Policy::May(ActionKind::ManageStaff);
    vec![
        Route::new(PATH, follow, get(board::show)),
        Route::new(people::PATH, follow, get(people::list)),
        Route::new(share_out::PATH, designate, get(share_out::from_list).post(share_out::preview)),
        Route::new("/agence/repartition/decider", designate, post(share_out::decide)),
        Route::new(batches::PATH, designate, get(batches::list)),
        Route::new("/agence/lots/{id}", designate, get(batches::show)),
        Route::new("/agence/lots/{id}/annuler", designate, post(batches::undo)),
        Route::new("/fragments/agence/lots/{id}", designate, get(batches::progress)),
        Route::new(team::PATH, manage, get(team::list)),
        Route::new("/agence/equipe/{compte}", manage, get(team::show)),
        Route::new("/agence/equipe/{compte}/temps", manage, post(team::set_working_time)),
        Route::new("/agence/equipe/{compte}/temps/{temps}/annuler", manage, post(team::undo_working_time)),
        Route::new("/agence/equipe/{compte}/absences", manage, post(team::add_absence)),
        Route::new("/agence/equipe/{compte}/absences/{absence}/fin", manage, post(team::end_absence)),
        Route::new("/agence/equipe/{compte}/absences/{absence}/annuler", manage, post(team::withdraw_absence)),
    ]
}

/// Whose people are looked at: one's own structure's, or those of the structure in the address.
enum Place {
    Own(Id<Structure>),
    Chosen(Option<Id<Structure>>),
}

impl Place {
    fn read(signed: &Signed, query: &Query, names: &Names) -> Result<Self, Problem> {
        Ok(match check(&signed.actor, ActionKind::FollowPeople)? {
            Reach::Structure(own) => Self::Own(own),
            Reach::Department => Self::Chosen(query.get("structure").and_then(|code| names.find(code))),
            Reach::Organisation(_) | Reach::Own(_) => return Err(platform::Error::NotFound.into()),
        })
    }

    const fn structure(&self) -> Option<Id<Structure>> {
        match self {
            Self::Own(structure) => Some(*structure),
            Self::Chosen(structure) => *structure,
        }
    }

    /// The question that only who sees them all is asked.
    fn field(&self, names: &Names) -> Option<Field> {
        let Self::Chosen(chosen) = self else { return None };
        let choices = names.offered(SubjectKind::Structure).into_iter().filter(|(code, _)| {
            let kind = names.find(code).and_then(|structure| names.kind(structure));
            kind.is_some_and(|kind| !matches!(kind, StructureKind::SchoolSite | StructureKind::SocialDistrict))
        });
        let choices = choices.map(|(code, name)| Choice::new(code, name));
        let field = Field::select("structure", "Structure", [Choice::new("", "Choisir")].into_iter().chain(choices));
        Some(field.value(chosen.map_or("", |structure| names.code(structure))))
    }
}

/// The pages of an agency, for who works from them.
fn tabs(signed: &Signed, current: &str) -> Option<Tabs> {
    signed.may(ActionKind::Designate).then(|| {
        Tabs::new("Agence", current)
            .tab(PATH, "Tableau de bord")
            .tab(people::PATH, "Personnes")
            .tab(team::PATH, "Équipe")
            .tab(batches::PATH, "Répartitions")
    })
}

/// What a name is followed by: away, leaving.
fn state(staff: &Staff) -> Option<Fragment> {
    if let Some((kind, period)) = staff.absent {
        let until = period.last_day().map_or_else(String::new, |last| format!(" jusqu’au {}", fr::date_long(last)));
        return Some(Badge::warning(format!("{}{until}", kind.label())).into());
    }
    staff.leaves_on.map(|day| Badge::info(format!("part le {}", fr::date_long(day))).into())
}

/// A load for a full-time post, as a bar beside its figure; `most` fills the bar.
fn load_bar(per_full_time: Option<i64>, most: i64) -> Fragment {
    match per_full_time {
        Some(load) => Bar::new(weighted(load), load as f64 / most.max(1) as f64).into(),
        None => "sans temps de travail".into(),
    }
}

/// The heaviest load, which the others are drawn against.
fn heaviest(loads: &[CounsellorLoad]) -> i64 {
    loads.iter().filter_map(|load| load.per_full_time).max().unwrap_or(1)
}

/// The account of a path or form.
fn account(text: &str) -> Result<Id<Account>, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}
