//! What must hold between facts of different kinds. Looked at on the whole territory before a change is
//! committed: whatever was changed, and in whatever order, nothing contradictory is ever stored.

use base::{Date, fr};
use facts::Fact;

use crate::kind::Described;
use crate::picture::Facts;
use crate::posts::Posts;
use crate::structures::StructureKind;
use crate::{FactKind, Picture};

/// A fact that contradicts others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Violation {
    pub kind: FactKind,
    pub fact: i64,
    pub column: &'static str,
    pub reason: String,
}

pub(crate) fn violations(picture: &Picture, posts: &Posts) -> Vec<Violation> {
    let mut found = Found(Vec::new());
    let names = &picture.names;
    for fact in picture.communes.all() {
        if fact.value.successor == Some(fact.subject) {
            found.add(
                fact,
                "successor_code",
                "Une commune ne se succède pas à elle-même\u{a0}: corrigez le code de la commune qui lui succède."
                    .to_owned(),
            );
        } else if fact.value.successor.is_some() && fact.valid.to.is_none() {
            found.add(fact, "successor_code", format!(
                "{} a une commune qui lui succède mais pas de fin\u{a0}: donnez sa date de fin, ou effacez la commune qui lui succède.",
                fact.value.name
            ));
        }
    }
    for fact in picture.structures.all() {
        if fact.value.parent == Some(fact.subject) {
            found.add(
                fact,
                "parent",
                "Une structure ne se rattache pas à elle-même\u{a0}: corrigez le rattachement.".to_owned(),
            );
        }
    }
    for fact in picture.sectors.all() {
        let (commune, structure) = (names.name(fact.subject), names.name(fact.value.structure));
        if !picture.communes.cover(fact.subject, fact.valid) {
            found.add(fact, "commune", format!(
                "Le secteur de {structure} sur {commune} vaut {}, mais la commune n’existe pas tout ce temps{}\u{a0}: ajustez la période du secteur.",
                fr::period(fact.valid), life(&picture.communes, fact)
            ));
        }
        if !picture.structures.cover(fact.value.structure, fact.valid) {
            found.add(fact, "structure", format!(
                "Le secteur de {structure} sur {commune} vaut {}, mais la structure n’est pas ouverte tout ce temps\u{a0}: ajustez la période du secteur, ou celle de la structure.",
                fr::period(fact.valid)
            ));
        }
        if names.kind(fact.value.structure).is_some_and(|kind| !kind.has_sectors()) {
            found.add(fact, "structure", format!(
                "{structure} ne se rattache pas aux communes\u{a0}: retirez ce secteur, ou choisissez une structure qui se partage les communes."
            ));
        }
    }
    for fact in picture.contracts.all() {
        let structure = names.name(fact.subject);
        if names.kind(fact.subject) != Some(StructureKind::LocalInclusionAgency) {
            found.add(fact, "structure", format!("{structure} n’est pas une agence locale d’insertion\u{a0}: seules les agences ont un contrat d’opérateur."));
        }
        if !picture.structures.cover(fact.subject, fact.valid) {
            found.add(fact, "valid_from", format!(
                "Le contrat de {structure} vaut {}, mais l’agence n’est pas ouverte tout ce temps\u{a0}: ajustez la période du contrat, ou celle de l’agence.",
                fr::period(fact.valid)
            ));
        }
    }
    for fact in picture.successions.all() {
        if fact.value.successor == fact.subject {
            found.add(
                fact,
                "successor",
                "Une structure ne se remplace pas elle-même\u{a0}: choisissez l’autre structure.".to_owned(),
            );
        }
    }
    for fact in picture.members.all() {
        if fact.value.member == fact.subject {
            found.add(
                fact,
                "member",
                "Un consortium n’est pas membre de lui-même\u{a0}: choisissez une autre organisation.".to_owned(),
            );
        }
    }
    for fact in posts.profiles.all() {
        if !picture.structures.cover(fact.value.structure, fact.valid) {
            found.add(fact, "structure", format!(
                "Le poste {} vaut {}, mais {} n’est pas ouverte tout ce temps\u{a0}: ajustez la période du poste, ou celle de la structure.",
                names.code(fact.subject), fr::period(fact.valid), names.name(fact.value.structure)
            ));
        }
    }
    for fact in posts.holders.all() {
        if !posts.profiles.cover(fact.subject, fact.valid) {
            found.add(fact, "post", format!(
                "{} tient le poste {} {}, mais le poste n’existe pas tout ce temps\u{a0}: ajustez la période, ou celle du poste.",
                fact.value.holder, names.code(fact.subject), fr::period(fact.valid)
            ));
        }
    }
    found.0
}

struct Found(Vec<Violation>);

impl Found {
    fn add<K: Described>(&mut self, fact: &Fact<K>, column: &'static str, reason: String) {
        self.0.push(Violation { kind: K::KIND, fact: fact.id.raw(), column, reason });
    }
}

/// « (jusqu’au 31 décembre 2024) », when the subject has an end.
fn life<K: Described, S: Described<Subject = K::Subject>>(profiles: &Facts<K>, fact: &Fact<S>) -> String {
    let end: Option<Date> = profiles.of(fact.subject).last().and_then(|last| last.valid.last_day());
    end.map_or_else(String::new, |last_day| format!(" (elle finit le {})", fr::date_long(last_day)))
}
