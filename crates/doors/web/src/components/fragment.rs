use std::borrow::Cow;
use std::fmt;

use askama::Template;
use askama::filters::{Html, HtmlSafe, escape};

/// A piece of page that is already safe to write as it is.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Fragment(Cow<'static, str>);

impl Fragment {
    /// HTML written by us, never by a user.
    pub const fn trusted(html: &'static str) -> Self {
        Self(Cow::Borrowed(html))
    }

    /// Renders a template of ours.
    pub fn render(template: &impl Template) -> Self {
        Self(Cow::Owned(template.render().expect("our templates only write to memory")))
    }

    /// HTML that this program rendered before, back from a place where nobody could change it.
    pub(crate) fn rendered_before(html: String) -> Self {
        Self(Cow::Owned(html))
    }

    /// Pieces one after the other, separated by a space.
    pub fn join(pieces: impl IntoIterator<Item = Fragment>) -> Self {
        let pieces: Vec<Cow<'static, str>> = pieces.into_iter().map(|piece| piece.0).collect();
        Self(Cow::Owned(pieces.join(" ")))
    }

    /// A main line with a second, quieter line under it.
    pub fn with_detail(main: impl Into<Fragment>, detail: impl Into<Fragment>) -> Self {
        let (main, detail) = (main.into(), detail.into());
        Self(Cow::Owned([main.as_str(), "<small class=\"detail\">", detail.as_str(), "</small>"].concat()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Fragment {}

impl From<&str> for Fragment {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<String> for Fragment {
    fn from(text: String) -> Self {
        // A list is made of hundreds of short texts, nearly all of which stay as they are.
        if !text.contains(['<', '>', '&', '"', '\'']) {
            return Self(Cow::Owned(text));
        }
        let escaped = escape(text.as_str(), Html).map(|safe| safe.to_string());
        Self(Cow::Owned(escaped.expect("escaping a text cannot fail")))
    }
}

/// Nothing to show is an empty piece; use [`Unknown`](super::Unknown) when nothing is *known*.
impl<T: Into<Fragment>> From<Option<T>> for Fragment {
    fn from(content: Option<T>) -> Self {
        content.map(Into::into).unwrap_or_default()
    }
}

/// Makes a template struct usable in templates (`{{ it }}`) and wherever a [`Fragment`] is taken.
macro_rules! component {
    ($($name:ident),+) => { $(
        impl askama::filters::HtmlSafe for $name {}

        impl From<$name> for $crate::components::Fragment {
            fn from(component: $name) -> Self {
                Self::render(&component)
            }
        }
    )+ };
}
pub(crate) use component;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::Badge;

    #[test]
    fn texts_are_escaped_and_components_are_not() {
        assert_eq!(Fragment::from("<b> & a").as_str(), "&#60;b&#62; &#38; a");
        // What the engine of the templates escapes, and no more.
        for letter in (0..=0x2_fff).filter_map(char::from_u32) {
            let text = format!("a{letter}b");
            let engine = escape(text.as_str(), Html).unwrap().to_string();
            assert_eq!(Fragment::from(text).as_str(), engine);
        }
        assert!(Fragment::from(Badge::ok("à jour")).as_str().starts_with("<span"));
        assert!(Fragment::from(None::<&str>).is_empty());
    }
}
