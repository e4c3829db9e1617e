use base::{Clock, Id, Period};
use platform::account::{self, FirstPassword};
use platform::gate::{ManageAccounts, permit};
use platform::mandate::{self, Mandate};
use platform::{Actor, Organisation, Purpose, Role};
use territory::{AsOf, FactKind};

use crate::cli::AccountCreate;
use crate::failure::{Exit, Failure, Result};
use crate::house::{self, House};
use crate::settings::Settings;

/// Creates an account that administers the département, with a temporary password shown once.
pub async fn create_account(settings: &Settings, asked: &AccountCreate) -> Result<Exit> {
    let house = house::set_up(settings, Clock::system()).await?;
    let platform = &house.platform;
    let actor = Actor::program(house.department.id).for_request("account create");
    let permit = permit::<ManageAccounts>(&actor).map_err(Failure::refused)?;
    let organisation = department_organisation(&house, &actor).await?;
    let (account, temporary) =
        account::create(platform, &permit, asked.email.clone(), &asked.name, FirstPassword::Temporary).await?;
    let mandate =
        Mandate { organisation, structure: None, role: Role::DepartmentAdmin, purpose: Purpose::Administration };
    mandate::grant(platform, &permit, account, mandate, Period::since(platform.today())).await?;
    house.close().await?;
    println!("Compte créé\u{a0}: {}, {}", asked.email.as_str(), Role::DepartmentAdmin.label());
    if let Some(temporary) = temporary {
        println!(
            "Mot de passe provisoire, valable trois jours, à changer à la première connexion\u{a0}: {}",
            temporary.reveal()
        );
    }
    Ok(Exit::Done)
}

/// The organisation that the département itself is, made when the territory does not know it yet.
async fn department_organisation(house: &House, actor: &Actor) -> Result<Id<Organisation>> {
    let platform = &house.platform;
    let code = format!("departement-{}", house.department.code.to_lowercase());
    let picture = territory::picture(platform, actor, AsOf::now(&platform.clock)).await?;
    if let Some(known) = picture.names.find::<Organisation>(&code) {
        return Ok(known);
    }
    let cells = [
        ("code", code.as_str()),
        ("name", house.department.name.as_str()),
        ("certainty", "confirmed"),
        ("source", "Configuration de l’application"),
    ];
    let cells = cells.map(|(column, cell)| (column.to_owned(), cell.to_owned())).into();
    let done = territory::changes::add(platform, actor, FactKind::OrganisationProfile, &cells).await?;
    Ok(Id::new(done.subject))
}
