//! Read models hold derived lines so that lists are instant. They are disposable: computed again from
//! the facts beside the live ones, they must come out equal.

use std::collections::BTreeMap;
use std::fmt::Debug;

/// How a live read model differs from its rebuild.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Difference {
    pub lines: u64,
    pub missing: Vec<String>,
    pub superfluous: Vec<String>,
    pub different: Vec<String>,
}

/// Examples kept of each sort of difference.
const EXAMPLES: usize = 20;

impl Difference {
    pub fn is_equal(&self) -> bool {
        self.missing.is_empty() && self.superfluous.is_empty() && self.different.is_empty()
    }

    /// Adds what another part of the same read model showed.
    pub fn join(&mut self, other: Self) {
        self.lines += other.lines;
        for (list, more) in [
            (&mut self.missing, other.missing),
            (&mut self.superfluous, other.superfluous),
            (&mut self.different, other.different),
        ] {
            list.extend(more);
            list.truncate(EXAMPLES);
        }
    }

    /// Compares two sets of lines by key. Keys, not contents, appear in the result: it may be printed.
    pub fn between<Key: Ord + Debug, Line: PartialEq>(
        live: BTreeMap<Key, Line>,
        mut rebuilt: BTreeMap<Key, Line>,
    ) -> Self {
        let mut difference = Self { lines: rebuilt.len() as u64, ..Self::default() };
        let keep = |list: &mut Vec<String>, key: &Key| {
            if list.len() < EXAMPLES {
                list.push(format!("{key:?}"));
            }
        };
        for (key, line) in live {
            match rebuilt.remove(&key) {
                None => keep(&mut difference.superfluous, &key),
                Some(wanted) if wanted != line => keep(&mut difference.different, &key),
                Some(_) => {}
            }
        }
        for key in rebuilt.keys() {
            keep(&mut difference.missing, key);
        }
        difference
    }
}
