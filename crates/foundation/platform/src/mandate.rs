//! Mandates: who acts for which organisation, in which role, where, for what, and from when to when.
//! Access follows them day by day.

use base::{Date, Email, Id, Instant, Period};
use db::{Ask, sql};
use facts::journal::{self, Chain};
use facts::{Fact, Plan, Tenant};

use crate::gate::{Action, ActionKind, Actor, Extent, ManageAccounts, Permit, Purpose, Role, extent};
use crate::{Account, Error, Organisation, Platform, Result, Structure};

facts::kind! {
    /// What an account may do for an organisation. The same role in two structures is two mandates.
    pub struct Mandate in "mandate" about account: Account, slot (organisation, role, structure) {
        pub organisation: Id<Organisation>,
        pub structure: Option<Id<Structure>>,
        pub role: Role,
        pub purpose: Purpose,
    }
}

db::row! {
    /// A mandate with the names needed to choose or to list it.
    #[derive(Clone, PartialEq, Debug)]
    pub struct Listed {
        pub id: Id<Mandate>,
        pub tenant: Id<Tenant>,
        pub department: String,
        pub account: Id<Account>,
        pub name: String,
        pub email: String,
        pub organisation: Id<Organisation>,
        pub structure: Option<Id<Structure>>,
        pub role: Role,
        pub purpose: Purpose,
        pub valid_from: Date,
        /// First day on which it no longer holds.
        pub valid_to: Option<Date>,
    }
}

sql! {
    OF_ACCOUNT = "SELECT m.id, m.tenant, t.name, m.account, a.name, a.email, m.organisation, m.structure, m.role, m.purpose,
                         m.valid_from, m.valid_to
                  FROM mandate m JOIN tenant t ON t.id = m.tenant JOIN account a ON a.id = m.account
                  WHERE m.account = $1 AND m.replaced_at IS NULL
                    AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to > $2)
                  ORDER BY m.valid_from, m.id";
    OF_TENANT = "SELECT m.id, m.tenant, t.name, m.account, a.name, a.email, m.organisation, m.structure, m.role, m.purpose,
                        m.valid_from, m.valid_to
                 FROM mandate m JOIN tenant t ON t.id = m.tenant JOIN account a ON a.id = m.account
                 WHERE m.tenant = $1 AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to > $2)
                   AND m.recorded_at <= $3 AND (m.replaced_at IS NULL OR m.replaced_at > $3)
                 ORDER BY a.name, m.valid_from, m.id";
    IN_STRUCTURE = "SELECT m.id, m.tenant, t.name, m.account, a.name, a.email, m.organisation, m.structure, m.role, m.purpose,
                           m.valid_from, m.valid_to
                    FROM mandate m JOIN tenant t ON t.id = m.tenant JOIN account a ON a.id = m.account
                    WHERE m.tenant = $1 AND m.structure = $2 AND m.replaced_at IS NULL
                      AND m.valid_from <= $3 AND (m.valid_to IS NULL OR m.valid_to > $3)
                    ORDER BY a.name, m.id";
    BEARING = "SELECT m.id, m.tenant, t.name, m.account, a.name, a.email, m.organisation, m.structure, m.role, m.purpose,
                      m.valid_from, m.valid_to
               FROM mandate m JOIN tenant t ON t.id = m.tenant JOIN account a ON a.id = m.account
               WHERE m.tenant = $1 AND a.email = $2 AND m.role = $3 AND a.disabled_at IS NULL AND m.replaced_at IS NULL
                 AND m.valid_from <= $4 AND (m.valid_to IS NULL OR m.valid_to > $4)
               ORDER BY m.valid_from, m.id";
    ACCOUNT_EXISTS = "SELECT id FROM account WHERE id = $1";
}

impl Mandate {
    fn check(&self) -> Result<()> {
        if self.role == Role::Program {
            return Err(Error::rule("ce rôle est celui du programme\u{a0}: il ne se donne à personne"));
        }
        if !self.role.purposes().contains(&self.purpose) {
            return Err(Error::rule(format!(
                "le rôle «\u{a0}{}\u{a0}» ne s’exerce pas pour une finalité de {}",
                self.role.label(),
                self.purpose.label()
            )));
        }
        let within_structure = ActionKind::ALL.iter().any(|action| extent(self.role, *action) == Extent::Structure);
        if within_structure && self.structure.is_none() {
            return Err(Error::rule(format!(
                "indiquez la structure\u{a0}: le rôle «\u{a0}{}\u{a0}» s’exerce dans l’une d’elles",
                self.role.label()
            )));
        }
        Ok(())
    }
}

/// Gives a mandate in the permit's tenant.
///
/// # Errors
/// [`Error::Conflict`] when the same mandate already holds on part of the period.
pub async fn grant(
    platform: &Platform,
    permit: &Permit<ManageAccounts>,
    account: Id<Account>,
    mandate: Mandate,
    valid: Period,
) -> Result<Id<Mandate>> {
    mandate.check()?;
    let (tenant, now) = (permit.tenant(), platform.now());
    let payload = serde_json::json!({
        "organisation": mandate.organisation,
        "structure": mandate.structure,
        "role": mandate.role,
        "purpose": mandate.purpose,
        "valid": valid,
    });
    let tx = platform.db.begin().await?;
    if tx.maybe::<i64>(&ACCOUNT_EXISTS, &[&account]).await?.is_none() {
        return Err(Error::NotFound);
    }
    let added = facts::write::<Mandate, Error>(&tx, tenant, account, permit.provenance(), now, |in_force| {
        Ok(Plan::add(in_force, valid, mandate)?)
    })
    .await?;
    let entry = permit.entry("mandate.granted", "account", Some(account.raw()), payload);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    tx.commit().await?;
    added.first().map(|fact| fact.id).ok_or(Error::NotFound)
}

/// Ends a mandate: `to` is the first day on which it no longer holds. Before its own start, it is withdrawn.
///
/// # Errors
/// [`Error::Conflict`] when somebody else has changed it in the meantime.
pub async fn end(
    platform: &Platform,
    permit: &Permit<ManageAccounts>,
    account: Id<Account>,
    mandate: Id<Mandate>,
    to: Date,
) -> Result<()> {
    let (tenant, now) = (permit.tenant(), platform.now());
    let tx = platform.db.begin().await?;
    facts::write::<Mandate, Error>(&tx, tenant, account, permit.provenance(), now, |in_force| {
        Ok(Plan::close(in_force, mandate, to)?)
    })
    .await?;
    let payload = serde_json::json!({ "mandate": mandate, "to": to });
    let entry = permit.entry("mandate.ended", "account", Some(account.raw()), payload);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// The mandates of the permit's tenant that held on a day, as far as was known at a moment, by name.
pub async fn list(
    platform: &Platform,
    permit: &Permit<ManageAccounts>,
    on: Date,
    known: Instant,
) -> Result<Vec<Listed>> {
    Ok(platform.db.all(&OF_TENANT, &[&permit.tenant(), &on, &known]).await?)
}

/// Who acts for a structure on a day, by name: a colleague is no secret to whoever has any permit in the tenant.
pub async fn in_structure<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    structure: Id<Structure>,
    on: Date,
) -> Result<Vec<Listed>> {
    Ok(platform.db.all(&IN_STRUCTURE, &[&permit.tenant(), &structure, &on]).await?)
}

/// The mandates in a role, today, of the account at an address that the person asking already knows: to say whose account
/// it is.
pub async fn bearing<A: Action>(
    platform: &Platform,
    permit: &Permit<A>,
    email: &Email,
    role: Role,
) -> Result<Vec<Listed>> {
    Ok(platform.db.all(&BEARING, &[&permit.tenant(), email, &role, &platform.today()]).await?)
}

/// Every mandate that an account has had or will have in the permit's tenant, corrections included, in the order
/// in which they were recorded.
pub async fn history(
    platform: &Platform,
    permit: &Permit<ManageAccounts>,
    account: Id<Account>,
) -> Result<Vec<Fact<Mandate>>> {
    let mut facts = facts::history::<Mandate>(&platform.db, permit.tenant(), account).await?;
    facts.sort_by_key(|fact| (fact.recorded_at, fact.id));
    Ok(facts)
}

/// The mandates of an account in force on a day, in every tenant, oldest first.
pub(crate) async fn of_account(ask: &impl Ask, account: Id<Account>, on: Date) -> Result<Vec<Listed>> {
    Ok(ask.all(&OF_ACCOUNT, &[&account, &on]).await?)
}

/// Whoever acts under a mandate in force today: for a command that works in somebody's name. The screens go
/// through `session::authenticate`.
///
/// # Errors
/// [`Error::NotFound`] when the account has no such mandate today.
pub async fn actor(platform: &Platform, account: Id<Account>, mandate: Id<Mandate>) -> Result<Actor> {
    let listed = of_account(&platform.db, account, platform.today()).await?;
    listed.into_iter().find(|listed| listed.id == mandate).map(Listed::into_actor).ok_or(Error::NotFound)
}

impl Listed {
    pub fn valid(&self) -> Period {
        Period { from: self.valid_from, to: self.valid_to }
    }

    pub(crate) fn into_actor(self) -> Actor {
        Actor {
            tenant: self.tenant,
            account: Some(self.account),
            name: self.name,
            mandate: Some(self.id),
            role: self.role,
            organisation: Some(self.organisation),
            structure: self.structure,
            purpose: self.purpose,
            request: String::new(),
        }
    }
}
