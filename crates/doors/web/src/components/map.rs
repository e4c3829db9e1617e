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
    /// Height of the names, in units of the view box.
    label_size: f64,
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
    label: Option<Label>,
}

/// What is written on an area.
#[derive(Clone)]
struct Label {
    /// The name, cut where it has to be; or a number that the list under the map explains.
    lines: Vec<String>,
    numbered: bool,
    at: (f64, f64),
}

/// From one line of a name to the next, in heights of the name.
const LINE: f64 = 1.05;

/// Step of the scale, 0 (lightest) to 4 (darkest); each step also has its own outline in print.
type Shade = u8;

impl Area {
    /// `path` is the `d` of an SVG path.
    pub fn new(name: impl Into<String>, path: impl Into<String>) -> Self {
        Self { name: name.into(), path: path.into(), value: String::new(), shade: 0, href: None, label: None }
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

    /// The name on the map, in one or several lines around a point.
    pub fn labelled(mut self, lines: Vec<String>, at: (f64, f64)) -> Self {
        self.label = Some(Label { lines, numbered: false, at });
        self
    }

    /// A number instead of a name that has no room; the list under the map says whose it is.
    pub fn numbered(mut self, number: u32, at: (f64, f64)) -> Self {
        self.label = Some(Label { lines: vec![number.to_string()], numbered: true, at });
        self
    }
}

impl Label {
    /// Each line with its distance from the point, in heights of the name.
    fn placed(&self) -> impl Iterator<Item = (f64, &str)> {
        let above = LINE * (f64::from(u16::try_from(self.lines.len()).unwrap_or(u16::MAX)) - 1.0) / 2.0;
        let places = (0_u16..).map(move |number| LINE * f64::from(number) - above);
        places.zip(self.lines.iter().map(String::as_str))
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
            label_size: 12.0,
            table,
        }
    }

    /// Height of the names, in units of the view box.
    pub fn label_size(mut self, size: f64) -> Self {
        self.label_size = size;
        self
    }

    /// Numbers on the map, and whose they are.
    fn numbers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.areas.iter().filter_map(|area| {
            let label = area.label.as_ref().filter(|label| label.numbered)?;
            Some((label.lines.first()?.as_str(), area.name.as_str()))
        })
    }

    fn has_numbers(&self) -> bool {
        self.numbers().next().is_some()
    }

    /// What each step means: « moins de 500 personnes ».
    pub fn legend(mut self, legend: impl IntoIterator<Item = (u8, String)>) -> Self {
        self.legend = legend.into_iter().collect();
        self
    }
}

component!(Map);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_area_is_named_on_the_map_or_under_it() {
        let areas = [
            Area::new("Bondy", "M0,0 9,0 9,9Z").labelled(vec!["Bondy".to_owned()], (4.0, 4.0)),
            Area::new("Les Lilas", "M9,0 12,0 12,9Z").numbered(1, (10.0, 4.0)),
        ];
        let map = Map::new("m", "Communes", "0 0 20 20", areas, Table::new("t", "Communes", [], []));
        let html = super::super::Fragment::from(map).to_string();
        assert!(html.contains(">Bondy</tspan>") && html.contains(">1</tspan>"), "{html}");
        assert!(html.contains("<b>1</b> Les Lilas"), "{html}");
    }

    #[test]
    fn lines_stand_around_their_point() {
        let label =
            Label { lines: vec!["Aulnay-".to_owned(), "sous-Bois".to_owned()], numbered: false, at: (0.0, 0.0) };
        let places: Vec<f64> = label.placed().map(|(place, _)| place).collect();
        assert!((places[0] + LINE / 2.0).abs() < 1e-9 && (places[1] - LINE / 2.0).abs() < 1e-9, "{places:?}");
    }
}
