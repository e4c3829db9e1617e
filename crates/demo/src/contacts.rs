//! How people can be reached: invented numbers and addresses for most adults.

use base::{Email, Id, Phone, fold, words};
use platform::{Actor, Platform};
use support::person::{self, Card, Contact, ListRequest, Person};

use crate::{Result, SEED};

/// People read and written together.
const PAGE: usize = 500;

/// Beginnings that the numbering plan keeps for films and books (Arcep, décision n° 2018-0881): nobody answers there.
const FICTION: [&str; 6] = ["063998", "019900", "026191", "035301", "046571", "053649"];

/// Writes contacts for seven adults in ten.
pub(crate) async fn take_over(
    platform: &Platform,
    actor: &Actor,
    progress: &mut (impl FnMut(u64) + Send),
) -> Result<()> {
    let mut request = ListRequest { page_size: PAGE, ..ListRequest::default() };
    let mut done = 0;
    loop {
        let page = person::list(platform, actor, &request).await?;
        let contacts: Vec<(Id<Person>, Contact)> =
            page.cards.iter().filter_map(|card| Some((card.person, contact(card)?))).collect();
        person::take_over_contacts(platform, actor, &contacts).await?;
        done += page.cards.len() as u64;
        progress(done);
        match page.next {
            Some(next) => request.cursor = Some(next),
            None => return Ok(()),
        }
    }
}

/// The same person always has the same.
fn contact(card: &Card) -> Option<Contact> {
    let drawn = drawn_for(&format!("{} {}", card.sort_name, card.birth_date), 0);
    if drawn % 10 >= 7 {
        return None;
    }
    let number = drawn / 10 % 60_000;
    let begins = FICTION[usize::try_from(number / 10_000).unwrap_or(0) % FICTION.len()];
    let phone = Phone::parse(&format!("{begins}{:04}", number % 10_000)).ok();
    let name = format!("{} {}", card.first_name, card.usual_name);
    let name: Vec<String> = words(&fold(&name)).map(str::to_owned).collect();
    let email = Email::parse(&format!("{}.{}@courriel.example", name.join("."), drawn % 97))
        .ok()
        .filter(|_| !drawn.is_multiple_of(3));
    Some(Contact { phone, email })
}

/// Drawn anew until a small demonstration, too, has somebody on each list of a morning.
const LUCK: u64 = 13 << 48;

/// A number for somebody, always the same whatever number their file bears; another one for each `turn`.
pub(crate) fn drawn_for(who: &str, turn: u64) -> u64 {
    who.bytes().fold(mixed(SEED ^ LUCK ^ turn << 32), |drawn, byte| mixed(drawn ^ u64::from(byte)))
}

/// Spreads consecutive numbers (the last step of SplitMix64).
pub(crate) const fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}
