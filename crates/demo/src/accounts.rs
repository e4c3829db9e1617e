//! Accounts and mandates: one per role, whose password is shown, and everybody who heads an agency or accompanies people.

use base::{Email, Id, Period, fold, words};
use platform::account::{self, FirstPassword};
use platform::gate::{ManageAccounts, permit};
use platform::mandate::{self, Mandate};
use platform::{Account, Actor, Organisation, Permit, Platform, Role, Structure};
use territory::posts::{Job, PostState, Posts};
use territory::{AsOf, Picture};

use crate::{Result, staff, timeline};

/// The password of the accounts shown. Everybody may know it: all persons are fictitious.
pub const PASSWORD: &str = "Trefle-Violet-93";

/// An account that a visitor may use.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// In one word or two: « Conseillère ».
    pub role: &'static str,
    /// Where: « ALI de Saint-Denis ».
    pub place: &'static str,
    pub name: String,
    pub email: String,
}

/// Somebody of the demonstration.
struct Character {
    shown_role: &'static str,
    place: &'static str,
    role: Role,
    organisation: &'static str,
    structure: Option<&'static str>,
    /// The post they hold, or whatever tells them apart.
    post: &'static str,
    /// Before the @.
    address: &'static str,
}

const fn character(
    shown_role: &'static str,
    place: &'static str,
    role: Role,
    (organisation, structure): (&'static str, Option<&'static str>),
    post: &'static str,
    address: &'static str,
) -> Character {
    Character { shown_role, place, role, organisation, structure, post, address }
}

const DEPARTMENT: (&str, Option<&str>) = ("departement-93", None);
const AGENCY: (&str, Option<&str>) = ("objectif-emploi", Some("ali-saint-denis"));
const SCHOOL: (&str, Option<&str>) = ("ecole-cip", Some("ecole-cip-pantin"));

/// One per role.
const CHARACTERS: &[Character] = &[
    character(
        "Conseillère",
        "ALI de Saint-Denis",
        Role::EmploymentCounsellor,
        AGENCY,
        "ali-saint-denis-cip-01",
        "conseillere",
    ),
    character(
        "Responsable d’agence",
        "ALI de Saint-Denis",
        Role::AgencyHead,
        AGENCY,
        "ali-saint-denis-responsable",
        "responsable",
    ),
    character(
        "Conseillère sociale",
        "Circonscription de Saint-Denis",
        Role::SocialEmploymentCounsellor,
        ("departement-93", Some("district-saint-denis")),
        "district-saint-denis-cisp-01",
        "cisp",
    ),
    character(
        "Travailleuse sociale",
        "Service social de Saint-Denis",
        Role::SocialWorker,
        ("departement-93", Some("site-saint-denis")),
        "site-saint-denis-ts-01",
        "travail.social",
    ),
    character("Chargée de mission", "Département", Role::DepartmentOfficer, DEPARTMENT, "mission", "mission"),
    character("Gestion des flux", "Département", Role::DataManager, DEPARTMENT, "flux", "flux"),
    character("Administration", "Département", Role::DepartmentAdmin, DEPARTMENT, "administration", "administration"),
    character("Protection des données", "Département", Role::Auditor, DEPARTMENT, "dpo", "dpo"),
    character("Exploitation", "Département", Role::Operator, DEPARTMENT, "exploitation", "exploitation"),
    character("Direction de l’école", "École CIP", Role::SchoolHead, SCHOOL, "ecole-cip-pantin-direction", "ecole"),
    character("Formatrice", "École CIP", Role::Trainer, SCHOOL, "ecole-cip-pantin-formateur-1", "formatrice"),
    character("Tutrice", "Ares", Role::Tutor, ("ares", None), "tutrice", "tutrice"),
    character("Alternante", "Ares", Role::Apprentice, ("ares", None), "alternante", "alternante"),
    character("Recruteuse", "Ares", Role::Recruiter, ("ares", None), "recruteuse", "recruteuse"),
];

/// Whether whoever holds this post has an account shown to visitors.
pub(crate) fn is_shown(post: &str) -> bool {
    CHARACTERS.iter().any(|character| character.post == post)
}

/// The address of a character.
pub(crate) fn email(local: &str) -> Result<Email> {
    Email::parse(&address(local)).map_err(|problem| platform::Error::Rule(problem.to_string()).into())
}

fn address(local: &str) -> String {
    format!("{local}@demonstration.example")
}

/// The accounts that a visitor may use.
pub(crate) fn shown() -> Vec<Shown> {
    let shown = |character: &Character| Shown {
        role: character.shown_role,
        place: character.place,
        name: staff::holder(character.post),
        email: address(character.address),
    };
    CHARACTERS.iter().map(shown).collect()
}

/// The mandate of the first character in a role, to act under it.
pub(crate) async fn actor_of(platform: &Platform, program: &Actor, role: Role) -> Result<Actor> {
    let permit = permit::<ManageAccounts>(program)?;
    let listed = mandate::list(platform, &permit, platform.today(), platform.now()).await?;
    let found = listed.into_iter().find(|listed| listed.role == role).ok_or(platform::Error::NotFound)?;
    Ok(mandate::actor(platform, found.account, found.id).await?)
}

/// Creates the accounts that are not there yet, with their mandates.
pub(crate) async fn create(platform: &Platform, actor: &Actor) -> Result<()> {
    let permit = permit::<ManageAccounts>(actor)?;
    let picture = territory::picture(platform, actor, AsOf::now(&platform.clock)).await?;
    let open = async |character: &'static Character, permit: Permit<ManageAccounts>, mandate: Mandate| {
        let (email, name) = (address(character.address), staff::holder(character.post));
        ensure(platform, &permit, &email, &name, FirstPassword::Chosen(PASSWORD), mandate).await
    };
    for character in CHARACTERS {
        let organisation =
            picture.names.find::<Organisation>(character.organisation).ok_or(territory::Error::NotFound)?;
        let structure = match character.structure {
            None => None,
            Some(code) => Some(picture.names.find::<Structure>(code).ok_or(territory::Error::NotFound)?),
        };
        let mandate = Mandate { organisation, structure, role: character.role, purpose: character.role.purposes()[0] };
        open(character, permit.clone(), mandate).await?;
    }
    let posts = Posts::read(platform, actor, AsOf::now(&platform.clock)).await?;
    for (post, mandate) in of_posts(&picture, &posts) {
        let name = staff::holder(&post);
        let local: Vec<String> = words(&fold(&name)).map(str::to_owned).collect();
        // The code keeps two people of one name apart.
        let email = address(&format!("{}.{post}", local.join(".")));
        ensure(platform, &permit, &email, &name, FirstPassword::None, mandate).await?;
    }
    Ok(())
}

/// The role of whoever holds a post, when it is to accompany people or to head an agency.
const fn role_of(job: Job) -> Option<Role> {
    match job {
        Job::AgencyHead => Some(Role::AgencyHead),
        Job::EmploymentCounsellor => Some(Role::EmploymentCounsellor),
        Job::SocialEmploymentCounsellor => Some(Role::SocialEmploymentCounsellor),
        Job::SocialWorker => Some(Role::SocialWorker),
        Job::AdministrativeOfficer | Job::DistrictHead | Job::SchoolHead | Job::Trainer => None,
    }
}

/// Everybody who holds such a post today, but for the characters.
fn of_posts(picture: &Picture, posts: &Posts) -> Vec<(String, Mandate)> {
    posts
        .views(picture)
        .into_iter()
        .filter(|post| matches!(post.state, PostState::Held) && !is_shown(post.code))
        .filter_map(|post| {
            let role = role_of(post.profile.value.job)?;
            let structure = picture.structure(post.profile.value.structure)?;
            let organisation = picture.run_by(&structure);
            let mandate = Mandate { organisation, structure: Some(structure.id), role, purpose: role.purposes()[0] };
            Some((post.code.to_owned(), mandate))
        })
        .collect()
}

async fn ensure(
    platform: &Platform,
    permit: &Permit<ManageAccounts>,
    email: &str,
    name: &str,
    password: FirstPassword<'_>,
    mandate: Mandate,
) -> Result<()> {
    let email = Email::parse(email).map_err(|problem| platform::Error::Rule(problem.to_string()))?;
    let account: Id<Account> = match account::find_by_email(platform, permit, &email).await? {
        Some(known) => known.id,
        None => account::create(platform, permit, email, name, password).await?.0,
    };
    match mandate::grant(platform, permit, account, mandate, Period::since(timeline::ADOPTION.date())).await {
        // An interrupted start had already given it.
        Ok(_) | Err(platform::Error::Conflict(_)) => Ok(()),
        Err(problem) => Err(problem.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_that_can_be_given_has_one_account() {
        for role in Role::ALL.iter().filter(|role| **role != Role::Program) {
            assert_eq!(CHARACTERS.iter().filter(|character| character.role == *role).count(), 1, "{role:?}");
        }
        let mut roles: Vec<&str> = CHARACTERS.iter().map(|character| character.shown_role).collect();
        roles.sort_unstable();
        roles.dedup();
        assert_eq!(roles.len(), CHARACTERS.len());
    }

    #[test]
    fn the_password_is_one_that_the_house_accepts_from_each() {
        for shown in shown() {
            let email = Email::parse(&shown.email).unwrap();
            platform::password::check(PASSWORD, &shown.name, &email).unwrap();
        }
    }
}
