//! Enums whose variants have a stable code.

/// Codes of an enum, in both directions, and serde by code.
macro_rules! coded {
    ($($(#[$doc:meta])* $vis:vis enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal),+ $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
            $vis enum $name { $($(#[$variant_doc])* $variant),+ }

            impl $name {
                /// Every variant, in the order of declaration.
                pub const ALL: [Self; [$($code),+].len()] = [$(Self::$variant),+];

                /// Stable name, as stored and sent.
                pub const fn code(self) -> &'static str {
                    match self { $(Self::$variant => $code),+ }
                }

                /// `None` when no variant bears that code.
                pub fn from_code(code: &str) -> Option<Self> {
                    Self::ALL.into_iter().find(|variant| variant.code() == code)
                }
            }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.code())
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let code = <String as serde::Deserialize>::deserialize(deserializer)?;
                    Self::from_code(&code)
                        .ok_or_else(|| serde::de::Error::custom(format!("{code:?} is no {}", stringify!($name))))
                }
            }
        )+
    };
}
pub(crate) use coded;
