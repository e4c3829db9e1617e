use askama::Template;

use super::fragment::component;

/// A figure with its share of the greatest beside it: what makes a column comparable at a glance. The figure says
/// everything; the bar only repeats it.
#[derive(Template, Clone)]
#[template(path = "components/bar.html")]
pub struct Bar {
    figure: String,
    share: f64,
}

impl Bar {
    /// `figure` is already formatted; `share` between 0 and 1.
    pub fn new(figure: impl Into<String>, share: f64) -> Self {
        Self { figure: figure.into(), share: share.clamp(0.0, 1.0) }
    }

    fn length(&self) -> String {
        format!("{:.0}", self.share * 100.0)
    }
}

component!(Bar);
