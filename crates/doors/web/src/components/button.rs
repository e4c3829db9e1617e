use askama::Template;

use super::Fragment;
use super::fragment::component;

/// How much a button asks to be pressed. One primary button per form.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ButtonKind {
    #[default]
    Primary,
    Secondary,
    Quiet,
    Danger,
}

impl ButtonKind {
    pub const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button primary",
            Self::Secondary => "button",
            Self::Quiet => "button quiet",
            Self::Danger => "button danger",
        }
    }
}

/// A button that sends its form, or opens a dialog.
#[derive(Template, Clone)]
#[template(path = "components/button.html")]
pub struct Button {
    label: Fragment,
    kind: ButtonKind,
    name: Option<(String, String)>,
    form_action: Option<String>,
    opens: Option<String>,
}

impl Button {
    pub fn new(kind: ButtonKind, label: impl Into<Fragment>) -> Self {
        Self { label: label.into(), kind, name: None, form_action: None, opens: None }
    }

    pub fn primary(label: impl Into<Fragment>) -> Self {
        Self::new(ButtonKind::Primary, label)
    }

    pub fn secondary(label: impl Into<Fragment>) -> Self {
        Self::new(ButtonKind::Secondary, label)
    }

    pub fn quiet(label: impl Into<Fragment>) -> Self {
        Self::new(ButtonKind::Quiet, label)
    }

    /// For what cannot be undone; whatever can be undone takes an ordinary button.
    pub fn danger(label: impl Into<Fragment>) -> Self {
        Self::new(ButtonKind::Danger, label)
    }

    /// Sends `name=value` with the form.
    pub fn value(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.name = Some((name.into(), value.into()));
        self
    }

    /// Sends the form elsewhere than its own action.
    pub fn form_action(mut self, href: impl Into<String>) -> Self {
        self.form_action = Some(href.into());
        self
    }

    /// Opens the [`Dialog`](super::Dialog) of this id instead of sending a form.
    pub fn opens(mut self, dialog: impl Into<String>) -> Self {
        self.opens = Some(dialog.into());
        self
    }
}

/// A link; with [`Link::button`], a link that looks like a button because it starts a task.
#[derive(Template, Clone)]
#[template(path = "components/link.html")]
pub struct Link {
    label: Fragment,
    href: String,
    kind: Option<ButtonKind>,
    context: Option<String>,
}

impl Link {
    pub fn new(href: impl Into<String>, label: impl Into<Fragment>) -> Self {
        Self { label: label.into(), href: href.into(), kind: None, context: None }
    }

    pub fn button(mut self, kind: ButtonKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Words that only a screen reader needs, when the label is repeated on each line:
    /// « Ouvrir » + « le dossier de Nadia Benali ».
    pub fn context(mut self, words: impl Into<String>) -> Self {
        self.context = Some(words.into());
        self
    }
}

/// A form of one button: what changes something is never a link.
#[derive(Template, Clone)]
#[template(path = "components/action_form.html")]
pub struct ActionForm {
    action: String,
    button: Button,
    hidden: Vec<(String, String)>,
}

impl ActionForm {
    pub fn new(action: impl Into<String>, button: Button) -> Self {
        Self { action: action.into(), button, hidden: Vec::new() }
    }

    pub fn hidden(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.hidden.push((name.into(), value.into()));
        self
    }
}

component!(Button, Link, ActionForm);
