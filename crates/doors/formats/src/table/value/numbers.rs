use base::Nir;

use super::super::Cell;
use super::{Read, said, without_blanks};

const EXPONENT: &str = "numéro abîmé par le tableur (notation scientifique), non repris";
const NO_NIR: &str = "NIR illisible, non repris";
const WRONG_KEY: &str = "clé du NIR fausse : le numéro ne sert pas au rapprochement";

/// A registration number, whose key is computed, never trusted. One with a wrong key is refused: it must not serve to
/// find anybody.
pub fn nir(cell: &Cell) -> Read<Nir> {
    let text = said!(cell);
    let compact: String = without_blanks(&text)
        .chars()
        .filter(|character| !matches!(character, '.' | '-'))
        .collect::<String>()
        .to_uppercase();
    if is_exponent(&compact) || text.contains(',') {
        return Read::Refused(EXPONENT);
    }
    let Ok(nir) = Nir::parse(&compact) else { return Read::Refused(NO_NIR) };
    let month: u8 = nir.as_str().get(3..5).and_then(|month| month.parse().ok()).unwrap_or(0);
    if !matches!(month, 1..=12 | 20..=42 | 50..=99) {
        return Read::Refused(NO_NIR);
    }
    match nir.key_matches(&compact) {
        Some(false) => Read::Refused(WRONG_KEY),
        Some(true) | None => Read::Value(nir),
    }
}

/// `2,90039E+12`, which a spreadsheet shows in place of a long number.
fn is_exponent(text: &str) -> bool {
    let Some((figures, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'+'));
    !figures.is_empty() && digits(figures) && !exponent.is_empty() && digits(exponent)
}

/// An identifier of another system: text, without the `.0` that a spreadsheet adds.
pub fn identifier(cell: &Cell) -> Read<String> {
    let text = without_blanks(&said!(cell));
    if is_exponent(&text) {
        return Read::Refused(EXPONENT);
    }
    let whole = text.strip_suffix(".0").filter(|whole| whole.bytes().all(|byte| byte.is_ascii_digit()));
    Read::Value(whole.map_or(text.clone(), str::to_owned))
}

const UNKNOWN_AFFILIATION: &str = "numéro d’allocataire d’une forme inattendue";

/// A CAF file number as compared: seven digits. It names a household, never a person. Another number (MSA) is kept as
/// it is, with a remark.
pub fn affiliation(cell: &Cell) -> Read<String> {
    const LENGTH: usize = 7;
    let text = match identifier(cell) {
        Read::Value(text) | Read::Doubtful(text, _) => text,
        other => return other,
    };
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Read::Doubtful(text, UNKNOWN_AFFILIATION);
    }
    let cut = |digits: &str| {
        let rest = digits.get(LENGTH..)?;
        rest.bytes().all(|byte| byte == b'0').then(|| digits[..LENGTH].to_owned())
    };
    let stripped = text.trim_start_matches('0');
    if text.len() < LENGTH {
        return Read::Value(format!("{text:0>LENGTH$}"));
    }
    match cut(&text).or_else(|| cut(stripped)) {
        Some(number) => Read::Value(number),
        None => Read::Doubtful(text, UNKNOWN_AFFILIATION),
    }
}

/// The codes of a cell: « 0401 », « 0402 ; 0405 », « 0901 - Propriétaire », `901` whose zero was lost. Each is as long
/// as `length` when it is made of digits only; anything else is kept as written.
pub fn codes(cell: &Cell, length: usize) -> Read<Vec<String>> {
    let text = said!(cell);
    let mut codes: Vec<String> = Vec::new();
    let mut restored = false;
    for piece in text.split([';', ',', '|', '/', '\n']).map(str::trim).filter(|piece| !piece.is_empty()) {
        // Several codes with blanks between, or a code followed by its label.
        let words: Vec<&str> = piece.split_whitespace().collect();
        let digits = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        let taken: &[&str] =
            if words.iter().all(|word| digits(word)) || !digits(words[0]) { &words } else { &words[..1] };
        if taken.iter().any(|word| digits(word)) {
            for word in taken {
                restored |= word.len() < length;
                codes.push(format!("{word:0>length$}"));
            }
        } else {
            codes.push(piece.to_owned());
        }
    }
    let mut distinct: Vec<String> = Vec::with_capacity(codes.len());
    for code in codes {
        let bare = code.strip_suffix(".0").map_or(code.clone(), str::to_owned);
        if !distinct.contains(&bare) {
            distinct.push(bare);
        }
    }
    match (distinct.is_empty(), restored) {
        (true, _) => Read::Empty,
        (false, true) => Read::Doubtful(distinct, "zéro initial du code rétabli"),
        (false, false) => Read::Value(distinct),
    }
}
