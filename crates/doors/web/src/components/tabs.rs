use askama::Template;

use super::fragment::component;
use crate::fr;

/// Parts of one subject, each with its own address: links, so that they open in a new window and
/// are found in the history.
#[derive(Template, Clone)]
#[template(path = "components/tabs.html")]
pub struct Tabs {
    label: String,
    current: String,
    tabs: Vec<Tab>,
}

#[derive(Clone)]
struct Tab {
    label: String,
    href: String,
    count: Option<u64>,
}

impl Tabs {
    /// `label` names the set for screen readers; `current` is the address of the tab in sight.
    pub fn new(label: impl Into<String>, current: impl Into<String>) -> Self {
        Self { label: label.into(), current: current.into(), tabs: Vec::new() }
    }

    pub fn tab(mut self, href: impl Into<String>, label: impl Into<String>) -> Self {
        self.tabs.push(Tab { label: label.into(), href: href.into(), count: None });
        self
    }

    pub fn counted(mut self, href: impl Into<String>, label: impl Into<String>, count: u64) -> Self {
        self.tabs.push(Tab { label: label.into(), href: href.into(), count: Some(count) });
        self
    }
}

component!(Tabs);
