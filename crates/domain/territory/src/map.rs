//! The drawing of the communes: one outline for each commune and period, with the point where its name
//! goes. Made from ADMIN EXPRESS COG; [`ATTRIBUTION`] stands beside every drawing.

use std::sync::LazyLock;

use base::Date;

use crate::Picture;
use crate::communes::CommuneView;
use crate::reference::{day, lines, number};

/// What the licence of the outlines asks to name.
pub const ATTRIBUTION: &str = "© IGN – ADMIN EXPRESS COG, état 2024";

/// The rectangle that the outlines are drawn in.
pub const VIEW_BOX: &str = "0 0 1000 1000";

/// The outline of a commune while it has this shape.
#[derive(Clone, PartialEq, Debug)]
pub struct Outline {
    /// Insee code.
    pub commune: String,
    pub from: Option<Date>,
    /// First day with another shape, or none.
    pub to: Option<Date>,
    /// The `d` of an SVG path in [`VIEW_BOX`], downwards.
    pub path: String,
    /// The point inside the outline farthest from its border.
    pub label: (f64, f64),
}

static OUTLINES: LazyLock<Vec<Outline>> = LazyLock::new(|| {
    let bound = |text: &str| (!text.is_empty()).then(|| day(text));
    lines(include_str!("../data/outlines.csv"))
        .map(|cells| Outline {
            commune: cells["commune"].clone(),
            from: bound(&cells["valid_from"]),
            to: bound(&cells["valid_to"]),
            path: cells["path"].clone(),
            label: (number(&cells["label_x"]), number(&cells["label_y"])),
        })
        .collect()
});

/// A commune as drawn, with what is shown of it.
pub struct Area<'a, V> {
    pub commune: CommuneView<'a>,
    pub outline: &'static Outline,
    pub value: V,
}

/// The outlines of a day.
pub fn outlines(on: Date) -> impl Iterator<Item = &'static Outline> {
    OUTLINES.iter().filter(move |outline| outline.from.is_none_or(|from| from <= on) && outline.to.is_none_or(|to| on < to))
}

/// The communes of the day of the picture with their outlines and what `value` says of each, by code.
/// A commune without an outline is not drawn: the table beside the map still lists it.
pub fn areas<V>(picture: &Picture, value: impl Fn(&CommuneView<'_>) -> V) -> Vec<Area<'_, V>> {
    let communes = picture.communes().into_iter();
    let drawn = communes.filter_map(|commune| {
        let outline = outlines(picture.as_of.on).find(|outline| outline.commune == commune.code)?;
        Some(Area { outline, value: value(&commune), commune })
    });
    drawn.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn one_outline_for_each_commune_and_day() {
        for (day, expected) in [(date(2024, 12, 31), 40), (date(2025, 1, 1), 39), (date(2026, 11, 22), 39)] {
            let mut codes: Vec<&str> = outlines(day).map(|outline| outline.commune.as_str()).collect();
            codes.sort_unstable();
            codes.dedup();
            assert_eq!(codes.len(), expected);
            assert_eq!(outlines(day).count(), expected);
        }
        assert!(outlines(date(2026, 1, 1)).all(|outline| {
            let (x, y) = outline.label;
            (0.0..=1000.0).contains(&x) && (0.0..=1000.0).contains(&y) && outline.path.starts_with('M')
        }));
    }
}
