//! Which account somebody of the school signs in with: said by their school or their employer, under the address that the
//! person gave.

use std::collections::HashMap;

use base::{Email, Id};
use platform::gate::{Action, ReadTerritory, Role, permit};
use platform::{Account, Actor, Organisation, Permit, Platform, account, mandate};

use crate::{Error, Result};

/// The account at an address, of whoever has a mandate in a role today; `None` for an empty address.
///
/// # Errors
/// [`Error::Invalid`] when no such account has that mandate, in that organisation when one is asked for.
pub(crate) async fn at<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    address: &str,
    role: Role,
    organisation: Option<Id<Organisation>>,
) -> Result<Option<Id<Account>>> {
    let address = address.trim();
    if address.is_empty() {
        return Ok(None);
    }
    let email = Email::parse(address)
        .map_err(|_| Error::invalid(format!("«\u{a0}{address}\u{a0}» n’est pas une adresse électronique")))?;
    let mandates = mandate::bearing(platform, permit, &email, role).await?;
    let found = mandates.iter().find(|listed| organisation.is_none_or(|asked| listed.organisation == asked));
    found.map(|listed| Some(listed.account)).ok_or_else(|| {
        Error::invalid(format!(
            "aucun compte ayant le rôle «\u{a0}{}\u{a0}» ne porte l’adresse «\u{a0}{address}\u{a0}»\u{a0}: vérifiez-la, ou demandez à l’administration du département de créer le compte et son mandat",
            role.label()
        ))
    })
}

/// What accounts are called, for a page that says who wrote something.
pub async fn names(
    platform: &Platform,
    actor: &Actor,
    accounts: &[Id<Account>],
) -> Result<HashMap<Id<Account>, String>> {
    // Whoever has a mandate may know their colleagues.
    let permit = permit::<ReadTerritory>(actor)?;
    Ok(account::names(platform, &permit, accounts).await?)
}
