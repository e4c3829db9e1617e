//! Who holds the posts: fictitious names, and the posts that stay or fall vacant.

use std::collections::{BTreeMap, HashMap};

use base::{Date, Period};
use platform::{Actor, Platform};
use territory::import::{File, Mode};
use territory::posts::{PostState, Posts};
use territory::{AsOf, picture};

use crate::{Result, SEED, accounts, refuse_problems, synth, timeline};

/// First and last name of whoever holds a post, by its code. Two in three are women, as in the trade; those whose
/// account is shown all are, since their roles are written so.
pub(crate) fn holder(post: &str) -> String {
    let woman = accounts::is_shown(post) || !post.bytes().map(u32::from).sum::<u32>().is_multiple_of(3);
    let (first, last) = synth::fictitious_name(SEED, post, woman);
    format!("{} {}", capitalised(first), capitalised(&last))
}

/// « MARIE-LOU » becomes « Marie-Lou ».
fn capitalised(capitals: &str) -> String {
    let mut begins = true;
    let letter = |letter: char| {
        let written: String = if begins { letter.to_string() } else { letter.to_lowercase().collect() };
        begins = !letter.is_alphabetic();
        written
    };
    capitals.chars().map(letter).collect()
}

/// Fills the posts as they were when the département began to use Jonction, then lets holders leave, each departure
/// written down on its day. Done twice, it changes nothing.
pub(crate) async fn appoint(platform: &Platform, actor: &Actor) -> Result<()> {
    let adoption = timeline::ADOPTION;
    platform.clock.set(adoption.instant());
    let as_of = AsOf::now(&platform.clock);
    let (picture, posts) = (picture(platform, actor, as_of).await?, Posts::read(platform, actor, as_of).await?);
    let vacant: HashMap<String, Period> =
        territory::reference::vacancies().into_iter().map(|vacancy| (vacancy.post, vacancy.vacant)).collect();
    let mut lines = BTreeMap::new();
    let mut departures: BTreeMap<Date, Vec<String>> = BTreeMap::new();
    for post in posts.views(&picture) {
        if matches!(post.state, PostState::Closed | PostState::Planned) {
            continue;
        }
        let (from, name) = (post.opened_on, holder(post.code));
        match vacant.get(post.code) {
            // Never filled since it opened.
            Some(vacant) if vacant.from <= from => continue,
            Some(vacant) if vacant.from <= adoption.date() => {
                lines.insert(post.code.to_owned(), line(post.code, &name, from, Some(vacant.from)));
            }
            Some(vacant) => {
                lines.insert(post.code.to_owned(), line(post.code, &name, from, None));
                departures.entry(vacant.from).or_default().push(line(post.code, &name, from, Some(vacant.from)));
            }
            None => {
                lines.insert(post.code.to_owned(), line(post.code, &name, from, None));
            }
        }
    }
    // Departures written down by an earlier, interrupted start stay as they are.
    if posts.holders.all().next().is_none() {
        bring_in(platform, actor, "titulaires.csv", lines.into_values()).await?;
    }
    for (day, lines) in departures {
        if day > timeline::TODAY.date() {
            break;
        }
        platform.clock.set(timeline::departure(day).instant());
        bring_in(platform, actor, &format!("departs-{day}.csv"), lines.into_iter()).await?;
    }
    Ok(())
}

fn line(post: &str, name: &str, from: Date, to: Option<Date>) -> String {
    let to = to.map_or_else(String::new, |to| to.to_string());
    format!("{post},{name},{from},{to},hypothesis,hypothesis,Démonstration\u{a0}: personne fictive,\n")
}

async fn bring_in(platform: &Platform, actor: &Actor, name: &str, lines: impl Iterator<Item = String>) -> Result<()> {
    let header = "post,holder,valid_from,valid_to,certainty,dates_certainty,source,note\n".to_owned();
    let text: String = std::iter::once(header).chain(lines).collect();
    let file = File { name: name.to_owned(), bytes: text.into_bytes() };
    refuse_problems(&territory::import::run(platform, actor, &[file], Mode::Apply).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_on_a_door() {
        assert_eq!(capitalised("MARIE-LOU N’DIAYE"), "Marie-Lou N’Diaye");
        assert_eq!(capitalised("ÉLODIE"), "Élodie");
        assert_eq!(holder("ali-stains-cip-01"), holder("ali-stains-cip-01"));
        assert_ne!(holder("ali-stains-cip-01"), holder("ali-stains-cip-02"));
    }
}
