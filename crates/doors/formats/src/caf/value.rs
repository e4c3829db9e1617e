//! The types of the schema: what a value must look like (XML Schema 1.0, part 2), and its reading.

use jiff::civil::{Date, Time};

use super::schema::Content;

/// A checked value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    /// Text, integer or decimal, as written.
    Text(&'a str),
    /// `None` for a date that the calendar of the product cannot hold (year above 9999).
    Date(Option<Date>),
    Time(Time),
    Boolean(bool),
}

/// Why a value does not fit its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Misfit {
    TooLong {
        max: usize,
        length: usize,
    },
    ControlCharacter,
    NotInteger,
    NotDecimal,
    TooManyDigits {
        max: usize,
    },
    TooManyDecimals {
        max: usize,
    },
    NotDate,
    NotTime,
    NotBoolean,
    /// A date the product cannot hold.
    BeyondCalendar,
}

impl Misfit {
    /// What is wrong and how to mend it, in French, without the value itself.
    pub(super) fn explain(&self) -> String {
        match self {
            Self::TooLong { max, length } => {
                format!("valeur trop longue : {length} caractères, {max} au plus (les espaces comptent)")
            }
            Self::ControlCharacter => {
                "caractère de contrôle interdit en XML : le retirer ou le remplacer par une espace".to_owned()
            }
            Self::NotInteger => {
                "nombre entier attendu (chiffres seulement) ; si la valeur est inconnue, omettre l’élément".to_owned()
            }
            Self::NotDecimal => "montant attendu, avec un point comme séparateur (exemple : 746.67)".to_owned(),
            Self::TooManyDigits { max } => {
                format!("trop de chiffres : {max} au plus, sans compter les zéros à gauche")
            }
            Self::TooManyDecimals { max } => format!("trop de décimales : {max} au plus"),
            Self::NotDate => {
                "date attendue sous la forme AAAA-MM-JJ (exemple : 2026-09-30) ; si elle est inconnue, omettre l’élément"
                    .to_owned()
            }
            Self::BeyondCalendar => "année au-delà de 9999 : corriger la date".to_owned(),
            Self::NotTime => "heure attendue sous la forme HH:MM:SS, secondes comprises (exemple : 01:18:36)".to_owned(),
            Self::NotBoolean => {
                "0, 1, false ou true attendu ; si la valeur est inconnue, omettre l’élément".to_owned()
            }
        }
    }
}

/// Checks a value against its type. A block has no value: its text is checked by the caller.
pub(super) fn check(content: Content, text: &str) -> Result<Value<'_>, Misfit> {
    match content {
        Content::Block(_) => Ok(Value::Text("")),
        Content::Text(max) => {
            if text.len() > max {
                let length = text.chars().count();
                if length > max {
                    return Err(Misfit::TooLong { max, length });
                }
            }
            if text.bytes().any(|byte| byte < b' ' && !is_blank(byte)) {
                return Err(Misfit::ControlCharacter);
            }
            Ok(Value::Text(text))
        }
        Content::Integer(max) => integer(collapse(text), max).map(Value::Text),
        Content::Decimal(total, fraction) => decimal(collapse(text), total, fraction).map(Value::Text),
        Content::Date => date(collapse(text)).map(Value::Date).ok_or(Misfit::NotDate),
        Content::Time => time(collapse(text)).map(Value::Time).ok_or(Misfit::NotTime),
        Content::Boolean => match collapse(text) {
            "0" | "false" => Ok(Value::Boolean(false)),
            "1" | "true" => Ok(Value::Boolean(true)),
            _ => Err(Misfit::NotBoolean),
        },
    }
}

/// The blanks of XML.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Removes the blanks at both ends (XML Schema: `whiteSpace = collapse`; a blank inside is refused by every type).
fn collapse(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r'])
}

fn without_sign(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

fn all_digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

fn integer(text: &str, max: usize) -> Result<&str, Misfit> {
    let digits = without_sign(text);
    if digits.is_empty() || !all_digits(digits.as_bytes()) {
        return Err(Misfit::NotInteger);
    }
    if digits.len() > max && digits.trim_start_matches('0').len() > max {
        return Err(Misfit::TooManyDigits { max });
    }
    Ok(text)
}

fn decimal(text: &str, total: usize, fraction: usize) -> Result<&str, Misfit> {
    let unsigned = without_sign(text);
    let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    if whole.is_empty() && decimals.is_empty() || !all_digits(whole.as_bytes()) || !all_digits(decimals.as_bytes()) {
        return Err(Misfit::NotDecimal);
    }
    // The digits counted are those of the value: neither the zeros on the left nor those at the end.
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > fraction {
        return Err(Misfit::TooManyDecimals { max: fraction });
    }
    if whole.trim_start_matches('0').len() + decimals.len() > total {
        return Err(Misfit::TooManyDigits { max: total });
    }
    Ok(text)
}

/// The number written by exactly these digits.
fn number(bytes: &[u8]) -> Option<i8> {
    match bytes {
        [tens @ b'0'..=b'9', units @ b'0'..=b'9'] => Some(((tens - b'0') * 10 + (units - b'0')) as i8),
        _ => None,
    }
}

/// `Z`, `+hh:mm` or `-hh:mm` up to 14 hours, or nothing.
fn is_offset(bytes: &[u8]) -> bool {
    match bytes {
        [] | [b'Z'] => true,
        [b'+' | b'-', hour_tens, hour_units, b':', minute_tens, minute_units] => {
            match (number(&[*hour_tens, *hour_units]), number(&[*minute_tens, *minute_units])) {
                (Some(hours), Some(minutes)) => hours < 14 && minutes < 60 || hours == 14 && minutes == 0,
                _ => false,
            }
        }
        _ => false,
    }
}

/// `None`: not a date. `Some(None)`: a date, beyond what the product can hold.
#[expect(clippy::option_option, reason = "the two failures are of different kinds")]
fn date(text: &str) -> Option<Option<Date>> {
    let bytes = text.as_bytes();
    let negative = bytes.first() == Some(&b'-');
    let bytes = if negative { &bytes[1..] } else { bytes };
    let year_length = bytes.iter().position(|byte| !byte.is_ascii_digit())?;
    let (year, rest) = bytes.split_at(year_length);
    if year_length < 4 || year_length > 4 && year[0] == b'0' {
        return None;
    }
    let [b'-', month_tens, month_units, b'-', day_tens, day_units, offset @ ..] = rest else {
        return None;
    };
    let month = number(&[*month_tens, *month_units])?;
    let day = number(&[*day_tens, *day_units])?;
    if !is_offset(offset) {
        return None;
    }
    if year_length > 4 {
        let last = year.iter().rev().take(3).rev().fold(0i16, |sum, digit| sum * 10 + i16::from(digit - b'0'));
        // The calendar repeats every 400 years: a near year with the same month lengths says whether the day exists.
        let cycle = (u16::from(year[year_length - 4] - b'0') * 1000 + last.unsigned_abs()) % 400;
        return Date::new(2000 + cycle.cast_signed(), month, day).ok().map(|_| None);
    }
    let year = year.iter().fold(0i16, |sum, digit| sum * 10 + i16::from(digit - b'0'));
    if year == 0 {
        return None;
    }
    Date::new(if negative { -year } else { year }, month, day).ok().map(Some)
}

fn time(text: &str) -> Option<Time> {
    let [hour_tens, hour_units, b':', minute_tens, minute_units, b':', second_tens, second_units, rest @ ..] =
        text.as_bytes()
    else {
        return None;
    };
    let hour = number(&[*hour_tens, *hour_units])?;
    let minute = number(&[*minute_tens, *minute_units])?;
    let second = number(&[*second_tens, *second_units])?;
    let (nanoseconds, offset) = match rest {
        [b'.', decimals @ ..] => {
            let length = decimals.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(decimals.len());
            if length == 0 {
                return None;
            }
            let digits = decimals[..length].iter().copied().chain(std::iter::repeat(b'0')).take(9);
            (digits.fold(0i32, |sum, digit| sum * 10 + i32::from(digit - b'0')), &decimals[length..])
        }
        _ => (0, rest),
    };
    if !is_offset(offset) {
        return None;
    }
    // The end of a day is the beginning of the next one.
    if hour == 24 && minute == 0 && second == 0 && nanoseconds == 0 {
        return Some(Time::midnight());
    }
    Time::new(hour, minute, second, nanoseconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(content: Content, texts: &[&str]) {
        for text in texts {
            assert!(check(content, text).is_ok(), "{content:?} accepts {text:?}");
        }
    }

    fn refuses(content: Content, texts: &[&str]) {
        for text in texts {
            assert!(check(content, text).is_err(), "{content:?} refuses {text:?}");
        }
    }

    #[test]
    fn dates() {
        accepts(
            Content::Date,
            &["2026-01-01", "2024-02-29", "2000-02-29", "2026-01-01Z", "2026-01-01+14:00", "2026-01-01-05:30"],
        );
        accepts(Content::Date, &["12026-01-01", "-0001-01-01", " 2026-01-01\n", "123456789012-12-31", "12024-02-29"]);
        refuses(
            Content::Date,
            &["", "0000-01-01", "-0000-01-01", "012026-01-01", "2026-02-29", "1900-02-29", "12023-02-29"],
        );
        refuses(
            Content::Date,
            &["2026-1-01", "2026-01-01+14:01", "2026-01-01+15:00", "2026-01-01z", "2026-01-01+2:00"],
        );
        refuses(Content::Date, &["1985-00-00", "1985", "+2026-01-01", "2026-01-0112", "2026-01-01T00:00:00", "é"]);
        assert_eq!(check(Content::Date, "2026-09-30Z"), Ok(Value::Date(Some(jiff::civil::date(2026, 9, 30)))));
        assert_eq!(check(Content::Date, "12026-09-30"), Ok(Value::Date(None)));
    }

    #[test]
    fn times() {
        accepts(
            Content::Time,
            &["01:18:36", "01:18:36.0000", "24:00:00", "24:00:00.000", "23:59:59.9999999999999", "01:18:36+02:00"],
        );
        refuses(
            Content::Time,
            &["", "01:18", "24:00:01", "24:00:00.5", "01:18:36.", "01:18:60", "1:18:36", "25:00:00", "01:60:00"],
        );
        assert_eq!(check(Content::Time, "01:18:36.25"), Ok(Value::Time(jiff::civil::time(1, 18, 36, 250_000_000))));
    }

    #[test]
    fn decimals() {
        accepts(Content::Decimal(9, 2), &["1", "-1", "+1", ".5", "5.", "746.670", "0000746.67", "-746.67", " 1.5 "]);
        accepts(Content::Decimal(9, 2), &["1234567.89", "123456789", "123456789.00", "00000000000000000001.00"]);
        refuses(
            Content::Decimal(9, 2),
            &["", ".", "-", "746,67", "746.675", "1234567890", "123456789.1", "1e3", "1 2"],
        );
    }

    #[test]
    fn integers() {
        accepts(Content::Integer(5), &["1", "-12345", "+12345", "0000012345", " 5 ", "0", "-0"]);
        refuses(Content::Integer(5), &["", "-", "123456", "1 2", "5.", "2A004", "1-2"]);
    }

    #[test]
    fn booleans() {
        accepts(Content::Boolean, &["0", "1", "true", "false", " true ", "\n1"]);
        refuses(Content::Boolean, &["", "TRUE", "2", "01"]);
    }

    #[test]
    fn texts() {
        accepts(Content::Text(3), &["", "abc", "ééé", "   ", "a\nb"]);
        refuses(Content::Text(3), &["abcd", "    ", "a\u{1}"]);
    }
}
