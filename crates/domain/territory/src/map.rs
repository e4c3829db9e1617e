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
    /// The corners of each ring of the path.
    rings: Vec<Vec<(f64, f64)>>,
}

static OUTLINES: LazyLock<Vec<Outline>> = LazyLock::new(|| {
    let bound = |text: &str| (!text.is_empty()).then(|| day(text));
    lines(include_str!("../data/outlines.csv"))
        .map(|cells| Outline {
            commune: cells["commune"].clone(),
            from: bound(&cells["valid_from"]),
            to: bound(&cells["valid_to"]),
            rings: rings(&cells["path"]),
            path: cells["path"].clone(),
            label: (number(&cells["label_x"]), number(&cells["label_y"])),
        })
        .collect()
});

/// The place of a point on the drawing: the projection of `cargo xtask map`, found again on the outlines, most within a
/// few metres and all within a hundred.
fn drawn_at(latitude: f64, longitude: f64) -> (f64, f64) {
    (3110.785 * longitude - 7108.366, 231_968.966 - 4732.568 * latitude)
}

/// The code of the commune that holds a point of the Earth (degrees, WGS 84) on a day; none outside the département.
/// Near a border, within the generalisation of the outlines (tens of metres), it may be the neighbour.
pub fn commune_at(latitude: f64, longitude: f64, on: Date) -> Option<&'static str> {
    let at = drawn_at(latitude, longitude);
    outlines(on).find(|outline| outline.holds(at)).map(|outline| outline.commune.as_str())
}

/// Height of the names, in units of the drawing.
pub const LABEL_SIZE: f64 = 22.0;
/// Width of a letter of a name, on average.
const LETTER: f64 = 0.55 * LABEL_SIZE;
/// Between a name and the border.
const MARGIN: f64 = 0.3 * LABEL_SIZE;
/// From one line of a name to the next.
const LINE: f64 = 1.05 * LABEL_SIZE;
/// Half of what a line takes in height.
const HALF_LINE: f64 = 0.36 * LABEL_SIZE;
/// Lines of a name, at most.
const LINES: usize = 3;

/// The corners of each ring of a path.
fn rings(path: &str) -> Vec<Vec<(f64, f64)>> {
    let corner = |pair: &str| pair.split_once(',').map(|(x, y)| (number(x), number(y)));
    let ring = |ring: &str| ring.trim_end_matches('Z').split_whitespace().filter_map(corner).collect();
    path.split('M').filter(|part| !part.is_empty()).map(ring).collect()
}

impl Outline {
    /// Whether a point of the drawing lies inside (even-odd rule).
    fn holds(&self, (x, y): (f64, f64)) -> bool {
        let crossings = self.rings.iter().flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)));
        let right = crossings
            .filter(|((x1, y1), (x2, y2))| (*y1 > y) != (*y2 > y) && x < x1 + (y - y1) / (y2 - y1) * (x2 - x1));
        right.count() % 2 == 1
    }

    /// A name in the fewest lines that stay inside the outline, and the point they are centred on: the label's own, moved
    /// sideways where that makes room. `None` when there is none.
    pub fn label_of(&self, name: &str) -> Option<(Vec<String>, (f64, f64))> {
        let (x, y) = self.label;
        let mut ways = ways_to_write(name);
        let longest = |way: &Vec<String>| way.iter().map(|line| line.chars().count()).max().unwrap_or(0);
        ways.sort_by_key(|way| (way.len(), longest(way)));
        ways.into_iter().find_map(|way| {
            let half_height = LINE * (lossless(way.len()) - 1.0) / 2.0 + HALF_LINE;
            let half_width = lossless(longest(&way)) * LETTER / 2.0 + MARGIN;
            let steps = 2 * way.len();
            let heights =
                (0..=steps).map(|step| y - half_height + 2.0 * half_height * lossless(step) / lossless(steps));
            let (left, right) = heights
                .map(|height| span(&self.rings, x, height))
                .try_fold((f64::MIN, f64::MAX), |(left, right), span| {
                    span.map(|(from, to)| (left.max(from), right.min(to)))
                })?;
            let (first, last) = (left + half_width, right - half_width);
            (first <= last).then(|| (way, (x.clamp(first, last), y)))
        })
    }
}

/// A count of letters or lines, for a place in the drawing.
fn lossless(count: usize) -> f64 {
    f64::from(u16::try_from(count).unwrap_or(u16::MAX))
}

/// From where to where one stays inside the outline at a height, around `x`; `None` outside it.
fn span(rings: &[Vec<(f64, f64)>], x: f64, y: f64) -> Option<(f64, f64)> {
    let (mut left, mut right, mut inside) = (f64::MIN, f64::MAX, false);
    for ring in rings {
        for (&(x1, y1), &(x2, y2)) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            if (y1 > y) != (y2 > y) {
                let crossing = x1 + (y - y1) / (y2 - y1) * (x2 - x1);
                if crossing <= x {
                    left = left.max(crossing);
                    inside = !inside;
                } else {
                    right = right.min(crossing);
                }
            }
        }
    }
    inside.then_some((left, right))
}

/// Every way to write a name in one to [`LINES`] lines, cut after hyphens and at blanks.
fn ways_to_write(name: &str) -> Vec<Vec<String>> {
    let pieces: Vec<&str> = name.split_inclusive(['-', ' ']).collect();
    let mut ways: Vec<Vec<String>> = vec![Vec::new()];
    for piece in pieces {
        let mut longer = Vec::new();
        for way in ways {
            if let Some((last, before)) = way.split_last() {
                longer.push(before.iter().cloned().chain([format!("{last}{piece}")]).collect());
            }
            if way.len() < LINES {
                longer.push(way.into_iter().chain([piece.to_owned()]).collect());
            }
        }
        ways = longer;
    }
    ways.into_iter().map(|way| way.iter().map(|line| line.trim_end().to_owned()).collect()).collect()
}

/// Number of shades that tell areas apart.
const SHADES: u8 = 5;

/// A shade for each group of outlines so that two groups that touch differ, as far as five shades allow.
pub fn tell_apart(areas: &[(&Outline, i64)]) -> HashMap<i64, u8> {
    // Neighbours share corners: both outlines come from one drawing.
    let mut at_corner: HashMap<(i64, i64), Vec<i64>> = HashMap::new();
    for (outline, group) in areas {
        for (x, y) in outline.rings.iter().flatten() {
            let groups = at_corner.entry((tenths(*x), tenths(*y))).or_default();
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

/// Corners are written with one decimal: whole tenths compare exactly.
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
        assert!(outlines(date(2026, 1, 1)).all(|outline| {
            let (x, y) = outline.label;
            (0.0..=1000.0).contains(&x) && (0.0..=1000.0).contains(&y) && outline.path.starts_with('M')
        }));
    }

    #[test]
    fn a_point_lies_in_its_commune() {
        let on = date(2026, 11, 22);
        for (latitude, longitude, code) in [
            (48.9353, 2.3479, Some("93066")),
            (48.9063, 2.4501, Some("93008")),
            (48.9601, 2.3673, Some("93066")),
            (48.8408, 2.5499, Some("93051")),
            (48.8580, 2.3470, None),
        ] {
            assert_eq!(commune_at(latitude, longitude, on), code, "{latitude}, {longitude}");
        }
    }

    #[test]
    fn a_name_is_cut_only_where_it_needs_to_be() {
        let square = |side: f64| {
            let path = format!("M0,0 {side},0 {side},{side} 0,{side}Z");
            Outline {
                commune: "93000".to_owned(),
                from: None,
                to: None,
                rings: rings(&path),
                path,
                label: (side / 2.0, side / 2.0),
            }
        };
        let written = |side, name| square(side).label_of(name).map(|(lines, _)| lines);
        assert_eq!(written(340.0, "Aulnay-sous-Bois").unwrap(), ["Aulnay-sous-Bois"]);
        assert_eq!(written(150.0, "Aulnay-sous-Bois").unwrap(), ["Aulnay-", "sous-Bois"]);
        assert_eq!(written(110.0, "Aulnay-sous-Bois").unwrap(), ["Aulnay-", "sous-", "Bois"]);
        assert_eq!(written(130.0, "Le Raincy").unwrap(), ["Le Raincy"]);
        assert_eq!(written(60.0, "Aulnay-sous-Bois"), None);
        // Where the point is too near a side, the name moves away from it.
        let aside = Outline { label: (40.0, 85.0), ..square(170.0) };
        let (lines, (x, y)) = aside.label_of("Montreuil").unwrap();
        assert_eq!(lines, ["Montreuil"]);
        assert!(x > 40.0 && (y - 85.0).abs() < 1e-9, "{x}");
        assert!(outlines(date(2026, 1, 1)).any(|outline| outline.label_of("Nom").is_some()));
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
