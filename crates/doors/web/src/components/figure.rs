use askama::Template;

use super::Fragment;
use super::fragment::component;

/// A figure with its unit, its date and the lines behind it.
#[derive(Template, Clone)]
#[template(path = "components/figure.html")]
pub struct Figure {
    label: String,
    value: String,
    unit: String,
    note: Option<Fragment>,
    lines: Option<String>,
}

impl Figure {
    /// `value` is already formatted ([`fr::number`](crate::fr::number)); `unit` says of what:
    /// « personnes », « % des contrats ».
    pub fn new(label: impl Into<String>, value: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), unit: unit.into(), note: None, lines: None }
    }

    /// As of when, compared with what.
    pub fn note(mut self, note: impl Into<Fragment>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Address of the list that the figure counts; a zero has no lines to open.
    pub fn lines(mut self, href: impl Into<String>) -> Self {
        self.lines = (self.value != "0").then(|| href.into());
        self
    }
}

component!(Figure);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_opens_nothing() {
        let shown = |value: &str| Fragment::from(Figure::new("Refusés", value, "foyers").lines("/ici")).to_string();
        assert!(shown("3").contains("/ici") && !shown("0").contains("/ici"));
    }
}
