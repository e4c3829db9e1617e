use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a typed value was refused, in the words shown beside the field.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct ParseError(pub &'static str);

macro_rules! text_value {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_value! {
    /// An e-mail address, trimmed and in lower case. Only the shape is checked: one `@`, a domain with a dot.
    Email
}
text_value! {
    /// A telephone number as international digits, `+33612345678`.
    Phone
}
text_value! {
    /// A SIRET: 14 digits with a valid Luhn key (La Poste's own exception included).
    Siret
}

impl Email {
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let address = text.trim().to_lowercase();
        let shape = address.split_once('@').is_some_and(|(name, domain)| {
            let labels = domain.split('.').count() > 1 && domain.split('.').all(|label| !label.is_empty());
            !name.is_empty() && labels && !domain.contains('@')
        });
        let clean = !address.chars().any(|c| c.is_whitespace() || c.is_control() || ",;<>\"".contains(c));
        if shape && clean && address.len() <= 254 {
            Ok(Self(address))
        } else {
            Err(ParseError("l’adresse électronique doit ressembler à nom@exemple.fr"))
        }
    }
}

impl Phone {
    /// Reads French numbers as people and files write them (`06 12…`, `+33…`, `0033…`, the leading
    /// zero lost by a spreadsheet) and international numbers beginning with `+` or `00`.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        const REFUSED: ParseError =
            ParseError("le numéro de téléphone compte dix chiffres, par exemple 06 12 34 56 78");
        let trimmed = text.trim();
        if trimmed.chars().any(|c| !(c.is_ascii_digit() || " .-/()+\u{a0}\u{202f}".contains(c))) {
            return Err(REFUSED);
        }
        let digits: String = trimmed.chars().filter(char::is_ascii_digit).collect();
        let international =
            if trimmed.starts_with('+') { Some(digits.clone()) } else { digits.strip_prefix("00").map(str::to_owned) };
        let number = match international {
            Some(number) => match number.strip_prefix("33") {
                Some(national) => format!("33{}", national.strip_prefix('0').unwrap_or(national)),
                None => number,
            },
            None if digits.len() == 10 && digits.starts_with('0') => format!("33{}", &digits[1..]),
            None if digits.len() == 9 && !digits.starts_with('0') => format!("33{digits}"),
            None => return Err(REFUSED),
        };
        let plausible = if number.starts_with("33") { number.len() == 11 } else { (8..=15).contains(&number.len()) };
        if plausible { Ok(Self(format!("+{number}"))) } else { Err(REFUSED) }
    }
}

impl Siret {
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ParseError("le SIRET compte quatorze chiffres"));
        }
        let luhn: u32 = digits
            .bytes()
            .enumerate()
            .map(|(position, byte)| {
                let value = u32::from(byte - b'0') * if position % 2 == 0 { 2 } else { 1 };
                if value > 9 { value - 9 } else { value }
            })
            .sum();
        let plain_sum: u32 = digits.bytes().map(|byte| u32::from(byte - b'0')).sum();
        let la_poste = digits.starts_with("356000000") && plain_sum.is_multiple_of(5);
        if luhn.is_multiple_of(10) || la_poste {
            Ok(Self(digits))
        } else {
            Err(ParseError("ce SIRET n’est pas valide : un chiffre est faux"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_as_written() {
        for text in
            ["06 12 34 56 78", "0612345678", "612345678", "+33 6 12 34 56 78", "0033612345678", "+33 (0)6.12.34.56.78"]
        {
            assert_eq!(Phone::parse(text).unwrap().as_str(), "+33612345678", "{text}");
        }
        assert_eq!(Phone::parse("+213 555 12 34 56").unwrap().as_str(), "+213555123456");
        for text in ["", "12", "06 12 34 56", "06 12 34 56 7A", "061234567890"] {
            assert!(Phone::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn emails_and_sirets() {
        assert_eq!(Email::parse(" Anne.Fictive@Exemple.FR ").unwrap().as_str(), "anne.fictive@exemple.fr");
        for text in ["", "anne", "anne@", "anne@exemple", "@exemple.fr", "a b@exemple.fr", "a@b@c.fr"] {
            assert!(Email::parse(text).is_err(), "{text}");
        }
        assert!(Siret::parse("732 829 320 00074").is_ok());
        assert!(Siret::parse("73282932000075").is_err());
        assert!(Siret::parse("1234").is_err());
    }
}
