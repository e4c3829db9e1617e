use askama::Template;

use super::fragment::component;
use super::{Fragment, Icon};

/// What a state means to the reader. The colour only repeats what the shape and the words say.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tone {
    Ok,
    Warning,
    Danger,
    Info,
    #[default]
    Neutral,
    Unknown,
}

impl Tone {
    pub const fn class(self) -> &'static str {
        match self {
            Self::Ok => "tone-ok",
            Self::Warning => "tone-warning",
            Self::Danger => "tone-danger",
            Self::Info => "tone-info",
            Self::Neutral => "tone-neutral",
            Self::Unknown => "tone-unknown",
        }
    }

    pub const fn icon(self) -> Icon {
        match self {
            Self::Ok => Icon::Check,
            Self::Warning => Icon::Triangle,
            Self::Danger => Icon::Cross,
            Self::Info => Icon::Info,
            Self::Neutral => Icon::Dash,
            Self::Unknown => Icon::Question,
        }
    }
}

/// A state in one or two words, with its shape.
#[derive(Template, Clone)]
#[template(path = "components/badge.html")]
pub struct Badge {
    tone: Tone,
    text: Fragment,
}

impl Badge {
    pub fn new(tone: Tone, text: impl Into<Fragment>) -> Self {
        Self { tone, text: text.into() }
    }

    pub fn ok(text: impl Into<Fragment>) -> Self {
        Self::new(Tone::Ok, text)
    }

    pub fn warning(text: impl Into<Fragment>) -> Self {
        Self::new(Tone::Warning, text)
    }

    pub fn danger(text: impl Into<Fragment>) -> Self {
        Self::new(Tone::Danger, text)
    }

    pub fn info(text: impl Into<Fragment>) -> Self {
        Self::new(Tone::Info, text)
    }

    pub fn neutral(text: impl Into<Fragment>) -> Self {
        Self::new(Tone::Neutral, text)
    }
}

/// What nobody has told us: never an empty cell, never « non ».
#[derive(Template, Clone, Copy, Default)]
#[template(path = "components/unknown.html")]
pub struct Unknown {
    /// Agrees with a feminine noun: « inconnue ».
    pub feminine: bool,
}

impl Unknown {
    pub const MASCULINE: Self = Self { feminine: false };
    pub const FEMININE: Self = Self { feminine: true };

    /// The value, or « inconnu » when there is none.
    pub fn or<T: Into<Fragment>>(self, value: Option<T>) -> Fragment {
        value.map_or_else(|| self.into(), Into::into)
    }
}

/// Where a fact comes from: « CAF, fichier du 5 novembre 2026, ligne 1 234 ».
#[derive(Template, Clone)]
#[template(path = "components/source.html")]
pub struct Source {
    text: Fragment,
    href: Option<String>,
}

impl Source {
    pub fn new(text: impl Into<Fragment>) -> Self {
        Self { text: text.into(), href: None }
    }

    /// The page of the import, decision or document that holds the fact.
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }
}

component!(Badge, Unknown, Source);
