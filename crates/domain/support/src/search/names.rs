use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use base::Id;
use db::Db;
use facts::Tenant;

use super::store;

/// The dictionary of name words of the tenants, shared by all requests and brought up to date before each
/// search (words are only ever added).
#[derive(Clone, Default)]
pub struct Names(Arc<RwLock<HashMap<Id<Tenant>, Dictionary>>>);

#[derive(Default)]
struct Dictionary {
    words: Vec<(i64, String)>,
    last: i64,
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
            dictionary.words.extend(news.into_iter().filter(|(id, _)| *id > known));
            dictionary.last = dictionary.last.max(last);
        }
        Ok(())
    }

    pub(super) fn candidates(&self, tenant: Id<Tenant>, typed: &str) -> Vec<Candidate> {
        let dictionaries = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Some(dictionary) = dictionaries.get(&tenant) else { return Vec::new() };
        let mut found: Vec<Candidate> = dictionary
            .words
            .iter()
            .filter_map(|(word, text)| {
                distance(typed, text).map(|distance| Candidate { distance, length: text.len(), word: *word })
            })
            .collect();
        found.sort_unstable();
        found.truncate(CANDIDATES);
        found
    }
}

/// How far a word of the dictionary is from what was typed; `None` when too far.
pub(super) fn distance(typed: &str, word: &str) -> Option<u8> {
    if word == typed {
        return Some(0);
    }
    if word.starts_with(typed) {
        return Some(1);
    }
    if typed.len() >= 3 && word.contains(typed) {
        return Some(2);
    }
    let slips = match typed.len() {
        0..=3 => return None,
        4..=7 => 1,
        _ => 2,
    };
    if word.len().abs_diff(typed.len()) > slips {
        return None;
    }
    // Optimal string alignment: an exchange of two neighbours is one slip.
    let slips_made = strsim::osa_distance(typed, word);
    (slips_made <= slips).then_some(if slips_made == 1 { 3 } else { 4 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words() {
        for (typed, word, wanted) in [
            ("diallo", "diallo", Some(0)),
            ("dial", "diallo", Some(1)),
            ("allo", "diallo", Some(2)),
            ("dialo", "diallo", Some(3)),
            ("dilalo", "diallo", Some(3)),
            ("mohammed", "mohamed", Some(3)),
            ("sivakumaran", "shivakumarane", Some(4)),
            ("di", "ndiaye", None),
            ("cat", "cab", None),
            ("traore", "toure", None),
        ] {
            assert_eq!(distance(typed, word), wanted, "{typed} {word}");
        }
    }
}
