use askama::Template;

use super::fragment::component;
use super::{ActionForm, Button, Fragment, Tone};

/// Something to know about the page or a part of it.
#[derive(Template, Clone)]
#[template(path = "components/notice.html")]
pub struct Notice {
    tone: Tone,
    title: String,
    content: Fragment,
}

impl Notice {
    pub fn new(tone: Tone, title: impl Into<String>, content: impl Into<Fragment>) -> Self {
        Self { tone, title: title.into(), content: content.into() }
    }
}

/// The result of what was just done, shown once at the top of the next page, with the way back
/// when there is one: undo instead of « êtes-vous sûr ? ».
#[derive(Template, Clone)]
#[template(path = "components/flash.html")]
pub struct Flash {
    tone: Tone,
    text: Fragment,
    undo: Option<ActionForm>,
}

impl Flash {
    pub fn success(text: impl Into<Fragment>) -> Self {
        Self { tone: Tone::Ok, text: text.into(), undo: None }
    }

    pub fn warning(text: impl Into<Fragment>) -> Self {
        Self { tone: Tone::Warning, text: text.into(), undo: None }
    }

    pub fn failure(text: impl Into<Fragment>) -> Self {
        Self { tone: Tone::Danger, text: text.into(), undo: None }
    }

    /// « Annuler » posts to this address.
    pub fn undo(mut self, action: impl Into<String>) -> Self {
        self.undo = Some(ActionForm::new(action, Button::secondary("Annuler")));
        self
    }
}

component!(Notice, Flash);
