use std::fmt;

use askama::filters::HtmlSafe;

/// A small drawing that stands beside a text, never instead of it. Drawn with the colour of the
/// text, so that it survives print, forced colours and both themes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Icon {
    Check,
    Triangle,
    Cross,
    Info,
    Dash,
    Question,
    Search,
    Close,
    Chevron,
    Previous,
    Next,
    Up,
    Down,
}

impl Icon {
    /// Paths on a 16 × 16 grid, stroked.
    const fn paths(self) -> &'static str {
        match self {
            Self::Check => r#"<circle cx="8" cy="8" r="6.5"/><path d="m5 8.2 2.1 2.1L11.2 6"/>"#,
            Self::Triangle => r#"<path d="M8 2 14.6 13.6H1.4z"/><path d="M8 6.4v3.2M8 11.4v.4"/>"#,
            Self::Cross => {
                r#"<path d="M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2z"/><path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4"/>"#
            }
            Self::Info => r#"<circle cx="8" cy="8" r="6.5"/><path d="M8 7.4v4M8 4.6V5"/>"#,
            Self::Dash => r#"<rect x="2" y="2" width="12" height="12" rx="2"/><path d="M5 8h6"/>"#,
            Self::Question => {
                r#"<circle cx="8" cy="8" r="6.5" stroke-dasharray="2.2 1.9"/><path d="M6.2 6.3a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.7-.8 1.3M8 11.3v.3"/>"#
            }
            Self::Search => r#"<circle cx="7" cy="7" r="4.5"/><path d="m10.4 10.4 3.8 3.8"/>"#,
            Self::Close => r#"<path d="m4 4 8 8m0-8-8 8"/>"#,
            Self::Chevron => r#"<path d="m4 6 4 4 4-4"/>"#,
            Self::Previous => r#"<path d="M10 3 5 8l5 5"/>"#,
            Self::Next => r#"<path d="m6 3 5 5-5 5"/>"#,
            Self::Up => r#"<path d="M8 13V3M4 7l4-4 4 4"/>"#,
            Self::Down => r#"<path d="M8 3v10m-4-4 4 4 4-4"/>"#,
        }
    }
}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            r#"<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">{}</svg>"#,
            self.paths()
        )
    }
}

impl HtmlSafe for Icon {}
