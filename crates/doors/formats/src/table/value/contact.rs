use base::{Email, Phone};

use super::super::Cell;
use super::{Read, said, without_blanks};

/// The telephones of a cell.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Phones {
    pub numbers: Vec<Phone>,
    /// What stood in brackets: whose number it is. Nobody is called before an agent has looked.
    pub comment: Option<String>,
}

impl Phones {
    /// The first mobile, else the first.
    pub fn preferred(&self) -> Option<&Phone> {
        let mobile = |phone: &&Phone| {
            let digits = national(phone);
            phone.as_str().starts_with("+33") && matches!(digits.as_bytes().first(), Some(b'6' | b'7'))
                || matches!(digits.get(..3), Some("690" | "691" | "692" | "693" | "694" | "696" | "697" | "639"))
        };
        self.numbers.iter().find(mobile).or(self.numbers.first())
    }
}

const ZERO_LOST: &str = "zéro initial du téléphone rétabli";
const NO_PHONE: &str = "téléphone illisible, non repris";
const COMMENTED: &str = "téléphone accompagné d’une remarque : à vérifier avant tout appel";

/// First digits of overseas numbers, with the code of their country. The list may grow with the numbering plan.
const OVERSEAS: &[(&str, &str)] = &[
    ("0590", "590"),
    ("0690", "590"),
    ("0691", "590"),
    ("0594", "594"),
    ("0694", "594"),
    ("0596", "596"),
    ("0696", "596"),
    ("0697", "596"),
    ("0262", "262"),
    ("0263", "262"),
    ("0692", "262"),
    ("0693", "262"),
    ("0269", "262"),
    ("0639", "262"),
];
/// Kept for films and books: never overseas, though it begins like a number of Mayotte.
const FICTION: &str = "063998";

/// The telephones of a cell: structure only, never the list of numbers given out. A bad telephone blocks nothing.
pub fn phones(cell: &Cell) -> Read<Phones> {
    let text = said!(cell);
    let (text, comment) = commented(&text);
    let separated = text.to_lowercase().replace(" ou ", ";").replace(['\n', '\r', ','], ";");
    let mut numbers = Vec::new();
    let mut remark = None;
    for piece in separated.split(';').map(str::trim).filter(|piece| !piece.is_empty()) {
        for digits in pieces(piece) {
            match one(&digits) {
                Some((phone, zero_lost)) => {
                    numbers.push(phone);
                    remark = remark.or(zero_lost.then_some(ZERO_LOST));
                }
                None => return Read::Refused(NO_PHONE),
            }
        }
    }
    if numbers.is_empty() {
        return Read::Refused(NO_PHONE);
    }
    let remark = if comment.is_some() { Some(COMMENTED) } else { remark };
    let phones = Phones { numbers, comment };
    remark.map_or(Read::Value(phones.clone()), |remark| Read::Doubtful(phones, remark))
}

/// What stands in brackets, but for the `(0)` of international numbers.
fn commented(text: &str) -> (String, Option<String>) {
    let text = text.replace("(0)", "");
    match (text.find('('), text.rfind(')')) {
        (Some(from), Some(to)) if from < to => {
            let comment = text[from + 1..to].trim().to_owned();
            (format!("{}{}", &text[..from], &text[to + 1..]), Some(comment).filter(|comment| !comment.is_empty()))
        }
        _ => (text, None),
    }
}

/// Digits (and a leading plus) of one number; twenty digits in a row are two numbers.
fn pieces(text: &str) -> Vec<String> {
    let bare: String = without_blanks(text).chars().filter(|character| !matches!(character, '.' | '-' | '/')).collect();
    let digits = bare.bytes().all(|byte| byte.is_ascii_digit());
    if digits && bare.len() == 20 {
        return vec![bare[..10].to_owned(), bare[10..].to_owned()];
    }
    vec![bare]
}

/// The number, and whether its first zero had to be put back.
fn one(bare: &str) -> Option<(Phone, bool)> {
    let digits = bare.strip_prefix('+').unwrap_or(bare);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let international = if bare.starts_with('+') { Some(digits) } else { digits.strip_prefix("00") };
    if let Some(number) = international {
        let french = number.strip_prefix("33").map(|rest| rest.strip_prefix('0').unwrap_or(rest));
        return match french {
            Some(rest) if rest.len() == 9 && !rest.starts_with('0') => phone(&format!("33{rest}"), false),
            Some(_) => None,
            None if (8..=15).contains(&number.len()) && !number.starts_with('0') => phone(number, false),
            None => None,
        };
    }
    match (digits.len(), digits.starts_with('0')) {
        (10, true) if !digits.starts_with("00") => phone(&national_to_international(digits), false),
        (11, false) if digits.starts_with("33") && !digits[2..].starts_with('0') => phone(digits, false),
        (9, false) => phone(&national_to_international(&format!("0{digits}")), true),
        _ => None,
    }
}

fn national_to_international(digits: &str) -> String {
    let country = OVERSEAS
        .iter()
        .find(|(prefix, _)| digits.starts_with(prefix) && !digits.starts_with(FICTION))
        .map_or("33", |(_, country)| country);
    format!("{country}{}", &digits[1..])
}

fn phone(international: &str, zero_lost: bool) -> Option<(Phone, bool)> {
    Phone::parse(&format!("+{international}")).ok().map(|phone| (phone, zero_lost))
}

fn national(phone: &Phone) -> &str {
    let digits = phone.as_str().trim_start_matches('+');
    digits.get(digits.len().saturating_sub(9)..).unwrap_or(digits)
}

/// Whether two telephones are the same: French and overseas ones by their last nine digits.
pub fn same_phone(a: &Phone, b: &Phone) -> bool {
    let french = |phone: &Phone| {
        ["+33", "+590", "+594", "+596", "+262"].iter().any(|country| phone.as_str().starts_with(country))
    };
    a == b || (french(a) && french(b) && national(a) == national(b))
}

const NO_EMAIL: &str = "adresse électronique illisible, non reprise";
const SEVERAL_EMAILS: &str = "plusieurs adresses électroniques : la première est prise";
const PLACEHOLDER: &str = "adresse électronique de remplissage, non reprise";

/// The e-mail address of a cell, in lower case.
pub fn email(cell: &Cell) -> Read<Email> {
    let text = said!(cell).to_lowercase();
    if matches!(text.as_str(), "aucun" | "aucune" | "non" | "sans") {
        return Read::Refused(PLACEHOLDER);
    }
    let mut found = text.split([';', ',', ' ', '\n', '\t']).filter(|part| !part.is_empty());
    let Some(first) = found.next() else { return Read::Empty };
    let several = found.next().is_some();
    let address: String = without_blanks(first).chars().filter(|character| !matches!(character, '<' | '>')).collect();
    let address = address.strip_prefix("mailto:").unwrap_or(&address);
    if is_placeholder(address) {
        return Read::Refused(PLACEHOLDER);
    }
    let well_formed = address.is_ascii()
        && address.rsplit_once('@').is_some_and(|(local, domain)| {
            let last = domain.rsplit('.').next().unwrap_or_default();
            !local.starts_with('.')
                && !local.contains("..")
                && last.len() >= 2
                && last.bytes().all(|byte| byte.is_ascii_alphabetic())
        });
    match Email::parse(address).ok().filter(|_| well_formed) {
        Some(email) if several => Read::Doubtful(email, SEVERAL_EMAILS),
        Some(email) => Read::Value(email),
        None => Read::Refused(NO_EMAIL),
    }
}

/// `x@x.x` and the like: one letter, again and again.
fn is_placeholder(address: &str) -> bool {
    let letters: Vec<char> = address.chars().filter(|character| character.is_alphanumeric()).collect();
    letters.len() >= 2 && letters.iter().all(|letter| *letter == letters[0])
}
