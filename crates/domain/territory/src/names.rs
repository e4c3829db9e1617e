//! Codes, numbers and names of what the facts are about.

use std::collections::HashMap;

use base::Id;
use db::Ask;
use facts::Tenant;
use platform::{Organisation, Structure};

use crate::communes::Commune;
use crate::kind::Cell;
use crate::posts::Post;
use crate::store;
use crate::structures::StructureKind;

db::codes! {
    /// What a fact can be about.
    pub enum SubjectKind {
        Commune = "commune",
        Organisation = "organisation",
        Structure = "structure",
        Post = "post",
    }
}

impl SubjectKind {
    /// « la commune 93066 », « l’organisation ares ».
    pub const fn with_article(self) -> &'static str {
        match self {
            Self::Commune => "la commune",
            Self::Organisation => "l’organisation",
            Self::Structure => "la structure",
            Self::Post => "le poste",
        }
    }
}

/// A label that facts can be about.
pub trait Named {
    const KIND: SubjectKind;
}

impl Named for Commune {
    const KIND: SubjectKind = SubjectKind::Commune;
}
impl Named for Organisation {
    const KIND: SubjectKind = SubjectKind::Organisation;
}
impl Named for Structure {
    const KIND: SubjectKind = SubjectKind::Structure;
}
impl Named for Post {
    const KIND: SubjectKind = SubjectKind::Post;
}

#[derive(Default)]
struct Index {
    by_code: HashMap<String, i64>,
    by_id: HashMap<i64, (String, String)>,
}

impl Index {
    fn insert(&mut self, id: i64, code: String, name: String) {
        self.by_code.insert(code.clone(), id);
        self.by_id.insert(id, (code, name));
    }
}

/// Everything that bears a code, in a tenant. A renamed thing answers by its last name.
#[derive(Default)]
pub struct Names {
    communes: Index,
    organisations: Index,
    structures: Index,
    posts: Index,
    kinds: HashMap<Id<Structure>, StructureKind>,
}

impl Names {
    pub(crate) async fn load(ask: &impl Ask, tenant: Id<Tenant>) -> db::Result<Self> {
        let mut names = Self::default();
        for sort in SubjectKind::ALL {
            for coded in store::coded(ask, tenant, *sort).await? {
                let name = coded.name.unwrap_or_else(|| coded.code.clone());
                names.index_mut(*sort).insert(coded.id, coded.code, name);
            }
        }
        names.kinds = store::structure_kinds(ask, tenant).await?.into_iter().collect();
        Ok(names)
    }

    const fn index(&self, sort: SubjectKind) -> &Index {
        match sort {
            SubjectKind::Commune => &self.communes,
            SubjectKind::Organisation => &self.organisations,
            SubjectKind::Structure => &self.structures,
            SubjectKind::Post => &self.posts,
        }
    }

    const fn index_mut(&mut self, sort: SubjectKind) -> &mut Index {
        match sort {
            SubjectKind::Commune => &mut self.communes,
            SubjectKind::Organisation => &mut self.organisations,
            SubjectKind::Structure => &mut self.structures,
            SubjectKind::Post => &mut self.posts,
        }
    }

    /// Adds something new under its code.
    pub(crate) fn insert(&mut self, sort: SubjectKind, id: i64, code: &str, kind: Option<StructureKind>) {
        self.index_mut(sort).insert(id, code.to_owned(), code.to_owned());
        if let Some(kind) = kind {
            self.kinds.insert(Id::new(id), kind);
        }
    }

    /// Gives a name to something just created.
    pub(crate) fn rename(&mut self, sort: SubjectKind, id: i64, name: &str) {
        if let Some((_, known)) = self.index_mut(sort).by_id.get_mut(&id) {
            name.clone_into(known);
        }
    }

    pub fn find<S: Named>(&self, code: &str) -> Option<Id<S>> {
        self.index(S::KIND).by_code.get(code).copied().map(Id::new)
    }

    pub fn code<S: Named>(&self, id: Id<S>) -> &str {
        self.index(S::KIND).by_id.get(&id.raw()).map_or("", |(code, _)| code)
    }

    pub fn name<S: Named>(&self, id: Id<S>) -> &str {
        self.index(S::KIND).by_id.get(&id.raw()).map_or("", |(_, name)| name)
    }

    /// The kind of a structure; it never changes.
    pub fn kind(&self, structure: Id<Structure>) -> Option<StructureKind> {
        self.kinds.get(&structure).copied()
    }

    /// Code and name of everything of a sort, by name: what a form offers.
    pub fn offered(&self, sort: SubjectKind) -> Vec<(&str, &str)> {
        let mut offered: Vec<(&str, &str)> =
            self.index(sort).by_id.values().map(|(code, name)| (code.as_str(), name.as_str())).collect();
        offered.sort_by_cached_key(|(_, name)| base::fold(name));
        offered
    }

    /// A value as a file or a form writes it.
    pub fn raw(&self, cell: &Cell) -> String {
        match cell {
            Cell::Nothing => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::Share(hundredths) => format!("{}.{:02}", hundredths / 100, hundredths % 100),
            Cell::Day(day) | Cell::Until(day) => day.to_string(),
            Cell::Choice(code, _) => (*code).to_owned(),
            Cell::Commune(id) => self.code(*id).to_owned(),
            Cell::Organisation(id) => self.code(*id).to_owned(),
            Cell::Structure(id) => self.code(*id).to_owned(),
        }
    }

    /// A value as a reader meets it: codes become names.
    pub fn shown(&self, cell: &Cell) -> Shown {
        match cell {
            Cell::Nothing => Shown::Nothing,
            Cell::Text(text) => Shown::Text(text.clone()),
            Cell::Number(number) => Shown::Number(*number),
            Cell::Share(hundredths) => Shown::Share(*hundredths),
            Cell::Day(day) => Shown::Day(*day),
            Cell::Until(day) => Shown::Day(day.yesterday().unwrap_or(*day)),
            Cell::Choice(_, label) => Shown::Text((*label).to_owned()),
            Cell::Commune(id) => Shown::Text(self.name(*id).to_owned()),
            Cell::Organisation(id) => Shown::Text(self.name(*id).to_owned()),
            Cell::Structure(id) => Shown::Text(self.name(*id).to_owned()),
        }
    }
}

/// A value ready to be written in the reader's language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shown {
    Nothing,
    Text(String),
    Number(i64),
    /// Hundredths of a full-time post.
    Share(i64),
    Day(base::Date),
}
