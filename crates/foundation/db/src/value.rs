use std::error::Error as StdError;

use base::{Date, Email, Id, Instant, Phone, Siret};
use bytes::BytesMut;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};

pub type PgResult<T> = Result<T, Box<dyn StdError + Sync + Send>>;

/// A value both engines take as a parameter.
pub trait Param: Send + Sync {
    fn to_lite(&self) -> ToSqlOutput<'_>;
    fn to_pg(&self, kind: &Type, out: &mut BytesMut) -> PgResult<IsNull>;
}

/// A value both engines give back.
pub trait Column: Sized {
    fn from_lite(value: ValueRef<'_>) -> Result<Self, String>;
    fn from_pg(kind: &Type, raw: Option<&[u8]>) -> Result<Self, String>;
}

/// What `tokio-postgres` sees of a [`Param`]; the parameter itself knows which types it fits.
pub(crate) struct PgParam<'a>(pub &'a dyn Param);

impl std::fmt::Debug for PgParam<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Parameters may hold personal data: they never reach a log.
        f.write_str("PgParam")
    }
}

impl ToSql for PgParam<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> PgResult<IsNull> {
        self.0.to_pg(kind, out)
    }
    fn accepts(_: &Type) -> bool {
        true
    }
    tokio_postgres::types::to_sql_checked!();
}

/// What `tokio-postgres` sees of a [`Column`].
pub(crate) struct PgColumn<T>(pub T);

impl<'a, T: Column> FromSql<'a> for PgColumn<T> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> PgResult<Self> {
        Ok(Self(T::from_pg(kind, Some(raw))?))
    }
    fn from_sql_null(kind: &Type) -> PgResult<Self> {
        Ok(Self(T::from_pg(kind, None)?))
    }
    fn accepts(_: &Type) -> bool {
        true
    }
}

fn encode<T: ToSql>(value: &T, kind: &Type, out: &mut BytesMut) -> PgResult<IsNull> {
    if T::accepts(kind) {
        value.to_sql(kind, out)
    } else {
        Err(format!("{} ne peut pas aller dans une colonne {kind}", std::any::type_name::<T>()).into())
    }
}

fn decode<'a, T: FromSql<'a>>(kind: &Type, raw: Option<&'a [u8]>) -> Result<T, String> {
    if !T::accepts(kind) {
        return Err(format!("une colonne {kind} ne se lit pas comme {}", std::any::type_name::<T>()));
    }
    T::from_sql_nullable(kind, raw).map_err(|error| error.to_string())
}

fn mismatch<T>(value: ValueRef<'_>, wanted: &str) -> Result<T, String> {
    Err(format!("{} au lieu de {wanted}", value.data_type()))
}

impl Param for i64 {
    fn to_lite(&self) -> ToSqlOutput<'_> {
        ToSqlOutput::Owned(Value::Integer(*self))
    }
    fn to_pg(&self, kind: &Type, out: &mut BytesMut) -> PgResult<IsNull> {
        encode(self, kind, out)
    }
}
impl Column for i64 {
    fn from_lite(value: ValueRef<'_>) -> Result<Self, String> {
        match value {
            ValueRef::Integer(number) => Ok(number),
            other => mismatch(other, "un entier"),
        }
    }
    fn from_pg(kind: &Type, raw: Option<&[u8]>) -> Result<Self, String> {
        decode(kind, raw)
    }
}

impl Param for bool {
    fn to_lite(&self) -> ToSqlOutput<'_> {
        ToSqlOutput::Owned(Value::Integer(i64::from(*self)))
    }
    fn to_pg(&self, kind: &Type, out: &mut BytesMut) -> PgResult<IsNull> {
        encode(self, kind, out)
    }
}
impl Column for bool {
    fn from_lite(value: ValueRef<'_>) -> Result<Self, String> {
        Ok(i64::from_lite(value)? != 0)
    }
    fn from_pg(kind: &Type, raw: Option<&[u8]>) -> Result<Self, String> {
        decode(kind, raw)
    }
}

impl Param for f64 {
    fn to_lite(&self) -> ToSqlOutput<'_> {
        ToSqlOutput::Owned(Value::Real(*self))
    }
    fn to_pg(&self, kind: &Type, out: &mut BytesMut) -> PgResult<IsNull> {
        encode(self, kind, out)
    }
}
impl Column for f64 {
    fn from_lite(value: ValueRef<'_>) -> Result<Self, String> {
        match value {
            ValueRef::Real(number) => Ok(number),
            other => mismatch(other, "un nombre"),
        }
    }
    fn from_pg(kind: &Type, raw: Option<&[u8]>) -> Result<Self, String> {
        decode(kind, raw)
    }
}

impl Param for &str {
    fn to_lite(&self) -> ToSqlOutput<'_> {
        ToSqlOutput::Borrowed(ValueRef::Text(self.as_bytes()))
    }
    fn to_pg(&self, kind: &Type, out: &mut BytesMut) -> PgResult<IsNull> {
        encode(self, kind, out)
    }
}
impl Param for String {
    fn to_lite(&self) -> ToSqlOutput<'_> {
        ToSqlOutput::Borrowed(ValueRef::Text(self.as_bytes()))
    }
    fn to_pg(&self, kind: &Type, out: &mut BytesMut) -> PgResult<IsNull> {
        encode(self, kind, out)
    }
}
impl Column for String {
    fn from_lite(value: ValueRef<'_>) -> Result<Self, String> {
        match value {
            ValueRef::Text(bytes) => String::from_utf8(bytes.to_vec()).map_err(|error| error.to_string()),
            other => mismatch(other, "un texte"),
        }
    }
    fn from_pg(kind: &Type, raw: Option<&[u8]>) -> Result<Self, String> {
        decode(kind, raw)
    }
}

impl Param for Vec<u8> {
    fn to_lite(&self) -> ToSqlOutput<'_> {
        ToSqlOutput::Borrowed(ValueRef::Blob(self))
    }
    fn to_pg(&self, kind: &Type, out: &mut BytesMut) -> PgResult<IsNull> {
        encode(self, kind, out)
    }
}
impl Column for Vec<u8> {
    fn from_lite(value: ValueRef<'_>) -> Result<Self, String> {
        match value {
            ValueRef::Blob(bytes) => Ok(bytes.to_vec()),
            other => mismatch(other, "des octets"),
        }
    }
    fn from_pg(kind: &Type, raw: Option<&[u8]>) -> Result<Self, String> {
        decode(kind, raw)
    }
}

/// A day as its `Display` writes it. An import writes millions, all of years of four digits.
fn day_text(day: Date) -> String {
    let (Ok(year @ 1_000..), Ok(month), Ok(of_month)) =
        (u16::try_from(day.year()), u8::try_from(day.month()), u8::try_from(day.day()))
    else {
        return day.to_string();
    };
    let digit = |number: u16| char::from(b'0' + (number % 10) as u8);
    let mut text = String::with_capacity("2026-11-22".len());
    text.extend([digit(year / 1_000), digit(year / 100), digit(year / 10), digit(year)]);
    for number in [month, of_month] {
        text.extend(['-', digit(u16::from(number / 10)), digit(u16::from(number))]);
    }
    text
}

/// The day of a text that [`day_text`] wrote.
fn day(text: &[u8]) -> Option<Date> {
    let [a, b, c, d, b'-', e, f, b'-', g, h] = text else {
        return std::str::from_utf8(text).ok()?.parse().ok();
    };
    let number = |digits: &[&u8]| {
        digits
            .iter()
            .try_fold(0, |sum: i16, digit| Some(sum * 10 + i16::from(digit.checked_sub(b'0').filter(|it| *it < 10)?)))
    };
    let (month, of_month) = (i8::try_from(number(&[e, f])?).ok()?, i8::try_from(number(&[g, h])?).ok()?);
    Date::new(number(&[a, b, c, d])?, month, of_month).ok()
}

/// Days: `YYYY-MM-DD` text in SQLite, `DATE` in PostgreSQL.
impl Param for Date {
    fn to_lite(&self) -> ToSqlOutput<'_> {
        ToSqlOutput::Owned(Value::Text(day_text(*self)))
    }
    fn to_pg(&self, kind: &Type, out: &mut BytesMut) -> PgResult<IsNull> {
        encode(self, kind, out)
    }
}
impl Column for Date {
    fn from_lite(value: ValueRef<'_>) -> Result<Self, String> {
        match value {
            ValueRef::Text(bytes) => day(bytes).ok_or_else(|| "date illisible".to_owned()),
            other => mismatch(other, "une date"),
        }
    }
    fn from_pg(kind: &Type, raw: Option<&[u8]>) -> Result<Self, String> {
        decode(kind, raw)
    }
}

/// Moments: microseconds in SQLite (they sort as numbers), `TIMESTAMPTZ` in PostgreSQL.
impl Param for Instant {
    fn to_lite(&self) -> ToSqlOutput<'_> {
        ToSqlOutput::Owned(Value::Integer(self.micros()))
    }
    fn to_pg(&self, kind: &Type, out: &mut BytesMut) -> PgResult<IsNull> {
        encode(&self.timestamp(), kind, out)
    }
}
impl Column for Instant {
    fn from_lite(value: ValueRef<'_>) -> Result<Self, String> {
        i64::from_lite(value).map(Self::from_micros)
    }
    fn from_pg(kind: &Type, raw: Option<&[u8]>) -> Result<Self, String> {
        decode(kind, raw).map(Self::from_timestamp)
    }
}

impl<T> Param for Id<T> {
    fn to_lite(&self) -> ToSqlOutput<'_> {
        ToSqlOutput::Owned(Value::Integer(self.raw()))
    }
    fn to_pg(&self, kind: &Type, out: &mut BytesMut) -> PgResult<IsNull> {
        encode(&self.raw(), kind, out)
    }
}
impl<T> Column for Id<T> {
    fn from_lite(value: ValueRef<'_>) -> Result<Self, String> {
        i64::from_lite(value).map(Self::new)
    }
    fn from_pg(kind: &Type, raw: Option<&[u8]>) -> Result<Self, String> {
        decode(kind, raw).map(Self::new)
    }
}

macro_rules! parsed_text {
    ($($name:ident),+) => {$(
        impl Param for $name {
            fn to_lite(&self) -> ToSqlOutput<'_> {
                ToSqlOutput::Borrowed(ValueRef::Text(self.as_str().as_bytes()))
            }
            fn to_pg(&self, kind: &Type, out: &mut BytesMut) -> PgResult<IsNull> {
                encode(&self.as_str(), kind, out)
            }
        }
        impl Column for $name {
            fn from_lite(value: ValueRef<'_>) -> Result<Self, String> {
                Self::parse(&String::from_lite(value)?).map_err(|error| error.to_string())
            }
            fn from_pg(kind: &Type, raw: Option<&[u8]>) -> Result<Self, String> {
                Self::parse(&String::from_pg(kind, raw)?).map_err(|error| error.to_string())
            }
        }
    )+};
}
parsed_text!(Email, Phone, Siret);

impl<T: Param> Param for Option<T> {
    fn to_lite(&self) -> ToSqlOutput<'_> {
        self.as_ref().map_or(ToSqlOutput::Owned(Value::Null), Param::to_lite)
    }
    fn to_pg(&self, kind: &Type, out: &mut BytesMut) -> PgResult<IsNull> {
        self.as_ref().map_or(Ok(IsNull::Yes), |value| value.to_pg(kind, out))
    }
}
impl<T: Column> Column for Option<T> {
    fn from_lite(value: ValueRef<'_>) -> Result<Self, String> {
        if value == ValueRef::Null { Ok(None) } else { T::from_lite(value).map(Some) }
    }
    fn from_pg(kind: &Type, raw: Option<&[u8]>) -> Result<Self, String> {
        raw.map(|raw| T::from_pg(kind, Some(raw))).transpose()
    }
}

impl<T: Param + ?Sized> Param for &T
where
    for<'a> &'a T: Send + Sync,
{
    fn to_lite(&self) -> ToSqlOutput<'_> {
        (**self).to_lite()
    }
    fn to_pg(&self, kind: &Type, out: &mut BytesMut) -> PgResult<IsNull> {
        (**self).to_pg(kind, out)
    }
}

/// A structured value kept whole: text in SQLite, `JSONB` in PostgreSQL.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Serialize + Send + Sync> Param for Json<T> {
    fn to_lite(&self) -> ToSqlOutput<'_> {
        // Our own types have string keys and no failing serialisers.
        ToSqlOutput::Owned(serde_json::to_string(&self.0).map_or(Value::Null, Value::Text))
    }
    fn to_pg(&self, kind: &Type, out: &mut BytesMut) -> PgResult<IsNull> {
        encode(&tokio_postgres::types::Json(serde_json::to_value(&self.0)?), kind, out)
    }
}
impl<T: DeserializeOwned> Column for Json<T> {
    fn from_lite(value: ValueRef<'_>) -> Result<Self, String> {
        match value {
            ValueRef::Text(bytes) => serde_json::from_slice(bytes).map(Self).map_err(|error| error.to_string()),
            other => mismatch(other, "du JSON"),
        }
    }
    fn from_pg(kind: &Type, raw: Option<&[u8]>) -> Result<Self, String> {
        let tokio_postgres::types::Json(value) = decode::<tokio_postgres::types::Json<serde_json::Value>>(kind, raw)?;
        serde_json::from_value(value).map(Self).map_err(|error| error.to_string())
    }
}

/// An enumeration stored by its code: gives `as_code`, `from_code`, `ALL`, and both directions to the database.
///
/// `db::codes! { /// Why. pub enum Colour { Red = "red", Blue = "blue" } }`
#[macro_export]
macro_rules! codes {
    ($(#[$doc:meta])* $visibility:vis enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        $visibility enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub const fn as_code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }

        impl $crate::Param for $name {
            fn to_lite(&self) -> $crate::driver::ToSqlOutput<'_> {
                $crate::driver::ToSqlOutput::Borrowed($crate::driver::ValueRef::Text(self.as_code().as_bytes()))
            }
            fn to_pg(&self, kind: &$crate::driver::Type, out: &mut $crate::driver::BytesMut) -> $crate::driver::PgResult<$crate::driver::IsNull> {
                $crate::Param::to_pg(&self.as_code(), kind, out)
            }
        }

        impl $crate::Column for $name {
            fn from_lite(value: $crate::driver::ValueRef<'_>) -> ::core::result::Result<Self, String> {
                let code = value.as_str().map_err(|error| error.to_string())?;
                Self::from_code(code).ok_or_else(|| format!("code inconnu : {code}"))
            }
            fn from_pg(kind: &$crate::driver::Type, raw: Option<&[u8]>) -> ::core::result::Result<Self, String> {
                let code = <String as $crate::Column>::from_pg(kind, raw)?;
                Self::from_code(&code).ok_or_else(|| format!("code inconnu : {code}"))
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_code())
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                let code = <String as $crate::serde::Deserialize>::deserialize(deserializer)?;
                Self::from_code(&code).ok_or_else(|| $crate::serde::de::Error::custom(format!("code inconnu : {code}")))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_they_are_read() {
        for day in [Date::MIN, Date::new(-1, 1, 1).unwrap(), Date::new(999, 12, 31).unwrap(), Date::MAX]
            .into_iter()
            .chain((0..40_000).map(|days| Date::new(1920, 1, 1).unwrap() + jiff::Span::new().days(days)))
        {
            let text = day_text(day);
            assert_eq!(text, day.to_string());
            assert_eq!(Date::from_lite(ValueRef::Text(text.as_bytes())), Ok(day));
        }
        for text in ["", "2026-02-29", "2026-2-09", "2026-02-0a", "2026/02/09", "20260-02-9", "+026-02-09"] {
            assert!(Date::from_lite(ValueRef::Text(text.as_bytes())).is_err(), "{text}");
        }
    }
}
