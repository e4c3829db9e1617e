use askama::Template;

use super::fragment::component;
use super::{Fragment, Icon};

/// A window over the page, opened by [`Button::opens`](super::Button::opens). For a short question
/// or a reminder; a task of several steps is a page.
#[derive(Template, Clone)]
#[template(path = "components/dialog.html")]
pub struct Dialog {
    id: String,
    title: String,
    content: Fragment,
}

impl Dialog {
    pub fn new(id: impl Into<String>, title: impl Into<String>, content: impl Into<Fragment>) -> Self {
        Self { id: id.into(), title: title.into(), content: content.into() }
    }
}

/// Help that unfolds in place: no text hides behind hovering.
#[derive(Template, Clone)]
#[template(path = "components/help.html")]
pub struct Help {
    title: String,
    content: Fragment,
}

impl Help {
    pub fn new(title: impl Into<String>, content: impl Into<Fragment>) -> Self {
        Self { title: title.into(), content: content.into() }
    }
}

component!(Dialog, Help);
