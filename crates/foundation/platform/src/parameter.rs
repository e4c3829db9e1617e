//! Values of law and local policy that are uncertain, local or bound to change. Each is dated, cited and marked
//! *confirmed* or *uncertain*; changing one is a new dated fact, so that yesterday's decisions keep yesterday's rule.

use base::{Date, Id, Instant, Period};
use db::{Ask, Json, Tx};
use facts::journal::{self, Chain, NewEntry};
use facts::{Conflict, Fact, Plan, Provenance, Source, Tenant};
use serde::de::DeserializeOwned;

use crate::gate::{ManageAccounts, Permit};
use crate::{Error, Platform, Result};

db::codes! {
    /// How sure the value is.
    pub enum Certainty {
        /// Read in the text cited.
        Confirmed = "confirmed",
        /// Our best understanding: shown with its mark, to be checked.
        Uncertain = "uncertain",
    }
}

facts::kind! {
    /// One value of a parameter over a period.
    pub struct Parameter in "parameter" about of_tenant: Tenant, slot (name) {
        /// `room.what_unit`, for example `session.idle_minutes`.
        pub name: String,
        pub value: Json<serde_json::Value>,
        /// The text or decision it comes from, as one would cite it.
        pub citation: String,
        pub certainty: Certainty,
    }
}

impl Parameter {
    pub fn new(
        name: impl Into<String>,
        value: serde_json::Value,
        citation: impl Into<String>,
        certainty: Certainty,
    ) -> Self {
        Self { name: name.into(), value: Json(value), citation: citation.into(), certainty }
    }
}

/// A parameter as the program comes with it, before anybody changes it.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    pub name: &'static str,
    /// Since when the value holds.
    pub from: Date,
    /// As JSON text: `120`, `"P6M"`, `[1, 2]`.
    pub value: &'static str,
    pub citation: &'static str,
    pub certainty: Certainty,
}

/// Minutes without a request after which a session ends. Two hours: an interview lasts an hour and a half, and
/// what was being typed must not be lost; shorter absences are for the lock of the workstation.
pub const SESSION_IDLE_MINUTES: &str = "session.idle_minutes";

/// Months for which readings of files are kept.
pub const READING_LOG_MONTHS: &str = "reading_log.months";

/// Counts of people below this one are not shown outside the structure that knows them.
pub const SMALLEST_COUNT: &str = "statistics.smallest_count";

/// The platform's own parameters.
pub const HOUSE: &[Declared] = &[
    Declared {
        name: SESSION_IDLE_MINUTES,
        from: jiff::civil::date(2020, 1, 1),
        value: "120",
        citation: "Choix local, dans l’esprit du guide de la sécurité des données personnelles de la CNIL",
        certainty: Certainty::Confirmed,
    },
    Declared {
        name: READING_LOG_MONTHS,
        from: jiff::civil::date(2020, 1, 1),
        value: "12",
        citation: "CNIL, délibération n° 2021-122 du 14 octobre 2021\u{a0}: six mois à un an",
        certainty: Certainty::Confirmed,
    },
    Declared {
        name: SMALLEST_COUNT,
        from: jiff::civil::date(2020, 1, 1),
        value: "5",
        citation: "Choix local, d’après l’usage des départements qui masquent les effectifs de 1 à 4",
        certainty: Certainty::Uncertain,
    },
];

/// A value with what stands behind it.
#[derive(Clone, PartialEq, Debug)]
pub struct Valued<T> {
    pub value: T,
    pub valid: Period,
    pub citation: String,
    pub certainty: Certainty,
    pub recorded_at: Instant,
    pub provenance: Provenance,
}

/// All parameters of a tenant, as known at one moment: read once, asked often.
#[derive(Clone, Debug)]
pub struct Parameters(Vec<Fact<Parameter>>);

impl Parameters {
    /// Reads them as they were known at a moment (now: `platform.now()`).
    pub async fn known_at(ask: &impl Ask, tenant: Id<Tenant>, known: Instant) -> Result<Self> {
        let mut facts = facts::history::<Parameter>(ask, tenant, tenant).await?;
        facts.retain(|fact| fact.recorded_at <= known && fact.replaced_at.is_none_or(|replaced| replaced > known));
        facts.sort_by(|one, other| (&one.value.name, one.valid).cmp(&(&other.value.name, other.valid)));
        Ok(Self(facts))
    }

    /// The value that holds on a day, as a `T`.
    ///
    /// # Errors
    /// [`Error::Rule`] when none holds on that day, or when it is no `T`.
    pub fn get<T: DeserializeOwned>(&self, name: &str, on: Date) -> Result<Valued<T>> {
        let fact = self.0.iter().find(|fact| fact.value.name == name && fact.valid.contains(on));
        let fact = fact.ok_or_else(|| {
            Error::rule(format!("le paramètre «\u{a0}{name}\u{a0}» n’a pas de valeur au {}", on.strftime("%d/%m/%Y")))
        })?;
        let Parameter { value: Json(value), citation, certainty, .. } = &fact.value;
        let value = T::deserialize(value).map_err(|problem| {
            Error::rule(format!("la valeur du paramètre «\u{a0}{name}\u{a0}» est inutilisable\u{a0}: {problem}"))
        })?;
        Ok(Valued {
            value,
            valid: fact.valid,
            citation: citation.clone(),
            certainty: *certainty,
            recorded_at: fact.recorded_at,
            provenance: fact.provenance,
        })
    }

    /// Every value of every parameter, by name then by date, to be shown or edited.
    pub fn all(&self) -> &[Fact<Parameter>] {
        &self.0
    }
}

/// Gives a tenant the declared parameters it does not have yet; those it has stay as they are.
pub(crate) async fn install(tx: &Tx, tenant: Id<Tenant>, declared: &[Declared], now: Instant) -> Result<()> {
    let provenance = Provenance { source: Source::ReferenceFile, import: None, line: None, author: None };
    let known = facts::history::<Parameter>(tx, tenant, tenant).await?;
    let mut batch = facts::Batch::<Parameter>::new(tenant, now);
    for Declared { name, from, value, citation, certainty } in declared {
        if known.iter().any(|fact| fact.value.name == *name) {
            continue;
        }
        let value = serde_json::from_str(value)
            .map_err(|problem| Error::rule(format!("paramètre «\u{a0}{name}\u{a0}» mal déclaré\u{a0}: {problem}")))?;
        let parameter = Parameter {
            name: (*name).to_owned(),
            value: Json(value),
            citation: (*citation).to_owned(),
            certainty: *certainty,
        };
        batch.push(tenant, Plan::add(&[], Period::since(*from), parameter)?, provenance);
    }
    let added = batch.flush(tx).await?;
    if !added.is_empty() {
        let names: Vec<&str> = added.iter().map(|fact| fact.value.name.as_str()).collect();
        let entry = NewEntry {
            author: None,
            mandate: None,
            action: "parameter.installed",
            subject_kind: "tenant",
            subject: Some(tenant.raw()),
            payload: serde_json::json!({ "names": names }),
        };
        journal::append(tx, Chain::Writes, tenant, now, entry).await?;
    }
    Ok(())
}

/// Sets a parameter over a period; what held there before is cut to what remains around it.
///
/// # Errors
/// [`Error::NotFound`] for a name nobody declared, [`Error::Rule`] for a value of another kind than before or
/// without citation.
pub async fn set(
    platform: &Platform,
    permit: &Permit<ManageAccounts>,
    valid: Period,
    parameter: Parameter,
) -> Result<()> {
    let (tenant, now) = (permit.tenant(), platform.now());
    if parameter.citation.trim().is_empty() {
        return Err(Error::rule("indiquez le texte ou la décision dont vient cette valeur"));
    }
    let valid = Period::new(valid.from, valid.to).ok_or(Conflict::Empty)?;
    let payload = serde_json::json!({
        "name": parameter.name,
        "value": parameter.value.0,
        "valid": valid,
        "citation": parameter.citation,
        "certainty": parameter.certainty,
    });
    let tx = platform.db.begin().await?;
    facts::write::<Parameter, Error>(&tx, tenant, tenant, permit.provenance(), now, |in_force| {
        let mut same_name = in_force.iter().filter(|fact| fact.value.name == parameter.name).peekable();
        if same_name.peek().is_none() {
            return Err(Error::NotFound);
        }
        let kind = |value: &serde_json::Value| std::mem::discriminant(value);
        if same_name.any(|fact| kind(&fact.value.value.0) != kind(&parameter.value.0)) {
            return Err(Error::rule("la valeur n’est pas du même genre (nombre, texte…) que les précédentes"));
        }
        Ok(Plan::set(in_force, valid, parameter))
    })
    .await?;
    let entry = permit.entry("parameter.set", "tenant", Some(tenant.raw()), payload);
    journal::append(&tx, Chain::Writes, tenant, now, entry).await?;
    tx.commit().await?;
    Ok(())
}
