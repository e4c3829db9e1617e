//! Local accounts: who can sign in. What an account may do comes from its mandates.
//!
//! Every change is written to the journal. An account belongs to the tenant whose administrators look after it;
//! its mandates may lie in several.

use std::collections::HashMap;

use base::{Email, Id, Instant};
use db::{Ask, Tx, sql, sql_many};
use facts::Tenant;
use facts::journal::{self, Chain};
use jiff::SignedDuration;

use crate::gate::{Action, ManageAccounts, Permit};
use crate::password::{self, Temporary};
use crate::{Account, Error, Platform, Result, session};

db::row! {
    /// An account as an administrator sees it.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct Profile {
        pub id: Id<Account>,
        pub tenant: Id<Tenant>,
        pub email: Email,
        pub name: String,
        /// The password is a temporary one, good until then.
        pub temporary_until: Option<Instant>,
        pub created_at: Instant,
        pub disabled_at: Option<Instant>,
    }
}

db::record! {
    struct NewLine in "account" {
        id: Id<Account>,
        tenant: Id<Tenant>,
        email: Email,
        name: String,
        password_hash: String,
        temporary_until: Option<Instant>,
        created_at: Instant,
        disabled_at: Option<Instant>,
    }
}

sql! {
    LIST = "SELECT a.id, a.tenant, a.email, a.name, a.temporary_until, a.created_at, a.disabled_at FROM account a
            WHERE a.tenant = $1 OR EXISTS (SELECT 1 FROM mandate m WHERE m.tenant = $1 AND m.account = a.id)
            ORDER BY a.name, a.id";
    BY_ID = "SELECT a.id, a.tenant, a.email, a.name, a.temporary_until, a.created_at, a.disabled_at FROM account a
             WHERE a.id = $1 AND (a.tenant = $2 OR EXISTS (SELECT 1 FROM mandate m WHERE m.tenant = $2 AND m.account = a.id))";
    BY_EMAIL = "SELECT a.id, a.tenant, a.email, a.name, a.temporary_until, a.created_at, a.disabled_at FROM account a
                WHERE a.email = $1";
    SET_DISABLED = "UPDATE account SET disabled_at = $1 WHERE id = $2 AND tenant = $3";
    SET_PASSWORD = "UPDATE account SET password_hash = $1, temporary_until = $2 WHERE id = $3";
}

sql_many! {
    NAMES (0) = "SELECT id, name FROM account WHERE id IN ({list})";
}

/// How an account gets its first password.
pub enum FirstPassword<'a> {
    /// None yet: nobody can sign in until an administrator gives one.
    None,
    /// A random one, shown once, to be changed at the first sign-in.
    Temporary,
    /// This one, under the usual rules.
    Chosen(&'a str),
}

/// Three days, a weekend included, to use a temporary password.
const TEMPORARY: SignedDuration = SignedDuration::from_hours(72);

/// Creates an account in the permit's tenant. It can do nothing until it has a mandate.
///
/// # Errors
/// [`Error::Rule`] when the address is taken or the name empty, [`Error::Password`] for a weak password.
pub async fn create(
    platform: &Platform,
    permit: &Permit<ManageAccounts>,
    email: Email,
    name: &str,
    first: FirstPassword<'_>,
) -> Result<(Id<Account>, Option<Temporary>)> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::rule("indiquez le prénom et le nom de la personne"));
    }
    let (tenant, now) = (permit.tenant(), platform.now());
    let (password_hash, temporary) = match first {
        FirstPassword::None => (String::new(), None),
        FirstPassword::Temporary => {
            let temporary = Temporary::random()?;
            (password::hash(temporary.reveal()).await?, Some(temporary))
        }
        FirstPassword::Chosen(chosen) => {
            password::check(chosen, name, &email)?;
            (password::hash(chosen).await?, None)
        }
    };
    let tx = platform.db.begin().await?;
    let id = Id::new(tx.reserve_ids(1).await?[0]);
    let payload = serde_json::json!({ "email": email, "name": name });
    let line = NewLine {
        id,
        tenant,
        email,
        name: name.to_owned(),
        password_hash,
        temporary_until: temporary.as_ref().map(|_| now.plus(TEMPORARY)),
        created_at: now,
        disabled_at: None,
    };
    tx.fill(&[line]).await.map_err(|error| {
        if error.is_duplicate() {
            Error::rule("un compte existe déjà avec cette adresse électronique")
        } else {
            error.into()
        }
    })?;
    journal::append(
        &tx,
        Chain::Writes,
        tenant,
        now,
        permit.entry("account.created", "account", Some(id.raw()), payload),
    )
    .await?;
    tx.commit().await?;
    Ok((id, temporary))
}

/// The accounts of the permit's tenant, and those with a mandate in it, by name.
pub async fn list(platform: &Platform, permit: &Permit<ManageAccounts>) -> Result<Vec<Profile>> {
    Ok(platform.db.all(&LIST, &[&permit.tenant()]).await?)
}

/// One of those accounts.
pub async fn find(platform: &Platform, permit: &Permit<ManageAccounts>, account: Id<Account>) -> Result<Profile> {
    platform.db.maybe(&BY_ID, &[&account, &permit.tenant()]).await?.ok_or(Error::NotFound)
}

/// The account of an address, whichever tenant looks after it: to give it a mandate here.
pub async fn find_by_email(
    platform: &Platform,
    _permit: &Permit<ManageAccounts>,
    email: &Email,
) -> Result<Option<Profile>> {
    Ok(platform.db.maybe(&BY_EMAIL, &[email]).await?)
}

/// What accounts are called: who wrote something is no secret to whoever may read it.
pub async fn names(
    platform: &Platform,
    _permit: &Permit<impl Action>,
    accounts: &[Id<Account>],
) -> Result<HashMap<Id<Account>, String>> {
    Ok(NAMES.all::<(Id<Account>, String), _>(&platform.db, &[], accounts).await?.into_iter().collect())
}

/// Closes an account and all its sessions. Its past stays; it can be opened again.
pub async fn disable(platform: &Platform, permit: &Permit<ManageAccounts>, account: Id<Account>) -> Result<()> {
    let now = platform.now();
    let tx = platform.db.begin().await?;
    set_disabled(&tx, permit, account, Some(now)).await?;
    session::end_all(&tx, account).await?;
    let entry = permit.entry("account.disabled", "account", Some(account.raw()), serde_json::Value::Null);
    journal::append(&tx, Chain::Writes, permit.tenant(), now, entry).await?;
    Ok(tx.commit().await?)
}

/// Opens a disabled account again.
pub async fn enable(platform: &Platform, permit: &Permit<ManageAccounts>, account: Id<Account>) -> Result<()> {
    let tx = platform.db.begin().await?;
    set_disabled(&tx, permit, account, None).await?;
    let entry = permit.entry("account.enabled", "account", Some(account.raw()), serde_json::Value::Null);
    journal::append(&tx, Chain::Writes, permit.tenant(), platform.now(), entry).await?;
    Ok(tx.commit().await?)
}

async fn set_disabled(
    tx: &Tx,
    permit: &Permit<ManageAccounts>,
    account: Id<Account>,
    at: Option<Instant>,
) -> Result<()> {
    match tx.execute(&SET_DISABLED, &[&at, &account, &permit.tenant()]).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// Gives a new temporary password in place of a forgotten one, and ends every session of the account.
/// Only the tenant that looks after the account can.
pub async fn reset_password(
    platform: &Platform,
    permit: &Permit<ManageAccounts>,
    account: Id<Account>,
) -> Result<Temporary> {
    let now = platform.now();
    let profile = find(platform, permit, account).await?;
    if profile.tenant != permit.tenant() {
        return Err(Error::rule(
            "ce compte est géré par un autre département\u{a0}: demandez-lui un nouveau mot de passe",
        ));
    }
    let temporary = Temporary::random()?;
    let hash = password::hash(temporary.reveal()).await?;
    let tx = platform.db.begin().await?;
    set_password(&tx, account, &hash, Some(now.plus(TEMPORARY))).await?;
    session::end_all(&tx, account).await?;
    let entry = permit.entry("account.password_reset", "account", Some(account.raw()), serde_json::Value::Null);
    journal::append(&tx, Chain::Writes, permit.tenant(), now, entry).await?;
    tx.commit().await?;
    Ok(temporary)
}

pub(crate) async fn set_password(
    tx: &Tx,
    account: Id<Account>,
    hash: &str,
    temporary_until: Option<Instant>,
) -> Result<()> {
    tx.execute(&SET_PASSWORD, &[&hash, &temporary_until, &account]).await?;
    Ok(())
}
