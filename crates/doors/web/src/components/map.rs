use askama::Template;

use super::Table;
use super::fragment::component;

/// A map of the département: each commune a link, shaded by step, with the table of the same values beside.
#[derive(Template, Clone)]
#[template(path = "components/map.html")]
pub struct Map {
    id: String,
    title: String,
    view_box: String,
    areas: Vec<Area>,
    legend: Vec<(Shade, String)>,
    table: Table,
}

/// One outline, in the coordinates of the map's view box.
#[derive(Clone)]
pub struct Area {
    name: String,
    path: String,
    value: String,
    shade: Shade,
    href: Option<String>,
    label_at: Option<(f64, f64)>,
}

/// Step of the scale, 0 (lightest) to 4 (darkest); each step also has its own outline in print.
type Shade = u8;

impl Area {
    /// `path` is the `d` of an SVG path.
    pub fn new(name: impl Into<String>, path: impl Into<String>) -> Self {
        Self { name: name.into(), path: path.into(), value: String::new(), shade: 0, href: None, label_at: None }
    }

    /// What the area shows in words (« 4 120 personnes ») and its step, 0 to 4.
    pub fn value(mut self, value: impl Into<String>, shade: u8) -> Self {
        self.value = value.into();
        self.shade = shade.min(4);
        self
    }

    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// Centre of the name, when there is room to write it.
    pub fn label_at(mut self, x: f64, y: f64) -> Self {
        self.label_at = Some((x, y));
        self
    }
}

impl Map {
    /// `table` holds the same values for those who do not see the map.
    pub fn new(
        id: impl Into<String>,
        title: impl Into<String>,
        view_box: impl Into<String>,
        areas: impl IntoIterator<Item = Area>,
        table: Table,
    ) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            view_box: view_box.into(),
            areas: areas.into_iter().collect(),
            legend: Vec::new(),
            table,
        }
    }

    /// Height of the names, in units of the view box: the same share of the drawing whatever its units.
    fn label_size(&self) -> f64 {
        let width = self.view_box.split_whitespace().nth(2).and_then(|width| width.parse::<f64>().ok());
        (width.unwrap_or(500.0) / 45.0).round()
    }

    /// What each step means: « moins de 500 personnes ».
    pub fn legend(mut self, legend: impl IntoIterator<Item = (u8, String)>) -> Self {
        self.legend = legend.into_iter().collect();
        self
    }
}

component!(Map);
