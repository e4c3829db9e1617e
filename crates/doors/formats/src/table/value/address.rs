use super::super::Cell;
use super::{Read, said};

/// Postcode and name of the town, as written in an address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Town {
    pub postcode: String,
    pub name: String,
}

/// The town of a whole address: the last five digits that a letter follows (« APT 10203 » and « BP 12345 » come
/// before).
pub fn address(cell: &Cell) -> Read<Town> {
    let text = said!(cell);
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_postcode = |word: &str| word.len() == 5 && word.bytes().all(|byte| byte.is_ascii_digit());
    let found = words
        .windows(2)
        .rposition(|pair| is_postcode(pair[0]) && pair[1].chars().next().is_some_and(char::is_alphabetic));
    match found {
        Some(at) => Read::Value(Town { postcode: words[at].to_owned(), name: words[at + 1..].join(" ") }),
        None => Read::Refused("aucun code postal dans l’adresse"),
    }
}

/// A cell that holds a postcode alone; a spreadsheet takes the zero of « 01000 » away.
pub fn postcode(cell: &Cell) -> Read<String> {
    let text = said!(cell);
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match (digits, text.len()) {
        (true, 5) if !text.starts_with("00") => Read::Value(text),
        (true, 4) => Read::Doubtful(format!("0{text}"), "zéro initial du code postal rétabli"),
        _ => Read::Refused("code postal illisible"),
    }
}
