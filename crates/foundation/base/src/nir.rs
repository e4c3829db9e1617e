use std::fmt;

/// Registration number of the *répertoire national d'identification des personnes physiques*:
/// 13 characters, whose 2-digit key is computed, never trusted (the CAF feed sends it without one).
///
/// Shown in full only by [`Nir::as_str`], which callers guard by a permit; `Debug` hides it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nir(String);

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NirError {
    #[error("le NIR compte 13 caractères, ou 15 avec sa clé")]
    Length,
    #[error("le NIR ne contient que des chiffres (hors 2A et 2B pour la Corse)")]
    Character,
    #[error("le premier chiffre du NIR est 1, 2, 3, 4, 7 ou 8")]
    Sex,
}

impl Nir {
    /// Reads 13 characters, or 15 whose last two are ignored here (see [`Nir::key_matches`]).
    /// Blanks are allowed anywhere.
    pub fn parse(text: &str) -> Result<Self, NirError> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        if compact.len() != 13 && compact.len() != 15 {
            return Err(NirError::Length);
        }
        let body = compact.get(..13).ok_or(NirError::Character)?;
        let well_formed = body.bytes().enumerate().all(|(position, byte)| {
            byte.is_ascii_digit() || (position == 6 && matches!(byte, b'A' | b'B') && body.as_bytes()[5] == b'2')
        });
        if !well_formed {
            return Err(NirError::Character);
        }
        if !matches!(body.as_bytes()[0], b'1'..=b'4' | b'7' | b'8') {
            return Err(NirError::Sex);
        }
        Ok(Self(body.to_owned()))
    }

    /// The 13 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Key of 1 to 97: 97 − (number mod 97), Corsica counted as 19 (2A) and 18 (2B).
    pub fn key(&self) -> u8 {
        let digits = self.0.replacen("2A", "19", 1);
        let digits = if digits == self.0 { self.0.replacen("2B", "18", 1) } else { digits };
        let remainder = digits.bytes().fold(0u32, |sum, byte| (sum * 10 + u32::from(byte - b'0')) % 97);
        u8::try_from(97 - remainder).expect("97 minus a remainder of 97 fits")
    }

    /// Whether a text of 15 characters carries the right key; `None` when it carries none.
    pub fn key_matches(&self, text: &str) -> Option<bool> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        compact.get(13..15).map(|key| key.parse() == Ok(self.key()))
    }
}

impl fmt::Debug for Nir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nir(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_fictitious_numbers() {
        for (number, key) in [
            ("1850593066123", 78),
            ("2900199350456", 16),
            ("178032A004012", 90),
            ("284112B033007", 6),
            ("1010193008001", 75),
        ] {
            let nir = Nir::parse(number).unwrap();
            assert_eq!(nir.key(), key, "{number}");
            assert_eq!(nir.key_matches(number), None);
            assert_eq!(nir.key_matches(&format!("{number}{key:02}")), Some(true));
            assert_eq!(nir.key_matches(&format!("{number}{:02}", key + 1)), Some(false));
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        assert_eq!(Nir::parse("185059306612"), Err(NirError::Length));
        assert_eq!(Nir::parse("18505930661A3"), Err(NirError::Character));
        assert_eq!(Nir::parse("9850593066123"), Err(NirError::Sex));
        assert_eq!(Nir::parse("é85059306612"), Err(NirError::Character));
        assert_eq!(Nir::parse("1 85 05 93 066 123 78").map(|nir| nir.as_str().to_owned()).unwrap(), "1850593066123");
        assert!(!format!("{:?}", Nir::parse("1850593066123").unwrap()).contains("1850593"));
    }
}
