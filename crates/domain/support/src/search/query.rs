use base::{Date, Nir, Phone, fold, words};

/// What somebody typed, understood.
#[derive(Clone, PartialEq, Debug)]
pub enum Query {
    /// Words of a name, folded, in any order.
    Name(Vec<String>),
    BirthDate(Date),
    /// The seven digits of a file number.
    FileNumber(String),
    ClaimNumber(String),
    Phone(Phone),
    Nir(Nir),
}

/// Why nothing was searched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum QueryError {
    #[error("tapez au moins deux lettres d’un nom, une date de naissance, un numéro ou un téléphone")]
    TooShort,
    #[error(
        "ce nombre n’est ni un numéro de dossier (7 chiffres), ni une demande de RSA (11), ni un téléphone (10), ni un NIR (13 ou 15)"
    )]
    UnknownNumber,
}

impl Query {
    /// Words of a name at most: the rest narrows nothing.
    const WORDS: usize = 4;

    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let text = text.trim();
        if let Some(date) = date(text) {
            return Ok(Self::BirthDate(date));
        }
        let compact: String = text.chars().filter(|c| !c.is_whitespace() && !".-/".contains(*c)).collect();
        let digits = compact.bytes().filter(u8::is_ascii_digit).count();
        if digits >= 5 && compact.len() - digits <= 2 {
            return number(text, &compact);
        }
        let folded = fold(text);
        let mut found: Vec<String> = Vec::new();
        for word in words(&folded) {
            if !found.iter().any(|known| known == word) {
                found.push(word.to_owned());
            }
        }
        // The longest words say most.
        found.sort_by_key(|word| std::cmp::Reverse(word.len()));
        found.truncate(Self::WORDS);
        if found.iter().map(String::len).max().unwrap_or(0) < 2 {
            return Err(QueryError::TooShort);
        }
        Ok(Self::Name(found))
    }
}

fn number(text: &str, compact: &str) -> Result<Query, QueryError> {
    if let Ok(nir) = Nir::parse(compact) {
        return Ok(Query::Nir(nir));
    }
    match compact.len() {
        7 | 15 if compact.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Query::FileNumber(compact[..7].to_owned())),
        11 if compact.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Query::ClaimNumber(compact.to_owned())),
        _ => Phone::parse(text).map(Query::Phone).map_err(|_| QueryError::UnknownNumber),
    }
}

/// `15/03/1990`, `15.3.1990`, `15 03 90` is not a date (two-digit years say too little), `1990-03-15`.
fn date(text: &str) -> Option<Date> {
    if let Ok(date) = text.parse() {
        return Some(date);
    }
    let parts: Vec<i16> = text.split(['/', '.', '-', ' ']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts[..] {
        [day, month, year] if year >= 1900 => Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn understands_what_people_type() {
        let name = |words: &[&str]| Ok(Query::Name(words.iter().map(|word| (*word).to_owned()).collect()));
        for (text, wanted) in [
            ("15/03/1990", Ok(Query::BirthDate(date(1990, 3, 15)))),
            ("5.3.1990", Ok(Query::BirthDate(date(1990, 3, 5)))),
            ("1990-03-15", Ok(Query::BirthDate(date(1990, 3, 15)))),
            ("0912345", Ok(Query::FileNumber("0912345".to_owned()))),
            ("091234500000000", Ok(Query::FileNumber("0912345".to_owned()))),
            ("00000001093", Ok(Query::ClaimNumber("00000001093".to_owned()))),
            ("06 12 34 56 78", Ok(Query::Phone(Phone::parse("0612345678").unwrap()))),
            ("+33 6 12 34 56 78", Ok(Query::Phone(Phone::parse("0612345678").unwrap()))),
            ("2 90 03 93 999 001", Ok(Query::Nir(Nir::parse("2900393999001").unwrap()))),
            ("Béjaïa d'Almeida", name(&["almeida", "bejaia", "d"])),
            ("diallo  Diallo", name(&["diallo"])),
            ("x", Err(QueryError::TooShort)),
            ("  ", Err(QueryError::TooShort)),
            ("123456", Err(QueryError::UnknownNumber)),
            ("32/13/1990", Err(QueryError::UnknownNumber)),
        ] {
            assert_eq!(Query::parse(text), wanted, "{text}");
        }
    }
}
