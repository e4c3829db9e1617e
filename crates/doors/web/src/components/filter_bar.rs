use askama::Template;

use super::fragment::component;
use super::{Field, Icon, Query};

/// The questions that narrow a list, sent by GET so that a filtered list has an address.
/// The filters in force are shown as chips, each with its own way out.
#[derive(Template, Clone)]
#[template(path = "components/filter_bar.html")]
pub struct FilterBar {
    path: String,
    kept: Vec<(String, String)>,
    fields: Vec<Field>,
    more: Vec<Field>,
    chips: Vec<Chip>,
}

/// A filter in force: « Commune : Stains », and the address of the list without it.
#[derive(Clone)]
pub struct Chip {
    label: String,
    value: String,
    without: String,
}

impl Chip {
    pub fn new(label: impl Into<String>, value: impl Into<String>, without: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), without: without.into() }
    }
}

impl FilterBar {
    /// `path` is the list's address; the order asked for in `query` is kept.
    pub fn new(path: impl Into<String>, query: &Query) -> Self {
        let kept = query.get("tri").map(|order| ("tri".to_owned(), order.to_owned()));
        Self {
            path: path.into(),
            kept: kept.into_iter().collect(),
            fields: Vec::new(),
            more: Vec::new(),
            chips: Vec::new(),
        }
    }

    /// One of the few filters always in sight.
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field.without_optional_mark());
        self
    }

    /// A filter of the second row, folded until asked for.
    pub fn more(mut self, field: Field) -> Self {
        self.more.push(field.without_optional_mark());
        self
    }

    pub fn chip(mut self, chip: Chip) -> Self {
        self.chips.push(chip);
        self
    }
}

component!(FilterBar);
