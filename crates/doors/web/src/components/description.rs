use askama::Template;

use super::Fragment;
use super::fragment::component;

/// Names and values: the identity block of a page. A value nobody told is [`Unknown`](super::Unknown).
#[derive(Template, Clone, Default)]
#[template(path = "components/description.html")]
pub struct Description {
    lines: Vec<(String, Fragment)>,
}

impl Description {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn line(mut self, name: impl Into<String>, value: impl Into<Fragment>) -> Self {
        self.lines.push((name.into(), value.into()));
        self
    }
}

component!(Description);
