//! The drawing of the communes: one outline for each commune and period, with the point where its name
//! goes. Made from ADMIN EXPRESS COG; [`ATTRIBUTION`] stands beside every drawing.

use std::collections::{BTreeMap, HashMap};
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
    /// How wide a text centred on that point may be.
    room: f64,
    /// Every corner of the path, in tenths: they are written with one decimal, so that those of neighbours are equal.
    corners: Vec<(i64, i64)>,
}

static OUTLINES: LazyLock<Vec<Outline>> = LazyLock::new(|| {
    let bound = |text: &str| (!text.is_empty()).then(|| day(text));
    lines(include_str!("../data/outlines.csv"))
        .map(|cells| {
            let path = cells["path"].clone();
            let label = (number(&cells["label_x"]), number(&cells["label_y"]));
            let rings = rings(&path);
            Outline {
                commune: cells["commune"].clone(),
                from: bound(&cells["valid_from"]),
                to: bound(&cells["valid_to"]),
                path,
                label,
                room: room(&rings, label),
                corners: rings.iter().flatten().map(|(x, y)| (tenths(*x), tenths(*y))).collect(),
            }
        })
        .collect()
});

/// Width of a letter of a name, in units of the drawing.
const LETTER: f64 = 11.0;

/// The corners of each ring of a path.
fn rings(path: &str) -> Vec<Vec<(f64, f64)>> {
    let corner = |pair: &str| pair.split_once(',').map(|(x, y)| (number(x), number(y)));
    let ring = |ring: &str| ring.trim_end_matches('Z').split_whitespace().filter_map(corner).collect();
    path.split('M').filter(|part| !part.is_empty()).map(ring).collect()
}

/// How wide a text may be that is centred on a point inside some rings.
fn room(rings: &[Vec<(f64, f64)>], (x, y): (f64, f64)) -> f64 {
    let (mut left, mut right) = (f64::MIN, f64::MAX);
    for ring in rings {
        for (&(x1, y1), &(x2, y2)) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            if (y1 > y) != (y2 > y) {
                let crossing = x1 + (y - y1) / (y2 - y1) * (x2 - x1);
                if crossing <= x { left = left.max(crossing) } else { right = right.min(crossing) }
            }
        }
    }
    2.0 * (x - left).min(right - x)
}

impl Outline {
    /// Whether a name written at the label's point stays inside the outline.
    pub fn has_room_for(&self, name: &str) -> bool {
        let letters = u32::try_from(name.chars().count()).unwrap_or(u32::MAX);
        self.room >= f64::from(letters) * LETTER
    }
}

/// Number of shades that tell areas apart.
const SHADES: u8 = 5;

/// A shade for each group of outlines so that two groups that touch differ, as far as five shades allow.
pub fn tell_apart(areas: &[(&Outline, i64)]) -> HashMap<i64, u8> {
    // Neighbours share corners: both outlines come from one drawing.
    let mut at_corner: HashMap<(i64, i64), Vec<i64>> = HashMap::new();
    for (outline, group) in areas {
        for corner in &outline.corners {
            let groups = at_corner.entry(*corner).or_default();
            if !groups.contains(group) {
                groups.push(*group);
            }
        }
    }
    let mut shared: BTreeMap<(i64, i64), u32> = BTreeMap::new();
    for groups in at_corner.values() {
        for one in groups {
            for other in groups.iter().filter(|other| *other != one) {
                *shared.entry((*one, *other)).or_default() += 1;
            }
        }
    }
    // A single corner is no border.
    let mut neighbours: BTreeMap<i64, Vec<i64>> = areas.iter().map(|(_, group)| (*group, Vec::new())).collect();
    for ((one, other), corners) in shared {
        if corners > 1 {
            neighbours.entry(one).or_default().push(other);
        }
    }
    // The most constrained first (DSATUR): Brélaz, « New methods to color the vertices of a graph », CACM 22, 1979.
    let mut shades: HashMap<i64, u8> = HashMap::new();
    while shades.len() < neighbours.len() {
        let taken = |group: &i64| {
            let mut taken: Vec<u8> = neighbours[group].iter().filter_map(|other| shades.get(other).copied()).collect();
            taken.sort_unstable();
            taken.dedup();
            taken
        };
        let free = neighbours.keys().filter(|group| !shades.contains_key(group));
        let Some(group) = free.max_by_key(|group| (taken(group).len(), neighbours[group].len())) else { break };
        let taken = taken(group);
        let shade = (0..SHADES).find(|shade| !taken.contains(shade)).unwrap_or(0);
        shades.insert(*group, shade);
    }
    shades
}

/// A coordinate in whole tenths, which compare exactly.
#[expect(clippy::cast_possible_truncation, reason = "between 0 and 10,000")]
fn tenths(coordinate: f64) -> i64 {
    (coordinate * 10.0).round() as i64
}

/// A commune as drawn, with what is shown of it.
pub struct Area<'a, V> {
    pub commune: CommuneView<'a>,
    pub outline: &'static Outline,
    pub value: V,
}

/// The outlines of a day.
pub fn outlines(on: Date) -> impl Iterator<Item = &'static Outline> {
    OUTLINES
        .iter()
        .filter(move |outline| outline.from.is_none_or(|from| from <= on) && outline.to.is_none_or(|to| on < to))
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
        assert!(outlines(date(2026, 1, 1)).any(|outline| outline.has_room_for("Nom")));
        assert!(outlines(date(2026, 1, 1)).all(|outline| {
            let (x, y) = outline.label;
            (0.0..=1000.0).contains(&x) && (0.0..=1000.0).contains(&y) && outline.path.starts_with('M')
        }));
    }

    #[test]
    fn neighbouring_communes_are_told_apart() {
        let areas: Vec<(&Outline, i64)> = outlines(date(2026, 11, 22)).zip(1..).collect();
        let shades = tell_apart(&areas);
        assert_eq!(shades.len(), 39);
        let group =
            |code: &str| areas.iter().find(|(outline, _)| outline.commune == code).map(|(_, group)| *group).unwrap();
        for (one, other) in
            [("93066", "93072"), ("93001", "93027"), ("93055", "93061"), ("93014", "93047"), ("93010", "93008")]
        {
            assert_ne!(shades[&group(one)], shades[&group(other)], "{one} and {other}");
        }
    }
}
