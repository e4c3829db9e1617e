use std::collections::HashMap;

use base::{Id, Instant};
use db::Tx;
use facts::journal::{self, Chain, NewEntry};
use facts::{Batch, Fact, Plan, Provenance, Tenant, outbox};
use platform::gate::EditTerritory;
use platform::{Permit, Platform};
use serde_json::json;

use super::Violation;
use super::check::violations;
use crate::kind::Described;
use crate::names::{Names, SubjectKind};
use crate::posts::{Post, Posts};
use crate::structures::StructureKind;
use crate::{AsOf, FactKind, Picture, store};

/// A change of the territory under way: everything in it happens, or nothing. Changes of a tenant take
/// turns, since what must hold between facts is looked at on the whole territory.
pub(crate) struct Editor {
    pub tx: Tx,
    pub tenant: Id<Tenant>,
    pub now: Instant,
    pub names: Names,
    permit: Permit<EditTerritory>,
    /// Posts that had no description before.
    opened: Vec<Id<Post>>,
    /// Where the added facts come from: the line of a file, by kind and number.
    origins: HashMap<(FactKind, i64), Provenance>,
}

/// A change to the facts of one subject.
pub(crate) struct Planned<K: Described> {
    pub subject: Id<K::Subject>,
    /// Whether the subject had facts of this kind already.
    pub described_before: bool,
    pub plan: Plan<K>,
    pub provenance: Provenance,
}

/// What changes of a tenant wait for.
const TURN: i64 = 0x7465_7272_6974;

impl Editor {
    pub async fn begin(platform: &Platform, permit: Permit<EditTerritory>) -> db::Result<Self> {
        let tx = platform.db.begin().await?;
        let tenant = permit.tenant();
        tx.hold(&[tenant.raw() ^ TURN]).await?;
        let names = Names::load(&tx, tenant).await?;
        Ok(Self { tx, tenant, now: platform.now(), names, permit, opened: Vec::new(), origins: HashMap::new() })
    }

    pub const fn permit(&self) -> &Permit<EditTerritory> {
        &self.permit
    }

    /// New things that bear a code.
    pub async fn create(&mut self, sort: SubjectKind, new: &[(String, Option<StructureKind>)]) -> db::Result<()> {
        let ids = store::create(&self.tx, self.tenant, sort, new).await?;
        for ((code, kind), id) in new.iter().zip(ids) {
            self.names.insert(sort, id, code, *kind);
        }
        Ok(())
    }

    /// Writes changes to facts of one kind and gives the records added.
    pub async fn write<K: Described>(&mut self, changes: Vec<Planned<K>>) -> db::Result<Vec<Fact<K>>> {
        let mut batch = Batch::new(self.tenant, self.now);
        for Planned { subject, described_before, plan, provenance } in changes {
            if K::KIND == FactKind::PostProfile && !described_before && !plan.add.is_empty() {
                self.opened.push(Id::new(subject.raw()));
            }
            batch.push(subject, plan, provenance);
        }
        let added = batch.flush(&self.tx).await?;
        self.origins.extend(added.iter().map(|fact| ((K::KIND, fact.id.raw()), fact.provenance)));
        Ok(added)
    }

    /// What now contradicts what, with the line that says it if it comes from this change.
    pub async fn contradictions(&self) -> db::Result<(Vec<(Violation, Option<Provenance>)>, Posts)> {
        let as_of = AsOf { on: self.now.date(), known: Instant::MAX };
        let picture = Picture::load(&self.tx, self.tenant, as_of).await?;
        let posts = Posts::load(&self.tx, self.tenant, as_of).await?;
        let found = violations(&picture, &posts);
        let located = found.into_iter().map(|violation| {
            let origin = self.origins.get(&(violation.kind, violation.fact)).copied();
            (violation, origin)
        });
        Ok((located.collect(), posts))
    }

    /// Journals the change, tells the other rooms which posts opened, and commits.
    pub async fn commit(self, posts: &Posts, entry: NewEntry<'_>) -> db::Result<()> {
        journal::append(&self.tx, Chain::Writes, self.tenant, self.now, entry).await?;
        for post in &self.opened {
            // A post closed again by a later line of the same file never opened for anybody else.
            let Some(first) = posts.profiles.of(*post).first() else { continue };
            let body = json!({
                "post": self.names.code(*post),
                "structure": self.names.code(first.value.structure),
                "job": first.value.job,
                "full_time_percent": first.value.full_time_percent,
                "opened_on": first.valid.from,
            });
            outbox::publish(&self.tx, self.tenant, "territory.post_opened", 1, body, self.now).await?;
        }
        self.tx.commit().await
    }
}
