use base::{Date, Id, Instant};
use db::{Ask, Db, Param, Tx};

use crate::kind::FactRecord;
use crate::{Fact, Kind, Plan, Provenance, Tenant};

/// The records in force about a subject, by the start of their period.
pub async fn current<K: Kind>(ask: &impl Ask, tenant: Id<Tenant>, subject: Id<K::Subject>) -> db::Result<Vec<Fact<K>>> {
    ask.all(K::sql().current, &[&tenant, &subject]).await
}

/// The records in force about many subjects, by subject then by start.
pub async fn current_many<K: Kind>(
    ask: &impl Ask,
    tenant: Id<Tenant>,
    subjects: &[Id<K::Subject>],
) -> db::Result<Vec<Fact<K>>> {
    K::sql().current_many.all(ask, &[&tenant], subjects).await
}

/// Every record in force of a kind, by subject then by start, one at a time.
pub async fn each_current<K: Kind>(
    db: &Db,
    tenant: Id<Tenant>,
    visit: impl FnMut(Fact<K>) -> db::Result<()> + Send,
) -> db::Result<()> {
    db.each(K::sql().current_all, &[&tenant], visit).await
}

/// What held on the day `valid`, as far as was known at the moment `known`.
pub async fn as_of<K: Kind>(
    ask: &impl Ask,
    tenant: Id<Tenant>,
    subject: Id<K::Subject>,
    valid: Date,
    known: Instant,
) -> db::Result<Vec<Fact<K>>> {
    ask.all(K::sql().as_of, &[&tenant, &subject, &valid, &known]).await
}

/// Every record ever made about a subject, in the order they were made.
pub async fn history<K: Kind>(ask: &impl Ask, tenant: Id<Tenant>, subject: Id<K::Subject>) -> db::Result<Vec<Fact<K>>> {
    ask.all(K::sql().history, &[&tenant, &subject]).await
}

/// Every record ever made about many subjects: those in force, by subject then by start, then those replaced.
pub async fn history_many<K: Kind>(
    ask: &impl Ask,
    tenant: Id<Tenant>,
    subjects: &[Id<K::Subject>],
) -> db::Result<Vec<Fact<K>>> {
    let mut records = current_many(ask, tenant, subjects).await?;
    records.extend(K::sql().replaced_many.all(ask, &[&tenant], subjects).await?);
    Ok(records)
}

/// Reads a subject's facts, asks `plan` what to change, and writes it; nobody else can change the same
/// subject in between. Gives the records added.
///
/// # Errors
/// Whatever `plan` refuses, or the database's own error, both as `E`.
pub async fn write<K: Kind, E: From<db::Error>>(
    tx: &Tx,
    tenant: Id<Tenant>,
    subject: Id<K::Subject>,
    provenance: Provenance,
    now: Instant,
    plan: impl FnOnce(&[Fact<K>]) -> Result<Plan<K>, E> + Send,
) -> Result<Vec<Fact<K>>, E> {
    tx.hold(&[lock_key::<K>(subject)]).await?;
    let in_force = current::<K>(tx, tenant, subject).await?;
    let plan = plan(&in_force)?;
    let mut batch = Batch::new(tenant, now);
    batch.push(subject, plan, provenance);
    Ok(batch.flush(tx).await?)
}

/// The number other transactions wait for when they change the same facts of the same subject.
pub(crate) fn lock_key<K: Kind>(subject: Id<K::Subject>) -> i64 {
    name_hash(K::table().name) ^ subject.raw()
}

/// FNV-1a, to make a number to wait for out of a name.
pub(crate) fn name_hash(name: &str) -> i64 {
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash.cast_signed()
}

/// Changes to many subjects, gathered and written together.
pub struct Batch<K: Kind> {
    tenant: Id<Tenant>,
    now: Instant,
    retire: Vec<Id<K>>,
    add: Vec<Fact<K>>,
}

impl<K: Kind> Batch<K> {
    pub const fn new(tenant: Id<Tenant>, now: Instant) -> Self {
        Self { tenant, now, retire: Vec::new(), add: Vec::new() }
    }

    pub fn push(&mut self, subject: Id<K::Subject>, plan: Plan<K>, provenance: Provenance) {
        self.retire.extend(plan.retire);
        self.add.extend(plan.add.into_iter().map(|addition| Fact {
            id: Id::new(0),
            subject,
            valid: addition.valid,
            recorded_at: self.now,
            replaced_at: None,
            provenance,
            corrects: addition.corrects,
            value: addition.value,
        }));
    }

    pub fn is_empty(&self) -> bool {
        self.retire.is_empty() && self.add.is_empty()
    }

    /// Writes everything and gives the records added, now numbered.
    ///
    /// # Errors
    /// [`db::Error::NoRow`] when a record to retire has already been replaced by somebody else.
    pub async fn flush(mut self, tx: &Tx) -> db::Result<Vec<Fact<K>>> {
        if !self.retire.is_empty() {
            let sets: Vec<Vec<&dyn Param>> = self.retire.iter().map(|id| vec![&self.now as &dyn Param, id]).collect();
            let retired = tx.execute_many(K::sql().retire, &sets).await?;
            if retired != self.retire.len() as u64 {
                return Err(db::Error::NoRow);
            }
        }
        if !self.add.is_empty() {
            let ids = tx.reserve_ids(self.add.len()).await?;
            for (fact, id) in self.add.iter_mut().zip(ids) {
                fact.id = Id::new(id);
            }
            let records: Vec<FactRecord<'_, K>> =
                self.add.iter().map(|fact| FactRecord { tenant: self.tenant, fact }).collect();
            tx.fill(&records).await?;
        }
        Ok(self.add)
    }
}
