use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use base::Id;
use db::Db;
use facts::Tenant;
use memchr::memmem;

use super::near::{Letters, Typed};
use super::store;

/// The dictionary of name words of the tenants, shared by all requests and brought up to date before each
/// search (words are only ever added).
#[derive(Clone, Default)]
pub struct Names(Arc<RwLock<HashMap<Id<Tenant>, Dictionary>>>);

/// The words one after the other, so that one pass over few bytes finds those that hold what was typed, and what is
/// looked at first of each word lies together.
struct Dictionary {
    /// Every word between two line ends.
    text: String,
    /// Where each word begins in `text`; the last is where the next one will.
    starts: Vec<usize>,
    ids: Vec<i64>,
    letters: Vec<Letters>,
    last: i64,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self { text: "\n".to_owned(), starts: vec![1], ids: Vec::new(), letters: Vec::new(), last: 0 }
    }
}

impl Dictionary {
    fn add(&mut self, id: i64, word: &str) {
        self.text.push_str(word);
        self.text.push('\n');
        self.starts.push(self.text.len());
        self.ids.push(id);
        self.letters.push(Letters::of(word));
    }

    fn word(&self, number: usize) -> &str {
        &self.text[self.starts[number]..self.starts[number + 1] - 1]
    }

    /// The words within reach of what was typed, the nearest first.
    fn candidates(&self, typed: &Typed<'_>) -> Vec<Candidate> {
        let candidate =
            |number: usize, distance| Candidate { distance, length: self.word(number).len(), word: self.ids[number] };
        let mut found = Vec::new();
        let mut seen = None;
        for place in memmem::find_iter(self.text.as_bytes(), typed.word) {
            let number = self.starts.partition_point(|start| *start <= place) - 1;
            // A word may hold it twice.
            if seen.replace(number) != Some(number)
                && let Some(distance) = typed.held(self.word(number))
            {
                found.push(candidate(number, distance));
            }
        }
        if typed.slips() > 0 {
            let letters = Letters::of(typed.word);
            for (number, _) in
                self.letters.iter().enumerate().filter(|(_, other)| letters.may_be(**other, typed.slips()))
            {
                let word = self.word(number);
                if let Some(distance) = typed.nearly(word).filter(|_| !word.contains(typed.word)) {
                    found.push(candidate(number, distance));
                }
            }
        }
        found.sort_unstable();
        found.truncate(CANDIDATES);
        found
    }
}

/// A word of the dictionary that what was typed may stand for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Candidate {
    /// 0 the same, 1 begins so, 2 holds it, 3 one slip, 4 two slips.
    pub(super) distance: u8,
    length: usize,
    pub(super) word: i64,
}

/// Words kept for one typed word: a longer list would say "almost anything".
pub(super) const CANDIDATES: usize = 64;

impl Names {
    pub(super) async fn refresh(&self, db: &Db, tenant: Id<Tenant>) -> db::Result<()> {
        let last =
            self.0.read().unwrap_or_else(PoisonError::into_inner).get(&tenant).map_or(0, |dictionary| dictionary.last);
        let news = store::words_after(db, tenant, last).await?;
        if let Some((last, _)) = news.last() {
            let last = *last;
            let mut dictionaries = self.0.write().unwrap_or_else(PoisonError::into_inner);
            let dictionary = dictionaries.entry(tenant).or_default();
            // Another request may have brought them in meanwhile.
            let known = dictionary.last;
            for (id, word) in news.iter().filter(|(id, _)| *id > known) {
                dictionary.add(*id, word);
            }
            dictionary.last = dictionary.last.max(last);
        }
        Ok(())
    }

    pub(super) fn candidates(&self, tenant: Id<Tenant>, typed: &str) -> Vec<Candidate> {
        let dictionaries = self.0.read().unwrap_or_else(PoisonError::into_inner);
        dictionaries.get(&tenant).map(|dictionary| dictionary.candidates(&Typed::new(typed))).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What the two passes find is what looking at each word finds.
        #[test]
        fn no_word_is_passed_over(words in proptest::collection::btree_set("[abcé]{1,9}", 0..60), typed in "[abcé]{1,9}") {
            let mut dictionary = Dictionary::default();
            for (id, word) in (1..).zip(&words) {
                dictionary.add(id, word);
            }
            let typed = Typed::new(&typed);
            let mut wanted: Vec<Candidate> = (1..)
                .zip(&words)
                .filter_map(|(word, text)| {
                    typed.distance(text).map(|distance| Candidate { distance, length: text.len(), word })
                })
                .collect();
            wanted.sort_unstable();
            prop_assert_eq!(dictionary.candidates(&typed), wanted);
        }
    }
}
