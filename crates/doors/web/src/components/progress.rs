use askama::Template;

use super::Fragment;
use super::fragment::component;
use crate::fr;

/// How far a job has come. The element renews itself from `poll` until the answer has no `poll`
/// any more; without script, [`Layout::refresh`](crate::layout::Layout::refresh) reloads the page.
#[derive(Template, Clone)]
#[template(path = "components/progress.html")]
pub struct Progress {
    id: String,
    label: String,
    share: Option<f64>,
    detail: Fragment,
    poll: Option<String>,
    then: Option<String>,
}

impl Progress {
    /// `share` between 0 and 1; `None` while the size of the work is not known.
    pub fn new(id: impl Into<String>, label: impl Into<String>, share: Option<f64>) -> Self {
        Self {
            id: id.into(),
            label: label.into(),
            share: share.map(|share| share.clamp(0.0, 1.0)),
            detail: Fragment::default(),
            poll: None,
            then: None,
        }
    }

    /// What is being done and what remains: « 12 400 foyers lus sur 30 000, encore 20 s environ ».
    pub fn detail(mut self, detail: impl Into<Fragment>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Address that answers this same component, renewed.
    pub fn poll(mut self, href: impl Into<String>) -> Self {
        self.poll = Some(href.into());
        self
    }

    /// Once finished, where the page goes.
    pub fn then(mut self, href: impl Into<String>) -> Self {
        self.then = Some(href.into());
        self
    }

    fn value(&self) -> Option<String> {
        self.share.map(|share| format!("{share:.3}"))
    }

    fn percent(&self) -> String {
        self.share.map(|share| fr::percent(share, 0)).unwrap_or_default()
    }
}

component!(Progress);
